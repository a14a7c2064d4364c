/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpswf.h"

#include <string.h>

#include "rtmpcontrol.h"
#include "rtmpdigest.h"
#include "rtmperror.h"
#include "rtmplimits.h"
#include "rtmpreader.h"
#include "rtmpwriter.h"

/* Signature (3), version (1), size of all when not compressed (4, LE). */
#define HEADER_SIZE 8
#define SIZE_AT 4

/* The only kind of question and answer there is. */
#define KIND 1

#define INFLATE_SIZE (16 << 10)

struct _RtmpSwfHasher
{
  RtmpSwfInflate inflate;
  gpointer user_data;
  GHmac *hmac;
  guint8 header[HEADER_SIZE];
  gsize header_size;            /* of it that has come */
  gboolean compressed;
  gboolean ended;               /* what was compressed */
  guint32 announced;
  guint32 size;                 /* of what has been hashed */
};

static void
finish_hmac (GHmac * hmac, guint8 * out)
{
  gsize size = RTMP_SWF_HASH_SIZE;

  g_hmac_get_digest (hmac, out, &size);
  g_hmac_unref (hmac);
}

static gint
nibble (const gchar * text)
{
  return g_ascii_xdigit_value (*text);
}

gboolean
rtmp_swf_parse (RtmpSwf * self, const gchar * hash, guint32 size,
    GError ** error)
{
  gsize length = strspn (hash, "0123456789abcdefABCDEF"), i;

  if (length != 2 * RTMP_SWF_HASH_SIZE || hash[length] != '\0' || size == 0) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED,
        "SWF verification: expected the hash as %u hexadecimal digits and a "
        "size from 1, got %" G_GSIZE_FORMAT " digits%s and %u",
        2 * RTMP_SWF_HASH_SIZE, length,
        hash[length] ? ", then something else," : "", size);
    return FALSE;
  }
  for (i = 0; i < RTMP_SWF_HASH_SIZE; i++)
    self->hash[i] = (guint8) (nibble (hash + 2 * i) << 4
        | nibble (hash + 2 * i + 1));
  self->size = size;
  return TRUE;
}

/* The file */

RtmpSwfHasher *
rtmp_swf_hasher_new (RtmpSwfInflate inflate, gpointer user_data)
{
  RtmpSwfHasher *self = g_new0 (RtmpSwfHasher, 1);

  self->inflate = inflate;
  self->user_data = user_data;
  self->hmac = g_hmac_new (G_CHECKSUM_SHA256,
      (const guchar *) RTMP_DIGEST_PLAYER_NAME,
      sizeof (RTMP_DIGEST_PLAYER_NAME) - 1);
  return self;
}

void
rtmp_swf_hasher_free (RtmpSwfHasher * self)
{
  g_hmac_unref (self->hmac);
  g_free (self);
}

static gboolean
add (RtmpSwfHasher * self, const guint8 * data, gsize size, GError ** error)
{
  if (size > self->announced - self->size) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED,
        "the SWF file says that it has %u bytes, but there are more",
        self->announced);
    return FALSE;
  }
  self->size += (guint32) size;
  g_hmac_update (self->hmac, data, (gssize) size);
  return TRUE;
}

static gboolean
check_signature (const guint8 * header, GError ** error)
{
  if (memcmp (header, "FWS", 3) == 0 || memcmp (header, "CWS", 3) == 0)
    return TRUE;
  if (memcmp (header, "ZWS", 3) == 0)
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED,
        "the SWF file is compressed with LZMA (ZWS), which is not supported: "
        "expected one with zlib (CWS), or without compression (FWS)");
  else
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED,
        "expected a SWF file, which begins with FWS or CWS, got 0x%02x 0x%02x "
        "0x%02x", header[0], header[1], header[2]);
  return FALSE;
}

/* It is hashed as that of a file without compression. */
static gboolean
read_header (RtmpSwfHasher * self, GError ** error)
{
  if (!check_signature (self->header, error))
    return FALSE;
  memcpy (&self->announced, self->header + SIZE_AT, sizeof (guint32));
  self->announced = GUINT32_FROM_LE (self->announced);
  if (self->announced > RTMP_SWF_MAX_SIZE) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED,
        "expected a SWF file of at most %u bytes, got one of %u",
        RTMP_SWF_MAX_SIZE, self->announced);
    return FALSE;
  }
  self->compressed = self->header[0] == 'C';
  self->header[0] = 'F';
  return add (self, self->header, HEADER_SIZE, error);
}

static gboolean
inflate (RtmpSwfHasher * self, const guint8 * data, gsize size, GError ** error)
{
  guint8 out[INFLATE_SIZE];
  gsize taken, given;

  do {
    taken = given = 0;
    if (!self->inflate (data, size, &taken, out, sizeof (out), &given,
            &self->ended, self->user_data, error)
        || !add (self, out, given, error))
      return FALSE;
    data += taken;
    size -= taken;
  } while (!self->ended && (taken > 0 || given > 0));
  return TRUE;
}

gboolean
rtmp_swf_hasher_feed (RtmpSwfHasher * self, const guint8 * data, gsize size,
    GError ** error)
{
  gsize n = MIN (size, HEADER_SIZE - self->header_size);

  if (n > 0) {
    memcpy (self->header + self->header_size, data, n);
    self->header_size += n;
    if (self->header_size == HEADER_SIZE && !read_header (self, error))
      return FALSE;
  }
  if (n == size || self->ended)
    return TRUE;
  return self->compressed ? inflate (self, data + n, size - n, error)
      : add (self, data + n, size - n, error);
}

gboolean
rtmp_swf_hasher_finish (RtmpSwfHasher * self, RtmpSwf * out, GError ** error)
{
  if (self->header_size < HEADER_SIZE || self->size < self->announced) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED,
        "the SWF file is cut off: expected %u bytes, got %u",
        MAX (self->announced, HEADER_SIZE),
        MAX (self->size, (guint32) self->header_size));
    return FALSE;
  }
  out->size = self->size;
  finish_hmac (g_hmac_copy (self->hmac), out->hash);
  return TRUE;
}

/* Question and answer */

static void
init_message (RtmpMessage * message, RtmpWriter * writer)
{
  rtmp_message_init (message, RTMP_MESSAGE_USER_CONTROL,
      RTMP_CHUNK_STREAM_CONTROL, 0, 0, rtmp_writer_take (writer));
}

void
rtmp_swf_write_request (RtmpMessage * message)
{
  RtmpWriter writer;

  rtmp_writer_init (&writer);
  rtmp_writer_u16 (&writer, RTMP_USER_CONTROL_SWF_VERIFY_REQUEST);
  rtmp_writer_u8 (&writer, KIND);
  init_message (message, &writer);
}

/* Old servers leave the kind out. */
gboolean
rtmp_swf_can_answer (const RtmpMessage * request)
{
  RtmpReader reader;
  guint8 kind = KIND;

  rtmp_reader_init_bytes (&reader, request->payload);
  if (rtmp_reader_skip (&reader, sizeof (guint16)))
    rtmp_reader_u8 (&reader, &kind);
  return kind <= KIND;
}

static void
prove (const RtmpSwf * self, const guint8 * key, guint8 * proof)
{
  GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA256, key, RTMP_SWF_KEY_SIZE);

  g_hmac_update (hmac, self->hash, RTMP_SWF_HASH_SIZE);
  finish_hmac (hmac, proof);
}

void
rtmp_swf_write_answer (const RtmpSwf * self, const guint8 * key,
    RtmpMessage * message)
{
  guint8 proof[RTMP_SWF_HASH_SIZE];
  RtmpWriter writer;

  prove (self, key, proof);
  rtmp_writer_init (&writer);
  rtmp_writer_u16 (&writer, RTMP_USER_CONTROL_SWF_VERIFY_RESPONSE);
  rtmp_writer_u8 (&writer, KIND);
  rtmp_writer_u8 (&writer, KIND);
  rtmp_writer_u32 (&writer, self->size);
  rtmp_writer_u32 (&writer, self->size);
  rtmp_writer_bytes (&writer, proof, sizeof (proof));
  init_message (message, &writer);
}

gboolean
rtmp_swf_parse_answer (RtmpSwfAnswer * self, const RtmpMessage * message,
    GError ** error)
{
  RtmpReader reader;
  const guint8 *proof;
  guint32 size;
  guint8 kind;

  rtmp_reader_init_bytes (&reader, message->payload);
  if (!rtmp_reader_skip (&reader, sizeof (guint16))
      || !rtmp_reader_u8 (&reader, &kind) || !rtmp_reader_skip (&reader, 1)
      || !rtmp_reader_u32 (&reader, &size)
      || !rtmp_reader_skip (&reader, sizeof (guint32))
      || !rtmp_reader_bytes (&reader, RTMP_SWF_HASH_SIZE, &proof)) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_MESSAGE,
        "SWF verification: expected an answer of 44 bytes, got %"
        G_GSIZE_FORMAT, rtmp_message_size (message));
    return FALSE;
  }
  if (kind != KIND) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_MESSAGE,
        "SWF verification: expected an answer of kind %u, got kind %u", KIND,
        kind);
    return FALSE;
  }
  self->size = size;
  memcpy (self->proof, proof, RTMP_SWF_HASH_SIZE);
  return TRUE;
}

gboolean
rtmp_swf_check_answer (const RtmpSwf * self, const guint8 * key,
    const RtmpSwfAnswer * answer, GError ** error)
{
  guint8 proof[RTMP_SWF_HASH_SIZE];

  prove (self, key, proof);
  if (answer->size == 0)
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_AUTH_FAILED,
        "SWF verification: the client did not answer");
  else if (answer->size != self->size)
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_AUTH_FAILED,
        "SWF verification: expected a file of %u bytes, the client has one of "
        "%u", self->size, answer->size);
  else if (memcmp (answer->proof, proof, sizeof (proof)) != 0)
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_AUTH_FAILED,
        "SWF verification: the client has another file of %u bytes",
        answer->size);
  else
    return TRUE;
  return FALSE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flvfile.h"

#include <string.h>

#include "rtmpgather.h"
#include "rtmplog.h"
#include "rtmpreader.h"

#define SIGNATURE_SIZE 9        /* the file header without PreviousTagSize0 */

/* First byte of a tag: Adobe FLV 10.1, E.4.1 */
#define RESERVED_BITS 0xC0
#define FILTER_BIT 0x20
#define TYPE_BITS 0x1F

/* How long a tag may be that is found in what is damaged. */
#define FIND_MAX (1 << 20)

typedef enum
{
  FLV_READER_AWAIT_TAG,         /* or something else: the next byte tells */
  FLV_READER_AWAIT_FILE_HEADER,
  FLV_READER_AWAIT_TAG_HEADER,
  FLV_READER_AWAIT_BODY,
  FLV_READER_AWAIT_SKIPPED,     /* the end of what is not reported */
  FLV_READER_AWAIT_TRAILER,     /* the end of a PreviousTagSize */
  FLV_READER_AWAIT_RESYNC,      /* a tag that ends as it says */
} FlvReaderState;

struct _FlvReader
{
  FlvReaderState state;
  guint64 position;             /* of the next block, since the reset */
  guint64 start;                /* of the tag or header being read */
  GError *error;                /* the first one sticks */

  guint8 header[FLV_TAG_HEADER_SIZE];
  gsize header_filled;
  FlvTag tag;                   /* body unused: it is gathered */
  RtmpGather body;
  gsize skip;                   /* AWAIT_SKIPPED, AWAIT_TRAILER: bytes left */
  gsize last_size;              /* of the tag before, header included */

  gboolean resync;
  GByteArray *lost;             /* AWAIT_RESYNC: what came since; else NULL */
  gsize searched;               /* of that */
  gboolean after_gap;           /* the next tag is */
};

/* Where one feed takes from and gives to. */
typedef struct
{
  RtmpReader in;
  GBytes *block;
  FlvTagFunc func;
  gpointer user_data;
} FlvFeed;

FlvReader *
flv_reader_new (void)
{
  return g_new0 (FlvReader, 1);
}

void
flv_reader_reset (FlvReader * self)
{
  gboolean resync = self->resync;

  rtmp_gather_clear (&self->body);
  g_clear_error (&self->error);
  g_clear_pointer (&self->lost, g_byte_array_unref);
  memset (self, 0, sizeof (*self));
  self->resync = resync;
}

void
flv_reader_set_resync (FlvReader * self, gboolean resync)
{
  self->resync = resync;
}

void
flv_reader_free (FlvReader * self)
{
  flv_reader_reset (self);
  g_free (self);
}

gboolean
flv_reader_is_partial (const FlvReader * self)
{
  return self->state != FLV_READER_AWAIT_TAG
      && self->state != FLV_READER_AWAIT_TRAILER;
}

static void
begin_header (FlvReader * self, FlvReaderState state)
{
  self->state = state;
  self->header_filled = 0;
}

static void
begin_skip (FlvReader * self, FlvReaderState state, gsize n)
{
  self->state = n > 0 ? state : FLV_READER_AWAIT_TAG;
  self->skip = n;
}

/* Takes up to @n bytes of the header; TRUE when all are there. */
static gboolean
fill_header (FlvReader * self, RtmpReader * in, gsize n)
{
  gsize take = MIN (n - self->header_filled, rtmp_reader_left (in));
  const guint8 *data;

  if (rtmp_reader_bytes (in, take, &data))
    memcpy (self->header + self->header_filled, data, take);
  self->header_filled += take;
  return self->header_filled == n;
}

static gboolean
is_known_type (guint8 type)
{
  return type == FLV_TAG_AUDIO || type == FLV_TAG_VIDEO
      || type == FLV_TAG_SCRIPT || type == FLV_TAG_SCRIPT_AMF3;
}

/* Whether a tag header of a known type begins at @in, and says @size with
 * itself. */
static gboolean
is_header_of (RtmpReader in, guint32 size)
{
  guint8 flags = 0xFF;
  guint32 body = 0, stream = 1;

  return rtmp_reader_u8 (&in, &flags) && (flags & RESERVED_BITS) == 0
      && is_known_type (flags & TYPE_BITS) && rtmp_reader_u24 (&in, &body)
      && body + FLV_TAG_HEADER_SIZE == size && rtmp_reader_skip (&in, 4)
      && rtmp_reader_u24 (&in, &stream) && stream == 0;
}

/* Goes by the trailers, so that each byte is looked at once. */
gboolean
flv_find_tag (const guint8 * data, gsize size, gsize * searched, gsize * found)
{
  for (gsize i = *searched; i + FLV_TAG_TRAILER_SIZE <= size; i++) {
    RtmpReader in, tag;
    guint32 length = 0;

    rtmp_reader_init (&in, data + i, size - i);
    rtmp_reader_u32 (&in, &length);
    if (length < FLV_TAG_HEADER_SIZE || length > MIN (i, FIND_MAX))
      continue;
    rtmp_reader_init (&tag, data + i - length, length);
    *found = i - length;
    if (is_header_of (tag, length))
      return TRUE;
  }
  *searched = MAX (*searched, size - MIN (size, FLV_TAG_TRAILER_SIZE - 1));
  return FALSE;
}

/* What there is of a header is the first that is lost. */
static gboolean
begin_resync (FlvReader * self)
{
  RTMP_DEBUG ("bad FLV at byte %" G_GUINT64_FORMAT ": looking for a tag",
      self->start);
  self->state = FLV_READER_AWAIT_RESYNC;
  self->lost = g_byte_array_new ();
  g_byte_array_append (self->lost, self->header, (guint) self->header_filled);
  self->searched = 0;
  return TRUE;
}

/* FALSE, or what is damaged is left out. */
static gboolean
refuse (FlvReader * self, const gchar * expected, guint32 came, GError ** error)
{
  if (self->resync)
    return begin_resync (self);
  g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_FLV,
      "bad FLV at byte %" G_GUINT64_FORMAT ": expected %s, got 0x%02x",
      self->start, expected, came);
  return FALSE;
}

/* PreviousTagSize begins with a zero byte, but for the eleven largest sizes. */
static gboolean
is_trailer (const FlvReader * self, guint8 byte)
{
  return byte == 0 || byte == self->last_size >> 24;
}

static gboolean
read_boundary (FlvReader * self, FlvFeed * feed, GError ** error)
{
  guint8 byte = 0;

  self->start = self->position + feed->in.pos;
  self->header_filled = 0;
  rtmp_reader_peek_u8 (&feed->in, &byte);
  if (is_trailer (self, byte))
    begin_skip (self, FLV_READER_AWAIT_TRAILER, FLV_TAG_TRAILER_SIZE);
  else if (byte == 'F')
    begin_header (self, FLV_READER_AWAIT_FILE_HEADER);
  else if ((byte & RESERVED_BITS) == 0)
    begin_header (self, FLV_READER_AWAIT_TAG_HEADER);
  else
    return refuse (self,
        "a tag (type 8, 9, 15 or 18), its PreviousTagSize or a file header",
        byte, error);
  self->last_size = 0;
  return TRUE;
}

static gboolean
read_file_header (FlvReader * self, FlvFeed * feed, GError ** error)
{
  RtmpReader in;
  guint32 signature = 0, offset = 0;

  if (!fill_header (self, &feed->in, SIGNATURE_SIZE))
    return TRUE;
  rtmp_reader_init (&in, self->header, SIGNATURE_SIZE);
  rtmp_reader_u24 (&in, &signature);
  rtmp_reader_skip (&in, 2);
  rtmp_reader_u32 (&in, &offset);
  if (signature != 0x464C56)
    return refuse (self, "\"FLV\" (0x464c56)", signature, error);
  if (offset < SIGNATURE_SIZE)
    return refuse (self, "a DataOffset of 9 or more", offset, error);
  begin_skip (self, FLV_READER_AWAIT_SKIPPED, offset - SIGNATURE_SIZE);
  return TRUE;
}

static gboolean
emit_tag (FlvReader * self, FlvFeed * feed, GBytes * body, GError ** error)
{
  FlvTag tag = self->tag;
  gboolean ok;

  self->state = FLV_READER_AWAIT_TAG;
  tag.body = body;
  tag.after_gap = self->after_gap;
  self->after_gap = FALSE;
  ok = feed->func (&tag, feed->user_data, error);
  g_bytes_unref (body);
  return ok;
}

static gboolean
read_body (FlvReader * self, FlvFeed * feed, GError ** error)
{
  RtmpReader *in = &feed->in;
  gsize size = rtmp_gather_missing (&self->body);
  gsize start = in->pos;
  const guint8 *data = in->data + start;

  if (self->body.filled == 0 && rtmp_reader_skip (in, size))
    return emit_tag (self, feed,
        g_bytes_new_from_bytes (feed->block, start, size), error);
  rtmp_reader_skip (in, rtmp_gather_append (&self->body, data,
          rtmp_reader_left (in)));
  if (rtmp_gather_missing (&self->body) > 0)
    return TRUE;
  return emit_tag (self, feed, rtmp_gather_take (&self->body), error);
}

static gboolean
read_tag_header (FlvReader * self, FlvFeed * feed, GError ** error)
{
  RtmpReader in;
  guint8 flags = 0, high = 0;
  guint32 size = 0, low = 0;

  if (!fill_header (self, &feed->in, FLV_TAG_HEADER_SIZE))
    return TRUE;
  /* The rest is the stream id, which readers ignore. */
  rtmp_reader_init (&in, self->header, FLV_TAG_HEADER_SIZE);
  rtmp_reader_u8 (&in, &flags);
  rtmp_reader_u24 (&in, &size);
  rtmp_reader_u24 (&in, &low);
  rtmp_reader_u8 (&in, &high);
  self->tag.type = flags & TYPE_BITS;
  self->tag.encrypted = (flags & FILTER_BIT) != 0;
  self->tag.timestamp = (guint32) high << 24 | low;
  self->last_size = FLV_TAG_HEADER_SIZE + size;
  if (!is_known_type (self->tag.type) && self->resync)
    return begin_resync (self);
  if (!is_known_type (self->tag.type)) {
    RTMP_DEBUG ("skipping a tag of unknown type %u, %u bytes", self->tag.type,
        size);
    begin_skip (self, FLV_READER_AWAIT_SKIPPED, size);
    return TRUE;
  }
  rtmp_gather_begin (&self->body, size);
  self->state = FLV_READER_AWAIT_BODY;
  /* At once, since an empty body needs no further byte. */
  return read_body (self, feed, error);
}

static gboolean
read_skipped (FlvReader * self, FlvFeed * feed)
{
  gsize n = MIN (self->skip, rtmp_reader_left (&feed->in));

  rtmp_reader_skip (&feed->in, n);
  begin_skip (self, self->state, self->skip - n);
  return TRUE;
}

static gboolean
read_lost (FlvReader * self, FlvFeed * feed)
{
  gsize n = rtmp_reader_left (&feed->in);

  g_byte_array_append (self->lost, feed->in.data + feed->in.pos, (guint) n);
  return rtmp_reader_skip (&feed->in, n);
}

static gboolean
read_step (FlvReader * self, FlvFeed * feed, GError ** error)
{
  switch (self->state) {
    case FLV_READER_AWAIT_TAG:
      return read_boundary (self, feed, error);
    case FLV_READER_AWAIT_FILE_HEADER:
      return read_file_header (self, feed, error);
    case FLV_READER_AWAIT_TAG_HEADER:
      return read_tag_header (self, feed, error);
    case FLV_READER_AWAIT_BODY:
      return read_body (self, feed, error);
    case FLV_READER_AWAIT_RESYNC:
      return read_lost (self, feed);
    case FLV_READER_AWAIT_SKIPPED:
    case FLV_READER_AWAIT_TRAILER:
      break;
  }
  return read_skipped (self, feed);
}

static gboolean
read_block (FlvReader * self, GBytes * block, FlvTagFunc func,
    gpointer user_data)
{
  FlvFeed feed = {.block = block,.func = func,.user_data = user_data };
  gboolean ok = TRUE;

  rtmp_reader_init_bytes (&feed.in, block);
  while (ok && rtmp_reader_left (&feed.in) > 0)
    ok = read_step (self, &feed, &self->error);
  self->position += feed.in.pos;
  return ok;
}

/* What is to be read once more, from the tag on that was found. */
static GBytes *
end_resync (FlvReader * self)
{
  g_autoptr (GBytes) lost = NULL;
  gsize size, start;

  if (self->state != FLV_READER_AWAIT_RESYNC)
    return NULL;
  size = self->lost->len;
  if (!flv_find_tag (self->lost->data, size, &self->searched, &start)) {
    /* As far back as a tag may begin. */
    if (self->searched > 2 * FIND_MAX) {
      g_byte_array_remove_range (self->lost, 0,
          (guint) (self->searched - FIND_MAX));
      self->searched = FIND_MAX;
    }
    return NULL;
  }
  lost = g_byte_array_free_to_bytes (g_steal_pointer (&self->lost));
  self->state = FLV_READER_AWAIT_TAG;
  self->after_gap = TRUE;
  self->last_size = 0;
  self->position -= size - start;
  return g_bytes_new_from_bytes (lost, start, size - start);
}

gboolean
flv_reader_feed (FlvReader * self, GBytes * block, FlvTagFunc func,
    gpointer user_data, GError ** error)
{
  gboolean ok = self->error == NULL;
  GBytes *next = ok ? g_bytes_ref (block) : NULL;

  while (ok && next) {
    ok = read_block (self, next, func, user_data);
    g_bytes_unref (next);
    next = ok ? end_resync (self) : NULL;
  }
  if (!ok && error)
    *error = g_error_copy (self->error);
  return ok;
}

void
flv_write_file_header (guint8 out[FLV_FILE_HEADER_SIZE],
    gboolean has_audio, gboolean has_video)
{
  const guint8 header[FLV_FILE_HEADER_SIZE] = {
    'F', 'L', 'V', 1, (has_audio ? 0x04 : 0) | (has_video ? 0x01 : 0),
    0, 0, 0, SIGNATURE_SIZE
  };

  memcpy (out, header, sizeof (header));
}

void
flv_write_tag_header (guint8 out[FLV_TAG_HEADER_SIZE], FlvTagType type,
    gsize body_size, guint32 timestamp)
{
  const guint8 header[FLV_TAG_HEADER_SIZE] = {
    type,
    body_size >> 16 & 0xFF, body_size >> 8 & 0xFF, body_size & 0xFF,
    timestamp >> 16 & 0xFF, timestamp >> 8 & 0xFF, timestamp & 0xFF,
    timestamp >> 24
  };

  memcpy (out, header, sizeof (header));
}

void
flv_write_tag_trailer (guint8 out[FLV_TAG_TRAILER_SIZE], gsize body_size)
{
  guint32 size = GUINT32_TO_BE ((guint32) (FLV_TAG_HEADER_SIZE + body_size));

  memcpy (out, &size, sizeof (size));
}

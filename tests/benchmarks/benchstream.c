/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "benchstream.h"

#include <string.h>

#include "flvpacket.h"

#define NOISE_SIZE (1 << 20)
#define MIN_BODY 8
/* Stays below 0xFFFFFF ms, hence without extended timestamps, for 1.6 million
 * groups. */
#define GROUP_MS 10
#define GROUPS_PER_KEYFRAME 50

static const guint8 metadata[] = {
  2, 0, 10, 'o', 'n', 'M', 'e', 't', 'a', 'D', 'a', 't', 'a',
  8, 0, 0, 0, 1, 0, 7, 'e', 'n', 'c', 'o', 'd', 'e', 'r',
  2, 0, 9, 'b', 'e', 'n', 'c', 'h', 'm', 'a', 'r', 'k', 0, 0, 9
};

static const guint8 avc_sequence_header[] = {
  0x17, 0, 0, 0, 0,
  1, 0x42, 0xc0, 0x1e, 0xff, 0xe1, 0, 4, 0x67, 0x42, 0xc0, 0x1e,
  1, 0, 2, 0x68, 0xce
};

static const guint8 aac_sequence_header[] = { 0xaf, 0, 0x12, 0x10 };

static const struct
{
  FlvTagType type;
  const guint8 *body;
  gsize size;
} lead[BENCH_STREAM_LEAD] = {
  {FLV_TAG_SCRIPT, metadata, sizeof (metadata)},
  {FLV_TAG_VIDEO, avc_sequence_header, sizeof (avc_sequence_header)},
  {FLV_TAG_AUDIO, aac_sequence_header, sizeof (aac_sequence_header)},
};

gboolean
bench_stream_init (BenchStream * self, const gchar * sizes, guint64 bytes)
{
  gchar **words = g_strsplit (sizes, ",", -1);
  gsize group = 0;
  gboolean ok = g_strv_length (words) <= BENCH_STREAM_MAX_SLOTS;
  guint64 size;

  memset (self, 0, sizeof (*self));
  for (self->slots = 0; ok && words[self->slots]; self->slots++) {
    ok = g_ascii_string_to_unsigned (words[self->slots], 10, MIN_BODY,
        0xFFFFFF, &size, NULL);
    if (ok)
      group += self->sizes[self->slots] = size;
  }
  g_strfreev (words);
  if (!ok || self->slots == 0)
    return FALSE;
  self->messages = BENCH_STREAM_LEAD + MAX (1, bytes / group) * self->slots;
  return TRUE;
}

static guint
stream_slot (const BenchStream * self, guint64 n)
{
  return (n - BENCH_STREAM_LEAD) % self->slots;
}

static guint64
stream_group (const BenchStream * self, guint64 n)
{
  return (n - BENCH_STREAM_LEAD) / self->slots;
}

FlvTagType
bench_stream_type (const BenchStream * self, guint64 n)
{
  if (n < BENCH_STREAM_LEAD)
    return lead[n].type;
  return stream_slot (self, n) == 0 ? FLV_TAG_VIDEO : FLV_TAG_AUDIO;
}

guint32
bench_stream_timestamp (const BenchStream * self, guint64 n)
{
  return n < BENCH_STREAM_LEAD ? 0 : GROUP_MS * stream_group (self, n);
}

gsize
bench_stream_size (const BenchStream * self, guint64 n)
{
  if (n < BENCH_STREAM_LEAD)
    return lead[n].size;
  return self->sizes[stream_slot (self, n)];
}

static const guint8 *
noise (void)
{
  static guint8 *bytes = NULL;
  guint64 x = 88172645463325252;
  gsize i;

  if (bytes == NULL) {
    bytes = g_malloc (NOISE_SIZE);
    for (i = 0; i < NOISE_SIZE; i += sizeof (x)) {
      x ^= x << 13;
      x ^= x >> 7;
      x ^= x << 17;
      memcpy (bytes + i, &x, sizeof (x));
    }
  }
  return bytes;
}

void
bench_stream_body (const BenchStream * self, guint64 n, guint8 * out)
{
  gsize size = bench_stream_size (self, n), done = 0, from, part;

  if (n < BENCH_STREAM_LEAD) {
    memcpy (out, lead[n].body, size);
    return;
  }
  for (from = n * 4099 % NOISE_SIZE; done < size; from = 0, done += part) {
    part = MIN (size - done, NOISE_SIZE - from);
    memcpy (out + done, noise () + from, part);
  }
  if (bench_stream_type (self, n) == FLV_TAG_AUDIO) {
    memcpy (out, "\xaf\x01", 2);
  } else {
    memcpy (out, "\x27\x01\0\0\0", 5);
    if (stream_group (self, n) % GROUPS_PER_KEYFRAME == 0)
      out[0] = 0x17;
  }
}

gsize
bench_stream_tag_size (const BenchStream * self, guint64 n)
{
  return FLV_TAG_HEADER_SIZE + bench_stream_size (self, n)
      + FLV_TAG_TRAILER_SIZE;
}

void
bench_stream_tag (const BenchStream * self, guint64 n, guint8 * out)
{
  gsize size = bench_stream_size (self, n);

  flv_write_tag_header (out, bench_stream_type (self, n), size,
      bench_stream_timestamp (self, n));
  bench_stream_body (self, n, out + FLV_TAG_HEADER_SIZE);
  flv_write_tag_trailer (out + FLV_TAG_HEADER_SIZE + size, size);
}

guint64
bench_stream_media_size (const BenchStream * self)
{
  guint64 group = 0;
  guint i;

  for (i = 0; i < self->slots; i++)
    group += bench_stream_tag_size (self, BENCH_STREAM_LEAD + i);
  return group * stream_group (self, self->messages);
}

/* The first message of @type at or after @n. */
static guint64
stream_find (const BenchStream * self, guint8 type, guint64 n)
{
  while (n < self->messages && bench_stream_type (self, n) != type)
    n++;
  return n;
}

void
bench_check_init (BenchCheck * self, const BenchStream * stream)
{
  guint i;
  gsize largest = 0;

  memset (self, 0, sizeof (*self));
  for (i = 0; i < stream->slots; i++)
    largest = MAX (largest, stream->sizes[i]);
  self->stream = stream;
  self->expected = g_malloc (largest);
  self->next_audio = stream_find (stream, FLV_TAG_AUDIO, BENCH_STREAM_LEAD);
  self->next_video = stream_find (stream, FLV_TAG_VIDEO, BENCH_STREAM_LEAD);
}

void
bench_check_clear (BenchCheck * self)
{
  g_clear_pointer (&self->expected, g_free);
}

gboolean
bench_check_message (BenchCheck * self, guint8 type, GBytes * body,
    GError ** error)
{
  guint64 *next = type == FLV_TAG_AUDIO ? &self->next_audio : &self->next_video;
  gsize size;
  const guint8 *data = g_bytes_get_data (body, &size);

  if ((type != FLV_TAG_AUDIO && type != FLV_TAG_VIDEO)
      || flv_is_sequence_header (type, body))
    return TRUE;
  if (*next >= self->stream->messages) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_STATE,
        "message of type %u after the last one", type);
    return FALSE;
  }
  bench_stream_body (self->stream, *next, self->expected);
  if (size != bench_stream_size (self->stream, *next)
      || memcmp (data, self->expected, size) != 0) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_STATE,
        "message %" G_GUINT64_FORMAT
        " (type %u) differs: expected %" G_GSIZE_FORMAT
        " bytes, got %" G_GSIZE_FORMAT, *next, type,
        bench_stream_size (self->stream, *next), size);
    return FALSE;
  }
  *next = stream_find (self->stream, type, *next + 1);
  self->messages++;
  self->bytes += size;
  return TRUE;
}

gboolean
bench_check_tag (const FlvTag * tag, gpointer check, GError ** error)
{
  return bench_check_message (check, tag->type, tag->body, error);
}

gboolean
bench_check_is_complete (const BenchCheck * self)
{
  return self->messages == self->stream->messages - BENCH_STREAM_LEAD;
}

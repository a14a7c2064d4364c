/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpchunkwriter.h"

#include "rtmpwriter.h"

/* From this value on, a time field is this value and the true one follows
 * (RTMP 1.0, 5.3.1.3). */
#define EXTENDED 0xFFFFFF

#define MIN_ID 2
#define MAX_ID 63

/* The message before on a chunk stream. */
typedef struct
{
  gboolean valid;
  guint8 type;
  guint32 timestamp;
  guint32 delta;                /* what fmt 3 adds; EXTENDED: unsafe */
  guint32 size;
  guint32 message_stream;
} Previous;

struct _RtmpChunkWriter
{
  Previous previous[MAX_ID + 1];
};

RtmpChunkWriter *
rtmp_chunk_writer_new (void)
{
  return g_new0 (RtmpChunkWriter, 1);
}

void
rtmp_chunk_writer_free (RtmpChunkWriter * self)
{
  g_free (self);
}

/* The smallest header that says it (RTMP 1.0, 5.3.1.2). A long step forward
 * goes as an absolute time, because peers disagree on extended deltas. */
static guint
choose_fmt (const Previous * previous, const RtmpMessage * message)
{
  guint32 delta = message->timestamp - previous->timestamp;

  if (!previous->valid || message->timestamp < previous->timestamp
      || delta >= EXTENDED
      || message->message_stream != previous->message_stream)
    return 0;
  if (message->type != previous->type
      || rtmp_message_size (message) != previous->size)
    return 1;
  return delta != previous->delta ? 2 : 3;
}

/* What fmt 3 would add after this header. After fmt 0 that is its absolute
 * time, which some peers take for 0: safe only where both are the same. */
static guint32
next_delta (const Previous * previous, const RtmpMessage * message, guint fmt)
{
  if (fmt == 0)
    return message->timestamp == 0 ? 0 : EXTENDED;
  return message->timestamp - previous->timestamp;
}

static void
write_headers (RtmpChunkHeaders * headers, const RtmpMessage * message,
    guint fmt, guint32 time)
{
  gboolean extended = fmt < 3 && time >= EXTENDED;
  guint8 *p = headers->first;
  guint8 *next = headers->next;

  *p++ = (guint8) (fmt << 6 | message->chunk_stream);
  *next++ = (guint8) (3 << 6 | message->chunk_stream);
  if (fmt <= 2)
    p = rtmp_put_be (p, MIN (time, EXTENDED), 3);
  if (fmt <= 1) {
    p = rtmp_put_be (p, (guint32) rtmp_message_size (message), 3);
    *p++ = message->type;
  }
  if (fmt == 0)                 /* the one little-endian field */
    p = rtmp_put_be (p, GUINT32_SWAP_LE_BE (message->message_stream), 4);
  if (extended) {
    p = rtmp_put_be (p, time, 4);
    next = rtmp_put_be (next, time, 4);
  }
  headers->first_size = (guint8) (p - headers->first);
  headers->next_size = (guint8) (next - headers->next);
}

void
rtmp_chunk_writer_begin (RtmpChunkWriter * self, const RtmpMessage * message,
    RtmpChunkHeaders * headers)
{
  Previous *previous;
  guint32 time;
  guint fmt;

  g_assert (message->chunk_stream >= MIN_ID && message->chunk_stream <= MAX_ID);
  g_assert (rtmp_message_size (message) <= RTMP_MESSAGE_MAX_SIZE);

  previous = &self->previous[message->chunk_stream];
  fmt = choose_fmt (previous, message);
  time = message->timestamp - (fmt == 0 ? 0 : previous->timestamp);
  write_headers (headers, message, fmt, time);

  previous->valid = TRUE;
  previous->delta = next_delta (previous, message, fmt);
  previous->type = message->type;
  previous->timestamp = message->timestamp;
  previous->size = (guint32) rtmp_message_size (message);
  previous->message_stream = message->message_stream;
}

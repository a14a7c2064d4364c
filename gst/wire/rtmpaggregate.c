/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpaggregate.h"

#include "rtmplog.h"
#include "rtmpreader.h"

#define STREAM_ID_SIZE 3
#define BACK_POINTER_SIZE 4

/* Messages in one. They can be of nothing, fifteen bytes each, and cost a
 * receiver ten times that. */
#define MAX_MESSAGES 65536

/* The next message, with the time that it tells; FALSE when no whole one is
 * left. RTMP 1.0, 7.1.6 points at a header with the time in one piece, but what
 * is sent is the header of an FLV tag (Adobe FLV 10.1, E.4.1). */
static gboolean
read_message (RtmpReader * reader, const RtmpMessage * aggregate,
    RtmpMessage * message)
{
  RtmpReader in = *reader;
  guint8 type, time_high;
  guint32 size, time_low;

  if (!rtmp_reader_u8 (&in, &type) || !rtmp_reader_u24 (&in, &size)
      || !rtmp_reader_u24 (&in, &time_low) || !rtmp_reader_u8 (&in, &time_high)
      || !rtmp_reader_skip (&in, STREAM_ID_SIZE)
      || !rtmp_reader_skip (&in, size))
    return FALSE;
  rtmp_message_init (message, type, aggregate->chunk_stream,
      aggregate->message_stream, (guint32) time_high << 24 | time_low,
      g_bytes_new_from_bytes (aggregate->payload, in.pos - size, size));
  /* Its value tells nothing new, and the last one may be missing. */
  rtmp_reader_skip (&in, BACK_POINTER_SIZE);
  *reader = in;
  return TRUE;
}

gboolean
rtmp_aggregate_split (const RtmpMessage * aggregate, RtmpMessageFunc func,
    gpointer user_data, GError ** error)
{
  guint n = 0, nested = 0;
  guint32 shift = 0;
  gboolean ok = TRUE;
  RtmpMessage message;
  RtmpReader in = { 0 };

  if (aggregate->payload)
    rtmp_reader_init_bytes (&in, aggregate->payload);
  while (ok && n < MAX_MESSAGES && read_message (&in, aggregate, &message)) {
    if (n++ == 0)
      shift = aggregate->timestamp - message.timestamp;
    message.timestamp += shift;
    if (message.type == RTMP_MESSAGE_AGGREGATE)
      nested++;
    else
      ok = func (&message, user_data, error);
    rtmp_message_clear (&message);
  }
  if (nested > 0)
    RTMP_WARNING ("leaving out %u aggregates within an aggregate", nested);
  if (n == MAX_MESSAGES && rtmp_reader_left (&in) > 0)
    RTMP_WARNING ("leaving out what follows %u messages of an aggregate", n);
  else if (ok && rtmp_reader_left (&in) > 0)
    RTMP_DEBUG ("no whole message in the last %" G_GSIZE_FORMAT " of %"
        G_GSIZE_FORMAT " bytes of an aggregate", rtmp_reader_left (&in),
        in.size);
  return ok;
}

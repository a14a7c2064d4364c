/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpchunklink.h"

#include <string.h>

#include "rtmpcontrol.h"
#include "rtmpe.h"
#include "rtmperror.h"
#include "rtmplog.h"
#include "rtmpswf.h"

/* Answers to what one block of the peer's asks for, before the first of them
 * can be sent. A ping of nine bytes costs hundreds; nobody has so much to ask
 * at once. */
#define MAX_ANSWERS 1024

/* What is encrypted at once, of a batch that may be larger. */
#define SEALED_SIZE (64 << 10)

struct _RtmpChunkLink
{
  const RtmpLinkEvents *events;
  gpointer user_data;

  RtmpHandshake *handshake;
  RtmpHandshakeState handshake_state;
  guint8 swf_key[RTMP_SWF_KEY_SIZE];
  RtmpChunkReader *reader;
  RtmpOutQueue *queue;
  GError *error;                /* the first one */

  gboolean feeding;
  guint max_signals;            /* in the queue, until that is over */
  gboolean overrun;             /* answers have been left out */

  guint64 raw_out;              /* handshake bytes not yet sent */
  RtmpLinkStats stats;

  /* For RTMPE. What has been encrypted stays in the queue until it is sent. */
  RtmpeStreams *streams;        /* NULL without */
  guint8 *sealed_data;          /* SEALED_SIZE bytes */
  RtmpVector sealed;            /* of them, what is to be sent */
};

RtmpChunkLink *
rtmp_chunk_link_new (RtmpHandshake * handshake, const RtmpLimits * limits,
    const RtmpLinkEvents * events, gpointer user_data)
{
  RtmpChunkLink *self = g_new0 (RtmpChunkLink, 1);

  self->events = events;
  self->user_data = user_data;
  self->handshake = handshake;
  self->reader = rtmp_chunk_reader_new (limits);
  self->queue = rtmp_out_queue_new ();
  return self;
}

void
rtmp_chunk_link_free (RtmpChunkLink * self)
{
  g_clear_pointer (&self->handshake, rtmp_handshake_free);
  g_clear_pointer (&self->streams, rtmpe_streams_free);
  g_free (self->sealed_data);
  rtmp_chunk_reader_free (self->reader);
  rtmp_out_queue_free (self->queue);
  g_clear_error (&self->error);
  g_free (self);
}

static void
pull_handshake (RtmpChunkLink * self)
{
  GBytes *bytes;

  while (self->handshake && (bytes = rtmp_handshake_pull (self->handshake))) {
    self->raw_out += g_bytes_get_size (bytes);
    rtmp_out_queue_push_raw (self->queue, bytes);
  }
}

static void
send_control (RtmpChunkLink * self, RtmpMessageType type, guint32 value)
{
  RtmpMessage message;

  rtmp_control_init (&message, type, value);
  rtmp_chunk_link_send (self, &message);
}

/* The peer's sequence number counts modulo 2^32 from an origin of its own; only
 * what it adds is known to be right (protocol control, RTMP 1.0, 5.4.3). */
static void
on_acknowledgement (RtmpChunkLink * self, guint32 sequence)
{
  guint32 step = sequence - (guint32) self->stats.out_bytes_acked;

  if (step < G_MAXINT32)
    self->stats.out_bytes_acked += step;
}

static gboolean
on_control (RtmpChunkLink * self, const RtmpMessage * message, GError ** error)
{
  RtmpControl control;

  if (!rtmp_control_parse (&control, message, error))
    return FALSE;
  switch (control.type) {
    case RTMP_MESSAGE_ACKNOWLEDGEMENT:
      on_acknowledgement (self, control.value);
      break;
    case RTMP_MESSAGE_WINDOW_ACK_SIZE:
      self->stats.in_window = control.value;
      break;
    case RTMP_MESSAGE_SET_PEER_BANDWIDTH:
      /* RTMP 1.0, 5.4.5: answered when it is not what we last said. */
      if (control.value != self->stats.out_window && control.value > 0)
        send_control (self, RTMP_MESSAGE_WINDOW_ACK_SIZE, control.value);
      break;
    default:                   /* acted on by the reader */
      break;
  }
  return TRUE;
}

static gboolean
dispatch (RtmpChunkLink * self, RtmpMessage * message, GError ** error)
{
  if (rtmp_message_is_control (message)
      && message->type != RTMP_MESSAGE_USER_CONTROL)
    return on_control (self, message, error);
  return self->events->message (message, self->user_data, error);
}

static gboolean
on_message (RtmpMessage * message, gpointer user_data, GError ** error)
{
  RtmpChunkLink *self = user_data;

  RTMP_LOG ("received %s, %" G_GSIZE_FORMAT " bytes, stream %u, time %u",
      rtmp_message_type_to_string (message->type), rtmp_message_size (message),
      message->message_stream, message->timestamp);
  if (!dispatch (self, message, error))
    return FALSE;
  if (self->overrun)
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_LIMIT_ANSWERS,
        "Expected at most %u messages at once that want an answer, got more",
        MAX_ANSWERS);
  return !self->overrun;
}

/* Acknowledges at half the window, so that a peer that counts strictly never
 * has to stop (E-049). */
static void
acknowledge (RtmpChunkLink * self)
{
  guint64 unacked = self->stats.in_bytes - self->stats.in_bytes_acked;

  if (self->stats.in_window == 0 || 2 * unacked < self->stats.in_window)
    return;
  self->stats.in_bytes_acked = self->stats.in_bytes;
  send_control (self, RTMP_MESSAGE_ACKNOWLEDGEMENT,
      (guint32) self->stats.in_bytes);
}

static gboolean
open_link (RtmpChunkLink * self, GError ** error)
{
  if (!rtmp_handshake_echo_matched (self->handshake))
    RTMP_INFO ("the peer's handshake echo is not what we sent: tolerated");
  self->streams = rtmp_handshake_take_streams (self->handshake);
  if (self->streams)
    self->sealed_data = g_malloc (SEALED_SIZE);
  RTMP_DEBUG ("handshake done%s", self->streams ? ", encrypted from here" : "");
  memcpy (self->swf_key, rtmp_handshake_swf_key (self->handshake),
      RTMP_SWF_KEY_SIZE);
  g_clear_pointer (&self->handshake, rtmp_handshake_free);
  return self->events->opened (self->user_data, error);
}

/* The handshake's share of @block; what is left of it are chunks. */
static gboolean
feed_handshake (RtmpChunkLink * self, guint32 time, GBytes * block,
    gsize * consumed, GError ** error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (block, &size);

  if (!rtmp_handshake_feed (self->handshake, time, data, size, consumed, error))
    return FALSE;
  pull_handshake (self);
  self->handshake_state = rtmp_handshake_state (self->handshake);
  if (self->handshake_state == RTMP_HANDSHAKE_DONE)
    return open_link (self, error);
  return TRUE;
}

/* (transfer full) */
static GBytes *
unseal (RtmpChunkLink * self, GBytes * block)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (block, &size);
  guint8 *plain = g_malloc (size);

  rtmpe_streams_decrypt (self->streams, data, plain, size);
  return g_bytes_new_take (plain, size);
}

static gboolean
feed_chunks (RtmpChunkLink * self, GBytes * block, GError ** error)
{
  g_autoptr (GBytes) plain = NULL;

  if (self->streams)
    block = plain = unseal (self, block);
  self->stats.in_bytes += g_bytes_get_size (block);
  if (!rtmp_chunk_reader_feed (self->reader, block, on_message, self, error))
    return FALSE;
  acknowledge (self);
  return TRUE;
}

static gboolean
feed (RtmpChunkLink * self, guint32 time, GBytes * block, GError ** error)
{
  gsize size = g_bytes_get_size (block), consumed = 0;
  g_autoptr (GBytes) rest = NULL;

  if (self->handshake == NULL)
    return feed_chunks (self, block, error);
  if (!feed_handshake (self, time, block, &consumed, error))
    return FALSE;
  if (consumed == size)
    return TRUE;
  rest = g_bytes_new_from_bytes (block, consumed, size - consumed);
  return feed_chunks (self, rest, error);
}

gboolean
rtmp_chunk_link_feed (RtmpChunkLink * self, guint32 time, GBytes * block,
    GError ** error)
{
  if (self->error == NULL) {
    self->feeding = TRUE;
    self->max_signals = rtmp_out_queue_signals (self->queue) + MAX_ANSWERS;
    feed (self, time, block, &self->error);
    self->feeding = FALSE;
  }
  if (self->error == NULL)
    return TRUE;
  g_propagate_error (error, g_error_copy (self->error));
  return FALSE;
}

void
rtmp_chunk_link_send (RtmpChunkLink * self, RtmpMessage * message)
{
  RtmpControl control;

  if (self->feeding
      && rtmp_out_queue_signals (self->queue) >= self->max_signals) {
    self->overrun = TRUE;
    rtmp_message_clear (message);
    return;
  }
  RTMP_LOG ("queueing %s, %" G_GSIZE_FORMAT " bytes, stream %u, time %u",
      rtmp_message_type_to_string (message->type), rtmp_message_size (message),
      message->message_stream, message->timestamp);
  if (message->type == RTMP_MESSAGE_WINDOW_ACK_SIZE
      && rtmp_control_parse (&control, message, NULL))
    self->stats.out_window = control.value;
  rtmp_out_queue_push (self->queue, message);
}

/* What of @vectors is the end of the handshake: not encrypted. */
static guint
count_raw (const RtmpChunkLink * self, const RtmpVector * vectors)
{
  guint64 size = 0;
  guint n;

  for (n = 0; size < self->raw_out; n++)
    size += vectors[n].size;
  return n;
}

static void
seal (RtmpChunkLink * self, const RtmpVector * plain, guint n)
{
  gsize filled = 0;
  guint i;

  for (i = 0; i < n && filled < SEALED_SIZE; i++) {
    gsize size = MIN (plain[i].size, SEALED_SIZE - filled);

    rtmpe_streams_encrypt (self->streams, plain[i].data,
        self->sealed_data + filled, size);
    filled += size;
  }
  self->sealed.data = self->sealed_data;
  self->sealed.size = filled;
}

static guint
pull_sealed (RtmpChunkLink * self, const RtmpVector ** vectors)
{
  guint n = rtmp_out_queue_pull (self->queue, vectors);

  if (self->raw_out > 0)
    return count_raw (self, *vectors);
  if (self->sealed.size == 0)
    seal (self, *vectors, n);
  *vectors = &self->sealed;
  return self->sealed.size > 0;
}

guint
rtmp_chunk_link_pull (RtmpChunkLink * self, const RtmpVector ** vectors)
{
  pull_handshake (self);
  if (self->streams)
    return pull_sealed (self, vectors);
  return rtmp_out_queue_pull (self->queue, vectors);
}

void
rtmp_chunk_link_consume (RtmpChunkLink * self, gsize n)
{
  gsize raw = MIN (n, self->raw_out);

  self->raw_out -= raw;
  self->stats.out_bytes += n - raw;
  if (self->sealed.size > 0) {
    self->sealed.data = (const guint8 *) self->sealed.data + n;
    self->sealed.size -= n;
  }
  rtmp_out_queue_consume (self->queue, n);
}

const RtmpOutQueue *
rtmp_chunk_link_queue (const RtmpChunkLink * self)
{
  return self->queue;
}

void
rtmp_chunk_link_set_limits (RtmpChunkLink * self, const RtmpLimits * limits)
{
  rtmp_chunk_reader_set_limits (self->reader, limits);
}

gboolean
rtmp_chunk_link_is_open (const RtmpChunkLink * self)
{
  return self->handshake == NULL;
}

RtmpHandshakeState
rtmp_chunk_link_handshake_state (const RtmpChunkLink * self)
{
  return self->handshake_state;
}

const guint8 *
rtmp_chunk_link_swf_key (const RtmpChunkLink * self)
{
  return self->swf_key;
}

void
rtmp_chunk_link_stats (const RtmpChunkLink * self, RtmpLinkStats * stats)
{
  *stats = self->stats;
  stats->in_chunk_size = rtmp_chunk_reader_chunk_size (self->reader);
  stats->out_chunk_size = rtmp_out_queue_chunk_size (self->queue);
}

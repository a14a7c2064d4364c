/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpconnection.h"

#include "rtmperror.h"
#include "rtmplog.h"

/* Commands and control messages that may wait for a peer to read them: who asks
 * for answers and does not read them is not read either. */
#define MAX_SIGNALS 256

/* How long to listen to a peer that takes no more bytes of ours: why it does
 * not has been said before, and may still be under way. Microseconds. */
#define LAST_WORDS (G_USEC_PER_SEC / 4)

/* What is read into. Slices of it that messages keep hold a reference each; it
 * is used again when none is left. */
typedef struct
{
  gatomicrefcount refs;
  gsize size;
  guint8 data[];
} Block;

struct _RtmpConnection
{
  RtmpTransport *transport;
  RtmpChunkLink *link;
  const RtmpConnectionEvents *events;
  gpointer user_data;

  GIOCondition wanted;          /* IN: reading, OUT: blocked in writing, HUP:
                                 * not reading, but is it there? */
  RtmpWatch *deadline_watch;
  gint64 handshake_deadline;
  Block *block;
  gsize block_size;             /* of the next one */

  gboolean reading;
  gboolean choked;              /* not reading for now, but to be resumed */
  gboolean finishing;
  gboolean output_shut;
  GError *write_error;          /* writing is over; what can be read still is */
  gint64 last_words;            /* until then */
  gboolean closed;
  guint busy;                   /* depth of events: send does not write then */
};

/* Blocks */

static Block *
block_new (gsize size)
{
  Block *block = g_malloc (sizeof (*block) + size);

  g_atomic_ref_count_init (&block->refs);
  block->size = size;
  return block;
}

static void
block_unref (gpointer data)
{
  Block *block = data;

  if (g_atomic_ref_count_dec (&block->refs))
    g_free (block);
}

/* The block for the next read: the last one, unless slices of it are kept or it
 * has the wrong size. */
static Block *
block_for_read (RtmpConnection * self)
{
  if (self->block && (self->block->size != self->block_size
          || !g_atomic_ref_count_compare (&self->block->refs, 1)))
    g_clear_pointer (&self->block, block_unref);
  if (self->block == NULL)
    self->block = block_new (self->block_size);
  return self->block;
}

static void
adapt_block_size (RtmpConnection * self, gsize n)
{
  if (n == self->block_size)
    self->block_size = MIN (2 * self->block_size, RTMP_CONNECTION_BLOCK_MAX);
  else if (n < self->block_size / 8)
    self->block_size = MAX (self->block_size / 2, RTMP_CONNECTION_BLOCK_MIN);
}

/* Waiting */

static void
want (RtmpConnection * self, GIOCondition condition, gboolean on)
{
  GIOCondition wanted =
      on ? self->wanted | condition : self->wanted & ~condition;

  if (wanted != self->wanted)
    rtmp_transport_wait_for (self->transport, wanted);
  self->wanted = wanted;
}

static void
arm_deadline (RtmpConnection * self)
{
  gint64 next = self->handshake_deadline;

  if (rtmp_chunk_link_is_open (self->link))
    next = self->events->next_deadline (self->user_data);
  next = MIN (next, self->last_words);
  rtmp_watch_set_time (self->deadline_watch, next);
}

/* The end */

static void
close_connection (RtmpConnection * self, const GError * error)
{
  if (self->closed)
    return;
  self->closed = TRUE;
  want (self, G_IO_IN | G_IO_OUT | G_IO_HUP, FALSE);
  g_clear_pointer (&self->deadline_watch, rtmp_watch_free);
  self->events->closed (error, self->user_data);
}

/* What we already have to say is still sent, if the socket takes it, so that
 * the peer learns why. */
static void
fail (RtmpConnection * self, GError * error)
{
  const RtmpVector *vectors;
  guint n = rtmp_chunk_link_pull (self->link, &vectors);

  if (n > 0 && !self->output_shut && self->write_error == NULL)
    rtmp_transport_writev (self->transport, vectors, n, NULL);
  close_connection (self, error);
  g_error_free (error);
}

/* Writing */

static void
shut_output (RtmpConnection * self)
{
  if (self->output_shut)
    return;
  RTMP_DEBUG ("all is sent: ending our output");
  self->output_shut = TRUE;
  rtmp_transport_shutdown_output (self->transport);
}

static gboolean
write_batches (RtmpConnection * self, GError ** error)
{
  const RtmpVector *vectors;
  gboolean sent = FALSE;
  gssize n = 0;
  guint count;

  while ((count = rtmp_chunk_link_pull (self->link, &vectors)) > 0) {
    n = rtmp_transport_writev (self->transport, vectors, count, error);
    if (n < 0)
      break;
    rtmp_chunk_link_consume (self->link, (gsize) n);
    sent = TRUE;
  }
  if (n == RTMP_TRANSPORT_FAILED)
    return FALSE;
  if (sent)
    self->events->sent (self->user_data);
  if (n == RTMP_TRANSPORT_WOULD_BLOCK)
    want (self, G_IO_OUT, TRUE);
  else if (self->finishing && count == 0)
    shut_output (self);
  return TRUE;
}

/* Writes, unless it waits for the socket or is within an event, whose end comes
 * here. A peer that refuses us may close before we have written everything: its
 * reason is then still to be read, so that a failed write does not end it. */
void
rtmp_connection_update (RtmpConnection * self)
{
  if (self->closed || self->busy)
    return;
  self->busy++;
  if (!(self->wanted & G_IO_OUT) && !self->output_shut
      && self->write_error == NULL
      && !write_batches (self, &self->write_error)) {
    self->last_words = g_get_monotonic_time () + LAST_WORDS;
    rtmp_connection_set_reading (self, TRUE);
  }
  self->busy--;
  if (!self->closed)
    arm_deadline (self);
}

static void
on_writable (RtmpConnection * self)
{
  want (self, G_IO_OUT, FALSE);
  if (self->choked && self->reading)
    want (self, G_IO_IN, TRUE);
  self->choked = FALSE;
  rtmp_connection_update (self);
}

/* Reading */

static gboolean
feed (RtmpConnection * self, Block * block, gsize n, GError ** error)
{
  gboolean ok;
  GBytes *bytes;

  g_atomic_ref_count_inc (&block->refs);
  bytes = g_bytes_new_with_free_func (block->data, n, block_unref, block);
  self->busy++;
  ok = rtmp_chunk_link_feed (self->link,
      (guint32) (g_get_monotonic_time () / 1000), bytes, error);
  self->busy--;
  g_bytes_unref (bytes);
  return ok;
}

/* TLS ends with a reason, which may come with the end of the connection. */
static gboolean
is_alert (const GError * error)
{
  return error && error->domain == G_TLS_ERROR;
}

/* After our end, the peer's is what we waited for; so is its reset: it has gone
 * and will not tell more. Only a tunnel knows that it has not read all. */
static gboolean
on_end_of_input (RtmpConnection * self, GError * error)
{
  if (self->output_shut && rtmp_error_band (error) == RTMP_ERROR_BAND_NONE) {
    g_clear_error (&error);
    close_connection (self, NULL);
  } else {
    if (self->write_error && !is_alert (error)) {
      g_clear_error (&error);
      error = g_error_copy (self->write_error);
    }
    if (error == NULL)
      error = g_error_new_literal (RTMP_ERROR, RTMP_ERROR_PEER_CLOSED,
          "the peer closed the connection");
    fail (self, error);
  }
  return FALSE;
}

/* A peer that asks (pings, say) and does not read the answers gets no more
 * heard until it does. */
static gboolean
wait_to_write (RtmpConnection * self)
{
  self->choked = TRUE;
  want (self, G_IO_IN, FALSE);
  return FALSE;
}

/* FALSE when there is no more to be read for now, or for ever. */
static gboolean
read_once (RtmpConnection * self)
{
  Block *block = block_for_read (self);
  gsize size = block->size;
  GError *error = NULL;
  gssize n = rtmp_transport_read (self->transport, block->data, size, &error);

  if (n == RTMP_TRANSPORT_WOULD_BLOCK)
    return FALSE;
  if (n <= 0)
    return on_end_of_input (self, error);
  adapt_block_size (self, (gsize) n);
  if (!feed (self, block, (gsize) n, &error)) {
    fail (self, error);
    return FALSE;
  }
  rtmp_connection_update (self);
  /* A short read emptied the socket: asking again would only cost a call. */
  if (self->wanted & G_IO_OUT
      && rtmp_out_queue_signals (rtmp_chunk_link_queue (self->link)) >
      MAX_SIGNALS)
    return wait_to_write (self);
  return !self->closed && self->reading && (gsize) n == size;
}

static void
on_ready (GIOCondition ready, gpointer user_data)
{
  RtmpConnection *self = user_data;
  guint i;

  if (ready & G_IO_OUT)
    on_writable (self);
  if (ready & self->wanted & G_IO_IN)
    for (i = 0; i < RTMP_CONNECTION_READS && read_once (self); i++);
  if (ready & self->wanted & G_IO_HUP)
    self->events->hung_up (self->user_data);
}

void
rtmp_connection_set_reading (RtmpConnection * self, gboolean reading)
{
  if (self->closed || reading == self->reading)
    return;
  self->reading = reading;
  RTMP_LOG ("%s reading", reading ? "resume" : "pause");
  want (self, G_IO_IN, reading);
  if (self->events->hung_up)
    want (self, G_IO_HUP, !reading);
}

/* Time */

static gboolean
handshake_in_time (RtmpConnection * self, gint64 now, GError ** error)
{
  if (now < self->handshake_deadline)
    return TRUE;
  g_set_error (error, RTMP_ERROR, RTMP_ERROR_TIMED_OUT,
      "the peer went silent in the handshake (%s)",
      rtmp_handshake_state_to_string (rtmp_chunk_link_handshake_state
          (self->link)));
  return FALSE;
}

static void
on_time (GIOCondition ready, gpointer user_data)
{
  RtmpConnection *self = user_data;
  gint64 now = g_get_monotonic_time ();
  GError *error = NULL;
  gboolean ok;

  self->busy++;
  if (now >= self->last_words) {
    ok = FALSE;
    error = g_error_copy (self->write_error);
  } else if (rtmp_chunk_link_is_open (self->link))
    ok = self->events->on_deadline (now, self->user_data, &error);
  else
    ok = handshake_in_time (self, now, &error);
  self->busy--;
  if (ok)
    rtmp_connection_update (self);
  else
    fail (self, error);
}

/* Life */

static gboolean
on_opened (gpointer user_data, GError ** error)
{
  RtmpConnection *self = user_data;

  return self->events->opened (self->user_data, error);
}

static gboolean
on_message (RtmpMessage * message, gpointer user_data, GError ** error)
{
  RtmpConnection *self = user_data;

  return self->events->message (message, self->user_data, error);
}

static const RtmpLinkEvents link_events = {
  .opened = on_opened,
  .message = on_message,
};

/* The random part of C1 and S1 only has to differ from the peer's (RTMP 1.0,
 * 5.2.3): no secret hangs on it. */
static RtmpChunkLink *
make_link (RtmpConnection * self, RtmpRole role, RtmpHandshakeFlags handshake,
    gint64 now, const RtmpLimits * limits)
{
  guint32 words[RTMP_HANDSHAKE_RANDOM_SIZE / 4], time = (guint32) (now / 1000);
  guint i;

  for (i = 0; i < G_N_ELEMENTS (words); i++)
    words[i] = g_random_int ();
  return rtmp_chunk_link_new (rtmp_handshake_new_full (role, handshake, time,
          (const guint8 *) words, NULL), limits, &link_events, self);
}

RtmpConnection *
rtmp_connection_new (RtmpTransport * transport, RtmpRole role,
    RtmpHandshakeFlags handshake, gint64 handshake_timeout,
    const RtmpLimits * limits, const RtmpConnectionEvents * events,
    gpointer user_data)
{
  RtmpConnection *self = g_new0 (RtmpConnection, 1);
  gint64 now = g_get_monotonic_time ();

  self->transport = transport;
  self->events = events;
  self->user_data = user_data;
  self->block_size = RTMP_CONNECTION_BLOCK_MIN;
  self->last_words = G_MAXINT64;
  self->handshake_deadline =
      handshake_timeout > 0 ? now + handshake_timeout : G_MAXINT64;
  self->link = make_link (self, role, handshake, now, limits);
  self->deadline_watch = rtmp_watch_new (-1, on_time, self);
  /* The first write comes from there too, so that no event precedes the
   * owner's having the connection in hand. */
  rtmp_watch_set_time (self->deadline_watch, 0);
  rtmp_transport_set_func (transport, on_ready, self);
  rtmp_connection_set_reading (self, TRUE);
  return self;
}

void
rtmp_connection_free (RtmpConnection * self)
{
  g_clear_pointer (&self->deadline_watch, rtmp_watch_free);
  rtmp_chunk_link_free (self->link);
  rtmp_transport_free (self->transport);
  g_clear_pointer (&self->block, block_unref);
  g_clear_error (&self->write_error);
  g_free (self);
}

void
rtmp_connection_send (RtmpConnection * self, RtmpMessage * message)
{
  if (self->output_shut || self->write_error)
    rtmp_message_clear (message);       /* nobody will read it */
  else
    rtmp_chunk_link_send (self->link, message);
}

void
rtmp_connection_finish (RtmpConnection * self)
{
  self->finishing = TRUE;
  rtmp_connection_set_reading (self, TRUE);
  rtmp_connection_update (self);
}

void
rtmp_connection_set_limits (RtmpConnection * self, const RtmpLimits * limits)
{
  rtmp_chunk_link_set_limits (self->link, limits);
}

const RtmpOutQueue *
rtmp_connection_queue (const RtmpConnection * self)
{
  return rtmp_chunk_link_queue (self->link);
}

const guint8 *
rtmp_connection_swf_key (const RtmpConnection * self)
{
  return rtmp_chunk_link_swf_key (self->link);
}

void
rtmp_connection_stats (const RtmpConnection * self, RtmpLinkStats * stats)
{
  rtmp_chunk_link_stats (self->link, stats);
}

RtmpTransport *
rtmp_connection_transport (const RtmpConnection * self)
{
  return self->transport;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmptunnelserver.h"

#include <string.h>

struct _RtmpTunnelServer
{
  gint64 idle_timeout;
  gint64 last_request;

  gboolean started;             /* the number of a request is known */
  guint32 next;                 /* that of the next one */
  GQueue input;                 /* of GBytes */
  gsize input_pos;              /* in the first */
  gsize input_size;
  gboolean input_ended;

  GByteArray *output;           /* begins with the interval */
  gboolean closed;              /* by us */
  gboolean over;
  guint empty;                  /* replies so, since there was something */
  guint interval;

  GBytes *reply;                /* to the last request; NULL: not yet */
};

static void
begin_output (RtmpTunnelServer * self)
{
  static const guint8 interval = 0;

  self->output = g_byte_array_new ();
  g_byte_array_append (self->output, &interval, 1);
}

RtmpTunnelServer *
rtmp_tunnel_server_new (gint64 now, gint64 idle_timeout)
{
  RtmpTunnelServer *self = g_new0 (RtmpTunnelServer, 1);

  self->idle_timeout = idle_timeout;
  self->last_request = now;
  self->interval = RTMP_TUNNEL_INTERVAL_MIN;
  begin_output (self);
  return self;
}

void
rtmp_tunnel_server_free (RtmpTunnelServer * self)
{
  g_queue_clear_full (&self->input, (GDestroyNotify) g_bytes_unref);
  g_byte_array_unref (self->output);
  g_clear_pointer (&self->reply, g_bytes_unref);
  g_free (self);
}

static void
take_input (RtmpTunnelServer * self, GBytes * body)
{
  if (g_bytes_get_size (body) == 0)
    return;
  g_queue_push_tail (&self->input, g_bytes_ref (body));
  self->input_size += g_bytes_get_size (body);
}

guint
rtmp_tunnel_server_request (RtmpTunnelServer * self, gint64 now,
    const RtmpTunnelRequest * request, GBytes * body)
{
  guint32 sequence = request->sequence;

  if (self->started && sequence == self->next - 1) {
    self->last_request = now;
    return 200;
  }
  if (self->over || self->input_ended)
    return 404;
  /* Clients begin with 0; there may be some that count the open. */
  if (self->started ? sequence != self->next : sequence > 1)
    return 400;
  self->started = TRUE;
  self->next = sequence + 1;
  self->last_request = now;
  g_clear_pointer (&self->reply, g_bytes_unref);
  if (request->verb == RTMP_TUNNEL_SEND)
    take_input (self, body);
  else if (request->verb == RTMP_TUNNEL_CLOSE)
    self->input_ended = TRUE;
  return 200;
}

/* Twice the interval with each empty reply beyond the first few. */
static void
adapt_interval (RtmpTunnelServer * self)
{
  if (self->output->len > 1) {
    self->empty = 0;
    self->interval = RTMP_TUNNEL_INTERVAL_MIN;
  } else if (++self->empty > RTMP_TUNNEL_EMPTY_REPLIES)
    self->interval = MIN (2 * self->interval, RTMP_TUNNEL_INTERVAL_MAX);
}

static void
make_reply (RtmpTunnelServer * self)
{
  adapt_interval (self);
  self->over = self->input_ended || (self->closed && self->output->len == 1);
  self->output->data[0] = self->over ? 0 : (guint8) self->interval;
  self->reply = g_byte_array_free_to_bytes (self->output);
  begin_output (self);
}

GBytes *
rtmp_tunnel_server_reply (RtmpTunnelServer * self)
{
  if (self->reply == NULL)
    make_reply (self);
  return g_bytes_ref (self->reply);
}

gsize
rtmp_tunnel_server_read (RtmpTunnelServer * self, guint8 * data, gsize size)
{
  gsize done = 0;
  GBytes *first;

  while (done < size && (first = g_queue_peek_head (&self->input))) {
    gsize n = MIN (size - done, g_bytes_get_size (first) - self->input_pos);

    memcpy (data + done, (const guint8 *) g_bytes_get_data (first, NULL)
        + self->input_pos, n);
    done += n;
    self->input_pos += n;
    if (self->input_pos == g_bytes_get_size (first)) {
      g_bytes_unref (g_queue_pop_head (&self->input));
      self->input_pos = 0;
    }
  }
  self->input_size -= done;
  return done;
}

gsize
rtmp_tunnel_server_write (RtmpTunnelServer * self, const guint8 * data,
    gsize size)
{
  gsize n = MIN (size, rtmp_tunnel_server_space (self));

  g_byte_array_append (self->output, data, (guint) n);
  return n;
}

gsize
rtmp_tunnel_server_input (const RtmpTunnelServer * self)
{
  return self->input_size;
}

gsize
rtmp_tunnel_server_space (const RtmpTunnelServer * self)
{
  return self->closed ? 0 : RTMP_TUNNEL_OUTPUT_MAX + 1 - self->output->len;
}

void
rtmp_tunnel_server_close (RtmpTunnelServer * self)
{
  self->closed = TRUE;
}

gboolean
rtmp_tunnel_server_input_ended (const RtmpTunnelServer * self)
{
  return self->input_ended;
}

gboolean
rtmp_tunnel_server_is_over (const RtmpTunnelServer * self)
{
  return self->over;
}

gint64
rtmp_tunnel_server_deadline (const RtmpTunnelServer * self)
{
  return self->idle_timeout > 0 ? self->last_request + self->idle_timeout
      : G_MAXINT64;
}

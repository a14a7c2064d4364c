/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpcarrier.h"

#include <string.h>

#include "rtmperror.h"

/* A record of TLS: what is left of one would not be told of. */
#define BLOCK (16 << 10)
/* Requests and reads before other connections get their turn. */
#define TURN 32
/* Characters that are told of a method, and of what is asked for. */
#define WORD_SHOWN 100
/* How long a client that got an error may go on sending: a reset would take the
 * reply away from it. Microseconds. */
#define LINGER (2 * G_USEC_PER_SEC)

struct _RtmpCarrier
{
  RtmpTransport *transport;
  RtmpTunnels *tunnels;
  guint64 origin;
  gint64 idle_timeout;
  const RtmpCarrierEvents *events;
  gpointer user_data;

  GIOCondition wanted;
  RtmpWatch *watch;             /* the deadline, and the next turn */
  gint64 deadline;
  RtmpHttpReader *reader;
  guint8 *block;
  gsize pos, size;              /* in it: not yet fed */
  RtmpWriter output;
  gsize sent;                   /* of it */

  gboolean served;              /* a request has been answered well */
  gboolean judged;              /* the head of this one has been looked at */
  RtmpTunnelRequest request;
  GBytes *body;                 /* NULL: not all there */
  RtmpTunnel *awaited;          /* has to read before it takes this one */
  gchar carried[RTMP_TUNNEL_ID_MAX + 1];        /* the last one; "": none */
  gboolean last;                /* no other one is read after this */
  gboolean closing;             /* after what is to be sent */
  gboolean output_failed;
  gboolean output_shut;
  gboolean over;
  GError *error;                /* why */
};

static void
want (RtmpCarrier * self, GIOCondition condition)
{
  if (condition != self->wanted)
    rtmp_transport_wait_for (self->transport, condition);
  self->wanted = condition;
}

/* The first error counts. */
static void
end (RtmpCarrier * self, GError * error)
{
  if (self->error)
    g_clear_error (&error);
  else
    self->error = error;
  self->over = TRUE;
  want (self, 0);
  rtmp_watch_wake (self->watch);
}

static void
set_deadline (RtmpCarrier * self, gint64 timeout)
{
  self->deadline = timeout > 0 ? g_get_monotonic_time () + timeout : G_MAXINT64;
  rtmp_watch_set_time (self->watch, self->deadline);
}

/* Replies */

static void
reply (RtmpCarrier * self, guint status, GBytes * body)
{
  const gchar *const fields[] = {
    "Cache-Control", "no-cache",
    "Connection", self->last ? "close" : "Keep-Alive",
    "Content-Type", RTMP_TUNNEL_CONTENT_TYPE,
    status == 405 ? "Allow" : NULL, "POST", NULL,
  };
  gsize size;
  gconstpointer data = g_bytes_get_data (body, &size);

  rtmp_writer_clear (&self->output);
  self->sent = 0;
  rtmp_http_write_response (&self->output, status, fields, (gssize) size);
  rtmp_writer_bytes (&self->output, data, size);
}

/* How much of @word can be told: its printable start. */
static int
shown (const gchar * word)
{
  int n = 0;

  while (n < WORD_SHOWN && g_ascii_isprint (word[n]))
    n++;
  return n;
}

static void
set_status_error (RtmpCarrier * self, guint status)
{
  const RtmpHttpHead *head = rtmp_http_reader_head (self->reader);

  g_set_error (&self->error, RTMP_ERROR, RTMP_ERROR_BAD_HTTP,
      "HTTP status %u for \"%.*s %.*s\"", status, shown (head->method),
      head->method, shown (head->target), head->target);
}

/* Who asks for what there is not is not asked for more. */
static void
reply_error (RtmpCarrier * self, guint status)
{
  g_autoptr (GBytes) none = g_bytes_new_static ("", 0);

  if (self->error == NULL)
    set_status_error (self, status);
  self->last = self->closing = TRUE;
  reply (self, status, none);
}

/* To a close of what has been closed. */
static void
reply_over (RtmpCarrier * self)
{
  g_autoptr (GBytes) interval = g_bytes_new_static ("", 1);

  reply (self, 200, interval);
}

/* A client that goes with its last requests, not wanting their replies, has
 * reset the connection; but they are there. librtmp does so. FALSE: there is
 * more to be sent, later. */
static gboolean
flush (RtmpCarrier * self)
{
  while (self->sent < self->output.size && !self->output_failed) {
    const RtmpVector vector = { self->output.data + self->sent,
      self->output.size - self->sent
    };
    gssize n = rtmp_transport_writev (self->transport, &vector, 1, NULL);

    if (n == RTMP_TRANSPORT_WOULD_BLOCK) {
      want (self, G_IO_OUT);
      return FALSE;
    }
    self->output_failed = n < 0;
    self->sent += (gsize) MAX (n, 0);
  }
  return TRUE;
}

/* Requests */

/* The session that it is for. */
static RtmpTunnel *
find (RtmpCarrier * self)
{
  return rtmp_tunnels_find (self->tunnels, self->request.id, self->origin);
}

static guint
judge_length (RtmpCarrier * self, guint64 length)
{
  RtmpTunnel *tunnel = find (self);

  if ((self->request.verb == RTMP_TUNNEL_SEND
          || self->request.verb == RTMP_TUNNEL_IDLE) && tunnel == NULL)
    return 404;
  if (length > RTMP_CARRIER_BODY_MAX && (tunnel == NULL
          || !self->events->publishes (rtmp_tunnel_caller (tunnel),
              self->user_data)))
    return 413;
  return 200;
}

/* FALSE: it is refused before its body has come. */
static gboolean
judge (RtmpCarrier * self)
{
  const RtmpHttpHead *head = rtmp_http_reader_head (self->reader);
  guint status;

  if (self->judged || head == NULL)
    return TRUE;
  self->judged = TRUE;
  self->last = !head->keep_alive;
  status = rtmp_tunnel_request_parse (&self->request, head);
  if (status == 200)
    status = judge_length (self, head->length);
  if (status != 200)
    reply_error (self, status);
  return status == 200;
}

static void
done (RtmpCarrier * self)
{
  g_clear_pointer (&self->body, g_bytes_unref);
  rtmp_http_reader_next (self->reader);
  self->judged = FALSE;
  self->closing |= self->last;
}

static void
open_session (RtmpCarrier * self)
{
  RtmpTunnel *tunnel = self->events->open (self->user_data);
  g_autoptr (GBytes) body = NULL;

  if (tunnel == NULL) {
    reply_error (self, 503);
    return;
  }
  body = g_bytes_new_take (g_strdup_printf ("%s\n", rtmp_tunnel_id (tunnel)),
      strlen (rtmp_tunnel_id (tunnel)) + 1);
  reply (self, 200, body);
}

static void
hand_over (RtmpCarrier * self, RtmpTunnel * tunnel)
{
  guint status = rtmp_tunnel_request (tunnel, &self->request, self->body, self);
  g_autoptr (GBytes) body = NULL;

  if (status == 404 && self->request.verb == RTMP_TUNNEL_CLOSE) {
    reply_over (self);
    return;
  }
  if (status != 200) {
    reply_error (self, status);
    return;
  }
  g_strlcpy (self->carried, self->request.id, sizeof (self->carried));
  body = rtmp_tunnel_reply (tunnel);
  reply (self, 200, body);
}

static void
on_read (gpointer user_data)
{
  RtmpCarrier *self = user_data;

  self->awaited = NULL;
  set_deadline (self, self->idle_timeout);
  rtmp_watch_wake (self->watch);
}

/* All of it is there. */
static void
answer (RtmpCarrier * self)
{
  g_autoptr (GBytes) none = g_bytes_new_static ("", 0);
  RtmpTunnel *tunnel = NULL;

  if (self->body == NULL)
    self->body = rtmp_http_reader_take_body (self->reader);
  if (self->request.verb == RTMP_TUNNEL_IDENT)
    reply (self, 404, none);
  else if (self->request.verb == RTMP_TUNNEL_OPEN)
    open_session (self);
  else if ((tunnel = find (self)) == NULL
      && self->request.verb == RTMP_TUNNEL_CLOSE)
    reply_over (self);
  else if (tunnel == NULL)
    reply_error (self, 404);
  else if (self->request.verb != RTMP_TUNNEL_SEND
      || !rtmp_tunnel_is_full (tunnel))
    hand_over (self, tunnel);
  else if (rtmp_tunnel_wait (tunnel, on_read, self))
    self->awaited = tunnel;
  else
    reply_error (self, 400);
  if (self->awaited) {
    want (self, 0);
    set_deadline (self, 0);
    return;
  }
  self->served = TRUE;
  set_deadline (self, self->idle_timeout);
  done (self);
}

/* Reading */

static void
feed (RtmpCarrier * self)
{
  GError *error = NULL;
  gsize n;

  if (!rtmp_http_reader_feed (self->reader, self->block + self->pos,
          self->size - self->pos, &n, &error)) {
    self->error = error;
    reply_error (self, 400);
    return;
  }
  self->pos += n;
  if (judge (self)
      && rtmp_http_reader_state (self->reader) == RTMP_HTTP_DONE)
    answer (self);
}

/* FALSE: nothing is there for now, or for ever. */
static gboolean
fill (RtmpCarrier * self)
{
  GError *error = NULL;
  gssize n = rtmp_transport_read (self->transport, self->block, BLOCK, &error);

  if (n == RTMP_TRANSPORT_WOULD_BLOCK) {
    want (self, G_IO_IN);
    return FALSE;
  }
  if (n <= 0) {
    end (self, error);
    return FALSE;
  }
  self->pos = 0;
  self->size = (gsize) n;
  if (self->served && !self->closing)
    set_deadline (self, self->idle_timeout);
  return TRUE;
}

/* Nothing is read after the last reply, but for the end. */
static gboolean
step_to_end (RtmpCarrier * self)
{
  if (!self->output_shut) {
    self->output_shut = TRUE;
    rtmp_transport_shutdown_output (self->transport);
    set_deadline (self, LINGER);
  }
  return fill (self);
}

/* FALSE: it waits for something, or is over. */
static gboolean
step (RtmpCarrier * self)
{
  if (self->over || self->awaited || !flush (self))
    return FALSE;
  if (self->closing)
    return step_to_end (self);
  if (self->body) {
    answer (self);
    return TRUE;
  }
  if (self->pos == self->size && !fill (self))
    return FALSE;
  feed (self);
  return TRUE;
}

static void
run (RtmpCarrier * self)
{
  guint i;

  for (i = 0; i < TURN; i++)
    if (!step (self))
      return;
  want (self, 0);
  rtmp_watch_wake (self->watch);
}

static void
on_ready (GIOCondition ready, gpointer user_data)
{
  run (user_data);
}

/* The end is told from here alone, with nothing of ours on the stack. */
static void
on_watch (GIOCondition ready, gpointer user_data)
{
  RtmpCarrier *self = user_data;

  if (!self->over && g_get_monotonic_time () >= self->deadline)
    end (self, self->output_shut ? NULL : g_error_new (RTMP_ERROR,
            RTMP_ERROR_TIMED_OUT, "no request came in HTTP"));
  if (!self->over)
    rtmp_watch_set_time (self->watch, self->deadline);
  if (self->over)
    self->events->closed (self->error, self->user_data);
  else
    run (self);
}

/* Life */

RtmpCarrier *
rtmp_carrier_new (RtmpTransport * transport, RtmpTunnels * tunnels,
    guint64 origin, gint64 deadline, gint64 idle_timeout,
    const RtmpCarrierEvents * events, gpointer user_data)
{
  RtmpCarrier *self = g_new0 (RtmpCarrier, 1);

  self->transport = transport;
  self->tunnels = tunnels;
  self->origin = origin;
  self->idle_timeout = idle_timeout;
  self->events = events;
  self->user_data = user_data;
  self->deadline = deadline;
  self->block = g_malloc (BLOCK);
  self->reader = rtmp_http_reader_new (RTMP_HTTP_REQUEST, RTMP_TUNNEL_BODY_MAX);
  rtmp_writer_init (&self->output);
  self->watch = rtmp_watch_new (-1, on_watch, self);
  rtmp_watch_set_time (self->watch, deadline);
  rtmp_transport_set_func (transport, on_ready, self);
  want (self, G_IO_IN);
  return self;
}

void
rtmp_carrier_free (RtmpCarrier * self)
{
  RtmpTunnel *tunnel =
      rtmp_tunnels_find (self->tunnels, self->carried, self->origin);

  if (self->awaited)
    rtmp_tunnel_wait (self->awaited, NULL, NULL);
  if (tunnel)
    rtmp_tunnel_abandon (tunnel, self);
  rtmp_transport_free (self->transport);
  rtmp_watch_free (self->watch);
  rtmp_http_reader_free (self->reader);
  rtmp_writer_clear (&self->output);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_error (&self->error);
  g_free (self->block);
  g_free (self);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmptransporthttp.h"

#include <string.h>

#include "rtmperror.h"
#include "rtmplog.h"

#define BLOCK_SIZE (32 << 10)
/* Blocks read before others get their turn. */
#define READS 8

typedef struct
{
  RtmpTransport parent;
  RtmpTunnelClient *tunnel;
  RtmpTransport *inner;         /* NULL: between two connections */
  gboolean connecting;
  RtmpTransportHttpConnect connect;
  gpointer connect_data;

  GBytes *request;              /* being written; NULL: none is */
  gsize written;
  GIOCondition wanted;
  RtmpWatch *watch;             /* for polls, and to tell who waits */
  GError *error;
  guint8 block[BLOCK_SIZE];
} HttpTransport;

/* Waiting */

static gboolean
is_over (const HttpTransport * self)
{
  return self->error
      || rtmp_tunnel_client_state (self->tunnel) == RTMP_TUNNEL_CLIENT_OVER;
}

/* What of that which is waited for may be done now. */
static GIOCondition
ready (const HttpTransport * self)
{
  GIOCondition condition = 0;

  if (is_over (self) || rtmp_tunnel_client_input (self->tunnel) > 0)
    condition |= G_IO_IN;
  if (is_over (self) || rtmp_tunnel_client_space (self->tunnel) > 0)
    condition |= G_IO_OUT;
  return condition & self->wanted;
}

/* After each change: who waits is told from the loop only. */
static void
arm (HttpTransport * self)
{
  gint64 time = G_MAXINT64;

  if (ready (self))
    time = 0;
  else if (self->request == NULL && !self->connecting)
    time = rtmp_tunnel_client_deadline (self->tunnel);
  rtmp_watch_set_time (self->watch, time);
}

/* The last thing that is done in a callback. */
static void
tell (HttpTransport * self)
{
  GIOCondition condition = ready (self);

  arm (self);
  if (condition)
    self->parent.func (condition, self->parent.user_data);
}

/* Writing */

static void
set_request (HttpTransport * self, GBytes * request)
{
  g_clear_pointer (&self->request, g_bytes_unref);
  self->request = request;
  self->written = 0;
}

static void
drop_inner (HttpTransport * self)
{
  set_request (self, NULL);
  g_clear_pointer (&self->inner, rtmp_transport_free);
}

/* What cannot be written is told by what is read: the server's reason maybe, or
 * the end. */
static void
write_request (HttpTransport * self)
{
  g_autoptr (GError) error = NULL;
  gsize size;
  const guint8 *data = g_bytes_get_data (self->request, &size);
  const RtmpVector vector = { data + self->written, size - self->written };
  gssize n = rtmp_transport_writev (self->inner, &vector, 1, &error);

  if (n > 0)
    self->written += (gsize) n;
  if (n == RTMP_TRANSPORT_FAILED || self->written == size)
    set_request (self, NULL);
  rtmp_transport_wait_for (self->inner,
      self->request ? G_IO_IN | G_IO_OUT : G_IO_IN);
}

static void
flush (HttpTransport * self)
{
  gint64 now = g_get_monotonic_time ();

  if (is_over (self) || self->connecting)
    return;
  if (self->request == NULL) {
    if (rtmp_tunnel_client_deadline (self->tunnel) > now)
      return;
    if (rtmp_tunnel_client_needs_connection (self->tunnel)) {
      RTMP_DEBUG ("the tunnel needs another connection");
      drop_inner (self);
      self->connecting = TRUE;
      self->connect (self->connect_data);
      return;
    }
    set_request (self, rtmp_tunnel_client_pull (self->tunnel, now));
  }
  write_request (self);
}

/* Reading */

/* TLS, say, may know better why than the tunnel does. */
static void
on_inner_end (HttpTransport * self, const GError * why)
{
  g_autoptr (GError) error = NULL;

  drop_inner (self);
  if (!rtmp_tunnel_client_disconnected (self->tunnel, g_get_monotonic_time (),
          &error))
    self->error = g_error_copy (why ? why : error);
}

/* FALSE when there is no more to be read for now, or for ever. */
static gboolean
read_once (HttpTransport * self)
{
  g_autoptr (GError) error = NULL;
  gssize n = rtmp_transport_read (self->inner, self->block, BLOCK_SIZE, &error);

  if (n == RTMP_TRANSPORT_WOULD_BLOCK)
    return FALSE;
  if (n <= 0) {
    on_inner_end (self, error);
    return FALSE;
  }
  return rtmp_tunnel_client_feed (self->tunnel, g_get_monotonic_time (),
      self->block, (gsize) n, &self->error) && (gsize) n == BLOCK_SIZE;
}

/* Replies are taken whether anybody reads or not: what is to be written has to
 * wait for them. */
static void
on_inner (GIOCondition condition, gpointer user_data)
{
  HttpTransport *self = user_data;
  guint i;

  if (condition & G_IO_IN && !is_over (self))
    for (i = 0; i < READS && read_once (self); i++);
  if (is_over (self) && self->inner)
    rtmp_transport_wait_for (self->inner, 0);
  flush (self);
  tell (self);
}

static void
on_time (GIOCondition condition, gpointer user_data)
{
  HttpTransport *self = user_data;

  flush (self);
  tell (self);
}

/* The table */

static gssize
fail (const HttpTransport * self, GError ** error)
{
  if (self->error)
    g_propagate_error (error, g_error_copy (self->error));
  else
    g_set_error_literal (error, RTMP_ERROR, RTMP_ERROR_PEER_CLOSED,
        "the server has ended the tunnel's session");
  return RTMP_TRANSPORT_FAILED;
}

static gssize
http_read (RtmpTransport * transport, guint8 * data, gsize size,
    GError ** error)
{
  HttpTransport *self = (HttpTransport *) transport;
  gsize n = rtmp_tunnel_client_read (self->tunnel, data, size);

  arm (self);
  if (n > 0)
    return (gssize) n;
  if (!is_over (self))
    return RTMP_TRANSPORT_WOULD_BLOCK;
  return self->error ? fail (self, error) : 0;
}

/* What comes of one event is collected, and leaves in one request after it. */
static gssize
http_writev (RtmpTransport * transport, const RtmpVector * vectors,
    guint n_vectors, GError ** error)
{
  HttpTransport *self = (HttpTransport *) transport;
  gsize total = 0;
  guint i;

  if (is_over (self))
    return fail (self, error);
  for (i = 0; i < n_vectors; i++) {
    gsize n = rtmp_tunnel_client_write (self->tunnel, vectors[i].data,
        vectors[i].size);

    total += n;
    if (n < vectors[i].size)
      break;
  }
  arm (self);
  return total > 0 ? (gssize) total : RTMP_TRANSPORT_WOULD_BLOCK;
}

static void
http_wait_for (RtmpTransport * transport, GIOCondition condition)
{
  HttpTransport *self = (HttpTransport *) transport;

  self->wanted = condition;
  rtmp_tunnel_client_set_reading (self->tunnel, condition & G_IO_IN);
  arm (self);
}

static void
http_shutdown_output (RtmpTransport * transport)
{
  HttpTransport *self = (HttpTransport *) transport;

  rtmp_tunnel_client_finish (self->tunnel);
  arm (self);
}

static GSocket *
http_socket (RtmpTransport * transport)
{
  RtmpTransport *inner = ((HttpTransport *) transport)->inner;

  return inner ? inner->klass->socket (inner) : NULL;
}

/* Else the server would keep the session until it has been idle for long; no
 * end of a connection tells it. */
static void
say_goodbye (HttpTransport * self)
{
  GBytes *request = self->request || self->connecting ? NULL
      : rtmp_tunnel_client_abort (self->tunnel);

  if (request == NULL)
    return;
  set_request (self, request);
  if (self->inner)
    write_request (self);
}

static void
http_free (RtmpTransport * transport)
{
  HttpTransport *self = (HttpTransport *) transport;

  if (!is_over (self))
    say_goodbye (self);
  drop_inner (self);
  rtmp_watch_free (self->watch);
  rtmp_tunnel_client_free (self->tunnel);
  g_clear_error (&self->error);
  g_free (self);
}

static const RtmpTransportClass http_class = {
  .read = http_read,
  .writev = http_writev,
  .wait_for = http_wait_for,
  .shutdown_output = http_shutdown_output,
  .socket = http_socket,
  .free = http_free,
};

static void
set_inner (HttpTransport * self, RtmpTransport * inner)
{
  self->inner = inner;
  rtmp_transport_set_func (inner, on_inner, self);
  rtmp_transport_wait_for (inner, G_IO_IN);
}

/* With what @proxy is to know of us, if anything. */
static void
go_through (HttpTransport * self, GProxyAddress * proxy)
{
  const gchar *user = g_proxy_address_get_username (proxy);
  const gchar *password = g_proxy_address_get_password (proxy);
  g_autofree gchar *both = NULL, *coded = NULL, *value = NULL;

  if (user) {
    both = g_strconcat (user, ":", password, NULL);
    coded = g_base64_encode ((const guchar *) both, strlen (both));
    value = g_strconcat ("Basic ", coded, NULL);
  }
  rtmp_tunnel_client_set_proxy (self->tunnel, value);
}

RtmpTransport *
rtmp_transport_http_new (RtmpTransport * inner, const gchar * host,
    GProxyAddress * proxy, RtmpTransportHttpConnect connect, gpointer user_data)
{
  HttpTransport *self = g_new0 (HttpTransport, 1);

  self->parent.klass = &http_class;
  self->tunnel = rtmp_tunnel_client_new (host);
  if (proxy)
    go_through (self, proxy);
  self->connect = connect;
  self->connect_data = user_data;
  self->watch = rtmp_watch_new (-1, on_time, self);
  set_inner (self, inner);
  arm (self);
  return &self->parent;
}

void
rtmp_transport_http_connected (RtmpTransport * transport,
    RtmpTransport * inner, const GError * error)
{
  HttpTransport *self = (HttpTransport *) transport;

  self->connecting = FALSE;
  if (inner) {
    set_inner (self, inner);
    rtmp_tunnel_client_connected (self->tunnel);
  } else
    self->error = g_error_copy (error);
  arm (self);
}

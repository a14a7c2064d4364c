/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmptunnels.h"

#include <sys/random.h>

#include "rtmperror.h"
#include "rtmpratelimit.h"
#include "rtmpserver.h"

/* Who knows an id has the session, as far as addresses are shared or forged. */
#define ID_BYTES 16

struct _RtmpTunnels
{
  GHashTable *tunnels;          /* id -> RtmpTunnel, not owned */
  RtmpRateLimit *rate;          /* NULL: none */
  gint64 idle_timeout;
};

struct _RtmpTunnel
{
  RtmpTransport parent;
  RtmpTunnels *tunnels;
  gchar id[2 * ID_BYTES + 1];
  guint64 origin;
  guint64 caller;
  gboolean plain;
  gboolean encrypted;
  gboolean begun;               /* its first byte has come */
  RtmpTunnelServer *server;
  RtmpWatch *watch;
  GIOCondition wanted;
  gconstpointer carrier;        /* of the last request; NULL: it is gone */
  gint64 deadline;              /* of the next request */
  GError *error;
  void (*waiter) (gpointer);
  gpointer waiter_data;
};

/* The table */

RtmpTunnels *
rtmp_tunnels_new (guint max_rate, gint64 idle_timeout)
{
  RtmpTunnels *self = g_new0 (RtmpTunnels, 1);

  self->tunnels = g_hash_table_new (g_str_hash, g_str_equal);
  self->idle_timeout = idle_timeout;
  if (max_rate > 0)
    self->rate = rtmp_rate_limit_new (max_rate, RTMP_CONNECTION_RATE_PERIOD,
        RTMP_CONNECTION_RATE_PEERS);
  return self;
}

void
rtmp_tunnels_free (RtmpTunnels * self)
{
  g_assert (g_hash_table_size (self->tunnels) == 0);
  g_hash_table_unref (self->tunnels);
  g_clear_pointer (&self->rate, rtmp_rate_limit_free);
  g_free (self);
}

gboolean
rtmp_tunnels_may_open (RtmpTunnels * self, guint64 origin)
{
  return self->rate == NULL || rtmp_rate_limit_note (self->rate,
      g_get_monotonic_time (), origin) == RTMP_RATE_OK;
}

RtmpTunnel *
rtmp_tunnels_find (RtmpTunnels * self, const gchar * id, guint64 origin)
{
  RtmpTunnel *tunnel = g_hash_table_lookup (self->tunnels, id);

  return tunnel && tunnel->origin == origin ? tunnel : NULL;
}

/* The stream */

/* What of that which is waited for is the case. */
static GIOCondition
ready (const RtmpTunnel * self)
{
  gboolean ended = self->error || rtmp_tunnel_server_is_over (self->server);
  GIOCondition now = ended ? G_IO_HUP : 0;

  if (ended || rtmp_tunnel_server_input (self->server) > 0
      || rtmp_tunnel_server_input_ended (self->server))
    now |= G_IO_IN;
  if (ended || rtmp_tunnel_server_space (self->server) > 0)
    now |= G_IO_OUT;
  return now & self->wanted;
}

/* Now, and later what is still there then. */
static void
tell (RtmpTunnel * self)
{
  GIOCondition now = ready (self);

  if (now)
    self->parent.func (now, self->parent.user_data);
  if (ready (self))
    rtmp_watch_wake (self->watch);
}

static void
set_deadline (RtmpTunnel * self, gint64 timeout)
{
  self->deadline = timeout > 0 ? g_get_monotonic_time () + timeout : G_MAXINT64;
  rtmp_watch_set_time (self->watch, self->deadline);
}

static void
tell_waiter (RtmpTunnel * self)
{
  void (*waiter) (gpointer) = self->waiter;

  if (waiter == NULL)
    return;
  self->waiter = NULL;
  set_deadline (self, self->tunnels->idle_timeout);
  waiter (self->waiter_data);
}

/* A time that was put off comes all the same. */
static void
check_time (RtmpTunnel * self)
{
  if (g_get_monotonic_time () < self->deadline)
    rtmp_watch_set_time (self->watch, self->deadline);
  else if (self->error == NULL)
    g_set_error (&self->error, RTMP_ERROR, RTMP_ERROR_TIMED_OUT,
        "no more requests came for the RTMPT session");
}

static void
on_watch (GIOCondition condition, gpointer user_data)
{
  RtmpTunnel *self = user_data;

  check_time (self);
  if (!rtmp_tunnel_is_full (self))
    tell_waiter (self);
  tell (self);
}

static gssize
tunnel_read (RtmpTransport * transport, guint8 * data, gsize size,
    GError ** error)
{
  RtmpTunnel *self = (RtmpTunnel *) transport;
  gsize n = rtmp_tunnel_server_read (self->server, data, size);

  if (self->waiter && !rtmp_tunnel_is_full (self))
    rtmp_watch_wake (self->watch);
  if (n > 0)
    return (gssize) n;
  if (self->error) {
    g_propagate_error (error, g_error_copy (self->error));
    return RTMP_TRANSPORT_FAILED;
  }
  return rtmp_tunnel_server_input_ended (self->server)
      || rtmp_tunnel_server_is_over (self->server) ? 0
      : RTMP_TRANSPORT_WOULD_BLOCK;
}

static gssize
tunnel_writev (RtmpTransport * transport, const RtmpVector * vectors,
    guint n_vectors, GError ** error)
{
  RtmpTunnel *self = (RtmpTunnel *) transport;
  gsize sum = 0, n;
  guint i;

  if (rtmp_tunnel_server_is_over (self->server)) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_PEER_CLOSED,
        "the RTMPT session has been closed");
    return RTMP_TRANSPORT_FAILED;
  }
  for (i = 0; i < n_vectors; i++) {
    n = rtmp_tunnel_server_write (self->server, vectors[i].data,
        vectors[i].size);
    sum += n;
    if (n < vectors[i].size)
      break;
  }
  return sum > 0 ? (gssize) sum : RTMP_TRANSPORT_WOULD_BLOCK;
}

static void
tunnel_wait_for (RtmpTransport * transport, GIOCondition condition)
{
  RtmpTunnel *self = (RtmpTunnel *) transport;

  self->wanted = condition;
  if (ready (self))
    rtmp_watch_wake (self->watch);
}

static void
tunnel_shutdown_output (RtmpTransport * transport)
{
  rtmp_tunnel_server_close (((RtmpTunnel *) transport)->server);
}

static GSocket *
tunnel_socket (RtmpTransport * transport)
{
  return NULL;
}

static void
tunnel_free (RtmpTransport * transport)
{
  RtmpTunnel *self = (RtmpTunnel *) transport;

  g_hash_table_remove (self->tunnels->tunnels, self->id);
  tell_waiter (self);
  rtmp_watch_free (self->watch);
  rtmp_tunnel_server_free (self->server);
  g_clear_error (&self->error);
  g_free (self);
}

static const RtmpTransportClass tunnel_class = {
  .read = tunnel_read,
  .writev = tunnel_writev,
  .wait_for = tunnel_wait_for,
  .shutdown_output = tunnel_shutdown_output,
  .socket = tunnel_socket,
  .free = tunnel_free,
};

RtmpTunnel *
rtmp_tunnels_open (RtmpTunnels * self, guint64 origin, guint64 caller,
    gboolean plain, gboolean encrypted)
{
  guint8 random[ID_BYTES];
  RtmpTunnel *tunnel;
  guint i;

  if (getentropy (random, sizeof (random)) < 0)
    return NULL;
  tunnel = g_new0 (RtmpTunnel, 1);
  tunnel->parent.klass = &tunnel_class;
  tunnel->tunnels = self;
  for (i = 0; i < ID_BYTES; i++)
    g_snprintf (tunnel->id + 2 * i, 3, "%02x", random[i]);
  tunnel->origin = origin;
  tunnel->caller = caller;
  tunnel->plain = plain;
  tunnel->encrypted = encrypted;
  tunnel->server = rtmp_tunnel_server_new (0, 0);
  tunnel->watch = rtmp_watch_new (-1, on_watch, tunnel);
  set_deadline (tunnel, self->idle_timeout);
  g_hash_table_insert (self->tunnels, tunnel->id, tunnel);
  return tunnel;
}

RtmpTransport *
rtmp_tunnel_transport (RtmpTunnel * self)
{
  return &self->parent;
}

const gchar *
rtmp_tunnel_id (const RtmpTunnel * self)
{
  return self->id;
}

guint64
rtmp_tunnel_caller (const RtmpTunnel * self)
{
  return self->caller;
}

/* Requests */

gboolean
rtmp_tunnel_is_full (const RtmpTunnel * self)
{
  return self->error == NULL && rtmp_tunnel_server_input (self->server) > 0;
}

gboolean
rtmp_tunnel_wait (RtmpTunnel * self, void (*func) (gpointer),
    gpointer user_data)
{
  if (func && self->waiter)
    return FALSE;
  self->waiter = func;
  self->waiter_data = user_data;
  /* It is we who are late. */
  set_deadline (self, func ? 0 : self->tunnels->idle_timeout);
  return TRUE;
}

/* FALSE, for good, with the error that the caller gets. */
static gboolean
may_begin (RtmpTunnel * self, GBytes * body)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (body, &size);
  gboolean encrypted;

  if (self->begun || size == 0)
    return TRUE;
  self->begun = TRUE;
  encrypted = data[0] == 6 || data[0] == 8 || data[0] == 9;
  if (encrypted ? self->encrypted : self->plain)
    return TRUE;
  g_set_error (&self->error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED,
      "expected %s in HTTP, but the client began with %s (first byte %u)",
      encrypted ? "rtmp" : "rtmpe", encrypted ? "rtmpe" : "rtmp", data[0]);
  tell (self);
  return FALSE;
}

guint
rtmp_tunnel_request (RtmpTunnel * self, const RtmpTunnelRequest * request,
    GBytes * body, gconstpointer carrier)
{
  guint status;

  if (self->error || (request->verb == RTMP_TUNNEL_SEND
          && !may_begin (self, body)))
    return 404;
  status = rtmp_tunnel_server_request (self->server, 0, request, body);
  if (status != 200)
    return status;
  self->carrier = carrier;
  set_deadline (self, self->tunnels->idle_timeout);
  tell (self);
  return 200;
}

GBytes *
rtmp_tunnel_reply (RtmpTunnel * self)
{
  GBytes *reply = rtmp_tunnel_server_reply (self->server);

  if (ready (self))
    rtmp_watch_wake (self->watch);
  return reply;
}

void
rtmp_tunnel_abandon (RtmpTunnel * self, gconstpointer carrier)
{
  gint64 idle = self->tunnels->idle_timeout;

  if (carrier != self->carrier)
    return;
  self->carrier = NULL;
  if (idle == 0 || idle > RTMP_TUNNEL_ORPHANED)
    set_deadline (self, RTMP_TUNNEL_ORPHANED);
}

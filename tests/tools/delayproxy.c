/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "delayproxy.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#define BLOCK_SIZE (64 << 10)
/* With more on its way, a direction is not read: as a full socket. */
#define MAX_UNDER_WAY (8 << 20)

struct _DelayProxy
{
  DelayProxyLink link;
  const DelayProxyEvents *events;
  gpointer user_data;
  GSocketService *service;
  guint16 port;
  GList *lines;
};

/* What is under way. */
typedef struct
{
  GBytes *bytes;                /* NULL: the end */
  gsize sent;
  gint64 due;
} Packet;

typedef struct _Line Line;

/* One direction. */
typedef struct
{
  Line *line;
  GSocket *from;
  GSocket *to;
  GSource *readable;
  GSource *writable;
  GSource *timer;
  GQueue packets;
  gsize under_way;
  gint64 free_at;               /* when the next byte may leave */
  gboolean read;                /* to its end */
  gboolean sent;                /* likewise */
} Way;

struct _Line
{
  DelayProxy *proxy;
  GSocketConnection *client;
  GSocketConnection *server;
  Way up;
  Way down;
  guint64 passed;
};

static gboolean on_readable (GSocket * socket, GIOCondition condition,
    gpointer user_data);
static gboolean on_writable (GSocket * socket, GIOCondition condition,
    gpointer user_data);

static void
clear_source (GSource ** source)
{
  if (*source)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
packet_free (gpointer data)
{
  Packet *packet = data;

  g_clear_pointer (&packet->bytes, g_bytes_unref);
  g_free (packet);
}

static void
way_clear (Way * self)
{
  clear_source (&self->readable);
  clear_source (&self->writable);
  clear_source (&self->timer);
  g_queue_clear_full (&self->packets, packet_free);
}

static void
line_free (gpointer data)
{
  Line *self = data;

  way_clear (&self->up);
  way_clear (&self->down);
  g_io_stream_close (G_IO_STREAM (self->client), NULL, NULL);
  g_io_stream_close (G_IO_STREAM (self->server), NULL, NULL);
  g_object_unref (self->client);
  g_object_unref (self->server);
  g_free (self);
}

static void
line_end (Line * self)
{
  self->proxy->lines = g_list_remove (self->proxy->lines, self);
  line_free (self);
}

static void
watch (Way * self, GSource ** source, GSocket * socket, GIOCondition condition,
    GSocketSourceFunc func)
{
  if (*source)
    return;
  *source = g_socket_create_source (socket, condition, NULL);
  g_source_set_callback (*source, G_SOURCE_FUNC (func), self, NULL);
  g_source_attach (*source, NULL);
}

static void
schedule (Way * self)
{
  const Packet *packet = g_queue_peek_head (&self->packets);
  gboolean idle = packet == NULL || self->sent || self->writable;

  g_source_set_ready_time (self->timer, idle ? -1 :
      MAX (packet->due, self->free_at));
}

/* FALSE: the line is cut. */
static gboolean
count_passed (Way * self, const guint8 * data, gsize n)
{
  DelayProxy *proxy = self->line->proxy;

  self->under_way -= n;
  self->line->passed += n;
  if (proxy->link.rate > 0)
    self->free_at = MAX (self->free_at, g_get_monotonic_time ())
        + (gint64) (n * G_USEC_PER_SEC / proxy->link.rate);
  if (proxy->events && proxy->events->arrived)
    proxy->events->arrived (self == &self->line->up, data, n, proxy->user_data);
  return proxy->link.cut == 0 || self->line->passed < proxy->link.cut;
}

/* As much as may go at once: what takes 10 ms. */
static gsize
portion (const Way * self, gsize size)
{
  const guint64 rate = self->line->proxy->link.rate;

  return rate > 0 ? MIN (size, MAX (rate / 100, 1)) : size;
}

/* FALSE: the line has ended. */
static gboolean
send_end (Way * self)
{
  g_socket_shutdown (self->to, FALSE, TRUE, NULL);
  self->sent = TRUE;
  return !(self->line->up.sent && self->line->down.sent);
}

/* FALSE likewise. */
static gboolean
send_some (Way * self, Packet * packet)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (packet->bytes, &size);
  g_autoptr (GError) error = NULL;
  gssize n = g_socket_send (self->to, (const gchar *) data + packet->sent,
      portion (self, size - packet->sent), NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
    watch (self, &self->writable, self->to, G_IO_OUT, on_writable);
    return TRUE;
  }
  if (n < 0 || !count_passed (self, data + packet->sent, n))
    return FALSE;
  packet->sent += n;
  if (packet->sent == size)
    packet_free (g_queue_pop_head (&self->packets));
  return TRUE;
}

static gboolean
on_time (gpointer user_data)
{
  Way *self = user_data;
  Packet *packet = g_queue_peek_head (&self->packets);

  if (!(packet->bytes ? send_some (self, packet) : send_end (self))) {
    line_end (self->line);
    return G_SOURCE_REMOVE;
  }
  if (!self->read && self->under_way < MAX_UNDER_WAY)
    watch (self, &self->readable, self->from, G_IO_IN, on_readable);
  schedule (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_writable (GSocket * socket, GIOCondition condition, gpointer user_data)
{
  Way *self = user_data;

  clear_source (&self->writable);
  schedule (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_readable (GSocket * socket, GIOCondition condition, gpointer user_data)
{
  Way *self = user_data;
  guint8 data[BLOCK_SIZE];
  gssize n = g_socket_receive (socket, (gchar *) data, BLOCK_SIZE, NULL, NULL);
  Packet *packet;

  if (n < 0) {
    line_end (self->line);
    return G_SOURCE_REMOVE;
  }
  packet = g_new0 (Packet, 1);
  packet->bytes = n > 0 ? g_bytes_new (data, n) : NULL;
  packet->due = g_get_monotonic_time () + self->line->proxy->link.delay;
  g_queue_push_tail (&self->packets, packet);
  self->under_way += n;
  self->read = n == 0;
  if (self->read || self->under_way >= MAX_UNDER_WAY)
    clear_source (&self->readable);
  schedule (self);
  return self->readable ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static gboolean
dispatch_time (GSource * source, GSourceFunc callback, gpointer user_data)
{
  g_source_set_ready_time (source, -1);
  return callback (user_data);
}

static GSourceFuncs time_funcs = {.dispatch = dispatch_time };

static void
way_init (Way * self, Line * line, GSocketConnection * from,
    GSocketConnection * to)
{
  self->line = line;
  self->from = g_socket_connection_get_socket (from);
  self->to = g_socket_connection_get_socket (to);
  g_socket_set_blocking (self->from, FALSE);
  g_socket_set_option (self->to, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  self->timer = g_source_new (&time_funcs, sizeof (GSource));
  g_source_set_callback (self->timer, on_time, self, NULL);
  g_source_attach (self->timer, NULL);
  watch (self, &self->readable, self->from, G_IO_IN, on_readable);
}

static gboolean
on_incoming (GSocketService * service, GSocketConnection * client,
    GObject * source, gpointer user_data)
{
  DelayProxy *self = user_data;
  g_autoptr (GSocketClient) connector = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *server = g_socket_client_connect_to_host (connector,
      "127.0.0.1", self->link.target, NULL, &error);
  Line *line;

  if (server == NULL) {
    g_printerr ("proxy: %s\n", error->message);
    return TRUE;
  }
  line = g_new0 (Line, 1);
  line->proxy = self;
  line->client = g_object_ref (client);
  line->server = server;
  way_init (&line->up, line, client, server);
  way_init (&line->down, line, server, client);
  self->lines = g_list_prepend (self->lines, line);
  if (self->events && self->events->accepted)
    self->events->accepted (self->user_data);
  return TRUE;
}

DelayProxy *
delay_proxy_new (const DelayProxyLink * link, const DelayProxyEvents * events,
    gpointer user_data, GError ** error)
{
  g_autoptr (GInetAddress) host =
      g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (host, 0);
  g_autoptr (GSocketAddress) address = NULL;
  DelayProxy *self = g_new0 (DelayProxy, 1);

  self->link = *link;
  self->events = events;
  self->user_data = user_data;
  self->service = g_socket_service_new ();
  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), any,
          G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &address, error)) {
    delay_proxy_free (self);
    return NULL;
  }
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  return self;
}

void
delay_proxy_free (DelayProxy * self)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  g_list_free_full (self->lines, line_free);
  g_free (self);
}

guint16
delay_proxy_port (const DelayProxy * self)
{
  return self->port;
}

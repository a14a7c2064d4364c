/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmptestgateway.h"

#include <string.h>

#include "rtmptestserver.h"
#include "rtmptunnelserver.h"

/* All under the gateway's lock. */
typedef struct
{
  gchar *id;
  RtmpTunnelServer *tunnel;
  GSocket *server;
  GCancellable *cancellable;    /* the gateway's */
  gboolean started;
  guint32 last;                 /* request */
} Session;

struct _RtmpTestGateway
{
  RtmpTestGatewayPlan plan;
  GSocket *listener;
  guint16 port;
  GTlsCertificate *certificate;
  GCancellable *cancellable;
  GThread *thread;
  GPtrArray *threads;           /* one for each connection; of thread */

  GMutex lock;
  GCond cond;
  GHashTable *sessions;         /* of Session, by id */
  RtmpTestGatewayCounts counts;
};

/* One TCP connection, in its thread. */
typedef struct
{
  RtmpTestGateway *gateway;
  GIOStream *stream;
  RtmpHttpReader *reader;
  guint replies;
} Connection;

/* What a request comes to. */
typedef struct
{
  guint status;
  GBytes *body;                 /* of 200 */
  gboolean drop;
} Answer;

static void
session_free (gpointer data)
{
  Session *self = data;

  g_free (self->id);
  rtmp_tunnel_server_free (self->tunnel);
  g_object_unref (self->server);
  g_free (self);
}

static GSocket *
dial (guint16 port)
{
  g_autoptr (GSocketAddress) address =
      g_inet_socket_address_new_from_string ("127.0.0.1", port);
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
      G_SOCKET_PROTOCOL_TCP, NULL);

  g_assert_true (g_socket_connect (socket, address, NULL, NULL));
  return socket;
}

static Session *
open_session_locked (RtmpTestGateway * self)
{
  Session *session = g_new0 (Session, 1);

  session->id = g_strdup_printf ("session-%u", ++self->counts.opened);
  session->tunnel = rtmp_tunnel_server_new (0, 0);
  session->server = dial (self->plan.server);
  session->cancellable = self->cancellable;
  g_hash_table_insert (self->sessions, session->id, session);
  return session;
}

/* All that has come, to the server. */
static void
feed_server (Session * self)
{
  guint8 block[4096];
  gsize n, sent;

  while ((n = rtmp_tunnel_server_read (self->tunnel, block, sizeof (block))))
    for (sent = 0; sent < n;) {
      gssize now = g_socket_send (self->server, (gchar *) block + sent,
          n - sent, NULL, NULL);

      if (now <= 0)
        return;
      sent += (gsize) now;
    }
}

/* What the server has said so far; @wait: up to its end. */
static void
ask_server (Session * self, gboolean wait)
{
  gchar block[4096];
  gsize space;
  gssize n;

  while ((space = rtmp_tunnel_server_space (self->tunnel)) > 0) {
    n = g_socket_receive_with_blocking (self->server, block,
        MIN (space, sizeof (block)), wait, self->cancellable, NULL);
    if (n == 0)
      rtmp_tunnel_server_close (self->tunnel);
    if (n <= 0)
      return;
    rtmp_tunnel_server_write (self->tunnel, (guint8 *) block, (gsize) n);
  }
}

static guint
serve_session_locked (RtmpTestGateway * self,
    const RtmpTunnelRequest * request, GBytes * body, Answer * answer)
{
  Session *session = g_hash_table_lookup (self->sessions, request->id);
  gboolean ended;

  if (session == NULL)
    return 404;
  self->counts.repeated += session->started
      && session->last == request->sequence;
  session->started = TRUE;
  session->last = request->sequence;
  ended = rtmp_tunnel_server_input_ended (session->tunnel);
  answer->status =
      rtmp_tunnel_server_request (session->tunnel, 0, request, body);
  if (answer->status != 200)
    return answer->status;
  feed_server (session);
  if (request->verb == RTMP_TUNNEL_CLOSE && !ended) {
    self->counts.closed++;
    g_cond_broadcast (&self->cond);
    g_socket_shutdown (session->server, FALSE, TRUE, NULL);
  }
  ask_server (session, request->verb == RTMP_TUNNEL_CLOSE);
  answer->body = rtmp_tunnel_server_reply (session->tunnel);
  return 200;
}

static gboolean
is_authorized (const RtmpTestGateway * self, const RtmpHttpHead * head)
{
  return self->plan.authorization == NULL
      || (g_str_has_prefix (head->target, "http://rtmp.test:1234/")
      && g_strcmp0 (rtmp_http_head_field (head, "Proxy-Authorization"),
          self->plan.authorization) == 0);
}

static guint
serve_locked (RtmpTestGateway * self, const RtmpHttpHead * head, GBytes * body,
    Answer * answer)
{
  RtmpTunnelRequest request;
  guint n = ++self->counts.requests;
  guint status = rtmp_tunnel_request_parse (&request, head);

  g_cond_broadcast (&self->cond);
  if (self->plan.status_from > 0 && n >= self->plan.status_from)
    return self->plan.status;
  if (!is_authorized (self, head))
    return 403;
  answer->drop = self->plan.drop_each > 0 && n % self->plan.drop_each == 0;
  if (status != 200 || request.verb == RTMP_TUNNEL_IDENT)
    return status == 200 ? 404 : status;
  if (request.verb == RTMP_TUNNEL_CLOSE && self->plan.status_of_close > 0)
    return self->plan.status_of_close;
  if (request.verb != RTMP_TUNNEL_OPEN)
    return serve_session_locked (self, &request, body, answer);
  answer->body = g_bytes_new_take (g_strconcat (open_session_locked (self)->id,
          "\n", NULL), strlen ("session-1\n"));
  return 200;
}

/* Replies */

static void
write_body (RtmpWriter * writer, GBytes * body, gboolean chunked)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (body, &size);
  gchar line[32];

  if (chunked) {
    g_snprintf (line, sizeof (line), "%zx\r\n", size);
    rtmp_writer_bytes (writer, line, strlen (line));
  }
  rtmp_writer_bytes (writer, data, size);
  if (chunked)
    rtmp_writer_bytes (writer, "\r\n0\r\n\r\n", 7);
}

static gboolean
write_all (Connection * self, gconstpointer data, gsize size)
{
  return g_output_stream_write_all (g_io_stream_get_output_stream
      (self->stream), data, size, NULL, self->gateway->cancellable, NULL);
}

/* FALSE: it was the connection's last. */
static gboolean
reply (Connection * self, const Answer * answer)
{
  const RtmpTestGatewayPlan *plan = &self->gateway->plan;
  gboolean chunked = plan->chunked && answer->body;
  gboolean last = plan->close_each > 0 && self->replies % plan->close_each == 0;
  const gchar *fields[] = { "Content-Type", "application/x-fcs",
    "Connection", last ? "close" : "Keep-Alive",
    chunked ? "Transfer-Encoding" : NULL, "chunked", NULL
  };
  gsize size = answer->body ? g_bytes_get_size (answer->body) : 0;
  RtmpWriter writer;
  gboolean ok;

  rtmp_writer_init (&writer);
  if (answer->status != 200 && plan->say)
    rtmp_writer_bytes (&writer, plan->say, strlen (plan->say));
  else
    rtmp_http_write_response (&writer, answer->status, fields,
        chunked ? -1 : (gssize) size);
  if (answer->body)
    write_body (&writer, answer->body, chunked);
  ok = write_all (self, writer.data, writer.size);
  rtmp_writer_clear (&writer);
  return ok && !last;
}

static gboolean
on_request (Connection * self)
{
  RtmpTestGateway *gateway = self->gateway;
  g_autoptr (GBytes) body = rtmp_http_reader_take_body (self->reader);
  Answer answer = { 0, NULL, FALSE };
  gboolean silent, go_on;

  g_mutex_lock (&gateway->lock);
  answer.status = serve_locked (gateway, rtmp_http_reader_head (self->reader),
      body, &answer);
  silent = gateway->plan.silent_from > 0
      && gateway->counts.requests >= gateway->plan.silent_from;
  g_mutex_unlock (&gateway->lock);
  if (answer.drop && self->replies > 0)
    go_on = FALSE;
  else {
    self->replies++;
    go_on = silent || reply (self, &answer);
  }
  g_clear_pointer (&answer.body, g_bytes_unref);
  rtmp_http_reader_next (self->reader);
  return go_on;
}

/* Connections */

static gboolean
feed (Connection * self, const guint8 * data, gsize size)
{
  gsize consumed;

  for (; size > 0; data += consumed, size -= consumed) {
    if (!rtmp_http_reader_feed (self->reader, data, size, &consumed, NULL))
      g_error ("a request that is no HTTP");
    if (rtmp_http_reader_state (self->reader) == RTMP_HTTP_DONE
        && !on_request (self))
      return FALSE;
  }
  return TRUE;
}

static gpointer
connection_thread (gpointer data)
{
  Connection *self = data;
  guint8 block[4096];
  gssize n;

  do
    n = g_input_stream_read (g_io_stream_get_input_stream (self->stream),
        block, sizeof (block), self->gateway->cancellable, NULL);
  while (n > 0 && feed (self, block, (gsize) n));
  g_io_stream_close (self->stream, NULL, NULL);
  g_object_unref (self->stream);
  rtmp_http_reader_free (self->reader);
  g_free (self);
  return NULL;
}

static GIOStream *
wrap (RtmpTestGateway * self, GSocket * socket)
{
  g_autoptr (GIOStream) stream = G_IO_STREAM
      (g_socket_connection_factory_create_connection (socket));

  if (self->certificate == NULL)
    return g_steal_pointer (&stream);
  return g_tls_server_connection_new (stream, self->certificate, NULL);
}

static gpointer
accept_thread (gpointer data)
{
  RtmpTestGateway *self = data;
  GSocket *socket;

  while ((socket = g_socket_accept (self->listener, self->cancellable, NULL))) {
    Connection *connection = g_new0 (Connection, 1);

    connection->gateway = self;
    connection->stream = wrap (self, socket);
    connection->reader = rtmp_http_reader_new (RTMP_HTTP_REQUEST,
        RTMP_TUNNEL_BODY_MAX);
    g_object_unref (socket);
    g_mutex_lock (&self->lock);
    self->counts.connections++;
    g_mutex_unlock (&self->lock);
    g_ptr_array_add (self->threads, g_thread_new ("gateway-connection",
            connection_thread, connection));
  }
  return NULL;
}

/* Life */

static GSocket *
listen_anywhere (guint16 * port)
{
  g_autoptr (GSocketAddress) any =
      g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) address = NULL;
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
      G_SOCKET_PROTOCOL_TCP, NULL);

  g_assert_true (g_socket_bind (socket, any, FALSE, NULL));
  g_assert_true (g_socket_listen (socket, NULL));
  address = g_socket_get_local_address (socket, NULL);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  return socket;
}

static GTlsCertificate *
load_certificate (void)
{
  g_autofree gchar *file = g_build_filename (g_getenv ("FILES"), "tls",
      "server.pem", NULL);
  g_autofree gchar *key = g_build_filename (g_getenv ("FILES"), "tls",
      "server.key", NULL);
  GError *error = NULL;
  GTlsCertificate *certificate =
      g_tls_certificate_new_from_files (file, key, &error);

  g_assert_no_error (error);
  return certificate;
}

RtmpTestGateway *
rtmp_test_gateway_new (const RtmpTestGatewayPlan * plan)
{
  RtmpTestGateway *self = g_new0 (RtmpTestGateway, 1);

  self->plan = *plan;
  self->listener = listen_anywhere (&self->port);
  if (plan->tls)
    self->certificate = load_certificate ();
  self->cancellable = g_cancellable_new ();
  self->threads = g_ptr_array_new ();
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->sessions = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
      session_free);
  self->thread = g_thread_new ("gateway", accept_thread, self);
  return self;
}

void
rtmp_test_gateway_free (RtmpTestGateway * self)
{
  guint i;

  g_cancellable_cancel (self->cancellable);
  g_thread_join (self->thread);
  for (i = 0; i < self->threads->len; i++)
    g_thread_join (g_ptr_array_index (self->threads, i));
  g_ptr_array_unref (self->threads);
  g_hash_table_unref (self->sessions);
  g_object_unref (self->listener);
  g_clear_object (&self->certificate);
  g_object_unref (self->cancellable);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self);
}

guint16
rtmp_test_gateway_port (const RtmpTestGateway * self)
{
  return self->port;
}

void
rtmp_test_gateway_counts (RtmpTestGateway * self,
    RtmpTestGatewayCounts * counts)
{
  g_mutex_lock (&self->lock);
  *counts = self->counts;
  g_mutex_unlock (&self->lock);
}

static void
wait_for_count (RtmpTestGateway * self, const gchar * what,
    const guint * count, guint n)
{
  gint64 end = g_get_monotonic_time () + RTMP_TEST_PATIENCE;

  g_mutex_lock (&self->lock);
  while (*count < n)
    if (!g_cond_wait_until (&self->cond, &self->lock, end))
      g_error ("%u of %u %s", *count, n, what);
  g_mutex_unlock (&self->lock);
}

void
rtmp_test_gateway_wait_requests (RtmpTestGateway * self, guint n)
{
  wait_for_count (self, "requests", &self->counts.requests, n);
}

void
rtmp_test_gateway_wait_closed (RtmpTestGateway * self, guint n)
{
  wait_for_count (self, "sessions closed", &self->counts.closed, n);
}

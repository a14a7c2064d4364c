/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmptestserver.h"

#include <gmodule.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "rtmphandshake.h"

#define BLOCK_SIZE (64 << 10)
#define SMALL_WINDOW 8192

/* Read by AddressSanitizer, whose search for leaks else stumbles over what
 * libraries of TLS, loaded late, keep for each thread. */
G_MODULE_EXPORT const char *__asan_default_options (void);

const char *
__asan_default_options (void)
{
  return "intercept_tls_get_addr=0";
}

/* Everything in here but the server's lock and constants is under that lock. */
typedef struct
{
  RtmpTestServer *server;
  GIOStream *stream;            /* TCP, or TLS over it */
  GSocket *socket;
  RtmpScriptedPeer *peer;
  RtmpTestStep reached;
  guint media;
  GByteArray *output;
  guint operations;             /* asynchronous ones under way */
  gboolean reading;
  gboolean writing;
  gboolean deaf;
  gboolean faulted;
  gboolean close_wanted;
  gboolean reset_wanted;
  gboolean shut;
  gboolean ended;               /* the client is */
} Connection;

struct _RtmpTestServer
{
  RtmpTestPlan plan;
  guint16 port;
  GSocket *listener;
  GTlsCertificate *certificate;
  GTlsDatabase *client_database;        /* NULL: no client needs one */
  GMainContext *context;
  GThread *thread;

  GMutex lock;
  GCond cond;                   /* anything has changed */
  GPtrArray *connections;       /* of Connection */
  guint streams;                /* that live, which threads of TLS prolong */
  gboolean quit;
};

static void connection_read (Connection * self);

/* Writing */

/* With the client's bytes read or not: a reset is sent at once. */
static void
reset_socket (GSocket * socket)
{
  const struct linger linger = {.l_onoff = 1,.l_linger = 0 };

  setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_LINGER, &linger,
      sizeof (linger));
  g_socket_close (socket, NULL);
}

/* All is written. An end of TLS is more than one of TCP. */
static void
connection_end_output (Connection * self)
{
  if (self->reset_wanted)
    reset_socket (self->socket);
  else if (self->close_wanted && self->ended)
    g_io_stream_close (self->stream, NULL, NULL);
  else if (self->close_wanted && !self->shut)
    g_socket_shutdown (self->socket, FALSE, TRUE, NULL);
  else
    return;
  self->shut = TRUE;
}

static void connection_write (Connection * self);

static void
on_written (GObject * stream, GAsyncResult * result, gpointer user_data)
{
  Connection *self = user_data;
  gssize n = g_output_stream_write_bytes_finish (G_OUTPUT_STREAM (stream),
      result, NULL);

  g_mutex_lock (&self->server->lock);
  self->writing = FALSE;
  self->operations--;
  if (n > 0)
    g_byte_array_remove_range (self->output, 0, (guint) n);
  else
    g_byte_array_set_size (self->output, 0);
  connection_write (self);
  g_mutex_unlock (&self->server->lock);
}

static void
connection_write (Connection * self)
{
  gsize max = self->server->plan.write_size;
  gsize size = self->output->len;
  g_autoptr (GBytes) bytes = NULL;

  if (self->writing || g_socket_is_closed (self->socket))
    return;
  if (size == 0) {
    connection_end_output (self);
    return;
  }
  if (max > 0)
    size = MIN (size, max);
  self->writing = TRUE;
  self->operations++;
  bytes = g_bytes_new (self->output->data, size);
  g_output_stream_write_bytes_async (g_io_stream_get_output_stream
      (self->stream), bytes, G_PRIORITY_DEFAULT, NULL, on_written, self);
}

static void
connection_append (Connection * self, GBytes * bytes, gsize max)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);

  g_byte_array_append (self->output, data, (guint) MIN (size, max));
}

/* What the peer has to say. */
static void
connection_flush (Connection * self)
{
  GBytes *bytes = rtmp_scripted_peer_take_output (self->peer);

  if (bytes) {
    connection_append (self, bytes, G_MAXSIZE);
    g_bytes_unref (bytes);
  }
  connection_write (self);
}

/* Steps and faults */

static void
connection_refuse (Connection * self, gdouble transaction)
{
  const RtmpTestPlan *plan = &self->server->plan;
  const gchar *description = plan->description ? plan->description : "";

  if (plan->step < RTMP_TEST_STEP_START)
    rtmp_scripted_peer_refuse (self->peer, transaction, plan->code,
        description);
  else
    rtmp_scripted_peer_send_status (self->peer, RTMP_SCRIPTED_PEER_STREAM,
        "error", plan->code, description);
}

static void
connection_fault (Connection * self, gdouble transaction)
{
  const RtmpTestPlan *plan = &self->server->plan;

  self->faulted = TRUE;
  if (plan->fault & RTMP_TEST_FAULT_REFUSE)
    connection_refuse (self, transaction);
  if (plan->fault & RTMP_TEST_FAULT_SAY)
    rtmp_scripted_peer_send_raw (self->peer, plan->say);
  if (plan->fault & RTMP_TEST_FAULT_CLOSE)
    self->close_wanted = TRUE;
  if (plan->fault & RTMP_TEST_FAULT_RESET)
    self->reset_wanted = TRUE;
  if (plan->fault & RTMP_TEST_FAULT_DEAF)
    self->deaf = TRUE;
}

/* TRUE: that was the step that the plan wants to fail. */
static gboolean
connection_reach (Connection * self, RtmpTestStep step, gdouble transaction)
{
  self->reached = MAX (self->reached, step);
  g_cond_broadcast (&self->server->cond);
  if (step == RTMP_TEST_STEP_NONE || step != self->server->plan.step
      || self->faulted)
    return self->faulted;
  connection_fault (self, transaction);
  return TRUE;
}

static RtmpTestStep
step_of_command (const RtmpMessage * message, gdouble * transaction)
{
  static const struct
  {
    const gchar *name;
    RtmpTestStep step;
  } steps[] = {
    {"connect", RTMP_TEST_STEP_CONNECT},
    {"createStream", RTMP_TEST_STEP_CREATE_STREAM},
    {"publish", RTMP_TEST_STEP_START},
    {"play", RTMP_TEST_STEP_START},
    {"deleteStream", RTMP_TEST_STEP_STOP},
  };
  g_auto (RtmpCommand) command = { NULL, };
  guint i;

  if (!rtmp_command_parse (&command, message, NULL, NULL))
    return RTMP_TEST_STEP_NONE;
  *transaction = command.transaction;
  for (i = 0; i < G_N_ELEMENTS (steps); i++)
    if (g_str_equal (command.name, steps[i].name))
      return steps[i].step;
  return RTMP_TEST_STEP_NONE;
}

static RtmpTestStep
connection_step_of (Connection * self, const RtmpMessage * message,
    gdouble * transaction)
{
  switch (message->type) {
    case RTMP_MESSAGE_COMMAND_AMF0:
      return step_of_command (message, transaction);
    case RTMP_MESSAGE_AUDIO:
    case RTMP_MESSAGE_VIDEO:
      return ++self->media == self->server->plan.media
          ? RTMP_TEST_STEP_MEDIA : RTMP_TEST_STEP_NONE;
    default:
      return RTMP_TEST_STEP_NONE;
  }
}

static void
on_message (RtmpScriptedPeer * peer, const RtmpMessage * message,
    gpointer user_data)
{
  Connection *self = user_data;
  const RtmpTestPlan *plan = &self->server->plan;
  gdouble transaction = 0;
  RtmpTestStep step = connection_step_of (self, message, &transaction);

  if (connection_reach (self, step, transaction))
    return;
  rtmp_scripted_peer_serve (peer, message, NULL);
  if (step != RTMP_TEST_STEP_START
      || connection_reach (self, RTMP_TEST_STEP_RUNNING, 0)
      || plan->started == NULL)
    return;
  plan->started (peer, message, plan->user_data);
  if (plan->media == 0)
    connection_reach (self, RTMP_TEST_STEP_MEDIA, 0);
}

/* Reading */

/* Part of our half, to a client that wants to see how we go on. */
static void
connection_half_shake (Connection * self)
{
  g_autoptr (GBytes) bytes = rtmp_scripted_peer_take_output (self->peer);
  gsize size = self->server->plan.handshake;

  if (bytes == NULL)            /* not all of C1 yet */
    return;
  connection_append (self, bytes, size > 0 ? size : 1 + RTMP_HANDSHAKE_SIZE);
  connection_reach (self, RTMP_TEST_STEP_ECHO, 0);
}

static void
connection_feed (Connection * self, GBytes * bytes)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);

  if (self->reached == RTMP_TEST_STEP_ACCEPT)
    connection_reach (self, RTMP_TEST_STEP_HELLO, 0);
  if (self->faulted && !rtmp_scripted_peer_is_open (self->peer))
    return;
  rtmp_scripted_peer_feed (self->peer, data, size);
  if (self->server->plan.step == RTMP_TEST_STEP_ECHO)
    connection_half_shake (self);
}

static void
connection_on_end (Connection * self)
{
  self->ended = TRUE;
  if (!self->server->plan.keep_open)
    self->close_wanted = TRUE;
}

static void
on_read (GObject * stream, GAsyncResult * result, gpointer user_data)
{
  Connection *self = user_data;
  g_autoptr (GBytes) bytes =
      g_input_stream_read_bytes_finish (G_INPUT_STREAM (stream), result, NULL);

  g_mutex_lock (&self->server->lock);
  self->reading = FALSE;
  self->operations--;
  if (bytes == NULL || g_bytes_get_size (bytes) == 0)
    connection_on_end (self);
  else
    connection_feed (self, bytes);
  connection_flush (self);
  connection_read (self);
  g_cond_broadcast (&self->server->cond);
  g_mutex_unlock (&self->server->lock);
}

static void
connection_read (Connection * self)
{
  if (self->reading || self->deaf || self->ended
      || g_socket_is_closed (self->socket))
    return;
  self->reading = TRUE;
  self->operations++;
  g_input_stream_read_bytes_async (g_io_stream_get_input_stream (self->stream),
      BLOCK_SIZE, G_PRIORITY_DEFAULT, NULL, on_read, self);
}

/* Connections */

static void
on_stream_gone (gpointer user_data, GObject * stream)
{
  RtmpTestServer *self = user_data;

  g_mutex_lock (&self->lock);
  self->streams--;
  g_mutex_unlock (&self->lock);
  g_main_context_wakeup (self->context);
}

/* A server is asked about good ones too. */
static gboolean
on_accept_certificate (GTlsConnection * connection,
    GTlsCertificate * certificate, GTlsCertificateFlags faults,
    gpointer user_data)
{
  return faults == 0;
}

static GIOStream *
wrap_socket (RtmpTestServer * self, GSocket * socket)
{
  GIOStream *stream =
      G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
  GIOStream *tls;

  if (!self->plan.tls)
    return stream;
  tls = g_tls_server_connection_new (stream, self->certificate, NULL);
  g_object_unref (stream);
  if (self->client_database) {
    g_object_set (tls, "authentication-mode", G_TLS_AUTHENTICATION_REQUIRED,
        NULL);
    g_tls_connection_set_database (G_TLS_CONNECTION (tls),
        self->client_database);
    g_signal_connect (tls, "accept-certificate",
        G_CALLBACK (on_accept_certificate), NULL);
  }
  return tls;
}

static gboolean
on_incoming (GSocket * listener, GIOCondition condition, gpointer user_data)
{
  RtmpTestServer *self = user_data;
  Connection *connection = g_new0 (Connection, 1);

  connection->server = self;
  connection->socket = g_socket_accept (listener, NULL, NULL);
  g_assert_nonnull (connection->socket);
  g_socket_set_option (connection->socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  connection->stream = wrap_socket (self, connection->socket);
  g_object_weak_ref (G_OBJECT (connection->stream), on_stream_gone, self);
  connection->peer = rtmp_scripted_peer_new ();
  rtmp_scripted_peer_set_handler (connection->peer, on_message, connection);
  connection->output = g_byte_array_new ();
  g_mutex_lock (&self->lock);
  self->streams++;
  g_ptr_array_add (self->connections, connection);
  connection_reach (connection, RTMP_TEST_STEP_ACCEPT, 0);
  connection_flush (connection);
  connection_read (connection);
  g_mutex_unlock (&self->lock);
  return G_SOURCE_CONTINUE;
}

static void
connection_free (gpointer data)
{
  Connection *self = data;

  g_socket_close (self->socket, NULL);
  g_object_unref (self->stream);
  g_object_unref (self->socket);
  rtmp_scripted_peer_free (self->peer);
  g_byte_array_unref (self->output);
  g_free (self);
}

/* The thread */

static gboolean
is_busy (RtmpTestServer * self)
{
  gboolean busy;
  guint i;

  g_mutex_lock (&self->lock);
  busy = !self->quit;
  for (i = 0; i < self->connections->len; i++) {
    Connection *connection = g_ptr_array_index (self->connections, i);

    busy = busy || connection->operations > 0;
  }
  g_mutex_unlock (&self->lock);
  return busy;
}

static gboolean
has_streams (RtmpTestServer * self)
{
  gboolean has;

  g_mutex_lock (&self->lock);
  has = self->streams > 0;
  g_mutex_unlock (&self->lock);
  return has;
}

/* To the end of the last stream, so that no thread of TLS returns to a context
 * that nobody runs any more. */
static gpointer
server_thread (gpointer data)
{
  RtmpTestServer *self = data;
  GSource *source = g_socket_create_source (self->listener, G_IO_IN, NULL);

  g_main_context_push_thread_default (self->context);
  g_source_set_callback (source, G_SOURCE_FUNC (on_incoming), self, NULL);
  g_source_attach (source, self->context);
  while (is_busy (self))
    g_main_context_iteration (self->context, TRUE);
  g_clear_pointer (&self->connections, g_ptr_array_unref);
  while (has_streams (self))
    g_main_context_iteration (self->context, TRUE);
  g_source_destroy (source);
  g_source_unref (source);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

/* Life */

static GSocket *
bind_to (const gchar * where, gboolean small_window, guint16 * port)
{
  g_autoptr (GSocketAddress) any =
      g_inet_socket_address_new_from_string (where, *port);
  g_autoptr (GSocketAddress) address = NULL;
  GSocket *socket = g_socket_new (g_socket_address_get_family (any),
      G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);

  if (small_window)
    g_socket_set_option (socket, SOL_SOCKET, SO_RCVBUF, SMALL_WINDOW, NULL);
  g_assert_true (g_socket_bind (socket, any, FALSE, NULL));
  address = g_socket_get_local_address (socket, NULL);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  return socket;
}

static GTlsCertificate *
load_certificate (const gchar * name)
{
  const gchar *files = g_getenv ("FILES");
  g_autofree gchar *cert = g_build_filename (files, "tls",
      name ? name : "server.pem", NULL);
  g_autofree gchar *key = g_build_filename (files, "tls", "server.key", NULL);
  GError *error = NULL;
  GTlsCertificate *certificate =
      g_tls_certificate_new_from_files (cert, key, &error);

  g_assert_no_error (error);
  return certificate;
}

static GTlsDatabase *
load_authority (const gchar * name)
{
  g_autofree gchar *file =
      g_build_filename (g_getenv ("FILES"), "tls", name, NULL);
  GError *error = NULL;
  GTlsDatabase *database = g_tls_file_database_new (file, &error);

  g_assert_no_error (error);
  return database;
}

/* Ends what is under way by ending the connections: what is cancelled, TLS may
 * leak. */
static gboolean
quit (gpointer data)
{
  RtmpTestServer *self = data;
  guint i;

  g_mutex_lock (&self->lock);
  self->quit = TRUE;
  for (i = 0; i < self->connections->len; i++) {
    Connection *connection = g_ptr_array_index (self->connections, i);

    g_socket_shutdown (connection->socket, TRUE, TRUE, NULL);
  }
  g_mutex_unlock (&self->lock);
  return G_SOURCE_REMOVE;
}

RtmpTestServer *
rtmp_test_server_new (const RtmpTestPlan * plan)
{
  RtmpTestServer *self = g_new0 (RtmpTestServer, 1);

  if (plan)
    self->plan = *plan;
  if (self->plan.tls)
    self->certificate = load_certificate (plan->certificate);
  if (self->plan.client_authority)
    self->client_database = load_authority (plan->client_authority);
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->connections = g_ptr_array_new_with_free_func (connection_free);
  self->context = g_main_context_new ();
  self->port = self->plan.port;
  self->listener = bind_to (self->plan.address ? self->plan.address
      : "127.0.0.1", self->plan.small_window, &self->port);
  g_assert_true (g_socket_listen (self->listener, NULL));
  self->thread = g_thread_new ("test-server", server_thread, self);
  return self;
}

void
rtmp_test_server_free (RtmpTestServer * self)
{
  g_main_context_invoke (self->context, quit, self);
  g_thread_join (self->thread);
  g_socket_close (self->listener, NULL);
  g_object_unref (self->listener);
  g_clear_object (&self->certificate);
  g_clear_object (&self->client_database);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self);
}

guint16
rtmp_test_server_port (const RtmpTestServer * self)
{
  return self->port;
}

gchar *
rtmp_test_server_url (const RtmpTestServer * self, const gchar * stream)
{
  return g_strdup_printf ("%s://127.0.0.1:%u/live/%s",
      self->plan.tls ? "rtmps" : "rtmp", self->port, stream);
}

/* From the test's thread */

static Connection *
last_connection_locked (RtmpTestServer * self)
{
  guint n = self->connections->len;

  return n > 0 ? g_ptr_array_index (self->connections, n - 1) : NULL;
}

typedef struct
{
  RtmpTestServer *server;
  void (*func) (Connection * connection, gpointer user_data);
  gpointer user_data;
  gboolean done;
} Call;

static gboolean
run_call (gpointer data)
{
  Call *call = data;
  RtmpTestServer *self = call->server;
  Connection *connection;

  g_mutex_lock (&self->lock);
  connection = last_connection_locked (self);
  g_assert_nonnull (connection);
  call->func (connection, call->user_data);
  connection_flush (connection);
  connection_read (connection);
  call->done = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  return G_SOURCE_REMOVE;
}

static void
call_connection (RtmpTestServer * self,
    void (*func) (Connection * connection, gpointer user_data),
    gpointer user_data)
{
  Call call = { self, func, user_data, FALSE };

  g_main_context_invoke (self->context, run_call, &call);
  g_mutex_lock (&self->lock);
  while (!call.done)
    g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
}

typedef struct
{
  RtmpTestServerFunc func;
  gpointer user_data;
} PeerCall;

static void
call_peer (Connection * connection, gpointer user_data)
{
  PeerCall *call = user_data;

  call->func (connection->peer, call->user_data);
}

void
rtmp_test_server_call (RtmpTestServer * self, RtmpTestServerFunc func,
    gpointer user_data)
{
  PeerCall call = { func, user_data };

  call_connection (self, call_peer, &call);
}

static void
want_close (Connection * connection, gpointer user_data)
{
  connection->close_wanted = TRUE;
}

void
rtmp_test_server_close (RtmpTestServer * self)
{
  call_connection (self, want_close, NULL);
}

static void
want_reset (Connection * connection, gpointer user_data)
{
  connection->reset_wanted = TRUE;
}

void
rtmp_test_server_reset (RtmpTestServer * self)
{
  call_connection (self, want_reset, NULL);
}

static void
set_reading (Connection * connection, gpointer user_data)
{
  connection->deaf = !GPOINTER_TO_INT (user_data);
}

void
rtmp_test_server_set_reading (RtmpTestServer * self, gboolean reading)
{
  call_connection (self, set_reading, GINT_TO_POINTER (reading));
}

/* Waiting */

typedef gboolean (*Condition) (Connection * connection, guint a, guint b);

static void
wait_for (RtmpTestServer * self, const gchar * what, Condition condition,
    guint a, guint b)
{
  gint64 end = g_get_monotonic_time () + RTMP_TEST_PATIENCE;
  Connection *connection;
  gboolean in_time = TRUE;

  g_mutex_lock (&self->lock);
  while ((connection = last_connection_locked (self)) == NULL
      || !condition (connection, a, b)) {
    if (!in_time)
      g_error ("no %s %u %u; came: %s", what, a, b, connection
          ? rtmp_scripted_peer_transcript (connection->peer) : "nobody");
    in_time = g_cond_wait_until (&self->cond, &self->lock, end);
  }
  g_mutex_unlock (&self->lock);
}

static gboolean
has_reached (Connection * connection, guint step, guint unused)
{
  return connection->reached >= step;
}

void
rtmp_test_server_wait_step (RtmpTestServer * self, RtmpTestStep step)
{
  wait_for (self, "step", has_reached, step, 0);
}

static gboolean
has_media (Connection * connection, guint n, guint unused)
{
  return connection->media >= n;
}

void
rtmp_test_server_wait_media (RtmpTestServer * self, guint n)
{
  wait_for (self, "media", has_media, n, 0);
}

static gboolean
has_type (Connection * connection, guint type, guint n)
{
  return rtmp_scripted_peer_count (connection->peer, type) >= n;
}

void
rtmp_test_server_wait_type (RtmpTestServer * self, RtmpMessageType type,
    guint n)
{
  wait_for (self, "messages of type", has_type, type, n);
}

static gboolean
has_ended (Connection * connection, guint a, guint b)
{
  return connection->ended;
}

void
rtmp_test_server_wait_end (RtmpTestServer * self)
{
  wait_for (self, "end of the client", has_ended, 0, 0);
}

guint
rtmp_test_server_n_connections (RtmpTestServer * self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->connections->len;
  g_mutex_unlock (&self->lock);
  return n;
}

RtmpScriptedPeer *
rtmp_test_server_lock (RtmpTestServer * self)
{
  Connection *connection;

  g_mutex_lock (&self->lock);
  connection = last_connection_locked (self);
  g_assert_nonnull (connection);
  return connection->peer;
}

void
rtmp_test_server_unlock (RtmpTestServer * self)
{
  g_mutex_unlock (&self->lock);
}

/* Ports */

struct _RtmpTestFullPort
{
  GSocket *listener;
  guint16 port;
  GPtrArray *clients;           /* of GSocket */
};

static GSocket *
connect_without_waiting (const gchar * where, guint16 port)
{
  g_autoptr (GSocketAddress) address =
      g_inet_socket_address_new_from_string (where, port);
  GSocket *socket = g_socket_new (g_socket_address_get_family (address),
      G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);

  g_socket_set_blocking (socket, FALSE);
  g_socket_connect (socket, address, NULL, NULL);
  return socket;
}

/* A backlog of 0 still takes one; the rest wait, and what comes behind them is
 * not even heard. */
RtmpTestFullPort *
rtmp_test_full_port_new_at (const gchar * address, guint16 port)
{
  RtmpTestFullPort *self = g_new0 (RtmpTestFullPort, 1);
  guint i;

  self->port = port;
  self->listener = bind_to (address, FALSE, &self->port);
  g_socket_set_listen_backlog (self->listener, 0);
  g_assert_true (g_socket_listen (self->listener, NULL));
  self->clients = g_ptr_array_new_with_free_func (g_object_unref);
  for (i = 0; i < 4; i++)
    g_ptr_array_add (self->clients, connect_without_waiting (address,
            self->port));
  return self;
}

RtmpTestFullPort *
rtmp_test_full_port_new (void)
{
  return rtmp_test_full_port_new_at ("127.0.0.1", 0);
}

void
rtmp_test_full_port_free (RtmpTestFullPort * self)
{
  g_ptr_array_unref (self->clients);
  g_object_unref (self->listener);
  g_free (self);
}

guint16
rtmp_test_full_port_port (const RtmpTestFullPort * self)
{
  return self->port;
}

guint16
rtmp_test_dead_port (void)
{
  guint16 port = 0;
  GSocket *socket = bind_to ("127.0.0.1", FALSE, &port);

  g_object_unref (socket);
  return port;
}

gboolean
rtmp_test_skip_leak (const gchar * culprit)
{
#ifdef __SANITIZE_ADDRESS__
  g_autofree gchar *why = g_strdup_printf ("%s leaks there", culprit);

  g_test_skip (why);
  return TRUE;
#else
  return FALSE;
#endif
}

guint
rtmp_test_count_fds (void)
{
  GDir *dir = g_dir_open ("/proc/self/fd", 0, NULL);
  const gchar *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir))) {
    g_autofree gchar *link = g_strconcat ("/proc/self/fd/", name, NULL);
    g_autofree gchar *file = g_file_read_link (link, NULL);

    n += g_strcmp0 (file, "anon_inode:[eventfd]") != 0;
  }
  g_dir_close (dir);
  return n;
}

/* Threads of GLib's, as those that do TLS handshakes, may let go of what they
 * hold a moment after they have told their result: after the test that they
 * worked for, or within the next one, which then has less than at its start. */
void
rtmp_test_assert_fds (guint most)
{
  gint64 end = g_get_monotonic_time () + RTMP_TEST_PATIENCE;

  while (rtmp_test_count_fds () > most && g_get_monotonic_time () < end)
    g_thread_yield ();
  g_assert_cmpuint (rtmp_test_count_fds (), <=, most);
}

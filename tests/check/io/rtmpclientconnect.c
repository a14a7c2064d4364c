/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a client gets to its server: addresses, and proxies. */
#include "rtmpclientfixture.h"
#include "rtmperror.h"
#include "rtmptestnames.h"

static void
run_and_finish (Fixture * self)
{
  wait_step (self, RTMP_CLIENT_STEP_RUNNING);
  publish (self, 0, 20, 3000);
  rtmp_client_finish (self->client);
  wait_closed (self);
  g_assert_no_error (self->error);
  assert_server_has (self, 20, 3000);
}

/* Addresses */

/* The server listens on one address, and the name has several. */
typedef struct
{
  const gchar *name;
  const gchar *host;
  const gchar *addresses;       /* NULL: not to be resolved */
  const gchar *listens;
  const gchar *full;            /* does not answer; or NULL */
  const gchar *peer;            /* "address" of "address:port" */
} Reach;

static const Reach reaches[] = {
  {"ipv4", "127.0.0.2", NULL, "127.0.0.2", NULL, "127.0.0.2"},
  {"ipv6", "::1", NULL, "::1", NULL, "[::1]"},
  {"localhost-on-ipv4", "localhost", NULL, "127.0.0.1", NULL, "127.0.0.1"},
  {"localhost-on-ipv6", "localhost", NULL, "::1", NULL, "[::1]"},
  {"ipv6-refuses", "rtmp.test", "::1 127.0.0.1", "127.0.0.1", NULL,
      "127.0.0.1"},
  {"ipv4-refuses", "rtmp.test", "127.0.0.1 ::1", "::1", NULL, "[::1]"},
  {"first-refuses", "rtmp.test", "127.0.0.2 127.0.0.3 127.0.0.1",
      "127.0.0.1", NULL, "127.0.0.1"},
  {"first-is-silent", "rtmp.test", "127.0.0.2 127.0.0.1", "127.0.0.1",
      "127.0.0.2", "127.0.0.1"},
  {"ipv6-is-silent", "rtmp.test", "::1 127.0.0.1", "127.0.0.1", "::1",
      "127.0.0.1"},
};

static gboolean
has_ipv6 (void)
{
  g_autoptr (GSocketAddress) any =
      g_inet_socket_address_new_from_string ("::1", 0);
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV6,
      G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);

  return socket && g_socket_bind (socket, any, FALSE, NULL);
}

static void
run_reach (const Reach * reach)
{
  const RtmpTestPlan plan = {.address = reach->listens };
  RtmpClientTarget target = {.host = reach->host };
  RtmpTestFullPort *full = NULL;
  g_autofree gchar *peer = NULL, *expected = NULL;
  Fixture f;

  fixture_init (&f, &plan);
  target.port = rtmp_test_server_port (f.server);
  if (reach->full)
    full = rtmp_test_full_port_new_at (reach->full, target.port);
  fixture_connect (&f, TRUE, AT_ONCE, &target);
  run_and_finish (&f);
  peer = rtmp_client_peer (f.client);
  expected = g_strdup_printf ("%s:%u", reach->peer, target.port);
  g_assert_cmpstr (peer, ==, expected);
  g_clear_pointer (&full, rtmp_test_full_port_free);
  fixture_clear (&f);
}

static void
test_reach (gconstpointer data)
{
  const Reach *reach = data;
  GResolver *before;

  if (strchr (reach->listens, ':') && !has_ipv6 ()) {
    g_test_skip ("no IPv6 here");
    return;
  }
  before = reach->addresses ? rtmp_test_names_push (reach->addresses)
      : NULL;
  run_reach (reach);
  if (before)
    rtmp_test_names_pop (before);
}

static void
test_all_refuse (void)
{
  GResolver *before = rtmp_test_names_push ("127.0.0.2 127.0.0.1");
  const RtmpClientTarget target = {.host = "rtmp.test",
    .port = rtmp_test_dead_port ()
  };
  Fixture f;

  fixture_init (&f, NULL);
  fixture_connect (&f, TRUE, AT_ONCE, &target);
  wait_closed (&f);
  g_assert_error (f.error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  fixture_clear (&f);
  rtmp_test_names_pop (before);
}

/* A proxy for one connection */

typedef struct
{
  const gchar *name;
  const gchar *scheme;
  const gchar *greeting;        /* to SOCKS5's; NULL: there is none */
  const gchar *answer;
  gsize answer_size;            /* 0: none comes */
    GQuark (*domain) (void);    /* of the error; NULL: it works */
  gint code;
} How;

typedef struct
{
  const How *how;
  guint16 server_port;
  guint16 port;
  GSocketListener *listener;
  GSocketConnection *client;
  GSocketConnection *server;
  GString *request;
  GThread *thread;
} Proxy;

#define ANSWER(text) (text), sizeof (text) - 1
#define GRANTED_4 ANSWER ("\0\x5A\0\0\0\0\0\0")
#define GRANTED_5 ANSWER ("\5\0\0\1\0\0\0\0\0\0")
#define GRANTED_HTTP ANSWER ("HTTP/1.1 200 OK\r\n\r\n")

static const How hows[] = {
  {"socks4", "socks4", NULL, GRANTED_4},
  {"socks4a", "socks4a", NULL, GRANTED_4},
  {"socks5", "socks5", "\5\0", GRANTED_5},
  {"http", "http", NULL, GRANTED_HTTP},
  {"failure/socks4-rejects", "socks4", NULL, ANSWER ("\0\x5B\0\0\0\0\0\0"),
      g_io_error_quark, G_IO_ERROR_PROXY_FAILED},
  {"failure/socks5-does-not-allow", "socks5", "\5\0",
        ANSWER ("\5\2\0\1\0\0\0\0\0\0"), g_io_error_quark,
      G_IO_ERROR_PROXY_NOT_ALLOWED},
  {"failure/socks5-is-refused", "socks5", "\5\0",
        ANSWER ("\5\5\0\1\0\0\0\0\0\0"), g_io_error_quark,
      G_IO_ERROR_CONNECTION_REFUSED},
  {"failure/socks5-wants-password", "socks5", "\5\2", NULL, 0,
      g_io_error_quark, G_IO_ERROR_PROXY_NEED_AUTH},
  {"failure/http-forbids", "http", NULL,
        ANSWER ("HTTP/1.1 403 Forbidden\r\n\r\n"), g_io_error_quark,
      G_IO_ERROR_PROXY_NOT_ALLOWED},
  {"failure/http-wants-password", "http", NULL,
        ANSWER ("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"),
      g_io_error_quark, G_IO_ERROR_PROXY_NEED_AUTH},
  {"failure/http-cannot", "http", NULL,
        ANSWER ("HTTP/1.1 502 Bad Gateway\r\n\r\n"), g_io_error_quark,
      G_IO_ERROR_PROXY_FAILED},
  {"failure/silence", "socks4", NULL, NULL, 0, g_io_error_quark,
      G_IO_ERROR_PROXY_FAILED},
};

static GInputStream *
input_of (GSocketConnection * connection)
{
  return g_io_stream_get_input_stream (G_IO_STREAM (connection));
}

static GOutputStream *
output_of (GSocketConnection * connection)
{
  return g_io_stream_get_output_stream (G_IO_STREAM (connection));
}

/* Each request is sent at once, so that one read has it. */
static gboolean
read_request (Proxy * self)
{
  gchar data[1024];
  gssize n = g_input_stream_read (input_of (self->client), data,
      sizeof (data), NULL, NULL);

  if (n > 0)
    g_string_append_len (self->request, data, n);
  return n > 0;
}

static gpointer
to_server (gpointer data)
{
  Proxy *self = data;

  g_output_stream_splice (output_of (self->server), input_of (self->client), 0,
      NULL, NULL);
  g_socket_shutdown (g_socket_connection_get_socket (self->server), FALSE,
      TRUE, NULL);
  return NULL;
}

static void
join_both (Proxy * self)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  GThread *thread;

  g_socket_client_set_enable_proxy (client, FALSE);
  self->server = g_socket_client_connect_to_host (client, "127.0.0.1",
      self->server_port, NULL, NULL);
  g_assert_nonnull (self->server);
  thread = g_thread_new ("to-server", to_server, self);
  g_output_stream_splice (output_of (self->client), input_of (self->server), 0,
      NULL, NULL);
  g_socket_shutdown (g_socket_connection_get_socket (self->client), FALSE,
      TRUE, NULL);
  g_thread_join (thread);
}

static gpointer
proxy_thread (gpointer data)
{
  Proxy *self = data;
  const How *how = self->how;

  self->client = g_socket_listener_accept (self->listener, NULL, NULL, NULL);
  g_assert_nonnull (self->client);
  if (how->greeting) {
    read_request (self);
    g_string_truncate (self->request, 0);
    g_output_stream_write_all (output_of (self->client), how->greeting, 2,
        NULL, NULL, NULL);
  }
  read_request (self);
  if (how->answer_size > 0)
    g_output_stream_write_all (output_of (self->client), how->answer,
        how->answer_size, NULL, NULL, NULL);
  if (how->domain)
    while (read_request (self));        /* until the client gives up */
  else
    join_both (self);
  return NULL;
}

static void
proxy_init (Proxy * self, const How * how, guint16 server_port)
{
  g_autoptr (GSocketAddress) any =
      g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) address = NULL;

  memset (self, 0, sizeof (*self));
  self->how = how;
  self->server_port = server_port;
  self->request = g_string_new (NULL);
  self->listener = g_socket_listener_new ();
  g_assert_true (g_socket_listener_add_address (self->listener, any,
          G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &address, NULL));
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  self->thread = g_thread_new ("proxy", proxy_thread, self);
}

static void
proxy_clear (Proxy * self)
{
  g_thread_join (self->thread);
  g_clear_object (&self->client);
  g_clear_object (&self->server);
  g_object_unref (self->listener);
  g_string_free (self->request, TRUE);
}

/* All but socks4 leave the name to the proxy. */
static void
assert_request (const Proxy * self, const gchar * host, guint16 port)
{
  const gchar *scheme = self->how->scheme;
  const gchar *text = self->request->str;
  gsize size = self->request->len;
  const guint8 big_endian[] = { (guint8) (port >> 8), (guint8) port };

  if (strcmp (scheme, "http") == 0) {
    g_autofree gchar *line = g_strdup_printf ("CONNECT %s:%u HTTP/1.", host,
        port);

    g_assert_true (g_str_has_prefix (text, line));
  } else if (strcmp (scheme, "socks5") == 0) {
    g_assert_cmpmem (text + size - 2, 2, big_endian, 2);
    g_assert_cmpmem (text + 5, size - 7, host, strlen (host));
  } else {
    g_assert_cmpmem (text, 2, "\4\1", 2);
    g_assert_cmpmem (text + 2, 2, big_endian, 2);
    if (strcmp (scheme, "socks4") == 0)
      g_assert_cmpmem (text + 4, 4, "\177\0\0\1", 4);
    else
      g_assert_cmpmem (text + size - strlen (host) - 1, strlen (host) + 1,
          host, strlen (host) + 1);
  }
}

static void
run_proxied (const How * how, gboolean tls)
{
  const RtmpTestPlan plan = {.tls = tls };
  gboolean silent = how->domain && how->answer_size == 0 && !how->greeting;
  RtmpClientTarget target = {.host = "rtmp.test",
    .scheme = tls ? RTMP_SCHEME_RTMPS : RTMP_SCHEME_RTMP
  };
  g_autofree gchar *uri = NULL;
  RtmpClientStats stats;
  Proxy proxy;
  Fixture f;

  fixture_init (&f, &plan);
  target.port = rtmp_test_server_port (f.server);
  proxy_init (&proxy, how, target.port);
  uri = g_strdup_printf ("%s://127.0.0.1:%u", how->scheme, proxy.port);
  target.proxy = uri;
  fixture_connect (&f, TRUE, silent ? SHORT_TIMEOUT : AT_ONCE, &target);
  if (how->domain) {
    wait_closed (&f);
    g_assert_error (f.error, how->domain (), how->code);
    g_assert_cmpuint (rtmp_test_server_n_connections (f.server), ==, 0);
  } else {
    run_and_finish (&f);
    rtmp_client_stats (f.client, &stats);
    g_assert_cmpuint (stats.round_trip, >, 0);
  }
  g_clear_pointer (&f.client, rtmp_client_free);
  g_thread_join (g_thread_ref (proxy.thread));
  if (how->greeting == NULL || how->answer)
    assert_request (&proxy, "rtmp.test", target.port);
  proxy_clear (&proxy);
  fixture_clear (&f);
}

static void
test_proxy (gconstpointer data)
{
  const How *how = data;
  GResolver *before;

  if (g_str_has_prefix (how->scheme, "socks4") && rtmp_test_skip_leak ("GIO"))
    return;
  before = rtmp_test_names_push ("127.0.0.1");
  run_proxied (data, FALSE);
  run_proxied (data, TRUE);
  rtmp_test_names_pop (before);
}

/* A proxy that is not there is not taken for a server that is not. */
static void
test_proxy_refused (void)
{
  g_autofree gchar *uri = g_strdup_printf ("http://127.0.0.1:%u",
      rtmp_test_dead_port ());
  const RtmpClientTarget target = {.host = "127.0.0.1",.port = 1935,
    .proxy = uri
  };
  Fixture f;

  fixture_init (&f, NULL);
  fixture_connect (&f, TRUE, AT_ONCE, &target);
  wait_closed (&f);
  g_assert_error (f.error, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED);
  fixture_clear (&f);
}

static void
test_proxy_unknown (void)
{
  const RtmpClientTarget target = {.host = "127.0.0.1",.port = 1935,
    .proxy = "http://proxy.test:3128"
  };
  GResolver *before = rtmp_test_names_push (NULL);
  Fixture f;

  fixture_init (&f, NULL);
  fixture_connect (&f, TRUE, AT_ONCE, &target);
  wait_closed (&f);
  g_assert_error (f.error, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED);
  g_assert_nonnull (strstr (f.error->message, "proxy.test"));
  fixture_clear (&f);
  rtmp_test_names_pop (before);
}

static void
test_proxy_silent (void)
{
  RtmpTestFullPort *full = rtmp_test_full_port_new ();
  g_autofree gchar *uri = g_strdup_printf ("http://127.0.0.1:%u",
      rtmp_test_full_port_port (full));
  const RtmpClientTarget target = {.host = "127.0.0.1",.port = 1935,
    .proxy = uri
  };
  Fixture f;

  fixture_init (&f, NULL);
  fixture_connect (&f, TRUE, SHORT_TIMEOUT, &target);
  wait_closed (&f);
  g_assert_error (f.error, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED);
  fixture_clear (&f);
  rtmp_test_full_port_free (full);
}

int
main (int argc, char **argv)
{
  guint i;

  g_test_init (&argc, &argv, NULL);
  fixture_warm_up ();
  for (i = 0; i < G_N_ELEMENTS (reaches); i++) {
    g_autofree gchar *path = g_strconcat ("/connect/to/", reaches[i].name,
        NULL);

    g_test_add_data_func (path, &reaches[i], test_reach);
  }
  g_test_add_func ("/connect/to/nobody", test_all_refuse);
  for (i = 0; i < G_N_ELEMENTS (hows); i++) {
    g_autofree gchar *path = g_strconcat ("/connect/proxy/", hows[i].name,
        NULL);

    g_test_add_data_func (path, &hows[i], test_proxy);
  }
  g_test_add_func ("/connect/proxy/refused", test_proxy_refused);
  g_test_add_func ("/connect/proxy/unknown", test_proxy_unknown);
  g_test_add_func ("/connect/proxy/silent", test_proxy_silent);
  return g_test_run ();
}

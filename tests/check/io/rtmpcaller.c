/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One connection, and those that mean no good. */
#include "rtmpcaller.h"
#include "rtmpserverfixture.h"

/* Of what is to time out. */
#define SHORT (100 * 1000)

/* A mount that takes streams, with a publisher who must not be harmed. */
typedef struct
{
  guint fds;
  RtmpServer *server;
  Host host;
  Far neighbour;
} Fixture;

static void
fixture_init (Fixture * f, const RtmpServerOptions * options)
{
  const RtmpMountConfig config = {.publish = TRUE,.app = "live",
    .stream = "cam"
  };

  f->fds = rtmp_test_count_fds ();
  f->server = serve (options);
  host_init (&f->host, f->server, &config);
  far_publish (&f->neighbour, f->server, NULL);
  diary_wait (&f->host.diary, "added", 1);
}

static void
fixture_clear (Fixture * f)
{
  far_send (&f->neighbour, 'V', 1, "last", 0);
  diary_wait (&f->host.media, "V 1 last", 1);
  g_assert_cmpuint (diary_count (&f->host.diary, "removed"), ==, 0);
  far_clear (&f->neighbour);
  host_clear (&f->host);
  rtmp_server_release (f->server);
  assert_nothing_left (f->fds);
}

/* All others are gone. */
static void
wait_alone (Fixture * f)
{
  gint64 end = g_get_monotonic_time () + RTMP_TEST_PATIENCE;

  while (rtmp_server_n_callers (f->server) > 1) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_thread_yield ();
  }
}

/* What is no handshake, or not all of one */

static const gchar tls_hello[] =
    "\26\3\1\2\0\1\0\1\374\3\3 a client that speaks TLS where nobody does";
static const gchar http[] =
    "GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: scanner\r\n\r\n";

typedef struct
{
  const gchar *bytes;
  gsize size;
  gsize zeros;                  /* behind them */
  gboolean half_close;
} Greeting;

static void
test_no_handshake (void)
{
  static const guint8 zeros[4000] = { 0, };
  static const Greeting greetings[] = {
    {"", 0, 0, FALSE}, {"", 0, 0, TRUE}, {"\3", 1, 0, FALSE},
    {"\3", 1, 100, FALSE}, {"\3", 1, 100, TRUE}, {"\3", 1, 1536, FALSE},
    {"\3", 1, 1536, TRUE}, {"\3", 1, 3071, FALSE},
    {http, sizeof (http), 0, FALSE}, {http, sizeof (http), 4000, FALSE},
    {tls_hello, sizeof (tls_hello), 0, FALSE},
    {tls_hello, sizeof (tls_hello), 4000, FALSE},
    {"\3", 1, 3072, FALSE}, {"\3", 1, 3072, TRUE},
  };
  RtmpServerOptions options;
  Fixture f;
  guint i;

  rtmp_server_options_init (&options);
  options.handshake_timeout = options.session.connect_timeout = SHORT;
  fixture_init (&f, &options);
  for (i = 0; i < G_N_ELEMENTS (greetings); i++) {
    GIOStream *stream = raw_socket (rtmp_server_port (f.server));
    GSocket *socket = g_socket_connection_get_socket
        (G_SOCKET_CONNECTION (stream));

    raw_write (stream, greetings[i].bytes, greetings[i].size);
    raw_write (stream, zeros, greetings[i].zeros);
    if (greetings[i].half_close)
      g_socket_shutdown (socket, FALSE, TRUE, NULL);
    raw_wait_end (stream);
    g_object_unref (stream);
    wait_alone (&f);
  }
  fixture_clear (&f);
}

static void
test_byte_by_byte (void)
{
  RtmpServerOptions options;
  GIOStream *stream;
  Fixture f;
  guint i;

  rtmp_server_options_init (&options);
  options.handshake_timeout = SHORT;
  fixture_init (&f, &options);
  stream = raw_socket (rtmp_server_port (f.server));
  /* Each one in time does not make all of them. */
  for (i = 0; i < 1000 && rtmp_server_n_callers (f.server) == 1; i++)
    g_thread_yield ();
  raw_write (stream, "\3", 1);
  while (raw_write (stream, "", 1)
      && g_io_stream_get_input_stream (stream)
      && !g_pollable_input_stream_is_readable (G_POLLABLE_INPUT_STREAM
          (g_io_stream_get_input_stream (stream))))
    g_thread_yield ();
  raw_wait_end (stream);
  g_object_unref (stream);
  wait_alone (&f);
  fixture_clear (&f);
}

/* The same where TLS is spoken: garbage, and silence. */
static void
call_tls_server (void)
{
  g_autofree gchar *file = g_build_filename (g_getenv ("FILES"), "tls",
      "server.pem", NULL);
  g_autofree gchar *key = g_build_filename (g_getenv ("FILES"), "tls",
      "server.key", NULL);
  g_autoptr (GTlsCertificate) certificate =
      g_tls_certificate_new_from_files (file, key, NULL);
  static const Greeting greetings[] = {
    {"", 0, 0, FALSE}, {"", 0, 0, TRUE}, {"\3", 1, 0, FALSE},
    {http, sizeof (http), 0, FALSE}, {tls_hello, sizeof (tls_hello), 0, FALSE},
    {"\26\3\1\377\377", 5, 0, FALSE},
  };
  guint i;
  RtmpServerOptions options;
  RtmpServer *server;

  rtmp_server_options_init (&options);
  options.handshake_timeout = SHORT;
  options.tls_certificate = certificate;
  server = serve (&options);
  for (i = 0; i < G_N_ELEMENTS (greetings); i++) {
    GIOStream *stream = raw_socket (rtmp_server_port (server));

    raw_write (stream, greetings[i].bytes, greetings[i].size);
    if (greetings[i].half_close)
      g_socket_shutdown (g_socket_connection_get_socket (G_SOCKET_CONNECTION
              (stream)), FALSE, TRUE, NULL);
    raw_wait_end (stream);
    g_object_unref (stream);
  }
  rtmp_server_release (server);
}

static void
test_no_tls (void)
{
  call_tls_server ();
}

/* Connected, and then */

static void
test_no_connect (void)
{
  RtmpServerOptions options;
  Fixture f;
  Raw raw;

  rtmp_server_options_init (&options);
  options.session.connect_timeout = SHORT;
  fixture_init (&f, &options);
  raw_open (&raw, rtmp_server_port (f.server));
  while (raw_read (&raw));
  raw_close (&raw);
  raw_call (&raw, rtmp_server_port (f.server), 1);
  while (raw_read (&raw));
  raw_close (&raw);
  wait_alone (&f);
  fixture_clear (&f);
}

static void
test_wrong_app (void)
{
  Fixture f;
  Raw raw;

  fixture_init (&f, NULL);
  raw_open (&raw, rtmp_server_port (f.server));
  raw_connect (&raw, "other");
  raw_wait (&raw, "0 _error NetConnection.Connect.InvalidApp", 1);
  while (raw_read (&raw));
  raw_close (&raw);
  wait_alone (&f);
  fixture_clear (&f);
}

/* A second publisher may do and end as it likes. */
static void
test_ends (void)
{
  const RtmpMountConfig config = {.publish = TRUE,.app = "live",
    .stream = "two"
  };
  Fixture f;
  Host host;
  Raw raw;
  guint i;

  fixture_init (&f, NULL);
  host_init (&host, f.server, &config);
  for (i = 0; i < 4; i++) {
    raw_call (&raw, rtmp_server_port (f.server), 1);
    raw_ask (&raw, 1, "publish", "two");
    raw_wait (&raw, "1 onStatus NetStream.Publish.Start", 1);
    raw_send (&raw, RTMP_MESSAGE_VIDEO, 1, i, named_payload ("picture", 0));
    if (i == 0)
      raw_send (&raw, RTMP_MESSAGE_COMMAND_AMF0, 0, 0,
          rtmp_command_write ("deleteStream", 9, rtmp_value_new_null (),
              rtmp_value_new_number (1), NULL));
    else if (i == 1)
      raw_ask (&raw, 1, "closeStream", NULL);
    else if (i == 2)
      raw_send (&raw, RTMP_MESSAGE_COMMAND_AMF0, 0, 0,
          named_payload ("garbage", 10));
    if (i < 3)
      diary_wait (&host.diary, "removed", i + 1);
    raw_close (&raw);
    diary_wait (&host.diary, "removed", i + 1);
  }
  diary_wait (&host.media, "V", 4);
  g_assert_cmpuint (diary_count (&host.diary, "removed live/two: done"), ==, 2);
  g_assert_cmpuint (diary_count (&host.diary,
          "removed live/two: the peer closed the connection"), ==, 1);
  g_assert_cmpuint (diary_count (&host.diary, "added"), ==, 4);
  host_clear (&host);
  wait_alone (&f);
  fixture_clear (&f);
}

/* Asks for more answers at once than anybody needs. */
static void
test_asks_too_much (void)
{
  static const guint8 ping[] = { 2, 0, 0, 0, 0, 0, 6, 4, 0, 0, 0, 0,
    0, 6, 0, 0, 0, 0
  };
  g_autofree guint8 *many = g_malloc (sizeof (ping) * 4096);
  gint64 end = g_get_monotonic_time () + RTMP_TEST_PATIENCE;
  Fixture f;
  Raw raw;
  guint i;

  for (i = 0; i < 4096; i++)
    memcpy (many + i * sizeof (ping), ping, sizeof (ping));
  fixture_init (&f, NULL);
  raw_call (&raw, rtmp_server_port (f.server), 1);
  while (raw_write (raw.stream, many, sizeof (ping) * 4096))
    g_assert_cmpint (g_get_monotonic_time (), <, end);
  raw_close (&raw);
  wait_alone (&f);
  fixture_clear (&f);
}

/* Who is told to go and does not is sent away, in seconds. */
static void
test_stays (void)
{
  Fixture f;
  Raw raw;

  fixture_init (&f, NULL);
  raw_open (&raw, rtmp_server_port (f.server));
  raw_connect (&raw, "other");
  raw_wait (&raw, "0 _error", 1);
  wait_alone (&f);
  raw_close (&raw);
  fixture_clear (&f);
}

/* Time */

/* The raw caller is pinged, does not answer, and goes; by then the other one,
 * whom we did not read for all that time, has not. */
static void
test_idle (void)
{
  const RtmpMountConfig config = {.publish = TRUE,.app = "live",
    .stream = "two"
  };
  RtmpServerOptions options;
  Fixture f;
  Host host;
  Raw raw, silent;

  rtmp_server_options_init (&options);
  options.session.idle_timeout = 2 * SHORT;
  fixture_init (&f, &options);
  host_init (&host, f.server, &config);
  raw_call (&raw, rtmp_server_port (f.server), 1);
  raw_ask (&raw, 1, "publish", "two");
  raw_wait (&raw, "1 onStatus NetStream.Publish.Start", 1);
  diary_wait (&host.diary, "added", 1);
  rtmp_mount_set_reading (host.mount, FALSE);
  raw_call (&silent, rtmp_server_port (f.server), 1);
  while (raw_read (&silent));
  raw_close (&silent);
  raw_call (&silent, rtmp_server_port (f.server), 1);
  while (raw_read (&silent));
  g_assert_cmpuint (diary_count (&silent.diary, "control 6"), ==, 1);
  raw_close (&silent);
  raw_send (&raw, RTMP_MESSAGE_VIDEO, 1, 5, named_payload ("picture", 0));
  rtmp_mount_set_reading (host.mount, TRUE);
  diary_wait (&host.media, "V 5 picture", 1);
  /* From now on its silence counts again. */
  while (raw_read (&raw));
  diary_wait (&host.diary,
      "removed live/two: nothing came from the client for", 1);
  g_assert_cmpuint (diary_count (&host.diary, "removed"), ==, 1);
  raw_close (&raw);
  host_clear (&host);
  fixture_clear (&f);
}

static void
do_nothing (RtmpCaller * caller, gpointer user_data)
{
}

/* Who goes while it is not read has left its last frames behind; and its place,
 * to the next one. */
static void
check_hang_up (gboolean tls)
{
  g_autoptr (GTlsCertificate) certificate = tls ? load_certificate () : NULL;
  const RtmpMountConfig config = {.publish = TRUE,.app = "live",
    .stream = "two"
  };
  const FarPlan plan = {.stream = "two",.tls = tls };
  RtmpServerOptions options;
  RtmpClientLevel level;
  Fixture f;
  Host host;
  Far far;
  guint i;

  rtmp_server_options_init (&options);
  options.tls_certificate = certificate;
  fixture_init (&f, &options);
  host_init (&host, f.server, &config);
  for (i = 1; i <= 3; i++) {
    far_publish (&far, f.server, &plan);
    far_wait (&far, "running");
    diary_wait (&host.diary, "added", i);
    rtmp_mount_set_reading (host.mount, FALSE);
    rtmp_server_foreach (f.server, do_nothing, NULL);
    far_send (&far, 'V', i, "large", 10000);
    far_send (&far, 'V', i, "last", 0);
    do
      rtmp_client_level (far.client, &level);
    while (level.bytes > 0);
    rtmp_server_foreach (f.server, do_nothing, NULL);
    g_assert_cmpuint (diary_count (&host.media, ""), ==, 2 * (i - 1));
    far_clear (&far);
    diary_wait (&host.diary, "removed", i);
    g_assert_cmpuint (diary_count (&host.media, ""), ==, 2 * i);
  }
  host_clear (&host);
  fixture_clear (&f);
}

static void
test_hang_up (void)
{
  check_hang_up (FALSE);
}

static void
test_hang_up_tls (void)
{
  check_hang_up (TRUE);
}

static void
test_ping (void)
{
  Fixture f;
  RtmpMessage message;
  Raw raw;

  fixture_init (&f, NULL);
  raw_call (&raw, rtmp_server_port (f.server), 0);
  rtmp_user_control_init (&message, RTMP_USER_CONTROL_PING_REQUEST, 77);
  rtmp_chunk_link_send (raw.link, &message);
  raw_flush (&raw);
  raw_wait (&raw, "control 7 77", 1);
  raw_close (&raw);
  fixture_clear (&f);
}

int
main (int argc, char **argv)
{
  server_tests_init (&argc, &argv);
  g_test_add_func ("/rtmpcaller/no-handshake", test_no_handshake);
  g_test_add_func ("/rtmpcaller/byte-by-byte", test_byte_by_byte);
  g_test_add_func ("/rtmpcaller/no-tls", test_no_tls);
  g_test_add_func ("/rtmpcaller/no-connect", test_no_connect);
  g_test_add_func ("/rtmpcaller/E-145-wrong-app", test_wrong_app);
  g_test_add_func ("/rtmpcaller/ends", test_ends);
  g_test_add_func ("/rtmpcaller/asks-too-much", test_asks_too_much);
  g_test_add_func ("/rtmpcaller/stays", test_stays);
  g_test_add_func ("/rtmpcaller/E-164-idle", test_idle);
  g_test_add_func ("/rtmpcaller/hang-up", test_hang_up);
  g_test_add_func ("/rtmpcaller/hang-up-tls", test_hang_up_tls);
  g_test_add_func ("/rtmpcaller/ping", test_ping);
  return g_test_run ();
}

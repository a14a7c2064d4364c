/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The socket that listens, and who is let in. */
#include "rtmpserverfixture.h"

#include <sys/resource.h>

static const RtmpMountConfig players = {.app = "",.stream = "" };

static RtmpServer *
acquire (guint16 port, GTlsCertificate * certificate, GError ** error)
{
  RtmpServerOptions options;

  rtmp_server_options_init (&options);
  options.host = "127.0.0.1";
  options.port = port;
  options.tls_certificate = certificate;
  return rtmp_server_acquire (&options, error);
}

static void
wait_callers (RtmpServer * server, guint n)
{
  gint64 end = g_get_monotonic_time () + RTMP_TEST_PATIENCE;

  while (rtmp_server_n_callers (server) != n) {
    if (g_get_monotonic_time () > end)
      g_error ("%u callers, not %u", rtmp_server_n_callers (server), n);
    g_thread_yield ();
  }
}

/* Sharing */

static void
test_share (void)
{
  guint fds = rtmp_test_count_fds ();
  RtmpServer *first = serve (NULL), *second, *other;
  guint16 port = rtmp_server_port (first);
  Raw raw;
  Host host;

  second = acquire (port, NULL, NULL);
  g_assert_true (second == first);
  other = acquire (0, NULL, NULL);
  g_assert_true (other != first);
  g_assert_cmpuint (rtmp_server_port (other), !=, port);
  rtmp_server_release (other);
  rtmp_server_release (first);
  host_init (&host, second, &players);
  raw_call (&raw, port, 0);
  raw_close (&raw);
  host_clear (&host);
  rtmp_server_release (second);
  assert_nothing_left (fds);
}

static void
test_share_tls (void)
{
  guint fds = rtmp_test_count_fds ();
  g_autoptr (GTlsCertificate) certificate = load_certificate ();
  g_autoptr (GTlsCertificate) same = load_certificate ();
  g_autoptr (GError) error = NULL;
  RtmpServer *plain = acquire (0, NULL, NULL);
  RtmpServer *tls = acquire (0, certificate, NULL), *third;

  g_assert_null (acquire (rtmp_server_port (plain), certificate, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_clear_error (&error);
  g_assert_null (acquire (rtmp_server_port (tls), NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  third = acquire (rtmp_server_port (tls), same, NULL);
  g_assert_true (third == tls);
  rtmp_server_release (third);
  rtmp_server_release (tls);
  rtmp_server_release (plain);
  assert_nothing_left (fds);
}

static void
test_cannot_listen (void)
{
  guint fds = rtmp_test_count_fds ();
  RtmpTestFullPort *full = rtmp_test_full_port_new ();
  g_autoptr (GError) error = NULL;
  RtmpServerOptions options;

  g_assert_null (acquire (rtmp_test_full_port_port (full), NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_clear_error (&error);
  rtmp_test_full_port_free (full);
  rtmp_server_options_init (&options);
  options.host = "192.0.2.1";
  g_assert_null (rtmp_server_acquire (&options, &error));
  g_assert_nonnull (error);
  assert_nothing_left (fds);
}

/* Any address, of either kind. */
static void
test_any_address (void)
{
  static const gchar *const hosts[] = { "", "0.0.0.0", "127.0.0.1",
    "localhost"
  };
  guint fds = rtmp_test_count_fds (), i;
  RtmpServerOptions options;
  RtmpServer *server;
  GIOStream *stream;

  for (i = 0; i < G_N_ELEMENTS (hosts); i++) {
    g_autoptr (GSocketClient) client = g_socket_client_new ();
    g_autoptr (GError) error = NULL;

    rtmp_server_options_init (&options);
    options.host = hosts[i];
    server = rtmp_server_acquire (&options, &error);
    g_assert_no_error (error);
    stream = G_IO_STREAM (g_socket_client_connect_to_host (client, i == 3
            ? "localhost" : "127.0.0.1", rtmp_server_port (server), NULL,
            &error));
    g_assert_no_error (error);
    wait_callers (server, 1);
    g_object_unref (stream);
    rtmp_server_release (server);
  }
  assert_nothing_left (fds);
}

/* Each end frees the port for the next beginning, whoever still calls. */
static void
test_again_and_again (void)
{
  guint fds = rtmp_test_count_fds (), i, k;
  GIOStream *streams[8];
  guint16 port = 0;

  for (i = 0; i < 100; i++) {
    g_autoptr (GError) error = NULL;
    RtmpServer *server = acquire (port, NULL, &error);

    g_assert_no_error (error);
    port = rtmp_server_port (server);
    for (k = 0; k < G_N_ELEMENTS (streams); k++)
      streams[k] = raw_socket (port);
    /* With arrivals under way. */
    if (i % 3 == 0)
      wait_callers (server, k);
    rtmp_server_release (server);
    for (k = 0; k < G_N_ELEMENTS (streams); k++) {
      raw_wait_end (streams[k]);
      g_object_unref (streams[k]);
    }
  }
  assert_nothing_left (fds);
}

static gpointer
acquire_and_release (gpointer data)
{
  guint16 port = (guint16) GPOINTER_TO_UINT (data);
  guint i;

  for (i = 0; i < 200; i++) {
    g_autoptr (GError) error = NULL;
    RtmpServer *server = acquire (port, NULL, &error);
    Host host;

    g_assert_no_error (error);
    host_init (&host, server, &players);
    host_clear (&host);
    rtmp_server_release (server);
  }
  return NULL;
}

static void
test_threads (void)
{
  guint fds = rtmp_test_count_fds (), i;
  RtmpServer *server = serve (NULL);
  gpointer port = GUINT_TO_POINTER ((guint) rtmp_server_port (server));
  GThread *threads[4];

  rtmp_server_release (server);
  for (i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("user", acquire_and_release, port);
  for (i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  assert_nothing_left (fds);
}

/* Too many */

static void
flood (RtmpServerOptions * options)
{
  guint fds = rtmp_test_count_fds (), i;
  RtmpServer *server;
  GIOStream *in[3], *out;
  Host host;

  options->max_callers = G_N_ELEMENTS (in);
  server = serve (options);
  host_init (&host, server, &players);
  for (i = 0; i < G_N_ELEMENTS (in); i++)
    in[i] = raw_socket (rtmp_server_port (server));
  wait_callers (server, G_N_ELEMENTS (in));
  for (i = 0; i < 100; i++) {
    out = raw_socket (rtmp_server_port (server));
    raw_wait_end (out);
    g_object_unref (out);
  }
  wait_callers (server, G_N_ELEMENTS (in));
  g_assert_cmpuint (diary_count (&host.diary,
          "rejected /: There are too many."), ==, 100);
  g_object_unref (in[0]);
  wait_callers (server, G_N_ELEMENTS (in) - 1);
  in[0] = raw_socket (rtmp_server_port (server));
  wait_callers (server, G_N_ELEMENTS (in));
  for (i = 0; i < G_N_ELEMENTS (in); i++)
    g_object_unref (in[i]);
  host_clear (&host);
  rtmp_server_release (server);
  assert_nothing_left (fds);
}

static void
test_too_many (void)
{
  RtmpServerOptions options;

  rtmp_server_options_init (&options);
  flood (&options);
}

static void
test_too_many_tls (void)
{
  g_autoptr (GTlsCertificate) certificate = load_certificate ();
  RtmpServerOptions options;

  rtmp_server_options_init (&options);
  options.tls_certificate = certificate;
  flood (&options);
}

/* One is let in, and the others are told of once until it is quiet. */
static void
test_too_fast (void)
{
  guint fds = rtmp_test_count_fds (), i;
  GIOStream *streams[20];
  RtmpServerOptions options;
  RtmpServer *server;
  Host host;

  rtmp_server_options_init (&options);
  options.max_connection_rate = 1;
  options.handshake_timeout = 0;
  server = serve (&options);
  host_init (&host, server, &players);
  for (i = 0; i < G_N_ELEMENTS (streams); i++)
    streams[i] = raw_socket (rtmp_server_port (server));
  diary_wait (&host.diary, "rejected /: There are too many from this address",
      1);
  for (i = 1; i < G_N_ELEMENTS (streams); i++)
    raw_wait_end (streams[i]);
  wait_callers (server, 1);
  for (i = 0; i < G_N_ELEMENTS (streams); i++)
    g_object_unref (streams[i]);
  host_clear (&host);
  rtmp_server_release (server);
  assert_nothing_left (fds);
}

/* Ten thousand that say nothing, and a player that notices nothing. */
static void
test_storm (void)
{
  guint fds = rtmp_test_count_fds (), i;
  RtmpServerOptions options;
  RtmpServer *server;
  Host host;
  Far far;

  rtmp_server_options_init (&options);
  options.max_connection_rate = 0;
  server = serve (&options);
  host_init (&host, server, &players);
  far_play (&far, server, NULL);
  diary_wait (&host.diary, "added", 1);
  for (i = 0; i < 10000; i++) {
    g_object_unref (raw_socket (rtmp_server_port (server)));
    if (i % 100 == 0)
      host_send (&host, 'V', i, "key", 100, RTMP_FRAME_KEY);
  }
  diary_wait (&far.media, "V", 100);
  wait_callers (server, 1);
  far_clear (&far);
  host_clear (&host);
  rtmp_server_release (server);
  assert_nothing_left (fds);
}

/* With no file left in the process, who calls has to wait. */
static void
test_no_files (void)
{
  guint fds = rtmp_test_count_fds ();
  RtmpServer *server = serve (NULL);
  struct rlimit before, none;
  GIOStream *stream;
  Host host;
  Raw raw;

  host_init (&host, server, &players);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  none = before;
  /* The caller's own file is the last that there is. */
  stream = raw_socket (rtmp_server_port (server));
  wait_callers (server, 1);
  none.rlim_cur = (rlim_t) g_socket_get_fd (g_socket_connection_get_socket
      (G_SOCKET_CONNECTION (stream)));
  g_object_unref (stream);
  wait_callers (server, 0);
  none.rlim_cur += 1;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
  stream = raw_socket (rtmp_server_port (server));
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  raw_call (&raw, rtmp_server_port (server), 0);
  wait_callers (server, 2);
  raw_close (&raw);
  g_object_unref (stream);
  host_clear (&host);
  rtmp_server_release (server);
  assert_nothing_left (fds);
}

/* Which mount */

/* All of the application are told of a stream that there is not, and all that
 * there are of an application. */
static void
check_rejections (Host * hosts)
{
  static const gchar *const expected[5] = {
    "rejected live/c: There is no such stream.\n"
        "rejected live/b: There is no such stream.\n"
        "rejected no/: There is no such application.\n",
    "rejected live/c: There is no such stream.\n"
        "rejected live/b: There is no such stream.\n"
        "rejected no/: There is no such application.\n",
    "rejected other/b: There is no such stream.\n"
        "rejected no/: There is no such application.\n",
    "rejected live/c: There is no such stream.\n"
        "rejected live/b: There is no such stream.\n"
        "rejected no/: There is no such application.\n",
    "rejected no/: There is no such application.\n",
  };
  guint i, k;

  for (i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_autoptr (GString) told = g_string_new (NULL);

    diary_wait (&hosts[i].diary, "rejected no/", 1);
    g_mutex_lock (&hosts[i].diary.lock);
    for (k = 0; k < hosts[i].diary.lines->len; k++) {
      const gchar *line = g_ptr_array_index (hosts[i].diary.lines, k);

      if (g_str_has_prefix (line, "rejected"))
        g_string_append_printf (told, "%s\n", line);
    }
    g_mutex_unlock (&hosts[i].diary.lock);
    g_assert_cmpstr (told->str, ==, expected[i]);
  }
}

static void
test_mounts (void)
{
  static const RtmpMountConfig configs[] = {
    {.publish = TRUE,.app = "live",.stream = "a"},
    {.publish = TRUE,.app = "live",.stream = "b"},
    {.publish = TRUE,.app = "other",.stream = "a"},
    {.app = "live",.stream = "a"},
    {.publish = TRUE,.app = "any",.stream = ""},
  };
  static const struct
  {
    const gchar *app;
    const gchar *stream;
    gboolean publish;
    gint mount;
  } calls[] = {
    {"live", "a", TRUE, 0}, {"live", "b", TRUE, 1}, {"other", "a", TRUE, 2},
    {"live", "a", FALSE, 3}, {"any", "x", TRUE, 4}, {"live", "c", TRUE, -1},
    {"live", "b", FALSE, -1}, {"other", "b", TRUE, -1}, {"no", "a", TRUE, -1},
  };
  guint fds = rtmp_test_count_fds (), i;
  RtmpServer *server = serve (NULL);
  Host hosts[G_N_ELEMENTS (configs)];
  Far far;

  for (i = 0; i < G_N_ELEMENTS (configs); i++)
    host_init (&hosts[i], server, &configs[i]);
  for (i = 0; i < G_N_ELEMENTS (calls); i++) {
    const FarPlan plan = {.app = calls[i].app,.stream = calls[i].stream };

    far_call (&far, server, calls[i].publish, &plan);
    if (calls[i].mount >= 0)
      diary_wait (&hosts[calls[i].mount].diary, "added", 1);
    else if (g_str_equal (calls[i].app, "no"))
      far_wait (&far, "closed: the server refused the connection: "
          "NetConnection.Connect.InvalidApp");
    else
      far_wait (&far, calls[i].publish ? "NetStream.Publish.Denied"
          : "NetStream.Play.StreamNotFound");
    far_clear (&far);
  }
  check_rejections (hosts);
  for (i = 0; i < G_N_ELEMENTS (configs); i++) {
    host_end (&hosts[i]);
    g_assert_cmpuint (diary_count (&hosts[i].diary, "added"), ==, 1);
    host_clear (&hosts[i]);
  }
  rtmp_server_release (server);
  assert_nothing_left (fds);
}

static void
test_tls (void)
{
  guint fds = rtmp_test_count_fds ();
  g_autoptr (GTlsCertificate) certificate = load_certificate ();
  const FarPlan plan = {.tls = TRUE };
  RtmpServerOptions options;
  RtmpServer *server;
  Host host;
  Far far;

  rtmp_server_options_init (&options);
  options.tls_certificate = certificate;
  server = serve (&options);
  host_init (&host, server, &players);
  far_play (&far, server, &plan);
  diary_wait (&host.diary, "added", 1);
  host_send (&host, 'V', 0, "key", 1 << 20, RTMP_FRAME_KEY);
  rtmp_mount_end (host.mount);
  far_wait (&far, "closed: done");
  diary_wait (&host.diary, "removed live/cam: done", 1);
  g_assert_cmpuint (diary_count (&far.media, "V 0 key"), ==, 1);
  far_clear (&far);
  host_clear (&host);
  rtmp_server_release (server);
  assert_nothing_left (fds);
}

int
main (int argc, char **argv)
{
  server_tests_init (&argc, &argv);
  g_test_add_func ("/rtmpserver/share", test_share);
  g_test_add_func ("/rtmpserver/share-tls", test_share_tls);
  g_test_add_func ("/rtmpserver/cannot-listen", test_cannot_listen);
  g_test_add_func ("/rtmpserver/any-address", test_any_address);
  g_test_add_func ("/rtmpserver/again-and-again", test_again_and_again);
  g_test_add_func ("/rtmpserver/threads", test_threads);
  g_test_add_func ("/rtmpserver/too-many", test_too_many);
  g_test_add_func ("/rtmpserver/too-many-tls", test_too_many_tls);
  g_test_add_func ("/rtmpserver/too-fast", test_too_fast);
  g_test_add_func ("/rtmpserver/storm", test_storm);
  g_test_add_func ("/rtmpserver/no-files", test_no_files);
  g_test_add_func ("/rtmpserver/E-153-mounts", test_mounts);
  g_test_add_func ("/rtmpserver/tls", test_tls);
  return g_test_run ();
}

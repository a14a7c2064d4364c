/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a port makes of how a client begins. */
#include "rtmptesthttp.h"

#include "rtmpcrypto.h"
#include "rtmplog.h"

#define SHORT (100 * 1000)
/* Its handshake is to be done by then. */
#define SHORT_FOR_TLS G_USEC_PER_SEC

static const RtmpMountConfig players = {.app = "",.stream = "" };

/* Why callers went, as the log has it. */
static Diary log_lines;

static void
on_log (RtmpLogLevel level, const gchar * file, gint line,
    const gchar * function, const gchar * message)
{
  const gchar *gone = strstr (message, ": gone: ");

  if (gone)
    diary_add (&log_lines, "%s", gone + strlen (": gone: "));
}

/* @timeout 0: the usual one. */
static RtmpServer *
serve_schemes (guint schemes, gint64 timeout)
{
  g_autoptr (GTlsCertificate) certificate = load_certificate ();
  RtmpServerOptions options;

  rtmp_server_options_init (&options);
  options.schemes = schemes;
  options.tls_certificate = certificate;
  if (timeout > 0)
    options.handshake_timeout = timeout;
  return serve (&options);
}

/* Both play what is sent, over one port. */
static void
test_one_port (void)
{
  guint fds = rtmp_test_count_fds (), i;
  RtmpServer *server = serve_schemes (0, 0);
  const FarPlan plans[] = { {.tls = FALSE}, {.tls = TRUE} };
  Far far[G_N_ELEMENTS (plans)];
  Host host;

  host_init (&host, server, &players);
  for (i = 0; i < G_N_ELEMENTS (plans); i++)
    far_play (&far[i], server, &plans[i]);
  diary_wait (&host.diary, "added", G_N_ELEMENTS (plans));
  host_send (&host, 'V', 0, "key", 1 << 20, RTMP_FRAME_KEY);
  for (i = 0; i < G_N_ELEMENTS (plans); i++) {
    diary_wait (&far[i].media, "V 0 key", 1);
    far_clear (&far[i]);
  }
  host_clear (&host);
  rtmp_server_release (server);
  assert_nothing_left (fds);
}

/* In TLS, the byte that tells is the only one of its record, or the first. */
static void
test_in_tls (void)
{
  guint fds = rtmp_test_count_fds (), i;
  RtmpServer *server = serve_schemes (RTMP_SCHEME_BIT (RTMPS), 0);
  g_autofree guint8 *hello = g_malloc0 (1537);
  g_autofree guint8 *answer = g_malloc (3073);
  gsize n;

  hello[0] = 3;
  for (i = 0; i < 2; i++) {
    GIOStream *stream = tls_socket (rtmp_server_port (server));
    gsize first = i == 0 ? 1 : 1537;

    g_assert_true (raw_write (stream, hello, first));
    g_assert_true (raw_write (stream, hello + first, 1537 - first));
    g_assert_true (g_input_stream_read_all (g_io_stream_get_input_stream
            (stream), answer, 3073, &n, NULL, NULL));
    g_assert_cmpuint (n, ==, 3073);
    g_assert_cmpuint (answer[0], ==, 3);
    g_object_unref (stream);
  }
  rtmp_server_release (server);
  assert_nothing_left (fds);
}

typedef struct
{
  guint schemes;
  gboolean tls;
  const gchar *bytes;
  const gchar *reason;
} Case;

#define BIT(name) RTMP_SCHEME_BIT (name)
#define HANDSHAKE "Expected RTMP version 3 in the handshake, but the client " \
    "began with "

static void
check_refused (const Case * c)
{
  RtmpServer *server = serve_schemes (c->schemes, 0);
  guint16 port = rtmp_server_port (server);
  GIOStream *stream = c->tls ? tls_socket (port) : raw_socket (port);

  diary_forget (&log_lines);
  raw_write (stream, c->bytes, strlen (c->bytes));
  diary_wait (&log_lines, c->reason, 1);
  raw_wait_end (stream);
  g_object_unref (stream);
  while (rtmp_server_n_callers (server) > 0)
    g_thread_yield ();
  rtmp_server_release (server);
}

static void
test_refused (void)
{
  static const Case cases[] = {
    {BIT (RTMPS), FALSE, "\3",
        "expected rtmps on this port, but the client began with rtmp (first "
          "byte 3)"},
    {BIT (RTMPS), FALSE, "GET / HTTP/1.1\r\n", "expected rtmps on this port"},
    {BIT (RTMPS), TRUE, "GET / HTTP/1.1\r\n", HANDSHAKE "HTTP: \"GET / HTTP"},
    {BIT (RTMPS), TRUE, "\26\3\1", HANDSHAKE "TLS (rtmps)"},
    {BIT (RTMP), FALSE, "\26\3\1", HANDSHAKE "TLS (rtmps)"},
    {BIT (RTMP), FALSE, "GET / HTTP/1.1\r\n", HANDSHAKE "HTTP: \"GET / HTTP"},
    {BIT (RTMP), FALSE, "SSH-2.0-x\r\n", HANDSHAKE "HTTP: \"SSH-2.0-x\""},
    {BIT (RTMP), FALSE, "\6",
        "expected rtmp on this port, but the client began with rtmpe (first "
          "byte 6)"},
    {BIT (RTMP) | BIT (RTMPS), FALSE, "\11", "expected rtmp, rtmps on this "
          "port, but the client began with rtmpe (first byte 9)"},
    {BIT (RTMPE), FALSE, "\3", "expected rtmpe on this port, but the client "
          "began with rtmp (first byte 3)"},
    {BIT (RTMPE), FALSE, "\26\3\1", "expected rtmpe on this port, but the "
          "client began with TLS"},
    {0, FALSE, "\26\3\1zzzzzzzzzzzzzzz", ""},
  };
  guint fds = rtmp_test_count_fds (), i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    check_refused (&cases[i]);
  assert_nothing_left (fds);
}

/* Before it has begun, and before it has begun in TLS; one that goes. */
static void
test_silent (void)
{
  guint fds = rtmp_test_count_fds ();
  RtmpServer *server = serve_schemes (0, SHORT);
  GIOStream *stream = raw_socket (rtmp_server_port (server));

  diary_forget (&log_lines);
  raw_wait_end (stream);
  diary_wait (&log_lines, "the peer went silent before its handshake", 1);
  g_object_unref (stream);
  rtmp_server_release (server);
  server = serve_schemes (0, SHORT_FOR_TLS);
  stream = tls_socket (rtmp_server_port (server));
  raw_wait_end (stream);
  diary_wait (&log_lines, "the peer went silent before its handshake in TLS",
      1);
  g_object_unref (stream);
  rtmp_server_release (server);
  server = serve_schemes (0, 0);
  g_object_unref (raw_socket (rtmp_server_port (server)));
  diary_wait (&log_lines, "the peer closed the connection", 1);
  rtmp_server_release (server);
  assert_nothing_left (fds);
}

/* The server ends first, whatever has come by then. */
static void
test_released (void)
{
  static const gchar *const begun[] = { "", "\26\3\1\2", "\3" };
  guint fds = rtmp_test_count_fds (), i, k;
  GIOStream *streams[G_N_ELEMENTS (begun)];

  for (i = 0; i < 20; i++) {
    RtmpServer *server = serve_schemes (0, 0);

    for (k = 0; k < G_N_ELEMENTS (begun); k++) {
      streams[k] = raw_socket (rtmp_server_port (server));
      raw_write (streams[k], begun[k], strlen (begun[k]));
    }
    if (i % 2)
      while (rtmp_server_n_callers (server) < k)
        g_thread_yield ();
    rtmp_server_release (server);
    for (k = 0; k < G_N_ELEMENTS (begun); k++) {
      raw_wait_end (streams[k]);
      g_object_unref (streams[k]);
    }
  }
  assert_nothing_left (fds);
}

/* RTMPE is told apart here, and no more. */
static gboolean
load_nothing (GError ** error)
{
  return TRUE;
}

int
main (int argc, char **argv)
{
  static const RtmpCrypto crypto = {.load = load_nothing };

  rtmp_crypto_set_provider (&crypto);
  diary_init (&log_lines);
  rtmp_log_set_hook (on_log, RTMP_LOG_INFO);
  server_tests_init (&argc, &argv);
  g_test_add_func ("/rtmparrival/one-port", test_one_port);
  g_test_add_func ("/rtmparrival/in-tls", test_in_tls);
  g_test_add_func ("/rtmparrival/refused", test_refused);
  g_test_add_func ("/rtmparrival/silent", test_silent);
  g_test_add_func ("/rtmparrival/released", test_released);
  return g_test_run ();
}

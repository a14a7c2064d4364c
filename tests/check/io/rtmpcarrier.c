/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RTMPT at a port: requests in, replies out, whoever they are for. */
#include "rtmptesthttp.h"

#include "rtmpcaller.h"
#include "rtmpcrypto.h"
#include "rtmplog.h"

#define SHORT (100 * 1000)

static const RtmpMountConfig players = {.app = "",.stream = "" };

static const RtmpMountConfig camera = {.publish = TRUE,.app = "live",
  .stream = "cam"
};

typedef struct
{
  guint fds;
  RtmpServer *server;
  Host in;
  Host out;
} Fixture;

/* @schemes, @timeout 0: as usual. */
static void
fixture_init (Fixture * f, guint schemes, gint64 timeout)
{
  g_autoptr (GTlsCertificate) certificate = load_certificate ();
  RtmpServerOptions options;

  f->fds = rtmp_test_count_fds ();
  rtmp_server_options_init (&options);
  options.schemes = schemes;
  options.tls_certificate = certificate;
  if (timeout > 0)
    options.handshake_timeout = options.session.idle_timeout = timeout;
  f->server = serve (&options);
  host_init (&f->in, f->server, &camera);
  host_init (&f->out, f->server, &players);
}

static void
fixture_clear (Fixture * f)
{
  host_clear (&f->in);
  host_clear (&f->out);
  rtmp_server_release (f->server);
  assert_nothing_left (f->fds);
}

static GIOStream *
dial (Fixture * f)
{
  return raw_socket (rtmp_server_port (f->server));
}

static void
wait_callers (Fixture * f, guint n)
{
  while (rtmp_server_n_callers (f->server) != n)
    g_thread_yield ();
}

/* A publisher, then a player, both in HTTP; the last reply ends the session. */
static void
check_both_ways (gboolean tls)
{
  guint16 port;
  Tunnel tunnel;
  Fixture f;

  fixture_init (&f, 0, 0);
  port = rtmp_server_port (f.server);
  tunnel_call (&tunnel, tls ? tls_socket (port) : raw_socket (port));
  tunnel_ask (&tunnel, "publish", "cam");
  tunnel_send (&tunnel, RTMP_MESSAGE_VIDEO, 1, 40, named_payload ("key",
          100000));
  tunnel_exchange (&tunnel);
  diary_wait (&f.in.media, "V 40 key", 1);
  tunnel_clear (&tunnel);
  tunnel_call (&tunnel, tls ? tls_socket (port) : raw_socket (port));
  tunnel_ask (&tunnel, "play", "any");
  host_send (&f.out, 'V', 0, "key", 1 << 20, RTMP_FRAME_KEY);
  tunnel_wait (&tunnel, "1 V 0 key", 1);
  rtmp_mount_end (f.out.mount);
  while (tunnel_exchange (&tunnel) != 0);
  g_assert_cmpuint (diary_count (&tunnel.raw.diary,
          "1 onStatus NetStream.Play.UnpublishNotify"), ==, 1);
  diary_wait (&f.out.diary, "removed live/any: done", 1);
  tunnel_clear (&tunnel);
  fixture_clear (&f);
}

static void
test_both_ways (void)
{
  check_both_ways (FALSE);
}

static void
test_both_ways_tls (void)
{
  check_both_ways (TRUE);
}

/* What is HTTP and no RTMPT has a reply that says so; only after the question
 * of Flash may more be asked. */
static void
test_status (void)
{
  static const struct
  {
    const gchar *method, *path;
    guint status;
    gboolean goes_on;
  } cases[] = {
    {"POST", "/fcs/ident2", 404, TRUE}, {"GET", "/", 404, FALSE},
    {"GET", "/open/1", 405, FALSE}, {"POST", "/send/", 400, FALSE},
    {"POST", "/send/x/y", 400, FALSE}, {"POST", "/idle/x/0", 404, FALSE},
    {"POST", "/close/x/0", 200, TRUE}, {"PUT", "/x", 404, FALSE},
  };
  Fixture f;
  guint i;
  Web web;

  fixture_init (&f, 0, 0);
  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    web_open (&web, dial (&f));
    g_assert_cmpuint (web_call (&web, cases[i].method, cases[i].path, "", 1),
        ==, cases[i].status);
    if (cases[i].goes_on)
      g_free (web_open_session (&web));
    else
      raw_wait_end (web.stream);
    web_close (&web);
  }
  web_open (&web, dial (&f));
  raw_write (web.stream, "GET\r\n\r\n", 7);
  g_assert_cmpuint (web_reply (&web, NULL), ==, 400);
  raw_wait_end (web.stream);
  web_close (&web);
  fixture_clear (&f);
}

static Diary told;              /* of HTTP, in the log */

static void
on_log (RtmpLogLevel level, const gchar * file, gint line,
    const gchar * function, const gchar * message)
{
  const gchar *text = strstr (message, "HTTP status");

  if (text)
    diary_add (&told, "%s", text);
}

/* What somebody asks for is told up to where it could harm who reads it. */
static void
test_log (void)
{
  g_autofree gchar *word = g_strnfill (1000, 'W');
  Fixture f;
  Web web;

  diary_init (&told);
  rtmp_log_set_hook (on_log, RTMP_LOG_INFO);
  fixture_init (&f, 0, 0);
  web_open (&web, dial (&f));
  g_assert_cmpuint (web_call (&web, "GET", "/a\tb", "", 0), ==, 404);
  web_close (&web);
  diary_wait (&told, "HTTP status 404 for \"GET /a\"", 1);
  web_open (&web, dial (&f));
  g_assert_cmpuint (web_call (&web, word, word, "", 0), ==, 404);
  web_close (&web);
  diary_wait (&told, "HTTP", 2);
  g_assert_cmpuint (strlen (g_ptr_array_index (told.lines, 1)), <, 250);
  fixture_clear (&f);
  rtmp_log_set_hook (NULL, RTMP_LOG_WARNING);
  diary_clear (&told);
}

/* A body of 16 MB is for who publishes. */
static void
test_body_size (void)
{
  g_autofree guint8 *body = g_malloc0 (200000);
  g_autofree gchar *path = NULL;
  Tunnel tunnel;
  Fixture f;
  Web web;

  fixture_init (&f, 0, 0);
  web_open (&web, dial (&f));
  g_assert_cmpuint (web_call (&web, "POST", "/open/1", body, 200000), ==, 413);
  web_close (&web);
  tunnel_call (&tunnel, dial (&f));
  path = tunnel_path (&tunnel, "send", tunnel.sequence);
  g_assert_cmpuint (web_call (&tunnel.web, "POST", path, body, 200000), ==,
      413);
  tunnel_clear (&tunnel);
  tunnel_call (&tunnel, dial (&f));
  tunnel_ask (&tunnel, "publish", "cam");
  tunnel_send (&tunnel, RTMP_MESSAGE_VIDEO, 1, 0, named_payload ("key",
          2 << 20));
  tunnel_exchange (&tunnel);
  diary_wait (&f.in.media, "V 0 key", 1);
  tunnel_clear (&tunnel);
  fixture_clear (&f);
}

/* Many at once, a byte at a time: as many replies, in order. */
static void
test_pipelined (void)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();
  Tunnel tunnel;
  Fixture f;
  guint i;

  fixture_init (&f, 0, 0);
  tunnel_call (&tunnel, dial (&f));
  for (i = 0; i < 100; i++) {
    g_autofree gchar *path = tunnel_path (&tunnel, "idle", tunnel.sequence++);
    g_autoptr (GByteArray) one = web_request ("POST", path, "", 1);

    g_byte_array_append (all, one->data, one->len);
  }
  for (i = 0; i < 1000; i++)
    raw_write (tunnel.web.stream, all->data + i, 1);
  raw_write (tunnel.web.stream, all->data + i, all->len - i);
  for (i = 0; i < 100; i++)
    tunnel_hear (&tunnel);
  tunnel_clear (&tunnel);
  fixture_clear (&f);
}

/* One session, one request a connection; and no session by another address. */
static void
test_connections (void)
{
  guint16 port;
  Tunnel tunnel;
  Fixture f;
  guint i;
  Web web;

  fixture_init (&f, 0, 0);
  port = rtmp_server_port (f.server);
  tunnel_call (&tunnel, raw_socket (port));
  tunnel_ask (&tunnel, "publish", "cam");
  for (i = 0; i < 10; i++) {
    tunnel_send (&tunnel, RTMP_MESSAGE_VIDEO, 1, i, named_payload ("x", 0));
    tunnel_move (&tunnel, i % 2 ? tls_socket (port) : raw_socket (port));
    tunnel_exchange (&tunnel);
    diary_wait (&f.in.media, "V", i + 1);
  }
  for (i = 2; i < 12; i++) {
    g_autofree gchar *host = g_strdup_printf ("127.0.0.%u", i);
    g_autofree gchar *path = tunnel_path (&tunnel, "send", tunnel.sequence);

    web_open (&web, socket_from (port, host));
    g_assert_cmpuint (web_call (&web, "POST", path, "", 1), ==, 404);
    web_close (&web);
  }
  tunnel_exchange (&tunnel);
  tunnel_clear (&tunnel);
  fixture_clear (&f);
}

/* A request whose reply got lost comes again, and counts once; one that is
 * missing is missed. */
static void
test_sequence (void)
{
  g_autofree gchar *again = NULL, *later = NULL;
  Tunnel tunnel;
  Fixture f;

  fixture_init (&f, 0, 0);
  tunnel_call (&tunnel, dial (&f));
  tunnel_ask (&tunnel, "play", "any");
  host_send (&f.out, 'V', 0, "key", 100, RTMP_FRAME_KEY);
  tunnel_wait (&tunnel, "1 V 0 key", 1);
  again = tunnel_path (&tunnel, "idle", tunnel.sequence - 1);
  later = tunnel_path (&tunnel, "idle", tunnel.sequence + 1);
  tunnel_move (&tunnel, dial (&f));
  web_ask (&tunnel.web, "POST", again, "", 1);
  g_assert_cmpuint (web_reply (&tunnel.web, NULL), ==, 200);
  tunnel_exchange (&tunnel);
  g_assert_cmpuint (diary_count (&tunnel.raw.diary, "1 V"), ==, 1);
  tunnel_move (&tunnel, dial (&f));
  web_ask (&tunnel.web, "POST", later, "", 1);
  g_assert_cmpuint (web_reply (&tunnel.web, NULL), ==, 200);
  g_assert_cmpuint (web_call (&tunnel.web, "POST", again, "", 1), ==, 400);
  tunnel_clear (&tunnel);
  fixture_clear (&f);
}

/* RTMPE in HTTP is a scheme of its own. */
static void
test_encrypted (void)
{
  static const struct
  {
    guint schemes;
    guint8 first;
  } cases[] = {
    {RTMP_SCHEME_BIT (RTMPT), 6}, {RTMP_SCHEME_BIT (RTMPTE), 3},
  };
  Fixture f;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *path = NULL;
    Tunnel tunnel;

    fixture_init (&f, cases[i].schemes, 0);
    tunnel_open (&tunnel, dial (&f));
    path = tunnel_path (&tunnel, "send", 0);
    g_assert_cmpuint (web_call (&tunnel.web, "POST", path, &cases[i].first, 1),
        ==, 404);
    tunnel_clear (&tunnel);
    wait_callers (&f, 0);
    fixture_clear (&f);
  }
}

static void
visit (RtmpCaller * caller, gpointer user_data)
{
}

/* Who is not read has its next request wait, and is heard then. */
static void
test_back_pressure (void)
{
  g_autofree gchar *path = NULL;
  Tunnel tunnel;
  Fixture f;
  Web web;

  fixture_init (&f, 0, 0);
  tunnel_call (&tunnel, dial (&f));
  tunnel_ask (&tunnel, "publish", "cam");
  rtmp_mount_set_reading (f.in.mount, FALSE);
  /* Behind that, in every loop. */
  rtmp_server_foreach (f.server, visit, NULL);
  tunnel_send (&tunnel, RTMP_MESSAGE_VIDEO, 1, 0, named_payload ("x", 0));
  tunnel_exchange (&tunnel);
  path = tunnel_path (&tunnel, "send", tunnel.sequence++);
  web_ask (&tunnel.web, "POST", path, "", 0);
  web_open (&web, dial (&f));
  web_call (&web, "POST", "/fcs/ident2", "", 1);
  web_close (&web);
  g_assert_cmpuint (diary_count (&f.in.media, "V"), ==, 0);
  rtmp_mount_set_reading (f.in.mount, TRUE);
  tunnel_hear (&tunnel);
  diary_wait (&f.in.media, "V", 1);
  tunnel_exchange (&tunnel);
  tunnel_clear (&tunnel);
  fixture_clear (&f);
}

/* Nothing comes any more: of the connection, of the session. */
static void
test_silent (void)
{
  Fixture f;
  Web web;

  fixture_init (&f, 0, SHORT);
  web_open (&web, dial (&f));
  raw_write (web.stream, "POST /op", 8);
  raw_wait_end (web.stream);
  web_close (&web);
  web_open (&web, dial (&f));
  g_free (web_open_session (&web));
  raw_wait_end (web.stream);
  web_close (&web);
  wait_callers (&f, 0);
  fixture_clear (&f);
}

/* From many addresses, which come to their loops; the server ends first. */
static void
test_released (void)
{
  GIOStream *streams[16];
  guint i, k;
  Fixture f;

  for (i = 0; i < 20; i++) {
    fixture_init (&f, 0, 0);
    for (k = 0; k < G_N_ELEMENTS (streams); k++) {
      g_autofree gchar *host = g_strdup_printf ("127.0.0.%u", k + 1);

      streams[k] = socket_from (rtmp_server_port (f.server), host);
      raw_write (streams[k], "POST /open/1 HTTP/1.1\r\nHost: x\r\n"
          "Content-Length: 1\r\n\r\nx", k % 2 ? 54 : 20);
    }
    if (i % 2)
      wait_callers (&f, 24);
    host_clear (&f.in);
    host_clear (&f.out);
    rtmp_server_release (f.server);
    for (k = 0; k < G_N_ELEMENTS (streams); k++) {
      raw_wait_end (streams[k]);
      g_object_unref (streams[k]);
    }
    assert_nothing_left (f.fds);
  }
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
  server_tests_init (&argc, &argv);
  g_test_add_func ("/rtmpcarrier/both-ways", test_both_ways);
  g_test_add_func ("/rtmpcarrier/both-ways-tls", test_both_ways_tls);
  g_test_add_func ("/rtmpcarrier/status", test_status);
  g_test_add_func ("/rtmpcarrier/log", test_log);
  g_test_add_func ("/rtmpcarrier/body-size", test_body_size);
  g_test_add_func ("/rtmpcarrier/pipelined", test_pipelined);
  g_test_add_func ("/rtmpcarrier/connections", test_connections);
  g_test_add_func ("/rtmpcarrier/sequence", test_sequence);
  g_test_add_func ("/rtmpcarrier/encrypted", test_encrypted);
  g_test_add_func ("/rtmpcarrier/back-pressure", test_back_pressure);
  g_test_add_func ("/rtmpcarrier/silent", test_silent);
  g_test_add_func ("/rtmpcarrier/released", test_released);
  return g_test_run ();
}

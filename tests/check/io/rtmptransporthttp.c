/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A client through a tunnel, to a server that knows nothing of it. */
#include "rtmptransporthttp.h"

#include "rtmpclientfixture.h"
#include "rtmperror.h"
#include "rtmptestgateway.h"

#define N 60
#define SIZE 20000

typedef struct
{
  Fixture fixture;
  RtmpTestGateway *gateway;
} Tunnel;

static void
tunnel_init (Tunnel * self, const RtmpTestPlan * server,
    const RtmpTestGatewayPlan * plan)
{
  RtmpTestGatewayPlan complete = *plan;

  fixture_init (&self->fixture, server);
  complete.server = rtmp_test_server_port (self->fixture.server);
  self->gateway = rtmp_test_gateway_new (&complete);
}

static void
tunnel_connect (Tunnel * self, gboolean publish, gboolean tls)
{
  const RtmpClientTarget target = {.host = "127.0.0.1",
    .port = rtmp_test_gateway_port (self->gateway),.scheme =
        tls ? RTMP_SCHEME_RTMPTS : RTMP_SCHEME_RTMPT
  };

  fixture_connect (&self->fixture, publish, RTMP_TEST_PATIENCE, &target);
}

static void
tunnel_clear (Tunnel * self)
{
  g_clear_pointer (&self->fixture.client, rtmp_client_free);
  rtmp_test_gateway_free (self->gateway);
  fixture_clear (&self->fixture);
}

/* Everything arrives, in any circumstances */

static void
publish_all (Tunnel * self)
{
  Fixture *f = &self->fixture;

  publish (f, 0, N, SIZE);
  rtmp_client_finish (f->client);
  wait_closed (f);
  g_assert_no_error (f->error);
  assert_server_has (f, N, SIZE);
}

static void
send_all (RtmpScriptedPeer * peer, const RtmpMessage * message,
    gpointer user_data)
{
  guint n;

  for (n = 0; n < N; n++)
    rtmp_scripted_peer_send_media (peer, type_of (n),
        RTMP_SCRIPTED_PEER_STREAM, n * 10, make_payload (n, SIZE));
  rtmp_scripted_peer_send_status (peer, RTMP_SCRIPTED_PEER_STREAM, "status",
      "NetStream.Play.Stop", "");
}

static void
play_all (Tunnel * self)
{
  Fixture *f = &self->fixture;
  guint i;

  wait_closed (f);
  g_assert_no_error (f->error);
  g_assert_cmpuint (f->media->len, ==, N);
  for (i = 0; i < N; i++) {
    g_autofree gchar *expected = describe_nth (i, SIZE);

    g_assert_cmpstr (g_ptr_array_index (f->media, i), ==, expected);
  }
}

typedef struct
{
  const gchar *name;
  RtmpTestGatewayPlan plan;
  gboolean reconnects;
  gboolean repeats;
} How;

static const How hows[] = {
  {"keep-alive", {0}, FALSE, FALSE},
  {"chunked", {.chunked = TRUE}, FALSE, FALSE},
  {"without-keep-alive", {.close_each = 1}, TRUE, FALSE},
  {"closed-now-and-then", {.close_each = 2}, TRUE, FALSE},
  {"replies-lost", {.drop_each = 3}, TRUE, TRUE},
  {"tls", {.tls = TRUE}, FALSE, FALSE},
  {"tls-closed-now-and-then", {.tls = TRUE,.close_each = 2}, TRUE, FALSE},
};

static void
run_how (const How * how, gboolean publish)
{
  const RtmpTestPlan server = {.started = publish ? NULL : send_all };
  RtmpTestGatewayCounts counts;
  Tunnel t;

  tunnel_init (&t, &server, &how->plan);
  tunnel_connect (&t, publish, how->plan.tls);
  if (publish)
    publish_all (&t);
  else
    play_all (&t);
  rtmp_test_gateway_wait_closed (t.gateway, 1);
  rtmp_test_gateway_counts (t.gateway, &counts);
  g_assert_cmpuint (counts.opened, ==, 1);
  g_assert_cmpuint (counts.closed, ==, 1);
  g_assert_cmpint (counts.connections > 1, ==, how->reconnects);
  g_assert_cmpint (counts.repeated > 0, ==, how->repeats);
  tunnel_clear (&t);
}

static void
test_publish (gconstpointer how)
{
  run_how (how, TRUE);
}

static void
test_play (gconstpointer how)
{
  run_how (how, FALSE);
}

/* Who stops to read misses nothing. */
static void
test_back_pressure (void)
{
  const RtmpTestPlan server = {.started = send_all };
  const RtmpTestGatewayPlan plan = { 0 };
  Tunnel t;

  tunnel_init (&t, &server, &plan);
  tunnel_connect (&t, FALSE, FALSE);
  wait_for (&t.fixture, "media", has_media, 3);
  rtmp_client_set_reading (t.fixture.client, FALSE);
  rtmp_client_set_reading (t.fixture.client, TRUE);
  play_all (&t);
  tunnel_clear (&t);
}

/* A proxy gets our requests as they are, and who we are; the name is its
 * business. */
static void
test_proxy (void)
{
  const RtmpTestPlan server = { 0 };
  const RtmpTestGatewayPlan plan = {.authorization = "Basic dXNlcjpwdw==" };
  g_autofree gchar *proxy = NULL;
  RtmpClientTarget target = {.host = "rtmp.test",.port = 1234,
    .scheme = RTMP_SCHEME_RTMPT
  };
  Tunnel t;

  tunnel_init (&t, &server, &plan);
  proxy = g_strdup_printf ("http://user:pw@127.0.0.1:%u",
      rtmp_test_gateway_port (t.gateway));
  target.proxy = proxy;
  fixture_connect (&t.fixture, TRUE, RTMP_TEST_PATIENCE, &target);
  publish_all (&t);
  tunnel_clear (&t);
}

/* Ends that are not good */

typedef struct
{
  const gchar *name;
  RtmpTestGatewayPlan plan;
  gint code;
  const gchar *message;         /* part of it */
} Failure;

static const Failure failures[] = {
  {"not-found", {.status_from = 1,.status = 404}, RTMP_ERROR_BAD_HTTP,
      "expected 200 for /open, got 404 Not Found"},
  {"not-allowed", {.status_from = 1,.status = 405}, RTMP_ERROR_BAD_HTTP,
      "got 405 Method Not Allowed"},
  {"unavailable", {.status_from = 1,.status = 503}, RTMP_ERROR_REFUSED,
      "HTTP 503 Service Unavailable"},
  {"session-lost", {.status_from = 20,.status = 404}, RTMP_ERROR_PEER_CLOSED,
      "ended the tunnel's session: HTTP 404 Not Found"},
  {"fails-later", {.status_from = 20,.status = 503}, RTMP_ERROR_REFUSED,
      "HTTP 503 Service Unavailable"},
  {"not-http", {.status_from = 1,.say = "\3\1\2"}, RTMP_ERROR_BAD_HTTP,
      "expected an HTTP response, got byte 0x03 at position 0"},
  {"not-http-later", {.status_from = 9,.say = "\3\1\2"}, RTMP_ERROR_BAD_HTTP,
      "expected an HTTP response, got byte 0x03 at position 0"},
  {"no-answer", {.status_from = 1,.say = "",.close_each = 1},
      RTMP_ERROR_CLOSED_IN_HANDSHAKE, "without answering HTTP"},
  {"lost-for-good", {.status_from = 20,.say = "",.close_each = 1},
      RTMP_ERROR_PEER_CLOSED, "closed the connection"},
};

static void
test_failure (gconstpointer data)
{
  const Failure *failure = data;
  const RtmpTestPlan server = { 0 };
  Fixture *f;
  Tunnel t;

  tunnel_init (&t, &server, &failure->plan);
  f = &t.fixture;
  tunnel_connect (&t, TRUE, FALSE);
  publish (f, 0, 1, 1000);
  wait_closed (f);
  g_assert_error (f->error, RTMP_ERROR, failure->code);
  if (strstr (f->error->message, failure->message) == NULL)
    g_error ("\"%s\" without \"%s\"", f->error->message, failure->message);
  tunnel_clear (&t);
}

/* All has been sent, and the server's session is gone before it was read: that
 * is no good end. */
static void
test_lost_in_finish (gconstpointer data)
{
  const RtmpTestPlan server = { 0 };
  const RtmpTestGatewayPlan *plan = data;
  Fixture *f;
  Tunnel t;

  tunnel_init (&t, &server, plan);
  f = &t.fixture;
  tunnel_connect (&t, TRUE, FALSE);
  wait_step (f, RTMP_CLIENT_STEP_RUNNING);
  publish (f, 0, plan->status_of_close > 0 ? 1 : 1000, SIZE);
  rtmp_client_finish (f->client);
  wait_closed (f);
  g_assert_error (f->error, RTMP_ERROR, RTMP_ERROR_PEER_CLOSED);
  tunnel_clear (&t);
}

/* Cancelling */

/* The server learns of it at once. */
static void
test_cancel_running (void)
{
  const RtmpTestPlan server = { 0 };
  const RtmpTestGatewayPlan plan = { 0 };
  Tunnel t;

  tunnel_init (&t, &server, &plan);
  tunnel_connect (&t, TRUE, FALSE);
  wait_step (&t.fixture, RTMP_CLIENT_STEP_RUNNING);
  publish (&t.fixture, 0, 1000, SIZE);
  rtmp_test_server_wait_media (t.fixture.server, 1);
  g_clear_pointer (&t.fixture.client, rtmp_client_free);
  tunnel_clear (&t);
}

static void
test_cancel_idle (void)
{
  const RtmpTestPlan server = { 0 };
  const RtmpTestGatewayPlan plan = { 0 };
  Tunnel t;

  tunnel_init (&t, &server, &plan);
  tunnel_connect (&t, FALSE, FALSE);
  wait_step (&t.fixture, RTMP_CLIENT_STEP_RUNNING);
  g_clear_pointer (&t.fixture.client, rtmp_client_free);
  rtmp_test_gateway_wait_closed (t.gateway, 1);
  tunnel_clear (&t);
}

static void
test_cancel_in_silence (void)
{
  const RtmpTestPlan server = { 0 };
  RtmpTestGatewayPlan plan = { 0 };
  guint n;

  for (n = 1; n < 6; n++) {
    Tunnel t;

    plan.silent_from = n;
    tunnel_init (&t, &server, &plan);
    tunnel_connect (&t, TRUE, FALSE);
    rtmp_test_gateway_wait_requests (t.gateway, n);
    tunnel_clear (&t);
  }
}

int
main (int argc, char **argv)
{
  static const RtmpTestGatewayPlan lost = {.status_from = 40,.status = 404 };
  static const RtmpTestGatewayPlan unread = {.status_of_close = 404 };
  guint i;

  g_test_init (&argc, &argv, NULL);
  fixture_warm_up ();
  for (i = 0; i < G_N_ELEMENTS (hows); i++) {
    g_autofree gchar *publish =
        g_strconcat ("/transporthttp/publish/", hows[i].name, NULL);
    g_autofree gchar *play =
        g_strconcat ("/transporthttp/play/", hows[i].name, NULL);

    g_test_add_data_func (publish, &hows[i], test_publish);
    g_test_add_data_func (play, &hows[i], test_play);
  }
  g_test_add_func ("/transporthttp/back-pressure", test_back_pressure);
  g_test_add_func ("/transporthttp/proxy", test_proxy);
  for (i = 0; i < G_N_ELEMENTS (failures); i++) {
    g_autofree gchar *path =
        g_strconcat ("/transporthttp/failure/", failures[i].name, NULL);

    g_test_add_data_func (path, &failures[i], test_failure);
  }
  g_test_add_data_func ("/transporthttp/failure/before-the-end", &lost,
      test_lost_in_finish);
  g_test_add_data_func ("/transporthttp/failure/at-the-end", &unread,
      test_lost_in_finish);
  g_test_add_func ("/transporthttp/cancel/running", test_cancel_running);
  g_test_add_func ("/transporthttp/cancel/idle", test_cancel_idle);
  g_test_add_func ("/transporthttp/cancel/in-silence", test_cancel_in_silence);
  return g_test_run ();
}

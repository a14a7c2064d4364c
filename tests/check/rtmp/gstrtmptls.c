/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a user meets with rtmps and with proxies, in both elements: each failure
 * has a sentence of its own. */
#include <glib/gstdio.h>

#include "gstrtmptest.h"

#define OPENING (-1)            /* OPEN_WRITE or OPEN_READ */
#define CA "tls-ca-file=\"%F/ca.pem\" "

typedef struct
{
  const gchar *name;
  RtmpTestPlan plan;
  const gchar *location;        /* %P: the server's port, %N: a dead one */
  const gchar *properties;      /* %F: tests/files/tls */
  gint error;                   /* GstResourceError or OPENING; 0: it works */
  const gchar *advice;
} Case;

static const Case cases[] = {
  {"trusted", {.tls = TRUE}, "rtmps://127.0.0.1:%P/live/key", CA},
  {"relative-path", {.tls = TRUE}, "rtmps://127.0.0.1:%P/live/key",
      "tls-ca-file=ca.pem"},
  {"wrong-ca", {.tls = TRUE}, "rtmps://127.0.0.1:%P/live/key",
      "tls-ca-file=\"%F/other-ca.pem\"", OPENING, "in tls-ca-file"},
  {"system-ca", {.tls = TRUE}, "rtmps://127.0.0.1:%P/live/key", "", OPENING,
      "in tls-ca-file"},
  {"wrong-name", {.tls = TRUE}, "rtmps://localhost:%P/live/key", CA, OPENING,
      "for another host"},
  {"expired", {.tls = TRUE,.certificate = "expired.pem"},
      "rtmps://127.0.0.1:%P/live/key", CA, OPENING, "has expired"},
  {"not-yet-valid", {.tls = TRUE,.certificate = "not-yet.pem"},
      "rtmps://127.0.0.1:%P/live/key", CA, OPENING, "not valid yet"},
  {"insecure", {.tls = TRUE,.certificate = "insecure.pem"},
      "rtmps://127.0.0.1:%P/live/key", CA, OPENING, "not safe any more"},
  {"one-allowed", {.tls = TRUE,.certificate = "expired.pem"},
      "rtmps://127.0.0.1:%P/live/key", CA "tls-validation-flags="
      "unknown-ca+bad-identity+not-activated+revoked+insecure"},
  {"one-demanded", {.tls = TRUE,.certificate = "expired.pem"},
      "rtmps://127.0.0.1:%P/live/key", CA "tls-validation-flags=expired",
      OPENING, "has expired"},
  {"all-allowed", {.tls = TRUE,.certificate = "expired.pem"},
      "rtmps://localhost:%P/live/key", "tls-validation-flags=0"},
  {"client-accepted", {.tls = TRUE,.client_authority = "ca.pem"},
      "rtmps://127.0.0.1:%P/live/key",
      CA "tls-certificate-file=\"%F/client.pem\" "
      "tls-key-file=\"%F/server.key\""},
  {"client-wanted", {.tls = TRUE,.client_authority = "ca.pem"},
      "rtmps://127.0.0.1:%P/live/key", CA, OPENING,
      "wants a certificate of ours"},
  {"no-such-file", {.tls = TRUE}, "rtmps://127.0.0.1:%P/live/key",
      "tls-ca-file=\"%F/none.pem\"", GST_RESOURCE_ERROR_SETTINGS,
      "name a file that cannot be used"},
  {"key-missing", {.tls = TRUE}, "rtmps://127.0.0.1:%P/live/key",
      CA "tls-certificate-file=\"%F/client.pem\"",
      GST_RESOURCE_ERROR_SETTINGS, "name a file that cannot be used"},
  {"against-plain", {.step = RTMP_TEST_STEP_ACCEPT},
      "rtmps://127.0.0.1:%P/live/key", CA "timeout=1", OPENING,
      "for plain RTMP write rtmp://"},
  {"forgotten", {.tls = TRUE}, "rtmp://127.0.0.1:%P/live/key", "", OPENING,
      "rtmps"},
  {"proxy-refuses", {0}, "rtmp://127.0.0.1:%P/live/key socks=127.0.0.1:%N",
      "", OPENING, "the proxy's address"},
  {"proxy-misspelt", {0}, "rtmp://127.0.0.1:%P/live/key socks=:1080", "",
      GST_RESOURCE_ERROR_SETTINGS, "correct it"},
};

static gchar *
expand (const gchar * text, guint16 port)
{
  GString *all = g_string_new (text);
  g_autofree gchar *files = g_build_filename (g_getenv ("FILES"), "tls", NULL);
  g_autofree gchar *live = g_strdup_printf ("%u", port);
  g_autofree gchar *dead = g_strdup_printf ("%u", rtmp_test_dead_port ());

  g_string_replace (all, "%F", files, 0);
  g_string_replace (all, "%P", live, 0);
  g_string_replace (all, "%N", dead, 0);
  return g_string_free (all, FALSE);
}

static GstRtmpTest *
make_pipeline (const Case * c, gboolean publish, guint16 port)
{
  g_autofree gchar *location = expand (c->location, port);
  g_autofree gchar *properties = expand (c->properties, port);

  return gst_rtmp_test_new (publish
      ? "appsrc ! rtmpsink name=e location=\"%s\" %s"
      : "rtmpsrc name=e location=\"%s\" %s ! fakesink", location, properties);
}

static void
run (const Case * c, gboolean publish)
{
  RtmpTestServer *server;
  GstRtmpTest *test;
  GstElement *element;
  gint code = c->error;

  /* An error of the read that finds out. */
  if (c->error && c->plan.client_authority
      && rtmp_test_skip_leak ("glib-networking"))
    return;
  server = rtmp_test_server_new (&c->plan);
  test = make_pipeline (c, publish, rtmp_test_server_port (server));
  element = gst_rtmp_test_element (test, "e");
  if (code == OPENING)
    code = publish ? GST_RESOURCE_ERROR_OPEN_WRITE
        : GST_RESOURCE_ERROR_OPEN_READ;
  gst_element_set_state (test->pipeline, GST_STATE_PLAYING);
  if (c->error)
    gst_rtmp_test_assert_error (test, element, GST_RESOURCE_ERROR, code,
        c->advice);
  else
    gst_rtmp_test_wait_element (test, "rtmp-connected");
  gst_rtmp_test_free (test);
  rtmp_test_server_free (server);
}

static void
test_publish (gconstpointer data)
{
  run (data, TRUE);
}

static void
test_play (gconstpointer data)
{
  run (data, FALSE);
}

int
main (int argc, char **argv)
{
  g_autofree gchar *files = g_build_filename (g_getenv ("FILES"), "tls", NULL);
  guint i;

  gst_rtmp_test_init (&argc, &argv);
  g_assert_cmpint (g_chdir (files), ==, 0);
  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *publish = g_strconcat ("/rtmps/publish/", cases[i].name,
        NULL);
    g_autofree gchar *play = g_strconcat ("/rtmps/play/", cases[i].name, NULL);

    g_test_add_data_func (publish, &cases[i], test_publish);
    g_test_add_data_func (play, &cases[i], test_play);
  }
  return g_test_run ();
}

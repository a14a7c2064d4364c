/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmperror.h"

#include <string.h>

#include "gstrtmptest.h"
#include "rtmperror.h"

#define WHERE "rtmp://127.0.0.1/live/***"

/* What an error becomes: when opening to publish and to play, and while
 * publishing and playing. */
typedef struct
{
  const gchar *name;
    GQuark (*domain) (void);
  gint code;
  GstResourceError publish_open;
  GstResourceError play_open;
  GstResourceError publishing;
  GstResourceError playing;
  const gchar *advice;          /* part of the text */
} Case;

#define ALWAYS(code) code, code, code, code
#define OPEN_OR_TRANSFER GST_RESOURCE_ERROR_OPEN_WRITE, \
    GST_RESOURCE_ERROR_OPEN_READ, GST_RESOURCE_ERROR_WRITE, \
    GST_RESOURCE_ERROR_READ
#define OPEN GST_RESOURCE_ERROR_OPEN_WRITE, GST_RESOURCE_ERROR_OPEN_READ, \
    GST_RESOURCE_ERROR_OPEN_WRITE, GST_RESOURCE_ERROR_OPEN_READ

static const Case cases[] = {
  {"bad-url", rtmp_error_quark, RTMP_ERROR_BAD_URL,
      ALWAYS (GST_RESOURCE_ERROR_SETTINGS), "correct it"},
  {"unsupported", rtmp_error_quark, RTMP_ERROR_UNSUPPORTED,
      ALWAYS (GST_RESOURCE_ERROR_SETTINGS), "not supported"},
  {"unknown-host", g_resolver_error_quark, G_RESOLVER_ERROR_NOT_FOUND,
      ALWAYS (GST_RESOURCE_ERROR_NOT_FOUND), "check the host"},
  {"resolver-down", g_resolver_error_quark,
        G_RESOLVER_ERROR_TEMPORARY_FAILURE,
      ALWAYS (GST_RESOURCE_ERROR_NOT_FOUND), "network"},
  {"refused-port", g_io_error_quark, G_IO_ERROR_CONNECTION_REFUSED, OPEN,
      "check host and port"},
  {"host-unreachable", g_io_error_quark, G_IO_ERROR_HOST_UNREACHABLE, OPEN,
      "check the network"},
  {"network-unreachable", g_io_error_quark, G_IO_ERROR_NETWORK_UNREACHABLE,
      OPEN, "check the network"},
  {"connect-timed-out", g_io_error_quark, G_IO_ERROR_TIMED_OUT,
      OPEN_OR_TRANSFER, "firewalls"},
  {"proxy-failed", g_io_error_quark, G_IO_ERROR_PROXY_FAILED, OPEN,
      "the proxy's address"},
  {"proxy-need-auth", g_io_error_quark, G_IO_ERROR_PROXY_NEED_AUTH,
      ALWAYS (GST_RESOURCE_ERROR_NOT_AUTHORIZED), "into its URL"},
  {"proxy-auth-failed", g_io_error_quark, G_IO_ERROR_PROXY_AUTH_FAILED,
      ALWAYS (GST_RESOURCE_ERROR_NOT_AUTHORIZED), "correct them"},
  {"proxy-not-allowed", g_io_error_quark, G_IO_ERROR_PROXY_NOT_ALLOWED,
      ALWAYS (GST_RESOURCE_ERROR_NOT_AUTHORIZED), "another proxy"},
  {"tls-expected", rtmp_error_quark, RTMP_ERROR_TLS_EXPECTED, OPEN,
      "write rtmps://"},
  {"tls-issuer", rtmp_error_quark, RTMP_ERROR_TLS_ISSUER, OPEN,
      "tls-ca-file"},
  {"tls-name", rtmp_error_quark, RTMP_ERROR_TLS_NAME, OPEN,
      "into the location"},
  {"tls-expired", rtmp_error_quark, RTMP_ERROR_TLS_EXPIRED, OPEN, "renewed"},
  {"tls-not-yet-valid", rtmp_error_quark, RTMP_ERROR_TLS_NOT_YET_VALID, OPEN,
      "check the clock"},
  {"tls-revoked", rtmp_error_quark, RTMP_ERROR_TLS_REVOKED, OPEN,
      "ask whoever runs it"},
  {"tls-insecure", rtmp_error_quark, RTMP_ERROR_TLS_INSECURE, OPEN,
      "not safe any more"},
  {"tls-certificate", rtmp_error_quark, RTMP_ERROR_TLS_CERTIFICATE, OPEN,
      "not acceptable"},
  {"tls-client-wanted", rtmp_error_quark, RTMP_ERROR_TLS_CLIENT_WANTED, OPEN,
      "tls-key-file"},
  {"tls-client-refused", rtmp_error_quark, RTMP_ERROR_TLS_CLIENT_REFUSED,
      OPEN, "did not accept our certificate"},
  {"tls-timed-out", rtmp_error_quark, RTMP_ERROR_TLS_TIMED_OUT, OPEN,
      "did not answer in TLS"},
  {"no-tls", g_tls_error_quark, G_TLS_ERROR_NOT_TLS, OPEN, "rtmp://"},
  {"no-tls-here", g_tls_error_quark, G_TLS_ERROR_UNAVAILABLE, OPEN,
      "glib-networking"},
  {"tls-failed", g_tls_error_quark, G_TLS_ERROR_MISC, OPEN_OR_TRANSFER,
      "see the debug part"},
  {"not-found", rtmp_error_quark, RTMP_ERROR_NOT_FOUND,
      ALWAYS (GST_RESOURCE_ERROR_NOT_FOUND), "path"},
  {"auth-needed", rtmp_error_quark, RTMP_ERROR_AUTH_NEEDED,
      ALWAYS (GST_RESOURCE_ERROR_NOT_AUTHORIZED), "password"},
  {"token-needed", rtmp_error_quark, RTMP_ERROR_TOKEN_NEEDED,
      ALWAYS (GST_RESOURCE_ERROR_NOT_AUTHORIZED), "set secure-token"},
  {"auth-failed", rtmp_error_quark, RTMP_ERROR_AUTH_FAILED,
      ALWAYS (GST_RESOURCE_ERROR_NOT_AUTHORIZED), "check them"},
  {"in-use", rtmp_error_quark, RTMP_ERROR_IN_USE,
      ALWAYS (GST_RESOURCE_ERROR_BUSY), "choose another"},
  {"refused", rtmp_error_quark, RTMP_ERROR_REFUSED, OPEN_OR_TRANSFER, "said"},
  {"timed-out", rtmp_error_quark, RTMP_ERROR_TIMED_OUT, OPEN_OR_TRANSFER,
      "timeout"},
  {"peer-closed", rtmp_error_quark, RTMP_ERROR_PEER_CLOSED, OPEN_OR_TRANSFER,
      "log"},
  {"closed-in-handshake", rtmp_error_quark, RTMP_ERROR_CLOSED_IN_HANDSHAKE,
      OPEN, "rtmps:// for TLS"},
  {"bad-handshake", rtmp_error_quark, RTMP_ERROR_BAD_HANDSHAKE, OPEN,
      "does not speak RTMP"},
  {"bad-http", rtmp_error_quark, RTMP_ERROR_BAD_HTTP, OPEN,
      "does not speak RTMPT"},
  {"bad-chunk", rtmp_error_quark, RTMP_ERROR_BAD_CHUNK, OPEN_OR_TRANSFER,
      "protocol"},
  {"limit", rtmp_error_quark, RTMP_ERROR_LIMIT_MESSAGE_SIZE, OPEN_OR_TRANSFER,
      "protocol"},
  {"reset", g_io_error_quark, G_IO_ERROR_CONNECTION_CLOSED, OPEN_OR_TRANSFER,
      "check the network"},
};

static void
check (const Case * c, gboolean publish, gboolean running, gint code)
{
  const GstRtmpErrorContext context = {.publish = publish,.running = running,
    .where = WHERE
  };
  g_autoptr (GError) error =
      g_error_new_literal (c->domain (), c->code, "what the system said");
  GstRtmpTest *test = gst_rtmp_test_new ("fakesink name=sink");
  GstElement *element = gst_rtmp_test_element (test, "sink");
  g_autoptr (GError) told = NULL;
  g_autofree gchar *debug = NULL;

  gst_rtmp_element_error (element, error, &context);
  gst_rtmp_test_assert_error (test, element, GST_RESOURCE_ERROR, code,
      c->advice);
  gst_message_parse_error (gst_rtmp_test_wait (test, GST_MESSAGE_ERROR), &told,
      &debug);
  /* A location that is none cannot be shown. */
  g_assert_cmpint (strstr (told->message, WHERE) == NULL, ==,
      c->code == RTMP_ERROR_BAD_URL);
  g_assert_null (strstr (told->message, "%s"));
  g_assert_null (strstr (told->message, "what the system said"));
  g_assert_nonnull (strstr (debug, "what the system said"));
  gst_rtmp_test_free (test);
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;

  check (c, TRUE, FALSE, (gint) c->publish_open);
  check (c, FALSE, FALSE, (gint) c->play_open);
  check (c, TRUE, TRUE, (gint) c->publishing);
  check (c, FALSE, TRUE, (gint) c->playing);
}

int
main (int argc, char **argv)
{
  guint i;

  gst_rtmp_test_init (&argc, &argv);
  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *path = g_strconcat ("/error/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_case);
  }
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmperror.h"

static const RtmpError codes[] = {
  RTMP_ERROR_BAD_HANDSHAKE, RTMP_ERROR_BAD_CHUNK, RTMP_ERROR_BAD_MESSAGE,
  RTMP_ERROR_BAD_AMF, RTMP_ERROR_BAD_COMMAND, RTMP_ERROR_BAD_FLV,
  RTMP_ERROR_BAD_URL, RTMP_ERROR_BAD_HTTP,
  RTMP_ERROR_LIMIT_MESSAGE_SIZE, RTMP_ERROR_LIMIT_CHUNK_STREAMS,
  RTMP_ERROR_LIMIT_PARTIAL_BYTES, RTMP_ERROR_LIMIT_AMF,
  RTMP_ERROR_LIMIT_TRANSACTIONS,
  RTMP_ERROR_LIMIT_STREAMS, RTMP_ERROR_LIMIT_ANSWERS,
  RTMP_ERROR_LIMIT_HTTP,
  RTMP_ERROR_REFUSED, RTMP_ERROR_AUTH_NEEDED, RTMP_ERROR_AUTH_FAILED,
  RTMP_ERROR_NOT_FOUND, RTMP_ERROR_IN_USE, RTMP_ERROR_PEER_CLOSED,
  RTMP_ERROR_TIMED_OUT, RTMP_ERROR_RECONNECT, RTMP_ERROR_CLOSED_IN_HANDSHAKE,
  RTMP_ERROR_TLS_TIMED_OUT, RTMP_ERROR_TOKEN_NEEDED,
  RTMP_ERROR_UNSUPPORTED, RTMP_ERROR_STATE, RTMP_ERROR_LISTEN,
  RTMP_ERROR_TLS_EXPECTED, RTMP_ERROR_TLS_ISSUER, RTMP_ERROR_TLS_NAME,
  RTMP_ERROR_TLS_EXPIRED, RTMP_ERROR_TLS_NOT_YET_VALID,
  RTMP_ERROR_TLS_REVOKED, RTMP_ERROR_TLS_INSECURE, RTMP_ERROR_TLS_CERTIFICATE,
  RTMP_ERROR_TLS_CLIENT_WANTED, RTMP_ERROR_TLS_CLIENT_REFUSED
};

static void
assert_band (RtmpError code, RtmpErrorBand expected)
{
  GError *error = g_error_new_literal (RTMP_ERROR, (gint) code, "x");

  g_assert_cmpint (rtmp_error_band (error), ==, expected);
  g_error_free (error);
}

static void
test_bands (void)
{
  assert_band (RTMP_ERROR_BAD_HANDSHAKE, RTMP_ERROR_BAND_BAD);
  assert_band (RTMP_ERROR_BAD_URL, RTMP_ERROR_BAND_BAD);
  assert_band (RTMP_ERROR_BAD_HTTP, RTMP_ERROR_BAND_BAD);
  assert_band (RTMP_ERROR_LIMIT_HTTP, RTMP_ERROR_BAND_LIMIT);
  assert_band (RTMP_ERROR_LIMIT_MESSAGE_SIZE, RTMP_ERROR_BAND_LIMIT);
  assert_band (RTMP_ERROR_LIMIT_TRANSACTIONS, RTMP_ERROR_BAND_LIMIT);
  assert_band (RTMP_ERROR_LIMIT_ANSWERS, RTMP_ERROR_BAND_LIMIT);
  assert_band (RTMP_ERROR_REFUSED, RTMP_ERROR_BAND_PEER);
  assert_band (RTMP_ERROR_RECONNECT, RTMP_ERROR_BAND_PEER);
  assert_band (RTMP_ERROR_UNSUPPORTED, RTMP_ERROR_BAND_OURS);
  assert_band (RTMP_ERROR_STATE, RTMP_ERROR_BAND_OURS);
  assert_band (RTMP_ERROR_LISTEN, RTMP_ERROR_BAND_OURS);
  assert_band (RTMP_ERROR_TLS_EXPECTED, RTMP_ERROR_BAND_TLS);
  assert_band (RTMP_ERROR_TLS_CLIENT_REFUSED, RTMP_ERROR_BAND_TLS);
}

/* The same number in another domain is another error. */
static void
test_other_domains (void)
{
  GError *error = g_error_new_literal (G_FILE_ERROR,
      (gint) RTMP_ERROR_BAD_CHUNK, "x");

  g_assert_cmpint (rtmp_error_band (error), ==, RTMP_ERROR_BAND_NONE);
  g_assert_cmpint (rtmp_error_band (NULL), ==, RTMP_ERROR_BAND_NONE);
  g_error_free (error);
}

static void
test_names (void)
{
  GHashTable *seen = g_hash_table_new (g_str_hash, g_str_equal);
  guint i;

  for (i = 0; i < G_N_ELEMENTS (codes); i++) {
    const gchar *name = rtmp_error_to_string (codes[i]);

    g_assert_cmpstr (name, !=, "unknown");
    g_assert_true (g_hash_table_add (seen, (gpointer) name));
  }
  g_assert_cmpstr (rtmp_error_to_string (RTMP_ERROR_BAD_CHUNK), ==,
      "bad-chunk");
  g_assert_cmpstr (rtmp_error_to_string (0), ==, "unknown");
  g_hash_table_unref (seen);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/error/bands", test_bands);
  g_test_add_func ("/error/other-domains", test_other_domains);
  g_test_add_func ("/error/names", test_names);
  return g_test_run ();
}

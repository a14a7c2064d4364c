/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Up to a NUL a description, and a token; after it our password. Whatever the
 * server says, we answer with a query or say why not. */
#include <string.h>

#include "rtmpauth.h"
#include "rtmperror.h"

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

static void
check_query (const RtmpAuthChallenge * challenge, RtmpAuthmod authmod,
    const gchar * password, const gchar * sent)
{
  const RtmpAuthCredentials credentials = { authmod, "joe", password };
  g_autoptr (GError) error = NULL;
  g_autofree gchar *query =
      rtmp_auth_query (&credentials, "live", sent, challenge, 1, &error);

  if (query == NULL) {
    g_assert_nonnull (error);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    return;
  }
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (query, "?authmod="));
  /* One more step at most. */
  if (strstr (query, "&response=") == NULL)
    check_query (challenge, authmod, password, query);
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  g_autofree gchar *text = g_strndup ((const gchar *) data, size);
  gsize used = MIN (strlen (text) + 1, size);
  g_autofree gchar *password =
      g_strndup ((const gchar *) data + used, size - used);
  g_autoptr (RtmpAuthChallenge) challenge = rtmp_auth_challenge_parse (text);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *response =
      rtmp_auth_secure_token_response (text, password, &error);
  guint authmod;

  g_assert_true ((response != NULL) == (error == NULL));
  if (response) {
    g_assert_true (g_utf8_validate (response, -1, NULL));
    g_assert_cmpuint (strlen (response), <=, strlen (text) / 2);
  }
  for (authmod = RTMP_AUTHMOD_NONE; challenge && authmod <= RTMP_AUTHMOD_LLNW;
      authmod++)
    check_query (challenge, (RtmpAuthmod) authmod, password, NULL);
  return 0;
}

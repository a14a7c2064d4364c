/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whatever parses prints as a URL that parses to the same, and prints the same
 * again. */
#include <string.h>

#include "rtmperror.h"
#include "rtmpurl.h"

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  g_autofree gchar *text = g_strndup ((const gchar *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (RtmpUrl) url = rtmp_url_parse (text, &error);
  g_autoptr (RtmpUrl) again = NULL;
  g_autofree gchar *printed = NULL, *reprinted = NULL, *log = NULL;
  g_autofree gchar *tc_url = NULL;

  if (url == NULL) {
    g_assert_error (error, RTMP_ERROR, RTMP_ERROR_BAD_URL);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    return 0;
  }
  g_assert_no_error (error);
  g_assert_cmpuint (url->port, !=, 0);
  printed = rtmp_url_to_string (url, TRUE);
  again = rtmp_url_parse (printed, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again->application, ==, url->application);
  g_assert_cmpstr (again->stream, ==, url->stream);
  g_assert_cmpstr (again->username, ==, url->username);
  g_assert_cmpstr (again->password, ==, url->password);
  reprinted = rtmp_url_to_string (again, TRUE);
  g_assert_cmpstr (reprinted, ==, printed);
  log = rtmp_url_to_string (url, FALSE);
  tc_url = rtmp_url_tc_url (url);
  return 0;
}

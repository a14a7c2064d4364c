/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmptesthex.h"

G_BEGIN_DECLS

/* @bytes (transfer full) are what @expected says, in rtmp_test_unhex()'s
 * notation. */
static inline void
rtmp_test_assert_bytes (GBytes * bytes, const gchar * expected)
{
  GBytes *wanted = rtmp_test_unhex (expected);
  gsize size, wanted_size;
  gconstpointer data = g_bytes_get_data (bytes, &size);
  gconstpointer wanted_data = g_bytes_get_data (wanted, &wanted_size);
  gchar *text = rtmp_test_hex (data, size);
  gchar *wanted_text = rtmp_test_hex (wanted_data, wanted_size);

  g_assert_cmpstr (text, ==, wanted_text);
  g_free (text);
  g_free (wanted_text);
  g_bytes_unref (wanted);
  g_bytes_unref (bytes);
}

G_END_DECLS

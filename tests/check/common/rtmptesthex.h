/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes as tests write them: pairs of hex digits, spaces anywhere between, and
 * "*N" after a pair for N of it: "C6 AA*128". (transfer full) */
static inline GBytes *
rtmp_test_unhex (const gchar * text)
{
  GByteArray *bytes = g_byte_array_new ();
  gchar *end;

  while (*text != '\0') {
    if (*text == ' ') {
      text++;
    } else if (*text == '*') {
      guint64 n = g_ascii_strtoull (text + 1, &end, 10);
      guint8 last;

      g_assert_cmpuint (bytes->len, >, 0);
      last = bytes->data[bytes->len - 1];
      while (--n > 0)
        g_byte_array_append (bytes, &last, 1);
      text = end;
    } else {
      gint high = g_ascii_xdigit_value (text[0]);
      gint low = g_ascii_xdigit_value (text[1]);
      guint8 byte = (guint8) (high << 4 | low);

      g_assert_true (high >= 0 && low >= 0);
      g_byte_array_append (bytes, &byte, 1);
      text += 2;
    }
  }
  return g_byte_array_free_to_bytes (bytes);
}

/* The same text back; runs of 4 and more as "*N", with a space after them and
 * nowhere else. (transfer full) */
static inline gchar *
rtmp_test_hex (gconstpointer data, gsize size)
{
  const guint8 *p = (const guint8 *) data;
  GString *text = g_string_new (NULL);
  gsize i = 0, n;

  while (i < size) {
    for (n = 1; i + n < size && p[i + n] == p[i]; n++);
    if (n < 4)
      n = 1;
    g_string_append_printf (text, "%02X", p[i]);
    if (n > 1)
      g_string_append_printf (text, "*%" G_GSIZE_FORMAT "%s", n,
          i + n < size ? " " : "");
    i += n;
  }
  return g_string_free (text, FALSE);
}

G_END_DECLS

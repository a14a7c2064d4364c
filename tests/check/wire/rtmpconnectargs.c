/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpconnectargs.h"

#include "rtmperror.h"
#include "rtmpvalue.h"

static GPtrArray *
parse (const gchar * text, GError ** error)
{
  gchar **tokens = g_strsplit (text, " ", -1);
  GPtrArray *args =
      rtmp_connect_args_parse ((const gchar * const *) tokens, error);

  g_strfreev (tokens);
  return args;
}

static gchar *
render (const gchar * text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) args = parse (text, &error);
  GString *string = g_string_new (NULL);
  guint i;

  g_assert_no_error (error);
  for (i = 0; i < args->len; i++) {
    g_autofree gchar *value = rtmp_value_to_string (g_ptr_array_index (args,
            i));

    g_string_append_printf (string, "%s%s", i ? " " : "", value);
  }
  return g_string_free (string, FALSE);
}

static void
assert_renders (const gchar * text, const gchar * expected)
{
  g_autofree gchar *got = render (text);

  g_assert_cmpstr (got, ==, expected);
}

static void
test_scalars (void)
{
  assert_renders ("", "");
  assert_renders ("B:1 B:0", "true false");
  assert_renders ("N:1.5  N:-2", "1.5 -2");
  assert_renders ("S:text:with:colons S:", "\"text:with:colons\" \"\"");
  assert_renders ("Z:", "null");
}

static void
test_objects (void)
{
  assert_renders ("O:1 O:0", "{}");
  assert_renders ("O:1 NN:code:1.23 NS:flag:ok NB:x:1 NZ:z: O:0 S:after",
      "{code: 1.23, flag: \"ok\", x: true, z: null} \"after\"");
  assert_renders ("O:1 NO:in:1 NS:a:b O:0 NN:n:1 O:0",
      "{in: {a: \"b\"}, n: 1}");
}

static void
assert_refused (const gchar * text, const gchar * wrong)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) args = parse (text, &error);

  g_assert_null (args);
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_BAD_URL);
  g_assert_true (g_str_has_suffix (error->message, wrong));
}

static void
test_refused (void)
{
  assert_refused ("X:1", "X:1");
  assert_refused ("B", "B");
  assert_refused ("B:1 B:2", "B:2");
  assert_refused ("N:", "N:");
  assert_refused ("N:1x", "N:1x");
  assert_refused ("O:2", "O:2");
  assert_refused ("O:0", "O:0");
  assert_refused ("O:1", "still open");
  assert_refused ("O:1 O:0 O:0", "O:0");
  assert_refused ("O:1 S:nameless O:0", "S:nameless");
  assert_refused ("O:1 O:1 O:0 O:0", "O:1");
  assert_refused ("NS:outside:x", "NS:outside:x");
  assert_refused ("O:1 NS:name O:0", "NS:name");
  assert_refused ("O:1 NO:o:0 O:0", "NO:o:0");
  assert_refused ("N", "N");
}

static void
test_depth (void)
{
  GString *text = g_string_new ("O:1");
  guint i;

  for (i = 0; i < 100; i++)
    g_string_append (text, " NO:o:1");
  assert_refused (text->str, "NO:o:1");
  g_string_free (text, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connect-args/scalars", test_scalars);
  g_test_add_func ("/connect-args/objects", test_objects);
  g_test_add_func ("/connect-args/refused", test_refused);
  g_test_add_func ("/connect-args/depth", test_depth);
  return g_test_run ();
}

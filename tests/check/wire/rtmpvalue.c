/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpvalue.h"

#include <math.h>
#include <string.h>

static void
assert_prints (RtmpValue * value, const gchar * expected)
{
  gchar *text = rtmp_value_to_string (value);

  g_assert_cmpstr (text, ==, expected);
  g_free (text);
  rtmp_value_unref (value);
}

static RtmpValue *
new_status (void)
{
  RtmpValue *value = rtmp_value_new_object ();

  rtmp_value_set_string (value, "level", "status");
  rtmp_value_set_number (value, "id", 7);
  rtmp_value_set_boolean (value, "final", TRUE);
  return value;
}

static void
test_scalars (void)
{
  RtmpValue *value;
  gsize length;

  value = rtmp_value_new_boolean (2);
  g_assert_cmpint (rtmp_value_type (value), ==, RTMP_VALUE_BOOLEAN);
  g_assert_cmpint (rtmp_value_as_boolean (value, FALSE), ==, TRUE);
  rtmp_value_unref (value);

  value = rtmp_value_new_number (-0.5);
  g_assert_cmpfloat (rtmp_value_as_number (value, 0), ==, -0.5);
  rtmp_value_unref (value);

  value = rtmp_value_new_string_len ("a\0b", 3);
  g_assert_cmpstr (rtmp_value_as_string (value, &length), ==, "a");
  g_assert_cmpuint (length, ==, 3);
  g_assert_cmpint (rtmp_value_as_string (value, NULL)[3], ==, '\0');
  rtmp_value_unref (value);

  value = rtmp_value_new_xml_len ("<a/>", 4);
  g_assert_cmpint (rtmp_value_type (value), ==, RTMP_VALUE_XML);
  g_assert_cmpstr (rtmp_value_as_string (value, NULL), ==, "<a/>");
  rtmp_value_unref (value);

  value = rtmp_value_new_date (1e12, -60);
  g_assert_cmpfloat (rtmp_value_as_number (value, 0), ==, 1e12);
  g_assert_cmpint (rtmp_value_date_zone (value), ==, -60);
  rtmp_value_unref (value);

  value = rtmp_value_new_reference (65535);
  g_assert_cmpuint (rtmp_value_reference_index (value), ==, 65535);
  rtmp_value_unref (value);
  rtmp_value_unref (NULL);
}

static void
assert_answers_defaults (const RtmpValue * value)
{
  gsize length = 1;

  g_assert_true (rtmp_value_as_boolean (value, TRUE));
  g_assert_false (rtmp_value_as_boolean (value, FALSE));
  g_assert_cmpfloat (rtmp_value_as_number (value, 5), ==, 5);
  g_assert_null (rtmp_value_as_string (value, &length));
  g_assert_cmpuint (length, ==, 0);
  g_assert_cmpint (rtmp_value_date_zone (value), ==, 0);
  g_assert_cmpuint (rtmp_value_reference_index (value), ==, 0);
  g_assert_null (rtmp_value_class_name (value));
  g_assert_cmpuint (rtmp_value_n_members (value), ==, 0);
  g_assert_null (rtmp_value_member (value, 0, NULL));
  g_assert_null (rtmp_value_get (value, "x"));
  g_assert_null (rtmp_value_get_string (value, "x"));
  g_assert_cmpfloat (rtmp_value_get_number (value, "x", 5), ==, 5);
  g_assert_true (rtmp_value_get_boolean (value, "x", TRUE));
}

/* A look-up in what a peer sent may meet anything, or nothing. */
static void
test_other_types_answer_defaults (void)
{
  RtmpValue *values[] = {
    NULL, rtmp_value_new_null (), rtmp_value_new_undefined (),
    rtmp_value_new_unsupported (), rtmp_value_new_object (),
    rtmp_value_new_strict_array ()
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (values); i++) {
    assert_answers_defaults (values[i]);
    rtmp_value_unref (values[i]);
  }
}

static void
test_set_and_get (void)
{
  RtmpValue *value = new_status ();

  rtmp_value_set_string (value, "absent", NULL);
  g_assert_cmpuint (rtmp_value_n_members (value), ==, 3);
  g_assert_cmpstr (rtmp_value_get_string (value, "level"), ==, "status");
  g_assert_cmpfloat (rtmp_value_get_number (value, "id", 0), ==, 7);
  g_assert_true (rtmp_value_get_boolean (value, "final", FALSE));
  g_assert_null (rtmp_value_get_string (value, "id"));
  g_assert_null (rtmp_value_get (value, "absent"));
  rtmp_value_unref (value);
}

static void
test_set_replaces_in_place (void)
{
  RtmpValue *value = new_status (), *nested = rtmp_value_new_object ();
  const gchar *name;

  rtmp_value_set_number (nested, "a", 1);
  rtmp_value_set (value, "level", nested);
  g_assert_cmpuint (rtmp_value_weight (value), ==, 5);
  g_assert_cmpuint (rtmp_value_depth (value), ==, 2);
  g_assert_true (rtmp_value_member (value, 0, &name) == nested);
  g_assert_cmpstr (name, ==, "level");

  rtmp_value_set_string (value, "level", "error");
  g_assert_cmpuint (rtmp_value_n_members (value), ==, 3);
  g_assert_cmpuint (rtmp_value_weight (value), ==, 4);
  g_assert_cmpuint (rtmp_value_depth (value), ==, 1);
  g_assert_cmpstr (rtmp_value_get_string (value, "level"), ==, "error");
  rtmp_value_unref (value);
}

/* E-087 */
static void
test_order (void)
{
  static const gchar *const names[] = { "z", "a", "m", "b" };
  RtmpValue *value = rtmp_value_new_ecma_array ();
  const gchar *name;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (names); i++)
    rtmp_value_set_number (value, names[i], i);
  for (i = 0; i < G_N_ELEMENTS (names); i++) {
    g_assert_cmpfloat (rtmp_value_as_number (rtmp_value_member (value, i,
                &name), -1), ==, i);
    g_assert_cmpstr (name, ==, names[i]);
  }
  g_assert_null (rtmp_value_member (value, i, &name));
  g_assert_null (name);
  rtmp_value_unref (value);
}

static void
test_added_twice_last_wins (void)
{
  RtmpValue *value = rtmp_value_new_object ();

  rtmp_value_add_len (value, "ab", 1, rtmp_value_new_number (1));
  rtmp_value_add_len (value, "b", 1, rtmp_value_new_number (2));
  rtmp_value_add_len (value, "a\0c", 3, rtmp_value_new_number (3));
  g_assert_cmpuint (rtmp_value_n_members (value), ==, 3);
  g_assert_cmpfloat (rtmp_value_get_number (value, "a", 0), ==, 3);
  g_assert_cmpfloat (rtmp_value_get_number (value, "b", 0), ==, 2);
  rtmp_value_unref (value);
}

static void
test_strict_array (void)
{
  RtmpValue *value = rtmp_value_new_strict_array ();
  const gchar *name = "";

  rtmp_value_append (value, rtmp_value_new_number (1));
  rtmp_value_append (value, rtmp_value_new_null ());
  g_assert_cmpuint (rtmp_value_n_members (value), ==, 2);
  g_assert_cmpint (rtmp_value_type (rtmp_value_member (value, 1, &name)), ==,
      RTMP_VALUE_NULL);
  g_assert_null (name);
  g_assert_null (rtmp_value_get (value, "0"));
  rtmp_value_unref (value);
}

static void
test_bytes (void)
{
  RtmpValue *value = rtmp_value_new_bytes ("a\0b", 3);
  gsize size;
  gconstpointer bytes = rtmp_value_as_bytes (value, &size);

  g_assert_cmpmem (bytes, size, "a\0b", 3);
  g_assert_null (rtmp_value_as_string (value, &size));
  g_assert_cmpuint (size, ==, 0);
  rtmp_value_unref (value);
  value = rtmp_value_new_string ("a");
  g_assert_null (rtmp_value_as_bytes (value, &size));
  rtmp_value_unref (value);
  value = rtmp_value_new_bytes (NULL, 0);
  g_assert_nonnull (rtmp_value_as_bytes (value, &size));
  g_assert_cmpuint (size, ==, 0);
  rtmp_value_unref (value);
}

static void
test_vector_and_dictionary (void)
{
  RtmpValue *value = rtmp_value_new_vector ("int", TRUE);

  rtmp_value_append (value, rtmp_value_new_number (1));
  g_assert_cmpstr (rtmp_value_class_name (value), ==, "int");
  g_assert_true (rtmp_value_has_fixed_length (value));
  g_assert_false (rtmp_value_has_weak_keys (value));
  g_assert_cmpuint (rtmp_value_n_members (value), ==, 1);
  g_assert_cmpuint (rtmp_value_depth (value), ==, 1);
  g_assert_null (rtmp_value_get (value, "0"));
  assert_prints (value, "int[1]");
  value = rtmp_value_new_dictionary (TRUE);
  rtmp_value_append (value, rtmp_value_new_string ("k"));
  rtmp_value_append (value, rtmp_value_new_null ());
  g_assert_true (rtmp_value_has_weak_keys (value));
  g_assert_false (rtmp_value_has_fixed_length (value));
  g_assert_null (rtmp_value_get (value, "k"));
  assert_prints (value, "[\"k\", null]");
}

static void
test_text_size (void)
{
  RtmpValue *value = rtmp_value_new_typed_object ("ab"), *list;
  guint i;

  rtmp_value_set_string (value, "cde", "fghi");
  g_assert_cmpuint (rtmp_value_text_size (value), ==, 9);
  rtmp_value_set_string (value, "cde", "f");
  g_assert_cmpuint (rtmp_value_text_size (value), ==, 6);
  for (i = 0; i < 32; i++) {
    list = rtmp_value_new_vector ("", FALSE);
    rtmp_value_append (list, rtmp_value_ref (value));
    rtmp_value_append (list, value);
    value = list;
  }
  g_assert_cmpuint (rtmp_value_text_size (value), ==, G_MAXUINT);
  rtmp_value_unref (value);
  value = rtmp_value_new_bytes ("abc", 3);
  g_assert_cmpuint (rtmp_value_text_size (value), ==, 3);
  rtmp_value_unref (value);
}

static void
test_class_name (void)
{
  RtmpValue *value = rtmp_value_new_typed_object ("org.Point");

  g_assert_cmpint (rtmp_value_type (value), ==, RTMP_VALUE_OBJECT);
  g_assert_cmpstr (rtmp_value_class_name (value), ==, "org.Point");
  rtmp_value_unref (value);
}

static void
test_shared_is_immutable (void)
{
  RtmpValue *value = new_status (), *member = rtmp_value_new_null ();

  if (g_test_subprocess ()) {
    rtmp_value_ref (value);
    rtmp_value_set (value, "late", member);
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*is_shared*");
  rtmp_value_set (value, "late", member);
  g_assert_true (rtmp_value_get (value, "late") == member);
  rtmp_value_unref (value);
}

/* A list of three references to a list of three references...: 3^40 values. */
static void
test_weight_saturates (void)
{
  RtmpValue *value = rtmp_value_new_null ();
  guint64 expected = 1;
  guint i;

  for (i = 1; i <= 40; i++) {
    RtmpValue *thrice = rtmp_value_new_strict_array ();

    rtmp_value_append (thrice, rtmp_value_ref (value));
    rtmp_value_append (thrice, rtmp_value_ref (value));
    rtmp_value_append (thrice, value);
    value = thrice;
    expected = MIN (1 + 3 * expected, G_MAXUINT);
    g_assert_cmpuint (rtmp_value_weight (value), ==, expected);
    g_assert_cmpuint (rtmp_value_depth (value), ==, i);
  }
  rtmp_value_unref (value);
}

static void
assert_equal (RtmpValue * a, RtmpValue * b, gboolean expected)
{
  g_assert_cmpint (rtmp_value_equal (a, b), ==, expected);
  g_assert_cmpint (rtmp_value_equal (b, a), ==, expected);
  rtmp_value_unref (a);
  rtmp_value_unref (b);
}

static void
test_equal (void)
{
  RtmpValue *other;

  assert_equal (new_status (), new_status (), TRUE);
  other = new_status ();
  rtmp_value_set_number (other, "id", 8);
  assert_equal (new_status (), other, FALSE);
  other = new_status ();
  rtmp_value_set_number (other, "more", 8);
  assert_equal (new_status (), other, FALSE);
  assert_equal (rtmp_value_new_object (), rtmp_value_new_ecma_array (), FALSE);
  assert_equal (rtmp_value_new_object (),
      rtmp_value_new_typed_object ("a"), FALSE);
  assert_equal (rtmp_value_new_number (NAN), rtmp_value_new_number (NAN), TRUE);
  assert_equal (rtmp_value_new_number (0.), rtmp_value_new_number (-0.), FALSE);
  assert_equal (rtmp_value_new_date (1, 0), rtmp_value_new_date (1, 1), FALSE);
  assert_equal (rtmp_value_new_boolean (TRUE),
      rtmp_value_new_boolean (FALSE), FALSE);
  assert_equal (rtmp_value_new_reference (1),
      rtmp_value_new_reference (2), FALSE);
  assert_equal (rtmp_value_new_string_len ("a\0b", 3),
      rtmp_value_new_string_len ("a\0c", 3), FALSE);
  assert_equal (rtmp_value_new_string ("a"),
      rtmp_value_new_xml_len ("a", 1), FALSE);
  assert_equal (rtmp_value_new_null (), NULL, FALSE);
  assert_equal (rtmp_value_new_xml_len ("a", 1),
      rtmp_value_new_e4x_len ("a", 1), FALSE);
  assert_equal (rtmp_value_new_bytes ("a", 1),
      rtmp_value_new_bytes ("a", 1), TRUE);
  assert_equal (rtmp_value_new_bytes ("a", 1),
      rtmp_value_new_bytes ("b", 1), FALSE);
  assert_equal (rtmp_value_new_vector ("int", TRUE),
      rtmp_value_new_vector ("int", FALSE), FALSE);
  assert_equal (rtmp_value_new_vector ("int", TRUE),
      rtmp_value_new_vector ("uint", TRUE), FALSE);
  assert_equal (rtmp_value_new_dictionary (TRUE),
      rtmp_value_new_dictionary (FALSE), FALSE);
}

static void
test_type_names (void)
{
  guint i;

  for (i = RTMP_VALUE_UNDEFINED; i <= RTMP_VALUE_DICTIONARY; i++)
    g_assert_cmpstr (rtmp_value_type_to_string (i), !=, "unknown");
  g_assert_cmpstr (rtmp_value_type_to_string (i), ==, "unknown");
  g_assert_cmpstr (rtmp_value_type_to_string (RTMP_VALUE_ECMA_ARRAY), ==,
      "ecma-array");
}

static void
test_to_string (void)
{
  RtmpValue *value, *array = rtmp_value_new_strict_array ();

  rtmp_value_append (array, rtmp_value_new_undefined ());
  rtmp_value_append (array, rtmp_value_new_null ());
  rtmp_value_append (array, rtmp_value_new_date (1.5e12, 0));
  rtmp_value_append (array, rtmp_value_new_xml_len ("<a/>", 4));
  rtmp_value_append (array, rtmp_value_new_e4x_len ("<b/>", 4));
  rtmp_value_append (array, rtmp_value_new_bytes ("abc", 3));
  rtmp_value_append (array, rtmp_value_new_reference (3));
  value = new_status ();
  rtmp_value_set (value, "list", array);
  rtmp_value_set (value, "p", rtmp_value_new_typed_object ("Point"));
  assert_prints (value, "{level: \"status\", id: 7, final: true, "
      "list: [undefined, null, date 1500000000000, xml \"<a/>\", "
      "xml \"<b/>\", 3 bytes, reference 3], p: Point{}}");
  assert_prints (rtmp_value_new_number (1635135537), "1635135537");
  assert_prints (rtmp_value_new_number (0.1), "0.1");
  assert_prints (NULL, "nothing");
}

static void
test_to_string_escapes (void)
{
  static const gchar raw[] = "a\"\\\n\x1b[2J\0\xc3\xa9\xff\xc2\x9b\xe2\x80\xae";
  RtmpValue *value = rtmp_value_new_object ();

  rtmp_value_set (value, "k\n", rtmp_value_new_string_len (raw,
          sizeof (raw) - 1));
  assert_prints (value, "{k\\x0a: \"a\\x22\\x5c\\x0a\\x1b[2J\\x00\xc3\xa9"
      "\\xff\\xc2\\x9b\\xe2\\x80\\xae\"}");
  assert_prints (rtmp_value_new_typed_object ("C\r"), "C\\x0d{}");
}

static void
test_to_string_depth (void)
{
  RtmpValue *value = rtmp_value_new_strict_array ();
  guint i;

  for (i = 0; i < 6; i++) {
    RtmpValue *outer = rtmp_value_new_strict_array ();

    rtmp_value_append (outer, value);
    value = outer;
  }
  assert_prints (value, "[[[[[...]]]]]");
}

static void
assert_prints_short (RtmpValue * value)
{
  gchar *text = rtmp_value_to_string (value);

  g_assert_cmpuint (strlen (text), >=, 1024);
  g_assert_cmpuint (strlen (text), <, 1100);
  g_assert_true (g_str_has_suffix (text, "..."));
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_free (text);
  rtmp_value_unref (value);
}

static void
test_to_string_is_bounded (void)
{
  gchar *text = g_strnfill (100000, '\x01');
  RtmpValue *value = rtmp_value_new_strict_array ();
  guint i;

  assert_prints_short (rtmp_value_new_string (text));
  assert_prints_short (rtmp_value_new_typed_object (text));
  for (i = 0; i < 10000; i++)
    rtmp_value_append (value, rtmp_value_new_object ());
  assert_prints_short (value);
  value = rtmp_value_new_object ();
  rtmp_value_set_number (value, text, 1);
  assert_prints_short (value);
  g_free (text);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/value/scalars", test_scalars);
  g_test_add_func ("/value/other-types-answer-defaults",
      test_other_types_answer_defaults);
  g_test_add_func ("/value/set-and-get", test_set_and_get);
  g_test_add_func ("/value/set-replaces-in-place", test_set_replaces_in_place);
  g_test_add_func ("/value/E-087-order", test_order);
  g_test_add_func ("/value/added-twice-last-wins", test_added_twice_last_wins);
  g_test_add_func ("/value/strict-array", test_strict_array);
  g_test_add_func ("/value/bytes", test_bytes);
  g_test_add_func ("/value/vector-and-dictionary", test_vector_and_dictionary);
  g_test_add_func ("/value/class-name", test_class_name);
  g_test_add_func ("/value/shared-is-immutable", test_shared_is_immutable);
  g_test_add_func ("/value/weight-saturates", test_weight_saturates);
  g_test_add_func ("/value/text-size", test_text_size);
  g_test_add_func ("/value/equal", test_equal);
  g_test_add_func ("/value/type-names", test_type_names);
  g_test_add_func ("/value/to-string", test_to_string);
  g_test_add_func ("/value/to-string/escapes", test_to_string_escapes);
  g_test_add_func ("/value/to-string/depth", test_to_string_depth);
  g_test_add_func ("/value/to-string/is-bounded", test_to_string_is_bounded);
  return g_test_run ();
}

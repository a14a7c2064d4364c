/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpamf3writer.h"

#include <math.h>
#include <string.h>

#include "rtmptestamf3.h"

#define N_GENERATED 2000

/* (transfer full) for @value. */
static void
assert_writes (RtmpValue * value, const gchar * text)
{
  rtmp_test_assert_bytes (rtmp_test_amf3_write (value), text);
  rtmp_value_unref (value);
}

/* Reads as the same, and is written so. (transfer full) */
static void
assert_comes_back (RtmpValue * value, const gchar * text)
{
  GBytes *bytes = rtmp_test_amf3_write (value);
  RtmpValue *again = rtmp_test_amf3_read (bytes);

  g_assert_true (rtmp_value_equal (again, value));
  rtmp_value_unref (again);
  g_bytes_unref (bytes);
  assert_writes (value, text);
}

static void
test_u29 (void)
{
  static const struct
  {
    gdouble number;
    const gchar *text;
  } cases[] = {
    {0, "04 00"}, {0x7F, "04 7F"}, {0x80, "04 8100"}, {0x3FFF, "04 FF7F"},
    {0x4000, "04 818000"}, {0x1FFFFF, "04 FFFF7F"},
    {0x200000, "04 80C08000"}, {-1, "04 FFFFFFFF"}
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_comes_back (rtmp_value_new_number (cases[i].number), cases[i].text);
}

static void
test_number (void)
{
  static const struct
  {
    gdouble number;
    const gchar *text;
  } cases[] = {
    {268435455, "04 BFFFFFFF"}, {268435456, "05 41B0000000000000"},
    {-268435456, "04 C0808000"}, {-268435457, "05 C1B0000001000000"},
    {1.5, "05 3FF8000000000000"}, {-0., "05 8000000000000000"},
    {1e300, "05 7E37E43C8800759C"}, {INFINITY, "05 7FF0000000000000"},
    {NAN, "05 7FF8000000000000"}
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_comes_back (rtmp_value_new_number (cases[i].number), cases[i].text);
}

static RtmpValue *
new_list (RtmpValue * first, RtmpValue * second)
{
  RtmpValue *list = rtmp_value_new_strict_array ();

  rtmp_value_append (list, first);
  rtmp_value_append (list, second);
  return list;
}

static RtmpValue *
new_point (const gchar * class_name, const gchar * x, const gchar * y)
{
  RtmpValue *point = rtmp_value_new_typed_object (class_name);

  rtmp_value_set_number (point, x, 1);
  rtmp_value_set_number (point, y, 2);
  return point;
}

static void
test_tables (void)
{
  RtmpValue *object = rtmp_value_new_object (), *value;

  assert_comes_back (new_list (rtmp_value_new_string ("a"),
          rtmp_value_new_string ("a")), "09 05 01 06 03 61 06 00");
  assert_comes_back (new_list (object, rtmp_value_ref (object)),
      "09 05 01 0A 0B 01 01 0A 02");
  assert_comes_back (new_list (rtmp_value_new_object (),
          rtmp_value_new_object ()), "09 05 01 0A 0B 01 01 0A 01 01");
  assert_comes_back (new_list (new_point ("P", "x", "y"),
          new_point ("P", "x", "y")),
      "09 05 01 0A 23 03 50 03 78 03 79 04 01 04 02 0A 01 04 01 04 02");
  /* the same class, but not the same members */
  assert_comes_back (new_list (new_point ("P", "x", "y"),
          new_point ("P", "y", "x")), "09 05 01 0A 23 03 50 03 78 03 79 04 01"
      "04 02 0A 23 00 04 02 04 01 04 02");
  /* of another value, nothing is known */
  value = new_point ("P", "x", "y");
  assert_comes_back (rtmp_value_ref (value),
      "0A 23 03 50 03 78 03 79 04 01 04 02");
  assert_comes_back (value, "0A 23 03 50 03 78 03 79 04 01 04 02");
}

static void
test_empty_string (void)
{
  assert_comes_back (new_list (rtmp_value_new_string (""),
          rtmp_value_new_string ("")), "09 05 01 06 01 06 01");
}

static void
test_names_are_strings (void)
{
  RtmpValue *value = rtmp_value_new_typed_object ("C");

  rtmp_value_set_string (value, "a", "C");
  rtmp_value_set_string (value, "b", "b");
  assert_comes_back (value, "0A 23 03 43 03 61 03 62 06 00 06 04");
}

static RtmpValue *
new_names (const gchar * const *names)
{
  RtmpValue *array = rtmp_value_new_ecma_array ();

  for (; *names; names++)
    rtmp_value_add_len (array, *names, strlen (*names), rtmp_value_new_null ());
  return array;
}

#define NAMES(...) new_names ((const gchar *const[]) { __VA_ARGS__, NULL })

/* Positions are those at the end, in order, behind a name. */
static void
test_array_order (void)
{
  assert_comes_back (NAMES ("a", "0", "1"), "09 05 03 61 01 01 01 01");
  assert_comes_back (NAMES ("0"), "09 01 03 30 01 01");
  assert_comes_back (NAMES ("0", "a"), "09 01 03 30 01 03 61 01 01");
  assert_comes_back (NAMES ("1", "0"), "09 03 03 31 01 01 01");
  assert_comes_back (NAMES ("a", "1"), "09 01 03 61 01 03 31 01 01");
  assert_comes_back (NAMES ("a", "00"), "09 01 03 61 01 05 3030 01 01");
  assert_comes_back (NAMES ("0", "0"), "09 03 03 30 01 01 01");
  assert_comes_back (NAMES ("a", "18446744073709551615"),
      "09 01 03 61 01 29 3138343436373434303733373039353531363135 01 01");
}

static RtmpValue *
new_external (const gchar * class_name, const gchar * name)
{
  RtmpValue *value = rtmp_value_new_typed_object (class_name);

  rtmp_value_set (value, name, rtmp_value_new_strict_array ());
  return value;
}

static void
test_externalizable (void)
{
  assert_comes_back (new_external ("flex.messaging.io.ArrayCollection",
          "source"), "0A 07 43 666C65782E6D6573736167696E672E696F2E"
      "4172726179436F6C6C656374696F6E 09 01 01");
  assert_comes_back (new_external ("flex.messaging.io.ObjectProxy",
          "object"), "0A 07 3B 666C65782E6D6573736167696E672E696F2E"
      "4F626A65637450726F7879 09 01 01");
  assert_comes_back (new_external ("flex.messaging.io.ObjectProxy",
          "source"), "0A 13 3B 666C65782E6D6573736167696E672E696F2E"
      "4F626A65637450726F7879 0D 736F75726365 09 01 01");
  /* one that writes itself, and one without members that does not */
  assert_comes_back (new_list (new_external
          ("flex.messaging.io.ObjectProxy", "object"),
          rtmp_value_new_typed_object ("flex.messaging.io.ObjectProxy")),
      "09 05 01 0A 07 3B 666C65782E6D6573736167696E672E696F2E"
      "4F626A65637450726F7879 09 01 01 0A 03 00");
}

static RtmpValue *
new_vector (const gchar * type, gdouble number)
{
  RtmpValue *vector = rtmp_value_new_vector (type, TRUE);

  rtmp_value_append (vector, rtmp_value_new_number (number));
  return vector;
}

/* What a vector of numbers cannot hold makes it one of objects. */
static void
test_vectors (void)
{
  RtmpValue *dates = rtmp_value_new_vector ("Number", FALSE);

  assert_comes_back (rtmp_value_new_vector ("int", FALSE), "0D 01 00");
  assert_comes_back (new_vector ("int", -2147483648.), "0D 03 01 80000000");
  assert_comes_back (new_vector ("int", 2147483647.), "0D 03 01 7FFFFFFF");
  assert_comes_back (new_vector ("int", 2147483648.),
      "10 03 01 07 696E74 05 41E0000000000000");
  assert_comes_back (new_vector ("uint", 4294967295.), "0E 03 01 FFFFFFFF");
  assert_comes_back (new_vector ("uint", -1), "10 03 01 09 75696E74"
      "04 FFFFFFFF");
  assert_comes_back (new_vector ("uint", 0.5), "10 03 01 09 75696E74"
      "05 3FE0000000000000");
  assert_comes_back (new_vector ("Number", 1), "0F 03 01 3FF0000000000000");
  assert_comes_back (new_vector ("*", 1), "10 03 01 03 2A 04 01");
  rtmp_value_append (dates, rtmp_value_new_date (0, 0));
  assert_comes_back (dates, "10 03 00 0D 4E756D626572 08 01 00*8");
}

static void
test_what_cannot_be_held (void)
{
  RtmpValue *value = rtmp_value_new_object ();

  rtmp_value_set_number (value, "", 1);
  rtmp_value_set_number (value, "a", 1);
  assert_writes (value, "0A 0B 01 03 61 04 01 01");
  assert_writes (NAMES ("", "0"), "09 01 03 30 01 01");
  assert_writes (rtmp_value_new_ecma_array (), "09 01 01");
  assert_writes (rtmp_value_new_unsupported (), "00");
  assert_writes (rtmp_value_new_date (0, 60), "08 01 00*8");
  assert_writes (rtmp_value_new_typed_object (""), "0A 0B 01 01");
  assert_writes (rtmp_value_new_reference (0), "00");
  value = rtmp_value_new_dictionary (FALSE);
  rtmp_value_append (value, rtmp_value_new_null ());
  assert_writes (value, "11 01 00");
  /* sealed members may have no name */
  value = rtmp_value_new_typed_object ("C");
  rtmp_value_set_number (value, "", 1);
  assert_comes_back (value, "0A 13 03 43 01 04 01");
}

/* Values of all kinds, some of them shared, in trees of a few levels. */
typedef struct
{
  GRand *random;
  GPtrArray *all;
} Generator;

static RtmpValue *generate (Generator * self, guint depth);

/* (transfer full) */
static gchar *
generate_text (Generator * self, guint shortest)
{
  gint length = g_rand_int_range (self->random, (gint32) shortest, 4);
  gchar *text = g_strnfill ((gsize) length, 'a');

  while (length-- > 0)
    text[length] = (gchar) g_rand_int_range (self->random, '0', '3');
  return text;
}

static gdouble
generate_number (Generator * self)
{
  guint64 bits = (guint64) g_rand_int (self->random) << 2;
  gdouble magnitude = bits >> g_rand_int_range (self->random, 0, 35);

  if (g_rand_int_range (self->random, 0, 4) == 0)
    magnitude += 0.5;
  return g_rand_boolean (self->random) ? magnitude : -magnitude;
}

static RtmpValue *
generate_plain (Generator * self)
{
  g_autofree gchar *text = generate_text (self, 0);

  switch (g_rand_int_range (self->random, 0, 10)) {
    case 0:
      return rtmp_value_new_undefined ();
    case 1:
      return rtmp_value_new_null ();
    case 2:
      return rtmp_value_new_boolean (g_rand_boolean (self->random));
    case 3:
      return rtmp_value_new_xml_len (text, strlen (text));
    case 4:
      return rtmp_value_new_e4x_len (text, strlen (text));
    case 5:
      return rtmp_value_new_bytes (text, strlen (text) + 1);
    case 6:
      return rtmp_value_new_date (generate_number (self), 0);
    case 7:
      return rtmp_value_new_string (text);
    default:
      return rtmp_value_new_number (generate_number (self));
  }
}

static RtmpValue *
fill_positions (Generator * self, RtmpValue * parent, guint depth, gint count)
{
  while (count-- > 0)
    rtmp_value_append (parent, generate (self, depth + 1));
  return parent;
}

static RtmpValue *
fill_names (Generator * self, RtmpValue * parent, guint depth, gint count)
{
  while (count-- > 0) {
    g_autofree gchar *name = generate_text (self, 1);

    rtmp_value_add_len (parent, name, strlen (name), generate (self,
            depth + 1));
  }
  return parent;
}

static RtmpValue *
generate_vector (Generator * self, gint count)
{
  static const gchar *const types[] = { "int", "uint", "Number", "*", "C" };
  RtmpValue *vector =
      rtmp_value_new_vector (types[g_rand_int_range (self->random, 0, 5)],
      g_rand_boolean (self->random));

  while (count-- > 0)
    rtmp_value_append (vector, rtmp_value_new_number (generate_number (self)));
  return vector;
}

static RtmpValue *
generate_container (Generator * self, guint depth)
{
  gint count = g_rand_int_range (self->random, 0, 8);

  switch (g_rand_int_range (self->random, 0, 8)) {
    case 0:
      return fill_names (self, rtmp_value_new_object (), depth, count);
    case 1:
      return fill_names (self, rtmp_value_new_typed_object ("1"), depth, count);
    case 2:
      return fill_names (self, rtmp_value_new_ecma_array (), depth, count + 1);
    case 3:
      return new_external ("flex.messaging.io.ArrayCollection", "source");
    case 4:
      return fill_positions (self,
          rtmp_value_new_dictionary (g_rand_boolean (self->random)), depth,
          2 * count);
    case 5:
      return fill_positions (self, rtmp_value_new_vector ("C",
              g_rand_boolean (self->random)), depth, count);
    case 6:
      return generate_vector (self, count);
    default:
      return fill_positions (self, rtmp_value_new_strict_array (), depth,
          count);
  }
}

/* (transfer full) */
static RtmpValue *
generate (Generator * self, guint depth)
{
  RtmpValue *value;

  if (self->all->len > 0 && g_rand_int_range (self->random, 0, 8) == 0) {
    value = g_ptr_array_index (self->all, g_rand_int_range (self->random, 0,
            (gint32) self->all->len));
    if (rtmp_value_depth (value) <= 4)
      return rtmp_value_ref (value);
  }
  if (depth == 4 || g_rand_boolean (self->random))
    value = generate_plain (self);
  else
    value = generate_container (self, depth);
  g_ptr_array_add (self->all, rtmp_value_ref (value));
  return value;
}

static void
test_generated (void)
{
  guint seed, heaviest = 0, deepest = 0;

  for (seed = 0; seed < N_GENERATED; seed++) {
    Generator self = { g_rand_new_with_seed (seed),
      g_ptr_array_new_with_free_func ((GDestroyNotify) rtmp_value_unref)
    };
    RtmpValue *value = generate_container (&self, 0), *again;
    GBytes *once = rtmp_test_amf3_write (value), *twice;

    again = rtmp_test_amf3_read (once);
    g_assert_true (rtmp_value_equal (again, value));
    twice = rtmp_test_amf3_write (again);
    g_assert_true (g_bytes_equal (once, twice));
    heaviest = MAX (heaviest, rtmp_value_weight (value));
    deepest = MAX (deepest, rtmp_value_depth (value));
    g_bytes_unref (once);
    g_bytes_unref (twice);
    rtmp_value_unref (again);
    rtmp_value_unref (value);
    g_ptr_array_unref (self.all);
    g_rand_free (self.random);
  }
  g_assert_cmpuint (heaviest, >, 100);
  g_assert_cmpuint (deepest, >, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/amf3writer/E-089-u29", test_u29);
  g_test_add_func ("/amf3writer/E-090-number", test_number);
  g_test_add_func ("/amf3writer/E-091-vectors", test_vectors);
  g_test_add_func ("/amf3writer/E-091-generated", test_generated);
  g_test_add_func ("/amf3writer/E-092-tables", test_tables);
  g_test_add_func ("/amf3writer/E-093-empty-string", test_empty_string);
  g_test_add_func ("/amf3writer/E-094-names-are-strings",
      test_names_are_strings);
  g_test_add_func ("/amf3writer/E-096-array-order", test_array_order);
  g_test_add_func ("/amf3writer/E-100-externalizable", test_externalizable);
  g_test_add_func ("/amf3writer/what-cannot-be-held", test_what_cannot_be_held);
  return g_test_run ();
}

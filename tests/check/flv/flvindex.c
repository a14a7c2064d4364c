/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flvindex.h"

#include "flvscript.h"

#include <string.h>

#define MAX_ENTRIES 9

/* Lists end at a negative number. (transfer full) */
static RtmpValue *
list (const gdouble * numbers)
{
  RtmpValue *array = rtmp_value_new_strict_array ();

  for (; !(*numbers < 0); numbers++)
    rtmp_value_append (array, rtmp_value_new_number (*numbers));
  return array;
}

static RtmpValue *
metadata (const gdouble * positions, const gdouble * times)
{
  RtmpValue *object = rtmp_value_new_ecma_array ();
  RtmpValue *keyframes = rtmp_value_new_object ();

  rtmp_value_set (keyframes, "filepositions", list (positions));
  rtmp_value_set (keyframes, "times", list (times));
  rtmp_value_set (object, "keyframes", keyframes);
  return object;
}

static const gdouble positions[] = { 400, 900, 5e9, 6e9, -1 };
static const gdouble times[] = { 0, 0, 1.0009, 4e6, -1 };

static GArray *
parse (void)
{
  g_autoptr (RtmpValue) object = metadata (positions, times);
  GArray *index = flv_index_parse (object);

  g_assert_nonnull (index);
  return index;
}

static void
test_parse (void)
{
  static const FlvIndexEntry expected[] = {
    {400, 0}, {900, 0}, {5000000000, 1001}, {6000000000, 4000000000},
  };
  g_autoptr (GArray) index = parse ();

  g_assert_cmpmem (index->data, index->len * sizeof (FlvIndexEntry), expected,
      sizeof (expected));
}

static void
test_refused (void)
{
  static const struct
  {
    gdouble positions[MAX_ENTRIES], times[MAX_ENTRIES];
  } cases[] = {
    {{-1}, {-1}},
    {{400, 900, -1}, {0, -1}},
    {{400, -1}, {0, 1, -1}},
    {{400, 400, -1}, {0, 1, -1}},
    {{900, 400, -1}, {0, 1, -1}},
    {{400, 900, -1}, {1, 0, -1}},
    {{400, 1e17, -1}, {0, 1, -1}},
    {{400, 900, -1}, {0, 1e300, -1}},
    {{400, 900, -1}, {0, 0.0 / 0.0, -1}},
    {{0.0 / 0.0, 900, -1}, {0, 1, -1}},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (RtmpValue) object = metadata (cases[i].positions,
        cases[i].times);

    g_assert_null (flv_index_parse (object));
  }
}

static void
test_refused_below_zero (void)
{
  g_autoptr (RtmpValue) object = metadata (positions, times);
  RtmpValue *keyframes = rtmp_value_get (object, "keyframes");

  rtmp_value_append (rtmp_value_get (keyframes, "filepositions"),
      rtmp_value_new_number (7e9));
  rtmp_value_append (rtmp_value_get (keyframes, "times"),
      rtmp_value_new_number (-1));
  g_assert_null (flv_index_parse (object));
}

static void
test_none (void)
{
  g_autoptr (RtmpValue) object = rtmp_value_new_object ();

  g_assert_null (flv_index_parse (NULL));
  g_assert_null (flv_index_parse (object));
  rtmp_value_set_string (object, "keyframes", "times");
  g_assert_null (flv_index_parse (object));
}

static void
test_find (void)
{
  static const struct
  {
    guint64 time, position;
  } cases[] = {
    {0, 900}, {1000, 900}, {1001, 5000000000}, {1002, 5000000000},
    {3999999999, 5000000000}, {4000000000, 6000000000},
    {G_MAXUINT64, 6000000000},
  };
  g_autoptr (GArray) index = parse ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpuint (flv_index_find (index, cases[i].time)->position, ==,
        cases[i].position);
  g_array_remove_range (index, 0, 2);
  g_assert_null (flv_index_find (index, 1000));
  g_assert_nonnull (flv_index_find (index, 1001));
}

static void
test_write (void)
{
  g_autoptr (RtmpValue) object = rtmp_value_new_ecma_array ();
  g_autoptr (GArray) index = parse ();
  g_autoptr (GArray) again = NULL;
  g_autofree gchar *text = NULL;

  rtmp_value_set (object, "keyframes", flv_index_write (index));
  text = rtmp_value_to_string (object);
  g_assert_cmpstr (text, ==, "{keyframes: {filepositions: "
      "[400, 900, 5000000000, 6000000000], times: [0, 0, 1.001, 4000000]}}");
  again = flv_index_parse (object);
  g_assert_cmpmem (index->data, index->len * sizeof (FlvIndexEntry),
      again->data, again->len * sizeof (FlvIndexEntry));
}

/* As AMF0 has it: what a member adds. */
static gsize
size_in_metadata (const GArray * index)
{
  RtmpValue *object = rtmp_value_new_ecma_array ();
  g_autoptr (GBytes) with = NULL, without = NULL;

  without = flv_script_write (FLV_SCRIPT_ON_META_DATA, &object, 1);
  rtmp_value_set (object, "keyframes", flv_index_write (index));
  with = flv_script_write (FLV_SCRIPT_ON_META_DATA, &object, 1);
  rtmp_value_unref (object);
  return g_bytes_get_size (with) - g_bytes_get_size (without);
}

static void
test_size (void)
{
  g_autoptr (GArray) index = parse ();

  g_assert_cmpuint (flv_index_size (0), ==, 0);
  for (; index->len > 0; g_array_set_size (index, index->len - 1))
    g_assert_cmpuint (flv_index_size (index->len), ==,
        size_in_metadata (index));
}

static void
test_thin (void)
{
  g_autoptr (GArray) index = g_array_new (FALSE, FALSE, sizeof (FlvIndexEntry));

  for (guint i = 0; i < 10; i++) {
    FlvIndexEntry entry = { i, i };

    g_array_append_val (index, entry);
  }
  flv_index_thin (index, 10);
  g_assert_cmpuint (index->len, ==, 10);
  flv_index_thin (index, 5);
  g_assert_cmpuint (index->len, ==, 5);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpuint (g_array_index (index, FlvIndexEntry, i).time, ==, 2 * i);
  flv_index_thin (index, 3);
  g_assert_cmpuint (index->len, ==, 3);
  g_assert_cmpuint (g_array_index (index, FlvIndexEntry, 1).time, ==, 2);
  g_assert_cmpuint (g_array_index (index, FlvIndexEntry, 2).time, ==, 6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flvindex/E-188-parse", test_parse);
  g_test_add_func ("/flvindex/E-188-refused", test_refused);
  g_test_add_func ("/flvindex/E-188-refused-below-zero",
      test_refused_below_zero);
  g_test_add_func ("/flvindex/none", test_none);
  g_test_add_func ("/flvindex/find", test_find);
  g_test_add_func ("/flvindex/write", test_write);
  g_test_add_func ("/flvindex/size", test_size);
  g_test_add_func ("/flvindex/thin", test_thin);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpamf3.h"

#include <string.h>

#include "rtmperror.h"
#include "rtmptestamf3.h"

static const RtmpLimits small = {.amf_depth = 3,.amf_values = 16,
  .amf_bytes = 8
};

static RtmpValue *
parse (const gchar * text)
{
  GBytes *bytes = rtmp_test_unhex (text);
  RtmpValue *value = rtmp_test_amf3_read (bytes);

  g_bytes_unref (bytes);
  return value;
}

static void
assert_reads (const gchar * text, const gchar * printed)
{
  RtmpValue *value = parse (text);

  rtmp_test_assert_prints (value, printed);
  rtmp_value_unref (value);
}

/* Reads as what is printed so, writes the same bytes. */
static void
assert_round_trip (const gchar * text, RtmpValueType type,
    const gchar * printed)
{
  RtmpValue *value = parse (text);

  g_assert_cmpint (rtmp_value_type (value), ==, type);
  rtmp_test_assert_prints (value, printed);
  rtmp_test_assert_bytes (rtmp_test_amf3_write (value), text);
  rtmp_value_unref (value);
}

static void
assert_fails_limited (const gchar * text, RtmpError code,
    const RtmpLimits * limits)
{
  GBytes *bytes = rtmp_test_unhex (text);
  gsize size, left;
  gconstpointer data = g_bytes_get_data (bytes, &size);
  GError *error = NULL;

  g_assert_null (rtmp_test_amf3_parse (data, size, limits, &left, &error));
  g_assert_error (error, RTMP_ERROR, (gint) code);
  g_assert_cmpuint (left, ==, 0);
  g_error_free (error);
  g_bytes_unref (bytes);
}

static void
assert_fails (const gchar * text, RtmpError code)
{
  assert_fails_limited (text, code, NULL);
}

static void
test_u29 (void)
{
  assert_round_trip ("04 00", RTMP_VALUE_NUMBER, "0");
  assert_round_trip ("04 7F", RTMP_VALUE_NUMBER, "127");
  assert_round_trip ("04 8100", RTMP_VALUE_NUMBER, "128");
  assert_round_trip ("04 FF7F", RTMP_VALUE_NUMBER, "16383");
  assert_round_trip ("04 818000", RTMP_VALUE_NUMBER, "16384");
  assert_round_trip ("04 FFFF7F", RTMP_VALUE_NUMBER, "2097151");
  assert_round_trip ("04 80C08000", RTMP_VALUE_NUMBER, "2097152");
  assert_round_trip ("04 FFFFFFFF", RTMP_VALUE_NUMBER, "-1");
  /* overlong */
  assert_reads ("04 8000", "0");
  assert_reads ("04 8001", "1");
  assert_reads ("04 808001", "1");
  assert_reads ("04 80808001", "1");
  assert_reads ("06 808003 61", "\"a\"");
}

static void
test_integer (void)
{
  assert_round_trip ("04 BFFFFFFF", RTMP_VALUE_NUMBER, "268435455");
  assert_round_trip ("04 C0808000", RTMP_VALUE_NUMBER, "-268435456");
  assert_round_trip ("05 41B0000000000000", RTMP_VALUE_NUMBER, "268435456");
  assert_round_trip ("05 C1B0000001000000", RTMP_VALUE_NUMBER, "-268435457");
}

typedef struct
{
  const gchar *name;
  const gchar *text;
  RtmpValueType type;
  const gchar *printed;
} Sample;

#define ARRAY_COLLECTION "43 666C65782E6D6573736167696E672E696F2E" \
    "4172726179436F6C6C656374696F6E"
#define OBJECT_PROXY "3B 666C65782E6D6573736167696E672E696F2E" \
    "4F626A65637450726F7879"

/* Each is written as it was read. */
static const Sample samples[] = {
  {"undefined", "00", RTMP_VALUE_UNDEFINED, "undefined"},
  {"null", "01", RTMP_VALUE_NULL, "null"},
  {"false", "02", RTMP_VALUE_BOOLEAN, "false"},
  {"true", "03", RTMP_VALUE_BOOLEAN, "true"},
  {"integer", "04 80C08000", RTMP_VALUE_NUMBER, "2097152"},
  {"double", "05 3FF8000000000000", RTMP_VALUE_NUMBER, "1.5"},
  {"minus-zero", "05 8000000000000000", RTMP_VALUE_NUMBER, "-0"},
  {"infinity", "05 7FF0000000000000", RTMP_VALUE_NUMBER, "inf"},
  {"nan", "05 7FF8DEADBEEF0001", RTMP_VALUE_NUMBER, "nan"},
  {"string", "06 05 C3A9", RTMP_VALUE_STRING, "\"\303\251\""},
  {"string-with-nul", "06 07 610062", RTMP_VALUE_STRING, "\"a\\x00b\""},
  {"empty-string", "06 01", RTMP_VALUE_STRING, "\"\""},
  {"xml-document", "07 09 3C612F3E", RTMP_VALUE_XML, "xml \"<a/>\""},
  {"date", "08 01 0000000000000000", RTMP_VALUE_DATE, "date 0"},
  {"array", "09 05 01 04 01 04 02", RTMP_VALUE_STRICT_ARRAY, "[1, 2]"},
  {"empty-array", "09 01 01", RTMP_VALUE_STRICT_ARRAY, "[]"},
  {"array-with-names", "09 01 03 61 04 01 03 62 04 02 01",
      RTMP_VALUE_ECMA_ARRAY, "{a: 1, b: 2}"},
  {"array-with-both", "09 05 03 61 04 01 01 04 02 04 03",
      RTMP_VALUE_ECMA_ARRAY, "{a: 1, 0: 2, 1: 3}"},
  {"array-with-numbers-for-names", "09 01 03 30 04 01 03 31 04 02 01",
      RTMP_VALUE_ECMA_ARRAY, "{0: 1, 1: 2}"},
  {"object", "0A 0B 01 01", RTMP_VALUE_OBJECT, "{}"},
  {"object-with-members", "0A 0B 01 03 61 04 01 03 62 01 01",
      RTMP_VALUE_OBJECT, "{a: 1, b: null}"},
  {"object-of-class", "0A 23 03 43 03 61 03 62 04 01 04 02",
      RTMP_VALUE_OBJECT, "C{a: 1, b: 2}"},
  {"array-collection", "0A 07" ARRAY_COLLECTION "09 03 01 03",
        RTMP_VALUE_OBJECT,
      "flex.messaging.io.ArrayCollection{source: [true]}"},
  {"object-proxy", "0A 07" OBJECT_PROXY "0A 0B 01 03 61 01 01",
        RTMP_VALUE_OBJECT,
      "flex.messaging.io.ObjectProxy{object: {a: null}}"},
  {"xml", "0B 09 3C612F3E", RTMP_VALUE_E4X, "xml \"<a/>\""},
  {"byte-array", "0C 07 00FF80", RTMP_VALUE_BYTES, "3 bytes"},
  {"vector-int", "0D 07 00 00000001 FFFFFFFF 80000000", RTMP_VALUE_VECTOR,
      "int[1, -1, -2147483648]"},
  {"vector-uint", "0E 05 01 00000001 FFFFFFFF", RTMP_VALUE_VECTOR,
      "uint[1, 4294967295]"},
  {"vector-number", "0F 03 00 3FF8000000000000", RTMP_VALUE_VECTOR,
      "Number[1.5]"},
  {"vector-any", "10 05 00 03 2A 04 01 06 03 61", RTMP_VALUE_VECTOR,
      "*[1, \"a\"]"},
  {"vector-object", "10 03 01 03 43 0A 03 00", RTMP_VALUE_VECTOR,
      "C[C{}]"},
  {"dictionary", "11 05 01 06 03 61 04 01 0A 0B 01 01 02",
      RTMP_VALUE_DICTIONARY, "[\"a\", 1, {}, false]"},
  {"string-twice", "09 05 01 06 03 61 06 00", RTMP_VALUE_STRICT_ARRAY,
      "[\"a\", \"a\"]"},
  {"object-twice", "09 05 01 0A 0B 01 01 0A 02", RTMP_VALUE_STRICT_ARRAY,
      "[{}, {}]"},
  {"date-twice", "09 05 01 08 01 0000000000000000 08 02",
      RTMP_VALUE_STRICT_ARRAY, "[date 0, date 0]"},
  {"traits-twice", "09 05 01 0A 13 03 43 03 61 04 01 0A 01 04 02",
      RTMP_VALUE_STRICT_ARRAY, "[C{a: 1}, C{a: 2}]"},
  {"self", "0A 0B 01 09 73656C66 0A 00 01", RTMP_VALUE_OBJECT,
      "{self: reference 0}"},
};

static void
test_sample (gconstpointer data)
{
  const Sample *sample = data;

  assert_round_trip (sample->text, sample->type, sample->printed);
}

/* No part of it is read as something whole. */
static void
test_sample_cut (gconstpointer data)
{
  const Sample *sample = data;
  GBytes *bytes = rtmp_test_unhex (sample->text);
  gsize size, left;
  gconstpointer whole = g_bytes_get_data (bytes, &left);

  for (size = 0; size < g_bytes_get_size (bytes); size++) {
    GError *error = NULL;

    g_assert_null (rtmp_test_amf3_parse (whole, size, NULL, &left, &error));
    g_assert_error (error, RTMP_ERROR, RTMP_ERROR_BAD_AMF);
    g_assert_cmpuint (left, ==, 0);
    g_error_free (error);
  }
  g_bytes_unref (bytes);
}

static void
test_contents (void)
{
  RtmpValue *value = parse ("0C 07 00FF80");
  gconstpointer bytes;
  gsize size;

  bytes = rtmp_value_as_bytes (value, &size);
  g_assert_cmpmem (bytes, size, "\x00\xff\x80", 3);
  g_assert_null (rtmp_value_as_string (value, NULL));
  rtmp_value_unref (value);

  value = parse ("0E 03 01 00000001");
  g_assert_true (rtmp_value_has_fixed_length (value));
  g_assert_cmpstr (rtmp_value_class_name (value), ==, "uint");
  rtmp_value_unref (value);
  value = parse ("0E 03 00 00000001");
  g_assert_false (rtmp_value_has_fixed_length (value));
  rtmp_value_unref (value);

  value = parse ("11 03 01 04 01 04 02");
  g_assert_true (rtmp_value_has_weak_keys (value));
  rtmp_value_unref (value);

  value = parse ("08 01 426D1A94A2000000");
  g_assert_cmpfloat (rtmp_value_as_number (value, 0), ==, 1e12);
  g_assert_cmpint (rtmp_value_date_zone (value), ==, 0);
  rtmp_value_unref (value);
}

/* One message: each of @texts is a value of it. */
static void
assert_message_reads (const gchar * text, const gchar * const *printed)
{
  GBytes *bytes = rtmp_test_unhex (text);
  RtmpAmfInput input;
  RtmpAmf3Parser parser;

  rtmp_amf_input_init (&input, g_bytes_get_data (bytes, NULL),
      g_bytes_get_size (bytes), NULL);
  rtmp_amf3_parser_init (&parser, &input);
  for (; *printed; printed++) {
    GError *error = NULL;
    RtmpValue *value = rtmp_amf3_parse (&parser, 0, &error);

    g_assert_no_error (error);
    rtmp_test_assert_prints (value, *printed);
    rtmp_value_unref (value);
  }
  g_assert_cmpuint (rtmp_reader_left (&input.reader), ==, 0);
  rtmp_amf3_parser_clear (&parser);
  g_bytes_unref (bytes);
}

static void
test_tables (void)
{
  static const gchar *const printed[] = { "\"a\"", "\"a\"", "C{b: \"a\"}",
    "date 0", "C{b: \"b\"}", "C{b: \"a\"}", "date 0", NULL
  };

  /* strings a C b, objects C and the date, traits C: each from 0 */
  assert_message_reads ("06 03 61 06 00 0A 13 03 43 03 62 06 00"
      "08 01 0000000000000000 0A 01 06 04 0A 00 08 02", printed);
  /* another message knows none of it */
  assert_fails ("06 00", RTMP_ERROR_BAD_AMF);
  assert_fails ("0A 00", RTMP_ERROR_BAD_AMF);
  assert_fails ("0A 01", RTMP_ERROR_BAD_AMF);
}

/* Everything that is an object is numbered, as it begins. */
static void
test_object_order (void)
{
  assert_reads ("09 15 01 07 03 61 08 01 0000000000000000 0B 03 62 0C 01"
      "0D 01 00 11 01 00 07 02 08 04 0B 06 11 0C",
      "[xml \"a\", date 0, xml \"b\", 0 bytes, int[], [], xml \"a\", date 0, "
      "xml \"b\", []]");
}

static void
test_empty_string (void)
{
  assert_reads ("09 07 01 06 01 06 03 61 06 00", "[\"\", \"a\", \"a\"]");
  assert_reads ("0A 13 01 01 06 01", "{: \"\"}");
  assert_fails ("09 05 01 06 01 06 00", RTMP_ERROR_BAD_AMF);
}

static void
test_names_are_strings (void)
{
  assert_reads ("0A 23 03 43 03 61 03 62 06 00 06 04", "C{a: \"C\", b: \"b\"}");
  assert_reads ("0A 0B 01 03 61 06 00 00 06 00 01", "{a: \"a\", a: \"a\"}");
  /* XML text is none */
  assert_fails ("09 05 01 07 03 61 06 00", RTMP_ERROR_BAD_AMF);
}

static void
test_traits (void)
{
  assert_reads ("09 05 01 0A 13 03 43 03 61 04 01 0A 01 04 02",
      "[C{a: 1}, C{a: 2}]");
  assert_reads ("0A 1B 03 43 03 61 04 01 03 62 04 02 01", "C{a: 1, b: 2}");
  assert_reads ("09 05 01 0A 1B 01 03 61 04 01 03 62 04 02 01 0A 01 04 03 01",
      "[{a: 1, b: 2}, {a: 3}]");
  /* an object in an object: traits are numbered as they begin, too */
  assert_reads ("09 05 01 0A 13 03 43 03 61 0A 03 03 44 0A 05",
      "[C{a: D{}}, D{}]");
}

static void
test_array_order (void)
{
  RtmpValue *value = parse ("09 05 03 61 04 01 03 62 04 02 01 04 03 04 04");

  rtmp_test_assert_prints (value, "{a: 1, b: 2, 0: 3, 1: 4}");
  g_assert_cmpfloat (rtmp_value_get_number (value, "1", 0), ==, 4);
  rtmp_value_unref (value);
}

static void
test_nul_in_names (void)
{
  /* an array that would be written otherwise each time */
  RtmpValue *value = parse ("09 01 03 61 01 03 30 03 05 0061 02 01");

  rtmp_test_assert_prints (value, "{a: null, 0: true}");
  rtmp_test_assert_bytes (rtmp_test_amf3_write (value), "09 03 03 61 01 01 03");
  rtmp_value_unref (value);
  assert_reads ("0A 0B 01 05 6100 04 01 03 00 04 02 01", "{a: 1}");
}

static void
test_cycles (void)
{
  static const gchar *const second[] =
      { "[]", "[{a: reference 1}, reference 0]", NULL };

  assert_reads ("09 03 01 09 00", "[reference 0]");
  assert_reads ("11 03 00 11 00 11 00", "[reference 0, reference 0]");
  assert_reads ("10 03 00 01 10 00", "[reference 0]");
  assert_reads ("0A 07" ARRAY_COLLECTION "0A 00",
      "flex.messaging.io.ArrayCollection{source: reference 0}");
  /* numbered from the value that they are in */
  assert_message_reads ("09 01 01 09 05 01 0A 0B 01 03 61 0A 04 01 09 02",
      second);
}

static void
test_bad_indices (void)
{
  assert_fails ("06 00", RTMP_ERROR_BAD_AMF);
  assert_fails ("09 05 01 06 03 61 06 02", RTMP_ERROR_BAD_AMF);
  assert_fails ("09 03 01 0A 02", RTMP_ERROR_BAD_AMF);
  assert_fails ("09 03 01 0A FFFFFFFE", RTMP_ERROR_BAD_AMF);
  assert_fails ("09 05 01 0A 03 03 43 0A 05", RTMP_ERROR_BAD_AMF);
  assert_fails ("0A FFFFFFFD", RTMP_ERROR_BAD_AMF);
  assert_fails ("0A 0B 00", RTMP_ERROR_BAD_AMF);
  assert_fails ("0A 0B 01 00", RTMP_ERROR_BAD_AMF);
}

/* Refused before the first of them is built. */
static void
test_counts (void)
{
  static const gchar *const texts[] = {
    "06 FFFFFFFF 61", "07 FFFFFFFF 61", "0B FFFFFFFF 61", "0C FFFFFFFF 61",
    "09 FFFFFFFF 01 0101", "0A FFFFFFF3 01 0101", "0D FFFFFFFF 00 00000000",
    "0E 05 00 00000000 000000", "0F 05 00 0000000000000000 00000000000000",
    "10 FFFFFFFF 00 01 0101", "11 FFFFFFFF 00 0101", "11 03 00 01"
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (texts); i++) {
    GBytes *bytes = rtmp_test_unhex (texts[i]);
    RtmpAmfInput input;
    RtmpAmf3Parser parser;
    GError *error = NULL;

    rtmp_amf_input_init (&input, g_bytes_get_data (bytes, NULL),
        g_bytes_get_size (bytes), NULL);
    rtmp_amf3_parser_init (&parser, &input);
    g_assert_null (rtmp_amf3_parse (&parser, 0, &error));
    g_assert_error (error, RTMP_ERROR, RTMP_ERROR_BAD_AMF);
    g_assert_cmpuint (input.values, ==, 1);
    g_error_free (error);
    rtmp_amf3_parser_clear (&parser);
    g_bytes_unref (bytes);
  }
}

static void
assert_error_message (const gchar * text, const gchar * message)
{
  GBytes *bytes = rtmp_test_unhex (text);
  GError *error = NULL;
  gsize size, left;
  gconstpointer data = g_bytes_get_data (bytes, &size);

  g_assert_null (rtmp_test_amf3_parse (data, size, NULL, &left, &error));
  g_assert_cmpstr (error->message, ==, message);
  g_error_free (error);
  g_bytes_unref (bytes);
}

static void
test_externalizable (void)
{
  assert_fails ("0A 07 03 43 01", RTMP_ERROR_UNSUPPORTED);
  assert_fails ("0A 07 01 01", RTMP_ERROR_UNSUPPORTED);
  assert_error_message ("0A 07 05 430A", "AMF3: expected an externalizable "
      "class that is known, got C\\x0a{} before byte 5");
  /* by reference; and an object of that class that does not write itself */
  assert_reads ("09 05 01 0A 07" ARRAY_COLLECTION "02 0A 01 03",
      "[flex.messaging.io.ArrayCollection{source: false}, "
      "flex.messaging.io.ArrayCollection{source: true}]");
  assert_reads ("0A 0B" ARRAY_COLLECTION "03 61 01 01",
      "flex.messaging.io.ArrayCollection{a: null}");
}

static void
test_error_messages (void)
{
  assert_error_message ("09 03 01 12",
      "AMF3: expected the marker of a value, got 0x12 at byte 3");
  assert_error_message ("09 03 01",
      "AMF3: expected a whole value from byte 0, got the end of the data at "
      "byte 3");
  assert_error_message ("0A 02",
      "AMF3: reference to object 1 of 0 before byte 2");
}

static void
test_bad_markers (void)
{
  guint marker;

  for (marker = 0x12; marker < 256; marker++) {
    gchar *text = g_strdup_printf ("%02x 01 01 01", marker);

    assert_fails (text, RTMP_ERROR_BAD_AMF);
    g_free (text);
  }
}

static void
test_depth (void)
{
  static const gchar *const deepest[] = { "09 01 01", "0A 0B 01 01",
    "0D 01 00", "0E 01 00", "0F 01 00", "10 01 00 01", "11 01 00"
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (deepest); i++) {
    gchar *text = g_strconcat ("09 03 01 09 03 01 09 03 01", deepest[i], NULL);
    RtmpValue *value = parse (text);

    g_assert_cmpuint (rtmp_value_depth (value), ==, 4);
    rtmp_value_unref (value);
    assert_fails_limited (text, RTMP_ERROR_LIMIT_AMF, &small);
    g_free (text);
  }
  /* through a reference: two deep, put where two more do not fit */
  assert_fails_limited ("09 05 01 09 03 01 09 01 01 09 03 01 09 02",
      RTMP_ERROR_LIMIT_AMF, &small);
}

/* A megabyte of @text. */
static void
assert_endless_nesting_fails (const gchar * text)
{
  GBytes *bytes = rtmp_test_unhex (text);
  GString *data = g_string_new (NULL);
  GError *error = NULL;
  gsize left;

  while (data->len < 1 << 20)
    g_string_append_len (data, g_bytes_get_data (bytes, NULL),
        (gssize) g_bytes_get_size (bytes));
  g_assert_null (rtmp_test_amf3_parse (data->str, data->len, NULL, &left,
          &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_LIMIT_AMF);
  g_error_free (error);
  g_string_free (data, TRUE);
  g_bytes_unref (bytes);
}

static void
test_depth_of_hostile_input (void)
{
  assert_endless_nesting_fails ("09 03 01");
  assert_endless_nesting_fails ("0A 0B 01 03 61");
  assert_endless_nesting_fails ("10 03 00 01");
  assert_endless_nesting_fails ("11 03 00");
  assert_endless_nesting_fails ("0A 07" ARRAY_COLLECTION);
}

static void
test_values (void)
{
  assert_reads ("09 1F 01 01*15", "[null, null, null, null, null, null, null, "
      "null, null, null, null, null, null, null, null]");
  assert_fails_limited ("09 21 01 01*16", RTMP_ERROR_LIMIT_AMF, &small);
  assert_fails_limited ("0D 21 00 00*64", RTMP_ERROR_LIMIT_AMF, &small);
  assert_fails_limited ("11 11 00 01*16", RTMP_ERROR_LIMIT_AMF, &small);
  /* names of sealed members count as values, too */
  assert_fails_limited ("0A 8123 01 01*20", RTMP_ERROR_LIMIT_AMF, &small);
  /* eight values, then again by reference */
  assert_fails_limited ("09 05 01 09 0F 01 01*7 09 02", RTMP_ERROR_LIMIT_AMF,
      &small);
}

/* What a reference to a long text costs is more than its two bytes. */
static void
test_repeated_bytes (void)
{
  static const RtmpLimits nine = {.amf_depth = 3,.amf_values = 16,
    .amf_bytes = 9
  };
  static const gchar *const texts[] = {
    /* a string, a name of a member, of a class, of a vector's type */
    "09 05 01 06 13 61*9 06 00",
    "09 05 01 06 13 61*9 0A 0B 01 00 01 01",
    "09 05 01 06 13 61*9 0A 03 00",
    "09 05 01 06 13 61*9 10 01 00 00",
    /* an object, its bytes, traits */
    "09 05 01 0A 0B 01 03 61 06 11 61*8 01 0A 02",
    "09 05 01 0C 13 61*9 0C 02",
    "09 05 01 0A 13 11 61*8 03 62 01 0A 01 01",
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (texts); i++) {
    GBytes *bytes = rtmp_test_unhex (texts[i]);
    gsize size, left;
    gconstpointer data = g_bytes_get_data (bytes, &size);
    GError *error = NULL;
    RtmpValue *value;

    assert_fails_limited (texts[i], RTMP_ERROR_LIMIT_AMF, &small);
    value = rtmp_test_amf3_parse (data, size, &nine, &left, &error);
    g_assert_no_error (error);
    rtmp_value_unref (value);
    g_bytes_unref (bytes);
  }
}

/* Each array is ten references to the one before it: 10^level values. */
static void
test_billion_laughs (void)
{
  RtmpWriter writer;
  RtmpAmfInput input;
  RtmpAmf3Parser parser;
  RtmpValue *value = NULL;
  GError *error = NULL;
  guint8 level;
  guint i;

  rtmp_writer_init (&writer);
  for (level = 0; level < 9; level++) {
    rtmp_writer_bytes (&writer, "\x09\x15\x01", 3);
    for (i = 0; i < 10; i++) {
      rtmp_writer_u8 (&writer, level > 0 ? 0x09 : 0x01);
      if (level > 0)
        rtmp_writer_u8 (&writer, (guint8) ((level - 1) << 1));
    }
  }
  rtmp_amf_input_init (&input, writer.data, writer.size, NULL);
  rtmp_amf3_parser_init (&parser, &input);
  for (level = 0; error == NULL; level++) {
    value = rtmp_amf3_parse (&parser, 0, &error);
    g_assert_cmpuint (input.values, <=, rtmp_limits_default.amf_values);
    rtmp_value_unref (value);
  }
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_LIMIT_AMF);
  g_assert_cmpuint (level, ==, 5);      /* 10 + 100 + 1000 + 10000 did fit */
  g_clear_error (&error);
  rtmp_amf3_parser_clear (&parser);
  rtmp_writer_clear (&writer);
}

static void
add_samples (void)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (samples); i++) {
    const Sample *sample = &samples[i];
    gchar *path = g_strconcat ("/amf3/E-091-", sample->name, NULL);
    gchar *cut = g_strconcat (path, "/cut", NULL);

    g_test_add_data_func (path, sample, test_sample);
    g_test_add_data_func (cut, sample, test_sample_cut);
    g_free (path);
    g_free (cut);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_samples ();
  g_test_add_func ("/amf3/E-089-u29", test_u29);
  g_test_add_func ("/amf3/E-090-integer", test_integer);
  g_test_add_func ("/amf3/E-091-contents", test_contents);
  g_test_add_func ("/amf3/E-092-tables", test_tables);
  g_test_add_func ("/amf3/E-092-object-order", test_object_order);
  g_test_add_func ("/amf3/E-093-empty-string", test_empty_string);
  g_test_add_func ("/amf3/E-094-names-are-strings", test_names_are_strings);
  g_test_add_func ("/amf3/E-095-traits", test_traits);
  g_test_add_func ("/amf3/E-096-array-order", test_array_order);
  g_test_add_func ("/amf3/nul-in-names", test_nul_in_names);
  g_test_add_func ("/amf3/E-097-cycles", test_cycles);
  g_test_add_func ("/amf3/E-098-bad-indices", test_bad_indices);
  g_test_add_func ("/amf3/E-099-counts", test_counts);
  g_test_add_func ("/amf3/E-100-externalizable", test_externalizable);
  g_test_add_func ("/amf3/error-messages", test_error_messages);
  g_test_add_func ("/amf3/bad-markers", test_bad_markers);
  g_test_add_func ("/amf3/depth", test_depth);
  g_test_add_func ("/amf3/depth-of-hostile-input", test_depth_of_hostile_input);
  g_test_add_func ("/amf3/values", test_values);
  g_test_add_func ("/amf3/repeated-bytes", test_repeated_bytes);
  g_test_add_func ("/amf3/billion-laughs", test_billion_laughs);
  return g_test_run ();
}

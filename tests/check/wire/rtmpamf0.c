/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpamf0.h"

#include <string.h>

#include "rtmperror.h"
#include "rtmptestbytes.h"

static const RtmpLimits small = {.amf_depth = 3,.amf_values = 16,
  .amf_bytes = 8
};

/* One message and its parser. The bytes are a block of exactly their size, so
 * that a sanitizer sees a read past them. */
typedef struct
{
  RtmpAmf0Parser parser;
  guint8 *data;
} Message;

static void
message_open_bytes (Message * self, GBytes * bytes, gsize size,
    const RtmpLimits * limits)
{
  self->data = g_memdup2 (g_bytes_get_data (bytes, NULL), size);
  rtmp_amf0_parser_init (&self->parser, self->data, size, limits);
}

static void
message_open (Message * self, const gchar * text, const RtmpLimits * limits)
{
  GBytes *bytes = rtmp_test_unhex (text);

  message_open_bytes (self, bytes, g_bytes_get_size (bytes), limits);
  g_bytes_unref (bytes);
}

static void
message_close (Message * self)
{
  rtmp_amf0_parser_clear (&self->parser);
  g_free (self->data);
}

static RtmpValue *
message_next (Message * self)
{
  GError *error = NULL;
  RtmpValue *value = rtmp_amf0_parse (&self->parser, &error);

  g_assert_no_error (error);
  g_assert_nonnull (value);
  return value;
}

static void
message_fails (Message * self, RtmpError code)
{
  GError *error = NULL;

  g_assert_null (rtmp_amf0_parse (&self->parser, &error));
  g_assert_error (error, RTMP_ERROR, (gint) code);
  g_error_free (error);
}

/* The only value of a message. (transfer full) */
static RtmpValue *
parse_limited (const gchar * text, const RtmpLimits * limits)
{
  Message message;
  RtmpValue *value;

  message_open (&message, text, limits);
  value = message_next (&message);
  g_assert_false (rtmp_amf0_parser_more (&message.parser));
  g_assert_cmpuint (message.parser.input.values, >=, rtmp_value_weight (value));
  message_close (&message);
  return value;
}

static RtmpValue *
parse (const gchar * text)
{
  return parse_limited (text, NULL);
}

static void
assert_fails_limited (const gchar * text, RtmpError code,
    const RtmpLimits * limits)
{
  Message message;

  message_open (&message, text, limits);
  message_fails (&message, code);
  message_close (&message);
}

static void
assert_fails (const gchar * text, RtmpError code)
{
  assert_fails_limited (text, code, NULL);
}

static void
assert_writes (const RtmpValue * value, const gchar * text)
{
  RtmpWriter writer;

  rtmp_writer_init (&writer);
  rtmp_amf0_write (&writer, value);
  rtmp_test_assert_bytes (rtmp_writer_take (&writer), text);
}

/* Reads, writes the same bytes, and reads no prefix as something whole. */
static void
assert_round_trip (const gchar * text, RtmpValueType type)
{
  RtmpValue *value = parse (text);

  g_assert_cmpint (rtmp_value_type (value), ==, type);
  assert_writes (value, text);
  rtmp_value_unref (value);
}

/* Every proper prefix fails. */
static void
assert_needs_all (const gchar * text)
{
  GBytes *bytes = rtmp_test_unhex (text);
  gsize size;

  for (size = 0; size < g_bytes_get_size (bytes); size++) {
    Message message;

    message_open_bytes (&message, bytes, size, NULL);
    message_fails (&message, RTMP_ERROR_BAD_AMF);
    g_assert_false (rtmp_amf0_parser_more (&message.parser));
    message_close (&message);
  }
  g_bytes_unref (bytes);
}

static void
test_number (void)
{
  static const gchar *const numbers[] = {
    "00 3FF0000000000000", "00 0000000000000000", "00 8000000000000000",
    "00 7FF0000000000000", "00 FFF0000000000000", "00 7FF8000000000000",
    "00 7FF4DEADBEEF0001", "00 0000000000000001", "00 41D85D8C4C400000"
  };
  RtmpValue *value;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (numbers); i++)
    assert_round_trip (numbers[i], RTMP_VALUE_NUMBER);
  assert_needs_all (numbers[0]);
  value = parse (numbers[0]);
  g_assert_cmpfloat (rtmp_value_as_number (value, 0), ==, 1);
  rtmp_value_unref (value);
}

static void
test_boolean (void)
{
  RtmpValue *value;

  assert_round_trip ("01 00", RTMP_VALUE_BOOLEAN);
  assert_round_trip ("01 01", RTMP_VALUE_BOOLEAN);
  assert_needs_all ("01 01");
  value = parse ("01 7F");
  g_assert_true (rtmp_value_as_boolean (value, FALSE));
  assert_writes (value, "01 01");
  rtmp_value_unref (value);
}

static void
test_string (void)
{
  RtmpValue *value;

  assert_round_trip ("02 0000", RTMP_VALUE_STRING);
  assert_round_trip ("02 0002 C3A9", RTMP_VALUE_STRING);
  assert_round_trip ("02 0003 610062", RTMP_VALUE_STRING);
  assert_needs_all ("02 0003 610062");
  value = parse ("02 0004 6C697665");
  g_assert_cmpstr (rtmp_value_as_string (value, NULL), ==, "live");
  rtmp_value_unref (value);
}

#define STATUS "0005 6C6576656C 02 0006 737461747573"   /* level: "status" */

static void
test_object (void)
{
  RtmpValue *value;

  assert_round_trip ("03 000009", RTMP_VALUE_OBJECT);
  assert_round_trip ("03" STATUS "0001 61 03 0001 62 05 000009 000009",
      RTMP_VALUE_OBJECT);
  value = parse ("03" STATUS "000009");
  g_assert_cmpstr (rtmp_value_get_string (value, "level"), ==, "status");
  g_assert_null (rtmp_value_class_name (value));
  rtmp_value_unref (value);
}

static void
test_null (void)
{
  assert_round_trip ("05", RTMP_VALUE_NULL);
}

static void
test_undefined (void)
{
  assert_round_trip ("06", RTMP_VALUE_UNDEFINED);
}

static void
test_reference (void)
{
  RtmpValue *value, *member;

  /* a: {}, b: the same again */
  value = parse ("03 0001 61 03 000009 0001 62 07 0001 000009");
  member = rtmp_value_get (value, "a");
  g_assert_cmpint (rtmp_value_type (member), ==, RTMP_VALUE_OBJECT);
  g_assert_true (rtmp_value_get (value, "b") == member);
  assert_writes (value, "03 0001 61 03 000009 0001 62 03 000009 000009");
  rtmp_value_unref (value);
  /* self: the object that is being read */
  assert_round_trip ("03 0004 73656C66 07 0000 000009", RTMP_VALUE_OBJECT);
  assert_needs_all ("07 0000");
}

static void
test_ecma_array (void)
{
  RtmpValue *value;

  assert_round_trip ("08 00000000 000009", RTMP_VALUE_ECMA_ARRAY);
  assert_round_trip ("08 00000002" STATUS "0001 30 01 01 000009",
      RTMP_VALUE_ECMA_ARRAY);
  value = parse ("08 00000001" STATUS "000009");
  g_assert_cmpstr (rtmp_value_get_string (value, "level"), ==, "status");
  rtmp_value_unref (value);
}

static void
test_strict_array (void)
{
  assert_round_trip ("0A 00000000", RTMP_VALUE_STRICT_ARRAY);
  assert_round_trip ("0A 00000003 05 0A 00000001 06 02 0001 61",
      RTMP_VALUE_STRICT_ARRAY);
  assert_needs_all ("0A 00000003 05 0A 00000001 06 02 0001 61");
}

static void
test_date (void)
{
  RtmpValue *value;

  assert_round_trip ("0B 0000000000000000 0000", RTMP_VALUE_DATE);
  assert_needs_all ("0B 0000000000000000 0000");
  assert_round_trip ("0B 4276D4AD41C00000 FFC4", RTMP_VALUE_DATE);
  value = parse ("0B 4276D4AD41C00000 FFC4");
  g_assert_cmpint (rtmp_value_date_zone (value), ==, -60);
  rtmp_value_unref (value);
}

/* An object of @size bytes of text (transfer full), as marker, u32, text. */
static GBytes *
long_text (guint8 marker, guint32 size)
{
  gchar *text = g_strnfill (size, 'x');
  RtmpWriter writer;

  rtmp_writer_init (&writer);
  rtmp_writer_u8 (&writer, marker);
  rtmp_writer_u32 (&writer, size);
  rtmp_writer_bytes (&writer, text, size);
  g_free (text);
  return rtmp_writer_take (&writer);
}

static void
assert_long_text_round_trip (guint8 marker, RtmpValueType type)
{
  GBytes *bytes = long_text (marker, 70000), *again;
  Message message;
  RtmpWriter writer;
  RtmpValue *value;
  gsize length;

  message_open_bytes (&message, bytes, g_bytes_get_size (bytes), NULL);
  value = message_next (&message);
  g_assert_cmpint (rtmp_value_type (value), ==, type);
  g_assert_nonnull (rtmp_value_as_string (value, &length));
  g_assert_cmpuint (length, ==, 70000);
  rtmp_writer_init (&writer);
  rtmp_amf0_write (&writer, value);
  again = rtmp_writer_take (&writer);
  g_assert_true (g_bytes_equal (bytes, again));
  g_bytes_unref (again);
  g_bytes_unref (bytes);
  rtmp_value_unref (value);
  message_close (&message);
}

static void
test_long_string (void)
{
  RtmpValue *value = parse ("0C 00000002 6162");

  g_assert_cmpstr (rtmp_value_as_string (value, NULL), ==, "ab");
  assert_writes (value, "02 0002 6162");
  rtmp_value_unref (value);
  assert_long_text_round_trip (0x0C, RTMP_VALUE_STRING);
  assert_needs_all ("0C 00000002 6162");
}

static void
test_unsupported (void)
{
  assert_round_trip ("0D", RTMP_VALUE_UNSUPPORTED);
}

static void
test_xml (void)
{
  assert_round_trip ("0F 00000004 3C612F3E", RTMP_VALUE_XML);
  assert_needs_all ("0F 00000004 3C612F3E");
  assert_long_text_round_trip (0x0F, RTMP_VALUE_XML);
}

static void
test_typed_object (void)
{
  RtmpValue *value;

  assert_round_trip ("10 0000 000009", RTMP_VALUE_OBJECT);
  assert_round_trip ("10 0001 50" STATUS "000009", RTMP_VALUE_OBJECT);
  value = parse ("10 0001 50" STATUS "000009");
  g_assert_cmpstr (rtmp_value_class_name (value), ==, "P");
  g_assert_cmpstr (rtmp_value_get_string (value, "level"), ==, "status");
  rtmp_value_unref (value);
}

static void
assert_writes_amf3 (const RtmpValue * value, const gchar * text)
{
  RtmpWriter writer;

  rtmp_writer_init (&writer);
  rtmp_amf0_write_amf3 (&writer, value);
  rtmp_test_assert_bytes (rtmp_writer_take (&writer), text);
}

static void
test_amf3 (void)
{
  RtmpValue *value = parse ("11 03");

  g_assert_true (rtmp_value_as_boolean (value, FALSE));
  assert_writes_amf3 (value, "11 03");
  rtmp_value_unref (value);
  value = parse ("11 0A 0B 01 03 61 04 01 01");
  assert_writes_amf3 (value, "11 0A 0B 01 03 61 04 01 01");
  assert_writes (value, "03 0001 61 00 3FF0000000000000 000009");
  rtmp_value_unref (value);
  assert_needs_all ("11 0A 0B 01 03 61 04 01 01");
}

/* Inside AMF0 it holds for one value, whatever that is. */
static void
test_amf3_is_one_value (void)
{
  RtmpValue *value;
  Message message;

  value = parse ("03 0001 61 11 09 03 01 04 01 0001 62 02 0001 63 000009");
  assert_writes (value, "03 0001 61 0A 00000001 00 3FF0000000000000"
      "0001 62 02 0001 63 000009");
  rtmp_value_unref (value);
  value = parse ("0A 00000002 11 03 05");
  assert_writes (value, "0A 00000002 0101 05");
  rtmp_value_unref (value);
  message_open (&message, "11 03 03 000009", NULL);
  g_assert_false (message.parser.switched);
  value = message_next (&message);
  g_assert_true (message.parser.switched);
  rtmp_value_unref (value);
  value = message_next (&message);
  g_assert_cmpint (rtmp_value_type (value), ==, RTMP_VALUE_OBJECT);
  rtmp_value_unref (value);
  message_close (&message);
}

/* AMF3's tables last for the message, and are not those of AMF0. */
static void
test_amf3_tables (void)
{
  RtmpValue *value;

  value = parse ("0A 00000004 11 09 03 01 06 03 61 11 06 00 11 09 00 07 0000");
  assert_writes (rtmp_value_member (value, 1, NULL), "02 0001 61");
  g_assert_true (rtmp_value_member (value, 0, NULL) ==
      rtmp_value_member (value, 2, NULL));
  g_assert_cmpint (rtmp_value_type (rtmp_value_member (value, 3, NULL)), ==,
      RTMP_VALUE_REFERENCE);
  rtmp_value_unref (value);
  assert_fails ("0A 00000002 11 09 01 01 07 0001", RTMP_ERROR_BAD_AMF);
  assert_fails ("0A 00000001 11 09 00", RTMP_ERROR_BAD_AMF);
}

/* Caps are those of the message. */
static void
test_amf3_caps (void)
{
  assert_fails_limited ("0A 00000001 0A 00000001 0A 00000001 11 09 01 01",
      RTMP_ERROR_LIMIT_AMF, &small);
  assert_fails_limited ("0A 00000002 11 09 0D 01 01*6 0A 00000007 05*7",
      RTMP_ERROR_LIMIT_AMF, &small);
  /* both ways to repeat a text */
  assert_fails_limited ("0A 00000004 11 06 0B 61*5 11 06 00"
      "03 0001 61 02 0003 616161 000009 07 0001", RTMP_ERROR_LIMIT_AMF, &small);
}

/* What AMF0 has no marker for. */
static void
test_amf3_types (void)
{
  RtmpValue *value = parse ("0A 00000004 11 0B 03 61 11 0C 03 61"
      "11 0D 03 00 00000001 11 11 03 00 04 01 04 02");

  assert_writes (value, "0A 00000004 0F 00000001 61 0D"
      "0A 00000001 00 3FF0000000000000 0D");
  rtmp_value_unref (value);
}

static void
test_count_is_a_hint (void)
{
  static const gchar *const counts[] =
      { "00000000", "00000001", "00000005", "FFFFFFFF" };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (counts); i++) {
    gchar *text = g_strconcat ("08", counts[i], STATUS, "000009", NULL);
    RtmpValue *value = parse (text);

    g_assert_cmpuint (rtmp_value_n_members (value), ==, 1);
    assert_writes (value, "08 00000001" STATUS "000009");
    rtmp_value_unref (value);
    g_free (text);
  }
}

/* Cut at each length, @text yields its first members, never more at a shorter
 * cut, and all of them at the end. */
static void
assert_cut_yields (const gchar * text, gsize shortest, guint members)
{
  GBytes *bytes = rtmp_test_unhex (text);
  gsize size;
  guint last = 0;

  for (size = shortest; size <= g_bytes_get_size (bytes); size++) {
    Message message;
    RtmpValue *value;

    message_open_bytes (&message, bytes, size, NULL);
    value = message_next (&message);
    g_assert_false (rtmp_amf0_parser_more (&message.parser));
    g_assert_cmpuint (rtmp_value_n_members (value), >=, last);
    last = rtmp_value_n_members (value);
    rtmp_value_unref (value);
    message_close (&message);
  }
  g_assert_cmpuint (last, ==, members);
  g_bytes_unref (bytes);
}

static void
test_cut (void)
{
  RtmpValue *value;

  assert_cut_yields ("03" STATUS "0001 62 00 3FF0000000000000 0001 63 03"
      STATUS "000009 0001 64 0A 00000002 05 05 000009", 1, 4);
  assert_cut_yields ("08 00000002" STATUS "0001 62 0C 00000002 6162 000009", 5,
      2);
  assert_cut_yields ("10 0001 50" STATUS "000009", 4, 1);

  /* an array that cannot be whole is not there, what stands before it is */
  value = parse ("03" STATUS "0001 61 0A 00000002 05");
  assert_writes (value, "03" STATUS "000009");
  rtmp_value_unref (value);
  /* an object in an object, both cut in the inner one */
  value = parse ("03" STATUS "0001 61 03 0001 62 05 0009 63");
  assert_writes (value, "03" STATUS "0001 61 03 0001 62 05 000009 000009");
  rtmp_value_unref (value);
}

static void
test_long_strings_are_written (void)
{
  gchar *text = g_strnfill (65536, 'x');
  RtmpWriter writer;

  rtmp_writer_init (&writer);
  rtmp_amf0_write_string (&writer, text);
  g_assert_cmpuint (writer.size, ==, 1 + 4 + 65536);
  g_assert_cmpmem (writer.data, 5, "\x0C\0\1\0\0", 5);
  rtmp_writer_clear (&writer);
  text[65535] = '\0';
  rtmp_amf0_write_string (&writer, text);
  g_assert_cmpuint (writer.size, ==, 1 + 2 + 65535);
  g_assert_cmpmem (writer.data, 3, "\x02\xff\xff", 3);
  rtmp_writer_clear (&writer);
  g_free (text);
}

/* An object (0) with an ECMA array (1) with a typed object (2), then a strict
 * array (3), and only then references: each names what began at its number. */
static void
test_reference_order (void)
{
  static const RtmpValueType types[] = { RTMP_VALUE_OBJECT,
    RTMP_VALUE_ECMA_ARRAY, RTMP_VALUE_OBJECT, RTMP_VALUE_STRICT_ARRAY
  };
  Message message;
  RtmpValue *values[2], *reference;
  guint i;

  message_open (&message, "03 0001 61 08 00000001 0001 62 10 0001 50 000009"
      "000009 000009 0A 00000001 02 0001 78 07 0000 07 0001 07 0002 07 0003",
      NULL);
  values[0] = message_next (&message);
  values[1] = message_next (&message);
  for (i = 0; i < G_N_ELEMENTS (types); i++) {
    reference = message_next (&message);
    g_assert_cmpint (rtmp_value_type (reference), ==, types[i]);
    g_assert_cmpstr (rtmp_value_class_name (reference), ==,
        i == 2 ? "P" : NULL);
    if (i == 0 || i == 3)
      g_assert_true (reference == values[i / 3]);
    rtmp_value_unref (reference);
  }
  g_assert_false (rtmp_amf0_parser_more (&message.parser));
  rtmp_value_unref (values[0]);
  rtmp_value_unref (values[1]);
  message_close (&message);
}

static void
test_reference_errors (void)
{
  /* nothing to refer to: the table is that of one message */
  assert_fails ("07 0000", RTMP_ERROR_BAD_AMF);
  assert_fails ("03 0001 61 07 0001 000009", RTMP_ERROR_BAD_AMF);
  assert_fails ("0A 00000001 07 FFFF", RTMP_ERROR_BAD_AMF);
  /* strings and dates are not in the table */
  assert_fails ("0A 00000002 02 0001 61 07 0001", RTMP_ERROR_BAD_AMF);
}

static void
test_reference_cycle (void)
{
  RtmpValue *value, *inner;

  /* an array that holds itself and an object that holds both */
  value = parse ("0A 00000002 07 0000 03 0001 61 07 0000 0001 62 07 0001"
      "000009");
  inner = rtmp_value_member (value, 0, NULL);
  g_assert_cmpint (rtmp_value_type (inner), ==, RTMP_VALUE_REFERENCE);
  g_assert_cmpuint (rtmp_value_reference_index (inner), ==, 0);
  inner = rtmp_value_get (rtmp_value_member (value, 1, NULL), "b");
  g_assert_cmpint (rtmp_value_type (inner), ==, RTMP_VALUE_REFERENCE);
  g_assert_cmpuint (rtmp_value_reference_index (inner), ==, 1);
  rtmp_value_unref (value);
}

static void
test_depth (void)
{
  RtmpValue *value;
  GString *text = g_string_new (NULL);
  guint i;

  value = parse_limited ("0A 00000001 03 0001 61 08 00000000 0001 62 05 000009"
      "000009", &small);
  g_assert_cmpuint (rtmp_value_depth (value), ==, 3);
  rtmp_value_unref (value);
  assert_fails_limited ("0A 00000001 0A 00000001 0A 00000001 0A 00000000",
      RTMP_ERROR_LIMIT_AMF, &small);
  assert_fails_limited ("0A 00000001 0A 00000001 0A 00000001 03 000009",
      RTMP_ERROR_LIMIT_AMF, &small);
  /* through a reference: two deep, put where two more do not fit */
  assert_fails_limited ("0A 00000002 0A 00000000 0A 00000001 0A 00000001"
      "07 0001", RTMP_ERROR_LIMIT_AMF, &small);

  for (i = 0; i < 32; i++)
    g_string_append (text, "0A 00000001");
  g_string_append (text, "05");
  value = parse (text->str);
  g_assert_cmpuint (rtmp_value_depth (value), ==, 32);
  rtmp_value_unref (value);
  g_string_prepend (text, "0A 00000001");
  assert_fails (text->str, RTMP_ERROR_LIMIT_AMF);
  g_string_free (text, TRUE);
}

/* A megabyte of opening marks. */
static void
test_depth_of_hostile_input (void)
{
  gsize size = 1 << 20;
  guint8 *data = g_malloc (size);
  GError *error = NULL;
  RtmpAmf0Parser parser;

  memset (data, 0x03, size);
  rtmp_amf0_parser_init (&parser, data, size, NULL);
  g_assert_null (rtmp_amf0_parse (&parser, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  rtmp_amf0_parser_clear (&parser);
  g_free (data);
}

static void
test_values (void)
{
  RtmpValue *value;
  Message message;
  guint i;

  value = parse_limited ("0A 0000000F 05050505 05050505 05050505 050505",
      &small);
  g_assert_cmpuint (rtmp_value_weight (value), ==, 16);
  rtmp_value_unref (value);
  assert_fails_limited ("0A 00000010 05050505 05050505 05050505 05050505",
      RTMP_ERROR_LIMIT_AMF, &small);
  /* counted over the whole message */
  message_open (&message, "05050505 05050505 05050505 05050505 05", &small);
  for (i = 0; i < 16; i++)
    rtmp_value_unref (message_next (&message));
  message_fails (&message, RTMP_ERROR_LIMIT_AMF);
  message_close (&message);
}

/* Each array is ten references to the one before it: 10^level values. */
static void
test_billion_laughs (void)
{
  RtmpWriter writer;
  RtmpAmf0Parser parser;
  RtmpValue *value = NULL;
  GError *error = NULL;
  guint16 level;
  guint i;

  rtmp_writer_init (&writer);
  for (level = 0; level < 9; level++) {
    rtmp_writer_u8 (&writer, 0x0A);
    rtmp_writer_u32 (&writer, 10);
    for (i = 0; i < 10; i++) {
      rtmp_writer_u8 (&writer, level > 0 ? 0x07 : 0x05);
      if (level > 0)
        rtmp_writer_u16 (&writer, level - 1);
    }
  }
  rtmp_amf0_parser_init (&parser, writer.data, writer.size, NULL);
  for (level = 0; error == NULL; level++) {
    value = rtmp_amf0_parse (&parser, &error);
    g_assert_cmpuint (parser.input.values, <=, rtmp_limits_default.amf_values);
    rtmp_value_unref (value);
  }
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_LIMIT_AMF);
  g_assert_cmpuint (level, ==, 5);      /* 10 + 100 + 1000 + 10000 did fit */
  g_clear_error (&error);
  rtmp_amf0_parser_clear (&parser);
  rtmp_writer_clear (&writer);
}

/* A reference to text costs what it repeats. */
static void
test_repeated_bytes (void)
{
  static const gchar text[] =
      "0A 00000003 03 0002 6162 02 0002 6364 000009 07 0001 07 0001";
  RtmpValue *value = parse_limited (text, &small);

  g_assert_cmpuint (rtmp_value_text_size (value), ==, 12);
  rtmp_value_unref (value);
  assert_fails_limited ("0A 00000003 03 0002 6162 02 0003 636465 000009"
      "07 0001 07 0001", RTMP_ERROR_LIMIT_AMF, &small);
}

static void
test_counts_and_lengths (void)
{
  Message message;

  /* refused before the first of them is built */
  message_open (&message, "0A FFFFFFFF 0505", NULL);
  message_fails (&message, RTMP_ERROR_BAD_AMF);
  g_assert_cmpuint (message.parser.input.values, ==, 1);
  message_close (&message);
  assert_fails ("0A 00000002 05", RTMP_ERROR_BAD_AMF);
  assert_fails ("02 FFFF 61", RTMP_ERROR_BAD_AMF);
  assert_fails ("0C FFFFFFFF 61", RTMP_ERROR_BAD_AMF);
  assert_fails ("0F FFFFFFFF 61", RTMP_ERROR_BAD_AMF);
  assert_fails ("10 FFFF 61", RTMP_ERROR_BAD_AMF);
  assert_fails ("", RTMP_ERROR_BAD_AMF);
}

static void
test_bad_markers (void)
{
  guint marker;

  for (marker = 0; marker < 256; marker++) {
    gchar *text;

    if (marker != 0x04 && marker != 0x09 && marker != 0x0E && marker < 0x12)
      continue;
    text = g_strdup_printf ("%02x 00000000 00000000", marker);
    assert_fails (text, RTMP_ERROR_BAD_AMF);
    g_free (text);
    text = g_strdup_printf ("03 0001 61 %02x 000009", marker);
    assert_fails (text, RTMP_ERROR_BAD_AMF);
    g_free (text);
    text = g_strdup_printf ("0A 00000001 %02x", marker);
    assert_fails (text, RTMP_ERROR_BAD_AMF);
    g_free (text);
  }
  /* an empty name and no end mark */
  assert_fails ("03 0000 05 000009", RTMP_ERROR_BAD_AMF);
}

static void
test_error_message (void)
{
  Message message;
  GError *error = NULL;

  message_open (&message, "05 03 0001 61 04", NULL);
  rtmp_value_unref (message_next (&message));
  g_assert_null (rtmp_amf0_parse (&message.parser, &error));
  g_assert_cmpstr (error->message, ==,
      "AMF0: expected the marker of a value, got 0x04 at byte 5");
  g_clear_error (&error);
  message_close (&message);
}

static void
test_object_and_ecma_array_alike (void)
{
  static const gchar *const texts[] =
      { "03" STATUS "000009", "08 00000001" STATUS "000009" };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (texts); i++) {
    RtmpValue *value = parse (texts[i]);

    g_assert_cmpstr (rtmp_value_get_string (value, "level"), ==, "status");
    rtmp_value_unref (value);
  }
}

static void
test_written_markers (void)
{
  RtmpValue *object = rtmp_value_new_object ();
  RtmpValue *array = rtmp_value_new_ecma_array ();

  rtmp_value_set_boolean (object, "a", TRUE);
  rtmp_value_set_number (array, "b", 1);
  assert_writes (object, "03 0001 61 0101 000009");
  assert_writes (array, "08 00000001 0001 62 00 3FF0000000000000 000009");
  rtmp_value_unref (object);
  rtmp_value_unref (array);
}

static void
test_order_is_kept (void)
{
  assert_round_trip ("03 0001 7A 05 0001 61 05 0001 6D 05 000009",
      RTMP_VALUE_OBJECT);
}

static void
test_trailing_nul (void)
{
  /* code: "a.b" and a NUL */
  RtmpValue *value = parse ("03 0004 636F6465 02 0004 612E6200 000009");

  g_assert_cmpstr (rtmp_value_get_string (value, "code"), ==, "a.b");
  rtmp_value_unref (value);
  value = parse ("03 0005 636F646500 02 0003 612E62 000009");
  g_assert_cmpstr (rtmp_value_get_string (value, "code"), ==, "a.b");
  rtmp_value_unref (value);
}

static void
test_duplicates (void)
{
  RtmpValue *value = parse ("03 0001 61 0100 0001 62 05 0001 61 0101 000009");

  g_assert_true (rtmp_value_as_boolean (rtmp_value_get (value, "a"), FALSE));
  rtmp_value_unref (value);
}

/* Many members, many of one name: all are kept, because none is looked for. */
static void
test_many_members (void)
{
  RtmpWriter writer;
  RtmpAmf0Parser parser;
  RtmpValue *value;
  guint i;

  rtmp_writer_init (&writer);
  rtmp_writer_u8 (&writer, 0x03);
  for (i = 0; i < 60000; i++) {
    rtmp_writer_u16 (&writer, 2);
    rtmp_writer_u16 (&writer, (guint16) (i | 0x8080));
    rtmp_amf0_write_null (&writer);
  }
  rtmp_writer_bytes (&writer, "\0\0\x09", 3);
  rtmp_amf0_parser_init (&parser, writer.data, writer.size, NULL);
  value = rtmp_amf0_parse (&parser, NULL);
  g_assert_cmpuint (rtmp_value_n_members (value), ==, 60000);
  rtmp_value_unref (value);
  rtmp_amf0_parser_clear (&parser);
  rtmp_writer_clear (&writer);
}

/* A name that AMF0 cannot hold does not break the object around it. */
static void
test_unwritable_names (void)
{
  gchar *name = g_strnfill (65536, 'x');
  RtmpValue *value = rtmp_value_new_typed_object (name);

  rtmp_value_set_number (value, name, 1);
  rtmp_value_set_number (value, "", 1);
  rtmp_value_set_boolean (value, "a", FALSE);
  assert_writes (value, "03 0001 61 0100 000009");
  rtmp_value_unref (value);
  value = rtmp_value_new_ecma_array ();
  rtmp_value_set_boolean (value, "", TRUE);
  rtmp_value_set_boolean (value, "a", FALSE);
  assert_writes (value, "08 00000001 0001 61 0100 000009");
  rtmp_value_unref (value);
  g_free (name);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/amf0/E-064-number", test_number);
  g_test_add_func ("/amf0/E-065-boolean", test_boolean);
  g_test_add_func ("/amf0/E-066-string", test_string);
  g_test_add_func ("/amf0/E-067-object", test_object);
  g_test_add_func ("/amf0/E-068-null", test_null);
  g_test_add_func ("/amf0/E-069-undefined", test_undefined);
  g_test_add_func ("/amf0/E-070-reference", test_reference);
  g_test_add_func ("/amf0/E-071-ecma-array", test_ecma_array);
  g_test_add_func ("/amf0/E-072-strict-array", test_strict_array);
  g_test_add_func ("/amf0/E-073-date", test_date);
  g_test_add_func ("/amf0/E-074-long-string", test_long_string);
  g_test_add_func ("/amf0/E-075-unsupported", test_unsupported);
  g_test_add_func ("/amf0/E-076-xml", test_xml);
  g_test_add_func ("/amf0/E-077-typed-object", test_typed_object);
  g_test_add_func ("/amf0/E-078-amf3", test_amf3);
  g_test_add_func ("/amf0/E-102-amf3-is-one-value", test_amf3_is_one_value);
  g_test_add_func ("/amf0/E-092-amf3-tables", test_amf3_tables);
  g_test_add_func ("/amf0/amf3-caps", test_amf3_caps);
  g_test_add_func ("/amf0/amf3-types", test_amf3_types);
  g_test_add_func ("/amf0/E-079-ecma-count-is-a-hint", test_count_is_a_hint);
  g_test_add_func ("/amf0/E-080-cut-yields-members", test_cut);
  g_test_add_func ("/amf0/E-081-long-strings", test_long_strings_are_written);
  g_test_add_func ("/amf0/E-082-reference-order", test_reference_order);
  g_test_add_func ("/amf0/E-082-reference-errors", test_reference_errors);
  g_test_add_func ("/amf0/E-082-reference-cycle", test_reference_cycle);
  g_test_add_func ("/amf0/E-083-depth", test_depth);
  g_test_add_func ("/amf0/E-083-depth-of-hostile-input",
      test_depth_of_hostile_input);
  g_test_add_func ("/amf0/E-083-values", test_values);
  g_test_add_func ("/amf0/E-083-billion-laughs", test_billion_laughs);
  g_test_add_func ("/amf0/E-083-repeated-bytes", test_repeated_bytes);
  g_test_add_func ("/amf0/E-083-counts-and-lengths", test_counts_and_lengths);
  g_test_add_func ("/amf0/E-084-bad-markers", test_bad_markers);
  g_test_add_func ("/amf0/error-message", test_error_message);
  g_test_add_func ("/amf0/E-085-object-and-ecma-array-alike",
      test_object_and_ecma_array_alike);
  g_test_add_func ("/amf0/E-086-written-markers", test_written_markers);
  g_test_add_func ("/amf0/E-087-order-is-kept", test_order_is_kept);
  g_test_add_func ("/amf0/E-088-trailing-nul", test_trailing_nul);
  g_test_add_func ("/amf0/duplicates-last-wins", test_duplicates);
  g_test_add_func ("/amf0/many-members", test_many_members);
  g_test_add_func ("/amf0/unwritable-names", test_unwritable_names);
  return g_test_run ();
}

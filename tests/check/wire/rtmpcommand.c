/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpcommand.h"

#include <string.h>

#include "rtmperror.h"
#include "rtmptestbytes.h"
#include "rtmpwriter.h"

#define CONNECT "02 0007 636F6E6E656374"
#define ONE "00 3FF0000000000000"

static void
message_from_hex (RtmpMessage * message, RtmpMessageType type,
    const gchar * text)
{
  rtmp_message_init (message, type, 3, 0, 0, rtmp_test_unhex (text));
}

static GBytes *
read_file (const gchar * name)
{
  gchar *path = g_build_filename (g_getenv ("FILES"), "commands", name, NULL);
  gchar *data;
  gsize size;
  GError *error = NULL;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  g_free (path);
  return g_bytes_new_take (data, size);
}

static void
parse_message (RtmpCommand * command, RtmpMessage * message)
{
  GError *error = NULL;

  g_assert_true (rtmp_command_parse (command, message, NULL, &error));
  g_assert_no_error (error);
  rtmp_message_clear (message);
}

static void
parse_hex (RtmpCommand * command, RtmpMessageType type, const gchar * text)
{
  RtmpMessage message;

  message_from_hex (&message, type, text);
  parse_message (command, &message);
}

static void
assert_fails (RtmpMessageType type, const gchar * text,
    const RtmpLimits * limits, RtmpError code)
{
  RtmpMessage message;
  RtmpCommand command;
  GError *error = NULL;

  message_from_hex (&message, type, text);
  g_assert_false (rtmp_command_parse (&command, &message, limits, &error));
  g_assert_error (error, RTMP_ERROR, (gint) code);
  g_error_free (error);
  g_assert_null (command.name);
  g_assert_null (command.args);
  g_assert_null (rtmp_command_arg (&command, 0));
  rtmp_message_clear (&message);
}

static void
test_parse (void)
{
  RtmpCommand command;

  parse_hex (&command, RTMP_MESSAGE_COMMAND_AMF0,
      CONNECT ONE "03 0003 617070 02 0004 6C697665 000009 02 0001 78");
  g_assert_cmpstr (command.name, ==, "connect");
  g_assert_cmpfloat (command.transaction, ==, 1);
  g_assert_cmpuint (command.args->len, ==, 2);
  g_assert_cmpstr (rtmp_value_get_string (rtmp_command_arg (&command, 0),
          "app"), ==, "live");
  g_assert_cmpstr (rtmp_value_as_string (rtmp_command_arg (&command, 1),
          NULL), ==, "x");
  g_assert_null (rtmp_command_arg (&command, 2));
  rtmp_command_clear (&command);
  g_assert_null (rtmp_command_arg (&command, 0));
}

static void
test_no_transaction (void)
{
  RtmpCommand command;

  parse_hex (&command, RTMP_MESSAGE_COMMAND_AMF0, CONNECT);
  g_assert_cmpfloat (command.transaction, ==, 0);
  g_assert_cmpuint (command.args->len, ==, 0);
  rtmp_command_clear (&command);

  parse_hex (&command, RTMP_MESSAGE_COMMAND_AMF0, CONNECT "05" ONE);
  g_assert_cmpfloat (command.transaction, ==, 0);
  g_assert_cmpint (rtmp_value_type (rtmp_command_arg (&command, 0)), ==,
      RTMP_VALUE_NULL);
  g_assert_cmpfloat (rtmp_value_as_number (rtmp_command_arg (&command, 1), 0),
      ==, 1);
  rtmp_command_clear (&command);
}

static void
test_trailing_nul (void)
{
  RtmpCommand command;

  parse_hex (&command, RTMP_MESSAGE_COMMAND_AMF0,
      "02 000A 6F6E 537461747573 0000" ONE
      "05 03 0004 636F6465 02 0003 612E00 000009");
  g_assert_cmpstr (command.name, ==, "onStatus");
  g_assert_cmpstr (rtmp_value_get_string (rtmp_command_arg (&command, 1),
          "code"), ==, "a.");
  rtmp_command_clear (&command);
}

static void
test_selector (void)
{
  RtmpCommand command;

  parse_hex (&command, RTMP_MESSAGE_COMMAND_AMF3, "00" CONNECT ONE "05");
  g_assert_cmpstr (command.name, ==, "connect");
  g_assert_cmpuint (command.args->len, ==, 1);
  rtmp_command_clear (&command);
}

static void
test_no_selector (void)
{
  RtmpCommand command;

  parse_hex (&command, RTMP_MESSAGE_COMMAND_AMF3, CONNECT ONE "05");
  g_assert_cmpstr (command.name, ==, "connect");
  g_assert_cmpfloat (command.transaction, ==, 1);
  rtmp_command_clear (&command);
}

/* Each value in AMF3 has its own switch, and AMF0 goes on behind it. */
static void
test_switch (void)
{
  RtmpCommand command;

  parse_hex (&command, RTMP_MESSAGE_COMMAND_AMF3,
      "00" CONNECT ONE "11 0A 0B 01 03 61 06 03 78 01 05 11 06 00");
  g_assert_cmpuint (command.args->len, ==, 3);
  g_assert_cmpstr (rtmp_value_get_string (rtmp_command_arg (&command, 0),
          "a"), ==, "x");
  g_assert_cmpint (rtmp_value_type (rtmp_command_arg (&command, 1)), ==,
      RTMP_VALUE_NULL);
  g_assert_cmpstr (rtmp_value_as_string (rtmp_command_arg (&command, 2),
          NULL), ==, "a");
  rtmp_command_clear (&command);
}

static void
test_other_selector (void)
{
  assert_fails (RTMP_MESSAGE_COMMAND_AMF3, "03" CONNECT ONE, NULL,
      RTMP_ERROR_UNSUPPORTED);
  assert_fails (RTMP_MESSAGE_COMMAND_AMF3, "FF" CONNECT ONE, NULL,
      RTMP_ERROR_UNSUPPORTED);
  /* a message of AMF0 has none */
  assert_fails (RTMP_MESSAGE_COMMAND_AMF0, "00" CONNECT, NULL,
      RTMP_ERROR_BAD_COMMAND);
}

static void
test_no_name (void)
{
  RtmpMessage empty = {.type = RTMP_MESSAGE_COMMAND_AMF0 };
  RtmpCommand command;
  GError *error = NULL;

  assert_fails (RTMP_MESSAGE_COMMAND_AMF0, "", NULL, RTMP_ERROR_BAD_COMMAND);
  assert_fails (RTMP_MESSAGE_COMMAND_AMF3, "00", NULL, RTMP_ERROR_BAD_COMMAND);
  assert_fails (RTMP_MESSAGE_COMMAND_AMF0, ONE, NULL, RTMP_ERROR_BAD_COMMAND);
  assert_fails (RTMP_MESSAGE_COMMAND_AMF0, "0F 00000001 61", NULL,
      RTMP_ERROR_BAD_COMMAND);
  g_assert_false (rtmp_command_parse (&command, &empty, NULL, &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_BAD_COMMAND);
  g_error_free (error);
}

static void
test_bad_values (void)
{
  static const RtmpLimits tiny = {.amf_depth = 1,.amf_values = 3 };

  assert_fails (RTMP_MESSAGE_COMMAND_AMF0, "02 0007 636F", NULL,
      RTMP_ERROR_BAD_AMF);
  assert_fails (RTMP_MESSAGE_COMMAND_AMF0, CONNECT "00 3FF0", NULL,
      RTMP_ERROR_BAD_AMF);
  assert_fails (RTMP_MESSAGE_COMMAND_AMF0, CONNECT ONE "05 04", NULL,
      RTMP_ERROR_BAD_AMF);
  assert_fails (RTMP_MESSAGE_COMMAND_AMF0, CONNECT ONE "11 0A", NULL,
      RTMP_ERROR_BAD_AMF);
  assert_fails (RTMP_MESSAGE_COMMAND_AMF3, "00" CONNECT ONE "11 0A 07 03 43 01",
      NULL, RTMP_ERROR_UNSUPPORTED);
  assert_fails (RTMP_MESSAGE_COMMAND_AMF0, CONNECT ONE "05 05", &tiny,
      RTMP_ERROR_LIMIT_AMF);
}

static void
test_write (void)
{
  GPtrArray *args = g_ptr_array_new ();
  RtmpValue *object = rtmp_value_new_object ();

  rtmp_value_set_string (object, "app", "live");
  rtmp_test_assert_bytes (rtmp_command_write ("connect", 1,
          rtmp_value_ref (object), rtmp_value_new_boolean (TRUE), NULL),
      CONNECT ONE "03 0003 617070 02 0004 6C697665 000009 0101");
  rtmp_test_assert_bytes (rtmp_command_write_array ("connect", 1, args),
      CONNECT ONE);
  g_ptr_array_add (args, object);
  rtmp_test_assert_bytes (rtmp_command_write_array ("connect", 1, args),
      CONNECT ONE "03 0003 617070 02 0004 6C697665 000009");
  g_ptr_array_unref (args);
  rtmp_value_unref (object);
}

/* What real peers sent is read whole, and comes out as it went in. */
static void
test_recorded (gconstpointer name)
{
  GBytes *bytes = read_file (name), *again;
  RtmpMessage message;
  RtmpCommand command;

  rtmp_message_init (&message, RTMP_MESSAGE_COMMAND_AMF0, 3, 0, 0,
      g_bytes_ref (bytes));
  parse_message (&command, &message);
  g_assert_cmpuint (command.args->len, >=, 1);
  again = rtmp_command_write_array (command.name, command.transaction,
      command.args);
  g_assert_true (g_bytes_equal (bytes, again));
  g_bytes_unref (again);
  g_bytes_unref (bytes);
  rtmp_command_clear (&command);
}

static void
test_recorded_fourcc_list (void)
{
  RtmpMessage message;
  RtmpCommand command;
  RtmpValue *list;

  rtmp_message_init (&message, RTMP_MESSAGE_COMMAND_AMF0, 3, 0, 0,
      read_file ("connect-ff8.amf0"));
  parse_message (&command, &message);
  list = rtmp_value_get (rtmp_command_arg (&command, 0), "fourCcList");
  g_assert_cmpuint (rtmp_value_n_members (list), ==, 5);
  g_assert_cmpstr (rtmp_value_as_string (rtmp_value_member (list, 0, NULL),
          NULL), ==, "hvc1");
  rtmp_command_clear (&command);
}

static void
assert_data_name (RtmpMessageType type, const gchar * text,
    const gchar * expected, gsize expected_length)
{
  RtmpMessage message;
  gchar *name;
  gsize length;
  gboolean found;

  message_from_hex (&message, type, text);
  found = rtmp_data_parse_name (&message, &name, &length);
  g_assert_cmpint (found, ==, expected != NULL);
  g_assert_cmpstr (name, ==, expected);
  if (found)
    g_assert_cmpuint (length, ==, expected_length);
  g_free (name);
  rtmp_message_clear (&message);
}

static void
test_data_name (void)
{
  /* what follows is not looked at: 0x04 is no value */
  assert_data_name (RTMP_MESSAGE_DATA_AMF0, "02 0002 6162 04", "ab", 5);
  assert_data_name (RTMP_MESSAGE_DATA_AMF0, "0C 00000002 6162", "ab", 7);
  assert_data_name (RTMP_MESSAGE_DATA_AMF3, "00 02 0002 6162 04", "ab", 6);
  assert_data_name (RTMP_MESSAGE_DATA_AMF3, "02 0002 6162 04", "ab", 5);
  assert_data_name (RTMP_MESSAGE_DATA_AMF0, "02 0003 616200", "ab", 6);
  assert_data_name (RTMP_MESSAGE_DATA_AMF0, "02 0003 6162", NULL, 0);
  assert_data_name (RTMP_MESSAGE_DATA_AMF0, "00" ONE, NULL, 0);
  assert_data_name (RTMP_MESSAGE_DATA_AMF0, "03 0001 61 05 000009", NULL, 0);
  assert_data_name (RTMP_MESSAGE_DATA_AMF0, "0A 00000000", NULL, 0);
  assert_data_name (RTMP_MESSAGE_DATA_AMF0, "", NULL, 0);
}

/* @expected NULL: stays as it is, and fails so. */
static void
assert_data_to_amf0 (RtmpMessageType type, const gchar * text,
    const gchar * expected, RtmpError code)
{
  RtmpMessage message;
  GError *error = NULL;

  message_from_hex (&message, type, text);
  if (expected) {
    g_assert_true (rtmp_data_to_amf0 (&message, NULL, &error));
    g_assert_no_error (error);
    g_assert_cmpint (message.type, ==, RTMP_MESSAGE_DATA_AMF0);
  } else {
    g_assert_false (rtmp_data_to_amf0 (&message, NULL, &error));
    g_assert_error (error, RTMP_ERROR, (gint) code);
    g_error_free (error);
    g_assert_cmpint (message.type, ==, type);
  }
  rtmp_test_assert_bytes (g_bytes_ref (message.payload),
      expected ? expected : text);
  rtmp_message_clear (&message);
}

#define NAME "02 0002 6162"

static void
test_data_to_amf0 (void)
{
  static const struct
  {
    RtmpMessageType type;
    const gchar *text;
    const gchar *expected;
    RtmpError code;
  } cases[] = {
    {RTMP_MESSAGE_DATA_AMF3, "00" NAME "0101", NAME "0101"},
    {RTMP_MESSAGE_DATA_AMF3, NAME "0101", NAME "0101"},
    {RTMP_MESSAGE_DATA_AMF3, "00", ""},
    {RTMP_MESSAGE_DATA_AMF3, "", ""},
    {RTMP_MESSAGE_DATA_AMF3, "00" NAME "11 0A 0B 01 03 61 04 01 01 05",
        NAME "03 0001 61 00 3FF0000000000000 000009 05"},
    {RTMP_MESSAGE_DATA_AMF3, "00" NAME "03 0001 61 11 03 000009",
        NAME "03 0001 61 0101 000009"},
    /* nothing in AMF3: not looked at */
    {RTMP_MESSAGE_DATA_AMF3, "00" NAME "04", NAME "04"},
    {RTMP_MESSAGE_DATA_AMF3, "00" NAME "03 0001 61 07 0000 000009",
        NAME "03 0001 61 07 0000 000009"},
    /* another type: not looked at either */
    {RTMP_MESSAGE_DATA_AMF0, "00" NAME "11 03", "00" NAME "11 03"},
    {RTMP_MESSAGE_DATA_AMF3, "01" NAME, NULL, RTMP_ERROR_UNSUPPORTED},
    {RTMP_MESSAGE_DATA_AMF3, "00" NAME "11 12", NULL, RTMP_ERROR_BAD_AMF},
    {RTMP_MESSAGE_DATA_AMF3, "00" NAME "11 03 04", NULL, RTMP_ERROR_BAD_AMF},
    {RTMP_MESSAGE_DATA_AMF3, "00" NAME "11 0A 0B 01 03 61 0A 00 01", NULL,
        RTMP_ERROR_UNSUPPORTED},
    {RTMP_MESSAGE_DATA_AMF3, "00" NAME "03 0001 61 07 0000 000009 11 03", NULL,
        RTMP_ERROR_UNSUPPORTED},
    {RTMP_MESSAGE_DATA_AMF3, "00" NAME "11 0A 07 03 43 01", NULL,
        RTMP_ERROR_UNSUPPORTED},
  };
  RtmpMessage empty = {.type = RTMP_MESSAGE_DATA_AMF3 };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_data_to_amf0 (cases[i].type, cases[i].text, cases[i].expected,
        cases[i].code);
  g_assert_true (rtmp_data_to_amf0 (&empty, NULL, NULL));
}

/* A text of 9 MiB and a reference to it. */
static void
test_data_to_amf0_is_bounded (void)
{
  RtmpMessage message;
  RtmpWriter writer;
  GError *error = NULL;
  gchar *text = g_strnfill (9 << 20, 'x');

  rtmp_writer_init (&writer);
  rtmp_writer_bytes (&writer, "\x00\x11\x09\x05\x01\x06\x84\xc0\x80\x01", 10);
  rtmp_writer_bytes (&writer, text, 9 << 20);
  rtmp_writer_bytes (&writer, "\x06\x00", 2);
  rtmp_message_init (&message, RTMP_MESSAGE_DATA_AMF3, 3, 0, 0,
      rtmp_writer_take (&writer));
  g_assert_false (rtmp_data_to_amf0 (&message, NULL, &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_LIMIT_MESSAGE_SIZE);
  g_error_free (error);
  rtmp_message_clear (&message);
  g_free (text);
}

static void
test_data_recorded (void)
{
  GBytes *bytes = read_file ("set-data-frame-ffmpeg5.amf0"), *rest;
  RtmpMessage message;
  gchar *name;
  gsize length;

  rtmp_message_init (&message, RTMP_MESSAGE_DATA_AMF0, 5, 1, 0, bytes);
  g_assert_true (rtmp_data_parse_name (&message, &name, &length));
  g_assert_cmpstr (name, ==, "@setDataFrame");
  g_free (name);
  /* what follows starts with the script's own name, and makes the same again */
  rest = g_bytes_new_from_bytes (bytes, length,
      g_bytes_get_size (bytes) - length);
  bytes = rtmp_data_write_set_data_frame (rest);
  g_assert_true (g_bytes_equal (bytes, message.payload));
  g_bytes_unref (bytes);
  rtmp_message_clear (&message);
  message.payload = rest;
  g_assert_true (rtmp_data_parse_name (&message, &name, &length));
  g_assert_cmpstr (name, ==, "onMetaData");
  g_free (name);
  rtmp_message_clear (&message);
}

int
main (int argc, char **argv)
{
  static const gchar *const recorded[] = {
    "connect-ff8.amf0", "connect-ffmpeg5.amf0", "connect-gst.amf0",
    "connect-librtmp.amf0", "play-gst.amf0", "publish-ffmpeg5.amf0",
    "result-connect-nginx.amf0", "status-publish-nginx.amf0"
  };
  guint i;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/command/parse", test_parse);
  g_test_add_func ("/command/no-transaction", test_no_transaction);
  g_test_add_func ("/command/E-088-trailing-nul", test_trailing_nul);
  g_test_add_func ("/command/E-101-selector", test_selector);
  g_test_add_func ("/command/E-104-no-selector", test_no_selector);
  g_test_add_func ("/command/E-102-switch", test_switch);
  g_test_add_func ("/command/E-106-other-selector", test_other_selector);
  g_test_add_func ("/command/no-name", test_no_name);
  g_test_add_func ("/command/E-084-bad-values", test_bad_values);
  g_test_add_func ("/command/write", test_write);
  for (i = 0; i < G_N_ELEMENTS (recorded); i++) {
    gchar *path = g_strconcat ("/command/recorded/", recorded[i], NULL);

    g_test_add_data_func (path, recorded[i], test_recorded);
    g_free (path);
  }
  g_test_add_func ("/command/recorded/fourcc-list", test_recorded_fourcc_list);
  g_test_add_func ("/data/name", test_data_name);
  g_test_add_func ("/data/E-101-to-amf0", test_data_to_amf0);
  g_test_add_func ("/data/to-amf0-is-bounded", test_data_to_amf0_is_bounded);
  g_test_add_func ("/data/E-122-set-data-frame-recorded", test_data_recorded);
  return g_test_run ();
}

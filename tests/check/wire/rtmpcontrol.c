/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpcontrol.h"

#include "rtmperror.h"
#include "rtmptestbytes.h"

static gboolean
parse_bytes (RtmpControl * control, guint8 type, GBytes * payload,
    GError ** error)
{
  RtmpMessage message;
  gboolean ok;

  rtmp_message_init (&message, type, 2, 0, 0, payload);
  ok = rtmp_control_parse (control, &message, error);
  rtmp_message_clear (&message);
  return ok;
}

static RtmpControl
parse (guint8 type, const gchar * text)
{
  RtmpControl control;
  GError *error = NULL;
  gboolean ok = parse_bytes (&control, type, rtmp_test_unhex (text), &error);

  g_assert_no_error (error);
  g_assert_true (ok);
  g_assert_cmpuint (control.type, ==, type);
  return control;
}

static void
assert_fails_bytes (guint8 type, GBytes * payload)
{
  RtmpControl control;
  GError *error = NULL;

  g_assert_false (parse_bytes (&control, type, payload, &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_BAD_MESSAGE);
  g_error_free (error);
}

static void
assert_fails (guint8 type, const gchar * text)
{
  assert_fails_bytes (type, rtmp_test_unhex (text));
}

static void
assert_writes (const RtmpControl * control, const gchar * expected)
{
  RtmpMessage message;

  rtmp_control_write (control, &message);
  g_assert_cmpuint (message.type, ==, control->type);
  g_assert_cmpuint (message.chunk_stream, ==, RTMP_CHUNK_STREAM_CONTROL);
  g_assert_cmpuint (message.message_stream, ==, 0);
  g_assert_cmpuint (message.timestamp, ==, 0);
  rtmp_test_assert_bytes (message.payload, expected);
}

static void
test_golden (void)
{
  RtmpControl bandwidth = {.type = RTMP_MESSAGE_SET_PEER_BANDWIDTH,
    .value = 2500000,.limit_type = RTMP_LIMIT_TYPE_DYNAMIC
  };
  RtmpMessage message;

  rtmp_control_init (&message, RTMP_MESSAGE_SET_CHUNK_SIZE, 4096);
  rtmp_test_assert_bytes (message.payload, "00001000");
  rtmp_control_init (&message, RTMP_MESSAGE_WINDOW_ACK_SIZE, 2500000);
  rtmp_test_assert_bytes (message.payload, "002625A0");
  assert_writes (&bandwidth, "002625A0 02");
  rtmp_user_control_init (&message, RTMP_USER_CONTROL_STREAM_BEGIN, 1);
  rtmp_test_assert_bytes (message.payload, "0000 00000001");
  rtmp_user_control_init (&message, RTMP_USER_CONTROL_PING_REQUEST, 0x01020304);
  rtmp_test_assert_bytes (message.payload, "0006 01020304");
}

static void
test_round_trip (void)
{
  static const struct
  {
    guint8 type;
    const gchar *payload;
  } cases[] = {
    {RTMP_MESSAGE_SET_CHUNK_SIZE, "00FFFFFF"},
    {RTMP_MESSAGE_ABORT, "0001003F"},
    {RTMP_MESSAGE_ACKNOWLEDGEMENT, "FFFFFFFF"},
    {RTMP_MESSAGE_WINDOW_ACK_SIZE, "00000000"},
    {RTMP_MESSAGE_SET_PEER_BANDWIDTH, "80000000 FF"},
    {RTMP_MESSAGE_USER_CONTROL, "0001 00000001"},
    {RTMP_MESSAGE_USER_CONTROL, "0003 00000001 00000BB8"},
    {RTMP_MESSAGE_USER_CONTROL, "0020 00000001"},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    RtmpControl control = parse (cases[i].type, cases[i].payload);

    assert_writes (&control, cases[i].payload);
  }
}

static void
test_values (void)
{
  RtmpControl control;

  control = parse (RTMP_MESSAGE_ABORT, "0001003F");
  g_assert_cmpuint (control.value, ==, 65599);
  control = parse (RTMP_MESSAGE_ACKNOWLEDGEMENT, "FFFFFFFF");
  g_assert_cmpuint (control.value, ==, G_MAXUINT32);
  control = parse (RTMP_MESSAGE_SET_PEER_BANDWIDTH, "002625A0 01");
  g_assert_cmpuint (control.value, ==, 2500000);
  g_assert_cmpuint (control.limit_type, ==, RTMP_LIMIT_TYPE_SOFT);
  /* an unknown limit type is for the reader to ignore (E-051) */
  control = parse (RTMP_MESSAGE_SET_PEER_BANDWIDTH, "002625A0 07");
  g_assert_cmpuint (control.limit_type, ==, 7);
}

static void
test_bad_chunk_size (void)
{
  assert_fails (RTMP_MESSAGE_SET_CHUNK_SIZE, "00000000");
  assert_fails (RTMP_MESSAGE_SET_CHUNK_SIZE, "80000000");
  assert_fails (RTMP_MESSAGE_SET_CHUNK_SIZE, "80001000");
  assert_fails (RTMP_MESSAGE_SET_CHUNK_SIZE, "FFFFFFFF");
  g_assert_cmpuint (parse (RTMP_MESSAGE_SET_CHUNK_SIZE, "00000001").value, ==,
      1);
}

static void
test_large_chunk_size (void)
{
  g_assert_cmpuint (parse (RTMP_MESSAGE_SET_CHUNK_SIZE, "00FFFFFE").value, ==,
      0xFFFFFE);
  g_assert_cmpuint (parse (RTMP_MESSAGE_SET_CHUNK_SIZE, "01000000").value, ==,
      0xFFFFFF);
  g_assert_cmpuint (parse (RTMP_MESSAGE_SET_CHUNK_SIZE, "7FFFFFFF").value, ==,
      0xFFFFFF);
}

/* Each layout, cut at every length. */
static void
test_short (void)
{
  static const struct
  {
    guint8 type;
    const gchar *payload;
  } cases[] = {
    {RTMP_MESSAGE_SET_CHUNK_SIZE, "00001000"},
    {RTMP_MESSAGE_ABORT, "00000004"},
    {RTMP_MESSAGE_ACKNOWLEDGEMENT, "00000004"},
    {RTMP_MESSAGE_WINDOW_ACK_SIZE, "00000004"},
    {RTMP_MESSAGE_SET_PEER_BANDWIDTH, "00000004 02"},
    {RTMP_MESSAGE_USER_CONTROL, "0000 00000001"},
    {RTMP_MESSAGE_USER_CONTROL, "0001 00000001"},
    {RTMP_MESSAGE_USER_CONTROL, "0002 00000001"},
    {RTMP_MESSAGE_USER_CONTROL, "0003 00000001 00000BB8"},
    {RTMP_MESSAGE_USER_CONTROL, "0004 00000001"},
    {RTMP_MESSAGE_USER_CONTROL, "0006 00000001"},
    {RTMP_MESSAGE_USER_CONTROL, "0007 00000001"},
  };
  guint i;
  gsize size;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    GBytes *bytes = rtmp_test_unhex (cases[i].payload);

    for (size = 0; size < g_bytes_get_size (bytes); size++)
      assert_fails_bytes (cases[i].type,
          g_bytes_new (g_bytes_get_data (bytes, NULL), size));
    g_bytes_unref (bytes);
    assert_fails_bytes (cases[i].type, NULL);
    parse (cases[i].type, cases[i].payload);
  }
}

static void
test_bytes_behind_are_ignored (void)
{
  g_assert_cmpuint (parse (RTMP_MESSAGE_WINDOW_ACK_SIZE,
          "002625A0 FFFF").value, ==, 2500000);
  g_assert_cmpuint (parse (RTMP_MESSAGE_USER_CONTROL,
          "0000 00000001 FF").value, ==, 1);
}

static void
test_ping (void)
{
  RtmpControl control = parse (RTMP_MESSAGE_USER_CONTROL, "0006 DEADBEEF");

  g_assert_cmpuint (control.event, ==, RTMP_USER_CONTROL_PING_REQUEST);
  control.event = RTMP_USER_CONTROL_PING_RESPONSE;
  assert_writes (&control, "0007 DEADBEEF");
}

static void
test_unknown_events (void)
{
  static const guint16 events[] =
      { 5, 8, 26, 27, 31, 32, 34, 41, 255, 256, 65535 };
  guint i, n;

  for (i = 0; i < G_N_ELEMENTS (events); i++) {
    for (n = 0; n <= 8; n++) {
      gchar *text = g_strdup_printf ("%04x%.*s", events[i], 2 * (gint) n,
          "0000000100000002");
      RtmpControl control = parse (RTMP_MESSAGE_USER_CONTROL, text);

      g_assert_cmpuint (control.event, ==, events[i]);
      g_assert_cmpuint (control.value, ==, n >= 4 ? 1 : 0);
      g_assert_cmpuint (control.value2, ==, n >= 8 ? 2 : 0);
      g_free (text);
    }
  }
}

static void
test_stream_events (void)
{
  static const guint16 events[] = { RTMP_USER_CONTROL_STREAM_BEGIN,
    RTMP_USER_CONTROL_STREAM_EOF, RTMP_USER_CONTROL_STREAM_DRY,
    RTMP_USER_CONTROL_STREAM_IS_RECORDED
  };
  RtmpControl control;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (events); i++) {
    gchar *text = g_strdup_printf ("%04x 01020304", events[i]);

    control = parse (RTMP_MESSAGE_USER_CONTROL, text);
    g_assert_cmpuint (control.event, ==, events[i]);
    g_assert_cmpuint (control.value, ==, 0x01020304);
    g_free (text);
  }
  control = parse (RTMP_MESSAGE_USER_CONTROL, "0003 00000001 0000012C");
  g_assert_cmpuint (control.event, ==, RTMP_USER_CONTROL_SET_BUFFER_LENGTH);
  g_assert_cmpuint (control.value, ==, 1);
  g_assert_cmpuint (control.value2, ==, 300);
}

static void
test_other_types (void)
{
  assert_fails (0, "00000001");
  assert_fails (7, "00000001");
  assert_fails (RTMP_MESSAGE_AUDIO, "00000001");
}

static void
test_error_message (void)
{
  RtmpControl control;
  GError *error = NULL;

  g_assert_false (parse_bytes (&control, RTMP_MESSAGE_USER_CONTROL,
          rtmp_test_unhex ("0003 00000001"), &error));
  g_assert_cmpstr (error->message, ==,
      "user-control: expected at least 10 bytes, got 6");
  g_error_free (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/control/E-040-E-041-golden", test_golden);
  g_test_add_func ("/control/round-trip", test_round_trip);
  g_test_add_func ("/control/values", test_values);
  g_test_add_func ("/control/E-044-bad-chunk-size", test_bad_chunk_size);
  g_test_add_func ("/control/E-045-large-chunk-size", test_large_chunk_size);
  g_test_add_func ("/control/E-053-short", test_short);
  g_test_add_func ("/control/bytes-behind-are-ignored",
      test_bytes_behind_are_ignored);
  g_test_add_func ("/control/E-054-ping", test_ping);
  g_test_add_func ("/control/E-055-unknown-events", test_unknown_events);
  g_test_add_func ("/control/E-057-stream-events", test_stream_events);
  g_test_add_func ("/control/other-types", test_other_types);
  g_test_add_func ("/control/error-message", test_error_message);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpmessage.h"

static void
test_init_and_clear (void)
{
  RtmpMessage message;

  rtmp_message_init (&message, RTMP_MESSAGE_VIDEO, 65599, 7, 0xFFFFFFFF,
      g_bytes_new_static ("abc", 3));
  g_assert_cmpuint (message.type, ==, 9);
  g_assert_cmpuint (message.chunk_stream, ==, 65599);
  g_assert_cmpuint (message.message_stream, ==, 7);
  g_assert_cmpuint (message.timestamp, ==, 0xFFFFFFFF);
  g_assert_cmpuint (rtmp_message_size (&message), ==, 3);
  rtmp_message_clear (&message);
  g_assert_cmpuint (rtmp_message_size (&message), ==, 0);
  rtmp_message_clear (&message);
}

static void
test_is_control (void)
{
  RtmpMessage message = { 0 };
  guint type;

  for (type = 0; type < 256; type++) {
    message.type = (guint8) type;
    g_assert_cmpint (rtmp_message_is_control (&message), ==,
        type >= 1 && type <= 6);
  }
}

static void
test_type_names (void)
{
  static const gchar *const names[] = {
    "unknown", "set-chunk-size", "abort", "acknowledgement", "user-control",
    "window-ack-size", "set-peer-bandwidth", "unknown", "audio", "video",
    "unknown", "unknown", "unknown", "unknown", "unknown", "data-amf3",
    "shared-object-amf3", "command-amf3", "data-amf0", "shared-object-amf0",
    "command-amf0", "unknown", "aggregate"
  };
  guint type;

  for (type = 0; type < 256; type++)
    g_assert_cmpstr (rtmp_message_type_to_string ((guint8) type), ==,
        type < G_N_ELEMENTS (names) ? names[type] : "unknown");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message/init-and-clear", test_init_and_clear);
  g_test_add_func ("/message/is-control", test_is_control);
  g_test_add_func ("/message/type-names", test_type_names);
  return g_test_run ();
}

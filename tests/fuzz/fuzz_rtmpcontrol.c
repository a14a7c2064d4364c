/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The first byte is the message type. What is written is read the same. */
#include "rtmpcontrol.h"

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

static void
check_again (const RtmpControl * control)
{
  RtmpMessage message;
  RtmpControl again;

  rtmp_control_write (control, &message);
  g_assert_true (rtmp_control_parse (&again, &message, NULL));
  g_assert_cmpuint (again.type, ==, control->type);
  g_assert_cmpuint (again.event, ==, control->event);
  g_assert_cmpuint (again.limit_type, ==, control->limit_type);
  g_assert_cmpuint (again.value, ==, control->value);
  rtmp_message_clear (&message);
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  RtmpMessage message;
  RtmpControl control;
  GError *error = NULL;

  if (size == 0)
    return 0;
  rtmp_message_init (&message, data[0], 2, 0, 0,
      g_bytes_new_static (data + 1, size - 1));
  if (rtmp_control_parse (&control, &message, &error))
    check_again (&control);
  else
    g_assert_nonnull (error);
  g_clear_error (&error);
  rtmp_message_clear (&message);
  return 0;
}

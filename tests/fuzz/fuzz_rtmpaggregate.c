/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The payload of an aggregate. What comes out of it is in it, in that order. */
#include "rtmpaggregate.h"

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

/* @user_data: the end of the payload before. */
static gboolean
on_message (RtmpMessage * message, gpointer user_data, GError ** error)
{
  const guint8 **end = user_data;
  gsize size;
  const guint8 *data = g_bytes_get_data (message->payload, &size);

  g_assert_cmpuint (message->type, !=, RTMP_MESSAGE_AGGREGATE);
  if (size > 0) {
    g_assert_true (data >= *end + 11);
    *end = data + size;
  }
  return TRUE;
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  const guint8 *end = data;
  RtmpMessage message;

  rtmp_message_init (&message, RTMP_MESSAGE_AGGREGATE, 5, 1, 1000,
      g_bytes_new_static (data, size));
  g_assert_true (rtmp_aggregate_split (&message, on_message, &end, NULL));
  g_assert_true (end <= data + size);
  rtmp_message_clear (&message);
  return 0;
}

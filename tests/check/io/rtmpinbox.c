/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpinbox.h"

static gboolean
push (RtmpInbox * self, RtmpMessageType type, guint32 timestamp, gsize size)
{
  const RtmpInboxItem item = { type, timestamp,
    g_bytes_new_take (g_malloc0 (size), size)
  };

  return rtmp_inbox_push (self, &item);
}

static void
assert_level (const RtmpInbox * self, gsize bytes, guint32 time)
{
  RtmpClientLevel level;

  rtmp_inbox_level (self, &level);
  g_assert_cmpuint (level.bytes, ==, bytes);
  g_assert_cmpuint (level.time, ==, time);
}

/* What is taken counts until the queue has sent it. */
static void
test_take (void)
{
  g_autoptr (RtmpOutQueue) queue = rtmp_out_queue_new ();
  g_autoptr (GArray) items = NULL;
  RtmpInbox inbox;
  guint i;

  rtmp_inbox_init (&inbox);
  g_assert_true (rtmp_inbox_is_empty (&inbox));
  g_assert_true (push (&inbox, RTMP_MESSAGE_DATA_AMF0, 0, 5));
  g_assert_false (push (&inbox, RTMP_MESSAGE_VIDEO, 100, 10));
  g_assert_false (push (&inbox, RTMP_MESSAGE_AUDIO, 140, 20));
  assert_level (&inbox, 35, 40);
  items = rtmp_inbox_take (&inbox);
  g_assert_cmpuint (items->len, ==, 3);
  g_assert_true (rtmp_inbox_is_empty (&inbox));
  assert_level (&inbox, 35, 40);
  g_assert_true (push (&inbox, RTMP_MESSAGE_AUDIO, 160, 1));
  g_assert_false (push (&inbox, RTMP_MESSAGE_VIDEO, 180, 2));
  assert_level (&inbox, 38, 80);
  rtmp_inbox_update (&inbox, queue);
  assert_level (&inbox, 3, 20);
  for (i = 0; i < items->len; i++)
    g_bytes_unref (g_array_index (items, RtmpInboxItem, i).payload);
  rtmp_inbox_clear (&inbox);
}

static void
test_queued (void)
{
  g_autoptr (RtmpOutQueue) queue = rtmp_out_queue_new ();
  RtmpMessage message = {.type = RTMP_MESSAGE_VIDEO,.timestamp = 50,
    .payload = g_bytes_new_static ("video", 5)
  };
  RtmpInbox inbox;

  rtmp_out_queue_push (queue, &message);
  rtmp_inbox_init (&inbox);
  push (&inbox, RTMP_MESSAGE_VIDEO, 90, 10);
  rtmp_inbox_update (&inbox, queue);
  assert_level (&inbox, 15, 40);
  rtmp_inbox_clear (&inbox);
}

static void
test_wrap (void)
{
  RtmpInbox inbox;

  rtmp_inbox_init (&inbox);
  push (&inbox, RTMP_MESSAGE_VIDEO, G_MAXUINT32 - 9, 1);
  push (&inbox, RTMP_MESSAGE_VIDEO, 10, 1);
  assert_level (&inbox, 2, 20);
  push (&inbox, RTMP_MESSAGE_AUDIO, G_MAXUINT32 - 19, 1);
  assert_level (&inbox, 3, 0);
  rtmp_inbox_clear (&inbox);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/inbox/take", test_take);
  g_test_add_func ("/inbox/queued", test_queued);
  g_test_add_func ("/inbox/wrap", test_wrap);
  return g_test_run ();
}

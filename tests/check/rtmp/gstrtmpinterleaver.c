/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpinterleaver.h"

/* Items are numbers; a lane's owner is its name. */
static GstRtmpInterleaver *row;
static GstRtmpLane *video, *audio;
static guint n_freed;

static void
count_free (gpointer item)
{
  n_freed++;
}

static void
setup (void)
{
  n_freed = 0;
  row = gst_rtmp_interleaver_new (count_free);
  video = gst_rtmp_interleaver_add (row, (gpointer) "video");
  audio = gst_rtmp_interleaver_add (row, (gpointer) "audio");
}

static void
teardown (void)
{
  gst_rtmp_interleaver_free (row);
}

static void
push (GstRtmpLane * lane, gint64 ms)
{
  gst_rtmp_lane_push (lane, GINT_TO_POINTER (ms + 1000),
      ms * (gint64) GST_MSECOND, 10);
}

static GstRtmpNext
next_at (gint64 now, gpointer * owner, gint64 * ms)
{
  gpointer item = NULL;
  gint64 when = 0;
  GstRtmpNext next = gst_rtmp_interleaver_next (row, now, 20 * GST_MSECOND,
      owner, &item, &when);

  if (next == GST_RTMP_NEXT_ITEM)
    *ms = GPOINTER_TO_INT (item) - 1000;
  else if (next == GST_RTMP_NEXT_LATER)
    *ms = when / (gint64) GST_MSECOND;
  return next;
}

static void
expect_item (gint64 now, const gchar * lane, gint64 ms)
{
  gpointer owner = NULL;
  gint64 got = 0;

  g_assert_cmpint (next_at (now, &owner, &got), ==, GST_RTMP_NEXT_ITEM);
  g_assert_cmpstr (owner, ==, lane);
  g_assert_cmpint (got, ==, ms);
}

static void
expect (gint64 now, GstRtmpNext next, gint64 ms)
{
  gpointer owner;
  gint64 got = 0;

  g_assert_cmpint (next_at (now, &owner, &got), ==, next);
  g_assert_cmpint (got, ==, ms);
}

static void
test_order (void)
{
  setup ();
  expect (GST_RTMP_NO_CLOCK, GST_RTMP_NEXT_NONE, 0);
  push (video, -40);
  expect (GST_RTMP_NO_CLOCK, GST_RTMP_NEXT_NONE, 0);
  push (audio, 0);
  expect_item (GST_RTMP_NO_CLOCK, "video", -40);
  expect (GST_RTMP_NO_CLOCK, GST_RTMP_NEXT_NONE, 0);
  push (video, 0);
  /* Equal times: the first lane's. */
  expect_item (GST_RTMP_NO_CLOCK, "video", 0);
  expect_item (GST_RTMP_NO_CLOCK, "audio", 0);
  teardown ();
}

/* A frame covers its duration: nothing is awaited for the time of it. */
static void
test_advance (void)
{
  setup ();
  push (audio, 0);
  gst_rtmp_lane_advance (audio, 21 * GST_MSECOND);
  push (video, 20);
  expect_item (GST_RTMP_NO_CLOCK, "audio", 0);
  expect_item (GST_RTMP_NO_CLOCK, "video", 20);
  push (video, 22);
  expect (GST_RTMP_NO_CLOCK, GST_RTMP_NEXT_NONE, 0);
  gst_rtmp_lane_advance (audio, 5 * GST_MSECOND);       /* no way back */
  gst_rtmp_lane_advance (audio, 22 * GST_MSECOND);
  expect_item (GST_RTMP_NO_CLOCK, "video", 22);
  teardown ();
}

static void
test_silent_lane_live (void)
{
  setup ();
  push (video, 100);
  expect (100 * GST_MSECOND, GST_RTMP_NEXT_LATER, 120);
  expect (120 * GST_MSECOND - 1, GST_RTMP_NEXT_LATER, 120);
  expect_item (120 * GST_MSECOND, "video", 100);
  teardown ();
}

static void
test_silent_lane_not_live (void)
{
  setup ();
  for (gint ms = 0; ms < 1000; ms += 40) {
    push (video, ms);
    g_assert_false (gst_rtmp_lane_is_full (video));
    expect (GST_RTMP_NO_CLOCK, GST_RTMP_NEXT_NONE, 0);
  }
  push (video, 1000);
  g_assert_true (gst_rtmp_lane_is_full (video));
  expect_item (GST_RTMP_NO_CLOCK, "video", 0);
  expect (GST_RTMP_NO_CLOCK, GST_RTMP_NEXT_NONE, 0);
  teardown ();
}

static void
test_full_of_bytes (void)
{
  setup ();
  gst_rtmp_lane_push (video, NULL, 0, GST_RTMP_LANE_BYTES);
  g_assert_false (gst_rtmp_lane_is_full (video));
  gst_rtmp_lane_push (video, NULL, 1, 0);
  g_assert_true (gst_rtmp_lane_is_full (video));
  expect_item (GST_RTMP_NO_CLOCK, "video", -1000);
  g_assert_false (gst_rtmp_lane_is_full (video));
  teardown ();
}

static void
test_end (void)
{
  setup ();
  gint64 time;

  push (video, 5);
  gst_rtmp_lane_set_ended (audio, TRUE);
  g_assert_true (gst_rtmp_interleaver_peek_time (row, &time));
  g_assert_cmpint (time, ==, 5 * GST_MSECOND);
  expect_item (GST_RTMP_NO_CLOCK, "video", 5);
  g_assert_false (gst_rtmp_interleaver_peek_time (row, &time));
  expect (GST_RTMP_NO_CLOCK, GST_RTMP_NEXT_NONE, 0);
  gst_rtmp_lane_set_ended (video, TRUE);
  expect (GST_RTMP_NO_CLOCK, GST_RTMP_NEXT_END, 0);
  gst_rtmp_lane_clear (video);
  expect (GST_RTMP_NO_CLOCK, GST_RTMP_NEXT_NONE, 0);
  gst_rtmp_interleaver_remove (row, video);
  expect (GST_RTMP_NO_CLOCK, GST_RTMP_NEXT_END, 0);
  gst_rtmp_interleaver_remove (row, audio);
  expect (GST_RTMP_NO_CLOCK, GST_RTMP_NEXT_NONE, 0);
  teardown ();
}

static void
test_items_are_freed (void)
{
  setup ();
  push (video, 0);
  push (video, 1);
  push (audio, 0);
  gst_rtmp_lane_clear (video);
  g_assert_cmpint (n_freed, ==, 2);
  gst_rtmp_interleaver_remove (row, audio);
  g_assert_cmpint (n_freed, ==, 3);
  push (video, 0);
  teardown ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/interleaver/order", test_order);
  g_test_add_func ("/interleaver/advance", test_advance);
  g_test_add_func ("/interleaver/silent/live", test_silent_lane_live);
  g_test_add_func ("/interleaver/silent/not-live", test_silent_lane_not_live);
  g_test_add_func ("/interleaver/full-of-bytes", test_full_of_bytes);
  g_test_add_func ("/interleaver/end", test_end);
  g_test_add_func ("/interleaver/items-are-freed", test_items_are_freed);
  return g_test_run ();
}

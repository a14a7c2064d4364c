/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpinterleaver.h"

/* Items are numbers; a lane's owner is its name. */
static GstRtmpInterleaver *row;
static GstRtmpLane *video, *audio;
static guint n_freed;

/* Nothing is live: the time is that of @turned, which goes on by hand. */
#define NOT_LIVE G_MININT64
static gint64 turned;

static void
count_free (gpointer item)
{
  n_freed++;
}

static void
setup (void)
{
  n_freed = 0;
  turned = 0;
  row = gst_rtmp_interleaver_new (count_free);
  video = gst_rtmp_interleaver_add (row, (gpointer) "video");
  audio = gst_rtmp_interleaver_add (row, (gpointer) "audio");
  gst_rtmp_lane_set_linked (video);
  gst_rtmp_lane_set_linked (audio);
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
  gboolean live = now != NOT_LIVE;
  GstRtmpNext next = gst_rtmp_interleaver_next (row, live ? now : turned,
      live ? 20 * GST_MSECOND : GST_CLOCK_TIME_NONE, owner, &item, &when);

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
  expect (NOT_LIVE, GST_RTMP_NEXT_NONE, 0);
  push (video, -40);
  expect (NOT_LIVE, GST_RTMP_NEXT_NONE, 0);
  push (audio, 0);
  expect_item (NOT_LIVE, "video", -40);
  expect (NOT_LIVE, GST_RTMP_NEXT_NONE, 0);
  push (video, 0);
  /* Equal times: the first lane's. */
  expect_item (NOT_LIVE, "video", 0);
  expect_item (NOT_LIVE, "audio", 0);
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
  expect_item (NOT_LIVE, "audio", 0);
  expect_item (NOT_LIVE, "video", 20);
  push (video, 22);
  expect (NOT_LIVE, GST_RTMP_NEXT_NONE, 0);
  gst_rtmp_lane_advance (audio, 5 * GST_MSECOND);       /* no way back */
  gst_rtmp_lane_advance (audio, 22 * GST_MSECOND);
  expect_item (NOT_LIVE, "video", 22);
  teardown ();
}

#define MS(n) ((n) * (gint64) GST_MSECOND)
#define PATIENCE_MS (GST_RTMP_LANE_PATIENCE / GST_MSECOND)

static void
test_silent_lane_live (void)
{
  setup ();
  push (video, 200);
  expect (MS (100), GST_RTMP_NEXT_LATER, 220);
  expect (MS (220) - 1, GST_RTMP_NEXT_LATER, 220);
  expect_item (MS (220), "video", 200);
  teardown ();
}

/* Whose time is over when it is seen: what else there is gets its turn. */
static void
test_late_live (void)
{
  setup ();
  push (video, 0);
  expect (MS (500), GST_RTMP_NEXT_LATER, 600);
  expect (MS (550), GST_RTMP_NEXT_LATER, 600);
  push (audio, -1);
  expect_item (MS (550), "audio", -1);
  expect (MS (560), GST_RTMP_NEXT_LATER, 660);
  expect_item (MS (660), "video", 0);
  /* Once. */
  push (video, 40);
  push (video, 80);
  expect_item (MS (660), "video", 40);
  expect_item (MS (660), "video", 80);
  push (video, 700);
  expect (MS (700), GST_RTMP_NEXT_LATER, 720);
  teardown ();
}

static void
test_clock_goes_back (void)
{
  setup ();
  push (video, 0);
  expect (MS (5000), GST_RTMP_NEXT_LATER, 5100);
  expect (MS (1000), GST_RTMP_NEXT_LATER, 1100);
  expect_item (MS (1100), "video", 0);
  teardown ();
}

static void
fill (GstRtmpLane * lane, gint64 from_ms)
{
  for (gint64 ms = from_ms; !gst_rtmp_lane_is_full (lane); ms += 40)
    push (lane, ms);
}

static void
test_silent_lane_not_live (void)
{
  setup ();
  for (gint ms = 0; ms < 1000; ms += 40) {
    push (video, ms);
    g_assert_false (gst_rtmp_lane_is_full (video));
    expect (NOT_LIVE, GST_RTMP_NEXT_NONE, 0);
  }
  push (video, 1000);
  g_assert_true (gst_rtmp_lane_is_full (video));
  turned = MS (77);
  expect (NOT_LIVE, GST_RTMP_NEXT_LATER, 77 + PATIENCE_MS);
  turned += GST_RTMP_LANE_PATIENCE - 1;
  expect (NOT_LIVE, GST_RTMP_NEXT_LATER, 77 + PATIENCE_MS);
  turned++;
  expect_item (NOT_LIVE, "video", 0);
  expect (NOT_LIVE, GST_RTMP_NEXT_NONE, 0);
  teardown ();
}

/* It is waited for once, not once for each frame. */
static void
test_silence_is_remembered (void)
{
  setup ();
  fill (video, 0);
  expect (NOT_LIVE, GST_RTMP_NEXT_LATER, PATIENCE_MS);
  turned = GST_RTMP_LANE_PATIENCE;
  for (gint ms = 0; ms < 100000; ms += 40) {
    expect_item (NOT_LIVE, "video", ms);
    fill (video, ms + 1040);
  }
  teardown ();
}

/* A thread that had no turn yet. */
static void
test_lane_that_comes_late (void)
{
  setup ();
  fill (video, 0);
  expect (NOT_LIVE, GST_RTMP_NEXT_LATER, PATIENCE_MS);
  turned = MS (50);
  push (audio, 0);
  expect_item (NOT_LIVE, "video", 0);
  expect_item (NOT_LIVE, "audio", 0);
  fill (video, 1040);
  /* It begins anew. */
  expect (NOT_LIVE, GST_RTMP_NEXT_LATER, 50 + PATIENCE_MS);
  gst_rtmp_lane_set_ended (audio, TRUE);
  expect_item (NOT_LIVE, "video", 40);
  teardown ();
}

/* The lane's first frame after a silence goes at once, as it is the earliest;
 * then it is waited for again. */
static gint64
measure_patience (gint64 ms)
{
  gpointer owner;
  gint64 end;

  push (audio, ms);
  expect_item (NOT_LIVE, "audio", ms);
  g_assert_cmpint (next_at (NOT_LIVE, &owner, &end), ==, GST_RTMP_NEXT_LATER);
  return end - turned / (gint64) GST_MSECOND;
}

static void
test_patience_in_vain (void)
{
  static const gint64 shares[] = { 1, 2, 4, 8, 16, 32, 64, 128, 128, 128 };
  gint64 ms = 0;

  setup ();
  fill (video, 40);
  for (guint i = 0; i < G_N_ELEMENTS (shares); i++, ms += 40) {
    gint64 patience = measure_patience (ms);

    g_assert_cmpint (patience, ==, PATIENCE_MS / shares[i]);
    turned += MS (patience + 1);
    expect_item (NOT_LIVE, "video", ms + 40);
    fill (video, ms + 1080);
  }
  /* It is worth it again, and again. */
  g_assert_cmpint (measure_patience (ms), ==, PATIENCE_MS / 128);
  g_assert_cmpint (measure_patience (ms), ==, PATIENCE_MS / 64);
  g_assert_cmpint (measure_patience (ms), ==, PATIENCE_MS / 32);
  gst_rtmp_lane_clear (audio);
  g_assert_cmpint (measure_patience (ms), ==, PATIENCE_MS);
  teardown ();
}

static void
test_nobody_there (void)
{
  setup ();
  gst_rtmp_interleaver_remove (row, audio);
  audio = gst_rtmp_interleaver_add (row, (gpointer) "audio");
  fill (video, 0);
  expect_item (NOT_LIVE, "video", 0);
  expect (NOT_LIVE, GST_RTMP_NEXT_NONE, 0);
  fill (video, 1040);
  gst_rtmp_lane_set_linked (audio);
  expect (NOT_LIVE, GST_RTMP_NEXT_LATER, PATIENCE_MS);
  teardown ();
}

/* Who waits to fill one lane fills no other. */
static void
test_one_feeder (void)
{
  gint64 ms;

  setup ();
  gst_rtmp_lane_set_feeder (video, "one");
  gst_rtmp_lane_set_feeder (audio, "two");
  fill (video, 0);
  gst_rtmp_lane_set_blocked (video, TRUE);
  expect (NOT_LIVE, GST_RTMP_NEXT_LATER, PATIENCE_MS);
  gst_rtmp_lane_set_feeder (audio, "one");
  for (ms = 0; ms < 4000; ms += 40) {
    expect_item (NOT_LIVE, "video", ms);
    fill (video, ms + 1040);
  }
  gst_rtmp_lane_set_blocked (video, FALSE);
  expect (NOT_LIVE, GST_RTMP_NEXT_LATER, PATIENCE_MS);
  teardown ();
}

/* He who waited goes on as soon as there is room, whenever his turn is. */
static void
test_feeder_goes_on (void)
{
  gint64 ms;

  setup ();
  gst_rtmp_lane_set_feeder (video, "one");
  fill (video, 0);
  gst_rtmp_lane_set_blocked (video, TRUE);
  fill (audio, 0);
  for (ms = 0; ms <= 1000; ms += 40) {
    expect_item (NOT_LIVE, "video", ms);
    expect_item (NOT_LIVE, "audio", ms);
    fill (audio, ms + 1040);
  }
  expect (NOT_LIVE, GST_RTMP_NEXT_LATER, PATIENCE_MS);
  push (video, ms);
  expect_item (NOT_LIVE, "video", ms);
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
  expect (NOT_LIVE, GST_RTMP_NEXT_LATER, PATIENCE_MS);
  turned = GST_RTMP_LANE_PATIENCE;
  expect_item (NOT_LIVE, "video", -1000);
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
  expect_item (NOT_LIVE, "video", 5);
  g_assert_false (gst_rtmp_interleaver_peek_time (row, &time));
  expect (NOT_LIVE, GST_RTMP_NEXT_NONE, 0);
  gst_rtmp_lane_set_ended (video, TRUE);
  expect (NOT_LIVE, GST_RTMP_NEXT_END, 0);
  gst_rtmp_lane_clear (video);
  expect (NOT_LIVE, GST_RTMP_NEXT_NONE, 0);
  gst_rtmp_interleaver_remove (row, video);
  expect (NOT_LIVE, GST_RTMP_NEXT_END, 0);
  gst_rtmp_interleaver_remove (row, audio);
  expect (NOT_LIVE, GST_RTMP_NEXT_NONE, 0);
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
  g_test_add_func ("/interleaver/silent/remembered",
      test_silence_is_remembered);
  g_test_add_func ("/interleaver/silent/nobody-there", test_nobody_there);
  g_test_add_func ("/interleaver/silent/one-feeder", test_one_feeder);
  g_test_add_func ("/interleaver/late/feeder", test_feeder_goes_on);
  g_test_add_func ("/interleaver/late/live", test_late_live);
  g_test_add_func ("/interleaver/late/not-live", test_lane_that_comes_late);
  g_test_add_func ("/interleaver/patience/clock-goes-back",
      test_clock_goes_back);
  g_test_add_func ("/interleaver/patience/in-vain", test_patience_in_vain);
  g_test_add_func ("/interleaver/full-of-bytes", test_full_of_bytes);
  g_test_add_func ("/interleaver/end", test_end);
  g_test_add_func ("/interleaver/items-are-freed", test_items_are_freed);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmppace.h"

#define MS 1000

/* What comes waits for so long, whatever sending costs. */
static void
test_always (void)
{
  RtmpPace pace;

  rtmp_pace_init (&pace, 40 * MS, FALSE);
  g_assert_cmpint (rtmp_pace_due (&pace, 5), ==, 5 + 40 * MS);
  g_assert_cmpint (rtmp_pace_due (&pace, 30 * MS), ==, 5 + 40 * MS);
  rtmp_pace_sent (&pace, 45 * MS, 0);
  g_assert_cmpint (rtmp_pace_due (&pace, 50 * MS), ==, 90 * MS);
  rtmp_pace_sent (&pace, 90 * MS, 7 * MS);
  rtmp_pace_sent (&pace, 91 * MS, 7 * MS);
  g_assert_cmpint (rtmp_pace_due (&pace, 100 * MS), ==, 140 * MS);
}

static void
test_never (void)
{
  RtmpPace pace;
  gint64 now;

  rtmp_pace_init (&pace, 0, FALSE);
  for (now = 1; now < 10; now++) {
    g_assert_cmpint (rtmp_pace_due (&pace, now), ==, now);
    rtmp_pace_sent (&pace, now, 50 * MS);
  }
}

/* When what comes behind a round of that cost goes out, after its beginning. */
static gint64
wait_behind (gint64 cost)
{
  RtmpPace pace;

  rtmp_pace_init (&pace, 100 * MS, TRUE);
  rtmp_pace_sent (&pace, 1, cost);
  rtmp_pace_sent (&pace, 1 * MS, cost);
  return rtmp_pace_due (&pace, 2 * MS) - 1 * MS;
}

/* With few players nothing waits; then a hundred times what sending costs, so
 * that it takes a hundredth of the time; up to the most. */
static void
test_automatic (void)
{
  g_assert_cmpint (wait_behind (0), ==, 1 * MS);
  g_assert_cmpint (wait_behind (10), ==, 1 * MS);
  g_assert_cmpint (wait_behind (199), ==, 1 * MS);
  g_assert_cmpint (wait_behind (200), ==, 20 * MS);
  g_assert_cmpint (wait_behind (700), ==, 70 * MS);
  g_assert_cmpint (wait_behind (1000), ==, 100 * MS);
  g_assert_cmpint (wait_behind (G_MAXINT64), ==, 100 * MS);
}

/* What comes when the wait is over goes out at once. */
static void
test_over (void)
{
  RtmpPace pace;

  rtmp_pace_init (&pace, 100 * MS, TRUE);
  g_assert_cmpint (rtmp_pace_due (&pace, 9), ==, 9);
  rtmp_pace_sent (&pace, 9, 500);
  g_assert_cmpint (rtmp_pace_due (&pace, 10), ==, 10);
  rtmp_pace_sent (&pace, 10, 500);
  g_assert_cmpint (rtmp_pace_due (&pace, 50 * MS), ==, 50 * MS + 10);
  g_assert_cmpint (rtmp_pace_due (&pace, 60 * MS), <=, 60 * MS);
}

/* A single large picture makes nothing wait. */
static void
test_large_picture (void)
{
  RtmpPace pace;
  gint64 now;

  rtmp_pace_init (&pace, 100 * MS, TRUE);
  for (now = 1; now < 10; now++) {
    g_assert_cmpint (rtmp_pace_due (&pace, now), ==, now);
    rtmp_pace_sent (&pace, now, now % 2 ? 900 : 100);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pace/always", test_always);
  g_test_add_func ("/pace/never", test_never);
  g_test_add_func ("/pace/automatic", test_automatic);
  g_test_add_func ("/pace/over", test_over);
  g_test_add_func ("/pace/large-picture", test_large_picture);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpratelimit.h"

#define SECOND G_USEC_PER_SEC

/* So many times, of one peer, are let in. */
static void
check_burst (RtmpRateLimit * limit, gint64 now, guint64 peer, guint n)
{
  guint i;

  for (i = 0; i < n; i++)
    g_assert_cmpint (rtmp_rate_limit_note (limit, now, peer), ==, RTMP_RATE_OK);
}

static void
check_more (RtmpRateLimit * limit, gint64 now, guint64 peer, RtmpRate first)
{
  g_assert_cmpint (rtmp_rate_limit_note (limit, now, peer), ==, first);
  g_assert_cmpint (rtmp_rate_limit_note (limit, now, peer), ==,
      RTMP_RATE_EXCEEDED);
}

static void
test_burst (void)
{
  g_autoptr (RtmpRateLimit) limit = rtmp_rate_limit_new (100, 10 * SECOND, 9);

  check_burst (limit, 7, 1, 100);
  check_more (limit, 7, 1, RTMP_RATE_EXCEEDED_FIRST);
  /* Nobody else's business. */
  check_burst (limit, 7, 2, 100);
  check_more (limit, 7, 2, RTMP_RATE_EXCEEDED_FIRST);
}

/* What is over is let in again at its pace; the burst ends when it has paid for
 * all of it. */
static void
test_pace (void)
{
  g_autoptr (RtmpRateLimit) limit = rtmp_rate_limit_new (100, 10 * SECOND, 9);
  gint64 now = -50 * SECOND;
  guint i;

  check_burst (limit, now, 1, 100);
  check_more (limit, now + SECOND / 10 - 1, 1, RTMP_RATE_EXCEEDED_FIRST);
  for (i = 1; i < 1000; i++) {
    check_burst (limit, now + i * SECOND / 10, 1, 1);
    check_more (limit, now + i * SECOND / 10, 1, RTMP_RATE_EXCEEDED);
  }
  now += i * SECOND / 10;
  check_burst (limit, now + 5 * SECOND, 1, 51);
  check_more (limit, now + 5 * SECOND, 1, RTMP_RATE_EXCEEDED);
  now += 15 * SECOND;
  check_burst (limit, now, 1, 100);
  check_more (limit, now, 1, RTMP_RATE_EXCEEDED_FIRST);
}

/* Peers who come once do not push out one who comes often. */
static void
test_many_peers (void)
{
  g_autoptr (RtmpRateLimit) limit = rtmp_rate_limit_new (10, 10 * SECOND, 16);
  guint64 peer;

  check_burst (limit, 0, 1, 10);
  check_more (limit, 0, 1, RTMP_RATE_EXCEEDED_FIRST);
  for (peer = 2; peer < 100000; peer++) {
    check_burst (limit, 0, peer, 1);
    check_more (limit, 0, 1, RTMP_RATE_EXCEEDED);
  }
  /* The last one is known, the first of them is forgotten. */
  check_burst (limit, 0, 99999, 9);
  check_more (limit, 0, 99999, RTMP_RATE_EXCEEDED_FIRST);
  check_burst (limit, 0, 2, 10);
}

/* Who is quiet makes room, before anybody is forgotten. */
static void
test_room (void)
{
  g_autoptr (RtmpRateLimit) limit = rtmp_rate_limit_new (10, 10 * SECOND, 2);

  check_burst (limit, 0, 1, 2);
  check_burst (limit, 0, 2, 10);
  check_burst (limit, 2 * SECOND, 3, 10);
  check_more (limit, 2 * SECOND, 3, RTMP_RATE_EXCEEDED_FIRST);
  check_burst (limit, 2 * SECOND, 2, 2);
  check_more (limit, 2 * SECOND, 2, RTMP_RATE_EXCEEDED_FIRST);
}

static void
test_extremes (void)
{
  g_autoptr (RtmpRateLimit) once = rtmp_rate_limit_new (1, 10 * SECOND, 1);
  g_autoptr (RtmpRateLimit) often =
      rtmp_rate_limit_new (G_MAXUINT, 10 * SECOND, 1);

  check_burst (once, 0, 0, 1);
  check_more (once, 10 * SECOND - 1, 0, RTMP_RATE_EXCEEDED_FIRST);
  check_burst (once, 10 * SECOND, G_MAXUINT64, 1);
  check_burst (often, 0, 0, 1000000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ratelimit/burst", test_burst);
  g_test_add_func ("/ratelimit/pace", test_pace);
  g_test_add_func ("/ratelimit/many-peers", test_many_peers);
  g_test_add_func ("/ratelimit/room", test_room);
  g_test_add_func ("/ratelimit/extremes", test_extremes);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmptime.h"

#define MS(n) ((GstClockTime) (n) * GST_MSECOND)
#define WRAP (G_GUINT64_CONSTANT (1) << 32)

static void
test_forward (void)
{
  GstRtmpTime time = { 0, };

  g_assert_cmpuint (gst_rtmp_time_unwrap (&time, 1000), ==, MS (1000));
  g_assert_cmpuint (gst_rtmp_time_unwrap (&time, 1000), ==, MS (1000));
  g_assert_cmpuint (gst_rtmp_time_unwrap (&time, 1040), ==, MS (1040));
}

/* Anywhere in the 32 bits is a fine place to start. */
static void
test_starts_anywhere (void)
{
  static const guint32 starts[] = { 0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (starts); i++) {
    GstRtmpTime time = { 0, };

    g_assert_cmpuint (gst_rtmp_time_unwrap (&time, starts[i]), ==,
        MS (starts[i]));
    g_assert_cmpuint (gst_rtmp_time_unwrap (&time, starts[i] + 7), ==,
        MS ((guint64) starts[i] + 7));
  }
}

static void
test_wraps (void)
{
  GstRtmpTime time = { 0, };
  guint64 expected = 0xFFFFFF00;
  guint i;

  for (i = 0; i < 20; i++, expected += 0x40000000)
    g_assert_cmpuint (gst_rtmp_time_unwrap (&time, (guint32) expected), ==,
        MS (expected));
  g_assert_cmpuint (expected, >, 4 * WRAP);
}

/* Audio and video are not quite in order around the wrap. */
static void
test_back_over_the_wrap (void)
{
  GstRtmpTime time = { 0, };

  g_assert_cmpuint (gst_rtmp_time_unwrap (&time, 0xFFFFFFF0), ==,
      MS (0xFFFFFFF0));
  g_assert_cmpuint (gst_rtmp_time_unwrap (&time, 5), ==, MS (WRAP + 5));
  g_assert_cmpuint (gst_rtmp_time_unwrap (&time, 0xFFFFFFFA), ==,
      MS (0xFFFFFFFA));
  g_assert_cmpuint (gst_rtmp_time_unwrap (&time, 20), ==, MS (WRAP + 20));
}

static void
test_limit_of_a_step (void)
{
  GstRtmpTime time = { 0, };

  gst_rtmp_time_unwrap (&time, 0);
  g_assert_cmpuint (gst_rtmp_time_unwrap (&time, 0x7FFFFFFF), ==,
      MS (0x7FFFFFFF));
  g_assert_cmpuint (gst_rtmp_time_unwrap (&time, 0xFFFFFFFE), ==,
      MS (0xFFFFFFFE));
  gst_rtmp_time_reset (&time);
  gst_rtmp_time_unwrap (&time, 0x80000000);
  g_assert_cmpuint (gst_rtmp_time_unwrap (&time, 0), ==, 0);
}

/* Before its own start there is no time, but the way back is not lost. */
static void
test_never_below_zero (void)
{
  GstRtmpTime time = { 0, };

  g_assert_cmpuint (gst_rtmp_time_unwrap (&time, 10), ==, MS (10));
  g_assert_cmpuint (gst_rtmp_time_unwrap (&time, 0xFFFFFFF6), ==, 0);
  g_assert_cmpuint (gst_rtmp_time_unwrap (&time, 30), ==, MS (30));
}

static void
test_reset (void)
{
  GstRtmpTime time = { 0, };

  gst_rtmp_time_unwrap (&time, 0xFFFFFFFF);
  gst_rtmp_time_unwrap (&time, 0);
  gst_rtmp_time_reset (&time);
  g_assert_cmpuint (gst_rtmp_time_unwrap (&time, 3), ==, MS (3));
}

/* Another stream goes on where the last one ended, whatever its own times
 * are. */
static void
test_splice (void)
{
  GstRtmpTime time = { 0 };

  gst_rtmp_time_splice (&time, 500);    /* nothing came before */
  gst_rtmp_time_reset (&time);
  g_assert_cmpuint (gst_rtmp_time_unwrap (&time, 1000), ==, 1000 * GST_MSECOND);
  g_assert_cmpuint (gst_rtmp_time_stamp (&time), ==, 1000);
  gst_rtmp_time_splice (&time, 500);
  g_assert_cmpuint (gst_rtmp_time_stamp (&time), ==, 1500);
  g_assert_cmpuint (gst_rtmp_time_unwrap (&time, 7), ==, 1500 * GST_MSECOND);
  g_assert_cmpuint (gst_rtmp_time_unwrap (&time, 27), ==, 1520 * GST_MSECOND);
  g_assert_cmpuint (gst_rtmp_time_stamp (&time), ==, 1520);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/time/forward", test_forward);
  g_test_add_func ("/time/starts-anywhere", test_starts_anywhere);
  g_test_add_func ("/time/wraps", test_wraps);
  g_test_add_func ("/time/back-over-the-wrap", test_back_over_the_wrap);
  g_test_add_func ("/time/limit-of-a-step", test_limit_of_a_step);
  g_test_add_func ("/time/never-below-zero", test_never_below_zero);
  g_test_add_func ("/time/reset", test_reset);
  g_test_add_func ("/time/splice", test_splice);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpgather.h"

#define SIZE (300 << 10)

static guint8 *
new_body (void)
{
  guint8 *body = g_malloc (SIZE);
  guint i;

  for (i = 0; i < SIZE; i++)
    body[i] = (guint8) (i % 251);
  return body;
}

static void
assert_gathers (const guint8 * body, gsize step)
{
  RtmpGather gather = { 0 };
  gsize pos = 0;
  GBytes *bytes;

  rtmp_gather_begin (&gather, SIZE);
  while (rtmp_gather_missing (&gather) > 0) {
    gsize n = MIN (step, SIZE - pos);
    gsize announced = rtmp_gather_allocation (&gather, n);

    g_assert_cmpuint (rtmp_gather_append (&gather, body + pos, n), ==, n);
    pos += n;
    g_assert_cmpuint (gather.filled, ==, pos);
    g_assert_cmpuint (gather.allocated, ==, announced);
    g_assert_cmpuint (gather.allocated, <=, MAX (4 * pos,
            RTMP_GATHER_FREE_SIZE));
  }
  bytes = rtmp_gather_take (&gather);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
      body, SIZE);
  g_bytes_unref (bytes);
  g_assert_null (gather.data);
  g_assert_cmpuint (rtmp_gather_missing (&gather), ==, 0);
}

static void
test_pieces (void)
{
  static const gsize steps[] = { 1, 127, 4096, 65536, SIZE - 1, SIZE };
  guint8 *body = new_body ();
  guint i;

  for (i = 0; i < G_N_ELEMENTS (steps); i++)
    assert_gathers (body, steps[i]);
  g_free (body);
}

/* A peer that announces much and sends a byte costs little. */
static void
test_memory_follows_what_arrived (void)
{
  RtmpGather gather = { 0 };

  rtmp_gather_begin (&gather, 0xFFFFFF);
  g_assert_cmpuint (gather.allocated, ==, 0);
  g_assert_cmpuint (rtmp_gather_append (&gather, (const guint8 *) "a", 1), ==,
      1);
  g_assert_cmpuint (gather.allocated, <=, RTMP_GATHER_FREE_SIZE);
  g_assert_cmpuint (rtmp_gather_missing (&gather), ==, 0xFFFFFE);
  rtmp_gather_clear (&gather);
}

static void
test_takes_no_more_than_missing (void)
{
  RtmpGather gather = { 0 };
  GBytes *bytes;

  rtmp_gather_begin (&gather, 3);
  g_assert_cmpuint (rtmp_gather_append (&gather, (const guint8 *) "ab", 2), ==,
      2);
  g_assert_cmpuint (rtmp_gather_append (&gather, (const guint8 *) "cdef", 4),
      ==, 1);
  g_assert_cmpuint (rtmp_gather_append (&gather, (const guint8 *) "g", 1), ==,
      0);
  bytes = rtmp_gather_take (&gather);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
      "abc", 3);
  g_bytes_unref (bytes);
}

static void
test_begin_drops_the_last (void)
{
  RtmpGather gather = { 0 };
  GBytes *bytes;

  rtmp_gather_begin (&gather, 3);
  rtmp_gather_append (&gather, (const guint8 *) "ab", 2);
  rtmp_gather_begin (&gather, 1);
  g_assert_cmpuint (rtmp_gather_missing (&gather), ==, 1);
  rtmp_gather_append (&gather, (const guint8 *) "x", 1);
  bytes = rtmp_gather_take (&gather);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
      "x", 1);
  g_bytes_unref (bytes);
}

static void
test_empty (void)
{
  RtmpGather gather = { 0 };
  GBytes *bytes;

  rtmp_gather_begin (&gather, 0);
  g_assert_cmpuint (rtmp_gather_missing (&gather), ==, 0);
  bytes = rtmp_gather_take (&gather);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 0);
  g_bytes_unref (bytes);
  rtmp_gather_clear (&gather);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gather/pieces", test_pieces);
  g_test_add_func ("/gather/memory-follows-what-arrived",
      test_memory_follows_what_arrived);
  g_test_add_func ("/gather/takes-no-more-than-missing",
      test_takes_no_more_than_missing);
  g_test_add_func ("/gather/begin-drops-the-last", test_begin_drops_the_last);
  g_test_add_func ("/gather/empty", test_empty);
  return g_test_run ();
}

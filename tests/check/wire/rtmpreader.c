/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpreader.h"

#include <math.h>

static const guint8 bytes[] =
    { 0x81, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09 };

static void
test_values (void)
{
  RtmpReader reader;
  guint8 u8;
  guint16 u16;
  guint32 u32;
  guint64 u64;

  rtmp_reader_init (&reader, bytes, sizeof (bytes));
  g_assert_true (rtmp_reader_peek_u8 (&reader, &u8));
  g_assert_cmphex (u8, ==, 0x81);
  g_assert_cmpuint (reader.pos, ==, 0);
  g_assert_true (rtmp_reader_u8 (&reader, &u8));
  g_assert_cmphex (u8, ==, 0x81);
  g_assert_true (rtmp_reader_u64 (&reader, &u64));
  g_assert_cmphex (u64, ==, 0x0203040506070809);
  g_assert_cmpuint (rtmp_reader_left (&reader), ==, 0);

  rtmp_reader_init (&reader, bytes, sizeof (bytes));
  g_assert_true (rtmp_reader_u16 (&reader, &u16));
  g_assert_cmphex (u16, ==, 0x8102);
  g_assert_true (rtmp_reader_u24 (&reader, &u32));
  g_assert_cmphex (u32, ==, 0x030405);
  g_assert_true (rtmp_reader_u32 (&reader, &u32));
  g_assert_cmphex (u32, ==, 0x06070809);

  rtmp_reader_init (&reader, bytes, sizeof (bytes));
  g_assert_true (rtmp_reader_u32_le (&reader, &u32));
  g_assert_cmphex (u32, ==, 0x04030281);
  rtmp_reader_init (&reader, bytes, sizeof (bytes));
  g_assert_true (rtmp_reader_u24 (&reader, &u32));
  g_assert_cmphex (u32, ==, 0x810203);
  rtmp_reader_init (&reader, bytes, sizeof (bytes));
  g_assert_true (rtmp_reader_u32 (&reader, &u32));
  g_assert_cmphex (u32, ==, 0x81020304);
}

static void
test_f64 (void)
{
  static const guint8 one[] = { 0x3F, 0xF0, 0, 0, 0, 0, 0, 0 };
  static const guint8 nan_bits[] = { 0x7F, 0xF8, 0, 0, 0, 0, 0, 1 };
  RtmpReader reader;
  gdouble value;

  rtmp_reader_init (&reader, one, sizeof (one));
  g_assert_true (rtmp_reader_f64 (&reader, &value));
  g_assert_cmpfloat (value, ==, 1);
  rtmp_reader_init (&reader, nan_bits, sizeof (nan_bits));
  g_assert_true (rtmp_reader_f64 (&reader, &value));
  g_assert_true (isnan (value));
}

static void
test_bytes (void)
{
  GBytes *block = g_bytes_new_static (bytes, sizeof (bytes));
  RtmpReader reader;
  const guint8 *p = NULL;

  rtmp_reader_init_bytes (&reader, block);
  g_assert_true (rtmp_reader_skip (&reader, 2));
  g_assert_true (rtmp_reader_bytes (&reader, 3, &p));
  g_assert_true (p == bytes + 2);
  g_assert_true (rtmp_reader_bytes (&reader, 0, &p));
  g_assert_cmpuint (reader.pos, ==, 5);
  g_assert_cmpuint (rtmp_reader_left (&reader), ==, 4);
  g_assert_true (rtmp_reader_skip (&reader, 4));
  g_assert_false (rtmp_reader_skip (&reader, 1));
  g_assert_true (rtmp_reader_skip (&reader, 0));
  g_bytes_unref (block);
}

/* With a byte too few, each read fails and leaves the cursor and the result. */
static void
test_too_few (void)
{
  RtmpReader reader;
  const guint8 *p = NULL;
  guint8 u8 = 1;
  guint16 u16 = 1;
  guint32 u32 = 1;
  guint64 u64 = 1;
  gdouble f64 = 1;

  rtmp_reader_init (&reader, bytes, sizeof (bytes));
  g_assert_true (rtmp_reader_skip (&reader, sizeof (bytes) - 7));
  g_assert_false (rtmp_reader_u64 (&reader, &u64));
  g_assert_false (rtmp_reader_f64 (&reader, &f64));
  g_assert_false (rtmp_reader_bytes (&reader, 8, &p));
  g_assert_false (rtmp_reader_bytes (&reader, G_MAXSIZE, &p));
  g_assert_cmpuint (reader.pos, ==, sizeof (bytes) - 7);
  g_assert_true (rtmp_reader_skip (&reader, 4));
  g_assert_false (rtmp_reader_u32 (&reader, &u32));
  g_assert_false (rtmp_reader_u32_le (&reader, &u32));
  g_assert_true (rtmp_reader_skip (&reader, 1));
  g_assert_false (rtmp_reader_u24 (&reader, &u32));
  g_assert_true (rtmp_reader_skip (&reader, 1));
  g_assert_false (rtmp_reader_u16 (&reader, &u16));
  g_assert_cmpuint (reader.pos, ==, sizeof (bytes) - 1);
  g_assert_true (rtmp_reader_skip (&reader, 1));
  g_assert_false (rtmp_reader_u8 (&reader, &u8));
  g_assert_false (rtmp_reader_peek_u8 (&reader, &u8));
  g_assert_cmpuint (reader.pos, ==, sizeof (bytes));
  g_assert_true (p == NULL && u8 == 1 && u16 == 1 && u32 == 1 && u64 == 1
      && f64 == 1);
}

static void
test_empty (void)
{
  RtmpReader reader;
  guint8 u8;

  rtmp_reader_init (&reader, NULL, 0);
  g_assert_cmpuint (rtmp_reader_left (&reader), ==, 0);
  g_assert_true (rtmp_reader_skip (&reader, 0));
  g_assert_false (rtmp_reader_u8 (&reader, &u8));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reader/values", test_values);
  g_test_add_func ("/reader/f64", test_f64);
  g_test_add_func ("/reader/bytes", test_bytes);
  g_test_add_func ("/reader/too-few", test_too_few);
  g_test_add_func ("/reader/empty", test_empty);
  return g_test_run ();
}

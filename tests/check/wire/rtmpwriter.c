/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpwriter.h"

#include "rtmptestbytes.h"

static void
test_values (void)
{
  RtmpWriter writer;

  rtmp_writer_init (&writer);
  rtmp_writer_u8 (&writer, 0x81);
  rtmp_writer_u16 (&writer, 0x8102);
  rtmp_writer_u32 (&writer, 0x81020304);
  rtmp_writer_u32_le (&writer, 0x81020304);
  rtmp_writer_u64 (&writer, 0x8102030405060708);
  rtmp_writer_f64 (&writer, -2);
  rtmp_writer_bytes (&writer, "ab", 2);
  rtmp_writer_bytes (&writer, NULL, 0);
  rtmp_test_assert_bytes (rtmp_writer_take (&writer),
      "81 8102 81020304 04030281 8102030405060708" "C000000000000000 6162");
}

static void
test_take_and_clear (void)
{
  RtmpWriter writer;

  rtmp_writer_init (&writer);
  rtmp_test_assert_bytes (rtmp_writer_take (&writer), "");
  rtmp_writer_u8 (&writer, 1);
  rtmp_test_assert_bytes (rtmp_writer_take (&writer), "01");
  g_assert_cmpuint (writer.size, ==, 0);
  rtmp_writer_u8 (&writer, 2);
  rtmp_writer_clear (&writer);
  rtmp_writer_u8 (&writer, 3);
  rtmp_test_assert_bytes (rtmp_writer_take (&writer), "03");
}

/* Across every point at which the buffer grows. */
static void
test_growth (void)
{
  RtmpWriter writer;
  gsize i;
  GBytes *bytes;
  const guint8 *data;

  rtmp_writer_init (&writer);
  for (i = 0; i < 100000; i++)
    rtmp_writer_u8 (&writer, (guint8) (i % 251));
  g_assert_cmpuint (writer.allocated, <=, 4 * writer.size);
  bytes = rtmp_writer_take (&writer);
  data = g_bytes_get_data (bytes, NULL);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 100000);
  for (i = 0; i < 100000; i++)
    g_assert_cmpuint (data[i], ==, i % 251);
  g_bytes_unref (bytes);
}

static void
test_large_write (void)
{
  gchar *text = g_strnfill (1000, 'x');
  RtmpWriter writer;

  rtmp_writer_init (&writer);
  rtmp_writer_u8 (&writer, 0);
  rtmp_writer_bytes (&writer, text, 1000);
  rtmp_test_assert_bytes (rtmp_writer_take (&writer), "00 78*1000");
  g_free (text);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/writer/values", test_values);
  g_test_add_func ("/writer/take-and-clear", test_take_and_clear);
  g_test_add_func ("/writer/growth", test_growth);
  g_test_add_func ("/writer/large-write", test_large_write);
  return g_test_run ();
}

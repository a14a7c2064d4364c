/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flvvpx.h"

#include "flvbits.h"
#include "rtmperror.h"
#include "rtmptestbytes.h"

static gboolean
parse (FlvVpx * vpx, const gchar * hex, GError ** error)
{
  g_autoptr (GBytes) bytes = rtmp_test_unhex (hex);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  return flv_vpx_parse (vpx, data, size, error);
}

static void
test_record (gconstpointer hex)
{
  FlvVpx vpx;

  g_assert_true (parse (&vpx, hex, NULL));
  g_assert_cmpuint (vpx.profile, ==, 2);
  g_assert_cmpuint (vpx.level, ==, 31);
  g_assert_cmpuint (vpx.bit_depth, ==, 10);
  g_assert_cmpuint (vpx.subsampling, ==, FLV_VPX_422);
  g_assert_true (vpx.full_range);
  g_assert_cmpuint (vpx.primaries, ==, 9);
  g_assert_cmpuint (vpx.transfer, ==, 16);
  g_assert_cmpuint (vpx.matrix, ==, 8);
  g_assert_cmpuint (vpx.width, ==, 0);
  rtmp_test_assert_bytes (flv_vpx_write (&vpx),
      "01 000000 02 1F A5 09 10 08 0000");
}

/* Profile 1 and level 0 without a FullBox is not its header. */
static void
test_bare_that_looks_boxed (void)
{
  FlvVpx vpx;

  g_assert_true (parse (&vpx, "01 00 80 00 00 00 0000 00000000", NULL));
  g_assert_cmpuint (vpx.profile, ==, 1);
  g_assert_cmpuint (vpx.bit_depth, ==, 8);
  g_assert_true (parse (&vpx, "01 00 00 00 80 00 0000", NULL));
  g_assert_cmpuint (vpx.transfer, ==, 0x80);
  g_assert_cmpuint (vpx.profile, ==, 1);
}

static void
test_short_record (void)
{
  static const gchar *cases[] =
      { "", "02", "02 1F A5 09 10 08 00", "01 000000 02 1F A5" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    FlvVpx vpx;

    g_assert_false (parse (&vpx, cases[i], &error));
    g_assert_error (error, RTMP_ERROR, RTMP_ERROR_BAD_FLV);
  }
}

typedef struct
{
  gboolean (*parse) (FlvVpx *, const guint8 *, gsize);
  const gchar *frame;
  gsize header;                 /* of the frame: its size */
  FlvVpx vpx;
} Keyframe;

/* Written by libvpx. */
static const Keyframe keyframes[] = {
  {flv_vp9_parse_keyframe, "82498342201410 0B560838", 9,
      {0, 0, 8, FLV_VPX_420, FALSE, 6, 6, 6, 322, 182}},
  {flv_vp9_parse_keyframe, "92498342100A08 05AB041C", 9,
      {2, 0, 10, FLV_VPX_420, FALSE, 6, 6, 6, 322, 182}},
  {flv_vp9_parse_keyframe, "A2498342200282 016AC107", 9,
      {1, 0, 8, FLV_VPX_444, FALSE, 6, 6, 6, 322, 182}},
  {flv_vp9_parse_keyframe, "A2498342040282 016AC0C7", 9,
      {1, 0, 8, FLV_VPX_440, FALSE, 2, 2, 2, 322, 182}},
  {flv_vp9_parse_keyframe, "A2498342E01410 0B560A38", 9,
      {1, 0, 8, FLV_VPX_444, TRUE, 1, 13, 0, 322, 182}},
  {flv_vp9_parse_keyframe, "B124C1A16E00A0 805AB041", 10,
      {3, 0, 12, FLV_VPX_422, TRUE, 9, 14, 9, 322, 182}},
  {flv_vp8_parse_keyframe, "705A00 9D012A 4201 B600", 10,
      {0, 0, 8, FLV_VPX_420, FALSE, 2, 2, 2, 322, 182}},
  /* Scaled up by the player: not part of the size. */
  {flv_vp8_parse_keyframe, "765A00 9D012A 4241 B6C0", 10,
      {3, 0, 8, FLV_VPX_420, FALSE, 2, 2, 2, 322, 182}},
};

static void
test_keyframe (gconstpointer user_data)
{
  const Keyframe *k = user_data;
  g_autoptr (GBytes) bytes = rtmp_test_unhex (k->frame);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  FlvVpx vpx;

  g_assert_true (k->parse (&vpx, data, size));
  g_assert_cmpmem (&vpx, sizeof vpx, &k->vpx, sizeof k->vpx);
  for (gsize cut = 0; cut <= k->header; cut++) {
    g_autofree guint8 *part = g_memdup2 (data, cut);

    g_assert_cmpint (k->parse (&vpx, part, cut), ==, cut == k->header);
  }
}

static void
test_no_keyframe (void)
{
  static const struct
  {
    gboolean (*parse) (FlvVpx *, const guint8 *, gsize);
    const gchar *frame;
  } cases[] = {
    /* Marker, sync code, an existing frame, an inter frame. */
    {flv_vp9_parse_keyframe, "42498342201410 0B560838"},
    {flv_vp9_parse_keyframe, "82498343201410 0B560838"},
    {flv_vp9_parse_keyframe, "8A498342201410 0B560838"},
    {flv_vp9_parse_keyframe, "86498342201410 0B560838"},
    {flv_vp8_parse_keyframe, "715A00 9D012A 4201 B600"},
    {flv_vp8_parse_keyframe, "705A00 9C012A 4201 B600"},
    {flv_vp8_parse_keyframe, "705A00 9D022A 4201 B600"},
    {flv_vp8_parse_keyframe, "705A00 9D012B 4201 B600"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) bytes = rtmp_test_unhex (cases[i].frame);
    gsize size;
    const guint8 *data = g_bytes_get_data (bytes, &size);
    FlvVpx vpx;

    g_assert_false (cases[i].parse (&vpx, data, size));
  }
}

static void
test_levels (void)
{
  static const struct
  {
    guint width, height;
    gdouble framerate;
    guint8 level;
  } cases[] = {
    {320, 180, 0, 11}, {256, 144, 15, 10}, {256, 144, 30, 11},
    {1280, 720, 30, 31}, {1280, 720, 60, 40}, {1920, 1080, 30, 40},
    {1920, 1080, 60, 41}, {3840, 2160, 60, 51}, {7680, 4320, 120, 62},
    {65536, 65536, 0, 0}, {7680, 4320, 1000, 0},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpuint (flv_vp9_level (cases[i].width, cases[i].height,
            cases[i].framerate), ==, cases[i].level);
}

static void
test_bits (void)
{
  static const guint8 data[] = { 0xA5, 0x0F, 0x80, 0x01, 0xFF };
  FlvBits bits;

  flv_bits_init (&bits, data, sizeof data);
  g_assert_cmphex (flv_bits_read (&bits, 3), ==, 5);
  g_assert_cmphex (flv_bits_read (&bits, 0), ==, 0);
  g_assert_cmphex (flv_bits_read (&bits, 32), ==, 0x287C000F);
  g_assert_cmphex (flv_bits_read (&bits, 5), ==, 0x1F);
  g_assert_false (bits.overrun);
  g_assert_cmphex (flv_bits_read (&bits, 1), ==, 0);
  g_assert_true (bits.overrun);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/vpx/E-200-E-201-record/boxed",
      "01 000000 02 1F A5 09 10 08 0000", test_record);
  g_test_add_data_func ("/vpx/E-200-E-201-record/bare",
      "02 1F A5 09 10 08 0000", test_record);
  g_test_add_data_func ("/vpx/E-200-E-201-record/with-more-behind",
      "02 1F A5 09 10 08 0000 01020304", test_record);
  g_test_add_func ("/vpx/E-201-bare-that-looks-boxed",
      test_bare_that_looks_boxed);
  g_test_add_func ("/vpx/short-record", test_short_record);
  for (guint i = 0; i < G_N_ELEMENTS (keyframes); i++) {
    g_autofree gchar *path = g_strdup_printf ("/vpx/E-203-keyframe/%u", i);

    g_test_add_data_func (path, &keyframes[i], test_keyframe);
  }
  g_test_add_func ("/vpx/no-keyframe", test_no_keyframe);
  g_test_add_func ("/vpx/levels", test_levels);
  g_test_add_func ("/vpx/bits", test_bits);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpcolor.h"

#include "gstrtmpcaps.h"
#include "gstrtmptest.h"

/* What h265parse says of the pictures in hevc_hdr10.flv. */
#define MASTERING "34000:16000:13250:34500:7500:3000:15635:16450:10000000:1"
#define HDR10 "video/x-vp8, colorimetry=(string)bt2100-pq, " \
    "mastering-display-info=(string)" MASTERING ", " \
    "content-light-level=(string)1000:400"

/* The same as colorInfo has it. */
static const gdouble hdr10[FLV_COLOR_N_MEMBERS] = {
  10, 9, 16, 9, 400, 1000, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.3127,
  0.329, 1000, 0.0001
};

static void
fill (FlvColorInfo * color, guint32 has)
{
  memset (color, 0, sizeof *color);
  for (guint i = 0; i < FLV_COLOR_N_MEMBERS; i++)
    if (has >> i & 1)
      flv_color_info_set (color, (FlvColorMember) i, hdr10[i]);
}

static void
assert_caps_of (const FlvColorInfo * color, const gchar * before,
    const gchar * expected)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (before);
  g_autoptr (GstCaps) wanted = gst_caps_from_string (expected);
  g_autofree gchar *text = NULL;

  gst_rtmp_color_to_structure (color, gst_caps_get_structure (caps, 0));
  text = gst_caps_to_string (caps);
  if (!gst_caps_is_equal (caps, wanted))
    g_assert_cmpstr (text, ==, expected);
}

static void
test_hdr10 (void)
{
  FlvColorInfo color;

  fill (&color, G_MAXUINT32);
  assert_caps_of (&color, "video/x-vp8", HDR10);
}

static void
test_hdr10_back (void)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (HDR10
      ", bit-depth-luma=(uint)10");
  FlvColorInfo color;

  gst_rtmp_color_from_structure (&color, gst_caps_get_structure (caps, 0));
  g_assert_cmphex (color.has, ==, (1u << FLV_COLOR_N_MEMBERS) - 1);
  for (guint i = 0; i < FLV_COLOR_N_MEMBERS; i++)
    g_assert_cmpfloat_with_epsilon (color.values[i], hdr10[i], 1e-9);
}

/* What is not told is not made up. */
static void
test_parts (void)
{
  static const struct
  {
    guint32 has;
    const gchar *before, *expected;
  } cases[] = {
    {0, "video/x-vp8", "video/x-vp8"},
    {1 << FLV_COLOR_BIT_DEPTH, "video/x-vp8", "video/x-vp8"},
    {1 << FLV_COLOR_MAX_CLL, "video/x-vp8",
        "video/x-vp8, content-light-level=(string)1000:0"},
    {1 << FLV_COLOR_MAX_FALL, "video/x-vp8",
        "video/x-vp8, content-light-level=(string)0:400"},
    {1 << FLV_COLOR_MAX_LUMINANCE | 1 << FLV_COLOR_MIN_LUMINANCE,
        "video/x-vp8", "video/x-vp8"},
    {0xFFC0 & ~(1u << FLV_COLOR_WHITE_Y), "video/x-vp8", "video/x-vp8"},
    {1 << FLV_COLOR_PRIMARIES, "video/x-vp8, colorimetry=bt709",
        "video/x-vp8, colorimetry=(string)2:3:5:7"},
    {1 << FLV_COLOR_TRANSFER, "video/x-vp8",
        "video/x-vp8, colorimetry=(string)2:0:14:0"},
    {0xE, "video/x-vp8, colorimetry=(string)1:3:5:1",
        "video/x-vp8, colorimetry=(string)1:6:14:7"},
    {0, "video/x-vp8, colorimetry=bt709", "video/x-vp8, colorimetry=bt709"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    FlvColorInfo color;

    fill (&color, cases[i].has);
    assert_caps_of (&color, cases[i].before, cases[i].expected);
  }
}

static void
test_rgb_is_full_range (void)
{
  FlvColorInfo color = { 0, };

  flv_color_info_set (&color, FLV_COLOR_PRIMARIES, 1);
  flv_color_info_set (&color, FLV_COLOR_TRANSFER, 13);
  flv_color_info_set (&color, FLV_COLOR_MATRIX, 0);
  assert_caps_of (&color, "video/x-vp8", "video/x-vp8, colorimetry=sRGB");
}

/* Out of range, or not known by anybody. */
static void
test_odd_values (void)
{
  FlvColorInfo color;

  fill (&color, G_MAXUINT32);
  flv_color_info_set (&color, FLV_COLOR_MAX_CLL, 1e9);
  flv_color_info_set (&color, FLV_COLOR_MAX_LUMINANCE, 1e9);
  flv_color_info_set (&color, FLV_COLOR_RED_X, 70000);
  flv_color_info_set (&color, FLV_COLOR_PRIMARIES, 200);
  assert_caps_of (&color, "video/x-vp8", "video/x-vp8, "
      "colorimetry=(string)2:6:14:0, content-light-level=(string)10000:400, "
      "mastering-display-info=(string)"
      "37000:16000:13250:34500:7500:3000:15635:16450:100000000:1");
}

static void
test_nothing_back (void)
{
  static const gchar *cases[] = { "video/x-vp8",
    "video/x-vp8, bit-depth-luma=(uint)8", "video/x-vp8, colorimetry=nonsense",
    "video/x-vp8, colorimetry=(string)2:0:0:0",
    "video/x-vp8, mastering-display-info=1:2",
    "video/x-vp8, content-light-level=(string)x",
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GstCaps) caps = gst_caps_from_string (cases[i]);
    FlvColorInfo color;

    gst_rtmp_color_from_structure (&color, gst_caps_get_structure (caps, 0));
    g_assert_cmphex (color.has, ==, 0);
  }
}

/* By way of a track's caps, and no audio has colours. */
static void
test_in_a_format (void)
{
  GstRtmpFormat format = { flv_codec_by_id (FLV_CODEC_VP8), TRUE, }, back;
  g_autoptr (GstCaps) caps = NULL, audio = NULL;
  g_autofree gchar *text = NULL;

  fill (&format.color, G_MAXUINT32 & ~1u);
  caps = gst_rtmp_caps_from_format (&format, NULL, NULL);
  text = gst_caps_to_string (caps);
  g_assert_cmpstr (text, ==, HDR10);
  g_assert_true (gst_rtmp_caps_to_format (caps, NULL, &back, NULL));
  g_assert_cmpmem (&back.color, sizeof back.color, &format.color,
      sizeof format.color);
  gst_rtmp_format_clear (&back);
  format.codec = flv_codec_by_id (FLV_CODEC_AC3);
  audio = gst_rtmp_caps_from_format (&format, NULL, NULL);
  g_assert_false (gst_structure_has_field (gst_caps_get_structure (audio, 0),
          "colorimetry"));
}

int
main (int argc, char **argv)
{
  gst_rtmp_test_init (&argc, &argv);
  g_test_add_func ("/color/E-254-hdr10", test_hdr10);
  g_test_add_func ("/color/E-254-hdr10-back", test_hdr10_back);
  g_test_add_func ("/color/parts", test_parts);
  g_test_add_func ("/color/rgb-is-full-range", test_rgb_is_full_range);
  g_test_add_func ("/color/E-255-odd-values", test_odd_values);
  g_test_add_func ("/color/nothing-back", test_nothing_back);
  g_test_add_func ("/color/in-a-format", test_in_a_format);
  return g_test_run ();
}

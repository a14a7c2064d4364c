/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flvcolor.h"

#include "rtmpamf0.h"
#include "rtmptestbytes.h"

#define NAME "020009 636F6C6F72496E666F"        /* colorInfo */
#define ONE "003FF0000000000000"
/* {colorConfig: {bitDepth: 1}} */
#define BIT_DEPTH "03 000B 636F6C6F72436F6E666967 03 0008 6269744465707468" \
    ONE "000009 000009"

#define CONFIG (1u << FLV_COLOR_PRIMARIES | 1u << FLV_COLOR_TRANSFER \
    | 1u << FLV_COLOR_MATRIX)

static FlvColorInfo
parse_onto (FlvColorInfo info, const gchar * hex)
{
  g_autoptr (GBytes) body = rtmp_test_unhex (hex);
  gsize size;
  const guint8 *data = g_bytes_get_data (body, &size);
  GError *error = NULL;

  g_assert_true (flv_color_info_parse (&info, data, size, NULL, &error));
  g_assert_no_error (error);
  return info;
}

static FlvColorInfo
parse (const gchar * hex)
{
  FlvColorInfo nothing = { 0 };

  return parse_onto (nothing, hex);
}

static FlvColorInfo
hdr10 (void)
{
  static const gdouble display[] = { 0.708, 0.292, 0.17, 0.797, 0.131, 0.046,
    0.3127, 0.329, 1000, 0.0001
  };
  FlvColorInfo info = { 0 };

  flv_color_info_set (&info, FLV_COLOR_BIT_DEPTH, 10);
  flv_color_info_set (&info, FLV_COLOR_PRIMARIES, 9);
  flv_color_info_set (&info, FLV_COLOR_TRANSFER, 16);
  flv_color_info_set (&info, FLV_COLOR_MATRIX, 9);
  flv_color_info_set (&info, FLV_COLOR_MAX_FALL, 400);
  flv_color_info_set (&info, FLV_COLOR_MAX_CLL, 1000);
  for (guint i = 0; i < G_N_ELEMENTS (display); i++)
    flv_color_info_set (&info, (FlvColorMember) (FLV_COLOR_RED_X + i),
        display[i]);
  return info;
}

/* The body of a packet of FFmpeg's: BT.2020, PQ. */
static void
test_parse (void)
{
  FlvColorInfo info = parse (NAME "03 000B 636F6C6F72436F6E666967"
      "03 0017 7472616E736665724368617261637465726973746963730040 30*1 00*6 "
      "0012 6D6174726978436F656666696369656E7473004022 00*6 "
      "000E 636F6C6F725072696D6172696573004022 00*6 000009 000009");

  g_assert_cmphex (info.has, ==, CONFIG);
  g_assert_cmpfloat (info.values[FLV_COLOR_PRIMARIES], ==, 9);
  g_assert_cmpfloat (info.values[FLV_COLOR_TRANSFER], ==, 16);
  g_assert_cmpfloat (info.values[FLV_COLOR_MATRIX], ==, 9);
  g_assert_true (flv_color_info_has_all (&info, FLV_COLOR_PRIMARIES,
          FLV_COLOR_MATRIX));
  g_assert_false (flv_color_info_has_all (&info, FLV_COLOR_BIT_DEPTH,
          FLV_COLOR_MATRIX));
  g_assert_false (flv_color_info_has_all (&info, FLV_COLOR_PRIMARIES,
          FLV_COLOR_MAX_FALL));
}

/* V7 and V8 of the golden vectors, without their headers. */
static void
test_reset (void)
{
  static const gchar *const resets[] = { NAME "06", NAME "03 000009",
    NAME "05"
  };

  for (guint i = 0; i < G_N_ELEMENTS (resets); i++) {
    FlvColorInfo info = parse_onto (hdr10 (), resets[i]);

    g_assert_cmphex (info.has, ==, 0);
    g_assert_cmpfloat (info.values[FLV_COLOR_TRANSFER], ==, 0);
  }
}

static void
test_replaces_all (void)
{
  FlvColorInfo info = parse_onto (hdr10 (), NAME BIT_DEPTH);

  g_assert_cmphex (info.has, ==, 1u << FLV_COLOR_BIT_DEPTH);
  info = parse (NAME "06" NAME BIT_DEPTH);
  g_assert_cmphex (info.has, ==, 1u << FLV_COLOR_BIT_DEPTH);
}

static void
test_others_are_ignored (void)
{
  FlvColorInfo before = hdr10 (), after;

  after = parse_onto (before, "020001 78 03 000009" "020001 79" ONE);
  g_assert_cmphex (after.has, ==, before.has);
  after = parse_onto (before, "");
  g_assert_cmphex (after.has, ==, before.has);
  after = parse ("020001 78 06" NAME BIT_DEPTH "020001 79 06");
  g_assert_cmphex (after.has, ==, 1u << FLV_COLOR_BIT_DEPTH);
}

/* colorConfig {}, as FFmpeg writes it; members that nobody knows; groups that
 * are no objects. */
static void
test_missing (void)
{
  FlvColorInfo info;

  info = parse (NAME "03 000B 636F6C6F72436F6E666967 03 000009 000009");
  g_assert_cmphex (info.has, ==, 0);
  info = parse (NAME "03 000B 636F6C6F72436F6E666967" ONE "000009");
  g_assert_cmphex (info.has, ==, 0);
  info = parse (NAME "08 00000001 0006 686472436C6C 08 00000001"
      "0006 6D6178434C4C" ONE "0001 78" ONE "000009 0001 78 05 000009");
  g_assert_cmphex (info.has, ==, 1u << FLV_COLOR_MAX_CLL);
  g_assert_cmpfloat (info.values[FLV_COLOR_MAX_CLL], ==, 1);
}

static void
test_ranges (void)
{
  static const struct
  {
    FlvColorMember member;
    gdouble value, expected;    /* negative: ignored */
  } cases[] = {
    {FLV_COLOR_BIT_DEPTH, 0, -1}, {FLV_COLOR_BIT_DEPTH, 16, 16},
    {FLV_COLOR_BIT_DEPTH, 17, -1}, {FLV_COLOR_PRIMARIES, 0, 0},
    {FLV_COLOR_PRIMARIES, 255, 255}, {FLV_COLOR_PRIMARIES, 256, -1},
    {FLV_COLOR_TRANSFER, 0.0 / 0.0, -1}, {FLV_COLOR_TRANSFER, 16.5, 16},
    {FLV_COLOR_MATRIX, -1, -1}, {FLV_COLOR_MATRIX, 1e300, -1},
    {FLV_COLOR_MAX_FALL, 0, -1}, {FLV_COLOR_MAX_FALL, -1, -1},
    {FLV_COLOR_MAX_CLL, 10001, 10000}, {FLV_COLOR_MAX_CLL, 1.0 / 0.0, 10000},
    {FLV_COLOR_MAX_CLL, 0.0 / 0.0, -1}, {FLV_COLOR_RED_X, 0.75, 0.74},
    {FLV_COLOR_RED_Y, 0.75, 0.75}, {FLV_COLOR_RED_Y, 0.85, 0.84},
    {FLV_COLOR_GREEN_X, 0, -1}, {FLV_COLOR_GREEN_X, 0.00001, 0.0001},
    {FLV_COLOR_WHITE_X, 0.31274, 0.3127}, {FLV_COLOR_WHITE_X, 0.31276, 0.3128},
    {FLV_COLOR_MAX_LUMINANCE, 4, 5}, {FLV_COLOR_MAX_LUMINANCE, 0, -1},
    {FLV_COLOR_MIN_LUMINANCE, 0, 0.0001}, {FLV_COLOR_MIN_LUMINANCE, 6, 5},
    {FLV_COLOR_MIN_LUMINANCE, -0.1, -1},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    FlvColorInfo info = { 0 };

    flv_color_info_set (&info, cases[i].member, cases[i].value);
    g_assert_cmpint (flv_color_info_has (&info, cases[i].member), ==,
        cases[i].expected >= 0);
    g_assert_cmpfloat (info.values[cases[i].member], ==,
        MAX (cases[i].expected, 0));
  }
}

static void
test_errors (void)
{
  static const struct
  {
    const gchar *hex;
    RtmpError code;
    const gchar *message;
  } cases[] = {
    {NAME BIT_DEPTH "05 05", RTMP_ERROR_BAD_FLV, "video metadata: expected a "
          "name, a string, at byte 52, got null"},
    {NAME BIT_DEPTH NAME, RTMP_ERROR_BAD_AMF, "AMF0: expected a whole value "
          "from byte 64, got the end of the data at byte 64"},
    {NAME BIT_DEPTH "EE", RTMP_ERROR_BAD_AMF, "AMF0: expected the marker of a "
          "value, got 0xee at byte 52"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) body = rtmp_test_unhex (cases[i].hex);
    g_autoptr (GError) error = NULL;
    gsize size;
    const guint8 *data = g_bytes_get_data (body, &size);
    FlvColorInfo info = { 0 };

    g_assert_false (flv_color_info_parse (&info, data, size, NULL, &error));
    g_assert_error (error, RTMP_ERROR, (gint) cases[i].code);
    g_assert_cmpstr (error->message, ==, cases[i].message);
    g_assert_cmphex (info.has, ==, 1u << FLV_COLOR_BIT_DEPTH);
  }
}

static void
test_limits (void)
{
  static const RtmpLimits limits = {.amf_depth = 1,.amf_values = 9 };
  g_autoptr (GBytes) body = rtmp_test_unhex (NAME BIT_DEPTH);
  g_autoptr (GError) error = NULL;
  gsize size;
  const guint8 *data = g_bytes_get_data (body, &size);
  FlvColorInfo info = { 0 };

  g_assert_false (flv_color_info_parse (&info, data, size, &limits, &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_LIMIT_AMF);
}

/* As text, and read again the same. */
static void
test_write (void)
{
  FlvColorInfo info = hdr10 (), again = { 0 };
  g_autoptr (GBytes) body = flv_color_info_write (&info);
  g_autofree gchar *text = NULL;
  g_autoptr (RtmpValue) name = NULL;
  g_autoptr (RtmpValue) value = NULL;
  RtmpAmf0Parser parser;
  gsize size;
  const guint8 *data = g_bytes_get_data (body, &size);

  rtmp_amf0_parser_init (&parser, data, size, NULL);
  name = rtmp_amf0_parse (&parser, NULL);
  value = rtmp_amf0_parse (&parser, NULL);
  g_assert_false (rtmp_amf0_parser_more (&parser));
  rtmp_amf0_parser_clear (&parser);
  g_assert_cmpstr (rtmp_value_as_string (name, NULL), ==, "colorInfo");
  text = rtmp_value_to_string (value);
  g_assert_cmpstr (text, ==, "{colorConfig: {bitDepth: 10, colorPrimaries: 9, "
      "transferCharacteristics: 16, matrixCoefficients: 9}, "
      "hdrCll: {maxFall: 400, maxCLL: 1000}, hdrMdcv: {redX: 0.708, "
      "redY: 0.292, greenX: 0.17, greenY: 0.797, blueX: 0.131, blueY: 0.046, "
      "whitePointX: 0.3127, whitePointY: 0.329, maxLuminance: 1000, "
      "minLuminance: 0.0001}}");
  g_assert_true (flv_color_info_parse (&again, data, size, NULL, NULL));
  g_assert_cmpmem (&info, sizeof (info), &again, sizeof (again));
}

static void
test_write_what_is_there (void)
{
  FlvColorInfo info = { 0 };

  rtmp_test_assert_bytes (flv_color_info_write (&info), NAME "06");
  flv_color_info_set (&info, FLV_COLOR_BIT_DEPTH, 1);
  rtmp_test_assert_bytes (flv_color_info_write (&info), NAME BIT_DEPTH);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flvcolor/parse", test_parse);
  g_test_add_func ("/flvcolor/E-252-reset", test_reset);
  g_test_add_func ("/flvcolor/E-252-replaces-all", test_replaces_all);
  g_test_add_func ("/flvcolor/E-253-others-are-ignored",
      test_others_are_ignored);
  g_test_add_func ("/flvcolor/E-253-missing", test_missing);
  g_test_add_func ("/flvcolor/E-255-ranges", test_ranges);
  g_test_add_func ("/flvcolor/errors", test_errors);
  g_test_add_func ("/flvcolor/limits", test_limits);
  g_test_add_func ("/flvcolor/E-254-write", test_write);
  g_test_add_func ("/flvcolor/E-252-write-what-is-there",
      test_write_what_is_there);
  return g_test_run ();
}

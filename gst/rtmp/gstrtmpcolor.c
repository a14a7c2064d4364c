/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpcolor.h"

#include <gst/video/video.h>

#include "flvbits.h"

/* GStreamer's units: chromaticities in 1/50000, luminances in 1/10000 cd/m2. */
#define CHROMATICITY 50000
#define LUMINANCE 10000

static void
set_colorimetry (GstStructure * s, const GstVideoColorimetry * colorimetry)
{
  g_autofree gchar *text = NULL;

  if (colorimetry->matrix == GST_VIDEO_COLOR_MATRIX_UNKNOWN
      && colorimetry->transfer == GST_VIDEO_TRANSFER_UNKNOWN
      && colorimetry->primaries == GST_VIDEO_COLOR_PRIMARIES_UNKNOWN)
    return;
  text = gst_video_colorimetry_to_string (colorimetry);
  gst_structure_set (s, "colorimetry", G_TYPE_STRING, text, NULL);
}

void
gst_rtmp_structure_set_colorimetry (GstStructure * s, gboolean full_range,
    guint primaries, guint transfer, guint matrix)
{
  GstVideoColorimetry colorimetry = {
    full_range ? GST_VIDEO_COLOR_RANGE_0_255 : GST_VIDEO_COLOR_RANGE_16_235,
    gst_video_color_matrix_from_iso (matrix),
    gst_video_transfer_function_from_iso (transfer),
    gst_video_color_primaries_from_iso (primaries),
  };

  set_colorimetry (s, &colorimetry);
}

void
gst_rtmp_structure_unset_hlg (GstStructure * s)
{
  const gchar *text = gst_structure_get_string (s, "colorimetry");
  GstVideoColorimetry colorimetry;

  if (text && gst_video_colorimetry_from_string (&colorimetry, text)
      && colorimetry.transfer == GST_VIDEO_TRANSFER_ARIB_STD_B67)
    gst_structure_remove_field (s, "colorimetry");
}

/* If nobody tells the range, RGB has the full one. */
static void
set_codes (const FlvColorInfo * color, GstStructure * s)
{
  const gchar *before = gst_structure_get_string (s, "colorimetry");
  const gdouble *codes = color->values;
  GstVideoColorimetry new = { GST_VIDEO_COLOR_RANGE_UNKNOWN, };

  if (before != NULL)
    gst_video_colorimetry_from_string (&new, before);
  if (flv_color_info_has (color, FLV_COLOR_MATRIX))
    new.matrix = gst_video_color_matrix_from_iso (
        (guint) codes[FLV_COLOR_MATRIX]);
  if (flv_color_info_has (color, FLV_COLOR_TRANSFER))
    new.transfer = gst_video_transfer_function_from_iso (
        (guint) codes[FLV_COLOR_TRANSFER]);
  if (flv_color_info_has (color, FLV_COLOR_PRIMARIES))
    new.primaries = gst_video_color_primaries_from_iso (
        (guint) codes[FLV_COLOR_PRIMARIES]);
  if (new.range == GST_VIDEO_COLOR_RANGE_UNKNOWN)
    new.range = new.matrix == GST_VIDEO_COLOR_MATRIX_RGB
        ? GST_VIDEO_COLOR_RANGE_0_255 : GST_VIDEO_COLOR_RANGE_16_235;
  set_colorimetry (s, &new);
}

static guint16
chromaticity (const FlvColorInfo * color, guint member)
{
  return (guint16) (color->values[member] * CHROMATICITY + 0.5);
}

static void
set_mastering (const FlvColorInfo * color, GstStructure * s)
{
  GstVideoMasteringDisplayInfo info;
  g_autofree gchar *text = NULL;

  if (!flv_color_info_has_all (color, FLV_COLOR_RED_X, FLV_COLOR_MIN_LUMINANCE))
    return;
  gst_video_mastering_display_info_init (&info);
  for (guint i = 0; i < 3; i++) {
    info.display_primaries[i].x = chromaticity (color, FLV_COLOR_RED_X + 2 * i);
    info.display_primaries[i].y = chromaticity (color, FLV_COLOR_RED_Y + 2 * i);
  }
  info.white_point.x = chromaticity (color, FLV_COLOR_WHITE_X);
  info.white_point.y = chromaticity (color, FLV_COLOR_WHITE_Y);
  info.max_display_mastering_luminance =
      (guint32) (color->values[FLV_COLOR_MAX_LUMINANCE] * LUMINANCE + 0.5);
  info.min_display_mastering_luminance =
      (guint32) (color->values[FLV_COLOR_MIN_LUMINANCE] * LUMINANCE + 0.5);
  text = gst_video_mastering_display_info_to_string (&info);
  gst_structure_set (s, "mastering-display-info", G_TYPE_STRING, text, NULL);
}

static void
set_light_level (const FlvColorInfo * color, GstStructure * s)
{
  GstVideoContentLightLevel level;
  g_autofree gchar *text = NULL;

  /* 0 is not known, here and there. */
  if (!flv_color_info_has (color, FLV_COLOR_MAX_FALL)
      && !flv_color_info_has (color, FLV_COLOR_MAX_CLL))
    return;
  gst_video_content_light_level_init (&level);
  level.max_content_light_level =
      (guint16) (color->values[FLV_COLOR_MAX_CLL] + 0.5);
  level.max_frame_average_light_level =
      (guint16) (color->values[FLV_COLOR_MAX_FALL] + 0.5);
  text = gst_video_content_light_level_to_string (&level);
  gst_structure_set (s, "content-light-level", G_TYPE_STRING, text, NULL);
}

void
gst_rtmp_color_to_structure (const FlvColorInfo * color, GstStructure * s)
{
  set_codes (color, s);
  set_mastering (color, s);
  set_light_level (color, s);
}

static void
set_code (FlvColorInfo * color, FlvColorMember member, guint value)
{
  if (value != FLV_COLOR_UNSPECIFIED)
    flv_color_info_set (color, member, value);
}

static void
get_colorimetry (FlvColorInfo * color, const gchar * text)
{
  GstVideoColorimetry colorimetry;

  if (text == NULL || !gst_video_colorimetry_from_string (&colorimetry, text))
    return;
  set_code (color, FLV_COLOR_PRIMARIES,
      gst_video_color_primaries_to_iso (colorimetry.primaries));
  set_code (color, FLV_COLOR_TRANSFER,
      gst_video_transfer_function_to_iso (colorimetry.transfer));
  set_code (color, FLV_COLOR_MATRIX,
      gst_video_color_matrix_to_iso (colorimetry.matrix));
}

static void
get_mastering (FlvColorInfo * color, const gchar * text)
{
  GstVideoMasteringDisplayInfo info;

  if (text == NULL
      || !gst_video_mastering_display_info_from_string (&info, text))
    return;
  for (guint i = 0; i < 3; i++) {
    flv_color_info_set (color, FLV_COLOR_RED_X + 2 * i,
        (gdouble) info.display_primaries[i].x / CHROMATICITY);
    flv_color_info_set (color, FLV_COLOR_RED_Y + 2 * i,
        (gdouble) info.display_primaries[i].y / CHROMATICITY);
  }
  flv_color_info_set (color, FLV_COLOR_WHITE_X,
      (gdouble) info.white_point.x / CHROMATICITY);
  flv_color_info_set (color, FLV_COLOR_WHITE_Y,
      (gdouble) info.white_point.y / CHROMATICITY);
  flv_color_info_set (color, FLV_COLOR_MAX_LUMINANCE,
      (gdouble) info.max_display_mastering_luminance / LUMINANCE);
  flv_color_info_set (color, FLV_COLOR_MIN_LUMINANCE,
      (gdouble) info.min_display_mastering_luminance / LUMINANCE);
}

static void
get_light_level (FlvColorInfo * color, const gchar * text)
{
  GstVideoContentLightLevel level;

  if (text == NULL || !gst_video_content_light_level_from_string (&level, text))
    return;
  flv_color_info_set (color, FLV_COLOR_MAX_CLL, level.max_content_light_level);
  flv_color_info_set (color, FLV_COLOR_MAX_FALL,
      level.max_frame_average_light_level);
}

void
gst_rtmp_color_from_structure (FlvColorInfo * color, const GstStructure * s)
{
  guint bit_depth;

  memset (color, 0, sizeof *color);
  get_colorimetry (color, gst_structure_get_string (s, "colorimetry"));
  get_mastering (color, gst_structure_get_string (s, "mastering-display-info"));
  get_light_level (color, gst_structure_get_string (s, "content-light-level"));
  if (color->has != 0
      && gst_structure_get_uint (s, "bit-depth-luma", &bit_depth))
    flv_color_info_set (color, FLV_COLOR_BIT_DEPTH, bit_depth);
}

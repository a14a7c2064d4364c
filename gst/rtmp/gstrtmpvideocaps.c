/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpcodeccaps.h"

#include <gst/pbutils/pbutils.h>
#include <gst/video/video.h>

#include "flvav1.h"
#include "flvdolby.h"
#include "flvsps.h"
#include "flvvpx.h"
#include "gstrtmpcolor.h"
#include "rtmperror.h"

/* Of an AVCDecoderConfigurationRecord, an HEVC one: up to where lengths of NAL
 * units are told, and the version. */
#define AVC_RECORD_SIZE 7
#define HEVC_RECORD_SIZE 23
#define HEVC_LENGTHS 21
#define RECORD_VERSION 1

static gboolean
read_record (GstStructure * s, const GstRtmpFormat * format, gsize least,
    const guint8 ** data, gsize * size, GError ** error)
{
  if (!gst_rtmp_format_peek_configuration (format, data, size)
      || *size < least || (*data)[0] != RECORD_VERSION) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_FLV,
        "an %s configuration has %" G_GSIZE_FORMAT " bytes or more and begins "
        "with 1, %" G_GSIZE_FORMAT " came that begin with %u",
        format->codec->name, least, *size, *size > 0 ? (*data)[0] : 0);
    return FALSE;
  }
  gst_rtmp_structure_set_bytes (s, "codec_data", format->configuration);
  return TRUE;
}

/* Fields that a function of pbutils sets on caps. */
static void
add_fields (GstStructure * s, const guint8 * data, gsize size,
    gboolean (*set) (GstCaps *, const guint8 *, guint))
{
  GstCaps *caps = gst_caps_new_full (gst_structure_copy (s), NULL);
  GstStructure *from = gst_caps_get_structure (caps, 0);
  static const gchar *fields[] = { "profile", "tier", "level" };

  set (caps, data, (guint) size);
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (gst_structure_has_field (from, fields[i]))
      gst_structure_set_value (s, fields[i], gst_structure_get_value (from,
              fields[i]));
  gst_caps_unref (caps);
}

static void
set_size (GstStructure * s, guint width, guint height)
{
  if (width > 0 && height > 0)
    gst_structure_set (s, "width", G_TYPE_INT, (gint) width, "height",
        G_TYPE_INT, (gint) height, NULL);
}

/* ISO/IEC 14496-15, 5.3.3.1: profile, compatibility and level follow the
 * version. */
static gboolean
read_avc (GstStructure * s, const GstRtmpFormat * format, GBytes * frame,
    GError ** error)
{
  const guint8 *data;
  gsize size;
  guint width, height;

  if (!read_record (s, format, AVC_RECORD_SIZE, &data, &size, error))
    return FALSE;
  add_fields (s, data + 1, 3, gst_codec_utils_h264_caps_set_level_and_profile);
  if (flv_avc_parse_size (data, size, &width, &height))
    set_size (s, width, height);
  return TRUE;
}

/* 8.3.3.1: profile_tier_level follows the version. */
static gboolean
read_hevc (GstStructure * s, const GstRtmpFormat * format, GBytes * frame,
    GError ** error)
{
  const guint8 *data;
  gsize size;
  guint width, height;

  if (!read_record (s, format, HEVC_RECORD_SIZE, &data, &size, error))
    return FALSE;
  add_fields (s, data + 1, 12,
      gst_codec_utils_h265_caps_set_level_tier_and_profile);
  if (flv_hevc_parse_size (data, size, &width, &height))
    set_size (s, width, height);
  return TRUE;
}

/* The configuration says how long the lengths of NAL units are. */
static gboolean
hevc_has_dolby (const GstRtmpFormat * format, GBytes * frame)
{
  const guint8 *data, *record;
  gsize size;

  if (!gst_rtmp_format_peek_configuration (format, &record, &size)
      || size < HEVC_RECORD_SIZE)
    return FALSE;
  data = g_bytes_get_data (frame, &size);
  return flv_hevc_has_dolby (data, size, 1 + (record[HEVC_LENGTHS] & 3));
}

/* What parsers say of the size counts: they know what is shown of it. */
static gboolean
write_record (const GstStructure * s, GBytes * frame, GstRtmpFormat * format,
    gboolean (*parse_size) (const guint8 *, gsize, guint *, guint *),
    GError ** error)
{
  const guint8 *data;
  gsize size;

  if (!gst_rtmp_format_take_codec_data (s, frame, format, error))
    return FALSE;
  data = g_bytes_get_data (format->configuration, &size);
  if (format->width == 0 || format->height == 0)
    parse_size (data, size, &format->width, &format->height);
  return TRUE;
}

static gboolean
write_avc (const GstStructure * s, GBytes * frame, GstRtmpFormat * format,
    GError ** error)
{
  return write_record (s, frame, format, flv_avc_parse_size, error);
}

static gboolean
write_hevc (const GstStructure * s, GBytes * frame, GstRtmpFormat * format,
    GError ** error)
{
  return write_record (s, frame, format, flv_hevc_parse_size, error);
}

static gboolean
read_vvc (GstStructure * s, const GstRtmpFormat * format, GBytes * frame,
    GError ** error)
{
  if (format->configuration == NULL
      || g_bytes_get_size (format->configuration) == 0) {
    g_set_error_literal (error, RTMP_ERROR, RTMP_ERROR_BAD_FLV,
        "an H.266 configuration was expected, an empty one came");
    return FALSE;
  }
  gst_rtmp_structure_set_bytes (s, "codec_data", format->configuration);
  return TRUE;
}

static void
set_samples (GstStructure * s, const gchar * chroma, guint bit_depth)
{
  gst_structure_set (s, "chroma-format", G_TYPE_STRING, chroma,
      "bit-depth-luma", G_TYPE_UINT, bit_depth, "bit-depth-chroma", G_TYPE_UINT,
      bit_depth, NULL);
}

/* By subsampling of x and y. */
static const gchar *
chroma_format (gboolean x, gboolean y)
{
  return !x ? y ? "4:4:0" : "4:4:4" : y ? "4:2:0" : "4:2:2";
}

/* Whether a record says of a stream what its sequence header does. */
static gboolean
agrees (GBytes * configuration, GBytes * record, const FlvAv1 * av1)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (configuration, &size);
  FlvAv1 told;

  return flv_av1_parse (&told, data, size, NULL)
      && memcmp (data, g_bytes_get_data (record, NULL), 3) == 0
      && (told.header == NULL
      || (told.width == av1->width && told.height == av1->height));
}

/* What the key frame says, else what the record does: some senders' records say
 * nothing true. Returns the record, %NULL if neither says anything. */
static GBytes *
describe_av1 (GBytes * configuration, GBytes * frame, FlvAv1 * av1)
{
  gsize size = 0;
  const guint8 *data = frame ? g_bytes_get_data (frame, &size) : NULL;
  GBytes *record;

  if (flv_av1_parse_unit (av1, data, size)) {
    record = flv_av1_write (av1);
    if (configuration == NULL || !agrees (configuration, record, av1))
      return record;
    g_bytes_unref (record);
    return g_bytes_ref (configuration);
  }
  data = configuration ? g_bytes_get_data (configuration, &size) : NULL;
  if (data != NULL && flv_av1_parse (av1, data, size, NULL))
    return g_bytes_ref (configuration);
  return NULL;
}

static gboolean
read_av1 (GstStructure * s, const GstRtmpFormat * format, GBytes * frame,
    GError ** error)
{
  static const gchar *profiles[] = { "main", "high", "professional" };
  g_autoptr (GBytes) record = NULL;
  FlvAv1 av1;

  record = describe_av1 (format->configuration, frame, &av1);
  if (record == NULL)
    return TRUE;
  gst_rtmp_structure_set_bytes (s, "codec_data", record);
  if (av1.profile < G_N_ELEMENTS (profiles))
    gst_structure_set (s, "profile", G_TYPE_STRING, profiles[av1.profile],
        NULL);
  set_samples (s, av1.monochrome ? "4:0:0" : chroma_format (av1.subsampling_x,
          av1.subsampling_y), av1.bit_depth);
  set_size (s, av1.width, av1.height);
  gst_rtmp_structure_set_colorimetry (s, av1.full_range, av1.primaries,
      av1.transfer, av1.matrix);
  return TRUE;
}

static gboolean
av1_tells (FlvCodecId id, GBytes * frame)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (frame, &size);
  FlvAv1 av1;

  return flv_av1_parse_unit (&av1, data, size);
}

static gboolean
av1_has_dolby (const GstRtmpFormat * format, GBytes * frame)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (frame, &size);

  return flv_av1_has_dolby (data, size);
}

static gboolean
write_av1 (const GstStructure * s, GBytes * frame, GstRtmpFormat * format,
    GError ** error)
{
  g_autoptr (GBytes) told = gst_rtmp_structure_get_bytes (s, "codec_data");
  FlvAv1 av1;

  format->configuration = describe_av1 (told, frame, &av1);
  if (format->configuration == NULL)
    return gst_rtmp_caps_refuse (error, "The AV1 stream does not begin with a "
        "sequence header, and its caps have no codec_data: begin with a key "
        "frame.");
  if (av1.width > 0) {
    format->width = av1.width;
    format->height = av1.height;
  }
  return TRUE;
}

static gboolean
describe_vpx_frame (FlvCodecId id, GBytes * frame, FlvVpx * vpx)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (frame, &size);

  return id == FLV_CODEC_VP8 ? flv_vp8_parse_keyframe (vpx, data, size)
      : flv_vp9_parse_keyframe (vpx, data, size);
}

static gboolean
vpx_tells (FlvCodecId id, GBytes * frame)
{
  FlvVpx vpx;

  return describe_vpx_frame (id, frame, &vpx);
}

static const gchar *vpx_chroma_formats[] =
    { "4:2:0", "4:2:0", "4:2:2", "4:4:4", "4:4:0" };

static gboolean
read_vpx (GstStructure * s, const GstRtmpFormat * format, GBytes * frame,
    GError ** error)
{
  FlvCodecId id = format->codec->id;
  gchar profile[] = "0";
  const guint8 *data;
  gsize size;
  FlvVpx vpx;

  if ((frame == NULL || !describe_vpx_frame (id, frame, &vpx))
      && (!gst_rtmp_format_peek_configuration (format, &data, &size)
          || !flv_vpx_parse (&vpx, data, size, NULL)))
    return TRUE;
  if (vpx.profile <= 3) {
    profile[0] = (gchar) ('0' + vpx.profile);
    gst_structure_set (s, "profile", G_TYPE_STRING, profile, NULL);
  }
  set_size (s, vpx.width, vpx.height);
  if (id == FLV_CODEC_VP8)
    return TRUE;
  gst_structure_set (s, "alignment", G_TYPE_STRING, "super-frame", NULL);
  if (vpx.subsampling < G_N_ELEMENTS (vpx_chroma_formats))
    set_samples (s, vpx_chroma_formats[vpx.subsampling], vpx.bit_depth);
  gst_rtmp_structure_set_colorimetry (s, vpx.full_range, vpx.primaries,
      vpx.transfer, vpx.matrix);
  return TRUE;
}

static void
describe_vpx_caps (const GstStructure * s, FlvVpx * vpx)
{
  const gchar *profile = gst_structure_get_string (s, "profile");
  const gchar *chroma = gst_structure_get_string (s, "chroma-format");
  const gchar *color = gst_structure_get_string (s, "colorimetry");
  GstVideoColorimetry colorimetry = { 0, };
  guint bit_depth;

  memset (vpx, 0, sizeof *vpx);
  vpx->bit_depth = 8;
  vpx->subsampling = FLV_VPX_420;
  if (profile != NULL && profile[0] >= '0' && profile[0] <= '3')
    vpx->profile = (guint8) (profile[0] - '0');
  if (gst_structure_get_uint (s, "bit-depth-luma", &bit_depth))
    vpx->bit_depth = (guint8) (bit_depth & 0x0F);
  for (guint8 i = FLV_VPX_420; i < G_N_ELEMENTS (vpx_chroma_formats); i++)
    if (g_strcmp0 (chroma, vpx_chroma_formats[i]) == 0)
      vpx->subsampling = i;
  if (color != NULL)
    gst_video_colorimetry_from_string (&colorimetry, color);
  vpx->full_range = colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255;
  vpx->primaries =
      (guint8) gst_video_color_primaries_to_iso (colorimetry.primaries);
  vpx->transfer =
      (guint8) gst_video_transfer_function_to_iso (colorimetry.transfer);
  vpx->matrix = (guint8) gst_video_color_matrix_to_iso (colorimetry.matrix);
}

/* Profile 0 is 8 bits of 4:2:0, and so is VP8. */
static gboolean
is_vpx_described (const GstStructure * s, const FlvVpx * vpx)
{
  return vpx->profile == 0 || (gst_structure_has_field (s, "bit-depth-luma")
      && gst_structure_has_field (s, "chroma-format"));
}

static gboolean
write_vpx (const GstStructure * s, GBytes * frame, GstRtmpFormat * format,
    GError ** error)
{
  FlvCodecId id = format->codec->id;
  FlvVpx vpx;

  if (g_strcmp0 (gst_structure_get_string (s, "alignment"), "frame") == 0)
    return gst_rtmp_caps_refuse (error, "RTMP carries %s super frames only, "
        "and these are single frames: put its parser before this pad.",
        format->codec->name);
  if (frame != NULL && describe_vpx_frame (id, frame, &vpx)) {
    format->width = vpx.width;
    format->height = vpx.height;
  } else {
    describe_vpx_caps (s, &vpx);
    if (frame == NULL && !is_vpx_described (s, &vpx))
      return gst_rtmp_caps_refuse (error, "The VP9 caps have no bit-depth-luma "
          "and chroma-format: begin with a key frame.");
  }
  if (id == FLV_CODEC_VP9 && format->width > 0)
    vpx.level = flv_vp9_level (format->width, format->height,
        format->framerate);
  format->configuration = flv_vpx_write (&vpx);
  return TRUE;
}

static gboolean
read_vp6 (GstStructure * s, const GstRtmpFormat * format, GBytes * frame,
    GError ** error)
{
  g_autoptr (GBytes) adjustment = g_bytes_new (&format->adjustment, 1);

  gst_rtmp_structure_set_bytes (s, "codec_data", adjustment);
  return TRUE;
}

static gboolean
write_vp6 (const GstStructure * s, GBytes * frame, GstRtmpFormat * format,
    GError ** error)
{
  g_autoptr (GBytes) adjustment =
      gst_rtmp_structure_get_bytes (s, "codec_data");
  gsize size = 0;
  const guint8 *data = adjustment ? g_bytes_get_data (adjustment, &size) : NULL;

  format->adjustment = size > 0 ? data[0] : 0;
  return TRUE;
}

const GstRtmpCodecCaps *
gst_rtmp_video_codec_caps (FlvCodecId id)
{
  static const GstRtmpCodecCaps codecs[] = {
    [FLV_CODEC_AVC] = {NULL, read_avc, write_avc},
    [FLV_CODEC_HEVC] = {NULL, read_hevc, write_hevc, NULL, hevc_has_dolby},
    [FLV_CODEC_VVC] = {NULL, read_vvc, gst_rtmp_format_take_codec_data},
    [FLV_CODEC_AV1] = {NULL, read_av1, write_av1, av1_tells,
        av1_has_dolby},
    [FLV_CODEC_VP9] = {NULL, read_vpx, write_vpx, vpx_tells},
    [FLV_CODEC_VP8] = {NULL, read_vpx, write_vpx, vpx_tells},
    [FLV_CODEC_VP6] = {NULL, read_vp6, write_vp6},
    [FLV_CODEC_VP6_ALPHA] = {NULL, read_vp6, write_vp6},
    [FLV_CODEC_EAC3] = {NULL,},
  };

  return &codecs[id];
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstrtmpcaps.h"

G_BEGIN_DECLS

/**
 * GstRtmpCodecCaps:
 * @limits: (nullable): what of the codec's caps can be carried
 * @read: (nullable): adds to the codec's caps what @format and @frame know
 * @write: (nullable): the reverse; @format has size, rates and channels of @s
 *   already, and the codec's row that is written
 * @tells: (nullable): whether @frame says by itself what the codec's caps are
 * @has_dolby: (nullable): whether @frame is a picture of Dolby Vision
 *
 * What caps of one codec hold beside the fields of its row.
 *
 * Since: 0.1
 */
typedef struct
{
  const gchar *limits;
  gboolean (*read) (GstStructure * s, const GstRtmpFormat * format,
      GBytes * frame, GError ** error);
  gboolean (*write) (const GstStructure * s, GBytes * frame,
      GstRtmpFormat * format, GError ** error);
  gboolean (*tells) (FlvCodecId id, GBytes * frame);
  gboolean (*has_dolby) (const GstRtmpFormat * format, GBytes * frame);
} GstRtmpCodecCaps;

const GstRtmpCodecCaps *gst_rtmp_audio_codec_caps (FlvCodecId id);
const GstRtmpCodecCaps *gst_rtmp_video_codec_caps (FlvCodecId id);

/* %GST_STREAM_ERROR_WRONG_TYPE; always %FALSE. */
gboolean gst_rtmp_caps_refuse (GError ** error, const gchar * text, ...)
    G_GNUC_PRINTF (2, 3);

/* The format's configuration; %FALSE if it has none, or an empty one. */
gboolean gst_rtmp_format_peek_configuration (const GstRtmpFormat * format,
    const guint8 ** data, gsize * size);

/* A copy. (transfer full) */
GBytes *gst_rtmp_buffer_to_bytes (GstBuffer * buffer);

void gst_rtmp_structure_set_bytes (GstStructure * s, const gchar * field,
    GBytes * bytes);

/* The buffer's bytes. (transfer full) (nullable): not there */
GBytes *gst_rtmp_structure_get_bytes (const GstStructure * s,
    const gchar * field);

/* codec_data becomes the configuration. */
gboolean gst_rtmp_format_take_codec_data (const GstStructure * s,
    GBytes * frame, GstRtmpFormat * format, GError ** error);

G_END_DECLS

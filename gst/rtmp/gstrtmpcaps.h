/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "flvchannels.h"
#include "flvcodec.h"
#include "flvcolor.h"

G_BEGIN_DECLS

/**
 * GstRtmpFormat:
 * @codec: the row to write; also the legacy id and the FourCC
 * @enhanced: of the wire: the packets have a FourCC; of caps: only packets that
 *   have one can say it
 * @sound: audio that is not @enhanced: format, rate, size, channels
 * @adjustment: VP6: as in #FlvPacket; codec_data in caps
 * @configuration: (nullable): the body of the sequence start, %NULL for none
 * @channels: the MultichannelConfig
 * @color: the colorInfo
 * @width: in pixels, 0 if not known, as @height; of the wire: of the metadata
 * @framerate: 0 if not known, or variable
 * @rate: Hz, 0 if not known; of caps only, as @n_channels and @bitrate (bit/s)
 *
 * What a track is. All zeros owns nothing.
 *
 * Since: 0.1
 */
typedef struct
{
  const FlvCodec *codec;
  gboolean enhanced;
  guint8 sound;
  guint8 adjustment;
  GBytes *configuration;
  FlvChannels channels;
  FlvColorInfo color;
  guint width, height;
  gdouble framerate;
  guint rate;
  guint n_channels;
  guint bitrate;
} GstRtmpFormat;

void gst_rtmp_format_clear (GstRtmpFormat * self);

/* How many samples, at 48 kHz, to leave out of what is decoded first: Opus's
 * pre-skip (RFC 7845, 5.1). */
guint gst_rtmp_format_padding (const GstRtmpFormat * self);

/* What of @media can be carried, for pad templates. (transfer full) */
GstCaps *gst_rtmp_caps_template (FlvMedia media);
/* video_%u and audio_%u, with these. @pad_type: what pads of them are. */
void gst_rtmp_caps_add_templates (GstElementClass * klass,
    GstPadDirection direction, GstPadPresence presence, GType pad_type);

/* The caps of a track, as parsers and decoders expect them. @frame (nullable)
 * is the body of its first coded frame, a key frame: it is asked first for what
 * both it and the configuration know, and without it the caps of AV1, VP8, VP9,
 * MP3 and Opus may lack what only it knows. VP6 frames begin with the byte that
 * caps have as codec_data: decoders expect it there and not in the frames.
 *
 * %RTMP_ERROR_BAD_FLV when the configuration cannot be read, or is missing and
 * needed. (transfer full) */
GstCaps *gst_rtmp_caps_from_format (const GstRtmpFormat * format,
    GBytes * frame, GError ** error);

/* Whether @frame, a key frame, says what the caps are, whatever was said
 * before. */
gboolean gst_rtmp_format_is_told_by (const GstRtmpFormat * format,
    GBytes * frame);

/* The other way, from fixed @caps. @frame (nullable) is the first buffer, a
 * key frame: AV1 caps without codec_data need it.
 *
 * %GST_STREAM_ERROR, CODEC_NOT_FOUND or WRONG_TYPE, with what cannot be carried
 * in words; @format owns nothing then. (transfer full) for @format's content */
gboolean gst_rtmp_caps_to_format (GstCaps * caps, GBytes * frame,
    GstRtmpFormat * format, GError ** error);

G_END_DECLS

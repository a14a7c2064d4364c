/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "flvmetadata.h"
#include "flvpacket.h"
#include "gstrtmpcaps.h"

G_BEGIN_DECLS

/**
 * GstRtmpTrackWriter:
 * @format: from the caps
 * @is_changed: its configuration is to be written before the next frame
 * @has_color: colours have been written that are in force
 * @tags: (nullable): for the metadata
 * @force_four_cc: also where there is a legacy header
 * @nanoseconds: times are written to the nanosecond, where packets can
 * @long_flac: FLAC's configuration with its marker, as Enhanced RTMP has it;
 *   readers know the other form
 *
 * One track on its way from caps and buffers to FLV tags. One thread at a time.
 *
 * Since: 0.1
 */
typedef struct
{
  FlvMedia media;
  guint8 id;
  GstRtmpFormat format;
  gboolean is_changed;
  gboolean has_color;
  GstTagList *tags;
  gboolean force_four_cc;
  gboolean nanoseconds;
  gboolean long_flac;
} GstRtmpTrackWriter;

void gst_rtmp_track_writer_init (GstRtmpTrackWriter * self, FlvMedia media,
    guint8 id);
void gst_rtmp_track_writer_clear (GstRtmpTrackWriter * self);

/* @buffer: the first one with them, which some codecs are described by. FALSE
 * with %GST_STREAM_ERROR_WRONG_TYPE or CODEC_NOT_FOUND; the format stays. */
gboolean gst_rtmp_track_writer_set_caps (GstRtmpTrackWriter * self,
    GstCaps * caps, GstBuffer * buffer, GError ** error);

/* Whether its packets have a FourCC when they are of @codec. */
gboolean gst_rtmp_track_writer_needs_four_cc (const GstRtmpTrackWriter *
    self, const FlvCodec * codec);

/* Adds what configures the track to @tags (of GstBuffer), if anything does: it
 * is no longer changed. */
void gst_rtmp_track_writer_configuration (GstRtmpTrackWriter * self,
    guint32 timestamp, GPtrArray * tags);

/* The tag of a frame: @dts and @pts nanoseconds, as the file counts them.
 * (transfer full) (nullable): %NULL with %GST_STREAM_ERROR_MUX if it cannot be
 * read, or is too large. */
GstBuffer *gst_rtmp_track_writer_frame (const GstRtmpTrackWriter * self,
    GstBuffer * buffer, gint64 dts, gint64 pts, GError ** error);

/* The track ends before others do. (transfer full) (nullable): %NULL where
 * there is no way to say so. */
GstBuffer *gst_rtmp_track_writer_end (const GstRtmpTrackWriter * self,
    guint32 timestamp);

/* What metadata say of it: nothing without caps. */
void gst_rtmp_track_writer_describe (const GstRtmpTrackWriter * self,
    FlvMetadata * metadata);

G_END_DECLS

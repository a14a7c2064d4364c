/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "flvindex.h"
#include "flvmetadata.h"
#include "gstrtmptrackwriter.h"

G_BEGIN_DECLS

/**
 * GstRtmpFlvWriter:
 * @src: where tags are pushed; not referenced
 * @rewrites: what the end tells goes into the header
 * @offset: added to running times
 * @end: of the last presentation, with @offset
 * @metadata: (nullable): as it stands in the header
 * @described: (nullable): the metadata that were written last
 * @index: (nullable) (element-type FlvIndexEntry): key frames so far, of which
 *   the header has room for @index_room; each @index_step-th of all @n_keys
 * @scripts: of GBytes: what waits for the header
 *
 * FLV out of a pad: the file header, metadata and configurations when the first
 * frame comes, then the frames of all tracks, and again metadata and
 * configurations when they change. @dts and @pts are running times in
 * nanoseconds. One thread at a time, and no locks while it pushes.
 *
 * Since: 0.1
 */
typedef struct
{
  GstPad *src;
  gboolean has_started;
  gboolean rewrites;
  gint64 offset;
  gint64 end;
  guint64 n_bytes;
  FlvMetadata *metadata;
  RtmpValue *described;
  GArray *index;
  guint index_room, index_step, n_keys;
  GPtrArray *scripts;
} GstRtmpFlvWriter;

void gst_rtmp_flv_writer_init (GstRtmpFlvWriter * self, GstPad * src);
/* As new. */
void gst_rtmp_flv_writer_reset (GstRtmpFlvWriter * self);
void gst_rtmp_flv_writer_clear (GstRtmpFlvWriter * self);

/* The header, for a first frame at @dts. @tracks: of GstRtmpTrackWriter, those
 * without a format not yet known. Not @streamable: the end may write to it
 * again, where it has room for an index of @index_room key frames. */
GstFlowReturn gst_rtmp_flv_writer_start (GstRtmpFlvWriter * self,
    GPtrArray * tracks, gboolean streamable, guint index_room, gint64 dts);
/* There is new metadata, if anything in it has changed. */
GstFlowReturn gst_rtmp_flv_writer_describe (GstRtmpFlvWriter * self,
    GPtrArray * tracks, gint64 dts);
/* (transfer none) for @buffer. */
GstFlowReturn gst_rtmp_flv_writer_frame (GstRtmpFlvWriter * self,
    GstRtmpTrackWriter * track, GstBuffer * buffer, gint64 dts, gint64 pts,
    GError ** error);
/* Script data: goes now, or after the header. (transfer none) for @body. */
GstFlowReturn gst_rtmp_flv_writer_script (GstRtmpFlvWriter * self,
    GBytes * body, gint64 dts);
/* The end of a track that others may outlive. */
GstFlowReturn gst_rtmp_flv_writer_end_track (GstRtmpFlvWriter * self,
    GstRtmpTrackWriter * track, gint64 dts);
/* The end of all. */
void gst_rtmp_flv_writer_finish (GstRtmpFlvWriter * self);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "flvmetadata.h"
#include "gstrtmptracks.h"

G_BEGIN_DECLS

/**
 * GstRtmpUnpacker:
 *
 * FLV in, wherever it comes from; frames, gaps and what configures them out, to
 * the tracks of an element. What cannot be read is left out, told by the
 * element, and counted. The streaming thread only, but for the statistics.
 *
 * Since: 0.1
 */
typedef struct _GstRtmpUnpacker GstRtmpUnpacker;

/* An onMetaData: @object as it came. The tracks know of it already. */
typedef void (*GstRtmpUnpackerMetadata) (GstElement * element,
    const FlvMetadata * metadata, const RtmpValue * object);

/* @element and @tracks are not referenced. @on_metadata (nullable) */
GstRtmpUnpacker *gst_rtmp_unpacker_new (GstElement * element,
    GstRtmpTracks * tracks, GstRtmpUnpackerMetadata on_metadata);
void gst_rtmp_unpacker_free (GstRtmpUnpacker * self);
/* As new; but @tracks are only told that they do not go on. */
void gst_rtmp_unpacker_reset (GstRtmpUnpacker * self);
/* The input is a whole file, until the next reset. */
void gst_rtmp_unpacker_expect_file (GstRtmpUnpacker * self);

/* When the tag is that the next buffer begins with, or NONE: whoever knows it
 * knows how often its 32 bits have wrapped. */
void gst_rtmp_unpacker_set_time (GstRtmpUnpacker * self, GstClockTime time);
/* Anything but OK comes from a pad, or has been posted as an error. */
GstFlowReturn gst_rtmp_unpacker_feed (GstRtmpUnpacker * self,
    GstBuffer * buffer);
/* The input has ended within a tag. */
gboolean gst_rtmp_unpacker_is_partial (GstRtmpUnpacker * self);
/* What came of that tag is forgotten. */
void gst_rtmp_unpacker_drop_partial (GstRtmpUnpacker * self);
/* What comes next does not go on with what came before. */
void gst_rtmp_unpacker_discont (GstRtmpUnpacker * self);
/* Nor does anything hold that was said. */
void gst_rtmp_unpacker_begin_publisher (GstRtmpUnpacker * self);

/* From any thread. (transfer full) */
GstStructure *gst_rtmp_unpacker_get_stats (GstRtmpUnpacker * self);

G_END_DECLS

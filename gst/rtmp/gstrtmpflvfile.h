/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "flvindex.h"

G_BEGIN_DECLS

/**
 * GstRtmpFlvFile:
 *
 * An FLV file behind a pad in pull mode: read in blocks from wherever, and
 * looked through for where to begin. One thread at a time.
 *
 * Since: 0.1
 */
typedef struct _GstRtmpFlvFile GstRtmpFlvFile;

/* @pad is not referenced. */
GstRtmpFlvFile *gst_rtmp_flv_file_new (GstPad * pad);
void gst_rtmp_flv_file_free (GstRtmpFlvFile * self);

/* The next block; %GST_FLOW_EOS at the end. (transfer full) for @block. */
GstFlowReturn gst_rtmp_flv_file_read (GstRtmpFlvFile * self,
    GstBuffer ** block);
/* Where the next block is read. */
void gst_rtmp_flv_file_go_to (GstRtmpFlvFile * self, guint64 offset);

/* What the file says of itself, #FlvIndexEntry; believed only where a key frame
 * stands there indeed. (transfer full) (nullable) */
void gst_rtmp_flv_file_take_index (GstRtmpFlvFile * self, GArray * index);

/* Where to begin. */
typedef struct
{
  GstClockTime time;            /* of its presentation */
  guint64 offset;               /* of the tag */
} GstRtmpFlvPlace;

/* The last key frame, or sound where there is no video, that is shown at or
 * before @time; before the first one, the beginning of the file. %GST_FLOW_EOS:
 * the file has nothing to play.
 *
 * Reads what the index does not tell, up to @time. */
GstFlowReturn gst_rtmp_flv_file_find (GstRtmpFlvFile * self, GstClockTime time,
    GstRtmpFlvPlace * place);
/* The first one at or behind @time; the last one if there is none. */
GstFlowReturn gst_rtmp_flv_file_find_next (GstRtmpFlvFile * self,
    GstClockTime time, GstRtmpFlvPlace * place);

/* Either of them, or the nearer one, as @flags want it. */
GstFlowReturn gst_rtmp_flv_file_seek (GstRtmpFlvFile * self,
    GstSeekFlags flags, GstClockTime time, GstRtmpFlvPlace * place);

/* The time of the last tag, or NONE where the file's end does not tell. */
GstClockTime gst_rtmp_flv_file_last_time (GstRtmpFlvFile * self);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "flvfile.h"

G_BEGIN_DECLS

/**
 * GstRtmpDropPolicy:
 * @GST_RTMP_DROP_NONE: upstream waits
 * @GST_RTMP_DROP_NON_KEY: what is not a key frame, up to the next one
 * @GST_RTMP_DROP_GOP: all video, up to a key frame when there is room again
 *
 * What happens when the server takes less than comes. With any but the first,
 * upstream never waits.
 *
 * Since: 0.1
 */
typedef enum
{
  GST_RTMP_DROP_NONE,
  GST_RTMP_DROP_NON_KEY,
  GST_RTMP_DROP_GOP,
} GstRtmpDropPolicy;

/**
 * GstRtmpDropper:
 *
 * Decides by how full the queue is, in percent of its limit: at 100 it begins,
 * below 75 it ends with the next key frame, so that no frame is sent whose
 * reference was not. Sound is kept up to twice the limit; sequence headers and
 * metadata always. All zeros drops nothing.
 *
 * Since: 0.1
 */
typedef struct
{
  GstRtmpDropPolicy policy;
  gboolean dropping;
  guint64 dropped_video;
  guint64 dropped_audio;
} GstRtmpDropper;

/* Starts anew: counts from zero. */
void gst_rtmp_dropper_reset (GstRtmpDropper * self, GstRtmpDropPolicy policy);

/* FALSE: @tag is to be dropped, and is counted. */
gboolean gst_rtmp_dropper_admit (GstRtmpDropper * self, const FlvTag * tag,
    guint percent);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "flvfile.h"
#include "rtmpserver.h"

G_BEGIN_DECLS

/* Greater than any track's. */
#define GST_RTMP_OUTLET_NO_TRACK 256

/**
 * GstRtmpOutlet:
 * @mount: where the tags go
 * @leading_track: of video: with its key frames, players begin
 * @codecs: of audio and video, by track; 0: none yet
 *
 * Hands tags to the players of a mount, and says what they are: which ones new
 * players need, which are needed no longer, and what a player must have
 * announced. For one thread.
 *
 * Since: 0.1
 */
typedef struct
{
  RtmpMount *mount;
  guint leading_track;
  guint32 codecs[2][GST_RTMP_OUTLET_NO_TRACK];
} GstRtmpOutlet;

void gst_rtmp_outlet_init (GstRtmpOutlet * self, RtmpMount * mount);
void gst_rtmp_outlet_send (GstRtmpOutlet * self, const FlvTag * tag,
    guint32 timestamp);

G_END_DECLS

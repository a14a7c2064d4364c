/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "flvpacket.h"
#include "gstrtmpcaps.h"

G_BEGIN_DECLS

/**
 * GstRtmpTrack:
 * @format: what packets and metadata have said so far
 * @caps: (nullable): of the frames; %NULL as long as none can be read
 * @pad: (nullable): owned by the element
 * @stream: (nullable): with the pad
 * @tags: (nullable): the track's own
 * @is_changed: @format is ahead of @caps
 * @needs_caps: there are none, or of another codec
 * @is_discont: the next frame does not go on with the last one
 * @is_refused: why there are no caps has been told
 * @needs_segment: before the next frame
 * @position: where the last frame or gap ends
 *
 * One track of a stream: what configures it becomes caps. The streaming thread
 * only.
 *
 * Since: 0.1
 */
typedef struct
{
  FlvMedia media;
  guint8 id;
  GstRtmpFormat format;
  GstCaps *caps;
  GstPad *pad;
  GstStream *stream;
  GstTagList *tags;
  gboolean is_changed;
  gboolean needs_caps;
  gboolean is_discont;
  gboolean is_refused;
  gboolean needs_segment;
  GstClockTime position;
} GstRtmpTrack;

GstRtmpTrack *gst_rtmp_track_new (FlvMedia media, guint8 id);
void gst_rtmp_track_free (GstRtmpTrack * self);

/* As new, but for its pad and the caps that stand on it. */
void gst_rtmp_track_forget (GstRtmpTrack * self);

/* Takes what a packet with a codec in it says of the track; @body is the
 * packet's. Configurations that are empty, or that it has already, change
 * nothing. FALSE if it cannot be read (%RTMP_ERROR_BAD_FLV, or as
 * rtmp_amf0_parse()), and nothing has changed. */
gboolean gst_rtmp_track_configure (GstRtmpTrack * self,
    const FlvPacket * packet, GBytes * body, GError ** error);

/* To be called before a frame. FALSE when nobody could read it, with @error set
 * if that is for a reason other than that the configuration is still to come.
 * @caps (transfer full): those that the track is to have now, %NULL if it has
 * them. */
gboolean gst_rtmp_track_update_caps (GstRtmpTrack * self,
    const FlvPacket * packet, GBytes * frame, GstCaps ** caps,
    GError ** error);

/* "video_0" (transfer full) */
gchar *gst_rtmp_track_name (const GstRtmpTrack * self);

G_END_DECLS

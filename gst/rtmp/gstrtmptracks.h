/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/base/gstflowcombiner.h>
#include <gst/gst.h>

#include "gstrtmptrack.h"

G_BEGIN_DECLS

/**
 * GstRtmpTracks:
 *
 * The tracks of a stream and their pads on an element: shown together once they
 * are known, later ones when they come, with a stream collection each time.
 * The streaming thread only.
 *
 * Since: 0.1
 */
typedef struct _GstRtmpTracks GstRtmpTracks;

/* @event and @query: of the pads. @element is not referenced. */
GstRtmpTracks *gst_rtmp_tracks_new (GstElement * element,
    GstPadEventFunction event, GstPadQueryFunction query);
void gst_rtmp_tracks_free (GstRtmpTracks * self);
/* As new; the pads are gone. */
void gst_rtmp_tracks_reset (GstRtmpTracks * self);

/* What the stream is called upstream, and its group. Before the first push. */
void gst_rtmp_tracks_set_stream (GstRtmpTracks * self, const gchar * id,
    guint group_id);
/* From now on. @seqnum: of the segment's event, or INVALID. */
void gst_rtmp_tracks_set_segment (GstRtmpTracks * self,
    const GstSegment * segment, guint32 seqnum);
/* UNDEFINED as long as there is none. (transfer none) */
const GstSegment *gst_rtmp_tracks_get_segment (GstRtmpTracks * self);
/* Tags of the stream as a whole, in place of those before: of the global scope.
 * (transfer full) */
void gst_rtmp_tracks_take_tags (GstRtmpTracks * self, GstTagList * tags);
/* The same of one track. (nullable) (transfer full) */
void gst_rtmp_tracks_take_track_tags (GstRtmpTracks * self,
    GstRtmpTrack * track, GstTagList * tags);
/* All tracks that there will be have been made known: pads need not wait for
 * others. */
void gst_rtmp_tracks_set_announced (GstRtmpTracks * self);

/* (transfer none) */
GstRtmpTrack *gst_rtmp_tracks_ensure (GstRtmpTracks * self, FlvMedia media,
    guint8 id);
/* (nullable) (transfer none) */
GstRtmpTrack *gst_rtmp_tracks_find (GstRtmpTracks * self, FlvMedia media,
    guint8 id);

/* Of the frames to come. (transfer full) for @caps */
GstFlowReturn gst_rtmp_tracks_take_caps (GstRtmpTracks * self,
    GstRtmpTrack * track, GstCaps * caps);
/* A frame of a track with caps. It may be held until the pads are shown.
 * (transfer full) for @buffer */
GstFlowReturn gst_rtmp_tracks_push (GstRtmpTracks * self,
    GstRtmpTrack * track, GstBuffer * buffer);
/* Nothing of @track is to be waited for until @time. */
void gst_rtmp_tracks_push_gap (GstRtmpTracks * self, GstRtmpTrack * track,
    GstClockTime time);
/* All pads, of which there are some, have come to @time. */
gboolean gst_rtmp_tracks_are_behind (GstRtmpTracks * self, GstClockTime time);
/* To all pads; FALSE when there are none. (transfer full) */
gboolean gst_rtmp_tracks_push_event (GstRtmpTracks * self, GstEvent * event);

/* The stream goes on elsewhere, or in another way: what is held stays. */
void gst_rtmp_tracks_discont (GstRtmpTracks * self);
/* Another publisher's stream goes on behind this one, on the same pads where it
 * has such tracks: what is held is shown, and nothing else is known. */
void gst_rtmp_tracks_forget (GstRtmpTracks * self);
/* What is held is dropped; the segment and flows are forgotten. */
void gst_rtmp_tracks_flush (GstRtmpTracks * self);
/* Nothing more will come: shows what there is. */
void gst_rtmp_tracks_show (GstRtmpTracks * self);

G_END_DECLS

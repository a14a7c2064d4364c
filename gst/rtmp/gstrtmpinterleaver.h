/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * GstRtmpInterleaver:
 *
 * Several lanes of frames become one row, in the order of their decoding times.
 * A frame goes when every other lane has come as far, or has ended. So that a
 * silent lane holds nobody up, it also goes when its time is over, or any lane
 * is full, and the patience with the lanes that are awaited is at its end.
 * Patience is had once with a lane until it brings something again, since what
 * it would bring may be with a thread that had no turn yet. Each time in vain
 * halves it, down to a 128th; each time worth it doubles it again.
 *
 * Times are in nanoseconds; those of frames are running times, and may be
 * negative; within a lane they must not go back.
 *
 * No locks, no clock: the time is an argument.
 *
 * Since: 0.1
 */
typedef struct _GstRtmpInterleaver GstRtmpInterleaver;
typedef struct _GstRtmpLane GstRtmpLane;

/* What a lane holds before it is full: as much time, or bytes. */
#define GST_RTMP_LANE_TIME (1 * GST_SECOND)
#define GST_RTMP_LANE_BYTES (32 << 20)

/* How long a lane is waited for at most where nothing is live: encoders look
 * far ahead before they have a first frame, and some take seconds for each.
 * Where something is live, nobody is to see it. */
#define GST_RTMP_LANE_PATIENCE (10 * GST_SECOND)
#define GST_RTMP_LANE_PATIENCE_LIVE (100 * GST_MSECOND)

/* @free_item: of what is pushed. */
GstRtmpInterleaver *gst_rtmp_interleaver_new (GDestroyNotify free_item);
/* With its lanes. */
void gst_rtmp_interleaver_free (GstRtmpInterleaver * self);

/* A lane takes part until it is removed. (transfer none) */
GstRtmpLane *gst_rtmp_interleaver_add (GstRtmpInterleaver * self,
    gpointer owner);
void gst_rtmp_interleaver_remove (GstRtmpInterleaver * self,
    GstRtmpLane * lane);

/* (transfer full) for @item; @bytes: what it counts for. */
void gst_rtmp_lane_push (GstRtmpLane * self, gpointer item, gint64 time,
    gsize bytes);
/* Nothing comes before @until. */
void gst_rtmp_lane_advance (GstRtmpLane * self, gint64 until);
/* Nothing comes any more, or something does after all. */
void gst_rtmp_lane_set_ended (GstRtmpLane * self, gboolean ended);
/* Somebody could fill it from now on. */
void gst_rtmp_lane_set_linked (GstRtmpLane * self);
/* Who fills it, a thread, and whether it waits for the lane to be full no more:
 * then none of its other lanes is waited for. */
void gst_rtmp_lane_set_feeder (GstRtmpLane * self, gconstpointer feeder);
void gst_rtmp_lane_set_blocked (GstRtmpLane * self, gboolean blocked);
/* As new. */
void gst_rtmp_lane_clear (GstRtmpLane * self);
gboolean gst_rtmp_lane_is_full (const GstRtmpLane * self);

typedef enum
{
  GST_RTMP_NEXT_ITEM,
  GST_RTMP_NEXT_LATER,          /* when it is late enough, or more comes */
  GST_RTMP_NEXT_NONE,           /* when more comes */
  GST_RTMP_NEXT_END,            /* all lanes have ended, and there are some */
} GstRtmpNext;

/* @now: running time where something is live, else any time that goes on.
 * @latency: how long after its time a frame waits for other lanes, or
 * GST_CLOCK_TIME_NONE where nothing is live.
 *
 * ITEM: @owner, of the lane, and @item (transfer full) are set. LATER: @when,
 * as @now. */
GstRtmpNext gst_rtmp_interleaver_next (GstRtmpInterleaver * self, gint64 now,
    GstClockTime latency, gpointer * owner, gpointer * item, gint64 * when);

/* The earliest time that waits, of any lane; FALSE when none does. */
gboolean gst_rtmp_interleaver_peek_time (GstRtmpInterleaver * self,
    gint64 * time);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "gstrtmptest.h"

G_BEGIN_DECLS

/**
 * GstRtmpOutput:
 * @pad: a sink, linked to the demuxer's pad
 * @peer: the demuxer's
 * @frames: of GstBuffer
 * @events: of GstEvent; a new segment or caps among them is as sticky
 * @trace: what came in its order: "B" for a buffer, else an event's name
 * @flow: what it answers
 *
 * What came out of a pad of rtmpdemux, since the last flush. The lists are
 * under the test's lock.
 */
typedef struct
{
  GstPad *pad;
  GstPad *peer;                 /* weak */
  gchar *name;
  GPtrArray *frames;
  GPtrArray *events;
  GString *trace;
  GstFlowReturn flow;
  gboolean is_removed;
} GstRtmpOutput;

/**
 * GstRtmpDemuxTest:
 *
 * An rtmpdemux with an output at each of its pads: fed by hand in this thread,
 * or with a file in front of it, in pull mode.
 */
typedef struct
{
  GstElement *demux;
  GstElement *pipeline;         /* with a file, else NULL */
  GstBus *bus;
  GstPad *source;               /* by hand, else NULL */
  GMutex lock;
  GCond cond;
  GPtrArray *outputs;
  GstFlowReturn flow;           /* of outputs to come */
  gboolean is_complete;         /* no-more-pads was said */
} GstRtmpDemuxTest;

/* By hand, PAUSED; without events so far. */
GstRtmpDemuxTest *gst_rtmp_demux_test_new (void);
/* A file of that path, READY. */
GstRtmpDemuxTest *gst_rtmp_demux_test_new_file (const gchar * path);
/* To NULL and gone: nothing may be left of it. */
void gst_rtmp_demux_test_free (GstRtmpDemuxTest * self);

/* stream-start and a segment in @format from 0. */
void gst_rtmp_demux_test_begin (GstRtmpDemuxTest * self, GstFormat format);
/* @time: of the buffer. */
GstFlowReturn gst_rtmp_demux_test_push (GstRtmpDemuxTest * self, GBytes * bytes,
    GstClockTime time);
/* In buffers of @step bytes; all must be taken. */
void gst_rtmp_demux_test_push_all (GstRtmpDemuxTest * self, GBytes * bytes,
    gsize step);
void gst_rtmp_demux_test_push_event (GstRtmpDemuxTest * self,
    GstEvent * event);
/* One tag; @hex is its body. */
GstFlowReturn gst_rtmp_demux_test_tag (GstRtmpDemuxTest * self, guint8 type,
    guint32 timestamp, const gchar * hex);

/* Waits until @condition is true of @self; fails if that takes too long. */
typedef gboolean (*GstRtmpDemuxTestCondition) (GstRtmpDemuxTest * self);
void gst_rtmp_demux_test_wait (GstRtmpDemuxTest * self,
    GstRtmpDemuxTestCondition condition);
/* EOS at all outputs, of which there are some. */
void gst_rtmp_demux_test_wait_eos (GstRtmpDemuxTest * self);
/* What came so far is forgotten. */
void gst_rtmp_demux_test_forget (GstRtmpDemuxTest * self);

/* (transfer none) (nullable) */
GstRtmpOutput *gst_rtmp_demux_test_output (GstRtmpDemuxTest * self,
    const gchar * name);
/* All pads in the order in which they came: "video_0 audio_0". */
gchar *gst_rtmp_demux_test_names (GstRtmpDemuxTest * self);
/* "stats": "bad-tags" and the like. */
guint64 gst_rtmp_demux_test_stat (GstRtmpDemuxTest * self, const gchar * name);
/* How many messages of @type there were; they are gone then. @text: what stands
 * in the last of the warnings or errors, %NULL for any. */
guint gst_rtmp_demux_test_messages (GstRtmpDemuxTest * self,
    GstMessageType type, const gchar * text);

/* "0/67 33/167": dts and pts in ms. (transfer full) */
gchar *gst_rtmp_output_times (GstRtmpOutput * self);
/* The last of them; fails without. (transfer none) */
GstEvent *gst_rtmp_output_event (GstRtmpOutput * self, GstEventType type);
const GstSegment *gst_rtmp_output_segment (GstRtmpOutput * self);
const GstStructure *gst_rtmp_output_caps (GstRtmpOutput * self);
guint gst_rtmp_output_count (GstRtmpOutput * self, GstEventType type);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/base/gstbasesink.h>

#include "flvfile.h"

G_BEGIN_DECLS

/**
 * GstRtmpFeed:
 *
 * What a sink for FLV does with its input: tags out of buffers in any cut,
 * headers from caps once, and the pace of tags whose buffers have no times. The
 * streaming thread only.
 *
 * Since: 0.1
 */
typedef struct _GstRtmpFeed GstRtmpFeed;

/* A tag whose time has come; @timestamp is the one to send it with. Anything
 * but OK ends the buffer with it. */
typedef GstFlowReturn (*GstRtmpFeedFunc) (const FlvTag * tag,
    guint32 timestamp, gpointer user_data);

/* @sink is not referenced. */
GstRtmpFeed *gst_rtmp_feed_new (GstBaseSink * sink, GstRtmpFeedFunc func,
    gpointer user_data);
void gst_rtmp_feed_free (GstRtmpFeed * self);

/* TRUE when @caps bring headers other than those it has: then
 * gst_rtmp_feed_headers(). */
gboolean gst_rtmp_feed_set_caps (GstRtmpFeed * self, GstCaps * caps);
GstFlowReturn gst_rtmp_feed_headers (GstRtmpFeed * self);
/* Input that is not FLV is told as an error of the sink. */
GstFlowReturn gst_rtmp_feed_buffer (GstRtmpFeed * self, GstBuffer * buffer);

/* After a flush. */
void gst_rtmp_feed_reset (GstRtmpFeed * self);
/* At EOS: warns if it comes in the middle of a tag. */
void gst_rtmp_feed_end (GstRtmpFeed * self);

/* To be called when a pause has ended a wait: until playing goes on. */
GstFlowReturn gst_rtmp_feed_wait_for_playing (GstBaseSink * sink);
/* The base class's, @parent's, for sinks that wait in render. */
GstStateChangeReturn gst_rtmp_feed_change_state (GstBaseSink * sink,
    GstElementClass * parent, GstStateChange transition);

G_END_DECLS

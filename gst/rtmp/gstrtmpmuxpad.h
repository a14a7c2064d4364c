/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "gstrtmpinterleaver.h"
#include "gstrtmptrackwriter.h"

G_BEGIN_DECLS

/**
 * GstRtmpMuxItem:
 * @buffer: (nullable): of a frame
 * @script: (nullable): the body of a script tag; where there is neither, the
 *   track ends
 * @caps: (nullable): new with this frame, as @tags
 * @dts: running time, as @pts
 *
 * What waits in the lane of a pad.
 *
 * Since: 0.1
 */
typedef struct
{
  GstBuffer *buffer;
  GBytes *script;
  GstCaps *caps;
  GstTagList *tags;
  gint64 dts, pts;
} GstRtmpMuxItem;

void gst_rtmp_mux_item_free (GstRtmpMuxItem * self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstRtmpMuxItem, gst_rtmp_mux_item_free)

/**
 * GstRtmpMuxPad:
 * @lane: (nullable): %NULL once it is released
 * @caps: (nullable): the last ones, as @tags
 * @has_new_caps: they go with the next frame, as @has_new_tags
 * @first_caps: (nullable): those of the first frame, as @first_tags
 * @last_dts: running time, of the last frame
 * @writer: the task's
 *
 * A pad of rtmpmux: makes items of buffers and events, in order and with all
 * their times. Under the element's lock, but for what is the task's.
 *
 * Since: 0.1
 */
struct _GstRtmpMuxPad
{
  GstPad parent;

  GstRtmpLane *lane;
  GstSegment segment;
  GstCaps *caps;
  gboolean has_new_caps;
  GstTagList *tags;
  gboolean has_new_tags;
  GstCaps *first_caps;
  GstTagList *first_tags;
  gboolean flushing;
  gint64 last_dts;

  GstRtmpTrackWriter writer;
};

#define GST_TYPE_RTMP_MUX_PAD (gst_rtmp_mux_pad_get_type ())
G_DECLARE_FINAL_TYPE (GstRtmpMuxPad, gst_rtmp_mux_pad, GST, RTMP_MUX_PAD,
    GstPad);

/* A new stream, of the same caps and tags. */
void gst_rtmp_mux_pad_restart (GstRtmpMuxPad * self);
/* Nothing is left of what it took. The task must not run. */
void gst_rtmp_mux_pad_reset (GstRtmpMuxPad * self);
/* (transfer full) for @buffer. There must be caps. */
void gst_rtmp_mux_pad_take_buffer (GstRtmpMuxPad * self, GstBuffer * buffer);
/* (transfer none) for @event; FALSE, with @error if there is more to say, for
 * one that it cannot do with. */
gboolean gst_rtmp_mux_pad_take_event (GstRtmpMuxPad * self, GstEvent * event,
    GError ** error);

G_END_DECLS

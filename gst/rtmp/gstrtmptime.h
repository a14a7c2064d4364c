/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * GstRtmpTime:
 *
 * RTMP's 32-bit milliseconds, which wrap after 49.7 days, as a time that goes
 * on: each timestamp is taken to be less than 2^31 ms from the one before (RTMP
 * 1.0, 4). All zeros is ready for use.
 *
 * Since: 0.1
 */
typedef struct
{
  gboolean started;
  guint32 last;
  gint64 time;                  /* of last, unwrapped, in ms */
  gboolean spliced;             /* the next one goes on at time */
} GstRtmpTime;

void gst_rtmp_time_reset (GstRtmpTime * self);

/* Another stream follows: its first timestamp, whatever it is, is @gap ms after
 * the last one. */
void gst_rtmp_time_splice (GstRtmpTime * self, guint32 gap);

/* The last one's time again, as RTMP has it. */
guint32 gst_rtmp_time_stamp (const GstRtmpTime * self);

/* Before the first one, which is @timestamp: of the times that it can stand
 * for, it is the one nearest to @time. */
void gst_rtmp_time_begin_near (GstRtmpTime * self, guint32 timestamp,
    GstClockTime time);

/* The time of @timestamp; never below 0. */
GstClockTime gst_rtmp_time_unwrap (GstRtmpTime * self, guint32 timestamp);

/* Nanoseconds to milliseconds, always down. */
static inline gint64
gst_rtmp_time_to_ms (gint64 time)
{
  gint64 ms = time / (gint64) GST_MSECOND;

  return time % (gint64) GST_MSECOND < 0 ? ms - 1 : ms;
}

G_END_DECLS

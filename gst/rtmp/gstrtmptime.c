/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmptime.h"

void
gst_rtmp_time_reset (GstRtmpTime * self)
{
  *self = (GstRtmpTime) {
  FALSE,};
}

void
gst_rtmp_time_splice (GstRtmpTime * self, guint32 gap)
{
  self->time += gap;
  self->spliced = self->started;
}

guint32
gst_rtmp_time_stamp (const GstRtmpTime * self)
{
  return (guint32) self->time;
}

void
gst_rtmp_time_begin_near (GstRtmpTime * self, guint32 timestamp,
    GstClockTime time)
{
  gint64 near = (gint64) (time / GST_MSECOND);

  if (self->started)
    return;
  self->time = near + (gint32) (timestamp - (guint32) near);
  self->last = timestamp;
  self->started = TRUE;
}

GstClockTime
gst_rtmp_time_unwrap (GstRtmpTime * self, guint32 timestamp)
{
  if (self->spliced)
    self->spliced = FALSE;
  else if (self->started)
    self->time += (gint32) (timestamp - self->last);
  else
    self->time = timestamp;
  self->started = TRUE;
  self->last = timestamp;
  return (GstClockTime) MAX (self->time, 0) * GST_MSECOND;
}

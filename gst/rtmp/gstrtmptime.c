/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmptime.h"

void
gst_rtmp_time_reset (GstRtmpTime * self)
{
  *self = (GstRtmpTime) {
  FALSE,};
}

GstClockTime
gst_rtmp_time_unwrap (GstRtmpTime * self, guint32 timestamp)
{
  if (self->started)
    self->time += (gint32) (timestamp - self->last);
  else
    self->time = timestamp;
  self->started = TRUE;
  self->last = timestamp;
  return (GstClockTime) MAX (self->time, 0) * GST_MSECOND;
}

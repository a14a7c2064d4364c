/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RtmpPace:
 *
 * How long what is to be sent waits for more, to go out together: always the
 * same time, or so long that sending takes a small part of all time. Times are
 * in microseconds, of any origin but above 0.
 *
 * Since: 0.1
 */
typedef struct
{
  gint64 wait;
  gboolean automatic;
  gint64 due;                   /* 0: not known */
  gint64 last_cost;
} RtmpPace;

/* @wait: 0: nothing waits; @automatic: that is the most, and anything waits
 * only where sending costs much. */
void rtmp_pace_init (RtmpPace * self, gint64 wait, gboolean automatic);
/* When what there is @now goes out: at once if that is not later than @now. */
gint64 rtmp_pace_due (RtmpPace * self, gint64 now);
/* It went out, from @now on, which took @cost of the thread's own time. Nothing
 * has to have been due. */
void rtmp_pace_sent (RtmpPace * self, gint64 now, gint64 cost);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmppace.h"

/* Sending is to take no more than one part of so many of the thread's time. */
#define PARTS 100
/* Of usual streams less would be as much delay, and hardly ever be enough for a
 * second message: microseconds. */
#define LEAST (20 * 1000)

void
rtmp_pace_init (RtmpPace * self, gint64 wait, gboolean automatic)
{
  self->wait = wait;
  self->automatic = automatic;
  self->due = 0;
  self->last_cost = 0;
}

gint64
rtmp_pace_due (RtmpPace * self, gint64 now)
{
  if (self->due == 0)
    self->due = self->automatic ? now : now + self->wait;
  return self->due;
}

/* One alone may have been a large picture, which costs the same whatever goes
 * out with it. */
void
rtmp_pace_sent (RtmpPace * self, gint64 now, gint64 cost)
{
  gint64 least = MIN (cost, self->last_cost);
  gint64 wait = MIN (least, self->wait / PARTS) * PARTS;

  self->due = self->automatic && wait >= LEAST ? now + wait : 0;
  self->last_cost = cost;
}

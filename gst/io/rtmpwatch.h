/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RtmpWatch:
 *
 * Waits for a socket, for a point in time and for other threads. All watches of
 * a GMainContext are one GSource, so that a round of its loop costs the same
 * with a thousand of them. Functions in that context's thread, but for
 * rtmp_watch_wake().
 *
 * Since: 0.1
 */
typedef struct _RtmpWatch RtmpWatch;

/* @ready: %G_IO_IN, %G_IO_OUT, and %G_IO_HUP when the other end sends no more,
 * as asked for, errors being all of them; 0: the time has come, or it was
 * woken. Watches may be made, changed and freed in it, this one too. */
typedef void (*RtmpWatchFunc) (GIOCondition ready, gpointer user_data);

/* In the thread's default context. @fd: -1 for none; it must stay open. */
RtmpWatch *rtmp_watch_new (int fd, RtmpWatchFunc func, gpointer user_data);
void rtmp_watch_free (RtmpWatch * self);

/* What to wait for from now on: 0 at first. */
void rtmp_watch_set_condition (RtmpWatch * self, GIOCondition condition);
/* Monotonic time in microseconds, for once; %G_MAXINT64, as at first: never. */
void rtmp_watch_set_time (RtmpWatch * self, gint64 time);
/* Once for any number of calls before it is there. Any thread. */
void rtmp_watch_wake (RtmpWatch * self);

G_END_DECLS

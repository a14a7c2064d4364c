/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Threads of the pool, whatever the number of connections. */
#define RTMP_LOOP_MAX 4

/**
 * RtmpLoop:
 *
 * A thread that runs a GMainContext. The process has one small pool of them,
 * shared by all connections; a connection lives in one loop. A thread starts
 * with its first user and ends with its last.
 *
 * Since: 0.1
 */
typedef struct _RtmpLoop RtmpLoop;

/* The loop with the fewest users; a new one while there are fewer than
 * #RTMP_LOOP_MAX and than processors. Any thread. */
RtmpLoop *rtmp_loop_acquire (void);
/* Ends and joins the thread when it was the last user. Any thread but the
 * loop's own. */
void rtmp_loop_release (RtmpLoop * self);

/* (transfer none) */
GMainContext *rtmp_loop_context (RtmpLoop * self);
gboolean rtmp_loop_is_current (RtmpLoop * self);

/* Runs @func in the loop's thread and waits for it. Any thread but the loop's
 * own. */
void rtmp_loop_call (RtmpLoop * self, void (*func) (gpointer user_data),
    gpointer user_data);

/* Threads running now: for tests and stats. */
guint rtmp_loop_count (void);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmpserver.h"
#include "rtmptransport.h"

G_BEGIN_DECLS

/**
 * RtmpArrival:
 *
 * An accepted connection that has yet to show what it speaks. Nothing is built
 * for it before that: the first byte tells TLS, RTMP, RTMPE and HTTP apart, and
 * inside TLS the first byte in there. In one loop.
 *
 * Since: 0.1
 */
typedef struct _RtmpArrival RtmpArrival;

/* What has come, once; the arrival may be freed in it.
 * @transport: (transfer full) (nullable): to be read from its first byte on;
 *   %NULL: it is gone, or is not to be taken, as @error says
 * @scheme: one of the options; of those in HTTP, RTMPT or RTMPTS */
typedef void (*RtmpArrivalFunc) (RtmpTransport * transport,
    RtmpScheme scheme, const GError * error, gpointer user_data);

/* @deadline: monotonic time, in microseconds, by which it must be known;
 * %G_MAXINT64: never. @options is borrowed, @socket referenced. */
RtmpArrival *rtmp_arrival_new (GSocket * socket, gint64 deadline,
    const RtmpServerOptions * options, RtmpArrivalFunc func,
    gpointer user_data);
void rtmp_arrival_free (RtmpArrival * self);

G_END_DECLS

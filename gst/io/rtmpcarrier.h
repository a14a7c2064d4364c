/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmptunnels.h"

G_BEGIN_DECLS

/* Bytes of a body from who does not publish. */
#define RTMP_CARRIER_BODY_MAX (128 << 10)

/**
 * RtmpCarrierEvents:
 * @open: begins a session. %NULL: there are too many.
 * @publishes: whether the caller of that id, which has a session, does
 * @closed: the end, told once; the carrier may be freed in it
 *
 * Since: 0.1
 */
typedef struct
{
  RtmpTunnel *(*open) (gpointer user_data);
  gboolean (*publishes) (guint64 caller, gpointer user_data);
  void (*closed) (const GError * error, gpointer user_data);
} RtmpCarrierEvents;

/**
 * RtmpCarrier:
 *
 * A connection that speaks HTTP, at a server: it carries the requests and
 * replies of RTMPT sessions, whichever they are. One request is answered before
 * the next one is read. In one loop.
 *
 * Since: 0.1
 */
typedef struct _RtmpCarrier RtmpCarrier;

/* @deadline: monotonic time, in microseconds, by which the first request must
 * have come. @idle_timeout: for which nothing may come after that; 0: for ever.
 * Takes over @transport; @tunnels, those of this loop, and @events are
 * borrowed. */
RtmpCarrier *rtmp_carrier_new (RtmpTransport * transport,
    RtmpTunnels * tunnels, guint64 origin, gint64 deadline,
    gint64 idle_timeout, const RtmpCarrierEvents * events,
    gpointer user_data);
void rtmp_carrier_free (RtmpCarrier * self);

G_END_DECLS

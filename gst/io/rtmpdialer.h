/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmpclient.h"
#include "rtmptransport.h"
#include "rtmptransporthttp.h"

G_BEGIN_DECLS

/**
 * RtmpDialerEvents:
 * @step: up to %RTMP_CLIENT_STEP_TLS
 * @connected: (transfer full) for @transport
 * @failed: the cancellable is cancelled if it has taken too long
 *
 * Each dial ends in one of the last two, some in @failed at once; in none if it
 * is cancelled.
 *
 * Since: 0.1
 */
typedef struct
{
  void (*step) (RtmpClientStep step, gpointer user_data);
  void (*connected) (RtmpTransport * transport, gpointer user_data);
  void (*failed) (const GError * error, gpointer user_data);
} RtmpDialerEvents;

/**
 * RtmpDialer:
 *
 * Connects for a client, as often as that wants: SWF file, addresses, proxies,
 * TCP, TLS. Every function but new and free is for the loop's thread, where the
 * events come as well.
 *
 * Since: 0.1
 */
typedef struct _RtmpDialer RtmpDialer;

/* FALSE with %RTMP_ERROR_UNSUPPORTED, which says what is missing. */
gboolean rtmp_dialer_check_scheme (RtmpScheme scheme, GError ** error);

/* Of @target, handshake, proxy, TLS and SWF count; they are copied, or
 * referenced. @timeout: microseconds; 0: none. @cancellable: to be cancelled in
 * the loop's thread; for good. @events is borrowed. */
RtmpDialer *rtmp_dialer_new (const RtmpClientTarget * target, gint64 timeout,
    GCancellable * cancellable, const RtmpDialerEvents * events,
    gpointer user_data);
/* Waits for what is under way, which the loop's thread has cancelled. Any
 * thread but that. */
void rtmp_dialer_free (RtmpDialer * self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmpDialer, rtmp_dialer_free)

/* One at a time. @plan is borrowed until the next one, and may change. */
void rtmp_dialer_dial (RtmpDialer * self, const RtmpConnectPlan * plan);
gboolean rtmp_dialer_is_busy (const RtmpDialer * self);

/* Of what the last dial has connected. */

/* RTMPT over it, (transfer full); the rest as rtmp_transport_http_new(). */
RtmpTransport *rtmp_dialer_make_tunnel (const RtmpDialer * self,
    RtmpTransport * transport, RtmpTransportHttpConnect connect,
    gpointer user_data);
/* As rtmp_tls_explain(). (nullable): it has no TLS. */
GError *rtmp_dialer_explain (const RtmpDialer * self, const GError * error);
/* What the SWF file has come to. (nullable): there is none. */
const RtmpSwf *rtmp_dialer_swf (const RtmpDialer * self);

G_END_DECLS

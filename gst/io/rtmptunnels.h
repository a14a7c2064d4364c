/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmptransport.h"
#include "rtmptunnelserver.h"

G_BEGIN_DECLS

/* How long a session may go without a request once the connection of its last
 * one has ended: microseconds. */
#define RTMP_TUNNEL_ORPHANED (10 * G_USEC_PER_SEC)

/**
 * RtmpTunnels:
 *
 * The sessions of RTMPT at a server, in one loop. All connections of an address
 * are in the same one, and only they find the sessions that it has opened.
 *
 * Since: 0.1
 */
typedef struct _RtmpTunnels RtmpTunnels;

/**
 * RtmpTunnel:
 *
 * Such a session: a transport for its caller on one side, requests and replies
 * on the other. It goes with the transport.
 *
 * Since: 0.1
 */
typedef struct _RtmpTunnel RtmpTunnel;

/* @max_rate: sessions that an address may open in ten seconds; 0: any number.
 * @idle_timeout: for which no request may come, in microseconds; 0: for ever */
RtmpTunnels *rtmp_tunnels_new (guint max_rate, gint64 idle_timeout);
/* When none is left. */
void rtmp_tunnels_free (RtmpTunnels * self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmpTunnels, rtmp_tunnels_free)

/* Whether @origin, an address, may open another one now; that counts. */
gboolean rtmp_tunnels_may_open (RtmpTunnels * self, guint64 origin);
/* Begins, for the caller of that id. @plain, @encrypted: whether RTMP and RTMPE
 * are welcome in it. (transfer none) (nullable): no random numbers are to be
 * had. */
RtmpTunnel *rtmp_tunnels_open (RtmpTunnels * self, guint64 origin,
    guint64 caller, gboolean plain, gboolean encrypted);
/* (transfer none) (nullable): there is none, or it is somebody else's */
RtmpTunnel *rtmp_tunnels_find (RtmpTunnels * self, const gchar * id,
    guint64 origin);

/* (transfer full), once */
RtmpTransport *rtmp_tunnel_transport (RtmpTunnel * self);
const gchar *rtmp_tunnel_id (const RtmpTunnel * self);
guint64 rtmp_tunnel_caller (const RtmpTunnel * self);

/* What has come has not been read yet: no more is to be sent. */
gboolean rtmp_tunnel_is_full (const RtmpTunnel * self);
/* @func is called once, when that has changed or the session is gone; nobody
 * else may wait for it. FALSE: somebody does. %NULL for @func ends it. */
gboolean rtmp_tunnel_wait (RtmpTunnel * self, void (*func) (gpointer),
    gpointer user_data);

/* As rtmp_tunnel_server_request(): the caller reads and writes meanwhile.
 * @carrier: what the request came by, which is only compared. */
guint rtmp_tunnel_request (RtmpTunnel * self,
    const RtmpTunnelRequest * request, GBytes * body, gconstpointer carrier);
/* As rtmp_tunnel_server_reply(). (transfer full) */
GBytes *rtmp_tunnel_reply (RtmpTunnel * self);
/* @carrier is no more. */
void rtmp_tunnel_abandon (RtmpTunnel * self, gconstpointer carrier);

G_END_DECLS

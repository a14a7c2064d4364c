/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmptunnel.h"

G_BEGIN_DECLS

/**
 * RtmpTunnelServer:
 *
 * One session of RTMPT at a server: requests in, replies out, and a stream of
 * bytes in between. It knows neither its id nor the connections that bring the
 * requests. For each:
 *
 *     status = rtmp_tunnel_server_request (session, now, &request, body);
 *     (read what has come, write answers)
 *     reply = rtmp_tunnel_server_reply (session);
 *
 * The reply may come later, but before the session's next request is taken.
 *
 * Since: 0.1
 */
typedef struct _RtmpTunnelServer RtmpTunnelServer;

/* @now and all times: microseconds of one clock. @idle_timeout: how long no
 * request may come; 0: for ever. */
RtmpTunnelServer *rtmp_tunnel_server_new (gint64 now, gint64 idle_timeout);
void rtmp_tunnel_server_free (RtmpTunnelServer * self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmpTunnelServer, rtmp_tunnel_server_free)

/* A send, idle or close of this session, @body borrowed. 200: a reply is to be
 * asked for. The request before may come again, on another connection, since
 * its reply got lost: it then has that reply and no other effect. 400: a
 * request is missing in between, or this one is older than that; nothing has
 * changed. 404: the session is over. */
guint rtmp_tunnel_server_request (RtmpTunnelServer * self, gint64 now,
    const RtmpTunnelRequest * request, GBytes * body);

/* The body of the reply to the last request: the interval and what has been
 * written. Asked for again, it is the same. (transfer full) */
GBytes *rtmp_tunnel_server_reply (RtmpTunnelServer * self);

/* The stream. Both return how many bytes they took: 0 when there is nothing to
 * read, or no more space. */
gsize rtmp_tunnel_server_read (RtmpTunnelServer * self, guint8 * data,
    gsize size);
gsize rtmp_tunnel_server_write (RtmpTunnelServer * self, const guint8 * data,
    gsize size);
/* What can be read: the next request should wait until it has been. */
gsize rtmp_tunnel_server_input (const RtmpTunnelServer * self);
/* What can be written. */
gsize rtmp_tunnel_server_space (const RtmpTunnelServer * self);

/* No more is written: the reply after the last of it says that the session is
 * over. */
void rtmp_tunnel_server_close (RtmpTunnelServer * self);
/* The client has closed: nothing comes after the input. */
gboolean rtmp_tunnel_server_input_ended (const RtmpTunnelServer * self);
/* The last reply has been taken: it has said so, or answered a close. */
gboolean rtmp_tunnel_server_is_over (const RtmpTunnelServer * self);

/* When the session has been idle for too long; %G_MAXINT64: never. */
gint64 rtmp_tunnel_server_deadline (const RtmpTunnelServer * self);

G_END_DECLS

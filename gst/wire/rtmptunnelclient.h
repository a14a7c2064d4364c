/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmptunnel.h"

G_BEGIN_DECLS

/**
 * RtmpTunnelClient:
 *
 * RTMPT at a client: a stream of bytes, carried by one request after the other,
 * each after the reply to the last. It sends what there is at once, polls at
 * once while replies bring something, else at intervals that grow to what the
 * server asks for. Bytes in, bytes out; time is an argument.
 *
 * Since: 0.1
 */
typedef struct _RtmpTunnelClient RtmpTunnelClient;

typedef enum
{
  RTMP_TUNNEL_CLIENT_AWAIT_ID,
  RTMP_TUNNEL_CLIENT_RUNNING,
  RTMP_TUNNEL_CLIENT_AWAIT_CLOSE,       /* the reply to it */
  RTMP_TUNNEL_CLIENT_OVER,
} RtmpTunnelClientState;

/* @host: for the Host field, as rtmp_http_host() makes it. */
RtmpTunnelClient *rtmp_tunnel_client_new (const gchar * host);
void rtmp_tunnel_client_free (RtmpTunnelClient * self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmpTunnelClient, rtmp_tunnel_client_free)

/* Requests go through a proxy that takes whole URLs (RFC 9112, 3.2.2), with
 * this as Proxy-Authorization. @authorization: (nullable). Before the first of
 * them. */
void rtmp_tunnel_client_set_proxy (RtmpTunnelClient * self,
    const gchar * authorization);

/* The stream. Both return how many bytes they took: 0 when there is nothing to
 * read, or no more space. */
gsize rtmp_tunnel_client_read (RtmpTunnelClient * self, guint8 * data,
    gsize size);
gsize rtmp_tunnel_client_write (RtmpTunnelClient * self, const guint8 * data,
    gsize size);
/* What can be read: as long as there is any, it does not poll. Nor when nobody
 * wants to read. */
void rtmp_tunnel_client_set_reading (RtmpTunnelClient * self,
    gboolean reading);
gsize rtmp_tunnel_client_input (const RtmpTunnelClient * self);
/* What can be written. */
gsize rtmp_tunnel_client_space (const RtmpTunnelClient * self);
/* No more is written: when all has been sent, the session is closed. What then
 * is OVER has been read by the server to the last byte. */
void rtmp_tunnel_client_finish (RtmpTunnelClient * self);

/* @now and all times: microseconds of one clock. The next request, if it is due
 * and the last has been answered. (transfer full) (nullable) */
GBytes *rtmp_tunnel_client_pull (RtmpTunnelClient * self, gint64 now);
/* When one is due; %G_MAXINT64: not before something else happens. */
gint64 rtmp_tunnel_client_deadline (const RtmpTunnelClient * self);

/* Takes bytes of the server. FALSE with an error of #RtmpHttpReader, or of what
 * the server said: %RTMP_ERROR_BAD_HTTP when it has no RTMPT there,
 * %RTMP_ERROR_PEER_CLOSED when it knows the session no more,
 * %RTMP_ERROR_REFUSED when it failed; it sticks. */
gboolean rtmp_tunnel_client_feed (RtmpTunnelClient * self, gint64 now,
    const guint8 * data, gsize size, GError ** error);

/* The request that ends the session now, whatever was to be sent or is to be
 * answered; it goes behind all that was pulled. OVER. (transfer full)
 * (nullable): there is no session. */
GBytes *rtmp_tunnel_client_abort (RtmpTunnelClient * self);

/* The connection has ended. TRUE: another one takes its place as soon as
 * pull() has something for it; a request that was on its way when the server
 * closed an old connection is then pulled again. FALSE with
 * %RTMP_ERROR_PEER_CLOSED: that would not help. */
gboolean rtmp_tunnel_client_disconnected (RtmpTunnelClient * self,
    gint64 now, GError ** error);
/* The connection has ended, or the server closes it after the last reply: the
 * next request needs another one. */
gboolean rtmp_tunnel_client_needs_connection (const RtmpTunnelClient * self);
/* Which is there. The first is taken for granted. */
void rtmp_tunnel_client_connected (RtmpTunnelClient * self);

RtmpTunnelClientState rtmp_tunnel_client_state (const RtmpTunnelClient * self);
const gchar *rtmp_tunnel_client_state_to_string (RtmpTunnelClientState state);

G_END_DECLS

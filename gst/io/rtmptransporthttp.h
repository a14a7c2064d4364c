/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmptransport.h"
#include "rtmptunnelclient.h"

G_BEGIN_DECLS

/* A server may close the TCP connection between two requests: another one is
 * wanted, and rtmp_transport_http_connected() is to be called when it is there
 * or has failed. */
typedef void (*RtmpTransportHttpConnect) (gpointer user_data);

/* RTMPT of a client, over a connection with TLS or without. (transfer full) for
 * @inner. @host: of the Host field, as rtmp_http_host() makes it. @proxy:
 * (nullable): what we are connected to, if that takes our requests for @host
 * itself. */
RtmpTransport *rtmp_transport_http_new (RtmpTransport * inner,
    const gchar * host, GProxyAddress * proxy,
    RtmpTransportHttpConnect connect, gpointer user_data);

/* @inner: (transfer full) (nullable): then @error says why. */
void rtmp_transport_http_connected (RtmpTransport * transport,
    RtmpTransport * inner, const GError * error);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RtmpTestGatewayPlan:
 * @server: the port of a plain server on 127.0.0.1, behind the gateway
 * @tls: it speaks TLS, with the certificate of tests/files/tls/server.pem
 * @close_each: after so many replies, a connection is closed, as the last of
 *   them says; 0: never
 * @drop_each: each so many requests in all, one that a connection was kept for
 *   is served, and the connection closed instead of the reply; 0: never
 * @chunked: bodies of replies are
 * @silent_from: from this request on, counted from 1, nothing is answered; 0:
 *   none
 * @status_from: from this request on, the next is answered; 0: none
 * @status: so
 * @status_of_close: that is answered with it; 0: as it should be
 * @say: instead of a response: raw; %NULL: the status
 * @authorization: it is a proxy, and wants this
 *
 * All zeros but @server is an ordinary one. Strings are borrowed.
 */
typedef struct
{
  guint16 server;
  gboolean tls;
  guint close_each;
  guint drop_each;
  gboolean chunked;
  guint silent_from;
  guint status_from;
  guint status;
  guint status_of_close;
  const gchar *say;
  const gchar *authorization;
} RtmpTestGatewayPlan;

/**
 * RtmpTestGateway:
 *
 * RTMPT on a port of 127.0.0.1, handed on to a server of plain RTMP.
 */
typedef struct _RtmpTestGateway RtmpTestGateway;

RtmpTestGateway *rtmp_test_gateway_new (const RtmpTestGatewayPlan * plan);
/* Ends every connection at once. */
void rtmp_test_gateway_free (RtmpTestGateway * self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmpTestGateway, rtmp_test_gateway_free)

guint16 rtmp_test_gateway_port (const RtmpTestGateway * self);

typedef struct
{
  guint connections;
  guint requests;
  guint repeated;               /* of them */
  guint opened;                 /* sessions */
  guint closed;                 /* of them, by the client */
} RtmpTestGatewayCounts;

void rtmp_test_gateway_counts (RtmpTestGateway * self,
    RtmpTestGatewayCounts * counts);
/* Waits, and fails the test when it takes too long. */
void rtmp_test_gateway_wait_requests (RtmpTestGateway * self, guint n);
void rtmp_test_gateway_wait_closed (RtmpTestGateway * self, guint n);

G_END_DECLS

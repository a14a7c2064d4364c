/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmpchunklink.h"
#include "rtmpclientsession.h"
#include "rtmperror.h"
#include "rtmpscriptedpeer.h"

G_BEGIN_DECLS

/* The stream id that the peer gives out. */
#define RTMP_TEST_CLIENT_STREAM 5

/**
 * RtmpTestClient:
 *
 * A whole client, but for its socket and clock, and its server: what a client
 * is made of, and what came of it.
 */
typedef struct
{
  RtmpClientConfig config;      /* may be changed up to begin */
  RtmpChunkLink *link;
  RtmpClientSession *session;
  RtmpScriptedPeer *peer;
  gint64 now;
  GString *events;              /* states, <codes>, "recorded", "length" */
  guint messages[256];          /* played, by type */
  guint64 payload_bytes;
  guint32 hash;
  RtmpClientSessionState stop_at;       /* IDLE: nowhere */
  gboolean refuse_media;
  gboolean digest;              /* in the handshake */
  GError *error;                /* that the session closed with */
} RtmpTestClient;

/* @self needs no init; with a configuration, and no more. */
void rtmp_test_client_init (RtmpTestClient * self, gboolean publish);
/* Makes the client, not yet open. @time and @random (%NULL: any) are what its
 * hello carries. */
void rtmp_test_client_begin (RtmpTestClient * self, guint32 time,
    const guint8 * random);
void rtmp_test_client_clear (RtmpTestClient * self);

/* What one pull shows goes to the peer; FALSE if that is nothing. */
gboolean rtmp_test_client_to_peer (RtmpTestClient * self);
/* What the peer has said; FALSE if that is nothing, or the client fails. */
gboolean rtmp_test_client_from_peer (RtmpTestClient * self);
/* To and fro until nobody has anything to say, or the client fails. */
void rtmp_test_client_exchange (RtmpTestClient * self);

/* Begins, and lets the server do as usual until the client is in @state. What
 * has come and been said by then is out of the way. */
void rtmp_test_client_reach (RtmpTestClient * self,
    RtmpClientSessionState state);

/* The peer's, with an exchange behind it: an onStatus of the stream; a command
 * of any kind, its arguments (transfer full), %NULL for none. */
void rtmp_test_client_send_status (RtmpTestClient * self, const gchar * code);
void rtmp_test_client_answer (RtmpTestClient * self, const gchar * name,
    gdouble transaction, guint32 message_stream, RtmpValue * first,
    RtmpValue * second);
/* The transaction that the client has given to its first such call. */
gdouble rtmp_test_client_transaction_of (RtmpTestClient * self,
    const gchar * call);

/* What has happened since the last check. */
void rtmp_test_client_check_events (RtmpTestClient * self,
    const gchar * expected);
void rtmp_test_client_check_error (RtmpTestClient * self, RtmpError code,
    const gchar * message);
/* What the peer gets next: name (transaction, @args) on @message_stream, @args
 * as in logs with "; " between; or a control message. */
void rtmp_test_client_expect_call (RtmpTestClient * self, const gchar * name,
    gdouble transaction, guint32 message_stream, const gchar * args);
void rtmp_test_client_expect_control (RtmpTestClient * self,
    RtmpMessageType type, guint32 value);

G_END_DECLS

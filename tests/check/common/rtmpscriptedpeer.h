/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmpcommand.h"
#include "rtmpcontrol.h"
#include "rtmpmessage.h"

G_BEGIN_DECLS

/**
 * RtmpScriptedPeer:
 *
 * An RTMP server that does what a test tells it and remembers all it was sent.
 * Bytes in, bytes out: no socket, clock or thread. What it writes is put
 * together apart from RtmpOutQueue and RtmpChunkLink, which it helps to test.
 *
 * Step by step, with bytes carried to and fro by the test:
 *
 *     rtmp_scripted_peer_feed (peer, data, size);
 *     call = rtmp_scripted_peer_expect_command (peer, "connect");
 *     rtmp_scripted_peer_accept_connect (peer, call->transaction);
 *     output = rtmp_scripted_peer_take_output (peer);
 *
 * Or by itself, as an ordinary server, for a test that is about its client:
 *
 *     rtmp_scripted_peer_set_handler (peer, rtmp_scripted_peer_serve, NULL);
 *
 * The handler may be the test's own, and leave to serve() what it does not
 * care about. Where a client breaks the protocol, or what is expected has not
 * come, the test fails with what came instead. One thread at a time.
 */
typedef struct _RtmpScriptedPeer RtmpScriptedPeer;

/* The stream id that serve() gives out. */
#define RTMP_SCRIPTED_PEER_STREAM 1

RtmpScriptedPeer *rtmp_scripted_peer_new (void);
void rtmp_scripted_peer_free (RtmpScriptedPeer * self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmpScriptedPeer, rtmp_scripted_peer_free)

/* Bytes of the client. */
void rtmp_scripted_peer_feed (RtmpScriptedPeer * self, gconstpointer data,
    gsize size);
/* All bytes for the client since the last call; %NULL if there are none.
 * (transfer full) */
GBytes *rtmp_scripted_peer_take_output (RtmpScriptedPeer * self);
/* The handshake is done, C2 included. */
gboolean rtmp_scripted_peer_is_open (const RtmpScriptedPeer * self);

/* Called with each message, from within feed, once it is remembered. */
typedef void (*RtmpScriptedPeerFunc) (RtmpScriptedPeer * self,
    const RtmpMessage * message, gpointer user_data);
void rtmp_scripted_peer_set_handler (RtmpScriptedPeer * self,
    RtmpScriptedPeerFunc func, gpointer user_data);
/* The handler of a server that accepts everything: answers connect,
 * releaseStream, FCPublish, createStream, publish and play; nothing else. */
void rtmp_scripted_peer_serve (RtmpScriptedPeer * self,
    const RtmpMessage * message, gpointer user_data);

/* What came. Each of these takes the next message that no expect has taken yet.
 * What they return is borrowed and lives as long as the peer. */
const RtmpMessage *rtmp_scripted_peer_expect (RtmpScriptedPeer * self,
    RtmpMessageType type);
const RtmpCommand *rtmp_scripted_peer_expect_command (RtmpScriptedPeer * self,
    const gchar * name);
/* A control message; returns its value. */
guint32 rtmp_scripted_peer_expect_control (RtmpScriptedPeer * self,
    RtmpMessageType type);
RtmpControl rtmp_scripted_peer_expect_user_control (RtmpScriptedPeer * self,
    RtmpUserControlEvent event);
/* The message that the last of these took. */
const RtmpMessage *rtmp_scripted_peer_last (const RtmpScriptedPeer * self);
/* There is no further message. */
void rtmp_scripted_peer_expect_nothing (RtmpScriptedPeer * self);
/* Takes all that are left. */
void rtmp_scripted_peer_skip_all (RtmpScriptedPeer * self);

/* The same out of order: all messages since the start, taken or not. */
guint rtmp_scripted_peer_n_received (const RtmpScriptedPeer * self);
const RtmpMessage *rtmp_scripted_peer_received (const RtmpScriptedPeer * self,
    guint index);
/* How many of a type. */
guint rtmp_scripted_peer_count (const RtmpScriptedPeer * self,
    RtmpMessageType type);
/* The first command of that name. (nullable) */
const RtmpCommand *rtmp_scripted_peer_find_command (RtmpScriptedPeer * self,
    const gchar * name);
/* "connect", "audio 20", "set-chunk-size 65536"...: a line each, for
 * comparing. (transfer full) */
gchar *rtmp_scripted_peer_transcript (RtmpScriptedPeer * self);

/* What to say. */

/* Moves @message. A Set Chunk Size takes effect for those behind it. */
void rtmp_scripted_peer_send (RtmpScriptedPeer * self, RtmpMessage * message);
/* Bytes as they are: garbage, recordings. (transfer none) */
void rtmp_scripted_peer_send_raw (RtmpScriptedPeer * self, GBytes * bytes);
/* @payload of rtmp_command_write(); (transfer full) */
void rtmp_scripted_peer_send_command (RtmpScriptedPeer * self,
    guint32 message_stream, GBytes * payload);
/* Set Chunk Size, Abort, Acknowledgement, Window Ack Size. */
void rtmp_scripted_peer_send_control (RtmpScriptedPeer * self,
    RtmpMessageType type, guint32 value);
void rtmp_scripted_peer_send_bandwidth (RtmpScriptedPeer * self,
    guint32 value, guint8 limit_type);
/* Stream Begin, Stream EOF, Ping Request and the like. */
void rtmp_scripted_peer_send_user_control (RtmpScriptedPeer * self,
    RtmpUserControlEvent event, guint32 value);
/* (transfer full) for @payload. */
void rtmp_scripted_peer_send_media (RtmpScriptedPeer * self,
    RtmpMessageType type, guint32 message_stream, guint32 timestamp,
    GBytes * payload);

/* What a status or an error says; %NULLs are left out. (transfer full) */
RtmpValue *rtmp_scripted_peer_info (const gchar * level, const gchar * code,
    const gchar * description);
/* onStatus */
void rtmp_scripted_peer_send_status (RtmpScriptedPeer * self,
    guint32 message_stream, const gchar * level, const gchar * code,
    const gchar * description);
void rtmp_scripted_peer_accept_connect (RtmpScriptedPeer * self,
    gdouble transaction);
void rtmp_scripted_peer_accept_stream (RtmpScriptedPeer * self,
    gdouble transaction, guint32 message_stream);
/* _result (null, undefined): of releaseStream and its like. */
void rtmp_scripted_peer_accept (RtmpScriptedPeer * self, gdouble transaction);
/* _error, of any call. */
void rtmp_scripted_peer_refuse (RtmpScriptedPeer * self, gdouble transaction,
    const gchar * code, const gchar * description);

G_END_DECLS

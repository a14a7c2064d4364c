/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmpcapability.h"
#include "rtmpcommand.h"
#include "rtmplimits.h"
#include "rtmpmessage.h"
#include "rtmpswf.h"
#include "rtmptransaction.h"
#include "rtmpvalue.h"

G_BEGIN_DECLS

/**
 * RtmpServerConfig:
 * @chunk_size: what we write with, 1-0xFFFFFF
 * @window_ack_size: bytes after which we want an ack
 * @peer_bandwidth: what Set Peer Bandwidth says
 * @max_streams: message streams that a client may have at once
 * @connect_timeout: microseconds from open to connect, from connect to publish
 *   or play, and from the end of the last stream to the next; 0: none
 * @idle_timeout: microseconds of silence after which a client is dropped; it is
 *   pinged at half of it, and has the other half to answer; 0: never
 * @capabilities: ours, for clients that tell of theirs (E-165, E-167)
 *
 * A plain struct.
 *
 * Since: 0.1
 */
typedef struct
{
  guint32 chunk_size;
  guint32 window_ack_size;
  guint32 peer_bandwidth;
  guint max_streams;
  gint64 connect_timeout;
  gint64 idle_timeout;
  RtmpCapabilities capabilities;
} RtmpServerConfig;

/* Chunk size 65536, windows of 2,500,000, 8 streams, 10 s, 60 s. */
void rtmp_server_config_init (RtmpServerConfig * self);

typedef enum
{
  RTMP_SERVER_SESSION_IDLE,
  RTMP_SERVER_SESSION_AWAIT_CONNECT,
  RTMP_SERVER_SESSION_CONNECTED,
  RTMP_SERVER_SESSION_CLOSED,   /* refused, or told to go; nothing more comes */
} RtmpServerSessionState;

/* "await-connect"...: for logs and error messages. Static. */
const gchar *rtmp_server_session_state_to_string (RtmpServerSessionState
    state);

/**
 * RtmpConnectRequest:
 * @app: without its query
 * @query: of @app, without the '?'; empty if there is none
 * @tc_url: as sent, without quotes
 * @flash_version: what the client calls itself
 * @info: the command object: everything the client said
 * @capabilities: what it said of Enhanced RTMP
 *
 * Strings are never %NULL, UTF-8, and cut at 4096 bytes. Borrowed for the call.
 *
 * Since: 0.1
 */
typedef struct
{
  const gchar *app;
  const gchar *query;
  const gchar *tc_url;
  const gchar *flash_version;
  RtmpValue *info;
  const RtmpCapabilities *capabilities;
} RtmpConnectRequest;

/* RTMP 1.0, 7.2.2.6 */
typedef enum
{
  RTMP_PUBLISH_LIVE,
  RTMP_PUBLISH_RECORD,
  RTMP_PUBLISH_APPEND,
} RtmpPublishType;

/* "live"...; static. */
const gchar *rtmp_publish_type_to_string (RtmpPublishType type);

/**
 * RtmpStreamRequest:
 * @stream: the message stream
 * @publish: else play
 * @name: without its query; may be empty
 * @query: of @name, without the '?'; empty if there is none
 * @type: of publish
 * @start: of play: seconds, or #RTMP_PLAY_LIVE_OR_RECORDED, #RTMP_PLAY_LIVE
 * @duration: of play: seconds, or #RTMP_PLAY_TO_END
 * @reset: of play: TRUE unless the client said no
 *
 * Strings are never %NULL, UTF-8, and cut at 4096 bytes. Borrowed for the call.
 *
 * Since: 0.1
 */
typedef struct
{
  guint32 stream;
  gboolean publish;
  const gchar *name;
  const gchar *query;
  RtmpPublishType type;
  gdouble start;
  gdouble duration;
  gboolean reset;
} RtmpStreamRequest;

/**
 * RtmpServerSessionEvents:
 * @send: queue @message for the client; moves it
 * @connect: to be answered with rtmp_server_session_accept_connect() or
 *   _refuse_connect() before it returns
 * @stream: the client wants to publish or play; to be answered with
 *   rtmp_server_session_accept_stream() or _refuse_stream() before it returns
 * @media: audio, video or data (AMF0) that is published; @message may be moved.
 *   Data begin with their name: @setDataFrame is gone, @clearDataFrame is not.
 * @receive: the player wants, or does not want, %RTMP_MESSAGE_AUDIO or
 *   %RTMP_MESSAGE_VIDEO of an accepted stream
 * @pause: the player of an accepted stream pauses, or goes on
 * @stopped: the client has ended an accepted stream
 * @closed: the session is over: nothing more will be sent, and the connection
 *   is to be closed once what was is out
 *
 * What a session tells its owner, from within its functions. Calls on the
 * session are allowed in them, but not to free it or to hand it a message.
 *
 * Since: 0.1
 */
typedef struct
{
  void (*send) (RtmpMessage * message, gpointer user_data);
  void (*connect) (const RtmpConnectRequest * request, gpointer user_data);
  void (*stream) (const RtmpStreamRequest * request, gpointer user_data);
  gboolean (*media) (guint32 stream, RtmpMessage * message,
      gpointer user_data, GError ** error);
  void (*receive) (guint32 stream, RtmpMessageType type, gboolean on,
      gpointer user_data);
  void (*pause) (guint32 stream, gboolean paused, gpointer user_data);
  void (*stopped) (guint32 stream, gpointer user_data);
  void (*closed) (gpointer user_data);
} RtmpServerSessionEvents;

/**
 * RtmpServerSession:
 *
 * A server's half of NetConnection and NetStream (RTMP 1.0, 7.2): one client,
 * its streams, over any link. Messages in, events out. Times are microseconds
 * of any origin, passed in.
 *
 * Since: 0.1
 */
typedef struct _RtmpServerSession RtmpServerSession;

/* @config is copied; @limits %NULL for the defaults; @events is borrowed. */
RtmpServerSession *rtmp_server_session_new (const RtmpServerConfig * config,
    const RtmpLimits * limits, const RtmpServerSessionEvents * events,
    gpointer user_data);
void rtmp_server_session_free (RtmpServerSession * self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmpServerSession, rtmp_server_session_free)

/* The link is open. */
void rtmp_server_session_start (RtmpServerSession * self, gint64 now);

/* A message of the client, of any type but 1, 2, 3, 5 and 6; may be moved.
 * FALSE with %RTMP_ERROR_BAD_COMMAND (a command before connect, a second
 * connect), %RTMP_ERROR_LIMIT_* or those of rtmp_command_parse(). Not to be
 * used further then. */
gboolean rtmp_server_session_message (RtmpServerSession * self, gint64 now,
    RtmpMessage * message, GError ** error);

/* RTMP_DEADLINE_NONE when there is nothing to wait for. */
gint64 rtmp_server_session_next_deadline (const RtmpServerSession * self);
/* Pings, or FALSE with %RTMP_ERROR_TIMED_OUT, naming what did not come. */
gboolean rtmp_server_session_on_deadline (RtmpServerSession * self,
    gint64 now, GError ** error);

RtmpServerSessionState rtmp_server_session_state (const RtmpServerSession *
    self);

/* The owner's answers, from within the events; nothing anywhere else. */

void rtmp_server_session_accept_connect (RtmpServerSession * self);
/* SWF verification: with the acceptance that follows, the client is asked which
 * SWF file it has. @key: as rtmp_handshake_swf_key(). Clients answer at once,
 * and so before they publish or play. */
void rtmp_server_session_ask_swf (RtmpServerSession * self,
    const guint8 * key);
/* FALSE with %RTMP_ERROR_AUTH_FAILED: it has not answered, or has another one.
 * In any event from then on. */
gboolean rtmp_server_session_check_swf (const RtmpServerSession * self,
    const RtmpSwf * swf, GError ** error);
/* NetConnection.Connect.Rejected, or another @code; then it is closed.
 * @redirect: (nullable): a tcUrl to go to instead (code 302). */
void rtmp_server_session_refuse_connect (RtmpServerSession * self,
    const gchar * code, const gchar * description, const gchar * redirect);

/* Stream Begin, and the statuses that clients wait for. Media of a player may
 * follow at once. */
void rtmp_server_session_accept_stream (RtmpServerSession * self,
    guint32 stream);
/* A status of level error. The connection stays. */
void rtmp_server_session_refuse_stream (RtmpServerSession * self,
    guint32 stream, const gchar * code, const gchar * description);

/* To a player of an accepted stream: audio, video or data (AMF0). (transfer
 * full) for @payload. Neither pause nor receive are looked at: only who knows
 * key frames can. */
void rtmp_server_session_send_media (RtmpServerSession * self,
    guint32 stream, RtmpMessageType type, guint32 timestamp,
    GBytes * payload);
/* On the message stream of any stream, or on 0. */
void rtmp_server_session_send_status (RtmpServerSession * self,
    guint32 stream, const gchar * level, const gchar * code,
    const gchar * description);

/* To a player of an accepted stream: what it has waited for is published from
 * now on (PublishNotify). */
void rtmp_server_session_begin_media (RtmpServerSession * self,
    guint32 stream);

/* Of an accepted stream, which is none from now on; @stopped is not called. A
 * player is told that what it plays has ended (UnpublishNotify, Stream EOF,
 * Play.Stop), a publisher that it is not heard any more (NetStream.Failed). */
void rtmp_server_session_end_stream (RtmpServerSession * self, gint64 now,
    guint32 stream);

/* Enhanced RTMP v2, "Reconnect Request": only to a client that knows it (else
 * FALSE); it is served until it leaves. @tc_url: (nullable): stay here. */
gboolean rtmp_server_session_request_reconnect (RtmpServerSession * self,
    const gchar * tc_url, const gchar * description);

/* NetConnection.Connect.Closed or another @code; then it is closed. */
void rtmp_server_session_close (RtmpServerSession * self, const gchar * code,
    const gchar * description);

G_END_DECLS

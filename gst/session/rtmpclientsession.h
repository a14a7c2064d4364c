/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmpcapability.h"
#include "rtmpcommand.h"
#include "rtmplimits.h"
#include "rtmpmessage.h"
#include "rtmpstatus.h"
#include "rtmpswf.h"
#include "rtmptransaction.h"
#include "rtmpvalue.h"

G_BEGIN_DECLS

/* Commands that end a stream. The values are those of rtmp2sink's property. */
typedef enum
{
  RTMP_STOP_NONE = 0,
  RTMP_STOP_FC_UNPUBLISH = 1 << 0,
  RTMP_STOP_CLOSE_STREAM = 1 << 1,
  RTMP_STOP_DELETE_STREAM = 1 << 2,
} RtmpStopCommands;

/**
 * RtmpClientConfig:
 *
 * What a client session is to do. Strings are UTF-8 and go out as they are;
 * %NULL ones are left out.
 *
 * Since: 0.1
 */
typedef struct
{
  gboolean publish;             /* else play */
  gchar *app;
  gchar *tc_url;
  gchar *stream;
  gchar *flash_version;
  gchar *page_url;
  gchar *swf_url;
  RtmpSwf swf;                  /* for a server that verifies it */
  gchar *secure_token;          /* shared with a server that asks (Wowza) */
  GPtrArray *connect_args;      /* further arguments of connect, of RtmpValue */
  gchar *subscribe;             /* what to name in FCSubscribe before play */
  gchar *usher_token;           /* what Justin.tv's servers wanted of players */
  gboolean playlist;            /* set_playlist before play */
  gboolean receive_audio;       /* of what is played */
  gboolean receive_video;
  RtmpCapabilities capabilities;        /* ours; goes out as it is */

  guint32 chunk_size;           /* what we write with, 1-0xFFFFFF */
  guint32 window_ack_size;      /* bytes after which we want an ack */
  RtmpStopCommands stop_commands;
  guint32 buffer_length;        /* ms, told to the server when playing */
  gdouble play_start;           /* ms, or RTMP_PLAY_* */
  gdouble play_duration;        /* ms, or RTMP_PLAY_TO_END */
  gboolean ask_length;          /* getStreamLength before play */

  gint64 timeout;               /* us for each answer; 0: none */
} RtmpClientConfig;

/* Chunk size 65536, FCUnpublish and deleteStream, live or recorded, 5 s. */
void rtmp_client_config_init (RtmpClientConfig * self);
/* @dest needs no init. */
void rtmp_client_config_copy (RtmpClientConfig * dest,
    const RtmpClientConfig * src);
void rtmp_client_config_clear (RtmpClientConfig * self);

typedef enum
{
  RTMP_CLIENT_SESSION_IDLE,
  RTMP_CLIENT_SESSION_AWAIT_CONNECT,
  RTMP_CLIENT_SESSION_AWAIT_STREAM,
  RTMP_CLIENT_SESSION_AWAIT_START,
  RTMP_CLIENT_SESSION_RUNNING,
  RTMP_CLIENT_SESSION_ENDED,    /* the peer ended the stream, or we did */
} RtmpClientSessionState;

/* "await-connect"...: for logs and error messages. Static. */
const gchar *rtmp_client_session_state_to_string (RtmpClientSessionState
    state);

/**
 * RtmpClientSessionEvents:
 * @send: queue @message for the peer; moves it
 * @state_changed: after each step. On %RTMP_CLIENT_SESSION_ENDED of a player
 *   the peer has ended the stream.
 * @status: every status the peer sends, before it is acted on
 * @media: audio, video or data of the played stream; @message may be moved
 * @recorded: the played stream is recorded
 * @length: how long it is, in seconds, if asked for and known
 *
 * What a session tells its owner, from within its functions. Calls on the
 * session are allowed in them, but not to free it.
 *
 * Since: 0.1
 */
typedef struct
{
  void (*send) (RtmpMessage * message, gpointer user_data);
  void (*state_changed) (RtmpClientSessionState state, gpointer user_data);
  void (*status) (const RtmpStatus * status, gpointer user_data);
  gboolean (*media) (RtmpMessage * message, gpointer user_data,
      GError ** error);
  void (*recorded) (gpointer user_data);
  void (*length) (gdouble seconds, gpointer user_data);
} RtmpClientSessionEvents;

/**
 * RtmpClientSession:
 *
 * A client's half of NetConnection and NetStream (RTMP 1.0, 7.2): one stream,
 * published or played, over any link. Messages in, events out. Times are
 * microseconds of any origin, passed in.
 *
 * Since: 0.1
 */
typedef struct _RtmpClientSession RtmpClientSession;

/* @config is copied; @limits %NULL for the defaults; @events is borrowed. */
RtmpClientSession *rtmp_client_session_new (const RtmpClientConfig * config,
    const RtmpLimits * limits, const RtmpClientSessionEvents * events,
    gpointer user_data);
void rtmp_client_session_free (RtmpClientSession * self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmpClientSession, rtmp_client_session_free)

/* The link is open: connect, and all that need not wait for its answer.
 * @swf_key: as rtmp_handshake_swf_key(). */
void rtmp_client_session_start (RtmpClientSession * self, gint64 now,
    const guint8 * swf_key);

/* A message of the peer, of any type but 1, 2, 3, 5 and 6; may be moved. FALSE
 * with an error of the third band (the message says what the server said),
 * %RTMP_ERROR_BAD_COMMAND, %RTMP_ERROR_BAD_MESSAGE, or those of
 * rtmp_command_parse(). Not to be used further then. */
gboolean rtmp_client_session_message (RtmpClientSession * self, gint64 now,
    RtmpMessage * message, GError ** error);

/* Publishes one message: audio, video or data (AMF0), @timestamp in
 * milliseconds. onMetaData gets its @setDataFrame. Only when running.
 * (transfer full) for @payload. */
void rtmp_client_session_publish (RtmpClientSession * self,
    RtmpMessageType type, guint32 timestamp, GBytes * payload);

/* What the server has said of itself in its answer to connect; zero before.
 * (transfer none) */
const RtmpCapabilities *rtmp_client_session_peer_capabilities (const
    RtmpClientSession * self);

/* From the next message on; 1-0xFFFFFF. */
void rtmp_client_session_set_chunk_size (RtmpClientSession * self,
    guint32 size);

/* Asks for another stream instead of the one that is played, with the same
 * timeline; only when running. The server goes over at a key frame, and says so
 * by statuses (RTMP 1.0, 7.2.2.2, play2); one of level error ends nothing: what
 * was played goes on. */
void rtmp_client_session_switch (RtmpClientSession * self,
    const gchar * stream);

/* For a played stream that is recorded; only when running. The server answers
 * with NetStream.Seek.Notify, and then sends from about @position, in ms (RTMP
 * 1.0, 7.2.2.7); or with a status of level error, which ends nothing. */
void rtmp_client_session_seek (RtmpClientSession * self, gint64 now,
    guint32 position);
/* @position: ms, of what was received last (RTMP 1.0, 7.2.2.8). */
void rtmp_client_session_pause (RtmpClientSession * self, gboolean pause,
    guint32 position);

/* Tells the server that the stream ends: the stop commands. The state is ENDED
 * after it. What was published before is sent before. */
void rtmp_client_session_stop (RtmpClientSession * self, gint64 now);

/* The server has asked for SWF verification, and could not be answered: should
 * it close, that is why. */
gboolean rtmp_client_session_swf_missed (const RtmpClientSession * self);
/* Likewise with its secure token: what comes next it refuses in some way. */
gboolean rtmp_client_session_token_missed (const RtmpClientSession * self);

/* RTMP_DEADLINE_NONE when there is nothing to wait for. */
gint64 rtmp_client_session_next_deadline (const RtmpClientSession * self);
/* FALSE with %RTMP_ERROR_TIMED_OUT, naming what did not come. */
gboolean rtmp_client_session_on_deadline (RtmpClientSession * self,
    gint64 now, GError ** error);

RtmpClientSessionState rtmp_client_session_state (const RtmpClientSession *
    self);

G_END_DECLS

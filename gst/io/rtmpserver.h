/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "rtmpchunklink.h"
#include "rtmpserversession.h"
#include "rtmpurl.h"

G_BEGIN_DECLS

/* RTMP_SCHEME_BIT (RTMPS): a scheme in a set of them. */
#define RTMP_SCHEME_BIT(name) (1u << RTMP_SCHEME_##name)

/**
 * RtmpServerOptions:
 * @host: an address, or a name of this machine; empty: every interface
 * @port: 0: any that is free
 * @schemes: that are taken, told apart by how they begin; 0: all that there
 *   are, those in TLS if there is a certificate
 * @tls_certificate: (nullable): for TLS
 * @max_callers: connections at once; others are closed as they come
 * @max_connection_rate: new connections of one address in ten seconds, others
 *   are closed too; 0: any number
 * @handshake: what callers may ask for besides RTMP, by their first byte
 * @handshake_timeout: microseconds
 * @session: what callers are told and allowed
 *
 * Borrowed; copied by the server.
 *
 * Since: 0.1
 */
typedef struct
{
  const gchar *host;
  guint16 port;
  guint schemes;
  GTlsCertificate *tls_certificate;
  guint max_callers;
  guint max_connection_rate;
  RtmpHandshakeFlags handshake;
  gint64 handshake_timeout;
  RtmpServerConfig session;
} RtmpServerOptions;

/* 1000 callers, 1000 in 10 s, digests and RTMPE, 10 s; see
 * rtmp_server_config_init(). */
void rtmp_server_options_init (RtmpServerOptions * self);

/**
 * RtmpServer:
 *
 * A listening socket of the process, shared by all mounts that name its address
 * and port, and the callers that came through it. Callers are spread over the
 * loops of the pool. Any thread but a loop's, unless said otherwise.
 *
 * Since: 0.1
 */
typedef struct _RtmpServer RtmpServer;

/* The server of that address and port, or a new one, which listens at once.
 * Returns: (transfer full): to be given back by rtmp_server_release(); %NULL
 * with %G_IO_ERROR_ADDRESS_IN_USE, also where the one that exists has other
 * schemes or another certificate, for nobody is to come in by a way that one of
 * its users has not named; with %RTMP_ERROR_UNSUPPORTED for a scheme that
 * cannot be, or with %RTMP_ERROR_LISTEN. */
RtmpServer *rtmp_server_acquire (const RtmpServerOptions * options,
    GError ** error);
/* With the last one the socket is closed and every caller goes. */
void rtmp_server_release (RtmpServer * self);

guint16 rtmp_server_port (const RtmpServer * self);
/* Connections now, whatever they want. Any thread. */
guint rtmp_server_n_callers (RtmpServer * self);

/**
 * RtmpCallerInfo:
 * @id: unique in the process, from 1; 0 of a connection that was not taken
 * @peer: "192.0.2.1:50000"
 * @query: of the stream's name, or else of the application
 * @user: who it has proved to be; empty if nobody was asked for
 *
 * Who publishes or plays. Strings are never %NULL. Borrowed for the call.
 *
 * Since: 0.1
 */
typedef struct
{
  guint64 id;
  gboolean publish;
  RtmpPublishType type;
  const gchar *peer;
  const gchar *app;
  const gchar *stream;
  const gchar *query;
  const gchar *tc_url;
  const gchar *flash_version;
  const gchar *user;
  const RtmpCapabilities *capabilities;
} RtmpCallerInfo;

/**
 * RtmpMountConfig:
 * @publish: it takes what one caller publishes; else it serves players
 * @app: empty: any
 * @stream: empty: any
 * @takeover: a second publisher replaces the first, which is else BadName
 * @max_clients: players at once; 0: any number
 * @token: (nullable): what "key=", "token=" or "pass=" of a query must say
 * @users: (nullable): names to passwords, for Adobe's authentication
 * @cache_bytes: of the last group of pictures that new players get first; 0:
 *   none is kept
 * @max_queue_bytes: that may wait for a player, who else loses frames, and goes
 *   when headers alone are many times that; 0: any
 * @max_queue_time: milliseconds of media, likewise
 * @patience: microseconds for which a player's queue may be full before it is
 *   let go; 0: 10 s
 * @gather_time: microseconds for which frames may wait for others, to go out
 *   with them in one call for each player; 0: none waits
 * @gather_auto: that is the most, and is for many players: a loop sends to
 *   those it has in so many turns that it takes little of its time
 * @gather_players: a loop that has fewer has none wait for that
 * @thread_time: (nullable): the time, in microseconds, for which the thread has
 *   had a processor
 * @swf: which SWF file callers must show to have; a size of 0: none
 * @keep_times: players get the source's timestamps; else theirs begin near 0
 *
 * Since: 0.1
 */
typedef struct
{
  gboolean publish;
  const gchar *app;
  const gchar *stream;
  gboolean takeover;
  guint max_clients;
  const gchar *token;
  GHashTable *users;
  gsize cache_bytes;
  gsize max_queue_bytes;
  guint32 max_queue_time;
  gint64 patience;
  gint64 gather_time;
  gboolean gather_auto;
  guint gather_players;
  gint64 (*thread_time) (void);
  RtmpSwf swf;
  gboolean keep_times;
} RtmpMountConfig;

/**
 * RtmpMountEvents:
 * @connecting: FALSE refuses it. %NULL: all are welcome.
 * @added: it publishes or plays from now on
 * @rejected: with the reason, for logs and users. Also of who is refused before
 *   it has named a stream, or an application: those are empty then. Not of who
 *   has yet to say its user and password.
 * @media: a publisher's; @message may be moved
 * @removed: @error: %NULL when it ended the stream itself, or was replaced
 *
 * Called in a loop's thread, without any lock held; of one caller in order, of
 * several perhaps at once.
 *
 * Since: 0.1
 */
typedef struct
{
  gboolean (*connecting) (const RtmpCallerInfo * info, gpointer user_data);
  void (*added) (const RtmpCallerInfo * info, gpointer user_data);
  void (*rejected) (const RtmpCallerInfo * info, const gchar * reason,
      gpointer user_data);
  void (*media) (const RtmpCallerInfo * info, RtmpMessage * message,
      gpointer user_data);
  void (*removed) (const RtmpCallerInfo * info, const GError * error,
      gpointer user_data);
} RtmpMountEvents;

/**
 * RtmpMount:
 *
 * Where callers of a server publish to, or play from: an application and a
 * stream, and who may. Any thread, unless said otherwise.
 *
 * Since: 0.1
 */
typedef struct _RtmpMount RtmpMount;

/* @server is borrowed and must outlive it; @config is copied; @events is
 * borrowed. Nobody finds it before rtmp_mount_start(). */
RtmpMount *rtmp_mount_new (RtmpServer * server,
    const RtmpMountConfig * config, const RtmpMountEvents * events,
    gpointer user_data);
void rtmp_mount_start (RtmpMount * self);
/* Ends all its callers' streams, and waits for that: no event comes after it.
 * Any thread but a loop's. */
void rtmp_mount_free (RtmpMount * self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmpMount, rtmp_mount_free)

/* One that is admitted, even if nothing of it has been told yet. */
gboolean rtmp_mount_has_publisher (RtmpMount * self);
/* Closes the connection of a caller of this mount, whose @removed comes with
 * an error. No other @id does anything. */
void rtmp_mount_disconnect (RtmpMount * self, guint64 id);
/* Asks a caller of this mount to connect again, to @tc_url (nullable: to where
 * it is), if it knows Enhanced RTMP's ReconnectRequest. It is served until it
 * leaves. */
void rtmp_mount_request_reconnect (RtmpMount * self, guint64 id,
    const gchar * tc_url);
/* Back-pressure: the publisher is not read. */
void rtmp_mount_set_reading (RtmpMount * self, gboolean reading);

/* What @flags of rtmp_mount_send() say. */
typedef enum
{
  RTMP_FRAME_KEY = 1 << 0,      /* decoding can begin here */
  RTMP_FRAME_HEADER = 1 << 1,   /* decoding needs it: a sequence header, or
                                 * metadata */
} RtmpFrameFlags;

/* A header, where there are several kinds: it replaces the one before it
 * that has the same @kind, a number below 2^30. */
#define RTMP_FRAME_HEADER_OF(kind) \
    ((RtmpFrameFlags) (RTMP_FRAME_HEADER | (guint32) (kind) << 2))

/* To all players. New ones get the last header of data first, then the others,
 * then the last group of pictures. Never blocks. (transfer full)
 * for @payload. */
void rtmp_mount_send (RtmpMount * self, RtmpMessageType type,
    guint32 timestamp, GBytes * payload, RtmpFrameFlags flags);
/* The same of Enhanced RTMP: each player gets the first of the @versions whose
 * all it has announced, or nothing: it could not make anything of it. Takes
 * over what they hold. */
void rtmp_mount_send_versions (RtmpMount * self, RtmpMessageType type,
    guint32 timestamp, RtmpFrameFlags flags, const RtmpVersion * versions,
    guint n_versions);
/* New players get no headers any more whose kind is @kind in the bits of @mask,
 * nor the last group, which would need them. */
void rtmp_mount_drop_headers (RtmpMount * self, RtmpMessageType type,
    guint32 kind, guint32 mask);
/* New players get no metadata, until there are others. */
void rtmp_mount_clear_metadata (RtmpMount * self);
/* What is sent from now on is another publisher's: of what was before, new
 * players get nothing. Those who are here are told when it begins. */
void rtmp_mount_forget (RtmpMount * self);
/* Tells all callers that the stream has ended, players once they have got
 * everything, and then ends their connections. They are removed when they have
 * read all of it. Nobody is admitted any more, */
void rtmp_mount_end (RtmpMount * self);
/* unless it goes on: TRUE if it had ended. Nothing is kept of before. */
gboolean rtmp_mount_reopen (RtmpMount * self);

/**
 * RtmpCallerStats: a caller of a mount, now.
 *
 * Since: 0.1
 */
typedef struct
{
  guint64 id;
  gchar *peer;                  /* owned */
  gchar *stream;                /* owned */
  RtmpLinkStats link;
  gsize queue_bytes;
  guint64 dropped_video;
  guint64 dropped_audio;
} RtmpCallerStats;

/* Of RtmpCallerStats, as of a moment ago. (transfer full) */
GArray *rtmp_mount_stats (RtmpMount * self);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "rtmpchunklink.h"
#include "rtmpclientsession.h"
#include "rtmpconnectplan.h"

G_BEGIN_DECLS

/**
 * RtmpClientStep: how far a client has come.
 *
 * Since: 0.1
 */
typedef enum
{
  RTMP_CLIENT_STEP_RESOLVE,
  RTMP_CLIENT_STEP_CONNECT,
  RTMP_CLIENT_STEP_TLS,
  RTMP_CLIENT_STEP_HANDSHAKE,
  RTMP_CLIENT_STEP_SESSION,     /* connect, createStream */
  RTMP_CLIENT_STEP_START,       /* publish or play */
  RTMP_CLIENT_STEP_RUNNING,
} RtmpClientStep;

/**
 * RtmpClientTarget:
 * @tls_validation: problems of the server's certificate that refuse it
 * @tls_database: (nullable): of issuers that count; the system's by default
 * @tls_interaction: (nullable): for what the handshake wants to ask
 * @tls_certificate: (nullable): ours, for a server that wants one
 * @proxy: (nullable): URI of a proxy, as "socks4://host:port"; %NULL: as GIO
 *   resolves it
 * @credentials: for a server that demands them
 * @idle_timeout: microseconds that a running stream's server may be silent; 0:
 *   for ever
 * @peak_rate: bytes a second that we send at most; 0: as fast as it goes
 * @handshake: with digests, or RTMPE; but RTMPE alone where @scheme says so
 * @swf_file: (nullable): is hashed first, in the place of the configuration's
 *   SWF; rtmpswffile.h
 * @swf_age: microseconds for which a hash that is known already will do
 *
 * Where to connect to. All borrowed; copied, or referenced, by the client.
 *
 * Since: 0.1
 */
typedef struct
{
  const gchar *host;
  guint16 port;
  RtmpScheme scheme;
  GTlsCertificateFlags tls_validation;
  GTlsDatabase *tls_database;
  GTlsInteraction *tls_interaction;
  GTlsCertificate *tls_certificate;
  const gchar *proxy;
  RtmpAuthCredentials credentials;
  gint64 idle_timeout;
  guint peak_rate;
  RtmpHandshakeFlags handshake;
  const gchar *swf_file;
  gint64 swf_age;
} RtmpClientTarget;

/**
 * RtmpClientStats:
 * @queue_bytes: payload waiting to be sent
 * @queue_time: milliseconds of media waiting to be sent
 * @round_trip: microseconds; 0 if not known
 * @in_rate: bits a second, over the last second or so; 0 in the first
 * @out_rate: likewise
 * @capabilities: what the server has said of itself
 *
 * Since: 0.1
 */
typedef struct
{
  RtmpLinkStats link;
  gsize queue_bytes;
  guint32 queue_time;
  guint round_trip;
  guint64 in_rate;
  guint64 out_rate;
  guint64 audio_messages;
  guint64 video_messages;
  guint64 data_messages;
  RtmpCapabilities capabilities;
} RtmpClientStats;

/**
 * RtmpClientEvents:
 * @step: each step is told once, in order; some are skipped
 * @status: every status of the server
 * @media: a message of the played stream; may be moved
 * @sent: the queue has become shorter
 * @recorded: the played stream is recorded
 * @sought: the server has answered the last seek that was sent; @refused:
 *   what was played goes on
 * @length: how long it is, in seconds, if asked for and known
 * @closed: the end, told once and last. @error: %NULL when the peer has ended
 *   the played stream, or after rtmp_client_finish() has come to its end.
 *
 * Called in the client's loop thread, without any lock held.
 *
 * Since: 0.1
 */
typedef struct
{
  void (*step) (RtmpClientStep step, gpointer user_data);
  void (*status) (const RtmpStatus * status, gpointer user_data);
  void (*media) (RtmpMessage * message, gpointer user_data);
  void (*sent) (gpointer user_data);
  void (*recorded) (gpointer user_data);
  void (*sought) (guint serial, gboolean refused, gpointer user_data);
  void (*length) (gdouble seconds, gpointer user_data);
  void (*closed) (const GError * error, gpointer user_data);
} RtmpClientEvents;

/**
 * RtmpClient:
 *
 * Resolve, connect, session: one stream published or played. Its work is done
 * in a loop of the pool. Every function but new and free may be called from any
 * thread, events included, and none of them blocks.
 *
 * Since: 0.1
 */
typedef struct _RtmpClient RtmpClient;

/* @config and @target are copied; @limits %NULL for the defaults; @events is
 * borrowed. config->timeout bounds each step. */
RtmpClient *rtmp_client_new (const RtmpClientTarget * target,
    const RtmpClientConfig * config, const RtmpLimits * limits,
    const RtmpClientEvents * events, gpointer user_data);

/* Begins to connect; once. */
void rtmp_client_start (RtmpClient * self);

/* Cancels whatever is under way and waits for it: no event comes after it. Any
 * thread but a loop's. */
void rtmp_client_free (RtmpClient * self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmpClient, rtmp_client_free)

/* What has been published and not sent: payload, and the milliseconds from the
 * oldest audio or video of it to the newest. */
typedef struct
{
  gsize bytes;
  guint32 time;
} RtmpClientLevel;

/* Queues media to be published; what comes before the server is ready waits.
 * (transfer full) for @payload. @level (out): with it. */
void rtmp_client_publish (RtmpClient * self, RtmpMessageType type,
    guint32 timestamp, GBytes * payload, RtmpClientLevel * level);

void rtmp_client_level (RtmpClient * self, RtmpClientLevel * level);

/* Sends everything, ends the stream as configured, and waits until the server
 * has read it all; then comes @closed. */
void rtmp_client_finish (RtmpClient * self);

/* Back-pressure for a played stream. */
void rtmp_client_set_reading (RtmpClient * self, gboolean reading);

/* For a recorded stream, as rtmp_client_session_seek() and _pause(); what was
 * asked for last counts. Before the stream runs, they wait for it. What comes
 * before @sought with this @serial is from before the seek. */
void rtmp_client_seek (RtmpClient * self, guint32 position, guint serial);
void rtmp_client_pause (RtmpClient * self, gboolean pause, guint32 position);

/* At once, or when it is connected; as in the configuration and the target. */
void rtmp_client_set_chunk_size (RtmpClient * self, guint32 size);
void rtmp_client_set_peak_rate (RtmpClient * self, guint rate);
/* As rtmp_client_session_switch(); the last one counts. */
void rtmp_client_switch (RtmpClient * self, const gchar * stream);

void rtmp_client_stats (RtmpClient * self, RtmpClientStats * stats);
/* "192.0.2.1:1935"; %NULL before it is connected. (transfer full) */
gchar *rtmp_client_peer (RtmpClient * self);

G_END_DECLS

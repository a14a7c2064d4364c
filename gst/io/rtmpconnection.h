/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "rtmpchunklink.h"
#include "rtmptransport.h"

G_BEGIN_DECLS

/* Bytes read at once: from the first, while little comes, to the second, while
 * reads are full. And reads before other connections get their turn. */
#define RTMP_CONNECTION_BLOCK_MIN (16 << 10)
#define RTMP_CONNECTION_BLOCK_MAX (256 << 10)
#define RTMP_CONNECTION_READS 8

/**
 * RtmpConnectionEvents:
 * @opened: the handshake is done
 * @message: as #RtmpLinkEvents
 * @next_deadline: monotonic time, in microseconds, of the next @on_deadline
 * @on_deadline: time has come. FALSE with @error set closes the connection.
 * @sent: bytes have left the queue
 * @hung_up: (nullable): the peer, which is not read, sends no more than is in
 *   the socket; as often as that stays unread
 * @closed: the end, told once. @error: %NULL after rtmp_connection_finish() has
 *   come to its end; else why. What the peer sent before has been delivered.
 *
 * What a connection asks and tells its owner, in its context's thread. Calls on
 * the connection are allowed in them, but not to free it.
 *
 * Since: 0.1
 */
typedef struct
{
  gboolean (*opened) (gpointer user_data, GError ** error);
  RtmpMessageFunc message;
  gint64 (*next_deadline) (gpointer user_data);
  gboolean (*on_deadline) (gint64 now, gpointer user_data, GError ** error);
  void (*sent) (gpointer user_data);
  void (*hung_up) (gpointer user_data);
  void (*closed) (const GError * error, gpointer user_data);
} RtmpConnectionEvents;

/**
 * RtmpConnection:
 *
 * Drives a transport and a link in one GMainContext: writes before it reads, a
 * batch of messages with one call. All functions in that context's thread.
 *
 * Since: 0.1
 */
typedef struct _RtmpConnection RtmpConnection;

/* Takes over @transport and starts. The context is the thread's default one.
 * @handshake_timeout: microseconds, 0 for none. @events is borrowed. */
RtmpConnection *rtmp_connection_new (RtmpTransport * transport,
    RtmpRole role, RtmpHandshakeFlags handshake, gint64 handshake_timeout,
    const RtmpLimits * limits, const RtmpConnectionEvents * events,
    gpointer user_data);
/* Closes the socket at once; no event comes of it. */
void rtmp_connection_free (RtmpConnection * self);

/* Queues a message; it goes out when the current event is done. Moves
 * @message. */
void rtmp_connection_send (RtmpConnection * self, RtmpMessage * message);

/* Writes what is queued, and asks for the deadline again. To be called after
 * sends that were not made from an event. */
void rtmp_connection_update (RtmpConnection * self);

/* As rtmp_chunk_reader_set_limits(). */
void rtmp_connection_set_limits (RtmpConnection * self,
    const RtmpLimits * limits);

/* Stops or resumes reading: back-pressure for a peer that sends too fast. */
void rtmp_connection_set_reading (RtmpConnection * self, gboolean reading);

/* Sends all that is queued, then the end of our output, then waits for the
 * peer's: which shows that it has read everything. Then @closed without an
 * error. The caller bounds the time. */
void rtmp_connection_finish (RtmpConnection * self);

/* (transfer none) */
const RtmpOutQueue *rtmp_connection_queue (const RtmpConnection * self);
/* As rtmp_handshake_swf_key(); valid once opened. */
const guint8 *rtmp_connection_swf_key (const RtmpConnection * self);
void rtmp_connection_stats (const RtmpConnection * self,
    RtmpLinkStats * stats);
/* (transfer none) */
RtmpTransport *rtmp_connection_transport (const RtmpConnection * self);

G_END_DECLS

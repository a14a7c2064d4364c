/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmpchunkreader.h"
#include "rtmphandshake.h"
#include "rtmpoutqueue.h"

G_BEGIN_DECLS

/* What we ask the peer to acknowledge after (RTMP 1.0, 5.4.4). */
#define RTMP_WINDOW_ACK_SIZE_DEFAULT 2500000

/**
 * RtmpLinkEvents:
 * @opened: the handshake is done; messages may be sent
 * @message: a message came, as #RtmpMessageFunc says. Types 1, 2, 3, 5 and 6
 *   have been acted on and are not reported.
 *
 * What a link tells its owner, from within rtmp_chunk_link_feed(). FALSE with
 * @error set stops the link.
 *
 * Since: 0.1
 */
typedef struct
{
  gboolean (*opened) (gpointer user_data, GError ** error);
  RtmpMessageFunc message;
} RtmpLinkEvents;

/**
 * RtmpLinkStats: byte counts leave the handshake out, as peers do.
 *
 * Since: 0.1
 */
typedef struct
{
  guint64 in_bytes;
  guint64 out_bytes;
  guint64 in_bytes_acked;       /* what we told the peer that we have */
  guint64 out_bytes_acked;      /* what the peer told us that it has */
  guint32 in_window;            /* 0: the peer has not asked for acks */
  guint32 out_window;           /* 0: we have not asked for acks */
  guint32 in_chunk_size;
  guint32 out_chunk_size;
} RtmpLinkStats;

/**
 * RtmpChunkLink:
 *
 * RTMP over a byte stream: handshake, chunks, acknowledgement windows, and what
 * is encrypted with RTMPE. Bytes in and messages out, messages in and vectors
 * out; no socket, no clock.
 *
 * Since: 0.1
 */
typedef struct _RtmpChunkLink RtmpChunkLink;

/* @handshake: (transfer full): a new one. @limits: %NULL for the defaults.
 * @events is borrowed and must outlive the link. */
RtmpChunkLink *rtmp_chunk_link_new (RtmpHandshake * handshake,
    const RtmpLimits * limits, const RtmpLinkEvents * events,
    gpointer user_data);
void rtmp_chunk_link_free (RtmpChunkLink * self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmpChunkLink, rtmp_chunk_link_free)

/* Bytes of the peer, (transfer none). @time: milliseconds, of the same origin
 * as the handshake's. Errors as rtmp_handshake_feed(), rtmp_chunk_reader_feed()
 * and the events; the first one sticks. */
gboolean rtmp_chunk_link_feed (RtmpChunkLink * self, guint32 time,
    GBytes * block, GError ** error);

/* Queues a message; moves @message. A Set Chunk Size or Window Ack Size takes
 * effect here too. */
void rtmp_chunk_link_send (RtmpChunkLink * self, RtmpMessage * message);

/* As rtmp_chunk_reader_set_limits(). */
void rtmp_chunk_link_set_limits (RtmpChunkLink * self,
    const RtmpLimits * limits);

/* As rtmp_out_queue_pull() and rtmp_out_queue_consume(); with RTMPE, copies. */
guint rtmp_chunk_link_pull (RtmpChunkLink * self,
    const RtmpVector ** vectors);
void rtmp_chunk_link_consume (RtmpChunkLink * self, gsize n);
/* For questions about what is queued. (transfer none) */
const RtmpOutQueue *rtmp_chunk_link_queue (const RtmpChunkLink * self);

gboolean rtmp_chunk_link_is_open (const RtmpChunkLink * self);
/* Where the handshake stands: for messages about a peer that went silent. */
RtmpHandshakeState rtmp_chunk_link_handshake_state (const RtmpChunkLink *
    self);
/* As rtmp_handshake_swf_key(); valid once open. */
const guint8 *rtmp_chunk_link_swf_key (const RtmpChunkLink * self);
void rtmp_chunk_link_stats (const RtmpChunkLink * self,
    RtmpLinkStats * stats);

G_END_DECLS

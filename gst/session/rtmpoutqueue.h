/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmpmessage.h"

G_BEGIN_DECLS

/* One piece of what is to be sent. The layout is that of GOutputVector and of
 * struct iovec, so that a batch goes out in one call. */
typedef struct
{
  gconstpointer data;
  gsize size;
} RtmpVector;

/* A batch is at most so many pieces and about so many bytes: enough to make a
 * system call worth its price, little enough that a ping does not wait long. */
#define RTMP_OUT_QUEUE_VECTORS 512
#define RTMP_OUT_QUEUE_BATCH (256 << 10)

/**
 * RtmpOutQueue:
 *
 * Messages in, batches of vectors out: chunks with their headers, payload by
 * reference. Decides the order of chunks:
 *
 * - acknowledgements, pings and what else is about the connection as a whole go
 *   out at the next chunk boundary;
 * - audio and data pass between the chunks of a video message that stands
 *   before them;
 * - everything else keeps its order.
 *
 * Since: 0.1
 */
typedef struct _RtmpOutQueue RtmpOutQueue;

RtmpOutQueue *rtmp_out_queue_new (void);
void rtmp_out_queue_free (RtmpOutQueue * self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmpOutQueue, rtmp_out_queue_free)

/* Appends. Moves @message. A Set Chunk Size takes effect for the messages
 * behind it. */
void rtmp_out_queue_push (RtmpOutQueue * self, RtmpMessage * message);

/* Appends bytes that are no chunks: the handshake. (transfer full) */
void rtmp_out_queue_push_raw (RtmpOutQueue * self, GBytes * bytes);

/* The pieces to send now; the same ones again, less what was consumed, until
 * all of them are. @vectors (out) (transfer none): valid until the next call.
 * Returns: how many; 0 when there is nothing to send. */
guint rtmp_out_queue_pull (RtmpOutQueue * self, const RtmpVector ** vectors);

/* The first @n bytes of the last pull have been sent. */
void rtmp_out_queue_consume (RtmpOutQueue * self, gsize n);

/* How many messages wait that are no media: commands, control. */
guint rtmp_out_queue_signals (const RtmpOutQueue * self);
gboolean rtmp_out_queue_is_empty (const RtmpOutQueue * self);
/* Payload bytes of the messages that are not yet sent whole. */
gsize rtmp_out_queue_bytes (const RtmpOutQueue * self);
/* How many messages those are; each costs memory besides its payload. */
guint rtmp_out_queue_messages (const RtmpOutQueue * self);
/* The timestamp of the oldest audio or video message not yet sent whole. */
gboolean rtmp_out_queue_oldest (const RtmpOutQueue * self,
    guint32 * timestamp);
guint32 rtmp_out_queue_chunk_size (const RtmpOutQueue * self);

G_END_DECLS

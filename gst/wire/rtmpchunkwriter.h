/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmpmessage.h"

G_BEGIN_DECLS

/* Basic header (1) + message header (11) + extended timestamp (4). */
#define RTMP_CHUNK_FIRST_MAX 16
#define RTMP_CHUNK_NEXT_MAX 5

/**
 * RtmpChunkHeaders:
 *
 * The header of a message's first chunk, and the one header that stands before
 * each of its other chunks.
 *
 * Since: 0.1
 */
typedef struct
{
  guint8 first[RTMP_CHUNK_FIRST_MAX];
  guint8 next[RTMP_CHUNK_NEXT_MAX];
  guint8 first_size;
  guint8 next_size;
} RtmpChunkHeaders;

/**
 * RtmpChunkWriter:
 *
 * Message headers, compressed against the message before on the same chunk
 * stream: RTMP 1.0, 5.3.1. The payload is not touched: the caller sends
 * headers.first, up to a chunk size of payload, then headers.next, and so on.
 * Messages must be written in the order in which they were begun on their chunk
 * stream, and one chunk stream carries one message at a time.
 *
 * Since: 0.1
 */
typedef struct _RtmpChunkWriter RtmpChunkWriter;

RtmpChunkWriter *rtmp_chunk_writer_new (void);
void rtmp_chunk_writer_free (RtmpChunkWriter * self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmpChunkWriter, rtmp_chunk_writer_free)

/* The headers of @message: chunk stream 2-63, at most #RTMP_MESSAGE_MAX_SIZE
 * bytes (both are the caller's to keep). */
void rtmp_chunk_writer_begin (RtmpChunkWriter * self,
    const RtmpMessage * message, RtmpChunkHeaders * headers);

G_END_DECLS

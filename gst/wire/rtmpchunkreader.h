/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmplimits.h"
#include "rtmpmessage.h"

G_BEGIN_DECLS

#define RTMP_CHUNK_SIZE_DEFAULT 128
#define RTMP_CHUNK_SIZE_MAX 0xFFFFFF

/**
 * RtmpChunkReader:
 *
 * Bytes in, messages out: RTMP 1.0, 5.3. It acts on Set Chunk Size and Abort
 * itself, because the next chunk depends on them, and hands them on as well.
 *
 * A payload of one chunk that lies whole in the block it came in is a slice of
 * that block, from 1 KiB up; otherwise it is copied once, into memory that
 * grows with what arrived.
 *
 * Since: 0.1
 */
typedef struct _RtmpChunkReader RtmpChunkReader;

/* A complete message. @message may be moved away; what is left is cleared after
 * the call. Return FALSE with @error set to stop: the error sticks. */
typedef gboolean (*RtmpMessageFunc) (RtmpMessage * message,
    gpointer user_data, GError ** error);

typedef struct
{
  guint64 messages;
  guint64 dropped_partials;     /* header in mid-message (E-026), or Abort */
  guint64 copied_bytes;         /* payload that was not a slice */
} RtmpChunkReaderStats;

/* @limits: %NULL for the defaults; copied. */
RtmpChunkReader *rtmp_chunk_reader_new (const RtmpLimits * limits);
void rtmp_chunk_reader_free (RtmpChunkReader * self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmpChunkReader, rtmp_chunk_reader_free)

/* Reads all of @block (transfer none), which may be kept by slices of it.
 * FALSE with
 * %RTMP_ERROR_BAD_CHUNK: fmt 1-3 on a chunk stream never seen (but see E-025);
 * %RTMP_ERROR_BAD_MESSAGE: a malformed Set Chunk Size or Abort;
 * %RTMP_ERROR_LIMIT_MESSAGE_SIZE, _CHUNK_STREAMS, _PARTIAL_BYTES;
 * or what @func set. Further calls fail with the same error. */
gboolean rtmp_chunk_reader_feed (RtmpChunkReader * self, GBytes * block,
    RtmpMessageFunc func, gpointer user_data, GError ** error);

/* Off by default. On: a continuation chunk in which the extended timestamp is
 * not repeated, as older peers write it, is detected and read (E-020). */
void rtmp_chunk_reader_set_sniff_extended_timestamp (RtmpChunkReader * self,
    gboolean sniff);

/* For what begins from now on: a peer that has earned it may send more. */
void rtmp_chunk_reader_set_limits (RtmpChunkReader * self,
    const RtmpLimits * limits);

guint32 rtmp_chunk_reader_chunk_size (const RtmpChunkReader * self);
const RtmpChunkReaderStats *rtmp_chunk_reader_stats (const RtmpChunkReader *
    self);

G_END_DECLS

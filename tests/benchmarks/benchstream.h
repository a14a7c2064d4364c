/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "flvfile.h"

G_BEGIN_DECLS

/* Metadata, AVC and AAC sequence header: the stream's first messages. */
#define BENCH_STREAM_LEAD 3
#define BENCH_STREAM_MAX_SLOTS 8

/**
 * BenchStream:
 *
 * The stream that every row of the benchmark carries. After the lead it repeats
 * one group of messages: a video, then any number of audios. Message @n can be
 * made at any place and time, so that the side that receives knows what to
 * expect without being sent a copy. Bodies look random and differ.
 */
typedef struct
{
  gsize sizes[BENCH_STREAM_MAX_SLOTS];  /* of the bodies of a group */
  guint slots;
  guint64 messages;             /* lead included */
} BenchStream;

/* @sizes: "VIDEO[,AUDIO...]", bodies in bytes, at least 8; as many groups as
 * come near to @bytes, at least one. FALSE if @sizes is malformed. */
gboolean bench_stream_init (BenchStream * self, const gchar * sizes,
    guint64 bytes);

FlvTagType bench_stream_type (const BenchStream * self, guint64 n);
guint32 bench_stream_timestamp (const BenchStream * self, guint64 n);
/* Of the body of message @n, FLV audio or video tag header included. */
gsize bench_stream_size (const BenchStream * self, guint64 n);
void bench_stream_body (const BenchStream * self, guint64 n, guint8 * out);

/* The same message as a whole FLV tag. */
gsize bench_stream_tag_size (const BenchStream * self, guint64 n);
void bench_stream_tag (const BenchStream * self, guint64 n, guint8 * out);

/* All tags after the lead. */
guint64 bench_stream_media_size (const BenchStream * self);

/**
 * BenchCheck:
 *
 * Has all of a stream arrived, unchanged and, per medium, in order? Metadata
 * and sequence headers are let through: elements may repeat or rewrite them.
 */
typedef struct
{
  const BenchStream *stream;
  guint64 next_audio;
  guint64 next_video;
  guint64 messages;             /* media messages so far */
  guint64 bytes;                /* their bodies */
  guint8 *expected;
} BenchCheck;

void bench_check_init (BenchCheck * self, const BenchStream * stream);
void bench_check_clear (BenchCheck * self);

/* FALSE with @error: not the message that had to come next. */
gboolean bench_check_message (BenchCheck * self, guint8 type, GBytes * body,
    GError ** error);
/* An #FlvTagFunc, @check a #BenchCheck. */
gboolean bench_check_tag (const FlvTag * tag, gpointer check, GError ** error);

gboolean bench_check_is_complete (const BenchCheck * self);

G_END_DECLS

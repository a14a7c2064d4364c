/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "benchstream.h"

G_BEGIN_DECLS

/**
 * BenchCaller:
 *
 * A client of a server that is measured: publishes a #BenchStream in its own
 * time, or plays it and compares every byte. Many of them share one thread,
 * which turns them one after the other. Whatever goes wrong ends the process.
 */
typedef struct _BenchCaller BenchCaller;

/* To rtmp://127.0.0.1:@port/crowd/@name. @stream is borrowed. */
BenchCaller *bench_caller_new (guint16 port, gboolean publish,
    const gchar * name, const BenchStream * stream);
void bench_caller_free (BenchCaller * self);

/* Reads and writes what there is to be read and written. */
void bench_caller_turn (BenchCaller * self);
/* To wait for the next turn. */
int bench_caller_fd (const BenchCaller * self);
/* It may publish, or it plays. */
gboolean bench_caller_is_running (const BenchCaller * self);

/* Publishes what is due @elapsed microseconds after the beginning: 25 pictures
 * and 47 pieces of sound a second. The stream's group has to be a video and two
 * audios. */
void bench_caller_publish (BenchCaller * self, gint64 elapsed);

#define BENCH_DELAYS_SIZE 1024

/**
 * BenchDelays:
 * @sent: when the publisher sent message n, at the place n modulo its size
 * @delays: of guint32, microseconds until it was in the player's socket
 *
 * What a publisher and a player, perhaps of another thread, write down.
 */
typedef struct
{
  gint64 sent[BENCH_DELAYS_SIZE];
  GArray *delays;
} BenchDelays;

/* From now on; %NULL: no more. */
void bench_caller_note_delays (BenchCaller * self, BenchDelays * delays);
/* Something has arrived just now, which is left to the next turn. */
void bench_caller_note_arrival (BenchCaller * self);

/* Bodies of media that were received or sent. */
guint64 bench_caller_bytes (const BenchCaller * self);
/* All of the stream has been received, or sent. */
gboolean bench_caller_is_complete (const BenchCaller * self);

G_END_DECLS

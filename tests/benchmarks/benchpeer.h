/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "benchstream.h"

G_BEGIN_DECLS

typedef enum
{
  BENCH_PEER_NONE,
  BENCH_PEER_RTMP,
  BENCH_PEER_TCP,               /* the FLV file, bare */
} BenchPeerKind;

/**
 * BenchPeer:
 * @kind: what it speaks
 * @play: whether it sends the stream (to a player), or receives it
 * @chunk_size: of what it sends
 *
 * The far end of every row: as cheap as possible, the same for all, in a
 * process of its own, for one connection.
 */
typedef struct
{
  BenchPeerKind kind;
  gboolean play;
  guint32 chunk_size;
  const BenchStream *stream;
} BenchPeer;

/* A socket that listens on a port of the kernel's choice. */
int bench_peer_listen (guint16 * port);

/* Serves one connection to its end. As soon as the whole stream has arrived, or
 * was sent, one byte goes to @report, which is then closed; when it is clear
 * that it will not, the reason goes to stderr and nothing to @report. */
void bench_peer_run (const BenchPeer * self, int listener, int report);

G_END_DECLS

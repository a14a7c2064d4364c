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

/* Forks a child that listens on a port of the kernel's choice and serves one
 * connection there; it ends with this process. To be called once, before there
 * are threads. Returns: a pipe. As soon as the whole stream has arrived, or was
 * sent, one byte comes out of it; when it is clear that it will not, its end
 * does, and the reason goes to stderr. */
int bench_peer_fork (const BenchPeer * peer, guint16 * port);

G_END_DECLS

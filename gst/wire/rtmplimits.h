/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RtmpLimits:
 *
 * Every cap on what a peer can make us hold, with its default and the attack
 * that it stops. One struct, set once by whoever owns the connection.
 *
 * Since: 0.1
 */
typedef struct
{
  /* Bytes in one message. The 24-bit length allows 16 MiB - 1; a peer that
   * announces it and sends nothing must not cost more than its first bytes. */
  guint32 message_size;

  /* Chunk streams with state. 65597 ids exist; each costs a hash entry. Real
   * peers use under ten. */
  guint chunk_streams;

  /* Bytes allocated for messages that are not complete. Without it, each chunk
   * stream could hold one message of the full size, unfinished for ever. */
  gsize partial_bytes;

  /* AMF: how deep values nest (recursion), and how many values one message may
   * expand to, references counted each time (a reference to a list of
   * references doubles at each level). */
  guint amf_depth;
  guint amf_values;

  /* Bytes of strings and names that the references of one message may repeat: a
   * string of a megabyte costs two bytes each time more. As much as a message
   * could hold without references. */
  guint amf_bytes;

  /* Calls of ours that wait for an answer. */
  guint transactions;
} RtmpLimits;

#define RTMP_LIMITS_DEFAULT { \
  .message_size = 0xFFFFFF,   \
  .chunk_streams = 64,        \
  .partial_bytes = 40 << 20,  \
  .amf_depth = 32,            \
  .amf_values = 65536,        \
  .amf_bytes = 0xFFFFFF,      \
  .transactions = 64,         \
}

extern const RtmpLimits rtmp_limits_default;

/* Bytes of a SWF file that is hashed, once inflated; a few kilobytes could
 * expand to gigabytes. The largest that were ever played have some 30 MiB. */
#define RTMP_SWF_MAX_SIZE (64u << 20)

/* New connections of one IPv4 address, or of one IPv6 network of 64 bits, in so
 * many microseconds. Each costs a handshake, with TLS a thread for it, and its
 * place among all, so that one host in a hurry could keep everybody else out. A
 * house behind NAT, or a balancer, may bring hundreds at once, and again when
 * the server comes back: twice five hundred are let in. */
#define RTMP_CONNECTION_RATE 1000
#define RTMP_CONNECTION_RATE_PERIOD (10 * G_USEC_PER_SEC)

/* Addresses of which this is known at once. A peer with many of them must not
 * fill memory. */
#define RTMP_CONNECTION_RATE_PEERS 1024

G_END_DECLS

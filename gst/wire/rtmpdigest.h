/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmphandshake.h"

G_BEGIN_DECLS

/* What the digest handshake adds to the simple one: a digest somewhere in C1
 * and S1, by which each side shows that it is a Flash player or server, and a
 * signature at the end of C2 and S2, by which it shows that it has read the
 * other's digest. All of it is HMAC-SHA256 with keys that everybody knows.
 * Packets are #RTMP_HANDSHAKE_SIZE bytes. */

#define RTMP_DIGEST_SIZE 32

/* A client's key; also of what else Flash players hash. */
#define RTMP_DIGEST_PLAYER_NAME "Genuine Adobe Flash Player 001"

/* Where the digest lies: in the first or the second half of the packet; four
 * bytes of that half say where in it. */
typedef enum
{
  RTMP_DIGEST_SCHEME_0,
  RTMP_DIGEST_SCHEME_1,
} RtmpDigestScheme;

/* The offset of the digest, at most #RTMP_HANDSHAKE_SIZE - #RTMP_DIGEST_SIZE.
 * The digest never covers the bytes that say where it is. */
gsize rtmp_digest_position (const guint8 * hello, RtmpDigestScheme scheme);

/* Puts the digest into a C1 or S1 that is complete otherwise; @role is whose.
 * Returns: (transfer none): the digest, in @hello. */
const guint8 *rtmp_digest_write (guint8 * hello, RtmpRole role,
    RtmpDigestScheme scheme);

/* The digest of a C1 or S1, tried in both schemes; @role is whose.
 * Returns: (transfer none) (nullable): the digest, in @hello, and its @scheme;
 * %NULL if there is none. */
const guint8 *rtmp_digest_find (const guint8 * hello, RtmpRole role,
    RtmpDigestScheme * scheme);

/* The key, #RTMP_DIGEST_SIZE bytes, of the signature of a C2 or S2; @role is
 * whose, @digest the other side's. */
void rtmp_digest_echo_key (RtmpRole role, const guint8 * digest,
    guint8 * out);

/* Signs a C2 or S2 in its last #RTMP_DIGEST_SIZE bytes. */
void rtmp_digest_sign (guint8 * echo, RtmpRole role, const guint8 * digest);
gboolean rtmp_digest_is_signed (const guint8 * echo, RtmpRole role,
    const guint8 * digest);

G_END_DECLS

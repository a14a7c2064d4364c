/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmpcrypto.h"
#include "rtmpdigest.h"

G_BEGIN_DECLS

/* RTMPE: the digest handshake, with a Diffie-Hellman key in C1 and S1, and RC4
 * over everything behind C2 and S2. Nobody is authenticated and the ciphers are
 * old: it hides nothing from who wants to know. */

/* What C0 and S0 say: plain signatures in C2 and S2, or encrypted ones. */
typedef enum
{
  RTMPE_TYPE_PLAIN = 6,
  RTMPE_TYPE_XTEA = 8,
  RTMPE_TYPE_BLOWFISH = 9,
} RtmpeType;

gboolean rtmpe_is_type (guint8 version);

/* The offset of the key in C1 or S1. It covers neither the bytes that say where
 * it is nor those that say where the digest of the same scheme is. */
gsize rtmpe_key_position (const guint8 * hello, RtmpDigestScheme scheme);

/* Puts the key, #RTMP_DH_SIZE bytes, into a C1 or S1 that has no digest yet;
 * @role is whose. Some of its random bytes may change. */
void rtmpe_write_key (guint8 * hello, RtmpRole role, RtmpDigestScheme scheme,
    const guint8 * key);

/* As rtmp_digest_sign() and rtmp_digest_is_signed(). */
void rtmpe_sign (const RtmpCrypto * crypto, RtmpeType type, guint8 * echo,
    RtmpRole role, const guint8 * digest);
gboolean rtmpe_is_signed (const RtmpCrypto * crypto, RtmpeType type,
    const guint8 * echo, RtmpRole role, const guint8 * digest);

/**
 * RtmpeStreams: the two streams of ciphers of a connection.
 *
 * Since: 0.1
 */
typedef struct _RtmpeStreams RtmpeStreams;

/* @crypto is borrowed for ever. Each key #RTMP_DH_SIZE bytes, as in C1 and S1.
 * Returns: (nullable): %NULL if @peer_key is no key */
RtmpeStreams *rtmpe_streams_new (const RtmpCrypto * crypto,
    const guint8 * private_key, const guint8 * our_key,
    const guint8 * peer_key);
void rtmpe_streams_free (RtmpeStreams * self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmpeStreams, rtmpe_streams_free)

/* The next @size bytes behind C2 and S2; @in may be @out. */
void rtmpe_streams_encrypt (RtmpeStreams * self, const guint8 * in,
    guint8 * out, gsize size);
void rtmpe_streams_decrypt (RtmpeStreams * self, const guint8 * in,
    guint8 * out, gsize size);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define RTMP_HANDSHAKE_VERSION 3
#define RTMP_HANDSHAKE_SIZE 1536
#define RTMP_HANDSHAKE_RANDOM_SIZE 1528

typedef enum
{
  RTMP_ROLE_CLIENT,
  RTMP_ROLE_SERVER,
} RtmpRole;

typedef enum
{
  RTMP_HANDSHAKE_AWAIT_VERSION,
  RTMP_HANDSHAKE_AWAIT_HELLO,   /* S1 or C1 */
  RTMP_HANDSHAKE_AWAIT_ECHO,    /* S2 or C2 */
  RTMP_HANDSHAKE_DONE,
} RtmpHandshakeState;

/* What is done beyond RTMP 1.0. */
typedef enum
{
  /* A client offers a digest, in scheme 0, and a server answers one, in the
   * scheme that the client has chosen. When the peer has none, it comes to the
   * simple handshake. */
  RTMP_HANDSHAKE_DIGEST = 1 << 0,
  /* RTMPE: a client wants nothing else, a server takes it too. */
  RTMP_HANDSHAKE_ENCRYPTED = 1 << 1,
  /* An echo that is wrong is an error; with RTMPE also one that is right and
   * not signed. */
  RTMP_HANDSHAKE_STRICT = 1 << 2,
} RtmpHandshakeFlags;

/* rtmpe.h */
typedef struct _RtmpeStreams RtmpeStreams;

/**
 * RtmpHandshake:
 *
 * The handshake, both roles: RTMP 1.0, 5.2, with digests where both sides know
 * them (rtmpdigest.h), and RTMPE's. Bytes in, bytes out; time and randomness
 * are arguments.
 *
 * Since: 0.1
 */
typedef struct _RtmpHandshake RtmpHandshake;

/* The simple one. @random: #RTMP_HANDSHAKE_RANDOM_SIZE bytes, copied. @time:
 * milliseconds of any origin, what C1 or S1 carries. */
RtmpHandshake *rtmp_handshake_new (RtmpRole role, guint32 time,
    const guint8 * random);
/* @private_key: (nullable): for RTMPE, #RTMP_DH_PRIVATE_SIZE bytes that are not
 * all zero, copied; %NULL, but for tests: as #RtmpCrypto has them. Where
 * rtmp_crypto_get() fails, a client sends nothing and has that error, and a
 * server as soon as somebody asks for RTMPE. */
RtmpHandshake *rtmp_handshake_new_full (RtmpRole role,
    RtmpHandshakeFlags flags, guint32 time, const guint8 * random,
    const guint8 * private_key);
void rtmp_handshake_free (RtmpHandshake * self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmpHandshake, rtmp_handshake_free)

/* Takes bytes of the peer up to the end of the handshake; @consumed says how
 * many, the rest are chunks. FALSE with %RTMP_ERROR_BAD_HANDSHAKE for a version
 * that is none (HTTP is named in the message) and for RTMPE without digest or
 * key, %RTMP_ERROR_TLS_EXPECTED for what TLS begins with, or
 * %RTMP_ERROR_UNSUPPORTED for RTMPE where it is not wanted or not there; it
 * sticks. */
gboolean rtmp_handshake_feed (RtmpHandshake * self, guint32 time,
    const guint8 * data, gsize size, gsize * consumed, GError ** error);

/* What is to be sent now, %NULL when there is nothing. A client has C0 and C1
 * from the start, C2 when S1 has arrived. (transfer full) (nullable) */
GBytes *rtmp_handshake_pull (RtmpHandshake * self);

RtmpHandshakeState rtmp_handshake_state (const RtmpHandshake * self);
const gchar *rtmp_handshake_state_to_string (RtmpHandshakeState state);

/* FALSE when the peer's echo was neither what we sent nor signed for it:
 * logged, not fatal (E-008) unless strict. Valid once done. */
gboolean rtmp_handshake_echo_matched (const RtmpHandshake * self);

/* TRUE when both sides have shown digests. Valid from AWAIT_ECHO on. */
gboolean rtmp_handshake_has_digests (const RtmpHandshake * self);

/* What decrypts and encrypts all that follows. %NULL without RTMPE. Once, when
 * done. (transfer full) (nullable) */
RtmpeStreams *rtmp_handshake_take_streams (RtmpHandshake * self);

/* The end of S1, #RTMP_SWF_KEY_SIZE bytes: what SWF verification takes as its
 * key. Valid from AWAIT_ECHO on. */
const guint8 *rtmp_handshake_swf_key (const RtmpHandshake * self);

G_END_DECLS

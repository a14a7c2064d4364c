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

/**
 * RtmpHandshake:
 *
 * The handshake, both roles: RTMP 1.0, 5.2, and with digests where both sides
 * know them (rtmpdigest.h). Bytes in, bytes out; time and randomness are
 * arguments.
 *
 * Since: 0.1
 */
typedef struct _RtmpHandshake RtmpHandshake;

/* @random: #RTMP_HANDSHAKE_RANDOM_SIZE bytes, copied. @time: milliseconds of
 * any origin, what C1 or S1 carries. */
RtmpHandshake *rtmp_handshake_new (RtmpRole role, guint32 time,
    const guint8 * random);
/* The same with digests: a client offers one, in scheme 0, and a server answers
 * one, in the scheme that the client has chosen. When the peer has none, it
 * comes to the simple handshake. */
RtmpHandshake *rtmp_handshake_new_digest (RtmpRole role, guint32 time,
    const guint8 * random);
void rtmp_handshake_free (RtmpHandshake * self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmpHandshake, rtmp_handshake_free)

/* Takes bytes of the peer up to the end of the handshake; @consumed says how
 * many, the rest are chunks. FALSE with %RTMP_ERROR_BAD_HANDSHAKE for a version
 * that is none (HTTP is named in the message), %RTMP_ERROR_TLS_EXPECTED for
 * what TLS begins with, or %RTMP_ERROR_UNSUPPORTED for those of RTMPE; it
 * sticks. */
gboolean rtmp_handshake_feed (RtmpHandshake * self, guint32 time,
    const guint8 * data, gsize size, gsize * consumed, GError ** error);

/* What is to be sent now, %NULL when there is nothing. A client has C0 and C1
 * from the start, C2 when S1 has arrived. (transfer full) (nullable) */
GBytes *rtmp_handshake_pull (RtmpHandshake * self);

RtmpHandshakeState rtmp_handshake_state (const RtmpHandshake * self);
const gchar *rtmp_handshake_state_to_string (RtmpHandshakeState state);

/* FALSE when the peer's echo was neither what we sent nor signed for it:
 * logged, not fatal (E-008). Valid once done. */
gboolean rtmp_handshake_echo_matched (const RtmpHandshake * self);

/* TRUE when both sides have shown digests. Valid from AWAIT_ECHO on. */
gboolean rtmp_handshake_has_digests (const RtmpHandshake * self);

G_END_DECLS

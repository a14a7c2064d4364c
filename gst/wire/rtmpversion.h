/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A FourCC as it stands on the wire, read as a big-endian number. */
#define RTMP_FOUR_CC(a, b, c, d) \
    ((guint32) (a) << 24 | (guint32) (b) << 16 | (guint32) (c) << 8 | (d))
/* "*": every codec there is. */
#define RTMP_FOUR_CC_ANY RTMP_FOUR_CC ('*', 0, 0, 0)

/* CapsExMask */
typedef enum
{
  RTMP_CAPS_EX_RECONNECT = 1 << 0,
  RTMP_CAPS_EX_MULTITRACK = 1 << 1,
  RTMP_CAPS_EX_MOD_EX = 1 << 2,
  RTMP_CAPS_EX_TIMESTAMP_NANO_OFFSET = 1 << 3,
} RtmpCapsEx;

#define RTMP_VERSION_CODECS 8

/**
 * RtmpVersion:
 * @payload: the message
 * @caps_ex: #RtmpCapsEx that it takes
 * @n_codecs: how many there are in @codecs
 * @codecs: FourCCs that it takes, each once; %RTMP_FOUR_CC_ANY for what only
 *   those may have who take everything
 *
 * One way to say what is in an audio or video message, and what a peer must
 * have announced to be told so. All zeros but @payload is legacy, and for
 * everybody.
 *
 * Since: 0.1
 */
typedef struct
{
  GBytes *payload;
  guint32 caps_ex;
  guint n_codecs;
  guint32 codecs[RTMP_VERSION_CODECS];
} RtmpVersion;

static inline void
rtmp_version_clear (RtmpVersion * self)
{
  g_clear_pointer (&self->payload, g_bytes_unref);
}

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The first byte is the role (bit 0) and whether digests are wanted (bit 1),
 * the rest what the peer sends. In blocks of any size it must come to the
 * same. */
#include "rtmphandshake.h"

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

static RtmpHandshake *
new_handshake (guint8 how)
{
  static const guint8 random[RTMP_HANDSHAKE_RANDOM_SIZE] = { 1, 2, 3 };
  RtmpRole role = (how & 1) ? RTMP_ROLE_SERVER : RTMP_ROLE_CLIENT;

  return (how & 2) ? rtmp_handshake_new_digest (role, 7, random)
      : rtmp_handshake_new (role, 7, random);
}

/* A checksum of what was sent. */
static guint
shake (guint8 how, const guint8 * data, gsize size, gsize step,
    RtmpHandshakeState * state)
{
  g_autoptr (RtmpHandshake) handshake = new_handshake (how);
  guint sent = 0;
  gboolean ok = TRUE;
  gsize from = 0, consumed = 1;
  GBytes *out;

  while (ok && from < size && consumed > 0) {
    ok = rtmp_handshake_feed (handshake, 9, data + from,
        MIN (step, size - from), &consumed, NULL);
    g_assert_cmpuint (consumed, <=, MIN (step, size - from));
    from += consumed;
  }
  while ((out = rtmp_handshake_pull (handshake))) {
    sent = sent * 31 + g_bytes_hash (out);
    g_bytes_unref (out);
  }
  *state = rtmp_handshake_state (handshake);
  return sent;
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  RtmpHandshakeState state, again;
  guint sent;

  if (size < 2)
    return 0;
  sent = shake (data[0], data + 1, size - 1, size - 1, &state);
  g_assert_cmpuint (shake (data[0], data + 1, size - 1, 5, &again), ==, sent);
  g_assert_cmpint (again, ==, state);
  return 0;
}

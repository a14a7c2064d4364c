/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The first byte is the role (bit 0), the rest what the peer sends. In blocks
 * of any size it must come to the same. */
#include "rtmphandshake.h"

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

static RtmpHandshakeState
shake (RtmpRole role, const guint8 * data, gsize size, gsize step, gsize * sent)
{
  static const guint8 random[RTMP_HANDSHAKE_RANDOM_SIZE] = { 1, 2, 3 };
  g_autoptr (RtmpHandshake) handshake = rtmp_handshake_new (role, 7, random);
  gboolean ok = TRUE;
  gsize from = 0, consumed = 1;
  GBytes *out;

  while (ok && from < size && consumed > 0) {
    ok = rtmp_handshake_feed (handshake, 9, data + from,
        MIN (step, size - from), &consumed, NULL);
    g_assert_cmpuint (consumed, <=, MIN (step, size - from));
    from += consumed;
  }
  for (*sent = 0; (out = rtmp_handshake_pull (handshake));) {
    *sent += g_bytes_get_size (out);
    g_bytes_unref (out);
  }
  return rtmp_handshake_state (handshake);
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  RtmpHandshakeState state;
  RtmpRole role;
  gsize sent, again;

  if (size < 2)
    return 0;
  role = (data[0] & 1) ? RTMP_ROLE_SERVER : RTMP_ROLE_CLIENT;
  state = shake (role, data + 1, size - 1, size - 1, &sent);
  g_assert_cmpint (shake (role, data + 1, size - 1, 5, &again), ==, state);
  g_assert_cmpuint (sent, ==, again);
  return 0;
}

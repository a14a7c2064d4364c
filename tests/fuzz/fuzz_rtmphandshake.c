/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The first byte is the role (bit 0) and the flags (above it), the rest what
 * the peer sends. In blocks of any size it must come to the same. */
#include "fuzz-crypto.h"

#include "rtmpe.h"

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

static RtmpHandshake *
new_handshake (guint8 how)
{
  static const guint8 random[RTMP_HANDSHAKE_RANDOM_SIZE] = { 1, 2, 3 };
  static const guint8 private_key[RTMP_DH_PRIVATE_SIZE] = { 1 };

  rtmp_crypto_set_provider (&no_crypto);
  return rtmp_handshake_new_full ((how & 1) ? RTMP_ROLE_SERVER
      : RTMP_ROLE_CLIENT, (RtmpHandshakeFlags) (how >> 1), 7, random,
      private_key);
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
  RtmpeStreams *streams;
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
  streams = rtmp_handshake_take_streams (handshake);
  g_clear_pointer (&streams, rtmpe_streams_free);
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

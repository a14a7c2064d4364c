/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Ciphers that cost nothing: what is computed does not matter to a fuzzer. */
#include <string.h>

#include "rtmpcrypto.h"

static gboolean
no_load (GError ** error)
{
  return TRUE;
}

static void
no_random (guint8 * data, gsize size)
{
  memset (data, 1, size);
}

static void
no_public (const guint8 * private_key, guint8 * public_key)
{
  memset (public_key, private_key[0], RTMP_DH_SIZE);
}

static gboolean
no_secret (const guint8 * private_key, const guint8 * peer_key, guint8 * secret)
{
  memcpy (secret, peer_key, RTMP_DH_SIZE);
  return peer_key[0] != 0;
}

static gpointer
no_rc4_new (const guint8 * key)
{
  return g_memdup2 (key, RTMP_RC4_KEY_SIZE);
}

static void
no_rc4_run (gpointer rc4, const guint8 * in, guint8 * out, gsize size)
{
  memmove (out, in, size);
}

static void
no_blowfish (const guint8 * key, guint8 * block)
{
  block[0] ^= key[0];
}

static const RtmpCrypto no_crypto = {
  .load = no_load,
  .random = no_random,
  .dh_public = no_public,
  .dh_secret = no_secret,
  .rc4_new = no_rc4_new,
  .rc4_run = no_rc4_run,
  .rc4_free = g_free,
  .blowfish = no_blowfish,
};

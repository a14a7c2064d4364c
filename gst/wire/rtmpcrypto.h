/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Diffie-Hellman in the second Oakley group (RFC 2409, 6.2): generator 2, and
 * numbers of 128 bytes, most significant first, zeros in front. 256 bits of
 * private key are as good as more: the group's prime is a safe one. */
#define RTMP_DH_SIZE 128
#define RTMP_DH_PRIVATE_SIZE 32

#define RTMP_RC4_KEY_SIZE 16
#define RTMP_BLOWFISH_KEY_SIZE 24
#define RTMP_BLOWFISH_BLOCK_SIZE 8

/**
 * RtmpCrypto:
 * @load: before anything else is called; often, from any thread. FALSE with
 *   %RTMP_ERROR_UNSUPPORTED.
 * @random: @size bytes that nobody can guess
 * @dh_public: the public key of @private_key, which is not zero
 * @dh_secret: what both sides have in common. FALSE if @peer_key is no key: one
 *   lies in 2..p-2 and is a square, as all that an honest peer computes are.
 * @rc4_new: (transfer full)
 * @rc4_run: encrypts, or decrypts, the next @size bytes; @in may be @out
 * @blowfish: encrypts one block, in place
 *
 * The ciphers of RTMPE, which GLib does not have. Sizes are those above, as
 * bytes.
 *
 * Since: 0.1
 */
typedef struct
{
  gboolean (*load) (GError ** error);
  void (*random) (guint8 * data, gsize size);
  void (*dh_public) (const guint8 * private_key, guint8 * public_key);
  gboolean (*dh_secret) (const guint8 * private_key,
      const guint8 * peer_key, guint8 * secret);
  gpointer (*rc4_new) (const guint8 * key);
  void (*rc4_run) (gpointer rc4, const guint8 * in, guint8 * out, gsize size);
  void (*rc4_free) (gpointer rc4);
  void (*blowfish) (const guint8 * key, guint8 * block);
} RtmpCrypto;

/* For the whole process, %NULL for none. @crypto is borrowed for ever. */
void rtmp_crypto_set_provider (const RtmpCrypto * crypto);

/* Returns: (transfer none) (nullable): what was set, loaded; else %NULL with
 * %RTMP_ERROR_UNSUPPORTED. */
const RtmpCrypto *rtmp_crypto_get (GError ** error);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpcryptoopenssl.h"

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <openssl/rand.h>

#include "rtmperror.h"

#define GENERATOR 2

/* Loaded once, and for as long as the process lives. RC4 and Blowfish come with
 * the legacy provider: in a context of ours, so that nobody else gets them. */
static OSSL_LIB_CTX *context;
static EVP_CIPHER *rc4_cipher;
static EVP_CIPHER *blowfish_cipher;
static BIGNUM *prime;

/* What can only fail for lack of memory ends the process, as in GLib. */
static void
must (gboolean ok)
{
  if (!ok)
    g_error ("OpenSSL: out of memory");
}

static gboolean
load_all (void)
{
  return (context = OSSL_LIB_CTX_new ()) != NULL
      && OSSL_PROVIDER_load (context, "default") != NULL
      && OSSL_PROVIDER_load (context, "legacy") != NULL
      && (rc4_cipher = EVP_CIPHER_fetch (context, "RC4", NULL)) != NULL
      && (blowfish_cipher = EVP_CIPHER_fetch (context, "BF-ECB", NULL)) != NULL
      && (prime = BN_get_rfc2409_prime_1024 (NULL)) != NULL;
}

static gboolean
openssl_load (GError ** error)
{
  enum
  { LOADED = 1, MISSING };
  static gsize state;

  if (g_once_init_enter (&state)) {
    /* The thread's errors are for whoever else uses OpenSSL in it. */
    ERR_set_mark ();
    g_once_init_leave (&state, load_all ()? LOADED : MISSING);
    ERR_pop_to_mark ();
  }
  if (state == MISSING)
    g_set_error_literal (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED,
        "RTMPE needs RC4 and Blowfish, and the legacy provider of OpenSSL, "
        "which has them, cannot be loaded");
  return state == LOADED;
}

static void
openssl_random (guint8 * data, gsize size)
{
  if (RAND_bytes_ex (context, data, size, 0) != 1)
    g_error ("OpenSSL: no random numbers");
}

static BIGNUM *
read_number (const guint8 * data, gint size)
{
  BIGNUM *number = BN_bin2bn (data, size, NULL);

  must (number != NULL);
  return number;
}

/* @base to the power of @private_key, in the group. */
static void
raise_to (const BIGNUM * base, const guint8 * private_key, guint8 * result)
{
  BIGNUM *x = read_number (private_key, RTMP_DH_PRIVATE_SIZE);
  BIGNUM *y = BN_new ();
  BN_CTX *scratch = BN_CTX_new ();

  BN_set_flags (x, BN_FLG_CONSTTIME);
  must (y && scratch && BN_mod_exp (y, base, x, prime, scratch));
  BN_bn2binpad (y, result, RTMP_DH_SIZE);
  BN_clear_free (x);
  BN_clear_free (y);
  BN_CTX_free (scratch);
}

static void
openssl_dh_public (const guint8 * private_key, guint8 * public_key)
{
  const guint8 generator = GENERATOR;
  BIGNUM *base = read_number (&generator, 1);

  raise_to (base, private_key, public_key);
  BN_free (base);
}

/* Zero is no square, nor is p-1, as p is 3 modulo 4. */
static gboolean
is_public_key (const BIGNUM * key)
{
  BN_CTX *scratch = BN_CTX_new ();
  gint symbol = 0;

  must (scratch != NULL);
  if (!BN_is_one (key) && BN_cmp (key, prime) < 0)
    symbol = BN_kronecker (key, prime, scratch);
  must (symbol != -2);
  BN_CTX_free (scratch);
  return symbol == 1;
}

static gboolean
openssl_dh_secret (const guint8 * private_key, const guint8 * peer_key,
    guint8 * secret)
{
  BIGNUM *key = read_number (peer_key, RTMP_DH_SIZE);
  gboolean ok = is_public_key (key);

  if (ok)
    raise_to (key, private_key, secret);
  BN_free (key);
  return ok;
}

static gpointer
openssl_rc4_new (const guint8 * key)
{
  EVP_CIPHER_CTX *rc4 = EVP_CIPHER_CTX_new ();

  must (rc4 && EVP_EncryptInit_ex2 (rc4, rc4_cipher, key, NULL, NULL));
  return rc4;
}

static void
openssl_rc4_run (gpointer rc4, const guint8 * in, guint8 * out, gsize size)
{
  gint done;

  for (; size > 0; size -= (gsize) done, in += done, out += done)
    must (EVP_EncryptUpdate (rc4, out, &done, in, (gint) MIN (size, 1 << 30)));
}

static void
openssl_rc4_free (gpointer rc4)
{
  EVP_CIPHER_CTX_free (rc4);
}

static void
openssl_blowfish (const guint8 * key, guint8 * block)
{
  EVP_CIPHER_CTX *blowfish = EVP_CIPHER_CTX_new ();
  gint done;

  /* The length of the key has to be known before the key. */
  must (blowfish
      && EVP_EncryptInit_ex2 (blowfish, blowfish_cipher, NULL, NULL, NULL)
      && EVP_CIPHER_CTX_set_key_length (blowfish, RTMP_BLOWFISH_KEY_SIZE)
      && EVP_EncryptInit_ex2 (blowfish, NULL, key, NULL, NULL)
      && EVP_CIPHER_CTX_set_padding (blowfish, 0)
      && EVP_EncryptUpdate (blowfish, block, &done, block,
          RTMP_BLOWFISH_BLOCK_SIZE));
  EVP_CIPHER_CTX_free (blowfish);
}

const RtmpCrypto *
rtmp_crypto_openssl (void)
{
  static const RtmpCrypto crypto = {
    .load = openssl_load,
    .random = openssl_random,
    .dh_public = openssl_dh_public,
    .dh_secret = openssl_dh_secret,
    .rc4_new = openssl_rc4_new,
    .rc4_run = openssl_rc4_run,
    .rc4_free = openssl_rc4_free,
    .blowfish = openssl_blowfish,
  };

  return &crypto;
}

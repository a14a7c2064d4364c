/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpe.h"

#include <string.h>

/* Where a scheme has the four bytes whose sum says where the key is, and the
 * first place where it may be. */
static const struct
{
  gsize sum_at;
  gsize base;
} places[] = {
  [RTMP_DIGEST_SCHEME_0] = {1532, 772},
  [RTMP_DIGEST_SCHEME_1] = {768, 8},
};

#define POSITIONS 632
/* The first of the bytes that say where the digest of scheme 1 is, and the byte
 * behind the last. */
#define DIGEST_SUM_AT 772
#define DIGEST_BASE 776

#define SIGNATURE_AT (RTMP_HANDSHAKE_SIZE - RTMP_DIGEST_SIZE)

#define XTEA_ROUNDS 32
#define XTEA_DELTA 0x9E3779B9

/* Keys that everybody knows; a byte modulo their number says which. */
#define N_KEYS 15

static const guint32 xtea_keys[N_KEYS][4] = {
  {0xBFF034B2, 0x11D9081F, 0xCCDFB795, 0x748DE732},
  {0x086A5EB6, 0x1743090E, 0x6EF05AB8, 0xFE5A39E2},
  {0x7B10956F, 0x76CE0521, 0x2388A73A, 0x440149A1},
  {0xA943F317, 0xEBF11BB2, 0xA691A5EE, 0x17F36339},
  {0x7A30E00A, 0xB529E22C, 0xA087AEA5, 0xC0CB79AC},
  {0xBDCE0C23, 0x2FEBDEFF, 0x1CFAAE16, 0x1123239D},
  {0x55DD3F7B, 0x77E7E62E, 0x9BB8C499, 0xC9481EE4},
  {0x407BB6B4, 0x71E89136, 0xA7AEBF55, 0xCA33B839},
  {0xFCF6BDC3, 0xB63C3697, 0x7CE4F825, 0x04D959B2},
  {0x28E091FD, 0x41954C4C, 0x7FB7DB00, 0xE3A066F8},
  {0x57845B76, 0x4F251B03, 0x46D45BCD, 0xA2C30D29},
  {0x0ACCEEF8, 0xDA55B546, 0x03473452, 0x5863713B},
  {0xB82075DC, 0xA75F1FEE, 0xD84268E8, 0xA72A44CC},
  {0x07CF6E9E, 0xA16D7B25, 0x9FA7AE6C, 0xD92F5629},
  {0xFEB1EAE4, 0x8C8C3CE1, 0x4E0064A7, 0x6A387C2A},
};

static const gchar blowfish_keys[N_KEYS][RTMP_BLOWFISH_KEY_SIZE + 1] = {
  "\x79\x34\x77\x4c\x67\xd1\x38\x3a\xdf\xb3\x56\xbe"
      "\x8b\x7b\xd0\x24\x38\xe0\x73\x58\x41\x5d\x69\x67",
  "\x46\xf6\xb4\xcc\x01\x93\xe3\xa1\x9e\x7d\x3c\x65"
      "\x55\x86\xfd\x09\x8f\xf7\xb3\xc4\x6f\x41\xca\x5c",
  "\x1a\xe7\xe2\xf3\xf9\x14\x79\x94\xc0\xd3\x97\x43"
      "\x08\x7b\xb3\x84\x43\x2f\x9d\x84\x3f\x21\x01\x9b",
  "\xd3\xe3\x54\xb0\xf7\x1d\xf6\x2b\x5a\x43\x4d\x04"
      "\x83\x64\x3e\x0d\x59\x2f\x61\xcb\xb1\x6a\x59\x0d",
  "\xc8\xc1\xe9\xb8\x16\x56\x99\x21\x7b\x5b\x36\xb7"
      "\xb5\x9b\xdf\x06\x49\x2c\x97\xf5\x95\x48\x85\x7e",
  "\xeb\xe5\xe6\x2e\xa4\xba\xd4\x2c\xf2\x16\xe0\x8f"
      "\x66\x23\xa9\x43\x41\xce\x38\x14\x84\x95\x00\x53",
  "\x66\xdb\x90\xf0\x3b\x4f\xf5\x6f\xe4\x9c\x20\x89"
      "\x35\x5e\xd2\xb2\xc3\x9e\x9f\x7f\x63\xb2\x28\x81",
  "\xbb\x20\xac\xed\x2a\x04\x6a\x19\x94\x98\x9b\xc8"
      "\xff\xcd\x93\xef\xc6\x0d\x56\xa7\xeb\x13\xd9\x30",
  "\xbc\xf2\x43\x82\x09\x40\x8a\x87\x25\x43\x6d\xe6"
      "\xbb\xa4\xb9\x44\x58\x3f\x21\x7c\x99\xbb\x3f\x24",
  "\xec\x1a\xaa\xcd\xce\xbd\x53\x11\xd2\xfb\x83\xb6"
      "\xc3\xba\xab\x4f\x62\x79\xe8\x65\xa9\x92\x28\x76",
  "\xc6\x0c\x30\x03\x91\x18\x2d\x7b\x79\xda\xe1\xd5"
      "\x64\x77\x9a\x12\xc5\xb1\xd7\x91\x4f\x96\x4c\xa3",
  "\xd7\x7c\x2a\xbf\xa6\xe7\x85\x7c\x45\xad\xff\x12"
      "\x94\xd8\xde\xa4\x5c\x3d\x79\xa4\x44\x02\x5d\x22",
  "\x16\x19\x0d\x81\x6a\x4c\xc7\xf8\xb8\xf9\x4e\xcd"
      "\x2c\x9e\x90\x84\xb2\x08\x25\x60\xe1\x1e\xae\x18",
  "\xe9\x7c\x58\x26\x1b\x51\x9e\x49\x82\x60\x61\xfc"
      "\xa0\xa0\x1b\xcd\xf5\x05\xd6\xa6\x6d\x07\x88\xa3",
  "\x2b\x97\x11\x8b\xd9\x4e\xd9\xdf\x20\xe3\x9c\x10"
      "\xe6\xa1\x35\x21\x11\xf9\x13\x0d\x0b\x24\x65\xb2",
};

/* What RC4 puts out first is thrown away: as much as a packet. */
#define DISCARDED RTMP_HANDSHAKE_SIZE

struct _RtmpeStreams
{
  const RtmpCrypto *crypto;
  gpointer out;
  gpointer in;
};

gboolean
rtmpe_is_type (guint8 version)
{
  return version == RTMPE_TYPE_PLAIN || version == RTMPE_TYPE_XTEA
      || version == RTMPE_TYPE_BLOWFISH;
}

/* Keys */

gsize
rtmpe_key_position (const guint8 * hello, RtmpDigestScheme scheme)
{
  const guint8 *p = hello + places[scheme].sum_at;

  return places[scheme].base + (p[0] + p[1] + p[2] + p[3]) % POSITIONS;
}

static void
put_key (guint8 * hello, RtmpDigestScheme scheme, const guint8 * key)
{
  memcpy (hello + rtmpe_key_position (hello, scheme), key, RTMP_DH_SIZE);
}

/* Whether a key in the place of scheme 0 leaves alone what scheme 1 needs. */
static gboolean
has_room (const guint8 * hello)
{
  gsize digest = rtmp_digest_position (hello, RTMP_DIGEST_SCHEME_1);
  gsize key = rtmpe_key_position (hello, RTMP_DIGEST_SCHEME_0);

  return key >= DIGEST_BASE && (key + RTMP_DH_SIZE <= digest
      || digest + RTMP_DIGEST_SIZE <= key);
}

/* FFmpeg, publishing, offers scheme 1 and takes the server's key from the place
 * of scheme 0: so a second one goes there. Of the 256 values of either byte
 * that is changed here, at most 35 and 163 are bad. */
static void
put_second_key (guint8 * hello, const guint8 * key)
{
  gsize sum_at = places[RTMP_DIGEST_SCHEME_0].sum_at;

  while (rtmp_digest_position (hello, RTMP_DIGEST_SCHEME_1) + RTMP_DIGEST_SIZE
      > sum_at)
    hello[DIGEST_SUM_AT]++;
  while (!has_room (hello))
    hello[sum_at]++;
  put_key (hello, RTMP_DIGEST_SCHEME_0, key);
}

void
rtmpe_write_key (guint8 * hello, RtmpRole role, RtmpDigestScheme scheme,
    const guint8 * key)
{
  put_key (hello, scheme, key);
  if (role == RTMP_ROLE_SERVER && scheme == RTMP_DIGEST_SCHEME_1)
    put_second_key (hello, key);
}

/* Signatures */

static void
xtea (const guint32 * key, guint32 * words)
{
  guint32 a = GUINT32_FROM_LE (words[0]), b = GUINT32_FROM_LE (words[1]);
  guint32 sum = 0;
  guint i;

  for (i = 0; i < XTEA_ROUNDS; i++) {
    a += (((b << 4) ^ (b >> 5)) + b) ^ (sum + key[sum & 3]);
    sum += XTEA_DELTA;
    b += (((a << 4) ^ (a >> 5)) + a) ^ (sum + key[(sum >> 11) & 3]);
  }
  words[0] = GUINT32_TO_LE (a);
  words[1] = GUINT32_TO_LE (b);
}

/* Its words are big-endian elsewhere, and little-endian here. */
static void
blowfish (const RtmpCrypto * crypto, const gchar * key, guint32 * words)
{
  words[0] = GUINT32_SWAP_LE_BE (words[0]);
  words[1] = GUINT32_SWAP_LE_BE (words[1]);
  crypto->blowfish ((const guint8 *) key, (guint8 *) words);
  words[0] = GUINT32_SWAP_LE_BE (words[0]);
  words[1] = GUINT32_SWAP_LE_BE (words[1]);
}

void
rtmpe_sign (const RtmpCrypto * crypto, RtmpeType type, guint8 * echo,
    RtmpRole role, const guint8 * digest)
{
  guint8 key[RTMP_DIGEST_SIZE];
  guint32 words[2];
  gsize i;

  rtmp_digest_sign (echo, role, digest);
  if (type == RTMPE_TYPE_PLAIN)
    return;
  rtmp_digest_echo_key (role, digest, key);
  for (i = 0; i < RTMP_DIGEST_SIZE; i += sizeof (words)) {
    guint which = key[i] % N_KEYS;

    memcpy (words, echo + SIGNATURE_AT + i, sizeof (words));
    if (type == RTMPE_TYPE_XTEA)
      xtea (xtea_keys[which], words);
    else
      blowfish (crypto, blowfish_keys[which], words);
    memcpy (echo + SIGNATURE_AT + i, words, sizeof (words));
  }
}

gboolean
rtmpe_is_signed (const RtmpCrypto * crypto, RtmpeType type,
    const guint8 * echo, RtmpRole role, const guint8 * digest)
{
  guint8 again[RTMP_HANDSHAKE_SIZE];

  memcpy (again, echo, RTMP_HANDSHAKE_SIZE);
  rtmpe_sign (crypto, type, again, role, digest);
  return memcmp (echo, again, RTMP_HANDSHAKE_SIZE) == 0;
}

/* Streams */

/* Begins with the HMAC of a public key, keyed with the secret. */
static gpointer
start_stream (const RtmpCrypto * crypto, const guint8 * secret,
    const guint8 * public_key)
{
  GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA256, secret, RTMP_DH_SIZE);
  guint8 key[RTMP_DIGEST_SIZE], discarded[DISCARDED] = { 0 };
  gsize size = sizeof (key);
  gpointer rc4;

  G_STATIC_ASSERT (sizeof (key) >= RTMP_RC4_KEY_SIZE);
  g_hmac_update (hmac, public_key, RTMP_DH_SIZE);
  g_hmac_get_digest (hmac, key, &size);
  g_hmac_unref (hmac);
  rc4 = crypto->rc4_new (key);
  crypto->rc4_run (rc4, discarded, discarded, sizeof (discarded));
  return rc4;
}

RtmpeStreams *
rtmpe_streams_new (const RtmpCrypto * crypto, const guint8 * private_key,
    const guint8 * our_key, const guint8 * peer_key)
{
  guint8 secret[RTMP_DH_SIZE];
  RtmpeStreams *self;

  if (!crypto->dh_secret (private_key, peer_key, secret))
    return NULL;
  self = g_new (RtmpeStreams, 1);
  self->crypto = crypto;
  self->out = start_stream (crypto, secret, peer_key);
  self->in = start_stream (crypto, secret, our_key);
  return self;
}

void
rtmpe_streams_free (RtmpeStreams * self)
{
  self->crypto->rc4_free (self->out);
  self->crypto->rc4_free (self->in);
  g_free (self);
}

void
rtmpe_streams_encrypt (RtmpeStreams * self, const guint8 * in, guint8 * out,
    gsize size)
{
  self->crypto->rc4_run (self->out, in, out, size);
}

void
rtmpe_streams_decrypt (RtmpeStreams * self, const guint8 * in, guint8 * out,
    gsize size)
{
  self->crypto->rc4_run (self->in, in, out, size);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpdigest.h"

#include <string.h>

#define SIGNATURE_AT (RTMP_HANDSHAKE_SIZE - RTMP_DIGEST_SIZE)

/* Each role has a name, which is the key of its digest; with the tail, which
 * both have in common, it is the key of its signature. */
#define PLAYER_NAME RTMP_DIGEST_PLAYER_NAME
#define SERVER_NAME "Genuine Adobe Flash Media Server 001"
#define TAIL \
    "\xf0\xee\xc2\x4a\x80\x68\xbe\xe8\x2e\x00\xd0\xd1\x02\x9e\x7e\x57" \
    "\x6e\xec\x5d\x2d\x29\x80\x6f\xab\x93\xb8\xe6\x36\xcf\xeb\x31\xae"

typedef struct
{
  const gchar *key;
  gsize name_size;
  gsize size;
} RoleKey;

static const RoleKey role_keys[] = {
  [RTMP_ROLE_CLIENT] = {PLAYER_NAME TAIL, sizeof (PLAYER_NAME) - 1,
      sizeof (PLAYER_NAME TAIL) - 1},
  [RTMP_ROLE_SERVER] = {SERVER_NAME TAIL, sizeof (SERVER_NAME) - 1,
      sizeof (SERVER_NAME TAIL) - 1},
};

/* Where a scheme has the four bytes whose sum says where the digest is. */
static const gsize sum_at[] = {
  [RTMP_DIGEST_SCHEME_0] = 8,
  [RTMP_DIGEST_SCHEME_1] = 772,
};

#define SUM_SIZE 4
#define POSITIONS 728

gsize
rtmp_digest_position (const guint8 * hello, RtmpDigestScheme scheme)
{
  const guint8 *p = hello + sum_at[scheme];

  return sum_at[scheme] + SUM_SIZE + (p[0] + p[1] + p[2] + p[3]) % POSITIONS;
}

static void
finish_hmac (GHmac * hmac, guint8 * out)
{
  gsize size = RTMP_DIGEST_SIZE;

  g_hmac_get_digest (hmac, out, &size);
  g_hmac_unref (hmac);
}

/* Of all of @packet but the place at @hole, where the result belongs. */
static void
hmac_around (const guint8 * packet, gsize hole, gconstpointer key,
    gsize key_size, guint8 * out)
{
  GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA256, key, key_size);
  gsize behind = hole + RTMP_DIGEST_SIZE;

  g_hmac_update (hmac, packet, (gssize) hole);
  g_hmac_update (hmac, packet + behind,
      (gssize) (RTMP_HANDSHAKE_SIZE - behind));
  finish_hmac (hmac, out);
}

static void
hello_digest (const guint8 * hello, RtmpRole role, gsize position, guint8 * out)
{
  const RoleKey *key = &role_keys[role];

  hmac_around (hello, position, key->key, key->name_size, out);
}

const guint8 *
rtmp_digest_write (guint8 * hello, RtmpRole role, RtmpDigestScheme scheme)
{
  gsize position = rtmp_digest_position (hello, scheme);

  hello_digest (hello, role, position, hello + position);
  return hello + position;
}

const guint8 *
rtmp_digest_find (const guint8 * hello, RtmpRole role,
    RtmpDigestScheme * scheme)
{
  guint8 digest[RTMP_DIGEST_SIZE];
  guint i;

  for (i = 0; i < G_N_ELEMENTS (sum_at); i++) {
    gsize position = rtmp_digest_position (hello, (RtmpDigestScheme) i);

    hello_digest (hello, role, position, digest);
    if (memcmp (hello + position, digest, RTMP_DIGEST_SIZE) == 0) {
      *scheme = (RtmpDigestScheme) i;
      return hello + position;
    }
  }
  return NULL;
}

void
rtmp_digest_echo_key (RtmpRole role, const guint8 * digest, guint8 * out)
{
  const RoleKey *key = &role_keys[role];
  GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA256, (const guchar *) key->key,
      key->size);

  g_hmac_update (hmac, digest, RTMP_DIGEST_SIZE);
  finish_hmac (hmac, out);
}

static void
echo_signature (const guint8 * echo, RtmpRole role, const guint8 * digest,
    guint8 * out)
{
  guint8 key[RTMP_DIGEST_SIZE];

  rtmp_digest_echo_key (role, digest, key);
  hmac_around (echo, SIGNATURE_AT, key, sizeof (key), out);
}

void
rtmp_digest_sign (guint8 * echo, RtmpRole role, const guint8 * digest)
{
  echo_signature (echo, role, digest, echo + SIGNATURE_AT);
}

gboolean
rtmp_digest_is_signed (const guint8 * echo, RtmpRole role,
    const guint8 * digest)
{
  guint8 signature[RTMP_DIGEST_SIZE];

  echo_signature (echo, role, digest, signature);
  return memcmp (echo + SIGNATURE_AT, signature, RTMP_DIGEST_SIZE) == 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpe.h"

#include <string.h>

#include "rtmptestbytes.h"
#include "rtmptestcrypto.h"

static const RtmpCrypto *crypto;

static const struct
{
  gsize sum_at;
  gsize base;
} places[] = { {1532, 772}, {768, 8} };

static void
fill (guint8 * data, gsize size, guint8 seed)
{
  gsize i;

  for (i = 0; i < size; i++)
    data[i] = (guint8) (seed + i * 7 + (i >> 8));
}

static void
test_types (void)
{
  guint i;

  for (i = 0; i < 256; i++)
    g_assert_cmpint (rtmpe_is_type ((guint8) i), ==,
        i == 6 || i == 8 || i == 9);
}

static void
test_position (void)
{
  static const struct
  {
    guint8 bytes[4];
    gsize position;
  } cases[] = {
    {{0, 0, 0, 0}, 0},
    {{1, 2, 3, 4}, 10},
    {{255, 255, 121, 0}, 631},
    {{0, 122, 255, 255}, 0},
    {{255, 255, 255, 255}, 388},
  };
  guint8 hello[RTMP_HANDSHAKE_SIZE] = { 0 };
  guint i, scheme;

  for (scheme = 0; scheme < G_N_ELEMENTS (places); scheme++) {
    for (i = 0; i < G_N_ELEMENTS (cases); i++) {
      memcpy (hello + places[scheme].sum_at, cases[i].bytes, 4);
      g_assert_cmpuint (rtmpe_key_position (hello, (RtmpDigestScheme) scheme),
          ==, places[scheme].base + cases[i].position);
    }
  }
}

/* Only the key is changed. */
static void
check_one_key (RtmpRole role, RtmpDigestScheme scheme)
{
  guint8 hello[RTMP_HANDSHAKE_SIZE], expected[RTMP_HANDSHAKE_SIZE];
  guint8 key[RTMP_DH_SIZE];

  fill (key, sizeof (key), 77);
  fill (hello, sizeof (hello), 3);
  memcpy (expected, hello, sizeof (expected));
  memcpy (expected + rtmpe_key_position (hello, scheme), key, sizeof (key));
  rtmpe_write_key (hello, role, scheme, key);
  g_assert_cmpmem (hello, sizeof (hello), expected, sizeof (expected));
}

static void
test_one_key (void)
{
  check_one_key (RTMP_ROLE_CLIENT, RTMP_DIGEST_SCHEME_0);
  check_one_key (RTMP_ROLE_CLIENT, RTMP_DIGEST_SCHEME_1);
  check_one_key (RTMP_ROLE_SERVER, RTMP_DIGEST_SCHEME_0);
}

static void
assert_key_at (const guint8 * hello, RtmpDigestScheme scheme,
    const guint8 * key)
{
  g_assert_cmpmem (hello + rtmpe_key_position (hello, scheme), RTMP_DH_SIZE,
      key, RTMP_DH_SIZE);
}

/* A server's, in scheme 1: both places have it, and the digest is found. */
static void
check_two_keys (guint8 * hello, const guint8 * key)
{
  RtmpDigestScheme scheme;

  rtmpe_write_key (hello, RTMP_ROLE_SERVER, RTMP_DIGEST_SCHEME_1, key);
  rtmp_digest_write (hello, RTMP_ROLE_SERVER, RTMP_DIGEST_SCHEME_1);
  assert_key_at (hello, RTMP_DIGEST_SCHEME_0, key);
  assert_key_at (hello, RTMP_DIGEST_SCHEME_1, key);
  g_assert_nonnull (rtmp_digest_find (hello, RTMP_ROLE_SERVER, &scheme));
  g_assert_cmpint (scheme, ==, RTMP_DIGEST_SCHEME_1);
}

/* Four bytes that add up to @sum. */
static void
put_sum (guint8 * p, guint sum)
{
  guint i;

  for (i = 0; i < 4; i++)
    p[i] = (guint8) ((sum + i) / 4);
}

/* Every place of the one, with every seventh of the other. */
static void
test_two_keys (void)
{
  guint8 hello[RTMP_HANDSHAKE_SIZE], key[RTMP_DH_SIZE];
  guint at, digest;

  fill (key, sizeof (key), 77);
  for (at = 0; at < 632; at++) {
    for (digest = at % 7; digest < 728; digest += 7) {
      fill (hello, sizeof (hello), (guint8) at);
      put_sum (hello + 1532, at);
      put_sum (hello + 772, digest);
      check_two_keys (hello, key);
    }
  }
}

/* A key that would lie where it says where the digest is: upon itself. */
static void
test_second_key_moves_digest (void)
{
  guint8 hello[RTMP_HANDSHAKE_SIZE], key[RTMP_DH_SIZE];
  guint at;

  memset (key, 1, sizeof (key));
  for (at = 0; at < 8; at++) {
    fill (hello, sizeof (hello), (guint8) at);
    put_sum (hello + 1532, at);
    put_sum (hello + 772, at < 4 ? 600 : 300);
    check_two_keys (hello, key);
  }
}

/* Signatures, 64 of them, so that each key is used; computed elsewhere. */
typedef struct
{
  RtmpeType type;
  RtmpRole role;
  const gchar *sha256;
} Signed;

static const Signed goldens[] = {
  {RTMPE_TYPE_PLAIN, RTMP_ROLE_CLIENT,
      "a0faa2ce985c21db1e2e88fe8be54386c9c606df359c4e41fc8ea93bea0f0c7e"},
  {RTMPE_TYPE_PLAIN, RTMP_ROLE_SERVER,
      "6b3d23a5a3896421e0272df1cc1b2f9b7813342b61c7490ae4e8060ace0e349b"},
  {RTMPE_TYPE_XTEA, RTMP_ROLE_CLIENT,
      "3f7bea7b38e690bb167a5c3002415111a4a2b74d5808291ece7c9e60ea0dff6a"},
  {RTMPE_TYPE_XTEA, RTMP_ROLE_SERVER,
      "612d69207d96786d32bbd067b11b8a5f40880e3fb2e6ac6efaf3a46db5edd735"},
  {RTMPE_TYPE_BLOWFISH, RTMP_ROLE_CLIENT,
      "4620a8b4b61b81be9fc8d96dde537bd2fccb96d3269ba75013ca95b163fcfcfb"},
  {RTMPE_TYPE_BLOWFISH, RTMP_ROLE_SERVER,
      "4a66f28fb55fdf6ff384664374dc8a489388e4741340c2bc4475e7ce7daaa6d5"},
};

static void
fill_digest (guint8 * digest, guint n)
{
  guint i;

  for (i = 0; i < RTMP_DIGEST_SIZE; i++)
    digest[i] = (guint8) (n * 5 + i * 3);
}

static void
fill_echo (guint8 * echo)
{
  fill (echo, RTMP_HANDSHAKE_RANDOM_SIZE, 99);
  fill (echo + RTMP_HANDSHAKE_RANDOM_SIZE, 8, 1);
}

static void
check_signed (const Signed * golden)
{
  GChecksum *sha256 = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 echo[RTMP_HANDSHAKE_SIZE], digest[RTMP_DIGEST_SIZE];
  guint n;

  for (n = 0; n < 64; n++) {
    fill_echo (echo);
    fill_digest (digest, n);
    rtmpe_sign (crypto, golden->type, echo, golden->role, digest);
    g_assert_true (rtmpe_is_signed (crypto, golden->type, echo, golden->role,
            digest));
    g_checksum_update (sha256, echo + 1504, 32);
  }
  g_assert_cmpstr (g_checksum_get_string (sha256), ==, golden->sha256);
  g_checksum_free (sha256);
}

static void
test_signed (void)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (goldens); i++)
    check_signed (&goldens[i]);
}

static void
test_not_signed (void)
{
  const gsize wrong[] = { 0, 1503, 1504, 1511, 1535 };
  guint8 echo[RTMP_HANDSHAKE_SIZE], digest[RTMP_DIGEST_SIZE];
  guint i;

  fill_echo (echo);
  fill_digest (digest, 0);
  rtmpe_sign (crypto, RTMPE_TYPE_XTEA, echo, RTMP_ROLE_CLIENT, digest);
  g_assert_false (rtmpe_is_signed (crypto, RTMPE_TYPE_BLOWFISH, echo,
          RTMP_ROLE_CLIENT, digest));
  g_assert_false (rtmpe_is_signed (crypto, RTMPE_TYPE_XTEA, echo,
          RTMP_ROLE_SERVER, digest));
  for (i = 0; i < G_N_ELEMENTS (wrong); i++) {
    echo[wrong[i]] ^= 0x10;
    g_assert_false (rtmpe_is_signed (crypto, RTMPE_TYPE_XTEA, echo,
            RTMP_ROLE_CLIENT, digest));
    echo[wrong[i]] ^= 0x10;
  }
}

/* Streams: what both ends make of zeros, computed elsewhere. */
typedef struct
{
  const gchar *private_a;
  const gchar *private_b;
  const gchar *from_a;
  const gchar *from_b;
} Pair;

#define COUNTED \
    "0102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F20"

static const Pair pairs[] = {
  {COUNTED, "808182838485868788898A8B8C8D8E8F909192939495969798999A9B9C9D9E9F",
        "899D799CDAA20CBB970AF17B38FEC1F1",
      "2A6730CA3C0F4BDFF6BB16364EF79243"},
  /* A secret of one byte, and 127 zeros in front. */
  {"00*31 03", "00*31 02", "EE2C7797395DBFB402880D8484BD1981",
      "E3FE6961367C2C8459ED100340C70BD7"},
  /* A public key with eight zeros in front. */
  {"00*30 0401", COUNTED, "FD2B43A15F62A04D64D490417DED071D",
      "9C69B23B010B890BBC1143ACD3A3CE50"},
};

typedef struct
{
  guint8 private_key[RTMP_DH_PRIVATE_SIZE];
  guint8 public_key[RTMP_DH_SIZE];
  RtmpeStreams *streams;
} End;

static void
end_init (End * end, const gchar * hex)
{
  g_autoptr (GBytes) bytes = rtmp_test_unhex (hex);

  g_assert_cmpuint (g_bytes_get_size (bytes), ==, RTMP_DH_PRIVATE_SIZE);
  memcpy (end->private_key, g_bytes_get_data (bytes, NULL),
      RTMP_DH_PRIVATE_SIZE);
  crypto->dh_public (end->private_key, end->public_key);
}

static void
end_start (End * end, const End * other)
{
  end->streams = rtmpe_streams_new (crypto, end->private_key, end->public_key,
      other->public_key);
  g_assert_nonnull (end->streams);
}

/* Zeros, in uneven pieces. */
static void
check_way (End * from, End * to, const gchar * expected)
{
  guint8 data[2000] = { 0 }, back[2000], zeros[2000] = { 0 };

  rtmpe_streams_encrypt (from->streams, data, data, 7);
  rtmpe_streams_encrypt (from->streams, data + 7, data + 7, 1993);
  rtmp_test_assert_bytes (g_bytes_new (data, 16), expected);
  rtmpe_streams_decrypt (to->streams, data, back, 1900);
  rtmpe_streams_decrypt (to->streams, data + 1900, back + 1900, 100);
  g_assert_cmpmem (back, sizeof (back), zeros, sizeof (zeros));
}

static void
test_streams (void)
{
  End a, b;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (pairs); i++) {
    end_init (&a, pairs[i].private_a);
    end_init (&b, pairs[i].private_b);
    end_start (&a, &b);
    end_start (&b, &a);
    check_way (&a, &b, pairs[i].from_a);
    check_way (&b, &a, pairs[i].from_b);
    rtmpe_streams_free (a.streams);
    rtmpe_streams_free (b.streams);
  }
}

static void
test_bad_key (void)
{
  const guint8 zero[RTMP_DH_SIZE] = { 0 };
  End end;

  end_init (&end, COUNTED);
  g_assert_null (rtmpe_streams_new (crypto, end.private_key, end.public_key,
          zero));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  crypto = rtmp_test_crypto ();
  g_test_add_func ("/rtmpe/types", test_types);
  g_test_add_func ("/rtmpe/position", test_position);
  g_test_add_func ("/rtmpe/one-key", test_one_key);
  g_test_add_func ("/rtmpe/two-keys", test_two_keys);
  g_test_add_func ("/rtmpe/second-key-moves-digest",
      test_second_key_moves_digest);
  g_test_add_func ("/rtmpe/signed", test_signed);
  g_test_add_func ("/rtmpe/not-signed", test_not_signed);
  g_test_add_func ("/rtmpe/streams", test_streams);
  g_test_add_func ("/rtmpe/bad-key", test_bad_key);
  return g_test_run ();
}

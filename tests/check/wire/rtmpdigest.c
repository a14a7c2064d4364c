/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpdigest.h"

#include <string.h>

#include "rtmptestbytes.h"

/* The same in all tests; where its digest lies follows from it. */
static void
fill_packet (guint8 * packet)
{
  guint i;

  for (i = 0; i < RTMP_HANDSHAKE_SIZE; i++)
    packet[i] = (guint8) (i * 7 + (i >> 8) + 3);
}

static const gsize sum_at[] = { 8, 772 };

static void
test_position (void)
{
  static const struct
  {
    guint8 bytes[4];
    gsize position;             /* behind the bytes */
  } cases[] = {
    {{0, 0, 0, 0}, 0},
    {{1, 2, 3, 4}, 10},
    {{255, 255, 217, 0}, 727},
    {{0, 218, 255, 255}, 0},
    {{255, 255, 255, 255}, 292},
  };
  guint8 packet[RTMP_HANDSHAKE_SIZE];
  guint i, scheme;

  for (scheme = 0; scheme < G_N_ELEMENTS (sum_at); scheme++) {
    for (i = 0; i < G_N_ELEMENTS (cases); i++) {
      fill_packet (packet);
      memcpy (packet + sum_at[scheme], cases[i].bytes, 4);
      g_assert_cmpuint (rtmp_digest_position (packet,
              (RtmpDigestScheme) scheme), ==,
          sum_at[scheme] + 4 + cases[i].position);
    }
  }
}

/* Digests of fill_packet(), made with another program. */
typedef struct
{
  const gchar *name;
  RtmpRole role;
  RtmpDigestScheme scheme;
  gsize position;
  const gchar *digest;
} Golden;

static const Golden goldens[] = {
  {"client/scheme-0", RTMP_ROLE_CLIENT, RTMP_DIGEST_SCHEME_0, 290,
      "EDD17B552D6CEFE938A80F81136590A60A0D74E88A5E061D1AC9FD5AF28D9B7C"},
  {"client/scheme-1", RTMP_ROLE_CLIENT, RTMP_DIGEST_SCHEME_1, 954,
      "4B32EC5279E277F16B4CFCE69F0453706BEF2CAC5DAC0C2F4DF8AFD7B1003717"},
  {"server/scheme-0", RTMP_ROLE_SERVER, RTMP_DIGEST_SCHEME_0, 290,
      "0E21316211B708FA849A4AE9DA40404477CF20972D734FD4DECD056FAE02FC31"},
  {"server/scheme-1", RTMP_ROLE_SERVER, RTMP_DIGEST_SCHEME_1, 954,
      "70D8ED83066579050C52D398D9B48076FEB05EFEE26644E7C72754540FCE3FE8"},
};

static void
assert_digest (const guint8 * digest, const gchar * expected)
{
  rtmp_test_assert_bytes (g_bytes_new (digest, RTMP_DIGEST_SIZE), expected);
}

static void
test_write (gconstpointer data)
{
  const Golden *golden = data;
  guint8 packet[RTMP_HANDSHAKE_SIZE], before[RTMP_HANDSHAKE_SIZE];
  gsize behind = golden->position + RTMP_DIGEST_SIZE;
  const guint8 *digest;

  fill_packet (packet);
  fill_packet (before);
  digest = rtmp_digest_write (packet, golden->role, golden->scheme);
  g_assert_true (digest == packet + golden->position);
  assert_digest (digest, golden->digest);
  g_assert_cmpmem (packet, golden->position, before, golden->position);
  g_assert_cmpmem (packet + behind, RTMP_HANDSHAKE_SIZE - behind,
      before + behind, RTMP_HANDSHAKE_SIZE - behind);
}

static void
test_find (gconstpointer data)
{
  const Golden *golden = data;
  guint8 packet[RTMP_HANDSHAKE_SIZE];
  RtmpRole other = golden->role == RTMP_ROLE_CLIENT ? RTMP_ROLE_SERVER
      : RTMP_ROLE_CLIENT;
  RtmpDigestScheme scheme;
  guint i;

  fill_packet (packet);
  g_assert_null (rtmp_digest_find (packet, golden->role, &scheme));
  rtmp_digest_write (packet, golden->role, golden->scheme);
  g_assert_true (rtmp_digest_find (packet, golden->role, &scheme)
      == packet + golden->position);
  g_assert_cmpint (scheme, ==, golden->scheme);
  g_assert_null (rtmp_digest_find (packet, other, &scheme));
  for (i = 0; i < RTMP_HANDSHAKE_SIZE; i++) {
    packet[i] ^= 1;
    g_assert_null (rtmp_digest_find (packet, golden->role, &scheme));
    packet[i] ^= 1;
  }
}

/* One byte before the end of the packet. */
static void
test_last_position (void)
{
  guint8 packet[RTMP_HANDSHAKE_SIZE];
  const guint8 *digest;

  fill_packet (packet);
  memcpy (packet + 772, "\xFF\xFF\xD9\x00", 4);
  digest = rtmp_digest_write (packet, RTMP_ROLE_CLIENT, RTMP_DIGEST_SCHEME_1);
  g_assert_true (digest == packet + 1503);
  assert_digest (digest,
      "AC305A728C9A89018209D11270C1660686E977098F7563E1E75B812919014F32");
}

typedef struct
{
  RtmpRole role;
  const gchar *signature;
} Signature;

static const Signature signatures[] = {
  {RTMP_ROLE_CLIENT,
      "F345E342831D7DC094ECD68F1E457E757162AA3085F8D9FD813DFD4DA7C2BA02"},
  {RTMP_ROLE_SERVER,
      "373787DFBA4DC2FBAC8AF5EF000369DDDA5BBCB0DC10440761BAE6734C3DE9BC"},
};

static void
test_sign (gconstpointer data)
{
  const Signature *golden = data;
  guint8 packet[RTMP_HANDSHAKE_SIZE], digest[RTMP_DIGEST_SIZE];
  guint i;

  fill_packet (packet);
  for (i = 0; i < RTMP_DIGEST_SIZE; i++)
    digest[i] = (guint8) (0x40 + i);
  g_assert_false (rtmp_digest_is_signed (packet, golden->role, digest));
  rtmp_digest_sign (packet, golden->role, digest);
  assert_digest (packet + RTMP_HANDSHAKE_SIZE - RTMP_DIGEST_SIZE,
      golden->signature);
  for (i = 0; i < RTMP_HANDSHAKE_SIZE; i++) {
    packet[i] ^= 1;
    g_assert_false (rtmp_digest_is_signed (packet, golden->role, digest));
    packet[i] ^= 1;
  }
  g_assert_true (rtmp_digest_is_signed (packet, golden->role, digest));
  digest[31] ^= 1;
  g_assert_false (rtmp_digest_is_signed (packet, golden->role, digest));
}

static guint8 *
load (const gchar * name, const gchar * suffix)
{
  gchar *file = g_strconcat (name, suffix, NULL);
  gchar *path = g_build_filename (g_getenv ("FILES"), "wire", file, NULL);
  gchar *data;
  gsize size;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  g_assert_cmpuint (size, >=, 1 + 2 * RTMP_HANDSHAKE_SIZE);
  g_free (path);
  g_free (file);
  return (guint8 *) data;
}

/* FFmpeg's C1 and nginx-rtmp's answer. FFmpeg's C2 is an echo. */
static void
test_recording (gconstpointer name)
{
  guint8 *c2s = load (name, ".c2s"), *s2c = load (name, ".s2c");
  const guint8 *c2 = c2s + 1 + RTMP_HANDSHAKE_SIZE;
  const guint8 *s2 = s2c + 1 + RTMP_HANDSHAKE_SIZE;
  RtmpDigestScheme scheme;
  const guint8 *c1_digest, *s1_digest;

  c1_digest = rtmp_digest_find (c2s + 1, RTMP_ROLE_CLIENT, &scheme);
  g_assert_nonnull (c1_digest);
  g_assert_cmpint (scheme, ==, RTMP_DIGEST_SCHEME_0);
  s1_digest = rtmp_digest_find (s2c + 1, RTMP_ROLE_SERVER, &scheme);
  g_assert_nonnull (s1_digest);
  g_assert_cmpint (scheme, ==, RTMP_DIGEST_SCHEME_0);
  g_assert_true (rtmp_digest_is_signed (s2, RTMP_ROLE_SERVER, c1_digest));
  g_assert_false (rtmp_digest_is_signed (c2, RTMP_ROLE_CLIENT, s1_digest));
  g_free (c2s);
  g_free (s2c);
}

/* librtmp and rtmp2src: none. */
static void
test_recording_simple (gconstpointer name)
{
  guint8 *c2s = load (name, ".c2s"), *s2c = load (name, ".s2c");
  RtmpDigestScheme scheme;

  g_assert_null (rtmp_digest_find (c2s + 1, RTMP_ROLE_CLIENT, &scheme));
  g_assert_null (rtmp_digest_find (s2c + 1, RTMP_ROLE_SERVER, &scheme));
  g_free (c2s);
  g_free (s2c);
}

static void
add_goldens (void)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (goldens); i++) {
    gchar *write = g_strconcat ("/digest/write/", goldens[i].name, NULL);
    gchar *find = g_strconcat ("/digest/find/", goldens[i].name, NULL);

    g_test_add_data_func (write, &goldens[i], test_write);
    g_test_add_data_func (find, &goldens[i], test_find);
    g_free (write);
    g_free (find);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/digest/position", test_position);
  add_goldens ();
  g_test_add_func ("/digest/last-position", test_last_position);
  g_test_add_data_func ("/digest/sign/client", &signatures[0], test_sign);
  g_test_add_data_func ("/digest/sign/server", &signatures[1], test_sign);
  g_test_add_data_func ("/digest/recording/ffmpeg5-publish",
      "ffmpeg5-publish", test_recording);
  g_test_add_data_func ("/digest/recording/ff8-publish-hevc",
      "ff8-publish-hevc", test_recording);
  g_test_add_data_func ("/digest/recording/librtmp-publish",
      "librtmp-publish", test_recording_simple);
  g_test_add_data_func ("/digest/recording/gst-rtmp2-play",
      "gst-rtmp2-play", test_recording_simple);
  return g_test_run ();
}

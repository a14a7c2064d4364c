/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The handshake of RTMPE; the other ones are in rtmphandshake.c. */
#include "rtmpe.h"
#include "rtmperror.h"
#include "rtmphandshake.h"

#include <string.h>

#include "rtmptestbytes.h"
#include "rtmptestcrypto.h"

#define HELLO_SIZE (1 + RTMP_HANDSHAKE_SIZE)
#define PEER_SIZE (HELLO_SIZE + RTMP_HANDSHAKE_SIZE)

#define OUR_TIME 0x01020304
#define READ_TIME 0x0A0B0C0D
#define PEER_TIME 0x55667788

/* Where random bytes and private keys begin. */
#define OUR_SEED 1
#define PEER_SEED 99
#define OUR_PRIVATE 1
#define PEER_PRIVATE 0x80

#define FLASH_10 0x80000302
#define FLASH_9 0x09007C02
#define SERVER 0x03050101

static const RtmpCrypto *crypto;

typedef struct
{
  const gchar *name;
  RtmpRole role;                /* ours */
  RtmpDigestScheme scheme;      /* of the peer */
  guint8 asked;                 /* C0 */
  guint8 type;                  /* S0 */
  guint32 client_version;
  const gchar *ours;            /* SHA-256 of all that we send, */
  const gchar *theirs;          /* and of what the peer does; from elsewhere */
} Case;

static const Case cases[] = {
  {"client/6/scheme-1", RTMP_ROLE_CLIENT, RTMP_DIGEST_SCHEME_1, 6, 6, FLASH_10,
        "af5729a3a10679ad0ef6831557154861a553af03907a9c76265a0ba4284e6a2f",
      "f81af99ca21ef4cd33b4f358fa7cfe7313e89582c18aa80458605653c3c865df"},
  {"client/6/scheme-0", RTMP_ROLE_CLIENT, RTMP_DIGEST_SCHEME_0, 6, 6, FLASH_10,
        "13e8658a3e28ada691899b38ebfcc6aa8f6c8e6dedaa378d6bf8e2b5e4b81f88",
      "426ef3441d61481b94f72cbcafd7894ba5af500974c1afadddd171f664d9e26e"},
  {"client/8/scheme-1", RTMP_ROLE_CLIENT, RTMP_DIGEST_SCHEME_1, 6, 8, FLASH_10,
        "9877cd38d6c947fbce0a4a033d3b16e0a344d25b5e170b7c426b189efe6d8cee",
      "92332a9b04d8e8be3442631f53f2e3c3a34cab5be4a65c90bbf6e6da317ca93c"},
  {"client/9/scheme-1", RTMP_ROLE_CLIENT, RTMP_DIGEST_SCHEME_1, 6, 9, FLASH_10,
        "dadf3574c4b33e3392780bf937f550151f6a57bdcb466da291efa8f444ff893d",
      "54f97de102e1a9f91d976b49e4a074af9516c224e26e7c37ef5636d7265fa5f6"},
  {"server/6/scheme-1", RTMP_ROLE_SERVER, RTMP_DIGEST_SCHEME_1, 6, 6, FLASH_9,
        "c2615387d625084312a0c822cf457fcde4665d59352a90745464f3eb7a7de56e",
      "2190a138e89efb4dc73c626e774d4356c361b6cf99d07d4cb97a09afe9c718c4"},
  {"server/6/scheme-0", RTMP_ROLE_SERVER, RTMP_DIGEST_SCHEME_0, 6, 6, FLASH_9,
        "d9e96537686458282f381d994bd0c1bfd84542c26478b3da6b43b186eafccda5",
      "6218e3eb3cd3e6b3c03487ca7fdad504463da22465115900a929ea83ccb4f80c"},
  {"server/6-to-8", RTMP_ROLE_SERVER, RTMP_DIGEST_SCHEME_1, 6, 8, FLASH_10,
        "5e5fe8d8e8d83ec7cadbb770bc8dc04be64cc0319257613d0af7eec82b847a0c",
      "87e8cce45ac059a07c537eb8a6bdd7eb53c1a1874a3c3a70dc50f6af918a5668"},
  {"server/8", RTMP_ROLE_SERVER, RTMP_DIGEST_SCHEME_1, 8, 8, FLASH_10,
        "5e5fe8d8e8d83ec7cadbb770bc8dc04be64cc0319257613d0af7eec82b847a0c",
      "485cee54ef893f9fb5804c789d42035c38ecf1be6c807c145ba54fc0cabea37a"},
  {"server/9/scheme-1", RTMP_ROLE_SERVER, RTMP_DIGEST_SCHEME_1, 9, 9, FLASH_10,
        "e7c5f1a99624bfb3a1197aa268efc5084db1242a23c924d1cfc1ae772f39d413",
      "ada9dcb56052ff92fee04f6430a959ad7169f28a996e2f7d4b3a7157231f0846"},
  {"server/9/scheme-0", RTMP_ROLE_SERVER, RTMP_DIGEST_SCHEME_0, 9, 9, FLASH_9,
        "6b57b9a0110f1b76a7e55e7861360895dd72bb4c811ac421555f0c54ccd78159",
      "abb6ce801b72cf9a0f7c46220c4bb8640d8f6d821041b828632695fed0e9b85e"},
};

/* The keystreams from us and to us: they hang on the keys only. */
#define FROM_US "899D799CDAA20CBB970AF17B38FEC1F1"
#define TO_US "2A6730CA3C0F4BDFF6BB16364EF79243"

static void
fill_random (guint8 * random, guint8 seed)
{
  guint i;

  for (i = 0; i < RTMP_HANDSHAKE_RANDOM_SIZE; i++)
    random[i] = (guint8) (seed + i * 7 + (i >> 8));
}

static void
fill_private (guint8 * private_key, guint8 first)
{
  guint i;

  for (i = 0; i < RTMP_DH_PRIVATE_SIZE; i++)
    private_key[i] = (guint8) (first + i);
}

static RtmpHandshake *
new_handshake (RtmpRole role, RtmpHandshakeFlags flags)
{
  guint8 random[RTMP_HANDSHAKE_RANDOM_SIZE], private_key[RTMP_DH_PRIVATE_SIZE];

  fill_random (random, OUR_SEED);
  fill_private (private_key, OUR_PRIVATE);
  return rtmp_handshake_new_full (role,
      RTMP_HANDSHAKE_DIGEST | RTMP_HANDSHAKE_ENCRYPTED | flags, OUR_TIME,
      random, private_key);
}

static void
put_word (guint8 * p, guint32 word)
{
  word = GUINT32_TO_BE (word);
  memcpy (p, &word, 4);
}

static RtmpRole
other_role (RtmpRole role)
{
  return role == RTMP_ROLE_CLIENT ? RTMP_ROLE_SERVER : RTMP_ROLE_CLIENT;
}

/* A C1 or S1, complete. Its digest. */
static const guint8 *
put_hello (guint8 * hello, const Case * c, RtmpRole role,
    RtmpDigestScheme scheme)
{
  gboolean ours = role == c->role;
  guint8 private_key[RTMP_DH_PRIVATE_SIZE], public_key[RTMP_DH_SIZE];

  fill_private (private_key, ours ? OUR_PRIVATE : PEER_PRIVATE);
  crypto->dh_public (private_key, public_key);
  put_word (hello, ours ? OUR_TIME : PEER_TIME);
  put_word (hello + 4, role == RTMP_ROLE_SERVER ? SERVER : c->client_version);
  fill_random (hello + 8, ours ? OUR_SEED : PEER_SEED);
  rtmpe_write_key (hello, role, scheme, public_key);
  return rtmp_digest_write (hello, role, scheme);
}

static void
put_echo (guint8 * echo, const guint8 * hello, guint32 time, const Case * c,
    RtmpRole role, const guint8 * digest)
{
  memcpy (echo, hello, RTMP_HANDSHAKE_SIZE);
  put_word (echo + 4, time);
  rtmpe_sign (crypto, (RtmpeType) c->type, echo, role, digest);
}

typedef struct
{
  guint8 peer[PEER_SIZE];
  guint8 ours[PEER_SIZE];
} Exchange;

/* What goes over the wire in @c, both ways. A client of ours is in scheme 1,
 * a server in that of its client. */
static void
put_exchange (Exchange * exchange, const Case * c)
{
  gboolean client = c->role == RTMP_ROLE_CLIENT;
  guint8 *peer = exchange->peer, *ours = exchange->ours;
  const guint8 *peer_digest, *our_digest;

  peer[0] = client ? c->type : c->asked;
  ours[0] = client ? c->asked : c->type;
  peer_digest = put_hello (peer + 1, c, other_role (c->role), c->scheme);
  our_digest = put_hello (ours + 1, c, c->role,
      client ? RTMP_DIGEST_SCHEME_1 : c->scheme);
  put_echo (peer + HELLO_SIZE, ours + 1, 1234, c, other_role (c->role),
      our_digest);
  put_echo (ours + HELLO_SIZE, peer + 1, READ_TIME, c, c->role, peer_digest);
}

static void
append_pulled (RtmpHandshake * handshake, GByteArray * out)
{
  GBytes *bytes;

  while ((bytes = rtmp_handshake_pull (handshake))) {
    gsize size;
    const guint8 *data = g_bytes_get_data (bytes, &size);

    g_byte_array_append (out, data, (guint) size);
    g_bytes_unref (bytes);
  }
}

static gsize
feed (RtmpHandshake * handshake, const guint8 * data, gsize size,
    GByteArray * out)
{
  GError *error = NULL;
  gsize consumed;

  g_assert_true (rtmp_handshake_feed (handshake, READ_TIME, data, size,
          &consumed, &error));
  g_assert_no_error (error);
  append_pulled (handshake, out);
  return consumed;
}

static void
check_streams (RtmpHandshake * handshake)
{
  g_autoptr (RtmpeStreams) streams = rtmp_handshake_take_streams (handshake);
  guint8 zeros[16] = { 0 }, data[16];

  g_assert_nonnull (streams);
  g_assert_null (rtmp_handshake_take_streams (handshake));
  rtmpe_streams_encrypt (streams, zeros, data, sizeof (data));
  rtmp_test_assert_bytes (g_bytes_new (data, sizeof (data)), FROM_US);
  rtmpe_streams_decrypt (streams, zeros, data, sizeof (data));
  rtmp_test_assert_bytes (g_bytes_new (data, sizeof (data)), TO_US);
}

/* What comes behind the handshake is left alone. */
static void
check_split (const Exchange * exchange, RtmpRole role, gsize first, gsize step)
{
  g_autoptr (RtmpHandshake) handshake = new_handshake (role, 0);
  GByteArray *out = g_byte_array_new ();
  guint8 peer[PEER_SIZE + 10] = { 0 };
  gsize from = 0, to = first;

  memcpy (peer, exchange->peer, PEER_SIZE);
  for (; from < PEER_SIZE; from = to, to += step) {
    to = MIN (to, sizeof (peer));
    g_assert_cmpint (rtmp_handshake_state (handshake), !=, RTMP_HANDSHAKE_DONE);
    g_assert_cmpuint (feed (handshake, peer + from, to - from, out), ==,
        MIN (to, PEER_SIZE) - from);
  }
  g_assert_cmpint (rtmp_handshake_state (handshake), ==, RTMP_HANDSHAKE_DONE);
  g_assert_true (rtmp_handshake_echo_matched (handshake));
  g_assert_true (rtmp_handshake_has_digests (handshake));
  g_assert_cmpmem (out->data, out->len, exchange->ours, PEER_SIZE);
  check_streams (handshake);
  g_byte_array_unref (out);
}

static void
assert_sha256 (const guint8 * data, const gchar * expected)
{
  g_autofree gchar *sha256 =
      g_compute_checksum_for_data (G_CHECKSUM_SHA256, data, PEER_SIZE);

  g_assert_cmpstr (sha256, ==, expected);
}

static void
test_golden (gconstpointer data)
{
  const Case *c = data;
  Exchange exchange;
  gsize split;

  put_exchange (&exchange, c);
  assert_sha256 (exchange.ours, c->ours);
  assert_sha256 (exchange.peer, c->theirs);
  check_split (&exchange, c->role, PEER_SIZE + 10, 1);
  check_split (&exchange, c->role, 1, 1);
  /* Each one costs some numbers to a power. */
  for (split = 1; split < PEER_SIZE; split += 13)
    check_split (&exchange, c->role, split, PEER_SIZE);
}

/* Feeds all of it: TRUE, or FALSE with an error that sticks. */
static gboolean
shake (RtmpHandshake * handshake, const guint8 * peer, GByteArray * out,
    GError ** error)
{
  gsize consumed;
  gboolean ok = rtmp_handshake_feed (handshake, READ_TIME, peer, PEER_SIZE,
      &consumed, error);

  append_pulled (handshake, out);
  if (!ok)
    g_assert_false (rtmp_handshake_feed (handshake, READ_TIME, peer, 0,
            &consumed, NULL));
  return ok;
}

/* FFmpeg, publishing: its C2 is our S1, and the key that it takes is the one
 * in the place of scheme 0. */
static void
check_unsigned (RtmpHandshakeFlags flags, gboolean taken)
{
  const Case *c = &cases[6];
  g_autoptr (RtmpHandshake) handshake = new_handshake (c->role, flags);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  Exchange exchange;
  const guint8 *s1 = exchange.ours + 1;

  put_exchange (&exchange, c);
  g_assert_cmpmem (s1 + rtmpe_key_position (s1, RTMP_DIGEST_SCHEME_0),
      RTMP_DH_SIZE, s1 + rtmpe_key_position (s1, RTMP_DIGEST_SCHEME_1),
      RTMP_DH_SIZE);
  memcpy (exchange.peer + HELLO_SIZE, s1, RTMP_HANDSHAKE_SIZE);
  g_assert_cmpint (shake (handshake, exchange.peer, out, &error), ==, taken);
  g_assert_cmpmem (out->data, out->len, exchange.ours, PEER_SIZE);
  if (taken) {
    g_assert_true (rtmp_handshake_echo_matched (handshake));
    check_streams (handshake);
  } else {
    g_assert_error (error, RTMP_ERROR, RTMP_ERROR_BAD_HANDSHAKE);
    g_assert_cmpstr (error->message, ==, "Expected a packet signed for ours as "
        "the client's second packet of the handshake, got something else");
  }
}

static void
test_unsigned (void)
{
  check_unsigned (0, TRUE);
  check_unsigned (RTMP_HANDSHAKE_STRICT, FALSE);
}

/* Neither signed nor an echo. */
static void
check_wrong_echo (const Case * c, RtmpHandshakeFlags flags)
{
  g_autoptr (RtmpHandshake) handshake = new_handshake (c->role, flags);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  Exchange exchange;
  gboolean strict = (flags & RTMP_HANDSHAKE_STRICT) != 0;

  put_exchange (&exchange, c);
  exchange.peer[PEER_SIZE - 1] ^= 1;
  g_assert_cmpint (shake (handshake, exchange.peer, out, NULL), ==, !strict);
  g_assert_false (rtmp_handshake_echo_matched (handshake));
  g_assert_cmpint (rtmp_handshake_state (handshake), ==,
      strict ? RTMP_HANDSHAKE_AWAIT_ECHO : RTMP_HANDSHAKE_DONE);
}

static void
test_wrong_echo (void)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    check_wrong_echo (&cases[i], 0);
    check_wrong_echo (&cases[i], RTMP_HANDSHAKE_STRICT);
  }
}

/* What is signed passes where it has to be. */
static void
test_strict (void)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (RtmpHandshake) handshake =
        new_handshake (cases[i].role, RTMP_HANDSHAKE_STRICT);
    g_autoptr (GByteArray) out = g_byte_array_new ();
    Exchange exchange;

    put_exchange (&exchange, &cases[i]);
    g_assert_true (shake (handshake, exchange.peer, out, NULL));
  }
}

/* Without RTMPE: a strict server takes an echo, but no other one. */
static void
test_strict_plain (void)
{
  const guint8 random[RTMP_HANDSHAKE_RANDOM_SIZE] = { 1, 2, 3 };
  guint8 peer[PEER_SIZE] = { 3 };
  guint i;

  put_word (peer + HELLO_SIZE, OUR_TIME);
  memcpy (peer + HELLO_SIZE + 8, random, sizeof (random));
  for (i = 0; i < 2; i++) {
    g_autoptr (RtmpHandshake) handshake =
        rtmp_handshake_new_full (RTMP_ROLE_SERVER, RTMP_HANDSHAKE_STRICT,
        OUR_TIME, random, NULL);
    g_autoptr (GByteArray) out = g_byte_array_new ();
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (shake (handshake, peer, out, &error), ==, i == 0);
    if (i == 1)
      g_assert_cmpstr (error->message, ==, "Expected an echo of our packet as "
          "the client's second packet of the handshake, got something else");
    peer[PEER_SIZE - 1] ^= 1;
  }
}

static void
assert_refused (const Case * c, const guint8 * peer, gint code,
    const gchar * message)
{
  g_autoptr (RtmpHandshake) handshake = new_handshake (c->role, 0);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (shake (handshake, peer, out, &error));
  g_assert_error (error, RTMP_ERROR, code);
  g_assert_cmpstr (error->message, ==, message);
  g_assert_cmpuint (out->len, ==, c->role == RTMP_ROLE_CLIENT ? HELLO_SIZE : 0);
  g_assert_null (rtmp_handshake_take_streams (handshake));
}

static void
test_no_digest (void)
{
  Exchange exchange;

  put_exchange (&exchange, &cases[0]);
  exchange.peer[1 + 1535] ^= 1;
  assert_refused (&cases[0], exchange.peer, RTMP_ERROR_BAD_HANDSHAKE,
      "Expected a digest in the server's first packet of RTMPE, found none");
  put_exchange (&exchange, &cases[6]);
  exchange.peer[1 + 1535] ^= 1;
  assert_refused (&cases[6], exchange.peer, RTMP_ERROR_BAD_HANDSHAKE,
      "Expected a digest in the client's first packet of RTMPE, found none");
}

/* Some servers say so, and have one. */
static void
test_version_0 (void)
{
  g_autoptr (RtmpHandshake) handshake = new_handshake (RTMP_ROLE_CLIENT, 0);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  Exchange exchange;

  put_exchange (&exchange, &cases[0]);
  memset (exchange.peer + 1 + 4, 0, 4);
  rtmp_digest_write (exchange.peer + 1, RTMP_ROLE_SERVER, RTMP_DIGEST_SCHEME_1);
  g_assert_true (shake (handshake, exchange.peer, out, NULL));
  check_streams (handshake);
}

static void
check_bad_key (const Case * c, const gchar * hex, const gchar * message)
{
  g_autoptr (GBytes) key = rtmp_test_unhex (hex);
  Exchange exchange;

  put_exchange (&exchange, c);
  rtmpe_write_key (exchange.peer + 1, other_role (c->role), c->scheme,
      g_bytes_get_data (key, NULL));
  rtmp_digest_write (exchange.peer + 1, other_role (c->role), c->scheme);
  assert_refused (c, exchange.peer, RTMP_ERROR_BAD_HANDSHAKE, message);
}

static void
test_bad_key (void)
{
  static const gchar *const keys[] = { "00*128", "00*127 01", "FF*128" };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (keys); i++) {
    check_bad_key (&cases[1], keys[i], "Expected a Diffie-Hellman key in the "
        "server's first packet of RTMPE, found none");
    check_bad_key (&cases[6], keys[i], "Expected a Diffie-Hellman key in the "
        "client's first packet of RTMPE, found none");
  }
}

static void
test_versions (void)
{
  static const guint8 http[PEER_SIZE] = "HTTP/1.1 400";
  static const guint8 plain[PEER_SIZE] = { 3 };
  static const guint8 tls[PEER_SIZE] = { 21 };

  assert_refused (&cases[0], plain, RTMP_ERROR_BAD_HANDSHAKE, "Expected RTMPE "
      "(6, 8 or 9) in the handshake, but the server answered with RTMP, which "
      "is not encrypted: 3");
  assert_refused (&cases[0], tls, RTMP_ERROR_TLS_EXPECTED, "Expected RTMPE "
      "(6, 8 or 9) in the handshake, but the server answered with TLS (rtmps): "
      "21");
  assert_refused (&cases[0], http, RTMP_ERROR_BAD_HANDSHAKE, "Expected RTMPE "
      "(6, 8 or 9) in the handshake, but the server answered with HTTP: "
      "\"HTTP/1.1 400\"");
}

/* A server that takes RTMPE takes RTMP too. */
static void
test_plain_client (void)
{
  g_autoptr (RtmpHandshake) server = new_handshake (RTMP_ROLE_SERVER, 0);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  const guint8 peer[PEER_SIZE] = { 3 };

  g_assert_true (shake (server, peer, out, NULL));
  g_assert_cmpuint (out->data[0], ==, 3);
  g_assert_null (rtmp_handshake_take_streams (server));
}

static void
test_no_crypto (void)
{
  const gchar *message = "RTMPE needs OpenSSL, and this was built without";
  const guint8 peer[PEER_SIZE] = { 6 };
  g_autoptr (RtmpHandshake) client = NULL;
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  rtmp_crypto_set_provider (NULL);
  client = new_handshake (RTMP_ROLE_CLIENT, 0);
  g_assert_null (rtmp_handshake_pull (client));
  g_assert_false (shake (client, peer, out, &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED);
  g_assert_cmpstr (error->message, ==, message);
  assert_refused (&cases[6], peer, RTMP_ERROR_UNSUPPORTED, message);
  test_plain_client ();
  rtmp_crypto_set_provider (crypto);
}

static void
feed_to (GByteArray * from, RtmpHandshake * to, GByteArray * out)
{
  g_assert_cmpuint (feed (to, from->data, from->len, out), ==, from->len);
  g_byte_array_set_size (from, 0);
}

static void
test_both (void)
{
  g_autoptr (RtmpHandshake) client =
      new_handshake (RTMP_ROLE_CLIENT, RTMP_HANDSHAKE_STRICT);
  g_autoptr (RtmpHandshake) server =
      new_handshake (RTMP_ROLE_SERVER, RTMP_HANDSHAKE_STRICT);
  g_autoptr (GByteArray) to_server = g_byte_array_new ();
  g_autoptr (GByteArray) to_client = g_byte_array_new ();
  g_autoptr (RtmpeStreams) here = NULL, there = NULL;
  guint8 data[5] = "hello";

  append_pulled (client, to_server);
  feed_to (to_server, server, to_client);
  g_assert_cmpuint (to_client->data[0], ==, 8);
  feed_to (to_client, client, to_server);
  feed_to (to_server, server, to_client);
  here = rtmp_handshake_take_streams (client);
  there = rtmp_handshake_take_streams (server);
  rtmpe_streams_encrypt (here, data, data, sizeof (data));
  g_assert_cmpint (memcmp (data, "hello", 5), !=, 0);
  rtmpe_streams_decrypt (there, data, data, sizeof (data));
  g_assert_cmpmem (data, 5, "hello", 5);
}

int
main (int argc, char **argv)
{
  guint i;

  g_test_init (&argc, &argv, NULL);
  crypto = rtmp_test_crypto ();
  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    gchar *path = g_strdup_printf ("/rtmpehandshake/golden/%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], test_golden);
    g_free (path);
  }
  g_test_add_func ("/rtmpehandshake/unsigned", test_unsigned);
  g_test_add_func ("/rtmpehandshake/E-008-wrong-echo", test_wrong_echo);
  g_test_add_func ("/rtmpehandshake/strict", test_strict);
  g_test_add_func ("/rtmpehandshake/strict-plain", test_strict_plain);
  g_test_add_func ("/rtmpehandshake/no-digest", test_no_digest);
  g_test_add_func ("/rtmpehandshake/version-0", test_version_0);
  g_test_add_func ("/rtmpehandshake/bad-key", test_bad_key);
  g_test_add_func ("/rtmpehandshake/E-007-versions", test_versions);
  g_test_add_func ("/rtmpehandshake/plain-client", test_plain_client);
  g_test_add_func ("/rtmpehandshake/no-crypto", test_no_crypto);
  g_test_add_func ("/rtmpehandshake/both", test_both);
  return g_test_run ();
}

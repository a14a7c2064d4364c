/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpdigest.h"
#include "rtmperror.h"
#include "rtmphandshake.h"
#include "rtmpswf.h"
#include "rtmptesthex.h"

#include <string.h>

#define HELLO_SIZE (1 + RTMP_HANDSHAKE_SIZE)
#define PEER_SIZE (HELLO_SIZE + RTMP_HANDSHAKE_SIZE)

#define OUR_TIME 0x01020304
#define READ_TIME 0x0A0B0C0D
#define PEER_TIME 0x55667788

/* Two different runs of bytes, for our random and the peer's. */
static void
fill_random (guint8 * random, guint8 seed)
{
  guint i;

  for (i = 0; i < RTMP_HANDSHAKE_RANDOM_SIZE; i++)
    random[i] = (guint8) (seed + i * 7 + (i >> 8));
}

static RtmpHandshake *
new_handshake (RtmpRole role)
{
  guint8 random[RTMP_HANDSHAKE_RANDOM_SIZE];

  fill_random (random, 1);
  return rtmp_handshake_new (role, OUR_TIME, random);
}

static RtmpHandshake *
new_digest_handshake (RtmpRole role)
{
  guint8 random[RTMP_HANDSHAKE_RANDOM_SIZE];

  fill_random (random, 1);
  return rtmp_handshake_new_full (role, RTMP_HANDSHAKE_DIGEST, OUR_TIME, random,
      NULL);
}

static void
put_packet (guint8 * p, guint32 time, guint32 time2, guint8 seed)
{
  time = GUINT32_TO_BE (time);
  time2 = GUINT32_TO_BE (time2);
  memcpy (p, &time, 4);
  memcpy (p + 4, &time2, 4);
  fill_random (p + 8, seed);
}

/* All that a well-behaved peer sends, in either role. */
static void
put_peer (guint8 * peer)
{
  peer[0] = 3;
  put_packet (peer + 1, PEER_TIME, 0, 99);
  put_packet (peer + HELLO_SIZE, OUR_TIME, 1234, 1);
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

/* Feeds a block, appends the answer; how much of it was taken. */
static gsize
feed (RtmpHandshake * handshake, const guint8 * data, gsize size,
    GByteArray * out)
{
  GError *error = NULL;
  gsize consumed;

  g_assert_true (rtmp_handshake_feed (handshake, READ_TIME, data, size,
          &consumed, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (consumed, <=, size);
  append_pulled (handshake, out);
  return consumed;
}

/* Version, our hello, our echo: what either role has sent in the end. */
static void
put_expected (guint8 * expected)
{
  expected[0] = 3;
  put_packet (expected + 1, OUR_TIME, 0, 1);
  put_packet (expected + HELLO_SIZE, PEER_TIME, READ_TIME, 99);
}

static void
check_sent (const GByteArray * out)
{
  guint8 expected[PEER_SIZE];

  put_expected (expected);
  g_assert_cmpmem (out->data, out->len, expected, sizeof (expected));
}

/* A handshake, all that the peer sends, and all that we do. */
typedef struct
{
  RtmpHandshake *(*create) (RtmpRole role);
  RtmpRole role;
  gboolean has_digests;
  guint8 peer[PEER_SIZE];
  guint8 expected[PEER_SIZE];
} Exchange;

static void
check_swf_key (const Exchange * exchange, const RtmpHandshake * handshake)
{
  const guint8 *hello = exchange->role == RTMP_ROLE_CLIENT ? exchange->peer
      : exchange->expected;

  g_assert_cmpmem (rtmp_handshake_swf_key (handshake), RTMP_SWF_KEY_SIZE,
      hello + HELLO_SIZE - RTMP_SWF_KEY_SIZE, RTMP_SWF_KEY_SIZE);
}

static void
check_split (const Exchange * exchange, gsize first, gsize step)
{
  g_autoptr (RtmpHandshake) handshake = exchange->create (exchange->role);
  GByteArray *out = g_byte_array_new ();
  gsize from = 0, to = first;

  for (; from < PEER_SIZE; from = to, to += step) {
    to = MIN (to, PEER_SIZE);
    g_assert_cmpint (rtmp_handshake_state (handshake), !=, RTMP_HANDSHAKE_DONE);
    g_assert_cmpuint (feed (handshake, exchange->peer + from, to - from, out),
        ==, to - from);
  }
  g_assert_cmpint (rtmp_handshake_state (handshake), ==, RTMP_HANDSHAKE_DONE);
  g_assert_true (rtmp_handshake_echo_matched (handshake));
  g_assert_cmpint (rtmp_handshake_has_digests (handshake), ==,
      exchange->has_digests);
  g_assert_cmpmem (out->data, out->len, exchange->expected, PEER_SIZE);
  check_swf_key (exchange, handshake);
  g_byte_array_unref (out);
}

/* All at once, and byte by byte. */
static void
check_exchange (const Exchange * exchange)
{
  check_split (exchange, PEER_SIZE, PEER_SIZE);
  check_split (exchange, 1, 1);
}

static void
check_any_split (const Exchange * exchange)
{
  gsize split;

  check_exchange (exchange);
  for (split = 1; split < PEER_SIZE; split++)
    check_split (exchange, split, PEER_SIZE);
}

static void
test_any_split (gconstpointer data)
{
  Exchange exchange = {.create = new_handshake,
    .role = (RtmpRole) GPOINTER_TO_INT (data)
  };

  put_peer (exchange.peer);
  put_expected (exchange.expected);
  check_any_split (&exchange);
}

/* What follows the handshake in the same segment is left alone. */
static void
test_chunks_follow (gconstpointer data)
{
  RtmpRole role = (RtmpRole) GPOINTER_TO_INT (data);
  g_autoptr (RtmpHandshake) handshake = new_handshake (role);
  GByteArray *out = g_byte_array_new ();
  guint8 peer[PEER_SIZE + 100] = { 0 };

  put_peer (peer);
  g_assert_cmpuint (feed (handshake, peer, sizeof (peer), out), ==, PEER_SIZE);
  check_sent (out);
  g_assert_cmpuint (feed (handshake, peer + PEER_SIZE, 100, out), ==, 0);
  g_assert_cmpuint (out->len, ==, PEER_SIZE);
  g_byte_array_unref (out);
}

static void
check_state (const RtmpHandshake * handshake, const gchar * expected)
{
  g_assert_cmpstr (rtmp_handshake_state_to_string (rtmp_handshake_state
          (handshake)), ==, expected);
}

/* E-001 to E-004 */
static void
test_client_order (void)
{
  g_autoptr (RtmpHandshake) handshake = new_handshake (RTMP_ROLE_CLIENT);
  GByteArray *out = g_byte_array_new ();
  guint8 peer[PEER_SIZE];
  const guint8 zero[4] = { 0 };

  put_peer (peer);
  append_pulled (handshake, out);
  g_assert_cmpuint (out->len, ==, 1 + 1536);
  g_assert_cmpuint (out->data[0], ==, 3);
  g_assert_cmpmem (out->data + 5, 4, zero, 4);
  check_state (handshake, "await-version");
  feed (handshake, peer, 1, out);
  check_state (handshake, "await-hello");
  feed (handshake, peer + 1, RTMP_HANDSHAKE_SIZE - 1, out);
  g_assert_cmpuint (out->len, ==, HELLO_SIZE);
  feed (handshake, peer + HELLO_SIZE - 1, 1, out);
  check_state (handshake, "await-echo");
  g_assert_cmpuint (out->len, ==, PEER_SIZE);
  feed (handshake, peer + HELLO_SIZE, RTMP_HANDSHAKE_SIZE - 1, out);
  check_state (handshake, "await-echo");
  feed (handshake, peer + PEER_SIZE - 1, 1, out);
  check_state (handshake, "done");
  g_assert_cmpuint (out->len, ==, 1 + 2 * 1536);
  check_sent (out);
  g_byte_array_unref (out);
}

/* E-005, E-011 */
static void
test_server_order (void)
{
  g_autoptr (RtmpHandshake) handshake = new_handshake (RTMP_ROLE_SERVER);
  GByteArray *out = g_byte_array_new ();
  guint8 peer[PEER_SIZE];

  put_peer (peer);
  g_assert_null (rtmp_handshake_pull (handshake));
  feed (handshake, peer, HELLO_SIZE - 1, out);
  g_assert_cmpuint (out->len, ==, 0);
  feed (handshake, peer + HELLO_SIZE - 1, 1, out);
  check_sent (out);
  check_state (handshake, "await-echo");
  feed (handshake, peer + HELLO_SIZE, RTMP_HANDSHAKE_SIZE - 1, out);
  check_state (handshake, "await-echo");
  feed (handshake, peer + PEER_SIZE - 1, 1, out);
  check_state (handshake, "done");
  check_sent (out);
  g_byte_array_unref (out);
}

static void
test_wrong_echo (gconstpointer data)
{
  RtmpRole role = (RtmpRole) GPOINTER_TO_INT (data);
  const gsize wrong[] = { 0, 3, 8, RTMP_HANDSHAKE_SIZE - 1 };
  const gsize free_to_differ[] = { 4, 7 };
  guint8 peer[PEER_SIZE];
  guint i;

  for (i = 0; i < G_N_ELEMENTS (wrong) + G_N_ELEMENTS (free_to_differ); i++) {
    g_autoptr (RtmpHandshake) handshake = new_handshake (role);
    GByteArray *out = g_byte_array_new ();
    gboolean matches = i >= G_N_ELEMENTS (wrong);

    put_peer (peer);
    peer[HELLO_SIZE + (matches ? free_to_differ[i - G_N_ELEMENTS (wrong)]
            : wrong[i])] ^= 0x80;
    g_assert_cmpuint (feed (handshake, peer, PEER_SIZE, out), ==, PEER_SIZE);
    check_state (handshake, "done");
    g_assert_cmpint (rtmp_handshake_echo_matched (handshake), ==, matches);
    g_byte_array_unref (out);
  }
}

/* Whether @version is taken; if so, the answer is as ever. */
static gboolean
takes_version (RtmpRole role, guint8 version, gint * code)
{
  g_autoptr (RtmpHandshake) handshake = new_handshake (role);
  GByteArray *out = g_byte_array_new ();
  guint8 peer[PEER_SIZE];
  GError *error = NULL;
  gsize consumed;
  gboolean ok;

  put_peer (peer);
  peer[0] = version;
  ok = rtmp_handshake_feed (handshake, READ_TIME, peer, PEER_SIZE, &consumed,
      &error);
  *code = error ? error->code : 0;
  g_assert_cmpuint (consumed, ==, ok ? PEER_SIZE : 0);
  append_pulled (handshake, out);
  if (ok)
    check_sent (out);
  else
    g_assert_cmpuint (out->len, ==, role == RTMP_ROLE_CLIENT ? HELLO_SIZE : 0);
  g_clear_error (&error);
  g_byte_array_unref (out);
  return ok;
}

static gint
refusal_of (RtmpRole role, guint version)
{
  if (version == 6 || version == 8 || version == 9)
    return RTMP_ERROR_UNSUPPORTED;
  if (version == 22 || (version == 21 && role == RTMP_ROLE_CLIENT))
    return RTMP_ERROR_TLS_EXPECTED;
  return RTMP_ERROR_BAD_HANDSHAKE;
}

static void
test_versions (void)
{
  guint version;

  for (version = 0; version < 256; version++) {
    gboolean rtmpe = version == 6 || version == 8 || version == 9;
    gboolean tls = version == 22;
    gboolean taken;
    gint code;

    taken = takes_version (RTMP_ROLE_CLIENT, (guint8) version, &code);
    g_assert_cmpint (taken, ==, version == 3);
    g_assert_cmpint (code, ==, taken ? 0 : refusal_of (RTMP_ROLE_CLIENT,
            version));

    taken = takes_version (RTMP_ROLE_SERVER, (guint8) version, &code);
    g_assert_cmpint (taken, ==, version >= 3 && version < 32 && !rtmpe && !tls);
    g_assert_cmpint (code, ==, taken ? 0 : refusal_of (RTMP_ROLE_SERVER,
            version));
  }
}

typedef struct
{
  RtmpRole role;
  const gchar *hex;
  const gchar *text;
} Refusal;

#define EXPECTED "Expected RTMP version 3 in the handshake, but the "

static const Refusal refusals[] = {
  /* HTTP/1.1 400 */
  {RTMP_ROLE_CLIENT, "485454502F312E3120343030 0D0A 536572766572",
      EXPECTED "server answered with HTTP: \"HTTP/1.1 400\""},
  {RTMP_ROLE_CLIENT, "4854", EXPECTED "server answered with HTTP: \"HT\""},
  /* SSH-2.0 */
  {RTMP_ROLE_CLIENT, "5353482D322E300D0A",
      EXPECTED "server answered with something else: \"SSH-2.0\""},
  /* GET / and no end of it */
  {RTMP_ROLE_SERVER, "474554202F 41*1000",
      EXPECTED "client began with HTTP: \"GET /AAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\""},
  {RTMP_ROLE_SERVER, "4F", EXPECTED "client began with HTTP: \"O\""},
  {RTMP_ROLE_SERVER, "1603010200",
      EXPECTED "client began with TLS (rtmps): 22"},
  {RTMP_ROLE_CLIENT, "15030100020246",
      EXPECTED "server answered with TLS (rtmps): 21"},
  {RTMP_ROLE_CLIENT, "06",
      EXPECTED "server answered with RTMPE, which was not to be: 6"},
  {RTMP_ROLE_SERVER, "09",
      EXPECTED "client began with RTMPE, which was not to be: 9"},
  {RTMP_ROLE_CLIENT, "FF",
      EXPECTED "server answered with something else: 255"},
};

static void
test_refusals (void)
{
  guint i, again;

  for (i = 0; i < G_N_ELEMENTS (refusals); i++) {
    g_autoptr (RtmpHandshake) handshake = new_handshake (refusals[i].role);
    GBytes *bytes = rtmp_test_unhex (refusals[i].hex);
    gsize size, consumed;
    const guint8 *data = g_bytes_get_data (bytes, &size);
    GError *error = NULL;

    /* It sticks, whatever comes. */
    for (again = 0; again < 2; again++) {
      g_assert_false (rtmp_handshake_feed (handshake, 0, data, size, &consumed,
              &error));
      g_assert_cmpstr (error->message, ==, refusals[i].text);
      g_assert_cmpuint (consumed, ==, 0);
      check_state (handshake, "await-version");
      g_clear_error (&error);
      data = (const guint8 *) "\x03";
      size = 1;
    }
    g_bytes_unref (bytes);
  }
}

static void
test_nothing_fed (void)
{
  g_autoptr (RtmpHandshake) handshake = new_handshake (RTMP_ROLE_SERVER);
  GByteArray *out = g_byte_array_new ();

  g_assert_cmpuint (feed (handshake, NULL, 0, out), ==, 0);
  check_state (handshake, "await-version");
  g_assert_cmpuint (out->len, ==, 0);
  g_byte_array_unref (out);
}

/* With digests */

#define CLIENT_VERSION 0x09007C02
#define SERVER_VERSION 0x0D0E0A0D
#define OUR_CLIENT_VERSION 0x0A002012
#define OUR_SERVER_VERSION 0x03050101

typedef struct
{
  const gchar *name;
  RtmpRole role;                /* ours */
  RtmpDigestScheme scheme;      /* of the peer's digest */
  const gchar *sha256;          /* of all that we send; computed elsewhere */
} DigestCase;

static const DigestCase digest_cases[] = {
  {"client/scheme-0", RTMP_ROLE_CLIENT, RTMP_DIGEST_SCHEME_0,
      "939b70bc90b61101c1eb984d52ee7cade06378c8b40d78d8fd4ca9161d21e686"},
  {"client/scheme-1", RTMP_ROLE_CLIENT, RTMP_DIGEST_SCHEME_1,
      "2cf3deadcf0cf6f4918ade796d3abd3045a8ae905db53aa658576a651944b440"},
  {"server/scheme-0", RTMP_ROLE_SERVER, RTMP_DIGEST_SCHEME_0,
      "30393ab0094bd55e6dbed6251a72878b50c7b57cd2996e80b8950f445335ea52"},
  {"server/scheme-1", RTMP_ROLE_SERVER, RTMP_DIGEST_SCHEME_1,
      "96e4cf2566eedebcd59ba9c7f8ddcb26c6b14f7089ceac7dc493cd8e7b1c2f6e"},
};

/* What goes over the wire in @c, both ways. */
static void
put_digest_exchange (Exchange * exchange, const DigestCase * c)
{
  gboolean client = c->role == RTMP_ROLE_CLIENT;
  RtmpRole other = client ? RTMP_ROLE_SERVER : RTMP_ROLE_CLIENT;
  guint8 *peer = exchange->peer, *ours = exchange->expected;
  const guint8 *our_digest, *peer_digest;

  exchange->create = new_digest_handshake;
  exchange->role = c->role;
  exchange->has_digests = TRUE;
  peer[0] = ours[0] = 3;
  put_packet (peer + 1, PEER_TIME, client ? SERVER_VERSION : CLIENT_VERSION,
      99);
  put_packet (ours + 1, OUR_TIME, client ? OUR_CLIENT_VERSION :
      OUR_SERVER_VERSION, 1);
  peer_digest = rtmp_digest_write (peer + 1, other, c->scheme);
  our_digest = rtmp_digest_write (ours + 1, c->role, client
      ? RTMP_DIGEST_SCHEME_0 : c->scheme);
  put_packet (peer + HELLO_SIZE, 1, 2, 77);
  rtmp_digest_sign (peer + HELLO_SIZE, other, our_digest);
  memcpy (ours + HELLO_SIZE, peer + 1, RTMP_HANDSHAKE_SIZE);
  memcpy (ours + HELLO_SIZE + 4, "\x0A\x0B\x0C\x0D", 4);
  rtmp_digest_sign (ours + HELLO_SIZE, c->role, peer_digest);
}

static void
test_digest (gconstpointer data)
{
  const DigestCase *c = data;
  Exchange exchange;
  gchar *sha256;

  put_digest_exchange (&exchange, c);
  sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, exchange.expected,
      PEER_SIZE);
  g_assert_cmpstr (sha256, ==, c->sha256);
  check_any_split (&exchange);
  g_free (sha256);
}

/* FFmpeg, publishing, offers a digest and sends an echo. */
static void
test_digest_plain_echo (void)
{
  Exchange exchange;

  put_digest_exchange (&exchange, &digest_cases[2]);
  memcpy (exchange.peer + HELLO_SIZE, exchange.expected + 1,
      RTMP_HANDSHAKE_SIZE);
  check_exchange (&exchange);
}

static void
test_digest_wrong_echo (gconstpointer data)
{
  const DigestCase *c = data;
  const gsize wrong[] = { 0, 8, 1503, 1504, 1535 };
  Exchange exchange;
  guint i;

  put_digest_exchange (&exchange, c);
  for (i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (RtmpHandshake) handshake = new_digest_handshake (c->role);
    GByteArray *out = g_byte_array_new ();

    exchange.peer[HELLO_SIZE + wrong[i]] ^= 1;
    g_assert_cmpuint (feed (handshake, exchange.peer, PEER_SIZE, out), ==,
        PEER_SIZE);
    check_state (handshake, "done");
    g_assert_true (rtmp_handshake_has_digests (handshake));
    g_assert_false (rtmp_handshake_echo_matched (handshake));
    exchange.peer[HELLO_SIZE + wrong[i]] ^= 1;
    g_byte_array_unref (out);
  }
}

/* A peer without a digest, or with one that is wrong: the simple handshake, but
 * for the digest that our C1 has already. */
static void
check_fallback (const DigestCase * c, Exchange * exchange)
{
  exchange->has_digests = FALSE;
  if (c->role == RTMP_ROLE_SERVER)
    put_packet (exchange->expected + 1, OUR_TIME, 0, 1);
  memcpy (exchange->peer + HELLO_SIZE, exchange->expected + 1,
      RTMP_HANDSHAKE_SIZE);
  memcpy (exchange->expected + HELLO_SIZE, exchange->peer + 1,
      RTMP_HANDSHAKE_SIZE);
  memcpy (exchange->expected + HELLO_SIZE + 4, "\x0A\x0B\x0C\x0D", 4);
  check_exchange (exchange);
}

static void
test_digest_version_0 (gconstpointer data)
{
  const DigestCase *c = data;
  Exchange exchange;

  put_digest_exchange (&exchange, c);
  memset (exchange.peer + 1 + 4, 0, 4);
  rtmp_digest_write (exchange.peer + 1, c->role == RTMP_ROLE_CLIENT
      ? RTMP_ROLE_SERVER : RTMP_ROLE_CLIENT, c->scheme);
  check_fallback (c, &exchange);
}

static void
test_digest_wrong (gconstpointer data)
{
  const DigestCase *c = data;
  Exchange exchange;

  put_digest_exchange (&exchange, c);
  exchange.peer[1 + 1535] ^= 1;
  check_fallback (c, &exchange);
}

/* Nobody asked for it. */
static void
test_digest_not_wanted (gconstpointer data)
{
  const DigestCase *c = data;
  Exchange exchange;

  put_digest_exchange (&exchange, c);
  exchange.create = new_handshake;
  put_packet (exchange.expected + 1, OUR_TIME, 0, 1);
  check_fallback (c, &exchange);
}

static void
feed_to (GByteArray * from, RtmpHandshake * to, GByteArray * out)
{
  g_assert_cmpuint (feed (to, from->data, from->len, out), ==, from->len);
  g_byte_array_set_size (from, 0);
}

static void
test_digest_both (void)
{
  g_autoptr (RtmpHandshake) client = new_digest_handshake (RTMP_ROLE_CLIENT);
  g_autoptr (RtmpHandshake) server = new_digest_handshake (RTMP_ROLE_SERVER);
  GByteArray *to_server = g_byte_array_new (), *to_client = g_byte_array_new ();

  append_pulled (client, to_server);
  feed_to (to_server, server, to_client);
  feed_to (to_client, client, to_server);
  feed_to (to_server, server, to_client);
  check_state (client, "done");
  check_state (server, "done");
  g_assert_true (rtmp_handshake_has_digests (client));
  g_assert_true (rtmp_handshake_has_digests (server));
  g_assert_true (rtmp_handshake_echo_matched (client));
  g_assert_true (rtmp_handshake_echo_matched (server));
  g_byte_array_unref (to_server);
  g_byte_array_unref (to_client);
}

static void
add_digest_tests (void)
{
  static const struct
  {
    const gchar *name;
    GTestDataFunc func;
  } tests[] = {
    {"any-split", test_digest},
    {"E-008-wrong-echo", test_digest_wrong_echo},
    {"version-0", test_digest_version_0},
    {"wrong", test_digest_wrong},
    {"not-wanted", test_digest_not_wanted},
  };
  guint i, j;

  for (i = 0; i < G_N_ELEMENTS (tests); i++) {
    for (j = 0; j < G_N_ELEMENTS (digest_cases); j++) {
      gchar *path = g_strdup_printf ("/handshake/digest/%s/%s", tests[i].name,
          digest_cases[j].name);

      g_test_add_data_func (path, &digest_cases[j], tests[i].func);
      g_free (path);
    }
  }
  g_test_add_func ("/handshake/digest/plain-echo", test_digest_plain_echo);
  g_test_add_func ("/handshake/digest/both", test_digest_both);
}

int
main (int argc, char **argv)
{
  gpointer client = GINT_TO_POINTER (RTMP_ROLE_CLIENT);
  gpointer server = GINT_TO_POINTER (RTMP_ROLE_SERVER);

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/handshake/E-001-E-002-E-003-E-004-client-order",
      test_client_order);
  g_test_add_func ("/handshake/E-005-E-011-server-order", test_server_order);
  g_test_add_data_func ("/handshake/E-006-E-009-any-split/client", client,
      test_any_split);
  g_test_add_data_func ("/handshake/E-006-E-009-any-split/server", server,
      test_any_split);
  g_test_add_func ("/handshake/E-007-versions", test_versions);
  g_test_add_data_func ("/handshake/E-008-wrong-echo/client", client,
      test_wrong_echo);
  g_test_add_data_func ("/handshake/E-008-wrong-echo/server", server,
      test_wrong_echo);
  g_test_add_data_func ("/handshake/E-009-chunks-follow/client", client,
      test_chunks_follow);
  g_test_add_data_func ("/handshake/E-009-chunks-follow/server", server,
      test_chunks_follow);
  g_test_add_func ("/handshake/refusals", test_refusals);
  g_test_add_func ("/handshake/nothing-fed", test_nothing_fed);
  add_digest_tests ();
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmperror.h"
#include "rtmphandshake.h"
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
check_sent (const GByteArray * out)
{
  guint8 expected[PEER_SIZE];

  expected[0] = 3;
  put_packet (expected + 1, OUR_TIME, 0, 1);
  put_packet (expected + HELLO_SIZE, PEER_TIME, READ_TIME, 99);
  g_assert_cmpmem (out->data, out->len, expected, sizeof (expected));
}

static void
check_split (RtmpRole role, const guint8 * peer, gsize first, gsize step)
{
  g_autoptr (RtmpHandshake) handshake = new_handshake (role);
  GByteArray *out = g_byte_array_new ();
  gsize from = 0, to = first;

  for (; from < PEER_SIZE; from = to, to += step) {
    to = MIN (to, PEER_SIZE);
    g_assert_cmpint (rtmp_handshake_state (handshake), !=, RTMP_HANDSHAKE_DONE);
    g_assert_cmpuint (feed (handshake, peer + from, to - from, out), ==,
        to - from);
  }
  g_assert_cmpint (rtmp_handshake_state (handshake), ==, RTMP_HANDSHAKE_DONE);
  g_assert_true (rtmp_handshake_echo_matched (handshake));
  check_sent (out);
  g_byte_array_unref (out);
}

static void
test_any_split (gconstpointer data)
{
  RtmpRole role = (RtmpRole) GPOINTER_TO_INT (data);
  guint8 peer[PEER_SIZE];
  gsize split;

  put_peer (peer);
  check_split (role, peer, PEER_SIZE, PEER_SIZE);
  check_split (role, peer, 1, 1);
  for (split = 1; split < PEER_SIZE; split++)
    check_split (role, peer, split, PEER_SIZE);
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
  g_assert_cmpuint (out->len, ==, HELLO_SIZE);
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
  feed (handshake, peer + HELLO_SIZE, RTMP_HANDSHAKE_SIZE, out);
  check_state (handshake, "done");
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

static void
test_versions (void)
{
  guint version;

  for (version = 0; version < 256; version++) {
    gboolean rtmpe = version == 6 || version == 8 || version == 9;
    gboolean tls = version == 22;
    gint refusal = rtmpe ? RTMP_ERROR_UNSUPPORTED : RTMP_ERROR_BAD_HANDSHAKE;
    gboolean taken;
    gint code;

    taken = takes_version (RTMP_ROLE_CLIENT, (guint8) version, &code);
    g_assert_cmpint (taken, ==, version == 3);
    g_assert_cmpint (code, ==, taken ? 0 : refusal);

    taken = takes_version (RTMP_ROLE_SERVER, (guint8) version, &code);
    g_assert_cmpint (taken, ==, version >= 3 && version < 32 && !rtmpe && !tls);
    g_assert_cmpint (code, ==, taken ? 0 : refusal);
  }
}

typedef struct
{
  RtmpRole role;
  const gchar *hex;
  const gchar *text;
} Refusal;

static const Refusal refusals[] = {
  /* HTTP/1.1 400 */
  {RTMP_ROLE_CLIENT, "485454502F312E3120343030 0D0A 536572766572",
      "Expected RTMP version 3 in the handshake, got \"HTTP/1.1 400\": "
        "the server seems to speak HTTP"},
  /* GET / and no end of it */
  {RTMP_ROLE_SERVER, "474554202F 41*1000",
      "Expected RTMP version 3 in the handshake, got \"GET /AAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\": "
        "the client seems to speak HTTP"},
  {RTMP_ROLE_SERVER, "4F", "Expected RTMP version 3 in the handshake, got "
        "\"O\": the client seems to speak HTTP"},
  {RTMP_ROLE_SERVER, "1603010200", "Expected RTMP version 3 in the handshake, "
        "got 22: the client seems to speak TLS (rtmps)"},
  {RTMP_ROLE_CLIENT, "15030100020246", "Expected RTMP version 3 in the "
        "handshake, got 21: the server seems to speak TLS (rtmps)"},
  {RTMP_ROLE_CLIENT, "06", "Expected RTMP version 3 in the handshake, got 6: "
        "the server wants RTMPE, which is not supported"},
  {RTMP_ROLE_SERVER, "09", "Expected RTMP version 3 in the handshake, got 9: "
        "the client wants RTMPE, which is not supported"},
  {RTMP_ROLE_CLIENT, "FF", "Expected RTMP version 3 in the handshake, got 255: "
        "the server does not speak RTMP"},
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

int
main (int argc, char **argv)
{
  gpointer client = GINT_TO_POINTER (RTMP_ROLE_CLIENT);
  gpointer server = GINT_TO_POINTER (RTMP_ROLE_SERVER);

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/handshake/E-001-to-E-004-client-order", test_client_order);
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
  return g_test_run ();
}

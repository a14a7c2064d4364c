/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmptunnelserver.h"

#include <string.h>

#define SECOND G_USEC_PER_SEC

static guint
request (RtmpTunnelServer * session, RtmpTunnelVerb verb, guint32 sequence,
    const gchar * text)
{
  RtmpTunnelRequest request = {.verb = verb,.id = "a",.sequence = sequence };
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  return rtmp_tunnel_server_request (session, 5 * SECOND, &request, body);
}

static void
assert_reply (RtmpTunnelServer * session, guint8 interval, const gchar * text)
{
  g_autoptr (GBytes) reply = rtmp_tunnel_server_reply (session);
  gsize size;
  const guint8 *data = g_bytes_get_data (reply, &size);

  g_assert_cmpuint (size, >, 0);
  g_assert_cmpuint (data[0], ==, interval);
  g_assert_cmpmem (data + 1, size - 1, text, strlen (text));
}

static void
assert_input (RtmpTunnelServer * session, const gchar * text)
{
  guint8 data[64];
  gsize n = rtmp_tunnel_server_read (session, data, sizeof (data));

  g_assert_cmpmem (data, n, text, strlen (text));
}

static void
write_text (RtmpTunnelServer * session, const gchar * text)
{
  g_assert_cmpuint (rtmp_tunnel_server_write (session, (const guint8 *) text,
          strlen (text)), ==, strlen (text));
}

static void
test_stream (void)
{
  g_autoptr (RtmpTunnelServer) session = rtmp_tunnel_server_new (0, 0);
  guint8 two[2];

  g_assert_cmpuint (request (session, RTMP_TUNNEL_SEND, 0, "hello"), ==, 200);
  g_assert_cmpuint (rtmp_tunnel_server_input (session), ==, 5);
  write_text (session, "wor");
  write_text (session, "ld");
  assert_reply (session, 1, "world");
  g_assert_cmpuint (request (session, RTMP_TUNNEL_SEND, 1, "you"), ==, 200);
  assert_reply (session, 1, "");
  g_assert_cmpuint (rtmp_tunnel_server_read (session, two, 2), ==, 2);
  g_assert_cmpmem (two, 2, "he", 2);
  g_assert_cmpuint (rtmp_tunnel_server_input (session), ==, 6);
  assert_input (session, "lloyou");
  assert_input (session, "");
  g_assert_cmpuint (request (session, RTMP_TUNNEL_SEND, 2, ""), ==, 200);
  g_assert_cmpuint (request (session, RTMP_TUNNEL_IDLE, 3, "x"), ==, 200);
  assert_input (session, "");
}

/* The reply of a request that comes again is what it was. */
static void
test_replay (void)
{
  g_autoptr (RtmpTunnelServer) session = rtmp_tunnel_server_new (0, 0);

  g_assert_cmpuint (request (session, RTMP_TUNNEL_SEND, 0, "one"), ==, 200);
  write_text (session, "1");
  assert_reply (session, 1, "1");
  assert_input (session, "one");
  write_text (session, "2");
  g_assert_cmpuint (request (session, RTMP_TUNNEL_SEND, 0, "one"), ==, 200);
  assert_reply (session, 1, "1");
  assert_input (session, "");
  g_assert_cmpuint (request (session, RTMP_TUNNEL_IDLE, 1, ""), ==, 200);
  assert_reply (session, 1, "2");
  g_assert_cmpuint (request (session, RTMP_TUNNEL_SEND, 0, "one"), ==, 400);
  g_assert_cmpuint (request (session, RTMP_TUNNEL_SEND, 3, "x"), ==, 400);
  assert_input (session, "");
  g_assert_cmpuint (request (session, RTMP_TUNNEL_SEND, 2, "go on"), ==, 200);
  assert_input (session, "go on");
}

static void
test_first_number (void)
{
  g_autoptr (RtmpTunnelServer) session = rtmp_tunnel_server_new (0, 0);

  g_assert_cmpuint (request (session, RTMP_TUNNEL_SEND, 2, ""), ==, 400);
  g_assert_cmpuint (request (session, RTMP_TUNNEL_SEND, G_MAXUINT32, ""), ==,
      400);
  g_assert_cmpuint (request (session, RTMP_TUNNEL_SEND, 1, "a"), ==, 200);
  g_assert_cmpuint (request (session, RTMP_TUNNEL_SEND, 0, "a"), ==, 400);
  g_assert_cmpuint (request (session, RTMP_TUNNEL_SEND, 2, "b"), ==, 200);
  assert_input (session, "ab");
}

/* 1 for a while, then twice as much each time, until there is something. */
static void
test_interval (void)
{
  static const guint8 later[] = { 2, 4, 8, 16, 32, 33, 33 };
  g_autoptr (RtmpTunnelServer) session = rtmp_tunnel_server_new (0, 0);
  guint32 number = 0;
  guint i, round;

  for (round = 0; round < 2; round++) {
    for (i = 0; i < RTMP_TUNNEL_EMPTY_REPLIES; i++) {
      request (session, RTMP_TUNNEL_IDLE, number++, "");
      assert_reply (session, RTMP_TUNNEL_INTERVAL_MIN, "");
    }
    for (i = 0; i < G_N_ELEMENTS (later); i++) {
      request (session, RTMP_TUNNEL_IDLE, number++, "");
      assert_reply (session, later[i], "");
    }
    write_text (session, "x");
    request (session, RTMP_TUNNEL_IDLE, number++, "");
    assert_reply (session, RTMP_TUNNEL_INTERVAL_MIN, "x");
  }
}

static void
test_bounded_output (void)
{
  g_autoptr (RtmpTunnelServer) session = rtmp_tunnel_server_new (0, 0);
  g_autofree guint8 *data = g_malloc0 (RTMP_TUNNEL_OUTPUT_MAX);
  g_autoptr (GBytes) reply = NULL;

  g_assert_cmpuint (rtmp_tunnel_server_space (session), ==,
      RTMP_TUNNEL_OUTPUT_MAX);
  write_text (session, "x");
  g_assert_cmpuint (rtmp_tunnel_server_write (session, data,
          RTMP_TUNNEL_OUTPUT_MAX), ==, RTMP_TUNNEL_OUTPUT_MAX - 1);
  g_assert_cmpuint (rtmp_tunnel_server_space (session), ==, 0);
  g_assert_cmpuint (rtmp_tunnel_server_write (session, data, 1), ==, 0);
  request (session, RTMP_TUNNEL_IDLE, 0, "");
  reply = rtmp_tunnel_server_reply (session);
  g_assert_cmpuint (g_bytes_get_size (reply), ==, RTMP_TUNNEL_OUTPUT_MAX + 1);
  g_assert_cmpuint (rtmp_tunnel_server_space (session), ==,
      RTMP_TUNNEL_OUTPUT_MAX);
}

static void
test_client_closes (void)
{
  g_autoptr (RtmpTunnelServer) session = rtmp_tunnel_server_new (0, 0);

  request (session, RTMP_TUNNEL_SEND, 0, "bye");
  g_assert_false (rtmp_tunnel_server_input_ended (session));
  g_assert_cmpuint (request (session, RTMP_TUNNEL_CLOSE, 1, ""), ==, 200);
  g_assert_true (rtmp_tunnel_server_input_ended (session));
  g_assert_false (rtmp_tunnel_server_is_over (session));
  assert_input (session, "bye");
  write_text (session, "you too");
  assert_reply (session, 0, "you too");
  g_assert_true (rtmp_tunnel_server_is_over (session));
  g_assert_cmpuint (request (session, RTMP_TUNNEL_SEND, 2, "x"), ==, 404);
  /* Its reply may have been lost. */
  g_assert_cmpuint (request (session, RTMP_TUNNEL_CLOSE, 1, ""), ==, 200);
  assert_reply (session, 0, "you too");
}

static void
test_server_closes (void)
{
  g_autoptr (RtmpTunnelServer) session = rtmp_tunnel_server_new (0, 0);

  request (session, RTMP_TUNNEL_SEND, 0, "hello");
  write_text (session, "bye");
  rtmp_tunnel_server_close (session);
  g_assert_cmpuint (rtmp_tunnel_server_space (session), ==, 0);
  assert_reply (session, 1, "bye");
  g_assert_false (rtmp_tunnel_server_is_over (session));
  request (session, RTMP_TUNNEL_IDLE, 1, "");
  assert_reply (session, 0, "");
  g_assert_true (rtmp_tunnel_server_is_over (session));
  g_assert_cmpuint (request (session, RTMP_TUNNEL_IDLE, 2, ""), ==, 404);
}

static void
test_deadline (void)
{
  g_autoptr (RtmpTunnelServer) session = rtmp_tunnel_server_new (3, 2 * SECOND);
  g_autoptr (RtmpTunnelServer) patient = rtmp_tunnel_server_new (3, 0);

  g_assert_cmpint (rtmp_tunnel_server_deadline (session), ==, 2 * SECOND + 3);
  request (session, RTMP_TUNNEL_IDLE, 7, "");   /* refused */
  g_assert_cmpint (rtmp_tunnel_server_deadline (session), ==, 2 * SECOND + 3);
  request (session, RTMP_TUNNEL_IDLE, 0, "");
  g_assert_cmpint (rtmp_tunnel_server_deadline (session), ==, 7 * SECOND);
  g_assert_cmpint (rtmp_tunnel_server_deadline (patient), ==, G_MAXINT64);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtmptunnelserver/stream", test_stream);
  g_test_add_func ("/rtmptunnelserver/replay", test_replay);
  g_test_add_func ("/rtmptunnelserver/first-number", test_first_number);
  g_test_add_func ("/rtmptunnelserver/interval", test_interval);
  g_test_add_func ("/rtmptunnelserver/bounded-output", test_bounded_output);
  g_test_add_func ("/rtmptunnelserver/client-closes", test_client_closes);
  g_test_add_func ("/rtmptunnelserver/server-closes", test_server_closes);
  g_test_add_func ("/rtmptunnelserver/deadline", test_deadline);
  return g_test_run ();
}

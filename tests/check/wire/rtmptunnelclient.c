/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmptunnelclient.h"

#include <string.h>

#include "rtmperror.h"
#include "rtmptunnelserver.h"

#define UNIT RTMP_TUNNEL_INTERVAL_UNIT

#define HEAD_OF(path, length) "POST " path " HTTP/1.1\r\nHost: h:1\r\n" \
    "Content-Type: application/x-fcs\r\nUser-Agent: Shockwave Flash\r\n" \
    "Accept: */*\r\nConnection: Keep-Alive\r\nCache-Control: no-cache\r\n" \
    "Content-Length: " length "\r\n\r\n"

static void
assert_pulls_bytes (RtmpTunnelClient * client, gint64 now,
    const gchar * expected, gsize size)
{
  g_autoptr (GBytes) request = rtmp_tunnel_client_pull (client, now);

  g_assert_nonnull (request);
  g_assert_cmpmem (g_bytes_get_data (request, NULL),
      g_bytes_get_size (request), expected, size);
}

/* A literal, with a zero in it maybe. */
#define assert_pulls(client, now, expected) \
    assert_pulls_bytes (client, now, expected, sizeof (expected) - 1)

static void
pull (RtmpTunnelClient * client, gint64 now)
{
  GBytes *request = rtmp_tunnel_client_pull (client, now);

  g_assert_nonnull (request);
  g_bytes_unref (request);
}

static void
assert_pulls_nothing (RtmpTunnelClient * client, gint64 now)
{
  g_autoptr (GBytes) request = rtmp_tunnel_client_pull (client, now);

  g_assert_null (request);
}

static gboolean
feed (RtmpTunnelClient * client, gint64 now, const gchar * text, gsize size,
    GError ** error)
{
  return rtmp_tunnel_client_feed (client, now, (const guint8 *) text, size,
      error);
}

/* A response with this body. */
static void
answer (RtmpTunnelClient * client, gint64 now, const gchar * body)
{
  g_autofree gchar *text =
      g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Length: %u\r\n\r\n%s",
      (guint) strlen (body), body);
  GError *error = NULL;

  feed (client, now, text, strlen (text), &error);
  g_assert_no_error (error);
}

static void
write_text (RtmpTunnelClient * client, const gchar * text)
{
  g_assert_cmpuint (rtmp_tunnel_client_write (client, (const guint8 *) text,
          strlen (text)), ==, strlen (text));
}

static void
assert_input (RtmpTunnelClient * client, const gchar * text)
{
  guint8 data[64];
  gsize n = rtmp_tunnel_client_read (client, data, sizeof (data));

  g_assert_cmpmem (data, n, text, strlen (text));
}

/* A client whose session is called S. */
static RtmpTunnelClient *
new_open (void)
{
  RtmpTunnelClient *client = rtmp_tunnel_client_new ("h:1");

  assert_pulls (client, 0, HEAD_OF ("/open/1", "1") "\0");
  answer (client, 0, "S\n");
  return client;
}

static void
test_session (void)
{
  g_autoptr (RtmpTunnelClient) client = new_open ();

  g_assert_cmpint (rtmp_tunnel_client_state (client), ==,
      RTMP_TUNNEL_CLIENT_RUNNING);
  write_text (client, "hel");
  write_text (client, "lo");
  assert_pulls (client, 0, HEAD_OF ("/send/S/0", "5") "hello");
  /* One request at a time. */
  write_text (client, "more");
  assert_pulls_nothing (client, G_MAXINT64 - 1);
  answer (client, 0, "\1world");
  assert_pulls (client, 0, HEAD_OF ("/send/S/1", "4") "more");
  answer (client, 0, "\1");
  assert_input (client, "world");
  assert_pulls (client, UNIT, HEAD_OF ("/idle/S/2", "1") "\0");
  answer (client, UNIT, "\1");
  rtmp_tunnel_client_finish (client);
  g_assert_cmpuint (rtmp_tunnel_client_space (client), ==, 0);
  assert_pulls (client, UNIT, HEAD_OF ("/close/S/3", "1") "\0");
  g_assert_cmpint (rtmp_tunnel_client_state (client), ==,
      RTMP_TUNNEL_CLIENT_AWAIT_CLOSE);
  answer (client, UNIT, "\1last");
  assert_input (client, "last");
  g_assert_cmpint (rtmp_tunnel_client_state (client), ==,
      RTMP_TUNNEL_CLIENT_OVER);
  assert_pulls_nothing (client, G_MAXINT64 - 1);
}

/* What was written before is sent, and answered, before the session ends. */
static void
test_finish_drains (void)
{
  g_autoptr (RtmpTunnelClient) client = rtmp_tunnel_client_new ("h:1");

  write_text (client, "all");
  rtmp_tunnel_client_finish (client);
  assert_pulls (client, 0, HEAD_OF ("/open/1", "1") "\0");
  answer (client, 0, "S");
  assert_pulls (client, 0, HEAD_OF ("/send/S/0", "3") "all");
  answer (client, 0, "\1");
  assert_pulls (client, 0, HEAD_OF ("/close/S/1", "1") "\0");
}

/* At once while something comes; then as the server says. */
static void
test_polling (void)
{
  g_autoptr (RtmpTunnelClient) client = new_open ();

  pull (client, 0);
  answer (client, 0, "\1x");
  /* Who does not read does not ask for more. */
  g_assert_cmpint (rtmp_tunnel_client_deadline (client), ==, G_MAXINT64);
  assert_input (client, "x");
  assert_pulls (client, 0, HEAD_OF ("/idle/S/1", "1") "\0");
  answer (client, 100, "\4");
  g_assert_cmpint (rtmp_tunnel_client_deadline (client), ==, 100 + 4 * UNIT);
  assert_pulls_nothing (client, 100 + 4 * UNIT - 1);
  assert_pulls (client, 100 + 4 * UNIT, HEAD_OF ("/idle/S/2", "1") "\0");
  answer (client, 0, "\xff");
  g_assert_cmpint (rtmp_tunnel_client_deadline (client), ==,
      RTMP_TUNNEL_INTERVAL_MAX * UNIT);
  /* What is to be sent does not wait. */
  write_text (client, "y");
  g_assert_cmpint (rtmp_tunnel_client_deadline (client), ==, 0);
  assert_pulls (client, 0, HEAD_OF ("/send/S/3", "1") "y");
}

static void
test_not_reading (void)
{
  g_autoptr (RtmpTunnelClient) client = new_open ();

  rtmp_tunnel_client_set_reading (client, FALSE);
  assert_pulls_nothing (client, G_MAXINT64 - 1);
  write_text (client, "x");
  assert_pulls (client, 0, HEAD_OF ("/send/S/0", "1") "x");
  answer (client, 0, "\1");
  assert_pulls_nothing (client, G_MAXINT64 - 1);
  rtmp_tunnel_client_set_reading (client, TRUE);
  assert_pulls (client, UNIT, HEAD_OF ("/idle/S/1", "1") "\0");
}

static void
assert_aborts (RtmpTunnelClient * client, const gchar * path)
{
  g_autoptr (GBytes) request = rtmp_tunnel_client_abort (client);

  g_assert_cmpint (request != NULL, ==, path != NULL);
  if (request)
    g_assert_cmpmem (g_bytes_get_data (request, NULL), strlen (path), path,
        strlen (path));
  g_assert_cmpint (rtmp_tunnel_client_state (client), ==,
      RTMP_TUNNEL_CLIENT_OVER);
}

static void
test_abort (void)
{
  g_autoptr (RtmpTunnelClient) new = rtmp_tunnel_client_new ("h:1");
  g_autoptr (RtmpTunnelClient) idle = new_open ();
  g_autoptr (RtmpTunnelClient) busy = new_open ();
  g_autoptr (RtmpTunnelClient) lost = new_open ();

  assert_aborts (new, NULL);
  assert_aborts (idle, "POST /close/S/0 ");
  assert_aborts (idle, NULL);
  write_text (busy, "x");
  assert_pulls (busy, 0, HEAD_OF ("/send/S/0", "1") "x");
  assert_aborts (busy, "POST /close/S/1 ");
  /* Its request would come first. */
  assert_pulls (lost, 0, HEAD_OF ("/idle/S/0", "1") "\0");
  g_assert_true (rtmp_tunnel_client_disconnected (lost, 0, NULL));
  assert_aborts (lost, NULL);
}

/* A server that never asks for less is polled less all the same. */
static void
test_own_back_off (void)
{
  g_autoptr (RtmpTunnelClient) client = new_open ();
  gint64 delays[] = { 1, 2, 4, 8, 8 };
  guint i, n = 0;

  for (i = 0; i < G_N_ELEMENTS (delays); i++)
    do {
      gint64 due = rtmp_tunnel_client_deadline (client);

      pull (client, due);
      answer (client, due, "\1");
      n++;
      g_assert_cmpint (rtmp_tunnel_client_deadline (client) - due, ==,
          delays[n / RTMP_TUNNEL_EMPTY_REPLIES] * UNIT);
    } while (n % RTMP_TUNNEL_EMPTY_REPLIES < RTMP_TUNNEL_EMPTY_REPLIES - 1);
}

static void
test_bounded_output (void)
{
  g_autoptr (RtmpTunnelClient) client = new_open ();
  g_autofree guint8 *data = g_malloc0 (RTMP_TUNNEL_OUTPUT_MAX);
  g_autoptr (GBytes) request = NULL;

  write_text (client, "x");
  g_assert_cmpuint (rtmp_tunnel_client_write (client, data,
          RTMP_TUNNEL_OUTPUT_MAX), ==, RTMP_TUNNEL_OUTPUT_MAX - 1);
  g_assert_cmpuint (rtmp_tunnel_client_write (client, data, 1), ==, 0);
  request = rtmp_tunnel_client_pull (client, 0);
  g_assert_cmpuint (rtmp_tunnel_client_space (client), ==,
      RTMP_TUNNEL_OUTPUT_MAX);
}

static void
test_server_ends (void)
{
  g_autoptr (RtmpTunnelClient) client = new_open ();

  assert_pulls (client, 0, HEAD_OF ("/idle/S/0", "1") "\0");
  g_assert_true (feed (client, 0,
          "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\0bye", 42, NULL));
  assert_input (client, "bye");
  g_assert_cmpint (rtmp_tunnel_client_state (client), ==,
      RTMP_TUNNEL_CLIENT_OVER);
  g_assert_true (rtmp_tunnel_client_disconnected (client, 0, NULL));
}

/* A response without a body, as some have for close. */
static void
test_empty_response (void)
{
  g_autoptr (RtmpTunnelClient) client = new_open ();

  assert_pulls (client, 0, HEAD_OF ("/idle/S/0", "1") "\0");
  answer (client, 0, "");
  g_assert_cmpint (rtmp_tunnel_client_state (client), ==,
      RTMP_TUNNEL_CLIENT_RUNNING);
  g_assert_cmpint (rtmp_tunnel_client_deadline (client), ==, UNIT);
}

/* Connections that end */

static void
test_reconnect_between (void)
{
  g_autoptr (RtmpTunnelClient) client = new_open ();

  g_assert_false (rtmp_tunnel_client_needs_connection (client));
  g_assert_true (rtmp_tunnel_client_disconnected (client, 0, NULL));
  g_assert_true (rtmp_tunnel_client_needs_connection (client));
  rtmp_tunnel_client_connected (client);
  g_assert_false (rtmp_tunnel_client_needs_connection (client));
  assert_pulls (client, 0, HEAD_OF ("/idle/S/0", "1") "\0");
}

/* The server has closed an idle connection when the request was under way. */
static void
test_reconnect_within (void)
{
  g_autoptr (RtmpTunnelClient) client = new_open ();
  g_autoptr (GError) error = NULL;

  write_text (client, "x");
  assert_pulls (client, 0, HEAD_OF ("/send/S/0", "1") "x");
  write_text (client, "y");
  g_assert_true (rtmp_tunnel_client_disconnected (client, 0, NULL));
  g_assert_cmpint (rtmp_tunnel_client_deadline (client), ==, 0);
  rtmp_tunnel_client_connected (client);
  assert_pulls (client, 0, HEAD_OF ("/send/S/0", "1") "x");
  /* It was no accident, then. */
  g_assert_false (rtmp_tunnel_client_disconnected (client, 0, &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_PEER_CLOSED);
  g_clear_error (&error);
  g_assert_false (feed (client, 0, "x", 1, &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_PEER_CLOSED);
}

/* Then nothing is left to be lost. */
static void
test_closed_for_an_answer (void)
{
  g_autoptr (RtmpTunnelClient) client = new_open ();

  rtmp_tunnel_client_finish (client);
  assert_pulls (client, 0, HEAD_OF ("/close/S/0", "1") "\0");
  g_assert_true (rtmp_tunnel_client_disconnected (client, 0, NULL));
  g_assert_cmpint (rtmp_tunnel_client_state (client), ==,
      RTMP_TUNNEL_CLIENT_OVER);
  g_assert_false (rtmp_tunnel_client_needs_connection (client));
}

static void
test_cut_response (void)
{
  static const gchar text[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\1x";
  gsize at;

  for (at = 1; at + 1 < sizeof (text); at++) {
    g_autoptr (RtmpTunnelClient) client = new_open ();
    g_autoptr (GError) error = NULL;

    pull (client, 0);
    g_assert_true (feed (client, 0, text, at, NULL));
    g_assert_false (rtmp_tunnel_client_disconnected (client, 0, &error));
    g_assert_error (error, RTMP_ERROR, RTMP_ERROR_PEER_CLOSED);
  }
}

/* HTTP/1.0: each reply ends its connection, with or without a length. */
static void
test_without_keep_alive (void)
{
  static const gchar closing[] = "HTTP/1.1 200 OK\r\nConnection: close\r\n"
      "Content-Length: 2\r\n\r\n\1x", endless[] = "HTTP/1.0 200 OK\r\n\r\n\1y";
  g_autoptr (RtmpTunnelClient) client = new_open ();

  assert_pulls (client, 0, HEAD_OF ("/idle/S/0", "1") "\0");
  g_assert_true (feed (client, 0, closing, sizeof (closing) - 1, NULL));
  g_assert_true (rtmp_tunnel_client_needs_connection (client));
  assert_input (client, "x");
  g_assert_true (rtmp_tunnel_client_disconnected (client, 0, NULL));
  rtmp_tunnel_client_connected (client);
  assert_pulls (client, 0, HEAD_OF ("/idle/S/1", "1") "\0");
  g_assert_true (feed (client, 0, endless, sizeof (endless) - 1, NULL));
  assert_input (client, "y");
  assert_pulls_nothing (client, 0);
  g_assert_true (rtmp_tunnel_client_disconnected (client, 0, NULL));
  g_assert_true (rtmp_tunnel_client_needs_connection (client));
  rtmp_tunnel_client_connected (client);
  assert_pulls (client, 0, HEAD_OF ("/idle/S/2", "1") "\0");
}

/* What is wrong */

typedef struct
{
  const gchar *open;            /* the response to it; NULL: an id */
  const gchar *response;        /* to the request after that */
  RtmpError code;
  const gchar *message;         /* part of it */
} Wrong;

#define EMPTY "\r\nContent-Length: 0\r\n\r\n"

static const Wrong wrongs[] = {
  {"HTTP/1.1 404 Not Found" EMPTY, NULL, RTMP_ERROR_BAD_HTTP,
      "only HTTP: expected 200 for /open, got 404 Not Found"},
  {"HTTP/1.1 405 Method Not Allowed" EMPTY, NULL, RTMP_ERROR_BAD_HTTP,
      "got 405 Method Not Allowed"},
  {"HTTP/1.0 501 Not Implemented" EMPTY, NULL, RTMP_ERROR_BAD_HTTP,
      "got 501 Not Implemented"},
  {"HTTP/1.1 302 \xc3\xb6" EMPTY, NULL, RTMP_ERROR_BAD_HTTP, "got 302 \\303"},
  {"HTTP/1.1 503 Busy" EMPTY, NULL, RTMP_ERROR_REFUSED, "HTTP 503 Busy"},
  {"\3aaaa", NULL, RTMP_ERROR_BAD_HTTP, "got byte 0x03"},
  {"HTTP/1.1 200 OK" EMPTY, NULL, RTMP_ERROR_BAD_HTTP, "got 0 bytes"},
  {"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", NULL,
      RTMP_ERROR_BAD_HTTP, "the id of a session"},
  {NULL, "HTTP/1.1 404 Not Found" EMPTY, RTMP_ERROR_PEER_CLOSED,
      "ended the tunnel's session: HTTP 404 Not Found"},
  {NULL, "HTTP/1.1 400 " EMPTY, RTMP_ERROR_PEER_CLOSED, "HTTP 400"},
  {NULL, "HTTP/1.1 502 Bad Gateway" EMPTY, RTMP_ERROR_REFUSED, "HTTP 502"},
  {NULL, "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n",
      RTMP_ERROR_LIMIT_HTTP, "over the limit"},
  {NULL, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\1HTTP/1.1 200 OK\r\n",
      RTMP_ERROR_BAD_HTTP, "17 bytes that answer no request"},
};

static void
assert_wrong (const Wrong * wrong)
{
  g_autoptr (RtmpTunnelClient) client = rtmp_tunnel_client_new ("h:1");
  g_autoptr (GError) error = NULL, again = NULL;

  pull (client, 0);
  if (wrong->open)
    g_assert_false (feed (client, 0, wrong->open, strlen (wrong->open),
            &error));
  else {
    answer (client, 0, "S");
    pull (client, 0);
    g_assert_false (feed (client, 0, wrong->response,
            strlen (wrong->response), &error));
  }
  g_assert_error (error, RTMP_ERROR, (gint) wrong->code);
  if (strstr (error->message, wrong->message) == NULL)
    g_error ("\"%s\" without \"%s\"", error->message, wrong->message);
  g_assert_false (rtmp_tunnel_client_disconnected (client, 0, &again));
  g_assert_cmpstr (again->message, ==, error->message);
  assert_pulls_nothing (client, G_MAXINT64 - 1);
}

static void
test_wrong (void)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (wrongs); i++)
    assert_wrong (&wrongs[i]);
}

static void
test_unasked (void)
{
  g_autoptr (RtmpTunnelClient) client = rtmp_tunnel_client_new ("h:1");
  g_autoptr (GError) error = NULL;

  g_assert_false (feed (client, 0, "HTTP/1.1 200 OK", 15, &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_BAD_HTTP);
}

static void
test_proxy (void)
{
  g_autoptr (RtmpTunnelClient) client = rtmp_tunnel_client_new ("h:1");

  rtmp_tunnel_client_set_proxy (client, "Basic eDp5");
  assert_pulls (client, 0, "POST http://h:1/open/1 HTTP/1.1\r\nHost: h:1\r\n"
      "Content-Type: application/x-fcs\r\nUser-Agent: Shockwave Flash\r\n"
      "Accept: */*\r\nConnection: Keep-Alive\r\nCache-Control: no-cache\r\n"
      "Proxy-Authorization: Basic eDp5\r\nContent-Length: 1\r\n\r\n\0");
}

/* To our server and back */

typedef struct
{
  RtmpTunnelClient *client;
  RtmpTunnelServer *server;
  RtmpHttpReader *reader;
  GRand *rand;
  gint64 now;
  guint turns;
} Pair;

/* Some of @n bytes. */
static gsize
some_of (Pair * pair, gsize n)
{
  gsize most = (gsize) g_rand_int_range (pair->rand, 1, 9999);

  return MIN (n, most);
}

static GBytes *
serve (Pair * pair)
{
  const RtmpHttpHead *head = rtmp_http_reader_head (pair->reader);
  g_autoptr (GBytes) body = rtmp_http_reader_take_body (pair->reader);
  RtmpTunnelRequest request;

  g_assert_cmpuint (rtmp_tunnel_request_parse (&request, head), ==, 200);
  rtmp_http_reader_next (pair->reader);
  if (request.verb == RTMP_TUNNEL_OPEN)
    return g_bytes_new ("S\n", 2);
  g_assert_cmpuint (rtmp_tunnel_server_request (pair->server, pair->now,
          &request, body), ==, 200);
  return rtmp_tunnel_server_reply (pair->server);
}

static void
send_response (Pair * pair, GBytes * body)
{
  static const gchar *const none[] = { NULL };
  GError *error = NULL;
  RtmpWriter writer;
  gsize pos, n;

  rtmp_writer_init (&writer);
  rtmp_http_write_response (&writer, 200, none,
      (gssize) g_bytes_get_size (body));
  rtmp_writer_bytes (&writer, g_bytes_get_data (body, NULL),
      g_bytes_get_size (body));
  for (pos = 0; pos < writer.size; pos += n) {
    n = some_of (pair, writer.size - pos);
    rtmp_tunnel_client_feed (pair->client, pair->now, writer.data + pos, n,
        &error);
    g_assert_no_error (error);
  }
  rtmp_writer_clear (&writer);
}

/* One request and its reply. Each fourth reply is lost with the connection, so
 * that the request comes again. */
static void
turn (Pair * pair)
{
  g_autoptr (GBytes) request = NULL, reply = NULL;
  gsize consumed;

  pair->now = MAX (pair->now, rtmp_tunnel_client_deadline (pair->client));
  request = rtmp_tunnel_client_pull (pair->client, pair->now);
  g_assert_nonnull (request);
  g_assert_true (rtmp_http_reader_feed (pair->reader,
          g_bytes_get_data (request, NULL), g_bytes_get_size (request),
          &consumed, NULL));
  g_assert_cmpuint (consumed, ==, g_bytes_get_size (request));
  reply = serve (pair);
  if (++pair->turns % 4 > 0)
    send_response (pair, reply);
  else {
    g_assert_true (rtmp_tunnel_client_disconnected (pair->client, pair->now,
            NULL));
    rtmp_tunnel_client_connected (pair->client);
  }
}

/* Both ways the same bytes, whatever the pieces. */
static void
test_to_server (void)
{
  gsize up = 0, up_read = 0, down = 0, down_read = 0, size = 300000, n;
  g_autofree guint8 *data = g_malloc (size);
  guint8 block[4096];
  Pair pair = { rtmp_tunnel_client_new ("h"), rtmp_tunnel_server_new (0, 0),
    rtmp_http_reader_new (RTMP_HTTP_REQUEST, RTMP_TUNNEL_BODY_MAX),
    g_rand_new_with_seed (6)
  };

  for (n = 0; n < size; n++)
    data[n] = (guint8) g_rand_int (pair.rand);
  while (rtmp_tunnel_client_state (pair.client) != RTMP_TUNNEL_CLIENT_OVER) {
    up += rtmp_tunnel_client_write (pair.client, data + up,
        some_of (&pair, size - up));
    down += rtmp_tunnel_server_write (pair.server, data + down,
        some_of (&pair, size - down));
    if (up == size && down_read == size)
      rtmp_tunnel_client_finish (pair.client);
    turn (&pair);
    while ((n = rtmp_tunnel_server_read (pair.server, block, sizeof (block)))) {
      g_assert_cmpmem (block, n, data + up_read, n);
      up_read += n;
    }
    while ((n = rtmp_tunnel_client_read (pair.client, block, sizeof (block)))) {
      g_assert_cmpmem (block, n, data + down_read, n);
      down_read += n;
    }
  }
  g_assert_cmpuint (up_read, ==, size);
  g_assert_cmpuint (down_read, ==, size);
  g_assert_true (rtmp_tunnel_server_is_over (pair.server));
  rtmp_tunnel_client_free (pair.client);
  rtmp_tunnel_server_free (pair.server);
  rtmp_http_reader_free (pair.reader);
  g_rand_free (pair.rand);
}

static void
test_states (void)
{
  RtmpTunnelClientState state;

  for (state = RTMP_TUNNEL_CLIENT_AWAIT_ID; state <= RTMP_TUNNEL_CLIENT_OVER;
      state++)
    g_assert_cmpstr (rtmp_tunnel_client_state_to_string (state), !=, "unknown");
  g_assert_cmpstr (rtmp_tunnel_client_state_to_string (99), ==, "unknown");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtmptunnelclient/session", test_session);
  g_test_add_func ("/rtmptunnelclient/finish-drains", test_finish_drains);
  g_test_add_func ("/rtmptunnelclient/polling", test_polling);
  g_test_add_func ("/rtmptunnelclient/not-reading", test_not_reading);
  g_test_add_func ("/rtmptunnelclient/abort", test_abort);
  g_test_add_func ("/rtmptunnelclient/own-back-off", test_own_back_off);
  g_test_add_func ("/rtmptunnelclient/bounded-output", test_bounded_output);
  g_test_add_func ("/rtmptunnelclient/server-ends", test_server_ends);
  g_test_add_func ("/rtmptunnelclient/empty-response", test_empty_response);
  g_test_add_func ("/rtmptunnelclient/reconnect-between",
      test_reconnect_between);
  g_test_add_func ("/rtmptunnelclient/reconnect-within", test_reconnect_within);
  g_test_add_func ("/rtmptunnelclient/closed-for-an-answer",
      test_closed_for_an_answer);
  g_test_add_func ("/rtmptunnelclient/cut-response", test_cut_response);
  g_test_add_func ("/rtmptunnelclient/without-keep-alive",
      test_without_keep_alive);
  g_test_add_func ("/rtmptunnelclient/wrong", test_wrong);
  g_test_add_func ("/rtmptunnelclient/unasked", test_unasked);
  g_test_add_func ("/rtmptunnelclient/proxy", test_proxy);
  g_test_add_func ("/rtmptunnelclient/to-server", test_to_server);
  g_test_add_func ("/rtmptunnelclient/states", test_states);
  return g_test_run ();
}

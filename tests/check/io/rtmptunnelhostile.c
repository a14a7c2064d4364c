/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Clients that mean no good, in HTTP: as in rtmphostile.c. */
#include "rtmphostilefixture.h"
#include "rtmptesthttp.h"

#define HEAD "POST /open/1 HTTP/1.1\r\n"

/* The same bytes again and again, no reply read. */
static void
press_text (Fixture * f, const gchar * text, guint n)
{
  g_autoptr (GByteArray) bytes = repeat (text, strlen (text), n);
  GIOStream *stream = dial (f);

  press (f, stream, bytes, 64 * MB);
  g_object_unref (stream);
}

static void
attack_flood (Fixture * f)
{
  press_text (f, "POST /fcs/ident2 HTTP/1.1\r\nContent-Length: 1\r\n\r\nx",
      1000);
  press_text (f, "POST /close/x/0 HTTP/1.1\r\nContent-Length: 1\r\n\r\nx",
      1000);
  press_text (f, "GET / HTTP/1.1\r\n\r\n", 1000);
}

/* As many as there is room for, by connections of one request each, too. */
static void
attack_opens (Fixture * f)
{
  guint i, refused = 0;

  press_text (f, HEAD "Content-Length: 1\r\n\r\nx", 1000);
  for (i = 0; i < 3000 && refused < 500; i++) {
    GIOStream *stream = dial (f);
    Web web;

    web_open (&web, stream);
    refused += web_call (&web, "POST", "/open/1", "x", 1) != 200;
    g_assert_cmpuint (rtmp_server_n_callers (f->server), <=, MAX_CALLERS);
    web_close (&web);
    if (i % 20 == 0)
      exchange (f);
  }
  g_assert_cmpuint (refused, ==, 500);
}

/* More is announced than comes, or less, or it cannot be told. */
static void
attack_lying_bodies (Fixture * f)
{
  static const gchar *const waits[] = {
    HEAD "Content-Length: 100000\r\n\r\nx", HEAD "Content-Length: 2\r\n\r\nx",
    HEAD "Content-Le",
  };
  static const gchar *const refused[] = {
    HEAD "Content-Length: 16777217\r\n\r\n", HEAD "Content-Length: -1\r\n\r\n",
    HEAD "Content-Length: 18446744073709551616\r\n\r\n",
    HEAD "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
    HEAD "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
    HEAD "Content-Length: 200000\r\n\r\n",
    "POST /send/x/0 HTTP/1.1\r\nContent-Length: 16777216\r\n\r\n",
  };
  GIOStream *streams[60];
  guint i, status;
  Web web;

  for (i = 0; i < G_N_ELEMENTS (streams); i++) {
    const gchar *text = waits[i % G_N_ELEMENTS (waits)];

    streams[i] = dial (f);
    raw_write (streams[i], text, strlen (text));
  }
  for (i = 0; i < G_N_ELEMENTS (refused); i++) {
    web_open (&web, dial (f));
    raw_write (web.stream, refused[i], strlen (refused[i]));
    status = web_reply (&web, NULL);
    g_assert_cmpuint (status, >=, 400);
    g_assert_cmpuint (status, <, 500);
    raw_wait_end (web.stream);
    web_close (&web);
    exchange (f);
  }
  for (i = 0; i < G_N_ELEMENTS (streams); i++)
    hang_up (streams[i]);
}

/* A head without an end; slowly, and all at once. */
static void
attack_long_heads (Fixture * f)
{
  GIOStream *slow = dial (f);
  guint i;

  raw_write (slow, HEAD, strlen (HEAD));
  while (raw_write (slow, "x", 1) && rtmp_server_n_callers (f->server) > 2)
    exchange (f);
  hang_up (slow);
  for (i = 0; i < 20; i++) {
    g_autoptr (GByteArray) fields = repeat ("x: y\r\n", 6, 100000);
    GIOStream *stream = dial (f);

    raw_write (stream, HEAD, strlen (HEAD));
    raw_write (stream, fields->data, fields->len);
    hang_up (stream);
    exchange (f);
  }
}

/* Ids that might be, and numbers that are not next: the session of another
 * client does not notice. */
static void
attack_guesses (Fixture * f)
{
  Tunnel tunnel;
  guint i, last;
  Web web;

  tunnel_call (&tunnel, dial (f));
  tunnel_ask (&tunnel, "publish", "two");
  last = tunnel.sequence - 1;
  for (i = 0; i < 300; i++) {
    g_autofree gchar *guess = g_strdup_printf ("/%s/%032x/%u",
        i % 2 ? "send" : "idle", i, i);
    g_autofree gchar *gap = tunnel_path (&tunnel, i % 2 ? "close" : "send",
        i < last ? i : last + 2 + i * 1000);

    web_open (&web, dial (f));
    g_assert_cmpuint (web_call (&web, "POST", i % 3 ? guess : gap, "x", 1), ==,
        i % 3 ? 404 : 400);
    raw_wait_end (web.stream);
    web_close (&web);
    if (i % 20 == 0)
      exchange (f);
  }
  tunnel_send (&tunnel, RTMP_MESSAGE_VIDEO, 1, 0, named_payload ("x", 0));
  tunnel_exchange (&tunnel);
  tunnel_close (&tunnel);
  tunnel_clear (&tunnel);
}

/* Plays, and asks for nothing; then asks, and reads nothing. The session ends
 * some time after its connection. */
static void
attack_never_polls (Fixture * f)
{
  g_autoptr (GByteArray) polls = g_byte_array_new ();
  Tunnel tunnel;
  guint i;

  tunnel_call (&tunnel, dial (f));
  tunnel_ask (&tunnel, "play", "any");
  for (i = 0; i < 5000; i++)
    exchange (f);
  for (i = 0; i < 5000; i++) {
    g_autofree gchar *path = tunnel_path (&tunnel, "idle", tunnel.sequence++);
    g_autoptr (GByteArray) poll = web_request ("POST", path, "x", 1);

    g_byte_array_append (polls, poll->data, poll->len);
  }
  press (f, tunnel.web.stream, polls, polls->len);
  for (i = 0; i < 1000; i++)
    exchange (f);
  tunnel_clear (&tunnel);
}

/* The same request over and over: it is one, and its reply is kept once. */
static void
attack_replays (Fixture * f)
{
  g_autoptr (GByteArray) replays = NULL;
  g_autoptr (GByteArray) one = NULL;
  g_autofree gchar *path = NULL;
  Tunnel tunnel;

  tunnel_call (&tunnel, dial (f));
  tunnel_ask (&tunnel, "play", "any");
  path = tunnel_path (&tunnel, "send", tunnel.sequence - 1);
  one = web_request ("POST", path, "garbage", 7);
  replays = repeat (one->data, one->len, 1000);
  press (f, tunnel.web.stream, replays, 64 * MB);
  tunnel_move (&tunnel, dial (f));
  tunnel_close (&tunnel);
  tunnel_clear (&tunnel);
}

/* What is no RTMP, in what is RTMPT. */
static void
attack_garbage (Fixture * f)
{
  g_autofree guint8 *zeros = g_malloc0 (RTMP_TUNNEL_OUTPUT_MAX);
  guint i;

  for (i = 0; i < 50; i++) {
    g_autofree gchar *path = NULL;
    Tunnel tunnel;

    tunnel_open (&tunnel, dial (f));
    if (i % 2)
      tunnel_wait (&tunnel, "opened", 1);
    path = tunnel_path (&tunnel, "send", tunnel.sequence++);
    g_assert_cmpuint (web_call (&tunnel.web, "POST", path, zeros, 100000), ==,
        200);
    tunnel_clear (&tunnel);
    exchange (f);
  }
}

static const Attack attacks[] = {
  {"flood", attack_flood, 4 * MB, FALSE, FALSE, 0},
  {"opens", attack_opens, 8 * MB, TRUE, FALSE, 0},
  {"lying-bodies", attack_lying_bodies, 4 * MB, TRUE, FALSE, 0},
  {"long-heads", attack_long_heads, 4 * MB, TRUE, FALSE, 0},
  {"guesses", attack_guesses, 4 * MB, FALSE, FALSE, 0},
  {"never-polls", attack_never_polls, 8 * MB, FALSE, FALSE, 0},
  {"replays", attack_replays, 4 * MB, FALSE, FALSE, 0},
  {"garbage", attack_garbage, 4 * MB, TRUE, FALSE, 0},
};

int
main (int argc, char **argv)
{
  server_tests_init (&argc, &argv);
  attacks_add ("/rtmptunnelhostile/", attacks, G_N_ELEMENTS (attacks));
  return g_test_run ();
}

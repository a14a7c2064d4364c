/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of sessions, and one of them as a transport. */
#include "rtmptunnels.h"

#include <string.h>

#include "rtmperror.h"

#define HERE 7
#define SHORT (50 * 1000)

typedef struct
{
  RtmpTunnels *tunnels;
  RtmpTunnel *tunnel;
  GIOCondition ready;
  guint sequence;
  guint waited;
} Fixture;

static void
on_ready (GIOCondition ready, gpointer user_data)
{
  ((Fixture *) user_data)->ready |= ready;
}

static void
fixture_init (Fixture * f, gint64 idle_timeout)
{
  memset (f, 0, sizeof (*f));
  f->tunnels = rtmp_tunnels_new (2, idle_timeout);
  f->tunnel = rtmp_tunnels_open (f->tunnels, HERE, 5, TRUE, FALSE);
  rtmp_transport_set_func (rtmp_tunnel_transport (f->tunnel), on_ready, f);
}

static void
fixture_clear (Fixture * f)
{
  rtmp_transport_free (rtmp_tunnel_transport (f->tunnel));
  rtmp_tunnels_free (f->tunnels);
}

static void
wait_ready (Fixture * f, GIOCondition condition)
{
  f->ready = 0;
  rtmp_transport_wait_for (rtmp_tunnel_transport (f->tunnel), condition);
  while (f->ready == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (f->ready, ==, condition);
  rtmp_transport_wait_for (rtmp_tunnel_transport (f->tunnel), 0);
}

static guint
ask (Fixture * f, RtmpTunnelVerb verb, const gchar * text)
{
  RtmpTunnelRequest request = {.verb = verb,.sequence = f->sequence };
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  guint status = rtmp_tunnel_request (f->tunnel, &request, body, f);

  f->sequence += status == 200;
  return status;
}

/* An interval of @interval, and @text. */
static void
assert_reply (Fixture * f, guint8 interval, const gchar * text)
{
  g_autoptr (GBytes) body = rtmp_tunnel_reply (f->tunnel);
  gsize size;
  const guint8 *data = g_bytes_get_data (body, &size);

  g_assert_cmpuint (data[0], ==, interval);
  g_assert_cmpmem (data + 1, size - 1, text, strlen (text));
}

static gssize
read_it (Fixture * f, gchar * data, gsize size, GError ** error)
{
  gssize n = rtmp_transport_read (rtmp_tunnel_transport (f->tunnel),
      (guint8 *) data, size - 1, error);

  data[MAX (n, 0)] = '\0';
  return n;
}

static gssize
write_it (Fixture * f, const gchar * text, GError ** error)
{
  const RtmpVector vector = { (const guint8 *) text, strlen (text) };

  return rtmp_transport_writev (rtmp_tunnel_transport (f->tunnel), &vector, 1,
      error);
}

static void
test_table (void)
{
  g_autofree gchar *id = NULL;
  RtmpTunnel *other;
  Fixture f;

  fixture_init (&f, 0);
  id = g_strdup (rtmp_tunnel_id (f.tunnel));
  g_assert_cmpuint (strlen (id), ==, 32);
  g_assert_cmpuint (rtmp_tunnel_caller (f.tunnel), ==, 5);
  other = rtmp_tunnels_open (f.tunnels, HERE + 1, 6, TRUE, TRUE);
  g_assert_cmpstr (rtmp_tunnel_id (other), !=, id);
  g_assert_true (rtmp_tunnels_find (f.tunnels, id, HERE) == f.tunnel);
  g_assert_null (rtmp_tunnels_find (f.tunnels, id, HERE + 1));
  g_assert_null (rtmp_tunnels_find (f.tunnels, "", HERE));
  rtmp_transport_free (rtmp_tunnel_transport (f.tunnel));
  g_assert_null (rtmp_tunnels_find (f.tunnels, id, HERE));
  f.tunnel = other;
  g_assert_true (rtmp_tunnels_may_open (f.tunnels, HERE));
  g_assert_true (rtmp_tunnels_may_open (f.tunnels, HERE));
  g_assert_false (rtmp_tunnels_may_open (f.tunnels, HERE));
  g_assert_true (rtmp_tunnels_may_open (f.tunnels, HERE + 1));
  fixture_clear (&f);
}

static void
test_stream (void)
{
  g_autoptr (GError) error = NULL;
  gchar data[64];
  Fixture f;

  fixture_init (&f, 0);
  g_assert_cmpint (read_it (&f, data, sizeof (data), &error), ==,
      RTMP_TRANSPORT_WOULD_BLOCK);
  g_assert_cmpuint (ask (&f, RTMP_TUNNEL_SEND, "hello"), ==, 200);
  wait_ready (&f, G_IO_IN);
  g_assert_cmpint (read_it (&f, data, 3, &error), ==, 2);
  wait_ready (&f, G_IO_IN);
  g_assert_cmpint (read_it (&f, data, sizeof (data), &error), ==, 3);
  g_assert_cmpstr (data, ==, "llo");
  wait_ready (&f, G_IO_OUT);
  g_assert_cmpint (write_it (&f, "answer", &error), ==, 6);
  assert_reply (&f, 1, "answer");
  g_assert_cmpuint (ask (&f, RTMP_TUNNEL_CLOSE, "x"), ==, 200);
  wait_ready (&f, G_IO_IN);
  g_assert_cmpint (read_it (&f, data, sizeof (data), &error), ==, 0);
  assert_reply (&f, 0, "");
  g_assert_cmpint (write_it (&f, "late", &error), ==, RTMP_TRANSPORT_FAILED);
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_PEER_CLOSED);
  g_assert_cmpuint (ask (&f, RTMP_TUNNEL_SEND, "late"), ==, 404);
  fixture_clear (&f);
}

/* Full until a reply takes it away. */
static void
test_output_full (void)
{
  g_autofree gchar *text = g_strnfill (RTMP_TUNNEL_OUTPUT_MAX + 1, 'x');
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) error = NULL;
  Fixture f;

  fixture_init (&f, 0);
  g_assert_cmpint (write_it (&f, text, &error), ==, RTMP_TUNNEL_OUTPUT_MAX);
  g_assert_cmpint (write_it (&f, text, &error), ==, RTMP_TRANSPORT_WOULD_BLOCK);
  rtmp_transport_wait_for (rtmp_tunnel_transport (f.tunnel), G_IO_OUT);
  g_assert_cmpuint (ask (&f, RTMP_TUNNEL_IDLE, "x"), ==, 200);
  g_assert_cmpint (f.ready, ==, 0);
  body = rtmp_tunnel_reply (f.tunnel);
  g_assert_cmpuint (g_bytes_get_size (body), ==, RTMP_TUNNEL_OUTPUT_MAX + 1);
  wait_ready (&f, G_IO_OUT);
  fixture_clear (&f);
}

static void
on_waited (gpointer user_data)
{
  ((Fixture *) user_data)->waited++;
}

/* One may wait until what has come is read, or all is over. */
static void
test_wait (void)
{
  gchar data[64];
  Fixture f;

  fixture_init (&f, SHORT);
  g_assert_false (rtmp_tunnel_is_full (f.tunnel));
  ask (&f, RTMP_TUNNEL_SEND, "hello");
  g_assert_true (rtmp_tunnel_is_full (f.tunnel));
  g_assert_true (rtmp_tunnel_wait (f.tunnel, on_waited, &f));
  g_assert_false (rtmp_tunnel_wait (f.tunnel, on_waited, &f));
  read_it (&f, data, sizeof (data), NULL);
  g_assert_cmpuint (f.waited, ==, 0);
  while (f.waited == 0)
    g_main_context_iteration (NULL, TRUE);
  ask (&f, RTMP_TUNNEL_SEND, "hello");
  g_assert_true (rtmp_tunnel_wait (f.tunnel, on_waited, &f));
  g_assert_true (rtmp_tunnel_wait (f.tunnel, NULL, NULL));
  g_assert_true (rtmp_tunnel_wait (f.tunnel, on_waited, &f));
  fixture_clear (&f);
  g_assert_cmpuint (f.waited, ==, 2);
}

static void
test_idle (void)
{
  g_autoptr (GError) error = NULL;
  gchar data[64];
  Fixture f;

  fixture_init (&f, SHORT);
  ask (&f, RTMP_TUNNEL_SEND, "hello");
  rtmp_tunnel_abandon (f.tunnel, &f);
  g_assert_cmpint (read_it (&f, data, sizeof (data), &error), ==, 5);
  wait_ready (&f, G_IO_IN);
  g_assert_cmpint (read_it (&f, data, sizeof (data), &error), ==,
      RTMP_TRANSPORT_FAILED);
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_TIMED_OUT);
  g_assert_cmpuint (ask (&f, RTMP_TUNNEL_IDLE, "x"), ==, 404);
  fixture_clear (&f);
}

static void
test_not_welcome (void)
{
  g_autoptr (GError) error = NULL;
  gchar data[64];
  Fixture f;

  fixture_init (&f, 0);
  g_assert_cmpuint (ask (&f, RTMP_TUNNEL_IDLE, "\6"), ==, 200);
  g_assert_cmpuint (ask (&f, RTMP_TUNNEL_SEND, "\6"), ==, 404);
  wait_ready (&f, G_IO_IN);
  g_assert_cmpint (read_it (&f, data, sizeof (data), &error), ==,
      RTMP_TRANSPORT_FAILED);
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED);
  fixture_clear (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtmptunnels/table", test_table);
  g_test_add_func ("/rtmptunnels/stream", test_stream);
  g_test_add_func ("/rtmptunnels/output-full", test_output_full);
  g_test_add_func ("/rtmptunnels/wait", test_wait);
  g_test_add_func ("/rtmptunnels/idle", test_idle);
  g_test_add_func ("/rtmptunnels/not-welcome", test_not_welcome);
  return g_test_run ();
}

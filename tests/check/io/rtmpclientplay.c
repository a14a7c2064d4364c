/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a client does in mid-stream, and where it goes when it is told to go
 * elsewhere. */
#include "rtmpclientfixture.h"
#include "rtmpconnectplan.h"
#include "rtmperror.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

/* A silence that is too long, and for how long it is watched that nothing
 * happens: microseconds. */
#define IDLE (200 * 1000)
#define WATCHED (3 * IDLE)

/* Commands */

static guint
count_calls (Fixture * self, const gchar * name)
{
  RtmpScriptedPeer *peer = rtmp_test_server_lock (self->server);
  g_autofree gchar *all = rtmp_scripted_peer_transcript (peer);
  g_auto (GStrv) lines = g_strsplit (all, "\n", -1);
  guint i, n = 0;

  rtmp_test_server_unlock (self->server);
  for (i = 0; lines[i]; i++)
    n += g_str_equal (lines[i], name);
  return n;
}

/* Those of a player: connect, createStream, play. */
#define PLAYED 3

static void
wait_calls (Fixture * self, guint n)
{
  rtmp_test_server_wait_type (self->server, RTMP_MESSAGE_COMMAND_AMF0, n);
}

static void
send_status (RtmpScriptedPeer * peer, gpointer code)
{
  rtmp_scripted_peer_send_status (peer, RTMP_SCRIPTED_PEER_STREAM, "status",
      code, "");
}

static void
server_says (Fixture * self, const gchar * code)
{
  rtmp_test_server_call (self->server, send_status, (gpointer) code);
}

static gboolean
has_sought (Fixture * self, guint n)
{
  return self->sought->len >= n;
}

static gboolean
has_codes (Fixture * self, guint n)
{
  return self->codes->len >= n;
}

static void
play (Fixture * self, const RtmpTestPlan * plan, gint64 idle)
{
  RtmpClientTarget target = {.host = "127.0.0.1",.idle_timeout = idle };

  fixture_init (self, plan);
  target.port = rtmp_test_server_port (self->server);
  fixture_connect (self, FALSE, 0, &target);
}

/* Only the answer to the last of several seeks says that what comes is from
 * behind it; and each is asked for once. */
static void
test_seek (void)
{
  const RtmpTestPlan plan = { 0, };
  Fixture f;

  play (&f, &plan, 0);
  wait_step (&f, RTMP_CLIENT_STEP_RUNNING);
  rtmp_client_seek (f.client, 1000, 7);
  wait_calls (&f, PLAYED + 1);
  rtmp_client_seek (f.client, 2000, 8);
  wait_calls (&f, PLAYED + 2);
  /* A wake-up for something else asks for nothing again. */
  rtmp_client_pause (f.client, TRUE, 0);
  wait_calls (&f, PLAYED + 3);
  server_says (&f, "NetStream.Seek.Notify");
  wait_for (&f, "status", has_codes, 3);
  g_assert_cmpuint (f.sought->len, ==, 0);
  server_says (&f, "NetStream.Seek.Notify");
  wait_for (&f, "seek", has_sought, 1);
  g_assert_cmpuint (g_array_index (f.sought, guint, 0), ==, 8);
  g_assert_cmpuint (count_calls (&f, "seek"), ==, 2);
  g_assert_cmpuint (count_calls (&f, "pause"), ==, 1);
  fixture_clear (&f);
}

/* What is asked for before the stream runs waits for it, and of several the
 * last one counts. */
static void
test_seek_early (void)
{
  const RtmpTestPlan plan = { 0, };
  const RtmpCommand *call;
  Fixture f;

  play (&f, &plan, 0);
  rtmp_client_seek (f.client, 1000, 1);
  rtmp_client_seek (f.client, 2000, 2);
  wait_calls (&f, PLAYED + 1);
  call = rtmp_scripted_peer_find_command (rtmp_test_server_lock (f.server),
      "seek");
  g_assert_cmpfloat (rtmp_value_as_number (rtmp_command_arg (call, 1), 0), ==,
      2000);
  rtmp_test_server_unlock (f.server);
  g_assert_cmpuint (count_calls (&f, "seek"), ==, 1);
  fixture_clear (&f);
}

/* So does a switch to another stream. */
static void
test_switch_early (void)
{
  const RtmpTestPlan plan = { 0, };
  Fixture f;

  play (&f, &plan, 0);
  rtmp_client_switch (f.client, "one");
  rtmp_client_switch (f.client, "other");
  wait_calls (&f, PLAYED + 1);
  g_assert_cmpuint (count_calls (&f, "play2"), ==, 1);
  fixture_clear (&f);
}

/* After its end nothing is asked of a stream, and nothing told. */
static void
test_tricks_after_the_end (void)
{
  const RtmpTestPlan plan = { 0, };
  Fixture f;

  play (&f, &plan, 0);
  wait_step (&f, RTMP_CLIENT_STEP_RUNNING);
  rtmp_client_pause (f.client, TRUE, 0);
  wait_calls (&f, PLAYED + 1);
  server_says (&f, "NetStream.Play.Complete");
  wait_closed (&f);
  g_assert_no_error (f.error);
  rtmp_client_pause (f.client, FALSE, 0);
  rtmp_client_seek (f.client, 0, 1);
  rtmp_client_set_reading (f.client, FALSE);
  rtmp_client_finish (f.client);
  g_clear_pointer (&f.client, rtmp_client_free);
  g_assert_cmpuint (f.closed, ==, 1);
  g_assert_cmpuint (count_calls (&f, "pause"), ==, 1);
  g_assert_cmpuint (count_calls (&f, "seek"), ==, 0);
  fixture_clear (&f);
}

/* Silence */

/* FALSE if the client has come to its end in the meantime. */
static gboolean
lives_on (Fixture * self)
{
  gint64 end = g_get_monotonic_time () + WATCHED;
  gboolean lives;

  g_mutex_lock (&self->lock);
  while (self->closed == 0
      && g_cond_wait_until (&self->cond, &self->lock, end));
  lives = self->closed == 0;
  g_mutex_unlock (&self->lock);
  return lives;
}

/* The silence counts from @since, and ends it. */
static void
assert_idle_since (Fixture * self, gint64 since)
{
  wait_closed (self);
  g_assert_error (self->error, RTMP_ERROR, RTMP_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (self->error->message, "nothing came"));
  g_assert_cmpint (g_get_monotonic_time () - since, >=, IDLE);
}

static void
send_one (RtmpScriptedPeer * peer, const RtmpMessage * message,
    gpointer user_data)
{
  rtmp_scripted_peer_send_media (peer, RTMP_MESSAGE_VIDEO,
      RTMP_SCRIPTED_PEER_STREAM, 0, make_payload (0, 100));
}

static void
test_idle (void)
{
  const RtmpTestPlan plan = {.started = send_one };
  gint64 start = g_get_monotonic_time ();
  Fixture f;

  play (&f, &plan, IDLE);
  wait_for (&f, "media", has_media, 1);
  assert_idle_since (&f, start);
  fixture_clear (&f);
}

/* How long it takes to start is for another time-out. */
static void
test_idle_before_the_start (void)
{
  const RtmpTestPlan plan = {.step = RTMP_TEST_STEP_START };
  Fixture f;

  play (&f, &plan, IDLE);
  wait_step (&f, RTMP_CLIENT_STEP_START);
  g_assert_true (lives_on (&f));
  fixture_clear (&f);
}

/* A server that we have told to pause is silent because of that. */
static void
test_idle_paused (void)
{
  const RtmpTestPlan plan = { 0, };
  gint64 since;
  Fixture f;

  play (&f, &plan, IDLE);
  rtmp_client_pause (f.client, TRUE, 0);
  wait_calls (&f, PLAYED + 1);
  g_assert_true (lives_on (&f));
  since = g_get_monotonic_time ();
  rtmp_client_pause (f.client, FALSE, 0);
  assert_idle_since (&f, since);
  fixture_clear (&f);
}

/* So is one that we do not listen to. */
static void
test_idle_not_reading (void)
{
  const RtmpTestPlan plan = { 0, };
  gint64 since;
  Fixture f;

  play (&f, &plan, IDLE);
  wait_step (&f, RTMP_CLIENT_STEP_RUNNING);
  rtmp_client_set_reading (f.client, FALSE);
  g_assert_true (lives_on (&f));
  since = g_get_monotonic_time ();
  rtmp_client_set_reading (f.client, TRUE);
  assert_idle_since (&f, since);
  fixture_clear (&f);
}

/* Levels */

static gboolean
was_sent (Fixture * self, guint unused)
{
  RtmpClientLevel level;

  rtmp_client_level (self->client, &level);
  return level.bytes == 0;
}

/* What the session leaves out no longer waits either: who waits for room is
 * told. */
static void
test_level_of_what_is_left_out (void)
{
  const RtmpTestPlan plan = { 0, };
  gsize size = RTMP_MESSAGE_MAX_SIZE + 1;
  RtmpClientLevel level;
  Fixture f;

  fixture_init (&f, &plan);
  fixture_connect (&f, TRUE, 0, NULL);
  wait_step (&f, RTMP_CLIENT_STEP_RUNNING);
  publish (&f, 0, 1, 10);
  rtmp_test_server_wait_media (f.server, 1);
  rtmp_client_publish (f.client, RTMP_MESSAGE_VIDEO, 5000,
      g_bytes_new_take (g_malloc0 (size), size), &level);
  g_assert_cmpuint (level.bytes, >=, size);
  wait_for (&f, "room", was_sent, 0);
  rtmp_client_level (f.client, &level);
  g_assert_cmpuint (level.time, ==, 0);
  g_assert_cmpuint (rtmp_scripted_peer_count (rtmp_test_server_lock (f.server),
          RTMP_MESSAGE_VIDEO), ==, 0);
  rtmp_test_server_unlock (f.server);
  fixture_clear (&f);
}

/* Time that steps back is no time that waits. */
static void
test_level_back_in_time (void)
{
  RtmpTestFullPort *nowhere = rtmp_test_full_port_new ();
  const RtmpClientTarget target = {.host = "127.0.0.1",
    .port = rtmp_test_full_port_port (nowhere)
  };
  RtmpClientLevel level;
  Fixture f;

  fixture_init (&f, NULL);
  fixture_connect (&f, TRUE, 0, &target);
  rtmp_client_publish (f.client, RTMP_MESSAGE_VIDEO, 5000,
      make_payload (0, 10), &level);
  g_assert_cmpuint (level.time, ==, 0);
  rtmp_client_publish (f.client, RTMP_MESSAGE_AUDIO, 4000,
      make_payload (0, 10), &level);
  g_assert_cmpuint (level.time, ==, 0);
  rtmp_client_publish (f.client, RTMP_MESSAGE_AUDIO, 7000,
      make_payload (0, 10), &level);
  g_assert_cmpuint (level.time, ==, 2000);
  fixture_clear (&f);
  rtmp_test_full_port_free (nowhere);
}

/* The socket */

static gint
option_of (gint fd, gint level, gint name)
{
  gint value = 0;
  socklen_t size = sizeof (value);

  g_assert_cmpint (getsockopt (fd, level, name, &value, &size), ==, 0);
  return value;
}

/* Ours that is connected to @port. */
static gint
find_socket (guint16 port)
{
  gint fd;

  for (fd = 0; fd < 1024; fd++) {
    struct sockaddr_in address;
    socklen_t size = sizeof (address);

    if (getpeername (fd, (struct sockaddr *) &address, &size) == 0
        && address.sin_family == AF_INET && ntohs (address.sin_port) == port)
      return fd;
  }
  g_error ("no socket is connected to port %u", port);
  return -1;
}

static void
test_socket_options (void)
{
  const RtmpTestPlan plan = { 0, };
  RtmpClientTarget target = {.host = "127.0.0.1",.peak_rate = 1250000 };
  gint fd;
  Fixture f;

  fixture_init (&f, &plan);
  target.port = rtmp_test_server_port (f.server);
  fixture_connect (&f, TRUE, 0, &target);
  wait_step (&f, RTMP_CLIENT_STEP_RUNNING);
  fd = find_socket (target.port);
  g_assert_cmpint (option_of (fd, IPPROTO_TCP, TCP_NODELAY), !=, 0);
  g_assert_cmpint (option_of (fd, SOL_SOCKET, SO_KEEPALIVE), !=, 0);
#ifdef SO_MAX_PACING_RATE
  g_assert_cmpint (option_of (fd, SOL_SOCKET, SO_MAX_PACING_RATE), ==, 1250000);
  rtmp_client_set_peak_rate (f.client, 0);
  publish (&f, 0, 1, 10);
  rtmp_test_server_wait_media (f.server, 1);
  g_assert_cmpint (option_of (fd, SOL_SOCKET, SO_MAX_PACING_RATE), ==, -1);
#endif
  fixture_clear (&f);
}

/* The first one behind connect, and another when it is changed. */
static void
test_chunk_size (void)
{
  const RtmpTestPlan plan = { 0, };
  Fixture f;

  fixture_init (&f, &plan);
  fixture_connect (&f, TRUE, 0, NULL);
  wait_step (&f, RTMP_CLIENT_STEP_RUNNING);
  rtmp_client_set_chunk_size (f.client, 1000);
  publish (&f, 0, 1, 5000);
  rtmp_test_server_wait_type (f.server, RTMP_MESSAGE_SET_CHUNK_SIZE, 2);
  g_assert_cmpuint (count_calls (&f, "set-chunk-size 65536"), ==, 1);
  g_assert_cmpuint (count_calls (&f, "set-chunk-size 1000"), ==, 1);
  rtmp_client_finish (f.client);
  wait_closed (&f);
  assert_server_has (&f, 1, 5000);
  fixture_clear (&f);
}

/* Redirects */

/* A command of the server's: @name (@transaction, null, info with @level and a
 * redirect). */
static void
send_redirect (RtmpScriptedPeer * peer, const gchar * name,
    gdouble transaction, const gchar * level, const gchar * to)
{
  RtmpValue *info = rtmp_scripted_peer_info (level,
      "NetConnection.Connect.Rejected", "moved");
  RtmpValue *ex = rtmp_value_new_object ();

  rtmp_value_set_number (ex, "code", 302);
  rtmp_value_set_string (ex, "redirect", to);
  rtmp_value_set (info, "ex", ex);
  rtmp_scripted_peer_send_command (peer, 0, rtmp_command_write (name,
          transaction, rtmp_value_new_null (), info, NULL));
}

/* The same as it goes over the wire. (transfer full) */
static GBytes *
make_redirect (const gchar * name, gdouble transaction, const gchar * level,
    const gchar * to)
{
  g_autoptr (RtmpScriptedPeer) peer = rtmp_scripted_peer_new ();

  send_redirect (peer, name, transaction, level, to);
  return rtmp_scripted_peer_take_output (peer);
}

/* A server that sends everybody to @to. */
static void
redirect_init (Fixture * self, RtmpTestPlan * plan, const gchar * to)
{
  plan->step = RTMP_TEST_STEP_CONNECT;
  plan->fault = RTMP_TEST_FAULT_SAY;
  plan->say = make_redirect ("_error", 1, "error", to);
  fixture_init (self, plan);
}

static void
redirect_clear (Fixture * self, RtmpTestPlan * plan)
{
  fixture_clear (self);
  g_bytes_unref (plan->say);
}

static void
test_redirect (void)
{
  const RtmpTestPlan ordinary = { 0, };
  RtmpTestPlan plan = { 0, };
  RtmpTestServer *other = rtmp_test_server_new (&ordinary);
  g_autofree gchar *to = rtmp_test_server_url (other, "");
  g_autofree gchar *tc_url = g_strndup (to, strlen (to) - 1);
  const RtmpCommand *call;
  Fixture f;

  redirect_init (&f, &plan, tc_url);
  fixture_connect (&f, TRUE, 0, NULL);
  wait_step (&f, RTMP_CLIENT_STEP_RUNNING);
  g_assert_cmpuint (rtmp_test_server_n_connections (f.server), ==, 1);
  g_assert_cmpuint (rtmp_test_server_n_connections (other), ==, 1);
  call = rtmp_scripted_peer_find_command (rtmp_test_server_lock (other),
      "connect");
  g_assert_cmpstr (rtmp_value_get_string (rtmp_command_arg (call, 0), "tcUrl"),
      ==, tc_url);
  rtmp_test_server_unlock (other);
  g_clear_pointer (&f.client, rtmp_client_free);
  rtmp_test_server_free (other);
  redirect_clear (&f, &plan);
}

typedef struct
{
  const gchar *to;
  gboolean media;               /* comes first */
} LateRedirect;

static void
send_late (RtmpScriptedPeer * peer, const RtmpMessage * message,
    gpointer user_data)
{
  const LateRedirect *late = user_data;

  if (late->media)
    rtmp_scripted_peer_send_media (peer, RTMP_MESSAGE_AUDIO,
        RTMP_SCRIPTED_PEER_STREAM, 0, g_bytes_new_static ("aa", 2));
  send_redirect (peer, "onStatus", 0, "error", late->to);
}

/* As SRS does it, behind Play.Start; what has begun to flow is not begun anew
 * elsewhere. */
static void
test_redirect_late (gconstpointer media)
{
  const RtmpTestPlan ordinary = { 0, };
  RtmpTestServer *other = rtmp_test_server_new (&ordinary);
  g_autofree gchar *to = rtmp_test_server_url (other, "");
  LateRedirect late = { to, media != NULL };
  const RtmpTestPlan plan = {.started = send_late,.user_data = &late };
  Fixture f;

  fixture_init (&f, &plan);
  fixture_connect (&f, FALSE, 0, NULL);
  if (media) {
    wait_closed (&f);
    g_assert_error (f.error, RTMP_ERROR, RTMP_ERROR_REFUSED);
  } else {
    rtmp_test_server_wait_step (other, RTMP_TEST_STEP_RUNNING);
  }
  g_assert_cmpuint (rtmp_test_server_n_connections (other), ==, media == NULL);
  g_clear_pointer (&f.client, rtmp_client_free);
  rtmp_test_server_free (other);
  fixture_clear (&f);
}

/* Whether any socket of the process is paced to @rate. */
static gboolean
is_paced_to (gint rate)
{
  gint fd, found;

  for (fd = 0; fd < 1000; fd++) {
    socklen_t size = sizeof (found);

    if (getsockopt (fd, SOL_SOCKET, SO_MAX_PACING_RATE, &found, &size) == 0
        && found == rate)
      return TRUE;
  }
  return FALSE;
}

/* The rate is that of every connection, not of the first one. */
static void
test_redirect_peak_rate (void)
{
  const RtmpTestPlan ordinary = { 0, };
  RtmpTestPlan plan = { 0, };
  RtmpTestServer *other = rtmp_test_server_new (&ordinary);
  g_autofree gchar *to = rtmp_test_server_url (other, "");
  RtmpClientTarget target = {.host = "127.0.0.1",.peak_rate = 54321 };
  Fixture f;

  redirect_init (&f, &plan, to);
  target.port = rtmp_test_server_port (f.server);
  fixture_connect (&f, TRUE, 0, &target);
  wait_step (&f, RTMP_CLIENT_STEP_RUNNING);
  g_assert_true (is_paced_to (54321));
  g_clear_pointer (&f.client, rtmp_client_free);
  rtmp_test_server_free (other);
  redirect_clear (&f, &plan);
}

static GBytes *
redirect_to_port (guint16 port)
{
  g_autofree gchar *to = g_strdup_printf ("rtmp://127.0.0.1:%05u/live", port);

  return make_redirect ("_error", 1, "error", to);
}

/* To itself: as often as a plan allows, and no more. */
static void
test_redirect_circle (void)
{
  g_autoptr (GBytes) any = redirect_to_port (0), own = NULL;
  gsize size = g_bytes_get_size (any);
  guint8 *say = g_malloc0 (size);
  RtmpTestPlan plan = {.step = RTMP_TEST_STEP_CONNECT,
    .fault = RTMP_TEST_FAULT_SAY,.say = g_bytes_new_take (say, size)
  };
  Fixture f;

  fixture_init (&f, &plan);
  own = redirect_to_port (rtmp_test_server_port (f.server));
  g_assert_cmpuint (g_bytes_get_size (own), ==, size);
  memcpy (say, g_bytes_get_data (own, NULL), size);
  fixture_connect (&f, TRUE, 0, NULL);
  wait_closed (&f);
  g_assert_error (f.error, RTMP_ERROR, RTMP_ERROR_REFUSED);
  g_assert_nonnull (strstr (f.error->message, "redirects"));
  g_assert_cmpuint (rtmp_test_server_n_connections (f.server), ==,
      1 + RTMP_CONNECT_PLAN_REDIRECTS);
  redirect_clear (&f, &plan);
}

/* The name of a stream is often its key: not from TLS to where all can read
 * it. */
static void
test_redirect_stays_encrypted (void)
{
  const RtmpTestPlan ordinary = { 0, };
  RtmpTestPlan plan = {.tls = TRUE };
  RtmpClientTarget target = {.host = "127.0.0.1",.scheme = RTMP_SCHEME_RTMPS };
  RtmpTestServer *other = rtmp_test_server_new (&ordinary);
  g_autofree gchar *to = rtmp_test_server_url (other, "");
  Fixture f;

  redirect_init (&f, &plan, to);
  target.port = rtmp_test_server_port (f.server);
  fixture_connect (&f, TRUE, 0, &target);
  wait_closed (&f);
  g_assert_error (f.error, RTMP_ERROR, RTMP_ERROR_REFUSED);
  g_assert_nonnull (strstr (f.error->message, "where we do not go"));
  g_assert_cmpuint (rtmp_test_server_n_connections (other), ==, 0);
  rtmp_test_server_free (other);
  g_clear_pointer (&f.client, rtmp_client_free);
  redirect_clear (&f, &plan);
}

/* Who breaks the protocol right behind it is not followed. */
static void
test_redirect_and_garbage (void)
{
  const RtmpTestPlan ordinary = { 0, };
  RtmpTestServer *other = rtmp_test_server_new (&ordinary);
  g_autofree gchar *to = rtmp_test_server_url (other, "");
  g_autoptr (GBytes) status = make_redirect ("onStatus", 0, "status", to);
  GByteArray *say = g_bytes_unref_to_array (g_steal_pointer (&status));
  RtmpTestPlan plan = {.step = RTMP_TEST_STEP_CONNECT,
    .fault = RTMP_TEST_FAULT_SAY
  };
  Fixture f;

  g_byte_array_append (say, (const guint8 *) "\xFF\xFF\xFF\xFF", 4);
  plan.say = g_byte_array_free_to_bytes (say);
  fixture_init (&f, &plan);
  fixture_connect (&f, TRUE, 0, NULL);
  wait_closed (&f);
  g_assert_error (f.error, RTMP_ERROR, RTMP_ERROR_BAD_CHUNK);
  g_assert_cmpuint (rtmp_test_server_n_connections (other), ==, 0);
  g_clear_pointer (&f.client, rtmp_client_free);
  rtmp_test_server_free (other);
  redirect_clear (&f, &plan);
}

/* What GLib opens once and keeps: threads, wake-ups, the TLS backend. */
static void
warm_up (void)
{
  const RtmpTestPlan plan = {.tls = TRUE };
  RtmpClientTarget target = {.host = "127.0.0.1",.scheme = RTMP_SCHEME_RTMPS };
  Fixture f;

  fixture_init (&f, &plan);
  target.port = rtmp_test_server_port (f.server);
  fixture_connect (&f, TRUE, 0, &target);
  publish (&f, 0, 1, 100);
  rtmp_client_finish (f.client);
  wait_closed (&f);
  assert_server_has (&f, 1, 100);
  g_clear_pointer (&f.client, rtmp_client_free);
  g_clear_pointer (&f.server, rtmp_test_server_free);
  f.fds = rtmp_test_count_fds ();
  fixture_clear (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  warm_up ();
  g_test_add_func ("/clientplay/seek", test_seek);
  g_test_add_func ("/clientplay/seek-early", test_seek_early);
  g_test_add_func ("/clientplay/switch-early", test_switch_early);
  g_test_add_func ("/clientplay/chunk-size", test_chunk_size);
  g_test_add_func ("/clientplay/tricks-after-the-end",
      test_tricks_after_the_end);
  g_test_add_func ("/clientplay/idle/running", test_idle);
  g_test_add_func ("/clientplay/idle/before-the-start",
      test_idle_before_the_start);
  g_test_add_func ("/clientplay/idle/paused", test_idle_paused);
  g_test_add_func ("/clientplay/idle/not-reading", test_idle_not_reading);
  g_test_add_func ("/clientplay/level/left-out",
      test_level_of_what_is_left_out);
  g_test_add_func ("/clientplay/level/back-in-time", test_level_back_in_time);
  g_test_add_func ("/clientplay/socket-options", test_socket_options);
  g_test_add_func ("/clientplay/E-114-redirect", test_redirect);
  g_test_add_data_func ("/clientplay/E-114-redirect-late", NULL,
      test_redirect_late);
  g_test_add_data_func ("/clientplay/E-114-redirect-too-late",
      GINT_TO_POINTER (TRUE), test_redirect_late);
  g_test_add_func ("/clientplay/redirect-peak-rate", test_redirect_peak_rate);
  g_test_add_func ("/clientplay/E-114-circle", test_redirect_circle);
  g_test_add_func ("/clientplay/redirect/stays-encrypted",
      test_redirect_stays_encrypted);
  g_test_add_func ("/clientplay/redirect/and-garbage",
      test_redirect_and_garbage);
  return g_test_run ();
}

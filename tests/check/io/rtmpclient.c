/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpclientfixture.h"
#include "rtmperror.h"
#include "rtmptestresolver.h"

/* Where things go well */

static void
assert_steps (Fixture * self, const RtmpClientStep * expected, guint n)
{
  g_assert_cmpmem (self->steps->data, self->steps->len * sizeof (*expected),
      expected, n * sizeof (*expected));
}

static void
test_publish (void)
{
  static const RtmpClientStep steps[] = {
    RTMP_CLIENT_STEP_RESOLVE, RTMP_CLIENT_STEP_CONNECT,
    RTMP_CLIENT_STEP_HANDSHAKE, RTMP_CLIENT_STEP_SESSION,
    RTMP_CLIENT_STEP_START, RTMP_CLIENT_STEP_RUNNING,
  };
  const RtmpTestPlan plan = { 0, };
  g_autofree gchar *peer = NULL, *expected = NULL;
  Fixture f;

  fixture_init (&f, &plan);
  fixture_connect (&f, TRUE, AT_ONCE, NULL);
  wait_step (&f, RTMP_CLIENT_STEP_RUNNING);
  peer = rtmp_client_peer (f.client);
  expected = g_strdup_printf ("127.0.0.1:%u", rtmp_test_server_port (f.server));
  g_assert_cmpstr (peer, ==, expected);
  publish (&f, 0, 50, 3000);
  rtmp_test_server_wait_media (f.server, 50);
  publish (&f, 50, 100, 3000);
  rtmp_client_finish (f.client);
  wait_closed (&f);
  g_assert_no_error (f.error);
  assert_steps (&f, steps, G_N_ELEMENTS (steps));
  assert_server_has (&f, 100, 3000);
  g_assert_cmpuint (f.sent, >, 0);
  fixture_clear (&f);
}

/* FCUnpublish and deleteStream are the last of what the server gets. */
static void
assert_ends_with_stop (Fixture * self)
{
  RtmpScriptedPeer *peer = rtmp_test_server_lock (self->server);
  g_autofree gchar *all = rtmp_scripted_peer_transcript (peer);

  if (!g_str_has_suffix (all, "\nFCUnpublish\ndeleteStream\n"))
    g_error ("the stop commands are not the last: %s", all);
  rtmp_test_server_unlock (self->server);
}

/* All of it is published and the end is asked for before there is a
 * connection. */
static void
test_finish_before_connected (void)
{
  const RtmpTestPlan plan = {.write_size = 100 };
  Fixture f;

  fixture_init (&f, &plan);
  fixture_connect (&f, TRUE, AT_ONCE, NULL);
  publish (&f, 0, 200, 10000);
  rtmp_client_finish (f.client);
  wait_closed (&f);
  g_assert_no_error (f.error);
  assert_server_has (&f, 200, 10000);
  assert_ends_with_stop (&f);
  fixture_clear (&f);
}

/* There is nothing to be sent: the end may come at once, or in good order. */
static void
test_finish_without_media (void)
{
  const RtmpTestPlan plan = { 0, };
  Fixture f;

  fixture_init (&f, &plan);
  fixture_connect (&f, TRUE, AT_ONCE, NULL);
  rtmp_client_finish (f.client);
  wait_closed (&f);
  g_assert_no_error (f.error);
  fixture_clear (&f);
}

/* The end comes when the server has shown that it has read everything, and not
 * before. */
static void
test_finish_waits_for_the_server (void)
{
  const RtmpTestPlan plan = {.keep_open = TRUE };
  Fixture f;

  fixture_init (&f, &plan);
  fixture_connect (&f, TRUE, AT_ONCE, NULL);
  wait_step (&f, RTMP_CLIENT_STEP_RUNNING);
  publish (&f, 0, 10, 1000);
  rtmp_client_finish (f.client);
  rtmp_client_finish (f.client);
  rtmp_test_server_wait_end (f.server);
  g_mutex_lock (&f.lock);
  g_assert_cmpuint (f.closed, ==, 0);
  g_mutex_unlock (&f.lock);
  rtmp_test_server_close (f.server);
  wait_closed (&f);
  g_assert_no_error (f.error);
  assert_server_has (&f, 10, 1000);
  fixture_clear (&f);
}

/* A server that reads nothing for a while, and then slowly. */
static void
test_finish_drains (void)
{
  const RtmpTestPlan plan = {.step = RTMP_TEST_STEP_RUNNING,
    .fault = RTMP_TEST_FAULT_DEAF,.small_window = TRUE
  };
  RtmpClientLevel level;
  Fixture f;

  fixture_init (&f, &plan);
  fixture_connect (&f, TRUE, AT_ONCE, NULL);
  wait_step (&f, RTMP_CLIENT_STEP_RUNNING);
  publish (&f, 0, 100, 160000);
  rtmp_client_finish (f.client);
  rtmp_client_level (f.client, &level);
  g_assert_cmpuint (level.bytes, >, 0);
  g_assert_cmpuint (level.bytes, <=, 100 * 160000);
  rtmp_test_server_set_reading (f.server, TRUE);
  wait_closed (&f);
  g_assert_no_error (f.error);
  assert_server_has (&f, 100, 160000);
  assert_ends_with_stop (&f);
  rtmp_client_level (f.client, &level);
  g_assert_cmpuint (level.bytes, ==, 0);
  g_assert_cmpuint (level.time, ==, 0);
  fixture_clear (&f);
}

/* What a server plays */

static void
send_numbered (RtmpScriptedPeer * peer, guint from, guint to, gsize size)
{
  guint n;

  for (n = from; n < to; n++)
    rtmp_scripted_peer_send_media (peer, type_of (n),
        RTMP_SCRIPTED_PEER_STREAM, n * 10, make_payload (n, size));
}

static void
assert_client_has (Fixture * self, guint n, gsize size)
{
  guint i;

  g_assert_cmpuint (self->media->len, ==, n);
  for (i = 0; i < n; i++) {
    g_autofree gchar *expected = describe_nth (i, size);

    g_assert_cmpstr (g_ptr_array_index (self->media, i), ==, expected);
  }
}

static void
send_end (RtmpScriptedPeer * peer, const gchar * how)
{
  if (g_str_has_prefix (how, "NetStream"))
    rtmp_scripted_peer_send_status (peer, RTMP_SCRIPTED_PEER_STREAM, "status",
        how, "");
  else
    rtmp_scripted_peer_send_user_control (peer, RTMP_USER_CONTROL_STREAM_EOF,
        RTMP_SCRIPTED_PEER_STREAM);
}

static void
play_to_end (RtmpScriptedPeer * peer, const RtmpMessage * message,
    gpointer user_data)
{
  rtmp_scripted_peer_send_user_control (peer,
      RTMP_USER_CONTROL_STREAM_IS_RECORDED, RTMP_SCRIPTED_PEER_STREAM);
  send_numbered (peer, 0, 100, 20000);
  send_end (peer, user_data);
}

static void
test_play (gconstpointer how)
{
  const RtmpTestPlan plan = {.started = play_to_end,
    .user_data = (gpointer) how
  };
  Fixture f;

  fixture_init (&f, &plan);
  fixture_connect (&f, FALSE, AT_ONCE, NULL);
  wait_closed (&f);
  g_assert_no_error (f.error);
  assert_client_has (&f, 100, 20000);
  g_assert_cmpuint (f.recorded, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (f.codes, 0), ==,
      "NetConnection.Connect.Success");
  fixture_clear (&f);
}

#define PLAYED 400
#define PLAYED_SIZE 100000

static void
play_much (RtmpScriptedPeer * peer, const RtmpMessage * message,
    gpointer user_data)
{
  send_numbered (peer, 0, PLAYED, PLAYED_SIZE);
}

/* TRUE if more than @n have come by and by. */
static gboolean
runs_over (Fixture * self, guint n)
{
  gint64 end = g_get_monotonic_time () + G_USEC_PER_SEC / 10;
  gboolean in_time = TRUE;
  guint count;

  g_mutex_lock (&self->lock);
  while (self->media->len <= n && in_time)
    in_time = g_cond_wait_until (&self->cond, &self->lock, end);
  count = self->media->len;
  g_mutex_unlock (&self->lock);
  return count > n;
}

/* What had been read when reading was stopped still comes, and no more. */
static void
test_back_pressure (void)
{
  const RtmpTestPlan plan = {.started = play_much };
  guint at_most = 10 + (2 << 20) / PLAYED_SIZE;
  Fixture f;

  fixture_init (&f, &plan);
  f.pause_at = 10;
  fixture_connect (&f, FALSE, AT_ONCE, NULL);
  wait_for (&f, "media", has_media, 10);
  g_assert_false (runs_over (&f, at_most));
  rtmp_client_set_reading (f.client, TRUE);
  wait_for (&f, "media", has_media, PLAYED);
  assert_client_has (&f, PLAYED, PLAYED_SIZE);
  fixture_clear (&f);
}

/* Levels and stats */

static void
test_levels (void)
{
  RtmpTestFullPort *nowhere = rtmp_test_full_port_new ();
  const RtmpClientTarget target = {.host = "127.0.0.1",
    .port = rtmp_test_full_port_port (nowhere)
  };
  RtmpClientStats stats;
  RtmpClientLevel level;
  Fixture f;

  fixture_init (&f, NULL);
  fixture_connect (&f, TRUE, 0, &target);
  rtmp_client_level (f.client, &level);
  g_assert_cmpuint (level.bytes, ==, 0);
  g_assert_cmpuint (level.time, ==, 0);
  rtmp_client_publish (f.client, RTMP_MESSAGE_DATA_AMF0, 0,
      make_payload (0, 7), &level);
  rtmp_client_publish (f.client, RTMP_MESSAGE_VIDEO, 0xFFFFFF00,
      make_payload (0, 1000), &level);
  rtmp_client_publish (f.client, RTMP_MESSAGE_AUDIO, 0x100,
      make_payload (0, 200), &level);
  rtmp_client_level (f.client, &level);
  g_assert_cmpuint (level.bytes, ==, 1207);
  g_assert_cmpuint (level.time, ==, 0x200);
  rtmp_client_stats (f.client, &stats);
  g_assert_cmpuint (stats.queue_bytes, ==, 1207);
  g_assert_cmpuint (stats.queue_time, ==, 0x200);
  g_assert_cmpuint (stats.link.out_bytes, ==, 0);
  g_assert_null (rtmp_client_peer (f.client));
  fixture_clear (&f);
  rtmp_test_full_port_free (nowhere);
}

static void
test_stats (void)
{
  const RtmpTestPlan plan = { 0, };
  RtmpClientStats stats;
  RtmpClientLevel level;
  Fixture f;

  fixture_init (&f, &plan);
  fixture_connect (&f, TRUE, AT_ONCE, NULL);
  publish (&f, 0, 30, 2000);
  rtmp_client_publish (f.client, RTMP_MESSAGE_DATA_AMF0, 300,
      make_payload (0, 10), &level);
  rtmp_client_finish (f.client);
  wait_closed (&f);
  rtmp_client_stats (f.client, &stats);
  g_assert_cmpuint (stats.audio_messages, ==, 10);
  g_assert_cmpuint (stats.video_messages, ==, 20);
  g_assert_cmpuint (stats.data_messages, ==, 1);
  g_assert_cmpuint (stats.queue_bytes, ==, 0);
  g_assert_cmpuint (stats.queue_time, ==, 0);
  g_assert_cmpuint (stats.link.out_chunk_size, ==, 65536);
  g_assert_cmpuint (stats.link.in_chunk_size, ==, 4096);
  g_assert_cmpuint (stats.link.in_window, ==, 2500000);
  g_assert_cmpuint (stats.link.out_window, ==, 2500000);
  g_assert_cmpuint (stats.link.out_bytes, >, 30 * 2000);
  g_assert_cmpuint (stats.link.out_bytes, <, 30 * 2000 + 3000);
  g_assert_cmpuint (stats.link.in_bytes, >, 200);
  g_assert_cmpuint (stats.round_trip, >, 0);
  fixture_clear (&f);
}

/* Many at once share the loops */

#define CLIENTS 12

static void
test_many (void)
{
  const RtmpTestPlan plan = { 0, };
  Fixture f[CLIENTS];
  guint i, max = MIN (RTMP_LOOP_MAX, g_get_num_processors ());

  for (i = 0; i < CLIENTS; i++)
    fixture_init (&f[i], &plan);
  for (i = 0; i < CLIENTS; i++) {
    fixture_connect (&f[i], TRUE, 2 * AT_ONCE, NULL);
    publish (&f[i], 0, 40, 4000 + i);
    rtmp_client_finish (f[i].client);
  }
  g_assert_cmpuint (rtmp_loop_count (), ==, max);
  for (i = 0; i < CLIENTS; i++) {
    wait_closed (&f[i]);
    g_assert_no_error (f[i].error);
    assert_server_has (&f[i], 40, 4000 + i);
    g_clear_pointer (&f[i].client, rtmp_client_free);
  }
  g_assert_cmpuint (rtmp_loop_count (), ==, 0);
  for (i = CLIENTS; i-- > 0;)
    fixture_clear (&f[i]);
}

/* Failures: a server, and what is told of it */

#define SAY(text) (text), sizeof (text) - 1

typedef struct
{
  const gchar *name;
  RtmpTestStep step;
  RtmpTestFault fault;
  const gchar *code;            /* or what is said */
  gsize say_size;
  gint error;                   /* an RtmpError; 0: connection closed */
} Failure;

static const Failure failures[] = {
  {"accept/close", RTMP_TEST_STEP_ACCEPT, RTMP_TEST_FAULT_CLOSE, NULL, 0,
      RTMP_ERROR_CLOSED_IN_HANDSHAKE},
  {"accept/silence", RTMP_TEST_STEP_ACCEPT, 0, NULL, 0, RTMP_ERROR_TIMED_OUT},
  {"hello/close", RTMP_TEST_STEP_HELLO, RTMP_TEST_FAULT_CLOSE, NULL, 0,
      RTMP_ERROR_CLOSED_IN_HANDSHAKE},
  {"hello/reset", RTMP_TEST_STEP_HELLO, RTMP_TEST_FAULT_RESET, NULL, 0,
      RTMP_ERROR_CLOSED_IN_HANDSHAKE},
  {"hello/silence", RTMP_TEST_STEP_HELLO, 0, NULL, 0, RTMP_ERROR_TIMED_OUT},
  {"hello/http", RTMP_TEST_STEP_HELLO, RTMP_TEST_FAULT_SAY,
      SAY ("HTTP/1.1 400 Bad Request\r\n\r\n"), RTMP_ERROR_BAD_HANDSHAKE},
  {"hello/tls-alert", RTMP_TEST_STEP_HELLO, RTMP_TEST_FAULT_SAY,
      SAY ("\x15\x03\x01\x00\x02\x02\x46"), RTMP_ERROR_TLS_EXPECTED},
  {"echo/close", RTMP_TEST_STEP_ECHO, RTMP_TEST_FAULT_CLOSE, NULL, 0,
      RTMP_ERROR_CLOSED_IN_HANDSHAKE},
  {"echo/silence", RTMP_TEST_STEP_ECHO, 0, NULL, 0, RTMP_ERROR_TIMED_OUT},
  {"connect/close", RTMP_TEST_STEP_CONNECT, RTMP_TEST_FAULT_CLOSE, NULL, 0,
      RTMP_ERROR_PEER_CLOSED},
  {"connect/reset", RTMP_TEST_STEP_CONNECT, RTMP_TEST_FAULT_RESET, NULL, 0, 0},
  {"connect/silence", RTMP_TEST_STEP_CONNECT, 0, NULL, 0,
      RTMP_ERROR_TIMED_OUT},
  {"connect/deaf", RTMP_TEST_STEP_CONNECT, RTMP_TEST_FAULT_DEAF, NULL, 0,
      RTMP_ERROR_TIMED_OUT},
  {"connect/invalid-app", RTMP_TEST_STEP_CONNECT, RTMP_TEST_FAULT_REFUSE,
      "NetConnection.Connect.InvalidApp", 0, RTMP_ERROR_NOT_FOUND},
  {"connect/rejected", RTMP_TEST_STEP_CONNECT,
        RTMP_TEST_FAULT_REFUSE | RTMP_TEST_FAULT_CLOSE,
      "NetConnection.Connect.Rejected", 0, RTMP_ERROR_REFUSED},
  {"connect/garbage", RTMP_TEST_STEP_CONNECT, RTMP_TEST_FAULT_SAY,
      SAY ("\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), RTMP_ERROR_BAD_CHUNK},
  {"create-stream/close", RTMP_TEST_STEP_CREATE_STREAM, RTMP_TEST_FAULT_CLOSE,
      NULL, 0, RTMP_ERROR_PEER_CLOSED},
  {"create-stream/silence", RTMP_TEST_STEP_CREATE_STREAM, 0, NULL, 0,
      RTMP_ERROR_TIMED_OUT},
  {"create-stream/refuse", RTMP_TEST_STEP_CREATE_STREAM,
        RTMP_TEST_FAULT_REFUSE, "NetConnection.Call.Failed", 0,
      RTMP_ERROR_REFUSED},
  {"start/close", RTMP_TEST_STEP_START, RTMP_TEST_FAULT_CLOSE, NULL, 0,
      RTMP_ERROR_PEER_CLOSED},
  {"start/silence", RTMP_TEST_STEP_START, 0, NULL, 0, RTMP_ERROR_TIMED_OUT},
  {"start/in-use", RTMP_TEST_STEP_START, RTMP_TEST_FAULT_REFUSE,
      "NetStream.Publish.BadName", 0, RTMP_ERROR_IN_USE},
  {"start/denied", RTMP_TEST_STEP_START, RTMP_TEST_FAULT_REFUSE,
      "NetStream.Publish.Denied", 0, RTMP_ERROR_AUTH_FAILED},
  {"start/not-found", RTMP_TEST_STEP_START, RTMP_TEST_FAULT_REFUSE,
      "NetStream.Play.StreamNotFound", 0, RTMP_ERROR_NOT_FOUND},
  {"running/close", RTMP_TEST_STEP_RUNNING, RTMP_TEST_FAULT_CLOSE, NULL, 0,
      RTMP_ERROR_PEER_CLOSED},
  {"running/reset", RTMP_TEST_STEP_RUNNING, RTMP_TEST_FAULT_RESET, NULL, 0, 0},
};

static void
run_failure (const Failure * failure, gboolean publish)
{
  g_autoptr (GBytes) say = failure->say_size > 0
      ? g_bytes_new_static (failure->code, failure->say_size) : NULL;
  const RtmpTestPlan plan = {.step = failure->step,.fault = failure->fault,
    .code = failure->code,.say = say
  };
  gboolean silent = failure->error == RTMP_ERROR_TIMED_OUT;
  Fixture f;

  fixture_init (&f, &plan);
  fixture_connect (&f, publish, silent ? SHORT_TIMEOUT : AT_ONCE, NULL);
  wait_closed (&f);
  if (failure->error)
    g_assert_error (f.error, RTMP_ERROR, failure->error);
  else
    g_assert_error (f.error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  fixture_clear (&f);
}

static void
test_failure (gconstpointer data)
{
  run_failure (data, TRUE);
  run_failure (data, FALSE);
}

/* What the server says about credentials stands in the description. */
static void
test_auth_needed (void)
{
  const RtmpTestPlan plan = {.step = RTMP_TEST_STEP_CONNECT,
    .fault = RTMP_TEST_FAULT_REFUSE | RTMP_TEST_FAULT_CLOSE,
    .code = "NetConnection.Connect.Rejected",
    .description = "[ AccessManager.Reject ] : [ code=403 need auth; "
        "authmod=adobe ] : "
  };
  Fixture f;

  fixture_init (&f, &plan);
  fixture_connect (&f, TRUE, AT_ONCE, NULL);
  wait_closed (&f);
  g_assert_error (f.error, RTMP_ERROR, RTMP_ERROR_AUTH_NEEDED);
  g_assert_nonnull (strstr (f.error->message, "need auth"));
  fixture_clear (&f);
}

static void
send_token (RtmpScriptedPeer * peer, gpointer user_data)
{
  RtmpValue *info = rtmp_scripted_peer_info ("status",
      "NetConnection.Connect.Success", NULL);

  rtmp_value_set_string (info, "secureToken", "c3492bfa784d99c6380bf56a");
  rtmp_scripted_peer_send_command (peer, 0, rtmp_command_write ("_result", 1,
          rtmp_value_new_null (), info, NULL));
}

/* A server that gets no answer to its token says no more of it. */
static void
test_token_missed (void)
{
  const RtmpTestPlan plan = {.step = RTMP_TEST_STEP_CONNECT };
  Fixture f;

  fixture_init (&f, &plan);
  fixture_connect (&f, FALSE, AT_ONCE, NULL);
  rtmp_test_server_wait_step (f.server, RTMP_TEST_STEP_CONNECT);
  rtmp_test_server_call (f.server, send_token, NULL);
  rtmp_test_server_close (f.server);
  wait_closed (&f);
  g_assert_error (f.error, RTMP_ERROR, RTMP_ERROR_TOKEN_NEEDED);
  g_assert_nonnull (strstr (f.error->message, "needs secure-token"));
  fixture_clear (&f);
}

/* It connects again to say who it is; asked the same once more, it gives up. */
static void
test_auth_in_vain (void)
{
  const RtmpTestPlan plan = {.step = RTMP_TEST_STEP_CONNECT,
    .fault = RTMP_TEST_FAULT_REFUSE | RTMP_TEST_FAULT_CLOSE,
    .code = "NetConnection.Connect.Rejected",
    .description = "[ AccessManager.Reject ] : [ code=403 need auth; "
        "authmod=adobe ] : "
  };
  RtmpClientTarget target = {.host = "127.0.0.1",
    .credentials = {RTMP_AUTHMOD_AUTO, "joe", "secret"}
  };
  Fixture f;

  fixture_init (&f, &plan);
  target.port = rtmp_test_server_port (f.server);
  fixture_connect (&f, TRUE, AT_ONCE, &target);
  wait_closed (&f);
  g_assert_error (f.error, RTMP_ERROR, RTMP_ERROR_AUTH_FAILED);
  g_assert_null (strstr (f.error->message, "secret"));
  g_assert_cmpuint (rtmp_test_server_n_connections (f.server), ==, 2);
  fixture_clear (&f);
}

static void
test_lost_in_mid_media (void)
{
  const RtmpTestPlan plan = {.step = RTMP_TEST_STEP_MEDIA,.media = 20,
    .fault = RTMP_TEST_FAULT_CLOSE
  };
  Fixture f;

  fixture_init (&f, &plan);
  fixture_connect (&f, TRUE, AT_ONCE, NULL);
  publish (&f, 0, 20, 5000);
  wait_closed (&f);
  g_assert_error (f.error, RTMP_ERROR, RTMP_ERROR_PEER_CLOSED);
  /* Harmless afterwards: */
  publish (&f, 20, 40, 5000);
  rtmp_client_set_reading (f.client, FALSE);
  rtmp_client_finish (f.client);
  fixture_clear (&f);
}

/* A server that closes in the middle of our writing has said why before. */
static void
test_last_words (void)
{
  const RtmpTestPlan plan = {.step = RTMP_TEST_STEP_MEDIA,.media = 5,
    .fault = RTMP_TEST_FAULT_REFUSE | RTMP_TEST_FAULT_RESET |
        RTMP_TEST_FAULT_DEAF,
    .code = "NetStream.Publish.Denied",.description = "quota used up",
    .small_window = TRUE
  };
  Fixture f;

  fixture_init (&f, &plan);
  fixture_connect (&f, TRUE, AT_ONCE, NULL);
  publish (&f, 0, 200, 100000);
  wait_closed (&f);
  g_assert_error (f.error, RTMP_ERROR, RTMP_ERROR_AUTH_FAILED);
  g_assert_nonnull (strstr (f.error->message, "quota used up"));
  fixture_clear (&f);
}

/* Event 26, from a server that closes when it is not answered. */
static void
test_swf_verification (void)
{
  static const guint8 demand[] = { 2, 0, 0, 0, 0, 0, 2, 4, 0, 0, 0, 0, 0, 26 };
  g_autoptr (GBytes) say = g_bytes_new_static (demand, sizeof (demand));
  const RtmpTestPlan plan = {.step = RTMP_TEST_STEP_START,
    .fault = RTMP_TEST_FAULT_SAY | RTMP_TEST_FAULT_CLOSE,.say = say
  };
  Fixture f;

  fixture_init (&f, &plan);
  fixture_connect (&f, FALSE, AT_ONCE, NULL);
  wait_closed (&f);
  g_assert_error (f.error, RTMP_ERROR, RTMP_ERROR_PEER_CLOSED);
  g_assert_nonnull (strstr (f.error->message, "wanted SWF verification"));
  fixture_clear (&f);
}

/* The wait for the end is not for ever where the server has gone. */
static void
test_lost_in_finish (void)
{
  const RtmpTestPlan plan = {.step = RTMP_TEST_STEP_STOP,
    .fault = RTMP_TEST_FAULT_RESET,.keep_open = TRUE
  };
  Fixture f;

  fixture_init (&f, &plan);
  fixture_connect (&f, TRUE, AT_ONCE, NULL);
  publish (&f, 0, 5, 1000);
  rtmp_client_finish (f.client);
  wait_closed (&f);
  fixture_clear (&f);
}

/* Before there is a connection */

static void
test_refused (void)
{
  const RtmpClientTarget target = {.host = "127.0.0.1",
    .port = rtmp_test_dead_port ()
  };
  Fixture f;

  fixture_init (&f, NULL);
  fixture_connect (&f, TRUE, AT_ONCE, &target);
  publish (&f, 0, 5, 1000);
  wait_closed (&f);
  g_assert_error (f.error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  fixture_clear (&f);
}

static void
test_connect_times_out (void)
{
  RtmpTestFullPort *nowhere = rtmp_test_full_port_new ();
  const RtmpClientTarget target = {.host = "127.0.0.1",
    .port = rtmp_test_full_port_port (nowhere)
  };
  Fixture f;

  fixture_init (&f, NULL);
  fixture_connect (&f, TRUE, SHORT_TIMEOUT, &target);
  wait_closed (&f);
  g_assert_error (f.error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  fixture_clear (&f);
  rtmp_test_full_port_free (nowhere);
}

static const RtmpClientTarget somewhere = {.host = "server.test",.port = 1935 };

static void
test_unknown_host (void)
{
  GResolver *before = rtmp_test_resolver_use (TRUE);
  Fixture f;

  fixture_init (&f, NULL);
  fixture_connect (&f, TRUE, AT_ONCE, &somewhere);
  wait_closed (&f);
  g_assert_error (f.error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND);
  fixture_clear (&f);
  rtmp_test_resolver_restore (before);
}

static void
test_resolver_times_out (void)
{
  GResolver *before = rtmp_test_resolver_use (FALSE);
  Fixture f;

  fixture_init (&f, NULL);
  fixture_connect (&f, TRUE, SHORT_TIMEOUT, &somewhere);
  wait_closed (&f);
  g_assert_error (f.error, G_RESOLVER_ERROR,
      G_RESOLVER_ERROR_TEMPORARY_FAILURE);
  fixture_clear (&f);
  rtmp_test_resolver_restore (before);
}

/* Asked to end while it never gets to a connection. */
static void
test_finish_while_resolving (void)
{
  GResolver *before = rtmp_test_resolver_use (FALSE);
  Fixture f;

  fixture_init (&f, NULL);
  fixture_connect (&f, TRUE, 0, &somewhere);
  wait_step (&f, RTMP_CLIENT_STEP_RESOLVE);
  rtmp_client_finish (f.client);
  wait_closed (&f);
  g_assert_no_error (f.error);
  fixture_clear (&f);
  rtmp_test_resolver_restore (before);
}

/* Cancelling, with no time limit that would help */

static void
cancel (Fixture * self)
{
  gint64 start = g_get_monotonic_time ();
  guint closed;

  g_mutex_lock (&self->lock);
  closed = self->closed;
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&self->client, rtmp_client_free);
  g_assert_cmpint (g_get_monotonic_time () - start, <, AT_ONCE);
  g_assert_cmpuint (self->closed, ==, closed);
  fixture_clear (self);
}

static void
test_cancel (gconstpointer step)
{
  const RtmpTestPlan plan = {.step = GPOINTER_TO_UINT (step) };
  guint publishing;

  for (publishing = 0; publishing < 2; publishing++) {
    Fixture f;

    fixture_init (&f, &plan);
    fixture_connect (&f, publishing, 0, NULL);
    rtmp_test_server_wait_step (f.server, plan.step);
    cancel (&f);
  }
}

static void
test_cancel_in_mid_media (void)
{
  const RtmpTestPlan plan = {.step = RTMP_TEST_STEP_MEDIA,.media = 3,
    .fault = RTMP_TEST_FAULT_DEAF,.small_window = TRUE
  };
  Fixture f;

  fixture_init (&f, &plan);
  fixture_connect (&f, TRUE, 0, NULL);
  publish (&f, 0, 200, 100000);
  rtmp_test_server_wait_step (f.server, RTMP_TEST_STEP_MEDIA);
  cancel (&f);
}

static void
test_cancel_finish (void)
{
  const RtmpTestPlan plan = {.keep_open = TRUE };
  Fixture f;

  fixture_init (&f, &plan);
  fixture_connect (&f, TRUE, 0, NULL);
  publish (&f, 0, 5, 1000);
  rtmp_client_finish (f.client);
  rtmp_test_server_wait_end (f.server);
  cancel (&f);
}

static void
test_cancel_at_once (void)
{
  const RtmpTestPlan plan = { 0, };
  guint i;

  for (i = 0; i < 20; i++) {
    Fixture f;

    fixture_init (&f, &plan);
    fixture_connect (&f, i % 2, 0, NULL);
    cancel (&f);
  }
}

static void
test_cancel_resolving (void)
{
  GResolver *before = rtmp_test_resolver_use (FALSE);
  Fixture f;

  fixture_init (&f, NULL);
  fixture_connect (&f, TRUE, 0, &somewhere);
  wait_step (&f, RTMP_CLIENT_STEP_RESOLVE);
  cancel (&f);
  rtmp_test_resolver_restore (before);
}

static void
test_cancel_connecting (void)
{
  RtmpTestFullPort *nowhere = rtmp_test_full_port_new ();
  const RtmpClientTarget target = {.host = "127.0.0.1",
    .port = rtmp_test_full_port_port (nowhere)
  };
  Fixture f;

  fixture_init (&f, NULL);
  fixture_connect (&f, TRUE, 0, &target);
  wait_step (&f, RTMP_CLIENT_STEP_CONNECT);
  cancel (&f);
  rtmp_test_full_port_free (nowhere);
}

/* TLS */

/* What the process trusts, in place of what the system does. */
static void
trust (const gchar * authority)
{
  g_autofree gchar *file =
      g_build_filename (g_getenv ("FILES"), "tls", authority, NULL);
  GError *error = NULL;
  g_autoptr (GTlsDatabase) database = g_tls_file_database_new (file, &error);

  g_assert_no_error (error);
  g_tls_backend_set_default_database (g_tls_backend_get_default (), database);
}

static void
tls_connect (Fixture * self, const gchar * host, GTlsCertificateFlags flags)
{
  const RtmpClientTarget target = {.host = host,
    .port = rtmp_test_server_port (self->server),.scheme = RTMP_SCHEME_RTMPS,
    .tls_validation = flags
  };

  fixture_connect (self, TRUE, AT_ONCE, &target);
}

typedef struct
{
  const gchar *name;
  const gchar *authority;
  const gchar *host;
  GTlsCertificateFlags flags;
  gint error;
} Trust;

static void
test_tls (gconstpointer data)
{
  static const RtmpClientStep steps[] = {
    RTMP_CLIENT_STEP_RESOLVE, RTMP_CLIENT_STEP_CONNECT, RTMP_CLIENT_STEP_TLS,
    RTMP_CLIENT_STEP_HANDSHAKE, RTMP_CLIENT_STEP_SESSION,
    RTMP_CLIENT_STEP_START, RTMP_CLIENT_STEP_RUNNING,
  };
  const Trust *how = data;
  const RtmpTestPlan plan = {.tls = TRUE };
  RtmpClientStats stats;
  Fixture f;

  fixture_init (&f, &plan);
  trust (how->authority);
  tls_connect (&f, how->host, how->flags);
  publish (&f, 0, 100, 20000);
  rtmp_client_finish (f.client);
  wait_closed (&f);
  g_assert_no_error (f.error);
  assert_steps (&f, steps, G_N_ELEMENTS (steps));
  assert_server_has (&f, 100, 20000);
  assert_ends_with_stop (&f);
  rtmp_client_stats (f.client, &stats);
  g_assert_cmpuint (stats.round_trip, >, 0);
  fixture_clear (&f);
}

static void
test_tls_refused (gconstpointer data)
{
  const Trust *how = data;
  const RtmpTestPlan plan = {.tls = TRUE };
  Fixture f;

  fixture_init (&f, &plan);
  trust (how->authority);
  tls_connect (&f, how->host, how->flags);
  wait_closed (&f);
  g_assert_error (f.error, RTMP_ERROR, how->error);
  fixture_clear (&f);
}

static void
test_tls_against_plain (void)
{
  const RtmpTestPlan plan = {.step = RTMP_TEST_STEP_HELLO,
    .fault = RTMP_TEST_FAULT_SAY,
    .say = g_bytes_new_static ("\x03 this is no TLS", 16)
  };
  Fixture f;

  fixture_init (&f, &plan);
  tls_connect (&f, "127.0.0.1", 0);
  wait_closed (&f);
  g_assert_true (f.error && f.error->domain == G_TLS_ERROR);
  fixture_clear (&f);
  g_bytes_unref (plan.say);
}

static void
test_tls_cancel (void)
{
  const RtmpTestPlan plan = {.step = RTMP_TEST_STEP_ACCEPT };
  Fixture f;

  fixture_init (&f, &plan);
  tls_connect (&f, "127.0.0.1", 0);
  wait_step (&f, RTMP_CLIENT_STEP_TLS);
  rtmp_test_server_wait_step (f.server, RTMP_TEST_STEP_HELLO);
  cancel (&f);
}

static void
add_table (const gchar * path, const gchar * name, gconstpointer data,
    GTestDataFunc func)
{
  g_autofree gchar *full = g_strconcat (path, name, NULL);

  g_test_add_data_func (full, data, func);
}

static void
add_cancels (void)
{
  static const struct
  {
    const gchar *name;
    RtmpTestStep step;
  } cancels[] = {
    {"accept", RTMP_TEST_STEP_ACCEPT},
    {"hello", RTMP_TEST_STEP_HELLO},
    {"echo", RTMP_TEST_STEP_ECHO},
    {"connect", RTMP_TEST_STEP_CONNECT},
    {"create-stream", RTMP_TEST_STEP_CREATE_STREAM},
    {"start", RTMP_TEST_STEP_START},
    {"running", RTMP_TEST_STEP_RUNNING},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cancels); i++)
    add_table ("/client/cancel/", cancels[i].name,
        GUINT_TO_POINTER (cancels[i].step), test_cancel);
  g_test_add_func ("/client/cancel/at-once", test_cancel_at_once);
  g_test_add_func ("/client/cancel/resolving", test_cancel_resolving);
  g_test_add_func ("/client/cancel/connecting", test_cancel_connecting);
  g_test_add_func ("/client/cancel/in-mid-media", test_cancel_in_mid_media);
  g_test_add_func ("/client/cancel/finish", test_cancel_finish);
  g_test_add_func ("/client/cancel/tls", test_tls_cancel);
}

static void
add_failures (void)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (failures); i++)
    add_table ("/client/failure/", failures[i].name, &failures[i],
        test_failure);
  g_test_add_func ("/client/failure/auth-needed", test_auth_needed);
  g_test_add_func ("/client/failure/token-missed", test_token_missed);
  g_test_add_func ("/client/failure/E-113-auth-in-vain", test_auth_in_vain);
  g_test_add_func ("/client/failure/in-mid-media", test_lost_in_mid_media);
  g_test_add_func ("/client/failure/last-words", test_last_words);
  g_test_add_func ("/client/failure/E-278-swf-verification",
      test_swf_verification);
  g_test_add_func ("/client/failure/in-finish", test_lost_in_finish);
  g_test_add_func ("/client/failure/refused", test_refused);
  g_test_add_func ("/client/failure/connect-times-out", test_connect_times_out);
  g_test_add_func ("/client/failure/unknown-host", test_unknown_host);
  g_test_add_func ("/client/failure/resolver-times-out",
      test_resolver_times_out);
}

static void
add_tls (void)
{
  static const Trust trusted[] = {
    {"trusted", "ca.pem", "127.0.0.1", G_TLS_CERTIFICATE_VALIDATE_ALL},
    {"unknown-authority-allowed", "other-ca.pem", "127.0.0.1",
        G_TLS_CERTIFICATE_VALIDATE_ALL & ~G_TLS_CERTIFICATE_UNKNOWN_CA},
    {"all-allowed", "other-ca.pem", "localhost", 0},
  }, refused[] = {
    {"unknown-authority", "other-ca.pem", "127.0.0.1",
        G_TLS_CERTIFICATE_VALIDATE_ALL, RTMP_ERROR_TLS_ISSUER},
    {"other-name", "ca.pem", "localhost", G_TLS_CERTIFICATE_VALIDATE_ALL,
        RTMP_ERROR_TLS_NAME},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (trusted); i++)
    add_table ("/client/tls/", trusted[i].name, &trusted[i], test_tls);
  for (i = 0; i < G_N_ELEMENTS (refused); i++)
    add_table ("/client/tls/refused/", refused[i].name, &refused[i],
        test_tls_refused);
  g_test_add_func ("/client/tls/against-plain", test_tls_against_plain);
}

/* What GLib opens once and keeps: threads, wake-ups, the TLS backend. */
static void
warm_up (void)
{
  const RtmpTestPlan plan = {.tls = TRUE };
  Fixture f;

  fixture_init (&f, &plan);
  trust ("ca.pem");
  tls_connect (&f, "localhost", 0);
  wait_step (&f, RTMP_CLIENT_STEP_RUNNING);
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
  g_test_add_func ("/client/publish", test_publish);
  g_test_add_data_func ("/client/play/stop", "NetStream.Play.Stop", test_play);
  g_test_add_data_func ("/client/play/complete", "NetStream.Play.Complete",
      test_play);
  g_test_add_data_func ("/client/play/unpublish",
      "NetStream.Play.UnpublishNotify", test_play);
  g_test_add_data_func ("/client/play/stream-eof", "StreamEOF", test_play);
  g_test_add_func ("/client/back-pressure", test_back_pressure);
  g_test_add_func ("/client/levels", test_levels);
  g_test_add_func ("/client/stats", test_stats);
  g_test_add_func ("/client/many", test_many);
  g_test_add_func ("/client/finish/before-connected",
      test_finish_before_connected);
  g_test_add_func ("/client/finish/without-media", test_finish_without_media);
  g_test_add_func ("/client/finish/waits-for-the-server",
      test_finish_waits_for_the_server);
  g_test_add_func ("/client/finish/E-126-drains", test_finish_drains);
  g_test_add_func ("/client/finish/while-resolving",
      test_finish_while_resolving);
  add_failures ();
  add_cancels ();
  add_tls ();
  return g_test_run ();
}

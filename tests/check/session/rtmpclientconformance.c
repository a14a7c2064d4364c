/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Statements of the conformance list that link and session keep together, and
 * what a server could make a client do without end. */
#include "rtmpclientsession.h"
#include "rtmpamf0.h"
#include "rtmpauth.h"
#include "rtmplog.h"
#include "rtmptestclient.h"
#include "rtmptesthex.h"

#include <string.h>

#define STREAM RTMP_TEST_CLIENT_STREAM
#define CONNECT RTMP_CLIENT_SESSION_AWAIT_CONNECT
#define CREATE RTMP_CLIENT_SESSION_AWAIT_STREAM
#define START RTMP_CLIENT_SESSION_AWAIT_START
#define RUNNING RTMP_CLIENT_SESSION_RUNNING

/* The bytes that the peer says. */
static void
say (RtmpTestClient * self, const gchar * hex)
{
  g_autoptr (GBytes) bytes = rtmp_test_unhex (hex);

  rtmp_scripted_peer_send_raw (self->peer, bytes);
  rtmp_test_client_exchange (self);
  g_assert_no_error (self->error);
}

static guint
count_calls (RtmpTestClient * self, const gchar * name)
{
  g_autofree gchar *all = rtmp_scripted_peer_transcript (self->peer);
  g_auto (GStrv) lines = g_strsplit (all, "\n", -1);
  guint i, n = 0;

  for (i = 0; lines[i]; i++)
    n += g_str_equal (lines[i], name);
  return n;
}

/* Protocol control */

/* Of no control message does the time matter, be it far ahead or gone by: each
 * takes effect for what follows it. */
static void
test_control_times (void)
{
  RtmpTestClient client;
  RtmpLinkStats stats;

  rtmp_test_client_init (&client, FALSE);
  rtmp_test_client_reach (&client, RUNNING);
  say (&client, "02 FFFFFE 000004 01 00000000 00000400"
      "06 000001 000200 08 05000000 AA*512");
  g_assert_cmpuint (client.messages[RTMP_MESSAGE_AUDIO], ==, 1);
  say (&client, "02 000001 000004 05 00000000 00012345"
      "02 700000 000004 03 00000000 00000040");
  rtmp_chunk_link_stats (client.link, &stats);
  g_assert_cmpuint (stats.in_chunk_size, ==, 1024);
  g_assert_cmpuint (stats.in_window, ==, 0x12345);
  g_assert_cmpuint (stats.out_bytes_acked, ==, 0x40);
  say (&client, "02 000002 000005 06 00000000 00054321 02");
  rtmp_test_client_expect_control (&client, RTMP_MESSAGE_WINDOW_ACK_SIZE,
      0x54321);
  say (&client, "02 FFFFFF 000006 04 00000000 FFFFFFFF 0006 01020304");
  g_assert_cmphex (rtmp_scripted_peer_expect_user_control (client.peer,
          RTMP_USER_CONTROL_PING_RESPONSE).value, ==, 0x01020304);
  /* Half a message, an Abort of it, and a whole one on the same chunk stream,
   * which would else be the other half. */
  say (&client, "06 000002 000800 08 05000000 AA*1024 "
      "02 000000 000004 02 00000000 00000006"
      "06 000003 000002 08 05000000 BBBB");
  g_assert_cmpuint (client.messages[RTMP_MESSAGE_AUDIO], ==, 2);
  g_assert_cmpuint (client.payload_bytes, ==, 514);
  rtmp_test_client_clear (&client);
}

/* Each direction has its own, and begins with 128. */
static void
test_chunk_sizes (void)
{
  RtmpTestClient client;
  RtmpLinkStats stats;

  rtmp_test_client_init (&client, FALSE);
  rtmp_test_client_reach (&client, CONNECT);
  rtmp_chunk_link_stats (client.link, &stats);
  g_assert_cmpuint (stats.in_chunk_size, ==, 128);
  g_assert_cmpuint (stats.out_chunk_size, ==, 128);
  rtmp_scripted_peer_send_control (client.peer, RTMP_MESSAGE_SET_CHUNK_SIZE,
      5000);
  rtmp_test_client_exchange (&client);
  rtmp_chunk_link_stats (client.link, &stats);
  g_assert_cmpuint (stats.in_chunk_size, ==, 5000);
  g_assert_cmpuint (stats.out_chunk_size, ==, 128);
  rtmp_test_client_clear (&client);

  rtmp_test_client_init (&client, TRUE);
  rtmp_test_client_reach (&client, CONNECT);
  rtmp_chunk_link_stats (client.link, &stats);
  g_assert_cmpuint (stats.in_chunk_size, ==, 128);
  g_assert_cmpuint (stats.out_chunk_size, ==, 65536);
  rtmp_test_client_clear (&client);
}

/* One that is set before there is anything to say goes out with connect. */
static void
test_chunk_size_before_start (void)
{
  RtmpTestClient client;

  rtmp_test_client_init (&client, TRUE);
  rtmp_test_client_begin (&client, 0, NULL);
  rtmp_client_session_set_chunk_size (client.session, 1000);
  rtmp_test_client_exchange (&client);
  rtmp_scripted_peer_expect_command (client.peer, "connect");
  rtmp_test_client_expect_control (&client, RTMP_MESSAGE_WINDOW_ACK_SIZE,
      2500000);
  rtmp_test_client_expect_control (&client, RTMP_MESSAGE_SET_CHUNK_SIZE, 1000);
  rtmp_scripted_peer_expect_command (client.peer, "releaseStream");
  rtmp_test_client_clear (&client);
}

static void
publish_much (RtmpTestClient * self, guint n, gsize size)
{
  guint i;

  for (i = 0; i < n; i++)
    rtmp_client_session_publish (self->session, RTMP_MESSAGE_VIDEO, i,
        g_bytes_new_take (g_malloc0 (size), size));
  rtmp_test_client_exchange (self);
}

/* Whatever limit a peer sets, hard, soft, dynamic or none that there is: it is
 * told our window, and gets all that is published though it acknowledges none
 * of it. We do not limit what is under way. */
static void
test_limit_types (void)
{
  static const guint8 types[] = { 0, 1, 2, 3, 255 };
  RtmpTestClient client;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (types); i++) {
    rtmp_test_client_init (&client, TRUE);
    rtmp_test_client_reach (&client, RUNNING);
    rtmp_scripted_peer_send_bandwidth (client.peer, 1000, types[i]);
    rtmp_test_client_exchange (&client);
    rtmp_test_client_expect_control (&client, RTMP_MESSAGE_WINDOW_ACK_SIZE,
        1000);
    publish_much (&client, 20, 100000);
    g_assert_cmpuint (rtmp_scripted_peer_count (client.peer,
            RTMP_MESSAGE_VIDEO), ==, 20);
    g_assert_no_error (client.error);
    rtmp_test_client_clear (&client);
  }
}

/* Both kinds of shared objects, whole, cut and empty. */
static void
test_shared_objects (void)
{
  static const gchar *const bodies[] = { "",
    "0004 6E616D65 00000001 00000000 00000000 01 00000000", "0004 6E61",
  };
  static const guint8 types[] = { 16, 19 };
  RtmpTestClient client;
  guint i, k;

  rtmp_test_client_init (&client, FALSE);
  rtmp_test_client_reach (&client, RUNNING);
  for (i = 0; i < G_N_ELEMENTS (types); i++)
    for (k = 0; k < G_N_ELEMENTS (bodies); k++)
      rtmp_scripted_peer_send_media (client.peer, types[i], k % 2 * STREAM, k,
          rtmp_test_unhex (bodies[k]));
  rtmp_scripted_peer_send_media (client.peer, RTMP_MESSAGE_AUDIO, STREAM, 9,
      g_bytes_new_static ("aa", 2));
  rtmp_test_client_exchange (&client);
  rtmp_test_client_check_events (&client, "");
  g_assert_no_error (client.error);
  g_assert_cmpuint (client.messages[16] + client.messages[19], ==, 0);
  g_assert_cmpuint (client.messages[RTMP_MESSAGE_AUDIO], ==, 1);
  rtmp_scripted_peer_expect_nothing (client.peer);
  rtmp_test_client_clear (&client);
}

/* Commands */

/* (transfer full), also for @object: the same as an ECMA array. */
static RtmpValue *
as_array (RtmpValue * object)
{
  RtmpValue *array = rtmp_value_new_ecma_array ();
  guint i;

  for (i = 0; i < rtmp_value_n_members (object); i++) {
    const gchar *name;
    RtmpValue *value = rtmp_value_member (object, i, &name);

    rtmp_value_set (array, name, rtmp_value_ref (value));
  }
  rtmp_value_unref (object);
  return array;
}

/* Servers that say everything by ECMA arrays. */
static void
test_arrays_for_objects (void)
{
  RtmpTestClient client;

  rtmp_test_client_init (&client, TRUE);
  rtmp_test_client_reach (&client, CONNECT);
  rtmp_test_client_answer (&client, "_result", 1, 0,
      rtmp_value_new_ecma_array (), as_array (rtmp_scripted_peer_info ("status",
              "NetConnection.Connect.Success", NULL)));
  rtmp_scripted_peer_accept_stream (client.peer, 4, STREAM);
  rtmp_test_client_answer (&client, "onStatus", 0, STREAM,
      rtmp_value_new_null (), as_array (rtmp_scripted_peer_info ("status",
              "NetStream.Publish.Start", NULL)));
  rtmp_test_client_check_events (&client,
      "<NetConnection.Connect.Success> await-stream await-start "
      "<NetStream.Publish.Start> running ");
  rtmp_test_client_clear (&client);
}

/* What we make up are objects. */
static void
test_objects_are_written (void)
{
  const RtmpCommand *connect;
  RtmpTestClient client;

  rtmp_test_client_init (&client, FALSE);
  rtmp_test_client_begin (&client, 0, NULL);
  rtmp_test_client_exchange (&client);
  connect = rtmp_scripted_peer_expect_command (client.peer, "connect");
  g_assert_cmpint (rtmp_value_type (rtmp_command_arg (connect, 0)), ==,
      RTMP_VALUE_OBJECT);
  rtmp_test_client_clear (&client);
}

/* What servers say before they answer connect: one of five. */
static void
say_something (RtmpTestClient * self, guint what)
{
  switch (what) {
    case 0:
      rtmp_scripted_peer_send_control (self->peer,
          RTMP_MESSAGE_WINDOW_ACK_SIZE, 5000000);
      break;
    case 1:
      rtmp_scripted_peer_send_bandwidth (self->peer, 5000000, 2);
      break;
    case 2:
      rtmp_scripted_peer_send_control (self->peer, RTMP_MESSAGE_SET_CHUNK_SIZE,
          4096);
      break;
    case 3:
      rtmp_scripted_peer_send_user_control (self->peer,
          RTMP_USER_CONTROL_STREAM_BEGIN, 0);
      break;
    default:
      rtmp_test_client_answer (self, "onBWDone", 0, 0, rtmp_value_new_null (),
          NULL);
  }
}

#define WHATS 5

/* In any order and number: three of five, with repetition, and then yes. */
static void
test_any_order (void)
{
  guint order;

  for (order = 0; order < WHATS * WHATS * WHATS; order++) {
    RtmpTestClient client;

    rtmp_test_client_init (&client, TRUE);
    rtmp_test_client_reach (&client, CONNECT);
    say_something (&client, order % WHATS);
    say_something (&client, order / WHATS % WHATS);
    say_something (&client, order / WHATS / WHATS);
    rtmp_test_client_exchange (&client);
    rtmp_test_client_check_events (&client, "");
    rtmp_scripted_peer_accept_connect (client.peer, 1);
    rtmp_test_client_exchange (&client);
    rtmp_test_client_check_events (&client,
        "<NetConnection.Connect.Success> await-stream ");
    g_assert_no_error (client.error);
    rtmp_test_client_clear (&client);
  }
}

/* A server may say it as often as it likes, before it accepts us and after. */
static void
test_checks_bandwidth_once (void)
{
  RtmpTestClient client;
  guint i;

  rtmp_test_client_init (&client, TRUE);
  rtmp_test_client_reach (&client, CONNECT);
  for (i = 0; i < 100; i++)
    rtmp_test_client_answer (&client, "onBWDone", 0, 0, rtmp_value_new_null (),
        NULL);
  g_assert_cmpuint (count_calls (&client, "_checkbw"), ==, 1);
  rtmp_scripted_peer_accept (client.peer,
      rtmp_test_client_transaction_of (&client, "_checkbw"));
  rtmp_test_client_answer (&client, "onBWDone", 0, 0, rtmp_value_new_null (),
      NULL);
  g_assert_cmpuint (count_calls (&client, "_checkbw"), ==, 1);
  g_assert_no_error (client.error);
  rtmp_test_client_clear (&client);
}

static RtmpValue *
token_info (const gchar * secret)
{
  RtmpValue *info = rtmp_scripted_peer_info ("status",
      "NetConnection.Connect.Success", NULL);

  rtmp_value_set (info, "secureToken", rtmp_value_new_string (secret));
  return info;
}

#define TOKEN "c3492bfa784d99c6380bf56a"
#define SECRET "wowza"

/* The server wants its answer before anything else: nothing but connect goes
 * out before it has asked, and the response is first behind it. */
static void
check_secure_token (gboolean in_first_object)
{
  RtmpTestClient client;
  g_autofree gchar *response = rtmp_auth_secure_token_response (TOKEN, SECRET,
      NULL);
  g_autofree gchar *args = g_strdup_printf ("null; \"%s\"", response);

  g_assert_nonnull (response);
  rtmp_test_client_init (&client, TRUE);
  client.config.secure_token = g_strdup (SECRET);
  rtmp_test_client_begin (&client, 0, NULL);
  rtmp_test_client_exchange (&client);
  rtmp_test_client_expect_call (&client, "connect", 1, 0,
      "{app: \"live\", type: \"nonprivate\", "
      "flashVer: \"LNX 1\", tcUrl: \"rtmp://host/live\"}");
  rtmp_test_client_expect_control (&client, RTMP_MESSAGE_WINDOW_ACK_SIZE,
      2500000);
  rtmp_test_client_expect_control (&client, RTMP_MESSAGE_SET_CHUNK_SIZE, 65536);
  rtmp_scripted_peer_expect_nothing (client.peer);
  if (in_first_object)
    rtmp_test_client_answer (&client, "_result", 1, 0, token_info (TOKEN),
        NULL);
  else
    rtmp_test_client_answer (&client, "_result", 1, 0, rtmp_value_new_null (),
        token_info (TOKEN));
  rtmp_test_client_expect_call (&client, "secureTokenResponse", 0, 0, args);
  rtmp_test_client_expect_call (&client, "releaseStream", 2, 0,
      "null; \"cam\"");
  rtmp_test_client_expect_call (&client, "FCPublish", 3, 0, "null; \"cam\"");
  rtmp_test_client_expect_call (&client, "createStream", 4, 0, "null");
  rtmp_scripted_peer_expect_nothing (client.peer);
  rtmp_test_client_clear (&client);
}

static void
test_secure_token (void)
{
  check_secure_token (FALSE);
  check_secure_token (TRUE);
}

/* Not an answer that is known to be wrong. */
static void
test_secure_token_unasked (void)
{
  RtmpTestClient client;

  /* The server asks, and we have no secret. */
  rtmp_test_client_init (&client, FALSE);
  rtmp_test_client_reach (&client, CONNECT);
  rtmp_test_client_answer (&client, "_result", 1, 0, rtmp_value_new_null (),
      token_info (TOKEN));
  g_assert_no_error (client.error);
  rtmp_scripted_peer_expect_nothing (client.peer);
  rtmp_test_client_clear (&client);

  /* It does not ask. */
  rtmp_test_client_init (&client, FALSE);
  client.config.secure_token = g_strdup (SECRET);
  rtmp_test_client_reach (&client, CONNECT);
  rtmp_scripted_peer_accept_connect (client.peer, 1);
  rtmp_test_client_exchange (&client);
  rtmp_test_client_expect_call (&client, "createStream", 2, 0, "null");
  rtmp_scripted_peer_expect_nothing (client.peer);
  rtmp_test_client_clear (&client);

  /* It asks nonsense. */
  rtmp_test_client_init (&client, FALSE);
  client.config.secure_token = g_strdup (SECRET);
  rtmp_test_client_reach (&client, CONNECT);
  rtmp_test_client_answer (&client, "_result", 1, 0, rtmp_value_new_null (),
      token_info ("not hex"));
  g_assert_nonnull (client.error);
  g_assert_null (rtmp_scripted_peer_find_command (client.peer, "createStream"));
  rtmp_test_client_clear (&client);
}

/* A server that authenticates refuses connect first: what stood behind it would
 * be for nobody. */
static void
test_authmod_waits (void)
{
  guint publish;

  for (publish = 0; publish < 2; publish++) {
    RtmpTestClient client;

    rtmp_test_client_init (&client, publish);
    g_free (client.config.app);
    client.config.app = g_strdup ("live?authmod=adobe&user=u");
    rtmp_test_client_reach (&client, CONNECT);
    g_assert_null (rtmp_scripted_peer_find_command (client.peer,
            "createStream"));
    g_assert_null (rtmp_scripted_peer_find_command (client.peer, "FCPublish"));
    rtmp_scripted_peer_accept_connect (client.peer, 1);
    rtmp_test_client_exchange (&client);
    g_assert_cmpuint (count_calls (&client, "createStream"), ==, 1);
    g_assert_cmpuint (count_calls (&client, "FCPublish"), ==, publish);
    rtmp_test_client_clear (&client);
  }
}

/* What needs a running stream is not asked of another. */
static void
test_tricks_only_when_running (void)
{
  static const RtmpClientSessionState states[] = { CONNECT, CREATE, START };
  RtmpTestClient client;
  guint i;

  for (i = 0; i <= G_N_ELEMENTS (states); i++) {
    gboolean ended = i == G_N_ELEMENTS (states);

    rtmp_test_client_init (&client, FALSE);
    rtmp_test_client_reach (&client, ended ? RUNNING : states[i]);
    if (ended) {
      rtmp_test_client_send_status (&client, "NetStream.Play.Complete");
      rtmp_test_client_check_events (&client,
          "<NetStream.Play.Complete> ended ");
    }
    rtmp_client_session_pause (client.session, TRUE, 10);
    rtmp_client_session_seek (client.session, 0, 10);
    rtmp_client_session_pause (client.session, FALSE, 10);
    rtmp_test_client_exchange (&client);
    g_assert_null (rtmp_scripted_peer_find_command (client.peer, "pause"));
    g_assert_null (rtmp_scripted_peer_find_command (client.peer, "seek"));
    rtmp_test_client_clear (&client);
  }
}

/* A server may end a stream to seek in it, any number of times: until each seek
 * is answered, an end is none. */
static void
test_end_while_seeking (void)
{
  RtmpTestClient client;

  rtmp_test_client_init (&client, FALSE);
  rtmp_test_client_reach (&client, RUNNING);
  rtmp_client_session_seek (client.session, 0, 10);
  rtmp_client_session_seek (client.session, 0, 20);
  rtmp_test_client_exchange (&client);
  g_assert_cmpuint (count_calls (&client, "seek"), ==, 2);
  rtmp_test_client_send_status (&client, "NetStream.Play.Stop");
  rtmp_test_client_send_status (&client, "NetStream.Seek.Notify");
  rtmp_scripted_peer_send_user_control (client.peer,
      RTMP_USER_CONTROL_STREAM_EOF, STREAM);
  rtmp_test_client_exchange (&client);
  rtmp_test_client_check_events (&client,
      "<NetStream.Play.Stop> <NetStream.Seek.Notify> ");
  rtmp_test_client_send_status (&client, "NetStream.Seek.Notify");
  rtmp_test_client_send_status (&client, "NetStream.Play.Stop");
  rtmp_test_client_check_events (&client,
      "<NetStream.Seek.Notify> <NetStream.Play.Stop> ended ");
  rtmp_test_client_clear (&client);
}

/* What does not work leaves the stream as it was. */
static void
test_soft_failures (void)
{
  static const gchar *const codes[] = {
    "NetStream.Seek.Failed", "NetStream.Seek.InvalidTime",
    "NetStream.Pause.Failed", "NetStream.Unpause.Failed",
  };
  RtmpTestClient client;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (codes); i++) {
    g_autofree gchar *told = g_strdup_printf ("<%s> ", codes[i]);

    rtmp_test_client_init (&client, FALSE);
    rtmp_test_client_reach (&client, RUNNING);
    rtmp_scripted_peer_send_status (client.peer, STREAM, "error", codes[i], "");
    rtmp_test_client_exchange (&client);
    g_assert_no_error (client.error);
    rtmp_test_client_check_events (&client, told);
    rtmp_test_client_send_status (&client, "NetStream.Play.Stop");
    rtmp_test_client_check_events (&client, "<NetStream.Play.Stop> ended ");
    rtmp_test_client_clear (&client);
  }
}

/* A seek is awaited as long as any answer; with the last one the waiting is
 * over, and not before. */
static void
test_seek_deadline (void)
{
  RtmpTestClient client;
  GError *error = NULL;

  rtmp_test_client_init (&client, FALSE);
  client.config.timeout = 5 * G_USEC_PER_SEC;
  rtmp_test_client_reach (&client, RUNNING);
  g_assert_cmpint (rtmp_client_session_next_deadline (client.session), ==,
      RTMP_DEADLINE_NONE);
  rtmp_client_session_seek (client.session, 1000, 10);
  rtmp_client_session_seek (client.session, 2000, 20);
  rtmp_test_client_send_status (&client, "NetStream.Seek.Notify");
  g_assert_cmpint (rtmp_client_session_next_deadline (client.session), ==,
      2000 + 5 * G_USEC_PER_SEC);
  rtmp_test_client_send_status (&client, "NetStream.Seek.Notify");
  g_assert_cmpint (rtmp_client_session_next_deadline (client.session), ==,
      RTMP_DEADLINE_NONE);
  rtmp_client_session_seek (client.session, 3000, 30);
  g_assert_true (rtmp_client_session_on_deadline (client.session,
          2999 + 5 * G_USEC_PER_SEC, &error));
  g_assert_false (rtmp_client_session_on_deadline (client.session,
          3000 + 5 * G_USEC_PER_SEC, &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_TIMED_OUT);
  g_assert_cmpstr (error->message, ==,
      "the server did not answer seek within 5 seconds");
  g_error_free (error);
  rtmp_test_client_clear (&client);
}

/* What a player adds to play */

static void
test_subscribe (void)
{
  RtmpTestClient client;

  rtmp_test_client_init (&client, FALSE);
  client.config.subscribe = g_strdup ("other");
  client.config.ask_length = TRUE;
  rtmp_test_client_reach (&client, CREATE);
  rtmp_scripted_peer_accept_stream (client.peer, 2, STREAM);
  rtmp_test_client_exchange (&client);
  rtmp_test_client_expect_call (&client, "FCSubscribe", 4, 0,
      "null; \"other\"");
  rtmp_test_client_expect_call (&client, "getStreamLength", 5, 0,
      "null; \"cam\"");
  rtmp_test_client_expect_call (&client, "play", 3, STREAM,
      "null; \"cam\"; -2");
  /* Neither has to be answered well, or at all. */
  rtmp_scripted_peer_refuse (client.peer, 4, "NetConnection.Call.Failed", "");
  rtmp_scripted_peer_refuse (client.peer, 5, "NetConnection.Call.Failed", "");
  rtmp_test_client_send_status (&client, "NetStream.Play.Start");
  rtmp_test_client_check_events (&client,
      "await-start <NetStream.Play.Start> running ");
  rtmp_test_client_clear (&client);
}

static void
send_metadata (RtmpTestClient * self, gdouble duration)
{
  RtmpValue *values = rtmp_value_new_ecma_array ();
  RtmpWriter writer;

  rtmp_value_set_number (values, "duration", duration);
  rtmp_writer_init (&writer);
  rtmp_amf0_write_string (&writer, "onMetaData");
  rtmp_amf0_write (&writer, values);
  rtmp_value_unref (values);
  rtmp_scripted_peer_send_media (self->peer, RTMP_MESSAGE_DATA_AMF0, STREAM, 0,
      rtmp_writer_take (&writer));
  rtmp_test_client_exchange (self);
}

/* From the answer, or from the metadata, if it is one; and only if asked. */
static void
check_length (gboolean ask, const gchar * answer, gdouble length,
    const gchar * expected)
{
  RtmpTestClient client;

  rtmp_test_client_init (&client, FALSE);
  client.config.ask_length = ask;
  rtmp_test_client_reach (&client, RUNNING);
  if (answer)
    rtmp_test_client_answer (&client, answer, rtmp_test_client_transaction_of
        (&client, "getStreamLength"), 0, rtmp_value_new_null (),
        rtmp_value_new_number (length));
  else
    send_metadata (&client, length);
  rtmp_test_client_check_events (&client, expected);
  g_assert_no_error (client.error);
  g_assert_cmpuint (client.messages[RTMP_MESSAGE_DATA_AMF0], ==,
      answer == NULL);
  rtmp_test_client_clear (&client);
}

static void
test_length (void)
{
  check_length (TRUE, "_result", 12.5, "length 12.5 ");
  check_length (TRUE, "_result", 0, "");
  check_length (TRUE, "_result", -1, "");
  check_length (TRUE, "_error", 12.5, "");
  check_length (TRUE, NULL, 12.5, "length 12.5 ");
  check_length (TRUE, NULL, 0, "");
  check_length (FALSE, NULL, 12.5, "");
}

/* Some servers send their statuses as data. */
static void
test_status_as_data (void)
{
  RtmpTestClient client;
  RtmpValue *info = rtmp_scripted_peer_info ("status", "NetStream.Play.Stop",
      NULL);
  RtmpWriter writer;

  rtmp_test_client_init (&client, FALSE);
  rtmp_test_client_reach (&client, RUNNING);
  rtmp_writer_init (&writer);
  rtmp_amf0_write_string (&writer, "onStatus");
  rtmp_amf0_write (&writer, info);
  rtmp_value_unref (info);
  rtmp_scripted_peer_send_media (client.peer, RTMP_MESSAGE_DATA_AMF0, STREAM, 0,
      rtmp_writer_take (&writer));
  rtmp_test_client_exchange (&client);
  rtmp_test_client_check_events (&client, "<NetStream.Play.Stop> ended ");
  rtmp_test_client_clear (&client);
}

/* Only a stream that lives is ended, and once. */
static void
test_stops_once (void)
{
  RtmpTestClient client;

  rtmp_test_client_init (&client, TRUE);
  rtmp_test_client_reach (&client, RUNNING);
  rtmp_client_session_stop (client.session, 0);
  rtmp_client_session_stop (client.session, 0);
  rtmp_test_client_exchange (&client);
  g_assert_cmpuint (count_calls (&client, "deleteStream"), ==, 1);
  rtmp_test_client_clear (&client);

  rtmp_test_client_init (&client, FALSE);
  rtmp_test_client_reach (&client, RUNNING);
  rtmp_test_client_send_status (&client, "NetStream.Play.Stop");
  rtmp_client_session_stop (client.session, 0);
  rtmp_test_client_exchange (&client);
  g_assert_cmpuint (count_calls (&client, "deleteStream"), ==, 0);
  rtmp_test_client_clear (&client);
}

/* Log */

static guint told;

static void
on_log (RtmpLogLevel level, const gchar * file, gint line,
    const gchar * function, const gchar * message)
{
  told += strstr (message, "skipping messages of type") != NULL;
}

/* Each kind of message that is not known is told of once. */
static void
test_unknown_types (void)
{
  static const guint8 types[] = { 7, 10, 250 };
  RtmpTestClient client;
  guint i;

  told = 0;
  rtmp_log_set_hook (on_log, RTMP_LOG_INFO);
  rtmp_test_client_init (&client, FALSE);
  rtmp_test_client_reach (&client, RUNNING);
  for (i = 0; i < 5 * G_N_ELEMENTS (types); i++)
    rtmp_scripted_peer_send_media (client.peer, types[i / 5], i % 2, 0,
        g_bytes_new_static ("x", 1));
  rtmp_test_client_exchange (&client);
  rtmp_log_set_hook (NULL, RTMP_LOG_WARNING);
  g_assert_no_error (client.error);
  rtmp_test_client_check_events (&client, "");
  g_assert_cmpuint (told, ==, G_N_ELEMENTS (types));
  rtmp_test_client_clear (&client);
}

static const struct
{
  const gchar *path;
  GTestFunc func;
} tests[] = {
  {"E-042-control-times", test_control_times},
  {"E-043-chunk-sizes", test_chunk_sizes},
  {"chunk-size-before-start", test_chunk_size_before_start},
  {"E-051-E-052-limit-types", test_limit_types},
  {"E-063-shared-objects", test_shared_objects},
  {"E-085-arrays-for-objects", test_arrays_for_objects},
  {"E-086-objects-are-written", test_objects_are_written},
  {"E-109-any-order", test_any_order},
  {"E-128-checks-bandwidth-once", test_checks_bandwidth_once},
  {"secure-token", test_secure_token},
  {"secure-token-unasked", test_secure_token_unasked},
  {"authmod-waits", test_authmod_waits},
  {"tricks-only-when-running", test_tricks_only_when_running},
  {"E-124-end-while-seeking", test_end_while_seeking},
  {"soft-failures", test_soft_failures},
  {"seek-deadline", test_seek_deadline},
  {"subscribe", test_subscribe},
  {"length", test_length},
  {"status-as-data", test_status_as_data},
  {"E-126-stops-once", test_stops_once},
  {"E-056-unknown-types", test_unknown_types},
};

int
main (int argc, char **argv)
{
  guint i;

  g_test_init (&argc, &argv, NULL);
  for (i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree gchar *path = g_strconcat ("/clientconformance/",
        tests[i].path, NULL);

    g_test_add_func (path, tests[i].func);
  }
  return g_test_run ();
}

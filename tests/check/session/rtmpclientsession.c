/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpclientsession.h"
#include "rtmpamf0.h"
#include "rtmperror.h"
#include "rtmplog.h"
#include "rtmptestclient.h"
#include "rtmptestrecording.h"

#define SECOND G_USEC_PER_SEC
#define STREAM RTMP_TEST_CLIENT_STREAM
#define CONNECT RTMP_CLIENT_SESSION_AWAIT_CONNECT
#define CREATE RTMP_CLIENT_SESSION_AWAIT_STREAM
#define START RTMP_CLIENT_SESSION_AWAIT_START
#define RUNNING RTMP_CLIENT_SESSION_RUNNING
#define BYTES(text) text, sizeof (text) - 1

/* The flows, message by message */

/* @chunk_stream, timestamp and payload of the next message, on the stream. */
static void
expect_media (RtmpTestClient * self, RtmpMessageType type, guint32 chunk_stream,
    guint32 timestamp, const gchar * payload, gsize size)
{
  const RtmpMessage *message = rtmp_scripted_peer_expect (self->peer, type);
  gsize length;
  gconstpointer data = g_bytes_get_data (message->payload, &length);

  g_assert_cmpuint (message->chunk_stream, ==, chunk_stream);
  g_assert_cmpuint (message->message_stream, ==, STREAM);
  g_assert_cmpuint (message->timestamp, ==, timestamp);
  g_assert_cmpmem (data, length, payload, size);
}

static void
publish (RtmpTestClient * self, RtmpMessageType type, guint32 timestamp,
    const gchar * payload, gsize size)
{
  rtmp_client_session_publish (self->session, type, timestamp,
      g_bytes_new (payload, size));
}

#define META "\x02\x00\x0aonMetaData\x08\x00\x00\x00\x00\x00\x00\x09"
#define TEXT "\x02\x00\x0aonTextData\x05"
#define SET "\x02\x00\x0d@setDataFrame"

static void
expect_publisher_greeting (RtmpTestClient * self)
{
  rtmp_test_client_expect_call (self, "connect", 1, 0,
      "{app: \"live\", type: \"nonprivate\", "
      "flashVer: \"LNX 1\", tcUrl: \"rtmp://host/live\"}");
  rtmp_test_client_expect_control (self, RTMP_MESSAGE_WINDOW_ACK_SIZE, 2500000);
  rtmp_test_client_expect_control (self, RTMP_MESSAGE_SET_CHUNK_SIZE, 65536);
  rtmp_test_client_expect_call (self, "releaseStream", 2, 0, "null; \"cam\"");
  rtmp_test_client_expect_call (self, "FCPublish", 3, 0, "null; \"cam\"");
  rtmp_test_client_expect_call (self, "createStream", 4, 0, "null");
  rtmp_scripted_peer_expect_nothing (self->peer);
}

static void
test_publish (void)
{
  RtmpTestClient client;

  rtmp_test_client_init (&client, TRUE);
  rtmp_test_client_reach (&client, RTMP_CLIENT_SESSION_AWAIT_CONNECT);
  rtmp_scripted_peer_accept_connect (client.peer, 1);
  rtmp_test_client_exchange (&client);
  rtmp_test_client_check_events (&client,
      "<NetConnection.Connect.Success> await-stream ");
  rtmp_scripted_peer_expect_nothing (client.peer);
  rtmp_scripted_peer_accept (client.peer, 2);
  rtmp_scripted_peer_accept (client.peer, 3);
  rtmp_test_client_exchange (&client);
  rtmp_test_client_check_events (&client, "");
  rtmp_scripted_peer_accept_stream (client.peer, 4, STREAM);
  rtmp_test_client_exchange (&client);
  rtmp_test_client_check_events (&client, "await-start ");
  rtmp_test_client_expect_call (&client, "publish", 5, STREAM,
      "null; \"cam\"; \"live\"");
  rtmp_scripted_peer_expect_nothing (client.peer);
  rtmp_test_client_send_status (&client, "NetStream.Publish.Start");
  rtmp_test_client_check_events (&client, "<NetStream.Publish.Start> running ");
  publish (&client, RTMP_MESSAGE_VIDEO, 7, BYTES ("vvv"));
  rtmp_client_session_stop (client.session, 0);
  rtmp_test_client_check_events (&client, "ended ");
  rtmp_test_client_exchange (&client);
  expect_media (&client, RTMP_MESSAGE_VIDEO, RTMP_CHUNK_STREAM_VIDEO, 7,
      BYTES ("vvv"));
  rtmp_test_client_expect_call (&client, "FCUnpublish", 6, 0, "null; \"cam\"");
  rtmp_test_client_expect_call (&client, "deleteStream", 0, 0, "null; 5");
  rtmp_scripted_peer_expect_nothing (client.peer);
  rtmp_test_client_clear (&client);
}

static void
test_play (void)
{
  RtmpTestClient client;
  RtmpControl control;

  rtmp_test_client_init (&client, FALSE);
  rtmp_test_client_reach (&client, RTMP_CLIENT_SESSION_AWAIT_CONNECT);
  rtmp_scripted_peer_accept_connect (client.peer, 1);
  rtmp_scripted_peer_accept_stream (client.peer, 2, STREAM);
  rtmp_test_client_exchange (&client);
  rtmp_test_client_check_events (&client,
      "<NetConnection.Connect.Success> await-stream await-start ");
  rtmp_test_client_expect_call (&client, "play", 3, STREAM,
      "null; \"cam\"; -2");
  control = rtmp_scripted_peer_expect_user_control (client.peer,
      RTMP_USER_CONTROL_SET_BUFFER_LENGTH);
  g_assert_cmpuint (control.value, ==, STREAM);
  g_assert_cmpuint (control.value2, ==, 300);
  rtmp_scripted_peer_expect_nothing (client.peer);
  rtmp_scripted_peer_send_user_control (client.peer,
      RTMP_USER_CONTROL_STREAM_BEGIN, STREAM);
  rtmp_scripted_peer_send_user_control (client.peer,
      RTMP_USER_CONTROL_STREAM_IS_RECORDED, STREAM);
  rtmp_test_client_send_status (&client, "NetStream.Play.Reset");
  rtmp_test_client_check_events (&client, "recorded <NetStream.Play.Reset> ");
  rtmp_test_client_send_status (&client, "NetStream.Play.Start");
  rtmp_test_client_check_events (&client, "<NetStream.Play.Start> running ");
  rtmp_client_session_stop (client.session, 0);
  rtmp_test_client_check_events (&client, "ended ");
  rtmp_test_client_exchange (&client);
  rtmp_test_client_expect_call (&client, "deleteStream", 0, 0, "null; 5");
  rtmp_scripted_peer_expect_nothing (client.peer);
  rtmp_test_client_clear (&client);
}

/* Two round trips up to publish: the handshake, then all that needs no
 * answer, in one piece with the last of the handshake. */
static void
test_round_trips (void)
{
  RtmpTestClient client;

  rtmp_test_client_init (&client, TRUE);
  rtmp_test_client_begin (&client, 0, NULL);
  g_assert_true (rtmp_test_client_to_peer (&client));
  g_assert_false (rtmp_test_client_to_peer (&client));
  g_assert_true (rtmp_test_client_from_peer (&client));
  g_assert_false (rtmp_scripted_peer_is_open (client.peer));
  g_assert_true (rtmp_test_client_to_peer (&client));
  g_assert_false (rtmp_test_client_to_peer (&client));
  expect_publisher_greeting (&client);
  g_assert_null (rtmp_scripted_peer_take_output (client.peer));
  rtmp_scripted_peer_accept_connect (client.peer, 1);
  rtmp_scripted_peer_accept_stream (client.peer, 4, STREAM);
  g_assert_true (rtmp_test_client_from_peer (&client));
  g_assert_true (rtmp_test_client_to_peer (&client));
  rtmp_test_client_expect_call (&client, "publish", 5, STREAM,
      "null; \"cam\"; \"live\"");
  rtmp_test_client_clear (&client);
}

static void
test_served (void)
{
  RtmpTestClient client;
  guint publish;

  for (publish = 0; publish < 2; publish++) {
    rtmp_test_client_init (&client, publish);
    rtmp_test_client_begin (&client, 0, NULL);
    rtmp_scripted_peer_set_handler (client.peer, rtmp_scripted_peer_serve,
        NULL);
    rtmp_test_client_exchange (&client);
    g_assert_no_error (client.error);
    g_assert_cmpint (rtmp_client_session_state (client.session), ==,
        RTMP_CLIENT_SESSION_RUNNING);
    rtmp_test_client_clear (&client);
  }
}

/* What is asked */

static void
test_connect_of_player (void)
{
  RtmpTestClient client;

  rtmp_test_client_init (&client, FALSE);
  client.config.page_url = g_strdup ("http://page");
  client.config.swf_url = g_strdup ("http://swf");
  client.config.window_ack_size = 1000;
  rtmp_test_client_begin (&client, 0, NULL);
  rtmp_test_client_exchange (&client);
  rtmp_test_client_expect_call (&client, "connect", 1, 0,
      "{app: \"live\", flashVer: \"LNX 1\", "
      "swfUrl: \"http://swf\", tcUrl: \"rtmp://host/live\", "
      "pageUrl: \"http://page\", fpad: false, capabilities: 15, "
      "audioCodecs: 4071, videoCodecs: 252, videoFunction: 1}");
  rtmp_test_client_expect_control (&client, RTMP_MESSAGE_WINDOW_ACK_SIZE, 1000);
  rtmp_test_client_expect_call (&client, "createStream", 2, 0, "null");
  rtmp_scripted_peer_expect_nothing (client.peer);
  rtmp_test_client_clear (&client);
}

static void
test_connect_args (void)
{
  GPtrArray *args;
  RtmpTestClient client;

  rtmp_test_client_init (&client, TRUE);
  g_clear_pointer (&client.config.tc_url, g_free);
  g_clear_pointer (&client.config.flash_version, g_free);
  args = g_ptr_array_new_with_free_func ((GDestroyNotify) rtmp_value_unref);
  g_ptr_array_add (args, rtmp_value_new_string ("token"));
  g_ptr_array_add (args, rtmp_value_new_number (7));
  client.config.connect_args = args;
  rtmp_test_client_begin (&client, 0, NULL);
  /* The session has what it needs. */
  rtmp_client_config_clear (&client.config);
  rtmp_test_client_exchange (&client);
  rtmp_test_client_expect_call (&client, "connect", 1, 0,
      "{app: \"live\", type: \"nonprivate\"}; \"token\"; 7");
  rtmp_test_client_clear (&client);
}

static void
check_play_args (gdouble start, gdouble duration, const gchar * expected)
{
  RtmpTestClient client;

  rtmp_test_client_init (&client, FALSE);
  client.config.play_start = start;
  client.config.play_duration = duration;
  client.config.buffer_length = 3000;
  rtmp_test_client_reach (&client, RTMP_CLIENT_SESSION_AWAIT_STREAM);
  rtmp_scripted_peer_accept_stream (client.peer, 2, STREAM);
  rtmp_test_client_exchange (&client);
  rtmp_test_client_expect_call (&client, "play", 3, STREAM, expected);
  g_assert_cmpuint (rtmp_scripted_peer_expect_user_control (client.peer,
          RTMP_USER_CONTROL_SET_BUFFER_LENGTH).value2, ==, 3000);
  rtmp_test_client_clear (&client);
}

static void
test_play_args (void)
{
  check_play_args (RTMP_PLAY_LIVE_OR_RECORDED, RTMP_PLAY_TO_END,
      "null; \"cam\"; -2");
  check_play_args (RTMP_PLAY_LIVE, RTMP_PLAY_TO_END, "null; \"cam\"; -1");
  check_play_args (0, RTMP_PLAY_TO_END, "null; \"cam\"; 0");
  check_play_args (1500, 2000, "null; \"cam\"; 1500; 2000");
  check_play_args (0, 0, "null; \"cam\"; 0; 0");
}

typedef struct
{
  const gchar *name;
  gboolean publish;
  guint commands;
  const gchar *transcript;
} StopCase;

static const StopCase stop_cases[] = {
  {"publish-none", TRUE, 0, ""},
  {"publish-fcunpublish", TRUE, 1, "FCUnpublish 0\n"},
  {"publish-closestream", TRUE, 2, "closeStream 5\n"},
  {"publish-fcunpublish-closestream", TRUE, 3,
      "FCUnpublish 0\n" "closeStream 5\n"},
  {"publish-deletestream", TRUE, 4, "deleteStream 0\n"},
  {"publish-fcunpublish-deletestream", TRUE, 5,
      "FCUnpublish 0\n" "deleteStream 0\n"},
  {"publish-closestream-deletestream", TRUE, 6,
      "closeStream 5\n" "deleteStream 0\n"},
  {"publish-all", TRUE, 7,
      "FCUnpublish 0\n" "closeStream 5\n" "deleteStream 0\n"},
  {"play-none", FALSE, 1, ""},
  {"play-all", FALSE, 7, "closeStream 5\n" "deleteStream 0\n"},
};

/* "name message-stream", for each command since the start. */
static gchar *
list_commands (RtmpTestClient * self)
{
  guint i, n = rtmp_scripted_peer_n_received (self->peer);
  GString *text = g_string_new (NULL);

  for (i = 0; i < n; i++) {
    const RtmpMessage *message = rtmp_scripted_peer_received (self->peer, i);
    g_auto (RtmpCommand) command = { NULL, };

    if (message->type == RTMP_MESSAGE_COMMAND_AMF0
        && rtmp_command_parse (&command, message, NULL, NULL))
      g_string_append_printf (text, "%s %u\n", command.name,
          message->message_stream);
  }
  return g_string_free (text, FALSE);
}

static void
test_stop_commands (gconstpointer data)
{
  const StopCase *c = data;
  g_autofree gchar *before = NULL, *after = NULL;
  RtmpTestClient client;

  rtmp_test_client_init (&client, c->publish);
  client.config.stop_commands = c->commands;
  rtmp_test_client_reach (&client, RTMP_CLIENT_SESSION_RUNNING);
  before = list_commands (&client);
  rtmp_client_session_stop (client.session, 0);
  rtmp_test_client_check_events (&client, "ended ");
  rtmp_test_client_exchange (&client);
  after = list_commands (&client);
  g_assert_cmpstr (after + strlen (before), ==, c->transcript);
  rtmp_test_client_clear (&client);
}

/* What comes too late for a session that was stopped changes nothing, whether
 * it was stopped between messages or in an event. */
static void
check_stopped (RtmpClientSessionState state, gboolean in_event,
    const gchar * last)
{
  g_autofree gchar *commands = NULL;
  RtmpTestClient client;

  rtmp_test_client_init (&client, TRUE);
  client.stop_at = in_event ? state : RTMP_CLIENT_SESSION_IDLE;
  rtmp_test_client_begin (&client, 0, NULL);
  rtmp_test_client_exchange (&client);
  if (state >= RTMP_CLIENT_SESSION_AWAIT_STREAM)
    rtmp_scripted_peer_accept_connect (client.peer, 1);
  if (state >= RTMP_CLIENT_SESSION_AWAIT_START)
    rtmp_scripted_peer_accept_stream (client.peer, 4, STREAM);
  rtmp_test_client_exchange (&client);
  if (!in_event)
    rtmp_client_session_stop (client.session, 0);
  g_assert_cmpint (rtmp_client_session_state (client.session), ==,
      RTMP_CLIENT_SESSION_ENDED);
  g_assert_cmpint (rtmp_client_session_next_deadline (client.session), ==,
      RTMP_DEADLINE_NONE);
  g_string_truncate (client.events, 0);
  rtmp_scripted_peer_accept_connect (client.peer, 1);
  rtmp_scripted_peer_accept_stream (client.peer, 4, STREAM);
  rtmp_test_client_send_status (&client, "NetStream.Publish.Start");
  g_assert_no_error (client.error);
  g_assert_null (strstr (client.events->str, "await"));
  g_assert_null (strstr (client.events->str, "running"));
  g_assert_cmpint (rtmp_client_session_next_deadline (client.session), ==,
      RTMP_DEADLINE_NONE);
  commands = list_commands (&client);
  g_assert_true (g_str_has_suffix (commands, last));
  rtmp_test_client_clear (&client);
}

static void
test_stop_early (void)
{
  static const gchar *const with_stream = "FCUnpublish 0\ndeleteStream 0\n";
  guint in_event;

  for (in_event = 0; in_event < 2; in_event++) {
    check_stopped (RTMP_CLIENT_SESSION_AWAIT_CONNECT, in_event,
        "FCPublish 0\ncreateStream 0\n");
    check_stopped (RTMP_CLIENT_SESSION_AWAIT_STREAM, in_event,
        "FCPublish 0\ncreateStream 0\n");
    check_stopped (RTMP_CLIENT_SESSION_AWAIT_START, in_event, with_stream);
  }
}

/* Stopped before the handshake is done: nothing is begun then. */
static void
test_stop_before_start (void)
{
  RtmpTestClient client;

  rtmp_test_client_init (&client, TRUE);
  rtmp_test_client_begin (&client, 0, NULL);
  rtmp_client_session_stop (client.session, 0);
  rtmp_test_client_exchange (&client);
  rtmp_test_client_check_events (&client, "ended ");
  g_assert_true (rtmp_scripted_peer_is_open (client.peer));
  rtmp_scripted_peer_expect_nothing (client.peer);
  g_assert_cmpint (rtmp_client_session_next_deadline (client.session), ==,
      RTMP_DEADLINE_NONE);
  rtmp_test_client_clear (&client);
}

/* Publishing */

static void
test_publish_when_running (void)
{
  static const RtmpClientSessionState states[] = {
    RTMP_CLIENT_SESSION_AWAIT_CONNECT, RTMP_CLIENT_SESSION_AWAIT_STREAM,
    RTMP_CLIENT_SESSION_AWAIT_START,
  };
  RtmpTestClient client;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (states); i++) {
    rtmp_test_client_init (&client, TRUE);
    rtmp_test_client_reach (&client, states[i]);
    publish (&client, RTMP_MESSAGE_AUDIO, 1, BYTES ("a"));
    publish (&client, RTMP_MESSAGE_DATA_AMF0, 2, BYTES (META));
    rtmp_test_client_exchange (&client);
    rtmp_scripted_peer_expect_nothing (client.peer);
    rtmp_test_client_clear (&client);
  }
  rtmp_test_client_init (&client, TRUE);
  rtmp_test_client_reach (&client, RTMP_CLIENT_SESSION_RUNNING);
  rtmp_client_session_stop (client.session, 0);
  publish (&client, RTMP_MESSAGE_AUDIO, 1, BYTES ("a"));
  rtmp_test_client_exchange (&client);
  g_assert_cmpuint (rtmp_scripted_peer_count (client.peer, RTMP_MESSAGE_AUDIO),
      ==, 0);
  rtmp_test_client_clear (&client);
}

static void
test_publish_messages (void)
{
  RtmpTestClient client;

  rtmp_test_client_init (&client, TRUE);
  rtmp_test_client_reach (&client, RTMP_CLIENT_SESSION_RUNNING);
  publish (&client, RTMP_MESSAGE_DATA_AMF0, 0, BYTES (META));
  publish (&client, RTMP_MESSAGE_AUDIO, 10, BYTES ("aa"));
  publish (&client, RTMP_MESSAGE_VIDEO, 20, BYTES ("v"));
  publish (&client, RTMP_MESSAGE_DATA_AMF0, 30, BYTES (TEXT));
  publish (&client, RTMP_MESSAGE_DATA_AMF0, 40, BYTES (SET META));
  publish (&client, RTMP_MESSAGE_DATA_AMF0, 50, BYTES ("\x01\x02"));
  publish (&client, RTMP_MESSAGE_DATA_AMF0, 60, BYTES (""));
  publish (&client, RTMP_MESSAGE_VIDEO, 70, BYTES (""));
  rtmp_test_client_exchange (&client);
  expect_media (&client, RTMP_MESSAGE_DATA_AMF0, RTMP_CHUNK_STREAM_DATA, 0,
      BYTES (SET META));
  expect_media (&client, RTMP_MESSAGE_AUDIO, RTMP_CHUNK_STREAM_AUDIO, 10,
      BYTES ("aa"));
  expect_media (&client, RTMP_MESSAGE_VIDEO, RTMP_CHUNK_STREAM_VIDEO, 20,
      BYTES ("v"));
  expect_media (&client, RTMP_MESSAGE_DATA_AMF0, RTMP_CHUNK_STREAM_DATA, 30,
      BYTES (TEXT));
  expect_media (&client, RTMP_MESSAGE_DATA_AMF0, RTMP_CHUNK_STREAM_DATA, 40,
      BYTES (SET META));
  expect_media (&client, RTMP_MESSAGE_DATA_AMF0, RTMP_CHUNK_STREAM_DATA, 50,
      BYTES ("\x01\x02"));
  expect_media (&client, RTMP_MESSAGE_DATA_AMF0, RTMP_CHUNK_STREAM_DATA, 60,
      BYTES (""));
  expect_media (&client, RTMP_MESSAGE_VIDEO, RTMP_CHUNK_STREAM_VIDEO, 70,
      BYTES (""));
  rtmp_scripted_peer_expect_nothing (client.peer);
  rtmp_test_client_clear (&client);
}

/* The 24 bits of the length hold no more. */
static void
test_publish_too_large (void)
{
  RtmpTestClient client;
  gchar *data = g_malloc0 (RTMP_MESSAGE_MAX_SIZE + 1);

  rtmp_test_client_init (&client, TRUE);
  rtmp_test_client_reach (&client, RTMP_CLIENT_SESSION_RUNNING);
  memcpy (data, META, sizeof (META));
  publish (&client, RTMP_MESSAGE_VIDEO, 0, data, RTMP_MESSAGE_MAX_SIZE + 1);
  publish (&client, RTMP_MESSAGE_DATA_AMF0, 0, data, RTMP_MESSAGE_MAX_SIZE);
  publish (&client, RTMP_MESSAGE_VIDEO, 0, data, RTMP_MESSAGE_MAX_SIZE);
  rtmp_test_client_exchange (&client);
  expect_media (&client, RTMP_MESSAGE_VIDEO, RTMP_CHUNK_STREAM_VIDEO, 0, data,
      RTMP_MESSAGE_MAX_SIZE);
  rtmp_scripted_peer_expect_nothing (client.peer);
  g_free (data);
  rtmp_test_client_clear (&client);
}

/* Time */

/* In each state: when, and what is missed. */
typedef struct
{
  const gchar *name;
  gboolean publish;
  RtmpClientSessionState state;
  const gchar *missed;
} DeadlineCase;

static const DeadlineCase deadlines[] = {
  {"publish-connect", TRUE, CONNECT, "connect"},
  {"publish-create-stream", TRUE, CREATE, "createStream"},
  {"publish-start", TRUE, START, "publish"},
  {"publish-running", TRUE, RUNNING, NULL},
  {"play-connect", FALSE, CONNECT, "connect"},
  {"play-create-stream", FALSE, CREATE, "createStream"},
  {"play-start", FALSE, START, "play"},
  {"play-running", FALSE, RUNNING, NULL},
};

static void
check_deadline (const DeadlineCase * c, gint64 timeout, gint64 late)
{
  RtmpTestClient client;
  GError *error = NULL;
  gint64 deadline = 1000 + (c->state == START ? 100 : 0) + timeout;
  g_autofree gchar *message = g_strdup_printf ("the server did not answer %s "
      "within %.3g seconds", c->missed, (gdouble) timeout / SECOND);

  rtmp_test_client_init (&client, c->publish);
  client.config.timeout = timeout;
  client.now = 1000;
  rtmp_test_client_reach (&client, MIN (c->state, CREATE));
  client.now = 1100;
  if (c->state > CREATE) {
    rtmp_scripted_peer_accept_stream (client.peer,
        rtmp_test_client_transaction_of (&client, "createStream"), STREAM);
    rtmp_test_client_exchange (&client);
  }
  if (c->state > START)
    rtmp_test_client_send_status (&client,
        c->publish ? "NetStream.Publish.Start" : "NetStream.Play.Start");
  if (timeout == 0 || c->missed == NULL)
    deadline = RTMP_DEADLINE_NONE;
  g_assert_cmpint (rtmp_client_session_next_deadline (client.session), ==,
      deadline);
  g_assert_true (rtmp_client_session_on_deadline (client.session,
          MIN (deadline, G_MAXINT64 - 1) - 1, &error));
  g_assert_no_error (error);
  if (deadline != RTMP_DEADLINE_NONE) {
    g_assert_false (rtmp_client_session_on_deadline (client.session,
            deadline + late, &error));
    g_assert_error (error, RTMP_ERROR, RTMP_ERROR_TIMED_OUT);
    g_assert_cmpstr (error->message, ==, message);
    g_clear_error (&error);
  }
  rtmp_test_client_clear (&client);
}

static void
test_deadline (gconstpointer data)
{
  const DeadlineCase *c = data;

  check_deadline (c, 5 * SECOND, 0);
  check_deadline (c, 5 * SECOND, 1000 * SECOND);
  check_deadline (c, 1500000, 0);
  check_deadline (c, 0, 0);
}

static void
test_no_deadline_when_idle (void)
{
  RtmpTestClient client;

  rtmp_test_client_init (&client, TRUE);
  rtmp_test_client_begin (&client, 0, NULL);
  g_assert_cmpint (rtmp_client_session_next_deadline (client.session), ==,
      RTMP_DEADLINE_NONE);
  rtmp_test_client_clear (&client);
}

/* Control */

static guint swf_warnings;

static void
test_ping (void)
{
  static const RtmpClientSessionState states[] = { CONNECT, START, RUNNING };
  RtmpTestClient client;
  guint i;

  for (i = 0; i < 2 * G_N_ELEMENTS (states); i++) {
    rtmp_test_client_init (&client, i % 2);
    rtmp_test_client_reach (&client, states[i / 2]);
    rtmp_scripted_peer_send_user_control (client.peer,
        RTMP_USER_CONTROL_PING_REQUEST, 0xDEADBEEF);
    rtmp_test_client_exchange (&client);
    g_assert_cmphex (rtmp_scripted_peer_expect_user_control (client.peer,
            RTMP_USER_CONTROL_PING_RESPONSE).value, ==, 0xDEADBEEF);
    rtmp_scripted_peer_expect_nothing (client.peer);
    rtmp_test_client_clear (&client);
  }
}

static void
test_unknown_events (void)
{
  static const guint16 unknown[] = { 5, 8, 26, 31, 32, 34, 41, 65535 };
  RtmpTestClient client;
  guint i;

  rtmp_test_client_init (&client, FALSE);
  rtmp_test_client_reach (&client, RTMP_CLIENT_SESSION_RUNNING);
  for (i = 0; i < G_N_ELEMENTS (unknown); i++)
    rtmp_scripted_peer_send_user_control (client.peer, unknown[i], STREAM);
  rtmp_test_client_exchange (&client);
  rtmp_test_client_check_events (&client, "");
  rtmp_scripted_peer_expect_nothing (client.peer);
  rtmp_test_client_clear (&client);
}

static void
count_warning (RtmpLogLevel level, const gchar * file, gint line,
    const gchar * function, const gchar * message)
{
  g_assert_nonnull (strstr (message, "SWF verification"));
  swf_warnings++;
}

/* Whoever asks, however often, is answered. */
static void
test_swf_answers (void)
{
  static const RtmpClientSessionState states[] = { CONNECT, START, RUNNING };
  RtmpMessage request, expected;
  RtmpTestClient client;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (states); i++) {
    rtmp_test_client_init (&client, i % 2);
    client.config.swf.size = 40000;
    memset (client.config.swf.hash, 0x5a, RTMP_SWF_HASH_SIZE);
    rtmp_test_client_reach (&client, states[i]);
    rtmp_swf_write_request (&request);
    rtmp_scripted_peer_send (client.peer, &request);
    rtmp_scripted_peer_send_user_control (client.peer,
        RTMP_USER_CONTROL_SWF_VERIFY_REQUEST, 0);
    rtmp_test_client_exchange (&client);
    rtmp_swf_write_answer (&client.config.swf,
        rtmp_chunk_link_swf_key (client.link), &expected);
    for (guint times = 0; times < 2; times++) {
      const RtmpMessage *answer;

      rtmp_scripted_peer_expect_user_control (client.peer,
          RTMP_USER_CONTROL_SWF_VERIFY_RESPONSE);
      answer = rtmp_scripted_peer_last (client.peer);
      g_assert_true (g_bytes_equal (answer->payload, expected.payload));
    }
    rtmp_message_clear (&expected);
    rtmp_scripted_peer_expect_nothing (client.peer);
    g_assert_false (rtmp_client_session_swf_missed (client.session));
    rtmp_test_client_clear (&client);
  }
}

/* A newer way to ask. */
static void
test_swf_unknown_kind (void)
{
  RtmpTestClient client;

  rtmp_test_client_init (&client, FALSE);
  client.config.swf.size = 40000;
  rtmp_test_client_reach (&client, RTMP_CLIENT_SESSION_RUNNING);
  rtmp_scripted_peer_send_user_control (client.peer,
      RTMP_USER_CONTROL_SWF_VERIFY_REQUEST, 0x02000000);
  rtmp_test_client_exchange (&client);
  rtmp_scripted_peer_expect_nothing (client.peer);
  g_assert_true (rtmp_client_session_swf_missed (client.session));
  rtmp_test_client_clear (&client);
}

static void
test_swf_verification (void)
{
  RtmpTestClient client;

  rtmp_test_client_init (&client, FALSE);
  rtmp_test_client_reach (&client, RTMP_CLIENT_SESSION_RUNNING);
  g_assert_false (rtmp_client_session_swf_missed (client.session));
  rtmp_log_set_hook (count_warning, RTMP_LOG_WARNING);
  rtmp_scripted_peer_send_user_control (client.peer,
      RTMP_USER_CONTROL_SWF_VERIFY_REQUEST, 1);
  rtmp_scripted_peer_send_user_control (client.peer,
      RTMP_USER_CONTROL_SWF_VERIFY_REQUEST, 1);
  rtmp_test_client_exchange (&client);
  rtmp_log_set_hook (NULL, RTMP_LOG_WARNING);
  g_assert_cmpuint (swf_warnings, ==, 1);
  g_assert_true (rtmp_client_session_swf_missed (client.session));
  rtmp_scripted_peer_expect_nothing (client.peer);
  rtmp_test_client_clear (&client);
}

static void
check_stream_eof (gboolean publish, RtmpClientSessionState state,
    guint32 message_stream, const gchar * events)
{
  RtmpTestClient client;

  rtmp_test_client_init (&client, publish);
  rtmp_test_client_reach (&client, state);
  rtmp_scripted_peer_send_user_control (client.peer,
      RTMP_USER_CONTROL_STREAM_EOF, message_stream);
  rtmp_test_client_exchange (&client);
  rtmp_test_client_check_events (&client, events);
  rtmp_test_client_clear (&client);
}

static void
test_stream_eof (void)
{
  check_stream_eof (FALSE, RUNNING, STREAM, "ended ");
  check_stream_eof (FALSE, RUNNING, STREAM + 1, "");
  check_stream_eof (FALSE, RUNNING, 0, "");
  check_stream_eof (FALSE, START, STREAM, "");
  check_stream_eof (FALSE, CONNECT, 0, "");
  check_stream_eof (TRUE, RUNNING, STREAM, "");
}

/* Playing */

static void
send_media (RtmpTestClient * self, RtmpMessageType type, const gchar * payload,
    gsize size)
{
  rtmp_scripted_peer_send_media (self->peer, type, STREAM, 1,
      g_bytes_new (payload, size));
  rtmp_test_client_exchange (self);
}

/* A data message; with a transaction between, as some servers have it. */
static void
send_play_status (RtmpTestClient * self, const gchar * code,
    gboolean transaction)
{
  RtmpWriter writer;
  RtmpValue *info = rtmp_scripted_peer_info ("status", code, NULL);

  rtmp_writer_init (&writer);
  rtmp_amf0_write_string (&writer, "onPlayStatus");
  if (transaction)
    rtmp_amf0_write_number (&writer, 0);
  rtmp_amf0_write (&writer, info);
  rtmp_value_unref (info);
  rtmp_scripted_peer_send_media (self->peer, RTMP_MESSAGE_DATA_AMF0, STREAM, 0,
      rtmp_writer_take (&writer));
  rtmp_test_client_exchange (self);
}

static void
test_end_of_play (void)
{
  static const gchar *const codes[] = { "NetStream.Play.Stop",
    "NetStream.Play.Complete", "NetStream.Play.UnpublishNotify"
  };
  guint i;

  for (i = 0; i < 3 * G_N_ELEMENTS (codes); i++) {
    const gchar *code = codes[i / 3];
    g_autofree gchar *events = g_strdup_printf ("<%s> ended ", code);
    RtmpTestClient client;

    rtmp_test_client_init (&client, FALSE);
    rtmp_test_client_reach (&client, RTMP_CLIENT_SESSION_RUNNING);
    if (i % 3 == 0)
      rtmp_test_client_send_status (&client, code);
    else
      send_play_status (&client, code, i % 3 == 1);
    rtmp_test_client_check_events (&client, events);
    /* Nothing more is heard of the stream. */
    send_media (&client, RTMP_MESSAGE_AUDIO, BYTES ("a1"));
    send_play_status (&client, code, TRUE);
    g_assert_cmpuint (client.messages[RTMP_MESSAGE_AUDIO], ==, 0);
    g_assert_no_error (client.error);
    rtmp_test_client_clear (&client);
  }
}

static void
test_other_play_statuses (void)
{
  RtmpTestClient client;

  rtmp_test_client_init (&client, FALSE);
  rtmp_test_client_reach (&client, RTMP_CLIENT_SESSION_RUNNING);
  send_play_status (&client, "NetStream.Play.Switch", TRUE);
  send_media (&client, RTMP_MESSAGE_DATA_AMF0,
      BYTES ("\x02\x00\x0conPlayStatus"));
  rtmp_test_client_check_events (&client, "<NetStream.Play.Switch> ");
  rtmp_test_client_clear (&client);
}

static void
check_media (gboolean is_publisher, RtmpClientSessionState state, guint each,
    guint data)
{
  RtmpTestClient client;

  rtmp_test_client_init (&client, is_publisher);
  rtmp_test_client_reach (&client, state);
  send_media (&client, RTMP_MESSAGE_AUDIO, BYTES ("a1"));
  send_media (&client, RTMP_MESSAGE_AUDIO, BYTES ("a2"));
  send_media (&client, RTMP_MESSAGE_VIDEO, BYTES ("v1"));
  send_media (&client, RTMP_MESSAGE_VIDEO, BYTES ("v2"));
  /* Too short to be anything. */
  send_media (&client, RTMP_MESSAGE_AUDIO, BYTES ("a"));
  send_media (&client, RTMP_MESSAGE_AUDIO, BYTES (""));
  send_media (&client, RTMP_MESSAGE_VIDEO, BYTES ("v"));
  send_media (&client, RTMP_MESSAGE_VIDEO, BYTES (""));
  send_media (&client, RTMP_MESSAGE_DATA_AMF0, BYTES (META));
  send_media (&client, RTMP_MESSAGE_DATA_AMF0, BYTES (TEXT));
  send_media (&client, RTMP_MESSAGE_DATA_AMF0,
      BYTES ("\x02\x00\x11|RtmpSampleAccess\x01\x01\x01\x01"));
  send_media (&client, RTMP_MESSAGE_DATA_AMF0, BYTES ("\x05"));
  send_media (&client, RTMP_MESSAGE_DATA_AMF0, BYTES (""));
  rtmp_test_client_check_events (&client, state == START ? "running " : "");
  g_assert_cmpuint (client.messages[RTMP_MESSAGE_AUDIO], ==, each);
  g_assert_cmpuint (client.messages[RTMP_MESSAGE_VIDEO], ==, each);
  g_assert_cmpuint (client.messages[RTMP_MESSAGE_DATA_AMF0], ==, data);
  rtmp_test_client_clear (&client);
}

/* Servers may send the stream before they say that it starts, but not before
 * they are asked to; and never to a publisher. */
static void
test_media (void)
{
  check_media (FALSE, CONNECT, 0, 0);
  check_media (FALSE, CREATE, 0, 0);
  check_media (FALSE, START, 2, 2);
  check_media (FALSE, RUNNING, 2, 2);
  check_media (TRUE, CONNECT, 0, 0);
  check_media (TRUE, RUNNING, 0, 0);
}

/* What has come of the stream so far, as one number. */
static guint32
hash_after (RtmpMessageType type, const gchar * payload, gsize size)
{
  RtmpTestClient client;
  guint32 hash;

  rtmp_test_client_init (&client, FALSE);
  rtmp_test_client_reach (&client, RTMP_CLIENT_SESSION_RUNNING);
  send_media (&client, type, payload, size);
  g_assert_no_error (client.error);
  g_assert_cmpuint (client.messages[RTMP_MESSAGE_DATA_AMF0], ==, 1);
  hash = client.hash;
  rtmp_test_client_clear (&client);
  return hash;
}

/* A data message of type 15 comes to the player as one of type 18. */
static void
test_data_amf3 (void)
{
  static const gchar plain[] = "\x02\x00\x02hi\x01\x01";
  guint32 expected = hash_after (RTMP_MESSAGE_DATA_AMF0, BYTES (plain));

  g_assert_cmphex (hash_after (RTMP_MESSAGE_DATA_AMF3,
          BYTES ("\x00\x02\x00\x02hi\x01\x01")), ==, expected);
  g_assert_cmphex (hash_after (RTMP_MESSAGE_DATA_AMF3, BYTES (plain)), ==,
      expected);
  g_assert_cmphex (hash_after (RTMP_MESSAGE_DATA_AMF3,
          BYTES ("\x00\x02\x00\x02hi\x11\x03")), ==, expected);
  g_assert_cmphex (hash_after (RTMP_MESSAGE_DATA_AMF3,
          BYTES ("\x00\x02\x00\x02hi\x11\x02")), !=, expected);
}

#define EXTERNAL "\x11\x0a\x07\x03" "C"

/* What cannot be read is left out, and the stream goes on. */
static void
test_unreadable_amf3 (void)
{
  RtmpTestClient client;

  rtmp_test_client_init (&client, FALSE);
  rtmp_test_client_reach (&client, RTMP_CLIENT_SESSION_RUNNING);
  send_media (&client, RTMP_MESSAGE_DATA_AMF3,
      BYTES ("\x01\x02\x00\x02hi\x05"));
  send_media (&client, RTMP_MESSAGE_DATA_AMF3,
      BYTES ("\x00\x02\x00\x02hi" EXTERNAL));
  send_media (&client, RTMP_MESSAGE_DATA_AMF3,
      BYTES ("\x00\x02\x00\x02hi\x11\x12"));
  send_media (&client, RTMP_MESSAGE_DATA_AMF0,
      BYTES ("\x02\x00\x0conPlayStatus" EXTERNAL));
  send_media (&client, RTMP_MESSAGE_COMMAND_AMF3,
      BYTES ("\x01\x02\x00\x08onStatus"));
  send_media (&client, RTMP_MESSAGE_COMMAND_AMF3,
      BYTES ("\x00\x02\x00\x08onStatus" EXTERNAL));
  send_media (&client, RTMP_MESSAGE_AUDIO, BYTES ("a1"));
  g_assert_no_error (client.error);
  rtmp_test_client_check_events (&client, "");
  g_assert_cmpuint (client.messages[RTMP_MESSAGE_DATA_AMF0], ==, 0);
  g_assert_cmpuint (client.messages[RTMP_MESSAGE_DATA_AMF3], ==, 0);
  g_assert_cmpuint (client.messages[RTMP_MESSAGE_AUDIO], ==, 1);
  rtmp_test_client_clear (&client);
}

/* The end of a recording, told in AMF3. */
static void
test_play_status_amf3 (void)
{
  RtmpTestClient client;

  rtmp_test_client_init (&client, FALSE);
  rtmp_test_client_reach (&client, RTMP_CLIENT_SESSION_RUNNING);
  send_media (&client, RTMP_MESSAGE_DATA_AMF3,
      BYTES ("\x00\x02\x00\x0conPlayStatus\x11\x0a\x0b\x01"
          "\x0b" "level" "\x06\x0d" "status" "\x09" "code" "\x06\x2f"
          "NetStream.Play.Complete" "\x01"));
  rtmp_test_client_check_events (&client, "<NetStream.Play.Complete> ended ");
  rtmp_test_client_clear (&client);
}

static void
test_media_refused (void)
{
  static const RtmpMessageType types[] = { RTMP_MESSAGE_AUDIO,
    RTMP_MESSAGE_VIDEO, RTMP_MESSAGE_DATA_AMF0
  };
  RtmpTestClient client;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (types); i++) {
    rtmp_test_client_init (&client, FALSE);
    rtmp_test_client_reach (&client, RTMP_CLIENT_SESSION_RUNNING);
    client.refuse_media = TRUE;
    send_media (&client, types[i], BYTES (META));
    rtmp_test_client_check_error (&client, RTMP_ERROR_STATE, "no more of it");
    g_assert_cmpuint (client.messages[types[i]], ==, 1);
    rtmp_test_client_clear (&client);
  }
}

/* Recordings: what a server said to clients of other makes. The transactions
 * are those that our session has for the same calls: connect 1; createStream 4
 * of a publisher (after releaseStream and FCPublish), 2 of a player. */

typedef struct
{
  const gchar *file;
  gboolean publish;
  const gchar *events;
  guint messages[23];           /* played, by type */
  guint64 payload_bytes;
} Recording;

#define PUBLISHED "await-connect <NetConnection.Connect.Success> " \
    "await-stream await-start <NetStream.Publish.Start> running " \
    "<NetStream.Unpublish.Success> "

static const Recording recordings[] = {
  {"ff8-publish-hevc.s2c", TRUE, PUBLISHED},
  {"ffmpeg5-publish.s2c", TRUE, PUBLISHED},
  {"librtmp-publish.s2c", TRUE, PUBLISHED},
  {"gst-rtmp2-play.s2c", FALSE, "await-connect "
        "<NetConnection.Connect.Success> await-stream await-start "
        "<NetStream.Play.Start> running recorded ended "
        "<NetStream.Play.Stop> ", {[8] = 73,[9] = 47,[18] = 1}, 63794},
};

/* The hash of what was played. */
static guint32
replay (const Recording * recording, GBytes * bytes, guint32 time,
    const guint8 * random, gsize first, gsize step)
{
  const guint8 *data = g_bytes_get_data (bytes, NULL);
  gsize size = g_bytes_get_size (bytes), from = 0, to = MIN (first, size);
  RtmpTestClient client;

  rtmp_test_client_init (&client, recording->publish);
  rtmp_test_client_begin (&client, time, random);
  for (; from < size; from = to, to = MIN (to + step, size)) {
    GBytes *block = g_bytes_new (data + from, to - from);

    rtmp_chunk_link_feed (client.link, 0, block, &client.error);
    g_assert_no_error (client.error);
    g_bytes_unref (block);
  }
  rtmp_test_client_check_events (&client, recording->events);
  g_assert_cmpmem (client.messages, sizeof (recording->messages),
      recording->messages, sizeof (recording->messages));
  g_assert_cmpuint (client.payload_bytes, ==, recording->payload_bytes);
  rtmp_test_client_clear (&client);
  return client.hash;
}

static void
test_recording (gconstpointer data)
{
  const Recording *recording = data;
  guint8 random[RTMP_HANDSHAKE_RANDOM_SIZE];
  guint32 time, hash;
  GBytes *bytes = rtmp_test_load_recording (recording->file, &time, random);
  gsize first, size = g_bytes_get_size (bytes);

  hash = replay (recording, bytes, time, random, size, 1);
  g_assert_cmphex (replay (recording, bytes, time, random, 1, 1), ==, hash);
  for (first = 1; first <= MIN (size, RTMP_TEST_REPLAY_BLOCK); first++)
    g_assert_cmphex (replay (recording, bytes, time, random, first,
            RTMP_TEST_REPLAY_BLOCK), ==, hash);
  g_bytes_unref (bytes);
}

static void
add_table (const gchar * prefix, const gchar * name, gconstpointer data,
    GTestDataFunc func)
{
  g_autofree gchar *path = g_strdup_printf ("/clientsession/%s/%s", prefix,
      name);

  g_test_add_data_func (path, data, func);
}

static void
add_tables (void)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (stop_cases); i++)
    add_table ("E-126-stop", stop_cases[i].name, &stop_cases[i],
        test_stop_commands);
  for (i = 0; i < G_N_ELEMENTS (deadlines); i++)
    add_table ("deadline", deadlines[i].name, &deadlines[i], test_deadline);
  for (i = 0; i < G_N_ELEMENTS (recordings); i++)
    add_table ("recording", recordings[i].file, &recordings[i], test_recording);
}

static const struct
{
  const gchar *path;
  GTestFunc func;
} tests[] = {
  {"E-115-E-116-publish", test_publish},
  {"E-119-E-121-play", test_play},
  {"round-trips", test_round_trips},
  {"served", test_served},
  {"E-107-E-108-connect-of-player", test_connect_of_player},
  {"connect-args", test_connect_args},
  {"E-120-play-args", test_play_args},
  {"stop-early", test_stop_early},
  {"stop-before-start", test_stop_before_start},
  {"E-117-publish-when-running", test_publish_when_running},
  {"E-038-E-122-publish-messages", test_publish_messages},
  {"publish-too-large", test_publish_too_large},
  {"no-deadline-when-idle", test_no_deadline_when_idle},
  {"E-054-ping", test_ping},
  {"E-055-unknown-events", test_unknown_events},
  {"E-278-swf-verification", test_swf_verification},
  {"swf-verification/answers", test_swf_answers},
  {"swf-verification/E-278-unknown-kind", test_swf_unknown_kind},
  {"E-058-E-124-stream-eof", test_stream_eof},
  {"E-124-end-of-play", test_end_of_play},
  {"other-play-statuses", test_other_play_statuses},
  {"media", test_media},
  {"media-refused", test_media_refused},
  {"E-101-data-amf3", test_data_amf3},
  {"E-106-unreadable-amf3", test_unreadable_amf3},
  {"play-status-amf3", test_play_status_amf3},
};

int
main (int argc, char **argv)
{
  guint i;

  g_test_init (&argc, &argv, NULL);
  for (i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree gchar *path = g_strconcat ("/clientsession/", tests[i].path,
        NULL);

    g_test_add_func (path, tests[i].func);
  }
  add_tables ();
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a client session calls besides what every stream needs, and what it
 * answers when a server calls. */
#include "rtmpclientsession.h"
#include "rtmperror.h"
#include "rtmptestclient.h"

#define STREAM RTMP_TEST_CLIENT_STREAM
#define START RTMP_CLIENT_SESSION_AWAIT_START
#define RUNNING RTMP_CLIENT_SESSION_RUNNING

static void
play_with (RtmpTestClient * client)
{
  rtmp_test_client_init (client, FALSE);
  client->config.timeout = 0;
}

/* Up to where play has been sent, with that still to be looked at. */
static void
open_stream (RtmpTestClient * client)
{
  rtmp_test_client_reach (client, RTMP_CLIENT_SESSION_AWAIT_STREAM);
  rtmp_scripted_peer_accept_stream (client->peer,
      rtmp_test_client_transaction_of (client, "createStream"), STREAM);
  rtmp_test_client_exchange (client);
}

static void
test_subscribe (void)
{
  RtmpTestClient client;

  play_with (&client);
  client.config.subscribe = g_strdup ("cam2");
  client.config.usher_token = g_strdup ("token");
  client.config.playlist = TRUE;
  client.config.ask_length = TRUE;
  open_stream (&client);
  rtmp_test_client_expect_call (&client, "NetStream.Authenticate.UsherToken",
      4, 0, "null; \"token\"");
  rtmp_test_client_expect_call (&client, "FCSubscribe", 5, 0, "null; \"cam2\"");
  rtmp_test_client_expect_call (&client, "getStreamLength", 6, 0,
      "null; \"cam\"");
  rtmp_test_client_expect_call (&client, "set_playlist", 0, STREAM,
      "null; {0: \"cam\"}");
  rtmp_test_client_expect_call (&client, "play", 3, STREAM,
      "null; \"cam\"; -2");
  rtmp_test_client_clear (&client);
}

/* Everything is received unless one says otherwise. */
static void
test_receive (void)
{
  guint i;

  for (i = 0; i < 4; i++) {
    RtmpTestClient client;

    play_with (&client);
    client.config.receive_audio = i & 1;
    client.config.receive_video = (i & 2) != 0;
    open_stream (&client);
    rtmp_test_client_expect_call (&client, "play", 3, STREAM,
        "null; \"cam\"; -2");
    rtmp_scripted_peer_expect_user_control (client.peer,
        RTMP_USER_CONTROL_SET_BUFFER_LENGTH);
    if (!client.config.receive_audio)
      rtmp_test_client_expect_call (&client, "receiveAudio", 0, STREAM,
          "null; false");
    if (!client.config.receive_video)
      rtmp_test_client_expect_call (&client, "receiveVideo", 0, STREAM,
          "null; false");
    rtmp_scripted_peer_expect_nothing (client.peer);
    rtmp_test_client_clear (&client);
  }
}

static void
test_seek_and_pause (void)
{
  RtmpTestClient client;

  play_with (&client);
  rtmp_test_client_reach (&client, RUNNING);
  rtmp_client_session_seek (client.session, 0, 4000000000u);
  rtmp_client_session_pause (client.session, TRUE, 70);
  rtmp_client_session_pause (client.session, FALSE, 80);
  rtmp_test_client_exchange (&client);
  rtmp_test_client_expect_call (&client, "seek", 4, STREAM, "null; 4000000000");
  rtmp_test_client_expect_call (&client, "pause", 5, STREAM, "null; true; 70");
  rtmp_test_client_expect_call (&client, "pause", 6, STREAM, "null; false; 80");
  rtmp_test_client_clear (&client);
}

/* By an _error, which may say what it likes: what is played goes on. */
static void
test_refused_seek (void)
{
  guint i;

  for (i = 0; i < 2; i++) {
    RtmpTestClient client;

    play_with (&client);
    rtmp_test_client_reach (&client, RUNNING);
    rtmp_client_session_seek (client.session, 0, 1000);
    rtmp_test_client_exchange (&client);
    rtmp_test_client_answer (&client, "_error",
        rtmp_test_client_transaction_of (&client, "seek"), STREAM,
        rtmp_value_new_null (),
        i == 0 ? NULL : rtmp_scripted_peer_info ("error",
            "NetConnection.Call.Failed", "live"));
    rtmp_test_client_check_events (&client, "<NetStream.Seek.Failed> ");
    g_assert_no_error (client.error);
    g_assert_cmpint (rtmp_client_session_next_deadline (client.session), ==,
        RTMP_DEADLINE_NONE);
    rtmp_test_client_clear (&client);
  }
}

/* A stream that the server does not change to is no end of the one there is;
 * any other refusal is. */
static void
test_refused_switch (void)
{
  RtmpTestClient client;

  play_with (&client);
  rtmp_test_client_reach (&client, RUNNING);
  rtmp_client_session_switch (client.session, "cam-hd");
  rtmp_client_session_switch (client.session, "cam-sd");
  rtmp_test_client_send_status (&client, "NetStream.Play.Failed");
  rtmp_test_client_send_status (&client, "NetStream.Play.StreamNotFound");
  rtmp_test_client_check_events (&client, "<NetStream.Play.Failed> "
      "<NetStream.Play.StreamNotFound> ");
  g_assert_cmpint (rtmp_client_session_state (client.session), ==, RUNNING);
  rtmp_scripted_peer_skip_all (client.peer);
  rtmp_client_session_switch (client.session, "cam-md");
  rtmp_test_client_exchange (&client);
  rtmp_test_client_expect_call (&client, "play2", 0, STREAM,
      "null; {oldStreamName: \"cam\", streamName: \"cam-md\", start: -2, "
      "len: -1, transition: \"switch\"}");
  rtmp_test_client_send_status (&client, "NetStream.Play.Transition");
  g_assert_no_error (client.error);
  rtmp_test_client_send_status (&client, "NetStream.Play.Failed");
  g_assert_error (client.error, RTMP_ERROR, RTMP_ERROR_REFUSED);
  rtmp_test_client_clear (&client);
}

static void
test_switch (void)
{
  RtmpTestClient client;
  guint publish;

  play_with (&client);
  rtmp_test_client_reach (&client, RUNNING);
  rtmp_client_session_switch (client.session, "cam-hd");
  rtmp_client_session_switch (client.session, "cam-sd");
  rtmp_test_client_exchange (&client);
  rtmp_test_client_expect_call (&client, "play2", 0, STREAM,
      "null; {oldStreamName: \"cam\", streamName: \"cam-hd\", start: -2, "
      "len: -1, transition: \"switch\"}");
  rtmp_test_client_expect_call (&client, "play2", 0, STREAM,
      "null; {oldStreamName: \"cam-hd\", streamName: \"cam-sd\", start: -2, "
      "len: -1, transition: \"switch\"}");
  /* What the server says of it ends nothing. */
  rtmp_test_client_send_status (&client, "NetStream.Play.Transition");
  rtmp_test_client_send_status (&client, "NetStream.Play.TransitionComplete");
  rtmp_test_client_check_events (&client, "<NetStream.Play.Transition> "
      "<NetStream.Play.TransitionComplete> ");
  rtmp_test_client_clear (&client);

  for (publish = 0; publish < 2; publish++) {
    rtmp_test_client_init (&client, publish);
    rtmp_test_client_reach (&client, publish ? RUNNING : START);
    rtmp_client_session_switch (client.session, "cam-hd");
    rtmp_test_client_exchange (&client);
    rtmp_scripted_peer_expect_nothing (client.peer);
    rtmp_test_client_clear (&client);
  }
}

static void
test_chunk_size (void)
{
  RtmpTestClient client;

  rtmp_test_client_init (&client, TRUE);
  rtmp_test_client_reach (&client, RUNNING);
  rtmp_client_session_set_chunk_size (client.session, 4096);
  rtmp_client_session_set_chunk_size (client.session, 4096);
  rtmp_test_client_exchange (&client);
  rtmp_test_client_expect_control (&client, RTMP_MESSAGE_SET_CHUNK_SIZE, 4096);
  rtmp_scripted_peer_expect_nothing (client.peer);
  rtmp_client_session_stop (client.session, 0);
  rtmp_client_session_set_chunk_size (client.session, 8192);
  rtmp_test_client_exchange (&client);
  rtmp_scripted_peer_skip_all (client.peer);
  g_assert_cmpuint (rtmp_scripted_peer_count (client.peer,
          RTMP_MESSAGE_SET_CHUNK_SIZE), ==, 2);
  rtmp_test_client_clear (&client);

  /* A player has nothing large to say. */
  play_with (&client);
  rtmp_test_client_reach (&client, RUNNING);
  rtmp_client_session_set_chunk_size (client.session, 4096);
  rtmp_test_client_exchange (&client);
  rtmp_scripted_peer_expect_nothing (client.peer);
  rtmp_test_client_clear (&client);
}

static const gchar *
property (const RtmpCommand * connect, const gchar * name)
{
  static gchar *text;

  g_free (text);
  text = rtmp_value_to_string (rtmp_value_get (rtmp_command_arg (connect, 0),
          name));
  return text;
}

/* E-130: each codec is in the list as well, for servers that look only
 * there. */
static void
test_capabilities_sent (void)
{
  RtmpTestClient client;
  const RtmpCommand *connect;

  play_with (&client);
  g_assert_true (rtmp_capabilities_add_codecs (&client.config.capabilities,
          "hvc1,Opus", RTMP_CODEC_CAN_DECODE, NULL));
  client.config.capabilities.caps_ex = RTMP_CAPS_EX_MULTITRACK;
  rtmp_test_client_begin (&client, 0, NULL);
  rtmp_test_client_exchange (&client);
  connect = rtmp_scripted_peer_expect_command (client.peer, "connect");
  g_assert_cmpstr (property (connect, "fourCcList"), ==,
      "[\"hvc1\", \"Opus\"]");
  g_assert_cmpstr (property (connect, "videoFourCcInfoMap"), ==, "{hvc1: 1}");
  g_assert_cmpstr (property (connect, "audioFourCcInfoMap"), ==, "{Opus: 1}");
  g_assert_cmpstr (property (connect, "capsEx"), ==, "2");
  g_assert_cmpstr (property (connect, "videoFunction"), ==, "1");
  rtmp_test_client_clear (&client);

  /* Nothing of it unless asked for. */
  rtmp_test_client_init (&client, TRUE);
  rtmp_test_client_begin (&client, 0, NULL);
  rtmp_test_client_exchange (&client);
  connect = rtmp_scripted_peer_expect_command (client.peer, "connect");
  g_assert_cmpstr (property (connect, "fourCcList"), ==, "nothing");
  g_assert_cmpstr (property (connect, "capsEx"), ==, "nothing");
  rtmp_test_client_clear (&client);
}

/* In either object, and both count. */
static void
test_capabilities_read (void)
{
  RtmpTestClient client;
  const RtmpCapabilities *theirs;
  RtmpValue *map = rtmp_value_new_object ();
  RtmpValue *properties = rtmp_value_new_object ();
  RtmpValue *info = rtmp_scripted_peer_info ("status",
      "NetConnection.Connect.Success", NULL);

  rtmp_test_client_init (&client, TRUE);
  rtmp_test_client_reach (&client, RTMP_CLIENT_SESSION_AWAIT_CONNECT);
  theirs = rtmp_client_session_peer_capabilities (client.session);
  g_assert_cmpuint (theirs->caps_ex, ==, 0);
  rtmp_value_set_number (properties, "capsEx", RTMP_CAPS_EX_RECONNECT);
  rtmp_value_set_number (map, "av01", RTMP_CODEC_CAN_FORWARD);
  rtmp_value_set (info, "videoFourCcInfoMap", map);
  rtmp_value_set_number (info, "capsEx", RTMP_CAPS_EX_MOD_EX);
  rtmp_test_client_answer (&client, "_result", 1, 0, properties, info);
  g_assert_cmpuint (theirs->caps_ex, ==,
      RTMP_CAPS_EX_RECONNECT | RTMP_CAPS_EX_MOD_EX);
  g_assert_cmpuint (rtmp_capabilities_video (theirs, RTMP_FOUR_CC ('a', 'v',
              '0', '1')), ==, RTMP_CODEC_CAN_FORWARD);
  rtmp_test_client_clear (&client);
}

/* The server's calls */

static void
call (RtmpTestClient * client, const gchar * name, gdouble transaction)
{
  rtmp_test_client_answer (client, name, transaction, 0,
      rtmp_value_new_null (), rtmp_value_new_string ("cam"));
}

static void
test_answered (void)
{
  RtmpTestClient client;

  play_with (&client);
  rtmp_test_client_reach (&client, RUNNING);
  call (&client, "_onbwcheck", 7);
  call (&client, "_onbwcheck", 8);
  call (&client, "ping", 9);
  call (&client, "_onbwdone", 0);
  call (&client, "playlist_ready", 0);
  rtmp_test_client_expect_call (&client, "_result", 7, 0, "null; 0");
  rtmp_test_client_expect_call (&client, "_result", 8, 0, "null; 1");
  rtmp_test_client_expect_call (&client, "pong", 9, 0, "null");
  rtmp_scripted_peer_expect_nothing (client.peer);
  rtmp_test_client_check_events (&client, "");
  rtmp_test_client_clear (&client);
}

static void
test_close (void)
{
  guint publish;

  for (publish = 0; publish < 2; publish++) {
    RtmpTestClient client;

    rtmp_test_client_init (&client, publish);
    rtmp_test_client_reach (&client, RUNNING);
    call (&client, "close", 0);
    rtmp_test_client_check_error (&client, RTMP_ERROR_PEER_CLOSED,
        "the server called close");
    rtmp_test_client_clear (&client);
  }
}

static void
test_unsubscribed (void)
{
  RtmpTestClient client;

  play_with (&client);
  rtmp_test_client_reach (&client, RUNNING);
  call (&client, "onFCSubscribe", 0);
  rtmp_test_client_check_events (&client, "");
  call (&client, "onFCUnsubscribe", 0);
  rtmp_test_client_check_events (&client, "ended ");
  rtmp_test_client_clear (&client);

  rtmp_test_client_init (&client, TRUE);
  rtmp_test_client_reach (&client, RUNNING);
  call (&client, "onFCUnsubscribe", 0);
  rtmp_test_client_check_events (&client, "");
  rtmp_test_client_clear (&client);
}

/* What starts a stream besides its status */

static void
test_started_by_result (void)
{
  guint publish;

  for (publish = 0; publish < 2; publish++) {
    RtmpTestClient client;

    rtmp_test_client_init (&client, publish);
    rtmp_test_client_reach (&client, START);
    rtmp_scripted_peer_accept (client.peer,
        rtmp_test_client_transaction_of (&client, publish ? "publish"
            : "play"));
    rtmp_test_client_exchange (&client);
    rtmp_test_client_check_events (&client, "running ");
    rtmp_test_client_clear (&client);
  }
}

static void
test_refused_by_error (void)
{
  RtmpTestClient client;

  rtmp_test_client_init (&client, TRUE);
  rtmp_test_client_reach (&client, START);
  rtmp_test_client_answer (&client, "_error",
      rtmp_test_client_transaction_of (&client, "publish"), 0,
      rtmp_value_new_null (), NULL);
  rtmp_test_client_check_error (&client, RTMP_ERROR_REFUSED,
      "the server refused the stream: no code given");
  rtmp_test_client_clear (&client);
}

static void
test_started_by_media (void)
{
  RtmpTestClient client;

  play_with (&client);
  rtmp_test_client_reach (&client, START);
  rtmp_scripted_peer_send_media (client.peer, RTMP_MESSAGE_DATA_AMF0, STREAM,
      0, g_bytes_new_static ("\x02\x00\x0aonMetaData", 13));
  rtmp_test_client_exchange (&client);
  rtmp_test_client_check_events (&client, "");
  rtmp_scripted_peer_send_media (client.peer, RTMP_MESSAGE_AUDIO, STREAM, 0,
      g_bytes_new_static ("\xaf\x01x", 3));
  rtmp_test_client_exchange (&client);
  rtmp_test_client_check_events (&client, "running ");
  g_assert_cmpuint (client.messages[RTMP_MESSAGE_AUDIO], ==, 1);
  /* The status may come later, and means nothing more. */
  rtmp_test_client_send_status (&client, "NetStream.Play.Start");
  rtmp_test_client_check_events (&client, "<NetStream.Play.Start> ");
  rtmp_test_client_clear (&client);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clientcalls/subscribe", test_subscribe);
  g_test_add_func ("/clientcalls/E-125-receive", test_receive);
  g_test_add_func ("/clientcalls/E-125-seek-and-pause", test_seek_and_pause);
  g_test_add_func ("/clientcalls/E-125-refused-seek", test_refused_seek);
  g_test_add_func ("/clientcalls/E-125-play2", test_switch);
  g_test_add_func ("/clientcalls/E-125-refused-play2", test_refused_switch);
  g_test_add_func ("/clientcalls/chunk-size", test_chunk_size);
  g_test_add_func ("/clientcalls/E-130-capabilities", test_capabilities_sent);
  g_test_add_func ("/clientcalls/peer-capabilities", test_capabilities_read);
  g_test_add_func ("/clientcalls/answered", test_answered);
  g_test_add_func ("/clientcalls/close", test_close);
  g_test_add_func ("/clientcalls/unsubscribed", test_unsubscribed);
  g_test_add_func ("/clientcalls/started-by-result", test_started_by_result);
  g_test_add_func ("/clientcalls/refused-by-error", test_refused_by_error);
  g_test_add_func ("/clientcalls/started-by-media", test_started_by_media);
  return g_test_run ();
}

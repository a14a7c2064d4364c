/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connect, publish, play and time, as a client without faults sees them. */
#include "rtmpserversession.h"
#include "rtmptesthost.h"

#include <math.h>
#include <string.h>

#define SECOND G_USEC_PER_SEC
#define null rtmp_value_new_null
#define number rtmp_value_new_number
#define string rtmp_value_new_string
#define boolean rtmp_value_new_boolean
#define BYTES(text) text, sizeof (text) - 1

#define GREETING "? connect live\n" \
    "window-ack-size 2500000\n" "set-peer-bandwidth 2500000 2\n" \
    "stream-begin 0\n" "set-chunk-size 65536\n"
#define RESULT(capabilities) "0: _result 1 " \
    "{fmsVer: \"FMS/3,5,7,7009\", capabilities: 31, mode: 1}; " \
    "{level: \"status\", code: \"NetConnection.Connect.Success\", " \
    "description: \"Connection succeeded.\", objectEncoding: 0" \
    capabilities "}\n"

static RtmpValue *
connect_object (void)
{
  RtmpValue *info = rtmp_value_new_object ();

  rtmp_value_set_string (info, "app", "live");
  return info;
}

/* Connect */

static void
test_connect (void)
{
  RtmpTestHost host;
  RtmpValue *info = connect_object ();

  rtmp_value_set_string (info, "tcUrl", "rtmp://host/live");
  rtmp_value_set_string (info, "flashVer", "LNX 1");
  rtmp_value_set_number (info, "objectEncoding", 3);
  rtmp_test_host_init (&host);
  rtmp_test_host_begin (&host);
  rtmp_test_host_call (&host, 0, "connect", 1, info);
  rtmp_test_host_check (&host, GREETING RESULT (""));
  g_assert_cmpstr (host.texts->str, ==,
      "app=live\nquery=\ntcUrl=rtmp://host/live\nflashVer=LNX 1\n");
  g_assert_cmpint (rtmp_server_session_state (host.session), ==,
      RTMP_SERVER_SESSION_CONNECTED);
  rtmp_test_host_clear (&host);
}

/* Whatever number the client has given to it. */
static void
test_connect_transaction (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  rtmp_test_host_begin (&host);
  rtmp_test_host_call (&host, 0, "connect", 7, connect_object ());
  g_assert_nonnull (strstr (host.said->str, "_result 7"));
  rtmp_test_host_clear (&host);
}

static void
test_config (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  host.config.window_ack_size = 1;
  host.config.peer_bandwidth = 2;
  host.config.chunk_size = 3;
  rtmp_test_host_begin (&host);
  rtmp_test_host_call (&host, 0, "connect", 1, connect_object ());
  rtmp_test_host_check (&host, "? connect live\n" "window-ack-size 1\n"
      "set-peer-bandwidth 2 2\n" "stream-begin 0\n" "set-chunk-size 3\n"
      RESULT (""));
  rtmp_test_host_clear (&host);
}

/* Whatever the first argument is, and in AMF3's kind of message. */
static void
test_bare_connect (void)
{
  RtmpTestHost host;
  guint i;

  for (i = 0; i < 4; i++) {
    rtmp_test_host_init (&host);
    rtmp_test_host_begin (&host);
    if (i == 0)
      rtmp_test_host_call (&host, 0, "connect", 1, rtmp_value_new_object ());
    else if (i == 1)
      rtmp_test_host_call (&host, 0, "connect", 1, null ());
    else if (i == 2)
      rtmp_test_host_call (&host, 0, "connect", 1, NULL);
    else
      g_assert_true (rtmp_test_host_message (&host, RTMP_MESSAGE_COMMAND_AMF3,
              0, 0, g_bytes_new (BYTES ("\x00\x02\x00\x07" "connect"
                      "\x00\x3f\xf0\0\0\0\0\0\0"))));
    g_assert_cmpstr (host.texts->str, ==, "app=\nquery=\ntcUrl=\nflashVer=\n");
    g_assert_nonnull (strstr (host.said->str, RESULT ("")));
    rtmp_test_host_clear (&host);
  }
}

static void
test_refused_connect (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  host.on_connect = RTMP_TEST_HOST_REFUSE;
  rtmp_test_host_begin (&host);
  rtmp_test_host_call (&host, 0, "connect", 1, connect_object ());
  rtmp_test_host_check (&host, "? connect live\n" "0: _error 1 null; "
      "{level: \"error\", code: \"NetConnection.Connect.InvalidApp\", "
      "description: \"not here\"}\n" "! closed\n");
  /* Nothing more is heard or said. */
  rtmp_test_host_call (&host, 0, "connect", 1, connect_object ());
  rtmp_server_session_accept_connect (host.session);
  rtmp_server_session_refuse_connect (host.session, "", "", NULL);
  rtmp_server_session_send_status (host.session, 0, "status", "", "");
  rtmp_server_session_close (host.session, "", "");
  rtmp_test_host_check (&host, "");
  g_assert_cmpint (rtmp_server_session_next_deadline (host.session), ==,
      RTMP_DEADLINE_NONE);
  rtmp_test_host_clear (&host);
}

static void
test_unanswered_connect (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  host.on_connect = RTMP_TEST_HOST_IGNORE;
  rtmp_test_host_begin (&host);
  rtmp_test_host_call (&host, 0, "connect", 1, connect_object ());
  rtmp_test_host_check (&host, "? connect live\n" "0: _error 1 null; "
      "{level: \"error\", code: \"NetConnection.Connect.Rejected\", "
      "description: \"\"}\n" "! closed\n");
  rtmp_test_host_clear (&host);
}

static void
test_redirect (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  host.on_connect = RTMP_TEST_HOST_REFUSE;
  host.redirect = "rtmp://other/live";
  rtmp_test_host_begin (&host);
  rtmp_test_host_call (&host, 0, "connect", 1, connect_object ());
  rtmp_test_host_check (&host, "? connect live\n" "0: _error 1 null; "
      "{level: \"error\", code: \"NetConnection.Connect.InvalidApp\", "
      "description: \"not here\", "
      "ex: {code: 302, redirect: \"rtmp://other/live\"}}\n" "! closed\n");
  rtmp_test_host_clear (&host);
}

/* SWF verification. The key is of zeros here. */

static const RtmpSwf swf = {.size = 40000,.hash = {1, 2, 3} };

static void
begin_with_swf (RtmpTestHost * host)
{
  rtmp_test_host_init (host);
  host->swf = &swf;
  rtmp_test_host_begin (host);
  rtmp_test_host_call (host, 0, "connect", 1, connect_object ());
  rtmp_test_host_check (host, GREETING "swf-verify-request\n" RESULT (""));
  rtmp_test_host_call (host, 0, "createStream", 0, null ());
}

static gboolean
answer_swf (RtmpTestHost * host, const RtmpSwf * with)
{
  static const guint8 key[RTMP_SWF_KEY_SIZE];
  RtmpMessage message;

  rtmp_swf_write_answer (with, key, &message);
  return rtmp_test_host_message (host, RTMP_MESSAGE_USER_CONTROL, 0, 0,
      message.payload);
}

static void
check_swf (RtmpTestHost * host, const gchar * verdict)
{
  g_autofree gchar *expected =
      g_strdup_printf ("? play cam on 1, start -2, duration -1, reset\n"
      "! SWF verification: %s\n", verdict);

  g_string_truncate (host->said, 0);
  host->on_stream = RTMP_TEST_HOST_IGNORE;
  rtmp_test_host_ask (host, 1, "play", "cam");
  g_string_truncate (host->said, strlen (expected));
  rtmp_test_host_check (host, expected);
}

/* The question is out before the client knows that it is connected. */
static void
test_swf_answers (void)
{
  RtmpTestHost host;
  RtmpSwf other = swf;

  begin_with_swf (&host);
  check_swf (&host, "the client did not answer");
  other.size++;
  g_assert_true (answer_swf (&host, &other));
  check_swf (&host, "expected a file of 40000 bytes, the client has one of "
      "40001");
  other.size--;
  other.hash[31]++;
  g_assert_true (answer_swf (&host, &other));
  check_swf (&host, "the client has another file of 40000 bytes");
  g_assert_true (answer_swf (&host, &swf));
  check_swf (&host, "passed");
  rtmp_test_host_clear (&host);
}

static void
test_swf_bad_answer (void)
{
  RtmpTestHost host;

  begin_with_swf (&host);
  g_assert_false (rtmp_test_host_message (&host, RTMP_MESSAGE_USER_CONTROL, 0,
          0, g_bytes_new (BYTES ("\x00\x1b\x01\x01"))));
  rtmp_test_host_check_error (&host, RTMP_ERROR_BAD_MESSAGE,
      "SWF verification: expected an answer of 44 bytes, got 4");
  rtmp_test_host_clear (&host);
}

/* Nobody is asked unless somebody wants to know; then an answer is an event
 * like others that are not known. */
static void
test_swf_not_asked (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 0);
  g_assert_true (rtmp_test_host_message (&host, RTMP_MESSAGE_USER_CONTROL, 0,
          0, g_bytes_new (BYTES ("\x00\x1b\x01\x01"))));
  rtmp_test_host_check (&host, "");
  rtmp_test_host_clear (&host);
}

/* The owner hangs up where it was asked. */
static void
test_closed_in_connect (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  host.on_connect = RTMP_TEST_HOST_CLOSE;
  rtmp_test_host_begin (&host);
  rtmp_test_host_call (&host, 0, "connect", 1, connect_object ());
  rtmp_test_host_check (&host, "? connect live\n" "! closed\n");
  rtmp_test_host_clear (&host);
}

/* Enhanced RTMP */

#define OURS ", capsEx: 3, videoFourCcInfoMap: {hvc1: 4}, " \
    "audioFourCcInfoMap: {Opus: 4}"

typedef struct
{
  const gchar *name;
  guint32 caps_ex;
  const gchar *list;            /* a codec in fourCcList */
  const gchar *video;           /* in videoFourCcInfoMap */
  const gchar *audio;
  const gchar *answer;
} CapabilityCase;

static const CapabilityCase capability_cases[] = {
  {"E-168-none", 0, NULL, NULL, NULL, ""},
  {"E-165-caps-ex", 2, NULL, NULL, NULL, OURS},
  {"E-165-E-166-video-map", 0, NULL, "hvc1", NULL, OURS},
  {"E-165-E-166-audio-map", 0, NULL, NULL, "Opus", OURS},
  {"E-166-E-167-list", 0, "av01", NULL, NULL,
      OURS ", fourCcList: [\"hvc1\", \"Opus\"]"},
  {"E-170-E-171-any", 0, NULL, "*", NULL, OURS},
};

static void
set_map (RtmpValue * info, const gchar * name, const gchar * codec)
{
  RtmpValue *map = rtmp_value_new_object ();

  /* No number: some peers do so (E-171). */
  rtmp_value_set (map, codec, rtmp_value_new_object ());
  rtmp_value_set (info, name, map);
}

static void
test_capabilities (gconstpointer data)
{
  const CapabilityCase *c = data;
  g_autofree gchar *end = g_strdup_printf ("objectEncoding: 0%s}\n",
      c->answer);
  RtmpTestHost host;
  RtmpValue *info = connect_object (), *list;

  if (c->caps_ex)
    rtmp_value_set_number (info, "capsEx", c->caps_ex);
  if (c->video)
    set_map (info, "videoFourCcInfoMap", c->video);
  if (c->audio)
    set_map (info, "audioFourCcInfoMap", c->audio);
  if (c->list) {
    list = rtmp_value_new_strict_array ();
    rtmp_value_append (list, string (c->list));
    rtmp_value_set (info, "fourCcList", list);
  }
  rtmp_test_host_init (&host);
  rtmp_codec_map_add (&host.config.capabilities.video,
      RTMP_FOUR_CC ('h', 'v', 'c', '1'), RTMP_CODEC_CAN_FORWARD);
  rtmp_codec_map_add (&host.config.capabilities.audio,
      RTMP_FOUR_CC ('O', 'p', 'u', 's'), RTMP_CODEC_CAN_FORWARD);
  host.config.capabilities.caps_ex =
      RTMP_CAPS_EX_RECONNECT | RTMP_CAPS_EX_MULTITRACK;
  host.config.capabilities.has_list = TRUE;
  rtmp_test_host_begin (&host);
  rtmp_test_host_call (&host, 0, "connect", 1, info);
  g_assert_true (g_str_has_suffix (host.said->str, end));
  rtmp_test_host_clear (&host);
}

static void
test_reconnect (void)
{
  RtmpTestHost host;
  RtmpValue *info = connect_object ();

  rtmp_value_set_number (info, "capsEx", RTMP_CAPS_EX_RECONNECT);
  rtmp_test_host_init (&host);
  rtmp_test_host_begin (&host);
  g_assert_false (rtmp_server_session_request_reconnect (host.session, NULL,
          ""));
  rtmp_test_host_call (&host, 0, "connect", 1, info);
  rtmp_test_host_call (&host, 0, "createStream", 2, null ());
  rtmp_test_host_ask (&host, 1, "publish", "cam");
  g_string_truncate (host.said, 0);
  g_assert_true (rtmp_server_session_request_reconnect (host.session,
          "rtmp://other/live", "move"));
  rtmp_test_host_check (&host, "0: onStatus 0 null; {level: \"status\", "
      "code: \"NetConnection.Connect.ReconnectRequest\", "
      "description: \"move\", tcUrl: \"rtmp://other/live\"}\n");
  g_assert_true (rtmp_server_session_request_reconnect (host.session, NULL,
          "again"));
  rtmp_test_host_check (&host,
      "0: onStatus status NetConnection.Connect.ReconnectRequest\n");
  /* It is served until it leaves. */
  g_assert_true (rtmp_test_host_message (&host, RTMP_MESSAGE_AUDIO, 1, 7,
          g_bytes_new (BYTES ("aaa"))));
  rtmp_test_host_check (&host, "! audio of 1 at 7, 3\n");
  rtmp_server_session_close (host.session, "NetConnection.Connect.Closed", "");
  g_string_truncate (host.said, 0);
  g_assert_false (rtmp_server_session_request_reconnect (host.session, NULL,
          ""));
  rtmp_test_host_check (&host, "");
  rtmp_test_host_clear (&host);
}

static void
test_no_reconnect (void)
{
  RtmpTestHost host;
  RtmpValue *info = connect_object ();

  rtmp_value_set_number (info, "capsEx", 0xFE);
  rtmp_test_host_init (&host);
  rtmp_test_host_begin (&host);
  rtmp_test_host_call (&host, 0, "connect", 1, info);
  g_string_truncate (host.said, 0);
  g_assert_false (rtmp_server_session_request_reconnect (host.session,
          "rtmp://other/live", ""));
  rtmp_test_host_check (&host, "");
  rtmp_test_host_clear (&host);
}

/* Time */

static void
check_timeout (RtmpTestHost * host, gint64 deadline, const gchar * message)
{
  g_assert_cmpint (rtmp_server_session_next_deadline (host->session), ==,
      deadline);
  g_assert_true (rtmp_server_session_on_deadline (host->session, deadline - 1,
          &host->error));
  g_assert_false (rtmp_server_session_on_deadline (host->session, deadline,
          &host->error));
  rtmp_test_host_check_error (host, RTMP_ERROR_TIMED_OUT, message);
}

/* Publish */

#define PUBLISHING(id) "stream-begin " id "\n" \
    id ": onStatus status NetStream.Publish.Start\n"

static void
test_publish (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 0);
  rtmp_test_host_call (&host, 0, "releaseStream", 2, null (), string ("cam"));
  rtmp_test_host_call (&host, 0, "FCPublish", 3, null (), string ("cam"));
  rtmp_test_host_call (&host, 0, "createStream", 4, null ());
  rtmp_test_host_check (&host, "0: _result 2 null; undefined\n"
      "0: _result 3 null; undefined\n"
      "0: onFCPublish status NetStream.Publish.Start\n"
      "0: _result 4 null; 1\n");
  rtmp_test_host_call (&host, 1, "publish", 5, null (), string ("cam?key=1"),
      string ("live"));
  rtmp_test_host_check (&host, "? publish cam on 1, live\n" PUBLISHING ("1"));
  g_assert_cmpstr (host.texts->str, ==, "name=cam\nquery=key=1\n");
  g_assert_true (rtmp_test_host_message (&host, RTMP_MESSAGE_VIDEO, 1, 40,
          g_bytes_new (BYTES ("vv"))));
  g_assert_true (rtmp_test_host_message (&host, RTMP_MESSAGE_AUDIO, 1, 20,
          NULL));
  rtmp_test_host_check (&host, "! video of 1 at 40, 2\n"
      "! audio of 1 at 20, 0\n");
  rtmp_test_host_call (&host, 0, "FCUnpublish", 6, null (), string ("cam"));
  rtmp_test_host_call (&host, 0, "deleteStream", 7, null (), number (1));
  rtmp_test_host_check (&host, "0: _result 6 null; undefined\n"
      "0: onFCUnpublish status NetStream.Unpublish.Success\n" "! 1 stopped\n");
  rtmp_test_host_clear (&host);
}

static void
test_publish_types (void)
{
  static const struct
  {
    const gchar *sent;
    const gchar *type;
  } types[] = {
    {"live", "live"}, {"record", "record"}, {"append", "append"},
    {"", "live"}, {"Record", "live"}, {"other", "live"},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (types) + 2; i++) {
    gboolean known = i < G_N_ELEMENTS (types);
    g_autofree gchar *expected =
        g_strdup_printf ("? publish cam on 1, %s\n" PUBLISHING ("1"),
        known ? types[i].type : "live");
    RtmpTestHost host;

    rtmp_test_host_init (&host);
    rtmp_test_host_reach (&host, 1);
    rtmp_test_host_call (&host, 1, "publish", 5, null (), string ("cam"),
        known ? string (types[i].sent)
        : i > G_N_ELEMENTS (types) ? number (7) : NULL);
    rtmp_test_host_check (&host, expected);
    rtmp_test_host_clear (&host);
  }
  g_assert_cmpstr (rtmp_publish_type_to_string (99), ==, "unknown");
}

/* A refusal is of the stream; the next try is as good as the first. */
static void
test_refused_streams (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 1);
  host.on_stream = RTMP_TEST_HOST_REFUSE;
  rtmp_test_host_ask (&host, 1, "publish", "cam");
  rtmp_test_host_ask (&host, 1, "play", "cam");
  rtmp_test_host_check (&host, "? publish cam on 1, live\n"
      "1: onStatus error NetStream.Publish.BadName\n"
      "? play cam on 1, start -2, duration -1, reset\n"
      "1: onStatus error NetStream.Play.StreamNotFound\n");
  host.on_stream = RTMP_TEST_HOST_IGNORE;
  rtmp_test_host_ask (&host, 1, "publish", "cam");
  rtmp_test_host_ask (&host, 1, "play", "cam");
  rtmp_test_host_check (&host, "? publish cam on 1, live\n"
      "1: onStatus error NetStream.Publish.Denied\n"
      "? play cam on 1, start -2, duration -1, reset\n"
      "1: onStatus error NetStream.Play.Failed\n");
  /* Too late. */
  rtmp_server_session_accept_stream (host.session, 1);
  rtmp_server_session_refuse_stream (host.session, 1, "", "");
  rtmp_server_session_accept_stream (host.session, 2);
  rtmp_server_session_refuse_stream (host.session, 2, "", "");
  g_assert_true (rtmp_test_host_message (&host, RTMP_MESSAGE_AUDIO, 1, 0,
          g_bytes_new (BYTES ("aaa"))));
  rtmp_test_host_check (&host, "");
  host.on_stream = RTMP_TEST_HOST_ACCEPT;
  rtmp_test_host_ask (&host, 1, "publish", "cam");
  rtmp_test_host_check (&host, "? publish cam on 1, live\n" PUBLISHING ("1"));
  rtmp_test_host_clear (&host);
}

static void
test_closed_in_stream (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 1);
  host.on_stream = RTMP_TEST_HOST_CLOSE;
  rtmp_test_host_ask (&host, 1, "publish", "cam");
  rtmp_test_host_check (&host, "? publish cam on 1, live\n"
      "0: onStatus status NetConnection.Connect.Closed\n" "! closed\n");
  rtmp_test_host_clear (&host);
}

/* Play */

#define PLAYING(id) "stream-begin " id "\n" \
    id ": onStatus status NetStream.Play.Reset\n" \
    id ": onStatus status NetStream.Play.Start\n"

static void
send_media (RtmpTestHost * host, guint32 stream, RtmpMessageType type)
{
  rtmp_server_session_send_media (host->session, stream, type, 1000 + type,
      g_bytes_new (BYTES ("mmm")));
}

static void
send_each (RtmpTestHost * host, guint32 stream)
{
  send_media (host, stream, RTMP_MESSAGE_DATA_AMF0);
  send_media (host, stream, RTMP_MESSAGE_AUDIO);
  send_media (host, stream, RTMP_MESSAGE_VIDEO);
}

static void
test_play (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 2);
  send_each (&host, 2);
  rtmp_test_host_check (&host, "");
  rtmp_test_host_call (&host, 2, "play", 3, null (), string ("cam?key=1"),
      number (-2));
  rtmp_test_host_check (&host,
      "? play cam on 2, start -2, duration -1, reset\n" PLAYING ("2"));
  g_assert_cmpstr (host.texts->str, ==, "name=cam\nquery=key=1\n");
  send_each (&host, 2);
  rtmp_test_host_check (&host, "2: data-amf0 on 5 at 1018, 3\n"
      "2: audio on 4 at 1008, 3\n" "2: video on 6 at 1009, 3\n");
  send_each (&host, 1);
  send_each (&host, 3);
  send_each (&host, 0);
  rtmp_server_session_begin_media (host.session, 2);
  rtmp_server_session_begin_media (host.session, 1);
  rtmp_test_host_check (&host,
      "2: onStatus status NetStream.Play.PublishNotify\n");
  /* What a player sends is not media of ours. */
  g_assert_true (rtmp_test_host_message (&host, RTMP_MESSAGE_AUDIO, 2, 7,
          g_bytes_new (BYTES ("aaa"))));
  rtmp_test_host_check (&host, "");
  rtmp_server_session_end_stream (host.session, 0, 2);
  rtmp_test_host_check (&host,
      "2: onStatus status NetStream.Play.UnpublishNotify\n" "stream-eof 2\n"
      "2: onStatus status NetStream.Play.Stop\n");
  send_each (&host, 2);
  rtmp_server_session_end_stream (host.session, 0, 2);
  rtmp_test_host_call (&host, 0, "deleteStream", 0, null (), number (2));
  send_each (&host, 2);
  rtmp_server_session_end_stream (host.session, 0, 2);
  rtmp_test_host_check (&host, "");
  rtmp_test_host_clear (&host);
}

/* To a publisher there is nothing to send. */
static void
test_no_play (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 1);
  rtmp_test_host_ask (&host, 1, "publish", "cam");
  g_string_truncate (host.said, 0);
  send_each (&host, 1);
  rtmp_test_host_check (&host, "");
  rtmp_test_host_clear (&host);
}

/* What we end ourselves is over, and counts no more. */
static void
test_ended_publisher (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 1);
  rtmp_test_host_ask (&host, 1, "publish", "cam");
  g_string_truncate (host.said, 0);
  rtmp_server_session_end_stream (host.session, 7 * SECOND, 1);
  g_assert_true (rtmp_test_host_message (&host, RTMP_MESSAGE_AUDIO, 1, 7,
          g_bytes_new (BYTES ("aaa"))));
  rtmp_test_host_check (&host, "1: onStatus error NetStream.Failed\n");
  check_timeout (&host, 17 * SECOND,
      "the client did not call publish or play within 10 seconds");
  rtmp_test_host_clear (&host);
}

/* A player may go to another stream without a word between. */
static void
test_play_again (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 1);
  rtmp_test_host_ask (&host, 1, "play", "one");
  g_string_truncate (host.said, 0);
  rtmp_test_host_ask (&host, 1, "play", "two");
  rtmp_test_host_check (&host, "! 1 stopped\n"
      "? play two on 1, start -2, duration -1, reset\n" PLAYING ("1"));
  host.close_when_stopped = TRUE;
  rtmp_test_host_ask (&host, 1, "play", "three");
  rtmp_test_host_check (&host, "! 1 stopped\n"
      "0: onStatus status NetConnection.Connect.Closed\n" "! closed\n");
  rtmp_test_host_clear (&host);
}

typedef struct
{
  const gchar *name;
  gdouble start, duration;
  const gchar *said;
} PlayCase;

static const PlayCase play_cases[] = {
  {"live-or-recorded", -2, -1, "start -2, duration -1"},
  {"live", -1, -1, "start -1, duration -1"},
  {"thousandths-live-or-recorded", -2000, -1, "start -2, duration -1"},
  {"thousandths-live", -1000, -1, "start -1, duration -1"},
  {"recorded", 0, 0, "start 0, duration 0"},
  {"part", 1.5, 2.5, "start 1.5, duration 2.5"},
  {"between", -1.5, -0.5, "start -2, duration -1"},
  {"nan", NAN, NAN, "start -2, duration -1"},
  {"huge", 1e300, 1e300, "start 1e+300, duration 1e+300"},
  {"minus-huge", -1e300, -1e300, "start -2, duration -1"},
  {"minus-infinity", -INFINITY, -INFINITY, "start -2, duration -1"},
};

static void
test_play_args (gconstpointer data)
{
  const PlayCase *c = data;
  g_autofree gchar *expected =
      g_strdup_printf ("? play cam on 1, %s, reset\n" PLAYING ("1"), c->said);
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 1);
  rtmp_test_host_call (&host, 1, "play", 0, null (), string ("cam"),
      number (c->start), number (c->duration));
  rtmp_test_host_check (&host, expected);
  rtmp_test_host_clear (&host);
}

static void
check_reset (RtmpValue * value, gboolean reset)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 1);
  rtmp_test_host_call (&host, 1, "play", 0, null (), string ("cam"),
      number (-2), number (-1), value);
  rtmp_test_host_check (&host, reset
      ? "? play cam on 1, start -2, duration -1, reset\n" PLAYING ("1")
      : "? play cam on 1, start -2, duration -1\n" "stream-begin 1\n"
      "1: onStatus status NetStream.Play.Start\n");
  rtmp_test_host_clear (&host);
}

static void
test_play_reset (void)
{
  check_reset (boolean (TRUE), TRUE);
  check_reset (boolean (FALSE), FALSE);
  check_reset (number (1), TRUE);
  check_reset (number (0), FALSE);
  check_reset (number (3), TRUE);
  check_reset (null (), TRUE);
  check_reset (NULL, TRUE);
}

/* Deadlines */

static void
test_no_connect (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  host.now = 7;
  rtmp_test_host_begin (&host);
  check_timeout (&host, 10 * SECOND + 7,
      "the client did not call connect within 10 seconds");
  rtmp_test_host_clear (&host);
}

/* Neither streams that are created nor refusals count. */
static void
test_no_stream (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  host.config.connect_timeout = SECOND / 2;
  host.now = 1000;
  rtmp_test_host_reach (&host, 1);
  host.now += SECOND / 4;
  host.on_stream = RTMP_TEST_HOST_REFUSE;
  rtmp_test_host_ask (&host, 1, "publish", "cam");
  check_timeout (&host, SECOND / 2 + 1000,
      "the client did not call publish or play within 0.5 seconds");
  rtmp_test_host_clear (&host);
}

/* Who has had its streams is as one who has none yet, pings or not. */
static void
test_no_stream_again (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 2);
  rtmp_test_host_ask (&host, 1, "publish", "one");
  rtmp_test_host_ask (&host, 2, "play", "two");
  host.now = 50 * SECOND;
  rtmp_test_host_call (&host, 1, "closeStream", 0, null ());
  g_assert_cmpint (rtmp_server_session_next_deadline (host.session), ==,
      80 * SECOND);
  host.now = 60 * SECOND;
  rtmp_test_host_call (&host, 0, "deleteStream", 0, null (), number (2));
  host.now = 69 * SECOND;
  g_assert_true (rtmp_test_host_message (&host, RTMP_MESSAGE_USER_CONTROL, 0,
          0, g_bytes_new (BYTES ("\x00\x07\x00\x00\x75\x30"))));
  rtmp_test_host_call (&host, 0, "createStream", 9, null ());
  rtmp_test_host_call (&host, 1, "closeStream", 0, null ());
  check_timeout (&host, 70 * SECOND,
      "the client did not call publish or play within 10 seconds");
  rtmp_test_host_clear (&host);
}

static void
test_stream_in_time (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 1);
  rtmp_test_host_ask (&host, 1, "publish", "one");
  rtmp_test_host_call (&host, 1, "closeStream", 0, null ());
  rtmp_test_host_ask (&host, 1, "publish", "two");
  g_assert_cmpint (rtmp_server_session_next_deadline (host.session), ==,
      30 * SECOND);
  rtmp_test_host_clear (&host);
}

/* Each step has the time for itself. */
static void
test_step_by_step (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  rtmp_test_host_begin (&host);
  host.now = 9 * SECOND;
  rtmp_test_host_call (&host, 0, "connect", 1, null ());
  g_assert_cmpint (rtmp_server_session_next_deadline (host.session), ==,
      19 * SECOND);
  rtmp_test_host_call (&host, 0, "createStream", 2, null ());
  rtmp_test_host_ask (&host, 1, "play", "cam");
  g_assert_cmpint (rtmp_server_session_next_deadline (host.session), ==,
      39 * SECOND);
  rtmp_test_host_clear (&host);
}

static void
test_no_timeouts (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  host.config.connect_timeout = 0;
  host.config.idle_timeout = 0;
  rtmp_test_host_reach (&host, 1);
  g_assert_cmpint (rtmp_server_session_next_deadline (host.session), ==,
      RTMP_DEADLINE_NONE);
  g_assert_true (rtmp_server_session_on_deadline (host.session, G_MAXINT64 - 1,
          NULL));
  rtmp_test_host_clear (&host);
}

/* What the session has no part in before it starts. */
static void
test_before_start (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  rtmp_test_host_begin_link (&host, 0, NULL);
  g_assert_cmpint (rtmp_server_session_state (host.session), ==,
      RTMP_SERVER_SESSION_IDLE);
  g_assert_cmpint (rtmp_server_session_next_deadline (host.session), ==,
      RTMP_DEADLINE_NONE);
  rtmp_test_host_clear (&host);
}

static void
play_for_ever (RtmpTestHost * host)
{
  rtmp_test_host_init (host);
  host->config.idle_timeout = 60 * SECOND + 1;
  rtmp_test_host_reach (host, 1);
  rtmp_test_host_ask (host, 1, "play", "cam");
  g_string_truncate (host->said, 0);
}

static void
wait_for_ping (RtmpTestHost * host, gint64 at)
{
  g_autofree gchar *expected = g_strdup_printf ("ping-request %u\n",
      (guint) (at / 1000));

  g_assert_cmpint (rtmp_server_session_next_deadline (host->session), ==, at);
  g_assert_true (rtmp_server_session_on_deadline (host->session, at - 1,
          &host->error));
  rtmp_test_host_check (host, "");
  g_assert_true (rtmp_server_session_on_deadline (host->session, at,
          &host->error));
  rtmp_test_host_check (host, expected);
}

#define SILENCE \
    "nothing came from the client for 60 seconds, not even for a ping"

static void
test_ping (void)
{
  RtmpTestHost host;

  play_for_ever (&host);
  wait_for_ping (&host, 30 * SECOND);
  host.now = 59 * SECOND;
  g_assert_true (rtmp_test_host_message (&host, RTMP_MESSAGE_USER_CONTROL, 0,
          0, g_bytes_new (BYTES ("\x00\x07\x00\x00\x75\x30"))));
  wait_for_ping (&host, 89 * SECOND);
  /* Any message will do. */
  host.now = 119 * SECOND;
  g_assert_true (rtmp_test_host_message (&host, 99, 0, 0, NULL));
  wait_for_ping (&host, 149 * SECOND);
  check_timeout (&host, 179 * SECOND + 1, SILENCE);
  rtmp_test_host_clear (&host);
}

/* Who was asleep ourselves still waits for the answer. */
static void
test_late_ping (void)
{
  RtmpTestHost host;

  play_for_ever (&host);
  g_assert_true (rtmp_server_session_on_deadline (host.session, 999 * SECOND,
          &host.error));
  rtmp_test_host_check (&host, "ping-request 999000\n");
  check_timeout (&host, 1029 * SECOND + 1, SILENCE);
  rtmp_test_host_clear (&host);
}

/* The client's. */
static void
test_pong (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  rtmp_test_host_begin (&host);
  g_assert_true (rtmp_test_host_message (&host, RTMP_MESSAGE_USER_CONTROL, 0,
          0, g_bytes_new (BYTES ("\x00\x06\xde\xad\xbe\xef"))));
  rtmp_test_host_check (&host, "ping-response 3735928559\n");
  rtmp_test_host_clear (&host);
}

/* The end */

static void
check_close (const gchar * code, const gchar * said)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 2);
  rtmp_test_host_ask (&host, 1, "publish", "cam");
  rtmp_test_host_ask (&host, 2, "play", "cam");
  g_string_truncate (host.said, 0);
  rtmp_server_session_close (host.session, code, "bye");
  rtmp_test_host_check (&host, said);
  /* Nothing that either side does is heard of. */
  rtmp_server_session_close (host.session, code, "bye");
  send_each (&host, 2);
  rtmp_server_session_end_stream (host.session, 0, 2);
  rtmp_server_session_send_status (host.session, 0, "status", "", "");
  rtmp_test_host_call (&host, 0, "createStream", 2, null ());
  rtmp_test_host_call (&host, 0, "deleteStream", 0, null (), number (1));
  g_assert_true (rtmp_test_host_message (&host, RTMP_MESSAGE_AUDIO, 1, 0,
          g_bytes_new (BYTES ("aaa"))));
  g_assert_true (rtmp_test_host_message (&host, RTMP_MESSAGE_COMMAND_AMF0, 1,
          0, g_bytes_new (BYTES ("garbage"))));
  g_assert_true (rtmp_server_session_on_deadline (host.session, G_MAXINT64 - 1,
          &host.error));
  rtmp_test_host_check (&host, "");
  rtmp_test_host_clear (&host);
}

static void
test_close (void)
{
  check_close ("NetConnection.Connect.Closed",
      "0: onStatus status NetConnection.Connect.Closed\n! closed\n");
  check_close ("NetConnection.Connect.AppShutdown",
      "0: onStatus error NetConnection.Connect.AppShutdown\n! closed\n");
}

static void
test_states (void)
{
  static const gchar *const names[] = { "idle", "await-connect", "connected",
    "closed", "unknown"
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_cmpstr (rtmp_server_session_state_to_string (i), ==, names[i]);
}

static void
add_tables (void)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (capability_cases); i++) {
    g_autofree gchar *path = g_strconcat ("/serversession/capabilities/",
        capability_cases[i].name, NULL);

    g_test_add_data_func (path, &capability_cases[i], test_capabilities);
  }
  for (i = 0; i < G_N_ELEMENTS (play_cases); i++) {
    g_autofree gchar *path = g_strconcat ("/serversession/E-153-play-args/",
        play_cases[i].name, NULL);

    g_test_add_data_func (path, &play_cases[i], test_play_args);
  }
}

static const struct
{
  const gchar *path;
  GTestFunc func;
} tests[] = {
  {"E-142-E-143-connect", test_connect},
  {"E-142-connect-transaction", test_connect_transaction},
  {"config", test_config},
  {"E-146-bare-connect", test_bare_connect},
  {"E-145-refused-connect", test_refused_connect},
  {"E-145-unanswered-connect", test_unanswered_connect},
  {"E-145-redirect", test_redirect},
  {"closed-in-connect", test_closed_in_connect},
  {"swf-verification/answers", test_swf_answers},
  {"swf-verification/bad-answer", test_swf_bad_answer},
  {"swf-verification/E-055-not-asked", test_swf_not_asked},
  {"E-172-E-174-reconnect", test_reconnect},
  {"E-173-no-reconnect", test_no_reconnect},
  {"E-149-E-150-publish", test_publish},
  {"E-152-publish-types", test_publish_types},
  {"E-151-E-153-refused-streams", test_refused_streams},
  {"closed-in-stream", test_closed_in_stream},
  {"E-153-E-160-play", test_play},
  {"no-play", test_no_play},
  {"ended-publisher", test_ended_publisher},
  {"play-again", test_play_again},
  {"E-153-play-reset", test_play_reset},
  {"no-connect", test_no_connect},
  {"no-stream", test_no_stream},
  {"no-stream-again", test_no_stream_again},
  {"stream-in-time", test_stream_in_time},
  {"step-by-step", test_step_by_step},
  {"no-timeouts", test_no_timeouts},
  {"before-start", test_before_start},
  {"E-164-ping", test_ping},
  {"E-164-late-ping", test_late_ping},
  {"E-054-pong", test_pong},
  {"close", test_close},
  {"states", test_states},
};

int
main (int argc, char **argv)
{
  guint i;

  g_test_init (&argc, &argv, NULL);
  for (i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree gchar *path = g_strconcat ("/serversession/", tests[i].path,
        NULL);

    g_test_add_func (path, tests[i].func);
  }
  add_tables ();
  return g_test_run ();
}

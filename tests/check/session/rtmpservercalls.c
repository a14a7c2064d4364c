/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What clients call besides connect, publish and play, what they name, and what
 * is in what they publish. */
#include "rtmpserversession.h"
#include "rtmptesthost.h"

#include <string.h>

#define null rtmp_value_new_null
#define number rtmp_value_new_number
#define string rtmp_value_new_string
#define boolean rtmp_value_new_boolean
#define BYTES(text) text, sizeof (text) - 1

/* Names */

typedef struct
{
  const gchar *name;
  const gchar *app;
  const gchar *tc_url_key;
  const gchar *tc_url;
  const gchar *texts;
} ConnectNames;

#define TEXTS(app, query, tc_url) \
    "app=" app "\nquery=" query "\ntcUrl=" tc_url "\nflashVer=\n"

static const ConnectNames connect_names[] = {
  {"plain", "live", "tcUrl", "rtmp://h/live",
      TEXTS ("live", "", "rtmp://h/live")},
  {"lower-case-url", "live", "tcurl", "rtmp://h/live",
      TEXTS ("live", "", "rtmp://h/live")},
  {"quotes", "'live'", "tcUrl", "'rtmp://h/live'",
      TEXTS ("live", "", "rtmp://h/live")},
  {"double-quotes", "\"live\"", "tcUrl", "\"rtmp://h/live\"",
      TEXTS ("live", "", "rtmp://h/live")},
  {"one-quote", "'live", "tcUrl", "'", TEXTS ("'live", "", "'")},
  {"other-quote", "'live\"", "tcUrl", "", TEXTS ("'live\"", "", "")},
  {"only-quotes", "''", "tcUrl", "\"\"", TEXTS ("", "", "")},
  {"query", "live?a=b&c=d?e", "tcUrl", "rtmp://h/live?a=b",
      TEXTS ("live", "a=b&c=d?e", "rtmp://h/live?a=b")},
  {"slashes", "//live/x//", "tcUrl", "", TEXTS ("live/x", "", "")},
  {"slash-before-query", "/live/?a/", "tcUrl", "", TEXTS ("live", "a/", "")},
  {"only-slashes", "///", "tcUrl", "", TEXTS ("", "", "")},
  {"only-query", "?a", "tcUrl", "", TEXTS ("", "a", "")},
  {"no-utf8", "l\xffv\xc3", "tcUrl", "\xf0\x9f\x92",
        TEXTS ("l\xef\xbf\xbdv\xef\xbf\xbd", "",
          "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd")},
};

static void
test_connect_names (gconstpointer data)
{
  const ConnectNames *c = data;
  RtmpTestHost host;
  RtmpValue *info = rtmp_value_new_object ();

  rtmp_value_set_string (info, "app", c->app);
  rtmp_value_set_string (info, c->tc_url_key, c->tc_url);
  rtmp_test_host_init (&host);
  rtmp_test_host_begin (&host);
  rtmp_test_host_call (&host, 0, "connect", 1, info);
  g_assert_cmpstr (host.texts->str, ==, c->texts);
  rtmp_test_host_clear (&host);
}

static void
test_stream_names (void)
{
  static const struct
  {
    const gchar *name;
    const gchar *texts;
  } cases[] = {
    {"cam", "name=cam\nquery=\n"},
    {"", "name=\nquery=\n"},
    {"?key", "name=\nquery=key\n"},
    {"'cam?a=b'", "name=cam\nquery=a=b\n"},
    {"\"cam\"", "name=cam\nquery=\n"},
    {"a/b/cam?", "name=a/b/cam\nquery=\n"},
    {"mp4:cam.mp4", "name=mp4:cam.mp4\nquery=\n"},
    {"\xff?\xff", "name=\xef\xbf\xbd\nquery=\xef\xbf\xbd\n"},
  };
  guint i;

  for (i = 0; i < 2 * G_N_ELEMENTS (cases); i++) {
    RtmpTestHost host;

    rtmp_test_host_init (&host);
    rtmp_test_host_reach (&host, 1);
    rtmp_test_host_ask (&host, 1, i % 2 ? "publish" : "play",
        cases[i / 2].name);
    g_assert_cmpstr (host.texts->str, ==, cases[i / 2].texts);
    rtmp_test_host_clear (&host);
  }
}

/* Message streams */

static void
test_create_stream (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  host.config.max_streams = 3;
  rtmp_test_host_reach (&host, 0);
  rtmp_test_host_call (&host, 0, "createStream", 4, null ());
  rtmp_test_host_call (&host, 0, "createStream", 5.5, null ());
  rtmp_test_host_check (&host, "0: _result 4 null; 1\n"
      "0: _result 5.5 null; 2\n");
  /* Nobody waits for these. */
  rtmp_test_host_call (&host, 0, "createStream", 0, null ());
  rtmp_test_host_call (&host, 0, "deleteStream", 0, null (), number (2));
  rtmp_test_host_check (&host, "");
  rtmp_test_host_call (&host, 0, "createStream", 6, null ());
  rtmp_test_host_check (&host, "0: _result 6 null; 4\n");
  rtmp_test_host_ask (&host, 3, "publish", "cam");
  rtmp_test_host_ask (&host, 2, "publish", "cam");
  rtmp_test_host_check (&host, "? publish cam on 3, live\n" "stream-begin 3\n"
      "3: onStatus status NetStream.Publish.Start\n"
      "2: onStatus error NetStream.Failed\n");
  g_assert_false (rtmp_test_host_message (&host, RTMP_MESSAGE_COMMAND_AMF0, 0,
          0, rtmp_command_write ("createStream", 7, null (), NULL)));
  rtmp_test_host_check_error (&host, RTMP_ERROR_LIMIT_STREAMS,
      "the client wants more than 3 streams");
  rtmp_test_host_clear (&host);
}

static void
create_and_delete (RtmpTestHost * host, guint id)
{
  rtmp_test_host_call (host, 0, "createStream", 0, null ());
  rtmp_test_host_call (host, 0, "deleteStream", 0, null (), number (id));
}

/* Ids come round, and pass over those that are there. */
static void
test_stream_ids (void)
{
  RtmpTestHost host;
  guint id;

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 2);
  rtmp_test_host_ask (&host, 2, "publish", "cam");
  g_string_truncate (host.said, 0);
  for (id = 3; id < 0xFFFF; id++)
    create_and_delete (&host, id);
  rtmp_test_host_call (&host, 0, "deleteStream", 0, null (), number (1));
  rtmp_test_host_call (&host, 0, "createStream", 4, null ());
  rtmp_test_host_call (&host, 0, "createStream", 5, null ());
  rtmp_test_host_call (&host, 0, "createStream", 6, null ());
  rtmp_test_host_check (&host, "0: _result 4 null; 65535\n"
      "0: _result 5 null; 1\n" "0: _result 6 null; 3\n");
  for (id = 4; id < 0xFFFF; id++)
    create_and_delete (&host, id);
  rtmp_test_host_call (&host, 0, "createStream", 7, null ());
  rtmp_test_host_check (&host, "0: _result 7 null; 4\n");
  rtmp_test_host_clear (&host);
}

typedef struct
{
  const gchar *name;
  gboolean publish;
  const gchar *said;
  guint32 stream;               /* that the call comes on */
  const gchar *call;
  gdouble arg;                  /* 0: none */
} EndCase;

static const EndCase end_cases[] = {
  {"delete-publisher", TRUE, "! 1 stopped\n", 0, "deleteStream", 1},
  {"delete-player", FALSE, "! 1 stopped\n", 0, "deleteStream", 1},
  {"delete-on-stream", TRUE, "! 1 stopped\n", 1, "deleteStream", 0},
  {"delete-on-other", TRUE, "! 1 stopped\n", 2, "deleteStream", 1},
  {"close-publisher", TRUE, "! 1 stopped\n"
        "1: onStatus status NetStream.Unpublish.Success\n", 1, "closeStream",
      0},
  {"close-player", FALSE, "! 1 stopped\n", 1, "closeStream", 0},
  {"publish-nothing", TRUE, "! 1 stopped\n"
        "1: onStatus status NetStream.Unpublish.Success\n", 1, "publish", 0},
  {"play-nothing", FALSE, "! 1 stopped\n", 1, "play", 0},
  {"delete-other", TRUE, "", 0, "deleteStream", 2},
  {"delete-unknown", TRUE, "", 0, "deleteStream", 77},
  {"delete-fraction", TRUE, "", 0, "deleteStream", 1.5},
  {"delete-wrapped", TRUE, "", 0, "deleteStream", 4294967297.},
  {"delete-nothing", TRUE, "", 0, "deleteStream", 0},
};

/* Media that comes behind the end is left out; and what was ended ends once. */
static void
test_end (gconstpointer data)
{
  const EndCase *c = data;
  RtmpTestHost host;
  guint i;

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 2);
  rtmp_test_host_ask (&host, 1, c->publish ? "publish" : "play", "cam");
  g_string_truncate (host.said, 0);
  rtmp_test_host_call (&host, c->stream, c->call, 9, null (),
      c->arg != 0 ? number (c->arg) : NULL);
  rtmp_test_host_check (&host, c->said);
  g_assert_true (rtmp_test_host_message (&host, RTMP_MESSAGE_AUDIO, 1, 1,
          g_bytes_new (BYTES ("aaa"))));
  rtmp_test_host_check (&host, *c->said ? "" : "! audio of 1 at 1, 3\n");
  for (i = 0; *c->said && i < 2; i++)
    rtmp_test_host_call (&host, 0, "deleteStream", 0, null (), number (1));
  rtmp_test_host_check (&host, "");
  rtmp_test_host_clear (&host);
}

/* A stream that was closed, not deleted, takes the next one. */
static void
test_after_close (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 1);
  rtmp_test_host_ask (&host, 1, "publish", "cam");
  rtmp_test_host_call (&host, 1, "closeStream", 0, null ());
  g_string_truncate (host.said, 0);
  rtmp_test_host_call (&host, 1, "closeStream", 0, null ());
  rtmp_test_host_check (&host, "");
  rtmp_test_host_ask (&host, 1, "play", "cam");
  rtmp_test_host_check (&host,
      "? play cam on 1, start -2, duration -1, reset\n" "stream-begin 1\n"
      "1: onStatus status NetStream.Play.Reset\n"
      "1: onStatus status NetStream.Play.Start\n");
  rtmp_test_host_clear (&host);
}

static void
test_closed_when_stopped (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 1);
  rtmp_test_host_ask (&host, 1, "publish", "cam");
  g_string_truncate (host.said, 0);
  host.close_when_stopped = TRUE;
  rtmp_test_host_call (&host, 1, "closeStream", 0, null ());
  rtmp_test_host_check (&host, "! 1 stopped\n"
      "0: onStatus status NetConnection.Connect.Closed\n" "! closed\n");
  rtmp_test_host_clear (&host);
}

static void
test_in_use (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 2);
  rtmp_test_host_ask (&host, 1, "publish", "cam");
  rtmp_test_host_ask (&host, 2, "play", "cam");
  g_string_truncate (host.said, 0);
  rtmp_test_host_ask (&host, 1, "publish", "cam");
  rtmp_test_host_ask (&host, 1, "play", "cam");
  rtmp_test_host_ask (&host, 2, "publish", "cam");
  rtmp_test_host_check (&host,
      "1: onStatus error NetStream.Publish.BadName\n"
      "1: onStatus error NetStream.Play.Failed\n"
      "2: onStatus error NetStream.Publish.BadName\n");
  g_assert_true (rtmp_test_host_message (&host, RTMP_MESSAGE_AUDIO, 1, 1,
          g_bytes_new (BYTES ("aaa"))));
  rtmp_test_host_check (&host, "! audio of 1 at 1, 3\n");
  rtmp_test_host_clear (&host);
}

/* Each of several streams is on its own. */
static void
test_several (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 3);
  rtmp_test_host_ask (&host, 1, "publish", "a");
  rtmp_test_host_ask (&host, 2, "publish", "b");
  rtmp_test_host_ask (&host, 3, "play", "a");
  g_string_truncate (host.said, 0);
  rtmp_test_host_call (&host, 0, "deleteStream", 0, null (), number (1));
  g_assert_true (rtmp_test_host_message (&host, RTMP_MESSAGE_VIDEO, 2, 5,
          g_bytes_new (BYTES ("vv"))));
  rtmp_server_session_send_media (host.session, 3, RTMP_MESSAGE_VIDEO, 5,
      g_bytes_new (BYTES ("vv")));
  rtmp_test_host_check (&host, "! 1 stopped\n" "! video of 2 at 5, 2\n"
      "3: video on 6 at 5, 2\n");
  rtmp_test_host_clear (&host);
}

/* Calls of players */

static void
play (RtmpTestHost * host)
{
  rtmp_test_host_init (host);
  rtmp_test_host_reach (host, 2);
  rtmp_test_host_ask (host, 1, "play", "cam");
  g_string_truncate (host->said, 0);
}

#define WAS_ON "1: onStatus status NetStream.Seek.Notify\n" \
    "1: onStatus status NetStream.Play.Start\n"

static void
test_receive (void)
{
  RtmpTestHost host;

  play (&host);
  rtmp_test_host_call (&host, 1, "receiveAudio", 0, null (), boolean (FALSE));
  rtmp_test_host_call (&host, 1, "receiveVideo", 0, null (), boolean (FALSE));
  rtmp_test_host_check (&host, "! audio of 1 off\n" "! video of 1 off\n");
  rtmp_test_host_call (&host, 1, "receiveAudio", 0, null (), boolean (TRUE));
  rtmp_test_host_call (&host, 1, "receiveVideo", 0, null (), boolean (TRUE));
  rtmp_test_host_check (&host, WAS_ON "! audio of 1 on\n"
      WAS_ON "! video of 1 on\n");
  rtmp_test_host_call (&host, 1, "receiveVideo", 0, null ());
  rtmp_test_host_check (&host, WAS_ON "! video of 1 on\n");
  rtmp_test_host_clear (&host);
}

static void
test_pause (void)
{
  RtmpTestHost host;

  play (&host);
  rtmp_test_host_call (&host, 1, "pause", 0, null (), boolean (TRUE),
      number (1234));
  rtmp_test_host_call (&host, 1, "pause", 3, null (), boolean (FALSE),
      number (1234));
  rtmp_test_host_call (&host, 1, "pause", 0, null ());
  rtmp_test_host_check (&host,
      "1: onStatus status NetStream.Pause.Notify\n" "! 1 pauses\n"
      "1: onStatus status NetStream.Unpause.Notify\n" "! 1 goes on\n"
      "1: onStatus status NetStream.Pause.Notify\n" "! 1 pauses\n");
  rtmp_test_host_clear (&host);
}

/* Where nothing is played. */
static void
check_not_playing (RtmpTestHost * host, guint32 stream)
{
  rtmp_test_host_call (host, stream, "receiveAudio", 0, null (),
      boolean (TRUE));
  rtmp_test_host_call (host, stream, "receiveVideo", 3, null (),
      boolean (FALSE));
  rtmp_test_host_call (host, stream, "pause", 0, null (), boolean (TRUE));
  rtmp_test_host_check (host, "");
  rtmp_test_host_call (host, stream, "pause", 4, null (), boolean (TRUE));
  rtmp_test_host_check (host, "0: _error 4 null; {level: \"error\", "
      "code: \"NetStream.Pause.Failed\", "
      "description: \"Nothing is being played.\"}\n");
}

static void
test_not_playing (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 2);
  rtmp_test_host_ask (&host, 2, "publish", "cam");
  g_string_truncate (host.said, 0);
  check_not_playing (&host, 1);
  check_not_playing (&host, 2);
  rtmp_test_host_clear (&host);
}

/* Of a live stream. It goes on. */
static void
test_seek_and_play2 (void)
{
  RtmpTestHost host;

  play (&host);
  rtmp_test_host_call (&host, 1, "seek", 0, null (), number (1000));
  rtmp_test_host_call (&host, 1, "play2", 0, null (), rtmp_value_new_object ());
  rtmp_server_session_send_media (host.session, 1, RTMP_MESSAGE_VIDEO, 5,
      g_bytes_new (BYTES ("vv")));
  rtmp_test_host_check (&host, "1: onStatus error NetStream.Seek.Failed\n"
      "1: onStatus error NetStream.Play.Failed\n" "1: video on 6 at 5, 2\n");
  rtmp_test_host_clear (&host);
}

static void
test_no_such_stream (void)
{
  static const guint32 streams[] = { 0, 2, 3, 0xFFFFFF, 0xFFFFFFFF };
  static const gchar *const calls[] = { "publish", "play", "closeStream",
    "receiveAudio", "receiveVideo", "pause", "seek", "play2"
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (streams) * G_N_ELEMENTS (calls); i++) {
    guint32 stream = streams[i / G_N_ELEMENTS (calls)];
    g_autofree gchar *expected =
        g_strdup_printf ("%u: onStatus error NetStream.Failed\n", stream);
    RtmpTestHost host;

    rtmp_test_host_init (&host);
    rtmp_test_host_reach (&host, 1);
    rtmp_test_host_ask (&host, stream, calls[i % G_N_ELEMENTS (calls)], "cam");
    rtmp_test_host_check (&host, expected);
    g_assert_true (rtmp_test_host_message (&host, RTMP_MESSAGE_VIDEO, stream,
            1, g_bytes_new (BYTES ("vv"))));
    rtmp_test_host_check (&host, "");
    rtmp_test_host_clear (&host);
  }
}

/* Other calls */

static void
test_folklore (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 1);
  rtmp_test_host_call (&host, 0, "releaseStream", 2, null (), string ("cam"));
  rtmp_test_host_call (&host, 0, "FCPublish", 3, null (), string ("cam"));
  rtmp_test_host_call (&host, 0, "FCUnpublish", 4, null (), string ("cam"));
  rtmp_test_host_call (&host, 0, "FCSubscribe", 5, null (), string ("cam"));
  rtmp_test_host_call (&host, 0, "FCUnsubscribe", 6, null (), string ("cam"));
  rtmp_test_host_call (&host, 0, "_checkbw", 7, null ());
  rtmp_test_host_call (&host, 0, "getStreamLength", 8, null (), string ("cam"));
  rtmp_test_host_check (&host, "0: _result 2 null; undefined\n"
      "0: _result 3 null; undefined\n"
      "0: onFCPublish status NetStream.Publish.Start\n"
      "0: _result 4 null; undefined\n"
      "0: onFCUnpublish status NetStream.Unpublish.Success\n"
      "0: _result 5 null; undefined\n"
      "0: onFCSubscribe status NetStream.Play.Start\n"
      "0: _result 6 null; undefined\n"
      "0: onFCUnsubscribe status NetStream.Play.Stop\n"
      "0: _result 7 null; undefined\n" "0: _result 8 null; 0\n");
  /* Without a transaction nobody waits for an answer; nor need there be a
   * name. */
  rtmp_test_host_call (&host, 0, "releaseStream", 0, NULL);
  rtmp_test_host_call (&host, 0, "FCPublish", 0, null (), number (7));
  rtmp_test_host_call (&host, 0, "getStreamLength", 0, null ());
  rtmp_test_host_call (&host, 1, "_checkbw", 0, null ());
  rtmp_test_host_check (&host,
      "0: onFCPublish status NetStream.Publish.Start\n");
  rtmp_test_host_clear (&host);
}

#define NO_CALL(transaction) "0: _error " transaction " null; " \
    "{level: \"error\", code: \"NetConnection.Call.Failed\", " \
    "description: \"There is no such call.\"}\n"

static void
test_unknown_calls (void)
{
  static const gchar *const answers[] = { "_result", "_error", "onStatus",
    "pong"
  };
  RtmpTestHost host;
  guint i;

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 1);
  rtmp_test_host_call (&host, 0, "other", 2, null ());
  rtmp_test_host_call (&host, 1, "Publish", 3, null (), string ("cam"));
  rtmp_test_host_call (&host, 77, "", 4, null ());
  rtmp_test_host_call (&host, 0, "\xff", 5, NULL);
  rtmp_test_host_check (&host, NO_CALL ("2") NO_CALL ("3") NO_CALL ("4")
      NO_CALL ("5"));
  rtmp_test_host_call (&host, 0, "other", 0, null ());
  rtmp_test_host_call (&host, 0, "other", -1, null ());
  for (i = 0; i < G_N_ELEMENTS (answers); i++)
    rtmp_test_host_call (&host, 0, answers[i], 6, null ());
  rtmp_test_host_check (&host, "");
  rtmp_test_host_clear (&host);
}

/* Data */

typedef struct
{
  const gchar *name;
  RtmpMessageType type;
  const gchar *payload;
  gsize size;
  const gchar *taken;           /* NULL: left out */
  gsize taken_size;
} DataCase;

#define META "\x02\x00\x0aonMetaData\x08\0\0\0\0\0\0\x09"
#define SET "\x02\x00\x0d@setDataFrame"
#define CLEAR "\x02\x00\x0f@clearDataFrame"
#define EXTERNAL "\x11\x0a\x07\x03" "C"
#define AMF0 RTMP_MESSAGE_DATA_AMF0
#define AMF3 RTMP_MESSAGE_DATA_AMF3

static const DataCase data_cases[] = {
  {"E-154-E-266-set", AMF0, BYTES (SET META), BYTES (META)},
  {"E-154-as-it-is", AMF0, BYTES (META), BYTES (META)},
  {"set-twice", AMF0, BYTES (SET SET META), BYTES (META)},
  {"set-other", AMF0, BYTES (SET "\x02\0\x01x"), BYTES ("\x02\0\x01x")},
  {"set-nothing", AMF0, BYTES (SET), NULL, 0},
  {"set-no-name", AMF0, BYTES (SET "\x05"), NULL, 0},
  {"set-clear", AMF0, BYTES (SET CLEAR META), BYTES (CLEAR META)},
  {"E-266-clear", AMF0, BYTES (CLEAR "\x02\x00\x0aonMetaData"),
      BYTES (CLEAR "\x02\x00\x0aonMetaData")},
  {"no-name", AMF0, BYTES ("\x05"), NULL, 0},
  {"cut", AMF0, BYTES ("\x02\x00\x0aonMeta"), NULL, 0},
  {"empty", AMF0, BYTES (""), NULL, 0},
  {"amf3-set", AMF3, BYTES ("\0" SET META), BYTES (META)},
  {"amf3-without-selector", AMF3, BYTES (SET META), BYTES (META)},
  {"amf3-values", AMF3, BYTES ("\0" SET "\x02\0\x02hi\x11\x03"),
      BYTES ("\x02\0\x02hi\x01\x01")},
  {"amf3-other-selector", AMF3, BYTES ("\x01" SET META), NULL, 0},
  {"amf3-unreadable", AMF3, BYTES ("\0" SET "\x02\0\x02hi" EXTERNAL), NULL, 0},
  {"amf3-empty", AMF3, BYTES (""), NULL, 0},
};

static void
test_data (gconstpointer data)
{
  const DataCase *c = data;
  g_autoptr (GChecksum) expected = g_checksum_new (G_CHECKSUM_MD5);
  RtmpTestHost host;
  RtmpMessage message;

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 1);
  rtmp_test_host_ask (&host, 1, "publish", "cam");
  g_assert_true (rtmp_test_host_message (&host, c->type, 1, 9,
          c->size > 0 ? g_bytes_new (c->payload, c->size) : NULL));
  if (c->taken) {
    rtmp_message_init (&message, AMF0, 5, 1, 9, g_bytes_new (c->taken,
            c->taken_size));
    rtmp_test_add_media (expected, &message);
    rtmp_message_clear (&message);
  }
  g_assert_cmpuint (host.messages[AMF0], ==, c->taken ? 1 : 0);
  g_assert_cmpuint (host.messages[AMF3], ==, 0);
  g_assert_cmpstr (g_checksum_get_string (host.checksum), ==,
      g_checksum_get_string (expected));
  rtmp_test_host_clear (&host);
}

/* FourCC media of a client that has announced nothing; nothing, which says that
 * there is silence; and what no one knows. */
static void
test_media (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 1);
  rtmp_test_host_ask (&host, 1, "publish", "cam");
  g_string_truncate (host.said, 0);
  g_assert_true (rtmp_test_host_message (&host, RTMP_MESSAGE_VIDEO, 1, 1,
          g_bytes_new (BYTES ("\x91hvc1\0\0\x28"))));
  g_assert_true (rtmp_test_host_message (&host, RTMP_MESSAGE_AUDIO, 1,
          0xFFFFFFFF, NULL));
  g_assert_true (rtmp_test_host_message (&host, RTMP_MESSAGE_VIDEO, 1, 0,
          g_bytes_new (BYTES ("\xff"))));
  rtmp_test_host_check (&host, "! video of 1 at 1, 8\n"
      "! audio of 1 at 4294967295, 0\n" "! video of 1 at 0, 1\n");
  host.refuse_media = TRUE;
  g_assert_false (rtmp_test_host_message (&host, RTMP_MESSAGE_VIDEO, 1, 0,
          NULL));
  rtmp_test_host_check_error (&host, RTMP_ERROR_STATE, "no more of it");
  rtmp_test_host_clear (&host);
}

/* Of the one stream that is published: of two, nobody knows which. */
static void
test_media_on_stream_0 (void)
{
  RtmpTestHost host;
  guint i;

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 3);
  rtmp_test_host_ask (&host, 1, "play", "cam");
  for (i = 2; i <= 3; i++) {
    rtmp_test_host_ask (&host, i, "publish", "cam");
    g_string_truncate (host.said, 0);
    g_assert_true (rtmp_test_host_message (&host, RTMP_MESSAGE_VIDEO, 0, 1,
            g_bytes_new (BYTES ("vv"))));
    g_assert_true (rtmp_test_host_message (&host, RTMP_MESSAGE_DATA_AMF0, 0, 1,
            g_bytes_new (BYTES (SET "\x02\0\x04" "name"))));
    rtmp_test_host_check (&host, i == 2 ? "! video of 2 at 1, 2\n"
        "! data-amf0 of 2 at 1, 7\n" : "");
  }
  rtmp_test_host_clear (&host);
}

static void
test_aggregate (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 1);
  rtmp_test_host_ask (&host, 1, "publish", "cam");
  g_string_truncate (host.said, 0);
  g_assert_true (rtmp_test_host_message (&host, RTMP_MESSAGE_AGGREGATE, 1, 1000,
          g_bytes_new (BYTES ("\x08\0\0\x02\0\0\x64\0\0\0\0" "aa" "\0\0\0\x0d"
                  "\x09\0\0\x01\0\0\x78\0\0\0\0" "v" "\0\0\0\x0c"
                  "\x12\0\0\x17\0\0\x78\0\0\0\0" SET "\x02\0\x04" "name"
                  "\0\0\0\x22"))));
  rtmp_test_host_check (&host, "! audio of 1 at 1000, 2\n"
      "! video of 1 at 1020, 1\n" "! data-amf0 of 1 at 1020, 7\n");
  rtmp_test_host_clear (&host);
}

static void
add_table (const gchar * prefix, const gchar * name, gconstpointer data,
    GTestDataFunc func)
{
  g_autofree gchar *path = g_strdup_printf ("/servercalls/%s/%s", prefix, name);

  g_test_add_data_func (path, data, func);
}

static void
add_tables (void)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (connect_names); i++)
    add_table ("E-147-connect", connect_names[i].name, &connect_names[i],
        test_connect_names);
  for (i = 0; i < G_N_ELEMENTS (end_cases); i++)
    add_table ("E-158-end", end_cases[i].name, &end_cases[i], test_end);
  for (i = 0; i < G_N_ELEMENTS (data_cases); i++)
    add_table ("data", data_cases[i].name, &data_cases[i], test_data);
}

static const struct
{
  const gchar *path;
  GTestFunc func;
} tests[] = {
  {"E-147-stream-names", test_stream_names},
  {"E-148-create-stream", test_create_stream},
  {"E-148-stream-ids", test_stream_ids},
  {"E-158-after-close", test_after_close},
  {"E-158-closed-when-stopped", test_closed_when_stopped},
  {"E-151-in-use", test_in_use},
  {"several", test_several},
  {"E-155-receive", test_receive},
  {"E-156-pause", test_pause},
  {"E-155-E-156-not-playing", test_not_playing},
  {"E-157-E-162-seek-and-play2", test_seek_and_play2},
  {"E-159-no-such-stream", test_no_such_stream},
  {"E-149-folklore", test_folklore},
  {"E-161-unknown-calls", test_unknown_calls},
  {"E-168-media", test_media},
  {"media-on-stream-0", test_media_on_stream_0},
  {"E-059-aggregate", test_aggregate},
};

int
main (int argc, char **argv)
{
  guint i;

  g_test_init (&argc, &argv, NULL);
  for (i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree gchar *path = g_strconcat ("/servercalls/", tests[i].path, NULL);

    g_test_add_func (path, tests[i].func);
  }
  add_tables ();
  return g_test_run ();
}

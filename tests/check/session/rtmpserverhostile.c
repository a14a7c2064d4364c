/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What no honest client sends, to a server session. */
#include "rtmpserversession.h"
#include "rtmptesthost.h"

#include <math.h>
#include <string.h>

#define null rtmp_value_new_null
#define number rtmp_value_new_number
#define string rtmp_value_new_string
#define BYTES(text) text, sizeof (text) - 1

/* Out of order */

static void
test_before_connect (void)
{
  static const gchar *const calls[] = { "createStream", "publish", "play",
    "deleteStream", "FCPublish", "_result", "onStatus", "other", "", "Connect"
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (calls); i++) {
    g_autofree gchar *message =
        g_strdup_printf ("expected connect, the client called \"%s\"",
        calls[i]);
    RtmpTestHost host;

    rtmp_test_host_init (&host);
    rtmp_test_host_begin (&host);
    g_assert_false (rtmp_test_host_message (&host, RTMP_MESSAGE_COMMAND_AMF0,
            0, 0, rtmp_command_write (calls[i], 1, null (), NULL)));
    rtmp_test_host_check_error (&host, RTMP_ERROR_BAD_COMMAND, message);
    g_assert_cmpstr (host.said->str, ==, "");
    rtmp_test_host_clear (&host);
  }
}

/* Media before connect is nobody's. */
static void
test_media_before_connect (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  rtmp_test_host_begin (&host);
  g_assert_true (rtmp_test_host_message (&host, RTMP_MESSAGE_AUDIO, 0, 0,
          NULL));
  g_assert_true (rtmp_test_host_message (&host, RTMP_MESSAGE_VIDEO, 1, 0,
          g_bytes_new (BYTES ("vv"))));
  g_assert_true (rtmp_test_host_message (&host, RTMP_MESSAGE_DATA_AMF0, 1, 0,
          g_bytes_new (BYTES ("\xff"))));
  rtmp_test_host_check (&host, "");
  rtmp_test_host_clear (&host);
}

static void
test_connect_twice (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 1);
  g_assert_false (rtmp_test_host_message (&host, RTMP_MESSAGE_COMMAND_AMF0, 0,
          0, rtmp_command_write ("connect", 1, null (), NULL)));
  rtmp_test_host_check_error (&host, RTMP_ERROR_BAD_COMMAND,
      "the client called connect again");
  g_assert_cmpstr (host.said->str, ==, "");
  rtmp_test_host_clear (&host);
}

/* Odd text in messages is escaped, and cut. */
static void
test_odd_calls (void)
{
  g_autofree gchar *name = g_strnfill (100000, 'x');
  RtmpTestHost host;

  memcpy (name, "\xff\n\x01", 3);
  rtmp_test_host_init (&host);
  rtmp_test_host_begin (&host);
  g_assert_false (rtmp_test_host_message (&host, RTMP_MESSAGE_COMMAND_AMF0, 0,
          0, rtmp_command_write (name, 1, null (), NULL)));
  g_assert_error (host.error, RTMP_ERROR, RTMP_ERROR_BAD_COMMAND);
  g_assert_true (g_utf8_validate (host.error->message, -1, NULL));
  g_assert_null (strpbrk (host.error->message, "\n\x01"));
  g_assert_cmpuint (strlen (host.error->message), <, 200);
  rtmp_test_host_clear (&host);
}

static void
test_many_streams (void)
{
  RtmpTestHost host;
  guint i;

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 0);
  for (i = 0; i < 100000 && host.error == NULL; i++)
    rtmp_test_host_message (&host, RTMP_MESSAGE_COMMAND_AMF0, 0, 0,
        rtmp_command_write ("createStream", 2, null (), NULL));
  rtmp_test_host_check_error (&host, RTMP_ERROR_LIMIT_STREAMS,
      "the client wants more than 8 streams");
  g_assert_cmpuint (i, ==, 9);
  rtmp_test_host_clear (&host);
}

/* As many as you like, one after the other. */
static void
test_many_lives (void)
{
  RtmpTestHost host;
  guint i;

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 0);
  host.quiet = TRUE;
  for (i = 0; i < 100000; i++) {
    rtmp_test_host_call (&host, 0, "createStream", 2, null ());
    rtmp_test_host_call (&host, 0, "deleteStream", 0, null (),
        number (1 + i % 0xFFFF));
  }
  host.quiet = FALSE;
  rtmp_test_host_call (&host, 0, "createStream", 2, null ());
  rtmp_test_host_check (&host, "0: _result 2 null; 34466\n");
  rtmp_test_host_clear (&host);
}

static void
test_play_everything (void)
{
  RtmpTestHost host;
  guint i;

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 8);
  host.quiet = TRUE;
  for (i = 0; i < 100000; i++) {
    g_autofree gchar *name = g_strdup_printf ("cam%u", i);

    rtmp_test_host_ask (&host, 1 + i % 8, "play", name);
  }
  host.quiet = FALSE;
  rtmp_test_host_ask (&host, 8, "play", "last");
  g_assert_true (g_str_has_prefix (host.said->str, "! 8 stopped\n? play last"));
  rtmp_test_host_clear (&host);
}

/* Odd numbers */

static void
test_odd_transactions (void)
{
  static const struct
  {
    gdouble id;
    const gchar *answer;
  } ids[] = {
    {NAN, ""}, {-INFINITY, ""}, {-1, ""}, {-0.0, ""},
    {INFINITY, "0: _result inf null; 1\n"},
    {1e300, "0: _result 1e+300 null; 1\n"},
    {4294967296., "0: _result 4.29497e+09 null; 1\n"},
    {0.5, "0: _result 0.5 null; 1\n"},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (ids); i++) {
    RtmpTestHost host;

    rtmp_test_host_init (&host);
    rtmp_test_host_reach (&host, 0);
    rtmp_test_host_call (&host, 0, "createStream", ids[i].id, null ());
    rtmp_test_host_check (&host, ids[i].answer);
    rtmp_test_host_clear (&host);
  }
}

static void
test_odd_stream_ids (void)
{
  static const gdouble ids[] = { NAN, INFINITY, -INFINITY, -1, -0.0, 0, 1.0001,
    2, 4294967295., 4294967297., 1e300, -1e300
  };
  RtmpTestHost host;
  guint i;

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 1);
  rtmp_test_host_ask (&host, 1, "publish", "cam");
  g_string_truncate (host.said, 0);
  for (i = 0; i < G_N_ELEMENTS (ids); i++)
    rtmp_test_host_call (&host, 0, "deleteStream", 0, null (), number (ids[i]));
  rtmp_test_host_call (&host, 0, "deleteStream", 0, null (), string ("1"));
  rtmp_test_host_call (&host, 0, "deleteStream", 0, null (), null ());
  rtmp_test_host_check (&host, "");
  rtmp_test_host_clear (&host);
}

/* Large and nested */

static GBytes *
make_nested (const gchar * call, guint depth)
{
  GByteArray *bytes = g_byte_array_new ();
  guint8 head[] = { 2, 0, (guint8) strlen (call) };
  guint i;

  g_byte_array_append (bytes, head, sizeof (head));
  g_byte_array_append (bytes, (const guint8 *) call, head[2]);
  g_byte_array_append (bytes,
      (const guint8 *) BYTES ("\0\x3f\xf0\0\0\0\0\0\0"));
  for (i = 0; i < depth; i++)
    g_byte_array_append (bytes, (const guint8 *) BYTES ("\x03\0\x01" "a"));
  g_byte_array_append (bytes, (const guint8 *) BYTES ("\x05"));
  for (i = 0; i < depth; i++)
    g_byte_array_append (bytes, (const guint8 *) BYTES ("\0\0\x09"));
  return g_byte_array_free_to_bytes (bytes);
}

static void
test_nested (void)
{
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  rtmp_test_host_begin (&host);
  g_assert_false (rtmp_test_host_message (&host, RTMP_MESSAGE_COMMAND_AMF0, 0,
          0, make_nested ("connect", 10000)));
  g_assert_error (host.error, RTMP_ERROR, RTMP_ERROR_LIMIT_AMF);
  rtmp_test_host_clear (&host);

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 1);
  rtmp_test_host_ask (&host, 1, "publish", "cam");
  g_assert_false (rtmp_test_host_message (&host, RTMP_MESSAGE_COMMAND_AMF0, 1,
          0, make_nested ("other", 10000)));
  g_assert_error (host.error, RTMP_ERROR, RTMP_ERROR_LIMIT_AMF);
  rtmp_test_host_clear (&host);
}

/* Aggregates in an aggregate, 10,000 deep: each is the only thing in the one
 * around it. */
static void
test_nested_aggregates (void)
{
  const guint depth = 10000, head = 11;
  guint8 *data = g_malloc0 (depth * head);
  RtmpTestHost host;
  guint i, size;

  for (i = 0; i < depth; i++) {
    size = (depth - i - 1) * head;
    data[i * head] = RTMP_MESSAGE_AGGREGATE;
    data[i * head + 1] = (guint8) (size >> 16);
    data[i * head + 2] = (guint8) (size >> 8);
    data[i * head + 3] = (guint8) size;
  }
  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 1);
  rtmp_test_host_ask (&host, 1, "publish", "cam");
  g_string_truncate (host.said, 0);
  g_assert_true (rtmp_test_host_message (&host, RTMP_MESSAGE_AGGREGATE, 1, 0,
          g_bytes_new_take (data, depth * head)));
  rtmp_test_host_check (&host, "");
  rtmp_test_host_clear (&host);
}

/* What follows the end in one aggregate is left out, and the error of one of
 * its messages is that of all. */
static void
test_aggregate_of_commands (void)
{
  static const gchar two[] =
      "\x14\0\0\x17\0\0\0\0\0\0\0" "\x02\0\x07" "connect"
      "\0\x3f\xf0\0\0\0\0\0\0" "\x02\0\x01x" "\0\0\0\x22"
      "\x14\0\0\x0d\0\0\0\0\0\0\0" "\x02\0\x01x" "\0\x3f\xf0\0\0\0\0\0\0"
      "\0\0\0\x18";
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  host.on_connect = RTMP_TEST_HOST_REFUSE;
  rtmp_test_host_begin (&host);
  g_assert_true (rtmp_test_host_message (&host, RTMP_MESSAGE_AGGREGATE, 0, 0,
          g_bytes_new_static (BYTES (two))));
  g_assert_true (g_str_has_suffix (host.said->str, "! closed\n"));
  rtmp_test_host_clear (&host);

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 0);
  g_assert_false (rtmp_test_host_message (&host, RTMP_MESSAGE_AGGREGATE, 0, 0,
          g_bytes_new_static (BYTES (two))));
  rtmp_test_host_check_error (&host, RTMP_ERROR_BAD_COMMAND,
      "the client called connect again");
  rtmp_test_host_clear (&host);
}

#define LONG (16 << 20)
#define NAME_MAX_SIZE 4096

/* A call whose name argument is as long as a message can be. */
static GBytes *
make_long (const gchar * call, gchar fill)
{
  GByteArray *bytes = g_byte_array_new ();
  guint8 head[] = { 2, 0, (guint8) strlen (call) };
  guint size;
  guint8 length[4];

  g_byte_array_append (bytes, head, sizeof (head));
  g_byte_array_append (bytes, (const guint8 *) call, head[2]);
  g_byte_array_append (bytes,
      (const guint8 *) BYTES ("\0\x40\0\0\0\0\0\0\0" "\x05\x0c"));
  size = RTMP_MESSAGE_MAX_SIZE - bytes->len - (guint) sizeof (length);
  size = GUINT32_TO_BE (size);
  memcpy (length, &size, sizeof (length));
  g_byte_array_append (bytes, length, sizeof (length));
  size = bytes->len;
  g_byte_array_set_size (bytes, RTMP_MESSAGE_MAX_SIZE);
  memset (bytes->data + size, fill, RTMP_MESSAGE_MAX_SIZE - size);
  return g_byte_array_free_to_bytes (bytes);
}

static void
test_long_names (void)
{
  static const gchar *const calls[] = { "publish", "play", "FCPublish",
    "FCUnpublish", "FCSubscribe", "releaseStream", "getStreamLength", "other"
  };
  static const gchar fills[] = { 'x', '\xff', '\0', '?', '\'' };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (calls) * sizeof (fills); i++) {
    RtmpTestHost host;

    rtmp_test_host_init (&host);
    rtmp_test_host_reach (&host, 1);
    host.quiet = TRUE;
    host.sent_bytes = 0;
    g_assert_true (rtmp_test_host_message (&host, RTMP_MESSAGE_COMMAND_AMF0, 1,
            0, make_long (calls[i / sizeof (fills)],
                fills[i % sizeof (fills)])));
    /* A byte that is no UTF-8 becomes three. */
    g_assert_cmpuint (host.texts->len, <, 3 * NAME_MAX_SIZE + 20);
    g_assert_cmpuint (host.sent_bytes, <, 3 * NAME_MAX_SIZE + 300);
    rtmp_test_host_clear (&host);
  }
}

static void
test_long_connect (void)
{
  g_autofree gchar *text = g_strnfill (LONG / 4, '/');
  RtmpTestHost host;
  RtmpValue *info = rtmp_value_new_object ();

  rtmp_value_set_string (info, "app", text);
  memset (text, 'x', LONG / 4);
  rtmp_value_set_string (info, "tcUrl", text);
  rtmp_value_set_string (info, "flashVer", text);
  rtmp_test_host_init (&host);
  host.quiet = TRUE;
  rtmp_test_host_begin (&host);
  rtmp_test_host_call (&host, 0, "connect", 1, info);
  g_assert_cmpuint (host.texts->len, ==, 2 * NAME_MAX_SIZE
      + strlen ("app=\nquery=\ntcUrl=\nflashVer=\n"));
  rtmp_test_host_clear (&host);
}

/* A name is cut to what real ones are no longer than. */
static void
test_long_name_is_cut (void)
{
  g_autofree gchar *name = g_strnfill (NAME_MAX_SIZE + 1, 'x');
  g_autofree gchar *expected = NULL;
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  rtmp_test_host_reach (&host, 1);
  rtmp_test_host_ask (&host, 1, "publish", name);
  name[NAME_MAX_SIZE] = '\0';
  expected = g_strdup_printf ("name=%s\nquery=\n", name);
  g_assert_cmpstr (host.texts->str, ==, expected);
  rtmp_test_host_clear (&host);
}

/* Garbage */

typedef struct
{
  const gchar *name;
  RtmpMessageType type;
  const gchar *payload;
  gsize size;
  gint error;                   /* 0: ignored */
} GarbageCase;

static const GarbageCase garbage[] = {
  {"empty", RTMP_MESSAGE_COMMAND_AMF0, BYTES (""), RTMP_ERROR_BAD_COMMAND},
  {"no-name", RTMP_MESSAGE_COMMAND_AMF0, BYTES ("\x05"),
      RTMP_ERROR_BAD_COMMAND},
  {"unknown-marker", RTMP_MESSAGE_COMMAND_AMF0, BYTES ("\x7f"),
      RTMP_ERROR_BAD_AMF},
  {"cut-in-name", RTMP_MESSAGE_COMMAND_AMF0, BYTES ("\x02\x00\x09on"),
      RTMP_ERROR_BAD_AMF},
  {"cut-in-argument", RTMP_MESSAGE_COMMAND_AMF0,
      BYTES ("\x02\x00\x01" "a" "\x00\x3f\xf0"), RTMP_ERROR_BAD_AMF},
  {"other-selector", RTMP_MESSAGE_COMMAND_AMF3, BYTES ("\x01\x02\0\x01" "a"),
      RTMP_ERROR_UNSUPPORTED},
  {"E-053-no-event", RTMP_MESSAGE_USER_CONTROL, BYTES ("\x00"),
      RTMP_ERROR_BAD_MESSAGE},
  {"E-053-ping-cut", RTMP_MESSAGE_USER_CONTROL, BYTES ("\0\x06\0\0"),
      RTMP_ERROR_BAD_MESSAGE},
  {"E-055-unknown-event", RTMP_MESSAGE_USER_CONTROL, BYTES ("\xff\xff"), 0},
  {"E-055-stream-begin", RTMP_MESSAGE_USER_CONTROL, BYTES ("\0\0\0\0\0\x01"),
      0},
  {"E-055-stream-eof", RTMP_MESSAGE_USER_CONTROL, BYTES ("\0\x01\0\0\0\x01"),
      0},
  {"E-055-buffer-length", RTMP_MESSAGE_USER_CONTROL,
      BYTES ("\0\x03\0\0\0\x01\0\0\0\0"), 0},
  {"E-056-shared-object", RTMP_MESSAGE_SHARED_OBJECT_AMF0, BYTES ("\xff"), 0},
  {"E-056-type-0", 0, BYTES ("\xff"), 0},
  {"E-056-type-255", 255, BYTES ("\xff"), 0},
  {"empty-aggregate", RTMP_MESSAGE_AGGREGATE, BYTES (""), 0},
  {"cut-aggregate", RTMP_MESSAGE_AGGREGATE, BYTES ("\x14\0\0"), 0},
};

static void
test_garbage (gconstpointer data)
{
  const GarbageCase *c = data;
  RtmpTestHost host;
  guint empty;

  for (empty = 0; empty < 2; empty++) {
    rtmp_test_host_init (&host);
    rtmp_test_host_reach (&host, 1);
    rtmp_test_host_message (&host, c->type, 1, 0,
        c->size > 0 || empty ? g_bytes_new (c->payload, c->size) : NULL);
    g_assert_cmpint (host.error ? host.error->code : 0, ==, c->error);
    g_assert_cmpstr (host.said->str, ==, "");
    rtmp_test_host_clear (&host);
  }
}

/* A member of connect may be of any type. */
static void
test_odd_members (void)
{
  static const gchar *const names[] = { "app", "tcUrl", "tcurl", "flashVer",
    "fourCcList", "videoFourCcInfoMap", "audioFourCcInfoMap", "capsEx",
    "videoFunction", "objectEncoding"
  };
  guint i, j;

  for (i = 0; i < 7; i++) {
    RtmpValue *info = i % 2 ? rtmp_value_new_object ()
        : rtmp_value_new_ecma_array ();
    RtmpTestHost host;

    for (j = 0; j < G_N_ELEMENTS (names); j++)
      rtmp_value_set (info, names[j], i == 0 ? null () : i == 1 ? number (NAN)
          : i == 2 ? rtmp_value_new_object () : i == 3 ? string ("\xff")
          : i == 4 ? rtmp_value_new_undefined () : i == 5
          ? rtmp_value_new_strict_array () : rtmp_value_new_date (1e300, 0));
    rtmp_test_host_init (&host);
    rtmp_test_host_begin (&host);
    rtmp_test_host_call (&host, 0, "connect", 1, info);
    g_assert_cmpint (rtmp_server_session_state (host.session), ==,
        RTMP_SERVER_SESSION_CONNECTED);
    rtmp_test_host_clear (&host);
  }
}

static const struct
{
  const gchar *path;
  GTestFunc func;
} tests[] = {
  {"E-144-before-connect", test_before_connect},
  {"E-144-media-before-connect", test_media_before_connect},
  {"connect-twice", test_connect_twice},
  {"E-144-odd-calls", test_odd_calls},
  {"E-148-many-streams", test_many_streams},
  {"E-148-many-lives", test_many_lives},
  {"play-everything", test_play_everything},
  {"odd-transactions", test_odd_transactions},
  {"E-158-odd-stream-ids", test_odd_stream_ids},
  {"nested", test_nested},
  {"E-062-nested-aggregates", test_nested_aggregates},
  {"E-059-aggregate-of-commands", test_aggregate_of_commands},
  {"long-names", test_long_names},
  {"long-connect", test_long_connect},
  {"long-name-is-cut", test_long_name_is_cut},
  {"E-146-odd-members", test_odd_members},
};

int
main (int argc, char **argv)
{
  guint i;

  g_test_init (&argc, &argv, NULL);
  for (i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree gchar *path = g_strconcat ("/serverhostile/", tests[i].path,
        NULL);

    g_test_add_func (path, tests[i].func);
  }
  for (i = 0; i < G_N_ELEMENTS (garbage); i++) {
    g_autofree gchar *path = g_strconcat ("/serverhostile/garbage/",
        garbage[i].name, NULL);

    g_test_add_data_func (path, &garbage[i], test_garbage);
  }
  return g_test_run ();
}

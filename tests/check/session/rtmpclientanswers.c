/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a client session makes of what the server answers: yes in all its forms,
 * no in all its forms, and what is neither. */
#include "rtmpclientsession.h"
#include "rtmperror.h"
#include "rtmptestclient.h"

#include <math.h>
#include <string.h>

#define STREAM RTMP_TEST_CLIENT_STREAM
#define CONNECT RTMP_CLIENT_SESSION_AWAIT_CONNECT
#define CREATE RTMP_CLIENT_SESSION_AWAIT_STREAM
#define START RTMP_CLIENT_SESSION_AWAIT_START
#define RUNNING RTMP_CLIENT_SESSION_RUNNING
#define BYTES(text) text, sizeof (text) - 1

/* Answers */

/* createStream may be answered before connect; nothing goes out too early. */
static void
test_answers_swapped (void)
{
  RtmpTestClient client;

  rtmp_test_client_init (&client, TRUE);
  rtmp_test_client_reach (&client, RTMP_CLIENT_SESSION_AWAIT_CONNECT);
  rtmp_scripted_peer_accept_stream (client.peer, 4, STREAM);
  rtmp_test_client_exchange (&client);
  rtmp_test_client_check_events (&client, "");
  rtmp_scripted_peer_expect_nothing (client.peer);
  rtmp_scripted_peer_accept_connect (client.peer, 1);
  rtmp_test_client_exchange (&client);
  rtmp_test_client_check_events (&client,
      "<NetConnection.Connect.Success> await-stream await-start ");
  rtmp_test_client_expect_call (&client, "publish", 5, STREAM,
      "null; \"cam\"; \"live\"");
  rtmp_scripted_peer_expect_nothing (client.peer);
  rtmp_test_client_clear (&client);
}

/* releaseStream and FCPublish: answered, refused or neither, before or after
 * what counts. */
static void
test_optional_answers (void)
{
  guint i;

  for (i = 0; i < 3 * 3 * 2; i++) {
    guint how[2] = { i % 3, i / 3 % 3 }, j;
    gboolean late = i / 9;
    RtmpTestClient client;

    rtmp_test_client_init (&client, TRUE);
    rtmp_test_client_reach (&client, late ? RTMP_CLIENT_SESSION_RUNNING
        : RTMP_CLIENT_SESSION_AWAIT_CONNECT);
    for (j = 0; j < 2; j++) {
      if (how[j] == 1)
        rtmp_scripted_peer_accept (client.peer, 2 + j);
      else if (how[j] == 2)
        rtmp_scripted_peer_refuse (client.peer, 2 + j,
            "NetConnection.Call.Failed", "no such call");
    }
    if (!late) {
      rtmp_scripted_peer_accept_connect (client.peer, 1);
      rtmp_scripted_peer_accept_stream (client.peer, 4, STREAM);
      rtmp_test_client_send_status (&client, "NetStream.Publish.Start");
    }
    rtmp_test_client_exchange (&client);
    g_assert_no_error (client.error);
    g_assert_cmpint (rtmp_client_session_state (client.session), ==,
        RTMP_CLIENT_SESSION_RUNNING);
    rtmp_test_client_clear (&client);
  }
}

/* What servers say before they answer connect, in any order and number. */
static void
test_before_connect_answer (void)
{
  RtmpTestClient client;
  guint i;

  rtmp_test_client_init (&client, TRUE);
  rtmp_test_client_reach (&client, RTMP_CLIENT_SESSION_AWAIT_CONNECT);
  for (i = 0; i < 2; i++) {
    rtmp_test_client_answer (&client, "onBWDone", 0, 0, rtmp_value_new_null (),
        NULL);
    rtmp_scripted_peer_send_user_control (client.peer,
        RTMP_USER_CONTROL_STREAM_BEGIN, 0);
    rtmp_scripted_peer_send_control (client.peer, RTMP_MESSAGE_SET_CHUNK_SIZE,
        1 + i * 4096);
    rtmp_scripted_peer_send_bandwidth (client.peer, 2500000, 2);
    rtmp_scripted_peer_send_control (client.peer, RTMP_MESSAGE_WINDOW_ACK_SIZE,
        2500000);
    rtmp_test_client_exchange (&client);
  }
  rtmp_test_client_check_events (&client, "");
  rtmp_scripted_peer_accept_connect (client.peer, 1);
  rtmp_test_client_exchange (&client);
  rtmp_test_client_check_events (&client,
      "<NetConnection.Connect.Success> await-stream ");
  rtmp_test_client_clear (&client);
}

static void
test_check_bandwidth (void)
{
  RtmpTestClient client;

  rtmp_test_client_init (&client, TRUE);
  rtmp_test_client_reach (&client, RTMP_CLIENT_SESSION_RUNNING);
  rtmp_test_client_answer (&client, "onBWDone", 0, 0, rtmp_value_new_null (),
      NULL);
  rtmp_test_client_expect_call (&client, "_checkbw", 6, 0, "null");
  rtmp_scripted_peer_refuse (client.peer, 6, "NetConnection.Call.Failed", "");
  rtmp_test_client_exchange (&client);
  rtmp_test_client_check_events (&client, "");
  rtmp_scripted_peer_expect_nothing (client.peer);
  rtmp_test_client_clear (&client);
}

static void
test_unknown (void)
{
  static const gdouble ids[] = { 0, -1, 99, 1.5, 1e300, NAN, INFINITY };
  static const gchar *const names[] = { "onFCPublish", "Close", "", "\xff" };
  static const guint8 types[] = { 0, 7, 10, 16, 19, 21, 255 };
  RtmpTestClient client;
  guint i;

  rtmp_test_client_init (&client, TRUE);
  rtmp_test_client_reach (&client, RTMP_CLIENT_SESSION_AWAIT_CONNECT);
  for (i = 0; i < G_N_ELEMENTS (ids); i++) {
    rtmp_test_client_answer (&client, "_result", ids[i], 0, NULL, NULL);
    rtmp_scripted_peer_refuse (client.peer, ids[i], "NetConnection", "");
  }
  for (i = 0; i < G_N_ELEMENTS (names); i++)
    rtmp_test_client_answer (&client, names[i], 0, 0, rtmp_value_new_null (),
        NULL);
  for (i = 0; i < 2 * G_N_ELEMENTS (types); i++)
    rtmp_scripted_peer_send_media (client.peer, types[i / 2], i % 2, 0,
        g_bytes_new ("x", 1));
  rtmp_test_client_exchange (&client);
  rtmp_test_client_check_events (&client, "");
  rtmp_scripted_peer_expect_nothing (client.peer);
  /* An answer counts once. */
  rtmp_scripted_peer_accept_connect (client.peer, 1);
  rtmp_scripted_peer_refuse (client.peer, 1, "NetConnection", "");
  rtmp_test_client_exchange (&client);
  rtmp_test_client_check_events (&client,
      "<NetConnection.Connect.Success> await-stream ");
  rtmp_test_client_clear (&client);
}

/* E-111: how servers say yes to connect. */
static void
test_connect_accepted (void)
{
  RtmpValue *answers[][2] = {
    {NULL, NULL},
    {rtmp_value_new_null (), NULL},
    {rtmp_value_new_null (), rtmp_value_new_null ()},
    {rtmp_value_new_string ("yes"), rtmp_value_new_number (1)},
    {rtmp_value_new_object (), rtmp_scripted_peer_info ("status",
            "NetConnection.Connect.Success", NULL)},
    {rtmp_scripted_peer_info ("status", "NetConnection.Connect.Success", NULL),
        rtmp_value_new_null ()},
    {rtmp_scripted_peer_info (NULL, "NetConnection.Connect.Success", NULL),
        NULL},
    {rtmp_value_new_object (), rtmp_scripted_peer_info ("status", NULL, NULL)},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (answers); i++) {
    RtmpTestClient client;

    rtmp_test_client_init (&client, TRUE);
    rtmp_test_client_reach (&client, RTMP_CLIENT_SESSION_AWAIT_CONNECT);
    rtmp_test_client_answer (&client, "_result", 1, 0, answers[i][0],
        answers[i][1]);
    rtmp_test_client_check_events (&client, i >= 4
        && i <
        7 ? "<NetConnection.Connect.Success> await-stream " :
        "<> await-stream ");
    rtmp_test_client_clear (&client);
  }
}

static void
check_stream_id (RtmpValue * id, guint32 expected, const gchar * message)
{
  RtmpTestClient client;

  rtmp_test_client_init (&client, FALSE);
  rtmp_test_client_reach (&client, RTMP_CLIENT_SESSION_AWAIT_STREAM);
  rtmp_test_client_answer (&client, "_result", 2, 0, rtmp_value_new_null (),
      id);
  if (message)
    rtmp_test_client_check_error (&client, RTMP_ERROR_BAD_COMMAND, message);
  else
    rtmp_test_client_expect_call (&client, "play", 3, expected,
        "null; \"cam\"; -2");
  rtmp_test_client_clear (&client);
}

static void
test_stream_ids (void)
{
#define UNUSABLE "createStream was answered without a usable stream id: " \
    "expected a number from 1, got "
  check_stream_id (rtmp_value_new_number (1), 1, NULL);
  check_stream_id (rtmp_value_new_number (16777217), 16777217, NULL);
  check_stream_id (rtmp_value_new_number (4294967295.0), 0xFFFFFFFF, NULL);
  check_stream_id (rtmp_value_new_number (4294967296.0), 0, UNUSABLE "number");
  check_stream_id (rtmp_value_new_number (0), 0, UNUSABLE "number");
  check_stream_id (rtmp_value_new_number (-1), 0, UNUSABLE "number");
  check_stream_id (rtmp_value_new_number (NAN), 0, UNUSABLE "number");
  check_stream_id (rtmp_value_new_string ("1"), 0, UNUSABLE "string");
  check_stream_id (NULL, 0, UNUSABLE "nothing");
}

/* An onStatus counts on any message stream, with any transaction. */
static void
test_odd_statuses (void)
{
  static const gdouble ids[] = { 0, 5, 4, 1, -1, 99.5, NAN };
  static const guint32 streams[] = { STREAM, 0, 1, 99 };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (ids) * G_N_ELEMENTS (streams); i++) {
    RtmpTestClient client;

    rtmp_test_client_init (&client, TRUE);
    rtmp_test_client_reach (&client, RTMP_CLIENT_SESSION_AWAIT_START);
    rtmp_test_client_answer (&client, "onStatus", ids[i % G_N_ELEMENTS (ids)],
        streams[i / G_N_ELEMENTS (ids)], rtmp_value_new_null (),
        rtmp_scripted_peer_info ("status", "NetStream.Publish.Start", NULL));
    rtmp_test_client_check_events (&client,
        "<NetStream.Publish.Start> running ");
    rtmp_test_client_clear (&client);
  }
}

/* rtmpsrv leaves the command object out. */
static void
test_status_alone (void)
{
  RtmpTestClient client;

  rtmp_test_client_init (&client, FALSE);
  rtmp_test_client_reach (&client, RTMP_CLIENT_SESSION_AWAIT_START);
  rtmp_test_client_answer (&client, "onStatus", 0, 0,
      rtmp_scripted_peer_info ("status", "NetStream.Play.Start", NULL), NULL);
  rtmp_test_client_check_events (&client, "<NetStream.Play.Start> running ");
  rtmp_test_client_clear (&client);
}

/* Some servers end their strings as C does (E-088). */
static void
test_trailing_nuls (void)
{
  RtmpTestClient client;
  RtmpValue *info = rtmp_value_new_object ();

  rtmp_value_set (info, "level", rtmp_value_new_string_len ("status\0", 7));
  rtmp_value_set (info, "code",
      rtmp_value_new_string_len ("NetStream.Publish.Start\0\0", 25));
  rtmp_test_client_init (&client, TRUE);
  rtmp_test_client_reach (&client, RTMP_CLIENT_SESSION_AWAIT_START);
  rtmp_test_client_answer (&client, "onStatus", 0, STREAM,
      rtmp_value_new_null (), info);
  rtmp_test_client_check_events (&client, "<NetStream.Publish.Start> running ");
  rtmp_test_client_clear (&client);
}

/* Statuses that do not start the stream, wherever they come. */
static void
test_other_statuses (void)
{
  RtmpTestClient client;

  rtmp_test_client_init (&client, TRUE);
  rtmp_test_client_reach (&client, RTMP_CLIENT_SESSION_AWAIT_CONNECT);
  rtmp_test_client_send_status (&client, "NetStream.Publish.Start");
  rtmp_test_client_check_events (&client, "<NetStream.Publish.Start> ");
  rtmp_test_client_clear (&client);

  rtmp_test_client_init (&client, TRUE);
  rtmp_test_client_reach (&client, RTMP_CLIENT_SESSION_AWAIT_START);
  rtmp_test_client_send_status (&client, "NetStream.Play.Start");
  rtmp_test_client_send_status (&client, "NetStream.Play.Stop");
  rtmp_test_client_answer (&client, "onStatus", 0, STREAM, NULL, NULL);
  rtmp_test_client_answer (&client, "onStatus", 0, STREAM,
      rtmp_value_new_null (),
      rtmp_value_new_string ("NetStream.Publish.Start"));
  rtmp_test_client_check_events (&client,
      "<NetStream.Play.Start> <NetStream.Play.Stop> <> <> ");
  rtmp_test_client_send_status (&client, "NetStream.Publish.Start");
  rtmp_test_client_send_status (&client, "NetStream.Publish.Start");
  rtmp_test_client_send_status (&client, "NetStream.Play.Stop");
  rtmp_test_client_check_events (&client, "<NetStream.Publish.Start> running "
      "<NetStream.Publish.Start> <NetStream.Play.Stop> ");
  rtmp_test_client_clear (&client);

  rtmp_test_client_init (&client, FALSE);
  rtmp_test_client_reach (&client, RTMP_CLIENT_SESSION_AWAIT_START);
  rtmp_test_client_send_status (&client, "NetStream.Play.Stop");
  rtmp_test_client_send_status (&client, "NetStream.Publish.Start");
  rtmp_test_client_send_status (&client, "NetStream.Play.PublishNotify");
  rtmp_test_client_check_events (&client,
      "<NetStream.Play.Stop> <NetStream.Publish.Start> "
      "<NetStream.Play.PublishNotify> running ");
  rtmp_test_client_clear (&client);
}

/* Refusals */

typedef enum
{
  BY_ERROR,                     /* _error (null, info) */
  BY_ERROR_FIRST,               /* _error (info) */
  BY_RESULT,                    /* _result (null, info) */
  BY_STATUS,                    /* onStatus (null, info) */
} How;

typedef struct
{
  const gchar *name;
  gboolean publish;
  RtmpClientSessionState state;
  How how;
  const gchar *level;
  const gchar *code;
  const gchar *description;
  RtmpError error;
  const gchar *message;
} RefusalCase;

static const RefusalCase refusals[] = {
  {"E-112-connect", TRUE, CONNECT, BY_ERROR, "error",
        "NetConnection.Connect.Rejected", "not you", RTMP_ERROR_REFUSED,
      "the server refused the connection: NetConnection.Connect.Rejected: "
        "not you"},
  {"E-112-connect-in-first-object", TRUE, CONNECT, BY_ERROR_FIRST, "error",
        "NetConnection.Connect.Rejected", "not you", RTMP_ERROR_REFUSED,
      "the server refused the connection: NetConnection.Connect.Rejected: "
        "not you"},
  {"E-112-connect-without-reason", FALSE, CONNECT, BY_ERROR, NULL, NULL, NULL,
      RTMP_ERROR_REFUSED, "the server refused the connection: no code given"},
  {"E-111-connect-by-result", TRUE, CONNECT, BY_RESULT, "error",
        "NetConnection.Connect.Rejected", NULL, RTMP_ERROR_REFUSED,
      "the server refused the connection: NetConnection.Connect.Rejected"},
  {"E-112-connect-by-status", TRUE, CONNECT, BY_STATUS, "error",
        "NetConnection.Connect.Rejected", "", RTMP_ERROR_REFUSED,
      "the server refused to take the stream: NetConnection.Connect.Rejected"},
  {"E-112-invalid-app", FALSE, CONNECT, BY_ERROR, "error",
        "NetConnection.Connect.InvalidApp", NULL, RTMP_ERROR_NOT_FOUND,
      "the server refused the connection: NetConnection.Connect.InvalidApp"},
  {"E-112-auth-needed", TRUE, CONNECT, BY_ERROR, "error",
        "NetConnection.Connect.Rejected",
        "[ AccessManager.Reject ] : [ code=403 need auth; authmod=adobe ] : ",
        RTMP_ERROR_AUTH_NEEDED,
      "the server refused the connection: NetConnection.Connect.Rejected: "
        "[ AccessManager.Reject ] : [ code=403 need auth; authmod=adobe ] : "},
  {"E-112-auth-failed", TRUE, CONNECT, BY_ERROR, "error",
        "NetConnection.Connect.Rejected", "authmod=adobe :?reason=authfailed&",
        RTMP_ERROR_AUTH_FAILED,
      "the server refused the connection: NetConnection.Connect.Rejected: "
        "authmod=adobe :?reason=authfailed&"},
  {"E-112-no-such-user", TRUE, CONNECT, BY_ERROR, "error",
        "NetConnection.Connect.Rejected", "authmod=llnw :?reason=nosuchuser&",
        RTMP_ERROR_AUTH_FAILED,
      "the server refused the connection: NetConnection.Connect.Rejected: "
        "authmod=llnw :?reason=nosuchuser&"},
  {"app-shutdown", FALSE, RUNNING, BY_STATUS, "status",
        "NetConnection.Connect.AppShutdown", "bye", RTMP_ERROR_PEER_CLOSED,
      "the server refused to go on: NetConnection.Connect.AppShutdown: " "bye"},
  {"closed", TRUE, RUNNING, BY_STATUS, "status", "NetConnection.Connect.Closed",
        "", RTMP_ERROR_PEER_CLOSED,
      "the server refused to go on: NetConnection.Connect.Closed"},
  {"create-stream", TRUE, CREATE, BY_ERROR, "error",
        "NetConnection.Call.Failed", "full", RTMP_ERROR_REFUSED,
      "the server refused a stream: NetConnection.Call.Failed: full"},
  {"create-stream-first", FALSE, CONNECT, BY_ERROR, NULL, NULL, NULL,
      RTMP_ERROR_REFUSED, "the server refused a stream: no code given"},
  {"E-118-bad-name", TRUE, START, BY_STATUS, "error",
        "NetStream.Publish.BadName", "taken", RTMP_ERROR_IN_USE,
      "the server refused to take the stream: NetStream.Publish.BadName: "
        "taken"},
  {"E-118-denied", TRUE, START, BY_STATUS, "error", "NetStream.Publish.Denied",
        NULL, RTMP_ERROR_AUTH_FAILED,
      "the server refused to take the stream: NetStream.Publish.Denied"},
  {"E-118-unauthorized", TRUE, START, BY_STATUS, "error",
        "NetStream.Publish.Unauthorized", NULL, RTMP_ERROR_AUTH_FAILED,
      "the server refused to take the stream: NetStream.Publish.Unauthorized"},
  {"E-118-any-error", TRUE, START, BY_STATUS, "error", "Whatever", "it is",
        RTMP_ERROR_REFUSED,
      "the server refused to take the stream: Whatever: it is"},
  {"E-118-without-code", TRUE, START, BY_STATUS, "error", NULL, "no",
        RTMP_ERROR_REFUSED,
      "the server refused to take the stream: no code given: no"},
  {"E-118-while-running", TRUE, RUNNING, BY_STATUS, "error",
        "NetStream.Publish.BadName", NULL, RTMP_ERROR_IN_USE,
      "the server refused to take the stream: NetStream.Publish.BadName"},
  {"E-118-bad-name-without-level", TRUE, START, BY_STATUS, NULL,
        "NetStream.Publish.BadName", NULL, RTMP_ERROR_IN_USE,
      "the server refused to take the stream: NetStream.Publish.BadName"},
  {"E-118-denied-as-status", TRUE, START, BY_STATUS, "status",
        "NetStream.Publish.Denied", NULL, RTMP_ERROR_AUTH_FAILED,
      "the server refused to take the stream: NetStream.Publish.Denied"},
  {"E-119-not-found", FALSE, START, BY_STATUS, "error",
        "NetStream.Play.StreamNotFound", "cam", RTMP_ERROR_NOT_FOUND,
      "the server refused to send the stream: NetStream.Play.StreamNotFound: "
        "cam"},
  {"E-119-not-found-as-status", FALSE, START, BY_STATUS, "status",
        "NetStream.Play.StreamNotFound", "cam", RTMP_ERROR_NOT_FOUND,
      "the server refused to send the stream: NetStream.Play.StreamNotFound: "
        "cam"},
  {"E-119-failed", FALSE, START, BY_STATUS, "error", "NetStream.Play.Failed",
        NULL, RTMP_ERROR_REFUSED,
      "the server refused to send the stream: NetStream.Play.Failed"},
  {"E-119-failed-without-level", FALSE, START, BY_STATUS, NULL,
        "NetStream.Play.Failed", NULL, RTMP_ERROR_REFUSED,
      "the server refused to send the stream: NetStream.Play.Failed"},
  {"E-119-failed-for-want-of-auth", FALSE, START, BY_STATUS, "error",
        "NetStream.Play.Failed", "?reason=needauth", RTMP_ERROR_AUTH_NEEDED,
      "the server refused to send the stream: NetStream.Play.Failed: "
        "?reason=needauth"},
  {"E-119-while-running", FALSE, RUNNING, BY_STATUS, "error",
        "NetStream.Play.Failed", NULL, RTMP_ERROR_REFUSED,
      "the server refused to send the stream: NetStream.Play.Failed"},
  {"E-118-by-error", TRUE, RTMP_CLIENT_SESSION_AWAIT_START, BY_ERROR, "error",
        "NetStream.Publish.BadName", NULL, RTMP_ERROR_IN_USE,
      "the server refused to take the stream: NetStream.Publish.BadName"},
};

static void
refuse_as (RtmpTestClient * client, const RefusalCase * c)
{
  static const gchar *const names[] = { "_error", "_error", "_result",
    "onStatus"
  };
  gdouble transaction = 0;
  RtmpValue *info = rtmp_scripted_peer_info (c->level, c->code, c->description);

  if (c->how != BY_STATUS)
    transaction = rtmp_test_client_transaction_of (client,
        c->state == RTMP_CLIENT_SESSION_AWAIT_START ? "publish"
        : strstr (c->message, "a stream") ? "createStream" : "connect");
  if (c->how == BY_ERROR_FIRST)
    rtmp_test_client_answer (client, names[c->how], transaction, 0, info, NULL);
  else
    rtmp_test_client_answer (client, names[c->how], transaction, 0,
        rtmp_value_new_null (), info);
}

static void
test_refusal (gconstpointer data)
{
  const RefusalCase *c = data;
  RtmpTestClient client;

  rtmp_test_client_init (&client, c->publish);
  rtmp_test_client_reach (&client, c->state);
  refuse_as (&client, c);
  rtmp_test_client_check_error (&client, c->error, c->message);
  /* The reason has been told before it is acted on. */
  if (c->code && strstr (c->message, "a stream") == NULL) {
    g_autofree gchar *told = g_strdup_printf ("<%s> ", c->code);

    g_assert_cmpstr (client.events->str, ==, told);
  }
  rtmp_test_client_clear (&client);
}

/* After the end, what the server has to complain of matters no more. */
static void
test_refused_after_stop (void)
{
  RtmpTestClient client;

  rtmp_test_client_init (&client, TRUE);
  rtmp_test_client_reach (&client, RTMP_CLIENT_SESSION_RUNNING);
  rtmp_client_session_stop (client.session, 0);
  rtmp_scripted_peer_send_status (client.peer, STREAM, "error",
      "NetStream.Publish.BadName", "");
  rtmp_test_client_exchange (&client);
  rtmp_test_client_check_events (&client, "ended <NetStream.Publish.BadName> ");
  rtmp_test_client_clear (&client);
}

typedef struct
{
  const gchar *name;
  RtmpMessageType type;
  const gchar *payload;
  gsize size;
  RtmpError error;
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
  {"cut-in-amf3-command", RTMP_MESSAGE_COMMAND_AMF3,
      BYTES ("\x00\x02\x00\x09on"), RTMP_ERROR_BAD_AMF},
  {"bad-play-status", RTMP_MESSAGE_DATA_AMF0,
      BYTES ("\x02\x00\x0conPlayStatus\x7f"), RTMP_ERROR_BAD_AMF},
  {"user-control-without-event", RTMP_MESSAGE_USER_CONTROL, BYTES ("\x00"),
      RTMP_ERROR_BAD_MESSAGE},
  {"ping-cut", RTMP_MESSAGE_USER_CONTROL, BYTES ("\x00\x06\x00\x00"),
      RTMP_ERROR_BAD_MESSAGE},
};

static void
test_garbage (gconstpointer data)
{
  const GarbageCase *c = data;
  RtmpTestClient client;

  rtmp_test_client_init (&client, FALSE);
  rtmp_test_client_reach (&client, RTMP_CLIENT_SESSION_RUNNING);
  rtmp_scripted_peer_send_media (client.peer, c->type, STREAM, 0,
      g_bytes_new (c->payload, c->size));
  rtmp_scripted_peer_send_media (client.peer, RTMP_MESSAGE_AUDIO, STREAM, 0,
      g_bytes_new (NULL, 0));
  rtmp_test_client_exchange (&client);
  g_assert_error (client.error, RTMP_ERROR, (gint) c->error);
  g_assert_cmpuint (client.messages[RTMP_MESSAGE_AUDIO], ==, 0);
  rtmp_test_client_clear (&client);
}

static void
add_table (const gchar * prefix, const gchar * name, gconstpointer data,
    GTestDataFunc func)
{
  g_autofree gchar *path = g_strdup_printf ("/clientanswers/%s/%s", prefix,
      name);

  g_test_add_data_func (path, data, func);
}

static void
add_tables (void)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (refusals); i++)
    add_table ("refusal", refusals[i].name, &refusals[i], test_refusal);
  for (i = 0; i < G_N_ELEMENTS (garbage); i++)
    add_table ("garbage", garbage[i].name, &garbage[i], test_garbage);
}

static const struct
{
  const gchar *path;
  GTestFunc func;
} tests[] = {
  {"E-110-answers-swapped", test_answers_swapped},
  {"E-115-optional-answers", test_optional_answers},
  {"E-109-before-connect-answer", test_before_connect_answer},
  {"E-128-check-bandwidth", test_check_bandwidth},
  {"E-127-E-056-unknown", test_unknown},
  {"E-111-connect-accepted", test_connect_accepted},
  {"E-116-stream-ids", test_stream_ids},
  {"E-117-odd-statuses", test_odd_statuses},
  {"status-without-command-object", test_status_alone},
  {"E-088-trailing-nuls", test_trailing_nuls},
  {"E-117-E-119-other-statuses", test_other_statuses},
  {"refused-after-stop", test_refused_after_stop},
};

int
main (int argc, char **argv)
{
  guint i;

  g_test_init (&argc, &argv, NULL);
  for (i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree gchar *path = g_strconcat ("/clientanswers/", tests[i].path,
        NULL);

    g_test_add_func (path, tests[i].func);
  }
  add_tables ();
  return g_test_run ();
}

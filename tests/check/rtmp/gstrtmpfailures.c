/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmptest.h"

#include <string.h>

#include "rtmphandshake.h"
#include "rtmptestresolver.h"

/* What must not be told to anybody. */
#define KEY "s3cr3t"
/* What is published or played, and how much of it before the server fails. */
#define MEDIA 20
#define MEDIA_SIZE 1000
#define BEFORE 5

/* What is at the location, if it is no server in plain RTMP. */
typedef enum
{
  PLACE_SERVER,
  PLACE_UNKNOWN_HOST,
  PLACE_DEAD_PORT,
  PLACE_FULL_PORT,
  PLACE_RTMPS,                  /* where the server knows no TLS */
  PLACE_NONE,                   /* the location is none */
} Place;

/* Whom it can happen to. */
typedef enum
{ BOTH, PUBLISH, PLAY } Whom;

/* GstResourceErrors that depend on the direction. */
#define OPEN (-1)
#define TRANSFER (-2)

/* One thing that goes wrong, and what is told of it. */
typedef struct
{
  const gchar *name;
  RtmpTestStep step;
  RtmpTestFault fault;          /* silence: until a timeout */
  gint error;                   /* GstResourceError or one of the above */
  const gchar *advice;          /* in the text */
  const gchar *said;            /* in the debug part */
  const gchar *code;            /* of a refusal, */
  const gchar *description;     /* likewise */
  gsize handshake;              /* bytes of it */
  const gchar *bytes;           /* that the server says */
  gsize n_bytes;
  GBytes *(*make) (void);       /* likewise */
  Whom whom;
  Place place;
  const gchar *properties;
} Row;

#define SAY(text) .bytes = (text), .n_bytes = sizeof (text) - 1
#define S1 RTMP_HANDSHAKE_SIZE

#define NEED_AUTH "[ AccessManager.Reject ] : [ code=403 need auth; " \
    "authmod=adobe ] : "
#define WRONG_AUTH "[ AccessManager.Reject ] : [ authmod=adobe ] : " \
    "?reason=authfailed"

static GBytes *make_chunk_streams (void);
static GBytes *make_deep_status (void);

static const Row rows[] = {
  /* Before there is a connection */
  {"location", 0, 0, GST_RESOURCE_ERROR_SETTINGS, "correct it", "99999",
      .place = PLACE_NONE},
  {"unknown-host", 0, RTMP_TEST_FAULT_CLOSE, GST_RESOURCE_ERROR_NOT_FOUND,
        "check the host", "no host server.test here",
      .place = PLACE_UNKNOWN_HOST},
  {"refused", 0, RTMP_TEST_FAULT_CLOSE, OPEN, "check host and port", "refused",
      .place = PLACE_DEAD_PORT},
  {"unreachable", 0, 0, OPEN, "raise the timeout",
      "no connection to 127.0.0.1 port",.place = PLACE_FULL_PORT},
  {"tls/plain", RTMP_TEST_STEP_HELLO, RTMP_TEST_FAULT_SAY, OPEN, "TLS", "TLS",
      SAY ("\x03 this is no TLS"),.place = PLACE_RTMPS},
  {"tls/close", RTMP_TEST_STEP_HELLO, RTMP_TEST_FAULT_CLOSE, OPEN, "TLS",
      "TLS",.place = PLACE_RTMPS},
  {"tls/silence", RTMP_TEST_STEP_ACCEPT, 0, OPEN, "raise the timeout",
      "no end of the TLS handshake with 127.0.0.1 port",.place = PLACE_RTMPS},

  /* Handshake */
  {"accept/close", RTMP_TEST_STEP_ACCEPT, RTMP_TEST_FAULT_CLOSE, OPEN,
      "before RTMP began", "closed the connection in the handshake"},
  {"hello/close", RTMP_TEST_STEP_HELLO, RTMP_TEST_FAULT_CLOSE, OPEN,
      "before RTMP began", "closed the connection in the handshake"},
  {"hello/reset", RTMP_TEST_STEP_HELLO, RTMP_TEST_FAULT_RESET, OPEN,
      "before RTMP began", "reset by peer"},
  {"hello/silence", RTMP_TEST_STEP_HELLO, 0, OPEN, "raise the timeout",
      "silent in the handshake (await-version)"},
  {"hello/garbage", RTMP_TEST_STEP_HELLO, RTMP_TEST_FAULT_SAY, OPEN,
        "check scheme and port", "the server answered with something else: 255",
      SAY ("\xFF\xFF\xFF\xFF")},
  {"hello/http", RTMP_TEST_STEP_HELLO, RTMP_TEST_FAULT_SAY, OPEN,
        "check scheme and port",
        "the server answered with HTTP: \"HTTP/1.1 400 Bad Request\"",
      SAY ("HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n")},
  {"hello/tls", RTMP_TEST_STEP_HELLO, RTMP_TEST_FAULT_SAY, OPEN,
        "write rtmps://", "the server answered with TLS (rtmps)",
      SAY ("\x15\x03\x01\x00\x02\x02\x46")},
  {"s0/close", RTMP_TEST_STEP_ECHO, RTMP_TEST_FAULT_CLOSE, OPEN,
        "before RTMP began", "closed the connection in the handshake",
      .handshake = 1},
  {"s0/silence", RTMP_TEST_STEP_ECHO, 0, OPEN, "raise the timeout",
      "silent in the handshake (await-hello)",.handshake = 1},
  {"s1/close", RTMP_TEST_STEP_ECHO, RTMP_TEST_FAULT_CLOSE, OPEN,
        "before RTMP began", "closed the connection in the handshake",
      .handshake = 1 + S1 / 2},
  {"s1/silence", RTMP_TEST_STEP_ECHO, 0, OPEN, "raise the timeout",
      "silent in the handshake (await-hello)",.handshake = 1 + S1 / 2},
  {"s2/close", RTMP_TEST_STEP_ECHO, RTMP_TEST_FAULT_CLOSE, OPEN,
        "before RTMP began", "closed the connection in the handshake",
      .handshake = 1 + S1 + S1 / 2},
  {"s2/reset", RTMP_TEST_STEP_ECHO, RTMP_TEST_FAULT_RESET, OPEN,
      "before RTMP began", "reset by peer",.handshake = 1 + S1 + S1 / 2},
  {"s2/silence", RTMP_TEST_STEP_ECHO, 0, OPEN, "raise the timeout",
      "silent in the handshake (await-echo)",.handshake = 1 + S1 + S1 / 2},

  /* Commands */
  {"connect/close", RTMP_TEST_STEP_CONNECT, RTMP_TEST_FAULT_CLOSE, OPEN,
      "see its log", "closed the connection (await-connect)"},
  {"connect/reset", RTMP_TEST_STEP_CONNECT, RTMP_TEST_FAULT_RESET, OPEN,
      "check the network", "g-io-error-quark, 44"},
  {"connect/silence", RTMP_TEST_STEP_CONNECT, 0, OPEN, "raise the timeout",
      "did not answer connect"},
  {"connect/no-such-application", RTMP_TEST_STEP_CONNECT,
        RTMP_TEST_FAULT_REFUSE, GST_RESOURCE_ERROR_NOT_FOUND,
        "check the location's path", "InvalidApp: no app here",
      "NetConnection.Connect.InvalidApp", "no app here"},
  {"connect/rejected", RTMP_TEST_STEP_CONNECT,
        RTMP_TEST_FAULT_REFUSE | RTMP_TEST_FAULT_CLOSE, OPEN,
        "what it said in the debug part", "Connect.Rejected: blocked",
      "NetConnection.Connect.Rejected", "blocked"},
  {"connect/auth-needed", RTMP_TEST_STEP_CONNECT,
        RTMP_TEST_FAULT_REFUSE | RTMP_TEST_FAULT_CLOSE,
        GST_RESOURCE_ERROR_NOT_AUTHORIZED, "set username and password",
      "code=403 need auth", "NetConnection.Connect.Rejected", NEED_AUTH},
  {"connect/auth-wrong", RTMP_TEST_STEP_CONNECT,
        RTMP_TEST_FAULT_REFUSE | RTMP_TEST_FAULT_CLOSE,
        GST_RESOURCE_ERROR_NOT_AUTHORIZED, "check them",
        "user or password are wrong", "NetConnection.Connect.Rejected",
      WRONG_AUTH,.properties = "username=joe password=" KEY},
  {"connect/auth-in-vain", RTMP_TEST_STEP_CONNECT,
        RTMP_TEST_FAULT_REFUSE | RTMP_TEST_FAULT_CLOSE,
        GST_RESOURCE_ERROR_NOT_AUTHORIZED, "check them",
        "asks again for the user", "NetConnection.Connect.Rejected", NEED_AUTH,
      .properties = "username=joe password=" KEY},
  {"connect/garbage", RTMP_TEST_STEP_CONNECT, RTMP_TEST_FAULT_SAY, OPEN,
        "report it", "Expected a full header as the first of chunk stream",
      SAY ("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF")},
  {"create-stream/close", RTMP_TEST_STEP_CREATE_STREAM, RTMP_TEST_FAULT_CLOSE,
      OPEN, "see its log", "closed the connection (await-stream)"},
  {"create-stream/silence", RTMP_TEST_STEP_CREATE_STREAM, 0, OPEN,
      "raise the timeout", "did not answer createStream"},
  {"create-stream/refuse", RTMP_TEST_STEP_CREATE_STREAM,
        RTMP_TEST_FAULT_REFUSE, OPEN, "what it said in the debug part",
        "refused a stream: NetConnection.Call.Failed: full",
      "NetConnection.Call.Failed", "full"},
  {"start/close", RTMP_TEST_STEP_START, RTMP_TEST_FAULT_CLOSE, OPEN,
      "see its log", "closed the connection (await-start)"},
  {"start/silence", RTMP_TEST_STEP_START, 0, OPEN, "raise the timeout",
      "did not answer publish",.whom = PUBLISH},
  {"start/silence", RTMP_TEST_STEP_START, 0, OPEN, "raise the timeout",
      "did not answer play",.whom = PLAY},
  {"start/no-such-stream", RTMP_TEST_STEP_START, RTMP_TEST_FAULT_REFUSE,
        GST_RESOURCE_ERROR_NOT_FOUND, "check the location's path",
        "StreamNotFound: never heard of it", "NetStream.Play.StreamNotFound",
      "never heard of it",.whom = PLAY},
  {"start/in-use", RTMP_TEST_STEP_START, RTMP_TEST_FAULT_REFUSE,
        GST_RESOURCE_ERROR_BUSY, "choose another name",
        "BadName: already publishing", "NetStream.Publish.BadName",
      "already publishing",.whom = PUBLISH},
  {"start/denied", RTMP_TEST_STEP_START, RTMP_TEST_FAULT_REFUSE,
        GST_RESOURCE_ERROR_NOT_AUTHORIZED, "check them", "Denied: wrong key",
      "NetStream.Publish.Denied", "wrong key",.whom = PUBLISH},

  /* In mid-stream */
  {"media/close", RTMP_TEST_STEP_MEDIA, RTMP_TEST_FAULT_CLOSE, TRANSFER,
      "see its log", "closed the connection (running)"},
  {"media/reset", RTMP_TEST_STEP_MEDIA, RTMP_TEST_FAULT_RESET, TRANSFER,
      "check the network", "g-io-error-quark, 44"},
  {"media/silence", RTMP_TEST_STEP_MEDIA, 0, TRANSFER, "raise the timeout",
        "nothing came from the server",.whom = PLAY,
      .properties = "idle-timeout=1"},
  {"media/thrown-out", RTMP_TEST_STEP_MEDIA,
        RTMP_TEST_FAULT_REFUSE | RTMP_TEST_FAULT_CLOSE,
        GST_RESOURCE_ERROR_NOT_AUTHORIZED, "check them",
        "Denied: quota used up", "NetStream.Publish.Denied", "quota used up",
      .whom = PUBLISH},
  {"media/failed", RTMP_TEST_STEP_MEDIA, RTMP_TEST_FAULT_REFUSE, TRANSFER,
        "what it said in the debug part", "Failed: disk broken",
      "NetStream.Play.Failed", "disk broken",.whom = PLAY},
  {"media/shutdown", RTMP_TEST_STEP_MEDIA,
        RTMP_TEST_FAULT_REFUSE | RTMP_TEST_FAULT_CLOSE, TRANSFER, "see its log",
        "(running: the server refused to go on: NetConnection.Connect."
        "AppShutdown: back at six)", "NetConnection.Connect.AppShutdown",
      "back at six"},
  {"media/garbage", RTMP_TEST_STEP_MEDIA, RTMP_TEST_FAULT_SAY, TRANSFER,
        "report it", "Expected a full header as the first of chunk stream",
      SAY ("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF")},
  {"media/chunk-without-first", RTMP_TEST_STEP_MEDIA, RTMP_TEST_FAULT_SAY,
        TRANSFER, "report it",
        "Expected a full header as the first of chunk stream 9, got type 2",
      SAY ("\x89\0\0\0xxxx")},
  {"media/bad-control", RTMP_TEST_STEP_MEDIA, RTMP_TEST_FAULT_SAY, TRANSFER,
        "report it", "set-chunk-size: expected 1 to 0x7fffffff, got 0x0",
      SAY ("\2\0\0\0\0\0\4\1\0\0\0\0\0\0\0\0")},
  {"media/too-many-chunk-streams", RTMP_TEST_STEP_MEDIA, RTMP_TEST_FAULT_SAY,
        TRANSFER, "report it", "Expected at most 64 chunk streams",
      .make = make_chunk_streams},
  {"media/too-deep", RTMP_TEST_STEP_MEDIA, RTMP_TEST_FAULT_SAY, TRANSFER,
      "report it", "32",.make = make_deep_status},
};

/* What servers say */

/* A byte of audio on each of 65. */
static GBytes *
make_chunk_streams (void)
{
  GByteArray *bytes = g_byte_array_new ();
  guint8 chunk[13] = { 0, 0, 0, 0, 0, 0, 0, 1, RTMP_MESSAGE_AUDIO, };
  guint i;

  for (i = 0; i < 65; i++) {
    chunk[1] = (guint8) i;      /* chunk stream 64 + i */
    g_byte_array_append (bytes, chunk, sizeof (chunk));
    g_byte_array_append (bytes, (const guint8 *) "x", 1);
  }
  return g_byte_array_free_to_bytes (bytes);
}

#define DEEP 40

/* onStatus (0, {a: {a: {a: ... */
static GBytes *
make_deep_status (void)
{
  static const guint8 name[] = "\2\0\10onStatus\0\0\0\0\0\0\0\0\0";
  GByteArray *bytes = g_byte_array_new ();
  guint8 header[12] = { 9, 0, 0, 0, 0, 0, 0, RTMP_MESSAGE_COMMAND_AMF0, 1, };
  guint i;

  header[6] = (guint8) (sizeof (name) - 1 + 4 * DEEP);
  g_byte_array_append (bytes, header, sizeof (header));
  g_byte_array_append (bytes, name, sizeof (name) - 1);
  for (i = 0; i < DEEP; i++)
    g_byte_array_append (bytes, (const guint8 *) "\3\0\1a", 4);
  return g_byte_array_free_to_bytes (bytes);
}

static void
play_media (RtmpScriptedPeer * peer, const RtmpMessage * message,
    gpointer user_data)
{
  GPtrArray *media = user_data;
  guint i;

  for (i = 0; i < media->len; i++) {
    const RtmpMessage *m = g_ptr_array_index (media, i);

    rtmp_scripted_peer_send_media (peer, (RtmpMessageType) m->type,
        RTMP_SCRIPTED_PEER_STREAM, m->timestamp, g_bytes_ref (m->payload));
  }
}

/* An element that meets one of them */

typedef struct
{
  const Row *row;
  gboolean publish;
  GPtrArray *media;
  GBytes *say;
  RtmpTestServer *server;
  RtmpTestFullPort *full_port;
  GResolver *resolver;
  GstRtmpTest *test;
  GstElement *element;

  /* What came out of rtmpsrc; under lock. */
  GMutex lock;
  GCond cond;
  GByteArray *bytes;
  guint eos;
} Run;

static gboolean
is_slow (const Row * row)
{
  return row->fault == RTMP_TEST_FAULT_SILENCE && row->place != PLACE_NONE;
}

static gchar *
make_location (Run * self)
{
  const gchar *scheme = "rtmp", *host = "127.0.0.1";
  guint port = rtmp_test_server_port (self->server);

  switch (self->row->place) {
    case PLACE_UNKNOWN_HOST:
      host = "server.test";
      self->resolver = rtmp_test_resolver_use (TRUE);
      break;
    case PLACE_DEAD_PORT:
      port = rtmp_test_dead_port ();
      break;
    case PLACE_FULL_PORT:
      self->full_port = rtmp_test_full_port_new ();
      port = rtmp_test_full_port_port (self->full_port);
      break;
    case PLACE_RTMPS:
      scheme = "rtmps";
      break;
    case PLACE_NONE:
      port = 99999;
      break;
    default:
      break;
  }
  return g_strdup_printf ("%s://%s:%u/live/" KEY, scheme, host, port);
}

static gboolean
append (GstBuffer ** buffer, guint index, gpointer user_data)
{
  Run *self = user_data;
  GstMapInfo map;

  /* What was played comes first, then the bad news. */
  if (self->bytes->len > 0)
    g_assert_cmpuint (gst_rtmp_test_count (self->test, GST_MESSAGE_ERROR, NULL),
        ==, 0);
  g_assert_true (gst_buffer_map (*buffer, &map, GST_MAP_READ));
  g_byte_array_append (self->bytes, map.data, (guint) map.size);
  gst_buffer_unmap (*buffer, &map);
  return TRUE;
}

static GstPadProbeReturn
on_output (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Run *self = user_data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);

  g_mutex_lock (&self->lock);
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER)
    append (&buffer, 0, self);
  else if (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST)
    gst_buffer_list_foreach (GST_PAD_PROBE_INFO_BUFFER_LIST (info), append,
        self);
  else if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_EOS)
    self->eos++;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

static void
make_pipeline (Run * self)
{
  const gchar *properties = self->row->properties ? self->row->properties : "";
  g_autofree gchar *location = make_location (self);
  guint timeout = is_slow (self->row) && self->row->step < RTMP_TEST_STEP_MEDIA
      ? 1 : RTMP_TEST_PATIENCE / G_USEC_PER_SEC;
  g_autoptr (GstPad) pad = NULL;

  if (self->publish)
    self->test = gst_rtmp_test_new ("appsrc name=source format=time "
        "max-bytes=0 caps=video/x-flv ! rtmpsink name=rtmp sync=false "
        "location=%s timeout=%u %s", location, timeout, properties);
  else
    self->test = gst_rtmp_test_new ("rtmpsrc name=rtmp location=%s timeout=%u "
        "%s ! fakesink name=sink async=false sync=false", location, timeout,
        properties);
  self->element = gst_rtmp_test_element (self->test, "rtmp");
  pad = gst_element_get_static_pad (self->element,
      self->publish ? "sink" : "src");
  if (!self->publish)
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_DATA_DOWNSTREAM, on_output,
        self, NULL);
}

static void
run_init (Run * self, const Row * row, gboolean publish)
{
  RtmpTestPlan plan = {.step = row->step,.fault = row->fault,
    .code = row->code,.description = row->description,
    .handshake = row->handshake,
    .small_window = row->fault == RTMP_TEST_FAULT_DEAF
  };

  memset (self, 0, sizeof (*self));
  self->row = row;
  self->publish = publish;
  self->media = gst_rtmp_test_numbered (MEDIA, MEDIA_SIZE);
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->bytes = g_byte_array_new ();
  self->say = row->make ? row->make ()
      : g_bytes_new_static (row->bytes, row->n_bytes);
  plan.say = self->say;
  if (publish) {
    plan.media = BEFORE;
  } else {
    plan.started = play_media;
    plan.user_data = self->media;
  }
  self->server = rtmp_test_server_new (&plan);
  make_pipeline (self);
}

static void
push (Run * self, GBytes * bytes)
{
  GstElement *source = gst_rtmp_test_element (self->test, "source");
  g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped_bytes (bytes);
  GstFlowReturn flow;

  g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
  g_assert_cmpint (flow, ==, GST_FLOW_OK);
}

static void
run_begin (Run * self)
{
  g_autoptr (GBytes) flv = gst_rtmp_test_flv (self->media);
  GstStateChangeReturn result;

  if (self->publish)
    push (self, flv);
  result = gst_element_set_state (self->test->pipeline, GST_STATE_PLAYING);
  g_assert_cmpint (result == GST_STATE_CHANGE_FAILURE, ==,
      self->row->place == PLACE_NONE);
}

/* What was told */

static gint
resource_code (const Run * self)
{
  switch (self->row->error) {
    case OPEN:
      return self->publish ? GST_RESOURCE_ERROR_OPEN_WRITE
          : GST_RESOURCE_ERROR_OPEN_READ;
    case TRANSFER:
      return self->publish ? GST_RESOURCE_ERROR_WRITE : GST_RESOURCE_ERROR_READ;
    default:
      return self->row->error;
  }
}

/* The text stands in docs/errors.md, which says more; all but the location. */
static void
assert_documented (const gchar * text)
{
  g_autofree gchar *path =
      g_test_build_filename (G_TEST_DIST, "..", "docs", "errors.md", NULL);
  const gchar *where = strstr (text, " (rtmp");
  g_autofree gchar *cell = where
      ? g_strdup_printf ("| %.*s. |", (int) (where - text), text)
      : g_strdup_printf ("| %s |", text);
  g_autofree gchar *doc = NULL;

  g_assert_true (g_file_get_contents (path, &doc, NULL, NULL));
  if (strstr (doc, cell) == NULL)
    g_error ("not in docs/errors.md: %s", cell);
}

static void
check_error (Run * self)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;

  gst_rtmp_test_assert_error (self->test, self->element, GST_RESOURCE_ERROR,
      resource_code (self), self->row->advice);
  gst_message_parse_error (gst_rtmp_test_wait (self->test, GST_MESSAGE_ERROR),
      &error, &debug);
  if (strstr (debug, self->row->said) == NULL)
    g_error ("no \"%s\" in: %s", self->row->said, debug);
  g_assert_cmpint (strstr (error->message, " (rtmp") == NULL, ==,
      self->row->place == PLACE_NONE);
  assert_documented (error->message);
}

static void
check_progress (Run * self)
{
  gboolean ran = self->row->step == RTMP_TEST_STEP_MEDIA;

  g_assert_cmpuint (gst_rtmp_test_count_progress (self->test,
          GST_PROGRESS_TYPE_START), ==, self->row->place != PLACE_NONE);
  g_assert_cmpuint (gst_rtmp_test_count_progress (self->test,
          GST_PROGRESS_TYPE_COMPLETE), ==, ran);
  g_assert_cmpuint (gst_rtmp_test_count_progress (self->test,
          GST_PROGRESS_TYPE_ERROR), ==, !ran);
  g_assert_cmpuint (gst_rtmp_test_count_progress (self->test,
          GST_PROGRESS_TYPE_CANCELED), ==, 0);
  g_assert_cmpuint (gst_rtmp_test_count_element (self->test,
          "rtmp-disconnected"), ==, ran);
}

/* What was delivered */

/* All that the server played, and then the end. (A bin that hears of an error
 * before it is in PLAYING stays where it is, so that nothing need come out.) */
static void
check_played (Run * self)
{
  gint64 end = g_get_monotonic_time () + RTMP_TEST_PATIENCE;
  g_autoptr (GBytes) expected = gst_rtmp_test_flv (self->media);

  g_mutex_lock (&self->lock);
  while (self->eos == 0)
    if (!g_cond_wait_until (&self->cond, &self->lock, end))
      g_error ("the source sent no EOS");
  g_assert_cmpuint (self->eos, ==, 1);
  g_assert_cmpmem (self->bytes->data, self->bytes->len,
      g_bytes_get_data (expected, NULL), g_bytes_get_size (expected));
  g_mutex_unlock (&self->lock);
}

/* All up to where it failed, and of the rest what came until the connection was
 * closed: no hole, nothing twice. */
static void
check_published (Run * self)
{
  guint n;

  if (!(self->row->fault & RTMP_TEST_FAULT_RESET))
    rtmp_test_server_wait_end (self->server);
  n = rtmp_scripted_peer_count (rtmp_test_server_lock (self->server),
      RTMP_MESSAGE_VIDEO);
  rtmp_test_server_unlock (self->server);
  g_assert_cmpuint (n, >=, BEFORE);
  g_assert_cmpuint (n, <=, MEDIA);
  g_ptr_array_set_size (self->media, n);
  gst_rtmp_test_assert_published (self->server, self->media);
}

static void
run_end (Run * self)
{
  g_test_message ("%s %s", self->publish ? "publish" : "play", self->row->name);
  check_error (self);
  if (!self->publish && self->row->step == RTMP_TEST_STEP_MEDIA)
    check_played (self);
  gst_rtmp_test_set_state (self->test, GST_STATE_NULL);
  if (self->publish && self->row->step == RTMP_TEST_STEP_MEDIA)
    check_published (self);
  check_progress (self);
  /* A source of data that is not taken any more posts one of its own. */
  g_assert_cmpuint (gst_rtmp_test_count (self->test, GST_MESSAGE_ERROR,
          self->publish ? self->element : NULL), ==, 1);
  gst_rtmp_test_assert_secret (self->test, KEY);
}

static void
run_clear (Run * self)
{
  gst_rtmp_test_free (self->test);
  rtmp_test_server_free (self->server);
  g_clear_pointer (&self->full_port, rtmp_test_full_port_free);
  g_clear_pointer (&self->resolver, rtmp_test_resolver_restore);
  g_bytes_unref (self->say);
  g_byte_array_unref (self->bytes);
  g_ptr_array_unref (self->media);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
}

/* Tests */

static void
fail (const Row * row, gboolean publish)
{
  Run run;

  run_init (&run, row, publish);
  run_begin (&run);
  run_end (&run);
  run_clear (&run);
}

static void
test_publish (gconstpointer row)
{
  fail (row, TRUE);
}

static void
test_play (gconstpointer row)
{
  fail (row, FALSE);
}

/* All at once, since each takes its time. */
static void
test_silence (gconstpointer publish)
{
  const Whom whom = publish ? PUBLISH : PLAY;
  Run runs[G_N_ELEMENTS (rows)];
  guint i, n = 0;

  for (i = 0; i < G_N_ELEMENTS (rows); i++)
    if (is_slow (&rows[i]) && (rows[i].whom == BOTH || rows[i].whom == whom))
      run_init (&runs[n++], &rows[i], publish != NULL);
  for (i = 0; i < n; i++)
    run_begin (&runs[i]);
  for (i = 0; i < n; i++)
    run_end (&runs[i]);
  for (i = 0; i < n; i++)
    run_clear (&runs[i]);
}

static const Row *
find_row (const gchar * name)
{
  const Row *row = rows;

  while (!g_str_equal (row->name, name))
    row++;
  return row;
}

static GstPadProbeReturn
block (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  return GST_PAD_PROBE_OK;
}

/* However long downstream takes, it gets all that was played before it hears of
 * the loss. */
static void
test_played_first (void)
{
  g_autoptr (GstPad) pad = NULL;
  gulong id;
  Run run;

  run_init (&run, find_row ("media/close"), FALSE);
  pad = gst_element_get_static_pad (gst_rtmp_test_element (run.test, "sink"),
      "sink");
  id = gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BLOCK
      | GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, block,
      NULL, NULL);
  run_begin (&run);
  gst_rtmp_test_wait_element (run.test, "rtmp-disconnected");
  g_assert_cmpuint (gst_rtmp_test_count (run.test, GST_MESSAGE_ERROR, NULL), ==,
      0);
  gst_pad_remove_probe (pad, id);
  run_end (&run);
  run_clear (&run);
}

/* A server that does not read any more holds up the end for a time; what was
 * written to it before is there. */
static void
test_reader_stops (void)
{
  static const Row deaf = { "deaf", RTMP_TEST_STEP_MEDIA,
    RTMP_TEST_FAULT_DEAF,.properties = "eos-timeout=200000000"
  };
  g_autoptr (GError) warning = NULL;
  GstFlowReturn flow;
  Run run;

  run_init (&run, &deaf, TRUE);
  g_ptr_array_unref (run.media);
  run.media = gst_rtmp_test_numbered (MEDIA, 300000);
  run_begin (&run);
  g_signal_emit_by_name (gst_rtmp_test_element (run.test, "source"),
      "end-of-stream", &flow);
  gst_rtmp_test_wait (run.test, GST_MESSAGE_EOS);
  g_assert_cmpuint (gst_rtmp_test_count (run.test, GST_MESSAGE_ERROR, NULL), ==,
      0);
  g_assert_cmpuint (gst_rtmp_test_count (run.test, GST_MESSAGE_WARNING, NULL),
      ==, 1);
  gst_message_parse_warning (gst_rtmp_test_wait (run.test, GST_MESSAGE_WARNING),
      &warning, NULL);
  g_assert_error (warning, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_WRITE);
  assert_documented (warning->message);
  gst_rtmp_test_set_state (run.test, GST_STATE_NULL);
  /* So that it is deaf already. */
  rtmp_test_server_wait_media (run.server, BEFORE);
  rtmp_test_server_set_reading (run.server, TRUE);
  check_published (&run);
  g_assert_cmpuint (run.media->len, <, MEDIA);
  run_clear (&run);
}

/* What goes in is no FLV. */
static void
test_not_flv (void)
{
  static const Row fine = { "fine", };
  g_autoptr (GBytes) bytes =
      g_bytes_new_static ("\x47\x40\0\x10 transport", 14);
  g_autoptr (GError) error = NULL;
  Run run;

  run_init (&run, &fine, TRUE);
  push (&run, bytes);
  gst_rtmp_test_set_state (run.test, GST_STATE_PLAYING);
  gst_rtmp_test_assert_error (run.test, run.element, GST_STREAM_ERROR,
      GST_STREAM_ERROR_FORMAT, "flvmux");
  gst_message_parse_error (gst_rtmp_test_wait (run.test, GST_MESSAGE_ERROR),
      &error, NULL);
  assert_documented (error->message);
  run_clear (&run);
}

static void
add (const gchar * path, const Row * row, GTestDataFunc func)
{
  g_autofree gchar *full = g_strconcat (path, row->name, NULL);

  g_test_add_data_func (full, row, func);
}

int
main (int argc, char **argv)
{
  guint i;

  gst_rtmp_test_init (&argc, &argv);
  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (rows[i].whom != PLAY && !is_slow (&rows[i]))
      add ("/failures/publish/", &rows[i], test_publish);
    if (rows[i].whom != PUBLISH && !is_slow (&rows[i]))
      add ("/failures/play/", &rows[i], test_play);
  }
  g_test_add_data_func ("/failures/publish/silence", GINT_TO_POINTER (TRUE),
      test_silence);
  g_test_add_data_func ("/failures/play/silence", NULL, test_silence);
  g_test_add_func ("/failures/play/played-first", test_played_first);
  g_test_add_func ("/failures/publish/not-flv", test_not_flv);
  g_test_add_func ("/failures/publish/reader-stops", test_reader_stops);
  return g_test_run ();
}

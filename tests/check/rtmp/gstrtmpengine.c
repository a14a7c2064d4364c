/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The engine alone: no element pulls but the test, so that what waits, waits.
 * And what needs the source around it, to seek. */
#include "gstrtmpengine.h"

#include <string.h>

#include "gstrtmptest.h"

/* Of a recorded stream, by the source: connect, createStream, getStreamLength,
 * play. The engine alone is not asked for the length. */
#define CALLS_OF_SOURCE 4
#define CALLS 3

/* For how long it is watched that nothing happens. */
#define WATCHED (300 * GST_MSECOND)

#define AUDIO RTMP_MESSAGE_AUDIO
#define STREAM RTMP_SCRIPTED_PEER_STREAM

typedef struct
{
  RtmpTestServer *server;
  GstElement *element;          /* what it speaks for */
  GstBus *bus;
  GstRtmpEngine *engine;
} Fixture;

static void
start (Fixture * self, const GstRtmpEngineOptions * options)
{
  g_autofree gchar *url = rtmp_test_server_url (self->server, "recorded.flv");
  GstRtmpSettings settings;
  RtmpClientConfig config;
  GError *error = NULL;

  gst_rtmp_settings_init (&settings);
  rtmp_url_free (settings.url);
  settings.url = rtmp_url_parse (url, &error);
  g_assert_no_error (error);
  rtmp_client_config_init (&config);
  g_assert_true (gst_rtmp_engine_start (self->engine, &settings, &config,
          options));
  gst_rtmp_settings_clear (&settings);
}

static void
fixture_init (Fixture * self, const RtmpTestPlan * plan,
    const GstRtmpEngineOptions * options)
{
  self->server = rtmp_test_server_new (plan);
  self->element = gst_pipeline_new (NULL);
  self->bus = gst_element_get_bus (self->element);
  self->engine = gst_rtmp_engine_new (self->element);
  start (self, options);
}

static void
fixture_clear (Fixture * self)
{
  gst_rtmp_engine_free (self->engine);
  gst_bus_set_flushing (self->bus, TRUE);
  gst_object_unref (self->bus);
  gst_object_unref (self->element);
  rtmp_test_server_free (self->server);
}

/* The next message of that name, and of a status with that @code (%NULL: any),
 * comes within @time. */
static gboolean
was_told_code (Fixture * self, const gchar * name, const gchar * code,
    GstClockTime time)
{
  GstClockTime end = gst_util_get_timestamp () + time, now;
  gboolean told = FALSE;

  while (!told && (now = gst_util_get_timestamp ()) < end) {
    GstMessage *message = gst_bus_timed_pop_filtered (self->bus, end - now,
        GST_MESSAGE_ELEMENT);

    if (message == NULL)
      break;
    told = gst_message_has_name (message, name) && (code == NULL
        || g_str_equal (gst_structure_get_string (gst_message_get_structure
                (message), "code"), code));
    gst_message_unref (message);
  }
  return told;
}

static gboolean
was_told (Fixture * self, const gchar * name, GstClockTime time)
{
  return was_told_code (self, name, NULL, time);
}

static void
wait_told (Fixture * self, const gchar * name)
{
  g_assert_true (was_told (self, name, RTMP_TEST_PATIENCE * GST_USECOND));
}

static void
wait_status (Fixture * self, const gchar * code)
{
  g_assert_true (was_told_code (self, "rtmp-status", code,
          RTMP_TEST_PATIENCE * GST_USECOND));
}

/* Takes @n messages, of which the last has @timestamp. */
static void
pop (GstRtmpEngine * engine, guint n, guint32 timestamp)
{
  GstFlowReturn flow = GST_FLOW_OK;
  RtmpMessage message;

  while (n-- > 0) {
    g_assert_cmpuint (gst_rtmp_engine_pop (engine, &message, 1, &flow), ==, 1);
    if (n == 0)
      g_assert_cmpuint (message.timestamp, ==, timestamp);
    rtmp_message_clear (&message);
  }
}

static GstFlowReturn
pop_nothing (GstRtmpEngine * engine)
{
  GstFlowReturn flow = GST_FLOW_OK;
  RtmpMessage message;

  g_assert_cmpuint (gst_rtmp_engine_pop (engine, &message, 1, &flow), ==, 0);
  return flow;
}

/* The server */

static void
send_audio (RtmpScriptedPeer * peer, guint32 from, guint32 to, guint32 step)
{
  guint32 time;

  for (time = from; time < to; time += step)
    rtmp_scripted_peer_send_media (peer, AUDIO, STREAM, time,
        g_bytes_new_static ("aa", 2));
}

static void
send_status (RtmpScriptedPeer * peer, const gchar * code)
{
  rtmp_scripted_peer_send_status (peer, STREAM, "status", code, "");
}

static void
say (RtmpScriptedPeer * peer, gpointer code)
{
  send_status (peer, code);
}

static void
server_says (RtmpTestServer * server, const gchar * code)
{
  rtmp_test_server_call (server, say, (gpointer) code);
}

/* "seek 500 pause 1 " and so on, of all commands from @from on. */
static gchar *
list_tricks (RtmpTestServer * server)
{
  RtmpScriptedPeer *peer = rtmp_test_server_lock (server);
  GString *text = g_string_new (NULL);
  guint i;

  for (i = 0; i < rtmp_scripted_peer_n_received (peer); i++) {
    const RtmpMessage *message = rtmp_scripted_peer_received (peer, i);
    g_auto (RtmpCommand) command = { NULL, };
    const RtmpValue *arg;

    if (message->type != RTMP_MESSAGE_COMMAND_AMF0
        || !rtmp_command_parse (&command, message, NULL, NULL))
      continue;
    arg = rtmp_command_arg (&command, 1);
    if (g_str_equal (command.name, "seek"))
      g_string_append_printf (text, "seek %g ", rtmp_value_as_number (arg, 0));
    if (g_str_equal (command.name, "pause"))
      g_string_append_printf (text, "pause %d ",
          rtmp_value_as_boolean (arg, FALSE));
  }
  rtmp_test_server_unlock (server);
  return g_string_free (text, FALSE);
}

static void
assert_tricks (RtmpTestServer * server, guint calls, const gchar * expected)
{
  g_autofree gchar *tricks = NULL;

  rtmp_test_server_wait_type (server, RTMP_MESSAGE_COMMAND_AMF0, calls);
  tricks = list_tricks (server);
  g_assert_cmpstr (tricks, ==, expected);
}

/* Pausing and seeking */

static void
send_two_seconds (RtmpScriptedPeer * peer, const RtmpMessage * message,
    gpointer user_data)
{
  send_audio (peer, 0, 2001, 10);
}

static void
send_a_little_less (RtmpScriptedPeer * peer, const RtmpMessage * message,
    gpointer user_data)
{
  send_audio (peer, 0, 2000, 10);
}

static void
send_the_rest (RtmpScriptedPeer * peer, gpointer user_data)
{
  send_audio (peer, 2000, 2001, 10);
}

static void
ping (RtmpScriptedPeer * peer, gpointer user_data)
{
  rtmp_scripted_peer_send_user_control (peer, RTMP_USER_CONTROL_PING_REQUEST,
      1);
}

/* The server is told to pause when two seconds wait, not before and not again;
 * and to go on when we do. */
static void
test_pause (void)
{
  const RtmpTestPlan plan = {.started = send_a_little_less };
  const GstRtmpEngineOptions options = { 0, };
  Fixture f;

  fixture_init (&f, &plan, &options);
  gst_rtmp_engine_set_paused (f.engine, TRUE);
  rtmp_test_server_wait_step (f.server, RTMP_TEST_STEP_RUNNING);
  server_says (f.server, "Behind.All");
  wait_status (&f, "Behind.All");
  rtmp_test_server_call (f.server, send_the_rest, NULL);
  assert_tricks (f.server, CALLS + 1, "pause 1 ");
  rtmp_test_server_call (f.server, send_the_rest, NULL);
  server_says (f.server, "Behind.That");
  wait_status (&f, "Behind.That");
  gst_rtmp_engine_set_paused (f.engine, FALSE);
  assert_tricks (f.server, CALLS + 2, "pause 1 pause 0 ");
  fixture_clear (&f);
}

/* What is taken does not count: with less than two seconds left it goes on. */
static void
test_pause_not_yet (void)
{
  const RtmpTestPlan plan = {.started = send_a_little_less };
  const GstRtmpEngineOptions options = { 0, };
  Fixture f;

  fixture_init (&f, &plan, &options);
  gst_rtmp_engine_set_paused (f.engine, TRUE);
  pop (f.engine, 1, 0);
  rtmp_test_server_call (f.server, send_the_rest, NULL);
  server_says (f.server, "Behind.All");
  wait_status (&f, "Behind.All");
  /* A pause would be at the server before the answer to a ping is; that stands
   * behind the length of the buffer. */
  rtmp_test_server_call (f.server, ping, NULL);
  rtmp_test_server_wait_type (f.server, RTMP_MESSAGE_USER_CONTROL, 2);
  assert_tricks (f.server, CALLS, "");
  fixture_clear (&f);
}

/* A seek while the server is paused lets it go on, behind the seek: it would
 * else never send what was asked for. */
static void
test_seek_while_paused (void)
{
  const RtmpTestPlan plan = {.started = send_two_seconds };
  const GstRtmpEngineOptions options = { 0, };
  Fixture f;

  fixture_init (&f, &plan, &options);
  gst_rtmp_engine_set_paused (f.engine, TRUE);
  assert_tricks (f.server, CALLS + 1, "pause 1 ");
  gst_rtmp_engine_seek (f.engine, 500);
  assert_tricks (f.server, CALLS + 3, "pause 1 seek 500 pause 0 ");
  /* What comes before the answer is from before the seek. */
  rtmp_test_server_call (f.server, send_the_rest, NULL);
  server_says (f.server, "NetStream.Seek.Notify");
  rtmp_test_server_call (f.server, send_the_rest, NULL);
  pop (f.engine, 1, 2000);
  server_says (f.server, "NetStream.Play.Stop");
  g_assert_cmpint (pop_nothing (f.engine), ==, GST_FLOW_EOS);
  fixture_clear (&f);
}

/* A seek of a server that was not told to pause does not make it go on. */
static void
test_seek_while_running (void)
{
  const RtmpTestPlan plan = {.started = send_two_seconds };
  const GstRtmpEngineOptions options = { 0, };
  Fixture f;

  fixture_init (&f, &plan, &options);
  rtmp_test_server_wait_step (f.server, RTMP_TEST_STEP_RUNNING);
  gst_rtmp_engine_seek (f.engine, 500);
  assert_tricks (f.server, CALLS + 1, "seek 500 ");
  server_says (f.server, "NetStream.Seek.Notify");
  server_says (f.server, "NetStream.Play.Stop");
  g_assert_cmpint (pop_nothing (f.engine), ==, GST_FLOW_EOS);
  assert_tricks (f.server, CALLS + 1, "seek 500 ");
  fixture_clear (&f);
}

/* The end comes while the server is paused by us: what had come still goes out,
 * and going on asks for nothing any more. */
static void
test_end_while_paused (void)
{
  const RtmpTestPlan plan = {.started = send_two_seconds };
  const GstRtmpEngineOptions options = { 0, };
  Fixture f;

  fixture_init (&f, &plan, &options);
  gst_rtmp_engine_set_paused (f.engine, TRUE);
  assert_tricks (f.server, CALLS + 1, "pause 1 ");
  server_says (f.server, "NetStream.Play.Complete");
  wait_told (&f, "rtmp-disconnected");
  gst_rtmp_engine_set_paused (f.engine, FALSE);
  pop (f.engine, 201, 2000);
  g_assert_cmpint (pop_nothing (f.engine), ==, GST_FLOW_EOS);
  g_assert_true (gst_rtmp_engine_has_ended (f.engine));
  assert_tricks (f.server, CALLS + 1, "pause 1 ");
  /* What is left is nothing: a second pause neither. */
  gst_rtmp_engine_set_paused (f.engine, TRUE);
  gst_rtmp_engine_set_paused (f.engine, FALSE);
  g_assert_cmpint (pop_nothing (f.engine), ==, GST_FLOW_EOS);
  fixture_clear (&f);
}

/* Caps */

#define SMALL_ONES 600

static void
send_small_ones (RtmpScriptedPeer * peer, const RtmpMessage * message,
    gpointer user_data)
{
  send_audio (peer, 0, SMALL_ONES, 1);
  send_status (peer, "Behind.All");
}

/* Messages of two bytes are not free: they fill the queue, and the server is
 * heard no more, long before their payload alone would. */
static void
test_small_messages (void)
{
  const RtmpTestPlan plan = {.started = send_small_ones };
  const GstRtmpEngineOptions options = {.max_bytes = 50 * SMALL_ONES };
  Fixture f;

  fixture_init (&f, &plan, &options);
  wait_status (&f, "Behind.All");
  server_says (f.server, "NetStream.Play.Stop");
  g_assert_false (was_told (&f, "rtmp-disconnected", WATCHED));
  pop (f.engine, SMALL_ONES, SMALL_ONES - 1);
  wait_told (&f, "rtmp-disconnected");
  g_assert_cmpint (pop_nothing (f.engine), ==, GST_FLOW_EOS);
  fixture_clear (&f);
}

#define STATUSES 1500
#define MOST_STATUSES 1000

static void
send_statuses (RtmpScriptedPeer * peer, const RtmpMessage * message,
    gpointer user_data)
{
  guint i;

  for (i = 0; i < STATUSES; i++)
    send_status (peer, "Server.Says");
  send_status (peer, "NetStream.Play.Stop");
}

static guint
count_statuses (Fixture * self)
{
  gboolean ended = FALSE;
  guint n = 0;

  while (!ended) {
    GstMessage *message = gst_bus_timed_pop_filtered (self->bus,
        RTMP_TEST_PATIENCE * GST_USECOND, GST_MESSAGE_ELEMENT);

    g_assert_nonnull (message);
    n += gst_message_has_name (message, "rtmp-status");
    ended = gst_message_has_name (message, "rtmp-disconnected");
    gst_message_unref (message);
  }
  return n;
}

/* A server cannot fill a bus that nobody reads; and each stream may say as much
 * as the one before. */
static void
test_statuses (void)
{
  const RtmpTestPlan plan = {.started = send_statuses };
  const GstRtmpEngineOptions options = { 0, };
  Fixture f;

  fixture_init (&f, &plan, &options);
  g_assert_cmpuint (count_statuses (&f), ==, MOST_STATUSES);
  gst_rtmp_engine_stop (f.engine);
  start (&f, &options);
  g_assert_cmpuint (count_statuses (&f), ==, MOST_STATUSES);
  fixture_clear (&f);
}

/* The end */

static void
send_ten (RtmpScriptedPeer * peer, const RtmpMessage * message,
    gpointer user_data)
{
  send_audio (peer, 0, 100, 10);
}

/* A connection that is lost is an error, or an end, as the user has it. */
static void
test_loss (gconstpointer is_end)
{
  const RtmpTestPlan plan = {.started = send_ten };
  const GstRtmpEngineOptions options = {
    .loss_is_end = GPOINTER_TO_INT (is_end)
  };
  Fixture f;

  fixture_init (&f, &plan, &options);
  rtmp_test_server_wait_step (f.server, RTMP_TEST_STEP_RUNNING);
  rtmp_test_server_close (f.server);
  pop (f.engine, 10, 90);
  g_assert_cmpint (pop_nothing (f.engine), ==, is_end ? GST_FLOW_EOS
      : GST_FLOW_ERROR);
  g_assert_cmpint (gst_rtmp_engine_has_ended (f.engine), ==, is_end != NULL);
  fixture_clear (&f);
}

/* The source */

typedef struct
{
  GMutex lock;
  GCond cond;
  guint n;
} Ends;

/* A server that ends the stream before anybody has played it; but only the
 * first time. */
static void
play_recorded (RtmpScriptedPeer * peer, const RtmpMessage * message,
    gpointer user_data)
{
  guint *connections = user_data;

  if ((*connections)++ > 0)
    return;
  send_audio (peer, 0, 100, 10);
  send_status (peer, "NetStream.Play.Complete");
}

static void
answer_seek (RtmpScriptedPeer * peer, gpointer user_data)
{
  send_status (peer, "NetStream.Seek.Notify");
  send_audio (peer, 5000, 5100, 10);
  send_status (peer, "NetStream.Play.Complete");
}

static GstRtmpTest *
test_of (RtmpTestServer * server, const gchar * properties)
{
  g_autofree gchar *url = rtmp_test_server_url (server, "recorded.flv");

  return gst_rtmp_test_new ("rtmpsrc name=src location=%s %s "
      "! fakesink name=sink sync=false", url, properties);
}

/* So many ends, of the source itself: the one after a seek is its own. */
static GstPadProbeReturn
count_eos (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Ends *ends = user_data;

  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) != GST_EVENT_EOS)
    return GST_PAD_PROBE_OK;
  g_mutex_lock (&ends->lock);
  ends->n++;
  g_cond_signal (&ends->cond);
  g_mutex_unlock (&ends->lock);
  return GST_PAD_PROBE_OK;
}

static void
ends_init (Ends * self, GstElement * sink)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, "sink");

  memset (self, 0, sizeof (*self));
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, count_eos, self,
      NULL);
}

static void
ends_wait (Ends * self, guint n)
{
  gint64 end = g_get_monotonic_time () + RTMP_TEST_PATIENCE;

  g_mutex_lock (&self->lock);
  while (self->n < n)
    if (!g_cond_wait_until (&self->cond, &self->lock, end))
      g_error ("%u ends, not %u", self->n, n);
  g_mutex_unlock (&self->lock);
}

static void
ends_clear (Ends * self)
{
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
}

/* After its end a server seeks no more: the stream is asked for again. */
static void
test_seek_after_the_end (void)
{
  guint connections = 0;
  const RtmpTestPlan plan = {.started = play_recorded,
    .user_data = &connections
  };
  RtmpTestServer *server = rtmp_test_server_new (&plan);
  GstRtmpTest *test = test_of (server, "");
  GstElement *sink = gst_rtmp_test_element (test, "sink");
  g_autoptr (GstSample) last = NULL;
  Ends ends;

  ends_init (&ends, sink);
  gst_rtmp_test_set_state (test, GST_STATE_PLAYING);
  ends_wait (&ends, 1);
  g_assert_true (gst_element_seek_simple (gst_rtmp_test_element (test, "src"),
          GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, 5 * GST_SECOND));
  assert_tricks (server, CALLS_OF_SOURCE + 1, "seek 5000 ");
  g_assert_cmpuint (rtmp_test_server_n_connections (server), ==, 2);
  rtmp_test_server_call (server, answer_seek, NULL);
  ends_wait (&ends, 2);
  g_object_get (sink, "last-sample", &last, NULL);
  g_assert_cmpuint (GST_BUFFER_PTS (gst_sample_get_buffer (last)), ==,
      5090 * GST_MSECOND);
  g_assert_cmpuint (gst_rtmp_test_count (test, GST_MESSAGE_ERROR, NULL), ==, 0);
  gst_rtmp_test_free (test);
  rtmp_test_server_free (server);
  ends_clear (&ends);
}

/* Where players look for whether to buffer. */
static void
test_scheduling (void)
{
  GstElement *src = gst_element_factory_make ("rtmpsrc", NULL);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (src, "src");
  g_autoptr (GstQuery) query = gst_query_new_scheduling ();
  GstSchedulingFlags flags;
  gint min, max, align;

  g_assert_true (gst_pad_query (pad, query));
  gst_query_parse_scheduling (query, &flags, &min, &max, &align);
  g_assert_true (flags & GST_SCHEDULING_FLAG_BANDWIDTH_LIMITED);
  g_assert_true (flags & GST_SCHEDULING_FLAG_SEQUENTIAL);
  g_assert_false (flags & GST_SCHEDULING_FLAG_SEEKABLE);
  g_assert_true (gst_query_has_scheduling_mode (query, GST_PAD_MODE_PUSH));
  g_assert_false (gst_query_has_scheduling_mode (query, GST_PAD_MODE_PULL));
  gst_object_unref (src);
}

/* The sink */

/* The first message of @type that the server got: its index. */
static guint
first_of (RtmpScriptedPeer * peer, RtmpMessageType type)
{
  guint i, n = rtmp_scripted_peer_n_received (peer);

  for (i = 0; i < n && rtmp_scripted_peer_received (peer, i)->type != type;
      i++);
  g_assert_cmpuint (i, <, n);
  return i;
}

static void
assert_begins (RtmpScriptedPeer * peer, guint index, const gchar * bytes,
    gsize size)
{
  GBytes *payload = rtmp_scripted_peer_received (peer, index)->payload;

  g_assert_cmpuint (g_bytes_get_size (payload), >, size);
  g_assert_cmpmem (g_bytes_get_data (payload, NULL), size, bytes, size);
}

#define SET_METADATA "\x02\0\x0d@setDataFrame\x02\0\x0aonMetaData\x08"

/* A server hears what there will be before it gets any of it: metadata first,
 * and of each track its sequence header. */
static void
test_order (void)
{
  const RtmpTestPlan plan = { 0, };
  RtmpTestServer *server = rtmp_test_server_new (&plan);
  g_autofree gchar *url = rtmp_test_server_url (server, "key");
  g_autofree gchar *file = gst_rtmp_test_path ("avc_aac.flv");
  GstRtmpTest *test = gst_rtmp_test_new ("filesrc location=\"%s\" "
      "! rtmpsink location=%s sync=false", file, url);
  RtmpScriptedPeer *peer;
  guint data, audio, video;

  gst_rtmp_test_set_state (test, GST_STATE_PLAYING);
  gst_rtmp_test_wait (test, GST_MESSAGE_EOS);
  peer = rtmp_test_server_lock (server);
  data = first_of (peer, RTMP_MESSAGE_DATA_AMF0);
  audio = first_of (peer, RTMP_MESSAGE_AUDIO);
  video = first_of (peer, RTMP_MESSAGE_VIDEO);
  g_assert_cmpuint (data, <, MIN (audio, video));
  assert_begins (peer, data, SET_METADATA, sizeof (SET_METADATA) - 1);
  assert_begins (peer, audio, "\xAF\0", 2);
  assert_begins (peer, video, "\x17\0", 2);
  rtmp_test_server_unlock (server);
  gst_rtmp_test_free (test);
  rtmp_test_server_free (server);
}

/* Files of TLS */

static const gchar *const tls_files[] = {
  "tls-ca-file", "tls-certificate-file", "tls-key-file",
};

static gchar *
file_of (const gchar * name)
{
  return g_build_filename (g_getenv ("FILES"), name, NULL);
}

/* One of the files is @file, and the others are in order. */
static void
set_tls_files (GstElement * src, const gchar * property, const gchar * file)
{
  g_autofree gchar *authority = file_of ("tls/ca.pem");
  g_autofree gchar *certificate = file_of ("tls/server.pem");
  g_autofree gchar *key = file_of ("tls/server.key");

  g_object_set (src, "tls-ca-file", authority, "tls-certificate-file",
      certificate, "tls-key-file", key, property, file, NULL);
}

static void
check_tls_file (const gchar * property, const gchar * file)
{
  const RtmpTestPlan plan = {.tls = TRUE };
  RtmpTestServer *server = rtmp_test_server_new (&plan);
  g_autofree gchar *url = g_strdup_printf ("rtmps://127.0.0.1:%u/live/key",
      rtmp_test_server_port (server));
  GstRtmpTest *test = gst_rtmp_test_new ("rtmpsrc name=src location=%s "
      "! fakesink name=sink async=false", url);
  GstElement *src = gst_rtmp_test_element (test, "src");

  set_tls_files (src, property, file);
  gst_element_set_state (test->pipeline, GST_STATE_PLAYING);
  gst_rtmp_test_assert_error (test, src, GST_RESOURCE_ERROR,
      GST_RESOURCE_ERROR_SETTINGS, "a file that cannot be used");
  g_assert_cmpuint (gst_rtmp_test_count (test, GST_MESSAGE_ERROR, NULL), ==, 1);
  g_assert_cmpuint (rtmp_test_server_n_connections (server), ==, 0);
  gst_rtmp_test_free (test);
  rtmp_test_server_free (server);
}

/* Nothing is sent to a server when a file is not there, or holds something
 * else. */
static void
test_tls_files (void)
{
  g_autofree gchar *missing = file_of ("tls/no-such-file.pem");
  g_autofree gchar *garbage = file_of ("media/avc_aac.flv");
  guint i;

  for (i = 0; i < G_N_ELEMENTS (tls_files); i++) {
    check_tls_file (tls_files[i], missing);
    check_tls_file (tls_files[i], garbage);
  }
}

/* They matter only to who uses them. */
static void
test_tls_files_without_tls (void)
{
  const RtmpTestPlan plan = {.started = send_ten };
  RtmpTestServer *server = rtmp_test_server_new (&plan);
  GstRtmpTest *test = test_of (server, "num-buffers=5");

  set_tls_files (gst_rtmp_test_element (test, "src"), "tls-ca-file", "/none");
  gst_rtmp_test_set_state (test, GST_STATE_PLAYING);
  gst_rtmp_test_wait (test, GST_MESSAGE_EOS);
  g_assert_cmpuint (gst_rtmp_test_count (test, GST_MESSAGE_ERROR, NULL), ==, 0);
  gst_rtmp_test_free (test);
  rtmp_test_server_free (server);
}

int
main (int argc, char **argv)
{
  gst_rtmp_test_init (&argc, &argv);
  g_test_add_func ("/engine/pause/when-two-seconds-wait", test_pause);
  g_test_add_func ("/engine/pause/not-yet", test_pause_not_yet);
  g_test_add_func ("/engine/seek/while-paused", test_seek_while_paused);
  g_test_add_func ("/engine/seek/while-running", test_seek_while_running);
  g_test_add_func ("/engine/end-while-paused", test_end_while_paused);
  g_test_add_func ("/engine/small-messages", test_small_messages);
  g_test_add_func ("/engine/statuses", test_statuses);
  g_test_add_data_func ("/engine/loss/error", NULL, test_loss);
  g_test_add_data_func ("/engine/loss/end", GINT_TO_POINTER (TRUE), test_loss);
  g_test_add_func ("/engine/source/seek-after-the-end",
      test_seek_after_the_end);
  g_test_add_func ("/engine/source/scheduling", test_scheduling);
  g_test_add_func ("/engine/sink/E-122-E-123-order", test_order);
  g_test_add_func ("/engine/tls-files/bad", test_tls_files);
  g_test_add_func ("/engine/tls-files/without-tls", test_tls_files_without_tls);
  return g_test_run ();
}

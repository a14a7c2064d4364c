/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an application asks of a stream that runs, or tells it. */
#include <gio/gio.h>

#include <sys/socket.h>

#include "gstrtmptest.h"

typedef struct
{
  RtmpTestServer *server;
  GstRtmpTest *test;
  GstElement *element;
} Fixture;

/* @format: of a pipeline, with an element "e" and one %s for its location. */
static void
fixture_init (Fixture * self, const RtmpTestPlan * plan, const gchar * format)
{
  g_autofree gchar *url = NULL, *line = NULL;
  GString *text = g_string_new (format);

  self->server = rtmp_test_server_new (plan);
  url = rtmp_test_server_url (self->server, "cam");
  g_string_replace (text, "%s", url, 0);
  line = g_string_free (text, FALSE);
  self->test = gst_rtmp_test_new ("%s", line);
  self->element = gst_rtmp_test_element (self->test, "e");
  gst_rtmp_test_set_state (self->test, GST_STATE_PLAYING);
  rtmp_test_server_wait_step (self->server, RTMP_TEST_STEP_RUNNING);
}

static void
fixture_clear (Fixture * self)
{
  gst_rtmp_test_free (self->test);
  rtmp_test_server_free (self->server);
}

#define SINK "appsrc name=src caps=video/x-flv ! rtmpsink name=e location=%s"
#define SRC "rtmpsrc name=e location=%s ! fakesink async=false sync=false"

static guint32
last_chunk_size (Fixture * self)
{
  RtmpScriptedPeer *peer = rtmp_test_server_lock (self->server);
  guint32 size = 0;
  guint i;

  for (i = 0; i < rtmp_scripted_peer_n_received (peer); i++) {
    const RtmpMessage *message = rtmp_scripted_peer_received (peer, i);
    RtmpControl control;

    if (message->type == RTMP_MESSAGE_SET_CHUNK_SIZE
        && rtmp_control_parse (&control, message, NULL))
      size = control.value;
  }
  rtmp_test_server_unlock (self->server);
  return size;
}

static void
test_chunk_size (void)
{
  Fixture f;

  fixture_init (&f, NULL, SINK);
  g_assert_cmpuint (last_chunk_size (&f), ==, 65536);
  g_object_set (f.element, "chunk-size", 4096, NULL);
  rtmp_test_server_wait_type (f.server, RTMP_MESSAGE_SET_CHUNK_SIZE, 2);
  g_assert_cmpuint (last_chunk_size (&f), ==, 4096);
  g_object_set (f.element, "chunk-size", G_MAXINT, NULL);
  rtmp_test_server_wait_type (f.server, RTMP_MESSAGE_SET_CHUNK_SIZE, 3);
  g_assert_cmpuint (last_chunk_size (&f), ==, 0xFFFFFF);
  fixture_clear (&f);
}

/* Whether any socket of the process is paced to @rate. */
static gboolean
is_paced_to (gint rate)
{
  gint fd, found;

  for (fd = 0; fd < 1000; fd++) {
    socklen_t size = sizeof (found);

    if (getsockopt (fd, SOL_SOCKET, SO_MAX_PACING_RATE, &found, &size) == 0
        && found == rate)
      return TRUE;
  }
  return FALSE;
}

static void
wait_paced (gint rate, gboolean paced)
{
  gint64 end = g_get_monotonic_time () + RTMP_TEST_PATIENCE;

  while (is_paced_to (rate) != paced) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_thread_yield ();
  }
}

static void
test_peak_kbps (void)
{
  Fixture f;

  fixture_init (&f, NULL, SINK " peak-kbps=1000");
  wait_paced (125000, TRUE);
  g_object_set (f.element, "peak-kbps", 800, NULL);
  wait_paced (100000, TRUE);
  wait_paced (125000, FALSE);
  g_object_set (f.element, "peak-kbps", 0, NULL);
  wait_paced (100000, FALSE);
  fixture_clear (&f);
}

static GstClockTime
latency (Fixture * self, gboolean * live)
{
  GstQuery *query = gst_query_new_latency ();
  GstClockTime min;

  g_assert_true (gst_element_query (self->element, query));
  gst_query_parse_latency (query, live, &min, NULL);
  gst_query_unref (query);
  return min;
}

static void
test_latency (void)
{
  gboolean live;
  Fixture f;

  fixture_init (&f, NULL, SRC);
  g_assert_cmpuint (latency (&f, &live), ==, 200 * GST_MSECOND);
  g_assert_true (live);
  fixture_clear (&f);
  fixture_init (&f, NULL, "rtmpsrc name=e latency=40 location=%s ! fakesink");
  g_assert_cmpuint (latency (&f, &live), ==, 40 * GST_MSECOND);
  fixture_clear (&f);
  fixture_init (&f, NULL, "rtmpsrc name=e stream-type=recorded location=%s ! "
      "fakesink async=false");
  latency (&f, &live);
  g_assert_false (live);
  fixture_clear (&f);
}

static void
test_receive (void)
{
  RtmpScriptedPeer *peer;
  Fixture f;

  fixture_init (&f, NULL, "rtmpsrc name=e receive-video=false location=%s ! "
      "fakesink async=false");
  rtmp_test_server_wait_type (f.server, RTMP_MESSAGE_COMMAND_AMF0, 4);
  peer = rtmp_test_server_lock (f.server);
  g_assert_nonnull (rtmp_scripted_peer_find_command (peer, "receiveVideo"));
  g_assert_null (rtmp_scripted_peer_find_command (peer, "receiveAudio"));
  rtmp_test_server_unlock (f.server);
  fixture_clear (&f);
}

static void
test_switch (void)
{
  const RtmpCommand *call;
  Fixture f;

  fixture_init (&f, NULL, SRC);
  gst_rtmp_test_wait_element (f.test, "rtmp-connected");
  g_signal_emit_by_name (f.element, "switch-stream", NULL);
  g_signal_emit_by_name (f.element, "switch-stream", "cam-hd");
  rtmp_test_server_wait_type (f.server, RTMP_MESSAGE_COMMAND_AMF0, 4);
  call = rtmp_scripted_peer_find_command (rtmp_test_server_lock (f.server),
      "play2");
  g_assert_cmpstr (rtmp_value_get_string (rtmp_command_arg (call, 1),
          "streamName"), ==, "cam-hd");
  rtmp_test_server_unlock (f.server);
  fixture_clear (&f);
}

/* Before it runs, these are settings; after it, nothing. */
static void
test_not_running (void)
{
  GstElement *sink = gst_element_factory_make ("rtmpsink", NULL);
  GstElement *src = gst_element_factory_make ("rtmpsrc", NULL);
  guint chunk_size, peak_kbps;

  g_object_set (sink, "chunk-size", 5000, "peak-kbps", 30, NULL);
  g_object_get (sink, "chunk-size", &chunk_size, "peak-kbps", &peak_kbps, NULL);
  g_assert_cmpuint (chunk_size, ==, 5000);
  g_assert_cmpuint (peak_kbps, ==, 30);
  g_signal_emit_by_name (src, "switch-stream", "cam-hd");
  gst_object_unref (sink);
  gst_object_unref (src);
}

static void
test_enhanced_codecs (void)
{
  const RtmpCommand *call;
  RtmpValue *map;
  Fixture f;

  fixture_init (&f, NULL, SINK " enhanced-codecs=hvc1,Opus handshake=digest");
  call = rtmp_scripted_peer_find_command (rtmp_test_server_lock (f.server),
      "connect");
  map = rtmp_value_get (rtmp_command_arg (call, 0), "videoFourCcInfoMap");
  g_assert_cmpfloat (rtmp_value_get_number (map, "hvc1", 0), ==, 2);
  rtmp_test_server_unlock (f.server);
  fixture_clear (&f);
}

int
main (int argc, char **argv)
{
  gst_rtmp_test_init (&argc, &argv);
  g_test_add_func ("/changes/chunk-size", test_chunk_size);
  g_test_add_func ("/changes/peak-kbps", test_peak_kbps);
  g_test_add_func ("/changes/latency", test_latency);
  g_test_add_func ("/changes/receive", test_receive);
  g_test_add_func ("/changes/switch", test_switch);
  g_test_add_func ("/changes/not-running", test_not_running);
  g_test_add_func ("/changes/enhanced-codecs", test_enhanced_codecs);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Seeks of the source, and where they lead. */
#include "gstrtmptest.h"

#include <string.h>

#define STREAM RTMP_SCRIPTED_PEER_STREAM
/* Of a recorded stream: connect, createStream, getStreamLength, play. */
#define CALLS 4

typedef struct
{
  RtmpTestServer *server;
  GstRtmpTest *test;
  GstElement *src;

  /* The last one that came out of it, with the first buffer behind it; under
   * lock. */
  GMutex lock;
  GCond cond;
  GstSegment segment;
  GstClockTime first;
} Fixture;

static void
take_buffer (Fixture * self, const GstBuffer * buffer)
{
  if (!GST_CLOCK_TIME_IS_VALID (self->first))
    self->first = GST_BUFFER_PTS (buffer);
  g_cond_broadcast (&self->cond);
}

static void
take_event (Fixture * self, GstEvent * event)
{
  if (GST_EVENT_TYPE (event) != GST_EVENT_SEGMENT)
    return;
  gst_event_copy_segment (event, &self->segment);
  self->first = GST_CLOCK_TIME_NONE;
}

static GstPadProbeReturn
on_output (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Fixture *self = user_data;

  g_mutex_lock (&self->lock);
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER)
    take_buffer (self, GST_PAD_PROBE_INFO_BUFFER (info));
  else if (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST)
    take_buffer (self,
        gst_buffer_list_get (GST_PAD_PROBE_INFO_BUFFER_LIST (info), 0));
  else
    take_event (self, GST_PAD_PROBE_INFO_EVENT (info));
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

static void
fixture_init (Fixture * self, const RtmpTestPlan * plan)
{
  g_autofree gchar *url = NULL;
  g_autoptr (GstPad) pad = NULL;

  memset (self, 0, sizeof (*self));
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->first = GST_CLOCK_TIME_NONE;
  self->server = rtmp_test_server_new (plan);
  url = rtmp_test_server_url (self->server, "recorded.flv");
  self->test = gst_rtmp_test_new ("rtmpsrc name=src location=%s "
      "! fakesink sync=false", url);
  self->src = gst_rtmp_test_element (self->test, "src");
  pad = gst_element_get_static_pad (self->src, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_DATA_DOWNSTREAM, on_output, self,
      NULL);
  gst_rtmp_test_set_state (self->test, GST_STATE_PLAYING);
  rtmp_test_server_wait_step (self->server, RTMP_TEST_STEP_RUNNING);
}

static void
fixture_clear (Fixture * self)
{
  g_assert_cmpuint (gst_rtmp_test_count (self->test, GST_MESSAGE_ERROR, NULL),
      ==, 0);
  gst_rtmp_test_free (self->test);
  rtmp_test_server_free (self->server);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
}

static void
wait_first (Fixture * self, GstClockTime time)
{
  gint64 end = g_get_monotonic_time () + RTMP_TEST_PATIENCE;

  g_mutex_lock (&self->lock);
  while (self->first != time)
    if (!g_cond_wait_until (&self->cond, &self->lock, end))
      g_error ("the first one is of %" GST_TIME_FORMAT,
          GST_TIME_ARGS (self->first));
  g_mutex_unlock (&self->lock);
}

static void
send_audio (RtmpScriptedPeer * peer, guint32 time)
{
  rtmp_scripted_peer_send_media (peer, RTMP_MESSAGE_AUDIO, STREAM, time,
      g_bytes_new_static ("aa", 2));
}

static void
send_start (RtmpScriptedPeer * peer, const RtmpMessage * message,
    gpointer user_data)
{
  send_audio (peer, 0);
}

static void
send_later (RtmpScriptedPeer * peer, gpointer user_data)
{
  send_audio (peer, 40);
}

/* It goes on at so many ms. */
static void
land (RtmpScriptedPeer * peer, gpointer time)
{
  rtmp_scripted_peer_send_status (peer, STREAM, "status",
      "NetStream.Seek.Notify", "");
  send_audio (peer, GPOINTER_TO_UINT (time));
}

/* It goes on where it was. */
static void
stay (RtmpScriptedPeer * peer, gpointer time)
{
  rtmp_scripted_peer_send_status (peer, STREAM, "error",
      "NetStream.Seek.Failed", "");
  send_audio (peer, GPOINTER_TO_UINT (time));
}

static void
seek (Fixture * self, GstElement * element, GstSeekFlags flags,
    GstClockTime start, GstClockTime stop)
{
  g_assert_true (gst_element_seek (element, 1, GST_FORMAT_TIME,
          flags, GST_SEEK_TYPE_SET, (gint64) start,
          GST_SEEK_TYPE_SET, (gint64) stop));
}

typedef struct
{
  GstSeekFlags flags;
  gboolean at_source;           /* else at the pipeline */
  guint landing;                /* ms; the seek is to 5000 */
  GstClockTime start;           /* of the segment */
  void (*answer) (RtmpScriptedPeer *, gpointer);
} Landing;

#define FLUSH GST_SEEK_FLAG_FLUSH
#define FLUSH_TO_KEY (GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_KEY_UNIT)

static const Landing landings[] = {
  {FLUSH, FALSE, 4000, 5 * GST_SECOND, land},
  {FLUSH, FALSE, 6000, 6 * GST_SECOND, land},
  {FLUSH_TO_KEY, FALSE, 4000, 4 * GST_SECOND, land},
  {FLUSH_TO_KEY, TRUE, 4000, 4 * GST_SECOND, land},
  {FLUSH, FALSE, 100, 100 * GST_MSECOND, stay},
  /* Which the source must not first wait for a message to see. */
  {GST_SEEK_FLAG_NONE, FALSE, 6000, 6 * GST_SECOND, land},
  {GST_SEEK_FLAG_NONE, TRUE, 6000, 6 * GST_SECOND, land},
};

static void
test_landing (gconstpointer data)
{
  const RtmpTestPlan plan = {.started = send_start };
  const Landing *how = data;
  Fixture f;

  fixture_init (&f, &plan);
  wait_first (&f, 0);
  gst_rtmp_test_wait_state (f.test);
  seek (&f, how->at_source ? f.src : f.test->pipeline, how->flags,
      5 * GST_SECOND, GST_CLOCK_TIME_NONE);
  rtmp_test_server_wait_type (f.server, RTMP_MESSAGE_COMMAND_AMF0, CALLS + 1);
  rtmp_test_server_call (f.server, how->answer,
      GUINT_TO_POINTER (how->landing));
  wait_first (&f, how->landing * GST_MSECOND);
  g_assert_cmpuint (f.segment.start, ==, how->start);
  g_assert_cmpuint (f.segment.time, ==, how->start);
  fixture_clear (&f);
}

/* What comes is behind what was asked for. */
static void
test_behind_stop (void)
{
  const RtmpTestPlan plan = {.started = send_start };
  Fixture f;

  fixture_init (&f, &plan);
  wait_first (&f, 0);
  gst_rtmp_test_wait_state (f.test);
  seek (&f, f.test->pipeline, FLUSH, GST_SECOND, 2 * GST_SECOND);
  rtmp_test_server_wait_type (f.server, RTMP_MESSAGE_COMMAND_AMF0, CALLS + 1);
  rtmp_test_server_call (f.server, land, GUINT_TO_POINTER (3000));
  gst_rtmp_test_wait (f.test, GST_MESSAGE_EOS);
  g_assert_cmpuint (f.segment.start, ==, GST_SECOND);
  g_assert_cmpuint (f.segment.stop, ==, 2 * GST_SECOND);
  fixture_clear (&f);
}

/* One that makes no sense, and does not flush, changes nothing. */
static void
test_senseless (void)
{
  const RtmpTestPlan plan = {.started = send_start };
  Fixture f;

  fixture_init (&f, &plan);
  wait_first (&f, 0);
  gst_rtmp_test_wait_state (f.test);
  g_assert_false (gst_element_seek (f.src, 1, GST_FORMAT_BYTES,
          GST_SEEK_FLAG_NONE, GST_SEEK_TYPE_SET, 5, GST_SEEK_TYPE_NONE, 0));
  g_mutex_lock (&f.lock);
  f.first = GST_CLOCK_TIME_NONE;
  g_mutex_unlock (&f.lock);
  rtmp_test_server_call (f.server, send_later, NULL);
  wait_first (&f, 40 * GST_MSECOND);
  fixture_clear (&f);
}

/* Back to the start, before anything came of another seek. */
static void
test_back_at_once (void)
{
  const RtmpTestPlan plan = { 0, };
  Fixture f;

  fixture_init (&f, &plan);
  seek (&f, f.src, FLUSH, 5 * GST_SECOND, GST_CLOCK_TIME_NONE);
  rtmp_test_server_wait_type (f.server, RTMP_MESSAGE_COMMAND_AMF0, CALLS + 1);
  seek (&f, f.src, FLUSH, 0, GST_CLOCK_TIME_NONE);
  rtmp_test_server_wait_type (f.server, RTMP_MESSAGE_COMMAND_AMF0, CALLS + 2);
  rtmp_test_server_call (f.server, land, GUINT_TO_POINTER (5000));
  rtmp_test_server_call (f.server, land, GUINT_TO_POINTER (0));
  wait_first (&f, 0);
  g_assert_cmpuint (f.segment.start, ==, 0);
  fixture_clear (&f);
}

int
main (int argc, char **argv)
{
  guint i;

  gst_rtmp_test_init (&argc, &argv);
  for (i = 0; i < G_N_ELEMENTS (landings); i++) {
    g_autofree gchar *path = g_strdup_printf ("/seek/landing/%u", i);

    g_test_add_data_func (path, &landings[i], test_landing);
  }
  g_test_add_func ("/seek/behind-stop", test_behind_stop);
  g_test_add_func ("/seek/senseless", test_senseless);
  g_test_add_func ("/seek/back-at-once", test_back_at_once);
  return g_test_run ();
}

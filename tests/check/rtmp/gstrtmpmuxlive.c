/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Clocks, threads and states of rtmpmux. */
#include <gst/check/gsttestclock.h>

#include "gstrtmpmuxtest.h"

#define HEADER "file av\n0 onMetaData\n0 v0 configuration\n" \
    "0 a0 configuration\n"

/* Live */

/* Of sources that need 30 ms, at 0 by the clock. */
static GstTestClock *
go_live (GstRtmpMuxTest * t)
{
  GstTestClock *clock = GST_TEST_CLOCK (gst_test_clock_new ());
  GHashTableIter iter;
  gpointer pad;

  g_hash_table_iter_init (&iter, t->pads);
  while (g_hash_table_iter_next (&iter, NULL, &pad))
    gst_harness_set_upstream_latency (pad, 30 * GST_MSECOND);
  gst_element_set_clock (t->mux, GST_CLOCK (clock));
  gst_element_set_base_time (t->mux, 0);
  gst_harness_query_latency (t->out);
  return clock;
}

/* When the task waits, and for nothing else, the clock goes on to that time. */
static void
expect_deadline (GstTestClock * clock, guint ms)
{
  GstClockID id;

  gst_test_clock_wait_for_next_pending_id (clock, &id);
  g_assert_cmpuint (gst_clock_id_get_time (id), ==, ms * GST_MSECOND);
  gst_clock_id_unref (id);
}

static void
turn_to (GstTestClock * clock, guint ms)
{
  gst_test_clock_set_time (clock, ms * GST_MSECOND);
  if (gst_test_clock_peek_id_count (clock) > 0) {
    GstClockID id = gst_test_clock_process_next_clock_id (clock);

    if (id)
      gst_clock_id_unref (id);
  }
}

static void
test_silent_track (void)
{
  GstRtmpMuxTest *t = gst_rtmp_mux_test_new ("latency=10000000");
  GstTestClock *clock;

  gst_rtmp_mux_test_feed (t, "v0.avc a0.aac");
  clock = go_live (t);
  /* A track that may have had no turn yet has a tenth of a second, once. */
  gst_rtmp_mux_test_feed (t, "v0=0");
  expect_deadline (clock, 100);
  g_assert_null (gst_harness_try_pull (t->out));
  turn_to (clock, 100);
  gst_rtmp_mux_test_expect (t, HEADER "0 v0 key");
  gst_rtmp_mux_test_feed (t, "v0=99/99");
  expect_deadline (clock, 139);
  /* What comes in time goes first, and ends the waiting. */
  gst_rtmp_mux_test_feed (t, "a0=80 a0=109");
  gst_rtmp_mux_test_expect (t, "80 a0 frame\n99 v0 inter");
  gst_rtmp_mux_test_end (t);
  gst_rtmp_mux_test_expect_end (t, "109 a0 frame");
  gst_rtmp_mux_test_free (t);
  gst_object_unref (clock);
}

/* The clock stands still: it is not the time that ends the waiting. */
static void
test_end_of_waiting (gconstpointer words)
{
  GstRtmpMuxTest *t = gst_rtmp_mux_test_new ("latency=10000000");
  GstTestClock *clock;

  gst_rtmp_mux_test_feed (t, "v0.avc a0.mp3");
  clock = go_live (t);
  gst_rtmp_mux_test_feed (t, "v0=0");
  expect_deadline (clock, 100);
  gst_rtmp_mux_test_feed (t, words);
  for (guint i = 0; i < 4; i++)
    gst_buffer_unref (gst_harness_pull (t->out));
  gst_rtmp_mux_test_free (t);
  gst_object_unref (clock);
}

/* Nobody is waited for who has told how far he is: no frame waits at all. */
static void
test_no_latency_of_its_own (void)
{
  GstRtmpMuxTest *t = gst_rtmp_mux_test_new ("");
  GstTestClock *clock;

  gst_rtmp_mux_test_feed (t, "v0.avc a0.aac");
  clock = go_live (t);
  for (guint i = 0; i < 60; i++) {
    g_autofree gchar *words = g_strdup_printf ("a0=%u v0=%u", i * 16, i * 16);
    g_autofree gchar *tags = g_strdup_printf ("%s%u v0 key\n%u a0 frame",
        i == 0 ? HEADER : "", i * 16, i * 16);

    gst_rtmp_mux_test_feed (t, words);
    if (i == 0)
      gst_rtmp_mux_test_expect (t, tags);
    else
      for (guint n = 0; n < 2; n++)
        gst_buffer_unref (gst_harness_pull (t->out));
  }
  g_assert_cmpuint (gst_clock_get_time (GST_CLOCK (clock)), ==, 0);
  gst_rtmp_mux_test_free (t);
  gst_object_unref (clock);
}

static void
test_latency_query (void)
{
  GstRtmpMuxTest *t = gst_rtmp_mux_test_new ("latency=10000000");
  GstTestClock *clock;

  gst_rtmp_mux_test_feed (t, "v0.avc a0.aac");
  gst_harness_set_upstream_latency (gst_rtmp_mux_test_pad (t, "a0"),
      50 * GST_MSECOND);
  g_assert_cmpuint (gst_harness_query_latency (t->out), ==, 60 * GST_MSECOND);
  clock = go_live (t);
  g_assert_cmpuint (gst_harness_query_latency (t->out), ==, 40 * GST_MSECOND);
  g_object_set (t->mux, "latency", (guint64) 0, NULL);
  g_assert_cmpuint (gst_harness_query_latency (t->out), ==, 30 * GST_MSECOND);
  gst_rtmp_mux_test_free (t);
  gst_object_unref (clock);
}

static void
test_not_live (void)
{
  GstRtmpMuxTest *t = gst_rtmp_mux_test_new ("latency=10000000");

  gst_rtmp_mux_test_feed (t, "v0.avc");
  gst_harness_set_live (gst_rtmp_mux_test_pad (t, "v0"), FALSE);
  g_assert_cmpuint (gst_harness_query_latency (t->out), ==, 0);
  gst_rtmp_mux_test_free (t);
}

/* Flows */

typedef struct
{
  GstRtmpMuxTest *t;
  gint n_pushed;
  GstFlowReturn flow;
} Pusher;

/* 100 frames, 100 ms apart, or until one is refused. */
static gpointer
push_many (gpointer data)
{
  Pusher *self = data;
  GstHarness *pad = gst_rtmp_mux_test_pad (self->t, "v0");

  for (guint i = 0; i < 100; i++) {
    g_autofree gchar *time = g_strdup_printf ("%u", i * 100);

    self->flow = gst_harness_push (pad, gst_rtmp_mux_test_frame (time));
    if (self->flow != GST_FLOW_OK)
      break;
    g_atomic_int_inc (&self->n_pushed);
  }
  return NULL;
}

static GstPadProbeReturn
answer (GstPad * pad, GstPadProbeInfo * info, gpointer flow)
{
  GST_PAD_PROBE_INFO_FLOW_RETURN (info) = GPOINTER_TO_INT (flow);
  gst_clear_buffer ((GstBuffer **) & info->data);
  return GST_PAD_PROBE_HANDLED;
}

static void
answer_with (GstRtmpMuxTest * t, GstFlowReturn flow)
{
  g_autoptr (GstPad) src = gst_element_get_static_pad (t->mux, "src");

  gst_pad_add_probe (src, GST_PAD_PROBE_TYPE_BUFFER, answer,
      GINT_TO_POINTER (flow), NULL);
}

/* What downstream says is what upstream hears; and somebody tells the
 * application. */
static void
test_downstream_error (void)
{
  static const GstFlowReturn flows[] = { GST_FLOW_NOT_LINKED,
    GST_FLOW_NOT_NEGOTIATED, GST_FLOW_NOT_SUPPORTED
  };

  for (guint i = 0; i < G_N_ELEMENTS (flows); i++) {
    GstRtmpMuxTest *t = gst_rtmp_mux_test_new ("");
    Pusher pusher = { t, 0, GST_FLOW_OK };
    g_autoptr (GError) error = NULL;

    gst_rtmp_mux_test_feed (t, "v0.avc");
    answer_with (t, flows[i]);
    push_many (&pusher);
    g_assert_cmpint (pusher.flow, ==, flows[i]);
    error = gst_rtmp_mux_test_error (t);
    g_assert_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED);
    gst_rtmp_mux_test_free (t);
  }
}

static void
test_downstream_eos (void)
{
  GstRtmpMuxTest *t = gst_rtmp_mux_test_new ("");
  Pusher pusher = { t, 0, GST_FLOW_OK };

  gst_rtmp_mux_test_feed (t, "v0.avc");
  answer_with (t, GST_FLOW_EOS);
  push_many (&pusher);
  g_assert_cmpint (pusher.flow, ==, GST_FLOW_EOS);
  gst_rtmp_mux_test_expect_end (t, "");
  g_assert_null (gst_bus_pop_filtered (t->bus, GST_MESSAGE_ERROR));
  gst_rtmp_mux_test_free (t);
}

static void
wait_pushed (Pusher * pusher, gint n)
{
  gint64 end = g_get_monotonic_time () + RTMP_TEST_PATIENCE;

  while (g_atomic_int_get (&pusher->n_pushed) < n) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_thread_yield ();
  }
}

/* Nothing is taken downstream: upstream waits when a second is in the lane,
 * until it is told to stop. */
static void
test_back_pressure (void)
{
  GstRtmpMuxTest *t = gst_rtmp_mux_test_new ("");
  Pusher pusher = { t, 0, GST_FLOW_OK };
  g_autoptr (GstPad) src = gst_element_get_static_pad (t->mux, "src");
  GThread *thread;

  gst_rtmp_mux_test_feed (t, "v0.avc");
  gst_pad_add_probe (src, GST_PAD_PROBE_TYPE_BLOCK |
      GST_PAD_PROBE_TYPE_BUFFER, NULL, NULL, NULL);
  thread = g_thread_new ("pusher", push_many, &pusher);
  /* One is on its way, and 11 are a second. */
  wait_pushed (&pusher, 12);
  gst_element_set_state (t->mux, GST_STATE_NULL);
  g_thread_join (thread);
  g_assert_cmpint (pusher.flow, ==, GST_FLOW_FLUSHING);
  g_assert_cmpint (pusher.n_pushed, ==, 12);
  gst_rtmp_mux_test_free (t);
}

/* A pad's own flush lets its thread go, and no other's. */
static void
test_flush_of_a_pad_that_waits (void)
{
  GstRtmpMuxTest *t = gst_rtmp_mux_test_new ("");
  Pusher pusher = { t, 0, GST_FLOW_OK };
  g_autoptr (GstPad) src = gst_element_get_static_pad (t->mux, "src");
  GThread *thread;

  gst_rtmp_mux_test_feed (t, "v0.avc");
  gst_pad_add_probe (src, GST_PAD_PROBE_TYPE_BLOCK |
      GST_PAD_PROBE_TYPE_BUFFER, NULL, NULL, NULL);
  thread = g_thread_new ("pusher", push_many, &pusher);
  wait_pushed (&pusher, 12);
  gst_harness_push_event (gst_rtmp_mux_test_pad (t, "v0"),
      gst_event_new_flush_start ());
  g_thread_join (thread);
  g_assert_cmpint (pusher.flow, ==, GST_FLOW_FLUSHING);
  gst_rtmp_mux_test_free (t);
}

/* One thread */

/* It fills three lanes, two of them unevenly, the third never. */
static void
test_one_thread (void)
{
  GstRtmpMuxTest *t = gst_rtmp_mux_test_new ("");

  gst_rtmp_mux_test_feed (t, "v0.avc a0.mp3 a1.opus a0=0");
  for (guint i = 0; i < 100; i++) {
    g_autofree gchar *word = g_strdup_printf ("v0=%u", 50 + i * 100);

    gst_rtmp_mux_test_feed (t, word);
  }
  gst_rtmp_mux_test_end (t);
  gst_rtmp_mux_test_expect (t, "file av\n0 onMetaData\n"
      "0 v0 configuration\n0 A1 configuration\n0 A1 channels\n0 a0 frame");
  gst_rtmp_mux_test_free (t);
}

static void
test_demux_and_mux (void)
{
  g_autofree gchar *path = gst_rtmp_test_path ("avc_aac.flv");
  GstRtmpTest *t = gst_rtmp_test_new ("filesrc location=\"%s\" ! rtmpdemux "
      "name=d ! rtmpmux name=m ! fakesink d. ! m.", path);

  gst_rtmp_test_set_state (t, GST_STATE_PLAYING);
  gst_rtmp_test_wait (t, GST_MESSAGE_EOS);
  gst_rtmp_test_free (t);
}

/* States */

static void
test_states (void)
{
  GstRtmpMuxTest *t = gst_rtmp_mux_test_new ("");

  for (guint i = 0; i < 3; i++) {
    gst_rtmp_mux_test_feed (t, "v0.avc a0.aac v0=1000 a0=1000");
    gst_rtmp_mux_test_expect (t, "file av\n1000 onMetaData\n"
        "1000 v0 configuration\n1000 a0 configuration\n1000 v0 key\n"
        "1000 a0 frame");
    gst_element_set_state (t->mux, GST_STATE_NULL);
    gst_element_set_state (t->mux, GST_STATE_PLAYING);
  }
  gst_rtmp_mux_test_free (t);
}

/* While sources push as fast as they can. */
static void
test_quick_stops (void)
{
  GstRtmpTest *t = gst_rtmp_test_new ("audiotestsrc ! "
      "audio/x-raw, rate=44100, channels=2, format=S16LE ! rtmpmux name=m ! "
      "fakesink async=false audiotestsrc ! opusenc ! m.audio_1");

  for (guint i = 0; i < 50; i++) {
    g_assert_cmpint (gst_element_set_state (t->pipeline, GST_STATE_PLAYING),
        !=, GST_STATE_CHANGE_FAILURE);
    for (guint n = 0; n < i * 20; n++)
      g_thread_yield ();
    gst_element_set_state (t->pipeline, GST_STATE_READY);
  }
  gst_rtmp_test_free (t);
}

static gpointer
request_and_release (gpointer mux)
{
  for (guint i = 0; i < 100; i++) {
    g_autoptr (GstPad) pad = gst_element_request_pad_simple (mux, "audio_%u");

    g_assert_nonnull (pad);
    gst_element_release_request_pad (mux, pad);
  }
  return NULL;
}

static void
test_pads_while_playing (void)
{
  GstRtmpMuxTest *t = gst_rtmp_mux_test_new ("");
  Pusher pusher = { t, 0, GST_FLOW_OK };
  GThread *thread;

  gst_rtmp_mux_test_feed (t, "v0.avc");
  thread = g_thread_new ("pads", request_and_release, t->mux);
  push_many (&pusher);
  g_assert_cmpint (pusher.flow, ==, GST_FLOW_OK);
  g_thread_join (thread);
  gst_rtmp_mux_test_end (t);
  gst_rtmp_mux_test_free (t);
}

int
main (int argc, char **argv)
{
  gst_rtmp_test_init (&argc, &argv);
  g_test_add_func ("/mux/live/silent-track", test_silent_track);
  g_test_add_data_func ("/mux/live/end-of-waiting/eos", "a0.eos",
      test_end_of_waiting);
  g_test_add_data_func ("/mux/live/end-of-waiting/release", "a0.release",
      test_end_of_waiting);
  g_test_add_data_func ("/mux/live/end-of-waiting/gap", "a0.gap=0+1",
      test_end_of_waiting);
  g_test_add_func ("/mux/live/no-latency-of-its-own",
      test_no_latency_of_its_own);
  g_test_add_func ("/mux/live/latency-query", test_latency_query);
  g_test_add_func ("/mux/live/not", test_not_live);
  g_test_add_func ("/mux/flow/error", test_downstream_error);
  g_test_add_func ("/mux/flow/eos", test_downstream_eos);
  g_test_add_func ("/mux/flow/back-pressure", test_back_pressure);
  g_test_add_func ("/mux/flow/flush", test_flush_of_a_pad_that_waits);
  g_test_add_func ("/mux/thread/one-for-all", test_one_thread);
  g_test_add_func ("/mux/thread/demux-and-mux", test_demux_and_mux);
  g_test_add_func ("/mux/state/again", test_states);
  g_test_add_func ("/mux/state/quick-stops", test_quick_stops);
  g_test_add_func ("/mux/state/pads-while-playing", test_pads_while_playing);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE
#include <sched.h>

#include <gst/check/gstharness.h>
#include <gst/check/gsttestclock.h>
#include <string.h>

#include "flvfile.h"
#include "gstrtmptest.h"
#include "rtmpurl.h"

/* What must not be told to anybody. */
#define KEY "s3cr3t"
/* What counts as at once, with room for slow tools. */
#define AT_ONCE (5 * G_USEC_PER_SEC)

typedef struct
{
  RtmpTestServer *server;
  GstRtmpTest *test;
  GstElement *source;           /* NULL if it is no appsrc */
  GstElement *sink;
} Fixture;

static void
fixture_init (Fixture * self, const RtmpTestPlan * plan, const gchar * source,
    const gchar * properties)
{
  g_autofree gchar *url = NULL;

  self->server = rtmp_test_server_new (plan);
  url = rtmp_test_server_url (self->server, KEY);
  self->test = gst_rtmp_test_new ("%s ! rtmpsink name=sink location=%s %s",
      source, url, properties);
  self->sink = gst_rtmp_test_element (self->test, "sink");
}

/* Fed by push(). */
static void
fixture_init_app (Fixture * self, const RtmpTestPlan * plan,
    const gchar * properties)
{
  fixture_init (self, plan, "appsrc name=source format=time max-bytes=0 "
      "caps=video/x-flv", properties);
  self->source = gst_rtmp_test_element (self->test, "source");
}

static void
fixture_clear (Fixture * self)
{
  gst_rtmp_test_assert_secret (self->test, KEY);
  gst_rtmp_test_free (self->test);
  rtmp_test_server_free (self->server);
}

static void
play (Fixture * self)
{
  gst_rtmp_test_set_state (self->test, GST_STATE_PLAYING);
}

static void
push_buffer (Fixture * self, GstBuffer * buffer)
{
  GstFlowReturn flow;

  g_signal_emit_by_name (self->source, "push-buffer", buffer, &flow);
  g_assert_cmpint (flow, ==, GST_FLOW_OK);
  gst_buffer_unref (buffer);
}

static GstBuffer *
buffer_of (const RtmpMessage * message)
{
  g_autoptr (GBytes) tag = gst_rtmp_test_tag (message);
  GstBuffer *buffer = gst_buffer_new_wrapped_bytes (tag);

  GST_BUFFER_PTS (buffer) = message->timestamp * GST_MSECOND;
  return buffer;
}

static void
push (Fixture * self, GPtrArray * media)
{
  guint i;

  for (i = 0; i < media->len; i++)
    push_buffer (self, buffer_of (g_ptr_array_index (media, i)));
}

static void
end_of_stream (Fixture * self)
{
  GstFlowReturn flow;

  g_signal_emit_by_name (self->source, "end-of-stream", &flow);
  g_assert_cmpint (flow, ==, GST_FLOW_OK);
}

static void
wait_eos (Fixture * self)
{
  gst_rtmp_test_wait (self->test, GST_MESSAGE_EOS);
  g_assert_cmpuint (gst_rtmp_test_count (self->test, GST_MESSAGE_ERROR, NULL),
      ==, 0);
}

static guint64
stat_of (Fixture * self, const gchar * name)
{
  g_autoptr (GstStructure) stats = NULL;
  const GValue *value;

  g_object_get (self->sink, "stats", &stats, NULL);
  value = gst_structure_get_value (stats, name);
  g_assert_nonnull (value);
  return G_VALUE_HOLDS_UINT (value) ? g_value_get_uint (value)
      : g_value_get_uint64 (value);
}

/* The queue tells nobody when it is full; so this looks again and again. A
 * full one is kept above three quarters. */
static void
wait_queue_above (Fixture * self, guint64 bytes)
{
  gint64 end = g_get_monotonic_time () + RTMP_TEST_PATIENCE;

  while (stat_of (self, "queue-bytes") <= bytes) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_thread_yield ();
  }
}

/* A server that became deaf when the stream began. */
static void
start_reading (Fixture * self)
{
  rtmp_test_server_wait_step (self->server, RTMP_TEST_STEP_RUNNING);
  rtmp_test_server_set_reading (self->server, TRUE);
}

/* Publishing */

/* A file in pieces of any size: the server gets its tags, each whole. */
static void
test_cuts (gconstpointer size)
{
  static const gchar *const names[] = { "avc_aac.flv", "h263_speex.flv" };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree gchar *path = gst_rtmp_test_path (names[i]);
    g_autofree gchar *source = g_strdup_printf
        ("filesrc location=\"%s\" blocksize=%u", path, GPOINTER_TO_UINT (size));
    g_autoptr (GBytes) flv = gst_rtmp_test_read (names[i]);
    GPtrArray *media = gst_rtmp_test_tags (flv);
    Fixture f;

    fixture_init (&f, NULL, source, "sync=false");
    play (&f);
    wait_eos (&f);
    gst_rtmp_test_assert_published (f.server, media);
    gst_rtmp_test_assert_stopped (f.server);
    g_ptr_array_unref (media);
    fixture_clear (&f);
  }
}

static void
test_messages (void)
{
  GPtrArray *media = gst_rtmp_test_numbered (20, 1000);
  const GstStructure *told;
  g_autofree gchar *peer = NULL;
  Fixture f;

  fixture_init_app (&f, NULL, "sync=false");
  play (&f);
  push (&f, media);
  end_of_stream (&f);
  wait_eos (&f);
  g_assert_cmpuint (gst_rtmp_test_count_progress (f.test,
          GST_PROGRESS_TYPE_START), ==, 1);
  g_assert_cmpuint (gst_rtmp_test_count_progress (f.test,
          GST_PROGRESS_TYPE_CONTINUE), >=, 4);
  g_assert_cmpuint (gst_rtmp_test_count_progress (f.test,
          GST_PROGRESS_TYPE_COMPLETE), ==, 1);
  g_assert_cmpuint (gst_rtmp_test_count_progress (f.test,
          GST_PROGRESS_TYPE_ERROR), ==, 0);
  g_assert_cmpuint (gst_rtmp_test_count_progress (f.test,
          GST_PROGRESS_TYPE_CANCELED), ==, 0);
  g_assert_cmpuint (gst_rtmp_test_count_element (f.test, "rtmp-connected"),
      ==, 1);
  g_assert_cmpuint (gst_rtmp_test_count_element (f.test, "rtmp-disconnected"),
      ==, 1);
  g_assert_cmpuint (gst_rtmp_test_count_element (f.test, "rtmp-status"), ==, 2);
  told = gst_rtmp_test_wait_element (f.test, "rtmp-connected");
  peer = g_strdup_printf ("127.0.0.1:%u", rtmp_test_server_port (f.server));
  g_assert_cmpstr (gst_structure_get_string (told, "peer"), ==, peer);
  told = gst_rtmp_test_wait_element (f.test, "rtmp-status");
  g_assert_cmpstr (gst_structure_get_string (told, "level"), ==, "status");
  g_assert_cmpstr (gst_structure_get_string (told, "code"), ==,
      "NetConnection.Connect.Success");
  g_assert_nonnull (gst_structure_get_string (told, "description"));
  g_ptr_array_unref (media);
  fixture_clear (&f);
}

static void
run_once (Fixture * self, GPtrArray * media, GstState state)
{
  play (self);
  push (self, media);
  end_of_stream (self);
  rtmp_test_server_wait_step (self->server, RTMP_TEST_STEP_STOP);
  gst_rtmp_test_assert_published (self->server, media);
  gst_rtmp_test_set_state (self->test, state);
}

/* A second run starts anew, whether it was stopped in between or only ended. */
static void
test_again (gconstpointer data)
{
  const GstState state = GPOINTER_TO_INT (data);
  GPtrArray *media = gst_rtmp_test_numbered (5, 100);
  Fixture f;

  fixture_init_app (&f, NULL, "sync=false");
  run_once (&f, media, state);
  rtmp_test_server_free (f.server);
  f.server = rtmp_test_server_new (NULL);
  g_object_set (f.sink, "port", rtmp_test_server_port (f.server), NULL);
  run_once (&f, media, GST_STATE_NULL);
  fixture_clear (&f);
  g_ptr_array_unref (media);
}

/* Buffers of several memories */

typedef struct
{
  gint freed;                   /* atomic */
} Watched;

static void
on_freed (gpointer data)
{
  g_atomic_int_inc (&((Watched *) data)->freed);
}

/* The payload goes by reference: what was pushed is not let go before it is
 * sent, and is not held together with other memories of its buffer. */
static void
test_by_reference (void)
{
  const RtmpTestPlan plan = {.step = RTMP_TEST_STEP_START };
  GPtrArray *media = gst_rtmp_test_numbered (1, 5000);
  const RtmpMessage *message = g_ptr_array_index (media, 0);
  gsize size;
  gconstpointer body = g_bytes_get_data (message->payload, &size);
  GBytes *tag = gst_rtmp_test_tag (message);
  Watched head = { 0 }, middle = { 0 };
  GstBuffer *buffer = gst_buffer_new ();
  Fixture f;

  gst_buffer_append_memory (buffer, gst_memory_new_wrapped (0,
          (gpointer) g_bytes_get_data (tag, NULL), FLV_TAG_HEADER_SIZE, 0,
          FLV_TAG_HEADER_SIZE, &head, on_freed));
  gst_buffer_append_memory (buffer, gst_memory_new_wrapped (0, (gpointer) body,
          size, 0, size, &middle, on_freed));
  fixture_init_app (&f, &plan, "sync=false enable-last-sample=false");
  play (&f);
  push_buffer (&f, buffer);
  wait_queue_above (&f, size - 1);
  rtmp_test_server_wait_step (f.server, RTMP_TEST_STEP_START);
  gst_rtmp_test_wait_state (f.test);
  g_assert_cmpint (g_atomic_int_get (&middle.freed), ==, 0);
  gst_rtmp_test_set_state (f.test, GST_STATE_NULL);
  g_assert_cmpint (g_atomic_int_get (&head.freed), ==, 1);
  g_assert_cmpint (g_atomic_int_get (&middle.freed), ==, 1);
  fixture_clear (&f);
  g_bytes_unref (tag);
  g_ptr_array_unref (media);
}

static void
test_memories (void)
{
  GPtrArray *media = gst_rtmp_test_numbered (3, 1000);
  GBytes *flv = gst_rtmp_test_flv (media);
  gsize size = g_bytes_get_size (flv), offset;
  GstBuffer *buffer = gst_buffer_new ();
  Fixture f;

  for (offset = 0; offset < size; offset += 300) {
    GBytes *part = g_bytes_new_from_bytes (flv, offset,
        MIN (300, size - offset));
    GstBuffer *one = gst_buffer_new_wrapped_bytes (part);

    gst_buffer_append_memory (buffer, gst_buffer_get_memory (one, 0));
    gst_buffer_unref (one);
    g_bytes_unref (part);
  }
  g_assert_cmpuint (gst_buffer_n_memory (buffer), >, 5);
  fixture_init_app (&f, NULL, "sync=false");
  play (&f);
  push_buffer (&f, buffer);
  end_of_stream (&f);
  wait_eos (&f);
  gst_rtmp_test_assert_published (f.server, media);
  fixture_clear (&f);
  g_bytes_unref (flv);
  g_ptr_array_unref (media);
}

/* Stream headers */

/* The file header, and one tag, which says @text. */
static GPtrArray *
make_headers (GPtrArray * media, guint32 timestamp, const gchar * text)
{
  GPtrArray *headers =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
  GPtrArray *nothing = gst_rtmp_test_media_new ();
  g_autoptr (GBytes) file_header = gst_rtmp_test_flv (nothing);
  guint i;

  g_ptr_array_add (headers, gst_buffer_new_wrapped_bytes (file_header));
  gst_rtmp_test_media_add (media, RTMP_MESSAGE_VIDEO, timestamp,
      g_bytes_new (text, strlen (text)));
  g_ptr_array_add (headers, buffer_of (g_ptr_array_index (media,
              media->len - 1)));
  for (i = 0; i < headers->len; i++)
    GST_BUFFER_FLAG_SET (GST_BUFFER (g_ptr_array_index (headers, i)),
        GST_BUFFER_FLAG_HEADER);
  g_ptr_array_unref (nothing);
  return headers;
}

static void
set_caps (Fixture * self, GPtrArray * headers)
{
  GstCaps *caps = gst_caps_new_empty_simple ("video/x-flv");
  GValue array = G_VALUE_INIT, value = G_VALUE_INIT;
  guint i;

  g_value_init (&array, GST_TYPE_ARRAY);
  g_value_init (&value, GST_TYPE_BUFFER);
  for (i = 0; i < headers->len; i++) {
    gst_value_set_buffer (&value, g_ptr_array_index (headers, i));
    gst_value_array_append_value (&array, &value);
  }
  gst_structure_take_value (gst_caps_get_structure (caps, 0), "streamheader",
      &array);
  g_value_unset (&value);
  g_object_set (self->source, "caps", caps, NULL);
  gst_caps_unref (caps);
}

static void
push_headers (Fixture * self, GPtrArray * headers)
{
  guint i;

  for (i = 0; i < headers->len; i++)
    push_buffer (self, gst_buffer_copy (g_ptr_array_index (headers, i)));
}

/* As flvmux has them: in the caps, and again as the first buffers. */
static void
test_headers_once (void)
{
  GPtrArray *expected = gst_rtmp_test_media_new ();
  GPtrArray *headers = make_headers (expected, 0, "sequence header");
  GPtrArray *media = gst_rtmp_test_numbered (3, 100);
  guint i;
  Fixture f;

  fixture_init_app (&f, NULL, "sync=false");
  set_caps (&f, headers);
  play (&f);
  push_headers (&f, headers);
  push (&f, media);
  end_of_stream (&f);
  wait_eos (&f);
  for (i = 0; i < media->len; i++) {
    const RtmpMessage *m = g_ptr_array_index (media, i);

    gst_rtmp_test_media_add (expected, m->type, m->timestamp,
        g_bytes_ref (m->payload));
  }
  gst_rtmp_test_assert_published (f.server, expected);
  fixture_clear (&f);
  g_ptr_array_unref (headers);
  g_ptr_array_unref (media);
  g_ptr_array_unref (expected);
}

/* Only in the caps, as for a sink that joins late. */
static void
test_headers_in_caps_only (void)
{
  GPtrArray *expected = gst_rtmp_test_media_new ();
  GPtrArray *headers = make_headers (expected, 0, "sequence header");
  GPtrArray *media = gst_rtmp_test_media_new ();
  Fixture f;

  gst_rtmp_test_media_add (media, RTMP_MESSAGE_AUDIO, 7,
      gst_rtmp_test_payload (1, 10));
  gst_rtmp_test_media_add (expected, RTMP_MESSAGE_AUDIO, 7,
      gst_rtmp_test_payload (1, 10));
  fixture_init_app (&f, NULL, "sync=false");
  set_caps (&f, headers);
  play (&f);
  push (&f, media);
  end_of_stream (&f);
  wait_eos (&f);
  gst_rtmp_test_assert_published (f.server, expected);
  fixture_clear (&f);
  g_ptr_array_unref (headers);
  g_ptr_array_unref (media);
  g_ptr_array_unref (expected);
}

/* Others in mid-stream are sent, and not with a time before the last. */
static void
test_headers_change (void)
{
  GPtrArray *expected = gst_rtmp_test_media_new ();
  GPtrArray *media = gst_rtmp_test_media_new ();
  GPtrArray *first = make_headers (expected, 0, "first");
  GPtrArray *second;
  Fixture f;

  gst_rtmp_test_media_add (media, RTMP_MESSAGE_VIDEO, 500,
      gst_rtmp_test_payload (1, 10));
  gst_rtmp_test_media_add (expected, RTMP_MESSAGE_VIDEO, 500,
      gst_rtmp_test_payload (1, 10));
  second = make_headers (expected, 0, "second");
  ((RtmpMessage *) g_ptr_array_index (expected, 2))->timestamp = 500;
  gst_rtmp_test_media_add (expected, RTMP_MESSAGE_VIDEO, 500,
      gst_rtmp_test_payload (1, 10));
  fixture_init_app (&f, NULL, "sync=false");
  set_caps (&f, first);
  play (&f);
  push_headers (&f, first);
  push (&f, media);
  set_caps (&f, second);
  push_headers (&f, second);
  push (&f, media);
  end_of_stream (&f);
  wait_eos (&f);
  gst_rtmp_test_assert_published (f.server, expected);
  fixture_clear (&f);
  g_ptr_array_unref (first);
  g_ptr_array_unref (second);
  g_ptr_array_unref (media);
  g_ptr_array_unref (expected);
}

/* Time */

static void
assert_published_so_far (Fixture * self, guint n)
{
  RtmpScriptedPeer *peer = rtmp_test_server_lock (self->server);

  g_assert_cmpuint (rtmp_scripted_peer_count (peer, RTMP_MESSAGE_AUDIO), ==, n);
  rtmp_test_server_unlock (self->server);
}

/* What has no timestamps is published when its tags' own time comes. */
static void
test_pacing (void)
{
  static const guint32 times[] = { 5000, 5040, 7000 };
  GPtrArray *media = gst_rtmp_test_media_new ();
  GstClock *clock = gst_test_clock_new_with_start_time (GST_SECOND);
  g_autoptr (GBytes) flv = NULL;
  GstBuffer *buffer;
  guint i;
  Fixture f;

  for (i = 0; i < G_N_ELEMENTS (times); i++)
    gst_rtmp_test_media_add (media, RTMP_MESSAGE_AUDIO, times[i],
        gst_rtmp_test_payload (i, 10));
  flv = gst_rtmp_test_flv (media);
  buffer = gst_buffer_new_wrapped_bytes (flv);
  fixture_init_app (&f, NULL, "sync=true");
  gst_pipeline_use_clock (GST_PIPELINE (f.test->pipeline), clock);
  play (&f);
  push_buffer (&f, buffer);
  end_of_stream (&f);
  for (i = 1; i < G_N_ELEMENTS (times); i++) {
    GstClockID id;

    gst_test_clock_wait_for_next_pending_id (GST_TEST_CLOCK (clock), &id);
    g_assert_cmpuint (gst_clock_id_get_time (id), ==,
        GST_SECOND + (times[i] - times[0]) * GST_MSECOND);
    rtmp_test_server_wait_media (f.server, i);
    assert_published_so_far (&f, i);
    gst_test_clock_set_time (GST_TEST_CLOCK (clock),
        gst_clock_id_get_time (id));
    gst_clock_id_unref (gst_test_clock_process_next_clock_id (GST_TEST_CLOCK
            (clock)));
    gst_clock_id_unref (id);
  }
  wait_eos (&f);
  gst_rtmp_test_assert_published (f.server, media);
  fixture_clear (&f);
  gst_object_unref (clock);
  g_ptr_array_unref (media);
}

/* The end */

/* EOS is told when the server has everything, however slow it is. */
static void
test_eos_drains (void)
{
  const RtmpTestPlan plan = {.step = RTMP_TEST_STEP_RUNNING,
    .fault = RTMP_TEST_FAULT_DEAF,.small_window = TRUE
  };
  GPtrArray *media = gst_rtmp_test_numbered (100, 160000);
  Fixture f;

  fixture_init_app (&f, &plan,
      "sync=false max-queue-bytes=0 max-queue-time=0 eos-timeout=0");
  play (&f);
  push (&f, media);
  end_of_stream (&f);
  wait_queue_above (&f, 1000000);
  g_assert_cmpuint (gst_rtmp_test_count (f.test, GST_MESSAGE_EOS, NULL), ==, 0);
  start_reading (&f);
  wait_eos (&f);
  gst_rtmp_test_assert_published (f.server, media);
  gst_rtmp_test_assert_stopped (f.server);
  fixture_clear (&f);
  g_ptr_array_unref (media);
}

/* A server that never reads does not hold up the end for ever. */
static void
test_eos_timeout (void)
{
  const RtmpTestPlan plan = {.step = RTMP_TEST_STEP_RUNNING,
    .fault = RTMP_TEST_FAULT_DEAF
  };
  GPtrArray *media = gst_rtmp_test_numbered (100, 160000);
  Fixture f;

  fixture_init_app (&f, &plan,
      "sync=false max-queue-bytes=0 max-queue-time=0 eos-timeout=200000000");
  play (&f);
  push (&f, media);
  end_of_stream (&f);
  wait_eos (&f);
  g_assert_cmpuint (gst_rtmp_test_count (f.test, GST_MESSAGE_WARNING, f.sink),
      ==, 1);
  fixture_clear (&f);
  g_ptr_array_unref (media);
}

static void
test_eos_partial (void)
{
  GPtrArray *media = gst_rtmp_test_numbered (2, 100);
  g_autoptr (GBytes) flv = gst_rtmp_test_flv (media);
  g_autoptr (GBytes) part =
      g_bytes_new_from_bytes (flv, 0, g_bytes_get_size (flv) - 50);
  Fixture f;

  fixture_init_app (&f, NULL, "sync=false");
  play (&f);
  push_buffer (&f, gst_buffer_new_wrapped_bytes (part));
  end_of_stream (&f);
  wait_eos (&f);
  g_assert_cmpuint (gst_rtmp_test_count (f.test, GST_MESSAGE_WARNING, f.sink),
      ==, 1);
  g_ptr_array_set_size (media, 1);
  gst_rtmp_test_assert_published (f.server, media);
  fixture_clear (&f);
  g_ptr_array_unref (media);
}

static void
test_eos_without_media (void)
{
  Fixture f;

  fixture_init_app (&f, NULL, "sync=false");
  play (&f);
  end_of_stream (&f);
  wait_eos (&f);
  fixture_clear (&f);
}

/* Who sends EOS to the element holds the lock that changes of state need: for a
 * preroll, and to stop while the server has not read everything. */
static void
test_eos_sent (void)
{
  Fixture f;

  fixture_init_app (&f, NULL, "sync=false");
  play (&f);
  g_assert_true (gst_element_send_event (f.sink, gst_event_new_eos ()));
  wait_eos (&f);
  fixture_clear (&f);
}

/* Muxers send it when they are told of a failure; nobody may ever play. */
static void
test_eos_after_failure (void)
{
  const RtmpTestPlan plan = {.step = RTMP_TEST_STEP_HELLO,
    .fault = RTMP_TEST_FAULT_CLOSE
  };
  g_autoptr (GstPad) pad = NULL;
  Fixture f;

  fixture_init_app (&f, &plan, "");
  pad = gst_element_get_static_pad (f.sink, "sink");
  gst_element_set_state (f.sink, GST_STATE_PAUSED);
  gst_rtmp_test_wait (f.test, GST_MESSAGE_ERROR);
  g_assert_false (gst_pad_send_event (pad, gst_event_new_eos ()));
  fixture_clear (&f);
}

static void
test_eos_sent_to_deaf (void)
{
  const RtmpTestPlan plan = {.step = RTMP_TEST_STEP_RUNNING,
    .fault = RTMP_TEST_FAULT_DEAF
  };
  GPtrArray *media = gst_rtmp_test_numbered (100, 160000);
  Fixture f;

  fixture_init_app (&f, &plan,
      "sync=false max-queue-bytes=0 max-queue-time=0 eos-timeout=0");
  play (&f);
  push (&f, media);
  wait_queue_above (&f, 1000000);
  g_assert_true (gst_element_send_event (f.sink, gst_event_new_eos ()));
  fixture_clear (&f);
  g_ptr_array_unref (media);
}

/* Full queues */

#define FULL "sync=false max-queue-bytes=500000 max-queue-time=0 eos-timeout=0"

static const RtmpTestPlan deaf = {.step = RTMP_TEST_STEP_RUNNING,
  .fault = RTMP_TEST_FAULT_DEAF,.small_window = TRUE
};

/* One CPU for all, where who is woken has to wait for its turn: what follows
 * fast comes before it. */
static void
be_slow_to_wake (gboolean slow)
{
#ifdef __linux__
  static cpu_set_t before;
  struct sched_param param = { 0, };
  cpu_set_t one;

  CPU_ZERO (&one);
  CPU_SET (sched_getcpu (), &one);
  if (slow)
    sched_getaffinity (0, sizeof before, &before);
  sched_setaffinity (0, sizeof one, slow ? &one : &before);
  sched_setscheduler (0, slow ? SCHED_BATCH : SCHED_OTHER, &param);
#endif
}

/* Upstream has to wait, and a pause of it loses nothing. */
static void
test_pause_when_full (void)
{
  GPtrArray *media = gst_rtmp_test_numbered (150, 100000);
  Fixture f;

  be_slow_to_wake (TRUE);
  fixture_init_app (&f, &deaf, FULL);
  play (&f);
  push (&f, media);
  end_of_stream (&f);
  wait_queue_above (&f, 375000);
  gst_rtmp_test_set_state (f.test, GST_STATE_PAUSED);
  gst_rtmp_test_wait_state (f.test);
  g_assert_cmpuint (stat_of (&f, "queue-bytes"), <=, 700000);
  play (&f);
  gst_rtmp_test_wait_state (f.test);
  gst_rtmp_test_set_state (f.test, GST_STATE_PAUSED);
  gst_rtmp_test_wait_state (f.test);
  for (guint i = 0; i < 1000; i++) {
    play (&f);
    gst_rtmp_test_set_state (f.test, GST_STATE_PAUSED);
  }
  play (&f);
  be_slow_to_wake (FALSE);
  start_reading (&f);
  wait_eos (&f);
  gst_rtmp_test_assert_published (f.server, media);
  fixture_clear (&f);
  g_ptr_array_unref (media);
}

/* The limit in time holds as well as that in bytes. */
static void
test_full_in_time (void)
{
  GPtrArray *media = gst_rtmp_test_numbered (150, 100000);
  Fixture f;

  fixture_init_app (&f, &deaf, "sync=false max-queue-bytes=0 "
      "max-queue-time=100000000 eos-timeout=0");
  play (&f);
  push (&f, media);
  end_of_stream (&f);
  wait_queue_above (&f, 750000);
  gst_rtmp_test_set_state (f.test, GST_STATE_PAUSED);
  gst_rtmp_test_wait_state (f.test);
  g_assert_cmpuint (stat_of (&f, "queue-time"), <=, 130 * GST_MSECOND);
  play (&f);
  start_reading (&f);
  wait_eos (&f);
  gst_rtmp_test_assert_published (f.server, media);
  fixture_clear (&f);
  g_ptr_array_unref (media);
}

static gpointer
push_all (gpointer data)
{
  GstHarness *harness = data;
  GPtrArray *media = gst_rtmp_test_numbered (150, 100000);
  GstFlowReturn flow = GST_FLOW_OK;
  guint i;

  for (i = 0; i < media->len && flow == GST_FLOW_OK; i++)
    flow = gst_harness_push (harness, buffer_of (g_ptr_array_index (media, i)));
  g_ptr_array_unref (media);
  return GINT_TO_POINTER (flow);
}

/* A flush ends the wait, and what comes after it is published. */
static void
test_flush_when_full (void)
{
  GPtrArray *media = gst_rtmp_test_media_new ();
  GstHarness *harness;
  GThread *thread;
  GstSegment segment;
  g_autofree gchar *url = NULL;
  guint before;
  Fixture f = { rtmp_test_server_new (&deaf), };

  url = rtmp_test_server_url (f.server, KEY);
  f.sink = gst_element_factory_make ("rtmpsink", NULL);
  g_object_set (f.sink, "location", url, "sync", FALSE, "max-queue-bytes",
      (guint64) 500000, NULL);
  harness = gst_harness_new_with_element (f.sink, "sink", NULL);
  gst_harness_set_src_caps_str (harness, "video/x-flv");
  thread = g_thread_new ("pusher", push_all, harness);
  wait_queue_above (&f, 375000);
  g_assert_true (gst_harness_push_event (harness,
          gst_event_new_flush_start ()));
  g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (thread)), ==,
      GST_FLOW_FLUSHING);
  g_assert_true (gst_harness_push_event (harness,
          gst_event_new_flush_stop (TRUE)));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  g_assert_true (gst_harness_push_event (harness,
          gst_event_new_segment (&segment)));
  start_reading (&f);
  before = (guint) stat_of (&f, "audio-messages");
  gst_rtmp_test_media_add (media, RTMP_MESSAGE_AUDIO, 9000,
      gst_rtmp_test_payload (1, 10));
  g_assert_cmpint (gst_harness_push (harness,
          buffer_of (g_ptr_array_index (media, 0))), ==, GST_FLOW_OK);
  g_assert_true (gst_harness_push_event (harness, gst_event_new_eos ()));
  g_assert_cmpuint (stat_of (&f, "audio-messages"), ==, before + 1);
  gst_harness_teardown (harness);
  gst_object_unref (f.sink);
  rtmp_test_server_free (f.server);
  g_ptr_array_unref (media);
}

/* Starting and stopping */

static void
test_async_connect_off (void)
{
  GPtrArray *media = gst_rtmp_test_numbered (1, 100);
  Fixture f;

  fixture_init_app (&f, NULL, "sync=false async-connect=false async=false");
  play (&f);
  gst_rtmp_test_wait_state (f.test);
  g_assert_cmpuint (gst_rtmp_test_count (f.test, GST_MESSAGE_PROGRESS, NULL),
      ==, 0);
  g_assert_cmpuint (rtmp_test_server_n_connections (f.server), ==, 0);
  push (&f, media);
  rtmp_test_server_wait_media (f.server, 1);
  g_assert_cmpuint (rtmp_test_server_n_connections (f.server), ==, 1);
  fixture_clear (&f);
  g_ptr_array_unref (media);
}

/* In the middle of waiting for room, and of waiting for the end. */
static void
test_stop_when_full (gconstpointer at_end)
{
  GPtrArray *media = gst_rtmp_test_numbered (150, 100000);
  gint64 start;
  Fixture f;

  fixture_init_app (&f, &deaf, at_end ? "sync=false max-queue-bytes=0 "
      "max-queue-time=0 eos-timeout=0" : FULL);
  play (&f);
  push (&f, media);
  end_of_stream (&f);
  wait_queue_above (&f, 375000);
  start = g_get_monotonic_time ();
  gst_rtmp_test_set_state (f.test, GST_STATE_NULL);
  g_assert_cmpint (g_get_monotonic_time () - start, <, AT_ONCE);
  g_assert_cmpuint (gst_rtmp_test_count (f.test, GST_MESSAGE_EOS, f.sink), ==,
      0);
  fixture_clear (&f);
  g_ptr_array_unref (media);
}

/* Properties and stats */

/* Until it is more than 0. */
static void
wait_stat (Fixture * self, const gchar * name)
{
  gint64 end = g_get_monotonic_time () + RTMP_TEST_PATIENCE;

  while (stat_of (self, name) == 0) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_thread_yield ();
  }
}

static void
test_stats (void)
{
  static const struct
  {
    const gchar *name;
    GType type;
  } fields[] = {
    {"in-chunk-size", G_TYPE_UINT}, {"out-chunk-size", G_TYPE_UINT},
    {"in-window-ack-size", G_TYPE_UINT}, {"out-window-ack-size", G_TYPE_UINT},
    {"in-bytes-total", G_TYPE_UINT64}, {"out-bytes-total", G_TYPE_UINT64},
    {"in-bytes-acked", G_TYPE_UINT64}, {"out-bytes-acked", G_TYPE_UINT64},
    {"queue-bytes", G_TYPE_UINT64}, {"queue-time", GST_TYPE_CLOCK_TIME},
    {"in-bit-rate", G_TYPE_UINT64}, {"out-bit-rate", G_TYPE_UINT64},
    {"round-trip", GST_TYPE_CLOCK_TIME}, {"audio-messages", G_TYPE_UINT64},
    {"video-messages", G_TYPE_UINT64}, {"data-messages", G_TYPE_UINT64},
    {"dropped", G_TYPE_UINT64}, {"dropped-video", G_TYPE_UINT64},
    {"dropped-audio", G_TYPE_UINT64}, {"reconnects", G_TYPE_UINT},
    {"server-codecs", G_TYPE_STRING}, {"server-caps-ex", G_TYPE_UINT},
    {"server-video-function", G_TYPE_UINT}, {"peer", G_TYPE_STRING},
  };
  GPtrArray *media = gst_rtmp_test_numbered (10, 1000);
  g_autoptr (GstStructure) stats = NULL;
  guint i;
  Fixture f;

  fixture_init_app (&f, NULL, "sync=false chunk-size=1000");
  g_assert_cmpuint (stat_of (&f, "out-bytes-total"), ==, 0);
  play (&f);
  push (&f, media);
  end_of_stream (&f);
  wait_eos (&f);
  g_object_get (f.sink, "stats", &stats, NULL);
  g_assert_cmpstr (gst_structure_get_name (stats), ==,
      "GstRtmpConnectionStats");
  for (i = 0; i < G_N_ELEMENTS (fields); i++)
    g_assert_true (gst_structure_has_field_typed (stats, fields[i].name,
            fields[i].type));
  g_assert_cmpuint (stat_of (&f, "out-chunk-size"), ==, 1000);
  g_assert_cmpuint (stat_of (&f, "in-chunk-size"), ==, 4096);
  g_assert_cmpuint (stat_of (&f, "out-bytes-total"), >, 10000);
  g_assert_cmpuint (stat_of (&f, "in-bytes-total"), >, 100);
  g_assert_cmpuint (stat_of (&f, "video-messages"), ==, 10);
  g_assert_cmpuint (stat_of (&f, "queue-bytes"), ==, 0);
  wait_stat (&f, "out-bit-rate");
  fixture_clear (&f);
  g_ptr_array_unref (media);
}

static void
test_stop_commands (void)
{
  GPtrArray *media = gst_rtmp_test_numbered (1, 100);
  RtmpScriptedPeer *peer;
  Fixture f;

  fixture_init_app (&f, NULL, "sync=false stop-commands=closestream");
  play (&f);
  push (&f, media);
  end_of_stream (&f);
  wait_eos (&f);
  peer = rtmp_test_server_lock (f.server);
  g_assert_nonnull (rtmp_scripted_peer_find_command (peer, "closeStream"));
  g_assert_null (rtmp_scripted_peer_find_command (peer, "FCUnpublish"));
  g_assert_null (rtmp_scripted_peer_find_command (peer, "deleteStream"));
  rtmp_test_server_unlock (f.server);
  fixture_clear (&f);
  g_ptr_array_unref (media);
}

static void
add_cuts (void)
{
  static const guint cuts[] = { 1, 7, 13, 1000, 4096, 1 << 20 };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cuts); i++) {
    g_autofree gchar *path = g_strdup_printf ("/sink/cut/%u", cuts[i]);

    g_test_add_data_func (path, GUINT_TO_POINTER (cuts[i]), test_cuts);
  }
}

static void
add_stops (void)
{
  g_test_add_data_func ("/sink/stop/full", NULL, test_stop_when_full);
  g_test_add_data_func ("/sink/stop/draining", GINT_TO_POINTER (TRUE),
      test_stop_when_full);
}

int
main (int argc, char **argv)
{
  gst_rtmp_test_init (&argc, &argv);
  add_cuts ();
  g_test_add_func ("/sink/messages", test_messages);
  g_test_add_data_func ("/sink/again/null", GINT_TO_POINTER (GST_STATE_NULL),
      test_again);
  g_test_add_data_func ("/sink/again/ready", GINT_TO_POINTER (GST_STATE_READY),
      test_again);
  g_test_add_func ("/sink/by-reference", test_by_reference);
  g_test_add_func ("/sink/memories", test_memories);
  g_test_add_func ("/sink/headers/E-123-once", test_headers_once);
  g_test_add_func ("/sink/headers/in-caps-only", test_headers_in_caps_only);
  g_test_add_func ("/sink/headers/E-123-change", test_headers_change);
  g_test_add_func ("/sink/pacing", test_pacing);
  g_test_add_func ("/sink/eos/drains", test_eos_drains);
  g_test_add_func ("/sink/eos/timeout", test_eos_timeout);
  g_test_add_func ("/sink/eos/partial", test_eos_partial);
  g_test_add_func ("/sink/eos/without-media", test_eos_without_media);
  g_test_add_func ("/sink/eos/sent", test_eos_sent);
  g_test_add_func ("/sink/eos/after-failure", test_eos_after_failure);
  g_test_add_func ("/sink/eos/sent-to-deaf", test_eos_sent_to_deaf);
  g_test_add_func ("/sink/full/pause", test_pause_when_full);
  g_test_add_func ("/sink/full/in-time", test_full_in_time);
  g_test_add_func ("/sink/full/flush", test_flush_when_full);
  g_test_add_func ("/sink/async-connect-off", test_async_connect_off);
  add_stops ();
  g_test_add_func ("/sink/stats", test_stats);
  g_test_add_func ("/sink/stop-commands", test_stop_commands);
  return g_test_run ();
}

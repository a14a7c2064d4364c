/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmptest.h"

#include <string.h>

#include "rtmpclientsession.h"

/* What must not be told to anybody. */
#define KEY "s3cr3t"
#define HOUR 3600000

/* What a server plays, and how it ends it: a status, "StreamEOF", or %NULL for
 * not at all. */
typedef struct
{
  GPtrArray *media;
  const gchar *end;
} Script;

typedef struct
{
  RtmpTestServer *server;
  GstRtmpTest *test;
  GstElement *src;

  /* What came out of it; under lock. */
  GMutex lock;
  GCond cond;
  GByteArray *bytes;
  GArray *times;                /* of GstClockTime, but of the first buffer */
  GArray *segments;             /* of GstSegment */
  guint eos;
} Fixture;

static void
send_end (RtmpScriptedPeer * peer, const gchar * end)
{
  if (g_str_equal (end, "StreamEOF"))
    rtmp_scripted_peer_send_user_control (peer, RTMP_USER_CONTROL_STREAM_EOF,
        RTMP_SCRIPTED_PEER_STREAM);
  else
    rtmp_scripted_peer_send_status (peer, RTMP_SCRIPTED_PEER_STREAM, "status",
        end, "");
}

static void
play_script (RtmpScriptedPeer * peer, const RtmpMessage * message,
    gpointer user_data)
{
  const Script *script = user_data;
  guint i;

  for (i = 0; i < script->media->len; i++) {
    const RtmpMessage *m = g_ptr_array_index (script->media, i);

    rtmp_scripted_peer_send_media (peer, (RtmpMessageType) m->type,
        RTMP_SCRIPTED_PEER_STREAM, m->timestamp, g_bytes_ref (m->payload));
  }
  if (script->end)
    send_end (peer, script->end);
}

/* What comes out */

static void
take_buffer (Fixture * self, GstBuffer * buffer)
{
  GstClockTime time = GST_BUFFER_PTS (buffer);
  GstMapInfo map;

  g_assert_cmpuint (GST_BUFFER_DTS (buffer), ==, time);
  g_array_append_val (self->times, time);
  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_byte_array_append (self->bytes, map.data, (guint) map.size);
  gst_buffer_unmap (buffer, &map);
}

static gboolean
take_from_list (GstBuffer ** buffer, guint index, gpointer user_data)
{
  take_buffer (user_data, *buffer);
  return TRUE;
}

static void
take_event (Fixture * self, GstEvent * event)
{
  const GstSegment *segment;

  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS)
    self->eos++;
  if (GST_EVENT_TYPE (event) != GST_EVENT_SEGMENT)
    return;
  gst_event_parse_segment (event, &segment);
  g_array_append_vals (self->segments, segment, 1);
}

static GstPadProbeReturn
on_output (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Fixture *self = user_data;

  g_mutex_lock (&self->lock);
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER)
    take_buffer (self, GST_PAD_PROBE_INFO_BUFFER (info));
  else if (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST)
    gst_buffer_list_foreach (GST_PAD_PROBE_INFO_BUFFER_LIST (info),
        take_from_list, self);
  else
    take_event (self, GST_PAD_PROBE_INFO_EVENT (info));
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

static void
fixture_init (Fixture * self, const RtmpTestPlan * plan,
    const gchar * properties)
{
  g_autofree gchar *url = NULL;
  g_autoptr (GstPad) pad = NULL;

  memset (self, 0, sizeof (*self));
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->bytes = g_byte_array_new ();
  self->times = g_array_new (FALSE, FALSE, sizeof (GstClockTime));
  self->segments = g_array_new (FALSE, FALSE, sizeof (GstSegment));
  self->server = rtmp_test_server_new (plan);
  url = rtmp_test_server_url (self->server, KEY);
  self->test = gst_rtmp_test_new ("rtmpsrc name=src location=%s %s "
      "! fakesink name=sink sync=false", url, properties);
  self->src = gst_rtmp_test_element (self->test, "src");
  pad = gst_element_get_static_pad (self->src, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_DATA_DOWNSTREAM, on_output, self,
      NULL);
}

static void
fixture_clear (Fixture * self)
{
  gst_rtmp_test_assert_secret (self->test, KEY);
  gst_rtmp_test_free (self->test);
  rtmp_test_server_free (self->server);
  g_byte_array_unref (self->bytes);
  g_array_unref (self->times);
  g_array_unref (self->segments);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
}

static void
play (Fixture * self)
{
  gst_rtmp_test_set_state (self->test, GST_STATE_PLAYING);
}

/* So many tags have come out, the first one with the file header. */
static void
wait_tags (Fixture * self, guint n)
{
  gint64 end = g_get_monotonic_time () + RTMP_TEST_PATIENCE;

  g_mutex_lock (&self->lock);
  while (self->times->len < n)
    if (!g_cond_wait_until (&self->cond, &self->lock, end))
      g_error ("%u tags, not %u", self->times->len, n);
  g_mutex_unlock (&self->lock);
}

static void
assert_output (Fixture * self, GPtrArray * media)
{
  g_autoptr (GBytes) expected = gst_rtmp_test_flv (media);

  g_assert_cmpuint (self->times->len, ==, media->len);
  g_assert_cmpmem (self->bytes->data, self->bytes->len,
      g_bytes_get_data (expected, NULL), g_bytes_get_size (expected));
}

static void
wait_eos (Fixture * self)
{
  gst_rtmp_test_wait (self->test, GST_MESSAGE_EOS);
  g_assert_cmpuint (gst_rtmp_test_count (self->test, GST_MESSAGE_ERROR, NULL),
      ==, 0);
}

/* Playing */

/* The very bytes of the file, which begins with the same header. */
static void
test_exact (gconstpointer end)
{
  g_autoptr (GBytes) flv = gst_rtmp_test_read ("avc_aac.flv");
  Script script = { gst_rtmp_test_tags (flv), end };
  const RtmpTestPlan plan = {.started = play_script,.user_data = &script };
  Fixture f;

  fixture_init (&f, &plan, "");
  play (&f);
  wait_eos (&f);
  assert_output (&f, script.media);
  g_assert_cmpuint (f.eos, ==, 1);
  g_assert_cmpuint (gst_rtmp_test_count_element (f.test, "rtmp-disconnected"),
      ==, 1);
  fixture_clear (&f);
  g_ptr_array_unref (script.media);
}

/* By small writes, each a read of its own. */
static void
test_slow_server (void)
{
  Script script = { gst_rtmp_test_numbered (20, 700), "NetStream.Play.Stop" };
  const RtmpTestPlan plan = {.started = play_script,.user_data = &script,
    .write_size = 13
  };
  Fixture f;

  fixture_init (&f, &plan, "");
  play (&f);
  wait_eos (&f);
  assert_output (&f, script.media);
  fixture_clear (&f);
  g_ptr_array_unref (script.media);
}

static void
test_messages (void)
{
  Script script = { gst_rtmp_test_numbered (20, 700), "NetStream.Play.Stop" };
  const RtmpTestPlan plan = {.started = play_script,.user_data = &script };
  Fixture f;

  fixture_init (&f, &plan, "");
  play (&f);
  wait_eos (&f);
  g_assert_cmpuint (gst_rtmp_test_count_progress (f.test,
          GST_PROGRESS_TYPE_START), ==, 1);
  g_assert_cmpuint (gst_rtmp_test_count_progress (f.test,
          GST_PROGRESS_TYPE_COMPLETE), ==, 1);
  g_assert_cmpuint (gst_rtmp_test_count_progress (f.test,
          GST_PROGRESS_TYPE_ERROR), ==, 0);
  g_assert_cmpuint (gst_rtmp_test_count_element (f.test, "rtmp-connected"),
      ==, 1);
  g_assert_cmpuint (gst_rtmp_test_count_element (f.test, "rtmp-status"), ==, 4);
  fixture_clear (&f);
  g_ptr_array_unref (script.media);
}

static void
test_num_buffers (void)
{
  Script script = { gst_rtmp_test_numbered (20, 700), NULL };
  const RtmpTestPlan plan = {.started = play_script,.user_data = &script };
  g_autoptr (GPtrArray) expected = gst_rtmp_test_numbered (3, 700);
  Fixture f;

  fixture_init (&f, &plan, "num-buffers=3");
  play (&f);
  wait_eos (&f);
  assert_output (&f, expected);
  fixture_clear (&f);
  g_ptr_array_unref (script.media);
}

/* Time */

static GPtrArray *
media_at (const guint32 * times, guint n)
{
  GPtrArray *media = gst_rtmp_test_media_new ();
  guint i;

  for (i = 0; i < n; i++)
    gst_rtmp_test_media_add (media, RTMP_MESSAGE_AUDIO, times[i],
        gst_rtmp_test_payload (i, 100));
  return media;
}

static void
test_wrap (void)
{
  static const guint32 times[] = { 0xFFFFFF00, 0xFFFFFFF0, 0x10, 0xFFFFFFF8,
    0x200
  };
  static const guint64 expected[] = { 0xFFFFFF00, 0xFFFFFFF0, 0x100000010,
    0xFFFFFFF8, 0x100000200
  };
  Script script = { media_at (times, G_N_ELEMENTS (times)),
    "NetStream.Play.Stop"
  };
  const RtmpTestPlan plan = {.started = play_script,.user_data = &script };
  guint i;
  Fixture f;

  fixture_init (&f, &plan, "");
  play (&f);
  wait_eos (&f);
  assert_output (&f, script.media);
  for (i = 0; i < G_N_ELEMENTS (times); i++)
    g_assert_cmpuint (g_array_index (f.times, GstClockTime, i), ==,
        expected[i] * GST_MSECOND);
  fixture_clear (&f);
  g_ptr_array_unref (script.media);
}

/* Some servers send the headers of a stream with no time. */
static GPtrArray *
media_of_live (gboolean early_header)
{
  static const guint32 times[] = { HOUR, HOUR + 20 };
  GPtrArray *media = gst_rtmp_test_media_new ();
  g_autoptr (GPtrArray) frames = media_at (times, G_N_ELEMENTS (times));
  guint i;

  if (early_header)
    gst_rtmp_test_media_add (media, RTMP_MESSAGE_AUDIO, 0,
        g_bytes_new_static ("\xaf\0\x12\x10", 4));
  for (i = 0; i < frames->len; i++) {
    const RtmpMessage *m = g_ptr_array_index (frames, i);

    gst_rtmp_test_media_add (media, m->type, m->timestamp,
        g_bytes_ref (m->payload));
  }
  return media;
}

/* A live stream that has gone on for an hour begins now. */
static void
test_live_segment (gconstpointer early_header)
{
  Script script = { media_of_live (early_header != NULL),
    "NetStream.Play.Stop"
  };
  const RtmpTestPlan plan = {.started = play_script,.user_data = &script };
  GstSegment *segment;
  guint64 running;
  Fixture f;

  fixture_init (&f, &plan, "");
  play (&f);
  wait_eos (&f);
  segment = &g_array_index (f.segments, GstSegment, f.segments->len - 1);
  g_assert_cmpint (segment->format, ==, GST_FORMAT_TIME);
  running = gst_segment_to_running_time (segment, GST_FORMAT_TIME,
      HOUR * GST_MSECOND);
  g_assert_true (GST_CLOCK_TIME_IS_VALID (running));
  g_assert_cmpuint (running, <, 60 * GST_SECOND);
  g_assert_cmpuint (gst_segment_to_running_time (segment, GST_FORMAT_TIME,
          (HOUR + 20) * GST_MSECOND), ==, running + 20 * GST_MSECOND);
  fixture_clear (&f);
  g_ptr_array_unref (script.media);
}

/* A recorded one has its own time, from its start. */
static void
test_recorded_segment (void)
{
  static const guint32 times[] = { 0, 20 };
  Script script = { media_at (times, G_N_ELEMENTS (times)),
    "NetStream.Play.Stop"
  };
  const RtmpTestPlan plan = {.started = play_script,.user_data = &script };
  const GstSegment *segment;
  Fixture f;

  fixture_init (&f, &plan, "stream-type=recorded");
  play (&f);
  wait_eos (&f);
  assert_output (&f, script.media);
  segment = &g_array_index (f.segments, GstSegment, 0);
  g_assert_cmpint (segment->format, ==, GST_FORMAT_TIME);
  g_assert_cmpuint (segment->start, ==, 0);
  g_assert_cmpuint (segment->base, ==, 0);
  fixture_clear (&f);
  g_ptr_array_unref (script.media);
}

typedef struct
{
  const gchar *properties;
  gboolean live;
  gdouble start;                /* the argument of play */
} Liveness;

static const Liveness livenesses[] = {
  {"", TRUE, RTMP_PLAY_LIVE_OR_RECORDED},
  {"stream-type=live stream=file.mp4", TRUE, RTMP_PLAY_LIVE},
  {"stream-type=recorded", FALSE, 0},
  {"stream=mp4:sample", FALSE, RTMP_PLAY_LIVE_OR_RECORDED},
  {"stream=sample.flv?token=a", FALSE, RTMP_PLAY_LIVE_OR_RECORDED},
};

static void
test_liveness (gconstpointer data)
{
  const Liveness *how = data;
  Script script = { gst_rtmp_test_numbered (1, 100), NULL };
  const RtmpTestPlan plan = {.started = play_script,.user_data = &script };
  const RtmpCommand *call;
  Fixture f;

  fixture_init (&f, &plan, how->properties);
  g_assert_cmpint (gst_element_set_state (f.test->pipeline, GST_STATE_PAUSED),
      ==, how->live ? GST_STATE_CHANGE_NO_PREROLL : GST_STATE_CHANGE_ASYNC);
  gst_rtmp_test_wait_state (f.test);
  rtmp_test_server_wait_step (f.server, RTMP_TEST_STEP_RUNNING);
  call = rtmp_scripted_peer_find_command (rtmp_test_server_lock (f.server),
      "play");
  g_assert_cmpfloat (rtmp_value_as_number (rtmp_command_arg (call, 2), 7), ==,
      how->start);
  rtmp_test_server_unlock (f.server);
  fixture_clear (&f);
  g_ptr_array_unref (script.media);
}

/* Back-pressure */

static void
ping (RtmpScriptedPeer * peer, gpointer user_data)
{
  rtmp_scripted_peer_send_user_control (peer, RTMP_USER_CONTROL_PING_REQUEST,
      77);
}

static void
stop (RtmpScriptedPeer * peer, gpointer user_data)
{
  send_end (peer, "NetStream.Play.Stop");
}

static GstPadProbeReturn
block (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  return GST_PAD_PROBE_OK;
}

/* While downstream takes nothing, the server is answered as long as there is
 * room; and nothing is lost, room or not. */
static void
test_slow_downstream (gconstpointer room)
{
  const gchar *little_room = room;
  Script script = { gst_rtmp_test_numbered (100, 50000), NULL };
  const RtmpTestPlan plan = {.started = play_script,.user_data = &script };
  g_autoptr (GstPad) pad = NULL;
  gulong id;
  Fixture f;

  fixture_init (&f, &plan, little_room ? little_room : "");
  pad = gst_element_get_static_pad (gst_rtmp_test_element (f.test, "sink"),
      "sink");
  id = gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BLOCK
      | GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, block,
      NULL, NULL);
  play (&f);
  rtmp_test_server_wait_step (f.server, RTMP_TEST_STEP_RUNNING);
  if (!little_room) {
    rtmp_test_server_call (f.server, ping, NULL);
    /* Behind the one that tells the length of the buffer. */
    rtmp_test_server_wait_type (f.server, RTMP_MESSAGE_USER_CONTROL, 2);
  }
  rtmp_test_server_call (f.server, stop, NULL);
  gst_pad_remove_probe (pad, id);
  wait_eos (&f);
  assert_output (&f, script.media);
  fixture_clear (&f);
  g_ptr_array_unref (script.media);
}

/* Starting and stopping */

static void
test_async_connect_off (void)
{
  Script script = { gst_rtmp_test_numbered (1, 100), NULL };
  const RtmpTestPlan plan = {.started = play_script,.user_data = &script };
  Fixture f;

  fixture_init (&f, &plan, "async-connect=false");
  gst_rtmp_test_set_state (f.test, GST_STATE_PAUSED);
  gst_rtmp_test_wait_state (f.test);
  g_assert_cmpuint (gst_rtmp_test_count (f.test, GST_MESSAGE_PROGRESS, NULL),
      ==, 0);
  g_assert_cmpuint (rtmp_test_server_n_connections (f.server), ==, 0);
  play (&f);
  wait_tags (&f, 1);
  g_assert_cmpuint (rtmp_test_server_n_connections (f.server), ==, 1);
  fixture_clear (&f);
  g_ptr_array_unref (script.media);
}

static void
test_pause_and_go_on (void)
{
  Script script = { gst_rtmp_test_numbered (20, 100), NULL };
  const RtmpTestPlan plan = {.started = play_script,.user_data = &script };
  Fixture f;

  fixture_init (&f, &plan, "");
  g_object_set (gst_rtmp_test_element (f.test, "sink"), "async", FALSE, NULL);
  play (&f);
  wait_tags (&f, 20);
  gst_rtmp_test_set_state (f.test, GST_STATE_PAUSED);
  gst_rtmp_test_wait_state (f.test);
  play (&f);
  rtmp_test_server_close (f.server);
  gst_rtmp_test_wait (f.test, GST_MESSAGE_EOS);
  assert_output (&f, script.media);
  fixture_clear (&f);
  g_ptr_array_unref (script.media);
}

static void
test_again (void)
{
  Script script = { gst_rtmp_test_numbered (5, 100), NULL };
  const RtmpTestPlan plan = {.started = play_script,.user_data = &script };
  guint i;
  Fixture f;

  fixture_init (&f, &plan, "");
  for (i = 1; i <= 3; i++) {
    play (&f);
    wait_tags (&f, 5);
    gst_rtmp_test_set_state (f.test, GST_STATE_NULL);
    assert_output (&f, script.media);
    g_assert_cmpuint (rtmp_test_server_n_connections (f.server), ==, i);
    g_byte_array_set_size (f.bytes, 0);
    g_array_set_size (f.times, 0);
  }
  fixture_clear (&f);
  g_ptr_array_unref (script.media);
}

static void
test_stats (void)
{
  Script script = { gst_rtmp_test_numbered (5, 1000), NULL };
  const RtmpTestPlan plan = {.started = play_script,.user_data = &script };
  g_autoptr (GstStructure) stats = NULL;
  guint64 n;
  Fixture f;

  fixture_init (&f, &plan, "");
  play (&f);
  wait_tags (&f, 5);
  rtmp_test_server_close (f.server);
  gst_rtmp_test_wait (f.test, GST_MESSAGE_ERROR);
  g_object_get (f.src, "stats", &stats, NULL);
  g_assert_true (gst_structure_get_uint64 (stats, "video-messages", &n));
  g_assert_cmpuint (n, ==, 5);
  g_assert_true (gst_structure_get_uint64 (stats, "in-bytes-total", &n));
  g_assert_cmpuint (n, >, 5000);
  fixture_clear (&f);
  g_ptr_array_unref (script.media);
}

static void
add_states (void)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (livenesses); i++) {
    g_autofree gchar *path = g_strdup_printf ("/src/liveness/%u", i);

    g_test_add_data_func (path, &livenesses[i], test_liveness);
  }
  g_test_add_func ("/src/async-connect-off", test_async_connect_off);
  g_test_add_func ("/src/pause-and-go-on", test_pause_and_go_on);
  g_test_add_func ("/src/again", test_again);
}

int
main (int argc, char **argv)
{
  gst_rtmp_test_init (&argc, &argv);
  g_test_add_data_func ("/src/exact/stop", "NetStream.Play.Stop", test_exact);
  g_test_add_data_func ("/src/exact/complete", "NetStream.Play.Complete",
      test_exact);
  g_test_add_data_func ("/src/exact/unpublish",
      "NetStream.Play.UnpublishNotify", test_exact);
  g_test_add_data_func ("/src/exact/stream-eof", "StreamEOF", test_exact);
  g_test_add_func ("/src/slow-server", test_slow_server);
  g_test_add_func ("/src/messages", test_messages);
  g_test_add_func ("/src/num-buffers", test_num_buffers);
  g_test_add_func ("/src/time/E-024-wrap", test_wrap);
  g_test_add_data_func ("/src/time/live", NULL, test_live_segment);
  g_test_add_data_func ("/src/time/live/early-header", GINT_TO_POINTER (TRUE),
      test_live_segment);
  g_test_add_func ("/src/time/recorded", test_recorded_segment);
  g_test_add_data_func ("/src/slow-downstream/room", NULL,
      test_slow_downstream);
  g_test_add_data_func ("/src/slow-downstream/little-room",
      "max-queue-bytes=200000", test_slow_downstream);
  g_test_add_data_func ("/src/slow-downstream/least-room",
      "max-queue-bytes=1", test_slow_downstream);
  add_states ();
  g_test_add_func ("/src/stats", test_stats);
  return g_test_run ();
}

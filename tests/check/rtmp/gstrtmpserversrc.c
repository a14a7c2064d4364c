/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpservertest.h"
#include "rtmptestmemory.h"

#define SERVE "rtmpserversrc name=server location=rtmp://127.0.0.1/live/cam " \
    "port=0 "
#define TO_NOWHERE "! fakesink sync=false"

static void
publish (Service * service, Far * far)
{
  far_call_port (far, service->port, TRUE, NULL);
  far_wait (far, "running");
}

static void
finish (Far * far)
{
  rtmp_client_finish (far->client);
  far_wait (far, "closed: done");
  far_clear (far);
}

/* What our own rtmpsink publishes comes out, every byte; then EOS. */
static void
test_every_byte (void)
{
  static const gchar *const files[] = { "avc_aac.flv", "avc_mp3.flv",
    "h263_speex.flv", "screen2_adpcm.flv"
  };
  guint fds = rtmp_test_count_fds (), i;

  for (i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autoptr (GBytes) file = gst_rtmp_test_read (files[i]);
    g_autoptr (GPtrArray) wanted = gst_rtmp_test_tags (file), got = NULL;
    g_autofree gchar *path = gst_rtmp_test_path (files[i]);
    GstRtmpTest *sender;
    Service service;

    service_start (&service, GST_STATE_PLAYING, SERVE TO_NOWHERE);
    sender = gst_rtmp_test_new ("filesrc location=\"%s\" blocksize=997 ! "
        "rtmpsink sync=false location=rtmp://127.0.0.1:%u/live/cam", path,
        service.port);
    gst_rtmp_test_set_state (sender, GST_STATE_PLAYING);
    gst_rtmp_test_wait (sender, GST_MESSAGE_EOS);
    gst_rtmp_test_wait (service.test, GST_MESSAGE_EOS);
    got = service_tags (&service);
    assert_same_media (got, wanted);
    g_assert_cmpuint (gst_rtmp_test_count (service.test, GST_MESSAGE_WARNING,
            NULL), ==, 0);
    gst_rtmp_test_free (sender);
    diary_wait (&service.signals, "removed", 1);
    diary_assert (&service.signals, "added live/cam?\nremoved live/cam?\n");
    service_clear (&service);
  }
  assert_nothing_left (fds);
}

/* One timeline over several publishers, with a gap of what has passed, and one
 * mark where each begins. */
static void
test_keep_listening (void)
{
  guint fds = rtmp_test_count_fds (), i, round;
  gint64 gone[3] = { 0, }, back[3] = { 0, };
  GstClockTime last = 0;
  Service service;
  Far far;

  service_start (&service, GST_STATE_PLAYING,
      SERVE "keep-listening=true " TO_NOWHERE);
  for (round = 0; round < 3; round++) {
    publish (&service, &far);
    far_send (&far, 'D', 0, "onMetaData", 0);
    diary_wait (&service.output, "D", round + 1);
    back[round] = g_get_monotonic_time ();
    for (i = 0; i < 4; i++)
      far_send (&far, i % 2 ? 'V' : 'A', 900000 * (2 - round) + i, "x", 9);
    diary_wait (&service.output, "V", 2 * round + 2);
    gone[round] = g_get_monotonic_time ();
    finish (&far);
  }
  g_mutex_lock (&service.output.lock);
  g_assert_cmpuint (service.times->len, ==, 1 + 3 * 5);
  for (i = 0; i < service.times->len; i++) {
    GstClockTime time = g_array_index (service.times, GstClockTime, i);

    if (i <= 1)
      continue;
    g_assert_cmpuint (time, >=, last);
    if (i > 2 && i % 5 == 2) {
      round = i / 5;
      g_assert_cmpuint (time - last, >=, (guint64) MAX (back[round]
              - gone[round - 1], 0) * GST_USECOND);
      g_assert_cmpuint (time - last, <, GST_SECOND * 40);
    }
    last = time;
  }
  g_mutex_unlock (&service.output.lock);
  g_assert_cmpuint (diary_count (&service.output, "D discont"), ==, 2);
  g_assert_cmpuint (diary_count (&service.output, "A discont")
      + diary_count (&service.output, "V discont"), ==, 0);
  g_assert_cmpuint (diary_count (&service.output, "F"), ==, 1);
  g_assert_cmpuint (diary_count (&service.output, "eos"), ==, 0);
  g_assert_cmpuint (gst_rtmp_test_count (service.test, GST_MESSAGE_WARNING,
          NULL), ==, 0);
  service_clear (&service);
  assert_nothing_left (fds);
}

/* Another one also follows who has sent no more than metadata, and who has sent
 * nothing. */
static void
test_no_frames (void)
{
  Service service;
  Far far;

  service_start (&service, GST_STATE_PLAYING,
      SERVE "keep-listening=true " TO_NOWHERE);
  publish (&service, &far);
  far_send (&far, 'D', 0, "onMetaData", 0);
  diary_wait (&service.output, "D", 1);
  finish (&far);
  publish (&service, &far);
  finish (&far);
  publish (&service, &far);
  far_send (&far, 'A', 0, "x", 9);
  diary_wait (&service.output, "A", 1);
  g_assert_cmpuint (diary_count (&service.output, "D discont"), ==, 0);
  g_assert_cmpuint (diary_count (&service.output, "A discont"), ==, 1);
  finish (&far);
  service_clear (&service);
}

/* Headers do not tell when a stream begins, for they may stand anywhere before
 * it; and nothing stands before 0. Tags have the times of their buffers. */
static void
test_times (void)
{
  g_autoptr (GPtrArray) tags = NULL;
  GstClockTime time[6];
  Service service;
  guint i;
  Far far;

  service_start (&service, GST_STATE_PLAYING,
      SERVE "keep-listening=true " TO_NOWHERE);
  publish (&service, &far);
  far_send (&far, 'V', 1000, "x", 9);
  diary_wait (&service.output, "V", 1);
  finish (&far);
  publish (&service, &far);
  far_send (&far, 'V', 0, "\x17", 5);
  far_send (&far, 'V', 500000, "\x17\1", 5);
  far_send (&far, 'A', 500010, "x", 5);
  far_send (&far, 'A', 0, "x", 5);
  diary_wait (&service.output, "A", 2);
  tags = service_tags (&service);
  g_assert_cmpuint (tags->len, ==, 5);
  g_mutex_lock (&service.output.lock);
  for (i = 0; i < tags->len; i++) {
    const RtmpMessage *tag = g_ptr_array_index (tags, i);

    time[i] = g_array_index (service.times, GstClockTime, i + 1);
    g_assert_cmpuint (tag->timestamp, ==, time[i] / GST_MSECOND);
  }
  g_mutex_unlock (&service.output.lock);
  g_assert_cmpuint (time[1], ==, time[0]);
  g_assert_cmpuint (time[2], >=, time[0]);
  g_assert_cmpuint (time[2] - time[0], <, 100 * GST_SECOND);
  g_assert_cmpuint (time[3], ==, time[2] + 10 * GST_MSECOND);
  g_assert_cmpuint (time[4], ==, 0);
  far_clear (&far);
  service_clear (&service);
}

static void
test_lost_publisher (void)
{
  guint fds = rtmp_test_count_fds ();
  Service service;
  Far far;

  service_start (&service, GST_STATE_PLAYING, SERVE TO_NOWHERE);
  publish (&service, &far);
  far_send (&far, 'V', 0, "x", 9);
  diary_wait (&service.output, "V", 1);
  far_clear (&far);
  gst_rtmp_test_wait (service.test, GST_MESSAGE_EOS);
  g_assert_cmpuint (gst_rtmp_test_count (service.test, GST_MESSAGE_WARNING,
          service.element), ==, 1);
  diary_wait (&service.signals, "removed", 1);
  diary_assert (&service.signals, "added live/cam?\nremoved live/cam? because "
      "the peer closed the connection\n");
  service_clear (&service);
  assert_nothing_left (fds);
}

/* After the end nobody is taken any more. */
static void
test_after_the_end (void)
{
  guint fds = rtmp_test_count_fds ();
  Service service;
  Far far;

  service_start (&service, GST_STATE_PLAYING, SERVE TO_NOWHERE);
  publish (&service, &far);
  finish (&far);
  gst_rtmp_test_wait (service.test, GST_MESSAGE_EOS);
  far_call_port (&far, service.port, TRUE, NULL);
  far_wait (&far, "NetStream.Publish.Denied The stream has ended.");
  far_clear (&far);
  service_clear (&service);
  assert_nothing_left (fds);
}

static void
test_takeover (void)
{
  guint fds = rtmp_test_count_fds ();
  Service service;
  Far first, second;

  service_start (&service, GST_STATE_PLAYING, SERVE TO_NOWHERE);
  publish (&service, &first);
  far_call_port (&second, service.port, TRUE, NULL);
  far_wait (&second, "NetStream.Publish.BadName");
  far_clear (&second);
  far_clear (&first);
  service_clear (&service);

  service_start (&service, GST_STATE_PLAYING,
      SERVE "takeover=true " TO_NOWHERE);
  publish (&service, &first);
  far_send (&first, 'V', 0, "x", 9);
  diary_wait (&service.output, "V", 1);
  publish (&service, &second);
  far_wait (&first, "closed");
  far_send (&second, 'V', 0, "x", 9);
  diary_wait (&service.output, "V discont", 1);
  g_assert_cmpuint (diary_count (&service.output, "eos"), ==, 0);
  far_clear (&first);
  finish (&second);
  gst_rtmp_test_wait (service.test, GST_MESSAGE_EOS);
  g_assert_cmpuint (gst_rtmp_test_count (service.test, GST_MESSAGE_WARNING,
          NULL), ==, 0);
  service_clear (&service);
  assert_nothing_left (fds);
}

/* Downstream that takes nothing: the publisher has to wait, and nothing is
 * lost. */
static void
back_pressure (const gchar * launch)
{
  guint fds = rtmp_test_count_fds (), i;
  RtmpClientLevel level;
  Service service;
  Far far;

  service_start (&service, GST_STATE_PAUSED, launch);
  publish (&service, &far);
  for (i = 0; i < 64; i++)
    far_send (&far, 'V', i, "x", 1 << 20);
  /* It does not end, for what it sends is not read. */
  rtmp_client_finish (far.client);
  diary_wait (&service.signals, "added", 1);
  rtmp_client_level (far.client, &level);
  g_assert_cmpuint (level.bytes, >, 0);
  g_assert_cmpuint (diary_count (&far.diary, "closed"), ==, 0);
  gst_rtmp_test_set_state (service.test, GST_STATE_PLAYING);
  far_wait (&far, "closed: done");
  diary_wait (&service.output, "V", 64);
  far_clear (&far);
  service_clear (&service);
  assert_nothing_left (fds);
}

/* Up to its limit pings are answered although downstream does not move. */
static void
test_ping (void)
{
  Service service;
  Raw raw;

  service_start (&service, GST_STATE_PAUSED, SERVE TO_NOWHERE);
  raw_call (&raw, service.port, 1);
  raw_ask (&raw, 1, "publish", "cam");
  raw_wait (&raw, "1 onStatus NetStream.Publish.Start", 1);
  raw_send (&raw, RTMP_MESSAGE_VIDEO, 1, 0, named_payload ("x", 9));
  raw_send (&raw, RTMP_MESSAGE_USER_CONTROL, 0, 0, g_bytes_new_static
      ("\0\6\0\0\0\11", 6));
  raw_wait (&raw, "control 7 9", 1);
  raw_close (&raw);
  service_clear (&service);
}

static void
test_back_pressure (void)
{
  back_pressure (SERVE "keep-listening=true max-queue-bytes=1000000 "
      TO_NOWHERE);
}

/* Nobody holds the place who has gone, though nothing is read: the next one may
 * come, until much is left behind. Nothing of it is lost. */
static void
test_hang_up (void)
{
  guint fds = rtmp_test_count_fds (), round, i;
  RtmpClientLevel level;
  Service service;
  Far far;

  service_start (&service, GST_STATE_PAUSED,
      SERVE "keep-listening=true max-queue-bytes=1000 " TO_NOWHERE);
  for (round = 0;; round++) {
    far_call_port (&far, service.port, TRUE, NULL);
    far_wait (&far, "NetStream.Publish");
    if (diary_count (&far.diary, "NetStream.Publish.Start") == 0)
      break;
    for (i = 0; i < 4; i++)
      far_send (&far, 'V', i, "x", 10000);
    do
      rtmp_client_level (far.client, &level);
    while (level.bytes > 0);
    far_clear (&far);
    diary_wait (&service.signals, "removed", round + 1);
  }
  far_clear (&far);
  g_assert_cmpuint (diary_count (&service.signals, "rejected"), ==, 1);
  g_assert_cmpuint (round * 40000, >, 12 << 20);
  g_assert_cmpuint (round * 40000, <, 20 << 20);
  gst_rtmp_test_set_state (service.test, GST_STATE_PLAYING);
  diary_wait (&service.output, "V", 4 * round);
  publish (&service, &far);
  far_clear (&far);
  service_clear (&service);
  assert_nothing_left (fds);
}

/* A limit that everything is above. */
static void
test_back_pressure_least (void)
{
  back_pressure (SERVE "keep-listening=true max-queue-bytes=1 " TO_NOWHERE);
}

/* While downstream stands still, those who begin anew bring no more either. */
static void
test_back_pressure_of_many (void)
{
  guint fds = rtmp_test_count_fds (), i, round;
  Service service;
  Far far[8];

  service_start (&service, GST_STATE_PAUSED,
      SERVE "takeover=true max-queue-bytes=100000 " TO_NOWHERE);
  for (round = 0; round < G_N_ELEMENTS (far); round++) {
    publish (&service, &far[round]);
    for (i = 0; i < 64; i++)
      far_send (&far[round], 'V', i, "x", 1 << 20);
  }
  gst_rtmp_test_set_state (service.test, GST_STATE_PLAYING);
  rtmp_client_finish (far[round - 1].client);
  far_wait (&far[round - 1], "closed: done");
  gst_rtmp_test_wait (service.test, GST_MESSAGE_EOS);
  /* The last one's, and one of the first, which filled the queue. */
  g_assert_cmpuint (diary_count (&service.output, "V"), >=, 64);
  g_assert_cmpuint (diary_count (&service.output, "V"), <=, 64 + 1);
  for (i = 0; i < round; i++)
    far_clear (&far[i]);
  service_clear (&service);
  assert_nothing_left (fds);
}

/* Messages of nothing, as many as go into an aggregate, and then one byte each:
 * what they cost counts, not their bytes. */
static void
test_back_pressure_of_nothing (void)
{
  const gsize size = 8 << 20, cost = 40 << 20;
  guint8 chunk[] = { 4, 0, 0, 0, 0, 0, 0, 9, 1, 0, 0, 0 };
  guint8 *parts = g_malloc0 (size);
  g_autofree guint8 *more = g_malloc (size);
  guint fds = rtmp_test_count_fds (), stuck;
  GPollableOutputStream *output;
  Service service;
  gsize before, sent, i;
  gssize n;
  Raw raw;

  service_start (&service, GST_STATE_PAUSED,
      SERVE "keep-listening=true max-queue-bytes=1000000 " TO_NOWHERE);
  raw_call (&raw, service.port, 1);
  raw_ask (&raw, 1, "publish", "cam");
  raw_wait (&raw, "1 onStatus NetStream.Publish.Start", 1);
  for (i = 0; i < size; i += 15)
    parts[i] = RTMP_MESSAGE_VIDEO;
  memset (more, 0xC4, size);
  before = allocated_bytes ();
  raw_send (&raw, RTMP_MESSAGE_AGGREGATE, 1, 0, g_bytes_new_take (parts, size));
  raw_write (raw.stream, chunk, sizeof (chunk));
  output =
      G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (raw.stream));
  for (stuck = sent = 0; stuck < 1000; stuck = n > 0 ? 0 : stuck + 1) {
    n = g_pollable_output_stream_write_nonblocking (output, more, size, NULL,
        NULL);
    sent += n > 0 ? (gsize) n : 0;
    g_assert_cmpuint (sent, <, 64 << 20);
    g_assert_cmpuint (allocated_bytes (), <, before + cost);
    g_thread_yield ();
  }
  raw_close (&raw);
  service_clear (&service);
  assert_nothing_left (fds);
}

/* The id of the one that there is. */
static guint64
only_caller (Service * service)
{
  g_autoptr (GstStructure) stats = NULL;
  const GstStructure *caller;
  const GValue *callers;
  guint64 id = 0;

  g_object_get (service->element, "stats", &stats, NULL);
  callers = gst_structure_get_value (stats, "callers");
  g_assert_cmpuint (gst_value_array_get_size (callers), ==, 1);
  caller = gst_value_get_structure (gst_value_array_get_value (callers, 0));
  g_assert_true (gst_structure_get_uint64 (caller, "id", &id));
  return id;
}

static void
test_disconnect_caller (void)
{
  guint fds = rtmp_test_count_fds (), n = 0;
  g_autoptr (GstStructure) stats = NULL;
  Service service;
  Far far;

  service_start (&service, GST_STATE_PLAYING, SERVE TO_NOWHERE);
  publish (&service, &far);
  diary_wait (&service.signals, "added", 1);
  g_object_get (service.element, "stats", &stats, NULL);
  g_assert_true (gst_structure_get_uint (stats, "connections", &n));
  g_assert_cmpuint (n, ==, 1);
  g_signal_emit_by_name (service.element, "disconnect-caller",
      only_caller (&service));
  far_wait (&far, "closed");
  diary_wait (&service.signals, "removed live/cam? because disconnected by the "
      "application", 1);
  gst_rtmp_test_wait (service.test, GST_MESSAGE_EOS);
  far_clear (&far);
  service_clear (&service);
  assert_nothing_left (fds);
}

/* Who knows of it is asked, and goes on; nobody else is. */
static void
test_reconnect_caller (void)
{
  guint fds = rtmp_test_count_fds (), i;
  RtmpValue *info;
  Service service;
  Raw raw;

  service_start (&service, GST_STATE_PLAYING, SERVE "keep-listening=true "
      TO_NOWHERE);
  for (i = 0; i < 2; i++) {
    info = rtmp_value_new_object ();
    rtmp_value_set_string (info, "app", "live");
    rtmp_value_set_number (info, "capsEx", i == 0 ? RTMP_CAPS_EX_RECONNECT : 0);
    raw_open (&raw, service.port);
    raw_send (&raw, RTMP_MESSAGE_COMMAND_AMF0, 0, 0,
        rtmp_command_write ("connect", 1, info, NULL));
    raw_ask (&raw, 0, "createStream", NULL);
    raw_ask (&raw, 1, "publish", "cam");
    diary_wait (&service.signals, "added", i + 1);
    g_signal_emit_by_name (service.element, "reconnect-caller",
        only_caller (&service), "rtmp://other/live");
    g_signal_emit_by_name (service.element, "reconnect-caller",
        G_GUINT64_CONSTANT (77777), NULL);
    if (i == 0)
      raw_wait (&raw, "0 onStatus NetConnection.Connect.ReconnectRequest "
          "rtmp://other/live", 1);
    raw_send (&raw, RTMP_MESSAGE_VIDEO, 1, 5, named_payload ("picture", 0));
    diary_wait (&service.output, "V", i + 1);
    raw_ask (&raw, 0, "getStreamLength", NULL);
    raw_wait (&raw, "0 _result", 3);
    g_assert_cmpuint (diary_count (&raw.diary, "0 onStatus"), ==, i == 0);
    raw_ask (&raw, 1, "closeStream", NULL);
    diary_wait (&service.signals, "removed", i + 1);
    raw_close (&raw);
  }
  service_clear (&service);
  assert_nothing_left (fds);
}

static void
test_latency_query (void)
{
  g_autoptr (GstQuery) query = gst_query_new_latency ();
  GstClockTime min;
  gboolean live;
  Service service;

  service_start (&service, GST_STATE_PLAYING, SERVE "latency=321 " TO_NOWHERE);
  g_assert_true (gst_element_query (service.element, query));
  gst_query_parse_latency (query, &live, &min, NULL);
  g_assert_true (live);
  g_assert_cmpuint (min, ==, 321 * GST_MSECOND);
  service_clear (&service);
}

/* Any state may be left at any moment, and the element begins anew, with a port
 * that is free. */
static void
test_stop_and_start (void)
{
  static const GstState states[] = { GST_STATE_PLAYING, GST_STATE_PAUSED,
    GST_STATE_READY, GST_STATE_PLAYING, GST_STATE_NULL, GST_STATE_PAUSED
  };
  guint fds = rtmp_test_count_fds (), i;
  Service service;
  gint port;
  Far far;

  service_start (&service, GST_STATE_PLAYING, SERVE TO_NOWHERE);
  /* One publisher's end is not to be the next one's. */
  g_object_set (service.element, "keep-listening", TRUE, NULL);
  for (i = 0; i < 60; i++) {
    gst_rtmp_test_set_state (service.test, states[i % G_N_ELEMENTS (states)]);
    g_object_get (service.element, "port", &port, NULL);
    if (states[i % G_N_ELEMENTS (states)] <= GST_STATE_READY) {
      g_assert_cmpint (port, ==, 0);
      continue;
    }
    far_call_port (&far, (guint16) port, TRUE, NULL);
    far_send (&far, 'V', 0, "x", 9);
    if (i % 4 == 0)
      far_wait (&far, "running");
    if (i % 5 == 0)
      gst_rtmp_test_set_state (service.test, GST_STATE_NULL);
    far_clear (&far);
  }
  gst_rtmp_test_set_state (service.test, GST_STATE_READY);
  g_object_set (service.element, "keep-listening", FALSE, NULL);
  diary_forget (&service.output);
  gst_rtmp_test_set_state (service.test, GST_STATE_PLAYING);
  g_object_get (service.element, "port", &port, NULL);
  service.port = (guint16) port;
  publish (&service, &far);
  far_send (&far, 'V', 0, "x", 9);
  diary_wait (&service.output, "F", 1);
  diary_wait (&service.output, "V", 1);
  g_assert_cmpuint (diary_count (&service.output, "V discont"), ==, 0);
  finish (&far);
  gst_rtmp_test_wait (service.test, GST_MESSAGE_EOS);
  service_clear (&service);
  assert_nothing_left (fds);
}

/* Nothing of a run goes on in the next one: not a full queue, nor the end. */
static void
test_begin_anew (void)
{
  guint fds = rtmp_test_count_fds (), i;
  Service service;
  gint port;
  Far far;

  service_start (&service, GST_STATE_PAUSED,
      SERVE "max-queue-bytes=100000 " TO_NOWHERE);
  publish (&service, &far);
  for (i = 0; i < 64; i++)
    far_send (&far, 'V', i, "x", 1 << 20);
  diary_wait (&service.signals, "added", 1);
  for (i = 1; i <= 2; i++) {
    gst_rtmp_test_set_state (service.test, GST_STATE_READY);
    far_clear (&far);
    gst_rtmp_test_set_state (service.test, GST_STATE_PLAYING);
    g_object_get (service.element, "port", &port, NULL);
    service.port = (guint16) port;
    publish (&service, &far);
    far_send (&far, 'V', 0, "x", 300000);
    far_send (&far, 'V', 1, "x", 300000);
    diary_wait (&service.output, "V", 2 * i);
    finish (&far);
    diary_wait (&service.output, "eos", i);
    far_call_port (&far, service.port, TRUE, NULL);
    far_wait (&far, "NetStream.Publish.Denied");
  }
  far_clear (&far);
  service_clear (&service);
  assert_nothing_left (fds);
}

int
main (int argc, char **argv)
{
  gst_rtmp_test_init (&argc, &argv);
  server_tests_warm_up ();
  g_test_add_func ("/gstrtmpserversrc/every-byte", test_every_byte);
  g_test_add_func ("/gstrtmpserversrc/keep-listening", test_keep_listening);
  g_test_add_func ("/gstrtmpserversrc/no-frames", test_no_frames);
  g_test_add_func ("/gstrtmpserversrc/times", test_times);
  g_test_add_func ("/gstrtmpserversrc/lost-publisher", test_lost_publisher);
  g_test_add_func ("/gstrtmpserversrc/after-the-end", test_after_the_end);
  g_test_add_func ("/gstrtmpserversrc/takeover", test_takeover);
  g_test_add_func ("/gstrtmpserversrc/ping", test_ping);
  g_test_add_func ("/gstrtmpserversrc/back-pressure", test_back_pressure);
  g_test_add_func ("/gstrtmpserversrc/hang-up", test_hang_up);
  g_test_add_func ("/gstrtmpserversrc/back-pressure-least",
      test_back_pressure_least);
  g_test_add_func ("/gstrtmpserversrc/back-pressure-of-many",
      test_back_pressure_of_many);
  g_test_add_func ("/gstrtmpserversrc/back-pressure-of-nothing",
      test_back_pressure_of_nothing);
  g_test_add_func ("/gstrtmpserversrc/disconnect-caller",
      test_disconnect_caller);
  g_test_add_func ("/gstrtmpserversrc/E-172-E-174-reconnect-caller",
      test_reconnect_caller);
  g_test_add_func ("/gstrtmpserversrc/latency-query", test_latency_query);
  g_test_add_func ("/gstrtmpserversrc/begin-anew", test_begin_anew);
  g_test_add_func ("/gstrtmpserversrc/stop-and-start", test_stop_and_start);
  return g_test_run ();
}

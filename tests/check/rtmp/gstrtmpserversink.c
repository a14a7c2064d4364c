/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpservertest.h"

#include <glib/gstdio.h>

#include "flvfile.h"

#define SERVE "rtmpserversink name=server location=rtmp://127.0.0.1/live/cam " \
    "port=0 "

/* A pipeline that plays, and what comes out of it. */
typedef struct
{
  GstRtmpTest *test;
  gchar *path;
} Player;

static void
player_start (Player * self, guint16 port)
{
  gint fd = g_file_open_tmp (NULL, &self->path, NULL);

  g_assert_cmpint (fd, >=, 0);
  g_assert_true (g_close (fd, NULL));
  self->test = gst_rtmp_test_new ("rtmpsrc location=rtmp://127.0.0.1:%u/live/"
      "cam ! filesink location=\"%s\" async=false", port, self->path);
  gst_rtmp_test_set_state (self->test, GST_STATE_PLAYING);
}

/* At its end; (transfer full): what it got. */
static GPtrArray *
player_finish (Player * self)
{
  g_autoptr (GBytes) bytes = NULL;
  gchar *data;
  gsize size;

  gst_rtmp_test_wait (self->test, GST_MESSAGE_EOS);
  gst_rtmp_test_free (self->test);
  g_assert_true (g_file_get_contents (self->path, &data, &size, NULL));
  g_assert_cmpint (g_remove (self->path), ==, 0);
  g_free (self->path);
  bytes = g_bytes_new_take (data, size);
  return gst_rtmp_test_tags (bytes);
}

/* Every player gets every byte, and the end behind it. */
static void
test_every_byte (void)
{
  static const gchar *const files[] = { "avc_aac.flv", "avc_mp3.flv",
    "h263_speex.flv", "screen2_adpcm.flv"
  };
  guint fds = rtmp_test_count_fds (), i, k;

  for (i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autoptr (GBytes) file = gst_rtmp_test_read (files[i]);
    g_autoptr (GPtrArray) wanted = gst_rtmp_test_tags (file);
    g_autofree gchar *path = gst_rtmp_test_path (files[i]);
    g_autofree gchar *launch = g_strdup_printf ("filesrc location=\"%s\" ! "
        SERVE "wait-for-player=true sync=false eos-timeout=0", path);
    Player players[3];
    Service service;

    service_start (&service, GST_STATE_PAUSED, launch);
    for (k = 0; k < G_N_ELEMENTS (players); k++)
      player_start (&players[k], service.port);
    diary_wait (&service.signals, "added live/cam?", k);
    gst_rtmp_test_set_state (service.test, GST_STATE_PLAYING);
    gst_rtmp_test_wait (service.test, GST_MESSAGE_EOS);
    for (k = 0; k < G_N_ELEMENTS (players); k++) {
      g_autoptr (GPtrArray) got = player_finish (&players[k]);

      assert_same_media (got, wanted);
    }
    diary_wait (&service.signals, "removed live/cam?", k);
    g_assert_cmpuint (diary_count (&service.signals, ""), ==, 2 * k);
    g_assert_cmpuint (gst_rtmp_test_count (service.test, GST_MESSAGE_WARNING,
            NULL), ==, 0);
    service_clear (&service);
  }
  assert_nothing_left (fds);
}

/* publisher -> rtmpserversrc ! rtmpserversink -> players, on one port. */
static void
test_relay (void)
{
  guint fds = rtmp_test_count_fds (), k;
  g_autoptr (GBytes) file = gst_rtmp_test_read ("avc_aac.flv");
  g_autoptr (GPtrArray) wanted = gst_rtmp_test_tags (file);
  g_autofree gchar *path = gst_rtmp_test_path ("avc_aac.flv");
  GstRtmpTest *sender, *out;
  Player players[3];
  Service in;

  service_start (&in, GST_STATE_PAUSED, "rtmpserversrc name=server "
      "location=rtmp://127.0.0.1/in/cam port=0 ! fakesink");
  out = gst_rtmp_test_new ("rtmpserversrc name=relay location=rtmp://127.0.0.1:"
      "%u/relay/cam ! rtmpserversink name=out sync=false eos-timeout=0 "
      "location=rtmp://127.0.0.1:%u/live/cam", in.port, in.port);
  gst_rtmp_test_set_state (out, GST_STATE_PLAYING);
  for (k = 0; k < G_N_ELEMENTS (players); k++)
    player_start (&players[k], in.port);
  for (k = 0; k < G_N_ELEMENTS (players); k++)
    gst_rtmp_test_wait_progress (players[k].test, GST_PROGRESS_TYPE_COMPLETE);
  sender = gst_rtmp_test_new ("filesrc location=\"%s\" ! rtmpsink sync=false "
      "location=rtmp://127.0.0.1:%u/relay/cam", path, in.port);
  gst_rtmp_test_set_state (sender, GST_STATE_PLAYING);
  gst_rtmp_test_wait (sender, GST_MESSAGE_EOS);
  gst_rtmp_test_wait (out, GST_MESSAGE_EOS);
  for (k = 0; k < G_N_ELEMENTS (players); k++) {
    g_autoptr (GPtrArray) got = player_finish (&players[k]);

    assert_same_media (got, wanted);
  }
  gst_rtmp_test_free (sender);
  gst_rtmp_test_free (out);
  service_clear (&in);
  assert_nothing_left (fds);
}

/* As publishers say it. */
static void
clear_metadata (Far * far)
{
  static const guint8 clear[] = "\x02\x00\x0f@clearDataFrame"
      "\x02\x00\x0aonMetaData";
  RtmpClientLevel level;

  rtmp_client_publish (far->client, RTMP_MESSAGE_DATA_AMF0, 2,
      g_bytes_new_static (clear, sizeof (clear) - 1), &level);
}

/* Through a relay: whoever comes after it gets no metadata, and nobody hears
 * of it. */
static void
test_clear_data_frame (void)
{
  guint fds = rtmp_test_count_fds ();
  const FarPlan plan = {.app = "in" };
  Far publisher, early, late;
  Service service;
  gint port;

  service_start (&service, GST_STATE_PLAYING, "rtmpserversrc name=server "
      "location=rtmp://127.0.0.1:0/in/cam ! rtmpserversink name=out sync=false "
      "async=false location=rtmp://127.0.0.1:0/live/cam");
  g_object_get (gst_rtmp_test_element (service.test, "out"), "port", &port,
      NULL);
  far_call_port (&publisher, service.port, TRUE, &plan);
  far_wait (&publisher, "running");
  far_send (&publisher, 'D', 0, "onMetaData", 0);
  far_send (&publisher, 'V', 1, "\x12one", 0);
  far_call_port (&early, (guint16) port, FALSE, NULL);
  diary_wait (&early.media, "V 0 \x12one", 1);
  g_assert_cmpuint (diary_count (&early.media, "D 0 onMetaData"), ==, 1);
  clear_metadata (&publisher);
  far_send (&publisher, 'V', 3, "\x12two", 0);
  diary_wait (&early.media, "V 2 \x12two", 1);
  far_call_port (&late, (guint16) port, FALSE, NULL);
  diary_wait (&late.media, "V 0 \x12two", 1);
  diary_assert (&late.media, "V 0 \x12two\n");
  g_assert_cmpuint (diary_count (&early.media, ""), ==, 3);
  far_clear (&publisher);
  far_clear (&early);
  far_clear (&late);
  service_clear (&service);
  assert_nothing_left (fds);
}

/* Through a relay: the next publisher has sound only, and nothing of the last
 * one's pictures is kept; who stays is told that it begins. */
static void
test_next_publisher (void)
{
  guint fds = rtmp_test_count_fds ();
  const FarPlan plan = {.app = "in" };
  Far publisher, early, late;
  Service service;
  gint port;

  service_start (&service, GST_STATE_PLAYING, "rtmpserversrc name=server "
      "location=rtmp://127.0.0.1:0/in/cam keep-listening=true ! rtmpserversink "
      "name=out sync=false async=false location=rtmp://127.0.0.1:0/live/cam");
  g_object_get (gst_rtmp_test_element (service.test, "out"), "port", &port,
      NULL);
  far_call_port (&early, (guint16) port, FALSE, NULL);
  far_wait (&early, "running");
  far_call_port (&publisher, service.port, TRUE, &plan);
  far_send (&publisher, 'D', 0, "onMetaData", 0);
  far_send (&publisher, 'V', 0, "\x17", 5);
  far_send (&publisher, 'A', 0, "\xAF", 5);
  far_send (&publisher, 'V', 0, "\x17\1", 9);
  diary_wait (&early.media, "V", 2);
  far_wait (&early, "NetStream.Play.PublishNotify");
  rtmp_client_finish (publisher.client);
  diary_wait (&service.signals, "removed", 1);
  far_clear (&publisher);
  far_call_port (&publisher, service.port, TRUE, &plan);
  far_send (&publisher, 'A', 0, "\x2fone", 0);
  diary_wait (&early.media, "A", 2);
  diary_wait (&early.diary, "NetStream.Play.PublishNotify", 2);
  far_call_port (&late, (guint16) port, FALSE, NULL);
  far_wait (&late, "running");
  far_send (&publisher, 'A', 1, "\x2ftwo", 0);
  diary_wait (&late.media, "A 0 /two", 1);
  diary_assert (&late.media, "A 0 /two\n");
  g_assert_cmpuint (diary_count (&late.diary, "NetStream.Play.PublishNotify"),
      ==, 0);
  far_clear (&publisher);
  far_clear (&early);
  far_clear (&late);
  service_clear (&service);
  assert_nothing_left (fds);
}

/* What players have not announced they do not get, in whichever packet. */
static void
test_codecs (void)
{
  static const gchar *const packets[] = {
    "\x90hvc1", "\x97\x01..\x13hvc1f", "\x96\x03hvc1\001f",
    "\x91hvc1...frame",
  };
  const FarPlan in = {.app = "in" }, enhanced = {.codecs = "hvc1",
    .caps_ex = RTMP_CAPS_EX_MULTITRACK
  };
  guint fds = rtmp_test_count_fds (), i;
  Far publisher, legacy, player;
  Service service;
  gint port;

  service_start (&service, GST_STATE_PLAYING, "rtmpserversrc name=server "
      "location=rtmp://127.0.0.1:0/in/cam ! rtmpserversink name=out sync=false "
      "async=false location=rtmp://127.0.0.1:0/live/cam");
  g_object_get (gst_rtmp_test_element (service.test, "out"), "port", &port,
      NULL);
  far_call_port (&legacy, (guint16) port, FALSE, NULL);
  far_call_port (&player, (guint16) port, FALSE, &enhanced);
  far_wait (&legacy, "running");
  far_wait (&player, "running");
  far_call_port (&publisher, service.port, TRUE, &in);
  far_wait (&publisher, "running");
  for (i = 0; i < G_N_ELEMENTS (packets); i++)
    far_send (&publisher, 'V', 1, packets[i], 0);
  far_send (&publisher, 'V', 1, "\x12last", 0);
  diary_wait (&legacy.media, "V 0 \x12last", 1);
  diary_assert (&legacy.media, "V 0 \x12last\n");
  diary_wait (&player.media, "V 0 \x12last", 1);
  g_assert_cmpuint (diary_count (&player.media, ""), ==, i + 1);
  far_clear (&publisher);
  far_clear (&legacy);
  far_clear (&player);
  service_clear (&service);
  assert_nothing_left (fds);
}

/* One message of two: a picture and a sound, each with its size behind it. */
static void
test_aggregate (void)
{
  static const guint8 parts[] = "\x09\0\0\x03\0\0\0\0\0\0\0" "\x12xy"
      "\0\0\0\x0e" "\x08\0\0\x03\0\0\x05\0\0\0\0" "\x2fzz" "\0\0\0\x0e";
  guint fds = rtmp_test_count_fds ();
  Service service;
  Raw publisher;
  gint port;
  Far far;

  service_start (&service, GST_STATE_PLAYING, "rtmpserversrc name=server "
      "location=rtmp://127.0.0.1:0/live/cam ! rtmpserversink name=out "
      "sync=false async=false location=rtmp://127.0.0.1:0/live/cam");
  g_object_get (gst_rtmp_test_element (service.test, "out"), "port", &port,
      NULL);
  far_call_port (&far, (guint16) port, FALSE, NULL);
  far_wait (&far, "running");
  raw_call (&publisher, service.port, 1);
  raw_ask (&publisher, 1, "publish", "cam");
  raw_wait (&publisher, "1 onStatus NetStream.Publish.Start", 1);
  raw_send (&publisher, RTMP_MESSAGE_AGGREGATE, 1, 0,
      g_bytes_new_static (parts, sizeof (parts) - 1));
  diary_wait (&far.media, "A 5 /zz", 1);
  diary_assert (&far.media, "V 0 \x12xy\nA 5 /zz\n");
  raw_close (&publisher);
  far_clear (&far);
  service_clear (&service);
  assert_nothing_left (fds);
}

/* A source that a test feeds */

static void
push (GstElement * source, const gchar * name, gchar type, guint32 time,
    const guint8 * head, gsize size)
{
  GByteArray *body = g_byte_array_new ();
  RtmpMessage message = {.type = type == 'A' ? 8 : type == 'V' ? 9 : 18,
    .timestamp = time
  };
  g_autoptr (GBytes) tag = NULL;
  g_autoptr (GstBuffer) buffer = NULL;
  GstFlowReturn flow;

  g_byte_array_append (body, head, (guint) size);
  g_byte_array_append (body, (const guint8 *) name, (guint) strlen (name));
  message.payload = type == 'D' ? data_payload (name)
      : g_byte_array_free_to_bytes (g_steal_pointer (&body));
  if (body)
    g_byte_array_unref (body);
  tag = gst_rtmp_test_tag (&message);
  g_bytes_unref (message.payload);
  buffer = gst_buffer_new_wrapped_bytes (tag);
  g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
  g_assert_cmpint (flow, ==, GST_FLOW_OK);
}

/* A picture, and the next one without its end. (transfer full) */
static GstBuffer *
one_and_a_half (const gchar * name)
{
  g_autoptr (GPtrArray) media = gst_rtmp_test_media_new ();
  g_autoptr (GBytes) flv = NULL, cut = NULL;
  guint i;

  for (i = 0; i < 2; i++)
    gst_rtmp_test_media_add (media, RTMP_MESSAGE_VIDEO, 1000,
        named_payload (name, 99));
  flv = gst_rtmp_test_flv (media);
  cut = g_bytes_new_from_bytes (flv, 0, g_bytes_get_size (flv) - 50);
  return gst_buffer_new_wrapped_bytes (cut);
}

static void
push_one_and_a_half (GstElement * source, const gchar * name)
{
  g_autoptr (GstBuffer) buffer = one_and_a_half (name);
  GstFlowReturn flow;

  g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
  g_assert_cmpint (flow, ==, GST_FLOW_OK);
}

static const guint8 key[] = { 0x17, 1, 0, 0, 0 };
static const guint8 inter[] = { 0x27, 1, 0, 0, 0 };
static const guint8 avc_header[] = { 0x17, 0, 0, 0, 0 };
static const guint8 aac_header[] = { 0xAF, 0 };
static const guint8 aac[] = { 0xAF, 1 };

static void
feed_group (Service * service)
{
  GstElement *source = gst_rtmp_test_element (service->test, "source");
  guint8 header[FLV_FILE_HEADER_SIZE];
  g_autoptr (GstBuffer) buffer = NULL;
  GstFlowReturn flow;

  flv_write_file_header (header, TRUE, TRUE);
  buffer = gst_buffer_new_memdup (header, sizeof (header));
  g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
  push (source, "onMetaData", 'D', 990, NULL, 0);
  push (source, "onTextData", 'D', 990, NULL, 0);
  push (source, "", 'A', 990, aac_header, sizeof (aac_header));
  push (source, "", 'V', 990, avc_header, sizeof (avc_header));
  push (source, "k", 'V', 1000, key, sizeof (key));
  push (source, "p", 'V', 1040, inter, sizeof (inter));
  push (source, "a", 'A', 1050, aac, sizeof (aac));
}

static void
go (Service * service, const gchar * properties)
{
  g_autofree gchar *launch = g_strdup_printf ("appsrc name=source "
      "caps=video/x-flv format=time ! " SERVE "sync=false async=false %s",
      properties);

  service_start (service, GST_STATE_PLAYING, launch);
}

/* The types and times of what a late player gets first. */
static void
check_first (const gchar * properties, const gchar * expected)
{
  guint fds = rtmp_test_count_fds (), i;
  GString *text = g_string_new (NULL);
  GstElement *source;
  Far early, late;
  Service service;

  go (&service, properties);
  source = gst_rtmp_test_element (service.test, "source");
  far_call_port (&early, service.port, FALSE, NULL);
  diary_wait (&service.signals, "added", 1);
  feed_group (&service);
  diary_wait (&early.media, "A", 2);
  far_call_port (&late, service.port, FALSE, NULL);
  diary_wait (&service.signals, "added", 2);
  push (source, "q", 'V', 1080, inter, sizeof (inter));
  push (source, "k", 'V', 1120, key, sizeof (key));
  push (source, "a", 'A', 1130, aac, sizeof (aac));
  diary_wait (&early.media, "A", 3);
  diary_wait (&late.media, "A", strchr (properties, '=') ? 2 : 3);
  for (i = 0; i < late.media.lines->len; i++) {
    const gchar *line = g_ptr_array_index (late.media.lines, i);

    g_string_append_printf (text, "%.*s,", (gint) (strrchr (line, ' ') - line),
        line);
  }
  g_assert_cmpstr (text->str, ==, expected);
  g_string_free (text, TRUE);
  far_clear (&early);
  far_clear (&late);
  service_clear (&service);
  assert_nothing_left (fds);
}

static void
test_gop_cache (void)
{
  check_first ("", "D 0,A 0,V 0,V 0,V 40,A 50,V 80,V 120,A 130,");
}

static void
test_no_gop_cache (void)
{
  check_first ("gop-cache=false", "D 0,A 0,V 0,V 0,A 10,");
}

static void
test_small_gop_cache (void)
{
  check_first ("gop-cache-bytes=10", "D 0,A 0,V 0,V 0,A 10,");
}

static void
test_keep_timestamps (void)
{
  check_first ("gop-cache=false keep-timestamps=true",
      "D 990,A 990,V 990,V 1120,A 1130,");
}

static void
test_max_clients (void)
{
  Service service;
  Far first, second;

  go (&service, "max-clients=1");
  far_call_port (&first, service.port, FALSE, NULL);
  diary_wait (&service.signals, "added", 1);
  far_call_port (&second, service.port, FALSE, NULL);
  far_wait (&second, "closed");
  diary_wait (&service.signals, "rejected live/cam? because There are too many "
      "players.", 1);
  far_clear (&first);
  far_clear (&second);
  service_clear (&service);
}

static guint64
caller_number (Service * service, guint index, const gchar * name)
{
  g_autoptr (GstStructure) stats = NULL;
  const GValue *callers;
  guint64 number = G_MAXUINT64;

  g_object_get (service->element, "stats", &stats, NULL);
  callers = gst_structure_get_value (stats, "callers");
  g_assert_cmpuint (gst_value_array_get_size (callers), ==, 2);
  g_assert_true (gst_structure_get_uint64 (gst_value_get_structure
          (gst_value_array_get_value (callers, index)), name, &number));
  return number;
}

/* One that does not read loses pictures, then sound, and both are counted. What
 * has been told to one that reads is in the numbers of the other, soon. */
static void
check_stats (const gchar * properties, guint64 most)
{
  guint fds = rtmp_test_count_fds (), n = 0;
  GstElement *source;
  Far slow, fast;
  Service service;

  go (&service, properties);
  source = gst_rtmp_test_element (service.test, "source");
  far_call_port (&slow, service.port, FALSE, NULL);
  diary_wait (&service.signals, "added", 1);
  rtmp_client_set_reading (slow.client, FALSE);
  far_call_port (&fast, service.port, FALSE, NULL);
  diary_wait (&service.signals, "added", 2);
  feed_group (&service);
  while (caller_number (&service, 0, "dropped-audio") == 0) {
    g_autofree gchar *name = g_strnfill (1 << 16, 'x');

    push (source, name, n % 2 ? 'A' : 'V', 1060 + n, n % 2 ? aac : inter, 2);
    if (n++ % 2)
      diary_wait (&fast.media, "A", 2 + n / 2);
  }
  g_assert_cmpuint (caller_number (&service, 0, "dropped-video"), >,
      caller_number (&service, 0, "dropped-audio"));
  g_assert_cmpuint (caller_number (&service, 0, "queue-bytes"), >, 500000);
  g_assert_cmpuint (caller_number (&service, 0, "queue-bytes"), <, most);
  g_assert_cmpuint (caller_number (&service, 0, "in-bytes-total"), >, 0);
  g_assert_cmpuint (caller_number (&service, 0, "out-bytes-total"), >,
      caller_number (&service, 0, "in-bytes-total"));
  g_assert_cmpuint (caller_number (&service, 1, "dropped-audio"), ==, 0);
  g_assert_cmpuint (caller_number (&service, 1, "dropped-video"), ==, 0);
  far_clear (&slow);
  far_clear (&fast);
  service_clear (&service);
  assert_nothing_left (fds);
}

static void
test_stats (void)
{
  check_stats ("max-queue-bytes=1000000 gop-cache=false", 2000000);
}

/* 64 KB for each of 100 ms, and for half as many. */
static void
test_stats_time (void)
{
  check_stats ("max-queue-bytes=0 max-queue-time=100000000 gop-cache=false",
      12000000);
}

/* What waits for others comes later. */
static void
test_gather_time (void)
{
  static const gint64 times[] = { 0, 40, 100 };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (times); i++) {
    g_autofree gchar *properties = g_strdup_printf ("gather-time=%"
        G_GINT64_FORMAT, times[i] * GST_MSECOND);
    gint64 start, set;
    Service service;
    Far far;

    go (&service, properties);
    g_object_get (service.element, "gather-time", &set, NULL);
    g_assert_cmpint (set, ==, times[i] * GST_MSECOND);
    far_call_port (&far, service.port, FALSE, NULL);
    diary_wait (&service.signals, "added", 1);
    start = g_get_monotonic_time ();
    feed_group (&service);
    diary_wait (&far.media, "A", 2);
    g_assert_cmpint (g_get_monotonic_time () - start, >=, times[i] * 1000);
    far_clear (&far);
    service_clear (&service);
  }
}

/* More than the system takes for one that does not read. */
static void
push_much (GstElement * source)
{
  GstFlowReturn flow;
  guint i;

  for (i = 0; i < 48; i++) {
    g_autoptr (GBytes) body = gst_rtmp_test_payload (i, 1 << 20), tag = NULL;
    g_autoptr (GstBuffer) buffer = NULL;
    RtmpMessage message = {.type = RTMP_MESSAGE_AUDIO,.timestamp = 2000,
      .payload = body
    };

    tag = gst_rtmp_test_tag (&message);
    buffer = gst_buffer_new_wrapped_bytes (tag);
    g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
  }
}

/* One that never reads does not hold up the end for longer than it may. */
static void
test_eos_timeout (void)
{
  guint fds = rtmp_test_count_fds ();
  GstElement *source;
  GstFlowReturn flow;
  Service service;
  Raw raw;

  go (&service, "eos-timeout=100000000 max-queue-bytes=0 max-queue-time=0");
  source = gst_rtmp_test_element (service.test, "source");
  raw_call (&raw, service.port, 1);
  raw_ask (&raw, 1, "play", "cam");
  raw_wait (&raw, "1 onStatus NetStream.Play.Start", 1);
  diary_wait (&service.signals, "added", 1);
  feed_group (&service);
  push_much (source);
  g_signal_emit_by_name (source, "end-of-stream", &flow);
  gst_rtmp_test_wait (service.test, GST_MESSAGE_EOS);
  g_assert_cmpuint (gst_rtmp_test_count (service.test, GST_MESSAGE_WARNING,
          service.element), ==, 1);
  service_clear (&service);
  raw_close (&raw);
  assert_nothing_left (fds);
}

/* The end of a stream does not wait for those who do not read once a flush has
 * taken it back: there is none, and it goes on. */
static void
test_flush_ends_drain (void)
{
  gboolean ended = FALSE;
  GstElement *source;
  GstFlowReturn flow;
  Service service;
  GstPad *pad;
  Far far;
  Raw raw;

  go (&service, "eos-timeout=0 max-queue-bytes=0 max-queue-time=0");
  source = gst_rtmp_test_element (service.test, "source");
  raw_call (&raw, service.port, 1);
  raw_ask (&raw, 1, "play", "cam");
  raw_wait (&raw, "1 onStatus NetStream.Play.Start", 1);
  diary_wait (&service.signals, "added", 1);
  feed_group (&service);
  push_much (source);
  g_signal_emit_by_name (source, "end-of-stream", &flow);
  while (!ended) {
    far_call_port (&far, service.port, FALSE, NULL);
    far_wait (&far, "NetStream.Play.St");
    ended = diary_count (&far.diary, "NetStream.Play.StreamNotFound") > 0;
    far_clear (&far);
  }
  pad = gst_element_get_static_pad (service.element, "sink");
  g_assert_true (gst_pad_send_event (pad, gst_event_new_flush_start ()));
  g_assert_true (gst_pad_send_event (pad, gst_event_new_flush_stop (TRUE)));
  gst_object_unref (pad);
  g_assert_cmpuint (gst_rtmp_test_count (service.test, GST_MESSAGE_EOS, NULL),
      ==, 0);
  far_call_port (&far, service.port, FALSE, NULL);
  far_wait (&far, "running");
  far_clear (&far);
  raw_close (&raw);
  service_clear (&service);
}

/* A tag without its end is left out, which is told. */
static void
test_ends_in_a_tag (void)
{
  guint i;

  for (i = 0; i < 2; i++) {
    g_autoptr (GError) error = NULL;
    GstElement *source;
    GstFlowReturn flow;
    Service service;

    go (&service, "");
    source = gst_rtmp_test_element (service.test, "source");
    if (i == 0)
      push_one_and_a_half (source, "\x12one");
    else
      feed_group (&service);
    g_signal_emit_by_name (source, "end-of-stream", &flow);
    gst_rtmp_test_wait (service.test, GST_MESSAGE_EOS);
    g_assert_cmpuint (gst_rtmp_test_count (service.test, GST_MESSAGE_WARNING,
            NULL), ==, i == 0);
    if (i == 0) {
      gst_message_parse_warning (gst_rtmp_test_wait (service.test,
              GST_MESSAGE_WARNING), &error, NULL);
      g_assert_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT);
      g_assert_nonnull (strstr (error->message, "middle of an FLV tag"));
    }
    service_clear (&service);
  }
}

/* Nothing of a tag that a flush has cut off is left in what comes after it. */
static void
test_flush_in_a_tag (void)
{
  GstElement *source;
  Service service;
  Far far;

  go (&service, "");
  source = gst_rtmp_test_element (service.test, "source");
  far_call_port (&far, service.port, FALSE, NULL);
  diary_wait (&service.signals, "added", 1);
  push_one_and_a_half (source, "\x12one");
  diary_wait (&far.media, "V 0 \x12one", 1);
  g_assert_true (gst_element_send_event (source, gst_event_new_flush_start ()));
  g_assert_true (gst_element_send_event (source,
          gst_event_new_flush_stop (TRUE)));
  push_one_and_a_half (source, "\x12two");
  diary_wait (&far.media, "V 0 \x12two", 1);
  g_assert_cmpuint (diary_count (&far.media, ""), ==, 2);
  far_clear (&far);
  service_clear (&service);
}

static GstCaps *
caps_with_header (RtmpMessageType type, const guint8 * data, gsize size)
{
  GstCaps *caps = gst_caps_new_empty_simple ("video/x-flv");
  g_autoptr (GPtrArray) media = gst_rtmp_test_media_new ();
  g_autoptr (GBytes) flv = NULL;
  GValue array = G_VALUE_INIT, value = G_VALUE_INIT;
  GstBuffer *buffer;

  gst_rtmp_test_media_add (media, type, 0, g_bytes_new (data, size));
  flv = gst_rtmp_test_flv (media);
  buffer = gst_buffer_new_wrapped_bytes (flv);
  g_value_init (&value, GST_TYPE_BUFFER);
  g_value_take_boxed (&value, buffer);
  g_value_init (&array, GST_TYPE_ARRAY);
  gst_value_array_append_and_take_value (&array, &value);
  gst_caps_set_value (caps, "streamheader", &array);
  g_value_unset (&array);
  return caps;
}

/* After a flush it goes on, for new players too: with the headers that stand in
 * the caps, and come no second time. */
static void
test_flush_after_eos (void)
{
  g_autoptr (GstCaps) caps = caps_with_header (RTMP_MESSAGE_VIDEO, avc_header,
      sizeof (avc_header));
  GstElement *source;
  GstFlowReturn flow;
  Service service;
  GstPad *pad;
  Far far;

  go (&service, "");
  source = gst_rtmp_test_element (service.test, "source");
  g_object_set (source, "caps", caps, NULL);
  feed_group (&service);
  g_signal_emit_by_name (source, "end-of-stream", &flow);
  gst_rtmp_test_wait (service.test, GST_MESSAGE_EOS);
  far_call_port (&far, service.port, FALSE, NULL);
  far_wait (&far, "NetStream.Play.StreamNotFound");
  far_clear (&far);
  pad = gst_element_get_static_pad (service.element, "sink");
  g_assert_true (gst_pad_send_event (pad, gst_event_new_flush_start ()));
  g_assert_true (gst_pad_send_event (pad, gst_event_new_flush_stop (TRUE)));
  gst_object_unref (pad);
  far_call_port (&far, service.port, FALSE, NULL);
  far_wait (&far, "running");
  diary_wait (&far.media, "V 0 \27", 1);
  far_clear (&far);
  service_clear (&service);
}

/* Headers that stand in the caps are sent each time that it starts; and any
 * state may be left at any moment. */
static void
test_stop_and_start (void)
{
  static const GstState stops[] = { GST_STATE_READY, GST_STATE_NULL,
    GST_STATE_READY
  };
  guint fds = rtmp_test_count_fds (), i;
  g_autoptr (GstCaps) caps = caps_with_header (RTMP_MESSAGE_VIDEO, avc_header,
      sizeof (avc_header));
  GstElement *source;
  Service service;
  gint port;
  Far far;

  go (&service, "");
  source = gst_rtmp_test_element (service.test, "source");
  g_object_set (source, "caps", caps, NULL);
  for (i = 0; i < 30; i++) {
    gst_rtmp_test_set_state (service.test, stops[i % G_N_ELEMENTS (stops)]);
    g_object_get (service.element, "port", &port, NULL);
    g_assert_cmpint (port, ==, 0);
    gst_rtmp_test_set_state (service.test, i % 5 ? GST_STATE_PLAYING
        : GST_STATE_PAUSED);
    push (source, "k", 'V', 1000, key, sizeof (key));
    g_object_get (service.element, "port", &port, NULL);
    far_call_port (&far, (guint16) port, FALSE, NULL);
    if (i % 5) {
      diary_wait (&far.media, "V 0 \27", 2);
      g_assert_cmpuint (diary_count (&far.media, "V"), ==, 2);
    }
    if (i % 3 == 0)
      gst_rtmp_test_set_state (service.test, GST_STATE_NULL);
    far_clear (&far);
  }
  service_clear (&service);
  assert_nothing_left (fds);
}

/* Another stream after a stop: nothing of the first one is left, neither its
 * headers nor the half of a tag. */
static void
test_another_stream (void)
{
  static const gchar *const names[] = { "V 0 \x12one", "V 0 \x12two" };
  GstCaps *caps[] = {
    caps_with_header (RTMP_MESSAGE_VIDEO, avc_header, sizeof (avc_header)),
    caps_with_header (RTMP_MESSAGE_AUDIO, aac_header, sizeof (aac_header)),
  };
  GstSegment segment;
  Service service;
  GstPad *pad;
  guint i;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  service_start (&service, GST_STATE_READY, SERVE "sync=false async=false");
  pad = gst_element_get_static_pad (service.element, "sink");
  for (i = 0; i < G_N_ELEMENTS (names); i++) {
    gint port;
    Far far;

    gst_rtmp_test_set_state (service.test, GST_STATE_PLAYING);
    g_object_get (service.element, "port", &port, NULL);
    far_call_port (&far, (guint16) port, FALSE, NULL);
    diary_wait (&service.signals, "added", i + 1);
    gst_pad_send_event (pad, gst_event_new_stream_start (names[i]));
    gst_pad_send_event (pad, gst_event_new_caps (caps[i]));
    gst_pad_send_event (pad, gst_event_new_segment (&segment));
    g_assert_cmpint (gst_pad_chain (pad, one_and_a_half (names[i] + 4)), ==,
        GST_FLOW_OK);
    diary_wait (&far.media, names[i], 1);
    diary_assert (&far.media, i == 0 ? "V 0 \27\nV 0 \x12one\n"
        : "A 0 \257\nV 0 \x12two\n");
    gst_rtmp_test_set_state (service.test, GST_STATE_READY);
    far_clear (&far);
    gst_caps_unref (caps[i]);
  }
  gst_object_unref (pad);
  service_clear (&service);
}

static void
test_wait_for_player (void)
{
  guint fds = rtmp_test_count_fds ();
  Service service;
  Far far;

  go (&service, "wait-for-player=true");
  feed_group (&service);
  far_call_port (&far, service.port, FALSE, NULL);
  diary_wait (&far.media, "D 0 onTextData", 1);
  diary_wait (&far.media, "A 60", 1);
  far_clear (&far);
  service_clear (&service);
  /* And stops while it waits. */
  go (&service, "wait-for-player=true");
  feed_group (&service);
  service_clear (&service);
  assert_nothing_left (fds);
}

int
main (int argc, char **argv)
{
  gst_rtmp_test_init (&argc, &argv);
  server_tests_warm_up ();
  g_test_add_func ("/gstrtmpserversink/E-267-every-byte", test_every_byte);
  g_test_add_func ("/gstrtmpserversink/relay", test_relay);
  g_test_add_func ("/gstrtmpserversink/E-266-clear-data-frame",
      test_clear_data_frame);
  g_test_add_func ("/gstrtmpserversink/next-publisher", test_next_publisher);
  g_test_add_func ("/gstrtmpserversink/E-169-codecs", test_codecs);
  g_test_add_func ("/gstrtmpserversink/E-274-aggregate", test_aggregate);
  g_test_add_func ("/gstrtmpserversink/gop-cache", test_gop_cache);
  g_test_add_func ("/gstrtmpserversink/no-gop-cache", test_no_gop_cache);
  g_test_add_func ("/gstrtmpserversink/small-gop-cache", test_small_gop_cache);
  g_test_add_func ("/gstrtmpserversink/keep-timestamps", test_keep_timestamps);
  g_test_add_func ("/gstrtmpserversink/max-clients", test_max_clients);
  g_test_add_func ("/gstrtmpserversink/stats", test_stats);
  g_test_add_func ("/gstrtmpserversink/stats-time", test_stats_time);
  g_test_add_func ("/gstrtmpserversink/gather-time", test_gather_time);
  g_test_add_func ("/gstrtmpserversink/eos-timeout", test_eos_timeout);
  g_test_add_func ("/gstrtmpserversink/flush-ends-drain",
      test_flush_ends_drain);
  g_test_add_func ("/gstrtmpserversink/ends-in-a-tag", test_ends_in_a_tag);
  g_test_add_func ("/gstrtmpserversink/flush-in-a-tag", test_flush_in_a_tag);
  g_test_add_func ("/gstrtmpserversink/another-stream", test_another_stream);
  g_test_add_func ("/gstrtmpserversink/flush-after-eos", test_flush_after_eos);
  g_test_add_func ("/gstrtmpserversink/stop-and-start", test_stop_and_start);
  g_test_add_func ("/gstrtmpserversink/wait-for-player", test_wait_for_player);
  return g_test_run ();
}

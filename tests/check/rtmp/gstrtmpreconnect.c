/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A connection that is lost, and the next one. */
#include "gstrtmpbuffer.h"
#include "gstrtmptest.h"

#define META "\x02\x00\x0aonMetaData\x05"
#define HEADER "\x17\x00\x00\x00\x00\x01"
#define BYTES(text) g_bytes_new_static (text, sizeof (text) - 1)

typedef struct
{
  RtmpTestServer *server;
  GstRtmpTest *test;
  GstElement *element;
} Fixture;

/* @format: with an element "e" and one %s for its location. */
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
  if (self->server)
    rtmp_test_server_free (self->server);
}

static void
wait_connections (Fixture * self, guint n)
{
  gint64 end = g_get_monotonic_time () + RTMP_TEST_PATIENCE;

  while (rtmp_test_server_n_connections (self->server) < n) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_thread_yield ();
  }
  rtmp_test_server_wait_step (self->server, RTMP_TEST_STEP_RUNNING);
}

/* Publishing */

#define SINK "appsrc name=src caps=video/x-flv format=time ! " \
  "rtmpsink name=e sync=false location=%s "

static void
push_marked (Fixture * self, RtmpMessageType type, guint32 timestamp,
    GBytes * body, gboolean begins)
{
  const RtmpMessage message = {.type = type,.timestamp = timestamp,
    .payload = body
  };
  g_autoptr (GBytes) tag = gst_rtmp_test_tag (&message);
  g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped_bytes (tag);
  GstFlowReturn flow;

  if (begins)
    gst_rtmp_buffer_begin_publisher (buffer);
  g_signal_emit_by_name (gst_rtmp_test_element (self->test, "src"),
      "push-buffer", buffer, &flow);
  g_bytes_unref (body);
}

static void
push (Fixture * self, RtmpMessageType type, guint32 timestamp, GBytes * body)
{
  push_marked (self, type, timestamp, body, FALSE);
}

/* @kind: 1 for a key frame, 2 for another one. */
static void
push_frame (Fixture * self, guint kind, guint32 timestamp)
{
  const guint8 body[] = { (guint8) (kind << 4 | 7), 1, 0, 0, 0,
    (guint8) timestamp
  };

  push (self, RTMP_MESSAGE_VIDEO, timestamp, g_bytes_new (body, sizeof (body)));
}

/* "meta 1700@5 af01@7 " of the last connection. */
static gchar *
published (Fixture * self)
{
  RtmpScriptedPeer *peer = rtmp_test_server_lock (self->server);
  GString *text = g_string_new (NULL);
  guint i;

  for (i = 0; i < rtmp_scripted_peer_n_received (peer); i++) {
    const RtmpMessage *message = rtmp_scripted_peer_received (peer, i);

    if (message->type == RTMP_MESSAGE_DATA_AMF0) {
      g_string_append (text, "meta ");
    } else if (message->type == RTMP_MESSAGE_VIDEO
        || message->type == RTMP_MESSAGE_AUDIO) {
      const guint8 *data = g_bytes_get_data (message->payload, NULL);

      g_string_append_printf (text, "%02x%02x@%u ", data[0], data[1],
          message->timestamp);
    }
  }
  rtmp_test_server_unlock (self->server);
  return g_string_free (text, FALSE);
}

/* The new connection gets what configures the stream, then a key frame. */
static void
test_publish (void)
{
  g_autofree gchar *text = NULL;
  g_autoptr (GstStructure) stats = NULL;
  GstFlowReturn flow;
  guint reconnects;
  Fixture f;

  fixture_init (&f, NULL, SINK "reconnect=true reconnect-delay=1");
  push (&f, RTMP_MESSAGE_DATA_AMF0, 0, BYTES (META));
  push (&f, RTMP_MESSAGE_VIDEO, 0, BYTES (HEADER));
  push_frame (&f, 1, 0);
  push_frame (&f, 2, 10);
  rtmp_test_server_wait_media (f.server, 3);
  rtmp_test_server_reset (f.server);
  gst_rtmp_test_wait_element (f.test, "rtmp-reconnecting");
  /* This one finds out. */
  push_frame (&f, 2, 20);
  wait_connections (&f, 2);
  push_frame (&f, 2, 30);
  push_frame (&f, 1, 40);
  push_frame (&f, 2, 50);
  g_signal_emit_by_name (gst_rtmp_test_element (f.test, "src"),
      "end-of-stream", &flow);
  gst_rtmp_test_wait (f.test, GST_MESSAGE_EOS);
  text = published (&f);
  g_assert_cmpstr (text, ==, "meta 1700@20 1701@40 2701@50 ");
  g_assert_cmpuint (gst_rtmp_test_count_element (f.test, "rtmp-connected"), ==,
      2);
  g_object_get (f.element, "stats", &stats, NULL);
  g_assert_true (gst_structure_get_uint (stats, "reconnects", &reconnects));
  g_assert_cmpuint (reconnects, ==, 1);
  g_assert_cmpuint (gst_rtmp_test_count (f.test, GST_MESSAGE_ERROR, NULL), ==,
      0);
  gst_rtmp_test_assert_stopped (f.server);
  fixture_clear (&f);
}

/* Sound needs no key frame, and what finds out is sent again. */
static void
test_publish_audio (void)
{
  Fixture f;
  guint i;

  fixture_init (&f, NULL, SINK "reconnect=true reconnect-delay=1");
  push (&f, RTMP_MESSAGE_AUDIO, 0, BYTES ("\xaf\x00\x11\x90"));
  push (&f, RTMP_MESSAGE_AUDIO, 0, BYTES ("\xaf\x01x"));
  rtmp_test_server_wait_media (f.server, 2);
  rtmp_test_server_reset (f.server);
  gst_rtmp_test_wait_element (f.test, "rtmp-reconnecting");
  for (i = 0; i < 3; i++)
    push (&f, RTMP_MESSAGE_AUDIO, 10, BYTES ("\xaf\x01x"));
  wait_connections (&f, 2);
  rtmp_test_server_wait_media (f.server, 4);
  fixture_clear (&f);
}

/* Nothing of another publisher's, who was before: it had pictures. */
static void
test_publish_next (void)
{
  g_autofree gchar *text = NULL;
  GstFlowReturn flow;
  Fixture f;

  fixture_init (&f, NULL, SINK "reconnect=true reconnect-delay=1");
  push (&f, RTMP_MESSAGE_DATA_AMF0, 0, BYTES (META));
  push (&f, RTMP_MESSAGE_VIDEO, 0, BYTES (HEADER));
  push_frame (&f, 1, 0);
  push_marked (&f, RTMP_MESSAGE_AUDIO, 5, BYTES ("\xaf\x00\x11\x90"), TRUE);
  push (&f, RTMP_MESSAGE_AUDIO, 10, BYTES ("\xaf\x01x"));
  rtmp_test_server_wait_media (f.server, 4);
  rtmp_test_server_reset (f.server);
  gst_rtmp_test_wait_element (f.test, "rtmp-reconnecting");
  push (&f, RTMP_MESSAGE_AUDIO, 20, BYTES ("\xaf\x01x"));
  wait_connections (&f, 2);
  g_signal_emit_by_name (gst_rtmp_test_element (f.test, "src"),
      "end-of-stream", &flow);
  gst_rtmp_test_wait (f.test, GST_MESSAGE_EOS);
  text = published (&f);
  g_assert_cmpstr (text, ==, "af00@20 af01@20 ");
  fixture_clear (&f);
}

/* A server that is gone for good. */
static void
test_attempts (void)
{
  Fixture f;

  fixture_init (&f, NULL, SINK "reconnect=true reconnect-delay=1 "
      "reconnect-attempts=3");
  push_frame (&f, 1, 0);
  rtmp_test_server_wait_media (f.server, 1);
  g_clear_pointer (&f.server, rtmp_test_server_free);
  while (gst_rtmp_test_count (f.test, GST_MESSAGE_ERROR, f.element) == 0) {
    push_frame (&f, 1, 10);
    g_thread_yield ();
  }
  g_assert_cmpuint (gst_rtmp_test_count_element (f.test, "rtmp-reconnecting"),
      ==, 3);
  fixture_clear (&f);
}

static void
test_off (void)
{
  Fixture f;

  fixture_init (&f, NULL, SINK);
  rtmp_test_server_reset (f.server);
  gst_rtmp_test_wait (f.test, GST_MESSAGE_ERROR);
  g_assert_cmpuint (gst_rtmp_test_count_element (f.test, "rtmp-reconnecting"),
      ==, 0);
  fixture_clear (&f);
}

/* Nobody has to wait for the next attempt. */
static void
test_stop (gconstpointer format)
{
  Fixture f;

  fixture_init (&f, NULL, format);
  rtmp_test_server_reset (f.server);
  gst_rtmp_test_wait_element (f.test, "rtmp-reconnecting");
  if (g_str_has_prefix (format, "appsrc"))
    push_frame (&f, 1, 10);
  fixture_clear (&f);
}

/* Playing */

typedef struct
{
  GPtrArray *media;
  gint connections;             /* atomic */
} Script;

static void
play_script (RtmpScriptedPeer * peer, const RtmpMessage * message,
    gpointer user_data)
{
  Script *script = user_data;
  guint i;

  for (i = 0; i < script->media->len; i++) {
    const RtmpMessage *m = g_ptr_array_index (script->media, i);

    rtmp_scripted_peer_send_media (peer, (RtmpMessageType) m->type,
        RTMP_SCRIPTED_PEER_STREAM, m->timestamp, g_bytes_ref (m->payload));
  }
  if (g_atomic_int_add (&script->connections, 1) == 1)
    rtmp_scripted_peer_send_status (peer, RTMP_SCRIPTED_PEER_STREAM, "status",
        "NetStream.Play.Stop", "");
}

/* Where the first connection's media end. */
#define FIRST_END (40 * GST_MSECOND)

typedef struct
{
  guint buffers;
  guint disconts;
  guint publishers;             /* that begin */
  GstClockTime last;
  guint32 last_stamp;
} Output;

/* Times go on, in the buffer and in the tag. */
static GstPadProbeReturn
on_buffer (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  Output *self = user_data;
  gsize at = gst_buffer_memcmp (buffer, 0, "FLV", 3) == 0 ? 13 : 0;
  guint8 stamp[4];

  g_assert_cmpuint (gst_buffer_extract (buffer, at + 4, stamp, 4), ==, 4);
  self->last_stamp = GST_READ_UINT24_BE (stamp) | (guint32) stamp[3] << 24;
  if (self->buffers > 0)
    g_assert_cmpuint (GST_BUFFER_PTS (buffer), >=, self->last);
  self->last = GST_BUFFER_PTS (buffer);
  g_assert_cmpuint (self->last_stamp, ==, self->last / GST_MSECOND);
  /* Not the one that any stream begins with. */
  if (self->last > FIRST_END
      && GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT))
    self->disconts++;
  self->publishers += gst_rtmp_buffer_begins_publisher (buffer);
  self->buffers++;
  return GST_PAD_PROBE_OK;
}

static void
test_play (void)
{
  Script script = { gst_rtmp_test_numbered (5, 100), 0 };
  const RtmpTestPlan plan = {.started = play_script,.user_data = &script };
  Output output = { 0 };
  g_autoptr (GstPad) pad = NULL;
  Fixture f;

  fixture_init (&f, &plan, "fakesrc num-buffers=0 ! fakesink async=false "
      "rtmpsrc name=e reconnect=true reconnect-delay=1 location=%s ! "
      "fakesink name=sink async=false sync=false");
  gst_rtmp_test_wait_element (f.test, "rtmp-connected");
  pad = gst_element_get_static_pad (gst_rtmp_test_element (f.test, "sink"),
      "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, &output, NULL);
  rtmp_test_server_reset (f.server);
  gst_rtmp_test_wait (f.test, GST_MESSAGE_EOS);
  g_assert_cmpint (g_atomic_int_get (&script.connections), ==, 2);
  g_assert_cmpuint (output.buffers, >=, 5);
  g_assert_cmpuint (output.disconts, ==, 1);
  g_assert_cmpuint (output.publishers, ==, 1);
  g_assert_cmpuint (gst_rtmp_test_count (f.test, GST_MESSAGE_ERROR, NULL), ==,
      0);
  fixture_clear (&f);
  g_ptr_array_unref (script.media);
}

#define HOUR 3600000

/* Headers that have no time, as some servers send them, do not count as the
 * time of the new connection: the frames behind them would be hours later. */
static void
test_play_headers (void)
{
  Script script = { gst_rtmp_test_media_new (), 0 };
  const RtmpTestPlan plan = {.started = play_script,.user_data = &script };
  Output output = { 0 };
  g_autoptr (GstPad) pad = NULL;
  Fixture f;

  gst_rtmp_test_media_add (script.media, RTMP_MESSAGE_AUDIO, 0,
      g_bytes_new_static ("\xaf\0\x12\x10", 4));
  gst_rtmp_test_media_add (script.media, RTMP_MESSAGE_AUDIO, HOUR,
      g_bytes_new_static ("\xaf\1a", 3));
  fixture_init (&f, &plan, "fakesrc num-buffers=0 ! fakesink async=false "
      "rtmpsrc name=e reconnect=true reconnect-delay=1 location=%s ! "
      "fakesink name=sink async=false sync=false");
  gst_rtmp_test_wait_element (f.test, "rtmp-connected");
  pad = gst_element_get_static_pad (gst_rtmp_test_element (f.test, "sink"),
      "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, &output, NULL);
  rtmp_test_server_reset (f.server);
  gst_rtmp_test_wait (f.test, GST_MESSAGE_EOS);
  g_assert_cmpint (g_atomic_int_get (&script.connections), ==, 2);
  g_assert_cmpuint (output.last, <, (HOUR + HOUR / 2) * GST_MSECOND);
  fixture_clear (&f);
  g_ptr_array_unref (script.media);
}

int
main (int argc, char **argv)
{
  gst_rtmp_test_init (&argc, &argv);
  g_test_add_func ("/reconnect/publish", test_publish);
  g_test_add_func ("/reconnect/publish-audio", test_publish_audio);
  g_test_add_func ("/reconnect/publish-next", test_publish_next);
  g_test_add_func ("/reconnect/attempts", test_attempts);
  g_test_add_func ("/reconnect/off", test_off);
  g_test_add_data_func ("/reconnect/stop/sink",
      SINK "reconnect=true reconnect-delay=3600000", test_stop);
  g_test_add_data_func ("/reconnect/stop/src",
      "rtmpsrc name=e location=%s reconnect=true reconnect-delay=3600000 ! "
      "fakesink async=false", test_stop);
  g_test_add_func ("/reconnect/play", test_play);
  g_test_add_func ("/reconnect/play-headers", test_play_headers);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The four elements as bins: what they have of the element inside, and
 * elementary streams through them. */
#include "gstrtmpservertest.h"

#include "gstrtmpbin.h"

#define SERVE "rtmpserversrc name=server location=rtmp://127.0.0.1/live/cam " \
    "port=0 "
#define SERVE_PLAYERS "rtmpserversink name=server " \
    "location=rtmp://127.0.0.1/live/cam port=0 "

static const gchar *const elements[] = { "rtmpsrc", "rtmpsink",
  "rtmpserversrc", "rtmpserversink"
};

static gboolean
is_sink (const gchar * element)
{
  return g_str_has_suffix (element, "sink");
}

static GstElement *
make (const gchar * name)
{
  return gst_object_ref_sink (gst_element_factory_make (name, NULL));
}

/* How many errors an element has logged. */

static gint n_logged;

static void
on_log (GstDebugCategory * category, GstDebugLevel level, const gchar * file,
    const gchar * function, gint line, GObject * object,
    GstDebugMessage * message, gpointer user_data)
{
  if (level == GST_LEVEL_ERROR && GST_IS_RTMP_BIN (object))
    g_atomic_int_inc (&n_logged);
}

static void
assert_logged_one (void)
{
  g_assert_cmpint (g_atomic_int_get (&n_logged), ==, 1);
  g_atomic_int_set (&n_logged, 0);
}

/* What the inner element has */

static void
assert_same_spec (GParamSpec * inner, GObject * bin)
{
  const GParamFlags mask = G_PARAM_READWRITE | GST_PARAM_MUTABLE_PLAYING
      | GST_PARAM_MUTABLE_READY | GST_PARAM_CONDITIONALLY_AVAILABLE
      | G_PARAM_DEPRECATED;
  GParamSpec *own = g_object_class_find_property (G_OBJECT_GET_CLASS (bin),
      inner->name);
  g_auto (GValue) a = G_VALUE_INIT, b = G_VALUE_INIT;

  g_assert_nonnull (own);
  if (inner->owner_type == GST_TYPE_OBJECT)
    return;
  g_assert_cmpuint (own->value_type, ==, inner->value_type);
  g_assert_cmpuint (G_PARAM_SPEC_TYPE (own), ==, G_PARAM_SPEC_TYPE (inner));
  g_assert_cmpuint (own->flags & mask, ==, inner->flags & mask);
  g_assert_cmpstr (g_param_spec_get_blurb (own), ==,
      g_param_spec_get_blurb (inner));
  g_value_init (&a, inner->value_type);
  g_value_init (&b, inner->value_type);
  g_param_value_set_default (inner, &a);
  g_param_value_set_default (own, &b);
  g_assert_cmpint (g_param_values_cmp (inner, &a, &b), ==, 0);
}

/* Each can be read, and written with what was read. */
static void
touch (GObject * bin, GParamSpec * spec)
{
  g_auto (GValue) value = G_VALUE_INIT;

  if (!(spec->flags & G_PARAM_READABLE))
    return;
  g_object_get_property (bin, spec->name, &value);
  if (spec->flags & G_PARAM_WRITABLE && !g_str_equal (spec->name, "parent"))
    g_object_set_property (bin, spec->name, &value);
}

static void
test_properties (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (elements); i++) {
    g_autoptr (GstElement) bin = make (elements[i]);
    GstElement *inner = gst_rtmp_bin_inner (GST_RTMP_BIN (bin));
    guint n;
    g_autofree GParamSpec **specs =
        g_object_class_list_properties (G_OBJECT_GET_CLASS (inner), &n);

    g_assert_cmpuint (n, >, 20);
    for (guint k = 0; k < n; k++) {
      assert_same_spec (specs[k], G_OBJECT (bin));
      touch (G_OBJECT (bin), specs[k]);
    }
  }
}

/* What applications set on any source or sink. */
static void
test_base_properties (void)
{
  g_autoptr (GstElement) src = make ("rtmpsrc"), sink = make ("rtmpsink");
  gboolean sync, qos, async, do_timestamp;
  gint64 max_lateness;
  gint num_buffers;

  g_object_set (src, "num-buffers", 7, "do-timestamp", TRUE, NULL);
  g_object_get (src, "num-buffers", &num_buffers, "do-timestamp",
      &do_timestamp, NULL);
  g_assert_cmpint (num_buffers, ==, 7);
  g_assert_true (do_timestamp);
  g_object_set (sink, "sync", FALSE, "async", FALSE, "qos", TRUE,
      "max-lateness", G_GINT64_CONSTANT (5), NULL);
  g_object_get (sink, "sync", &sync, "async", &async, "qos", &qos,
      "max-lateness", &max_lateness, NULL);
  g_assert_true (!sync && !async && qos);
  g_assert_cmpint (max_lateness, ==, 5);
  g_object_get (gst_rtmp_bin_inner (GST_RTMP_BIN (sink)), "sync", &sync, NULL);
  g_assert_false (sync);
}

static void
on_notify (GObject * object, GParamSpec * spec, gpointer user_data)
{
  diary_add (user_data, "%s", spec->name);
}

/* Once, whoever has set it. */
static void
test_notify (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (elements); i++) {
    g_autoptr (GstElement) bin = make (elements[i]);
    Diary diary;

    diary_init (&diary);
    g_signal_connect (bin, "notify", G_CALLBACK (on_notify), &diary);
    g_object_set (bin, "timeout", 9, NULL);
    diary_assert (&diary, "timeout\n");
    g_object_set (gst_rtmp_bin_inner (GST_RTMP_BIN (bin)), "timeout", 8, NULL);
    diary_assert (&diary, "timeout\ntimeout\n");
    diary_clear (&diary);
  }
}

static void
test_chosen_port (void)
{
  static const gchar *const lines[] = { SERVE "! fakesink", SERVE,
    "fakesrc ! video/x-flv ! " SERVE_PLAYERS, SERVE_PLAYERS
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    GstRtmpTest *test = gst_rtmp_test_new ("%s", lines[i]);
    GstElement *server = gst_rtmp_test_element (test, "server");
    Diary diary;
    gint port;

    diary_init (&diary);
    g_signal_connect (server, "notify::port", G_CALLBACK (on_notify), &diary);
    gst_rtmp_test_set_state (test, GST_STATE_PAUSED);
    diary_wait (&diary, "port", 1);
    g_object_get (server, "port", &port, NULL);
    g_assert_cmpint (port, >, 0);
    gst_rtmp_test_free (test);
    diary_clear (&diary);
  }
}

static void
test_signals (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (elements); i++) {
    g_autoptr (GstElement) bin = make (elements[i]);
    GType inner = G_OBJECT_TYPE (gst_rtmp_bin_inner (GST_RTMP_BIN (bin)));
    guint n;
    g_autofree guint *ids = g_signal_list_ids (inner, &n);

    g_assert_true (n > 0 || strstr (elements[i], "server") == NULL);
    for (guint k = 0; k < n; k++) {
      GSignalQuery a, b;

      g_signal_query (ids[k], &a);
      g_signal_query (g_signal_lookup (a.signal_name, G_OBJECT_TYPE (bin)), &b);
      g_assert_cmpstr (a.signal_name, ==, b.signal_name);
      g_assert_cmpuint (a.return_type, ==, b.return_type);
      g_assert_cmpuint (a.n_params, ==, b.n_params);
      g_assert_cmpuint (a.signal_flags & G_SIGNAL_ACTION, ==,
          b.signal_flags & G_SIGNAL_ACTION);
    }
  }
}

static void
on_added (GstElement * element, const GstStructure * caller, gpointer user_data)
{
  guint64 id;

  g_assert_true (gst_structure_get_uint64 (caller, "id", &id));
  diary_add (user_data, "%" G_GUINT64_FORMAT, id);
}

/* An action reaches the inner element, with what it is told. */
static void
test_actions (void)
{
  guint fds = rtmp_test_count_fds ();
  Service service;
  Diary ids;
  guint64 id;
  Far far;

  diary_init (&ids);
  service_start (&service, GST_STATE_PLAYING, SERVE "keep-listening=true");
  g_signal_connect (service.element, "caller-added", G_CALLBACK (on_added),
      &ids);
  far_call_port (&far, service.port, TRUE, NULL);
  diary_wait (&ids, "", 1);
  id = g_ascii_strtoull (g_ptr_array_index (ids.lines, 0), NULL, 10);
  far_wait (&far, "running");
  g_signal_emit_by_name (service.element, "disconnect-caller", id + 1);
  g_signal_emit_by_name (service.element, "disconnect-caller", id);
  far_wait (&far, "closed");
  far_clear (&far);
  diary_wait (&service.signals, "removed", 1);
  service_clear (&service);
  diary_clear (&ids);
  assert_nothing_left (fds);
}

/* As an element */

static void
test_shape (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (elements); i++) {
    g_autoptr (GstElement) bin = make (elements[i]);
    gboolean sink = is_sink (elements[i]);
    g_autoptr (GstPad) flv =
        gst_element_get_static_pad (bin, sink ? "sink" : "src");
    GstElementClass *klass = GST_ELEMENT_GET_CLASS (bin);

    g_assert_nonnull (flv);
    g_assert_cmpuint (bin->numpads, ==, 1);
    g_assert_true (GST_OBJECT_FLAG_IS_SET (bin, sink ? GST_ELEMENT_FLAG_SINK
            : GST_ELEMENT_FLAG_SOURCE));
    g_assert_false (GST_OBJECT_FLAG_IS_SET (bin, sink ? GST_ELEMENT_FLAG_SOURCE
            : GST_ELEMENT_FLAG_SINK));
    for (guint k = 0; k < 2; k++) {
      GstPadTemplate *template = gst_element_class_get_pad_template (klass,
          k ? "video_%u" : "audio_%u");

      g_assert_cmpint (GST_PAD_TEMPLATE_PRESENCE (template), ==,
          sink ? GST_PAD_REQUEST : GST_PAD_SOMETIMES);
      g_assert_cmpint (GST_PAD_TEMPLATE_DIRECTION (template), ==,
          sink ? GST_PAD_SINK : GST_PAD_SRC);
    }
  }
}

static void
test_uri (void)
{
  for (guint i = 0; i < 2; i++) {
    const gchar *uri = "rtmp://example.com/live/cam";
    g_autoptr (GstElement) bin = make (elements[i]);
    GstURIHandler *handler = GST_URI_HANDLER (bin);
    g_autofree gchar *got = NULL, *location = NULL;

    g_assert_cmpint (gst_uri_handler_get_uri_type (handler), ==,
        i ? GST_URI_SINK : GST_URI_SRC);
    g_assert_true (g_strv_contains (gst_uri_handler_get_protocols (handler),
            "rtmps"));
    g_assert_true (gst_uri_handler_set_uri (handler, uri, NULL));
    got = gst_uri_handler_get_uri (handler);
    g_object_get (bin, "location", &location, NULL);
    g_assert_cmpstr (got, ==, uri);
    g_assert_cmpstr (location, ==, uri);
    g_assert_false (gst_uri_handler_set_uri (handler, "rtmp:/", NULL));
  }
  for (guint i = 2; i < 4; i++) {
    g_autoptr (GstElement) bin = make (elements[i]);

    g_assert_false (GST_IS_URI_HANDLER (bin));
  }
}

/* Pads of sinks */

/* Three tracks of three kinds of request, and FLV again without them. */
static void
request_and_release (GstElement * sink)
{
  g_autoptr (GstCaps) aac = gst_caps_from_string ("audio/mpeg, mpegversion=4, "
      "stream-format=raw");
  g_autoptr (GstPad) one = gst_element_request_pad_simple (sink, "video_%u");
  g_autoptr (GstPad) two = gst_element_request_pad_simple (sink, "audio_7");
  g_autoptr (GstPad) three = gst_element_request_pad (sink,
      gst_element_get_pad_template (sink, "audio_%u"), NULL, aac);

  g_assert_cmpstr (GST_PAD_NAME (one), ==, "video_0");
  g_assert_cmpstr (GST_PAD_NAME (two), ==, "audio_7");
  g_assert_cmpstr (GST_PAD_NAME (three), ==, "audio_0");
  g_assert_cmpuint (sink->numsinkpads, ==, 4);
  gst_element_release_request_pad (sink, one);
  gst_element_release_request_pad (sink, three);
  gst_element_release_request_pad (sink, two);
  g_assert_cmpuint (sink->numsinkpads, ==, 1);
}

static void
test_request (void)
{
  for (guint i = 1; i < G_N_ELEMENTS (elements); i += 2)
    for (GstState state = GST_STATE_NULL; state <= GST_STATE_PLAYING; state++) {
      GstRtmpTest *test = gst_rtmp_test_new ("%s name=s "
          "location=rtmp://127.0.0.1:9/live/cam", elements[i]);
      GstElement *sink = gst_rtmp_test_element (test, "s");
      g_autoptr (GstElement) src = make ("fakesrc");

      gst_rtmp_test_set_state (test, state);
      request_and_release (sink);
      request_and_release (sink);
      gst_rtmp_test_set_state (test, GST_STATE_READY);
      gst_bin_add (GST_BIN (test->pipeline), src);
      g_assert_true (gst_element_link (src, sink));
      gst_rtmp_test_free (test);
    }
}

/* Pads that nobody gave back. */
static void
test_dispose (void)
{
  for (guint i = 1; i < G_N_ELEMENTS (elements); i += 2) {
    GstElement *sink = make (elements[i]);
    g_autoptr (GstPad) one = gst_element_request_pad_simple (sink, "video_%u");
    g_autoptr (GstPad) two = gst_element_request_pad_simple (sink, "audio_%u");

    g_object_add_weak_pointer (G_OBJECT (sink), (gpointer *) & sink);
    gst_object_unref (sink);
    g_assert_null (sink);
    g_assert_null (GST_PAD_PARENT (one));
    g_assert_null (GST_PAD_PARENT (two));
  }
}

/* FLV or elementary streams: the other is refused, and the log says why. */
static void
test_either (void)
{
  for (guint i = 1; i < G_N_ELEMENTS (elements); i += 2) {
    g_autoptr (GstElement) pipeline = gst_object_ref_sink (gst_pipeline_new
        (NULL));
    GstElement *src = gst_element_factory_make ("fakesrc", NULL);
    GstElement *sink = gst_element_factory_make (elements[i], NULL);
    g_autoptr (GstPad) pad = NULL;

    gst_bin_add_many (GST_BIN (pipeline), src, sink, NULL);
    g_assert_true (gst_element_link_pads (src, "src", sink, "sink"));
    g_assert_null (gst_element_request_pad_simple (sink, "video_%u"));
    assert_logged_one ();
    gst_element_unlink (src, sink);
    pad = gst_element_request_pad_simple (sink, "video_%u");
    g_assert_nonnull (pad);
    g_assert_false (gst_element_link_pads (src, "src", sink, "sink"));
    assert_logged_one ();
    gst_element_release_request_pad (sink, pad);
    g_assert_true (gst_element_link_pads (src, "src", sink, "sink"));
  }
}

/* gst_element_link() takes the pad that fits. */
static void
test_link (void)
{
  static const struct
  {
    const gchar *caps;
    const gchar *pad;
  } cases[] = {
    {"video/x-flv", "sink"},
    {"video/x-h264, stream-format=avc, alignment=au", "video_0"},
    {"audio/mpeg, mpegversion=4, stream-format=raw", "audio_0"},
    {"video/x-raw", NULL},
  };

  for (guint i = 1; i < G_N_ELEMENTS (elements); i += 2)
    for (guint k = 0; k < G_N_ELEMENTS (cases); k++) {
      g_autoptr (GstElement) pipeline = gst_object_ref_sink (gst_pipeline_new
          (NULL));
      g_autoptr (GstCaps) caps = gst_caps_from_string (cases[k].caps);
      GstElement *src = gst_element_factory_make ("capsfilter", NULL);
      GstElement *sink = gst_element_factory_make (elements[i], NULL);
      g_autoptr (GstPad) pad = gst_element_get_static_pad (src, "src");
      g_autoptr (GstPad) peer = NULL;

      g_object_set (src, "caps", caps, NULL);
      gst_bin_add_many (GST_BIN (pipeline), src, sink, NULL);
      g_assert_cmpint (gst_element_link (src, sink), ==, cases[k].pad != NULL);
      peer = gst_pad_get_peer (pad);
      g_assert_cmpstr (peer ? GST_PAD_NAME (peer) : NULL, ==, cases[k].pad);
    }
}

/* Through both */

static GstPadProbeReturn
on_track (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  GstEvent *event;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
    diary_add (user_data, "%s", GST_PAD_NAME (pad));
    return GST_PAD_PROBE_OK;
  }
  event = GST_PAD_PROBE_INFO_EVENT (info);
  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS)
    diary_add (user_data, "eos %s", GST_PAD_NAME (pad));
  return GST_PAD_PROBE_OK;
}

/* Its caps are there, and its collection. */
static void
on_pad (GstElement * element, GstPad * pad, gpointer user_data)
{
  GstElement *pipeline = GST_ELEMENT (GST_OBJECT_PARENT (element));
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  g_autoptr (GstEvent) event = gst_pad_get_sticky_event (pad,
      GST_EVENT_STREAM_COLLECTION, 0);
  g_autoptr (GstStreamCollection) collection = NULL;
  g_autoptr (GstPad) peer = gst_element_get_static_pad (sink, "sink");

  gst_bin_add (GST_BIN (pipeline), sink);
  if (GST_STATE_TARGET (element) <= GST_STATE_READY)
    return;                     /* they are gone with the activation */
  g_assert_nonnull (caps);
  g_assert_nonnull (event);
  gst_event_parse_stream_collection (event, &collection);
  diary_add (user_data, "pad %s %s of %u", GST_PAD_NAME (pad),
      gst_structure_get_name (gst_caps_get_structure (caps, 0)),
      gst_stream_collection_get_size (collection));
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER |
      GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_track, user_data, NULL);
  g_object_set (sink, "sync", FALSE, "async", FALSE, NULL);
  gst_element_sync_state_with_parent (sink);
  g_assert_cmpint (gst_pad_link (pad, peer), ==, GST_PAD_LINK_OK);
}

static void
on_no_more_pads (GstElement * element, gpointer user_data)
{
  diary_add (user_data, "no more");
}

static void
take_tracks (GstElement * element, Diary * diary)
{
  g_signal_connect (element, "pad-added", G_CALLBACK (on_pad), diary);
  g_signal_connect (element, "no-more-pads", G_CALLBACK (on_no_more_pads),
      diary);
}

static GstRtmpTest *
send_tracks (guint16 port)
{
  g_autofree gchar *path = gst_rtmp_test_path ("avc_aac.flv");

  return gst_rtmp_test_new ("filesrc location=\"%s\" ! rtmpdemux name=d "
      "d.video_0 ! s.video_0 d.audio_0 ! s.audio_0 rtmpsink name=s "
      "sync=false location=rtmp://127.0.0.1:%u/live/cam", path, port);
}

static void
assert_tracks (Diary * diary)
{
  g_assert_cmpuint (diary_count (diary, "pad video_0 video/x-h264 of 2"), ==,
      1);
  g_assert_cmpuint (diary_count (diary, "pad audio_0 audio/mpeg of 2"), ==, 1);
  g_assert_cmpuint (diary_count (diary, "no more"), ==, 1);
  g_assert_cmpuint (diary_count (diary, "eos"), ==, 2);
  g_assert_cmpuint (diary_count (diary, "video_0"), ==, 90);
  g_assert_cmpuint (diary_count (diary, "audio_0"), >, 100);
}

/* Who tells it is the element that the application has made. */
static void
assert_speakers (GstRtmpTest * test)
{
  const GstMessageType types[] = { GST_MESSAGE_ELEMENT, GST_MESSAGE_PROGRESS,
    GST_MESSAGE_STREAM_COLLECTION, GST_MESSAGE_WARNING
  };
  GstElement *server = gst_rtmp_test_element (test, "server");

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    g_assert_cmpuint (gst_rtmp_test_count (test, types[i], NULL), ==,
        gst_rtmp_test_count (test, types[i], server));
  g_assert_cmpuint (gst_rtmp_test_count (test, GST_MESSAGE_STREAM_COLLECTION,
          server), >=, 1);
}

static void
test_tracks (void)
{
  guint fds = rtmp_test_count_fds ();
  GstRtmpTest *sender;
  Service service;
  Diary tracks;

  diary_init (&tracks);
  service_start (&service, GST_STATE_PLAYING, SERVE);
  take_tracks (service.element, &tracks);
  sender = send_tracks (service.port);
  gst_rtmp_test_set_state (sender, GST_STATE_PLAYING);
  gst_rtmp_test_wait (sender, GST_MESSAGE_EOS);
  diary_wait (&tracks, "eos", 2);
  assert_tracks (&tracks);
  assert_speakers (service.test);
  g_assert_cmpuint (service.element->numsrcpads, ==, 3);
  gst_rtmp_test_set_state (service.test, GST_STATE_READY);
  g_assert_cmpuint (service.element->numsrcpads, ==, 1);
  gst_rtmp_test_free (sender);
  service_clear (&service);
  diary_clear (&tracks);
  assert_nothing_left (fds);
}

/* The same elements, now with FLV, now with tracks, in any order. */
static void
reuse (GstRtmpTest * test, Diary * tracks, gboolean is_flv)
{
  GstElement *server = gst_rtmp_test_element (test, "server");
  GstRtmpTest *sender;
  gint port;

  gst_rtmp_test_set_state (test, GST_STATE_PLAYING);
  g_object_get (server, "port", &port, NULL);
  sender = send_tracks ((guint16) port);
  gst_rtmp_test_set_state (sender, GST_STATE_PLAYING);
  gst_rtmp_test_wait (sender, GST_MESSAGE_EOS);
  if (is_flv) {
    diary_wait (tracks, "eos sink", 1);
    g_assert_cmpuint (diary_count (tracks, "pad"), ==, 0);
  } else {
    diary_wait (tracks, "eos", 2);
    assert_tracks (tracks);
  }
  gst_rtmp_test_free (sender);
  gst_rtmp_test_set_state (test, GST_STATE_NULL);
  g_assert_cmpuint (server->numsrcpads, ==, 1);
  gst_rtmp_test_forget (test);
  diary_forget (tracks);
}

static void
test_reuse (void)
{
  guint fds = rtmp_test_count_fds ();
  g_autoptr (GstElement) flv = make ("fakesink");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (flv, "sink");
  GstRtmpTest *test = gst_rtmp_test_new (SERVE);
  GstElement *server = gst_rtmp_test_element (test, "server");
  Diary tracks;

  diary_init (&tracks);
  take_tracks (server, &tracks);
  g_object_set (flv, "sync", FALSE, "async", FALSE, NULL);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_track,
      &tracks, NULL);
  for (guint i = 0; i < 2; i++) {
    gst_bin_add (GST_BIN (test->pipeline), flv);
    g_assert_true (gst_element_link (server, flv));
    reuse (test, &tracks, TRUE);
    gst_bin_remove (GST_BIN (test->pipeline), flv);
    gst_element_set_state (flv, GST_STATE_NULL);
    reuse (test, &tracks, FALSE);
  }
  gst_rtmp_test_free (test);
  diary_clear (&tracks);
  assert_nothing_left (fds);
}

/* While tracks come out, nothing else does. */
static void
test_late_link (void)
{
  g_autoptr (GstElement) flv = make ("fakesink");
  Service service;

  service_start (&service, GST_STATE_PLAYING, SERVE);
  gst_bin_add (GST_BIN (service.test->pipeline), flv);
  g_assert_false (gst_element_link_pads (service.element, "src", flv, "sink"));
  assert_logged_one ();
  gst_rtmp_test_set_state (service.test, GST_STATE_READY);
  g_assert_true (gst_element_link (service.element, flv));
  service_clear (&service);
}

/* What is not asked for is not waited for: a state can be changed at any
 * time, and soon. */
static void
test_stop_at_once (void)
{
  guint fds = rtmp_test_count_fds ();

  for (guint i = 0; i < 30; i++) {
    GstRtmpTest *sender;
    Service service;
    Diary tracks;

    diary_init (&tracks);
    service_start (&service, GST_STATE_PLAYING, SERVE);
    take_tracks (service.element, &tracks);
    sender = send_tracks (service.port);
    gst_rtmp_test_set_state (sender, GST_STATE_PLAYING);
    if (i % 3 > 0)
      diary_wait (&tracks, i % 3 == 1 ? "pad" : "no more", 1);
    if (i % 2)
      gst_rtmp_test_free (sender);
    service_clear (&service);
    if (i % 2 == 0)
      gst_rtmp_test_free (sender);
    diary_clear (&tracks);
  }
  assert_nothing_left (fds);
}

/* A caller is there, and nothing flows: tracks can go, and come again. */
static void
test_release_blocked (void)
{
  guint fds = rtmp_test_count_fds ();
  GstRtmpTest *test = gst_rtmp_test_new ("fakesrc filltype=zero "
      "sizetype=fixed sizemax=9 format=time datarate=900 ! "
      "video/x-vp8 ! server.video_0 " SERVE_PLAYERS);
  GstElement *sink = gst_rtmp_test_element (test, "server");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, "video_0");
  g_autoptr (GstPad) peer = gst_pad_get_peer (pad), again = NULL;

  gst_rtmp_test_set_state (test, GST_STATE_PAUSED);
  gst_rtmp_test_wait_state (test);
  gst_pad_unlink (peer, pad);
  gst_element_release_request_pad (sink, pad);
  again = gst_element_request_pad_simple (sink, "video_0");
  g_assert_nonnull (again);
  gst_rtmp_test_free (test);
  assert_nothing_left (fds);
}

/* Events and queries */

static void
test_eos_to_sink (void)
{
  RtmpTestPlan plan = { 0, };
  g_autoptr (RtmpTestServer) server = rtmp_test_server_new (&plan);
  g_autofree gchar *url = rtmp_test_server_url (server, "cam");
  GstRtmpTest *test = gst_rtmp_test_new ("rtmpsink name=s location=%s", url);
  GstElement *sink = gst_rtmp_test_element (test, "s");
  g_autoptr (GstPad) pad = gst_element_request_pad_simple (sink, "video_0");

  g_assert_nonnull (pad);
  gst_rtmp_test_set_state (test, GST_STATE_PLAYING);
  g_assert_true (gst_element_send_event (sink, gst_event_new_eos ()));
  gst_rtmp_test_wait (test, GST_MESSAGE_EOS);
  /* It was the end. */
  g_assert_false (gst_element_send_event (sink,
          gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM,
              gst_structure_new_empty ("rtmp-script"))));
  gst_rtmp_test_free (test);
}

static void
test_eos_to_source (void)
{
  GstRtmpTest *sender;
  Service service;
  Diary tracks;

  diary_init (&tracks);
  service_start (&service, GST_STATE_PLAYING, SERVE "keep-listening=true");
  take_tracks (service.element, &tracks);
  sender = send_tracks (service.port);
  gst_rtmp_test_set_state (sender, GST_STATE_PLAYING);
  diary_wait (&tracks, "no more", 1);
  g_assert_true (gst_element_send_event (service.element,
          gst_event_new_eos ()));
  diary_wait (&tracks, "eos", 2);
  gst_rtmp_test_wait (service.test, GST_MESSAGE_EOS);
  gst_rtmp_test_free (sender);
  service_clear (&service);
  diary_clear (&tracks);
}

static gboolean
is_live (GstPad * pad, GstElement * element)
{
  g_autoptr (GstQuery) query = gst_query_new_latency ();
  gboolean live = FALSE;

  g_assert_true (pad ? gst_pad_query (pad, query)
      : gst_element_query (element, query));
  gst_query_parse_latency (query, &live, NULL, NULL);
  return live;
}

static void
test_live_queries (void)
{
  GstRtmpTest *sender;
  Service service;
  Diary tracks;

  diary_init (&tracks);
  service_start (&service, GST_STATE_PLAYING, SERVE "keep-listening=true");
  take_tracks (service.element, &tracks);
  sender = send_tracks (service.port);
  gst_rtmp_test_set_state (sender, GST_STATE_PLAYING);
  diary_wait (&tracks, "video_0", 90);
  g_assert_true (is_live (NULL, service.element));
  for (GList * l = service.element->srcpads; l; l = l->next)
    if (!g_str_equal (GST_PAD_NAME (l->data), "src"))
      g_assert_true (is_live (l->data, NULL));
  gst_rtmp_test_free (sender);
  service_clear (&service);
  diary_clear (&tracks);
}

/* A recording that is played as tracks */

#define STREAM RTMP_SCRIPTED_PEER_STREAM

static void
send_recording (RtmpScriptedPeer * peer, const RtmpMessage * message,
    gpointer user_data)
{
  GPtrArray *tags = user_data;

  for (guint i = 0; i < tags->len; i++) {
    const RtmpMessage *tag = g_ptr_array_index (tags, i);

    rtmp_scripted_peer_send_media (peer, tag->type, STREAM, tag->timestamp,
        g_bytes_ref (tag->payload));
  }
}

static void
notify_of_seek (RtmpScriptedPeer * peer, gpointer tags)
{
  rtmp_scripted_peer_send_status (peer, STREAM, "status",
      "NetStream.Seek.Notify", "");
  send_recording (peer, NULL, tags);
}

static gint64
ask (GstPad * pad, gboolean (*query) (GstPad *, GstFormat, gint64 *))
{
  gint64 value = -1;

  query (pad, GST_FORMAT_TIME, &value);
  return value;
}

static void
test_recorded (void)
{
  g_autoptr (GBytes) file = gst_rtmp_test_read ("avc_aac.flv");
  g_autoptr (GPtrArray) tags = gst_rtmp_test_tags (file);
  RtmpTestPlan plan = {.started = send_recording,.user_data = tags };
  g_autoptr (RtmpTestServer) server = rtmp_test_server_new (&plan);
  g_autofree gchar *url = rtmp_test_server_url (server, "recorded.flv");
  GstRtmpTest *test = gst_rtmp_test_new ("rtmpsrc name=s location=%s", url);
  GstElement *src = gst_rtmp_test_element (test, "s");
  g_autoptr (GstPad) pad = NULL;
  Diary tracks;

  diary_init (&tracks);
  take_tracks (src, &tracks);
  gst_rtmp_test_set_state (test, GST_STATE_PLAYING);
  diary_wait (&tracks, "video_0", 90);
  pad = gst_element_get_static_pad (src, "video_0");
  g_assert_cmpint (ask (pad, gst_pad_query_duration), ==, 3075 * GST_MSECOND);
  g_assert_cmpint (ask (pad, gst_pad_query_position), >, GST_SECOND);
  g_assert_false (is_live (pad, NULL));
  for (guint i = 0; i < 2; i++) {
    GstEvent *seek = gst_event_new_seek (1, GST_FORMAT_TIME,
        GST_SEEK_FLAG_FLUSH, GST_SEEK_TYPE_SET, 0, GST_SEEK_TYPE_NONE, 0);

    diary_forget (&tracks);
    g_assert_true (i ? gst_element_send_event (src, seek)
        : gst_pad_send_event (pad, seek));
    rtmp_test_server_wait_type (server, RTMP_MESSAGE_COMMAND_AMF0, 5 + i);
    rtmp_test_server_call (server, notify_of_seek, tags);
    diary_wait (&tracks, "video_0", 90);
    g_assert_cmpuint (diary_count (&tracks, "pad"), ==, 0);
  }
  gst_rtmp_test_free (test);
  diary_clear (&tracks);
}

int
main (int argc, char **argv)
{
  gst_rtmp_test_init (&argc, &argv);
  server_tests_warm_up ();
  gst_debug_add_log_function (on_log, NULL, NULL);
  gst_debug_remove_log_function (gst_debug_log_default);
  gst_debug_set_default_threshold (GST_LEVEL_ERROR);

  g_test_add_func ("/bin/properties", test_properties);
  g_test_add_func ("/bin/base-properties", test_base_properties);
  g_test_add_func ("/bin/notify", test_notify);
  g_test_add_func ("/bin/chosen-port", test_chosen_port);
  g_test_add_func ("/bin/signals", test_signals);
  g_test_add_func ("/bin/actions", test_actions);
  g_test_add_func ("/bin/shape", test_shape);
  g_test_add_func ("/bin/uri", test_uri);
  g_test_add_func ("/bin/request", test_request);
  g_test_add_func ("/bin/dispose", test_dispose);
  g_test_add_func ("/bin/either", test_either);
  g_test_add_func ("/bin/link", test_link);
  g_test_add_func ("/bin/tracks", test_tracks);
  g_test_add_func ("/bin/reuse", test_reuse);
  g_test_add_func ("/bin/late-link", test_late_link);
  g_test_add_func ("/bin/stop-at-once", test_stop_at_once);
  g_test_add_func ("/bin/release-blocked", test_release_blocked);
  g_test_add_func ("/bin/eos-to-sink", test_eos_to_sink);
  g_test_add_func ("/bin/eos-to-source", test_eos_to_source);
  g_test_add_func ("/bin/live-queries", test_live_queries);
  g_test_add_func ("/bin/recorded", test_recorded);
  return g_test_run ();
}

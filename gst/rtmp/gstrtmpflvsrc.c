/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside rtmpsrc: see gstrtmpsrc.c. */
#include <gst/base/gstpushsrc.h>

#include <string.h>

#include "flvpacket.h"
#include "gstrtmpbuffer.h"
#include "gstrtmpelements.h"
#include "gstrtmpenhanced.h"
#include "gstrtmpengine.h"
#include "gstrtmptime.h"

GST_DEBUG_CATEGORY_STATIC (gst_rtmp_src_debug);
#define GST_CAT_DEFAULT gst_rtmp_src_debug

/* Messages handed on at once when more than one has arrived. */
#define MAX_BATCH 32
#define DEFAULT_MAX_QUEUE_BYTES (16 << 20)
/* Milliseconds by which a live stream's media may come late: what networks and
 * encoders make of an even stream. */
#define DEFAULT_LATENCY 200

typedef enum
{
  STREAM_TYPE_AUTO,
  STREAM_TYPE_LIVE,
  STREAM_TYPE_RECORDED,
} StreamType;

#define DEFAULT_STREAM_TYPE STREAM_TYPE_AUTO

enum
{
  PROP_STREAM_TYPE = GST_RTMP_PROP_FIRST_OWN,
  PROP_MAX_QUEUE_BYTES,
  PROP_IDLE_TIMEOUT,
  PROP_NO_EOF_IS_ERROR,
  PROP_LATENCY,
  PROP_RECEIVE_AUDIO,
  PROP_RECEIVE_VIDEO,
};

struct _GstRtmpFlvSrc
{
  GstPushSrc parent;

  /* Settings, under the object lock. */
  GstRtmpSettings settings;
  StreamType stream_type;
  GstRtmpEngineOptions options;
  guint latency;                /* ms */
  gboolean receive_audio;
  gboolean receive_video;

  GstRtmpEngine *engine;
  gint key_unit_asked;          /* atomic: by the last seek */

  /* The streaming thread only. */
  guint batch;                  /* messages to hand on at once */
  gboolean sent_header;
  gboolean sent_frame;
  gboolean discont;             /* after a seek */
  gboolean begins;              /* a new connection: whose is not known */
  gboolean splice;              /* the new one's time is not known yet */
  gint64 last_arrival;          /* of a frame: us */
  gboolean landing;             /* where it has led is not known yet */
  gboolean to_key_unit;         /* the seek was to the key frame, not near it */
  GstRtmpTime time;
};

static void gst_rtmp_flv_src_uri_handler_init (gpointer iface, gpointer data);

G_DEFINE_TYPE_WITH_CODE (GstRtmpFlvSrc, gst_rtmp_flv_src, GST_TYPE_PUSH_SRC,
    G_IMPLEMENT_INTERFACE (GST_TYPE_URI_HANDLER,
        gst_rtmp_flv_src_uri_handler_init));

static GstStaticPadTemplate src_template =
GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS ("video/x-flv"));

/* The engine */

/* A name that says file: servers give such streams from disk. */
static gboolean
looks_recorded (const gchar * stream)
{
  static const gchar *const prefixes[] = { "mp4:", "mp3:", "flv:" };
  static const gchar *const suffixes[] = { ".flv", ".mp4", ".f4v", ".mp3" };
  g_autofree gchar *name = g_strndup (stream, strcspn (stream, "?"));
  guint i;

  for (i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (name, prefixes[i]))
      return TRUE;
  for (i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (g_str_has_suffix (name, suffixes[i]))
      return TRUE;
  return FALSE;
}

static gboolean
is_recorded_locked (GstRtmpFlvSrc * self)
{
  if (self->stream_type == STREAM_TYPE_AUTO)
    return looks_recorded (self->settings.url->stream)
        && !gst_rtmp_settings_has_option (&self->settings, "live");
  return self->stream_type == STREAM_TYPE_RECORDED;
}

static gdouble
play_start (StreamType type)
{
  switch (type) {
    case STREAM_TYPE_LIVE:
      return RTMP_PLAY_LIVE;
    case STREAM_TYPE_RECORDED:
      return 0;
    default:
      return RTMP_PLAY_LIVE_OR_RECORDED;
  }
}

/* At start, or when the first buffer is asked for. */
static gboolean
ensure_engine (GstRtmpFlvSrc * self)
{
  RtmpClientConfig config;
  RtmpCapabilities reads = { 0, };
  gboolean is_auto;
  GstRtmpEngineOptions options;

  if (gst_rtmp_engine_is_started (self->engine))
    return TRUE;
  rtmp_client_config_init (&config);
  GST_OBJECT_LOCK (self);
  config.play_start = play_start (self->stream_type);
  config.receive_audio = self->receive_audio;
  config.receive_video = self->receive_video;
  config.ask_length = is_recorded_locked (self);
  options = self->options;
  options.is_recorded = config.ask_length;
  is_auto = self->settings.enhanced_codecs == NULL;
  GST_OBJECT_UNLOCK (self);
  if (gst_rtmp_enhanced_ask_reader (GST_BASE_SRC_PAD (self), &reads)) {
    if (is_auto)
      config.capabilities = reads;
    /* Also with the codecs that the application names. */
    config.capabilities.caps_ex = reads.caps_ex;
    config.capabilities.video_function = reads.video_function;
  }
  return gst_rtmp_engine_start (self->engine, &self->settings, &config,
      &options);
}

static gboolean
gst_rtmp_flv_src_start (GstBaseSrc * src)
{
  GstRtmpFlvSrc *self = GST_RTMP_FLV_SRC (src);
  gint num_buffers;

  g_object_get (self, "num-buffers", &num_buffers, NULL);
  self->batch = num_buffers < 0 && !gst_base_src_is_live (src) ? MAX_BATCH : 1;
  self->sent_header = self->sent_frame = FALSE;
  self->discont = self->begins = self->landing = self->splice = FALSE;
  gst_rtmp_time_reset (&self->time);
  return TRUE;
}

/* Before the base class starts: it looks at whether it is live, and would add
 * an error of its own to ours. */
static gboolean
prepare (GstRtmpFlvSrc * self)
{
  gboolean recorded, now;

  GST_OBJECT_LOCK (self);
  recorded = is_recorded_locked (self);
  now = self->settings.async_connect || self->settings.bad_location;
  GST_OBJECT_UNLOCK (self);
  gst_base_src_set_live (GST_BASE_SRC (self), !recorded);
  return !now || ensure_engine (self);
}

static GstStateChangeReturn
gst_rtmp_flv_src_change_state (GstElement * element, GstStateChange transition)
{
  GstRtmpFlvSrc *self = GST_RTMP_FLV_SRC (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !prepare (self))
    return GST_STATE_CHANGE_FAILURE;
  result =
      GST_ELEMENT_CLASS (gst_rtmp_flv_src_parent_class)->change_state (element,
      transition);
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED
      && result == GST_STATE_CHANGE_FAILURE)
    gst_rtmp_engine_stop (self->engine);
  else if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED
      || transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING)
    gst_rtmp_engine_set_paused (self->engine,
        transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED
        && !gst_base_src_is_live (GST_BASE_SRC (self)));
  return result;
}

static gboolean
gst_rtmp_flv_src_stop (GstBaseSrc * src)
{
  gst_rtmp_engine_stop (GST_RTMP_FLV_SRC (src)->engine);
  return TRUE;
}

static gboolean
gst_rtmp_flv_src_unlock (GstBaseSrc * src)
{
  gst_rtmp_engine_set_flushing (GST_RTMP_FLV_SRC (src)->engine, TRUE);
  return TRUE;
}

static gboolean
gst_rtmp_flv_src_unlock_stop (GstBaseSrc * src)
{
  gst_rtmp_engine_set_flushing (GST_RTMP_FLV_SRC (src)->engine, FALSE);
  return TRUE;
}

/* Buffers */

/* A live stream starts anywhere in its own time; in the pipeline's it starts
 * now. */
static void
start_segment (GstRtmpFlvSrc * self, GstClockTime first)
{
  GstClockTime base = gst_element_get_base_time (GST_ELEMENT (self));
  GstSegment segment;
  g_autoptr (GstClock) clock = gst_element_get_clock (GST_ELEMENT (self));

  if (!gst_base_src_is_live (GST_BASE_SRC (self)) || clock == NULL)
    return;
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = segment.time = segment.position = first;
  segment.base = MAX (gst_clock_get_time (clock), base) - base;
  gst_base_src_new_segment (GST_BASE_SRC (self), &segment);
}

/* Servers seek to a key frame near the position asked for. What comes before it
 * is clipped by the segment, unless the key frame was what was asked for, or
 * the server has not moved; when the stream goes on behind it, so does the
 * segment, up to its end. */
static void
land (GstRtmpFlvSrc * self, GstClockTime first)
{
  GstSegment segment = GST_BASE_SRC (self)->segment;
  gboolean follows = self->to_key_unit
      || gst_rtmp_engine_is_seek_refused (self->engine);

  self->landing = FALSE;
  if ((first < segment.start && !follows) || first >= segment.stop)
    return;
  segment.start = segment.time = segment.position = first;
  gst_base_src_new_segment (GST_BASE_SRC (self), &segment);
}

static gboolean
is_frame (guint8 type, GBytes * body)
{
  return type != FLV_TAG_SCRIPT && flv_configuration (type, body) == 0;
}

/* The stream of a new connection begins anywhere in its own time; here it
 * goes on after what was lost. Its metadata and headers come before the first
 * frame that tells. */
static GstClockTime
time_of (GstRtmpFlvSrc * self, const RtmpMessage * message, gboolean frame)
{
  gint64 now = g_get_monotonic_time ();

  if (self->splice && !frame)
    return gst_rtmp_time_stamp (&self->time) * GST_MSECOND;
  if (self->splice)
    gst_rtmp_time_splice (&self->time, (guint32) ((now - self->last_arrival)
            / G_TIME_SPAN_MILLISECOND));
  self->splice = FALSE;
  if (frame)
    self->last_arrival = now;
  return gst_rtmp_time_unwrap (&self->time, message->timestamp);
}

static GstBuffer *
make_buffer (GstRtmpFlvSrc * self, RtmpMessage * message)
{
  guint8 type = gst_rtmp_buffer_tag_type (message->type);
  gboolean frame = is_frame (type, message->payload);
  GstClockTime time = time_of (self, message, frame);
  GstBuffer *buffer = gst_rtmp_buffer_new_tag (type,
      gst_rtmp_time_stamp (&self->time), g_steal_pointer (&message->payload));

  /* In one buffer with the first tag, so that num-buffers counts tags. */
  if (!self->sent_header)
    buffer = gst_buffer_append (gst_rtmp_buffer_new_file_header (), buffer);
  self->sent_header = TRUE;
  GST_BUFFER_DTS (buffer) = GST_BUFFER_PTS (buffer) = time;
  if (self->begins)
    gst_rtmp_buffer_begin_publisher (buffer);
  else if (self->discont)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  self->begins = self->discont = FALSE;
  if (frame && !self->sent_frame) {
    start_segment (self, time);
    self->sent_frame = TRUE;
  }
  if (frame && self->landing)
    land (self, time);
  return buffer;
}

/* Several at once where several have arrived; but the base class counts a
 * list as one buffer, so not when the application counts them, and (1.22)
 * fails when a live source is paused and stopped with one in its hands. */
static GstFlowReturn
submit (GstRtmpFlvSrc * self, RtmpMessage * messages, guint n, GstBuffer ** out)
{
  GstBufferList *list;
  guint i;

  if (n == 1) {
    *out = make_buffer (self, &messages[0]);
    return GST_FLOW_OK;
  }
  list = gst_buffer_list_new_sized (n);
  for (i = 0; i < n; i++)
    gst_buffer_list_add (list, make_buffer (self, &messages[i]));
  gst_base_src_submit_buffer_list (GST_BASE_SRC (self), list);
  return GST_FLOW_OK;
}

/* The error has been posted, and once is enough: for an error the base class
 * would post another. Downstream learns that there is no more. */
static GstFlowReturn
end_after_error (GstRtmpFlvSrc * self)
{
  gst_pad_push_event (GST_BASE_SRC_PAD (self), gst_event_new_eos ());
  return GST_FLOW_FLUSHING;
}

static GstFlowReturn
reconnect (GstRtmpFlvSrc * self)
{
  GstFlowReturn flow = gst_rtmp_engine_reconnect (self->engine);

  self->begins = self->sent_header;
  self->splice = self->sent_frame;
  return flow;
}

static GstFlowReturn
gst_rtmp_flv_src_create (GstPushSrc * src, GstBuffer ** out)
{
  GstRtmpFlvSrc *self = GST_RTMP_FLV_SRC (src);
  RtmpMessage messages[MAX_BATCH];
  GstFlowReturn flow;
  guint n;

  do {
    if (!ensure_engine (self))
      return end_after_error (self);
    flow = GST_FLOW_OK;
    n = gst_rtmp_engine_pop (self->engine, messages, self->batch, &flow);
  } while (flow == GST_RTMP_FLOW_RETRY
      && (flow = reconnect (self)) == GST_FLOW_OK);
  if (n > 0)
    return submit (self, messages, n, out);
  return flow == GST_FLOW_ERROR ? end_after_error (self) : flow;
}

/* Recorded streams: seeking, duration */

static gboolean
gst_rtmp_flv_src_is_seekable (GstBaseSrc * src)
{
  return !gst_base_src_is_live (src);
}

/* The base class wakes create() for a seek that flushes. For others it waits
 * until a message comes; these wake it here, if they are to be done. */
static void
begin_seek (GstRtmpFlvSrc * self, GstEvent * event)
{
  const GstSeekFlags not_ours = GST_SEEK_FLAG_FLUSH
      | GST_SEEK_FLAG_INSTANT_RATE_CHANGE;
  GstBaseSrc *src = GST_BASE_SRC (self);
  GstSeekFlags flags;
  GstFormat format;

  if (GST_EVENT_TYPE (event) != GST_EVENT_SEEK)
    return;
  gst_event_parse_seek (event, NULL, &format, &flags, NULL, NULL, NULL, NULL);
  /* What the segment that comes of it does not tell. */
  g_atomic_int_set (&self->key_unit_asked,
      (flags & GST_SEEK_FLAG_KEY_UNIT) != 0);
  if (!(flags & not_ours) && format == GST_FORMAT_TIME
      && !gst_base_src_is_live (src)
      && gst_pad_get_task_state (GST_BASE_SRC_PAD (src)) == GST_TASK_STARTED)
    gst_rtmp_engine_interrupt (self->engine);
}

/* From downstream. */
static gboolean
gst_rtmp_flv_src_event (GstBaseSrc * src, GstEvent * event)
{
  begin_seek (GST_RTMP_FLV_SRC (src), event);
  return GST_BASE_SRC_CLASS (gst_rtmp_flv_src_parent_class)->event (src, event);
}

/* From the application. */
static gboolean
gst_rtmp_flv_src_send_event (GstElement * element, GstEvent * event)
{
  begin_seek (GST_RTMP_FLV_SRC (element), event);
  return GST_ELEMENT_CLASS (gst_rtmp_flv_src_parent_class)->send_event (element,
      event);
}

static gboolean
gst_rtmp_flv_src_do_seek (GstBaseSrc * src, GstSegment * segment)
{
  GstRtmpFlvSrc *self = GST_RTMP_FLV_SRC (src);

  if (segment->rate < 0 || !GST_CLOCK_TIME_IS_VALID (segment->position)
      || segment->position / GST_MSECOND > G_MAXUINT32)
    return FALSE;
  /* The base class begins with a seek to where the stream begins anyway. */
  if (segment->position == 0 && !self->sent_frame && !self->landing)
    return TRUE;
  /* Servers end a stream before it has been played, and then seek no more. */
  if (gst_rtmp_engine_has_ended (self->engine))
    gst_rtmp_engine_stop (self->engine);
  if (!ensure_engine (self))
    return FALSE;
  gst_rtmp_engine_seek (self->engine, segment->position / GST_MSECOND);
  gst_rtmp_time_reset (&self->time);
  self->to_key_unit = g_atomic_int_get (&self->key_unit_asked);
  self->discont = self->landing = TRUE;
  return TRUE;
}

static gboolean
answer_duration (GstRtmpFlvSrc * self, GstQuery * query)
{
  GstClockTime length = gst_rtmp_engine_length (self->engine);
  GstFormat format;

  gst_query_parse_duration (query, &format, NULL);
  if (format != GST_FORMAT_TIME || !GST_CLOCK_TIME_IS_VALID (length))
    return FALSE;
  gst_query_set_duration (query, format, length);
  return TRUE;
}

static gboolean
answer_latency (GstRtmpFlvSrc * self, GstQuery * query)
{
  guint latency;

  if (!gst_base_src_is_live (GST_BASE_SRC (self)))
    return FALSE;
  GST_OBJECT_LOCK (self);
  latency = self->latency;
  GST_OBJECT_UNLOCK (self);
  gst_query_set_latency (query, TRUE, latency * GST_MSECOND,
      GST_CLOCK_TIME_NONE);
  return TRUE;
}

static gboolean
gst_rtmp_flv_src_query (GstBaseSrc * src, GstQuery * query)
{
  GstRtmpFlvSrc *self = GST_RTMP_FLV_SRC (src);

  switch (GST_QUERY_TYPE (query)) {
    case GST_QUERY_DURATION:
      if (answer_duration (self, query))
        return TRUE;
      break;
    case GST_QUERY_LATENCY:
      if (answer_latency (self, query))
        return TRUE;
      break;
    case GST_QUERY_SCHEDULING:
      /* So that players buffer as for a network. */
      gst_query_set_scheduling (query, GST_SCHEDULING_FLAG_SEQUENTIAL |
          GST_SCHEDULING_FLAG_BANDWIDTH_LIMITED, 1, -1, 0);
      gst_query_add_scheduling_mode (query, GST_PAD_MODE_PUSH);
      return TRUE;
    default:
      break;
  }
  return GST_BASE_SRC_CLASS (gst_rtmp_flv_src_parent_class)->query (src, query);
}

/* Properties */

static GType
stream_type_get_type (void)
{
  static const GEnumValue values[] = {
    {STREAM_TYPE_AUTO, "Live if there is such a stream, else recorded",
        "auto"},
    {STREAM_TYPE_LIVE, "Live", "live"},
    {STREAM_TYPE_RECORDED, "Recorded, from its start", "recorded"},
    {0, NULL, NULL}
  };
  static gsize type;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
        g_enum_register_static ("GstRtmpSrcStreamType", values));
  return type;
}

static void
gst_rtmp_flv_src_set_property (GObject * object, guint id, const GValue * value,
    GParamSpec * pspec)
{
  GstRtmpFlvSrc *self = GST_RTMP_FLV_SRC (object);

  if (gst_rtmp_settings_set (&self->settings, object, id, value))
    return;
  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_STREAM_TYPE:
      self->stream_type = g_value_get_enum (value);
      break;
    case PROP_MAX_QUEUE_BYTES:
      self->options.max_bytes = g_value_get_uint64 (value);
      break;
    case PROP_IDLE_TIMEOUT:
      self->options.idle_timeout = g_value_get_uint (value);
      break;
    case PROP_NO_EOF_IS_ERROR:
      self->options.loss_is_end = !g_value_get_boolean (value);
      break;
    case PROP_LATENCY:
      self->latency = g_value_get_uint (value);
      break;
    case PROP_RECEIVE_AUDIO:
      self->receive_audio = g_value_get_boolean (value);
      break;
    case PROP_RECEIVE_VIDEO:
      self->receive_video = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_rtmp_flv_src_get_property (GObject * object, guint id, GValue * value,
    GParamSpec * pspec)
{
  GstRtmpFlvSrc *self = GST_RTMP_FLV_SRC (object);

  if (gst_rtmp_settings_get (&self->settings, object, id, value))
    return;
  if (id == GST_RTMP_PROP_STATS) {
    g_value_take_boxed (value, gst_rtmp_engine_stats (self->engine));
    return;
  }
  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_STREAM_TYPE:
      g_value_set_enum (value, self->stream_type);
      break;
    case PROP_MAX_QUEUE_BYTES:
      g_value_set_uint64 (value, self->options.max_bytes);
      break;
    case PROP_IDLE_TIMEOUT:
      g_value_set_uint (value, self->options.idle_timeout);
      break;
    case PROP_NO_EOF_IS_ERROR:
      g_value_set_boolean (value, !self->options.loss_is_end);
      break;
    case PROP_LATENCY:
      g_value_set_uint (value, self->latency);
      break;
    case PROP_RECEIVE_AUDIO:
      g_value_set_boolean (value, self->receive_audio);
      break;
    case PROP_RECEIVE_VIDEO:
      g_value_set_boolean (value, self->receive_video);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

/* Life */

static void
gst_rtmp_flv_src_init (GstRtmpFlvSrc * self)
{
  gst_rtmp_settings_init (&self->settings);
  self->stream_type = DEFAULT_STREAM_TYPE;
  self->options.max_bytes = DEFAULT_MAX_QUEUE_BYTES;
  self->latency = DEFAULT_LATENCY;
  self->receive_audio = self->receive_video = TRUE;
  self->engine = gst_rtmp_engine_new (GST_ELEMENT (self));
  gst_base_src_set_format (GST_BASE_SRC (self), GST_FORMAT_TIME);
}

static void
gst_rtmp_flv_src_finalize (GObject * object)
{
  GstRtmpFlvSrc *self = GST_RTMP_FLV_SRC (object);

  gst_rtmp_engine_free (self->engine);
  gst_rtmp_settings_clear (&self->settings);
  G_OBJECT_CLASS (gst_rtmp_flv_src_parent_class)->finalize (object);
}

static void
switch_stream (GstRtmpFlvSrc * self, const gchar * stream)
{
  if (stream)
    gst_rtmp_engine_switch (self->engine, stream);
}

/**
 * GstRtmpSrc:stream-type:
 *
 * What to ask for, `start` of `play` (RTMP 1.0, 7.2.2.1). Only a recorded
 * stream is no live source, and can be seeked and paused at the server; `auto`
 * goes by the name.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSrc:max-queue-bytes:
 *
 * What is taken from the server before downstream has, some 128 bytes for each
 * message included; then it is not read until half is gone. 0: no limit.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSrc:idle-timeout:
 *
 * Seconds without a byte of the server's after which the connection is lost;
 * 0: for ever.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSrc:no-eof-is-error:
 *
 * Whether a connection that is lost before the server has ended the stream is
 * an error, posted when all that had arrived is out, or EOS.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSrc:latency:
 *
 * Milliseconds, answered to LATENCY queries while the stream is live: how late
 * media may come and still be in time.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSrc:receive-audio:
 *
 * Sent as `receiveAudio` (RTMP 1.0, 7.2.2.4).
 *
 * Since: 0.1
 */
/**
 * GstRtmpSrc:receive-video:
 *
 * Sent as `receiveVideo` (RTMP 1.0, 7.2.2.5).
 *
 * Since: 0.1
 */

static void
install_properties (GObjectClass * klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
      GST_PARAM_MUTABLE_READY;

  gst_rtmp_settings_install (klass);
  g_object_class_install_property (klass, PROP_STREAM_TYPE,
      g_param_spec_enum ("stream-type", "Stream type",
          "Kind of stream to ask for; a recorded one is not a live source",
          stream_type_get_type (), DEFAULT_STREAM_TYPE, flags));
  g_object_class_install_property (klass, PROP_MAX_QUEUE_BYTES,
      g_param_spec_uint64 ("max-queue-bytes", "Max queue bytes",
          "Bytes to take from the server before downstream has; then the "
          "server has to wait (0 = no limit)", 0, G_MAXUINT64,
          DEFAULT_MAX_QUEUE_BYTES, flags));
  g_object_class_install_property (klass, PROP_IDLE_TIMEOUT,
      g_param_spec_uint ("idle-timeout", "Idle timeout",
          "Seconds that the server may be silent (0 = for ever)", 0, G_MAXUINT,
          0, flags));
  g_object_class_install_property (klass, PROP_NO_EOF_IS_ERROR,
      g_param_spec_boolean ("no-eof-is-error", "No EOF is error",
          "A connection that is lost before the server has ended the stream is "
          "an error, otherwise its end", TRUE, flags));
  g_object_class_install_property (klass, PROP_LATENCY,
      g_param_spec_uint ("latency", "Latency",
          "Milliseconds by which media of a live stream may come late and be "
          "in time all the same", 0, G_MAXUINT, DEFAULT_LATENCY, flags));
  g_object_class_install_property (klass, PROP_RECEIVE_AUDIO,
      g_param_spec_boolean ("receive-audio", "Receive audio",
          "Ask the server for the stream's audio", TRUE, flags));
  g_object_class_install_property (klass, PROP_RECEIVE_VIDEO,
      g_param_spec_boolean ("receive-video", "Receive video",
          "Ask the server for the stream's video", TRUE, flags));
}

/**
 * GstRtmpSrc::switch-stream:
 * @stream: the name of another stream of the same application
 *
 * Asks the server to go on with @stream in place of the one that is played, on
 * the same timeline: another bit rate, as a rule (play2; RTMP 1.0, 7.2.2.2).
 * Servers that know it go over at a key frame, and say so by statuses; others
 * say by a status of level "error" that they do not, and the stream goes on.
 *
 * Since: 0.1
 */
static void
install_signals (GstRtmpFlvSrcClass * klass)
{
  g_signal_new_class_handler ("switch-stream", G_TYPE_FROM_CLASS (klass),
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, G_CALLBACK (switch_stream), NULL,
      NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
gst_rtmp_flv_src_class_init (GstRtmpFlvSrcClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSrcClass *src_class = GST_BASE_SRC_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (gst_rtmp_src_debug, "rtmpsrc", 0, "RTMP source");
  object_class->finalize = gst_rtmp_flv_src_finalize;
  object_class->set_property = gst_rtmp_flv_src_set_property;
  object_class->get_property = gst_rtmp_flv_src_get_property;
  install_properties (object_class);
  install_signals (klass);

  element_class->change_state = gst_rtmp_flv_src_change_state;
  element_class->send_event = gst_rtmp_flv_src_send_event;
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "RTMP source",
      "Source/Network",
      "Plays a stream from an RTMP server as FLV", "The gst-rtmp authors");

  src_class->start = gst_rtmp_flv_src_start;
  src_class->stop = gst_rtmp_flv_src_stop;
  src_class->unlock = gst_rtmp_flv_src_unlock;
  src_class->unlock_stop = gst_rtmp_flv_src_unlock_stop;
  src_class->is_seekable = gst_rtmp_flv_src_is_seekable;
  src_class->event = gst_rtmp_flv_src_event;
  src_class->do_seek = gst_rtmp_flv_src_do_seek;
  src_class->query = gst_rtmp_flv_src_query;
  GST_PUSH_SRC_CLASS (klass)->create = gst_rtmp_flv_src_create;
}

/* GstURIHandler */

static GstURIType
uri_get_type (GType type)
{
  return GST_URI_SRC;
}

static gboolean
uri_set_uri (GstURIHandler * handler, const gchar * uri, GError ** error)
{
  return gst_rtmp_settings_set_uri (&GST_RTMP_FLV_SRC (handler)->settings,
      GST_ELEMENT (handler), uri, error);
}

static void
gst_rtmp_flv_src_uri_handler_init (gpointer iface, gpointer data)
{
  GstURIHandlerInterface *handler = iface;

  gst_rtmp_uri_handler_init (handler);
  handler->get_type = uri_get_type;
  handler->set_uri = uri_set_uri;
}

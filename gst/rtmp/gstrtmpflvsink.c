/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside rtmpsink: see gstrtmpsink.c. */
#include <gst/base/gstbasesink.h>

#include "flvpacket.h"
#include "gstrtmpbuffer.h"
#include "gstrtmpdropper.h"
#include "gstrtmpelements.h"
#include "gstrtmpenhanced.h"
#include "gstrtmpengine.h"
#include "gstrtmpfeed.h"

GST_DEBUG_CATEGORY_STATIC (gst_rtmp_sink_debug);
#define GST_CAT_DEFAULT gst_rtmp_sink_debug

#define DEFAULT_CHUNK_SIZE 65536
#define DEFAULT_STOP_COMMANDS (RTMP_STOP_FC_UNPUBLISH | RTMP_STOP_DELETE_STREAM)
#define DEFAULT_MAX_QUEUE_BYTES (8 << 20)
#define DEFAULT_MAX_QUEUE_TIME (5 * GST_SECOND)
#define DEFAULT_EOS_TIMEOUT (10 * GST_SECOND)

enum
{
  PROP_CHUNK_SIZE = GST_RTMP_PROP_FIRST_OWN,
  PROP_STOP_COMMANDS,
  PROP_MAX_QUEUE_BYTES,
  PROP_MAX_QUEUE_TIME,
  PROP_EOS_TIMEOUT,
  PROP_DROP_POLICY,
  PROP_PEAK_KBPS,
};

/* Metadata, sequence headers and what else configures the stream: the last of
 * each kind, and no more kinds than any stream has. */
typedef struct
{
  RtmpMessageType type;
  guint32 kind;
  GBytes *body;
} Kept;

#define MAX_KEPT 64
#define KIND_METADATA 1

struct _GstRtmpFlvSink
{
  GstBaseSink parent;

  /* Settings, under the object lock. */
  GstRtmpSettings settings;
  guint chunk_size;
  RtmpStopCommands stop_commands;
  GstRtmpEngineOptions options;
  GstClockTime eos_timeout;
  GstRtmpDropPolicy drop_policy;

  GstRtmpEngine *engine;

  /* The streaming thread's, but for its counts: they are under the object
   * lock. */
  GstRtmpDropper dropper;

  /* The streaming thread only. */
  gboolean is_strict;           /* what comes is checked: it is elementary */
  GstRtmpFeed *feed;
  GPtrArray *kept;              /* of Kept: what a new connection needs */
  gboolean has_video;
  gboolean await_key;           /* after a new connection */
};

static void gst_rtmp_flv_sink_uri_handler_init (gpointer iface, gpointer data);

G_DEFINE_TYPE_WITH_CODE (GstRtmpFlvSink, gst_rtmp_flv_sink, GST_TYPE_BASE_SINK,
    G_IMPLEMENT_INTERFACE (GST_TYPE_URI_HANDLER,
        gst_rtmp_flv_sink_uri_handler_init));

static GstStaticPadTemplate sink_template =
GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS ("video/x-flv"));

/* The engine */

static guint
chunk_size_locked (const GstRtmpFlvSink * self)
{
  return MIN (self->chunk_size, RTMP_CHUNK_SIZE_MAX);
}

/* At start, or with the first buffer. */
static gboolean
ensure_engine (GstRtmpFlvSink * self)
{
  RtmpClientConfig config;
  GstRtmpEngineOptions options;

  if (gst_rtmp_engine_is_started (self->engine))
    return TRUE;
  rtmp_client_config_init (&config);
  config.publish = TRUE;
  GST_OBJECT_LOCK (self);
  config.chunk_size = chunk_size_locked (self);
  config.stop_commands = self->stop_commands;
  options = self->options;
  self->is_strict = self->settings.enhanced_codecs == NULL;
  GST_OBJECT_UNLOCK (self);
  self->is_strict = self->is_strict
      && gst_rtmp_enhanced_ask (GST_BASE_SINK_PAD (self),
      RTMP_CODEC_CAN_ENCODE, &config.capabilities);
  return gst_rtmp_engine_start (self->engine, &self->settings, &config,
      &options);
}

/* Tags */

static void
kept_free (gpointer data)
{
  Kept *self = data;

  g_bytes_unref (self->body);
  g_free (self);
}

static void
remember (GstRtmpFlvSink * self, const FlvTag * tag, RtmpMessageType type)
{
  guint32 kind = tag->type == FLV_TAG_SCRIPT ? KIND_METADATA
      : flv_configuration (tag->type, tag->body);
  Kept *kept;
  guint i;

  self->has_video |= tag->type == FLV_TAG_VIDEO;
  if (kind == 0)
    return;
  for (i = 0; i < self->kept->len; i++)
    if (((Kept *) g_ptr_array_index (self->kept, i))->kind == kind)
      break;
  if (i < self->kept->len || i == MAX_KEPT)
    g_ptr_array_remove_index (self->kept, i % MAX_KEPT);
  kept = g_new (Kept, 1);
  *kept = (Kept) {
  type, kind, g_bytes_ref (tag->body)};
  g_ptr_array_add (self->kept, kept);
}

static void
forget (GstRtmpFlvSink * self)
{
  g_ptr_array_set_size (self->kept, 0);
  self->has_video = FALSE;
}

/* A new connection begins with what configures the stream, and then with a key
 * frame. */
static GstFlowReturn
reconnect (GstRtmpFlvSink * self, guint32 timestamp)
{
  GstFlowReturn flow;
  guint i;

  do {
    flow = gst_rtmp_engine_reconnect (self->engine);
  } while (flow == GST_FLOW_FLUSHING
      && (flow = gst_rtmp_feed_wait_for_playing (GST_BASE_SINK (self))) ==
      GST_FLOW_OK);
  if (flow != GST_FLOW_OK)
    return flow;
  if (!ensure_engine (self))
    return GST_FLOW_ERROR;
  for (i = 0; i < self->kept->len; i++) {
    const Kept *kept = g_ptr_array_index (self->kept, i);

    gst_rtmp_engine_publish (self->engine, kept->type, timestamp,
        g_bytes_ref (kept->body));
  }
  self->await_key = self->has_video;
  return GST_FLOW_OK;
}

/* Counts what is left out. */
static gboolean
is_decodable (GstRtmpFlvSink * self, const FlvTag * tag)
{
  if (!self->await_key || tag->type != FLV_TAG_VIDEO
      || flv_configuration (tag->type, tag->body) != 0)
    return TRUE;
  self->await_key = !flv_video_is_keyframe (tag->body);
  if (self->await_key) {
    GST_OBJECT_LOCK (self);
    self->dropper.dropped_video++;
    GST_OBJECT_UNLOCK (self);
  }
  return !self->await_key;
}

/* A pause ends the wait for room, which goes on when playing does. */
static GstFlowReturn
wait_for_room (GstRtmpFlvSink * self)
{
  GstFlowReturn flow;

  if (self->dropper.policy != GST_RTMP_DROP_NONE) {
    flow = gst_rtmp_engine_flow (self->engine);
    return flow == GST_FLOW_FLUSHING ? GST_FLOW_OK : flow;
  }
  do {
    flow = gst_rtmp_engine_wait_for_room (self->engine);
    if (flow != GST_FLOW_FLUSHING)
      return flow;
    flow = gst_rtmp_feed_wait_for_playing (GST_BASE_SINK (self));
  } while (flow == GST_FLOW_OK);
  return flow;
}

/* Once more on a new connection, if it can begin with this tag: what the
 * old one was given is lost. */
static GstFlowReturn
publish (GstRtmpFlvSink * self, RtmpMessageType type, guint32 timestamp,
    const FlvTag * tag)
{
  GstFlowReturn flow;

  do {
    if (!gst_rtmp_engine_publish (self->engine, type, timestamp,
            g_bytes_ref (tag->body)))
      return GST_FLOW_OK;
    flow = wait_for_room (self);
    if (flow == GST_RTMP_FLOW_RETRY)
      flow = reconnect (self, timestamp);
    else
      return flow;
  } while (flow == GST_FLOW_OK && is_decodable (self, tag));
  return flow;
}

static GstFlowReturn
wait_for_server (GstRtmpFlvSink * self, RtmpCapabilities * server)
{
  GstFlowReturn flow;

  do {
    flow = gst_rtmp_engine_wait_for_server (self->engine, server);
    if (flow != GST_FLOW_FLUSHING)
      return flow;
    flow = gst_rtmp_feed_wait_for_playing (GST_BASE_SINK (self));
  } while (flow == GST_FLOW_OK);
  return flow;
}

/* What elementary streams became is sent to servers that have said that they
 * take it. Configurations tell, since each track begins with one. */
static GstFlowReturn
check_server (GstRtmpFlvSink * self, const FlvTag * tag)
{
  RtmpCapabilities server;
  g_autoptr (GError) error = NULL;
  GstFlowReturn flow;

  if (flv_four_cc (tag->type, tag->body) == 0
      || flv_configuration (tag->type, tag->body) == 0)
    return GST_FLOW_OK;
  flow = wait_for_server (self, &server);
  if (flow != GST_FLOW_OK)
    return flow == GST_RTMP_FLOW_RETRY ? GST_FLOW_OK : flow;
  if (gst_rtmp_enhanced_check (&server, tag, &error))
    return GST_FLOW_OK;
  GST_ELEMENT_ERROR (self, STREAM, WRONG_TYPE, ("%s", error->message), (NULL));
  return GST_FLOW_ERROR;
}

static gboolean
admit (GstRtmpFlvSink * self, const FlvTag * tag)
{
  gboolean admitted;
  guint percent;

  if (self->dropper.policy == GST_RTMP_DROP_NONE)
    return TRUE;
  percent = gst_rtmp_engine_fullness (self->engine);
  GST_OBJECT_LOCK (self);
  admitted = gst_rtmp_dropper_admit (&self->dropper, tag, percent);
  GST_OBJECT_UNLOCK (self);
  return admitted;
}

static GstFlowReturn
on_tag (const FlvTag * tag, guint32 timestamp, gpointer user_data)
{
  GstRtmpFlvSink *self = user_data;
  RtmpMessageType type = tag->type == FLV_TAG_AUDIO ? RTMP_MESSAGE_AUDIO
      : tag->type == FLV_TAG_VIDEO ? RTMP_MESSAGE_VIDEO
      : RTMP_MESSAGE_DATA_AMF0;

  if (self->is_strict) {
    GstFlowReturn flow = check_server (self, tag);

    if (flow != GST_FLOW_OK)
      return flow;
  }
  remember (self, tag, type);
  if (!is_decodable (self, tag) || !admit (self, tag))
    return GST_FLOW_OK;
  return publish (self, type, timestamp, tag);
}

/* States */

/* A demuxer's pads are linked when it runs: until then nobody knows what there
 * is to announce. */
static gboolean
is_linked (GstRtmpFlvSink * self)
{
  g_autoptr (GstPad) peer = gst_pad_get_peer (GST_BASE_SINK_PAD (self));
  g_autoptr (GstProxyPad) ghost = GST_IS_PROXY_PAD (peer)
      ? gst_proxy_pad_get_internal (GST_PROXY_PAD (peer)) : NULL;

  return ghost ? gst_pad_is_linked (GST_PAD (ghost)) : peer != NULL;
}

/* Not when the base class starts, which is once for any number of runs, and
 * would add an error of its own to ours. */
static gboolean
open_sink (GstRtmpFlvSink * self)
{
  gboolean now, linked = is_linked (self);

  self->feed = gst_rtmp_feed_new (GST_BASE_SINK (self), on_tag, self);
  self->kept = g_ptr_array_new_with_free_func (kept_free);
  self->has_video = self->await_key = FALSE;
  GST_OBJECT_LOCK (self);
  gst_rtmp_dropper_reset (&self->dropper, self->drop_policy);
  now = (linked && self->settings.async_connect)
      || self->settings.bad_location;
  GST_OBJECT_UNLOCK (self);
  return !now || ensure_engine (self);
}

static void
close_sink (GstRtmpFlvSink * self)
{
  gst_rtmp_engine_stop (self->engine);
  g_clear_pointer (&self->feed, gst_rtmp_feed_free);
  g_clear_pointer (&self->kept, g_ptr_array_unref);
}

static GstStateChangeReturn
gst_rtmp_flv_sink_change_state (GstElement * element, GstStateChange transition)
{
  GstRtmpFlvSink *self = GST_RTMP_FLV_SINK (element);
  GstStateChangeReturn result = GST_STATE_CHANGE_FAILURE;

  /* In a bin, a change to PAUSED that is given up half way goes from READY to
   * NULL: the base class has to be told, too. */
  if (transition == GST_STATE_CHANGE_READY_TO_NULL && self->feed)
    gst_rtmp_flv_sink_change_state (element, GST_STATE_CHANGE_PAUSED_TO_READY);
  if (transition != GST_STATE_CHANGE_READY_TO_PAUSED || open_sink (self))
    result = gst_rtmp_feed_change_state (GST_BASE_SINK (self),
        GST_ELEMENT_CLASS (gst_rtmp_flv_sink_parent_class), transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY
      || (transition == GST_STATE_CHANGE_READY_TO_PAUSED
          && result == GST_STATE_CHANGE_FAILURE))
    close_sink (self);
  return result;
}

static gboolean
gst_rtmp_flv_sink_unlock (GstBaseSink * sink)
{
  gst_rtmp_engine_set_flushing (GST_RTMP_FLV_SINK (sink)->engine, TRUE);
  return TRUE;
}

static gboolean
gst_rtmp_flv_sink_unlock_stop (GstBaseSink * sink)
{
  gst_rtmp_engine_set_flushing (GST_RTMP_FLV_SINK (sink)->engine, FALSE);
  return TRUE;
}

static gboolean
gst_rtmp_flv_sink_set_caps (GstBaseSink * sink, GstCaps * caps)
{
  GstRtmpFlvSink *self = GST_RTMP_FLV_SINK (sink);
  GstFlowReturn flow;

  if (!gst_rtmp_feed_set_caps (self->feed, caps))
    return TRUE;
  if (!ensure_engine (self))
    return FALSE;
  flow = gst_rtmp_feed_headers (self->feed);
  return flow == GST_FLOW_OK || flow == GST_FLOW_FLUSHING;
}

/* What has failed already need not wait for playing to say so. */
static GstFlowReturn
gst_rtmp_flv_sink_preroll (GstBaseSink * sink, GstBuffer * buffer)
{
  GstRtmpFlvSink *self = GST_RTMP_FLV_SINK (sink);

  if (gst_rtmp_engine_is_started (self->engine)
      && gst_rtmp_engine_flow (self->engine) == GST_FLOW_ERROR)
    return GST_FLOW_ERROR;
  return GST_FLOW_OK;
}

static GstFlowReturn
gst_rtmp_flv_sink_render (GstBaseSink * sink, GstBuffer * buffer)
{
  GstRtmpFlvSink *self = GST_RTMP_FLV_SINK (sink);

  if (gst_rtmp_buffer_begins_publisher (buffer))
    forget (self);
  return ensure_engine (self) ? gst_rtmp_feed_buffer (self->feed, buffer)
      : GST_FLOW_ERROR;
}

/* End of stream, flushes */

/* A pause ends the wait too, but only a
 * flush is a reason to give up: FALSE. */
static gboolean
drain (GstRtmpFlvSink * self)
{
  gint64 end = G_MAXINT64;

  if (!gst_rtmp_engine_is_started (self->engine))
    return TRUE;                /* nothing came, or it could not start */
  GST_OBJECT_LOCK (self);
  if (self->eos_timeout > 0)
    end = g_get_monotonic_time ()
        + (gint64) GST_TIME_AS_USECONDS (self->eos_timeout);
  GST_OBJECT_UNLOCK (self);
  gst_rtmp_feed_end (self->feed);
  while (!gst_rtmp_engine_drain (self->engine, end)) {
    if (g_get_monotonic_time () >= end) {
      GST_ELEMENT_WARNING (self, RESOURCE, WRITE,
          ("The server has not read everything within eos-timeout: "
              "raise it, or lower the bitrate."), (NULL));
      return TRUE;
    }
    if (gst_rtmp_feed_wait_for_playing (GST_BASE_SINK (self)) != GST_FLOW_OK)
      return FALSE;
  }
  return TRUE;
}

/* The base class comes here for EOS when it is its turn, which is after the
 * preroll, and posts it then. */
static GstFlowReturn
gst_rtmp_flv_sink_wait_event (GstBaseSink * sink, GstEvent * event)
{
  gboolean is_eos = GST_EVENT_TYPE (event) == GST_EVENT_EOS;
  GstFlowReturn flow;

  if (is_eos && gst_rtmp_engine_has_failed (GST_RTMP_FLV_SINK (sink)->engine))
    return GST_FLOW_ERROR;
  flow = GST_BASE_SINK_CLASS (gst_rtmp_flv_sink_parent_class)->wait_event (sink,
      event);
  if (flow == GST_FLOW_OK && is_eos && !drain (GST_RTMP_FLV_SINK (sink)))
    return GST_FLOW_FLUSHING;
  return flow;
}

static gboolean
gst_rtmp_flv_sink_event (GstBaseSink * sink, GstEvent * event)
{
  GstRtmpFlvSink *self = GST_RTMP_FLV_SINK (sink);

  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP)
    gst_rtmp_feed_reset (self->feed);
  return GST_BASE_SINK_CLASS (gst_rtmp_flv_sink_parent_class)->event (sink,
      event);
}

/* Properties */

/* What may be set at any time. */
static void
update_engine (GstRtmpFlvSink * self, guint id)
{
  guint chunk_size, peak_kbps;

  GST_OBJECT_LOCK (self);
  chunk_size = chunk_size_locked (self);
  peak_kbps = self->options.peak_kbps;
  GST_OBJECT_UNLOCK (self);
  if (id == PROP_CHUNK_SIZE)
    gst_rtmp_engine_set_chunk_size (self->engine, chunk_size);
  else if (id == PROP_PEAK_KBPS)
    gst_rtmp_engine_set_peak_kbps (self->engine, peak_kbps);
}

static void
gst_rtmp_flv_sink_set_property (GObject * object, guint id,
    const GValue * value, GParamSpec * pspec)
{
  GstRtmpFlvSink *self = GST_RTMP_FLV_SINK (object);

  if (gst_rtmp_settings_set (&self->settings, object, id, value))
    return;
  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_CHUNK_SIZE:
      self->chunk_size = g_value_get_uint (value);
      break;
    case PROP_STOP_COMMANDS:
      self->stop_commands = g_value_get_flags (value);
      break;
    case PROP_MAX_QUEUE_BYTES:
      self->options.max_bytes = g_value_get_uint64 (value);
      break;
    case PROP_MAX_QUEUE_TIME:
      self->options.max_time = g_value_get_uint64 (value);
      break;
    case PROP_EOS_TIMEOUT:
      self->eos_timeout = g_value_get_uint64 (value);
      break;
    case PROP_DROP_POLICY:
      self->drop_policy = g_value_get_enum (value);
      break;
    case PROP_PEAK_KBPS:
      self->options.peak_kbps = g_value_get_uint (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
  update_engine (self, id);
}

static GstStructure *
stats (GstRtmpFlvSink * self)
{
  GstStructure *stats = gst_rtmp_engine_stats (self->engine);
  guint64 video, audio;

  GST_OBJECT_LOCK (self);
  video = self->dropper.dropped_video;
  audio = self->dropper.dropped_audio;
  GST_OBJECT_UNLOCK (self);
  gst_structure_set (stats,
      "dropped", G_TYPE_UINT64, video + audio,
      "dropped-video", G_TYPE_UINT64, video,
      "dropped-audio", G_TYPE_UINT64, audio, NULL);
  return stats;
}

static void
gst_rtmp_flv_sink_get_property (GObject * object, guint id, GValue * value,
    GParamSpec * pspec)
{
  GstRtmpFlvSink *self = GST_RTMP_FLV_SINK (object);

  if (gst_rtmp_settings_get (&self->settings, object, id, value))
    return;
  if (id == GST_RTMP_PROP_STATS) {
    g_value_take_boxed (value, stats (self));
    return;
  }
  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_CHUNK_SIZE:
      g_value_set_uint (value, self->chunk_size);
      break;
    case PROP_STOP_COMMANDS:
      g_value_set_flags (value, self->stop_commands);
      break;
    case PROP_MAX_QUEUE_BYTES:
      g_value_set_uint64 (value, self->options.max_bytes);
      break;
    case PROP_MAX_QUEUE_TIME:
      g_value_set_uint64 (value, self->options.max_time);
      break;
    case PROP_EOS_TIMEOUT:
      g_value_set_uint64 (value, self->eos_timeout);
      break;
    case PROP_DROP_POLICY:
      g_value_set_enum (value, self->drop_policy);
      break;
    case PROP_PEAK_KBPS:
      g_value_set_uint (value, self->options.peak_kbps);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static GType
stop_commands_get_type (void)
{
  static const GFlagsValue values[] = {
    {RTMP_STOP_NONE, "No command", "none"},
    {RTMP_STOP_FC_UNPUBLISH, "FCUnpublish", "fcunpublish"},
    {RTMP_STOP_CLOSE_STREAM, "closeStream", "closestream"},
    {RTMP_STOP_DELETE_STREAM, "deleteStream", "deletestream"},
    {0, NULL, NULL}
  };
  static gsize type;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
        g_flags_register_static ("GstRtmpSinkStopCommands", values));
  return type;
}

static GType
drop_policy_get_type (void)
{
  static const GEnumValue values[] = {
    {GST_RTMP_DROP_NONE, "Upstream waits", "none"},
    {GST_RTMP_DROP_NON_KEY, "Drop what is not a key frame", "non-key"},
    {GST_RTMP_DROP_GOP, "Drop whole groups of pictures", "gop"},
    {0, NULL, NULL}
  };
  static gsize type;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
        g_enum_register_static ("GstRtmpSinkDropPolicy", values));
  return type;
}

/* Life */

static void
gst_rtmp_flv_sink_init (GstRtmpFlvSink * self)
{
  gst_rtmp_settings_init (&self->settings);
  self->chunk_size = DEFAULT_CHUNK_SIZE;
  self->stop_commands = DEFAULT_STOP_COMMANDS;
  self->options.max_bytes = DEFAULT_MAX_QUEUE_BYTES;
  self->options.max_time = DEFAULT_MAX_QUEUE_TIME;
  self->eos_timeout = DEFAULT_EOS_TIMEOUT;
  self->engine = gst_rtmp_engine_new (GST_ELEMENT (self));
}

static void
gst_rtmp_flv_sink_finalize (GObject * object)
{
  GstRtmpFlvSink *self = GST_RTMP_FLV_SINK (object);

  gst_rtmp_settings_clear (&self->settings);
  gst_rtmp_engine_free (self->engine);
  G_OBJECT_CLASS (gst_rtmp_flv_sink_parent_class)->finalize (object);
}

/**
 * GstRtmpSink:chunk-size:
 *
 * Bytes, 1 to 0x7fffffff, of which 0xffffff are the most that is used: the
 * largest chunk that we send (RTMP 1.0, 5.4.1).
 *
 * Since: 0.1
 */
/**
 * GstRtmpSink:stop-commands:
 *
 * What is sent at EOS, before the connection is closed.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSink:max-queue-bytes:
 *
 * What may wait for the server, some 128 bytes for each message included,
 * before #GstRtmpSink:drop-policy acts; 0: no limit.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSink:max-queue-time:
 *
 * The same in nanoseconds, from the oldest timestamp that waits to the newest;
 * 0: no limit.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSink:eos-timeout:
 *
 * Nanoseconds; 0 is for ever. EOS is posted when the server has read
 * everything and closed; when this is over without that, a warning comes
 * first.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSink:drop-policy:
 *
 * What happens when the queue is full. Metadata and sequence headers are never
 * dropped; what is, is counted in #GstRtmpSink:stats.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSink:peak-kbps:
 *
 * Kilobits per second to pace what is sent to, by SO_MAX_PACING_RATE where
 * there is that (Linux); 0: as it comes.
 *
 * Since: 0.1
 */

static void
install_properties (GObjectClass * klass)
{
  const GParamFlags live = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;
  const GParamFlags flags = live | GST_PARAM_MUTABLE_READY;

  gst_rtmp_settings_install (klass);
  g_object_class_install_property (klass, PROP_CHUNK_SIZE,
      g_param_spec_uint ("chunk-size",
          "Chunk size",
          "RTMP chunk size", 1, G_MAXINT, DEFAULT_CHUNK_SIZE,
          live | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (klass, PROP_STOP_COMMANDS,
      g_param_spec_flags ("stop-commands",
          "Stop commands",
          "RTMP commands to send on EOS event before closing connection",
          stop_commands_get_type (), DEFAULT_STOP_COMMANDS, flags));
  g_object_class_install_property (klass, PROP_MAX_QUEUE_BYTES,
      g_param_spec_uint64 ("max-queue-bytes",
          "Max queue bytes",
          "Bytes of media to queue for the server before upstream has to wait "
          "(0 = no limit)", 0, G_MAXUINT64, DEFAULT_MAX_QUEUE_BYTES, flags));
  g_object_class_install_property (klass, PROP_MAX_QUEUE_TIME,
      g_param_spec_uint64 ("max-queue-time",
          "Max queue time",
          "Nanoseconds of media to queue for the server before upstream has to "
          "wait (0 = no limit)",
          0, G_MAXUINT64, DEFAULT_MAX_QUEUE_TIME, flags));
  g_object_class_install_property (klass, PROP_EOS_TIMEOUT,
      g_param_spec_uint64 ("eos-timeout",
          "EOS timeout",
          "Nanoseconds to wait at EOS for the server to have read everything "
          "(0 = for ever)", 0, G_MAXUINT64, DEFAULT_EOS_TIMEOUT, flags));
  g_object_class_install_property (klass, PROP_DROP_POLICY,
      g_param_spec_enum ("drop-policy", "Drop policy",
          "What to do when the queue for the server is full",
          drop_policy_get_type (), GST_RTMP_DROP_NONE, flags));
  g_object_class_install_property (klass, PROP_PEAK_KBPS,
      g_param_spec_uint ("peak-kbps", "Peak bitrate",
          "Bitrate in kbit/sec to pace outgoing packets (0 = no limit)", 0,
          G_MAXINT / 125, 0, live | GST_PARAM_MUTABLE_PLAYING));
}

static void
gst_rtmp_flv_sink_class_init (GstRtmpFlvSinkClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSinkClass *sink_class = GST_BASE_SINK_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (gst_rtmp_sink_debug, "rtmpsink", 0, "RTMP sink");
  object_class->finalize = gst_rtmp_flv_sink_finalize;
  object_class->set_property = gst_rtmp_flv_sink_set_property;
  object_class->get_property = gst_rtmp_flv_sink_get_property;
  install_properties (object_class);

  element_class->change_state = gst_rtmp_flv_sink_change_state;
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_set_static_metadata (element_class, "RTMP sink",
      "Sink/Network",
      "Publishes an FLV stream to an RTMP server", "The gst-rtmp authors");

  sink_class->unlock = gst_rtmp_flv_sink_unlock;
  sink_class->unlock_stop = gst_rtmp_flv_sink_unlock_stop;
  sink_class->set_caps = gst_rtmp_flv_sink_set_caps;
  sink_class->preroll = gst_rtmp_flv_sink_preroll;
  sink_class->render = gst_rtmp_flv_sink_render;
  sink_class->event = gst_rtmp_flv_sink_event;
  sink_class->wait_event = gst_rtmp_flv_sink_wait_event;
}

/* GstURIHandler */

static GstURIType
uri_get_type (GType type)
{
  return GST_URI_SINK;
}

static gboolean
uri_set_uri (GstURIHandler * handler, const gchar * uri, GError ** error)
{
  return gst_rtmp_settings_set_uri (&GST_RTMP_FLV_SINK (handler)->settings,
      GST_ELEMENT (handler), uri, error);
}

static void
gst_rtmp_flv_sink_uri_handler_init (gpointer iface, gpointer data)
{
  GstURIHandlerInterface *handler = iface;

  gst_rtmp_uri_handler_init (handler);
  handler->get_type = uri_get_type;
  handler->set_uri = uri_set_uri;
}

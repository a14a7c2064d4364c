/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside rtmpserversink: see gstrtmpserversink.c. */
#include <gst/base/gstbasesink.h>

#include "gstrtmpbuffer.h"
#include "gstrtmpelements.h"
#include "gstrtmpfeed.h"
#include "gstrtmpoutlet.h"
#include "gstrtmpserving.h"

GST_DEBUG_CATEGORY_STATIC (gst_rtmp_server_sink_debug);
#define GST_CAT_DEFAULT gst_rtmp_server_sink_debug

#define DEFAULT_GOP_CACHE TRUE
#define DEFAULT_GOP_CACHE_BYTES (16 << 20)
#define DEFAULT_MAX_QUEUE_BYTES (8 << 20)
#define DEFAULT_MAX_QUEUE_TIME (5 * GST_SECOND)
#define MAX_GATHER_TIME GST_SECOND
/* Automatically at most. */
#define AUTO_GATHER_TIME (100 * GST_MSECOND)
#define DEFAULT_GATHER_TIME -1
/* In a thread; fewer cost little wherever they are. */
#define AUTO_GATHER_PLAYERS 16
#define DEFAULT_EOS_TIMEOUT (10 * GST_SECOND)

enum
{
  PROP_GOP_CACHE = GST_RTMP_SERVING_PROP_FIRST_OWN,
  PROP_GOP_CACHE_BYTES,
  PROP_MAX_QUEUE_BYTES,
  PROP_MAX_QUEUE_TIME,
  PROP_GATHER_TIME,
  PROP_MAX_CLIENTS,
  PROP_KEEP_TIMESTAMPS,
  PROP_WAIT_FOR_PLAYER,
  PROP_EOS_TIMEOUT,
};

struct _GstRtmpFlvServerSink
{
  GstBaseSink parent;

  /* Settings, under the object lock. */
  GstRtmpServing serving;
  gboolean gop_cache;
  guint gop_cache_bytes;
  guint64 max_queue_bytes;
  GstClockTime max_queue_time;
  GstClockTimeDiff gather_time;
  guint max_clients;
  gboolean keep_timestamps;
  gboolean wait_for_player;
  GstClockTime eos_timeout;

  /* The streaming thread only. */
  GstRtmpFeed *feed;
  GstRtmpOutlet outlet;

  /* Under lock, a leaf. */
  GMutex lock;
  GCond cond;
  gboolean flushing;
  guint players;
};

G_DEFINE_TYPE (GstRtmpFlvServerSink, gst_rtmp_flv_server_sink,
    GST_TYPE_BASE_SINK);

static GstStaticPadTemplate sink_template =
GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS ("video/x-flv"));

/* Players */

static void
count_player (GstRtmpFlvServerSink * self, gint change)
{
  g_mutex_lock (&self->lock);
  self->players += (guint) change;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

static void
on_added (const RtmpCallerInfo * info, gpointer user_data)
{
  count_player (user_data, 1);
}

static void
on_removed (const RtmpCallerInfo * info, const GError * error,
    gpointer user_data)
{
  count_player (user_data, -1);
}

static const RtmpMountEvents mount_events = {
  .added = on_added,
  .removed = on_removed,
};

/* Tags */

static GstFlowReturn
on_tag (const FlvTag * tag, guint32 timestamp, gpointer user_data)
{
  GstRtmpFlvServerSink *self = user_data;

  gst_rtmp_outlet_send (&self->outlet, tag, timestamp);
  return GST_FLOW_OK;
}

/* States */

/* With a feed of its own, that knows nothing of what was sent before. */
static gboolean
open_mount (GstRtmpFlvServerSink * self)
{
  RtmpMountConfig config = { 0 };

  GST_OBJECT_LOCK (self);
  config.max_clients = self->max_clients;
  config.cache_bytes = self->gop_cache ? self->gop_cache_bytes : 0;
  config.max_queue_bytes = self->max_queue_bytes;
  config.max_queue_time = (guint32) MIN (GST_TIME_AS_MSECONDS
      (self->max_queue_time), G_MAXUINT32);
  config.gather_auto = self->gather_time < 0;
  config.gather_players = AUTO_GATHER_PLAYERS;
  config.gather_time = (gint64) GST_TIME_AS_USECONDS (config.gather_auto
      ? AUTO_GATHER_TIME : self->gather_time);
  config.keep_times = self->keep_timestamps;
  GST_OBJECT_UNLOCK (self);
  if (!gst_rtmp_serving_start (&self->serving, &config, &mount_events, self))
    return FALSE;
  self->feed = gst_rtmp_feed_new (GST_BASE_SINK (self), on_tag, self);
  gst_rtmp_outlet_init (&self->outlet, self->serving.mount);
  return TRUE;
}

static void
close_mount (GstRtmpFlvServerSink * self)
{
  gst_rtmp_serving_stop (&self->serving);
  g_clear_pointer (&self->feed, gst_rtmp_feed_free);
}

/* Before the base class starts, which would add an error of its own to ours. */
static GstStateChangeReturn
gst_rtmp_flv_server_sink_change_state (GstElement * element,
    GstStateChange transition)
{
  GstRtmpFlvServerSink *self = GST_RTMP_FLV_SERVER_SINK (element);
  GstStateChangeReturn result;

  /* In a bin, a change to PAUSED that is given up half way goes from READY to
   * NULL: the base class has to be told, too. */
  if (transition == GST_STATE_CHANGE_READY_TO_NULL && self->feed)
    gst_rtmp_flv_server_sink_change_state (element,
        GST_STATE_CHANGE_PAUSED_TO_READY);
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !open_mount (self))
    return GST_STATE_CHANGE_FAILURE;
  result = gst_rtmp_feed_change_state (GST_BASE_SINK (self),
      GST_ELEMENT_CLASS (gst_rtmp_flv_server_sink_parent_class), transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY
      || (transition == GST_STATE_CHANGE_READY_TO_PAUSED
          && result == GST_STATE_CHANGE_FAILURE))
    close_mount (self);
  return result;
}

static void
set_flushing (GstBaseSink * sink, gboolean flushing)
{
  GstRtmpFlvServerSink *self = GST_RTMP_FLV_SERVER_SINK (sink);

  g_mutex_lock (&self->lock);
  self->flushing = flushing;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

static gboolean
gst_rtmp_flv_server_sink_unlock (GstBaseSink * sink)
{
  set_flushing (sink, TRUE);
  return TRUE;
}

static gboolean
gst_rtmp_flv_server_sink_unlock_stop (GstBaseSink * sink)
{
  set_flushing (sink, FALSE);
  return TRUE;
}

/* Input */

/* Until there are players, or none: TRUE. A pause ends the wait, which goes on
 * when playing does; a flush does for good. */
static gboolean
wait_for_players (GstRtmpFlvServerSink * self, gboolean some, gint64 end)
{
  gboolean flushing, done;

  do {
    g_mutex_lock (&self->lock);
    while ((self->players > 0) != some && !self->flushing
        && g_cond_wait_until (&self->cond, &self->lock, end));
    done = (self->players > 0) == some;
    flushing = self->flushing;
    g_mutex_unlock (&self->lock);
    if (!flushing)
      return done;
  } while (gst_rtmp_feed_wait_for_playing (GST_BASE_SINK (self)) ==
      GST_FLOW_OK);
  return FALSE;
}

/* Its tracks may be others. */
static void
begin_publisher (GstRtmpFlvServerSink * self)
{
  rtmp_mount_forget (self->serving.mount);
  gst_rtmp_outlet_init (&self->outlet, self->serving.mount);
}

static GstFlowReturn
gst_rtmp_flv_server_sink_render (GstBaseSink * sink, GstBuffer * buffer)
{
  GstRtmpFlvServerSink *self = GST_RTMP_FLV_SERVER_SINK (sink);
  gboolean wait;

  GST_OBJECT_LOCK (self);
  wait = self->wait_for_player;
  GST_OBJECT_UNLOCK (self);
  if (wait && !wait_for_players (self, TRUE, G_MAXINT64))
    return GST_FLOW_FLUSHING;
  if (gst_rtmp_buffer_begins_publisher (buffer))
    begin_publisher (self);
  return gst_rtmp_feed_buffer (self->feed, buffer);
}

static gboolean
gst_rtmp_flv_server_sink_set_caps (GstBaseSink * sink, GstCaps * caps)
{
  GstRtmpFlvServerSink *self = GST_RTMP_FLV_SERVER_SINK (sink);

  return !gst_rtmp_feed_set_caps (self->feed, caps)
      || gst_rtmp_feed_headers (self->feed) != GST_FLOW_ERROR;
}

/* What stands in the caps comes no second time. */
static void
reopen (GstRtmpFlvServerSink * self)
{
  if (!rtmp_mount_reopen (self->serving.mount))
    return;
  gst_rtmp_outlet_init (&self->outlet, self->serving.mount);
  gst_rtmp_feed_headers (self->feed);
}

static gboolean
gst_rtmp_flv_server_sink_event (GstBaseSink * sink, GstEvent * event)
{
  GstRtmpFlvServerSink *self = GST_RTMP_FLV_SERVER_SINK (sink);

  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP) {
    gst_rtmp_feed_reset (self->feed);
    reopen (self);
  }
  return
      GST_BASE_SINK_CLASS (gst_rtmp_flv_server_sink_parent_class)->event (sink,
      event);
}

static gboolean
drain (GstRtmpFlvServerSink * self)
{
  gint64 end = G_MAXINT64;

  GST_OBJECT_LOCK (self);
  if (self->eos_timeout > 0)
    end = g_get_monotonic_time ()
        + (gint64) GST_TIME_AS_USECONDS (self->eos_timeout);
  GST_OBJECT_UNLOCK (self);
  gst_rtmp_feed_end (self->feed);
  rtmp_mount_end (self->serving.mount);
  if (wait_for_players (self, FALSE, end))
    return TRUE;
  if (g_get_monotonic_time () < end)
    return FALSE;
  GST_ELEMENT_WARNING (self, RESOURCE, WRITE,
      ("Not every player has read everything within eos-timeout: raise it, or "
          "lower the bitrate."), (NULL));
  return TRUE;
}

static GstFlowReturn
gst_rtmp_flv_server_sink_wait_event (GstBaseSink * sink, GstEvent * event)
{
  GstFlowReturn flow =
      GST_BASE_SINK_CLASS (gst_rtmp_flv_server_sink_parent_class)->wait_event
      (sink, event);

  if (flow == GST_FLOW_OK && GST_EVENT_TYPE (event) == GST_EVENT_EOS
      && !drain (GST_RTMP_FLV_SERVER_SINK (sink)))
    return GST_FLOW_FLUSHING;
  return flow;
}

/* Properties */

static void
gst_rtmp_flv_server_sink_set_property (GObject * object, guint id,
    const GValue * value, GParamSpec * pspec)
{
  GstRtmpFlvServerSink *self = GST_RTMP_FLV_SERVER_SINK (object);

  if (gst_rtmp_serving_set (&self->serving, id, value))
    return;
  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_GOP_CACHE:
      self->gop_cache = g_value_get_boolean (value);
      break;
    case PROP_GOP_CACHE_BYTES:
      self->gop_cache_bytes = g_value_get_uint (value);
      break;
    case PROP_MAX_QUEUE_BYTES:
      self->max_queue_bytes = g_value_get_uint64 (value);
      break;
    case PROP_MAX_QUEUE_TIME:
      self->max_queue_time = g_value_get_uint64 (value);
      break;
    case PROP_GATHER_TIME:
      self->gather_time = g_value_get_int64 (value);
      break;
    case PROP_MAX_CLIENTS:
      self->max_clients = g_value_get_uint (value);
      break;
    case PROP_KEEP_TIMESTAMPS:
      self->keep_timestamps = g_value_get_boolean (value);
      break;
    case PROP_WAIT_FOR_PLAYER:
      self->wait_for_player = g_value_get_boolean (value);
      break;
    case PROP_EOS_TIMEOUT:
      self->eos_timeout = g_value_get_uint64 (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_rtmp_flv_server_sink_get_property (GObject * object, guint id,
    GValue * value, GParamSpec * pspec)
{
  GstRtmpFlvServerSink *self = GST_RTMP_FLV_SERVER_SINK (object);

  if (gst_rtmp_serving_get (&self->serving, id, value))
    return;
  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_GOP_CACHE:
      g_value_set_boolean (value, self->gop_cache);
      break;
    case PROP_GOP_CACHE_BYTES:
      g_value_set_uint (value, self->gop_cache_bytes);
      break;
    case PROP_MAX_QUEUE_BYTES:
      g_value_set_uint64 (value, self->max_queue_bytes);
      break;
    case PROP_MAX_QUEUE_TIME:
      g_value_set_uint64 (value, self->max_queue_time);
      break;
    case PROP_GATHER_TIME:
      g_value_set_int64 (value, self->gather_time);
      break;
    case PROP_MAX_CLIENTS:
      g_value_set_uint (value, self->max_clients);
      break;
    case PROP_KEEP_TIMESTAMPS:
      g_value_set_boolean (value, self->keep_timestamps);
      break;
    case PROP_WAIT_FOR_PLAYER:
      g_value_set_boolean (value, self->wait_for_player);
      break;
    case PROP_EOS_TIMEOUT:
      g_value_set_uint64 (value, self->eos_timeout);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
disconnect_caller (GstRtmpFlvServerSink * self, guint64 id)
{
  gst_rtmp_serving_disconnect (&self->serving, id);
}

static void
reconnect_caller (GstRtmpFlvServerSink * self, guint64 id, const gchar * tc_url)
{
  gst_rtmp_serving_reconnect (&self->serving, id, tc_url);
}

/**
 * GstRtmpServerSink:gop-cache:
 *
 * Keep the last group of pictures for new players, who see something at once
 * then.
 *
 * Since: 0.1
 */
/**
 * GstRtmpServerSink:gop-cache-bytes:
 *
 * Of a group that is kept, at most; a larger one is not, until the next key
 * frame.
 *
 * Since: 0.1
 */
/**
 * GstRtmpServerSink:max-queue-bytes:
 *
 * What may wait for a player, some 256 bytes for each message included, before
 * it loses pictures up to a key frame; from one and a half times that on,
 * sound too; headers and metadata never. 0: no limit.
 *
 * Since: 0.1
 */
/**
 * GstRtmpServerSink:max-queue-time:
 *
 * The same in nanoseconds, from the oldest timestamp that waits to the newest.
 * 0: no limit.
 *
 * Since: 0.1
 */
/**
 * GstRtmpServerSink:gather-time:
 *
 * Nanoseconds for which a frame may wait for others, so that all go to each
 * player in one system call: as much latency for less CPU, which the LATENCY
 * query does not count. 0: none waits; -1: automatic, nothing with a few dozen
 * players, up to 100 ms with hundreds. The end of the stream waits for
 * nothing.
 *
 * Since: 0.1
 */
/**
 * GstRtmpServerSink:max-clients:
 *
 * Players at once; one more is refused, and told why. 0: any number.
 *
 * Since: 0.1
 */
/**
 * GstRtmpServerSink:keep-timestamps:
 *
 * Players get the input's timestamps; otherwise those of each begin near 0.
 *
 * Since: 0.1
 */
/**
 * GstRtmpServerSink:wait-for-player:
 *
 * Take no input while there is no player, so that the first one gets all of
 * it.
 *
 * Since: 0.1
 */
/**
 * GstRtmpServerSink:eos-timeout:
 *
 * Nanoseconds; 0 is for ever. EOS is posted when all players have read
 * everything and gone, or this is over.
 *
 * Since: 0.1
 */

static void
install_properties (GObjectClass * klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
      GST_PARAM_MUTABLE_READY;

  g_object_class_install_property (klass, PROP_GOP_CACHE,
      g_param_spec_boolean ("gop-cache", "GOP cache",
          "Send new players the last group of pictures, so that they see "
          "something at once; without it, latency is lowest", DEFAULT_GOP_CACHE,
          flags));
  g_object_class_install_property (klass, PROP_GOP_CACHE_BYTES,
      g_param_spec_uint ("gop-cache-bytes", "GOP cache bytes",
          "Bytes of a group that is kept; a larger one is not", 0, G_MAXUINT,
          DEFAULT_GOP_CACHE_BYTES, flags));
  g_object_class_install_property (klass, PROP_MAX_QUEUE_BYTES,
      g_param_spec_uint64 ("max-queue-bytes", "Max queue bytes",
          "Bytes to queue for a player before it loses frames (0 = no limit)",
          0, G_MAXUINT64, DEFAULT_MAX_QUEUE_BYTES, flags));
  g_object_class_install_property (klass, PROP_MAX_QUEUE_TIME,
      g_param_spec_uint64 ("max-queue-time", "Max queue time",
          "Nanoseconds of media to queue for a player before it loses frames "
          "(0 = no limit)", 0, G_MAXUINT64, DEFAULT_MAX_QUEUE_TIME, flags));
  g_object_class_install_property (klass, PROP_GATHER_TIME,
      g_param_spec_int64 ("gather-time", "Gather time",
          "Nanoseconds to wait for more to send to each player at once: less "
          "CPU for as much more latency (0 = send everything at once, -1 = "
          "automatic: none with few players, up to 100 ms with hundreds)", -1,
          MAX_GATHER_TIME, DEFAULT_GATHER_TIME, flags));
  g_object_class_install_property (klass, PROP_MAX_CLIENTS,
      g_param_spec_uint ("max-clients", "Max clients",
          "Players at once (0 = any number)", 0, G_MAXUINT, 0, flags));
  g_object_class_install_property (klass, PROP_KEEP_TIMESTAMPS,
      g_param_spec_boolean ("keep-timestamps", "Keep timestamps",
          "Send the input's timestamps; else each player's begin near 0", FALSE,
          flags));
  g_object_class_install_property (klass, PROP_WAIT_FOR_PLAYER,
      g_param_spec_boolean ("wait-for-player", "Wait for player",
          "Take no input while there is no player", FALSE, flags));
  g_object_class_install_property (klass, PROP_EOS_TIMEOUT,
      g_param_spec_uint64 ("eos-timeout", "EOS timeout",
          "Nanoseconds to wait at EOS for the players to have read everything "
          "(0 = for ever)", 0, G_MAXUINT64, DEFAULT_EOS_TIMEOUT, flags));
}

/* Life */

static void
gst_rtmp_flv_server_sink_init (GstRtmpFlvServerSink * self)
{
  gst_rtmp_serving_init (&self->serving, GST_ELEMENT (self));
  self->gop_cache = DEFAULT_GOP_CACHE;
  self->gop_cache_bytes = DEFAULT_GOP_CACHE_BYTES;
  self->max_queue_bytes = DEFAULT_MAX_QUEUE_BYTES;
  self->max_queue_time = DEFAULT_MAX_QUEUE_TIME;
  self->gather_time = DEFAULT_GATHER_TIME;
  self->eos_timeout = DEFAULT_EOS_TIMEOUT;
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
}

static void
gst_rtmp_flv_server_sink_finalize (GObject * object)
{
  GstRtmpFlvServerSink *self = GST_RTMP_FLV_SERVER_SINK (object);

  gst_rtmp_serving_clear (&self->serving);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  G_OBJECT_CLASS (gst_rtmp_flv_server_sink_parent_class)->finalize (object);
}

static void
gst_rtmp_flv_server_sink_class_init (GstRtmpFlvServerSinkClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSinkClass *sink_class = GST_BASE_SINK_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (gst_rtmp_server_sink_debug, "rtmpserversink", 0,
      "RTMP server sink");
  object_class->finalize = gst_rtmp_flv_server_sink_finalize;
  object_class->set_property = gst_rtmp_flv_server_sink_set_property;
  object_class->get_property = gst_rtmp_flv_server_sink_get_property;
  gst_rtmp_serving_install (object_class, G_CALLBACK (disconnect_caller),
      G_CALLBACK (reconnect_caller));
  install_properties (object_class);

  element_class->change_state = gst_rtmp_flv_server_sink_change_state;
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_set_static_metadata (element_class, "RTMP server sink",
      "Sink/Network", "Serves an FLV stream to RTMP players",
      "The gst-rtmp authors");

  sink_class->unlock = gst_rtmp_flv_server_sink_unlock;
  sink_class->unlock_stop = gst_rtmp_flv_server_sink_unlock_stop;
  sink_class->set_caps = gst_rtmp_flv_server_sink_set_caps;
  sink_class->render = gst_rtmp_flv_server_sink_render;
  sink_class->event = gst_rtmp_flv_server_sink_event;
  sink_class->wait_event = gst_rtmp_flv_server_sink_wait_event;
}

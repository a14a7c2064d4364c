/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside rtmpserversrc: see gstrtmpserversrc.c. */
#include <gst/base/base.h>
#include <gst/base/gstpushsrc.h>

#include "flvpacket.h"
#include "gstrtmpbuffer.h"
#include "gstrtmpelements.h"
#include "gstrtmpserving.h"
#include "gstrtmptime.h"

GST_DEBUG_CATEGORY_STATIC (gst_rtmp_server_src_debug);
#define GST_CAT_DEFAULT gst_rtmp_server_src_debug

#define DEFAULT_MAX_QUEUE_BYTES (16 << 20)
#define DEFAULT_LATENCY 200
/* What a message costs besides its payload. */
#define MESSAGE_COST 128
/* What publishers who have hung up may leave behind above max-queue-bytes, in
 * their sockets, before the next one is refused. */
#define MAX_LEFT_BEHIND (16 << 20)

enum
{
  PROP_KEEP_LISTENING = GST_RTMP_SERVING_PROP_FIRST_OWN,
  PROP_TAKEOVER,
  PROP_MAX_QUEUE_BYTES,
  PROP_LATENCY,
};

/* What comes from the network to the streaming thread: a message, or (without
 * one) the beginning or the end of a publisher. */
typedef struct
{
  RtmpMessage message;          /* type 0: none */
  gboolean begins;
  gboolean lost;                /* it has not ended by itself */
} Item;

struct _GstRtmpFlvServerSrc
{
  GstPushSrc parent;

  /* Settings, under the object lock. */
  GstRtmpServing serving;
  gboolean keep_listening;
  gboolean takeover;
  guint64 max_queue_bytes;
  guint latency;                /* ms */

  /* Under lock, a leaf. */
  GMutex lock;
  GCond cond;
  GstQueueArray *arrived;       /* of Item */
  gsize arrived_bytes;
  guint64 max_arrived_bytes;    /* 0: any */
  gboolean paused_reading;
  gboolean flushing;
  gboolean ended;               /* nothing more will be taken */
  guint64 publisher;            /* id; 0: there is none */

  /* The streaming thread only. */
  gboolean sent_header;
  gboolean sent_segment;
  gboolean discont;
  GstRtmpTime time;
  gint64 shift;                 /* ns, from the publisher's time to ours */
  gboolean has_shift;
  GstClockTime last_time;       /* of what was sent */
  gint64 last_sent;             /* when that was: us */
};

G_DEFINE_TYPE (GstRtmpFlvServerSrc, gst_rtmp_flv_server_src, GST_TYPE_PUSH_SRC);

static GstStaticPadTemplate src_template =
GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS ("video/x-flv"));

/* From the network */

static void
item_clear (gpointer data)
{
  rtmp_message_clear (&((Item *) data)->message);
}

static gsize
cost_of (const Item * item)
{
  return MESSAGE_COST + (item->message.payload
      ? rtmp_message_size (&item->message) : 0);
}

/* TRUE: that is enough. To be told each time that it is: somebody else may just
 * have resumed, for what there was before. */
static gboolean
push_locked (GstRtmpFlvServerSrc * self, const Item * item)
{
  gst_queue_array_push_tail_struct (self->arrived, (gpointer) item);
  self->arrived_bytes += cost_of (item);
  if (self->max_arrived_bytes == 0
      || self->arrived_bytes <= self->max_arrived_bytes)
    return FALSE;
  self->paused_reading = TRUE;
  return TRUE;
}

/* Behind push_locked(). */
static void
unlock_and_wake (GstRtmpFlvServerSrc * self, gboolean full)
{
  g_mutex_unlock (&self->lock);
  g_cond_signal (&self->cond);
  if (full)
    rtmp_mount_set_reading (self->serving.mount, FALSE);
}

static gboolean
begin_locked (GstRtmpFlvServerSrc * self, guint64 publisher)
{
  const Item item = {.begins = TRUE };

  self->publisher = publisher;
  return push_locked (self, &item);
}

static gboolean
on_connecting (const RtmpCallerInfo * info, gpointer user_data)
{
  GstRtmpFlvServerSrc *self = user_data;
  gboolean full;

  g_mutex_lock (&self->lock);
  full = self->max_arrived_bytes > 0
      && self->arrived_bytes > self->max_arrived_bytes
      && self->arrived_bytes - self->max_arrived_bytes > MAX_LEFT_BEHIND;
  g_mutex_unlock (&self->lock);
  if (full)
    GST_WARNING_OBJECT (self, "refusing a publisher: downstream has not taken "
        "what earlier ones have left behind");
  return !full;
}

static void
on_added (const RtmpCallerInfo * info, gpointer user_data)
{
  GstRtmpFlvServerSrc *self = user_data;
  gboolean full = FALSE;

  g_mutex_lock (&self->lock);
  if (!self->ended)
    full = begin_locked (self, info->id);
  unlock_and_wake (self, full);
}

static void
on_media (const RtmpCallerInfo * info, RtmpMessage * message,
    gpointer user_data)
{
  GstRtmpFlvServerSrc *self = user_data;
  Item item = { *message };
  gboolean full;

  g_mutex_lock (&self->lock);
  if (self->publisher == 0 && !self->ended)
    begin_locked (self, info->id);
  if (self->publisher != info->id) {
    g_mutex_unlock (&self->lock);
    return;
  }
  message->payload = NULL;
  full = push_locked (self, &item);
  unlock_and_wake (self, full);
}

static void
on_removed (const RtmpCallerInfo * info, const GError * error,
    gpointer user_data)
{
  GstRtmpFlvServerSrc *self = user_data;
  const Item item = {.lost = error != NULL };
  gboolean is_end = !rtmp_mount_has_publisher (self->serving.mount);

  /* Where one takes over, that the old one has gone may be told before that the
   * new one has come. */
  g_mutex_lock (&self->lock);
  if (self->publisher == info->id)
    self->publisher = 0;
  if (is_end && !self->ended)
    push_locked (self, &item);
  unlock_and_wake (self, FALSE);
}

static const RtmpMountEvents mount_events = {
  .connecting = on_connecting,
  .added = on_added,
  .media = on_media,
  .removed = on_removed,
};

/* Waits for the next one. FALSE: flushing. */
static gboolean
pop (GstRtmpFlvServerSrc * self, Item * item)
{
  gboolean resume = FALSE, ok;

  g_mutex_lock (&self->lock);
  while (!self->flushing && gst_queue_array_is_empty (self->arrived))
    g_cond_wait (&self->cond, &self->lock);
  ok = !self->flushing;
  if (ok) {
    *item = *(Item *) gst_queue_array_pop_head_struct (self->arrived);
    self->arrived_bytes -= cost_of (item);
    resume = self->paused_reading
        && self->arrived_bytes <= self->max_arrived_bytes / 2;
    if (resume)
      self->paused_reading = FALSE;
  }
  g_mutex_unlock (&self->lock);
  if (resume)
    rtmp_mount_set_reading (self->serving.mount, TRUE);
  return ok;
}

/* States */

static gboolean
open_mount (GstRtmpFlvServerSrc * self)
{
  RtmpMountConfig config = {.publish = TRUE };

  GST_OBJECT_LOCK (self);
  config.takeover = self->takeover;
  self->max_arrived_bytes = self->max_queue_bytes;
  GST_OBJECT_UNLOCK (self);
  return gst_rtmp_serving_start (&self->serving, &config, &mount_events, self);
}

static void
close_mount (GstRtmpFlvServerSrc * self)
{
  gst_rtmp_serving_stop (&self->serving);
  gst_queue_array_clear (self->arrived);
  self->arrived_bytes = 0;
  self->paused_reading = self->ended = FALSE;
  self->publisher = 0;
}

/* Before the base class starts, which would add an error of its own to ours. */
static GstStateChangeReturn
gst_rtmp_flv_server_src_change_state (GstElement * element,
    GstStateChange transition)
{
  GstRtmpFlvServerSrc *self = GST_RTMP_FLV_SERVER_SRC (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !open_mount (self))
    return GST_STATE_CHANGE_FAILURE;
  result =
      GST_ELEMENT_CLASS (gst_rtmp_flv_server_src_parent_class)->change_state
      (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY
      || (transition == GST_STATE_CHANGE_READY_TO_PAUSED
          && result == GST_STATE_CHANGE_FAILURE))
    close_mount (self);
  return result;
}

static gboolean
gst_rtmp_flv_server_src_start (GstBaseSrc * src)
{
  GstRtmpFlvServerSrc *self = GST_RTMP_FLV_SERVER_SRC (src);

  self->sent_header = self->sent_segment = self->discont = FALSE;
  gst_rtmp_time_reset (&self->time);
  self->has_shift = FALSE;
  self->last_time = GST_CLOCK_TIME_NONE;
  return TRUE;
}

static void
set_flushing (GstBaseSrc * src, gboolean flushing)
{
  GstRtmpFlvServerSrc *self = GST_RTMP_FLV_SERVER_SRC (src);

  g_mutex_lock (&self->lock);
  self->flushing = flushing;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

static gboolean
gst_rtmp_flv_server_src_unlock (GstBaseSrc * src)
{
  set_flushing (src, TRUE);
  return TRUE;
}

static gboolean
gst_rtmp_flv_server_src_unlock_stop (GstBaseSrc * src)
{
  set_flushing (src, FALSE);
  return TRUE;
}

/* Buffers */

/* The first publisher's time is the stream's. The next one's goes on behind the
 * last one's, by as much as has passed since. */
static void
choose_shift (GstRtmpFlvServerSrc * self, GstClockTime first)
{
  gint64 pause = g_get_monotonic_time () - self->last_sent;

  self->shift = 0;
  if (GST_CLOCK_TIME_IS_VALID (self->last_time))
    self->shift = (gint64) (self->last_time + (guint64) pause * GST_USECOND)
        - (gint64) first;
  self->has_shift = TRUE;
}

/* A live stream starts anywhere in its own time; in the pipeline's it starts
 * now. */
static void
start_segment (GstRtmpFlvServerSrc * self, GstClockTime first)
{
  GstClockTime base = gst_element_get_base_time (GST_ELEMENT (self));
  GstSegment segment;
  g_autoptr (GstClock) clock = gst_element_get_clock (GST_ELEMENT (self));

  if (clock == NULL)
    return;
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = segment.time = segment.position = first;
  segment.base = MAX (gst_clock_get_time (clock), base) - base;
  gst_base_src_new_segment (GST_BASE_SRC (self), &segment);
}

/* Audio and video alternate: the latest counts, not the last. */
static void
note_sent (GstRtmpFlvServerSrc * self, GstClockTime time)
{
  self->sent_segment = TRUE;
  if (!GST_CLOCK_TIME_IS_VALID (self->last_time) || time > self->last_time)
    self->last_time = time;
  self->last_sent = g_get_monotonic_time ();
}

/* Headers may stand at any time before the first frame, which tells. */
static GstBuffer *
make_buffer (GstRtmpFlvServerSrc * self, RtmpMessage * message)
{
  GstClockTime time = gst_rtmp_time_unwrap (&self->time, message->timestamp);
  guint8 type = gst_rtmp_buffer_tag_type (message->type);
  gboolean frame = type != FLV_TAG_SCRIPT
      && flv_configuration (type, message->payload) == 0;
  GstBuffer *buffer;

  if (frame && !self->has_shift)
    choose_shift (self, time);
  if (self->has_shift)
    time = (GstClockTime) MAX ((gint64) time + self->shift, 0);
  else if (GST_CLOCK_TIME_IS_VALID (self->last_time))
    time = self->last_time;
  buffer = gst_rtmp_buffer_new_tag (type, (guint32) (time / GST_MSECOND),
      g_steal_pointer (&message->payload));
  GST_BUFFER_DTS (buffer) = GST_BUFFER_PTS (buffer) = time;
  if (self->discont)
    gst_rtmp_buffer_begin_publisher (buffer);
  self->discont = FALSE;
  if (frame && !self->sent_segment)
    start_segment (self, time);
  if (frame)
    note_sent (self, time);
  return buffer;
}

static void
begin_publisher (GstRtmpFlvServerSrc * self)
{
  self->discont |= self->time.started;
  gst_rtmp_time_reset (&self->time);
  self->has_shift = FALSE;
}

/* Who publishes from now on would fill a queue that nobody empties. */
static void
take_no_more (GstRtmpFlvServerSrc * self)
{
  g_mutex_lock (&self->lock);
  self->ended = TRUE;
  self->publisher = 0;
  g_mutex_unlock (&self->lock);
  rtmp_mount_end (self->serving.mount);
}

/* TRUE: another one may come. */
static gboolean
end_publisher (GstRtmpFlvServerSrc * self, const Item * item)
{
  gboolean keep_listening;

  if (item->lost)
    GST_ELEMENT_WARNING (self, RESOURCE, READ,
        ("The publisher was lost before it had ended the stream: see its log, "
            "and check the network."), (NULL));
  GST_OBJECT_LOCK (self);
  keep_listening = self->keep_listening;
  GST_OBJECT_UNLOCK (self);
  if (!keep_listening)
    take_no_more (self);
  return keep_listening;
}

static GstFlowReturn
gst_rtmp_flv_server_src_create (GstPushSrc * src, GstBuffer ** out)
{
  GstRtmpFlvServerSrc *self = GST_RTMP_FLV_SERVER_SRC (src);
  Item item;

  if (!self->sent_header) {
    self->sent_header = TRUE;
    *out = gst_rtmp_buffer_new_file_header ();
    return GST_FLOW_OK;
  }
  while (pop (self, &item)) {
    if (item.message.type != 0) {
      *out = make_buffer (self, &item.message);
      return GST_FLOW_OK;
    }
    if (item.begins)
      begin_publisher (self);
    else if (!end_publisher (self, &item))
      return GST_FLOW_EOS;
  }
  return GST_FLOW_FLUSHING;
}

static gboolean
gst_rtmp_flv_server_src_query (GstBaseSrc * src, GstQuery * query)
{
  GstRtmpFlvServerSrc *self = GST_RTMP_FLV_SERVER_SRC (src);
  guint latency;

  if (GST_QUERY_TYPE (query) != GST_QUERY_LATENCY)
    return
        GST_BASE_SRC_CLASS (gst_rtmp_flv_server_src_parent_class)->query (src,
        query);
  GST_OBJECT_LOCK (self);
  latency = self->latency;
  GST_OBJECT_UNLOCK (self);
  gst_query_set_latency (query, TRUE, latency * GST_MSECOND,
      GST_CLOCK_TIME_NONE);
  return TRUE;
}

/* Properties */

static void
gst_rtmp_flv_server_src_set_property (GObject * object, guint id,
    const GValue * value, GParamSpec * pspec)
{
  GstRtmpFlvServerSrc *self = GST_RTMP_FLV_SERVER_SRC (object);

  if (gst_rtmp_serving_set (&self->serving, id, value))
    return;
  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_KEEP_LISTENING:
      self->keep_listening = g_value_get_boolean (value);
      break;
    case PROP_TAKEOVER:
      self->takeover = g_value_get_boolean (value);
      break;
    case PROP_MAX_QUEUE_BYTES:
      self->max_queue_bytes = g_value_get_uint64 (value);
      break;
    case PROP_LATENCY:
      self->latency = g_value_get_uint (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_rtmp_flv_server_src_get_property (GObject * object, guint id,
    GValue * value, GParamSpec * pspec)
{
  GstRtmpFlvServerSrc *self = GST_RTMP_FLV_SERVER_SRC (object);

  if (gst_rtmp_serving_get (&self->serving, id, value))
    return;
  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_KEEP_LISTENING:
      g_value_set_boolean (value, self->keep_listening);
      break;
    case PROP_TAKEOVER:
      g_value_set_boolean (value, self->takeover);
      break;
    case PROP_MAX_QUEUE_BYTES:
      g_value_set_uint64 (value, self->max_queue_bytes);
      break;
    case PROP_LATENCY:
      g_value_set_uint (value, self->latency);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
disconnect_caller (GstRtmpFlvServerSrc * self, guint64 id)
{
  gst_rtmp_serving_disconnect (&self->serving, id);
}

static void
reconnect_caller (GstRtmpFlvServerSrc * self, guint64 id, const gchar * tc_url)
{
  gst_rtmp_serving_reconnect (&self->serving, id, tc_url);
}

/**
 * GstRtmpServerSrc:keep-listening:
 *
 * At the end of a publisher wait for the next one, whose stream goes on where
 * the last one ended, with a buffer marked DISCONT; otherwise EOS.
 *
 * Since: 0.1
 */
/**
 * GstRtmpServerSrc:takeover:
 *
 * A second publisher replaces the first, who is told; otherwise it is refused
 * with NetStream.Publish.BadName.
 *
 * Since: 0.1
 */
/**
 * GstRtmpServerSrc:max-queue-bytes:
 *
 * What is taken from the publisher before downstream has, some 128 bytes for
 * each message included; then it is not read. 0: no limit.
 *
 * Since: 0.1
 */
/**
 * GstRtmpServerSrc:latency:
 *
 * Milliseconds, answered to LATENCY queries: how late media may come and still
 * be in time.
 *
 * Since: 0.1
 */

static void
install_properties (GObjectClass * klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
      GST_PARAM_MUTABLE_READY;

  g_object_class_install_property (klass, PROP_KEEP_LISTENING,
      g_param_spec_boolean ("keep-listening", "Keep listening",
          "When a publisher has gone, wait for the next one, whose stream goes "
          "on where the last one ended; else it is the end", FALSE, flags));
  g_object_class_install_property (klass, PROP_TAKEOVER,
      g_param_spec_boolean ("takeover", "Takeover",
          "A second publisher replaces the first one; else it is refused",
          FALSE, flags));
  g_object_class_install_property (klass, PROP_MAX_QUEUE_BYTES,
      g_param_spec_uint64 ("max-queue-bytes", "Max queue bytes",
          "Bytes to take from the publisher before downstream has; then the "
          "publisher has to wait (0 = no limit)", 0, G_MAXUINT64,
          DEFAULT_MAX_QUEUE_BYTES, flags));
  g_object_class_install_property (klass, PROP_LATENCY,
      g_param_spec_uint ("latency", "Latency",
          "Milliseconds by which media may come late and be in time all the "
          "same", 0, G_MAXUINT, DEFAULT_LATENCY, flags));
}

/* Life */

static void
gst_rtmp_flv_server_src_init (GstRtmpFlvServerSrc * self)
{
  gst_rtmp_serving_init (&self->serving, GST_ELEMENT (self));
  self->max_queue_bytes = DEFAULT_MAX_QUEUE_BYTES;
  self->latency = DEFAULT_LATENCY;
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->arrived = gst_queue_array_new_for_struct (sizeof (Item), 64);
  gst_queue_array_set_clear_func (self->arrived, item_clear);
  gst_base_src_set_format (GST_BASE_SRC (self), GST_FORMAT_TIME);
  gst_base_src_set_live (GST_BASE_SRC (self), TRUE);
}

static void
gst_rtmp_flv_server_src_finalize (GObject * object)
{
  GstRtmpFlvServerSrc *self = GST_RTMP_FLV_SERVER_SRC (object);

  gst_rtmp_serving_clear (&self->serving);
  gst_queue_array_free (self->arrived);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  G_OBJECT_CLASS (gst_rtmp_flv_server_src_parent_class)->finalize (object);
}

static void
gst_rtmp_flv_server_src_class_init (GstRtmpFlvServerSrcClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSrcClass *src_class = GST_BASE_SRC_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (gst_rtmp_server_src_debug, "rtmpserversrc", 0,
      "RTMP server source");
  object_class->finalize = gst_rtmp_flv_server_src_finalize;
  object_class->set_property = gst_rtmp_flv_server_src_set_property;
  object_class->get_property = gst_rtmp_flv_server_src_get_property;
  gst_rtmp_serving_install (object_class, G_CALLBACK (disconnect_caller),
      G_CALLBACK (reconnect_caller));
  install_properties (object_class);

  element_class->change_state = gst_rtmp_flv_server_src_change_state;
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "RTMP server source",
      "Source/Network", "Takes a stream from an RTMP publisher as FLV",
      "The gst-rtmp authors");

  src_class->start = gst_rtmp_flv_server_src_start;
  src_class->unlock = gst_rtmp_flv_server_src_unlock;
  src_class->unlock_stop = gst_rtmp_flv_server_src_unlock_stop;
  src_class->query = gst_rtmp_flv_server_src_query;
  GST_PUSH_SRC_CLASS (klass)->create = gst_rtmp_flv_server_src_create;
}

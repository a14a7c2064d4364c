/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpfeed.h"

#include "gstrtmpbuffer.h"
#include "gstrtmpelements.h"
#include "gstrtmptime.h"
#include "rtmperror.h"

#define GST_CAT_DEFAULT gst_rtmp_debug

struct _GstRtmpFeed
{
  GstBaseSink *sink;
  GstRtmpFeedFunc func;
  gpointer user_data;

  FlvReader *reader;
  GPtrArray *stream_header;     /* of GstBuffer, from caps */
  GstFlowReturn tag_flow;       /* why the reader was stopped */
  gboolean in_header;
  guint32 last_timestamp;
  gboolean pacing;              /* the buffers have no times: the tags do */
  gboolean pace_started;
  GstClockTime pace_start;      /* running time of the first paced tag */
  GstRtmpTime pace_time;
  GstClockTime pace_first;
};

GstRtmpFeed *
gst_rtmp_feed_new (GstBaseSink * sink, GstRtmpFeedFunc func, gpointer user_data)
{
  GstRtmpFeed *self = g_new0 (GstRtmpFeed, 1);

  self->sink = sink;
  self->func = func;
  self->user_data = user_data;
  self->reader = flv_reader_new ();
  self->stream_header =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
  return self;
}

void
gst_rtmp_feed_free (GstRtmpFeed * self)
{
  flv_reader_free (self->reader);
  g_ptr_array_unref (self->stream_header);
  g_free (self);
}

void
gst_rtmp_feed_reset (GstRtmpFeed * self)
{
  flv_reader_reset (self->reader);
  gst_rtmp_time_reset (&self->pace_time);
  self->pace_started = FALSE;
  self->pacing = FALSE;
}

void
gst_rtmp_feed_end (GstRtmpFeed * self)
{
  if (flv_reader_is_partial (self->reader))
    GST_ELEMENT_WARNING (self->sink, STREAM, FORMAT,
        ("The input ended in the middle of an FLV tag, which is left out."),
        (NULL));
}

/* One wakeup is not enough, for the next pause may have come before it is
 * seen. */
GstFlowReturn
gst_rtmp_feed_wait_for_playing (GstBaseSink * sink)
{
  GstFlowReturn flow;

  do {
    flow = gst_base_sink_wait_preroll (sink);
  } while (flow == GST_FLOW_OK && sink->need_preroll);
  return flow;
}

/* The streaming thread may be playing before the base class is: it looks there
 * as if it still waited when a pause follows at once, or it has prerolled when
 * the change has begun. So it may hold the lock that the change needs, in a
 * wait for somebody far away, which therefore ends; it begins again when the
 * change is made. */
GstStateChangeReturn
gst_rtmp_feed_change_state (GstBaseSink * sink, GstElementClass * parent,
    GstStateChange transition)
{
  GstBaseSinkClass *klass = GST_BASE_SINK_GET_CLASS (sink);
  gboolean plays = transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING;
  GstStateChangeReturn result;

  if (plays)
    klass->unlock (sink);
  result = parent->change_state (GST_ELEMENT (sink), transition);
  if (plays) {
    GST_BASE_SINK_PREROLL_LOCK (sink);
    klass->unlock_stop (sink);
    GST_BASE_SINK_PREROLL_BROADCAST (sink);
    GST_BASE_SINK_PREROLL_UNLOCK (sink);
  }
  return result;
}

/* Waits for the time of a tag whose buffer has none: the first one is due now,
 * the others by their distance from it. */
static GstFlowReturn
pace (GstRtmpFeed * self, const FlvTag * tag)
{
  GstClockTime time = gst_rtmp_time_unwrap (&self->pace_time, tag->timestamp);
  g_autoptr (GstClock) clock = NULL;

  if (!self->pace_started) {
    clock = gst_element_get_clock (GST_ELEMENT (self->sink));
    if (clock == NULL)
      return GST_FLOW_OK;
    self->pace_start = gst_clock_get_time (clock)
        - gst_element_get_base_time (GST_ELEMENT (self->sink));
    self->pace_first = time;
    self->pace_started = TRUE;
  }
  if (time <= self->pace_first)
    return GST_FLOW_OK;
  return gst_base_sink_wait (self->sink,
      self->pace_start + time - self->pace_first, NULL);
}

/* Headers that come again in mid-stream, as muxers send them when the codec
 * data changes, may carry the time of the start: the server must not see a step
 * back. */
static guint32
timestamp_of (GstRtmpFeed * self, const FlvTag * tag)
{
  if (self->in_header && (gint32) (tag->timestamp - self->last_timestamp) < 0)
    return self->last_timestamp;
  return tag->timestamp;
}

static gboolean
on_tag (const FlvTag * tag, gpointer user_data, GError ** error)
{
  GstRtmpFeed *self = user_data;

  if (tag->encrypted || tag->type == FLV_TAG_SCRIPT_AMF3) {
    GST_WARNING_OBJECT (self->sink, "skipping a tag that cannot be sent: %s",
        tag->encrypted ? "encrypted" : "script data in AMF3");
    return TRUE;
  }
  self->tag_flow = self->pacing ? pace (self, tag) : GST_FLOW_OK;
  if (self->tag_flow == GST_FLOW_OK) {
    self->last_timestamp = timestamp_of (self, tag);
    self->tag_flow = self->func (tag, self->last_timestamp, self->user_data);
  }
  if (self->tag_flow != GST_FLOW_OK)
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_STATE, "stopped: %s",
        gst_flow_get_name (self->tag_flow));
  return self->tag_flow == GST_FLOW_OK;
}

/* What the reader says is either why on_tag() stopped it, or that the input is
 * no FLV. */
static GstFlowReturn
feed_failed (GstRtmpFeed * self, const GError * error)
{
  flv_reader_reset (self->reader);
  if (self->tag_flow != GST_FLOW_OK)
    return self->tag_flow;
  GST_ELEMENT_ERROR (self->sink, STREAM, FORMAT,
      ("The input is not FLV: put flvmux before this element."),
      ("%s", error->message));
  return GST_FLOW_ERROR;
}

/* Memory by memory, so that a buffer of several is not merged. */
static GstFlowReturn
feed_buffer (GstRtmpFeed * self, GstBuffer * buffer)
{
  guint i, n = gst_buffer_n_memory (buffer);

  self->tag_flow = GST_FLOW_OK;
  for (i = 0; i < n; i++) {
    g_autoptr (GBytes) block =
        gst_rtmp_memory_to_bytes (gst_buffer_peek_memory (buffer, i));
    g_autoptr (GError) error = NULL;

    if (block == NULL) {
      GST_ELEMENT_ERROR (self->sink, RESOURCE, READ,
          ("The input's memory cannot be read."), (NULL));
      return GST_FLOW_ERROR;
    }
    if (!flv_reader_feed (self->reader, block, on_tag, self, &error))
      return feed_failed (self, error);
  }
  return GST_FLOW_OK;
}

/* Buffers */

static gboolean
same_content (GstBuffer * a, GstBuffer * b)
{
  GstMapInfo map;
  gboolean same;

  if (a == b)
    return TRUE;
  if (gst_buffer_get_size (a) != gst_buffer_get_size (b)
      || !gst_buffer_map (a, &map, GST_MAP_READ))
    return FALSE;
  same = gst_buffer_memcmp (b, 0, map.data, map.size) == 0;
  gst_buffer_unmap (a, &map);
  return same;
}

/* Headers come in the caps and again as buffers: once is enough. */
static gboolean
is_repeated_header (GstRtmpFeed * self, GstBuffer * buffer)
{
  guint i;

  if (!GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_HEADER))
    return FALSE;
  for (i = 0; i < self->stream_header->len; i++)
    if (same_content (g_ptr_array_index (self->stream_header, i), buffer))
      return TRUE;
  return FALSE;
}

GstFlowReturn
gst_rtmp_feed_headers (GstRtmpFeed * self)
{
  GstFlowReturn flow = GST_FLOW_OK;
  guint i;

  self->in_header = TRUE;
  for (i = 0; i < self->stream_header->len && flow == GST_FLOW_OK; i++)
    flow = feed_buffer (self, g_ptr_array_index (self->stream_header, i));
  self->in_header = FALSE;
  return flow;
}

gboolean
gst_rtmp_feed_set_caps (GstRtmpFeed * self, GstCaps * caps)
{
  const GValue *array =
      gst_structure_get_value (gst_caps_get_structure (caps, 0),
      "streamheader");
  guint i, n = array && GST_VALUE_HOLDS_ARRAY (array)
      ? gst_value_array_get_size (array) : 0;
  gboolean changed = n != self->stream_header->len;
  GPtrArray *header =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);

  for (i = 0; i < n; i++) {
    GstBuffer *buffer =
        gst_value_get_buffer (gst_value_array_get_value (array, i));

    changed = changed
        || !same_content (g_ptr_array_index (self->stream_header, i), buffer);
    g_ptr_array_add (header, gst_buffer_ref (buffer));
  }
  g_ptr_array_unref (self->stream_header);
  self->stream_header = header;
  return changed;
}

GstFlowReturn
gst_rtmp_feed_buffer (GstRtmpFeed * self, GstBuffer * buffer)
{
  GstFlowReturn flow;

  if (is_repeated_header (self, buffer))
    return GST_FLOW_OK;
  self->pacing = gst_base_sink_get_sync (self->sink)
      && !GST_CLOCK_TIME_IS_VALID (GST_BUFFER_DTS_OR_PTS (buffer));
  self->in_header = GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_HEADER);
  flow = feed_buffer (self, buffer);
  self->in_header = FALSE;
  return flow;
}

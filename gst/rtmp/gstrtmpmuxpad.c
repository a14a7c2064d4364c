/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpmuxpad.h"

#include "gstrtmpscript.h"

G_DEFINE_TYPE (GstRtmpMuxPad, gst_rtmp_mux_pad, GST_TYPE_PAD);

void
gst_rtmp_mux_item_free (GstRtmpMuxItem * self)
{
  gst_clear_buffer (&self->buffer);
  g_clear_pointer (&self->script, g_bytes_unref);
  gst_clear_caps (&self->caps);
  gst_clear_tag_list (&self->tags);
  g_free (self);
}

static void
clear (GstRtmpMuxPad * self)
{
  gst_clear_caps (&self->caps);
  gst_clear_tag_list (&self->tags);
  gst_clear_caps (&self->first_caps);
  gst_clear_tag_list (&self->first_tags);
  gst_rtmp_track_writer_clear (&self->writer);
}

static void
gst_rtmp_mux_pad_finalize (GObject * object)
{
  clear (GST_RTMP_MUX_PAD (object));
  G_OBJECT_CLASS (gst_rtmp_mux_pad_parent_class)->finalize (object);
}

static void
gst_rtmp_mux_pad_class_init (GstRtmpMuxPadClass * klass)
{
  G_OBJECT_CLASS (klass)->finalize = gst_rtmp_mux_pad_finalize;
}

static void
gst_rtmp_mux_pad_init (GstRtmpMuxPad * self)
{
}

void
gst_rtmp_mux_pad_restart (GstRtmpMuxPad * self)
{
  gst_segment_init (&self->segment, GST_FORMAT_TIME);
  gst_rtmp_lane_clear (self->lane);
  self->last_dts = G_MININT64;
  self->has_new_caps = self->caps != NULL;
  self->has_new_tags = self->tags != NULL;
  self->flushing = FALSE;
}

void
gst_rtmp_mux_pad_reset (GstRtmpMuxPad * self)
{
  clear (self);
  gst_rtmp_mux_pad_restart (self);
}

static gboolean
to_running_time (const GstSegment * segment, GstClockTime time, gint64 * out)
{
  guint64 running;
  gint sign;

  if (!GST_CLOCK_TIME_IS_VALID (time))
    return FALSE;
  sign = gst_segment_to_running_time_full (segment, GST_FORMAT_TIME, time,
      &running);
  *out = sign < 0 ? -(gint64) running : (gint64) running;
  return sign != 0;
}

static gboolean
is_new (const GstRtmpMuxPad * self)
{
  return self->last_dts == G_MININT64;
}

static gint64
last_time (const GstRtmpMuxPad * self)
{
  return is_new (self) ? 0 : self->last_dts;
}

/* Times are complete from here on, and those of decoding never go back. */
static void
set_times (GstRtmpMuxPad * self, GstRtmpMuxItem * item)
{
  gboolean has_dts = to_running_time (&self->segment,
      GST_BUFFER_DTS (item->buffer), &item->dts);
  gboolean has_pts = to_running_time (&self->segment,
      GST_BUFFER_PTS (item->buffer), &item->pts);

  if (!has_pts && !has_dts)
    item->pts = last_time (self);
  else if (!has_pts)
    item->pts = item->dts;
  if (!has_dts)
    item->dts = item->pts;
  item->dts = MAX (item->dts, self->last_dts);
  self->last_dts = item->dts;
}

/* Of Speex and FLAC, say: it stands in the caps too, and is no frame. In video
 * the flag tells only that a frame has parameter sets. */
static gboolean
is_header (const GstRtmpMuxPad * self, GstBuffer * buffer)
{
  return self->writer.media == FLV_MEDIA_AUDIO
      && GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_HEADER);
}

void
gst_rtmp_mux_pad_take_buffer (GstRtmpMuxPad * self, GstBuffer * buffer)
{
  GstRtmpMuxItem *item;

  if (is_header (self, buffer)) {
    gst_buffer_unref (buffer);
    return;
  }
  item = g_new0 (GstRtmpMuxItem, 1);
  item->buffer = buffer;
  set_times (self, item);
  if (self->has_new_caps)
    item->caps = gst_caps_ref (self->caps);
  if (self->has_new_tags)
    item->tags = gst_tag_list_ref (self->tags);
  self->has_new_caps = self->has_new_tags = FALSE;
  gst_rtmp_lane_push (self->lane, item, item->dts,
      gst_buffer_get_size (buffer));
  if (GST_BUFFER_DURATION_IS_VALID (buffer))
    gst_rtmp_lane_advance (self->lane,
        item->dts + (gint64) GST_BUFFER_DURATION (buffer));
}

/* At the time of the last frame. */
static void
push_item (GstRtmpMuxPad * self, GBytes * script)
{
  GstRtmpMuxItem *item = g_new0 (GstRtmpMuxItem, 1);

  item->script = script;
  item->dts = item->pts = last_time (self);
  gst_rtmp_lane_push (self->lane, item, item->dts,
      script ? g_bytes_get_size (script) : 0);
}

static void
take_caps (GstRtmpMuxPad * self, GstEvent * event)
{
  GstCaps *caps;

  gst_event_parse_caps (event, &caps);
  self->has_new_caps = self->has_new_caps || self->caps == NULL
      || !gst_caps_is_equal (self->caps, caps);
  gst_caps_replace (&self->caps, caps);
  if (is_new (self))
    gst_caps_replace (&self->first_caps, caps);
}

static gboolean
take_segment (GstRtmpMuxPad * self, GstEvent * event, GError ** error)
{
  gst_event_copy_segment (event, &self->segment);
  if (self->segment.format == GST_FORMAT_TIME)
    return TRUE;
  g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT,
      "%s: the segment is in %s, not in time. A parser before it helps.",
      GST_PAD_NAME (self), gst_format_get_name (self->segment.format));
  return FALSE;
}

static void
take_gap (GstRtmpMuxPad * self, GstEvent * event)
{
  GstClockTime time, duration;
  gint64 until;

  gst_event_parse_gap (event, &time, &duration);
  if (GST_CLOCK_TIME_IS_VALID (duration))
    time += duration;
  if (to_running_time (&self->segment, time, &until))
    gst_rtmp_lane_advance (self->lane, until);
}

static void
take_tags (GstRtmpMuxPad * self, GstEvent * event)
{
  GstTagList *tags;

  gst_event_parse_tag (event, &tags);
  tags = gst_tag_list_merge (self->tags, tags, GST_TAG_MERGE_PREPEND);
  gst_clear_tag_list (&self->tags);
  self->tags = tags;
  self->has_new_tags = TRUE;
  if (is_new (self))
    gst_tag_list_replace (&self->first_tags, tags);
}

/* Events of other names are others' matter. */
static gboolean
take_custom (GstRtmpMuxPad * self, GstEvent * event, GError ** error)
{
  GBytes *script;

  if (!gst_event_has_name (event, "rtmp-script"))
    return TRUE;
  script = gst_rtmp_script_write (gst_event_get_structure (event), error);
  if (script)
    push_item (self, script);
  return script != NULL;
}

gboolean
gst_rtmp_mux_pad_take_event (GstRtmpMuxPad * self, GstEvent * event,
    GError ** error)
{
  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_STREAM_START:
      gst_rtmp_lane_set_ended (self->lane, FALSE);
      break;
    case GST_EVENT_CAPS:
      take_caps (self, event);
      break;
    case GST_EVENT_SEGMENT:
      return take_segment (self, event, error);
    case GST_EVENT_GAP:
      take_gap (self, event);
      break;
    case GST_EVENT_TAG:
      take_tags (self, event);
      break;
    case GST_EVENT_CUSTOM_DOWNSTREAM:
      return take_custom (self, event, error);
    case GST_EVENT_EOS:
      push_item (self, NULL);
      gst_rtmp_lane_set_ended (self->lane, TRUE);
      break;
    case GST_EVENT_FLUSH_START:
      self->flushing = TRUE;
      break;
    case GST_EVENT_FLUSH_STOP:
      gst_rtmp_mux_pad_restart (self);
      break;
    default:
      break;
  }
  return TRUE;
}

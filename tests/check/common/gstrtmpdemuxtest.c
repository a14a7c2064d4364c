/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpdemuxtest.h"

#include <string.h>

#include "flvfile.h"
#include "rtmptesthex.h"

/* Outputs */

static void
output_free (gpointer data)
{
  GstRtmpOutput *output = data;

  gst_object_unref (output->pad);
  g_ptr_array_unref (output->frames);
  g_ptr_array_unref (output->events);
  g_assert_null (output->peer);
  g_string_free (output->trace, TRUE);
  g_free (output->name);
  g_free (output);
}

static void
output_forget (GstRtmpOutput * output)
{
  g_ptr_array_set_size (output->frames, 0);
  g_ptr_array_set_size (output->events, 0);
  g_string_truncate (output->trace, 0);
}

static GstRtmpOutput *
output_of (GstPad * pad)
{
  return gst_pad_get_element_private (pad);
}

static GstRtmpDemuxTest *
test_of (GstPad * pad)
{
  return g_object_get_data (G_OBJECT (pad), "test");
}

static GstFlowReturn
on_frame (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GstRtmpDemuxTest *self = test_of (pad);
  GstRtmpOutput *output = output_of (pad);
  GstFlowReturn flow;

  g_mutex_lock (&self->lock);
  g_ptr_array_add (output->frames, buffer);
  g_string_append (output->trace, " B");
  flow = output->flow;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  return flow;
}

static gboolean
on_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  GstRtmpDemuxTest *self = test_of (pad);
  GstRtmpOutput *output = output_of (pad);

  g_mutex_lock (&self->lock);
  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_START)
    output_forget (output);
  g_ptr_array_add (output->events, event);
  g_string_append_printf (output->trace, " %s", GST_EVENT_TYPE_NAME (event));
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static void
on_pad_added (GstElement * demux, GstPad * pad, gpointer data)
{
  GstRtmpDemuxTest *self = data;
  GstRtmpOutput *output = g_new0 (GstRtmpOutput, 1);

  output->name = gst_pad_get_name (pad);
  output->pad = gst_object_ref_sink (gst_pad_new (NULL, GST_PAD_SINK));
  output->frames =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
  output->events =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_event_unref);
  output->trace = g_string_new (NULL);
  output->flow = self->flow;
  g_set_weak_pointer (&output->peer, pad);
  gst_pad_set_element_private (output->pad, output);
  g_object_set_data (G_OBJECT (output->pad), "test", self);
  gst_pad_set_chain_function (output->pad, on_frame);
  gst_pad_set_event_function (output->pad, on_event);
  GST_PAD_SET_ACCEPT_TEMPLATE (output->pad);
  gst_pad_set_active (output->pad, TRUE);
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->outputs, output);
  g_mutex_unlock (&self->lock);
  g_assert_cmpint (gst_pad_link (pad, output->pad), ==, GST_PAD_LINK_OK);
}

static void
on_pad_removed (GstElement * demux, GstPad * pad, gpointer data)
{
  GstRtmpDemuxTest *self = data;
  g_autofree gchar *name = gst_pad_get_name (pad);

  if (GST_PAD_IS_SRC (pad))
    gst_rtmp_demux_test_output (self, name)->is_removed = TRUE;
}

static void
on_no_more_pads (GstElement * demux, gpointer data)
{
  ((GstRtmpDemuxTest *) data)->is_complete = TRUE;
}

/* Tests */

static GstRtmpDemuxTest *
test_new (void)
{
  GstRtmpDemuxTest *self = g_new0 (GstRtmpDemuxTest, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->outputs = g_ptr_array_new_with_free_func (output_free);
  self->demux =
      gst_object_ref_sink (gst_element_factory_make ("rtmpdemux", NULL));
  g_signal_connect (self->demux, "pad-added", G_CALLBACK (on_pad_added), self);
  g_signal_connect (self->demux, "pad-removed", G_CALLBACK (on_pad_removed),
      self);
  g_signal_connect (self->demux, "no-more-pads", G_CALLBACK (on_no_more_pads),
      self);
  return self;
}

GstRtmpDemuxTest *
gst_rtmp_demux_test_new (void)
{
  GstRtmpDemuxTest *self = test_new ();
  g_autoptr (GstPad) sink = gst_element_get_static_pad (self->demux, "sink");

  self->bus = gst_bus_new ();
  gst_element_set_bus (self->demux, self->bus);
  self->source = gst_object_ref_sink (gst_pad_new ("src", GST_PAD_SRC));
  g_assert_cmpint (gst_pad_link (self->source, sink), ==, GST_PAD_LINK_OK);
  gst_pad_set_active (self->source, TRUE);
  g_assert_cmpint (gst_element_set_state (self->demux, GST_STATE_PAUSED), ==,
      GST_STATE_CHANGE_SUCCESS);
  return self;
}

GstRtmpDemuxTest *
gst_rtmp_demux_test_new_file (const gchar * path)
{
  GstRtmpDemuxTest *self = test_new ();
  GstElement *source = gst_element_factory_make ("filesrc", NULL);

  g_object_set (source, "location", path, NULL);
  self->pipeline = gst_pipeline_new (NULL);
  self->bus = gst_element_get_bus (self->pipeline);
  gst_bin_add_many (GST_BIN (self->pipeline), source, self->demux, NULL);
  g_assert_true (gst_element_link (source, self->demux));
  g_assert_cmpint (gst_element_set_state (self->pipeline, GST_STATE_READY), ==,
      GST_STATE_CHANGE_SUCCESS);
  return self;
}

void
gst_rtmp_demux_test_free (GstRtmpDemuxTest * self)
{
  GstElement *top = self->pipeline ? self->pipeline : self->demux;

  g_assert_cmpint (gst_element_set_state (top, GST_STATE_NULL), ==,
      GST_STATE_CHANGE_SUCCESS);
  for (guint i = 0; i < self->outputs->len; i++)
    g_assert_true (((GstRtmpOutput *)
            g_ptr_array_index (self->outputs, i))->is_removed);
  if (self->source) {
    gst_pad_set_active (self->source, FALSE);
    gst_object_unref (self->source);
    gst_element_set_bus (self->demux, NULL);
  } else
    gst_object_unref (self->pipeline);
  gst_bus_set_flushing (self->bus, TRUE);
  gst_object_unref (self->bus);
  g_assert_finalize_object (G_OBJECT (self->demux));
  g_ptr_array_unref (self->outputs);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self);
}

void
gst_rtmp_demux_test_begin (GstRtmpDemuxTest * self, GstFormat format)
{
  GstSegment segment;

  gst_rtmp_demux_test_push_event (self,
      gst_event_new_stream_start ("upstream"));
  gst_segment_init (&segment, format);
  gst_rtmp_demux_test_push_event (self, gst_event_new_segment (&segment));
}

GstFlowReturn
gst_rtmp_demux_test_push (GstRtmpDemuxTest * self, GBytes * bytes,
    GstClockTime time)
{
  GstBuffer *buffer = gst_buffer_new_wrapped_bytes (bytes);

  GST_BUFFER_DTS (buffer) = time;
  return gst_pad_push (self->source, buffer);
}

void
gst_rtmp_demux_test_push_all (GstRtmpDemuxTest * self, GBytes * bytes,
    gsize step)
{
  gsize size = g_bytes_get_size (bytes);

  for (gsize at = 0; at < size; at += step) {
    g_autoptr (GBytes) part =
        g_bytes_new_from_bytes (bytes, at, MIN (step, size - at));

    g_assert_cmpint (gst_rtmp_demux_test_push (self, part,
            GST_CLOCK_TIME_NONE), ==, GST_FLOW_OK);
  }
}

void
gst_rtmp_demux_test_push_event (GstRtmpDemuxTest * self, GstEvent * event)
{
  gst_pad_push_event (self->source, event);
}

GstFlowReturn
gst_rtmp_demux_test_tag (GstRtmpDemuxTest * self, guint8 type,
    guint32 timestamp, const gchar * hex)
{
  g_autoptr (GBytes) body = rtmp_test_unhex (hex);
  const RtmpMessage message = {.type = type,.timestamp = timestamp,
    .payload = body
  };
  g_autoptr (GBytes) tag = gst_rtmp_test_tag (&message);

  return gst_rtmp_demux_test_push (self, tag, GST_CLOCK_TIME_NONE);
}

void
gst_rtmp_demux_test_wait (GstRtmpDemuxTest * self,
    GstRtmpDemuxTestCondition condition)
{
  gint64 end = g_get_monotonic_time () + RTMP_TEST_PATIENCE;

  g_mutex_lock (&self->lock);
  while (!condition (self))
    if (!g_cond_wait_until (&self->cond, &self->lock, end))
      g_error ("what was waited for did not happen");
  g_mutex_unlock (&self->lock);
}

static gboolean
are_ended (GstRtmpDemuxTest * self)
{
  for (guint i = 0; i < self->outputs->len; i++)
    if (gst_rtmp_output_count (g_ptr_array_index (self->outputs, i),
            GST_EVENT_EOS) == 0)
      return FALSE;
  return self->outputs->len > 0;
}

void
gst_rtmp_demux_test_wait_eos (GstRtmpDemuxTest * self)
{
  gst_rtmp_demux_test_wait (self, are_ended);
}

void
gst_rtmp_demux_test_forget (GstRtmpDemuxTest * self)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->outputs->len; i++)
    output_forget (g_ptr_array_index (self->outputs, i));
  g_mutex_unlock (&self->lock);
}

GstRtmpOutput *
gst_rtmp_demux_test_output (GstRtmpDemuxTest * self, const gchar * name)
{
  GstRtmpOutput *found = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->outputs->len; i++) {
    GstRtmpOutput *output = g_ptr_array_index (self->outputs, i);

    if (g_str_equal (output->name, name))
      found = output;
  }
  g_mutex_unlock (&self->lock);
  return found;
}

gchar *
gst_rtmp_demux_test_names (GstRtmpDemuxTest * self)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < self->outputs->len; i++)
    g_string_append_printf (names, i ? " %s" : "%s",
        ((GstRtmpOutput *) g_ptr_array_index (self->outputs, i))->name);
  return g_string_free (names, FALSE);
}

guint64
gst_rtmp_demux_test_stat (GstRtmpDemuxTest * self, const gchar * name)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 value = 0;

  g_object_get (self->demux, "stats", &stats, NULL);
  g_assert_true (gst_structure_get_uint64 (stats, name, &value));
  return value;
}

static void
assert_text (GstMessage * message, const gchar * text)
{
  g_autoptr (GError) error = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, NULL);
  else
    gst_message_parse_warning (message, &error, NULL);
  if (strstr (error->message, text) == NULL)
    g_error ("no \"%s\" in: %s", text, error->message);
}

guint
gst_rtmp_demux_test_messages (GstRtmpDemuxTest * self, GstMessageType type,
    const gchar * text)
{
  GstMessage *message;
  guint n = 0;

  while ((message = gst_bus_pop_filtered (self->bus, type))) {
    if (text)
      assert_text (message, text);
    gst_message_unref (message);
    n++;
  }
  return n;
}

gchar *
gst_rtmp_output_times (GstRtmpOutput * self)
{
  GString *times = g_string_new (NULL);

  for (guint i = 0; i < self->frames->len; i++) {
    GstBuffer *frame = g_ptr_array_index (self->frames, i);

    g_string_append_printf (times, "%s%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT,
        i ? " " : "", GST_BUFFER_DTS (frame) / GST_MSECOND,
        GST_BUFFER_PTS (frame) / GST_MSECOND);
  }
  return g_string_free (times, FALSE);
}

GstEvent *
gst_rtmp_output_event (GstRtmpOutput * self, GstEventType type)
{
  for (guint i = self->events->len; i-- > 0;) {
    GstEvent *event = g_ptr_array_index (self->events, i);

    if (GST_EVENT_TYPE (event) == type)
      return event;
  }
  g_error ("no %s at %s", gst_event_type_get_name (type), self->name);
}

const GstSegment *
gst_rtmp_output_segment (GstRtmpOutput * self)
{
  const GstSegment *segment;

  gst_event_parse_segment (gst_rtmp_output_event (self, GST_EVENT_SEGMENT),
      &segment);
  return segment;
}

const GstStructure *
gst_rtmp_output_caps (GstRtmpOutput * self)
{
  GstCaps *caps;

  gst_event_parse_caps (gst_rtmp_output_event (self, GST_EVENT_CAPS), &caps);
  return gst_caps_get_structure (caps, 0);
}

guint
gst_rtmp_output_count (GstRtmpOutput * self, GstEventType type)
{
  guint n = 0;

  for (guint i = 0; i < self->events->len; i++)
    n += GST_EVENT_TYPE (g_ptr_array_index (self->events, i)) == type;
  return n;
}

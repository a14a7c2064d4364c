/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rtmpdemux as a whole, in push mode: a file in buffers of the size that the
 * first byte says, with a flush in the middle if that is odd. Every frame comes
 * behind caps and a segment. */
#include <gst/gst.h>

#include "flvfile.h"

GST_PLUGIN_STATIC_DECLARE (rtmp);

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

static GstFlowReturn
on_frame (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  g_assert_true (gst_pad_has_current_caps (pad));
  g_assert_true (GST_BUFFER_DTS_IS_VALID (buffer));
  g_assert_true (GST_BUFFER_PTS_IS_VALID (buffer));
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static void
on_pad_added (GstElement * demux, GstPad * pad, gpointer user_data)
{
  GstPad *sink = gst_pad_new (NULL, GST_PAD_SINK);

  GST_PAD_SET_ACCEPT_TEMPLATE (sink);
  gst_pad_set_chain_function (sink, on_frame);
  gst_pad_set_active (sink, TRUE);
  g_assert_cmpint (gst_pad_link (pad, sink), ==, GST_PAD_LINK_OK);
  g_ptr_array_add (user_data, gst_object_ref_sink (sink));
}

static void
begin (GstPad * pad)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_pad_send_event (pad, gst_event_new_stream_start ("fuzz"));
  gst_pad_send_event (pad, gst_event_new_segment (&segment));
}

static void
feed (GstPad * pad, const guint8 * data, gsize size, gsize step)
{
  for (gsize at = 0; at < size; at += step) {
    gsize n = MIN (step, size - at);

    if (gst_pad_chain (pad, gst_buffer_new_memdup (data + at, n)) !=
        GST_FLOW_OK)
      return;
  }
}

static void
run (const guint8 * data, gsize size, guint8 how)
{
  GstElement *demux = gst_element_factory_make ("rtmpdemux", NULL);
  GstPad *pad = gst_element_get_static_pad (demux, "sink");
  GPtrArray *sinks = g_ptr_array_new_with_free_func (gst_object_unref);
  gsize half = how & 1 ? size / 2 : 0;

  g_signal_connect (demux, "pad-added", G_CALLBACK (on_pad_added), sinks);
  gst_element_set_state (demux, GST_STATE_PAUSED);
  begin (pad);
  feed (pad, data, half, (gsize) how + 1);
  if (how & 1) {
    gst_pad_send_event (pad, gst_event_new_flush_start ());
    gst_pad_send_event (pad, gst_event_new_flush_stop (TRUE));
    begin (pad);
  }
  feed (pad, data + half, size - half, (gsize) how + 1);
  gst_pad_send_event (pad, gst_event_new_eos ());
  gst_element_set_state (demux, GST_STATE_NULL);
  g_assert_cmpuint (demux->numsrcpads, ==, 0);
  gst_object_unref (pad);
  gst_object_unref (demux);
  g_ptr_array_unref (sinks);
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  if (!gst_is_initialized ()) {
    gst_init (NULL, NULL);
    GST_PLUGIN_STATIC_REGISTER (rtmp);
  }
  if (size > 0)
    run (data + 1, size - 1, data[0]);
  return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-rtmpsink
 * @title: rtmpsink
 *
 * Publishes an FLV stream to an RTMP server (RTMP 1.0, section 7.3).
 *
 * |[
 * gst-launch-1.0 videotestsrc ! x264enc ! flvmux streamable=true ! \
 *     rtmpsink location=rtmp://localhost/live/key
 * ]|
 *
 * FLV may come in any cut: `filesrc location=a.flv ! rtmpsink` publishes a
 * file, paced by its own timestamps unless #GstBaseSink:sync is %FALSE.
 *
 * Since: 0.1
 */
#include "gstrtmpelements.h"
#include "gstrtmpsinkbin.h"

#define GST_TYPE_RTMP_SINK (gst_rtmp_sink_get_type ())
G_DECLARE_FINAL_TYPE (GstRtmpSink, gst_rtmp_sink, GST, RTMP_SINK,
    GstRtmpSinkBin);

struct _GstRtmpSink
{
  GstRtmpSinkBin parent;
};

static GstURIType
get_uri_type (GType type)
{
  return GST_URI_SINK;
}

static void
uri_handler_init (gpointer iface, gpointer data)
{
  gst_rtmp_bin_uri_handler_init (iface);
  ((GstURIHandlerInterface *) iface)->get_type = get_uri_type;
}

G_DEFINE_TYPE_WITH_CODE (GstRtmpSink, gst_rtmp_sink, GST_TYPE_RTMP_SINK_BIN,
    G_IMPLEMENT_INTERFACE (GST_TYPE_URI_HANDLER, uri_handler_init));
GST_ELEMENT_REGISTER_DEFINE (rtmpsink, "rtmpsink", GST_RTMP_RANK,
    GST_TYPE_RTMP_SINK);

static void
gst_rtmp_sink_class_init (GstRtmpSinkClass * klass)
{
  gst_rtmp_bin_class_set_inner (GST_RTMP_BIN_CLASS (klass),
      GST_TYPE_RTMP_FLV_SINK);
  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass),
      "RTMP sink", "Sink/Network", "Publishes a stream to an RTMP server",
      "The gst-rtmp authors");
}

static void
gst_rtmp_sink_init (GstRtmpSink * self)
{
}

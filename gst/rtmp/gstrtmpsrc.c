/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-rtmpsrc
 * @title: rtmpsrc
 *
 * Plays a stream from an RTMP server, live or recorded, as FLV (RTMP 1.0,
 * section 7.2.2).
 *
 * |[
 * gst-launch-1.0 rtmpsrc location=rtmp://localhost/live/key ! decodebin ! \
 *     autovideosink
 * ]|
 *
 * Each buffer is one FLV tag, the first one with the file header. The source is
 * live unless #GstRtmpSrc:stream-type says recorded, or the stream's name does.
 *
 * Since: 0.1
 */
#include "gstrtmpelements.h"
#include "gstrtmpsrcbin.h"

#define GST_TYPE_RTMP_SRC (gst_rtmp_src_get_type ())
G_DECLARE_FINAL_TYPE (GstRtmpSrc, gst_rtmp_src, GST, RTMP_SRC, GstRtmpSrcBin);

struct _GstRtmpSrc
{
  GstRtmpSrcBin parent;
};

static GstURIType
get_uri_type (GType type)
{
  return GST_URI_SRC;
}

static void
uri_handler_init (gpointer iface, gpointer data)
{
  gst_rtmp_bin_uri_handler_init (iface);
  ((GstURIHandlerInterface *) iface)->get_type = get_uri_type;
}

G_DEFINE_TYPE_WITH_CODE (GstRtmpSrc, gst_rtmp_src, GST_TYPE_RTMP_SRC_BIN,
    G_IMPLEMENT_INTERFACE (GST_TYPE_URI_HANDLER, uri_handler_init));
GST_ELEMENT_REGISTER_DEFINE (rtmpsrc, "rtmpsrc", GST_RTMP_RANK,
    GST_TYPE_RTMP_SRC);

static void
gst_rtmp_src_class_init (GstRtmpSrcClass * klass)
{
  gst_rtmp_bin_class_set_inner (GST_RTMP_BIN_CLASS (klass),
      GST_TYPE_RTMP_FLV_SRC);
  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass),
      "RTMP source", "Source/Network", "Plays a stream from an RTMP server",
      "The gst-rtmp authors");
}

static void
gst_rtmp_src_init (GstRtmpSrc * self)
{
}

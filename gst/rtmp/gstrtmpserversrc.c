/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-rtmpserversrc
 * @title: rtmpserversrc
 *
 * Listens; what a publisher sends comes out of it as FLV, one tag a buffer
 * (RTMP 1.0, section 7.2.2.6).
 *
 * |[
 * gst-launch-1.0 rtmpserversrc location=rtmp://0.0.0.0/live/cam ! decodebin ! \
 *     autovideosink
 * ffmpeg -re -i film.mp4 -c copy -f flv rtmp://localhost/live/cam
 * ]|
 *
 * An empty application or stream takes any. There is one publisher at a time.
 *
 * Since: 0.1
 */
#include "gstrtmpelements.h"
#include "gstrtmpserving.h"
#include "gstrtmpsrcbin.h"

#define GST_TYPE_RTMP_SERVER_SRC (gst_rtmp_server_src_get_type ())
G_DECLARE_FINAL_TYPE (GstRtmpServerSrc, gst_rtmp_server_src, GST,
    RTMP_SERVER_SRC, GstRtmpSrcBin);

struct _GstRtmpServerSrc
{
  GstRtmpSrcBin parent;
};

G_DEFINE_TYPE (GstRtmpServerSrc, gst_rtmp_server_src, GST_TYPE_RTMP_SRC_BIN);
GST_ELEMENT_REGISTER_DEFINE (rtmpserversrc, "rtmpserversrc", GST_RANK_NONE,
    GST_TYPE_RTMP_SERVER_SRC);

static void
gst_rtmp_server_src_class_init (GstRtmpServerSrcClass * klass)
{
  gst_rtmp_bin_class_set_inner (GST_RTMP_BIN_CLASS (klass),
      GST_TYPE_RTMP_FLV_SERVER_SRC);
  gst_rtmp_serving_install_signals (G_OBJECT_CLASS (klass));
  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass),
      "RTMP server source", "Source/Network",
      "Takes a stream from an RTMP publisher", "The gst-rtmp authors");
}

static void
gst_rtmp_server_src_init (GstRtmpServerSrc * self)
{
}

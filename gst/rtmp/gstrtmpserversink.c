/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-rtmpserversink
 * @title: rtmpserversink
 *
 * Listens, and serves what flows into it, FLV, to any number of players (RTMP
 * 1.0, section 7.2.2).
 *
 * |[
 * gst-launch-1.0 videotestsrc is-live=true ! x264enc tune=zerolatency ! \
 *     flvmux streamable=true ! rtmpserversink location=rtmp://0.0.0.0/live/cam
 * ffplay rtmp://localhost/live/cam
 * ]|
 *
 * With many players, frames wait for each other up to 100 ms, and go out to
 * each player together, which costs less. With few, nothing waits. The
 * pipeline's latency does not count it. #GstRtmpServerSink:gather-time sets
 * another time, or none.
 *
 * A player that is too slow loses frames, and in the end its connection; nobody
 * else notices.
 *
 * Since: 0.1
 */
#include "gstrtmpelements.h"
#include "gstrtmpserving.h"
#include "gstrtmpsinkbin.h"

#define GST_TYPE_RTMP_SERVER_SINK (gst_rtmp_server_sink_get_type ())
G_DECLARE_FINAL_TYPE (GstRtmpServerSink, gst_rtmp_server_sink, GST,
    RTMP_SERVER_SINK, GstRtmpSinkBin);

struct _GstRtmpServerSink
{
  GstRtmpSinkBin parent;
};

G_DEFINE_TYPE (GstRtmpServerSink, gst_rtmp_server_sink, GST_TYPE_RTMP_SINK_BIN);
GST_ELEMENT_REGISTER_DEFINE (rtmpserversink, "rtmpserversink", GST_RANK_NONE,
    GST_TYPE_RTMP_SERVER_SINK);

static void
gst_rtmp_server_sink_class_init (GstRtmpServerSinkClass * klass)
{
  gst_rtmp_bin_class_set_inner (GST_RTMP_BIN_CLASS (klass),
      GST_TYPE_RTMP_FLV_SERVER_SINK);
  gst_rtmp_serving_install_signals (G_OBJECT_CLASS (klass));
  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass),
      "RTMP server sink", "Sink/Network", "Serves a stream to RTMP players",
      "The gst-rtmp authors");
}

static void
gst_rtmp_server_sink_init (GstRtmpServerSink * self)
{
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/base/gstbasesink.h>
#include <gst/base/gstpushsrc.h>

G_BEGIN_DECLS

/* Above the rank of the elements that GStreamer ships, of which the highest is
 * 257. */
#define GST_RTMP_RANK (GST_RANK_PRIMARY + 2)

GST_ELEMENT_REGISTER_DECLARE (rtmpdemux);
GST_ELEMENT_REGISTER_DECLARE (rtmpmux);
GST_ELEMENT_REGISTER_DECLARE (rtmpsrc);
GST_ELEMENT_REGISTER_DECLARE (rtmpsink);
GST_ELEMENT_REGISTER_DECLARE (rtmpserversrc);
GST_ELEMENT_REGISTER_DECLARE (rtmpserversink);

/* What speaks RTMP, in FLV: inside the elements of these names. */
#define GST_TYPE_RTMP_FLV_SRC (gst_rtmp_flv_src_get_type ())
G_DECLARE_FINAL_TYPE (GstRtmpFlvSrc, gst_rtmp_flv_src, GST, RTMP_FLV_SRC,
    GstPushSrc);
#define GST_TYPE_RTMP_FLV_SINK (gst_rtmp_flv_sink_get_type ())
G_DECLARE_FINAL_TYPE (GstRtmpFlvSink, gst_rtmp_flv_sink, GST, RTMP_FLV_SINK,
    GstBaseSink);
#define GST_TYPE_RTMP_FLV_SERVER_SRC (gst_rtmp_flv_server_src_get_type ())
G_DECLARE_FINAL_TYPE (GstRtmpFlvServerSrc, gst_rtmp_flv_server_src, GST,
    RTMP_FLV_SERVER_SRC, GstPushSrc);
#define GST_TYPE_RTMP_FLV_SERVER_SINK (gst_rtmp_flv_server_sink_get_type ())
G_DECLARE_FINAL_TYPE (GstRtmpFlvServerSink, gst_rtmp_flv_server_sink, GST,
    RTMP_FLV_SERVER_SINK, GstBaseSink);

GST_DEBUG_CATEGORY_EXTERN (gst_rtmp_debug);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_RTMP_DEMUX (gst_rtmp_demux_get_type ())
G_DECLARE_FINAL_TYPE (GstRtmpDemux, gst_rtmp_demux, GST, RTMP_DEMUX,
    GstElement);

G_END_DECLS

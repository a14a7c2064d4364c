/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_RTMP_MUX (gst_rtmp_mux_get_type ())
G_DECLARE_FINAL_TYPE (GstRtmpMux, gst_rtmp_mux, GST, RTMP_MUX, GstElement);

G_END_DECLS

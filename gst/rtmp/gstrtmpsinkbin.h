/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstrtmpbin.h"

G_BEGIN_DECLS

/**
 * GstRtmpSinkBin:
 *
 * A sink that takes FLV on its pad "sink", or elementary streams on pads that
 * are requested, which an rtmpmux makes FLV of.
 *
 * Since: 0.1
 */
struct _GstRtmpSinkBinClass
{
  GstRtmpBinClass parent_class;
};

#define GST_TYPE_RTMP_SINK_BIN (gst_rtmp_sink_bin_get_type ())
G_DECLARE_DERIVABLE_TYPE (GstRtmpSinkBin, gst_rtmp_sink_bin, GST,
    RTMP_SINK_BIN, GstRtmpBin);

G_END_DECLS

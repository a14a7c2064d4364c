/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstrtmpbin.h"

G_BEGIN_DECLS

/**
 * GstRtmpSrcBin:
 *
 * A source that gives FLV on its pad "src" if that is linked when it starts;
 * otherwise an rtmpdemux gives each track a pad of its own.
 *
 * Since: 0.1
 */
struct _GstRtmpSrcBinClass
{
  GstRtmpBinClass parent_class;
};

#define GST_TYPE_RTMP_SRC_BIN (gst_rtmp_src_bin_get_type ())
G_DECLARE_DERIVABLE_TYPE (GstRtmpSrcBin, gst_rtmp_src_bin, GST,
    RTMP_SRC_BIN, GstRtmpBin);

G_END_DECLS

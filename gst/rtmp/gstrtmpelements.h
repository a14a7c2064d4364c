/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

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

GST_DEBUG_CATEGORY_EXTERN (gst_rtmp_debug);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "rtmpclient.h"

G_BEGIN_DECLS

/* The "stats" property. The eight fields of GstRtmpConnectionStats keep their
 * names. @peer: %NULL without a connection. @reconnects: connections after the
 * first one. (transfer full) */
GstStructure *gst_rtmp_stats_new (const RtmpClientStats * stats,
    const gchar * peer, guint reconnects);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "flvscript.h"

G_BEGIN_DECLS

/* Script data for applications: "rtmp-script" with "name" (string), "timestamp"
 * (guint64, ns) and "values", an array. Numbers are doubles, objects structures
 * named after their class or "object"; dates are doubles, milliseconds since
 * 1970. Arrays are GST_TYPE_ARRAY where all values are of one type, else
 * structures named "array" with members "0", "1" and so on. What is null is
 * left out. (transfer full) */
GstStructure *gst_rtmp_script_to_structure (const FlvScript * script,
    GstClockTime timestamp);

/* What of metadata players know as tags; %NULL for nothing. (transfer full) */
GstTagList *gst_rtmp_script_to_tags (const RtmpValue * metadata);

G_END_DECLS

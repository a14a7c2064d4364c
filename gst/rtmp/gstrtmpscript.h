/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "flvscript.h"

G_BEGIN_DECLS

/* Script data for applications: "rtmp-script" with "name" (string), "timestamp"
 * (guint64, ns) and "values" (GST_TYPE_ARRAY). Numbers are doubles, objects
 * structures named after their class or "object", arrays GST_TYPE_ARRAY; dates
 * are doubles, milliseconds since 1970. What is null is left out of objects,
 * and %FALSE in arrays. (transfer full) */
GstStructure *gst_rtmp_script_to_structure (const FlvScript * script,
    GstClockTime timestamp);

/* The other way: the body of a script tag, of "name" and "values"; there may be
 * none. Numbers of all kinds become numbers, GDateTime dates, structures
 * not called "object" typed objects, and what AMF has no word for null. %NULL with %GST_STREAM_ERROR_MUX if there is no name. (transfer full) */
GBytes *gst_rtmp_script_write (const GstStructure * script, GError ** error);

/* What of metadata players know as tags; %NULL for nothing. (transfer full) */
GstTagList *gst_rtmp_script_to_tags (const RtmpValue * metadata);

G_END_DECLS

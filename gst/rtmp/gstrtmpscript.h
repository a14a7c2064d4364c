/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "flvscript.h"

G_BEGIN_DECLS

/* Script data for applications: "rtmp-script" with "name" (string), "timestamp"
 * (guint64, ns) and "values", an array. Numbers are doubles, objects structures
 * named after their class or "object", arrays structures named "array" with the
 * fields "0", "1" and so on, for GST_TYPE_ARRAY holds values of one type only;
 * dates are doubles, milliseconds since 1970. What is null is left out of
 * objects, and %FALSE in arrays. (transfer full) */
GstStructure *gst_rtmp_script_to_structure (const FlvScript * script,
    GstClockTime timestamp);

/* The other way: the body of a script tag, of "name" and "values"; the latter
 * may be missing, an array of either kind, or a single value. Numbers of all
 * types will do; GDateTime becomes a date, and what AMF has no word for null.
 * %NULL with %GST_STREAM_ERROR_MUX if there is no name. (transfer full) */
GBytes *gst_rtmp_script_write (const GstStructure * script, GError ** error);

/* What of metadata players know as tags; %NULL for nothing. (transfer full) */
GstTagList *gst_rtmp_script_to_tags (const RtmpValue * metadata);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "flvcolor.h"

G_BEGIN_DECLS

/* colorInfo as caps have it: colorimetry, content-light-level, and
 * mastering-display-info if all of it is there. Fields of @s that @color does
 * not know stay, and so does the range, which colorInfo does not tell. */
void gst_rtmp_color_to_structure (const FlvColorInfo * color,
    GstStructure * s);

/* What of it @s knows; the bit depth only beside something else. */
void gst_rtmp_color_from_structure (FlvColorInfo * color,
    const GstStructure * s);

/* H.273 codes; nothing is set when all of them are unspecified. */
void gst_rtmp_structure_set_colorimetry (GstStructure * s,
    gboolean full_range, guint primaries, guint transfer, guint matrix);

/* Of a picture that HLG alone does not show: Enhanced RTMP v2, "HDR formats":
 * Dolby Vision is not to be taken for plain HLG. */
void gst_rtmp_structure_unset_hlg (GstStructure * s);

G_END_DECLS

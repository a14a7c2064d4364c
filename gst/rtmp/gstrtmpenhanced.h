/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "flvfile.h"
#include "rtmpcapability.h"

G_BEGIN_DECLS

/* What of Enhanced RTMP the elements around one handle: asked before it
 * connects, to announce that and no more. */

/* What of capsEx rtmpdemux reads. */
#define GST_RTMP_ENHANCED_READS (RTMP_CAPS_EX_MULTITRACK \
    | RTMP_CAPS_EX_MOD_EX | RTMP_CAPS_EX_TIMESTAMP_NANO_OFFSET)

/* Asks the peer of @pad and adds to @out what it answers: codecs with @flags,
 * #RtmpCodecFlags. FALSE when it knows nothing of it. */
gboolean gst_rtmp_enhanced_ask (GstPad * pad, RtmpCodecFlags flags,
    RtmpCapabilities * out);

/* Downstream's side of it for a source of FLV: also elements that take anything
 * read enhanced packets, for they store them, or look for a demuxer. */
gboolean gst_rtmp_enhanced_ask_reader (GstPad * pad, RtmpCapabilities * out);

/* Whether a server takes what is in @tag, a configuration, by what it has said
 * of itself. %RTMP_ERROR_UNSUPPORTED, with what to do. */
gboolean gst_rtmp_enhanced_check (const RtmpCapabilities * server,
    const FlvTag * tag, GError ** error);

/* TRUE when @query is such a question, and is answered now. @codecs: FourCCs
 * separated by commas, or "*"; @caps_ex: #RtmpCapsEx. */
gboolean gst_rtmp_enhanced_answer (GstQuery * query, const gchar * codecs,
    RtmpCapsEx caps_ex);
/* Without an answer yet. */
gboolean gst_rtmp_enhanced_is_asked (GstQuery * query);

G_END_DECLS

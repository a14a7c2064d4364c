/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* The bytes of @memory, mapped for reading as long as the GBytes lives: no
 * copy. %NULL if it cannot be mapped. (transfer full) */
GBytes *gst_rtmp_memory_to_bytes (GstMemory * memory);

/* What an audio, video or data message is in a file: an #FlvTagType. */
guint8 gst_rtmp_buffer_tag_type (guint8 message_type);

/* One FLV tag: header, @body by reference unless it is small, trailer.
 * (transfer full) for @body. */
GstBuffer *gst_rtmp_buffer_new_tag (guint8 type, guint32 timestamp,
    GBytes * body);

/* Marks @buffer, which must be writable: it is the first one of another
 * publisher, whose stream goes on behind the last one's, and nothing holds that
 * was said before. Muxers do not pass that on. */
void gst_rtmp_buffer_begin_publisher (GstBuffer * buffer);
gboolean gst_rtmp_buffer_begins_publisher (GstBuffer * buffer);

/* The FLV file header, with PreviousTagSize0. */
GstBuffer *gst_rtmp_buffer_new_file_header (void);

G_END_DECLS

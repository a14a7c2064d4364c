/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpbuffer.h"

#include <string.h>

#include "flvfile.h"
#include "rtmpmessage.h"

/* Smaller bodies are copied: that costs less than memories of their own, and
 * spares downstream the merging. */
#define BY_REFERENCE_MIN 1024

static void
unmap (gpointer data)
{
  GstMapInfo *map = data;
  GstMemory *memory = map->memory;

  gst_memory_unmap (memory, map);
  gst_memory_unref (memory);
  g_slice_free (GstMapInfo, map);
}

/* A slice, since it is made in one thread and freed in another, which malloc
 * is slow at. */
GBytes *
gst_rtmp_memory_to_bytes (GstMemory * memory)
{
  GstMapInfo *map = g_slice_new (GstMapInfo);

  if (!gst_memory_map (memory, map, GST_MAP_READ)) {
    g_slice_free (GstMapInfo, map);
    return NULL;
  }
  gst_memory_ref (memory);
  return g_bytes_new_with_free_func (map->data, map->size, unmap, map);
}

/* Header and trailer are one allocation of which the buffer takes two parts, so
 * that a tag costs one small block besides its body. */
typedef struct
{
  guint8 header[FLV_TAG_HEADER_SIZE];
  guint8 trailer[FLV_TAG_TRAILER_SIZE];
  gatomicrefcount refs;
} TagEnds;

static void
tag_ends_unref (gpointer data)
{
  TagEnds *ends = data;

  if (g_atomic_ref_count_dec (&ends->refs))
    g_free (ends);
}

static void
append_part (GstBuffer * buffer, gpointer data, gsize size, gpointer owner,
    GDestroyNotify notify)
{
  gst_buffer_append_memory (buffer,
      gst_memory_new_wrapped (GST_MEMORY_FLAG_READONLY,
          data, size, 0, size, owner, notify));
}

guint8
gst_rtmp_buffer_tag_type (guint8 message_type)
{
  switch (message_type) {
    case RTMP_MESSAGE_AUDIO:
      return FLV_TAG_AUDIO;
    case RTMP_MESSAGE_VIDEO:
      return FLV_TAG_VIDEO;
    default:
      return FLV_TAG_SCRIPT;
  }
}

static GstBuffer *
copy_tag (guint8 type, guint32 timestamp, gconstpointer body, gsize size)
{
  gsize total = FLV_TAG_HEADER_SIZE + size + FLV_TAG_TRAILER_SIZE;
  guint8 *tag = g_malloc (total);

  flv_write_tag_header (tag, type, size, timestamp);
  if (size > 0)
    memcpy (tag + FLV_TAG_HEADER_SIZE, body, size);
  flv_write_tag_trailer (tag + FLV_TAG_HEADER_SIZE + size, size);
  return gst_buffer_new_wrapped (tag, total);
}

GstBuffer *
gst_rtmp_buffer_new_tag (guint8 type, guint32 timestamp, GBytes * body)
{
  gsize size;
  gpointer data = (gpointer) g_bytes_get_data (body, &size);
  TagEnds *ends;
  GstBuffer *buffer;

  if (size < BY_REFERENCE_MIN) {
    buffer = copy_tag (type, timestamp, data, size);
    g_bytes_unref (body);
    return buffer;
  }
  ends = g_new (TagEnds, 1);
  buffer = gst_buffer_new ();
  g_atomic_ref_count_init (&ends->refs);
  g_atomic_ref_count_inc (&ends->refs);
  flv_write_tag_header (ends->header, type, size, timestamp);
  flv_write_tag_trailer (ends->trailer, size);
  append_part (buffer, ends->header, sizeof (ends->header), ends,
      tag_ends_unref);
  append_part (buffer, data, size, body, (GDestroyNotify) g_bytes_unref);
  append_part (buffer, ends->trailer, sizeof (ends->trailer), ends,
      tag_ends_unref);
  return buffer;
}

GstBuffer *
gst_rtmp_buffer_new_file_header (void)
{
  GstBuffer *buffer =
      gst_buffer_new_allocate (NULL, FLV_FILE_HEADER_SIZE, NULL);
  guint8 header[FLV_FILE_HEADER_SIZE];

  flv_write_file_header (header, TRUE, TRUE);
  gst_buffer_fill (buffer, 0, header, sizeof (header));
  return buffer;
}

/* Others set one of them, for less. */
#define PUBLISHER_FLAGS (GST_BUFFER_FLAG_DISCONT | GST_BUFFER_FLAG_RESYNC)

void
gst_rtmp_buffer_begin_publisher (GstBuffer * buffer)
{
  GST_BUFFER_FLAG_SET (buffer, PUBLISHER_FLAGS);
}

gboolean
gst_rtmp_buffer_begins_publisher (GstBuffer * buffer)
{
  return (GST_BUFFER_FLAGS (buffer) & PUBLISHER_FLAGS) == PUBLISHER_FLAGS;
}

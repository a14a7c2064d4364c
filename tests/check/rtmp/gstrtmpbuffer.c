/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpbuffer.h"

#include "flvfile.h"
#include "gstrtmptest.h"

#include <string.h>

static void
count_free (gpointer data)
{
  ++*(guint *) data;
}

/* No copy: the bytes are the memory's, which lives as long as they do. */
static void
test_memory_to_bytes (void)
{
  static guint8 data[100] = { 1, 2, 3 };
  guint freed = 0;
  GstMemory *memory = gst_memory_new_wrapped (GST_MEMORY_FLAG_READONLY, data,
      sizeof (data), 10, 50, &freed, count_free);
  GBytes *bytes = gst_rtmp_memory_to_bytes (memory);
  gsize size;

  gst_memory_unref (memory);
  g_assert_true (g_bytes_get_data (bytes, &size) == data + 10);
  g_assert_cmpuint (size, ==, 50);
  g_assert_cmpuint (freed, ==, 0);
  g_bytes_unref (bytes);
  g_assert_cmpuint (freed, ==, 1);
}

/* Memory that cannot be mapped. */

typedef GstAllocator TestAllocator;
typedef GstAllocatorClass TestAllocatorClass;
static GType test_allocator_get_type (void);
G_DEFINE_TYPE (TestAllocator, test_allocator, GST_TYPE_ALLOCATOR);

static gpointer
refuse_map (GstMemory * memory, GstMapInfo * info, gsize size)
{
  return NULL;
}

static void
free_memory (GstAllocator * allocator, GstMemory * memory)
{
  g_free (memory);
}

static void
test_allocator_class_init (TestAllocatorClass * klass)
{
  klass->free = free_memory;
}

static void
test_allocator_init (TestAllocator * self)
{
  self->mem_map_full = refuse_map;
}

static void
test_memory_not_mapped (void)
{
  GstAllocator *allocator = g_object_new (test_allocator_get_type (), NULL);
  GstMemory *memory = g_new0 (GstMemory, 1);

  gst_object_ref_sink (allocator);
  gst_memory_init (memory, GST_MEMORY_FLAG_NO_SHARE, allocator, NULL, 10, 0, 0,
      10);
  g_assert_null (gst_rtmp_memory_to_bytes (memory));
  g_assert_cmpint (GST_MINI_OBJECT_REFCOUNT_VALUE (memory), ==, 1);
  gst_memory_unref (memory);
  gst_object_unref (allocator);
}

static void
assert_content (GstBuffer * buffer, GBytes * expected)
{
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_assert_cmpmem (map.data, map.size, g_bytes_get_data (expected, NULL),
      g_bytes_get_size (expected));
  gst_buffer_unmap (buffer, &map);
}

/* A small body is copied into the one memory of its tag. */
static void
test_tag (gconstpointer size)
{
  RtmpMessage message = {.type = RTMP_MESSAGE_VIDEO,.timestamp = 0x89ABCDEF,
    .payload = gst_rtmp_test_payload (1, GPOINTER_TO_SIZE (size))
  };
  GstBuffer *buffer = gst_rtmp_buffer_new_tag (message.type,
      message.timestamp, g_bytes_ref (message.payload));
  g_autoptr (GBytes) expected = gst_rtmp_test_tag (&message);

  g_assert_cmpuint (gst_buffer_n_memory (buffer), ==,
      GPOINTER_TO_SIZE (size) < 1024 ? 1 : 3);
  assert_content (buffer, expected);
  gst_buffer_unref (buffer);
  rtmp_message_clear (&message);
}

/* The body goes by reference, and its last owner frees it; the ends of the tag
 * live as long as either of them. */
static void
test_tag_owns (void)
{
  static const guint8 body[1024] = { 1, 2, 3 };
  guint freed = 0;
  GBytes *bytes = g_bytes_new_with_free_func (body, sizeof (body), count_free,
      &freed);
  GstBuffer *buffer = gst_rtmp_buffer_new_tag (FLV_TAG_AUDIO, 5, bytes);
  GstMemory *trailer = gst_buffer_get_memory (buffer, 2);
  GstMemory *middle = gst_buffer_get_memory (buffer, 1);
  GstMapInfo map;

  gst_buffer_unref (buffer);
  g_assert_true (gst_memory_map (middle, &map, GST_MAP_READ));
  g_assert_true (map.data == body);
  gst_memory_unmap (middle, &map);
  g_assert_cmpuint (freed, ==, 0);
  gst_memory_unref (middle);
  g_assert_cmpuint (freed, ==, 1);
  g_assert_true (gst_memory_map (trailer, &map, GST_MAP_READ));
  g_assert_cmpmem (map.data, map.size, "\0\0\x04\x0b", 4);
  gst_memory_unmap (trailer, &map);
  gst_memory_unref (trailer);
}

/* What is written to must not be the peer's bytes, which others share. */
static void
test_tag_is_read_only (void)
{
  GBytes *bytes = gst_rtmp_test_payload (3, 2000);
  GstBuffer *buffer =
      gst_rtmp_buffer_new_tag (FLV_TAG_AUDIO, 5, g_bytes_ref (bytes));
  g_autoptr (GBytes) expected = gst_rtmp_test_payload (3, 2000);
  GstMapInfo map;

  buffer = gst_buffer_make_writable (buffer);
  if (gst_buffer_map (buffer, &map, GST_MAP_WRITE)) {
    memset (map.data, 0, map.size);
    gst_buffer_unmap (buffer, &map);
  }
  g_assert_true (g_bytes_equal (bytes, expected));
  gst_buffer_unref (buffer);
  g_bytes_unref (bytes);
}

static void
test_file_header (void)
{
  GstBuffer *buffer = gst_rtmp_buffer_new_file_header ();
  g_autoptr (GBytes) expected =
      g_bytes_new_static ("FLV\1\5\0\0\0\x09\0\0\0\0", 13);

  assert_content (buffer, expected);
  gst_buffer_unref (buffer);
}

static void
test_publisher (void)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new ();

  g_assert_false (gst_rtmp_buffer_begins_publisher (buffer));
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  g_assert_false (gst_rtmp_buffer_begins_publisher (buffer));
  gst_rtmp_buffer_begin_publisher (buffer);
  g_assert_true (gst_rtmp_buffer_begins_publisher (buffer));
  g_assert_true (GST_BUFFER_IS_DISCONT (buffer));
}

int
main (int argc, char **argv)
{
  gst_rtmp_test_init (&argc, &argv);
  g_test_add_func ("/buffer/memory-to-bytes", test_memory_to_bytes);
  g_test_add_func ("/buffer/memory-not-mapped", test_memory_not_mapped);
  g_test_add_data_func ("/buffer/tag", GSIZE_TO_POINTER (1024), test_tag);
  g_test_add_data_func ("/buffer/tag-small", GSIZE_TO_POINTER (1023), test_tag);
  g_test_add_data_func ("/buffer/tag-empty", NULL, test_tag);
  g_test_add_func ("/buffer/tag-owns", test_tag_owns);
  g_test_add_func ("/buffer/tag-is-read-only", test_tag_is_read_only);
  g_test_add_func ("/buffer/file-header", test_file_header);
  g_test_add_func ("/buffer/publisher", test_publisher);
  return g_test_run ();
}

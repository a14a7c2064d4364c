/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "benchelements.h"

#include <gst/base/base.h>

static struct
{
  const BenchStream *stream;
  guint8 *data;                 /* file header, then all tags */
  gsize size;

  gboolean verify;
  FlvReader *reader;
  BenchCheck check;
  guint64 received;
} bench;

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src",
    GST_PAD_SRC,
    GST_PAD_ALWAYS,
    GST_STATIC_CAPS ("video/x-flv"));
static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK,
    GST_PAD_ALWAYS,
    GST_STATIC_CAPS_ANY);

typedef struct
{
  GstPushSrc parent;

  guint64 next;                 /* message; the file header goes before 0 */
  gsize offset;
} BenchSrc;

typedef struct
{
  GstPushSrcClass parent_class;
} BenchSrcClass;

GType bench_src_get_type (void);
G_DEFINE_TYPE (BenchSrc, bench_src, GST_TYPE_PUSH_SRC);

static GstBuffer *
bench_buffer (gsize offset, gsize size)
{
  GstBuffer *buffer = gst_buffer_new ();

  gst_buffer_append_memory (buffer,
      gst_memory_new_wrapped (GST_MEMORY_FLAG_READONLY,
          bench.data, bench.size, offset, size, NULL, NULL));
  return buffer;
}

static void
append_header (GValue * array, gsize offset, gsize size)
{
  GValue value = G_VALUE_INIT;
  GstBuffer *buffer = bench_buffer (offset, size);

  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_HEADER);
  g_value_init (&value, GST_TYPE_BUFFER);
  g_value_take_boxed (&value, buffer);
  gst_value_array_append_and_take_value (array, &value);
}

static gboolean
bench_src_negotiate (GstBaseSrc * src)
{
  GstCaps *caps = gst_caps_new_empty_simple ("video/x-flv");
  GValue array = G_VALUE_INIT;
  gsize offset = FLV_FILE_HEADER_SIZE, size;
  gboolean ok;
  guint n;

  gst_value_array_init (&array, 1 + BENCH_STREAM_LEAD);
  append_header (&array, 0, offset);
  for (n = 0; n < BENCH_STREAM_LEAD; n++, offset += size) {
    size = bench_stream_tag_size (bench.stream, n);
    append_header (&array, offset, size);
  }
  gst_structure_take_value (gst_caps_get_structure (caps, 0), "streamheader",
      &array);
  ok = gst_base_src_set_caps (src, caps);
  gst_caps_unref (caps);
  return ok;
}

static GstFlowReturn
bench_src_create (GstPushSrc * src, GstBuffer ** out)
{
  BenchSrc *self = (BenchSrc *) src;
  gsize size = FLV_FILE_HEADER_SIZE;
  GstBuffer *buffer;

  if (self->next == bench.stream->messages)
    return GST_FLOW_EOS;
  if (self->offset > 0)
    size = bench_stream_tag_size (bench.stream, self->next);
  buffer = bench_buffer (self->offset, size);
  if (self->next < BENCH_STREAM_LEAD)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_HEADER);
  GST_BUFFER_PTS (buffer) = GST_BUFFER_DTS (buffer) =
      bench_stream_timestamp (bench.stream, self->next) * GST_MSECOND;
  if (self->offset > 0)
    self->next++;
  self->offset += size;
  *out = buffer;
  return GST_FLOW_OK;
}

static void
bench_src_class_init (BenchSrcClass * klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Benchmark source",
      "Source", "The benchmark's stream, a tag a buffer", "gst-rtmp");
  GST_BASE_SRC_CLASS (klass)->negotiate = bench_src_negotiate;
  GST_PUSH_SRC_CLASS (klass)->create = bench_src_create;
}

static void
bench_src_init (BenchSrc * self)
{
  gst_base_src_set_format (GST_BASE_SRC (self), GST_FORMAT_TIME);
}

typedef GstBaseSink BenchSink;
typedef GstBaseSinkClass BenchSinkClass;

GType bench_sink_get_type (void);
G_DEFINE_TYPE (BenchSink, bench_sink, GST_TYPE_BASE_SINK);

static GstFlowReturn
verify_buffer (BenchSink * self, GstBuffer * buffer)
{
  GstMapInfo map;
  GBytes *block;
  GError *error = NULL;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return GST_FLOW_ERROR;
  block = g_bytes_new (map.data, map.size);
  gst_buffer_unmap (buffer, &map);
  if (!flv_reader_feed (bench.reader, block, bench_check_tag, &bench.check,
          &error)) {
    GST_ELEMENT_ERROR (self, STREAM, FAILED, ("%s", error->message), (NULL));
    g_clear_error (&error);
  }
  g_bytes_unref (block);
  return GST_FLOW_OK;
}

static GstFlowReturn
bench_sink_render (GstBaseSink * sink, GstBuffer * buffer)
{
  bench.received += gst_buffer_get_size (buffer);
  return bench.verify ? verify_buffer (sink, buffer) : GST_FLOW_OK;
}

static void
bench_sink_class_init (BenchSinkClass * klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_set_static_metadata (element_class, "Benchmark sink",
      "Sink", "Counts and checks the benchmark's stream", "gst-rtmp");
  klass->render = bench_sink_render;
}

static void
bench_sink_init (BenchSink * self)
{
  gst_base_sink_set_sync (self, FALSE);
  gst_base_sink_set_last_sample_enabled (self, FALSE);
}

void
bench_elements_init (const BenchStream * stream, gboolean verify)
{
  gsize offset = FLV_FILE_HEADER_SIZE;
  guint64 n;

  bench.stream = stream;
  bench.verify = verify;
  bench.reader = flv_reader_new ();
  bench_check_init (&bench.check, stream);
  bench.size = offset + bench_stream_media_size (stream);
  for (n = 0; n < BENCH_STREAM_LEAD; n++)
    bench.size += bench_stream_tag_size (stream, n);
  bench.data = g_malloc (bench.size);
  flv_write_file_header (bench.data, TRUE, TRUE);
  for (n = 0; n < stream->messages; n++) {
    bench_stream_tag (stream, n, bench.data + offset);
    offset += bench_stream_tag_size (stream, n);
  }
  gst_element_register (NULL, "benchsrc", GST_RANK_NONE, bench_src_get_type ());
  gst_element_register (NULL, "benchsink", GST_RANK_NONE,
      bench_sink_get_type ());
}

void
bench_elements_clear (void)
{
  g_clear_pointer (&bench.reader, flv_reader_free);
  bench_check_clear (&bench.check);
  g_clear_pointer (&bench.data, g_free);
}

guint64
bench_elements_received (void)
{
  return bench.received;
}

gboolean
bench_elements_check (GError ** error)
{
  guint64 expected = bench_stream_media_size (bench.stream);

  if (bench.verify && !bench_check_is_complete (&bench.check)) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_STATE, "%" G_GUINT64_FORMAT
        " of %" G_GUINT64_FORMAT " messages", bench.check.messages,
        bench.stream->messages - BENCH_STREAM_LEAD);
    return FALSE;
  }
  if (bench.received < expected) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_STATE, "%" G_GUINT64_FORMAT
        " bytes, expected at least %" G_GUINT64_FORMAT,
        bench.received, expected);
    return FALSE;
  }
  return TRUE;
}

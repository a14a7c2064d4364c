/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "benchelements.h"

#include <gst/base/base.h>
#include <string.h>

/* In the tag of a picture that is paced: behind the headers of FLV and AVC. */
#define GIVEN_OFFSET (FLV_TAG_HEADER_SIZE + 5)
/* For a connection to be up before the first picture. */
#define PACED_LEAD (GST_SECOND / 2)

static struct
{
  const BenchStream *stream;
  guint8 *data;                 /* file header, then all tags */
  gsize size;

  gboolean verify;
  FlvReader *reader;
  BenchCheck check;
  guint64 received;
  gboolean but_last;

  GstClock *clock;              /* the machine's: all processes read the same */
  GstClockTime interval;        /* of messages; 0: as fast as they are taken */
  GArray *delays;               /* of GstClockTimeDiff */
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
  GstClockTime start;           /* of the first paced message */
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

static void
wait_until (GstClockTime time)
{
  GstClockID id = gst_clock_new_single_shot_id (bench.clock, time);

  gst_clock_id_wait (id, NULL);
  gst_clock_id_unref (id);
}

/* Waits until the next message is due, and notes in it when that was. */
static void
bench_src_pace (BenchSrc * self)
{
  GstClockTime now = gst_clock_get_time (bench.clock);

  if (self->start == 0)
    self->start = now + PACED_LEAD;
  wait_until (self->start + (self->next - BENCH_STREAM_LEAD) * bench.interval);
  now = gst_clock_get_time (bench.clock);
  memcpy (bench.data + self->offset + GIVEN_OFFSET, &now, sizeof (now));
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
  if (bench.interval > 0 && self->next >= BENCH_STREAM_LEAD)
    bench_src_pace (self);
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

static void
note_delay (GstBuffer * buffer)
{
  GstClockTime given;
  GstClockTimeDiff delay;

  if (gst_buffer_get_size (buffer)
      != bench_stream_tag_size (bench.stream, BENCH_STREAM_LEAD))
    return;
  gst_buffer_extract (buffer, GIVEN_OFFSET, &given, sizeof (given));
  delay = GST_CLOCK_DIFF (given, gst_clock_get_time (bench.clock));
  g_array_append_val (bench.delays, delay);
}

static GstFlowReturn
bench_sink_render (GstBaseSink * sink, GstBuffer * buffer)
{
  bench.received += gst_buffer_get_size (buffer);
  if (bench.interval > 0)
    note_delay (buffer);
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
  bench.delays = g_array_new (FALSE, FALSE, sizeof (GstClockTimeDiff));
  bench.clock = gst_system_clock_obtain ();
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
bench_elements_pace (guint pictures_per_second)
{
  bench.interval = GST_SECOND / (pictures_per_second * bench.stream->slots);
}

void
bench_elements_but_last (void)
{
  bench.but_last = TRUE;
}

void
bench_elements_clear (void)
{
  gst_clear_object (&bench.clock);
  g_clear_pointer (&bench.delays, g_array_unref);
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
  guint64 messages = bench.stream->messages - BENCH_STREAM_LEAD;
  guint64 bytes = bench_stream_media_size (bench.stream);

  if (bench.but_last) {
    messages--;
    bytes -= bench_stream_tag_size (bench.stream, bench.stream->messages - 1);
  }
  if (bench.verify && bench.check.messages < messages) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_STATE, "%" G_GUINT64_FORMAT
        " of %" G_GUINT64_FORMAT " messages", bench.check.messages, messages);
    return FALSE;
  }
  if (bench.received < bytes) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_STATE, "%" G_GUINT64_FORMAT
        " bytes, expected at least %" G_GUINT64_FORMAT, bench.received, bytes);
    return FALSE;
  }
  return TRUE;
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  GstClockTimeDiff one = *(const GstClockTimeDiff *) a;
  GstClockTimeDiff other = *(const GstClockTimeDiff *) b;

  return one < other ? -1 : one > other;
}

GstClockTimeDiff
bench_elements_delay (guint percent)
{
  if (bench.delays->len == 0)
    return GST_CLOCK_STIME_NONE;
  g_array_sort (bench.delays, compare);
  return g_array_index (bench.delays, GstClockTimeDiff,
      (bench.delays->len - 1) * percent / 100);
}

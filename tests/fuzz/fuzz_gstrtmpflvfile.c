/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file in pull mode, looked through for where to begin: with an index of four
 * places, which the first eight bytes are, if the ninth is odd. Places are in
 * the file, and looking for them ends. */
#include "gstrtmpflvfile.h"

#define N_PLACES 4
#define HEAD_SIZE (2 * N_PLACES + 1)
/* The longest file that is read to its end over and over; a tag is 11 bytes. */
#define MAX_PULLS(size) (64 + 4 * (size))

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

typedef struct
{
  const guint8 *data;
  gsize size;
  gsize n_pulls;
} File;

static GstFlowReturn
on_pull (GstPad * pad, GstObject * parent, guint64 offset, guint size,
    GstBuffer ** buffer)
{
  File *file = gst_pad_get_element_private (pad);
  gsize n;

  g_assert_cmpuint (++file->n_pulls, <=, MAX_PULLS (file->size));
  if (offset >= file->size)
    return GST_FLOW_EOS;
  n = MIN (size, file->size - (gsize) offset);
  *buffer = gst_buffer_new_memdup (file->data + offset, n);
  return GST_FLOW_OK;
}

static gboolean
on_query (GstPad * pad, GstObject * parent, GstQuery * query)
{
  File *file = gst_pad_get_element_private (pad);

  if (GST_QUERY_TYPE (query) != GST_QUERY_DURATION)
    return FALSE;
  gst_query_set_duration (query, GST_FORMAT_BYTES, (gint64) file->size);
  return TRUE;
}

static void
take_index (GstRtmpFlvFile * self, const guint8 * data)
{
  GArray *index = g_array_new (FALSE, FALSE, sizeof (FlvIndexEntry));

  for (guint i = 0; i < N_PLACES; i++) {
    const FlvIndexEntry entry = { GST_READ_UINT16_BE (data + 2 * i), i * 1000 };

    g_array_append_val (index, entry);
  }
  gst_rtmp_flv_file_take_index (self, index);
}

static void
look (GstRtmpFlvFile * self, gsize size)
{
  static const GstClockTime times[] = { 0, 1500 * GST_MSECOND, GST_SECOND / 3,
    GST_CLOCK_TIME_NONE - 1
  };
  GstRtmpFlvPlace place;

  gst_rtmp_flv_file_last_time (self);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    if (gst_rtmp_flv_file_find (self, times[i], &place) == GST_FLOW_OK)
      g_assert_cmpuint (place.offset, <=, size);
    if (gst_rtmp_flv_file_find_next (self, times[i], &place) == GST_FLOW_OK)
      g_assert_cmpuint (place.offset, <=, size);
  }
}

static void
run (File * file, const guint8 * head)
{
  GstPad *source = gst_pad_new ("src", GST_PAD_SRC);
  GstPad *sink = gst_pad_new ("sink", GST_PAD_SINK);
  GstRtmpFlvFile *self = gst_rtmp_flv_file_new (sink);

  gst_pad_set_element_private (source, file);
  gst_pad_set_getrange_function (source, on_pull);
  gst_pad_set_query_function (source, on_query);
  gst_pad_link (source, sink);
  gst_pad_activate_mode (sink, GST_PAD_MODE_PULL, TRUE);
  if (head[2 * N_PLACES] & 1)
    take_index (self, head);
  look (self, file->size);
  gst_rtmp_flv_file_free (self);
  gst_pad_set_active (sink, FALSE);
  gst_pad_set_active (source, FALSE);
  gst_object_unref (sink);
  gst_object_unref (source);
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  File file = { data + HEAD_SIZE, size - HEAD_SIZE, 0 };

  if (!gst_is_initialized ())
    gst_init (NULL, NULL);
  if (size >= HEAD_SIZE)
    run (&file, data);
  return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A pipeline with an element of ours that listens, what it tells, and what
 * flows through it. Functions are static, for one test file. */
#include <string.h>

#include "gstrtmptest.h"
#include "rtmpserverfixture.h"

typedef struct
{
  GstRtmpTest *test;
  GstElement *element;          /* "server" */
  guint16 port;
  Diary signals;                /* "added 1 live/cam"... */
  Diary output;                 /* "V 40 (DISCONT)", "eos" */
  GByteArray *bytes;            /* under output.lock */
  GArray *times;                /* of GstClockTime, likewise */
} Service;

static inline void
service_on_signal (GstElement * element, const GstStructure * caller,
    gpointer user_data)
{
  g_assert_true (gst_structure_has_name (caller, "rtmp-caller"));
  g_assert_true (gst_structure_has_field_typed (caller, "id", G_TYPE_UINT64));
  g_assert_true (g_str_has_prefix (gst_structure_get_string (caller, "peer"),
          "127.0.0.1:"));
  g_assert_nonnull (gst_structure_get_string (caller, "tc-url"));
  g_assert_nonnull (gst_structure_get_string (caller, "flash-version"));
  diary_add (user_data, "%s/%s?%s%s%s",
      gst_structure_get_string (caller, "application"),
      gst_structure_get_string (caller, "stream"),
      gst_structure_get_string (caller, "query"),
      gst_structure_get_string (caller, "reason") ? " because " : "",
      gst_structure_get_string (caller, "reason")
      ? gst_structure_get_string (caller, "reason") : "");
}

static inline void
service_on_added (GstElement * element, const GstStructure * caller,
    gpointer user_data)
{
  Diary signals;

  diary_init (&signals);
  service_on_signal (element, caller, &signals);
  diary_add (user_data, "added %s",
      (const gchar *) g_ptr_array_index (signals.lines, 0));
  diary_clear (&signals);
}

static inline void
service_on_removed (GstElement * element, const GstStructure * caller,
    gpointer user_data)
{
  Diary signals;

  diary_init (&signals);
  service_on_signal (element, caller, &signals);
  diary_add (user_data, "removed %s",
      (const gchar *) g_ptr_array_index (signals.lines, 0));
  diary_clear (&signals);
}

static inline void
service_on_rejected (GstElement * element, const GstStructure * caller,
    gpointer user_data)
{
  Diary signals;

  diary_init (&signals);
  service_on_signal (element, caller, &signals);
  diary_add (user_data, "rejected %s",
      (const gchar *) g_ptr_array_index (signals.lines, 0));
  diary_clear (&signals);
}

static inline GstPadProbeReturn
service_on_output (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Service *self = user_data;
  GstBuffer *buffer;
  GstClockTime time;
  GstMapInfo map;

  if (info->type & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM) {
    if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_EOS)
      diary_add (&self->output, "eos");
    return GST_PAD_PROBE_OK;
  }
  buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  time = GST_BUFFER_PTS (buffer);
  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_mutex_lock (&self->output.lock);
  g_byte_array_append (self->bytes, map.data, (guint) map.size);
  g_array_append_val (self->times, time);
  g_mutex_unlock (&self->output.lock);
  diary_add (&self->output, "%c%s", map.size < 16 ? 'F'
      : map.data[0] == 18 ? 'D' : map.data[0] == 8 ? 'A' : 'V',
      self->times->len > 1 && GST_BUFFER_FLAG_IS_SET (buffer,
          GST_BUFFER_FLAG_DISCONT) ? " discont" : "");
  gst_buffer_unmap (buffer, &map);
  return GST_PAD_PROBE_OK;
}

/* Of gst_parse_launch(), with an element "server" in it, which is told a port
 * of 0; at once in @state. */
static inline void
service_start (Service * self, GstState state, const gchar * launch)
{
  g_autoptr (GstPad) pad = NULL;
  gint port;

  memset (self, 0, sizeof (*self));
  diary_init (&self->signals);
  diary_init (&self->output);
  self->bytes = g_byte_array_new ();
  self->times = g_array_new (FALSE, FALSE, sizeof (GstClockTime));
  self->test = gst_rtmp_test_new ("%s", launch);
  self->element = gst_rtmp_test_element (self->test, "server");
  g_signal_connect (self->element, "caller-added",
      G_CALLBACK (service_on_added), &self->signals);
  g_signal_connect (self->element, "caller-removed",
      G_CALLBACK (service_on_removed), &self->signals);
  g_signal_connect (self->element, "caller-rejected",
      G_CALLBACK (service_on_rejected), &self->signals);
  pad = gst_element_get_static_pad (self->element, "src");
  if (pad)
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER |
        GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, service_on_output, self, NULL);
  gst_rtmp_test_set_state (self->test, state);
  g_object_get (self->element, "port", &port, NULL);
  g_assert_true (state < GST_STATE_PAUSED || port > 0);
  self->port = (guint16) port;
}

static inline void
service_clear (Service * self)
{
  gst_rtmp_test_free (self->test);
  diary_clear (&self->signals);
  diary_clear (&self->output);
  g_byte_array_unref (self->bytes);
  g_array_unref (self->times);
}

/* The tags that have come out. (transfer full) */
static inline GPtrArray *
service_tags (Service * self)
{
  g_autoptr (GBytes) bytes = NULL;

  g_mutex_lock (&self->output.lock);
  bytes = g_bytes_new (self->bytes->data, self->bytes->len);
  g_mutex_unlock (&self->output.lock);
  return gst_rtmp_test_tags (bytes);
}

/* The same tags of @type; times may differ by what they begin at. */
static inline void
assert_same_tags (GPtrArray * got, GPtrArray * wanted, guint8 type)
{
  guint32 shift = 0;
  guint i, k = 0, n = 0;

  for (i = 0; i < wanted->len; i++) {
    const RtmpMessage *a = g_ptr_array_index (wanted, i), *b;

    if (a->type != type)
      continue;
    while (k < got->len
        && ((RtmpMessage *) g_ptr_array_index (got, k))->type != type)
      k++;
    g_assert_cmpuint (k, <, got->len);
    b = g_ptr_array_index (got, k++);
    if (n++ == 0)
      shift = b->timestamp - a->timestamp;
    g_assert_cmpuint (b->timestamp - a->timestamp, ==, shift);
    g_assert_true (g_bytes_equal (a->payload, b->payload));
  }
  for (; k < got->len; k++)
    g_assert_cmpuint (((RtmpMessage *) g_ptr_array_index (got, k))->type, !=,
        type);
}

static inline void
assert_same_media (GPtrArray * got, GPtrArray * wanted)
{
  assert_same_tags (got, wanted, RTMP_MESSAGE_AUDIO);
  assert_same_tags (got, wanted, RTMP_MESSAGE_VIDEO);
  assert_same_tags (got, wanted, RTMP_MESSAGE_DATA_AMF0);
}

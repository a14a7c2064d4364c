/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tags out of buffers, as any sink for FLV wants them. */
#include <string.h>

#include "gstrtmpfeed.h"
#include "gstrtmptest.h"

static GstFlowReturn
on_tag (const FlvTag * tag, guint32 timestamp, gpointer user_data)
{
  gst_rtmp_test_media_add (user_data, (RtmpMessageType) tag->type, timestamp,
      g_bytes_ref (tag->body));
  return GST_FLOW_OK;
}

typedef struct
{
  GstElement *sink;
  GPtrArray *tags;
  GstRtmpFeed *feed;
} Fixture;

static void
fixture_init (Fixture * f)
{
  f->sink = gst_element_factory_make ("fakesink", NULL);
  g_assert_nonnull (f->sink);
  gst_object_ref_sink (f->sink);
  f->tags = gst_rtmp_test_media_new ();
  f->feed = gst_rtmp_feed_new (GST_BASE_SINK (f->sink), on_tag, f->tags);
}

static void
fixture_clear (Fixture * f)
{
  gst_rtmp_feed_free (f->feed);
  g_ptr_array_unref (f->tags);
  gst_object_unref (f->sink);
}

static void
feed (Fixture * f, GBytes * bytes, gsize begin, gsize size, guint flags)
{
  g_autoptr (GBytes) part = g_bytes_new_from_bytes (bytes, begin, size);
  GstBuffer *buffer = gst_buffer_new_wrapped_bytes (part);

  GST_BUFFER_FLAG_SET (buffer, flags);
  g_assert_cmpint (gst_rtmp_feed_buffer (f->feed, buffer), ==, GST_FLOW_OK);
  gst_buffer_unref (buffer);
}

/* However the input is cut. */
static void
test_cuts (void)
{
  static const gsize cuts[] = { 1, 2, 7, 997, 1 << 20 };
  g_autoptr (GBytes) flv = gst_rtmp_test_read ("avc_aac.flv");
  g_autoptr (GPtrArray) wanted = gst_rtmp_test_tags (flv);
  gsize at, size = g_bytes_get_size (flv);
  guint i, k;
  Fixture f;

  for (i = 0; i < G_N_ELEMENTS (cuts); i++) {
    fixture_init (&f);
    for (at = 0; at < size; at += cuts[i])
      feed (&f, flv, at, MIN (cuts[i], size - at), 0);
    g_assert_cmpuint (f.tags->len, ==, wanted->len);
    for (k = 0; k < wanted->len; k++) {
      const RtmpMessage *a = g_ptr_array_index (wanted, k);
      const RtmpMessage *b = g_ptr_array_index (f.tags, k);

      g_assert_cmpuint (a->timestamp, ==, b->timestamp);
      g_assert_true (g_bytes_equal (a->payload, b->payload));
    }
    fixture_clear (&f);
  }
}

static GstCaps *
caps_of (GBytes * header)
{
  GstCaps *caps = gst_caps_new_empty_simple ("video/x-flv");
  GValue array = G_VALUE_INIT, value = G_VALUE_INIT;

  g_value_init (&value, GST_TYPE_BUFFER);
  g_value_take_boxed (&value, gst_buffer_new_wrapped_bytes (header));
  g_value_init (&array, GST_TYPE_ARRAY);
  gst_value_array_append_and_take_value (&array, &value);
  gst_caps_set_value (caps, "streamheader", &array);
  g_value_unset (&array);
  return caps;
}

/* Headers of caps come once, not again as buffers, and never step back. */
static void
test_headers (void)
{
  g_autoptr (GPtrArray) media = gst_rtmp_test_media_new ();
  g_autoptr (GBytes) header = NULL, tag = NULL, other = NULL;
  g_autoptr (GstCaps) caps = NULL;
  RtmpMessage message = {.type = RTMP_MESSAGE_VIDEO,.timestamp = 500 };
  Fixture f;

  gst_rtmp_test_media_add (media, RTMP_MESSAGE_VIDEO, 0,
      gst_rtmp_test_payload (1, 9));
  header = gst_rtmp_test_flv (media);
  message.payload = gst_rtmp_test_payload (2, 9);
  tag = gst_rtmp_test_tag (&message);
  message.timestamp = 0;
  other = gst_rtmp_test_tag (&message);
  g_bytes_unref (message.payload);
  caps = caps_of (header);
  fixture_init (&f);
  g_assert_true (gst_rtmp_feed_set_caps (f.feed, caps));
  g_assert_cmpint (gst_rtmp_feed_headers (f.feed), ==, GST_FLOW_OK);
  g_assert_cmpuint (f.tags->len, ==, 1);
  g_assert_false (gst_rtmp_feed_set_caps (f.feed, caps));
  feed (&f, header, 0, g_bytes_get_size (header), GST_BUFFER_FLAG_HEADER);
  g_assert_cmpuint (f.tags->len, ==, 1);
  feed (&f, tag, 0, g_bytes_get_size (tag), 0);
  feed (&f, other, 0, g_bytes_get_size (other), GST_BUFFER_FLAG_HEADER);
  g_assert_cmpuint (f.tags->len, ==, 3);
  g_assert_cmpuint (((RtmpMessage *) g_ptr_array_index (f.tags, 2))->timestamp,
      ==, 500);
  fixture_clear (&f);
}

/* After a flush a tag may begin anywhere. */
static void
test_reset (void)
{
  g_autoptr (GPtrArray) media = gst_rtmp_test_numbered (1, 100);
  g_autoptr (GBytes) flv = gst_rtmp_test_flv (media);
  Fixture f;

  fixture_init (&f);
  feed (&f, flv, 0, 50, 0);
  gst_rtmp_feed_reset (f.feed);
  feed (&f, flv, 0, g_bytes_get_size (flv), 0);
  g_assert_cmpuint (f.tags->len, ==, 1);
  fixture_clear (&f);
}

int
main (int argc, char **argv)
{
  gst_rtmp_test_init (&argc, &argv);
  g_test_add_func ("/gstrtmpfeed/cuts", test_cuts);
  g_test_add_func ("/gstrtmpfeed/headers", test_headers);
  g_test_add_func ("/gstrtmpfeed/reset", test_reset);
  return g_test_run ();
}

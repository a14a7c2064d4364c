/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmptest.h"

#include <string.h>

#include "flvfile.h"

GST_PLUGIN_STATIC_DECLARE (rtmp);

void
gst_rtmp_test_init (int *argc, char ***argv)
{
  g_test_init (argc, argv, NULL);
  gst_init (argc, argv);
  GST_PLUGIN_STATIC_REGISTER (rtmp);
}

gchar *
gst_rtmp_test_path (const gchar * name)
{
  return g_build_filename (g_getenv ("FILES"), "media", name, NULL);
}

GBytes *
gst_rtmp_test_read (const gchar * name)
{
  g_autofree gchar *path = gst_rtmp_test_path (name);
  GError *error = NULL;
  gchar *data;
  gsize size;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (data, size);
}

/* Media */

static void
message_free (gpointer data)
{
  rtmp_message_clear (data);
  g_free (data);
}

GPtrArray *
gst_rtmp_test_media_new (void)
{
  return g_ptr_array_new_with_free_func (message_free);
}

void
gst_rtmp_test_media_add (GPtrArray * media, RtmpMessageType type,
    guint32 timestamp, GBytes * payload)
{
  RtmpMessage *message = g_new0 (RtmpMessage, 1);

  message->type = (guint8) type;
  message->timestamp = timestamp;
  message->payload = payload;
  g_ptr_array_add (media, message);
}

static gboolean
on_tag (const FlvTag * tag, gpointer user_data, GError ** error)
{
  gst_rtmp_test_media_add (user_data, (RtmpMessageType) tag->type,
      tag->timestamp, g_bytes_ref (tag->body));
  return TRUE;
}

GPtrArray *
gst_rtmp_test_tags (GBytes * flv)
{
  g_autoptr (FlvReader) reader = flv_reader_new ();
  GPtrArray *media = gst_rtmp_test_media_new ();
  GError *error = NULL;

  flv_reader_feed (reader, flv, on_tag, media, &error);
  g_assert_no_error (error);
  g_assert_false (flv_reader_is_partial (reader));
  return media;
}

static void
append_tag (GByteArray * bytes, const RtmpMessage * message)
{
  guint8 header[FLV_TAG_HEADER_SIZE], trailer[FLV_TAG_TRAILER_SIZE];
  gsize size;
  gconstpointer body = g_bytes_get_data (message->payload, &size);

  flv_write_tag_header (header, (FlvTagType) message->type, size,
      message->timestamp);
  flv_write_tag_trailer (trailer, size);
  g_byte_array_append (bytes, header, sizeof (header));
  g_byte_array_append (bytes, body, (guint) size);
  g_byte_array_append (bytes, trailer, sizeof (trailer));
}

GBytes *
gst_rtmp_test_tag (const RtmpMessage * message)
{
  GByteArray *bytes = g_byte_array_new ();

  append_tag (bytes, message);
  return g_byte_array_free_to_bytes (bytes);
}

GBytes *
gst_rtmp_test_flv (GPtrArray * media)
{
  GByteArray *bytes = g_byte_array_new ();
  guint8 header[FLV_FILE_HEADER_SIZE];
  guint i;

  flv_write_file_header (header, TRUE, TRUE);
  g_byte_array_append (bytes, header, sizeof (header));
  for (i = 0; i < media->len; i++)
    append_tag (bytes, g_ptr_array_index (media, i));
  return g_byte_array_free_to_bytes (bytes);
}

GBytes *
gst_rtmp_test_payload (guint n, gsize size)
{
  guint8 *data = g_malloc (size);
  gsize i;

  for (i = 0; i < size; i++)
    data[i] = (guint8) (n * 31 + i * 7 + (i >> 8));
  return g_bytes_new_take (data, size);
}

GPtrArray *
gst_rtmp_test_numbered (guint n, gsize size)
{
  GPtrArray *media = gst_rtmp_test_media_new ();
  guint i;

  for (i = 0; i < n; i++)
    gst_rtmp_test_media_add (media, RTMP_MESSAGE_VIDEO, i * 10,
        gst_rtmp_test_payload (i, size));
  return media;
}

/* What a server was published */

/* Publishers put this before metadata. */
#define SET_DATA_FRAME "\2\0\15@setDataFrame"

static gchar *
describe (const RtmpMessage * message)
{
  const gsize prefix = sizeof (SET_DATA_FRAME) - 1;
  gsize size;
  const guint8 *data = g_bytes_get_data (message->payload, &size);
  g_autofree gchar *sum = NULL;

  if (size > prefix && memcmp (data, SET_DATA_FRAME, prefix) == 0) {
    data += prefix;
    size -= prefix;
  }
  sum = g_compute_checksum_for_data (G_CHECKSUM_MD5, data, size);
  return g_strdup_printf ("%u at %u: %" G_GSIZE_FORMAT " bytes %s",
      message->type, message->timestamp, size, sum);
}

static void
append_line (GString * text, const RtmpMessage * message, guint8 type)
{
  g_autofree gchar *line = NULL;

  if (message->type != type)
    return;
  line = describe (message);
  g_string_append_printf (text, "%s\n", line);
}

static GString *
list_published (RtmpTestServer * server, guint8 type)
{
  RtmpScriptedPeer *peer = rtmp_test_server_lock (server);
  GString *text = g_string_new (NULL);
  guint i;

  for (i = 0; i < rtmp_scripted_peer_n_received (peer); i++)
    append_line (text, rtmp_scripted_peer_received (peer, i), type);
  rtmp_test_server_unlock (server);
  return text;
}

void
gst_rtmp_test_assert_published (RtmpTestServer * server, GPtrArray * media)
{
  static const guint8 types[] = { RTMP_MESSAGE_AUDIO, RTMP_MESSAGE_VIDEO,
    RTMP_MESSAGE_DATA_AMF0
  };
  guint i, k;

  for (i = 0; i < G_N_ELEMENTS (types); i++) {
    GString *expected = g_string_new (NULL);
    GString *got = list_published (server, types[i]);

    for (k = 0; k < media->len; k++)
      append_line (expected, g_ptr_array_index (media, k), types[i]);
    g_assert_cmpstr (got->str, ==, expected->str);
    g_string_free (expected, TRUE);
    g_string_free (got, TRUE);
  }
}

void
gst_rtmp_test_assert_stopped (RtmpTestServer * server)
{
  RtmpScriptedPeer *peer = rtmp_test_server_lock (server);
  g_autofree gchar *all = rtmp_scripted_peer_transcript (peer);

  if (!g_str_has_suffix (all, "\nFCUnpublish\ndeleteStream\n"))
    g_error ("the stop commands are not the last: %s", all);
  rtmp_test_server_unlock (server);
}

/* Pipelines */

static GstBusSyncReply
on_message (GstBus * bus, GstMessage * message, gpointer user_data)
{
  GstRtmpTest *self = user_data;

  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->messages, message);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  return GST_BUS_DROP;          /* so that it is ours */
}

GstRtmpTest *
gst_rtmp_test_new (const gchar * format, ...)
{
  GstRtmpTest *self = g_new0 (GstRtmpTest, 1);
  g_autofree gchar *launch = NULL;
  g_autoptr (GstBus) bus = NULL;
  GError *error = NULL;
  va_list args;

  va_start (args, format);
  launch = g_strdup_vprintf (format, args);
  va_end (args);
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->messages =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_message_unref);
  self->pipeline = gst_parse_launch_full (launch, NULL,
      GST_PARSE_FLAG_FATAL_ERRORS | GST_PARSE_FLAG_PLACE_IN_BIN, &error);
  g_assert_no_error (error);
  if (!GST_IS_PIPELINE (self->pipeline)) {
    GstElement *pipeline = gst_pipeline_new (NULL);

    gst_bin_add (GST_BIN (pipeline), self->pipeline);
    self->pipeline = pipeline;
  }
  bus = gst_element_get_bus (self->pipeline);
  gst_bus_set_sync_handler (bus, on_message, self, NULL);
  return self;
}

static void
on_gone (gpointer user_data, GObject * pipeline)
{
  GstRtmpTest *self = user_data;

  g_mutex_lock (&self->lock);
  self->pipeline = NULL;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

/* Threads that completed a change of state may still hold the pipeline for a
 * moment. */
static void
wait_gone (GstRtmpTest * self)
{
  gint64 end = g_get_monotonic_time () + RTMP_TEST_PATIENCE;

  g_mutex_lock (&self->lock);
  while (self->pipeline)
    if (!g_cond_wait_until (&self->cond, &self->lock, end))
      g_error ("something still holds the pipeline");
  g_mutex_unlock (&self->lock);
}

void
gst_rtmp_test_free (GstRtmpTest * self)
{
  g_assert_cmpint (gst_element_set_state (self->pipeline, GST_STATE_NULL), ==,
      GST_STATE_CHANGE_SUCCESS);
  g_ptr_array_set_size (self->messages, 0);
  g_object_weak_ref (G_OBJECT (self->pipeline), on_gone, self);
  gst_object_unref (self->pipeline);
  wait_gone (self);
  g_ptr_array_unref (self->messages);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self);
}

GstElement *
gst_rtmp_test_element (GstRtmpTest * self, const gchar * name)
{
  GstElement *element = gst_bin_get_by_name (GST_BIN (self->pipeline), name);

  g_assert_nonnull (element);
  gst_object_unref (element);
  return element;
}

void
gst_rtmp_test_set_state (GstRtmpTest * self, GstState state)
{
  g_assert_cmpint (gst_element_set_state (self->pipeline, state), !=,
      GST_STATE_CHANGE_FAILURE);
}

void
gst_rtmp_test_wait_state (GstRtmpTest * self)
{
  GstStateChangeReturn result = gst_element_get_state (self->pipeline, NULL,
      NULL, RTMP_TEST_PATIENCE * GST_USECOND);

  g_assert_true (result == GST_STATE_CHANGE_SUCCESS
      || result == GST_STATE_CHANGE_NO_PREROLL);
}

/* Messages */

typedef gboolean (*Filter) (GstRtmpTest * self, GstMessage * message,
    gconstpointer what);

static GstMessage *
find_locked (GstRtmpTest * self, Filter filter, gconstpointer what)
{
  guint i;

  for (i = 0; i < self->messages->len; i++)
    if (filter (self, g_ptr_array_index (self->messages, i), what))
      return g_ptr_array_index (self->messages, i);
  return NULL;
}

static void
fail_locked (GstRtmpTest * self, const gchar * what)
{
  GString *text = g_string_new (NULL);
  guint i;

  for (i = 0; i < self->messages->len; i++) {
    GstMessage *message = g_ptr_array_index (self->messages, i);
    const GstStructure *structure = gst_message_get_structure (message);
    g_autofree gchar *detail =
        structure ? gst_structure_to_string (structure) : NULL;

    if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_STATE_CHANGED)
      g_string_append_printf (text, "\n%s of %s: %s",
          GST_MESSAGE_TYPE_NAME (message), GST_MESSAGE_SRC_NAME (message),
          detail);
  }
  g_error ("no %s; but:%s", what, text->str);
}

static GstMessage *
wait_for (GstRtmpTest * self, const gchar * name, Filter filter,
    gconstpointer what)
{
  gint64 end = g_get_monotonic_time () + RTMP_TEST_PATIENCE;
  GstMessage *message;

  g_mutex_lock (&self->lock);
  while ((message = find_locked (self, filter, what)) == NULL)
    if (!g_cond_wait_until (&self->cond, &self->lock, end))
      fail_locked (self, name);
  g_mutex_unlock (&self->lock);
  return message;
}

static guint
count (GstRtmpTest * self, Filter filter, gconstpointer what)
{
  guint i, n = 0;

  g_mutex_lock (&self->lock);
  for (i = 0; i < self->messages->len; i++)
    n += filter (self, g_ptr_array_index (self->messages, i), what);
  g_mutex_unlock (&self->lock);
  return n;
}

static gboolean
is_type (GstRtmpTest * self, GstMessage * message, gconstpointer what)
{
  GstMessageType type = *(const GstMessageType *) what;

  return (GST_MESSAGE_TYPE (message) & type)
      && (GST_MESSAGE_TYPE (message) != GST_MESSAGE_EOS
      || GST_MESSAGE_SRC (message) == GST_OBJECT (self->pipeline));
}

GstMessage *
gst_rtmp_test_wait (GstRtmpTest * self, GstMessageType type)
{
  return wait_for (self, gst_message_type_get_name (type), is_type, &type);
}

void
gst_rtmp_test_forget (GstRtmpTest * self)
{
  g_mutex_lock (&self->lock);
  g_ptr_array_set_size (self->messages, 0);
  g_mutex_unlock (&self->lock);
}

static gboolean
is_element (GstRtmpTest * self, GstMessage * message, gconstpointer name)
{
  return GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT
      && gst_message_has_name (message, name);
}

const GstStructure *
gst_rtmp_test_wait_element (GstRtmpTest * self, const gchar * name)
{
  return gst_message_get_structure (wait_for (self, name, is_element, name));
}

guint
gst_rtmp_test_count_element (GstRtmpTest * self, const gchar * name)
{
  return count (self, is_element, name);
}

static gboolean
is_progress (GstRtmpTest * self, GstMessage * message, gconstpointer what)
{
  GstProgressType type;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_PROGRESS)
    return FALSE;
  gst_message_parse_progress (message, &type, NULL, NULL);
  return type == *(const GstProgressType *) what;
}

void
gst_rtmp_test_wait_progress (GstRtmpTest * self, GstProgressType type)
{
  wait_for (self, "progress of that type", is_progress, &type);
}

guint
gst_rtmp_test_count_progress (GstRtmpTest * self, GstProgressType type)
{
  return count (self, is_progress, &type);
}

typedef struct
{
  GstMessageType type;
  GstElement *element;
} From;

static gboolean
is_from (GstRtmpTest * self, GstMessage * message, gconstpointer what)
{
  const From *from = what;

  return GST_MESSAGE_TYPE (message) == from->type && (from->element == NULL
      || GST_MESSAGE_SRC (message) == GST_OBJECT (from->element));
}

guint
gst_rtmp_test_count (GstRtmpTest * self, GstMessageType type,
    GstElement * element)
{
  const From from = { type, element };

  return count (self, is_from, &from);
}

static gboolean
tells (GstRtmpTest * self, GstMessage * message, gconstpointer secret)
{
  const GstStructure *structure = gst_message_get_structure (message);
  g_autofree gchar *text =
      structure ? gst_structure_to_string (structure) : NULL;

  return text && strstr (text, secret);
}

void
gst_rtmp_test_assert_secret (GstRtmpTest * self, const gchar * secret)
{
  g_assert_cmpuint (count (self, tells, secret), ==, 0);
}

void
gst_rtmp_test_assert_error (GstRtmpTest * self, GstElement * element,
    GQuark domain, gint code, const gchar * text)
{
  const From from = { GST_MESSAGE_ERROR, element };
  GstMessage *message = wait_for (self, "error", is_from, &from);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;

  gst_message_parse_error (message, &error, &debug);
  g_assert_error (error, domain, code);
  if (strstr (error->message, text) == NULL)
    g_error ("no \"%s\" in: %s", text, error->message);
  g_assert_nonnull (debug);
  g_assert_cmpuint (gst_rtmp_test_count (self, GST_MESSAGE_ERROR, element), ==,
      1);
}

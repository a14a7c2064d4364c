/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What rtmpmux refuses, and what it says of its stream: metadata, script data,
 * and the header of a file. */
#include <glib/gstdio.h>

#include "flvfile.h"
#include "flvindex.h"
#include "flvmetadata.h"
#include "gstrtmpmuxtest.h"
#include "gstrtmpscript.h"

/* Refusals */

typedef struct
{
  const gchar *name;
  const gchar *pad;
  const gchar *caps;
  const gchar *text;
} Refusal;

static const Refusal refusals[] = {
  {"track-without-fourcc", "a1", "audio/x-speex, rate=16000, channels=1",
      "Speex has no FourCC: it can be track 0 only."},
  {"no-codec-data", "v0", "video/x-h264, stream-format=avc, alignment=au",
      "H.264 caps have no codec_data"},
};

static void
test_refusal (gconstpointer user_data)
{
  const Refusal *r = user_data;
  GstRtmpMuxTest *t = gst_rtmp_mux_test_new ("");
  GstHarness *pad = gst_rtmp_mux_test_pad (t, r->pad);
  g_autoptr (GError) error = NULL;
  GstFlowReturn flow;

  gst_harness_set_src_caps (pad, gst_caps_from_string (r->caps));
  gst_harness_push (pad, gst_rtmp_mux_test_frame ("0"));
  error = gst_rtmp_mux_test_error (t);
  g_assert_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_WRONG_TYPE);
  g_assert_nonnull (g_strstr_len (error->message, -1, r->text));
  do
    flow = gst_harness_push (pad, gst_rtmp_mux_test_frame ("10"));
  while (flow == GST_FLOW_OK);
  g_assert_cmpint (flow, ==, GST_FLOW_ERROR);
  gst_rtmp_mux_test_free (t);
}

static void
test_unknown_caps (void)
{
  GstRtmpMuxTest *t = gst_rtmp_mux_test_new ("");
  GstHarness *pad = gst_rtmp_mux_test_pad (t, "v0");
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple ("video/x-theora");
  GstSegment segment;

  g_assert_false (gst_pad_peer_query_accept_caps (pad->srcpad, caps));
  gst_pad_push_event (pad->srcpad, gst_event_new_stream_start ("x"));
  gst_pad_push_event (pad->srcpad, gst_event_new_caps (caps));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (pad->srcpad, gst_event_new_segment (&segment));
  g_assert_cmpint (gst_harness_push (pad, gst_rtmp_mux_test_frame ("0")), ==,
      GST_FLOW_NOT_NEGOTIATED);
  gst_rtmp_mux_test_free (t);
}

static void
test_segment_of_bytes (void)
{
  GstRtmpMuxTest *t = gst_rtmp_mux_test_new ("");
  GstHarness *pad = gst_rtmp_mux_test_pad (t, "v0");
  g_autoptr (GError) error = NULL;
  GstSegment segment;

  gst_rtmp_mux_test_feed (t, "v0.avc");
  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_harness_push_event (pad, gst_event_new_segment (&segment));
  error = gst_rtmp_mux_test_error (t);
  g_assert_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT);
  g_assert_nonnull (g_strstr_len (error->message, -1, "bytes, not in time"));
  gst_rtmp_mux_test_free (t);
}

static void
test_no_frames (void)
{
  GstRtmpMuxTest *t = gst_rtmp_mux_test_new ("");
  GstMessage *message;

  gst_rtmp_mux_test_feed (t, "v0.avc a0.eos");
  gst_rtmp_mux_test_end (t);
  gst_rtmp_mux_test_expect_end (t, "");
  message = gst_bus_timed_pop_filtered (t->bus, 10 * GST_SECOND,
      GST_MESSAGE_WARNING);
  g_assert_nonnull (message);
  gst_message_unref (message);
  gst_rtmp_mux_test_free (t);
}

/* Pads */

static void
expect_pad (GstElement * mux, const gchar * asked, const gchar * given)
{
  g_autoptr (GstPad) pad = gst_element_request_pad_simple (mux, asked);

  if (given == NULL)
    g_assert_null (pad);
  else
    g_assert_cmpstr (GST_PAD_NAME (pad), ==, given);
}

static void
test_pads (void)
{
  g_autoptr (GstElement) mux =
      gst_object_ref_sink (gst_element_factory_make ("rtmpmux", NULL));

  expect_pad (mux, "video_%u", "video_0");
  expect_pad (mux, "video_2", "video_2");
  expect_pad (mux, "video_%u", "video_1");
  expect_pad (mux, "video_%u", "video_3");
  expect_pad (mux, "audio_255", "audio_255");
  expect_pad (mux, "audio_256", NULL);
  expect_pad (mux, "data_0", NULL);
  for (guint i = 0; i < 255; i++) {
    g_autofree gchar *name = g_strdup_printf ("audio_%u", i);

    expect_pad (mux, "audio_%u", name);
  }
  expect_pad (mux, "audio_%u", NULL);
  g_assert_cmpuint (GST_ELEMENT (mux)->numsinkpads, ==, 4 + 256);
}

static void
test_pad_twice (void)
{
  if (g_test_subprocess ()) {
    g_autoptr (GstElement) mux =
        gst_object_ref_sink (gst_element_factory_make ("rtmpmux", NULL));

    expect_pad (mux, "video_7", "video_7");
    g_log_set_always_fatal (G_LOG_LEVEL_ERROR);
    expect_pad (mux, "video_7", NULL);
    g_assert_cmpuint (mux->numsinkpads, ==, 1);
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
}

/* Metadata */

/* Of the next onMetaData, as a tree. */
static RtmpValue *
pull_metadata (GstRtmpMuxTest * t)
{
  for (;;) {
    g_autoptr (GstBuffer) tag = gst_harness_pull (t->out);
    g_autofree gchar *text = gst_rtmp_mux_test_describe (tag);

    if (g_str_has_suffix (text, "onMetaData")) {
      g_auto (FlvScript) script = { NULL, };
      RtmpValue *object;

      gst_rtmp_mux_test_script (tag, &script);
      g_assert_cmpuint (script.values->len, ==, 1);
      object = g_ptr_array_index (script.values, 0);
      g_assert_cmpint (rtmp_value_type (object), ==, RTMP_VALUE_ECMA_ARRAY);
      return rtmp_value_ref (object);
    }
  }
}

static void
assert_number (const RtmpValue * object, const gchar * name, gdouble value)
{
  g_test_message ("%s", name);
  g_assert_cmpfloat (rtmp_value_get_number (object, name, -1), ==, value);
}

static void
test_metadata (void)
{
  GstRtmpMuxTest *t = gst_rtmp_mux_test_new ("");
  g_autoptr (RtmpValue) object = NULL;
  const RtmpValue *video, *audio;

  gst_rtmp_mux_test_feed (t, "v0.avc v1.vp8 a0.aac a1.opus a0.tag=Title "
      "v0=0 v1=0 a0=0 a1=0");
  object = pull_metadata (t);
  assert_number (object, "videocodecid", 7);
  assert_number (object, "audiocodecid", 10);
  assert_number (object, "width", 160);
  assert_number (object, "height", 90);
  assert_number (object, "framerate", 25);
  assert_number (object, "audiosamplerate", 44100);
  g_assert_true (rtmp_value_get_boolean (object, "stereo", FALSE));
  g_assert_cmpstr (rtmp_value_get_string (object, "title"), ==, "Title");
  g_assert_true (g_str_has_prefix (rtmp_value_get_string (object, "encoder"),
          "gst-rtmp "));
  video = rtmp_value_get (rtmp_value_get (object, "videoTrackIdInfoMap"), "1");
  assert_number (video, "videocodecid", 0x76703038);
  assert_number (video, "width", 160);
  audio = rtmp_value_get (rtmp_value_get (object, "audioTrackIdInfoMap"), "1");
  assert_number (audio, "audiocodecid", 1332770163);
  gst_rtmp_mux_test_free (t);
}

static void
test_late_metadata (void)
{
  GstRtmpMuxTest *t = gst_rtmp_mux_test_new ("");
  g_autoptr (RtmpValue) before = NULL, after = NULL;

  gst_rtmp_mux_test_feed (t, "v0.avc v0=0");
  before = pull_metadata (t);
  g_assert_null (rtmp_value_get (before, "audiocodecid"));
  gst_rtmp_mux_test_feed (t, "a0.aac a0=10 v0=20");
  after = pull_metadata (t);
  assert_number (after, "audiocodecid", 10);
  assert_number (after, "videocodecid", 7);
  gst_rtmp_mux_test_free (t);
}

/* Script data */

static GstBuffer *
pull_script (GstRtmpMuxTest * t, const gchar * name, FlvScript * script)
{
  for (;;) {
    GstBuffer *tag = gst_harness_pull (t->out);
    g_autofree gchar *text = gst_rtmp_mux_test_describe (tag);

    if (g_str_has_suffix (text, name)) {
      gst_rtmp_mux_test_script (tag, script);
      return tag;
    }
    gst_buffer_unref (tag);
  }
}

/* [{trackId: 1, ...}, [7, date], "text", null] */
static GstStructure *
new_script (void)
{
  g_autoptr (GstStructure) object = gst_structure_new ("object",
      "trackId", G_TYPE_INT, 1, "mediaType", G_TYPE_STRING, "audio",
      "live", G_TYPE_BOOLEAN, TRUE, NULL);
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (2);
  g_autoptr (GstStructure) array = gst_structure_new ("array",
      "0", G_TYPE_UINT, 7, "1", G_TYPE_DATE_TIME, date, NULL);
  g_autoptr (GstStructure) values = gst_structure_new ("array",
      "0", GST_TYPE_STRUCTURE, object, "1", GST_TYPE_STRUCTURE, array,
      "2", G_TYPE_STRING, "text", "3", GST_TYPE_CAPS, NULL, NULL);

  return gst_structure_new ("rtmp-script", "name", G_TYPE_STRING,
      "onTrackInfo", "values", GST_TYPE_STRUCTURE, values, NULL);
}

static void
assert_value (const FlvScript * script, guint n, const gchar * expected)
{
  g_autofree gchar *text =
      rtmp_value_to_string (g_ptr_array_index (script->values, n));

  g_assert_cmpstr (text, ==, expected);
}

/* An application's, by the action signal. */
static void
test_send_script (void)
{
  GstRtmpMuxTest *t = gst_rtmp_mux_test_new ("");
  g_autoptr (GstStructure) s = new_script ();
  g_autoptr (GstBuffer) tag = NULL;
  g_auto (FlvScript) script = { NULL, };
  gboolean ok = FALSE;

  g_signal_emit_by_name (t->mux, "send-script", s, &ok);
  g_assert_true (ok);
  gst_rtmp_mux_test_feed (t, "a0.mp3 a0=40");
  tag = pull_script (t, "onTrackInfo", &script);
  g_assert_cmpuint (GST_BUFFER_DTS (tag), ==, 40 * GST_MSECOND);
  g_assert_cmpuint (script.values->len, ==, 4);
  assert_value (&script, 0, "{trackId: 1, mediaType: \"audio\", live: true}");
  g_assert_cmpint (rtmp_value_as_number (rtmp_value_member (g_ptr_array_index
              (script.values, 1), 0, NULL), -1), ==, 7);
  g_assert_cmpint (rtmp_value_as_number (rtmp_value_member (g_ptr_array_index
              (script.values, 1), 1, NULL), -1), ==, 2000);
  assert_value (&script, 2, "\"text\"");
  assert_value (&script, 3, "null");
  gst_rtmp_mux_test_expect (t, "40 a0 frame");
  gst_rtmp_mux_test_free (t);
}

static void
test_script_without_name (void)
{
  GstRtmpMuxTest *t = gst_rtmp_mux_test_new ("");
  g_autoptr (GstStructure) s = gst_structure_new_empty ("rtmp-script");
  gboolean ok = TRUE;

  gst_rtmp_mux_test_feed (t, "a0.mp3");
  g_signal_emit_by_name (t->mux, "send-script", s, &ok);
  g_assert_false (ok);
  g_assert_false (gst_harness_push_event (gst_rtmp_mux_test_pad (t, "a0"),
          gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM,
              gst_structure_copy (s))));
  g_assert_true (gst_harness_push_event (gst_rtmp_mux_test_pad (t, "a0"),
          gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM,
              gst_structure_new_empty ("something-else"))));
  gst_rtmp_mux_test_feed (t, "a0=40");
  gst_rtmp_mux_test_expect (t, "file a\n40 onMetaData\n40 a0 frame");
  gst_rtmp_mux_test_free (t);
}

/* What rtmpdemux tells becomes what it was read from. */
static void
test_script_both_ways (void)
{
  g_autoptr (GstStructure) s = new_script ();
  GError *error = NULL;
  g_autoptr (GBytes) first = gst_rtmp_script_write (s, &error);
  g_autoptr (GBytes) second = NULL, third = NULL;
  g_autoptr (GstStructure) told = NULL, again = NULL;
  g_auto (FlvScript) script = { NULL, }, same = { NULL, };

  g_assert_no_error (error);
  g_assert_true (flv_script_parse (&script, first, NULL, &error));
  told = gst_rtmp_script_to_structure (&script, 0);
  second = gst_rtmp_script_write (told, &error);
  g_assert_true (flv_script_parse (&same, second, NULL, &error));
  again = gst_rtmp_script_to_structure (&same, 0);
  third = gst_rtmp_script_write (again, &error);
  g_assert_true (gst_structure_is_equal (told, again));
  g_assert_true (g_bytes_equal (second, third));
  g_assert_cmpuint (same.values->len, ==, 4);
  assert_value (&same, 0, "{trackId: 1, mediaType: \"audio\", live: true}");
}

/* As an event that came by two pads. */
static void
test_script_once (void)
{
  GstRtmpMuxTest *t = gst_rtmp_mux_test_new ("");
  GstEvent *event = gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM,
      gst_structure_new ("rtmp-script", "name", G_TYPE_STRING, "once", NULL));

  gst_rtmp_mux_test_feed (t, "a0.mp3 v0.avc a0=0 v0=5");
  gst_harness_push_event (gst_rtmp_mux_test_pad (t, "a0"),
      gst_event_ref (event));
  gst_harness_push_event (gst_rtmp_mux_test_pad (t, "v0"), event);
  gst_rtmp_mux_test_feed (t, "a0=10 v0=10");
  gst_rtmp_mux_test_expect (t, "file av\n0 onMetaData\n0 v0 configuration\n"
      "0 a0 frame\n0 once\n5 v0 key\n10 a0 frame\n10 v0 key");
  gst_rtmp_mux_test_free (t);
}

/* Files */

static void
test_stream_header (void)
{
  GstRtmpMuxTest *t = gst_rtmp_mux_test_new ("");
  g_autoptr (GstCaps) caps = NULL;
  const GValue *header;
  static const gchar *const words[] = { "file av", "0 onMetaData",
    "0 v0 configuration", "0 a0 configuration"
  };

  gst_rtmp_mux_test_feed (t, "v0.avc a0.aac v0=0 a0=0");
  gst_buffer_unref (gst_harness_pull (t->out));
  caps = gst_pad_get_current_caps (t->out->sinkpad);
  header = gst_structure_get_value (gst_caps_get_structure (caps, 0),
      "streamheader");
  g_assert_cmpuint (gst_value_array_get_size (header), ==,
      G_N_ELEMENTS (words));
  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    GstBuffer *tag =
        gst_value_get_buffer (gst_value_array_get_value (header, i));
    g_autofree gchar *text = gst_rtmp_mux_test_describe (tag);

    g_assert_true (GST_BUFFER_FLAG_IS_SET (tag, GST_BUFFER_FLAG_HEADER));
    g_assert_cmpstr (text, ==, words[i]);
  }
  gst_rtmp_mux_test_free (t);
}

typedef struct
{
  FlvMetadata *metadata;
  GArray *index;                /* of FlvIndexEntry, as it says, and is */
  GArray *key_frames;
  guint64 position;
  gsize size;
} File;

static void
file_clear (File * self)
{
  flv_metadata_free (self->metadata);
  g_clear_pointer (&self->index, g_array_unref);
  g_array_unref (self->key_frames);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (File, file_clear);

static gboolean
take_tag (const FlvTag * tag, gpointer user_data, GError ** error)
{
  File *self = user_data;
  FlvIndexEntry entry = { self->position, tag->timestamp };
  gsize size;
  const guint8 *body = g_bytes_get_data (tag->body, &size);
  g_auto (FlvScript) script = { NULL, };

  if (tag->type == FLV_TAG_SCRIPT && self->metadata == NULL) {
    g_assert_true (flv_script_parse (&script, tag->body, NULL, error));
    self->metadata = flv_metadata_parse (flv_script_object (&script));
    self->index = flv_index_parse (flv_script_object (&script));
  }
  /* A key frame of H.264, and no configuration. */
  if (tag->type == FLV_TAG_VIDEO && body[0] == 0x17 && body[1] == 1)
    g_array_append_val (self->key_frames, entry);
  self->position += FLV_TAG_HEADER_SIZE + size + FLV_TAG_TRAILER_SIZE;
  return TRUE;
}

static void
write_file (File * file, const gchar * source, const gchar * properties)
{
  g_autofree gchar *folder = g_dir_make_tmp ("gst-rtmp-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "a.flv", NULL);
  GstRtmpTest *t = gst_rtmp_test_new ("rtmpmux name=m %s ! filesink "
      "location=\"%s\" %s", properties, path, source);
  g_autoptr (FlvReader) reader = flv_reader_new ();
  g_autoptr (GBytes) bytes = NULL;
  GError *error = NULL;
  gchar *data;

  gst_rtmp_test_set_state (t, GST_STATE_PLAYING);
  gst_rtmp_test_wait (t, GST_MESSAGE_EOS);
  gst_rtmp_test_free (t);
  memset (file, 0, sizeof *file);
  file->key_frames = g_array_new (FALSE, FALSE, sizeof (FlvIndexEntry));
  file->position = FLV_FILE_HEADER_SIZE;
  g_file_get_contents (path, &data, &file->size, &error);
  g_assert_no_error (error);
  bytes = g_bytes_new_take (data, file->size);
  flv_reader_feed (reader, bytes, take_tag, file, &error);
  g_assert_no_error (error);
  g_assert_false (flv_reader_is_partial (reader));
  g_unlink (path);
  g_rmdir (folder);
  g_assert_nonnull (file->metadata);
}

/* A file of others, written again. */
static void
write_again (File * file, const gchar * properties)
{
  g_autofree gchar *path = gst_rtmp_test_path ("avc_aac.flv");
  g_autofree gchar *source = g_strdup_printf ("filesrc location=\"%s\" ! "
      "rtmpdemux name=d d. ! m. d. ! m.", path);

  write_file (file, source, properties);
}

/* Audio of some codecs begins with headers. */
static void
test_headers_are_no_frames (void)
{
  GstRtmpMuxTest *t = gst_rtmp_mux_test_new ("");
  GstBuffer *header = gst_rtmp_mux_test_frame ("-");
  GstBuffer *key = gst_rtmp_mux_test_frame ("20");

  GST_BUFFER_FLAG_SET (header, GST_BUFFER_FLAG_HEADER);
  GST_BUFFER_FLAG_SET (key, GST_BUFFER_FLAG_HEADER);
  gst_rtmp_mux_test_feed (t, "v0.avc a0.speex");
  gst_harness_push (gst_rtmp_mux_test_pad (t, "a0"), header);
  gst_harness_push (gst_rtmp_mux_test_pad (t, "v0"), key);
  gst_rtmp_mux_test_feed (t, "a0=10 v0.eos a0.eos");
  gst_rtmp_mux_test_expect_end (t, "file av\n10 onMetaData\n"
      "10 v0 configuration\n10 a0 frame\n20 v0 key");
  gst_rtmp_mux_test_free (t);
}

static void
test_header_again (void)
{
  g_auto (File) file;

  write_again (&file, "");
  g_assert_cmpfloat (file.metadata->filesize, ==, file.size);
  g_assert_cmpfloat (file.metadata->duration, >, 1);
  g_assert_cmpfloat (file.metadata->duration, <, 10);
  g_assert_cmpuint (file.key_frames->len, >, 1);
  g_assert_nonnull (file.index);
  g_assert_cmpmem (file.index->data, file.index->len * sizeof (FlvIndexEntry),
      file.key_frames->data, file.key_frames->len * sizeof (FlvIndexEntry));
}

static void
test_streamable (void)
{
  g_auto (File) file;

  write_again (&file, "streamable=true");
  g_assert_cmpfloat (file.metadata->filesize, ==, 0);
  g_assert_cmpfloat (file.metadata->duration, ==, 0);
  g_assert_null (file.index);
  g_assert_null (rtmp_value_get (file.metadata->others, "filler"));
}

/* More of them than there is room for: some, from the first to the last. */
static void
test_many_key_frames (void)
{
  g_auto (File) file;
  guint n = 0;
  guint64 last = 0;

  write_file (&file, "fakesrc num-buffers=1500 filltype=zero "
      "sizetype=fixed sizemax=9 format=time datarate=90 ! "
      "video/x-h264, stream-format=avc, "
      "alignment=au, codec_data=(buffer)0102 ! m.video_0", "");
  g_assert_cmpuint (file.key_frames->len, ==, 1500);
  g_assert_nonnull (file.index);
  g_assert_cmpuint (file.index->len, ==, 512);
  for (guint i = 0; i < 1500 && n < 512; i++) {
    FlvIndexEntry *is = &g_array_index (file.key_frames, FlvIndexEntry, i);
    FlvIndexEntry *told = &g_array_index (file.index, FlvIndexEntry, n);

    if (is->position != told->position)
      continue;
    g_assert_cmpuint (is->time, ==, told->time);
    g_assert_cmpuint (is->time, <=, last + 400);
    last = is->time;
    n++;
  }
  g_assert_cmpuint (n, ==, 512);
  g_assert_cmpuint (last, >, 149000);
}

/* Without pictures there is nothing to index. */
static void
test_no_pictures (void)
{
  g_auto (File) file;

  write_file (&file, "fakesrc num-buffers=9 filltype=zero "
      "sizetype=fixed sizemax=9 format=time datarate=90 ! "
      "audio/x-alaw, rate=8000, channels=1 ! " "m.audio_0", "");
  g_assert_cmpfloat (file.metadata->filesize, ==, file.size);
  g_assert_null (file.index);
  g_assert_null (rtmp_value_get (file.metadata->others, "filler"));
}

int
main (int argc, char **argv)
{
  gst_rtmp_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++) {
    g_autofree gchar *path =
        g_strdup_printf ("/mux/refusal/%s", refusals[i].name);

    g_test_add_data_func (path, &refusals[i], test_refusal);
  }
  g_test_add_func ("/mux/refusal/unknown-caps", test_unknown_caps);
  g_test_add_func ("/mux/refusal/segment-of-bytes", test_segment_of_bytes);
  g_test_add_func ("/mux/no-frames", test_no_frames);
  g_test_add_func ("/mux/pads/names", test_pads);
  g_test_add_func ("/mux/pads/twice", test_pad_twice);
  g_test_add_func ("/mux/metadata/E-247-E-258-E-259-all-tracks", test_metadata);
  g_test_add_func ("/mux/metadata/late-pad", test_late_metadata);
  g_test_add_func ("/mux/script/E-263-signal", test_send_script);
  g_test_add_func ("/mux/script/without-name", test_script_without_name);
  g_test_add_func ("/mux/script/both-ways", test_script_both_ways);
  g_test_add_func ("/mux/script/once", test_script_once);
  g_test_add_func ("/mux/file/stream-header", test_stream_header);
  g_test_add_func ("/mux/headers-are-no-frames", test_headers_are_no_frames);
  g_test_add_func ("/mux/file/header-again", test_header_again);
  g_test_add_func ("/mux/file/streamable", test_streamable);
  g_test_add_func ("/mux/file/index/thinned", test_many_key_frames);
  g_test_add_func ("/mux/file/index/no-pictures", test_no_pictures);
  return g_test_run ();
}

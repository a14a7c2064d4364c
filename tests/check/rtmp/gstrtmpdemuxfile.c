/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rtmpdemux with a file in front of it: pull mode. */
#include <string.h>
#include <unistd.h>

#include "flvfile.h"
#include "flvmetadata.h"
#include "flvindex.h"
#include "flvscript.h"
#include "gstrtmpdemuxtest.h"
#include "rtmplimits.h"
#include "rtmptesthex.h"

#define AVC_CONFIG "17 00 000000 0142C01EFFE1000567428C0D9001000468CE3C80"
#define AVC_KEY "17 01 000028 0000000165"       /* shown 40 ms later */
#define AVC_INTER "27 01 000028 0000000141"
#define AAC_CONFIG "AF 00 1188"
#define AAC_FRAME "AF 01 2100"

/* Key frames each second, at 0.. @seconds, decoded 40 ms before they are shown;
 * inter frames at the halves; sound each 100 ms. */
typedef struct
{
  gboolean no_video;
  gboolean index, wrong_index;
  gboolean no_trailers;
  guint seconds;
  guint32 start;                /* ms */
  guint garbage;                /* bytes before second 3 */
} Plan;

static void
add_tag (GByteArray * flv, const Plan * plan, guint8 type, guint32 timestamp,
    const gchar * hex)
{
  g_autoptr (GBytes) body = rtmp_test_unhex (hex);
  const RtmpMessage message = {.type = type,.timestamp =
        plan->start + timestamp,.payload = body
  };
  g_autoptr (GBytes) tag = gst_rtmp_test_tag (&message);
  gsize size = g_bytes_get_size (tag);

  if (plan->no_trailers)
    size -= FLV_TAG_TRAILER_SIZE;
  g_byte_array_append (flv, g_bytes_get_data (tag, NULL), (guint) size);
}

static void
add_metadata (GByteArray * flv, const Plan * plan, const GArray * index)
{
  RtmpValue *object = rtmp_value_new_ecma_array ();
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GBytes) tag = NULL;
  RtmpMessage message = {.type = FLV_TAG_SCRIPT };

  rtmp_value_set (object, "duration",
      rtmp_value_new_number (plan->seconds + 0.05));
  rtmp_value_set (object, "keyframes", flv_index_write (index));
  body = flv_script_write (FLV_SCRIPT_ON_META_DATA, &object, 1);
  rtmp_value_unref (object);
  message.payload = body;
  tag = gst_rtmp_test_tag (&message);
  g_byte_array_append (flv, g_bytes_get_data (tag, NULL),
      (guint) g_bytes_get_size (tag));
}

/* Twice, so that the index knows where it stands itself. */
static GBytes *
make_once (const Plan * plan, GArray * index)
{
  GByteArray *flv = g_byte_array_new ();
  guint8 header[FLV_FILE_HEADER_SIZE];
  guint n = 0;

  flv_write_file_header (header, TRUE, TRUE);
  g_byte_array_append (flv, header, sizeof (header));
  if (plan->index)
    add_metadata (flv, plan, index);
  if (!plan->no_video)
    add_tag (flv, plan, FLV_TAG_VIDEO, 0, AVC_CONFIG);
  add_tag (flv, plan, FLV_TAG_AUDIO, 0, AAC_CONFIG);
  for (guint32 time = 0; time <= plan->seconds * 1000; time += 100) {
    if (plan->garbage && time == 3000) {
      g_autoptr (GBytes) garbage = gst_rtmp_test_payload (1, plan->garbage);

      g_byte_array_append (flv, (const guint8 *) "\xFF", 1);
      g_byte_array_append (flv, g_bytes_get_data (garbage, NULL),
          plan->garbage);
    }
    if (!plan->no_video && time % 1000 == 0) {
      FlvIndexEntry *entry = &g_array_index (index, FlvIndexEntry, n++);

      *entry = (FlvIndexEntry) {
      flv->len + (plan->wrong_index ? 1 : 0), time};
      add_tag (flv, plan, FLV_TAG_VIDEO, time, AVC_KEY);
    } else if (!plan->no_video && time % 500 == 0)
      add_tag (flv, plan, FLV_TAG_VIDEO, time, AVC_INTER);
    add_tag (flv, plan, FLV_TAG_AUDIO, time, AAC_FRAME);
  }
  return g_byte_array_free_to_bytes (flv);
}

static GBytes *
make_flv (const Plan * plan)
{
  g_autoptr (GArray) index = g_array_new (FALSE, TRUE, sizeof (FlvIndexEntry));
  GBytes *flv;

  g_array_set_size (index, plan->seconds + 1);
  for (guint i = 0; i < index->len; i++)
    g_array_index (index, FlvIndexEntry, i).position = i;
  flv = make_once (plan, index);
  g_bytes_unref (flv);
  return make_once (plan, index);
}

static GstRtmpDemuxTest *
open_bytes (GBytes * flv)
{
  g_autofree gchar *path = NULL;
  GError *error = NULL;
  gint file = g_file_open_tmp ("rtmpdemux-XXXXXX.flv", &path, &error);
  GstRtmpDemuxTest *t;

  g_assert_no_error (error);
  close (file);
  g_file_set_contents (path, g_bytes_get_data (flv, NULL),
      (gssize) g_bytes_get_size (flv), &error);
  g_assert_no_error (error);
  t = gst_rtmp_demux_test_new_file (path);
  gst_element_set_state (t->pipeline, GST_STATE_PAUSED);
  unlink (path);
  return t;
}

static GstRtmpDemuxTest *
open_plan (const Plan * plan)
{
  g_autoptr (GBytes) flv = make_flv (plan);

  return open_bytes (flv);
}

static GstRtmpOutput *
output (GstRtmpDemuxTest * t, const gchar * name)
{
  GstRtmpOutput *o = gst_rtmp_demux_test_output (t, name);

  g_assert_nonnull (o);
  return o;
}

static GstClockTime
first_pts (GstRtmpOutput * o)
{
  g_assert_cmpuint (o->frames->len, >, 0);
  return GST_BUFFER_PTS (g_ptr_array_index (o->frames, 0)) / GST_MSECOND;
}

/* Of a pad that is there. */
static gboolean
seek_from (GstRtmpDemuxTest * t, GstSeekFlags flags, gint64 start, gint64 stop)
{
  GstRtmpOutput *o = g_ptr_array_index (t->outputs, 0);

  return gst_pad_push_event (o->pad, gst_event_new_seek (1, GST_FORMAT_TIME,
          flags, GST_SEEK_TYPE_SET, start * (gint64) GST_MSECOND, stop < 0
          ? GST_SEEK_TYPE_NONE : GST_SEEK_TYPE_SET,
          stop * (gint64) GST_MSECOND));
}

/* To the end of what is sought. */
static void
seek (GstRtmpDemuxTest * t, GstSeekFlags flags, gint64 start, gint64 stop)
{
  gst_rtmp_demux_test_wait_eos (t);
  gst_rtmp_demux_test_forget (t);
  g_assert_true (seek_from (t, flags | GST_SEEK_FLAG_FLUSH, start, stop));
  gst_rtmp_demux_test_wait_eos (t);
}

/* Play */

static const gchar *const media[] = {
  "av1_opus", "avc_aac", "avc_eac3", "avc_flac", "avc_mp3", "avc_opus51",
  "h263_speex", "hevc_aac", "hevc_hdr10", "multitrack_avc2_aac2",
  "screen2_adpcm",
};

static void
assert_same (GstRtmpOutput * a, GstRtmpOutput * b)
{
  g_assert_cmpuint (a->frames->len, ==, b->frames->len);
  for (guint i = 0; i < a->frames->len; i++) {
    GstBuffer *x = g_ptr_array_index (a->frames, i);
    GstBuffer *y = g_ptr_array_index (b->frames, i);
    GstMapInfo map;

    g_assert_cmpuint (GST_BUFFER_DTS (x), ==, GST_BUFFER_DTS (y));
    g_assert_cmpuint (GST_BUFFER_PTS (x), ==, GST_BUFFER_PTS (y));
    g_assert_true (gst_buffer_map (x, &map, GST_MAP_READ));
    g_assert_cmpuint (gst_buffer_get_size (y), ==, map.size);
    g_assert_cmpint (gst_buffer_memcmp (y, 0, map.data, map.size), ==, 0);
    gst_buffer_unmap (x, &map);
  }
}

/* What comes in pull mode, and after a seek to the beginning, is what comes by
 * hand. */
static void
test_media (gconstpointer name)
{
  g_autofree gchar *file = g_strconcat (name, ".flv", NULL);
  g_autofree gchar *path = gst_rtmp_test_path (file);
  g_autoptr (GBytes) flv = gst_rtmp_test_read (file);
  GstRtmpDemuxTest *t = gst_rtmp_demux_test_new_file (path);
  GstRtmpDemuxTest *wanted = gst_rtmp_demux_test_new ();

  gst_rtmp_demux_test_begin (wanted, GST_FORMAT_BYTES);
  gst_rtmp_demux_test_push_all (wanted, flv, 4096);
  gst_rtmp_demux_test_push_event (wanted, gst_event_new_eos ());
  gst_element_set_state (t->pipeline, GST_STATE_PAUSED);
  for (guint round = 0; round < 2; round++) {
    gst_rtmp_demux_test_wait_eos (t);
    for (guint i = 0; i < wanted->outputs->len; i++) {
      GstRtmpOutput *o = g_ptr_array_index (wanted->outputs, i);

      assert_same (output (t, o->name), o);
    }
    if (round == 0)
      seek (t, 0, 0, -1);
  }
  gst_rtmp_demux_test_free (wanted);
  gst_rtmp_demux_test_free (t);
}

static void
test_duration (void)
{
  static const Plan plans[] = {
    {.seconds = 4,.index = TRUE}, {.seconds = 4}, {.seconds = 4,.start = 9000},
    {.seconds = 4,.start = 9000,.index = TRUE},
  };
  static const gint64 wanted[] = { 4050, 4000, 13000, 13000 };

  for (guint i = 0; i < G_N_ELEMENTS (plans); i++) {
    GstRtmpDemuxTest *t = open_plan (&plans[i]);
    gint64 duration;
    GstPad *pad;
    g_autoptr (GstQuery) query = gst_query_new_seeking (GST_FORMAT_TIME);
    gboolean seekable;

    gst_rtmp_demux_test_wait_eos (t);
    pad = ((GstRtmpOutput *) g_ptr_array_index (t->outputs, 0))->pad;
    g_assert_true (gst_pad_peer_query_duration (pad, GST_FORMAT_TIME,
            &duration));
    g_assert_cmpint (duration / (gint64) GST_MSECOND, ==, wanted[i]);
    g_assert_true (gst_pad_peer_query (pad, query));
    gst_query_parse_seeking (query, NULL, &seekable, NULL, &duration);
    g_assert_true (seekable);
    g_assert_cmpint (duration / (gint64) GST_MSECOND, ==, wanted[i]);
    gst_rtmp_demux_test_free (t);
  }
}

/* Seeks */

static const Plan seekable[] = {
  {.seconds = 6}, {.seconds = 6,.index = TRUE},
  {.seconds = 6,.index = TRUE,.wrong_index = TRUE},
  {.seconds = 6,.no_trailers = TRUE}, {.seconds = 6,.garbage = 50000},
};

static void
test_seek (gconstpointer data)
{
  static const struct
  {
    GstSeekFlags flags;
    gint64 to;
    guint64 pts, start;         /* of the first picture, of the segment */
  } rows[] = {
    {GST_SEEK_FLAG_ACCURATE, 2500, 2040, 2500},
    /* Decoded before, but shown behind. */
    {GST_SEEK_FLAG_ACCURATE, 2020, 1040, 2020},
    {GST_SEEK_FLAG_ACCURATE, 2040, 2040, 2040},
    {0, 5990, 5040, 5990},
    {GST_SEEK_FLAG_KEY_UNIT, 2900, 2040, 2040},
    {GST_SEEK_FLAG_KEY_UNIT | GST_SEEK_FLAG_SNAP_BEFORE, 2900, 2040, 2040},
    {GST_SEEK_FLAG_KEY_UNIT | GST_SEEK_FLAG_SNAP_AFTER, 2900, 3040, 3040},
    {GST_SEEK_FLAG_KEY_UNIT | GST_SEEK_FLAG_SNAP_AFTER, 7000, 6040, 6040},
    {GST_SEEK_FLAG_KEY_UNIT | GST_SEEK_FLAG_SNAP_NEAREST, 2900, 3040, 3040},
    {GST_SEEK_FLAG_KEY_UNIT | GST_SEEK_FLAG_SNAP_NEAREST, 2300, 2040, 2040},
    {GST_SEEK_FLAG_KEY_UNIT, 0, 40, 0},
    {GST_SEEK_FLAG_ACCURATE, 0, 40, 0},
  };
  GstRtmpDemuxTest *t = open_plan (data);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    GstRtmpOutput *o;

    seek (t, rows[i].flags, rows[i].to, -1);
    o = output (t, "video_0");
    g_assert_cmpuint (first_pts (o), ==, rows[i].pts);
    g_assert_cmpuint (gst_rtmp_output_segment (o)->start, ==,
        rows[i].start * GST_MSECOND);
    g_assert_cmpuint (gst_rtmp_output_segment (o)->time, ==,
        rows[i].start * GST_MSECOND);
    g_assert_true (g_str_has_prefix (o->trace->str,
            " flush-start flush-stop segment B"));
    g_assert_true (GST_BUFFER_IS_DISCONT (g_ptr_array_index (o->frames, 0)));
    g_assert_cmpuint (gst_event_get_seqnum (gst_rtmp_output_event (o,
                GST_EVENT_EOS)), ==,
        gst_event_get_seqnum (gst_rtmp_output_event (o, GST_EVENT_SEGMENT)));
  }
  g_assert_cmpuint (gst_rtmp_demux_test_messages (t, GST_MESSAGE_ERROR, NULL),
      ==, 0);
  gst_rtmp_demux_test_free (t);
}

static void
test_without_video (void)
{
  const Plan plan = {.seconds = 6,.no_video = TRUE };
  GstRtmpDemuxTest *t = open_plan (&plan);

  seek (t, 0, 2550, -1);
  g_assert_cmpuint (first_pts (output (t, "audio_0")), ==, 2000);
  gst_rtmp_demux_test_free (t);
}

static void
test_stop (void)
{
  const Plan plan = {.seconds = 3000 };
  GstRtmpDemuxTest *t = open_plan (&plan);
  GstRtmpOutput *o;

  seek (t, 0, 2000, 4000);
  o = output (t, "audio_0");
  g_assert_cmpuint (gst_rtmp_output_segment (o)->stop, ==, 4 * GST_SECOND);
  g_assert_cmpuint (o->frames->len, >=, 21);
  /* Blocks are read whole, but not all of them. */
  g_assert_cmpuint (o->frames->len, <, 10000);
  gst_rtmp_demux_test_free (t);
}

static gboolean
has_done (GstRtmpDemuxTest * t)
{
  GstRtmpOutput *o = g_ptr_array_index (t->outputs, 0);

  return gst_rtmp_output_count (o, GST_EVENT_SEGMENT_DONE) > 0;
}

/* The first key frame behind is behind the stop too. */
static void
test_stop_before_snap (void)
{
  const Plan plan = {.seconds = 6 };
  GstRtmpDemuxTest *t = open_plan (&plan);
  const GstSegment *segment;

  seek (t, GST_SEEK_FLAG_KEY_UNIT | GST_SEEK_FLAG_SNAP_AFTER, 2100, 2500);
  segment = gst_rtmp_output_segment (output (t, "video_0"));
  g_assert_cmpuint (segment->start, ==, 3040 * GST_MSECOND);
  g_assert_cmpuint (segment->stop, ==, 3040 * GST_MSECOND);
  gst_rtmp_demux_test_free (t);
}

/* Times have wrapped before where the seek goes. */
static void
test_seek_past_wrap (void)
{
  const Plan plan = {.seconds = 6,.start = 0xFFFFFFFF - 2499 };
  GstRtmpDemuxTest *t = open_plan (&plan);

  seek (t, 0, G_GINT64_CONSTANT (0x100000000) + 1700, -1);
  g_assert_cmpuint (first_pts (output (t, "video_0")), ==,
      G_GUINT64_CONSTANT (0x100000000) + 1540);
  gst_rtmp_demux_test_free (t);
}

/* A film's is longer than what a message may hold. */
static void
test_long_index (void)
{
  const Plan plan = {.seconds = 0 };
  g_autoptr (GArray) index = g_array_new (FALSE, FALSE, sizeof (FlvIndexEntry));
  GByteArray *flv = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  guint8 header[FLV_FILE_HEADER_SIZE];
  GstRtmpDemuxTest *t;

  for (guint i = 0; i <= rtmp_limits_default.amf_values / 2; i++) {
    const FlvIndexEntry entry = { i, i };

    g_array_append_val (index, entry);
  }
  flv_write_file_header (header, FALSE, TRUE);
  g_byte_array_append (flv, header, sizeof (header));
  add_metadata (flv, &plan, index);
  add_tag (flv, &plan, FLV_TAG_VIDEO, 0, AVC_CONFIG);
  add_tag (flv, &plan, FLV_TAG_VIDEO, 0, AVC_KEY);
  bytes = g_byte_array_free_to_bytes (flv);
  t = open_bytes (bytes);
  gst_rtmp_demux_test_wait_eos (t);
  g_assert_cmpuint (gst_rtmp_demux_test_stat (t, "bad-tags"), ==, 0);
  gst_rtmp_demux_test_free (t);
}

/* The second segment goes on where the first one ended. */
static void
test_segments (void)
{
  const Plan plan = {.seconds = 6 };
  GstRtmpDemuxTest *t = open_plan (&plan);
  const GstSegment *segment;
  GstMessage *message;
  guint32 seqnum;

  gst_rtmp_demux_test_wait_eos (t);
  gst_rtmp_demux_test_forget (t);
  g_assert_true (seek_from (t, GST_SEEK_FLAG_SEGMENT | GST_SEEK_FLAG_FLUSH,
          2000, 6000));
  gst_rtmp_demux_test_wait (t, has_done);
  seqnum = gst_event_get_seqnum (gst_rtmp_output_event (output (t, "video_0"),
          GST_EVENT_SEGMENT));
  message = gst_bus_timed_pop_filtered (t->bus,
      RTMP_TEST_PATIENCE * GST_USECOND, GST_MESSAGE_SEGMENT_DONE);
  g_assert_cmpuint (gst_message_get_seqnum (message), ==, seqnum);
  gst_message_unref (message);
  gst_rtmp_demux_test_forget (t);
  g_assert_true (seek_from (t, 0, 3000, -1));
  gst_rtmp_demux_test_wait_eos (t);
  segment = gst_rtmp_output_segment (output (t, "video_0"));
  g_assert_cmpuint (segment->start, ==, 3 * GST_SECOND);
  g_assert_cmpuint (segment->base, ==, 4 * GST_SECOND);
  g_assert_cmpuint (gst_rtmp_output_count (output (t, "video_0"),
          GST_EVENT_FLUSH_STOP), ==, 0);
  g_assert_cmpuint (gst_rtmp_demux_test_messages (t, GST_MESSAGE_SEGMENT_DONE,
          NULL), ==, 0);
  gst_rtmp_demux_test_free (t);
}

static void
test_refused (void)
{
  const Plan plan = {.seconds = 2 };
  GstRtmpDemuxTest *t = open_plan (&plan);
  GstPad *pad;

  gst_rtmp_demux_test_wait_eos (t);
  pad = output (t, "video_0")->pad;
  g_assert_false (gst_pad_push_event (pad, gst_event_new_seek (-1,
              GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, GST_SEEK_TYPE_SET, 0,
              GST_SEEK_TYPE_NONE, -1)));
  g_assert_false (gst_pad_push_event (pad, gst_event_new_seek (1,
              GST_FORMAT_BYTES, GST_SEEK_FLAG_FLUSH, GST_SEEK_TYPE_SET, 0,
              GST_SEEK_TYPE_NONE, -1)));
  gst_rtmp_demux_test_free (t);
}

/* From another thread than the loop's, which pushes meanwhile. */
static void
test_many (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (9);
  const Plan plan = {.seconds = 200,.index = TRUE };
  GstRtmpDemuxTest *t = open_plan (&plan);

  gst_rtmp_demux_test_wait_eos (t);
  for (guint i = 0; i < 200; i++) {
    gint64 to = g_rand_int_range (rand, 0, 200000);
    GstSeekFlags flags = i % 3 == 0 ? 0 : GST_SEEK_FLAG_FLUSH;

    g_assert_true (seek_from (t, flags, to, -1));
  }
  seek (t, 0, 150500, -1);
  g_assert_cmpuint (first_pts (output (t, "video_0")), ==, 150040);
  gst_rtmp_demux_test_free (t);
}

static void
test_cut (void)
{
  const Plan plan = {.seconds = 6 };
  g_autoptr (GBytes) flv = make_flv (&plan);

  for (gsize size = 300; size < g_bytes_get_size (flv); size += 97) {
    g_autoptr (GBytes) part = g_bytes_new_from_bytes (flv, 0, size);
    GstRtmpDemuxTest *t = open_bytes (part);

    seek (t, 0, 500, -1);
    g_assert_cmpuint (first_pts (output (t, "video_0")), ==, 40);
    gst_rtmp_demux_test_free (t);
  }
}

static void
test_no_flv (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\x89PNG", 4);
  GstRtmpDemuxTest *t = open_bytes (bytes);
  GstMessage *message = gst_bus_timed_pop_filtered (t->bus,
      RTMP_TEST_PATIENCE * GST_USECOND, GST_MESSAGE_ERROR);

  g_assert_nonnull (message);
  gst_message_unref (message);
  gst_rtmp_demux_test_free (t);
}

/* decodebin takes it, and shows what it is content with. */

static void
on_decoded (GstElement * decodebin, GstPad * pad, gpointer user_data)
{
  g_autoptr (GstObject) parent = gst_object_get_parent (GST_OBJECT (decodebin));
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstPad) target = gst_element_get_static_pad (sink, "sink");

  g_object_set (sink, "async", FALSE, NULL);
  gst_bin_add (GST_BIN (parent), sink);
  gst_element_sync_state_with_parent (sink);
  g_assert_cmpint (gst_pad_link (pad, target), ==, GST_PAD_LINK_OK);
}

static void
on_element (GstBin * pipeline, GstBin * bin, GstElement * element,
    gpointer found)
{
  GstElementFactory *factory = gst_element_get_factory (element);

  if (g_str_equal (GST_OBJECT_NAME (factory), "rtmpdemux"))
    *(gboolean *) found = TRUE;
}

static void
test_decodebin (gconstpointer name)
{
  g_autofree gchar *file = g_strconcat (name, ".flv", NULL);
  g_autofree gchar *path = gst_rtmp_test_path (file);
  GstRtmpTest *t = gst_rtmp_test_new ("filesrc location=\"%s\" ! decodebin "
      "name=d caps=\"video/x-av1;video/x-h264;video/x-h265;audio/mpeg;"
      "audio/x-opus\"", path);
  GstElement *decodebin = gst_rtmp_test_element (t, "d");
  gboolean found = FALSE;

  g_signal_connect (t->pipeline, "deep-element-added", G_CALLBACK (on_element),
      &found);
  g_signal_connect (decodebin, "pad-added", G_CALLBACK (on_decoded), NULL);
  gst_rtmp_test_set_state (t, GST_STATE_PLAYING);
  gst_rtmp_test_wait (t, GST_MESSAGE_EOS);
  g_assert_true (found);
  g_assert_cmpuint (decodebin->numsrcpads, ==,
      g_str_has_prefix (name, "multitrack") ? 4 : 2);
  gst_rtmp_test_free (t);
}

int
main (int argc, char **argv)
{
  static const gchar *const names[] = {
    "scan", "E-188-index", "E-188-wrong-index", "no-trailers", "E-189-garbage"
  };

  gst_rtmp_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (media); i++) {
    g_autofree gchar *path = g_strdup_printf ("/demuxfile/media/%s", media[i]);

    g_test_add_data_func (path, media[i], test_media);
  }
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree gchar *path = g_strdup_printf ("/demuxfile/seek/%s", names[i]);

    g_test_add_data_func (path, &seekable[i], test_seek);
  }
  g_test_add_func ("/demuxfile/duration", test_duration);
  g_test_add_func ("/demuxfile/seek/without-video", test_without_video);
  g_test_add_func ("/demuxfile/seek/stop", test_stop);
  g_test_add_func ("/demuxfile/seek/stop-before-snap", test_stop_before_snap);
  g_test_add_func ("/demuxfile/seek/past-wrap", test_seek_past_wrap);
  g_test_add_func ("/demuxfile/long-index", test_long_index);
  g_test_add_func ("/demuxfile/seek/segments", test_segments);
  g_test_add_func ("/demuxfile/seek/refused", test_refused);
  g_test_add_func ("/demuxfile/seek/many", test_many);
  g_test_add_func ("/demuxfile/E-190-cut", test_cut);
  g_test_add_data_func ("/demuxfile/decodebin/av1-opus", "av1_opus",
      test_decodebin);
  g_test_add_data_func ("/demuxfile/decodebin/multitrack",
      "multitrack_avc2_aac2", test_decodebin);
  g_test_add_func ("/demuxfile/no-flv", test_no_flv);
  return g_test_run ();
}

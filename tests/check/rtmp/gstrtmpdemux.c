/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rtmpdemux fed by hand. */
#include <gst/audio/audio.h>
#include <string.h>

#include "flvfile.h"
#include "gstrtmpbuffer.h"
#include "gstrtmpdemuxtest.h"
#include "rtmptesthex.h"

static const gchar *const media[] = {
  "av1_opus", "avc_aac", "avc_eac3", "avc_flac", "avc_mp3", "avc_opus51",
  "h263_speex", "hevc_aac", "hevc_hdr10", "multitrack_avc2_aac2",
  "screen2_adpcm",
};

/* Bodies of tags */
#define AVC_CONFIG "17 00 000000 0142C01EFFE1000567428C0D9001000468CE3C80"
#define AVC_KEY "17 01 000000 0000000165"
#define AVC_INTER "27 01 000000 0000000141"
#define AAC_CONFIG "AF 00 1188"
#define AAC_FRAME "AF 01 2100"

#define VIDEO FLV_TAG_VIDEO
#define AUDIO FLV_TAG_AUDIO

static GstRtmpDemuxTest *
begin (void)
{
  GstRtmpDemuxTest *t = gst_rtmp_demux_test_new ();

  gst_rtmp_demux_test_begin (t, GST_FORMAT_BYTES);
  return t;
}

static void
tag (GstRtmpDemuxTest * t, guint8 type, guint32 timestamp, const gchar * hex)
{
  g_assert_cmpint (gst_rtmp_demux_test_tag (t, type, timestamp, hex), ==,
      GST_FLOW_OK);
}

/* Both, with their first frames at @timestamp. */
static void
begin_both (GstRtmpDemuxTest * t, guint32 timestamp)
{
  tag (t, VIDEO, timestamp, AVC_CONFIG);
  tag (t, AUDIO, timestamp, AAC_CONFIG);
  tag (t, VIDEO, timestamp, AVC_KEY);
  tag (t, AUDIO, timestamp, AAC_FRAME);
}

static GstRtmpOutput *
output (GstRtmpDemuxTest * t, const gchar * name)
{
  GstRtmpOutput *o = gst_rtmp_demux_test_output (t, name);

  g_assert_nonnull (o);
  return o;
}

static void
assert_names (GstRtmpDemuxTest * t, const gchar * wanted)
{
  g_autofree gchar *names = gst_rtmp_demux_test_names (t);

  g_assert_cmpstr (names, ==, wanted);
}

static void
assert_times (GstRtmpDemuxTest * t, const gchar * name, const gchar * wanted)
{
  g_autofree gchar *times = gst_rtmp_output_times (output (t, name));

  g_assert_cmpstr (times, ==, wanted);
}

static void
end (GstRtmpDemuxTest * t)
{
  gst_rtmp_demux_test_push_event (t, gst_event_new_eos ());
  gst_rtmp_demux_test_free (t);
}

/* Files */

/* A line of FFmpeg's lists. */
typedef struct
{
  gint64 dts, pts;
  gsize size;
  gchar *md5;
} Line;

static void
line_free (gpointer data)
{
  g_free (((Line *) data)->md5);
  g_free (data);
}

static void
add_line (GPtrArray * streams, gchar ** cells)
{
  Line *line = g_new (Line, 1);

  *line = (Line) {
  g_ascii_strtoll (cells[1], NULL, 10), g_ascii_strtoll (cells[2], NULL, 10),
        g_ascii_strtoull (cells[4], NULL, 10), g_strdup (cells[5])};
  g_ptr_array_add (g_ptr_array_index (streams, (guint) g_ascii_strtoull (cells
              [0], NULL, 10)), line);
}

/* The lines for each pad. */
static GHashTable *
read_list (const gchar * name)
{
  g_autofree gchar *file = g_strconcat (name, ".framemd5", NULL);
  g_autoptr (GBytes) bytes = gst_rtmp_test_read (file);
  g_auto (GStrv) lines = g_strsplit (g_bytes_get_data (bytes, NULL), "\n", -1);
  GHashTable *pads = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
      (GDestroyNotify) g_ptr_array_unref);
  g_autoptr (GPtrArray) streams = g_ptr_array_new ();
  guint n[2] = { 0, 0 };

  for (guint i = 0; lines[i]; i++) {
    g_auto (GStrv) cells = g_strsplit (lines[i], ", ", -1);

    if (g_str_has_prefix (lines[i], "#media_type")) {
      const gchar *type = strstr (lines[i], ": ") + 2;

      g_ptr_array_add (streams, g_ptr_array_new_with_free_func (line_free));
      g_hash_table_insert (pads, g_strdup_printf ("%s_%u", type,
              n[g_str_equal (type, "video")]++),
          g_ptr_array_index (streams, streams->len - 1));
    } else if (g_strv_length (cells) == 6 && lines[i][0] != '#')
      add_line (streams, cells);
  }
  return pads;
}

static void
assert_frame (GstBuffer * frame, const Line * line, gint64 shift)
{
  g_autofree gchar *md5 = NULL;
  GstMapInfo map;

  g_assert_cmpint ((gint64) (GST_BUFFER_DTS (frame) / GST_MSECOND), ==,
      line->dts + shift);
  g_assert_cmpint ((gint64) (GST_BUFFER_PTS (frame) / GST_MSECOND), ==,
      line->pts + shift);
  g_assert_true (gst_buffer_map (frame, &map, GST_MAP_READ));
  g_assert_cmpuint (map.size, ==, line->size);
  md5 = g_compute_checksum_for_data (G_CHECKSUM_MD5, map.data, map.size);
  g_assert_cmpstr (md5, ==, line->md5);
  gst_buffer_unmap (frame, &map);
}

/* FFmpeg's times may all be shifted: it takes off the priming of sound. */
static gint64
find_shift (GstRtmpDemuxTest * t, GHashTable * list)
{
  GPtrArray *frames = output (t, "video_0")->frames;
  GPtrArray *lines = g_hash_table_lookup (list, "video_0");

  g_assert_cmpuint (frames->len, >, 0);
  return (gint64) (GST_BUFFER_DTS (g_ptr_array_index (frames, 0)) / GST_MSECOND)
      - ((Line *) g_ptr_array_index (lines, 0))->dts;
}

static void
assert_list (GstRtmpDemuxTest * t, const gchar * name)
{
  g_autoptr (GHashTable) list = read_list (name);
  gint64 shift = find_shift (t, list);
  GHashTableIter iter;
  gpointer pad, value;

  g_assert_cmpuint (g_hash_table_size (list), ==, t->outputs->len);
  g_hash_table_iter_init (&iter, list);
  while (g_hash_table_iter_next (&iter, &pad, &value)) {
    GPtrArray *lines = value, *frames = output (t, pad)->frames;

    g_assert_cmpuint (lines->len, >, 10);
    for (guint i = 0; i < MIN (lines->len, frames->len); i++)
      assert_frame (g_ptr_array_index (frames, i),
          g_ptr_array_index (lines, i), shift);
    g_assert_cmpuint (frames->len, ==, lines->len);
  }
  g_assert_cmpuint (gst_rtmp_demux_test_stat (t, "bad-tags"), ==, 0);
  g_assert_cmpuint (gst_rtmp_demux_test_messages (t, GST_MESSAGE_WARNING
          | GST_MESSAGE_ERROR, NULL), ==, 0);
}

/* The same frames, however the input is cut. */
static void
test_media (gconstpointer name)
{
  static const gsize steps[] = { 1 << 24, 65536, 4099, 13, 1 };
  g_autofree gchar *file = g_strconcat (name, ".flv", NULL);
  g_autoptr (GBytes) flv = gst_rtmp_test_read (file);

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    GstRtmpDemuxTest *t = begin ();

    gst_rtmp_demux_test_push_all (t, flv, steps[i]);
    gst_rtmp_demux_test_push_event (t, gst_event_new_eos ());
    assert_list (t, name);
    g_assert_true (t->is_complete);
    gst_rtmp_demux_test_free (t);
  }
}

/* Times */

static void
test_composition (void)
{
  GstRtmpDemuxTest *t = begin ();
  GstBuffer *frame;

  begin_both (t, 1000);
  /* -500 and 8388607 ms */
  tag (t, VIDEO, 1040, "27 01 FFFE0C 0000000141");
  tag (t, VIDEO, 1080, "27 01 7FFFFF 0000000141");
  /* ModEx with 999999 ns; avc1, CodedFramesX */
  tag (t, VIDEO, 1120, "A7 02 0F423F 03 61766331 0000000141");
  assert_times (t, "video_0", "1000/1000 1040/540 1080/8389687 1120/1120");
  frame = g_ptr_array_index (output (t, "video_0")->frames, 3);
  g_assert_cmpuint (GST_BUFFER_PTS (frame), ==, 1120999999);
  g_assert_cmpuint (GST_BUFFER_DTS (frame), ==, 1120 * GST_MSECOND);
  end (t);
}

/* One track's clock runs away, the other's stays. */
static void
test_tracks_apart (void)
{
  GstRtmpDemuxTest *t = begin ();

  begin_both (t, 0);
  assert_names (t, "video_0 audio_0");
  tag (t, VIDEO, 5000, AVC_INTER);
  tag (t, AUDIO, 23, AAC_FRAME);
  tag (t, VIDEO, 5040, AVC_INTER);
  tag (t, AUDIO, 46, AAC_FRAME);
  assert_times (t, "video_0", "0/0 5000/5000 5040/5040");
  assert_times (t, "audio_0", "0/0 23/23 46/46");
  end (t);
}

static void
test_wrap (void)
{
  GstRtmpDemuxTest *t = begin ();

  begin_both (t, 0xFFFFFFF0);
  tag (t, AUDIO, 7, AAC_FRAME);
  tag (t, VIDEO, 0xFFFFFFFF, AVC_INTER);
  tag (t, VIDEO, 24, AVC_INTER);
  assert_times (t, "audio_0", "4294967280/4294967280 4294967303/4294967303");
  assert_times (t, "video_0",
      "4294967280/4294967280 4294967295/4294967295 4294967320/4294967320");
  g_assert_cmpuint (gst_rtmp_output_segment (output (t, "video_0"))->start, ==,
      4294967280 * GST_MSECOND);
  end (t);
}

/* Upstream knows which of the times it is that wrap. */
static void
test_upstream_time (void)
{
  GstRtmpDemuxTest *t = gst_rtmp_demux_test_new ();
  GstClockTime time = (G_GUINT64_CONSTANT (3) << 32) * GST_MSECOND;
  g_autoptr (GBytes) body = rtmp_test_unhex (AAC_FRAME);
  const RtmpMessage message = {.type = AUDIO,.timestamp = 40,.payload = body };
  g_autoptr (GBytes) flv = gst_rtmp_test_tag (&message);
  GstSegment segment;
  GstEvent *event;
  guint32 seqnum;

  gst_rtmp_demux_test_push_event (t, gst_event_new_stream_start ("upstream"));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = segment.position = time;
  segment.base = 7 * GST_SECOND;
  event = gst_event_new_segment (&segment);
  seqnum = gst_event_get_seqnum (event);
  gst_rtmp_demux_test_push_event (t, event);
  tag (t, AUDIO, 40, AAC_CONFIG);
  g_assert_cmpint (gst_rtmp_demux_test_push (t, flv, time + 40 * GST_MSECOND),
      ==, GST_FLOW_OK);
  tag (t, AUDIO, 60, AAC_FRAME);
  gst_rtmp_demux_test_push_event (t, gst_event_new_eos ());
  assert_times (t, "audio_0",
      "12884901928/12884901928 12884901948/12884901948");
  g_assert_true (gst_segment_is_equal (gst_rtmp_output_segment (output (t,
                  "audio_0")), &segment));
  g_assert_cmpuint (gst_event_get_seqnum (gst_rtmp_output_event (output (t,
                  "audio_0"), GST_EVENT_SEGMENT)), ==, seqnum);
  gst_rtmp_demux_test_free (t);
}

/* Pads */

static void
test_waits (void)
{
  GstRtmpDemuxTest *t = begin ();

  tag (t, AUDIO, 1000, AAC_CONFIG);
  for (guint32 time = 1000; time <= 1500; time += 20)
    tag (t, AUDIO, time, AAC_FRAME);
  g_assert_false (t->is_complete);
  tag (t, AUDIO, 1520, AAC_FRAME);
  assert_names (t, "audio_0");
  g_assert_true (t->is_complete);
  g_assert_cmpuint (output (t, "audio_0")->frames->len, ==, 27);
  end (t);
}

/* onMetaData: audiocodecid mp4a, videocodecid hvc1 */
#define META_BOTH "02 000A 6F6E4D65746144617461 08 00000002 " \
    "000C 617564696F636F6465636964 00 41DB5C0D18400000 " \
    "000C 766964656F636F6465636964 00 41DA1D98CC400000 000009"
/* audiocodecid 10, duration 2, title "a" */
#define META_AUDIO "02 000A 6F6E4D65746144617461 08 00000003 " \
    "000C 617564696F636F6465636964 00 4024000000000000 " \
    "0008 6475726174696F6E 00 4000000000000000 " \
    "0005 7469746C65 02 0001 61 000009"

static void
test_announced (void)
{
  GstRtmpDemuxTest *t = begin ();
  GstTagList *tags;
  gchar *title;

  tag (t, FLV_TAG_SCRIPT, 0, META_AUDIO);
  tag (t, AUDIO, 0, AAC_CONFIG);
  tag (t, AUDIO, 0, AAC_FRAME);
  g_assert_true (t->is_complete);
  gst_event_parse_tag (gst_rtmp_output_event (output (t, "audio_0"),
          GST_EVENT_TAG), &tags);
  g_assert_true (gst_tag_list_get_string (tags, GST_TAG_TITLE, &title));
  g_assert_cmpstr (title, ==, "a");
  g_free (title);
  g_assert_cmpstr (output (t, "audio_0")->trace->str, ==,
      " stream-start caps segment stream-collection tag B");
  end (t);
}

/* It is waited for, but not for ever. */
static void
test_never_comes (void)
{
  GstRtmpDemuxTest *t = begin ();

  tag (t, FLV_TAG_SCRIPT, 0, META_BOTH);
  tag (t, AUDIO, 0, AAC_CONFIG);
  tag (t, AUDIO, 0, AAC_FRAME);
  tag (t, AUDIO, 10000, AAC_FRAME);
  g_assert_false (t->is_complete);
  tag (t, AUDIO, 10001, AAC_FRAME);
  assert_names (t, "audio_0");
  g_assert_true (t->is_complete);
  end (t);
}

static void
test_late (void)
{
  GstRtmpDemuxTest *t = begin ();
  GstStreamCollection *collection;

  begin_both (t, 0);
  for (guint32 time = 40; time <= 2000; time += 40)
    tag (t, VIDEO, time, AVC_INTER);
  /* OneTrack 7: configuration, frame */
  tag (t, AUDIO, 2000, "95 00 6D703461 07 1188");
  assert_names (t, "video_0 audio_0");
  tag (t, AUDIO, 2000, "95 01 6D703461 07 2100");
  assert_names (t, "video_0 audio_0 audio_7");
  tag (t, VIDEO, 2040, AVC_INTER);
  g_assert_cmpuint (output (t, "video_0")->frames->len, ==, 52);
  assert_times (t, "audio_7", "2000/2000");
  g_assert_cmpuint (gst_rtmp_output_count (output (t, "audio_7"),
          GST_EVENT_GAP), ==, 0);
  for (guint i = 0; i < 3; i++) {
    gst_event_parse_stream_collection (gst_rtmp_output_event (g_ptr_array_index
            (t->outputs, i), GST_EVENT_STREAM_COLLECTION), &collection);
    g_assert_cmpuint (gst_stream_collection_get_size (collection), ==, 3);
    gst_object_unref (collection);
  }
  g_assert_cmpuint (gst_rtmp_demux_test_messages (t,
          GST_MESSAGE_STREAM_COLLECTION, NULL), ==, 2);
  end (t);
}

static void
test_track_ids (void)
{
  GstRtmpDemuxTest *t = begin ();

  /* ManyTracks, avc1: 0 and 255 configured in one message, frames in another */
  tag (t, VIDEO, 0, "96 10 61766331 "
      "00 000014 0142C01EFFE1000567428C0D9001000468CE3C80 "
      "FF 000014 0142C01EFFE1000567428C0D9001000468CE3C80");
  tag (t, VIDEO, 0, "96 11 61766331 00 000008 000000 0000000165 "
      "FF 000009 000000 000000016500");
  tag (t, AUDIO, 0, "95 00 6D703461 FF 1188");
  tag (t, AUDIO, 0, "95 01 6D703461 FF 2100");
  tag (t, VIDEO, 40, AVC_INTER);
  assert_names (t, "video_0 video_255 audio_255");
  assert_times (t, "video_0", "0/0 40/40");
  end (t);
}

static void
test_streams (void)
{
  GstRtmpDemuxTest *t = begin ();
  const gchar *video, *audio;
  GstStream *stream;

  begin_both (t, 0);
  gst_event_parse_stream_start (gst_rtmp_output_event (output (t, "video_0"),
          GST_EVENT_STREAM_START), &video);
  gst_event_parse_stream_start (gst_rtmp_output_event (output (t, "audio_0"),
          GST_EVENT_STREAM_START), &audio);
  g_assert_cmpstr (video, ==, "upstream/video_0");
  g_assert_cmpstr (audio, ==, "upstream/audio_0");
  gst_event_parse_stream (gst_rtmp_output_event (output (t, "audio_0"),
          GST_EVENT_STREAM_START), &stream);
  g_assert_cmpint (gst_stream_get_stream_type (stream), ==,
      GST_STREAM_TYPE_AUDIO);
  gst_object_unref (stream);
  end (t);
}

/* Configurations */

static guint
caps_of (GstRtmpDemuxTest * t, const gchar * name)
{
  return gst_rtmp_output_count (output (t, name), GST_EVENT_CAPS);
}

static void
test_caps_change (void)
{
  GstRtmpDemuxTest *t = begin ();
  gint rate;

  begin_both (t, 0);
  tag (t, AUDIO, 20, AAC_CONFIG);       /* the same again */
  tag (t, AUDIO, 20, AAC_FRAME);
  tag (t, AUDIO, 40, "AF 00");  /* empty */
  tag (t, AUDIO, 40, AAC_FRAME);
  g_assert_cmpuint (caps_of (t, "audio_0"), ==, 1);
  tag (t, AUDIO, 60, "AF 00 1210");
  tag (t, AUDIO, 60, AAC_FRAME);
  g_assert_cmpuint (caps_of (t, "audio_0"), ==, 2);
  g_assert_true (gst_structure_get_int (gst_rtmp_output_caps (output (t,
                  "audio_0")), "rate", &rate));
  g_assert_cmpint (rate, ==, 44100);
  g_assert_true (g_str_has_suffix (output (t, "audio_0")->trace->str,
          "B B B caps B"));
  end (t);
}

/* What waits for pads has the caps that it came with. */
static void
test_caps_change_held (void)
{
  GstRtmpDemuxTest *t = begin ();

  tag (t, AUDIO, 0, AAC_CONFIG);
  tag (t, AUDIO, 0, AAC_FRAME);
  tag (t, AUDIO, 20, "AF 00 1210");
  tag (t, AUDIO, 20, AAC_FRAME);
  g_assert_cmpstr (output (t, "audio_0")->trace->str, ==,
      " stream-start caps segment stream-collection B caps B");
  end (t);
}

static void
test_other_codec (void)
{
  GstRtmpDemuxTest *t = begin ();

  begin_both (t, 0);
  tag (t, AUDIO, 20, "9F");     /* damaged */
  tag (t, AUDIO, 20, "91 4F707573 FC00");       /* Opus, never configured */
  tag (t, AUDIO, 40, AAC_FRAME);
  g_assert_cmpuint (gst_rtmp_demux_test_stat (t, "bad-tags"), ==, 1);
  tag (t, AUDIO, 60, AAC_CONFIG);
  tag (t, AUDIO, 60, AAC_FRAME);
  assert_times (t, "audio_0", "0/0 20/20 60/60");
  g_assert_cmpuint (caps_of (t, "audio_0"), ==, 3);
  end (t);
}

/* The first tag of another publisher. */
static void
tag_of_next (GstRtmpDemuxTest * t, guint8 type, guint32 timestamp,
    const gchar * hex)
{
  GstBuffer *buffer = gst_rtmp_buffer_new_tag (type, timestamp,
      rtmp_test_unhex (hex));

  gst_rtmp_buffer_begin_publisher (buffer);
  g_assert_cmpint (gst_pad_push (t->source, buffer), ==, GST_FLOW_OK);
}

/* { "videocodecid": 7, "framerate": 25 } */
#define META_25 "02 000A 6F6E4D65746144617461 08 00000002 " \
    "000C 766964656F636F6465636964 00 401C000000000000 " \
    "0009 6672616D6572617465 00 4039000000000000 000009"

/* On the same pads, with nothing of what the last one said; who has no sound
 * keeps nobody waiting. */
static void
test_next_publisher (void)
{
  GstRtmpDemuxTest *t = begin ();

  tag (t, FLV_TAG_SCRIPT, 0, META_25);
  begin_both (t, 0);
  g_assert_true (gst_structure_has_field (gst_rtmp_output_caps (output (t,
                  "video_0")), "framerate"));
  tag_of_next (t, VIDEO, 1000, AVC_KEY);        /* not configured yet */
  tag (t, VIDEO, 1040, AVC_CONFIG);
  tag (t, VIDEO, 1040, AVC_KEY);
  assert_times (t, "video_0", "0/0 1040/1040");
  g_assert_false (gst_structure_has_field (gst_rtmp_output_caps (output (t,
                  "video_0")), "framerate"));
  g_assert_true (GST_BUFFER_IS_DISCONT ((GstBuffer *) g_ptr_array_index
          (output (t, "video_0")->frames, 1)));
  g_assert_cmpuint (gst_rtmp_output_count (output (t, "audio_0"),
          GST_EVENT_GAP), ==, 1);
  tag_of_next (t, AUDIO, 2000, "2F 01");        /* MP3 */
  g_assert_cmpuint (caps_of (t, "audio_0"), ==, 2);
  assert_names (t, "video_0 audio_0");
  end (t);
}

/* What one publisher announced and never sent is not waited for when the next
 * one is there. */
static void
test_next_publisher_early (void)
{
  GstRtmpDemuxTest *t = begin ();

  tag (t, FLV_TAG_SCRIPT, 0, META_BOTH);
  tag_of_next (t, FLV_TAG_SCRIPT, 0, META_AUDIO);
  tag (t, AUDIO, 0, AAC_CONFIG);
  tag (t, AUDIO, 0, AAC_FRAME);
  assert_names (t, "audio_0");
  g_assert_true (t->is_complete);
  end (t);
}

static void
test_next_publisher_held (void)
{
  GstRtmpDemuxTest *t = begin ();

  tag (t, AUDIO, 0, AAC_CONFIG);
  tag (t, AUDIO, 0, AAC_FRAME);
  tag_of_next (t, VIDEO, 100, AVC_CONFIG);
  assert_times (t, "audio_0", "0/0");
  tag (t, VIDEO, 100, AVC_KEY);
  assert_names (t, "audio_0 video_0");
  end (t);
}

static void
test_end_of_sequence (void)
{
  GstRtmpDemuxTest *t = begin ();

  begin_both (t, 0);
  tag (t, AUDIO, 30, AAC_FRAME);
  tag (t, VIDEO, 40, "17 02 000000");
  tag (t, AUDIO, 60, "92 6D703461");
  g_assert_cmpuint (gst_rtmp_output_count (output (t, "video_0"),
          GST_EVENT_GAP), ==, 1);
  g_assert_cmpuint (gst_rtmp_output_count (output (t, "audio_0"),
          GST_EVENT_GAP), ==, 1);
  tag (t, VIDEO, 80, AVC_CONFIG);
  tag (t, VIDEO, 80, AVC_KEY);
  tag (t, AUDIO, 80, AAC_FRAME);
  assert_times (t, "video_0", "0/0 80/80");
  assert_times (t, "audio_0", "0/0 30/30 80/80");
  g_assert_cmpuint (gst_rtmp_output_count (output (t, "video_0"),
          GST_EVENT_EOS), ==, 0);
  end (t);
}

static const gchar *
colors (GstRtmpDemuxTest * t)
{
  return gst_structure_get_string (gst_rtmp_output_caps (output (t, "video_0")),
      "colorimetry");
}

/* "colorInfo": { "colorConfig": { "colorPrimaries": 9,
 * "transferCharacteristics": 16, "matrixCoefficients": 9 } }, plain avc1 */
#define COLOR_PQ "D4 61766331 02 0009 636F6C6F72496E666F 03 " \
    "000B 636F6C6F72436F6E666967 03 " \
    "000E 636F6C6F725072696D6172696573 00 4022000000000000 " \
    "0017 7472616E73666572436861726163746572697374696373 00 4030000000000000 " \
    "0012 6D6174726978436F656666696369656E7473 00 4022000000000000 " \
    "000009 000009"
#define COLOR_RESET "D4 61766331 02 0009 636F6C6F72496E666F 03 000009"

static void
test_colors (void)
{
  GstRtmpDemuxTest *t = begin ();
  const gchar *before;

  begin_both (t, 0);
  before = colors (t);
  tag (t, VIDEO, 40, COLOR_PQ);
  g_assert_cmpuint (caps_of (t, "video_0"), ==, 1);
  tag (t, VIDEO, 40, AVC_INTER);
  g_assert_cmpstr (colors (t), ==, "bt2100-pq");
  tag (t, VIDEO, 80, COLOR_RESET);
  tag (t, VIDEO, 80, AVC_INTER);
  g_assert_cmpstr (colors (t), ==, before);
  g_assert_cmpuint (caps_of (t, "video_0"), ==, 3);
  end (t);
}

static GstRtmpDemuxTest *
play_file (const gchar * name)
{
  g_autoptr (GBytes) flv = gst_rtmp_test_read (name);
  GstRtmpDemuxTest *t = begin ();

  gst_rtmp_demux_test_push_all (t, flv, 4096);
  return t;
}

static void
test_hdr10 (void)
{
  GstRtmpDemuxTest *t = play_file ("hevc_hdr10.flv");
  const GstStructure *caps = gst_rtmp_output_caps (output (t, "video_0"));

  g_assert_true (gst_structure_has_name (caps, "video/x-h265"));
  g_assert_cmpstr (gst_structure_get_string (caps, "colorimetry"), ==,
      "bt2100-pq");
  g_assert_cmpstr (gst_structure_get_string (caps, "profile"), ==, "main-10");
  end (t);
}

static guint
padding (GPtrArray * frames, guint i)
{
  const GstAudioClippingMeta *meta =
      gst_buffer_get_audio_clipping_meta (g_ptr_array_index (frames, i));

  return meta ? (guint) meta->start : 0;
}

/* The pre-skip. */
static void
test_opus_padding (void)
{
  GstRtmpDemuxTest *t = play_file ("av1_opus.flv");
  GPtrArray *frames = output (t, "audio_0")->frames;

  g_assert_cmpuint (padding (frames, 0), ==, 312);
  for (guint i = 1; i < frames->len; i++)
    g_assert_cmpuint (padding (frames, i), ==, 0);
  end (t);
}

static void
test_opus51 (void)
{
  static const gint wanted[] = { 0, 4, 1, 2, 3, 5 };
  GstRtmpDemuxTest *t = play_file ("avc_opus51.flv");
  const GstStructure *caps = gst_rtmp_output_caps (output (t, "audio_0"));
  const GValue *mapping = gst_structure_get_value (caps, "channel-mapping");

  g_assert_cmpuint (gst_value_array_get_size (mapping), ==, 6);
  for (guint i = 0; i < 6; i++)
    g_assert_cmpint (g_value_get_int (gst_value_array_get_value (mapping, i)),
        ==, wanted[i]);
  end (t);
}

/* Silence */

static void
test_silence (void)
{
  GstRtmpDemuxTest *t = begin ();
  GstClockTime time, duration;

  begin_both (t, 0);
  tag (t, AUDIO, 100, "");
  gst_event_parse_gap (gst_rtmp_output_event (output (t, "audio_0"),
          GST_EVENT_GAP), &time, &duration);
  g_assert_cmpuint (time, ==, 0);
  g_assert_cmpuint (duration, ==, 100 * GST_MSECOND);
  tag (t, VIDEO, 100, "");      /* this is nothing at all */
  tag (t, VIDEO, 100, "57 00");
  tag (t, VIDEO, 100, "57 01");
  g_assert_cmpuint (gst_rtmp_output_count (output (t, "video_0"),
          GST_EVENT_GAP), ==, 0);
  for (guint32 time = 140; time <= 1140; time += 40)
    tag (t, VIDEO, time, AVC_INTER);
  g_assert_cmpuint (gst_rtmp_output_count (output (t, "audio_0"),
          GST_EVENT_GAP), ==, 3);
  g_assert_cmpuint (gst_rtmp_demux_test_stat (t, "bad-tags"), ==, 0);
  end (t);
}

/* Bad data */

static void
test_unknown_codec (void)
{
  GstRtmpDemuxTest *t = begin ();

  for (guint32 time = 0; time < 100; time += 20) {
    /* ManyTracksManyCodecs: mp4a 0, "none" 1 */
    tag (t, AUDIO, time, time == 0
        ? "95 20 6D703461 00 000002 1188 6E6F6E65 01 000001 00"
        : "95 21 6D703461 00 000002 2100 6E6F6E65 01 000001 00");
    tag (t, VIDEO, time, "1F 00");
  }
  assert_names (t, "audio_0");
  assert_times (t, "audio_0", "20/20 40/40 60/60 80/80");
  g_assert_cmpuint (gst_rtmp_demux_test_messages (t, GST_MESSAGE_WARNING,
          "Unknown codec"), ==, 2);
  end (t);
}

static void
test_encrypted (void)
{
  GstRtmpDemuxTest *t = begin ();

  begin_both (t, 0);
  tag (t, AUDIO | 0x20, 20, AAC_FRAME);
  tag (t, AUDIO | 0x20, 40, AAC_FRAME);
  tag (t, VIDEO, 40, AVC_INTER);
  assert_times (t, "audio_0", "0/0");
  assert_times (t, "video_0", "0/0 40/40");
  g_assert_cmpuint (gst_rtmp_demux_test_messages (t, GST_MESSAGE_WARNING,
          "encrypted"), ==, 1);
  end (t);
}

static void
test_garbage (void)
{
  GstRtmpDemuxTest *t = begin ();
  g_autoptr (GBytes) garbage = gst_rtmp_test_payload (1, 70000);
  g_autoptr (GBytes) no_type = g_bytes_new_static ("\xFF", 1);
  GstBuffer *frame;

  begin_both (t, 0);
  /* Where a tag would begin: no type of tag. */
  g_assert_cmpint (gst_rtmp_demux_test_push (t, no_type, GST_CLOCK_TIME_NONE),
      ==, GST_FLOW_OK);
  gst_rtmp_demux_test_push_all (t, garbage, 777);
  tag (t, VIDEO, 40, AVC_INTER);
  tag (t, AUDIO, 40, AAC_FRAME);
  assert_times (t, "video_0", "0/0 40/40");
  assert_times (t, "audio_0", "0/0 40/40");
  frame = g_ptr_array_index (output (t, "video_0")->frames, 1);
  g_assert_true (GST_BUFFER_IS_DISCONT (frame));
  g_assert_cmpuint (gst_rtmp_demux_test_messages (t, GST_MESSAGE_WARNING,
          "damaged before 40 ms"), ==, 1);
  g_assert_cmpuint (gst_rtmp_demux_test_stat (t, "gaps"), ==, 1);
  end (t);
}

static void
test_no_flv (void)
{
  GstRtmpDemuxTest *t = begin ();
  g_autoptr (GBytes) png = g_bytes_new_static ("\x89PNG\r\n", 6);

  g_assert_cmpint (gst_rtmp_demux_test_push (t, png, GST_CLOCK_TIME_NONE), ==,
      GST_FLOW_ERROR);
  g_assert_cmpuint (gst_rtmp_demux_test_messages (t, GST_MESSAGE_ERROR,
          "not FLV"), ==, 1);
  end (t);
}

static void
test_cut (void)
{
  g_autoptr (GBytes) flv = gst_rtmp_test_read ("avc_aac.flv");
  gsize size = g_bytes_get_size (flv);
  guint before = 0;

  for (gsize at = 5000; at < size; at += 9973) {
    g_autoptr (GBytes) part = g_bytes_new_from_bytes (flv, 0, at);
    GstRtmpDemuxTest *t = begin ();
    guint frames;

    gst_rtmp_demux_test_push_all (t, part, 4096);
    gst_rtmp_demux_test_push_event (t, gst_event_new_eos ());
    frames = output (t, "video_0")->frames->len;
    g_assert_cmpuint (frames, >=, before);
    before = frames;
    g_assert_cmpuint (gst_rtmp_demux_test_messages (t, GST_MESSAGE_WARNING,
            "middle of a tag"), ==, 1);
    g_assert_cmpuint (gst_rtmp_output_count (output (t, "video_0"),
            GST_EVENT_EOS), ==, 1);
    gst_rtmp_demux_test_free (t);
  }
  g_assert_cmpuint (before, >, 60);
}

static void
test_random (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (6);
  GstRtmpDemuxTest *t = begin ();
  static const guint8 types[] = { AUDIO, VIDEO, FLV_TAG_SCRIPT, 15 };

  begin_both (t, 0);
  for (guint i = 0; i < 20000; i++) {
    guint8 body[40];
    guint size = (guint) g_rand_int_range (rand, 0, sizeof (body));
    g_autoptr (GBytes) payload = NULL;
    g_autoptr (GBytes) bytes = NULL;
    RtmpMessage message = {.type = types[g_rand_int_range (rand, 0, 4)] };

    for (guint k = 0; k < size; k++)
      body[k] = (guint8) g_rand_int (rand);
    payload = g_bytes_new (body, size);
    message.timestamp = g_rand_int (rand);
    message.payload = payload;
    bytes = gst_rtmp_test_tag (&message);
    g_assert_cmpint (gst_rtmp_demux_test_push (t, bytes, GST_CLOCK_TIME_NONE),
        ==, GST_FLOW_OK);
    gst_bus_set_flushing (t->bus, TRUE);
    gst_bus_set_flushing (t->bus, FALSE);
  }
  tag (t, VIDEO, 0, AVC_CONFIG);
  gst_rtmp_demux_test_forget (t);
  tag (t, VIDEO, 0, AVC_KEY);
  g_assert_cmpuint (output (t, "video_0")->frames->len, ==, 1);
  g_assert_cmpuint (gst_rtmp_demux_test_stat (t, "bad-tags"), >, 1000);
  end (t);
}

/* Upstream and downstream */

static void
test_flush (void)
{
  GstRtmpDemuxTest *t = begin ();
  GstSegment segment;
  GstBuffer *frame;

  begin_both (t, 0);
  gst_rtmp_demux_test_push_event (t, gst_event_new_flush_start ());
  g_assert_cmpint (gst_rtmp_demux_test_tag (t, VIDEO, 0, AVC_INTER), ==,
      GST_FLOW_FLUSHING);
  gst_rtmp_demux_test_push_event (t, gst_event_new_flush_stop (TRUE));
  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_rtmp_demux_test_push_event (t, gst_event_new_segment (&segment));
  gst_rtmp_demux_test_forget (t);
  tag (t, VIDEO, 9000, AVC_KEY);
  g_assert_cmpstr (output (t, "video_0")->trace->str, ==, " segment B");
  g_assert_cmpuint (gst_rtmp_output_segment (output (t, "video_0"))->start, ==,
      9 * GST_SECOND);
  frame = g_ptr_array_index (output (t, "video_0")->frames, 0);
  g_assert_true (GST_BUFFER_IS_DISCONT (frame));
  end (t);
}

static void
test_stream_header (void)
{
  GstRtmpDemuxTest *t = gst_rtmp_demux_test_new ();
  static const gchar *const bodies[] = { AVC_CONFIG, AAC_CONFIG };
  GstCaps *caps = gst_caps_new_empty_simple ("video/x-flv");
  GValue headers = G_VALUE_INIT;
  GstSegment segment;

  g_value_init (&headers, GST_TYPE_ARRAY);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GBytes) body = rtmp_test_unhex (bodies[i]);
    const RtmpMessage message = {.type = i ? AUDIO : VIDEO,.payload = body };
    g_autoptr (GBytes) bytes = gst_rtmp_test_tag (&message);
    GValue header = G_VALUE_INIT;

    g_value_init (&header, GST_TYPE_BUFFER);
    gst_value_take_buffer (&header, gst_buffer_new_wrapped_bytes (bytes));
    gst_value_array_append_and_take_value (&headers, &header);
  }
  gst_structure_take_value (gst_caps_get_structure (caps, 0), "streamheader",
      &headers);
  gst_rtmp_demux_test_push_event (t, gst_event_new_stream_start ("x"));
  gst_rtmp_demux_test_push_event (t, gst_event_new_caps (caps));
  gst_caps_unref (caps);
  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_rtmp_demux_test_push_event (t, gst_event_new_segment (&segment));
  tag (t, VIDEO, 40, AVC_KEY);
  tag (t, AUDIO, 40, AAC_FRAME);
  assert_names (t, "video_0 audio_0");
  end (t);
}

static void
test_script (void)
{
  GstRtmpDemuxTest *t = begin ();
  GstMessage *message;
  const GstStructure *s;
  guint64 time;

  tag (t, FLV_TAG_SCRIPT, 70, META_AUDIO);
  message = gst_bus_pop_filtered (t->bus, GST_MESSAGE_ELEMENT);
  g_assert_nonnull (message);
  s = gst_message_get_structure (message);
  g_assert_true (gst_structure_has_name (s, "rtmp-script"));
  g_assert_cmpstr (gst_structure_get_string (s, "name"), ==, "onMetaData");
  g_assert_true (gst_structure_get_uint64 (s, "timestamp", &time));
  g_assert_cmpuint (time, ==, 70 * GST_MSECOND);
  gst_message_unref (message);
  end (t);
}

/* It goes on, for rtmpmux; but for metadata, which that makes itself. */
static void
test_script_event (void)
{
  GstRtmpDemuxTest *t = begin ();
  const GstStructure *s;

  begin_both (t, 0);
  tag (t, FLV_TAG_SCRIPT, 40, META_AUDIO);
  /* onTextData, "hi" */
  tag (t, FLV_TAG_SCRIPT, 40, "02 000A 6F6E5465787444617461 02 0002 6869");
  for (guint i = 0; i < 2; i++) {
    GstRtmpOutput *out = g_ptr_array_index (t->outputs, i);

    g_assert_cmpuint (gst_rtmp_output_count (out, GST_EVENT_CUSTOM_DOWNSTREAM),
        ==, 1);
    s = gst_event_get_structure (gst_rtmp_output_event (out,
            GST_EVENT_CUSTOM_DOWNSTREAM));
    g_assert_true (gst_structure_has_name (s, "rtmp-script"));
    g_assert_cmpstr (gst_structure_get_string (s, "name"), ==, "onTextData");
  }
  end (t);
}

static void
test_flows (void)
{
  static const struct
  {
    GstFlowReturn video, audio, both;
  } rows[] = {
    {GST_FLOW_OK, GST_FLOW_NOT_LINKED, GST_FLOW_OK},
    {GST_FLOW_NOT_LINKED, GST_FLOW_NOT_LINKED, GST_FLOW_NOT_LINKED},
    {GST_FLOW_EOS, GST_FLOW_OK, GST_FLOW_OK},
    {GST_FLOW_EOS, GST_FLOW_NOT_LINKED, GST_FLOW_EOS},
    {GST_FLOW_EOS, GST_FLOW_EOS, GST_FLOW_EOS},
    {GST_FLOW_OK, GST_FLOW_ERROR, GST_FLOW_ERROR},
    {GST_FLOW_FLUSHING, GST_FLOW_OK, GST_FLOW_FLUSHING},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    GstRtmpDemuxTest *t = begin ();
    GstFlowReturn video, audio;

    begin_both (t, 0);
    output (t, "video_0")->flow = rows[i].video;
    output (t, "audio_0")->flow = rows[i].audio;
    video = gst_rtmp_demux_test_tag (t, VIDEO, 40, AVC_INTER);
    audio = gst_rtmp_demux_test_tag (t, AUDIO, 40, AAC_FRAME);
    g_assert_cmpint (rows[i].video == GST_FLOW_FLUSHING ? video : audio, ==,
        rows[i].both);
    end (t);
  }
}

static void
test_again (void)
{
  GstRtmpDemuxTest *t = begin ();

  for (guint i = 0; i < 3; i++) {
    begin_both (t, 1000 * i);
    assert_names (t, "video_0 audio_0");
    gst_element_set_state (t->demux, GST_STATE_NULL);
    g_assert_true (output (t, "video_0")->is_removed);
    g_ptr_array_set_size (t->outputs, 0);
    g_assert_cmpuint (t->demux->numsrcpads, ==, 0);
    gst_element_set_state (t->demux, GST_STATE_PAUSED);
    gst_rtmp_demux_test_begin (t, GST_FORMAT_BYTES);
  }
  gst_rtmp_demux_test_free (t);
}

static void
test_nothing (void)
{
  GstRtmpDemuxTest *t = begin ();

  gst_rtmp_demux_test_push_event (t, gst_event_new_eos ());
  g_assert_cmpuint (gst_rtmp_demux_test_messages (t, GST_MESSAGE_ERROR,
          "without a picture or a sound"), ==, 1);
  gst_rtmp_demux_test_free (t);
}

int
main (int argc, char **argv)
{
  gst_rtmp_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (media); i++) {
    g_autofree gchar *path = g_strdup_printf ("/demux/media/%s", media[i]);

    g_test_add_data_func (path, media[i], test_media);
  }
  g_test_add_func ("/demux/times/composition", test_composition);
  g_test_add_func ("/demux/times/tracks-apart", test_tracks_apart);
  g_test_add_func ("/demux/times/wrap", test_wrap);
  g_test_add_func ("/demux/times/upstream", test_upstream_time);
  g_test_add_func ("/demux/pads/waits", test_waits);
  g_test_add_func ("/demux/pads/announced", test_announced);
  g_test_add_func ("/demux/pads/never-comes", test_never_comes);
  g_test_add_func ("/demux/pads/E-249-late", test_late);
  g_test_add_func ("/demux/pads/E-235-E-241-E-243-E-245-ids", test_track_ids);
  g_test_add_func ("/demux/pads/streams", test_streams);
  g_test_add_func ("/demux/config/E-202-change", test_caps_change);
  g_test_add_func ("/demux/config/change-held", test_caps_change_held);
  g_test_add_func ("/demux/config/other-codec", test_other_codec);
  g_test_add_func ("/demux/publisher/next", test_next_publisher);
  g_test_add_func ("/demux/publisher/early", test_next_publisher_early);
  g_test_add_func ("/demux/publisher/held", test_next_publisher_held);
  g_test_add_func ("/demux/config/E-204-E-205-E-221-end", test_end_of_sequence);
  g_test_add_func ("/demux/config/E-251-E-252-colors", test_colors);
  g_test_add_func ("/demux/config/hdr10", test_hdr10);
  g_test_add_func ("/demux/config/E-214-opus-padding", test_opus_padding);
  g_test_add_func ("/demux/config/E-214-opus51", test_opus51);
  g_test_add_func ("/demux/silence/E-178-E-181-E-182-E-223", test_silence);
  g_test_add_func ("/demux/bad/E-240-unknown-codec", test_unknown_codec);
  g_test_add_func ("/demux/bad/E-187-encrypted", test_encrypted);
  g_test_add_func ("/demux/bad/E-189-garbage", test_garbage);
  g_test_add_func ("/demux/bad/no-flv", test_no_flv);
  g_test_add_func ("/demux/bad/E-190-cut", test_cut);
  g_test_add_func ("/demux/bad/random", test_random);
  g_test_add_func ("/demux/flush", test_flush);
  g_test_add_func ("/demux/stream-header", test_stream_header);
  g_test_add_func ("/demux/script/message", test_script);
  g_test_add_func ("/demux/script/event", test_script_event);
  g_test_add_func ("/demux/flows", test_flows);
  g_test_add_func ("/demux/again", test_again);
  g_test_add_func ("/demux/nothing", test_nothing);
  return g_test_run ();
}

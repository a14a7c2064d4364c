/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rtmpdemux fed by hand. */
#include <string.h>

#include "flvfile.h"
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

int
main (int argc, char **argv)
{
  gst_rtmp_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (media); i++) {
    g_autofree gchar *path = g_strdup_printf ("/demux/media/%s", media[i]);

    g_test_add_data_func (path, media[i], test_media);
  }
  g_test_add_func ("/demux/times/composition", test_composition);
  g_test_add_func ("/demux/times/E-241-tracks-apart", test_tracks_apart);
  g_test_add_func ("/demux/times/wrap", test_wrap);
  g_test_add_func ("/demux/times/upstream", test_upstream_time);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmptrackwriter.h"

#include <string.h>

#include "flvfile.h"
#include "gstrtmpmuxtest.h"
#include "rtmptesthex.h"

#define HDR "video/x-h265, stream-format=hvc1, alignment=au, " \
    "codec_data=(buffer)0102, colorimetry=bt2100-pq, " \
    "mastering-display-info=(string)35400:14600:8500:39850:6550:2300:15635:" \
    "16450:10000000:50, content-light-level=(string)1000:400"
#define FLAC "audio/x-flac, framed=true, rate=44100, channels=1, " \
    "streamheader=(buffer)<7f464c414301000001664c614300000022" STREAM_INFO ">"
#define STREAM_INFO "1200120000000cd600170bb801f0000238" \
    "00ff33019c4010eb589cc692c25e3a35fd"

/* Bodies of the tags: of the configuration, separated by commas, and of a frame
 * of the bytes 10 02 03, decoded at 40 ms. */
typedef struct
{
  const gchar *name;
  const gchar *caps;            /* or what gstrtmpmuxtest.h has */
  guint8 id;
  gboolean force, nanoseconds, marker;
  gint64 pts;                   /* us */
  gboolean inter;
  const gchar *configuration;
  const gchar *frame;
} Case;

static const Case cases[] = {
  {"E-175-avc", "avc", 0, FALSE, FALSE, FALSE, 120000, FALSE,
        "17 00 000000 0142c00bffe10004aabbccdd010002eeff",
      "17 01 000050 100203"},
  {"E-175-avc-before", "avc", 0, FALSE, FALSE, FALSE, 20000, TRUE,
        "17 00 000000 0142c00bffe10004aabbccdd010002eeff",
      "27 01 FFFFEC 100203"},
  {"E-176-aac", "aac", 0, FALSE, FALSE, FALSE, 40000, FALSE, "AF 00 1210",
      "AF 01 100203"},
  {"mp3", "mp3", 0, FALSE, FALSE, FALSE, 40000, FALSE, "", "2F 100203"},
  {"speex", "speex", 0, FALSE, FALSE, FALSE, 40000, FALSE, "", "B2 100203"},
  {"E-196-E-200-hevc", "hevc", 0, FALSE, FALSE, FALSE, 120000, TRUE,
      "90 68766331 0102", "A1 68766331 000050 100203"},
  {"E-197-E-199-hevc-without-composition-time", "hevc", 0, FALSE, FALSE, FALSE,
      40000, FALSE, "90 68766331 0102", "93 68766331 100203"},
  {"E-242-avc-by-force", "avc", 0, TRUE, FALSE, FALSE, 40000, TRUE,
        "90 61766331 0142c00bffe10004aabbccdd010002eeff",
      "A3 61766331 100203"},
  {"E-237-E-242-one-track", "avc", 5, FALSE, FALSE, FALSE, 40000, FALSE,
        "96 00 61766331 05 0142c00bffe10004aabbccdd010002eeff",
      "96 03 61766331 05 100203"},
  {"E-237-aac-of-another-track", "aac", 2, FALSE, FALSE, FALSE, 40000, FALSE,
      "95 00 6D703461 02 1210", "95 01 6D703461 02 100203"},
  {"E-196-vp8-has-none", "vp8", 0, FALSE, FALSE, FALSE, 120000, TRUE, NULL,
      "A1 76703038 100203"},
  {"E-211-opus", "opus", 0, FALSE, FALSE, FALSE, 40000, FALSE,
      "90 4F707573 4F70757348656164 01 02 0000 80BB0000 0000 00,"
        "94 4F707573 01 02 00000003", "91 4F707573 100203"},
  {"E-215-E-218-E-219-opus51", "opus51", 0, FALSE, FALSE, FALSE, 40000, FALSE,
      "90 4F707573 4F70757348656164 01 06 0000 80BB0000 0000 01 04 02 "
        "000401020305,94 4F707573 01 06 0000003F", "91 4F707573 100203"},
  {"E-211-ac3-is-empty", "ac3", 0, FALSE, FALSE, FALSE, 40000, FALSE,
      "90 61632D33", "91 61632D33 100203"},
  {"flac", FLAC, 0, FALSE, FALSE, FALSE, 40000, FALSE,
        "90 664C6143 " STREAM_INFO ",94 664C6143 01 01 00000004",
      "91 664C6143 100203"},
  {"E-217-flac-with-marker", FLAC, 0, FALSE, FALSE, TRUE, 40000, FALSE,
      "90 664C6143 664C6143 80000022 " STREAM_INFO
        ",94 664C6143 01 01 00000004", "91 664C6143 100203"},
  {"E-227-nanoseconds", "hevc", 0, FALSE, TRUE, FALSE, 40123, FALSE,
        "90 68766331 0102",
      "97 02 01E078 03 68766331 100203"},
  {"E-231-E-236-nanoseconds-before-track", "hevc", 1, FALSE, TRUE, FALSE,
        40123, FALSE, "96 00 68766331 01 0102",
      "97 02 01E078 06 03 68766331 01 100203"},
  {"nanoseconds-where-no-room-is", "avc", 0, FALSE, TRUE, FALSE, 40123, FALSE,
        "17 00 000000 0142c00bffe10004aabbccdd010002eeff",
      "17 01 000000 100203"},
  {"sorenson", "sorenson", 0, FALSE, FALSE, FALSE, 40000, TRUE, "",
      "22 100203"},
};

static void
init (GstRtmpTrackWriter * writer, const gchar * text, guint8 id)
{
  g_autoptr (GstCaps) caps = strchr (text, '/')
      ? gst_caps_from_string (text) : gst_rtmp_mux_test_caps (text);
  const gchar *name = gst_structure_get_name (gst_caps_get_structure (caps, 0));
  g_autoptr (GstBuffer) frame = gst_rtmp_mux_test_frame ("40");
  GError *error = NULL;

  writer->media = g_str_has_prefix (name, "video") ? FLV_MEDIA_VIDEO
      : FLV_MEDIA_AUDIO;
  writer->id = id;
  gst_rtmp_track_writer_set_caps (writer, caps, frame, &error);
  g_assert_no_error (error);
}

/* The tag is sound, and its body this. */
static void
assert_body (GstBuffer * tag, guint32 timestamp, const gchar * hex)
{
  g_autoptr (GBytes) expected = rtmp_test_unhex (hex);
  gsize size = g_bytes_get_size (expected);
  guint8 header[FLV_TAG_HEADER_SIZE], trailer[FLV_TAG_TRAILER_SIZE];
  GstMapInfo map;

  g_assert_true (gst_buffer_map (tag, &map, GST_MAP_READ));
  flv_write_tag_header (header, map.data[0], size, timestamp);
  flv_write_tag_trailer (trailer, size);
  g_assert_cmpmem (map.data, MIN (sizeof (header), map.size), header,
      sizeof (header));
  g_assert_cmpmem (map.data + sizeof (header),
      map.size - sizeof (header) - sizeof (trailer),
      g_bytes_get_data (expected, NULL), size);
  g_assert_cmpmem (map.data + sizeof (header) + size, sizeof (trailer),
      trailer, sizeof (trailer));
  gst_buffer_unmap (tag, &map);
}

static GPtrArray *
configuration_of (GstRtmpTrackWriter * writer)
{
  GPtrArray *tags =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);

  g_assert_true (writer->is_changed);
  gst_rtmp_track_writer_configuration (writer, 40, tags);
  g_assert_false (writer->is_changed);
  return tags;
}

static void
assert_configuration (GstRtmpTrackWriter * writer, const gchar * expected)
{
  g_autoptr (GPtrArray) tags = configuration_of (writer);
  g_auto (GStrv) bodies = g_strsplit (expected, ",", -1);

  g_assert_cmpuint (tags->len, ==, g_strv_length (bodies));
  for (guint i = 0; i < tags->len; i++) {
    GstBuffer *tag = g_ptr_array_index (tags, i);

    g_assert_true (GST_BUFFER_FLAG_IS_SET (tag, GST_BUFFER_FLAG_HEADER));
    assert_body (tag, 40, bodies[i]);
  }
}

static GstBuffer *
write_frame (const GstRtmpTrackWriter * writer, GstBuffer * frame, gint64 pts)
{
  GError *error = NULL;
  GstBuffer *tag = gst_rtmp_track_writer_frame (writer, frame,
      40 * GST_MSECOND, pts * (gint64) GST_USECOND, &error);

  g_assert_no_error (error);
  g_assert_nonnull (tag);
  return tag;
}

static void
test_case (gconstpointer user_data)
{
  const Case *c = user_data;
  GstRtmpTrackWriter writer = {.force_four_cc = c->force,
    .nanoseconds = c->nanoseconds,.long_flac = c->marker
  };
  g_autoptr (GstBuffer) frame =
      gst_rtmp_mux_test_frame (c->inter ? "40/40" : "40");
  g_autoptr (GstBuffer) tag = NULL;

  init (&writer, c->caps, c->id);
  if (c->configuration)
    assert_configuration (&writer, c->configuration);
  tag = write_frame (&writer, frame, c->pts);
  assert_body (tag, 40, c->frame);
  g_assert_cmpint (GST_BUFFER_FLAG_IS_SET (tag, GST_BUFFER_FLAG_DELTA_UNIT),
      ==, c->inter);
  gst_rtmp_track_writer_clear (&writer);
}

static GstBuffer *
colors_of (GstRtmpTrackWriter * writer, guint8 id)
{
  g_autoptr (GPtrArray) tags = NULL;

  init (writer, HDR, id);
  tags = configuration_of (writer);
  g_assert_cmpuint (tags->len, ==, 2);
  return gst_buffer_ref (g_ptr_array_index (tags, 1));
}

static gboolean
holds (GstBuffer * buffer, const gchar * text)
{
  gsize length = strlen (text);

  for (gsize i = 0; i + length <= gst_buffer_get_size (buffer); i++)
    if (gst_buffer_memcmp (buffer, i, text, length) == 0)
      return TRUE;
  return FALSE;
}

/* Frame type 5 in the only track, another among several. */
static void
test_colors (void)
{
  GstRtmpTrackWriter writer = { FALSE, }, other = {
    FALSE,
  };
  g_autoptr (GstBuffer) alone = colors_of (&writer, 0);
  g_autoptr (GstBuffer) among = colors_of (&other, 1);
  guint8 byte;

  gst_buffer_extract (alone, FLV_TAG_HEADER_SIZE, &byte, 1);
  g_assert_cmphex (byte, ==, 0xD4);
  gst_buffer_extract (among, FLV_TAG_HEADER_SIZE, &byte, 1);
  g_assert_cmphex (byte, ==, 0x96);
  gst_buffer_extract (among, FLV_TAG_HEADER_SIZE + 1, &byte, 1);
  g_assert_cmphex (byte, ==, 0x04);
  g_assert_true (holds (alone, "colorInfo"));
  g_assert_true (holds (alone, "maxFall"));
  g_assert_true (holds (alone, "maxCLL"));
  g_assert_true (holds (alone, "hdrMdcv"));
  gst_rtmp_track_writer_clear (&writer);
  gst_rtmp_track_writer_clear (&other);
}

/* Told once, and once that there are none any more. */
static void
test_no_colors (void)
{
  GstRtmpTrackWriter writer = { FALSE, };
  g_autoptr (GPtrArray) tags = NULL;

  gst_buffer_unref (colors_of (&writer, 0));
  init (&writer, "hevc", 0);
  tags = configuration_of (&writer);
  g_assert_cmpuint (tags->len, ==, 2);
  assert_body (g_ptr_array_index (tags, 1), 40,
      "D4 68766331 02 0009 636F6C6F72496E666F 06");
  init (&writer, "hevc", 0);
  g_assert_false (writer.is_changed);
  init (&writer, "vp8", 0);
  g_ptr_array_unref (tags);
  tags = configuration_of (&writer);
  g_assert_cmpuint (tags->len, ==, 1);
  gst_rtmp_track_writer_clear (&writer);
}

/* Its dynamic metadata stay in the picture, whole, and are nowhere else. */
static void
test_dolby (void)
{
  GstRtmpTrackWriter plain = { FALSE, }, dolby = {
    FALSE,
  };
  g_autoptr (GPtrArray) wanted = NULL;
  g_autoptr (GPtrArray) tags = NULL;
  g_autoptr (GBytes) picture =
      rtmp_test_unhex ("00000003 260100 00000003 7C0119");
  g_autoptr (GstBuffer) frame = gst_buffer_new_wrapped_bytes (picture);
  g_autoptr (GstBuffer) tag = NULL;

  init (&plain, HDR, 0);
  init (&dolby, HDR ", dv-profile=(int)8, dv-level=(int)6, "
      "rpu=(buffer)7c0119", 0);
  wanted = configuration_of (&plain);
  tags = configuration_of (&dolby);
  g_assert_cmpuint (tags->len, ==, 2);
  for (guint i = 0; i < tags->len; i++) {
    GstBuffer *one = g_ptr_array_index (tags, i);
    GstMapInfo map;

    g_assert_true (gst_buffer_map (g_ptr_array_index (wanted, i), &map,
            GST_MAP_READ));
    g_assert_cmpuint (gst_buffer_get_size (one), ==, map.size);
    g_assert_cmpint (gst_buffer_memcmp (one, 0, map.data, map.size), ==, 0);
    gst_buffer_unmap (g_ptr_array_index (wanted, i), &map);
  }
  tag = write_frame (&dolby, frame, 40000);
  assert_body (tag, 40, "93 68766331 00000003 260100 00000003 7C0119");
  gst_rtmp_track_writer_clear (&plain);
  gst_rtmp_track_writer_clear (&dolby);
}

static void
test_silence (void)
{
  GstRtmpTrackWriter writer = { FALSE, };
  g_autoptr (GstBuffer) nothing = gst_buffer_new ();
  g_autoptr (GstBuffer) tag = NULL;

  init (&writer, "aac", 0);
  tag = write_frame (&writer, nothing, 40000);
  assert_body (tag, 40, "");
  gst_rtmp_track_writer_clear (&writer);
}

static void
test_end (void)
{
  GstRtmpTrackWriter hevc = { FALSE, }, opus = {
    FALSE,
  }, mp3 = {
    FALSE,
  };
  g_autoptr (GstBuffer) video = NULL, audio = NULL;

  init (&hevc, "hevc", 3);
  init (&opus, "opus", 0);
  init (&mp3, "mp3", 0);
  video = gst_rtmp_track_writer_end (&hevc, 7);
  audio = gst_rtmp_track_writer_end (&opus, 7);
  assert_body (video, 7, "96 02 68766331 03");
  assert_body (audio, 7, "92 4F707573");
  g_assert_null (gst_rtmp_track_writer_end (&mp3, 7));
  gst_rtmp_track_writer_clear (&hevc);
  gst_rtmp_track_writer_clear (&opus);
  gst_rtmp_track_writer_clear (&mp3);
}

/* What was not written stays to be written, though the same comes again. */
static void
test_changes (void)
{
  GstRtmpTrackWriter writer = { FALSE, };

  init (&writer, "avc", 0);
  init (&writer, "avc", 0);
  assert_configuration (&writer, cases[0].configuration);
  init (&writer, "avc-wider", 0);
  g_assert_false (writer.is_changed);
  init (&writer, "avc2", 0);
  g_assert_true (writer.is_changed);
  gst_rtmp_track_writer_clear (&writer);
}

static void
test_too_large (void)
{
  GstRtmpTrackWriter writer = { FALSE, };
  g_autoptr (GstBuffer) frame = gst_buffer_new_allocate (NULL, 0xFFFFFF, NULL);
  GError *error = NULL;

  init (&writer, "avc", 0);
  g_assert_null (gst_rtmp_track_writer_frame (&writer, frame, 0, 0, &error));
  g_assert_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_MUX);
  g_assert_nonnull (strstr (error->message, "16777215 bytes"));
  g_clear_error (&error);
  gst_rtmp_track_writer_clear (&writer);
}

/* Of several memories it is one copy all the same. */
static void
test_memories (void)
{
  GstRtmpTrackWriter writer = { FALSE, };
  g_autoptr (GstBuffer) frame = gst_rtmp_mux_test_frame ("40");
  g_autoptr (GstBuffer) tag = NULL;

  frame = gst_buffer_append (frame, gst_rtmp_mux_test_frame ("40"));
  init (&writer, "mp3", 0);
  tag = write_frame (&writer, frame, 40000);
  assert_body (tag, 40, "2F 100203 100203");
  g_assert_cmpuint (gst_buffer_n_memory (tag), ==, 1);
  gst_rtmp_track_writer_clear (&writer);
}

int
main (int argc, char **argv)
{
  gst_rtmp_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *path = g_strdup_printf ("/trackwriter/%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], test_case);
  }
  g_test_add_func ("/trackwriter/E-194-E-195-E-250-E-254-colors", test_colors);
  g_test_add_func ("/trackwriter/E-252-no-colors", test_no_colors);
  g_test_add_func ("/trackwriter/E-257-dolby", test_dolby);
  g_test_add_func ("/trackwriter/E-181-silence", test_silence);
  g_test_add_func ("/trackwriter/E-204-end", test_end);
  g_test_add_func ("/trackwriter/changes", test_changes);
  g_test_add_func ("/trackwriter/too-large", test_too_large);
  g_test_add_func ("/trackwriter/memories", test_memories);
  return g_test_run ();
}

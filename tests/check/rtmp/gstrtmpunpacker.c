/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What becomes of tags, within rtmpdemux. */
#include "gstrtmpunpacker.h"

#include "flvfile.h"
#include "gstrtmpdemuxtest.h"
#include "rtmptesthex.h"

#define VIDEO FLV_TAG_VIDEO
#define AUDIO FLV_TAG_AUDIO
#define SCRIPT FLV_TAG_SCRIPT

#define AVC_RECORD "0142C01EFFE1000567428C0D9001000468CE3C80"
#define AVC_CONFIG "17 00 000000" AVC_RECORD
#define AVC_KEY "17 01 000000 0000000165"
#define AVC_INTER "27 01 000000 0000000141"
#define AAC_CONFIG "AF 00 1188"
#define AAC_FRAME "AF 01 2100"
/* OneTrack 1 */
#define AVC_CONFIG_1 "96 00 61766331 01" AVC_RECORD
#define AVC_KEY_1 "96 03 61766331 01 0000000165"

/* Log */

static guint n_warnings;

static void
count_warning (GstDebugCategory * category, GstDebugLevel level,
    const gchar * file, const gchar * function, gint line, GObject * object,
    GstDebugMessage * message, gpointer user_data)
{
  if (level == GST_LEVEL_WARNING
      && g_str_equal (gst_debug_category_get_name (category), "rtmpdemux"))
    n_warnings++;
}

static GstRtmpDemuxTest *
begin (void)
{
  GstRtmpDemuxTest *t = gst_rtmp_demux_test_new ();

  gst_rtmp_demux_test_begin (t, GST_FORMAT_BYTES);
  n_warnings = 0;
  return t;
}

static void
end (GstRtmpDemuxTest * t)
{
  gst_rtmp_demux_test_push_event (t, gst_event_new_eos ());
  gst_rtmp_demux_test_free (t);
}

static void
tag (GstRtmpDemuxTest * t, guint8 type, guint32 timestamp, const gchar * hex)
{
  g_assert_cmpint (gst_rtmp_demux_test_tag (t, type, timestamp, hex), ==,
      GST_FLOW_OK);
}

static GstRtmpOutput *
output (GstRtmpDemuxTest * t, const gchar * name)
{
  GstRtmpOutput *o = gst_rtmp_demux_test_output (t, name);

  g_assert_nonnull (o);
  return o;
}

static guint
frames_of (GstRtmpDemuxTest * t, const gchar * name)
{
  return output (t, name)->frames->len;
}

static void
assert_caps (GstRtmpDemuxTest * t, const gchar * name, const gchar * wanted)
{
  const GstStructure *structure = gst_rtmp_output_caps (output (t, name));
  g_autoptr (GstCaps) caps = gst_caps_new_full (gst_structure_copy
      (structure), NULL);
  g_autoptr (GstCaps) filter = gst_caps_from_string (wanted);

  if (!gst_caps_is_subset (caps, filter)) {
    g_autofree gchar *text = gst_caps_to_string (caps);

    g_assert_cmpstr (text, ==, wanted);
  }
}

/* Nothing was bad, and nobody was warned. */
static void
assert_good (GstRtmpDemuxTest * t)
{
  g_assert_cmpuint (gst_rtmp_demux_test_stat (t, "bad-tags"), ==, 0);
  g_assert_cmpuint (n_warnings, ==, 0);
  g_assert_cmpuint (gst_rtmp_demux_test_messages (t,
          GST_MESSAGE_WARNING | GST_MESSAGE_ERROR, NULL), ==, 0);
}

/* Bad tags */

typedef struct
{
  const gchar *name;
  guint8 type;
  const gchar *body;
} Bad;

#define COLOR "02 0009 636F6C6F72496E666F"

static const Bad bad[] = {
  /* Legacy: cut off, and packet types that are none */
  {"avc-cut", VIDEO, "17"},
  {"avc-composition-time-cut", VIDEO, "17 01 0000"},
  {"avc-type", VIDEO, "17 03 000000"},
  {"avc-frame-type", VIDEO, "07 01 000000 00"},
  {"avc-frame-type-6", VIDEO, "67 01 000000 00"},
  {"vp6-cut", VIDEO, "14"},
  {"command-cut", VIDEO, "57"},
  {"aac-cut", AUDIO, "AF"},
  {"aac-type", AUDIO, "AF 02"},
  /* Enhanced */
  {"E-207-four-cc-cut", VIDEO, "90 6176"},
  {"E-207-no-four-cc", VIDEO, "91"},
  {"E-207-type-8", VIDEO, "98 61766331"},
  {"E-207-type-15", VIDEO, "9F 61766331"},
  {"E-207-frame-type-0", VIDEO, "81 61766331 000000 00"},
  {"E-207-frame-type-6", VIDEO, "E3 61766331 00"},
  {"E-207-frame-type-7", VIDEO, "F3 61766331 00"},
  {"E-196-composition-time-cut", VIDEO, "91 61766331 0000"},
  {"E-192-command-cut", VIDEO, "D1"},
  {"E-222-no-four-cc", AUDIO, "90"},
  {"E-222-type-3", AUDIO, "93 6D703461"},
  {"E-222-type-6", AUDIO, "96 6D703461"},
  {"E-222-type-8", AUDIO, "98 6D703461"},
  {"E-222-type-15", AUDIO, "9F 6D703461"},
  /* ModEx: V17 and others */
  {"E-230-V17", VIDEO, "97 FF"},
  {"E-230-no-size", VIDEO, "97"},
  {"E-230-size-cut", AUDIO, "97 FF 00"},
  {"E-230-past-the-end", AUDIO, "97 05 00"},
  {"E-230-past-the-end-long", VIDEO, "97 FF FFFF 00"},
  {"E-230-no-next-type", VIDEO, "97 02 000001"},
  {"E-230-second", VIDEO, "97 00 00 07 FE 00"},
  {"E-232-within-multitrack", VIDEO, "96 07 61766331 02 000001 01 00"},
  {"E-232-within-multitrack-audio", AUDIO, "95 07 6D703461 02 000001 01 00"},
  /* Multitrack: V16, V18 and others */
  {"E-236-V16", VIDEO, "96 06 61766331 00 00"},
  {"E-236-audio", AUDIO, "95 05 6D703461 00 00"},
  {"E-234-type-3", VIDEO, "96 31 61766331 00"},
  {"E-234-type-15", AUDIO, "95 F1 6D703461 00"},
  {"E-234-cut", VIDEO, "96"},
  {"E-234-no-four-cc", VIDEO, "96 10 6176"},
  {"E-234-no-track", VIDEO, "96 03 61766331"},
  {"E-234-no-size", AUDIO, "95 11 6D703461 05 0000"},
  {"E-234-inner-type", AUDIO, "95 03 6D703461 05"},
  {"E-239-V18", VIDEO, "96 11 61766331 00 FFFFFF 00"},
  {"E-239-many-codecs", AUDIO, "95 21 6D703461 05 000002 21"},
  {"E-238-composition-time", VIDEO, "96 11 61766331 05 000002 0000"},
  /* MultichannelConfig */
  {"E-220-empty", AUDIO, "94 6D703461"},
  {"E-220-no-count", AUDIO, "94 6D703461 01"},
  {"E-220-count-0", AUDIO, "94 6D703461 00 00"},
  {"E-220-too-few-bits", AUDIO, "94 6D703461 01 06 0000001F"},
  {"E-220-too-many-bits", AUDIO, "94 6D703461 01 02 0000003F"},
  {"E-220-mask-cut", AUDIO, "94 6D703461 01 02 0003"},
  {"E-220-custom-cut", AUDIO, "94 6D703461 02 03 0001"},
  {"E-220-order-3", AUDIO, "94 6D703461 03 02 00000003"},
  {"E-220-order-255", AUDIO, "94 6D703461 FF 02 00000003"},
  {"E-220-of-a-track", AUDIO, "95 04 6D703461 00 03 02"},
  /* One tag, though each of its tracks is bad, and its end */
  {"E-220-of-many-tracks", AUDIO,
      "95 14 6D703461 00 000002 0302 01 000002 0302 02 0000FF 03"},
  /* colorInfo */
  {"color-cut", VIDEO, "D4 61766331" COLOR},
  {"color-name", VIDEO, "D4 61766331 05 03 000009"},
  {"color-marker", VIDEO, "84 61766331" COLOR "20"},
  /* Script data */
  {"script-empty", SCRIPT, ""},
  {"script-cut", SCRIPT, "02"},
  {"script-name", SCRIPT, "00 3FF0000000000000"},
  {"script-amf3", FLV_TAG_SCRIPT_AMF3, "00 11"},
};

/* It is dropped, with one warning, and counted; nothing else is lost. */
static void
test_bad (gconstpointer data)
{
  const Bad *row = data;
  GstRtmpDemuxTest *t = begin ();

  tag (t, SCRIPT, 0, "02 0001 61 08 00000000 000009");
  tag (t, VIDEO, 0, AVC_CONFIG);
  tag (t, VIDEO, 0, AVC_CONFIG_1);
  tag (t, AUDIO, 0, AAC_CONFIG);
  tag (t, VIDEO, 0, AVC_KEY);
  tag (t, VIDEO, 0, AVC_KEY_1);
  tag (t, AUDIO, 0, AAC_FRAME);
  assert_good (t);
  gst_rtmp_demux_test_forget (t);
  for (guint i = 1; i <= 3; i++) {
    tag (t, row->type, 40 * i, row->body);
    g_assert_cmpuint (gst_rtmp_demux_test_stat (t, "bad-tags"), ==, i);
    g_assert_cmpuint (n_warnings, ==, i);
    tag (t, VIDEO, 40 * i, AVC_INTER);
    tag (t, VIDEO, 40 * i, AVC_KEY_1);
    tag (t, AUDIO, 40 * i, AAC_FRAME);
  }
  g_assert_cmpstr (output (t, "video_0")->trace->str, ==, " B B B");
  g_assert_cmpstr (output (t, "video_1")->trace->str, ==, " B B B");
  g_assert_cmpstr (output (t, "audio_0")->trace->str, ==, " B B B");
  g_assert_cmpuint (gst_rtmp_demux_test_stat (t, "gaps"), ==, 0);
  g_assert_cmpuint (gst_rtmp_demux_test_messages (t,
          GST_MESSAGE_WARNING | GST_MESSAGE_ERROR, NULL), ==, 0);
  end (t);
}

/* What stands before the bad part counts. */
static void
test_in_part (void)
{
  GstRtmpDemuxTest *t = begin ();

  tag (t, VIDEO, 0, AVC_CONFIG);
  tag (t, VIDEO, 0, AVC_CONFIG_1);
  tag (t, AUDIO, 0, AAC_CONFIG);
  tag (t, AUDIO, 0, AAC_FRAME);
  /* CodedFramesX: 0 is whole, of 1 is said more than came */
  tag (t, VIDEO, 0, "96 13 61766331 00 000005 0000000165 01 000006 0000000165");
  tag (t, VIDEO, 40, "96 13 61766331 01 000005 0000000165 00 FFFFFF 65");
  g_assert_cmpuint (frames_of (t, "video_0"), ==, 1);
  g_assert_cmpuint (frames_of (t, "video_1"), ==, 1);
  g_assert_cmpuint (gst_rtmp_demux_test_stat (t, "bad-tags"), ==, 2);
  g_assert_cmpuint (n_warnings, ==, 2);
  /* A good MultichannelConfig behind a bad one. */
  tag (t, AUDIO, 60, "95 14 6D703461 00 000002 0302 01 000002 0002");
  tag (t, AUDIO, 60, "95 00 6D703461 01 1180");
  tag (t, AUDIO, 60, "95 01 6D703461 01 2100");
  assert_caps (t, "audio_1", "audio/mpeg, channels=2");
  g_assert_cmpuint (n_warnings, ==, 3);
  end (t);
}

/* What is odd, and good. */
static void
test_odd (void)
{
  static const struct
  {
    guint8 type;
    const gchar *body;
  } rows[] = {
    {VIDEO, ""}, {AUDIO, ""},
    /* V1, V5 to V8, A5, A9 */
    {VIDEO, "90 61766331"}, {VIDEO, "92 61766331"}, {VIDEO, "D0 00"},
    {VIDEO, "D4 61766331" COLOR "06"}, {VIDEO, "84 61766331" COLOR "03 000009"},
    {AUDIO, "90 6D703461"}, {AUDIO, "92 6D703461"},
    {VIDEO, "57 00"}, {VIDEO, "57 01"}, {VIDEO, "17 02 000000"},
    /* MPEG2TSSequenceStart */
    {VIDEO, "95 61766331 00"},
    {FLV_TAG_SCRIPT_AMF3, "00 02 0001 61 05"},
  };
  GstRtmpDemuxTest *t = begin ();

  tag (t, VIDEO, 0, AVC_CONFIG);
  tag (t, AUDIO, 0, AAC_CONFIG);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    tag (t, rows[i].type, i, rows[i].body);
    tag (t, VIDEO, i, AVC_INTER);
    tag (t, AUDIO, i, AAC_FRAME);
    if (gst_rtmp_demux_test_stat (t, "bad-tags") > 0)
      g_error ("refused: %s", rows[i].body);
  }
  g_assert_cmpuint (frames_of (t, "video_0"), ==, G_N_ELEMENTS (rows));
  g_assert_cmpuint (frames_of (t, "audio_0"), ==, G_N_ELEMENTS (rows));
  assert_good (t);
  end (t);
}

/* ModEx of unknown type, or with an offset that cannot be: the frame counts. */
static void
test_mod_ex (void)
{
  static const gchar *const frames[] = {
    "A7 00 EE 53 61766331 0000000141",  /* type 5 */
    "A7 01 0001 03 61766331 0000000141",        /* 2 bytes of nanoseconds */
    "A7 02 0F4240 03 61766331 0000000141",      /* 1000000 */
    "A7 02 FFFFFF 03 61766331 0000000141",
    "A7 FF 00FF 5A*256 13 61766331 0000000141",
    /* 3 bytes are read, and more may come */
    "A7 03 0003E8 FF 03 61766331 0000000141",
    "A7 00 EE 57 02 0003E8 03 61766331 0000000141",
    /* before Multitrack */
    "A7 02 0003E8 06 03 61766331 00 0000000141",
  };
  static const guint wanted[] = { 0, 0, 0, 0, 0, 1000, 1000, 1000 };
  GstRtmpDemuxTest *t = begin ();

  tag (t, VIDEO, 0, AVC_CONFIG);
  tag (t, AUDIO, 0, AAC_CONFIG);
  tag (t, AUDIO, 0, AAC_FRAME);
  for (guint i = 0; i < G_N_ELEMENTS (frames); i++) {
    GstBuffer *frame;

    tag (t, VIDEO, 40, frames[i]);
    g_assert_cmpuint (frames_of (t, "video_0"), ==, i + 1);
    frame = g_ptr_array_index (output (t, "video_0")->frames, i);
    g_assert_cmpuint (GST_BUFFER_DTS (frame), ==, 40 * GST_MSECOND);
    g_assert_cmpuint (GST_BUFFER_PTS (frame), ==, 40 * GST_MSECOND + wanted[i]);
    g_assert_cmpuint (gst_buffer_get_size (frame), ==, 5);
  }
  assert_good (t);
  end (t);
}

/* Configurations */

#define HEVC_RECORD "01 01600000 009000000000 003C F000FCFDF8F800000F 00*2 00"
#define HEVC_CONFIG "90 68766331" HEVC_RECORD
/* Of BT.2020, with that transfer */
#define COLOR_OF(transfer) COLOR "03 000B 636F6C6F72436F6E666967 03 " \
    "000E 636F6C6F725072696D6172696573 00 4022000000000000 " \
    "0017 7472616E73666572436861726163746572697374696373 00 " transfer \
    "0012 6D6174726978436F656666696369656E7473 00 4022000000000000 " \
    "000009 000009"
#define HLG COLOR_OF ("4032000000000000")
#define PQ COLOR_OF ("4030000000000000")

/* Its sound, so that pads are shown. */
static void
begin_sound (GstRtmpDemuxTest * t)
{
  tag (t, AUDIO, 0, AAC_CONFIG);
  tag (t, AUDIO, 0, AAC_FRAME);
}

/* 10 bits, 4:2:2, of BT.2100; the frame does not tell. */
static void
test_vp9_records (void)
{
  static const gchar *const records[] = {
    "90 76703039 01000000 021FA40910090000", "90 76703039 021FA40910090000",
  };

  for (guint i = 0; i < G_N_ELEMENTS (records); i++) {
    GstRtmpDemuxTest *t = begin ();

    begin_sound (t);
    tag (t, VIDEO, 0, records[i]);
    tag (t, VIDEO, 0, "91 76703039 86");
    assert_caps (t, "video_0", "video/x-vp9, profile=(string)2, "
        "chroma-format=4:2:2, bit-depth-luma=(uint)10, "
        "colorimetry=bt2100-pq");
    g_assert_cmpuint (frames_of (t, "video_0"), ==, 1);
    assert_good (t);
    end (t);
  }
}

#define AV1_HEADER "0A0E 000000043D06D4DAF95091009040"  /* 322x182 */
#define AV1_SMALL "0A0B 000000043CFECC02F80040" /* 320x180 */
#define VP9_FRAME "A2498342200282 016AC107"     /* 322x182 */
#define VP9_SMALL "8249834200 13F0 0B30 00"     /* 320x180 */

/* The record says nothing true, the bitstream does, and again when it
 * changes. */
static void
test_bitstream_wins (void)
{
  static const struct
  {
    const gchar *record, *first, *inter, *second;
    const gchar *first_caps, *second_caps;
  } rows[] = {
    {"90 61763031 81080C00" AV1_SMALL, "91 61763031 1200" AV1_HEADER "3200",
          "A1 61763031 1200 3200", "91 61763031 1200" AV1_SMALL "3200",
          "video/x-av1, width=322, height=182, bit-depth-luma=(uint)10",
        "video/x-av1, width=320, height=180, bit-depth-luma=(uint)8"},
    {"90 76703039 01000000 000A820202020000", "91 76703039" VP9_FRAME,
          "A1 76703039 86", "91 76703039" VP9_SMALL,
          "video/x-vp9, width=322, height=182, chroma-format=4:4:4",
        "video/x-vp9, width=320, height=180, chroma-format=4:2:0"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    GstRtmpDemuxTest *t = begin ();
    GstRtmpOutput *o;

    begin_sound (t);
    tag (t, VIDEO, 0, rows[i].record);
    tag (t, VIDEO, 0, rows[i].first);
    assert_caps (t, "video_0", rows[i].first_caps);
    o = output (t, "video_0");
    tag (t, VIDEO, 40, rows[i].inter);
    tag (t, VIDEO, 80, rows[i].first);
    tag (t, VIDEO, 80, rows[i].record);
    tag (t, VIDEO, 120, rows[i].first);
    g_assert_cmpuint (gst_rtmp_output_count (o, GST_EVENT_CAPS), ==, 1);
    tag (t, VIDEO, 160, rows[i].second);
    assert_caps (t, "video_0", rows[i].second_caps);
    tag (t, VIDEO, 200, rows[i].inter);
    tag (t, VIDEO, 240, rows[i].second);
    g_assert_true (g_str_has_suffix (o->trace->str, " B B B B caps B B B"));
    assert_good (t);
    end (t);
  }
}

/* With a temporal delimiter or without, it goes on as it came, in one. */
static void
test_temporal_units (void)
{
  static const gchar *const units[] = {
    "1200" AV1_HEADER "3202AABB", AV1_HEADER "3202AABB", "1200 3202AABB 3201CC",
    "3202AABB 3201CC",
  };
  GstRtmpDemuxTest *t = begin ();

  begin_sound (t);
  tag (t, VIDEO, 0, "90 61763031 81004C00" AV1_HEADER);
  for (guint i = 0; i < G_N_ELEMENTS (units); i++) {
    g_autofree gchar *body = g_strconcat (i < 2 ? "91" : "A1", " 61763031 ",
        units[i], NULL);
    g_autoptr (GBytes) unit = rtmp_test_unhex (units[i]);
    GstBuffer *frame;

    tag (t, VIDEO, 40 * i, body);
    g_assert_cmpuint (frames_of (t, "video_0"), ==, i + 1);
    frame = g_ptr_array_index (output (t, "video_0")->frames, i);
    g_assert_cmpuint (gst_buffer_get_size (frame), ==, g_bytes_get_size (unit));
    g_assert_cmpint (gst_buffer_memcmp (frame, 0, g_bytes_get_data (unit,
                NULL), g_bytes_get_size (unit)), ==, 0);
    g_assert_cmpint (GST_BUFFER_FLAG_IS_SET (frame,
            GST_BUFFER_FLAG_DELTA_UNIT), ==, i >= 2);
  }
  assert_caps (t, "video_0", "video/x-av1, stream-format=obu-stream, "
      "alignment=tu");
  g_assert_cmpuint (gst_rtmp_output_count (output (t, "video_0"),
          GST_EVENT_CAPS), ==, 1);
  assert_good (t);
  end (t);
}

static void
begin_picture (GstRtmpDemuxTest * t)
{
  tag (t, VIDEO, 0, AVC_CONFIG);
  tag (t, VIDEO, 0, AVC_KEY);
}

/* Frames of sound, behind what configures them: commas between. */
static const struct
{
  const gchar *name, *configurations, *frame, *caps;
} sounds[] = {
  {"E-212-ac3", "", "91 61632D33 0B77", "audio/x-ac3"},
  {"E-212-ac3-empty", "90 61632D33", "91 61632D33 0B77", "audio/x-ac3"},
  {"E-212-eac3", "", "91 65632D33 0B77", "audio/x-eac3"},
  {"E-212-eac3-empty", "90 65632D33", "91 65632D33 0B77", "audio/x-eac3"},
  {"E-212-mp3", "", "91 2E6D7033 FFFB54C4",
      "audio/mpeg, layer=3, rate=48000, channels=1"},
  {"E-212-mp3-empty", "90 2E6D7033", "91 2E6D7033 FFFB54C4",
      "audio/mpeg, layer=3, rate=48000, channels=1"},
  {"E-213-opus-stereo-by-toc", "90 4F707573", "91 4F707573 FC00",
      "audio/x-opus, channels=2, channel-mapping-family=0"},
  {"E-213-opus-mono-by-toc", "90 4F707573", "91 4F707573 F800",
      "audio/x-opus, channels=1, channel-mapping-family=0"},
  {"E-213-opus-without", "", "91 4F707573 FC00",
      "audio/x-opus, channels=2, channel-mapping-family=0"},
  {"E-213-opus-by-channels", "90 4F707573,94 4F707573 01 06 0000003F",
      "91 4F707573 FC00", "audio/x-opus, channels=6, "
        "channel-mapping-family=1, stream-count=4, coupled-count=2"},
  {"E-213-opus-by-channels-first", "94 4F707573 01 06 0000003F,90 4F707573",
      "91 4F707573 FC00", "audio/x-opus, channels=6, "
        "channel-mapping-family=1, stream-count=4, coupled-count=2"},
  {"E-214-opus-head-wins", "94 4F707573 01 06 0000003F,"
        "90 4F707573 4F70757348656164 01 02 3801 80BB0000 0000 00",
      "91 4F707573 FC00", "audio/x-opus, channels=2, "
        "channel-mapping-family=0"},
};

static void
test_sound (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (GStrv) configurations =
      g_strsplit (sounds[i].configurations, ",", -1);
  GstRtmpDemuxTest *t = begin ();

  begin_picture (t);
  for (guint k = 0; configurations[k]; k++)
    tag (t, AUDIO, 0, configurations[k]);
  tag (t, AUDIO, 0, sounds[i].frame);
  tag (t, AUDIO, 20, sounds[i].frame);
  assert_caps (t, "audio_0", sounds[i].caps);
  g_assert_cmpuint (frames_of (t, "audio_0"), ==, 2);
  assert_good (t);
  end (t);
}

/* In Multitrack, all of that acts on its track. */
static void
test_by_track (void)
{
  GstRtmpDemuxTest *t = begin ();
  const gchar *before;

  tag (t, VIDEO, 0, AVC_CONFIG);
  tag (t, VIDEO, 0, AVC_CONFIG_1);
  tag (t, AUDIO, 0, AAC_CONFIG);
  /* AAC whose channels are told elsewhere */
  tag (t, AUDIO, 0, "95 10 6D703461 01 000002 1180 02 000002 1180");
  tag (t, AUDIO, 0, "95 14 6D703461 01 000002 0003 02 000002 0004");
  tag (t, AUDIO, 0, "95 11 6D703461 01 000002 2100 02 000002 2100");
  tag (t, AUDIO, 0, AAC_FRAME);
  tag (t, VIDEO, 0, AVC_KEY);
  tag (t, VIDEO, 0, AVC_KEY_1);
  assert_caps (t, "audio_1", "audio/mpeg, channels=3");
  assert_caps (t, "audio_2", "audio/mpeg, channels=4");
  before = gst_structure_get_string (gst_rtmp_output_caps (output (t,
              "video_0")), "colorimetry");
  gst_rtmp_demux_test_forget (t);

  tag (t, VIDEO, 40, "96 04 61766331 01" PQ);
  tag (t, VIDEO, 40, "96 13 61766331 00 000005 0000000165 "
      "01 000005 0000000165");
  g_assert_cmpstr (output (t, "video_0")->trace->str, ==, " B");
  g_assert_cmpstr (output (t, "video_1")->trace->str, ==, " caps B");
  g_assert_null (before);
  assert_caps (t, "video_1", "video/x-h264, colorimetry=bt2100-pq");
  gst_rtmp_demux_test_forget (t);

  tag (t, VIDEO, 80, "96 12 61766331 01 000000");
  tag (t, AUDIO, 80, "95 12 6D703461 01 000000 02 000000");
  g_assert_cmpstr (output (t, "video_0")->trace->str, ==, "");
  g_assert_cmpstr (output (t, "video_1")->trace->str, ==, " gap");
  g_assert_cmpstr (output (t, "audio_0")->trace->str, ==, "");
  g_assert_cmpstr (output (t, "audio_1")->trace->str, ==, " gap");
  g_assert_cmpstr (output (t, "audio_2")->trace->str, ==, " gap");
  /* And goes on. */
  tag (t, VIDEO, 120, AVC_CONFIG_1);
  tag (t, VIDEO, 120, AVC_KEY_1);
  g_assert_cmpstr (output (t, "video_1")->trace->str, ==, " gap B");
  assert_good (t);
  end (t);
}

/* Frames of several streams, N - 1 of them with their sizes, are one packet. */
static void
test_opus_streams (void)
{
  static const gchar streams[] = "FC02AABB 7802CCDD F8EEFF";
  g_autoptr (GBytes) packet = rtmp_test_unhex (streams);
  g_autofree gchar *body = g_strconcat ("91 4F707573 ", streams, NULL);
  GstRtmpDemuxTest *t = begin ();
  GstBuffer *frame;

  begin_picture (t);
  tag (t, AUDIO, 0, "90 4F707573 4F70757348656164 01 05 0000 80BB0000 0000 "
      "01 03 02 0004010203");
  tag (t, AUDIO, 0, body);
  assert_caps (t, "audio_0", "audio/x-opus, channels=5, stream-count=3");
  g_assert_cmpuint (frames_of (t, "audio_0"), ==, 1);
  frame = g_ptr_array_index (output (t, "audio_0")->frames, 0);
  g_assert_cmpuint (gst_buffer_get_size (frame), ==, g_bytes_get_size (packet));
  g_assert_cmpint (gst_buffer_memcmp (frame, 0, g_bytes_get_data (packet,
              NULL), g_bytes_get_size (packet)), ==, 0);
  assert_good (t);
  end (t);
}

/* Frames */

static void
test_frame_types (void)
{
  static const struct
  {
    const gchar *body;
    gboolean delta, droppable;
  } rows[] = {
    {"17 01 000000 0000000165", FALSE, FALSE},
    {"27 01 000000 0000000141", TRUE, FALSE},
    {"37 01 000000 0000000101", TRUE, TRUE},
    {"47 01 000000 0000000165", FALSE, FALSE},
    {"93 61766331 0000000165", FALSE, FALSE},
    {"A3 61766331 0000000141", TRUE, FALSE},
    {"B3 61766331 0000000101", TRUE, TRUE},
    {"C3 61766331 0000000165", FALSE, FALSE},
  };
  GstRtmpDemuxTest *t = begin ();

  begin_sound (t);
  tag (t, VIDEO, 0, AVC_CONFIG);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    GstBuffer *frame;

    tag (t, VIDEO, 40 * i, rows[i].body);
    frame = g_ptr_array_index (output (t, "video_0")->frames, i);
    g_assert_cmpint (GST_BUFFER_FLAG_IS_SET (frame,
            GST_BUFFER_FLAG_DELTA_UNIT), ==, rows[i].delta);
    g_assert_cmpint (GST_BUFFER_FLAG_IS_SET (frame, GST_BUFFER_FLAG_DROPPABLE),
        ==, rows[i].droppable);
    g_assert_cmpint (GST_BUFFER_IS_DISCONT (frame), ==, i == 0);
  }
  g_assert_false (GST_BUFFER_FLAG_IS_SET (g_ptr_array_index (output (t,
                  "audio_0")->frames, 0), GST_BUFFER_FLAG_DELTA_UNIT));
  assert_good (t);
  end (t);
}

/* It cannot be shown before 0. */
static void
test_negative_time (void)
{
  GstRtmpDemuxTest *t = begin ();
  g_autofree gchar *times = NULL;

  begin_sound (t);
  tag (t, VIDEO, 0, AVC_CONFIG);
  tag (t, VIDEO, 10, "17 01 FFFFEC 0000000165");
  times = gst_rtmp_output_times (output (t, "video_0"));
  g_assert_cmpstr (times, ==, "10/0");
  end (t);
}

/* Behind a flush, or a discontinuity, time begins anew: it has not wrapped. */
static void
test_time_anew (void)
{
  for (guint i = 0; i < 2; i++) {
    GstRtmpDemuxTest *t = begin ();
    g_autofree gchar *times = NULL;
    GstBuffer *buffer = gst_buffer_new ();

    begin_sound (t);
    begin_picture (t);
    tag (t, VIDEO, 0x7FFFFFFF, AVC_INTER);
    tag (t, VIDEO, 0xFFFFFFFE, AVC_INTER);
    tag (t, VIDEO, 5, AVC_INTER);
    if (i == 0) {
      gst_rtmp_demux_test_push_event (t, gst_event_new_flush_start ());
      gst_rtmp_demux_test_push_event (t, gst_event_new_flush_stop (TRUE));
      gst_rtmp_demux_test_begin (t, GST_FORMAT_BYTES);
    }
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
    g_assert_cmpint (gst_pad_push (t->source, buffer), ==, GST_FLOW_OK);
    gst_rtmp_demux_test_forget (t);
    tag (t, VIDEO, 40, AVC_INTER);
    times = gst_rtmp_output_times (output (t, "video_0"));
    g_assert_cmpstr (times, ==, "40/40");
    end (t);
  }
}

/* Told again when it happens again, and not each time. */
static void
test_refused_again (void)
{
  static const gchar bad_record[] = "17 00 000000 0042";
  GstRtmpDemuxTest *t = begin ();

  begin_sound (t);
  begin_picture (t);
  for (guint i = 0; i < 2; i++) {
    tag (t, VIDEO, 40, bad_record);
    tag (t, VIDEO, 40, AVC_KEY);
    tag (t, VIDEO, 80, AVC_KEY);
    g_assert_cmpuint (gst_rtmp_demux_test_messages (t, GST_MESSAGE_WARNING,
            "video track 0 is left out"), ==, 1);
    tag (t, VIDEO, 120, AVC_CONFIG);
    tag (t, VIDEO, 120, AVC_KEY);
  }
  g_assert_cmpuint (frames_of (t, "video_0"), ==, 3);
  end (t);
}

/* A size tells nothing of which tracks there will be. */
static void
test_announced_by_codecs (void)
{
  GstRtmpDemuxTest *t = begin ();

  /* { "width": 64 } */
  tag (t, SCRIPT, 0, "02 000A 6F6E4D65746144617461 08 00000001 "
      "0005 7769647468 00 4050000000000000 000009");
  begin_sound (t);
  g_assert_false (t->is_complete);
  begin_picture (t);
  g_assert_true (t->is_complete);
  end (t);
}

/* What is FLV once may have damage; another input has to be FLV again. */
static void
test_no_flv_again (void)
{
  GstRtmpDemuxTest *t = begin ();
  g_autoptr (GBytes) png = g_bytes_new_static ("\x89PNG\r\n", 6);

  begin_sound (t);
  g_assert_cmpint (gst_rtmp_demux_test_push (t, png, GST_CLOCK_TIME_NONE), ==,
      GST_FLOW_OK);
  gst_element_set_state (t->demux, GST_STATE_READY);
  g_ptr_array_set_size (t->outputs, 0);
  gst_element_set_state (t->demux, GST_STATE_PAUSED);
  gst_rtmp_demux_test_begin (t, GST_FORMAT_BYTES);
  g_assert_cmpint (gst_rtmp_demux_test_push (t, png, GST_CLOCK_TIME_NONE), ==,
      GST_FLOW_ERROR);
  g_assert_cmpuint (gst_rtmp_demux_test_messages (t, GST_MESSAGE_ERROR,
          "not FLV"), ==, 1);
  gst_rtmp_demux_test_free (t);
}

/* A header that is cut off takes nothing of the stream with it. */
static void
test_stream_header_cut (void)
{
  GstRtmpDemuxTest *t = gst_rtmp_demux_test_new ();
  GstCaps *caps = gst_caps_from_string ("video/x-flv, "
      "streamheader=(buffer)<464c5601050000000900000000, 0800000400>");

  n_warnings = 0;
  gst_rtmp_demux_test_push_event (t, gst_event_new_stream_start ("x"));
  gst_rtmp_demux_test_push_event (t, gst_event_new_caps (caps));
  gst_caps_unref (caps);
  gst_rtmp_demux_test_begin (t, GST_FORMAT_BYTES);
  begin_sound (t);
  begin_picture (t);
  g_assert_cmpuint (frames_of (t, "audio_0"), ==, 1);
  assert_good (t);
  end (t);
}

/* All that there have been: a pad for those that are known, a warning for the
 * others, no error. */
static void
test_legacy_ids (void)
{
  static const gchar *const names[][16] = {
    {NULL, NULL, "video/x-flash-video", "video/x-flash-screen",
          "video/x-vp6-flash", "video/x-vp6-alpha", "video/x-flash-screen2",
        "video/x-h264", NULL, NULL, NULL, NULL, "video/x-h265"},
    {"audio/x-raw", "audio/x-adpcm", "audio/mpeg", "audio/x-raw",
          "audio/x-nellymoser", "audio/x-nellymoser", "audio/x-nellymoser",
          "audio/x-alaw", "audio/x-mulaw", NULL, "audio/mpeg",
        "audio/x-speex", NULL, NULL, "audio/mpeg"},
  };

  for (guint i = 0; i < 32; i++) {
    const guint id = i % 16;
    const gboolean is_video = i < 16;
    const gchar *name = names[!is_video][id];
    g_autofree gchar *config = is_video ? g_strdup_printf ("1%X 00 000000 %s",
        id, id == 12 ? HEVC_RECORD : AVC_RECORD) : g_strdup ("AF 00 1188");
    g_autofree gchar *frame = is_video ? g_strdup_printf ("1%X 01 000000 00",
        id) : g_strdup_printf ("%X2 01 00", id);
    GstRtmpDemuxTest *t;

    if (!is_video && id == 9)   /* Enhanced RTMP, not a codec */
      continue;
    t = begin ();
    if (is_video)
      begin_sound (t);
    else
      begin_picture (t);
    if ((is_video && (id == 7 || id == 12)) || (!is_video && id == 10))
      tag (t, is_video ? VIDEO : AUDIO, 0, config);
    tag (t, is_video ? VIDEO : AUDIO, 0, frame);
    tag (t, is_video ? VIDEO : AUDIO, 600, frame);
    if (name) {
      const gchar *pad = is_video ? "video_0" : "audio_0";

      g_assert_cmpstr (gst_structure_get_name (gst_rtmp_output_caps (output (t,
                      pad))), ==, name);
      g_assert_cmpuint (frames_of (t, pad), ==, 2);
      assert_good (t);
    } else {
      g_autofree gchar *text = g_strdup_printf ("Unknown codec %u;", id);

      g_assert_cmpuint (gst_rtmp_demux_test_messages (t, GST_MESSAGE_WARNING,
              text), ==, 1);
      g_assert_cmpuint (gst_rtmp_demux_test_stat (t, "bad-tags"), ==, 0);
      g_assert_cmpuint (gst_rtmp_demux_test_messages (t, GST_MESSAGE_ERROR,
              NULL), ==, 0);
    }
    end (t);
  }
}

/* Dolby Vision */

#define HEVC_SLICE "00000003 260100"
#define DOLBY_SLICE HEVC_SLICE "00000003 7C0119"
#define AV1_DOLBY "2A08 04 B5 003B 00000800"

static void
test_dolby (void)
{
  static const struct
  {
    const gchar *record, *colors, *frame, *colorimetry;
  } rows[] = {
    {HEVC_CONFIG, "D4 68766331" HLG, "93 68766331" HEVC_SLICE, "bt2100-hlg"},
    {HEVC_CONFIG, "D4 68766331" HLG, "93 68766331" DOLBY_SLICE, NULL},
    {HEVC_CONFIG, "D4 68766331" PQ, "93 68766331" DOLBY_SLICE, "bt2100-pq"},
    {"90 61763031 81004C00", "D4 61763031" HLG,
        "91 61763031 1200" AV1_HEADER "3200", "bt2100-hlg"},
    {"90 61763031 81004C00", "D4 61763031" HLG,
        "91 61763031 1200" AV1_HEADER AV1_DOLBY "3200", NULL},
    {"90 61763031 81004C00", "D4 61763031" PQ,
        "91 61763031 1200" AV1_HEADER AV1_DOLBY "3200", "bt2100-pq"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    GstRtmpDemuxTest *t = begin ();

    begin_sound (t);
    tag (t, VIDEO, 0, rows[i].record);
    tag (t, VIDEO, 0, rows[i].colors);
    tag (t, VIDEO, 0, rows[i].frame);
    g_assert_cmpstr (gst_structure_get_string (gst_rtmp_output_caps (output (t,
                    "video_0")), "colorimetry"), ==, rows[i].colorimetry);
    assert_good (t);
    end (t);
  }
}

/* Codecs that nobody knows */

static void
test_unknown_codecs (void)
{
  GstRtmpDemuxTest *t = begin ();

  begin_sound (t);
  begin_picture (t);
  for (guint i = 0; i < 3; i++) {
    tag (t, VIDEO, 40 * i, "96 01 6E6F6E65 03 00");
    tag (t, AUDIO, 40 * i, "95 01 6E6F6E65 03 00");
    tag (t, VIDEO, 40 * i, AVC_INTER);
    tag (t, AUDIO, 40 * i, AAC_FRAME);
  }
  g_assert_cmpuint (frames_of (t, "video_0"), ==, 4);
  g_assert_cmpuint (frames_of (t, "audio_0"), ==, 4);
  g_assert_cmpuint (t->outputs->len, ==, 2);
  /* Once a track, to whoever listens. */
  g_assert_cmpuint (gst_rtmp_demux_test_messages (t, GST_MESSAGE_WARNING,
          "Unknown codec \"none\""), ==, 2);
  g_assert_cmpuint (gst_rtmp_demux_test_stat (t, "bad-tags"), ==, 0);
  end (t);
}

/* Which tracks the ids say says nothing of which is better, or can more. */
static void
test_ids_mean_nothing (void)
{
  GstRtmpDemuxTest *t = begin ();

  begin_sound (t);
  /* 7 and 2, and no 0: 7 has come first. */
  tag (t, VIDEO, 0, "96 00 61766331 07" AVC_RECORD);
  tag (t, VIDEO, 0, "96 00 76703039 02 01000000 000A820202020000");
  tag (t, VIDEO, 0, "96 03 61766331 07 0000000165");
  tag (t, VIDEO, 0, "96 01 76703039 02" VP9_FRAME);
  assert_caps (t, "video_7", "video/x-h264");
  assert_caps (t, "video_2", "video/x-vp9, width=322");
  g_assert_cmpuint (frames_of (t, "video_7"), ==, 1);
  g_assert_cmpuint (frames_of (t, "video_2"), ==, 1);
  assert_good (t);
  end (t);
}

int
main (int argc, char **argv)
{
  gst_rtmp_test_init (&argc, &argv);
  gst_debug_remove_log_function (gst_debug_log_default);
  gst_debug_add_log_function (count_warning, NULL, NULL);
  gst_debug_set_threshold_for_name ("rtmpdemux", GST_LEVEL_WARNING);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autofree gchar *path = g_strconcat ("/unpacker/bad/", bad[i].name, NULL);

    g_test_add_data_func (path, &bad[i], test_bad);
  }
  g_test_add_func ("/unpacker/bad-in-part/E-220-E-239-E-244", test_in_part);
  g_test_add_func ("/unpacker/odd/E-178-E-179-E-181-E-182-E-186-E-193-E-202-"
      "E-206-E-252", test_odd);
  g_test_add_func ("/unpacker/mod-ex/E-226-E-227-E-228-E-229-E-231",
      test_mod_ex);
  g_test_add_func ("/unpacker/config/E-201-vp9", test_vp9_records);
  g_test_add_func ("/unpacker/config/E-203-bitstream-wins",
      test_bitstream_wins);
  g_test_add_func ("/unpacker/config/E-209-temporal-units",
      test_temporal_units);
  for (guint i = 0; i < G_N_ELEMENTS (sounds); i++) {
    g_autofree gchar *path =
        g_strconcat ("/unpacker/config/", sounds[i].name, NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_sound);
  }
  g_test_add_func ("/unpacker/config/E-204-E-218-E-235-E-244-E-251-by-track",
      test_by_track);
  g_test_add_func ("/unpacker/E-215-opus-streams", test_opus_streams);
  g_test_add_func ("/unpacker/E-208-frame-types", test_frame_types);
  g_test_add_func ("/unpacker/negative-time", test_negative_time);
  g_test_add_func ("/unpacker/time-anew", test_time_anew);
  g_test_add_func ("/unpacker/refused-again", test_refused_again);
  g_test_add_func ("/unpacker/announced-by-codecs", test_announced_by_codecs);
  g_test_add_func ("/unpacker/no-flv-again", test_no_flv_again);
  g_test_add_func ("/unpacker/stream-header-cut", test_stream_header_cut);
  g_test_add_func ("/unpacker/E-177-E-180-legacy-ids", test_legacy_ids);
  g_test_add_func ("/unpacker/E-256-dolby", test_dolby);
  g_test_add_func ("/unpacker/E-207-E-222-E-240-unknown-codecs",
      test_unknown_codecs);
  g_test_add_func ("/unpacker/E-246-ids-mean-nothing", test_ids_mean_nothing);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What elements say of Enhanced RTMP to each other, and to servers. */
#include "gstrtmpenhanced.h"

#include "gstrtmptest.h"
#include "rtmptesthex.h"

#define ALL (RTMP_CAPS_EX_MULTITRACK | RTMP_CAPS_EX_MOD_EX \
    | RTMP_CAPS_EX_TIMESTAMP_NANO_OFFSET)

/* What an element that is linked behind a source's pad makes it announce. */
static RtmpCapabilities
ask_before (const gchar * element)
{
  g_autoptr (GstElement) peer = gst_element_factory_make (element, NULL);
  GstPad *pad = gst_pad_new ("src", GST_PAD_SRC);
  g_autoptr (GstPad) sink = NULL;
  RtmpCapabilities out = { 0, };

  g_assert_nonnull (peer);
  gst_object_ref_sink (peer);
  sink = gst_element_get_static_pad (peer, "sink");
  g_assert_cmpint (gst_pad_link (pad, sink), ==, GST_PAD_LINK_OK);
  gst_rtmp_enhanced_ask_reader (pad, &out);
  gst_pad_unlink (pad, sink);
  gst_object_unref (pad);
  return out;
}

static void
test_readers (void)
{
  const guint32 hvc1 = RTMP_FOUR_CC ('h', 'v', 'c', '1');
  const guint32 opus = RTMP_FOUR_CC ('O', 'p', 'u', 's');
  static const gchar *const all[] = { "rtmpdemux", "fakesink", "queue" };
  RtmpCapabilities got;

  for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
    got = ask_before (all[i]);
    g_assert_cmpuint (rtmp_capabilities_video (&got, hvc1), ==,
        RTMP_CODEC_CAN_DECODE);
    g_assert_cmpuint (rtmp_capabilities_audio (&got, opus), ==,
        RTMP_CODEC_CAN_DECODE);
    g_assert_cmpuint (got.caps_ex, ==, ALL);
    g_assert_cmpuint (got.video_function, !=, 0);
  }
  /* Takes FLV, and nobody knows of which kind. */
  got = ask_before ("rtmpsink");
  g_assert_cmpuint (got.caps_ex, ==, 0);
  g_assert_cmpuint (got.video.n + got.audio.n, ==, 0);
}

static RtmpCapabilities
ask_mux (const gchar * pads)
{
  g_autofree gchar *line = g_strconcat (pads, " rtmpmux name=m", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) bin = gst_parse_bin_from_description (line, FALSE,
      &error);
  g_autoptr (GstElement) mux = NULL;
  g_autoptr (GstPad) src = NULL;
  GstPad *pad = gst_pad_new ("sink", GST_PAD_SINK);
  RtmpCapabilities out = { 0, };

  g_assert_no_error (error);
  gst_object_ref_sink (bin);
  mux = gst_bin_get_by_name (GST_BIN (bin), "m");
  src = gst_element_get_static_pad (mux, "src");
  g_assert_cmpint (gst_pad_link_full (src, pad, GST_PAD_LINK_CHECK_NOTHING),
      ==, GST_PAD_LINK_OK);
  g_assert_true (gst_rtmp_enhanced_ask (pad, RTMP_CODEC_CAN_ENCODE, &out));
  gst_pad_unlink (src, pad);
  gst_object_unref (pad);
  return out;
}

/* What can flow, and has a FourCC. */
static void
test_mux (void)
{
#define SOURCE "fakesrc ! capsfilter caps="
#define H265 "video/x-h265,stream-format=hvc1,alignment=au"
#define H264 "video/x-h264,stream-format=avc,alignment=au"
  static const struct
  {
    const gchar *pads;
    guint caps_ex, n_video, n_audio;
  } rows[] = {
    {"", 0, 0, 0},
    {SOURCE H264 " ! m.video_0", 0, 0, 0},
    {SOURCE H265 " ! m.video_0", 0, 1, 0},
    {SOURCE H264 " ! m.video_1", RTMP_CAPS_EX_MULTITRACK, 1, 0},
    {SOURCE H265 " ! m.video_0 " SOURCE "audio/x-opus ! m.audio_0", 0, 1, 1},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    RtmpCapabilities got = ask_mux (rows[i].pads);

    g_test_message ("%s", rows[i].pads);
    g_assert_cmpuint (got.caps_ex, ==, rows[i].caps_ex);
    g_assert_cmpuint (got.video.n, ==, rows[i].n_video);
    g_assert_cmpuint (got.audio.n, ==, rows[i].n_audio);
  }
}

/* Sequence starts, and what a server that announces @codecs says to them. */
static void
test_check (void)
{
  static const struct
  {
    FlvTagType type;
    const gchar *body;
    const gchar *codecs;
    guint caps_ex;
    const gchar *error;         /* part of it; NULL: it takes it */
  } rows[] = {
    {FLV_TAG_VIDEO, "17 00 000000 01", "", 0, NULL},
    {FLV_TAG_VIDEO, "90 68766331 01", "hvc1", 0, NULL},
    {FLV_TAG_VIDEO, "90 68766331 01", "*", 0, NULL},
    {FLV_TAG_VIDEO, "90 68766331 01", "", 0,
        "takes H.264, AAC, MP3 and nothing of Enhanced RTMP. "
          "Set enhanced-codecs=hvc1"},
    {FLV_TAG_VIDEO, "90 68766331 01", "av01,Opus", 0, "and av01, Opus."},
    {FLV_TAG_AUDIO, "90 4F707573", "hvc1", 0, "takes Opus (Opus)"},
    {FLV_TAG_AUDIO, "90 4F707573", "Opus", 0, NULL},
    {FLV_TAG_VIDEO, "96 00 61766331 01 01", "avc1", 0, "several tracks"},
    {FLV_TAG_VIDEO, "96 00 61766331 01 01", "avc1", RTMP_CAPS_EX_MULTITRACK,
        NULL},
    {FLV_TAG_VIDEO, "96 00 61766331 00 01", "avc1", 0, NULL},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GBytes) body = rtmp_test_unhex (rows[i].body);
    const FlvTag tag = {.type = rows[i].type,.body = body };
    RtmpCapabilities server = {.caps_ex = rows[i].caps_ex };
    g_autoptr (GError) error = NULL;
    gboolean ok;

    rtmp_capabilities_add_codecs (&server, rows[i].codecs,
        RTMP_CODEC_CAN_DECODE, NULL);
    ok = gst_rtmp_enhanced_check (&server, &tag, &error);
    g_assert_cmpint (ok, ==, rows[i].error == NULL);
    if (!ok && strstr (error->message, rows[i].error) == NULL)
      g_error ("row %u: %s", i, error->message);
  }
}

int
main (int argc, char **argv)
{
  gst_rtmp_test_init (&argc, &argv);
  g_test_add_func ("/enhanced/E-131-E-132-readers", test_readers);
  g_test_add_func ("/enhanced/E-129-mux", test_mux);
  g_test_add_func ("/enhanced/E-133-check", test_check);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpcaps.h"

#include <gst/check/gstharness.h>

#include "flvpacket.h"
#include "gstrtmptest.h"
#include "rtmperror.h"
#include "rtmptestbytes.h"

/* --- as recorded */

typedef struct
{
  const gchar *file;
  FlvMedia media;
  FlvCodecId codec;
  const gchar *caps;            /* without codec_data and streamheader */
  const gchar *parser;          /* nullable: there is none */
  const gchar *decoder;         /* nullable: not tried */
} Recording;

typedef struct
{
  GstRtmpFormat format;
  GPtrArray *frames;            /* of GBytes */
} Track;

static void
add_packet (Track * track, const FlvPacket * packet, GBytes * payload)
{
  GBytes *body = g_bytes_new_from_bytes (payload, packet->offset, packet->size);
  const guint8 *data = g_bytes_get_data (body, NULL);

  track->format.enhanced = packet->enhanced;
  track->format.sound = packet->sound;
  if (flv_packet_configures (packet)) {
    g_clear_pointer (&track->format.configuration, g_bytes_unref);
    track->format.configuration = g_bytes_ref (body);
  } else if (packet->type == FLV_PACKET_FRAMES) {
    g_ptr_array_add (track->frames, g_bytes_ref (body));
  } else if (packet->type == FLV_PACKET_METADATA) {
    g_assert_true (flv_color_info_parse (&track->format.color, data,
            packet->size, NULL, NULL));
  } else if (packet->type == FLV_PACKET_CHANNELS) {
    g_assert_true (flv_channels_parse (&track->format.channels, data,
            packet->size, NULL));
  }
  g_bytes_unref (body);
}

static void
add_payload (Track * track, FlvMedia media, GBytes * payload)
{
  FlvPacketReader reader;
  FlvPacket packet;
  gsize size;
  const guint8 *data = g_bytes_get_data (payload, &size);

  flv_packet_reader_init (&reader, media, data, size);
  while (flv_packet_reader_next (&reader, &packet, NULL))
    add_packet (track, &packet, payload);
}

static void
track_init (Track * track, const Recording * recording)
{
  g_autofree gchar *name = g_strconcat (recording->file, ".flv", NULL);
  g_autoptr (GBytes) file = gst_rtmp_test_read (name);
  g_autoptr (GPtrArray) tags = gst_rtmp_test_tags (file);
  RtmpMessageType type = recording->media == FLV_MEDIA_VIDEO
      ? RTMP_MESSAGE_VIDEO : RTMP_MESSAGE_AUDIO;

  memset (track, 0, sizeof *track);
  track->frames = g_ptr_array_new_with_free_func (
      (GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < tags->len; i++) {
    const RtmpMessage *message = g_ptr_array_index (tags, i);

    if (message->type == type)
      add_payload (track, recording->media, message->payload);
  }
  track->format.codec = flv_codec_by_id (recording->codec);
  g_assert_cmpuint (track->frames->len, >, 5);
}

static void
track_clear (Track * track)
{
  gst_rtmp_format_clear (&track->format);
  g_ptr_array_unref (track->frames);
}

static void
assert_caps (GstCaps * caps, const gchar * expected)
{
  g_autoptr (GstCaps) wanted = gst_caps_from_string (expected);
  g_autoptr (GstCaps) copy = gst_caps_copy (caps);
  g_autofree gchar *text = NULL;

  g_assert_nonnull (wanted);
  gst_structure_remove_fields (gst_caps_get_structure (copy, 0), "codec_data",
      "streamheader", NULL);
  text = gst_caps_to_string (copy);
  if (!gst_caps_is_equal (copy, wanted))
    g_assert_cmpstr (text, ==, expected);
}

static void
assert_same_bytes (GBytes * one, GBytes * other)
{
  g_assert_cmpint (one == NULL, ==, other == NULL);
  if (one != NULL)
    g_assert_true (g_bytes_equal (one, other));
}

/* Caps as recorded, and the very same configuration back from them. */
static void
test_recording (gconstpointer user_data)
{
  const Recording *recording = user_data;
  g_autoptr (GstCaps) caps = NULL;
  g_autoptr (GstCaps) template = gst_rtmp_caps_template (recording->media);
  GError *error = NULL;
  GstRtmpFormat back;
  Track track;

  track_init (&track, recording);
  caps = gst_rtmp_caps_from_format (&track.format, track.frames->pdata[0],
      &error);
  g_assert_no_error (error);
  assert_caps (caps, recording->caps);
  g_assert_true (gst_caps_is_subset (caps, template));
  g_assert_true (gst_rtmp_caps_to_format (caps, track.frames->pdata[0], &back,
          &error));
  g_assert_no_error (error);
  g_assert_true (back.codec == track.format.codec);
  g_assert_cmpint (back.enhanced, ==, track.format.enhanced);
  assert_same_bytes (back.configuration, track.format.configuration);
  gst_rtmp_format_clear (&back);
  track_clear (&track);
}

static gboolean
same_as_parser (GQuark field, const GValue * value, gpointer user_data)
{
  const GValue *told = gst_structure_id_get_value (user_data, field);
  const gchar *name = g_quark_to_string (field);

  if (told == NULL || g_str_equal (name, "codec_data")
      || g_str_equal (name, "streamheader"))
    return TRUE;
  g_test_message ("%s", name);
  g_assert_cmpint (gst_value_compare (value, told), ==, GST_VALUE_EQUAL);
  return TRUE;
}

static void
push_frames (GstHarness * harness, const Track * track)
{
  for (guint i = 0; i < 6; i++) {
    GstBuffer *buffer = gst_buffer_new_wrapped_bytes (track->frames->pdata[i]);

    GST_BUFFER_PTS (buffer) = GST_BUFFER_DTS (buffer) = i * GST_MSECOND * 40;
    g_assert_cmpint (gst_harness_push (harness, buffer), ==, GST_FLOW_OK);
  }
}

static gboolean
has_element (const gchar * name)
{
  GstElementFactory *factory = gst_element_factory_find (name);

  if (factory == NULL) {
    g_autofree gchar *text = g_strconcat ("no ", name, NULL);

    g_test_skip (text);
    return FALSE;
  }
  gst_object_unref (factory);
  return TRUE;
}

/* The row's caps and the headers, without anything that we found out; but
 * opusparse of 1.22 goes by nothing else. */
static GstCaps *
bare_caps (GstCaps * caps, const FlvCodec * codec)
{
  static const gchar *fields[] = { "codec_data", "streamheader" };
  const GstStructure *s = gst_caps_get_structure (caps, 0);
  GstCaps *bare = gst_caps_from_string (codec->caps);

  if (codec->id == FLV_CODEC_OPUS)
    gst_caps_replace (&bare, caps);
  else
    for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
      if (gst_structure_has_field (s, fields[i]))
        gst_caps_set_value (bare, fields[i], gst_structure_get_value (s,
                fields[i]));
  return bare;
}

/* What GStreamer's parser finds in the frames is what the caps say. */
static void
test_parser (gconstpointer user_data)
{
  const Recording *recording = user_data;
  GstCaps *caps, *parsed;
  GstHarness *harness;
  Track track;

  if (!has_element (recording->parser))
    return;
  track_init (&track, recording);
  caps = gst_rtmp_caps_from_format (&track.format, track.frames->pdata[0],
      NULL);
  harness = gst_harness_new (recording->parser);
  gst_harness_set_src_caps (harness, bare_caps (caps, track.format.codec));
  push_frames (harness, &track);
  parsed = gst_pad_get_current_caps (harness->sinkpad);
  g_assert_nonnull (parsed);
  g_assert_true (gst_structure_foreach (gst_caps_get_structure (caps, 0),
          same_as_parser, gst_caps_get_structure (parsed, 0)));
  gst_caps_unref (parsed);
  gst_caps_unref (caps);
  gst_harness_teardown (harness);
  track_clear (&track);
}

/* A decoder needs nothing but these caps. */
static void
test_decoder (gconstpointer user_data)
{
  const Recording *recording = user_data;
  GstHarness *harness;
  Track track;

  if (!has_element (recording->decoder))
    return;
  track_init (&track, recording);
  harness = gst_harness_new (recording->decoder);
  gst_harness_set_src_caps (harness, gst_rtmp_caps_from_format (&track.format,
          track.frames->pdata[0], NULL));
  push_frames (harness, &track);
  gst_harness_push_event (harness, gst_event_new_eos ());
  g_assert_cmpuint (gst_harness_buffers_received (harness), >, 0);
  gst_harness_teardown (harness);
  track_clear (&track);
}

static const Recording recordings[] = {
  {"avc_aac", FLV_MEDIA_VIDEO, FLV_CODEC_AVC,
        "video/x-h264, stream-format=avc, alignment=au, profile=high, "
        "level=(string)1.3, width=320, height=180",
      "h264parse", NULL},
  {"avc_aac", FLV_MEDIA_AUDIO, FLV_CODEC_AAC,
        "audio/mpeg, mpegversion=4, stream-format=raw, framed=true, "
        "rate=48000, channels=1",
      "aacparse", NULL},
  {"hevc_hdr10", FLV_MEDIA_VIDEO, FLV_CODEC_HEVC,
        "video/x-h265, stream-format=hvc1, alignment=au, profile=main-10, "
        "tier=main, level=(string)2, width=320, height=180, "
        "colorimetry=bt2100-pq",
      "h265parse", NULL},
  {"av1_opus", FLV_MEDIA_VIDEO, FLV_CODEC_AV1,
        "video/x-av1, stream-format=obu-stream, alignment=tu, profile=main, "
        "chroma-format=4:2:0, bit-depth-luma=(uint)8, "
        "bit-depth-chroma=(uint)8, width=320, height=180",
      "av1parse", "av1dec"},
  {"av1_opus", FLV_MEDIA_AUDIO, FLV_CODEC_OPUS,
        "audio/x-opus, rate=48000, channels=1, channel-mapping-family=0, "
        "stream-count=1, coupled-count=0",
      "opusparse", "opusdec"},
  {"avc_opus51", FLV_MEDIA_AUDIO, FLV_CODEC_OPUS,
        "audio/x-opus, rate=48000, channels=6, channel-mapping-family=1, "
        "stream-count=4, coupled-count=2, channel-mapping=(int)<0, 4, 1, 2, "
        "3, 5>",
      "opusparse", "opusdec"},
  {"avc_flac", FLV_MEDIA_AUDIO, FLV_CODEC_FLAC,
        "audio/x-flac, framed=true, rate=48000, channels=1",
      "flacparse", "flacdec"},
  {"avc_eac3", FLV_MEDIA_AUDIO, FLV_CODEC_EAC3,
        "audio/x-eac3",
      "ac3parse", NULL},
  {"avc_mp3", FLV_MEDIA_AUDIO, FLV_CODEC_MP3,
        "audio/mpeg, mpegversion=1, layer=3, parsed=true, "
        "mpegaudioversion=1, rate=44100, channels=1",
      "mpegaudioparse", "mpg123audiodec"},
  {"h263_speex", FLV_MEDIA_VIDEO, FLV_CODEC_SORENSON,
        "video/x-flash-video, flvversion=1",
      NULL, NULL},
  {"h263_speex", FLV_MEDIA_AUDIO, FLV_CODEC_SPEEX,
        "audio/x-speex, rate=16000, channels=1",
      NULL, "speexdec"},
  {"screen2_adpcm", FLV_MEDIA_VIDEO, FLV_CODEC_SCREEN2,
        "video/x-flash-screen2",
      NULL, NULL},
  {"screen2_adpcm", FLV_MEDIA_AUDIO, FLV_CODEC_ADPCM,
        "audio/x-adpcm, layout=swf, rate=44100, channels=1",
      NULL, NULL},
};

/* --- by hand */

typedef struct
{
  const gchar *name;
  FlvCodecId codec;
  gint legacy_id;               /* of the row, -1 for the codec's first */
  gint sound;                   /* -1: the packets have a FourCC */
  const gchar *configuration;   /* hex, NULL for none */
  const gchar *frame;           /* hex, NULL for none */
  const gchar *channels;        /* hex, NULL for none */
  const gchar *caps;
  const gchar *back;            /* configuration from these caps */
} Case;

#define VP9_FRAME "A2498342200282 016AC107"
#define VP9_CAPS "video/x-vp9, profile=(string)1, width=322, height=182, " \
    "alignment=super-frame, chroma-format=4:4:4, bit-depth-luma=(uint)8, " \
    "bit-depth-chroma=(uint)8, colorimetry=bt601"
#define VP9_BACK "01000000 01 0B 86 06 06 06 0000"
#define AV1_HEADER "0A0E 000000043D06D4DAF95091009040"
#define AV1_CAPS "video/x-av1, stream-format=obu-stream, alignment=tu, " \
    "profile=main, chroma-format=4:2:0, bit-depth-luma=(uint)10, " \
    "bit-depth-chroma=(uint)10, width=322, height=182, colorimetry=bt2100-pq"
#define STREAM_INFO "1200120000000CD60017 0BB801F0 00023800" \
    "FF33019C4010EB589CC692C25E3A35FD"
#define OPUS_51 "audio/x-opus, rate=48000, channels=6, " \
    "channel-mapping-family=1, stream-count=4, coupled-count=2, " \
    "channel-mapping=(int)<0, 4, 1, 2, 3, 5>"
#define PCM "audio/x-raw, layout=interleaved, "
#define MP3 "audio/mpeg, mpegversion=1, layer=3, parsed=true"

static const Case cases[] = {
  {"E-201-vp9-boxed", FLV_CODEC_VP9, -1, -1, "01000000 02 1F A4 09 10 09 0000",
        NULL, NULL,
        "video/x-vp9, profile=(string)2, alignment=super-frame, "
        "chroma-format=4:2:2, bit-depth-luma=(uint)10, "
        "bit-depth-chroma=(uint)10, colorimetry=bt2100-pq",
      "01000000 02 00 A4 09 10 09 0000"},
  {"E-201-vp9-bare", FLV_CODEC_VP9, -1, -1, "00 1F 82 02 02 02 0000", NULL,
        NULL,
        "video/x-vp9, profile=(string)0, alignment=super-frame, "
        "chroma-format=4:2:0, bit-depth-luma=(uint)8, bit-depth-chroma=(uint)8",
      "01000000 00 00 82 02 02 02 0000"},
  {"E-203-vp9-bitstream-wins", FLV_CODEC_VP9, -1, -1,
      "01000000 00 0A 82 02 02 02 0000", VP9_FRAME, NULL, VP9_CAPS, VP9_BACK},
  {"E-202-vp9-empty", FLV_CODEC_VP9, -1, -1, "", VP9_FRAME, NULL, VP9_CAPS,
      VP9_BACK},
  {"vp9-nothing", FLV_CODEC_VP9, -1, -1, NULL, "86", NULL, "video/x-vp9",
      "01000000 00 00 82 02 02 02 0000"},
  {"vp8", FLV_CODEC_VP8, -1, -1, NULL, "765A00 9D012A 4201 B600", NULL,
        "video/x-vp8, profile=(string)3, width=322, height=182",
      "01000000 03 00 82 02 02 02 0000"},
  {"E-203-av1-bitstream-wins", FLV_CODEC_AV1, -1, -1,
        "81080C00 0A0B 000000043CFECC02F80040", "1200" AV1_HEADER "3200", NULL,
      AV1_CAPS, "81004C00" AV1_HEADER},
  {"E-203-av1-short-record-agrees", FLV_CODEC_AV1, -1, -1, "81004C1F",
      "1200" AV1_HEADER "3200", NULL, AV1_CAPS, "81004C1F"},
  {"E-203-av1-other-size", FLV_CODEC_AV1, -1, -1,
        "81004C00 0A0B 000000043CFECC02F84040", "1200" AV1_HEADER "3200", NULL,
      AV1_CAPS, "81004C00" AV1_HEADER},
  {"E-203-av1-other-width", FLV_CODEC_AV1, -1, -1,
        "81004C00 0A0B 000000043CFED402F84040", "1200" AV1_HEADER "3200", NULL,
      AV1_CAPS, "81004C00" AV1_HEADER},
  {"E-203-av1-other-height", FLV_CODEC_AV1, -1, -1,
        "81004C00 0A0B 000000043D06CC02F84040", "1200" AV1_HEADER "3200", NULL,
      AV1_CAPS, "81004C00" AV1_HEADER},
  {"E-202-av1-empty", FLV_CODEC_AV1, -1, -1, "", AV1_HEADER "3200", NULL,
      AV1_CAPS, "81004C00" AV1_HEADER},
  {"av1-bad-record", FLV_CODEC_AV1, -1, -1, "00", AV1_HEADER "3200", NULL,
      AV1_CAPS, "81004C00" AV1_HEADER},
  {"av1-record-only", FLV_CODEC_AV1, -1, -1, "81004C00" AV1_HEADER, NULL, NULL,
      AV1_CAPS, "81004C00" AV1_HEADER},
  {"av1-gray", FLV_CODEC_AV1, -1, -1, "81001C00", NULL, NULL,
        "video/x-av1, stream-format=obu-stream, alignment=tu, profile=main, "
        "chroma-format=4:0:0, bit-depth-luma=(uint)8, bit-depth-chroma=(uint)8",
      "81001C00"},
  {"vvc", FLV_CODEC_VVC, -1, -1, "FF0065", NULL, NULL,
      "video/x-h266, stream-format=vvc1, alignment=au", "FF0065"},
  {"avc-four-cc", FLV_CODEC_AVC, 7, -1, "014D401FFFE000", NULL, NULL,
        "video/x-h264, stream-format=avc, alignment=au, profile=main, "
        "level=(string)3.1",
      "014D401FFFE000"},
  {"hevc-legacy-id", FLV_CODEC_HEVC, -1, -1,
        "01 01600000 009000000000 003C F000FCFDF8F800000F 00*2 00", NULL, NULL,
        "video/x-h265, stream-format=hvc1, alignment=au, profile=main, "
        "tier=main, level=(string)2",
      "01 01600000 009000000000 003C F000FCFDF8F800000F 00*2 00"},
  {"vp6", FLV_CODEC_VP6, -1, -1, NULL, NULL, NULL, "video/x-vp6-flash", NULL},
  {"vp6-alpha", FLV_CODEC_VP6_ALPHA, -1, -1, NULL, "8C 0102", NULL,
      "video/x-vp6-alpha", NULL},
  {"screen", FLV_CODEC_SCREEN, -1, -1, NULL, NULL, NULL, "video/x-flash-screen",
      NULL},
  {"E-176-aac-config-wins", FLV_CODEC_AAC, 10, 0xA2, "1190", NULL, NULL,
        "audio/mpeg, mpegversion=4, stream-format=raw, framed=true, "
        "rate=48000, channels=2",
      "1190"},
  {"aac-rate-in-full", FLV_CODEC_AAC, -1, -1, "17 80 5B 90 10", NULL, NULL,
        "audio/mpeg, mpegversion=4, stream-format=raw, framed=true, "
        "rate=46880",
      "17 80 5B 90 10"},
  {"aac-channels-elsewhere", FLV_CODEC_AAC, -1, -1, "1180", NULL,
        "01 04 00000033",
        "audio/mpeg, mpegversion=4, stream-format=raw, framed=true, "
        "rate=48000, channels=4, channel-mask=(bitmask)0x33",
      "1180"},
  {"E-214-opus-head-wins", FLV_CODEC_OPUS, -1, -1,
        "4F70757348656164 01 06 3801 80BB0000 0000 01 04 02 000401020305", "FC",
        "01 02 00000003", OPUS_51,
      "4F70757348656164 01 06 3801 80BB0000 0000 01 04 02 000401020305"},
  {"E-214-opus-little-endian", FLV_CODEC_OPUS, -1, -1,
        "4F70757348656164 01 02 3801 803E0000 0000 00", NULL, NULL,
        "audio/x-opus, rate=16000, channels=2, channel-mapping-family=0, "
        "stream-count=1, coupled-count=1",
      "4F70757348656164 01 02 3801 803E0000 0000 00"},
  {"E-213-opus-by-channels", FLV_CODEC_OPUS, -1, -1, "", "FC",
        "01 06 0000003F", OPUS_51,
      "4F70757348656164 01 06 0000 80BB0000 0000 01 04 02 000401020305"},
  {"E-213-opus-by-many-channels", FLV_CODEC_OPUS, -1, -1, NULL, "FC", "00 09",
        "audio/x-opus, rate=48000, channels=9, channel-mapping-family=255, "
        "stream-count=9, coupled-count=0, "
        "channel-mapping=(int)<0, 1, 2, 3, 4, 5, 6, 7, 8>",
      "4F70757348656164 01 09 0000 80BB0000 0000 FF 09 00 "
        "000102030405060708"},
  {"E-213-opus-stereo-by-toc", FLV_CODEC_OPUS, -1, -1, "", "FC", NULL,
        "audio/x-opus, rate=48000, channels=2, channel-mapping-family=0, "
        "stream-count=1, coupled-count=1",
      "4F70757348656164 01 02 0000 80BB0000 0000 00"},
  {"E-213-opus-mono-by-toc", FLV_CODEC_OPUS, -1, -1, NULL, "F8", NULL,
        "audio/x-opus, rate=48000, channels=1, channel-mapping-family=0, "
        "stream-count=1, coupled-count=0",
      "4F70757348656164 01 01 0000 80BB0000 0000 00"},
  {"E-216-flac-38", FLV_CODEC_FLAC, -1, -1, "80000022" STREAM_INFO, NULL, NULL,
      "audio/x-flac, framed=true, rate=48000, channels=1", STREAM_INFO},
  {"E-216-flac-42", FLV_CODEC_FLAC, -1, -1,
        "664C6143 80000022" STREAM_INFO, NULL, NULL,
      "audio/x-flac, framed=true, rate=48000, channels=1", STREAM_INFO},
  {"E-212-ac3", FLV_CODEC_AC3, -1, -1, "", NULL, NULL, "audio/x-ac3", NULL},
  {"E-212-mp3-four-cc", FLV_CODEC_MP3, 2, -1, NULL, "FFFB54C4", NULL,
      MP3 ", mpegaudioversion=1, rate=48000, channels=1", NULL},
  {"mp3-four-cc-unknown", FLV_CODEC_MP3, 2, -1, NULL, NULL, NULL, MP3, NULL},
  {"mp3-frame-wins", FLV_CODEC_MP3, 2, 0x2F, NULL, "FFF34000", NULL,
      MP3 ", mpegaudioversion=2, rate=22050, channels=2", NULL},
  {"mp3-8000", FLV_CODEC_MP3, 14, 0xE2, NULL, "FFE3 48C0", NULL,
      MP3 ", mpegaudioversion=3, rate=8000, channels=1", NULL},
  {"mp3-8000-by-id", FLV_CODEC_MP3, 14, 0xE2, NULL, "FFFD 50C0", NULL,
      MP3 ", rate=8000, channels=1", NULL},
  {"mp3-by-sound", FLV_CODEC_MP3, 2, 0x2B, NULL, "FFFB5C", NULL,
      MP3 ", rate=22050, channels=2", NULL},
  {"mp3-reserved-rate", FLV_CODEC_MP3, 2, 0x2B, NULL, "FFFB5C00", NULL,
      MP3 ", rate=22050, channels=2", NULL},
  {"mp3-reserved-version", FLV_CODEC_MP3, 2, 0x2B, NULL, "FFEB5000", NULL,
      MP3 ", rate=22050, channels=2", NULL},
  {"pcm-8", FLV_CODEC_PCM, 3, 0x31, NULL, NULL, NULL,
      PCM "format=U8, rate=5512, channels=2", NULL},
  {"pcm-16", FLV_CODEC_PCM, 3, 0x36, NULL, NULL, NULL,
      PCM "format=S16LE, rate=11025, channels=1", NULL},
  {"adpcm", FLV_CODEC_ADPCM, 1, 0x1B, NULL, NULL, NULL,
      "audio/x-adpcm, layout=swf, rate=22050, channels=2", NULL},
  {"nellymoser-16000", FLV_CODEC_NELLYMOSER, 4, 0x4E, NULL, NULL, NULL,
      "audio/x-nellymoser, rate=16000, channels=1", NULL},
  {"nellymoser-8000", FLV_CODEC_NELLYMOSER, 5, 0x56, NULL, NULL, NULL,
      "audio/x-nellymoser, rate=8000, channels=1", NULL},
  {"nellymoser", FLV_CODEC_NELLYMOSER, 6, 0x6F, NULL, NULL, NULL,
      "audio/x-nellymoser, rate=44100, channels=2", NULL},
  {"alaw", FLV_CODEC_ALAW, 7, 0x76, NULL, NULL, NULL,
      "audio/x-alaw, rate=8000, channels=1", NULL},
  {"mulaw", FLV_CODEC_MULAW, 8, 0x87, NULL, NULL, NULL,
      "audio/x-mulaw, rate=8000, channels=2", NULL},
  {"speex", FLV_CODEC_SPEEX, 11, 0xB2, NULL, NULL, NULL,
      "audio/x-speex, rate=16000, channels=1", NULL},
};

static GBytes *
unhex (const gchar * hex)
{
  return hex == NULL ? NULL : rtmp_test_unhex (hex);
}

static void
format_init (GstRtmpFormat * format, const Case * c)
{
  memset (format, 0, sizeof *format);
  format->codec = flv_codec_by_id (c->codec);
  if (c->legacy_id >= 0)
    format->codec = flv_codec_by_legacy_id (format->codec->media,
        (guint) c->legacy_id);
  format->enhanced = c->sound < 0;
  format->sound = (guint8) MAX (c->sound, 0);
  format->configuration = unhex (c->configuration);
  if (c->channels != NULL) {
    g_autoptr (GBytes) bytes = rtmp_test_unhex (c->channels);
    gsize size;
    const guint8 *data = g_bytes_get_data (bytes, &size);

    g_assert_true (flv_channels_parse (&format->channels, data, size, NULL));
  }
}

static void
test_case (gconstpointer user_data)
{
  const Case *c = user_data;
  g_autoptr (GBytes) frame = unhex (c->frame);
  g_autoptr (GstCaps) caps = NULL;
  GstRtmpFormat format, back;
  GError *error = NULL;

  format_init (&format, c);
  caps = gst_rtmp_caps_from_format (&format, frame, &error);
  g_assert_no_error (error);
  assert_caps (caps, c->caps);
  gst_rtmp_caps_to_format (caps, frame, &back, &error);
  g_assert_no_error (error);
  g_assert_true (back.codec == format.codec || c->legacy_id < 0
      || c->sound < 0);
  g_assert_cmpint (back.codec->id, ==, c->codec);
  if (c->back != NULL)
    rtmp_test_assert_bytes (g_bytes_ref (back.configuration), c->back);
  else
    g_assert_null (back.configuration);
  gst_rtmp_format_clear (&format);
  gst_rtmp_format_clear (&back);
}

/* FLV 10.1, E.4.3.1 */
static void
test_vp6_adjustment (void)
{
  GstRtmpFormat format = {.codec = flv_codec_by_id (FLV_CODEC_VP6),
    .adjustment = 0x8C
  };
  g_autoptr (GstCaps) caps = gst_rtmp_caps_from_format (&format, NULL, NULL);
  g_autofree gchar *text = gst_caps_to_string (caps);
  GstRtmpFormat back;

  g_assert_cmpstr (text, ==, "video/x-vp6-flash, codec_data=(buffer)8c");
  g_assert_true (gst_rtmp_caps_to_format (caps, NULL, &back, NULL));
  g_assert_cmpint (back.adjustment, ==, 0x8C);
  gst_rtmp_format_clear (&back);
}

/* --- from caps alone */

typedef struct
{
  const gchar *name;
  const gchar *caps;
  gint legacy_id;
  gint sound;                   /* -1: any */
  gboolean enhanced;
  const gchar *configuration;   /* hex, NULL for none */
  const gchar *channels;        /* hex, NULL for none */
} Wanted;

#define AVC_1080 "video/x-h264, stream-format=avc, alignment=au, " \
    "codec_data=(buffer)01640028ffe1001e67640028acd940780227e5c05a808080a000" \
    "0003002000000791e30632c001000568ebecb22c"
#define HEVC_1080 "video/x-h265, stream-format=hvc1, alignment=au, " \
    "codec_data=(buffer)01016000000090000000000078f000fcfdf8f800000f03210001" \
    "00314201010160000003009000000300000300" \
    "78a003c08010e596566924cafff000100016a020202080000003008000000f04"

#define AAC "audio/mpeg, mpegversion=4, stream-format=raw, " \
    "codec_data=(buffer)1190"

static const Wanted wanted[] = {
  {"E-176-aac", AAC ", rate=48000, channels=2", 10, 0xAF, FALSE, "1190", NULL},
  {"aac-of-six", AAC ", rate=48000, channels=6, "
        "channel-mask=(bitmask)0x3f", 10, 0xAF, FALSE, "1190",
      "01 06 0000003F"},
  {"hevc", "video/x-h265, stream-format=hvc1, alignment=au, "
        "codec_data=(buffer)0102", 12, -1, TRUE, "0102", NULL},
  {"avc", "video/x-h264, stream-format=avc, alignment=au, "
        "codec_data=(buffer)0102", 7, -1, FALSE, "0102", NULL},
  {"mp3-44100", MP3 ", rate=44100, channels=2", 2, 0x2F, FALSE, NULL, NULL},
  {"mp3-11025", MP3 ", rate=11025, channels=1", 2, 0x26, FALSE, NULL, NULL},
  {"mp3-8000", MP3 ", rate=8000, channels=1", 14, 0xE6, FALSE, NULL, NULL},
  {"mp3-48000", MP3 ", rate=48000, channels=2", 2, 0x2F, TRUE, NULL, NULL},
  {"mp3-16000", MP3 ", rate=16000, channels=1", 2, -1, TRUE, NULL, NULL},
  {"pcm-8", PCM "format=U8, rate=5512, channels=2", 3, 0x31, FALSE, NULL, NULL},
  {"pcm-16", PCM "format=S16LE, rate=11025, channels=1", 3, 0x36, FALSE, NULL,
      NULL},
  {"adpcm", "audio/x-adpcm, layout=swf, rate=22050, channels=2", 1, 0x1B,
      FALSE, NULL, NULL},
  {"nellymoser-16000", "audio/x-nellymoser, rate=16000, channels=1", 4, 0x4A,
      FALSE, NULL, NULL},
  {"nellymoser-8000", "audio/x-nellymoser, rate=8000, channels=1", 5, 0x56,
      FALSE, NULL, NULL},
  {"nellymoser-44100", "audio/x-nellymoser, rate=44100, channels=2", 6, 0x6F,
      FALSE, NULL, NULL},
  {"alaw", "audio/x-alaw, rate=8000, channels=1", 7, 0x76, FALSE, NULL, NULL},
  {"mulaw", "audio/x-mulaw, rate=8000, channels=2", 8, 0x87, FALSE, NULL, NULL},
  {"speex", "audio/x-speex, rate=16000, channels=1", 11, 0xB2, FALSE, NULL,
      NULL},
  {"opus-mono", "audio/x-opus, rate=16000, channels=1, "
        "channel-mapping-family=0", FLV_NO_LEGACY_ID, -1, TRUE,
      "4F70757348656164 01 01 0000 803E0000 0000 00", "01 01 00000004"},
  {"opus-stereo", "audio/x-opus, rate=48000, channels=2, "
        "channel-mapping-family=0", FLV_NO_LEGACY_ID, -1, TRUE,
      "4F70757348656164 01 02 0000 80BB0000 0000 00", "01 02 00000003"},
  {"opus-51", OPUS_51, FLV_NO_LEGACY_ID, -1, TRUE,
        "4F70757348656164 01 06 0000 80BB0000 0000 01 04 02 000401020305",
      "01 06 0000003F"},
  {"ac3", "audio/x-ac3, rate=48000, channels=6, channel-mask=(bitmask)0x3f",
      FLV_NO_LEGACY_ID, -1, TRUE, NULL, "01 06 0000003F"},
  /* Top front center stands behind its neighbours in GStreamer's masks. */
  {"E-219-channels-in-other-order", "audio/x-eac3, channels=4, "
        "channel-mask=(bitmask)0x7001", FLV_NO_LEGACY_ID, -1, TRUE, NULL,
      "02 04 00 0C 0E 0D"},
  {"vp9-by-caps", "video/x-vp9, profile=(string)2, chroma-format=4:2:2, "
        "bit-depth-luma=(uint)12, colorimetry=bt2100-pq, width=1280, "
        "height=720, framerate=60/1", FLV_NO_LEGACY_ID, -1, TRUE,
      "01000000 02 28 C4 09 10 09 0000", NULL},
};

static void
test_wanted (gconstpointer user_data)
{
  const Wanted *w = user_data;
  g_autoptr (GstCaps) caps = gst_caps_from_string (w->caps);
  GError *error = NULL;
  GstRtmpFormat format;

  g_assert_nonnull (caps);
  gst_rtmp_caps_to_format (caps, NULL, &format, &error);
  g_assert_no_error (error);
  g_assert_cmpint (format.codec->legacy_id, ==, w->legacy_id);
  g_assert_cmpint (format.enhanced, ==, w->enhanced);
  if (w->sound >= 0)
    g_assert_cmphex (format.sound, ==, (guint) w->sound);
  if (w->configuration != NULL)
    rtmp_test_assert_bytes (g_bytes_ref (format.configuration),
        w->configuration);
  else
    g_assert_null (format.configuration);
  if (w->channels != NULL)
    rtmp_test_assert_bytes (flv_channels_write (&format.channels), w->channels);
  else
    g_assert_cmpuint (format.channels.count, ==, 0);
  gst_rtmp_format_clear (&format);
}

/* The record knows better than the metadata, but not than a parser. */
static void
test_size_of_record (gconstpointer text)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);
  g_autoptr (GstCaps) told = gst_caps_copy (caps);
  g_autoptr (GstCaps) back = NULL;
  GstRtmpFormat format;
  gint width, height;

  g_assert_true (gst_rtmp_caps_to_format (caps, NULL, &format, NULL));
  g_assert_cmpuint (format.width, ==, 1920);
  g_assert_cmpuint (format.height, ==, 1080);
  format.width = 640;
  format.height = 360;
  back = gst_rtmp_caps_from_format (&format, NULL, NULL);
  g_assert_true (gst_structure_get (gst_caps_get_structure (back, 0), "width",
          G_TYPE_INT, &width, "height", G_TYPE_INT, &height, NULL));
  g_assert_cmpint (width, ==, 1920);
  g_assert_cmpint (height, ==, 1080);
  gst_rtmp_format_clear (&format);

  gst_caps_set_simple (told, "width", G_TYPE_INT, 8, "height", G_TYPE_INT, 9,
      NULL);
  g_assert_true (gst_rtmp_caps_to_format (told, NULL, &format, NULL));
  g_assert_cmpuint (format.width, ==, 8);
  g_assert_cmpuint (format.height, ==, 9);
  gst_rtmp_format_clear (&format);
}

static void
test_common (void)
{
  g_autoptr (GstCaps) video = gst_caps_from_string ("video/x-flash-screen, "
      "width=640, height=360, framerate=30000/1001, bitrate=500000");
  g_autoptr (GstCaps) audio = gst_caps_from_string ("audio/x-ac3, rate=44100, "
      "channels=2");
  g_autoptr (GstCaps) back = NULL;
  GstRtmpFormat format;

  g_assert_true (gst_rtmp_caps_to_format (video, NULL, &format, NULL));
  g_assert_cmpuint (format.width, ==, 640);
  g_assert_cmpuint (format.height, ==, 360);
  g_assert_cmpfloat_with_epsilon (format.framerate, 29.97, 0.001);
  g_assert_cmpuint (format.bitrate, ==, 500000);
  format.framerate = 25;
  back = gst_rtmp_caps_from_format (&format, NULL, NULL);
  assert_caps (back, "video/x-flash-screen, width=640, height=360, "
      "framerate=25/1");
  g_assert_true (gst_rtmp_caps_to_format (audio, NULL, &format, NULL));
  g_assert_cmpuint (format.rate, ==, 44100);
  g_assert_cmpuint (format.n_channels, ==, 2);
}

/* --- refused */

typedef struct
{
  const gchar *name;
  const gchar *caps;
  gint code;
  const gchar *text;            /* part of the message */
} Refusal;

static const Refusal refusals[] = {
  {"unknown", "video/x-theora", GST_STREAM_ERROR_CODEC_NOT_FOUND,
      "video/x-theora"},
  {"byte-stream", "video/x-h264, stream-format=byte-stream, alignment=au",
      GST_STREAM_ERROR_WRONG_TYPE, "stream-format=(string)avc"},
  {"adts", "audio/mpeg, mpegversion=4, stream-format=adts",
      GST_STREAM_ERROR_WRONG_TYPE, "stream-format=(string)raw"},
  {"rate", PCM "format=S16LE, rate=48000, channels=2",
      GST_STREAM_ERROR_WRONG_TYPE, "44100"},
  {"avc-without", "video/x-h264, stream-format=avc, alignment=au",
      GST_STREAM_ERROR_WRONG_TYPE, "H.264 caps have no codec_data"},
  {"aac-without", "audio/mpeg, mpegversion=4, stream-format=raw",
      GST_STREAM_ERROR_WRONG_TYPE, "AAC caps have no codec_data"},
  {"av1-without", "video/x-av1, stream-format=obu-stream, alignment=tu",
      GST_STREAM_ERROR_WRONG_TYPE, "sequence header"},
  {"vp9-without", "video/x-vp9, profile=(string)3", GST_STREAM_ERROR_WRONG_TYPE,
      "chroma-format"},
  {"vp9-frames", "video/x-vp9, alignment=frame", GST_STREAM_ERROR_WRONG_TYPE,
      "super frames"},
  {"nellymoser-stereo", "audio/x-nellymoser, rate=16000, channels=2",
      GST_STREAM_ERROR_WRONG_TYPE, "16000 Hz with one channel"},
  {"opus-without", "audio/x-opus", GST_STREAM_ERROR_WRONG_TYPE,
      "channel-mapping-family"},
  {"opus-wrong", "audio/x-opus, rate=48000, channels=3, "
        "channel-mapping-family=0", GST_STREAM_ERROR_WRONG_TYPE, "opusparse"},
  {"opus-short", OPUS_51 ", streamheader=(buffer)<4f70757348656164>",
      GST_STREAM_ERROR_WRONG_TYPE, "opusparse"},
  {"flac-without", "audio/x-flac, framed=true", GST_STREAM_ERROR_WRONG_TYPE,
      "STREAMINFO"},
  {"flac-wrong", "audio/x-flac, framed=true, streamheader=(buffer)<7f, 00>",
      GST_STREAM_ERROR_WRONG_TYPE, "STREAMINFO"},
};

static void
test_refusal (gconstpointer user_data)
{
  const Refusal *refusal = user_data;
  g_autoptr (GstCaps) caps = gst_caps_from_string (refusal->caps);
  g_autoptr (GError) error = NULL;
  GstRtmpFormat format;

  g_assert_nonnull (caps);
  g_assert_false (gst_rtmp_caps_to_format (caps, NULL, &format, &error));
  g_assert_error (error, GST_STREAM_ERROR, refusal->code);
  if (strstr (error->message, refusal->text) == NULL)
    g_assert_cmpstr (error->message, ==, refusal->text);
  g_assert_null (format.configuration);
  g_assert_false (gst_rtmp_caps_to_format (caps, NULL, &format, NULL));
}

static void
test_empty_codec_data (void)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (flv_codec_by_id
      (FLV_CODEC_AVC)->caps);
  g_autoptr (GstBuffer) buffer = gst_buffer_new ();
  g_autoptr (GError) error = NULL;
  GstRtmpFormat format;

  gst_caps_set_simple (caps, "codec_data", GST_TYPE_BUFFER, buffer, NULL);
  g_assert_false (gst_rtmp_caps_to_format (caps, NULL, &format, &error));
  g_assert_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_WRONG_TYPE);
}

/* Configurations that are none; and none where one is needed. */
static void
test_bad_configurations (void)
{
  static const struct
  {
    FlvCodecId codec;
    const gchar *configuration;
  } bad[] = {
    {FLV_CODEC_AVC, NULL}, {FLV_CODEC_AVC, ""}, {FLV_CODEC_AVC, "01640000FFE1"},
    {FLV_CODEC_AVC, "0064000DFFE100"}, {FLV_CODEC_HEVC, "01 00*21"},
    {FLV_CODEC_HEVC, "02 00*22"}, {FLV_CODEC_VVC, ""}, {FLV_CODEC_VVC, NULL},
    {FLV_CODEC_AAC, NULL}, {FLV_CODEC_AAC, "11"}, {FLV_CODEC_FLAC, NULL},
    {FLV_CODEC_FLAC, "664C6143"}, {FLV_CODEC_OPUS, "4F70757348656164"},
    {FLV_CODEC_OPUS, "4F70757348656165 01 01 0000 80BB0000 0000 00"},
    {FLV_CODEC_OPUS, "4F70757348656164 01 03 0000 80BB0000 0000 00"},
    {FLV_CODEC_OPUS, "4F70757348656164 01 02 0000 80BB0000 0000 01 01 01 00"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    GstRtmpFormat format = { flv_codec_by_id (bad[i].codec), TRUE, };
    g_autoptr (GError) error = NULL;

    format.configuration = unhex (bad[i].configuration);
    g_test_message ("%s", bad[i].configuration);
    g_assert_null (gst_rtmp_caps_from_format (&format, NULL, &error));
    g_assert_error (error, RTMP_ERROR, RTMP_ERROR_BAD_FLV);
    gst_rtmp_format_clear (&format);
  }
}

/* Whatever the bytes are, no parser that we lean on complains. */
static void
test_hostile_configurations (void)
{
  GRand *rand = g_rand_new_with_seed (5);
  guint good = 0;

  for (guint n = 0; n < 20000; n++) {
    const Case *c = &cases[n % G_N_ELEMENTS (cases)];
    g_autoptr (GBytes) whole = rtmp_test_unhex (c->configuration ?
        c->configuration : "4F70757348656164 01 02 3801 80BB0000 0000 01 02 01"
        "00 01 02");
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    g_autoptr (GstCaps) caps = NULL;
    GstRtmpFormat format = { flv_codec_by_id (c->codec), TRUE, };

    g_byte_array_append (bytes, g_bytes_get_data (whole, NULL),
        (guint) g_bytes_get_size (whole));
    for (guint i = 0; i < 3 && bytes->len > 0; i++)
      bytes->data[g_rand_int_range (rand, 0, (gint32) bytes->len)] =
          (guint8) g_rand_int_range (rand, 0, 256);
    g_byte_array_set_size (bytes, bytes->len == 0 ? 0
        : (guint) g_rand_int_range (rand, 1, (gint32) bytes->len + 1));
    format.configuration = g_bytes_new (bytes->data, bytes->len);
    caps = gst_rtmp_caps_from_format (&format, format.configuration, NULL);
    good += caps != NULL;
    gst_rtmp_format_clear (&format);
  }
  g_rand_free (rand);
  g_assert_cmpuint (good, >, 1000);
}

/* --- templates */

static void
test_templates (void)
{
  static const FlvMedia media[] = { FLV_MEDIA_VIDEO, FLV_MEDIA_AUDIO };
  const FlvCodec *codecs;
  guint n;

  codecs = flv_codecs (&n);
  for (guint i = 0; i < G_N_ELEMENTS (media); i++) {
    g_autoptr (GstCaps) caps = gst_rtmp_caps_template (media[i]);

    for (guint j = 0; j < n; j++) {
      g_autoptr (GstCaps) one = gst_caps_from_string (codecs[j].caps);

      g_assert_cmpint (gst_caps_can_intersect (caps, one), ==,
          codecs[j].media == media[i]);
    }
  }
}

/* --- channels and colours */

static void
test_flac_channels (void)
{
  g_autoptr (GBytes) info = rtmp_test_unhex ("00*10 0BB806F0 00*20");
  static const struct
  {
    guint32 mask;
    const gchar *caps;
  } layouts[] = {
    {0x33, ", channel-mask=(bitmask)0x33"},
    {0x603, ", channel-mask=(bitmask)0xc03"},
    {0x3F, ""},
  };

  for (guint i = 0; i < G_N_ELEMENTS (layouts); i++) {
    GstRtmpFormat format = { flv_codec_by_id (FLV_CODEC_FLAC), TRUE, };
    g_autofree gchar *expected = g_strconcat ("audio/x-flac, framed=true, "
        "rate=48000, channels=4", layouts[i].caps, NULL);
    g_autoptr (GstCaps) caps = NULL;
    GstRtmpFormat back;

    format.configuration = g_bytes_ref (info);
    flv_channels_init_mask (&format.channels, layouts[i].mask);
    caps = gst_rtmp_caps_from_format (&format, NULL, NULL);
    assert_caps (caps, expected);
    g_assert_true (gst_rtmp_caps_to_format (caps, NULL, &back, NULL));
    g_assert_cmphex (back.channels.mask, ==,
        layouts[i].mask == 0x3F ? 0x33 : layouts[i].mask);
    gst_rtmp_format_clear (&format);
    gst_rtmp_format_clear (&back);
  }
}

/* Each channel that both have, both ways; unspecified and unknown ones make no
 * mask. */
static void
test_channel_masks (void)
{
  GstRtmpFormat format = { flv_codec_by_id (FLV_CODEC_AAC), TRUE, };
  g_autoptr (GstCaps) caps = NULL;
  guint8 unknown[] = { 0, 1, FLV_CHANNEL_UNKNOWN }, twice[] = { 0, 1, 1 };
  GstStructure *s;
  guint64 mask;

  format.configuration = rtmp_test_unhex ("1180");
  for (guint i = 0; i < FLV_N_CHANNELS - 2; i++) {
    GstRtmpFormat back;

    flv_channels_init_mask (&format.channels, (guint32) 7 << i);
    caps = gst_rtmp_caps_from_format (&format, NULL, NULL);
    s = gst_caps_get_structure (caps, 0);
    g_assert_true (gst_structure_get (s, "channel-mask", GST_TYPE_BITMASK,
            &mask, NULL));
    g_assert_true (gst_rtmp_caps_to_format (caps, NULL, &back, NULL));
    for (guint j = 0; j < 3; j++)
      g_assert_nonnull (memchr (back.channels.channels, (gint) (i + j), 3));
    gst_rtmp_format_clear (&back);
    gst_clear_caps (&caps);
  }
  flv_channels_init (&format.channels, unknown, 3);
  caps = gst_rtmp_caps_from_format (&format, NULL, NULL);
  g_assert_false (gst_structure_has_field (gst_caps_get_structure (caps, 0),
          "channel-mask"));
  gst_clear_caps (&caps);
  flv_channels_init (&format.channels, twice, 3);
  caps = gst_rtmp_caps_from_format (&format, NULL, NULL);
  g_assert_false (gst_structure_has_field (gst_caps_get_structure (caps, 0),
          "channel-mask"));
  gst_rtmp_format_clear (&format);
}

int
main (int argc, char **argv)
{
  gst_rtmp_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (recordings); i++) {
    const Recording *r = &recordings[i];
    const gchar *name = flv_codec_by_id (r->codec)->name;
    g_autofree gchar *same =
        g_strdup_printf ("/caps/E-200-E-211-recording/%s/%s", r->file, name);
    g_autofree gchar *parsed =
        g_strdup_printf ("/caps/parser/%s/%s", r->file, r->parser);
    g_autofree gchar *decoded =
        g_strdup_printf ("/caps/decoder/%s/%s", r->file, r->decoder);

    g_test_add_data_func (same, r, test_recording);
    if (r->parser != NULL)
      g_test_add_data_func (parsed, r, test_parser);
    if (r->decoder != NULL)
      g_test_add_data_func (decoded, r, test_decoder);
  }
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *path = g_strconcat ("/caps/case/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_case);
  }
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++) {
    g_autofree gchar *path = g_strconcat ("/caps/wanted/", wanted[i].name,
        NULL);

    g_test_add_data_func (path, &wanted[i], test_wanted);
  }
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++) {
    g_autofree gchar *path = g_strconcat ("/caps/refusal/", refusals[i].name,
        NULL);

    g_test_add_data_func (path, &refusals[i], test_refusal);
  }
  g_test_add_func ("/caps/vp6-adjustment", test_vp6_adjustment);
  g_test_add_func ("/caps/common", test_common);
  g_test_add_data_func ("/caps/size-of-record/avc", AVC_1080,
      test_size_of_record);
  g_test_add_data_func ("/caps/size-of-record/hevc", HEVC_1080,
      test_size_of_record);
  g_test_add_func ("/caps/refusal/avc-empty", test_empty_codec_data);
  g_test_add_func ("/caps/bad-configurations", test_bad_configurations);
  g_test_add_func ("/caps/hostile-configurations", test_hostile_configurations);
  g_test_add_func ("/caps/templates", test_templates);
  g_test_add_func ("/caps/E-219-flac-channels", test_flac_channels);
  g_test_add_func ("/caps/E-219-channel-masks", test_channel_masks);
  return g_test_run ();
}

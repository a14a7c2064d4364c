/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flvmetadata.h"

#include "flvscript.h"

#define AV01 1635135537.0
#define OPUS 1332770163.0

static RtmpValue *
object_new (const gchar * name, gdouble value)
{
  RtmpValue *object = rtmp_value_new_object ();

  rtmp_value_set_number (object, name, value);
  return object;
}

/* The object gets a map with one entry. (transfer full) for @entry. */
static void
set_map (RtmpValue * object, const gchar * map, const gchar * key,
    RtmpValue * entry)
{
  RtmpValue *tracks = rtmp_value_new_object ();

  rtmp_value_set (tracks, key, entry);
  rtmp_value_set (object, map, tracks);
}

static FlvMetadata *
parse_member (const gchar * name, RtmpValue * value)
{
  g_autoptr (RtmpValue) object = rtmp_value_new_ecma_array ();

  rtmp_value_set (object, name, value);
  return flv_metadata_parse (object);
}

static gint
codec_of (FlvMedia media, RtmpValue * value)
{
  const gchar *name = media == FLV_MEDIA_VIDEO ? "videocodecid"
      : "audiocodecid";
  g_autoptr (FlvMetadata) metadata = parse_member (name, value);
  const FlvTrackInfo *track = flv_metadata_track (metadata, media, 0);

  return track->codec ? (gint) track->codec->id : -1;
}

static void
assert_value (const RtmpValue * value, const gchar * expected)
{
  g_autofree gchar *text = rtmp_value_to_string (value);

  g_assert_cmpstr (text, ==, expected);
}

static void
assert_written (const FlvMetadata * metadata, const gchar * expected)
{
  g_autoptr (RtmpValue) value = flv_metadata_write (metadata);

  g_assert_cmpint (rtmp_value_type (value), ==, RTMP_VALUE_ECMA_ARRAY);
  assert_value (value, expected);
}

/* The command that FFmpeg 5 sends: @setDataFrame, onMetaData. */
static void
test_ffmpeg (void)
{
  g_autofree gchar *path = g_build_filename (g_getenv ("FILES"), "commands",
      "set-data-frame-ffmpeg5.amf0", NULL);
  g_auto (FlvScript) script = { 0 };
  g_autoptr (FlvMetadata) metadata = NULL;
  g_autoptr (GBytes) body = NULL;
  const FlvTrackInfo *video, *audio;
  gchar *data;
  gsize size;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  body = g_bytes_new_take (data, size);
  g_assert_true (flv_script_parse (&script, body, NULL, NULL));
  metadata = flv_metadata_parse (flv_script_object (&script));
  video = flv_metadata_track (metadata, FLV_MEDIA_VIDEO, 0);
  audio = flv_metadata_track (metadata, FLV_MEDIA_AUDIO, 0);
  g_assert_cmpint (video->codec->id, ==, FLV_CODEC_AVC);
  g_assert_false (video->enhanced);
  g_assert_cmpfloat (video->width, ==, 320);
  g_assert_cmpfloat (video->height, ==, 180);
  g_assert_cmpfloat (video->framerate, ==, 30);
  g_assert_cmpfloat (video->bitrate, ==, 0);
  g_assert_cmpint (audio->codec->id, ==, FLV_CODEC_AAC);
  g_assert_cmpfloat (audio->samplerate, ==, 48000);
  g_assert_cmpfloat (audio->samplesize, ==, 16);
  g_assert_cmpfloat (metadata->duration, ==, 0);
  g_assert_cmpfloat (metadata->filesize, ==, 0);
  g_assert_true (g_str_has_prefix (metadata->encoder, "Lavf"));
}

static void
test_nothing (void)
{
  g_autoptr (FlvMetadata) metadata = flv_metadata_parse (NULL);

  g_assert_cmpuint (metadata->tracks->len, ==, 0);
  assert_written (metadata, "{duration: 0, filesize: 0}");
}

static void
test_codecs (void)
{
  static const struct
  {
    FlvMedia media;
    const gchar *text;
    gint codec;
  } cases[] = {
    {FLV_MEDIA_VIDEO, "avc1", FLV_CODEC_AVC},
    {FLV_MEDIA_AUDIO, "mp4a", FLV_CODEC_AAC},
    {FLV_MEDIA_AUDIO, ".mp3", FLV_CODEC_MP3},
    {FLV_MEDIA_VIDEO, "7", FLV_CODEC_AVC},
    {FLV_MEDIA_VIDEO, "1635135537", FLV_CODEC_AV1},
    {FLV_MEDIA_VIDEO, "", -1},
    {FLV_MEDIA_VIDEO, "avc", -1},
    {FLV_MEDIA_VIDEO, "avc1x", -1},
    {FLV_MEDIA_VIDEO, "mp4a", -1},
    {FLV_MEDIA_VIDEO, "nan", -1},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (codec_of (cases[i].media,
            rtmp_value_new_string (cases[i].text)), ==, cases[i].codec);
  g_assert_cmpint (codec_of (FLV_MEDIA_VIDEO, rtmp_value_new_number (AV01)),
      ==, FLV_CODEC_AV1);
  g_assert_cmpint (codec_of (FLV_MEDIA_VIDEO,
          rtmp_value_new_number (0x31307661)), ==, FLV_CODEC_AV1);
  g_assert_cmpint (codec_of (FLV_MEDIA_VIDEO, rtmp_value_new_null ()), ==, -1);
  g_assert_cmpint (codec_of (FLV_MEDIA_AUDIO, rtmp_value_new_number (0)), ==,
      FLV_CODEC_PCM);
  g_assert_cmpint (codec_of (FLV_MEDIA_AUDIO, rtmp_value_new_string_len
          ("\xff" "p4a", 4)), ==, -1);
}

/* What the packets of a codec's number look like. */
static void
test_enhanced (void)
{
  static const struct
  {
    gdouble number;
    gboolean enhanced;
  } cases[] = {
    {7, FALSE}, {0x61766331, TRUE}, {12, FALSE}, {0x68766331, TRUE},
    {2, FALSE}, {AV01, TRUE},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (FlvMetadata) metadata = parse_member ("videocodecid",
        rtmp_value_new_number (cases[i].number));

    g_assert_cmpint (flv_metadata_track (metadata, FLV_MEDIA_VIDEO,
            0)->enhanced, ==, cases[i].enhanced);
  }
}

static gdouble
width_of (RtmpValue * value)
{
  g_autoptr (FlvMetadata) metadata = parse_member ("width", value);

  return flv_metadata_track (metadata, FLV_MEDIA_VIDEO, 0)->width;
}

static void
test_numbers (void)
{
  static const struct
  {
    gdouble number, expected;
  } cases[] = {
    {1920, 1920}, {1920.7, 1920}, {0, 0}, {0.9, 0}, {-1, 0}, {65535, 65535},
    {65536, 0}, {1e300, 0}, {0.0 / 0.0, 0}, {1.0 / 0.0, 0},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpfloat (width_of (rtmp_value_new_number (cases[i].number)), ==,
        cases[i].expected);
  g_assert_cmpfloat (width_of (rtmp_value_new_string ("1920")), ==, 1920);
  g_assert_cmpfloat (width_of (rtmp_value_new_string ("1920px")), ==, 0);
  g_assert_cmpfloat (width_of (rtmp_value_new_boolean (TRUE)), ==, 0);
}

static void
test_file (void)
{
  static const gchar *const names[] = { "filesize", "fileSize" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (FlvMetadata) metadata = parse_member (names[i],
        rtmp_value_new_number (5e9));
    g_autoptr (FlvMetadata) absurd = parse_member (names[i],
        rtmp_value_new_number (1e17));

    g_assert_cmpfloat (metadata->filesize, ==, 5e9);
    g_assert_cmpfloat (absurd->filesize, ==, 0);
  }
}

static void
test_duration (void)
{
  g_autoptr (FlvMetadata) metadata = parse_member ("duration",
      rtmp_value_new_number (3.072));
  g_autoptr (FlvMetadata) absurd = parse_member ("duration",
      rtmp_value_new_number (1e10));

  g_assert_cmpfloat (metadata->duration, ==, 3.072);
  g_assert_cmpfloat (absurd->duration, ==, 0);
}

static void
test_stereo (void)
{
  static const struct
  {
    gboolean stereo;
    gdouble channels, expected;
  } cases[] = {
    {TRUE, 0, 2}, {FALSE, 0, 0}, {FALSE, 6, 6}, {TRUE, 1, 1},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (RtmpValue) object = object_new ("audiochannels",
        cases[i].channels);
    g_autoptr (FlvMetadata) metadata = NULL;

    rtmp_value_set_boolean (object, "stereo", cases[i].stereo);
    metadata = flv_metadata_parse (object);
    g_assert_cmpfloat (flv_metadata_track (metadata, FLV_MEDIA_AUDIO,
            0)->channels, ==, cases[i].expected);
  }
}

/* An entry that says only what is not as with track 0. */
static void
test_delta (void)
{
  g_autoptr (RtmpValue) object = object_new ("width", 1920);
  g_autoptr (FlvMetadata) metadata = NULL;
  const FlvTrackInfo *track;

  set_map (object, "videoTrackIdInfoMap", "1", object_new ("width", 640));
  rtmp_value_set_number (object, "height", 1080);
  rtmp_value_set_number (object, "videocodecid", AV01);
  metadata = flv_metadata_parse (object);
  track = flv_metadata_track (metadata, FLV_MEDIA_VIDEO, 1);
  g_assert_cmpfloat (track->width, ==, 640);
  g_assert_cmpfloat (track->height, ==, 1080);
  g_assert_cmpint (track->codec->id, ==, FLV_CODEC_AV1);
  g_assert_true (track->enhanced);
  g_assert_null (flv_metadata_track (metadata, FLV_MEDIA_AUDIO, 1));
  g_assert_cmpfloat (flv_metadata_track (metadata, FLV_MEDIA_VIDEO, 0)->width,
      ==, 1920);
}

/* A size that is not told is not known. */
static void
test_delta_without_size (void)
{
  g_autoptr (RtmpValue) object = object_new ("width", 1920);
  g_autoptr (FlvMetadata) metadata = NULL;
  const FlvTrackInfo *track;

  set_map (object, "videoTrackIdInfoMap", "1", object_new ("framerate", 25));
  rtmp_value_set_number (object, "height", 1080);
  rtmp_value_set_number (object, "videocodecid", AV01);
  metadata = flv_metadata_parse (object);
  track = flv_metadata_track (metadata, FLV_MEDIA_VIDEO, 1);
  g_assert_cmpfloat (track->width, ==, 0);
  g_assert_cmpfloat (track->height, ==, 0);
  g_assert_cmpfloat (track->framerate, ==, 25);
  g_assert_cmpint (track->codec->id, ==, FLV_CODEC_AV1);
}

static void
test_delta_of_stereo (void)
{
  g_autoptr (RtmpValue) object = object_new ("audiochannels", 6);
  g_autoptr (FlvMetadata) metadata = NULL;
  RtmpValue *entry = rtmp_value_new_object ();

  rtmp_value_set_boolean (entry, "stereo", TRUE);
  set_map (object, "audioTrackIdInfoMap", "1", entry);
  metadata = flv_metadata_parse (object);
  g_assert_cmpfloat (flv_metadata_track (metadata, FLV_MEDIA_AUDIO,
          1)->channels, ==, 2);
}

static void
test_complete (void)
{
  g_autoptr (RtmpValue) object = rtmp_value_new_ecma_array ();
  g_autoptr (FlvMetadata) metadata = NULL;
  RtmpValue *entry = object_new ("audiocodecid", OPUS);
  const FlvTrackInfo *track;

  rtmp_value_set_number (entry, "audiodatarate", 128);
  rtmp_value_set_string (entry, "language", "en");
  set_map (object, "audioTrackIdInfoMap", "255", entry);
  metadata = flv_metadata_parse (object);
  g_assert_cmpuint (metadata->tracks->len, ==, 1);
  track = flv_metadata_track (metadata, FLV_MEDIA_AUDIO, 255);
  g_assert_cmpint (track->codec->id, ==, FLV_CODEC_OPUS);
  g_assert_cmpfloat (track->bitrate, ==, 128);
  g_assert_cmpstr (rtmp_value_get_string (track->others, "language"), ==, "en");
}

/* It says more of track 0, for the other ones too. */
static void
test_key_0 (void)
{
  g_autoptr (RtmpValue) object = object_new ("width", 1920);
  g_autoptr (FlvMetadata) metadata = NULL;
  RtmpValue *map = object_new ("x", 1);
  RtmpValue *entry = object_new ("framerate", 25);

  rtmp_value_set_number (entry, "width", 1280);
  rtmp_value_set (map, "1", entry);
  rtmp_value_set (map, "0", object_new ("height", 1080));
  rtmp_value_set (object, "videoTrackIdInfoMap", map);
  metadata = flv_metadata_parse (object);
  g_assert_cmpuint (metadata->tracks->len, ==, 2);
  for (guint8 id = 0; id < 2; id++) {
    const FlvTrackInfo *track = flv_metadata_track (metadata, FLV_MEDIA_VIDEO,
        id);

    g_assert_cmpfloat (track->width, ==, id == 0 ? 1920 : 1280);
    g_assert_cmpfloat (track->height, ==, 1080);
    g_assert_cmpfloat (track->framerate, ==, id == 0 ? 0 : 25);
  }
}

static void
test_keys_that_are_none (void)
{
  static const gchar *const keys[] =
      { "256", "-1", "1x", "x", "1.0", "+1", "00" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_autoptr (RtmpValue) object = rtmp_value_new_object ();
    g_autoptr (FlvMetadata) metadata = NULL;

    set_map (object, "videoTrackIdInfoMap", keys[i], object_new ("width", 1));
    metadata = flv_metadata_parse (object);
    g_assert_cmpuint (metadata->tracks->len, ==, 0);
    g_assert_cmpuint (rtmp_value_n_members (metadata->others), ==, 0);
  }
}

/* A map, and an entry, that are no objects. */
static void
test_maps_that_are_none (void)
{
  g_autoptr (RtmpValue) object = rtmp_value_new_object ();
  g_autoptr (FlvMetadata) metadata = NULL;
  RtmpValue *array = rtmp_value_new_strict_array ();

  rtmp_value_append (array, object_new ("samplerate", 48000));
  set_map (object, "videoTrackIdInfoMap", "1", rtmp_value_ref (array));
  rtmp_value_set (object, "audioTrackIdInfoMap", array);
  metadata = flv_metadata_parse (object);
  g_assert_cmpuint (metadata->tracks->len, ==, 1);
  g_assert_cmpfloat (flv_metadata_track (metadata, FLV_MEDIA_VIDEO, 1)->width,
      ==, 0);
}

static void
test_synonyms (void)
{
  static const gchar *const rates[] = { "samplerate", "audiosamplerate" };
  static const gchar *const channels[] = { "channels", "audiochannels" };

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++) {
    g_autoptr (RtmpValue) object = object_new (rates[i], 44100);
    g_autoptr (FlvMetadata) metadata = NULL;
    RtmpValue *entry = object_new (rates[i], 48000);

    rtmp_value_set_number (entry, channels[i], 6);
    set_map (object, "audioTrackIdInfoMap", "1", entry);
    metadata = flv_metadata_parse (object);
    g_assert_cmpfloat (flv_metadata_track (metadata, FLV_MEDIA_AUDIO,
            0)->samplerate, ==, 44100);
    g_assert_cmpfloat (flv_metadata_track (metadata, FLV_MEDIA_AUDIO,
            1)->samplerate, ==, 48000);
    g_assert_cmpfloat (flv_metadata_track (metadata, FLV_MEDIA_AUDIO,
            1)->channels, ==, 6);
  }
}

static void
test_others_survive (void)
{
  g_autoptr (RtmpValue) object = object_new ("title", 1);
  g_autoptr (FlvMetadata) metadata = NULL;

  rtmp_value_set (object, "duration", rtmp_value_new_string ("2.5"));
  rtmp_value_set (object, "keyframes", object_new ("times", 2));
  rtmp_value_set_boolean (object, "canSeekToEnd", TRUE);
  metadata = flv_metadata_parse (object);
  assert_value (metadata->others,
      "{title: 1, keyframes: {times: 2}, canSeekToEnd: true}");
  assert_written (metadata, "{duration: 2.5, filesize: 0, title: 1, "
      "keyframes: {times: 2}, canSeekToEnd: true}");
}

static FlvTrackInfo *
add_track (FlvMetadata * metadata, FlvMedia media, guint8 id, FlvCodecId codec)
{
  FlvTrackInfo *track = flv_metadata_add_track (metadata, media, id);

  g_assert_true (flv_metadata_add_track (metadata, media, id) == track);
  track->codec = flv_codec_by_id (codec);
  return track;
}

static void
test_write (void)
{
  g_autoptr (FlvMetadata) metadata = flv_metadata_new ();
  FlvTrackInfo *video = add_track (metadata, FLV_MEDIA_VIDEO, 0,
      FLV_CODEC_AVC);
  FlvTrackInfo *audio = add_track (metadata, FLV_MEDIA_AUDIO, 0,
      FLV_CODEC_AAC);

  metadata->duration = 1.5;
  metadata->filesize = 1000;
  metadata->encoder = g_strdup ("x");
  rtmp_value_set_string (metadata->others, "title", "y");
  video->width = 640;
  video->height = 360;
  video->framerate = 29.97;
  video->bitrate = 2000;
  audio->bitrate = 128;
  audio->samplerate = 48000;
  audio->samplesize = 16;
  audio->channels = 2;
  assert_written (metadata, "{duration: 1.5, filesize: 1000, width: 640, "
      "height: 360, framerate: 29.97, videodatarate: 2000, videocodecid: 7, "
      "audiodatarate: 128, audiosamplerate: 48000, audiosamplesize: 16, "
      "audiochannels: 2, stereo: true, audiocodecid: 10, encoder: \"x\", "
      "title: \"y\"}");
}

static void
test_write_codecs (void)
{
  g_autoptr (FlvMetadata) metadata = flv_metadata_new ();
  FlvTrackInfo *video = add_track (metadata, FLV_MEDIA_VIDEO, 0,
      FLV_CODEC_AV1);
  FlvTrackInfo *audio = add_track (metadata, FLV_MEDIA_AUDIO, 0,
      FLV_CODEC_OPUS);

  assert_written (metadata, "{duration: 0, filesize: 0, "
      "videocodecid: 1635135537, audiocodecid: 1332770163}");
  video->codec = flv_codec_by_id (FLV_CODEC_HEVC);
  audio->codec = flv_codec_by_id (FLV_CODEC_AAC);
  audio->enhanced = TRUE;
  assert_written (metadata, "{duration: 0, filesize: 0, "
      "videocodecid: 1752589105, audiocodecid: 1836069985}");
  audio->codec = flv_codec_by_id (FLV_CODEC_SPEEX);
  assert_written (metadata, "{duration: 0, filesize: 0, "
      "videocodecid: 1752589105, audiocodecid: 11}");
}

static void
test_write_tracks (void)
{
  g_autoptr (FlvMetadata) metadata = flv_metadata_new ();
  FlvTrackInfo *audio;

  add_track (metadata, FLV_MEDIA_AUDIO, 255, FLV_CODEC_OPUS)->samplerate = 8000;
  audio = add_track (metadata, FLV_MEDIA_AUDIO, 2, FLV_CODEC_OPUS);
  audio->samplerate = 48000;
  audio->channels = 6;
  rtmp_value_set_string (audio->others, "language", "en");
  add_track (metadata, FLV_MEDIA_VIDEO, 1, FLV_CODEC_AV1)->width = 640;
  assert_written (metadata, "{duration: 0, filesize: 0, videoTrackIdInfoMap: "
      "{1: {width: 640, videocodecid: 1635135537}}, audioTrackIdInfoMap: "
      "{2: {samplerate: 48000, channels: 6, stereo: false, "
      "audiocodecid: 1332770163, language: \"en\"}, "
      "255: {samplerate: 8000, audiocodecid: 1332770163}}}");
}

/* What was a delta is written whole. */
static void
test_write_what_was_read (void)
{
  g_autoptr (RtmpValue) object = object_new ("width", 1920);
  g_autoptr (FlvMetadata) metadata = NULL;

  rtmp_value_set_number (object, "videocodecid", 7);
  set_map (object, "videoTrackIdInfoMap", "1", object_new ("width", 640));
  metadata = flv_metadata_parse (object);
  assert_written (metadata, "{duration: 0, filesize: 0, width: 1920, "
      "videocodecid: 7, videoTrackIdInfoMap: "
      "{1: {width: 640, videocodecid: 7}}}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/metadata/ffmpeg", test_ffmpeg);
  g_test_add_func ("/metadata/nothing", test_nothing);
  g_test_add_func ("/metadata/E-259-E-260-codecs", test_codecs);
  g_test_add_func ("/metadata/E-259-enhanced", test_enhanced);
  g_test_add_func ("/metadata/numbers", test_numbers);
  g_test_add_func ("/metadata/filesize", test_file);
  g_test_add_func ("/metadata/duration", test_duration);
  g_test_add_func ("/metadata/stereo", test_stereo);
  g_test_add_func ("/metadata/E-261-delta", test_delta);
  g_test_add_func ("/metadata/E-261-delta-without-size",
      test_delta_without_size);
  g_test_add_func ("/metadata/E-261-delta-of-stereo", test_delta_of_stereo);
  g_test_add_func ("/metadata/E-261-complete", test_complete);
  g_test_add_func ("/metadata/E-261-key-0", test_key_0);
  g_test_add_func ("/metadata/E-261-keys-that-are-none",
      test_keys_that_are_none);
  g_test_add_func ("/metadata/E-261-maps-that-are-none",
      test_maps_that_are_none);
  g_test_add_func ("/metadata/E-262-synonyms", test_synonyms);
  g_test_add_func ("/metadata/others-survive", test_others_survive);
  g_test_add_func ("/metadata/E-258-write", test_write);
  g_test_add_func ("/metadata/E-259-write-codecs", test_write_codecs);
  g_test_add_func ("/metadata/E-247-write-tracks", test_write_tracks);
  g_test_add_func ("/metadata/E-247-write-what-was-read",
      test_write_what_was_read);
  return g_test_run ();
}

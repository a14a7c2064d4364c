/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmptrack.h"

#include "gstrtmptest.h"
#include "rtmptesthex.h"

#define AVC_RECORD "0142C01EFFE1000567428C0D9001000468CE3C80"
#define AVC_CONFIG "17 00 000000" AVC_RECORD
#define AVC_KEY "17 01 000000 0000000165"
#define AVC_INTER "27 01 000000 0000000141"
#define VP9_KEY "91 76703039 A2498342200282 016AC107"
#define VP9_INTER "A1 76703039 86"
#define MP3_FRAME "2F FFFB5400"

static GstRtmpTrack *
new_video (void)
{
  return gst_rtmp_track_new (FLV_MEDIA_VIDEO, 0);
}

static GstRtmpTrack *
new_audio (void)
{
  return gst_rtmp_track_new (FLV_MEDIA_AUDIO, 0);
}

/* The one packet of a message. (transfer full) */
static GBytes *
read_packet (GstRtmpTrack * track, const gchar * hex, FlvPacket * packet)
{
  g_autoptr (GBytes) message = rtmp_test_unhex (hex);
  GError *error = NULL;
  FlvPacketReader reader;
  gsize size;
  const guint8 *data = g_bytes_get_data (message, &size);

  flv_packet_reader_init (&reader, track->media, data, size);
  flv_packet_reader_next (&reader, packet, &error);
  g_assert_no_error (error);
  return g_bytes_new_from_bytes (message, packet->offset, packet->size);
}

/* Whether it changed anything. */
static gboolean
configure (GstRtmpTrack * track, const gchar * hex)
{
  FlvPacket packet;
  g_autoptr (GBytes) body = read_packet (track, hex, &packet);
  GError *error = NULL;

  track->is_changed = FALSE;
  g_assert_true (gst_rtmp_track_configure (track, &packet, body, &error));
  g_assert_no_error (error);
  return track->is_changed;
}

/* Before that frame: NULL, "nobody could read it" or an error, or "" for the
 * caps that there are, or new ones. (transfer full) */
static gchar *
update (GstRtmpTrack * track, const gchar * hex)
{
  FlvPacket packet;
  g_autoptr (GBytes) frame = read_packet (track, hex, &packet);
  g_autoptr (GError) error = NULL;
  GstCaps *caps;
  gboolean ok = gst_rtmp_track_update_caps (track, &packet, frame, &caps,
      &error);

  g_assert_true (ok || caps == NULL);
  g_assert_true (!ok || error == NULL);
  if (!ok)
    return g_strdup (error ? error->message : "unreadable");
  if (caps == NULL)
    return g_strdup ("");
  gst_caps_take (&track->caps, caps);
  return g_strdup (gst_structure_get_name (gst_caps_get_structure (caps, 0)));
}

static void
assert_update (GstRtmpTrack * track, const gchar * hex, const gchar * wanted)
{
  g_autofree gchar *got = update (track, hex);

  if (*wanted == '\0' || !g_str_has_prefix (got, wanted))
    g_assert_cmpstr (got, ==, wanted);
}

static void
assert_configuration (GstRtmpTrack * track, const gchar * hex)
{
  g_autoptr (GBytes) wanted = hex ? rtmp_test_unhex (hex) : NULL;

  g_assert_cmpint (track->format.configuration != NULL, ==, wanted != NULL);
  if (wanted)
    g_assert_true (g_bytes_equal (track->format.configuration, wanted));
}

static void
test_new (void)
{
  static const struct
  {
    FlvMedia media;
    guint8 id;
    const gchar *name;
  } rows[] = {
    {FLV_MEDIA_VIDEO, 0, "video_0"}, {FLV_MEDIA_AUDIO, 0, "audio_0"},
    {FLV_MEDIA_VIDEO, 255, "video_255"}, {FLV_MEDIA_AUDIO, 7, "audio_7"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    GstRtmpTrack *track = gst_rtmp_track_new (rows[i].media, rows[i].id);
    g_autofree gchar *name = gst_rtmp_track_name (track);

    g_assert_cmpstr (name, ==, rows[i].name);
    g_assert_true (track->is_discont && track->needs_segment
        && track->needs_caps);
    g_assert_false (track->is_changed || track->is_refused);
    gst_rtmp_track_free (track);
  }
}

/* Configurations */

static void
test_configuration (void)
{
  GstRtmpTrack *track = new_video ();

  g_assert_true (configure (track, AVC_CONFIG));
  assert_configuration (track, AVC_RECORD);
  g_assert_false (configure (track, AVC_CONFIG));
  /* Of a writer that does not know it yet. */
  g_assert_false (configure (track, "17 00 000000"));
  assert_configuration (track, AVC_RECORD);
  g_assert_true (configure (track, "17 00 000000 014D401FFFE000"));
  assert_configuration (track, "014D401FFFE000");
  gst_rtmp_track_free (track);
}

static void
test_empty_first (void)
{
  GstRtmpTrack *track = new_video ();

  configure (track, "17 00 000000");
  assert_configuration (track, NULL);
  assert_update (track, AVC_KEY, "unreadable");
  gst_rtmp_track_free (track);
}

/* The FourCC of the same codec is no other codec. */
static void
test_four_cc (void)
{
  GstRtmpTrack *track = new_video ();

  configure (track, AVC_CONFIG);
  assert_update (track, AVC_KEY, "video/x-h264");
  assert_update (track, "A3 61766331 0000000141", "");
  assert_configuration (track, AVC_RECORD);
  g_assert_true (track->format.enhanced);
  g_assert_false (configure (track, "90 61766331" AVC_RECORD));
  assert_update (track, AVC_INTER, "");
  g_assert_false (track->format.enhanced);
  gst_rtmp_track_free (track);
}

static void
test_other_codec (void)
{
  GstRtmpTrack *track = new_video ();

  configure (track, AVC_CONFIG);
  assert_update (track, AVC_KEY, "video/x-h264");
  assert_update (track, VP9_INTER, "unreadable");
  assert_configuration (track, NULL);
  assert_update (track, VP9_KEY, "video/x-vp9");
  assert_update (track, AVC_KEY, "unreadable");
  configure (track, AVC_CONFIG);
  assert_update (track, AVC_INTER, "video/x-h264");
  gst_rtmp_track_free (track);
}

/* Rate and channels of legacy sound stand in each packet. */
static void
test_sound (void)
{
  GstRtmpTrack *track = new_audio ();
  gint channels;

  assert_update (track, "32 00", "audio/x-raw");
  assert_update (track, "32 00", "");
  assert_update (track, "33 00", "audio/x-raw");
  gst_structure_get_int (gst_caps_get_structure (track->caps, 0), "channels",
      &channels);
  g_assert_cmpint (channels, ==, 2);
  gst_rtmp_track_free (track);
}

static void
test_vp6 (void)
{
  GstRtmpTrack *track = new_video ();

  assert_update (track, "14 8C 00", "video/x-vp6-flash");
  assert_update (track, "24 8C 00", "");
  /* Another edge is hidden: told with the next key frame. */
  assert_update (track, "24 00 00", "");
  assert_update (track, "14 00 00", "video/x-vp6-flash");
  gst_rtmp_track_free (track);
}

/* What is no good changes nothing, not even the codec. */
static void
test_bad (void)
{
  static const gchar *const bad[] = {
    /* MultichannelConfig, of the track's codec and of another one */
    "94 6D703461", "94 6D703461 00", "94 6D703461 0000",
    "94 6D703461 01 06 0000001F", "94 6D703461 01 06 00003F",
    "94 6D703461 02 03 0001", "94 6D703461 03 02", "94 6D703461 FF 02 0000",
    "94 4F707573 01 06 0000001F",
  };
  GstRtmpTrack *track = new_audio ();
  FlvChannels channels;

  configure (track, "AF 00 1180");
  g_assert_true (configure (track, "94 6D703461 01 04 00000033"));
  g_assert_false (configure (track, "94 6D703461 01 04 00000033"));
  assert_update (track, "AF 01 2100", "audio/mpeg");
  channels = track->format.channels;
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    FlvPacket packet;
    g_autoptr (GBytes) body = read_packet (track, bad[i], &packet);
    g_autoptr (GError) error = NULL;

    g_assert_false (gst_rtmp_track_configure (track, &packet, body, &error));
    g_assert_error (error, RTMP_ERROR, RTMP_ERROR_BAD_FLV);
    g_assert_cmpmem (&track->format.channels, sizeof (channels), &channels,
        sizeof (channels));
    assert_configuration (track, "1180");
    assert_update (track, "AF 01 2100", "");
  }
  gst_rtmp_track_free (track);
}

#define COLOR "0009 636F6C6F72496E666F"
/* { "colorConfig": { "colorPrimaries": 9 } } */
#define COLOR_9 "D4 61766331 02" COLOR "03 000B 636F6C6F72436F6E666967 03 " \
    "000E 636F6C6F725072696D6172696573 00 4022000000000000 000009 000009"

static void
test_bad_colors (void)
{
  static const gchar *const bad[] = {
    "D4 61766331 02" COLOR, "D4 61766331 02" COLOR "00 0001",
    "D4 61766331 05 03 000009", "D4 76703039 02" COLOR,
    "D4 61766331 02" COLOR "0A FFFFFFFF",
  };
  GstRtmpTrack *track = new_video ();

  configure (track, AVC_CONFIG);
  g_assert_true (configure (track, COLOR_9));
  g_assert_false (configure (track, COLOR_9));
  assert_update (track, AVC_KEY, "video/x-h264");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    FlvPacket packet;
    g_autoptr (GBytes) body = read_packet (track, bad[i], &packet);
    g_autoptr (GError) error = NULL;

    if (gst_rtmp_track_configure (track, &packet, body, &error))
      g_error ("taken: %s", bad[i]);
    g_assert_nonnull (error);
    g_assert_cmpfloat (track->format.color.values[FLV_COLOR_PRIMARIES], ==, 9);
    assert_configuration (track, AVC_RECORD);
    assert_update (track, AVC_INTER, "");
  }
  gst_rtmp_track_free (track);
}

/* Caps */

static void
test_needs_configuration (void)
{
  GstRtmpTrack *track = new_video ();

  assert_update (track, AVC_KEY, "unreadable");
  configure (track, "17 00 000000 0042");
  assert_update (track, AVC_KEY, "an H.264 configuration has 7");
  g_assert_true (track->needs_caps);
  configure (track, AVC_CONFIG);
  assert_update (track, AVC_INTER, "video/x-h264");
  g_assert_false (track->needs_caps || track->is_changed);
  /* Frames that a bad one came before cannot be read, until a good one. */
  configure (track, "17 00 000000 0042");
  assert_update (track, AVC_KEY, "an H.264 configuration has 7");
  configure (track, AVC_CONFIG);
  assert_update (track, AVC_INTER, "");
  gst_rtmp_track_free (track);
}

/* Without a configuration, a key frame describes the pictures. */
static void
test_key_frame (void)
{
  GstRtmpTrack *track = new_video ();
  gint width;

  assert_update (track, VP9_INTER, "unreadable");
  assert_update (track, VP9_KEY, "video/x-vp9");
  gst_structure_get_int (gst_caps_get_structure (track->caps, 0), "width",
      &width);
  g_assert_cmpint (width, ==, 322);
  g_assert_true (configure (track, "90 76703039 01000000 000A820202020000"));
  /* Not by a frame that does not tell. */
  assert_update (track, VP9_INTER, "");
  g_assert_true (track->is_changed);
  assert_update (track, VP9_KEY, "");
  g_assert_false (track->is_changed);
  gst_rtmp_track_free (track);
}

static void
test_bare_sound (void)
{
  static const struct
  {
    const gchar *frame, *name;
  } rows[] = {
    {"91 61632D33 0B77", "audio/x-ac3"}, {"91 65632D33 0B77", "audio/x-eac3"},
    {"91 2E6D7033 FFFB5400", "audio/mpeg"}, {MP3_FRAME, "audio/mpeg"},
    {"91 4F707573 FC00", "audio/x-opus"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    GstRtmpTrack *track = new_audio ();

    assert_update (track, rows[i].frame, rows[i].name);
    assert_update (track, rows[i].frame, "");
    gst_rtmp_track_free (track);
  }
}

int
main (int argc, char **argv)
{
  gst_rtmp_test_init (&argc, &argv);
  g_test_add_func ("/track/new", test_new);
  g_test_add_func ("/track/configuration", test_configuration);
  g_test_add_func ("/track/E-202-empty-first", test_empty_first);
  g_test_add_func ("/track/four-cc", test_four_cc);
  g_test_add_func ("/track/other-codec", test_other_codec);
  g_test_add_func ("/track/sound", test_sound);
  g_test_add_func ("/track/vp6", test_vp6);
  g_test_add_func ("/track/E-220-bad-channels", test_bad);
  g_test_add_func ("/track/bad-colors", test_bad_colors);
  g_test_add_func ("/track/needs-configuration", test_needs_configuration);
  g_test_add_func ("/track/key-frame", test_key_frame);
  g_test_add_func ("/track/E-212-E-213-bare-sound", test_bare_sound);
  return g_test_run ();
}

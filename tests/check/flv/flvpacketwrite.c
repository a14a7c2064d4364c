/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "flvpacket.h"
#include "rtmptesthex.h"

/* A packet, and its header as bytes. */
typedef struct
{
  const gchar *name;
  FlvPacket packet;
  FlvCodecId codec;
  const gchar *hex;
} Row;

#define PACKET(m, type, tracks, ...) {FLV_MEDIA_##m, FLV_PACKET_##type, \
    .multitrack = FLV_MULTITRACK_##tracks, __VA_ARGS__}
#define LEGACY(type, ...) PACKET (VIDEO, type, NONE, __VA_ARGS__)
#define LEGACY_AUDIO(type, ...) PACKET (AUDIO, type, NONE, __VA_ARGS__)
#define VIDEO(type, tracks, ...) \
    PACKET (VIDEO, type, tracks, .enhanced = TRUE, __VA_ARGS__)
#define AUDIO(type, tracks, ...) \
    PACKET (AUDIO, type, tracks, .enhanced = TRUE, __VA_ARGS__)
#define NO_CODEC ((FlvCodecId) -1)

static const Row rows[] = {
  {"E-175-key", LEGACY (FRAMES,.frame = 1,.composition_time = 40),
      FLV_CODEC_AVC, "17 01 000028"},
  {"E-175-sign", LEGACY (FRAMES,.frame = 2,.composition_time = -2),
      FLV_CODEC_AVC, "27 01 FFFFFE"},
  {"E-175-record", LEGACY (CONFIGURATION,.composition_time = 40),
      FLV_CODEC_AVC, "17 00 000000"},
  {"E-175-end", LEGACY (END), FLV_CODEC_AVC, "17 02 000000"},
  {"E-176-record", LEGACY_AUDIO (CONFIGURATION,.sound = 0xAF),
      FLV_CODEC_AAC, "AF 00"},
  {"E-176-frame", LEGACY_AUDIO (FRAMES,.sound = 0x0F), FLV_CODEC_AAC, "AF 01"},
  {"E-177-sound-without-id", LEGACY_AUDIO (FRAMES,.sound = 0xAF),
      FLV_CODEC_MP3, "2F"},
  {"E-178-seek-end", LEGACY (COMMAND,.codec_id = 2,.command = 1),
      NO_CODEC, "52 01"},
  {"E-181-silence", LEGACY_AUDIO (SILENCE), NO_CODEC, ""},
  {"E-192-seek-end", VIDEO (COMMAND, NONE,.command = 1), NO_CODEC, "D0 01"},
  {"E-194-metadata", VIDEO (METADATA, NONE,.frame = 1),
      FLV_CODEC_HEVC, "D4 68766331"},
  {"E-195-metadata", VIDEO (METADATA, ONE,.track = 1,.frame = 5),
      FLV_CODEC_HEVC, "96 04 68766331 01"},
  {"E-196-time", VIDEO (FRAMES, NONE,.frame = 1,.composition_time = 40),
      FLV_CODEC_HEVC, "91 68766331 000028"},
  {"E-196-no-time", VIDEO (FRAMES, NONE,.frame = 1),
      FLV_CODEC_AV1, "91 61763031"},
  {"E-197-vp9", VIDEO (FRAMES, NONE,.frame = 2), FLV_CODEC_VP9, "A1 76703039"},
  {"E-199-avc", VIDEO (FRAMES, NONE,.frame = 2), FLV_CODEC_AVC, "A3 61766331"},
  {"E-199-hevc", VIDEO (FRAMES, NONE,.frame = 1),
      FLV_CODEC_HEVC, "93 68766331"},
  {"E-199-vvc", VIDEO (FRAMES, NONE,.frame = 1), FLV_CODEC_VVC, "93 76766331"},
  {"E-204-end", VIDEO (END, NONE,.frame = 2), FLV_CODEC_AV1, "92 61763031"},
  {"ts-configuration", VIDEO (TS_CONFIGURATION, NONE),
      FLV_CODEC_AV1, "95 61763031"},
  {"E-211-opus", AUDIO (FRAMES, NONE), FLV_CODEC_OPUS, "91 4F707573"},
  {"channels", AUDIO (CHANNELS, NONE), FLV_CODEC_OPUS, "94 4F707573"},
  {"E-227-nanoseconds", AUDIO (FRAMES, NONE,.nanoseconds = 999999),
      FLV_CODEC_AAC, "97 02 0F423F 01 6D703461"},
  {"E-227-command", VIDEO (COMMAND, NONE,.nanoseconds = 1),
      NO_CODEC, "D7 02 000001 00 00"},
  {"E-231-mod-ex-first", VIDEO (FRAMES, ONE,
            .frame = 1,.nanoseconds = 100,.track = 2),
      FLV_CODEC_AV1, "97 02 000064 06 01 61763031 02"},
  {"E-231-audio", AUDIO (CONFIGURATION, ONE,.nanoseconds = 1,.track = 1),
      FLV_CODEC_AAC, "97 02 000001 05 00 6D703461 01"},
  {"E-236-E-237-audio", AUDIO (CONFIGURATION, ONE,.track = 255),
      FLV_CODEC_AAC, "95 00 6D703461 FF"},
  {"E-236-E-237-longest", VIDEO (FRAMES, ONE,
            .frame = 2,.nanoseconds = 1,.composition_time = -1),
      FLV_CODEC_AVC, "A7 02 000001 06 01 61766331 00 FFFFFF"},
  {"unknown-four-cc", VIDEO (FRAMES, NONE,.frame = 1,.codec_id = 0x78787878),
      NO_CODEC, "91 78787878"},
  {"unknown-legacy-id", LEGACY (FRAMES,.frame = 1,.codec_id = 15),
      NO_CODEC, "1F"},
};

static void
test_row (gconstpointer user_data)
{
  const Row *row = user_data;
  FlvPacket packet = row->packet;
  g_autoptr (GBytes) expected = rtmp_test_unhex (row->hex);
  guint8 out[FLV_PACKET_HEADER_MAX];
  gsize n;

  if (row->codec != NO_CODEC)
    packet.codec = flv_codec_by_id (row->codec);
  n = flv_packet_write_header (&packet, out);
  g_assert_cmpmem (out, n, g_bytes_get_data (expected, NULL),
      g_bytes_get_size (expected));
}

static void
assert_same (const FlvPacket * a, const FlvPacket * b)
{
  g_assert_cmpint (a->media, ==, b->media);
  g_assert_cmpint (a->type, ==, b->type);
  g_assert_true (a->codec == b->codec);
  g_assert_cmphex (a->codec_id, ==, b->codec_id);
  g_assert_cmpint (a->enhanced, ==, b->enhanced);
  g_assert_cmpint (a->multitrack, ==, b->multitrack);
  g_assert_cmpuint (a->track, ==, b->track);
  if (a->type == FLV_PACKET_FRAMES)
    g_assert_cmpuint (a->frame, ==, b->frame);
  g_assert_cmpint (a->composition_time, ==, b->composition_time);
  g_assert_cmpuint (a->nanoseconds, ==, b->nanoseconds);
  g_assert_cmpuint (a->sound, ==, b->sound);
  g_assert_cmpuint (a->adjustment, ==, b->adjustment);
  g_assert_cmpuint (a->offset, ==, b->offset);
  g_assert_cmpuint (a->size, ==, b->size);
}

/* With bodies of 0 to 2 bytes. */
static void
round_trip (FlvPacket packet)
{
  packet.codec_id = packet.enhanced ? packet.codec->four_cc
      : (guint32) packet.codec->legacy_id;
  for (packet.size = 0; packet.size < 3; packet.size++) {
    guint8 out[FLV_PACKET_HEADER_MAX + 2] = { 0 };
    FlvPacketReader reader;
    FlvPacket back;
    GError *error = NULL;

    packet.offset = flv_packet_write_header (&packet, out);
    flv_packet_reader_init (&reader, packet.media, out,
        packet.offset + packet.size);
    g_assert_true (flv_packet_reader_next (&reader, &back, &error));
    g_assert_no_error (error);
    assert_same (&packet, &back);
    g_assert_false (flv_packet_reader_next (&reader, &back, &error));
    g_assert_no_error (error);
  }
}

static void
round_trip_times (FlvPacket packet)
{
  static const gint32 times[] = { -8388608, -1, 0, 1, 8388607 };
  guint n = packet.type == FLV_PACKET_FRAMES
      && packet.codec->has_composition_time ? G_N_ELEMENTS (times) : 0;

  round_trip (packet);
  for (guint i = 0; i < n; i++) {
    packet.composition_time = times[i];
    round_trip (packet);
  }
}

static void
round_trip_legacy (FlvPacket packet)
{
  gboolean known = packet.type == FLV_PACKET_FRAMES;

  if (packet.codec->needs_configuration)
    known |= packet.type == FLV_PACKET_CONFIGURATION
        || (packet.type == FLV_PACKET_END && packet.media == FLV_MEDIA_VIDEO);
  if (!known)
    return;
  if (packet.media == FLV_MEDIA_AUDIO)
    packet.sound = (guint8) (packet.codec->legacy_id << 4 | 0x0B);
  if (packet.codec->id == FLV_CODEC_VP6)
    packet.adjustment = 0x8C;
  round_trip_times (packet);
}

static void
round_trip_enhanced (FlvPacket packet)
{
  static const guint8 tracks[] = { 0, 1, 255 };
  static const guint32 nanoseconds[] = { 0, 1, 999999 };

  packet.enhanced = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (nanoseconds); i++) {
    packet.nanoseconds = nanoseconds[i];
    packet.multitrack = FLV_MULTITRACK_NONE;
    packet.track = 0;
    round_trip_times (packet);
    packet.multitrack = FLV_MULTITRACK_ONE;
    for (guint j = 0; j < G_N_ELEMENTS (tracks); j++) {
      packet.track = tracks[j];
      round_trip_times (packet);
    }
  }
}

static gboolean
has_type (FlvMedia media, FlvPacketType type)
{
  switch (type) {
    case FLV_PACKET_CHANNELS:
      return media == FLV_MEDIA_AUDIO;
    case FLV_PACKET_METADATA:
    case FLV_PACKET_TS_CONFIGURATION:
      return media == FLV_MEDIA_VIDEO;
    case FLV_PACKET_COMMAND:
    case FLV_PACKET_SILENCE:
      return FALSE;
    default:
      return TRUE;
  }
}

/* Each row of the table, type, frame, track, offset and composition time. */
static void
test_round_trips (void)
{
  guint n;
  const FlvCodec *codecs = flv_codecs (&n);

  for (guint i = 0; i < n; i++)
    for (guint type = 0; type <= FLV_PACKET_SILENCE; type++)
      for (guint8 frame = 1; frame < FLV_FRAME_COMMAND; frame++) {
        FlvPacket packet = {.media = codecs[i].media,
          .type = (FlvPacketType) type,.codec = &codecs[i],
          .multitrack = FLV_MULTITRACK_NONE,
          .frame = codecs[i].media == FLV_MEDIA_VIDEO ? frame : 0
        };

        if (!has_type (packet.media, packet.type))
          continue;
        if (codecs[i].legacy_id != FLV_NO_LEGACY_ID)
          round_trip_legacy (packet);
        if (codecs[i].four_cc != FLV_NO_FOUR_CC)
          round_trip_enhanced (packet);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *path = g_strconcat ("/packetwrite/", rows[i].name, NULL);

    g_test_add_data_func (path, &rows[i], test_row);
  }
  g_test_add_func ("/packetwrite/E-177-E-211-round-trips", test_round_trips);
  return g_test_run ();
}

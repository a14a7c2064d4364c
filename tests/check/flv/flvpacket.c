/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "flvpacket.h"
#include "rtmptesthex.h"

/* A message, and what its reader says, packet by packet:
 *
 *   TYPE CODEC/ID fFRAME tTRACK HOW ctMS nsNS sSOUND cCOMMAND: BODY
 *
 * with what is usual left out, " | " between two packets, and "! " before the
 * error that it ends with. */
typedef struct
{
  const gchar *name;
  FlvMedia media;
  const gchar *hex;
  const gchar *expected;
} Row;

static void
append_nonzero (GString * text, const gchar * name, gint value)
{
  if (value != 0)
    g_string_append_printf (text, " %s%d", name, value);
}

static void
append_codec (GString * text, const FlvPacket * packet)
{
  gchar four_cc[FLV_FOUR_CC_LENGTH];

  g_string_append_printf (text, " %s/",
      packet->codec ? packet->codec->name : "?");
  flv_four_cc_to_string (packet->codec_id, four_cc);
  if (packet->enhanced)
    g_string_append (text, four_cc);
  else
    g_string_append_printf (text, "%u", packet->codec_id);
}

static void
append_packet (GString * text, const FlvPacket * packet, const guint8 * data)
{
  static const gchar *const ways[] = { "", " one", " many", " codecs" };
  g_autofree gchar *body = packet->size == 0 ? NULL
      : rtmp_test_hex (data + packet->offset, packet->size);

  if (text->len > 0)
    g_string_append (text, " | ");
  g_string_append (text, flv_packet_type_to_string (packet->type));
  if (packet->codec_id != 0 || packet->codec)
    append_codec (text, packet);
  append_nonzero (text, "f", packet->frame);
  append_nonzero (text, "t", packet->track);
  g_string_append (text, ways[packet->multitrack + 1]);
  append_nonzero (text, "ct", packet->composition_time);
  append_nonzero (text, "ns", (gint) packet->nanoseconds);
  append_nonzero (text, "s", packet->sound);
  append_nonzero (text, "c", packet->command);
  if (body)
    g_string_append_printf (text, ": %s", body);
}

/* What the reader says of exactly these bytes, and no more of them. */
static gchar *
describe (FlvMedia media, const guint8 * data, gsize size)
{
  g_autofree guint8 *copy = g_memdup2 (data, size);
  GString *text = g_string_new (NULL);
  GError *error = NULL;
  FlvPacketReader reader;
  FlvPacket packet;
  gsize end = 0;

  flv_packet_reader_init (&reader, media, copy, size);
  while (flv_packet_reader_next (&reader, &packet, &error)) {
    g_assert_cmpint (packet.media, ==, media);
    g_assert_cmpuint (packet.offset, >=, end);
    end = packet.offset + packet.size;
    g_assert_cmpuint (end, <=, size);
    append_packet (text, &packet, copy);
  }
  if (error) {
    g_assert_error (error, RTMP_ERROR, RTMP_ERROR_BAD_FLV);
    g_string_append_printf (text, "%s! %s", text->len > 0 ? " " : "",
        error->message);
    g_clear_error (&error);
  }
  g_assert_false (flv_packet_reader_next (&reader, &packet, &error));
  g_assert_no_error (error);
  return g_string_free (text, FALSE);
}

/* Cut at any byte, a message reads as far as it goes: the last packet may be
 * shorter, or an error stands in its place. */
static void
check_cuts (const Row * row, const guint8 * data, gsize size)
{
  for (gsize i = 0; i < size; i++) {
    g_autofree gchar *cut = describe (row->media, data, i);
    gsize same = 0;

    while (cut[same] != '\0' && cut[same] == row->expected[same])
      same++;
    if (strstr (cut, " | ") != NULL)
      g_assert_true (strstr (row->expected, " | ") != NULL
          && cut + same > strstr (cut, " | "));
  }
}

static void
test_row (gconstpointer user_data)
{
  const Row *row = user_data;
  g_autoptr (GBytes) bytes = rtmp_test_unhex (row->hex);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  g_autofree gchar *text = describe (row->media, data, size);

  g_assert_cmpstr (text, ==, row->expected);
  check_cuts (row, data, size);
}

#define VIDEO FLV_MEDIA_VIDEO
#define AUDIO FLV_MEDIA_AUDIO

static const Row vectors[] = {
  {"V1", VIDEO, "90 61763031", "configuration AV1/av01 f1"},
  {"V2", VIDEO, "91 68766331 000028 00000001AA",
      "frames H.265/hvc1 f1 ct40: 00000001AA"},
  {"V3", VIDEO, "A1 61766331 FFFFFE 00000001AA",
      "frames H.264/avc1 f2 ct-2: 00000001AA"},
  {"V4", VIDEO, "93 76766331 00000001AA", "frames H.266/vvc1 f1: 00000001AA"},
  {"V5", VIDEO, "92 61763031", "end AV1/av01 f1"},
  {"V6", VIDEO, "D0 00", "command f5"},
  {"V7", VIDEO, "D4 68766331 020009636F6C6F72496E666F 06",
      "metadata H.265/hvc1 f5: 020009636F6C6F72496E666F06"},
  {"V8", VIDEO, "84 68766331 020009636F6C6F72496E666F 03 000009",
      "metadata H.265/hvc1: 020009636F6C6F72496E666F03000009"},
  {"V9", VIDEO, "96 03 68766331 03 AABB", "frames H.265/hvc1 f1 t3 one: AABB"},
  {"V10", VIDEO, "96 11 61766331 00 000005 000000 AA01 01 000004 000021 BB",
      "frames H.264/avc1 f1 many: AA01"
        " | frames H.264/avc1 f1 t1 many ct33: BB"},
  {"V11", VIDEO, "96 21 61763031 00 000002 AA01 68766331 01 000005 000010 BB02",
      "frames AV1/av01 f1 codecs: AA01"
        " | frames H.265/hvc1 f1 t1 codecs ct16: BB02"},
  {"V12", VIDEO, "97 02 0F423F 01 61763031 1200",
      "frames AV1/av01 f1 ns999999: 1200"},
  {"V13", VIDEO, "A7 00 EE 57 02 000001 03 68766331 AA",
      "frames H.265/hvc1 f2 ns1: AA"},
  {"V14", VIDEO,
        "97 FF 00FF 5A*256 10 76703039 01000000 00 0A 82 02 02 02 0000",
      "configuration VP9/vp09 f1: 0100*4 0A820202020000"},
  {"V15", VIDEO, "97 02 000064 06 01 61763031 02 1200",
      "frames AV1/av01 f1 t2 one ns100: 1200"},
  {"V16", VIDEO, "96 06 61763031 00 AA",
      "! bad video packet at byte 1: expected a packet type that is known, "
        "got 6"},
  {"V17", VIDEO, "97 FF",
      "! bad video packet at byte 2: expected 2 bytes of ModEx size, " "got 0"},
  {"V18", VIDEO, "96 11 61766331 00 FFFFFF 000000 AA",
      "! bad video packet at byte 10: expected a track size that the "
        "message holds, got 16777215"},
  {"A1", AUDIO, "90 4F707573 4F70757348656164 01 02 3801 80BB0000 0000 00",
      "configuration Opus/Opus: 4F707573486561640102380180BB00*5"},
  {"A2", AUDIO, "94 4F707573 01 06 0000003F",
      "channels Opus/Opus: 01060000003F"},
  {"A3", AUDIO, "94 6D703461 02 03 00 01 FE", "channels AAC/mp4a: 02030001FE"},
  {"A4", AUDIO, "94 664C6143 00 02", "channels FLAC/fLaC: 0002"},
  {"A5", AUDIO, "90 61632D33", "configuration AC-3/ac-3"},
  {"A6", AUDIO, "95 00 6D703461 01 1190",
      "configuration AAC/mp4a t1 one: 1190"},
  {"A7", AUDIO, "95 21 4F707573 00 000002 FCFF 6D703461 01 000003 210A0B",
      "frames Opus/Opus codecs: FCFF" " | frames AAC/mp4a t1 codecs: 210A0B"},
  {"A8", AUDIO, "97 02 000001 01 6D703461 2100", "frames AAC/mp4a ns1: 2100"},
  {"A9", AUDIO, "92 4F707573", "end Opus/Opus"},
  {"A10", AUDIO, "", "silence"},
};

static const Row legacy[] = {
  {"E-175-avc-key", VIDEO, "17 01 000028 00000001AA",
      "frames H.264/7 f1 ct40: 00000001AA"},
  {"E-175-avc-sign", VIDEO, "27 01 FFFFFE AA", "frames H.264/7 f2 ct-2: AA"},
  {"E-175-avc-lowest", VIDEO, "27 01 800000 AA",
      "frames H.264/7 f2 ct-8388608: AA"},
  {"E-175-avc-highest", VIDEO, "27 01 7FFFFF AA",
      "frames H.264/7 f2 ct8388607: AA"},
  {"E-175-avc-record", VIDEO, "17 00 000000 0164",
      "configuration H.264/7 f1: 0164"},
  {"E-175-record-has-no-time", VIDEO, "17 00 000028 0164",
      "configuration H.264/7 f1: 0164"},
  {"E-175-unknown-type", VIDEO, "17 03 000000 AA",
      "! bad video packet at byte 1: expected a packet type that is known, "
        "got 3"},
  {"E-175-cut", VIDEO, "17 01 0000",
      "! bad video packet at byte 2: expected 3 bytes of composition time, "
        "got 2"},
  {"E-176-aac-config", AUDIO, "AF 00 1190",
      "configuration AAC/10 s175: 1190"},
  {"E-176-aac-frame", AUDIO, "AF 01 210A0B", "frames AAC/10 s175: 210A0B"},
  {"E-176-whatever-rate", AUDIO, "A0 00 1190",
      "configuration AAC/10 s160: 1190"},
  {"E-176-unknown-type", AUDIO, "AF 02 AA",
      "! bad audio packet at byte 1: expected a packet type that is known, "
        "got 2"},
  {"E-176-cut", AUDIO, "AF",
      "! bad audio packet at byte 1: expected 1 byte of packet type, " "got 0"},
  {"E-178-seek-start", VIDEO, "57 00", "command ?/7 f5"},
  {"E-178-seek-end", VIDEO, "52 01", "command ?/2 f5 c1"},
  {"E-178-no-body", VIDEO, "52 01 AA", "command ?/2 f5 c1"},
  {"E-178-cut", VIDEO, "57",
      "! bad video packet at byte 1: expected 1 byte of command, got 0"},
  {"E-179-avc-end", VIDEO, "17 02 000000", "end H.264/7 f1"},
  {"E-180-hevc", VIDEO, "1C 01 000028 AA", "frames H.265/12 f1 ct40: AA"},
  {"E-180-hevc-record", VIDEO, "1C 00 000000 01",
      "configuration H.265/12 f1: 01"},
  {"E-180-hevc-end", VIDEO, "1C 02 000000", "end H.265/12 f1"},
  {"E-181-silence", AUDIO, "", "silence"},
  {"E-181-no-sample", AUDIO, "2F", "frames MP3/2 s47"},
  {"E-182-nothing", VIDEO, "", ""},
};

static const Row video[] = {
  {"E-191-bits", VIDEO, "C1 61763031 AA", "frames AV1/av01 f4: AA"},
  {"E-191-bit-7-clear", VIDEO, "12 84", "frames Sorenson H.263/2 f1: 84"},
  {"E-192-seek-end", VIDEO, "D1 01", "command f5 c1"},
  {"E-192-no-four-cc", VIDEO, "D1 01 61763031 AA", "command f5 c1"},
  {"E-192-over-multitrack", VIDEO, "D6 00 61763031 01 AA", "command f5"},
  {"E-192-cut", VIDEO, "D0",
      "! bad video packet at byte 1: expected 1 byte of command, got 0"},
  {"E-193-frame-0", VIDEO, "84 61763031 AA", "metadata AV1/av01: AA"},
  {"E-193-frame-1", VIDEO, "94 61763031 AA", "metadata AV1/av01 f1: AA"},
  {"E-193-frame-5", VIDEO, "D4 61763031 AA", "metadata AV1/av01 f5: AA"},
  {"E-193-frame-6", VIDEO, "E4 61763031 AA", "metadata AV1/av01 f6: AA"},
  {"E-193-frame-7", VIDEO, "F4 61763031 AA", "metadata AV1/av01 f7: AA"},
  {"E-193-in-multitrack", VIDEO, "86 04 61763031 01 AA",
      "metadata AV1/av01 t1 one: AA"},
  {"E-193-cut", VIDEO, "D4 617630",
      "! bad video packet at byte 1: expected 4 bytes of FourCC, got 3"},
  {"E-196-avc1", VIDEO, "91 61766331 000001 AA",
      "frames H.264/avc1 f1 ct1: AA"},
  {"E-196-hvc1", VIDEO, "91 68766331 800000 AA",
      "frames H.265/hvc1 f1 ct-8388608: AA"},
  {"E-196-vvc1", VIDEO, "91 76766331 7FFFFF AA",
      "frames H.266/vvc1 f1 ct8388607: AA"},
  {"E-196-vp08", VIDEO, "91 76703038 000001 AA",
      "frames VP8/vp08 f1: 000001AA"},
  {"E-196-vp09", VIDEO, "91 76703039 000001 AA",
      "frames VP9/vp09 f1: 000001AA"},
  {"E-196-av01", VIDEO, "91 61763031 000001 AA",
      "frames AV1/av01 f1: 000001AA"},
  {"E-196-frames-only", VIDEO, "90 61766331 000001 AA",
      "configuration H.264/avc1 f1: 000001AA"},
  {"E-196-cut", VIDEO, "91 61766331 0000",
      "! bad video packet at byte 5: expected 3 bytes of composition time, "
        "got 2"},
  {"E-197-avc1", VIDEO, "93 61766331 000001 AA",
      "frames H.264/avc1 f1: 000001AA"},
  {"E-197-hvc1", VIDEO, "93 68766331 AA", "frames H.265/hvc1 f1: AA"},
  {"E-197-vvc1", VIDEO, "93 76766331 AA", "frames H.266/vvc1 f1: AA"},
  {"E-198-vp08", VIDEO, "93 76703038 AA", "frames VP8/vp08 f1: AA"},
  {"E-198-vp09", VIDEO, "93 76703039 AA", "frames VP9/vp09 f1: AA"},
  {"E-198-av01", VIDEO, "93 61763031 AA", "frames AV1/av01 f1: AA"},
  {"E-202-empty", VIDEO, "90 68766331", "configuration H.265/hvc1 f1"},
  {"E-204-no-body", VIDEO, "92 68766331", "end H.265/hvc1 f1"},
  {"E-204-of-a-track", VIDEO, "96 02 68766331 02",
      "end H.265/hvc1 f1 t2 one"},
  {"E-206-ts", VIDEO, "95 61763031 80 04 81",
      "ts-configuration AV1/av01 f1: 800481"},
  {"E-207-packet-type", VIDEO, "98 61763031 AA",
      "! bad video packet at byte 0: expected a packet type that is known, "
        "got 8"},
  {"E-207-last-packet-type", VIDEO, "9F 61763031 AA",
      "! bad video packet at byte 0: expected a packet type that is known, "
        "got 15"},
  {"E-207-frame-type-0", VIDEO, "81 61763031 AA",
      "! bad video packet at byte 0: expected a frame type of 1 to 5, got 0"},
  {"E-207-frame-type-6", VIDEO, "E3 61763031 AA",
      "! bad video packet at byte 0: expected a frame type of 1 to 5, got 6"},
  {"E-207-legacy-frame-type-7", VIDEO, "72 AA",
      "! bad video packet at byte 0: expected a frame type of 1 to 5, got 7"},
  {"E-207-not-of-a-record", VIDEO, "80 61763031 81",
      "configuration AV1/av01: 81"},
  {"E-207-four-cc", VIDEO, "91 6D703476 000001 AA",
      "frames ?/mp4v f1: 000001AA"},
  {"E-207-four-cc-of-audio", VIDEO, "91 4F707573 AA",
      "frames ?/Opus f1: AA"},
  {"E-207-four-cc-zero", VIDEO, "91 00000000 AA", "frames f1: AA"},
  {"E-208-disposable", VIDEO, "B3 68766331 AA", "frames H.265/hvc1 f3: AA"},
  {"E-208-generated", VIDEO, "C3 68766331 AA", "frames H.265/hvc1 f4: AA"},
  {"E-209-temporal-unit", VIDEO, "91 61763031 12000A01AA",
      "frames AV1/av01 f1: 12000A01AA"},
};

static const Row audio[] = {
  {"E-210-packet-type", AUDIO, "91 4F707573 AA", "frames Opus/Opus: AA"},
  {"E-211-ac-3", AUDIO, "91 61632D33 0B77", "frames AC-3/ac-3: 0B77"},
  {"E-211-ec-3", AUDIO, "91 65632D33 0B77", "frames E-AC-3/ec-3: 0B77"},
  {"E-211-Opus", AUDIO, "91 4F707573 FC", "frames Opus/Opus: FC"},
  {"E-211-mp3", AUDIO, "91 2E6D7033 FFFB", "frames MP3/.mp3: FFFB"},
  {"E-211-fLaC", AUDIO, "91 664C6143 FFF8", "frames FLAC/fLaC: FFF8"},
  {"E-211-mp4a", AUDIO, "91 6D703461 21", "frames AAC/mp4a: 21"},
  {"E-211-configuration", AUDIO, "90 664C6143 1000",
      "configuration FLAC/fLaC: 1000"},
  {"E-211-end", AUDIO, "92 2E6D7033", "end MP3/.mp3"},
  {"E-211-cut", AUDIO, "91 4F70",
      "! bad audio packet at byte 1: expected 4 bytes of FourCC, got 2"},
  {"E-212-ec-3", AUDIO, "90 65632D33", "configuration E-AC-3/ec-3"},
  {"E-212-mp3", AUDIO, "90 2E6D7033", "configuration MP3/.mp3"},
  {"E-222-packet-type-3", AUDIO, "93 4F707573 AA",
      "! bad audio packet at byte 0: expected a packet type that is known, "
        "got 3"},
  {"E-222-packet-type-6", AUDIO, "96 00 4F707573 01 AA",
      "! bad audio packet at byte 0: expected a packet type that is known, "
        "got 6"},
  {"E-222-packet-type-8", AUDIO, "98 4F707573 AA",
      "! bad audio packet at byte 0: expected a packet type that is known, "
        "got 8"},
  {"E-222-packet-type-15", AUDIO, "9F 4F707573 AA",
      "! bad audio packet at byte 0: expected a packet type that is known, "
        "got 15"},
  {"E-222-four-cc", AUDIO, "91 766F7262 AA", "frames ?/vorb: AA"},
};

static const Row mod_ex[] = {
  {"E-224-1", AUDIO, "97 00 5A 11 6D703461 21", "frames AAC/mp4a: 21"},
  {"E-224-255", AUDIO, "97 FE 5A*255 11 6D703461 21", "frames AAC/mp4a: 21"},
  {"E-224-256", AUDIO, "97 FF 00FF 5A*256 11 6D703461 21",
      "frames AAC/mp4a: 21"},
  {"E-224-long-1", AUDIO, "97 FF 0000 5A 11 6D703461 21",
      "frames AAC/mp4a: 21"},
  {"E-224-long-nano", AUDIO, "97 FF 0002 000007 01 6D703461 21",
      "frames AAC/mp4a ns7: 21"},
  {"E-225-chain", VIDEO, "97 00 5A 17 00 5A 27 02 000007 07 00 5A 36 01 "
        "61763031 02 AA",
      "frames AV1/av01 f1 t2 one ns7: AA"},
  {"E-226-types", VIDEO, "97 02 000007 11 61763031 AA",
      "frames AV1/av01 f1: AA"},
  {"E-226-last-type", VIDEO, "97 02 000007 F1 61763031 AA",
      "frames AV1/av01 f1: AA"},
  {"E-227-highest", AUDIO, "97 02 0F423F 01 6D703461 21",
      "frames AAC/mp4a ns999999: 21"},
  {"E-227-longer", AUDIO, "97 04 000007 FFFF 01 6D703461 21",
      "frames AAC/mp4a ns7: 21"},
  {"E-228-besides-composition-time", VIDEO,
        "97 02 000007 01 68766331 FFFFFF AA",
      "frames H.265/hvc1 f1 ct-1 ns7: AA"},
  {"E-228-of-all-tracks", VIDEO,
        "97 02 000007 06 13 68766331 00 000001 AA 01 000001 BB",
      "frames H.265/hvc1 f1 many ns7: AA"
        " | frames H.265/hvc1 f1 t1 many ns7: BB"},
  {"E-229-short", AUDIO, "97 01 0007 01 6D703461 21", "frames AAC/mp4a: 21"},
  {"E-229-above", AUDIO, "97 02 0F4240 01 6D703461 21", "frames AAC/mp4a: 21"},
  {"E-230-data", AUDIO, "97 02 0000",
      "! bad audio packet at byte 2: expected a ModEx size that the message "
        "holds, got 3"},
  {"E-230-long-data", AUDIO, "97 FF FFFF 5A",
      "! bad audio packet at byte 4: expected a ModEx size that the message "
        "holds, got 65536"},
  {"E-230-size", AUDIO, "97",
      "! bad audio packet at byte 1: expected 1 byte of ModEx size, got 0"},
  {"E-230-long-size", AUDIO, "97 FF 00",
      "! bad audio packet at byte 2: expected 2 bytes of ModEx size, got 1"},
  {"E-230-next-type", AUDIO, "97 02 000001",
      "! bad audio packet at byte 5: expected 1 byte of packet type, got 0"},
  {"E-230-four-cc", AUDIO, "97 02 000001 01",
      "! bad audio packet at byte 6: expected 4 bytes of FourCC, got 0"},
  {"E-230-unknown-type", AUDIO, "97 02 000001 0F 6D703461 21",
      "! bad audio packet at byte 5: expected a packet type that is known, "
        "got 15"},
  {"E-232-video", VIDEO, "96 07 61763031 00 AA",
      "! bad video packet at byte 1: expected a packet type that is known, "
        "got 7"},
  {"E-232-audio", AUDIO, "95 07 6D703461 00 AA",
      "! bad audio packet at byte 1: expected a packet type that is known, "
        "got 7"},
  {"E-233-command", VIDEO, "D7 02 000007 00 01", "command f5 ns7 c1"},
  {"E-233-metadata", VIDEO, "D7 02 000007 04 68766331 AA",
      "metadata H.265/hvc1 f5 ns7: AA"},
  {"E-233-configuration", VIDEO, "97 02 000007 00 68766331 01",
      "configuration H.265/hvc1 f1 ns7: 01"},
};

static const Row multitrack[] = {
  {"E-234-video-one", VIDEO, "A6 01 61763031 02 AA",
      "frames AV1/av01 f2 t2 one: AA"},
  {"E-234-audio-one", AUDIO, "95 01 4F707573 02 AA",
      "frames Opus/Opus t2 one: AA"},
  {"E-234-audio-many", AUDIO, "95 11 4F707573 02 000001 AA 03 000002 BBCC",
      "frames Opus/Opus t2 many: AA | frames Opus/Opus t3 many: BBCC"},
  {"E-234-type-3", VIDEO, "96 31 61763031 00 AA",
      "! bad video packet at byte 1: expected a multitrack type of 0 to 2, "
        "got 3"},
  {"E-234-type-15", AUDIO, "95 F1 4F707573 00 AA",
      "! bad audio packet at byte 1: expected a multitrack type of 0 to 2, "
        "got 15"},
  {"E-234-cut", VIDEO, "96",
      "! bad video packet at byte 1: expected 1 byte of multitrack type, "
        "got 0"},
  {"E-234-no-track", VIDEO, "96 11 61763031",
      "! bad video packet at byte 6: expected 1 byte of track id, got 0"},
  {"E-235-all", AUDIO, "95 11 4F707573 00 000001 AA 01 000000 FF 000001 BB",
      "frames Opus/Opus many: AA | frames Opus/Opus t1 many"
        " | frames Opus/Opus t255 many: BB"},
  {"E-236-video", VIDEO, "96 16 61763031 00 AA",
      "! bad video packet at byte 1: expected a packet type that is known, "
        "got 6"},
  {"E-236-audio", AUDIO, "95 05 4F707573 00 AA",
      "! bad audio packet at byte 1: expected a packet type that is known, "
        "got 5"},
  {"E-236-audio-type-of-video", AUDIO, "95 06 4F707573 00 AA",
      "! bad audio packet at byte 1: expected a packet type that is known, "
        "got 6"},
  {"E-238-with-composition-time", VIDEO,
        "96 11 68766331 00 000003 000001 01 000004 000002 BB",
      "frames H.265/hvc1 f1 many ct1"
        " | frames H.265/hvc1 f1 t1 many ct2: BB"},
  {"E-238-without", VIDEO, "96 13 68766331 00 000001 AA 01 000001 BB",
      "frames H.265/hvc1 f1 many: AA" " | frames H.265/hvc1 f1 t1 many: BB"},
  {"E-238-too-short-for-it", VIDEO,
        "96 11 68766331 00 000002 0000 01 000004 000002 BB",
      "! bad video packet at byte 10: expected 3 bytes of composition "
        "time, got 2"},
  {"E-239-size", VIDEO, "96 11 61763031 00 000001 AA 01 000002 BB",
      "frames AV1/av01 f1 many: AA ! bad video packet at byte 15: expected "
        "a track size that the message holds, got 2"},
  {"E-239-cut-size", VIDEO, "96 11 61763031 00 000001 AA 01 0000",
      "frames AV1/av01 f1 many: AA ! bad video packet at byte 12: expected "
        "3 bytes of track size, got 2"},
  {"E-239-cut-four-cc", AUDIO, "95 21 4F707573 00 000001 AA 4F",
      "frames Opus/Opus codecs: AA ! bad audio packet at byte 11: expected "
        "4 bytes of FourCC, got 1"},
  {"E-240-unknown-codec", VIDEO, "96 21 78787878 00 000001 AA "
        "68766331 01 000004 000001 BB",
      "frames ?/xxxx f1 codecs: AA"
        " | frames H.265/hvc1 f1 t1 codecs ct1: BB"},
  {"E-240-no-codec-is-left-over", VIDEO, "96 21 68766331 00 000004 000001 BB "
        "78787878 01 000004 000001 BB",
      "frames H.265/hvc1 f1 codecs ct1: BB"
        " | frames ?/xxxx f1 t1 codecs: 000001BB"},
  {"E-241-plain", VIDEO, "91 61763031 AA", "frames AV1/av01 f1: AA"},
  {"E-241-track-0", VIDEO, "96 01 61763031 00 AA",
      "frames AV1/av01 f1 one: AA"},
  {"E-243-video-255", VIDEO, "96 01 61763031 FF AA",
      "frames AV1/av01 f1 t255 one: AA"},
  {"E-243-audio-255", AUDIO, "95 01 4F707573 FF AA",
      "frames Opus/Opus t255 one: AA"},
  {"E-244-end", AUDIO, "95 12 4F707573 01 000000 02 000000",
      "end Opus/Opus t1 many | end Opus/Opus t2 many"},
  {"E-244-metadata", VIDEO, "96 14 61763031 01 000001 AA 02 000001 BB",
      "metadata AV1/av01 f1 t1 many: AA" " | metadata AV1/av01 f1 t2 many: BB"},
  {"E-244-channels", AUDIO, "95 04 4F707573 01 0002",
      "channels Opus/Opus t1 one: 0002"},
  {"E-245-configurations", VIDEO, "96 20 61763031 00 000001 81 "
        "68766331 01 000001 01",
      "configuration AV1/av01 f1 codecs: 81"
        " | configuration H.265/hvc1 f1 t1 codecs: 01"},
};

/* FLV 10.1, E.4.2.1 and E.4.3.1: each id, with a byte for a body. */
static void
test_legacy_ids (void)
{
  for (guint8 id = 0; id < 16; id++) {
    const guint8 bodies[][6] = {
      {(guint8) (1 << 4 | id), 1, 0, 0, 0, 0xAA},
      {(guint8) (id << 4), 1, 0, 0, 0, 0xAA},
    };

    for (guint media = VIDEO; media <= AUDIO; media++) {
      const FlvCodec *codec = flv_codec_by_legacy_id ((FlvMedia) media, id);
      /* VP6's first byte */
      const gboolean has_adjustment = media == VIDEO && (id == 4 || id == 5);
      FlvPacketReader reader;
      FlvPacket packet;
      GError *error = NULL;

      if (media == AUDIO && id == 9)    /* Enhanced RTMP, not a codec */
        continue;
      flv_packet_reader_init (&reader, (FlvMedia) media, bodies[media], 6);
      g_assert_true (flv_packet_reader_next (&reader, &packet, &error));
      g_assert_no_error (error);
      g_assert_cmpint (packet.type, ==, FLV_PACKET_FRAMES);
      g_assert_true (packet.codec == codec);
      g_assert_cmpuint (packet.codec_id, ==, id);
      g_assert_cmpuint (packet.offset, ==, has_adjustment ? 2 : !codec
          || !codec->needs_configuration ? 1 : media == VIDEO ? 5 : 2);
      g_assert_cmpuint (packet.adjustment, ==, has_adjustment);
      g_assert_cmpuint (packet.offset + packet.size, ==, 6);
      g_assert_false (flv_packet_reader_next (&reader, &packet, &error));
    }
  }
}

static void
test_largest_mod_ex (void)
{
  g_autoptr (GBytes) bytes =
      rtmp_test_unhex ("97 FF FFFF 5A*65536 11 6D703461 21");
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  g_autofree gchar *whole = describe (AUDIO, data, size);
  g_autofree gchar *cut = describe (AUDIO, data, 4 + 65535);

  g_assert_cmpstr (whole, ==, "frames AAC/mp4a: 21");
  g_assert_cmpstr (cut, ==, "! bad audio packet at byte 4: expected a ModEx "
      "size that the message holds, got 65536");
}

/* An error is not asked for. */
static void
test_no_error (void)
{
  FlvPacketReader reader;
  FlvPacket packet;

  flv_packet_reader_init (&reader, VIDEO, (const guint8 *) "\x97", 1);
  g_assert_false (flv_packet_reader_next (&reader, &packet, NULL));
}

static void
test_is_keyframe (void)
{
  static const FlvPacketType others[] = { FLV_PACKET_CONFIGURATION,
    FLV_PACKET_END, FLV_PACKET_METADATA, FLV_PACKET_COMMAND
  };

  for (guint8 frame = 0; frame < 8; frame++) {
    FlvPacket packet = {.type = FLV_PACKET_FRAMES,.frame = frame };

    g_assert_cmpint (flv_packet_is_keyframe (&packet), ==,
        frame == FLV_FRAME_KEY || frame == FLV_FRAME_GENERATED_KEY);
    for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
      packet.type = others[i];
      g_assert_false (flv_packet_is_keyframe (&packet));
    }
  }
}

/* An empty one is there, but there is nothing in it. */
static void
test_configures (void)
{
  FlvPacket packet = {.type = FLV_PACKET_CONFIGURATION };

  g_assert_false (flv_packet_configures (&packet));
  packet.size = 1;
  g_assert_true (flv_packet_configures (&packet));
  packet.type = FLV_PACKET_FRAMES;
  g_assert_false (flv_packet_configures (&packet));
}

static void
test_type_to_string (void)
{
  g_assert_cmpstr (flv_packet_type_to_string (FLV_PACKET_SILENCE), ==,
      "silence");
  g_assert_cmpstr (flv_packet_type_to_string ((FlvPacketType) 8), ==,
      "unknown");
}

static void
add_rows (const Row * rows, guint n)
{
  for (guint i = 0; i < n; i++) {
    g_autofree gchar *path = g_strconcat ("/packet/", rows[i].name, NULL);

    g_test_add_data_func (path, &rows[i], test_row);
  }
}

static void
test_four_cc (void)
{
  static const struct
  {
    FlvTagType type;
    const gchar *body;
    const gchar *four_cc;       /* NULL: none */
  } rows[] = {
    {FLV_TAG_VIDEO, "\x90hvc1", "hvc1"},
    {FLV_TAG_VIDEO, "\xa3vp09frame", "vp09"},
    {FLV_TAG_VIDEO, "\x97\x01..\x13" "av01f", "av01"},
    {FLV_TAG_VIDEO, "\x96\x03" "hvc1\x01" "f", "hvc1"},
    {FLV_TAG_AUDIO, "\x90Opus", "Opus"},
    {FLV_TAG_AUDIO, "\x95\x01mp4a\x01" "f", "mp4a"},
    {FLV_TAG_VIDEO, "\x17\x01...", NULL},
    {FLV_TAG_VIDEO, "\xd1\x01...", NULL},
    {FLV_TAG_VIDEO, "\x90hvc", NULL},
    {FLV_TAG_VIDEO, "", NULL},
    {FLV_TAG_AUDIO, "\xaf\x01...", NULL},
    {FLV_TAG_SCRIPT, "\x90hvc1", NULL},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GBytes) body = g_bytes_new (rows[i].body, strlen (rows[i].body));
    guint32 name = GUINT32_TO_BE (flv_four_cc (rows[i].type, body));

    if (rows[i].four_cc)
      g_assert_cmpmem (&name, sizeof (name), rows[i].four_cc, 4);
    else
      g_assert_cmphex (name, ==, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_rows (vectors, G_N_ELEMENTS (vectors));
  add_rows (legacy, G_N_ELEMENTS (legacy));
  add_rows (video, G_N_ELEMENTS (video));
  add_rows (audio, G_N_ELEMENTS (audio));
  add_rows (mod_ex, G_N_ELEMENTS (mod_ex));
  add_rows (multitrack, G_N_ELEMENTS (multitrack));
  g_test_add_func ("/packet/E-177-legacy-ids", test_legacy_ids);
  g_test_add_func ("/packet/E-224-65536", test_largest_mod_ex);
  g_test_add_func ("/packet/no-error", test_no_error);
  g_test_add_func ("/packet/E-208-is-keyframe", test_is_keyframe);
  g_test_add_func ("/packet/E-202-configures", test_configures);
  g_test_add_func ("/packet/type-to-string", test_type_to_string);
  g_test_add_func ("/packet/four-cc", test_four_cc);
  return g_test_run ();
}

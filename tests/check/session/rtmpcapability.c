/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpcapability.h"

#include <math.h>

#include "rtmperror.h"

#define AVC1 RTMP_FOUR_CC ('a', 'v', 'c', '1')
#define HVC1 RTMP_FOUR_CC ('h', 'v', 'c', '1')
#define AV01 RTMP_FOUR_CC ('a', 'v', '0', '1')
#define VP09 RTMP_FOUR_CC ('v', 'p', '0', '9')
#define MP4A RTMP_FOUR_CC ('m', 'p', '4', 'a')
#define OPUS RTMP_FOUR_CC ('O', 'p', 'u', 's')
#define MP3 RTMP_FOUR_CC ('.', 'm', 'p', '3')

#define DECODE RTMP_CODEC_CAN_DECODE
#define ENCODE RTMP_CODEC_CAN_ENCODE
#define FORWARD RTMP_CODEC_CAN_FORWARD
#define ALL RTMP_CODEC_CAN_ALL

static void
assert_writes (const RtmpCapabilities * caps, const gchar * expected)
{
  g_autoptr (RtmpValue) object = rtmp_value_new_object ();
  g_autofree gchar *text = NULL;

  rtmp_capabilities_write (caps, object);
  text = rtmp_value_to_string (object);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_write_maps (void)
{
  RtmpCapabilities caps = { 0 };

  rtmp_codec_map_add (&caps.video, AVC1, DECODE);
  rtmp_codec_map_add (&caps.video, HVC1, DECODE | ENCODE);
  rtmp_codec_map_add (&caps.video, AVC1, FORWARD);
  rtmp_codec_map_add (&caps.audio, OPUS, ENCODE);
  rtmp_codec_map_add (&caps.audio, RTMP_FOUR_CC_ANY, FORWARD);
  assert_writes (&caps, "{videoFourCcInfoMap: {avc1: 5, hvc1: 3}, "
      "audioFourCcInfoMap: {Opus: 2, *: 4}}");
}

static void
test_write_list (void)
{
  RtmpCapabilities caps = {.has_list = TRUE };

  assert_writes (&caps, "{fourCcList: []}");
  rtmp_codec_map_add (&caps.video, RTMP_FOUR_CC_ANY, FORWARD);
  rtmp_codec_map_add (&caps.video, AV01, DECODE);
  rtmp_codec_map_add (&caps.audio, RTMP_FOUR_CC_ANY, FORWARD);
  rtmp_codec_map_add (&caps.audio, MP3, DECODE);
  rtmp_codec_map_add (&caps.list, MP3, DECODE);
  rtmp_codec_map_add (&caps.audio, OPUS, DECODE);
  rtmp_codec_map_add (&caps.list, MP4A, DECODE);
  assert_writes (&caps, "{videoFourCcInfoMap: {*: 4, av01: 1}, "
      "audioFourCcInfoMap: {*: 4, .mp3: 1, Opus: 1}, "
      "fourCcList: [\"*\", \"av01\", \".mp3\", \"Opus\", \"mp4a\"]}");
}

static void
test_write_bits (void)
{
  RtmpCapabilities caps = {
    .caps_ex = RTMP_CAPS_EX_RECONNECT | RTMP_CAPS_EX_MULTITRACK
        | RTMP_CAPS_EX_MOD_EX | RTMP_CAPS_EX_TIMESTAMP_NANO_OFFSET,
    .video_function = RTMP_VIDEO_FUNCTION_SEEK | RTMP_VIDEO_FUNCTION_HDR
        | RTMP_VIDEO_FUNCTION_METADATA | RTMP_VIDEO_FUNCTION_LARGE_SCALE_TILE,
  };

  assert_writes (&caps, "{videoFunction: 15, capsEx: 15}");
  caps.caps_ex = RTMP_CAPS_EX_MULTITRACK;
  caps.video_function = RTMP_VIDEO_FUNCTION_HDR;
  assert_writes (&caps, "{videoFunction: 2, capsEx: 2}");
}

static void
test_write_nothing (void)
{
  RtmpCapabilities caps = { 0 };

  assert_writes (&caps, "{}");
}

/* The property of the same name that players have always had. */
static void
test_write_replaces (void)
{
  RtmpCapabilities caps = {.video_function = 3 };
  g_autoptr (RtmpValue) object = rtmp_value_new_object ();
  g_autofree gchar *text = NULL;

  rtmp_value_set_number (object, "videoFunction", 1);
  rtmp_value_set_string (object, "app", "live");
  rtmp_capabilities_write (&caps, object);
  text = rtmp_value_to_string (object);
  g_assert_cmpstr (text, ==, "{videoFunction: 3, app: \"live\"}");
}

static void
test_round_trip (void)
{
  RtmpCapabilities caps = {.caps_ex = 5,.video_function = 9,.has_list = TRUE };
  RtmpCapabilities got = { 0 };
  g_autoptr (RtmpValue) object = rtmp_value_new_object ();

  rtmp_codec_map_add (&caps.video, VP09, ENCODE);
  rtmp_codec_map_add (&caps.audio, MP4A, DECODE | ENCODE);
  rtmp_codec_map_add (&caps.list, VP09, DECODE);
  rtmp_codec_map_add (&caps.list, MP4A, DECODE);
  rtmp_capabilities_write (&caps, object);
  rtmp_capabilities_parse (&got, object);
  g_assert_cmpmem (&got, sizeof (got), &caps, sizeof (caps));
}

static RtmpValue *
new_map (const gchar * name, gdouble flags)
{
  RtmpValue *map = rtmp_value_new_object ();

  rtmp_value_set_number (map, name, flags);
  return map;
}

static RtmpCapabilities
parse_one (const gchar * name, RtmpValue * value)
{
  g_autoptr (RtmpValue) object = rtmp_value_new_object ();
  RtmpCapabilities caps = { 0 };

  rtmp_value_set (object, name, value);
  rtmp_capabilities_parse (&caps, object);
  return caps;
}

/* Each object says another thing; together they hold. */
static void
test_both_objects (void)
{
  g_autoptr (RtmpValue) properties = rtmp_value_new_object ();
  g_autoptr (RtmpValue) information = rtmp_value_new_ecma_array ();
  RtmpCapabilities caps = { 0 };

  rtmp_value_set_string (properties, "fmsVer", "FMS/3,5,1,1");
  rtmp_value_set_number (properties, "CapsEx", 1);
  rtmp_value_set (properties, "videoFourCcInfoMap", new_map ("av01", 1));
  rtmp_value_set_number (information, "capsEx", 6);
  rtmp_value_set_number (information, "videoFunction", 2);
  rtmp_value_set (information, "videoFourCcInfoMap", new_map ("av01", 4));
  rtmp_value_set (information, "audioFourCcInfoMap", new_map ("Opus", 1));
  rtmp_capabilities_parse (&caps, properties);
  rtmp_capabilities_parse (&caps, information);
  g_assert_cmpuint (caps.caps_ex, ==, 7);
  g_assert_cmpuint (caps.video_function, ==, 2);
  g_assert_cmpuint (rtmp_capabilities_video (&caps, AV01), ==, 5);
  g_assert_cmpuint (rtmp_capabilities_audio (&caps, OPUS), ==, 1);
  g_assert_false (caps.has_list);
}

static void
test_caps_ex_spelling (void)
{
  RtmpCapabilities caps = parse_one ("CapsEx", rtmp_value_new_number (3));

  g_assert_cmpuint (caps.caps_ex, ==, 3);
  caps = parse_one ("capsEx", rtmp_value_new_number (3));
  g_assert_cmpuint (caps.caps_ex, ==, 3);
}

static void
test_legacy (void)
{
  g_autoptr (RtmpValue) object = rtmp_value_new_object ();
  g_autoptr (RtmpValue) number = rtmp_value_new_number (3);
  RtmpCapabilities caps = { 0 }, none = { 0 };

  rtmp_value_set_string (object, "app", "live");
  rtmp_capabilities_parse (&caps, object);
  rtmp_capabilities_parse (&caps, number);
  rtmp_capabilities_parse (&caps, NULL);
  g_assert_cmpmem (&caps, sizeof (caps), &none, sizeof (none));
  g_assert_cmpuint (rtmp_capabilities_video (&caps, AVC1), ==, 0);
  g_assert_cmpuint (rtmp_capabilities_audio (&caps, MP4A), ==, 0);
}

/* The example of the specification: forwards everything, decodes and encodes
 * VP9. */
static void
test_star (void)
{
  RtmpCapabilities caps = { 0 };

  rtmp_codec_map_add (&caps.video, RTMP_FOUR_CC_ANY, FORWARD);
  rtmp_codec_map_add (&caps.video, VP09, DECODE | ENCODE);
  g_assert_cmpuint (rtmp_capabilities_video (&caps, VP09), ==, ALL);
  g_assert_cmpuint (rtmp_capabilities_video (&caps, AV01), ==, FORWARD);
  g_assert_cmpuint (rtmp_capabilities_audio (&caps, OPUS), ==, 0);
}

static void
test_list (void)
{
  RtmpValue *list = rtmp_value_new_strict_array ();
  RtmpCapabilities caps;

  rtmp_value_append (list, rtmp_value_new_string ("av01"));
  rtmp_value_append (list, rtmp_value_new_null ());
  rtmp_value_append (list, rtmp_value_new_number (5));
  rtmp_value_append (list, rtmp_value_new_string ("Opus"));
  caps = parse_one ("fourCcList", list);
  g_assert_true (caps.has_list);
  g_assert_cmpuint (caps.list.n, ==, 2);
  g_assert_cmpuint (rtmp_capabilities_video (&caps, AV01), ==, DECODE);
  g_assert_cmpuint (rtmp_capabilities_audio (&caps, OPUS), ==, DECODE);
  g_assert_cmpuint (rtmp_capabilities_video (&caps, HVC1), ==, 0);

  list = rtmp_value_new_strict_array ();
  rtmp_value_append (list, rtmp_value_new_string ("*"));
  caps = parse_one ("fourCcList", list);
  g_assert_cmpuint (rtmp_capabilities_video (&caps, HVC1), ==, DECODE);
  g_assert_cmpuint (rtmp_capabilities_audio (&caps, MP4A), ==, DECODE);
}

/* The map and the list of one peer. */
static void
test_list_and_map (void)
{
  RtmpCapabilities caps = { 0 };

  rtmp_codec_map_add (&caps.video, AV01, ENCODE);
  rtmp_codec_map_add (&caps.list, AV01, DECODE);
  g_assert_cmpuint (rtmp_capabilities_video (&caps, AV01), ==, DECODE | ENCODE);
}

static guint32
flags_of (RtmpValue * value)
{
  RtmpValue *map = rtmp_value_new_object ();
  RtmpCapabilities caps;

  rtmp_value_set (map, "av01", value);
  caps = parse_one ("videoFourCcInfoMap", map);
  return rtmp_capabilities_video (&caps, AV01);
}

static void
test_map_values (void)
{
  g_assert_cmpuint (flags_of (rtmp_value_new_number (0)), ==, 0);
  g_assert_cmpuint (flags_of (rtmp_value_new_number (3)), ==, 3);
  g_assert_cmpuint (flags_of (rtmp_value_new_object ()), ==, ALL);
  g_assert_cmpuint (flags_of (rtmp_value_new_strict_array ()), ==, ALL);
  g_assert_cmpuint (flags_of (rtmp_value_new_string ("1")), ==, ALL);
  g_assert_cmpuint (flags_of (rtmp_value_new_date (2, 0)), ==, ALL);
  g_assert_cmpuint (flags_of (rtmp_value_new_null ()), ==, ALL);
  g_assert_cmpuint (flags_of (rtmp_value_new_boolean (TRUE)), ==, ALL);
  g_assert_cmpuint (flags_of (rtmp_value_new_boolean (FALSE)), ==, 0);
}

static void
test_spellings (void)
{
  static const struct
  {
    const gchar *name;
    guint32 four_cc;            /* 0: none */
  } names[] = {
    {"hvc1", HVC1}, {"Hvc1", HVC1}, {"Avc1", AVC1}, {"Aac", MP4A},
    {".mp3", MP3}, {"*", RTMP_FOUR_CC_ANY}, {"hvc", 0}, {"hvc10", 0}, {"", 0},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (names); i++) {
    RtmpCapabilities caps = parse_one ("audioFourCcInfoMap",
        new_map (names[i].name, 2));

    g_assert_cmpuint (caps.audio.n, ==, names[i].four_cc != 0);
    g_assert_cmpuint (caps.audio.codecs[0].four_cc, ==, names[i].four_cc);
  }
}

/* What is no set of bits is an empty one. */
static void
test_odd_numbers (void)
{
  static const struct
  {
    gdouble number;
    guint32 bits;
  } numbers[] = {
    {0, 0}, {-1, 0}, {3.9, 3}, {4294967295.0, 4294967295u}, {4294967296.0, 0},
    {1e300, 0}, {INFINITY, 0}, {-INFINITY, 0}, {NAN, 0},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (numbers); i++) {
    gdouble number = numbers[i].number;
    RtmpCapabilities caps;

    caps = parse_one ("capsEx", rtmp_value_new_number (number));
    g_assert_cmpuint (caps.caps_ex, ==, numbers[i].bits);
    caps = parse_one ("videoFunction", rtmp_value_new_number (number));
    g_assert_cmpuint (caps.video_function, ==, numbers[i].bits);
    g_assert_cmpuint (flags_of (rtmp_value_new_number (number)), ==,
        numbers[i].bits);
  }
}

static void
test_odd_types (void)
{
  RtmpCapabilities caps;
  RtmpValue *array = rtmp_value_new_strict_array ();

  caps = parse_one ("capsEx", rtmp_value_new_string ("15"));
  g_assert_cmpuint (caps.caps_ex, ==, 0);
  caps = parse_one ("videoFourCcInfoMap", rtmp_value_new_number (7));
  g_assert_cmpuint (caps.video.n, ==, 0);
  rtmp_value_append (array, rtmp_value_new_string ("av01"));
  caps = parse_one ("videoFourCcInfoMap", array);
  g_assert_cmpuint (caps.video.n, ==, 0);
  caps = parse_one ("fourCcList", rtmp_value_new_string ("av01"));
  g_assert_cmpuint (caps.list.n, ==, 0);
}

static void
test_too_many (void)
{
  RtmpValue *map = rtmp_value_new_object ();
  RtmpCapabilities caps;
  guint i;

  for (i = 0; i < 1000; i++) {
    gchar *name = g_strdup_printf ("c%03u", i);

    rtmp_value_set_number (map, name, 1);
    g_free (name);
  }
  caps = parse_one ("videoFourCcInfoMap", map);
  g_assert_cmpuint (caps.video.n, ==, RTMP_CODEC_MAP_MAX);
  g_assert_cmpuint (rtmp_capabilities_video (&caps,
          RTMP_FOUR_CC ('c', '0', '3', '1')), ==, 1);
  g_assert_cmpuint (rtmp_capabilities_video (&caps,
          RTMP_FOUR_CC ('c', '0', '3', '2')), ==, 0);
  /* One that is there can still be added to. */
  rtmp_codec_map_add (&caps.video, RTMP_FOUR_CC ('c', '0', '3', '1'), 2);
  g_assert_cmpuint (rtmp_capabilities_video (&caps,
          RTMP_FOUR_CC ('c', '0', '3', '1')), ==, 3);
}

static void
assert_codecs (const RtmpCapabilities * caps, const gchar * expected)
{
  g_autofree gchar *names = rtmp_capabilities_codecs (caps);

  g_assert_cmpstr (names, ==, expected);
}

static void
test_add_codecs (void)
{
  RtmpCapabilities caps = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (rtmp_capabilities_add_codecs (&caps, "", DECODE, &error));
  assert_writes (&caps, "{}");
  assert_codecs (&caps, NULL);
  g_assert_true (rtmp_capabilities_add_codecs (&caps, "hvc1, Opus,,avc1",
          DECODE, &error));
  g_assert_true (rtmp_capabilities_add_codecs (&caps, "Opus", ENCODE, &error));
  assert_codecs (&caps, "avc1,hvc1,Opus");
  assert_writes (&caps, "{videoFourCcInfoMap: {hvc1: 1, avc1: 1}, "
      "audioFourCcInfoMap: {Opus: 3}, fourCcList: [\"hvc1\", \"avc1\", "
      "\"Opus\"]}");
  g_assert_true (rtmp_capabilities_add_codecs (&caps, "*", FORWARD, &error));
  g_assert_cmpuint (caps.video.n, ==, 6);
  g_assert_cmpuint (caps.audio.n, ==, 6);
  g_assert_cmpuint (rtmp_capabilities_audio (&caps, OPUS), ==, ALL);
  g_assert_no_error (error);
  g_assert_false (rtmp_capabilities_add_codecs (&caps, "hevc", DECODE, &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED);
  g_assert_true (g_str_has_prefix (error->message, "\"hevc\" is no codec"));
}

/* What a list or "*" says counts, too; what we do not know is not told. */
static void
test_codecs (void)
{
  RtmpCapabilities caps = { 0 };

  rtmp_codec_map_add (&caps.list, RTMP_FOUR_CC ('a', 'v', '0', '1'), DECODE);
  rtmp_codec_map_add (&caps.list, RTMP_FOUR_CC (0xff, '\n', ' ', ','), DECODE);
  assert_codecs (&caps, "av01");
  rtmp_codec_map_add (&caps.audio, RTMP_FOUR_CC_ANY, DECODE);
  assert_codecs (&caps, "av01,mp4a,.mp3,Opus,fLaC,ac-3,ec-3");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/capability/E-129-maps", test_write_maps);
  g_test_add_func ("/capability/E-130-list-names-all", test_write_list);
  g_test_add_func ("/capability/E-131-caps-ex", test_write_bits);
  g_test_add_func ("/capability/write-nothing", test_write_nothing);
  g_test_add_func ("/capability/codecs", test_codecs);
  g_test_add_func ("/capability/write-replaces", test_write_replaces);
  g_test_add_func ("/capability/round-trip", test_round_trip);
  g_test_add_func ("/capability/E-135-both-objects", test_both_objects);
  g_test_add_func ("/capability/E-135-caps-ex-spelling", test_caps_ex_spelling);
  g_test_add_func ("/capability/legacy", test_legacy);
  g_test_add_func ("/capability/E-166-list", test_list);
  g_test_add_func ("/capability/E-166-list-and-map", test_list_and_map);
  g_test_add_func ("/capability/E-170-star", test_star);
  g_test_add_func ("/capability/E-171-map-values", test_map_values);
  g_test_add_func ("/capability/E-171-spellings", test_spellings);
  g_test_add_func ("/capability/odd-numbers", test_odd_numbers);
  g_test_add_func ("/capability/odd-types", test_odd_types);
  g_test_add_func ("/capability/add-codecs", test_add_codecs);
  g_test_add_func ("/capability/too-many", test_too_many);
  return g_test_run ();
}

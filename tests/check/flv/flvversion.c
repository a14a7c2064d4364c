/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flvversion.h"

#include "flvpacket.h"
#include "rtmptesthex.h"

#include <string.h>

#define VIDEO FLV_TAG_VIDEO
#define AUDIO FLV_TAG_AUDIO

/* M: Multitrack, X: ModEx, N: its nanoseconds. */
static const struct
{
  const gchar *name;
  FlvTagType type;
  const gchar *hex;
  const gchar *versions;        /* a line each: capsEx, codecs; what, if less */
} rows[] = {
  {"legacy-video", VIDEO, "17 01 000000 AA", "-"},
  {"legacy-audio", AUDIO, "AF 01 AA", "-"},
  {"data", FLV_TAG_SCRIPT, "97 02", "-"},
  {"E-273-silence", AUDIO, "", "-"},
  {"empty-video", VIDEO, "", "-"},
  {"E-169-video", VIDEO, "91 68766331 000028 AA", "- hvc1"},
  {"E-169-audio", AUDIO, "91 4F707573 AA", "- Opus"},
  {"E-169-unknown-four-cc", VIDEO, "93 78787878 AA", "- xxxx"},
  {"E-272-unknown-type", VIDEO, "98 68766331 AA", "- *"},
  {"E-272-unknown-type-of-audio", AUDIO, "98 4F707573 AA", "- *"},
  {"E-272-no-four-cc", VIDEO, "91 6876", "- *"},
  {"E-272-command", VIDEO, "D1 00", "- *"},
  {"E-272-command-6", VIDEO, "D6 00", "- *"},
  {"E-273-sequence-end", VIDEO, "92 61763031", "- av01"},
  {"E-134-E-269-nanoseconds", VIDEO, "97 02 0F423F 01 61763031 1200",
      "XN av01\n" "- av01 91617630311200"},
  {"E-134-E-269-frame-type", VIDEO, "A7 02 0F423F 03 61766331 BB",
      "XN avc1\n" "- avc1 A361766331BB"},
  {"E-134-E-269-audio", AUDIO, "97 02 000001 01 4F707573 AA",
      "XN Opus\n" "- Opus 914F707573AA"},
  {"E-134-other-mod-ex", VIDEO, "97 00 EE 53 68766331 AA",
      "X hvc1\n" "- hvc1 9368766331AA"},
  {"E-134-nanoseconds-last", VIDEO, "97 00 EE 57 02 000001 03 68766331 AA",
      "XN hvc1\n" "X hvc1 9700EE5368766331AA\n" "- hvc1 9368766331AA"},
  {"E-134-nanoseconds-first", VIDEO, "97 02 000001 07 00 EE 53 68766331 AA",
      "XN hvc1\n" "X hvc1 9700EE5368766331AA\n" "- hvc1 9368766331AA"},
  {"E-134-long-mod-ex", AUDIO, "97 FF 0001 EEEE 51 4F707573 AA",
      "X Opus\n" "- Opus 914F707573AA"},
  {"mod-ex-cut-off", VIDEO, "97 02 0000", "X *"},
  {"mod-ex-of-no-size", VIDEO, "97", "X *"},
  {"mod-ex-command", VIDEO, "D7 00 EE 50 00", "X *\n- * D000"},
  {"E-272-mod-ex-unknown-type", VIDEO, "97 00 EE 58 68766331 AA",
      "X *\n" "- * 9868766331AA"},
  {"E-268-one-track-0", VIDEO, "96 01 61766331 00 FFFFFE AA",
      "M avc1\n" "- avc1 9161766331FFFFFEAA"},
  {"E-268-one-track-0-x", VIDEO, "A6 03 78787878 00 AA",
      "M xxxx\n" "- xxxx A378787878AA"},
  {"E-268-one-track-1", VIDEO, "96 01 61766331 01 000000 AA", "M avc1"},
  {"E-268-one-track-audio", AUDIO, "95 01 6D703461 00 AA",
      "M mp4a\n" "- mp4a 916D703461AA"},
  {"E-268-configuration", AUDIO, "95 00 6D703461 00 1210",
      "M mp4a\n" "- mp4a 906D7034611210"},
  {"E-268-channels", AUDIO, "95 04 6D703461 00 0102",
      "M mp4a\n" "- mp4a 946D7034610102"},
  {"E-268-end", VIDEO, "96 02 61763031 00", "M av01\n- av01 9261763031"},
  {"E-194-E-268-metadata", VIDEO, "96 04 68766331 00 AABB",
      "M hvc1\n" "- hvc1 D468766331AABB"},
  {"E-268-many", VIDEO,
        "96 11 61763031 00 000002 AA01 01 000001 BB",
      "M av01\n" "- av01 9161763031AA01"},
  {"E-268-many-track-0-last", VIDEO,
        "A6 11 61763031 02 000002 AA01 00 000001 BB",
      "M av01\n" "- av01 A161763031BB"},
  {"E-268-many-no-track-0", VIDEO,
      "96 11 61763031 02 000002 AA01 01 000001 BB", "M av01"},
  {"E-268-many-codecs", VIDEO,
        "96 21 61763031 00 000002 AA01 68766331 01 000005 000010 BB02",
      "M av01 hvc1\n" "- av01 9161763031AA01"},
  {"E-268-many-codecs-track-0-last", VIDEO,
        "96 23 61763031 01 000002 AA01 68766331 00 000002 BB02",
      "M av01 hvc1\n" "- hvc1 9368766331BB02"},
  {"E-268-many-codecs-of-audio", AUDIO,
        "95 21 4F707573 01 000001 AA 6D703461 00 000001 BB",
      "M Opus mp4a\n" "- mp4a 916D703461BB"},
  {"E-268-cut-off", VIDEO, "96 11 61763031 00 000001 AA 01 FFFFFF",
      "M av01 *\n" "- av01 9161763031AA"},
  {"E-268-no-such-type", VIDEO, "96 31 61763031 00 AA", "M *"},
  {"E-268-within-itself", VIDEO, "96 06 61763031", "M *"},
  {"E-268-codecs-and-more", VIDEO, "96 21 41414141 09 000001 AA"
        "42424242 01 000001 AA 43434343 02 000001 AA 44444444 03 000001 AA"
        "45454545 04 000001 AA 46464646 05 000001 AA 47474747 06 000001 AA"
        "48484848 07 000001 AA 49494949 08 000001 AA",
      "M * BBBB CCCC DDDD EEEE FFFF GGGG HHHH"},
  {"E-268-E-269-both", VIDEO, "97 02 000064 06 01 61763031 00 1200",
      "MXN av01\n" "M av01 9601617630310" "01200\n" "- av01 91617630311200"},
  {"E-268-E-269-both-track-2", VIDEO, "97 02 000064 06 01 61763031 02 1200",
      "MXN av01\n" "M av01 96016176303102" "1200"},
  {"E-268-E-269-all", AUDIO,
        "97 00 EE 57 02 000064 05 01 6D703461 00 AA",
      "MXN mp4a\n" "MX mp4a 9700EE55016D70346100AA\n"
        "M mp4a 95016D70346100AA\n" "- mp4a 916D703461AA"},
};

static void
describe_caps (GString * text, guint32 caps_ex)
{
  g_string_append (text, caps_ex == 0 ? "-" : "");
  g_string_append (text, caps_ex & RTMP_CAPS_EX_MULTITRACK ? "M" : "");
  g_string_append (text, caps_ex & RTMP_CAPS_EX_MOD_EX ? "X" : "");
  g_string_append (text, caps_ex & RTMP_CAPS_EX_TIMESTAMP_NANO_OFFSET ? "N"
      : "");
}

static void
describe (GString * text, const RtmpVersion * version, gboolean with_payload)
{
  gsize size, i;
  const guint8 *data = g_bytes_get_data (version->payload, &size);

  g_string_append (text, text->len > 0 ? "\n" : "");
  describe_caps (text, version->caps_ex);
  for (i = 0; i < version->n_codecs; i++) {
    const guint32 name = GUINT32_TO_BE (version->codecs[i]);

    g_string_append_printf (text, " %.4s", (const gchar *) &name);
  }
  g_string_append (text, with_payload ? " " : "");
  for (i = 0; with_payload && i < size; i++)
    g_string_append_printf (text, "%02X", data[i]);
}

static void
test_row (gconstpointer user_data)
{
  guint i, n, row = GPOINTER_TO_UINT (user_data);
  g_autoptr (GBytes) body = rtmp_test_unhex (rows[row].hex);
  g_autoptr (GString) text = g_string_new (NULL);
  RtmpVersion versions[FLV_VERSIONS_MAX];

  n = flv_versions (rows[row].type, body, versions);
  g_assert_true (versions[0].payload == body);
  for (i = 0; i < n; i++) {
    describe (text, &versions[i], i > 0);
    rtmp_version_clear (&versions[i]);
  }
  g_assert_cmpstr (text->str, ==, rows[row].versions);
}

static guint32
first_codec (FlvTagType type, GBytes * body, gsize * size)
{
  FlvPacketReader reader;
  FlvPacket packet;
  gsize length;
  const guint8 *data = g_bytes_get_data (body, &length);

  flv_packet_reader_init (&reader, type == AUDIO ? FLV_MEDIA_AUDIO
      : FLV_MEDIA_VIDEO, data, length);
  if (!flv_packet_reader_next (&reader, &packet, NULL))
    return 0;
  *size = packet.size;
  return packet.codec_id;
}

/* Of what has been cut off anywhere, each version takes less than the one
 * before, and is what it says. */
static void
assert_versions (FlvTagType type, GBytes * body)
{
  RtmpVersion versions[FLV_VERSIONS_MAX];
  guint i, n = flv_versions (type, body, versions);
  gsize size = 0;

  g_assert_cmpuint (n, >=, 1);
  for (i = 1; i < n; i++) {
    const RtmpVersion *a = &versions[i - 1], *b = &versions[i];
    guint32 codec = first_codec (type, b->payload, &size);

    g_assert_cmphex (b->caps_ex & ~a->caps_ex, ==, 0);
    g_assert_cmphex (b->caps_ex, !=, a->caps_ex);
    g_assert_cmpuint (g_bytes_get_size (b->payload), <,
        g_bytes_get_size (a->payload));
    if (codec != 0)
      g_assert_cmphex (b->codecs[0], ==, codec);
  }
  for (i = 0; i < n; i++)
    rtmp_version_clear (&versions[i]);
}

static void
test_cut_off (void)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GBytes) whole = rtmp_test_unhex (rows[i].hex);
    gsize size;

    for (size = 0; size < g_bytes_get_size (whole); size++) {
      /* Of its own, so that tools see each byte that is read too many. */
      g_autoptr (GBytes) body = g_bytes_new (g_bytes_get_data (whole, NULL),
          size);

      if (strcmp (rows[i].versions, "M * BBBB CCCC DDDD EEEE FFFF GGGG HHHH"))
        assert_versions (rows[i].type, body);
    }
  }
}

int
main (int argc, char **argv)
{
  guint i;

  g_test_init (&argc, &argv, NULL);
  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *path = g_strconcat ("/version/", rows[i].name, NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_row);
  }
  g_test_add_func ("/version/E-275-cut-off", test_cut_off);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What rtmpserversink makes of tags for players that have announced this and
 * that, and keeps for later ones. */
#include "gstrtmpservertest.h"

#include "gstrtmpoutlet.h"
#include "rtmptesthex.h"

#define MULTITRACK RTMP_CAPS_EX_MULTITRACK
#define MOD_EX RTMP_CAPS_EX_MOD_EX
#define NANOSECONDS RTMP_CAPS_EX_TIMESTAMP_NANO_OFFSET

typedef struct
{
  guint fds;
  RtmpServer *server;
  Host host;
  GstRtmpOutlet outlet;
} Fixture;

static void
fixture_init (Fixture * f)
{
  const RtmpMountConfig config = {.app = "",.stream = "",
    .cache_bytes = 1 << 20
  };

  f->fds = rtmp_test_count_fds ();
  f->server = serve (NULL);
  host_init (&f->host, f->server, &config);
  gst_rtmp_outlet_init (&f->outlet, f->host.mount);
}

static void
fixture_clear (Fixture * f)
{
  host_clear (&f->host);
  rtmp_server_release (f->server);
  assert_nothing_left (f->fds);
}

/* "V 17 00", "A": type and body; several, with commas between. */
static void
send_tags (Fixture * f, const gchar * tags)
{
  g_auto (GStrv) all = g_strsplit (tags, ", ", -1);
  guint i;

  for (i = 0; all[i]; i++) {
    g_autoptr (GBytes) body = rtmp_test_unhex (all[i] + 1);
    const FlvTag tag = {.type = all[i][0] == 'V' ? FLV_TAG_VIDEO
          : all[i][0] == 'A' ? FLV_TAG_AUDIO : FLV_TAG_SCRIPT,.body = body
    };

    gst_rtmp_outlet_send (&f->outlet, &tag, 0);
  }
}

/* A script tag "x", which is no metadata. */
#define LAST "D 020001 78"
#define GOT_LAST "D 02000178\n"

static void
far_assert (Far * far, const gchar * got)
{
  g_autofree gchar *all = g_strconcat (got, GOT_LAST, NULL);

  diary_wait (&far->media, "D 02000178", 1);
  diary_assert (&far->media, all);
  far_clear (far);
}

/* What players get */

static const struct
{
  const gchar *name;
  const gchar *tags;
  const gchar *codecs;
  guint32 caps_ex;
  const gchar *got;
} players[] = {
  {"E-267-legacy", "V 17 01 000000 AA, A AF 01 BB", NULL, 0,
      "V 1701000000AA\nA AF01BB\n"},
  {"E-133-E-268-multitrack", "V 96 01 61766331 00 000000 AA, "
        "V 96 01 61766331 01 000000 BB", "avc1", MULTITRACK,
      "V 96016176633100000000AA\nV 96016176633101000000BB\n"},
  {"E-133-E-268-plain", "V 96 01 61766331 00 000000 AA, "
        "V 96 01 61766331 01 000000 BB, A 95 01 6D703461 00 CC", "avc1,mp4a",
      MOD_EX, "V 9161766331000000AA\nA 916D703461CC\n"},
  {"E-268-header", "V 96 00 61766331 00 AA, V 96 00 61766331 01 BB, "
        "A 95 04 4F707573 00 01 02", "avc1,Opus", 0,
      "V 9061766331AA\nA 944F7075730102\n"},
  {"E-268-legacy", "V 17 01 000000 AA, V 96 01 61766331 01 000000 BB, "
        "V 27 01 000000 CC", NULL, 0, "V 1701000000AA\nV 2701000000CC\n"},
  {"E-268-many-codecs", "V 96 21 61763031 00 000001 AA 68766331 01 000001 BB",
      "av01", MULTITRACK, "V 9161763031AA\n"},
  {"E-134-E-269-mod-ex", "V 97 02 000001 01 61763031 AA", "av01", MULTITRACK,
      "V 9161763031AA\n"},
  {"E-134-nanoseconds", "V 97 00 EE 57 02 000001 01 61763031 AA", "av01",
      MOD_EX, "V 9700EE5161763031AA\n"},
  {"E-134-all", "V 97 02 000001 01 61763031 AA", "av01", MOD_EX | NANOSECONDS,
      "V 9702000001" "0161763031AA\n"},
  {"E-169-E-272-unknown", "V 91 78787878 AA, V 98 61763031 AA, V D1 00",
      "av01,hvc1", MULTITRACK, ""},
  {"E-273-end", "V 17 01 000000 AA, V 17 02 000000, "
        "A 92 4F707573, V 92 61763031", "av01,Opus", 0,
      "V 1701000000AA\nV 1702000000\nA 924F707573\nV 9261763031\n"},
  /* Not of other tracks while the first one goes on. */
  {"E-264-E-268-key-frame-of-track-0", "V 27 01 000000 AA, "
        "V 17 01 000000 BB, V 96 01 61766331 01 000000 CC", NULL, 0,
      "V 1701000000BB\n"},
};

static void
test_player (gconstpointer user_data)
{
  guint row = GPOINTER_TO_UINT (user_data);
  const FarPlan plan = {.codecs = players[row].codecs,
    .caps_ex = players[row].caps_ex,.hex = TRUE
  };
  Fixture f;
  Far far;

  fixture_init (&f);
  far_play (&far, f.server, &plan);
  diary_wait (&f.host.diary, "added", 1);
  send_tags (&f, players[row].tags);
  send_tags (&f, LAST);
  far_assert (&far, players[row].got);
  fixture_clear (&f);
}

/* Our own client leaves it out. */
static void
test_silence (void)
{
  Fixture f;
  Raw raw;

  fixture_init (&f);
  raw_call (&raw, rtmp_server_port (f.server), 1);
  raw_ask (&raw, 1, "play", "cam");
  raw_wait (&raw, "1 onStatus NetStream.Play.Start", 1);
  diary_wait (&f.host.diary, "added", 1);
  send_tags (&f, "A, " LAST);
  raw_wait (&raw, "1 D", 1);
  g_assert_cmpuint (diary_count (&raw.diary, "1 A 0 "), ==, 1);
  raw_close (&raw);
  fixture_clear (&f);
}

/* What late players get, of everything that there was */

static const struct
{
  const gchar *name;
  const gchar *tags;
  const gchar *got;
} caches[] = {
  {"E-264-E-265-tracks", "V 90 61763031 81, V 96 00 61763031 01 81, "
        "V 94 61763031 AA, A 90 4F707573 01, V 91 61763031 BB",
      "V 906176303181\nV 96006176303101" "81\nV 9461763031AA\n"
        "A 904F70757301\nV 9161763031BB\n"},
  {"E-265-end", "V 90 61763031 81, V 94 61763031 AA, V 96 00 61763031 01 81, "
        "A 90 4F707573 01, V 91 61763031 BB, V 92 61763031",
      "V 96006176303101" "81\nA 904F70757301\n"},
  {"E-265-end-of-another", "V 90 61763031 81, V 96 00 61763031 01 81, "
        "V 96 02 61763031 01", "V 906176303181\n"},
  {"E-265-end-of-avc", "V 17 00 000000 01, V 17 01 000000 AA, V 17 02 000000",
      ""},
  {"E-265-codec", "V 90 68766331 01, V 94 68766331 AA, A 90 4F707573 01, "
        "V 90 61763031 81", "A 904F70757301\nV 906176303181\n"},
  {"E-265-codec-without-header", "A AF 00 1210, A 2F AA", ""},
  {"E-265-silence-is-no-codec", "A AF 00 1210, A", "A AF001210\n"},
  {"E-265-other-codec-after-the-end", "A 90 4F707573 01, A 92 4F707573, "
        "V 91 61763031 AA, A 90 6D703461 01",
      "A 906D70346101\nV 9161763031AA\n"},
  /* It may be needed by the other track. */
  {"E-265-end-of-one-of-many",
        "V 96 10 61763031 00 000001 AA 01 000001 BB, V 92 61763031",
      "V 961061763031" "00000001AA" "01000001BB\n"},
  {"E-265-codec-of-legacy", "V 17 00 000000 01, V 17 01 000000 AA, V 12 AA",
      "V 12AA\n"},
  {"E-265-same-codec", "V 17 00 000000 01, V D4 61766331 AA, "
        "V 17 01 000000 AA, A, V 57 00",
      "V 170000000001\nV D461766331AA\nV 1701000000AA\nV 5700\n"},
  {"E-264-leading-track", "V 91 61763031 AA, V 96 01 61763031 01 BB",
      "V 9161763031AA\nV 96016176303101BB\n"},
  {"E-264-leading-track-later", "V 96 01 61763031 01 BB, V 91 61763031 AA",
      "V 9161763031AA\n"},
  {"E-264-leading-track-of-many",
        "V 96 11 61763031 01 000001 AA 00 000001 BB, V A1 61763031 CC, "
        "V 96 01 61763031 01 DD",
      "V 96116176303101" "000001AA00" "000001BB\nV A161763031CC\n"
        "V 96016176303101DD\n"},
  {"E-264-leading-track-ended", "V 91 61763031 AA, V 92 61763031, "
        "V 96 01 61763031 01 BB", "V 96016176303101BB\n"},
};

static void
test_cache (gconstpointer user_data)
{
  guint row = GPOINTER_TO_UINT (user_data);
  const FarPlan plan = {.codecs = "*",.caps_ex = MULTITRACK,.hex = TRUE };
  Fixture f;
  Far far;

  fixture_init (&f);
  send_tags (&f, caches[row].tags);
  far_play (&far, f.server, &plan);
  diary_wait (&f.host.diary, "added", 1);
  send_tags (&f, LAST);
  far_assert (&far, caches[row].got);
  fixture_clear (&f);
}

int
main (int argc, char **argv)
{
  guint i;

  gst_rtmp_test_init (&argc, &argv);
  server_tests_warm_up ();
  for (i = 0; i < G_N_ELEMENTS (players); i++) {
    g_autofree gchar *path =
        g_strconcat ("/gstrtmpoutlet/", players[i].name, NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_player);
  }
  g_test_add_func ("/gstrtmpoutlet/E-273-silence", test_silence);
  for (i = 0; i < G_N_ELEMENTS (caches); i++) {
    g_autofree gchar *path =
        g_strconcat ("/gstrtmpoutlet/cache/", caches[i].name, NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_cache);
  }
  return g_test_run ();
}

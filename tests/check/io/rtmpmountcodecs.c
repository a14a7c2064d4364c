/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a mount gives players of Enhanced RTMP, and keeps for later ones. */
#include "rtmpserverfixture.h"

#define KEY RTMP_FRAME_KEY
#define HEADER RTMP_FRAME_HEADER
#define HVC1 RTMP_FOUR_CC ('h', 'v', 'c', '1')
#define AV01 RTMP_FOUR_CC ('a', 'v', '0', '1')
#define OPUS RTMP_FOUR_CC ('O', 'p', 'u', 's')
#define MULTITRACK RTMP_CAPS_EX_MULTITRACK
#define MOD_EX RTMP_CAPS_EX_MOD_EX

typedef struct
{
  guint fds;
  RtmpServer *server;
  Host host;
} Fixture;

static void
fixture_init (Fixture * f)
{
  const RtmpMountConfig config = {.app = "",.stream = "",
    .cache_bytes = 1 << 20,.keep_times = TRUE
  };

  f->fds = rtmp_test_count_fds ();
  f->server = serve (NULL);
  host_init (&f->host, f->server, &config);
}

static void
fixture_clear (Fixture * f)
{
  host_clear (&f->host);
  rtmp_server_release (f->server);
  assert_nothing_left (f->fds);
}

static RtmpVersion
version (const gchar * name, guint32 caps_ex, guint32 codec, guint32 other)
{
  RtmpVersion self = {.payload = named_payload (name, 0),.caps_ex = caps_ex,
    .codecs = {codec, other}
  };

  self.n_codecs = (codec != 0) + (other != 0);
  return self;
}

static void
send_enhanced (Fixture * f, RtmpMessageType type, guint32 time,
    const gchar * name, RtmpFrameFlags flags, guint32 four_cc)
{
  const RtmpVersion only = version (name, 0, four_cc, 0);

  rtmp_mount_send_versions (f->host.mount, type, time, flags, &only, 1);
}

typedef struct
{
  const gchar *codecs;
  guint32 caps_ex;
  const gchar *got;
} Case;

/* What a player gets that comes now. */
static void
assert_late (Fixture * f, const Case * player)
{
  const FarPlan plan = {.codecs = player->codecs,.caps_ex = player->caps_ex };
  guint before = diary_count (&f->host.diary, "added");
  g_autofree gchar *all = g_strconcat (player->got, "D 9 end\n", NULL);
  Far far;

  far_play (&far, f->server, &plan);
  diary_wait (&f->host.diary, "added", before + 1);
  host_send (&f->host, 'D', 9, "end", 0, 0);
  diary_wait (&far.media, "D 9 end", 1);
  diary_assert (&far.media, all);
  far_clear (&far);
}

/* Neither live nor from before it came. */
static void
test_codecs (void)
{
  static const Case cases[] = {
    {NULL, 0, "V 3 legacy\n"},
    {"av01,mp4a", 0, "V 3 legacy\n"},
    {"hvc1", 0, "V 0 hvc1 header\nV 0 hvc1\nV 3 legacy\n"},
    {"Opus", 0, "A 0 Opus header\nA 2 Opus\nV 3 legacy\n"},
    {"*", 0, "V 0 hvc1 header\nA 0 Opus header\nV 0 hvc1\nA 2 Opus\n"
          "V 3 legacy\n"},
  };
  Far far[G_N_ELEMENTS (cases)];
  Fixture f;
  guint i;

  fixture_init (&f);
  send_enhanced (&f, RTMP_MESSAGE_VIDEO, 0, "hvc1 header", HEADER, HVC1);
  send_enhanced (&f, RTMP_MESSAGE_AUDIO, 0, "Opus header", HEADER, OPUS);
  send_enhanced (&f, RTMP_MESSAGE_VIDEO, 0, "hvc1", KEY, HVC1);
  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    const FarPlan plan = {.codecs = cases[i].codecs };

    far_play (&far[i], f.server, &plan);
  }
  diary_wait (&f.host.diary, "added", i);
  send_enhanced (&f, RTMP_MESSAGE_AUDIO, 2, "Opus", 0, OPUS);
  host_send (&f.host, 'V', 3, "legacy", 0, KEY);
  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    diary_wait (&far[i].media, "V 3 legacy", 1);
    diary_assert (&far[i].media, cases[i].got);
    far_clear (&far[i]);
  }
  fixture_clear (&f);
}

/* What we do not know goes to those who have announced that they take all. */
static void
test_any (void)
{
  static const gchar *const got[] = { "V 3 legacy\n",
    "V 0 unknown\nA 1 opaque\nV 3 legacy\n"
  };
  Far far[G_N_ELEMENTS (got)];
  Fixture f;
  guint i;

  fixture_init (&f);
  for (i = 0; i < G_N_ELEMENTS (got); i++) {
    const FarPlan plan = {.codecs = "*",.any = i == 1 };

    far_play (&far[i], f.server, &plan);
  }
  diary_wait (&f.host.diary, "added", i);
  send_enhanced (&f, RTMP_MESSAGE_VIDEO, 0, "unknown", KEY,
      RTMP_FOUR_CC ('x', 'x', 'x', 'x'));
  send_enhanced (&f, RTMP_MESSAGE_AUDIO, 1, "opaque", 0, RTMP_FOUR_CC_ANY);
  host_send (&f.host, 'V', 3, "legacy", 0, KEY);
  for (i = 0; i < G_N_ELEMENTS (got); i++) {
    diary_wait (&far[i].media, "V 3 legacy", 1);
    diary_assert (&far[i].media, got[i]);
    far_clear (&far[i]);
  }
  fixture_clear (&f);
}

static void
send_versions (Fixture * f, guint32 time, RtmpFrameFlags flags)
{
  const RtmpVersion many[] = {
    version ("all", MULTITRACK | MOD_EX, HVC1, AV01),
    version ("tracks", MULTITRACK, HVC1, AV01),
    version ("plain", 0, HVC1, 0),
  };
  const RtmpVersion second[] = { version ("second", MULTITRACK, HVC1, 0) };

  rtmp_mount_send_versions (f->host.mount, RTMP_MESSAGE_VIDEO, time, flags,
      many, G_N_ELEMENTS (many));
  rtmp_mount_send_versions (f->host.mount, RTMP_MESSAGE_VIDEO, time,
      flags ? RTMP_FRAME_HEADER_OF (1) : 0, second, 1);
}

static const Case versions[] = {
  {NULL, 0, ""},
  {NULL, MULTITRACK | MOD_EX, ""},
  {"av01", MULTITRACK | MOD_EX, ""},
  {"hvc1", 0, "V %u plain\n"},
  {"hvc1", MOD_EX, "V %u plain\n"},
  {"hvc1", MULTITRACK, "V %u plain\nV %u second\n"},
  {"hvc1,av01", MULTITRACK, "V %u tracks\nV %u second\n"},
  {"hvc1,av01", MULTITRACK | MOD_EX, "V %u all\nV %u second\n"},
  {"*", MULTITRACK | MOD_EX, "V %u all\nV %u second\n"},
};

static gchar *
at_time (const gchar * got, guint time)
{
  g_auto (GStrv) parts = g_strsplit (got, "%u", -1);
  g_autofree gchar *text = g_strdup_printf ("%u", time);

  return g_strjoinv (text, parts);
}

/* The best of them, kept or live; and what is no version of it is no picture
 * lost. */
static void
test_versions (void)
{
  Far far[G_N_ELEMENTS (versions)];
  Fixture f;
  guint i;

  fixture_init (&f);
  send_versions (&f, 0, HEADER);
  for (i = 0; i < G_N_ELEMENTS (versions); i++) {
    const FarPlan plan = {.codecs = versions[i].codecs,
      .caps_ex = versions[i].caps_ex
    };

    far_play (&far[i], f.server, &plan);
  }
  diary_wait (&f.host.diary, "added", i);
  host_send (&f.host, 'V', 4, "key", 0, KEY);
  send_versions (&f, 5, 0);
  host_send (&f.host, 'V', 6, "last", 0, 0);
  for (i = 0; i < G_N_ELEMENTS (versions); i++) {
    g_autofree gchar *kept = at_time (versions[i].got, 0);
    g_autofree gchar *live = at_time (versions[i].got, 5);
    g_autofree gchar *all =
        g_strconcat (kept, "V 4 key\n", live, "V 6 last\n", NULL);

    diary_wait (&far[i].media, "V 6 last", 1);
    diary_assert (&far[i].media, all);
    far_clear (&far[i]);
  }
  fixture_clear (&f);
}

/* All versions count. */
static void
test_cache_counts_versions (void)
{
  const Case plain = { NULL, 0, "" };
  const RtmpVersion large[] = {
    {.payload = named_payload ("tracks", 600 << 10),.caps_ex = MULTITRACK},
    {.payload = named_payload ("plain", 600 << 10)},
  };
  Fixture f;

  fixture_init (&f);
  rtmp_mount_send_versions (f.host.mount, RTMP_MESSAGE_VIDEO, 0, KEY, large,
      G_N_ELEMENTS (large));
  assert_late (&f, &plain);
  fixture_clear (&f);
}

static void
send_group (Fixture * f)
{
  host_send (&f->host, 'D', 0, "onMetaData", 0, HEADER);
  host_send (&f->host, 'V', 0, "of 1", 0, RTMP_FRAME_HEADER_OF (0x10001));
  host_send (&f->host, 'V', 0, "too", 0, RTMP_FRAME_HEADER_OF (0x20001));
  host_send (&f->host, 'V', 0, "of 3", 0, RTMP_FRAME_HEADER_OF (0x10003));
  host_send (&f->host, 'A', 0, "sound", 0, RTMP_FRAME_HEADER_OF (0x10001));
  host_send (&f->host, 'V', 1, "key", 0, KEY);
}

/* Only those headers, and the group that may need them. */
static void
test_drop_headers (void)
{
  const Case before = { NULL, 0, "D 0 onMetaData\nV 0 of 1\nV 0 too\n"
        "V 0 of 3\nA 0 sound\nV 1 key\n"
  };
  const Case after = { NULL, 0, "D 0 onMetaData\nV 0 of 3\nA 0 sound\n" };
  Fixture f;

  fixture_init (&f);
  send_group (&f);
  assert_late (&f, &before);
  rtmp_mount_drop_headers (f.host.mount, RTMP_MESSAGE_VIDEO, 1, 0xFFFF);
  assert_late (&f, &after);
  fixture_clear (&f);
}

/* What has ended leaves nothing to what comes later; what has not goes on. */
static void
test_reopen (void)
{
  const Case all = { NULL, 0, "D 0 onMetaData\nV 0 of 1\nV 0 too\n"
        "V 0 of 3\nA 0 sound\nV 1 key\n"
  };
  const Case nothing = { NULL, 0, "" };
  Fixture f;

  fixture_init (&f);
  send_group (&f);
  g_assert_false (rtmp_mount_reopen (f.host.mount));
  assert_late (&f, &all);
  rtmp_mount_end (f.host.mount);
  g_assert_true (rtmp_mount_reopen (f.host.mount));
  assert_late (&f, &nothing);
  fixture_clear (&f);
}

int
main (int argc, char **argv)
{
  server_tests_init (&argc, &argv);
  g_test_add_func ("/rtmpmountcodecs/E-169-E-170-codecs", test_codecs);
  g_test_add_func ("/rtmpmountcodecs/E-272-any", test_any);
  g_test_add_func ("/rtmpmountcodecs/E-134-E-268-E-269-versions",
      test_versions);
  g_test_add_func ("/rtmpmountcodecs/cache-counts-versions",
      test_cache_counts_versions);
  g_test_add_func ("/rtmpmountcodecs/E-265-drop-headers", test_drop_headers);
  g_test_add_func ("/rtmpmountcodecs/E-265-reopen", test_reopen);
  return g_test_run ();
}

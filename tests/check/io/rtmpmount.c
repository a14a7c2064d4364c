/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who may publish and play, and what players get. */
#include "rtmpserverfixture.h"

#define KEY RTMP_FRAME_KEY
#define HEADER RTMP_FRAME_HEADER
/* More than the sockets between two ends of this machine hold. */
#define MORE_THAN_SOCKETS (48 << 20)

typedef struct
{
  guint fds;
  RtmpServer *server;
  Host host;
} Fixture;

static void
fixture_init (Fixture * f, const RtmpMountConfig * config)
{
  const RtmpMountConfig players = { 0, };
  RtmpMountConfig full = config ? *config : players;

  full.app = full.app ? full.app : "";
  full.stream = full.stream ? full.stream : "";
  f->fds = rtmp_test_count_fds ();
  f->server = serve (NULL);
  host_init (&f->host, f->server, &full);
}

static void
fixture_clear (Fixture * f)
{
  host_clear (&f->host);
  rtmp_server_release (f->server);
  assert_nothing_left (f->fds);
}

static void
play (Fixture * f, Far * far)
{
  far_play (far, f->server, NULL);
  far_wait (far, "running");
}

static void
publish (Fixture * f, Far * far)
{
  far_publish (far, f->server, NULL);
  far_wait (far, "running");
}

static void
assert_guests (Fixture * f, guint n)
{
  g_autoptr (GArray) all = rtmp_mount_stats (f->host.mount);

  g_assert_cmpuint (all->len, ==, n);
}

/* What new players get first */

static void
send_group (Fixture * f)
{
  host_send (&f->host, 'D', 990, "onMetaData", 0, HEADER);
  host_send (&f->host, 'A', 990, "sound header", 0, HEADER);
  host_send (&f->host, 'V', 990, "old header", 0, HEADER);
  host_send (&f->host, 'V', 990, "header", 0, HEADER);
  host_send (&f->host, 'V', 960, "old key", 0, KEY);
  host_send (&f->host, 'A', 980, "old sound", 0, 0);
  host_send (&f->host, 'V', 1000, "key", 0, KEY);
  host_send (&f->host, 'A', 1010, "sound", 0, 0);
  host_send (&f->host, 'V', 1040, "picture", 0, 0);
}

static void
test_cache (void)
{
  const RtmpMountConfig config = {.cache_bytes = 1 << 20 };
  Fixture f;
  Far far;

  fixture_init (&f, &config);
  send_group (&f);
  play (&f, &far);
  diary_wait (&f.host.diary, "added", 1);
  host_send (&f.host, 'V', 1080, "next", 0, 0);
  diary_wait (&far.media, "V 80 next", 1);
  diary_assert (&far.media, "D 0 onMetaData\nA 0 sound header\nV 0 header\n"
      "V 0 key\nA 10 sound\nV 40 picture\nV 80 next\n");
  far_clear (&far);
  fixture_clear (&f);
}

/* Without one, sound comes at once and pictures from the next key frame on. */
static void
test_no_cache (void)
{
  Fixture f;
  Far far;

  fixture_init (&f, NULL);
  send_group (&f);
  play (&f, &far);
  diary_wait (&f.host.diary, "added", 1);
  host_send (&f.host, 'V', 1080, "lost", 0, 0);
  host_send (&f.host, 'A', 1085, "sound", 0, 0);
  host_send (&f.host, 'V', 1080, "key", 0, KEY);
  host_send (&f.host, 'V', 1120, "next", 0, 0);
  diary_wait (&far.media, "V 35 next", 1);
  diary_assert (&far.media, "D 0 onMetaData\nA 0 sound header\nV 0 header\n"
      "A 0 sound\nV 0 key\nV 35 next\n");
  far_clear (&far);
  fixture_clear (&f);
}

/* A group is kept whole or not at all, and empty messages count too. */
static void
test_cache_full (void)
{
  const RtmpMountConfig config = {.cache_bytes = 4096 };
  const gsize sizes[] = { 4096, 1 };
  Fixture f;
  Far far;
  guint i, k;

  for (i = 0; i < G_N_ELEMENTS (sizes); i++) {
    fixture_init (&f, &config);
    host_send (&f.host, 'V', 0, "key", 10, KEY);
    for (k = 0; k < 16; k++)
      host_send (&f.host, 'V', 40, "picture", sizes[i], 0);
    play (&f, &far);
    diary_wait (&f.host.diary, "added", 1);
    host_send (&f.host, 'V', 80, "lost", 0, 0);
    host_send (&f.host, 'V', 120, "key", 0, KEY);
    diary_wait (&far.media, "V 0 key", 1);
    diary_assert (&far.media, "V 0 key\n");
    far_clear (&far);
    fixture_clear (&f);
  }
}

/* What is data but no header is not for those who come later. */
static void
test_other_data (void)
{
  Fixture f;
  Far early, late;

  fixture_init (&f, NULL);
  play (&f, &early);
  diary_wait (&f.host.diary, "added", 1);
  host_send (&f.host, 'D', 0, "onMetaData", 0, HEADER);
  host_send (&f.host, 'D', 0, "onTextData", 0, 0);
  diary_wait (&early.media, "D 0 onTextData", 1);
  play (&f, &late);
  diary_wait (&late.media, "D", 1);
  diary_assert (&late.media, "D 0 onMetaData\n");
  far_clear (&early);
  far_clear (&late);
  fixture_clear (&f);
}

/* Sound alone is for now; so is what depends on a picture that is not kept. */
static void
test_no_key (void)
{
  const RtmpMountConfig config = {.cache_bytes = 1 << 20 };
  Fixture f;
  Far far;

  fixture_init (&f, &config);
  host_send (&f.host, 'A', 0, "old sound", 0, 0);
  host_send (&f.host, 'V', 0, "old picture", 0, 0);
  host_send (&f.host, 'A', 0, "old sound", 0, 0);
  play (&f, &far);
  diary_wait (&f.host.diary, "added", 1);
  host_send (&f.host, 'A', 0, "sound", 0, 0);
  diary_wait (&far.media, "A 0 sound", 1);
  diary_assert (&far.media, "A 0 sound\n");
  far_clear (&far);
  fixture_clear (&f);
}

static gboolean
send_when_asked (const RtmpCallerInfo * info, gpointer user_data)
{
  host_send (user_data, 'V', 1, "key", 0, KEY);
  host_send (user_data, 'V', 2, "picture", 0, 0);
  return TRUE;
}

/* What comes while it begins is in the group and under way to its loop: it gets
 * it once. */
static void
test_begins_between_frames (void)
{
  const RtmpMountConfig config = {.app = "",.stream = "",
    .cache_bytes = 1 << 20
  };
  RtmpMountEvents events = host_events;
  Fixture f;
  Host host;
  Far far[2 * RTMP_LOOP_MAX];
  guint i;

  fixture_init (&f, &config);
  host_clear (&f.host);
  events.connecting = send_when_asked;
  host_init_events (&host, f.server, &config, &events);
  /* Each loop has had players. */
  for (i = 0; i < G_N_ELEMENTS (far); i++)
    play (&f, &far[i]);
  for (i = 0; i < G_N_ELEMENTS (far); i++)
    far_clear (&far[i]);
  diary_wait (&host.diary, "removed", i);
  for (i = 0; i < G_N_ELEMENTS (far); i++) {
    play (&f, &far[0]);
    diary_wait (&far[0].media, "V 1 picture", 1);
    host_send (&host, 'V', 3, "last", 0, 0);
    diary_wait (&far[0].media, "V 2 last", 1);
    diary_assert (&far[0].media, "V 0 key\nV 1 picture\nV 2 last\n");
    far_clear (&far[0]);
  }
  host_clear (&host);
  host_init (&f.host, f.server, &config);
  fixture_clear (&f);
}

/* What waits is later than what comes: that is no backlog. */
static void
test_times_to_and_fro (void)
{
  const RtmpMountConfig config = {.max_queue_time = 20000 };
  Fixture f;
  Far far;
  guint i;

  fixture_init (&f, &config);
  play (&f, &far);
  diary_wait (&f.host.diary, "added", 1);
  host_send (&f.host, 'V', 0, "key", 0, KEY);
  diary_wait (&far.media, "V 0 key", 1);
  rtmp_client_set_reading (far.client, FALSE);
  for (i = 0; i < 4; i++)
    host_send (&f.host, 'V', 5000, "key", MORE_THAN_SOCKETS / 4, KEY);
  for (i = 0; i < 10; i++)
    host_send (&f.host, 'V', 4990 - i, "early", 0, KEY);
  host_send (&f.host, 'D', 0, "onMetaData", 0, HEADER);
  rtmp_client_set_reading (far.client, TRUE);
  diary_wait (&far.media, "D", 1);
  g_assert_cmpuint (diary_count (&far.media, "V"), ==, 1 + 4 + 10);
  far_clear (&far);
  fixture_clear (&f);
}

/* The last one of each kind, and of too many the last ones. */
static void
test_many_headers (void)
{
  Fixture f;
  Far first, second;
  guint i;

  fixture_init (&f, NULL);
  for (i = 0; i < 70; i++)
    host_send (&f.host, 'V', 0, i % 2 ? "odd" : "even", 0,
        RTMP_FRAME_HEADER_OF (i));
  host_send (&f.host, 'V', 0, "again", 0, RTMP_FRAME_HEADER_OF (69));
  host_send (&f.host, 'A', 0, "sound", 0, RTMP_FRAME_HEADER_OF (69));
  play (&f, &first);
  diary_wait (&first.media, "A 0 sound", 1);
  g_assert_cmpuint (diary_count (&first.media, ""), ==, 64);
  g_assert_cmpuint (diary_count (&first.media, "V 0 again"), ==, 1);
  g_assert_cmpuint (diary_count (&first.media, "V 0 odd"), ==, 31);
  far_clear (&first);
  /* Sixteen megabytes of all. */
  for (i = 0; i < 3; i++)
    host_send (&f.host, 'V', 0, i == 0 ? "large" : "larger", 6 << 20,
        RTMP_FRAME_HEADER_OF (i));
  host_send (&f.host, 'V', 0, "last", 0, RTMP_FRAME_HEADER_OF (9));
  play (&f, &second);
  diary_wait (&second.media, "V 0 last", 1);
  diary_assert (&second.media, "V 0 larger\nV 0 larger\nV 0 last\n");
  far_clear (&second);
  fixture_clear (&f);
}

static void
test_times_kept (void)
{
  const RtmpMountConfig config = {.cache_bytes = 1 << 20,.keep_times = TRUE };
  Fixture f;
  Far far;

  fixture_init (&f, &config);
  send_group (&f);
  play (&f, &far);
  diary_wait (&far.media, "V 1040 picture", 1);
  diary_assert (&far.media, "D 990 onMetaData\nA 990 sound header\n"
      "V 990 header\nV 1000 key\nA 1010 sound\nV 1040 picture\n");
  far_clear (&far);
  fixture_clear (&f);
}

/* Over the end of 32 bits, what came late, and headers in mid-stream. */
static void
test_times_wrap (void)
{
  const RtmpMountConfig config = {.cache_bytes = 1 << 20 };
  Fixture f;
  Far far;

  fixture_init (&f, &config);
  host_send (&f.host, 'V', 0xFFFFFFF0, "key", 0, KEY);
  host_send (&f.host, 'A', 0xFFFFFFE8, "early", 0, 0);
  host_send (&f.host, 'V', 24, "picture", 0, 0);
  play (&f, &far);
  diary_wait (&f.host.diary, "added", 1);
  host_send (&f.host, 'V', 0, "header", 0, HEADER);
  host_send (&f.host, 'V', 0xFFFFFF00, "header", 0, HEADER);
  host_send (&f.host, 'V', 64, "key", 0, KEY);
  diary_wait (&far.media, "V 80 key", 1);
  diary_assert (&far.media, "V 0 key\nA 0 early\nV 40 picture\nV 16 header\n"
      "V 16 header\nV 80 key\n");
  far_clear (&far);
  fixture_clear (&f);
}

/* Who may */

static void
test_second_publisher (void)
{
  const RtmpMountConfig config = {.publish = TRUE };
  Fixture f;
  Far first, second, third;

  fixture_init (&f, &config);
  publish (&f, &first);
  far_publish (&second, f.server, NULL);
  far_wait (&second, "NetStream.Publish.BadName");
  far_wait (&second, "closed");
  far_send (&first, 'V', 0, "picture", 0);
  diary_wait (&f.host.media, "V 0 picture", 1);
  rtmp_client_finish (first.client);
  far_wait (&first, "closed: done");
  diary_wait (&f.host.diary, "removed live/cam: done", 1);
  publish (&f, &third);
  diary_wait (&f.host.diary, "added", 2);
  far_clear (&first);
  far_clear (&second);
  far_clear (&third);
  diary_wait (&f.host.diary, "removed", 2);
  diary_assert (&f.host.diary, "connecting live/cam\n"
      "added live/cam? user \"\"\n"
      "rejected live/cam: Somebody else publishes this stream.\n"
      "removed live/cam: done\nconnecting live/cam\n"
      "added live/cam? user \"\"\n"
      "removed live/cam: the peer closed the connection\n");
  fixture_clear (&f);
}

static void
test_takeover (void)
{
  const RtmpMountConfig config = {.publish = TRUE,.takeover = TRUE };
  Fixture f;
  Far far[5];
  guint i;

  fixture_init (&f, &config);
  publish (&f, &far[0]);
  for (i = 1; i < G_N_ELEMENTS (far); i++) {
    publish (&f, &far[i]);
    far_send (&far[i - 1], 'V', 0, "late", 0);
    far_wait (&far[i - 1], "closed");
    diary_wait (&f.host.diary, "removed live/cam: done", i);
    far_send (&far[i], 'V', 7, "picture", 0);
    diary_wait (&f.host.media, "V 7 picture", i);
  }
  g_assert_cmpuint (diary_count (&f.host.media, "V 0 late"), ==, 0);
  g_assert_cmpuint (diary_count (&f.host.diary, "removed"), ==, i - 1);
  assert_guests (&f, 1);
  for (i = 0; i < G_N_ELEMENTS (far); i++)
    far_clear (&far[i]);
  fixture_clear (&f);
}

static void
test_max_clients (void)
{
  const RtmpMountConfig config = {.max_clients = 1 };
  Fixture f;
  Far first, second;

  fixture_init (&f, &config);
  play (&f, &first);
  far_play (&second, f.server, NULL);
  far_wait (&second, "NetStream.Play.Failed There are too many players.");
  far_clear (&second);
  g_assert_cmpuint (diary_count (&f.host.diary,
          "rejected live/cam: There are too many players."), ==, 1);
  assert_guests (&f, 1);
  far_clear (&first);
  diary_wait (&f.host.diary, "removed", 1);
  play (&f, &second);
  far_clear (&second);
  fixture_clear (&f);
}

static void
test_connecting_refuses (void)
{
  const RtmpMountConfig configs[] = { {.publish = TRUE}, {.publish = FALSE} };
  const gchar *const codes[] = { "NetStream.Publish.Denied Refused.",
    "NetStream.Play.Failed Refused."
  };
  Fixture f;
  Far far;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (configs); i++) {
    fixture_init (&f, &configs[i]);
    f.host.refuse = TRUE;
    far_call (&far, f.server, configs[i].publish, NULL);
    far_wait (&far, codes[i]);
    far_clear (&far);
    diary_assert (&f.host.diary,
        "connecting live/cam\nrejected live/cam: Refused.\n");
    assert_guests (&f, 0);
    fixture_clear (&f);
  }
}

static void
test_token (void)
{
  static const struct
  {
    const gchar *app;
    const gchar *stream;
    gboolean ok;
  } cases[] = {
    {"live", "cam?key=right", TRUE},
    {"live", "cam?a=b&token=right", TRUE},
    {"live?pass=right", "cam", TRUE},
    {"live", "cam", FALSE},
    {"live", "cam?key=", FALSE},
    {"live", "cam?key=righter", FALSE},
    {"live", "cam?key=righ", FALSE},
    {"live", "cam?other=right", FALSE},
    {"live", "cam?xkey=right", FALSE},
    {"live", "right", FALSE},
  };
  const RtmpMountConfig configs[] = {
    {.publish = TRUE,.token = "right"}, {.token = "right"}
  };
  guint i, k;
  Fixture f;
  Far far;

  for (k = 0; k < G_N_ELEMENTS (configs); k++)
    for (i = 0; i < G_N_ELEMENTS (cases); i++) {
      const FarPlan plan = {.app = cases[i].app,.stream = cases[i].stream };

      fixture_init (&f, &configs[k]);
      far_call (&far, f.server, configs[k].publish, &plan);
      far_wait (&far, cases[i].ok ? "running" : configs[k].publish
          ? "NetStream.Publish.Unauthorized The key is missing or wrong."
          : "NetStream.Play.Failed The key is missing or wrong.");
      far_clear (&far);
      g_assert_cmpuint (diary_count (&f.host.diary,
              "rejected live/cam: The key is missing or wrong.")
          + diary_count (&f.host.diary,
              "rejected live/right: The key is missing or wrong."), ==,
          cases[i].ok ? 0 : 1);
      fixture_clear (&f);
    }
}

static GHashTable *
make_users (const gchar * name, const gchar * password)
{
  GHashTable *users = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
      g_free);

  g_hash_table_insert (users, g_strdup (name), g_strdup (password));
  return users;
}

static void
test_users (void)
{
  g_autoptr (GHashTable) users = make_users ("ann", "secret");
  const RtmpMountConfig config = {.publish = TRUE,.users = users };
  const FarPlan right = {.user = "ann",.password = "secret" };
  const FarPlan wrong = {.user = "ann",.password = "guess" };
  const FarPlan unknown = {.user = "bob",.password = "secret" };
  const FarPlan *refused[] = { &wrong, &unknown, NULL };
  Fixture f;
  Far far;
  guint i;

  fixture_init (&f, &config);
  far_publish (&far, f.server, &right);
  far_wait (&far, "running");
  diary_wait (&f.host.diary, "added", 1);
  g_assert_cmpuint (diary_count (&f.host.diary, "added live/cam"), ==, 1);
  g_assert_true (strstr (g_ptr_array_index (f.host.diary.lines, 1),
          "user \"ann\""));
  far_clear (&far);
  diary_wait (&f.host.diary, "removed", 1);
  for (i = 0; i < G_N_ELEMENTS (refused); i++) {
    far_publish (&far, f.server, refused[i]);
    far_wait (&far, "closed");
    far_clear (&far);
  }
  /* Those that were wrong, not those that were asked. */
  g_assert_cmpuint (diary_count (&f.host.diary,
          "rejected live/: User or password is wrong."), ==, 2);
  g_assert_cmpuint (diary_count (&f.host.diary, "rejected"), ==, 2);
  g_assert_cmpuint (diary_count (&f.host.diary, "added"), ==, 1);
  fixture_clear (&f);
}

/* To be ann for one mount is not to be that of another. */
static void
test_users_of_others (void)
{
  g_autoptr (GHashTable) strong = make_users ("ann", "strong");
  g_autoptr (GHashTable) weak = make_users ("ann", "weak");
  const RtmpMountConfig config = {.publish = TRUE,.stream = "a",
    .users = strong
  };
  const RtmpMountConfig other_config = {.publish = TRUE,.app = "",
    .stream = "b",.users = weak
  };
  const FarPlan to_a = {.stream = "a",.user = "ann",.password = "weak" };
  const FarPlan to_b = {.stream = "b",.user = "ann",.password = "weak" };
  Fixture f;
  Host other;
  Far far;

  fixture_init (&f, &config);
  host_init (&other, f.server, &other_config);
  far_publish (&far, f.server, &to_b);
  far_wait (&far, "running");
  far_clear (&far);
  far_publish (&far, f.server, &to_a);
  far_wait (&far, "NetStream.Publish.Unauthorized The user may not.");
  far_clear (&far);
  host_clear (&other);
  fixture_clear (&f);
}

/* A caller of another mount is none of ours. */
static void
test_disconnect (void)
{
  const RtmpMountConfig other_config = {.publish = TRUE,.app = "",
    .stream = ""
  };
  Fixture f;
  Host other;
  Far player, publisher;

  fixture_init (&f, NULL);
  host_init (&other, f.server, &other_config);
  play (&f, &player);
  far_publish (&publisher, f.server, NULL);
  far_wait (&publisher, "running");
  diary_wait (&other.diary, "added", 1);
  diary_wait (&f.host.diary, "added", 1);
  rtmp_mount_disconnect (f.host.mount, host_last_id (&other));
  rtmp_mount_disconnect (f.host.mount, 0);
  rtmp_mount_disconnect (f.host.mount, host_last_id (&f.host));
  far_wait (&player, "closed");
  diary_wait (&f.host.diary,
      "removed live/cam: disconnected by the application", 1);
  far_send (&publisher, 'V', 0, "picture", 0);
  diary_wait (&other.media, "V 0 picture", 1);
  g_assert_cmpuint (diary_count (&other.diary, "removed"), ==, 0);
  far_clear (&player);
  far_clear (&publisher);
  host_clear (&other);
  fixture_clear (&f);
}

/* A caller's streams, of which there may be several */

static void
test_two_mounts_of_one_caller (void)
{
  const RtmpMountConfig config = {.publish = TRUE,.stream = "a",
    .takeover = TRUE
  };
  const RtmpMountConfig other_config = {.app = "",.stream = "b" };
  Fixture f;
  Host other;
  Raw raw;

  fixture_init (&f, &config);
  host_init (&other, f.server, &other_config);
  raw_call (&raw, rtmp_server_port (f.server), 3);
  raw_ask (&raw, 1, "publish", "a");
  raw_wait (&raw, "1 onStatus NetStream.Publish.Start", 1);
  raw_ask (&raw, 2, "play", "b");
  raw_wait (&raw, "2 onStatus NetStream.Play.Start", 1);
  raw_ask (&raw, 3, "publish", "a");
  raw_wait (&raw, "3 onStatus NetStream.Publish.BadName", 1);
  raw_send (&raw, RTMP_MESSAGE_VIDEO, 3, 0, named_payload ("wrong", 0));
  raw_send (&raw, RTMP_MESSAGE_VIDEO, 1, 0, named_payload ("right", 0));
  diary_wait (&f.host.media, "V 0 right", 1);
  g_assert_cmpuint (diary_count (&f.host.media, "V 0 wrong"), ==, 0);
  /* The end of one is not the end of the other. */
  host_end (&f.host);
  raw_wait (&raw, "1 onStatus NetStream.Failed", 1);
  host_send (&other, 'V', 0, "key", 0, KEY);
  raw_wait (&raw, "2 V 0 key", 1);
  rtmp_mount_end (other.mount);
  raw_wait (&raw, "2 onStatus NetStream.Play.Stop", 1);
  raw_wait (&raw, "0 onStatus NetConnection.Connect.Closed", 1);
  raw_close (&raw);
  diary_wait (&other.diary, "removed live/b: done", 1);
  host_clear (&other);
  fixture_clear (&f);
}

static void
test_end_of_one_of_two (void)
{
  const RtmpMountConfig config = {.stream = "a" };
  const RtmpMountConfig other_config = {.app = "",.stream = "b" };
  Fixture f;
  Host other;
  Raw raw;

  fixture_init (&f, &config);
  host_init (&other, f.server, &other_config);
  raw_call (&raw, rtmp_server_port (f.server), 2);
  raw_ask (&raw, 1, "play", "a");
  raw_ask (&raw, 2, "play", "b");
  raw_wait (&raw, "2 onStatus NetStream.Play.Start", 1);
  rtmp_mount_end (f.host.mount);
  raw_wait (&raw, "1 onStatus NetStream.Play.Stop", 1);
  diary_wait (&f.host.diary, "removed live/a: done", 1);
  host_send (&other, 'V', 0, "key", 0, KEY);
  raw_wait (&raw, "2 V 0 key", 1);
  raw_close (&raw);
  host_clear (&other);
  fixture_clear (&f);
}

/* The end */

/* Each player gets everything, even one that reads late; before that it has not
 * gone. Who comes after is refused, unless the stream goes on. */
static void
test_end (void)
{
  Fixture f;
  Far fast, slow, late;
  guint i;

  fixture_init (&f, NULL);
  play (&f, &fast);
  play (&f, &slow);
  diary_wait (&f.host.diary, "added", 2);
  rtmp_client_set_reading (slow.client, FALSE);
  host_send (&f.host, 'V', 0, "key", 1 << 20, KEY);
  for (i = 1; i < 48; i++)
    host_send (&f.host, 'V', i, "picture", 1 << 20, 0);
  rtmp_mount_end (f.host.mount);
  far_wait (&fast, "closed: done");
  diary_wait (&f.host.diary, "removed live/cam: done", 1);
  far_play (&late, f.server, NULL);
  far_wait (&late, "NetStream.Play.StreamNotFound The stream has ended.");
  far_clear (&late);
  assert_guests (&f, 1);
  g_assert_cmpuint (diary_count (&f.host.diary, "removed"), ==, 1);
  rtmp_client_set_reading (slow.client, TRUE);
  far_wait (&slow, "closed: done");
  diary_wait (&f.host.diary, "removed live/cam: done", 2);
  g_assert_cmpuint (diary_count (&fast.media, "V"), ==, 48);
  g_assert_cmpuint (diary_count (&slow.media, "V"), ==, 48);
  far_wait (&slow, "NetStream.Play.UnpublishNotify");
  rtmp_mount_reopen (f.host.mount);
  play (&f, &late);
  far_clear (&late);
  far_clear (&fast);
  far_clear (&slow);
  fixture_clear (&f);
}

static void
test_end_of_publisher (void)
{
  const RtmpMountConfig config = {.publish = TRUE };
  Fixture f;
  Far far, late;

  fixture_init (&f, &config);
  publish (&f, &far);
  rtmp_mount_end (f.host.mount);
  far_wait (&far, "closed");
  diary_wait (&f.host.diary, "removed", 1);
  far_publish (&late, f.server, NULL);
  far_wait (&late, "NetStream.Publish.Denied The stream has ended.");
  far_clear (&late);
  far_clear (&far);
  fixture_clear (&f);
}

/* Slow players */

/* @n pictures of 64 KB, the first one a key frame, @ms apart. */
static void
send_pictures (Host * host, guint n, guint32 time, guint32 ms)
{
  guint i;

  for (i = 0; i < n; i++)
    host_send (host, 'V', time + i * ms, i == 0 ? "key" : "picture", 64 << 10,
        i == 0 ? KEY : 0);
}

static gsize
most_queued (Host * host)
{
  g_autoptr (GArray) all = rtmp_mount_stats (host->mount);
  gsize most = 0;
  guint i;

  for (i = 0; i < all->len; i++)
    most = MAX (most, g_array_index (all, RtmpCallerStats, i).queue_bytes);
  return most;
}

/* What is told follows what is: as long as frames go out, if not too many. */
static void
wait_dropped (Host * host, guint64 n)
{
  gint64 now = g_get_monotonic_time (), next = now, end =
      now + RTMP_TEST_PATIENCE;
  guint64 sum;
  guint i;

  do {
    g_autoptr (GArray) all = rtmp_mount_stats (host->mount);

    for (sum = i = 0; i < all->len; i++)
      sum += g_array_index (all, RtmpCallerStats, i).dropped_video
          + g_array_index (all, RtmpCallerStats, i).dropped_audio;
    now = g_get_monotonic_time ();
    if (now > end)
      g_error ("%" G_GUINT64_FORMAT " dropped, not %" G_GUINT64_FORMAT, sum, n);
    for (; now >= next; next = now + 1000)
      host_send (host, 'D', 0, "onTextData", 0, 0);
    g_thread_yield ();
  } while (sum != n);
}

/* It loses pictures up to a key frame, and no header; others lose nothing, and
 * it is not let go before its time. */
static void
test_slow_player (void)
{
  const RtmpMountConfig config = {.max_queue_bytes = 1 << 20,
    .patience = G_MAXINT64
  };
  const guint n = MORE_THAN_SOCKETS / (64 << 10);
  Fixture f;
  Far slow, fast;
  guint i, dropped;

  fixture_init (&f, &config);
  play (&f, &slow);
  play (&f, &fast);
  diary_wait (&f.host.diary, "added", 2);
  rtmp_client_set_reading (slow.client, FALSE);
  /* As fast as one of them takes it. */
  for (i = 0; i < n; i += 8) {
    send_pictures (&f.host, 8, i, 1);
    diary_wait (&fast.media, "V", i + 8);
  }
  host_send (&f.host, 'V', n, "header", 0, HEADER);
  host_send (&f.host, 'D', n, "onMetaData", 0, HEADER);
  diary_wait (&fast.media, "D", 1);
  /* One picture more than there is room for. */
  g_assert_cmpuint (most_queued (&f.host), <=, (1 << 20) + (128 << 10));
  rtmp_client_set_reading (slow.client, TRUE);
  diary_wait (&slow.media, "D", 1);
  g_assert_cmpuint (diary_count (&fast.media, "V"), ==, n + 1);
  g_assert_cmpuint (diary_count (&slow.media, "V"), <, n);
  g_assert_cmpuint (diary_count (&slow.media, "V 768 header"), ==, 1);
  dropped = n + 1 - diary_count (&slow.media, "V");
  diary_forget (&slow.media);
  /* What depends on what it lost it does not get. */
  host_send (&f.host, 'V', n + 1, "picture", 0, 0);
  host_send (&f.host, 'V', n + 2, "key", 0, KEY);
  diary_wait (&slow.media, "V 770 key", 1);
  diary_assert (&slow.media, "V 770 key\n");
  g_assert_cmpuint (diary_count (&f.host.diary, "removed"), ==, 0);
  wait_dropped (&f.host, dropped + 1);
  far_clear (&slow);
  far_clear (&fast);
  fixture_clear (&f);
}

/* Sound is left out too when even that is too much. By time as by bytes. */
static void
test_slow_player_sound (void)
{
  const RtmpMountConfig configs[] = {
    {.max_queue_bytes = 1 << 20,.patience = G_MAXINT64},
    {.max_queue_time = 100,.patience = G_MAXINT64},
  };
  Fixture f;
  Far slow;
  guint i, k;

  for (k = 0; k < G_N_ELEMENTS (configs); k++) {
    fixture_init (&f, &configs[k]);
    play (&f, &slow);
    diary_wait (&f.host.diary, "added", 1);
    rtmp_client_set_reading (slow.client, FALSE);
    for (i = 0; i < MORE_THAN_SOCKETS / (64 << 10); i++)
      host_send (&f.host, 'A', i, "sound", 64 << 10, 0);
    host_send (&f.host, 'D', 0, "onTextData", 0, 0);
    host_send (&f.host, 'D', 0, "onMetaData", 0, HEADER);
    rtmp_client_set_reading (slow.client, TRUE);
    diary_wait (&slow.media, "D", 1);
    g_assert_cmpuint (diary_count (&slow.media, "A"), <, i);
    g_assert_cmpuint (diary_count (&slow.media, "A"), >, 0);
    wait_dropped (&f.host, i - diary_count (&slow.media, "A"));
    far_clear (&slow);
    fixture_clear (&f);
  }
}

/* Messages of no bytes fill a queue as well. */
static void
test_slow_player_of_nothing (void)
{
  const RtmpMountConfig config = {.max_queue_bytes = 64 << 20,
    .patience = G_MAXINT64
  };
  const guint n = 400000;
  Fixture f;
  Raw raw;
  guint i;

  fixture_init (&f, &config);
  raw_call (&raw, rtmp_server_port (f.server), 1);
  raw_ask (&raw, 1, "play", "cam");
  raw_wait (&raw, "1 onStatus NetStream.Play.Start", 1);
  diary_wait (&f.host.diary, "added", 1);
  for (i = 0; i < 3; i++)
    host_send (&f.host, 'V', 0, "key", 15 << 20, KEY);
  for (i = 0; i < n; i++)
    host_send (&f.host, 'V', 0, "", 0, 0);
  host_send (&f.host, 'D', 0, "onMetaData", 0, HEADER);
  raw_wait (&raw, "1 D", 1);
  g_assert_cmpuint (diary_count (&raw.diary, "1 V 0 key"), ==, 3);
  g_assert_cmpuint (diary_count (&raw.diary, "1 V"), <, n / 2);
  raw_close (&raw);
  fixture_clear (&f);
}

static void
test_let_go (void)
{
  const RtmpMountConfig config = {.max_queue_bytes = 1 << 20,.patience = 1 };
  Fixture f;
  Far slow, fast;
  guint i, n = 0;

  fixture_init (&f, &config);
  play (&f, &slow);
  play (&f, &fast);
  diary_wait (&f.host.diary, "added", 2);
  rtmp_client_set_reading (slow.client, FALSE);
  for (i = 0; diary_count (&f.host.diary, "removed") == 0; i++) {
    send_pictures (&f.host, 8, i, 1);
    diary_wait (&fast.media, "V", n += 8);
  }
  diary_wait (&f.host.diary,
      "removed live/cam: the player was too slow for too long", 1);
  assert_guests (&f, 1);
  rtmp_client_set_reading (slow.client, TRUE);
  far_wait (&slow, "NetConnection.Connect.Closed");
  far_wait (&slow, "closed");
  send_pictures (&f.host, 8, 0, 1);
  diary_wait (&fast.media, "V", n + 8);
  far_clear (&slow);
  far_clear (&fast);
  g_assert_cmpuint (diary_count (&f.host.diary, "removed live/cam: the player"),
      ==, 1);
  fixture_clear (&f);
}

/* What players do not want */

static void
test_receive (void)
{
  const FarPlan no_audio = {.no_audio = TRUE }, no_video = {.no_video = TRUE };
  Fixture f;
  Far deaf, blind;

  fixture_init (&f, NULL);
  host_send (&f.host, 'A', 0, "sound header", 0, HEADER);
  far_play (&deaf, f.server, &no_audio);
  far_play (&blind, f.server, &no_video);
  far_wait (&deaf, "running");
  far_wait (&blind, "running");
  diary_wait (&f.host.diary, "added", 2);
  diary_wait (&deaf.media, "A 0 sound header", 1);
  diary_wait (&blind.media, "A 0 sound header", 1);
  host_send (&f.host, 'V', 0, "key", 0, KEY);
  host_send (&f.host, 'A', 0, "sound", 0, 0);
  host_send (&f.host, 'D', 1, "onMetaData", 0, HEADER);
  diary_wait (&deaf.media, "D", 1);
  diary_wait (&blind.media, "D", 1);
  diary_assert (&deaf.media, "A 0 sound header\nV 0 key\nD 1 onMetaData\n");
  diary_assert (&blind.media, "A 0 sound header\nA 0 sound\nD 1 onMetaData\n");
  far_clear (&deaf);
  far_clear (&blind);
  fixture_clear (&f);
}

/* A command of one boolean. */
static void
ask_if (Raw * raw, const gchar * name, gboolean yes)
{
  raw_send (raw, RTMP_MESSAGE_COMMAND_AMF0, 1, 0, rtmp_command_write (name, 0,
          rtmp_value_new_null (), rtmp_value_new_boolean (yes), NULL));
}

/* Pictures go on at a key frame. */
static void
test_pause_and_video_again (void)
{
  Fixture f;
  Raw raw;

  fixture_init (&f, NULL);
  raw_call (&raw, rtmp_server_port (f.server), 1);
  raw_ask (&raw, 1, "play", "cam");
  raw_wait (&raw, "1 onStatus NetStream.Play.Start", 1);
  diary_wait (&f.host.diary, "added", 1);
  host_send (&f.host, 'V', 0, "one", 0, KEY);
  raw_wait (&raw, "1 V 0 one", 1);
  ask_if (&raw, "pause", TRUE);
  raw_wait (&raw, "1 onStatus NetStream.Pause.Notify", 1);
  host_send (&f.host, 'V', 1, "lost", 0, KEY);
  host_send (&f.host, 'A', 1, "lost", 0, 0);
  host_send (&f.host, 'D', 1, "lost", 0, 0);
  host_send (&f.host, 'D', 1, "onMetaData", 0, HEADER);
  raw_wait (&raw, "1 D 1 onMetaData", 1);
  ask_if (&raw, "pause", FALSE);
  raw_wait (&raw, "1 onStatus NetStream.Unpause.Notify", 1);
  host_send (&f.host, 'V', 2, "lost", 0, 0);
  host_send (&f.host, 'A', 2, "sound", 0, 0);
  host_send (&f.host, 'V', 3, "two", 0, KEY);
  raw_wait (&raw, "1 V 3 two", 1);
  ask_if (&raw, "receiveVideo", FALSE);
  ask_if (&raw, "pause", FALSE);
  raw_wait (&raw, "1 onStatus NetStream.Unpause.Notify", 2);
  host_send (&f.host, 'V', 4, "lost", 0, KEY);
  host_send (&f.host, 'A', 4, "sound", 0, 0);
  raw_wait (&raw, "1 A 4 sound", 1);
  ask_if (&raw, "receiveVideo", TRUE);
  raw_wait (&raw, "1 onStatus NetStream.Seek.Notify", 1);
  host_send (&f.host, 'V', 5, "lost", 0, 0);
  host_send (&f.host, 'V', 6, "three", 0, KEY);
  raw_wait (&raw, "1 V 6 three", 1);
  g_assert_cmpuint (diary_count (&raw.diary, "1 V"), ==, 3);
  g_assert_cmpuint (diary_count (&raw.diary, "1 A"), ==, 2);
  g_assert_cmpuint (diary_count (&raw.diary, "1 D"), ==, 1);
  raw_close (&raw);
  fixture_clear (&f);
}

/* Frames that wait for others go out with the end at the latest, in order; who
 * comes meanwhile has them from the cache, and once. */
static void
test_gather (void)
{
  const RtmpMountConfig config = {.cache_bytes = 1 << 20,.gather_time =
        G_MAXINT64 / 2
  };
  Fixture f;
  Raw raw;
  Far late;

  fixture_init (&f, &config);
  raw_call (&raw, rtmp_server_port (f.server), 1);
  raw_ask (&raw, 1, "play", "cam");
  raw_wait (&raw, "1 onStatus NetStream.Play.Start", 1);
  diary_wait (&f.host.diary, "added", 1);
  host_send (&f.host, 'V', 1000, "key", 0, KEY);
  host_send (&f.host, 'A', 1010, "sound", 0, 0);
  play (&f, &late);
  diary_wait (&late.media, "A 10 sound", 1);
  host_send (&f.host, 'V', 1040, "picture", 0, 0);
  /* The answer would come behind them. */
  ask_if (&raw, "pause", FALSE);
  raw_wait (&raw, "1 onStatus NetStream.Unpause.Notify", 1);
  g_assert_cmpuint (diary_count (&raw.diary, "1 V"), ==, 0);
  g_assert_cmpuint (diary_count (&raw.diary, "1 A"), ==, 0);
  rtmp_mount_end (f.host.mount);
  raw_wait (&raw, "1 V 0 key", 1);
  raw_wait (&raw, "1 A 10 sound", 1);
  raw_wait (&raw, "1 V 40 picture", 1);
  raw_wait (&raw, "1 onStatus NetStream.Play.UnpublishNotify", 1);
  far_wait (&late, "closed");
  diary_assert (&late.media, "V 0 key\nA 10 sound\nV 40 picture\n");
  raw_close (&raw);
  far_clear (&late);
  fixture_clear (&f);
}

/* They go out by themselves when the time is over, again and again. */
static void
test_gather_time (void)
{
  const RtmpMountConfig config = {.gather_time = 1000 };
  Fixture f;
  Far far;
  guint i;

  fixture_init (&f, &config);
  play (&f, &far);
  diary_wait (&f.host.diary, "added", 1);
  for (i = 0; i < 10; i++) {
    host_send (&f.host, 'A', i, "sound", 0, 0);
    host_send (&f.host, 'A', i, "more", 0, 0);
    diary_wait (&far.media, "A", 2 * i + 2);
  }
  g_assert_cmpuint (diary_count (&far.media, "A"), ==, 20);
  far_clear (&far);
  fixture_clear (&f);
}

static void
test_stats (void)
{
  g_autoptr (GArray) none = NULL, one = NULL;
  const RtmpCallerStats *stats;
  Fixture f;
  Far far;

  fixture_init (&f, NULL);
  none = rtmp_mount_stats (f.host.mount);
  g_assert_cmpuint (none->len, ==, 0);
  play (&f, &far);
  diary_wait (&f.host.diary, "added", 1);
  host_send (&f.host, 'V', 0, "lost", 0, 0);
  host_send (&f.host, 'V', 0, "key", 0, KEY);
  diary_wait (&far.media, "V 0 key", 1);
  one = rtmp_mount_stats (f.host.mount);
  g_assert_cmpuint (one->len, ==, 1);
  stats = &g_array_index (one, RtmpCallerStats, 0);
  g_assert_cmpuint (stats->id, ==, host_last_id (&f.host));
  g_assert_cmpstr (stats->stream, ==, "cam");
  g_assert_true (g_str_has_prefix (stats->peer, "127.0.0.1:"));
  far_clear (&far);
  fixture_clear (&f);
}

/* Frames come, callers come and go, and the mount ends: no event after it. */
static void
test_free_at_any_moment (void)
{
  const RtmpMountConfig takes = {.publish = TRUE,.app = "",.stream = "",
    .takeover = TRUE
  };
  Fixture f;
  Host host;
  Far far[4];
  guint i, round;

  fixture_init (&f, NULL);
  for (round = 0; round < 20; round++) {
    host_init (&host, f.server, &takes);
    for (i = 0; i < G_N_ELEMENTS (far); i++)
      far_call (&far[i], f.server, i < 2, NULL);
    for (i = 0; i < round * 3; i++) {
      far_send (&far[i % 2], 'V', i, "picture", 1000);
      host_send (&f.host, 'V', i, "key", 1000, KEY);
    }
    if (round % 2)
      diary_wait (&f.host.diary, "added", 1);
    host_end (&host);
    g_assert_cmpuint (diary_count (&host.diary, "added"), ==,
        diary_count (&host.diary, "removed"));
    for (i = 0; i < G_N_ELEMENTS (far); i++)
      far_clear (&far[i]);
    host_clear (&host);
  }
  host_end (&f.host);
  g_assert_cmpuint (diary_count (&f.host.diary, "added"), ==,
      diary_count (&f.host.diary, "removed"));
  fixture_clear (&f);
}

int
main (int argc, char **argv)
{
  server_tests_init (&argc, &argv);
  g_test_add_func ("/rtmpmount/E-154-cache", test_cache);
  g_test_add_func ("/rtmpmount/E-154-no-cache", test_no_cache);
  g_test_add_func ("/rtmpmount/cache-full", test_cache_full);
  g_test_add_func ("/rtmpmount/other-data", test_other_data);
  g_test_add_func ("/rtmpmount/no-key", test_no_key);
  g_test_add_func ("/rtmpmount/begins-between-frames",
      test_begins_between_frames);
  g_test_add_func ("/rtmpmount/times-to-and-fro", test_times_to_and_fro);
  g_test_add_func ("/rtmpmount/many-headers", test_many_headers);
  g_test_add_func ("/rtmpmount/times-kept", test_times_kept);
  g_test_add_func ("/rtmpmount/times-wrap", test_times_wrap);
  g_test_add_func ("/rtmpmount/E-151-second-publisher", test_second_publisher);
  g_test_add_func ("/rtmpmount/E-151-takeover", test_takeover);
  g_test_add_func ("/rtmpmount/max-clients", test_max_clients);
  g_test_add_func ("/rtmpmount/connecting-refuses", test_connecting_refuses);
  g_test_add_func ("/rtmpmount/token", test_token);
  g_test_add_func ("/rtmpmount/users", test_users);
  g_test_add_func ("/rtmpmount/users-of-others", test_users_of_others);
  g_test_add_func ("/rtmpmount/disconnect", test_disconnect);
  g_test_add_func ("/rtmpmount/two-mounts-of-one-caller",
      test_two_mounts_of_one_caller);
  g_test_add_func ("/rtmpmount/end-of-one-of-two", test_end_of_one_of_two);
  g_test_add_func ("/rtmpmount/E-160-end", test_end);
  g_test_add_func ("/rtmpmount/end-of-publisher", test_end_of_publisher);
  g_test_add_func ("/rtmpmount/E-163-slow-player", test_slow_player);
  g_test_add_func ("/rtmpmount/E-163-slow-player-sound",
      test_slow_player_sound);
  g_test_add_func ("/rtmpmount/E-163-slow-player-of-nothing",
      test_slow_player_of_nothing);
  g_test_add_func ("/rtmpmount/E-163-let-go", test_let_go);
  g_test_add_func ("/rtmpmount/E-155-receive", test_receive);
  g_test_add_func ("/rtmpmount/E-155-E-156-pause-and-video-again",
      test_pause_and_video_again);
  g_test_add_func ("/rtmpmount/gather", test_gather);
  g_test_add_func ("/rtmpmount/gather-time", test_gather_time);
  g_test_add_func ("/rtmpmount/stats", test_stats);
  g_test_add_func ("/rtmpmount/free-at-any-moment", test_free_at_any_moment);
  return g_test_run ();
}

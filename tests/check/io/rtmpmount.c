/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who may publish and play, and for how long. */
#include "rtmpmountfixture.h"

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
  g_test_add_func ("/rtmpmount/end-of-publisher", test_end_of_publisher);
  g_test_add_func ("/rtmpmount/stats", test_stats);
  g_test_add_func ("/rtmpmount/free-at-any-moment", test_free_at_any_moment);
  return g_test_run ();
}

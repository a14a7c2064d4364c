/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a player gets: its times, what it loses when it is slow, what it does
 * not want. */
#include "rtmpmountfixture.h"

/* More than the sockets between two ends of this machine hold. */
#define MORE_THAN_SOCKETS (48 << 20)

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

/* Headers at 0 and media hours later are no backlog either; what waits behind
 * the step is one. */
static void
test_times_that_jump (void)
{
  const RtmpMountConfig config = {.max_queue_time = 5000,.keep_times = TRUE,
    .patience = G_MAXINT64
  };
  Fixture f;
  Far far;
  guint i;

  fixture_init (&f, &config);
  play (&f, &far);
  diary_wait (&f.host.diary, "added", 1);
  rtmp_client_set_reading (far.client, FALSE);
  for (i = 0; i < 4; i++)
    host_send (&f.host, 'V', 0, "header", MORE_THAN_SOCKETS / 4, HEADER);
  for (i = 0; i < 10; i++)
    host_send (&f.host, 'V', 16775700 + i * 1000, i == 0 ? "key" : "picture",
        0, i == 0 ? KEY : 0);
  host_send (&f.host, 'D', 0, "onMetaData", 0, HEADER);
  rtmp_client_set_reading (far.client, TRUE);
  diary_wait (&far.media, "D", 1);
  g_assert_cmpuint (diary_count (&far.media, "V 16775700 key"), ==, 1);
  g_assert_cmpuint (diary_count (&far.media, "V 16780700 picture"), ==, 1);
  g_assert_cmpuint (diary_count (&far.media, "V 16782700 picture"), ==, 0);
  far_clear (&far);
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

int
main (int argc, char **argv)
{
  server_tests_init (&argc, &argv);
  g_test_add_func ("/rtmpplayer/times-to-and-fro", test_times_to_and_fro);
  g_test_add_func ("/rtmpplayer/times-that-jump", test_times_that_jump);
  g_test_add_func ("/rtmpplayer/times-kept", test_times_kept);
  g_test_add_func ("/rtmpplayer/times-wrap", test_times_wrap);
  g_test_add_func ("/rtmpplayer/E-163-slow-player", test_slow_player);
  g_test_add_func ("/rtmpplayer/E-163-slow-player-sound",
      test_slow_player_sound);
  g_test_add_func ("/rtmpplayer/E-163-slow-player-of-nothing",
      test_slow_player_of_nothing);
  g_test_add_func ("/rtmpplayer/E-163-let-go", test_let_go);
  g_test_add_func ("/rtmpplayer/E-155-receive", test_receive);
  g_test_add_func ("/rtmpplayer/E-155-E-156-pause-and-video-again",
      test_pause_and_video_again);
  return g_test_run ();
}

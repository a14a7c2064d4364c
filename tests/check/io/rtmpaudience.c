/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every player gets every frame once, in order, up to the end. */
#include "rtmpmountfixture.h"

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

/* Who waits is told when it begins, and who stays when another one does; nobody
 * else, nor of anything else. */
static void
test_begin (void)
{
  const RtmpMountConfig config = {.cache_bytes = 10000 };
  Raw waits, late;
  Fixture f;

  fixture_init (&f, &config);
  raw_call (&waits, rtmp_server_port (f.server), 1);
  raw_ask (&waits, 1, "play", "cam");
  raw_wait (&waits, "1 onStatus NetStream.Play.Start", 1);
  diary_wait (&f.host.diary, "added", 1);
  diary_forget (&waits.diary);
  host_send (&f.host, 'D', 0, "onMetaData", 0, HEADER);
  host_send (&f.host, 'V', 0, "key", 0, KEY);
  raw_wait (&waits, "1 V 0 key", 1);
  diary_assert (&waits.diary, "1 onStatus NetStream.Play.PublishNotify\n"
      "1 D 0 onMetaData\n1 V 0 key\n");
  raw_call (&late, rtmp_server_port (f.server), 1);
  raw_ask (&late, 1, "play", "cam");
  raw_wait (&late, "1 V 0 key", 1);
  diary_forget (&waits.diary);
  rtmp_mount_forget (f.host.mount);
  host_send (&f.host, 'V', 5, "other key", 0, KEY);
  raw_wait (&waits, "1 V 5 other key", 1);
  raw_wait (&late, "1 V 5 other key", 1);
  diary_assert (&waits.diary, "1 onStatus NetStream.Play.PublishNotify\n"
      "1 V 5 other key\n");
  g_assert_cmpuint (diary_count (&late.diary,
          "1 onStatus NetStream.Play.PublishNotify"), ==, 1);
  raw_close (&waits);
  raw_close (&late);
  /* Of what was before a new one gets nothing; nor of a beginning. */
  raw_call (&late, rtmp_server_port (f.server), 1);
  raw_ask (&late, 1, "play", "cam");
  raw_wait (&late, "1 V 0 other key", 1);
  g_assert_cmpuint (diary_count (&late.diary, "1 D"), ==, 0);
  g_assert_cmpuint (diary_count (&late.diary,
          "1 onStatus NetStream.Play.PublishNotify"), ==, 0);
  /* The end is none. */
  diary_forget (&late.diary);
  rtmp_mount_forget (f.host.mount);
  rtmp_mount_end (f.host.mount);
  raw_wait (&late, "1 onStatus NetStream.Play.Stop", 1);
  g_assert_cmpuint (diary_count (&late.diary,
          "1 onStatus NetStream.Play.PublishNotify"), ==, 0);
  raw_close (&late);
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

/* So dear that everything waits for ever. */
static gint64
dear_time (void)
{
  static gint64 now;            /* one loop asks */

  return now += G_MAXINT64 / 1024;
}

/* Where sending is dear frames wait; not those of a player who has no picture
 * yet, nor the end. */
static void
test_gather_auto (void)
{
  const RtmpMountConfig config = {.gather_auto = TRUE,.gather_time =
        G_MAXINT64 / 2,.thread_time = dear_time
  };
  Fixture f;
  Raw raw;

  fixture_init (&f, &config);
  raw_call (&raw, rtmp_server_port (f.server), 1);
  raw_ask (&raw, 1, "play", "cam");
  raw_wait (&raw, "1 onStatus NetStream.Play.Start", 1);
  diary_wait (&f.host.diary, "added", 1);
  /* Twice, until it is known to be dear. */
  host_send (&f.host, 'A', 0, "sound", 0, 0);
  raw_wait (&raw, "1 A 0 sound", 1);
  host_send (&f.host, 'A', 1, "sound", 0, 0);
  raw_wait (&raw, "1 A 1 sound", 1);
  host_send (&f.host, 'A', 2, "sound", 0, 0);
  /* The answer would come behind it. */
  ask_if (&raw, "pause", FALSE);
  raw_wait (&raw, "1 onStatus NetStream.Unpause.Notify", 1);
  g_assert_cmpuint (diary_count (&raw.diary, "1 A"), ==, 2);
  host_send (&f.host, 'V', 3, "key", 0, KEY);
  raw_wait (&raw, "1 V 3 key", 1);
  g_assert_cmpuint (diary_count (&raw.diary, "1 A"), ==, 3);
  /* Behind that round. */
  ask_if (&raw, "pause", FALSE);
  raw_wait (&raw, "1 onStatus NetStream.Unpause.Notify", 2);
  host_send (&f.host, 'V', 4, "key", 0, KEY);
  ask_if (&raw, "pause", FALSE);
  raw_wait (&raw, "1 onStatus NetStream.Unpause.Notify", 3);
  g_assert_cmpuint (diary_count (&raw.diary, "1 V"), ==, 1);
  rtmp_mount_end (f.host.mount);
  raw_wait (&raw, "1 V 4 key", 1);
  raw_wait (&raw, "1 onStatus NetStream.Play.UnpublishNotify", 1);
  raw_close (&raw);
  fixture_clear (&f);
}

static gint64
cheap_time (void)
{
  return 0;
}

/* Else they do not. */
static void
check_none_waits (const RtmpMountConfig * config)
{
  Fixture f;
  Far far;
  guint i;

  fixture_init (&f, config);
  play (&f, &far);
  diary_wait (&f.host.diary, "added", 1);
  for (i = 0; i < 10; i++) {
    host_send (&f.host, 'V', i, "key", 0, KEY);
    diary_wait (&far.media, "V", i + 1);
  }
  far_clear (&far);
  fixture_clear (&f);
}

static void
test_gather_auto_cheap (void)
{
  const RtmpMountConfig config = {.gather_auto = TRUE,.gather_time =
        G_MAXINT64 / 2,.thread_time = cheap_time
  };

  check_none_waits (&config);
}

static void
test_gather_auto_few (void)
{
  const RtmpMountConfig config = {.gather_auto = TRUE,.gather_time =
        G_MAXINT64 / 2,.thread_time = dear_time,.gather_players = 2
  };

  check_none_waits (&config);
}

int
main (int argc, char **argv)
{
  server_tests_init (&argc, &argv);
  g_test_add_func ("/rtmpaudience/begins-between-frames",
      test_begins_between_frames);
  g_test_add_func ("/rtmpaudience/E-160-end", test_end);
  g_test_add_func ("/rtmpaudience/E-160-begin", test_begin);
  g_test_add_func ("/rtmpaudience/gather", test_gather);
  g_test_add_func ("/rtmpaudience/gather-time", test_gather_time);
  g_test_add_func ("/rtmpaudience/gather-auto", test_gather_auto);
  g_test_add_func ("/rtmpaudience/gather-auto-cheap", test_gather_auto_cheap);
  g_test_add_func ("/rtmpaudience/gather-auto-few", test_gather_auto_few);
  return g_test_run ();
}

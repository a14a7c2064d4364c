/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What new players get first. */
#include "rtmpmountfixture.h"

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

int
main (int argc, char **argv)
{
  server_tests_init (&argc, &argv);
  g_test_add_func ("/rtmpframe/E-154-cache", test_cache);
  g_test_add_func ("/rtmpframe/E-154-no-cache", test_no_cache);
  g_test_add_func ("/rtmpframe/cache-full", test_cache_full);
  g_test_add_func ("/rtmpframe/other-data", test_other_data);
  g_test_add_func ("/rtmpframe/no-key", test_no_key);
  g_test_add_func ("/rtmpframe/many-headers", test_many_headers);
  return g_test_run ();
}

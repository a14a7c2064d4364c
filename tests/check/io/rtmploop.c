/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmploop.h"

#define THREADS 8
#define ROUNDS 200

static guint
max_loops (void)
{
  return MIN (RTMP_LOOP_MAX, g_get_num_processors ());
}

static void
test_first_and_last (void)
{
  RtmpLoop *loop;

  g_assert_cmpuint (rtmp_loop_count (), ==, 0);
  loop = rtmp_loop_acquire ();
  g_assert_cmpuint (rtmp_loop_count (), ==, 1);
  g_assert_nonnull (rtmp_loop_context (loop));
  rtmp_loop_release (loop);
  g_assert_cmpuint (rtmp_loop_count (), ==, 0);
}

/* Users are spread over the loops, and there are never more loops than the
 * bound. */
static void
test_sharing (void)
{
  RtmpLoop *loops[3 * RTMP_LOOP_MAX];
  GHashTable *users = g_hash_table_new (NULL, NULL);
  guint i, n = 3 * max_loops ();

  for (i = 0; i < n; i++) {
    guint count;

    loops[i] = rtmp_loop_acquire ();
    count = GPOINTER_TO_UINT (g_hash_table_lookup (users, loops[i]));
    g_hash_table_insert (users, loops[i], GUINT_TO_POINTER (count + 1));
    g_assert_cmpuint (count, ==, i / max_loops ());
    g_assert_cmpuint (rtmp_loop_count (), ==, MIN (i + 1, max_loops ()));
  }
  for (i = 0; i < n; i++)
    rtmp_loop_release (loops[i]);
  g_assert_cmpuint (rtmp_loop_count (), ==, 0);
  g_hash_table_unref (users);
}

typedef struct
{
  RtmpLoop *loop;
  GThread *thread;
  GMainContext *context;
  gboolean current;
} Seen;

static void
look (gpointer user_data)
{
  Seen *seen = user_data;

  seen->thread = g_thread_self ();
  seen->context = g_main_context_get_thread_default ();
  seen->current = rtmp_loop_is_current (seen->loop);
}

static void
test_call (void)
{
  Seen seen = {.loop = rtmp_loop_acquire () };

  g_assert_false (rtmp_loop_is_current (seen.loop));
  rtmp_loop_call (seen.loop, look, &seen);
  g_assert_true (seen.thread != NULL && seen.thread != g_thread_self ());
  g_assert_true (seen.context == rtmp_loop_context (seen.loop));
  g_assert_true (seen.current);
  rtmp_loop_release (seen.loop);
}

static void
add_one (gpointer user_data)
{
  (*(guint *) user_data)++;
}

static gpointer
come_and_go (gpointer data)
{
  guint i, calls = 0;

  for (i = 0; i < ROUNDS; i++) {
    RtmpLoop *loop = rtmp_loop_acquire ();

    g_assert_cmpuint (rtmp_loop_count (), <=, max_loops ());
    if (i % 2)
      rtmp_loop_call (loop, add_one, &calls);
    rtmp_loop_release (loop);
  }
  g_assert_cmpuint (calls, ==, ROUNDS / 2);
  return NULL;
}

/* Also a release right after the acquire, before the thread has come to run its
 * loop. */
static void
test_many_threads (void)
{
  GThread *threads[THREADS];
  guint i;

  for (i = 0; i < THREADS; i++)
    threads[i] = g_thread_new ("user", come_and_go, NULL);
  for (i = 0; i < THREADS; i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (rtmp_loop_count (), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/loop/first-and-last-user", test_first_and_last);
  g_test_add_func ("/loop/sharing", test_sharing);
  g_test_add_func ("/loop/call", test_call);
  g_test_add_func ("/loop/many-threads", test_many_threads);
  return g_test_run ();
}

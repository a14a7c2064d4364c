/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpwatch.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define MANY 200
#define HOUR (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)

typedef struct
{
  RtmpWatch *watch;
  int fds[2];                   /* it watches the first */
  guint times;                  /* that it was told */
  GIOCondition ready;
  RtmpWatch **frees;            /* what to free when told */
} Socket;

static GMainContext *context;

static void
on_ready (GIOCondition ready, gpointer user_data)
{
  Socket *self = user_data;

  self->times++;
  self->ready |= ready;
  if (self->frees)
    g_clear_pointer (self->frees, rtmp_watch_free);
}

static void
socket_init (Socket * self, GIOCondition condition)
{
  *self = (Socket) {
  NULL};
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, self->fds), ==, 0);
  self->watch = rtmp_watch_new (self->fds[0], on_ready, self);
  rtmp_watch_set_condition (self->watch, condition);
}

static void
socket_clear (Socket * self)
{
  g_clear_pointer (&self->watch, rtmp_watch_free);
  close (self->fds[0]);
  close (self->fds[1]);
}

static void
send_to (Socket * self)
{
  g_assert_cmpint (send (self->fds[1], "x", 1, 0), ==, 1);
}

static void
run (void)
{
  while (g_main_context_iteration (context, FALSE));
}

static void
run_once (void)
{
  g_main_context_iteration (context, FALSE);
}

static void
check_socket (void)
{
  Socket s;

  socket_init (&s, G_IO_IN);
  run ();
  g_assert_cmpuint (s.times, ==, 0);
  send_to (&s);
  run_once ();
  g_assert_cmpuint (s.times, ==, 1);
  g_assert_cmpint (s.ready, ==, G_IO_IN);
  /* Both at once, and nothing when it does not want any. */
  s.ready = 0;
  rtmp_watch_set_condition (s.watch, G_IO_IN | G_IO_OUT);
  run_once ();
  g_assert_cmpuint (s.times, ==, 2);
  g_assert_cmpint (s.ready, ==, G_IO_IN | G_IO_OUT);
  rtmp_watch_set_condition (s.watch, 0);
  run ();
  g_assert_cmpuint (s.times, ==, 2);
  rtmp_watch_set_condition (s.watch, G_IO_OUT);
  s.ready = 0;
  run_once ();
  g_assert_cmpint (s.ready, ==, G_IO_OUT);
  socket_clear (&s);
}

/* The end of the other side is something to be read. */
static void
check_end (void)
{
  Socket s;

  socket_init (&s, G_IO_IN);
  shutdown (s.fds[1], SHUT_RDWR);
  run_once ();
  g_assert_cmpint (s.ready, ==, G_IO_IN);
  socket_clear (&s);
}

/* Where nothing is read, that it has gone is told alone. */
static void
check_hang_up (void)
{
  Socket s;

  socket_init (&s, G_IO_HUP);
  send_to (&s);
  run ();
  g_assert_cmpuint (s.times, ==, 0);
  shutdown (s.fds[1], SHUT_RDWR);
  run_once ();
  g_assert_cmpint (s.ready, ==, G_IO_HUP);
  socket_clear (&s);
}

/* Each of two that are ready frees the other: whoever is first wins. */
static void
check_free_other (void)
{
  Socket a, b;

  socket_init (&a, G_IO_IN);
  socket_init (&b, G_IO_IN);
  a.frees = &b.watch;
  b.frees = &a.watch;
  send_to (&a);
  send_to (&b);
  run_once ();
  g_assert_cmpuint (a.times + b.times, ==, 1);
  socket_clear (&a);
  socket_clear (&b);
}

static void
check_free_itself (void)
{
  Socket s;

  socket_init (&s, G_IO_IN);
  s.frees = &s.watch;
  send_to (&s);
  run ();
  g_assert_cmpuint (s.times, ==, 1);
  g_assert_null (s.watch);
  socket_clear (&s);
}

static void
check_many (void)
{
  Socket *all = g_new (Socket, MANY);
  guint i;

  for (i = 0; i < MANY; i++)
    socket_init (&all[i], G_IO_IN);
  for (i = 0; i < MANY; i += 2) {
    all[i].frees = &all[i].watch;
    send_to (&all[i]);
  }
  run ();
  for (i = 0; i < MANY; i++) {
    g_assert_cmpuint (all[i].times, ==, i % 2 == 0);
    socket_clear (&all[i]);
  }
  g_free (all);
}

static void
test_sockets (gconstpointer check)
{
  ((void (*)(void)) (gsize) check) ();
}

/* No file is left for epoll, and all goes as before. */
static void
test_sockets_without_epoll (gconstpointer check)
{
  RtmpWatch *other = NULL;
  struct rlimit before, none;
  int fd = dup (0);
  Socket s;

  getrlimit (RLIMIT_NOFILE, &before);
  none = before;
  none.rlim_cur = (rlim_t) fd;
  close (fd);
  setrlimit (RLIMIT_NOFILE, &none);
  g_assert_cmpint (dup (0), ==, -1);
  other = rtmp_watch_new (-1, on_ready, &s);
  setrlimit (RLIMIT_NOFILE, &before);
  test_sockets (check);
  rtmp_watch_free (other);
}

/* Time */

static void
test_time (void)
{
  gint64 now = g_get_monotonic_time ();
  Socket s = { NULL, }, later = { NULL, };

  s.watch = rtmp_watch_new (-1, on_ready, &s);
  later.watch = rtmp_watch_new (-1, on_ready, &later);
  rtmp_watch_set_time (later.watch, now + HOUR);
  rtmp_watch_set_time (s.watch, now);
  run ();
  g_assert_cmpuint (s.times, ==, 1);
  /* Put off, taken back, and asked for again. */
  rtmp_watch_set_time (s.watch, now);
  rtmp_watch_set_time (s.watch, now + HOUR);
  run ();
  rtmp_watch_set_time (s.watch, now);
  rtmp_watch_set_time (s.watch, G_MAXINT64);
  run ();
  g_assert_cmpuint (s.times, ==, 1);
  rtmp_watch_set_time (s.watch, 0);
  run ();
  g_assert_cmpuint (s.times, ==, 2);
  g_assert_cmpint (s.ready, ==, 0);
  g_assert_cmpuint (later.times, ==, 0);
  rtmp_watch_free (s.watch);
  rtmp_watch_free (later.watch);
}

/* It comes by itself, and not before. */
static void
test_time_passes (void)
{
  gint64 time = g_get_monotonic_time () + 5000;
  Socket s = { NULL, };

  s.watch = rtmp_watch_new (-1, on_ready, &s);
  rtmp_watch_set_time (s.watch, time);
  while (s.times == 0)
    g_main_context_iteration (context, TRUE);
  g_assert_cmpint (g_get_monotonic_time (), >=, time);
  rtmp_watch_free (s.watch);
}

/* Each frees the one beside it, whatever the order. */
static void
test_time_free (void)
{
  Socket all[6] = { {NULL,}, };
  guint i, told = 0, left = 0;

  for (i = 0; i < G_N_ELEMENTS (all); i++) {
    all[i].watch = rtmp_watch_new (-1, on_ready, &all[i]);
    all[i].frees = &all[(i + 1) % G_N_ELEMENTS (all)].watch;
    rtmp_watch_set_time (all[i].watch, 0);
  }
  run ();
  for (i = 0; i < G_N_ELEMENTS (all); i++) {
    g_assert_cmpuint (all[i].times, <=, 1);
    told += all[i].times;
    left += all[i].watch != NULL;
    g_clear_pointer (&all[i].watch, rtmp_watch_free);
  }
  g_assert_cmpuint (told, >=, 3);
  g_assert_cmpuint (left, ==, G_N_ELEMENTS (all) - told);
}

/* Other threads */

static gpointer
wake_often (gpointer watch)
{
  guint i;

  for (i = 0; i < 1000; i++)
    rtmp_watch_wake (watch);
  return NULL;
}

static void
test_wake (void)
{
  Socket s = { NULL, }, other = { NULL, };
  GThread *thread;

  s.watch = rtmp_watch_new (-1, on_ready, &s);
  other.watch = rtmp_watch_new (-1, on_ready, &other);
  thread = g_thread_new ("waker", wake_often, s.watch);
  while (s.times == 0)
    g_main_context_iteration (context, TRUE);
  g_thread_join (thread);
  run ();
  g_assert_cmpuint (s.times, <=, 1000);
  s.times = 0;
  rtmp_watch_wake (s.watch);
  rtmp_watch_wake (s.watch);
  /* Does not take the waking back. */
  rtmp_watch_set_time (other.watch, g_get_monotonic_time () + HOUR);
  run ();
  g_assert_cmpuint (s.times, ==, 1);
  g_assert_cmpuint (other.times, ==, 0);
  rtmp_watch_wake (s.watch);
  rtmp_watch_free (s.watch);
  run ();
  g_assert_cmpuint (s.times, ==, 1);
  rtmp_watch_free (other.watch);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const gchar *name;
    void (*check) (void);
  } checks[] = {
    {"ready", check_socket},
    {"end", check_end},
    {"hang-up", check_hang_up},
    {"free-other", check_free_other},
    {"free-itself", check_free_itself},
    {"many", check_many},
  };
  guint i;
  int result;

  g_test_init (&argc, &argv, NULL);
  context = g_main_context_new ();
  g_main_context_push_thread_default (context);
  for (i = 0; i < G_N_ELEMENTS (checks); i++) {
    g_autofree gchar *path =
        g_strconcat ("/watch/socket/", checks[i].name, NULL);
    g_autofree gchar *without =
        g_strconcat ("/watch/no-epoll/", checks[i].name, NULL);

    g_test_add_data_func (path, (gconstpointer) checks[i].check, test_sockets);
    g_test_add_data_func (without, (gconstpointer) checks[i].check,
        test_sockets_without_epoll);
  }
  g_test_add_func ("/watch/time/set", test_time);
  g_test_add_func ("/watch/time/passes", test_time_passes);
  g_test_add_func ("/watch/time/free", test_time_free);
  g_test_add_func ("/watch/wake", test_wake);
  result = g_test_run ();
  g_main_context_pop_thread_default (context);
  g_main_context_unref (context);
  return result;
}

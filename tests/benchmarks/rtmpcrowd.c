/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many clients of a server, and what they cost the process that serves:
 *
 *   rtmpcrowd [--publishers=N] [--players=N] [--seconds=S] PORT PID
 *   rtmpcrowd --calls --seconds=S PORT PID
 *
 * The players come first and share themselves among the publishers, each of
 * whom has a stream of its own, "0", "1" and so on. Every byte is compared.
 * Without --seconds a short stream is carried from its beginning to its end.
 * With --calls, players come and go as fast as they are served.
 *
 * Prints NAME=VALUE pairs: CPU seconds (and those of this process, far) and
 * bytes (received, or sent if nobody plays) while it counted, kilobytes of
 * memory that a client costs before any media (idle) and behind it, threads of
 * the process, milliseconds from the publisher to the socket of a player for
 * half of the messages (median) and for 99 of a hundred (most). */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "benchcaller.h"

/* How often publishers look what is due, and how often everybody reads: so
 * seldom that reading costs the machine little. Milliseconds. */
#define TICK 1
#define READ_INTERVAL 20
#define WARM_UP (2 * G_USEC_PER_SEC)
/* Of those who come and go. */
#define AT_ONCE 16
#define SHORT_STREAM 200000     /* bytes */
#define TIMEOUT (120 * G_USEC_PER_SEC)

static gint opt_publishers;
static gint opt_players;
static gint opt_seconds;
static gboolean opt_calls;
static const gchar *opt_sizes = "7000,260,260";

static const GOptionEntry entries[] = {
  {"publishers", 0, 0, G_OPTION_ARG_INT, &opt_publishers, NULL, "N"},
  {"players", 0, 0, G_OPTION_ARG_INT, &opt_players, NULL, "N"},
  {"seconds", 0, 0, G_OPTION_ARG_INT, &opt_seconds, NULL, "S"},
  {"calls", 0, 0, G_OPTION_ARG_NONE, &opt_calls, NULL, NULL},
  {"sizes", 0, 0, G_OPTION_ARG_STRING, &opt_sizes,
      "of a picture and two sounds", "BYTES,BYTES,BYTES"},
  {NULL}
};

typedef struct
{
  guint16 port;
  pid_t pid;
  BenchStream stream;
  GPtrArray *publishers;        /* of BenchCaller */
  GPtrArray *players;
  BenchCaller *probe;           /* the player with a thread of its own */
  gint probing;                 /* atomic */
  BenchDelays delays;
  gint64 began;                 /* publishing; 0: not yet */
  gint64 next_read;
} Crowd;

/* The process */

/* User and system time, in seconds. */
static gdouble
cpu_of (pid_t pid)
{
  struct timespec time;
  clockid_t clock;

  if (clock_getcpuclockid (pid, &clock) != 0
      || clock_gettime (clock, &time) != 0)
    g_error ("no process %d", pid);
  return (gdouble) time.tv_sec + (gdouble) time.tv_nsec / 1e9;
}

static gulong
status_of (pid_t pid, const gchar * name)
{
  g_autofree gchar *path = g_strdup_printf ("/proc/%d/status", pid);
  g_autofree gchar *text = NULL;
  const gchar *line;

  if (!g_file_get_contents (path, &text, NULL, NULL)
      || (line = strstr (text, name)) == NULL)
    g_error ("no process %d", pid);
  return strtoul (line + strlen (name), NULL, 10);
}

/* Turns */

static gint64
check_time (gint64 end)
{
  gint64 now = g_get_monotonic_time ();

  if (now > end)
    g_error ("this takes too long");
  return now;
}

static void
turn_all (const Crowd * self, GPtrArray * callers)
{
  guint i;

  for (i = 0; i < callers->len; i++)
    if (g_ptr_array_index (callers, i) != self->probe)
      bench_caller_turn (g_ptr_array_index (callers, i));
}

/* They begin one after the other, so that their pictures come at all times. */
static void
publish_all (Crowd * self, gint64 now)
{
  guint i, n = self->publishers->len;

  for (i = 0; i < n; i++) {
    gint64 elapsed = now - self->began - G_USEC_PER_SEC * i / n;

    if (elapsed >= 0)
      bench_caller_publish (g_ptr_array_index (self->publishers, i), elapsed);
  }
}

static void
turn (Crowd * self)
{
  gint64 now = g_get_monotonic_time ();

  if (self->began)
    publish_all (self, now);
  if (now >= self->next_read) {
    self->next_read = now + READ_INTERVAL * 1000;
    turn_all (self, self->players);
    turn_all (self, self->publishers);
  }
  poll (NULL, 0, TICK);
}

static gboolean
all (GPtrArray * callers, gboolean (*is) (const BenchCaller * caller))
{
  guint i;

  for (i = 0; i < callers->len; i++)
    if (!is (g_ptr_array_index (callers, i)))
      return FALSE;
  return TRUE;
}

static gboolean
has_begun (const BenchCaller * caller)
{
  return bench_caller_bytes (caller) > 0;
}

static void
turn_until_all (Crowd * self, gboolean (*is) (const BenchCaller * caller))
{
  gint64 end = g_get_monotonic_time () + TIMEOUT;

  while (!all (self->publishers, is) || !all (self->players, is)) {
    check_time (end);
    turn (self);
  }
}

static void
turn_for (Crowd * self, gint64 time)
{
  gint64 end = g_get_monotonic_time () + time;

  while (g_get_monotonic_time () < end)
    turn (self);
}

/* The delay of one player, from the middle: a server has an order in which it
 * sends. It reads when the others do, and sees at once what comes. */

static gpointer
probe_thread (gpointer data)
{
  Crowd *self = data;
  struct epoll_event event = {.events = EPOLLIN | EPOLLET };
  gint64 now, next_read = 0;
  int fd = epoll_create1 (EPOLL_CLOEXEC);

  epoll_ctl (fd, EPOLL_CTL_ADD, bench_caller_fd (self->probe), &event);
  while (g_atomic_int_get (&self->probing)) {
    if (epoll_wait (fd, &event, 1, TICK) > 0)
      bench_caller_note_arrival (self->probe);
    now = g_get_monotonic_time ();
    if (now < next_read)
      continue;
    next_read = now + READ_INTERVAL * 1000;
    bench_caller_turn (self->probe);
  }
  close (fd);
  return NULL;
}

static gint
compare_delays (gconstpointer a, gconstpointer b)
{
  guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;

  return (x > y) - (x < y);
}

static void
turn_with_probe (Crowd * self, gint64 time)
{
  GThread *thread;

  self->probe = g_ptr_array_index (self->players, self->players->len / 2);
  bench_caller_note_delays (self->probe, &self->delays);
  g_atomic_int_set (&self->probing, TRUE);
  thread = g_thread_new ("probe", probe_thread, self);
  turn_for (self, time);
  g_atomic_int_set (&self->probing, FALSE);
  g_thread_join (thread);
  bench_caller_note_delays (self->probe, NULL);
  self->probe = NULL;
  g_array_sort (self->delays.delays, compare_delays);
}

/* In milliseconds; @part of all are below: less than 1. */
static gdouble
delay_at (const Crowd * self, gdouble part)
{
  const GArray *delays = self->delays.delays;

  return delays->len == 0 ? 0 : (gdouble) g_array_index (delays, guint32,
      (guint) (part * delays->len)) / 1e3;
}

/* What they do */

static void
add_callers (Crowd * self, GPtrArray * callers, gint n, gboolean publish)
{
  gint i;

  for (i = 0; i < n; i++) {
    g_autofree gchar *name = g_strdup_printf ("%d", i % opt_publishers);

    g_ptr_array_add (callers, bench_caller_new (self->port, publish, name,
            &self->stream));
    if (i % 16 == 0)
      turn (self);
  }
  turn_until_all (self, bench_caller_is_running);
}

static guint64
count_bytes (const Crowd * self)
{
  const GPtrArray *callers =
      self->players->len > 0 ? self->players : self->publishers;
  guint64 sum = 0;
  guint i;

  for (i = 0; i < callers->len; i++)
    sum += bench_caller_bytes (g_ptr_array_index (callers, i));
  return sum;
}

static void
stream (Crowd * self)
{
  gdouble n = opt_publishers + opt_players, cpu, far;
  gulong memory = status_of (self->pid, "VmRSS:"), idle;
  guint64 bytes;

  add_callers (self, self->players, opt_players, FALSE);
  add_callers (self, self->publishers, opt_publishers, TRUE);
  idle = status_of (self->pid, "VmRSS:") - memory;
  self->began = g_get_monotonic_time ();
  if (opt_seconds == 0) {
    turn_until_all (self, bench_caller_is_complete);
    return;
  }
  bench_caller_note_delays (g_ptr_array_index (self->publishers, 0),
      &self->delays);
  turn_until_all (self, has_begun);
  turn_for (self, WARM_UP);
  cpu = cpu_of (self->pid);
  far = cpu_of (getpid ());
  bytes = count_bytes (self);
  if (opt_players > 0)
    turn_with_probe (self, opt_seconds * G_USEC_PER_SEC);
  else
    turn_for (self, opt_seconds * G_USEC_PER_SEC);
  cpu = cpu_of (self->pid) - cpu;
  far = cpu_of (getpid ()) - far;
  bytes = count_bytes (self) - bytes;
  printf ("cpu=%.4f far=%.4f bytes=%" G_GUINT64_FORMAT " idle=%.1f memory=%.1f "
      "threads=%lu median=%.2f most=%.2f\n", cpu, far, bytes,
      (gdouble) idle / n, (gdouble) (status_of (self->pid,
              "VmRSS:") - memory) / n, status_of (self->pid, "Threads:"),
      delay_at (self, 0.5), delay_at (self, 0.99));
}

static void
come_and_go (Crowd * self)
{
  gint64 begin = g_get_monotonic_time ();
  gint64 end = begin + MAX (opt_seconds, 1) * G_USEC_PER_SEC;
  gdouble cpu = cpu_of (self->pid);
  BenchCaller *callers[AT_ONCE] = { NULL, };
  struct pollfd fds[AT_ONCE];
  guint served = 0, i;

  while (g_get_monotonic_time () < end) {
    for (i = 0; i < AT_ONCE; i++) {
      if (callers[i] == NULL)
        callers[i] = bench_caller_new (self->port, FALSE, "0", &self->stream);
      fds[i] = (struct pollfd) {
        .fd = bench_caller_fd (callers[i]),.events = POLLIN
      };
    }
    poll (fds, AT_ONCE, 1000);
    for (i = 0; i < AT_ONCE; i++) {
      if (fds[i].revents)
        bench_caller_turn (callers[i]);
      if (!bench_caller_is_running (callers[i]))
        continue;
      g_clear_pointer (&callers[i], bench_caller_free);
      served++;
    }
  }
  cpu = cpu_of (self->pid) - cpu;
  if (served == 0)
    g_error ("nobody was served");
  if (opt_seconds > 0)
    printf ("calls=%.0f cpu=%.1f\n",
        served * 1e6 / (gdouble) (g_get_monotonic_time () - begin),
        cpu * 1e6 / served);
  for (i = 0; i < AT_ONCE; i++)
    g_clear_pointer (&callers[i], bench_caller_free);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("PORT PID");
  g_autoptr (GError) error = NULL;
  Crowd self = { 0, };

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);
  if (argc != 3)
    g_error ("usage: rtmpcrowd [OPTION...] PORT PID");
  self.port = (guint16) strtoul (argv[1], NULL, 10);
  self.pid = (pid_t) strtoul (argv[2], NULL, 10);
  if (!bench_stream_init (&self.stream, opt_sizes,
          opt_seconds > 0 ? 1 << 30 : SHORT_STREAM) || self.stream.slots != 3)
    g_error ("not a stream: %s", opt_sizes);
  self.publishers =
      g_ptr_array_new_with_free_func ((GDestroyNotify) bench_caller_free);
  self.players =
      g_ptr_array_new_with_free_func ((GDestroyNotify) bench_caller_free);
  self.delays.delays = g_array_new (FALSE, FALSE, sizeof (guint32));
  if (opt_calls)
    come_and_go (&self);
  else
    stream (&self);
  g_ptr_array_unref (self.players);
  g_ptr_array_unref (self.publishers);
  g_array_unref (self.delays.delays);
  return 0;
}

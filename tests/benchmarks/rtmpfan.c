/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many players of one stream, and what they cost the process that serves them:
 *
 *   rtmpfan HOST PORT APP STREAM PLAYERS SECONDS PID
 *
 * Waits until every player has got something, counts for SECONDS, and prints:
 * players, megabytes delivered, CPU seconds of PID per gigabyte, kilobytes of
 * memory per player (against none). Without SECONDS (0) it only counts that
 * every player is served. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "rtmpclient.h"

typedef struct
{
  RtmpClient *client;
  gboolean served;              /* its loop's thread only */
} Player;

static gint64 bytes;            /* atomic by the builtins: 64 bits */
static GMutex lock;
static GCond cond;
static guint n_served;          /* under lock */

static void
on_step (RtmpClientStep step, gpointer user_data)
{
}

static void
on_status (const RtmpStatus * status, gpointer user_data)
{
}

static void
on_media (RtmpMessage * message, gpointer user_data)
{
  Player *player = user_data;

  if (!player->served) {
    g_mutex_lock (&lock);
    n_served++;
    g_cond_signal (&cond);
    g_mutex_unlock (&lock);
    player->served = TRUE;
  }
  __atomic_add_fetch (&bytes, (gint64) rtmp_message_size (message),
      __ATOMIC_RELAXED);
}

static void
on_nothing (gpointer user_data)
{
}

static void
on_sought (guint serial, gpointer user_data)
{
}

static void
on_length (gdouble seconds, gpointer user_data)
{
}

static void
on_closed (const GError * error, gpointer user_data)
{
  if (error)
    g_error ("a player was closed: %s", error->message);
}

static const RtmpClientEvents events = {
  .step = on_step,
  .status = on_status,
  .media = on_media,
  .sent = on_nothing,
  .recorded = on_nothing,
  .sought = on_sought,
  .length = on_length,
  .closed = on_closed,
};

/* User and system time, in seconds. */
static gdouble
cpu_of (const gchar * pid)
{
  g_autofree gchar *path = g_strdup_printf ("/proc/%s/stat", pid);
  g_autofree gchar *text = NULL;
  gulong user = 0, system = 0;

  if (!g_file_get_contents (path, &text, NULL, NULL)
      || sscanf (strrchr (text, ')') + 1,
          " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
          &system) != 2)
    g_error ("no process %s", pid);
  return (gdouble) (user + system) / (gdouble) sysconf (_SC_CLK_TCK);
}

/* In kilobytes. */
static gulong
memory_of (const gchar * pid)
{
  g_autofree gchar *path = g_strdup_printf ("/proc/%s/status", pid);
  g_autofree gchar *text = NULL;
  const gchar *line;

  if (!g_file_get_contents (path, &text, NULL, NULL)
      || (line = strstr (text, "VmRSS:")) == NULL)
    g_error ("no process %s", pid);
  return strtoul (line + 6, NULL, 10);
}

static void
start_player (Player * player, gchar ** argv)
{
  const RtmpClientTarget target = {
    .host = argv[1],
    .port = (guint16) strtoul (argv[2], NULL, 10),
  };
  RtmpClientConfig config;

  rtmp_client_config_init (&config);
  config.app = g_strdup (argv[3]);
  config.tc_url = g_strdup_printf ("rtmp://%s:%s/%s", argv[1], argv[2],
      argv[3]);
  config.stream = g_strdup (argv[4]);
  config.timeout = 30 * G_USEC_PER_SEC;
  player->client = rtmp_client_new (&target, &config, NULL, &events, player);
  rtmp_client_config_clear (&config);
  rtmp_client_start (player->client);
}

/* Until @n players have got something, or for @seconds. */
static gboolean
wait_served (guint n, guint seconds)
{
  gint64 end = g_get_monotonic_time () + seconds * G_USEC_PER_SEC;
  gboolean ok;

  g_mutex_lock (&lock);
  while (n_served < n && g_cond_wait_until (&cond, &lock, end));
  ok = n_served >= n;
  g_mutex_unlock (&lock);
  return ok;
}

int
main (int argc, char **argv)
{
  guint n, seconds, i;
  Player *players;
  gulong memory;
  gdouble cpu;
  gint64 got;

  if (argc != 8)
    g_error ("usage: rtmpfan HOST PORT APP STREAM PLAYERS SECONDS PID");
  n = (guint) strtoul (argv[5], NULL, 10);
  seconds = (guint) strtoul (argv[6], NULL, 10);
  players = g_new0 (Player, n);
  memory = memory_of (argv[7]);
  for (i = 0; i < n; i++)
    start_player (&players[i], argv);
  if (!wait_served (n, 60))
    g_error ("not all of %u players got something", n);
  cpu = cpu_of (argv[7]);
  got = __atomic_load_n (&bytes, __ATOMIC_RELAXED);
  wait_served (G_MAXUINT, seconds);
  got = __atomic_load_n (&bytes, __ATOMIC_RELAXED) - got;
  cpu = cpu_of (argv[7]) - cpu;
  if (seconds == 0)
    printf ("%u served\n", n);
  else
    printf ("%u players  %.0f MB  %.3f s/GB  %.0f kB/player\n", n,
        (gdouble) got / 1e6, cpu / ((gdouble) got / 1e9),
        (gdouble) (memory_of (argv[7]) - memory) / n);
  for (i = 0; i < n; i++)
    rtmp_client_free (players[i].client);
  g_free (players);
  return 0;
}

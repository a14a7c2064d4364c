/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Measures one row: how many round trips after its TCP connection a client
 * needs until the first media has arrived, at the server when it publishes or
 * at itself when it plays. The line between is a proxy that delays, and reads
 * along. */
#include "benchpeer.h"
#include "delayproxy.h"

#include "rtmpchunkreader.h"
#include "rtmphandshake.h"

#include <stdlib.h>
#include <string.h>

#define TIMEOUT_S 30

static gint opt_delay = 100;
static gboolean opt_trace = FALSE;
static gchar **opt_rest = NULL;

static const GOptionEntry entries[] = {
  {"delay", 0, 0, G_OPTION_ARG_INT, &opt_delay,
      "Milliseconds in each direction: half a round trip", "N"},
  {"trace", 0, 0, G_OPTION_ARG_NONE, &opt_trace,
      "Print when each message arrives", NULL},
  {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &opt_rest, NULL,
      "publish|play -- COMMAND with @PORT@"},
  {NULL}
};

/* One direction, read along. */
typedef struct
{
  RtmpChunkReader *reader;
  gsize handshake_left;
  const gchar *name;
  gboolean awaited;             /* the media goes this way */
} Way;

typedef struct
{
  GMainLoop *loop;
  gint64 accepted;
  gdouble trips;                /* the answer; 0 as long as there is none */
  Way up;
  Way down;
} Trips;

static Trips trips;

static void
die (const gchar * what, const gchar * why)
{
  g_printerr ("rtmptrips: %s: %s\n", what, why);
  exit (1);
}

static gdouble
trips_so_far (void)
{
  return (gdouble) (g_get_monotonic_time () - trips.accepted)
      / (2 * opt_delay * G_TIME_SPAN_MILLISECOND);
}

static gboolean
on_message (RtmpMessage * message, gpointer user_data, GError ** error)
{
  const Way *way = user_data;

  if (trips.trips > 0)
    return TRUE;
  if (opt_trace)
    g_printerr ("%5.2f %s %s, %" G_GSIZE_FORMAT " bytes\n", trips_so_far (),
        way->name, rtmp_message_type_to_string (message->type),
        rtmp_message_size (message));
  if (way->awaited && (message->type == RTMP_MESSAGE_AUDIO
          || message->type == RTMP_MESSAGE_VIDEO)) {
    trips.trips = trips_so_far ();
    g_main_loop_quit (trips.loop);
  }
  return TRUE;
}

static void
on_accepted (gpointer user_data)
{
  trips.accepted = g_get_monotonic_time ();
}

/* Both directions begin with 0, 1 and 2 of the handshake (RTMP 1.0, 5.2). */
static void
on_arrived (gboolean up, const guint8 * data, gsize size, gpointer user_data)
{
  Way *way = up ? &trips.up : &trips.down;
  gsize handshake = MIN (size, way->handshake_left);
  g_autoptr (GBytes) block = g_bytes_new (data + handshake, size - handshake);
  g_autoptr (GError) error = NULL;

  way->handshake_left -= handshake;
  if (opt_trace && handshake > 0)
    g_printerr ("%5.2f %s handshake, %" G_GSIZE_FORMAT " bytes\n",
        trips_so_far (), way->name, handshake);
  if (!rtmp_chunk_reader_feed (way->reader, block, on_message, way, &error))
    die (way->name, error->message);
}

static void
way_init (Way * self, const gchar * name, gboolean awaited)
{
  self->reader = rtmp_chunk_reader_new (NULL);
  self->handshake_left = 1 + 2 * RTMP_HANDSHAKE_SIZE;
  self->name = name;
  self->awaited = awaited;
}

static GSubprocess *
start_client (guint16 port)
{
  g_autoptr (GPtrArray) command = g_ptr_array_new_with_free_func (g_free);
  g_autofree gchar *number = g_strdup_printf ("%u", port);
  GSubprocess *client;
  GError *error = NULL;
  gchar **word;

  for (word = opt_rest + 1; *word; word++) {
    g_auto (GStrv) parts = g_strsplit (*word, "@PORT@", -1);

    g_ptr_array_add (command, g_strjoinv (number, parts));
  }
  g_ptr_array_add (command, NULL);
  client = g_subprocess_newv ((const gchar * const *) command->pdata,
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE
      | (opt_trace ? 0 : G_SUBPROCESS_FLAGS_STDERR_SILENCE), &error);
  if (client == NULL)
    die (opt_rest[1], error->message);
  return client;
}

static gboolean
on_timeout (gpointer user_data)
{
  g_main_loop_quit (trips.loop);
  return G_SOURCE_REMOVE;
}

static void
parse_options (int *argc, char ***argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  GError *error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, &error))
    die ("options", error->message);
  if (opt_rest == NULL || g_strv_length (opt_rest) < 2 || opt_delay <= 0)
    die ("usage", "rtmptrips [OPTION...] publish|play -- COMMAND");
}

int
main (int argc, char **argv)
{
  static const DelayProxyEvents events = { on_accepted, on_arrived };
  BenchStream stream;
  BenchPeer peer = {.kind = BENCH_PEER_RTMP,.stream = &stream,
    .chunk_size = 4096
  };
  DelayProxyLink link = { 0, };
  DelayProxy *proxy;
  GSubprocess *client;
  GError *error = NULL;

  parse_options (&argc, &argv);
  peer.play = g_str_equal (opt_rest[0], "play");
  bench_stream_init (&stream, "1000,400", 100000);
  bench_peer_fork (&peer, &link.target);
  link.delay = opt_delay * G_TIME_SPAN_MILLISECOND;
  trips.loop = g_main_loop_new (NULL, FALSE);
  way_init (&trips.up, "to the server:", !peer.play);
  way_init (&trips.down, "to the client:", peer.play);
  proxy = delay_proxy_new (&link, &events, NULL, &error);
  if (proxy == NULL)
    die ("proxy", error->message);
  client = start_client (delay_proxy_port (proxy));
  g_timeout_add_seconds (TIMEOUT_S, on_timeout, NULL);
  g_main_loop_run (trips.loop);
  g_subprocess_force_exit (client);
  g_subprocess_wait (client, NULL, NULL);
  g_object_unref (client);
  delay_proxy_free (proxy);
  rtmp_chunk_reader_free (trips.up.reader);
  rtmp_chunk_reader_free (trips.down.reader);
  g_main_loop_unref (trips.loop);
  if (trips.trips == 0)
    die (opt_rest[0], "no media came through");
  g_print ("trips=%.2f\n", trips.trips);
  return 0;
}

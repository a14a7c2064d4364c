/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Measures one row: plays the benchmark's stream through one sink, or takes it
 * from one source, and prints what this process used, as one line of key=value.
 * The far end is a child, forked before anything else happens, or with --port
 * somebody else's; with --listen the measured process is the server. */
#include "benchcopies.h"
#include "benchelements.h"
#include "benchpeer.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

/* How long the far end may need for what is left on the way after EOS. */
#define REPORT_TIMEOUT_MS 10000

static gchar *opt_kind = NULL;
static gchar *opt_sizes = NULL;
static gchar **opt_plugins = NULL;
static gchar **opt_rest = NULL;
static gint64 opt_bytes = 500000000;
static gint opt_chunk_size = 65536;
static gint opt_port = 0;
static gboolean opt_listen = FALSE;
static gint opt_paced = 0;
static gboolean opt_verify = FALSE;
static gboolean opt_but_last = FALSE;

static const GOptionEntry entries[] = {
  {"far", 0, 0, G_OPTION_ARG_STRING, &opt_kind,
      "What the far end speaks: none, rtmp (default) or tcp", "KIND"},
  {"sizes", 0, 0, G_OPTION_ARG_STRING, &opt_sizes,
        "Bodies of one group of messages (default 40000,400,400)",
      "VIDEO[,AUDIO...]"},
  {"bytes", 0, 0, G_OPTION_ARG_INT64, &opt_bytes,
      "Bodies of the whole stream", "N"},
  {"chunk-size", 0, 0, G_OPTION_ARG_INT, &opt_chunk_size,
      "Chunk size at which the far end sends", "N"},
  {"port", 0, 0, G_OPTION_ARG_INT, &opt_port,
      "Use the far end that listens there", "PORT"},
  {"listen", 0, 0, G_OPTION_ARG_NONE, &opt_listen,
        "Print the port of the element named listener; stay until input ends",
      NULL},
  {"paced", 0, 0, G_OPTION_ARG_INT, &opt_paced,
      "By a clock, at both ends: pictures a second; how long they took", "N"},
  {"plugin", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &opt_plugins,
      "Plugin to load; the last one must hold ELEMENT", "FILE"},
  {"verify", 0, 0, G_OPTION_ARG_NONE, &opt_verify,
      "Compare what a source gives with the stream (costs CPU)", NULL},
  {"but-last", 0, 0, G_OPTION_ARG_NONE, &opt_but_last,
      "The last message may be missing", NULL},
  {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &opt_rest, NULL,
      "publish|play 'ELEMENT with @PORT@'"},
  {NULL}
};

typedef struct
{
  gint64 wall;
  guint64 copied;
  struct rusage usage;
} Sample;

static void
sample_take (Sample * self)
{
  self->wall = g_get_monotonic_time ();
  self->copied = bench_copied_bytes ();
  getrusage (RUSAGE_SELF, &self->usage);
}

static gdouble
seconds (const struct timeval *before, const struct timeval *after)
{
  return (gdouble) (after->tv_sec - before->tv_sec)
      + (gdouble) (after->tv_usec - before->tv_usec) / G_USEC_PER_SEC;
}

static void
sample_print (const Sample * before, const Sample * after, gint64 wall_end)
{
  const struct rusage *a = &before->usage, *b = &after->usage;

  g_print ("user=%.4f sys=%.4f wall=%.4f voluntary=%ld involuntary=%ld "
      "faults=%ld copied=%" G_GUINT64_FORMAT, seconds (&a->ru_utime,
          &b->ru_utime), seconds (&a->ru_stime, &b->ru_stime),
      (gdouble) (wall_end - before->wall) / G_USEC_PER_SEC,
      b->ru_nvcsw - a->ru_nvcsw, b->ru_nivcsw - a->ru_nivcsw,
      b->ru_minflt - a->ru_minflt, after->copied - before->copied);
}

static void
die (const gchar * what, const gchar * why)
{
  g_printerr ("rtmpbench: %s: %s\n", what, why);
  exit (1);
}

/* Dies unless the far end says that the whole stream went over. */
static void
await_report (int report)
{
  struct pollfd ready = {.fd = report,.events = POLLIN };
  guint8 done;

  if (poll (&ready, 1, REPORT_TIMEOUT_MS) != 1 || read (report, &done, 1) != 1)
    die ("far end", "has not got the whole stream");
}

/* @element as the plugins that were loaded have it, at the given end of a
 * pipeline. */
static GstElement *
make_pipeline (gboolean play, const gchar * element, guint16 port)
{
  gchar *number = g_strdup_printf ("%u", port);
  gchar **parts = g_strsplit (element, "@PORT@", -1);
  gchar *description = g_strjoinv (number, parts);
  gchar *launch = g_strdup_printf (play ? "%s ! benchsink" : "benchsrc ! %s",
      description);
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch (launch, &error);

  if (error)
    die (launch, error->message);
  g_free (launch);
  g_free (description);
  g_strfreev (parts);
  g_free (number);
  return pipeline;
}

/* A plugin of the same name elsewhere must not be measured by mistake. */
static void
load_plugins (const gchar * element)
{
  gchar **words = g_strsplit (element, " ", 2);
  gchar **file;
  GstElementFactory *factory;
  GstPlugin *plugin = NULL, *owner;
  GError *error = NULL;

  for (file = opt_plugins; file && *file; file++) {
    g_clear_pointer (&plugin, gst_object_unref);
    plugin = gst_plugin_load_file (*file, &error);
    if (plugin == NULL)
      die (*file, error->message);
  }
  factory = gst_element_factory_find (words[0]);
  if (factory == NULL)
    die (words[0], "no such element");
  owner = gst_plugin_feature_get_plugin (GST_PLUGIN_FEATURE (factory));
  if (plugin && owner != plugin)
    die (words[0], "comes from another plugin");
  g_clear_pointer (&owner, gst_object_unref);
  gst_object_unref (factory);
  g_clear_pointer (&plugin, gst_object_unref);
  g_strfreev (words);
}

/* The port is the kernel's choice. */
static void
print_listener (GstElement * pipeline)
{
  GstElement *listener = gst_bin_get_by_name (GST_BIN (pipeline), "listener");
  gint port = 0;

  if (listener == NULL)
    die ("usage", "no element is named listener");
  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  g_object_get (listener, "port", &port, NULL);
  gst_object_unref (listener);
  g_print ("port=%d\n", port);
}

/* A server stays until its caller has said goodbye: until input ends. */
static void
await_caller (void)
{
  gchar byte;

  while (read (STDIN_FILENO, &byte, 1) > 0);
}

static gboolean
run_to_eos (GstElement * pipeline, GError ** error)
{
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message;
  gboolean ok;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  ok = GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS;
  if (!ok)
    gst_message_parse_error (message, error, NULL);
  gst_message_unref (message);
  gst_object_unref (bus);
  return ok;
}

static void
print_delays (void)
{
  if (bench_elements_delay (100) == GST_CLOCK_STIME_NONE)
    die ("paced", "no picture came through");
  g_print (" p50=%.3f p99=%.3f",
      (gdouble) bench_elements_delay (50) / GST_MSECOND,
      (gdouble) bench_elements_delay (99) / GST_MSECOND);
}

static void
measure (gboolean play, const gchar * element, guint16 port, int report)
{
  GstElement *pipeline = make_pipeline (play, element, port);
  Sample before, after;
  gint64 wall_end;
  GError *error = NULL;

  if (opt_listen)
    print_listener (pipeline);
  sample_take (&before);
  /* librtmp's source connects anew at the end of a stream, which ends in an
   * error: what counts is what has arrived until then. */
  if (!run_to_eos (pipeline, &error)
      && !(play && bench_elements_check (NULL)))
    die ("pipeline", error->message);
  g_clear_error (&error);
  /* Not every sink drains at EOS: stop only when the far end has it all. */
  if (report >= 0)
    await_report (report);
  if (opt_listen)
    await_caller ();
  wall_end = g_get_monotonic_time ();
  gst_element_set_state (pipeline, GST_STATE_NULL);
  sample_take (&after);
  if (play && !bench_elements_check (&error))
    die ("received", error->message);
  sample_print (&before, &after, wall_end);
  if (play && opt_paced > 0)
    print_delays ();
  gst_object_unref (pipeline);
}

static BenchPeerKind
parse_kind (const gchar * name)
{
  if (name == NULL || g_str_equal (name, "rtmp"))
    return BENCH_PEER_RTMP;
  if (g_str_equal (name, "tcp"))
    return BENCH_PEER_TCP;
  if (!g_str_equal (name, "none"))
    die (name, "not a far end");
  return BENCH_PEER_NONE;
}

static void
parse_options (int *argc, char ***argv)
{
  GOptionContext *context = g_option_context_new (NULL);
  GError *error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, &error))
    die ("options", error->message);
  if (opt_rest == NULL || g_strv_length (opt_rest) != 2)
    die ("usage", "rtmpbench [OPTION...] publish|play ELEMENT");
  g_option_context_free (context);
}

int
main (int argc, char **argv)
{
  BenchStream stream;
  BenchPeer peer = {.stream = &stream };
  guint16 port;
  int report = -1;

  parse_options (&argc, &argv);
  peer.kind = parse_kind (opt_kind);
  peer.play = g_str_equal (opt_rest[0], "play");
  peer.chunk_size = opt_chunk_size;
  if (!bench_stream_init (&stream, opt_sizes ? opt_sizes : "40000,400,400",
          opt_bytes))
    die (opt_sizes, "not a list of sizes");
  port = (guint16) opt_port;
  if (peer.kind != BENCH_PEER_NONE && port == 0)
    report = bench_peer_fork (&peer, &port);

  /* librtmp still says goodbye when the other side has gone. */
  signal (SIGPIPE, SIG_IGN);
  gst_init (NULL, NULL);
  bench_elements_init (&stream, opt_verify);
  if (opt_paced > 0)
    bench_elements_pace ((guint) opt_paced);
  if (opt_but_last)
    bench_elements_but_last ();
  load_plugins (opt_rest[1]);
  measure (peer.play, opt_rest[1], port, report);
  g_print (" bytes=%" G_GUINT64_FORMAT " messages=%" G_GUINT64_FORMAT "\n",
      bench_stream_media_size (&stream), stream.messages);
  bench_elements_clear ();
  return 0;
}

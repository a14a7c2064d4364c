/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Measures a muxer, a demuxer, or both: pictures of one size, 60 a second of
 * stream, and sounds, each track by a thread of its own, from memory into
 * nothing. Prints what this process used, as one line of key=value. With
 * --paced the frames come when a live source would have them, and the line says
 * how long they were within. */
#include "benchcopies.h"

#include <gst/gst.h>
#include <stdlib.h>
#include <sys/resource.h>

#define SOUND_SIZE 200
#define MIN_SIZE 300            /* a picture is told from a sound by its size */

static gint opt_size = 4000;
static gint opt_frames = 20000;
static gchar **opt_plugins = NULL;
static gchar *opt_mux = NULL;
static gchar *opt_demux = NULL;
static gboolean opt_paced = FALSE;

static const GOptionEntry entries[] = {
  {"size", 0, 0, G_OPTION_ARG_INT, &opt_size, "Bytes of a picture", "N"},
  {"frames", 0, 0, G_OPTION_ARG_INT, &opt_frames, "How many", "N"},
  {"plugin", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &opt_plugins, "Loaded first",
      "FILE"},
  {"mux", 0, 0, G_OPTION_ARG_STRING, &opt_mux, "The muxer", "ELEMENT"},
  {"demux", 0, 0, G_OPTION_ARG_STRING, &opt_demux, "And behind it, or alone",
      "ELEMENT"},
  {"paced", 0, 0, G_OPTION_ARG_NONE, &opt_paced, "By a clock", NULL},
  {NULL}
};

/* A track, from the one end to the other. */
typedef struct
{
  const gchar *caps;
  GstClockTime duration;        /* of a frame */
  gint size;
  gint n_frames;
  GstPad *pad;
  GstElement *mux;
  gint n_arrived;
  GstClockTime *pushed;         /* by the clock, of each frame, as arrived */
  GstClockTime *arrived;
} Track;

enum
{
  VIDEO,
  AUDIO,
  N_TRACKS
};

static Track tracks[N_TRACKS] = {
  {"video/x-h264, stream-format=avc, alignment=au, width=160, height=90, "
        "codec_data=(buffer)0142c00bffe10004aabbccdd010002eeff",
      GST_SECOND / 60,},
  {"audio/mpeg, mpegversion=4, stream-format=raw, rate=48000, channels=2, "
        "codec_data=(buffer)1190", 1024 * GST_SECOND / 48000,},
};

static GMutex lock;
static GCond cond;
static gboolean has_ended;
static GPtrArray *kept = NULL;  /* of GstBuffer, where they are for later */
static GstClock *system_clock;

static void
die (const gchar * what, const gchar * why)
{
  g_printerr ("rtmpmuxbench: %s: %s\n", what, why);
  exit (1);
}

/* The far end */

static void
arrive_locked (Track * track, GstClockTime time)
{
  guint64 n = (time + track->duration / 2) / track->duration;

  track->n_arrived++;
  if (n < (guint64) track->n_frames)
    track->arrived[n] = gst_clock_get_time (system_clock);
}

static GstFlowReturn
take (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  gint size = (gint) gst_buffer_get_size (buffer);

  g_mutex_lock (&lock);
  if (!GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_HEADER)
      && size >= SOUND_SIZE)
    arrive_locked (&tracks[size >= opt_size ? VIDEO : AUDIO],
        GST_BUFFER_PTS (buffer));
  if (kept)
    g_ptr_array_add (kept, gst_buffer_ref (buffer));
  g_cond_signal (&cond);
  g_mutex_unlock (&lock);
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static gboolean
take_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  g_mutex_lock (&lock);
  has_ended |= GST_EVENT_TYPE (event) == GST_EVENT_EOS;
  g_cond_signal (&cond);
  g_mutex_unlock (&lock);
  gst_event_unref (event);
  return TRUE;
}

static void
link_end (GstElement * element, GstPad * pad, gpointer user_data)
{
  GstPad *end = gst_pad_new (NULL, GST_PAD_SINK);

  gst_pad_set_chain_function (end, take);
  gst_pad_set_event_function (end, take_event);
  gst_pad_set_active (end, TRUE);
  gst_pad_link_full (pad, end, GST_PAD_LINK_CHECK_NOTHING);
}

static void
wait_for_end (const gchar * name)
{
  gint64 end = g_get_monotonic_time () + 60 * G_TIME_SPAN_SECOND;

  g_mutex_lock (&lock);
  while (!has_ended || tracks[VIDEO].n_arrived < tracks[VIDEO].n_frames
      || tracks[AUDIO].n_arrived < tracks[AUDIO].n_frames)
    if (!g_cond_wait_until (&cond, &lock, end))
      die (name, "the stream did not get through");
  g_mutex_unlock (&lock);
}

/* The near end */

/* A source that has its frames when they are over. */
static gboolean
answer (GstPad * pad, GstObject * parent, GstQuery * query)
{
  if (GST_QUERY_TYPE (query) != GST_QUERY_LATENCY || !opt_paced)
    return gst_pad_query_default (pad, parent, query);
  gst_query_set_latency (query, TRUE, tracks[VIDEO].duration,
      GST_CLOCK_TIME_NONE);
  return TRUE;
}

static GstPad *
new_source (const gchar * id, const gchar * text, GstFormat format,
    GstPad * sink)
{
  GstPad *pad = gst_pad_new (NULL, GST_PAD_SRC);
  GstCaps *caps = gst_caps_from_string (text);
  GstSegment segment;

  gst_pad_set_query_function (pad, answer);
  gst_pad_set_active (pad, TRUE);
  gst_pad_link_full (pad, sink, GST_PAD_LINK_CHECK_NOTHING);
  gst_pad_push_event (pad, gst_event_new_stream_start (id));
  gst_pad_push_event (pad, gst_event_new_caps (caps));
  gst_segment_init (&segment, format);
  gst_pad_push_event (pad, gst_event_new_segment (&segment));
  gst_caps_unref (caps);
  return pad;
}

static GstMemory *
new_memory (gint size)
{
  guint8 *data = g_malloc (size);

  for (gint i = 0; i < size; i++)
    data[i] = (guint8) (0x20 + i % 191);
  return gst_memory_new_wrapped (GST_MEMORY_FLAG_READONLY, data, size, 0, size,
      data, g_free);
}

static void
wait_until (GstClockTime time)
{
  GstClockID id = gst_clock_new_single_shot_id (system_clock, time);

  gst_clock_id_wait (id, NULL);
  gst_clock_id_unref (id);
}

/* A thread. */
static gpointer
feed (gpointer data)
{
  Track *track = data;
  GstMemory *memory = new_memory (track->size);
  GstClockTime base = gst_element_get_base_time (track->mux);

  for (gint i = 0; i < track->n_frames; i++) {
    GstBuffer *buffer = gst_buffer_new ();
    GstClockTime time = i * track->duration;

    gst_buffer_append_memory (buffer, gst_memory_ref (memory));
    GST_BUFFER_PTS (buffer) = GST_BUFFER_DTS (buffer) = time;
    GST_BUFFER_DURATION (buffer) = track->duration;
    if (opt_paced)
      wait_until (base + time + track->duration);
    track->pushed[i] = gst_clock_get_time (system_clock);
    if (gst_pad_push (track->pad, buffer) != GST_FLOW_OK)
      die (GST_OBJECT_NAME (track->mux), "refuses a frame");
  }
  gst_pad_push_event (track->pad, gst_event_new_eos ());
  gst_memory_unref (memory);
  return NULL;
}

static void
feed_all (GstElement * mux)
{
  GThread *threads[N_TRACKS];

  for (gint i = 0; i < N_TRACKS; i++)
    threads[i] = g_thread_new ("feed", feed, &tracks[i]);
  for (gint i = 0; i < N_TRACKS; i++)
    g_thread_join (threads[i]);
}

static void
feed_kept (GstPad * pad, GPtrArray * buffers)
{
  for (guint i = 0; i < buffers->len; i++)
    if (gst_pad_push (pad, gst_buffer_ref (g_ptr_array_index (buffers, i)))
        != GST_FLOW_OK)
      die (opt_demux, "refuses a buffer");
  gst_pad_push_event (pad, gst_event_new_eos ());
}

/* Elements */

static GstElement *
make (const gchar * name)
{
  GstElement *element = gst_element_factory_make (name, NULL);

  if (element == NULL)
    die (name, "no such element");
  return gst_object_ref_sink (element);
}

static void
play (GstElement * element)
{
  gst_element_set_clock (element, system_clock);
  gst_element_set_base_time (element, gst_clock_get_time (system_clock));
  gst_element_set_state (element, GST_STATE_PLAYING);
}

static void
drop (GstElement * element)
{
  gst_element_set_state (element, GST_STATE_NULL);
  gst_object_unref (element);
}

static GstElement *
make_mux (const gchar * name)
{
  const gchar *pads[] = { "video", "audio" };
  GstElement *mux = make (name);

  for (gint i = 0; i < N_TRACKS; i++) {
    GstPadTemplate *template =
        gst_element_get_pad_template (mux, g_str_equal (name, "rtmpmux")
        ? i == VIDEO ? "video_%u" : "audio_%u" : pads[i]);
    GstPad *sink = template ?
        gst_element_request_pad (mux, template, NULL, NULL) : NULL;

    if (sink == NULL)
      die (name, "no such pad");
    tracks[i].mux = mux;
    tracks[i].pad = new_source (pads[i], tracks[i].caps, GST_FORMAT_TIME, sink);
    gst_object_unref (sink);
  }
  return mux;
}

static GstElement *
make_demux (void)
{
  GstElement *demux = make (opt_demux);

  g_signal_connect (demux, "pad-added", G_CALLBACK (link_end), NULL);
  play (demux);
  return demux;
}

static void
init_tracks (void)
{
  has_ended = FALSE;
  tracks[VIDEO].size = opt_size;
  tracks[VIDEO].n_frames = opt_frames;
  tracks[AUDIO].size = SOUND_SIZE;
  tracks[AUDIO].n_frames = (gint) (opt_frames * tracks[VIDEO].duration
      / tracks[AUDIO].duration);
  for (gint i = 0; i < N_TRACKS; i++) {
    Track *track = &tracks[i];

    track->n_arrived = 0;
    g_free (track->pushed);
    g_free (track->arrived);
    track->pushed = g_new0 (GstClockTime, track->n_frames);
    track->arrived = g_new0 (GstClockTime, track->n_frames);
  }
}

/* What is measured */

/* A muxer, and what comes out of it. */
static void
run_mux (const gchar * name, const gchar * demux_name)
{
  GstElement *mux = make_mux (name);
  GstElement *demux = demux_name ? make_demux () : NULL;
  GstPad *src = gst_element_get_static_pad (mux, "src");
  GstQuery *latency = gst_query_new_latency ();

  if (demux) {
    GstPad *sink = gst_element_get_static_pad (demux, "sink");

    gst_pad_link (src, sink);
    gst_object_unref (sink);
  } else {
    link_end (mux, src, NULL);
  }
  play (mux);
  gst_pad_query (src, latency);
  feed_all (mux);
  wait_for_end (name);
  gst_query_unref (latency);
  gst_object_unref (src);
  drop (mux);
  if (demux)
    drop (demux);
}

/* A demuxer, with what our muxer has made: as a server sends it, a tag a
 * buffer. */
static void
run_demux (GPtrArray * buffers)
{
  GstElement *demux = make_demux ();
  GstPad *sink = gst_element_get_static_pad (demux, "sink");
  GstPad *pad = new_source ("flv", "video/x-flv", GST_FORMAT_BYTES, sink);

  feed_kept (pad, buffers);
  wait_for_end (opt_demux);
  gst_object_unref (sink);
  drop (demux);
}

static gdouble
seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (gdouble) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
      + (gdouble) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
      / G_USEC_PER_SEC;
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  GstClockTime one = *(const GstClockTime *) a;
  GstClockTime other = *(const GstClockTime *) b;

  return one < other ? -1 : one > other;
}

static void
print_latency (void)
{
  static const guint percents[] = { 50, 99, 100 };
  g_autoptr (GArray) within = g_array_new (FALSE, FALSE, sizeof (GstClockTime));

  for (gint i = 0; i < N_TRACKS; i++)
    for (gint n = 0; n < tracks[i].n_frames; n++) {
      GstClockTime time = tracks[i].arrived[n] - tracks[i].pushed[n];

      if (tracks[i].arrived[n] >= tracks[i].pushed[n])
        g_array_append_val (within, time);
    }
  if (within->len == 0)
    die ("latency", "no frame has kept its time");
  g_array_sort (within, compare);
  g_print (" moved=%u", (guint) (tracks[VIDEO].n_frames
          + tracks[AUDIO].n_frames) - within->len);
  for (guint i = 0; i < G_N_ELEMENTS (percents); i++)
    g_print (" p%u=%.3f", percents[i], (gdouble) g_array_index (within,
            GstClockTime, (within->len - 1) * percents[i] / 100) / GST_MSECOND);
}

static void
measure (void)
{
  guint64 copied;
  gdouble cpu;

  init_tracks ();
  if (opt_mux == NULL) {
    kept = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
    run_mux ("rtmpmux", NULL);
    init_tracks ();
  }
  copied = bench_copied_bytes ();
  cpu = seconds ();
  if (opt_mux)
    run_mux (opt_mux, opt_demux);
  else
    run_demux (g_steal_pointer (&kept));
  g_print ("cpu=%.4f copied=%.3f", seconds () - cpu,
      (gdouble) (bench_copied_bytes () - copied)
      / ((gdouble) tracks[VIDEO].n_frames * tracks[VIDEO].size
          + (gdouble) tracks[AUDIO].n_frames * tracks[AUDIO].size));
  if (opt_paced)
    print_latency ();
  g_print ("\n");
}

int
main (int argc, char **argv)
{
  GOptionContext *context = g_option_context_new (NULL);
  GError *error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    die ("options", error->message);
  g_option_context_free (context);
  gst_init (NULL, NULL);
  for (gchar ** plugin = opt_plugins; plugin && *plugin; plugin++)
    if (gst_plugin_load_file (*plugin, &error) == NULL)
      die (*plugin, error->message);
  if ((opt_mux == NULL && opt_demux == NULL) || opt_size < MIN_SIZE)
    die ("usage", "rtmpmuxbench [--mux=ELEMENT] [--demux=ELEMENT]");
  system_clock = gst_system_clock_obtain ();
  measure ();
  return 0;
}

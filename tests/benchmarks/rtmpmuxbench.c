/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Measures a muxer and demuxer: an hour of small frames, or fewer large ones,
 * from memory through ELEMENTS into nothing; prints what this process used, as
 * one line of key=value. With --latency the frames come one after the other at
 * 60 a second of stream time, each when the one before is through, and the line
 * says how many were ever within at once. */
#include "benchcopies.h"

#include <gst/gst.h>
#include <stdlib.h>
#include <sys/resource.h>

/* Of a second of stream: 60 pictures, and as many sounds. */
#define FRAME_TIME (GST_SECOND / 60)

static gint opt_size = 4000;
static gint opt_frames = 20000;
static gchar *opt_plugin = NULL;
static gchar *opt_mux = NULL;
static gchar *opt_demux = NULL;
static gboolean opt_latency = FALSE;

static const GOptionEntry entries[] = {
  {"size", 0, 0, G_OPTION_ARG_INT, &opt_size, "Bytes of a picture", "N"},
  {"frames", 0, 0, G_OPTION_ARG_INT, &opt_frames, "How many", "N"},
  {"plugin", 0, 0, G_OPTION_ARG_FILENAME, &opt_plugin, "Loaded first", "FILE"},
  {"mux", 0, 0, G_OPTION_ARG_STRING, &opt_mux, "The muxer", "ELEMENT"},
  {"demux", 0, 0, G_OPTION_ARG_STRING, &opt_demux, "And behind it", "ELEMENT"},
  {"latency", 0, 0, G_OPTION_ARG_NONE, &opt_latency, "Count frames within",
      NULL},
  {NULL}
};

typedef struct
{
  GMutex lock;
  GCond cond;
  gint pushed, arrived, most;
  gboolean ended;
} Through;

static Through through;

static void
die (const gchar * what, const gchar * why)
{
  g_printerr ("rtmpmuxbench: %s: %s\n", what, why);
  exit (1);
}

static GstFlowReturn
take (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  g_mutex_lock (&through.lock);
  if (!GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_HEADER)
      && gst_buffer_get_size (buffer) >= (gsize) opt_size)
    through.arrived++;
  g_cond_signal (&through.cond);
  g_mutex_unlock (&through.lock);
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static gboolean
take_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  g_mutex_lock (&through.lock);
  through.ended |= GST_EVENT_TYPE (event) == GST_EVENT_EOS;
  g_cond_signal (&through.cond);
  g_mutex_unlock (&through.lock);
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

static GstElement *
make (const gchar * name)
{
  GstElement *element = gst_element_factory_make (name, NULL);

  if (element == NULL)
    die (name, "no such element");
  return gst_object_ref_sink (element);
}

static GstPad *
make_source (GstElement * mux, const gchar * name, const gchar * text)
{
  GstPad *pad = gst_pad_new (NULL, GST_PAD_SRC);
  GstPad *sink = gst_element_request_pad_simple (mux, name);
  GstCaps *caps = gst_caps_from_string (text);
  GstSegment segment;

  if (sink == NULL)
    die (name, "no such pad");
  gst_pad_set_active (pad, TRUE);
  gst_pad_link_full (pad, sink, GST_PAD_LINK_CHECK_NOTHING);
  gst_pad_push_event (pad, gst_event_new_stream_start (name));
  gst_pad_push_event (pad, gst_event_new_caps (caps));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (pad, gst_event_new_segment (&segment));
  gst_caps_unref (caps);
  gst_object_unref (sink);
  return pad;
}

static void
push (GstPad * pad, GstMemory * memory, gint n)
{
  GstBuffer *buffer = gst_buffer_new ();

  gst_buffer_append_memory (buffer, gst_memory_ref (memory));
  GST_BUFFER_PTS (buffer) = GST_BUFFER_DTS (buffer) = n * FRAME_TIME;
  GST_BUFFER_DURATION (buffer) = FRAME_TIME;
  if (gst_pad_push (pad, buffer) != GST_FLOW_OK)
    die (opt_mux, "refuses a frame");
}

/* A frame is late when it is still within a second after it came. */
static void
wait_for_frame (void)
{
  gint64 end = g_get_monotonic_time () + G_TIME_SPAN_SECOND;

  g_mutex_lock (&through.lock);
  while (through.arrived <= through.pushed)
    if (!g_cond_wait_until (&through.cond, &through.lock, end))
      break;
  through.pushed++;
  through.most = MAX (through.most, through.pushed - through.arrived);
  g_mutex_unlock (&through.lock);
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
push_all (GstElement * mux)
{
  gboolean ours = g_str_equal (opt_mux, "rtmpmux");
  GstPad *video = make_source (mux, ours ? "video_0" : "video",
      "video/x-h264, stream-format=avc, alignment=au, width=160, height=90, "
      "codec_data=(buffer)0142c00bffe10004aabbccdd010002eeff");
  GstPad *audio = make_source (mux, ours ? "audio_0" : "audio",
      "audio/mpeg, mpegversion=4, stream-format=raw, rate=44100, channels=2, "
      "codec_data=(buffer)1210");
  GstMemory *picture = new_memory (opt_size), *sound = new_memory (200);

  for (gint i = 0; i < opt_frames; i++) {
    push (audio, sound, i);
    push (video, picture, i);
    if (opt_latency)
      wait_for_frame ();
  }
  gst_pad_push_event (audio, gst_event_new_eos ());
  gst_pad_push_event (video, gst_event_new_eos ());
  gst_memory_unref (picture);
  gst_memory_unref (sound);
}

static void
wait_for_end (void)
{
  gint64 end = g_get_monotonic_time () + 60 * G_TIME_SPAN_SECOND;

  g_mutex_lock (&through.lock);
  while (!through.ended || through.arrived < opt_frames)
    if (!g_cond_wait_until (&through.cond, &through.lock, end))
      die (opt_mux, "the stream did not get through");
  g_mutex_unlock (&through.lock);
}

static GstElement *
make_chain (GstElement * mux)
{
  GstPad *src = gst_element_get_static_pad (mux, "src");
  GstElement *demux = NULL;

  if (opt_demux) {
    GstPad *sink;

    demux = make (opt_demux);
    sink = gst_element_get_static_pad (demux, "sink");
    g_signal_connect (demux, "pad-added", G_CALLBACK (link_end), NULL);
    gst_pad_link (src, sink);
    gst_object_unref (sink);
    gst_element_set_state (demux, GST_STATE_PLAYING);
  } else {
    link_end (mux, src, NULL);
  }
  gst_object_unref (src);
  return demux;
}

static gdouble
seconds (const struct rusage *usage)
{
  return (gdouble) (usage->ru_utime.tv_sec + usage->ru_stime.tv_sec)
      + (gdouble) (usage->ru_utime.tv_usec + usage->ru_stime.tv_usec)
      / G_USEC_PER_SEC;
}

static void
measure (void)
{
  GstElement *mux = make (opt_mux), *demux = make_chain (mux);
  struct rusage before, after;
  guint64 copied = bench_copied_bytes ();

  getrusage (RUSAGE_SELF, &before);
  gst_element_set_state (mux, GST_STATE_PLAYING);
  push_all (mux);
  wait_for_end ();
  getrusage (RUSAGE_SELF, &after);
  g_print ("cpu=%.4f copied=%.3f", seconds (&after) - seconds (&before),
      (gdouble) (bench_copied_bytes () - copied)
      / ((gdouble) opt_frames * (opt_size + 200)));
  if (opt_latency)
    g_print (" within=%d", through.most);
  g_print ("\n");
  gst_element_set_state (mux, GST_STATE_NULL);
  if (demux)
    gst_element_set_state (demux, GST_STATE_NULL);
  gst_clear_object (&demux);
  gst_object_unref (mux);
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
  if (opt_plugin && gst_plugin_load_file (opt_plugin, &error) == NULL)
    die (opt_plugin, error->message);
  if (opt_mux == NULL)
    die ("usage", "rtmpmuxbench --mux=ELEMENT [--demux=ELEMENT]");
  measure ();
  return 0;
}

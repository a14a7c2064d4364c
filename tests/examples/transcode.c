/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Takes streams in, one after another, and serves them smaller, as one stream
 * that goes on:
 *
 *   transcode rtmp://0.0.0.0/in/show rtmp://0.0.0.0/live/show 360 600
 *   ffmpeg -re -i film.mp4 -c copy -f flv rtmp://localhost/in/show
 *   ffplay rtmp://localhost/live/show
 *
 * 360 lines of picture, 600 kbit/s. Publishers may differ in all but codecs.
 * Interrupted, it ends the stream for the players, then itself. */
#include <glib-unix.h>
#include <gst/gst.h>

#define SERVER "rtmpserversrc name=in keep-listening=true ! flvdemux name=d " \
    "flvmux name=mux streamable=true ! rtmpserversink name=out sync=false"
#define VIDEO "queue name=first ! decodebin ! videoconvert ! videoscale ! " \
    "video/x-raw,format=I420,height=%s,pixel-aspect-ratio=1/1 ! " \
    "x264enc name=last tune=zerolatency speed-preset=veryfast key-int-max=60 " \
    "bitrate=%s"
#define AUDIO "queue name=first ! decodebin ! audioconvert ! audioresample ! " \
    "audio/x-raw,rate=44100,channels=2 ! voaacenc name=last"

typedef struct
{
  GMainLoop *loop;
  GstElement *pipeline, *mux;
  gchar *video;                 /* with the numbers in it */
  gboolean failed, ending;
} Transcoder;

static GstElement *
parse (const gchar * description, GstParseFlags flags)
{
  g_autoptr (GError) error = NULL;
  GstElement *element =
      gst_parse_launch_full (description, NULL, flags, &error);

  if (error)
    g_error ("%s", error->message);
  return element;
}

static void
on_caller (GstElement * server, const GstStructure * caller, const gchar * what)
{
  const gchar *reason = gst_structure_get_string (caller, "reason");

  g_print ("%s %s %s%s%s\n", gst_structure_get_string (caller, "peer"), what,
      gst_structure_get_string (caller, "stream"), reason ? ": " : "",
      reason ? reason : "");
}

/* What a publisher has decides on what there is to encode. When it goes, the
 * pads stay, and the next one's stream comes out of them. */
static void
on_pad (GstElement * demux, GstPad * pad, Transcoder * self)
{
  g_autofree gchar *name = gst_pad_get_name (pad);
  g_autoptr (GstElement) first = NULL, last = NULL;
  GstElement *branch = parse (g_str_equal (name, "video") ? self->video : AUDIO,
      GST_PARSE_FLAG_PLACE_IN_BIN);

  gst_bin_add (GST_BIN (self->pipeline), branch);
  first = gst_bin_get_by_name (GST_BIN (branch), "first");
  last = gst_bin_get_by_name (GST_BIN (branch), "last");
  gst_element_link_pads (last, "src", self->mux, name);
  gst_element_link_pads (demux, name, first, "sink");
  gst_element_sync_state_with_parent (branch);
}

static gboolean
on_message (GstBus * bus, GstMessage * message, gpointer data)
{
  Transcoder *self = data;
  GstMessageType type = GST_MESSAGE_TYPE (message);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;

  if (type == GST_MESSAGE_LATENCY)
    gst_bin_recalculate_latency (GST_BIN (self->pipeline));
  if (type == GST_MESSAGE_ERROR) {
    gst_message_parse_error (message, &error, &debug);
    g_printerr ("%s\n%s\n", error->message, debug ? debug : "");
    self->failed = TRUE;
  }
  if (type == GST_MESSAGE_ERROR || type == GST_MESSAGE_EOS)
    g_main_loop_quit (self->loop);
  return G_SOURCE_CONTINUE;
}

/* Before anything is published an end has no way to go; twice it must not. */
static gboolean
on_interrupt (gpointer data)
{
  Transcoder *self = data;

  if (self->mux->numsinkpads == 0)
    g_main_loop_quit (self->loop);
  else if (!self->ending)
    gst_element_send_event (self->pipeline, gst_event_new_eos ());
  self->ending = TRUE;
  return G_SOURCE_CONTINUE;
}

static void
tell_callers (GstElement * pipeline, const gchar * name, const gchar * what)
{
  g_autoptr (GstElement) server = gst_bin_get_by_name (GST_BIN (pipeline),
      name);

  g_object_connect (server, "signal::caller-added", on_caller, what,
      "signal::caller-removed", on_caller, "has gone from", NULL);
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Transcoder self = { 0, };
  g_autoptr (GstElement) demux = NULL;
  g_autoptr (GstBus) bus = NULL;

  gst_init (&argc, &argv);
  if (argc != 5) {
    g_printerr ("usage: %s FROM TO HEIGHT KBITS\n", argv[0]);
    return 2;
  }
  self.video = g_strdup_printf (VIDEO, argv[3], argv[4]);
  self.loop = loop;
  self.pipeline = parse (SERVER, GST_PARSE_FLAG_NONE);
  gst_child_proxy_set (GST_CHILD_PROXY (self.pipeline), "in::location", argv[1],
      "out::location", argv[2], NULL);
  self.mux = gst_bin_get_by_name (GST_BIN (self.pipeline), "mux");
  demux = gst_bin_get_by_name (GST_BIN (self.pipeline), "d");
  g_signal_connect (demux, "pad-added", G_CALLBACK (on_pad), &self);
  tell_callers (self.pipeline, "in", "publishes");
  tell_callers (self.pipeline, "out", "plays");
  bus = gst_element_get_bus (self.pipeline);
  gst_bus_add_watch (bus, on_message, &self);
  g_unix_signal_add (SIGINT, on_interrupt, &self);
  gst_element_set_state (self.pipeline, GST_STATE_PLAYING);
  g_main_loop_run (self.loop);
  gst_element_set_state (self.pipeline, GST_STATE_NULL);
  gst_bus_remove_watch (bus);
  gst_object_unref (self.mux);
  gst_object_unref (self.pipeline);
  g_free (self.video);
  return self.failed ? 1 : 0;
}

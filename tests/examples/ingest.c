/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Takes one stream in and writes it to a file, from publishers who know a key
 * only:
 *
 *   ingest rtmp://0.0.0.0/live recording.flv KEY...
 *   ffmpeg -re -i film.mp4 -c copy -f flv rtmp://localhost/live/KEY
 *
 * It ends with the stream; interrupted, with a file that is whole. */
#include <glib-unix.h>
#include <gst/gst.h>

typedef struct
{
  GMainLoop *loop;
  GstElement *pipeline;
  gchar **keys;
  gboolean failed, ending;
} Ingest;

/* In a network thread, which serves other callers too: no waiting here. */
static gboolean
on_connecting (GstElement * server, const GstStructure * caller,
    const Ingest * self)
{
  const gchar *key = gst_structure_get_string (caller, "stream");

  return key && g_strv_contains ((const gchar * const *) self->keys, key);
}

static void
on_added (GstElement * server, const GstStructure * caller, gpointer data)
{
  g_print ("%s publishes with %s\n", gst_structure_get_string (caller, "peer"),
      gst_structure_get_string (caller, "flash-version"));
}

/* Both have a reason, but for a publisher who has ended the stream. */
static void
on_gone (GstElement * server, const GstStructure * caller, const gchar * what)
{
  const gchar *reason = gst_structure_get_string (caller, "reason");

  g_print ("%s %s: %s\n", gst_structure_get_string (caller, "peer"), what,
      reason ? reason : "done");
}

static gboolean
on_message (GstBus * bus, GstMessage * message, gpointer data)
{
  Ingest *self = data;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error (message, &error, &debug);
    g_printerr ("%s\n%s\n", error->message, debug ? debug : "");
    self->failed = TRUE;
    g_main_loop_quit (self->loop);
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS) {
    g_main_loop_quit (self->loop);
  }
  return G_SOURCE_CONTINUE;
}

/* What has been received goes into the file before the end does. */
static gboolean
on_interrupt (gpointer data)
{
  Ingest *self = data;

  /* GStreamer does not take a second end. */
  if (!self->ending)
    gst_element_send_event (self->pipeline, gst_event_new_eos ());
  self->ending = TRUE;
  return G_SOURCE_CONTINUE;
}

static GstElement *
make_pipeline (Ingest * self, const gchar * location, const gchar * file)
{
  GstElement *pipeline = gst_pipeline_new (NULL);
  GstElement *server = gst_element_factory_make ("rtmpserversrc", NULL);
  GstElement *sink = gst_element_factory_make ("filesink", NULL);

  if (server == NULL || sink == NULL)
    g_error ("rtmpserversrc is missing: set GST_PLUGIN_PATH");
  g_object_set (server, "location", location, NULL);
  g_object_set (sink, "location", file, NULL);
  g_signal_connect (server, "caller-connecting", G_CALLBACK (on_connecting),
      self);
  g_signal_connect (server, "caller-added", G_CALLBACK (on_added), NULL);
  g_signal_connect (server, "caller-removed", G_CALLBACK (on_gone),
      (gpointer) "has gone");
  g_signal_connect (server, "caller-rejected", G_CALLBACK (on_gone),
      (gpointer) "was refused");
  gst_bin_add_many (GST_BIN (pipeline), server, sink, NULL);
  gst_element_link (server, sink);
  return pipeline;
}

int
main (int argc, char **argv)
{
  Ingest self = { 0, };
  GstBus *bus;

  gst_init (&argc, &argv);
  if (argc < 4) {
    g_printerr ("usage: %s rtmp://ADDRESS[:PORT]/APPLICATION FILE KEY...\n",
        argv[0]);
    return 2;
  }
  self.keys = argv + 3;
  self.loop = g_main_loop_new (NULL, FALSE);
  self.pipeline = make_pipeline (&self, argv[1], argv[2]);
  bus = gst_element_get_bus (self.pipeline);
  gst_bus_add_watch (bus, on_message, &self);
  g_unix_signal_add (SIGINT, on_interrupt, &self);

  /* A failure to start is told on the bus as well. */
  gst_element_set_state (self.pipeline, GST_STATE_PLAYING);
  g_main_loop_run (self.loop);

  gst_element_set_state (self.pipeline, GST_STATE_NULL);
  gst_bus_remove_watch (bus);
  gst_object_unref (bus);
  gst_object_unref (self.pipeline);
  g_main_loop_unref (self.loop);
  return self.failed ? 1 : 0;
}

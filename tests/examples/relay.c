/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Takes one stream in, lets any number of players have it, and publishes it to
 * other servers as well; one that fails is tried again, and disturbs nobody:
 *
 *   relay rtmp://0.0.0.0/live/show rtmp://a.example/app/KEY rtmps://...
 *   ffmpeg -re -i film.mp4 -c copy -f flv rtmp://localhost/live/show
 *   ffplay rtmp://localhost/live/show */
#include <gst/gst.h>

#define RETRY_SECONDS 3

/* From our own server, as its player, to another one. */
typedef struct
{
  guint number;                 /* in what is printed: locations have keys */
  const gchar *source;
  const gchar *location;
  GstElement *pipeline;
  GstElement *sink;
} Target;

static gboolean start (gpointer data);

static void
stop (Target * self)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);

  gst_bus_remove_watch (bus);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_clear_object (&self->sink);
  gst_clear_object (&self->pipeline);
}

/* rtmp-connected, rtmp-disconnected, and each rtmp-status of the server. */
static void
print_event (const Target * self, const GstStructure * event)
{
  const gchar *code = gst_structure_get_string (event, "code");

  g_print ("target %u: %s %s\n", self->number, gst_structure_get_name (event),
      code ? code : "");
}

static gboolean
on_target_message (GstBus * bus, GstMessage * message, gpointer data)
{
  Target *self = data;
  GstMessageType type = GST_MESSAGE_TYPE (message);
  g_autoptr (GError) error = NULL;

  if (GST_MESSAGE_SRC (message) == GST_OBJECT (self->sink)
      && type == GST_MESSAGE_ELEMENT)
    print_event (self, gst_message_get_structure (message));
  if (type != GST_MESSAGE_ERROR && type != GST_MESSAGE_EOS)
    return G_SOURCE_CONTINUE;
  if (type == GST_MESSAGE_ERROR) {
    gst_message_parse_error (message, &error, NULL);
    g_printerr ("target %u: %s\n", self->number, error->message);
  }
  stop (self);
  g_timeout_add_seconds (RETRY_SECONDS, start, self);
  return G_SOURCE_REMOVE;
}

/* It connects when there is something to publish: others do not wait. */
static gboolean
start (gpointer data)
{
  Target *self = data;
  g_autoptr (GstBus) bus = NULL;

  self->pipeline = gst_parse_launch ("rtmpsrc name=from ! "
      "rtmpsink name=to async-connect=false drop-policy=gop", NULL);
  gst_child_proxy_set (GST_CHILD_PROXY (self->pipeline), "from::location",
      self->source, "to::location", self->location, NULL);
  self->sink = gst_bin_get_by_name (GST_BIN (self->pipeline), "to");
  bus = gst_element_get_bus (self->pipeline);
  gst_bus_add_watch (bus, on_target_message, self);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  return G_SOURCE_REMOVE;
}

static gboolean
print_stats (gpointer data)
{
  const Target *self = data;
  g_autoptr (GstStructure) stats = NULL;
  guint64 bytes, dropped;

  if (self->sink == NULL)
    return G_SOURCE_CONTINUE;
  g_object_get (self->sink, "stats", &stats, NULL);
  if (gst_structure_get (stats, "out-bytes-total", G_TYPE_UINT64, &bytes,
          "dropped", G_TYPE_UINT64, &dropped, NULL) && bytes > 0)
    g_print ("target %u: %" G_GUINT64_FORMAT " bytes, %" G_GUINT64_FORMAT
        " frames dropped\n", self->number, bytes, dropped);
  return G_SOURCE_CONTINUE;
}

/* All else it survives. */
static gboolean
on_server_message (GstBus * bus, GstMessage * message, gpointer loop)
{
  g_autoptr (GError) error = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error (message, &error, NULL);
    g_printerr ("%s\n", error->message);
    g_main_loop_quit (loop);
  }
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autofree Target *targets = g_new0 (Target, argc);
  g_autoptr (GstElement) server = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GstBus) bus = NULL;
  gint i;

  gst_init (&argc, &argv);
  if (argc < 2)
    g_error ("usage: %s LOCATION-TO-LISTEN-AT [LOCATION...]", argv[0]);
  server = gst_parse_launch ("rtmpserversrc name=in keep-listening=true ! "
      "rtmpserversink name=out sync=false", &error);
  if (error)
    g_error ("%s: set GST_PLUGIN_PATH", error->message);
  gst_child_proxy_set (GST_CHILD_PROXY (server), "in::location", argv[1],
      "out::location", argv[1], NULL);
  bus = gst_element_get_bus (server);
  gst_bus_add_watch (bus, on_server_message, loop);
  gst_element_set_state (server, GST_STATE_PLAYING);
  for (i = 2; i < argc; i++) {
    Target *target = &targets[i];

    target->number = (guint) i - 1;
    target->source = argv[1];
    target->location = argv[i];
    start (target);
    g_timeout_add_seconds (1, print_stats, target);
  }
  g_main_loop_run (loop);
  gst_element_set_state (server, GST_STATE_NULL);
  return 1;
}

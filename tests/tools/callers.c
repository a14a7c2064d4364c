/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs a pipeline to its end, and prints a line for each caller of the servers
 * in it:
 *
 *   callers PIPELINE...
 *   added in live/cam
 *
 * What was asked for by the name "refused" is refused. */
#include <gst/gst.h>

static gboolean
on_connecting (GstElement * server, const GstStructure * caller, gpointer data)
{
  return g_strcmp0 (gst_structure_get_string (caller, "stream"), "refused");
}

/* In a network thread: a line is one write, or two would mix. */
static void
on_caller (GstElement * server, const GstStructure * caller, const gchar * what)
{
  g_autofree gchar *name = gst_element_get_name (server);
  const gchar *reason = gst_structure_get_string (caller, "reason");

  g_print ("%s %s %s/%s%s%s\n", what, name,
      gst_structure_get_string (caller, "application"),
      gst_structure_get_string (caller, "stream"), reason ? ": " : "",
      reason ? reason : "");
}

static void
watch (const GValue * item, gpointer data)
{
  GstElement *element = g_value_get_object (item);

  if (g_signal_lookup ("caller-added", G_OBJECT_TYPE (element)) == 0)
    return;
  g_object_connect (element,
      "signal::caller-connecting", on_connecting, NULL,
      "signal::caller-added", on_caller, "added",
      "signal::caller-removed", on_caller, "removed",
      "signal::caller-rejected", on_caller, "rejected", NULL);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GstIterator) elements = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstMessage) message = NULL;

  gst_init (&argc, &argv);
  pipeline = gst_parse_launchv ((const gchar **) argv + 1, &error);
  if (error)
    g_error ("%s", error->message);
  elements = gst_bin_iterate_elements (GST_BIN (pipeline));
  gst_iterator_foreach (elements, watch, NULL);
  bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, NULL);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  if (error)
    g_printerr ("%s\n", error->message);
  return error ? 1 : 0;
}

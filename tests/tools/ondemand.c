/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plays a recorded stream into a file as a viewer would: a while from the
 * start, then from the middle, a pause, on to the end.
 *
 *   ondemand ELEMENT URL FILE DURATION-US PAUSE-S
 */
#include <gst/gst.h>

#include <stdio.h>
#include <stdlib.h>

#define PATIENCE (15 * GST_SECOND)
/* The server seeks to a key frame, of which there is one each second. */
#define KEY_FRAMES GST_SECOND
/* The last message has a time, but no duration. */
#define ROUNDING (200 * GST_MSECOND)

typedef struct
{
  GstElement *pipeline;
  GstBus *bus;
  FILE *file;
  gint written;                 /* buffers; atomic */
} Viewer;

static gboolean
write_buffer (GstBuffer ** buffer, guint index, gpointer user_data)
{
  Viewer *self = user_data;
  GstMapInfo map;

  if (!gst_buffer_map (*buffer, &map, GST_MAP_READ))
    g_error ("a buffer cannot be read");
  if (fwrite (map.data, 1, map.size, self->file) != map.size)
    g_error ("the file cannot be written");
  gst_buffer_unmap (*buffer, &map);
  g_atomic_int_inc (&self->written);
  return TRUE;
}

/* What the source hands on: a sink drops what is before the place sought. */
static GstPadProbeReturn
on_output (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  GstBuffer *buffer;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST) {
    gst_buffer_list_foreach (GST_PAD_PROBE_INFO_BUFFER_LIST (info),
        write_buffer, user_data);
  } else {
    buffer = GST_PAD_PROBE_INFO_BUFFER (info);
    write_buffer (&buffer, 0, user_data);
  }
  return GST_PAD_PROBE_OK;
}

static void
viewer_init (Viewer * self, const gchar * element, const gchar * url,
    const gchar * path)
{
  g_autofree gchar *line = g_strdup_printf ("%s name=src ! fakesink sync=true",
      element);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) src = NULL;
  g_autoptr (GstPad) pad = NULL;

  self->pipeline = gst_parse_launch (line, &error);
  if (error)
    g_error ("%s", error->message);
  self->file = fopen (path, "wb");
  if (self->file == NULL)
    g_error ("%s cannot be written", path);
  self->written = 0;
  self->bus = gst_element_get_bus (self->pipeline);
  src = gst_bin_get_by_name (GST_BIN (self->pipeline), "src");
  pad = gst_element_get_static_pad (src, "src");
  g_object_set (src, "location", url, NULL);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER |
      GST_PAD_PROBE_TYPE_BUFFER_LIST, on_output, self, NULL);
}

static void
viewer_clear (Viewer * self)
{
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_object_unref (self->bus);
  gst_object_unref (self->pipeline);
  fclose (self->file);
}

/* FALSE: none of @types has come in time. An error ends the program. */
static gboolean
wait_message (Viewer * self, GstMessageType types, GstClockTime patience)
{
  g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (self->bus,
      patience, types | GST_MESSAGE_ERROR);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;

  if (message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error (message, &error, &debug);
    g_error ("%s (%s)", error->message, debug);
  }
  return message != NULL;
}

static void
wait_state (Viewer * self)
{
  if (gst_element_get_state (self->pipeline, NULL, NULL, PATIENCE)
      != GST_STATE_CHANGE_SUCCESS)
    g_error ("the state does not change");
}

static void
set_state (Viewer * self, GstState state)
{
  gst_element_set_state (self->pipeline, state);
  wait_state (self);
}

static GstClockTime
position (Viewer * self)
{
  gint64 time;

  return gst_element_query_position (self->pipeline, GST_FORMAT_TIME, &time)
      ? (GstClockTime) time : GST_CLOCK_TIME_NONE;
}

static void
check_time (const gchar * what, GstClockTime time, GstClockTime from,
    GstClockTime to)
{
  if (time < from || time > to)
    g_error ("%s: %" GST_TIME_FORMAT " is not between %" GST_TIME_FORMAT
        " and %" GST_TIME_FORMAT, what, GST_TIME_ARGS (time),
        GST_TIME_ARGS (from), GST_TIME_ARGS (to));
  g_print ("%s: %" GST_TIME_FORMAT "\n", what, GST_TIME_ARGS (time));
}

static void
check_duration (Viewer * self, GstClockTime expected)
{
  gint64 time = -1;

  gst_element_query_duration (self->pipeline, GST_FORMAT_TIME, &time);
  check_time ("duration", (GstClockTime) time, expected - ROUNDING,
      expected + ROUNDING);
}

static void
play_until (Viewer * self, GstClockTime end)
{
  set_state (self, GST_STATE_PLAYING);
  while (position (self) < end)
    if (wait_message (self, GST_MESSAGE_EOS, 10 * GST_MSECOND))
      g_error ("the end has come too early");
}

static void
seek (Viewer * self, GstClockTime to)
{
  if (!gst_element_seek_simple (self->pipeline, GST_FORMAT_TIME,
          GST_SEEK_FLAG_FLUSH, (gint64) to))
    g_error ("the stream cannot be seeked");
  if (!wait_message (self, GST_MESSAGE_ASYNC_DONE, PATIENCE))
    g_error ("nothing came after the seek");
  wait_state (self);
  check_time ("position after the seek", position (self), to - KEY_FRAMES,
      to + KEY_FRAMES);
}

/* Nothing is shown meanwhile, and the time stands still. */
static void
stay_paused (Viewer * self, GstClockTime how_long)
{
  GstClockTime begin, end;
  gint written;

  set_state (self, GST_STATE_PAUSED);
  begin = position (self);
  written = g_atomic_int_get (&self->written);
  if (wait_message (self, GST_MESSAGE_EOS, how_long))
    g_error ("the end has come in a pause");
  end = position (self);
  check_time ("position after the pause", end, begin, begin);
  if (g_atomic_int_get (&self->written) != written)
    g_error ("a paused pipeline goes on");
}

static void
play_to_end (Viewer * self, GstClockTime duration)
{
  set_state (self, GST_STATE_PLAYING);
  if (!wait_message (self, GST_MESSAGE_EOS, duration + PATIENCE))
    g_error ("the end has not come");
  check_time ("position at the end", position (self), duration - ROUNDING,
      duration + ROUNDING);
}

int
main (int argc, char **argv)
{
  Viewer viewer;
  GstClockTime duration, pause_time;

  gst_init (&argc, &argv);
  if (argc != 6)
    g_error ("usage: ondemand ELEMENT URL FILE DURATION-US PAUSE-S");
  duration = strtoul (argv[4], NULL, 10) * GST_USECOND;
  pause_time = strtoul (argv[5], NULL, 10) * GST_SECOND;
  viewer_init (&viewer, argv[1], argv[2], argv[3]);
  play_until (&viewer, duration / 6);
  check_duration (&viewer, duration);
  /* That of the start. */
  wait_message (&viewer, GST_MESSAGE_ASYNC_DONE, 0);
  seek (&viewer, duration / 2);
  play_until (&viewer, duration / 3 * 2);
  stay_paused (&viewer, pause_time);
  play_to_end (&viewer, duration);
  viewer_clear (&viewer);
  return 0;
}

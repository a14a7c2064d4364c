/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpflvwriter.h"

#include "flvfile.h"
#include "flvscript.h"
#include "gstrtmpbuffer.h"
#include "gstrtmptime.h"

void
gst_rtmp_flv_writer_init (GstRtmpFlvWriter * self, GstPad * src)
{
  *self = (GstRtmpFlvWriter) {
  .src = src};
  self->scripts = g_ptr_array_new_with_free_func (
      (GDestroyNotify) g_bytes_unref);
}

void
gst_rtmp_flv_writer_clear (GstRtmpFlvWriter * self)
{
  g_clear_pointer (&self->metadata, flv_metadata_free);
  g_clear_pointer (&self->described, rtmp_value_unref);
  g_clear_pointer (&self->index, g_array_unref);
  g_clear_pointer (&self->scripts, g_ptr_array_unref);
}

void
gst_rtmp_flv_writer_reset (GstRtmpFlvWriter * self)
{
  gst_rtmp_flv_writer_clear (self);
  gst_rtmp_flv_writer_init (self, self->src);
}

/* Pipelines may begin a little before their zero; FLV does not. All tracks are
 * moved by the same time. */
static guint32
timestamp_of (const GstRtmpFlvWriter * self, gint64 dts)
{
  return (guint32) MAX (gst_rtmp_time_to_ms (dts + self->offset), 0);
}

static GstFlowReturn
push (GstRtmpFlvWriter * self, GstBuffer * tag, gint64 dts, gint64 pts)
{
  GST_BUFFER_DTS (tag) = (GstClockTime) MAX (dts, 0);
  GST_BUFFER_PTS (tag) = (GstClockTime) MAX (pts, 0);
  self->n_bytes += gst_buffer_get_size (tag);
  return gst_pad_push (self->src, tag);
}

/* They stay in @tags, for the caps. */
static GstFlowReturn
push_headers (GstRtmpFlvWriter * self, GPtrArray * tags, gint64 dts)
{
  GstFlowReturn flow = GST_FLOW_OK;

  for (guint i = 0; i < tags->len && flow == GST_FLOW_OK; i++)
    flow = push (self, gst_buffer_copy (g_ptr_array_index (tags, i)), dts, dts);
  return flow;
}

static GPtrArray *
new_tags (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
}

/* Metadata */

static FlvMetadata *
new_metadata (GPtrArray * tracks)
{
  FlvMetadata *metadata = flv_metadata_new ();

  metadata->encoder = g_strdup ("gst-rtmp " RTMP_VERSION);
  for (guint i = 0; i < tracks->len; i++)
    gst_rtmp_track_writer_describe (g_ptr_array_index (tracks, i), metadata);
  return metadata;
}

static GstBuffer *
new_metadata_tag (RtmpValue * value, guint32 timestamp)
{
  GBytes *body = flv_script_write (FLV_SCRIPT_ON_META_DATA, &value, 1);
  GstBuffer *tag = gst_rtmp_buffer_new_tag (FLV_TAG_SCRIPT, timestamp, body);

  GST_BUFFER_FLAG_SET (tag, GST_BUFFER_FLAG_HEADER);
  return tag;
}

GstFlowReturn
gst_rtmp_flv_writer_describe (GstRtmpFlvWriter * self, GPtrArray * tracks,
    gint64 dts)
{
  g_autoptr (FlvMetadata) metadata = new_metadata (tracks);
  RtmpValue *value = flv_metadata_write (metadata);
  gboolean is_new = !rtmp_value_equal (value, self->described);

  rtmp_value_unref (self->described);
  self->described = value;
  if (!is_new)
    return GST_FLOW_OK;
  return push (self, new_metadata_tag (value, timestamp_of (self, dts)), dts,
      dts);
}

/* The header */

static void
begin_index (GstRtmpFlvWriter * self, guint room)
{
  if (!self->rewrites || room == 0
      || flv_metadata_track (self->metadata, FLV_MEDIA_VIDEO, 0) == NULL)
    return;
  self->index = g_array_new (FALSE, FALSE, sizeof (FlvIndexEntry));
  self->index_room = room;
  self->index_step = 1;
}

/* Of a tag that is pushed next. It never becomes longer than twice what there
 * is room for, however long the file becomes. */
static void
note_key_frame (GstRtmpFlvWriter * self, const GstRtmpTrackWriter * track,
    gint64 dts)
{
  FlvIndexEntry entry = { self->n_bytes,
    (guint64) MAX (gst_rtmp_time_to_ms (dts + self->offset), 0)
  };

  if (self->index == NULL || track->media != FLV_MEDIA_VIDEO || track->id != 0)
    return;
  if (self->n_keys++ % self->index_step == 0)
    g_array_append_val (self->index, entry);
  if (self->index->len < 2 * self->index_room)
    return;
  flv_index_thin (self->index, self->index_room);
  self->index_step *= 2;
}

/* What the index does not take of its room stands there as blanks, so that the
 * size stays; in an array, since FFmpeg shows strings to its users. */
static RtmpValue *
new_header_value (GstRtmpFlvWriter * self)
{
  RtmpValue *value = flv_metadata_write (self->metadata);
  RtmpValue *filler;
  g_autofree gchar *blanks = NULL;

  if (self->index == NULL)
    return value;
  flv_index_thin (self->index, self->index_room);
  if (self->index->len > 0)
    rtmp_value_set (value, "keyframes", flv_index_write (self->index));
  blanks = g_strnfill (flv_index_size (self->index_room)
      - flv_index_size (self->index->len), ' ');
  filler = rtmp_value_new_strict_array ();
  rtmp_value_append (filler, rtmp_value_new_string (blanks));
  rtmp_value_set (value, "filler", filler);
  return value;
}

static GstBuffer *
new_file_header (GPtrArray * tracks)
{
  GstBuffer *buffer =
      gst_buffer_new_allocate (NULL, FLV_FILE_HEADER_SIZE, NULL);
  guint8 header[FLV_FILE_HEADER_SIZE];
  gboolean has[] = { FALSE, FALSE };

  for (guint i = 0; i < tracks->len; i++)
    has[((GstRtmpTrackWriter *) g_ptr_array_index (tracks, i))->media] = TRUE;
  flv_write_file_header (header, has[FLV_MEDIA_AUDIO], has[FLV_MEDIA_VIDEO]);
  gst_buffer_fill (buffer, 0, header, sizeof (header));
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_HEADER);
  return buffer;
}

static void
set_stream_header (GstRtmpFlvWriter * self, GPtrArray * tags)
{
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple ("video/x-flv");
  GValue array = G_VALUE_INIT;

  g_value_init (&array, GST_TYPE_ARRAY);
  for (guint i = 0; i < tags->len; i++) {
    GValue value = G_VALUE_INIT;

    g_value_init (&value, GST_TYPE_BUFFER);
    gst_value_set_buffer (&value, g_ptr_array_index (tags, i));
    gst_value_array_append_and_take_value (&array, &value);
  }
  gst_structure_take_value (gst_caps_get_structure (caps, 0), "streamheader",
      &array);
  gst_pad_push_event (self->src, gst_event_new_caps (caps));
}

static void
push_first_events (GstRtmpFlvWriter * self, GPtrArray * tags)
{
  g_autofree gchar *id = g_strdup_printf ("rtmpmux-%08x", g_random_int ());
  GstSegment segment;

  gst_pad_push_event (self->src, gst_event_new_stream_start (id));
  set_stream_header (self, tags);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (self->src, gst_event_new_segment (&segment));
}

static gboolean
is_downstream_seekable (GstRtmpFlvWriter * self)
{
  g_autoptr (GstQuery) query = gst_query_new_seeking (GST_FORMAT_BYTES);
  gboolean seekable = FALSE;

  if (gst_pad_peer_query (self->src, query))
    gst_query_parse_seeking (query, NULL, &seekable, NULL, NULL);
  return seekable;
}

static GPtrArray *
new_header (GstRtmpFlvWriter * self, GPtrArray * tracks, guint index_room,
    guint32 timestamp)
{
  GPtrArray *tags = new_tags ();
  g_autoptr (RtmpValue) value = NULL;

  self->metadata = new_metadata (tracks);
  self->described = flv_metadata_write (self->metadata);
  begin_index (self, index_room);
  value = new_header_value (self);
  g_ptr_array_add (tags, new_file_header (tracks));
  g_ptr_array_add (tags, new_metadata_tag (value, timestamp));
  for (guint i = 0; i < tracks->len; i++)
    gst_rtmp_track_writer_configuration (g_ptr_array_index (tracks, i),
        timestamp, tags);
  return tags;
}

GstFlowReturn
gst_rtmp_flv_writer_start (GstRtmpFlvWriter * self, GPtrArray * tracks,
    gboolean streamable, guint index_room, gint64 dts)
{
  g_autoptr (GPtrArray) tags = NULL;
  GstFlowReturn flow;

  self->has_started = TRUE;
  self->offset = MAX (-dts, 0);
  self->rewrites = !streamable && is_downstream_seekable (self);
  tags = new_header (self, tracks, index_room, timestamp_of (self, dts));
  push_first_events (self, tags);
  flow = push_headers (self, tags, dts);
  for (guint i = 0; i < self->scripts->len && flow == GST_FLOW_OK; i++)
    flow = gst_rtmp_flv_writer_script (self,
        g_ptr_array_index (self->scripts, i), dts);
  g_ptr_array_set_size (self->scripts, 0);
  return flow;
}

/* Tags of tracks */

static GstFlowReturn
push_configuration (GstRtmpFlvWriter * self, GstRtmpTrackWriter * track,
    gint64 dts)
{
  g_autoptr (GPtrArray) tags = new_tags ();

  gst_rtmp_track_writer_configuration (track, timestamp_of (self, dts), tags);
  return push_headers (self, tags, dts);
}

GstFlowReturn
gst_rtmp_flv_writer_frame (GstRtmpFlvWriter * self, GstRtmpTrackWriter * track,
    GstBuffer * buffer, gint64 dts, gint64 pts, GError ** error)
{
  GstClockTime duration = GST_BUFFER_DURATION (buffer);
  GstBuffer *tag = gst_rtmp_track_writer_frame (track, buffer,
      MAX (dts + self->offset, 0), pts + self->offset, error);
  GstFlowReturn flow = GST_FLOW_OK;

  if (tag == NULL)
    return GST_FLOW_ERROR;
  if (track->is_changed)
    flow = push_configuration (self, track, dts);
  if (flow != GST_FLOW_OK) {
    gst_buffer_unref (tag);
    return flow;
  }
  if (!GST_BUFFER_FLAG_IS_SET (tag, GST_BUFFER_FLAG_DELTA_UNIT))
    note_key_frame (self, track, dts);
  if (!GST_CLOCK_TIME_IS_VALID (duration))
    duration = 0;
  self->end = MAX (self->end, pts + self->offset + (gint64) duration);
  return push (self, tag, dts, pts);
}

GstFlowReturn
gst_rtmp_flv_writer_script (GstRtmpFlvWriter * self, GBytes * body, gint64 dts)
{
  g_bytes_ref (body);
  if (self->has_started)
    return push (self, gst_rtmp_buffer_new_tag (FLV_TAG_SCRIPT,
            timestamp_of (self, dts), body), dts, dts);
  g_ptr_array_add (self->scripts, body);
  return GST_FLOW_OK;
}

GstFlowReturn
gst_rtmp_flv_writer_end_track (GstRtmpFlvWriter * self,
    GstRtmpTrackWriter * track, gint64 dts)
{
  GstBuffer *tag = gst_rtmp_track_writer_end (track, timestamp_of (self, dts));

  return tag ? push (self, tag, dts, dts) : GST_FLOW_OK;
}

/* The header knows now how long the file is, and where its key frames are: over
 * the first tag, which has the same size. */
void
gst_rtmp_flv_writer_finish (GstRtmpFlvWriter * self)
{
  g_autoptr (RtmpValue) value = NULL;
  GstSegment segment;

  if (!self->has_started || !self->rewrites)
    return;
  self->metadata->duration = (gdouble) self->end / GST_SECOND;
  self->metadata->filesize = (gdouble) self->n_bytes;
  value = new_header_value (self);
  gst_segment_init (&segment, GST_FORMAT_BYTES);
  segment.start = segment.time = segment.position = FLV_FILE_HEADER_SIZE;
  gst_pad_push_event (self->src, gst_event_new_segment (&segment));
  gst_pad_push (self->src, new_metadata_tag (value, 0));
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-rtmpmux
 * @title: rtmpmux
 *
 * Makes FLV of elementary streams: what RTMP carries and what .flv files hold,
 * Enhanced RTMP with its codecs, tracks and colours included. The number of a
 * pad, video_N or audio_N, is that of its track; 0 is the default track.
 *
 * No track is waited for longer than the pipeline's latency allows, or, where
 * nothing is live, for more than a second of the others. Each track keeps its
 * own times.
 *
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=300 ! x265enc ! h265parse ! \
 *   rtmpmux ! filesink location=a.flv
 * ]|
 *
 * Since: 0.1
 */
#include "gstrtmpmux.h"

#include <stdio.h>

#include "flvfile.h"
#include "flvscript.h"
#include "gstrtmpbuffer.h"
#include "gstrtmpelements.h"
#include "gstrtmpenhanced.h"
#include "gstrtmpinterleaver.h"
#include "gstrtmptime.h"
#include "gstrtmptrackwriter.h"

#define GST_CAT_DEFAULT gst_rtmp_mux_debug
GST_DEBUG_CATEGORY_STATIC (GST_CAT_DEFAULT);

enum
{
  PROP_STREAMABLE = 1,
  PROP_LATENCY,
  PROP_FORCE_FOURCC,
  PROP_NANOSECONDS,
  PROP_FLAC_MARKER,
};

/* A pad's stream: under the element's lock, but for the writer, which is the
 * task's. */
struct _GstRtmpMuxPad
{
  GstPad parent;

  GstRtmpLane *lane;
  GstSegment segment;
  GstCaps *caps;                /* (nullable): the last ones */
  gboolean has_new_caps;        /* with the next frame */
  GstTagList *tags;             /* (nullable) */
  gboolean flushing;
  gint64 last_dts;

  GstRtmpTrackWriter writer;
  guint32 last_timestamp;
};

#define GST_TYPE_RTMP_MUX_PAD (gst_rtmp_mux_pad_get_type ())
G_DECLARE_FINAL_TYPE (GstRtmpMuxPad, gst_rtmp_mux_pad, GST, RTMP_MUX_PAD,
    GstPad);
G_DEFINE_TYPE (GstRtmpMuxPad, gst_rtmp_mux_pad, GST_TYPE_PAD);

/* What waits in a lane: a frame, or the end of the track. */
typedef struct
{
  GstBuffer *buffer;            /* (nullable): of a frame */
  GstCaps *caps;                /* (nullable): new with this frame */
  gint64 dts, pts;              /* running times */
} Frame;

struct _GstRtmpMux
{
  GstElement parent;
  GstPad *src;

  GMutex lock;                  /* before the object lock */
  GCond cond;                   /* something has changed */
  GstRtmpInterleaver *row;      /* of Frame */
  gboolean flushing;            /* the task is to come back */
  GstFlowReturn flow;           /* of the last push */
  GstClockID timer;             /* the task waits for it */
  gboolean is_live;
  gboolean is_playing;
  GstClockTime upstream_latency;

  /* The task's */
  gboolean has_started;
  gboolean is_described;        /* metadata are up to date */
  gboolean rewrites;            /* what the end tells goes into the header */
  gint64 offset;                /* added to running times */
  guint64 n_bytes;
  gint64 last_pts;
  FlvMetadata *metadata;        /* as it stands in the header */

  /* Under the object lock */
  gboolean streamable;
  GstClockTime latency;
  gboolean force_four_cc;
  gboolean nanoseconds;
  gboolean flac_marker;
};

G_DEFINE_TYPE (GstRtmpMux, gst_rtmp_mux, GST_TYPE_ELEMENT);
GST_ELEMENT_REGISTER_DEFINE (rtmpmux, "rtmpmux", GST_RANK_PRIMARY,
    gst_rtmp_mux_get_type ());

/* Frames and pads */

static void
free_frame (gpointer data)
{
  Frame *frame = data;

  gst_clear_buffer (&frame->buffer);
  gst_clear_caps (&frame->caps);
  g_free (frame);
}

static void
gst_rtmp_mux_pad_finalize (GObject * object)
{
  GstRtmpMuxPad *self = GST_RTMP_MUX_PAD (object);

  gst_clear_caps (&self->caps);
  gst_clear_tag_list (&self->tags);
  gst_rtmp_track_writer_clear (&self->writer);
  G_OBJECT_CLASS (gst_rtmp_mux_pad_parent_class)->finalize (object);
}

static void
gst_rtmp_mux_pad_class_init (GstRtmpMuxPadClass * klass)
{
  G_OBJECT_CLASS (klass)->finalize = gst_rtmp_mux_pad_finalize;
}

static void
reset_pad_locked (GstRtmpMuxPad * self)
{
  gst_segment_init (&self->segment, GST_FORMAT_TIME);
  gst_rtmp_lane_clear (self->lane);
  self->last_dts = G_MININT64;
  self->has_new_caps = self->caps != NULL;
}

static void
gst_rtmp_mux_pad_init (GstRtmpMuxPad * self)
{
}

/* For @next to see: the task waits for the clock, or for anything. */
static void
wake_locked (GstRtmpMux * self)
{
  if (self->timer)
    gst_clock_id_unschedule (self->timer);
  g_cond_broadcast (&self->cond);
}

/* Output */

static GstFlowReturn
push (GstRtmpMux * self, GstBuffer * buffer)
{
  self->n_bytes += gst_buffer_get_size (buffer);
  return gst_pad_push (self->src, buffer);
}

static void
set_times (GstBuffer * buffer, gint64 dts, gint64 pts)
{
  GST_BUFFER_DTS (buffer) = (GstClockTime) MAX (dts, 0);
  GST_BUFFER_PTS (buffer) = (GstClockTime) MAX (pts, 0);
}

static GList *
get_pads (GstRtmpMux * self)
{
  GList *pads;

  GST_OBJECT_LOCK (self);
  pads = g_list_copy (GST_ELEMENT (self)->sinkpads);
  for (GList * l = pads; l; l = l->next)
    gst_object_ref (l->data);
  GST_OBJECT_UNLOCK (self);
  return pads;
}

static void
free_pads (GList * pads)
{
  g_list_free_full (pads, gst_object_unref);
}

static void
describe_tags (const GstTagList * tags, const gchar * tag, gpointer user_data)
{
  static const gchar *const names[][2] = {
    {GST_TAG_TITLE, "title"},
    {GST_TAG_ARTIST, "artist"},
    {GST_TAG_ALBUM, "album"},
    {GST_TAG_GENRE, "genre"},
    {GST_TAG_COMMENT, "comment"},
    {GST_TAG_DESCRIPTION, "description"},
    {GST_TAG_COPYRIGHT, "copyright"},
  };
  FlvMetadata *metadata = user_data;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    const gchar *text;

    if (g_str_equal (tag, names[i][0])
        && gst_tag_list_peek_string_index (tags, tag, 0, &text))
      rtmp_value_set_string (metadata->others, names[i][1], text);
  }
}

static FlvMetadata *
new_metadata (GstRtmpMux * self)
{
  FlvMetadata *metadata = flv_metadata_new ();
  GList *pads = get_pads (self);

  metadata->encoder = g_strdup ("gst-rtmp " RTMP_VERSION);
  g_mutex_lock (&self->lock);
  for (GList * l = pads; l; l = l->next) {
    GstRtmpMuxPad *pad = l->data;

    if (pad->writer.format.codec)
      gst_rtmp_track_writer_describe (&pad->writer, metadata);
    if (pad->tags)
      gst_tag_list_foreach (pad->tags, describe_tags, metadata);
  }
  g_mutex_unlock (&self->lock);
  free_pads (pads);
  return metadata;
}

static GstBuffer *
write_metadata (const FlvMetadata * metadata, guint32 timestamp)
{
  RtmpValue *value = flv_metadata_write (metadata);
  g_autoptr (GBytes) body =
      flv_script_write (FLV_SCRIPT_ON_META_DATA, &value, 1);
  GstBuffer *tag = gst_rtmp_buffer_new_tag (FLV_TAG_SCRIPT, timestamp,
      g_steal_pointer (&body));

  rtmp_value_unref (value);
  GST_BUFFER_FLAG_SET (tag, GST_BUFFER_FLAG_HEADER);
  return tag;
}

/* The element's wishes, when a pad gets its caps. */
static void
apply_settings (GstRtmpMux * self, GstRtmpTrackWriter * writer)
{
  GST_OBJECT_LOCK (self);
  writer->force_four_cc = self->force_four_cc;
  writer->nanoseconds = self->nanoseconds;
  writer->long_flac = self->flac_marker;
  GST_OBJECT_UNLOCK (self);
}

static gboolean
set_pad_caps (GstRtmpMux * self, GstRtmpMuxPad * pad, GstCaps * caps,
    GstBuffer * first, GError ** error)
{
  apply_settings (self, &pad->writer);
  if (!gst_rtmp_track_writer_set_caps (&pad->writer, caps, first, error))
    return FALSE;
  self->is_described = self->is_described && !pad->writer.is_changed;
  return TRUE;
}

/* Pads whose first frame is still to come are declared all the same, if their
 * caps tell enough. */
static void
look_at_other_pads (GstRtmpMux * self)
{
  GList *pads = get_pads (self);

  for (GList * l = pads; l; l = l->next) {
    GstRtmpMuxPad *pad = l->data;
    GstCaps *caps;

    g_mutex_lock (&self->lock);
    caps = pad->caps ? gst_caps_ref (pad->caps) : NULL;
    g_mutex_unlock (&self->lock);
    if (caps && pad->writer.format.codec == NULL)
      set_pad_caps (self, pad, caps, NULL, NULL);
    gst_clear_caps (&caps);
  }
  free_pads (pads);
}

/* Every pad's configuration that has not been written. */
static void
add_configurations (GstRtmpMux * self, guint32 timestamp, GPtrArray * tags)
{
  GList *pads = get_pads (self);

  for (GList * l = pads; l; l = l->next) {
    GstRtmpMuxPad *pad = l->data;

    if (pad->writer.format.codec && pad->writer.is_changed)
      gst_rtmp_track_writer_configuration (&pad->writer, timestamp, tags);
    pad->writer.is_changed = FALSE;
  }
  free_pads (pads);
}

static void
set_stream_header (GstRtmpMux * self, GPtrArray * tags)
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

static gboolean
is_downstream_seekable (GstRtmpMux * self)
{
  g_autoptr (GstQuery) query = gst_query_new_seeking (GST_FORMAT_BYTES);
  gboolean seekable = FALSE;

  if (gst_pad_peer_query (self->src, query))
    gst_query_parse_seeking (query, NULL, &seekable, NULL, NULL);
  return seekable;
}

static void
push_first_events (GstRtmpMux * self, GPtrArray * tags)
{
  g_autofree gchar *id = g_strdup_printf ("rtmpmux-%08x", g_random_int ());
  GstSegment segment;

  gst_pad_push_event (self->src, gst_event_new_stream_start (id));
  set_stream_header (self, tags);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (self->src, gst_event_new_segment (&segment));
}

static GstBuffer *
new_file_header (GstRtmpMux * self)
{
  guint8 *header = g_malloc (FLV_FILE_HEADER_SIZE);
  gboolean has[] = { FALSE, FALSE };
  GList *pads = get_pads (self);
  GstBuffer *buffer;

  for (GList * l = pads; l; l = l->next)
    has[((GstRtmpMuxPad *) l->data)->writer.media] = TRUE;
  free_pads (pads);
  flv_write_file_header (header, has[FLV_MEDIA_AUDIO], has[FLV_MEDIA_VIDEO]);
  buffer = gst_buffer_new_wrapped (header, FLV_FILE_HEADER_SIZE);
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_HEADER);
  return buffer;
}

/* What stands before everything: with the first frame, since there is no caps
 * without codecs. */
static void
start (GstRtmpMux * self, guint32 timestamp, GPtrArray * tags)
{
  GST_OBJECT_LOCK (self);
  self->rewrites = !self->streamable;
  GST_OBJECT_UNLOCK (self);
  self->rewrites = self->rewrites && is_downstream_seekable (self);
  look_at_other_pads (self);
  self->metadata = new_metadata (self);
  g_ptr_array_add (tags, new_file_header (self));
  g_ptr_array_add (tags, write_metadata (self->metadata, timestamp));
  add_configurations (self, timestamp, tags);
  push_first_events (self, tags);
  self->has_started = self->is_described = TRUE;
}

/* What is to be written before a frame of @pad. */
static void
add_headers (GstRtmpMux * self, GstRtmpMuxPad * pad, guint32 timestamp,
    GPtrArray * tags)
{
  if (!self->has_started) {
    start (self, timestamp, tags);
    return;
  }
  if (!self->is_described) {
    g_autoptr (FlvMetadata) metadata = new_metadata (self);

    g_ptr_array_add (tags, write_metadata (metadata, timestamp));
    self->is_described = TRUE;
  }
  if (pad->writer.is_changed)
    gst_rtmp_track_writer_configuration (&pad->writer, timestamp, tags);
  pad->writer.is_changed = FALSE;
}

static GstFlowReturn
push_tags (GstRtmpMux * self, GPtrArray * tags, const Frame * frame)
{
  GstFlowReturn flow = GST_FLOW_OK;

  for (guint i = 0; i < tags->len && flow == GST_FLOW_OK; i++) {
    GstBuffer *tag = gst_buffer_copy (g_ptr_array_index (tags, i));

    if (GST_BUFFER_FLAG_IS_SET (tag, GST_BUFFER_FLAG_HEADER))
      set_times (tag, frame->dts, frame->dts);
    else
      set_times (tag, frame->dts, frame->pts);
    flow = push (self, tag);
  }
  return flow;
}

/* Pipelines may begin a little before their zero; FLV does not. All tracks are
 * moved by the same time. */
static gint64
timestamp_of (GstRtmpMux * self, GstRtmpMuxPad * pad, gint64 dts)
{
  if (!self->has_started)
    self->offset = MAX (-dts, 0);
  return MAX (gst_rtmp_time_to_ms (dts + self->offset), 0);
}

static GstFlowReturn
write_frame (GstRtmpMux * self, GstRtmpMuxPad * pad, Frame * frame)
{
  gint64 dts = timestamp_of (self, pad, frame->dts);
  g_autoptr (GPtrArray) tags =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
  g_autoptr (GError) error = NULL;
  GstBuffer *tag;

  if (frame->caps
      && !set_pad_caps (self, pad, frame->caps, frame->buffer, &error)) {
    GST_ELEMENT_ERROR (self, STREAM, WRONG_TYPE, ("%s", error->message),
        ("%s: %" GST_PTR_FORMAT, GST_PAD_NAME (pad), frame->caps));
    return GST_FLOW_NOT_NEGOTIATED;
  }
  add_headers (self, pad, (guint32) dts, tags);
  tag = gst_rtmp_track_writer_frame (&pad->writer, frame->buffer, dts,
      frame->pts + self->offset);
  if (tag == NULL) {
    GST_ELEMENT_ERROR (self, RESOURCE, READ,
        ("The input's memory cannot be read."), (NULL));
    return GST_FLOW_ERROR;
  }
  g_ptr_array_add (tags, tag);
  pad->last_timestamp = (guint32) dts;
  self->last_pts = MAX (self->last_pts, frame->pts + self->offset);
  return push_tags (self, tags, frame);
}

/* The end of a track that others outlive. */
static GstFlowReturn
write_track_end (GstRtmpMux * self, GstRtmpMuxPad * pad, const Frame * frame)
{
  GstBuffer *tag = pad->writer.format.codec == NULL ? NULL
      : gst_rtmp_track_writer_end (&pad->writer, pad->last_timestamp);

  if (tag == NULL)
    return GST_FLOW_OK;
  set_times (tag, frame->dts, frame->dts);
  return push (self, tag);
}

/* The header knows now how long the file is. */
static void
rewrite_header (GstRtmpMux * self)
{
  GstBuffer *tag;
  GstSegment segment;

  self->metadata->duration = (gdouble) self->last_pts / GST_SECOND;
  self->metadata->filesize = (gdouble) self->n_bytes;
  tag = write_metadata (self->metadata, 0);
  gst_segment_init (&segment, GST_FORMAT_BYTES);
  segment.start = segment.time = segment.position = FLV_FILE_HEADER_SIZE;
  gst_pad_push_event (self->src, gst_event_new_segment (&segment));
  gst_pad_push (self->src, tag);
}

static GstFlowReturn
end (GstRtmpMux * self)
{
  if (self->has_started && self->rewrites)
    rewrite_header (self);
  if (!self->has_started)
    GST_ELEMENT_WARNING (self, STREAM, MUX,
        ("Nothing was written: no pad had a frame before the end."), (NULL));
  gst_pad_push_event (self->src, gst_event_new_eos ());
  return GST_FLOW_EOS;
}

/* The task */

/* Running time, where the clock counts. */
static gint64
now_locked (GstRtmpMux * self)
{
  g_autoptr (GstClock) clock = NULL;

  if (!self->is_live || !self->is_playing)
    return GST_RTMP_NO_CLOCK;
  clock = gst_element_get_clock (GST_ELEMENT (self));
  if (clock == NULL)
    return GST_RTMP_NO_CLOCK;
  return GST_CLOCK_DIFF (gst_element_get_base_time (GST_ELEMENT (self)),
      gst_clock_get_time (clock));
}

static void
wait_for_clock_locked (GstRtmpMux * self, gint64 when)
{
  g_autoptr (GstClock) clock = gst_element_get_clock (GST_ELEMENT (self));
  gint64 time = (gint64) gst_element_get_base_time (GST_ELEMENT (self)) + when;
  GstClockID timer;

  if (clock == NULL)
    return;
  timer = gst_clock_new_single_shot_id (clock, (GstClockTime) MAX (time, 0));
  self->timer = timer;
  g_mutex_unlock (&self->lock);
  gst_clock_id_wait (timer, NULL);
  g_mutex_lock (&self->lock);
  self->timer = NULL;
  gst_clock_id_unref (timer);
}

static GstClockTime
latency_locked (GstRtmpMux * self)
{
  GstClockTime latency;

  GST_OBJECT_LOCK (self);
  latency = self->latency;
  GST_OBJECT_UNLOCK (self);
  return self->upstream_latency + latency;
}

/* Waits for the next frame; NONE when flushing. The pad is referenced. */
static GstRtmpNext
wait_for_next (GstRtmpMux * self, GstRtmpMuxPad ** pad, Frame ** frame)
{
  GstRtmpNext next = GST_RTMP_NEXT_NONE;
  gpointer owner = NULL, item = NULL;
  gint64 when;

  g_mutex_lock (&self->lock);
  while (!self->flushing) {
    next = gst_rtmp_interleaver_next (self->row, now_locked (self),
        latency_locked (self), &owner, &item, &when);
    if (next == GST_RTMP_NEXT_LATER)
      wait_for_clock_locked (self, when);
    else if (next == GST_RTMP_NEXT_NONE)
      g_cond_wait (&self->cond, &self->lock);
    else
      break;
  }
  if (self->flushing && item == NULL)
    next = GST_RTMP_NEXT_NONE;
  if (next == GST_RTMP_NEXT_ITEM) {
    *pad = gst_object_ref (owner);
    *frame = item;
    g_cond_broadcast (&self->cond);
  }
  g_mutex_unlock (&self->lock);
  return next;
}

static GstFlowReturn
write_next (GstRtmpMux * self)
{
  g_autoptr (GstRtmpMuxPad) pad = NULL;
  GstFlowReturn flow;
  Frame *frame;

  switch (wait_for_next (self, &pad, &frame)) {
    case GST_RTMP_NEXT_END:
      return end (self);
    case GST_RTMP_NEXT_ITEM:
      break;
    default:
      return GST_FLOW_FLUSHING;
  }
  flow = frame->buffer ? write_frame (self, pad, frame)
      : write_track_end (self, pad, frame);
  free_frame (frame);
  return flow;
}

static void
gst_rtmp_mux_loop (gpointer user_data)
{
  GstRtmpMux *self = user_data;
  GstFlowReturn flow = write_next (self);

  if (flow == GST_FLOW_OK)
    return;
  g_mutex_lock (&self->lock);
  self->flow = flow;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  gst_pad_pause_task (self->src);
}

static void
stop_waiting (GstRtmpMux * self)
{
  g_mutex_lock (&self->lock);
  self->flushing = TRUE;
  wake_locked (self);
  g_mutex_unlock (&self->lock);
}

static gboolean
gst_rtmp_mux_src_activate_mode (GstPad * pad, GstObject * parent,
    GstPadMode mode, gboolean active)
{
  GstRtmpMux *self = GST_RTMP_MUX (parent);

  if (mode != GST_PAD_MODE_PUSH)
    return FALSE;
  if (!active) {
    stop_waiting (self);
    return gst_pad_stop_task (pad);
  }
  g_mutex_lock (&self->lock);
  self->flushing = FALSE;
  self->flow = GST_FLOW_OK;
  g_mutex_unlock (&self->lock);
  return gst_pad_start_task (pad, gst_rtmp_mux_loop, self, NULL);
}

/* Input */

static gboolean
to_running_time (const GstSegment * segment, GstClockTime time, gint64 * out)
{
  guint64 running;
  gint sign;

  if (!GST_CLOCK_TIME_IS_VALID (time))
    return FALSE;
  sign = gst_segment_to_running_time_full (segment, GST_FORMAT_TIME, time,
      &running);
  *out = sign < 0 ? -(gint64) running : (gint64) running;
  return sign != 0;
}

/* Times are complete from here on, and those of decoding never go back. */
static Frame *
new_frame_locked (GstRtmpMuxPad * pad, GstBuffer * buffer)
{
  Frame *frame = g_new0 (Frame, 1);
  gboolean has_dts, has_pts;

  has_dts = to_running_time (&pad->segment, GST_BUFFER_DTS (buffer),
      &frame->dts);
  has_pts = to_running_time (&pad->segment, GST_BUFFER_PTS (buffer),
      &frame->pts);
  if (!has_pts && !has_dts)
    frame->pts = pad->last_dts == G_MININT64 ? 0 : pad->last_dts;
  else if (!has_pts)
    frame->pts = frame->dts;
  if (!has_dts)
    frame->dts = frame->pts;
  frame->dts = MAX (frame->dts, pad->last_dts);
  pad->last_dts = frame->dts;
  frame->buffer = buffer;
  if (pad->has_new_caps)
    frame->caps = gst_caps_ref (pad->caps);
  pad->has_new_caps = FALSE;
  return frame;
}

static GstFlowReturn
gst_rtmp_mux_chain (GstPad * sinkpad, GstObject * parent, GstBuffer * buffer)
{
  GstRtmpMux *self = GST_RTMP_MUX (parent);
  GstRtmpMuxPad *pad = GST_RTMP_MUX_PAD (sinkpad);
  GstFlowReturn flow;
  Frame *frame;

  g_mutex_lock (&self->lock);
  while (!pad->flushing && !self->flushing && self->flow == GST_FLOW_OK
      && gst_rtmp_lane_is_full (pad->lane))
    g_cond_wait (&self->cond, &self->lock);
  flow = pad->flushing || self->flushing ? GST_FLOW_FLUSHING : self->flow;
  if (flow == GST_FLOW_OK && pad->caps == NULL)
    flow = GST_FLOW_NOT_NEGOTIATED;
  if (flow == GST_FLOW_OK) {
    frame = new_frame_locked (pad, g_steal_pointer (&buffer));
    gst_rtmp_lane_push (pad->lane, frame, frame->dts,
        gst_buffer_get_size (frame->buffer));
    if (GST_BUFFER_DURATION_IS_VALID (frame->buffer))
      gst_rtmp_lane_advance (pad->lane,
          frame->dts + (gint64) GST_BUFFER_DURATION (frame->buffer));
    wake_locked (self);
  }
  g_mutex_unlock (&self->lock);
  gst_clear_buffer (&buffer);
  return flow;
}

static void
take_caps_locked (GstRtmpMuxPad * pad, GstEvent * event)
{
  GstCaps *caps;

  gst_event_parse_caps (event, &caps);
  pad->has_new_caps = pad->has_new_caps || pad->caps == NULL
      || !gst_caps_is_equal (pad->caps, caps);
  gst_caps_replace (&pad->caps, caps);
}

static void
take_gap_locked (GstRtmpMuxPad * pad, GstEvent * event)
{
  GstClockTime time, duration;
  gint64 until;

  gst_event_parse_gap (event, &time, &duration);
  if (GST_CLOCK_TIME_IS_VALID (duration))
    time += duration;
  if (to_running_time (&pad->segment, time, &until))
    gst_rtmp_lane_advance (pad->lane, until);
}

static void
take_tags_locked (GstRtmpMux * self, GstRtmpMuxPad * pad, GstEvent * event)
{
  GstTagList *tags;

  gst_event_parse_tag (event, &tags);
  if (pad->tags == NULL)
    pad->tags = gst_tag_list_new_empty ();
  pad->tags = gst_tag_list_make_writable (pad->tags);
  gst_tag_list_insert (pad->tags, tags, GST_TAG_MERGE_REPLACE);
}

static void
take_end_locked (GstRtmpMuxPad * pad)
{
  Frame *frame = g_new0 (Frame, 1);

  frame->dts = frame->pts = MAX (pad->last_dts, 0);
  gst_rtmp_lane_push (pad->lane, frame, frame->dts, 0);
  gst_rtmp_lane_end (pad->lane);
}

static gboolean
take_segment_locked (GstRtmpMux * self, GstRtmpMuxPad * pad, GstEvent * event)
{
  gst_event_copy_segment (event, &pad->segment);
  return pad->segment.format == GST_FORMAT_TIME;
}

static gboolean
take_event_locked (GstRtmpMux * self, GstRtmpMuxPad * pad, GstEvent * event)
{
  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_CAPS:
      take_caps_locked (pad, event);
      break;
    case GST_EVENT_SEGMENT:
      return take_segment_locked (self, pad, event);
    case GST_EVENT_GAP:
      take_gap_locked (pad, event);
      break;
    case GST_EVENT_TAG:
      take_tags_locked (self, pad, event);
      break;
    case GST_EVENT_EOS:
      take_end_locked (pad);
      break;
    case GST_EVENT_FLUSH_START:
      pad->flushing = TRUE;
      break;
    case GST_EVENT_FLUSH_STOP:
      pad->flushing = FALSE;
      reset_pad_locked (pad);
      break;
    default:
      break;
  }
  return TRUE;
}

/* None goes on as it is: what comes out is another stream. */
static gboolean
gst_rtmp_mux_sink_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  GstRtmpMux *self = GST_RTMP_MUX (parent);
  gboolean ok;

  g_mutex_lock (&self->lock);
  ok = take_event_locked (self, GST_RTMP_MUX_PAD (pad), event);
  wake_locked (self);
  g_mutex_unlock (&self->lock);
  if (!ok)
    GST_ELEMENT_ERROR (self, STREAM, FORMAT,
        ("The input's segment is not in time."),
        ("%s: %" GST_PTR_FORMAT, GST_PAD_NAME (pad), event));
  gst_event_unref (event);
  return ok;
}

static gboolean
gst_rtmp_mux_sink_query (GstPad * pad, GstObject * parent, GstQuery * query)
{
  /* Downstream's memory is not ours to offer. */
  if (GST_QUERY_TYPE (query) == GST_QUERY_ALLOCATION)
    return FALSE;
  return gst_pad_query_default (pad, parent, query);
}

static gboolean
gst_rtmp_mux_src_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  if (GST_EVENT_TYPE (event) == GST_EVENT_SEEK) {
    gst_event_unref (event);
    return FALSE;
  }
  return gst_pad_event_default (pad, parent, event);
}

static gboolean
answer_latency (GstRtmpMux * self, GstQuery * query)
{
  GstClockTime min, max, own;
  gboolean live;

  if (!gst_pad_query_default (self->src, GST_OBJECT (self), query))
    return FALSE;
  gst_query_parse_latency (query, &live, &min, &max);
  g_mutex_lock (&self->lock);
  self->is_live = live;
  self->upstream_latency = min;
  own = latency_locked (self) - min;
  wake_locked (self);
  g_mutex_unlock (&self->lock);
  if (live)
    gst_query_set_latency (query, TRUE, min + own,
        GST_CLOCK_TIME_IS_VALID (max) ? max + GST_RTMP_LANE_TIME : max);
  return TRUE;
}

/* The codecs that @pad can get from what it is linked to, if their packets will
 * have a FourCC. */
static void
add_four_ccs (GstRtmpMux * self, GstRtmpMuxPad * pad, GString * codecs)
{
  GstPad *sink = GST_PAD (pad);
  g_autoptr (GstCaps) own = gst_pad_get_pad_template_caps (sink);
  g_autoptr (GstCaps) caps = gst_pad_peer_query_caps (sink, own);
  const FlvCodec *rows;
  guint n;

  apply_settings (self, &pad->writer);
  rows = flv_codecs (&n);
  for (guint i = 0; i < n; i++) {
    g_autoptr (GstCaps) row = gst_caps_from_string (rows[i].caps);
    gchar four_cc[FLV_FOUR_CC_LENGTH];

    if (rows[i].four_cc == FLV_NO_FOUR_CC
        || rows[i].media != pad->writer.media
        || !gst_rtmp_track_writer_needs_four_cc (&pad->writer, &rows[i])
        || !gst_caps_can_intersect (caps, row))
      continue;
    flv_four_cc_to_string (rows[i].four_cc, four_cc);
    g_string_append_printf (codecs, "%s,", four_cc);
  }
}

/* What a server is to know before it gets it. */
static gboolean
answer_enhanced (GstRtmpMux * self, GstQuery * query)
{
  g_autoptr (GString) codecs = g_string_new (NULL);
  RtmpCapsEx caps_ex = 0;
  GList *pads = get_pads (self);

  for (GList * l = pads; l; l = l->next) {
    GstRtmpMuxPad *pad = l->data;

    add_four_ccs (self, pad, codecs);
    if (pad->writer.id > 0)
      caps_ex |= RTMP_CAPS_EX_MULTITRACK;
    if (pad->writer.nanoseconds)
      caps_ex |= RTMP_CAPS_EX_MOD_EX | RTMP_CAPS_EX_TIMESTAMP_NANO_OFFSET;
  }
  free_pads (pads);
  return gst_rtmp_enhanced_answer (query, codecs->str, caps_ex);
}

static gboolean
gst_rtmp_mux_src_query (GstPad * pad, GstObject * parent, GstQuery * query)
{
  if (gst_rtmp_enhanced_is_asked (query))
    return answer_enhanced (GST_RTMP_MUX (parent), query);
  if (GST_QUERY_TYPE (query) == GST_QUERY_LATENCY)
    return answer_latency (GST_RTMP_MUX (parent), query);
  if (GST_QUERY_TYPE (query) == GST_QUERY_SEEKING) {
    GstFormat format;

    gst_query_parse_seeking (query, &format, NULL, NULL, NULL);
    gst_query_set_seeking (query, format, FALSE, 0, -1);
    return TRUE;
  }
  return gst_pad_query_default (pad, parent, query);
}

/* Element */

/* The number asked for, or the lowest that is free; -1: there is none. */
static gint
choose_id (GstRtmpMux * self, GstPadTemplate * template, const gchar * name)
{
  const gchar *format = GST_PAD_TEMPLATE_NAME_TEMPLATE (template);
  guint id;

  if (name && sscanf (name + 6, "%u", &id) == 1)
    return id <= G_MAXUINT8 ? (gint) id : -1;
  for (id = 0; id <= G_MAXUINT8; id++) {
    g_autofree gchar *free_name = g_strdup_printf ("%.6s%u", format, id);
    g_autoptr (GstPad) pad =
        gst_element_get_static_pad (GST_ELEMENT (self), free_name);

    if (pad == NULL)
      return (gint) id;
  }
  return -1;
}

static GstPad *
gst_rtmp_mux_request_new_pad (GstElement * element, GstPadTemplate * template,
    const gchar * name, const GstCaps * caps)
{
  GstRtmpMux *self = GST_RTMP_MUX (element);
  gint id = choose_id (self, template, name);
  gboolean is_video =
      g_str_has_prefix (GST_PAD_TEMPLATE_NAME_TEMPLATE (template), "video");
  g_autofree gchar *pad_name =
      g_strdup_printf (is_video ? "video_%d" : "audio_%d", id);
  GstRtmpMuxPad *pad;

  if (id < 0) {
    GST_ERROR_OBJECT (self, "a track's number is at most %u", G_MAXUINT8);
    return NULL;
  }
  pad = g_object_new (GST_TYPE_RTMP_MUX_PAD, "name", pad_name, "direction",
      GST_PAD_SINK, "template", template, NULL);
  gst_rtmp_track_writer_init (&pad->writer, is_video ? FLV_MEDIA_VIDEO
      : FLV_MEDIA_AUDIO, (guint8) id);
  gst_pad_set_chain_function (GST_PAD (pad), gst_rtmp_mux_chain);
  gst_pad_set_event_function (GST_PAD (pad), gst_rtmp_mux_sink_event);
  gst_pad_set_query_function (GST_PAD (pad), gst_rtmp_mux_sink_query);
  g_mutex_lock (&self->lock);
  pad->lane = gst_rtmp_interleaver_add (self->row, pad);
  reset_pad_locked (pad);
  g_mutex_unlock (&self->lock);
  if (!gst_element_add_pad (element, GST_PAD (pad))) {
    GST_ERROR_OBJECT (self, "there is a pad %s already", pad_name);
    return NULL;
  }
  return GST_PAD (pad);
}

static void
gst_rtmp_mux_release_pad (GstElement * element, GstPad * sinkpad)
{
  GstRtmpMux *self = GST_RTMP_MUX (element);
  GstRtmpMuxPad *pad = GST_RTMP_MUX_PAD (sinkpad);

  g_mutex_lock (&self->lock);
  pad->flushing = TRUE;
  wake_locked (self);
  g_mutex_unlock (&self->lock);
  gst_pad_set_active (sinkpad, FALSE);
  g_mutex_lock (&self->lock);
  gst_rtmp_interleaver_remove (self->row, g_steal_pointer (&pad->lane));
  wake_locked (self);
  g_mutex_unlock (&self->lock);
  gst_element_remove_pad (element, sinkpad);
}

static void
set_playing (GstRtmpMux * self, gboolean playing)
{
  g_mutex_lock (&self->lock);
  self->is_playing = playing;
  wake_locked (self);
  g_mutex_unlock (&self->lock);
}

/* The pads are inactive, and the task has stopped. */
static void
reset (GstRtmpMux * self)
{
  g_mutex_lock (&self->lock);
  for (GList * l = GST_ELEMENT (self)->sinkpads; l; l = l->next) {
    GstRtmpMuxPad *pad = l->data;

    gst_clear_caps (&pad->caps);
    gst_clear_tag_list (&pad->tags);
    gst_rtmp_track_writer_clear (&pad->writer);
    reset_pad_locked (pad);
  }
  self->is_live = FALSE;
  self->upstream_latency = 0;
  g_mutex_unlock (&self->lock);
  self->has_started = self->is_described = self->rewrites = FALSE;
  self->n_bytes = 0;
  self->offset = self->last_pts = 0;
  g_clear_pointer (&self->metadata, flv_metadata_free);
}

static GstStateChangeReturn
gst_rtmp_mux_change_state (GstElement * element, GstStateChange transition)
{
  GstRtmpMux *self = GST_RTMP_MUX (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING
      || transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
    set_playing (self, transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING);
  result = GST_ELEMENT_CLASS (gst_rtmp_mux_parent_class)->change_state (element,
      transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    reset (self);
  return result;
}

static void
set_latency (GstRtmpMux * self, GstClockTime latency)
{
  GST_OBJECT_LOCK (self);
  self->latency = latency;
  GST_OBJECT_UNLOCK (self);
  gst_element_post_message (GST_ELEMENT (self),
      gst_message_new_latency (GST_OBJECT (self)));
}

static void
gst_rtmp_mux_set_property (GObject * object, guint id, const GValue * value,
    GParamSpec * pspec)
{
  GstRtmpMux *self = GST_RTMP_MUX (object);

  if (id == PROP_LATENCY) {
    set_latency (self, g_value_get_uint64 (value));
    return;
  }
  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_STREAMABLE:
      self->streamable = g_value_get_boolean (value);
      break;
    case PROP_FORCE_FOURCC:
      self->force_four_cc = g_value_get_boolean (value);
      break;
    case PROP_NANOSECONDS:
      self->nanoseconds = g_value_get_boolean (value);
      break;
    case PROP_FLAC_MARKER:
      self->flac_marker = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_rtmp_mux_get_property (GObject * object, guint id, GValue * value,
    GParamSpec * pspec)
{
  GstRtmpMux *self = GST_RTMP_MUX (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_STREAMABLE:
      g_value_set_boolean (value, self->streamable);
      break;
    case PROP_LATENCY:
      g_value_set_uint64 (value, self->latency);
      break;
    case PROP_FORCE_FOURCC:
      g_value_set_boolean (value, self->force_four_cc);
      break;
    case PROP_NANOSECONDS:
      g_value_set_boolean (value, self->nanoseconds);
      break;
    case PROP_FLAC_MARKER:
      g_value_set_boolean (value, self->flac_marker);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_rtmp_mux_finalize (GObject * object)
{
  GstRtmpMux *self = GST_RTMP_MUX (object);

  g_clear_pointer (&self->metadata, flv_metadata_free);
  gst_rtmp_interleaver_free (self->row);
  g_cond_clear (&self->cond);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (gst_rtmp_mux_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass * klass)
{
  /**
   * GstRtmpMux:streamable:
   *
   * The header is not written again at the end, with duration and size; it is
   * not in any case where downstream cannot seek, as a server cannot.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_STREAMABLE,
      g_param_spec_boolean ("streamable", "Streamable",
          "Do not write the header again at the end", FALSE,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  /**
   * GstRtmpMux:latency:
   *
   * How long a frame of a live pipeline waits for other tracks beyond what
   * their sources need, in nanoseconds.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_LATENCY,
      g_param_spec_uint64 ("latency", "Latency",
          "How long a frame waits for other tracks (live, ns)", 0, G_MAXINT64,
          0, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  /**
   * GstRtmpMux:force-fourcc:
   *
   * Write the headers of Enhanced RTMP also for track 0 of H.264, AAC and MP3,
   * which all readers know by the old ones.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_FORCE_FOURCC,
      g_param_spec_boolean ("force-fourcc", "Force FourCC",
          "Write enhanced headers also where there are legacy ones", FALSE,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  /**
   * GstRtmpMux:nanoseconds:
   *
   * Write what the milliseconds of presentation times leave over
   * (TimestampOffsetNano). Only for readers that know it: others fail.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_NANOSECONDS,
      g_param_spec_boolean ("nanoseconds", "Nanoseconds",
          "Write presentation times to the nanosecond", FALSE,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  /**
   * GstRtmpMux:flac-marker:
   *
   * Write the configuration of FLAC as the text of Enhanced RTMP has it, with
   * its marker; most readers know only the bare one.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_FLAC_MARKER,
      g_param_spec_boolean ("flac-marker", "FLAC marker",
          "Write FLAC's configuration with its marker", FALSE,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
}

static void
add_template (GstElementClass * klass, const gchar * name, FlvMedia media)
{
  g_autoptr (GstCaps) caps = gst_rtmp_caps_template (media);

  gst_element_class_add_pad_template (klass,
      gst_pad_template_new_with_gtype (name, GST_PAD_SINK, GST_PAD_REQUEST,
          caps, GST_TYPE_RTMP_MUX_PAD));
}

static void
gst_rtmp_mux_class_init (GstRtmpMuxClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  g_autoptr (GstCaps) flv = gst_caps_new_empty_simple ("video/x-flv");

  GST_DEBUG_CATEGORY_INIT (GST_CAT_DEFAULT, "rtmpmux", 0, "RTMP muxer");
  object_class->finalize = gst_rtmp_mux_finalize;
  object_class->set_property = gst_rtmp_mux_set_property;
  object_class->get_property = gst_rtmp_mux_get_property;
  element_class->change_state = gst_rtmp_mux_change_state;
  element_class->request_new_pad = gst_rtmp_mux_request_new_pad;
  element_class->release_pad = gst_rtmp_mux_release_pad;
  install_properties (object_class);

  gst_element_class_add_pad_template (element_class,
      gst_pad_template_new ("src", GST_PAD_SRC, GST_PAD_ALWAYS, flv));
  add_template (element_class, "video_%u", FLV_MEDIA_VIDEO);
  add_template (element_class, "audio_%u", FLV_MEDIA_AUDIO);
  gst_element_class_set_static_metadata (element_class, "RTMP muxer",
      "Codec/Muxer", "Makes FLV and Enhanced RTMP of elementary streams",
      "gst-rtmp");
}

static void
gst_rtmp_mux_init (GstRtmpMux * self)
{
  self->src = gst_pad_new_from_template (gst_element_class_get_pad_template
      (GST_ELEMENT_GET_CLASS (self), "src"), "src");
  gst_pad_use_fixed_caps (self->src);
  gst_pad_set_activatemode_function (self->src, gst_rtmp_mux_src_activate_mode);
  gst_pad_set_event_function (self->src, gst_rtmp_mux_src_event);
  gst_pad_set_query_function (self->src, gst_rtmp_mux_src_query);
  gst_element_add_pad (GST_ELEMENT (self), self->src);
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->row = gst_rtmp_interleaver_new (free_frame);
}

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
 * nothing is live, for more than a second of the others; when it falls silent,
 * a little longer, once. Each track keeps its own times.
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

#include "gstrtmpelements.h"
#include "gstrtmpenhanced.h"
#include "gstrtmpflvwriter.h"
#include "gstrtmpmuxpad.h"
#include "gstrtmpscript.h"

#define GST_CAT_DEFAULT gst_rtmp_mux_debug
GST_DEBUG_CATEGORY_STATIC (GST_CAT_DEFAULT);

/* Entries of an index of key frames: 18 bytes each. */
#define INDEX_ROOM 512
#define MAX_INDEX_ROOM 3000

enum
{
  PROP_STREAMABLE = 1,
  PROP_LATENCY,
  PROP_FORCE_FOURCC,
  PROP_NANOSECONDS,
  PROP_FLAC_MARKER,
};

struct _GstRtmpMux
{
  GstElement parent;
  GstPad *src;

  GMutex lock;                  /* before the object lock */
  GCond cond;                   /* something has changed */
  GstRtmpInterleaver *row;      /* of GstRtmpMuxItem */
  GPtrArray *scripts;           /* of GBytes: for before the next frame */
  guint32 last_script;          /* the event's, which may come by all pads */
  gboolean has_changed;         /* pads or caps, and maybe the metadata */
  gboolean flushing;            /* the task is to come back */
  GstFlowReturn flow;           /* of the last push */
  GstClockID timer;             /* the task waits for it */
  gboolean is_live;
  gboolean is_playing;
  GstClockTime upstream_latency;

  GstRtmpFlvWriter writer;      /* the task's */

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

/* For the task to see, which waits for the clock, or for anything. */
static void
wake_locked (GstRtmpMux * self)
{
  if (self->timer)
    gst_clock_id_unschedule (self->timer);
  g_cond_broadcast (&self->cond);
}

/* Output: the task, without the lock */

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
set_caps (GstRtmpMux * self, GstRtmpTrackWriter * writer, GstCaps * caps,
    GstBuffer * first, GError ** error)
{
  apply_settings (self, writer);
  return gst_rtmp_track_writer_set_caps (writer, caps, first, error);
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

/* A pad whose first frame is still to come is declared all the same, if its
 * caps tell enough. */
static void
look_at_pad (GstRtmpMux * self, GstRtmpMuxPad * pad)
{
  g_autoptr (GstCaps) caps = NULL;

  if (pad->writer.format.codec)
    return;
  g_mutex_lock (&self->lock);
  gst_caps_replace (&caps, pad->first_caps);
  gst_tag_list_replace (&pad->writer.tags, pad->first_tags);
  g_mutex_unlock (&self->lock);
  if (caps)
    set_caps (self, &pad->writer, caps, NULL, NULL);
}

/* How many key frames an index at the beginning has room for: one a second, if
 * it is known how many there will be. */
static guint
index_room (GList * pads)
{
  gint64 duration;

  for (GList * l = pads; l; l = l->next) {
    GstRtmpMuxPad *pad = l->data;

    if (pad->writer.media == FLV_MEDIA_VIDEO && pad->writer.id == 0
        && gst_pad_peer_query_duration (l->data, GST_FORMAT_TIME, &duration)
        && duration > 0)
      return (guint) MIN (duration / (gint64) GST_SECOND + 1, MAX_INDEX_ROOM);
  }
  return INDEX_ROOM;
}

static GstFlowReturn
describe (GstRtmpMux * self, gint64 dts)
{
  GList *pads = get_pads (self);
  g_autoptr (GPtrArray) tracks = g_ptr_array_new ();
  GstFlowReturn flow;
  gboolean streamable;

  for (GList * l = pads; l; l = l->next) {
    GstRtmpMuxPad *pad = l->data;

    look_at_pad (self, pad);
    g_ptr_array_add (tracks, &pad->writer);
  }
  GST_OBJECT_LOCK (self);
  streamable = self->streamable;
  GST_OBJECT_UNLOCK (self);
  flow = self->writer.has_started
      ? gst_rtmp_flv_writer_describe (&self->writer, tracks, dts)
      : gst_rtmp_flv_writer_start (&self->writer, tracks, streamable,
      streamable ? 0 : index_room (pads), dts);
  g_list_free_full (pads, gst_object_unref);
  return flow;
}

static gboolean
take_changed (GstRtmpMux * self)
{
  gboolean changed;

  g_mutex_lock (&self->lock);
  changed = self->has_changed;
  self->has_changed = FALSE;
  g_mutex_unlock (&self->lock);
  return changed;
}

/* What is to be told before a frame. */
static GstFlowReturn
prepare (GstRtmpMux * self, GstRtmpMuxPad * pad, const GstRtmpMuxItem * item,
    GError ** error)
{
  gboolean changed = take_changed (self);

  if (item->tags)
    gst_tag_list_replace (&pad->writer.tags, item->tags);
  if (item->caps
      && !set_caps (self, &pad->writer, item->caps, item->buffer, error))
    return GST_FLOW_ERROR;
  return changed || item->caps || item->tags ? describe (self, item->dts)
      : GST_FLOW_OK;
}

static GstFlowReturn
write_frame (GstRtmpMux * self, GstRtmpMuxPad * pad,
    const GstRtmpMuxItem * item)
{
  g_autoptr (GError) error = NULL;
  GstFlowReturn flow = prepare (self, pad, item, &error);

  if (flow == GST_FLOW_OK)
    flow = gst_rtmp_flv_writer_frame (&self->writer, &pad->writer,
        item->buffer, item->dts, item->pts, &error);
  if (error)
    gst_element_message_full (GST_ELEMENT (self), GST_MESSAGE_ERROR,
        error->domain, error->code, g_strdup (error->message),
        g_strdup_printf ("%s", GST_PAD_NAME (pad)), __FILE__, GST_FUNCTION,
        __LINE__);
  return flow;
}

/* Of the application, which sends them at no time of its own. */
static GstFlowReturn
write_scripts (GstRtmpMux * self, GPtrArray * scripts, gint64 dts)
{
  GstFlowReturn flow = GST_FLOW_OK;

  for (guint i = 0; i < scripts->len && flow == GST_FLOW_OK; i++)
    flow = gst_rtmp_flv_writer_script (&self->writer,
        g_ptr_array_index (scripts, i), dts);
  return flow;
}

static GstFlowReturn
write_item (GstRtmpMux * self, GstRtmpMuxPad * pad, const GstRtmpMuxItem * item)
{
  if (item->buffer)
    return write_frame (self, pad, item);
  if (item->script)
    return gst_rtmp_flv_writer_script (&self->writer, item->script, item->dts);
  if (pad->writer.format.codec && self->writer.has_started)
    return gst_rtmp_flv_writer_end_track (&self->writer, &pad->writer,
        item->dts);
  return GST_FLOW_OK;
}

static GstFlowReturn
finish (GstRtmpMux * self)
{
  gst_rtmp_flv_writer_finish (&self->writer);
  if (!self->writer.has_started)
    GST_ELEMENT_WARNING (self, STREAM, MUX,
        ("Nothing was written: no pad had a frame before the end."), (NULL));
  return GST_FLOW_EOS;
}

/* The task */

static GstClockTime
latency_locked (GstRtmpMux * self)
{
  GstClockTime latency;

  GST_OBJECT_LOCK (self);
  latency = self->latency;
  GST_OBJECT_UNLOCK (self);
  return self->upstream_latency + latency;
}

/* (nullable): where it counts */
static GstClock *
get_clock_locked (GstRtmpMux * self)
{
  return self->is_live && self->is_playing
      ? gst_element_get_clock (GST_ELEMENT (self)) : NULL;
}

static void
wait_for_clock_locked (GstRtmpMux * self, GstClock * clock, gint64 when)
{
  gint64 time = (gint64) gst_element_get_base_time (GST_ELEMENT (self)) + when;
  GstClockID timer =
      gst_clock_new_single_shot_id (clock, (GstClockTime) MAX (time, 0));

  self->timer = timer;
  g_mutex_unlock (&self->lock);
  gst_clock_id_wait (timer, NULL);
  g_mutex_lock (&self->lock);
  self->timer = NULL;
  gst_clock_id_unref (timer);
}

/* What the task is to do next. */
typedef struct
{
  GstRtmpNext next;             /* NONE: nothing, it flushes */
  GstRtmpMuxPad *pad;
  GstRtmpMuxItem *item;
  GPtrArray *scripts;
} Work;

static void
work_clear (Work * self)
{
  gst_clear_object (&self->pad);
  g_clear_pointer (&self->item, gst_rtmp_mux_item_free);
  g_clear_pointer (&self->scripts, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Work, work_clear)
     static GPtrArray *new_scripts (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
}

static void
take_work_locked (GstRtmpMux * self, Work * work, gpointer owner, gpointer item)
{
  work->item = item;
  work->pad = gst_object_ref (owner);
  if (self->scripts->len > 0 && work->item->buffer) {
    work->scripts = self->scripts;
    self->scripts = new_scripts ();
  }
  g_cond_broadcast (&self->cond);
}

/* @clock: (nullable): then any time that goes on */
static gint64
now_by (GstRtmpMux * self, GstClock * clock)
{
  if (clock == NULL)
    return g_get_monotonic_time () * (gint64) GST_USECOND;
  return GST_CLOCK_DIFF (gst_element_get_base_time (GST_ELEMENT (self)),
      gst_clock_get_time (clock));
}

static GstRtmpNext
next_or_wait_locked (GstRtmpMux * self, gpointer * owner, gpointer * item)
{
  g_autoptr (GstClock) clock = get_clock_locked (self);
  gint64 now = now_by (self, clock);
  gint64 when;
  GstRtmpNext next = gst_rtmp_interleaver_next (self->row, now,
      clock ? latency_locked (self) : GST_CLOCK_TIME_NONE, owner, item, &when);

  if (next == GST_RTMP_NEXT_NONE)
    g_cond_wait (&self->cond, &self->lock);
  else if (next == GST_RTMP_NEXT_LATER && clock)
    wait_for_clock_locked (self, clock, when);
  else if (next == GST_RTMP_NEXT_LATER)
    g_cond_wait_until (&self->cond, &self->lock,
        when / (gint64) GST_USECOND + 1);
  return next;
}

static void
wait_for_work (GstRtmpMux * self, Work * work)
{
  gpointer owner, item;

  g_mutex_lock (&self->lock);
  while (!self->flushing && work->next != GST_RTMP_NEXT_ITEM
      && work->next != GST_RTMP_NEXT_END)
    work->next = next_or_wait_locked (self, &owner, &item);
  if (work->next == GST_RTMP_NEXT_ITEM)
    take_work_locked (self, work, owner, item);
  g_mutex_unlock (&self->lock);
}

static GstFlowReturn
do_next (GstRtmpMux * self)
{
  g_auto (Work) work = {.next = GST_RTMP_NEXT_NONE };
  GstFlowReturn flow = GST_FLOW_OK;

  wait_for_work (self, &work);
  if (work.next == GST_RTMP_NEXT_END)
    return finish (self);
  if (work.next != GST_RTMP_NEXT_ITEM)
    return GST_FLOW_FLUSHING;
  if (work.scripts)
    flow = write_scripts (self, work.scripts, work.item->dts);
  return flow == GST_FLOW_OK ? write_item (self, work.pad, work.item) : flow;
}

/* The end is downstream's to know, and an error that nobody has told. */
static void
tell_end (GstRtmpMux * self, GstFlowReturn flow)
{
  if (flow == GST_FLOW_EOS)
    gst_pad_push_event (self->src, gst_event_new_eos ());
  else if (flow == GST_FLOW_NOT_LINKED
      || (flow < GST_FLOW_EOS && flow != GST_FLOW_ERROR))
    GST_ELEMENT_FLOW_ERROR (self, flow);
}

static void
gst_rtmp_mux_loop (gpointer user_data)
{
  GstRtmpMux *self = user_data;
  GstFlowReturn flow = do_next (self);

  if (flow == GST_FLOW_OK)
    return;
  g_mutex_lock (&self->lock);
  self->flow = flow;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  gst_pad_pause_task (self->src);
  tell_end (self, flow);
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

static void
wait_for_room_locked (GstRtmpMux * self, GstRtmpMuxPad * pad)
{
  gst_rtmp_lane_set_feeder (pad->lane, g_thread_self ());
  gst_rtmp_lane_set_blocked (pad->lane, TRUE);
  if (gst_rtmp_lane_is_full (pad->lane))
    wake_locked (self);
  while (!pad->flushing && !self->flushing && self->flow == GST_FLOW_OK
      && gst_rtmp_lane_is_full (pad->lane))
    g_cond_wait (&self->cond, &self->lock);
  gst_rtmp_lane_set_blocked (pad->lane, FALSE);
}

static GstFlowReturn
gst_rtmp_mux_chain (GstPad * sinkpad, GstObject * parent, GstBuffer * buffer)
{
  GstRtmpMux *self = GST_RTMP_MUX (parent);
  GstRtmpMuxPad *pad = GST_RTMP_MUX_PAD (sinkpad);
  GstFlowReturn flow;

  g_mutex_lock (&self->lock);
  wait_for_room_locked (self, pad);
  flow = pad->flushing || self->flushing ? GST_FLOW_FLUSHING : self->flow;
  if (flow == GST_FLOW_OK && pad->caps == NULL)
    flow = GST_FLOW_NOT_NEGOTIATED;
  if (flow == GST_FLOW_OK) {
    gst_rtmp_mux_pad_take_buffer (pad, g_steal_pointer (&buffer));
    wake_locked (self);
  }
  g_mutex_unlock (&self->lock);
  gst_clear_buffer (&buffer);
  return flow;
}

/* One event of an application may come by every pad. */
static gboolean
is_repeated_locked (GstRtmpMux * self, GstEvent * event)
{
  guint32 last = self->last_script;

  if (GST_EVENT_TYPE (event) != GST_EVENT_CUSTOM_DOWNSTREAM)
    return FALSE;
  self->last_script = gst_event_get_seqnum (event);
  return self->last_script == last;
}

/* None goes on as it is: what comes out is another stream. */
static gboolean
gst_rtmp_mux_sink_event (GstPad * sinkpad, GstObject * parent, GstEvent * event)
{
  GstRtmpMux *self = GST_RTMP_MUX (parent);
  GstRtmpMuxPad *pad = GST_RTMP_MUX_PAD (sinkpad);
  g_autoptr (GError) error = NULL;
  gboolean ok;

  g_mutex_lock (&self->lock);
  if (pad->lane && GST_EVENT_IS_SERIALIZED (event))
    gst_rtmp_lane_set_feeder (pad->lane, g_thread_self ());
  ok = pad->lane && (is_repeated_locked (self, event)
      || gst_rtmp_mux_pad_take_event (pad, event, &error));
  self->has_changed |= GST_EVENT_TYPE (event) == GST_EVENT_CAPS;
  wake_locked (self);
  g_mutex_unlock (&self->lock);
  if (error && GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT)
    GST_ELEMENT_ERROR (self, STREAM, FORMAT, ("%s", error->message),
        ("%" GST_PTR_FORMAT, event));
  else if (error)
    GST_WARNING_OBJECT (sinkpad, "%s", error->message);
  gst_event_unref (event);
  return ok;
}

static GstPadLinkReturn
gst_rtmp_mux_sink_link (GstPad * sinkpad, GstObject * parent, GstPad * peer)
{
  GstRtmpMux *self = GST_RTMP_MUX (parent);
  GstRtmpMuxPad *pad = GST_RTMP_MUX_PAD (sinkpad);

  g_mutex_lock (&self->lock);
  if (pad->lane)
    gst_rtmp_lane_set_linked (pad->lane);
  g_mutex_unlock (&self->lock);
  return GST_PAD_LINK_OK;
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
add_four_ccs (GstPad * pad, const GstRtmpTrackWriter * writer, GString * codecs)
{
  g_autoptr (GstCaps) own = gst_pad_get_pad_template_caps (pad);
  g_autoptr (GstCaps) caps = gst_pad_peer_query_caps (pad, own);
  const FlvCodec *rows;
  guint n;

  rows = flv_codecs (&n);
  for (guint i = 0; i < n; i++) {
    g_autoptr (GstCaps) row = gst_caps_from_string (rows[i].caps);
    gchar four_cc[FLV_FOUR_CC_LENGTH];

    if (rows[i].four_cc == FLV_NO_FOUR_CC || rows[i].media != writer->media
        || !gst_rtmp_track_writer_needs_four_cc (writer, &rows[i])
        || !gst_caps_can_intersect (caps, row))
      continue;
    flv_four_cc_to_string (rows[i].four_cc, four_cc);
    g_string_append_printf (codecs, "%s,", four_cc);
  }
}

/* What a server is to know before it gets it. The pads' writers are the
 * task's. */
static gboolean
answer_enhanced (GstRtmpMux * self, GstQuery * query)
{
  g_autoptr (GString) codecs = g_string_new (NULL);
  RtmpCapsEx caps_ex = 0;
  GList *pads = get_pads (self);

  for (GList * l = pads; l; l = l->next) {
    GstRtmpMuxPad *pad = l->data;
    GstRtmpTrackWriter writer;

    gst_rtmp_track_writer_init (&writer, pad->writer.media, pad->writer.id);
    apply_settings (self, &writer);
    add_four_ccs (GST_PAD (pad), &writer, codecs);
    if (writer.id > 0)
      caps_ex |= RTMP_CAPS_EX_MULTITRACK;
    if (writer.nanoseconds)
      caps_ex |= RTMP_CAPS_EX_MOD_EX | RTMP_CAPS_EX_TIMESTAMP_NANO_OFFSET;
  }
  g_list_free_full (pads, gst_object_unref);
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

static gboolean
has_pad (GstRtmpMux * self, const gchar * name)
{
  g_autoptr (GstPad) pad =
      gst_element_get_static_pad (GST_ELEMENT (self), name);

  return pad != NULL;
}

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

    if (!has_pad (self, free_name))
      return (gint) id;
  }
  return -1;
}

static GstPad *
add_pad (GstRtmpMux * self, GstPadTemplate * template, const gchar * name,
    FlvMedia media, guint8 id)
{
  GstRtmpMuxPad *pad = g_object_new (GST_TYPE_RTMP_MUX_PAD, "name", name,
      "direction", GST_PAD_SINK, "template", template, NULL);

  gst_rtmp_track_writer_init (&pad->writer, media, id);
  gst_pad_set_chain_function (GST_PAD (pad), gst_rtmp_mux_chain);
  gst_pad_set_event_function (GST_PAD (pad), gst_rtmp_mux_sink_event);
  gst_pad_set_query_function (GST_PAD (pad), gst_rtmp_mux_sink_query);
  gst_pad_set_link_function (GST_PAD (pad), gst_rtmp_mux_sink_link);
  g_mutex_lock (&self->lock);
  pad->lane = gst_rtmp_interleaver_add (self->row, pad);
  gst_rtmp_mux_pad_restart (pad);
  self->has_changed = TRUE;
  g_mutex_unlock (&self->lock);
  gst_element_add_pad (GST_ELEMENT (self), GST_PAD (pad));
  return GST_PAD (pad);
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

  if (id < 0) {
    GST_ERROR_OBJECT (self, "a track's number is at most %u", G_MAXUINT8);
    return NULL;
  }
  if (has_pad (self, pad_name)) {
    GST_ERROR_OBJECT (self, "there is a pad %s already", pad_name);
    return NULL;
  }
  return add_pad (self, template, pad_name, is_video ? FLV_MEDIA_VIDEO
      : FLV_MEDIA_AUDIO, (guint8) id);
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
  g_mutex_unlock (&self->lock);
  gst_element_remove_pad (element, sinkpad);
  g_mutex_lock (&self->lock);
  self->has_changed = TRUE;
  wake_locked (self);
  g_mutex_unlock (&self->lock);
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
  for (GList * l = GST_ELEMENT (self)->sinkpads; l; l = l->next)
    gst_rtmp_mux_pad_reset (l->data);
  g_ptr_array_set_size (self->scripts, 0);
  self->has_changed = TRUE;
  self->is_live = FALSE;
  self->upstream_latency = 0;
  g_mutex_unlock (&self->lock);
  gst_rtmp_flv_writer_reset (&self->writer);
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

static gboolean
gst_rtmp_mux_send_script (GstRtmpMux * self, const GstStructure * script)
{
  g_autoptr (GError) error = NULL;
  GBytes *body = gst_rtmp_script_write (script, &error);

  if (body == NULL) {
    GST_WARNING_OBJECT (self, "%s", error->message);
    return FALSE;
  }
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->scripts, body);
  g_mutex_unlock (&self->lock);
  return TRUE;
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

  gst_rtmp_flv_writer_clear (&self->writer);
  gst_rtmp_interleaver_free (self->row);
  g_ptr_array_unref (self->scripts);
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
   * The header is not written again at the end, with duration, size and an
   * index of key frames, and has no room for that; it is not in any case where
   * downstream cannot seek, as a server cannot.
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
install_signals (GType type)
{
  /**
   * GstRtmpMux::send-script:
   * @script: "rtmp-script" with "name", a string, and "values", as rtmpdemux
   *   posts it: a structure "array" with the fields "0", "1" and so on, of
   *   numbers, booleans, strings, structures
   *
   * Action signal: script data, which RTMP sends as a data message, before the
   * next frame. In order with the frames of a pad is an event of the same
   * structure: %GST_EVENT_CUSTOM_DOWNSTREAM.
   *
   * Returns: %FALSE if there is no name
   *
   * Since: 0.1
   */
  g_signal_new_class_handler ("send-script",
      type, G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
      G_CALLBACK (gst_rtmp_mux_send_script), NULL, NULL, NULL, G_TYPE_BOOLEAN,
      1, GST_TYPE_STRUCTURE);
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
  install_signals (G_TYPE_FROM_CLASS (klass));

  gst_element_class_add_pad_template (element_class,
      gst_pad_template_new ("src", GST_PAD_SRC, GST_PAD_ALWAYS, flv));
  gst_rtmp_caps_add_templates (element_class, GST_PAD_SINK, GST_PAD_REQUEST,
      GST_TYPE_RTMP_MUX_PAD);
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
  self->row = gst_rtmp_interleaver_new ((GDestroyNotify)
      gst_rtmp_mux_item_free);
  self->scripts = new_scripts ();
  gst_rtmp_flv_writer_init (&self->writer, self->src);
}

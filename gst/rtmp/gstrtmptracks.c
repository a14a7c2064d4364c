/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmptracks.h"

#include "gstrtmpelements.h"

/* How long pads wait in the stream's time, and how much is held meanwhile: for
 * a track that the metadata announce until a key frame may be expected, since
 * servers hold back pictures until then (nginx-rtmp's wait_key); for one that
 * nothing but experience announces not for long. */
#define WAIT_FOR_ANNOUNCED (10 * GST_SECOND)
#define WAIT_FOR_OTHERS (500 * GST_MSECOND)
#define WAIT_BYTES (8 << 20)

/* A track that is silent for longer than this has a gap, so that nothing waits
 * for it. */
#define SILENCE (500 * GST_MSECOND)

typedef struct
{
  GstRtmpTrack *track;
  GstBuffer *buffer;
} Held;

struct _GstRtmpTracks
{
  GstElement *element;
  GstPadEventFunction event;
  GstPadQueryFunction query;

  GPtrArray *tracks;            /* of GstRtmpTrack */
  GstFlowCombiner *flows;
  GstSegment segment;           /* UNDEFINED until it is known */
  guint32 segment_seqnum;
  gchar *upstream_id;           /* what its stream is called */
  guint group_id;
  gboolean is_announced;
  gboolean is_shown;            /* pads are */
  GArray *held;                 /* of Held, until pads are shown */
  gsize held_bytes;
  GstClockTime first_time;      /* of the first frame */
  GstTagList *tags;
};

/* Tracks */

GstRtmpTrack *
gst_rtmp_tracks_find (GstRtmpTracks * self, FlvMedia media, guint8 id)
{
  for (guint i = 0; i < self->tracks->len; i++) {
    GstRtmpTrack *track = g_ptr_array_index (self->tracks, i);

    if (track->media == media && track->id == id)
      return track;
  }
  return NULL;
}

GstRtmpTrack *
gst_rtmp_tracks_ensure (GstRtmpTracks * self, FlvMedia media, guint8 id)
{
  GstRtmpTrack *track = gst_rtmp_tracks_find (self, media, id);

  if (track == NULL) {
    track = gst_rtmp_track_new (media, id);
    track->position = self->segment.position;
    g_ptr_array_add (self->tracks, track);
  }
  return track;
}

static gboolean
has_media (GstRtmpTracks * self, FlvMedia media)
{
  for (guint i = 0; i < self->tracks->len; i++)
    if (((GstRtmpTrack *) g_ptr_array_index (self->tracks, i))->media == media)
      return TRUE;
  return FALSE;
}

/* Whether there is anything to wait for before pads are shown. */
static gboolean
are_tracks_known (GstRtmpTracks * self)
{
  for (guint i = 0; i < self->tracks->len; i++) {
    GstRtmpTrack *track = g_ptr_array_index (self->tracks, i);

    if (track->caps == NULL && !track->is_refused)
      return FALSE;
  }
  return self->is_announced || (has_media (self, FLV_MEDIA_VIDEO)
      && has_media (self, FLV_MEDIA_AUDIO));
}

/* Pads */

static GstEvent *
new_stream_start (GstRtmpTracks * self, GstRtmpTrack * track)
{
  GstEvent *event =
      gst_event_new_stream_start (gst_stream_get_stream_id (track->stream));

  gst_event_set_stream (event, track->stream);
  gst_event_set_stream_flags (event, gst_stream_get_stream_flags
      (track->stream));
  gst_event_set_group_id (event, self->group_id);
  return event;
}

static void
create_pad (GstRtmpTracks * self, GstRtmpTrack * track)
{
  g_autofree gchar *name = gst_rtmp_track_name (track);
  GstElementClass *klass = GST_ELEMENT_GET_CLASS (self->element);
  gboolean is_video = track->media == FLV_MEDIA_VIDEO;
  g_autofree gchar *id = NULL;

  track->pad =
      gst_pad_new_from_template (gst_element_class_get_pad_template (klass,
          is_video ? "video_%u" : "audio_%u"), name);
  gst_pad_use_fixed_caps (track->pad);
  gst_pad_set_event_function (track->pad, self->event);
  gst_pad_set_query_function (track->pad, self->query);
  gst_pad_set_active (track->pad, TRUE);
  gst_flow_combiner_add_pad (self->flows, track->pad);

  id = gst_pad_create_stream_id (track->pad, self->element, name);
  track->stream = gst_stream_new (id, track->caps,
      is_video ? GST_STREAM_TYPE_VIDEO : GST_STREAM_TYPE_AUDIO,
      track->id == 0 ? GST_STREAM_FLAG_SELECT : GST_STREAM_FLAG_NONE);
}

static GstStreamCollection *
new_collection (GstRtmpTracks * self)
{
  GstStreamCollection *collection =
      gst_stream_collection_new (self->upstream_id);

  for (guint i = 0; i < self->tracks->len; i++) {
    GstRtmpTrack *track = g_ptr_array_index (self->tracks, i);

    if (track->stream)
      gst_stream_collection_add_stream (collection,
          gst_object_ref (track->stream));
  }
  return collection;
}

static void
push_segment (GstRtmpTracks * self, GstRtmpTrack * track)
{
  GstEvent *event = gst_event_new_segment (&self->segment);

  if (self->segment_seqnum != GST_SEQNUM_INVALID)
    gst_event_set_seqnum (event, self->segment_seqnum);
  gst_pad_push_event (track->pad, event);
  track->needs_segment = FALSE;
}

static void
push_tags (GstRtmpTracks * self, GstRtmpTrack * track)
{
  if (self->tags)
    gst_pad_push_event (track->pad,
        gst_event_new_tag (gst_tag_list_ref (self->tags)));
  if (track->tags)
    gst_pad_push_event (track->pad,
        gst_event_new_tag (gst_tag_list_ref (track->tags)));
}

/* Everything that a pad has to tell stands on it before it is shown. */
static void
show_pad (GstRtmpTracks * self, GstRtmpTrack * track,
    GstStreamCollection * collection)
{
  gst_pad_push_event (track->pad, new_stream_start (self, track));
  gst_pad_push_event (track->pad, gst_event_new_caps (track->caps));
  push_segment (self, track);
  gst_pad_push_event (track->pad, gst_event_new_stream_collection (collection));
  push_tags (self, track);
  gst_element_add_pad (self->element, track->pad);
}

/* Pads for all tracks with caps that have none yet; the others learn of
 * them. */
static void
show_tracks (GstRtmpTracks * self)
{
  g_autoptr (GPtrArray) added = g_ptr_array_new ();
  g_autoptr (GstStreamCollection) collection = NULL;

  for (guint i = 0; i < self->tracks->len; i++) {
    GstRtmpTrack *track = g_ptr_array_index (self->tracks, i);

    if (track->caps == NULL || track->pad)
      continue;
    create_pad (self, track);
    g_ptr_array_add (added, track);
  }
  if (added->len == 0)
    return;
  collection = new_collection (self);
  for (guint i = 0; i < self->tracks->len; i++) {
    GstRtmpTrack *track = g_ptr_array_index (self->tracks, i);

    if (track->pad && !g_ptr_array_find (added, track, NULL))
      gst_pad_push_event (track->pad,
          gst_event_new_stream_collection (collection));
  }
  for (guint i = 0; i < added->len; i++)
    show_pad (self, g_ptr_array_index (added, i), collection);
  gst_element_post_message (self->element,
      gst_message_new_stream_collection (GST_OBJECT (self->element),
          collection));
}

/* Buffers */

static GstFlowReturn
push_buffer (GstRtmpTracks * self, GstRtmpTrack * track, GstBuffer * buffer)
{
  GstClockTime time = GST_BUFFER_DTS_OR_PTS (buffer);

  if (track->needs_segment)
    push_segment (self, track);
  track->position = time;
  if (time > self->segment.position)
    self->segment.position = time;
  return gst_flow_combiner_update_pad_flow (self->flows, track->pad,
      gst_pad_push (track->pad, buffer));
}

static void
push_gap (GstRtmpTracks * self, GstRtmpTrack * track, GstClockTime time)
{
  if (track->needs_segment)
    push_segment (self, track);
  if (time > track->position)
    gst_pad_push_event (track->pad, gst_event_new_gap (track->position,
            time - track->position));
  track->position = time;
}

/* Tracks that have been silent until @time: nothing is to wait for them. */
static void
push_gaps (GstRtmpTracks * self, GstClockTime time)
{
  for (guint i = 0; i < self->tracks->len; i++) {
    GstRtmpTrack *track = g_ptr_array_index (self->tracks, i);

    if (track->pad && track->position + SILENCE <= time)
      push_gap (self, track, time);
  }
}

static gboolean
is_held (GstRtmpTracks * self, GstRtmpTrack * track)
{
  for (guint i = 0; i < self->held->len; i++)
    if (g_array_index (self->held, Held, i).track == track)
      return TRUE;
  return FALSE;
}

void
gst_rtmp_tracks_set_segment (GstRtmpTracks * self, const GstSegment * segment,
    guint32 seqnum)
{
  self->segment = *segment;
  self->segment_seqnum = seqnum;
  for (guint i = 0; i < self->tracks->len; i++) {
    GstRtmpTrack *track = g_ptr_array_index (self->tracks, i);

    track->needs_segment = TRUE;
    track->position = segment->position;
  }
}

/* Without a segment from upstream, the stream begins with its first frame. */
static void
begin_segment (GstRtmpTracks * self, GstClockTime time)
{
  GstSegment segment;

  if (self->segment.format == GST_FORMAT_TIME)
    return;
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = segment.time = segment.position = time;
  gst_rtmp_tracks_set_segment (self, &segment, GST_SEQNUM_INVALID);
}

/* Pads for what is known, and what was held for them. */
static GstFlowReturn
show_all (GstRtmpTracks * self)
{
  GstFlowReturn flow = GST_FLOW_OK;

  self->is_shown = TRUE;
  begin_segment (self, 0);
  show_tracks (self);
  gst_element_no_more_pads (self->element);
  for (guint i = 0; i < self->held->len; i++) {
    Held *held = &g_array_index (self->held, Held, i);

    if (flow == GST_FLOW_OK)
      flow = push_buffer (self, held->track, held->buffer);
    else
      gst_buffer_unref (held->buffer);
  }
  g_array_set_size (self->held, 0);
  return flow;
}

void
gst_rtmp_tracks_show (GstRtmpTracks * self)
{
  if (!self->is_shown)
    show_all (self);
}

static GstFlowReturn
hold (GstRtmpTracks * self, GstRtmpTrack * track, GstBuffer * buffer)
{
  GstClockTime time = GST_BUFFER_DTS (buffer);
  GstClockTime wait = self->is_announced ? WAIT_FOR_ANNOUNCED : WAIT_FOR_OTHERS;
  Held held = { track, buffer };

  if (self->held->len == 0)
    self->first_time = time;
  g_array_append_val (self->held, held);
  self->held_bytes += gst_buffer_get_size (buffer);
  if (are_tracks_known (self) || self->held_bytes > WAIT_BYTES
      || time > self->first_time + wait)
    return show_all (self);
  return GST_FLOW_OK;
}

GstFlowReturn
gst_rtmp_tracks_push (GstRtmpTracks * self, GstRtmpTrack * track,
    GstBuffer * buffer)
{
  GstClockTime time = GST_BUFFER_DTS (buffer);
  GstFlowReturn flow;

  begin_segment (self, time);
  if (!self->is_shown)
    return hold (self, track, buffer);
  if (track->pad == NULL)
    show_tracks (self);
  flow = push_buffer (self, track, buffer);
  push_gaps (self, time);
  return flow;
}

/* Frames that wait go first, with the caps that they came with. */
GstFlowReturn
gst_rtmp_tracks_take_caps (GstRtmpTracks * self, GstRtmpTrack * track,
    GstCaps * caps)
{
  GstFlowReturn flow = GST_FLOW_OK;

  if (is_held (self, track))
    flow = show_all (self);
  gst_caps_take (&track->caps, caps);
  if (track->pad) {
    gst_stream_set_caps (track->stream, track->caps);
    gst_pad_push_event (track->pad, gst_event_new_caps (track->caps));
  }
  return flow;
}

void
gst_rtmp_tracks_push_gap (GstRtmpTracks * self, GstRtmpTrack * track,
    GstClockTime time)
{
  if (track->pad && self->segment.format == GST_FORMAT_TIME)
    push_gap (self, track, MAX (track->position, time));
}

gboolean
gst_rtmp_tracks_are_behind (GstRtmpTracks * self, GstClockTime time)
{
  gboolean any = FALSE;

  for (guint i = 0; i < self->tracks->len; i++) {
    GstRtmpTrack *track = g_ptr_array_index (self->tracks, i);

    if (track->pad && track->position < time)
      return FALSE;
    any = any || track->pad;
  }
  return any;
}

static gboolean
push_to_pad (GstElement * element, GstPad * pad, gpointer user_data)
{
  gst_pad_push_event (pad, gst_event_ref (GST_EVENT (user_data)));
  return TRUE;
}

/* The element's pads, since a seek flushes them from its own thread. */
gboolean
gst_rtmp_tracks_push_event (GstRtmpTracks * self, GstEvent * event)
{
  gboolean any = self->element->numsrcpads > 0;

  gst_element_foreach_src_pad (self->element, push_to_pad, event);
  gst_event_unref (event);
  return any;
}

const GstSegment *
gst_rtmp_tracks_get_segment (GstRtmpTracks * self)
{
  return &self->segment;
}

void
gst_rtmp_tracks_set_stream (GstRtmpTracks * self, const gchar * id,
    guint group_id)
{
  g_free (self->upstream_id);
  self->upstream_id = g_strdup (id);
  self->group_id = group_id;
}

void
gst_rtmp_tracks_take_tags (GstRtmpTracks * self, GstTagList * tags)
{
  gst_clear_tag_list (&self->tags);
  self->tags = tags;
  if (tags)
    gst_rtmp_tracks_push_event (self,
        gst_event_new_tag (gst_tag_list_ref (tags)));
}

void
gst_rtmp_tracks_take_track_tags (GstRtmpTracks * self, GstRtmpTrack * track,
    GstTagList * tags)
{
  gst_clear_tag_list (&track->tags);
  track->tags = tags;
  if (tags && track->pad)
    gst_pad_push_event (track->pad,
        gst_event_new_tag (gst_tag_list_ref (tags)));
}

void
gst_rtmp_tracks_set_announced (GstRtmpTracks * self)
{
  self->is_announced = TRUE;
}

void
gst_rtmp_tracks_discont (GstRtmpTracks * self)
{
  for (guint i = 0; i < self->tracks->len; i++)
    ((GstRtmpTrack *) g_ptr_array_index (self->tracks, i))->is_discont = TRUE;
}

void
gst_rtmp_tracks_forget (GstRtmpTracks * self)
{
  if (self->held->len > 0)
    gst_rtmp_tracks_show (self);
  if (!self->is_shown)
    g_ptr_array_set_size (self->tracks, 0);
  for (guint i = 0; i < self->tracks->len; i++)
    gst_rtmp_track_forget (g_ptr_array_index (self->tracks, i));
  gst_clear_tag_list (&self->tags);
  self->is_announced = FALSE;
}

static void
drop_held (GstRtmpTracks * self)
{
  for (guint i = 0; i < self->held->len; i++)
    gst_buffer_unref (g_array_index (self->held, Held, i).buffer);
  g_array_set_size (self->held, 0);
  self->held_bytes = 0;
}

void
gst_rtmp_tracks_flush (GstRtmpTracks * self)
{
  GstSegment segment;

  drop_held (self);
  gst_flow_combiner_reset (self->flows);
  gst_segment_init (&segment, GST_FORMAT_UNDEFINED);
  gst_rtmp_tracks_set_segment (self, &segment, GST_SEQNUM_INVALID);
}

void
gst_rtmp_tracks_reset (GstRtmpTracks * self)
{
  drop_held (self);
  for (guint i = 0; i < self->tracks->len; i++) {
    GstRtmpTrack *track = g_ptr_array_index (self->tracks, i);

    if (track->pad == NULL)
      continue;
    gst_flow_combiner_remove_pad (self->flows, track->pad);
    gst_pad_set_active (track->pad, FALSE);
    gst_element_remove_pad (self->element, track->pad);
  }
  g_ptr_array_set_size (self->tracks, 0);
  gst_segment_init (&self->segment, GST_FORMAT_UNDEFINED);
  self->segment_seqnum = GST_SEQNUM_INVALID;
  g_clear_pointer (&self->upstream_id, g_free);
  gst_clear_tag_list (&self->tags);
  self->is_announced = self->is_shown = FALSE;
}

GstRtmpTracks *
gst_rtmp_tracks_new (GstElement * element, GstPadEventFunction event,
    GstPadQueryFunction query)
{
  GstRtmpTracks *self = g_new0 (GstRtmpTracks, 1);

  self->element = element;
  self->event = event;
  self->query = query;
  self->tracks =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_rtmp_track_free);
  self->flows = gst_flow_combiner_new ();
  self->held = g_array_new (FALSE, FALSE, sizeof (Held));
  gst_rtmp_tracks_reset (self);
  return self;
}

void
gst_rtmp_tracks_free (GstRtmpTracks * self)
{
  gst_rtmp_tracks_reset (self);
  g_array_unref (self->held);
  gst_flow_combiner_unref (self->flows);
  g_ptr_array_unref (self->tracks);
  g_free (self);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-rtmpdemux
 * @title: rtmpdemux
 *
 * Takes FLV apart: what RTMP carries and what .flv files hold, Enhanced RTMP
 * with its codecs, tracks and colours included. Each track has a pad of its
 * own, video_N or audio_N by its track number, where 0 is the default track.
 *
 * A file is played in pull mode, with seeking by the index in its metadata or
 * by looking through it.
 *
 * |[
 * gst-launch-1.0 filesrc location=a.flv ! rtmpdemux name=d \
 *   d.video_0 ! decodebin ! autovideosink d.audio_0 ! decodebin ! autoaudiosink
 * ]|
 *
 * Since: 0.1
 */
#include "gstrtmpdemux.h"

#include "gstrtmpbuffer.h"
#include "gstrtmpelements.h"
#include "gstrtmpenhanced.h"
#include "gstrtmpflvfile.h"
#include "gstrtmpunpacker.h"

#define GST_CAT_DEFAULT gst_rtmp_demux_debug
GST_DEBUG_CATEGORY (GST_CAT_DEFAULT);

enum
{
  PROP_STATS = 1,
};

struct _GstRtmpDemux
{
  GstElement parent;
  GstPad *sink;

  /* The streaming thread's; a seek of a file's takes it over. */
  gboolean in_time;             /* upstream's segment is in TIME: passed on */
  GstRtmpTracks *tracks;
  GstRtmpUnpacker *unpacker;

  GstRtmpFlvFile *file;         /* pull mode */
  guint32 seek_seqnum;

  /* Under the object lock */
  GstClockTime duration;
};

G_DEFINE_TYPE (GstRtmpDemux, gst_rtmp_demux, GST_TYPE_ELEMENT);
GST_ELEMENT_REGISTER_DEFINE (rtmpdemux, "rtmpdemux", GST_RTMP_RANK,
    gst_rtmp_demux_get_type ());

/* A file that does not begin at 0 ends later than its metadata say. */
static void
extend (GstRtmpDemux * self, GstClockTime duration)
{
  GST_OBJECT_LOCK (self);
  if (!GST_CLOCK_TIME_IS_VALID (self->duration) || self->duration < duration)
    self->duration = duration;
  GST_OBJECT_UNLOCK (self);
}

static void
on_metadata (GstElement * element, const FlvMetadata * metadata,
    const RtmpValue * object)
{
  GstRtmpDemux *self = GST_RTMP_DEMUX (element);

  gst_rtmp_flv_file_take_index (self->file, flv_index_parse (object));
  if (metadata->duration > 0)
    extend (self, (GstClockTime) (metadata->duration * GST_SECOND));
}

/* Push mode */

/* Who joins a stream late finds its headers only there. */
static gboolean
take_caps (GstRtmpDemux * self, GstEvent * event)
{
  const GValue *headers;
  GstCaps *caps;
  guint n;

  gst_event_parse_caps (event, &caps);
  headers = gst_structure_get_value (gst_caps_get_structure (caps, 0),
      "streamheader");
  n = headers && GST_VALUE_HOLDS_ARRAY (headers)
      ? gst_value_array_get_size (headers) : 0;
  for (guint i = 0; i < n; i++)
    gst_rtmp_unpacker_feed (self->unpacker,
        gst_value_get_buffer (gst_value_array_get_value (headers, i)));
  gst_rtmp_unpacker_drop_partial (self->unpacker);
  gst_event_unref (event);
  return TRUE;
}

static GstFlowReturn
gst_rtmp_demux_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GstRtmpDemux *self = GST_RTMP_DEMUX (parent);
  GstFlowReturn flow;

  if (gst_rtmp_buffer_begins_publisher (buffer))
    gst_rtmp_unpacker_begin_publisher (self->unpacker);
  else if (GST_BUFFER_IS_DISCONT (buffer))
    gst_rtmp_unpacker_discont (self->unpacker);
  gst_rtmp_unpacker_set_time (self->unpacker, self->in_time
      ? GST_BUFFER_DTS_OR_PTS (buffer) : GST_CLOCK_TIME_NONE);
  flow = gst_rtmp_unpacker_feed (self->unpacker, buffer);
  gst_buffer_unref (buffer);
  return flow;
}

/* Nothing else comes: what is there is shown. */
static void
end (GstRtmpDemux * self, GstEvent * eos)
{
  if (gst_rtmp_unpacker_is_partial (self->unpacker))
    GST_ELEMENT_WARNING (self, STREAM, DEMUX,
        ("The stream ends in the middle of a tag, which is left out."), (NULL));
  gst_rtmp_tracks_show (self->tracks);
  if (!gst_rtmp_tracks_push_event (self->tracks, eos))
    GST_ELEMENT_ERROR (self, STREAM, DEMUX,
        ("The stream ended without a picture or a sound that can be played."),
        (NULL));
}

static void
take_segment (GstRtmpDemux * self, GstEvent * event)
{
  const GstSegment *segment;

  gst_event_parse_segment (event, &segment);
  self->in_time = segment->format == GST_FORMAT_TIME;
  if (self->in_time)
    gst_rtmp_tracks_set_segment (self->tracks, segment,
        gst_event_get_seqnum (event));
  gst_event_unref (event);
}

static void
take_stream_start (GstRtmpDemux * self, GstEvent * event)
{
  const gchar *id;
  guint group;

  gst_event_parse_stream_start (event, &id);
  if (!gst_event_parse_group_id (event, &group))
    group = gst_util_group_id_next ();
  gst_rtmp_tracks_set_stream (self->tracks, id, group);
  gst_event_unref (event);
}

/* All that it reads is for a server to know. */
static gboolean
gst_rtmp_demux_sink_query (GstPad * pad, GstObject * parent, GstQuery * query)
{
  if (gst_rtmp_enhanced_answer (query, "*", GST_RTMP_ENHANCED_READS))
    return TRUE;
  return gst_pad_query_default (pad, parent, query);
}

static gboolean
gst_rtmp_demux_sink_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  GstRtmpDemux *self = GST_RTMP_DEMUX (parent);

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_STREAM_START:
      take_stream_start (self, event);
      return TRUE;
    case GST_EVENT_CAPS:
      return take_caps (self, event);
    case GST_EVENT_SEGMENT:
      take_segment (self, event);
      return TRUE;
    case GST_EVENT_EOS:
      end (self, event);
      return TRUE;
    case GST_EVENT_FLUSH_STOP:
      gst_rtmp_unpacker_discont (self->unpacker);
      gst_rtmp_tracks_flush (self->tracks);
      break;
    default:
      break;
  }
  return gst_pad_event_default (pad, parent, event);
}

/* Pull mode */

static gboolean
is_behind_stop (GstRtmpDemux * self)
{
  GstClockTime stop = gst_rtmp_tracks_get_segment (self->tracks)->stop;

  return GST_CLOCK_TIME_IS_VALID (stop)
      && gst_rtmp_tracks_are_behind (self->tracks, stop);
}

/* A seek said to tell the end of its segment rather than to end. */
static void
end_segment (GstRtmpDemux * self)
{
  const GstSegment *segment = gst_rtmp_tracks_get_segment (self->tracks);
  gint64 stop = GST_CLOCK_TIME_IS_VALID (segment->stop)
      ? (gint64) segment->stop : (gint64) segment->position;
  GstMessage *message = gst_message_new_segment_done (GST_OBJECT (self),
      GST_FORMAT_TIME, stop);
  GstEvent *event = gst_event_new_segment_done (GST_FORMAT_TIME, stop);

  gst_message_set_seqnum (message, self->seek_seqnum);
  gst_event_set_seqnum (event, self->seek_seqnum);
  gst_element_post_message (GST_ELEMENT (self), message);
  gst_rtmp_tracks_push_event (self->tracks, event);
}

static GstEvent *
new_eos (GstRtmpDemux * self)
{
  GstEvent *event = gst_event_new_eos ();

  if (self->seek_seqnum != GST_SEQNUM_INVALID)
    gst_event_set_seqnum (event, self->seek_seqnum);
  return event;
}

static void
pause_loop (GstRtmpDemux * self, GstFlowReturn flow)
{
  gst_pad_pause_task (self->sink);
  if (flow == GST_FLOW_EOS && gst_rtmp_tracks_get_segment (self->tracks)->flags
      & GST_SEGMENT_FLAG_SEGMENT)
    end_segment (self);
  else if (flow == GST_FLOW_EOS)
    end (self, new_eos (self));
  else if (flow == GST_FLOW_NOT_LINKED || flow < GST_FLOW_EOS) {
    GST_ELEMENT_FLOW_ERROR (self, flow);
    gst_rtmp_tracks_push_event (self->tracks, new_eos (self));
  }
}

static void
gst_rtmp_demux_loop (gpointer user_data)
{
  GstRtmpDemux *self = user_data;
  GstBuffer *block;
  GstFlowReturn flow = gst_rtmp_flv_file_read (self->file, &block);

  if (flow == GST_FLOW_OK) {
    flow = gst_rtmp_unpacker_feed (self->unpacker, block);
    gst_buffer_unref (block);
  }
  if (flow == GST_FLOW_OK && is_behind_stop (self))
    flow = GST_FLOW_EOS;
  if (flow != GST_FLOW_OK)
    pause_loop (self, flow);
}

/* Upstream has sent no events in pull mode. */
static void
begin_file (GstRtmpDemux * self)
{
  GstClockTime last = gst_rtmp_flv_file_last_time (self->file);
  g_autofree gchar *id = gst_pad_get_stream_id (self->sink);

  gst_rtmp_tracks_set_stream (self->tracks, id, gst_util_group_id_next ());
  gst_rtmp_unpacker_expect_file (self->unpacker);
  GST_OBJECT_LOCK (self);
  self->duration = last;
  GST_OBJECT_UNLOCK (self);
}

static gboolean
can_pull (GstPad * pad)
{
  g_autoptr (GstQuery) query = gst_query_new_scheduling ();

  return gst_pad_peer_query (pad, query)
      && gst_query_has_scheduling_mode_with_flags (query, GST_PAD_MODE_PULL,
      GST_SCHEDULING_FLAG_SEEKABLE);
}

static gboolean
gst_rtmp_demux_activate (GstPad * pad, GstObject * parent)
{
  return gst_pad_activate_mode (pad, can_pull (pad) ? GST_PAD_MODE_PULL
      : GST_PAD_MODE_PUSH, TRUE);
}

static gboolean
gst_rtmp_demux_activate_mode (GstPad * pad, GstObject * parent,
    GstPadMode mode, gboolean active)
{
  GstRtmpDemux *self = GST_RTMP_DEMUX (parent);

  if (mode != GST_PAD_MODE_PULL)
    return TRUE;
  if (!active)
    return gst_pad_stop_task (pad);
  begin_file (self);
  return gst_pad_start_task (pad, gst_rtmp_demux_loop, self, NULL);
}

/* Seeking */

typedef struct
{
  gdouble rate;
  GstFormat format;
  GstSeekFlags flags;
  GstSeekType start_type, stop_type;
  gint64 start, stop;
  guint32 seqnum;
} Seek;

static void
parse_seek (GstEvent * event, Seek * seek)
{
  gst_event_parse_seek (event, &seek->rate, &seek->format, &seek->flags,
      &seek->start_type, &seek->start, &seek->stop_type, &seek->stop);
  seek->seqnum = gst_event_get_seqnum (event);
}

static void
push_up (GstRtmpDemux * self, const Seek * seek, GstEvent * event)
{
  gst_event_set_seqnum (event, seek->seqnum);
  gst_pad_push_event (self->sink, event);
}

static void
push_down (GstRtmpDemux * self, const Seek * seek, GstEvent * event)
{
  gst_event_set_seqnum (event, seek->seqnum);
  gst_rtmp_tracks_push_event (self->tracks, event);
}

/* The segment moves to the key frame. */
static void
snap (GstSegment * segment, GstClockTime time)
{
  segment->start = segment->time = segment->position = time;
  if (GST_CLOCK_TIME_IS_VALID (segment->stop))
    segment->stop = MAX (segment->stop, time);
}

static void
post_segment_start (GstRtmpDemux * self, GstClockTime position)
{
  GstMessage *message = gst_message_new_segment_start (GST_OBJECT (self),
      GST_FORMAT_TIME, (gint64) position);

  gst_message_set_seqnum (message, self->seek_seqnum);
  gst_element_post_message (GST_ELEMENT (self), message);
}

/* From @place on, the segment is @segment. */
static void
go_on_at (GstRtmpDemux * self, const GstRtmpFlvPlace * place,
    const GstSegment * segment)
{
  gst_rtmp_flv_file_go_to (self->file, place->offset);
  gst_rtmp_unpacker_discont (self->unpacker);
  gst_rtmp_unpacker_set_time (self->unpacker, place->time);
  gst_rtmp_tracks_set_segment (self->tracks, segment, self->seek_seqnum);
  if (segment->flags & GST_SEGMENT_FLAG_SEGMENT)
    post_segment_start (self, segment->position);
}

/* With the stream lock, the loop paused. A segment is needed again after a
 * flush, also if nothing came of the seek. */
static gboolean
seek_file_locked (GstRtmpDemux * self, const Seek * seek)
{
  GstSegment before = *gst_rtmp_tracks_get_segment (self->tracks), after;
  GstRtmpFlvPlace place;
  gboolean ok;

  if (before.format != GST_FORMAT_TIME)
    gst_segment_init (&before, GST_FORMAT_TIME);
  after = before;
  ok = gst_segment_do_seek (&after, seek->rate, seek->format, seek->flags,
      seek->start_type, (guint64) seek->start, seek->stop_type,
      (guint64) seek->stop, NULL)
      && gst_rtmp_flv_file_seek (self->file, seek->flags, after.position,
      &place) == GST_FLOW_OK;
  if (seek->flags & GST_SEEK_FLAG_FLUSH) {
    push_down (self, seek, gst_event_new_flush_stop (TRUE));
    gst_rtmp_tracks_flush (self->tracks);
    gst_rtmp_tracks_set_segment (self->tracks, &before, self->seek_seqnum);
  }
  if (!ok)
    return FALSE;
  self->seek_seqnum = seek->seqnum;
  if (seek->flags & GST_SEEK_FLAG_KEY_UNIT)
    snap (&after, place.time);
  go_on_at (self, &place, &after);
  return TRUE;
}

/* Upstream's flush ends first, since looking for the place reads. */
static gboolean
seek_file (GstRtmpDemux * self, const Seek * seek)
{
  gboolean flush = (seek->flags & GST_SEEK_FLAG_FLUSH) != 0, ok;

  if (flush) {
    push_up (self, seek, gst_event_new_flush_start ());
    push_down (self, seek, gst_event_new_flush_start ());
  }
  gst_pad_pause_task (self->sink);
  GST_PAD_STREAM_LOCK (self->sink);
  if (flush)
    push_up (self, seek, gst_event_new_flush_stop (TRUE));
  ok = seek_file_locked (self, seek);
  gst_pad_start_task (self->sink, gst_rtmp_demux_loop, self, NULL);
  GST_PAD_STREAM_UNLOCK (self->sink);
  return ok;
}

static gboolean
do_seek (GstRtmpDemux * self, GstEvent * event)
{
  Seek seek;

  /* A server seeks, when it can. */
  if (GST_PAD_MODE (self->sink) != GST_PAD_MODE_PULL)
    return gst_pad_push_event (self->sink, event);
  parse_seek (event, &seek);
  gst_event_unref (event);
  if (seek.format != GST_FORMAT_TIME || seek.rate <= 0) {
    GST_WARNING_OBJECT (self, "only seeks forwards in TIME are supported");
    return FALSE;
  }
  return seek_file (self, &seek);
}

static gboolean
gst_rtmp_demux_src_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  GstRtmpDemux *self = GST_RTMP_DEMUX (parent);

  if (GST_EVENT_TYPE (event) == GST_EVENT_SEEK)
    return do_seek (self, event);
  return gst_pad_event_default (pad, parent, event);
}

/* Queries */

static GstClockTime
get_duration (GstRtmpDemux * self)
{
  GstClockTime duration;

  GST_OBJECT_LOCK (self);
  duration = self->duration;
  GST_OBJECT_UNLOCK (self);
  return duration;
}

static gboolean
answer_duration (GstRtmpDemux * self, GstQuery * query)
{
  GstClockTime duration = get_duration (self);
  GstFormat format;

  gst_query_parse_duration (query, &format, NULL);
  if (format != GST_FORMAT_TIME)
    return FALSE;
  /* A server knows better. */
  if (gst_pad_peer_query (self->sink, query))
    return TRUE;
  if (!GST_CLOCK_TIME_IS_VALID (duration))
    return FALSE;
  gst_query_set_duration (query, format, (gint64) duration);
  return TRUE;
}

static gboolean
answer_seeking (GstRtmpDemux * self, GstQuery * query)
{
  GstClockTime duration = get_duration (self);
  GstFormat format;

  if (GST_PAD_MODE (self->sink) != GST_PAD_MODE_PULL)
    return gst_pad_peer_query (self->sink, query);
  gst_query_parse_seeking (query, &format, NULL, NULL, NULL);
  gst_query_set_seeking (query, format, format == GST_FORMAT_TIME, 0,
      GST_CLOCK_TIME_IS_VALID (duration) ? (gint64) duration : -1);
  return TRUE;
}

static gboolean
gst_rtmp_demux_src_query (GstPad * pad, GstObject * parent, GstQuery * query)
{
  GstRtmpDemux *self = GST_RTMP_DEMUX (parent);

  switch (GST_QUERY_TYPE (query)) {
    case GST_QUERY_DURATION:
      return answer_duration (self, query);
    case GST_QUERY_SEEKING:
      return answer_seeking (self, query);
    default:
      return gst_pad_query_default (pad, parent, query);
  }
}

/* Element */

static void
reset (GstRtmpDemux * self)
{
  gst_rtmp_tracks_reset (self->tracks);
  gst_rtmp_unpacker_reset (self->unpacker);
  self->in_time = FALSE;
  self->seek_seqnum = GST_SEQNUM_INVALID;
  g_clear_pointer (&self->file, gst_rtmp_flv_file_free);
  self->file = gst_rtmp_flv_file_new (self->sink);
  GST_OBJECT_LOCK (self);
  self->duration = GST_CLOCK_TIME_NONE;
  GST_OBJECT_UNLOCK (self);
}

static GstStateChangeReturn
gst_rtmp_demux_change_state (GstElement * element, GstStateChange transition)
{
  GstStateChangeReturn result =
      GST_ELEMENT_CLASS (gst_rtmp_demux_parent_class)->change_state (element,
      transition);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    reset (GST_RTMP_DEMUX (element));
  return result;
}

static void
gst_rtmp_demux_finalize (GObject * object)
{
  GstRtmpDemux *self = GST_RTMP_DEMUX (object);

  gst_rtmp_unpacker_free (self->unpacker);
  gst_rtmp_tracks_free (self->tracks);
  gst_rtmp_flv_file_free (self->file);
  G_OBJECT_CLASS (gst_rtmp_demux_parent_class)->finalize (object);
}

static void
gst_rtmp_demux_get_property (GObject * object, guint id, GValue * value,
    GParamSpec * pspec)
{
  GstRtmpDemux *self = GST_RTMP_DEMUX (object);

  if (id != PROP_STATS) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  g_value_take_boxed (value, gst_rtmp_unpacker_get_stats (self->unpacker));
}

static void
gst_rtmp_demux_class_init (GstRtmpDemuxClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  g_autoptr (GstCaps) flv = gst_caps_new_empty_simple ("video/x-flv");

  GST_DEBUG_CATEGORY_INIT (GST_CAT_DEFAULT, "rtmpdemux", 0, "RTMP demuxer");
  object_class->finalize = gst_rtmp_demux_finalize;
  object_class->get_property = gst_rtmp_demux_get_property;
  element_class->change_state = gst_rtmp_demux_change_state;

  /**
   * GstRtmpDemux:stats:
   *
   * GstRtmpDemuxStats: "bad-tags" (guint64), audio and video tags that could
   * not be read and were left out, in whole or in part; "gaps" (guint64), how
   * often something that is no FLV was left out.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "What could not be read", GST_TYPE_STRUCTURE,
          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  gst_element_class_add_pad_template (element_class,
      gst_pad_template_new ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, flv));
  gst_rtmp_caps_add_templates (element_class, GST_PAD_SRC, GST_PAD_SOMETIMES,
      GST_TYPE_PAD);
  gst_element_class_set_static_metadata (element_class, "RTMP demuxer",
      "Codec/Demuxer", "Takes FLV and Enhanced RTMP streams apart", "gst-rtmp");
}

static void
gst_rtmp_demux_init (GstRtmpDemux * self)
{
  self->sink = gst_pad_new_from_template (gst_element_class_get_pad_template
      (GST_ELEMENT_GET_CLASS (self), "sink"), "sink");
  gst_pad_set_chain_function (self->sink, gst_rtmp_demux_chain);
  gst_pad_set_event_function (self->sink, gst_rtmp_demux_sink_event);
  gst_pad_set_query_function (self->sink, gst_rtmp_demux_sink_query);
  gst_pad_set_activate_function (self->sink, gst_rtmp_demux_activate);
  gst_pad_set_activatemode_function (self->sink, gst_rtmp_demux_activate_mode);
  gst_element_add_pad (GST_ELEMENT (self), self->sink);

  self->tracks = gst_rtmp_tracks_new (GST_ELEMENT (self),
      gst_rtmp_demux_src_event, gst_rtmp_demux_src_query);
  self->unpacker = gst_rtmp_unpacker_new (GST_ELEMENT (self), self->tracks,
      on_metadata);
  reset (self);
}

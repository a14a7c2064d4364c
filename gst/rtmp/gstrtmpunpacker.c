/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpunpacker.h"

#include <gst/audio/audio.h>

#include "flvfile.h"
#include "gstrtmpbuffer.h"
#include "gstrtmpscript.h"
#include "gstrtmptime.h"
#include "rtmperror.h"

GST_DEBUG_CATEGORY_EXTERN (gst_rtmp_demux_debug);
#define GST_CAT_DEFAULT gst_rtmp_demux_debug

struct _GstRtmpUnpacker
{
  GstElement *element;
  GstRtmpTracks *tracks;
  GstRtmpUnpackerMetadata on_metadata;

  FlvReader *reader;
  RtmpLimits limits;            /* of script data */
  GstFlowReturn flow;           /* why on_tag() stopped the reader */
  GstClockTime near;            /* when the next tag is, or NONE */
  GstRtmpTime time;
  gboolean warned_encrypted;

  /* Under the element's lock */
  guint64 n_bad;
  guint64 n_gaps;
};

/* Packets */

static GstClockTime
time_of (GstRtmpUnpacker * self, guint32 timestamp)
{
  if (GST_CLOCK_TIME_IS_VALID (self->near))
    gst_rtmp_time_begin_near (&self->time, timestamp, self->near);
  return gst_rtmp_time_unwrap (&self->time, timestamp);
}

static GstClockTime
presentation_time (const FlvPacket * packet, GstClockTime dts)
{
  gint64 pts = (gint64) dts + packet->composition_time * (gint64) GST_MSECOND
      + packet->nanoseconds;

  return (GstClockTime) MAX (pts, 0);
}

static GstBuffer *
new_frame (GstRtmpTrack * track, const FlvPacket * packet, GBytes * body,
    GstClockTime time)
{
  GstBuffer *buffer = gst_buffer_new_wrapped_bytes (body);

  GST_BUFFER_DTS (buffer) = time;
  GST_BUFFER_PTS (buffer) = presentation_time (packet, time);
  if (track->media == FLV_MEDIA_VIDEO && !flv_packet_is_keyframe (packet))
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  if (packet->frame == FLV_FRAME_DISPOSABLE)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DROPPABLE);
  if (track->is_discont)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  track->is_discont = FALSE;
  return buffer;
}

/* Once a track: its codec is not known, or its configuration is no good. */
static void
refuse_track (GstRtmpUnpacker * self, GstRtmpTrack * track, const gchar * why)
{
  const gchar *media = track->media == FLV_MEDIA_VIDEO ? "video" : "audio";

  if (!track->is_refused)
    GST_ELEMENT_WARNING (self->element, STREAM, CODEC_NOT_FOUND,
        ("%s; %s track %u is left out.", why, media, track->id), (NULL));
  track->is_refused = TRUE;
}

static void
refuse_codec (GstRtmpUnpacker * self, GstRtmpTrack * track,
    const FlvPacket * packet)
{
  g_autofree gchar *why = NULL;
  gchar four_cc[FLV_FOUR_CC_LENGTH];

  flv_four_cc_to_string (packet->codec_id, four_cc);
  why = packet->enhanced ? g_strdup_printf ("Unknown codec \"%s\"", four_cc)
      : g_strdup_printf ("Unknown codec %u", packet->codec_id);
  refuse_track (self, track, why);
}

static void
mark_padding (const GstRtmpTrack * track, GstBuffer * first)
{
  guint padding = gst_rtmp_format_padding (&track->format);

  if (padding > 0)
    gst_buffer_add_audio_clipping_meta (first, GST_FORMAT_DEFAULT, padding, 0);
}

static GstFlowReturn
on_frames (GstRtmpUnpacker * self, GstRtmpTrack * track,
    const FlvPacket * packet, const FlvTag * tag, GBytes * body)
{
  GstFlowReturn flow = GST_FLOW_OK;
  g_autoptr (GError) error = NULL;
  gboolean is_first;
  GstBuffer *frame;
  GstCaps *caps;

  if (!gst_rtmp_track_update_caps (track, packet, body, &caps, &error)) {
    GST_LOG_OBJECT (self->element, "nobody could read the frame at %u ms yet",
        tag->timestamp);
    if (error)
      refuse_track (self, track, error->message);
    return GST_FLOW_OK;
  }
  track->is_refused = FALSE;
  is_first = caps != NULL;
  if (caps)
    flow = gst_rtmp_tracks_take_caps (self->tracks, track, caps);
  if (flow != GST_FLOW_OK)
    return flow;
  frame = new_frame (track, packet, body, time_of (self, tag->timestamp));
  if (is_first)
    mark_padding (track, frame);
  return gst_rtmp_tracks_push (self->tracks, track, frame);
}

/* A message without sound, or the end of a sequence, says that nothing is to be
 * waited for. */
static GstFlowReturn
on_silence (GstRtmpUnpacker * self, const FlvPacket * packet,
    const FlvTag * tag)
{
  GstRtmpTrack *track =
      gst_rtmp_tracks_find (self->tracks, packet->media, packet->track);

  if (track)
    gst_rtmp_tracks_push_gap (self->tracks, track,
        time_of (self, tag->timestamp));
  return GST_FLOW_OK;
}

static void
note_bad (GstRtmpUnpacker * self, const FlvTag * tag, const GError * error)
{
  GST_OBJECT_LOCK (self->element);
  self->n_bad++;
  GST_OBJECT_UNLOCK (self->element);
  GST_WARNING_OBJECT (self->element, "tag at %u ms: %s", tag->timestamp,
      error->message);
}

static GstFlowReturn
on_packet (GstRtmpUnpacker * self, const FlvPacket * packet,
    const FlvTag * tag, GError ** error)
{
  g_autoptr (GBytes) body = NULL;
  GstRtmpTrack *track;

  if (packet->type == FLV_PACKET_SILENCE || packet->type == FLV_PACKET_END)
    return on_silence (self, packet, tag);
  if (packet->type == FLV_PACKET_COMMAND)
    return GST_FLOW_OK;
  track = gst_rtmp_tracks_ensure (self->tracks, packet->media, packet->track);
  if (packet->codec == NULL) {
    refuse_codec (self, track, packet);
    return GST_FLOW_OK;
  }
  body = g_bytes_new_from_bytes (tag->body, packet->offset, packet->size);
  if (packet->type == FLV_PACKET_FRAMES)
    return on_frames (self, track, packet, tag, body);
  gst_rtmp_track_configure (track, packet, body, error);
  return GST_FLOW_OK;
}

/* Several of its tracks may be bad; the tag is, once. */
static GstFlowReturn
on_media (GstRtmpUnpacker * self, FlvMedia media, const FlvTag * tag)
{
  g_autoptr (GError) bad = NULL;
  GstFlowReturn flow = GST_FLOW_OK;
  FlvPacketReader reader;
  FlvPacket packet;
  gsize size;
  const guint8 *data = g_bytes_get_data (tag->body, &size);

  flv_packet_reader_init (&reader, media, data, size);
  while (flow == GST_FLOW_OK
      && flv_packet_reader_next (&reader, &packet, bad ? NULL : &bad))
    flow = on_packet (self, &packet, tag, bad ? NULL : &bad);
  if (bad)
    note_bad (self, tag, bad);
  return flow;
}

static GstFlowReturn
on_encrypted (GstRtmpUnpacker * self)
{
  if (!self->warned_encrypted)
    GST_ELEMENT_WARNING (self->element, STREAM, DECRYPT,
        ("Some of the stream is encrypted (FLV 10.1, annex F), which is not "
            "supported; it is left out."), (NULL));
  self->warned_encrypted = TRUE;
  return GST_FLOW_OK;
}

/* Script data */

static void
describe_track (GstRtmpUnpacker * self, const FlvTrackInfo * info)
{
  GstRtmpTrack *track =
      gst_rtmp_tracks_ensure (self->tracks, info->media, info->id);
  GstTagList *tags = NULL;

  track->format.width = (guint) info->width;
  track->format.height = (guint) info->height;
  track->format.framerate = info->framerate;
  track->is_changed = TRUE;
  if (info->bitrate > 0 && info->bitrate < G_MAXUINT / 1000)
    tags = gst_tag_list_new (GST_TAG_BITRATE, (guint) (info->bitrate * 1000),
        NULL);
  gst_rtmp_tracks_take_track_tags (self->tracks, track, tags);
}

/* Which tracks there are, as far as a writer says: some have only an encoder
 * to tell of. */
static void
describe_tracks (GstRtmpUnpacker * self, const FlvMetadata * metadata)
{
  gboolean any = FALSE;

  for (guint i = 0; i < metadata->tracks->len; i++) {
    const FlvTrackInfo *info = g_ptr_array_index (metadata->tracks, i);

    if (info->codec)
      describe_track (self, info);
    any = any || info->codec;
  }
  if (any)
    gst_rtmp_tracks_set_announced (self->tracks);
}

static void
on_metadata (GstRtmpUnpacker * self, const RtmpValue * object)
{
  g_autoptr (FlvMetadata) metadata = flv_metadata_parse (object);

  describe_tracks (self, metadata);
  gst_rtmp_tracks_take_tags (self->tracks, gst_rtmp_script_to_tags (object));
  if (self->on_metadata)
    self->on_metadata (self->element, metadata, object);
}

static void
on_script (GstRtmpUnpacker * self, const FlvTag * tag)
{
  g_autoptr (GError) error = NULL;
  g_auto (FlvScript) script = { NULL, };
  GstStructure *structure;

  if (!flv_script_parse (&script, tag->body, &self->limits, &error)) {
    note_bad (self, tag, error);
    return;
  }
  structure = gst_rtmp_script_to_structure (&script,
      tag->timestamp * GST_MSECOND);
  if (g_str_equal (script.name, FLV_SCRIPT_ON_META_DATA))
    on_metadata (self, flv_script_object (&script));
  else
    gst_rtmp_tracks_push_event (self->tracks,
        gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM,
            gst_structure_copy (structure)));
  gst_element_post_message (self->element,
      gst_message_new_element (GST_OBJECT (self->element), structure));
}

static void
on_gap (GstRtmpUnpacker * self, const FlvTag * tag)
{
  GST_OBJECT_LOCK (self->element);
  self->n_gaps++;
  GST_OBJECT_UNLOCK (self->element);
  GST_ELEMENT_WARNING (self->element, STREAM, DEMUX,
      ("The input is damaged before %u ms; a part of it is left out.",
          tag->timestamp), (NULL));
  gst_rtmp_tracks_discont (self->tracks);
}

static gboolean
on_tag (const FlvTag * tag, gpointer user_data, GError ** error)
{
  GstRtmpUnpacker *self = user_data;

  /* It is FLV indeed. */
  flv_reader_set_resync (self->reader, TRUE);
  if (tag->after_gap)
    on_gap (self, tag);
  if (tag->encrypted)
    self->flow = on_encrypted (self);
  else if (tag->type == FLV_TAG_VIDEO)
    self->flow = on_media (self, FLV_MEDIA_VIDEO, tag);
  else if (tag->type == FLV_TAG_AUDIO)
    self->flow = on_media (self, FLV_MEDIA_AUDIO, tag);
  else
    on_script (self, tag);
  /* Of the buffer, only the first tag begins where it does. */
  self->near = GST_CLOCK_TIME_NONE;
  if (self->flow != GST_FLOW_OK)
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_STATE, "stopped: %s",
        gst_flow_get_name (self->flow));
  return self->flow == GST_FLOW_OK;
}

/* What the reader says is either why on_tag() stopped it, or that the input is
 * no FLV. */
static GstFlowReturn
feed (GstRtmpUnpacker * self, GBytes * block)
{
  g_autoptr (GError) error = NULL;

  self->flow = GST_FLOW_OK;
  if (flv_reader_feed (self->reader, block, on_tag, self, &error))
    return GST_FLOW_OK;
  flv_reader_reset (self->reader);
  if (self->flow != GST_FLOW_OK)
    return self->flow;
  GST_ELEMENT_ERROR (self->element, STREAM, DEMUX,
      ("The input is not FLV, or it is damaged."), ("%s", error->message));
  return GST_FLOW_ERROR;
}

/* Memory by memory, so that a buffer of several is not merged. */
GstFlowReturn
gst_rtmp_unpacker_feed (GstRtmpUnpacker * self, GstBuffer * buffer)
{
  GstFlowReturn flow = GST_FLOW_OK;
  guint n = gst_buffer_n_memory (buffer);

  for (guint i = 0; i < n && flow == GST_FLOW_OK; i++) {
    g_autoptr (GBytes) block =
        gst_rtmp_memory_to_bytes (gst_buffer_peek_memory (buffer, i));

    if (block == NULL) {
      GST_ELEMENT_ERROR (self->element, RESOURCE, READ,
          ("The input's memory cannot be read."), (NULL));
      return GST_FLOW_ERROR;
    }
    flow = feed (self, block);
  }
  return flow;
}

void
gst_rtmp_unpacker_set_time (GstRtmpUnpacker * self, GstClockTime time)
{
  self->near = flv_reader_is_partial (self->reader) ? GST_CLOCK_TIME_NONE
      : time;
}

gboolean
gst_rtmp_unpacker_is_partial (GstRtmpUnpacker * self)
{
  return flv_reader_is_partial (self->reader);
}

void
gst_rtmp_unpacker_drop_partial (GstRtmpUnpacker * self)
{
  flv_reader_reset (self->reader);
}

void
gst_rtmp_unpacker_discont (GstRtmpUnpacker * self)
{
  flv_reader_reset (self->reader);
  gst_rtmp_time_reset (&self->time);
  gst_rtmp_tracks_discont (self->tracks);
}

void
gst_rtmp_unpacker_begin_publisher (GstRtmpUnpacker * self)
{
  gst_rtmp_unpacker_discont (self);
  gst_rtmp_tracks_forget (self->tracks);
}

/* A film's index may have more values than a message should. */
void
gst_rtmp_unpacker_expect_file (GstRtmpUnpacker * self)
{
  self->limits.amf_values = rtmp_limits_default.amf_values * 16;
}

GstStructure *
gst_rtmp_unpacker_get_stats (GstRtmpUnpacker * self)
{
  GstStructure *stats;

  GST_OBJECT_LOCK (self->element);
  stats = gst_structure_new ("GstRtmpDemuxStats",
      "bad-tags", G_TYPE_UINT64, self->n_bad,
      "gaps", G_TYPE_UINT64, self->n_gaps, NULL);
  GST_OBJECT_UNLOCK (self->element);
  return stats;
}

void
gst_rtmp_unpacker_reset (GstRtmpUnpacker * self)
{
  gst_rtmp_unpacker_discont (self);
  flv_reader_set_resync (self->reader, FALSE);
  self->limits = rtmp_limits_default;
  self->near = GST_CLOCK_TIME_NONE;
  self->warned_encrypted = FALSE;
  GST_OBJECT_LOCK (self->element);
  self->n_bad = self->n_gaps = 0;
  GST_OBJECT_UNLOCK (self->element);
}

GstRtmpUnpacker *
gst_rtmp_unpacker_new (GstElement * element, GstRtmpTracks * tracks,
    GstRtmpUnpackerMetadata on_metadata)
{
  GstRtmpUnpacker *self = g_new0 (GstRtmpUnpacker, 1);

  self->element = element;
  self->tracks = tracks;
  self->on_metadata = on_metadata;
  self->reader = flv_reader_new ();
  gst_rtmp_unpacker_reset (self);
  return self;
}

void
gst_rtmp_unpacker_free (GstRtmpUnpacker * self)
{
  flv_reader_free (self->reader);
  g_free (self);
}

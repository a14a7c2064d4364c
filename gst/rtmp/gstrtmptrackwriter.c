/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmptrackwriter.h"

#include "flvcolor.h"
#include "flvfile.h"
#include "gstrtmptime.h"

/* SI24 */
#define COMPOSITION_TIME_MIN (-0x800000)
#define COMPOSITION_TIME_MAX 0x7FFFFF

void
gst_rtmp_track_writer_init (GstRtmpTrackWriter * self, FlvMedia media,
    guint8 id)
{
  *self = (GstRtmpTrackWriter) {
  .media = media,.id = id};
}

void
gst_rtmp_track_writer_clear (GstRtmpTrackWriter * self)
{
  gst_rtmp_format_clear (&self->format);
}

/* Not where every reader knows the legacy header and only some the other. */
gboolean
gst_rtmp_track_writer_needs_four_cc (const GstRtmpTrackWriter * self,
    const FlvCodec * codec)
{
  return self->force_four_cc || self->id != 0 || codec->reads_legacy
      || codec->legacy_id == FLV_NO_LEGACY_ID;
}

static GBytes *
buffer_to_bytes (GstBuffer * buffer)
{
  gpointer data;
  gsize size;

  if (buffer == NULL)
    return NULL;
  gst_buffer_extract_dup (buffer, 0, G_MAXSIZE, &data, &size);
  return g_bytes_new_take (data, size);
}

static gboolean
same_configuration (const GstRtmpFormat * a, const GstRtmpFormat * b)
{
  return a->codec == b->codec && a->enhanced == b->enhanced
      && a->sound == b->sound
      && memcmp (&a->channels, &b->channels, sizeof (a->channels)) == 0
      && memcmp (&a->color, &b->color, sizeof (a->color)) == 0
      && (a->configuration == b->configuration || (a->configuration
          && b->configuration
          && g_bytes_equal (a->configuration, b->configuration)));
}

gboolean
gst_rtmp_track_writer_set_caps (GstRtmpTrackWriter * self, GstCaps * caps,
    GstBuffer * buffer, GError ** error)
{
  g_autoptr (GBytes) frame = buffer_to_bytes (buffer);
  GstRtmpFormat format;

  if (!gst_rtmp_caps_to_format (caps, frame, &format, error))
    return FALSE;
  format.enhanced = gst_rtmp_track_writer_needs_four_cc (self, format.codec);
  if (format.enhanced && format.codec->four_cc == FLV_NO_FOUR_CC) {
    g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_WRONG_TYPE,
        "%s has no FourCC: it can be track 0 only.", format.codec->name);
    gst_rtmp_format_clear (&format);
    return FALSE;
  }
  self->is_changed = !same_configuration (&self->format, &format);
  gst_rtmp_format_clear (&self->format);
  self->format = format;
  return TRUE;
}

static FlvPacket
new_packet (const GstRtmpTrackWriter * self, FlvPacketType type)
{
  const GstRtmpFormat *format = &self->format;

  return (FlvPacket) {
  .media = self->media,.type = type,.codec = format->codec,.enhanced =
        format->enhanced,.multitrack =
        self->id == 0 ? FLV_MULTITRACK_NONE : FLV_MULTITRACK_ONE,.track =
        self->id,.frame = FLV_FRAME_KEY,.sound = format->sound,};
}

/* One block, so that whoever sends it needs not gather it. */
static GstBuffer *
new_tag (const FlvPacket * packet, guint32 timestamp, gconstpointer body,
    gsize size)
{
  FlvTagType type = packet->media == FLV_MEDIA_VIDEO ? FLV_TAG_VIDEO
      : FLV_TAG_AUDIO;
  guint8 header[FLV_PACKET_HEADER_MAX];
  gsize header_size = flv_packet_write_header (packet, header);
  gsize body_size = header_size + size;
  guint8 *tag = g_malloc (FLV_TAG_HEADER_SIZE + body_size
      + FLV_TAG_TRAILER_SIZE);

  flv_write_tag_header (tag, type, body_size, timestamp);
  memcpy (tag + FLV_TAG_HEADER_SIZE, header, header_size);
  if (size > 0)
    memcpy (tag + FLV_TAG_HEADER_SIZE + header_size, body, size);
  flv_write_tag_trailer (tag + FLV_TAG_HEADER_SIZE + body_size, body_size);
  return gst_buffer_new_wrapped (tag,
      FLV_TAG_HEADER_SIZE + body_size + FLV_TAG_TRAILER_SIZE);
}

static void
add_tag (const FlvPacket * packet, guint32 timestamp, GBytes * body,
    GPtrArray * tags)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (body, &size);
  GstBuffer *tag = new_tag (packet, timestamp, data, size);

  GST_BUFFER_FLAG_SET (tag, GST_BUFFER_FLAG_HEADER);
  g_ptr_array_add (tags, tag);
}

/* Enhanced RTMP v2, "fLaC": the marker and the header of the block, the last
 * one, before STREAMINFO. */
static GBytes *
with_flac_marker (GBytes * stream_info)
{
  static const guint8 marker[] = { 'f', 'L', 'a', 'C', 0x80, 0, 0, 34 };
  GByteArray *array = g_byte_array_new ();
  gsize size;
  const guint8 *data = g_bytes_get_data (stream_info, &size);

  g_byte_array_append (array, marker, sizeof (marker));
  g_byte_array_append (array, data, (guint) size);
  return g_byte_array_free_to_bytes (array);
}

/* Each codec with a FourCC has a sequence start, empty where there is nothing
 * to say. (nullable) */
static GBytes *
get_configuration (const GstRtmpTrackWriter * self)
{
  const GstRtmpFormat *format = &self->format;

  if (format->configuration == NULL)
    return format->enhanced ? g_bytes_new_static ("", 0) : NULL;
  if (format->codec->id == FLV_CODEC_FLAC && self->long_flac)
    return with_flac_marker (format->configuration);
  return g_bytes_ref (format->configuration);
}

void
gst_rtmp_track_writer_configuration (const GstRtmpTrackWriter * self,
    guint32 timestamp, GPtrArray * tags)
{
  const GstRtmpFormat *format = &self->format;
  FlvPacket packet = new_packet (self, FLV_PACKET_CONFIGURATION);
  g_autoptr (GBytes) configuration = get_configuration (self);

  if (configuration)
    add_tag (&packet, timestamp, configuration, tags);
  if (format->enhanced && format->channels.count > 0) {
    g_autoptr (GBytes) channels = flv_channels_write (&format->channels);

    packet.type = FLV_PACKET_CHANNELS;
    add_tag (&packet, timestamp, channels, tags);
  }
  if (format->enhanced && format->color.has != 0) {
    g_autoptr (GBytes) color = flv_color_info_write (&format->color);

    packet.type = FLV_PACKET_METADATA;
    packet.frame = self->id == 0 ? FLV_FRAME_COMMAND : FLV_FRAME_KEY;
    add_tag (&packet, timestamp, color, tags);
  }
}

static guint8
frame_type (const GstRtmpTrackWriter * self, GstBuffer * buffer)
{
  if (!GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT))
    return FLV_FRAME_KEY;
  /* FLV 10.1, E.4.3.1: disposable is H.263's only. */
  if (self->format.codec->id == FLV_CODEC_SORENSON
      && GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DROPPABLE))
    return FLV_FRAME_DISPOSABLE;
  return FLV_FRAME_INTER;
}

GstBuffer *
gst_rtmp_track_writer_frame (const GstRtmpTrackWriter * self,
    GstBuffer * buffer, gint64 dts, gint64 pts)
{
  FlvPacket packet = new_packet (self, FLV_PACKET_FRAMES);
  gint64 pts_ms = gst_rtmp_time_to_ms (pts);
  GstMapInfo map;
  GstBuffer *tag;

  if (self->media == FLV_MEDIA_VIDEO)
    packet.frame = frame_type (self, buffer);
  if (self->format.codec->has_composition_time)
    packet.composition_time = (gint32) CLAMP (pts_ms - dts,
        COMPOSITION_TIME_MIN, COMPOSITION_TIME_MAX);
  if (self->nanoseconds && self->format.enhanced)
    packet.nanoseconds = (guint32) (pts - pts_ms * (gint64) GST_MSECOND);
  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return NULL;
  tag = new_tag (&packet, (guint32) dts, map.data, map.size);
  gst_buffer_unmap (buffer, &map);
  if (packet.frame != FLV_FRAME_KEY)
    GST_BUFFER_FLAG_SET (tag, GST_BUFFER_FLAG_DELTA_UNIT);
  return tag;
}

GstBuffer *
gst_rtmp_track_writer_end (const GstRtmpTrackWriter * self, guint32 timestamp)
{
  FlvPacket packet = new_packet (self, FLV_PACKET_END);

  return self->format.enhanced ? new_tag (&packet, timestamp, NULL, 0) : NULL;
}

void
gst_rtmp_track_writer_describe (const GstRtmpTrackWriter * self,
    FlvMetadata * metadata)
{
  const GstRtmpFormat *format = &self->format;
  FlvTrackInfo *info = flv_metadata_add_track (metadata, self->media, self->id);

  info->codec = format->codec;
  info->enhanced = format->enhanced;
  info->width = format->width;
  info->height = format->height;
  info->framerate = format->framerate;
  info->bitrate = format->bitrate / 1000.0;
  info->samplerate = format->rate;
  info->channels = format->n_channels;
  if (self->media == FLV_MEDIA_AUDIO)
    info->samplesize = 16;
}

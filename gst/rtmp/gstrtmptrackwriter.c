/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmptrackwriter.h"

#include "flvcolor.h"
#include "flvfile.h"
#include "gstrtmptime.h"

/* UI24 */
#define BODY_MAX 0xFFFFFF
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
  gst_clear_tag_list (&self->tags);
  self->is_changed = FALSE;
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
      && a->sound == b->sound && a->adjustment == b->adjustment
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
  self->is_changed = self->is_changed
      || !same_configuration (&self->format, &format);
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
        self->id,.frame = FLV_FRAME_KEY,.sound = format->sound,.adjustment =
        format->adjustment,};
}

/* One block, so that whoever sends it needs not gather it. @body (nullable) is
 * copied, and once, however many memories it has. */
static GstBuffer *
new_tag (const FlvPacket * packet, guint32 timestamp, GstBuffer * body)
{
  FlvTagType type = packet->media == FLV_MEDIA_VIDEO ? FLV_TAG_VIDEO
      : FLV_TAG_AUDIO;
  guint8 header[FLV_PACKET_HEADER_MAX];
  gsize header_size = flv_packet_write_header (packet, header);
  gsize size = body ? gst_buffer_get_size (body) : 0;
  gsize body_size = header_size + size;
  GstBuffer *tag = gst_buffer_new_allocate (NULL,
      FLV_TAG_HEADER_SIZE + body_size + FLV_TAG_TRAILER_SIZE, NULL);
  GstMapInfo map;
  guint8 *p;

  gst_buffer_map (tag, &map, GST_MAP_WRITE);
  flv_write_tag_header (map.data, type, body_size, timestamp);
  p = map.data + FLV_TAG_HEADER_SIZE;
  memcpy (p, header, header_size);
  if (body && gst_buffer_extract (body, 0, p + header_size, size) != size)
    packet = NULL;
  flv_write_tag_trailer (p + body_size, body_size);
  gst_buffer_unmap (tag, &map);
  if (packet == NULL)
    gst_clear_buffer (&tag);
  return tag;
}

static void
add_tag (const FlvPacket * packet, guint32 timestamp, GBytes * body,
    GPtrArray * tags)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped_bytes (body);
  GstBuffer *tag = new_tag (packet, timestamp, buffer);

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

/* Of those with a FourCC. Colours stay in force until others are told, or
 * none. */
static void
add_enhanced (GstRtmpTrackWriter * self, guint32 timestamp, GPtrArray * tags)
{
  const GstRtmpFormat *format = &self->format;

  if (format->channels.count > 0) {
    FlvPacket packet = new_packet (self, FLV_PACKET_CHANNELS);
    g_autoptr (GBytes) channels = flv_channels_write (&format->channels);

    add_tag (&packet, timestamp, channels, tags);
  }
  if (format->color.has != 0 || self->has_color) {
    FlvPacket packet = new_packet (self, FLV_PACKET_METADATA);
    g_autoptr (GBytes) color = flv_color_info_write (&format->color);

    packet.frame = self->id == 0 ? FLV_FRAME_COMMAND : FLV_FRAME_KEY;
    add_tag (&packet, timestamp, color, tags);
    self->has_color = format->color.has != 0;
  }
}

void
gst_rtmp_track_writer_configuration (GstRtmpTrackWriter * self,
    guint32 timestamp, GPtrArray * tags)
{
  FlvPacket packet = new_packet (self, FLV_PACKET_CONFIGURATION);
  g_autoptr (GBytes) configuration = get_configuration (self);

  self->is_changed = FALSE;
  if (configuration)
    add_tag (&packet, timestamp, configuration, tags);
  if (self->format.enhanced)
    add_enhanced (self, timestamp, tags);
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

static FlvPacket
frame_packet (const GstRtmpTrackWriter * self, GstBuffer * buffer, gint64 dts,
    gint64 pts)
{
  FlvPacket packet = new_packet (self, FLV_PACKET_FRAMES);
  gint64 pts_ms = gst_rtmp_time_to_ms (pts);

  if (self->media == FLV_MEDIA_VIDEO)
    packet.frame = frame_type (self, buffer);
  else if (self->id == 0 && gst_buffer_get_size (buffer) == 0)
    packet.type = FLV_PACKET_SILENCE;
  if (self->format.codec->has_composition_time)
    packet.composition_time =
        (gint32) CLAMP (pts_ms - gst_rtmp_time_to_ms (dts),
        COMPOSITION_TIME_MIN, COMPOSITION_TIME_MAX);
  if (self->nanoseconds && self->format.enhanced)
    packet.nanoseconds = (guint32) (pts - pts_ms * (gint64) GST_MSECOND);
  return packet;
}

GstBuffer *
gst_rtmp_track_writer_frame (const GstRtmpTrackWriter * self,
    GstBuffer * buffer, gint64 dts, gint64 pts, GError ** error)
{
  FlvPacket packet = frame_packet (self, buffer, dts, pts);
  gsize size = gst_buffer_get_size (buffer);
  GstBuffer *tag;

  if (size > BODY_MAX - FLV_PACKET_HEADER_MAX) {
    g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_MUX,
        "A frame of %" G_GSIZE_FORMAT " bytes: FLV and RTMP have room for %u.",
        size, BODY_MAX - FLV_PACKET_HEADER_MAX);
    return NULL;
  }
  tag = new_tag (&packet, (guint32) gst_rtmp_time_to_ms (dts), buffer);
  if (tag == NULL)
    g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_MUX,
        "The memory of a frame cannot be read.");
  else if (packet.frame != FLV_FRAME_KEY)
    GST_BUFFER_FLAG_SET (tag, GST_BUFFER_FLAG_DELTA_UNIT);
  return tag;
}

GstBuffer *
gst_rtmp_track_writer_end (const GstRtmpTrackWriter * self, guint32 timestamp)
{
  FlvPacket packet = new_packet (self, FLV_PACKET_END);

  return self->format.enhanced ? new_tag (&packet, timestamp, NULL) : NULL;
}

static void
describe_tag (const GstTagList * tags, const gchar * tag, gpointer user_data)
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

void
gst_rtmp_track_writer_describe (const GstRtmpTrackWriter * self,
    FlvMetadata * metadata)
{
  const GstRtmpFormat *format = &self->format;
  FlvTrackInfo *info;

  if (self->tags)
    gst_tag_list_foreach (self->tags, describe_tag, metadata);
  if (format->codec == NULL)
    return;
  info = flv_metadata_add_track (metadata, self->media, self->id);
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

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpoutlet.h"

#include "flvpacket.h"
#include "flvversion.h"
#include "rtmpcommand.h"

void
gst_rtmp_outlet_init (GstRtmpOutlet * self, RtmpMount * mount)
{
  *self = (GstRtmpOutlet) {
  .mount = mount,.leading_track = GST_RTMP_OUTLET_NO_TRACK};
}

/* Script data */

static gboolean
starts_with (GBytes * script, const gchar * text, gsize * length)
{
  const RtmpMessage message = {.type = RTMP_MESSAGE_DATA_AMF0,
    .payload = script
  };
  g_autofree gchar *name = NULL;

  return rtmp_data_parse_name (&message, &name, length)
      && g_str_equal (name, text);
}

static gboolean
is_metadata (const FlvTag * tag)
{
  gsize length;

  return starts_with (tag->body, "onMetaData", &length);
}

/* What a publisher says to whoever keeps its metadata, and not to players. */
static gboolean
clears_metadata (const FlvTag * tag)
{
  g_autoptr (GBytes) rest = NULL;
  gsize length;

  if (tag->type != FLV_TAG_SCRIPT
      || !starts_with (tag->body, "@clearDataFrame", &length))
    return FALSE;
  rest = g_bytes_new_from_bytes (tag->body, length,
      g_bytes_get_size (tag->body) - length);
  return starts_with (rest, "onMetaData", &length);
}

/* Audio and video */

static RtmpMessageType
message_type (const FlvTag * tag)
{
  return tag->type == FLV_TAG_AUDIO ? RTMP_MESSAGE_AUDIO
      : tag->type == FLV_TAG_VIDEO ? RTMP_MESSAGE_VIDEO
      : RTMP_MESSAGE_DATA_AMF0;
}

/* Those that several tracks share stay until they are replaced. */
static void
drop_headers (GstRtmpOutlet * self, const FlvTag * tag,
    const FlvPacket * packet)
{
  rtmp_mount_drop_headers (self->mount, message_type (tag), packet->track,
      FLV_CONFIGURATION_MANY | FLV_CONFIGURATION_TRACK);
}

static void
end_track (GstRtmpOutlet * self, const FlvTag * tag, const FlvPacket * packet)
{
  drop_headers (self, tag, packet);
  self->codecs[packet->media][packet->track] = 0;
  if (packet->media == FLV_MEDIA_VIDEO && packet->track == self->leading_track)
    self->leading_track = GST_RTMP_OUTLET_NO_TRACK;
}

/* Legacy and enhanced packets of a codec have the same configuration. */
static guint32
codec_of (const FlvPacket * packet)
{
  return packet->codec && packet->codec->four_cc != FLV_NO_FOUR_CC
      ? packet->codec->four_cc : packet->codec_id + 1;
}

static void
follow_codec (GstRtmpOutlet * self, const FlvTag * tag,
    const FlvPacket * packet)
{
  guint32 *codec = &self->codecs[packet->media][packet->track];

  if (*codec != 0 && *codec != codec_of (packet))
    drop_headers (self, tag, packet);
  *codec = codec_of (packet);
}

static gboolean
is_beginning (GstRtmpOutlet * self, const FlvPacket * packet)
{
  if (packet->media != FLV_MEDIA_VIDEO || !flv_packet_is_keyframe (packet)
      || packet->track > self->leading_track)
    return FALSE;
  self->leading_track = packet->track;
  return TRUE;
}

static RtmpFrameFlags
look_at_packets (GstRtmpOutlet * self, const FlvTag * tag)
{
  FlvPacketReader reader;
  FlvPacket packet;
  gsize size;
  const guint8 *data = g_bytes_get_data (tag->body, &size);
  RtmpFrameFlags flags = 0;

  flv_packet_reader_init (&reader, tag->type == FLV_TAG_AUDIO ? FLV_MEDIA_AUDIO
      : FLV_MEDIA_VIDEO, data, size);
  while (flv_packet_reader_next (&reader, &packet, NULL)) {
    if (packet.type == FLV_PACKET_END)
      end_track (self, tag, &packet);
    else if (packet.type != FLV_PACKET_COMMAND
        && packet.type != FLV_PACKET_SILENCE)
      follow_codec (self, tag, &packet);
    if (is_beginning (self, &packet))
      flags = RTMP_FRAME_KEY;
  }
  return flags;
}

static RtmpFrameFlags
flags_of (GstRtmpOutlet * self, const FlvTag * tag)
{
  RtmpFrameFlags flags;
  guint32 kind;

  if (tag->type == FLV_TAG_SCRIPT)
    return is_metadata (tag) ? RTMP_FRAME_HEADER : 0;
  flags = look_at_packets (self, tag);
  kind = flv_configuration (tag->type, tag->body);
  return kind != 0 ? RTMP_FRAME_HEADER_OF (kind) : flags;
}

void
gst_rtmp_outlet_send (GstRtmpOutlet * self, const FlvTag * tag,
    guint32 timestamp)
{
  RtmpVersion versions[FLV_VERSIONS_MAX];
  RtmpFrameFlags flags;

  if (clears_metadata (tag)) {
    rtmp_mount_clear_metadata (self->mount);
    return;
  }
  flags = flags_of (self, tag);
  rtmp_mount_send_versions (self->mount, message_type (tag), timestamp, flags,
      versions, flv_versions (tag->type, tag->body, versions));
}

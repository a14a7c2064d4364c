/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flvpacket.h"

#include "rtmpwriter.h"

/* Enhanced RTMP v2, VideoPacketType and AudioPacketType. Legacy AVC has the
 * first three under the same numbers, AAC the first two (FLV 10.1, E.4.3.1 and
 * E.4.2.1). */
enum
{
  CODED_FRAMES = 1,
  SEQUENCE_END = 2,
  CODED_FRAMES_X = 3,           /* video: with no composition time */
  METADATA = 4,                 /* video */
  MOD_EX = 7,
};

enum
{
  MOD_EX_NANOSECONDS = 0,
  MAX_NANOSECONDS = 999999,
  SOUND_ENHANCED = 9,
};

#define N_PACKET_TYPES 6
#define NO_TYPE (-1)

static const struct
{
  const gchar *name;
  guint8 multitrack;            /* its packet type */
  gint8 types[N_PACKET_TYPES];
} media_rules[] = {
  [FLV_MEDIA_VIDEO] = {"video", 6,
        {FLV_PACKET_CONFIGURATION, FLV_PACKET_FRAMES, FLV_PACKET_END,
              FLV_PACKET_FRAMES, FLV_PACKET_METADATA,
          FLV_PACKET_TS_CONFIGURATION}},
  [FLV_MEDIA_AUDIO] = {"audio", 5,
        {FLV_PACKET_CONFIGURATION, FLV_PACKET_FRAMES, FLV_PACKET_END,
          NO_TYPE, FLV_PACKET_CHANNELS, NO_TYPE}},
};

const gchar *
flv_packet_type_to_string (FlvPacketType type)
{
  static const gchar *const names[] = { "configuration", "frames", "end",
    "metadata", "channels", "ts-configuration", "command", "silence"
  };

  return type < G_N_ELEMENTS (names) ? names[type] : "unknown";
}

static gboolean
has_composition_time (const FlvPacket * packet, guint packet_type)
{
  return packet->codec && packet->codec->has_composition_time
      && (!packet->enhanced || packet_type == CODED_FRAMES);
}

void
flv_packet_reader_init (FlvPacketReader * self, FlvMedia media,
    const guint8 * data, gsize size)
{
  *self = (FlvPacketReader) {
    .head = {.media = media,.multitrack = FLV_MULTITRACK_NONE }
  };
  rtmp_reader_init (&self->in, data, size);
}

/* Always FALSE. */
static gboolean
refuse (FlvPacketReader * self, gsize where, const gchar * expected,
    gsize came, GError ** error)
{
  g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_FLV,
      "bad %s packet at byte %" G_GSIZE_FORMAT ": expected %s, got %"
      G_GSIZE_FORMAT, media_rules[self->head.media].name, where, expected,
      came);
  return FALSE;
}

static gboolean
cut_off (FlvPacketReader * self, const gchar * expected, GError ** error)
{
  return refuse (self, self->in.pos, expected, rtmp_reader_left (&self->in),
      error);
}

/* Of a type that is not known, or an offset that cannot be: skipped. */
static void
take_mod_ex (FlvPacket * head, guint type, const guint8 * data, gsize size)
{
  RtmpReader in;
  guint32 nanoseconds;

  rtmp_reader_init (&in, data, size);
  if (type == MOD_EX_NANOSECONDS && rtmp_reader_u24 (&in, &nanoseconds)
      && nanoseconds <= MAX_NANOSECONDS)
    head->nanoseconds = nanoseconds;
}

/* Enhanced RTMP v2, "ModEx": size, data, and the type of what comes next. */
static gboolean
read_mod_ex (FlvPacketReader * self, GError ** error)
{
  RtmpReader *in = &self->in;
  guint8 size8, next;
  guint16 size16;
  gsize size;
  const guint8 *data;

  if (!rtmp_reader_u8 (in, &size8))
    return cut_off (self, "1 byte of ModEx size", error);
  size = size8 + 1u;
  if (size8 == 0xFF) {
    if (!rtmp_reader_u16 (in, &size16))
      return cut_off (self, "2 bytes of ModEx size", error);
    size = size16 + 1u;
  }
  if (!rtmp_reader_bytes (in, size, &data))
    return refuse (self, in->pos, "a ModEx size that the message holds", size,
        error);
  if (!rtmp_reader_u8 (in, &next))
    return cut_off (self, "1 byte of packet type", error);
  take_mod_ex (&self->head, next >> 4, data, size);
  self->packet_type = next & 0x0F;
  return TRUE;
}

/* Metadata has no use for a frame type, and comes with any. */
static gboolean
is_command (const FlvPacketReader * self)
{
  return self->head.media == FLV_MEDIA_VIDEO
      && self->head.frame == FLV_FRAME_COMMAND && self->packet_type != METADATA;
}

/* All there is: no FourCC, no body. */
static gboolean
read_command (FlvPacketReader * self, GError ** error)
{
  self->head.type = FLV_PACKET_COMMAND;
  if (!rtmp_reader_u8 (&self->in, &self->head.command))
    return cut_off (self, "1 byte of command", error);
  self->in.size = self->in.pos;
  return TRUE;
}

/* @last: of the types that are known. */
static gboolean
resolve_type (FlvPacketReader * self, guint last, GError ** error)
{
  FlvPacket *head = &self->head;
  gint type = self->packet_type > last ? NO_TYPE
      : media_rules[head->media].types[self->packet_type];

  if (type == NO_TYPE)
    return refuse (self, self->in.pos - 1, "a packet type that is known",
        self->packet_type, error);
  head->type = (FlvPacketType) type;
  if (head->media == FLV_MEDIA_VIDEO && head->type == FLV_PACKET_FRAMES
      && (head->frame < FLV_FRAME_KEY || head->frame > FLV_FRAME_GENERATED_KEY))
    return refuse (self, 0, "a frame type of 1 to 5", head->frame, error);
  return TRUE;
}

/* FLV 10.1, E.4.3.1: VP6FLVVIDEOPACKET, VP6FLVALPHAVIDEOPACKET */
static gboolean
has_adjustment (const FlvPacket * packet)
{
  return packet->codec && (packet->codec->id == FLV_CODEC_VP6
      || packet->codec->id == FLV_CODEC_VP6_ALPHA);
}

/* FLV 10.1, E.4.2.1 and E.4.3.1: of the codecs there, those with a
 * configuration say whether this is one. */
static gboolean
read_legacy (FlvPacketReader * self, guint8 first, GError ** error)
{
  FlvPacket *head = &self->head;
  gboolean video = head->media == FLV_MEDIA_VIDEO;

  head->codec_id = video ? first & 0x0F : first >> 4;
  head->sound = video ? 0 : first;
  self->packet_type = CODED_FRAMES;
  if (is_command (self))
    return read_command (self, error);
  head->codec = flv_codec_by_legacy_id (head->media, head->codec_id);
  if (head->codec && head->codec->needs_configuration
      && !rtmp_reader_u8 (&self->in, &self->packet_type))
    return cut_off (self, "1 byte of packet type", error);
  if (has_adjustment (head) && !rtmp_reader_u8 (&self->in, &head->adjustment))
    return cut_off (self, "1 byte of adjustment", error);
  return resolve_type (self, video ? SEQUENCE_END : CODED_FRAMES, error);
}

static gboolean
read_four_cc (FlvPacketReader * self, FlvPacket * packet, GError ** error)
{
  if (!rtmp_reader_u32 (&self->in, &packet->codec_id))
    return cut_off (self, "4 bytes of FourCC", error);
  packet->codec = flv_codec_by_four_cc (packet->media, packet->codec_id);
  return TRUE;
}

static gboolean
read_multitrack (FlvPacketReader * self, GError ** error)
{
  guint8 types;

  if (!rtmp_reader_u8 (&self->in, &types))
    return cut_off (self, "1 byte of multitrack type", error);
  self->head.multitrack = (FlvMultitrack) (types >> 4);
  self->packet_type = types & 0x0F;
  if (self->head.multitrack > FLV_MULTITRACK_MANY_CODECS)
    return refuse (self, self->in.pos - 1, "a multitrack type of 0 to 2",
        types >> 4, error);
  return TRUE;
}

/* Enhanced RTMP v2, ExVideoTagHeader and ExAudioTagHeader */
static gboolean
read_enhanced (FlvPacketReader * self, guint8 first, GError ** error)
{
  self->packet_type = first & 0x0F;
  while (self->packet_type == MOD_EX)
    if (!read_mod_ex (self, error))
      return FALSE;
  if (is_command (self))
    return read_command (self, error);
  if (self->packet_type == media_rules[self->head.media].multitrack
      && !read_multitrack (self, error))
    return FALSE;
  return resolve_type (self, N_PACKET_TYPES - 1, error)
      && (self->head.multitrack == FLV_MULTITRACK_MANY_CODECS
      || read_four_cc (self, &self->head, error));
}

/* FALSE without an error for what is to be ignored. */
static gboolean
read_head (FlvPacketReader * self, GError ** error)
{
  FlvPacket *head = &self->head;
  guint8 first;

  if (!rtmp_reader_u8 (&self->in, &first)) {
    head->type = FLV_PACKET_SILENCE;
    return head->media == FLV_MEDIA_AUDIO;
  }
  if (head->media == FLV_MEDIA_VIDEO) {
    head->enhanced = first >> 7;
    head->frame = first >> 4 & 0x07;
  } else
    head->enhanced = first >> 4 == SOUND_ENHANCED;
  return head->enhanced ? read_enhanced (self, first, error)
      : read_legacy (self, first, error);
}

/* Counts as part of the body in the size of a track. */
static gboolean
read_composition_time (FlvPacketReader * self, FlvPacket * packet,
    GError ** error)
{
  RtmpReader body;
  guint32 time;

  if (!has_composition_time (packet, self->packet_type))
    return TRUE;
  rtmp_reader_init (&body, self->in.data + packet->offset, packet->size);
  if (!rtmp_reader_u24 (&body, &time))
    return refuse (self, packet->offset, "3 bytes of composition time",
        packet->size, error);
  if (packet->type == FLV_PACKET_FRAMES)
    packet->composition_time = (gint32) (time ^ 0x800000) - 0x800000;
  packet->offset += body.pos;
  packet->size -= body.pos;
  return TRUE;
}

/* Enhanced RTMP v2, "Multitrack Streaming via Enhanced RTMP" */
static gboolean
read_track (FlvPacketReader * self, FlvPacket * packet, GError ** error)
{
  RtmpReader *in = &self->in;
  guint32 size;

  if (packet->multitrack == FLV_MULTITRACK_MANY_CODECS
      && !read_four_cc (self, packet, error))
    return FALSE;
  if (packet->multitrack != FLV_MULTITRACK_NONE
      && !rtmp_reader_u8 (in, &packet->track))
    return cut_off (self, "1 byte of track id", error);
  packet->size = rtmp_reader_left (in);
  if (packet->multitrack > FLV_MULTITRACK_ONE) {
    if (!rtmp_reader_u24 (in, &size))
      return cut_off (self, "3 bytes of track size", error);
    if (size > rtmp_reader_left (in))
      return refuse (self, in->pos, "a track size that the message holds", size,
          error);
    packet->size = size;
  }
  packet->offset = in->pos;
  in->pos += packet->size;
  return read_composition_time (self, packet, error);
}

gboolean
flv_packet_reader_next (FlvPacketReader * self, FlvPacket * packet,
    GError ** error)
{
  gboolean ok;

  if (self->ended)
    return FALSE;
  ok = self->in.pos > 0 || read_head (self, error);
  if (ok) {
    *packet = self->head;
    ok = read_track (self, packet, error);
  }
  self->ended = !ok || rtmp_reader_left (&self->in) == 0;
  return ok;
}

/* Of frames it is told; the others go out as peers expect them. Metadata is
 * read by some in a command frame only, but in Multitrack that is a command
 * (Enhanced RTMP v2, ExVideoTagHeader). */
static guint
frame_of (const FlvPacket * packet)
{
  if (packet->type == FLV_PACKET_FRAMES)
    return packet->frame;
  if (packet->type == FLV_PACKET_COMMAND
      || (packet->type == FLV_PACKET_METADATA
          && packet->multitrack == FLV_MULTITRACK_NONE))
    return FLV_FRAME_COMMAND;
  return FLV_FRAME_KEY;
}

static guint
packet_type_of (const FlvPacket * packet)
{
  guint i = N_PACKET_TYPES - 1;

  while (i > 0 && media_rules[packet->media].types[i] != (gint) packet->type)
    i--;
  if (i == CODED_FRAMES_X && !(packet->enhanced
          && packet->composition_time == 0
          && has_composition_time (packet, CODED_FRAMES)))
    return CODED_FRAMES;
  return i;
}

static guint8 *
write_legacy (const FlvPacket * packet, guint packet_type, guint8 * p)
{
  guint id = packet->codec ? (guint) packet->codec->legacy_id
      : packet->codec_id;

  p = rtmp_put_be (p, packet->media == FLV_MEDIA_VIDEO
      ? frame_of (packet) << 4 | id : id << 4 | (packet->sound & 0x0F), 1);
  if (packet->codec && packet->codec->needs_configuration)
    p = rtmp_put_be (p, packet_type, 1);
  if (has_adjustment (packet) && packet->type == FLV_PACKET_FRAMES)
    p = rtmp_put_be (p, packet->adjustment, 1);
  return p;
}

static guint8 *
write_mod_ex (guint32 nanoseconds, guint next_type, guint8 * p)
{
  p = rtmp_put_be (p, 3 - 1, 1);
  p = rtmp_put_be (p, nanoseconds, 3);
  return rtmp_put_be (p, MOD_EX_NANOSECONDS << 4 | next_type, 1);
}

static guint8 *
write_enhanced (const FlvPacket * packet, guint packet_type, guint8 * p)
{
  gboolean multitrack = packet->multitrack == FLV_MULTITRACK_ONE;
  guint high = packet->media == FLV_MEDIA_VIDEO ? 8 | frame_of (packet)
      : SOUND_ENHANCED;
  guint type = multitrack ? media_rules[packet->media].multitrack : packet_type;

  if (packet->nanoseconds > 0) {
    p = rtmp_put_be (p, high << 4 | MOD_EX, 1);
    p = write_mod_ex (packet->nanoseconds, type, p);
  } else
    p = rtmp_put_be (p, high << 4 | type, 1);
  if (packet->type == FLV_PACKET_COMMAND)
    return p;
  if (multitrack)
    p = rtmp_put_be (p, FLV_MULTITRACK_ONE << 4 | packet_type, 1);
  p = rtmp_put_be (p, packet->codec ? packet->codec->four_cc
      : packet->codec_id, 4);
  return multitrack ? rtmp_put_be (p, packet->track, 1) : p;
}

gsize
flv_packet_write_header (const FlvPacket * packet,
    guint8 out[FLV_PACKET_HEADER_MAX])
{
  guint packet_type = packet_type_of (packet);
  guint8 *p;

  if (packet->type == FLV_PACKET_SILENCE)
    return 0;
  p = packet->enhanced ? write_enhanced (packet, packet_type, out)
      : write_legacy (packet, packet_type, out);
  if (packet->type == FLV_PACKET_COMMAND)
    p = rtmp_put_be (p, packet->command, 1);
  else if (has_composition_time (packet, packet_type))
    p = rtmp_put_be (p, packet->type == FLV_PACKET_FRAMES
        ? (guint32) packet->composition_time : 0, 3);
  return (gsize) (p - out);
}

static gboolean
read_first (FlvPacketReader * reader, FlvTagType type, GBytes * body,
    FlvPacket * packet)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (body, &size);

  flv_packet_reader_init (reader, type == FLV_TAG_AUDIO ? FLV_MEDIA_AUDIO
      : FLV_MEDIA_VIDEO, data, size);
  return (type == FLV_TAG_AUDIO || type == FLV_TAG_VIDEO)
      && flv_packet_reader_next (reader, packet, NULL);
}

gboolean
flv_video_is_keyframe (GBytes * body)
{
  FlvPacketReader reader;
  FlvPacket packet;

  return read_first (&reader, FLV_TAG_VIDEO, body, &packet)
      && flv_packet_is_keyframe (&packet);
}

gboolean
flv_is_sequence_header (FlvTagType type, GBytes * body)
{
  FlvPacketReader reader;
  FlvPacket packet;

  return read_first (&reader, type, body, &packet)
      && (packet.type == FLV_PACKET_CONFIGURATION
      || packet.type == FLV_PACKET_TS_CONFIGURATION);
}

guint32
flv_configuration (FlvTagType type, GBytes * body)
{
  FlvPacketReader reader;
  FlvPacket packet;

  if (!read_first (&reader, type, body, &packet)
      || packet.type == FLV_PACKET_FRAMES || packet.type == FLV_PACKET_END
      || packet.type == FLV_PACKET_COMMAND || packet.type == FLV_PACKET_SILENCE)
    return 0;
  return (guint32) type << 24 | (guint32) reader.packet_type << 16
      | (packet.size == 0 ? 0x200 : 0)
      | (packet.multitrack > FLV_MULTITRACK_ONE ? FLV_CONFIGURATION_MANY : 0)
      | packet.track;
}

guint32
flv_four_cc (FlvTagType type, GBytes * body)
{
  FlvPacketReader reader;
  FlvPacket packet;

  return read_first (&reader, type, body, &packet) && packet.enhanced
      && packet.type != FLV_PACKET_COMMAND ? packet.codec_id : 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flvversion.h"

#include "flvpacket.h"
#include "rtmpreader.h"
#include "rtmpwriter.h"

/* Enhanced RTMP v2, VideoPacketType, AudioPacketType and ModExType */
enum
{
  METADATA = 4,
  AUDIO_MULTITRACK = 5,
  VIDEO_MULTITRACK = 6,
  MOD_EX = 7,
  NANOSECONDS = 0,
};

#define ANY_CAPS (~(guint32) 0)

static gboolean
is_enhanced (FlvTagType type, GBytes * body)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (body, &size);

  if (size == 0)
    return FALSE;
  return type == FLV_TAG_VIDEO ? data[0] >> 7
      : type == FLV_TAG_AUDIO && data[0] >> 4 == 9;
}

static void
add_codec (RtmpVersion * self, guint32 four_cc)
{
  guint i;

  for (i = 0; i < self->n_codecs; i++)
    if (self->codecs[i] == four_cc)
      return;
  if (self->n_codecs < RTMP_VERSION_CODECS)
    self->codecs[self->n_codecs++] = four_cc;
  else
    self->codecs[0] = RTMP_FOUR_CC_ANY;
}

/* What cannot be read is for those who take everything. */
static void
add_codecs (RtmpVersion * self, FlvTagType type)
{
  FlvPacketReader reader;
  FlvPacket packet;
  g_autoptr (GError) error = NULL;
  gsize size;
  const guint8 *data = g_bytes_get_data (self->payload, &size);

  flv_packet_reader_init (&reader, type == FLV_TAG_AUDIO ? FLV_MEDIA_AUDIO
      : FLV_MEDIA_VIDEO, data, size);
  while (flv_packet_reader_next (&reader, &packet, &error))
    add_codec (self, packet.type == FLV_PACKET_COMMAND ? RTMP_FOUR_CC_ANY
        : packet.codec_id);
  if (error)
    add_codec (self, RTMP_FOUR_CC_ANY);
}

static gboolean
read_mod_ex_size (RtmpReader * in, gsize * size)
{
  guint8 size8;
  guint16 size16;

  if (!rtmp_reader_u8 (in, &size8))
    return FALSE;
  *size = size8 + 1u;
  if (size8 < 0xFF)
    return TRUE;
  if (!rtmp_reader_u16 (in, &size16))
    return FALSE;
  *size = size16 + 1u;
  return TRUE;
}

static guint32
caps_of_mod_ex (guint8 type)
{
  return type == NANOSECONDS
      ? RTMP_CAPS_EX_MOD_EX | RTMP_CAPS_EX_TIMESTAMP_NANO_OFFSET
      : RTMP_CAPS_EX_MOD_EX;
}

/* What follows a byte stands in its low half. */
static void
link_next (RtmpWriter * out, guint8 next)
{
  guint8 *last = out->data + out->size - 1;

  *last = (guint8) ((*last & 0xF0) | (next & 0x0F));
}

/* Copies the first byte and each ModEx that @caps allow; FALSE where the
 * message ends in one. @next: the byte whose low half says what follows. */
static gboolean
copy_mod_ex (RtmpReader * in, guint32 caps, RtmpWriter * out, guint8 * next,
    guint32 * takes)
{
  const guint8 *data;

  *takes = 0;
  if (!rtmp_reader_u8 (in, next))
    return FALSE;
  rtmp_writer_u8 (out, *next);
  while ((*next & 0x0F) == MOD_EX) {
    gsize begin = in->pos, size;

    if (!read_mod_ex_size (in, &size) || !rtmp_reader_bytes (in, size, &data)
        || !rtmp_reader_u8 (in, next)) {
      *takes |= RTMP_CAPS_EX_MOD_EX;
      return FALSE;
    }
    if (caps_of_mod_ex (*next >> 4) & ~caps) {
      link_next (out, *next);
      continue;
    }
    *takes |= caps_of_mod_ex (*next >> 4);
    rtmp_writer_bytes (out, in->data + begin, in->pos - begin);
  }
  return TRUE;
}

/* A command has no packet type. */
static gboolean
is_multitrack (FlvTagType type, const RtmpWriter * out, guint8 next)
{
  if (type == FLV_TAG_AUDIO)
    return (next & 0x0F) == AUDIO_MULTITRACK;
  return (next & 0x0F) == VIDEO_MULTITRACK
      && (out->data[0] >> 4 & 0x07) != FLV_FRAME_COMMAND;
}

/* Enhanced RTMP v2, "Multitrack Streaming via Enhanced RTMP" */
static gboolean
find_track_0 (RtmpReader * in, FlvMultitrack multitrack, guint32 * four_cc,
    const guint8 ** data, gsize * size)
{
  guint8 track;
  guint32 track_size;

  if (multitrack != FLV_MULTITRACK_MANY_CODECS
      && !rtmp_reader_u32 (in, four_cc))
    return FALSE;
  do {
    if (multitrack == FLV_MULTITRACK_MANY_CODECS
        && !rtmp_reader_u32 (in, four_cc))
      return FALSE;
    if (!rtmp_reader_u8 (in, &track))
      return FALSE;
    track_size = (guint32) rtmp_reader_left (in);
    if (multitrack != FLV_MULTITRACK_ONE && !rtmp_reader_u24 (in, &track_size))
      return FALSE;
    if (!rtmp_reader_bytes (in, track_size, data))
      return FALSE;
  } while (track != 0);
  *size = track_size;
  return TRUE;
}

/* Metadata alone is read by some in a command frame only. */
static gboolean
copy_track_0 (RtmpReader * in, FlvTagType type, RtmpWriter * out)
{
  guint8 types;
  guint32 four_cc = 0;
  const guint8 *data;
  gsize size;

  if (!rtmp_reader_u8 (in, &types)
      || !find_track_0 (in, (FlvMultitrack) (types >> 4), &four_cc, &data,
          &size))
    return FALSE;
  link_next (out, types);
  if (type == FLV_TAG_VIDEO && (types & 0x0F) == METADATA)
    out->data[0] = 0x80 | FLV_FRAME_COMMAND << 4 | METADATA;
  rtmp_writer_u32 (out, four_cc);
  rtmp_writer_bytes (out, data, size);
  return TRUE;
}

/* What @body takes of capsEx. */
static guint32
caps_of (FlvTagType type, GBytes * body)
{
  RtmpReader in;
  RtmpWriter head;
  guint8 next;
  guint32 takes;

  rtmp_reader_init_bytes (&in, body);
  rtmp_writer_init (&head);
  if (copy_mod_ex (&in, ANY_CAPS, &head, &next, &takes)
      && is_multitrack (type, &head, next))
    takes |= RTMP_CAPS_EX_MULTITRACK;
  rtmp_writer_clear (&head);
  return takes;
}

/* @body with no more than @caps; FALSE if there is no such thing, or if it is
 * the @last version. */
static gboolean
reduce (FlvTagType type, GBytes * body, guint32 caps, const RtmpVersion * last,
    RtmpVersion * version)
{
  RtmpReader in;
  RtmpWriter out;
  guint8 next;
  gboolean ok, multitrack;

  rtmp_reader_init_bytes (&in, body);
  rtmp_writer_init (&out);
  ok = copy_mod_ex (&in, caps, &out, &next, &version->caps_ex);
  multitrack = ok && is_multitrack (type, &out, next);
  if (multitrack && (caps & RTMP_CAPS_EX_MULTITRACK))
    version->caps_ex |= RTMP_CAPS_EX_MULTITRACK;
  ok = ok && version->caps_ex != last->caps_ex;
  if (ok && multitrack && !(caps & RTMP_CAPS_EX_MULTITRACK))
    ok = copy_track_0 (&in, type, &out);
  else if (ok)
    rtmp_writer_bytes (&out, in.data + in.pos, rtmp_reader_left (&in));
  if (ok) {
    version->payload = rtmp_writer_take (&out);
    add_codecs (version, type);
  }
  rtmp_writer_clear (&out);
  return ok;
}

guint
flv_versions (FlvTagType type, GBytes * body,
    RtmpVersion versions[FLV_VERSIONS_MAX])
{
  static const guint32 steps[FLV_VERSIONS_MAX - 1] = {
    RTMP_CAPS_EX_MULTITRACK | RTMP_CAPS_EX_MOD_EX,
    RTMP_CAPS_EX_MULTITRACK,
    0,
  };
  guint i, n = 1;

  versions[0] = (RtmpVersion) {
  .payload = g_bytes_ref (body)};
  if (!is_enhanced (type, body))
    return 1;
  versions[0].caps_ex = caps_of (type, body);
  add_codecs (&versions[0], type);
  for (i = 0; i < G_N_ELEMENTS (steps) && versions[0].caps_ex != 0; i++) {
    versions[n] = (RtmpVersion) {
    0};
    n += reduce (type, body, steps[i], &versions[n - 1], &versions[n]);
  }
  return n;
}

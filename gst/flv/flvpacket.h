/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "flvcodec.h"
#include "flvfile.h"
#include "rtmperror.h"
#include "rtmpreader.h"

G_BEGIN_DECLS

/* What is in audio and video messages and tags, legacy and enhanced: FLV 10.1,
 * E.4.2 and E.4.3; Enhanced RTMP v2, "Enhanced Audio" and "Enhanced Video". */

typedef enum
{
  FLV_PACKET_CONFIGURATION,     /* SequenceStart; the body may be empty */
  FLV_PACKET_FRAMES,
  FLV_PACKET_END,               /* SequenceEnd: of this track */
  FLV_PACKET_METADATA,          /* video: AMF pairs, colorInfo */
  FLV_PACKET_CHANNELS,          /* audio: MultichannelConfig */
  FLV_PACKET_TS_CONFIGURATION,  /* MPEG2TSSequenceStart */
  FLV_PACKET_COMMAND,           /* video: a seek begins (0) or has ended (1) */
  FLV_PACKET_SILENCE,           /* audio: of length zero */
} FlvPacketType;

const gchar *flv_packet_type_to_string (FlvPacketType type);

typedef enum
{
  FLV_FRAME_KEY = 1,
  FLV_FRAME_INTER = 2,
  FLV_FRAME_DISPOSABLE = 3,
  FLV_FRAME_GENERATED_KEY = 4,
  FLV_FRAME_COMMAND = 5,
} FlvFrameType;

/* AvMultitrackType */
typedef enum
{
  FLV_MULTITRACK_NONE = -1,     /* a plain packet: of track 0 */
  FLV_MULTITRACK_ONE = 0,
  FLV_MULTITRACK_MANY = 1,
  FLV_MULTITRACK_MANY_CODECS = 2,
} FlvMultitrack;

/**
 * FlvPacket:
 * @type: what it is
 * @codec: (nullable): %NULL for one that is not in the table: @codec_id says
 *   which; always %NULL with COMMAND and SILENCE
 * @codec_id: the FourCC if @enhanced, else the legacy id
 * @enhanced: has a FourCC
 * @multitrack: how the message holds its tracks
 * @track: 0 for the default one
 * @frame: video: #FlvFrameType as it stands there
 * @composition_time: video: ms, of frames only; may be negative
 * @nanoseconds: to add to the presentation time only, 0 to 999999
 * @sound: legacy audio: the first byte, with rate, size and channels
 * @adjustment: VP6: the byte before each frame, which says what of the right
 *   and bottom edge is not shown
 * @command: of COMMAND
 * @offset: where the body begins in the message
 * @size: of the body
 *
 * One track's part of an audio or video message.
 *
 * Since: 0.1
 */
typedef struct
{
  FlvMedia media;
  FlvPacketType type;
  const FlvCodec *codec;
  guint32 codec_id;
  gboolean enhanced;
  FlvMultitrack multitrack;
  guint8 track;
  guint8 frame;
  gint32 composition_time;
  guint32 nanoseconds;
  guint8 sound;
  guint8 adjustment;
  guint8 command;
  gsize offset;
  gsize size;
} FlvPacket;

static inline gboolean
flv_packet_is_keyframe (const FlvPacket * self)
{
  return self->type == FLV_PACKET_FRAMES
      && (self->frame == FLV_FRAME_KEY
      || self->frame == FLV_FRAME_GENERATED_KEY);
}

/* An empty configuration says nothing, and leaves in force what there is. */
static inline gboolean
flv_packet_configures (const FlvPacket * self)
{
  return self->type == FLV_PACKET_CONFIGURATION && self->size > 0;
}

/**
 * FlvPacketReader:
 *
 * The packets of one message, one a track. Lives on the stack; borrows the
 * message; allocates nothing but errors.
 *
 * |[
 * flv_packet_reader_init (&reader, FLV_MEDIA_VIDEO, data, size);
 * while (flv_packet_reader_next (&reader, &packet, &error))
 *   ...
 * ]|
 *
 * Since: 0.1
 */
typedef struct
{
  RtmpReader in;
  FlvPacket head;               /* what all tracks of the message share */
  guint8 packet_type;           /* as it stands there */
  gboolean ended;
} FlvPacketReader;

void flv_packet_reader_init (FlvPacketReader * self, FlvMedia media,
    const guint8 * data, gsize size);

/* FALSE at the end; with @error set (%RTMP_ERROR_BAD_FLV: what was expected,
 * what came, where) when the rest cannot be read: what was read before stands,
 * and other messages may follow. A message that is to be ignored (zero-length
 * video) has no packet and no error.
 *
 * A body of unknown codec is no error; an unknown packet type is, and so is an
 * unknown frame type, of frames only. A ModEx of unknown type, or with an
 * offset that cannot be, is skipped. */
gboolean flv_packet_reader_next (FlvPacketReader * self, FlvPacket * packet,
    GError ** error);

/* Of ModEx with nanoseconds, and OneTrack, the longest header. */
#define FLV_PACKET_HEADER_MAX 16

/**
 * flv_packet_write_header:
 *
 * Writes what stands before the body; @offset and @size are not looked at, and
 * @codec_id only where @codec is %NULL.
 *
 * A packet of @multitrack NONE is written plain, and of ONE as OneTrack; the
 * others are not written. Legacy packets (not @enhanced) take @codec's legacy
 * id and, for audio, rate, size and channels from @sound. @nanoseconds other
 * than 0 make a ModEx, which only an enhanced packet has. Coded frames go out
 * as CodedFramesX when the composition time is 0 and the codec would have one.
 * @frame is that of FRAMES; the other types have one of their own.
 *
 * Returns: how many bytes of @out were written
 *
 * Since: 0.1
 */
gsize flv_packet_write_header (const FlvPacket * packet,
    guint8 out[FLV_PACKET_HEADER_MAX]);

/* What a message or tag is, by its first packet: FALSE and 0 for those that
 * cannot be read, and for script data. */
gboolean flv_video_is_keyframe (GBytes * body);
gboolean flv_is_sequence_header (FlvTagType type, GBytes * body);

/* Whether a body configures what follows, and what of it: a sequence
 * header, or the colours or channels of Enhanced RTMP. 0 if it does not;
 * else a number that only those have which replace it: of the same kind,
 * medium and track. Empty ones replace only empty ones, and those of many
 * tracks only the like. */
guint32 flv_configuration (FlvTagType type, GBytes * body);

/* Of that number: the (first) track, and whether there are many. */
#define FLV_CONFIGURATION_TRACK 0xFF
#define FLV_CONFIGURATION_MANY 0x100

/* The FourCC of Enhanced RTMP, as a big-endian number; 0 of what is legacy, or
 * of no codec. */
guint32 flv_four_cc (FlvTagType type, GBytes * body);

G_END_DECLS

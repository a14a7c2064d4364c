/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  FLV_MEDIA_VIDEO,
  FLV_MEDIA_AUDIO,
} FlvMedia;

/* What stands in a row's legacy_id or four_cc when there is none. */
#define FLV_NO_LEGACY_ID (-1)
#define FLV_NO_FOUR_CC 0

/**
 * FlvCodecId: the codecs of FLV and Enhanced RTMP, for switches over them.
 *
 * Since: 0.1
 */
typedef enum
{
  FLV_CODEC_SORENSON,
  FLV_CODEC_SCREEN,
  FLV_CODEC_VP6,
  FLV_CODEC_VP6_ALPHA,
  FLV_CODEC_SCREEN2,
  FLV_CODEC_AVC,
  FLV_CODEC_HEVC,
  FLV_CODEC_VVC,
  FLV_CODEC_AV1,
  FLV_CODEC_VP9,
  FLV_CODEC_VP8,
  FLV_CODEC_PCM,
  FLV_CODEC_ADPCM,
  FLV_CODEC_MP3,
  FLV_CODEC_NELLYMOSER,
  FLV_CODEC_ALAW,
  FLV_CODEC_MULAW,
  FLV_CODEC_AAC,
  FLV_CODEC_SPEEX,
  FLV_CODEC_OPUS,
  FLV_CODEC_FLAC,
  FLV_CODEC_AC3,
  FLV_CODEC_EAC3,
} FlvCodecId;

/**
 * FlvCodec:
 * @id: the codec; one that has several legacy ids has several rows
 * @media: video or audio: ids are unique only within one
 * @name: for people: "H.264"
 * @legacy_id: CodecID or SoundFormat of FLV 10.1, E.4.3.1 and E.4.2.1, or
 *   %FLV_NO_LEGACY_ID
 * @four_cc: of Enhanced RTMP, big-endian, or %FLV_NO_FOUR_CC
 * @reads_legacy: a FourCC codec's legacy id is not in any specification: read,
 *   never written
 * @has_composition_time: coded frames carry one
 * @needs_configuration: frames mean nothing before a sequence start
 * @caps: media type and fixed fields, as GStreamer writes them
 *
 * A row of the one table of codecs.
 *
 * Since: 0.1
 */
typedef struct
{
  FlvCodecId id;
  FlvMedia media;
  const gchar *name;
  gint legacy_id;
  guint32 four_cc;
  gboolean reads_legacy;
  gboolean has_composition_time;
  gboolean needs_configuration;
  const gchar *caps;
} FlvCodec;

/* All rows; of a codec's, the first is the one to write. */
const FlvCodec *flv_codecs (guint * n);

/* (transfer none) (nullable): %NULL for those that are not in the table. */
const FlvCodec *flv_codec_by_id (FlvCodecId id);
const FlvCodec *flv_codec_by_legacy_id (FlvMedia media, guint legacy_id);
const FlvCodec *flv_codec_by_four_cc (FlvMedia media, guint32 four_cc);

/* What onMetaData calls a codec: a legacy id, or a FourCC as a big-endian
 * number (or with its bytes swapped, as some write it). (nullable) */
const FlvCodec *flv_codec_by_number (FlvMedia media, gdouble number);

/* "hvc1", or what is not printable of it as dots, NUL-terminated. */
#define FLV_FOUR_CC_LENGTH 5
void flv_four_cc_to_string (guint32 four_cc, gchar out[FLV_FOUR_CC_LENGTH]);

G_END_DECLS

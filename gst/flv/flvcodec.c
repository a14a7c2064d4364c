/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flvcodec.h"

#define FOUR_CC(a, b, c, d) \
    ((guint32) (a) << 24 | (guint32) (b) << 16 | (guint32) (c) << 8 | (d))

#define VIDEO(id, legacy, name, caps) \
    { FLV_CODEC_##id, FLV_MEDIA_VIDEO, name, legacy, FLV_NO_FOUR_CC, FALSE, \
      FALSE, FALSE, caps }
#define AUDIO(id, legacy, name, caps) \
    { FLV_CODEC_##id, FLV_MEDIA_AUDIO, name, legacy, FLV_NO_FOUR_CC, FALSE, \
      FALSE, FALSE, caps }

/* FLV 10.1, E.4.2.1 and E.4.3.1; Enhanced RTMP v2, "Enhanced Audio" and
 * "Enhanced Video". A codec's row that is written stands before its others. */
static const FlvCodec codecs[] = {
  {FLV_CODEC_AVC, FLV_MEDIA_VIDEO, "H.264", 7, FOUR_CC ('a', 'v', 'c', '1'),
        FALSE, TRUE, TRUE,
      "video/x-h264, stream-format=(string)avc, alignment=(string)au"},
  {FLV_CODEC_HEVC, FLV_MEDIA_VIDEO, "H.265", 12, FOUR_CC ('h', 'v', 'c', '1'),
        TRUE, TRUE, TRUE,
      "video/x-h265, stream-format=(string)hvc1, alignment=(string)au"},
  {FLV_CODEC_VVC, FLV_MEDIA_VIDEO, "H.266", FLV_NO_LEGACY_ID,
        FOUR_CC ('v', 'v', 'c', '1'), FALSE, TRUE, TRUE,
      "video/x-h266, stream-format=(string)vvc1, alignment=(string)au"},
  {FLV_CODEC_AV1, FLV_MEDIA_VIDEO, "AV1", FLV_NO_LEGACY_ID,
        FOUR_CC ('a', 'v', '0', '1'), FALSE, FALSE, FALSE,
      "video/x-av1, stream-format=(string)obu-stream, alignment=(string)tu"},
  {FLV_CODEC_VP9, FLV_MEDIA_VIDEO, "VP9", FLV_NO_LEGACY_ID,
      FOUR_CC ('v', 'p', '0', '9'), FALSE, FALSE, FALSE, "video/x-vp9"},
  {FLV_CODEC_VP8, FLV_MEDIA_VIDEO, "VP8", FLV_NO_LEGACY_ID,
      FOUR_CC ('v', 'p', '0', '8'), FALSE, FALSE, FALSE, "video/x-vp8"},
  VIDEO (SORENSON, 2, "Sorenson H.263",
      "video/x-flash-video, flvversion=(int)1"),
  VIDEO (SCREEN, 3, "Screen video", "video/x-flash-screen"),
  VIDEO (VP6, 4, "VP6", "video/x-vp6-flash"),
  VIDEO (VP6_ALPHA, 5, "VP6 with alpha", "video/x-vp6-alpha"),
  VIDEO (SCREEN2, 6, "Screen video 2", "video/x-flash-screen2"),
  {FLV_CODEC_AAC, FLV_MEDIA_AUDIO, "AAC", 10, FOUR_CC ('m', 'p', '4', 'a'),
        FALSE, FALSE, TRUE,
      "audio/mpeg, mpegversion=(int)4, stream-format=(string)raw"},
  {FLV_CODEC_MP3, FLV_MEDIA_AUDIO, "MP3", 2, FOUR_CC ('.', 'm', 'p', '3'),
        FALSE, FALSE, FALSE,
      "audio/mpeg, mpegversion=(int)1, layer=(int)3"},
  {FLV_CODEC_MP3, FLV_MEDIA_AUDIO, "MP3", 14, FLV_NO_FOUR_CC, FALSE, FALSE,
        FALSE,
      "audio/mpeg, mpegversion=(int)1, layer=(int)3"},
  {FLV_CODEC_OPUS, FLV_MEDIA_AUDIO, "Opus", FLV_NO_LEGACY_ID,
      FOUR_CC ('O', 'p', 'u', 's'), FALSE, FALSE, FALSE, "audio/x-opus"},
  {FLV_CODEC_FLAC, FLV_MEDIA_AUDIO, "FLAC", FLV_NO_LEGACY_ID,
        FOUR_CC ('f', 'L', 'a', 'C'), FALSE, FALSE, TRUE,
      "audio/x-flac, framed=(boolean)true"},
  {FLV_CODEC_AC3, FLV_MEDIA_AUDIO, "AC-3", FLV_NO_LEGACY_ID,
      FOUR_CC ('a', 'c', '-', '3'), FALSE, FALSE, FALSE, "audio/x-ac3"},
  {FLV_CODEC_EAC3, FLV_MEDIA_AUDIO, "E-AC-3", FLV_NO_LEGACY_ID,
      FOUR_CC ('e', 'c', '-', '3'), FALSE, FALSE, FALSE, "audio/x-eac3"},
  AUDIO (PCM, 3, "PCM", "audio/x-raw, layout=(string)interleaved"),
  AUDIO (PCM, 0, "PCM", "audio/x-raw, layout=(string)interleaved"),
  AUDIO (ADPCM, 1, "ADPCM", "audio/x-adpcm, layout=(string)swf"),
  AUDIO (NELLYMOSER, 6, "Nellymoser", "audio/x-nellymoser"),
  AUDIO (NELLYMOSER, 4, "Nellymoser", "audio/x-nellymoser"),
  AUDIO (NELLYMOSER, 5, "Nellymoser", "audio/x-nellymoser"),
  AUDIO (ALAW, 7, "A-law", "audio/x-alaw"),
  AUDIO (MULAW, 8, "mu-law", "audio/x-mulaw"),
  AUDIO (SPEEX, 11, "Speex", "audio/x-speex"),
};

const FlvCodec *
flv_codecs (guint * n)
{
  *n = G_N_ELEMENTS (codecs);
  return codecs;
}

const FlvCodec *
flv_codec_by_id (FlvCodecId id)
{
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (codecs[i].id == id)
      return &codecs[i];
  return NULL;
}

const FlvCodec *
flv_codec_by_legacy_id (FlvMedia media, guint legacy_id)
{
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (codecs[i].media == media && codecs[i].legacy_id == (gint) legacy_id)
      return &codecs[i];
  return NULL;
}

const FlvCodec *
flv_codec_by_four_cc (FlvMedia media, guint32 four_cc)
{
  if (four_cc == FLV_NO_FOUR_CC)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (codecs[i].media == media && codecs[i].four_cc == four_cc)
      return &codecs[i];
  return NULL;
}

const FlvCodec *
flv_codec_by_number (FlvMedia media, gdouble number)
{
  const FlvCodec *codec;
  guint32 value;

  if (!(number >= 0 && number <= G_MAXUINT32))
    return NULL;
  value = (guint32) number;
  if (value < 16)
    return flv_codec_by_legacy_id (media, value);
  codec = flv_codec_by_four_cc (media, value);
  if (codec == NULL)
    codec = flv_codec_by_four_cc (media, GUINT32_SWAP_LE_BE (value));
  return codec;
}

void
flv_four_cc_to_string (guint32 four_cc, gchar out[FLV_FOUR_CC_LENGTH])
{
  for (guint i = 0; i < 4; i++) {
    out[i] = (gchar) (four_cc >> (24 - 8 * i) & 0xFF);
    if (!g_ascii_isprint (out[i]))
      out[i] = '.';
  }
  out[4] = '\0';
}

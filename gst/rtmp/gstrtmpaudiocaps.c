/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpcodeccaps.h"

#include <gst/audio/audio.h>
#include <gst/pbutils/pbutils.h>

#include "flvflac.h"
#include "rtmperror.h"
#include "rtmpreader.h"
#include "rtmpwriter.h"

#define FLASH_RATES "(int){ 5512, 11025, 22050, 44100 }"
#define FLASH_CHANNELS "(int)[ 1, 2 ]"

/* FLV 10.1, E.4.2.1 */
static const guint flash_rates[] = { 5512, 11025, 22050, 44100 };

#define SOUND_16_BIT 2
#define SOUND_STEREO 1

static guint
sound_rate (guint8 sound)
{
  return flash_rates[sound >> 2 & 3];
}

/* The lowest of those rates that is not below @rate, or the highest. */
static guint8
make_sound (const FlvCodec * codec, guint rate, gboolean wide, guint channels)
{
  guint8 i = 0;

  while (i < G_N_ELEMENTS (flash_rates) - 1 && flash_rates[i] < rate)
    i++;
  return (guint8) (codec->legacy_id << 4 | i << 2 | (wide ? SOUND_16_BIT : 0)
      | (channels == 2 ? SOUND_STEREO : 0));
}

static void
set_rate (GstStructure * s, guint rate, guint channels)
{
  if (rate > 0)
    gst_structure_set (s, "rate", G_TYPE_INT, (gint) rate, NULL);
  if (channels > 0)
    gst_structure_set (s, "channels", G_TYPE_INT, (gint) channels, NULL);
}

static void
append_header (GValue * array, GBytes * header)
{
  GValue value = G_VALUE_INIT;

  g_value_init (&value, GST_TYPE_BUFFER);
  g_value_take_boxed (&value, gst_buffer_new_wrapped_bytes (header));
  gst_value_array_append_and_take_value (array, &value);
  g_bytes_unref (header);
}

/* (transfer full) for both headers */
static void
set_streamheader (GstStructure * s, GBytes * first, GBytes * second)
{
  GValue array = G_VALUE_INIT;

  g_value_init (&array, GST_TYPE_ARRAY);
  append_header (&array, first);
  append_header (&array, second);
  gst_structure_take_value (s, "streamheader", &array);
}

/* The first of the headers in caps. (transfer full) (nullable) */
static GBytes *
get_streamheader (const GstStructure * s)
{
  const GValue *array = gst_structure_get_value (s, "streamheader");
  const GValue *value;

  if (array == NULL || !GST_VALUE_HOLDS_ARRAY (array)
      || gst_value_array_get_size (array) == 0)
    return NULL;
  value = gst_value_array_get_value (array, 0);
  if (!GST_VALUE_HOLDS_BUFFER (value))
    return NULL;
  return gst_rtmp_buffer_to_bytes (gst_value_get_buffer (value));
}

/* Channel layouts of Vorbis, which Opus and FLAC have too, as FLV's masks, by
 * the number of channels. */
static const guint32 vorbis_masks[] =
    { 0, 0x4, 0x3, 0x7, 0x33, 0x37, 0x3F, 0x70F, 0x63F };

/* FLV's number of each of GStreamer's positions. */
static const guint8 flv_channels[] = {
  [GST_AUDIO_CHANNEL_POSITION_FRONT_LEFT] = FLV_CHANNEL_FRONT_LEFT,
  [GST_AUDIO_CHANNEL_POSITION_FRONT_RIGHT] = FLV_CHANNEL_FRONT_RIGHT,
  [GST_AUDIO_CHANNEL_POSITION_FRONT_CENTER] = FLV_CHANNEL_FRONT_CENTER,
  [GST_AUDIO_CHANNEL_POSITION_LFE1] = FLV_CHANNEL_LOW_FREQUENCY1,
  [GST_AUDIO_CHANNEL_POSITION_REAR_LEFT] = FLV_CHANNEL_BACK_LEFT,
  [GST_AUDIO_CHANNEL_POSITION_REAR_RIGHT] = FLV_CHANNEL_BACK_RIGHT,
  [GST_AUDIO_CHANNEL_POSITION_FRONT_LEFT_OF_CENTER] =
      FLV_CHANNEL_FRONT_LEFT_CENTER,
  [GST_AUDIO_CHANNEL_POSITION_FRONT_RIGHT_OF_CENTER] =
      FLV_CHANNEL_FRONT_RIGHT_CENTER,
  [GST_AUDIO_CHANNEL_POSITION_REAR_CENTER] = FLV_CHANNEL_BACK_CENTER,
  [GST_AUDIO_CHANNEL_POSITION_LFE2] = FLV_CHANNEL_LOW_FREQUENCY2,
  [GST_AUDIO_CHANNEL_POSITION_SIDE_LEFT] = FLV_CHANNEL_SIDE_LEFT,
  [GST_AUDIO_CHANNEL_POSITION_SIDE_RIGHT] = FLV_CHANNEL_SIDE_RIGHT,
  [GST_AUDIO_CHANNEL_POSITION_TOP_FRONT_LEFT] = FLV_CHANNEL_TOP_FRONT_LEFT,
  [GST_AUDIO_CHANNEL_POSITION_TOP_FRONT_RIGHT] = FLV_CHANNEL_TOP_FRONT_RIGHT,
  [GST_AUDIO_CHANNEL_POSITION_TOP_FRONT_CENTER] = FLV_CHANNEL_TOP_FRONT_CENTER,
  [GST_AUDIO_CHANNEL_POSITION_TOP_CENTER] = FLV_CHANNEL_TOP_CENTER,
  [GST_AUDIO_CHANNEL_POSITION_TOP_REAR_LEFT] = FLV_CHANNEL_TOP_BACK_LEFT,
  [GST_AUDIO_CHANNEL_POSITION_TOP_REAR_RIGHT] = FLV_CHANNEL_TOP_BACK_RIGHT,
  [GST_AUDIO_CHANNEL_POSITION_TOP_SIDE_LEFT] = FLV_CHANNEL_TOP_SIDE_LEFT,
  [GST_AUDIO_CHANNEL_POSITION_TOP_SIDE_RIGHT] = FLV_CHANNEL_TOP_SIDE_RIGHT,
  [GST_AUDIO_CHANNEL_POSITION_TOP_REAR_CENTER] = FLV_CHANNEL_TOP_BACK_CENTER,
  [GST_AUDIO_CHANNEL_POSITION_BOTTOM_FRONT_CENTER] =
      FLV_CHANNEL_BOTTOM_FRONT_CENTER,
  [GST_AUDIO_CHANNEL_POSITION_BOTTOM_FRONT_LEFT] =
      FLV_CHANNEL_BOTTOM_FRONT_LEFT,
  [GST_AUDIO_CHANNEL_POSITION_BOTTOM_FRONT_RIGHT] =
      FLV_CHANNEL_BOTTOM_FRONT_RIGHT,
};

/* For codecs that do not describe their channels themselves; 0 if one of them
 * is none of GStreamer's, or is there twice. */
static guint64
channel_mask (const FlvChannels * channels)
{
  guint64 mask = 0;
  guint found = 0;

  if (channels->order == FLV_CHANNEL_ORDER_UNSPECIFIED)
    return 0;
  for (guint i = 0; i < channels->count; i++)
    for (guint j = 0; j < G_N_ELEMENTS (flv_channels); j++)
      if (channels->channels[i] == flv_channels[j] && !(mask >> j & 1)) {
        mask |= (guint64) 1 << j;
        found++;
      }
  return found == channels->count ? mask : 0;
}

/* @channels of the stream, or 0 if it does not say. */
static void
read_channels (GstStructure * s, const FlvChannels * told, guint channels)
{
  guint64 mask = channel_mask (told);

  if (channels == 0)
    set_rate (s, 0, told->count);
  if (mask != 0 && told->count > 2 && (channels == 0
          || channels == told->count))
    gst_structure_set (s, "channel-mask", GST_TYPE_BITMASK, mask, NULL);
}

static void
write_channels (const GstStructure * s, GstRtmpFormat * format)
{
  GstAudioChannelPosition positions[64];
  guint n = format->n_channels;
  guint8 channels[64];
  guint64 mask;

  if (n == 0 || n > G_N_ELEMENTS (positions)
      || !gst_structure_get (s, "channel-mask", GST_TYPE_BITMASK, &mask, NULL)
      || !gst_audio_channel_positions_from_mask ((gint) n, mask, positions))
    return;
  for (guint i = 0; i < n; i++)
    channels[i] = positions[i] >= 0
        && positions[i] < (gint) G_N_ELEMENTS (flv_channels)
        ? flv_channels[positions[i]] : FLV_CHANNEL_UNKNOWN;
  flv_channels_init (&format->channels, channels, (guint8) n);
}

static void
write_vorbis_channels (GstRtmpFormat * format)
{
  if (format->n_channels < G_N_ELEMENTS (vorbis_masks))
    flv_channels_init_mask (&format->channels,
        vorbis_masks[format->n_channels]);
}

/* ISO/IEC 14496-3, 1.6.2.1: the shortest AudioSpecificConfig */
#define AAC_CONFIGURATION_SIZE 2
#define AAC_SOUND 0xAF

static gboolean
read_aac (GstStructure * s, const GstRtmpFormat * format, GBytes * frame,
    GError ** error)
{
  const guint8 *data;
  guint channels;
  gsize size;

  if (!gst_rtmp_format_peek_configuration (format, &data, &size)
      || size < AAC_CONFIGURATION_SIZE) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_FLV,
        "an AAC configuration has 2 bytes or more, %" G_GSIZE_FORMAT " came",
        size);
    return FALSE;
  }
  gst_rtmp_structure_set_bytes (s, "codec_data", format->configuration);
  gst_structure_set (s, "framed", G_TYPE_BOOLEAN, TRUE, NULL);
  channels = gst_codec_utils_aac_get_channels (data, (guint) size);
  set_rate (s, gst_codec_utils_aac_get_sample_rate (data, (guint) size),
      channels);
  if (channels == 0)
    read_channels (s, &format->channels, 0);
  return TRUE;
}

static gboolean
write_aac (const GstStructure * s, GBytes * frame, GstRtmpFormat * format,
    GError ** error)
{
  format->sound = AAC_SOUND;
  write_channels (s, format);
  return gst_rtmp_format_take_codec_data (s, frame, format, error);
}

/* ISO/IEC 11172-3, 2.4.1.3, and 13818-3: rate and channels of a frame. */
static gboolean
parse_mp3 (GBytes * frame, guint * version, guint * rate, guint * channels)
{
  static const guint rates[] = { 44100, 48000, 32000 };
  guint layer, index;
  RtmpReader reader;
  guint32 head;

  rtmp_reader_init_bytes (&reader, frame);
  if (!rtmp_reader_u32 (&reader, &head) || head >> 21 != 0x7FF)
    return FALSE;
  layer = head >> 17 & 3;
  index = head >> 10 & 3;
  if ((head >> 19 & 3) == 1 || layer != 1 || index == 3)
    return FALSE;
  /* 3 is MPEG-1, 2 is MPEG-2 with half the rates, 0 is "2.5" with a quarter. */
  *version = (head >> 19 & 3) == 3 ? 1 : (head >> 19 & 3) == 2 ? 2 : 3;
  *rate = rates[index] >> (*version - 1);
  *channels = (head >> 6 & 3) == 3 ? 1 : 2;
  return TRUE;
}

/* A legacy header has no 48000 Hz and their like: frames do. */
static gboolean
read_mp3 (GstStructure * s, const GstRtmpFormat * format, GBytes * frame,
    GError ** error)
{
  guint version, rate, channels;

  gst_structure_set (s, "parsed", G_TYPE_BOOLEAN, TRUE, NULL);
  if (frame != NULL && parse_mp3 (frame, &version, &rate, &channels)) {
    gst_structure_set (s, "mpegaudioversion", G_TYPE_INT, (gint) version, NULL);
    set_rate (s, rate, channels);
  } else if (!format->enhanced) {
    set_rate (s, format->codec->legacy_id == 14 ? 8000
        : sound_rate (format->sound), 1 + (format->sound & SOUND_STEREO));
  }
  return TRUE;
}

/* Legacy ids that are of a fixed rate. */
#define MP3_8000 14
#define NELLYMOSER_16000 4
#define NELLYMOSER_8000 5

static gboolean
is_flash_rate (guint rate)
{
  for (guint i = 0; i < G_N_ELEMENTS (flash_rates); i++)
    if (flash_rates[i] == rate)
      return TRUE;
  return FALSE;
}

static gboolean
write_mp3 (const GstStructure * s, GBytes * frame, GstRtmpFormat * format,
    GError ** error)
{
  guint version;

  if (frame != NULL)
    parse_mp3 (frame, &version, &format->rate, &format->n_channels);
  if (format->rate == 8000)
    format->codec = flv_codec_by_legacy_id (FLV_MEDIA_AUDIO, MP3_8000);
  else
    format->enhanced = !is_flash_rate (format->rate);
  format->sound = make_sound (format->codec, format->rate, TRUE,
      format->n_channels);
  return TRUE;
}

/* ADPCM and PCM are as the sound byte says. */
static gboolean
read_sound (GstStructure * s, const GstRtmpFormat * format, GBytes * frame,
    GError ** error)
{
  set_rate (s, sound_rate (format->sound), 1 + (format->sound & SOUND_STEREO));
  return TRUE;
}

static gboolean
read_pcm (GstStructure * s, const GstRtmpFormat * format, GBytes * frame,
    GError ** error)
{
  gst_structure_set (s, "format", G_TYPE_STRING,
      format->sound & SOUND_16_BIT ? "S16LE" : "U8", NULL);
  return read_sound (s, format, frame, error);
}

static gboolean
write_sound (const GstStructure * s, GBytes * frame, GstRtmpFormat * format,
    GError ** error)
{
  gboolean narrow =
      g_strcmp0 (gst_structure_get_string (s, "format"), "U8") == 0;

  format->sound = make_sound (format->codec, format->rate, !narrow,
      format->n_channels);
  return TRUE;
}

static gboolean
read_telephone (GstStructure * s, const GstRtmpFormat * format, GBytes * frame,
    GError ** error)
{
  set_rate (s, 8000, 1 + (format->sound & SOUND_STEREO));
  return TRUE;
}

static gboolean
read_nellymoser (GstStructure * s, const GstRtmpFormat * format,
    GBytes * frame, GError ** error)
{
  if (format->codec->legacy_id == NELLYMOSER_16000)
    set_rate (s, 16000, 1);
  else if (format->codec->legacy_id == NELLYMOSER_8000)
    set_rate (s, 8000, 1);
  else
    read_sound (s, format, frame, error);
  return TRUE;
}

static gboolean
write_nellymoser (const GstStructure * s, GBytes * frame,
    GstRtmpFormat * format, GError ** error)
{
  gint fixed = format->rate == 16000 ? NELLYMOSER_16000
      : format->rate == 8000 ? NELLYMOSER_8000 : 0;

  if (fixed && format->n_channels == 2)
    return gst_rtmp_caps_refuse (error,
        "RTMP carries Nellymoser of %u Hz with one channel, and not with two.",
        format->rate);
  if (fixed)
    format->codec = flv_codec_by_legacy_id (FLV_MEDIA_AUDIO, (guint) fixed);
  return write_sound (s, frame, format, error);
}

/* The Speex header and a comment, which its decoder wants. Wideband, 16 kHz. */
static gboolean
read_speex (GstStructure * s, const GstRtmpFormat * format, GBytes * frame,
    GError ** error)
{
  static const gchar id_and_version[28] = "Speex   1.1.12";
  static const guint32 header[] =
      { 1, 80, 16000, 1, 4, 1, G_MAXUINT32, 320, 0, 1, 0, 0, 0 };
  static const gchar comment[] = "\x0b\0\0\0No comments\0\0\0\0\1";
  RtmpWriter writer;

  rtmp_writer_init (&writer);
  rtmp_writer_bytes (&writer, id_and_version, sizeof id_and_version);
  for (guint i = 0; i < G_N_ELEMENTS (header); i++)
    rtmp_writer_u32_le (&writer, header[i]);
  set_streamheader (s, rtmp_writer_take (&writer),
      g_bytes_new_static (comment, sizeof comment - 1));
  set_rate (s, 16000, 1);
  return TRUE;
}

/* FLV 10.1, E.4.2.1: 16 bit, mono, and no rate */
static gboolean
write_speex (const GstStructure * s, GBytes * frame, GstRtmpFormat * format,
    GError ** error)
{
  format->sound = make_sound (format->codec, 0, TRUE, 1);
  return TRUE;
}

static gboolean
add_opus_caps (GstStructure * s, GstCaps * caps)
{
  const GstStructure *from;

  if (caps == NULL)
    return FALSE;
  from = gst_caps_get_structure (caps, 0);
  for (gint i = 0; i < gst_structure_n_fields (from); i++) {
    const gchar *name = gst_structure_nth_field_name (from, (guint) i);

    gst_structure_set_value (s, name, gst_structure_get_value (from, name));
  }
  gst_caps_unref (caps);
  return TRUE;
}

#define OPUS_HEAD_SIZE 19

/* RFC 7845, 5.1.1.2: streams, those of them with two channels, and which of
 * their channels each channel is. */
static const struct
{
  guint8 streams, coupled, mapping[8];
} opus_layouts[] = {
  {0,},
  {1, 0, {0,}},
  {1, 1, {0, 1}},
  {2, 1, {0, 2, 1}},
  {2, 2, {0, 1, 2, 3}},
  {3, 2, {0, 4, 1, 2, 3}},
  {4, 2, {0, 4, 1, 2, 3, 5}},
  {4, 3, {0, 4, 1, 2, 3, 5, 6}},
  {5, 3, {0, 6, 1, 2, 3, 4, 5, 7}},
};

/* Without an OpusHead: as many channels as are told elsewhere. */
static gboolean
read_bare_opus (GstStructure * s, const FlvChannels * channels, GBytes * frame)
{
  guint8 mapping[FLV_CHANNELS_MAX], n = channels->count;
  const guint8 *toc;
  gsize size;

  if (n == 0 && frame != NULL) {
    toc = g_bytes_get_data (frame, &size);
    /* RFC 6716, 3.1 */
    n = size > 0 && toc[0] & 4 ? 2 : 1;
  }
  if (n == 0)
    return TRUE;
  if (n < G_N_ELEMENTS (opus_layouts))
    return add_opus_caps (s, gst_codec_utils_opus_create_caps (48000, n, n > 2,
            opus_layouts[n].streams, opus_layouts[n].coupled,
            opus_layouts[n].mapping));
  for (guint8 i = 0; i < n; i++)
    mapping[i] = i;
  return add_opus_caps (s, gst_codec_utils_opus_create_caps (48000, n, 255, n,
          0, mapping));
}

/* RFC 7845, 5.1. pbutils wants this to be so. */
static gboolean
is_opus_head (GBytes * bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  return size >= OPUS_HEAD_SIZE && memcmp (data, "OpusHead", 8) == 0;
}

guint
gst_rtmp_format_padding (const GstRtmpFormat * self)
{
  const guint8 *head;
  gsize size;

  if (self->codec->id != FLV_CODEC_OPUS || self->configuration == NULL
      || !is_opus_head (self->configuration))
    return 0;
  head = g_bytes_get_data (self->configuration, &size);
  return head[10] | head[11] << 8;
}

static gboolean
read_opus (GstStructure * s, const GstRtmpFormat * format, GBytes * frame,
    GError ** error)
{
  const guint8 *data;
  GstBuffer *header;
  gboolean good;
  gsize size;

  if (!gst_rtmp_format_peek_configuration (format, &data, &size))
    return read_bare_opus (s, &format->channels, frame);
  header = gst_buffer_new_wrapped_bytes (format->configuration);
  good = is_opus_head (format->configuration) && add_opus_caps (s,
      gst_codec_utils_opus_create_caps_from_header (header, NULL));
  gst_buffer_unref (header);
  if (!good)
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_FLV,
        "an Opus configuration is an OpusHead of 19 bytes or more, %"
        G_GSIZE_FORMAT " others came", size);
  return good;
}

static gboolean
write_opus (const GstStructure * s, GBytes * frame, GstRtmpFormat * format,
    GError ** error)
{
  GstCaps *caps = gst_caps_new_full (gst_structure_copy (s), NULL);
  guint8 channels, family, streams, coupled, mapping[256];
  GstBuffer *header = NULL;
  guint32 rate;

  format->configuration = get_streamheader (s);
  if (format->configuration != NULL && !is_opus_head (format->configuration))
    g_clear_pointer (&format->configuration, g_bytes_unref);
  else if (format->configuration == NULL
      && gst_structure_has_field_typed (s, "channel-mapping-family", G_TYPE_INT)
      && gst_codec_utils_opus_parse_caps (caps, &rate, &channels, &family,
          &streams, &coupled, mapping)) {
    header = gst_codec_utils_opus_create_header (rate, channels, family,
        streams, coupled, mapping, 0, 0);
    format->n_channels = channels;
  }
  gst_caps_unref (caps);
  if (header != NULL)
    format->configuration = gst_rtmp_buffer_to_bytes (header);
  g_clear_pointer (&header, gst_buffer_unref);
  if (format->configuration == NULL)
    return gst_rtmp_caps_refuse (error, "The Opus caps have neither a "
        "streamheader nor channel-mapping-family and channels that go "
        "together: put opusparse before this pad.");
  write_vorbis_channels (format);
  return TRUE;
}

/* "Ogg encapsulation of FLAC", of which flacdec and flacparse have their
 * streamheader: its first packet up to the native marker, one more follows. */
static const guint8 ogg_flac[] =
    { 0x7F, 'F', 'L', 'A', 'C', 1, 0, 0, 1, 'f', 'L', 'a', 'C', 0, 0, 0, 34 };
/* The last block, a comment by nobody that says nothing. */
static const guint8 flac_comment[] = { 0x84, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0 };

#define OGG_FLAC_MARKER 9

static gboolean
read_flac (GstStructure * s, const GstRtmpFormat * format, GBytes * frame,
    GError ** error)
{
  const guint8 *data;
  RtmpWriter writer;
  FlvFlac flac;
  gsize size;

  gst_rtmp_format_peek_configuration (format, &data, &size);
  if (!flv_flac_parse (&flac, data, size, error))
    return FALSE;
  rtmp_writer_init (&writer);
  rtmp_writer_bytes (&writer, ogg_flac, sizeof ogg_flac);
  rtmp_writer_bytes (&writer, flac.stream_info, FLV_FLAC_STREAM_INFO_SIZE);
  set_streamheader (s, rtmp_writer_take (&writer),
      g_bytes_new_static (flac_comment, sizeof flac_comment));
  set_rate (s, flac.rate, flac.channels);
  read_channels (s, &format->channels, flac.channels);
  return TRUE;
}

static gboolean
write_flac (const GstStructure * s, GBytes * frame, GstRtmpFormat * format,
    GError ** error)
{
  g_autoptr (GBytes) header = get_streamheader (s);
  const guint8 *data = NULL;
  gsize size = 0;
  FlvFlac flac;

  if (header != NULL)
    data = g_bytes_get_data (header, &size);
  if (size > OGG_FLAC_MARKER && data[0] == ogg_flac[0]) {
    data += OGG_FLAC_MARKER;
    size -= OGG_FLAC_MARKER;
  }
  if (!flv_flac_parse (&flac, data, size, NULL))
    return gst_rtmp_caps_refuse (error, "The FLAC caps have no streamheader "
        "that begins with STREAMINFO: put flacparse before this pad.");
  format->configuration = g_bytes_new (flac.stream_info,
      FLV_FLAC_STREAM_INFO_SIZE);
  format->rate = flac.rate;
  format->n_channels = flac.channels;
  write_channels (s, format);
  if (format->channels.count == 0)
    write_vorbis_channels (format);
  return TRUE;
}

static gboolean
write_ac3 (const GstStructure * s, GBytes * frame, GstRtmpFormat * format,
    GError ** error)
{
  write_channels (s, format);
  return TRUE;
}

const GstRtmpCodecCaps *
gst_rtmp_audio_codec_caps (FlvCodecId id)
{
  static const GstRtmpCodecCaps codecs[] = {
    [FLV_CODEC_PCM] = {"audio/x-raw, layout=interleaved, "
          "format=(string){ U8, S16LE }, rate=" FLASH_RATES ", channels="
          FLASH_CHANNELS, read_pcm, write_sound},
    [FLV_CODEC_ADPCM] = {"audio/x-adpcm, rate=" FLASH_RATES ", channels="
          FLASH_CHANNELS, read_sound, write_sound},
    [FLV_CODEC_MP3] = {"audio/mpeg, mpegversion=1, layer=3, parsed=true",
        read_mp3, write_mp3},
    [FLV_CODEC_NELLYMOSER] = {"audio/x-nellymoser, channels=" FLASH_CHANNELS
          ", rate=(int){ 5512, 8000, 11025, 16000, 22050, 44100 }",
        read_nellymoser, write_nellymoser},
    [FLV_CODEC_ALAW] = {"audio/x-alaw, rate=8000, channels=" FLASH_CHANNELS,
        read_telephone, write_sound},
    [FLV_CODEC_MULAW] = {"audio/x-mulaw, rate=8000, channels=" FLASH_CHANNELS,
        read_telephone, write_sound},
    [FLV_CODEC_AAC] = {NULL, read_aac, write_aac},
    [FLV_CODEC_SPEEX] = {"audio/x-speex, rate=16000, channels=1", read_speex,
        write_speex},
    [FLV_CODEC_OPUS] = {NULL, read_opus, write_opus},
    [FLV_CODEC_FLAC] = {NULL, read_flac, write_flac},
    [FLV_CODEC_AC3] = {NULL, NULL, write_ac3},
    [FLV_CODEC_EAC3] = {NULL, NULL, write_ac3},
  };

  return &codecs[id];
}

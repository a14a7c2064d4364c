/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flvchannels.h"

#include "rtmperror.h"
#include "rtmpreader.h"
#include "rtmpwriter.h"

void
flv_channels_init_mask (FlvChannels * self, guint32 mask)
{
  memset (self, 0, sizeof *self);
  self->order = FLV_CHANNEL_ORDER_NATIVE;
  self->mask = mask;
  for (guint8 i = 0; i < 32; i++)
    if (mask >> i & 1)
      self->channels[self->count++] = i;
}

void
flv_channels_init (FlvChannels * self, const guint8 * channels, guint8 count)
{
  guint32 mask = 0;

  for (guint i = 0; i < count; i++)
    if (channels[i] < FLV_N_CHANNELS)
      mask |= (guint32) 1 << channels[i];
  flv_channels_init_mask (self, mask);
  if (self->count == count && (count == 0
          || memcmp (self->channels, channels, count) == 0))
    return;
  self->order = FLV_CHANNEL_ORDER_CUSTOM;
  self->mask = 0;
  self->count = count;
  memcpy (self->channels, channels, count);
}

static gboolean
parse_native (FlvChannels * self, RtmpReader * reader, GError ** error)
{
  guint8 count = self->count;
  guint32 mask;

  if (!rtmp_reader_u32 (reader, &mask)) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_FLV,
        "a channel mask has 4 bytes, %" G_GSIZE_FORMAT " came",
        rtmp_reader_left (reader));
    return FALSE;
  }
  flv_channels_init_mask (self, mask);
  if (self->count != count) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_FLV,
        "channel mask 0x%x is of %u channels, and %u were announced", mask,
        self->count, count);
    return FALSE;
  }
  return TRUE;
}

static gboolean
parse_custom (FlvChannels * self, RtmpReader * reader, GError ** error)
{
  const guint8 *channels;

  if (!rtmp_reader_bytes (reader, self->count, &channels)) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_FLV,
        "%u channels have a byte each, %" G_GSIZE_FORMAT " came", self->count,
        rtmp_reader_left (reader));
    return FALSE;
  }
  memcpy (self->channels, channels, self->count);
  return TRUE;
}

static gboolean
parse_order (FlvChannels * self, RtmpReader * reader, guint8 order,
    GError ** error)
{
  self->order = order;
  switch (order) {
    case FLV_CHANNEL_ORDER_UNSPECIFIED:
      return TRUE;
    case FLV_CHANNEL_ORDER_NATIVE:
      return parse_native (self, reader, error);
    case FLV_CHANNEL_ORDER_CUSTOM:
      return parse_custom (self, reader, error);
    default:
      g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_FLV,
          "channel orders are 0 to 2, %u came", order);
      return FALSE;
  }
}

gboolean
flv_channels_parse (FlvChannels * self, const guint8 * data, gsize size,
    GError ** error)
{
  RtmpReader reader;
  guint8 order;

  memset (self, 0, sizeof *self);
  rtmp_reader_init (&reader, data, size);
  if (!rtmp_reader_u8 (&reader, &order)
      || !rtmp_reader_u8 (&reader, &self->count) || self->count == 0) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_FLV,
        "a MultichannelConfig has an order and a count of 1 or more, %"
        G_GSIZE_FORMAT " bytes came", size);
  } else if (parse_order (self, &reader, order, error)) {
    return TRUE;
  }
  memset (self, 0, sizeof *self);
  return FALSE;
}

GBytes *
flv_channels_write (const FlvChannels * self)
{
  RtmpWriter writer;

  rtmp_writer_init (&writer);
  rtmp_writer_u8 (&writer, (guint8) self->order);
  rtmp_writer_u8 (&writer, self->count);
  if (self->order == FLV_CHANNEL_ORDER_NATIVE)
    rtmp_writer_u32 (&writer, self->mask);
  else if (self->order == FLV_CHANNEL_ORDER_CUSTOM)
    rtmp_writer_bytes (&writer, self->channels, self->count);
  return rtmp_writer_take (&writer);
}

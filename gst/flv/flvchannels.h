/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Enhanced RTMP v2, "Enhanced Audio": AudioChannelOrder, AudioChannel */
typedef enum
{
  FLV_CHANNEL_ORDER_UNSPECIFIED = 0,
  FLV_CHANNEL_ORDER_NATIVE = 1,
  FLV_CHANNEL_ORDER_CUSTOM = 2,
} FlvChannelOrder;

/* A channel's number is also its bit in a mask. */
typedef enum
{
  FLV_CHANNEL_FRONT_LEFT,
  FLV_CHANNEL_FRONT_RIGHT,
  FLV_CHANNEL_FRONT_CENTER,
  FLV_CHANNEL_LOW_FREQUENCY1,
  FLV_CHANNEL_BACK_LEFT,
  FLV_CHANNEL_BACK_RIGHT,
  FLV_CHANNEL_FRONT_LEFT_CENTER,
  FLV_CHANNEL_FRONT_RIGHT_CENTER,
  FLV_CHANNEL_BACK_CENTER,
  FLV_CHANNEL_SIDE_LEFT,
  FLV_CHANNEL_SIDE_RIGHT,
  FLV_CHANNEL_TOP_CENTER,
  FLV_CHANNEL_TOP_FRONT_LEFT,
  FLV_CHANNEL_TOP_FRONT_CENTER,
  FLV_CHANNEL_TOP_FRONT_RIGHT,
  FLV_CHANNEL_TOP_BACK_LEFT,
  FLV_CHANNEL_TOP_BACK_CENTER,
  FLV_CHANNEL_TOP_BACK_RIGHT,
  FLV_CHANNEL_LOW_FREQUENCY2,
  FLV_CHANNEL_TOP_SIDE_LEFT,
  FLV_CHANNEL_TOP_SIDE_RIGHT,
  FLV_CHANNEL_BOTTOM_FRONT_CENTER,
  FLV_CHANNEL_BOTTOM_FRONT_LEFT,
  FLV_CHANNEL_BOTTOM_FRONT_RIGHT,
  FLV_N_CHANNELS,
  FLV_CHANNEL_UNUSED = 0xFE,
  FLV_CHANNEL_UNKNOWN = 0xFF,
} FlvChannel;

#define FLV_CHANNELS_MAX 255

/**
 * FlvChannels:
 * @order: how @channels is told
 * @count: 0 for no MultichannelConfig
 * @mask: of Native: 1 << #FlvChannel
 * @channels: of Native and Custom: #FlvChannel of each, or a reserved number
 *
 * A MultichannelConfig. All zeros is none.
 *
 * Since: 0.1
 */
typedef struct
{
  FlvChannelOrder order;
  guint8 count;
  guint32 mask;
  guint8 channels[FLV_CHANNELS_MAX];
} FlvChannels;

/* Native: the channels of @mask; their count is that of its bits. */
void flv_channels_init_mask (FlvChannels * self, guint32 mask);

/* Custom, or Native if @channels are those of a mask, each once and in its
 * order. */
void flv_channels_init (FlvChannels * self, const guint8 * channels,
    guint8 count);

/* %RTMP_ERROR_BAD_FLV: @self is none then. */
gboolean flv_channels_parse (FlvChannels * self, const guint8 * data,
    gsize size, GError ** error);

/* (transfer full) */
GBytes *flv_channels_write (const FlvChannels * self);

G_END_DECLS

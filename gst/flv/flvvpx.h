/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  FLV_VPX_420_VERTICAL = 0,
  FLV_VPX_420 = 1,              /* chroma where the top left luma is */
  FLV_VPX_422 = 2,
  FLV_VPX_444 = 3,
  FLV_VPX_440 = 4,
} FlvVpxSubsampling;

/**
 * FlvVpx:
 * @level: 10 times the level, 0 if not known
 * @primaries: H.273 code, as @transfer and @matrix
 * @width: 0 if not known, as @height: a record does not have them
 *
 * What describes a VP8 or VP9 stream: its VPCodecConfigurationRecord ("VP Codec
 * ISO Media File Format Binding", 1.0) or its key frames.
 *
 * Since: 0.1
 */
typedef struct
{
  guint8 profile;
  guint8 level;
  guint8 bit_depth;
  guint8 subsampling;
  gboolean full_range;
  guint8 primaries;
  guint8 transfer;
  guint8 matrix;
  guint width;
  guint height;
} FlvVpx;

/* A record of 8 bytes, or behind the 4 bytes of a FullBox. On
 * %RTMP_ERROR_BAD_FLV, @self is undefined. */
gboolean flv_vpx_parse (FlvVpx * self, const guint8 * data, gsize size,
    GError ** error);

/* With the 4 bytes of a FullBox: 12 in all. (transfer full) */
GBytes *flv_vpx_write (const FlvVpx * self);

/* A frame's header, all but the level. %FALSE if it is no key frame, or cut
 * off; @self is undefined then. */
gboolean flv_vp8_parse_keyframe (FlvVpx * self, const guint8 * data,
    gsize size);
gboolean flv_vp9_parse_keyframe (FlvVpx * self, const guint8 * data,
    gsize size);

/* The lowest VP9 level that has such pictures, @framerate of them a second (0:
 * not known). 0 if there is none. */
guint8 flv_vp9_level (guint width, guint height, gdouble framerate);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flvvpx.h"

#include "flvbits.h"
#include "rtmperror.h"
#include "rtmpreader.h"
#include "rtmpwriter.h"

#define RECORD_SIZE 8
/* Version 1, no flags. */
#define FULL_BOX 0x01000000

gboolean
flv_vpx_parse (FlvVpx * self, const guint8 * data, gsize size, GError ** error)
{
  RtmpReader reader;
  FlvBits bits;
  guint32 full_box;

  rtmp_reader_init (&reader, data, size);
  if (size >= RECORD_SIZE + 4 && rtmp_reader_u32 (&reader, &full_box)
      && full_box != FULL_BOX)
    reader.pos = 0;
  if (rtmp_reader_left (&reader) < RECORD_SIZE) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_FLV,
        "a VP8 or VP9 configuration has 8 or 12 bytes, %" G_GSIZE_FORMAT
        " came", size);
    return FALSE;
  }
  flv_bits_init (&bits, data + reader.pos, RECORD_SIZE);
  memset (self, 0, sizeof *self);
  self->profile = (guint8) flv_bits_read (&bits, 8);
  self->level = (guint8) flv_bits_read (&bits, 8);
  self->bit_depth = (guint8) flv_bits_read (&bits, 4);
  self->subsampling = (guint8) flv_bits_read (&bits, 3);
  self->full_range = flv_bits_read (&bits, 1) != 0;
  self->primaries = (guint8) flv_bits_read (&bits, 8);
  self->transfer = (guint8) flv_bits_read (&bits, 8);
  self->matrix = (guint8) flv_bits_read (&bits, 8);
  return TRUE;
}

GBytes *
flv_vpx_write (const FlvVpx * self)
{
  RtmpWriter writer;

  rtmp_writer_init (&writer);
  rtmp_writer_u32 (&writer, FULL_BOX);
  rtmp_writer_u8 (&writer, self->profile);
  rtmp_writer_u8 (&writer, self->level);
  rtmp_writer_u8 (&writer, (guint8) (self->bit_depth << 4
          | self->subsampling << 1 | (self->full_range != FALSE)));
  rtmp_writer_u8 (&writer, self->primaries);
  rtmp_writer_u8 (&writer, self->transfer);
  rtmp_writer_u8 (&writer, self->matrix);
  rtmp_writer_u16 (&writer, 0);
  return rtmp_writer_take (&writer);
}

/* RFC 6386, 9.1 */
gboolean
flv_vp8_parse_keyframe (FlvVpx * self, const guint8 * data, gsize size)
{
  if (size < 10 || data[0] & 1 || data[3] != 0x9D || data[4] != 0x01
      || data[5] != 0x2A)
    return FALSE;
  memset (self, 0, sizeof *self);
  self->profile = data[0] >> 1 & 7;
  self->bit_depth = 8;
  self->subsampling = FLV_VPX_420;
  self->primaries = self->transfer = self->matrix = FLV_COLOR_UNSPECIFIED;
  self->width = (data[6] | (guint) data[7] << 8) & 0x3FFF;
  self->height = (data[8] | (guint) data[9] << 8) & 0x3FFF;
  return TRUE;
}

#define VP9_FRAME_MARKER 2
#define VP9_SYNC_CODE 0x498342
#define VP9_RGB 7

/* VP9 Bitstream & Decoding Process Specification, 7.2.2: color_space */
static void
set_color (FlvVpx * self, guint color_space)
{
  static const guint8 codes[8][3] = {
    {2, 2, 2}, {6, 6, 6}, {1, 1, 1}, {6, 6, 6}, {7, 7, 7}, {9, 14, 9},
    {2, 2, 2}, {1, 13, 0},
  };

  self->primaries = codes[color_space][0];
  self->transfer = codes[color_space][1];
  self->matrix = codes[color_space][2];
}

/* 6.2.2 */
static void
parse_color_config (FlvVpx * self, FlvBits * bits)
{
  static const guint8 subsamplings[] =
      { FLV_VPX_444, FLV_VPX_440, FLV_VPX_422, FLV_VPX_420 };
  gboolean any_subsampling = self->profile & 1;
  guint color_space;

  self->bit_depth = 8;
  if (self->profile >= 2)
    self->bit_depth = flv_bits_read (bits, 1) ? 12 : 10;
  color_space = flv_bits_read (bits, 3);
  set_color (self, color_space);
  self->full_range = color_space == VP9_RGB || flv_bits_read (bits, 1);
  if (color_space == VP9_RGB)
    self->subsampling = FLV_VPX_444;
  else
    self->subsampling =
        subsamplings[any_subsampling ? flv_bits_read (bits, 2) : 3];
  if (any_subsampling)
    flv_bits_read (bits, 1);
}

/* 6.2 */
gboolean
flv_vp9_parse_keyframe (FlvVpx * self, const guint8 * data, gsize size)
{
  FlvBits bits;

  memset (self, 0, sizeof *self);
  flv_bits_init (&bits, data, size);
  if (flv_bits_read (&bits, 2) != VP9_FRAME_MARKER)
    return FALSE;
  self->profile = (guint8) flv_bits_read (&bits, 1);
  self->profile |= (guint8) (flv_bits_read (&bits, 1) << 1);
  if (self->profile == 3)
    flv_bits_read (&bits, 1);
  /* show_existing_frame, frame_type */
  if (flv_bits_read (&bits, 2) != 0)
    return FALSE;
  flv_bits_read (&bits, 2);
  if (flv_bits_read (&bits, 24) != VP9_SYNC_CODE)
    return FALSE;
  parse_color_config (self, &bits);
  self->width = flv_bits_read (&bits, 16) + 1;
  self->height = flv_bits_read (&bits, 16) + 1;
  return !bits.overrun;
}

guint8
flv_vp9_level (guint width, guint height, gdouble framerate)
{
  /* Annex A: level, luma samples a second and a picture */
  static const struct
  {
    guint8 level;
    guint64 rate;
    guint32 size;
  } levels[] = {
    {10, 829440, 36864}, {11, 2764800, 73728}, {20, 4608000, 122880},
    {21, 9216000, 245760}, {30, 20736000, 552960}, {31, 36864000, 983040},
    {40, 83558400, 2228224}, {41, 160432128, 2228224},
    {50, 311951360, 8912896}, {51, 588251136, 8912896},
    {52, 1176502272, 8912896}, {60, 1176502272, 35651584},
    {61, G_GUINT64_CONSTANT (2353004544), 35651584},
    {62, G_GUINT64_CONSTANT (4706009088), 35651584},
  };
  guint64 size = (guint64) width * height;

  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    if (size <= levels[i].size
        && (gdouble) size * framerate <= (gdouble) levels[i].rate)
      return levels[i].level;
  return 0;
}

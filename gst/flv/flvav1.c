/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flvav1.h"

#include "flvbits.h"
#include "rtmperror.h"
#include "rtmpreader.h"
#include "rtmpwriter.h"

#define RECORD_SIZE 4
/* marker and version */
#define RECORD_START 0x81

#define OBU_SEQUENCE_HEADER 1
#define OBU_HAS_SIZE 0x02
#define OBU_HAS_EXTENSION 0x04

/* AV1 Bitstream & Decoding Process Specification, 4.10.3 */
static void
skip_uvlc (FlvBits * bits)
{
  guint zeros = 0;

  while (zeros < 32 && !flv_bits_read (bits, 1) && !bits->overrun)
    zeros++;
  if (zeros < 32)
    flv_bits_read (bits, zeros);
}

/* 5.5.3 and 5.5.4. Returns how many bits a buffer delay has, 0: no model. */
static guint
parse_timing (FlvBits * bits)
{
  guint delay_bits;

  if (!flv_bits_read (bits, 1))
    return 0;
  flv_bits_read (bits, 32);
  flv_bits_read (bits, 32);
  if (flv_bits_read (bits, 1))
    skip_uvlc (bits);
  if (!flv_bits_read (bits, 1))
    return 0;
  delay_bits = flv_bits_read (bits, 5) + 1;
  flv_bits_read (bits, 32);
  flv_bits_read (bits, 10);
  return delay_bits;
}

static void
parse_operating_points (FlvAv1 * self, FlvBits * bits)
{
  guint delay_bits = parse_timing (bits);
  gboolean has_display_delay = flv_bits_read (bits, 1) != 0;
  guint n = flv_bits_read (bits, 5) + 1;

  for (guint i = 0; i < n; i++) {
    guint8 level, tier;

    flv_bits_read (bits, 12);
    level = (guint8) flv_bits_read (bits, 5);
    tier = level > 7 ? (guint8) flv_bits_read (bits, 1) : 0;
    if (delay_bits > 0 && flv_bits_read (bits, 1)) {
      flv_bits_read (bits, delay_bits);
      flv_bits_read (bits, delay_bits);
      flv_bits_read (bits, 1);
    }
    if (has_display_delay && flv_bits_read (bits, 1))
      flv_bits_read (bits, 4);
    if (i == 0) {
      self->level = level;
      self->tier = tier;
    }
  }
}

static void
skip_inter_tools (FlvBits * bits)
{
  gboolean order_hint;

  flv_bits_read (bits, 4);
  order_hint = flv_bits_read (bits, 1) != 0;
  if (order_hint)
    flv_bits_read (bits, 2);
  /* Screen content tools: chosen by each frame, or forced on; if either, so is
   * integer motion. */
  if (flv_bits_read (bits, 1) || flv_bits_read (bits, 1))
    if (!flv_bits_read (bits, 1))
      flv_bits_read (bits, 1);
  if (order_hint)
    flv_bits_read (bits, 3);
}

static void
parse_subsampling (FlvAv1 * self, FlvBits * bits)
{
  self->subsampling_x = self->profile != 1;
  self->subsampling_y = self->profile == 0;
  if (self->profile == 2 && self->bit_depth == 12) {
    self->subsampling_x = flv_bits_read (bits, 1) != 0;
    self->subsampling_y = self->subsampling_x && flv_bits_read (bits, 1);
  }
  if (self->subsampling_x && self->subsampling_y)
    self->sample_position = (guint8) flv_bits_read (bits, 2);
}

/* 5.5.2 */
static void
parse_color_config (FlvAv1 * self, FlvBits * bits)
{
  gboolean is_rgb;

  self->bit_depth = flv_bits_read (bits, 1) ? 10 : 8;
  if (self->profile == 2 && self->bit_depth == 10 && flv_bits_read (bits, 1))
    self->bit_depth = 12;
  self->monochrome = self->profile != 1 && flv_bits_read (bits, 1);
  self->primaries = self->transfer = self->matrix = FLV_COLOR_UNSPECIFIED;
  if (flv_bits_read (bits, 1)) {
    self->primaries = (guint8) flv_bits_read (bits, 8);
    self->transfer = (guint8) flv_bits_read (bits, 8);
    self->matrix = (guint8) flv_bits_read (bits, 8);
  }
  is_rgb = self->primaries == 1 && self->transfer == 13 && self->matrix == 0;
  if (self->monochrome) {
    self->full_range = flv_bits_read (bits, 1) != 0;
    self->subsampling_x = self->subsampling_y = TRUE;
  } else if (is_rgb) {
    self->full_range = TRUE;
  } else {
    self->full_range = flv_bits_read (bits, 1) != 0;
    parse_subsampling (self, bits);
  }
}

/* 5.5.1 */
static gboolean
parse_sequence_header (FlvAv1 * self, const guint8 * data, gsize size)
{
  guint width_bits, height_bits;
  gboolean reduced;
  FlvBits bits;

  memset (self, 0, sizeof *self);
  self->header = data;
  self->header_size = size;
  flv_bits_init (&bits, data, size);
  self->profile = (guint8) flv_bits_read (&bits, 3);
  flv_bits_read (&bits, 1);
  reduced = flv_bits_read (&bits, 1) != 0;
  if (reduced)
    self->level = (guint8) flv_bits_read (&bits, 5);
  else
    parse_operating_points (self, &bits);
  width_bits = flv_bits_read (&bits, 4) + 1;
  height_bits = flv_bits_read (&bits, 4) + 1;
  self->width = flv_bits_read (&bits, width_bits) + 1;
  self->height = flv_bits_read (&bits, height_bits) + 1;
  if (!reduced && flv_bits_read (&bits, 1))
    flv_bits_read (&bits, 7);
  flv_bits_read (&bits, 3);
  if (!reduced)
    skip_inter_tools (&bits);
  flv_bits_read (&bits, 3);
  parse_color_config (self, &bits);
  return !bits.overrun;
}

/* 4.10.5: up to 8 bytes; @out is no more than there are. */
static gboolean
read_leb128 (RtmpReader * reader, gsize * out)
{
  guint64 value = 0;
  guint8 byte = 0x80;

  for (guint i = 0; i < 8 && byte & 0x80; i++) {
    if (!rtmp_reader_u8 (reader, &byte))
      return FALSE;
    value |= (guint64) (byte & 0x7F) << 7 * i;
  }
  *out = (gsize) value;
  return !(byte & 0x80) && value <= rtmp_reader_left (reader);
}

/* 5.3 */
gboolean
flv_av1_read_obu (RtmpReader * reader, guint * type, const guint8 ** data,
    gsize * size)
{
  guint8 head;

  if (!rtmp_reader_u8 (reader, &head))
    return FALSE;
  if (head & OBU_HAS_EXTENSION && !rtmp_reader_skip (reader, 1))
    return FALSE;
  *size = rtmp_reader_left (reader);
  if (head & OBU_HAS_SIZE && !read_leb128 (reader, size))
    return FALSE;
  *type = head >> 3 & 0x0F;
  return rtmp_reader_bytes (reader, *size, data);
}

gboolean
flv_av1_parse_unit (FlvAv1 * self, const guint8 * data, gsize size)
{
  const guint8 *obu;
  RtmpReader reader;
  gsize obu_size;
  guint type;

  rtmp_reader_init (&reader, data, size);
  while (flv_av1_read_obu (&reader, &type, &obu, &obu_size))
    if (type == OBU_SEQUENCE_HEADER)
      return parse_sequence_header (self, obu, obu_size);
  return FALSE;
}

gboolean
flv_av1_parse (FlvAv1 * self, const guint8 * data, gsize size, GError ** error)
{
  gboolean high_bitdepth;
  FlvBits bits;

  if (size < RECORD_SIZE || data[0] != RECORD_START) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_FLV,
        "an AV1 configuration has 4 bytes or more and begins with 0x81, %"
        G_GSIZE_FORMAT " came that begin with 0x%02x", size,
        size > 0 ? data[0] : 0);
    return FALSE;
  }
  if (flv_av1_parse_unit (self, data + RECORD_SIZE, size - RECORD_SIZE))
    return TRUE;
  memset (self, 0, sizeof *self);
  self->primaries = self->transfer = self->matrix = FLV_COLOR_UNSPECIFIED;
  flv_bits_init (&bits, data + 1, RECORD_SIZE - 1);
  self->profile = (guint8) flv_bits_read (&bits, 3);
  self->level = (guint8) flv_bits_read (&bits, 5);
  self->tier = (guint8) flv_bits_read (&bits, 1);
  high_bitdepth = flv_bits_read (&bits, 1) != 0;
  self->bit_depth = high_bitdepth ? 10 : 8;
  if (flv_bits_read (&bits, 1) && high_bitdepth)
    self->bit_depth = 12;
  self->monochrome = flv_bits_read (&bits, 1) != 0;
  self->subsampling_x = flv_bits_read (&bits, 1) != 0;
  self->subsampling_y = flv_bits_read (&bits, 1) != 0;
  self->sample_position = (guint8) flv_bits_read (&bits, 2);
  return TRUE;
}

static void
write_sequence_header (const FlvAv1 * self, RtmpWriter * writer)
{
  gsize left = self->header_size;

  rtmp_writer_u8 (writer, OBU_SEQUENCE_HEADER << 3 | OBU_HAS_SIZE);
  for (; left >= 0x80; left >>= 7)
    rtmp_writer_u8 (writer, (guint8) (left | 0x80));
  rtmp_writer_u8 (writer, (guint8) left);
  rtmp_writer_bytes (writer, self->header, self->header_size);
}

GBytes *
flv_av1_write (const FlvAv1 * self)
{
  RtmpWriter writer;

  rtmp_writer_init (&writer);
  rtmp_writer_u8 (&writer, RECORD_START);
  rtmp_writer_u8 (&writer, (guint8) (self->profile << 5 | self->level));
  rtmp_writer_u8 (&writer, (guint8) (self->tier << 7
          | (self->bit_depth > 8) << 6 | (self->bit_depth == 12) << 5
          | (self->monochrome != FALSE) << 4
          | (self->subsampling_x != FALSE) << 3
          | (self->subsampling_y != FALSE) << 2 | self->sample_position));
  /* No initial presentation delay. */
  rtmp_writer_u8 (&writer, 0);
  if (self->header != NULL)
    write_sequence_header (self, &writer);
  return rtmp_writer_take (&writer);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flvsps.h"

#include "flvbits.h"
#include "rtmpreader.h"

#define MAX_SIZE 65535

/* In an AVC record, before the sets; in an HEVC one, before the arrays. */
#define AVC_HEADER_SIZE 5
#define HEVC_HEADER_SIZE 22

/* Types of NAL units. */
#define AVC_SPS 7
#define HEVC_SPS 33

/* Of chroma_format_idc. */
#define CHROMA_420 1
#define CHROMA_422 2
#define CHROMA_444 3

/* What is coded, and how much of it is cut off on both sides together. */
typedef struct
{
  guint64 width, height;
  guint64 crop_width, crop_height;
} Picture;

/* ISO/IEC 14496-10, 7.4.1: a 3 after two zeros is not part of what is said.
 * (transfer full) */
static guint8 *
unescape (const guint8 * data, gsize size, gsize * out_size)
{
  guint8 *out = g_malloc (size);
  guint zeros = 0;

  *out_size = 0;
  for (gsize i = 0; i < size; i++) {
    if (zeros >= 2 && data[i] == 3) {
      zeros = 0;
      continue;
    }
    zeros = data[i] == 0 ? zeros + 1 : 0;
    out[(*out_size)++] = data[i];
  }
  return out;
}

/* 9.1, ue(v) */
static guint32
read_ue (FlvBits * bits)
{
  guint zeros = 0;

  while (!bits->overrun && flv_bits_read_one (bits) == 0)
    zeros++;
  if (zeros > 31)
    bits->overrun = TRUE;
  return bits->overrun ? 0 : (1u << zeros) - 1 + flv_bits_read (bits, zeros);
}

/* se(v) */
static gint64
read_se (FlvBits * bits)
{
  gint64 code = read_ue (bits);

  return code % 2 ? (code + 1) / 2 : -code / 2;
}

/* Four sides, in the units of the chroma samples. */
static void
read_crop (FlvBits * bits, guint chroma, guint64 unit_y, Picture * picture)
{
  guint64 unit_x = chroma == CHROMA_420 || chroma == CHROMA_422 ? 2 : 1;
  guint64 left, right, top, bottom;

  if (!flv_bits_read_one (bits))
    return;
  left = read_ue (bits);
  right = read_ue (bits);
  top = read_ue (bits);
  bottom = read_ue (bits);
  picture->crop_width = (left + right) * unit_x;
  picture->crop_height = (top + bottom) * unit_y
      * (chroma == CHROMA_420 ? 2 : 1);
}

/* ISO/IEC 14496-10, 7.3.2.1.1.1 */
static void
skip_scaling_list (FlvBits * bits, guint n)
{
  gint64 last = 8, next = 8;

  for (guint i = 0; i < n && next != 0; i++) {
    next = (last + read_se (bits)) & 0xFF;
    if (next != 0)
      last = next;
  }
}

static gboolean
has_chroma (guint profile)
{
  static const guint8 profiles[] =
      { 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135 };

  return memchr (profiles, (int) profile, sizeof profiles) != NULL;
}

/* Returns ChromaArrayType. */
static guint
read_avc_chroma (FlvBits * bits)
{
  guint chroma = read_ue (bits);
  gboolean separate = chroma == CHROMA_444 && flv_bits_read_one (bits);

  read_ue (bits);               /* bit_depth_luma_minus8 */
  read_ue (bits);               /* bit_depth_chroma_minus8 */
  flv_bits_read_one (bits);     /* qpprime_y_zero_transform_bypass_flag */
  if (flv_bits_read_one (bits))
    for (guint i = 0; i < (chroma == CHROMA_444 ? 12 : 8); i++)
      if (flv_bits_read_one (bits))
        skip_scaling_list (bits, i < 6 ? 16 : 64);
  return separate ? 0 : chroma;
}

static void
skip_picture_order (FlvBits * bits)
{
  guint type = read_ue (bits);

  if (type == 0)
    read_ue (bits);             /* log2_max_pic_order_cnt_lsb_minus4 */
  if (type != 1)
    return;
  flv_bits_read_one (bits);     /* delta_pic_order_always_zero_flag */
  read_ue (bits);               /* offset_for_non_ref_pic */
  read_ue (bits);               /* offset_for_top_to_bottom_field */
  for (guint n = read_ue (bits); n > 0 && !bits->overrun; n--)
    read_ue (bits);             /* offset_for_ref_frame */
}

/* 7.3.2.1.1 */
static void
read_avc (FlvBits * bits, Picture * picture)
{
  guint profile = flv_bits_read (bits, 8);
  guint chroma = CHROMA_420;
  guint64 fields;

  flv_bits_read (bits, 16);     /* constraints, level_idc */
  read_ue (bits);               /* seq_parameter_set_id */
  if (has_chroma (profile))
    chroma = read_avc_chroma (bits);
  read_ue (bits);               /* log2_max_frame_num_minus4 */
  skip_picture_order (bits);
  read_ue (bits);               /* max_num_ref_frames */
  flv_bits_read_one (bits);     /* gaps_in_frame_num_value_allowed_flag */
  picture->width = ((guint64) read_ue (bits) + 1) * 16;
  picture->height = ((guint64) read_ue (bits) + 1) * 16;
  fields = flv_bits_read_one (bits) ? 1 : 2;    /* frame_mbs_only_flag */
  picture->height *= fields;
  if (fields == 2)
    flv_bits_read_one (bits);   /* mb_adaptive_frame_field_flag */
  flv_bits_read_one (bits);     /* direct_8x8_inference_flag */
  read_crop (bits, chroma, fields, picture);
}

static void
skip_bits (FlvBits * bits, guint n)
{
  for (; n > 32; n -= 32)
    flv_bits_read (bits, 32);
  flv_bits_read (bits, n);
}

/* ISO/IEC 23008-2, 7.3.3 */
static void
skip_profile_tier_level (FlvBits * bits, guint n_sub_layers)
{
  gboolean has_profile[7], has_level[7];

  skip_bits (bits, 88 + 8);
  for (guint i = 0; i < n_sub_layers; i++) {
    has_profile[i] = flv_bits_read_one (bits) != 0;
    has_level[i] = flv_bits_read_one (bits) != 0;
  }
  if (n_sub_layers > 0)
    skip_bits (bits, 2 * (8 - n_sub_layers));
  for (guint i = 0; i < n_sub_layers; i++)
    skip_bits (bits, (has_profile[i] ? 88 : 0) + (has_level[i] ? 8 : 0));
}

/* 7.3.2.2.1 */
static void
read_hevc (FlvBits * bits, Picture * picture)
{
  guint n_sub_layers, chroma;

  flv_bits_read (bits, 4);      /* sps_video_parameter_set_id */
  n_sub_layers = flv_bits_read (bits, 3);
  flv_bits_read_one (bits);     /* sps_temporal_id_nesting_flag */
  skip_profile_tier_level (bits, n_sub_layers);
  read_ue (bits);               /* sps_seq_parameter_set_id */
  chroma = read_ue (bits);
  if (chroma == CHROMA_444 && flv_bits_read_one (bits))
    chroma = 0;
  picture->width = read_ue (bits);
  picture->height = read_ue (bits);
  read_crop (bits, chroma, 1, picture);
}

static gboolean
parse_set (const guint8 * data, gsize size,
    void (*read) (FlvBits *, Picture *), guint * width, guint * height)
{
  g_autofree guint8 *bytes = unescape (data, size, &size);
  Picture picture = { 0, };
  FlvBits bits;

  flv_bits_init (&bits, bytes, size);
  read (&bits, &picture);
  if (bits.overrun || picture.width > MAX_SIZE || picture.height > MAX_SIZE
      || picture.crop_width >= picture.width
      || picture.crop_height >= picture.height)
    return FALSE;
  *width = (guint) (picture.width - picture.crop_width);
  *height = (guint) (picture.height - picture.crop_height);
  return TRUE;
}

static gboolean
next_unit (RtmpReader * reader, const guint8 ** unit, gsize * size)
{
  guint16 length;

  if (!rtmp_reader_u16 (reader, &length)
      || !rtmp_reader_bytes (reader, length, unit))
    return FALSE;
  *size = length;
  return TRUE;
}

gboolean
flv_avc_parse_size (const guint8 * data, gsize size, guint * width,
    guint * height)
{
  RtmpReader reader;
  const guint8 *unit;
  guint8 n;

  rtmp_reader_init (&reader, data, size);
  if (!rtmp_reader_skip (&reader, AVC_HEADER_SIZE)
      || !rtmp_reader_u8 (&reader, &n) || (n & 0x1F) == 0
      || !next_unit (&reader, &unit, &size) || size < 1
      || (unit[0] & 0x1F) != AVC_SPS)
    return FALSE;
  return parse_set (unit + 1, size - 1, read_avc, width, height);
}

gboolean
flv_hevc_parse_size (const guint8 * data, gsize size, guint * width,
    guint * height)
{
  RtmpReader reader;
  const guint8 *unit;
  guint8 n_arrays, type;
  guint16 n_units;

  rtmp_reader_init (&reader, data, size);
  if (!rtmp_reader_skip (&reader, HEVC_HEADER_SIZE)
      || !rtmp_reader_u8 (&reader, &n_arrays))
    return FALSE;
  while (n_arrays-- > 0) {
    if (!rtmp_reader_u8 (&reader, &type)
        || !rtmp_reader_u16 (&reader, &n_units))
      return FALSE;
    while (n_units-- > 0) {
      if (!next_unit (&reader, &unit, &size))
        return FALSE;
      if (size > 2 && (unit[0] >> 1 & 0x3F) == HEVC_SPS)
        return parse_set (unit + 2, size - 2, read_hevc, width, height);
    }
  }
  return FALSE;
}

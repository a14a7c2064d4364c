/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flvcolor.h"

#include <string.h>

#include "rtmpamf0.h"

#define COLOR_INFO "colorInfo"
#define LEAST 0.0001            /* the least that 4 decimals can say */

typedef struct
{
  const gchar *group;
  const gchar *name;
  gdouble min, max;
  gboolean is_code;
} Member;

static const Member members[FLV_COLOR_N_MEMBERS] = {
  [FLV_COLOR_BIT_DEPTH] = {"colorConfig", "bitDepth", 1, 16, TRUE},
  [FLV_COLOR_PRIMARIES] = {"colorConfig", "colorPrimaries", 0, 255, TRUE},
  [FLV_COLOR_TRANSFER] =
      {"colorConfig", "transferCharacteristics", 0, 255, TRUE},
  [FLV_COLOR_MATRIX] = {"colorConfig", "matrixCoefficients", 0, 255, TRUE},
  [FLV_COLOR_MAX_FALL] = {"hdrCll", "maxFall", LEAST, 10000, FALSE},
  [FLV_COLOR_MAX_CLL] = {"hdrCll", "maxCLL", LEAST, 10000, FALSE},
  [FLV_COLOR_RED_X] = {"hdrMdcv", "redX", LEAST, 0.74, FALSE},
  [FLV_COLOR_RED_Y] = {"hdrMdcv", "redY", LEAST, 0.84, FALSE},
  [FLV_COLOR_GREEN_X] = {"hdrMdcv", "greenX", LEAST, 0.74, FALSE},
  [FLV_COLOR_GREEN_Y] = {"hdrMdcv", "greenY", LEAST, 0.84, FALSE},
  [FLV_COLOR_BLUE_X] = {"hdrMdcv", "blueX", LEAST, 0.74, FALSE},
  [FLV_COLOR_BLUE_Y] = {"hdrMdcv", "blueY", LEAST, 0.84, FALSE},
  [FLV_COLOR_WHITE_X] = {"hdrMdcv", "whitePointX", LEAST, 0.74, FALSE},
  [FLV_COLOR_WHITE_Y] = {"hdrMdcv", "whitePointY", LEAST, 0.84, FALSE},
  [FLV_COLOR_MAX_LUMINANCE] = {"hdrMdcv", "maxLuminance", 5, 10000, FALSE},
  [FLV_COLOR_MIN_LUMINANCE] = {"hdrMdcv", "minLuminance", LEAST, 5, FALSE},
};

static gdouble
round_to_4_decimals (gdouble value)
{
  return (gdouble) (gint64) (value * 10000 + 0.5) / 10000;
}

/* The black of a display may be none; nothing else here is zero. */
static gboolean
is_measure (FlvColorMember member, gdouble value)
{
  return value > 0 || (value == 0 && member == FLV_COLOR_MIN_LUMINANCE);
}

void
flv_color_info_set (FlvColorInfo * self, FlvColorMember member, gdouble value)
{
  const Member *row = &members[member];

  if (row->is_code) {
    if (!(value >= row->min && value <= row->max))
      return;
    value = (gint) value;
  } else {
    if (!is_measure (member, value))
      return;
    value = round_to_4_decimals (CLAMP (value, row->min, row->max));
  }
  self->has |= 1u << member;
  self->values[member] = value;
}

static void
replace_all (FlvColorInfo * self, const RtmpValue * color_info)
{
  memset (self, 0, sizeof (*self));
  for (guint i = 0; i < FLV_COLOR_N_MEMBERS; i++) {
    const RtmpValue *group = rtmp_value_get (color_info, members[i].group);

    flv_color_info_set (self, (FlvColorMember) i,
        rtmp_value_get_number (group, members[i].name, -1));
  }
}

static gboolean
parse_pair (FlvColorInfo * self, RtmpAmf0Parser * parser, GError ** error)
{
  gsize start = parser->input.reader.pos;
  g_autoptr (RtmpValue) name = rtmp_amf0_parse (parser, error);
  g_autoptr (RtmpValue) value = NULL;

  if (name == NULL)
    return FALSE;
  if (rtmp_value_type (name) != RTMP_VALUE_STRING) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_FLV,
        "video metadata: expected a name, a string, at byte %" G_GSIZE_FORMAT
        ", got %s", start, rtmp_value_type_to_string (rtmp_value_type (name)));
    return FALSE;
  }
  value = rtmp_amf0_parse (parser, error);
  if (value == NULL)
    return FALSE;
  if (strcmp (rtmp_value_as_string (name, NULL), COLOR_INFO) == 0)
    replace_all (self, value);
  return TRUE;
}

gboolean
flv_color_info_parse (FlvColorInfo * self, const guint8 * data, gsize size,
    const RtmpLimits * limits, GError ** error)
{
  RtmpAmf0Parser parser;
  gboolean ok = TRUE;

  rtmp_amf0_parser_init (&parser, data, size, limits);
  while (ok && rtmp_amf0_parser_more (&parser))
    ok = parse_pair (self, &parser, error);
  rtmp_amf0_parser_clear (&parser);
  return ok;
}

/* (transfer full) (nullable): %NULL if no member of @group is there. */
static RtmpValue *
group_to_value (const FlvColorInfo * self, const gchar * group)
{
  RtmpValue *object = NULL;

  for (guint i = 0; i < FLV_COLOR_N_MEMBERS; i++) {
    if (!flv_color_info_has (self, (FlvColorMember) i)
        || strcmp (members[i].group, group) != 0)
      continue;
    if (object == NULL)
      object = rtmp_value_new_object ();
    rtmp_value_set_number (object, members[i].name, self->values[i]);
  }
  return object;
}

/* Undefined is the reset that is recommended. (transfer full) */
static RtmpValue *
to_value (const FlvColorInfo * self)
{
  static const gchar *const groups[] = { "colorConfig", "hdrCll", "hdrMdcv" };
  RtmpValue *color_info;

  if (self->has == 0)
    return rtmp_value_new_undefined ();
  color_info = rtmp_value_new_object ();
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++) {
    RtmpValue *group = group_to_value (self, groups[i]);

    if (group != NULL)
      rtmp_value_set (color_info, groups[i], group);
  }
  return color_info;
}

GBytes *
flv_color_info_write (const FlvColorInfo * self)
{
  g_autoptr (RtmpValue) value = to_value (self);
  RtmpWriter writer;

  rtmp_writer_init (&writer);
  rtmp_amf0_write_string (&writer, COLOR_INFO);
  rtmp_amf0_write (&writer, value);
  return rtmp_writer_take (&writer);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include "rtmperror.h"
#include "rtmplimits.h"

G_BEGIN_DECLS

/* Enhanced RTMP v2, "Metadata Frame": colorInfo. */

/* colorConfig: codes of ITU-T H.273; then hdrCll: cd/m2; then hdrMdcv: CIE 1931
 * chromaticities, and cd/m2. */
typedef enum
{
  FLV_COLOR_BIT_DEPTH,
  FLV_COLOR_PRIMARIES,
  FLV_COLOR_TRANSFER,
  FLV_COLOR_MATRIX,
  FLV_COLOR_MAX_FALL,
  FLV_COLOR_MAX_CLL,
  FLV_COLOR_RED_X,
  FLV_COLOR_RED_Y,
  FLV_COLOR_GREEN_X,
  FLV_COLOR_GREEN_Y,
  FLV_COLOR_BLUE_X,
  FLV_COLOR_BLUE_Y,
  FLV_COLOR_WHITE_X,
  FLV_COLOR_WHITE_Y,
  FLV_COLOR_MAX_LUMINANCE,
  FLV_COLOR_MIN_LUMINANCE,
} FlvColorMember;

#define FLV_COLOR_N_MEMBERS (FLV_COLOR_MIN_LUMINANCE + 1)

/**
 * FlvColorInfo:
 * @has: 1 << #FlvColorMember for each that is there
 * @values: by #FlvColorMember; 0 where not there
 *
 * What is known of the colours of a track. All zeros is a reset: nothing is.
 * Filled with flv_color_info_set().
 *
 * Since: 0.1
 */
typedef struct
{
  guint32 has;
  gdouble values[FLV_COLOR_N_MEMBERS];
} FlvColorInfo;

static inline gboolean
flv_color_info_has (const FlvColorInfo * self, FlvColorMember member)
{
  return (self->has >> member & 1) != 0;
}

/* Whether all of the members from @first to @last are there. */
static inline gboolean
flv_color_info_has_all (const FlvColorInfo * self, FlvColorMember first,
    FlvColorMember last)
{
  guint32 range = (2u << last) - (1u << first);

  return (self->has & range) == range;
}

/* A number too low or high for @member is made the lowest or highest there is.
 * Codes that are none, numbers that are none or below zero, and zero where it
 * can only mean unknown, are ignored. */
void flv_color_info_set (FlvColorInfo * self, FlvColorMember member,
    gdouble value);

/* The body of a metadata packet: pairs of name and value. A colorInfo among
 * them replaces all of @self; without one it stays. FALSE if the pairs cannot
 * be read, up to there they count: errors as rtmp_amf0_parse(), and
 * %RTMP_ERROR_BAD_FLV for a name that is no string.
 * @limits: %NULL for the defaults. */
gboolean flv_color_info_parse (FlvColorInfo * self, const guint8 * data,
    gsize size, const RtmpLimits * limits, GError ** error);

/* Such a body. (transfer full) */
GBytes *flv_color_info_write (const FlvColorInfo * self);

G_END_DECLS

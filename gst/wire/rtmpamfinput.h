/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmplimits.h"
#include "rtmpreader.h"
#include "rtmpvalue.h"

G_BEGIN_DECLS

/**
 * RtmpAmfInput:
 * @values: so far in this message, references expanded
 * @repeated: bytes of text that references have repeated
 *
 * The AMF values of one message, AMF0 and AMF3 alike: where reading is, and
 * what counts against the caps. Lives on the stack; nothing to free.
 *
 * Since: 0.1
 */
typedef struct
{
  RtmpReader reader;
  const RtmpLimits *limits;
  guint values;
  guint repeated;
} RtmpAmfInput;

/* @data is borrowed; @limits %NULL for the defaults. */
void rtmp_amf_input_init (RtmpAmfInput * self, const guint8 * data,
    gsize size, const RtmpLimits * limits);

/* What follows returns FALSE, or %NULL, with %RTMP_ERROR_LIMIT_AMF. */

/* Counts @n values that are about to be built. */
gboolean rtmp_amf_input_count (RtmpAmfInput * self, guint n, GError ** error);

/* Counts @size bytes of text that are about to be repeated. */
gboolean rtmp_amf_input_count_repeated (RtmpAmfInput * self, gsize size,
    GError ** error);

/* Whether @levels more may nest inside @depth objects and arrays. */
gboolean rtmp_amf_input_check_depth (const RtmpAmfInput * self, guint depth,
    guint levels, GError ** error);

/* What a reference inside @depth objects and arrays stands for: @target once
 * more, all of it counted. The reference is counted already, as one.
 * (transfer full) (nullable) */
RtmpValue *rtmp_amf_input_repeat (RtmpAmfInput * self, RtmpValue * target,
    guint depth, GError ** error);

G_END_DECLS

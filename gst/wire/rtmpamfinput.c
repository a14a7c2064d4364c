/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpamfinput.h"

#include "rtmperror.h"

void
rtmp_amf_input_init (RtmpAmfInput * self, const guint8 * data, gsize size,
    const RtmpLimits * limits)
{
  rtmp_reader_init (&self->reader, data, size);
  self->limits = limits ? limits : &rtmp_limits_default;
  self->values = 0;
  self->repeated = 0;
}

gboolean
rtmp_amf_input_count (RtmpAmfInput * self, guint n, GError ** error)
{
  guint max = self->limits->amf_values;

  if (self->values > max || n > max - self->values) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_LIMIT_AMF,
        "AMF: more than %u values, references expanded, at byte %"
        G_GSIZE_FORMAT, max, self->reader.pos);
    return FALSE;
  }
  self->values += n;
  return TRUE;
}

gboolean
rtmp_amf_input_count_repeated (RtmpAmfInput * self, gsize size, GError ** error)
{
  guint max = self->limits->amf_bytes;

  if (self->repeated > max || size > max - self->repeated) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_LIMIT_AMF,
        "AMF: references repeat more than %u bytes of text, at byte %"
        G_GSIZE_FORMAT, max, self->reader.pos);
    return FALSE;
  }
  self->repeated += (guint) size;
  return TRUE;
}

gboolean
rtmp_amf_input_check_depth (const RtmpAmfInput * self, guint depth,
    guint levels, GError ** error)
{
  guint max = self->limits->amf_depth;

  if (depth <= max && levels <= max - depth)
    return TRUE;
  g_set_error (error, RTMP_ERROR, RTMP_ERROR_LIMIT_AMF,
      "AMF: more than %u objects and arrays in each other, at byte %"
      G_GSIZE_FORMAT, max, self->reader.pos);
  return FALSE;
}

RtmpValue *
rtmp_amf_input_repeat (RtmpAmfInput * self, RtmpValue * target, guint depth,
    GError ** error)
{
  if (!rtmp_amf_input_count (self, rtmp_value_weight (target) - 1, error)
      || !rtmp_amf_input_count_repeated (self, rtmp_value_text_size (target),
          error)
      || !rtmp_amf_input_check_depth (self, depth, rtmp_value_depth (target),
          error))
    return NULL;
  return rtmp_value_ref (target);
}

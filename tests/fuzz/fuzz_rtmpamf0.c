/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpamf0.h"

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

static const RtmpLimits limits = {.amf_depth = 8,.amf_values = 1024,
  .amf_bytes = 4096
};

static gboolean
has_cycle (const RtmpValue * value)
{
  guint i;

  for (i = 0; i < rtmp_value_n_members (value); i++)
    if (has_cycle (rtmp_value_member (value, i, NULL)))
      return TRUE;
  return rtmp_value_type (value) == RTMP_VALUE_REFERENCE;
}

/* What is written is read again, and written the same. */
static void
write_twice (const RtmpValue * value)
{
  RtmpWriter once, twice;
  RtmpAmf0Parser parser;
  RtmpValue *again;

  rtmp_writer_init (&once);
  rtmp_writer_init (&twice);
  rtmp_amf0_write (&once, value);
  rtmp_amf0_parser_init (&parser, once.data, once.size, &limits);
  again = rtmp_amf0_parse (&parser, NULL);
  g_assert_false (rtmp_amf0_parser_more (&parser));
  rtmp_amf0_write (&twice, again);
  g_assert_cmpmem (once.data, once.size, twice.data, twice.size);
  rtmp_value_unref (again);
  rtmp_amf0_parser_clear (&parser);
  rtmp_writer_clear (&once);
  rtmp_writer_clear (&twice);
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  RtmpAmf0Parser parser;
  RtmpValue *value;

  rtmp_amf0_parser_init (&parser, data, size, &limits);
  while ((value = rtmp_amf0_parse (&parser, NULL))) {
    g_assert_cmpuint (rtmp_value_weight (value), <=, parser.input.values);
    g_assert_cmpuint (rtmp_value_depth (value), <=, limits.amf_depth);
    g_free (rtmp_value_to_string (value));
    if (!has_cycle (value))
      write_twice (value);
    rtmp_value_unref (value);
  }
  g_assert_cmpuint (parser.input.values, <=, limits.amf_values);
  rtmp_amf0_parser_clear (&parser);
  return 0;
}

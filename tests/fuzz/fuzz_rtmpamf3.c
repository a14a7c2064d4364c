/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpamf0.h"
#include "rtmpamf3writer.h"

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
  RtmpAmfInput input;
  RtmpAmf3Parser parser;
  RtmpValue *again;

  rtmp_writer_init (&once);
  rtmp_writer_init (&twice);
  rtmp_amf3_write (&once, value);
  rtmp_amf_input_init (&input, once.data, once.size, NULL);
  rtmp_amf3_parser_init (&parser, &input);
  again = rtmp_amf3_parse (&parser, 0, NULL);
  g_assert_nonnull (again);
  g_assert_cmpuint (rtmp_reader_left (&input.reader), ==, 0);
  rtmp_amf3_write (&twice, again);
  if (!has_cycle (value))
    g_assert_cmpmem (once.data, once.size, twice.data, twice.size);
  rtmp_value_unref (again);
  rtmp_amf3_parser_clear (&parser);
  rtmp_writer_clear (&once);
  rtmp_writer_clear (&twice);
}

/* In AMF0 there is no more of it than what the caps let through. */
static void
write_amf0 (const RtmpValue * value, gsize size)
{
  RtmpWriter writer;

  rtmp_writer_init (&writer);
  rtmp_amf0_write (&writer, value);
  g_assert_cmpuint (writer.size, <=, size + limits.amf_bytes
      + 16 * limits.amf_values);
  rtmp_writer_clear (&writer);
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  RtmpAmfInput input;
  RtmpAmf3Parser parser;
  RtmpValue *value;

  rtmp_amf_input_init (&input, data, size, &limits);
  rtmp_amf3_parser_init (&parser, &input);
  while ((value = rtmp_amf3_parse (&parser, 0, NULL))) {
    g_assert_cmpuint (rtmp_value_weight (value), <=, input.values);
    g_assert_cmpuint (rtmp_value_depth (value), <=, limits.amf_depth);
    g_free (rtmp_value_to_string (value));
    write_twice (value);
    write_amf0 (value, size);
    rtmp_value_unref (value);
  }
  g_assert_cmpuint (input.values, <=, limits.amf_values);
  g_assert_cmpuint (input.repeated, <=, limits.amf_bytes);
  rtmp_amf3_parser_clear (&parser);
  return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmpamf3.h"
#include "rtmpamf3writer.h"
#include "rtmptestbytes.h"

G_BEGIN_DECLS

/* The first value of a message in AMF3, and in @left how many bytes follow it.
 * The bytes are a block of exactly their size, so that a sanitizer sees a read
 * past them. (transfer full) */
static inline RtmpValue *
rtmp_test_amf3_parse (gconstpointer bytes, gsize size,
    const RtmpLimits * limits, gsize * left, GError ** error)
{
  guint8 *data = g_memdup2 (bytes, size);
  RtmpAmf3Parser parser;
  RtmpAmfInput input;
  RtmpValue *value;

  rtmp_amf_input_init (&input, data, size, limits);
  rtmp_amf3_parser_init (&parser, &input);
  value = rtmp_amf3_parse (&parser, 0, error);
  *left = rtmp_reader_left (&input.reader);
  g_assert_cmpuint (input.values, <=, input.limits->amf_values);
  if (value != NULL)
    g_assert_cmpuint (input.values, >=, rtmp_value_weight (value));
  rtmp_amf3_parser_clear (&parser);
  g_free (data);
  return value;
}

/* The only value of a message that is as it should be. (transfer full) */
static inline RtmpValue *
rtmp_test_amf3_read (GBytes * bytes)
{
  gsize size, left;
  gconstpointer data = g_bytes_get_data (bytes, &size);
  GError *error = NULL;
  RtmpValue *value = rtmp_test_amf3_parse (data, size, NULL, &left, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (left, ==, 0);
  return value;
}

/* (transfer full) */
static inline GBytes *
rtmp_test_amf3_write (const RtmpValue * value)
{
  RtmpWriter writer;

  rtmp_writer_init (&writer);
  rtmp_amf3_write (&writer, value);
  return rtmp_writer_take (&writer);
}

static inline void
rtmp_test_assert_prints (const RtmpValue * value, const gchar * expected)
{
  gchar *text = rtmp_value_to_string (value);

  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

G_END_DECLS

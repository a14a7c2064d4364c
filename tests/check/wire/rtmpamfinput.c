/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpamfinput.h"

#include "rtmperror.h"

static const RtmpLimits small = {.amf_depth = 3,.amf_values = 16,
  .amf_bytes = 8
};

static void
assert_limit (GError * error, const gchar * message)
{
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_LIMIT_AMF);
  g_assert_cmpstr (error->message, ==, message);
  g_error_free (error);
}

static void
test_defaults (void)
{
  RtmpAmfInput input;

  rtmp_amf_input_init (&input, (const guint8 *) "ab", 2, NULL);
  g_assert_true (input.limits == &rtmp_limits_default);
  g_assert_cmpuint (rtmp_reader_left (&input.reader), ==, 2);
}

static void
test_count (void)
{
  RtmpAmfInput input;
  GError *error = NULL;

  rtmp_amf_input_init (&input, NULL, 0, &small);
  g_assert_true (rtmp_amf_input_count (&input, 15, NULL));
  g_assert_false (rtmp_amf_input_count (&input, 2, NULL));
  g_assert_false (rtmp_amf_input_count (&input, G_MAXUINT, NULL));
  g_assert_true (rtmp_amf_input_count (&input, 1, NULL));
  g_assert_cmpuint (input.values, ==, 16);
  g_assert_false (rtmp_amf_input_count (&input, 1, &error));
  assert_limit (error,
      "AMF: more than 16 values, references expanded, at byte 0");
}

static void
test_count_repeated (void)
{
  RtmpAmfInput input;
  GError *error = NULL;

  rtmp_amf_input_init (&input, NULL, 0, &small);
  g_assert_true (rtmp_amf_input_count_repeated (&input, 8, NULL));
  g_assert_true (rtmp_amf_input_count_repeated (&input, 0, NULL));
  g_assert_false (rtmp_amf_input_count_repeated (&input, G_MAXSIZE, NULL));
  g_assert_false (rtmp_amf_input_count_repeated (&input, 1, &error));
  assert_limit (error,
      "AMF: references repeat more than 8 bytes of text, at byte 0");
}

static void
test_check_depth (void)
{
  RtmpAmfInput input;
  GError *error = NULL;

  rtmp_amf_input_init (&input, NULL, 0, &small);
  g_assert_true (rtmp_amf_input_check_depth (&input, 0, 3, NULL));
  g_assert_true (rtmp_amf_input_check_depth (&input, 3, 0, NULL));
  g_assert_false (rtmp_amf_input_check_depth (&input, 4, 0, NULL));
  g_assert_false (rtmp_amf_input_check_depth (&input, 1, G_MAXUINT, NULL));
  g_assert_false (rtmp_amf_input_check_depth (&input, 3, 1, &error));
  assert_limit (error,
      "AMF: more than 3 objects and arrays in each other, at byte 0");
}

static void
test_repeat (void)
{
  RtmpAmfInput input;
  RtmpValue *target = rtmp_value_new_object ();

  rtmp_value_set_string (target, "ab", "cd");
  rtmp_amf_input_init (&input, NULL, 0, &small);
  g_assert_true (rtmp_amf_input_repeat (&input, target, 2, NULL) == target);
  rtmp_value_unref (target);
  g_assert_cmpuint (input.values, ==, 1);
  g_assert_cmpuint (input.repeated, ==, 4);
  g_assert_null (rtmp_amf_input_repeat (&input, target, 3, NULL));
  g_assert_null (rtmp_amf_input_repeat (&input, target, 0, NULL));
  rtmp_amf_input_init (&input, NULL, 0, &small);
  input.values = 16;
  g_assert_null (rtmp_amf_input_repeat (&input, target, 0, NULL));
  rtmp_value_unref (target);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/amfinput/defaults", test_defaults);
  g_test_add_func ("/amfinput/E-083-count", test_count);
  g_test_add_func ("/amfinput/count-repeated", test_count_repeated);
  g_test_add_func ("/amfinput/E-083-check-depth", test_check_depth);
  g_test_add_func ("/amfinput/repeat", test_repeat);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flvscript.h"

#include "rtmptestbytes.h"

#define NAME "02000A 6F6E4D65746144617461"      /* onMetaData */
#define SET "02000D 40736574446174614672616D65" /* @setDataFrame */
#define OBJECT "03 000161 003FF0000000000000 000009"    /* {a: 1} */
#define ECMA "08 00000001 000161 003FF0000000000000 000009"

static FlvScript
parse (const gchar * hex)
{
  g_autoptr (GBytes) body = rtmp_test_unhex (hex);
  GError *error = NULL;
  FlvScript script;

  g_assert_true (flv_script_parse (&script, body, NULL, &error));
  g_assert_no_error (error);
  return script;
}

static void
assert_fails (const gchar * hex, RtmpError code, const gchar * message)
{
  g_autoptr (GBytes) body = rtmp_test_unhex (hex);
  g_autoptr (GError) error = NULL;
  FlvScript script;

  g_assert_false (flv_script_parse (&script, body, NULL, &error));
  g_assert_error (error, RTMP_ERROR, (gint) code);
  g_assert_cmpstr (error->message, ==, message);
  g_assert_null (script.name);
  g_assert_null (script.values);
}

static void
assert_metadata (const gchar * hex)
{
  g_auto (FlvScript) script = parse (hex);

  g_assert_cmpstr (script.name, ==, FLV_SCRIPT_ON_META_DATA);
  g_assert_cmpuint (script.values->len, ==, 1);
  g_assert_cmpfloat (rtmp_value_get_number (flv_script_object (&script), "a",
          0), ==, 1);
}

static void
test_forms (void)
{
  assert_metadata (NAME ECMA);
  assert_metadata (NAME OBJECT);
  assert_metadata (SET NAME ECMA);
  /* without an end, and with a count that is wrong */
  assert_metadata (NAME "08 00000009 000161 003FF0000000000000");
  /* behind it, what is no value */
  assert_metadata (NAME ECMA "EE");
}

/* With the selector or without, and with values of AMF3 or without. */
static void
test_amf3 (void)
{
  assert_metadata ("00" NAME ECMA);
  assert_metadata ("00" SET NAME OBJECT);
  assert_metadata ("00" NAME "11 0A 0B 01 0361 0401 01");
  assert_metadata (NAME "11 0A 0B 01 0361 0401 01");
}

static void
test_no_object (void)
{
  g_auto (FlvScript) access = parse ("020011 7C52746D7053616D706C65416363657373"
      "0101 0100");
  g_auto (FlvScript) nothing = parse (NAME);

  g_assert_cmpstr (access.name, ==, "|RtmpSampleAccess");
  g_assert_cmpuint (access.values->len, ==, 2);
  g_assert_true (rtmp_value_as_boolean (g_ptr_array_index (access.values, 0),
          FALSE));
  g_assert_null (flv_script_object (&access));
  g_assert_cmpuint (nothing.values->len, ==, 0);
  g_assert_null (flv_script_object (&nothing));
}

static void
test_object_is_the_first (void)
{
  g_auto (FlvScript) script = parse (NAME "05" OBJECT ECMA);

  g_assert_true (flv_script_object (&script)
      == g_ptr_array_index (script.values, 1));
}

static void
test_errors (void)
{
  assert_fails ("", RTMP_ERROR_BAD_FLV,
      "script data: expected a name at byte 0, got the end of the data");
  assert_fails (SET, RTMP_ERROR_BAD_FLV,
      "script data: expected a name at byte 16, got the end of the data");
  assert_fails ("00 05", RTMP_ERROR_BAD_FLV,
      "script data: expected a name, a string, at byte 1, got null");
  assert_fails (NAME "EE", RTMP_ERROR_BAD_AMF,
      "AMF0: expected the marker of a value, got 0xee at byte 13");
  assert_fails ("0200", RTMP_ERROR_BAD_AMF,
      "AMF0: expected a whole value from byte 0, got the end of the data at "
      "byte 2");
}

static void
test_limits (void)
{
  static const RtmpLimits limits = {.amf_depth = 1,.amf_values = 2 };
  g_autoptr (GBytes) body = rtmp_test_unhex (NAME ECMA);
  g_autoptr (GError) error = NULL;
  FlvScript script;

  g_assert_false (flv_script_parse (&script, body, &limits, &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_LIMIT_AMF);
}

static void
test_write_metadata (void)
{
  g_auto (FlvScript) script = parse (NAME OBJECT "03 000009 0101");

  rtmp_test_assert_bytes (flv_script_write (script.name,
          (RtmpValue **) script.values->pdata, script.values->len),
      NAME ECMA "08 00000000 000009 0101");
}

static void
test_write_others (void)
{
  g_auto (FlvScript) script = parse (NAME OBJECT "0101");

  rtmp_test_assert_bytes (flv_script_write ("x",
          (RtmpValue **) script.values->pdata, script.values->len),
      "020001 78" OBJECT "0101");
  rtmp_test_assert_bytes (flv_script_write ("x", NULL, 0), "020001 78");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flvscript/forms", test_forms);
  g_test_add_func ("/flvscript/E-186-amf3", test_amf3);
  g_test_add_func ("/flvscript/no-object", test_no_object);
  g_test_add_func ("/flvscript/object-is-the-first", test_object_is_the_first);
  g_test_add_func ("/flvscript/errors", test_errors);
  g_test_add_func ("/flvscript/limits", test_limits);
  g_test_add_func ("/flvscript/E-258-metadata-is-an-ecma-array",
      test_write_metadata);
  g_test_add_func ("/flvscript/write-others", test_write_others);
  return g_test_run ();
}

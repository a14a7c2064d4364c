/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flvscript.h"

#include <string.h>

#include "rtmpamf0.h"
#include "rtmplog.h"

#define SELECTOR_AMF0 0x00
#define SET_DATA_FRAME "@setDataFrame"

/* Enhanced RTMP, "Action Message Format". The same byte would begin a number:
 * no script does, they begin with a name. */
static void
skip_selector (RtmpReader * reader)
{
  guint8 first;

  if (rtmp_reader_peek_u8 (reader, &first) && first == SELECTOR_AMF0)
    rtmp_reader_skip (reader, 1);
}

/* (transfer full) (nullable) */
static gchar *
parse_name (RtmpAmf0Parser * parser, GError ** error)
{
  g_autoptr (RtmpValue) value = NULL;
  gsize start = parser->input.reader.pos;

  if (!rtmp_amf0_parser_more (parser)) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_FLV,
        "script data: expected a name at byte %" G_GSIZE_FORMAT
        ", got the end of the data", start);
    return NULL;
  }
  value = rtmp_amf0_parse (parser, error);
  if (value == NULL)
    return NULL;
  if (rtmp_value_type (value) != RTMP_VALUE_STRING) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_FLV,
        "script data: expected a name, a string, at byte %" G_GSIZE_FORMAT
        ", got %s", start, rtmp_value_type_to_string (rtmp_value_type (value)));
    return NULL;
  }
  return g_strdup (rtmp_value_as_string (value, NULL));
}

static gboolean
parse_values (FlvScript * self, RtmpAmf0Parser * parser, GError ** error)
{
  GError *reason = NULL;
  RtmpValue *value;

  while (rtmp_amf0_parser_more (parser)
      && (value = rtmp_amf0_parse (parser, &reason)))
    g_ptr_array_add (self->values, value);
  if (reason == NULL)
    return TRUE;
  if (self->values->len == 0) {
    g_propagate_error (error, reason);
    return FALSE;
  }
  RTMP_DEBUG ("%s: behind value %u: %s", self->name, self->values->len,
      reason->message);
  g_error_free (reason);
  return TRUE;
}

gboolean
flv_script_parse (FlvScript * self, GBytes * body, const RtmpLimits * limits,
    GError ** error)
{
  RtmpAmf0Parser parser;
  gsize size;
  const guint8 *data = g_bytes_get_data (body, &size);
  gboolean ok;

  self->values =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rtmp_value_unref);
  rtmp_amf0_parser_init (&parser, data, size, limits);
  skip_selector (&parser.input.reader);
  self->name = parse_name (&parser, error);
  if (g_strcmp0 (self->name, SET_DATA_FRAME) == 0) {
    g_free (self->name);
    self->name = parse_name (&parser, error);
  }
  ok = self->name != NULL && parse_values (self, &parser, error);
  rtmp_amf0_parser_clear (&parser);
  if (!ok)
    flv_script_clear (self);
  return ok;
}

void
flv_script_clear (FlvScript * self)
{
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->values, g_ptr_array_unref);
}

static gboolean
is_object (const RtmpValue * value)
{
  return rtmp_value_type (value) == RTMP_VALUE_OBJECT
      || rtmp_value_type (value) == RTMP_VALUE_ECMA_ARRAY;
}

RtmpValue *
flv_script_object (const FlvScript * self)
{
  for (guint i = 0; i < self->values->len; i++) {
    RtmpValue *value = g_ptr_array_index (self->values, i);

    if (is_object (value))
      return value;
  }
  return NULL;
}

static void
write_ecma_array (RtmpWriter * writer, const RtmpValue * object)
{
  g_autoptr (RtmpValue) array = rtmp_value_new_ecma_array ();

  for (guint i = 0; i < rtmp_value_n_members (object); i++) {
    const gchar *name;
    RtmpValue *member = rtmp_value_member (object, i, &name);

    rtmp_value_add_len (array, name, strlen (name), rtmp_value_ref (member));
  }
  rtmp_amf0_write (writer, array);
}

GBytes *
flv_script_write (const gchar * name, RtmpValue * const *values, guint n)
{
  gboolean is_metadata = strcmp (name, FLV_SCRIPT_ON_META_DATA) == 0;
  RtmpWriter writer;

  rtmp_writer_init (&writer);
  rtmp_amf0_write_string (&writer, name);
  for (guint i = 0; i < n; i++) {
    if (is_metadata && is_object (values[i]))
      write_ecma_array (&writer, values[i]);
    else
      rtmp_amf0_write (&writer, values[i]);
  }
  return rtmp_writer_take (&writer);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpamf0.h"

#include <string.h>

#include "rtmpamf3writer.h"
#include "rtmperror.h"

/* AMF0, 2.1 */
enum
{
  MARKER_NUMBER = 0x00,
  MARKER_BOOLEAN = 0x01,
  MARKER_STRING = 0x02,
  MARKER_OBJECT = 0x03,
  MARKER_NULL = 0x05,
  MARKER_UNDEFINED = 0x06,
  MARKER_REFERENCE = 0x07,
  MARKER_ECMA_ARRAY = 0x08,
  MARKER_OBJECT_END = 0x09,
  MARKER_STRICT_ARRAY = 0x0A,
  MARKER_DATE = 0x0B,
  MARKER_LONG_STRING = 0x0C,
  MARKER_UNSUPPORTED = 0x0D,
  MARKER_XML = 0x0F,
  MARKER_TYPED_OBJECT = 0x10,
  MARKER_AVMPLUS = 0x11,
};

typedef RtmpValue *(*TextNewFunc) (const gchar * text, gsize length);

void
rtmp_amf0_parser_init (RtmpAmf0Parser * self, const guint8 * data, gsize size,
    const RtmpLimits * limits)
{
  rtmp_amf_input_init (&self->input, data, size, limits);
  self->table =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rtmp_value_unref);
  rtmp_amf3_parser_init (&self->amf3, &self->input);
  self->switched = FALSE;
}

void
rtmp_amf0_parser_clear (RtmpAmf0Parser * self)
{
  g_clear_pointer (&self->table, g_ptr_array_unref);
  rtmp_amf3_parser_clear (&self->amf3);
}

gboolean
rtmp_amf0_parser_more (const RtmpAmf0Parser * self)
{
  return rtmp_reader_left (&self->input.reader) > 0;
}

/* In what follows, a parse function that returns NULL and leaves @error (never
 * NULL here) unset has met the end of the data. Only objects and ECMA arrays
 * can make something of that; nothing more is read after it. */

static RtmpValue *parse_value (RtmpAmf0Parser * self, guint depth,
    GError ** error);

static RtmpValue *
parse_number (RtmpAmf0Parser * self)
{
  gdouble number;

  if (!rtmp_reader_f64 (&self->input.reader, &number))
    return NULL;
  return rtmp_value_new_number (number);
}

static RtmpValue *
parse_boolean (RtmpAmf0Parser * self)
{
  guint8 boolean;

  if (!rtmp_reader_u8 (&self->input.reader, &boolean))
    return NULL;
  return rtmp_value_new_boolean (boolean != 0);
}

static gboolean
read_string16 (RtmpAmf0Parser * self, const gchar ** text, gsize * length)
{
  guint16 n;
  const guint8 *bytes;

  if (!rtmp_reader_u16 (&self->input.reader, &n)
      || !rtmp_reader_bytes (&self->input.reader, n, &bytes))
    return FALSE;
  *text = (const gchar *) bytes;
  *length = n;
  return TRUE;
}

static RtmpValue *
parse_string (RtmpAmf0Parser * self)
{
  const gchar *text;
  gsize length;

  if (!read_string16 (self, &text, &length))
    return NULL;
  return rtmp_value_new_string_len (text, length);
}

static RtmpValue *
parse_long_text (RtmpAmf0Parser * self, TextNewFunc text_new)
{
  guint32 length;
  const guint8 *text;

  if (!rtmp_reader_u32 (&self->input.reader, &length)
      || !rtmp_reader_bytes (&self->input.reader, length, &text))
    return NULL;
  return text_new ((const gchar *) text, length);
}

static RtmpValue *
parse_date (RtmpAmf0Parser * self)
{
  gdouble ms;
  guint16 zone;

  if (!rtmp_reader_f64 (&self->input.reader, &ms)
      || !rtmp_reader_u16 (&self->input.reader, &zone))
    return NULL;
  return rtmp_value_new_date (ms, (gint16) zone);
}

/* AMF0, 2.9. Containers are numbered in the order in which they begin. */
static guint
table_open (RtmpAmf0Parser * self)
{
  g_ptr_array_add (self->table, NULL);
  return self->table->len - 1;
}

static void
table_close (RtmpAmf0Parser * self, guint index, RtmpValue * value)
{
  g_ptr_array_index (self->table, index) = rtmp_value_ref (value);
}

static RtmpValue *
parse_reference (RtmpAmf0Parser * self, guint depth, GError ** error)
{
  guint16 index;
  RtmpValue *target;

  if (!rtmp_reader_u16 (&self->input.reader, &index))
    return NULL;
  if (index >= self->table->len) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_AMF,
        "AMF0: reference to object %u of %u before byte %" G_GSIZE_FORMAT,
        index, self->table->len, self->input.reader.pos);
    return NULL;
  }
  target = g_ptr_array_index (self->table, index);
  if (target == NULL)
    return rtmp_value_new_reference (index);
  return rtmp_amf_input_repeat (&self->input, target, depth, error);
}

static void
parse_object_end (RtmpAmf0Parser * self, GError ** error)
{
  guint8 marker;

  if (rtmp_reader_u8 (&self->input.reader, &marker)
      && marker != MARKER_OBJECT_END)
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_AMF,
        "AMF0: expected marker 0x09 after an empty member name, got 0x%02x at "
        "byte %" G_GSIZE_FORMAT, marker, self->input.reader.pos - 1);
}

/* FALSE when there are no more, for whatever reason. */
static gboolean
parse_member (RtmpAmf0Parser * self, guint depth, RtmpValue * object,
    GError ** error)
{
  const gchar *name;
  gsize length;
  RtmpValue *member;

  if (!read_string16 (self, &name, &length)) {
    rtmp_reader_skip (&self->input.reader,
        rtmp_reader_left (&self->input.reader));
    return FALSE;
  }
  if (length == 0) {
    parse_object_end (self, error);
    return FALSE;
  }
  member = parse_value (self, depth, error);
  if (member == NULL)
    return FALSE;
  rtmp_value_add_len (object, name, length, member);
  return TRUE;
}

/* Fills @object, new and (transfer full), with the members that follow; up to
 * the end of the data if there is no end mark. */
static RtmpValue *
parse_members (RtmpAmf0Parser * self, guint depth, RtmpValue * object,
    GError ** error)
{
  guint index = table_open (self);
  gboolean more = rtmp_amf_input_check_depth (&self->input, depth, 1, error);

  while (more)
    more = parse_member (self, depth + 1, object, error);
  if (*error != NULL) {
    rtmp_value_unref (object);
    return NULL;
  }
  table_close (self, index, object);
  return object;
}

static RtmpValue *
parse_typed_object (RtmpAmf0Parser * self, guint depth, GError ** error)
{
  const gchar *text;
  gsize length;
  gchar *class_name;
  RtmpValue *object;

  if (!read_string16 (self, &text, &length))
    return NULL;
  class_name = g_strndup (text, length);
  object = rtmp_value_new_typed_object (class_name);
  g_free (class_name);
  return parse_members (self, depth, object, error);
}

static RtmpValue *
parse_ecma_array (RtmpAmf0Parser * self, guint depth, GError ** error)
{
  /* The count is only a hint; writers are often wrong about it. */
  if (!rtmp_reader_skip (&self->input.reader, 4))
    return NULL;
  return parse_members (self, depth, rtmp_value_new_ecma_array (), error);
}

static RtmpValue *
parse_strict_array (RtmpAmf0Parser * self, guint depth, GError ** error)
{
  guint32 count;
  guint index = table_open (self);
  RtmpValue *array;

  /* A value takes at least a byte. */
  if (!rtmp_reader_u32 (&self->input.reader, &count)
      || count > rtmp_reader_left (&self->input.reader)
      || !rtmp_amf_input_check_depth (&self->input, depth, 1, error))
    return NULL;
  array = rtmp_value_new_strict_array ();
  while (count-- > 0) {
    RtmpValue *member = parse_value (self, depth + 1, error);

    if (member == NULL) {
      rtmp_value_unref (array);
      return NULL;
    }
    rtmp_value_append (array, member);
  }
  table_close (self, index, array);
  return array;
}

/* AMF0, 2.17. Behind it, AMF0 goes on. */
static RtmpValue *
parse_amf3 (RtmpAmf0Parser * self, guint depth, GError ** error)
{
  self->switched = TRUE;
  return rtmp_amf3_parse (&self->amf3, depth, error);
}

static RtmpValue *
parse_body (RtmpAmf0Parser * self, guint8 marker, guint depth, GError ** error)
{
  switch (marker) {
    case MARKER_NUMBER:
      return parse_number (self);
    case MARKER_BOOLEAN:
      return parse_boolean (self);
    case MARKER_STRING:
      return parse_string (self);
    case MARKER_OBJECT:
      return parse_members (self, depth, rtmp_value_new_object (), error);
    case MARKER_NULL:
      return rtmp_value_new_null ();
    case MARKER_UNDEFINED:
      return rtmp_value_new_undefined ();
    case MARKER_REFERENCE:
      return parse_reference (self, depth, error);
    case MARKER_ECMA_ARRAY:
      return parse_ecma_array (self, depth, error);
    case MARKER_STRICT_ARRAY:
      return parse_strict_array (self, depth, error);
    case MARKER_DATE:
      return parse_date (self);
    case MARKER_LONG_STRING:
      return parse_long_text (self, rtmp_value_new_string_len);
    case MARKER_UNSUPPORTED:
      return rtmp_value_new_unsupported ();
    case MARKER_XML:
      return parse_long_text (self, rtmp_value_new_xml_len);
    case MARKER_TYPED_OBJECT:
      return parse_typed_object (self, depth, error);
    case MARKER_AVMPLUS:
      return parse_amf3 (self, depth, error);
    default:
      g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_AMF,
          "AMF0: expected the marker of a value, got 0x%02x at byte %"
          G_GSIZE_FORMAT, marker, self->input.reader.pos - 1);
      return NULL;
  }
}

/* @depth: how many objects and arrays stand around the value. */
static RtmpValue *
parse_value (RtmpAmf0Parser * self, guint depth, GError ** error)
{
  guint8 marker;
  RtmpValue *value = NULL;

  if (rtmp_reader_u8 (&self->input.reader, &marker)
      && rtmp_amf_input_count (&self->input, 1, error))
    value = parse_body (self, marker, depth, error);
  if (value == NULL)
    rtmp_reader_skip (&self->input.reader,
        rtmp_reader_left (&self->input.reader));
  return value;
}

RtmpValue *
rtmp_amf0_parse (RtmpAmf0Parser * self, GError ** error)
{
  gsize start = self->input.reader.pos;
  GError *reason = NULL;
  RtmpValue *value = parse_value (self, 0, &reason);

  if (value == NULL && reason == NULL)
    g_set_error (&reason, RTMP_ERROR, RTMP_ERROR_BAD_AMF,
        "AMF0: expected a whole value from byte %" G_GSIZE_FORMAT
        ", got the end of the data at byte %" G_GSIZE_FORMAT, start,
        self->input.reader.size);
  if (reason != NULL)
    g_propagate_error (error, reason);
  return value;
}

/* Not more than 65535 bytes. */
static void
write_string16 (RtmpWriter * writer, const gchar * text, gsize length)
{
  rtmp_writer_u16 (writer, (guint16) length);
  rtmp_writer_bytes (writer, text, length);
}

static void
write_text32 (RtmpWriter * writer, guint8 marker, const gchar * text,
    gsize length)
{
  rtmp_writer_u8 (writer, marker);
  rtmp_writer_u32 (writer, (guint32) length);
  rtmp_writer_bytes (writer, text, length);
}

static void
write_string_len (RtmpWriter * writer, const gchar * text, gsize length)
{
  if (length > G_MAXUINT16) {
    write_text32 (writer, MARKER_LONG_STRING, text, length);
    return;
  }
  rtmp_writer_u8 (writer, MARKER_STRING);
  write_string16 (writer, text, length);
}

static void
write_xml (RtmpWriter * writer, const RtmpValue * value)
{
  gsize length;
  const gchar *text = rtmp_value_as_string (value, &length);

  write_text32 (writer, MARKER_XML, text, length);
}

static void
write_text (RtmpWriter * writer, const RtmpValue * value)
{
  gsize length;
  const gchar *text = rtmp_value_as_string (value, &length);

  write_string_len (writer, text, length);
}

static void
write_date (RtmpWriter * writer, const RtmpValue * value)
{
  rtmp_writer_u8 (writer, MARKER_DATE);
  rtmp_writer_f64 (writer, rtmp_value_as_number (value, 0));
  rtmp_writer_u16 (writer, (guint16) rtmp_value_date_zone (value));
}

static void
write_reference (RtmpWriter * writer, const RtmpValue * value)
{
  rtmp_writer_u8 (writer, MARKER_REFERENCE);
  rtmp_writer_u16 (writer, rtmp_value_reference_index (value));
}

/* An empty name is the end mark, and longer ones do not fit. */
static gboolean
can_write_name (const gchar * name)
{
  gsize length = strlen (name);

  return length > 0 && length <= G_MAXUINT16;
}

static guint
count_written_members (const RtmpValue * value)
{
  guint i, count = 0;

  for (i = 0; i < rtmp_value_n_members (value); i++) {
    const gchar *name;

    rtmp_value_member (value, i, &name);
    count += can_write_name (name);
  }
  return count;
}

static void
write_members (RtmpWriter * writer, const RtmpValue * value)
{
  guint i;

  for (i = 0; i < rtmp_value_n_members (value); i++) {
    const gchar *name;
    const RtmpValue *member = rtmp_value_member (value, i, &name);

    if (!can_write_name (name))
      continue;
    write_string16 (writer, name, strlen (name));
    rtmp_amf0_write (writer, member);
  }
  write_string16 (writer, NULL, 0);
  rtmp_writer_u8 (writer, MARKER_OBJECT_END);
}

static void
write_object (RtmpWriter * writer, const RtmpValue * value)
{
  const gchar *class_name = rtmp_value_class_name (value);
  gsize length = class_name ? strlen (class_name) : 0;

  if (class_name == NULL || length > G_MAXUINT16) {
    rtmp_writer_u8 (writer, MARKER_OBJECT);
  } else {
    rtmp_writer_u8 (writer, MARKER_TYPED_OBJECT);
    write_string16 (writer, class_name, length);
  }
  write_members (writer, value);
}

static void
write_ecma_array (RtmpWriter * writer, const RtmpValue * value)
{
  rtmp_writer_u8 (writer, MARKER_ECMA_ARRAY);
  rtmp_writer_u32 (writer, count_written_members (value));
  write_members (writer, value);
}

static void
write_strict_array (RtmpWriter * writer, const RtmpValue * value)
{
  guint i, count = rtmp_value_n_members (value);

  rtmp_writer_u8 (writer, MARKER_STRICT_ARRAY);
  rtmp_writer_u32 (writer, count);
  for (i = 0; i < count; i++)
    rtmp_amf0_write (writer, rtmp_value_member (value, i, NULL));
}

void
rtmp_amf0_write (RtmpWriter * writer, const RtmpValue * value)
{
  switch (rtmp_value_type (value)) {
    case RTMP_VALUE_UNDEFINED:
      rtmp_writer_u8 (writer, MARKER_UNDEFINED);
      break;
    case RTMP_VALUE_NULL:
      rtmp_amf0_write_null (writer);
      break;
    case RTMP_VALUE_UNSUPPORTED:
    case RTMP_VALUE_BYTES:
    case RTMP_VALUE_DICTIONARY:
      rtmp_writer_u8 (writer, MARKER_UNSUPPORTED);
      break;
    case RTMP_VALUE_BOOLEAN:
      rtmp_amf0_write_boolean (writer, rtmp_value_as_boolean (value, FALSE));
      break;
    case RTMP_VALUE_NUMBER:
      rtmp_amf0_write_number (writer, rtmp_value_as_number (value, 0));
      break;
    case RTMP_VALUE_STRING:
      write_text (writer, value);
      break;
    case RTMP_VALUE_XML:
    case RTMP_VALUE_E4X:
      write_xml (writer, value);
      break;
    case RTMP_VALUE_DATE:
      write_date (writer, value);
      break;
    case RTMP_VALUE_OBJECT:
      write_object (writer, value);
      break;
    case RTMP_VALUE_ECMA_ARRAY:
      write_ecma_array (writer, value);
      break;
    case RTMP_VALUE_STRICT_ARRAY:
    case RTMP_VALUE_VECTOR:
      write_strict_array (writer, value);
      break;
    case RTMP_VALUE_REFERENCE:
      write_reference (writer, value);
      break;
  }
}

void
rtmp_amf0_write_amf3 (RtmpWriter * writer, const RtmpValue * value)
{
  rtmp_writer_u8 (writer, MARKER_AVMPLUS);
  rtmp_amf3_write (writer, value);
}

void
rtmp_amf0_write_string (RtmpWriter * writer, const gchar * value)
{
  write_string_len (writer, value, strlen (value));
}

void
rtmp_amf0_write_number (RtmpWriter * writer, gdouble value)
{
  rtmp_writer_u8 (writer, MARKER_NUMBER);
  rtmp_writer_f64 (writer, value);
}

void
rtmp_amf0_write_boolean (RtmpWriter * writer, gboolean value)
{
  rtmp_writer_u8 (writer, MARKER_BOOLEAN);
  rtmp_writer_u8 (writer, value ? 1 : 0);
}

void
rtmp_amf0_write_null (RtmpWriter * writer)
{
  rtmp_writer_u8 (writer, MARKER_NULL);
}

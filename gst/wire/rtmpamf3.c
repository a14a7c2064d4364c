/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpamf3.h"

#include <string.h>

#include "rtmperror.h"

const gchar *const rtmp_amf3_vector_types[RTMP_AMF3_N_VECTOR_TYPES] =
    { "int", "uint", "Number" };

/* A position as a name. */
#define POSITION_SIZE 16

/* Classes that write themselves, as a single value. */
static const struct
{
  const gchar *class_name;
  const gchar *member;
} externalizable[] = {
  {"flex.messaging.io.ArrayCollection", "source"},
  {"flex.messaging.io.ObjectProxy", "object"},
};

const gchar *
rtmp_amf3_external_member (const gchar * class_name)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (externalizable); i++)
    if (g_strcmp0 (class_name, externalizable[i].class_name) == 0)
      return externalizable[i].member;
  return NULL;
}

/* Text in the input, not NUL-terminated. */
typedef struct
{
  const gchar *text;
  gsize length;
} Text;

typedef struct
{
  gchar *class_name;            /* "" for none */
  GArray *names;                /* of Text: the sealed members */
  gboolean dynamic;
  gboolean externalizable;
  gsize text_size;
} Traits;

static void
traits_free (gpointer data)
{
  Traits *self = data;

  g_free (self->class_name);
  g_array_unref (self->names);
  g_free (self);
}

void
rtmp_amf3_parser_init (RtmpAmf3Parser * self, RtmpAmfInput * input)
{
  self->input = input;
  self->strings = g_array_new (FALSE, FALSE, sizeof (Text));
  self->objects =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rtmp_value_unref);
  self->traits = g_ptr_array_new_with_free_func (traits_free);
  self->first_object = 0;
}

void
rtmp_amf3_parser_clear (RtmpAmf3Parser * self)
{
  g_clear_pointer (&self->strings, g_array_unref);
  g_clear_pointer (&self->objects, g_ptr_array_unref);
  g_clear_pointer (&self->traits, g_ptr_array_unref);
}

/* In what follows, a function that fails and leaves @error (never NULL here)
 * unset has met the end of the data. */

static RtmpValue *parse_value (RtmpAmf3Parser * self, guint depth,
    GError ** error);

/* Before a place is made for any of them: whether there can be @count of
 * @size bytes or more each. */
static gboolean
can_follow (RtmpAmf3Parser * self, guint32 count, guint size)
{
  return count <= rtmp_reader_left (&self->input->reader) / size;
}

/* AMF3, 1.3.1: three bytes of 7 bits that say whether more follows, then one of
 * 8. */
static gboolean
read_u29 (RtmpAmf3Parser * self, guint32 * out)
{
  guint8 byte;
  guint i;

  *out = 0;
  for (i = 0; i < 4; i++) {
    if (!rtmp_reader_u8 (&self->input->reader, &byte))
      return FALSE;
    if (i == 3)
      *out = *out << 8 | byte;
    else
      *out = *out << 7 | (byte & 0x7F);
    if ((byte & 0x80) == 0)
      break;
  }
  return TRUE;
}

static gboolean
fail_index (RtmpAmf3Parser * self, const gchar * what, guint32 index,
    guint length, GError ** error)
{
  g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_AMF,
      "AMF3: reference to %s %u of %u before byte %" G_GSIZE_FORMAT, what,
      index, length, self->input->reader.pos);
  return FALSE;
}

static gboolean
repeat_text (RtmpAmf3Parser * self, guint32 index, Text * out, GError ** error)
{
  if (index >= self->strings->len)
    return fail_index (self, "string", index, self->strings->len, error);
  *out = g_array_index (self->strings, Text, index);
  return rtmp_amf_input_count_repeated (self->input, out->length, error);
}

/* AMF3, 1.3.2: UTF-8-vr. The empty string is not in the table. */
static gboolean
read_text (RtmpAmf3Parser * self, Text * out, GError ** error)
{
  guint32 head;
  const guint8 *bytes;

  if (!read_u29 (self, &head))
    return FALSE;
  if ((head & RTMP_AMF3_HEAD_INLINE) == 0)
    return repeat_text (self, head >> 1, out, error);
  if (!rtmp_reader_bytes (&self->input->reader, head >> 1, &bytes))
    return FALSE;
  out->text = (const gchar *) bytes;
  out->length = head >> 1;
  if (out->length > 0)
    g_array_append_val (self->strings, *out);
  return TRUE;
}

static RtmpValue *
parse_integer (RtmpAmf3Parser * self)
{
  guint32 u29;
  gdouble number;

  if (!read_u29 (self, &u29))
    return NULL;
  number = u29;
  if (u29 > RTMP_AMF3_INTEGER_MAX)
    number -= 1 << 29;
  return rtmp_value_new_number (number);
}

static RtmpValue *
parse_double (RtmpAmf3Parser * self)
{
  gdouble number;

  if (!rtmp_reader_f64 (&self->input->reader, &number))
    return NULL;
  return rtmp_value_new_number (number);
}

static RtmpValue *
parse_string (RtmpAmf3Parser * self, GError ** error)
{
  Text text;

  if (!read_text (self, &text, error))
    return NULL;
  return rtmp_value_new_string_len (text.text, text.length);
}

static RtmpValue *
parse_date (RtmpAmf3Parser * self)
{
  gdouble ms;

  if (!rtmp_reader_f64 (&self->input->reader, &ms))
    return NULL;
  return rtmp_value_new_date (ms, 0);
}

/* Both kinds of XML, and byte arrays. */
static RtmpValue *
parse_bytes (RtmpAmf3Parser * self, guint8 marker, guint32 size)
{
  const guint8 *bytes;

  if (!rtmp_reader_bytes (&self->input->reader, size, &bytes))
    return NULL;
  if (marker == RTMP_AMF3_XML_DOC)
    return rtmp_value_new_xml_len ((const gchar *) bytes, size);
  if (marker == RTMP_AMF3_XML)
    return rtmp_value_new_e4x_len ((const gchar *) bytes, size);
  return rtmp_value_new_bytes (bytes, size);
}

/* The next value becomes a member of @parent, under @name if that is not NULL.
 * Names that begin with a NUL would be none. */
static gboolean
parse_member (RtmpAmf3Parser * self, RtmpValue * parent, const Text * name,
    guint depth, GError ** error)
{
  RtmpValue *member = parse_value (self, depth + 1, error);

  if (member == NULL)
    return FALSE;
  if (name == NULL)
    rtmp_value_append (parent, member);
  else if (name->length > 0 && name->text[0] == '\0')
    rtmp_value_unref (member);
  else
    rtmp_value_add_len (parent, name->text, name->length, member);
  return TRUE;
}

static gboolean
parse_items (RtmpAmf3Parser * self, RtmpValue * parent, guint32 count,
    guint depth, GError ** error)
{
  guint32 i;

  for (i = 0; i < count; i++)
    if (!parse_member (self, parent, NULL, depth, error))
      return FALSE;
  return TRUE;
}

/* From @name on, which is read already, up to the empty one. */
static gboolean
parse_named_items (RtmpAmf3Parser * self, RtmpValue * parent, Text name,
    guint depth, GError ** error)
{
  while (name.length > 0) {
    if (!parse_member (self, parent, &name, depth, error)
        || !read_text (self, &name, error))
      return FALSE;
  }
  return TRUE;
}

static void
position_to_text (guint32 position, gchar * buffer, Text * out)
{
  out->text = buffer;
  out->length = (gsize) g_snprintf (buffer, POSITION_SIZE, "%u", position);
}

static gboolean
parse_numbered_items (RtmpAmf3Parser * self, RtmpValue * parent, guint32 count,
    guint depth, GError ** error)
{
  gchar buffer[POSITION_SIZE];
  Text name;
  guint32 i;

  for (i = 0; i < count; i++) {
    position_to_text (i, buffer, &name);
    if (!parse_member (self, parent, &name, depth, error))
      return FALSE;
  }
  return TRUE;
}

/* AMF3, 3.11: what has a name, then what has none. */
static RtmpValue *
parse_array (RtmpAmf3Parser * self, guint32 count, guint depth, GError ** error)
{
  g_autoptr (RtmpValue) array = NULL;
  Text name;
  gboolean ok;

  if (!can_follow (self, count, 1) || !read_text (self, &name, error))
    return NULL;
  if (name.length == 0) {
    array = rtmp_value_new_strict_array ();
    ok = parse_items (self, array, count, depth, error);
  } else {
    array = rtmp_value_new_ecma_array ();
    ok = parse_named_items (self, array, name, depth, error)
        && parse_numbered_items (self, array, count, depth, error);
  }
  return ok ? g_steal_pointer (&array) : NULL;
}

static const Traits *
repeat_traits (RtmpAmf3Parser * self, guint32 index, GError ** error)
{
  const Traits *traits;

  if (index >= self->traits->len) {
    fail_index (self, "traits", index, self->traits->len, error);
    return NULL;
  }
  traits = g_ptr_array_index (self->traits, index);
  if (!rtmp_amf_input_count_repeated (self->input, traits->text_size, error))
    return NULL;
  return traits;
}

static gboolean
read_names (RtmpAmf3Parser * self, Traits * traits, guint32 count,
    GError ** error)
{
  Text name;

  if (!can_follow (self, count, 1)
      || !rtmp_amf_input_count (self->input, count, error))
    return FALSE;
  while (count-- > 0) {
    if (!read_text (self, &name, error))
      return FALSE;
    g_array_append_val (traits->names, name);
    traits->text_size += name.length;
  }
  return TRUE;
}

static const Traits *
read_traits (RtmpAmf3Parser * self, guint32 head, GError ** error)
{
  Traits *traits;
  Text name;

  if ((head & RTMP_AMF3_HEAD_INLINE_TRAITS) == 0)
    return repeat_traits (self, head >> 2, error);
  if (!read_text (self, &name, error))
    return NULL;
  traits = g_new0 (Traits, 1);
  traits->class_name = g_strndup (name.text, name.length);
  traits->names = g_array_new (FALSE, FALSE, sizeof (Text));
  traits->text_size = name.length;
  g_ptr_array_add (self->traits, traits);
  traits->externalizable = (head & RTMP_AMF3_HEAD_EXTERNALIZABLE) != 0;
  if (traits->externalizable)
    return traits;
  traits->dynamic = (head & RTMP_AMF3_HEAD_DYNAMIC) != 0;
  return read_names (self, traits, head >> 4, error) ? traits : NULL;
}

/* Only the two ends know what such an object looks like. */
static gboolean
parse_external (RtmpAmf3Parser * self, RtmpValue * object, guint depth,
    GError ** error)
{
  const gchar *class_name = rtmp_value_class_name (object);
  const gchar *member = rtmp_amf3_external_member (class_name);
  Text name = { member, member ? strlen (member) : 0 };
  gchar *printed;

  if (member)
    return parse_member (self, object, &name, depth, error);
  printed = rtmp_value_to_string (object);
  g_set_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED,
      "AMF3: expected an externalizable class that is known, got %s before "
      "byte %" G_GSIZE_FORMAT, printed, self->input->reader.pos);
  g_free (printed);
  return FALSE;
}

static gboolean
parse_object_members (RtmpAmf3Parser * self, RtmpValue * object,
    const Traits * traits, guint depth, GError ** error)
{
  Text name;
  guint i;

  for (i = 0; i < traits->names->len; i++) {
    name = g_array_index (traits->names, Text, i);
    if (!parse_member (self, object, &name, depth, error))
      return FALSE;
  }
  return !traits->dynamic || (read_text (self, &name, error)
      && parse_named_items (self, object, name, depth, error));
}

static RtmpValue *
parse_object (RtmpAmf3Parser * self, guint32 head, guint depth, GError ** error)
{
  const Traits *traits = read_traits (self, head, error);
  g_autoptr (RtmpValue) object = NULL;
  gboolean ok;

  if (traits == NULL)
    return NULL;
  if (traits->class_name[0] == '\0')
    object = rtmp_value_new_object ();
  else
    object = rtmp_value_new_typed_object (traits->class_name);
  if (traits->externalizable)
    ok = parse_external (self, object, depth, error);
  else
    ok = parse_object_members (self, object, traits, depth, error);
  return ok ? g_steal_pointer (&object) : NULL;
}

/* There are enough bytes for it. */
static gdouble
read_vector_number (RtmpAmf3Parser * self, guint8 marker)
{
  gdouble number = 0;
  guint32 bits = 0;

  if (marker == RTMP_AMF3_VECTOR_DOUBLE) {
    rtmp_reader_f64 (&self->input->reader, &number);
    return number;
  }
  rtmp_reader_u32 (&self->input->reader, &bits);
  if (marker == RTMP_AMF3_VECTOR_INT)
    return (gint32) bits;
  return bits;
}

static RtmpValue *
parse_number_vector (RtmpAmf3Parser * self, guint8 marker, guint32 count,
    GError ** error)
{
  guint8 fixed;
  RtmpValue *vector;

  if (!rtmp_reader_u8 (&self->input->reader, &fixed)
      || !can_follow (self, count, marker == RTMP_AMF3_VECTOR_DOUBLE ? 8 : 4)
      || !rtmp_amf_input_count (self->input, count, error))
    return NULL;
  vector = rtmp_value_new_vector (rtmp_amf3_vector_types[marker -
          RTMP_AMF3_VECTOR_INT], fixed);
  while (count-- > 0)
    rtmp_value_append (vector,
        rtmp_value_new_number (read_vector_number (self, marker)));
  return vector;
}

static RtmpValue *
parse_object_vector (RtmpAmf3Parser * self, guint32 count, guint depth,
    GError ** error)
{
  g_autoptr (RtmpValue) vector = NULL;
  g_autofree gchar *type = NULL;
  guint8 fixed;
  Text name;

  if (!rtmp_reader_u8 (&self->input->reader, &fixed)
      || !read_text (self, &name, error) || !can_follow (self, count, 1))
    return NULL;
  type = g_strndup (name.text, name.length);
  vector = rtmp_value_new_vector (type, fixed);
  if (!parse_items (self, vector, count, depth, error))
    return NULL;
  return g_steal_pointer (&vector);
}

static RtmpValue *
parse_dictionary (RtmpAmf3Parser * self, guint32 count, guint depth,
    GError ** error)
{
  g_autoptr (RtmpValue) dictionary = NULL;
  guint8 weak;

  if (!rtmp_reader_u8 (&self->input->reader, &weak)
      || !can_follow (self, count, 2))
    return NULL;
  dictionary = rtmp_value_new_dictionary (weak);
  if (!parse_items (self, dictionary, 2 * count, depth, error))
    return NULL;
  return g_steal_pointer (&dictionary);
}

static RtmpValue *
parse_container (RtmpAmf3Parser * self, guint8 marker, guint32 head,
    guint depth, GError ** error)
{
  if (!rtmp_amf_input_check_depth (self->input, depth, 1, error))
    return NULL;
  switch (marker) {
    case RTMP_AMF3_ARRAY:
      return parse_array (self, head >> 1, depth, error);
    case RTMP_AMF3_OBJECT:
      return parse_object (self, head, depth, error);
    case RTMP_AMF3_VECTOR_OBJECT:
      return parse_object_vector (self, head >> 1, depth, error);
    case RTMP_AMF3_DICTIONARY:
      return parse_dictionary (self, head >> 1, depth, error);
    default:
      return parse_number_vector (self, marker, head >> 1, error);
  }
}

static RtmpValue *
parse_reference (RtmpAmf3Parser * self, guint32 index, guint depth,
    GError ** error)
{
  RtmpValue *target;

  if (index >= self->objects->len) {
    fail_index (self, "object", index, self->objects->len, error);
    return NULL;
  }
  target = g_ptr_array_index (self->objects, index);
  if (target != NULL)
    return rtmp_amf_input_repeat (self->input, target, depth, error);
  index -= self->first_object;
  if (index <= G_MAXUINT16)
    return rtmp_value_new_reference ((guint16) index);
  g_set_error (error, RTMP_ERROR, RTMP_ERROR_LIMIT_AMF,
      "AMF3: a cycle at more than %u objects, at byte %" G_GSIZE_FORMAT,
      G_MAXUINT16, self->input->reader.pos);
  return NULL;
}

/* A value that can be referred to. It is numbered before those in it. */
static RtmpValue *
parse_object_or_reference (RtmpAmf3Parser * self, guint8 marker, guint depth,
    GError ** error)
{
  guint index = self->objects->len;
  guint32 head;
  RtmpValue *value;

  if (!read_u29 (self, &head))
    return NULL;
  if ((head & RTMP_AMF3_HEAD_INLINE) == 0)
    return parse_reference (self, head >> 1, depth, error);
  g_ptr_array_add (self->objects, NULL);
  if (marker == RTMP_AMF3_DATE)
    value = parse_date (self);
  else if (marker == RTMP_AMF3_XML_DOC || marker == RTMP_AMF3_XML
      || marker == RTMP_AMF3_BYTE_ARRAY)
    value = parse_bytes (self, marker, head >> 1);
  else
    value = parse_container (self, marker, head, depth, error);
  if (value != NULL)
    g_ptr_array_index (self->objects, index) = rtmp_value_ref (value);
  return value;
}

static RtmpValue *
parse_body (RtmpAmf3Parser * self, guint8 marker, guint depth, GError ** error)
{
  switch (marker) {
    case RTMP_AMF3_UNDEFINED:
      return rtmp_value_new_undefined ();
    case RTMP_AMF3_NULL:
      return rtmp_value_new_null ();
    case RTMP_AMF3_FALSE:
      return rtmp_value_new_boolean (FALSE);
    case RTMP_AMF3_TRUE:
      return rtmp_value_new_boolean (TRUE);
    case RTMP_AMF3_INTEGER:
      return parse_integer (self);
    case RTMP_AMF3_DOUBLE:
      return parse_double (self);
    case RTMP_AMF3_STRING:
      return parse_string (self, error);
    default:
      if (marker <= RTMP_AMF3_DICTIONARY)
        return parse_object_or_reference (self, marker, depth, error);
      g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_AMF,
          "AMF3: expected the marker of a value, got 0x%02x at byte %"
          G_GSIZE_FORMAT, marker, self->input->reader.pos - 1);
      return NULL;
  }
}

/* @depth: how many objects and arrays stand around the value. */
static RtmpValue *
parse_value (RtmpAmf3Parser * self, guint depth, GError ** error)
{
  guint8 marker;

  if (!rtmp_reader_u8 (&self->input->reader, &marker)
      || !rtmp_amf_input_count (self->input, 1, error))
    return NULL;
  return parse_body (self, marker, depth, error);
}

RtmpValue *
rtmp_amf3_parse (RtmpAmf3Parser * self, guint depth, GError ** error)
{
  RtmpReader *reader = &self->input->reader;
  gsize start = reader->pos;
  GError *reason = NULL;
  RtmpValue *value;

  self->first_object = self->objects->len;
  value = parse_value (self, depth, &reason);
  if (value != NULL)
    return value;
  rtmp_reader_skip (reader, rtmp_reader_left (reader));
  if (reason == NULL)
    g_set_error (&reason, RTMP_ERROR, RTMP_ERROR_BAD_AMF,
        "AMF3: expected a whole value from byte %" G_GSIZE_FORMAT
        ", got the end of the data at byte %" G_GSIZE_FORMAT, start,
        reader->size);
  g_propagate_error (error, reason);
  return NULL;
}

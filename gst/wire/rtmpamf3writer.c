/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpamf3writer.h"

#include <string.h>

#include "rtmpamf3.h"

#define POSITION_SIZE 16

/* What was written, and where in its table it is. Indices are stored as
 * pointers. */
typedef struct
{
  RtmpWriter *out;
  GHashTable *strings;          /* by GBytes */
  GHashTable *objects;          /* by RtmpValue, the very same */
  GHashTable *traits;           /* by GBytes, see traits_key() */
} Writer;

static void
writer_init (Writer * self, RtmpWriter * out)
{
  self->out = out;
  self->strings = g_hash_table_new_full (g_bytes_hash, g_bytes_equal,
      (GDestroyNotify) g_bytes_unref, NULL);
  self->objects = g_hash_table_new (NULL, NULL);
  self->traits = g_hash_table_new_full (g_bytes_hash, g_bytes_equal,
      (GDestroyNotify) g_bytes_unref, NULL);
}

static void
writer_clear (Writer * self)
{
  g_hash_table_unref (self->strings);
  g_hash_table_unref (self->objects);
  g_hash_table_unref (self->traits);
}

/* TRUE if @key is in @table, else it is put there. */
static gboolean
look_up (GHashTable * table, gpointer key, guint32 * index)
{
  gpointer found;

  if (!g_hash_table_lookup_extended (table, key, NULL, &found)) {
    *index = g_hash_table_size (table);
    g_hash_table_insert (table, key, GUINT_TO_POINTER (*index));
    return FALSE;
  }
  *index = GPOINTER_TO_UINT (found);
  return TRUE;
}

/* The same, (transfer full) for @key. */
static gboolean
look_up_bytes (GHashTable * table, GBytes * key, guint32 * index)
{
  gboolean found = look_up (table, key, index);

  if (found)
    g_bytes_unref (key);
  return found;
}

static void write_value (Writer * self, const RtmpValue * value);

/* AMF3, 1.3.1 */
static void
write_u29 (Writer * self, guint32 value)
{
  if (value >= 1 << 21) {
    rtmp_writer_u8 (self->out, (guint8) (value >> 22 | 0x80));
    rtmp_writer_u8 (self->out, (guint8) (value >> 15 | 0x80));
    rtmp_writer_u8 (self->out, (guint8) (value >> 8 | 0x80));
    rtmp_writer_u8 (self->out, (guint8) value);
    return;
  }
  if (value >= 1 << 14)
    rtmp_writer_u8 (self->out, (guint8) (value >> 14 | 0x80));
  if (value >= 1 << 7)
    rtmp_writer_u8 (self->out, (guint8) (value >> 7 | 0x80));
  rtmp_writer_u8 (self->out, value & 0x7F);
}

static void
write_inline (Writer * self, gsize count)
{
  write_u29 (self, (guint32) count << 1 | RTMP_AMF3_HEAD_INLINE);
}

/* AMF3, 1.3.2: UTF-8-vr. */
static void
write_text (Writer * self, const gchar * text, gsize length)
{
  guint32 index;

  if (length > 0 && look_up_bytes (self->strings,
          g_bytes_new_static (text, length), &index)) {
    write_u29 (self, index << 1);
    return;
  }
  write_inline (self, length);
  rtmp_writer_bytes (self->out, text, length);
}

static void
write_name (Writer * self, const gchar * name)
{
  write_text (self, name, strlen (name));
}

/* No fraction, and not minus zero. */
static gboolean
is_whole (gdouble number, gdouble min, gdouble max)
{
  gdouble whole;

  if (!(number >= min && number <= max))
    return FALSE;
  whole = (gdouble) (gint64) number;
  return memcmp (&whole, &number, sizeof (whole)) == 0;
}

static void
write_number (Writer * self, gdouble number)
{
  if (is_whole (number, RTMP_AMF3_INTEGER_MIN, RTMP_AMF3_INTEGER_MAX)) {
    rtmp_writer_u8 (self->out, RTMP_AMF3_INTEGER);
    write_u29 (self, (guint32) (gint32) number & 0x1FFFFFFF);
  } else {
    rtmp_writer_u8 (self->out, RTMP_AMF3_DOUBLE);
    rtmp_writer_f64 (self->out, number);
  }
}

static void
write_string (Writer * self, const RtmpValue * value)
{
  gsize length;
  const gchar *text = rtmp_value_as_string (value, &length);

  rtmp_writer_u8 (self->out, RTMP_AMF3_STRING);
  write_text (self, text, length);
}

/* What a reference to @value, or @value itself, begins with. TRUE if that is
 * all there is to write. */
static gboolean
write_marker (Writer * self, guint8 marker, const RtmpValue * value)
{
  guint32 index;

  rtmp_writer_u8 (self->out, marker);
  if (!look_up (self->objects, (gpointer) value, &index))
    return FALSE;
  write_u29 (self, index << 1);
  return TRUE;
}

/* A cycle. */
static void
write_reference (Writer * self, const RtmpValue * value)
{
  guint16 index = rtmp_value_reference_index (value);

  if (index >= g_hash_table_size (self->objects)) {
    rtmp_writer_u8 (self->out, RTMP_AMF3_UNDEFINED);
    return;
  }
  rtmp_writer_u8 (self->out, RTMP_AMF3_OBJECT);
  write_u29 (self, (guint32) index << 1);
}

static void
write_date (Writer * self, const RtmpValue * value)
{
  if (write_marker (self, RTMP_AMF3_DATE, value))
    return;
  write_inline (self, 0);
  rtmp_writer_f64 (self->out, rtmp_value_as_number (value, 0));
}

static void
write_xml (Writer * self, guint8 marker, const RtmpValue * value)
{
  gsize length;
  const gchar *text = rtmp_value_as_string (value, &length);

  if (write_marker (self, marker, value))
    return;
  write_inline (self, length);
  rtmp_writer_bytes (self->out, text, length);
}

static void
write_bytes (Writer * self, const RtmpValue * value)
{
  gsize size;
  gconstpointer bytes = rtmp_value_as_bytes (value, &size);

  if (write_marker (self, RTMP_AMF3_BYTE_ARRAY, value))
    return;
  write_inline (self, size);
  rtmp_writer_bytes (self->out, bytes, size);
}

/* Members from @first to before @end. */
static void
write_members (Writer * self, const RtmpValue * value, guint first, guint end)
{
  guint i;

  for (i = first; i < end; i++)
    write_value (self, rtmp_value_member (value, i, NULL));
}

/* With their names, but for those without, up to the end mark. */
static void
write_named_members (Writer * self, const RtmpValue * value, guint end)
{
  guint i;

  for (i = 0; i < end; i++) {
    const gchar *name;
    const RtmpValue *member = rtmp_value_member (value, i, &name);

    if (name[0] == '\0')
      continue;
    write_name (self, name);
    write_value (self, member);
  }
  write_name (self, "");
}

static void
write_strict_array (Writer * self, const RtmpValue * value)
{
  guint count = rtmp_value_n_members (value);

  if (write_marker (self, RTMP_AMF3_ARRAY, value))
    return;
  write_inline (self, count);
  write_name (self, "");
  write_members (self, value, 0, count);
}

static gboolean
has_position_for_name (const RtmpValue * array, guint index, guint position)
{
  gchar text[POSITION_SIZE];
  const gchar *name;

  rtmp_value_member (array, index, &name);
  g_snprintf (text, sizeof (text), "%u", position);
  return g_str_equal (name, text);
}

/* How many members at the end are called "0", "1"... */
static guint
count_numbered (const RtmpValue * array)
{
  guint n = rtmp_value_n_members (array);
  const gchar *name = "";
  guint64 last;
  guint i;

  if (n > 0)
    rtmp_value_member (array, n - 1, &name);
  last = g_ascii_strtoull (name, NULL, 10);
  if (last >= n)
    return 0;
  for (i = 0; i <= last; i++)
    if (!has_position_for_name (array, n - 1 - (guint) last + i, i))
      return 0;
  return (guint) last + 1;
}

static gboolean
has_names_before (const RtmpValue * value, guint end)
{
  const gchar *name;
  guint i;

  for (i = 0; i < end; i++) {
    rtmp_value_member (value, i, &name);
    if (name[0] != '\0')
      return TRUE;
  }
  return FALSE;
}

/* The numbered ones go by position, unless no other would be left to tell the
 * array from a strict one. */
static void
write_ecma_array (Writer * self, const RtmpValue * value)
{
  guint count = rtmp_value_n_members (value);
  guint numbered = count_numbered (value);

  if (write_marker (self, RTMP_AMF3_ARRAY, value))
    return;
  if (!has_names_before (value, count - numbered))
    numbered = 0;
  write_inline (self, numbered);
  write_named_members (self, value, count - numbered);
  write_members (self, value, count - numbered, count);
}

/* One of HEAD_DYNAMIC and HEAD_EXTERNALIZABLE, or 0: all members are sealed. */
static guint32
kind_of_object (const RtmpValue * value, const gchar * class_name)
{
  const gchar *external = rtmp_amf3_external_member (class_name), *name;

  if (class_name[0] == '\0')
    return RTMP_AMF3_HEAD_DYNAMIC;
  rtmp_value_member (value, 0, &name);
  if (external && rtmp_value_n_members (value) == 1
      && g_str_equal (name, external))
    return RTMP_AMF3_HEAD_EXTERNALIZABLE;
  return 0;
}

/* The kind, and each name with its NUL. */
static GBytes *
traits_key (const RtmpValue * value, const gchar * class_name, guint32 kind,
    guint sealed)
{
  RtmpWriter key;
  const gchar *name = class_name;
  guint i;

  rtmp_writer_init (&key);
  rtmp_writer_u32 (&key, kind);
  rtmp_writer_bytes (&key, name, strlen (name) + 1);
  for (i = 0; i < sealed; i++) {
    rtmp_value_member (value, i, &name);
    rtmp_writer_bytes (&key, name, strlen (name) + 1);
  }
  return rtmp_writer_take (&key);
}

/* AMF3, 3.12 */
static void
write_traits (Writer * self, const RtmpValue * value, const gchar * class_name,
    guint32 kind)
{
  guint i, sealed = kind == 0 ? rtmp_value_n_members (value) : 0;
  guint32 index;

  if (look_up_bytes (self->traits, traits_key (value, class_name, kind,
              sealed), &index)) {
    write_u29 (self, index << 2 | RTMP_AMF3_HEAD_INLINE);
    return;
  }
  write_u29 (self, sealed << 4 | kind | RTMP_AMF3_HEAD_INLINE_TRAITS
      | RTMP_AMF3_HEAD_INLINE);
  write_name (self, class_name);
  for (i = 0; i < sealed; i++) {
    const gchar *name;

    rtmp_value_member (value, i, &name);
    write_name (self, name);
  }
}

static void
write_object (Writer * self, const RtmpValue * value)
{
  const gchar *class_name = rtmp_value_class_name (value);
  guint count = rtmp_value_n_members (value);
  guint32 kind;

  if (write_marker (self, RTMP_AMF3_OBJECT, value))
    return;
  if (class_name == NULL)
    class_name = "";
  kind = kind_of_object (value, class_name);
  write_traits (self, value, class_name, kind);
  if (kind == RTMP_AMF3_HEAD_DYNAMIC)
    write_named_members (self, value, count);
  else
    write_members (self, value, 0, count);
}

static gboolean
fits_vector (const RtmpValue * item, guint8 marker)
{
  gdouble number = rtmp_value_as_number (item, 0);

  if (rtmp_value_type (item) != RTMP_VALUE_NUMBER)
    return FALSE;
  switch (marker) {
    case RTMP_AMF3_VECTOR_INT:
      return is_whole (number, G_MININT32, G_MAXINT32);
    case RTMP_AMF3_VECTOR_UINT:
      return is_whole (number, 0, G_MAXUINT32);
    default:
      return TRUE;
  }
}

/* That of objects if the members are not what the type says. */
static guint8
marker_of_vector (const RtmpValue * value)
{
  const gchar *type = rtmp_value_class_name (value);
  guint8 marker = RTMP_AMF3_VECTOR_INT;
  guint i;

  while (marker < RTMP_AMF3_VECTOR_OBJECT
      && !g_str_equal (type,
          rtmp_amf3_vector_types[marker - RTMP_AMF3_VECTOR_INT]))
    marker++;
  for (i = 0; i < rtmp_value_n_members (value); i++)
    if (!fits_vector (rtmp_value_member (value, i, NULL), marker))
      return RTMP_AMF3_VECTOR_OBJECT;
  return marker;
}

static void
write_vector_items (Writer * self, const RtmpValue * value, guint8 marker)
{
  guint i;

  for (i = 0; i < rtmp_value_n_members (value); i++) {
    const RtmpValue *item = rtmp_value_member (value, i, NULL);
    gdouble number = rtmp_value_as_number (item, 0);

    if (marker == RTMP_AMF3_VECTOR_OBJECT)
      write_value (self, item);
    else if (marker == RTMP_AMF3_VECTOR_DOUBLE)
      rtmp_writer_f64 (self->out, number);
    else
      rtmp_writer_u32 (self->out, (guint32) (gint64) number);
  }
}

static void
write_vector (Writer * self, const RtmpValue * value)
{
  guint8 marker = marker_of_vector (value);

  if (write_marker (self, marker, value))
    return;
  write_inline (self, rtmp_value_n_members (value));
  rtmp_writer_u8 (self->out, (guint8) rtmp_value_has_fixed_length (value));
  if (marker == RTMP_AMF3_VECTOR_OBJECT)
    write_name (self, rtmp_value_class_name (value));
  write_vector_items (self, value, marker);
}

static void
write_dictionary (Writer * self, const RtmpValue * value)
{
  guint pairs = rtmp_value_n_members (value) / 2;

  if (write_marker (self, RTMP_AMF3_DICTIONARY, value))
    return;
  write_inline (self, pairs);
  rtmp_writer_u8 (self->out, (guint8) rtmp_value_has_weak_keys (value));
  write_members (self, value, 0, 2 * pairs);
}

static void
write_value (Writer * self, const RtmpValue * value)
{
  switch (rtmp_value_type (value)) {
    case RTMP_VALUE_UNDEFINED:
    case RTMP_VALUE_UNSUPPORTED:
      rtmp_writer_u8 (self->out, RTMP_AMF3_UNDEFINED);
      break;
    case RTMP_VALUE_NULL:
      rtmp_writer_u8 (self->out, RTMP_AMF3_NULL);
      break;
    case RTMP_VALUE_BOOLEAN:
      rtmp_writer_u8 (self->out, rtmp_value_as_boolean (value, FALSE)
          ? RTMP_AMF3_TRUE : RTMP_AMF3_FALSE);
      break;
    case RTMP_VALUE_NUMBER:
      write_number (self, rtmp_value_as_number (value, 0));
      break;
    case RTMP_VALUE_STRING:
      write_string (self, value);
      break;
    case RTMP_VALUE_XML:
      write_xml (self, RTMP_AMF3_XML_DOC, value);
      break;
    case RTMP_VALUE_DATE:
      write_date (self, value);
      break;
    case RTMP_VALUE_OBJECT:
      write_object (self, value);
      break;
    case RTMP_VALUE_ECMA_ARRAY:
      write_ecma_array (self, value);
      break;
    case RTMP_VALUE_STRICT_ARRAY:
      write_strict_array (self, value);
      break;
    case RTMP_VALUE_REFERENCE:
      write_reference (self, value);
      break;
    case RTMP_VALUE_E4X:
      write_xml (self, RTMP_AMF3_XML, value);
      break;
    case RTMP_VALUE_BYTES:
      write_bytes (self, value);
      break;
    case RTMP_VALUE_VECTOR:
      write_vector (self, value);
      break;
    case RTMP_VALUE_DICTIONARY:
      write_dictionary (self, value);
      break;
  }
}

void
rtmp_amf3_write (RtmpWriter * writer, const RtmpValue * value)
{
  Writer self;

  writer_init (&self, writer);
  write_value (&self, value);
  writer_clear (&self);
}

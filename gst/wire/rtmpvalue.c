/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpvalue.h"

#include <string.h>

#define PRINT_MAX_SIZE 1024
#define PRINT_MAX_DEPTH 4

typedef struct
{
  gchar *name;                  /* NULL where they are by position */
  RtmpValue *value;
} Member;

struct _RtmpValue
{
  gatomicrefcount refs;
  RtmpValueType type;
  guint weight;
  guint depth;
  guint text_size;
  union
  {
    gboolean boolean;
    guint16 index;
    struct
    {
      gdouble number;           /* or milliseconds, with their zone */
      gint16 zone;
    };
    struct
    {
      gchar *text;              /* or bytes */
      gsize length;
    };
    struct
    {
      gchar *class_name;
      GArray *members;
      gboolean fixed_length;
      gboolean weak_keys;
    };
  };
};

static gboolean
has_type (const RtmpValue * self, RtmpValueType type)
{
  return self != NULL && self->type == type;
}

static gboolean
has_text (const RtmpValue * self)
{
  return has_type (self, RTMP_VALUE_STRING) || has_type (self, RTMP_VALUE_XML)
      || has_type (self, RTMP_VALUE_E4X);
}

static gboolean
has_bytes (const RtmpValue * self)
{
  return has_text (self) || has_type (self, RTMP_VALUE_BYTES);
}

static gboolean
has_number (const RtmpValue * self)
{
  return has_type (self, RTMP_VALUE_NUMBER) || has_type (self, RTMP_VALUE_DATE);
}

static gboolean
has_names (const RtmpValue * self)
{
  return has_type (self, RTMP_VALUE_OBJECT)
      || has_type (self, RTMP_VALUE_ECMA_ARRAY);
}

static gboolean
has_positions (const RtmpValue * self)
{
  return has_type (self, RTMP_VALUE_STRICT_ARRAY)
      || has_type (self, RTMP_VALUE_VECTOR)
      || has_type (self, RTMP_VALUE_DICTIONARY);
}

static gboolean
has_members (const RtmpValue * self)
{
  return has_names (self) || has_positions (self);
}

static Member *
member_at (const RtmpValue * self, guint i)
{
  return &g_array_index (self->members, Member, i);
}

static void
member_clear (gpointer data)
{
  Member *member = data;

  g_free (member->name);
  rtmp_value_unref (member->value);
}

static RtmpValue *
value_new (RtmpValueType type)
{
  RtmpValue *self = g_new0 (RtmpValue, 1);

  g_atomic_ref_count_init (&self->refs);
  self->type = type;
  self->weight = 1;
  if (has_members (self)) {
    self->depth = 1;
    self->members = g_array_new (FALSE, FALSE, sizeof (Member));
    g_array_set_clear_func (self->members, member_clear);
  }
  return self;
}

RtmpValue *
rtmp_value_new_undefined (void)
{
  return value_new (RTMP_VALUE_UNDEFINED);
}

RtmpValue *
rtmp_value_new_null (void)
{
  return value_new (RTMP_VALUE_NULL);
}

RtmpValue *
rtmp_value_new_unsupported (void)
{
  return value_new (RTMP_VALUE_UNSUPPORTED);
}

RtmpValue *
rtmp_value_new_boolean (gboolean value)
{
  RtmpValue *self = value_new (RTMP_VALUE_BOOLEAN);

  self->boolean = !!value;
  return self;
}

RtmpValue *
rtmp_value_new_number (gdouble value)
{
  RtmpValue *self = value_new (RTMP_VALUE_NUMBER);

  self->number = value;
  return self;
}

static RtmpValue *
text_new (RtmpValueType type, gconstpointer value, gsize length)
{
  RtmpValue *self = value_new (type);

  self->text = g_malloc (length + 1);
  if (length > 0)
    memcpy (self->text, value, length);
  self->text[length] = '\0';
  self->length = length;
  self->text_size = (guint) MIN (length, G_MAXUINT);
  return self;
}

static void
set_class_name (RtmpValue * self, const gchar * class_name)
{
  self->class_name = g_strdup (class_name);
  self->text_size = (guint) strlen (class_name);
}

RtmpValue *
rtmp_value_new_string (const gchar * value)
{
  return text_new (RTMP_VALUE_STRING, value, strlen (value));
}

RtmpValue *
rtmp_value_new_string_len (const gchar * value, gsize length)
{
  return text_new (RTMP_VALUE_STRING, value, length);
}

RtmpValue *
rtmp_value_new_xml_len (const gchar * value, gsize length)
{
  return text_new (RTMP_VALUE_XML, value, length);
}

RtmpValue *
rtmp_value_new_date (gdouble ms, gint16 zone)
{
  RtmpValue *self = value_new (RTMP_VALUE_DATE);

  self->number = ms;
  self->zone = zone;
  return self;
}

RtmpValue *
rtmp_value_new_object (void)
{
  return value_new (RTMP_VALUE_OBJECT);
}

RtmpValue *
rtmp_value_new_typed_object (const gchar * class_name)
{
  RtmpValue *self = value_new (RTMP_VALUE_OBJECT);

  set_class_name (self, class_name);
  return self;
}

RtmpValue *
rtmp_value_new_ecma_array (void)
{
  return value_new (RTMP_VALUE_ECMA_ARRAY);
}

RtmpValue *
rtmp_value_new_strict_array (void)
{
  return value_new (RTMP_VALUE_STRICT_ARRAY);
}

RtmpValue *
rtmp_value_new_reference (guint16 index)
{
  RtmpValue *self = value_new (RTMP_VALUE_REFERENCE);

  self->index = index;
  return self;
}

RtmpValue *
rtmp_value_new_e4x_len (const gchar * value, gsize length)
{
  return text_new (RTMP_VALUE_E4X, value, length);
}

RtmpValue *
rtmp_value_new_bytes (gconstpointer data, gsize size)
{
  return text_new (RTMP_VALUE_BYTES, data, size);
}

RtmpValue *
rtmp_value_new_vector (const gchar * type, gboolean fixed_length)
{
  RtmpValue *self = value_new (RTMP_VALUE_VECTOR);

  set_class_name (self, type);
  self->fixed_length = !!fixed_length;
  return self;
}

RtmpValue *
rtmp_value_new_dictionary (gboolean weak_keys)
{
  RtmpValue *self = value_new (RTMP_VALUE_DICTIONARY);

  self->weak_keys = !!weak_keys;
  return self;
}

RtmpValue *
rtmp_value_ref (RtmpValue * self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
rtmp_value_unref (RtmpValue * self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  if (has_bytes (self))
    g_free (self->text);
  if (has_members (self)) {
    g_free (self->class_name);
    g_array_unref (self->members);
  }
  g_free (self);
}

static gboolean
is_shared (RtmpValue * self)
{
  return !g_atomic_ref_count_compare (&self->refs, 1);
}

static guint
add_saturated (guint a, guint b)
{
  return a > G_MAXUINT - b ? G_MAXUINT : a + b;
}

static void
count_member (RtmpValue * self, const Member * member)
{
  guint name_size = member->name ? (guint) strlen (member->name) : 0;
  const RtmpValue *value = member->value;

  self->weight = add_saturated (self->weight, value->weight);
  self->depth = MAX (self->depth, add_saturated (1, value->depth));
  self->text_size = add_saturated (self->text_size,
      add_saturated (name_size, value->text_size));
}

/* (transfer full) for @name and @value. */
static void
add_member (RtmpValue * self, gchar * name, RtmpValue * value)
{
  Member member = { name, value };

  g_array_append_val (self->members, member);
  count_member (self, &member);
}

static void
replace_member (RtmpValue * self, guint at, RtmpValue * value)
{
  guint i;

  rtmp_value_unref (member_at (self, at)->value);
  member_at (self, at)->value = value;
  self->weight = 1;
  self->depth = 1;
  self->text_size = self->class_name ? (guint) strlen (self->class_name) : 0;
  for (i = 0; i < self->members->len; i++)
    count_member (self, member_at (self, i));
}

/* FALSE if there is none. From the end: of the members that a peer sent under
 * one name, the last wins. */
static gboolean
find_member (const RtmpValue * self, const gchar * name, guint * at)
{
  guint i;

  for (i = self->members->len; i > 0; i--) {
    if (strcmp (member_at (self, i - 1)->name, name) == 0) {
      *at = i - 1;
      return TRUE;
    }
  }
  return FALSE;
}

void
rtmp_value_set (RtmpValue * self, const gchar * name, RtmpValue * member)
{
  guint at;

  g_assert (has_names (self) && !is_shared (self));
  if (find_member (self, name, &at))
    replace_member (self, at, member);
  else
    add_member (self, g_strdup (name), member);
}

void
rtmp_value_add_len (RtmpValue * self, const gchar * name, gsize length,
    RtmpValue * member)
{
  g_assert (has_names (self) && !is_shared (self));
  add_member (self, g_strndup (name, length), member);
}

void
rtmp_value_set_string (RtmpValue * self, const gchar * name,
    const gchar * value)
{
  if (value != NULL)
    rtmp_value_set (self, name, rtmp_value_new_string (value));
}

void
rtmp_value_set_number (RtmpValue * self, const gchar * name, gdouble value)
{
  rtmp_value_set (self, name, rtmp_value_new_number (value));
}

void
rtmp_value_set_boolean (RtmpValue * self, const gchar * name, gboolean value)
{
  rtmp_value_set (self, name, rtmp_value_new_boolean (value));
}

void
rtmp_value_append (RtmpValue * self, RtmpValue * member)
{
  g_assert (has_positions (self) && !is_shared (self));
  add_member (self, NULL, member);
}

RtmpValueType
rtmp_value_type (const RtmpValue * self)
{
  return self->type;
}

const gchar *
rtmp_value_type_to_string (RtmpValueType type)
{
  static const gchar *const names[] = {
    [RTMP_VALUE_UNDEFINED] = "undefined",
    [RTMP_VALUE_NULL] = "null",
    [RTMP_VALUE_UNSUPPORTED] = "unsupported",
    [RTMP_VALUE_BOOLEAN] = "boolean",
    [RTMP_VALUE_NUMBER] = "number",
    [RTMP_VALUE_STRING] = "string",
    [RTMP_VALUE_XML] = "xml",
    [RTMP_VALUE_DATE] = "date",
    [RTMP_VALUE_OBJECT] = "object",
    [RTMP_VALUE_ECMA_ARRAY] = "ecma-array",
    [RTMP_VALUE_STRICT_ARRAY] = "strict-array",
    [RTMP_VALUE_REFERENCE] = "reference",
    [RTMP_VALUE_E4X] = "e4x",
    [RTMP_VALUE_BYTES] = "bytes",
    [RTMP_VALUE_VECTOR] = "vector",
    [RTMP_VALUE_DICTIONARY] = "dictionary",
  };

  return (guint) type < G_N_ELEMENTS (names) ? names[type] : "unknown";
}

guint
rtmp_value_weight (const RtmpValue * self)
{
  return self->weight;
}

guint
rtmp_value_depth (const RtmpValue * self)
{
  return self->depth;
}

guint
rtmp_value_text_size (const RtmpValue * self)
{
  return self->text_size;
}

gboolean
rtmp_value_as_boolean (const RtmpValue * self, gboolean otherwise)
{
  return has_type (self, RTMP_VALUE_BOOLEAN) ? self->boolean : otherwise;
}

gdouble
rtmp_value_as_number (const RtmpValue * self, gdouble otherwise)
{
  return has_number (self) ? self->number : otherwise;
}

gint16
rtmp_value_date_zone (const RtmpValue * self)
{
  return has_type (self, RTMP_VALUE_DATE) ? self->zone : 0;
}

guint16
rtmp_value_reference_index (const RtmpValue * self)
{
  return has_type (self, RTMP_VALUE_REFERENCE) ? self->index : 0;
}

const gchar *
rtmp_value_as_string (const RtmpValue * self, gsize * length)
{
  gboolean is_text = has_text (self);

  if (length)
    *length = is_text ? self->length : 0;
  return is_text ? self->text : NULL;
}

gconstpointer
rtmp_value_as_bytes (const RtmpValue * self, gsize * size)
{
  gboolean is_bytes = has_type (self, RTMP_VALUE_BYTES);

  *size = is_bytes ? self->length : 0;
  return is_bytes ? self->text : NULL;
}

const gchar *
rtmp_value_class_name (const RtmpValue * self)
{
  return has_members (self) ? self->class_name : NULL;
}

gboolean
rtmp_value_has_fixed_length (const RtmpValue * self)
{
  return has_members (self) && self->fixed_length;
}

gboolean
rtmp_value_has_weak_keys (const RtmpValue * self)
{
  return has_members (self) && self->weak_keys;
}

guint
rtmp_value_n_members (const RtmpValue * self)
{
  return has_members (self) ? self->members->len : 0;
}

RtmpValue *
rtmp_value_member (const RtmpValue * self, guint index, const gchar ** name)
{
  const Member *member = NULL;

  if (index < rtmp_value_n_members (self))
    member = member_at (self, index);
  if (name)
    *name = member ? member->name : NULL;
  return member ? member->value : NULL;
}

RtmpValue *
rtmp_value_get (const RtmpValue * self, const gchar * name)
{
  guint at;

  if (!has_names (self) || !find_member (self, name, &at))
    return NULL;
  return member_at (self, at)->value;
}

const gchar *
rtmp_value_get_string (const RtmpValue * self, const gchar * name)
{
  return rtmp_value_as_string (rtmp_value_get (self, name), NULL);
}

gdouble
rtmp_value_get_number (const RtmpValue * self, const gchar * name,
    gdouble otherwise)
{
  return rtmp_value_as_number (rtmp_value_get (self, name), otherwise);
}

gboolean
rtmp_value_get_boolean (const RtmpValue * self, const gchar * name,
    gboolean otherwise)
{
  return rtmp_value_as_boolean (rtmp_value_get (self, name), otherwise);
}

static gboolean
members_equal (const RtmpValue * a, const RtmpValue * b)
{
  guint i;

  if (g_strcmp0 (a->class_name, b->class_name) != 0
      || a->fixed_length != b->fixed_length || a->weak_keys != b->weak_keys
      || a->members->len != b->members->len)
    return FALSE;
  for (i = 0; i < a->members->len; i++) {
    if (g_strcmp0 (member_at (a, i)->name, member_at (b, i)->name) != 0
        || !rtmp_value_equal (member_at (a, i)->value, member_at (b, i)->value))
      return FALSE;
  }
  return TRUE;
}

gboolean
rtmp_value_equal (const RtmpValue * a, const RtmpValue * b)
{
  if (a == b)
    return TRUE;
  if (a == NULL || b == NULL || a->type != b->type)
    return FALSE;
  if (has_bytes (a))
    return a->length == b->length && memcmp (a->text, b->text, a->length) == 0;
  if (has_number (a))
    return memcmp (&a->number, &b->number, sizeof (a->number)) == 0
        && rtmp_value_date_zone (a) == rtmp_value_date_zone (b);
  if (has_members (a))
    return members_equal (a, b);
  return rtmp_value_as_boolean (a, FALSE) == rtmp_value_as_boolean (b, FALSE)
      && rtmp_value_reference_index (a) == rtmp_value_reference_index (b);
}

static gboolean
print_is_full (const GString * out)
{
  return out->len >= PRINT_MAX_SIZE;
}

/* What a peer sent must not steer a terminal or forge a line of a log. */
static void
print_escaped (GString * out, const gchar * text, gsize length)
{
  const gchar *p = text, *end = text + length;

  while (p < end && !print_is_full (out)) {
    gunichar c = g_utf8_get_char_validated (p, end - p);

    if (c < (gunichar) - 2 && g_unichar_isprint (c) && c != '"' && c != '\\') {
      g_string_append_unichar (out, c);
      p = g_utf8_next_char (p);
    } else {
      g_string_append_printf (out, "\\x%02x", (guint8) * p);
      p++;
    }
  }
}

static void
print_quoted (GString * out, const RtmpValue * value)
{
  g_string_append_c (out, '"');
  print_escaped (out, value->text, value->length);
  g_string_append_c (out, '"');
}

static void
print_number (GString * out, gdouble number)
{
  gchar digits[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (out,
      g_ascii_formatd (digits, sizeof (digits), "%.15g", number));
}

static void print_value (GString * out, const RtmpValue * value, guint depth);

static void
print_member (GString * out, const Member * member, guint depth)
{
  if (member->name) {
    print_escaped (out, member->name, strlen (member->name));
    g_string_append (out, ": ");
  }
  print_value (out, member->value, depth);
}

static void
print_members (GString * out, const RtmpValue * value, guint depth)
{
  const gchar *brackets = has_positions (value) ? "[]" : "{}";
  guint i;

  if (value->class_name)
    print_escaped (out, value->class_name, strlen (value->class_name));
  g_string_append_c (out, brackets[0]);
  for (i = 0; i < value->members->len && !print_is_full (out); i++) {
    if (depth == PRINT_MAX_DEPTH) {
      g_string_append (out, "...");
      break;
    }
    g_string_append (out, i > 0 ? ", " : "");
    print_member (out, member_at (value, i), depth + 1);
  }
  g_string_append_c (out, brackets[1]);
}

static void
print_value (GString * out, const RtmpValue * value, guint depth)
{
  switch (value->type) {
    case RTMP_VALUE_BOOLEAN:
      g_string_append (out, value->boolean ? "true" : "false");
      break;
    case RTMP_VALUE_NUMBER:
      print_number (out, value->number);
      break;
    case RTMP_VALUE_STRING:
      print_quoted (out, value);
      break;
    case RTMP_VALUE_XML:
    case RTMP_VALUE_E4X:
      g_string_append (out, "xml ");
      print_quoted (out, value);
      break;
    case RTMP_VALUE_DATE:
      g_string_append (out, "date ");
      print_number (out, value->number);
      break;
    case RTMP_VALUE_OBJECT:
    case RTMP_VALUE_ECMA_ARRAY:
    case RTMP_VALUE_STRICT_ARRAY:
    case RTMP_VALUE_VECTOR:
    case RTMP_VALUE_DICTIONARY:
      print_members (out, value, depth);
      break;
    case RTMP_VALUE_REFERENCE:
      g_string_append_printf (out, "reference %u", value->index);
      break;
    case RTMP_VALUE_BYTES:
      g_string_append_printf (out, "%" G_GSIZE_FORMAT " bytes", value->length);
      break;
    default:
      g_string_append (out, rtmp_value_type_to_string (value->type));
      break;
  }
}

gchar *
rtmp_value_to_string (const RtmpValue * self)
{
  GString *out;

  if (self == NULL)
    return g_strdup ("nothing");
  out = g_string_new (NULL);
  print_value (out, self, 0);
  if (print_is_full (out))
    g_string_append (out, "...");
  return g_string_free (out, FALSE);
}

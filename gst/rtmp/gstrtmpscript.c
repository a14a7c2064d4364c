/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpscript.h"

static gboolean to_gvalue (const RtmpValue * value, GValue * out);

/* What a structure may be called: as GStreamer writes and reads it. */
static gboolean
is_structure_name (const gchar * name)
{
  if (name == NULL || !g_ascii_isalpha (name[0]))
    return FALSE;
  for (; *name; name++)
    if (!g_ascii_isalnum (*name) && !strchr ("/-_.:+", *name))
      return FALSE;
  return TRUE;
}

static GstStructure *
to_structure (const RtmpValue * value)
{
  const gchar *class_name = rtmp_value_type (value) == RTMP_VALUE_OBJECT
      ? rtmp_value_class_name (value) : NULL;
  GstStructure *s = gst_structure_new_empty (is_structure_name (class_name)
      ? class_name : "object");

  for (guint i = 0; i < rtmp_value_n_members (value); i++) {
    GValue member = G_VALUE_INIT;
    const gchar *name;

    if (to_gvalue (rtmp_value_member (value, i, &name), &member)
        && name && *name && g_utf8_validate (name, -1, NULL))
      gst_structure_take_value (s, name, &member);
    else if (G_IS_VALUE (&member))
      g_value_unset (&member);
  }
  return s;
}

/* GST_TYPE_ARRAY holds values of one type only. */
static GstStructure *
to_array (RtmpValue * const *values, guint n)
{
  GstStructure *s = gst_structure_new_empty ("array");

  for (guint i = 0; i < n; i++) {
    GValue member = G_VALUE_INIT;
    gchar index[11];

    g_snprintf (index, sizeof (index), "%u", i);
    if (!to_gvalue (values[i], &member))
      g_value_init (&member, G_TYPE_BOOLEAN);
    gst_structure_take_value (s, index, &member);
  }
  return s;
}

static void
array_to_gvalue (const RtmpValue * value, GValue * out)
{
  g_autoptr (GPtrArray) members = g_ptr_array_new ();

  for (guint i = 0; i < rtmp_value_n_members (value); i++)
    g_ptr_array_add (members, rtmp_value_member (value, i, NULL));
  g_value_init (out, GST_TYPE_STRUCTURE);
  g_value_take_boxed (out, to_array ((RtmpValue * const *) members->pdata,
          members->len));
}

static gboolean
to_string (const RtmpValue * value, GValue * out)
{
  gsize size;
  const gchar *text = rtmp_value_as_string (value, &size);

  g_value_init (out, G_TYPE_STRING);
  g_value_take_string (out, g_utf8_make_valid (text, (gssize) size));
  return TRUE;
}

/* FALSE for what has no value. AMF's depth is limited where it is read. */
static gboolean
to_gvalue (const RtmpValue * value, GValue * out)
{
  switch (rtmp_value_type (value)) {
    case RTMP_VALUE_BOOLEAN:
      g_value_init (out, G_TYPE_BOOLEAN);
      g_value_set_boolean (out, rtmp_value_as_boolean (value, FALSE));
      return TRUE;
    case RTMP_VALUE_NUMBER:
    case RTMP_VALUE_DATE:
      g_value_init (out, G_TYPE_DOUBLE);
      g_value_set_double (out, rtmp_value_as_number (value, 0));
      return TRUE;
    case RTMP_VALUE_STRING:
    case RTMP_VALUE_XML:
    case RTMP_VALUE_E4X:
      return to_string (value, out);
    case RTMP_VALUE_OBJECT:
    case RTMP_VALUE_ECMA_ARRAY:
      g_value_init (out, GST_TYPE_STRUCTURE);
      g_value_take_boxed (out, to_structure (value));
      return TRUE;
    case RTMP_VALUE_STRICT_ARRAY:
    case RTMP_VALUE_VECTOR:
    case RTMP_VALUE_DICTIONARY:
      array_to_gvalue (value, out);
      return TRUE;
    default:
      return FALSE;
  }
}

GstStructure *
gst_rtmp_script_to_structure (const FlvScript * script, GstClockTime timestamp)
{
  g_autofree gchar *name = g_utf8_make_valid (script->name, -1);
  GstStructure *s = gst_structure_new ("rtmp-script",
      "name", G_TYPE_STRING, name, "timestamp", G_TYPE_UINT64, timestamp, NULL);
  g_autoptr (GstStructure) values =
      to_array ((RtmpValue * const *) script->values->pdata,
      script->values->len);

  gst_structure_set (s, "values", GST_TYPE_STRUCTURE, values, NULL);
  return s;
}

static RtmpValue *from_gvalue (const GValue * value);

static gboolean
add_member (GQuark field, const GValue * value, gpointer object)
{
  rtmp_value_set (object, g_quark_to_string (field), from_gvalue (value));
  return TRUE;
}

static RtmpValue *
from_array (const GValue * values)
{
  RtmpValue *array = rtmp_value_new_strict_array ();

  for (guint i = 0; i < gst_value_array_get_size (values); i++)
    rtmp_value_append (array,
        from_gvalue (gst_value_array_get_value (values, i)));
  return array;
}

static RtmpValue *
from_indexed (const GstStructure * s)
{
  RtmpValue *array = rtmp_value_new_strict_array ();
  const GValue *value;

  for (guint i = 0;; i++) {
    gchar index[11];

    g_snprintf (index, sizeof (index), "%u", i);
    value = gst_structure_get_value (s, index);
    if (value == NULL)
      return array;
    rtmp_value_append (array, from_gvalue (value));
  }
}

static RtmpValue *
from_structure (const GstStructure * s)
{
  RtmpValue *object;

  if (gst_structure_has_name (s, "array"))
    return from_indexed (s);
  object = gst_structure_has_name (s, "object") ? rtmp_value_new_object ()
      : rtmp_value_new_typed_object (gst_structure_get_name (s));
  gst_structure_foreach (s, add_member, object);
  return object;
}

static RtmpValue *
from_date (GDateTime * date)
{
  return rtmp_value_new_date ((gdouble) g_date_time_to_unix (date) * 1000
      + g_date_time_get_microsecond (date) / 1000, 0);
}

static RtmpValue *
from_number (const GValue * value)
{
  GValue number = G_VALUE_INIT;

  g_value_init (&number, G_TYPE_DOUBLE);
  return g_value_transform (value, &number)
      ? rtmp_value_new_number (g_value_get_double (&number))
      : rtmp_value_new_null ();
}

static RtmpValue *
from_gvalue (const GValue * value)
{
  if (G_VALUE_HOLDS_BOOLEAN (value))
    return rtmp_value_new_boolean (g_value_get_boolean (value));
  if (G_VALUE_HOLDS_STRING (value) && g_value_get_string (value))
    return rtmp_value_new_string (g_value_get_string (value));
  if (GST_VALUE_HOLDS_STRUCTURE (value) && gst_value_get_structure (value))
    return from_structure (gst_value_get_structure (value));
  if (GST_VALUE_HOLDS_ARRAY (value))
    return from_array (value);
  if (G_VALUE_HOLDS (value, G_TYPE_DATE_TIME) && g_value_get_boxed (value))
    return from_date (g_value_get_boxed (value));
  return from_number (value);
}

/* Those of an array, or the one that there is. */
static GPtrArray *
list_values (const GValue * values)
{
  g_autoptr (RtmpValue) value = values ? from_gvalue (values) : NULL;
  GPtrArray *list =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rtmp_value_unref);

  if (value && rtmp_value_type (value) != RTMP_VALUE_STRICT_ARRAY)
    g_ptr_array_add (list, rtmp_value_ref (value));
  else
    for (guint i = 0; value && i < rtmp_value_n_members (value); i++)
      g_ptr_array_add (list,
          rtmp_value_ref (rtmp_value_member (value, i, NULL)));
  return list;
}

GBytes *
gst_rtmp_script_write (const GstStructure * script, GError ** error)
{
  const gchar *name = gst_structure_get_string (script, "name");
  g_autoptr (GPtrArray) values = NULL;

  if (name == NULL || *name == '\0') {
    g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_MUX,
        "Script data have no name: \"name\" is a string, such as onCuePoint.");
    return NULL;
  }
  values = list_values (gst_structure_get_value (script, "values"));
  return flv_script_write (name, (RtmpValue * const *) values->pdata,
      values->len);
}

GstTagList *
gst_rtmp_script_to_tags (const RtmpValue * metadata)
{
  static const struct
  {
    const gchar *member;
    const gchar *tag;
  } names[] = {
    {"title", GST_TAG_TITLE},
    {"artist", GST_TAG_ARTIST},
    {"album", GST_TAG_ALBUM},
    {"genre", GST_TAG_GENRE},
    {"comment", GST_TAG_COMMENT},
    {"description", GST_TAG_DESCRIPTION},
    {"copyright", GST_TAG_COPYRIGHT},
    {"encoder", GST_TAG_APPLICATION_NAME},
  };
  GstTagList *tags = gst_tag_list_new_empty ();

  gst_tag_list_set_scope (tags, GST_TAG_SCOPE_GLOBAL);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    const gchar *text = rtmp_value_get_string (metadata, names[i].member);

    if (text && *text && g_utf8_validate (text, -1, NULL))
      gst_tag_list_add (tags, GST_TAG_MERGE_REPLACE, names[i].tag, text, NULL);
  }
  if (gst_tag_list_is_empty (tags))
    gst_clear_tag_list (&tags);
  return tags;
}

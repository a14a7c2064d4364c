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

/* One after the other in a structure. */
static void
to_numbered (const GValue * values, guint n, GValue * out)
{
  GstStructure *s = gst_structure_new_empty ("array");

  for (guint i = 0; i < n; i++) {
    g_autofree gchar *name = g_strdup_printf ("%u", i);

    if (G_IS_VALUE (&values[i]))
      gst_structure_set_value (s, name, &values[i]);
  }
  g_value_init (out, GST_TYPE_STRUCTURE);
  g_value_take_boxed (out, s);
}

/* GStreamer's arrays hold values of one type. */
static void
to_array (RtmpValue * const *members, guint n, GValue * out)
{
  g_autoptr (GArray) array = g_array_new (FALSE, TRUE, sizeof (GValue));
  const GValue *values;
  gboolean same = TRUE;

  g_array_set_clear_func (array, (GDestroyNotify) g_value_unset);
  g_array_set_size (array, n);
  values = (const GValue *) (gpointer) array->data;
  for (guint i = 0; i < n; i++) {
    to_gvalue (members[i], &g_array_index (array, GValue, i));
    same = same && G_IS_VALUE (&values[i])
        && G_VALUE_TYPE (&values[i]) == G_VALUE_TYPE (&values[0]);
  }
  if (!same) {
    to_numbered (values, n, out);
    return;
  }
  g_value_init (out, GST_TYPE_ARRAY);
  for (guint i = 0; i < n; i++)
    gst_value_array_append_value (out, &values[i]);
}

static void
members_to_array (const RtmpValue * value, GValue * out)
{
  g_autoptr (GPtrArray) members = g_ptr_array_new ();

  for (guint i = 0; i < rtmp_value_n_members (value); i++)
    g_ptr_array_add (members, rtmp_value_member (value, i, NULL));
  to_array ((RtmpValue * const *) members->pdata, members->len, out);
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
      members_to_array (value, out);
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
  GValue values = G_VALUE_INIT;

  to_array ((RtmpValue * const *) script->values->pdata, script->values->len,
      &values);
  gst_structure_take_value (s, "values", &values);
  return s;
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

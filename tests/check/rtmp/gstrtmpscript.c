/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Script data as structures and tags. */
#include "gstrtmpscript.h"

#include "gstrtmptest.h"
#include "rtmptesthex.h"

/* What the values begin with, as GStreamer writes them. */
#define VALUES "values=(structure)\"array\\,\\ "

static void
test_structure (void)
{
  static const struct
  {
    const gchar *body;          /* behind the name, "a" */
    const gchar *wanted;
  } rows[] = {
    {"", NULL},
    {"02 0001 62", VALUES "0\\=\\(string\\)b\\;\""},
    {"00 3FF0000000000000 00 4000000000000000",
        VALUES "0\\=\\(double\\)1\\,\\ 1\\=\\(double\\)2\\;\""},
    {"01 01", VALUES "0\\=\\(boolean\\)true\\;\""},
    {"05 02 0001 62",
        VALUES "0\\=\\(boolean\\)false\\,\\ 1\\=\\(string\\)b\\;\""},
    {"00 3FF0000000000000 01 00",
        VALUES "0\\=\\(double\\)1\\,\\ 1\\=\\(boolean\\)false\\;\""},
    {"0A 00000002 01 01 02 0000", NULL},
    {"0A 00000001 05", NULL},
    {"08 00000000 0001 62 05 0001 63 01 01 000009", NULL},
    {"10 0003 612062 0001 63 01 01 000009", NULL},
    {"02 0003 62FF00", NULL},
    {"0B 3FF0000000000000 0000", VALUES "0\\=\\(double\\)1\\;\""},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *hex = g_strconcat ("02 0001 61 ", rows[i].body, NULL);
    g_autoptr (GBytes) body = rtmp_test_unhex (hex);
    g_auto (FlvScript) script = { NULL, };
    GError *error = NULL;
    g_autoptr (GstStructure) s = NULL;
    g_autofree gchar *text = NULL;

    flv_script_parse (&script, body, NULL, &error);
    g_assert_no_error (error);
    s = gst_rtmp_script_to_structure (&script, 7);
    text = gst_structure_to_string (s);
    g_assert_true (g_str_has_prefix (text, "rtmp-script, name=(string)a, "
            "timestamp=(guint64)7, values="));
    if (rows[i].wanted && g_strrstr (text, rows[i].wanted) == NULL)
      g_error ("%s, not %s", text, rows[i].wanted);
  }
}

static void
test_tags (void)
{
  g_autoptr (RtmpValue) object = rtmp_value_new_ecma_array ();
  g_autoptr (GstTagList) tags = NULL;
  const gchar *text;

  g_assert_null (gst_rtmp_script_to_tags (object));
  g_assert_null (gst_rtmp_script_to_tags (NULL));
  rtmp_value_set (object, "title", rtmp_value_new_string ("t"));
  rtmp_value_set (object, "artist", rtmp_value_new_string (""));
  rtmp_value_set (object, "genre", rtmp_value_new_number (1));
  rtmp_value_set (object, "encoder", rtmp_value_new_string ("e"));
  tags = gst_rtmp_script_to_tags (object);
  g_assert_cmpint (gst_tag_list_n_tags (tags), ==, 2);
  g_assert_cmpint (gst_tag_list_get_scope (tags), ==, GST_TAG_SCOPE_GLOBAL);
  g_assert_true (gst_tag_list_peek_string_index (tags, GST_TAG_TITLE, 0,
          &text));
  g_assert_cmpstr (text, ==, "t");
  g_assert_true (gst_tag_list_peek_string_index (tags,
          GST_TAG_APPLICATION_NAME, 0, &text));
  g_assert_cmpstr (text, ==, "e");
}

int
main (int argc, char **argv)
{
  gst_rtmp_test_init (&argc, &argv);
  g_test_add_func ("/script/structure", test_structure);
  g_test_add_func ("/script/tags", test_tags);
  return g_test_run ();
}

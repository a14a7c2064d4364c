/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmptest.h"

#define SECRET "s3cr3t"

typedef struct
{
  const gchar *name;
  const gchar *users;
  const gchar *said;            /* in the debug part; %NULL: it listens */
} Row;

/* A list of users that is written wrong would let everybody in. */
static const Row rows[] = {
  {"one", "joe:" SECRET, NULL},
  {"two", "joe:" SECRET ",ann:a:b", NULL},
  {"none", "", NULL},
  {"no-colon", SECRET, "number 1 has no colon"},
  {"second-without-colon", "joe:x," SECRET, "number 2 has no colon"},
  {"comma-at-end", "joe:" SECRET ",", "number 2 has no colon"},
  {"no-name", ":" SECRET, "number 1 has no name"},
};

static void
test_row (gconstpointer data)
{
  const Row *row = data;
  GstRtmpTest *test = gst_rtmp_test_new ("rtmpserversrc name=server "
      "host=127.0.0.1 port=0 ! fakesink");
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;
  GstStateChangeReturn result;

  g_object_set (gst_rtmp_test_element (test, "server"), "users", row->users,
      NULL);
  result = gst_element_set_state (test->pipeline, GST_STATE_PAUSED);
  if (row->said) {
    g_assert_cmpint (result, ==, GST_STATE_CHANGE_FAILURE);
    gst_message_parse_error (gst_rtmp_test_wait (test, GST_MESSAGE_ERROR),
        &error, &debug);
    g_assert_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS);
    g_assert_nonnull (strstr (debug, row->said));
    gst_rtmp_test_assert_secret (test, SECRET);
  } else {
    g_assert_cmpint (result, ==, GST_STATE_CHANGE_NO_PREROLL);
    g_assert_cmpuint (gst_rtmp_test_count (test, GST_MESSAGE_ERROR, NULL), ==,
        0);
  }
  gst_rtmp_test_free (test);
}

int
main (int argc, char **argv)
{
  guint i;

  gst_rtmp_test_init (&argc, &argv);
  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *path = g_strconcat ("/users/", rows[i].name, NULL);

    g_test_add_data_func (path, &rows[i], test_row);
  }
  return g_test_run ();
}

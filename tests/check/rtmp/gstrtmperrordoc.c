/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmperror.h"

#include <gio/gio.h>
#include <string.h>

#include "gstrtmptest.h"
#include "rtmperror.h"

#define WHERE "rtmp://127.0.0.1/live/***"
#define MAX_CODE 1000

/* Where the table of docs/errors.md begins. */
#define HEADING "| domain | code | becomes | text |"

enum
{ BEFORE, DOMAIN, CODE, BECOMES, TEXT, N_NEEDED };

/* A line of the table. */
typedef struct
{
  gchar **cells;
  gint code;                    /* -1: any other */
  gboolean used;
} Row;

static void
row_free (gpointer data)
{
  g_strfreev (((Row *) data)->cells);
  g_free (data);
}

static Row *
row_new (const gchar * line)
{
  Row *row = g_new0 (Row, 1);
  guint i;

  row->cells = g_strsplit (line, "|", -1);
  g_assert_cmpuint (g_strv_length (row->cells), >, N_NEEDED);
  for (i = 0; row->cells[i]; i++)
    g_strstrip (row->cells[i]);
  row->code = g_ascii_isdigit (row->cells[CODE][0])
      ? (gint) g_ascii_strtoll (row->cells[CODE], NULL, 10) : -1;
  return row;
}

static GPtrArray *
read_table (void)
{
  g_autofree gchar *path =
      g_test_build_filename (G_TEST_DIST, "..", "docs", "errors.md", NULL);
  GPtrArray *rows = g_ptr_array_new_with_free_func (row_free);
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;
  GError *error = NULL;
  guint i = 0;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  while (lines[i] && !g_str_has_prefix (lines[i], HEADING))
    i++;
  g_assert_nonnull (lines[i]);
  for (i += 2; g_str_has_prefix (lines[i], "|"); i++)
    g_ptr_array_add (rows, row_new (lines[i]));
  return rows;
}

/* As in the code: the first match counts. */
static Row *
find_row (GPtrArray * rows, const gchar * domain, gint code)
{
  guint i;

  for (i = 0; i < rows->len; i++) {
    Row *row = g_ptr_array_index (rows, i);

    if ((g_str_equal (row->cells[DOMAIN], domain)
            && (row->code == code || row->code < 0))
        || g_str_equal (row->cells[DOMAIN], "any other"))
      return row;
  }
  g_error ("no row of docs/errors.md is for %s, %d", domain, code);
}

/* What the column "becomes" says, in a situation. */
static gint
becomes (const gchar * what, gboolean publish, gboolean running)
{
  g_autoptr (GEnumClass) codes = g_type_class_ref (GST_TYPE_RESOURCE_ERROR);
  gboolean transfer = running && g_str_equal (what, "open, transfer");
  const GEnumValue *value;

  if (transfer)
    what = publish ? "write" : "read";
  else if (g_str_has_prefix (what, "open"))
    what = publish ? "open-write" : "open-read";
  value = g_enum_get_value_by_nick (codes, what);
  g_assert_nonnull (value);
  return value->value;
}

static void
check_row (const Row * row, const GError * error, gboolean publish,
    gboolean running)
{
  const GstRtmpErrorContext context = {.publish = publish,.running = running,
    .where = WHERE
  };
  GstRtmpTest *test = gst_rtmp_test_new ("fakesink name=sink");
  g_autofree gchar *debug = NULL;
  GString *text;
  g_autoptr (GError) told = NULL;

  gst_rtmp_element_error (gst_rtmp_test_element (test, "sink"), error,
      &context);
  gst_message_parse_error (gst_rtmp_test_wait (test, GST_MESSAGE_ERROR), &told,
      &debug);
  text = g_string_new (told->message);
  g_string_replace (text, " (" WHERE ").", ".", 1);
  g_assert_cmpstr (text->str, ==, row->cells[TEXT]);
  g_string_free (text, TRUE);
  g_assert_error (told, GST_RESOURCE_ERROR,
      becomes (row->cells[BECOMES], publish, running));
  gst_rtmp_test_free (test);
}

static void
check_code (GPtrArray * rows, GQuark domain, gint code, const gchar * name)
{
  g_autoptr (GError) error = g_error_new_literal (domain, code, "why");
  Row *row = find_row (rows, g_quark_to_string (domain), code);
  guint i;

  row->used = TRUE;
  if (row->code >= 0) {
    g_autofree gchar *expected = g_strdup_printf ("%d %s", code, name);

    g_assert_cmpstr (row->cells[CODE], ==, expected);
  }
  for (i = 0; i < 4; i++)
    check_row (row, error, i & 1, i & 2);
}

static void
check_enum (GPtrArray * rows, GQuark domain, GType type)
{
  g_autoptr (GEnumClass) codes = g_type_class_ref (type);
  guint i;

  for (i = 0; i < codes->n_values; i++)
    check_code (rows, domain, codes->values[i].value,
        codes->values[i].value_nick);
}

/* Every error that can come up is in the table with what becomes of it, and
 * nothing that cannot. */
static void
test_table (void)
{
  GPtrArray *rows = read_table ();
  gint code;
  guint i;

  for (code = 0; code < MAX_CODE; code++) {
    const gchar *name = rtmp_error_to_string ((RtmpError) code);

    if (!g_str_equal (name, "unknown"))
      check_code (rows, RTMP_ERROR, code, name);
  }
  check_enum (rows, G_RESOLVER_ERROR, G_TYPE_RESOLVER_ERROR);
  check_enum (rows, G_IO_ERROR, G_TYPE_IO_ERROR_ENUM);
  check_enum (rows, G_TLS_ERROR, G_TYPE_TLS_ERROR);
  check_code (rows, G_FILE_ERROR, G_FILE_ERROR_NOENT, "noent");
  for (i = 0; i < rows->len; i++) {
    const Row *row = g_ptr_array_index (rows, i);

    if (!row->used)
      g_error ("nothing comes to the row of docs/errors.md for %s, %s",
          row->cells[DOMAIN], row->cells[CODE]);
  }
  g_ptr_array_unref (rows);
}

int
main (int argc, char **argv)
{
  gst_rtmp_test_init (&argc, &argv);
  g_test_add_func ("/error/doc", test_table);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs a fuzz harness over its seeds as a test: every seed whole, cut at every
 * length (the first 2 KiB of them), and with each byte in turn flipped. */
#include <glib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

#define MAX_CUTS 2048

/* A copy of exactly @size bytes, so that a sanitizer sees a read past it. */
static void
run_one (const guint8 * data, gsize size)
{
  guint8 *copy = g_malloc (MAX (size, 1));

  if (size > 0)
    memcpy (copy, data, size);
  LLVMFuzzerTestOneInput (copy, size);
  g_free (copy);
}

static void
test_seed (gconstpointer path)
{
  gchar *data;
  gsize size, i;
  GError *error = NULL;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  run_one ((const guint8 *) data, size);
  for (i = 0; i < MIN (size, MAX_CUTS); i++) {
    run_one ((const guint8 *) data, i);
    data[i] ^= (gchar) 0xff;
    run_one ((const guint8 *) data, size);
    data[i] ^= (gchar) 0xff;
  }
  g_free (data);
}

int
main (int argc, char **argv)
{
  GDir *dir;
  const gchar *name;
  GError *error = NULL;
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  int result;

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  dir = g_dir_open (argv[1], 0, &error);
  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir))) {
    gchar *path = g_build_filename (argv[1], name, NULL);
    gchar *test = g_strconcat ("/seed/", name, NULL);

    g_ptr_array_add (paths, path);
    g_test_add_data_func (test, path, test_seed);
    g_free (test);
  }
  g_dir_close (dir);
  g_assert_cmpuint (paths->len, >, 0);
  result = g_test_run ();
  g_ptr_array_unref (paths);
  return result;
}

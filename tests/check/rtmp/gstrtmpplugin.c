/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmptest.h"

#include <glib/gstdio.h>
#include <string.h>

#define SYSTEM_RANK 257         /* the highest of the elements of that name */

typedef struct
{
  gchar *folder;                /* for the registry */
  gchar **environment;
} Fixture;

/* As a user has it: our folder in GST_PLUGIN_PATH, everything else as it is. */
static void
fixture_init (Fixture * self)
{
  g_autofree gchar *registry = NULL;
  gchar **env = g_get_environ ();

  self->folder = g_dir_make_tmp ("gst-rtmp-XXXXXX", NULL);
  registry = g_build_filename (self->folder, "registry.bin", NULL);
  env = g_environ_setenv (env, "GST_REGISTRY", registry, TRUE);
  env = g_environ_setenv (env, "GST_PLUGIN_PATH", g_getenv ("PLUGIN_FOLDER"),
      TRUE);
  env = g_environ_setenv (env, "LC_ALL", "C", TRUE);
  env = g_environ_unsetenv (env, "GST_PLUGIN_LOADING_WHITELIST");
  env = g_environ_unsetenv (env, "GST_REGISTRY_FORK");
  self->environment = env;
}

static void
fixture_clear (Fixture * self)
{
  g_autofree gchar *registry =
      g_build_filename (self->folder, "registry.bin", NULL);

  g_remove (registry);
  g_rmdir (self->folder);
  g_free (self->folder);
  g_strfreev (self->environment);
}

static gchar *
inspect (Fixture * self, const gchar * what)
{
  gchar *argv[] = { (gchar *) "gst-inspect-1.0", (gchar *) what, NULL };
  GError *error = NULL;
  gchar *out = NULL;
  gint status;

  g_spawn_sync (NULL, argv, self->environment, G_SPAWN_SEARCH_PATH
      | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &out, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, NULL));
  return out;
}

/* What stands behind @label in what gst-inspect-1.0 prints. */
static gchar *
field (const gchar * text, const gchar * label)
{
  const gchar *line = strstr (text, label);
  const gchar *end;

  g_assert_nonnull (line);
  line += strlen (label);
  end = strchr (line, '\n');
  return g_strstrip (g_strndup (line, (gsize) (end - line)));
}

static void
assert_ours (Fixture * self, const gchar * element)
{
  g_autofree gchar *text = inspect (self, element);
  g_autofree gchar *file = field (text, "Filename");
  g_autofree gchar *rank = field (text, "Rank");
  g_autofree gchar *expected = g_canonicalize_filename ("libgstrtmp.so",
      g_getenv ("PLUGIN_FOLDER"));

  g_assert_cmpstr (file, ==, expected);
  g_assert_cmpuint (strtoul (strchr (rank, '(') + 1, NULL, 10), >, SYSTEM_RANK);
}

static void
test_is_found (gconstpointer element)
{
  Fixture f;

  fixture_init (&f);
  assert_ours (&f, element);
  fixture_clear (&f);
}

/* The plugin that GStreamer ships has the same file name, and the one found
 * first wins. */
static void
test_hides_the_system_one (void)
{
  g_autofree gchar *text = NULL;
  Fixture f;

  fixture_init (&f);
  f.environment = g_environ_unsetenv (f.environment, "GST_PLUGIN_PATH");
  text = inspect (&f, "--print-all");
  fixture_clear (&f);
  if (strstr (text, "rtmpsink:") == NULL) {
    g_test_skip ("the system has no libgstrtmp.so to be hidden");
    return;
  }
  fixture_init (&f);
  assert_ours (&f, "rtmpsrc");
  assert_ours (&f, "rtmpsink");
  fixture_clear (&f);
}

/* Elements made by URI are ours too. */
static void
assert_handles (GstURIType type, const gchar * uri, const gchar * name)
{
  GError *error = NULL;
  GstElement *element = gst_element_make_from_uri (type, uri, NULL, &error);
  GstElementFactory *factory;

  g_assert_no_error (error);
  factory = gst_element_get_factory (element);
  g_assert_cmpstr (GST_OBJECT_NAME (factory), ==, name);
  gst_object_unref (gst_object_ref_sink (element));
}

static void
test_uri (void)
{
  assert_handles (GST_URI_SINK, "rtmp://127.0.0.1/live/key", "rtmpsink");
  assert_handles (GST_URI_SINK, "rtmps://127.0.0.1/live/key", "rtmpsink");
  assert_handles (GST_URI_SRC, "rtmp://127.0.0.1/live/key", "rtmpsrc");
  assert_handles (GST_URI_SRC, "rtmps://127.0.0.1/live/key", "rtmpsrc");
}

#if defined (__SANITIZE_ADDRESS__) || defined (__SANITIZE_THREAD__)
#define LOADABLE FALSE
#else
#define LOADABLE TRUE
#endif

/* What a sanitizer is built into, gst-inspect-1.0 cannot load. */
static void
add_loading (void)
{
  g_test_add_data_func ("/plugin/rtmpsrc", "rtmpsrc", test_is_found);
  g_test_add_data_func ("/plugin/rtmpsink", "rtmpsink", test_is_found);
  g_test_add_func ("/plugin/hides-the-system-one", test_hides_the_system_one);
}

int
main (int argc, char **argv)
{
  gst_rtmp_test_init (&argc, &argv);
  if (LOADABLE)
    add_loading ();
  g_test_add_func ("/plugin/uri", test_uri);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmptestresolver.h"

typedef GResolver TestResolver;
typedef GResolverClass TestResolverClass;
static GType test_resolver_get_type (void);
G_DEFINE_TYPE (TestResolver, test_resolver, G_TYPE_RESOLVER);

static gboolean resolver_answers;

static void
on_cancelled (GCancellable * cancellable, gpointer task)
{
  g_task_return_error_if_cancelled (task);
  g_object_unref (task);
}

static void
resolver_lookup (GResolver * resolver, const gchar * host,
    GResolverNameLookupFlags flags, GCancellable * cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (resolver, cancellable, callback, user_data);

  if (resolver_answers) {
    g_task_return_new_error (task, G_RESOLVER_ERROR,
        G_RESOLVER_ERROR_NOT_FOUND, "no host %s here", host);
    g_object_unref (task);
  } else {
    g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), task, NULL);
  }
}

static GList *
resolver_finish (GResolver * resolver, GAsyncResult * result, GError ** error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
test_resolver_class_init (TestResolverClass * klass)
{
  klass->lookup_by_name_with_flags_async = resolver_lookup;
  klass->lookup_by_name_with_flags_finish = resolver_finish;
}

static void
test_resolver_init (TestResolver * self)
{
}

GResolver *
rtmp_test_resolver_use (gboolean answers)
{
  GResolver *before = g_resolver_get_default ();
  g_autoptr (GResolver) ours = g_object_new (test_resolver_get_type (), NULL);

  resolver_answers = answers;
  g_resolver_set_default (ours);
  return before;
}

void
rtmp_test_resolver_restore (GResolver * before)
{
  g_resolver_set_default (before);
  g_object_unref (before);
}

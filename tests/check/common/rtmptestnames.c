/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmptestnames.h"

typedef struct
{
  GResolver parent;
  gchar **addresses;
} TestNames;

typedef GResolverClass TestNamesClass;
static GType test_names_get_type (void);
G_DEFINE_TYPE (TestNames, test_names, G_TYPE_RESOLVER);

static gboolean
is_wanted (GInetAddress * address, GResolverNameLookupFlags flags)
{
  gboolean ipv6 = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;

  return !(flags & (ipv6 ? G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY
          : G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY));
}

static void
free_addresses (gpointer list)
{
  g_list_free_full (list, g_object_unref);
}

static void
lookup (GResolver * resolver, const gchar * host,
    GResolverNameLookupFlags flags, GCancellable * cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  TestNames *self = (TestNames *) resolver;
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback,
      user_data);
  GList *list = NULL;
  guint i;

  for (i = 0; self->addresses[i]; i++) {
    g_autoptr (GInetAddress) address =
        g_inet_address_new_from_string (self->addresses[i]);

    if (is_wanted (address, flags))
      list = g_list_append (list, g_object_ref (address));
  }
  if (list)
    g_task_return_pointer (task, list, free_addresses);
  else
    g_task_return_new_error (task, G_RESOLVER_ERROR,
        G_RESOLVER_ERROR_NOT_FOUND, "no such address of %s", host);
}

static void
lookup_any (GResolver * resolver, const gchar * host,
    GCancellable * cancellable, GAsyncReadyCallback callback,
    gpointer user_data)
{
  lookup (resolver, host, 0, cancellable, callback, user_data);
}

static GList *
lookup_finish (GResolver * resolver, GAsyncResult * result, GError ** error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
finalize (GObject * object)
{
  g_strfreev (((TestNames *) object)->addresses);
  G_OBJECT_CLASS (test_names_parent_class)->finalize (object);
}

static void
test_names_class_init (TestNamesClass * klass)
{
  G_OBJECT_CLASS (klass)->finalize = finalize;
  klass->lookup_by_name_async = lookup_any;
  klass->lookup_by_name_finish = lookup_finish;
  klass->lookup_by_name_with_flags_async = lookup;
  klass->lookup_by_name_with_flags_finish = lookup_finish;
}

static void
test_names_init (TestNames * self)
{
}

GResolver *
rtmp_test_names_push (const gchar * addresses)
{
  GResolver *before = g_resolver_get_default ();
  TestNames *ours = g_object_new (test_names_get_type (), NULL);

  ours->addresses = g_strsplit (addresses ? addresses : "", " ", -1);
  g_resolver_set_default (&ours->parent);
  g_object_unref (ours);
  return before;
}

void
rtmp_test_names_pop (GResolver * before)
{
  g_resolver_set_default (before);
  g_object_unref (before);
}

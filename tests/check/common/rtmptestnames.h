/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Until pop, every name has these @addresses, separated by spaces and in this
 * order; %NULL: none. Returns: the resolver before. */
GResolver *rtmp_test_names_push (const gchar * addresses);
void rtmp_test_names_pop (GResolver * before);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* In place of the system's resolver, for the whole process: one that knows no
 * host, or, without @answers, one that never answers. Returns what is to be
 * given back to restore. */
GResolver *rtmp_test_resolver_use (gboolean answers);
void rtmp_test_resolver_restore (GResolver * before);

G_END_DECLS

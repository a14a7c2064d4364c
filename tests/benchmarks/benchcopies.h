/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How many bytes this process has copied so far: 0 unless it was started with
 * libbenchcopies.so in LD_PRELOAD. */
guint64 bench_copied_bytes (void);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include "benchstream.h"

G_BEGIN_DECLS

/* The elements at the near end of every row, cheap and the same for all. They
 * work for one pipeline, on what bench_elements_init() was given. */

/* Registers
 * - benchsrc: the whole stream from memory as flvmux would give it: a tag a
 *   buffer, caps with streamheader;
 * - benchsink: a fakesink that counts bytes and, when @verify, reads what comes
 *   and compares it with the stream.
 * Both do nothing but that once the pipeline plays: the stream is made here. */
void bench_elements_init (const BenchStream * stream, gboolean verify);
void bench_elements_clear (void);

/* Bytes that came out of benchsink. */
guint64 bench_elements_received (void);

/* Whether all of the stream came out of benchsink: FALSE with @error, which
 * says how much is missing. */
gboolean bench_elements_check (GError ** error);

G_END_DECLS

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

/* By the machine's clock: benchsrc gives so many pictures a second, the
 * first half a second after it was asked, and sounds evenly between. Each has
 * its time in its body, so that benchsink, in a process that was told the
 * same, knows how long it was on its way. Not together with @verify. */
void bench_elements_pace (guint pictures_per_second);
/* What @percent of the pictures that came out of benchsink did not exceed;
 * GST_CLOCK_STIME_NONE if there are none. */
GstClockTimeDiff bench_elements_delay (guint percent);

/* The last message may be missing: there are clients that forget it. */
void bench_elements_but_last (void);

/* Bytes that came out of benchsink. */
guint64 bench_elements_received (void);

/* Whether all of the stream came out of benchsink: FALSE with @error, which
 * says how much is missing. */
gboolean bench_elements_check (GError ** error);

G_END_DECLS

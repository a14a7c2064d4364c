/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "rtmpswf.h"

G_BEGIN_DECLS

/* Hashes SWF files for SWF verification, and keeps the hashes for as long as
 * the process runs. */

/**
 * RtmpSwfFile:
 * @where: a path, or a URL: file, http, https, or what else GIO knows
 * @max_age: microseconds for which a hash that is known already will do
 * @timeout: microseconds for all of it; 0: 30 seconds
 *
 * Since: 0.1
 */
typedef struct
{
  const gchar *where;
  gint64 max_age;
  gint64 timeout;
} RtmpSwfFile;

/* Blocks; any thread but a loop's. FALSE with %RTMP_ERROR_UNSUPPORTED, which
 * names the file and says what is wrong with it, or %G_IO_ERROR_CANCELLED. */
gboolean rtmp_swf_file_load (const RtmpSwfFile * self,
    GCancellable * cancellable, RtmpSwf * swf, GError ** error);

/* The same in a thread of its own. @callback is called in the thread's default
 * context, also after a cancel. @self is copied. */
void rtmp_swf_file_load_async (const RtmpSwfFile * self,
    GCancellable * cancellable, GAsyncReadyCallback callback,
    gpointer user_data);
gboolean rtmp_swf_file_load_finish (GAsyncResult * result, RtmpSwf * swf,
    GError ** error);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmplog.h"
#include "rtmplimits.h"

const RtmpLimits rtmp_limits_default = RTMP_LIMITS_DEFAULT;

gint rtmp_log_threshold_ = -1;
static RtmpLogFunc log_func;

void
rtmp_log_set_hook (RtmpLogFunc func, RtmpLogLevel threshold)
{
  log_func = func;
  rtmp_log_threshold_ = func ? (gint) threshold : -1;
}

void
rtmp_log_set_threshold (gint threshold)
{
  rtmp_log_threshold_ = log_func ? threshold : -1;
}

/* A peer's words may be in it: they are not to end the line, nor to command the
 * terminal that it is read in. */
static void
make_printable (gchar * message)
{
  for (; *message; message++)
    if (g_ascii_iscntrl (*message))
      *message = '?';
}

void
rtmp_log_emit_ (RtmpLogLevel level, const gchar * file, gint line,
    const gchar * function, const gchar * format, ...)
{
  va_list args;
  gchar *message;

  if (log_func == NULL)
    return;
  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  make_printable (message);
  log_func (level, file, line, function, message);
  g_free (message);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RtmpLogLevel:
 *
 * LOG is per packet, DEBUG per state, INFO once per connection, WARNING
 * recoverable. Same order as GstDebugLevel, so that the plugin's hook is a
 * table of four.
 *
 * Since: 0.1
 */
typedef enum
{
  RTMP_LOG_WARNING,
  RTMP_LOG_INFO,
  RTMP_LOG_DEBUG,
  RTMP_LOG_LOG,
} RtmpLogLevel;

typedef void (*RtmpLogFunc) (RtmpLogLevel level, const gchar * file,
    gint line, const gchar * function, const gchar * message);

/* Install before any other call; not thread-safe, once per process. @func is
 * called for levels up to @threshold, from any thread; control characters in
 * @message have become question marks. %NULL: silence. */
void rtmp_log_set_hook (RtmpLogFunc func, RtmpLogLevel threshold);

/* Changes only the threshold, at any time. */
void rtmp_log_set_threshold (gint threshold);

extern gint rtmp_log_threshold_;        /* -1: nothing is logged */

void rtmp_log_emit_ (RtmpLogLevel level, const gchar * file, gint line,
    const gchar * function, const gchar * format, ...) G_GNUC_PRINTF (5, 6);

#define RTMP_LOG_AT_(level, ...) G_STMT_START {                              \
  if (G_UNLIKELY ((gint) (level) <= rtmp_log_threshold_))                    \
    rtmp_log_emit_ ((level), __FILE__, __LINE__, G_STRFUNC, __VA_ARGS__);    \
} G_STMT_END

#define RTMP_WARNING(...) RTMP_LOG_AT_ (RTMP_LOG_WARNING, __VA_ARGS__)
#define RTMP_INFO(...) RTMP_LOG_AT_ (RTMP_LOG_INFO, __VA_ARGS__)
#define RTMP_DEBUG(...) RTMP_LOG_AT_ (RTMP_LOG_DEBUG, __VA_ARGS__)
#define RTMP_LOG(...) RTMP_LOG_AT_ (RTMP_LOG_LOG, __VA_ARGS__)

G_END_DECLS

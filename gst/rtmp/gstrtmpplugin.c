/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpelements.h"
#include "rtmplog.h"
#ifdef HAVE_OPENSSL
#include "rtmpcryptoopenssl.h"
#endif

GST_DEBUG_CATEGORY (gst_rtmp_debug);

/* The core's log, in the category "rtmp". */
static void
log_hook (RtmpLogLevel level, const gchar * file, gint line,
    const gchar * function, const gchar * message)
{
  static const GstDebugLevel levels[] = {
    [RTMP_LOG_WARNING] = GST_LEVEL_WARNING,
    [RTMP_LOG_INFO] = GST_LEVEL_INFO,
    [RTMP_LOG_DEBUG] = GST_LEVEL_DEBUG,
    [RTMP_LOG_LOG] = GST_LEVEL_LOG,
  };

  gst_debug_log_literal (gst_rtmp_debug, levels[level], file, function, line,
      NULL, message);
}

/* The most detailed level that the category lets through. */
static gint
log_threshold (void)
{
  GstDebugLevel level = gst_debug_category_get_threshold (gst_rtmp_debug);

  if (level >= GST_LEVEL_LOG)
    return RTMP_LOG_LOG;
  if (level >= GST_LEVEL_DEBUG)
    return RTMP_LOG_DEBUG;
  if (level >= GST_LEVEL_INFO)
    return RTMP_LOG_INFO;
  return level >= GST_LEVEL_WARNING ? RTMP_LOG_WARNING : -1;
}

static gboolean
plugin_init (GstPlugin * plugin)
{
  gboolean ok = FALSE;

  GST_DEBUG_CATEGORY_INIT (gst_rtmp_debug, "rtmp", 0, "RTMP protocol core");
  rtmp_log_set_hook (log_hook, RTMP_LOG_WARNING);
  rtmp_log_set_threshold (log_threshold ());
#ifdef HAVE_OPENSSL
  rtmp_crypto_set_provider (rtmp_crypto_openssl ());
#endif
  ok |= GST_ELEMENT_REGISTER (rtmpsrc, plugin);
  ok |= GST_ELEMENT_REGISTER (rtmpsink, plugin);
  ok |= GST_ELEMENT_REGISTER (rtmpserversrc, plugin);
  ok |= GST_ELEMENT_REGISTER (rtmpserversink, plugin);
  ok |= GST_ELEMENT_REGISTER (rtmpdemux, plugin);
  ok |= GST_ELEMENT_REGISTER (rtmpmux, plugin);
  return ok;
}

#define PACKAGE "gst-rtmp"
GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, rtmp,
    "RTMP: play and publish streams", plugin_init,
    RTMP_VERSION, "LGPL", "gst-rtmp", "https://gstreamer.freedesktop.org/")

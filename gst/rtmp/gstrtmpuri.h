/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <gst/gst.h>

#include "rtmpclient.h"
#include "rtmpurl.h"

G_BEGIN_DECLS

#define GST_TYPE_RTMP_URL_SCHEME (gst_rtmp_url_scheme_get_type ())
GType gst_rtmp_url_scheme_get_type (void);

/* Properties that rtmpsrc and rtmpsink share; an element's own begin at
 * GST_RTMP_PROP_FIRST_OWN. */
enum
{
  GST_RTMP_PROP_LOCATION = 1,
  GST_RTMP_PROP_SCHEME,
  GST_RTMP_PROP_HOST,
  GST_RTMP_PROP_PORT,
  GST_RTMP_PROP_APPLICATION,
  GST_RTMP_PROP_STREAM,
  GST_RTMP_PROP_TIMEOUT,
  GST_RTMP_PROP_TLS_VALIDATION_FLAGS,
  GST_RTMP_PROP_FLASH_VERSION,
  GST_RTMP_PROP_ASYNC_CONNECT,
  GST_RTMP_PROP_STATS,          /* the element's to answer */
  GST_RTMP_PROP_FIRST_OWN,
};

/**
 * GstRtmpSettings:
 * @url: never %NULL: the location and its parts in one, so that they cannot
 *   disagree
 * @bad_location: why the last location set was refused, or %NULL
 *
 * What the user set. Under the element's object lock; copied at start.
 *
 * Since: 0.1
 */
typedef struct
{
  RtmpUrl *url;
  GError *bad_location;
  guint timeout;
  GTlsCertificateFlags tls_validation;
  gchar *flash_version;
  gboolean async_connect;
} GstRtmpSettings;

void gst_rtmp_settings_init (GstRtmpSettings * self);
void gst_rtmp_settings_clear (GstRtmpSettings * self);

void gst_rtmp_settings_install (GObjectClass * klass);
/* FALSE: not a shared property. Take @object's object lock themselves. */
gboolean gst_rtmp_settings_set (GstRtmpSettings * self, GObject * object,
    guint id, const GValue * value);
gboolean gst_rtmp_settings_get (GstRtmpSettings * self, GObject * object,
    guint id, GValue * value);

/* For the URI handler. */
gboolean gst_rtmp_settings_set_uri (GstRtmpSettings * self,
    GstElement * element, const gchar * uri, GError ** error);
const gchar *const *gst_rtmp_settings_protocols (GType type);

/* Completes @config, and fills in @target, which borrows from @self. Call with
 * the object lock held. FALSE with %RTMP_ERROR_BAD_URL or
 * %RTMP_ERROR_UNSUPPORTED. */
gboolean gst_rtmp_settings_resolve_locked (const GstRtmpSettings * self,
    RtmpClientConfig * config, RtmpClientTarget * target, GError ** error);

G_END_DECLS

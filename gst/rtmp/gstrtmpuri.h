/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <gst/gst.h>

#include "rtmpclient.h"
#include "rtmpurl.h"

G_BEGIN_DECLS

#define GST_TYPE_RTMP_URL_SCHEME (gst_rtmp_url_scheme_get_type ())
GType gst_rtmp_url_scheme_get_type (void);

/* What rtmp2src and rtmp2sink start with, and librtmp for a SWF file's hash. */
#define GST_RTMP_DEFAULT_LOCATION "rtmp://localhost/live/myStream"
#define GST_RTMP_DEFAULT_FLASH_VERSION "LNX 10,0,32,18"
#define GST_RTMP_DEFAULT_TIMEOUT 5
#define GST_RTMP_DEFAULT_SWF_AGE 30
#define GST_RTMP_DEFAULT_RECONNECT_ATTEMPTS 10
#define GST_RTMP_DEFAULT_RECONNECT_DELAY 1000

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
  GST_RTMP_PROP_USERNAME,
  GST_RTMP_PROP_PASSWORD,
  GST_RTMP_PROP_SECURE_TOKEN,
  GST_RTMP_PROP_AUTHMOD,
  GST_RTMP_PROP_EXTRA_CONNECT_ARGS,
  GST_RTMP_PROP_TIMEOUT,
  GST_RTMP_PROP_TLS_VALIDATION_FLAGS,
  GST_RTMP_PROP_TLS_DATABASE,
  GST_RTMP_PROP_TLS_INTERACTION,
  GST_RTMP_PROP_TLS_CA_FILE,
  GST_RTMP_PROP_TLS_CERTIFICATE_FILE,
  GST_RTMP_PROP_TLS_KEY_FILE,
  GST_RTMP_PROP_FLASH_VERSION,
  GST_RTMP_PROP_HANDSHAKE,
  GST_RTMP_PROP_SWF_URL,
  GST_RTMP_PROP_SWF_VERIFY,
  GST_RTMP_PROP_SWF_HASH,
  GST_RTMP_PROP_SWF_SIZE,
  GST_RTMP_PROP_SWF_AGE,
  GST_RTMP_PROP_ENHANCED_CODECS,
  GST_RTMP_PROP_RECONNECT,
  GST_RTMP_PROP_RECONNECT_ATTEMPTS,
  GST_RTMP_PROP_RECONNECT_DELAY,
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
  gboolean listens;             /* of a server; port 0 is any that is free */
  guint timeout;
  GTlsCertificateFlags tls_validation;
  GTlsDatabase *tls_database;
  GTlsInteraction *tls_interaction;
  GTlsCertificate *tls_certificate;     /* only in a copy, from the files */
  gchar *proxy;                 /* only in a copy, from the option socks */
  gchar *tls_ca_file;
  gchar *tls_certificate_file;
  gchar *tls_key_file;
  gchar *flash_version;
  gchar *secure_token;
  gchar *connect_args;
  gchar *enhanced_codecs;
  gchar *swf_url;
  gchar *swf_verify;            /* file or URL */
  gchar *swf_hash;
  guint swf_size;
  guint swf_age;                /* days */
  RtmpAuthmod authmod;
  gboolean digest;              /* which handshake; an enum to users */
  gboolean async_connect;
  gboolean reconnect;
  guint reconnect_attempts;     /* in a row; 0: any number */
  guint reconnect_delay;        /* ms, before the first one */
} GstRtmpSettings;

void gst_rtmp_settings_init (GstRtmpSettings * self);
void gst_rtmp_settings_clear (GstRtmpSettings * self);
/* @dest needs no init. Call with the object lock held. */
void gst_rtmp_settings_copy_locked (GstRtmpSettings * dest,
    const GstRtmpSettings * src);

void gst_rtmp_settings_install (GObjectClass * klass);
/* Those of an element that listens: location and its parts (@location: where
 * it does by default), certificate, timeout (seconds) and stats. */
void gst_rtmp_settings_install_server (GObjectClass * klass,
    const gchar * location, guint timeout);
/* FALSE: not a shared property. Take @object's object lock themselves. */
gboolean gst_rtmp_settings_set (GstRtmpSettings * self, GObject * object,
    guint id, const GValue * value);
gboolean gst_rtmp_settings_get (GstRtmpSettings * self, GObject * object,
    guint id, GValue * value);

/* For the URI handler. */
gboolean gst_rtmp_settings_set_uri (GstRtmpSettings * self,
    GstElement * element, const gchar * uri, GError ** error);
/* Protocols, and the location as the URI; the rest is the element's. */
void gst_rtmp_uri_handler_init (GstURIHandlerInterface * iface);

/* Completes @config, and fills in @target, which borrows from @self, a copy.
 * FALSE with %RTMP_ERROR_BAD_URL, %RTMP_ERROR_UNSUPPORTED, or what GIO says of
 * the TLS files. */
gboolean gst_rtmp_settings_resolve (GstRtmpSettings * self,
    RtmpClientConfig * config, RtmpClientTarget * target, GError ** error);

/* The hash and size of a SWF file that are set, or loads the file, which
 * blocks. A size of 0: neither. FALSE with %RTMP_ERROR_UNSUPPORTED. */
gboolean gst_rtmp_settings_load_swf (const GstRtmpSettings * self,
    RtmpSwf * swf, GError ** error);
/* The files become tls_database and tls_certificate. FALSE, for a scheme with
 * TLS, with %RTMP_ERROR_UNSUPPORTED, which says why. */
gboolean gst_rtmp_settings_load_tls (GstRtmpSettings * self, GError ** error);

/* A librtmp option that is a truth value: 1, on, yes, true. */
gboolean gst_rtmp_settings_has_option (const GstRtmpSettings * self,
    const gchar * name);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpuri.h"

#include "rtmperror.h"

/* What rtmp2src and rtmp2sink start with. */
#define DEFAULT_LOCATION "rtmp://localhost/live/myStream"
#define DEFAULT_FLASH_VERSION "LNX 10,0,32,18"
#define DEFAULT_TIMEOUT 5

GType
gst_rtmp_url_scheme_get_type (void)
{
  static const GEnumValue values[] = {
    {RTMP_SCHEME_RTMP, "RTMP over TCP", "rtmp"},
    {RTMP_SCHEME_RTMPS, "RTMP over TLS", "rtmps"},
    {0, NULL, NULL}
  };
  static gsize type;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
        g_enum_register_static ("GstRtmpUrlScheme", values));
  return type;
}

void
gst_rtmp_settings_init (GstRtmpSettings * self)
{
  self->url = rtmp_url_parse (DEFAULT_LOCATION, NULL);
  self->bad_location = NULL;
  self->timeout = DEFAULT_TIMEOUT;
  self->tls_validation = G_TLS_CERTIFICATE_VALIDATE_ALL;
  self->flash_version = g_strdup (DEFAULT_FLASH_VERSION);
  self->async_connect = TRUE;
}

void
gst_rtmp_settings_clear (GstRtmpSettings * self)
{
  g_clear_pointer (&self->url, rtmp_url_free);
  g_clear_error (&self->bad_location);
  g_clear_pointer (&self->flash_version, g_free);
}

#define PROP_FLAGS (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | \
    GST_PARAM_MUTABLE_READY)

static void
install_url_properties (GObjectClass * klass)
{
  g_object_class_install_property (klass, GST_RTMP_PROP_LOCATION,
      g_param_spec_string ("location",
          "Location",
          "Location of RTMP stream to access: "
          "rtmp://host[:port]/application/stream",
          DEFAULT_LOCATION, PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_SCHEME,
      g_param_spec_enum ("scheme", "Scheme",
          "RTMP connection scheme",
          GST_TYPE_RTMP_URL_SCHEME, RTMP_SCHEME_RTMP, PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_HOST,
      g_param_spec_string ("host", "Host",
          "RTMP server host name", "localhost", PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_PORT,
      g_param_spec_int ("port", "Port",
          "RTMP server port", 1, 65535, 1935, PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_APPLICATION,
      g_param_spec_string ("application",
          "Application", "RTMP application path", "live", PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_STREAM,
      g_param_spec_string ("stream", "Stream",
          "RTMP stream path", "myStream", PROP_FLAGS));
}

void
gst_rtmp_settings_install (GObjectClass * klass)
{
  install_url_properties (klass);
  g_object_class_install_property (klass, GST_RTMP_PROP_TIMEOUT,
      g_param_spec_uint ("timeout", "Timeout",
          "Seconds to wait for the connection and for each answer of the "
          "server (0 = for ever)", 0, G_MAXUINT, DEFAULT_TIMEOUT, PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_TLS_VALIDATION_FLAGS,
      g_param_spec_flags ("tls-validation-flags",
          "TLS validation flags",
          "TLS validation flags to use",
          G_TYPE_TLS_CERTIFICATE_FLAGS,
          G_TLS_CERTIFICATE_VALIDATE_ALL, PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_FLASH_VERSION,
      g_param_spec_string ("flash-version",
          "Flash version",
          "Flash version reported to the server",
          DEFAULT_FLASH_VERSION, PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_ASYNC_CONNECT,
      g_param_spec_boolean ("async-connect",
          "Async connect",
          "Connect when going to PAUSED, otherwise with the first buffer",
          TRUE, PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_STATS,
      g_param_spec_boxed ("stats", "Stats",
          "Statistics of the connection",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
replace_string (gchar ** field, const GValue * value)
{
  const gchar *text = g_value_get_string (value);

  g_free (*field);
  *field = g_strdup (text ? text : "");
}

static gboolean
set_location_locked (GstRtmpSettings * self, const gchar * location,
    GError ** error)
{
  RtmpUrl *url;

  g_clear_error (&self->bad_location);
  url = rtmp_url_parse (location ? location : "", &self->bad_location);
  if (url == NULL) {
    if (error)
      *error = g_error_copy (self->bad_location);
    return FALSE;
  }
  rtmp_url_free (self->url);
  self->url = url;
  return TRUE;
}

/* The port follows the scheme for as long as it is the scheme's own. */
static void
set_scheme_locked (GstRtmpSettings * self, RtmpScheme scheme)
{
  RtmpUrl *url = self->url;

  if (url->port == rtmp_scheme_default_port (url->scheme))
    url->port = rtmp_scheme_default_port (scheme);
  url->scheme = scheme;
}

gboolean
gst_rtmp_settings_set (GstRtmpSettings * self, GObject * object, guint id,
    const GValue * value)
{
  g_autoptr (GError) error = NULL;
  gboolean handled = TRUE;

  GST_OBJECT_LOCK (object);
  switch (id) {
    case GST_RTMP_PROP_LOCATION:
      set_location_locked (self, g_value_get_string (value), &error);
      break;
    case GST_RTMP_PROP_SCHEME:
      set_scheme_locked (self, g_value_get_enum (value));
      break;
    case GST_RTMP_PROP_HOST:
      replace_string (&self->url->host, value);
      break;
    case GST_RTMP_PROP_PORT:
      self->url->port = (guint16) g_value_get_int (value);
      break;
    case GST_RTMP_PROP_APPLICATION:
      replace_string (&self->url->application, value);
      break;
    case GST_RTMP_PROP_STREAM:
      replace_string (&self->url->stream, value);
      break;
    case GST_RTMP_PROP_TIMEOUT:
      self->timeout = g_value_get_uint (value);
      break;
    case GST_RTMP_PROP_TLS_VALIDATION_FLAGS:
      self->tls_validation = g_value_get_flags (value);
      break;
    case GST_RTMP_PROP_FLASH_VERSION:
      replace_string (&self->flash_version, value);
      break;
    case GST_RTMP_PROP_ASYNC_CONNECT:
      self->async_connect = g_value_get_boolean (value);
      break;
    default:
      handled = FALSE;
      break;
  }
  GST_OBJECT_UNLOCK (object);
  if (error)
    GST_WARNING_OBJECT (object, "location refused: %s", error->message);
  return handled;
}

gboolean
gst_rtmp_settings_get (GstRtmpSettings * self, GObject * object, guint id,
    GValue * value)
{
  gboolean handled = TRUE;

  GST_OBJECT_LOCK (object);
  switch (id) {
    case GST_RTMP_PROP_LOCATION:
      g_value_take_string (value, rtmp_url_to_string (self->url, TRUE));
      break;
    case GST_RTMP_PROP_SCHEME:
      g_value_set_enum (value, self->url->scheme);
      break;
    case GST_RTMP_PROP_HOST:
      g_value_set_string (value, self->url->host);
      break;
    case GST_RTMP_PROP_PORT:
      g_value_set_int (value, self->url->port);
      break;
    case GST_RTMP_PROP_APPLICATION:
      g_value_set_string (value, self->url->application);
      break;
    case GST_RTMP_PROP_STREAM:
      g_value_set_string (value, self->url->stream);
      break;
    case GST_RTMP_PROP_TIMEOUT:
      g_value_set_uint (value, self->timeout);
      break;
    case GST_RTMP_PROP_TLS_VALIDATION_FLAGS:
      g_value_set_flags (value, self->tls_validation);
      break;
    case GST_RTMP_PROP_FLASH_VERSION:
      g_value_set_string (value, self->flash_version);
      break;
    case GST_RTMP_PROP_ASYNC_CONNECT:
      g_value_set_boolean (value, self->async_connect);
      break;
    default:
      handled = FALSE;
      break;
  }
  GST_OBJECT_UNLOCK (object);
  return handled;
}

gboolean
gst_rtmp_settings_set_uri (GstRtmpSettings * self, GstElement * element,
    const gchar * uri, GError ** error)
{
  g_autoptr (GError) local = NULL;
  gboolean ok;

  GST_OBJECT_LOCK (element);
  ok = set_location_locked (self, uri, &local);
  GST_OBJECT_UNLOCK (element);
  if (!ok)
    g_set_error_literal (error, GST_URI_ERROR, GST_URI_ERROR_BAD_URI,
        local->message);
  return ok;
}

const gchar *const *
gst_rtmp_settings_protocols (GType type)
{
  static const gchar *const protocols[] = { "rtmp", "rtmps", NULL };

  return protocols;
}

/* librtmp's options that say what to send; the others are for what we do not do
 * yet. */
static void
apply_options (const RtmpUrl * url, RtmpClientConfig * config)
{
  const struct
  {
    const gchar *name;
    gchar **field;
  } strings[] = {
    {"app", &config->app},
    {"tcUrl", &config->tc_url},
    {"playpath", &config->stream},
    {"flashver", &config->flash_version},
    {"pageUrl", &config->page_url},
    {"swfUrl", &config->swf_url},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (strings); i++) {
    const gchar *value = rtmp_url_option (url, strings[i].name);

    if (value) {
      g_free (*strings[i].field);
      *strings[i].field = g_strdup (value);
    }
  }
}

gboolean
gst_rtmp_settings_resolve_locked (const GstRtmpSettings * self,
    RtmpClientConfig * config, RtmpClientTarget * target, GError ** error)
{
  const RtmpUrl *url = self->url;

  if (self->bad_location) {
    g_propagate_error (error, g_error_copy (self->bad_location));
    return FALSE;
  }
  if (url->scheme != RTMP_SCHEME_RTMP && url->scheme != RTMP_SCHEME_RTMPS) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED,
        "%s:// is not supported yet: expected rtmp:// or rtmps://",
        rtmp_scheme_to_string (url->scheme));
    return FALSE;
  }
  target->host = url->host;
  target->port = url->port;
  target->tls = url->scheme == RTMP_SCHEME_RTMPS;
  target->tls_validation = self->tls_validation;
  config->app = g_strdup (url->application);
  config->stream = g_strdup (url->stream);
  config->tc_url = rtmp_url_tc_url (url);
  config->flash_version = g_strdup (self->flash_version);
  config->timeout = (gint64) self->timeout * G_USEC_PER_SEC;
  apply_options (url, config);
  return TRUE;
}

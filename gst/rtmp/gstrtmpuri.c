/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpuri.h"

#include <string.h>

#include "rtmpconnectargs.h"
#include "rtmpdialer.h"
#include "rtmperror.h"
#include "rtmpswffile.h"

/* librtmp's: where socks= names no port. */
#define SOCKS_PORT 1080
#define DAY (24 * 3600 * (gint64) G_USEC_PER_SEC)

void
gst_rtmp_settings_init (GstRtmpSettings * self)
{
  self->url = rtmp_url_parse (GST_RTMP_DEFAULT_LOCATION, NULL);
  self->bad_location = NULL;
  self->listens = FALSE;
  self->timeout = GST_RTMP_DEFAULT_TIMEOUT;
  self->tls_validation = G_TLS_CERTIFICATE_VALIDATE_ALL;
  self->flash_version = g_strdup (GST_RTMP_DEFAULT_FLASH_VERSION);
  self->secure_token = self->connect_args = NULL;
  self->tls_database = NULL;
  self->tls_interaction = NULL;
  self->tls_certificate = NULL;
  self->proxy = NULL;
  self->tls_ca_file = self->tls_certificate_file = self->tls_key_file = NULL;
  self->enhanced_codecs = NULL;
  self->swf_url = self->swf_verify = self->swf_hash = NULL;
  self->swf_size = 0;
  self->swf_age = GST_RTMP_DEFAULT_SWF_AGE;
  self->authmod = RTMP_AUTHMOD_AUTO;
  self->digest = FALSE;
  self->async_connect = TRUE;
  self->reconnect = FALSE;
  self->reconnect_attempts = GST_RTMP_DEFAULT_RECONNECT_ATTEMPTS;
  self->reconnect_delay = GST_RTMP_DEFAULT_RECONNECT_DELAY;
}

void
gst_rtmp_settings_copy_locked (GstRtmpSettings * dest,
    const GstRtmpSettings * src)
{
  *dest = *src;
  dest->url = rtmp_url_copy (src->url);
  dest->bad_location = src->bad_location ? g_error_copy (src->bad_location)
      : NULL;
  dest->flash_version = g_strdup (src->flash_version);
  dest->secure_token = g_strdup (src->secure_token);
  dest->connect_args = g_strdup (src->connect_args);
  dest->enhanced_codecs = g_strdup (src->enhanced_codecs);
  dest->swf_url = g_strdup (src->swf_url);
  dest->swf_verify = g_strdup (src->swf_verify);
  dest->swf_hash = g_strdup (src->swf_hash);
  dest->tls_ca_file = g_strdup (src->tls_ca_file);
  dest->tls_certificate_file = g_strdup (src->tls_certificate_file);
  dest->tls_key_file = g_strdup (src->tls_key_file);
  if (dest->tls_database)
    g_object_ref (dest->tls_database);
  if (dest->tls_interaction)
    g_object_ref (dest->tls_interaction);
}

void
gst_rtmp_settings_clear (GstRtmpSettings * self)
{
  g_clear_pointer (&self->url, rtmp_url_free);
  g_clear_error (&self->bad_location);
  g_clear_pointer (&self->flash_version, g_free);
  g_clear_pointer (&self->secure_token, g_free);
  g_clear_pointer (&self->connect_args, g_free);
  g_clear_pointer (&self->enhanced_codecs, g_free);
  g_clear_pointer (&self->swf_url, g_free);
  g_clear_pointer (&self->swf_verify, g_free);
  g_clear_pointer (&self->swf_hash, g_free);
  g_clear_pointer (&self->proxy, g_free);
  g_clear_pointer (&self->tls_ca_file, g_free);
  g_clear_pointer (&self->tls_certificate_file, g_free);
  g_clear_pointer (&self->tls_key_file, g_free);
  g_clear_object (&self->tls_database);
  g_clear_object (&self->tls_interaction);
  g_clear_object (&self->tls_certificate);
}

/* Where a string property lives; NULL for others. */
static gchar **
string_field (GstRtmpSettings * self, guint id)
{
  switch (id) {
    case GST_RTMP_PROP_HOST:
      return &self->url->host;
    case GST_RTMP_PROP_APPLICATION:
      return &self->url->application;
    case GST_RTMP_PROP_STREAM:
      return &self->url->stream;
    case GST_RTMP_PROP_USERNAME:
      return &self->url->username;
    case GST_RTMP_PROP_PASSWORD:
      return &self->url->password;
    case GST_RTMP_PROP_SECURE_TOKEN:
      return &self->secure_token;
    case GST_RTMP_PROP_EXTRA_CONNECT_ARGS:
      return &self->connect_args;
    case GST_RTMP_PROP_ENHANCED_CODECS:
      return &self->enhanced_codecs;
    case GST_RTMP_PROP_FLASH_VERSION:
      return &self->flash_version;
    case GST_RTMP_PROP_SWF_URL:
      return &self->swf_url;
    case GST_RTMP_PROP_SWF_VERIFY:
      return &self->swf_verify;
    case GST_RTMP_PROP_SWF_HASH:
      return &self->swf_hash;
    case GST_RTMP_PROP_TLS_CA_FILE:
      return &self->tls_ca_file;
    case GST_RTMP_PROP_TLS_CERTIFICATE_FILE:
      return &self->tls_certificate_file;
    case GST_RTMP_PROP_TLS_KEY_FILE:
      return &self->tls_key_file;
    default:
      return NULL;
  }
}

/* The parts of a URL that are always there are empty rather than NULL. */
static gboolean
set_string_locked (GstRtmpSettings * self, guint id, const GValue * value)
{
  gchar **field = string_field (self, id);
  const gchar *text;

  if (field == NULL)
    return FALSE;
  text = g_value_get_string (value);
  if (text == NULL && (id == GST_RTMP_PROP_HOST
          || id == GST_RTMP_PROP_APPLICATION || id == GST_RTMP_PROP_STREAM))
    text = "";
  g_free (*field);
  *field = g_strdup (text);
  return TRUE;
}

static gboolean
set_location_locked (GstRtmpSettings * self, const gchar * location,
    GError ** error)
{
  RtmpUrl *url;

  g_clear_error (&self->bad_location);
  url = (self->listens ? rtmp_url_parse_listen : rtmp_url_parse)
      (location ? location : "", &self->bad_location);
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

static gboolean
set_locked (GstRtmpSettings * self, guint id, const GValue * value,
    GError ** error)
{
  switch (id) {
    case GST_RTMP_PROP_LOCATION:
      set_location_locked (self, g_value_get_string (value), error);
      return TRUE;
    case GST_RTMP_PROP_SCHEME:
      set_scheme_locked (self, g_value_get_enum (value));
      return TRUE;
    case GST_RTMP_PROP_PORT:
      self->url->port = (guint16) g_value_get_int (value);
      return TRUE;
    case GST_RTMP_PROP_TIMEOUT:
      self->timeout = g_value_get_uint (value);
      return TRUE;
    case GST_RTMP_PROP_TLS_VALIDATION_FLAGS:
      self->tls_validation = g_value_get_flags (value);
      return TRUE;
    case GST_RTMP_PROP_TLS_DATABASE:
      g_set_object (&self->tls_database, g_value_get_object (value));
      return TRUE;
    case GST_RTMP_PROP_TLS_INTERACTION:
      g_set_object (&self->tls_interaction, g_value_get_object (value));
      return TRUE;
    case GST_RTMP_PROP_AUTHMOD:
      self->authmod = g_value_get_enum (value);
      return TRUE;
    case GST_RTMP_PROP_HANDSHAKE:
      self->digest = g_value_get_enum (value);
      return TRUE;
    case GST_RTMP_PROP_SWF_SIZE:
      self->swf_size = g_value_get_uint (value);
      return TRUE;
    case GST_RTMP_PROP_SWF_AGE:
      self->swf_age = g_value_get_uint (value);
      return TRUE;
    case GST_RTMP_PROP_RECONNECT:
      self->reconnect = g_value_get_boolean (value);
      return TRUE;
    case GST_RTMP_PROP_RECONNECT_ATTEMPTS:
      self->reconnect_attempts = g_value_get_uint (value);
      return TRUE;
    case GST_RTMP_PROP_RECONNECT_DELAY:
      self->reconnect_delay = g_value_get_uint (value);
      return TRUE;
    case GST_RTMP_PROP_ASYNC_CONNECT:
      self->async_connect = g_value_get_boolean (value);
      return TRUE;
    default:
      return set_string_locked (self, id, value);
  }
}

gboolean
gst_rtmp_settings_set (GstRtmpSettings * self, GObject * object, guint id,
    const GValue * value)
{
  g_autoptr (GError) error = NULL;
  gboolean handled;

  GST_OBJECT_LOCK (object);
  handled = set_locked (self, id, value, &error);
  GST_OBJECT_UNLOCK (object);
  if (error)
    GST_WARNING_OBJECT (object, "location refused: %s", error->message);
  return handled;
}

static gboolean
get_locked (GstRtmpSettings * self, guint id, GValue * value)
{
  gchar **field = string_field (self, id);

  if (field) {
    g_value_set_string (value, *field);
    return TRUE;
  }
  switch (id) {
    case GST_RTMP_PROP_LOCATION:
      g_value_take_string (value, rtmp_url_to_string (self->url, TRUE));
      return TRUE;
    case GST_RTMP_PROP_SCHEME:
      g_value_set_enum (value, self->url->scheme);
      return TRUE;
    case GST_RTMP_PROP_PORT:
      g_value_set_int (value, self->url->port);
      return TRUE;
    case GST_RTMP_PROP_TIMEOUT:
      g_value_set_uint (value, self->timeout);
      return TRUE;
    case GST_RTMP_PROP_TLS_VALIDATION_FLAGS:
      g_value_set_flags (value, self->tls_validation);
      return TRUE;
    case GST_RTMP_PROP_TLS_DATABASE:
      g_value_set_object (value, self->tls_database);
      return TRUE;
    case GST_RTMP_PROP_TLS_INTERACTION:
      g_value_set_object (value, self->tls_interaction);
      return TRUE;
    case GST_RTMP_PROP_AUTHMOD:
      g_value_set_enum (value, self->authmod);
      return TRUE;
    case GST_RTMP_PROP_HANDSHAKE:
      g_value_set_enum (value, self->digest);
      return TRUE;
    case GST_RTMP_PROP_SWF_SIZE:
      g_value_set_uint (value, self->swf_size);
      return TRUE;
    case GST_RTMP_PROP_SWF_AGE:
      g_value_set_uint (value, self->swf_age);
      return TRUE;
    case GST_RTMP_PROP_RECONNECT:
      g_value_set_boolean (value, self->reconnect);
      return TRUE;
    case GST_RTMP_PROP_RECONNECT_ATTEMPTS:
      g_value_set_uint (value, self->reconnect_attempts);
      return TRUE;
    case GST_RTMP_PROP_RECONNECT_DELAY:
      g_value_set_uint (value, self->reconnect_delay);
      return TRUE;
    case GST_RTMP_PROP_ASYNC_CONNECT:
      g_value_set_boolean (value, self->async_connect);
      return TRUE;
    default:
      return FALSE;
  }
}

gboolean
gst_rtmp_settings_get (GstRtmpSettings * self, GObject * object, guint id,
    GValue * value)
{
  gboolean handled;

  GST_OBJECT_LOCK (object);
  handled = get_locked (self, id, value);
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

static const gchar *const *
get_protocols (GType type)
{
  static const gchar *const protocols[] = {
    "rtmp", "rtmps", "rtmpe", "rtmpt", "rtmpts", "rtmpte", NULL
  };

  return protocols;
}

static gchar *
get_uri (GstURIHandler * handler)
{
  gchar *uri;

  g_object_get (handler, "location", &uri, NULL);
  return uri;
}

void
gst_rtmp_uri_handler_init (GstURIHandlerInterface * iface)
{
  iface->get_protocols = get_protocols;
  iface->get_uri = get_uri;
}

/* librtmp's options */

gboolean
gst_rtmp_settings_has_option (const GstRtmpSettings * self, const gchar * name)
{
  const gchar *value = rtmp_url_option (self->url, name);

  return value && (g_str_equal (value, "1")
      || g_ascii_strcasecmp (value, "on") == 0
      || g_ascii_strcasecmp (value, "yes") == 0
      || g_ascii_strcasecmp (value, "true") == 0);
}

/* An empty one is as good as none, as for librtmp. */
static void
apply_strings (const RtmpUrl * url, RtmpClientConfig * config)
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
    {"subscribe", &config->subscribe},
    {"jtv", &config->usher_token},
    {"token", &config->secure_token},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (strings); i++) {
    const gchar *value = rtmp_url_option (url, strings[i].name);

    if (value && *value) {
      g_free (*strings[i].field);
      *strings[i].field = g_strdup (value);
    }
  }
}

/* As librtmp: whoever plays live subscribes, too. */
static void
apply_switches (const GstRtmpSettings * self, RtmpClientConfig * config)
{
  if (gst_rtmp_settings_has_option (self, "live")) {
    config->play_start = RTMP_PLAY_LIVE;
    if (config->subscribe == NULL)
      config->subscribe = g_strdup (config->stream);
  }
  config->playlist = gst_rtmp_settings_has_option (self, "playlist");
}

static gboolean
number_option (const RtmpUrl * url, const gchar * name, gdouble * number)
{
  const gchar *value = rtmp_url_option (url, name);

  if (value == NULL)
    return FALSE;
  *number = g_ascii_strtod (value, NULL);
  return *number >= 0;
}

/* start and stop are in milliseconds, as librtmp reads them. */
static void
apply_numbers (const RtmpUrl * url, RtmpClientConfig * config)
{
  gdouble number;

  if (number_option (url, "timeout", &number))
    config->timeout = (gint64) (MIN (number, G_MAXINT) * G_USEC_PER_SEC);
  if (number_option (url, "buffer", &number))
    config->buffer_length = (guint32) MIN (number, G_MAXUINT32);
  if (number_option (url, "start", &number) && number > 0)
    config->play_start = number;
  if (number_option (url, "stop", &number) && number > 0)
    config->play_duration = number - MAX (config->play_start, 0);
}

/* The property holds tokens, separated by spaces; each conn= holds one, spaces
 * included. */
static gboolean
apply_connect_args (const GstRtmpSettings * self, RtmpClientConfig * config,
    GError ** error)
{
  const gchar *args = self->connect_args ? self->connect_args : "";
  g_auto (GStrv) tokens = g_strsplit (args, " ", -1);
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  guint i;

  for (i = 0; tokens[i]; i++)
    g_ptr_array_add (all, tokens[i]);

  for (i = 0; i < self->url->options->len; i++) {
    const RtmpUrlOption *option = g_ptr_array_index (self->url->options, i);

    if (g_ascii_strcasecmp (option->name, "conn") == 0)
      g_ptr_array_add (all, option->value);
  }
  g_ptr_array_add (all, NULL);
  config->connect_args =
      rtmp_connect_args_parse ((const gchar * const *) all->pdata, error);
  return config->connect_args != NULL;
}

static void
fill_target (const GstRtmpSettings * self, RtmpClientTarget * target)
{
  const RtmpUrl *url = self->url;
  const gchar *user = rtmp_url_option (url, "pubUser");
  const gchar *password = rtmp_url_option (url, "pubPasswd");

  target->host = url->host;
  target->port = url->port;
  target->scheme = url->scheme;
  target->tls_validation = self->tls_validation;
  target->tls_database = self->tls_database;
  target->tls_interaction = self->tls_interaction;
  target->tls_certificate = self->tls_certificate;
  target->handshake = self->digest ? RTMP_HANDSHAKE_DIGEST : 0;
  target->proxy = self->proxy;
  target->credentials.authmod = self->authmod;
  target->credentials.user = user ? user : url->username;
  target->credentials.password = password ? password : url->password;
}

/* SWF verification */

static gboolean
is_swf_set (const gchar * hash, guint32 size)
{
  return (hash && *hash) || size > 0;
}

gboolean
gst_rtmp_settings_load_swf (const GstRtmpSettings * self, RtmpSwf * swf,
    GError ** error)
{
  const RtmpSwfFile file = {.where = self->swf_verify,
    .timeout = (gint64) self->timeout * G_USEC_PER_SEC
  };

  memset (swf, 0, sizeof (*swf));
  if (is_swf_set (self->swf_hash, self->swf_size))
    return rtmp_swf_parse (swf, self->swf_hash ? self->swf_hash : "",
        self->swf_size, error);
  return self->swf_verify == NULL || *self->swf_verify == '\0'
      || rtmp_swf_file_load (&file, NULL, swf, error);
}

/* librtmp's: the file is swfUrl's. */
static const gchar *
swf_file (const GstRtmpSettings * self, const RtmpClientConfig * config)
{
  const gchar *file = self->swf_verify;

  if (gst_rtmp_settings_has_option (self, "swfVfy"))
    file = config->swf_url;
  return file && *file ? file : NULL;
}

/* Hash and size come before a file. A server that verifies has digests, as a
 * rule, and may insist on them. */
static gboolean
apply_swf (const GstRtmpSettings * self, RtmpClientConfig * config,
    RtmpClientTarget * target, GError ** error)
{
  const RtmpUrl *url = self->url;
  const gchar *hash = rtmp_url_option (url, "swfHash");
  guint32 size = self->swf_size, days = self->swf_age;
  gdouble number;

  hash = hash ? hash : self->swf_hash;
  if (number_option (url, "swfsize", &number))
    size = (guint32) MIN (number, G_MAXUINT32);
  if (number_option (url, "swfAge", &number))
    days = (guint32) MIN (number, G_MAXUINT32);
  target->swf_age = days * DAY;
  if (is_swf_set (hash, size)) {
    if (!rtmp_swf_parse (&config->swf, hash ? hash : "", size, error))
      return FALSE;
  } else {
    target->swf_file = swf_file (self, config);
  }
  if (config->swf.size > 0 || target->swf_file)
    target->handshake |= RTMP_HANDSHAKE_DIGEST;
  return TRUE;
}

/* What the server is told; not where a file of this machine is. */
static gchar *
swf_url (const GstRtmpSettings * self)
{
  const gchar *url = self->swf_url;

  const gchar *file = self->swf_verify;

  if (url == NULL && file && (g_str_has_prefix (file, "http://")
          || g_str_has_prefix (file, "https://")))
    url = file;
  return g_strdup (url);
}

/* socks=host[:port], of a proxy for SOCKS4. */
static gboolean
apply_proxy (GstRtmpSettings * self, GError ** error)
{
  const gchar *value = rtmp_url_option (self->url, "socks");
  g_autoptr (GSocketConnectable) address = NULL;
  const gchar *host;

  if (value == NULL)
    return TRUE;
  address = g_network_address_parse (value, SOCKS_PORT, NULL);
  host = address ? g_network_address_get_hostname (G_NETWORK_ADDRESS (address))
      : "";
  if (*host == '\0') {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_URL,
        "the option socks is no host:port of a proxy, as socks=localhost:1080");
    return FALSE;
  }
  self->proxy = g_strdup_printf (strchr (host, ':') ? "socks4://[%s]:%u"
      : "socks4://%s:%u", host,
      g_network_address_get_port (G_NETWORK_ADDRESS (address)));
  return TRUE;
}

/* GIO takes no relative path, and warns only in its log. */
static GTlsDatabase *
load_authorities (const gchar * file, GError ** error)
{
  g_autofree gchar *path = g_canonicalize_filename (file, NULL);

  return g_tls_file_database_new (path, error);
}

/* The files become what GIO takes. A certificate file may hold the key too. */
static gboolean
load_tls_files (GstRtmpSettings * self, GError ** error)
{
  const gchar *key = self->tls_key_file ? self->tls_key_file
      : self->tls_certificate_file;

  if (self->tls_ca_file) {
    g_clear_object (&self->tls_database);
    self->tls_database = load_authorities (self->tls_ca_file, error);
    if (self->tls_database == NULL) {
      g_prefix_error (error, "tls-ca-file \"%s\": ", self->tls_ca_file);
      return FALSE;
    }
  }
  if (self->tls_certificate_file) {
    self->tls_certificate =
        g_tls_certificate_new_from_files (self->tls_certificate_file, key,
        error);
    if (self->tls_certificate == NULL) {
      g_prefix_error (error, "tls-certificate-file \"%s\", with its key in "
          "\"%s\": ", self->tls_certificate_file, key);
      return FALSE;
    }
  }
  return TRUE;
}

/* For rtmp too, as far as they go: a server may redirect to rtmps. Who listens
 * may take TLS whatever the location says. */
gboolean
gst_rtmp_settings_load_tls (GstRtmpSettings * self, GError ** error)
{
  g_autoptr (GError) local = NULL;

  if (load_tls_files (self, &local)
      || (!self->listens && !rtmp_scheme_has_tls (self->url->scheme)))
    return TRUE;
  g_set_error_literal (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED,
      local->message);
  return FALSE;
}

gboolean
gst_rtmp_settings_resolve (GstRtmpSettings * self,
    RtmpClientConfig * config, RtmpClientTarget * target, GError ** error)
{
  const RtmpUrl *url = self->url;

  if (self->bad_location) {
    g_propagate_error (error, g_error_copy (self->bad_location));
    return FALSE;
  }
  if (!rtmp_dialer_check_scheme (url->scheme, error)
      || !gst_rtmp_settings_load_tls (self, error))
    return FALSE;
  if (!apply_proxy (self, error))
    return FALSE;
  fill_target (self, target);
  config->app = g_strdup (url->application);
  config->stream = g_strdup (url->stream);
  config->tc_url = rtmp_url_tc_url (url);
  config->flash_version = g_strdup (self->flash_version);
  config->secure_token = g_strdup (self->secure_token);
  config->swf_url = swf_url (self);
  config->timeout = (gint64) self->timeout * G_USEC_PER_SEC;
  apply_strings (url, config);
  apply_switches (self, config);
  apply_numbers (url, config);
  if (!apply_swf (self, config, target, error))
    return FALSE;
  if (self->enhanced_codecs
      && !rtmp_capabilities_add_codecs (&config->capabilities,
          self->enhanced_codecs, config->publish ? RTMP_CODEC_CAN_ENCODE :
          RTMP_CODEC_CAN_DECODE, error))
    return FALSE;
  return apply_connect_args (self, config, error);
}

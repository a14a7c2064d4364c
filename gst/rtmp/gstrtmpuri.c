/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpuri.h"

#include <string.h>

#include "rtmpconnectargs.h"
#include "rtmpdialer.h"
#include "rtmperror.h"
#include "rtmpswffile.h"

/* What rtmp2src and rtmp2sink start with. */
#define DEFAULT_LOCATION "rtmp://localhost/live/myStream"
#define DEFAULT_FLASH_VERSION "LNX 10,0,32,18"
#define DEFAULT_TIMEOUT 5
#define DEFAULT_RECONNECT_ATTEMPTS 10
#define DEFAULT_RECONNECT_DELAY 1000
/* librtmp's: where socks= names no port, and for the hash of a SWF file. */
#define SOCKS_PORT 1080
#define DEFAULT_SWF_AGE 30
#define DAY (24 * 3600 * (gint64) G_USEC_PER_SEC)

GType
gst_rtmp_url_scheme_get_type (void)
{
  static const GEnumValue values[] = {
    {RTMP_SCHEME_RTMP, "RTMP over TCP", "rtmp"},
    {RTMP_SCHEME_RTMPS, "RTMP over TLS", "rtmps"},
    {RTMP_SCHEME_RTMPE, "RTMP with Adobe's encryption", "rtmpe"},
    {RTMP_SCHEME_RTMPT, "RTMP through HTTP", "rtmpt"},
    {RTMP_SCHEME_RTMPTS, "RTMP through HTTP over TLS", "rtmpts"},
    {RTMP_SCHEME_RTMPTE, "RTMPE through HTTP", "rtmpte"},
    {0, NULL, NULL}
  };
  static gsize type;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
        g_enum_register_static ("GstRtmpUrlScheme", values));
  return type;
}

static GType
authmod_get_type (void)
{
  static const GEnumValue values[] = {
    {RTMP_AUTHMOD_NONE, "Never authenticate", "none"},
    {RTMP_AUTHMOD_AUTO, "As the server demands", "auto"},
    {RTMP_AUTHMOD_ADOBE, "Adobe", "adobe"},
    {RTMP_AUTHMOD_LLNW, "Limelight", "llnw"},
    {0, NULL, NULL}
  };
  static gsize type;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
        g_enum_register_static ("GstRtmpUrlAuthmod", values));
  return type;
}

static GType
handshake_get_type (void)
{
  static const GEnumValue values[] = {
    {FALSE, "As RTMP 1.0 says", "simple"},
    {TRUE, "With digests, as Flash players; simple if the server has none",
        "digest"},
    {0, NULL, NULL}
  };
  static gsize type;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
        g_enum_register_static ("GstRtmpHandshake", values));
  return type;
}

void
gst_rtmp_settings_init (GstRtmpSettings * self)
{
  self->url = rtmp_url_parse (DEFAULT_LOCATION, NULL);
  self->bad_location = NULL;
  self->listens = FALSE;
  self->timeout = DEFAULT_TIMEOUT;
  self->tls_validation = G_TLS_CERTIFICATE_VALIDATE_ALL;
  self->flash_version = g_strdup (DEFAULT_FLASH_VERSION);
  self->secure_token = self->connect_args = NULL;
  self->tls_database = NULL;
  self->tls_interaction = NULL;
  self->tls_certificate = NULL;
  self->proxy = NULL;
  self->tls_ca_file = self->tls_certificate_file = self->tls_key_file = NULL;
  self->enhanced_codecs = NULL;
  self->swf_url = self->swf_verify = self->swf_hash = NULL;
  self->swf_size = 0;
  self->swf_age = DEFAULT_SWF_AGE;
  self->authmod = RTMP_AUTHMOD_AUTO;
  self->digest = FALSE;
  self->async_connect = TRUE;
  self->reconnect = FALSE;
  self->reconnect_attempts = DEFAULT_RECONNECT_ATTEMPTS;
  self->reconnect_delay = DEFAULT_RECONNECT_DELAY;
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

#define PROP_FLAGS (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | \
    GST_PARAM_MUTABLE_READY)

/* What properties say of themselves: those of a client, or of a server. */
typedef struct
{
  const gchar *location, *host, *port, *application, *stream;
  const gchar *certificate_file, *key_file, *timeout, *stats;
  const gchar *swf_verify, *swf_hash, *swf_size;
} Blurbs;

static const Blurbs client_blurbs = {
  .location = "Location of RTMP stream to access: "
      "rtmp://host[:port]/application/stream",
  .host = "RTMP server host name",
  .port = "RTMP server port",
  .application = "RTMP application path",
  .stream = "RTMP stream path",
  .certificate_file = "PEM file of our certificate, for a server that wants "
      "one",
  .key_file = "PEM file of its key, where that is another file",
  .timeout = "Seconds to wait for the connection and for each answer of the "
      "peer (0 = for ever)",
  .stats = "Statistics of the connection",
  .swf_verify =
      "SWF file to answer SWF verification with: a path or URL, which "
      "is loaded once",
  .swf_hash =
      "Hash to answer SWF verification with, in place of a file: 64 "
      "hexadecimal digits",
  .swf_size = "Size of the SWF file of swf-hash when it is not compressed",
};

static const Blurbs server_blurbs = {
  .location = "Where to listen, and for what: "
      "rtmp://address[:port]/application/stream",
  .host = "Address of this machine to listen at; 0.0.0.0: all of them",
  .port = "Port to listen at (0 = a free one, which is then the value)",
  .application = "Application that callers have to name; any if empty",
  .stream = "Stream that callers have to name; any if empty",
  .certificate_file = "PEM file of the server's certificate, for TLS",
  .key_file = "PEM file of its key, where that is another file",
  .timeout = "Seconds that a caller has to connect, and then to publish or "
      "play (0 = for ever)",
  .stats = "Statistics of the callers: an array with a structure for each",
  .swf_verify = "SWF file that callers must show to have (SWF verification): a "
      "path or URL, which is loaded at the start",
  .swf_hash = "Hash of the SWF file that callers must have, in place of "
      "swf-verify: 64 hexadecimal digits",
  .swf_size = "Size of the SWF file of swf-hash when it is not compressed",
};

static void
install_url_properties (GObjectClass * klass, const gchar * location,
    gint least_port, const Blurbs * blurbs)
{
  g_autoptr (RtmpUrl) url = rtmp_url_parse (location, NULL);

  g_object_class_install_property (klass, GST_RTMP_PROP_LOCATION,
      g_param_spec_string ("location", "Location", blurbs->location, location,
          PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_SCHEME,
      g_param_spec_enum ("scheme", "Scheme", "RTMP connection scheme",
          GST_TYPE_RTMP_URL_SCHEME, url->scheme, PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_HOST,
      g_param_spec_string ("host", "Host", blurbs->host, url->host,
          PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_PORT,
      g_param_spec_int ("port", "Port", blurbs->port, least_port, 65535,
          url->port, PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_APPLICATION,
      g_param_spec_string ("application", "Application", blurbs->application,
          url->application, PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_STREAM,
      g_param_spec_string ("stream", "Stream", blurbs->stream, url->stream,
          PROP_FLAGS));
}

static void
install_auth_properties (GObjectClass * klass)
{
  g_object_class_install_property (klass, GST_RTMP_PROP_USERNAME,
      g_param_spec_string ("username", "User name",
          "RTMP authorization user name", NULL, PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_PASSWORD,
      g_param_spec_string ("password", "Password",
          "RTMP authorization password", NULL, PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_SECURE_TOKEN,
      g_param_spec_string ("secure-token", "Secure token",
          "RTMP authorization token", NULL, PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_AUTHMOD,
      g_param_spec_enum ("authmod", "Authorization mode",
          "RTMP authorization mode", authmod_get_type (), RTMP_AUTHMOD_AUTO,
          PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_EXTRA_CONNECT_ARGS,
      g_param_spec_string ("extra-connect-args", "Extra connect arguments",
          "Further arguments of connect, as librtmp writes them: "
          "B:1 S:text O:1 NN:code:1.23 O:0", NULL, PROP_FLAGS));
}

static void
install_certificate_properties (GObjectClass * klass, const Blurbs * blurbs)
{
  g_object_class_install_property (klass, GST_RTMP_PROP_TLS_CERTIFICATE_FILE,
      g_param_spec_string ("tls-certificate-file", "TLS certificate file",
          blurbs->certificate_file, NULL, PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_TLS_KEY_FILE,
      g_param_spec_string ("tls-key-file", "TLS key file", blurbs->key_file,
          NULL, PROP_FLAGS));
}

static void
install_tls_properties (GObjectClass * klass)
{
  g_object_class_install_property (klass, GST_RTMP_PROP_TLS_VALIDATION_FLAGS,
      g_param_spec_flags ("tls-validation-flags",
          "TLS validation flags",
          "TLS validation flags to use",
          G_TYPE_TLS_CERTIFICATE_FLAGS,
          G_TLS_CERTIFICATE_VALIDATE_ALL, PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_TLS_DATABASE,
      g_param_spec_object ("tls-database", "TLS database",
          "Issuers of certificates that count, instead of the system's",
          G_TYPE_TLS_DATABASE, PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_TLS_INTERACTION,
      g_param_spec_object ("tls-interaction", "TLS interaction",
          "Asked for passwords and certificates", G_TYPE_TLS_INTERACTION,
          PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_TLS_CA_FILE,
      g_param_spec_string ("tls-ca-file", "TLS CA file",
          "PEM file of issuers that count, instead of tls-database", NULL,
          PROP_FLAGS));
}

static void
install_swf_properties (GObjectClass * klass, const Blurbs * blurbs)
{
  g_object_class_install_property (klass, GST_RTMP_PROP_SWF_VERIFY,
      g_param_spec_string ("swf-verify", "SWF verify", blurbs->swf_verify,
          NULL, PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_SWF_HASH,
      g_param_spec_string ("swf-hash", "SWF hash", blurbs->swf_hash, NULL,
          PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_SWF_SIZE,
      g_param_spec_uint ("swf-size", "SWF size", blurbs->swf_size, 0,
          G_MAXUINT, 0, PROP_FLAGS));
}

static void
install_common_properties (GObjectClass * klass, guint timeout,
    const Blurbs * blurbs)
{
  install_swf_properties (klass, blurbs);
  g_object_class_install_property (klass, GST_RTMP_PROP_TIMEOUT,
      g_param_spec_uint ("timeout", "Timeout", blurbs->timeout, 0, G_MAXUINT,
          timeout, PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_STATS,
      g_param_spec_boxed ("stats", "Stats", blurbs->stats, GST_TYPE_STRUCTURE,
          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
install_reconnect_properties (GObjectClass * klass)
{
  g_object_class_install_property (klass, GST_RTMP_PROP_RECONNECT,
      g_param_spec_boolean ("reconnect", "Reconnect",
          "When the connection of a running live stream is lost, connect again "
          "and go on; else it is an error", FALSE, PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_RECONNECT_ATTEMPTS,
      g_param_spec_uint ("reconnect-attempts", "Reconnect attempts",
          "Attempts in a row before the loss is an error (0 = any number)", 0,
          G_MAXUINT, DEFAULT_RECONNECT_ATTEMPTS, PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_RECONNECT_DELAY,
      g_param_spec_uint ("reconnect-delay", "Reconnect delay",
          "Milliseconds before the first attempt; it doubles with each one, up "
          "to 30 seconds", 0, G_MAXUINT, DEFAULT_RECONNECT_DELAY, PROP_FLAGS));
}

void
gst_rtmp_settings_install (GObjectClass * klass)
{
  install_url_properties (klass, DEFAULT_LOCATION, 1, &client_blurbs);
  install_auth_properties (klass);
  install_tls_properties (klass);
  install_certificate_properties (klass, &client_blurbs);
  install_reconnect_properties (klass);
  install_common_properties (klass, DEFAULT_TIMEOUT, &client_blurbs);
  g_object_class_install_property (klass, GST_RTMP_PROP_FLASH_VERSION,
      g_param_spec_string ("flash-version",
          "Flash version",
          "Flash version reported to the server",
          DEFAULT_FLASH_VERSION, PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_HANDSHAKE,
      g_param_spec_enum ("handshake", "Handshake",
          "Handshake to begin with; some servers send H.264 and AAC only after "
          "one with digests", handshake_get_type (), FALSE, PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_SWF_URL,
      g_param_spec_string ("swf-url", "SWF URL",
          "URL of the player that the server is told; that of swf-verify, if "
          "there is one", NULL, PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_SWF_AGE,
      g_param_spec_uint ("swf-age", "SWF age",
          "Days for which the hash of swf-verify is good before the file is "
          "loaded again", 0, G_MAXUINT, DEFAULT_SWF_AGE, PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_ENHANCED_CODECS,
      g_param_spec_string ("enhanced-codecs", "Enhanced codecs",
          "Codecs of Enhanced RTMP to announce, and to send whatever the "
          "server says: FourCCs separated by commas, * for all, nothing for "
          "none; by default, what is linked", NULL, PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_ASYNC_CONNECT,
      g_param_spec_boolean ("async-connect",
          "Async connect",
          "Connect when going to PAUSED, otherwise with the first buffer",
          TRUE, PROP_FLAGS));
}

void
gst_rtmp_settings_install_server (GObjectClass * klass, const gchar * location,
    guint timeout)
{
  install_url_properties (klass, location, 0, &server_blurbs);
  install_certificate_properties (klass, &server_blurbs);
  install_common_properties (klass, timeout, &server_blurbs);
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

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The properties of GstRtmpSettings. */
#include "gstrtmpuri.h"

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

/* What follows is of all four network elements, and stands here under the name
 * of one of them. */

/**
 * GstRtmpSink:location:
 *
 * Where to publish, or play from, as a URL of RTMP 1.0, Adobe's RTMP URI
 * scheme: `scheme://[user:password@]host[:port]/application/stream`, and
 * behind a space, librtmp's options. For a server element, where to listen,
 * and for what. Setting it sets its parts, and they set it. One that cannot be
 * read is an error when the element starts. Readable, with the password.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSink:scheme:
 *
 * The transport; #GstRtmpSink:port follows it for as long as it is the
 * scheme's own.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSink:host:
 *
 * A name or an address, IPv6 without brackets; for a server element, of this
 * machine.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSink:port:
 *
 * 1 to 65535; by default 1935, for rtmps and rtmpts and rtmpte 443, for rtmpt
 * 80. For a server element 0 is a free one, whose number the property has, and
 * notifies, while it listens.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSink:application:
 *
 * What `connect` names (RTMP 1.0, 7.2.1.1), its query included. Of a server
 * element, which callers it is for: empty is any.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSink:stream:
 *
 * What `publish` or `play` names (RTMP 1.0, 7.2.2), its query included. Of a
 * server element, which callers it is for: empty is any.
 *
 * Since: 0.1
 */

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

/**
 * GstRtmpSink:username:
 *
 * For Adobe's or Limelight's authentication; also in the location.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSink:password:
 *
 * For #GstRtmpSink:username.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSink:secure-token:
 *
 * The shared secret with which the token that Wowza's server sends is
 * answered.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSink:authmod:
 *
 * Which authentication to answer; `none` takes the server's question as a
 * refusal.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSink:extra-connect-args:
 *
 * Further arguments of `connect`, as librtmp's `conn`: a type (B, N, S, O, Z),
 * a colon and a value, separated by spaces; N before it names a member of an
 * object. What cannot be read is an error when the element starts.
 *
 * Since: 0.1
 */

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

/**
 * GstRtmpSink:tls-certificate-file:
 *
 * PEM. A server's certificate, without which it takes no TLS; a client's, for
 * servers that want one. A file that cannot be read is an error when the
 * element starts.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSink:tls-key-file:
 *
 * PEM, if the key is not in #GstRtmpSink:tls-certificate-file.
 *
 * Since: 0.1
 */

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

/**
 * GstRtmpSink:tls-validation-flags:
 *
 * Which faults of the server's certificate refuse it. 0 takes any, and anybody
 * in between.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSink:tls-database:
 *
 * Issuers that are trusted, in place of the system's.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSink:tls-interaction:
 *
 * Asked for the password of a key and for a certificate, from a thread of the
 * network's.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSink:tls-ca-file:
 *
 * PEM file of issuers that are trusted, in place of the system's and of
 * #GstRtmpSink:tls-database.
 *
 * Since: 0.1
 */

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

/**
 * GstRtmpSink:swf-verify:
 *
 * SWF file, a path or an http(s) URL: a client answers SWF verification with
 * its hash; a server demands it. Loaded when the client connects, or the
 * server starts, for at most #GstRtmpSink:timeout; a failure is an error.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSink:swf-hash:
 *
 * In place of the file: HMAC-SHA256 of its uncompressed bytes, as 64
 * hexadecimal digits.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSink:swf-size:
 *
 * With #GstRtmpSink:swf-hash, bytes of the uncompressed file.
 *
 * Since: 0.1
 */

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

/**
 * GstRtmpSink:timeout:
 *
 * Seconds, 0 for ever: for the connection, with TLS and the handshake, and
 * again for each answer; a server gives its callers as much for each step up
 * to their stream.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSink:stats:
 *
 * (transfer full): a structure, "GstRtmpConnectionStats" with sums that begin
 * anew with each connection, or "rtmp-server-stats" with one for each caller;
 * their fields are listed in the elements' pages. From any thread, at any
 * time.
 *
 * Since: 0.1
 */

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

/**
 * GstRtmpSink:reconnect:
 *
 * When the connection of a running live stream is lost, connect again and go
 * on, told by "rtmp-disconnected", "rtmp-reconnecting" and "rtmp-connected"; a
 * sink then sends metadata and sequence headers first, and pictures from a key
 * frame on. Otherwise the loss is an error. A refusal that another attempt
 * would not change (credentials, TLS) is one in any case.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSink:reconnect-attempts:
 *
 * In a row, before the loss is an error; 0: any number.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSink:reconnect-delay:
 *
 * Milliseconds before the first attempt. They double with each one, up to 30
 * seconds.
 *
 * Since: 0.1
 */

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
          G_MAXUINT, GST_RTMP_DEFAULT_RECONNECT_ATTEMPTS, PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_RECONNECT_DELAY,
      g_param_spec_uint ("reconnect-delay", "Reconnect delay",
          "Milliseconds before the first attempt; it doubles with each one, up "
          "to 30 seconds", 0, G_MAXUINT, GST_RTMP_DEFAULT_RECONNECT_DELAY,
          PROP_FLAGS));
}

/**
 * GstRtmpSink:flash-version:
 *
 * `flashVer` of `connect`; what a server makes of it is its own.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSink:handshake:
 *
 * `simple` (RTMP 1.0, 5.2), or `digest` as Flash players begin. A server that
 * does not know digests gets the simple one.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSink:swf-url:
 *
 * `swfUrl` of `connect`; by default #GstRtmpSink:swf-verify, if that is a URL.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSink:swf-age:
 *
 * Days for which the process believes the hash of a #GstRtmpSink:swf-verify
 * that it has loaded.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSink:enhanced-codecs:
 *
 * FourCCs separated by commas, `*` for all, "" for none: announced in
 * `connect` (Enhanced RTMP v2, "Enhancing NetConnection connect Command"), and
 * sent whatever the server announces. %NULL: what is linked, and only to
 * servers that have announced it.
 *
 * Since: 0.1
 */
/**
 * GstRtmpSink:async-connect:
 *
 * Connect on the way to PAUSED, which does not wait for it; otherwise with the
 * first buffer. A sink to which nothing is linked yet waits for that in any
 * case.
 *
 * Since: 0.1
 */

void
gst_rtmp_settings_install (GObjectClass * klass)
{
  install_url_properties (klass, GST_RTMP_DEFAULT_LOCATION, 1, &client_blurbs);
  install_auth_properties (klass);
  install_tls_properties (klass);
  install_certificate_properties (klass, &client_blurbs);
  install_reconnect_properties (klass);
  install_common_properties (klass, GST_RTMP_DEFAULT_TIMEOUT, &client_blurbs);
  g_object_class_install_property (klass, GST_RTMP_PROP_FLASH_VERSION,
      g_param_spec_string ("flash-version",
          "Flash version",
          "Flash version reported to the server",
          GST_RTMP_DEFAULT_FLASH_VERSION, PROP_FLAGS));
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
          "loaded again", 0, G_MAXUINT, GST_RTMP_DEFAULT_SWF_AGE, PROP_FLAGS));
  g_object_class_install_property (klass, GST_RTMP_PROP_ENHANCED_CODECS,
      g_param_spec_string ("enhanced-codecs", "Enhanced codecs",
          "Codecs of Enhanced RTMP to announce, and for rtmpsink to send "
          "whatever the server says: FourCCs separated by commas, * for all, "
          "nothing for none; by default, what is linked", NULL, PROP_FLAGS));
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

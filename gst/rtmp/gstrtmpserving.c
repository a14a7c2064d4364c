/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpserving.h"

#include <string.h>

#include "gstrtmpelements.h"
#include "gstrtmpenhanced.h"
#include "gstrtmperror.h"
#include "rtmperror.h"

#define GST_CAT_DEFAULT gst_rtmp_debug

#define DEFAULT_LOCATION "rtmp://0.0.0.0/"
#define DEFAULT_SCHEMES 0
#define DEFAULT_IDLE_TIMEOUT 60
#define DEFAULT_TIMEOUT 10
#define DEFAULT_MAX_CONNECTIONS 1000

enum
{
  SIGNAL_CONNECTING,
  SIGNAL_ADDED,
  SIGNAL_REMOVED,
  SIGNAL_REJECTED,
  N_SIGNALS,
};

static const gchar *const signal_names[N_SIGNALS] = {
  "caller-connecting", "caller-added", "caller-removed", "caller-rejected",
};

static GType
schemes_get_type (void)
{
  static const GFlagsValue values[] = {
    {RTMP_SCHEME_BIT (RTMP), "RTMP over TCP", "rtmp"},
    {RTMP_SCHEME_BIT (RTMPE), "RTMP with Adobe's encryption", "rtmpe"},
    {RTMP_SCHEME_BIT (RTMPT), "RTMP in HTTP", "rtmpt"},
    {RTMP_SCHEME_BIT (RTMPTE), "RTMPE in HTTP", "rtmpte"},
    {RTMP_SCHEME_BIT (RTMPS), "RTMP over TLS", "rtmps"},
    {RTMP_SCHEME_BIT (RTMPTS), "RTMP in HTTP over TLS", "rtmpts"},
    {0, NULL, NULL}
  };
  static gsize type;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
        g_flags_register_static ("GstRtmpUrlSchemes", values));
  return type;
}

void
gst_rtmp_serving_init (GstRtmpServing * self, GstElement * element)
{
  self->element = element;
  gst_rtmp_settings_init (&self->settings);
  rtmp_url_free (self->settings.url);
  self->settings.url = rtmp_url_parse (DEFAULT_LOCATION, NULL);
  self->settings.listens = TRUE;
  self->settings.timeout = DEFAULT_TIMEOUT;
  self->idle_timeout = DEFAULT_IDLE_TIMEOUT;
  self->max_connections = DEFAULT_MAX_CONNECTIONS;
  self->max_connection_rate = RTMP_CONNECTION_RATE;
}

void
gst_rtmp_serving_clear (GstRtmpServing * self)
{
  gst_rtmp_settings_clear (&self->settings);
  g_clear_pointer (&self->auth_token, g_free);
  g_clear_pointer (&self->users, g_free);
}

/* Callers */

static GstStructure *
describe (const RtmpCallerInfo * info)
{
  return gst_structure_new ("rtmp-caller",
      "id", G_TYPE_UINT64, info->id,
      "peer", G_TYPE_STRING, info->peer,
      "application", G_TYPE_STRING, info->app,
      "stream", G_TYPE_STRING, info->stream,
      "query", G_TYPE_STRING, info->query,
      "tc-url", G_TYPE_STRING, info->tc_url,
      "flash-version", G_TYPE_STRING, info->flash_version,
      "user", G_TYPE_STRING, info->user,
      "publish-type", G_TYPE_STRING, info->publish
      ? rtmp_publish_type_to_string (info->type) : NULL, NULL);
}

static gboolean
on_connecting (const RtmpCallerInfo * info, gpointer user_data)
{
  GstRtmpServing *self = user_data;
  g_autoptr (GstStructure) caller = describe (info);
  gboolean welcome = TRUE;

  if (self->events->connecting
      && !self->events->connecting (info, self->user_data))
    return FALSE;
  g_signal_emit_by_name (self->element, signal_names[SIGNAL_CONNECTING],
      caller, &welcome);
  return welcome;
}

/* The element first, so that a handler finds it ready. */
static void
on_added (const RtmpCallerInfo * info, gpointer user_data)
{
  GstRtmpServing *self = user_data;
  g_autoptr (GstStructure) caller = describe (info);

  GST_INFO_OBJECT (self->element, "%s %s", info->peer, info->publish
      ? "publishes" : "plays");
  if (self->events->added)
    self->events->added (info, self->user_data);
  g_signal_emit_by_name (self->element, signal_names[SIGNAL_ADDED], caller);
}

static void
on_removed (const RtmpCallerInfo * info, const GError * error,
    gpointer user_data)
{
  GstRtmpServing *self = user_data;
  g_autoptr (GstStructure) caller = describe (info);
  g_autofree gchar *reason = NULL;

  reason = error ? g_utf8_make_valid (error->message, -1) : NULL;
  gst_structure_set (caller, "reason", G_TYPE_STRING, reason, NULL);
  GST_INFO_OBJECT (self->element, "%s has gone: %s", info->peer,
      error ? error->message : "done");
  if (self->events->removed)
    self->events->removed (info, error, self->user_data);
  g_signal_emit_by_name (self->element, signal_names[SIGNAL_REMOVED], caller);
}

static void
on_rejected (const RtmpCallerInfo * info, const gchar * reason,
    gpointer user_data)
{
  GstRtmpServing *self = user_data;
  g_autoptr (GstStructure) caller = describe (info);

  gst_structure_set (caller, "reason", G_TYPE_STRING, reason, NULL);
  GST_INFO_OBJECT (self->element, "%s refused: %s", info->peer, reason);
  g_signal_emit_by_name (self->element, signal_names[SIGNAL_REJECTED], caller);
}

static void
on_media (const RtmpCallerInfo * info, RtmpMessage * message,
    gpointer user_data)
{
  GstRtmpServing *self = user_data;

  self->events->media (info, message, self->user_data);
}

static const RtmpMountEvents mount_events = {
  .connecting = on_connecting,
  .added = on_added,
  .rejected = on_rejected,
  .media = on_media,
  .removed = on_removed,
};

/* Listening */

/* What a location asks for. */
static guint
schemes_of (RtmpScheme scheme)
{
  switch (scheme) {
    case RTMP_SCHEME_RTMP:
      return 0;
    case RTMP_SCHEME_RTMPS:
      return RTMP_SCHEME_BIT (RTMPS) | RTMP_SCHEME_BIT (RTMPTS);
    default:
      return 1u << scheme;
  }
}

static gboolean
open_server (GstRtmpServing * self, GstRtmpSettings * settings,
    RtmpServerOptions * options, GError ** error)
{
  if (settings->bad_location) {
    g_propagate_error (error, g_error_copy (settings->bad_location));
    return FALSE;
  }
  if (!gst_rtmp_settings_load_tls (settings, error))
    return FALSE;
  options->host = settings->url->host;
  options->port = settings->url->port;
  if (options->schemes == 0)
    options->schemes = schemes_of (settings->url->scheme);
  options->tls_certificate = settings->tls_certificate;
  options->handshake_timeout = options->session.connect_timeout =
      (gint64) settings->timeout * G_USEC_PER_SEC;
  self->server = rtmp_server_acquire (options, error);
  return self->server != NULL;
}

/* NULL in *users: anybody may call. What names nobody is an error, for else it
 * would let everybody in; its text has no password. */
static gboolean
parse_users (const gchar * text, GHashTable ** users, GError ** error)
{
  g_autoptr (GHashTable) found =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (GStrv) pairs = g_strsplit (text ? text : "", ",", -1);
  guint i;

  for (i = 0; pairs[i]; i++) {
    const gchar *colon = strchr (pairs[i], ':');

    if (colon == NULL || colon == pairs[i]) {
      g_set_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED,
          "users: expected name:password, several of them separated by commas, "
          "but number %u has no %s", i + 1, colon ? "name" : "colon");
      return FALSE;
    }
    g_hash_table_insert (found, g_strndup (pairs[i],
            (gsize) (colon - pairs[i])), g_strdup (colon + 1));
  }
  if (i > 0)
    *users = g_steal_pointer (&found);
  return TRUE;
}

static void
post_error (GstRtmpServing * self, const GError * error, const gchar * where)
{
  GstRtmpErrorContext context = {.where = where };

  gst_rtmp_element_error (self->element, error, &context);
}

/* A port that was left to the system is told by the property, for as long as it
 * is ours. Who hears of it may call at once. */
static void
note_port (GstRtmpServing * self, guint16 asked)
{
  if (asked != 0)
    return;
  GST_OBJECT_LOCK (self->element);
  self->chosen_port = rtmp_server_port (self->server);
  self->settings.url->port = rtmp_server_port (self->server);
  GST_OBJECT_UNLOCK (self->element);
  g_object_notify (G_OBJECT (self->element), "port");
}

gboolean
gst_rtmp_serving_start (GstRtmpServing * self, RtmpMountConfig * config,
    const RtmpMountEvents * events, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *token = NULL, *names = NULL, *where = NULL;
  g_autoptr (GHashTable) users = NULL;
  RtmpServerOptions options;
  GstRtmpSettings copy;

  rtmp_server_options_init (&options);
  /* FLV carries whatever there is, and it passes as it came. */
  rtmp_capabilities_add_codecs (&options.session.capabilities, "*",
      RTMP_CODEC_CAN_FORWARD, NULL);
  options.session.capabilities.caps_ex = GST_RTMP_ENHANCED_READS;
  GST_OBJECT_LOCK (self->element);
  gst_rtmp_settings_copy_locked (&copy, &self->settings);
  token = g_strdup (self->auth_token);
  names = g_strdup (self->users);
  options.schemes = self->schemes;
  if (self->strict_handshake)
    options.handshake |= RTMP_HANDSHAKE_STRICT;
  options.session.idle_timeout = (gint64) self->idle_timeout * G_USEC_PER_SEC;
  options.max_callers = self->max_connections > 0 ? self->max_connections
      : G_MAXUINT;
  options.max_connection_rate = self->max_connection_rate;
  GST_OBJECT_UNLOCK (self->element);
  where = rtmp_url_to_string (copy.url, FALSE);
  self->events = events;
  self->user_data = user_data;
  if (parse_users (names, &users, &error)
      && gst_rtmp_settings_load_swf (&copy, &config->swf, &error)
      && open_server (self, &copy, &options, &error)) {
    config->app = copy.url->application;
    config->stream = copy.url->stream;
    config->token = token;
    config->users = users;
    self->mount = rtmp_mount_new (self->server, config, &mount_events, self);
    GST_OBJECT_LOCK (self->element);
    self->open = TRUE;
    GST_OBJECT_UNLOCK (self->element);
    rtmp_mount_start (self->mount);
    note_port (self, copy.url->port);
  } else {
    post_error (self, error, where);
  }
  gst_rtmp_settings_clear (&copy);
  return error == NULL;
}

void
gst_rtmp_serving_stop (GstRtmpServing * self)
{
  GST_OBJECT_LOCK (self->element);
  self->open = FALSE;
  if (self->chosen_port != 0 && self->settings.url->port == self->chosen_port)
    self->settings.url->port = 0;
  self->chosen_port = 0;
  GST_OBJECT_UNLOCK (self->element);
  if (self->mount)
    rtmp_mount_free (self->mount);
  self->mount = NULL;
  g_clear_pointer (&self->server, rtmp_server_release);
}

void
gst_rtmp_serving_disconnect (GstRtmpServing * self, guint64 id)
{
  GST_OBJECT_LOCK (self->element);
  if (self->open)
    rtmp_mount_disconnect (self->mount, id);
  GST_OBJECT_UNLOCK (self->element);
}

void
gst_rtmp_serving_reconnect (GstRtmpServing * self, guint64 id,
    const gchar * tc_url)
{
  GST_OBJECT_LOCK (self->element);
  if (self->open)
    rtmp_mount_request_reconnect (self->mount, id, tc_url);
  GST_OBJECT_UNLOCK (self->element);
}

/* Properties and signals */

static gboolean
welcome_all (GstElement * element, const GstStructure * caller)
{
  return TRUE;
}

/* The first no is the answer. */
static gboolean
accumulate_no (GSignalInvocationHint * hint, GValue * result,
    const GValue * answer, gpointer data)
{
  g_value_set_boolean (result, g_value_get_boolean (answer));
  return g_value_get_boolean (answer);
}

void
gst_rtmp_serving_install_signals (GObjectClass * klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);
  guint i;

  /**
   * GstRtmpServerSrc::caller-connecting:
   * @caller: a structure "rtmp-caller": who it is, and what it wants
   *
   * Emitted in a network thread, which serves others too: answer at once, and
   * do not change the element's state.
   *
   * Returns: %FALSE to refuse it
   *
   * Since: 0.1
   */
  g_signal_new_class_handler (signal_names[SIGNAL_CONNECTING], type,
      G_SIGNAL_RUN_LAST, G_CALLBACK (welcome_all), accumulate_no, NULL, NULL,
      G_TYPE_BOOLEAN, 1, GST_TYPE_STRUCTURE | G_SIGNAL_TYPE_STATIC_SCOPE);
  /**
   * GstRtmpServerSrc::caller-added:
   * @caller: it publishes, or plays, from now on
   *
   * This and the next two are emitted in a network thread, too.
   *
   * Since: 0.1
   */
  /**
   * GstRtmpServerSrc::caller-removed:
   * @caller: one that was added; with a string "reason", which is %NULL if it
   *     has ended the stream itself, or has been replaced
   *
   * Since: 0.1
   */
  /**
   * GstRtmpServerSrc::caller-rejected:
   * @caller: one that was not let in, with the reason; what it has not said yet
   *     is empty
   *
   * A connection too many, or too soon after others of its address (once until
   * those have stopped), an application or a stream that nobody here has, a
   * wrong password or token, a stream that is in use or full, and whom
   * ::caller-connecting refuses. Of several elements on a port, it comes from
   * the one that refuses, or, if there was none for it yet, from all of the
   * application, or from all.
   *
   * Since: 0.1
   */
  for (i = SIGNAL_ADDED; i < N_SIGNALS; i++)
    g_signal_new (signal_names[i], type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
        NULL, G_TYPE_NONE, 1, GST_TYPE_STRUCTURE | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
install_actions (GObjectClass * klass, GCallback disconnect,
    GCallback reconnect)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  /**
   * GstRtmpServerSrc::disconnect-caller:
   * @id: of the structures of the signals, and in the stats
   *
   * Ends its connection, which #GstRtmpServerSrc::caller-removed tells of. An
   * id of nobody does nothing. Any thread.
   *
   * Since: 0.1
   */
  g_signal_new_class_handler ("disconnect-caller", type,
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, disconnect, NULL, NULL, NULL,
      G_TYPE_NONE, 1, G_TYPE_UINT64);
  /**
   * GstRtmpServerSrc::reconnect-caller:
   * @id: likewise
   * @tc_url: (nullable): where to; %NULL: where it is
   *
   * Asks it to connect again (Enhanced RTMP v2, "Reconnect Request"), if it has
   * announced that it knows how to. It is served until it leaves. Any thread.
   *
   * Since: 0.1
   */
  g_signal_new_class_handler ("reconnect-caller", type,
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, reconnect, NULL, NULL, NULL,
      G_TYPE_NONE, 2, G_TYPE_UINT64, G_TYPE_STRING);
}

/**
 * GstRtmpServerSrc:schemes:
 *
 * Which transports the port takes, told apart by the first bytes of a
 * connection; 0: those that #GstRtmpServerSrc:location names. One that cannot
 * be, TLS without a certificate among them, is an error at the start. Elements
 * that share a port have to have the same.
 *
 * Since: 0.1
 */
/**
 * GstRtmpServerSrc:strict-handshake:
 *
 * Refuse callers whose C2 is not what S1 asks for (RTMP 1.0, 5.2.4), or not
 * signed; otherwise that is a line in the log.
 *
 * Since: 0.1
 */
/**
 * GstRtmpServerSrc:auth-token:
 *
 * What callers must have as `key`, `token` or `pass` in the query of stream or
 * application. %NULL: nothing.
 *
 * Since: 0.1
 */
/**
 * GstRtmpServerSrc:users:
 *
 * `name:password`, separated by commas: who may call, by Adobe's
 * authentication. All callers of the application are asked. %NULL: anybody
 * may. What cannot be read is an error at the start.
 *
 * Since: 0.1
 */
/**
 * GstRtmpServerSrc:idle-timeout:
 *
 * Seconds; 0 is for ever. A caller is pinged after half of them, and gone when
 * it has been silent for all.
 *
 * Since: 0.1
 */
/**
 * GstRtmpServerSrc:max-connections:
 *
 * Connections to the port at once, whatever they want: callers that have not
 * said it yet, publishers, players, RTMPT sessions; more are closed as they
 * come. 0: any number.
 *
 * Since: 0.1
 */
/**
 * GstRtmpServerSrc:max-connection-rate:
 *
 * New connections of one address (of IPv6, of one /64) in ten seconds; more
 * are closed as they come. 0: any number.
 *
 * Since: 0.1
 */

void
gst_rtmp_serving_install (GObjectClass * klass, GCallback disconnect,
    GCallback reconnect)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
      GST_PARAM_MUTABLE_READY;

  gst_rtmp_settings_install_server (klass, DEFAULT_LOCATION, DEFAULT_TIMEOUT);
  g_object_class_install_property (klass, GST_RTMP_SERVING_PROP_SCHEMES,
      g_param_spec_flags ("schemes", "Schemes",
          "Schemes that callers may use, told apart by how they begin (0 = "
          "what location says: rtmp takes all, those in TLS if there is a "
          "certificate, rtmps those in TLS, others only themselves)",
          schemes_get_type (), DEFAULT_SCHEMES, flags));
  g_object_class_install_property (klass,
      GST_RTMP_SERVING_PROP_STRICT_HANDSHAKE,
      g_param_spec_boolean ("strict-handshake", "Strict handshake",
          "Refuse callers that do not answer our part of the handshake as "
          "they should, which some do not", FALSE, flags));
  g_object_class_install_property (klass, GST_RTMP_SERVING_PROP_AUTH_TOKEN,
      g_param_spec_string ("auth-token", "Authorization token",
          "What callers must have as key=, token= or pass= in the query of "
          "stream or application; nothing without", NULL, flags));
  g_object_class_install_property (klass, GST_RTMP_SERVING_PROP_USERS,
      g_param_spec_string ("users", "Users",
          "Who may call, by Adobe's authentication: name:password, separated "
          "by commas; anybody without", NULL, flags));
  g_object_class_install_property (klass, GST_RTMP_SERVING_PROP_IDLE_TIMEOUT,
      g_param_spec_uint ("idle-timeout", "Idle timeout",
          "Seconds that a caller may be silent, pings included (0 = for ever)",
          0, G_MAXUINT, DEFAULT_IDLE_TIMEOUT, flags));
  g_object_class_install_property (klass,
      GST_RTMP_SERVING_PROP_MAX_CONNECTIONS,
      g_param_spec_uint ("max-connections", "Max connections",
          "Connections at once on the port, whatever they want; further ones "
          "are closed (0 = any number)", 0, G_MAXUINT,
          DEFAULT_MAX_CONNECTIONS, flags));
  g_object_class_install_property (klass,
      GST_RTMP_SERVING_PROP_MAX_CONNECTION_RATE,
      g_param_spec_uint ("max-connection-rate", "Max connection rate",
          "New connections of one address in ten seconds; further ones are "
          "closed (0 = any number)", 0, G_MAXUINT, RTMP_CONNECTION_RATE,
          flags));
  gst_rtmp_serving_install_signals (klass);
  install_actions (klass, disconnect, reconnect);
}

gboolean
gst_rtmp_serving_set (GstRtmpServing * self, guint id, const GValue * value)
{
  gboolean known = TRUE;

  if (gst_rtmp_settings_set (&self->settings, G_OBJECT (self->element), id,
          value))
    return TRUE;
  GST_OBJECT_LOCK (self->element);
  if (id == GST_RTMP_SERVING_PROP_AUTH_TOKEN) {
    g_free (self->auth_token);
    self->auth_token = g_value_dup_string (value);
  } else if (id == GST_RTMP_SERVING_PROP_USERS) {
    g_free (self->users);
    self->users = g_value_dup_string (value);
  } else if (id == GST_RTMP_SERVING_PROP_SCHEMES) {
    self->schemes = g_value_get_flags (value);
  } else if (id == GST_RTMP_SERVING_PROP_STRICT_HANDSHAKE) {
    self->strict_handshake = g_value_get_boolean (value);
  } else if (id == GST_RTMP_SERVING_PROP_IDLE_TIMEOUT) {
    self->idle_timeout = g_value_get_uint (value);
  } else if (id == GST_RTMP_SERVING_PROP_MAX_CONNECTIONS) {
    self->max_connections = g_value_get_uint (value);
  } else if (id == GST_RTMP_SERVING_PROP_MAX_CONNECTION_RATE) {
    self->max_connection_rate = g_value_get_uint (value);
  } else {
    known = FALSE;
  }
  GST_OBJECT_UNLOCK (self->element);
  return known;
}

gboolean
gst_rtmp_serving_get (GstRtmpServing * self, guint id, GValue * value)
{
  gboolean known = TRUE;

  if (id == GST_RTMP_PROP_STATS) {
    g_value_take_boxed (value, gst_rtmp_serving_stats (self));
    return TRUE;
  }
  if (gst_rtmp_settings_get (&self->settings, G_OBJECT (self->element), id,
          value))
    return TRUE;
  GST_OBJECT_LOCK (self->element);
  if (id == GST_RTMP_SERVING_PROP_AUTH_TOKEN)
    g_value_set_string (value, self->auth_token);
  else if (id == GST_RTMP_SERVING_PROP_USERS)
    g_value_set_string (value, self->users);
  else if (id == GST_RTMP_SERVING_PROP_SCHEMES)
    g_value_set_flags (value, self->schemes);
  else if (id == GST_RTMP_SERVING_PROP_STRICT_HANDSHAKE)
    g_value_set_boolean (value, self->strict_handshake);
  else if (id == GST_RTMP_SERVING_PROP_IDLE_TIMEOUT)
    g_value_set_uint (value, self->idle_timeout);
  else if (id == GST_RTMP_SERVING_PROP_MAX_CONNECTIONS)
    g_value_set_uint (value, self->max_connections);
  else if (id == GST_RTMP_SERVING_PROP_MAX_CONNECTION_RATE)
    g_value_set_uint (value, self->max_connection_rate);
  else
    known = FALSE;
  GST_OBJECT_UNLOCK (self->element);
  return known;
}

/* Stats */

static void
append_caller (GValue * array, const RtmpCallerStats * caller)
{
  GValue value = G_VALUE_INIT;

  g_value_init (&value, GST_TYPE_STRUCTURE);
  g_value_take_boxed (&value, gst_structure_new ("rtmp-caller-stats",
          "id", G_TYPE_UINT64, caller->id,
          "peer", G_TYPE_STRING, caller->peer,
          "stream", G_TYPE_STRING, caller->stream,
          "in-bytes-total", G_TYPE_UINT64, caller->link.in_bytes,
          "out-bytes-total", G_TYPE_UINT64, caller->link.out_bytes,
          "queue-bytes", G_TYPE_UINT64, (guint64) caller->queue_bytes,
          "dropped-video", G_TYPE_UINT64, caller->dropped_video,
          "dropped-audio", G_TYPE_UINT64, caller->dropped_audio, NULL));
  gst_value_array_append_and_take_value (array, &value);
}

GstStructure *
gst_rtmp_serving_stats (GstRtmpServing * self)
{
  GstStructure *stats = gst_structure_new_empty ("rtmp-server-stats");
  g_autoptr (GArray) callers = NULL;
  GValue array = G_VALUE_INIT;
  guint i, connections = 0;

  GST_OBJECT_LOCK (self->element);
  if (self->open) {
    callers = rtmp_mount_stats (self->mount);
    connections = rtmp_server_n_callers (self->server);
  }
  GST_OBJECT_UNLOCK (self->element);
  gst_structure_set (stats, "connections", G_TYPE_UINT, connections, NULL);
  gst_value_array_init (&array, 0);
  for (i = 0; callers && i < callers->len; i++)
    append_caller (&array, &g_array_index (callers, RtmpCallerStats, i));
  gst_structure_take_value (stats, "callers", &array);
  return stats;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A server of ours with mounts that write down what happens to them, and
 * callers of two kinds: our own client, and a blocking one that says what a
 * test makes it say. */
#include "rtmpserver.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "rtmpclient.h"
#include "rtmpcommand.h"
#include "rtmperror.h"
#include "rtmploop.h"
#include "rtmptestserver.h"

/* Lines that threads write and a test waits for */

typedef struct
{
  GMutex lock;
  GCond cond;
  GPtrArray *lines;
} Diary;

static inline void
diary_init (Diary * self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->lines = g_ptr_array_new_with_free_func (g_free);
}

static inline void
diary_clear (Diary * self)
{
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_ptr_array_unref (self->lines);
}

static inline void G_GNUC_PRINTF (2, 3)
diary_add (Diary * self, const gchar * format, ...)
{
  va_list args;

  va_start (args, format);
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->lines, g_strdup_vprintf (format, args));
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  va_end (args);
}

/* All lines, with a '\n' behind each. (transfer full) */
static inline gchar *
diary_text_locked (Diary * self)
{
  GString *text = g_string_new (NULL);
  guint i;

  for (i = 0; i < self->lines->len; i++)
    g_string_append_printf (text, "%s\n",
        (const gchar *) g_ptr_array_index (self->lines, i));
  return g_string_free (text, FALSE);
}

static inline guint
diary_count_locked (Diary * self, const gchar * prefix)
{
  guint i, n = 0;

  for (i = 0; i < self->lines->len; i++)
    n += g_str_has_prefix (g_ptr_array_index (self->lines, i), prefix);
  return n;
}

static inline guint
diary_count (Diary * self, const gchar * prefix)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = diary_count_locked (self, prefix);
  g_mutex_unlock (&self->lock);
  return n;
}

/* Until so many lines begin like that. */
static inline void
diary_wait (Diary * self, const gchar * prefix, guint n)
{
  gint64 end = g_get_monotonic_time () + RTMP_TEST_PATIENCE;

  g_mutex_lock (&self->lock);
  while (diary_count_locked (self, prefix) < n)
    if (!g_cond_wait_until (&self->cond, &self->lock, end))
      g_error ("not %u lines \"%s...\", but:\n%s", n, prefix,
          diary_text_locked (self));
  g_mutex_unlock (&self->lock);
}

/* These are all lines, now. */
static inline void
diary_assert (Diary * self, const gchar * expected)
{
  g_autofree gchar *text = NULL;

  g_mutex_lock (&self->lock);
  text = diary_text_locked (self);
  g_mutex_unlock (&self->lock);
  g_assert_cmpstr (text, ==, expected);
}

static inline void
diary_forget (Diary * self)
{
  g_mutex_lock (&self->lock);
  g_ptr_array_set_size (self->lines, 0);
  g_mutex_unlock (&self->lock);
}

/* Media: a name, and zeros behind it */

static inline GBytes *
named_payload (const gchar * name, gsize size)
{
  gsize length = strlen (name);
  guint8 *data = g_malloc0 (MAX (size, length + 1));

  memcpy (data, name, length);
  return g_bytes_new_take (data, MAX (size, length + 1));
}

/* "name {}", as a data message. */
static inline GBytes *
data_payload (const gchar * name)
{
  GByteArray *bytes = g_byte_array_new ();
  const guint8 head[] = { 2, 0, (guint8) strlen (name) };
  const guint8 tail[] = { 3, 0, 0, 9 };

  g_byte_array_append (bytes, head, sizeof (head));
  g_byte_array_append (bytes, (const guint8 *) name, (guint) strlen (name));
  g_byte_array_append (bytes, tail, sizeof (tail));
  return g_byte_array_free_to_bytes (bytes);
}

/* "V 40 key": type, timestamp, name; of data the name of the call. */
static inline gchar *
media_line (const RtmpMessage * message)
{
  gsize size, skip = message->type == RTMP_MESSAGE_DATA_AMF0 ? 3 : 0;
  const gchar *data = g_bytes_get_data (message->payload, &size);

  return g_strdup_printf ("%c %u %.*s", skip ? 'D'
      : message->type == RTMP_MESSAGE_AUDIO ? 'A' : 'V', message->timestamp,
      (gint) (skip ? (gsize) data[2] : size), data + skip);
}

/* A mount */

typedef struct
{
  Diary diary;
  Diary media;
  RtmpMount *mount;
  gboolean refuse;              /* whoever connects; set before they do */
  guint64 last_id;              /* under diary.lock; who was added */
} Host;

static inline gboolean
host_on_connecting (const RtmpCallerInfo * info, gpointer user_data)
{
  Host *self = user_data;

  diary_add (&self->diary, "connecting %s/%s", info->app, info->stream);
  return !self->refuse;
}

static inline void
host_on_added (const RtmpCallerInfo * info, gpointer user_data)
{
  Host *self = user_data;

  g_mutex_lock (&self->diary.lock);
  self->last_id = info->id;
  g_mutex_unlock (&self->diary.lock);
  diary_add (&self->diary, "added %s/%s?%s user \"%s\"", info->app,
      info->stream, info->query, info->user);
}

static inline void
host_on_rejected (const RtmpCallerInfo * info, const gchar * reason,
    gpointer user_data)
{
  Host *self = user_data;

  diary_add (&self->diary, "rejected %s/%s: %s", info->app, info->stream,
      reason);
}

static inline void
host_on_media (const RtmpCallerInfo * info, RtmpMessage * message,
    gpointer user_data)
{
  Host *self = user_data;
  g_autofree gchar *line = media_line (message);

  diary_add (&self->media, "%s", line);
}

static inline void
host_on_removed (const RtmpCallerInfo * info, const GError * error,
    gpointer user_data)
{
  Host *self = user_data;

  diary_add (&self->diary, "removed %s/%s: %s", info->app, info->stream,
      error ? error->message : "done");
}

static const RtmpMountEvents host_events = {
  .connecting = host_on_connecting,
  .added = host_on_added,
  .rejected = host_on_rejected,
  .media = host_on_media,
  .removed = host_on_removed,
};

static inline void
host_init_events (Host * self, RtmpServer * server,
    const RtmpMountConfig * config, const RtmpMountEvents * events)
{
  memset (self, 0, sizeof (*self));
  diary_init (&self->diary);
  diary_init (&self->media);
  self->mount = rtmp_mount_new (server, config, events, self);
  rtmp_mount_start (self->mount);
}

static inline void
host_init (Host * self, RtmpServer * server, const RtmpMountConfig * config)
{
  host_init_events (self, server, config, &host_events);
}

/* After the mount nothing is told any more; what was stays to be looked at. */
static inline void
host_end (Host * self)
{
  g_clear_pointer (&self->mount, rtmp_mount_free);
}

static inline void
host_clear (Host * self)
{
  host_end (self);
  diary_clear (&self->diary);
  diary_clear (&self->media);
}

static inline void
host_send (Host * self, gchar type, guint32 time, const gchar * name,
    gsize size, RtmpFrameFlags flags)
{
  rtmp_mount_send (self->mount, type == 'D' ? RTMP_MESSAGE_DATA_AMF0
      : type == 'A' ? RTMP_MESSAGE_AUDIO : RTMP_MESSAGE_VIDEO, time,
      type == 'D' ? data_payload (name) : named_payload (name, size), flags);
}

static inline guint64
host_last_id (Host * self)
{
  guint64 id;

  g_mutex_lock (&self->diary.lock);
  id = self->last_id;
  g_mutex_unlock (&self->diary.lock);
  return id;
}

static inline GTlsCertificate *
load_certificate (void)
{
  g_autofree gchar *file = g_build_filename (g_getenv ("FILES"), "tls",
      "server.pem", NULL);
  g_autofree gchar *key = g_build_filename (g_getenv ("FILES"), "tls",
      "server.key", NULL);
  g_autoptr (GError) error = NULL;
  GTlsCertificate *certificate =
      g_tls_certificate_new_from_files (file, key, &error);

  g_assert_no_error (error);
  return certificate;
}

static inline RtmpServer *
serve (const RtmpServerOptions * other)
{
  RtmpServerOptions options;
  g_autoptr (GError) error = NULL;
  RtmpServer *server;

  rtmp_server_options_init (&options);
  if (other)
    options = *other;
  options.host = "127.0.0.1";
  server = rtmp_server_acquire (&options, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rtmp_server_port (server), >, 0);
  return server;
}

/* Our own client */

typedef struct
{
  Diary diary;                  /* codes, "running", "closed: why" */
  Diary media;
  RtmpClient *client;
  gboolean hex;                 /* media is "V 17010A": no time, all bytes */
} Far;

static inline void
far_on_step (RtmpClientStep step, gpointer user_data)
{
  Far *self = user_data;

  if (step == RTMP_CLIENT_STEP_RUNNING)
    diary_add (&self->diary, "running");
}

static inline void
far_on_status (const RtmpStatus * status, gpointer user_data)
{
  Far *self = user_data;

  diary_add (&self->diary, "%s %s", status->code, status->description);
}

static inline gchar *
hex_line (const RtmpMessage * message)
{
  GString *text = g_string_new (message->type == RTMP_MESSAGE_VIDEO ? "V "
      : message->type == RTMP_MESSAGE_AUDIO ? "A " : "D ");
  gsize i, size;
  const guint8 *data = g_bytes_get_data (message->payload, &size);

  for (i = 0; i < size; i++)
    g_string_append_printf (text, "%02X", data[i]);
  return g_string_free (text, FALSE);
}

static inline void
far_on_media (RtmpMessage * message, gpointer user_data)
{
  Far *self = user_data;
  g_autofree gchar *line = self->hex ? hex_line (message)
      : media_line (message);

  diary_add (&self->media, "%s", line);
}

static inline void
far_on_closed (const GError * error, gpointer user_data)
{
  Far *self = user_data;

  diary_add (&self->diary, "closed: %s", error ? error->message : "done");
}

static inline void
far_ignore (gpointer user_data)
{
}

static const RtmpClientEvents far_events = {
  .sent = far_ignore,
  .recorded = far_ignore,
  .step = far_on_step,
  .status = far_on_status,
  .media = far_on_media,
  .closed = far_on_closed,
};

typedef struct
{
  const gchar *app;             /* %NULL: "live" */
  const gchar *stream;          /* %NULL: "cam" */
  const gchar *user;
  const gchar *password;
  const gchar *codecs;          /* of Enhanced RTMP, to announce */
  RtmpSwf swf;                  /* to answer SWF verification with */
  const gchar *swf_file;        /* likewise */
  guint32 caps_ex;
  gboolean any;                 /* announces that it forwards what there is */
  gboolean hex;
  gboolean tls;                 /* RTMPS, whatever the scheme */
  RtmpScheme scheme;
  RtmpHandshakeFlags handshake;
  gboolean no_audio;
  gboolean no_video;
} FarPlan;

static inline void
far_call_port (Far * self, guint16 port, gboolean publish,
    const FarPlan * plan)
{
  const FarPlan none = { 0, }, *p = plan ? plan : &none;
  RtmpClientTarget target = {.host = "127.0.0.1",
    .port = port,.handshake = p->handshake,
    .scheme = p->tls ? RTMP_SCHEME_RTMPS : p->scheme,
    .swf_file = p->swf_file,
  };
  RtmpClientConfig config;

  memset (self, 0, sizeof (*self));
  diary_init (&self->diary);
  diary_init (&self->media);
  self->hex = p->hex;
  target.credentials.authmod = RTMP_AUTHMOD_AUTO;
  target.credentials.user = p->user;
  target.credentials.password = p->password;
  rtmp_client_config_init (&config);
  config.publish = publish;
  config.app = g_strdup (p->app ? p->app : "live");
  config.tc_url = g_strdup ("rtmp://127.0.0.1/live");
  config.stream = g_strdup (p->stream ? p->stream : "cam");
  if (p->codecs)
    rtmp_capabilities_add_codecs (&config.capabilities, p->codecs,
        RTMP_CODEC_CAN_DECODE, NULL);
  config.capabilities.caps_ex = p->caps_ex;
  config.swf = p->swf;
  if (p->any) {
    rtmp_codec_map_add (&config.capabilities.video, RTMP_FOUR_CC_ANY,
        RTMP_CODEC_CAN_FORWARD);
    rtmp_codec_map_add (&config.capabilities.audio, RTMP_FOUR_CC_ANY,
        RTMP_CODEC_CAN_FORWARD);
  }
  config.receive_audio = !p->no_audio;
  config.receive_video = !p->no_video;
  config.timeout = RTMP_TEST_PATIENCE;
  self->client = rtmp_client_new (&target, &config, NULL, &far_events, self);
  rtmp_client_config_clear (&config);
  rtmp_client_start (self->client);
}

static inline void
far_call (Far * self, RtmpServer * server, gboolean publish,
    const FarPlan * plan)
{
  far_call_port (self, rtmp_server_port (server), publish, plan);
}

static inline void
far_publish (Far * self, RtmpServer * server, const FarPlan * plan)
{
  far_call (self, server, TRUE, plan);
}

static inline void
far_play (Far * self, RtmpServer * server, const FarPlan * plan)
{
  far_call (self, server, FALSE, plan);
}

static inline void
far_wait (Far * self, const gchar * prefix)
{
  diary_wait (&self->diary, prefix, 1);
}

static inline void
far_send (Far * self, gchar type, guint32 time, const gchar * name, gsize size)
{
  RtmpClientLevel level;

  rtmp_client_publish (self->client, type == 'D' ? RTMP_MESSAGE_DATA_AMF0
      : type == 'A' ? RTMP_MESSAGE_AUDIO : RTMP_MESSAGE_VIDEO, time,
      type == 'D' ? data_payload (name) : named_payload (name, size), &level);
}

static inline void
far_clear (Far * self)
{
  rtmp_client_free (self->client);
  diary_clear (&self->diary);
  diary_clear (&self->media);
}

/* A blocking one */

typedef struct
{
  GIOStream *stream;
  RtmpChunkLink *link;
  Diary diary;                  /* commands with their code, media, control */
} Raw;

static inline gboolean
raw_on_opened (gpointer user_data, GError ** error)
{
  diary_add (&((Raw *) user_data)->diary, "opened");
  return TRUE;
}

static inline void
raw_on_command (Raw * self, const RtmpMessage * message)
{
  g_auto (RtmpCommand) command = { NULL, };
  const RtmpValue *info;
  const gchar *code, *url;

  g_assert_true (rtmp_command_parse (&command, message, &rtmp_limits_default,
          NULL));
  info = rtmp_command_arg (&command, 1);
  code = info ? rtmp_value_get_string (info, "code") : NULL;
  url = info ? rtmp_value_get_string (info, "tcUrl") : NULL;
  diary_add (&self->diary, "%u %s %s%s%s", message->message_stream,
      command.name, code ? code : "", url ? " " : "", url ? url : "");
}

static inline gboolean
raw_on_message (RtmpMessage * message, gpointer user_data, GError ** error)
{
  Raw *self = user_data;
  g_autofree gchar *line = NULL;
  RtmpControl control;

  if (message->type == RTMP_MESSAGE_COMMAND_AMF0) {
    raw_on_command (self, message);
  } else if (message->type == RTMP_MESSAGE_USER_CONTROL) {
    g_assert_true (rtmp_control_parse (&control, message, NULL));
    diary_add (&self->diary, "control %u %u", control.event, control.value);
  } else {
    line = media_line (message);
    diary_add (&self->diary, "%u %s", message->message_stream, line);
  }
  return TRUE;
}

static const RtmpLinkEvents raw_events = {
  .opened = raw_on_opened,
  .message = raw_on_message,
};

static inline GIOStream *
raw_socket (guint16 port)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  g_socket_client_set_timeout (client, RTMP_TEST_PATIENCE / G_USEC_PER_SEC);
  connection = g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL,
      &error);
  g_assert_no_error (error);
  g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP,
      TCP_NODELAY, 1, NULL);
  return G_IO_STREAM (connection);
}

/* All of it; FALSE when the other end is gone. */
static inline gboolean
raw_write (GIOStream * stream, gconstpointer data, gsize size)
{
  return g_output_stream_write_all (g_io_stream_get_output_stream (stream),
      data, size, NULL, NULL, NULL);
}

/* Until the other end closes; it must. */
static inline void
raw_wait_end (GIOStream * stream)
{
  GInputStream *input = g_io_stream_get_input_stream (stream);
  g_autofree guint8 *data = g_malloc (65536);
  g_autoptr (GError) error = NULL;
  gssize n;

  do {
    g_clear_error (&error);
    n = g_input_stream_read (input, data, 65536, NULL, &error);
  } while (n > 0);
  g_assert_false (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT));
}

static inline void
raw_flush (Raw * self)
{
  const RtmpVector *vectors;
  guint n, i;
  gsize sum;

  while ((n = rtmp_chunk_link_pull (self->link, &vectors)) > 0) {
    for (sum = i = 0; i < n; sum += vectors[i++].size)
      raw_write (self->stream, vectors[i].data, vectors[i].size);
    rtmp_chunk_link_consume (self->link, sum);
  }
}

/* What there is to be read, or the end: FALSE. */
static inline gboolean
raw_read (Raw * self)
{
  g_autofree guint8 *data = g_malloc (65536);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  gssize n = g_input_stream_read (g_io_stream_get_input_stream (self->stream),
      data, 65536, NULL, &error);

  g_assert_false (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT));
  if (n <= 0)
    return FALSE;
  bytes = g_bytes_new (data, (gsize) n);
  g_clear_error (&error);
  rtmp_chunk_link_feed (self->link, 0, bytes, &error);
  g_assert_no_error (error);
  raw_flush (self);
  return TRUE;
}

static inline void
raw_wait (Raw * self, const gchar * prefix, guint n)
{
  while (diary_count (&self->diary, prefix) < n)
    if (!raw_read (self))
      g_error ("closed; not %u lines \"%s...\", but:\n%s", n, prefix,
          diary_text_locked (&self->diary));
}

static inline void
raw_send (Raw * self, RtmpMessageType type, guint32 stream, guint32 time,
    GBytes * payload)
{
  RtmpMessage message;

  rtmp_message_init (&message, type, RTMP_CHUNK_STREAM_COMMAND, stream, time,
      payload);
  rtmp_chunk_link_send (self->link, &message);
  raw_flush (self);
}

/* name (transaction 9, null, @text): what a stream is asked. */
static inline void
raw_ask (Raw * self, guint32 stream, const gchar * name, const gchar * text)
{
  raw_send (self, RTMP_MESSAGE_COMMAND_AMF0, stream, 0,
      rtmp_command_write (name, 9, rtmp_value_new_null (),
          text ? rtmp_value_new_string (text) : NULL, NULL));
}

static inline void
raw_open (Raw * self, guint16 port)
{
  const guint8 random[RTMP_HANDSHAKE_RANDOM_SIZE] = { 0 };

  memset (self, 0, sizeof (*self));
  diary_init (&self->diary);
  self->stream = raw_socket (port);
  self->link = rtmp_chunk_link_new (rtmp_handshake_new (RTMP_ROLE_CLIENT, 0,
          random), NULL, &raw_events, self);
  raw_flush (self);
  raw_wait (self, "opened", 1);
}

static inline void
raw_connect (Raw * self, const gchar * app)
{
  RtmpValue *info = rtmp_value_new_object ();

  rtmp_value_set_string (info, "app", app);
  raw_send (self, RTMP_MESSAGE_COMMAND_AMF0, 0, 0,
      rtmp_command_write ("connect", 1, info, NULL));
}

/* Connected to "live", with so many streams. */
static inline void
raw_call (Raw * self, guint16 port, guint n_streams)
{
  guint i;

  raw_open (self, port);
  raw_connect (self, "live");
  for (i = 0; i < n_streams; i++)
    raw_ask (self, 0, "createStream", NULL);
  raw_wait (self, "0 _result", 1 + n_streams);
}

static inline void
raw_close (Raw * self)
{
  g_object_unref (self->stream);
  rtmp_chunk_link_free (self->link);
  diary_clear (&self->diary);
}

/* Nothing is left of servers and callers. */
static inline void
assert_nothing_left (guint fds)
{
  g_assert_cmpuint (rtmp_loop_count (), ==, 0);
  rtmp_test_assert_fds (fds);
}

/* What GLib opens once in a process. */
static inline void
server_tests_warm_up (void)
{
  RtmpServer *server = serve (NULL);
  Far far;

  far_play (&far, server, NULL);
  far_wait (&far, "closed");
  far_clear (&far);
  rtmp_server_release (server);
}

static inline void
server_tests_init (int *argc, char ***argv)
{
  g_test_init (argc, argv, NULL);
  server_tests_warm_up ();
}

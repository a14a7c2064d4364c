/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpserversession.h"

#include <string.h>

#include "rtmpaggregate.h"
#include "rtmpcontrol.h"
#include "rtmperror.h"
#include "rtmplog.h"

/* What old clients look at before they trust a server with H.264. */
#define SERVER_VERSION "FMS/3,5,7,7009"
#define SERVER_CAPABILITIES 31

/* Bytes of an application, a stream's name or a URL. */
#define NAME_MAX_SIZE 4096

/* Ids of message streams come round behind this one. */
#define STREAM_ID_MAX 0xFFFF

typedef enum
{
  STREAM_IDLE,
  STREAM_ASKED,                 /* the owner decides */
  STREAM_PUBLISHING,
  STREAM_PLAYING,
} StreamState;

typedef struct
{
  guint32 id;
  StreamState state;
  gboolean publish;             /* what is asked for */
  gboolean reset;
} Stream;

struct _RtmpServerSession
{
  RtmpServerConfig config;
  RtmpLimits limits;
  const RtmpServerSessionEvents *events;
  gpointer user_data;

  RtmpServerSessionState state;
  gdouble deciding;             /* transaction of a connect, or 0 */
  gboolean asks_swf;
  guint8 swf_key[RTMP_SWF_KEY_SIZE];
  RtmpSwfAnswer swf_answer;
  RtmpCapabilities theirs;
  GArray *streams;              /* of Stream */
  guint32 last_stream;          /* the id last given */
  gint64 now;                   /* of the message that is looked at */
  gint64 step_deadline;         /* of connect, then of a stream */
  gint64 idle_deadline;         /* to ping, then to give up */
  gboolean pinged;
};

void
rtmp_server_config_init (RtmpServerConfig * self)
{
  memset (self, 0, sizeof (*self));
  self->chunk_size = 65536;
  self->window_ack_size = 2500000;
  self->peer_bandwidth = 2500000;
  self->max_streams = 8;
  self->connect_timeout = 10 * G_USEC_PER_SEC;
  self->idle_timeout = 60 * G_USEC_PER_SEC;
}

RtmpServerSession *
rtmp_server_session_new (const RtmpServerConfig * config,
    const RtmpLimits * limits, const RtmpServerSessionEvents * events,
    gpointer user_data)
{
  RtmpServerSession *self = g_new0 (RtmpServerSession, 1);

  self->config = *config;
  self->limits = limits ? *limits : rtmp_limits_default;
  self->events = events;
  self->user_data = user_data;
  self->streams = g_array_new (FALSE, FALSE, sizeof (Stream));
  self->step_deadline = self->idle_deadline = RTMP_DEADLINE_NONE;
  return self;
}

void
rtmp_server_session_free (RtmpServerSession * self)
{
  g_array_unref (self->streams);
  g_free (self);
}

const gchar *
rtmp_server_session_state_to_string (RtmpServerSessionState state)
{
  static const gchar *const names[] = {
    "idle", "await-connect", "connected", "closed",
  };

  return (guint) state < G_N_ELEMENTS (names) ? names[state] : "unknown";
}

RtmpServerSessionState
rtmp_server_session_state (const RtmpServerSession * self)
{
  return self->state;
}

const gchar *
rtmp_publish_type_to_string (RtmpPublishType type)
{
  static const gchar *const names[] = { "live", "record", "append" };

  return (guint) type < G_N_ELEMENTS (names) ? names[type] : "unknown";
}

/* The only place where the state changes; it never goes back. */
static void
set_state (RtmpServerSession * self, RtmpServerSessionState state)
{
  if (state <= self->state)
    return;
  RTMP_DEBUG ("server session: %s -> %s",
      rtmp_server_session_state_to_string (self->state),
      rtmp_server_session_state_to_string (state));
  self->state = state;
  if (state == RTMP_SERVER_SESSION_CLOSED)
    self->events->closed (self->user_data);
}

static void
await_step (RtmpServerSession * self)
{
  gint64 timeout = self->config.connect_timeout;

  self->step_deadline = timeout > 0 ? self->now + timeout : RTMP_DEADLINE_NONE;
}

/* Two halves of the timeout: up to the ping, and for its answer. */
static void
await_message (RtmpServerSession * self, gint64 now, gboolean pinged)
{
  gint64 timeout = self->config.idle_timeout;

  self->pinged = pinged;
  self->idle_deadline = timeout <= 0 ? RTMP_DEADLINE_NONE
      : now + (pinged ? timeout - timeout / 2 : timeout / 2);
}

void
rtmp_server_session_start (RtmpServerSession * self, gint64 now)
{
  self->now = now;
  await_message (self, now, FALSE);
  await_step (self);
  set_state (self, RTMP_SERVER_SESSION_AWAIT_CONNECT);
}

/* Sending */

/* Whatever the owner does within an event, nothing follows the end. */
static void
send_message (RtmpServerSession * self, RtmpMessage * message)
{
  if (self->state == RTMP_SERVER_SESSION_CLOSED)
    rtmp_message_clear (message);
  else
    self->events->send (message, self->user_data);
}

static void
send_control (RtmpServerSession * self, RtmpMessageType type, guint32 value)
{
  RtmpMessage message;

  rtmp_control_init (&message, type, value);
  send_message (self, &message);
}

/* A dynamic limit: the client may keep its own (RTMP 1.0, 5.4.5). */
static void
send_bandwidth (RtmpServerSession * self)
{
  const RtmpControl control = {
    .type = RTMP_MESSAGE_SET_PEER_BANDWIDTH,
    .value = self->config.peer_bandwidth,
    .limit_type = 2,
  };
  RtmpMessage message;

  rtmp_control_write (&control, &message);
  send_message (self, &message);
}

static void
send_event (RtmpServerSession * self, RtmpUserControlEvent event, guint32 value)
{
  RtmpMessage message;

  rtmp_user_control_init (&message, event, value);
  send_message (self, &message);
}

static void
send_command (RtmpServerSession * self, guint32 stream, GBytes * payload)
{
  RtmpMessage message;

  rtmp_message_init (&message, RTMP_MESSAGE_COMMAND_AMF0,
      stream ? RTMP_CHUNK_STREAM_STATUS : RTMP_CHUNK_STREAM_COMMAND, stream, 0,
      payload);
  send_message (self, &message);
}

static RtmpValue *
make_info (const gchar * level, const gchar * code, const gchar * description)
{
  RtmpValue *info = rtmp_value_new_object ();

  rtmp_value_set_string (info, "level", level);
  rtmp_value_set_string (info, "code", code);
  rtmp_value_set_string (info, "description", description);
  return info;
}

/* @call (0, null, info): onStatus and what is like it. */
static void
send_info (RtmpServerSession * self, guint32 stream, const gchar * call,
    RtmpValue * info)
{
  send_command (self, stream, rtmp_command_write (call, 0,
          rtmp_value_new_null (), info, NULL));
}

void
rtmp_server_session_send_status (RtmpServerSession * self, guint32 stream,
    const gchar * level, const gchar * code, const gchar * description)
{
  send_info (self, stream, "onStatus", make_info (level, code, description));
}

/* (transfer full) for @value, %NULL for undefined. A call with no transaction
 * wants no answer. */
static void
send_result (RtmpServerSession * self, gdouble transaction, RtmpValue * value)
{
  if (value == NULL)
    value = rtmp_value_new_undefined ();
  if (transaction > 0)
    send_command (self, 0, rtmp_command_write ("_result", transaction,
            rtmp_value_new_null (), value, NULL));
  else
    rtmp_value_unref (value);
}

static void
send_failed (RtmpServerSession * self, const RtmpCommand * command,
    const gchar * code, const gchar * description)
{
  if (command->transaction > 0)
    send_command (self, 0, rtmp_command_write ("_error", command->transaction,
            rtmp_value_new_null (), make_info ("error", code, description),
            NULL));
}

/* Names */

/* What a client calls, for messages about it. */
static gchar *
quote (const gchar * name)
{
  g_autoptr (RtmpValue) value = rtmp_value_new_string_len (name,
      MIN (strlen (name), 64));

  return rtmp_value_to_string (value);
}

/* What stands between quotes, if they are there: some clients put them. UTF-8,
 * and no longer than any real name. */
static gchar *
unquote (const gchar * text)
{
  gsize length = strlen (text);

  if (length >= 2 && (*text == '\'' || *text == '"')
      && text[length - 1] == *text) {
    text++;
    length -= 2;
  }
  return g_utf8_make_valid (text, (gssize) MIN (length, NAME_MAX_SIZE));
}

/* Cuts @text at its query and returns that. */
static const gchar *
split_query (gchar * text)
{
  gchar *query = strchr (text, '?');

  if (query == NULL)
    return "";
  *query = '\0';
  return query + 1;
}

static gchar *
strip_slashes (gchar * text)
{
  gsize length;

  while (*text == '/')
    text++;
  length = strlen (text);
  while (length > 0 && text[length - 1] == '/')
    text[--length] = '\0';
  return text;
}

/* Streams */

/* %NULL: there is none. */
static Stream *
find_stream (RtmpServerSession * self, gdouble id)
{
  guint i;

  for (i = 0; i < self->streams->len; i++)
    if (g_array_index (self->streams, Stream, i).id == id)
      return &g_array_index (self->streams, Stream, i);
  return NULL;
}

static gboolean
is_active (const Stream * stream)
{
  return stream->state == STREAM_PUBLISHING || stream->state == STREAM_PLAYING;
}

static gboolean
has_active_stream (const RtmpServerSession * self)
{
  guint i;

  for (i = 0; i < self->streams->len; i++)
    if (is_active (&g_array_index (self->streams, Stream, i)))
      return TRUE;
  return FALSE;
}

/* Behind the last one a client has as long for the next as it had for the
 * first. TRUE: it was active. */
static gboolean
make_idle (RtmpServerSession * self, Stream * stream)
{
  gboolean was_active = is_active (stream);

  stream->state = STREAM_IDLE;
  if (was_active && !has_active_stream (self))
    await_step (self);
  return was_active;
}

static void
stop_stream (RtmpServerSession * self, Stream * stream)
{
  if (make_idle (self, stream))
    self->events->stopped (stream->id, self->user_data);
}

static guint32
next_stream_id (RtmpServerSession * self)
{
  guint32 id = self->last_stream;

  do
    id = id < STREAM_ID_MAX ? id + 1 : 1;
  while (find_stream (self, id));
  return id;
}

static gboolean
create_stream (RtmpServerSession * self, const RtmpCommand * command,
    GError ** error)
{
  Stream stream = { 0, };

  if (self->streams->len >= MIN (self->config.max_streams, STREAM_ID_MAX)) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_LIMIT_STREAMS,
        "the client wants more than %u streams", self->config.max_streams);
    return FALSE;
  }
  self->last_stream = stream.id = next_stream_id (self);
  g_array_append_val (self->streams, stream);
  send_result (self, command->transaction, rtmp_value_new_number (stream.id));
  return TRUE;
}

static void
delete_stream (RtmpServerSession * self, gdouble id)
{
  Stream *stream = find_stream (self, id);

  if (stream == NULL)
    return;
  stop_stream (self, stream);
  g_array_remove_index_fast (self->streams,
      (guint) (stream - (Stream *) (gpointer) self->streams->data));
}

static void
close_stream (RtmpServerSession * self, Stream * stream)
{
  gboolean published = stream->state == STREAM_PUBLISHING;

  stop_stream (self, stream);
  if (published)
    rtmp_server_session_send_status (self, stream->id, "status",
        "NetStream.Unpublish.Success", "");
}

/* Connect */

static const gchar *
text_of (const RtmpValue * object, const gchar * name)
{
  const gchar *text = rtmp_value_get_string (object, name);

  return text ? text : "";
}

static void
call_connect (RtmpServerSession * self, const RtmpCommand * command)
{
  RtmpValue *info = rtmp_command_arg (command, 0);
  g_autofree gchar *app = unquote (text_of (info, "app"));
  g_autofree gchar *tc_url = unquote (rtmp_value_get_string (info, "tcUrl")
      ? text_of (info, "tcUrl") : text_of (info, "tcurl"));
  g_autofree gchar *flash_version = unquote (text_of (info, "flashVer"));
  const gchar *query = split_query (app);
  RtmpConnectRequest request = {
    .query = query,
    .app = strip_slashes (app),
    .tc_url = tc_url,
    .flash_version = flash_version,
    .info = info,
    .capabilities = &self->theirs,
  };

  rtmp_capabilities_parse (&self->theirs, info);
  self->deciding = command->transaction;
  self->events->connect (&request, self->user_data);
  if (self->state == RTMP_SERVER_SESSION_AWAIT_CONNECT)
    rtmp_server_session_refuse_connect (self,
        "NetConnection.Connect.Rejected", "", NULL);
}

/* What we say of Enhanced RTMP, in the second object, to those who know it
 * (E-165, E-167). */
static void
write_capabilities (RtmpServerSession * self, RtmpValue * info)
{
  RtmpCapabilities ours = self->config.capabilities;

  ours.has_list = ours.has_list && self->theirs.has_list;
  if (self->theirs.has_list || self->theirs.caps_ex || self->theirs.video.n > 0
      || self->theirs.audio.n > 0)
    rtmp_capabilities_write (&ours, info);
}

void
rtmp_server_session_ask_swf (RtmpServerSession * self, const guint8 * key)
{
  self->asks_swf = TRUE;
  memcpy (self->swf_key, key, RTMP_SWF_KEY_SIZE);
}

gboolean
rtmp_server_session_check_swf (const RtmpServerSession * self,
    const RtmpSwf * swf, GError ** error)
{
  return rtmp_swf_check_answer (swf, self->swf_key, &self->swf_answer, error);
}

static void
send_swf_request (RtmpServerSession * self)
{
  RtmpMessage message;

  rtmp_swf_write_request (&message);
  send_message (self, &message);
}

void
rtmp_server_session_accept_connect (RtmpServerSession * self)
{
  RtmpValue *properties, *info;

  if (self->state != RTMP_SERVER_SESSION_AWAIT_CONNECT)
    return;
  properties = rtmp_value_new_object ();
  rtmp_value_set_string (properties, "fmsVer", SERVER_VERSION);
  rtmp_value_set_number (properties, "capabilities", SERVER_CAPABILITIES);
  rtmp_value_set_number (properties, "mode", 1);
  info = make_info ("status", "NetConnection.Connect.Success",
      "Connection succeeded.");
  rtmp_value_set_number (info, "objectEncoding", 0);
  write_capabilities (self, info);
  send_control (self, RTMP_MESSAGE_WINDOW_ACK_SIZE,
      self->config.window_ack_size);
  send_bandwidth (self);
  send_event (self, RTMP_USER_CONTROL_STREAM_BEGIN, 0);
  send_control (self, RTMP_MESSAGE_SET_CHUNK_SIZE, self->config.chunk_size);
  if (self->asks_swf)
    send_swf_request (self);
  send_command (self, 0, rtmp_command_write ("_result", self->deciding,
          properties, info, NULL));
  set_state (self, RTMP_SERVER_SESSION_CONNECTED);
}

void
rtmp_server_session_refuse_connect (RtmpServerSession * self,
    const gchar * code, const gchar * description, const gchar * redirect)
{
  RtmpValue *info, *ex;

  if (self->state != RTMP_SERVER_SESSION_AWAIT_CONNECT)
    return;
  info = make_info ("error", code, description);
  if (redirect) {
    ex = rtmp_value_new_object ();
    rtmp_value_set_number (ex, "code", 302);
    rtmp_value_set_string (ex, "redirect", redirect);
    rtmp_value_set (info, "ex", ex);
  }
  send_command (self, 0, rtmp_command_write ("_error", self->deciding,
          rtmp_value_new_null (), info, NULL));
  set_state (self, RTMP_SERVER_SESSION_CLOSED);
}

void
rtmp_server_session_close (RtmpServerSession * self, const gchar * code,
    const gchar * description)
{
  /* Enhanced RTMP v2 has this one as an error. */
  const gchar *level = g_str_equal (code, "NetConnection.Connect.AppShutdown")
      ? "error" : "status";

  if (self->state == RTMP_SERVER_SESSION_CONNECTED)
    rtmp_server_session_send_status (self, 0, level, code, description);
  set_state (self, RTMP_SERVER_SESSION_CLOSED);
}

gboolean
rtmp_server_session_request_reconnect (RtmpServerSession * self,
    const gchar * tc_url, const gchar * description)
{
  RtmpValue *info;

  if (self->state != RTMP_SERVER_SESSION_CONNECTED
      || !(self->theirs.caps_ex & RTMP_CAPS_EX_RECONNECT))
    return FALSE;
  info = make_info ("status", "NetConnection.Connect.ReconnectRequest",
      description);
  rtmp_value_set_string (info, "tcUrl", tc_url);
  send_info (self, 0, "onStatus", info);
  return TRUE;
}

/* Publish and play */

static RtmpPublishType
parse_publish_type (const RtmpValue * value)
{
  const gchar *text = rtmp_value_as_string (value, NULL);

  if (g_strcmp0 (text, "record") == 0)
    return RTMP_PUBLISH_RECORD;
  return g_strcmp0 (text, "append") == 0 ? RTMP_PUBLISH_APPEND
      : RTMP_PUBLISH_LIVE;
}

/* Some clients send thousandths. */
static gdouble
parse_start (const RtmpValue * value)
{
  gdouble start = rtmp_value_as_number (value, RTMP_PLAY_LIVE_OR_RECORDED);

  if (start == -1000 || start == RTMP_PLAY_LIVE)
    return RTMP_PLAY_LIVE;
  return start >= 0 ? start : RTMP_PLAY_LIVE_OR_RECORDED;
}

/* What is no duration is to the end. */
static gdouble
parse_duration (const RtmpValue * value)
{
  gdouble duration = rtmp_value_as_number (value, RTMP_PLAY_TO_END);

  return duration >= 0 ? duration : RTMP_PLAY_TO_END;
}

/* A number is true unless it is 0; to say nothing is to say yes. */
static gboolean
parse_reset (const RtmpValue * value)
{
  return rtmp_value_as_number (value, 1) != 0
      && rtmp_value_as_boolean (value, TRUE);
}

static void
ask_for_stream (RtmpServerSession * self, Stream * stream,
    const RtmpCommand * command)
{
  g_autofree gchar *name =
      unquote (rtmp_value_as_string (rtmp_command_arg (command, 1), NULL));
  RtmpStreamRequest request = {
    .stream = stream->id,
    .publish = stream->publish,
    .query = split_query (name),
    .name = name,
    .type = parse_publish_type (rtmp_command_arg (command, 2)),
    .start = parse_start (rtmp_command_arg (command, 2)),
    .duration = parse_duration (rtmp_command_arg (command, 3)),
    .reset = stream->reset,
  };

  self->events->stream (&request, self->user_data);
  if (stream->state == STREAM_ASKED)
    rtmp_server_session_refuse_stream (self, stream->id, request.publish
        ? "NetStream.Publish.Denied" : "NetStream.Play.Failed", "");
}

/* Without a name it is the end of what was before. */
static void
call_publish_or_play (RtmpServerSession * self, Stream * stream,
    const RtmpCommand * command, gboolean publish)
{
  const gchar *busy = publish ? "NetStream.Publish.BadName"
      : "NetStream.Play.Failed";

  if (rtmp_value_as_string (rtmp_command_arg (command, 1), NULL) == NULL) {
    close_stream (self, stream);
    return;
  }
  if (stream->state == STREAM_PLAYING && !publish)
    stop_stream (self, stream); /* another stream in its place */
  if (self->state == RTMP_SERVER_SESSION_CLOSED)
    return;
  if (stream->state != STREAM_IDLE) {
    rtmp_server_session_send_status (self, stream->id, "error", busy,
        "The message stream is in use.");
    return;
  }
  stream->state = STREAM_ASKED;
  stream->publish = publish;
  stream->reset = parse_reset (rtmp_command_arg (command, 4));
  ask_for_stream (self, stream, command);
}

void
rtmp_server_session_accept_stream (RtmpServerSession * self, guint32 id)
{
  Stream *stream = find_stream (self, id);

  if (stream == NULL || stream->state != STREAM_ASKED)
    return;
  self->step_deadline = RTMP_DEADLINE_NONE;
  stream->state = stream->publish ? STREAM_PUBLISHING : STREAM_PLAYING;
  send_event (self, RTMP_USER_CONTROL_STREAM_BEGIN, id);
  if (stream->publish) {
    rtmp_server_session_send_status (self, id, "status",
        "NetStream.Publish.Start", "Publishing.");
    return;
  }
  if (stream->reset)
    rtmp_server_session_send_status (self, id, "status",
        "NetStream.Play.Reset", "Playing and resetting.");
  rtmp_server_session_send_status (self, id, "status",
      "NetStream.Play.Start", "Started playing.");
}

void
rtmp_server_session_refuse_stream (RtmpServerSession * self, guint32 id,
    const gchar * code, const gchar * description)
{
  Stream *stream = find_stream (self, id);

  if (stream == NULL || stream->state != STREAM_ASKED)
    return;
  stream->state = STREAM_IDLE;
  rtmp_server_session_send_status (self, id, "error", code, description);
}

/* A stream that is played */

static gboolean
is_playing (RtmpServerSession * self, guint32 id)
{
  const Stream *stream = find_stream (self, id);

  return stream && stream->state == STREAM_PLAYING;
}

void
rtmp_server_session_send_media (RtmpServerSession * self, guint32 id,
    RtmpMessageType type, guint32 timestamp, GBytes * payload)
{
  RtmpMessage message;

  rtmp_message_init (&message, type, type == RTMP_MESSAGE_VIDEO
      ? RTMP_CHUNK_STREAM_VIDEO : type == RTMP_MESSAGE_AUDIO
      ? RTMP_CHUNK_STREAM_AUDIO : RTMP_CHUNK_STREAM_DATA, id, timestamp,
      payload);
  if (is_playing (self, id))
    send_message (self, &message);
  else
    rtmp_message_clear (&message);
}

void
rtmp_server_session_begin_media (RtmpServerSession * self, guint32 id)
{
  if (is_playing (self, id))
    rtmp_server_session_send_status (self, id, "status",
        "NetStream.Play.PublishNotify", "The stream is published now.");
}

static void
tell_end (RtmpServerSession * self, const Stream * stream)
{
  if (stream->state == STREAM_PUBLISHING) {
    rtmp_server_session_send_status (self, stream->id, "error",
        "NetStream.Failed", "The stream is no longer taken.");
    return;
  }
  rtmp_server_session_send_status (self, stream->id, "status",
      "NetStream.Play.UnpublishNotify", "The stream is no longer published.");
  send_event (self, RTMP_USER_CONTROL_STREAM_EOF, stream->id);
  rtmp_server_session_send_status (self, stream->id, "status",
      "NetStream.Play.Stop", "Stopped playing.");
}

void
rtmp_server_session_end_stream (RtmpServerSession * self, gint64 now,
    guint32 id)
{
  Stream *stream = find_stream (self, id);

  if (stream == NULL || !is_active (stream))
    return;
  tell_end (self, stream);
  self->now = now;
  make_idle (self, stream);
}

static void
call_receive (RtmpServerSession * self, const Stream * stream,
    const RtmpCommand * command, RtmpMessageType type)
{
  gboolean on = rtmp_value_as_boolean (rtmp_command_arg (command, 1), TRUE);
  guint32 id = stream->id;

  if (stream->state != STREAM_PLAYING)
    return;
  if (on) {
    rtmp_server_session_send_status (self, id, "status",
        "NetStream.Seek.Notify", "");
    rtmp_server_session_send_status (self, id, "status",
        "NetStream.Play.Start", "");
  }
  self->events->receive (id, type, on, self->user_data);
}

static void
call_pause (RtmpServerSession * self, const Stream * stream,
    const RtmpCommand * command)
{
  gboolean paused = rtmp_value_as_boolean (rtmp_command_arg (command, 1), TRUE);

  if (stream->state != STREAM_PLAYING) {
    send_failed (self, command, "NetStream.Pause.Failed",
        "Nothing is being played.");
    return;
  }
  rtmp_server_session_send_status (self, stream->id, "status", paused
      ? "NetStream.Pause.Notify" : "NetStream.Unpause.Notify", "");
  self->events->pause (stream->id, paused, self->user_data);
}

/* Calls */

/* On a message stream of the client's. FALSE: no such call. */
static gboolean
on_stream_call (RtmpServerSession * self, guint32 id,
    const RtmpCommand * command)
{
  static const gchar *const calls[] = {
    "publish", "play", "closeStream", "receiveAudio", "receiveVideo", "pause",
    "seek", "play2", NULL
  };
  const gchar *name = command->name;
  Stream *stream = find_stream (self, id);

  if (!g_strv_contains (calls, name))
    return FALSE;
  if (stream == NULL)
    rtmp_server_session_send_status (self, id, "error", "NetStream.Failed",
        "There is no such message stream: createStream comes first.");
  else if (g_str_equal (name, "publish") || g_str_equal (name, "play"))
    call_publish_or_play (self, stream, command, name[1] == 'u');
  else if (g_str_equal (name, "closeStream"))
    close_stream (self, stream);
  else if (g_str_has_prefix (name, "receive"))
    call_receive (self, stream, command, g_str_equal (name, "receiveAudio")
        ? RTMP_MESSAGE_AUDIO : RTMP_MESSAGE_VIDEO);
  else if (g_str_equal (name, "pause"))
    call_pause (self, stream, command);
  else
    rtmp_server_session_send_status (self, id, "error", *name == 's'
        ? "NetStream.Seek.Failed" : "NetStream.Play.Failed",
        "A live stream knows no such call.");
  return TRUE;
}

/* What encoders of old ask around publishing, and players around playing: an
 * answer is expected by some of them. FALSE: no such call. */
static gboolean
on_folklore (RtmpServerSession * self, const RtmpCommand * command)
{
  static const struct
  {
    const gchar *call;
    const gchar *answer;
    const gchar *code;
  } calls[] = {
    {"releaseStream", NULL, NULL},
    {"FCPublish", "onFCPublish", "NetStream.Publish.Start"},
    {"FCUnpublish", "onFCUnpublish", "NetStream.Unpublish.Success"},
    {"FCSubscribe", "onFCSubscribe", "NetStream.Play.Start"},
    {"FCUnsubscribe", "onFCUnsubscribe", "NetStream.Play.Stop"},
    {"_checkbw", NULL, NULL},
  };
  const gchar *text =
      rtmp_value_as_string (rtmp_command_arg (command, 1), NULL);
  g_autofree gchar *name = unquote (text ? text : "");
  guint i;

  for (i = 0; i < G_N_ELEMENTS (calls); i++) {
    if (!g_str_equal (command->name, calls[i].call))
      continue;
    send_result (self, command->transaction, NULL);
    if (calls[i].answer)
      send_info (self, 0, calls[i].answer, make_info ("status", calls[i].code,
              name));
    return TRUE;
  }
  return FALSE;
}

static gboolean
is_answer (const gchar * name)
{
  static const gchar *const answers[] = {
    "_result", "_error", "onStatus", "pong", NULL
  };

  return g_strv_contains (answers, name);
}

static gboolean
on_call (RtmpServerSession * self, guint32 stream, const RtmpCommand * command,
    GError ** error)
{
  const gchar *name = command->name;
  g_autofree gchar *quoted = NULL;

  if (g_str_equal (name, "createStream"))
    return create_stream (self, command, error);
  if (g_str_equal (name, "deleteStream"))
    delete_stream (self, rtmp_value_as_number (rtmp_command_arg (command, 1),
            stream));
  else if (g_str_equal (name, "getStreamLength"))
    send_result (self, command->transaction, rtmp_value_new_number (0));
  else if (!is_answer (name) && !on_folklore (self, command)
      && !on_stream_call (self, stream, command)) {
    quoted = quote (name);
    RTMP_DEBUG ("the client calls %s, which is not known", quoted);
    send_failed (self, command, "NetConnection.Call.Failed",
        "There is no such call.");
  }
  return TRUE;
}

static gboolean
on_command (RtmpServerSession * self, const RtmpMessage * message,
    GError ** error)
{
  g_auto (RtmpCommand) command = { NULL, };
  g_autofree gchar *quoted = NULL;
  gboolean is_connect;

  if (!rtmp_command_parse (&command, message, &self->limits, error))
    return FALSE;
  is_connect = g_str_equal (command.name, "connect");
  if (is_connect != (self->state == RTMP_SERVER_SESSION_AWAIT_CONNECT)) {
    quoted = quote (command.name);
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_COMMAND,
        is_connect ? "the client called connect again"
        : "expected connect, the client called %s", quoted);
    return FALSE;
  }
  if (!is_connect)
    return on_call (self, message->message_stream, &command, error);
  await_step (self);
  call_connect (self, &command);
  return TRUE;
}

/* Media */

/* What is to be kept begins with the name of what it is; librtmp puts
 * @setDataFrame before whatever it is given, and so perhaps twice. FALSE: there
 * is nothing. */
static gboolean
skip_set_data_frame (RtmpMessage * message)
{
  gboolean more;

  do {
    g_autofree gchar *name = NULL;
    gsize begin = 0;
    GBytes *rest;

    if (!rtmp_data_parse_name (message, &name, &begin))
      return FALSE;
    more = g_str_equal (name, "@setDataFrame");
    if (more) {
      rest = g_bytes_new_from_bytes (message->payload, begin,
          rtmp_message_size (message) - begin);
      g_bytes_unref (message->payload);
      message->payload = rest;
    }
  } while (more);
  return TRUE;
}

static gboolean
take_data (RtmpServerSession * self, RtmpMessage * message)
{
  g_autoptr (GError) reason = NULL;

  if (rtmp_data_to_amf0 (message, &self->limits, &reason))
    return skip_set_data_frame (message);
  RTMP_WARNING ("ignoring a data message: %s", reason->message);
  return FALSE;
}

/* Stream 0 is for calls, and yet some send all their media there (the relay of
 * node-media-server 4.4): if one stream is published, it is that. */
static const Stream *
find_published (RtmpServerSession * self, guint32 id)
{
  const Stream *found = NULL;
  guint i;

  for (i = 0; i < self->streams->len; i++) {
    const Stream *stream = &g_array_index (self->streams, Stream, i);

    if (stream->state != STREAM_PUBLISHING || (id != 0 && id != stream->id))
      continue;
    if (found)
      return NULL;
    found = stream;
  }
  return found;
}

static gboolean
on_media (RtmpServerSession * self, RtmpMessage * message, GError ** error)
{
  const Stream *stream = find_published (self, message->message_stream);

  if (stream == NULL || ((message->type == RTMP_MESSAGE_DATA_AMF0
              || message->type == RTMP_MESSAGE_DATA_AMF3)
          && !take_data (self, message)))
    return TRUE;
  message->message_stream = stream->id;
  return self->events->media (stream->id, message, self->user_data, error);
}

static gboolean
on_user_control (RtmpServerSession * self, const RtmpMessage * message,
    GError ** error)
{
  RtmpControl control;

  if (!rtmp_control_parse (&control, message, error))
    return FALSE;
  RTMP_DEBUG ("user control %u, %u", control.event, control.value);
  if (control.event == RTMP_USER_CONTROL_PING_REQUEST)
    send_event (self, RTMP_USER_CONTROL_PING_RESPONSE, control.value);
  else if (control.event == RTMP_USER_CONTROL_SWF_VERIFY_RESPONSE
      && self->asks_swf)
    return rtmp_swf_parse_answer (&self->swf_answer, message, error);
  return TRUE;
}

static gboolean
on_aggregated (RtmpMessage * message, gpointer user_data, GError ** error)
{
  RtmpServerSession *self = user_data;

  return rtmp_server_session_message (self, self->now, message, error);
}

gboolean
rtmp_server_session_message (RtmpServerSession * self, gint64 now,
    RtmpMessage * message, GError ** error)
{
  if (self->state == RTMP_SERVER_SESSION_CLOSED)
    return TRUE;
  self->now = now;
  await_message (self, now, FALSE);
  switch (message->type) {
    case RTMP_MESSAGE_COMMAND_AMF0:
    case RTMP_MESSAGE_COMMAND_AMF3:
      return on_command (self, message, error);
    case RTMP_MESSAGE_AUDIO:
    case RTMP_MESSAGE_VIDEO:
    case RTMP_MESSAGE_DATA_AMF0:
    case RTMP_MESSAGE_DATA_AMF3:
      return on_media (self, message, error);
    case RTMP_MESSAGE_USER_CONTROL:
      return on_user_control (self, message, error);
    case RTMP_MESSAGE_AGGREGATE:
      return rtmp_aggregate_split (message, on_aggregated, self, error);
    default:
      RTMP_DEBUG ("skipping a message of type %u", message->type);
      return TRUE;
  }
}

/* Time */

gint64
rtmp_server_session_next_deadline (const RtmpServerSession * self)
{
  return self->state == RTMP_SERVER_SESSION_CLOSED ? RTMP_DEADLINE_NONE
      : MIN (self->step_deadline, self->idle_deadline);
}

gboolean
rtmp_server_session_on_deadline (RtmpServerSession * self, gint64 now,
    GError ** error)
{
  if (rtmp_server_session_next_deadline (self) > now)
    return TRUE;
  if (self->step_deadline <= now) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_TIMED_OUT,
        "the client did not call %s within %.3g seconds",
        self->state == RTMP_SERVER_SESSION_CONNECTED ? "publish or play"
        : "connect", (gdouble) self->config.connect_timeout / G_USEC_PER_SEC);
    return FALSE;
  }
  if (self->pinged) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_TIMED_OUT,
        "nothing came from the client for %.3g seconds, not even for a ping",
        (gdouble) self->config.idle_timeout / G_USEC_PER_SEC);
    return FALSE;
  }
  await_message (self, now, TRUE);
  send_event (self, RTMP_USER_CONTROL_PING_REQUEST, (guint32) (now / 1000));
  return TRUE;
}

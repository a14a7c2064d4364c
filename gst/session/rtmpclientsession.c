/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpclientsession.h"

#include <string.h>

#include "rtmpaggregate.h"
#include "rtmpauth.h"
#include "rtmpcontrol.h"
#include "rtmperror.h"
#include "rtmplog.h"

/* A body with a header that says something: codec and one byte more; commands
 * of video are two bytes (FLV 10.1, E.4.2 and E.4.3). */
#define MIN_AUDIO 2
#define MIN_VIDEO 2

struct _RtmpClientSession
{
  RtmpClientConfig config;
  RtmpLimits limits;
  const RtmpClientSessionEvents *events;
  gpointer user_data;

  RtmpClientSessionState state;
  RtmpTransactions *transactions;
  gint64 start_deadline;        /* of what publish or play waits for */
  guint seeking;                /* seeks whose answer is awaited */
  gint64 seek_deadline;
  guint switching;              /* play2 whose answer is awaited */
  gchar *left_stream;           /* that was played before them */
  gboolean connected;
  gboolean asked_stream;
  gboolean checked_bandwidth;
  gboolean swf_missed;
  gboolean token_missed;
  guint8 swf_key[RTMP_SWF_KEY_SIZE];
  guint bandwidth_checks;       /* answered */
  RtmpCapabilities peer_capabilities;
  guint32 stream_id;            /* 0 until createStream is answered */
  gboolean warned_types[256];   /* unknown message types, said once each */
};

/* Configuration */

void
rtmp_client_config_init (RtmpClientConfig * self)
{
  memset (self, 0, sizeof (*self));
  self->chunk_size = 65536;
  self->window_ack_size = 2500000;
  self->stop_commands = RTMP_STOP_FC_UNPUBLISH | RTMP_STOP_DELETE_STREAM;
  self->buffer_length = 300;
  self->play_start = RTMP_PLAY_LIVE_OR_RECORDED;
  self->play_duration = RTMP_PLAY_TO_END;
  self->receive_audio = self->receive_video = TRUE;
  self->timeout = 5 * G_USEC_PER_SEC;
}

void
rtmp_client_config_copy (RtmpClientConfig * dest, const RtmpClientConfig * src)
{
  *dest = *src;
  dest->app = g_strdup (src->app);
  dest->tc_url = g_strdup (src->tc_url);
  dest->stream = g_strdup (src->stream ? src->stream : "");
  dest->flash_version = g_strdup (src->flash_version);
  dest->page_url = g_strdup (src->page_url);
  dest->swf_url = g_strdup (src->swf_url);
  dest->secure_token = g_strdup (src->secure_token);
  dest->subscribe = g_strdup (src->subscribe);
  dest->usher_token = g_strdup (src->usher_token);
  if (src->connect_args)
    g_ptr_array_ref (src->connect_args);
}

void
rtmp_client_config_clear (RtmpClientConfig * self)
{
  g_clear_pointer (&self->app, g_free);
  g_clear_pointer (&self->tc_url, g_free);
  g_clear_pointer (&self->stream, g_free);
  g_clear_pointer (&self->flash_version, g_free);
  g_clear_pointer (&self->page_url, g_free);
  g_clear_pointer (&self->swf_url, g_free);
  g_clear_pointer (&self->secure_token, g_free);
  g_clear_pointer (&self->subscribe, g_free);
  g_clear_pointer (&self->usher_token, g_free);
  g_clear_pointer (&self->connect_args, g_ptr_array_unref);
}

/* Life and state */

RtmpClientSession *
rtmp_client_session_new (const RtmpClientConfig * config,
    const RtmpLimits * limits, const RtmpClientSessionEvents * events,
    gpointer user_data)
{
  RtmpClientSession *self = g_new0 (RtmpClientSession, 1);

  rtmp_client_config_copy (&self->config, config);
  self->limits = limits ? *limits : rtmp_limits_default;
  self->events = events;
  self->user_data = user_data;
  self->transactions = rtmp_transactions_new (self->limits.transactions);
  self->start_deadline = self->seek_deadline = RTMP_DEADLINE_NONE;
  return self;
}

void
rtmp_client_session_free (RtmpClientSession * self)
{
  rtmp_client_config_clear (&self->config);
  rtmp_transactions_free (self->transactions);
  g_free (self->left_stream);
  g_free (self);
}

const gchar *
rtmp_client_session_state_to_string (RtmpClientSessionState state)
{
  static const gchar *const names[] = {
    "idle", "await-connect", "await-stream", "await-start", "running", "ended",
  };

  return (guint) state < G_N_ELEMENTS (names) ? names[state] : "unknown";
}

RtmpClientSessionState
rtmp_client_session_state (const RtmpClientSession * self)
{
  return self->state;
}

/* The only place where the state changes; it never goes back. */
static void
set_state (RtmpClientSession * self, RtmpClientSessionState state)
{
  if (state <= self->state)
    return;
  RTMP_DEBUG ("session: %s -> %s",
      rtmp_client_session_state_to_string (self->state),
      rtmp_client_session_state_to_string (state));
  self->state = state;
  self->events->state_changed (state, self->user_data);
}

static gint64
deadline_from (const RtmpClientSession * self, gint64 now)
{
  return self->config.timeout > 0 ? now + self->config.timeout
      : RTMP_DEADLINE_NONE;
}

/* Sending */

static void
send_control (RtmpClientSession * self, RtmpMessageType type, guint32 value)
{
  RtmpMessage message;

  rtmp_control_init (&message, type, value);
  self->events->send (&message, self->user_data);
}

static void
send_command (RtmpClientSession * self, guint32 stream_id, GBytes * payload)
{
  RtmpMessage message;

  rtmp_message_init (&message, RTMP_MESSAGE_COMMAND_AMF0,
      stream_id ? RTMP_CHUNK_STREAM_STATUS : RTMP_CHUNK_STREAM_COMMAND,
      stream_id, 0, payload);
  self->events->send (&message, self->user_data);
}

/* The id for a call, 0 (no answer wanted) when too many wait already. */
static guint
begin_call (RtmpClientSession * self, const gchar * name, gint64 deadline)
{
  return rtmp_transactions_add (self->transactions, name, deadline, NULL);
}

/* call (id, null, @name): the form of most calls. An answer may come or not. */
static void
call_with_name (RtmpClientSession * self, const gchar * call,
    const gchar * name)
{
  guint id = begin_call (self, call, RTMP_DEADLINE_NONE);

  send_command (self, 0, rtmp_command_write (call, id, rtmp_value_new_null (),
          rtmp_value_new_string (name), NULL));
}

/* What Flash players said of themselves; some servers look (RTMP 1.0,
 * 7.2.1.1). */
static void
describe_player (RtmpValue * object)
{
  rtmp_value_set_boolean (object, "fpad", FALSE);
  rtmp_value_set_number (object, "capabilities", 15);
  rtmp_value_set_number (object, "audioCodecs", 4071);
  rtmp_value_set_number (object, "videoCodecs", 252);
  rtmp_value_set_number (object, "videoFunction", 1);
}

static RtmpValue *
connect_object (const RtmpClientConfig * config)
{
  RtmpValue *object = rtmp_value_new_object ();

  rtmp_value_set_string (object, "app", config->app);
  if (config->publish)
    rtmp_value_set_string (object, "type", "nonprivate");
  rtmp_value_set_string (object, "flashVer", config->flash_version);
  rtmp_value_set_string (object, "swfUrl", config->swf_url);
  rtmp_value_set_string (object, "tcUrl", config->tc_url);
  rtmp_value_set_string (object, "pageUrl", config->page_url);
  if (!config->publish)
    describe_player (object);
  rtmp_capabilities_write (&config->capabilities, object);
  return object;
}

static void
call_connect (RtmpClientSession * self, gint64 now)
{
  const GPtrArray *extra = self->config.connect_args;
  g_autoptr (GPtrArray) args =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rtmp_value_unref);
  guint i, id = begin_call (self, "connect", deadline_from (self, now));

  g_ptr_array_add (args, connect_object (&self->config));
  for (i = 0; extra && i < extra->len; i++)
    g_ptr_array_add (args, rtmp_value_ref (g_ptr_array_index (extra, i)));
  send_command (self, 0, rtmp_command_write_array ("connect", id, args));
}

static void
call_create_stream (RtmpClientSession * self, gint64 now)
{
  guint id = begin_call (self, "createStream", deadline_from (self, now));

  send_command (self, 0, rtmp_command_write ("createStream", id,
          rtmp_value_new_null (), NULL));
}

static void
open_stream (RtmpClientSession * self, gint64 now)
{
  self->asked_stream = TRUE;
  if (self->config.publish) {
    call_with_name (self, "releaseStream", self->config.stream);
    call_with_name (self, "FCPublish", self->config.stream);
  }
  call_create_stream (self, now);
}

/* Nothing up to createStream needs an answer to what went before it, so all of
 * it travels together; unless the server may have to be convinced first. */
void
rtmp_client_session_start (RtmpClientSession * self, gint64 now,
    const guint8 * swf_key)
{
  const RtmpClientConfig *config = &self->config;

  if (self->state != RTMP_CLIENT_SESSION_IDLE)  /* stopped already */
    return;
  memcpy (self->swf_key, swf_key, RTMP_SWF_KEY_SIZE);
  call_connect (self, now);
  send_control (self, RTMP_MESSAGE_WINDOW_ACK_SIZE, config->window_ack_size);
  if (config->publish)
    send_control (self, RTMP_MESSAGE_SET_CHUNK_SIZE, config->chunk_size);
  if (config->secure_token == NULL
      && !(config->app && strstr (config->app, "authmod=")))
    open_stream (self, now);
  set_state (self, RTMP_CLIENT_SESSION_AWAIT_CONNECT);
}

static void
send_publish (RtmpClientSession * self)
{
  guint id = begin_call (self, "publish", RTMP_DEADLINE_NONE);

  send_command (self, self->stream_id, rtmp_command_write ("publish", id,
          rtmp_value_new_null (), rtmp_value_new_string (self->config.stream),
          rtmp_value_new_string ("live"), NULL));
}

static void
send_buffer_length (RtmpClientSession * self)
{
  RtmpControl control = {
    .type = RTMP_MESSAGE_USER_CONTROL,
    .event = RTMP_USER_CONTROL_SET_BUFFER_LENGTH,
    .value = self->stream_id,
    .value2 = self->config.buffer_length,
  };
  RtmpMessage message;

  rtmp_control_write (&control, &message);
  self->events->send (&message, self->user_data);
}

/* What some servers want before they play (librtmp's playlist option). */
static void
send_playlist (RtmpClientSession * self)
{
  RtmpValue *list = rtmp_value_new_ecma_array ();

  rtmp_value_set_string (list, "0", self->config.stream);
  send_command (self, self->stream_id, rtmp_command_write ("set_playlist", 0,
          rtmp_value_new_null (), list, NULL));
}

/* RTMP 1.0, 7.2.2.4 and 7.2.2.5 */
static void
send_receive (RtmpClientSession * self, const gchar * call, gboolean receive)
{
  send_command (self, self->stream_id, rtmp_command_write (call, 0,
          rtmp_value_new_null (), rtmp_value_new_boolean (receive), NULL));
}

/* RTMP 1.0, 7.2.2.1. Trailing arguments at their defaults are left out, as
 * players do. */
static void
send_play (RtmpClientSession * self)
{
  const RtmpClientConfig *config = &self->config;
  guint id = begin_call (self, "play", RTMP_DEADLINE_NONE);
  RtmpValue *duration = config->play_duration < 0 ? NULL :
      rtmp_value_new_number (config->play_duration);

  if (config->usher_token)
    call_with_name (self, "NetStream.Authenticate.UsherToken",
        config->usher_token);
  if (config->subscribe)
    call_with_name (self, "FCSubscribe", config->subscribe);
  if (config->ask_length)
    call_with_name (self, "getStreamLength", config->stream);
  if (config->playlist)
    send_playlist (self);
  send_command (self, self->stream_id, rtmp_command_write ("play", id,
          rtmp_value_new_null (), rtmp_value_new_string (config->stream),
          rtmp_value_new_number (config->play_start), duration, NULL));
  send_buffer_length (self);
  if (!config->receive_audio)
    send_receive (self, "receiveAudio", FALSE);
  if (!config->receive_video)
    send_receive (self, "receiveVideo", FALSE);
}

/* Once both connect and createStream are answered, in whichever order. */
static void
advance (RtmpClientSession * self, gint64 now)
{
  if (!self->connected)
    return;
  set_state (self, RTMP_CLIENT_SESSION_AWAIT_STREAM);
  /* It may have been stopped in the meantime. */
  if (self->stream_id == 0 || self->state != RTMP_CLIENT_SESSION_AWAIT_STREAM)
    return;
  if (self->config.publish)
    send_publish (self);
  else
    send_play (self);
  self->start_deadline = deadline_from (self, now);
  set_state (self, RTMP_CLIENT_SESSION_AWAIT_START);
}

/* Statuses */

static void
begin_running (RtmpClientSession * self)
{
  self->start_deadline = RTMP_DEADLINE_NONE;
  set_state (self, RTMP_CLIENT_SESSION_RUNNING);
}

static gboolean
on_start_status (RtmpClientSession * self, const RtmpStatus * status)
{
  if (self->state != RTMP_CLIENT_SESSION_AWAIT_START
      || !rtmp_status_is_start (status, self->config.publish))
    return FALSE;
  begin_running (self);
  return TRUE;
}

/* The peer has ended what we play (E-124). Servers end it for a seek too, and
 * begin it again when they have answered. */
static void
end_play (RtmpClientSession * self)
{
  if (!self->config.publish && self->state == RTMP_CLIENT_SESSION_RUNNING
      && self->seeking == 0)
    set_state (self, RTMP_CLIENT_SESSION_ENDED);
}

static void
set_stream (RtmpClientSession * self, const gchar * stream)
{
  g_free (self->config.stream);
  self->config.stream = g_strdup (stream);
}

/* The answer to a switch, which names no call. TRUE: it is refused, and what
 * was played goes on. */
static gboolean
on_switch_status (RtmpClientSession * self, const RtmpStatus * status)
{
  gboolean refused = rtmp_status_is_refusal (status)
      && g_str_has_prefix (status->code, "NetStream.Play.");

  if (self->switching == 0 || (!refused
          && !g_str_equal (status->code, "NetStream.Play.Transition")))
    return FALSE;
  if (--self->switching == 0 && refused)
    set_stream (self, self->left_stream);
  return refused;
}

static gboolean
on_status (RtmpClientSession * self, RtmpValue * info, GError ** error)
{
  RtmpStatus status;

  rtmp_status_read (&status, info);
  RTMP_DEBUG ("status: %s %s %s", status.level, status.code,
      status.description);
  self->events->status (&status, self->user_data);
  if (self->state >= RTMP_CLIENT_SESSION_ENDED)
    return TRUE;
  if (rtmp_status_is_seek (&status)
      && self->seeking > 0 && --self->seeking == 0)
    self->seek_deadline = RTMP_DEADLINE_NONE;
  if (rtmp_status_is_soft_failure (&status)
      || on_switch_status (self, &status))
    return TRUE;
  if (rtmp_status_is_close (&status))
    return rtmp_status_refuse (&status, "to go on", error);
  if (rtmp_status_is_refusal (&status))
    return rtmp_status_refuse (&status, self->config.publish
        ? "to take the stream" : "to send the stream", error);
  if (!on_start_status (self, &status) && rtmp_status_is_end (&status))
    end_play (self);
  return TRUE;
}

/* Answers */

/* Wowza's: in either object. Without a secret it is left alone, as other
 * players do; the server then refuses what comes next. */
static gboolean
answer_secure_token (RtmpClientSession * self, const RtmpCommand * command,
    GError ** error)
{
  const gchar *token = NULL;
  gchar *response;
  guint i;

  for (i = 0; i < command->args->len && token == NULL; i++)
    token = rtmp_value_get_string (rtmp_command_arg (command, i),
        "secureToken");
  self->token_missed = token && self->config.secure_token == NULL;
  if (token == NULL || self->token_missed)
    return TRUE;
  response = rtmp_auth_secure_token_response (token, self->config.secure_token,
      error);
  if (response == NULL)
    return FALSE;
  send_command (self, 0, rtmp_command_write ("secureTokenResponse", 0,
          rtmp_value_new_null (), rtmp_value_new_string (response), NULL));
  g_free (response);
  return TRUE;
}

/* What is told stands in the second object, or in the first where the peer
 * leaves the command object out. */
static RtmpValue *
status_info (const RtmpCommand * command)
{
  RtmpValue *first = rtmp_command_arg (command, 0);
  RtmpValue *second = rtmp_command_arg (command, 1);

  return rtmp_value_get (second, "code") == NULL
      && rtmp_value_get (first, "code") ? first : second;
}

/* Success is a _result, whatever it holds, unless it says error (E-111). */
static gboolean
on_connect_answer (RtmpClientSession * self, gint64 now,
    const RtmpCommand * command, GError ** error)
{
  RtmpStatus status;
  guint i;

  rtmp_status_read (&status, status_info (command));
  self->events->status (&status, self->user_data);
  if (g_str_equal (command->name, "_error")
      || g_str_equal (status.level, "error"))
    return rtmp_status_refuse (&status, "the connection", error);
  for (i = 0; i < command->args->len; i++)
    rtmp_capabilities_parse (&self->peer_capabilities,
        rtmp_command_arg (command, i));
  if (!answer_secure_token (self, command, error))
    return FALSE;
  self->connected = TRUE;
  if (!self->asked_stream)
    open_stream (self, now);
  advance (self, now);
  return TRUE;
}

static gboolean
on_create_stream_answer (RtmpClientSession * self, gint64 now,
    const RtmpCommand * command, GError ** error)
{
  gdouble id = rtmp_value_as_number (rtmp_command_arg (command, 1), 0);
  RtmpStatus status;

  rtmp_status_read (&status, rtmp_command_arg (command, 1));
  if (g_str_equal (command->name, "_error"))
    return rtmp_status_refuse (&status, "a stream", error);
  if (!(id >= 1 && id <= G_MAXUINT32)) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_COMMAND,
        "createStream was answered without a usable stream id: expected a "
        "number from 1, got %s", rtmp_command_arg (command, 1)
        ? rtmp_value_type_to_string (rtmp_value_type (rtmp_command_arg (command,
                    1))) : "nothing");
    return FALSE;
  }
  self->stream_id = (guint32) id;
  advance (self, now);
  return TRUE;
}

static void
on_length_answer (RtmpClientSession * self, const RtmpCommand * command)
{
  gdouble length = rtmp_value_as_number (rtmp_command_arg (command, 1), 0);

  if (g_str_equal (command->name, "_result") && length > 0)
    self->events->length (length, self->user_data);
}

/* Most servers answer only with a status. With some a _result is all that comes
 * (RTMP 1.0, figure of 7.3.1); an _error without a status is a refusal too. */
static gboolean
on_start_answer (RtmpClientSession * self, const RtmpCommand * command,
    GError ** error)
{
  RtmpValue *info = rtmp_command_arg (command, 1);
  RtmpStatus status;

  if (rtmp_value_get (info, "code"))
    return on_status (self, info, error);
  if (g_str_equal (command->name, "_error")) {
    rtmp_status_read (&status, info);
    return rtmp_status_refuse (&status, "the stream", error);
  }
  if (self->state == RTMP_CLIENT_SESSION_AWAIT_START)
    begin_running (self);
  return TRUE;
}

/* RTMP 1.0, 7.2.2.7. Most servers say it by a status, and so do we then. */
static gboolean
on_seek_refused (RtmpClientSession * self, const RtmpCommand * command,
    GError ** error)
{
  RtmpValue *why = status_info (command);
  g_autoptr (RtmpValue) info = rtmp_value_new_object ();

  rtmp_value_set_string (info, "level", "error");
  rtmp_value_set_string (info, "code", "NetStream.Seek.Failed");
  rtmp_value_set_string (info, "description",
      rtmp_value_get_string (why, "description"));
  return on_status (self, info, error);
}

static gboolean
on_answer (RtmpClientSession * self, gint64 now, const RtmpCommand * command,
    GError ** error)
{
  gdouble id = command->transaction;
  RtmpTransaction call;

  if (!rtmp_transactions_take (self->transactions, id, &call)) {
    RTMP_DEBUG ("%s for a call never made: %g", command->name, id);
    return TRUE;
  }
  RTMP_DEBUG ("%s for %s", command->name, call.call);
  if (g_str_equal (call.call, "connect"))
    return on_connect_answer (self, now, command, error);
  if (g_str_equal (call.call, "createStream"))
    return on_create_stream_answer (self, now, command, error);
  if (g_str_equal (call.call, "getStreamLength"))
    on_length_answer (self, command);
  if (g_str_equal (call.call, "seek") && g_str_equal (command->name, "_error"))
    return on_seek_refused (self, command, error);
  if (g_str_equal (call.call, "publish") || g_str_equal (call.call, "play"))
    return on_start_answer (self, command, error);
  /* The others may fail or stay unanswered: servers differ (E-115, E-128), and
   * what decides is the status. */
  return TRUE;
}

/* Once: a server could ask without end. */
static void
check_bandwidth (RtmpClientSession * self)
{
  guint id;

  if (self->checked_bandwidth)
    return;
  self->checked_bandwidth = TRUE;
  id = begin_call (self, "_checkbw", RTMP_DEADLINE_NONE);
  send_command (self, 0, rtmp_command_write ("_checkbw", id,
          rtmp_value_new_null (), NULL));
}

/* The server's calls that clients answer, or act on; the others are ignored
 * (E-127). */
static gboolean
on_call (RtmpClientSession * self, const RtmpCommand * command, GError ** error)
{
  const gchar *name = command->name;

  if (g_str_equal (name, "onStatus"))
    return on_status (self, status_info (command), error);
  if (g_str_equal (name, "close")) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_PEER_CLOSED,
        "the server called close");
    return FALSE;
  }
  if (g_str_equal (name, "onFCUnsubscribe"))
    end_play (self);
  else if (g_str_equal (name, "onBWDone"))
    check_bandwidth (self);
  else if (g_str_equal (name, "_onbwcheck"))
    send_command (self, 0, rtmp_command_write ("_result",
            command->transaction, rtmp_value_new_null (),
            rtmp_value_new_number (self->bandwidth_checks++), NULL));
  else if (g_str_equal (name, "ping"))
    send_command (self, 0, rtmp_command_write ("pong", command->transaction,
            rtmp_value_new_null (), NULL));
  else
    RTMP_DEBUG ("ignoring the server's call of %s", name);
  return TRUE;
}

/* What is wrong with a message (transfer full) ends the session, unless it is
 * only that we cannot read it (E-100, E-106). */
static gboolean
fail_or_skip (GError * reason, GError ** error)
{
  if (!g_error_matches (reason, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED)) {
    g_propagate_error (error, reason);
    return FALSE;
  }
  RTMP_WARNING ("skipping a message: %s", reason->message);
  g_error_free (reason);
  return TRUE;
}

static gboolean
on_command (RtmpClientSession * self, gint64 now, const RtmpMessage * message,
    GError ** error)
{
  g_auto (RtmpCommand) command = { NULL, };
  GError *reason = NULL;

  if (!rtmp_command_parse (&command, message, &self->limits, &reason))
    return fail_or_skip (reason, error);
  if (g_str_equal (command.name, "_result")
      || g_str_equal (command.name, "_error"))
    return on_answer (self, now, &command, error);
  return on_call (self, &command, error);
}

/* Media and control */

/* onPlayStatus, the end of a recorded stream, comes as a data message. */
static gboolean
on_play_status (RtmpClientSession * self, const RtmpMessage * message,
    GError ** error)
{
  g_auto (RtmpCommand) command = { NULL, };
  GError *reason = NULL;
  guint i;

  if (!rtmp_command_parse (&command, message, &self->limits, &reason))
    return fail_or_skip (reason, error);
  for (i = 0; i < command.args->len; i++)
    if (rtmp_value_get (rtmp_command_arg (&command, i), "code"))
      return on_status (self, rtmp_command_arg (&command, i), error);
  return TRUE;
}

/* A recorded stream's metadata say how long it is; not all servers do. */
static void
note_length (RtmpClientSession * self, const RtmpMessage * message)
{
  g_auto (RtmpCommand) command = { NULL, };
  gdouble length;

  if (!rtmp_command_parse (&command, message, &self->limits, NULL))
    return;
  length = rtmp_value_get_number (rtmp_command_arg (&command, 0), "duration",
      0);
  if (length > 0)
    self->events->length (length, self->user_data);
}

static gboolean
on_data (RtmpClientSession * self, RtmpMessage * message, GError ** error)
{
  g_autofree gchar *name = NULL;
  g_autoptr (GError) reason = NULL;
  gsize length = 0;

  if (!rtmp_data_to_amf0 (message, &self->limits, &reason)) {
    RTMP_WARNING ("ignoring a data message: %s", reason->message);
    return TRUE;
  }
  if (!rtmp_data_parse_name (message, &name, &length)) {
    RTMP_WARNING ("ignoring a data message that does not start with a name");
    return TRUE;
  }
  if (g_str_equal (name, "onPlayStatus") || g_str_equal (name, "onStatus"))
    return on_play_status (self, message, error);
  if (g_str_equal (name, "|RtmpSampleAccess"))
    return TRUE;
  if (g_str_equal (name, "onMetaData") && self->config.ask_length)
    note_length (self, message);
  return self->events->media (message, self->user_data, error);
}

static gboolean
on_media (RtmpClientSession * self, RtmpMessage * message, GError ** error)
{
  if (self->config.publish || self->state < RTMP_CLIENT_SESSION_AWAIT_START
      || self->state > RTMP_CLIENT_SESSION_RUNNING)
    return TRUE;
  if (message->type == RTMP_MESSAGE_DATA_AMF0
      || message->type == RTMP_MESSAGE_DATA_AMF3)
    return on_data (self, message, error);
  /* Some servers send them to say that nothing comes; demuxers fail on them. */
  if (rtmp_message_size (message) <
      (message->type == RTMP_MESSAGE_AUDIO ? MIN_AUDIO : MIN_VIDEO))
    return TRUE;
  /* What flows has started, told or not. */
  if (self->state == RTMP_CLIENT_SESSION_AWAIT_START)
    begin_running (self);
  return self->events->media (message, self->user_data, error);
}

/* Servers ask again until they give up; the warning comes once. */
static void
on_swf_request (RtmpClientSession * self, const RtmpMessage * request)
{
  RtmpMessage answer;

  if (self->config.swf.size > 0 && rtmp_swf_can_answer (request)) {
    rtmp_swf_write_answer (&self->config.swf, self->swf_key, &answer);
    self->events->send (&answer, self->user_data);
    return;
  }
  if (!self->swf_missed)
    RTMP_WARNING ("the server wants SWF verification%s: it may end the stream",
        self->config.swf.size > 0 ? " of a kind that is not known"
        : ", but there is no SWF file to answer with");
  self->swf_missed = TRUE;
}

static gboolean
on_user_control (RtmpClientSession * self, const RtmpMessage * message,
    GError ** error)
{
  RtmpControl control;
  RtmpMessage answer;

  if (!rtmp_control_parse (&control, message, error))
    return FALSE;
  RTMP_DEBUG ("user control %u, %u", control.event, control.value);
  switch (control.event) {
    case RTMP_USER_CONTROL_PING_REQUEST:
      rtmp_user_control_init (&answer, RTMP_USER_CONTROL_PING_RESPONSE,
          control.value);
      self->events->send (&answer, self->user_data);
      break;
    case RTMP_USER_CONTROL_STREAM_EOF:
      if (control.value == self->stream_id)
        end_play (self);
      break;
    case RTMP_USER_CONTROL_STREAM_IS_RECORDED:
      self->events->recorded (self->user_data);
      break;
    case RTMP_USER_CONTROL_SWF_VERIFY_REQUEST:
      on_swf_request (self, message);
      break;
    default:                   /* nothing to do, or not known (E-055) */
      break;
  }
  return TRUE;
}

/* Whom the messages of an aggregate are for. */
typedef struct
{
  RtmpClientSession *self;
  gint64 now;
} Split;

static gboolean
on_aggregated (RtmpMessage * message, gpointer user_data, GError ** error)
{
  Split *split = user_data;

  return rtmp_client_session_message (split->self, split->now, message, error);
}

static gboolean
on_aggregate (RtmpClientSession * self, gint64 now,
    const RtmpMessage * message, GError ** error)
{
  Split split = { self, now };

  return rtmp_aggregate_split (message, on_aggregated, &split, error);
}

gboolean
rtmp_client_session_message (RtmpClientSession * self, gint64 now,
    RtmpMessage * message, GError ** error)
{
  switch (message->type) {
    case RTMP_MESSAGE_COMMAND_AMF0:
    case RTMP_MESSAGE_COMMAND_AMF3:
      return on_command (self, now, message, error);
    case RTMP_MESSAGE_AUDIO:
    case RTMP_MESSAGE_VIDEO:
    case RTMP_MESSAGE_DATA_AMF0:
    case RTMP_MESSAGE_DATA_AMF3:
      return on_media (self, message, error);
    case RTMP_MESSAGE_USER_CONTROL:
      return on_user_control (self, message, error);
    case RTMP_MESSAGE_AGGREGATE:
      return on_aggregate (self, now, message, error);
    default:
      if (!self->warned_types[message->type])
        RTMP_INFO ("skipping messages of type %u (%s)", message->type,
            rtmp_message_type_to_string (message->type));
      self->warned_types[message->type] = TRUE;
      return TRUE;
  }
}

/* What the owner does */

static gboolean
is_metadata (const RtmpMessage * message)
{
  g_autofree gchar *name = NULL;
  gsize length = 0;

  return rtmp_data_parse_name (message, &name, &length)
      && g_str_equal (name, "onMetaData");
}

void
rtmp_client_session_publish (RtmpClientSession * self, RtmpMessageType type,
    guint32 timestamp, GBytes * payload)
{
  RtmpMessage message;

  rtmp_message_init (&message, type, RTMP_CHUNK_STREAM_DATA, self->stream_id,
      timestamp, payload);
  if (self->state != RTMP_CLIENT_SESSION_RUNNING) {
    rtmp_message_clear (&message);
    return;
  }
  if (type == RTMP_MESSAGE_VIDEO)
    message.chunk_stream = RTMP_CHUNK_STREAM_VIDEO;
  else if (type == RTMP_MESSAGE_AUDIO)
    message.chunk_stream = RTMP_CHUNK_STREAM_AUDIO;
  else if (is_metadata (&message)) {
    message.payload = rtmp_data_write_set_data_frame (payload);
    g_bytes_unref (payload);
  }
  if (rtmp_message_size (&message) <= RTMP_MESSAGE_MAX_SIZE) {
    self->events->send (&message, self->user_data);
  } else {
    RTMP_WARNING ("leaving out a message over the largest size");
    rtmp_message_clear (&message);
  }
}

const RtmpCapabilities *
rtmp_client_session_peer_capabilities (const RtmpClientSession * self)
{
  return &self->peer_capabilities;
}

void
rtmp_client_session_set_chunk_size (RtmpClientSession * self, guint32 size)
{
  if (size == self->config.chunk_size)
    return;
  self->config.chunk_size = size;
  if (self->config.publish && self->state > RTMP_CLIENT_SESSION_IDLE
      && self->state < RTMP_CLIENT_SESSION_ENDED)
    send_control (self, RTMP_MESSAGE_SET_CHUNK_SIZE, size);
}

void
rtmp_client_session_switch (RtmpClientSession * self, const gchar * stream)
{
  RtmpValue *options;

  if (self->state != RTMP_CLIENT_SESSION_RUNNING || self->config.publish)
    return;
  options = rtmp_value_new_object ();
  rtmp_value_set_string (options, "oldStreamName", self->config.stream);
  rtmp_value_set_string (options, "streamName", stream);
  rtmp_value_set_number (options, "start", RTMP_PLAY_LIVE_OR_RECORDED);
  rtmp_value_set_number (options, "len", RTMP_PLAY_TO_END);
  rtmp_value_set_string (options, "transition", "switch");
  send_command (self, self->stream_id, rtmp_command_write ("play2", 0,
          rtmp_value_new_null (), options, NULL));
  if (self->switching++ == 0) {
    g_free (self->left_stream);
    self->left_stream = g_strdup (self->config.stream);
  }
  set_stream (self, stream);
}

void
rtmp_client_session_seek (RtmpClientSession * self, gint64 now,
    guint32 position)
{
  guint id;

  if (self->state != RTMP_CLIENT_SESSION_RUNNING)
    return;
  id = begin_call (self, "seek", RTMP_DEADLINE_NONE);
  self->seeking++;
  self->seek_deadline = deadline_from (self, now);
  RTMP_DEBUG ("seek to %u ms", position);
  send_command (self, self->stream_id, rtmp_command_write ("seek", id,
          rtmp_value_new_null (), rtmp_value_new_number (position), NULL));
}

void
rtmp_client_session_pause (RtmpClientSession * self, gboolean pause,
    guint32 position)
{
  guint id;

  if (self->state != RTMP_CLIENT_SESSION_RUNNING)
    return;
  RTMP_DEBUG ("%s at %u ms", pause ? "pause" : "go on", position);
  id = begin_call (self, "pause", RTMP_DEADLINE_NONE);
  send_command (self, self->stream_id, rtmp_command_write ("pause", id,
          rtmp_value_new_null (), rtmp_value_new_boolean (pause),
          rtmp_value_new_number (position), NULL));
}

static void
send_stop_commands (RtmpClientSession * self)
{
  RtmpStopCommands commands = self->config.stop_commands;

  if (self->config.publish && (commands & RTMP_STOP_FC_UNPUBLISH))
    call_with_name (self, "FCUnpublish", self->config.stream);
  if (commands & RTMP_STOP_CLOSE_STREAM)
    send_command (self, self->stream_id, rtmp_command_write ("closeStream", 0,
            rtmp_value_new_null (), NULL));
  if (commands & RTMP_STOP_DELETE_STREAM)
    send_command (self, 0, rtmp_command_write ("deleteStream", 0,
            rtmp_value_new_null (), rtmp_value_new_number (self->stream_id),
            NULL));
}

void
rtmp_client_session_stop (RtmpClientSession * self, gint64 now)
{
  if (self->stream_id != 0 && self->state < RTMP_CLIENT_SESSION_ENDED)
    send_stop_commands (self);
  self->start_deadline = RTMP_DEADLINE_NONE;
  set_state (self, RTMP_CLIENT_SESSION_ENDED);
}

gboolean
rtmp_client_session_swf_missed (const RtmpClientSession * self)
{
  return self->swf_missed;
}

gboolean
rtmp_client_session_token_missed (const RtmpClientSession * self)
{
  return self->token_missed;
}

gint64
rtmp_client_session_next_deadline (const RtmpClientSession * self)
{
  if (self->state >= RTMP_CLIENT_SESSION_RUNNING)
    return self->seek_deadline;
  return MIN (self->start_deadline,
      rtmp_transactions_next_deadline (self->transactions));
}

gboolean
rtmp_client_session_on_deadline (RtmpClientSession * self, gint64 now,
    GError ** error)
{
  RtmpTransaction call = {.call = NULL };

  if (rtmp_client_session_next_deadline (self) > now)
    return TRUE;
  if (self->seek_deadline <= now)
    call.call = "seek";
  else if (!rtmp_transactions_take_expired (self->transactions, now, &call))
    call.call = self->config.publish ? "publish" : "play";
  g_set_error (error, RTMP_ERROR, RTMP_ERROR_TIMED_OUT,
      "the server did not answer %s within %.3g seconds", call.call,
      (gdouble) self->config.timeout / G_USEC_PER_SEC);
  return FALSE;
}

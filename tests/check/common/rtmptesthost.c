/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmptesthost.h"

#include "rtmpcontrol.h"

#include <string.h>

static void
say (RtmpTestHost * self, const gchar * format, ...)
G_GNUC_PRINTF (2, 3);

     static void say (RtmpTestHost * self, const gchar * format, ...)
{
  va_list args;

  if (self->quiet)
    return;
  va_start (args, format);
  g_string_append_vprintf (self->said, format, args);
  va_end (args);
  g_string_append_c (self->said, '\n');
}

/* What is sent */

static void
say_user_control (RtmpTestHost * self, const RtmpControl * control)
{
  static const gchar *const names[] = { "stream-begin", "stream-eof",
    "stream-dry", "set-buffer-length", "stream-is-recorded", "?",
    "ping-request", "ping-response"
  };

  if (control->event == RTMP_USER_CONTROL_SWF_VERIFY_REQUEST) {
    say (self, "swf-verify-request");
    return;
  }
  g_assert_cmpuint (control->event, <, G_N_ELEMENTS (names));
  say (self, "%s %u", names[control->event], control->value);
}

static void
say_control (RtmpTestHost * self, const RtmpMessage * message)
{
  RtmpControl control;

  g_assert_true (rtmp_control_parse (&control, message, NULL));
  g_assert_cmpuint (message->chunk_stream, ==, RTMP_CHUNK_STREAM_CONTROL);
  g_assert_cmpuint (message->message_stream, ==, 0);
  if (control.type == RTMP_MESSAGE_USER_CONTROL)
    say_user_control (self, &control);
  else if (control.type == RTMP_MESSAGE_SET_PEER_BANDWIDTH)
    say (self, "set-peer-bandwidth %u %u", control.value, control.limit_type);
  else
    say (self, "%s %u", rtmp_message_type_to_string (control.type),
        control.value);
}

static gboolean
is_plain_status (const RtmpCommand * command)
{
  const RtmpValue *info = rtmp_command_arg (command, 1);

  return command->transaction == 0 && command->args->len == 2
      && rtmp_value_type (rtmp_command_arg (command, 0)) == RTMP_VALUE_NULL
      && rtmp_value_n_members (info) == 3
      && rtmp_value_get_string (info, "level")
      && rtmp_value_get_string (info, "code")
      && rtmp_value_get_string (info, "description");
}

static void
say_command (RtmpTestHost * self, const RtmpMessage * message)
{
  g_auto (RtmpCommand) command = { NULL, };
  const RtmpValue *info;
  GString *args = g_string_new (NULL);
  guint i;

  g_assert_true (rtmp_command_parse (&command, message, NULL, NULL));
  g_assert_cmpuint (message->chunk_stream, ==, message->message_stream
      ? RTMP_CHUNK_STREAM_STATUS : RTMP_CHUNK_STREAM_COMMAND);
  for (i = 0; i < command.args->len; i++) {
    g_autofree gchar *arg = rtmp_value_to_string (rtmp_command_arg (&command,
            i));

    g_string_append_printf (args, i > 0 ? "; %s" : " %s", arg);
  }
  info = rtmp_command_arg (&command, 1);
  if (is_plain_status (&command))
    say (self, "%u: %s %s %s", message->message_stream, command.name,
        rtmp_value_get_string (info, "level"), rtmp_value_get_string (info,
            "code"));
  else
    say (self, "%u: %s %g%s", message->message_stream, command.name,
        command.transaction, args->str);
  g_string_free (args, TRUE);
}

static void
on_send (RtmpMessage * message, gpointer user_data)
{
  RtmpTestHost *self = user_data;

  self->sent++;
  self->sent_bytes += rtmp_message_size (message);
  g_assert_cmpuint (rtmp_message_size (message), <=, RTMP_MESSAGE_MAX_SIZE);
  if (rtmp_message_is_control (message))
    say_control (self, message);
  else if (message->type == RTMP_MESSAGE_COMMAND_AMF0)
    say_command (self, message);
  else
    say (self, "%u: %s on %u at %u, %" G_GSIZE_FORMAT, message->message_stream,
        rtmp_message_type_to_string (message->type), message->chunk_stream,
        message->timestamp, rtmp_message_size (message));
  if (self->link)
    rtmp_chunk_link_send (self->link, message);
  else
    rtmp_message_clear (message);
}

/* What the owner is told */

static void
add_text (RtmpTestHost * self, const gchar * name, const gchar * text)
{
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_string_append_printf (self->texts, "%s=%s\n", name, text);
}

static const guint8 no_key[RTMP_SWF_KEY_SIZE];

static void
say_swf (RtmpTestHost * self)
{
  g_autoptr (GError) error = NULL;

  if (!rtmp_server_session_check_swf (self->session, self->swf, &error))
    g_assert_error (error, RTMP_ERROR, RTMP_ERROR_AUTH_FAILED);
  say (self, "! %s", error ? error->message : "SWF verification: passed");
}

static void
on_connect (const RtmpConnectRequest * request, gpointer user_data)
{
  RtmpTestHost *self = user_data;

  say (self, "? connect %s", request->app);
  add_text (self, "app", request->app);
  add_text (self, "query", request->query);
  add_text (self, "tcUrl", request->tc_url);
  add_text (self, "flashVer", request->flash_version);
  if (self->swf)
    rtmp_server_session_ask_swf (self->session,
        self->link ? rtmp_chunk_link_swf_key (self->link) : no_key);
  if (self->on_connect == RTMP_TEST_HOST_ACCEPT)
    rtmp_server_session_accept_connect (self->session);
  else if (self->on_connect == RTMP_TEST_HOST_REFUSE)
    rtmp_server_session_refuse_connect (self->session,
        "NetConnection.Connect.InvalidApp", "not here", self->redirect);
  else if (self->on_connect == RTMP_TEST_HOST_CLOSE)
    rtmp_server_session_close (self->session, "NetConnection.Connect.Closed",
        "");
}

static void
on_stream (const RtmpStreamRequest * request, gpointer user_data)
{
  RtmpTestHost *self = user_data;

  if (request->publish)
    say (self, "? publish %s on %u, %s", request->name, request->stream,
        rtmp_publish_type_to_string (request->type));
  else
    say (self, "? play %s on %u, start %g, duration %g%s", request->name,
        request->stream, request->start, request->duration,
        request->reset ? ", reset" : "");
  add_text (self, "name", request->name);
  add_text (self, "query", request->query);
  if (self->swf)
    say_swf (self);
  if (self->on_stream == RTMP_TEST_HOST_ACCEPT)
    rtmp_server_session_accept_stream (self->session, request->stream);
  else if (self->on_stream == RTMP_TEST_HOST_REFUSE)
    rtmp_server_session_refuse_stream (self->session, request->stream,
        request->publish ? "NetStream.Publish.BadName"
        : "NetStream.Play.StreamNotFound", "no");
  else if (self->on_stream == RTMP_TEST_HOST_CLOSE) {
    rtmp_server_session_close (self->session, "NetConnection.Connect.Closed",
        "");
    rtmp_server_session_accept_stream (self->session, request->stream);
  }
}

void
rtmp_test_add_media (GChecksum * checksum, const RtmpMessage * message)
{
  guint32 head[2] = { message->type, message->timestamp };
  gsize size = 0;
  const guint8 *data = message->payload
      ? g_bytes_get_data (message->payload, &size) : NULL;

  g_checksum_update (checksum, (const guchar *) head, sizeof (head));
  if (size > 0)
    g_checksum_update (checksum, data, (gssize) size);
}

static gboolean
on_media (guint32 stream, RtmpMessage * message, gpointer user_data,
    GError ** error)
{
  RtmpTestHost *self = user_data;

  g_assert_cmpuint (message->message_stream, ==, stream);
  say (self, "! %s of %u at %u, %" G_GSIZE_FORMAT,
      rtmp_message_type_to_string (message->type), stream, message->timestamp,
      rtmp_message_size (message));
  self->messages[message->type]++;
  self->bytes[message->type] += rtmp_message_size (message);
  rtmp_test_add_media (self->checksum, message);
  if (!self->refuse_media)
    return TRUE;
  g_set_error_literal (error, RTMP_ERROR, RTMP_ERROR_STATE, "no more of it");
  return FALSE;
}

static void
on_receive (guint32 stream, RtmpMessageType type, gboolean on,
    gpointer user_data)
{
  say (user_data, "! %s of %u %s", rtmp_message_type_to_string (type), stream,
      on ? "on" : "off");
}

static void
on_pause (guint32 stream, gboolean paused, gpointer user_data)
{
  say (user_data, "! %u %s", stream, paused ? "pauses" : "goes on");
}

static void
on_stopped (guint32 stream, gpointer user_data)
{
  RtmpTestHost *self = user_data;

  say (self, "! %u stopped", stream);
  if (self->close_when_stopped)
    rtmp_server_session_close (self->session, "NetConnection.Connect.Closed",
        "");
}

static void
on_closed (gpointer user_data)
{
  RtmpTestHost *self = user_data;

  g_assert_cmpint (rtmp_server_session_state (self->session), ==,
      RTMP_SERVER_SESSION_CLOSED);
  say (self, "! closed");
}

static const RtmpServerSessionEvents session_events = {
  .send = on_send,
  .connect = on_connect,
  .stream = on_stream,
  .media = on_media,
  .receive = on_receive,
  .pause = on_pause,
  .stopped = on_stopped,
  .closed = on_closed,
};

/* The link */

static gboolean
on_opened (gpointer user_data, GError ** error)
{
  RtmpTestHost *self = user_data;

  rtmp_server_session_start (self->session, self->now);
  return TRUE;
}

static gboolean
on_message (RtmpMessage * message, gpointer user_data, GError ** error)
{
  RtmpTestHost *self = user_data;

  return rtmp_server_session_message (self->session, self->now, message, error);
}

static const RtmpLinkEvents link_events = {
  .opened = on_opened,
  .message = on_message,
};

/* Life */

void
rtmp_test_host_init (RtmpTestHost * self)
{
  memset (self, 0, sizeof (*self));
  rtmp_server_config_init (&self->config);
}

static void
make_session (RtmpTestHost * self)
{
  self->said = g_string_new (NULL);
  self->texts = g_string_new (NULL);
  self->checksum = g_checksum_new (G_CHECKSUM_MD5);
  self->session = rtmp_server_session_new (&self->config, NULL,
      &session_events, self);
}

void
rtmp_test_host_begin (RtmpTestHost * self)
{
  make_session (self);
  rtmp_server_session_start (self->session, self->now);
}

void
rtmp_test_host_begin_link (RtmpTestHost * self, guint32 time,
    const guint8 * random)
{
  static const guint8 zeros[RTMP_HANDSHAKE_RANDOM_SIZE];

  make_session (self);
  self->link = rtmp_chunk_link_new (rtmp_handshake_new_full (RTMP_ROLE_SERVER,
          self->digest ? RTMP_HANDSHAKE_DIGEST : 0, time,
          random ? random : zeros, NULL), NULL, &link_events, self);
}

void
rtmp_test_host_clear (RtmpTestHost * self)
{
  g_clear_pointer (&self->link, rtmp_chunk_link_free);
  rtmp_server_session_free (self->session);
  g_string_free (self->said, TRUE);
  g_string_free (self->texts, TRUE);
  g_checksum_free (self->checksum);
  g_clear_error (&self->error);
}

/* The client */

gboolean
rtmp_test_host_message (RtmpTestHost * self, guint8 type, guint32 stream,
    guint32 timestamp, GBytes * payload)
{
  RtmpMessage message;
  gboolean ok;

  g_assert_no_error (self->error);
  rtmp_message_init (&message, type, 3, stream, timestamp, payload);
  ok = rtmp_server_session_message (self->session, self->now, &message,
      &self->error);
  g_assert_cmpint (ok, ==, self->error == NULL);
  rtmp_message_clear (&message);
  return ok;
}

void
rtmp_test_host_ask (RtmpTestHost * self, guint32 stream, const gchar * call,
    const gchar * name)
{
  rtmp_test_host_call (self, stream, call, 0, rtmp_value_new_null (),
      rtmp_value_new_string (name));
}

void
rtmp_test_host_reach (RtmpTestHost * self, guint streams)
{
  RtmpValue *info = rtmp_value_new_object ();
  guint i;

  rtmp_value_set_string (info, "app", "live");
  rtmp_test_host_begin (self);
  rtmp_test_host_call (self, 0, "connect", 1, info);
  for (i = 0; i < streams; i++)
    rtmp_test_host_call (self, 0, "createStream", 2 + i,
        rtmp_value_new_null ());
  g_assert_cmpint (rtmp_server_session_state (self->session), ==,
      RTMP_SERVER_SESSION_CONNECTED);
  g_string_truncate (self->said, 0);
  g_string_truncate (self->texts, 0);
}

void
rtmp_test_host_check (RtmpTestHost * self, const gchar * expected)
{
  g_assert_no_error (self->error);
  g_assert_cmpstr (self->said->str, ==, expected);
  g_string_truncate (self->said, 0);
}

void
rtmp_test_host_check_error (RtmpTestHost * self, RtmpError code,
    const gchar * message)
{
  g_assert_error (self->error, RTMP_ERROR, (gint) code);
  g_assert_cmpstr (self->error->message, ==, message);
}

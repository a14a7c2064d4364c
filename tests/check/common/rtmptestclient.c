/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmptestclient.h"

#include <string.h>

static void
on_send (RtmpMessage * message, gpointer user_data)
{
  RtmpTestClient *client = user_data;

  rtmp_chunk_link_send (client->link, message);
}

static void
on_state (RtmpClientSessionState state, gpointer user_data)
{
  RtmpTestClient *client = user_data;

  g_assert_cmpint (rtmp_client_session_state (client->session), ==, state);
  g_string_append_printf (client->events, "%s ",
      rtmp_client_session_state_to_string (state));
  if (client->stop_at == state && state != RTMP_CLIENT_SESSION_IDLE)
    rtmp_client_session_stop (client->session, client->now);
}

static void
on_status (const RtmpStatus * status, gpointer user_data)
{
  RtmpTestClient *client = user_data;

  g_assert_nonnull (status->level);
  g_assert_nonnull (status->description);
  g_string_append_printf (client->events, "<%s> ", status->code);
}

static gboolean
on_media (RtmpMessage * message, gpointer user_data, GError ** error)
{
  RtmpTestClient *client = user_data;

  client->messages[message->type]++;
  client->payload_bytes += rtmp_message_size (message);
  client->hash = client->hash * 33 + g_bytes_hash (message->payload)
      + message->timestamp;
  if (!client->refuse_media)
    return TRUE;
  g_set_error_literal (error, RTMP_ERROR, RTMP_ERROR_STATE, "no more of it");
  return FALSE;
}

static void
on_recorded (gpointer user_data)
{
  RtmpTestClient *client = user_data;

  g_string_append (client->events, "recorded ");
}

static void
on_length (gdouble seconds, gpointer user_data)
{
  RtmpTestClient *client = user_data;

  g_string_append_printf (client->events, "length %g ", seconds);
}

static const RtmpClientSessionEvents session_events = {
  .send = on_send,
  .state_changed = on_state,
  .status = on_status,
  .media = on_media,
  .recorded = on_recorded,
  .length = on_length,
};

static gboolean
on_opened (gpointer user_data, GError ** error)
{
  RtmpTestClient *client = user_data;

  rtmp_client_session_start (client->session, client->now,
      rtmp_chunk_link_swf_key (client->link));
  return TRUE;
}

static gboolean
on_message (RtmpMessage * message, gpointer user_data, GError ** error)
{
  RtmpTestClient *client = user_data;

  return rtmp_client_session_message (client->session, client->now, message,
      error);
}

static const RtmpLinkEvents link_events = {
  .opened = on_opened,
  .message = on_message,
};

static void
set_config (RtmpClientConfig * config, gboolean publish)
{
  rtmp_client_config_init (config);
  config->publish = publish;
  config->app = g_strdup ("live");
  config->tc_url = g_strdup ("rtmp://host/live");
  config->stream = g_strdup ("cam");
  config->flash_version = g_strdup ("LNX 1");
}

void
rtmp_test_client_begin (RtmpTestClient * self, guint32 time,
    const guint8 * random)
{
  static const guint8 zeros[RTMP_HANDSHAKE_RANDOM_SIZE];

  self->link = rtmp_chunk_link_new (rtmp_handshake_new_full (RTMP_ROLE_CLIENT,
          self->digest ? RTMP_HANDSHAKE_DIGEST : 0, time,
          random ? random : zeros, NULL), NULL, &link_events, self);
  self->session = rtmp_client_session_new (&self->config, NULL,
      &session_events, self);
  self->peer = rtmp_scripted_peer_new ();
  self->events = g_string_new (NULL);
}

void
rtmp_test_client_init (RtmpTestClient * self, gboolean publish)
{
  memset (self, 0, sizeof (*self));
  set_config (&self->config, publish);
}

void
rtmp_test_client_clear (RtmpTestClient * self)
{
  rtmp_chunk_link_free (self->link);
  rtmp_client_session_free (self->session);
  rtmp_scripted_peer_free (self->peer);
  g_string_free (self->events, TRUE);
  rtmp_client_config_clear (&self->config);
  g_clear_error (&self->error);
}

gboolean
rtmp_test_client_to_peer (RtmpTestClient * self)
{
  const RtmpVector *vectors;
  guint n = rtmp_chunk_link_pull (self->link, &vectors), i;
  gsize size = 0;

  for (i = 0; i < n; i++) {
    rtmp_scripted_peer_feed (self->peer, vectors[i].data, vectors[i].size);
    size += vectors[i].size;
  }
  rtmp_chunk_link_consume (self->link, size);
  return n > 0;
}

gboolean
rtmp_test_client_from_peer (RtmpTestClient * self)
{
  GBytes *bytes = rtmp_scripted_peer_take_output (self->peer);

  if (bytes == NULL)
    return FALSE;
  rtmp_chunk_link_feed (self->link, 0, bytes, &self->error);
  g_bytes_unref (bytes);
  return self->error == NULL;
}

void
rtmp_test_client_exchange (RtmpTestClient * self)
{
  while (rtmp_test_client_to_peer (self) || rtmp_test_client_from_peer (self));
}

void
rtmp_test_client_check_events (RtmpTestClient * self, const gchar * expected)
{
  g_assert_no_error (self->error);
  g_assert_cmpstr (self->events->str, ==, expected);
  g_string_truncate (self->events, 0);
}

void
rtmp_test_client_check_error (RtmpTestClient * self, RtmpError code,
    const gchar * message)
{
  g_assert_error (self->error, RTMP_ERROR, (gint) code);
  g_assert_cmpstr (self->error->message, ==, message);
}

gdouble
rtmp_test_client_transaction_of (RtmpTestClient * self, const gchar * call)
{
  return rtmp_scripted_peer_find_command (self->peer, call)->transaction;
}

void
rtmp_test_client_send_status (RtmpTestClient * self, const gchar * code)
{
  rtmp_scripted_peer_send_status (self->peer, RTMP_TEST_CLIENT_STREAM, "status",
      code, "");
  rtmp_test_client_exchange (self);
}

void
rtmp_test_client_reach (RtmpTestClient * self, RtmpClientSessionState state)
{
  const gchar *start = self->config.publish ? "NetStream.Publish.Start"
      : "NetStream.Play.Start";

  rtmp_test_client_begin (self, 0, NULL);
  rtmp_test_client_exchange (self);
  if (state >= RTMP_CLIENT_SESSION_AWAIT_STREAM)
    rtmp_scripted_peer_accept_connect (self->peer,
        rtmp_test_client_transaction_of (self, "connect"));
  if (state >= RTMP_CLIENT_SESSION_AWAIT_START)
    rtmp_scripted_peer_accept_stream (self->peer,
        rtmp_test_client_transaction_of (self, "createStream"),
        RTMP_TEST_CLIENT_STREAM);
  rtmp_test_client_exchange (self);
  if (state >= RTMP_CLIENT_SESSION_RUNNING)
    rtmp_test_client_send_status (self, start);
  g_assert_no_error (self->error);
  g_assert_cmpint (rtmp_client_session_state (self->session), ==, state);
  rtmp_scripted_peer_skip_all (self->peer);
  g_string_truncate (self->events, 0);
}

/* Commands of the connection and of a stream have a chunk stream each. */
void
rtmp_test_client_expect_call (RtmpTestClient * self, const gchar * name,
    gdouble transaction, guint32 message_stream, const gchar * args)
{
  const RtmpCommand *command = rtmp_scripted_peer_expect_command (self->peer,
      name);
  const RtmpMessage *message = rtmp_scripted_peer_last (self->peer);
  GString *text = g_string_new (NULL);
  guint i;

  for (i = 0; i < command->args->len; i++) {
    g_autofree gchar *arg = rtmp_value_to_string (rtmp_command_arg (command,
            i));

    g_string_append_printf (text, i > 0 ? "; %s" : "%s", arg);
  }
  g_assert_cmpstr (text->str, ==, args);
  g_assert_cmpfloat (command->transaction, ==, transaction);
  g_assert_cmpuint (message->message_stream, ==, message_stream);
  g_assert_cmpuint (message->chunk_stream, ==,
      message_stream ? RTMP_CHUNK_STREAM_STATUS : RTMP_CHUNK_STREAM_COMMAND);
  g_string_free (text, TRUE);
}

void
rtmp_test_client_expect_control (RtmpTestClient * self, RtmpMessageType type,
    guint32 value)
{
  g_assert_cmpuint (rtmp_scripted_peer_expect_control (self->peer, type), ==,
      value);
}

void
rtmp_test_client_answer (RtmpTestClient * self, const gchar * name,
    gdouble transaction, guint32 message_stream, RtmpValue * first,
    RtmpValue * second)
{
  rtmp_scripted_peer_send_command (self->peer, message_stream,
      rtmp_command_write (name, transaction, first, second, NULL));
  rtmp_test_client_exchange (self);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpscriptedpeer.h"

#include "rtmpchunkreader.h"
#include "rtmpchunkwriter.h"
#include "rtmphandshake.h"

typedef struct
{
  RtmpMessage message;
  RtmpCommand command;          /* name NULL: the message is none */
} Received;

struct _RtmpScriptedPeer
{
  RtmpHandshake *handshake;
  RtmpChunkReader *reader;
  RtmpChunkWriter *writer;
  guint32 chunk_size;           /* that we write with */
  GByteArray *output;
  GPtrArray *received;          /* of Received */
  guint next;                   /* the first that no expect has taken */
  RtmpScriptedPeerFunc handler;
  gpointer user_data;
};

static void
received_free (gpointer data)
{
  Received *received = data;

  rtmp_message_clear (&received->message);
  rtmp_command_clear (&received->command);
  g_free (received);
}

RtmpScriptedPeer *
rtmp_scripted_peer_new (void)
{
  RtmpScriptedPeer *self = g_new0 (RtmpScriptedPeer, 1);
  guint8 random[RTMP_HANDSHAKE_RANDOM_SIZE];
  guint i;

  for (i = 0; i < sizeof (random); i++)
    random[i] = (guint8) (i * 7 + i / 251);
  self->handshake = rtmp_handshake_new (RTMP_ROLE_SERVER, 1000, random);
  self->reader = rtmp_chunk_reader_new (NULL);
  self->writer = rtmp_chunk_writer_new ();
  self->chunk_size = RTMP_CHUNK_SIZE_DEFAULT;
  self->output = g_byte_array_new ();
  self->received = g_ptr_array_new_with_free_func (received_free);
  return self;
}

void
rtmp_scripted_peer_free (RtmpScriptedPeer * self)
{
  rtmp_handshake_free (self->handshake);
  rtmp_chunk_reader_free (self->reader);
  rtmp_chunk_writer_free (self->writer);
  g_byte_array_unref (self->output);
  g_ptr_array_unref (self->received);
  g_free (self);
}

/* Bytes in */

static Received *
nth (const RtmpScriptedPeer * self, guint index)
{
  return g_ptr_array_index (self->received, index);
}

static gboolean
on_message (RtmpMessage * message, gpointer user_data, GError ** error)
{
  RtmpScriptedPeer *self = user_data;
  Received *received = g_new0 (Received, 1);

  received->message = *message;
  message->payload = NULL;
  g_ptr_array_add (self->received, received);
  if (received->message.type == RTMP_MESSAGE_COMMAND_AMF0
      && !rtmp_command_parse (&received->command, &received->message, NULL,
          error))
    return FALSE;
  if (self->handler)
    self->handler (self, &received->message, self->user_data);
  return TRUE;
}

static gsize
feed_handshake (RtmpScriptedPeer * self, const guint8 * data, gsize size,
    GError ** error)
{
  GBytes *bytes;
  gsize consumed;

  rtmp_handshake_feed (self->handshake, 2000, data, size, &consumed, error);
  while ((bytes = rtmp_handshake_pull (self->handshake))) {
    rtmp_scripted_peer_send_raw (self, bytes);
    g_bytes_unref (bytes);
  }
  return consumed;
}

void
rtmp_scripted_peer_feed (RtmpScriptedPeer * self, gconstpointer data,
    gsize size)
{
  GError *error = NULL;
  gsize used = feed_handshake (self, data, size, &error);
  GBytes *rest = g_bytes_new ((const guint8 *) data + used, size - used);

  if (error == NULL && used < size)
    rtmp_chunk_reader_feed (self->reader, rest, on_message, self, &error);
  g_assert_no_error (error);
  g_bytes_unref (rest);
}

gboolean
rtmp_scripted_peer_is_open (const RtmpScriptedPeer * self)
{
  return rtmp_handshake_state (self->handshake) == RTMP_HANDSHAKE_DONE;
}

GBytes *
rtmp_scripted_peer_take_output (RtmpScriptedPeer * self)
{
  GByteArray *output = self->output;

  if (output->len == 0)
    return NULL;
  self->output = g_byte_array_new ();
  return g_byte_array_free_to_bytes (output);
}

void
rtmp_scripted_peer_set_handler (RtmpScriptedPeer * self,
    RtmpScriptedPeerFunc func, gpointer user_data)
{
  self->handler = func;
  self->user_data = user_data;
}

/* What came */

static gchar *
describe (const Received * received)
{
  const RtmpMessage *message = &received->message;
  const gchar *type = rtmp_message_type_to_string (message->type);
  g_autofree gchar *name = NULL;
  RtmpControl control;
  gsize length;

  if (received->command.name)
    return g_strdup (received->command.name);
  if (rtmp_data_parse_name (message, &name, &length)
      && message->type == RTMP_MESSAGE_DATA_AMF0)
    return g_strdup (name);
  if (!rtmp_message_is_control (message)
      || !rtmp_control_parse (&control, message, NULL))
    return g_strdup_printf ("%s %u", type, message->timestamp);
  if (message->type == RTMP_MESSAGE_USER_CONTROL)
    return g_strdup_printf ("%s %u %u", type, control.event, control.value);
  return g_strdup_printf ("%s %u", type, control.value);
}

static const Received *
take_next (RtmpScriptedPeer * self, const gchar * expected)
{
  if (self->next == self->received->len)
    g_error ("expected %s, but nothing more has come", expected);
  return nth (self, self->next++);
}

static void
fail_expected (const gchar * expected, const Received * received)
{
  g_error ("expected %s, got %s", expected, describe (received));
}

const RtmpMessage *
rtmp_scripted_peer_expect (RtmpScriptedPeer * self, RtmpMessageType type)
{
  const gchar *expected = rtmp_message_type_to_string ((guint8) type);
  const Received *received = take_next (self, expected);

  if (received->message.type != type)
    fail_expected (expected, received);
  return &received->message;
}

const RtmpCommand *
rtmp_scripted_peer_expect_command (RtmpScriptedPeer * self, const gchar * name)
{
  const Received *received = take_next (self, name);

  if (g_strcmp0 (received->command.name, name) != 0)
    fail_expected (name, received);
  return &received->command;
}

static RtmpControl
expect_control (RtmpScriptedPeer * self, RtmpMessageType type)
{
  const RtmpMessage *message = rtmp_scripted_peer_expect (self, type);
  GError *error = NULL;
  RtmpControl control;

  rtmp_control_parse (&control, message, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (message->chunk_stream, ==, RTMP_CHUNK_STREAM_CONTROL);
  g_assert_cmpuint (message->message_stream, ==, 0);
  return control;
}

guint32
rtmp_scripted_peer_expect_control (RtmpScriptedPeer * self,
    RtmpMessageType type)
{
  return expect_control (self, type).value;
}

RtmpControl
rtmp_scripted_peer_expect_user_control (RtmpScriptedPeer * self,
    RtmpUserControlEvent event)
{
  RtmpControl control = expect_control (self, RTMP_MESSAGE_USER_CONTROL);

  g_assert_cmpuint (control.event, ==, event);
  return control;
}

const RtmpMessage *
rtmp_scripted_peer_last (const RtmpScriptedPeer * self)
{
  g_assert_cmpuint (self->next, >, 0);
  return &nth (self, self->next - 1)->message;
}

void
rtmp_scripted_peer_expect_nothing (RtmpScriptedPeer * self)
{
  if (self->next < self->received->len)
    fail_expected ("nothing more", nth (self, self->next));
}

void
rtmp_scripted_peer_skip_all (RtmpScriptedPeer * self)
{
  self->next = self->received->len;
}

guint
rtmp_scripted_peer_n_received (const RtmpScriptedPeer * self)
{
  return self->received->len;
}

const RtmpMessage *
rtmp_scripted_peer_received (const RtmpScriptedPeer * self, guint index)
{
  return &nth (self, index)->message;
}

guint
rtmp_scripted_peer_count (const RtmpScriptedPeer * self, RtmpMessageType type)
{
  guint i, n = 0;

  for (i = 0; i < self->received->len; i++)
    if (nth (self, i)->message.type == type)
      n++;
  return n;
}

const RtmpCommand *
rtmp_scripted_peer_find_command (RtmpScriptedPeer * self, const gchar * name)
{
  guint i;

  for (i = 0; i < self->received->len; i++)
    if (g_strcmp0 (nth (self, i)->command.name, name) == 0)
      return &nth (self, i)->command;
  return NULL;
}

gchar *
rtmp_scripted_peer_transcript (RtmpScriptedPeer * self)
{
  GString *text = g_string_new (NULL);
  guint i;

  for (i = 0; i < self->received->len; i++) {
    gchar *line = describe (nth (self, i));

    g_string_append_printf (text, "%s\n", line);
    g_free (line);
  }
  return g_string_free (text, FALSE);
}

/* What to say */

void
rtmp_scripted_peer_send_raw (RtmpScriptedPeer * self, GBytes * bytes)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);

  g_byte_array_append (self->output, data, (guint) size);
}

static void
write_chunks (RtmpScriptedPeer * self, const RtmpMessage * message)
{
  gsize size, offset = 0, n;
  const guint8 *data = g_bytes_get_data (message->payload, &size);
  RtmpChunkHeaders headers;

  rtmp_chunk_writer_begin (self->writer, message, &headers);
  g_byte_array_append (self->output, headers.first, headers.first_size);
  while (TRUE) {
    n = MIN (size - offset, self->chunk_size);
    if (n > 0)
      g_byte_array_append (self->output, data + offset, (guint) n);
    offset += n;
    if (offset == size)
      return;
    g_byte_array_append (self->output, headers.next, headers.next_size);
  }
}

void
rtmp_scripted_peer_send (RtmpScriptedPeer * self, RtmpMessage * message)
{
  RtmpControl control;

  write_chunks (self, message);
  if (message->type == RTMP_MESSAGE_SET_CHUNK_SIZE
      && rtmp_control_parse (&control, message, NULL))
    self->chunk_size = control.value;
  rtmp_message_clear (message);
}

void
rtmp_scripted_peer_send_command (RtmpScriptedPeer * self,
    guint32 message_stream, GBytes * payload)
{
  RtmpMessage message;

  rtmp_message_init (&message, RTMP_MESSAGE_COMMAND_AMF0,
      message_stream ? RTMP_CHUNK_STREAM_STATUS : RTMP_CHUNK_STREAM_COMMAND,
      message_stream, 0, payload);
  rtmp_scripted_peer_send (self, &message);
}

void
rtmp_scripted_peer_send_control (RtmpScriptedPeer * self, RtmpMessageType type,
    guint32 value)
{
  RtmpMessage message;

  rtmp_control_init (&message, type, value);
  rtmp_scripted_peer_send (self, &message);
}

void
rtmp_scripted_peer_send_bandwidth (RtmpScriptedPeer * self, guint32 value,
    guint8 limit_type)
{
  RtmpControl control = {.type = RTMP_MESSAGE_SET_PEER_BANDWIDTH,
    .value = value,.limit_type = limit_type
  };
  RtmpMessage message;

  rtmp_control_write (&control, &message);
  rtmp_scripted_peer_send (self, &message);
}

void
rtmp_scripted_peer_send_user_control (RtmpScriptedPeer * self,
    RtmpUserControlEvent event, guint32 value)
{
  RtmpMessage message;

  rtmp_user_control_init (&message, event, value);
  rtmp_scripted_peer_send (self, &message);
}

void
rtmp_scripted_peer_send_media (RtmpScriptedPeer * self, RtmpMessageType type,
    guint32 message_stream, guint32 timestamp, GBytes * payload)
{
  guint32 chunk_stream = type == RTMP_MESSAGE_AUDIO ? RTMP_CHUNK_STREAM_AUDIO :
      type == RTMP_MESSAGE_VIDEO ? RTMP_CHUNK_STREAM_VIDEO :
      RTMP_CHUNK_STREAM_DATA;
  RtmpMessage message;

  rtmp_message_init (&message, type, chunk_stream, message_stream, timestamp,
      payload);
  rtmp_scripted_peer_send (self, &message);
}

RtmpValue *
rtmp_scripted_peer_info (const gchar * level, const gchar * code,
    const gchar * description)
{
  RtmpValue *info = rtmp_value_new_object ();

  rtmp_value_set_string (info, "level", level);
  rtmp_value_set_string (info, "code", code);
  rtmp_value_set_string (info, "description", description);
  return info;
}

void
rtmp_scripted_peer_send_status (RtmpScriptedPeer * self,
    guint32 message_stream, const gchar * level, const gchar * code,
    const gchar * description)
{
  rtmp_scripted_peer_send_command (self, message_stream,
      rtmp_command_write ("onStatus", 0, rtmp_value_new_null (),
          rtmp_scripted_peer_info (level, code, description), NULL));
}

void
rtmp_scripted_peer_accept_connect (RtmpScriptedPeer * self, gdouble transaction)
{
  RtmpValue *properties = rtmp_value_new_object ();

  rtmp_value_set_string (properties, "fmsVer", "FMS/3,0,1,123");
  rtmp_value_set_number (properties, "capabilities", 31);
  rtmp_scripted_peer_send_command (self, 0, rtmp_command_write ("_result",
          transaction, properties, rtmp_scripted_peer_info ("status",
              "NetConnection.Connect.Success", "Connection succeeded."), NULL));
}

void
rtmp_scripted_peer_accept_stream (RtmpScriptedPeer * self, gdouble transaction,
    guint32 message_stream)
{
  rtmp_scripted_peer_send_command (self, 0, rtmp_command_write ("_result",
          transaction, rtmp_value_new_null (),
          rtmp_value_new_number (message_stream), NULL));
}

void
rtmp_scripted_peer_accept (RtmpScriptedPeer * self, gdouble transaction)
{
  rtmp_scripted_peer_send_command (self, 0, rtmp_command_write ("_result",
          transaction, rtmp_value_new_null (), rtmp_value_new_undefined (),
          NULL));
}

void
rtmp_scripted_peer_refuse (RtmpScriptedPeer * self, gdouble transaction,
    const gchar * code, const gchar * description)
{
  rtmp_scripted_peer_send_command (self, 0, rtmp_command_write ("_error",
          transaction, rtmp_value_new_null (), rtmp_scripted_peer_info ("error",
              code, description), NULL));
}

/* By itself */

static void
serve_connect (RtmpScriptedPeer * self, const RtmpCommand * call)
{
  rtmp_scripted_peer_send_control (self, RTMP_MESSAGE_WINDOW_ACK_SIZE, 2500000);
  rtmp_scripted_peer_send_bandwidth (self, 2500000, RTMP_LIMIT_TYPE_DYNAMIC);
  rtmp_scripted_peer_send_control (self, RTMP_MESSAGE_SET_CHUNK_SIZE, 4096);
  rtmp_scripted_peer_accept_connect (self, call->transaction);
}

static void
serve_play (RtmpScriptedPeer * self, guint32 message_stream)
{
  rtmp_scripted_peer_send_user_control (self, RTMP_USER_CONTROL_STREAM_BEGIN,
      message_stream);
  rtmp_scripted_peer_send_status (self, message_stream, "status",
      "NetStream.Play.Reset", "Playing and resetting.");
  rtmp_scripted_peer_send_status (self, message_stream, "status",
      "NetStream.Play.Start", "Started playing.");
}

void
rtmp_scripted_peer_serve (RtmpScriptedPeer * self, const RtmpMessage * message,
    gpointer user_data)
{
  g_auto (RtmpCommand) call = { NULL, };

  if (message->type != RTMP_MESSAGE_COMMAND_AMF0
      || !rtmp_command_parse (&call, message, NULL, NULL))
    return;
  if (g_str_equal (call.name, "connect"))
    serve_connect (self, &call);
  else if (g_str_equal (call.name, "releaseStream")
      || g_str_equal (call.name, "FCPublish"))
    rtmp_scripted_peer_accept (self, call.transaction);
  else if (g_str_equal (call.name, "createStream"))
    rtmp_scripted_peer_accept_stream (self, call.transaction,
        RTMP_SCRIPTED_PEER_STREAM);
  else if (g_str_equal (call.name, "publish"))
    rtmp_scripted_peer_send_status (self, message->message_stream, "status",
        "NetStream.Publish.Start", "Started publishing.");
  else if (g_str_equal (call.name, "play"))
    serve_play (self, message->message_stream);
}

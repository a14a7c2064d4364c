/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpmessage.h"

void
rtmp_message_init (RtmpMessage * self, RtmpMessageType type,
    guint32 chunk_stream, guint32 message_stream, guint32 timestamp,
    GBytes * payload)
{
  self->type = (guint8) type;
  self->chunk_stream = chunk_stream;
  self->message_stream = message_stream;
  self->timestamp = timestamp;
  self->payload = payload;
}

void
rtmp_message_clear (RtmpMessage * self)
{
  g_clear_pointer (&self->payload, g_bytes_unref);
}

gboolean
rtmp_message_is_control (const RtmpMessage * self)
{
  return self->type >= RTMP_MESSAGE_SET_CHUNK_SIZE
      && self->type <= RTMP_MESSAGE_SET_PEER_BANDWIDTH;
}

const gchar *
rtmp_message_type_to_string (guint8 type)
{
  static const gchar *const names[] = {
    [RTMP_MESSAGE_SET_CHUNK_SIZE] = "set-chunk-size",
    [RTMP_MESSAGE_ABORT] = "abort",
    [RTMP_MESSAGE_ACKNOWLEDGEMENT] = "acknowledgement",
    [RTMP_MESSAGE_USER_CONTROL] = "user-control",
    [RTMP_MESSAGE_WINDOW_ACK_SIZE] = "window-ack-size",
    [RTMP_MESSAGE_SET_PEER_BANDWIDTH] = "set-peer-bandwidth",
    [RTMP_MESSAGE_AUDIO] = "audio",
    [RTMP_MESSAGE_VIDEO] = "video",
    [RTMP_MESSAGE_DATA_AMF3] = "data-amf3",
    [RTMP_MESSAGE_SHARED_OBJECT_AMF3] = "shared-object-amf3",
    [RTMP_MESSAGE_COMMAND_AMF3] = "command-amf3",
    [RTMP_MESSAGE_DATA_AMF0] = "data-amf0",
    [RTMP_MESSAGE_SHARED_OBJECT_AMF0] = "shared-object-amf0",
    [RTMP_MESSAGE_COMMAND_AMF0] = "command-amf0",
    [RTMP_MESSAGE_AGGREGATE] = "aggregate",
  };

  if (type >= G_N_ELEMENTS (names) || names[type] == NULL)
    return "unknown";
  return names[type];
}

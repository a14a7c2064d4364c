/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RtmpMessageType: RTMP 1.0, sections 5.4, 6.2 and 7.1.
 *
 * Since: 0.1
 */
typedef enum
{
  RTMP_MESSAGE_SET_CHUNK_SIZE = 1,
  RTMP_MESSAGE_ABORT = 2,
  RTMP_MESSAGE_ACKNOWLEDGEMENT = 3,
  RTMP_MESSAGE_USER_CONTROL = 4,
  RTMP_MESSAGE_WINDOW_ACK_SIZE = 5,
  RTMP_MESSAGE_SET_PEER_BANDWIDTH = 6,
  RTMP_MESSAGE_AUDIO = 8,
  RTMP_MESSAGE_VIDEO = 9,
  RTMP_MESSAGE_DATA_AMF3 = 15,
  RTMP_MESSAGE_SHARED_OBJECT_AMF3 = 16,
  RTMP_MESSAGE_COMMAND_AMF3 = 17,
  RTMP_MESSAGE_DATA_AMF0 = 18,
  RTMP_MESSAGE_SHARED_OBJECT_AMF0 = 19,
  RTMP_MESSAGE_COMMAND_AMF0 = 20,
  RTMP_MESSAGE_AGGREGATE = 22,
} RtmpMessageType;

/* Chunk streams that we write on: one kind of message each, so that a large
 * video message lets the others through between its chunks. Only ids 2-63:
 * some peers know no other form. */
enum
{
  RTMP_CHUNK_STREAM_CONTROL = 2,
  RTMP_CHUNK_STREAM_COMMAND = 3,
  RTMP_CHUNK_STREAM_AUDIO = 4,
  RTMP_CHUNK_STREAM_DATA = 5,
  RTMP_CHUNK_STREAM_VIDEO = 6,
  RTMP_CHUNK_STREAM_STATUS = 8, /* publish, play and their like */
};

/* Largest payload that the 24-bit length can express. */
#define RTMP_MESSAGE_MAX_SIZE 0xFFFFFF

/**
 * RtmpMessage:
 * @type: an #RtmpMessageType, or whatever the peer sent
 * @chunk_stream: 2-65599; on the way out 2-63
 * @message_stream: 0 for control and connection-wide commands
 * @timestamp: milliseconds, absolute, modulo 2^32
 * @payload: the body, one piece of memory; at most #RTMP_MESSAGE_MAX_SIZE bytes
 *
 * A plain struct that owns its payload. Pass it by pointer; a function that
 * takes the payload says "moves @message" and leaves it cleared.
 *
 * Since: 0.1
 */
typedef struct
{
  guint8 type;
  guint32 chunk_stream;
  guint32 message_stream;
  guint32 timestamp;
  GBytes *payload;
} RtmpMessage;

/* (transfer full) for @payload. */
void rtmp_message_init (RtmpMessage * self, RtmpMessageType type,
    guint32 chunk_stream, guint32 message_stream, guint32 timestamp,
    GBytes * payload);

/* Releases the payload; harmless on a cleared message. */
void rtmp_message_clear (RtmpMessage * self);

static inline gsize
rtmp_message_size (const RtmpMessage * self)
{
  return self->payload ? g_bytes_get_size (self->payload) : 0;
}

/* TRUE for the types that RTMP 1.0, 5.4 and 6.2 put on message stream 0. */
gboolean rtmp_message_is_control (const RtmpMessage * self);

/* "video", "command-amf0"...: for logs; "unknown" otherwise. Static. */
const gchar *rtmp_message_type_to_string (guint8 type);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpcontrol.h"

#include <string.h>

#include "rtmpchunkreader.h"
#include "rtmperror.h"
#include "rtmpreader.h"
#include "rtmpwriter.h"

static gboolean
fail_short (const RtmpMessage * message, gsize expected, GError ** error)
{
  g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_MESSAGE,
      "%s: expected at least %" G_GSIZE_FORMAT " bytes, got %" G_GSIZE_FORMAT,
      rtmp_message_type_to_string (message->type), expected,
      rtmp_message_size (message));
  return FALSE;
}

/* RTMP 1.0, 5.4.1 */
static gboolean
check_chunk_size (RtmpControl * self, GError ** error)
{
  if (self->value == 0 || self->value > G_MAXINT32) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_MESSAGE,
        "set-chunk-size: expected 1 to 0x7fffffff, got 0x%x", self->value);
    return FALSE;
  }
  self->value = MIN (self->value, RTMP_CHUNK_SIZE_MAX);
  return TRUE;
}

/* How many bytes the event's data has at least: RTMP 1.0, 7.1.7. */
static gsize
event_size (guint16 event)
{
  switch (event) {
    case RTMP_USER_CONTROL_STREAM_BEGIN:
    case RTMP_USER_CONTROL_STREAM_EOF:
    case RTMP_USER_CONTROL_STREAM_DRY:
    case RTMP_USER_CONTROL_STREAM_IS_RECORDED:
    case RTMP_USER_CONTROL_PING_REQUEST:
    case RTMP_USER_CONTROL_PING_RESPONSE:
      return 4;
    case RTMP_USER_CONTROL_SET_BUFFER_LENGTH:
      return 8;
    default:
      return 0;
  }
}

static gboolean
parse_user_control (RtmpControl * self, RtmpReader * reader,
    const RtmpMessage * message, GError ** error)
{
  if (!rtmp_reader_u16 (reader, &self->event))
    return fail_short (message, 2, error);
  if (rtmp_reader_left (reader) < event_size (self->event))
    return fail_short (message, 2 + event_size (self->event), error);
  if (rtmp_reader_u32 (reader, &self->value))
    rtmp_reader_u32 (reader, &self->value2);
  return TRUE;
}

gboolean
rtmp_control_parse (RtmpControl * self, const RtmpMessage * message,
    GError ** error)
{
  RtmpReader reader = { 0 };

  memset (self, 0, sizeof (*self));
  self->type = message->type;
  if (message->payload)
    rtmp_reader_init_bytes (&reader, message->payload);
  switch (message->type) {
    case RTMP_MESSAGE_SET_CHUNK_SIZE:
    case RTMP_MESSAGE_ABORT:
    case RTMP_MESSAGE_ACKNOWLEDGEMENT:
    case RTMP_MESSAGE_WINDOW_ACK_SIZE:
      if (!rtmp_reader_u32 (&reader, &self->value))
        return fail_short (message, 4, error);
      break;
    case RTMP_MESSAGE_SET_PEER_BANDWIDTH:
      if (!rtmp_reader_u32 (&reader, &self->value)
          || !rtmp_reader_u8 (&reader, &self->limit_type))
        return fail_short (message, 5, error);
      break;
    case RTMP_MESSAGE_USER_CONTROL:
      return parse_user_control (self, &reader, message, error);
    default:
      g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_MESSAGE,
          "expected a control message (type 1-6), got type %u", message->type);
      return FALSE;
  }
  return message->type != RTMP_MESSAGE_SET_CHUNK_SIZE
      || check_chunk_size (self, error);
}

static void
write_user_control (const RtmpControl * self, RtmpWriter * writer)
{
  rtmp_writer_u16 (writer, self->event);
  rtmp_writer_u32 (writer, self->value);
  if (self->event == RTMP_USER_CONTROL_SET_BUFFER_LENGTH)
    rtmp_writer_u32 (writer, self->value2);
}

void
rtmp_control_write (const RtmpControl * self, RtmpMessage * message)
{
  RtmpWriter writer;

  rtmp_writer_init (&writer);
  if (self->type == RTMP_MESSAGE_USER_CONTROL)
    write_user_control (self, &writer);
  else
    rtmp_writer_u32 (&writer, self->value);
  if (self->type == RTMP_MESSAGE_SET_PEER_BANDWIDTH)
    rtmp_writer_u8 (&writer, self->limit_type);
  rtmp_message_init (message, self->type, RTMP_CHUNK_STREAM_CONTROL, 0, 0,
      rtmp_writer_take (&writer));
}

void
rtmp_control_init (RtmpMessage * message, RtmpMessageType type, guint32 value)
{
  RtmpControl control = {.type = (guint8) type,.value = value };

  rtmp_control_write (&control, message);
}

void
rtmp_user_control_init (RtmpMessage * message, RtmpUserControlEvent event,
    guint32 value)
{
  RtmpControl control = {.type = RTMP_MESSAGE_USER_CONTROL,
    .event = (guint16) event,.value = value
  };

  rtmp_control_write (&control, message);
}

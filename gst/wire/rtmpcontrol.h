/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmpmessage.h"

G_BEGIN_DECLS

/* Protocol control (RTMP 1.0, 5.4) and user control (6.2, 7.1.7). All of it
 * goes on message stream 0, chunk stream 2, timestamp 0. */

/* RTMP 1.0, 5.4.5 */
typedef enum
{
  RTMP_LIMIT_TYPE_HARD = 0,
  RTMP_LIMIT_TYPE_SOFT = 1,
  RTMP_LIMIT_TYPE_DYNAMIC = 2,
} RtmpLimitType;

/* RTMP 1.0, 7.1.7; 26 and up are not in the document, but on the wire. */
typedef enum
{
  RTMP_USER_CONTROL_STREAM_BEGIN = 0,
  RTMP_USER_CONTROL_STREAM_EOF = 1,
  RTMP_USER_CONTROL_STREAM_DRY = 2,
  RTMP_USER_CONTROL_SET_BUFFER_LENGTH = 3,
  RTMP_USER_CONTROL_STREAM_IS_RECORDED = 4,
  RTMP_USER_CONTROL_PING_REQUEST = 6,
  RTMP_USER_CONTROL_PING_RESPONSE = 7,
  RTMP_USER_CONTROL_SWF_VERIFY_REQUEST = 26,
  RTMP_USER_CONTROL_SWF_VERIFY_RESPONSE = 27,
  RTMP_USER_CONTROL_BUFFER_EMPTY = 31,
  RTMP_USER_CONTROL_BUFFER_READY = 32,
} RtmpUserControlEvent;

/**
 * RtmpControl:
 *
 * A control message, taken apart. Which fields count depends on @type:
 *
 * - SET_CHUNK_SIZE: @value, 1-0xFFFFFF (larger ones are clamped, E-045)
 * - ABORT: @value, the chunk stream
 * - ACKNOWLEDGEMENT: @value, the sequence number modulo 2^32
 * - WINDOW_ACK_SIZE: @value, bytes
 * - SET_PEER_BANDWIDTH: @value, bytes, and @limit_type as sent
 * - USER_CONTROL: @event as sent, @value its first u32 (0 if absent), @value2
 *   its second (SET_BUFFER_LENGTH: milliseconds)
 *
 * Since: 0.1
 */
typedef struct
{
  guint8 type;
  guint16 event;
  guint8 limit_type;
  guint32 value;
  guint32 value2;
} RtmpControl;

/* FALSE with %RTMP_ERROR_BAD_MESSAGE when the payload is shorter than its
 * layout, or a chunk size is 0 or has its top bit set. User control events that
 * are not known are never an error (E-055). */
gboolean rtmp_control_parse (RtmpControl * self, const RtmpMessage * message,
    GError ** error);

/* Makes the message of a control; @message is overwritten. */
void rtmp_control_write (const RtmpControl * self, RtmpMessage * message);

/* The two forms that are written: */
void rtmp_control_init (RtmpMessage * message, RtmpMessageType type,
    guint32 value);
void rtmp_user_control_init (RtmpMessage * message,
    RtmpUserControlEvent event, guint32 value);

G_END_DECLS

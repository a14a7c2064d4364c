/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whole vectors, made by hand: as they are written, and as they are read. */
#include "rtmpamf0.h"
#include "rtmpchunkreader.h"
#include "rtmpchunkwriter.h"
#include "rtmpcommand.h"
#include "rtmpcontrol.h"
#include "rtmptestbytes.h"

/* Basic headers */

typedef struct
{
  guint32 chunk_stream;
  const gchar *bytes;
} BasicHeader;

static const BasicHeader basic_headers[] = {
  {2, "02"}, {63, "3F"}, {64, "00 00"}, {319, "00 FF"}, {320, "01 00 01"},
  {365, "01 2D 01"}, {65599, "01 FF FF"},
};

static gboolean
take_message (RtmpMessage * message, gpointer user_data, GError ** error)
{
  RtmpMessage *out = user_data;

  g_assert_null (out->payload);
  *out = *message;
  message->payload = NULL;
  return TRUE;
}

/* The one message that is in @hex. */
static void
read_message (const gchar * hex, RtmpMessage * message)
{
  g_autoptr (RtmpChunkReader) reader = rtmp_chunk_reader_new (NULL);
  g_autoptr (GBytes) bytes = rtmp_test_unhex (hex);
  GError *error = NULL;

  memset (message, 0, sizeof (*message));
  rtmp_chunk_reader_feed (reader, bytes, take_message, message, &error);
  g_assert_no_error (error);
  g_assert_nonnull (message->payload);
}

/* The chunks of a message, cut by 128. */
static void
assert_chunks (const RtmpMessage * message, const gchar * expected)
{
  g_autoptr (RtmpChunkWriter) writer = rtmp_chunk_writer_new ();
  gsize size, offset = 0, n;
  const guint8 *data = g_bytes_get_data (message->payload, &size);
  RtmpChunkHeaders headers;
  RtmpWriter out;

  rtmp_writer_init (&out);
  rtmp_chunk_writer_begin (writer, message, &headers);
  rtmp_writer_bytes (&out, headers.first, headers.first_size);
  while (TRUE) {
    n = MIN (size - offset, RTMP_CHUNK_SIZE_DEFAULT);
    rtmp_writer_bytes (&out, data + offset, n);
    offset += n;
    if (offset == size)
      break;
    rtmp_writer_bytes (&out, headers.next, headers.next_size);
  }
  rtmp_test_assert_bytes (rtmp_writer_take (&out), expected);
}

static void
test_basic_headers (void)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (basic_headers); i++) {
    const BasicHeader *c = &basic_headers[i];
    g_autofree gchar *hex = g_strconcat (c->bytes, "000000 000001 08 01000000"
        "AA", NULL);
    RtmpMessage message;

    read_message (hex, &message);
    g_assert_cmpuint (message.chunk_stream, ==, c->chunk_stream);
    if (c->chunk_stream < 64)
      assert_chunks (&message, hex);
    rtmp_message_clear (&message);
  }
}

/* Messages */

typedef struct
{
  const gchar *name;
  const gchar *bytes;
  guint32 chunk_stream;
  guint32 timestamp;
  guint32 message_stream;
  guint8 type;
  const gchar *payload;
} Message;

static const Message messages[] = {
  {"set-chunk-size-4096", "02 000000 000004 01 00000000 00001000", 2, 0, 0, 1,
      "00001000"},
  {"window-ack-size-2500000", "02 000000 000004 05 00000000 002625A0", 2, 0, 0,
      5, "002625A0"},
  {"set-peer-bandwidth-dynamic", "02 000000 000005 06 00000000 002625A0 02", 2,
      0, 0, 6, "002625A0 02"},
  {"stream-begin-1", "02 000000 000006 04 00000000 0000 00000001", 2, 0, 0, 4,
      "0000 00000001"},
  {"ping-request", "02 000000 000006 04 00000000 0006 A1B2C3D4", 2, 0, 0, 4,
      "0006 A1B2C3D4"},
  {"time-ffffff", "06 FFFFFF 000001 09 01000000 00FFFFFF 17", 6, 0xFFFFFF, 1,
      9, "17"},
  {"time-1000000-in-two-chunks", "06 FFFFFF 000081 09 01000000 01000000"
        "AA*128 C6 01000000 BB", 6, 0x1000000, 1, 9, "AA*128 BB"},
};

static void
test_message (gconstpointer data)
{
  const Message *c = data;
  RtmpMessage message;

  read_message (c->bytes, &message);
  g_assert_cmpuint (message.chunk_stream, ==, c->chunk_stream);
  g_assert_cmpuint (message.timestamp, ==, c->timestamp);
  g_assert_cmpuint (message.message_stream, ==, c->message_stream);
  g_assert_cmpuint (message.type, ==, c->type);
  rtmp_test_assert_bytes (g_bytes_ref (message.payload), c->payload);
  assert_chunks (&message, c->bytes);
  rtmp_message_clear (&message);
}

static void
assert_control (RtmpMessage * message, const gchar * expected)
{
  assert_chunks (message, expected);
  rtmp_message_clear (message);
}

/* The same from what they say. */
static void
test_control (void)
{
  const RtmpControl bandwidth = {.type = RTMP_MESSAGE_SET_PEER_BANDWIDTH,
    .value = 2500000,.limit_type = RTMP_LIMIT_TYPE_DYNAMIC
  };
  RtmpMessage message;

  rtmp_control_init (&message, RTMP_MESSAGE_SET_CHUNK_SIZE, 4096);
  assert_control (&message, messages[0].bytes);
  rtmp_control_init (&message, RTMP_MESSAGE_WINDOW_ACK_SIZE, 2500000);
  assert_control (&message, messages[1].bytes);
  rtmp_control_write (&bandwidth, &message);
  assert_control (&message, messages[2].bytes);
  rtmp_user_control_init (&message, RTMP_USER_CONTROL_STREAM_BEGIN, 1);
  assert_control (&message, messages[3].bytes);
  rtmp_user_control_init (&message, RTMP_USER_CONTROL_PING_REQUEST, 0xA1B2C3D4);
  assert_control (&message, messages[4].bytes);
}

/* AMF0 */

/* (transfer full) for @value. */
static void
assert_amf0 (RtmpValue * value, const gchar * hex)
{
  g_autoptr (GBytes) bytes = rtmp_test_unhex (hex);
  RtmpAmf0Parser parser;
  RtmpWriter writer;
  RtmpValue *again;
  GError *error = NULL;

  rtmp_writer_init (&writer);
  rtmp_amf0_write (&writer, value);
  rtmp_test_assert_bytes (rtmp_writer_take (&writer), hex);
  rtmp_amf0_parser_init (&parser, g_bytes_get_data (bytes, NULL),
      g_bytes_get_size (bytes), NULL);
  again = rtmp_amf0_parse (&parser, &error);
  g_assert_no_error (error);
  g_assert_false (rtmp_amf0_parser_more (&parser));
  g_assert_cmpint (rtmp_value_type (again), ==, rtmp_value_type (value));
  g_assert_cmpuint (rtmp_value_n_members (again), ==, 0);
  rtmp_amf0_parser_clear (&parser);
  rtmp_value_unref (again);
  rtmp_value_unref (value);
}

static void
test_amf0 (void)
{
  assert_amf0 (rtmp_value_new_string (""), "02 0000");
  assert_amf0 (rtmp_value_new_number (1), "00 3FF0000000000000");
  assert_amf0 (rtmp_value_new_object (), "03 000009");
  assert_amf0 (rtmp_value_new_ecma_array (), "08 00000000 000009");
}

/* A command of type 17 with AMF0 behind its selector. */
static void
test_command_of_type_17 (void)
{
  g_auto (RtmpCommand) command = { NULL, };
  RtmpMessage message;
  GError *error = NULL;

  rtmp_message_init (&message, RTMP_MESSAGE_COMMAND_AMF3,
      RTMP_CHUNK_STREAM_COMMAND, 0, 0,
      rtmp_test_unhex ("00 02 0007 636F6E6E656374 00 3FF0000000000000"));
  g_assert_true (rtmp_command_parse (&command, &message, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (command.name, ==, "connect");
  g_assert_cmpfloat (command.transaction, ==, 1);
  rtmp_message_clear (&message);
}

int
main (int argc, char **argv)
{
  guint i;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/golden/E-012-basic-headers", test_basic_headers);
  for (i = 0; i < G_N_ELEMENTS (messages); i++) {
    g_autofree gchar *path = g_strconcat ("/golden/message/",
        messages[i].name, NULL);

    g_test_add_data_func (path, &messages[i], test_message);
  }
  g_test_add_func ("/golden/E-040-E-041-control", test_control);
  g_test_add_func ("/golden/amf0", test_amf0);
  g_test_add_func ("/golden/command-of-type-17", test_command_of_type_17);
  return g_test_run ();
}

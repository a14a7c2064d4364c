/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The first byte is the message type. */
#include "rtmpcommand.h"

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

static const RtmpLimits limits = {.amf_depth = 8,.amf_values = 1024,
  .amf_bytes = 4096
};

static void
fuzz_command (const RtmpMessage * message)
{
  RtmpCommand command;
  GError *error = NULL;

  if (rtmp_command_parse (&command, message, &limits, &error)) {
    g_assert_nonnull (command.name);
    g_assert_null (rtmp_command_arg (&command, command.args->len));
    g_bytes_unref (rtmp_command_write_array (command.name,
            command.transaction, command.args));
    rtmp_command_clear (&command);
  } else {
    g_assert_nonnull (error);
    g_error_free (error);
  }
}

static void
fuzz_data (const RtmpMessage * message)
{
  gchar *name;
  gsize length;

  if (rtmp_data_parse_name (message, &name, &length))
    g_assert_cmpuint (length, <=, rtmp_message_size (message));
  g_free (name);
}

/* What comes of it has no AMF3 in it, or stays as it was. */
static void
fuzz_data_to_amf0 (RtmpMessage * message)
{
  RtmpMessage before = *message;
  GError *error = NULL;

  g_bytes_ref (before.payload);
  if (rtmp_data_to_amf0 (message, &limits, &error)) {
    g_assert_cmpint (message->type, !=, RTMP_MESSAGE_DATA_AMF3);
    fuzz_data (message);
  } else {
    g_assert_nonnull (error);
    g_error_free (error);
    g_assert_true (message->payload == before.payload);
  }
  rtmp_message_clear (&before);
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  RtmpMessage message;

  if (size == 0)
    return 0;
  rtmp_message_init (&message, data[0], 3, 0, 0,
      g_bytes_new_static (data + 1, size - 1));
  fuzz_command (&message);
  fuzz_data (&message);
  fuzz_data_to_amf0 (&message);
  rtmp_message_clear (&message);
  return 0;
}

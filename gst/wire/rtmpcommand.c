/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpcommand.h"

#include <stdarg.h>
#include <string.h>

#include "rtmpamf0.h"
#include "rtmperror.h"

#define SELECTOR_AMF0 0x00
#define AMF0_STRING 0x02

static void
parser_init (RtmpAmf0Parser * parser, const RtmpMessage * message,
    const RtmpLimits * limits)
{
  gsize size = 0;
  const guint8 *data = NULL;

  if (message->payload)
    data = g_bytes_get_data (message->payload, &size);
  rtmp_amf0_parser_init (parser, data, size, limits);
}

/* Enhanced RTMP, "Action Message Format": AMF3 messages begin with a selector,
 * and only 0 is defined: AMF0 values follow. Some peers leave it out; then the
 * name, a string, comes first. */
static gboolean
skip_selector (RtmpAmf0Parser * parser, const RtmpMessage * message,
    GError ** error)
{
  RtmpReader *reader = &parser->input.reader;
  guint8 first;

  if ((message->type != RTMP_MESSAGE_COMMAND_AMF3
          && message->type != RTMP_MESSAGE_DATA_AMF3)
      || !rtmp_reader_peek_u8 (reader, &first) || first == AMF0_STRING)
    return TRUE;
  if (first == SELECTOR_AMF0)
    return rtmp_reader_skip (reader, 1);
  g_set_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED,
      "expected selector 0 at the start of a message of type %u, got 0x%02x",
      message->type, first);
  return FALSE;
}

/* (transfer full) (nullable). As a C string the name loses trailing NULs. */
static gchar *
parse_name (RtmpAmf0Parser * parser, GError ** error)
{
  gchar *name = NULL;
  RtmpValue *value;

  if (!rtmp_amf0_parser_more (parser)) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_COMMAND,
        "expected a name, got an empty message");
    return NULL;
  }
  value = rtmp_amf0_parse (parser, error);
  if (value == NULL)
    return NULL;
  if (rtmp_value_type (value) == RTMP_VALUE_STRING)
    name = g_strdup (rtmp_value_as_string (value, NULL));
  else
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_COMMAND,
        "expected a name, a string, as the first value of the message, got %s",
        rtmp_value_type_to_string (rtmp_value_type (value)));
  rtmp_value_unref (value);
  return name;
}

/* The transaction is what a number in the first place is; where there is none,
 * the arguments begin at once. */
static gboolean
parse_args (RtmpCommand * self, RtmpAmf0Parser * parser, GError ** error)
{
  gboolean first;

  for (first = TRUE; rtmp_amf0_parser_more (parser); first = FALSE) {
    RtmpValue *value = rtmp_amf0_parse (parser, error);

    if (value == NULL)
      return FALSE;
    if (first && rtmp_value_type (value) == RTMP_VALUE_NUMBER) {
      self->transaction = rtmp_value_as_number (value, 0);
      rtmp_value_unref (value);
    } else {
      g_ptr_array_add (self->args, value);
    }
  }
  return TRUE;
}

gboolean
rtmp_command_parse (RtmpCommand * self, const RtmpMessage * message,
    const RtmpLimits * limits, GError ** error)
{
  RtmpAmf0Parser parser;
  gboolean ok;

  self->args =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rtmp_value_unref);
  self->transaction = 0;
  parser_init (&parser, message, limits);
  self->name = NULL;
  if (skip_selector (&parser, message, error))
    self->name = parse_name (&parser, error);
  ok = self->name != NULL && parse_args (self, &parser, error);
  rtmp_amf0_parser_clear (&parser);
  if (!ok)
    rtmp_command_clear (self);
  return ok;
}

void
rtmp_command_clear (RtmpCommand * self)
{
  g_free (self->name);
  if (self->args)
    g_ptr_array_unref (self->args);
  memset (self, 0, sizeof (*self));
}

RtmpValue *
rtmp_command_arg (const RtmpCommand * self, guint index)
{
  if (self->args == NULL || index >= self->args->len)
    return NULL;
  return g_ptr_array_index (self->args, index);
}

static void
write_begin (RtmpWriter * writer, const gchar * name, gdouble transaction)
{
  rtmp_writer_init (writer);
  rtmp_amf0_write_string (writer, name);
  rtmp_amf0_write_number (writer, transaction);
}

GBytes *
rtmp_command_write (const gchar * name, gdouble transaction,
    RtmpValue * first, ...)
{
  RtmpWriter writer;
  RtmpValue *value;
  va_list rest;

  write_begin (&writer, name, transaction);
  va_start (rest, first);
  for (value = first; value != NULL; value = va_arg (rest, RtmpValue *)) {
    rtmp_amf0_write (&writer, value);
    rtmp_value_unref (value);
  }
  va_end (rest);
  return rtmp_writer_take (&writer);
}

GBytes *
rtmp_command_write_array (const gchar * name, gdouble transaction,
    GPtrArray * args)
{
  RtmpWriter writer;
  guint i;

  write_begin (&writer, name, transaction);
  for (i = 0; i < args->len; i++)
    rtmp_amf0_write (&writer, g_ptr_array_index (args, i));
  return rtmp_writer_take (&writer);
}

gboolean
rtmp_data_parse_name (const RtmpMessage * message, gchar ** name,
    gsize * length)
{
  /* A message that starts with anything but a plain value fails at once. */
  static const RtmpLimits one_plain_value = {.amf_values = 1 };
  RtmpAmf0Parser parser;

  *name = NULL;
  parser_init (&parser, message, &one_plain_value);
  if (skip_selector (&parser, message, NULL))
    *name = parse_name (&parser, NULL);
  *length = parser.input.reader.pos;
  rtmp_amf0_parser_clear (&parser);
  return *name != NULL;
}

static gboolean
has_cycle (const RtmpValue * value)
{
  guint i;

  for (i = 0; i < rtmp_value_n_members (value); i++)
    if (has_cycle (rtmp_value_member (value, i, NULL)))
      return TRUE;
  return rtmp_value_type (value) == RTMP_VALUE_REFERENCE;
}

static gboolean
rewrite_value (RtmpWriter * writer, const RtmpValue * value, GError ** error)
{
  /* The number of what a reference names is another one in AMF0. */
  if (has_cycle (value)) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED,
        "AMF3: a data message with a value that holds itself");
    return FALSE;
  }
  rtmp_amf0_write (writer, value);
  if (writer->size <= RTMP_MESSAGE_MAX_SIZE)
    return TRUE;
  g_set_error (error, RTMP_ERROR, RTMP_ERROR_LIMIT_MESSAGE_SIZE,
      "AMF3: a data message that takes more than %u bytes in AMF0",
      RTMP_MESSAGE_MAX_SIZE);
  return FALSE;
}

/* (transfer full) (nullable) */
static GBytes *
rewrite_values (GPtrArray * values, GError ** error)
{
  RtmpWriter writer;
  guint i;

  rtmp_writer_init (&writer);
  for (i = 0; i < values->len; i++) {
    if (!rewrite_value (&writer, g_ptr_array_index (values, i), error)) {
      rtmp_writer_clear (&writer);
      return NULL;
    }
  }
  return rtmp_writer_take (&writer);
}

/* Where there is no AMF3, @payload may say what it likes. (transfer full)
 * (nullable) */
static GBytes *
data_to_amf0 (RtmpAmf0Parser * parser, GBytes * payload, GError ** error)
{
  g_autoptr (GPtrArray) values =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rtmp_value_unref);
  gsize start = parser->input.reader.pos;
  RtmpValue *value = NULL;
  GError *reason = NULL;

  while (rtmp_amf0_parser_more (parser)
      && (value = rtmp_amf0_parse (parser, &reason)))
    g_ptr_array_add (values, value);
  if (!parser->switched) {
    g_clear_error (&reason);
    return g_bytes_new_from_bytes (payload, start,
        g_bytes_get_size (payload) - start);
  }
  if (reason == NULL)
    return rewrite_values (values, error);
  g_propagate_error (error, reason);
  return NULL;
}

gboolean
rtmp_data_to_amf0 (RtmpMessage * message, const RtmpLimits * limits,
    GError ** error)
{
  RtmpAmf0Parser parser;
  GBytes *payload = NULL;

  if (message->type != RTMP_MESSAGE_DATA_AMF3 || message->payload == NULL)
    return TRUE;
  parser_init (&parser, message, limits);
  if (skip_selector (&parser, message, error))
    payload = data_to_amf0 (&parser, message->payload, error);
  rtmp_amf0_parser_clear (&parser);
  if (payload == NULL)
    return FALSE;
  g_bytes_unref (message->payload);
  message->payload = payload;
  message->type = RTMP_MESSAGE_DATA_AMF0;
  return TRUE;
}

GBytes *
rtmp_data_write_set_data_frame (GBytes * script_data)
{
  RtmpWriter writer;
  gsize size;
  gconstpointer data = g_bytes_get_data (script_data, &size);

  rtmp_writer_init (&writer);
  rtmp_amf0_write_string (&writer, "@setDataFrame");
  rtmp_writer_bytes (&writer, data, size);
  return rtmp_writer_take (&writer);
}

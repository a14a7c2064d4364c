/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpcommand.h"

#include <stdarg.h>
#include <string.h>

#include "rtmpamf0.h"
#include "rtmperror.h"

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
 * name, a string, comes first and no 0. */
static void
skip_selector (RtmpAmf0Parser * parser, const RtmpMessage * message)
{
  guint8 first;

  if ((message->type == RTMP_MESSAGE_COMMAND_AMF3
          || message->type == RTMP_MESSAGE_DATA_AMF3)
      && rtmp_reader_peek_u8 (&parser->reader, &first) && first == 0)
    rtmp_reader_skip (&parser->reader, 1);
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
  skip_selector (&parser, message);
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

  parser_init (&parser, message, &one_plain_value);
  skip_selector (&parser, message);
  *name = parse_name (&parser, NULL);
  *length = parser.reader.pos;
  rtmp_amf0_parser_clear (&parser);
  return *name != NULL;
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

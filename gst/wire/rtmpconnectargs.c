/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpconnectargs.h"

#include <string.h>

#include "rtmperror.h"
#include "rtmplimits.h"
#include "rtmpvalue.h"

/* An object that is not closed yet. */
typedef struct
{
  gchar *name;                  /* in the one around it; NULL: an argument */
  RtmpValue *object;
} Open;

typedef struct
{
  GPtrArray *args;              /* of RtmpValue */
  GArray *open;                 /* of Open, innermost last */
} Parser;

static void
open_clear (gpointer data)
{
  Open *open = data;

  g_free (open->name);
  rtmp_value_unref (open->object);
}

/* To the innermost object, or as an argument. (transfer full) for @value. */
static gboolean
add_value (Parser * parser, const gchar * name, RtmpValue * value)
{
  Open *inner = parser->open->len == 0 ? NULL :
      &g_array_index (parser->open, Open, parser->open->len - 1);

  if ((inner != NULL) != (name != NULL)) {
    rtmp_value_unref (value);
    return FALSE;
  }
  if (inner)
    rtmp_value_set (inner->object, name, value);
  else
    g_ptr_array_add (parser->args, value);
  return TRUE;
}

static gboolean
open_object (Parser * parser, const gchar * name)
{
  Open open = {.name = g_strdup (name),.object = rtmp_value_new_object () };
  gboolean fits = parser->open->len < rtmp_limits_default.amf_depth
      && (parser->open->len > 0) == (name != NULL);

  if (fits)
    g_array_append_val (parser->open, open);
  else
    open_clear (&open);
  return fits;
}

static gboolean
close_object (Parser * parser)
{
  Open open;
  gboolean ok;

  if (parser->open->len == 0)
    return FALSE;
  open = g_array_index (parser->open, Open, parser->open->len - 1);
  open.object = rtmp_value_ref (open.object);
  open.name = g_strdup (open.name);
  g_array_set_size (parser->open, parser->open->len - 1);
  ok = add_value (parser, open.name, open.object);
  g_free (open.name);
  return ok;
}

static gboolean
add_number (Parser * parser, const gchar * name, const gchar * text)
{
  gchar *end;
  gdouble number = g_ascii_strtod (text, &end);

  return *text != '\0' && *end == '\0'
      && add_value (parser, name, rtmp_value_new_number (number));
}

static gboolean
add_boolean (Parser * parser, const gchar * name, const gchar * text)
{
  return (g_str_equal (text, "0") || g_str_equal (text, "1"))
      && add_value (parser, name, rtmp_value_new_boolean (*text == '1'));
}

static gboolean
add_object (Parser * parser, const gchar * name, const gchar * text)
{
  if (g_str_equal (text, "0"))
    return name == NULL && close_object (parser);
  return g_str_equal (text, "1") && open_object (parser, name);
}

static gboolean
add_token (Parser * parser, gchar type, const gchar * name, const gchar * text)
{
  switch (type) {
    case 'B':
      return add_boolean (parser, name, text);
    case 'N':
      return add_number (parser, name, text);
    case 'S':
      return add_value (parser, name, rtmp_value_new_string (text));
    case 'Z':
      return add_value (parser, name, rtmp_value_new_null ());
    case 'O':
      return add_object (parser, name, text);
    default:
      return FALSE;
  }
}

static gboolean
parse_token (Parser * parser, const gchar * token)
{
  g_autofree gchar *name = NULL;
  const gchar *colon;

  if (token[0] != 'N' || token[1] == ':')
    return token[0] != '\0' && token[1] == ':'
        && add_token (parser, token[0], NULL, token + 2);
  if (token[1] == '\0' || token[2] != ':' || !(colon = strchr (token + 3, ':')))
    return FALSE;
  name = g_strndup (token + 3, colon - token - 3);
  return add_token (parser, token[1], name, colon + 1);
}

GPtrArray *
rtmp_connect_args_parse (const gchar * const *tokens, GError ** error)
{
  Parser parser;
  const gchar *wrong = NULL;

  parser.args =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rtmp_value_unref);
  parser.open = g_array_new (FALSE, FALSE, sizeof (Open));
  g_array_set_clear_func (parser.open, open_clear);
  for (; *tokens && wrong == NULL; tokens++)
    if (**tokens != '\0' && !parse_token (&parser, *tokens))
      wrong = *tokens;
  if (wrong == NULL && parser.open->len > 0)
    wrong = "the end, with an object still open";
  g_array_unref (parser.open);
  if (wrong == NULL)
    return parser.args;
  g_ptr_array_unref (parser.args);
  g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_URL,
      "connect arguments: expected B:, N:, S:, Z:, O: or, within an object, "
      "NB:name: and so on, as in \"O:1 NS:key:text O:0 B:1\"; got %s", wrong);
  return NULL;
}

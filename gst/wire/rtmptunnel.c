/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmptunnel.h"

#include <string.h>

static const gchar *const verbs[] = {
  [RTMP_TUNNEL_IDENT] = "/fcs/ident",
  [RTMP_TUNNEL_OPEN] = "/open/",
  [RTMP_TUNNEL_SEND] = "/send/",
  [RTMP_TUNNEL_IDLE] = "/idle/",
  [RTMP_TUNNEL_CLOSE] = "/close/",
};

gboolean
rtmp_tunnel_id_is_valid (const gchar * id, gsize length)
{
  gsize i;

  for (i = 0; i < length; i++)
    if (!g_ascii_isalnum (id[i]) && (id[i] == '\0'
            || strchr ("-._~", id[i]) == NULL))
      return FALSE;
  return length > 0 && length <= RTMP_TUNNEL_ID_MAX;
}

/* The path of a target, which is a whole URL where a proxy hands it on: RFC
 * 9112, 3.2.2 */
static const gchar *
path_of (const gchar * target)
{
  const gchar *path;

  if (g_ascii_strncasecmp (target, "http://", 7) != 0)
    return target;
  path = strchr (target + 7, '/');
  return path ? path : "/";
}

/* "ID/N" */
static gboolean
parse_session (RtmpTunnelRequest * self, const gchar * text)
{
  const gchar *slash = strchr (text, '/');
  guint64 sequence;

  if (slash == NULL || !rtmp_tunnel_id_is_valid (text, slash - text)
      || !g_ascii_string_to_unsigned (slash + 1, 10, 0, G_MAXUINT32, &sequence,
          NULL))
    return FALSE;
  memcpy (self->id, text, slash - text);
  self->sequence = (guint32) sequence;
  return TRUE;
}

guint
rtmp_tunnel_request_parse (RtmpTunnelRequest * self, const RtmpHttpHead * head)
{
  const gchar *path = path_of (head->target);
  guint i;

  memset (self, 0, sizeof (*self));
  for (i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (g_str_has_prefix (path, verbs[i]))
      break;
  if (i == G_N_ELEMENTS (verbs))
    return 404;
  if (strcmp (head->method, "POST") != 0)
    return 405;
  self->verb = (RtmpTunnelVerb) i;
  if (self->verb >= RTMP_TUNNEL_SEND
      && !parse_session (self, path + strlen (verbs[i])))
    return 400;
  return 200;
}

gchar *
rtmp_tunnel_request_path (const RtmpTunnelRequest * self)
{
  const gchar *verb = verbs[self->verb];

  if (self->verb == RTMP_TUNNEL_IDENT)
    return g_strconcat (verb, "2", NULL);
  if (self->verb == RTMP_TUNNEL_OPEN)
    return g_strconcat (verb, "1", NULL);
  return g_strdup_printf ("%s%s/%u", verb, self->id, self->sequence);
}

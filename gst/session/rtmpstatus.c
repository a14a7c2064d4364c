/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpstatus.h"

#include <string.h>

#include "rtmpauth.h"
#include "rtmperror.h"

/* As much of @info's string as @size holds. What is no UTF-8 becomes question
 * marks; a character that the end cuts is left out. */
static void
read_text (gchar * text, gsize size, RtmpValue * info, const gchar * name)
{
  const gchar *value = rtmp_value_get_string (info, name);
  gsize length = value ? strlen (value) : 0;
  gboolean is_cut = length >= size;
  const gchar *bad = text;

  length = MIN (length, size - 1);
  memcpy (text, value ? value : "", length);
  text[length] = '\0';
  while (!g_utf8_validate (bad, -1, &bad)) {
    gchar *p = text + (bad - text);

    if (is_cut && g_utf8_get_char_validated (p, -1) == (gunichar) - 2)
      *p = '\0';
    else
      *p = '?';
  }
}

void
rtmp_status_read (RtmpStatus * self, RtmpValue * info)
{
  read_text (self->level, sizeof (self->level), info, "level");
  read_text (self->code, sizeof (self->code), info, "code");
  read_text (self->description, sizeof (self->description), info,
      "description");
  self->info = info;
}

typedef struct
{
  const gchar *text;
  RtmpError error;
} Refusal;

/* Codes that are refusals whatever the level says. %NULL: no such code. */
static const Refusal *
find_refusal (const gchar * code)
{
  static const Refusal codes[] = {
    {"NetStream.Publish.BadName", RTMP_ERROR_IN_USE},
    {"NetStream.Publish.Denied", RTMP_ERROR_AUTH_FAILED},
    {"NetStream.Publish.Unauthorized", RTMP_ERROR_AUTH_FAILED},
    {"NetStream.Play.StreamNotFound", RTMP_ERROR_NOT_FOUND},
    {"NetStream.Play.FileNotFound", RTMP_ERROR_NOT_FOUND},
    {"NetStream.Play.Failed", RTMP_ERROR_REFUSED},
    {"NetStream.Failed", RTMP_ERROR_REFUSED},
    {"NetConnection.Connect.InvalidApp", RTMP_ERROR_NOT_FOUND},
    {"NetConnection.Connect.Closed", RTMP_ERROR_PEER_CLOSED},
    {"NetConnection.Connect.AppShutdown", RTMP_ERROR_PEER_CLOSED},
    {"NetConnection.Connect.IdleTimeout", RTMP_ERROR_PEER_CLOSED},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_str_equal (code, codes[i].text))
      return &codes[i];
  return NULL;
}

gboolean
rtmp_status_is_refusal (const RtmpStatus * self)
{
  return g_str_equal (self->level, "error") || find_refusal (self->code);
}

gboolean
rtmp_status_is_close (const RtmpStatus * self)
{
  const Refusal *known = find_refusal (self->code);

  return known && known->error == RTMP_ERROR_PEER_CLOSED;
}

/* Some servers announce only that the stream is published; librtmp takes that
 * for a start as well. */
gboolean
rtmp_status_is_start (const RtmpStatus * self, gboolean publish)
{
  static const gchar *const play[] =
      { "NetStream.Play.Start", "NetStream.Play.PublishNotify", NULL };
  static const gchar *const published[] = { "NetStream.Publish.Start", NULL };

  return g_strv_contains (publish ? published : play, self->code);
}

gboolean
rtmp_status_is_end (const RtmpStatus * self)
{
  static const gchar *const ends[] = {
    "NetStream.Play.Stop", "NetStream.Play.Complete",
    "NetStream.Play.UnpublishNotify", NULL
  };

  return g_strv_contains (ends, self->code);
}

gboolean
rtmp_status_is_seek (const RtmpStatus * self)
{
  return g_str_has_prefix (self->code, "NetStream.Seek.");
}

gboolean
rtmp_status_is_soft_failure (const RtmpStatus * self)
{
  static const gchar *const codes[] = {
    "NetStream.Seek.Failed", "NetStream.Seek.InvalidTime",
    "NetStream.Pause.Failed", "NetStream.Unpause.Failed", NULL
  };

  return g_strv_contains (codes, self->code);
}

/* Which error a refusal is, by what servers say (E-112, E-118, E-119). */
static RtmpError
classify (const RtmpStatus * self)
{
  const Refusal *known = find_refusal (self->code);
  g_autoptr (RtmpAuthChallenge) challenge =
      rtmp_auth_challenge_parse (self->description);

  if (known && known->error != RTMP_ERROR_REFUSED)
    return known->error;        /* else the description may tell more */
  if (challenge == NULL)
    return RTMP_ERROR_REFUSED;
  return challenge->reason <= RTMP_AUTH_REASON_NEED_RESPONSE
      ? RTMP_ERROR_AUTH_NEEDED : RTMP_ERROR_AUTH_FAILED;
}

gboolean
rtmp_status_refuse (const RtmpStatus * self, const gchar * what,
    GError ** error)
{
  g_set_error (error, RTMP_ERROR, classify (self),
      "the server refused %s: %s%s%s", what,
      *self->code ? self->code : "no code given",
      *self->description ? ": " : "", self->description);
  return FALSE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpconnectplan.h"

#include "rtmperror.h"
#include "rtmplog.h"
#include "rtmpstatus.h"

/* What servers send in info.ex.code. */
#define REDIRECT_CODE 302

static void
replace (gchar ** field, gchar * value)
{
  g_free (*field);
  *field = value;
}

/* (transfer full) for @query. */
static void
set_query (RtmpConnectPlan * self, gchar * query)
{
  replace (&self->query, query);
  replace (&self->app, g_strconcat (self->base_app, query, NULL));
  replace (&self->tc_url, g_strconcat (self->base_tc_url, query, NULL));
}

static gchar *
make_query (const RtmpConnectPlan * self, const RtmpAuthChallenge * challenge,
    guint32 cnonce, GError ** error)
{
  const RtmpAuthCredentials credentials = {
    .authmod = self->authmod,
    .user = self->user,
    .password = self->password,
  };

  return rtmp_auth_query (&credentials, self->base_app, self->query, challenge,
      cnonce, error);
}

/* What goes along from the start: nothing, or an authmod that the user set. */
static void
set_first_query (RtmpConnectPlan * self, guint32 cnonce)
{
  gchar *query;

  g_clear_pointer (&self->query, g_free);
  query = make_query (self, NULL, cnonce, NULL);
  set_query (self, query ? query : g_strdup (""));
}

RtmpConnectPlan *
rtmp_connect_plan_new (const gchar * host, guint16 port, RtmpScheme scheme,
    const gchar * app, const gchar * tc_url,
    const RtmpAuthCredentials * credentials, guint32 cnonce)
{
  RtmpConnectPlan *self = g_new0 (RtmpConnectPlan, 1);

  self->host = g_strdup (host);
  self->port = port;
  self->scheme = scheme;
  self->base_app = g_strdup (app ? app : "");
  self->base_tc_url = g_strdup (tc_url ? tc_url : "");
  self->authmod = credentials->authmod;
  self->user = g_strdup (credentials->user);
  self->password = g_strdup (credentials->password);
  set_first_query (self, cnonce);
  return self;
}

void
rtmp_connect_plan_free (RtmpConnectPlan * self)
{
  g_free (self->host);
  g_free (self->app);
  g_free (self->tc_url);
  g_free (self->base_app);
  g_free (self->base_tc_url);
  g_free (self->query);
  g_free (self->user);
  g_free (self->password);
  g_free (self);
}

static gboolean
authenticate (RtmpConnectPlan * self, const RtmpAuthChallenge * challenge,
    guint32 cnonce, GError ** error)
{
  gchar *query = make_query (self, challenge, cnonce, error);

  if (query == NULL)
    return FALSE;
  RTMP_DEBUG ("connecting again, to authenticate");
  set_query (self, query);
  return TRUE;
}

/* A redirect is a tcUrl: all of its path is the application. */
static void
join_path (RtmpUrl * url)
{
  if (*url->stream == '\0')
    return;
  replace (&url->application, g_strconcat (url->application, "/", url->stream,
          NULL));
  replace (&url->stream, g_strdup (""));
}

static guint
secrecy (RtmpScheme scheme)
{
  return rtmp_scheme_has_tls (scheme) ? 2 : rtmp_scheme_is_encrypted (scheme);
}

/* Not out of the encryption that the user chose: the stream's name is often its
 * key. */
static gboolean
may_follow (const RtmpConnectPlan * self, const RtmpUrl * url)
{
  return url->scheme != RTMP_SCHEME_RTMFP
      && secrecy (url->scheme) >= secrecy (self->scheme);
}

static gboolean
redirect (RtmpConnectPlan * self, const gchar * to, guint32 cnonce,
    GError ** error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (RtmpUrl) url = rtmp_url_parse (to, &local);

  if (url == NULL || !may_follow (self, url)) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_REFUSED,
        "the server redirects to where we do not go: %s",
        local ? local->message : rtmp_scheme_to_string (url->scheme));
    return FALSE;
  }
  if (++self->redirects > RTMP_CONNECT_PLAN_REDIRECTS) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_REFUSED,
        "more than %u redirects: they seem to go in a circle",
        RTMP_CONNECT_PLAN_REDIRECTS);
    return FALSE;
  }
  RTMP_INFO ("redirected to %s port %u", url->host, url->port);
  join_path (url);
  replace (&self->host, g_strdup (url->host));
  self->port = url->port;
  self->scheme = url->scheme;
  replace (&self->base_app, g_strdup (url->application));
  replace (&self->base_tc_url, rtmp_url_tc_url (url));
  set_first_query (self, cnonce);
  return TRUE;
}

/* NULL: none. */
static const gchar *
redirect_target (const RtmpValue * info)
{
  const RtmpValue *ex = rtmp_value_get (info, "ex");
  const gchar *to = rtmp_value_get_string (ex, "redirect");

  return to && *to && rtmp_value_get_number (ex, "code", 0) == REDIRECT_CODE
      ? to : NULL;
}

gboolean
rtmp_connect_plan_is_redirect (const RtmpValue * info)
{
  return redirect_target (info) != NULL;
}

gboolean
rtmp_connect_plan_next (RtmpConnectPlan * self, RtmpValue * info,
    guint32 cnonce, GError ** error)
{
  const gchar *to = redirect_target (info);
  g_autoptr (RtmpAuthChallenge) challenge = NULL;
  g_autoptr (GError) local = NULL;
  RtmpStatus status;

  if (to)
    return redirect (self, to, cnonce, error);
  rtmp_status_read (&status, info);
  challenge = rtmp_auth_challenge_parse (status.description);
  if (challenge == NULL)
    return FALSE;
  if (authenticate (self, challenge, cnonce, &local))
    return TRUE;
  g_set_error (error, local->domain, local->code, "%s; the server said: %s",
      local->message, status.description);
  return FALSE;
}

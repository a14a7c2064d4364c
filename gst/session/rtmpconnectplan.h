/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmpauth.h"
#include "rtmpurl.h"
#include "rtmpvalue.h"

G_BEGIN_DECLS

/* Redirects that are followed before it looks like a circle. */
#define RTMP_CONNECT_PLAN_REDIRECTS 5

/**
 * RtmpConnectPlan:
 * @host: to connect to
 * @app: of connect, with what authentication appended
 * @tc_url: likewise
 *
 * Where the next connection goes and what its connect says. A server that
 * rejects a connect may want another one, with an answer to its challenge, or
 * elsewhere: rtmp_connect_plan_next().
 *
 * Since: 0.1
 */
typedef struct
{
  gchar *host;
  guint16 port;
  RtmpScheme scheme;
  gchar *app;
  gchar *tc_url;

  /*< private > */
  gchar *base_app;
  gchar *base_tc_url;
  gchar *query;                 /* what authentication appended */
  RtmpAuthmod authmod;
  gchar *user;
  gchar *password;
  guint redirects;
} RtmpConnectPlan;

/* @credentials: copied. @cnonce: four random bytes. */
RtmpConnectPlan *rtmp_connect_plan_new (const gchar * host, guint16 port,
    RtmpScheme scheme, const gchar * app, const gchar * tc_url,
    const RtmpAuthCredentials * credentials, guint32 cnonce);
void rtmp_connect_plan_free (RtmpConnectPlan * self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmpConnectPlan, rtmp_connect_plan_free)

/* Whether @info (nullable), which a server says at the end, leads elsewhere. */
gboolean rtmp_connect_plan_is_redirect (const RtmpValue * info);

/* The server has rejected connect; @info (nullable) is the object in which it
 * said why. TRUE: connect again, by the plan as it is now. FALSE without an
 * error: it was no demand of that kind. FALSE with one: as rtmp_auth_query(),
 * or %RTMP_ERROR_REFUSED for a redirect that is one too many or that leads
 * nowhere. */
gboolean rtmp_connect_plan_next (RtmpConnectPlan * self,
    RtmpValue * info, guint32 cnonce, GError ** error);

G_END_DECLS

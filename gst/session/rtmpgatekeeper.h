/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Challenges that wait for their answer, and for how long: microseconds. Who
 * asks for more makes the oldest ones void. */
#define RTMP_GATEKEEPER_CHALLENGES 256
#define RTMP_GATEKEEPER_PATIENCE (60 * G_USEC_PER_SEC)

typedef enum
{
  RTMP_GATEKEEPER_ASKED,        /* it has to say more */
  RTMP_GATEKEEPER_REFUSED,      /* what it has said is wrong */
  RTMP_GATEKEEPER_ADMITTED,
} RtmpGatekeeperVerdict;

/**
 * RtmpGatekeeper:
 *
 * A server's half of Adobe's authentication, as encoders know it: a client
 * connects up to three times, each time with more in the query of its
 * application. Times are microseconds of any origin, passed in; so is
 * randomness.
 *
 * Since: 0.1
 */
typedef struct _RtmpGatekeeper RtmpGatekeeper;

/* @users: names to passwords; (transfer none), referenced. */
RtmpGatekeeper *rtmp_gatekeeper_new (GHashTable * users);
void rtmp_gatekeeper_free (RtmpGatekeeper * self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmpGatekeeper, rtmp_gatekeeper_free)

/* @query: of connect's application. @random: two numbers that nobody can
 * foresee, new ones each time.
 *
 * %RTMP_GATEKEEPER_ADMITTED with the @user (out) (transfer full) who has proved
 * to be one. Else with the @description (out) (transfer full) to refuse the
 * connect with, by which the client knows what to do next. */
RtmpGatekeeperVerdict rtmp_gatekeeper_check (RtmpGatekeeper * self,
    gint64 now, const gchar * query, const guint32 random[2], gchar ** user,
    gchar ** description);

G_END_DECLS

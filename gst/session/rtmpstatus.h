/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmpvalue.h"

G_BEGIN_DECLS

/**
 * RtmpStatus:
 * @level: "status", "warning" or "error", as a rule
 * @code: "NetStream.Publish.Start"...
 * @description: for people
 * @info: (nullable): everything the peer said
 *
 * An onStatus, an onPlayStatus, or the answer to connect. Texts are UTF-8, cut
 * where they are longer than any real one, and empty when they are missing;
 * trailing NULs are no part of them (E-088).
 *
 * Since: 0.1
 */
typedef struct
{
  gchar level[16];
  gchar code[96];
  gchar description[1024];
  RtmpValue *info;
} RtmpStatus;

/* @info is borrowed, and may be %NULL or any value. */
void rtmp_status_read (RtmpStatus * self, RtmpValue * info);

/* Level error, or a code that is a refusal whatever the level. */
gboolean rtmp_status_is_refusal (const RtmpStatus * self);
/* The connection is over (Connect.Closed, Connect.AppShutdown). */
gboolean rtmp_status_is_close (const RtmpStatus * self);
/* What was published (else played) has started. */
gboolean rtmp_status_is_start (const RtmpStatus * self, gboolean publish);
/* What was played has ended. */
gboolean rtmp_status_is_end (const RtmpStatus * self);
/* The answer to a seek. */
gboolean rtmp_status_is_seek (const RtmpStatus * self);
/* A seek or a pause did not work; the stream is as it was. */
gboolean rtmp_status_is_soft_failure (const RtmpStatus * self);

/* Sets @error, of the third band: "the server refused @what: ..." and what it
 * said. Returns %FALSE. */
gboolean rtmp_status_refuse (const RtmpStatus * self, const gchar * what,
    GError ** error);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmpframe.h"
#include "rtmpplayer.h"

G_BEGIN_DECLS

/**
 * RtmpAudience:
 *
 * The players of a mount, in all loops, and what they are sent. Any thread,
 * unless said otherwise.
 *
 * Since: 0.1
 */
typedef struct _RtmpAudience RtmpAudience;

/* All is borrowed and must outlive it; @mount is what its players leave when
 * the end has come. */
RtmpAudience *rtmp_audience_new (RtmpServer * server, RtmpMount * mount,
    const RtmpMountConfig * config);
/* When all players have been removed. Any thread but a loop's. */
void rtmp_audience_free (RtmpAudience * self);

/* In the player's loop. It gets what the cache has, and then every frame
 * once. */
void rtmp_audience_add (RtmpAudience * self, RtmpPlayer * player);
void rtmp_audience_remove (RtmpAudience * self, RtmpPlayer * player);

/* To all players, and for those to come. Never blocks. (transfer full) */
void rtmp_audience_send (RtmpAudience * self, RtmpFrame * frame);
/* As those of RtmpMount. */
void rtmp_audience_drop_headers (RtmpAudience * self, RtmpMessageType type,
    guint32 kind, guint32 mask);
void rtmp_audience_clear_metadata (RtmpAudience * self);
/* Whoever comes now gets nothing of before. */
void rtmp_audience_forget (RtmpAudience * self);

G_END_DECLS

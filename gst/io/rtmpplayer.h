/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmpcaller.h"
#include "rtmpframe.h"

G_BEGIN_DECLS

/**
 * RtmpPlayer:
 *
 * A caller that plays: which frames go to it, which it loses because it is too
 * slow for them, and with what time. Its loop's thread only.
 *
 * Since: 0.1
 */
typedef struct _RtmpPlayer RtmpPlayer;

/* @config is borrowed and must outlive it. */
RtmpPlayer *rtmp_player_new (const RtmpMountConfig * config,
    RtmpCaller * caller, guint32 stream,
    const RtmpCapabilities * capabilities);
void rtmp_player_free (RtmpPlayer * self);

RtmpCaller *rtmp_player_caller (const RtmpPlayer * self);

void rtmp_player_pause (RtmpPlayer * self, gboolean paused);
void rtmp_player_receive (RtmpPlayer * self, RtmpMessageType type,
    gboolean on);

/* Gives it what was sent before it came, up to the frame of the number
 * @last. */
void rtmp_player_begin (RtmpPlayer * self, const GPtrArray * snapshot,
    guint64 last);

typedef enum
{
  RTMP_PLAYER_GOES_ON,
  RTMP_PLAYER_ENDED,            /* the end was among the frames */
  RTMP_PLAYER_TOO_SLOW,         /* for too long: it was given nothing */
} RtmpPlayerState;

/* Gives it what it has not had of the @frames, and writes it. @payloads: those
 * of each frame's first version, for its loop. */
RtmpPlayerState rtmp_player_feed (RtmpPlayer * self, const GPtrArray * frames,
    const GPtrArray * payloads);

/* It has yet to get a picture. */
gboolean rtmp_player_is_new (const RtmpPlayer * self);
/* Frames that it has lost. */
guint64 rtmp_player_dropped_video (const RtmpPlayer * self);
guint64 rtmp_player_dropped_audio (const RtmpPlayer * self);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmpserver.h"

G_BEGIN_DECLS

/* What a message costs besides its payload. */
#define RTMP_FRAME_COST 256

/**
 * RtmpFrame:
 * @number: in the order of sending, from 1
 * @type: 0: the end
 * @begins: the first one of a publisher
 * @size: of all versions
 * @versions: a player gets the first that it may have
 *
 * What is sent, once for all players: counted, and constant once it is sent.
 *
 * Since: 0.1
 */
typedef struct
{
  gatomicrefcount refs;
  guint64 number;
  RtmpMessageType type;
  gboolean begins;
  guint32 timestamp;
  RtmpFrameFlags flags;
  gsize size;
  guint n_versions;
  RtmpVersion versions[];
} RtmpFrame;

/* Takes over what the @versions hold. */
RtmpFrame *rtmp_frame_new (RtmpMessageType type, guint32 timestamp,
    RtmpFrameFlags flags, const RtmpVersion * versions, guint n_versions);
RtmpFrame *rtmp_frame_ref (RtmpFrame * self);
void rtmp_frame_unref (RtmpFrame * self);
/* Of frames, which it lets go of. */
GPtrArray *rtmp_frame_array_new (void);

/* Without it there is nothing to be seen or heard, and it costs little. */
static inline gboolean
rtmp_frame_is_vital (const RtmpFrame * self)
{
  return self->flags & RTMP_FRAME_HEADER;
}

/**
 * RtmpFrameCache:
 *
 * What a new player has to see before anything else: the last metadata, the
 * last header of each kind, the last group of pictures. No lock of its own.
 *
 * Since: 0.1
 */
typedef struct _RtmpFrameCache RtmpFrameCache;

/* What all headers together may have, in bytes. */
#define RTMP_FRAME_CACHE_HEADERS (16 << 20)

/* @max_group: bytes of a group that is kept; 0: none is. */
RtmpFrameCache *rtmp_frame_cache_new (gsize max_group);
void rtmp_frame_cache_free (RtmpFrameCache * self);

/* Keeps a reference, if it is to be kept. */
void rtmp_frame_cache_add (RtmpFrameCache * self, RtmpFrame * frame);
/* In the order in which they are to be sent. (transfer full) */
GPtrArray *rtmp_frame_cache_snapshot (const RtmpFrameCache * self);
/* As rtmp_mount_drop_headers(). */
void rtmp_frame_cache_drop_headers (RtmpFrameCache * self,
    RtmpMessageType type, guint32 kind, guint32 mask);
void rtmp_frame_cache_clear_metadata (RtmpFrameCache * self);
void rtmp_frame_cache_clear (RtmpFrameCache * self);

G_END_DECLS

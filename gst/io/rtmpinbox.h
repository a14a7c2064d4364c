/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmpclient.h"
#include "rtmpoutqueue.h"

G_BEGIN_DECLS

typedef struct
{
  RtmpMessageType type;
  guint32 timestamp;
  GBytes *payload;
} RtmpInboxItem;

/**
 * RtmpInbox:
 *
 * What other threads have published and the loop has not taken yet, and the
 * level of all that is not sent. It has no lock: its client's is held.
 *
 * Since: 0.1
 */
typedef struct
{
  /*< private > */
  GArray *items;                /* of RtmpInboxItem */
  gsize bytes;                  /* in them */
  gsize all_bytes;              /* with those of the connection's queue */
  guint32 newest;               /* timestamps of the media queued */
  guint32 oldest;               /* of what waits; nothing if none does */
  gboolean media_waits;
} RtmpInbox;

void rtmp_inbox_init (RtmpInbox * self);
void rtmp_inbox_clear (RtmpInbox * self);

gboolean rtmp_inbox_is_empty (const RtmpInbox * self);
/* (transfer full) for the payload. TRUE: it is the first one. */
gboolean rtmp_inbox_push (RtmpInbox * self, const RtmpInboxItem * item);
/* All of them, (transfer full), with their payloads. */
GArray *rtmp_inbox_take (RtmpInbox * self);

/* @queue: of the connection, as it is now. */
void rtmp_inbox_update (RtmpInbox * self, const RtmpOutQueue * queue);
void rtmp_inbox_level (const RtmpInbox * self, RtmpClientLevel * level);

G_END_DECLS

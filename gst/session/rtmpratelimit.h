/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  RTMP_RATE_OK,
  RTMP_RATE_EXCEEDED_FIRST,     /* the first time since it was quiet */
  RTMP_RATE_EXCEEDED,
} RtmpRate;

/**
 * RtmpRateLimit:
 *
 * How often each of many peers does something: so many times at once, after
 * which it has to wait. Memory is bounded: where there are too many peers, the
 * one that has the shortest time to wait is forgotten.
 *
 * Since: 0.1
 */
typedef struct _RtmpRateLimit RtmpRateLimit;

/* @max: times in @period microseconds, not 0; @peers: those to know at once,
 * not 0. */
RtmpRateLimit *rtmp_rate_limit_new (guint max, gint64 period, guint peers);
void rtmp_rate_limit_free (RtmpRateLimit * self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmpRateLimit, rtmp_rate_limit_free)

/* @peer does it @now (microseconds of any origin). What is exceeded does not
 * count. */
RtmpRate rtmp_rate_limit_note (RtmpRateLimit * self, gint64 now,
    guint64 peer);

G_END_DECLS

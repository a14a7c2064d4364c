/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmplimits.h"

G_BEGIN_DECLS

/**
 * RtmpTransactions:
 *
 * Calls that wait for _result or _error, each with the time by which it must
 * have come. Times are microseconds of any origin.
 *
 * Since: 0.1
 */
typedef struct _RtmpTransactions RtmpTransactions;

#define RTMP_DEADLINE_NONE G_MAXINT64

typedef struct
{
  guint id;                     /* from 1, which connect must have */
  const gchar *call;            /* the command's name; static */
  gint64 deadline;              /* RTMP_DEADLINE_NONE: may stay unanswered */
} RtmpTransaction;

/* @limit: how many may wait at once; the oldest one without a deadline makes
 * room. */
RtmpTransactions *rtmp_transactions_new (guint limit);
void rtmp_transactions_free (RtmpTransactions * self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmpTransactions, rtmp_transactions_free)

/* Adds a call; @call must be a static string. Returns: its id; 0 with
 * %RTMP_ERROR_LIMIT_TRANSACTIONS. */
guint rtmp_transactions_add (RtmpTransactions * self, const gchar * call,
    gint64 deadline, GError ** error);

/* Removes the call that @id, as the peer sent it, answers. FALSE: no such
 * call; @out is untouched. */
gboolean rtmp_transactions_take (RtmpTransactions * self, gdouble id,
    RtmpTransaction * out);

gint64 rtmp_transactions_next_deadline (const RtmpTransactions * self);
/* Removes one call whose deadline is not after @now. */
gboolean rtmp_transactions_take_expired (RtmpTransactions * self, gint64 now,
    RtmpTransaction * out);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmptransaction.h"

#include "rtmperror.h"

struct _RtmpTransactions
{
  GArray *pending;              /* of RtmpTransaction, oldest first */
  guint limit;
  guint last_id;
};

RtmpTransactions *
rtmp_transactions_new (guint limit)
{
  RtmpTransactions *self = g_new0 (RtmpTransactions, 1);

  self->pending = g_array_new (FALSE, FALSE, sizeof (RtmpTransaction));
  self->limit = limit;
  return self;
}

void
rtmp_transactions_free (RtmpTransactions * self)
{
  g_array_unref (self->pending);
  g_free (self);
}

static RtmpTransaction *
nth (const RtmpTransactions * self, guint i)
{
  return &g_array_index (self->pending, RtmpTransaction, i);
}

static gboolean
make_room (RtmpTransactions * self)
{
  guint i;

  if (self->pending->len < self->limit)
    return TRUE;
  for (i = 0; i < self->pending->len; i++) {
    if (nth (self, i)->deadline == RTMP_DEADLINE_NONE) {
      g_array_remove_index (self->pending, i);
      return TRUE;
    }
  }
  return FALSE;
}

guint
rtmp_transactions_add (RtmpTransactions * self, const gchar * call,
    gint64 deadline, GError ** error)
{
  RtmpTransaction transaction = {.call = call,.deadline = deadline };

  if (!make_room (self)) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_LIMIT_TRANSACTIONS,
        "%u calls wait for an answer; %s would be one too many",
        self->pending->len, call);
    return 0;
  }
  transaction.id = ++self->last_id;
  g_array_append_val (self->pending, transaction);
  return transaction.id;
}

static void
take_index (RtmpTransactions * self, guint i, RtmpTransaction * out)
{
  *out = *nth (self, i);
  g_array_remove_index (self->pending, i);
}

gboolean
rtmp_transactions_take (RtmpTransactions * self, gdouble id,
    RtmpTransaction * out)
{
  guint i;

  for (i = 0; i < self->pending->len; i++) {
    if ((gdouble) nth (self, i)->id == id) {
      take_index (self, i, out);
      return TRUE;
    }
  }
  return FALSE;
}

gint64
rtmp_transactions_next_deadline (const RtmpTransactions * self)
{
  gint64 next = RTMP_DEADLINE_NONE;
  guint i;

  for (i = 0; i < self->pending->len; i++)
    next = MIN (next, nth (self, i)->deadline);
  return next;
}

gboolean
rtmp_transactions_take_expired (RtmpTransactions * self, gint64 now,
    RtmpTransaction * out)
{
  guint i;

  for (i = 0; i < self->pending->len; i++) {
    if (nth (self, i)->deadline <= now) {
      take_index (self, i, out);
      return TRUE;
    }
  }
  return FALSE;
}

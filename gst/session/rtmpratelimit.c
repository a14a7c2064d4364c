/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpratelimit.h"

/* A peer that does it once an interval has nothing to pay for. Each time costs
 * an interval: by then it is quiet. */
typedef struct
{
  guint64 peer;
  gint64 quiet;
  gboolean told;
} Entry;

struct _RtmpRateLimit
{
  gint64 interval;
  gint64 most;                  /* to wait, and be let in still */
  guint max_entries;
  GArray *entries;              /* of Entry; few enough to look at each */
};

RtmpRateLimit *
rtmp_rate_limit_new (guint max, gint64 period, guint peers)
{
  RtmpRateLimit *self = g_new0 (RtmpRateLimit, 1);

  self->interval = MAX (period / max, 1);
  self->most = self->interval * (max - 1);
  self->max_entries = peers;
  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  return self;
}

void
rtmp_rate_limit_free (RtmpRateLimit * self)
{
  g_array_unref (self->entries);
  g_free (self);
}

/* Its own, or one to take: of somebody who is quiet, a new one, or that of
 * whoever will be quiet first. */
static Entry *
find_entry (RtmpRateLimit * self, gint64 now, guint64 peer)
{
  const Entry fresh = {.peer = peer,.quiet = now };
  Entry *entry, *first = NULL;
  guint i;

  for (i = 0; i < self->entries->len; i++) {
    entry = &g_array_index (self->entries, Entry, i);
    if (entry->peer == peer)
      return entry;
    if (first == NULL || entry->quiet < first->quiet)
      first = entry;
  }
  if (first && (first->quiet <= now || i == self->max_entries)) {
    *first = fresh;
    return first;
  }
  g_array_append_val (self->entries, fresh);
  return &g_array_index (self->entries, Entry, i);
}

RtmpRate
rtmp_rate_limit_note (RtmpRateLimit * self, gint64 now, guint64 peer)
{
  Entry *entry = find_entry (self, now, peer);
  gboolean told = entry->told;

  if (entry->quiet <= now) {
    entry->quiet = now;
    entry->told = FALSE;
  }
  if (entry->quiet - now <= self->most) {
    entry->quiet += self->interval;
    return RTMP_RATE_OK;
  }
  entry->told = TRUE;
  return told ? RTMP_RATE_EXCEEDED : RTMP_RATE_EXCEEDED_FIRST;
}

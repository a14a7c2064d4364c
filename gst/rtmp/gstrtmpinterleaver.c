/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpinterleaver.h"

#define NEVER G_MININT64
#define MAX_DOUBTS 7

typedef struct
{
  gpointer item;
  gint64 time;
  gsize bytes;
} Entry;

struct _GstRtmpLane
{
  gpointer owner;
  GDestroyNotify free_item;
  GQueue entries;               /* of Entry */
  gsize bytes;
  gint64 reached;               /* nothing comes before */
  gboolean has_ended;
  gboolean is_linked;
  gconstpointer feeder;
  gboolean is_blocked;          /* it is full, and its feeder waits */
  gint64 since;                 /* it is awaited, or NEVER */
  gboolean is_silent;           /* it was awaited in vain, and is no more */
  guint doubts;                 /* each halves the patience with it */
};

struct _GstRtmpInterleaver
{
  GDestroyNotify free_item;
  GPtrArray *lanes;
};

static void
free_lane (gpointer data)
{
  GstRtmpLane *lane = data;

  gst_rtmp_lane_clear (lane);
  g_free (lane);
}

GstRtmpInterleaver *
gst_rtmp_interleaver_new (GDestroyNotify free_item)
{
  GstRtmpInterleaver *self = g_new0 (GstRtmpInterleaver, 1);

  self->free_item = free_item;
  self->lanes = g_ptr_array_new_with_free_func (free_lane);
  return self;
}

void
gst_rtmp_interleaver_free (GstRtmpInterleaver * self)
{
  g_ptr_array_unref (self->lanes);
  g_free (self);
}

GstRtmpLane *
gst_rtmp_interleaver_add (GstRtmpInterleaver * self, gpointer owner)
{
  GstRtmpLane *lane = g_new0 (GstRtmpLane, 1);

  lane->owner = owner;
  lane->free_item = self->free_item;
  lane->reached = lane->since = NEVER;
  g_queue_init (&lane->entries);
  g_ptr_array_add (self->lanes, lane);
  return lane;
}

void
gst_rtmp_interleaver_remove (GstRtmpInterleaver * self, GstRtmpLane * lane)
{
  g_ptr_array_remove (self->lanes, lane);
}

void
gst_rtmp_lane_push (GstRtmpLane * self, gpointer item, gint64 time, gsize bytes)
{
  Entry *entry = g_new (Entry, 1);

  entry->item = item;
  entry->time = time;
  entry->bytes = bytes;
  g_queue_push_tail (&self->entries, entry);
  self->bytes += bytes;
  gst_rtmp_lane_advance (self, time);
}

void
gst_rtmp_lane_advance (GstRtmpLane * self, gint64 until)
{
  self->reached = MAX (self->reached, until);
  if (self->since != NEVER && self->doubts > 0)
    self->doubts--;
  self->since = NEVER;
  self->is_silent = FALSE;
}

void
gst_rtmp_lane_set_linked (GstRtmpLane * self)
{
  self->is_linked = TRUE;
}

void
gst_rtmp_lane_set_feeder (GstRtmpLane * self, gconstpointer feeder)
{
  self->feeder = feeder;
}

void
gst_rtmp_lane_set_blocked (GstRtmpLane * self, gboolean blocked)
{
  self->is_blocked = blocked;
}

void
gst_rtmp_lane_set_ended (GstRtmpLane * self, gboolean ended)
{
  self->has_ended = ended;
}

void
gst_rtmp_lane_clear (GstRtmpLane * self)
{
  Entry *entry;

  while ((entry = g_queue_pop_head (&self->entries))) {
    self->free_item (entry->item);
    g_free (entry);
  }
  self->bytes = 0;
  self->reached = self->since = NEVER;
  self->has_ended = self->is_silent = FALSE;
  self->doubts = 0;
}

static const Entry *
head_of (const GstRtmpLane * self)
{
  return self->entries.head ? self->entries.head->data : NULL;
}

/* A single frame never fills a lane, however large it is: what would it wait
 * for? */
gboolean
gst_rtmp_lane_is_full (const GstRtmpLane * self)
{
  return self->entries.length > 1 && (self->bytes >= GST_RTMP_LANE_BYTES
      || self->reached - head_of (self)->time >= (gint64) GST_RTMP_LANE_TIME);
}

static gpointer
take_head (GstRtmpLane * self)
{
  Entry *entry = g_queue_pop_head (&self->entries);
  gpointer item = entry->item;

  self->bytes -= entry->bytes;
  g_free (entry);
  return item;
}

/* The lane whose first frame is the earliest; of equal ones, the first lane. */
static GstRtmpLane *
find_earliest (GstRtmpInterleaver * self)
{
  GstRtmpLane *best = NULL;

  for (guint i = 0; i < self->lanes->len; i++) {
    GstRtmpLane *lane = g_ptr_array_index (self->lanes, i);

    if (head_of (lane) && (best == NULL
            || head_of (lane)->time < head_of (best)->time))
      best = lane;
  }
  return best;
}

static gboolean
have_all_ended (GstRtmpInterleaver * self)
{
  for (guint i = 0; i < self->lanes->len; i++)
    if (!((GstRtmpLane *) g_ptr_array_index (self->lanes, i))->has_ended)
      return FALSE;
  return self->lanes->len > 0;
}

/* Whether a lane that has nothing could still bring something for before
 * @time. */
static gboolean
is_awaited (const GstRtmpLane * self, gint64 time)
{
  return !self->has_ended && !head_of (self) && self->reached < time;
}

static gboolean
is_any_awaited (GstRtmpInterleaver * self, gint64 time)
{
  for (guint i = 0; i < self->lanes->len; i++)
    if (is_awaited (g_ptr_array_index (self->lanes, i), time))
      return TRUE;
  return FALSE;
}

static gboolean
is_any_full (GstRtmpInterleaver * self)
{
  for (guint i = 0; i < self->lanes->len; i++)
    if (gst_rtmp_lane_is_full (g_ptr_array_index (self->lanes, i)))
      return TRUE;
  return FALSE;
}

/* Whether who feeds it waits at a lane that is full. */
static gboolean
is_held (GstRtmpInterleaver * self, const GstRtmpLane * lane)
{
  for (guint i = 0; i < self->lanes->len; i++) {
    const GstRtmpLane *other = g_ptr_array_index (self->lanes, i);

    if (other->is_blocked && other->feeder == lane->feeder
        && gst_rtmp_lane_is_full (other))
      return TRUE;
  }
  return FALSE;
}

/* Whether patience is to be had with a lane for a frame of @time. */
static gboolean
deserves_patience (GstRtmpInterleaver * self, const GstRtmpLane * lane,
    gint64 time)
{
  return is_awaited (lane, time) && lane->is_linked && !lane->is_silent
      && !is_held (self, lane);
}

/* Until when the patience with a lane lasts, which begins now if it has not
 * begun. */
static gint64
end_of_patience (GstRtmpLane * self, gint64 now, GstClockTime patience)
{
  /* Another clock may have been set, or this one back. */
  self->since = self->since == NEVER ? now : MIN (self->since, now);
  return self->since + (gint64) (patience >> self->doubts);
}

static gint64
end_of_all_patience (GstRtmpInterleaver * self, gint64 time, gint64 now,
    GstClockTime patience)
{
  gint64 end = now;

  for (guint i = 0; i < self->lanes->len; i++) {
    GstRtmpLane *lane = g_ptr_array_index (self->lanes, i);

    if (deserves_patience (self, lane, time))
      end = MAX (end, end_of_patience (lane, now, patience));
  }
  return end;
}

static void
stop_awaiting (GstRtmpInterleaver * self, gint64 time)
{
  for (guint i = 0; i < self->lanes->len; i++) {
    GstRtmpLane *lane = g_ptr_array_index (self->lanes, i);

    if (!deserves_patience (self, lane, time))
      continue;
    lane->is_silent = TRUE;
    lane->since = NEVER;
    lane->doubts = MIN (lane->doubts + 1, MAX_DOUBTS);
  }
}

/* Until when the frame of @time waits for other lanes. */
static gint64
end_of_waiting (GstRtmpInterleaver * self, gint64 time, gint64 now,
    GstClockTime latency)
{
  gboolean is_live = GST_CLOCK_TIME_IS_VALID (latency);
  gint64 end = now;

  if (!is_any_full (self))
    end = is_live ? time + (gint64) latency : G_MAXINT64;
  if (end == G_MAXINT64)
    return end;
  return MAX (end, end_of_all_patience (self, time, now, is_live
          ? GST_RTMP_LANE_PATIENCE_LIVE : GST_RTMP_LANE_PATIENCE));
}

GstRtmpNext
gst_rtmp_interleaver_next (GstRtmpInterleaver * self, gint64 now,
    GstClockTime latency, gpointer * owner, gpointer * item, gint64 * when)
{
  GstRtmpLane *lane = find_earliest (self);
  gint64 time;

  if (lane == NULL)
    return have_all_ended (self) ? GST_RTMP_NEXT_END : GST_RTMP_NEXT_NONE;
  time = head_of (lane)->time;
  if (is_any_awaited (self, time)) {
    *when = end_of_waiting (self, time, now, latency);
    if (*when > now)
      return *when == G_MAXINT64 ? GST_RTMP_NEXT_NONE : GST_RTMP_NEXT_LATER;
    stop_awaiting (self, time);
  }
  *owner = lane->owner;
  *item = take_head (lane);
  return GST_RTMP_NEXT_ITEM;
}

gboolean
gst_rtmp_interleaver_peek_time (GstRtmpInterleaver * self, gint64 * time)
{
  GstRtmpLane *lane = find_earliest (self);

  if (lane)
    *time = head_of (lane)->time;
  return lane != NULL;
}

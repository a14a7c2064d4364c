/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpinterleaver.h"

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
  lane->reached = G_MININT64;
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
  self->reached = G_MININT64;
  self->has_ended = FALSE;
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
is_awaited (GstRtmpInterleaver * self, gint64 time)
{
  for (guint i = 0; i < self->lanes->len; i++) {
    GstRtmpLane *lane = g_ptr_array_index (self->lanes, i);

    if (!lane->has_ended && !head_of (lane) && lane->reached < time)
      return TRUE;
  }
  return FALSE;
}

/* Who fills a lane may be who would fill another: one thread for all. */
static gboolean
is_any_full (GstRtmpInterleaver * self)
{
  for (guint i = 0; i < self->lanes->len; i++)
    if (gst_rtmp_lane_is_full (g_ptr_array_index (self->lanes, i)))
      return TRUE;
  return FALSE;
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
  if (is_awaited (self, time) && !is_any_full (self)) {
    *when = time + (gint64) latency;
    if (now == GST_RTMP_NO_CLOCK)
      return GST_RTMP_NEXT_NONE;
    if (now < *when)
      return GST_RTMP_NEXT_LATER;
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

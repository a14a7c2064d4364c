/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flvindex.h"

#include "rtmplog.h"

#define MAX_POSITION ((gdouble) (G_GINT64_CONSTANT (1) << 53))
#define MAX_SECONDS 1e9

/* FALSE also for NaN. */
static gboolean
parse_number (const RtmpValue * value, gdouble max, gdouble * out)
{
  *out = rtmp_value_as_number (value, -1);
  return *out >= 0 && *out <= max;
}

static gboolean
parse_entry (const RtmpValue * position, const RtmpValue * time,
    FlvIndexEntry * entry)
{
  gdouble bytes, seconds;

  if (!parse_number (position, MAX_POSITION, &bytes)
      || !parse_number (time, MAX_SECONDS, &seconds))
    return FALSE;
  entry->position = (guint64) bytes;
  entry->time = (guint64) (seconds * 1000 + 0.5);
  return TRUE;
}

static gboolean
is_behind (const FlvIndexEntry * entry, const GArray * index)
{
  const FlvIndexEntry *last;

  if (index->len == 0)
    return TRUE;
  last = &g_array_index (index, FlvIndexEntry, index->len - 1);
  return entry->position > last->position && entry->time >= last->time;
}

GArray *
flv_index_parse (const RtmpValue * metadata)
{
  const RtmpValue *keyframes = rtmp_value_get (metadata, "keyframes");
  const RtmpValue *positions = rtmp_value_get (keyframes, "filepositions");
  const RtmpValue *times = rtmp_value_get (keyframes, "times");
  guint n = rtmp_value_n_members (positions);
  g_autoptr (GArray) index = NULL;

  if (n == 0 || n != rtmp_value_n_members (times))
    return NULL;
  index = g_array_sized_new (FALSE, FALSE, sizeof (FlvIndexEntry), n);
  for (guint i = 0; i < n; i++) {
    FlvIndexEntry entry;

    if (!parse_entry (rtmp_value_member (positions, i, NULL),
            rtmp_value_member (times, i, NULL), &entry)
        || !is_behind (&entry, index)) {
      RTMP_DEBUG ("onMetaData: entry %u of the index cannot be", i);
      return NULL;
    }
    g_array_append_val (index, entry);
  }
  return g_steal_pointer (&index);
}

const FlvIndexEntry *
flv_index_find (const GArray * index, guint64 time)
{
  guint first = 0, end = index->len;

  /* The entries before first are at or before the time, those from end on are
   * not. */
  while (first < end) {
    guint middle = first + (end - first) / 2;

    if (g_array_index (index, FlvIndexEntry, middle).time <= time)
      first = middle + 1;
    else
      end = middle;
  }
  return first > 0 ? &g_array_index (index, FlvIndexEntry, first - 1) : NULL;
}

/* AMF0, 2.2, 2.5, 2.12: a name has its length before it, an object its end
 * behind it, an array its count, and each value its type. */
#define NAME_SIZE(name) (2 + sizeof (name) - 1)
#define NUMBER_SIZE 9
#define ARRAY_SIZE 5
#define OBJECT_SIZE (1 + 3)

gsize
flv_index_size (guint n)
{
  if (n == 0)
    return 0;
  return NAME_SIZE ("keyframes") + OBJECT_SIZE
      + NAME_SIZE ("filepositions") + ARRAY_SIZE
      + NAME_SIZE ("times") + ARRAY_SIZE + 2 * NUMBER_SIZE * (gsize) n;
}

void
flv_index_thin (GArray * index, guint n)
{
  if (index->len <= n)
    return;
  for (guint i = 0; i < n; i++)
    g_array_index (index, FlvIndexEntry, i) =
        g_array_index (index, FlvIndexEntry, (guint64) i * index->len / n);
  g_array_set_size (index, n);
}

RtmpValue *
flv_index_write (const GArray * index)
{
  RtmpValue *keyframes = rtmp_value_new_object ();
  RtmpValue *positions = rtmp_value_new_strict_array ();
  RtmpValue *times = rtmp_value_new_strict_array ();

  for (guint i = 0; i < index->len; i++) {
    const FlvIndexEntry *entry = &g_array_index (index, FlvIndexEntry, i);

    rtmp_value_append (positions,
        rtmp_value_new_number ((gdouble) entry->position));
    rtmp_value_append (times,
        rtmp_value_new_number ((gdouble) entry->time / 1000));
  }
  rtmp_value_set (keyframes, "filepositions", positions);
  rtmp_value_set (keyframes, "times", times);
  return keyframes;
}

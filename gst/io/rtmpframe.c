/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpframe.h"

/* Headers that are kept: more kinds than any stream has tracks. */
#define MAX_HEADERS 64

struct _RtmpFrameCache
{
  gsize max_group;
  RtmpFrame *metadata;
  GPtrArray *headers;           /* of RtmpFrame, each of another kind */
  gsize header_bytes;
  GPtrArray *group;             /* of RtmpFrame: the last group of pictures */
  gsize group_bytes;
};

/* Frames */

RtmpFrame *
rtmp_frame_new (RtmpMessageType type, guint32 timestamp, RtmpFrameFlags flags,
    const RtmpVersion * versions, guint n_versions)
{
  RtmpFrame *self =
      g_malloc0 (sizeof (RtmpFrame) + n_versions * sizeof (*versions));
  guint i;

  g_atomic_ref_count_init (&self->refs);
  self->type = type;
  self->timestamp = timestamp;
  self->flags = flags;
  self->n_versions = n_versions;
  for (i = 0; i < n_versions; i++) {
    self->versions[i] = versions[i];
    self->size += g_bytes_get_size (versions[i].payload);
  }
  return self;
}

RtmpFrame *
rtmp_frame_ref (RtmpFrame * self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
rtmp_frame_unref (RtmpFrame * self)
{
  guint i;

  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  for (i = 0; i < self->n_versions; i++)
    rtmp_version_clear (&self->versions[i]);
  g_free (self);
}

GPtrArray *
rtmp_frame_array_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) rtmp_frame_unref);
}

/* What new players get */

RtmpFrameCache *
rtmp_frame_cache_new (gsize max_group)
{
  RtmpFrameCache *self = g_new0 (RtmpFrameCache, 1);

  self->max_group = max_group;
  self->headers = rtmp_frame_array_new ();
  self->group = rtmp_frame_array_new ();
  return self;
}

void
rtmp_frame_cache_free (RtmpFrameCache * self)
{
  g_clear_pointer (&self->metadata, rtmp_frame_unref);
  g_ptr_array_unref (self->headers);
  g_ptr_array_unref (self->group);
  g_free (self);
}

void
rtmp_frame_cache_clear_metadata (RtmpFrameCache * self)
{
  g_clear_pointer (&self->metadata, rtmp_frame_unref);
}

static void
replace_metadata (RtmpFrameCache * self, RtmpFrame * frame)
{
  rtmp_frame_cache_clear_metadata (self);
  self->metadata = rtmp_frame_ref (frame);
}

static void
clear_group (RtmpFrameCache * self)
{
  g_ptr_array_set_size (self->group, 0);
  self->group_bytes = 0;
}

/* The group begins with a key frame and is kept whole or not at all. Sound
 * alone needs no past. */
static void
cache_group (RtmpFrameCache * self, RtmpFrame * frame)
{
  if (frame->flags & RTMP_FRAME_KEY)
    clear_group (self);
  else if (self->group->len == 0)
    return;
  g_ptr_array_add (self->group, rtmp_frame_ref (frame));
  self->group_bytes += frame->size + RTMP_FRAME_COST;
  if (self->group_bytes > self->max_group)
    clear_group (self);
}

static void
drop_header (RtmpFrameCache * self, guint index)
{
  const RtmpFrame *frame = g_ptr_array_index (self->headers, index);

  self->header_bytes -= frame->size;
  g_ptr_array_remove_index (self->headers, index);
}

/* A later one of its kind takes the place of an earlier one. */
static void
cache_header (RtmpFrameCache * self, RtmpFrame * frame)
{
  guint i;

  for (i = 0; i < self->headers->len; i++) {
    const RtmpFrame *other = g_ptr_array_index (self->headers, i);

    if (other->type == frame->type && other->flags == frame->flags)
      break;
  }
  if (i < self->headers->len)
    drop_header (self, i);
  g_ptr_array_add (self->headers, rtmp_frame_ref (frame));
  self->header_bytes += frame->size;
  while (self->headers->len > MAX_HEADERS
      || self->header_bytes > RTMP_FRAME_CACHE_HEADERS)
    drop_header (self, 0);
}

static gboolean
is_of_kind (const RtmpFrame * frame, RtmpMessageType type, guint32 kind,
    guint32 mask)
{
  return frame->type == type && ((frame->flags ^ RTMP_FRAME_HEADER_OF (kind))
      & RTMP_FRAME_HEADER_OF (mask)) == 0;
}

void
rtmp_frame_cache_add (RtmpFrameCache * self, RtmpFrame * frame)
{
  if (rtmp_frame_is_vital (frame) && frame->type == RTMP_MESSAGE_DATA_AMF0)
    replace_metadata (self, frame);
  else if (rtmp_frame_is_vital (frame))
    cache_header (self, frame);
  else if (frame->type != 0 && self->max_group > 0)
    cache_group (self, frame);
}

void
rtmp_frame_cache_drop_headers (RtmpFrameCache * self, RtmpMessageType type,
    guint32 kind, guint32 mask)
{
  guint i;

  for (i = self->headers->len; i > 0; i--)
    if (is_of_kind (g_ptr_array_index (self->headers, i - 1), type, kind, mask))
      drop_header (self, i - 1);
  clear_group (self);
}

GPtrArray *
rtmp_frame_cache_snapshot (const RtmpFrameCache * self)
{
  GPtrArray *frames = rtmp_frame_array_new ();
  guint i;

  if (self->metadata)
    g_ptr_array_add (frames, rtmp_frame_ref (self->metadata));
  for (i = 0; i < self->headers->len; i++)
    g_ptr_array_add (frames, rtmp_frame_ref (g_ptr_array_index (self->headers,
                i)));
  for (i = 0; i < self->group->len; i++)
    g_ptr_array_add (frames, rtmp_frame_ref (g_ptr_array_index (self->group,
                i)));
  return frames;
}

void
rtmp_frame_cache_clear (RtmpFrameCache * self)
{
  rtmp_frame_cache_clear_metadata (self);
  g_ptr_array_set_size (self->headers, 0);
  self->header_bytes = 0;
  clear_group (self);
}

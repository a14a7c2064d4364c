/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpinbox.h"

static GArray *
make_items (void)
{
  return g_array_new (FALSE, FALSE, sizeof (RtmpInboxItem));
}

void
rtmp_inbox_init (RtmpInbox * self)
{
  *self = (RtmpInbox) {
  .items = make_items ()};
}

void
rtmp_inbox_clear (RtmpInbox * self)
{
  guint i;

  for (i = 0; i < self->items->len; i++)
    g_bytes_unref (g_array_index (self->items, RtmpInboxItem, i).payload);
  g_clear_pointer (&self->items, g_array_unref);
}

gboolean
rtmp_inbox_is_empty (const RtmpInbox * self)
{
  return self->items->len == 0;
}

static gboolean
is_media (RtmpMessageType type)
{
  return type == RTMP_MESSAGE_AUDIO || type == RTMP_MESSAGE_VIDEO;
}

gboolean
rtmp_inbox_push (RtmpInbox * self, const RtmpInboxItem * item)
{
  gsize size = g_bytes_get_size (item->payload);

  if (is_media (item->type)) {
    if (!self->media_waits)
      self->oldest = item->timestamp;
    self->media_waits = TRUE;
    self->newest = item->timestamp;
  }
  g_array_append_vals (self->items, item, 1);
  self->bytes += size;
  self->all_bytes += size;
  return self->items->len == 1;
}

GArray *
rtmp_inbox_take (RtmpInbox * self)
{
  GArray *items = self->items;

  self->items = make_items ();
  self->bytes = 0;
  return items;
}

/* The oldest media that waits: in the connection's queue, or else here. */
void
rtmp_inbox_update (RtmpInbox * self, const RtmpOutQueue * queue)
{
  guint i;

  self->all_bytes = self->bytes + rtmp_out_queue_bytes (queue);
  self->media_waits = TRUE;
  if (rtmp_out_queue_oldest (queue, &self->oldest))
    return;
  for (i = 0; i < self->items->len; i++) {
    const RtmpInboxItem *item = &g_array_index (self->items, RtmpInboxItem, i);

    if (is_media (item->type)) {
      self->oldest = item->timestamp;
      return;
    }
  }
  self->media_waits = FALSE;
  self->oldest = self->newest;
}

/* Time from oldest to newest is across the wrap; a step back counts as
 * nothing. */
void
rtmp_inbox_level (const RtmpInbox * self, RtmpClientLevel * level)
{
  guint32 time = self->newest - self->oldest;

  level->bytes = self->all_bytes;
  level->time = time < G_MAXINT32 ? time : 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpgather.h"

#include <string.h>

void
rtmp_gather_begin (RtmpGather * self, gsize size)
{
  rtmp_gather_clear (self);
  self->size = size;
}

void
rtmp_gather_clear (RtmpGather * self)
{
  g_free (self->data);
  memset (self, 0, sizeof (*self));
}

gsize
rtmp_gather_allocation (const RtmpGather * self, gsize n)
{
  gsize wanted = self->filled + MIN (n, rtmp_gather_missing (self));

  if (wanted <= self->allocated)
    return self->allocated;
  return MIN (self->size, MAX (4 * wanted, RTMP_GATHER_FREE_SIZE));
}

gsize
rtmp_gather_append (RtmpGather * self, const guint8 * data, gsize n)
{
  gsize allocation = rtmp_gather_allocation (self, n);

  n = MIN (n, rtmp_gather_missing (self));
  if (n == 0)
    return 0;
  if (allocation > self->allocated) {
    self->allocated = allocation;
    self->data = g_realloc (self->data, self->allocated);
  }
  memcpy (self->data + self->filled, data, n);
  self->filled += n;
  return n;
}

GBytes *
rtmp_gather_take (RtmpGather * self)
{
  GBytes *bytes = g_bytes_new_take (self->data, self->filled);

  memset (self, 0, sizeof (*self));
  return bytes;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpwriter.h"

#include <string.h>

void
rtmp_writer_init (RtmpWriter * self)
{
  memset (self, 0, sizeof (*self));
}

void
rtmp_writer_clear (RtmpWriter * self)
{
  g_free (self->data);
  rtmp_writer_init (self);
}

GBytes *
rtmp_writer_take (RtmpWriter * self)
{
  GBytes *bytes = g_bytes_new_take (self->data, self->size);

  rtmp_writer_init (self);
  return bytes;
}

/* Room for @n more bytes, counted as written; where they go. */
static guint8 *
writer_grow (RtmpWriter * self, gsize n)
{
  guint8 *p;

  if (self->allocated - self->size < n) {
    self->allocated = MAX (self->size + n, MAX (64, self->allocated * 2));
    self->data = g_realloc (self->data, self->allocated);
  }
  p = self->data + self->size;
  self->size += n;
  return p;
}

void
rtmp_writer_bytes (RtmpWriter * self, gconstpointer data, gsize size)
{
  if (size > 0)
    memcpy (writer_grow (self, size), data, size);
}

void
rtmp_writer_u8 (RtmpWriter * self, guint8 value)
{
  *writer_grow (self, 1) = value;
}

void
rtmp_writer_u16 (RtmpWriter * self, guint16 value)
{
  rtmp_put_be (writer_grow (self, 2), value, 2);
}

void
rtmp_writer_u32 (RtmpWriter * self, guint32 value)
{
  rtmp_put_be (writer_grow (self, 4), value, 4);
}

void
rtmp_writer_u32_le (RtmpWriter * self, guint32 value)
{
  value = GUINT32_TO_LE (value);
  rtmp_writer_bytes (self, &value, 4);
}

void
rtmp_writer_u64 (RtmpWriter * self, guint64 value)
{
  rtmp_put_be (writer_grow (self, 8), value, 8);
}

void
rtmp_writer_f64 (RtmpWriter * self, gdouble value)
{
  guint64 bits;

  memcpy (&bits, &value, 8);
  rtmp_writer_u64 (self, bits);
}

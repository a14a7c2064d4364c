/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/**
 * RtmpReader:
 *
 * A cursor over borrowed bytes that cannot leave them. Each read returns %FALSE
 * and leaves the cursor where it was when the bytes do not suffice. Big-endian
 * unless the name says otherwise. Lives on the stack; nothing to free.
 *
 * Since: 0.1
 */
typedef struct
{
  const guint8 *data;
  gsize size;
  gsize pos;
} RtmpReader;

static inline void
rtmp_reader_init (RtmpReader * self, const guint8 * data, gsize size)
{
  self->data = data;
  self->size = size;
  self->pos = 0;
}

static inline void
rtmp_reader_init_bytes (RtmpReader * self, GBytes * bytes)
{
  gsize size;
  const guint8 *data = (const guint8 *) g_bytes_get_data (bytes, &size);

  rtmp_reader_init (self, data, size);
}

static inline gsize
rtmp_reader_left (const RtmpReader * self)
{
  return self->size - self->pos;
}

/* @out points into the reader's bytes (transfer none). */
static inline gboolean
rtmp_reader_bytes (RtmpReader * self, gsize n, const guint8 ** out)
{
  if (rtmp_reader_left (self) < n)
    return FALSE;
  *out = self->data + self->pos;
  self->pos += n;
  return TRUE;
}

static inline gboolean
rtmp_reader_skip (RtmpReader * self, gsize n)
{
  const guint8 *p;

  return rtmp_reader_bytes (self, n, &p);
}

static inline gboolean
rtmp_reader_peek_u8 (const RtmpReader * self, guint8 * out)
{
  if (rtmp_reader_left (self) < 1)
    return FALSE;
  *out = self->data[self->pos];
  return TRUE;
}

static inline gboolean
rtmp_reader_u8 (RtmpReader * self, guint8 * out)
{
  const guint8 *p;

  if (!rtmp_reader_bytes (self, 1, &p))
    return FALSE;
  *out = p[0];
  return TRUE;
}

static inline gboolean
rtmp_reader_u16 (RtmpReader * self, guint16 * out)
{
  const guint8 *p;

  if (!rtmp_reader_bytes (self, 2, &p))
    return FALSE;
  *out = (guint16) (p[0] << 8 | p[1]);
  return TRUE;
}

static inline gboolean
rtmp_reader_u24 (RtmpReader * self, guint32 * out)
{
  const guint8 *p;

  if (!rtmp_reader_bytes (self, 3, &p))
    return FALSE;
  *out = (guint32) p[0] << 16 | (guint32) p[1] << 8 | p[2];
  return TRUE;
}

static inline gboolean
rtmp_reader_u32 (RtmpReader * self, guint32 * out)
{
  const guint8 *p;

  if (!rtmp_reader_bytes (self, 4, &p))
    return FALSE;
  memcpy (out, p, 4);
  *out = GUINT32_FROM_BE (*out);
  return TRUE;
}

static inline gboolean
rtmp_reader_u32_le (RtmpReader * self, guint32 * out)
{
  const guint8 *p;

  if (!rtmp_reader_bytes (self, 4, &p))
    return FALSE;
  memcpy (out, p, 4);
  *out = GUINT32_FROM_LE (*out);
  return TRUE;
}

static inline gboolean
rtmp_reader_u64 (RtmpReader * self, guint64 * out)
{
  const guint8 *p;

  if (!rtmp_reader_bytes (self, 8, &p))
    return FALSE;
  memcpy (out, p, 8);
  *out = GUINT64_FROM_BE (*out);
  return TRUE;
}

static inline gboolean
rtmp_reader_f64 (RtmpReader * self, gdouble * out)
{
  guint64 bits;

  if (!rtmp_reader_u64 (self, &bits))
    return FALSE;
  memcpy (out, &bits, 8);
  return TRUE;
}

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The low @width bytes of @value, big-endian, to where there is room for them;
 * where they end. */
static inline guint8 *
rtmp_put_be (guint8 * p, guint64 value, guint width)
{
  while (width > 0)
    *p++ = (guint8) (value >> (8 * --width));
  return p;
}

/**
 * RtmpWriter:
 *
 * A growing buffer of bytes, big-endian unless the name says otherwise. Lives
 * on the stack: rtmp_writer_init(), write, then rtmp_writer_take() or
 * rtmp_writer_clear(). Writing cannot fail.
 *
 * Since: 0.1
 */
typedef struct
{
  guint8 *data;
  gsize size;
  gsize allocated;
} RtmpWriter;

void rtmp_writer_init (RtmpWriter * self);
void rtmp_writer_clear (RtmpWriter * self);

/* The bytes written; the writer is empty again. (transfer full) */
GBytes *rtmp_writer_take (RtmpWriter * self);

void rtmp_writer_bytes (RtmpWriter * self, gconstpointer data, gsize size);
void rtmp_writer_u8 (RtmpWriter * self, guint8 value);
void rtmp_writer_u16 (RtmpWriter * self, guint16 value);
void rtmp_writer_u32 (RtmpWriter * self, guint32 value);
void rtmp_writer_u32_le (RtmpWriter * self, guint32 value);
void rtmp_writer_u64 (RtmpWriter * self, guint64 value);
void rtmp_writer_f64 (RtmpWriter * self, gdouble value);

G_END_DECLS

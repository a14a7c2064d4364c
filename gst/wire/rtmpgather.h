/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A body is gathered in one piece up to this size, whatever was announced;
 * above it, memory is at most four times what has arrived. */
#define RTMP_GATHER_FREE_SIZE (64 << 10)

/**
 * RtmpGather:
 *
 * One body of known size that arrives in pieces. Memory follows what arrived,
 * not what was announced. Lives inside another struct; all zeros is empty.
 *
 * Since: 0.1
 */
typedef struct
{
  guint8 *data;
  gsize size;                   /* announced */
  gsize filled;
  gsize allocated;
} RtmpGather;

/* Begins a body of @size bytes; the last one is dropped. */
void rtmp_gather_begin (RtmpGather * self, gsize size);
void rtmp_gather_clear (RtmpGather * self);

/* What is allocated once up to @n more bytes are appended: for caps. */
gsize rtmp_gather_allocation (const RtmpGather * self, gsize n);

/* Appends up to what is missing; how many bytes that were. */
gsize rtmp_gather_append (RtmpGather * self, const guint8 * data, gsize n);

static inline gsize
rtmp_gather_missing (const RtmpGather * self)
{
  return self->size - self->filled;
}

/* The complete body; empty again. (transfer full) */
GBytes *rtmp_gather_take (RtmpGather * self);

G_END_DECLS

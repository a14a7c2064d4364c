/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* ITU-T H.273: of color primaries, transfer characteristics and matrix
 * coefficients, the code for what is not known. */
#define FLV_COLOR_UNSPECIFIED 2

/**
 * FlvBits:
 *
 * A cursor over the bits of borrowed bytes, highest bit first. Behind the last
 * one it reads zeros, and @overrun says so: a header is read to its end and
 * checked once. Lives on the stack; nothing to free.
 *
 * Since: 0.1
 */
typedef struct
{
  const guint8 *data;
  gsize size;
  gsize byte;
  guint bit;                    /* of byte, 0 is the highest */
  gboolean overrun;
} FlvBits;

static inline void
flv_bits_init (FlvBits * self, const guint8 * data, gsize size)
{
  self->data = data;
  self->size = size;
  self->byte = 0;
  self->bit = 0;
  self->overrun = FALSE;
}

static inline guint
flv_bits_read_one (FlvBits * self)
{
  guint value;

  if (self->byte >= self->size) {
    self->overrun = TRUE;
    return 0;
  }
  value = self->data[self->byte] >> (7 - self->bit) & 1;
  self->bit = (self->bit + 1) % 8;
  self->byte += self->bit == 0;
  return value;
}

/* Up to 32 bits. */
static inline guint32
flv_bits_read (FlvBits * self, guint n)
{
  guint32 value = 0;

  while (n-- > 0)
    value = value << 1 | flv_bits_read_one (self);
  return value;
}

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmpreader.h"

G_BEGIN_DECLS

/**
 * FlvAv1:
 * @level: seq_level_idx of the first operating point, as @tier
 * @primaries: H.273 code, as @transfer and @matrix: 2 if not known
 * @width: 0 if not known, as @height
 * @header: (nullable): the sequence header without its OBU header, in the bytes
 *   that were read
 * @header_size: its size
 *
 * What describes an AV1 stream: its AV1CodecConfigurationRecord ("AV1 Codec ISO
 * Media File Format Binding", 2.3) or its sequence header.
 *
 * Since: 0.1
 */
typedef struct
{
  guint8 profile;
  guint8 level;
  guint8 tier;
  guint8 bit_depth;
  gboolean monochrome;
  gboolean subsampling_x;
  gboolean subsampling_y;
  guint8 sample_position;
  gboolean full_range;
  guint8 primaries;
  guint8 transfer;
  guint8 matrix;
  guint width;
  guint height;
  const guint8 *header;
  gsize header_size;
} FlvAv1;

/* A record; if it holds a sequence header, that one counts. On
 * %RTMP_ERROR_BAD_FLV, @self is undefined. */
gboolean flv_av1_parse (FlvAv1 * self, const guint8 * data, gsize size,
    GError ** error);

/* The first sequence header of a temporal unit. %FALSE if there is none, or it
 * is cut off; @self is undefined then. */
gboolean flv_av1_parse_unit (FlvAv1 * self, const guint8 * data, gsize size);

/* The next OBU of a temporal unit, without its header; one that does not tell
 * its size reaches to the end. FALSE at the end, or when it is cut off. */
gboolean flv_av1_read_obu (RtmpReader * reader, guint * type,
    const guint8 ** data, gsize * size);

/* A record, with the sequence header if @self has one: the bytes that it was
 * read from must live still. (transfer full) */
GBytes *flv_av1_write (const FlvAv1 * self);

G_END_DECLS

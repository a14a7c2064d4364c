/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include "rtmpvalue.h"

G_BEGIN_DECLS

/* The index of key frames in onMetaData: a convention of writers, in no
 * specification. It is often wrong, and flvmux's has audio tags too: who seeks
 * by it looks first whether a tag begins there, and which. */

/**
 * FlvIndexEntry:
 * @position: of a tag's first byte in the file
 * @time: milliseconds
 *
 * Since: 0.1
 */
typedef struct
{
  guint64 position;
  guint64 time;
} FlvIndexEntry;

/* The index in @metadata, the object of onMetaData: positions rise, times do
 * not fall. One that is not so, or whose lists differ in length, is none.
 * Returns: (transfer full) (nullable) (element-type FlvIndexEntry): at least an
 * entry. */
GArray *flv_index_parse (const RtmpValue * metadata);

/* The last entry at or before @time. (transfer none) (nullable) */
const FlvIndexEntry *flv_index_find (const GArray * index, guint64 time);

/* The member "keyframes" for onMetaData. (transfer full) */
RtmpValue *flv_index_write (const GArray * index);
/* Bytes that it takes there, with its name, if it has @n entries; 0 for none,
 * when it need not be there. */
gsize flv_index_size (guint n);
/* At most @n entries stay, at even distances; the first is one of them. */
void flv_index_thin (GArray * index, guint n);

G_END_DECLS

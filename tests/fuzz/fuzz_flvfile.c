/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The same tags come out of the bytes whole, and in blocks of the size that the
 * first byte says, whether or not damage is left out. */
#include "flvfile.h"

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

static gboolean
on_tag (const FlvTag * tag, gpointer user_data, GError ** error)
{
  guint *sum = user_data;

  *sum = *sum * 31 + g_bytes_hash (tag->body);
  *sum = *sum * 31 + tag->type + tag->timestamp + (guint) tag->encrypted;
  *sum = *sum * 31 + (guint) tag->after_gap;
  return TRUE;
}

static guint
run (const guint8 * data, gsize size, gsize step, gboolean resync)
{
  g_autoptr (FlvReader) reader = flv_reader_new ();
  g_autoptr (GError) error = NULL;
  guint sum = 0;
  gsize i;

  flv_reader_set_resync (reader, resync);
  for (i = 0; i < size && error == NULL; i += step) {
    g_autoptr (GBytes) block = g_bytes_new (data + i, MIN (step, size - i));

    flv_reader_feed (reader, block, on_tag, &sum, &error);
  }
  if (error)
    g_assert_error (error, RTMP_ERROR, RTMP_ERROR_BAD_FLV);
  return sum * 2 + (guint) flv_reader_is_partial (reader) + (error != NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  for (gboolean resync = FALSE; size > 1 && resync <= TRUE; resync++)
    g_assert_cmpuint (run (data + 1, size - 1, size - 1, resync), ==,
        run (data + 1, size - 1, (gsize) data[0] + 1, resync));
  return 0;
}

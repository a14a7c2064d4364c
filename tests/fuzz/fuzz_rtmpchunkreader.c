/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The first byte says whether to sniff (bit 0); the rest is what a peer sends
 * after the handshake. In blocks of any size it must read the same. */
#include "rtmpchunkreader.h"

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

static gboolean
add_message (RtmpMessage * message, gpointer user_data, GError ** error)
{
  guint32 *hash = user_data;
  const guint32 words[] = { message->type, message->chunk_stream,
    message->message_stream, message->timestamp,
    g_bytes_hash (message->payload)
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (words); i++)
    *hash = *hash * 33 + words[i];
  return TRUE;
}

/* What came of it, in one number. */
static guint32
read_in_blocks (const guint8 * data, gsize size, gboolean sniff, gsize step)
{
  g_autoptr (RtmpChunkReader) reader = rtmp_chunk_reader_new (NULL);
  GError *error = NULL;
  guint32 hash = 0;
  gsize from;

  rtmp_chunk_reader_set_sniff_extended_timestamp (reader, sniff);
  for (from = 0; from < size && error == NULL; from += step) {
    GBytes *block = g_bytes_new (data + from, MIN (step, size - from));

    rtmp_chunk_reader_feed (reader, block, add_message, &hash, &error);
    g_bytes_unref (block);
  }
  hash = hash * 33 + (error ? (guint32) error->code : 0);
  g_clear_error (&error);
  return hash;
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  gboolean sniff = size > 0 && (data[0] & 1) != 0;
  guint32 whole;

  if (size < 2)
    return 0;
  whole = read_in_blocks (data + 1, size - 1, sniff, size - 1);
  g_assert_cmpuint (read_in_blocks (data + 1, size - 1, sniff, 1), ==, whole);
  g_assert_cmpuint (read_in_blocks (data + 1, size - 1, sniff, 3), ==, whole);
  return 0;
}

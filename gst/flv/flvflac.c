/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flvflac.h"

#include "flvbits.h"
#include "rtmperror.h"
#include "rtmpreader.h"

#define MARKER 0x664C6143
#define LAST_BLOCK 0x80000000
/* Block type 0, and its size. */
#define BLOCK_HEADER FLV_FLAC_STREAM_INFO_SIZE

static gboolean
skip_headers (RtmpReader * reader)
{
  guint32 word;

  if (rtmp_reader_left (reader) == FLV_FLAC_STREAM_INFO_SIZE)
    return TRUE;
  if (!rtmp_reader_u32 (reader, &word))
    return FALSE;
  if (word == MARKER && !rtmp_reader_u32 (reader, &word))
    return FALSE;
  return (word & ~LAST_BLOCK) == BLOCK_HEADER;
}

gboolean
flv_flac_parse (FlvFlac * self, const guint8 * data, gsize size,
    GError ** error)
{
  RtmpReader reader;
  FlvBits bits;

  rtmp_reader_init (&reader, data, size);
  if (!skip_headers (&reader) || !rtmp_reader_bytes (&reader,
          FLV_FLAC_STREAM_INFO_SIZE, &self->stream_info)) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_FLV,
        "a FLAC configuration is a STREAMINFO block of 34, 38 or 42 bytes, %"
        G_GSIZE_FORMAT " others came", size);
    return FALSE;
  }
  /* Behind the sizes of blocks and frames. */
  flv_bits_init (&bits, self->stream_info + 10, 3);
  self->rate = flv_bits_read (&bits, 20);
  self->channels = flv_bits_read (&bits, 3) + 1;
  return TRUE;
}

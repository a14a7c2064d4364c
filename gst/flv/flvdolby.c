/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flvdolby.h"

#include <string.h>

#include "flvav1.h"
#include "rtmpreader.h"

/* Dolby Vision Streams Within the ISO Base Media File Format, 2.2 */
#define HEVC_UNSPEC62 62
/* AV1 Bitstream & Decoding Process Specification, 6.7.1 */
#define OBU_METADATA 5
#define METADATA_ITUT_T35 4

gboolean
flv_hevc_has_dolby (const guint8 * data, gsize size, guint length_size)
{
  RtmpReader reader;
  const guint8 *unit;

  rtmp_reader_init (&reader, data, size);
  while (rtmp_reader_left (&reader) > 0) {
    guint32 length = 0;
    guint8 byte;

    for (guint i = 0; i < length_size; i++) {
      if (!rtmp_reader_u8 (&reader, &byte))
        return FALSE;
      length = length << 8 | byte;
    }
    if (!rtmp_reader_bytes (&reader, length, &unit))
      return FALSE;
    if (length > 0 && (unit[0] >> 1 & 0x3F) == HEVC_UNSPEC62)
      return TRUE;
  }
  return FALSE;
}

gboolean
flv_av1_has_dolby (const guint8 * data, gsize size)
{
  /* Country, provider, and what of that provider. */
  static const guint8 dolby[] =
      { METADATA_ITUT_T35, 0xB5, 0x00, 0x3B, 0x00, 0x00, 0x08, 0x00 };
  const guint8 *obu;
  RtmpReader reader;
  gsize obu_size;
  guint type;

  rtmp_reader_init (&reader, data, size);
  while (flv_av1_read_obu (&reader, &type, &obu, &obu_size))
    if (type == OBU_METADATA && obu_size >= sizeof dolby
        && memcmp (obu, dolby, sizeof dolby) == 0)
      return TRUE;
  return FALSE;
}

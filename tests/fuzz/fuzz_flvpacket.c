/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The packets of a message, of video if the first byte is even, stay within it
 * and come to an end; each, written plain or as OneTrack, reads as itself. */
#include <string.h>

#include "flvpacket.h"

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

static void
check_same (const FlvPacket * a, const FlvPacket * b)
{
  g_assert_cmpint (a->type, ==, b->type);
  g_assert_true (a->codec == b->codec);
  g_assert_cmpuint (a->codec_id, ==, b->codec_id);
  g_assert_cmpint (a->enhanced, ==, b->enhanced);
  g_assert_cmpint (a->multitrack, ==, b->multitrack);
  g_assert_cmpuint (a->track, ==, b->track);
  if (a->type == FLV_PACKET_FRAMES)
    g_assert_cmpuint (a->frame, ==, b->frame);
  g_assert_cmpint (a->composition_time, ==, b->composition_time);
  g_assert_cmpuint (a->nanoseconds, ==, b->nanoseconds);
  g_assert_cmpuint (a->sound, ==, b->sound);
  g_assert_cmpuint (a->command, ==, b->command);
  g_assert_cmpuint (a->size, ==, b->size);
}

static void
check_round_trip (FlvPacket packet, const guint8 * data)
{
  g_autofree guint8 *copy = g_malloc (FLV_PACKET_HEADER_MAX + packet.size);
  FlvPacketReader reader;
  FlvPacket back;
  gsize n;

  if (packet.multitrack != FLV_MULTITRACK_NONE)
    packet.multitrack = FLV_MULTITRACK_ONE;
  n = flv_packet_write_header (&packet, copy);
  g_assert_cmpuint (n, <=, FLV_PACKET_HEADER_MAX);
  if (packet.size > 0)
    memcpy (copy + n, data + packet.offset, packet.size);
  flv_packet_reader_init (&reader, packet.media, copy, n + packet.size);
  g_assert_true (flv_packet_reader_next (&reader, &back, NULL));
  check_same (&packet, &back);
  g_assert_cmpuint (back.offset, ==, n);
  g_assert_false (flv_packet_reader_next (&reader, &back, NULL));
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  g_autoptr (GError) error = NULL;
  FlvPacketReader reader;
  FlvPacket packet;
  gsize end = 0, n = 0;

  if (size == 0)
    return 0;
  flv_packet_reader_init (&reader, data[0] % 2 == 0 ? FLV_MEDIA_VIDEO
      : FLV_MEDIA_AUDIO, data + 1, size - 1);
  while (flv_packet_reader_next (&reader, &packet, &error)) {
    g_assert_cmpuint (packet.offset, >=, end);
    g_assert_cmpuint (packet.offset, <=, size - 1);
    g_assert_cmpuint (packet.size, <=, size - 1 - packet.offset);
    g_assert_cmpuint (++n, <=, size);
    end = packet.offset + packet.size;
    if (packet.multitrack == FLV_MULTITRACK_NONE)
      g_assert_cmpuint (packet.track, ==, 0);
    if (packet.multitrack <= FLV_MULTITRACK_ONE)
      g_assert_true (n == 1 && (end == size - 1
              || packet.type == FLV_PACKET_COMMAND));
    check_round_trip (packet, data + 1);
  }
  if (error)
    g_assert_error (error, RTMP_ERROR, RTMP_ERROR_BAD_FLV);
  else
    g_assert_true (n > 0 || size == 1);
  g_assert_false (flv_packet_reader_next (&reader, &packet, NULL));
  return 0;
}

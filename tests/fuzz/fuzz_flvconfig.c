/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The first byte says what the rest is. What can be read can be written, and
 * that is read the same. */
#include "flvav1.h"
#include "flvchannels.h"
#include "flvflac.h"
#include "flvsps.h"
#include "flvvpx.h"

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

static void
check_vpx (const FlvVpx * vpx)
{
  g_autoptr (GBytes) bytes = flv_vpx_write (vpx);
  FlvVpx again;

  if (vpx->width > 0)
    flv_vp9_level (vpx->width, vpx->height, 60);
  g_assert_true (flv_vpx_parse (&again, g_bytes_get_data (bytes, NULL), 12,
          NULL));
  g_assert_cmpuint (again.profile, ==, vpx->profile);
  g_assert_cmpuint (again.bit_depth, ==, vpx->bit_depth);
  g_assert_cmpuint (again.subsampling, ==, vpx->subsampling);
  g_assert_cmpuint (again.matrix, ==, vpx->matrix);
}

static void
check_av1 (const FlvAv1 * av1)
{
  g_autoptr (GBytes) bytes = flv_av1_write (av1);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  FlvAv1 again;

  g_assert_true (flv_av1_parse (&again, data, size, NULL));
  g_assert_cmpmem (again.header, again.header_size, av1->header,
      av1->header_size);
  again.header = av1->header;
  g_assert_cmpmem (&again, sizeof again, av1, sizeof *av1);
}

static void
check_channels (const FlvChannels * channels)
{
  g_autoptr (GBytes) bytes = flv_channels_write (channels);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  FlvChannels again;

  g_assert_true (flv_channels_parse (&again, data, size, NULL));
  g_assert_cmpmem (&again, sizeof again, channels, sizeof *channels);
}

static void
check_size (guint width, guint height)
{
  g_assert_cmpuint (width - 1, <, 65535);
  g_assert_cmpuint (height - 1, <, 65535);
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  FlvChannels channels;
  FlvFlac flac;
  FlvVpx vpx;
  FlvAv1 av1;
  guint width, height;

  if (size == 0)
    return 0;
  size--;
  switch (*data++ % 9) {
    case 0:
      if (flv_vpx_parse (&vpx, data, size, NULL))
        check_vpx (&vpx);
      break;
    case 1:
      if (flv_vp8_parse_keyframe (&vpx, data, size))
        check_vpx (&vpx);
      break;
    case 2:
      if (flv_vp9_parse_keyframe (&vpx, data, size))
        check_vpx (&vpx);
      break;
    case 3:
      if (flv_av1_parse (&av1, data, size, NULL))
        check_av1 (&av1);
      break;
    case 4:
      if (flv_av1_parse_unit (&av1, data, size))
        check_av1 (&av1);
      break;
    case 5:
      if (flv_channels_parse (&channels, data, size, NULL))
        check_channels (&channels);
      break;
    case 6:
      if (flv_flac_parse (&flac, data, size, NULL))
        g_assert_cmpuint (flac.channels + flac.stream_info[33], >, 0);
      break;
    case 7:
      if (flv_avc_parse_size (data, size, &width, &height))
        check_size (width, height);
      break;
    default:
      if (flv_hevc_parse_size (data, size, &width, &height))
        check_size (width, height);
  }
  return 0;
}

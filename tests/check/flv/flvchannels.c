/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flvchannels.h"

#include <string.h>

#include "rtmperror.h"
#include "rtmptestbytes.h"

static gboolean
parse (FlvChannels * channels, const gchar * hex, GError ** error)
{
  g_autoptr (GBytes) bytes = rtmp_test_unhex (hex);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  return flv_channels_parse (channels, data, size, error);
}

static void
test_unspecified (void)
{
  FlvChannels channels;

  g_assert_true (parse (&channels, "00 02", NULL));
  g_assert_cmpint (channels.order, ==, FLV_CHANNEL_ORDER_UNSPECIFIED);
  g_assert_cmpuint (channels.count, ==, 2);
  rtmp_test_assert_bytes (flv_channels_write (&channels), "00 02");
}

static void
test_native (void)
{
  static const guint8 expected[] = { 0, 1, 2, 3, 4, 5 };
  FlvChannels channels;

  g_assert_true (parse (&channels, "01 06 0000003F", NULL));
  g_assert_cmpint (channels.order, ==, FLV_CHANNEL_ORDER_NATIVE);
  g_assert_cmphex (channels.mask, ==, 0x3F);
  g_assert_cmpmem (channels.channels, channels.count, expected, 6);
  rtmp_test_assert_bytes (flv_channels_write (&channels), "01 06 0000003F");
}

static void
test_custom (void)
{
  static const guint8 expected[] = { 0, 1, FLV_CHANNEL_UNUSED };
  FlvChannels channels;

  g_assert_true (parse (&channels, "02 03 00 01 FE", NULL));
  g_assert_cmpint (channels.order, ==, FLV_CHANNEL_ORDER_CUSTOM);
  g_assert_cmpmem (channels.channels, channels.count, expected, 3);
  rtmp_test_assert_bytes (flv_channels_write (&channels), "02 03 00 01 FE");
}

/* Enhanced RTMP v2, AudioChannel and AudioChannelMask, in their order there. */
static void
test_all_channels (void)
{
  static const FlvChannel all[] = {
    FLV_CHANNEL_FRONT_LEFT, FLV_CHANNEL_FRONT_RIGHT, FLV_CHANNEL_FRONT_CENTER,
    FLV_CHANNEL_LOW_FREQUENCY1, FLV_CHANNEL_BACK_LEFT, FLV_CHANNEL_BACK_RIGHT,
    FLV_CHANNEL_FRONT_LEFT_CENTER, FLV_CHANNEL_FRONT_RIGHT_CENTER,
    FLV_CHANNEL_BACK_CENTER, FLV_CHANNEL_SIDE_LEFT, FLV_CHANNEL_SIDE_RIGHT,
    FLV_CHANNEL_TOP_CENTER, FLV_CHANNEL_TOP_FRONT_LEFT,
    FLV_CHANNEL_TOP_FRONT_CENTER, FLV_CHANNEL_TOP_FRONT_RIGHT,
    FLV_CHANNEL_TOP_BACK_LEFT, FLV_CHANNEL_TOP_BACK_CENTER,
    FLV_CHANNEL_TOP_BACK_RIGHT, FLV_CHANNEL_LOW_FREQUENCY2,
    FLV_CHANNEL_TOP_SIDE_LEFT, FLV_CHANNEL_TOP_SIDE_RIGHT,
    FLV_CHANNEL_BOTTOM_FRONT_CENTER, FLV_CHANNEL_BOTTOM_FRONT_LEFT,
    FLV_CHANNEL_BOTTOM_FRONT_RIGHT,
  };
  FlvChannels channels;

  g_assert_cmpuint (G_N_ELEMENTS (all), ==, FLV_N_CHANNELS);
  for (guint i = 0; i < FLV_N_CHANNELS; i++) {
    g_autofree gchar *hex = g_strdup_printf ("01 01 %08X", 1u << i);

    g_assert_true (parse (&channels, hex, NULL));
    g_assert_cmpuint (channels.channels[0], ==, all[i]);
    flv_channels_init (&channels, &(guint8) {
        (guint8) all[i]}
        , 1);
    rtmp_test_assert_bytes (flv_channels_write (&channels), hex);
  }
  g_assert_true (parse (&channels, "01 18 00FFFFFF", NULL));
  g_assert_cmpuint (channels.count, ==, FLV_N_CHANNELS);
}

/* A mask cannot say another order, a channel twice, or none. */
static void
test_init (void)
{
  static const struct
  {
    guint8 channels[3];
    const gchar *written;
  } cases[] = {
    {{0, 1, 3}, "01 03 0000000B"},
    {{0, 3, 1}, "02 03 00 03 01"},
    {{0, 1, 1}, "02 03 00 01 01"},
    {{0, 1, FLV_CHANNEL_UNUSED}, "02 03 00 01 FE"},
    {{0, 1, FLV_CHANNEL_UNKNOWN}, "02 03 00 01 FF"},
    {{0, 1, FLV_N_CHANNELS}, "02 03 00 01 18"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    FlvChannels channels;

    flv_channels_init (&channels, cases[i].channels, 3);
    rtmp_test_assert_bytes (flv_channels_write (&channels), cases[i].written);
  }
}

static void
test_longest (void)
{
  FlvChannels channels;

  g_assert_true (parse (&channels, "02 FF 05*255", NULL));
  g_assert_cmpuint (channels.count, ==, FLV_CHANNELS_MAX);
  rtmp_test_assert_bytes (flv_channels_write (&channels), "02 FF 05*255");
}

static void
test_refused (void)
{
  /* Cut, no channels, wrong counts, orders 3 and 15. */
  static const gchar *cases[] = { "", "00", "00 00", "01 02 000003",
    "02 03 00 01", "01 03 00000003", "01 01 00000003", "01 02 00000000",
    "03 02 00000003", "0F 02"
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    FlvChannels channels;

    g_assert_false (parse (&channels, cases[i], &error));
    g_assert_error (error, RTMP_ERROR, RTMP_ERROR_BAD_FLV);
    g_assert_cmpuint (channels.count, ==, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/channels/E-218-unspecified", test_unspecified);
  g_test_add_func ("/channels/E-218-native", test_native);
  g_test_add_func ("/channels/E-218-custom", test_custom);
  g_test_add_func ("/channels/E-219-all", test_all_channels);
  g_test_add_func ("/channels/E-219-native-or-custom", test_init);
  g_test_add_func ("/channels/E-218-longest", test_longest);
  g_test_add_func ("/channels/E-220-refused", test_refused);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpdropper.h"

/* AVC key frame, AVC inter frame, AVC sequence header, AAC frame and header. */
#define KEY "\x17\x01\0\0\0"
#define INTER "\x27\x01\0\0\0"
#define HEADER "\x17\0\0\0\0"
#define SOUND "\xAF\x01\0\0\0"
#define SOUND_HEADER "\xAF\0\0\0\0"

static gboolean
admit (GstRtmpDropper * dropper, FlvTagType type, const gchar * body,
    guint percent)
{
  FlvTag tag = {.type = type,.body = g_bytes_new_static (body, 5) };
  gboolean admitted = gst_rtmp_dropper_admit (dropper, &tag, percent);

  g_bytes_unref (tag.body);
  return admitted;
}

#define assert_passes(type, body, percent) \
    g_assert_true (admit (&dropper, FLV_TAG_ ## type, body, percent))
#define assert_drops(type, body, percent) \
    g_assert_false (admit (&dropper, FLV_TAG_ ## type, body, percent))

static void
test_none (void)
{
  GstRtmpDropper dropper;

  gst_rtmp_dropper_reset (&dropper, GST_RTMP_DROP_NONE);
  assert_passes (VIDEO, INTER, 1000);
  assert_passes (AUDIO, SOUND, 1000);
}

static void
test_non_key (void)
{
  GstRtmpDropper dropper;

  gst_rtmp_dropper_reset (&dropper, GST_RTMP_DROP_NON_KEY);
  assert_passes (VIDEO, KEY, 0);
  assert_passes (VIDEO, INTER, 99);
  assert_drops (VIDEO, INTER, 100);
  /* There is room, but the frame before it was not sent. */
  assert_drops (VIDEO, INTER, 10);
  assert_passes (VIDEO, KEY, 80);
  assert_drops (VIDEO, INTER, 80);
  assert_passes (VIDEO, KEY, 74);
  assert_passes (VIDEO, INTER, 80);
  g_assert_cmpuint (dropper.dropped_video, ==, 3);
}

static void
test_gop (void)
{
  GstRtmpDropper dropper;

  gst_rtmp_dropper_reset (&dropper, GST_RTMP_DROP_GOP);
  assert_passes (VIDEO, KEY, 0);
  assert_drops (VIDEO, INTER, 100);
  assert_drops (VIDEO, KEY, 80);
  assert_drops (VIDEO, INTER, 10);
  assert_passes (VIDEO, KEY, 74);
  assert_passes (VIDEO, INTER, 99);
  g_assert_cmpuint (dropper.dropped_video, ==, 3);
}

static void
test_sound_and_headers (void)
{
  GstRtmpDropper dropper;

  gst_rtmp_dropper_reset (&dropper, GST_RTMP_DROP_NON_KEY);
  assert_passes (AUDIO, SOUND, 199);
  assert_drops (AUDIO, SOUND, 200);
  assert_drops (VIDEO, KEY, 200);
  assert_passes (VIDEO, HEADER, 1000);
  assert_passes (AUDIO, SOUND_HEADER, 1000);
  assert_passes (SCRIPT, "\x02\0\x01x\x05", 1000);
  g_assert_cmpuint (dropper.dropped_audio, ==, 1);
  g_assert_cmpuint (dropper.dropped_video, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dropper/none", test_none);
  g_test_add_func ("/dropper/non-key", test_non_key);
  g_test_add_func ("/dropper/gop", test_gop);
  g_test_add_func ("/dropper/sound-and-headers", test_sound_and_headers);
  return g_test_run ();
}

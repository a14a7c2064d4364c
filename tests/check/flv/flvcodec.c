/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flvcodec.h"

#include <string.h>

static void
test_rows (void)
{
  guint n;
  const FlvCodec *rows = flv_codecs (&n);

  g_assert_cmpuint (n, >, FLV_CODEC_EAC3);
  for (guint i = 0; i < n; i++) {
    const FlvCodec *row = &rows[i];

    g_assert_true (row->legacy_id != FLV_NO_LEGACY_ID
        || row->four_cc != FLV_NO_FOUR_CC);
    if (row->legacy_id != FLV_NO_LEGACY_ID)
      g_assert_true (flv_codec_by_legacy_id (row->media,
              (guint) row->legacy_id) == row);
    if (row->four_cc != FLV_NO_FOUR_CC)
      g_assert_true (flv_codec_by_four_cc (row->media, row->four_cc) == row);
    g_assert_cmpint (flv_codec_by_id (row->id)->id, ==, row->id);
    g_assert_true (g_str_has_prefix (row->caps,
            row->media == FLV_MEDIA_VIDEO ? "video/" : "audio/"));
  }
}

static void
test_every_codec_has_a_row (void)
{
  for (guint id = 0; id <= FLV_CODEC_EAC3; id++)
    g_assert_nonnull (flv_codec_by_id ((FlvCodecId) id));
  g_assert_null (flv_codec_by_id ((FlvCodecId) (FLV_CODEC_EAC3 + 1)));
}

/* FLV 10.1, E.4.2.1 and E.4.3.1, by their numbers there. */
static void
test_legacy_ids (void)
{
  static const struct
  {
    FlvMedia media;
    guint id;
    FlvCodecId codec;
  } cases[] = {
    {FLV_MEDIA_VIDEO, 2, FLV_CODEC_SORENSON},
    {FLV_MEDIA_VIDEO, 3, FLV_CODEC_SCREEN},
    {FLV_MEDIA_VIDEO, 4, FLV_CODEC_VP6},
    {FLV_MEDIA_VIDEO, 5, FLV_CODEC_VP6_ALPHA},
    {FLV_MEDIA_VIDEO, 6, FLV_CODEC_SCREEN2},
    {FLV_MEDIA_VIDEO, 7, FLV_CODEC_AVC},
    {FLV_MEDIA_VIDEO, 12, FLV_CODEC_HEVC},
    {FLV_MEDIA_AUDIO, 0, FLV_CODEC_PCM},
    {FLV_MEDIA_AUDIO, 1, FLV_CODEC_ADPCM},
    {FLV_MEDIA_AUDIO, 2, FLV_CODEC_MP3},
    {FLV_MEDIA_AUDIO, 3, FLV_CODEC_PCM},
    {FLV_MEDIA_AUDIO, 4, FLV_CODEC_NELLYMOSER},
    {FLV_MEDIA_AUDIO, 5, FLV_CODEC_NELLYMOSER},
    {FLV_MEDIA_AUDIO, 6, FLV_CODEC_NELLYMOSER},
    {FLV_MEDIA_AUDIO, 7, FLV_CODEC_ALAW},
    {FLV_MEDIA_AUDIO, 8, FLV_CODEC_MULAW},
    {FLV_MEDIA_AUDIO, 10, FLV_CODEC_AAC},
    {FLV_MEDIA_AUDIO, 11, FLV_CODEC_SPEEX},
    {FLV_MEDIA_AUDIO, 14, FLV_CODEC_MP3},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const FlvCodec *codec = flv_codec_by_legacy_id (cases[i].media,
        cases[i].id);

    g_assert_nonnull (codec);
    g_assert_cmpint (codec->id, ==, cases[i].codec);
  }
  g_assert_null (flv_codec_by_legacy_id (FLV_MEDIA_VIDEO, 15));
  g_assert_null (flv_codec_by_legacy_id (FLV_MEDIA_AUDIO, 9));
}

/* E-259, E-260 */
static void
test_numbers (void)
{
  static const struct
  {
    FlvMedia media;
    gdouble number;
    gint codec;                 /* -1: none */
  } cases[] = {
    {FLV_MEDIA_VIDEO, 1635135537.0, FLV_CODEC_AV1},
    {FLV_MEDIA_AUDIO, 1332770163.0, FLV_CODEC_OPUS},
    {FLV_MEDIA_VIDEO, 0x31307661, FLV_CODEC_AV1},
    {FLV_MEDIA_VIDEO, 7, FLV_CODEC_AVC},
    {FLV_MEDIA_VIDEO, 1332770163.0, -1},
    {FLV_MEDIA_AUDIO, 16, -1},
    {FLV_MEDIA_AUDIO, -1, -1},
    {FLV_MEDIA_AUDIO, 1e300, -1},
    {FLV_MEDIA_AUDIO, 0.0 / 0.0, -1},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const FlvCodec *codec = flv_codec_by_number (cases[i].media,
        cases[i].number);

    g_assert_cmpint (codec == NULL ? -1 : (gint) codec->id, ==, cases[i].codec);
  }
}

static void
test_four_cc_to_string (void)
{
  gchar text[FLV_FOUR_CC_LENGTH];

  flv_four_cc_to_string (0x68766331, text);
  g_assert_cmpstr (text, ==, "hvc1");
  flv_four_cc_to_string (0x00FF410A, text);
  g_assert_cmpstr (text, ==, "..A.");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec/rows", test_rows);
  g_test_add_func ("/codec/every-one", test_every_codec_has_a_row);
  g_test_add_func ("/codec/legacy-ids", test_legacy_ids);
  g_test_add_func ("/codec/E-259-E-260-numbers", test_numbers);
  g_test_add_func ("/codec/four-cc-to-string", test_four_cc_to_string);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flvflac.h"

#include "rtmperror.h"
#include "rtmptestbytes.h"

#define STREAM_INFO "12001200 00000C D60017 0BB801700002 3800" \
    "FF33019C4010EB589CC692C25E3A35FD"

typedef struct
{
  const gchar *name;
  const gchar *bytes;
  gsize offset;
} Form;

static const Form forms[] = {
  {"34", STREAM_INFO, 0},
  {"38", "00000022" STREAM_INFO, 4},
  {"38-last", "80000022" STREAM_INFO, 4},
  {"42", "664C6143 00000022" STREAM_INFO, 8},
  {"42-last", "664C6143 80000022" STREAM_INFO, 8},
  {"more-blocks", "664C6143 00000022" STREAM_INFO "84000000", 8},
};

static void
test_form (gconstpointer user_data)
{
  const Form *form = user_data;
  g_autoptr (GBytes) bytes = rtmp_test_unhex (form->bytes);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  FlvFlac flac;

  g_assert_true (flv_flac_parse (&flac, data, size, NULL));
  g_assert_true (flac.stream_info == data + form->offset);
  g_assert_cmpuint (flac.rate, ==, 48000);
  g_assert_cmpuint (flac.channels, ==, 1);
}

static void
test_eight_channels (void)
{
  g_autoptr (GBytes) bytes = rtmp_test_unhex ("00*10 9FFF 0E 00*21");
  const guint8 *data = g_bytes_get_data (bytes, NULL);
  FlvFlac flac;

  g_assert_true (flv_flac_parse (&flac, data, 34, NULL));
  g_assert_cmpuint (flac.rate, ==, 0x9FFF0);
  g_assert_cmpuint (flac.channels, ==, 8);
}

static void
test_refused (void)
{
  /* Sizes between; another block first; a block of another size. */
  static const gchar *cases[] = { "", "664C6143", "664C6143 000000", "00*33",
    "00*35", "00000022 00*33", "664C6143 00000022 00*33",
    "664C6143 04000022 00*34", "04000022 00*34", "00000023 00*35",
    "664C6144 00000022 00*34"
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) bytes = rtmp_test_unhex (cases[i]);
    g_autoptr (GError) error = NULL;
    gsize size;
    const guint8 *data = g_bytes_get_data (bytes, &size);
    FlvFlac flac;

    g_assert_false (flv_flac_parse (&flac, data, size, &error));
    g_assert_error (error, RTMP_ERROR, RTMP_ERROR_BAD_FLV);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++) {
    g_autofree gchar *path = g_strdup_printf ("/flac/E-216-form/%s",
        forms[i].name);

    g_test_add_data_func (path, &forms[i], test_form);
  }
  g_test_add_func ("/flac/E-216-eight-channels", test_eight_channels);
  g_test_add_func ("/flac/E-217-refused", test_refused);
  return g_test_run ();
}

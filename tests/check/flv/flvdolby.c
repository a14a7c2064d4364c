/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flvdolby.h"

#include "rtmptestbytes.h"

typedef struct
{
  const gchar *name;
  guint length_size;            /* 0: AV1 */
  const gchar *frame;
  gboolean has;
} Case;

/* ITU-T T.35 of Dolby, to begin with */
#define T35 "04 B5 003B 00000800"

static const Case cases[] = {
  {"hevc", 4, "00000003 260100 00000003 7C0119", TRUE},
  {"hevc-first", 4, "00000001 7C 00000003 260100", TRUE},
  {"hevc-of-2", 2, "0003 260100 0003 7C0119", TRUE},
  {"hevc-of-1", 1, "03 260100 01 7C", TRUE},
  {"hevc-enhancement-layer", 4, "00000003 260100 00000003 7E0119", FALSE},
  {"hevc-within", 4, "00000006 26010000017C", FALSE},
  {"hevc-without", 4, "00000003 260100", FALSE},
  {"hevc-of-nothing", 4, "00000000 00000003 7C0119", TRUE},
  {"hevc-past-the-end", 4, "00000004 7C0119", FALSE},
  {"hevc-behind-damage", 4, "000000FF 260100 00000003 7C0119", FALSE},
  {"hevc-cut-off", 4, "0000", FALSE},
  {"hevc-empty", 4, "", FALSE},
  {"av1", 0, "1200 0A0E 000000043D06D4DAF95091009040 2A0A" T35 "0102 3200",
      TRUE},
  {"av1-of-others", 0, "1200 2A08 04 B5 003C 00010400 3200", FALSE},
  {"av1-other-metadata", 0, "1200 2A08 01 B5 003B 00000800 3200", FALSE},
  {"av1-short", 0, "1200 2A07 04 B5 003B 000008 3200", FALSE},
  {"av1-other-type", 0, "1200 3208" T35, FALSE},
  {"av1-past-the-end", 0, "1200 2A09" T35, FALSE},
  {"av1-empty", 0, "", FALSE},
};

static void
test_case (gconstpointer user_data)
{
  const Case *c = user_data;
  g_autoptr (GBytes) bytes = rtmp_test_unhex (c->frame);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  g_autofree guint8 *frame = g_memdup2 (data, size);

  g_assert_cmpint (c->length_size > 0
      ? flv_hevc_has_dolby (frame, size, c->length_size)
      : flv_av1_has_dolby (frame, size), ==, c->has);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *path = g_strdup_printf ("/dolby/E-256-%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], test_case);
  }
  return g_test_run ();
}

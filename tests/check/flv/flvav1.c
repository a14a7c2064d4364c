/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flvav1.h"

#include <string.h>

#include "rtmperror.h"
#include "rtmptestbytes.h"

typedef struct
{
  const gchar *name;
  const gchar *record;
  FlvAv1 av1;                   /* without the sequence header */
} Record;

/* Written by libaom, SVT-AV1 and rav1e, the first four bytes by FFmpeg. */
static const Record records[] = {
  {"main-10", "81004C00 0A0E 000000043D06D4DAF95091009040",
      {0, 0, 0, 10, FALSE, TRUE, TRUE, 0, FALSE, 9, 16, 9, 322, 182}},
  {"professional-422-12", "81406800 0A0E 400000043D06D4DAF96848804A20",
      {2, 0, 0, 12, FALSE, TRUE, FALSE, 0, FALSE, 9, 16, 9, 322, 182}},
  {"gray-10", "81005C00 0A0D 000000043D06D4DAF97091009A",
      {0, 0, 0, 10, TRUE, TRUE, TRUE, 0, TRUE, 9, 16, 9, 322, 182}},
  {"rgb", "81200000 0A0D 200000043D06D4DAF92021A004",
      {1, 0, 0, 8, FALSE, FALSE, FALSE, 0, TRUE, 1, 13, 0, 322, 182}},
  {"professional-444-12", "81406000 0A0E 400000043D06D4DAF96848804840",
      {2, 0, 0, 12, FALSE, FALSE, FALSE, 0, FALSE, 9, 16, 9, 322, 182}},
  {"professional-422-8", "81400800 0A0D 400000043D06D4DAF910910091",
      {2, 0, 0, 8, FALSE, TRUE, FALSE, 0, FALSE, 9, 16, 9, 322, 182}},
  {"svt", "81004C00 0A0B 000000043D06D402F84040",
      {0, 0, 0, 10, FALSE, TRUE, TRUE, 0, FALSE, 2, 2, 2, 322, 182}},
  {"still", "81000C00 0A07 1821E836AD0040",
      {0, 0, 0, 8, FALSE, TRUE, TRUE, 0, FALSE, 2, 2, 2, 322, 182}},
  {"timing", "81004C00 0A16 04000000040000006680000021E836A6D7CA84880482",
      {0, 0, 0, 10, FALSE, TRUE, TRUE, 0, FALSE, 9, 16, 9, 322, 182}},
  {"timing-sample-position",
        "81004D00 0A16 0400000004000000780000010F41B536BE5424402690",
      {0, 0, 0, 10, FALSE, TRUE, TRUE, 1, TRUE, 9, 16, 9, 322, 182}},
};

static void
assert_same (const FlvAv1 * av1, const FlvAv1 * expected)
{
  FlvAv1 copy = *av1;

  copy.header = NULL;
  copy.header_size = 0;
  g_assert_cmpmem (&copy, sizeof copy, expected, sizeof *expected);
}

static void
test_record (gconstpointer user_data)
{
  const Record *record = user_data;
  g_autoptr (GBytes) bytes = rtmp_test_unhex (record->record);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  FlvAv1 av1;

  g_assert_true (flv_av1_parse (&av1, data, size, NULL));
  assert_same (&av1, &record->av1);
  rtmp_test_assert_bytes (flv_av1_write (&av1), record->record);
}

/* Each record's first four bytes by themselves, and a sequence header that is
 * cut off. */
static void
test_record_without_header (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (records); i++) {
    g_autoptr (GBytes) bytes = rtmp_test_unhex (records[i].record);
    const guint8 *data = g_bytes_get_data (bytes, NULL);
    FlvAv1 expected = records[i].av1, av1;

    expected.width = expected.height = 0;
    expected.full_range = FALSE;
    expected.primaries = expected.transfer = expected.matrix = 2;
    for (gsize size = 4; size < 9; size++) {
      g_autofree guint8 *part = g_memdup2 (data, size);

      g_assert_true (flv_av1_parse (&av1, part, size, NULL));
      assert_same (&av1, &expected);
      g_assert_null (av1.header);
    }
  }
}

static void
test_bad_record (void)
{
  static const gchar *cases[] = { "", "81", "81004C", "01004C00", "82004C00" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) bytes = rtmp_test_unhex (cases[i]);
    g_autoptr (GError) error = NULL;
    gsize size;
    const guint8 *data = g_bytes_get_data (bytes, &size);
    FlvAv1 av1;

    g_assert_false (flv_av1_parse (&av1, data, size, &error));
    g_assert_error (error, RTMP_ERROR, RTMP_ERROR_BAD_FLV);
  }
}

/* With temporal delimiter, padding, an extension, or a size of two bytes; and
 * the last OBU may do without size. */
static void
test_unit (gconstpointer hex)
{
  g_autoptr (GBytes) bytes = rtmp_test_unhex (hex);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  FlvAv1 av1;

  g_assert_true (flv_av1_parse_unit (&av1, data, size));
  assert_same (&av1, &records[0].av1);
  rtmp_test_assert_bytes (flv_av1_write (&av1), records[0].record);
}

static void
test_no_header (void)
{
  /* Nothing, a delimiter, a frame, cut: head, extension, size, body; a size
   * that does not end; a header too short for what it says. */
  static const gchar *cases[] =
      { "", "1200", "1200 3202 1122", "0A", "0E", "0E00",
    "0A0E 000000043D06D4DAF950910090",
    "0A8E8080808080808000 000000043D06D4DAF95091009040",
    "0A8E80808080808001 000000043D06D4DAF95091009040", "0A04 00000004",
    "0A0C 000000043D06D4DAF9509100"
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) bytes = rtmp_test_unhex (cases[i]);
    gsize size;
    const guint8 *data = g_bytes_get_data (bytes, &size);
    FlvAv1 av1;

    g_assert_false (flv_av1_parse_unit (&av1, data, size));
  }
}

/* A header of 128 bytes: its size has two bytes. */
static void
test_long_header (void)
{
  g_autoptr (GBytes) bytes =
      rtmp_test_unhex ("0A8001 000000043D06D4DAF95091009040 00*114");
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  FlvAv1 av1;

  g_assert_true (flv_av1_parse_unit (&av1, data, size));
  g_assert_cmpuint (av1.header_size, ==, 128);
  rtmp_test_assert_bytes (flv_av1_write (&av1),
      "81004C00 0A8001 000000043D06D4DAF95091009040 00*114");
}

/* What no encoder at hand writes: a decoder model, two operating points of high
 * levels, initial delays, frame ids, tools chosen. */
static const gchar *rare[] = {
  "000", "0", "0",              /* profile, still, reduced */
  "1", "00000000000000000000000000000001",
  "00000000000000000000000000011110", "0",
  "1", "00011", "00000000000000000000000000000001", "00100", "00101",
  "1", "00001",                 /* display delay, two operating points */
  "000100000001", "01101", "1", "1", "1010", "0101", "1", "1", "0111",
  "000100000011", "00100", "0", "0",
  "1010", "1001", "10011100000", "1000011100",  /* 1249x541 */
  "1", "0001", "010",           /* frame ids */
  "101", "0000", "1", "00", "0", "1", "0", "1", "110",
  "111",
  "1", "0", "0", "1", "01",     /* 10 bit, full range, sample position 1 */
};

static void
test_rare (void)
{
  g_autofree gchar *bits = NULL;
  guint8 data[64] = { 0x0A, };
  gsize n;
  FlvAv1 av1, expected = {
    0, 13, 1, 10, FALSE, TRUE, TRUE, 1, TRUE, 2, 2, 2, 1249, 541
  };
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rare); i++)
    g_string_append (all, rare[i]);
  n = (all->len + 7) / 8;
  bits = g_string_free (all, FALSE);
  for (gsize i = 0; bits[i] != '\0'; i++)
    data[2 + i / 8] |= (guint8) ((bits[i] == '1') << (7 - i % 8));
  data[1] = (guint8) n;
  g_assert_true (flv_av1_parse_unit (&av1, data, 2 + n));
  assert_same (&av1, &expected);
  data[1]--;
  g_assert_false (flv_av1_parse_unit (&av1, data, 1 + n));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (records); i++) {
    g_autofree gchar *path =
        g_strdup_printf ("/av1/E-200-record/%s", records[i].name);

    g_test_add_data_func (path, &records[i], test_record);
  }
  g_test_add_func ("/av1/E-200-record-without-header",
      test_record_without_header);
  g_test_add_func ("/av1/bad-record", test_bad_record);
  g_test_add_data_func ("/av1/E-203-unit/plain",
      "0A0E 000000043D06D4DAF95091009040 3202 1122", test_unit);
  g_test_add_data_func ("/av1/E-203-unit/delimited",
      "1200 0A0E 000000043D06D4DAF95091009040 3202 1122", test_unit);
  g_test_add_data_func ("/av1/E-203-unit/extension",
      "1600 00 0E00 0E 000000043D06D4DAF95091009040 3202 1122", test_unit);
  g_test_add_data_func ("/av1/E-203-unit/long-size",
      "1200 0A8E00 000000043D06D4DAF95091009040", test_unit);
  g_test_add_data_func ("/av1/E-203-unit/longest-size",
      "0A8E80808080808000 000000043D06D4DAF95091009040", test_unit);
  g_test_add_data_func ("/av1/E-203-unit/no-size",
      "1200 7A03 112233 08 000000043D06D4DAF95091009040", test_unit);
  g_test_add_func ("/av1/no-header", test_no_header);
  g_test_add_func ("/av1/long-header", test_long_header);
  g_test_add_func ("/av1/E-203-rare", test_rare);
  return g_test_run ();
}

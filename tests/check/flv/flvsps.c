/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flvsps.h"

#include "rtmptestbytes.h"

/* What encoders write. */
typedef struct
{
  const gchar *name;
  gboolean is_hevc;
  const gchar *record;
  guint width, height;
} Record;

static const Record records[] = {
  {"avc", FALSE,
      "01640014ffe1001d67640014acd9428df93016a0c0c0d4a000000300200000"
        "0791e28532c001000568ebecb22c", 160, 90},
  {"avc-1080", FALSE,
      "01640028ffe1001e67640028acd940780227e5c05a808080a0000003"
        "002000000791e30632c001000568ebecb22c", 1920, 1080},
  {"avc-444-interlaced", FALSE,
      "01f4000dffe1001e67f4000d919b2858afc7e02d418181"
        "90000003001000000303c8f142996001000668ebec448440", 176, 146},
  {"hevc", TRUE,
      "0101600000009000000000003ff000fcfdf8f800000f0320000100184001"
        "0c01ffff01600000030090000003000003003f959809210001003242010101600000"
        "030090000003000003003fa0152061c9796566924cafff000100016a0c0c0c080000"
        "03000800000300f04022000100074401c172b46240", 162, 92},
  {"hevc-1080", TRUE,
      "01016000000090000000000078f000fcfdf8f800000f032000010018"
        "40010c01ffff01600000030090000003000003007895980921000100314201010160"
        "00000300900000030000030078a003c08010e596566924cafff000100016a0202020"
        "80000003008000000f0422000100074401c172b46240", 1920, 1080},
};

static gboolean
parse (gboolean is_hevc, GBytes * bytes, gsize size, guint * width,
    guint * height)
{
  g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (bytes, NULL), size);

  *width = *height = 7;
  return is_hevc ? flv_hevc_parse_size (data, size, width, height)
      : flv_avc_parse_size (data, size, width, height);
}

/* And a record that is cut off says nothing, or the truth. */
static void
test_record (gconstpointer user_data)
{
  const Record *r = user_data;
  g_autoptr (GBytes) bytes = rtmp_test_unhex (r->record);
  guint width, height;

  for (gsize size = 0; size < g_bytes_get_size (bytes); size++) {
    gboolean ok = parse (r->is_hevc, bytes, size, &width, &height);

    g_assert_cmpuint (width, ==, ok ? r->width : 7);
    g_assert_cmpuint (height, ==, ok ? r->height : 7);
  }
  g_assert_true (parse (r->is_hevc, bytes, g_bytes_get_size (bytes), &width,
          &height));
  g_assert_cmpuint (width, ==, r->width);
  g_assert_cmpuint (height, ==, r->height);
}

/* Sets by hand, bit by bit; blanks are for the eye. Exp-Golomb: 1 is 0, 010 is
 * 1, 011 is 2, 00100 is 3, 00101 is 4. */
typedef struct
{
  const gchar *name;
  gboolean is_hevc;
  const gchar *bits;
  guint width, height;          /* 0: it makes no sense */
} Set;

/* The profile, constraints, level and id. */
#define BASELINE "01000010 00000000 00001010 1 "
#define HIGH "01100100 00000000 00001010 1 "
#define ORDER "1 1 1 "          /* of frames, pictures: type 0 */
#define SIZE_48_32 "011 010 "
#define ZEROS_30 "000000000000000000000000000000 "
#define LEVELS ZEROS_30 ZEROS_30 ZEROS_30 "000000 "

static const Set sets[] = {
  {"avc/baseline", FALSE, BASELINE ORDER "1 0 " SIZE_48_32 "1 0 0 ", 48, 32},
  {"avc/fields", FALSE, BASELINE ORDER "1 0 " SIZE_48_32 "0 0 0 0 ", 48, 64},
  {"avc/crop", FALSE, BASELINE ORDER "1 0 " SIZE_48_32
        "1 0 1 010 011 1 010 ", 42, 30},
  {"avc/crop-of-fields", FALSE, BASELINE ORDER "1 0 " SIZE_48_32
        "0 0 0 1 1 010 1 010 ", 46, 60},
  {"avc/crop-of-monochrome", FALSE, HIGH "1 1 1 0 0 " ORDER "1 0 " SIZE_48_32
        "1 0 1 1 010 1 010 ", 47, 31},
  {"avc/crop-of-422", FALSE, HIGH "011 1 1 0 0 " ORDER "1 0 " SIZE_48_32
        "1 0 1 1 010 1 010 ", 46, 31},
  {"avc/crop-of-separate-planes", FALSE, HIGH "00100 1 1 1 0 0 " ORDER "1 0 "
        SIZE_48_32 "1 0 1 1 010 1 010 ", 47, 31},
  /* One of a value, +1, and its end, -9; one that ends at once, -8. */
  {"avc/scaling-lists", FALSE, HIGH "010 1 1 0 1 "
        "1 010 000010011 0 1 000010001 0 0 0 0 0 " ORDER "1 0 " SIZE_48_32
        "1 0 0 ", 48, 32},
  {"avc/order-1", FALSE, BASELINE "1 010 1 011 00100 011 1 00101 1 0 "
        SIZE_48_32 "1 0 0 ", 48, 32},
  {"avc/order-2", FALSE, BASELINE "1 011 1 0 " SIZE_48_32 "1 0 0 ", 48, 32},
  {"avc/all-is-cut-off", FALSE, BASELINE ORDER "1 0 " SIZE_48_32
        "1 0 1 1 000011001 1 1 ", 0, 0},
  {"avc/too-wide", FALSE, BASELINE ORDER "1 0 "
        "0000000000001 000000000000 010 1 0 0 ", 0, 0},
  {"avc/endless-number", FALSE, BASELINE ORDER "1 0 " ZEROS_30 "000000 1"
        ZEROS_30 ZEROS_30 ZEROS_30, 0, 0},
  {"avc/endless-order", FALSE, BASELINE "1 010 1 1 1 0000000000000000 1"
        "1111111111111111 1", 0, 0},
  {"hevc/sub-layers", TRUE, "0000 010 1 " LEVELS "11 01 000000000000 "
        LEVELS "00000000 1 010 00000110001 00000100001 0 ", 48, 32},
  {"hevc/separate-planes", TRUE, "0000 000 1 " LEVELS
        "1 00100 1 00000110001 00000100001 1 1 010 1 010 ", 47, 31},
  {"hevc/nothing", TRUE, "0000 000 1 " LEVELS "1 010 1 1 0 ", 0, 0},
};

static void
append_bits (GByteArray * out, const gchar * text)
{
  guint n = 0;

  for (; *text; text++) {
    guint8 zero = 0;

    if (*text == ' ')
      continue;
    if (n % 8 == 0)
      g_byte_array_append (out, &zero, 1);
    out->data[out->len - 1] |= (guint8) ((*text == '1') << (7 - n++ % 8));
  }
}

/* As units write it. */
static void
escape (GByteArray * bytes)
{
  static const guint8 three = 3;

  for (guint i = 2; i < bytes->len; i++)
    if (bytes->data[i - 2] == 0 && bytes->data[i - 1] == 0
        && bytes->data[i] <= 3) {
      g_byte_array_append (bytes, &three, 1);
      memmove (bytes->data + i + 1, bytes->data + i, bytes->len - 1 - i);
      bytes->data[i] = 3;
      i++;
    }
}

static GBytes *
make_record (gboolean is_hevc, const gchar * bits)
{
  g_autoptr (GBytes) head = rtmp_test_unhex (is_hevc ?
      "01 00000000 0000000000000000000000000000000000 01 21 0001 0000"
      : "01 42000A FF E1 0000");
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GByteArray) unit = g_byte_array_new ();

  append_bits (unit, is_hevc ? "01000010 00000001" : "01100111");
  append_bits (unit, bits);
  escape (unit);
  g_byte_array_append (out, g_bytes_get_data (head, NULL),
      (guint) g_bytes_get_size (head));
  out->data[out->len - 1] = (guint8) unit->len;
  g_byte_array_append (out, unit->data, unit->len);
  return g_byte_array_free_to_bytes (out);
}

static void
test_set (gconstpointer user_data)
{
  const Set *set = user_data;
  g_autoptr (GBytes) record = make_record (set->is_hevc, set->bits);
  guint width, height;

  g_assert_cmpint (parse (set->is_hevc, record, g_bytes_get_size (record),
          &width, &height), ==, set->width > 0);
  g_assert_cmpuint (width, ==, set->width > 0 ? set->width : 7);
  g_assert_cmpuint (height, ==, set->width > 0 ? set->height : 7);
}

/* No set at all, or something else in its place. */
static void
test_no_set (void)
{
  static const gchar *avc[] =
      { "01 42000A FF E0 01 0000", "01 42000A FF E1 0000",
    "01 42000A FF E1 0003 68 42 00", "01 42000A FF E1 0100 67 42"
  };
  guint width, height;

  for (guint i = 0; i < G_N_ELEMENTS (avc); i++) {
    g_autoptr (GBytes) bytes = rtmp_test_unhex (avc[i]);

    g_assert_false (parse (FALSE, bytes, g_bytes_get_size (bytes), &width,
            &height));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (records); i++) {
    g_autofree gchar *path =
        g_strconcat ("/sps/record/", records[i].name, NULL);

    g_test_add_data_func (path, &records[i], test_record);
  }
  for (guint i = 0; i < G_N_ELEMENTS (sets); i++) {
    g_autofree gchar *path = g_strconcat ("/sps/set/", sets[i].name, NULL);

    g_test_add_data_func (path, &sets[i], test_set);
  }
  g_test_add_func ("/sps/no-set", test_no_set);
  return g_test_run ();
}

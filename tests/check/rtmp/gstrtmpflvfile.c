/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpflvfile.h"

#include "flvfile.h"
#include "gstrtmptest.h"
#include "rtmptesthex.h"

#define AUDIO FLV_TAG_AUDIO
#define VIDEO FLV_TAG_VIDEO
#define ENCRYPTED 0x20
#define BEGINNING 9             /* of a file, behind its header */

#define KEY "17 01 000028 0000000165"   /* shown 40 ms later */
#define INTER "27 01 000028 0000000141"
#define FRAME "AF 01 2100"

/* A file behind a pad. */
typedef struct
{
  GstPad *source, *sink;
  GByteArray *bytes;
  GstRtmpFlvFile *file;
  GstFlowReturn flow;           /* of each pull */
  guint n_pulls;
  guint64 furthest;             /* byte that was pulled */
} Test;

static Test *
test_of (GstPad * pad)
{
  return gst_pad_get_element_private (pad);
}

static GstFlowReturn
on_pull (GstPad * pad, GstObject * parent, guint64 offset, guint size,
    GstBuffer ** buffer)
{
  Test *t = test_of (pad);
  guint64 end = MIN (offset + size, t->bytes->len);

  t->n_pulls++;
  if (t->flow != GST_FLOW_OK)
    return t->flow;
  if (offset >= t->bytes->len)
    return GST_FLOW_EOS;
  t->furthest = MAX (t->furthest, end);
  *buffer = gst_buffer_new_memdup (t->bytes->data + offset,
      (gsize) (end - offset));
  return GST_FLOW_OK;
}

static gboolean
on_query (GstPad * pad, GstObject * parent, GstQuery * query)
{
  GstFormat format;

  if (GST_QUERY_TYPE (query) != GST_QUERY_DURATION)
    return FALSE;
  gst_query_parse_duration (query, &format, NULL);
  g_assert_cmpint (format, ==, GST_FORMAT_BYTES);
  gst_query_set_duration (query, format, test_of (pad)->bytes->len);
  return TRUE;
}

static Test *
test_new (void)
{
  Test *t = g_new0 (Test, 1);

  t->bytes = g_byte_array_new ();
  t->source = gst_object_ref_sink (gst_pad_new ("src", GST_PAD_SRC));
  t->sink = gst_object_ref_sink (gst_pad_new ("sink", GST_PAD_SINK));
  gst_pad_set_element_private (t->source, t);
  gst_pad_set_getrange_function (t->source, on_pull);
  gst_pad_set_query_function (t->source, on_query);
  g_assert_cmpint (gst_pad_link (t->source, t->sink), ==, GST_PAD_LINK_OK);
  g_assert_true (gst_pad_activate_mode (t->sink, GST_PAD_MODE_PULL, TRUE));
  t->file = gst_rtmp_flv_file_new (t->sink);
  return t;
}

static void
test_free (Test * t)
{
  gst_rtmp_flv_file_free (t->file);
  gst_pad_set_active (t->sink, FALSE);
  gst_pad_set_active (t->source, FALSE);
  gst_object_unref (t->sink);
  gst_object_unref (t->source);
  g_byte_array_unref (t->bytes);
  g_free (t);
}

/* Where it was put. */
static guint64
add (Test * t, guint8 type, guint32 timestamp, const gchar * hex)
{
  g_autoptr (GBytes) body = rtmp_test_unhex (hex);
  const RtmpMessage message = {.type = type,.timestamp = timestamp,
    .payload = body
  };
  g_autoptr (GBytes) tag = gst_rtmp_test_tag (&message);
  guint64 offset = t->bytes->len;

  g_byte_array_append (t->bytes, g_bytes_get_data (tag, NULL),
      (guint) g_bytes_get_size (tag));
  return offset;
}

static void
add_bytes (Test * t, guint n, gsize size)
{
  g_autoptr (GBytes) bytes = gst_rtmp_test_payload (n, size);

  g_byte_array_append (t->bytes, g_bytes_get_data (bytes, NULL), (guint) size);
}

static void
add_header (Test * t)
{
  guint8 header[FLV_FILE_HEADER_SIZE];

  flv_write_file_header (header, TRUE, TRUE);
  g_byte_array_append (t->bytes, header, sizeof (header));
}

#define N_KEYS 5

/* Key frames each second from @start on, an inter frame and sound behind each
 * of them. */
static Test *
test_new_video (guint32 start, guint64 keys[N_KEYS])
{
  Test *t = test_new ();

  add_header (t);
  for (guint i = 0; i < N_KEYS; i++) {
    keys[i] = add (t, VIDEO, start + i * 1000, KEY);
    add (t, AUDIO, start + i * 1000, FRAME);
    add (t, VIDEO, start + i * 1000 + 500, INTER);
  }
  return t;
}

static void
assert_found (Test * t, gint64 time, guint64 offset, gint64 place)
{
  GstRtmpFlvPlace found;

  g_assert_cmpint (gst_rtmp_flv_file_find (t->file,
          (GstClockTime) time * GST_MSECOND, &found), ==, GST_FLOW_OK);
  g_assert_cmpuint (found.offset, ==, offset);
  g_assert_cmpuint (found.time, ==, (GstClockTime) place * GST_MSECOND);
}

static void
assert_next (Test * t, gint64 time, guint64 offset, gint64 place)
{
  GstRtmpFlvPlace found;

  g_assert_cmpint (gst_rtmp_flv_file_find_next (t->file,
          (GstClockTime) time * GST_MSECOND, &found), ==, GST_FLOW_OK);
  g_assert_cmpuint (found.offset, ==, offset);
  g_assert_cmpuint (found.time, ==, (GstClockTime) place * GST_MSECOND);
}

/* Reading */

static void
test_read (void)
{
  Test *t = test_new ();
  static const gsize sizes[] = { 65536, 65536, 1000 };
  GstBuffer *block;
  gsize at = 0;

  add_bytes (t, 1, 2 * 65536 + 1000);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_assert_cmpint (gst_rtmp_flv_file_read (t->file, &block), ==, GST_FLOW_OK);
    g_assert_cmpuint (gst_buffer_get_size (block), ==, sizes[i]);
    g_assert_cmpint (gst_buffer_memcmp (block, 0, t->bytes->data + at,
            sizes[i]), ==, 0);
    gst_buffer_unref (block);
    at += sizes[i];
  }
  g_assert_cmpint (gst_rtmp_flv_file_read (t->file, &block), ==, GST_FLOW_EOS);
  g_assert_null (block);
  gst_rtmp_flv_file_go_to (t->file, 2 * 65536 + 990);
  g_assert_cmpint (gst_rtmp_flv_file_read (t->file, &block), ==, GST_FLOW_OK);
  g_assert_cmpint (gst_buffer_memcmp (block, 0,
          t->bytes->data + 2 * 65536 + 990, 10), ==, 0);
  gst_buffer_unref (block);
  test_free (t);
}

static void
test_flows (void)
{
  static const GstFlowReturn flows[] = { GST_FLOW_ERROR, GST_FLOW_FLUSHING };
  GstRtmpFlvPlace place;
  guint64 keys[N_KEYS];

  for (guint i = 0; i < G_N_ELEMENTS (flows); i++) {
    Test *t = test_new_video (0, keys);
    GstBuffer *block;

    t->flow = flows[i];
    g_assert_cmpint (gst_rtmp_flv_file_read (t->file, &block), ==, flows[i]);
    g_assert_null (block);
    g_assert_cmpint (gst_rtmp_flv_file_find (t->file, 0, &place), ==, flows[i]);
    g_assert_cmpint (gst_rtmp_flv_file_find_next (t->file, 0, &place), ==,
        flows[i]);
    g_assert_cmpint (gst_rtmp_flv_file_seek (t->file,
            GST_SEEK_FLAG_KEY_UNIT | GST_SEEK_FLAG_SNAP_NEAREST, 0, &place), ==,
        flows[i]);
    g_assert_false (GST_CLOCK_TIME_IS_VALID (gst_rtmp_flv_file_last_time
            (t->file)));
    /* Nothing of it stays. */
    t->flow = GST_FLOW_OK;
    assert_found (t, 2040, keys[2], 2040);
    test_free (t);
  }
}

/* Looking through it */

static void
test_look (void)
{
  guint64 keys[N_KEYS];
  Test *t = test_new_video (0, keys);

  assert_found (t, 2040, keys[2], 2040);
  assert_found (t, 2039, keys[1], 1040);
  assert_found (t, 9000, keys[4], 4040);
  assert_found (t, 40, keys[0], 40);
  /* The beginning, for what is before the first one. */
  assert_found (t, 39, BEGINNING, 39);
  assert_next (t, 2040, keys[2], 2040);
  assert_next (t, 2041, keys[3], 3040);
  assert_next (t, 0, keys[0], 40);
  assert_next (t, 9000, keys[4], 4040);
  test_free (t);
}

/* What is looked at once is known, and no more than is needed. */
static void
test_look_once (void)
{
  Test *t = test_new ();
  guint64 keys[100];
  guint pulls;

  add_header (t);
  /* Large ones, without a trailer. */
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    keys[i] = add (t, VIDEO, i * 1000, KEY);
    add_bytes (t, i, 0x4E00);
    t->bytes->data[keys[i] + 2] = 0x4E;
    t->bytes->data[keys[i] + 3] = 10 + FLV_TAG_TRAILER_SIZE;
  }
  assert_found (t, 10500, keys[10], 10040);
  g_assert_cmpuint (t->furthest, <=, keys[13]);
  pulls = t->n_pulls;
  assert_found (t, 3500, keys[3], 3040);
  assert_next (t, 3500, keys[4], 4040);
  g_assert_cmpuint (t->n_pulls, ==, pulls);
  test_free (t);
}

static void
test_sound (void)
{
  Test *t = test_new ();
  guint64 at[40];

  add_header (t);
  for (guint i = 0; i < G_N_ELEMENTS (at); i++)
    at[i] = add (t, AUDIO, i * 100, FRAME);
  assert_found (t, 2950, at[20], 2000);
  assert_found (t, 999, at[0], 0);
  assert_next (t, 1001, at[20], 2000);
  test_free (t);
}

static void
test_wrap (void)
{
  guint64 keys[N_KEYS];
  Test *t = test_new_video (0xFFFFFFFF - 1500, keys);

  assert_found (t, G_GINT64_CONSTANT (0xFFFFFFFF) + 1600, keys[3],
      G_GINT64_CONSTANT (0xFFFFFFFF) + 1540);
  assert_found (t, G_GINT64_CONSTANT (0xFFFFFFFF) - 400, keys[1],
      G_GINT64_CONSTANT (0xFFFFFFFF) - 460);
  test_free (t);
}

/* Shown at a time that is not, or before the one before. */
static void
test_composition (void)
{
  Test *t = test_new ();
  guint64 first, second;

  add_header (t);
  first = add (t, VIDEO, 100, "17 01 FFFE0C 0000000165");
  second = add (t, VIDEO, 1000, "91 61766331 FFFFFF 0000000165");
  assert_found (t, 998, first, 0);
  assert_found (t, 999, second, 999);
  test_free (t);
}

static void
test_nothing (void)
{
  static const gchar *const files[] = {
    "", "464C56", "464C5601 05 00000009", "464C5601 05 00000009 00000000",
    "464C5601 05 000000FF 00000000", "89504E47 0D0A1A0A 00",
    "464C5601 05 00000009 00000000 09 00000A 00000000",
  };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autoptr (GBytes) bytes = rtmp_test_unhex (files[i]);
    Test *t = test_new ();
    GstRtmpFlvPlace place;

    g_byte_array_append (t->bytes, g_bytes_get_data (bytes, NULL),
        (guint) g_bytes_get_size (bytes));
    g_assert_cmpint (gst_rtmp_flv_file_find (t->file, 0, &place), ==,
        GST_FLOW_EOS);
    g_assert_cmpint (gst_rtmp_flv_file_find_next (t->file, 0, &place), ==,
        GST_FLOW_EOS);
    g_assert_false (GST_CLOCK_TIME_IS_VALID (gst_rtmp_flv_file_last_time
            (t->file)));
    test_free (t);
  }
}

/* Tags begin where the header says, trailers or not. */
static void
test_data_offset (void)
{
  Test *t = test_new ();
  guint64 keys[2];

  add_header (t);
  t->bytes->data[8] = 20;
  add_bytes (t, 0, 20 + FLV_TAG_TRAILER_SIZE - FLV_FILE_HEADER_SIZE);
  keys[0] = add (t, VIDEO, 0, KEY);
  g_byte_array_set_size (t->bytes, t->bytes->len - FLV_TAG_TRAILER_SIZE);
  keys[1] = add (t, VIDEO, 1000, KEY);
  memset (t->bytes->data + 20, 0, FLV_TAG_TRAILER_SIZE);
  assert_found (t, 500, keys[0], 40);
  assert_found (t, 1500, keys[1], 1040);
  test_free (t);
}

static void
add_damage (Test * t, gsize size)
{
  g_byte_array_append (t->bytes, (const guint8 *) "\xFF", 1);
  add_bytes (t, 3, size);
}

static void
test_damage (void)
{
  static const gsize sizes[] = { 1, 5000, 70000, 3 << 20,
    (2 << 20) - 11,             /* what follows is cut by what is searched */
  };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    guint64 keys[N_KEYS], behind;
    Test *t = test_new_video (0, keys);

    add_damage (t, sizes[i]);
    behind = add (t, VIDEO, 10000, KEY);
    assert_found (t, 10500, behind, 10040);
    assert_found (t, 4500, keys[4], 4040);
    add_damage (t, sizes[i]);
    assert_found (t, 20500, behind, 10040);
    test_free (t);
  }
}

/* It is there, and nothing that could be played from. */
static void
test_encrypted (void)
{
  guint64 keys[N_KEYS], behind;
  Test *t = test_new_video (0, keys);

  add (t, VIDEO | ENCRYPTED, 5000, KEY);
  add (t, AUDIO | ENCRYPTED, 5000, FRAME);
  behind = add (t, VIDEO, 6000, KEY);
  assert_found (t, 5500, keys[4], 4040);
  assert_found (t, 6500, behind, 6040);
  test_free (t);
}

/* The index */

static void
take_index (Test * t, const guint64 * keys, guint n, gint64 late)
{
  GArray *index = g_array_new (FALSE, FALSE, sizeof (FlvIndexEntry));

  for (guint i = 0; i < n; i++) {
    const FlvIndexEntry entry = { keys[i], (guint64) (i * 1000 + 40 + late) };

    g_array_append_val (index, entry);
  }
  gst_rtmp_flv_file_take_index (t->file, index);
}

static void
test_index (void)
{
  GstRtmpFlvPlace place;
  guint64 keys[N_KEYS];
  Test *t = test_new_video (0, keys);

  take_index (t, keys, N_KEYS, 0);
  assert_found (t, 3500, keys[3], 3040);
  /* That one tag was looked at. */
  g_assert_cmpuint (t->n_pulls, ==, 1);
  assert_found (t, 3040, keys[3], 3040);
  assert_next (t, 3040, keys[3], 3040);
  assert_next (t, 2041, keys[3], 3040);
  assert_found (t, 3039, keys[2], 2040);
  assert_found (t, 9000, keys[4], 4040);
  assert_next (t, 0, keys[0], 40);
  g_assert_cmpint (gst_rtmp_flv_file_find_next (t->file,
          2040 * GST_MSECOND + 1, &place), ==, GST_FLOW_OK);
  g_assert_cmpuint (place.offset, ==, keys[3]);
  /* Nothing is behind the last one, nothing before the first. */
  assert_next (t, 9000, keys[4], 4040);
  assert_found (t, 20, BEGINNING, 20);
  test_free (t);
}

/* It has times of decoding: those in it are shown 40 ms later. */
static void
test_index_of_decoding (void)
{
  guint64 keys[N_KEYS];
  Test *t = test_new_video (0, keys);

  take_index (t, keys, N_KEYS, -40);
  assert_found (t, 3020, keys[2], 2040);
  assert_found (t, 3040, keys[3], 3040);
  assert_next (t, 3000, keys[3], 3040);
  assert_found (t, 20, BEGINNING, 20);
  test_free (t);
}

/* One entry that is wrong, and none is believed. */
static void
test_wrong_index (void)
{
  guint64 keys[N_KEYS], wrong[N_KEYS];
  static const gint64 by[] = { 1, -1, 25, 1 << 20 };

  for (guint i = 0; i < G_N_ELEMENTS (by); i++) {
    Test *t = test_new_video (0, keys);

    memcpy (wrong, keys, sizeof (keys));
    wrong[3] = (guint64) ((gint64) keys[3] + by[i]);
    wrong[2] = keys[1];
    take_index (t, wrong, N_KEYS, 0);
    assert_found (t, 3500, keys[3], 3040);
    assert_found (t, 2500, keys[2], 2040);
    test_free (t);
  }
}

/* The tag's own time counts, also when the index says another. */
static void
test_index_of_wrap (void)
{
  guint64 keys[N_KEYS];
  Test *t = test_new_video (0xFFFFFFFF - 1500, keys);
  GArray *index = g_array_new (FALSE, FALSE, sizeof (FlvIndexEntry));
  const FlvIndexEntry entry =
      { keys[3], G_GUINT64_CONSTANT (0xFFFFFFFF) + 1500 };

  g_array_append_val (index, entry);
  gst_rtmp_flv_file_take_index (t->file, index);
  assert_found (t, G_GINT64_CONSTANT (0xFFFFFFFF) + 1600, keys[3],
      G_GINT64_CONSTANT (0xFFFFFFFF) + 1540);
  test_free (t);
}

/* Seeking */

static void
test_seek (void)
{
#define KEY_UNIT GST_SEEK_FLAG_KEY_UNIT
  static const struct
  {
    GstSeekFlags flags;
    GstClockTime time;          /* ms */
    guint key;
  } rows[] = {
    {0, 2900, 2}, {GST_SEEK_FLAG_SNAP_AFTER, 2900, 2},
    {GST_SEEK_FLAG_SNAP_NEAREST, 2900, 2}, {KEY_UNIT, 2900, 2},
    {KEY_UNIT | GST_SEEK_FLAG_SNAP_BEFORE, 2900, 2},
    {KEY_UNIT | GST_SEEK_FLAG_SNAP_AFTER, 2100, 3},
    {KEY_UNIT | GST_SEEK_FLAG_SNAP_AFTER, 2040, 2},
    {KEY_UNIT | GST_SEEK_FLAG_SNAP_AFTER, 9000, 4},
    {KEY_UNIT | GST_SEEK_FLAG_SNAP_NEAREST, 2540, 2},
    {KEY_UNIT | GST_SEEK_FLAG_SNAP_NEAREST, 2541, 3},
    {KEY_UNIT | GST_SEEK_FLAG_SNAP_NEAREST, 9000, 4},
  };
  guint64 keys[N_KEYS];

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Test *t = test_new_video (0, keys);
    GstRtmpFlvPlace place;

    g_assert_cmpint (gst_rtmp_flv_file_seek (t->file, rows[i].flags,
            rows[i].time * GST_MSECOND, &place), ==, GST_FLOW_OK);
    g_assert_cmpuint (place.offset, ==, keys[rows[i].key]);
    test_free (t);
  }
}

/* The end */

static void
test_last_time (void)
{
  guint64 keys[N_KEYS];
  Test *t = test_new_video (0x01000000, keys);
  GByteArray *bytes = t->bytes;

  g_assert_cmpuint (gst_rtmp_flv_file_last_time (t->file), ==,
      (0x01000000 + 4500) * GST_MSECOND);
  test_free (t);

  for (guint i = 0; i < 5; i++) {
    t = test_new_video (0, keys);
    bytes = t->bytes;
    switch (i) {
      case 0:                  /* no trailer, or a part of one */
        g_byte_array_set_size (bytes, bytes->len - 1);
        break;
      case 1:                  /* a trailer of nothing */
        memset (bytes->data + bytes->len - 4, 0, 4);
        break;
      case 2:                  /* longer than the file */
        memset (bytes->data + bytes->len - 4, 0x7F, 4);
        break;
      case 3:                  /* where no tag is */
        bytes->data[bytes->len - 1] += 1;
        break;
      default:                 /* of another tag, which ends before */
        bytes->data[bytes->len - 1] =
            (guint8) (bytes->len - 4 - keys[N_KEYS - 1]);
        break;
    }
    g_assert_false (GST_CLOCK_TIME_IS_VALID (gst_rtmp_flv_file_last_time
            (t->file)));
    test_free (t);
  }
}

int
main (int argc, char **argv)
{
  gst_rtmp_test_init (&argc, &argv);
  g_test_add_func ("/rtmpflvfile/read", test_read);
  g_test_add_func ("/rtmpflvfile/flows", test_flows);
  g_test_add_func ("/rtmpflvfile/look/video", test_look);
  g_test_add_func ("/rtmpflvfile/look/once", test_look_once);
  g_test_add_func ("/rtmpflvfile/look/sound", test_sound);
  g_test_add_func ("/rtmpflvfile/look/wrap", test_wrap);
  g_test_add_func ("/rtmpflvfile/look/composition", test_composition);
  g_test_add_func ("/rtmpflvfile/look/nothing", test_nothing);
  g_test_add_func ("/rtmpflvfile/look/E-183-data-offset", test_data_offset);
  g_test_add_func ("/rtmpflvfile/look/E-189-damage", test_damage);
  g_test_add_func ("/rtmpflvfile/look/E-187-encrypted", test_encrypted);
  g_test_add_func ("/rtmpflvfile/index/E-188-right", test_index);
  g_test_add_func ("/rtmpflvfile/index/E-188-of-decoding",
      test_index_of_decoding);
  g_test_add_func ("/rtmpflvfile/index/E-188-wrong", test_wrong_index);
  g_test_add_func ("/rtmpflvfile/index/wrap", test_index_of_wrap);
  g_test_add_func ("/rtmpflvfile/seek", test_seek);
  g_test_add_func ("/rtmpflvfile/last-time", test_last_time);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "flvpacket.h"
#include "rtmptesthex.h"

/* What a reader reported, tags in a row. */
typedef struct
{
  GArray *tags;                 /* of FlvTag, which own their body */
  guint stop_after;             /* 0: never */
} Sink;

static void
tag_clear (gpointer data)
{
  g_bytes_unref (((FlvTag *) data)->body);
}

static void
sink_init (Sink * sink)
{
  sink->tags = g_array_new (FALSE, FALSE, sizeof (FlvTag));
  sink->stop_after = 0;
  g_array_set_clear_func (sink->tags, tag_clear);
}

static void
sink_clear (Sink * sink)
{
  g_array_unref (sink->tags);
}

static gboolean
sink_tag (const FlvTag * tag, gpointer user_data, GError ** error)
{
  Sink *sink = user_data;
  FlvTag copy = *tag;

  g_bytes_ref (copy.body);
  g_array_append_val (sink->tags, copy);
  if (sink->tags->len != sink->stop_after)
    return TRUE;
  g_set_error_literal (error, RTMP_ERROR, RTMP_ERROR_STATE, "enough");
  return FALSE;
}

static const FlvTag *
sink_at (const Sink * sink, guint i)
{
  g_assert_cmpuint (i, <, sink->tags->len);
  return &g_array_index (sink->tags, FlvTag, i);
}

static void
assert_same (const Sink * a, const Sink * b)
{
  guint i;

  g_assert_cmpuint (a->tags->len, ==, b->tags->len);
  for (i = 0; i < a->tags->len; i++) {
    const FlvTag *x = sink_at (a, i), *y = sink_at (b, i);

    g_assert_cmpuint (x->type, ==, y->type);
    g_assert_cmpint (x->encrypted, ==, y->encrypted);
    g_assert_cmpuint (x->timestamp, ==, y->timestamp);
    g_assert_true (g_bytes_equal (x->body, y->body));
  }
}

/* A block that a sanitizer sees the ends of. */
static gboolean
feed (FlvReader * reader, const guint8 * data, gsize size, Sink * sink,
    GError ** error)
{
  g_autoptr (GBytes) block = g_bytes_new (data, size);

  return flv_reader_feed (reader, block, sink_tag, sink, error);
}

static void
feed_ok (FlvReader * reader, const guint8 * data, gsize size, Sink * sink)
{
  GError *error = NULL;
  gboolean ok = feed (reader, data, size, sink, &error);

  g_assert_no_error (error);
  g_assert_true (ok);
}

/* In blocks of @step bytes. */
static void
read_stepped (const guint8 * data, gsize size, gsize step, Sink * sink)
{
  g_autoptr (FlvReader) reader = flv_reader_new ();
  gsize i;

  sink_init (sink);
  for (i = 0; i < size; i += step)
    feed_ok (reader, data + i, MIN (step, size - i), sink);
  g_assert_false (flv_reader_is_partial (reader));
}

/* Whole, byte by byte, and in two blocks cut at every offset. */
static void
read_every_way (const guint8 * data, gsize size, Sink * sink)
{
  Sink other;
  gsize i;

  read_stepped (data, size, MAX (size, 1), sink);
  read_stepped (data, size, 1, &other);
  assert_same (sink, &other);
  sink_clear (&other);
  for (i = 0; i <= size; i++) {
    g_autoptr (FlvReader) reader = flv_reader_new ();

    sink_init (&other);
    feed_ok (reader, data, i, &other);
    feed_ok (reader, data + i, size - i, &other);
    assert_same (sink, &other);
    sink_clear (&other);
  }
}

static void
read_hex (const gchar * hex, Sink * sink)
{
  g_autoptr (GBytes) bytes = rtmp_test_unhex (hex);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  read_every_way (data, size, sink);
}

static void
assert_tag (const Sink * sink, guint i, guint8 type, guint32 timestamp,
    const gchar * body)
{
  const FlvTag *tag = sink_at (sink, i);
  g_autoptr (GBytes) expected = rtmp_test_unhex (body);

  g_assert_cmpuint (tag->type, ==, type);
  g_assert_cmpuint (tag->timestamp, ==, timestamp);
  g_assert_true (g_bytes_equal (tag->body, expected));
}

#define HEADER "464C5601 05 00000009 "
#define ZERO "00000000 "
#define AUDIO_1 "08 000003 000001 00 000000 2F0102 "    /* MP3 at 1 ms */
#define TRAILER_1 "0000000E "
#define VIDEO_2 "09 000002 000002 00 000000 2203 "      /* Sorenson at 2 ms */
#define TRAILER_2 "0000000D "

static void
assert_audio_1_video_2 (const Sink * sink)
{
  g_assert_cmpuint (sink->tags->len, ==, 2);
  assert_tag (sink, 0, FLV_TAG_AUDIO, 1, "2F0102");
  assert_tag (sink, 1, FLV_TAG_VIDEO, 2, "2203");
}

/* With and without what is optional, and with trailers that lie. */
static void
test_forms (void)
{
  static const gchar *const forms[] = {
    HEADER ZERO AUDIO_1 TRAILER_1 VIDEO_2 TRAILER_2,
    HEADER AUDIO_1 VIDEO_2,
    HEADER ZERO AUDIO_1 VIDEO_2,
    AUDIO_1 TRAILER_1 VIDEO_2,
    AUDIO_1 VIDEO_2,
    ZERO AUDIO_1 ZERO ZERO VIDEO_2,
    HEADER ZERO AUDIO_1 TRAILER_1 HEADER ZERO VIDEO_2 TRAILER_2,
    HEADER AUDIO_1 HEADER HEADER VIDEO_2,
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (forms); i++) {
    Sink sink;

    read_hex (forms[i], &sink);
    assert_audio_1_video_2 (&sink);
    sink_clear (&sink);
  }
}

static void
test_data_offset (void)
{
  Sink sink;

  read_hex ("464C5601 05 0000000D DEADBEEF" ZERO AUDIO_1 VIDEO_2, &sink);
  assert_audio_1_video_2 (&sink);
  sink_clear (&sink);
}

static void
test_previous_tag_size_is_not_trusted (void)
{
  Sink sink;

  read_hex (HEADER "00FFFFFF" AUDIO_1 "00000000" VIDEO_2 "00123456", &sink);
  assert_audio_1_video_2 (&sink);
  sink_clear (&sink);
}

static void
test_timestamp (void)
{
  Sink sink;

  read_hex ("08 000001 FFFFFF 00 000000 2F" "08 000001 000000 01 000000 2F"
      "08 000001 345678 12 000000 2F" "08 000001 FFFFFE FF 000000 2F", &sink);
  g_assert_cmpuint (sink.tags->len, ==, 4);
  assert_tag (&sink, 0, FLV_TAG_AUDIO, 0x00FFFFFF, "2F");
  assert_tag (&sink, 1, FLV_TAG_AUDIO, 0x01000000, "2F");
  assert_tag (&sink, 2, FLV_TAG_AUDIO, 0x12345678, "2F");
  assert_tag (&sink, 3, FLV_TAG_AUDIO, 0xFFFFFFFE, "2F");
  sink_clear (&sink);
}

static void
test_stream_id_is_ignored (void)
{
  Sink sink;

  read_hex ("08 000001 000005 00 ABCDEF 2F", &sink);
  g_assert_cmpuint (sink.tags->len, ==, 1);
  assert_tag (&sink, 0, FLV_TAG_AUDIO, 5, "2F");
  sink_clear (&sink);
}

static void
test_types (void)
{
  Sink sink;

  read_hex (HEADER ZERO "0F 000002 000000 00 000000 0002" "0000000D"
      "12 000001 000000 00 000000 02" "0000000C"
      /* unknown: 7 with, 10 and 31 without PreviousTagSize, 31 empty */
      "07 000002 000000 00 000000 4647" "0000000D"
      "0A 000003 000000 00 000000 080808" "1F 000000 000000 00 000000"
      AUDIO_1, &sink);
  g_assert_cmpuint (sink.tags->len, ==, 3);
  assert_tag (&sink, 0, FLV_TAG_SCRIPT_AMF3, 0, "0002");
  assert_tag (&sink, 1, FLV_TAG_SCRIPT, 0, "02");
  assert_tag (&sink, 2, FLV_TAG_AUDIO, 1, "2F0102");
  sink_clear (&sink);
}

static void
test_filter (void)
{
  Sink sink;

  read_hex ("28 000001 000001 00 000000 AF" VIDEO_2
      "32 000001 000003 00 000000 02", &sink);
  g_assert_cmpuint (sink.tags->len, ==, 3);
  assert_tag (&sink, 0, FLV_TAG_AUDIO, 1, "AF");
  g_assert_true (sink_at (&sink, 0)->encrypted);
  g_assert_false (sink_at (&sink, 1)->encrypted);
  assert_tag (&sink, 2, FLV_TAG_SCRIPT, 3, "02");
  g_assert_true (sink_at (&sink, 2)->encrypted);
  sink_clear (&sink);
}

static void
test_empty_bodies (void)
{
  Sink sink;

  read_hex ("08 000000 000001 00 000000" "0000000B"
      "08 000000 000002 00 000000" "09 000000 000003 00 000000", &sink);
  g_assert_cmpuint (sink.tags->len, ==, 3);
  assert_tag (&sink, 0, FLV_TAG_AUDIO, 1, "");
  assert_tag (&sink, 1, FLV_TAG_AUDIO, 2, "");
  assert_tag (&sink, 2, FLV_TAG_VIDEO, 3, "");
  sink_clear (&sink);
}

static void
append_tag (GByteArray * out, guint8 type, gsize body_size)
{
  guint8 header[FLV_TAG_HEADER_SIZE], trailer[FLV_TAG_TRAILER_SIZE];
  gsize start = out->len + sizeof (header);

  flv_write_tag_header (header, (FlvTagType) type, body_size, 7);
  g_byte_array_append (out, header, sizeof (header));
  g_byte_array_set_size (out, start + body_size);
  memset (out->data + start, 0x55, body_size);
  flv_write_tag_trailer (trailer, body_size);
  g_byte_array_append (out, trailer, sizeof (trailer));
}

/* From 0xFFFFF5 on, PreviousTagSize begins with 1, known type or not. */
static void
test_largest_tags (void)
{
  static const guint8 types[] = { FLV_TAG_AUDIO, 10 };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autoptr (GByteArray) data = g_byte_array_new ();
    guint expected = types[i] == FLV_TAG_AUDIO ? 4 : 1;
    Sink sink;

    append_tag (data, types[i], 0xFFFFF4);
    append_tag (data, types[i], 0xFFFFF5);
    append_tag (data, types[i], 0xFFFFFF);
    append_tag (data, 1, 2);
    append_tag (data, FLV_TAG_VIDEO, 1);
    read_stepped (data->data, data->len, data->len, &sink);
    g_assert_cmpuint (sink.tags->len, ==, expected);
    assert_tag (&sink, expected - 1, FLV_TAG_VIDEO, 7, "55");
    sink_clear (&sink);
    read_stepped (data->data, data->len, 100003, &sink);
    g_assert_cmpuint (sink.tags->len, ==, expected);
    sink_clear (&sink);
  }
}

/* A body that lies whole in a block is not copied. */
static void
test_slices (void)
{
  g_autoptr (GBytes) block =
      rtmp_test_unhex (HEADER ZERO AUDIO_1 TRAILER_1 VIDEO_2);
  g_autoptr (GBytes) head = g_bytes_new_from_bytes (block, 0, 20);
  g_autoptr (GBytes) tail = g_bytes_new_from_bytes (block, 20,
      g_bytes_get_size (block) - 20);
  const guint8 *data = g_bytes_get_data (block, NULL);
  g_autoptr (FlvReader) reader = flv_reader_new ();
  GError *error = NULL;
  Sink sink;

  sink_init (&sink);
  flv_reader_feed (reader, head, sink_tag, &sink, &error);
  g_assert_no_error (error);
  flv_reader_feed (reader, tail, sink_tag, &sink, &error);
  g_assert_no_error (error);
  assert_audio_1_video_2 (&sink);
  g_assert_true (g_bytes_get_data (sink_at (&sink, 0)->body, NULL) ==
      data + 13 + 11);
  g_assert_true (g_bytes_get_data (sink_at (&sink, 1)->body, NULL) ==
      data + 13 + 11 + 3 + 4 + 11);
  sink_clear (&sink);
}

static void
test_partial (void)
{
  /* 13 bytes of header, a tag to 27, a trailer to 31, an unknown tag to 44. */
  g_autoptr (GBytes) bytes = rtmp_test_unhex (HEADER ZERO AUDIO_1 TRAILER_1
      "0A 000002 000000 00 000000 0808");
  const guint8 *data = g_bytes_get_data (bytes, NULL);
  g_autoptr (FlvReader) reader = flv_reader_new ();
  gsize i;
  Sink sink;

  sink_init (&sink);
  g_assert_false (flv_reader_is_partial (reader));
  for (i = 1; i <= g_bytes_get_size (bytes); i++) {
    feed_ok (reader, data + i - 1, 1, &sink);
    g_assert_cmpint (flv_reader_is_partial (reader), ==, i < 9
        || (i > 13 && i < 27) || (i > 31 && i < 44));
    /* All whole tags are out, and no more. */
    g_assert_cmpuint (sink.tags->len, ==, i < 27 ? 0 : 1);
  }
  sink_clear (&sink);
}

static void
test_reset (void)
{
  g_autoptr (GBytes) bytes =
      rtmp_test_unhex (HEADER ZERO AUDIO_1 TRAILER_1 VIDEO_2);
  const guint8 *data = g_bytes_get_data (bytes, NULL);
  gsize size = g_bytes_get_size (bytes);
  gsize i;

  for (i = 0; i < size; i++) {
    g_autoptr (FlvReader) reader = flv_reader_new ();
    Sink sink;

    sink_init (&sink);
    feed_ok (reader, data, i, &sink);
    flv_reader_reset (reader);
    g_assert_false (flv_reader_is_partial (reader));
    g_array_set_size (sink.tags, 0);
    feed_ok (reader, data, size, &sink);
    assert_audio_1_video_2 (&sink);
    sink_clear (&sink);
  }
}

/* Says where, what was expected, and what came; however the blocks are cut. */
static void
test_errors (void)
{
  static const gchar *const cases[][2] = {
    {"48545450", "at byte 0: expected a tag"},
    {"48545450", "got 0x48"},
    {HEADER ZERO AUDIO_1 TRAILER_1 "80", "at byte 31: expected a tag"},
    {AUDIO_1 "48 000001 000000 00 000000 00", "at byte 14: expected a tag"},
    {AUDIO_1 "FFFFFFFF", "got 0xff"},
    {"464F5601 05 00000009", "at byte 0: expected \"FLV\""},
    {AUDIO_1 "46464C56 01 05000000", "at byte 14: expected \"FLV\""},
    {"464C5601 05 00000008", "at byte 0: expected a DataOffset"},
    {"464C5601 05 00000000", "got 0x00"},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) bytes = rtmp_test_unhex (cases[i][0]);
    const guint8 *data = g_bytes_get_data (bytes, NULL);
    gsize size = g_bytes_get_size (bytes);
    gsize cut;

    for (cut = 0; cut <= size; cut++) {
      g_autoptr (FlvReader) reader = flv_reader_new ();
      g_autoptr (GError) error = NULL;
      Sink sink;

      sink_init (&sink);
      if (feed (reader, data, cut, &sink, &error))
        g_assert_false (feed (reader, data + cut, size - cut, &sink, &error));
      g_assert_error (error, RTMP_ERROR, RTMP_ERROR_BAD_FLV);
      g_assert_nonnull (strstr (error->message, cases[i][1]));
      sink_clear (&sink);
    }
  }
}

static void
assert_stuck (FlvReader * reader, Sink * sink, gint code)
{
  g_autoptr (GBytes) good = rtmp_test_unhex (AUDIO_1);
  guint before = sink->tags->len;
  GError *error = NULL;
  guint i;

  for (i = 0; i < 2; i++) {
    g_assert_false (flv_reader_feed (reader, good, sink_tag, sink, &error));
    g_assert_error (error, RTMP_ERROR, code);
    g_clear_error (&error);
  }
  g_assert_cmpuint (sink->tags->len, ==, before);
  flv_reader_reset (reader);
  g_assert_true (flv_reader_feed (reader, good, sink_tag, sink, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (sink->tags->len, ==, before + 1);
}

static void
test_error_sticks (void)
{
  g_autoptr (FlvReader) reader = flv_reader_new ();
  Sink sink;

  sink_init (&sink);
  g_assert_false (feed (reader, (const guint8 *) "GET /", 5, &sink, NULL));
  assert_stuck (reader, &sink, RTMP_ERROR_BAD_FLV);
  sink_clear (&sink);
}

static void
test_callback_error_sticks (void)
{
  g_autoptr (GBytes) bytes = rtmp_test_unhex (AUDIO_1 VIDEO_2 AUDIO_1);
  g_autoptr (FlvReader) reader = flv_reader_new ();
  g_autoptr (GError) error = NULL;
  Sink sink;

  sink_init (&sink);
  sink.stop_after = 2;
  g_assert_false (flv_reader_feed (reader, bytes, sink_tag, &sink, &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_STATE);
  assert_audio_1_video_2 (&sink);
  assert_stuck (reader, &sink, RTMP_ERROR_STATE);
  sink_clear (&sink);
}

/* Damage, and what is found behind it. */
static void
test_resync (void)
{
  static const gchar *const damaged[] = {
    "FFFFFF", "41", "46" "00000000 0000", "01 000000 000000 00 000000",
    HEADER "FF" VIDEO_2 "0000000E", "1F0102 0000000E",
    /* Almost: of another size, of another type, of a stream. */
    "FF 08 000003 000001 00 000000 2F0102 0000000D",
    "FF 0A 000003 000001 00 000000 2F0102 0000000E",
    "FF 08 000003 000001 00 000001 2F0102 0000000E",
    "FF 0000000B 00FFFFFF FFFFFFFF",
  };

  for (guint i = 0; i < G_N_ELEMENTS (damaged); i++) {
    g_autofree gchar *hex = g_strconcat (HEADER ZERO AUDIO_1 TRAILER_1,
        damaged[i], AUDIO_1 TRAILER_1 VIDEO_2 TRAILER_2, NULL);
    g_autoptr (GBytes) bytes = rtmp_test_unhex (hex);
    gsize size, step;
    const guint8 *data = g_bytes_get_data (bytes, &size);

    for (step = 1; step <= size; step++) {
      g_autoptr (FlvReader) reader = flv_reader_new ();
      Sink sink;

      sink_init (&sink);
      flv_reader_set_resync (reader, TRUE);
      flv_reader_reset (reader);
      for (gsize at = 0; at < size; at += step)
        feed_ok (reader, data + at, MIN (step, size - at), &sink);
      g_assert_cmpuint (sink.tags->len, ==, 3);
      assert_tag (&sink, 1, FLV_TAG_AUDIO, 1, "2F0102");
      assert_tag (&sink, 2, FLV_TAG_VIDEO, 2, "2203");
      g_assert_false (sink_at (&sink, 0)->after_gap);
      g_assert_true (sink_at (&sink, 1)->after_gap);
      g_assert_false (sink_at (&sink, 2)->after_gap);
      g_assert_false (flv_reader_is_partial (reader));
      sink_clear (&sink);
    }
  }
}

/* It is looked for through any length, and little of that is kept. */
static void
test_resync_far (void)
{
  g_autoptr (FlvReader) reader = flv_reader_new ();
  g_autoptr (GBytes) tag = rtmp_test_unhex (AUDIO_1 TRAILER_1);
  guint8 damage[65536];
  Sink sink;

  sink_init (&sink);
  flv_reader_set_resync (reader, TRUE);
  memset (damage, 0xFF, sizeof (damage));
  for (guint i = 0; i < 100; i++)
    feed_ok (reader, damage, sizeof (damage), &sink);
  g_assert_true (flv_reader_is_partial (reader));
  feed_ok (reader, g_bytes_get_data (tag, NULL), g_bytes_get_size (tag), &sink);
  g_assert_cmpuint (sink.tags->len, ==, 1);
  sink_clear (&sink);
}

static void
test_write (void)
{
  guint8 out[FLV_FILE_HEADER_SIZE + FLV_TAG_HEADER_SIZE + FLV_TAG_TRAILER_SIZE];
  g_autoptr (GBytes) expected = rtmp_test_unhex ("464C5601 05 00000009 00000000"
      "09 FEDCBA 345678 12 000000" "00FEDCC5");
  guint i;

  flv_write_file_header (out, TRUE, TRUE);
  flv_write_tag_header (out + 13, FLV_TAG_VIDEO, 0xFEDCBA, 0x12345678);
  flv_write_tag_trailer (out + 24, 0xFEDCBA);
  g_assert_cmpmem (out, sizeof (out), g_bytes_get_data (expected, NULL),
      g_bytes_get_size (expected));
  for (i = 0; i < 4; i++) {
    flv_write_file_header (out, i & 1, i & 2);
    g_assert_cmpuint (out[4], ==, (i & 1 ? 4 : 0) | (i & 2 ? 1 : 0));
  }
  flv_write_tag_trailer (out, 0xFFFFFF);
  g_assert_cmpmem (out, 4, "\001\000\000\012", 4);
}

/* Files of real writers, and the list of frames that FFmpeg finds in them. */

static gint
to_int (const gchar * text)
{
  return (gint) g_ascii_strtoll (text, NULL, 10);
}

static gchar *
load (const gchar * name, const gchar * suffix, gsize * size)
{
  g_autofree gchar *base = g_strconcat (name, suffix, NULL);
  g_autofree gchar *path =
      g_build_filename (g_getenv ("FILES"), "media", base, NULL);
  GError *error = NULL;
  gchar *data;

  g_file_get_contents (path, &data, size, &error);
  g_assert_no_error (error);
  return data;
}

/* Legacy codec headers: Adobe FLV 10.1, E.4.2.1 and E.4.3.1 */
static gsize
codec_header_size (const FlvTag * tag, const guint8 * body)
{
  if (tag->type == FLV_TAG_VIDEO)
    return (body[0] & 0x0F) == 7 ? 5 : 1;
  return body[0] >> 4 == 10 ? 2 : 1;
}

/* "size, MD5" of what follows the codec header. */
static void
assert_payload (const FlvTag * tag, const gchar * size, const gchar * md5)
{
  gsize body_size;
  const guint8 *body = g_bytes_get_data (tag->body, &body_size);
  gsize header = codec_header_size (tag, body);
  g_autofree gchar *sum = NULL;

  g_assert_cmpint (body_size - header, ==, to_int (size));
  sum = g_compute_checksum_for_data (G_CHECKSUM_MD5, body + header,
      body_size - header);
  while (*md5 == ' ')
    md5++;
  g_assert_cmpstr (sum, ==, md5);
}

static gint
composition_time (const FlvTag * tag)
{
  const guint8 *body = g_bytes_get_data (tag->body, NULL);
  gint time;

  if (codec_header_size (tag, body) != 5)
    return 0;
  time = body[2] << 16 | body[3] << 8 | body[4];
  return time >= 0x800000 ? time - 0x1000000 : time;
}

static gboolean
is_sequence_end (const FlvTag * tag)
{
  const guint8 *body = g_bytes_get_data (tag->body, NULL);

  return tag->type == FLV_TAG_VIDEO && body[0] == 0x17 && body[1] == 2;
}

/* The next coded frame, or sequence header, of @type from @i on. */
static const FlvTag *
next_tag (const Sink * sink, guint * i, FlvTagType type, gboolean header)
{
  while (*i < sink->tags->len) {
    const FlvTag *tag = sink_at (sink, (*i)++);

    if (tag->type == type && !is_sequence_end (tag)
        && flv_is_sequence_header (type, tag->body) == header)
      return tag;
  }
  return NULL;
}

typedef struct
{
  const Sink *sink;
  gint start;                   /* the list begins at the earliest pts */
  FlvTagType types[2];          /* of the tracks */
  guint at[2];
} FrameList;

/* "track, dts, pts, duration, size, MD5" */
static void
check_frame (FrameList * list, gchar ** field)
{
  gint track = to_int (field[0]);
  const FlvTag *tag = next_tag (list->sink, &list->at[track],
      list->types[track], FALSE);
  gint dts = to_int (field[1]), pts = to_int (field[2]);

  g_assert_nonnull (tag);
  g_assert_cmpint (tag->timestamp, ==, list->start + dts);
  g_assert_cmpint (composition_time (tag), ==, pts - dts);
  assert_payload (tag, field[4], field[5]);
}

/* "#extradata track, size, MD5": the tracks are not named yet, but all of these
 * files with records have video as track 0. */
static void
check_extradata (FrameList * list, gchar ** field)
{
  FlvTagType type = g_str_has_suffix (field[0], " 0") ? FLV_TAG_VIDEO
      : FLV_TAG_AUDIO;
  guint at = 0;
  const FlvTag *tag = next_tag (list->sink, &at, type, TRUE);

  g_assert_nonnull (tag);
  assert_payload (tag, field[1], field[2]);
}

/* Each line of the list in turn against the tags of its track; how many frames
 * there are. */
static guint
check_framemd5 (const Sink * sink, const gchar * name, gint start)
{
  FrameList list = {.sink = sink,.start = start };
  g_autofree gchar *text = load (name, ".framemd5", NULL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint i, n = 0;

  for (i = 0; lines[i]; i++) {
    g_auto (GStrv) field = g_strsplit (lines[i], ",", -1);

    if (g_str_has_prefix (lines[i], "#extradata"))
      check_extradata (&list, field);
    else if (g_str_has_prefix (lines[i], "#media_type "))
      list.types[lines[i][12] - '0'] =
          g_str_has_suffix (lines[i], "video") ? FLV_TAG_VIDEO : FLV_TAG_AUDIO;
    else if (g_strv_length (field) == 6 && lines[i][0] != '#') {
      check_frame (&list, field);
      n++;
    }
  }
  g_assert_null (next_tag (sink, &list.at[0], list.types[0], FALSE));
  g_assert_null (next_tag (sink, &list.at[1], list.types[1], FALSE));
  return n;
}

typedef struct
{
  const gchar *name;
  gint start;
  guint script_tags, sequence_headers, sequence_ends, frames, keyframes;
} MediaFile;

static const MediaFile media_files[] = {
  {"avc_aac", 46, 1, 2, 1, 232, 3},
  {"avc_mp3", 42, 1, 1, 1, 206, 3},
  {"h263_speex", 0, 1, 0, 0, 240, 8},
  {"screen2_adpcm", 0, 1, 0, 0, 123, 8},
};

static void
check_media (const Sink * sink, const MediaFile * file)
{
  guint script = 0, headers = 0, ends = 0, keyframes = 0, i;

  for (i = 0; i < sink->tags->len; i++) {
    const FlvTag *tag = sink_at (sink, i);

    script += tag->type == FLV_TAG_SCRIPT;
    headers += flv_is_sequence_header (tag->type, tag->body);
    ends += is_sequence_end (tag);
    keyframes += tag->type == FLV_TAG_VIDEO
        && flv_video_is_keyframe (tag->body);
  }
  g_assert_cmpuint (script, ==, file->script_tags);
  g_assert_cmpuint (headers, ==, file->sequence_headers);
  g_assert_cmpuint (ends, ==, file->sequence_ends);
  g_assert_cmpuint (keyframes, ==, file->keyframes);
  g_assert_cmpuint (check_framemd5 (sink, file->name, file->start), ==,
      file->frames);
  g_assert_cmpuint (sink->tags->len, ==, script + headers + ends
      + file->frames);
}

static void
test_media (gconstpointer user_data)
{
  static const gsize steps[] = { G_MAXSSIZE, 1, 4096, 1453 };
  const MediaFile *file = user_data;
  gsize size;
  g_autofree guint8 *data = (guint8 *) load (file->name, ".flv", &size);
  guint i;

  for (i = 0; i < G_N_ELEMENTS (steps); i++) {
    Sink sink;

    read_stepped (data, size, MIN (steps[i], size), &sink);
    check_media (&sink, file);
    sink_clear (&sink);
  }
}

/* Up to each offset of the first tags, the whole tags come out. */
static void
test_media_cut (void)
{
  gsize size, i;
  g_autofree guint8 *data = (guint8 *) load ("avc_aac", ".flv", &size);
  Sink whole;

  read_stepped (data, size, size, &whole);
  for (i = 0; i < 20000; i++) {
    g_autoptr (FlvReader) reader = flv_reader_new ();
    gsize end = FLV_FILE_HEADER_SIZE;
    guint n = 0;
    Sink sink;

    sink_init (&sink);
    feed_ok (reader, data, i, &sink);
    while ((end += FLV_TAG_HEADER_SIZE
            + g_bytes_get_size (sink_at (&whole, n)->body)) <= i) {
      end += FLV_TAG_TRAILER_SIZE;
      n++;
    }
    g_assert_cmpuint (sink.tags->len, ==, n);
    sink_clear (&sink);
  }
  sink_clear (&whole);
}

/* Without the file header, without PreviousTagSize, two files in a row. */
static void
test_media_forms (void)
{
  gsize size;
  g_autofree guint8 *data = (guint8 *) load ("avc_aac", ".flv", &size);
  g_autoptr (GByteArray) bare = g_byte_array_new ();
  g_autoptr (GByteArray) twice = g_byte_array_new ();
  gsize at = FLV_FILE_HEADER_SIZE;
  Sink whole, sink;
  guint i;

  read_stepped (data, size, size, &whole);
  read_stepped (data + 9, size - 9, 1000, &sink);
  assert_same (&whole, &sink);
  sink_clear (&sink);
  read_stepped (data + 13, size - 13, 1000, &sink);
  assert_same (&whole, &sink);
  sink_clear (&sink);

  for (i = 0; i < whole.tags->len; i++) {
    gsize n = FLV_TAG_HEADER_SIZE + g_bytes_get_size (sink_at (&whole,
            i)->body);

    g_byte_array_append (bare, data + at, (guint) n);
    at += n + FLV_TAG_TRAILER_SIZE;
  }
  read_stepped (bare->data, bare->len, 1000, &sink);
  assert_same (&whole, &sink);
  sink_clear (&sink);

  g_byte_array_append (twice, data, (guint) size);
  g_byte_array_append (twice, data, (guint) size);
  read_stepped (twice->data, twice->len, 1000, &sink);
  g_assert_cmpuint (sink.tags->len, ==, 2 * whole.tags->len);
  g_array_remove_range (sink.tags, 0, whole.tags->len);
  assert_same (&whole, &sink);
  sink_clear (&sink);
  sink_clear (&whole);
}

int
main (int argc, char **argv)
{
  guint i;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flvfile/forms", test_forms);
  g_test_add_func ("/flvfile/E-183-data-offset", test_data_offset);
  g_test_add_func ("/flvfile/E-183-previous-tag-size-is-not-trusted",
      test_previous_tag_size_is_not_trusted);
  g_test_add_func ("/flvfile/E-184-timestamp", test_timestamp);
  g_test_add_func ("/flvfile/E-184-stream-id-is-ignored",
      test_stream_id_is_ignored);
  g_test_add_func ("/flvfile/E-185-write", test_write);
  g_test_add_func ("/flvfile/E-186-types", test_types);
  g_test_add_func ("/flvfile/E-187-filter", test_filter);
  g_test_add_func ("/flvfile/E-181-empty-bodies", test_empty_bodies);
  g_test_add_func ("/flvfile/largest-tags", test_largest_tags);
  g_test_add_func ("/flvfile/slices", test_slices);
  g_test_add_func ("/flvfile/E-190-cut-in-mid-tag", test_partial);
  g_test_add_func ("/flvfile/reset", test_reset);
  g_test_add_func ("/flvfile/E-189-resync", test_resync);
  g_test_add_func ("/flvfile/E-189-resync-far", test_resync_far);
  g_test_add_func ("/flvfile/errors", test_errors);
  g_test_add_func ("/flvfile/error-sticks", test_error_sticks);
  g_test_add_func ("/flvfile/callback-error-sticks",
      test_callback_error_sticks);
  for (i = 0; i < G_N_ELEMENTS (media_files); i++) {
    g_autofree gchar *path =
        g_strconcat ("/flvfile/media/", media_files[i].name, NULL);

    g_test_add_data_func (path, &media_files[i], test_media);
  }
  g_test_add_func ("/flvfile/E-190-media-cut", test_media_cut);
  g_test_add_func ("/flvfile/media-forms", test_media_forms);
  return g_test_run ();
}

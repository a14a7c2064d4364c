/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpchunkreader.h"
#include "rtmperror.h"
#include "rtmptesthex.h"
#include "rtmptestrecording.h"

/* Bytes and what comes of them: a line of type, chunk stream, message stream,
 * timestamp and payload a message, and last the error, if any. */
typedef struct
{
  const gchar *name;
  const gchar *bytes;
  const gchar *messages;
  guint dropped;                /* partial messages */
  gboolean sniff;
} Case;

static const Case cases[] = {
  {"E-012-csid-2", "02 000000 000001 12 00000000 AA", "18 2 0 0 AA\n"},
  {"E-012-csid-63", "3F 000000 000001 12 00000000 AA", "18 63 0 0 AA\n"},
  {"E-012-csid-64", "0000 000000 000001 12 00000000 AA", "18 64 0 0 AA\n"},
  {"E-012-csid-319", "00FF 000000 000001 12 00000000 AA", "18 319 0 0 AA\n"},
  {"E-012-csid-320", "010001 000000 000001 12 00000000 AA", "18 320 0 0 AA\n"},
  {"E-012-csid-365", "012D01 000000 000001 12 00000000 AA", "18 365 0 0 AA\n"},
  {"E-012-csid-65599", "01FFFF 000000 000001 12 00000000 AA",
      "18 65599 0 0 AA\n"},
  {"E-012-fmt-3-of-long-csid",
        "00FF 000000 000081 12 00000000 AA*128 C0FF BB"
        "012D01 000000 000081 12 00000000 CC*128 C12D01 DD",
      "18 319 0 0 AA*128 BB\n" "18 365 0 0 CC*128 DD\n"},
  {"E-013-csid-64-in-3-bytes", "010000 000000 000001 12 00000000 AA",
      "18 64 0 0 AA\n"},
  {"E-013-csid-319-in-3-bytes-is-that-in-2",
        "01FF00 000000 000081 12 00000000 AA*128 C0FF BB",
      "18 319 0 0 AA*128 BB\n"},
  {"E-014-byte-orders", "04 010203 000002 08 01020304 AABB",
      "8 4 67305985 66051 AABB\n"},

  {"E-015-fmt-1-inherits-the-message-stream",
        "04 000010 000001 08 07000000 AA 44 000005 000002 09 BBCC",
      "8 4 7 16 AA\n" "9 4 7 21 BBCC\n"},
  {"E-015-fmt-2-inherits-length-and-type-too",
        "04 000010 000002 08 07000000 AABB 84 000005 CCDD",
      "8 4 7 16 AABB\n" "8 4 7 21 CCDD\n"},
  {"E-015-fmt-3-inherits-all",
        "04 000010 000002 08 07000000 AABB 84 000005 CCDD C4 EEFF C4 0011",
      "8 4 7 16 AABB\n" "8 4 7 21 CCDD\n" "8 4 7 26 EEFF\n" "8 4 7 31 0011\n"},
  {"E-015-per-chunk-stream",
        "04 000010 000001 08 01000000 AA 06 000020 000002 09 02000000 BBBB"
        "84 000001 CC 86 000002 DDDD C4 EE C6 FFFF",
      "8 4 1 16 AA\n" "9 6 2 32 BBBB\n" "8 4 1 17 CC\n" "9 6 2 34 DDDD\n"
        "8 4 1 18 EE\n" "9 6 2 36 FFFF\n"},
  {"E-016-fmt-3-continues-then-begins",
        "04 000000 000081 08 01000000 AA*128 C4 AA 84 000007 BB*128 C4 BB"
        "C4 CC*128 C4 CC",
      "8 4 1 0 AA*129\n" "8 4 1 7 BB*129\n" "8 4 1 14 CC*129\n"},
  {"E-017-fmt-3-after-fmt-0-adds-its-timestamp",
        "04 00000A 000001 08 01000000 AA C4 BB C4 CC",
      "8 4 1 10 AA\n" "8 4 1 20 BB\n" "8 4 1 30 CC\n"},

  {"E-018-extended-absolute", "06 FFFFFF 000001 09 01000000 00FFFFFF AA",
      "9 6 1 16777215 AA\n"},
  {"E-018-fffffe-is-not-extended", "06 FFFFFE 000001 09 01000000 AA",
      "9 6 1 16777214 AA\n"},
  {"E-018-extended-delta-of-fmt-1",
        "06 000005 000001 09 01000000 AA 46 FFFFFF 000002 09 01000000 BBBB",
      "9 6 1 5 AA\n" "9 6 1 16777221 BBBB\n"},
  {"E-018-extended-delta-of-fmt-2",
        "06 000005 000001 09 01000000 AA 86 FFFFFF 01000000 BB",
      "9 6 1 5 AA\n" "9 6 1 16777221 BB\n"},
  {"E-019-repeated-in-a-continuation",
        "06 FFFFFF 000101 09 01000000 01000000 AA*128 C6 01000000 AA*128"
        "C6 01000000 AA",
      "9 6 1 16777216 AA*257\n"},
  {"E-019-repeated-when-fmt-3-begins",
        "06 000000 000001 09 01000000 AA 86 FFFFFF 01000000 BB"
        "C6 01000000 CC",
      "9 6 1 0 AA\n" "9 6 1 16777216 BB\n" "9 6 1 33554432 CC\n"},
  {"E-019-not-after-a-plain-header",
        "06 FFFFFF 000001 09 01000000 01000000 AA 86 000001 BB C6 CC",
      "9 6 1 16777216 AA\n" "9 6 1 16777217 BB\n" "9 6 1 16777218 CC\n"},
  {"E-019-per-chunk-stream",
        "06 FFFFFF 000081 09 01000000 01000000 AA*128 "
        "04 000001 000081 08 01000000 BB*128 C4 BB C6 01000000 AA",
      "8 4 1 1 BB*129\n" "9 6 1 16777216 AA*129\n"},
  {"E-019-in-a-continuation-whatever-it-says",
        "06 FFFFFF 000081 09 01000000 01000000 AA*128 C6 99999999 AA",
      "9 6 1 16777216 AA*129\n"},

  {"E-020-sniffed-absent",
        "06 FFFFFF 000101 09 01000000 01000000 AA*128 C6 BB*128 C6 CC"
        "86 000001 DD*128 C6 DD*128 C6 DD",
      "9 6 1 16777216 AA*128 BB*128 CC\n" "9 6 1 16777217 DD*257\n", 0, TRUE},
  {"E-020-sniffed-present",
        "06 FFFFFF 000101 09 01000000 01000000 AA*128 C6 01000000 BB*128"
        "C6 01000000 CC",
      "9 6 1 16777216 AA*128 BB*128 CC\n", 0, TRUE},
  {"E-020-payload-that-begins-alike",
        "06 FFFFFF 000087 09 01000000 01000000 AA*128 C6 01000007 060504"
        "06 FFFFFF 000083 09 01000000 01000000 AA*128 C6 000005",
      "9 6 1 16777216 AA*128 01000007060504\n"
        "9 6 1 16777216 AA*128 000005\n", 0, TRUE},
  {"E-020-next-chunk-within-the-four-bytes",
        "06 FFFFFF 000081 09 01000000 01000000 AA*128 C6 01"
        "04 000002 000001 08 01000000 BB"
        "06 FFFFFF 000081 09 01000000 01040001 AA*128 C6 01"
        "04 000002 000001 08 01000000 CC",
      "9 6 1 16777216 AA*128 01\n" "8 4 1 2 BB\n"
        "9 6 1 17039361 AA*128 01\n" "8 4 1 2 CC\n", 0, TRUE},
  {"E-020-only-in-continuations",
        "06 000000 000001 09 01000000 AA 86 FFFFFF 01000000 BB"
        "C6 99999999 CC",
      "9 6 1 0 AA\n" "9 6 1 16777216 BB\n" "9 6 1 33554432 CC\n", 0, TRUE},
  {"E-020-off-takes-four-bytes",
        "06 FFFFFF 000081 09 01000000 01000000 AA*128 C6 BBBBBBBB CC",
      "9 6 1 16777216 AA*128 CC\n"},
  {"E-021-zeros-are-skipped",
        "06 FFFFFF 000081 09 01000000 01000000 AA*128 C6 00000000 BB",
      "9 6 1 16777216 AA*128 BB\n"},
  {"E-021-zeros-are-skipped-when-sniffing",
        "06 FFFFFF 000081 09 01000000 01000000 AA*128 C6 00000000 BB",
      "9 6 1 16777216 AA*128 BB\n", 0, TRUE},

  {"E-022-interleaved",
        "06 000001 000101 09 01000000 AA*128 04 000002 000082 08 01000000"
        "BB*128 C6 AA*128 0000 000003 000081 12 01000000 DD*128 C4 BBBB C000 DD"
        "C6 AA",
      "8 4 1 2 BB*130\n" "18 64 1 3 DD*129\n" "9 6 1 1 AA*257\n"},
  {"E-023-chunks-of-the-chunk-size",
        "02 000000 000004 01 00000000 00000003"
        "04 000000 000008 08 01000000 010203 C4 040506 C4 0708",
      "1 2 0 0 00000003\n" "8 4 1 0 0102030405060708\n"},
  {"E-024-timestamps-wrap",
        "06 FFFFFF 000001 09 01000000 FFFFFFF0 AA 86 000020 BB 86 000020 CC",
      "9 6 1 4294967280 AA\n" "9 6 1 16 BB\n" "9 6 1 48 CC\n"},

  {"E-025-fmt-1-on-a-fresh-csid", "42 000009 000006 04 000600000001",
      "4 2 0 9 000600000001\n"},
  {"E-025-fmt-2-on-a-fresh-csid", "84 000000 AA", "error bad-chunk\n"},
  {"E-025-fmt-3-on-a-fresh-csid",
        "04 000000 000001 08 01000000 AA C5 AA",
      "8 4 1 0 AA\n" "error bad-chunk\n"},
  {"E-025-fmt-3-on-a-fresh-long-csid", "C12D01 AA", "error bad-chunk\n"},
  {"E-026-fmt-0-in-mid-message",
        "04 000005 000081 08 01000000 AA*128 04 000009 000001 08 01000000 BB",
      "8 4 1 9 BB\n", 1},
  {"E-026-fmt-1-in-mid-message",
        "04 000005 000081 08 01000000 AA*128 44 000009 000001 08 BB",
      "8 4 1 14 BB\n", 1},
  {"E-026-fmt-2-in-mid-message",
        "04 000005 000081 08 01000000 AA*128 84 000009 BB*128 C4 CC",
      "8 4 1 14 BB*128 CC\n", 1},
  {"E-029-zero-length",
        "04 000005 000000 08 01000000 84 000001 C4 44 000001 000001 08 AA",
      "8 4 1 5 \n" "8 4 1 6 \n" "8 4 1 7 \n" "8 4 1 8 AA\n"},

  {"E-043-starts-at-128", "04 000000 000081 08 01000000 AA*128 C4 BB",
      "8 4 1 0 AA*128 BB\n"},
  {"E-044-chunk-size-0", "02 000000 000004 01 00000000 00000000",
      "error bad-message\n"},
  {"E-044-chunk-size-with-top-bit", "02 000000 000004 01 00000000 80000080",
      "error bad-message\n"},
  {"E-044-chunk-size-cut-off", "02 000000 000003 01 00000000 000080",
      "error bad-message\n"},
  {"E-045-chunk-size-above-the-longest-message",
        "02 000000 000004 01 00000000 7FFFFFFF"
        "04 000000 000200 08 01000000 AA*512",
      "1 2 0 0 7FFFFFFF\n" "8 4 1 0 AA*512\n"},
  {"E-046-new-chunk-size-within-a-message",
        "04 000000 000084 08 01000000 AA*128 "
        "02 000000 000004 01 00000000 00000002 C4 BBBB"
        "02 000000 000004 01 00000000 0003 C2 0D40 C4 CCCC",
      "1 2 0 0 00000002\n" "1 2 0 0 00030D40\n" "8 4 1 0 AA*128 BBBBCCCC\n"},
  {"E-047-abort",
        "04 000005 000082 08 01000000 AA*128 "
        "02 000000 000004 02 00000000 00000004 84 000003 BB*128 C4 CCCC",
      "2 2 0 0 00000004\n" "8 4 1 8 BB*128 CCCC\n", 1},
  {"E-047-abort-keeps-the-header-for-fmt-3",
        "04 000005 000081 08 01000000 AA*128 "
        "02 000000 000004 02 00000000 00000004 C4 BB*128 C4 CC",
      "2 2 0 0 00000004\n" "8 4 1 10 BB*128 CC\n", 1},
  {"E-047-abort-of-nothing",
        "04 000005 000001 08 01000000 AA"
        "02 000000 000004 02 00000000 00000004"
        "02 000000 000004 02 00000000 0000FFFF C4 BB",
      "8 4 1 5 AA\n" "2 2 0 0 00000004\n" "2 2 0 0 0000FFFF\n" "8 4 1 10 BB\n"},
  {"E-047-abort-cut-off", "02 000000 000003 02 00000000 000004",
      "error bad-message\n"},
};

static gboolean
append_message (RtmpMessage * message, gpointer text, GError ** error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (message->payload, &size);
  gchar *payload = rtmp_test_hex (data, size);

  g_string_append_printf (text, "%u %u %u %u %s\n", message->type,
      message->chunk_stream, message->message_stream, message->timestamp,
      payload);
  g_free (payload);
  return TRUE;
}

static gboolean
feed (RtmpChunkReader * reader, GBytes * bytes, gsize from, gsize to,
    RtmpMessageFunc func, gpointer user_data, GError ** error)
{
  /* A block of its own, so that a sanitizer sees a read past it. */
  const guint8 *data = g_bytes_get_data (bytes, NULL);
  GBytes *block = g_bytes_new (data + from, to - from);
  gboolean ok = rtmp_chunk_reader_feed (reader, block, func, user_data, error);

  g_bytes_unref (block);
  return ok;
}

/* Feeds @bytes in blocks of @step, of which the first is @first bytes. */
static gchar *
read_in_blocks (RtmpChunkReader * reader, GBytes * bytes, gsize first,
    gsize step)
{
  GString *text = g_string_new (NULL);
  GError *error = NULL;
  gsize size = g_bytes_get_size (bytes), from = 0, to = first;

  for (; from < size && error == NULL; from = to, to += step) {
    to = MIN (to, size);
    feed (reader, bytes, from, to, append_message, text, &error);
  }
  if (error != NULL) {
    GError *again = NULL;

    g_string_append_printf (text, "error %s\n",
        rtmp_error_to_string ((RtmpError) error->code));
    /* It sticks. */
    g_assert_false (feed (reader, bytes, 0, size, append_message, text,
            &again));
    g_assert_error (again, error->domain, error->code);
    g_assert_cmpstr (again->message, ==, error->message);
    g_clear_error (&again);
    g_clear_error (&error);
  }
  return g_string_free (text, FALSE);
}

static void
check_in_blocks (const Case * c, GBytes * bytes, gsize first, gsize step)
{
  g_autoptr (RtmpChunkReader) reader = rtmp_chunk_reader_new (NULL);
  gchar *messages;

  rtmp_chunk_reader_set_sniff_extended_timestamp (reader, c->sniff);
  messages = read_in_blocks (reader, bytes, first, step);
  g_assert_cmpstr (messages, ==, c->messages);
  g_assert_cmpuint (rtmp_chunk_reader_stats (reader)->dropped_partials, ==,
      c->dropped);
  g_free (messages);
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  GBytes *bytes = rtmp_test_unhex (c->bytes);
  gsize size = g_bytes_get_size (bytes), split;

  check_in_blocks (c, bytes, size, size);
  check_in_blocks (c, bytes, 1, 1);
  for (split = 1; split < size; split++)
    check_in_blocks (c, bytes, split, size);
  g_bytes_unref (bytes);
}

/* Messages and error of @hex under @limits, whole and byte by byte. */
static void
check_limits (const RtmpLimits * limits, const gchar * hex,
    const gchar * expected)
{
  GBytes *bytes = rtmp_test_unhex (hex);
  gsize steps[] = { 1, g_bytes_get_size (bytes) };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (steps); i++) {
    g_autoptr (RtmpChunkReader) reader = rtmp_chunk_reader_new (limits);
    gchar *messages = read_in_blocks (reader, bytes, steps[i], steps[i]);

    g_assert_cmpstr (messages, ==, expected);
    g_free (messages);
  }
  g_bytes_unref (bytes);
}

static void
test_message_size (void)
{
  RtmpLimits limits = RTMP_LIMITS_DEFAULT;

  /* The longest message that there can be is no offence by itself. */
  g_assert_cmpuint (limits.message_size, >=, 0xFFFFFF);
  check_limits (NULL, "04 000000 FFFFFF 08 01000000 AA", "");
  limits.message_size = 2;
  check_limits (&limits, "04 000000 000002 08 01000000 AABB", "8 4 1 0 AABB\n");
  check_limits (&limits, "04 000000 000002 08 01000000 AABB"
      "44 000000 000003 08", "8 4 1 0 AABB\nerror limit-message-size\n");
  check_limits (&limits, "04 000000 FFFFFF 08 01000000",
      "error limit-message-size\n");
}

static void
test_chunk_streams (void)
{
  RtmpLimits limits = RTMP_LIMITS_DEFAULT;

  limits.chunk_streams = 2;
  check_limits (&limits, "04 000000 000001 08 01000000 AA"
      "0000 000000 000001 08 01000000 BB C4 CC"
      "05 000000 000001 08 01000000 DD",
      "8 4 1 0 AA\n8 64 1 0 BB\n8 4 1 0 CC\nerror limit-chunk-streams\n");
  check_limits (&limits, "04 000000 000001 08 01000000 AA"
      "05 000000 000001 08 01000000 BB 0000 000000 000001 08 01000000 DD",
      "8 4 1 0 AA\n8 5 1 0 BB\nerror limit-chunk-streams\n");
}

static void
test_partial_bytes (void)
{
  RtmpLimits limits = RTMP_LIMITS_DEFAULT;

  limits.partial_bytes = 500;
  check_limits (&limits, "04 000000 00012C 08 01000000 AA*128 "
      "05 000000 00012C 08 01000000 BB", "error limit-partial-bytes\n");
  /* What is finished, aborted or dropped counts no more. */
  check_limits (&limits, "04 000000 00012C 08 01000000 AA*128"
      "C4 AA*128 C4 AA*44 05 000000 00012C 08 01000000 BB*128 "
      "02 000000 000004 02 00000000 00000005 C4 CC*128 "
      "04 000001 00012C 08 01000000 DD*128 C4 DD*128 C4 DD*44",
      "8 4 1 0 AA*300\n" "2 2 0 0 00000005\n" "8 4 1 1 DD*300\n");
}

/* A long message announced costs what arrived of it, not what was said. */
static void
test_announced_only (void)
{
  RtmpLimits limits = RTMP_LIMITS_DEFAULT;

  limits.partial_bytes = 4 * (64 << 10);
  check_limits (&limits, "04 000000 FFFFFF 08 01000000 AA*128 "
      "05 000000 FFFFFF 08 01000000 AA*128 06 000000 FFFFFF 08 01000000 AA*128 "
      "02 000000 000004 03 00000000 00000000", "3 2 0 0 00*4\n");
}

static gboolean
refuse_second (RtmpMessage * message, gpointer user_data, GError ** error)
{
  guint *calls = user_data;

  if (++*calls < 2)
    return TRUE;
  g_set_error_literal (error, RTMP_ERROR, RTMP_ERROR_REFUSED, "enough");
  return FALSE;
}

static void
test_callback_error (void)
{
  g_autoptr (RtmpChunkReader) reader = rtmp_chunk_reader_new (NULL);
  GBytes *bytes = rtmp_test_unhex ("04 000000 000001 08 01000000 AA C4 BB"
      "C4 CC");
  GError *error = NULL;
  guint calls = 0, i;

  for (i = 0; i < 2; i++) {
    g_assert_false (rtmp_chunk_reader_feed (reader, bytes, refuse_second,
            &calls, &error));
    g_assert_error (error, RTMP_ERROR, RTMP_ERROR_REFUSED);
    g_assert_cmpstr (error->message, ==, "enough");
    g_assert_cmpuint (calls, ==, 2);
    g_clear_error (&error);
  }
  g_bytes_unref (bytes);
}

static void
test_error_text (void)
{
  g_autoptr (RtmpChunkReader) reader = rtmp_chunk_reader_new (NULL);
  GBytes *bytes = rtmp_test_unhex ("04 000000 000001 08 01000000 AA C7 BB");
  GString *text = g_string_new (NULL);
  GError *error = NULL;

  g_assert_false (rtmp_chunk_reader_feed (reader, bytes, append_message, text,
          &error));
  g_assert_cmpstr (error->message, ==, "Expected a full header as the first of "
      "chunk stream 7, got type 3 at byte 13");
  g_clear_error (&error);
  g_string_free (text, TRUE);
  g_bytes_unref (bytes);
}

static gboolean
keep_payload (RtmpMessage * message, gpointer user_data, GError ** error)
{
  GBytes **payload = user_data;

  g_clear_pointer (payload, g_bytes_unref);
  *payload = g_steal_pointer (&message->payload);
  return TRUE;
}

/* One message of @size bytes in one chunk, fed with a cut at @split: where its
 * payload lies, and how much of it was copied. */
static void
check_slice (gsize size, gsize split, gboolean is_slice)
{
  g_autoptr (RtmpChunkReader) reader = rtmp_chunk_reader_new (NULL);
  gchar *hex = g_strdup_printf ("02 000000 000004 01 00000000 00FFFFFF"
      "04 000000 %06X 08 01000000 AA*%u", (guint) size, (guint) size);
  GBytes *bytes = rtmp_test_unhex (hex), *payload = NULL, *block;
  gsize whole = g_bytes_get_size (bytes), n;
  const guint8 *start = g_bytes_get_data (bytes, NULL), *data;

  block = g_bytes_new_from_bytes (bytes, 0, split);
  g_assert_true (rtmp_chunk_reader_feed (reader, block, keep_payload, &payload,
          NULL));
  g_bytes_unref (block);
  block = g_bytes_new_from_bytes (bytes, split, whole - split);
  g_assert_true (rtmp_chunk_reader_feed (reader, block, keep_payload, &payload,
          NULL));
  g_bytes_unref (block);

  data = g_bytes_get_data (payload, &n);
  g_assert_cmpuint (n, ==, size);
  g_assert_cmpint (data == start + whole - size, ==, is_slice);
  g_assert_cmpuint (rtmp_chunk_reader_stats (reader)->copied_bytes, ==,
      4 + (is_slice ? 0 : size));
  g_assert_cmpuint (rtmp_chunk_reader_stats (reader)->messages, ==, 2);
  g_assert_cmpuint (rtmp_chunk_reader_chunk_size (reader), ==,
      RTMP_CHUNK_SIZE_MAX);
  g_bytes_unref (payload);
  g_bytes_unref (bytes);
  g_free (hex);
}

static void
test_slices (void)
{
  check_slice (1024, 0, TRUE);
  check_slice (1024, 20, TRUE); /* in the header */
  check_slice (1024, 28, TRUE); /* just before the payload */
  check_slice (1024, 29, FALSE);
  check_slice (100000, 0, TRUE);
  check_slice (100000, 99999, FALSE);
  check_slice (1023, 0, FALSE); /* not worth a block */
}

/* A message of 2000 bytes in a block of @size: who keeps it keeps at most eight
 * times of it. */
static void
check_pinned (gsize size, gboolean is_slice)
{
  g_autoptr (RtmpChunkReader) reader = rtmp_chunk_reader_new (NULL);
  g_autoptr (GBytes) setup = rtmp_test_unhex
      ("02 000000 000004 01 00000000 00FFFFFF");
  g_autofree gchar *hex = g_strdup_printf
      ("04 000000 0007D0 08 01000000 AA*2000 "
      "06 000000 FFFFFF 09 01000000 BB*%u", (guint) size - 2024);
  GBytes *block = rtmp_test_unhex (hex), *payload = NULL;
  const guint8 *start = g_bytes_get_data (block, NULL), *data;

  g_assert_cmpuint (g_bytes_get_size (block), ==, size);
  g_assert_true (rtmp_chunk_reader_feed (reader, setup, keep_payload, &payload,
          NULL));
  g_assert_true (rtmp_chunk_reader_feed (reader, block, keep_payload, &payload,
          NULL));
  data = g_bytes_get_data (payload, NULL);
  g_assert_cmpint (data == start + 12, ==, is_slice);
  g_assert_cmpuint (g_bytes_get_size (payload), ==, 2000);
  g_assert_cmphex (data[0] & data[1999], ==, 0xAA);
  g_bytes_unref (payload);
  g_bytes_unref (block);
}

static void
test_slices_pin_little (void)
{
  check_pinned (4000, TRUE);
  check_pinned (8 * 2000, TRUE);
  check_pinned (8 * 2001, FALSE);
  check_pinned (256 << 10, FALSE);
}

/* What a parser of another kind (a script, once) found in the recordings. */
typedef struct
{
  const gchar *file;
  RtmpRole reader;
  gboolean echo_matched;
  guint32 chunk_size;
  guint messages[23];           /* by type */
  guint64 payload_bytes;
  guint64 timestamps;           /* their sum */
} Recording;

static const Recording recordings[] = {
  {"ff8-publish-hevc.c2s", RTMP_ROLE_SERVER, TRUE, 4096,
      {[1] = 1,[8] = 48,[9] = 34,[18] = 1,[20] = 7}, 48671, 41751},
  {"ff8-publish-hevc.s2c", RTMP_ROLE_CLIENT, FALSE, 4096,
      {[1] = 1,[5] = 1,[6] = 1,[20] = 4}, 445, 0},
  {"ffmpeg5-publish.c2s", RTMP_ROLE_SERVER, TRUE, 4096,
      {[1] = 1,[8] = 73,[9] = 47,[18] = 1,[20] = 7}, 64140, 92298},
  {"ffmpeg5-publish.s2c", RTMP_ROLE_CLIENT, FALSE, 4096,
      {[1] = 1,[5] = 1,[6] = 1,[20] = 4}, 445, 0},
  {"gst-rtmp2-play.c2s", RTMP_ROLE_SERVER, TRUE, 128,
      {[4] = 2,[5] = 2,[20] = 3}, 285, 0},
  {"gst-rtmp2-play.s2c", RTMP_ROLE_CLIENT, TRUE, 4096,
        {[1] = 1,[4] = 3,[5] = 1,[6] = 1,[8] = 73,[9] = 47,[18] = 3,[20] = 4},
      64369, 92298},
  {"librtmp-publish.c2s", RTMP_ROLE_SERVER, TRUE, 128,
      {[8] = 73,[9] = 47,[18] = 18,[20] = 7}, 70164, 94039},
  {"librtmp-publish.s2c", RTMP_ROLE_CLIENT, TRUE, 4096,
      {[1] = 1,[5] = 1,[6] = 1,[20] = 4}, 445, 0},
};

typedef struct
{
  guint32 type;
  guint32 chunk_stream;
  guint32 message_stream;
  guint32 timestamp;
  guint32 size;
  guint32 hash;
} Seen;

static gboolean
append_seen (RtmpMessage * message, gpointer list, GError ** error)
{
  Seen seen = { message->type, message->chunk_stream, message->message_stream,
    message->timestamp, (guint32) rtmp_message_size (message),
    g_bytes_hash (message->payload)
  };

  g_array_append_val ((GArray *) list, seen);
  return TRUE;
}

typedef struct
{
  const Recording *recording;
  RtmpHandshake *handshake;
  RtmpChunkReader *reader;
  GArray *seen;
} Replay;

static void
replay_block (Replay * replay, GBytes * bytes, gsize from, gsize to)
{
  const guint8 *data = g_bytes_get_data (bytes, NULL);
  GError *error = NULL;
  GBytes *block;
  gsize consumed;

  g_assert_true (rtmp_handshake_feed (replay->handshake, 0, data + from,
          to - from, &consumed, &error));
  g_assert_no_error (error);
  block = g_bytes_new_from_bytes (bytes, from + consumed, to - from - consumed);
  g_assert_true (rtmp_chunk_reader_feed (replay->reader, block, append_seen,
          replay->seen, &error));
  g_assert_no_error (error);
  g_bytes_unref (block);
}

/* (transfer full): of Seen */
static GArray *
replay (const Recording * recording, GBytes * bytes, const guint8 * random,
    guint32 time, gsize first, gsize step)
{
  Replay replay = { recording,
    rtmp_handshake_new (recording->reader, time, random),
    rtmp_chunk_reader_new (NULL), g_array_new (FALSE, FALSE, sizeof (Seen))
  };
  gsize size = g_bytes_get_size (bytes), from = 0, to = MIN (first, size);

  for (; from < size; from = to, to = MIN (to + step, size))
    replay_block (&replay, bytes, from, to);
  g_assert_cmpint (rtmp_handshake_state (replay.handshake), ==,
      RTMP_HANDSHAKE_DONE);
  g_assert_cmpint (rtmp_handshake_echo_matched (replay.handshake), ==,
      recording->echo_matched);
  g_assert_cmpuint (rtmp_chunk_reader_chunk_size (replay.reader), ==,
      recording->chunk_size);
  rtmp_handshake_free (replay.handshake);
  rtmp_chunk_reader_free (replay.reader);
  return replay.seen;
}

static void
check_recording (const Recording * recording, const GArray * seen)
{
  guint counts[23] = { 0 };
  guint64 payload_bytes = 0, timestamps = 0;
  guint i;

  for (i = 0; i < seen->len; i++) {
    const Seen *s = &g_array_index (seen, Seen, i);

    g_assert_cmpuint (s->type, <, G_N_ELEMENTS (counts));
    counts[s->type]++;
    payload_bytes += s->size;
    timestamps += s->timestamp;
  }
  g_assert_cmpmem (counts, sizeof (counts), recording->messages,
      sizeof (recording->messages));
  g_assert_cmpuint (payload_bytes, ==, recording->payload_bytes);
  g_assert_cmpuint (timestamps, ==, recording->timestamps);
}

static void
test_recording (gconstpointer data)
{
  const Recording *recording = data;
  guint8 random[RTMP_HANDSHAKE_RANDOM_SIZE];
  guint32 time;
  GBytes *bytes = rtmp_test_load_recording (recording->file, &time, random);
  gsize size = g_bytes_get_size (bytes), first;
  GArray *whole = replay (recording, bytes, random, time, size, size), *seen;

  check_recording (recording, whole);
  for (first = 1; first <= RTMP_TEST_REPLAY_BLOCK + 1; first++) {
    gboolean bytewise = first > RTMP_TEST_REPLAY_BLOCK;

    seen = replay (recording, bytes, random, time, bytewise ? 1 : first,
        bytewise ? 1 : RTMP_TEST_REPLAY_BLOCK);
    g_assert_cmpmem (seen->data, seen->len * sizeof (Seen), whole->data,
        whole->len * sizeof (Seen));
    g_array_unref (seen);
  }
  g_array_unref (whole);
  g_bytes_unref (bytes);
}

static void
add_tables (void)
{
  gchar *path;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    path = g_strconcat ("/chunkreader/", cases[i].name, NULL);
    g_test_add_data_func (path, &cases[i], test_case);
    g_free (path);
  }
  for (i = 0; i < G_N_ELEMENTS (recordings); i++) {
    path = g_strconcat ("/chunkreader/recording/", recordings[i].file, NULL);
    g_test_add_data_func (path, &recordings[i], test_recording);
    g_free (path);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_tables ();
  g_test_add_func ("/chunkreader/E-027-message-size", test_message_size);
  g_test_add_func ("/chunkreader/E-028-chunk-streams", test_chunk_streams);
  g_test_add_func ("/chunkreader/E-028-partial-bytes", test_partial_bytes);
  g_test_add_func ("/chunkreader/E-028-announced-only", test_announced_only);
  g_test_add_func ("/chunkreader/callback-error", test_callback_error);
  g_test_add_func ("/chunkreader/error-text", test_error_text);
  g_test_add_func ("/chunkreader/slices", test_slices);
  g_test_add_func ("/chunkreader/slices-pin-little", test_slices_pin_little);
  return g_test_run ();
}

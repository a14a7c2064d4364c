/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpchunkreader.h"
#include "rtmpchunkwriter.h"
#include "rtmptesthex.h"
#include "rtmpwriter.h"

#include <string.h>

/* One message in, its two headers out. */
typedef struct
{
  guint8 chunk_stream;
  guint8 type;
  guint32 message_stream;
  guint32 timestamp;
  guint32 size;
  const gchar *first;
  const gchar *next;
} Step;

#define MAX_STEPS 5

/* Messages one after the other, on one writer. */
typedef struct
{
  const gchar *name;
  Step steps[MAX_STEPS];
} Case;

static const Case cases[] = {
  {"golden-set-chunk-size", {{2, 1, 0, 0, 4, "020000000000040100000000",
              "C2"}}},
  {"golden-window-ack-size",
      {{2, 5, 0, 0, 4, "020000000000040500000000", "C2"}}},
  {"golden-set-peer-bandwidth",
      {{2, 6, 0, 0, 5, "020000000000050600000000", "C2"}}},
  {"golden-stream-begin", {{2, 4, 0, 0, 6, "020000000000060400000000", "C2"}}},
  {"golden-csid-63", {{63, 9, 1, 0, 1, "3F0000000000010901000000", "FF"}}},
  {"E-014-byte-orders",
        {{6, 9, 0x01020304, 0x050607, 0x08090A,
              "0605060708090A0904030201", "C6"}}},

  {"E-030-first-is-fmt-0", {
              {4, 8, 1, 5, 2, "040000050000020801000000", "C4"},
          {6, 9, 1, 5, 2, "060000050000020901000000", "C6"}}},
  {"E-030-step-back-is-fmt-0", {
              {4, 8, 1, 5, 2, "040000050000020801000000", "C4"},
          {4, 8, 1, 4, 2, "040000040000020801000000", "C4"}}},
  {"E-030-wrap-is-fmt-0", {
              {4, 8, 1, 0xFFFFFFF0, 2, "04FFFFFF0000020801000000FFFFFFF0",
                  "C4FFFFFFF0"},
          {4, 8, 1, 0x10, 2, "040000100000020801000000", "C4"}}},
  {"E-031-continuations-are-fmt-3", {
              {4, 8, 1, 0, 500, "040000000001F40801000000", "C4"},
              {4, 8, 1, 5, 501, "440000050001F508", "C4"},
              {4, 8, 1, 9, 501, "84000004", "C4"},
          {4, 8, 1, 13, 501, "C4", "C4"}}},

  {"E-032-other-size-is-fmt-1", {
              {4, 8, 1, 0, 2, "040000000000020801000000", "C4"},
          {4, 8, 1, 0, 3, "4400000000000308", "C4"}}},
  {"E-032-other-type-is-fmt-1", {
              {4, 8, 1, 0, 2, "040000000000020801000000", "C4"},
          {4, 9, 1, 0, 2, "4400000000000209", "C4"}}},
  {"E-032-other-message-stream-is-fmt-0", {
              {4, 8, 1, 0, 2, "040000000000020801000000", "C4"},
          {4, 8, 2, 0, 2, "040000000000020802000000", "C4"}}},
  {"E-032-other-delta-is-fmt-2", {
              {4, 8, 1, 0, 2, "040000000000020801000000", "C4"},
              {4, 8, 1, 5, 2, "84000005", "C4"},
          {4, 8, 1, 11, 2, "84000006", "C4"}}},
  {"E-032-same-delta-is-fmt-3", {
              {4, 8, 1, 0, 2, "040000000000020801000000", "C4"},
              {4, 8, 1, 5, 3, "4400000500000308", "C4"},
              {4, 8, 1, 10, 3, "C4", "C4"},
              {4, 8, 1, 15, 3, "C4", "C4"},
          {4, 8, 1, 19, 3, "84000004", "C4"}}},
  {"E-032-per-chunk-stream", {
              {4, 8, 1, 0, 2, "040000000000020801000000", "C4"},
              {6, 9, 1, 7, 2, "060000070000020901000000", "C6"},
              {4, 8, 1, 0, 2, "C4", "C4"},
          {6, 9, 1, 8, 2, "86000001", "C6"}}},

  {"E-033-fffffe-is-plain",
      {{6, 9, 1, 0xFFFFFE, 1, "06FFFFFE0000010901000000", "C6"}}},
  {"E-033-ffffff-is-extended",
        {{6, 9, 1, 0xFFFFFF, 1, "06FFFFFF000001090100000000FFFFFF",
              "C600FFFFFF"}}},
  {"E-034-repeated-in-continuations",
        {{6, 9, 1, 0x1000000, 129, "06FFFFFF000081090100000001000000",
              "C601000000"}}},
  {"E-034-not-after-fmt-1-to-3", {
              {6, 9, 1, 0x1000000, 300, "06FFFFFF00012C090100000001000000",
                  "C601000000"},
              {6, 9, 1, 0x1000005, 300, "86000005", "C6"},
              {6, 9, 1, 0x100000A, 300, "C6", "C6"},
          {6, 9, 1, 0x100000B, 301, "4600000100012D09", "C6"}}},

  {"E-035-no-fmt-3-after-fmt-0", {
              {4, 8, 1, 5, 2, "040000050000020801000000", "C4"},
              {4, 8, 1, 10, 2, "84000005", "C4"},
          {4, 8, 1, 15, 2, "C4", "C4"}}},
  {"E-035-nor-for-the-same-time", {
              {4, 8, 1, 5, 2, "040000050000020801000000", "C4"},
              {4, 8, 1, 5, 2, "84000000", "C4"},
          {4, 8, 1, 5, 2, "C4", "C4"}}},
  {"E-035-but-after-time-0", {
              {4, 8, 1, 0, 2, "040000000000020801000000", "C4"},
          {4, 8, 1, 0, 2, "C4", "C4"}}},
  {"E-035-no-fmt-3-under-an-extended-timestamp", {
              {4, 8, 1, 0xFFFFFF, 2, "04FFFFFF000002080100000000FFFFFF",
                  "C400FFFFFF"},
              {4, 8, 1, 0x1FFFFFE, 2, "04FFFFFF000002080100000001FFFFFE",
                  "C401FFFFFE"},
          {4, 8, 1, 0x1FFFFFE, 2, "84000000", "C4"}}},
  {"E-036-long-step-is-fmt-0", {
              {4, 8, 1, 1, 2, "040000010000020801000000", "C4"},
              {4, 8, 1, 0xFFFFFF, 2, "84FFFFFE", "C4"},
              {4, 8, 1, 0x1FFFFFE, 2, "04FFFFFF000002080100000001FFFFFE",
              "C401FFFFFE"}}},
};

static void
make_message (RtmpMessage * message, const Step * step)
{
  rtmp_message_init (message, (RtmpMessageType) step->type,
      step->chunk_stream, step->message_stream, step->timestamp,
      g_bytes_new_take (g_malloc0 (step->size), step->size));
}

static void
check_header (const guint8 * data, gsize size, const gchar * expected)
{
  GBytes *bytes = rtmp_test_unhex (expected);
  gsize n;
  const guint8 *p = g_bytes_get_data (bytes, &n);

  g_assert_cmpmem (data, size, p, n);
  g_bytes_unref (bytes);
}

static void
test_case (gconstpointer data)
{
  g_autoptr (RtmpChunkWriter) writer = rtmp_chunk_writer_new ();
  const Step *step = ((const Case *) data)->steps;
  guint i;

  for (i = 0; i < MAX_STEPS && step[i].first != NULL; i++) {
    RtmpChunkHeaders headers;
    RtmpMessage message;

    make_message (&message, &step[i]);
    rtmp_chunk_writer_begin (writer, &message, &headers);
    check_header (headers.first, headers.first_size, step[i].first);
    check_header (headers.next, headers.next_size, step[i].next);
    rtmp_message_clear (&message);
  }
}

/* Caught before it leaves: peers exist that know no longer id (E-037). */
static void
test_only_short_ids (void)
{
  const RtmpMessage message = { 9, 64, 1, 0, NULL };
  RtmpChunkHeaders headers;

  if (g_test_subprocess ())
    rtmp_chunk_writer_begin (rtmp_chunk_writer_new (), &message, &headers);
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*chunk_stream*");
}

/* Round trip: random messages, at most one at a time on each chunk stream,
 * their chunks interleaved at random. */
#define STREAMS 4
#define MESSAGES 24
#define SEEDS 40
#define SEEDS_SPLIT 1           /* at every offset, which is quadratic */

typedef struct
{
  GRand *rand;
  RtmpChunkWriter *writer;
  RtmpWriter bytes;
  GPtrArray *expected;          /* of RtmpMessage, as they are completed */
  gsize chunk_size;

  /* What is under way, by chunk stream. */
  RtmpMessage *open[STREAMS];
  RtmpChunkHeaders headers[STREAMS];
  gsize written[STREAMS];
  guint32 timestamps[STREAMS];
} Sender;

static void
message_free (gpointer data)
{
  RtmpMessage *message = data;

  rtmp_message_clear (message);
  g_free (message);
}

/* Mostly what compresses well, with every kind of step between. */
static guint32
next_timestamp (Sender * sender, guint32 last)
{
  switch (g_rand_int_range (sender->rand, 0, 12)) {
    case 0:
      return last + 0xFFFFFE + (guint32) g_rand_int_range (sender->rand, 0, 3);
    case 1:
      return last - (guint32) g_rand_int_range (sender->rand, 1, 5000);
    case 2:
      return g_rand_int (sender->rand);
    case 3:
      return 0xFFFFFE + (guint32) g_rand_int_range (sender->rand, 0, 3);
    case 4:
      return 0;
    case 5:
    case 6:
      return last;
    default:
      return last + 40;
  }
}

static gsize
next_size (Sender * sender)
{
  const gsize sizes[] = { 0, 1, 127, 128, 129, 40, 40, 40 };
  gint i = g_rand_int_range (sender->rand, 0, G_N_ELEMENTS (sizes) + 1);

  if (i < (gint) G_N_ELEMENTS (sizes))
    return sizes[i];
  return (gsize) g_rand_int_range (sender->rand, 0, 1500);
}

static void
begin_message (Sender * sender, guint i)
{
  RtmpMessage *message = g_new0 (RtmpMessage, 1);
  gsize size = next_size (sender), n;
  guint8 *payload = g_malloc (MAX (size, 1));
  guint8 type = g_rand_int_range (sender->rand, 0, 4) ? 9 : 8;

  for (n = 0; n < size; n++)
    payload[n] = (guint8) g_rand_int (sender->rand);
  sender->timestamps[i] = next_timestamp (sender, sender->timestamps[i]);
  rtmp_message_init (message, (RtmpMessageType) type, i == 0 ? 63 : 3 + i,
      g_rand_int_range (sender->rand, 0, 8) ? 1 : 0xFEDCBA98,
      sender->timestamps[i], g_bytes_new_take (payload, size));
  rtmp_chunk_writer_begin (sender->writer, message, &sender->headers[i]);
  sender->open[i] = message;
  sender->written[i] = 0;
}

static void
write_chunk (Sender * sender, guint i)
{
  RtmpChunkHeaders *headers = &sender->headers[i];
  gsize size;
  const guint8 *data = g_bytes_get_data (sender->open[i]->payload, &size);
  gsize n = MIN (sender->chunk_size, size - sender->written[i]);

  if (sender->written[i] == 0)
    rtmp_writer_bytes (&sender->bytes, headers->first, headers->first_size);
  else
    rtmp_writer_bytes (&sender->bytes, headers->next, headers->next_size);
  if (n > 0)
    rtmp_writer_bytes (&sender->bytes, data + sender->written[i], n);
  sender->written[i] += n;
  if (sender->written[i] == size)
    g_ptr_array_add (sender->expected, g_steal_pointer (&sender->open[i]));
}

/* The one message before the random ones. */
static void
write_chunk_size (Sender * sender, gsize chunk_size)
{
  guint32 be = GUINT32_TO_BE ((guint32) chunk_size);
  RtmpMessage *message = sender->open[0] = g_new0 (RtmpMessage, 1);

  rtmp_message_init (message, RTMP_MESSAGE_SET_CHUNK_SIZE,
      RTMP_CHUNK_STREAM_CONTROL, 0, 0, g_bytes_new (&be, 4));
  rtmp_chunk_writer_begin (sender->writer, message, &sender->headers[0]);
  sender->chunk_size = RTMP_CHUNK_SIZE_DEFAULT;
  write_chunk (sender, 0);
  sender->chunk_size = chunk_size;
}

static GBytes *
write_session (guint32 seed, gsize chunk_size, GPtrArray * expected)
{
  Sender sender = {.rand = g_rand_new_with_seed (seed),
    .writer = rtmp_chunk_writer_new (),.expected = expected
  };
  guint begun = 0, busy = 0, i;

  write_chunk_size (&sender, chunk_size);
  while (begun < MESSAGES || busy > 0) {
    i = (guint) g_rand_int_range (sender.rand, 0, STREAMS);
    if (sender.open[i] == NULL && begun < MESSAGES) {
      begin_message (&sender, i);
      begun++;
      busy++;
    }
    if (sender.open[i] != NULL) {
      write_chunk (&sender, i);
      busy -= sender.open[i] == NULL;
    }
  }
  rtmp_chunk_writer_free (sender.writer);
  g_rand_free (sender.rand);
  return rtmp_writer_take (&sender.bytes);
}

typedef struct
{
  GPtrArray *expected;
  guint next;
} Receiver;

static gboolean
compare_message (RtmpMessage * message, gpointer user_data, GError ** error)
{
  Receiver *receiver = user_data;
  const RtmpMessage *expected;

  g_assert_cmpuint (receiver->next, <, receiver->expected->len);
  expected = g_ptr_array_index (receiver->expected, receiver->next++);
  g_assert_cmpuint (message->type, ==, expected->type);
  g_assert_cmpuint (message->chunk_stream, ==, expected->chunk_stream);
  g_assert_cmpuint (message->message_stream, ==, expected->message_stream);
  g_assert_cmpuint (message->timestamp, ==, expected->timestamp);
  g_assert_true (g_bytes_equal (message->payload, expected->payload));
  return TRUE;
}

static void
check_session (GBytes * bytes, GPtrArray * expected, gsize first, gsize step)
{
  g_autoptr (RtmpChunkReader) reader = rtmp_chunk_reader_new (NULL);
  Receiver receiver = { expected, 0 };
  gsize size = g_bytes_get_size (bytes), from = 0, to = first;
  GError *error = NULL;

  for (; from < size; from = to, to += step) {
    GBytes *block;

    to = MIN (to, size);
    block = g_bytes_new_from_bytes (bytes, from, to - from);
    rtmp_chunk_reader_feed (reader, block, compare_message, &receiver, &error);
    g_assert_no_error (error);
    g_bytes_unref (block);
  }
  g_assert_cmpuint (receiver.next, ==, expected->len);
  g_assert_cmpuint (rtmp_chunk_reader_stats (reader)->dropped_partials, ==, 0);
}

static void
test_round_trip (gconstpointer data)
{
  gsize chunk_size = GPOINTER_TO_SIZE (data), size, split;
  guint32 seed;

  for (seed = 1; seed <= SEEDS; seed++) {
    GPtrArray *expected = g_ptr_array_new_with_free_func (message_free);
    GBytes *bytes = write_session (seed, chunk_size, expected);

    g_assert_cmpuint (expected->len, ==, 1 + MESSAGES);
    size = g_bytes_get_size (bytes);
    check_session (bytes, expected, 1, 1);
    for (split = 1; split <= size && seed <= SEEDS_SPLIT; split++)
      check_session (bytes, expected, split, size);
    g_bytes_unref (bytes);
    g_ptr_array_unref (expected);
  }
}

int
main (int argc, char **argv)
{
  const guint chunk_sizes[] = { 1, 3, 128, 1400, 4096 };
  gchar *path;
  guint i;

  g_test_init (&argc, &argv, NULL);
  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    path = g_strconcat ("/chunkwriter/", cases[i].name, NULL);
    g_test_add_data_func (path, &cases[i], test_case);
    g_free (path);
  }
  g_test_add_func ("/chunkwriter/E-037-only-short-ids", test_only_short_ids);
  for (i = 0; i < G_N_ELEMENTS (chunk_sizes); i++) {
    path = g_strdup_printf ("/chunkwriter/round-trip/%u", chunk_sizes[i]);
    g_test_add_data_func (path, GSIZE_TO_POINTER (chunk_sizes[i]),
        test_round_trip);
    g_free (path);
  }
  return g_test_run ();
}

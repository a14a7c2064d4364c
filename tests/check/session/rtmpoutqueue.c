/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpchunkreader.h"
#include "rtmpcontrol.h"
#include "rtmpoutqueue.h"

#include <string.h>

/* What scripts say: a message a word, its size behind it, or the value of a
 * control message. */
static const struct
{
  gchar letter;
  RtmpMessageType type;
  guint32 chunk_stream;         /* 0: control */
  RtmpUserControlEvent event;
} words[] = {
  {'V', RTMP_MESSAGE_VIDEO, RTMP_CHUNK_STREAM_VIDEO},
  {'A', RTMP_MESSAGE_AUDIO, RTMP_CHUNK_STREAM_AUDIO},
  {'D', RTMP_MESSAGE_DATA_AMF0, RTMP_CHUNK_STREAM_DATA},
  {'C', RTMP_MESSAGE_COMMAND_AMF0, RTMP_CHUNK_STREAM_COMMAND},
  {'P', RTMP_MESSAGE_USER_CONTROL, 0, RTMP_USER_CONTROL_PING_RESPONSE},
  {'B', RTMP_MESSAGE_USER_CONTROL, 0, RTMP_USER_CONTROL_SET_BUFFER_LENGTH},
  {'K', RTMP_MESSAGE_ACKNOWLEDGEMENT, 0},
  {'S', RTMP_MESSAGE_SET_CHUNK_SIZE, 0},
  {'W', RTMP_MESSAGE_WINDOW_ACK_SIZE, 0},
};

static GBytes *
make_payload (gsize size, guint32 seed)
{
  guint8 *data = g_malloc (MAX (size, 1));
  gsize i;

  for (i = 0; i < size; i++)
    data[i] = (guint8) (i * 31 + i / 256 + seed);
  return g_bytes_new_take (data, size);
}

static void
make_message (RtmpMessage * message, const gchar * word, guint32 timestamp)
{
  guint32 n = (guint32) g_ascii_strtoull (word + 1, NULL, 10);
  guint i;

  for (i = 0; words[i].letter != word[0]; i++)
    g_assert_cmpuint (i + 1, <, G_N_ELEMENTS (words));
  if (words[i].event != 0)
    rtmp_user_control_init (message, words[i].event, n);
  else if (words[i].chunk_stream == 0)
    rtmp_control_init (message, words[i].type, n);
  else
    rtmp_message_init (message, words[i].type, words[i].chunk_stream, 1,
        timestamp, make_payload (n, timestamp));
}

static void
push (RtmpOutQueue * queue, const gchar * word, guint32 timestamp)
{
  RtmpMessage message;

  make_message (&message, word, timestamp);
  rtmp_out_queue_push (queue, &message);
  g_assert_null (message.payload);
}

static gsize
vectors_size (const RtmpVector * vectors, guint n)
{
  gsize size = 0;
  guint i;

  for (i = 0; i < n; i++)
    size += vectors[i].size;
  return size;
}

/* One pull, of which at most @max bytes are taken; 0 when there are none. */
static gsize
take (RtmpOutQueue * queue, GByteArray * output, gsize max)
{
  const RtmpVector *vectors;
  guint n = rtmp_out_queue_pull (queue, &vectors), i;
  gsize size = MIN (max, vectors_size (vectors, n)), left = size;

  for (i = 0; left > 0; i++) {
    gsize part = MIN (left, vectors[i].size);

    g_byte_array_append (output, vectors[i].data, (guint) part);
    left -= part;
  }
  rtmp_out_queue_consume (queue, size);
  return size;
}

/* Everything, taken @step bytes at a time. */
static void
drain (RtmpOutQueue * queue, GByteArray * output, gsize step)
{
  while (take (queue, output, step) > 0);
  g_assert_true (rtmp_out_queue_is_empty (queue));
  g_assert_cmpuint (rtmp_out_queue_bytes (queue), ==, 0);
  g_assert_false (rtmp_out_queue_oldest (queue, NULL));
}

/* Which chunk stream each chunk is of, "6*3 4 6": a parser of its own that
 * knows no extended timestamps. */
typedef struct
{
  gsize size;
  gsize done;
  guint8 type;
} Stream;

static guint32
get_be (const guint8 * p, guint width)
{
  guint32 value = 0;

  while (width-- > 0)
    value = value << 8 | *p++;
  return value;
}

static gsize
parse_chunk (const guint8 * p, Stream * streams, guint32 * chunk_size)
{
  static const gsize header_sizes[] = { 12, 8, 4, 1 };
  gsize header = header_sizes[p[0] >> 6], n;
  Stream *stream = &streams[p[0] & 63];

  if (header >= 8) {
    stream->size = get_be (p + 4, 3);
    stream->type = p[7];
  }
  if (header > 1)
    g_assert_cmpuint (stream->done, ==, 0);
  n = MIN (*chunk_size, stream->size - stream->done);
  stream->done = (stream->done + n) % MAX (stream->size, 1);
  if (stream->type == RTMP_MESSAGE_SET_CHUNK_SIZE && stream->done == 0)
    *chunk_size = get_be (p + header + n - 4, 4);
  return header + n;
}

static gchar *
chunk_order (const GByteArray * bytes)
{
  GString *text = g_string_new (NULL);
  Stream streams[64] = { {0} };
  guint32 chunk_size = RTMP_CHUNK_SIZE_DEFAULT;
  gsize pos = 0;

  while (pos < bytes->len) {
    guint8 id = bytes->data[pos] & 63;
    guint n = 0;

    for (; pos < bytes->len && (bytes->data[pos] & 63) == id; n++)
      pos += parse_chunk (bytes->data + pos, streams, &chunk_size);
    g_string_append_printf (text, n > 1 ? "%u*%u " : "%u ", id, n);
  }
  g_assert_cmpuint (pos, ==, bytes->len);
  g_string_truncate (text, text->len > 0 ? text->len - 1 : 0);
  return g_string_free (text, FALSE);
}

/* Scripts, with "|" for: what can be sent in one batch is. */
typedef struct
{
  const gchar *name;
  const gchar *script;
  const gchar *order;
} OrderCase;

static const OrderCase order_cases[] = {
  {"nothing", "", ""},
  {"in-order", "C1 A1 D1 V1 C1 V1 A1", "3 4 5 6 3 6 4"},
  {"chunks-of-128", "V128 A256 A257 V129", "6 4*5 6*2"},
  {"urgent-first", "C300 A10 P", "2 3*3 4"},
  {"urgent-keep-their-order", "V300 P K P", "2*3 6*3"},
  {"E-121-buffer-length-stays-behind", "C10 B A10", "3 2 4"},
  {"E-121-nothing-passes-buffer-length", "V300 B A10", "6*3 2 4"},
  {"E-038-audio-passes-video-in-flight", "V300 A10", "6 4 6*2"},
  {"E-038-data-passes-video-in-flight", "V300 D10 A10 D10", "6 5 4 5 6*2"},
  {"E-038-from-batch-to-batch", "S4096 V300000 | A10 C5 A10",
      "2 6*64 4 6*10 3 4"},
  {"E-039-what-passes-is-not-cut", "V300 A300 A300", "6 4*6 6*2"},
  {"command-does-not-pass", "V300 C10", "6*3 3"},
  {"nothing-passes-a-command", "V300 C10 A10 D10", "6*3 3 4 5"},
  {"nothing-passes-a-video-that-waits", "V300 V300 A10", "6*4 4 6*2"},
  {"audio-in-flight-lets-nothing-by", "A300 V10 C10 D10", "4*3 6 3 5"},
  {"delete-stream-comes-last", "V300000 A10 D10 | V10 A10 C10",
      "6 4 5 6*2344 4 3"},
  {"urgent-between-chunks", "S4096 V300000 | P A10", "2 6*64 2 4 6*10"},
  {"urgent-not-within-another", "S4096 A300000 | P V10", "2 4*74 2 6"},
  {"urgent-not-within-a-command", "S4096 C300000 | P A10", "2 3*74 2 4"},
  {"window-ack-size-is-not-urgent", "C300 W A10 | C10 A300 W",
      "3*3 2 4 3 4*3 2"},
  {"set-chunk-size-is-not-urgent", "V300 S256 V300 A300", "6*3 2 6 4*2 6"},
  {"set-chunk-size-waits-for-video", "V300 A200 S256 A200", "6 4*2 6*2 2 4"},
  {"set-chunk-size-for-what-is-behind", "A300 S100 A300 S300 A300",
      "4*3 2 4*3 2 4"},
  {"empty-messages", "V0 A0 D0 C0 V0 V300 A0", "6 4 5 3 6*2 4 6*2"},
};

/* What comes of a script, the rest of it taken @step bytes at a time. */
static GByteArray *
play_script (const gchar * script, gsize step)
{
  g_autoptr (RtmpOutQueue) queue = rtmp_out_queue_new ();
  g_auto (GStrv) parts = g_strsplit (script, " ", -1);
  GByteArray *output = g_byte_array_new ();
  guint i;

  for (i = 0; parts[i] != NULL; i++) {
    if (parts[i][0] == '|')
      take (queue, output, G_MAXSIZE);
    else if (parts[i][0] != '\0')
      push (queue, parts[i], i * 10);
  }
  drain (queue, output, step);
  return output;
}

static void
test_order (gconstpointer data)
{
  static const gsize steps[] = { 1, 7, 1000 };
  const OrderCase *c = data;
  GByteArray *output = play_script (c->script, G_MAXSIZE), *again;
  g_autofree gchar *order = chunk_order (output);
  guint i;

  g_assert_cmpstr (order, ==, c->order);
  for (i = 0; i < G_N_ELEMENTS (steps); i++) {
    again = play_script (c->script, steps[i]);
    g_assert_cmpmem (again->data, again->len, output->data, output->len);
    g_byte_array_unref (again);
  }
  g_byte_array_unref (output);
}

static gboolean
append_message (RtmpMessage * message, gpointer text, GError ** error)
{
  g_string_append_printf (text, "%u:%u:%u:%u:%u:%x\n", message->chunk_stream,
      message->type, message->message_stream, message->timestamp,
      (guint) rtmp_message_size (message), g_bytes_hash (message->payload));
  return TRUE;
}

/* The messages in @bytes, each whole, in the order in which they end. */
static gchar *
read_back (const GByteArray * bytes)
{
  g_autoptr (RtmpChunkReader) reader = rtmp_chunk_reader_new (NULL);
  GBytes *block = g_bytes_new (bytes->data, bytes->len);
  GString *text = g_string_new (NULL);
  GError *error = NULL;

  rtmp_chunk_reader_feed (reader, block, append_message, text, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rtmp_chunk_reader_stats (reader)->dropped_partials, ==, 0);
  g_bytes_unref (block);
  return g_string_free (text, FALSE);
}

/* The lines of @text that begin with @prefix: one chunk stream's. */
static gchar *
filter_lines (const gchar * text, const gchar * prefix)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GString *kept = g_string_new (NULL);
  guint i;

  for (i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], prefix))
      g_string_append_printf (kept, "%s\n", lines[i]);
  return g_string_free (kept, FALSE);
}

/* The messages of a script, in its order. */
static gchar *
expect_messages (const gchar * script)
{
  g_auto (GStrv) parts = g_strsplit (script, " ", -1);
  GString *text = g_string_new (NULL);
  RtmpMessage message;
  guint i;

  for (i = 0; parts[i] != NULL; i++) {
    make_message (&message, parts[i], i * 10);
    append_message (&message, text, NULL);
    rtmp_message_clear (&message);
  }
  return g_string_free (text, FALSE);
}

/* Whatever passes what: chunk stream by chunk stream it is what was pushed. */
static void
test_read_back (gconstpointer chunk_size)
{
  static const gchar *const chunk_streams[] = { "3:", "4:", "5:", "6:" };
  g_autofree gchar *script = g_strconcat (chunk_size, " V0 A0 V1 A1 V127 A127 "
      "V128 A128 V129 C129 A300 D0 V70000 A1 D300 C1 V4096 A4095 V4097 A4096 "
      "D4097 V65535 A65536 V65537 C200000 V0 A0 C0 P7", NULL);
  g_autofree gchar *expected = expect_messages (script);
  GByteArray *output = play_script (script, 4099);
  g_autofree gchar *messages = read_back (output);
  guint i;

  for (i = 0; i < G_N_ELEMENTS (chunk_streams); i++) {
    g_autofree gchar *wanted = filter_lines (expected, chunk_streams[i]);
    g_autofree gchar *got = filter_lines (messages, chunk_streams[i]);

    g_assert_cmpstr (got, ==, wanted);
  }
  g_byte_array_unref (output);
}

/* All but media count, until they are sent whole. */
static void
test_signals (void)
{
  static const gchar *const words[] = { "P", "K", "B", "W", "S200", "C10" };
  g_autoptr (RtmpOutQueue) queue = rtmp_out_queue_new ();
  GByteArray *output = g_byte_array_new ();
  guint i;

  push (queue, "V10", 0);
  push (queue, "A10", 0);
  push (queue, "D10", 0);
  g_assert_cmpuint (rtmp_out_queue_signals (queue), ==, 0);
  for (i = 0; i < G_N_ELEMENTS (words); i++) {
    push (queue, words[i], 0);
    g_assert_cmpuint (rtmp_out_queue_signals (queue), ==, i + 1);
  }
  drain (queue, output, 1);
  g_assert_cmpuint (rtmp_out_queue_signals (queue), ==, 0);
  g_byte_array_unref (output);
}

/* At each byte: how much is left, and of which messages. */
static void
test_accounting (void)
{
  static const struct
  {
    gsize end;                  /* position behind its last chunk */
    gsize size;
  } sent[] = {
    {12 + 3, 3},                /* the command */
    {15 + 12 + 128 + 12 + 8, 8},        /* audio, behind one chunk of video */
    {175 + 12 + 5, 5},          /* data */
    {192 + 1 + 22, 150},        /* the rest of video */
  };
  g_autoptr (RtmpOutQueue) queue = rtmp_out_queue_new ();
  g_autoptr (GByteArray) output = g_byte_array_new ();
  gsize bytes = 3 + 8 + 5 + 150, pos;
  guint32 oldest = 0;
  guint i = 0;

  push (queue, "C3", 0);
  push (queue, "V150", 10);
  push (queue, "A8", 20);
  push (queue, "D5", 30);
  for (pos = 0; pos < 215; pos++) {
    const RtmpVector *vectors;
    guint n = rtmp_out_queue_pull (queue, &vectors);

    g_assert_cmpuint (vectors_size (vectors, n), ==, 215 - pos);
    g_assert_cmpuint (rtmp_out_queue_bytes (queue), ==, bytes);
    g_assert_false (rtmp_out_queue_is_empty (queue));
    g_assert_true (rtmp_out_queue_oldest (queue, &oldest));
    g_assert_cmpuint (oldest, ==, 10);
    take (queue, output, 1);
    if (pos + 1 == sent[i].end)
      bytes -= sent[i++].size;
  }
  drain (queue, output, 1);
}

/* The oldest is what was pushed first, not what is laid out first. */
static void
test_oldest (void)
{
  g_autoptr (RtmpOutQueue) queue = rtmp_out_queue_new ();
  g_autoptr (GByteArray) output = g_byte_array_new ();
  guint32 oldest;

  push (queue, "C10", 0);
  push (queue, "D10", 0);
  g_assert_false (rtmp_out_queue_oldest (queue, &oldest));
  push (queue, "V300000", 0xFFFFFFF0);
  push (queue, "A10", 5);
  push (queue, "A10", 25);
  g_assert_true (rtmp_out_queue_oldest (queue, &oldest));
  g_assert_cmpuint (oldest, ==, 0xFFFFFFF0);
  take (queue, output, 100);    /* the audio passes in this batch */
  g_assert_true (rtmp_out_queue_oldest (queue, &oldest));
  g_assert_cmpuint (oldest, ==, 0xFFFFFFF0);
  take (queue, output, G_MAXSIZE);
  g_assert_true (rtmp_out_queue_oldest (queue, &oldest));
  g_assert_cmpuint (oldest, ==, 0xFFFFFFF0);
  push (queue, "A10", 45);
  take (queue, output, G_MAXSIZE);
  while (!rtmp_out_queue_is_empty (queue))
    take (queue, output, G_MAXSIZE);
  g_assert_false (rtmp_out_queue_oldest (queue, &oldest));
}

static void
test_chunk_size (void)
{
  g_autoptr (RtmpOutQueue) queue = rtmp_out_queue_new ();
  g_autoptr (GByteArray) output = g_byte_array_new ();
  const RtmpVector *vectors;

  g_assert_cmpuint (rtmp_out_queue_chunk_size (queue), ==, 128);
  push (queue, "S4096", 0);
  g_assert_cmpuint (rtmp_out_queue_chunk_size (queue), ==, 128);
  rtmp_out_queue_pull (queue, &vectors);
  g_assert_cmpuint (rtmp_out_queue_chunk_size (queue), ==, 4096);
  push (queue, "S1", 0);
  push (queue, "S16777215", 0);
  drain (queue, output, G_MAXSIZE);
  g_assert_cmpuint (rtmp_out_queue_chunk_size (queue), ==, 0xFFFFFF);
}

/* Raw bytes stand before whatever is queued by then, and are not cut. */
static void
test_raw (void)
{
  g_autoptr (RtmpOutQueue) queue = rtmp_out_queue_new ();
  g_autoptr (GByteArray) output = g_byte_array_new ();
  GBytes *raw = make_payload (1537, 99), *more = make_payload (1536, 5);
  const RtmpVector *vectors;
  g_autofree gchar *order = NULL;

  push (queue, "V300", 0);
  push (queue, "C3", 0);
  rtmp_out_queue_push_raw (queue, g_bytes_ref (raw));
  g_assert_false (rtmp_out_queue_is_empty (queue));
  rtmp_out_queue_push_raw (queue, g_bytes_ref (more));
  push (queue, "P", 0);
  g_assert_cmpuint (rtmp_out_queue_pull (queue, &vectors), >, 2);
  g_assert_cmpuint (vectors[0].size, ==, 1537);
  drain (queue, output, 5);
  g_assert_cmpmem (output->data, 1537, g_bytes_get_data (raw, NULL), 1537);
  g_assert_cmpmem (output->data + 1537, 1536, g_bytes_get_data (more, NULL),
      1536);
  g_byte_array_remove_range (output, 0, 1537 + 1536);
  order = chunk_order (output);
  g_assert_cmpstr (order, ==, "2 6*3 3");
  g_bytes_unref (raw);
  g_bytes_unref (more);
}

/* A pull shows the same again until it is taken, whatever is pushed. */
static void
test_pull_again (void)
{
  g_autoptr (RtmpOutQueue) queue = rtmp_out_queue_new ();
  const RtmpVector *first, *again;
  guint n;

  g_assert_cmpuint (rtmp_out_queue_pull (queue, &first), ==, 0);
  push (queue, "V300", 0);
  n = rtmp_out_queue_pull (queue, &first);
  g_assert_cmpuint (n, ==, 6);
  push (queue, "P", 0);
  g_assert_cmpuint (rtmp_out_queue_pull (queue, &again), ==, n);
  g_assert_true (again == first);
  rtmp_out_queue_consume (queue, 0);
  rtmp_out_queue_consume (queue, 12);
  g_assert_cmpuint (rtmp_out_queue_pull (queue, &again), ==, n - 1);
  g_assert_cmpuint (again[0].size, ==, 128);
  rtmp_out_queue_consume (queue, 128 + 1 + 128 + 1 + 44);
  g_assert_cmpuint (rtmp_out_queue_pull (queue, &again), ==, 2);
  g_assert_cmpuint (again[0].data ? *(const guint8 *) again[0].data : 0, ==, 2);
}

static void
test_payload_is_not_copied (void)
{
  g_autoptr (RtmpOutQueue) queue = rtmp_out_queue_new ();
  RtmpMessage message;
  const RtmpVector *vectors;
  const guint8 *data;

  make_message (&message, "A200", 0);
  data = g_bytes_get_data (message.payload, NULL);
  rtmp_out_queue_push (queue, &message);
  g_assert_cmpuint (rtmp_out_queue_pull (queue, &vectors), ==, 4);
  g_assert_true (vectors[1].data == data);
  g_assert_true (vectors[3].data == data + 128);
}

static void
test_batch_vectors (void)
{
  g_autoptr (RtmpOutQueue) queue = rtmp_out_queue_new ();
  g_autoptr (GByteArray) output = g_byte_array_new ();
  const RtmpVector *vectors;
  guint n, i;

  push (queue, "S1", 0);
  push (queue, "V1000", 0);
  for (i = 0; i < 1004;) {
    n = rtmp_out_queue_pull (queue, &vectors);
    g_assert_cmpuint (n, ==, MIN (RTMP_OUT_QUEUE_VECTORS, 2 * (1001 - i)));
    i += n / 2;
    take (queue, output, G_MAXSIZE);
    if (rtmp_out_queue_is_empty (queue))
      break;
  }
  g_assert_cmpuint (i, ==, 1001);
}

static void
check_batch (const gchar * chunk_size, const gchar * video, gsize expected)
{
  g_autoptr (RtmpOutQueue) queue = rtmp_out_queue_new ();
  const RtmpVector *vectors;
  guint n;

  push (queue, chunk_size, 0);
  push (queue, video, 0);
  push (queue, "V1", 0);
  n = rtmp_out_queue_pull (queue, &vectors);
  g_assert_cmpuint (vectors_size (vectors, n), ==, expected);
}

/* The chunk that crosses the line is the last one. */
static void
test_batch_bytes (void)
{
  check_batch ("S65536", "V1000000", 16 + 12 + 3 + 4 * 65536);
  check_batch ("S16777215", "V262115", 16 + 12 + 262115 + 8 + 1);
  check_batch ("S16777215", "V262116", 16 + 12 + 262116);
  check_batch ("S16777215", "V1000000", 16 + 12 + 1000000);
}

/* Nothing is lost that is in any of the places where a message can be. */
static void
test_free_when_full (void)
{
  g_autoptr (RtmpOutQueue) queue = rtmp_out_queue_new ();
  g_autoptr (GByteArray) output = g_byte_array_new ();

  push (queue, "V300000", 0);
  take (queue, output, 1000);
  push (queue, "A300000", 0);
  take (queue, output, G_MAXSIZE);
  take (queue, output, 1000);
  push (queue, "P", 0);
  push (queue, "C5", 0);
  rtmp_out_queue_push_raw (queue, make_payload (5, 0));
  g_assert_cmpuint (rtmp_out_queue_bytes (queue), >, 600000);
}

static void
add_tables (void)
{
  static const gchar *const sizes[] = { "S1", "S128", "S4096", "S65536",
    "S16777215"
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (order_cases); i++) {
    g_autofree gchar *path = g_strconcat ("/outqueue/order/",
        order_cases[i].name, NULL);

    g_test_add_data_func (path, &order_cases[i], test_order);
  }
  for (i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autofree gchar *path = g_strconcat ("/outqueue/read-back/", sizes[i],
        NULL);

    g_test_add_data_func (path, sizes[i], test_read_back);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_tables ();
  g_test_add_func ("/outqueue/signals", test_signals);
  g_test_add_func ("/outqueue/accounting", test_accounting);
  g_test_add_func ("/outqueue/oldest", test_oldest);
  g_test_add_func ("/outqueue/chunk-size", test_chunk_size);
  g_test_add_func ("/outqueue/raw", test_raw);
  g_test_add_func ("/outqueue/pull-again", test_pull_again);
  g_test_add_func ("/outqueue/payload-is-not-copied",
      test_payload_is_not_copied);
  g_test_add_func ("/outqueue/batch-vectors", test_batch_vectors);
  g_test_add_func ("/outqueue/batch-bytes", test_batch_bytes);
  g_test_add_func ("/outqueue/free-when-full", test_free_when_full);
  return g_test_run ();
}

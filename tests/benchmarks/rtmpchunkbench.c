/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs the benchmark's stream through the chunk reader, or through the queue
 * with the chunk writer, and nothing else: one thread, no socket. Prints what
 * was copied; for instructions, count those of measure(). What was written and
 * read is then compared with the stream. */
#include "benchcopies.h"
#include "benchstream.h"

#include "rtmpchunkreader.h"
#include "rtmpcontrol.h"
#include "rtmpoutqueue.h"
#include "rtmpwriter.h"

#include <stdlib.h>

/* What waits in the queue while a busy sender writes. */
#define BACKLOG (256 << 10)

static gchar *opt_sizes = NULL;
static gint64 opt_bytes = 5000000;
static gint opt_chunk_size = 65536;
static gint opt_block = 65536;
static gchar **opt_rest = NULL;

static const GOptionEntry entries[] = {
  {"sizes", 0, 0, G_OPTION_ARG_STRING, &opt_sizes,
        "Bodies of one group of messages (default 40000,400,400)",
      "VIDEO[,AUDIO...]"},
  {"bytes", 0, 0, G_OPTION_ARG_INT64, &opt_bytes,
      "Bodies of the whole stream", "N"},
  {"chunk-size", 0, 0, G_OPTION_ARG_INT, &opt_chunk_size, "Chunk size", "N"},
  {"block", 0, 0, G_OPTION_ARG_INT, &opt_block,
      "Bytes that the reader is fed at a time", "N"},
  {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &opt_rest, NULL,
      "reader|writer"},
  {NULL}
};

typedef struct
{
  BenchStream stream;
  GArray *messages;             /* of RtmpMessage: what is written */
  RtmpWriter *out;              /* where to; NULL: nowhere */
  GPtrArray *blocks;            /* of GBytes: what is read */
  RtmpMessageFunc func;         /* and who gets it */
  gpointer user_data;
} Bench;

static void
die (const gchar * what, const gchar * why)
{
  g_printerr ("rtmpchunkbench: %s: %s\n", what, why);
  exit (1);
}

static void
make_messages (Bench * self)
{
  const RtmpControl chunk_size = {.type = RTMP_MESSAGE_SET_CHUNK_SIZE,
    .value = (guint32) opt_chunk_size
  };
  RtmpMessage message;
  guint64 n;

  self->messages = g_array_new (FALSE, FALSE, sizeof (RtmpMessage));
  g_array_set_clear_func (self->messages, (GDestroyNotify) rtmp_message_clear);
  rtmp_control_write (&chunk_size, &message);
  g_array_append_val (self->messages, message);
  for (n = 0; n < self->stream.messages; n++) {
    const FlvTagType type = bench_stream_type (&self->stream, n);
    const gsize size = bench_stream_size (&self->stream, n);
    guint8 *body = g_malloc (size);

    bench_stream_body (&self->stream, n, body);
    rtmp_message_init (&message, (RtmpMessageType) type,
        type == FLV_TAG_AUDIO ? RTMP_CHUNK_STREAM_AUDIO :
        RTMP_CHUNK_STREAM_VIDEO, 1, bench_stream_timestamp (&self->stream, n),
        g_bytes_new_take (body, size));
    g_array_append_val (self->messages, message);
  }
}

static void
send_batch (Bench * self, RtmpOutQueue * queue)
{
  const RtmpVector *vectors;
  guint i, n = rtmp_out_queue_pull (queue, &vectors);
  gsize size = 0;

  for (i = 0; i < n; i++) {
    if (self->out)
      rtmp_writer_bytes (self->out, vectors[i].data, vectors[i].size);
    size += vectors[i].size;
  }
  rtmp_out_queue_consume (queue, size);
}

static void
write_all (Bench * self)
{
  RtmpOutQueue *queue = rtmp_out_queue_new ();
  guint i;

  for (i = 0; i < self->messages->len; i++) {
    RtmpMessage copy = g_array_index (self->messages, RtmpMessage, i);

    g_bytes_ref (copy.payload);
    rtmp_out_queue_push (queue, &copy);
    while (rtmp_out_queue_bytes (queue) >= BACKLOG)
      send_batch (self, queue);
  }
  while (!rtmp_out_queue_is_empty (queue))
    send_batch (self, queue);
  rtmp_out_queue_free (queue);
}

/* The written bytes, cut as a socket would. */
static void
make_blocks (Bench * self)
{
  RtmpWriter out;
  gsize start;

  rtmp_writer_init (&out);
  self->out = &out;
  write_all (self);
  self->out = NULL;
  self->blocks = g_ptr_array_new_with_free_func ((GDestroyNotify)
      g_bytes_unref);
  for (start = 0; start < out.size; start += opt_block)
    g_ptr_array_add (self->blocks, g_bytes_new (out.data + start,
            MIN ((gsize) opt_block, out.size - start)));
  rtmp_writer_clear (&out);
}

static void
read_all (Bench * self)
{
  RtmpChunkReader *reader = rtmp_chunk_reader_new (NULL);
  GError *error = NULL;
  guint i;

  for (i = 0; i < self->blocks->len; i++)
    if (!rtmp_chunk_reader_feed (reader, g_ptr_array_index (self->blocks, i),
            self->func, self->user_data, &error))
      die ("read", error->message);
  rtmp_chunk_reader_free (reader);
}

static gboolean
on_message (RtmpMessage * message, gpointer user_data, GError ** error)
{
  return TRUE;
}

static gboolean
on_checked (RtmpMessage * message, gpointer user_data, GError ** error)
{
  return message->type == RTMP_MESSAGE_SET_CHUNK_SIZE
      || bench_check_message (user_data, message->type, message->payload,
      error);
}

static void
check_all (Bench * self)
{
  BenchCheck check;

  bench_check_init (&check, &self->stream);
  self->func = on_checked;
  self->user_data = &check;
  read_all (self);
  if (!bench_check_is_complete (&check))
    die ("read", "not all messages");
  bench_check_clear (&check);
}

/* A function of its own, for tools that count what happens within one. */
static G_GNUC_NO_INLINE void
measure (Bench * self, void (*func) (Bench * self))
{
  guint64 before = bench_copied_bytes ();

  func (self);
  g_print ("copied=%" G_GUINT64_FORMAT "\n", bench_copied_bytes () - before);
}

static void
parse_options (int *argc, char ***argv)
{
  GOptionContext *context = g_option_context_new (NULL);
  GError *error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, &error))
    die ("options", error->message);
  if (opt_rest == NULL || g_strv_length (opt_rest) != 1 || opt_block <= 0
      || opt_chunk_size <= 0 || opt_chunk_size > RTMP_CHUNK_SIZE_MAX)
    die ("usage", "rtmpchunkbench [OPTION...] reader|writer");
  g_option_context_free (context);
}

int
main (int argc, char **argv)
{
  Bench self = {.func = on_message };
  gboolean reader;

  parse_options (&argc, &argv);
  reader = g_str_equal (opt_rest[0], "reader");
  if (!bench_stream_init (&self.stream, opt_sizes ? opt_sizes :
          "40000,400,400", opt_bytes))
    die (opt_sizes, "not a list of sizes");
  make_messages (&self);
  if (!reader)
    measure (&self, write_all);
  make_blocks (&self);
  if (reader)
    measure (&self, read_all);
  check_all (&self);
  g_ptr_array_unref (self.blocks);
  g_array_unref (self.messages);
  return 0;
}

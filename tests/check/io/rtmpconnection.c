/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpconnection.h"

#include "rtmperror.h"
#include "rtmpscriptedpeer.h"

#include <string.h>

/* Of handshakes that are to time out: microseconds, and time enough for what
 * comes before the silence. */
#define STALL (50 * 1000)

/* A transport whose other end is in the test's hands: nothing here depends on
 * time or on a kernel's buffers. */
typedef struct
{
  RtmpTransport parent;
  GQueue input;                 /* of GBytes: what one read finds */
  gboolean input_ends;
  GError *read_error;           /* what comes behind the input */
  guint reads;
  gsize read_size;              /* that the last one had room for */
  GByteArray *output;
  gsize room;                   /* bytes that writing takes before it blocks */
  gsize written;                /* of the output that has been looked at */
  GError *write_error;
  guint writes;
  gboolean shut;
  GSource *source;
  GIOCondition wanted;
} TestTransport;

typedef struct
{
  GMainContext *context;
  TestTransport *transport;
  RtmpScriptedPeer *peer;       /* the server */
  RtmpConnection *connection;

  guint opened;
  GPtrArray *payloads;          /* of GBytes */
  guint answers;                /* messages to send from within each message */
  guint stop_at;                /* stop reading with so many; 0: never */
  gboolean refuse;              /* end with the next message */
  gint64 deadline;
  guint deadlines;
  guint sent;
  guint closed;
  GError *error;
} Fixture;

/* Transport */

/* What does not fit waits for the next read. */
static gssize
test_read (RtmpTransport * transport, guint8 * data, gsize size,
    GError ** error)
{
  TestTransport *self = (TestTransport *) transport;
  g_autoptr (GBytes) bytes = g_queue_pop_head (&self->input);
  gsize n, left;
  gconstpointer from;

  self->reads++;
  self->read_size = size;
  if (bytes) {
    from = g_bytes_get_data (bytes, &left);
    n = MIN (left, size);
    memcpy (data, from, n);
    if (left > n)
      g_queue_push_head (&self->input, g_bytes_new_from_bytes (bytes, n,
              left - n));
    return (gssize) n;
  }
  if (self->read_error) {
    g_propagate_error (error, g_error_copy (self->read_error));
    return RTMP_TRANSPORT_FAILED;
  }
  return self->input_ends ? 0 : RTMP_TRANSPORT_WOULD_BLOCK;
}

static gssize
test_writev (RtmpTransport * transport, const RtmpVector * vectors,
    guint n_vectors, GError ** error)
{
  TestTransport *self = (TestTransport *) transport;
  gssize total = 0;
  guint i;

  self->writes++;
  if (self->write_error) {
    g_propagate_error (error, g_error_copy (self->write_error));
    return RTMP_TRANSPORT_FAILED;
  }
  g_assert_false (self->shut);
  for (i = 0; i < n_vectors && self->room > 0; i++) {
    gsize n = MIN (vectors[i].size, self->room);

    g_byte_array_append (self->output, vectors[i].data, (guint) n);
    self->room -= n;
    total += (gssize) n;
  }
  return total > 0 ? total : RTMP_TRANSPORT_WOULD_BLOCK;
}

typedef struct
{
  GSource source;
  TestTransport *transport;
} TestSource;

static gboolean
source_ready (GSource * source)
{
  TestTransport *transport = ((TestSource *) source)->transport;
  GIOCondition ready = 0;

  if (transport->room > 0 || transport->write_error)
    ready |= G_IO_OUT;
  if (transport->input.length > 0 || transport->input_ends
      || transport->read_error)
    ready |= G_IO_IN;
  return ready & transport->wanted;
}

static gboolean
source_prepare (GSource * source, gint * timeout)
{
  *timeout = -1;
  return source_ready (source);
}

/* One after the other, as two sources would be. */
static gboolean
source_dispatch (GSource * source, GSourceFunc callback, gpointer user_data)
{
  RtmpTransport *transport = &((TestSource *) source)->transport->parent;
  gboolean ready = source_ready (source);

  transport->func (ready & G_IO_OUT ? G_IO_OUT : G_IO_IN, transport->user_data);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = {
  .prepare = source_prepare,
  .check = source_ready,
  .dispatch = source_dispatch,
};

static void
test_wait_for (RtmpTransport * transport, GIOCondition condition)
{
  TestTransport *self = (TestTransport *) transport;

  self->wanted = condition;
}

static void
test_shutdown_output (RtmpTransport * transport)
{
  g_assert_false (((TestTransport *) transport)->shut);
  ((TestTransport *) transport)->shut = TRUE;
}

static GSocket *
test_socket (RtmpTransport * transport)
{
  return NULL;
}

static void
test_free (RtmpTransport * transport)
{
  TestTransport *self = (TestTransport *) transport;

  g_queue_clear_full (&self->input, (GDestroyNotify) g_bytes_unref);
  g_byte_array_unref (self->output);
  g_clear_error (&self->read_error);
  g_clear_error (&self->write_error);
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_free (self);
}

static const RtmpTransportClass test_class = {
  .read = test_read,
  .writev = test_writev,
  .wait_for = test_wait_for,
  .shutdown_output = test_shutdown_output,
  .socket = test_socket,
  .free = test_free,
};

static TestTransport *
test_transport_new (GMainContext * context)
{
  TestTransport *self = g_new0 (TestTransport, 1);

  self->parent.klass = &test_class;
  self->output = g_byte_array_new ();
  self->room = G_MAXSIZE;
  self->source = g_source_new (&source_funcs, sizeof (TestSource));
  ((TestSource *) self->source)->transport = self;
  g_source_attach (self->source, context);
  return self;
}

/* What the connection tells */

static gboolean
on_opened (gpointer user_data, GError ** error)
{
  ((Fixture *) user_data)->opened++;
  return TRUE;
}

static void
send_ping (Fixture * self)
{
  RtmpMessage message;

  rtmp_user_control_init (&message, RTMP_USER_CONTROL_PING_REQUEST, 1);
  rtmp_connection_send (self->connection, &message);
}

static gboolean
on_message (RtmpMessage * message, gpointer user_data, GError ** error)
{
  Fixture *self = user_data;
  guint i;

  g_assert_cmpuint (self->closed, ==, 0);
  g_ptr_array_add (self->payloads, g_steal_pointer (&message->payload));
  for (i = 0; i < self->answers; i++)
    send_ping (self);
  if (self->payloads->len == self->stop_at)
    rtmp_connection_set_reading (self->connection, FALSE);
  if (self->refuse)
    g_set_error_literal (error, RTMP_ERROR, RTMP_ERROR_REFUSED, "enough");
  return !self->refuse;
}

static gint64
next_deadline (gpointer user_data)
{
  return ((Fixture *) user_data)->deadline;
}

static gboolean
on_deadline (gint64 now, gpointer user_data, GError ** error)
{
  Fixture *self = user_data;

  g_assert_cmpint (now, >=, self->deadline);
  self->deadline = G_MAXINT64;
  self->deadlines++;
  if (self->refuse)
    g_set_error_literal (error, RTMP_ERROR, RTMP_ERROR_TIMED_OUT, "too late");
  return !self->refuse;
}

static void
on_sent (gpointer user_data)
{
  ((Fixture *) user_data)->sent++;
}

static void
on_closed (const GError * error, gpointer user_data)
{
  Fixture *self = user_data;

  g_assert_cmpuint (self->closed, ==, 0);
  self->closed++;
  self->error = error ? g_error_copy (error) : NULL;
}

static const RtmpConnectionEvents events = {
  .opened = on_opened,
  .message = on_message,
  .next_deadline = next_deadline,
  .on_deadline = on_deadline,
  .sent = on_sent,
  .closed = on_closed,
};

/* Fixture */

static void
fixture_init (Fixture * self, gint64 handshake_timeout)
{
  memset (self, 0, sizeof (*self));
  self->context = g_main_context_new ();
  g_main_context_push_thread_default (self->context);
  self->transport = test_transport_new (self->context);
  self->peer = rtmp_scripted_peer_new ();
  self->payloads =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->deadline = G_MAXINT64;
  self->connection = rtmp_connection_new (&self->transport->parent,
      RTMP_ROLE_CLIENT, FALSE, handshake_timeout, NULL, &events, self);
}

static void
fixture_clear (Fixture * self)
{
  rtmp_connection_free (self->connection);
  rtmp_scripted_peer_free (self->peer);
  g_ptr_array_unref (self->payloads);
  g_clear_error (&self->error);
  g_main_context_pop_thread_default (self->context);
  g_main_context_unref (self->context);
}

static void
run (Fixture * self)
{
  while (g_main_context_iteration (self->context, FALSE));
}

/* What is to be read, in pieces of @size. */
static void
give (Fixture * self, GBytes * bytes, gsize size)
{
  gsize offset, left;

  for (offset = 0; offset < g_bytes_get_size (bytes); offset += size) {
    left = g_bytes_get_size (bytes) - offset;
    g_queue_push_tail (&self->transport->input, g_bytes_new_from_bytes (bytes,
            offset, MIN (size, left)));
  }
}

/* What was written goes to the peer, and what that says is to be read, in
 * pieces of @size; until both have nothing more. */
static void
carry (Fixture * self, gsize size)
{
  TestTransport *transport = self->transport;
  GBytes *bytes = NULL;

  do {
    g_clear_pointer (&bytes, g_bytes_unref);
    run (self);
    rtmp_scripted_peer_feed (self->peer,
        transport->output->data + transport->written,
        transport->output->len - transport->written);
    transport->written = transport->output->len;
    bytes = rtmp_scripted_peer_take_output (self->peer);
    if (bytes)
      give (self, bytes, size);
  }
  while (bytes);
}

static void
fixture_open (Fixture * self)
{
  fixture_init (self, 0);
  carry (self, RTMP_CONNECTION_BLOCK_MAX);
  g_assert_cmpuint (self->opened, ==, 1);
  g_assert_true (rtmp_scripted_peer_is_open (self->peer));
}

static GBytes *
make_payload (guint n, gsize size)
{
  guint8 *data = g_malloc (size);
  gsize i;

  for (i = 0; i < size; i++)
    data[i] = (guint8) (n * 31 + i * 7 + (i >> 8));
  return g_bytes_new_take (data, size);
}

static void
peer_sends (Fixture * self, guint n, gsize size)
{
  rtmp_scripted_peer_send_media (self->peer, RTMP_MESSAGE_VIDEO, 1, n,
      make_payload (n, size));
}

static void
assert_payloads (Fixture * self, guint n, gsize size)
{
  guint i;

  g_assert_cmpuint (self->payloads->len, ==, n);
  for (i = 0; i < n; i++) {
    g_autoptr (GBytes) expected = make_payload (i, size);

    g_assert_true (g_bytes_equal (g_ptr_array_index (self->payloads, i),
            expected));
  }
}

static void
send_media (Fixture * self, guint n, gsize size)
{
  RtmpMessage message;

  rtmp_message_init (&message, RTMP_MESSAGE_VIDEO, RTMP_CHUNK_STREAM_VIDEO, 1,
      n, make_payload (n, size));
  rtmp_connection_send (self->connection, &message);
}

/* Opening and messages */

static void
test_open (gconstpointer size)
{
  Fixture f;

  fixture_init (&f, 0);
  g_assert_cmpuint (f.transport->writes, ==, 0);
  carry (&f, GPOINTER_TO_SIZE (size));
  g_assert_cmpuint (f.opened, ==, 1);
  g_assert_true (rtmp_scripted_peer_is_open (f.peer));
  peer_sends (&f, 0, 300);
  peer_sends (&f, 1, 300);
  carry (&f, GPOINTER_TO_SIZE (size));
  assert_payloads (&f, 2, 300);
  fixture_clear (&f);
}

/* Payloads are slices of what was read into: reading on must not touch them. */
static void
test_payloads_stay (void)
{
  guint i;
  Fixture f;

  fixture_open (&f);
  rtmp_scripted_peer_send_control (f.peer, RTMP_MESSAGE_SET_CHUNK_SIZE, 65536);
  for (i = 0; i < 100; i++) {
    peer_sends (&f, i, 5000);
    carry (&f, RTMP_CONNECTION_BLOCK_MAX);
  }
  assert_payloads (&f, 100, 5000);
  fixture_clear (&f);
}

/* Other connections get their turn while one has much to read. */
static void
test_turns (void)
{
  gsize size = 2 * RTMP_CONNECTION_READS * RTMP_CONNECTION_BLOCK_MAX;
  Fixture f;

  fixture_open (&f);
  run (&f);
  /* The middle of a message that is larger than all of it. */
  rtmp_scripted_peer_send_control (f.peer, RTMP_MESSAGE_SET_CHUNK_SIZE,
      RTMP_MESSAGE_MAX_SIZE);
  carry (&f, RTMP_CONNECTION_BLOCK_MAX);
  g_queue_push_tail (&f.transport->input, g_bytes_new_static
      ("\x06\0\0\0\xFF\xFF\xFF\x09\1\0\0\0", 12));
  run (&f);
  f.transport->reads = 0;
  g_queue_push_tail (&f.transport->input, g_bytes_new_take (g_malloc0 (size),
          size));
  g_main_context_iteration (f.context, FALSE);
  g_assert_cmpuint (f.transport->reads, ==, RTMP_CONNECTION_READS);
  g_main_context_iteration (f.context, FALSE);
  g_assert_cmpuint (f.transport->reads, ==, 2 * RTMP_CONNECTION_READS);
  g_assert_cmpuint (f.closed, ==, 0);
  fixture_clear (&f);
}

static void
test_stop_reading (void)
{
  Fixture f;

  fixture_open (&f);
  rtmp_connection_set_reading (f.connection, FALSE);
  rtmp_connection_set_reading (f.connection, FALSE);
  peer_sends (&f, 0, 10);
  f.transport->reads = 0;
  carry (&f, 1000);
  g_assert_cmpuint (f.transport->reads, ==, 0);
  rtmp_connection_set_reading (f.connection, TRUE);
  run (&f);
  assert_payloads (&f, 1, 10);
  fixture_clear (&f);
}

/* From within a message too: what is read by then still comes, and no more of
 * the socket is asked for. */
static void
test_stop_reading_in_message (void)
{
  Fixture f;

  fixture_open (&f);
  f.stop_at = 1;
  rtmp_scripted_peer_send_control (f.peer, RTMP_MESSAGE_SET_CHUNK_SIZE, 65536);
  peer_sends (&f, 0, 100);
  peer_sends (&f, 1, 3 * RTMP_CONNECTION_BLOCK_MIN);
  f.transport->reads = 0;
  carry (&f, G_MAXINT);
  g_assert_cmpuint (f.payloads->len, ==, 1);
  g_assert_cmpuint (f.transport->reads, ==, 1);
  rtmp_connection_set_reading (f.connection, TRUE);
  run (&f);
  g_assert_cmpuint (f.payloads->len, ==, 2);
  fixture_clear (&f);
}

static void
give_zeros (Fixture * self, gsize size)
{
  g_queue_push_tail (&self->transport->input,
      g_bytes_new_take (g_malloc0 (size), size));
  run (self);
}

/* A read that fills the block makes the next one larger, a small one smaller;
 * one that does not fill it has emptied the socket. */
static void
test_block_sizes (void)
{
  gsize size = RTMP_CONNECTION_BLOCK_MIN;
  Fixture f;

  fixture_open (&f);
  rtmp_scripted_peer_send_control (f.peer, RTMP_MESSAGE_SET_CHUNK_SIZE,
      RTMP_MESSAGE_MAX_SIZE);
  carry (&f, RTMP_CONNECTION_BLOCK_MAX);
  g_queue_push_tail (&f.transport->input, g_bytes_new_static
      ("\x06\0\0\0\xFF\xFF\xFF\x09\1\0\0\0", 12));
  f.transport->reads = 0;
  run (&f);
  g_assert_cmpuint (f.transport->reads, ==, 1);
  for (; size < RTMP_CONNECTION_BLOCK_MAX; size *= 2) {
    give_zeros (&f, size);
    g_assert_cmpuint (f.transport->read_size, ==, 2 * size);
  }
  give_zeros (&f, 2 * size);
  g_assert_cmpuint (f.transport->read_size, ==, size);
  for (; size > RTMP_CONNECTION_BLOCK_MIN; size /= 2) {
    give_zeros (&f, size / 8);  /* not yet little */
    g_assert_cmpuint (f.transport->read_size, ==, size);
    give_zeros (&f, 1);
    g_assert_cmpuint (f.transport->read_size, ==, size);
  }
  for (f.transport->reads = 0; f.transport->reads < 3;) {
    give_zeros (&f, 1);
    g_assert_cmpuint (f.transport->read_size, ==, size);
  }
  g_assert_cmpuint (f.closed, ==, 0);
  fixture_clear (&f);
}

/* Writing */

/* What is sent from within an event goes out with its end, in one call. */
static void
test_batches (void)
{
  guint i, writes;
  Fixture f;

  fixture_open (&f);
  f.answers = 5;
  writes = f.transport->writes;
  peer_sends (&f, 0, 10);
  peer_sends (&f, 1, 10);
  carry (&f, 1000);
  g_assert_cmpuint (f.transport->writes, ==, writes + 1);
  g_assert_cmpuint (rtmp_scripted_peer_count (f.peer,
          RTMP_MESSAGE_USER_CONTROL), ==, 10);
  for (i = 0; i < 20; i++)
    send_media (&f, i, 100);
  g_assert_cmpuint (f.transport->writes, ==, writes + 1);
  rtmp_connection_update (f.connection);
  g_assert_cmpuint (f.transport->writes, ==, writes + 2);
  /* Nothing sent is nothing told. */
  f.sent = 0;
  rtmp_connection_update (f.connection);
  g_assert_cmpuint (f.sent, ==, 0);
  carry (&f, 1000);
  g_assert_cmpuint (rtmp_scripted_peer_count (f.peer, RTMP_MESSAGE_VIDEO), ==,
      20);
  fixture_clear (&f);
}

/* Waits when the socket takes no more, and goes on in the middle of a chunk. */
static void
test_blocked (void)
{
  gsize size;
  guint writes;
  Fixture f;

  fixture_open (&f);
  size = f.transport->output->len;
  f.transport->room = 1000;
  send_media (&f, 0, 5000);
  rtmp_connection_update (f.connection);
  run (&f);
  g_assert_cmpuint (f.transport->output->len, ==, size + 1000);
  g_assert_cmpuint (rtmp_out_queue_bytes (rtmp_connection_queue
          (f.connection)), ==, 5000);
  writes = f.transport->writes;
  send_media (&f, 1, 5000);
  rtmp_connection_update (f.connection);
  g_assert_cmpuint (f.transport->writes, ==, writes);
  for (f.transport->room = 1; !rtmp_out_queue_is_empty (rtmp_connection_queue
          (f.connection)); f.transport->room = 1)
    run (&f);
  f.transport->room = G_MAXSIZE;
  carry (&f, 1000);
  g_assert_cmpuint (rtmp_scripted_peer_count (f.peer, RTMP_MESSAGE_VIDEO), ==,
      2);
  g_assert_cmpuint (f.sent, >, 2);
  fixture_clear (&f);
}

/* So many of the peer's messages, each of which we answer at once, and each a
 * read of its own. */
static void
ask (Fixture * self, guint from, guint to)
{
  guint n;

  self->answers = 1;
  for (n = from; n < to; n++) {
    peer_sends (self, n, 10);
    g_queue_push_tail (&self->transport->input,
        rtmp_scripted_peer_take_output (self->peer));
  }
  run (self);
}

#define ASKED 1000
/* Answers that wait before the peer is heard no more, with room for a batch
 * that is laid out. */
#define MANY 300

/* A peer that asks and does not read what it is answered cannot have us keep
 * answers for it without end; when it reads, it is heard again. */
static void
test_choked (void)
{
  guint heard;
  Fixture f;

  fixture_open (&f);
  f.transport->room = 0;
  ask (&f, 0, ASKED);
  heard = f.payloads->len;
  g_assert_cmpuint (heard, >, 1);
  g_assert_cmpuint (heard, <, MANY);
  run (&f);
  g_assert_cmpuint (f.payloads->len, ==, heard);
  f.transport->room = G_MAXSIZE;
  carry (&f, 1000);
  assert_payloads (&f, ASKED, 10);
  g_assert_cmpuint (rtmp_scripted_peer_count (f.peer,
          RTMP_MESSAGE_USER_CONTROL), ==, ASKED);
  fixture_clear (&f);
}

/* So does one that changes the bandwidth that it sets all the time: what it is
 * answered does not hurry, but counts. */
static void
test_choked_by_bandwidths (void)
{
  gsize queued;
  guint n;
  Fixture f;

  fixture_open (&f);
  f.transport->room = 0;
  for (n = 0; n < ASKED; n++) {
    rtmp_scripted_peer_send_bandwidth (f.peer, 1000 + n % 2, 2);
    g_queue_push_tail (&f.transport->input,
        rtmp_scripted_peer_take_output (f.peer));
  }
  run (&f);
  queued = rtmp_out_queue_bytes (rtmp_connection_queue (f.connection));
  g_assert_cmpuint (queued, >, 4);
  g_assert_cmpuint (queued, <, 4 * MANY);
  f.transport->room = G_MAXSIZE;
  carry (&f, 1000);
  g_assert_cmpuint (rtmp_scripted_peer_count (f.peer,
          RTMP_MESSAGE_WINDOW_ACK_SIZE), ==, ASKED);
  fixture_clear (&f);
}

/* Who does not want to read does not because the peer does. */
static void
test_choked_and_stopped (void)
{
  guint heard;
  Fixture f;

  fixture_open (&f);
  f.transport->room = 0;
  ask (&f, 0, ASKED);
  heard = f.payloads->len;
  rtmp_connection_set_reading (f.connection, FALSE);
  f.transport->room = G_MAXSIZE;
  carry (&f, 1000);
  g_assert_cmpuint (f.payloads->len, ==, heard);
  rtmp_connection_set_reading (f.connection, TRUE);
  carry (&f, 1000);
  assert_payloads (&f, ASKED, 10);
  fixture_clear (&f);
}

/* Video that waits does not count: a slow peer is still heard, and its pings
 * are answered first when it reads. */
static void
test_not_choked_by_media (void)
{
  guint i;
  Fixture f;

  fixture_open (&f);
  f.transport->room = 0;
  for (i = 0; i < ASKED; i++)
    send_media (&f, i, 1000);
  rtmp_connection_update (f.connection);
  ask (&f, 0, 100);
  assert_payloads (&f, 100, 10);
  f.transport->room = RTMP_OUT_QUEUE_BATCH + 100 * 8 + 2000;
  carry (&f, 1000);
  g_assert_cmpuint (rtmp_scripted_peer_count (f.peer,
          RTMP_MESSAGE_USER_CONTROL), ==, 100);
  g_assert_cmpuint (rtmp_scripted_peer_count (f.peer, RTMP_MESSAGE_VIDEO), <,
      ASKED);
  fixture_clear (&f);
}

/* The end, as we want it */

static void
assert_finishes (Fixture * self)
{
  g_assert_true (self->transport->shut);
  g_assert_cmpuint (self->closed, ==, 0);
  peer_sends (self, 0, 10);
  carry (self, 1000);
  assert_payloads (self, 1, 10);
  g_assert_cmpuint (self->closed, ==, 0);
  self->transport->input_ends = TRUE;
  run (self);
  g_assert_cmpuint (self->closed, ==, 1);
  g_assert_no_error (self->error);
}

static void
test_finish (void)
{
  Fixture f;

  fixture_open (&f);
  send_media (&f, 0, 100);
  rtmp_connection_finish (f.connection);
  run (&f);
  assert_finishes (&f);
  g_assert_cmpuint (rtmp_scripted_peer_count (f.peer, RTMP_MESSAGE_VIDEO), ==,
      1);
  fixture_clear (&f);
}

static void
test_finish_blocked (void)
{
  Fixture f;

  fixture_open (&f);
  f.transport->room = 10;
  rtmp_connection_set_reading (f.connection, FALSE);
  send_media (&f, 0, 1000);
  rtmp_connection_finish (f.connection);
  run (&f);
  g_assert_false (f.transport->shut);
  f.transport->room = G_MAXSIZE;
  run (&f);
  assert_finishes (&f);
  fixture_clear (&f);
}

/* After our end nobody would read it: it is not kept, and not written. */
static void
test_send_after_finish (void)
{
  const RtmpOutQueue *queue;
  Fixture f;

  fixture_open (&f);
  queue = rtmp_connection_queue (f.connection);
  rtmp_connection_finish (f.connection);
  run (&f);
  g_assert_true (f.transport->shut);
  send_media (&f, 0, 1000);
  send_ping (&f);
  rtmp_connection_update (f.connection);
  f.answers = 2;
  peer_sends (&f, 0, 10);
  carry (&f, 1000);
  assert_payloads (&f, 1, 10);
  g_assert_true (rtmp_out_queue_is_empty (queue));
  g_assert_cmpuint (rtmp_out_queue_bytes (queue), ==, 0);
  /* What the link itself answers is not written either, be it with the last
   * words of a connection that fails. */
  rtmp_scripted_peer_send_bandwidth (f.peer, 1000, 2);
  carry (&f, 1000);
  g_queue_push_tail (&f.transport->input,
      g_bytes_new_static ("\xFF\xFF\xFF\xFF", 4));
  run (&f);
  g_assert_cmpuint (f.closed, ==, 1);
  g_assert_error (f.error, RTMP_ERROR, RTMP_ERROR_BAD_CHUNK);
  fixture_clear (&f);
}

/* After our end, a reset is as good as an end. */
static void
test_finish_reset (void)
{
  Fixture f;

  fixture_open (&f);
  rtmp_connection_finish (f.connection);
  run (&f);
  f.transport->read_error = g_error_new_literal (G_IO_ERROR,
      G_IO_ERROR_CONNECTION_CLOSED, "reset");
  run (&f);
  g_assert_cmpuint (f.closed, ==, 1);
  g_assert_no_error (f.error);
  fixture_clear (&f);
}

/* The end, as it comes */

static void
assert_closed (Fixture * self, GQuark domain, gint code)
{
  g_assert_cmpuint (self->closed, ==, 1);
  g_assert_error (self->error, domain, code);
  /* All of these are harmless now. */
  send_ping (self);
  rtmp_connection_update (self->connection);
  rtmp_connection_set_reading (self->connection, TRUE);
  run (self);
}

static void
test_end_of_input (void)
{
  Fixture f;

  fixture_open (&f);
  peer_sends (&f, 0, 10);
  carry (&f, 1);
  f.transport->input_ends = TRUE;
  run (&f);
  assert_payloads (&f, 1, 10);
  assert_closed (&f, RTMP_ERROR, RTMP_ERROR_PEER_CLOSED);
  fixture_clear (&f);
}

static void
test_read_error (void)
{
  Fixture f;

  fixture_open (&f);
  f.transport->read_error = g_error_new_literal (G_IO_ERROR,
      G_IO_ERROR_CONNECTION_CLOSED, "reset");
  run (&f);
  assert_closed (&f, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  fixture_clear (&f);
}

/* Where writing fails, what the peer said before is still heard, and the error
 * of the write told only if nothing better comes. */
static void
test_write_error (gconstpointer peer_says_why)
{
  guint writes;
  Fixture f;

  fixture_open (&f);
  rtmp_connection_set_reading (f.connection, FALSE);
  f.transport->write_error = g_error_new_literal (G_IO_ERROR,
      G_IO_ERROR_BROKEN_PIPE, "gone");
  f.refuse = GPOINTER_TO_INT (peer_says_why);
  peer_sends (&f, 0, 10);
  f.transport->input_ends = TRUE;
  g_queue_push_tail (&f.transport->input,
      rtmp_scripted_peer_take_output (f.peer));
  send_media (&f, 0, 100);
  rtmp_connection_update (f.connection);
  g_assert_cmpuint (f.closed, ==, 0);
  /* What is sent now is not kept, and nothing is written any more. */
  writes = f.transport->writes;
  send_media (&f, 1, 5000);
  g_assert_cmpuint (rtmp_out_queue_bytes (rtmp_connection_queue
          (f.connection)), ==, 100);
  run (&f);
  assert_payloads (&f, 1, 10);
  g_assert_cmpuint (f.transport->writes, ==, writes);
  if (peer_says_why)
    assert_closed (&f, RTMP_ERROR, RTMP_ERROR_REFUSED);
  else
    assert_closed (&f, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE);
  fixture_clear (&f);
}

/* A peer that says nothing more is not listened to for ever. */
static void
test_write_error_and_silence (void)
{
  Fixture f;

  fixture_open (&f);
  f.transport->write_error = g_error_new_literal (G_IO_ERROR,
      G_IO_ERROR_BROKEN_PIPE, "gone");
  send_media (&f, 0, 100);
  rtmp_connection_update (f.connection);
  g_assert_cmpuint (f.closed, ==, 0);
  while (f.closed == 0)
    g_main_context_iteration (f.context, TRUE);
  assert_closed (&f, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE);
  fixture_clear (&f);
}

/* What was sent before an event ended the connection still goes out. */
static void
test_said_before_the_end (void)
{
  Fixture f;

  fixture_open (&f);
  f.answers = 1;
  f.refuse = TRUE;
  peer_sends (&f, 0, 10);
  carry (&f, 1000);
  g_assert_cmpuint (rtmp_scripted_peer_count (f.peer,
          RTMP_MESSAGE_USER_CONTROL), ==, 1);
  assert_closed (&f, RTMP_ERROR, RTMP_ERROR_REFUSED);
  fixture_clear (&f);
}

static void
test_garbage (void)
{
  Fixture f;

  fixture_open (&f);
  g_queue_push_tail (&f.transport->input,
      g_bytes_new_static ("\xFF\xFF\xFF\xFF", 4));
  run (&f);
  assert_closed (&f, RTMP_ERROR, RTMP_ERROR_BAD_CHUNK);
  fixture_clear (&f);
}

/* Time */

/* A peer that goes silent after so many bytes, and where we say we stood. */
static void
check_stall (gsize size, const gchar * state)
{
  g_autoptr (GBytes) said = NULL;
  Fixture f;

  fixture_init (&f, STALL);
  g_main_context_iteration (f.context, FALSE);
  rtmp_scripted_peer_feed (f.peer, f.transport->output->data,
      f.transport->output->len);
  said = rtmp_scripted_peer_take_output (f.peer);
  if (size > 0)
    g_queue_push_tail (&f.transport->input, g_bytes_new_from_bytes (said, 0,
            size));
  while (f.closed == 0)
    g_main_context_iteration (f.context, TRUE);
  assert_closed (&f, RTMP_ERROR, RTMP_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (f.error->message, state));
  fixture_clear (&f);
}

static void
test_handshake_in_time (void)
{
  check_stall (0, "await-version");
  check_stall (1, "await-hello");
  check_stall (1536, "await-hello");
  check_stall (1537, "await-echo");
  check_stall (3072, "await-echo");
}

static void
test_deadline (void)
{
  Fixture f;

  fixture_open (&f);
  run (&f);
  g_assert_cmpuint (f.deadlines, ==, 0);
  f.deadline = g_get_monotonic_time ();
  rtmp_connection_update (f.connection);
  run (&f);
  g_assert_cmpuint (f.deadlines, ==, 1);
  f.refuse = TRUE;
  f.deadline = g_get_monotonic_time ();
  rtmp_connection_update (f.connection);
  run (&f);
  g_assert_cmpuint (f.deadlines, ==, 2);
  assert_closed (&f, RTMP_ERROR, RTMP_ERROR_TIMED_OUT);
  fixture_clear (&f);
}

static void
test_stats (void)
{
  RtmpLinkStats stats;
  Fixture f;

  fixture_open (&f);
  g_assert_true (rtmp_connection_transport (f.connection)
      == &f.transport->parent);
  peer_sends (&f, 0, 100);
  carry (&f, 7);
  rtmp_connection_stats (f.connection, &stats);
  g_assert_cmpuint (stats.in_bytes, ==, 112);
  g_assert_cmpuint (stats.in_chunk_size, ==, 128);
  fixture_clear (&f);
}

static void
add_ends (void)
{
  g_test_add_func ("/connection/finish/all-sent", test_finish);
  g_test_add_func ("/connection/finish/blocked", test_finish_blocked);
  g_test_add_func ("/connection/finish/reset", test_finish_reset);
  g_test_add_func ("/connection/finish/nothing-behind", test_send_after_finish);
  g_test_add_func ("/connection/end/input", test_end_of_input);
  g_test_add_func ("/connection/end/read-error", test_read_error);
  g_test_add_data_func ("/connection/end/write-error", NULL, test_write_error);
  g_test_add_func ("/connection/end/write-error-and-silence",
      test_write_error_and_silence);
  g_test_add_data_func ("/connection/end/last-words", GINT_TO_POINTER (TRUE),
      test_write_error);
  g_test_add_func ("/connection/end/said-before", test_said_before_the_end);
  g_test_add_func ("/connection/end/garbage", test_garbage);
  g_test_add_func ("/connection/end/E-010-handshake-timeout",
      test_handshake_in_time);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/connection/open/whole",
      GSIZE_TO_POINTER (RTMP_CONNECTION_BLOCK_MAX), test_open);
  g_test_add_data_func ("/connection/open/byte-by-byte", GSIZE_TO_POINTER (1),
      test_open);
  g_test_add_func ("/connection/payloads-stay", test_payloads_stay);
  g_test_add_func ("/connection/turns", test_turns);
  g_test_add_func ("/connection/stop-reading", test_stop_reading);
  g_test_add_func ("/connection/stop-reading-in-message",
      test_stop_reading_in_message);
  g_test_add_func ("/connection/block-sizes", test_block_sizes);
  g_test_add_func ("/connection/batches", test_batches);
  g_test_add_func ("/connection/blocked", test_blocked);
  g_test_add_func ("/connection/choked/unread", test_choked);
  g_test_add_func ("/connection/choked/by-bandwidths",
      test_choked_by_bandwidths);
  g_test_add_func ("/connection/choked/and-stopped", test_choked_and_stopped);
  g_test_add_func ("/connection/choked/not-by-media", test_not_choked_by_media);
  g_test_add_func ("/connection/deadline", test_deadline);
  g_test_add_func ("/connection/stats", test_stats);
  add_ends ();
  return g_test_run ();
}

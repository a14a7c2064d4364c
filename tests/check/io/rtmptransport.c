/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmptransport.h"

#include <gio/gnetworking.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define PATIENCE (20 * G_USEC_PER_SEC)

/* One end is the transport, the other a plain blocking socket. */
typedef struct
{
  RtmpTransport *transport;
  GSocket *peer;
} Pair;

static GSocket *
socket_of_fd (int fd)
{
  GError *error = NULL;
  GSocket *socket = g_socket_new_from_fd (fd, &error);

  g_assert_no_error (error);
  return socket;
}

static GIOStream *
stream_of (GSocket * socket)
{
  return G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
}

static void
pair_of (Pair * pair, GSocket * ours, GSocket * peer)
{
  pair->transport = rtmp_transport_stream_new (stream_of (ours));
  pair->peer = peer;
  g_object_unref (ours);
}

static void
unix_pair (Pair * pair)
{
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
  pair_of (pair, socket_of_fd (fds[0]), socket_of_fd (fds[1]));
}

static GSocket *
tcp_socket (void)
{
  return g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
      G_SOCKET_PROTOCOL_TCP, NULL);
}

static guint16
tcp_pair (Pair * pair)
{
  g_autoptr (GSocketAddress) any =
      g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GSocket) listener = tcp_socket ();
  GSocket *ours = tcp_socket ();

  g_assert_true (g_socket_bind (listener, any, FALSE, NULL));
  g_assert_true (g_socket_listen (listener, NULL));
  address = g_socket_get_local_address (listener, NULL);
  g_assert_true (g_socket_connect (ours, address, NULL, NULL));
  pair_of (pair, ours, g_socket_accept (listener, NULL, NULL));
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

static void
pair_clear (Pair * pair)
{
  g_clear_pointer (&pair->transport, rtmp_transport_free);
  g_clear_object (&pair->peer);
}

static void
peer_send (Pair * pair, const gchar * text)
{
  g_assert_cmpint (g_socket_send (pair->peer, text, strlen (text), NULL, NULL),
      ==, strlen (text));
}

/* Waiting */

static void
on_ready (GIOCondition ready, gpointer user_data)
{
  *(GIOCondition *) user_data |= ready;
}

static gboolean
on_too_late (gpointer user_data)
{
  g_error ("a transport was never ready");
  return G_SOURCE_REMOVE;
}

static void
wait_ready (RtmpTransport * transport, GIOCondition condition)
{
  GMainContext *context = g_main_context_get_thread_default ();
  GSource *bound = g_timeout_source_new (PATIENCE / 1000);
  GIOCondition ready = 0;

  rtmp_transport_set_func (transport, on_ready, &ready);
  rtmp_transport_wait_for (transport, condition);
  g_source_set_callback (bound, on_too_late, NULL, NULL);
  g_source_attach (bound, context);
  while (ready == 0)
    g_main_context_iteration (context, TRUE);
  g_assert_cmpint (ready, ==, condition);
  g_source_destroy (bound);
  g_source_unref (bound);
  rtmp_transport_wait_for (transport, 0);
}

static void
assert_reads (RtmpTransport * transport, const gchar * expected)
{
  guint8 data[64];
  GError *error = NULL;
  gssize n = rtmp_transport_read (transport, data, sizeof (data), &error);

  g_assert_no_error (error);
  g_assert_cmpmem (data, n, expected, strlen (expected));
}

static void
assert_would_block (RtmpTransport * transport)
{
  guint8 data[64];
  GError *error = NULL;

  g_assert_cmpint (rtmp_transport_read (transport, data, sizeof (data),
          &error), ==, RTMP_TRANSPORT_WOULD_BLOCK);
  g_assert_no_error (error);
}

static void
test_read (void)
{
  Pair pair;
  guint8 one;

  unix_pair (&pair);
  assert_would_block (pair.transport);
  peer_send (&pair, "hello");
  wait_ready (pair.transport, G_IO_IN);
  g_assert_cmpint (rtmp_transport_read (pair.transport, &one, 1, NULL), ==, 1);
  g_assert_cmpint (one, ==, 'h');
  assert_reads (pair.transport, "ello");
  assert_would_block (pair.transport);
  g_assert_true (g_socket_shutdown (pair.peer, FALSE, TRUE, NULL));
  wait_ready (pair.transport, G_IO_IN);
  assert_reads (pair.transport, "");
  pair_clear (&pair);
}

static void
test_writev (void)
{
  const RtmpVector vectors[] = { {"one ", 4}, {"", 0}, {"two ", 4},
  {"three", 5}
  };
  gchar data[64];
  Pair pair;

  unix_pair (&pair);
  wait_ready (pair.transport, G_IO_OUT);
  g_assert_cmpint (rtmp_transport_writev (pair.transport, vectors,
          G_N_ELEMENTS (vectors), NULL), ==, 13);
  g_assert_cmpmem (data, g_socket_receive (pair.peer, data, sizeof (data),
          NULL, NULL), "one two three", 13);
  pair_clear (&pair);
}

static gsize
read_all (GSocket * peer, gsize size)
{
  g_autofree guint8 *data = g_malloc (size);
  gsize total = 0;
  gssize n;

  while (total < size) {
    n = g_socket_receive (peer, (gchar *) data, size - total, NULL, NULL);
    g_assert_cmpint (n, >, 0);
    total += (gsize) n;
  }
  return total;
}

/* More than the socket takes: part of it goes, then nothing, then more once the
 * peer has read. */
static void
test_full (void)
{
  const gsize size = 32 << 20;
  g_autofree guint8 *data = g_malloc0 (size);
  const RtmpVector vectors[] = { {data, size}, {data, 1} };
  gsize sent = 0;
  gssize n;
  Pair pair;

  tcp_pair (&pair);
  while ((n = rtmp_transport_writev (pair.transport, vectors, 2, NULL)) > 0) {
    sent += (gsize) n;
    g_assert_cmpuint (sent, <, size);
  }
  g_assert_cmpint (n, ==, RTMP_TRANSPORT_WOULD_BLOCK);
  g_assert_cmpuint (sent, >, 0);
  read_all (pair.peer, sent);
  wait_ready (pair.transport, G_IO_OUT);
  n = rtmp_transport_writev (pair.transport, vectors, 2, NULL);
  g_assert_cmpint (n, >, 0);
  pair_clear (&pair);
}

/* The end of our output leaves the other direction as it is. */
static void
test_shutdown_output (void)
{
  gchar data[8];
  Pair pair;

  unix_pair (&pair);
  rtmp_transport_shutdown_output (pair.transport);
  g_assert_cmpint (g_socket_receive (pair.peer, data, sizeof (data), NULL,
          NULL), ==, 0);
  peer_send (&pair, "still");
  wait_ready (pair.transport, G_IO_IN);
  assert_reads (pair.transport, "still");
  pair_clear (&pair);
}

static void
test_failed (void)
{
  const RtmpVector vector = { "x", 1 };
  GError *error = NULL;
  Pair pair;

  unix_pair (&pair);
  g_assert_true (g_socket_close (pair.peer, NULL));
  g_assert_cmpint (rtmp_transport_writev (pair.transport, &vector, 1, &error),
      ==, RTMP_TRANSPORT_FAILED);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE);
  g_error_free (error);
  pair_clear (&pair);
}

/* A reset is a failure, not an end. */
static void
test_reset (void)
{
  const struct linger linger = {.l_onoff = 1,.l_linger = 0 };
  guint8 data[8];
  GError *error = NULL;
  Pair pair;

  tcp_pair (&pair);
  g_assert_cmpint (setsockopt (g_socket_get_fd (pair.peer), SOL_SOCKET,
          SO_LINGER, &linger, sizeof (linger)), ==, 0);
  g_assert_true (g_socket_close (pair.peer, NULL));
  wait_ready (pair.transport, G_IO_IN);
  g_assert_cmpint (rtmp_transport_read (pair.transport, data, sizeof (data),
          &error), ==, RTMP_TRANSPORT_FAILED);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  g_error_free (error);
  pair_clear (&pair);
}

static void
test_free_closes (void)
{
  gchar data[8];
  Pair pair;

  unix_pair (&pair);
  g_clear_pointer (&pair.transport, rtmp_transport_free);
  g_assert_cmpint (g_socket_receive (pair.peer, data, sizeof (data), NULL,
          NULL), ==, 0);
  pair_clear (&pair);
}

static void
test_what_is_known (void)
{
  const RtmpVector vector = { "12345", 5 };
  gchar data[8];
  g_autofree gchar *peer = NULL, *expected = NULL;
  Pair pair;

  expected = g_strdup_printf ("127.0.0.1:%u", tcp_pair (&pair));
  peer = rtmp_transport_peer (pair.transport);
  g_assert_cmpstr (peer, ==, expected);
  rtmp_transport_writev (pair.transport, &vector, 1, NULL);
  g_socket_receive (pair.peer, data, sizeof (data), NULL, NULL);
  g_assert_cmpuint (rtmp_transport_round_trip (pair.transport), >, 0);
  g_assert_cmpuint (rtmp_transport_round_trip (pair.transport), <,
      G_USEC_PER_SEC);
  pair_clear (&pair);
}

static gint
pacing_rate (RtmpTransport * transport)
{
  gint rate = 0;

  g_assert_true (g_socket_get_option (transport->klass->socket (transport),
          SOL_SOCKET, SO_MAX_PACING_RATE, &rate, NULL));
  return rate;
}

static void
test_peak_rate (void)
{
  Pair pair;

  tcp_pair (&pair);
  rtmp_transport_set_peak_rate (pair.transport, 125000);
  g_assert_cmpint (pacing_rate (pair.transport), ==, 125000);
  rtmp_transport_set_peak_rate (pair.transport, 0);
  g_assert_cmpint (pacing_rate (pair.transport), ==, -1);
  pair_clear (&pair);
}

static void
test_what_is_not (void)
{
  Pair pair;

  unix_pair (&pair);
  g_assert_cmpuint (rtmp_transport_round_trip (pair.transport), ==, 0);
  pair_clear (&pair);
}

/* A byte is looked at, read, and put back, which is told; it comes with what is
 * behind it. */
static void
test_unread (void)
{
  GError *error = NULL;
  guint8 byte = 0;
  Pair pair;
  int i;

  tcp_pair (&pair);
  g_assert_cmpint (rtmp_socket_peek (pair.transport->klass->socket
          (pair.transport), &byte, &error), ==, RTMP_TRANSPORT_WOULD_BLOCK);
  peer_send (&pair, "hello");
  wait_ready (pair.transport, G_IO_IN);
  g_assert_cmpint (rtmp_socket_peek (pair.transport->klass->socket
          (pair.transport), &byte, &error), ==, 1);
  g_assert_cmpint (byte, ==, 'h');
  for (i = 0; i < 3; i++) {
    g_assert_cmpint (rtmp_transport_read (pair.transport, &byte, 1, &error), ==,
        1);
    g_assert_cmpint (byte, ==, 'h');
    if (i < 2)
      rtmp_transport_unread (pair.transport, byte);
  }
  assert_reads (pair.transport, "ello");
  rtmp_transport_unread (pair.transport, 'o');
  wait_ready (pair.transport, G_IO_IN);
  assert_reads (pair.transport, "o");
  assert_would_block (pair.transport);
  rtmp_transport_unread (pair.transport, 'o');
  rtmp_transport_wait_for (pair.transport, G_IO_IN);
  pair_clear (&pair);
}

/* In pieces, as TLS */

/* Takes what it is given in pieces of at most a record, each one whole, and
 * refuses on demand. */
typedef struct
{
  GOutputStream parent;
  GArray *pieces;               /* of gsize */
  GByteArray *bytes;
  gboolean full;
  gconstpointer refused;        /* what has to come again */
  gsize refused_size;
} PieceStream;
typedef GOutputStreamClass PieceStreamClass;

static void piece_stream_pollable_init (GPollableOutputStreamInterface * iface);
GType piece_stream_get_type (void);
G_DEFINE_TYPE_WITH_CODE (PieceStream, piece_stream, G_TYPE_OUTPUT_STREAM,
    G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM,
        piece_stream_pollable_init));

static gssize
piece_write (GPollableOutputStream * stream, const void *data, gsize size,
    GError ** error)
{
  PieceStream *self = (PieceStream *) stream;
  gsize n = MIN (size, 16384);

  if (self->refused) {
    g_assert_true (data == self->refused);
    g_assert_cmpuint (size, ==, self->refused_size);
  }
  self->refused = self->full ? data : NULL;
  self->refused_size = size;
  if (self->full) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "full");
    return -1;
  }
  g_array_append_val (self->pieces, n);
  g_byte_array_append (self->bytes, data, (guint) n);
  return (gssize) n;
}

static void
piece_stream_pollable_init (GPollableOutputStreamInterface * iface)
{
  iface->write_nonblocking = piece_write;
}

static void
piece_stream_finalize (GObject * object)
{
  PieceStream *self = (PieceStream *) object;

  g_array_unref (self->pieces);
  g_byte_array_unref (self->bytes);
  G_OBJECT_CLASS (piece_stream_parent_class)->finalize (object);
}

static void
piece_stream_class_init (PieceStreamClass * klass)
{
  G_OBJECT_CLASS (klass)->finalize = piece_stream_finalize;
}

static void
piece_stream_init (PieceStream * self)
{
  self->pieces = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->bytes = g_byte_array_new ();
}

/* A picture of 40000 bytes and two sounds, each behind its header, and small
 * messages behind them: the pieces are full, but for the last one. When it is
 * full, the same bytes come again, from the same place. */
static void
test_records (void)
{
  static guint8 data[50000];
  const RtmpVector vectors[] = { {data, 12}, {data + 12, 40000},
  {data + 40012, 4}, {data + 40016, 400}, {data + 40416, 0},
  {data + 40416, 4}, {data + 40420, 400}
  };
  const gsize expected[] = { 16384, 16384, 40820 - 2 * 16384 };
  gpointer others[2];
  PieceStream *output = g_object_new (piece_stream_get_type (), NULL);
  g_autoptr (GInputStream) input = g_memory_input_stream_new ();
  RtmpTransport *transport =
      rtmp_transport_stream_new (g_simple_io_stream_new (input,
          G_OUTPUT_STREAM (output)));

  for (guint i = 0; i < sizeof (data); i++)
    data[i] = (guint8) (i % 251);
  output->full = TRUE;
  for (guint i = 0; i < 2; i++) {
    g_assert_cmpint (rtmp_transport_writev (transport, vectors,
            G_N_ELEMENTS (vectors), NULL), ==, RTMP_TRANSPORT_WOULD_BLOCK);
    others[i] = g_malloc (16384);       /* where it was, were it freed */
  }
  output->full = FALSE;
  g_assert_cmpint (rtmp_transport_writev (transport, vectors,
          G_N_ELEMENTS (vectors), NULL), ==, 40820);
  g_assert_cmpmem (output->bytes->data, output->bytes->len, data, 40820);
  g_assert_cmpmem (output->pieces->data, output->pieces->len * sizeof (gsize),
      expected, sizeof (expected));
  rtmp_transport_free (transport);
  g_object_unref (output);
  g_free (others[0]);
  g_free (others[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/read", test_read);
  g_test_add_func ("/transport/unread", test_unread);
  g_test_add_func ("/transport/writev", test_writev);
  g_test_add_func ("/transport/records", test_records);
  g_test_add_func ("/transport/full", test_full);
  g_test_add_func ("/transport/shutdown-output", test_shutdown_output);
  g_test_add_func ("/transport/failed", test_failed);
  g_test_add_func ("/transport/reset", test_reset);
  g_test_add_func ("/transport/free-closes", test_free_closes);
  g_test_add_func ("/transport/what-is-known", test_what_is_known);
  g_test_add_func ("/transport/peak-rate", test_peak_rate);
  g_test_add_func ("/transport/what-is-not-known", test_what_is_not);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmptransport.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#ifdef __linux__
#include <netinet/in.h>
#include <netinet/tcp.h>
#endif

#include "rtmplog.h"

/* Over a GIOStream: TLS, or TCP alone */

/* The most bytes that a record of TLS has. */
#define TLS_RECORD 16384

typedef struct
{
  RtmpTransport parent;
  GIOStream *stream;
  GPollableInputStream *input;
  GPollableOutputStream *output;
  GSocket *socket;              /* of the TCP connection below; borrowed */
  int fd;                       /* of the socket */
  RtmpWatch *watch;
  GSource *input_source;        /* TLS: NULL when not waiting */
  GSource *output_source;
  /* TLS: copied together, and not taken yet; GIO wants the same bytes again. */
  GOutputVector record;

  /* TLS saying goodbye; done in a thread of GIO, and told in a context of its
   * own, which can be waited for when the loop is about to go. */
  GMainContext *goodbye_context;        /* NULL: not begun */
  GCancellable *goodbye_cancellable;
  gboolean goodbye_done;
} StreamTransport;

G_STATIC_ASSERT (sizeof (RtmpVector) == sizeof (struct iovec));
G_STATIC_ASSERT (G_STRUCT_OFFSET (RtmpVector, data) ==
    G_STRUCT_OFFSET (struct iovec, iov_base));
G_STATIC_ASSERT (G_STRUCT_OFFSET (RtmpVector, size) ==
    G_STRUCT_OFFSET (struct iovec, iov_len));

static gssize
stream_read (RtmpTransport * transport, guint8 * data, gsize size,
    GError ** error)
{
  StreamTransport *self = (StreamTransport *) transport;
  g_autoptr (GError) local = NULL;
  gssize n = g_pollable_input_stream_read_nonblocking (self->input, data, size,
      NULL, &local);

  if (n >= 0)
    return n;
  if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return RTMP_TRANSPORT_WOULD_BLOCK;
  g_propagate_error (error, g_steal_pointer (&local));
  return RTMP_TRANSPORT_FAILED;
}

static void
drop_record (StreamTransport * self)
{
  g_free ((gpointer) self->record.buffer);
  self->record.buffer = NULL;
}

/* How far a batch has been written: by @offset into the first vector. */
typedef struct
{
  const RtmpVector *vectors;
  guint n_vectors;
  gsize offset;
} Batch;

static void
batch_skip (Batch * self, gsize n)
{
  self->offset += n;
  while (self->n_vectors > 0 && self->offset >= self->vectors->size) {
    self->offset -= self->vectors->size;
    self->vectors++;
    self->n_vectors--;
  }
}

/* What begins it, at most a vector. */
static GOutputVector
batch_first (const Batch * self)
{
  const RtmpVector *vector = self->vectors;
  GOutputVector first = { (const guint8 *) vector->data + self->offset,
    vector->size - self->offset
  };

  return first;
}

/* What begins it, at most a record. */
static GOutputVector
batch_gather (Batch self)
{
  guint8 *data = g_malloc (TLS_RECORD);
  GOutputVector record = { data, 0 };

  while (self.n_vectors > 0 && record.size < TLS_RECORD) {
    GOutputVector first = batch_first (&self);
    gsize n = MIN (first.size, TLS_RECORD - record.size);

    memcpy (data + record.size, first.buffer, n);
    record.size += n;
    batch_skip (&self, n);
  }
  return record;
}

/* What is written in one piece is a record of TLS, which costs both ends more
 * than copying a few bytes: small vectors go out together. */
static GPollableReturn
write_record (StreamTransport * self, const Batch * batch, gsize * n,
    GError ** error)
{
  GOutputVector first = batch_first (batch);
  GPollableReturn result;

  if (self->record.buffer == NULL && first.size < TLS_RECORD
      && batch->n_vectors > 1)
    self->record = batch_gather (*batch);
  if (self->record.buffer)
    first = self->record;
  result = g_pollable_output_stream_writev_nonblocking (self->output, &first, 1,
      n, NULL, error);
  if (result != G_POLLABLE_RETURN_WOULD_BLOCK)
    drop_record (self);
  return result;
}

static gssize
stream_writev (RtmpTransport * transport, const RtmpVector * vectors,
    guint n_vectors, GError ** error)
{
  GPollableReturn result = G_POLLABLE_RETURN_OK;
  Batch batch = { vectors, n_vectors, 0 };
  gsize total = 0, n;

  batch_skip (&batch, 0);
  while (batch.n_vectors > 0 && result == G_POLLABLE_RETURN_OK) {
    result = write_record ((StreamTransport *) transport, &batch, &n,
        total == 0 ? error : NULL);
    total += n;
    batch_skip (&batch, n);
  }
  if (total > 0 || result == G_POLLABLE_RETURN_OK)
    return (gssize) total;
  return result == G_POLLABLE_RETURN_WOULD_BLOCK ? RTMP_TRANSPORT_WOULD_BLOCK
      : RTMP_TRANSPORT_FAILED;
}

static gboolean
on_input (GObject * stream, gpointer user_data)
{
  RtmpTransport *transport = user_data;

  transport->func (G_IO_IN, transport->user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_output (GObject * stream, gpointer user_data)
{
  RtmpTransport *transport = user_data;

  transport->func (G_IO_OUT, transport->user_data);
  return G_SOURCE_CONTINUE;
}

static void
set_source (GSource ** place, GSource * source, GPollableSourceFunc func,
    RtmpTransport * transport)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  if (*place)
    g_source_destroy (*place);
  g_clear_pointer (place, g_source_unref);
  *place = source;
  if (source == NULL)
    return;
  g_source_set_callback (source, G_SOURCE_FUNC (func), transport, NULL);
  g_source_attach (source, context);
}

static void
on_socket (GIOCondition ready, gpointer user_data)
{
  RtmpTransport *transport = user_data;

  transport->func (ready, transport->user_data);
}

static void
socket_wait_for (RtmpTransport * transport, GIOCondition condition)
{
  StreamTransport *self = (StreamTransport *) transport;

  if (self->watch == NULL)
    self->watch = rtmp_watch_new (self->fd, on_socket, transport);
  rtmp_watch_set_condition (self->watch, condition);
}

/* That the other end has gone is seen below TLS. */
static void
stream_wait_for (RtmpTransport * transport, GIOCondition condition)
{
  StreamTransport *self = (StreamTransport *) transport;
  gboolean in = condition & G_IO_IN, out = condition & G_IO_OUT;

  if (self->watch || (self->socket && condition & G_IO_HUP))
    socket_wait_for (transport, condition & G_IO_HUP);
  if (in != (self->input_source != NULL))
    set_source (&self->input_source,
        in ? g_pollable_input_stream_create_source (self->input, NULL) : NULL,
        on_input, transport);
  if (out != (self->output_source != NULL))
    set_source (&self->output_source,
        out ? g_pollable_output_stream_create_source (self->output, NULL)
        : NULL, on_output, transport);
}

static void
on_goodbye (GObject * source, GAsyncResult * result, gpointer user_data)
{
  StreamTransport *self = user_data;

  g_output_stream_close_finish (G_OUTPUT_STREAM (source), result, NULL);
  self->goodbye_done = TRUE;
}

static void
begin_goodbye (StreamTransport * self)
{
  self->goodbye_context = g_main_context_new ();
  self->goodbye_cancellable = g_cancellable_new ();
  g_main_context_push_thread_default (self->goodbye_context);
  g_output_stream_close_async (G_OUTPUT_STREAM (self->output),
      G_PRIORITY_DEFAULT, self->goodbye_cancellable, on_goodbye, self);
  g_main_context_pop_thread_default (self->goodbye_context);
}

/* At once, since it is cancelled. */
static void
end_goodbye (StreamTransport * self)
{
  if (self->goodbye_context == NULL)
    return;
  g_cancellable_cancel (self->goodbye_cancellable);
  while (!self->goodbye_done)
    g_main_context_iteration (self->goodbye_context, TRUE);
  g_main_context_unref (self->goodbye_context);
  g_object_unref (self->goodbye_cancellable);
}

/* TLS says goodbye in its own way. All has been written by now, so that it has
 * nothing to wait for. */
static void
stream_shutdown_output (RtmpTransport * transport)
{
  StreamTransport *self = (StreamTransport *) transport;

  if (G_IS_TLS_CONNECTION (self->stream))
    begin_goodbye (self);
  else if (self->socket)
    g_socket_shutdown (self->socket, FALSE, TRUE, NULL);
}

static GSocket *
stream_socket (RtmpTransport * transport)
{
  return ((StreamTransport *) transport)->socket;
}

static void
stream_free (RtmpTransport * transport)
{
  StreamTransport *self = (StreamTransport *) transport;

  end_goodbye (self);
  stream_wait_for (transport, 0);
  g_clear_pointer (&self->watch, rtmp_watch_free);
  /* A handshake of TLS waits in a thread of its own, for ever: only this ends
   * that, not a close. */
  if (self->socket && G_IS_TLS_CONNECTION (self->stream))
    g_socket_shutdown (self->socket, TRUE, TRUE, NULL);
  if (self->socket)
    g_socket_close (self->socket, NULL);
  g_object_unref (self->stream);
  drop_record (self);
  g_free (self);
}

static const RtmpTransportClass stream_class = {
  .read = stream_read,
  .writev = stream_writev,
  .wait_for = stream_wait_for,
  .shutdown_output = stream_shutdown_output,
  .socket = stream_socket,
  .free = stream_free,
};

/* What a call on the socket has come to. */
static gssize
result_of (gssize n, const gchar * what, GError ** error)
{
  int code = errno;

  if (n >= 0)
    return n;
  if (code == EAGAIN || code == EWOULDBLOCK)
    return RTMP_TRANSPORT_WOULD_BLOCK;
  g_set_error (error, G_IO_ERROR, (gint) g_io_error_from_errno (code),
      "Error %s data: %s", what, g_strerror (code));
  return RTMP_TRANSPORT_FAILED;
}

static gssize
receive (int fd, guint8 * data, gsize size, int flags, GError ** error)
{
  gssize n;

  do
    n = recv (fd, data, size, MSG_DONTWAIT | flags);
  while (n < 0 && errno == EINTR);
  return result_of (n, "receiving", error);
}

gssize
rtmp_socket_peek (GSocket * socket, guint8 * byte, GError ** error)
{
  return receive (g_socket_get_fd (socket), byte, 1, MSG_PEEK, error);
}

static gssize
socket_read (RtmpTransport * transport, guint8 * data, gsize size,
    GError ** error)
{
  return receive (((StreamTransport *) transport)->fd, data, size, 0, error);
}

static gssize
socket_writev (RtmpTransport * transport, const RtmpVector * vectors,
    guint n_vectors, GError ** error)
{
  const struct msghdr message = {
    .msg_iov = (struct iovec *) vectors,
    .msg_iovlen = n_vectors,
  };
  int fd = ((StreamTransport *) transport)->fd;
  gssize n;

  do
    n = sendmsg (fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  return result_of (n, "sending", error);
}

static const RtmpTransportClass socket_class = {
  .read = socket_read,
  .writev = socket_writev,
  .wait_for = socket_wait_for,
  .shutdown_output = stream_shutdown_output,
  .socket = stream_socket,
  .free = stream_free,
};

/* The socket at the bottom of wrappers (a proxy's) and TLS. */
static GSocket *
find_socket (GIOStream * stream)
{
  g_autoptr (GIOStream) below = NULL;

  if (G_IS_TLS_CONNECTION (stream)) {
    g_object_get (stream, "base-io-stream", &below, NULL);
    return find_socket (below);
  }
  return G_IS_SOCKET_CONNECTION (stream)
      ? g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream)) : NULL;
}

RtmpTransport *
rtmp_transport_stream_new (GIOStream * stream)
{
  StreamTransport *self = g_new0 (StreamTransport, 1);

  self->parent.klass = &stream_class;
  self->stream = stream;
  /* With TLS, GSocketClient returns a wrapper that still looks like TCP. */
  if (G_IS_TCP_WRAPPER_CONNECTION (stream)) {
    GTcpWrapperConnection *wrapper = G_TCP_WRAPPER_CONNECTION (stream);

    self->stream =
        g_object_ref (g_tcp_wrapper_connection_get_base_io_stream (wrapper));
    g_object_unref (stream);
  }
  self->input =
      G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (self->stream));
  self->output =
      G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (self->stream));
  self->socket = find_socket (self->stream);
  if (self->socket)
    self->fd = g_socket_get_fd (self->socket);
  if (G_IS_SOCKET_CONNECTION (self->stream))
    self->parent.klass = &socket_class;
  return &self->parent;
}

/* Any transport */

static gboolean
on_unread (gpointer user_data)
{
  RtmpTransport *self = user_data;

  g_clear_pointer (&self->unread_source, g_source_unref);
  self->func (G_IO_IN, self->user_data);
  return G_SOURCE_REMOVE;
}

/* What lies below does not know of it. */
static void
tell_unread (RtmpTransport * self, gboolean wanted)
{
  g_autoptr (GMainContext) context = NULL;

  if (wanted == (self->unread_source != NULL))
    return;
  if (!wanted) {
    g_source_destroy (self->unread_source);
    g_clear_pointer (&self->unread_source, g_source_unref);
    return;
  }
  context = g_main_context_ref_thread_default ();
  self->unread_source = g_idle_source_new ();
  g_source_set_priority (self->unread_source, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->unread_source, on_unread, self, NULL);
  g_source_attach (self->unread_source, context);
}

void
rtmp_transport_free (RtmpTransport * self)
{
  tell_unread (self, FALSE);
  self->klass->free (self);
}

/* With what is behind it: of TLS, no event would tell of the rest of a record.
 * An end or an error will be there the next time, too. */
static gssize
read_again (RtmpTransport * self, guint8 * data, gsize size)
{
  gssize n = size > 1 ? self->klass->read (self, data + 1, size - 1, NULL) : 0;

  data[0] = self->unread;
  self->has_unread = FALSE;
  return MAX (n, 0) + 1;
}

gssize
rtmp_transport_read (RtmpTransport * self, guint8 * data, gsize size,
    GError ** error)
{
  if (self->has_unread)
    return read_again (self, data, size);
  return self->klass->read (self, data, size, error);
}

void
rtmp_transport_unread (RtmpTransport * self, guint8 byte)
{
  self->has_unread = TRUE;
  self->unread = byte;
}

gssize
rtmp_transport_writev (RtmpTransport * self, const RtmpVector * vectors,
    guint n_vectors, GError ** error)
{
  return self->klass->writev (self, vectors, n_vectors, error);
}

void
rtmp_transport_set_func (RtmpTransport * self, RtmpWatchFunc func,
    gpointer user_data)
{
  self->func = func;
  self->user_data = user_data;
}

void
rtmp_transport_wait_for (RtmpTransport * self, GIOCondition condition)
{
  tell_unread (self, self->has_unread && condition & G_IO_IN);
  self->klass->wait_for (self, condition);
}

void
rtmp_transport_shutdown_output (RtmpTransport * self)
{
  self->klass->shutdown_output (self);
}

void
rtmp_transport_set_peak_rate (RtmpTransport * self, guint rate)
{
#ifdef SO_MAX_PACING_RATE
  GSocket *socket = self->klass->socket (self);
  g_autoptr (GError) error = NULL;
  /* All ones: no limit. */
  gint value = rate > 0 ? (gint) MIN (rate, G_MAXINT) : -1;

  if (socket && !g_socket_set_option (socket, SOL_SOCKET, SO_MAX_PACING_RATE,
          value, &error))
    RTMP_WARNING ("cannot pace to %u bytes a second: %s", rate, error->message);
#endif
}

guint
rtmp_transport_round_trip (RtmpTransport * self)
{
#ifdef __linux__
  GSocket *socket = self->klass->socket (self);
  struct tcp_info info;
  socklen_t size = sizeof (info);

  if (socket && getsockopt (g_socket_get_fd (socket), IPPROTO_TCP, TCP_INFO,
          &info, &size) == 0)
    return info.tcpi_rtt;
#endif
  return 0;
}

gchar *
rtmp_transport_peer (RtmpTransport * self)
{
  GSocket *socket = self->klass->socket (self);
  g_autoptr (GSocketAddress) address =
      socket ? g_socket_get_remote_address (socket, NULL) : NULL;

  return address ? g_socket_connectable_to_string (G_SOCKET_CONNECTABLE
      (address)) : NULL;
}

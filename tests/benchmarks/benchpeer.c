/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "benchpeer.h"

#include "rtmpchunkreader.h"
#include "rtmpchunkwriter.h"
#include "rtmpcommand.h"
#include "rtmpcontrol.h"
#include "rtmphandshake.h"
#include "rtmpwriter.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define BLOCK_SIZE (256 << 10)
#define WINDOW 2500000
#define MESSAGE_STREAM 1

typedef struct
{
  const BenchPeer *peer;
  int fd;
  int report;                   /* -1 once reported */
  BenchCheck check;
  FlvReader *flv;
  RtmpHandshake *handshake;     /* NULL once done */
  RtmpChunkReader *reader;
  RtmpChunkWriter *writer;
  RtmpWriter out;
  guint32 chunk_size;           /* of what is sent */
  gboolean playing;
  guint64 received;
  guint64 acknowledged;
} Connection;

static void
connection_succeed (Connection * self)
{
  if (write (self->report, "", 1) != 1)
    g_error ("cannot report: %s", g_strerror (errno));
  close (self->report);
  self->report = -1;
}

/* Unless it has succeeded before. */
static void
connection_fail (Connection * self, const GError * error)
{
  if (self->report >= 0)
    g_printerr ("far end: %s after %" G_GUINT64_FORMAT " of %"
        G_GUINT64_FORMAT " messages\n",
        error ? error->message : "closed", self->check.messages,
        self->peer->stream->messages - BENCH_STREAM_LEAD);
}

static gboolean
connection_flush (Connection * self, GError ** error)
{
  gsize done = 0;
  gssize n;

  while (done < self->out.size) {
    n = send (self->fd, self->out.data + done, self->out.size - done,
        MSG_NOSIGNAL);
    if (n < 0 && errno != EINTR) {
      g_set_error (error, RTMP_ERROR, RTMP_ERROR_PEER_CLOSED, "send: %s",
          g_strerror (errno));
      return FALSE;
    }
    done += MAX (n, 0);
  }
  self->out.size = 0;
  return TRUE;
}

/* Moves @message into the bytes to be sent. */
static void
connection_queue (Connection * self, RtmpMessage * message)
{
  RtmpChunkHeaders headers;
  gsize size, part;
  const guint8 *data = g_bytes_get_data (message->payload, &size);

  rtmp_chunk_writer_begin (self->writer, message, &headers);
  rtmp_writer_bytes (&self->out, headers.first, headers.first_size);
  for (;;) {
    part = MIN (size, self->chunk_size);
    rtmp_writer_bytes (&self->out, data, part);
    data += part;
    size -= part;
    if (size == 0)
      break;
    rtmp_writer_bytes (&self->out, headers.next, headers.next_size);
  }
  rtmp_message_clear (message);
}

static void
queue_control (Connection * self, RtmpMessageType type, guint32 value)
{
  const RtmpControl control = {.type = type,.value = value,
    .limit_type = RTMP_LIMIT_TYPE_DYNAMIC
  };
  RtmpMessage message;

  rtmp_control_write (&control, &message);
  connection_queue (self, &message);
}

static void
queue_user_control (Connection * self, RtmpUserControlEvent event,
    guint32 value)
{
  RtmpMessage message;

  rtmp_user_control_init (&message, event, value);
  connection_queue (self, &message);
}

/* payload: (transfer full) */
static void
queue_command (Connection * self, guint32 message_stream, GBytes * payload)
{
  RtmpMessage message;

  rtmp_message_init (&message, RTMP_MESSAGE_COMMAND_AMF0,
      RTMP_CHUNK_STREAM_COMMAND, message_stream, 0, payload);
  connection_queue (self, &message);
}

static RtmpValue *
status_info (const gchar * code)
{
  RtmpValue *info = rtmp_value_new_object ();

  rtmp_value_set_string (info, "level", "status");
  rtmp_value_set_string (info, "code", code);
  rtmp_value_set_string (info, "description", code);
  return info;
}

static void
queue_status (Connection * self, const gchar * code)
{
  queue_command (self, MESSAGE_STREAM, rtmp_command_write ("onStatus", 0,
          rtmp_value_new_null (), status_info (code), NULL));
}

static void
on_connect (Connection * self, const RtmpCommand * command)
{
  RtmpValue *properties = rtmp_value_new_object ();

  rtmp_value_set_string (properties, "fmsVer", "FMS/3,0,1,123");
  rtmp_value_set_number (properties, "capabilities", 31);
  queue_control (self, RTMP_MESSAGE_WINDOW_ACK_SIZE, WINDOW);
  queue_control (self, RTMP_MESSAGE_SET_PEER_BANDWIDTH, WINDOW);
  queue_control (self, RTMP_MESSAGE_SET_CHUNK_SIZE, self->peer->chunk_size);
  self->chunk_size = self->peer->chunk_size;
  queue_user_control (self, RTMP_USER_CONTROL_STREAM_BEGIN, 0);
  queue_command (self, 0, rtmp_command_write ("_result", command->transaction,
          properties, status_info ("NetConnection.Connect.Success"), NULL));
}

static void
on_command (Connection * self, const RtmpCommand * command)
{
  if (g_str_equal (command->name, "connect")) {
    on_connect (self, command);
  } else if (g_str_equal (command->name, "publish")) {
    queue_user_control (self, RTMP_USER_CONTROL_STREAM_BEGIN, MESSAGE_STREAM);
    queue_status (self, "NetStream.Publish.Start");
  } else if (g_str_equal (command->name, "play")) {
    queue_user_control (self, RTMP_USER_CONTROL_STREAM_BEGIN, MESSAGE_STREAM);
    queue_status (self, "NetStream.Play.Start");
    self->playing = TRUE;
  } else if (command->transaction != 0) {
    /* createStream's answer; any other call takes it as well. */
    queue_command (self, 0, rtmp_command_write ("_result",
            command->transaction,
            rtmp_value_new_null (),
            rtmp_value_new_number (MESSAGE_STREAM), NULL));
  }
}

static gboolean
on_message (RtmpMessage * message, gpointer user_data, GError ** error)
{
  Connection *self = user_data;
  RtmpCommand command;

  switch (message->type) {
    case RTMP_MESSAGE_AUDIO:
    case RTMP_MESSAGE_VIDEO:
      return bench_check_message (&self->check, message->type,
          message->payload, error);
    case RTMP_MESSAGE_COMMAND_AMF0:
      if (!rtmp_command_parse (&command, message, NULL, error))
        return FALSE;
      on_command (self, &command);
      rtmp_command_clear (&command);
      return TRUE;
    default:
      return TRUE;
  }
}

static gboolean
feed_handshake (Connection * self, GBytes * block, gsize * consumed,
    GError ** error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (block, &size);
  GBytes *answer;

  if (!rtmp_handshake_feed (self->handshake, 0, data, size, consumed, error))
    return FALSE;
  while ((answer = rtmp_handshake_pull (self->handshake))) {
    data = g_bytes_get_data (answer, &size);
    rtmp_writer_bytes (&self->out, data, size);
    g_bytes_unref (answer);
  }
  if (rtmp_handshake_state (self->handshake) == RTMP_HANDSHAKE_DONE)
    g_clear_pointer (&self->handshake, rtmp_handshake_free);
  return TRUE;
}

static gboolean
feed_rtmp (Connection * self, GBytes * block, GError ** error)
{
  GBytes *rest;
  gsize consumed = 0;
  gboolean ok;

  if (self->handshake && !feed_handshake (self, block, &consumed, error))
    return FALSE;
  rest = g_bytes_new_from_bytes (block, consumed,
      g_bytes_get_size (block) - consumed);
  ok = rtmp_chunk_reader_feed (self->reader, rest, on_message, self, error);
  g_bytes_unref (rest);
  if (self->received - self->acknowledged >= WINDOW) {
    queue_control (self, RTMP_MESSAGE_ACKNOWLEDGEMENT,
        (guint32) self->received);
    self->acknowledged = self->received;
  }
  /* What was produced before a failure still tells the client why. */
  return connection_flush (self, ok ? error : NULL) && ok;
}

/* One read, taken in. FALSE with @error, or without at the end. */
static gboolean
connection_read (Connection * self, GError ** error)
{
  guint8 *data = g_malloc (BLOCK_SIZE);
  gssize n = recv (self->fd, data, BLOCK_SIZE, 0);
  GBytes *block;
  gboolean ok;

  if (n <= 0) {
    g_free (data);
    return FALSE;
  }
  self->received += n;
  block = g_bytes_new_take (data, n);
  if (self->peer->kind == BENCH_PEER_RTMP)
    ok = feed_rtmp (self, block, error);
  else
    ok = flv_reader_feed (self->flv, block, bench_check_tag, &self->check,
        error);
  g_bytes_unref (block);
  return ok;
}

static void
queue_stream_message (Connection * self, guint64 n, guint32 timestamp)
{
  const BenchStream *stream = self->peer->stream;
  const guint8 type = bench_stream_type (stream, n);
  const gsize size = bench_stream_size (stream, n);
  guint8 *body = g_malloc (size);
  RtmpMessage message;

  bench_stream_body (stream, n, body);
  rtmp_message_init (&message, type, type == FLV_TAG_AUDIO
      ? RTMP_CHUNK_STREAM_AUDIO : RTMP_CHUNK_STREAM_VIDEO, MESSAGE_STREAM,
      timestamp, g_bytes_new_take (body, size));
  connection_queue (self, &message);
}

static void
queue_stream_tag (Connection * self, guint64 n)
{
  const gsize size = bench_stream_tag_size (self->peer->stream, n);
  guint8 *tag = g_malloc (size);

  bench_stream_tag (self->peer->stream, n, tag);
  rtmp_writer_bytes (&self->out, tag, size);
  g_free (tag);
}

/* rtmp2src may lose what comes right before the end. So that it loses nothing
 * that counts, the last message is one more sequence header. */
static void
queue_end (Connection * self)
{
  const BenchStream *stream = self->peer->stream;

  queue_stream_message (self, BENCH_STREAM_LEAD - 1,
      bench_stream_timestamp (stream, stream->messages - 1));
  queue_user_control (self, RTMP_USER_CONTROL_STREAM_EOF, MESSAGE_STREAM);
  queue_status (self, "NetStream.Play.Stop");
}

static gboolean
connection_play (Connection * self, GError ** error)
{
  const BenchStream *stream = self->peer->stream;
  const gboolean rtmp = self->peer->kind == BENCH_PEER_RTMP;
  guint8 header[FLV_FILE_HEADER_SIZE];
  guint64 n;

  if (!rtmp) {
    flv_write_file_header (header, TRUE, TRUE);
    rtmp_writer_bytes (&self->out, header, sizeof (header));
  }
  for (n = 0; n < stream->messages; n++) {
    if (rtmp)
      queue_stream_message (self, n, bench_stream_timestamp (stream, n));
    else
      queue_stream_tag (self, n);
    if (self->out.size >= BLOCK_SIZE && !connection_flush (self, error))
      return FALSE;
  }
  if (rtmp)
    queue_end (self);
  if (!connection_flush (self, error))
    return FALSE;
  shutdown (self->fd, SHUT_WR);
  connection_succeed (self);
  return TRUE;
}

static void
connection_run (Connection * self, GError ** error)
{
  self->playing = self->peer->play && self->peer->kind == BENCH_PEER_TCP;
  do {
    if (self->playing) {
      self->playing = FALSE;
      if (!connection_play (self, error))
        return;
    }
    if (self->report >= 0 && bench_check_is_complete (&self->check))
      connection_succeed (self);
  }
  while (connection_read (self, error));
}

/* The client's socket; exits when nobody reads @report any more, since then no
 * client will come. */
static int
accept_client (int listener, int report)
{
  struct pollfd either[] = {
    {.fd = listener,.events = POLLIN},
    {.fd = report},             /* an error there is always told */
  };
  int fd;

  if (poll (either, 2, -1) < 0 || !(either[0].revents & POLLIN))
    exit (1);
  fd = accept (listener, NULL, NULL);
  if (fd < 0)
    g_error ("accept: %s", g_strerror (errno));
  close (listener);
  return fd;
}

/* Serves one connection to its end. */
static void
serve (const BenchPeer * peer, int listener, int report)
{
  static const guint8 random[RTMP_HANDSHAKE_RANDOM_SIZE];
  Connection self = {.peer = peer,.report = report,
    .chunk_size = RTMP_CHUNK_SIZE_DEFAULT
  };
  GError *error = NULL;

  self.fd = accept_client (listener, report);
  bench_check_init (&self.check, peer->stream);
  rtmp_writer_init (&self.out);
  self.flv = flv_reader_new ();
  self.handshake = rtmp_handshake_new (RTMP_ROLE_SERVER, 0, random);
  self.reader = rtmp_chunk_reader_new (NULL);
  self.writer = rtmp_chunk_writer_new ();
  connection_run (&self, &error);
  connection_fail (&self, error);
  g_clear_error (&error);
  rtmp_chunk_writer_free (self.writer);
  rtmp_chunk_reader_free (self.reader);
  g_clear_pointer (&self.handshake, rtmp_handshake_free);
  flv_reader_free (self.flv);
  rtmp_writer_clear (&self.out);
  bench_check_clear (&self.check);
  close (self.fd);
}

static int
listen_on_loopback (guint16 * port)
{
  struct sockaddr_in address = {.sin_family = AF_INET };
  socklen_t size = sizeof (address);
  int fd = socket (AF_INET, SOCK_STREAM, 0);

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  if (bind (fd, (struct sockaddr *) &address, size) != 0
      || listen (fd, 1) != 0
      || getsockname (fd, (struct sockaddr *) &address, &size) != 0)
    g_error ("cannot listen on loopback: %s", g_strerror (errno));
  *port = ntohs (address.sin_port);
  return fd;
}

static pid_t child;

static void
end_child (void)
{
  kill (child, SIGKILL);
  waitpid (child, NULL, 0);
}

int
bench_peer_fork (const BenchPeer * peer, guint16 * port)
{
  int listener = listen_on_loopback (port), ends[2];

  if (pipe (ends) != 0 || (child = fork ()) < 0)
    g_error ("cannot fork the far end: %s", g_strerror (errno));
  if (child == 0) {
    close (ends[0]);
    serve (peer, listener, ends[1]);
    _exit (0);
  }
  atexit (end_child);
  close (listener);
  close (ends[1]);
  return ends[0];
}

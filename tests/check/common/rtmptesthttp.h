/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A client that speaks HTTP, and one that speaks RTMP in it, both blocking and
 * both told what to say. */
#include "rtmpserverfixture.h"

#include "rtmptunnel.h"

static inline gboolean
web_accept_any (GTlsConnection * connection, GTlsCertificate * certificate,
    GTlsCertificateFlags errors, gpointer user_data)
{
  return TRUE;
}

/* Nobody sees the socket below it, so that nobody ends it before. */
static inline GIOStream *
tls_socket (guint16 port)
{
  g_autoptr (GIOStream) plain = raw_socket (port);
  g_autoptr (GError) error = NULL;
  GIOStream *stream = g_tls_client_connection_new (plain, NULL, &error);

  g_assert_no_error (error);
  g_signal_connect (stream, "accept-certificate", G_CALLBACK (web_accept_any),
      NULL);
  g_assert_true (g_tls_connection_handshake (G_TLS_CONNECTION (stream), NULL,
          &error));
  return stream;
}

/* From another address of this machine. */
static inline GIOStream *
socket_from (guint16 port, const gchar * host)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) from =
      g_inet_socket_address_new_from_string (host, 0);
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  g_socket_client_set_timeout (client, RTMP_TEST_PATIENCE / G_USEC_PER_SEC);
  g_socket_client_set_local_address (client, from);
  connection = g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL,
      &error);
  g_assert_no_error (error);
  return G_IO_STREAM (connection);
}

typedef struct
{
  GIOStream *stream;
  RtmpHttpReader *reader;
  guint8 data[4096];
  gsize pos, size;
} Web;

/* (transfer full) for @stream. */
static inline void
web_open (Web * self, GIOStream * stream)
{
  memset (self, 0, sizeof (*self));
  self->stream = stream;
  self->reader = rtmp_http_reader_new (RTMP_HTTP_RESPONSE, 1 << 20);
}

static inline void
web_close (Web * self)
{
  g_object_unref (self->stream);
  rtmp_http_reader_free (self->reader);
}

/* A request, to be sent. (transfer full) */
static inline GByteArray *
web_request (const gchar * method, const gchar * path, gconstpointer body,
    gsize size)
{
  g_autofree gchar *head = g_strdup_printf ("%s %s HTTP/1.1\r\n"
      "Host: localhost\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n",
      method, path, size);
  GByteArray *bytes = g_byte_array_new ();

  g_byte_array_append (bytes, (const guint8 *) head, (guint) strlen (head));
  if (size > 0)
    g_byte_array_append (bytes, body, (guint) size);
  return bytes;
}

static inline gboolean
web_ask (Web * self, const gchar * method, const gchar * path,
    gconstpointer body, gsize size)
{
  g_autoptr (GByteArray) bytes = web_request (method, path, body, size);

  return raw_write (self->stream, bytes->data, bytes->len);
}

/* The status of the next reply; 0: the connection has ended. */
static inline guint
web_reply (Web * self, GBytes ** body)
{
  GError *error = NULL;
  guint status;
  gsize n;

  while (rtmp_http_reader_state (self->reader) != RTMP_HTTP_DONE) {
    if (self->pos == self->size) {
      gssize got =
          g_input_stream_read (g_io_stream_get_input_stream (self->stream),
          self->data, sizeof (self->data), NULL, &error);

      g_assert_false (g_error_matches (error, G_IO_ERROR,
              G_IO_ERROR_TIMED_OUT));
      g_clear_error (&error);
      if (got <= 0)
        return 0;
      self->pos = 0;
      self->size = (gsize) got;
    }
    rtmp_http_reader_feed (self->reader, self->data + self->pos,
        self->size - self->pos, &n, &error);
    g_assert_no_error (error);
    self->pos += n;
  }
  status = rtmp_http_reader_head (self->reader)->status;
  if (body)
    *body = rtmp_http_reader_take_body (self->reader);
  rtmp_http_reader_next (self->reader);
  return status;
}

static inline guint
web_call (Web * self, const gchar * method, const gchar * path,
    gconstpointer body, gsize size)
{
  web_ask (self, method, path, body, size);
  return web_reply (self, NULL);
}

/* A session, whose id stays with it. @stream: by which it is opened. */
typedef struct
{
  Web web;
  Raw raw;                      /* without a stream */
  gchar *id;
  guint sequence;
} Tunnel;

static inline gchar *
web_open_session (Web * self)
{
  g_autoptr (GBytes) body = NULL;
  const gchar *data;
  gsize size;

  web_ask (self, "POST", "/open/1", "", 1);
  g_assert_cmpuint (web_reply (self, &body), ==, 200);
  data = g_bytes_get_data (body, &size);
  g_assert_cmpuint (size, ==, 33);
  g_assert_cmpint (data[32], ==, '\n');
  return g_strndup (data, 32);
}

static inline gchar *
tunnel_path (const Tunnel * self, const gchar * verb, guint sequence)
{
  return g_strdup_printf ("/%s/%s/%u", verb, self->id, sequence);
}

/* What the server says in reply is heard. Returns: the interval. */
static inline guint8
tunnel_hear (Tunnel * self)
{
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GBytes) rtmp = NULL;
  g_autoptr (GError) error = NULL;
  guint8 interval;

  g_assert_cmpuint (web_reply (&self->web, &body), ==, 200);
  g_assert_cmpuint (g_bytes_get_size (body), >, 0);
  interval = *(const guint8 *) g_bytes_get_data (body, NULL);
  rtmp = g_bytes_new_from_bytes (body, 1, g_bytes_get_size (body) - 1);
  if (g_bytes_get_size (rtmp) > 0)
    rtmp_chunk_link_feed (self->raw.link, 0, rtmp, &error);
  g_assert_no_error (error);
  return interval;
}

/* All that there is to say, or idle. Returns: the interval. */
static inline guint8
tunnel_exchange (Tunnel * self)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autofree gchar *path = NULL;
  const RtmpVector *vectors;
  guint n, i;
  gsize sum;

  while ((n = rtmp_chunk_link_pull (self->raw.link, &vectors)) > 0) {
    for (sum = i = 0; i < n; sum += vectors[i++].size)
      g_byte_array_append (body, vectors[i].data, (guint) vectors[i].size);
    rtmp_chunk_link_consume (self->raw.link, sum);
  }
  path = tunnel_path (self, body->len > 0 ? "send" : "idle", self->sequence++);
  if (body->len == 0)
    g_byte_array_append (body, (const guint8 *) "", 1);
  web_ask (&self->web, "POST", path, body->data, body->len);
  return tunnel_hear (self);
}

static inline void
tunnel_wait (Tunnel * self, const gchar * prefix, guint n)
{
  while (diary_count (&self->raw.diary, prefix) < n)
    tunnel_exchange (self);
}

static inline void
tunnel_send (Tunnel * self, RtmpMessageType type, guint32 stream,
    guint32 time, GBytes * payload)
{
  RtmpMessage message;

  rtmp_message_init (&message, type, RTMP_CHUNK_STREAM_COMMAND, stream, time,
      payload);
  rtmp_chunk_link_send (self->raw.link, &message);
}

/* (transfer full) for @stream. */
static inline void
tunnel_open (Tunnel * self, GIOStream * stream)
{
  const guint8 random[RTMP_HANDSHAKE_RANDOM_SIZE] = { 0 };

  memset (self, 0, sizeof (*self));
  web_open (&self->web, stream);
  diary_init (&self->raw.diary);
  self->id = web_open_session (&self->web);
  self->raw.link = rtmp_chunk_link_new (rtmp_handshake_new (RTMP_ROLE_CLIENT, 0,
          random), NULL, &raw_events, &self->raw);
}

/* Connected to "live", with a stream. */
static inline void
tunnel_call (Tunnel * self, GIOStream * stream)
{
  RtmpValue *info = rtmp_value_new_object ();

  tunnel_open (self, stream);
  tunnel_wait (self, "opened", 1);
  rtmp_value_set_string (info, "app", "live");
  tunnel_send (self, RTMP_MESSAGE_COMMAND_AMF0, 0, 0,
      rtmp_command_write ("connect", 1, info, NULL));
  tunnel_send (self, RTMP_MESSAGE_COMMAND_AMF0, 0, 0,
      rtmp_command_write ("createStream", 9, rtmp_value_new_null (), NULL));
  tunnel_wait (self, "0 _result", 2);
}

/* publish or play, until it may. */
static inline void
tunnel_ask (Tunnel * self, const gchar * what, const gchar * stream)
{
  tunnel_send (self, RTMP_MESSAGE_COMMAND_AMF0, 1, 0,
      rtmp_command_write (what, 9, rtmp_value_new_null (),
          rtmp_value_new_string (stream), NULL));
  tunnel_wait (self, g_str_equal (what, "publish")
      ? "1 onStatus NetStream.Publish.Start"
      : "1 onStatus NetStream.Play.Start", 1);
}

/* Goes on by another connection. */
static inline void
tunnel_move (Tunnel * self, GIOStream * stream)
{
  web_close (&self->web);
  web_open (&self->web, stream);
}

static inline void
tunnel_close (Tunnel * self)
{
  g_autofree gchar *path = tunnel_path (self, "close", self->sequence++);

  g_assert_cmpuint (web_call (&self->web, "POST", path, "", 1), ==, 200);
}

static inline void
tunnel_clear (Tunnel * self)
{
  web_close (&self->web);
  rtmp_chunk_link_free (self->raw.link);
  diary_clear (&self->raw.diary);
  g_free (self->id);
}

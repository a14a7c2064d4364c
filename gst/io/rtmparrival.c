/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmparrival.h"

#include "rtmperror.h"

/* The type of a record with a handshake message (RFC 8446, 5.1). */
#define TLS_HANDSHAKE 22

#define IN_TLS (RTMP_SCHEME_BIT (RTMPS) | RTMP_SCHEME_BIT (RTMPTS))
#define IN_HTTP (RTMP_SCHEME_BIT (RTMPT) | RTMP_SCHEME_BIT (RTMPTE))

struct _RtmpArrival
{
  const RtmpServerOptions *options;
  RtmpWatch *watch;             /* of the socket until TLS has it; and time */
  GSocket *socket;
  RtmpTransport *tls;           /* NULL: not begun */
  RtmpArrivalFunc func;
  gpointer user_data;
};

static void
fail (RtmpArrival * self, GError * error)
{
  self->func (NULL, RTMP_SCHEME_RTMP, error, self->user_data);
  g_error_free (error);
}

static gchar *
list_schemes (guint schemes)
{
  g_autoptr (GString) list = g_string_new (NULL);
  RtmpScheme scheme;

  for (scheme = RTMP_SCHEME_RTMP; scheme < RTMP_SCHEME_RTMFP; scheme++)
    if (schemes & (1u << scheme))
      g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "",
          rtmp_scheme_to_string (scheme));
  return g_string_free (g_steal_pointer (&list), FALSE);
}

static void
refuse (RtmpArrival * self, RtmpScheme scheme, guint8 first)
{
  g_autofree gchar *expected = list_schemes (self->options->schemes);

  fail (self, g_error_new (RTMP_ERROR, RTMP_ERROR_UNSUPPORTED,
          "expected %s on this port, but the client began with %s (first byte "
          "%u)", expected, first == TLS_HANDSHAKE ? "TLS"
          : rtmp_scheme_to_string (scheme), first));
}

/* A method of HTTP begins with a letter, which is no version of RTMP. */
static RtmpScheme
scheme_of (gboolean in_tls, guint8 first)
{
  if (g_ascii_isupper (first))
    return in_tls ? RTMP_SCHEME_RTMPTS : RTMP_SCHEME_RTMPT;
  if (in_tls)
    return RTMP_SCHEME_RTMPS;
  return first == 6 || first == 8 || first == 9 ? RTMP_SCHEME_RTMPE
      : RTMP_SCHEME_RTMP;
}

/* HTTP where there is none is left to the handshake of RTMP, which says what
 * came instead. */
static void
arrive (RtmpArrival * self, RtmpTransport * transport, guint8 first)
{
  guint schemes = self->options->schemes;
  gboolean in_tls = self->tls != NULL;
  RtmpScheme scheme = scheme_of (in_tls, first);

  if (schemes & IN_HTTP)
    schemes |= RTMP_SCHEME_BIT (RTMPT);
  if (g_ascii_isupper (first) && !(schemes & (1u << scheme)))
    scheme = in_tls ? RTMP_SCHEME_RTMPS : RTMP_SCHEME_RTMP;
  g_clear_pointer (&self->watch, rtmp_watch_free);
  self->tls = NULL;
  if (schemes & (1u << scheme)) {
    self->func (transport, scheme, NULL, self->user_data);
  } else {
    rtmp_transport_free (transport);
    refuse (self, scheme, first);
  }
}

/* TRUE: there is a byte. What is an end of it has been told otherwise. */
static gboolean
has_come (RtmpArrival * self, gssize n, GError * error)
{
  if (n == 0)
    error = g_error_new_literal (RTMP_ERROR, RTMP_ERROR_PEER_CLOSED,
        "the peer closed the connection");
  if (error)
    fail (self, error);
  return n > 0;
}

static void
on_tls_ready (GIOCondition ready, gpointer user_data)
{
  RtmpArrival *self = user_data;
  RtmpTransport *transport = self->tls;
  GError *error = NULL;
  guint8 first;
  gssize n = rtmp_transport_read (transport, &first, 1, &error);

  if (!has_come (self, n, error))
    return;
  rtmp_transport_wait_for (transport, 0);
  rtmp_transport_unread (transport, first);
  arrive (self, transport, first);
}

/* No client shows a certificate. Else all authorities of the system would be
 * read for each connection: milliseconds, and megabytes. */
static void
begin_tls (RtmpArrival * self, GIOStream * plain)
{
  GError *error = NULL;
  GIOStream *stream =
      g_initable_new (g_tls_backend_get_server_connection_type
      (g_tls_backend_get_default ()), NULL, &error, "base-io-stream", plain,
      "certificate", self->options->tls_certificate, "database", NULL, NULL);

  if (stream == NULL) {
    fail (self, error);
    return;
  }
  rtmp_watch_set_condition (self->watch, 0);
  self->tls = rtmp_transport_stream_new (stream);
  rtmp_transport_set_func (self->tls, on_tls_ready, self);
  rtmp_transport_wait_for (self->tls, G_IO_IN);
}

static void
look (RtmpArrival * self)
{
  g_autoptr (GSocketConnection) plain = NULL;
  GError *error = NULL;
  guint8 first;
  gssize n = rtmp_socket_peek (self->socket, &first, &error);

  if (!has_come (self, n, error))
    return;
  plain = g_socket_connection_factory_create_connection (self->socket);
  if (first == TLS_HANDSHAKE && self->options->schemes & IN_TLS)
    begin_tls (self, G_IO_STREAM (plain));
  else
    arrive (self, rtmp_transport_stream_new (G_IO_STREAM (g_steal_pointer
                (&plain))), first);
}

static void
on_ready (GIOCondition ready, gpointer user_data)
{
  RtmpArrival *self = user_data;

  if (ready)
    look (self);
  else
    fail (self, g_error_new (RTMP_ERROR, RTMP_ERROR_TIMED_OUT,
            "the peer went silent before its handshake%s", self->tls
            ? " in TLS" : ""));
}

RtmpArrival *
rtmp_arrival_new (GSocket * socket, gint64 deadline,
    const RtmpServerOptions * options, RtmpArrivalFunc func, gpointer user_data)
{
  RtmpArrival *self = g_new0 (RtmpArrival, 1);

  self->options = options;
  self->socket = g_object_ref (socket);
  self->func = func;
  self->user_data = user_data;
  self->watch = rtmp_watch_new (g_socket_get_fd (socket), on_ready, self);
  rtmp_watch_set_condition (self->watch, G_IO_IN);
  rtmp_watch_set_time (self->watch, deadline);
  return self;
}

void
rtmp_arrival_free (RtmpArrival * self)
{
  g_clear_pointer (&self->watch, rtmp_watch_free);
  g_clear_pointer (&self->tls, rtmp_transport_free);
  g_object_unref (self->socket);
  g_free (self);
}

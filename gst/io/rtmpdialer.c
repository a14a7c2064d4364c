/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpdialer.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "rtmpcrypto.h"
#include "rtmperror.h"
#include "rtmpswffile.h"
#include "rtmptls.h"

struct _RtmpDialer
{
  /* Constant. */
  const RtmpDialerEvents *events;
  gpointer user_data;
  GCancellable *cancellable;
  gint64 timeout;
  GTlsCertificateFlags tls_validation;
  GTlsDatabase *tls_database;
  GTlsInteraction *tls_interaction;
  GTlsCertificate *tls_certificate;
  GProxyResolver *proxy;        /* NULL: the default one */
  RtmpHandshakeFlags handshake;
  gint64 swf_age;

  /* The loop's thread only. */
  const RtmpConnectPlan *plan;
  gchar *swf_file;              /* NULL: none, or loaded */
  RtmpSwf swf;
  GSource *deadline;            /* NULL once connected */
  GSocketClientEvent event;     /* how far connecting has come */
  gboolean proxied;
  GProxyAddress *web_proxy;     /* takes requests of a tunnel; NULL: none */
  GTlsConnection *tls;          /* NULL without, or before the handshake */

  GMutex lock;
  GCond cond;                   /* busy became FALSE */
  gboolean busy;                /* GSocketClient or a load holds on to us;
                                 * only the loop's thread changes it */
};

static void
set_busy (RtmpDialer * self)
{
  g_mutex_lock (&self->lock);
  self->busy = TRUE;
  g_mutex_unlock (&self->lock);
}

/* The end of a dial. FALSE: it is cancelled; @self may be gone behind this. */
static gboolean
set_idle (RtmpDialer * self)
{
  gboolean cancelled = g_cancellable_is_cancelled (self->cancellable);

  g_mutex_lock (&self->lock);
  self->busy = FALSE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
  return !cancelled;
}

/* How long it may take */

static void
clear_deadline (RtmpDialer * self)
{
  if (self->deadline)
    g_source_destroy (self->deadline);
  g_clear_pointer (&self->deadline, g_source_unref);
}

/* What took too long tells what to look at. */
static GError *
timeout_error (const RtmpDialer * self)
{
  g_autofree gchar *where = g_strdup_printf ("%s port %u within %.3g seconds",
      self->plan->host, self->plan->port,
      (gdouble) self->timeout / G_USEC_PER_SEC);

  if (self->event == G_SOCKET_CLIENT_TLS_HANDSHAKING)
    return g_error_new (RTMP_ERROR, RTMP_ERROR_TLS_TIMED_OUT,
        "no end of the TLS handshake with %s", where);
  if (self->proxied)
    return g_error_new (G_IO_ERROR, G_IO_ERROR_PROXY_FAILED,
        "no connection through the proxy to %s", where);
  if (self->event == G_SOCKET_CLIENT_RESOLVING)
    return g_error_new (G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE,
        "no address for %s", where);
  return g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "no connection to %s",
      where);
}

static gboolean
on_deadline (gpointer user_data)
{
  RtmpDialer *self = user_data;
  g_autoptr (GError) error = timeout_error (self);

  clear_deadline (self);
  if (g_cancellable_is_cancelled (self->cancellable))
    return G_SOURCE_REMOVE;
  g_cancellable_cancel (self->cancellable);
  self->events->failed (error, self->user_data);
  return G_SOURCE_REMOVE;
}

static void
start_deadline (RtmpDialer * self)
{
  if (self->timeout <= 0)
    return;
  self->deadline =
      g_timeout_source_new ((guint) MIN (self->timeout / 1000, G_MAXINT));
  g_source_set_callback (self->deadline, on_deadline, self, NULL);
  g_source_attach (self->deadline, g_main_context_get_thread_default ());
}

/* Connecting */

/* Asked only about a certificate that has a fault. */
static gboolean
on_accept_certificate (GTlsConnection * connection,
    GTlsCertificate * certificate, GTlsCertificateFlags faults,
    gpointer validation)
{
  return (faults & GPOINTER_TO_UINT (validation)) == 0;
}

/* An end of RTMP is told within RTMP; servers close TLS without a word. Each of
 * the other three would rather not be set than be set to NULL. */
static void
prepare_tls (RtmpDialer * self, GTlsConnection * connection)
{
  g_set_object (&self->tls, connection);
  g_tls_connection_set_require_close_notify (connection, FALSE);
  g_signal_connect (connection, "accept-certificate",
      G_CALLBACK (on_accept_certificate),
      GUINT_TO_POINTER (self->tls_validation));
  if (self->tls_database)
    g_tls_connection_set_database (connection, self->tls_database);
  if (self->tls_interaction)
    g_tls_connection_set_interaction (connection, self->tls_interaction);
  if (self->tls_certificate)
    g_tls_connection_set_certificate (connection, self->tls_certificate);
}

static gboolean
is_plain_tunnel (const RtmpConnectPlan * plan)
{
  return rtmp_scheme_is_tunnelled (plan->scheme)
      && !rtmp_scheme_has_tls (plan->scheme);
}

static void
look_for_proxy (RtmpDialer * self, GSocketConnection * connection)
{
  g_autoptr (GSocketAddress) address =
      g_socket_connection_get_remote_address (connection, NULL);
  GProxyAddress *proxy = address && G_IS_PROXY_ADDRESS (address)
      ? G_PROXY_ADDRESS (address) : NULL;

  self->proxied = proxy != NULL;
  if (is_plain_tunnel (self->plan) && proxy
      && g_str_equal (g_proxy_address_get_protocol (proxy), "http"))
    g_set_object (&self->web_proxy, proxy);
}

static void
on_socket_event (GSocketClient * client, GSocketClientEvent event,
    GSocketConnectable * connectable, GIOStream * connection,
    gpointer user_data)
{
  RtmpDialer *self = user_data;

  if (event != G_SOCKET_CLIENT_COMPLETE)        /* told of failure as well */
    self->event = MAX (self->event, event);
  switch (event) {
    case G_SOCKET_CLIENT_RESOLVING:
      self->events->step (RTMP_CLIENT_STEP_RESOLVE, self->user_data);
      break;
    case G_SOCKET_CLIENT_CONNECTING:
      look_for_proxy (self, G_SOCKET_CONNECTION (connection));
      self->events->step (RTMP_CLIENT_STEP_CONNECT, self->user_data);
      break;
    case G_SOCKET_CLIENT_TLS_HANDSHAKING:
      self->events->step (RTMP_CLIENT_STEP_TLS, self->user_data);
      prepare_tls (self, G_TLS_CONNECTION (connection));
      break;
    default:
      break;
  }
}

/* Whether it is the proxy that cannot be reached. The resolver names what it
 * did not find. */
static gboolean
is_of_proxy (const RtmpDialer * self, const GError * error)
{
  g_autofree gchar *ascii = g_hostname_to_ascii (self->plan->host);

  if (error->domain == G_RESOLVER_ERROR)
    return strstr (error->message, self->plan->host) == NULL
        && (ascii == NULL || strstr (error->message, ascii) == NULL);
  return self->proxied && self->event == G_SOCKET_CLIENT_CONNECTING
      && error->domain == G_IO_ERROR;
}

static RtmpTransport *
make_transport (GSocketConnection * stream)
{
  GSocket *socket = g_socket_connection_get_socket (stream);

  /* A batch is written whole: waiting for more would only add delay. */
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  g_socket_set_keepalive (socket, TRUE);
  return rtmp_transport_stream_new (G_IO_STREAM (stream));
}

static void
tell_failure (RtmpDialer * self, const GError * error)
{
  g_autoptr (GError) told = rtmp_dialer_explain (self, error);

  if (told == NULL && is_of_proxy (self, error))
    told = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_PROXY_FAILED,
        error->message);
  self->events->failed (told ? told : error, self->user_data);
}

static void
on_connected (GObject * source, GAsyncResult * result, gpointer user_data)
{
  RtmpDialer *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) stream =
      g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);

  clear_deadline (self);
  g_signal_handlers_disconnect_by_data (source, self);
  if (!set_idle (self))
    return;
  if (stream)
    self->events->connected (make_transport (g_steal_pointer (&stream)),
        self->user_data);
  else
    tell_failure (self, error);
}

/* The scheme is what proxies are chosen by. */
static GSocketConnectable *
make_address (const RtmpConnectPlan * plan)
{
  const gchar *web = rtmp_scheme_has_tls (plan->scheme) ? "https" : "http";

  return g_object_new (G_TYPE_NETWORK_ADDRESS, "hostname", plan->host,
      "port", plan->port, "scheme",
      rtmp_scheme_is_tunnelled (plan->scheme) ? web : NULL, NULL);
}

static void
open_socket (RtmpDialer * self)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) address = make_address (self->plan);

  g_socket_client_set_tls (client, rtmp_scheme_has_tls (self->plan->scheme));
  /* Its proxies take our requests as they are. */
  if (is_plain_tunnel (self->plan))
    g_socket_client_add_application_proxy (client, "http");
  g_socket_client_set_proxy_resolver (client, self->proxy);
  self->event = G_SOCKET_CLIENT_RESOLVING;
  self->proxied = FALSE;
  g_clear_object (&self->web_proxy);
  g_signal_connect (client, "event", G_CALLBACK (on_socket_event), self);
  start_deadline (self);
  set_busy (self);
  g_socket_client_connect_async (client, address, self->cancellable,
      on_connected, self);
}

gboolean
rtmp_dialer_check_scheme (RtmpScheme scheme, GError ** error)
{
  if (rtmp_scheme_is_encrypted (scheme))
    return rtmp_crypto_get (error) != NULL;
  if (scheme != RTMP_SCHEME_RTMFP)
    return TRUE;
  g_set_error_literal (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED,
      "rtmfp:// is not supported: expected rtmp://, or with an s, e, t, ts or "
      "te behind it");
  return FALSE;
}

/* By whatever scheme a redirect leads to. */
static void
begin_connect (RtmpDialer * self)
{
  g_autoptr (GError) error = NULL;

  if (rtmp_dialer_check_scheme (self->plan->scheme, &error)
      && (!(self->handshake & RTMP_HANDSHAKE_ENCRYPTED)
          || rtmp_crypto_get (&error)))
    open_socket (self);
  else
    self->events->failed (error, self->user_data);
}

static void
on_swf_loaded (GObject * source, GAsyncResult * result, gpointer user_data)
{
  RtmpDialer *self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean loaded = rtmp_swf_file_load_finish (result, &self->swf, &error);

  if (!set_idle (self))
    return;
  if (loaded) {
    g_clear_pointer (&self->swf_file, g_free);
    begin_connect (self);
  } else
    self->events->failed (error, self->user_data);
}

static void
load_swf (RtmpDialer * self)
{
  const RtmpSwfFile file = {.where = self->swf_file,
    .max_age = self->swf_age,.timeout = self->timeout
  };

  set_busy (self);
  rtmp_swf_file_load_async (&file, self->cancellable, on_swf_loaded, self);
}

void
rtmp_dialer_dial (RtmpDialer * self, const RtmpConnectPlan * plan)
{
  self->plan = plan;
  g_clear_object (&self->tls);
  if (self->swf_file)
    load_swf (self);
  else
    begin_connect (self);
}

gboolean
rtmp_dialer_is_busy (const RtmpDialer * self)
{
  return self->busy;
}

/* What was connected */

RtmpTransport *
rtmp_dialer_make_tunnel (const RtmpDialer * self, RtmpTransport * transport,
    RtmpTransportHttpConnect connect, gpointer user_data)
{
  g_autofree gchar *host = rtmp_http_host (self->plan->host, self->plan->port,
      rtmp_scheme_has_tls (self->plan->scheme));

  return rtmp_transport_http_new (transport, host, self->web_proxy, connect,
      user_data);
}

GError *
rtmp_dialer_explain (const RtmpDialer * self, const GError * error)
{
  if (self->tls == NULL)
    return NULL;
  return rtmp_tls_explain (error, self->tls, self->tls_validation,
      self->plan->host);
}

const RtmpSwf *
rtmp_dialer_swf (const RtmpDialer * self)
{
  return self->swf.size > 0 ? &self->swf : NULL;
}

/* Life */

RtmpDialer *
rtmp_dialer_new (const RtmpClientTarget * target, gint64 timeout,
    GCancellable * cancellable, const RtmpDialerEvents * events,
    gpointer user_data)
{
  RtmpDialer *self = g_new0 (RtmpDialer, 1);

  self->events = events;
  self->user_data = user_data;
  self->timeout = timeout;
  self->cancellable = g_object_ref (cancellable);
  self->tls_validation = target->tls_validation;
  g_set_object (&self->tls_database, target->tls_database);
  g_set_object (&self->tls_interaction, target->tls_interaction);
  g_set_object (&self->tls_certificate, target->tls_certificate);
  if (target->proxy)
    self->proxy = g_simple_proxy_resolver_new (target->proxy, NULL);
  self->handshake = target->handshake;
  self->swf_file = g_strdup (target->swf_file);
  self->swf_age = target->swf_age;
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  return self;
}

void
rtmp_dialer_free (RtmpDialer * self)
{
  g_mutex_lock (&self->lock);
  while (self->busy)
    g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);

  g_clear_object (&self->tls);
  g_clear_object (&self->web_proxy);
  g_clear_object (&self->tls_database);
  g_clear_object (&self->tls_interaction);
  g_clear_object (&self->tls_certificate);
  g_clear_object (&self->proxy);
  g_object_unref (self->cancellable);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self->swf_file);
  g_free (self);
}

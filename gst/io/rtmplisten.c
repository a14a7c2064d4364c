/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmplisten.h"

#include "rtmperror.h"

/* Connections that wait to be accepted; others try again in a second. */
#define BACKLOG 1024

static GSocketAddress *
resolve (const gchar * host, guint16 port, GError ** error)
{
  g_autoptr (GSocketConnectable) connectable = NULL;
  g_autoptr (GSocketAddressEnumerator) enumerator = NULL;

  if (*host == '\0')
    return G_SOCKET_ADDRESS (g_inet_socket_address_new_from_string ("::",
            port));
  connectable = g_network_address_new (host, port);
  enumerator = g_socket_connectable_enumerate (connectable);
  return g_socket_address_enumerator_next (enumerator, NULL, error);
}

static GSocket *
listen_on (GSocketAddress * address, GError ** error)
{
  g_autoptr (GSocket) socket =
      g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM,
      G_SOCKET_PROTOCOL_TCP, error);

  if (socket == NULL)
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_listen_backlog (socket, BACKLOG);
  if (!g_socket_bind (socket, address, TRUE, error)
      || !g_socket_listen (socket, error))
    return NULL;
  return g_steal_pointer (&socket);
}

static GSocket *
open_socket (const gchar * host, guint16 port, GError ** error)
{
  g_autoptr (GSocketAddress) address = resolve (host, port, error);
  g_autoptr (GError) local = NULL;
  GSocket *socket;

  if (address == NULL)
    return NULL;
  socket = listen_on (address, &local);
  /* A machine without IPv6. */
  if (socket == NULL && *host == '\0'
      && !g_error_matches (local, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    return open_socket ("0.0.0.0", port, error);
  if (local)
    g_propagate_error (error, g_steal_pointer (&local));
  return socket;
}

static void
explain (const RtmpServerOptions * options, GError * why, GError ** error)
{
  if (g_error_matches (why, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE)) {
    g_propagate_error (error, why);
    return;
  }
  g_set_error (error, RTMP_ERROR, RTMP_ERROR_LISTEN,
      "cannot listen on \"%s\" port %u: %s", options->host, options->port,
      why->message);
  g_error_free (why);
}

GSocket *
rtmp_listen (const RtmpServerOptions * options, GError ** error)
{
  GError *why = NULL;
  GSocket *socket = open_socket (options->host, options->port, &why);

  if (socket == NULL)
    explain (options, why, error);
  return socket;
}

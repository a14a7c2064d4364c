/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "rtmpoutqueue.h"
#include "rtmpwatch.h"

G_BEGIN_DECLS

/**
 * RtmpTransport:
 *
 * A byte stream that never blocks: a table of functions, so that TCP, TLS and a
 * tunnel look the same to a connection. Used in one thread.
 *
 * Since: 0.1
 */
typedef struct _RtmpTransport RtmpTransport;

/* What rtmp_transport_read() and rtmp_transport_writev() return besides a
 * count: nothing now, wait for more; or failed, with an error set. */
#define RTMP_TRANSPORT_WOULD_BLOCK (-1)
#define RTMP_TRANSPORT_FAILED (-2)

typedef struct
{
  gssize (*read) (RtmpTransport * self, guint8 * data, gsize size,
      GError ** error);
  gssize (*writev) (RtmpTransport * self, const RtmpVector * vectors,
      guint n_vectors, GError ** error);
  void (*wait_for) (RtmpTransport * self, GIOCondition condition);
  void (*shutdown_output) (RtmpTransport * self);
  GSocket *(*socket) (RtmpTransport * self);
  void (*free) (RtmpTransport * self);
} RtmpTransportClass;

struct _RtmpTransport
{
  const RtmpTransportClass *klass;
  RtmpWatchFunc func;
  gpointer user_data;
  gboolean has_unread;
  guint8 unread;
  GSource *unread_source;       /* tells of it */
};

/* The first byte of @socket that is not read yet, and stays so. Returns: as
 * rtmp_transport_read(). */
gssize rtmp_socket_peek (GSocket * socket, guint8 * byte, GError ** error);

/* Over a connected stream with pollable ends: GSocketConnection for TCP, which
 * is read and written without its help, or GTlsConnection for TLS. (transfer
 * full) for @stream. */
RtmpTransport *rtmp_transport_stream_new (GIOStream * stream);

/* Closes it. */
void rtmp_transport_free (RtmpTransport * self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmpTransport, rtmp_transport_free)

/* Returns: the count, 0 at the end of the stream, or one of the two above. */
gssize rtmp_transport_read (RtmpTransport * self, guint8 * data, gsize size,
    GError ** error);
/* The last byte that was read is to be read again. */
void rtmp_transport_unread (RtmpTransport * self, guint8 byte);
gssize rtmp_transport_writev (RtmpTransport * self,
    const RtmpVector * vectors, guint n_vectors, GError ** error);

/* Who is told, in the thread's default context, when reading (G_IO_IN) or
 * writing (G_IO_OUT) may go on, or when the other end has gone while it is not
 * read (G_IO_HUP); and of which of them, from now on. */
void rtmp_transport_set_func (RtmpTransport * self, RtmpWatchFunc func,
    gpointer user_data);
void rtmp_transport_wait_for (RtmpTransport * self, GIOCondition condition);

/* No more output; the peer sees the end once it has read all of it. */
void rtmp_transport_shutdown_output (RtmpTransport * self);

/* Bytes a second at most; 0: as fast as it goes. The kernel paces; where it
 * cannot, it is logged. */
void rtmp_transport_set_peak_rate (RtmpTransport * self, guint rate);
/* Smoothed round trip in microseconds; 0 if it cannot be known here. */
guint rtmp_transport_round_trip (RtmpTransport * self);
/* "192.0.2.1:1935". (transfer full) (nullable) */
gchar *rtmp_transport_peer (RtmpTransport * self);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * DelayProxyLink:
 * @target: port on loopback that it connects to
 * @delay: microseconds that a byte is under way, in each direction
 * @rate: bytes a second in each direction; 0: no limit
 * @cut: bytes, both directions together, after which a connection is closed
 *   without a word; 0: never
 *
 * What a #DelayProxy does to the connections that go through it.
 */
typedef struct
{
  guint16 target;
  gint64 delay;
  guint64 rate;
  guint64 cut;
} DelayProxyLink;

/**
 * DelayProxyEvents:
 * @accepted: a client has connected
 * @arrived: @data has just arrived, at the server if @up, else at the client
 *
 * Either may be %NULL.
 */
typedef struct
{
  void (*accepted) (gpointer user_data);
  void (*arrived) (gboolean up, const guint8 * data, gsize size,
      gpointer user_data);
} DelayProxyEvents;

/**
 * DelayProxy:
 *
 * A long, thin or broken line between a client and a server on loopback. TCP's
 * own round trip is not in it: a client is accepted at once. Runs in the
 * default main context.
 */
typedef struct _DelayProxy DelayProxy;

/* Listens on a port of the kernel's choice. @events is borrowed, and may be
 * %NULL. %NULL with @error. */
DelayProxy *delay_proxy_new (const DelayProxyLink * link,
    const DelayProxyEvents * events, gpointer user_data, GError ** error);
void delay_proxy_free (DelayProxy * self);
guint16 delay_proxy_port (const DelayProxy * self);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstrtmpuri.h"
#include "rtmpserver.h"

G_BEGIN_DECLS

/* Properties that the server elements share besides those of the URL; an
 * element's own begin at GST_RTMP_SERVING_PROP_FIRST_OWN. */
enum
{
  GST_RTMP_SERVING_PROP_AUTH_TOKEN = GST_RTMP_PROP_FIRST_OWN,
  GST_RTMP_SERVING_PROP_USERS,
  GST_RTMP_SERVING_PROP_SCHEMES,
  GST_RTMP_SERVING_PROP_STRICT_HANDSHAKE,
  GST_RTMP_SERVING_PROP_IDLE_TIMEOUT,
  GST_RTMP_SERVING_PROP_MAX_CONNECTIONS,
  GST_RTMP_SERVING_PROP_MAX_CONNECTION_RATE,
  GST_RTMP_SERVING_PROP_FIRST_OWN,
};

/**
 * GstRtmpServing:
 *
 * What rtmpserversrc and rtmpserversink share: where they listen, who may call,
 * and the signals that tell of callers.
 *
 * Since: 0.1
 */
typedef struct
{
  GstElement *element;          /* not referenced */

  /* Under the element's object lock. */
  GstRtmpSettings settings;
  gchar *auth_token;
  gchar *users;                 /* "name:password,name:password" */
  guint schemes;                /* RTMP_SCHEME_BIT(); 0: by the location */
  gboolean strict_handshake;
  guint idle_timeout;           /* s */
  guint max_connections;        /* 0: any number */
  guint max_connection_rate;    /* in ten seconds */
  gint chosen_port;             /* in the place of 0, while we listen */
  gboolean open;                /* the mount is there, and stays */

  /* From start to stop; for the threads that live between them. */
  RtmpServer *server;
  RtmpMount *mount;
  const RtmpMountEvents *events;        /* the element's own; may be NULL */
  gpointer user_data;
} GstRtmpServing;

void gst_rtmp_serving_init (GstRtmpServing * self, GstElement * element);
void gst_rtmp_serving_clear (GstRtmpServing * self);

/* Properties, signals and the actions: "disconnect-caller", which calls
 * @disconnect (element, guint64 id), and "reconnect-caller", @reconnect
 * (element, guint64 id, const gchar *tc_url). */
void gst_rtmp_serving_install (GObjectClass * klass, GCallback disconnect,
    GCallback reconnect);
/* Only the signals, for an element around one. */
void gst_rtmp_serving_install_signals (GObjectClass * klass);
/* FALSE: not one of them. */
gboolean gst_rtmp_serving_set (GstRtmpServing * self, guint id,
    const GValue * value);
gboolean gst_rtmp_serving_get (GstRtmpServing * self, guint id,
    GValue * value);

/* Listens. @config has what is the element's own, and is completed. @events:
 * what the element wants to know; signals are emitted in any case. FALSE: an
 * error has been posted. */
gboolean gst_rtmp_serving_start (GstRtmpServing * self,
    RtmpMountConfig * config, const RtmpMountEvents * events,
    gpointer user_data);
/* Ends all callers and waits for that. */
void gst_rtmp_serving_stop (GstRtmpServing * self);

/* Any thread. */
void gst_rtmp_serving_disconnect (GstRtmpServing * self, guint64 id);
void gst_rtmp_serving_reconnect (GstRtmpServing * self, guint64 id,
    const gchar * tc_url);
/* The "stats" property: an array with a structure for each caller.
 * (transfer full) */
GstStructure *gst_rtmp_serving_stats (GstRtmpServing * self);

G_END_DECLS

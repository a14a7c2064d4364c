/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "gstrtmpuri.h"

G_BEGIN_DECLS

/**
 * GstRtmpEngine:
 *
 * What rtmpsrc and rtmpsink share: a client, and the calls that a streaming
 * thread makes on it. Those wait; gst_rtmp_engine_set_flushing() ends any wait.
 * Progress, statuses, the end and errors go to the bus from here, each once.
 *
 * It lives as long as its element; a client only from start to stop, and the
 * calls of the streaming thread are for the time between.
 *
 * Since: 0.1
 */
typedef struct _GstRtmpEngine GstRtmpEngine;

/**
 * GstRtmpEngineOptions:
 * @max_bytes: media that waits in the process; 0: no limit
 * @max_time: likewise; counts only when publishing
 * @idle_timeout: seconds that the server may be silent; 0: for ever
 * @peak_kbps: at which it is sent at most, in 1000 bits a second; 0: no limit
 * @is_recorded: a played stream is, so that a new connection would not go on
 *   with it
 * @loss_is_end: a played stream has ended when the connection is lost
 *
 * What an element adds to the shared settings.
 *
 * Since: 0.1
 */
typedef struct
{
  guint64 max_bytes;
  GstClockTime max_time;
  guint idle_timeout;
  guint peak_kbps;
  gboolean is_recorded;
  gboolean loss_is_end;
} GstRtmpEngineOptions;

/* The connection is lost, and there may be another:
 * gst_rtmp_engine_reconnect(). Not for the base classes. */
#define GST_RTMP_FLOW_RETRY GST_FLOW_CUSTOM_SUCCESS_1

/* @element is not referenced. */
GstRtmpEngine *gst_rtmp_engine_new (GstElement * element);
void gst_rtmp_engine_free (GstRtmpEngine * self);

/* Begins to connect as @settings say (under the element's object lock, which is
 * taken here). @config holds what is the
 * element's own; it is completed and cleared. FALSE when the settings are no
 * good: posted as an error. */
gboolean gst_rtmp_engine_start (GstRtmpEngine * self,
    const GstRtmpSettings * settings, RtmpClientConfig * config,
    const GstRtmpEngineOptions * options);
/* Cancels whatever is under way and waits for it. */
void gst_rtmp_engine_stop (GstRtmpEngine * self);

/* Any thread. TRUE: waits end with %GST_FLOW_FLUSHING and none begins. */
void gst_rtmp_engine_set_flushing (GstRtmpEngine * self, gboolean flushing);
/* Likewise, for gst_rtmp_engine_pop() and up to the next of these. */
void gst_rtmp_engine_interrupt (GstRtmpEngine * self);

gboolean gst_rtmp_engine_is_started (const GstRtmpEngine * self);
/* From just before the error is posted; any thread. */
gboolean gst_rtmp_engine_has_failed (GstRtmpEngine * self);
/* The server has ended the played stream. */
gboolean gst_rtmp_engine_has_ended (GstRtmpEngine * self);

/* After %GST_RTMP_FLOW_RETRY: waits until it is time, and is then as before
 * gst_rtmp_engine_start(), which comes next. %GST_FLOW_FLUSHING: it is still to
 * be done. */
GstFlowReturn gst_rtmp_engine_reconnect (GstRtmpEngine * self);

/* Queues a message, at once. (transfer full) for @payload. TRUE: the queue is
 * full now, or the client has come to its end: gst_rtmp_engine_wait_for_room()
 * before the next one. */
gboolean gst_rtmp_engine_publish (GstRtmpEngine * self,
    RtmpMessageType type, guint32 timestamp, GBytes * payload);

/* Does not wait: %GST_FLOW_OK, or why nothing more can be published. */
GstFlowReturn gst_rtmp_engine_flow (GstRtmpEngine * self);

/* How full the queue is, in percent of the nearer limit. */
guint gst_rtmp_engine_fullness (GstRtmpEngine * self);

/* Waits until the queue is well below its limits, so that a full one does not
 * mean a switch of threads for every message. %GST_FLOW_FLUSHING, or
 * %GST_FLOW_ERROR after an error, which has been posted. */
GstFlowReturn gst_rtmp_engine_wait_for_room (GstRtmpEngine * self);

/* Waits until the stream has begun at the server, which has said then what it
 * can do. The flows of gst_rtmp_engine_wait_for_room(). */
GstFlowReturn gst_rtmp_engine_wait_for_server (GstRtmpEngine * self,
    RtmpCapabilities * out);

/* Sends everything and ends the stream; waits for it until @end, monotonic time
 * in microseconds. FALSE if flushing or out of time; may be called again. */
gboolean gst_rtmp_engine_drain (GstRtmpEngine * self, gint64 end);

/* Moves up to @max messages that have arrived into @messages, of which at least
 * one: waits for it. Returns: how many; 0 with @flow FLUSHING, EOS, or ERROR
 * (which has been posted: after all that came before it has been taken). */
guint gst_rtmp_engine_pop (GstRtmpEngine * self, RtmpMessage * messages,
    guint max, GstFlowReturn * flow);

/* Recorded streams: drops what has arrived, and what does until the server has
 * answered. @position, also below: milliseconds. */
void gst_rtmp_engine_seek (GstRtmpEngine * self, guint32 position);
/* The server has answered the last one so: what came before it goes on. */
gboolean gst_rtmp_engine_is_seek_refused (GstRtmpEngine * self);
/* Has the server pause once enough has arrived, or go on behind that. */
void gst_rtmp_engine_set_paused (GstRtmpEngine * self, gboolean paused);
/* GST_CLOCK_TIME_NONE as long as it is not known. Any thread. */
GstClockTime gst_rtmp_engine_length (GstRtmpEngine * self);

/* While it runs; any thread. */
void gst_rtmp_engine_set_chunk_size (GstRtmpEngine * self, guint size);
void gst_rtmp_engine_set_peak_kbps (GstRtmpEngine * self, guint kbps);
void gst_rtmp_engine_switch (GstRtmpEngine * self, const gchar * stream);

/* Answers the "stats" property. Any thread. (transfer full) */
GstStructure *gst_rtmp_engine_stats (GstRtmpEngine * self);

G_END_DECLS

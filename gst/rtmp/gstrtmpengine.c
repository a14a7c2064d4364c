/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpengine.h"

#include <gst/base/base.h>

#include "gstrtmperror.h"
#include "gstrtmpstats.h"
#include "rtmperror.h"

/* Lock order: lock, then the client's own. Nothing is called out to with lock
 * held. */
struct _GstRtmpEngine
{
  GstElement *element;

  /* Constant from start to stop. */
  gboolean publish;
  GstRtmpQueueLimits limits;
  gchar *where;

  /* The loop's thread only. */
  gboolean running;

  /* Under lock. The client is also read without it by whatever start and stop
   * enclose: the streaming thread and the client's events. */
  GMutex lock;
  GCond cond;
  RtmpClient *client;
  gboolean flushing;
  gint closed;                  /* atomic where it is read without lock */
  gboolean failed;
  GstQueueArray *arrived;       /* of RtmpMessage */
  gsize arrived_bytes;
  gboolean paused_reading;
};

/* Messages on the bus */

static void
post_progress (GstRtmpEngine * self, GstProgressType type, const gchar * text)
{
  gst_element_post_message (self->element,
      gst_message_new_progress (GST_OBJECT
          (self->element), type, "open", text));
}

static void
post_element (GstRtmpEngine * self, GstStructure * structure)
{
  gst_element_post_message (self->element,
      gst_message_new_element (GST_OBJECT (self->element), structure));
}

static void
on_running (GstRtmpEngine * self)
{
  g_autofree gchar *peer = rtmp_client_peer (self->client);

  self->running = TRUE;
  post_progress (self, GST_PROGRESS_TYPE_COMPLETE,
      self->publish ? "publishing" : "playing");
  post_element (self, gst_structure_new ("rtmp-connected",
          "peer", G_TYPE_STRING, peer, NULL));
}

static void
on_step (RtmpClientStep step, gpointer user_data)
{
  GstRtmpEngine *self = user_data;
  static const gchar *const texts[] = {
    [RTMP_CLIENT_STEP_RESOLVE] = "looking up the server",
    [RTMP_CLIENT_STEP_CONNECT] = "connecting",
    [RTMP_CLIENT_STEP_TLS] = "setting up encryption",
    [RTMP_CLIENT_STEP_HANDSHAKE] = "shaking hands",
    [RTMP_CLIENT_STEP_SESSION] = "opening a session",
    [RTMP_CLIENT_STEP_START] = "starting the stream",
  };

  GST_DEBUG_OBJECT (self->element, "step %d", step);
  if (step == RTMP_CLIENT_STEP_RUNNING)
    on_running (self);
  else
    post_progress (self, GST_PROGRESS_TYPE_CONTINUE, texts[step]);
}

static void
on_status (const RtmpStatus * status, gpointer user_data)
{
  GstRtmpEngine *self = user_data;

  GST_INFO_OBJECT (self->element, "server: %s %s %s", status->level,
      status->code, status->description);
  post_element (self, gst_structure_new ("rtmp-status",
          "level", G_TYPE_STRING,
          status->level, "code", G_TYPE_STRING,
          status->code, "description",
          G_TYPE_STRING, status->description, NULL));
}

static void
post_end (GstRtmpEngine * self, const GError * error)
{
  GstRtmpErrorContext context = {
    .publish = self->publish,
    .running = self->running,
    .where = self->where,
  };

  if (error && !self->running)
    post_progress (self, GST_PROGRESS_TYPE_ERROR, error->message);
  if (self->running)
    post_element (self, gst_structure_new ("rtmp-disconnected",
            "reason", G_TYPE_STRING, error ? error->message : "done", NULL));
  if (error)
    gst_rtmp_element_error (self->element, error, &context);
}

static void
on_closed (const GError * error, gpointer user_data)
{
  GstRtmpEngine *self = user_data;

  post_end (self, error);
  g_mutex_lock (&self->lock);
  g_atomic_int_set (&self->closed, TRUE);
  self->failed = error != NULL;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

/* Publishing */

static void
on_sent (gpointer user_data)
{
  GstRtmpEngine *self = user_data;

  g_mutex_lock (&self->lock);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

static gboolean
is_above (const GstRtmpQueueLimits * limits, const RtmpClientLevel * level,
    guint percent)
{
  return (limits->max_bytes > 0
      && level->bytes > limits->max_bytes / 100 * percent)
      || (limits->max_time > 0
      && level->time * GST_MSECOND > limits->max_time / 100 * percent);
}

gboolean
gst_rtmp_engine_publish (GstRtmpEngine * self, RtmpMessageType type,
    guint32 timestamp, GBytes * payload)
{
  RtmpClientLevel level;

  rtmp_client_publish (self->client, type, timestamp, payload, &level);
  return is_above (&self->limits, &level, 100)
      || g_atomic_int_get (&self->closed);
}

static gboolean
has_room (GstRtmpEngine * self)
{
  RtmpClientLevel level;

  rtmp_client_level (self->client, &level);
  return !is_above (&self->limits, &level, 75);
}

GstFlowReturn
gst_rtmp_engine_wait_for_room (GstRtmpEngine * self)
{
  GstFlowReturn flow = GST_FLOW_OK;

  g_mutex_lock (&self->lock);
  while (!self->flushing && !self->closed && !has_room (self))
    g_cond_wait (&self->cond, &self->lock);
  if (self->flushing)
    flow = GST_FLOW_FLUSHING;
  else if (self->closed)
    flow = self->failed ? GST_FLOW_ERROR : GST_FLOW_EOS;
  g_mutex_unlock (&self->lock);
  return flow;
}

gboolean
gst_rtmp_engine_drain (GstRtmpEngine * self, gint64 end)
{
  gboolean done;

  rtmp_client_finish (self->client);
  g_mutex_lock (&self->lock);
  while (!self->closed && !self->flushing
      && g_cond_wait_until (&self->cond, &self->lock, end));
  done = self->closed;
  g_mutex_unlock (&self->lock);
  return done;
}

/* Playing */

static void
on_media (RtmpMessage * message, gpointer user_data)
{
  GstRtmpEngine *self = user_data;
  gboolean pause;

  g_mutex_lock (&self->lock);
  gst_queue_array_push_tail_struct (self->arrived, message);
  self->arrived_bytes += rtmp_message_size (message);
  message->payload = NULL;
  pause = !self->paused_reading && self->limits.max_bytes > 0
      && self->arrived_bytes > self->limits.max_bytes;
  if (pause)
    self->paused_reading = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
  if (pause)
    rtmp_client_set_reading (self->client, FALSE);
}

static guint
take_arrived_locked (GstRtmpEngine * self, RtmpMessage * messages, guint max)
{
  guint i, n = MIN (max, gst_queue_array_get_length (self->arrived));

  for (i = 0; i < n; i++) {
    messages[i] =
        *(RtmpMessage *) gst_queue_array_pop_head_struct (self->arrived);
    self->arrived_bytes -= rtmp_message_size (&messages[i]);
  }
  return n;
}

guint
gst_rtmp_engine_pop (GstRtmpEngine * self, RtmpMessage * messages, guint max,
    GstFlowReturn * flow)
{
  gboolean resume;
  guint n = 0;

  g_mutex_lock (&self->lock);
  while (!self->flushing && !self->closed
      && gst_queue_array_is_empty (self->arrived))
    g_cond_wait (&self->cond, &self->lock);
  if (self->flushing)
    *flow = GST_FLOW_FLUSHING;
  else if (!gst_queue_array_is_empty (self->arrived))
    n = take_arrived_locked (self, messages, max);
  else
    *flow = self->failed ? GST_FLOW_ERROR : GST_FLOW_EOS;
  resume = self->paused_reading
      && self->arrived_bytes < self->limits.max_bytes / 2;
  if (resume)
    self->paused_reading = FALSE;
  g_mutex_unlock (&self->lock);
  if (resume)
    rtmp_client_set_reading (self->client, TRUE);
  return n;
}

static void
on_recorded (gpointer user_data)
{
  GstRtmpEngine *self = user_data;

  GST_INFO_OBJECT (self->element, "the stream is recorded");
}

/* Life */

static const RtmpClientEvents client_events = {
  .step = on_step,
  .status = on_status,
  .media = on_media,
  .sent = on_sent,
  .recorded = on_recorded,
  .closed = on_closed,
};

GstRtmpEngine *
gst_rtmp_engine_new (GstElement * element)
{
  GstRtmpEngine *self = g_new0 (GstRtmpEngine, 1);

  self->element = element;
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->arrived = gst_queue_array_new_for_struct (sizeof (RtmpMessage), 64);
  gst_queue_array_set_clear_func (self->arrived,
      (GDestroyNotify) rtmp_message_clear);
  return self;
}

void
gst_rtmp_engine_free (GstRtmpEngine * self)
{
  gst_rtmp_engine_stop (self);
  gst_queue_array_free (self->arrived);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self);
}

static void
start_client (GstRtmpEngine * self, const RtmpClientTarget * target,
    const RtmpClientConfig * config)
{
  RtmpClient *client =
      rtmp_client_new (target, config, NULL, &client_events, self);

  g_mutex_lock (&self->lock);
  self->client = client;
  g_mutex_unlock (&self->lock);
  post_progress (self, GST_PROGRESS_TYPE_START, self->where);
  rtmp_client_start (client);
}

gboolean
gst_rtmp_engine_start (GstRtmpEngine * self, const GstRtmpSettings * settings,
    RtmpClientConfig * config, const GstRtmpQueueLimits * limits)
{
  g_autofree gchar *host = NULL;
  g_autoptr (GError) error = NULL;
  RtmpClientTarget target;

  g_assert (self->client == NULL);
  self->publish = config->publish;
  self->limits = *limits;
  GST_OBJECT_LOCK (self->element);
  self->where = rtmp_url_to_string (settings->url, FALSE);
  if (gst_rtmp_settings_resolve_locked (settings, config, &target, &error))
    target.host = host = g_strdup (target.host);
  GST_OBJECT_UNLOCK (self->element);
  if (error == NULL)
    start_client (self, &target, config);
  else
    post_end (self, error);
  rtmp_client_config_clear (config);
  return error == NULL;
}

gboolean
gst_rtmp_engine_is_started (const GstRtmpEngine * self)
{
  return self->client != NULL;
}

void
gst_rtmp_engine_stop (GstRtmpEngine * self)
{
  RtmpClient *client;

  g_mutex_lock (&self->lock);
  client = g_steal_pointer (&self->client);
  g_mutex_unlock (&self->lock);
  if (client) {
    rtmp_client_free (client);
    if (!self->running && !self->closed)
      post_progress (self, GST_PROGRESS_TYPE_CANCELED, "stopped");
  }
  g_clear_pointer (&self->where, g_free);
  gst_queue_array_clear (self->arrived);
  self->arrived_bytes = 0;
  self->running = self->failed = self->paused_reading = FALSE;
  g_atomic_int_set (&self->closed, FALSE);
}

void
gst_rtmp_engine_set_flushing (GstRtmpEngine * self, gboolean flushing)
{
  g_mutex_lock (&self->lock);
  self->flushing = flushing;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

GstStructure *
gst_rtmp_engine_stats (GstRtmpEngine * self)
{
  g_autofree gchar *peer = NULL;
  RtmpClientStats stats = { 0, };

  g_mutex_lock (&self->lock);
  if (self->client) {
    rtmp_client_stats (self->client, &stats);
    peer = rtmp_client_peer (self->client);
  }
  g_mutex_unlock (&self->lock);
  return gst_rtmp_stats_new (&stats, peer);
}

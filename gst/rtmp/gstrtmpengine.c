/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpengine.h"

#include <gst/base/base.h>

#include "gstrtmperror.h"
#include "gstrtmpresume.h"
#include "gstrtmpstats.h"
#include "rtmperror.h"

/* What a message costs besides its payload: small ones are not free. */
#define MESSAGE_COST 128

/* Statuses that become messages; a server that sends more goes on in the log
 * only. */
#define MAX_STATUSES 1000

/* Media that waits before the server is told to pause: milliseconds. */
#define PAUSE_AFTER 2000

/* The longest pause between two attempts to connect again: milliseconds. */
#define MAX_RECONNECT_DELAY 30000

/* Lock order: lock, then the client's own. Nothing is called out to with lock
 * held. */
struct _GstRtmpEngine
{
  GstElement *element;

  /* Constant from start to stop. */
  gboolean publish;
  GstRtmpEngineOptions options;
  gchar *where;
  gboolean reconnect;
  guint reconnect_attempts;
  guint reconnect_delay;

  /* The loop's thread only. */
  gboolean running;
  gboolean has_run;             /* on this connection or one before */
  guint attempts;               /* to reconnect, since it ran */
  guint statuses;               /* told so far */

  /* For what start and stop enclose: the streaming thread, and the client's
   * events. */
  RtmpClient *client;

  /* Under lock. */
  GMutex lock;
  GCond cond;
  gboolean started;             /* any thread may ask the client */
  gboolean flushing;
  gboolean interrupted;         /* until flushing is set, to either */
  gint closed;                  /* atomic where it is read without lock */
  gboolean failed;
  gboolean finishing;
  gboolean retry;               /* closed, to be opened again */
  gint64 retry_at;
  GError *loss;                 /* to be told when all before it has gone out */
  GstQueueArray *arrived;       /* of RtmpMessage */
  gsize arrived_bytes;
  gboolean paused_reading;
  guint seek_serial;
  gboolean seeking;             /* what arrives is from before the seek */
  gboolean seek_refused;
  guint32 last_timestamp;       /* that has arrived */
  gboolean is_server_known;     /* what it can do: on this connection */
  guint reconnects;
  GstRtmpResume resume;
  gboolean pause_wanted;
  gboolean pause_sent;
  GstClockTime length;
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

  g_mutex_lock (&self->lock);
  self->is_server_known = TRUE;
  self->reconnects += self->has_run;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  self->running = self->has_run = TRUE;
  self->attempts = 0;
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

  /* The description may hold the stream's name, which may be a key. */
  GST_INFO_OBJECT (self->element, "server: %s %s", status->level, status->code);
  if (++self->statuses > MAX_STATUSES)
    return;
  post_element (self, gst_structure_new ("rtmp-status",
          "level", G_TYPE_STRING,
          status->level, "code", G_TYPE_STRING,
          status->code, "description",
          G_TYPE_STRING, status->description, NULL));
}

static void
post_error (GstRtmpEngine * self, const GError * error)
{
  const GstRtmpErrorContext context = {
    .publish = self->publish,
    .running = self->has_run,
    .where = self->where,
  };

  gst_rtmp_element_error (self->element, error, &context);
}

/* What was played before a loss goes out first: applications stop at an error,
 * and bins that are not in PLAYING yet give up. */
static gboolean
is_deferred (const GstRtmpEngine * self)
{
  return !self->publish && self->running;
}

static void
post_end (GstRtmpEngine * self, const GError * error)
{
  if (error && !self->running)
    post_progress (self, GST_PROGRESS_TYPE_ERROR, error->message);
  if (self->running)
    post_element (self, gst_structure_new ("rtmp-disconnected",
            "reason", G_TYPE_STRING, error ? error->message : "done", NULL));
  if (error && !is_deferred (self))
    post_error (self, error);
}

/* What another attempt would not change. Everything else may: a server that
 * restarts knows no stream for a while, one that has not noticed has the
 * name in use. */
static gboolean
is_final (const GError * error)
{
  static const RtmpError codes[] = {
    RTMP_ERROR_AUTH_NEEDED, RTMP_ERROR_TOKEN_NEEDED, RTMP_ERROR_AUTH_FAILED,
    RTMP_ERROR_UNSUPPORTED, RTMP_ERROR_BAD_URL
  };
  guint i;

  if (error->domain != RTMP_ERROR)
    return error->domain == G_TLS_ERROR;
  for (i = 0; i < G_N_ELEMENTS (codes); i++)
    if (error->code == (gint) codes[i])
      return TRUE;
  return rtmp_error_band (error) == RTMP_ERROR_BAND_TLS;
}

static gboolean
may_retry (GstRtmpEngine * self, const GError * error)
{
  gboolean finishing;

  g_mutex_lock (&self->lock);
  finishing = self->finishing;
  g_mutex_unlock (&self->lock);
  return error && self->reconnect && self->has_run && !finishing
      && !self->options.is_recorded && !is_final (error)
      && (self->reconnect_attempts == 0
      || self->attempts < self->reconnect_attempts);
}

static void
begin_retry (GstRtmpEngine * self, const GError * error)
{
  guint delay = MIN (self->reconnect_delay, MAX_RECONNECT_DELAY);

  delay = (guint) MIN ((guint64) delay << MIN (self->attempts, 16),
      MAX_RECONNECT_DELAY);
  self->attempts++;
  g_mutex_lock (&self->lock);
  self->retry = TRUE;
  self->retry_at = g_get_monotonic_time () + delay * G_TIME_SPAN_MILLISECOND;
  g_atomic_int_set (&self->closed, TRUE);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  if (self->running)
    post_element (self, gst_structure_new ("rtmp-disconnected",
            "reason", G_TYPE_STRING, error->message, NULL));
  post_element (self, gst_structure_new ("rtmp-reconnecting",
          "attempt", G_TYPE_UINT, self->attempts,
          "delay", GST_TYPE_CLOCK_TIME, delay * GST_MSECOND,
          "reason", G_TYPE_STRING, error->message, NULL));
}

static void
on_closed (const GError * error, gpointer user_data)
{
  GstRtmpEngine *self = user_data;

  if (may_retry (self, error)) {
    begin_retry (self, error);
    return;
  }

  if (self->options.loss_is_end && self->running
      && g_error_matches (error, RTMP_ERROR, RTMP_ERROR_PEER_CLOSED))
    error = NULL;
  g_mutex_lock (&self->lock);
  self->failed = error != NULL;
  g_mutex_unlock (&self->lock);
  post_end (self, error);
  g_mutex_lock (&self->lock);
  g_atomic_int_set (&self->closed, TRUE);
  if (error && is_deferred (self))
    self->loss = g_error_copy (error);
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

static guint
fullness (const GstRtmpEngineOptions * options, const RtmpClientLevel * level)
{
  guint64 bytes = options->max_bytes > 0
      ? gst_util_uint64_scale (level->bytes, 100, options->max_bytes) : 0;
  guint64 time = options->max_time > 0
      ? gst_util_uint64_scale (level->time * GST_MSECOND, 100,
      options->max_time)
      : 0;

  return (guint) MIN (MAX (bytes, time), G_MAXUINT);
}

gboolean
gst_rtmp_engine_publish (GstRtmpEngine * self, RtmpMessageType type,
    guint32 timestamp, GBytes * payload)
{
  RtmpClientLevel level;

  rtmp_client_publish (self->client, type, timestamp, payload, &level);
  return fullness (&self->options, &level) > 100
      || g_atomic_int_get (&self->closed);
}

guint
gst_rtmp_engine_fullness (GstRtmpEngine * self)
{
  RtmpClientLevel level;

  rtmp_client_level (self->client, &level);
  return fullness (&self->options, &level);
}

static GstFlowReturn
flow_locked (GstRtmpEngine * self)
{
  if (self->flushing || self->interrupted)
    return GST_FLOW_FLUSHING;
  if (self->retry)
    return GST_RTMP_FLOW_RETRY;
  if (self->closed)
    return self->failed ? GST_FLOW_ERROR : GST_FLOW_EOS;
  return GST_FLOW_OK;
}

GstFlowReturn
gst_rtmp_engine_flow (GstRtmpEngine * self)
{
  GstFlowReturn flow;

  g_mutex_lock (&self->lock);
  flow = flow_locked (self);
  g_mutex_unlock (&self->lock);
  return flow;
}

gboolean
gst_rtmp_engine_has_failed (GstRtmpEngine * self)
{
  gboolean failed;

  g_mutex_lock (&self->lock);
  failed = self->failed;
  g_mutex_unlock (&self->lock);
  return failed;
}

GstFlowReturn
gst_rtmp_engine_wait_for_room (GstRtmpEngine * self)
{
  GstFlowReturn flow;

  g_mutex_lock (&self->lock);
  while ((flow = flow_locked (self)) == GST_FLOW_OK
      && gst_rtmp_engine_fullness (self) > 75)
    g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
  return flow;
}

GstFlowReturn
gst_rtmp_engine_wait_for_server (GstRtmpEngine * self, RtmpCapabilities * out)
{
  RtmpClientStats stats = { 0, };
  GstFlowReturn flow;

  g_mutex_lock (&self->lock);
  while ((flow = flow_locked (self)) == GST_FLOW_OK && !self->is_server_known)
    g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
  if (flow == GST_FLOW_OK)
    rtmp_client_stats (self->client, &stats);
  *out = stats.capabilities;
  return flow;
}

gboolean
gst_rtmp_engine_drain (GstRtmpEngine * self, gint64 end)
{
  gboolean done;

  rtmp_client_finish (self->client);
  g_mutex_lock (&self->lock);
  self->finishing = TRUE;
  while (!self->closed && !self->flushing
      && g_cond_wait_until (&self->cond, &self->lock, end));
  done = self->closed;
  g_mutex_unlock (&self->lock);
  return done;
}

/* Playing */

/* What the client is told by more than one thread, it is told under lock: the
 * last word is the right one then. */

static void
seek_locked (GstRtmpEngine * self, guint32 position)
{
  self->seeking = TRUE;
  rtmp_client_seek (self->client, position, ++self->seek_serial);
}

static void
pause_locked (GstRtmpEngine * self, gboolean pause)
{
  self->pause_sent = pause;
  rtmp_client_pause (self->client, pause, self->last_timestamp);
}

/* Downstream needs something to pause on, so that the server may only be told
 * when some waits here already. */
static gboolean
should_pause_locked (GstRtmpEngine * self)
{
  const RtmpMessage *oldest;

  if (!self->pause_wanted || self->pause_sent || self->seeking
      || gst_queue_array_is_empty (self->arrived))
    return FALSE;
  oldest = gst_queue_array_peek_head_struct (self->arrived);
  return (gint32) (self->last_timestamp - oldest->timestamp) >= PAUSE_AFTER;
}

/* Moves @message to what has arrived. */
static void
accept_locked (GstRtmpEngine * self, RtmpMessage * message)
{
  self->last_timestamp = message->timestamp;
  self->arrived_bytes += rtmp_message_size (message) + MESSAGE_COST;
  /* Who waits, waits for the first one. */
  if (gst_queue_array_is_empty (self->arrived))
    g_cond_signal (&self->cond);
  gst_queue_array_push_tail_struct (self->arrived, message);
  message->payload = NULL;
  if (self->paused_reading || self->options.max_bytes == 0
      || self->arrived_bytes <= self->options.max_bytes)
    return;
  self->paused_reading = TRUE;
  rtmp_client_set_reading (self->client, FALSE);
}

static void
on_media (RtmpMessage * message, gpointer user_data)
{
  GstRtmpEngine *self = user_data;
  GstRtmpResumeVerdict verdict = GST_RTMP_RESUME_DROP;
  guint32 position = 0;

  g_mutex_lock (&self->lock);
  if (!self->seeking)
    verdict = gst_rtmp_resume_check (&self->resume, message, &position);
  if (verdict == GST_RTMP_RESUME_PASS)
    accept_locked (self, message);
  else if (verdict == GST_RTMP_RESUME_SEEK)
    seek_locked (self, position);
  if (should_pause_locked (self))
    pause_locked (self, TRUE);
  g_mutex_unlock (&self->lock);
}

static guint
take_arrived_locked (GstRtmpEngine * self, RtmpMessage * messages, guint max)
{
  guint i, n = MIN (max, gst_queue_array_get_length (self->arrived));

  for (i = 0; i < n; i++) {
    messages[i] =
        *(RtmpMessage *) gst_queue_array_pop_head_struct (self->arrived);
    self->arrived_bytes -= rtmp_message_size (&messages[i]) + MESSAGE_COST;
  }
  return n;
}

/* What may be read again after arrivals have been taken or dropped. */
static void
resume_locked (GstRtmpEngine * self)
{
  if (!self->paused_reading
      || self->arrived_bytes > self->options.max_bytes / 2)
    return;
  self->paused_reading = FALSE;
  rtmp_client_set_reading (self->client, TRUE);
}

guint
gst_rtmp_engine_pop (GstRtmpEngine * self, RtmpMessage * messages, guint max,
    GstFlowReturn * flow)
{
  g_autoptr (GError) loss = NULL;
  guint n = 0;

  g_mutex_lock (&self->lock);
  while (!self->flushing && !self->interrupted && !self->closed
      && gst_queue_array_is_empty (self->arrived))
    g_cond_wait (&self->cond, &self->lock);
  if (!self->flushing && !gst_queue_array_is_empty (self->arrived))
    n = take_arrived_locked (self, messages, max);
  else
    *flow = flow_locked (self);
  if (n == 0 && *flow == GST_FLOW_ERROR)
    loss = g_steal_pointer (&self->loss);
  resume_locked (self);
  g_mutex_unlock (&self->lock);
  if (loss)
    post_error (self, loss);
  return n;
}

/* A server that was told to pause would not send what is after the seek. */
void
gst_rtmp_engine_seek (GstRtmpEngine * self, guint32 position)
{
  g_mutex_lock (&self->lock);
  gst_rtmp_resume_reset (&self->resume);
  gst_queue_array_clear (self->arrived);
  self->arrived_bytes = 0;
  resume_locked (self);
  seek_locked (self, position);
  self->last_timestamp = position;
  if (self->pause_sent)
    pause_locked (self, FALSE);
  g_mutex_unlock (&self->lock);
}

static void
on_sought (guint serial, gboolean refused, gpointer user_data)
{
  GstRtmpEngine *self = user_data;

  g_mutex_lock (&self->lock);
  if (serial == self->seek_serial) {
    self->seeking = FALSE;
    self->seek_refused = refused;
  }
  g_mutex_unlock (&self->lock);
}

gboolean
gst_rtmp_engine_is_seek_refused (GstRtmpEngine * self)
{
  gboolean refused;

  g_mutex_lock (&self->lock);
  refused = self->seek_refused;
  g_mutex_unlock (&self->lock);
  return refused;
}

void
gst_rtmp_engine_set_paused (GstRtmpEngine * self, gboolean paused)
{
  g_mutex_lock (&self->lock);
  self->pause_wanted = paused;
  if (!paused && self->pause_sent) {
    pause_locked (self, FALSE);
    gst_rtmp_resume_begin (&self->resume);
  }
  g_mutex_unlock (&self->lock);
}

static void
on_length (gdouble seconds, gpointer user_data)
{
  GstRtmpEngine *self = user_data;

  gboolean changed;
  GstClockTime length;

  if (seconds > G_MAXUINT32)
    return;
  length = (GstClockTime) (seconds * GST_SECOND);
  g_mutex_lock (&self->lock);
  /* The first one counts: metadata may come any number of times. */
  changed = !GST_CLOCK_TIME_IS_VALID (self->length);
  if (changed)
    self->length = length;
  g_mutex_unlock (&self->lock);
  if (changed)
    gst_element_post_message (self->element,
        gst_message_new_duration_changed (GST_OBJECT (self->element)));
}

GstClockTime
gst_rtmp_engine_length (GstRtmpEngine * self)
{
  GstClockTime length;

  g_mutex_lock (&self->lock);
  length = self->length;
  g_mutex_unlock (&self->lock);
  return length;
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
  .sought = on_sought,
  .length = on_length,
  .closed = on_closed,
};

GstRtmpEngine *
gst_rtmp_engine_new (GstElement * element)
{
  GstRtmpEngine *self = g_new0 (GstRtmpEngine, 1);

  self->element = element;
  self->length = GST_CLOCK_TIME_NONE;
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
  self->client = rtmp_client_new (target, config, NULL, &client_events, self);
  g_mutex_lock (&self->lock);
  self->started = TRUE;
  g_mutex_unlock (&self->lock);
  post_progress (self, GST_PROGRESS_TYPE_START, self->where);
  rtmp_client_start (self->client);
}

static guint
peak_rate (guint kbps)
{
  return (guint) MIN ((guint64) kbps * 1000 / 8, G_MAXUINT);
}

gboolean
gst_rtmp_engine_start (GstRtmpEngine * self, const GstRtmpSettings * settings,
    RtmpClientConfig * config, const GstRtmpEngineOptions * options)
{
  g_autoptr (GError) error = NULL;
  GstRtmpSettings copy;
  RtmpClientTarget target = {
    .idle_timeout = (gint64) options->idle_timeout * G_USEC_PER_SEC,
    .peak_rate = peak_rate (options->peak_kbps),
  };

  g_assert (self->client == NULL);
  self->publish = config->publish;
  self->options = *options;
  GST_OBJECT_LOCK (self->element);
  gst_rtmp_settings_copy_locked (&copy, settings);
  GST_OBJECT_UNLOCK (self->element);
  self->reconnect = copy.reconnect;
  self->reconnect_attempts = copy.reconnect_attempts;
  self->reconnect_delay = copy.reconnect_delay;
  g_free (self->where);
  self->where = rtmp_url_to_string (copy.url, FALSE);
  if (gst_rtmp_settings_resolve (&copy, config, &target, &error))
    start_client (self, &target, config);
  else
    post_end (self, error);
  gst_rtmp_settings_clear (&copy);
  rtmp_client_config_clear (config);
  return error == NULL;
}

gboolean
gst_rtmp_engine_has_ended (GstRtmpEngine * self)
{
  gboolean ended;

  g_mutex_lock (&self->lock);
  ended = self->closed && !self->failed && !self->retry;
  g_mutex_unlock (&self->lock);
  return ended;
}

gboolean
gst_rtmp_engine_is_started (const GstRtmpEngine * self)
{
  return self->client != NULL;
}

/* What any thread may ask for at any time. */
static void
forget_locked (GstRtmpEngine * self)
{
  g_clear_error (&self->loss);
  gst_queue_array_clear (self->arrived);
  gst_rtmp_resume_reset (&self->resume);
  self->arrived_bytes = 0;
  self->finishing = self->retry = self->is_server_known = FALSE;
  self->failed = self->paused_reading = self->seeking = FALSE;
  self->length = GST_CLOCK_TIME_NONE;
  g_atomic_int_set (&self->closed, FALSE);
}

static void
drop_client (GstRtmpEngine * self)
{
  g_mutex_lock (&self->lock);
  self->started = self->pause_wanted = self->pause_sent = FALSE;
  g_mutex_unlock (&self->lock);
  if (self->client) {
    rtmp_client_free (self->client);
    self->client = NULL;        /* not before: its events use it */
    if (!self->running && !self->closed)
      post_progress (self, GST_PROGRESS_TYPE_CANCELED, "stopped");
  }
  g_clear_pointer (&self->where, g_free);
  self->running = FALSE;
  self->statuses = 0;
  g_mutex_lock (&self->lock);
  forget_locked (self);
  g_mutex_unlock (&self->lock);
}

void
gst_rtmp_engine_stop (GstRtmpEngine * self)
{
  drop_client (self);
  g_mutex_lock (&self->lock);
  self->reconnects = 0;
  g_mutex_unlock (&self->lock);
  self->has_run = FALSE;
  self->attempts = 0;
}

GstFlowReturn
gst_rtmp_engine_reconnect (GstRtmpEngine * self)
{
  gboolean flushing;

  g_mutex_lock (&self->lock);
  while (!self->flushing
      && g_cond_wait_until (&self->cond, &self->lock, self->retry_at));
  flushing = self->flushing;
  g_mutex_unlock (&self->lock);
  if (flushing)
    return GST_FLOW_FLUSHING;
  drop_client (self);
  return GST_FLOW_OK;
}

void
gst_rtmp_engine_set_flushing (GstRtmpEngine * self, gboolean flushing)
{
  g_mutex_lock (&self->lock);
  self->flushing = flushing;
  self->interrupted = FALSE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

void
gst_rtmp_engine_interrupt (GstRtmpEngine * self)
{
  g_mutex_lock (&self->lock);
  self->interrupted = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

void
gst_rtmp_engine_set_chunk_size (GstRtmpEngine * self, guint size)
{
  g_mutex_lock (&self->lock);
  if (self->started)
    rtmp_client_set_chunk_size (self->client, size);
  g_mutex_unlock (&self->lock);
}

void
gst_rtmp_engine_set_peak_kbps (GstRtmpEngine * self, guint kbps)
{
  g_mutex_lock (&self->lock);
  if (self->started)
    rtmp_client_set_peak_rate (self->client, peak_rate (kbps));
  g_mutex_unlock (&self->lock);
}

void
gst_rtmp_engine_switch (GstRtmpEngine * self, const gchar * stream)
{
  g_mutex_lock (&self->lock);
  if (self->started)
    rtmp_client_switch (self->client, stream);
  g_mutex_unlock (&self->lock);
}

GstStructure *
gst_rtmp_engine_stats (GstRtmpEngine * self)
{
  g_autofree gchar *peer = NULL;
  RtmpClientStats stats = { 0, };
  guint reconnects;

  g_mutex_lock (&self->lock);
  if (self->started) {
    rtmp_client_stats (self->client, &stats);
    peer = rtmp_client_peer (self->client);
  }
  reconnects = self->reconnects;
  g_mutex_unlock (&self->lock);
  return gst_rtmp_stats_new (&stats, peer, reconnects);
}

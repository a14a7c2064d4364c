/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpclient.h"

#include "rtmpconnection.h"
#include "rtmpcrypto.h"
#include "rtmpdialer.h"
#include "rtmperror.h"
#include "rtmpinbox.h"
#include "rtmplog.h"
#include "rtmploop.h"

/* How often the stats are brought up to date: microseconds. */
#define STATS_INTERVAL (100 * 1000)
/* Over how long a rate is an average, at least: microseconds. */
#define RATE_INTERVAL G_USEC_PER_SEC

/* Bytes so far, from time to time. */
typedef struct
{
  gint64 since;
  guint64 bytes;
  guint64 rate;                 /* bits a second, up to then */
} Rate;

/* Something asked of a recorded stream. */
typedef struct
{
  gboolean wanted;
  guint32 position;
  gboolean on;                  /* of a pause */
  guint serial;                 /* of a seek */
} Trick;

struct _RtmpClient
{
  /* Constant. */
  const RtmpClientEvents *events;
  gpointer user_data;
  RtmpLoop *loop;
  gint64 idle_timeout;
  RtmpHandshakeFlags handshake;
  RtmpClientConfig config;
  RtmpLimits limits;

  /* The loop's thread only. */
  RtmpClientStep step;          /* of this connection */
  gint told;                    /* the last step told; -1: none */
  GCancellable *cancellable;
  GSource *wake_source;
  RtmpDialer *dialer;
  RtmpConnectPlan *plan;
  RtmpValue *rejection;         /* what may be an order to connect again */
  gboolean told_why;            /* the end, by a message */
  gboolean retry;
  RtmpConnection *connection;
  RtmpClientSession *session;
  RtmpClientStats current;
  gint64 next_stats;
  guint peak_rate;              /* in force on this connection */
  gboolean reading;
  gboolean paused;              /* the server, by us */
  gint64 last_message;          /* when it came */
  guint seeks_sent;             /* and not answered */
  guint seek_serial;            /* of the last one */
  gboolean finishing;
  gboolean closed;
  gboolean stopped;             /* by free: no more events */

  /* Under lock. It is a leaf: nothing is called with it held. */
  GMutex lock;
  RtmpInbox inbox;
  gboolean finish_wanted;
  gboolean reading_wanted;
  Trick seek;
  Trick pause;
  guint32 chunk_size;           /* wanted */
  guint peak_rate_wanted;
  gchar *switch_wanted;         /* to which stream; NULL: stay */
  gchar *peer;
  RtmpClientStats stats;        /* as of the last time round */
  Rate in_rate;
  Rate out_rate;
};

static void wake (RtmpClient * self);
static void connect_again (RtmpClient * self);

/* Telling */

static void
tell_step (RtmpClient * self, RtmpClientStep step)
{
  if (self->closed)
    return;
  self->step = MAX (self->step, step);
  if ((gint) step <= self->told)
    return;
  self->told = (gint) step;
  self->events->step (step, self->user_data);
}

static void
close_client (RtmpClient * self, const GError * error)
{
  if (self->closed)
    return;
  self->closed = TRUE;
  if (self->stopped)
    return;
  RTMP_DEBUG ("closed: %s", error ? error->message : "done");
  self->events->closed (error, self->user_data);
}

/* Stats */

/* Fewer bytes than before are those of another connection. */
static void
rate_update (Rate * self, guint64 bytes, gint64 now)
{
  gint64 time = now - self->since;

  if (time < RATE_INTERVAL)
    return;
  if (self->since > 0)
    self->rate = (guint64) ((gdouble) (bytes < self->bytes ? bytes
            : bytes - self->bytes) * 8 * G_USEC_PER_SEC / time);
  self->since = now;
  self->bytes = bytes;
}

/* Under lock; also when nothing comes or goes, and the loop sleeps. */
static void
update_rates (RtmpClient * self, gint64 now)
{
  rate_update (&self->in_rate, self->stats.link.in_bytes, now);
  rate_update (&self->out_rate, self->stats.link.out_bytes, now);
}

/* Hands on what only the loop's thread can see. */
static void
update_stats (RtmpClient * self, gint64 now)
{
  if (now < self->next_stats)
    return;
  self->next_stats = now + STATS_INTERVAL;
  rtmp_connection_stats (self->connection, &self->current.link);
  self->current.round_trip =
      rtmp_transport_round_trip (rtmp_connection_transport (self->connection));
  self->current.capabilities =
      *rtmp_client_session_peer_capabilities (self->session);
  g_mutex_lock (&self->lock);
  self->stats = self->current;
  update_rates (self, now);
  g_mutex_unlock (&self->lock);
}

static void
count_message (RtmpClient * self, guint8 type)
{
  if (type == RTMP_MESSAGE_AUDIO)
    self->current.audio_messages++;
  else if (type == RTMP_MESSAGE_VIDEO)
    self->current.video_messages++;
  else
    self->current.data_messages++;
}

/* Session events */

static void
on_session_send (RtmpMessage * message, gpointer user_data)
{
  RtmpClient *self = user_data;

  rtmp_connection_send (self->connection, message);
}

static void
on_session_state (RtmpClientSessionState state, gpointer user_data)
{
  RtmpClient *self = user_data;

  switch (state) {
    case RTMP_CLIENT_SESSION_AWAIT_CONNECT:
      tell_step (self, RTMP_CLIENT_STEP_SESSION);
      break;
    case RTMP_CLIENT_SESSION_AWAIT_START:
      tell_step (self, RTMP_CLIENT_STEP_START);
      break;
    case RTMP_CLIENT_SESSION_RUNNING:
      update_stats (self, self->next_stats);    /* what the server can do */
      tell_step (self, RTMP_CLIENT_STEP_RUNNING);
      wake (self);              /* for what was published before */
      break;
    case RTMP_CLIENT_SESSION_ENDED:
      if (self->finishing)
        break;
      close_client (self, NULL);        /* the peer ended what we play */
      /* A server may wait for us to go, before it does. */
      rtmp_connection_finish (self->connection);
      break;
    default:
      break;
  }
}

/* An answer to connect may want another one. A redirect comes as late as behind
 * the start (SRS), but not when media has gone either way. */
static gboolean
may_retry (const RtmpClient * self, const RtmpValue * info)
{
  if (rtmp_client_session_state (self->session) ==
      RTMP_CLIENT_SESSION_AWAIT_CONNECT)
    return TRUE;
  return rtmp_connect_plan_is_redirect (info)
      && self->current.audio_messages == 0
      && self->current.video_messages == 0 && self->current.data_messages == 0;
}

static void
on_session_status (const RtmpStatus * status, gpointer user_data)
{
  RtmpClient *self = user_data;

  if (self->stopped)
    return;
  if (status->info && may_retry (self, status->info)) {
    g_clear_pointer (&self->rejection, rtmp_value_unref);
    self->rejection = rtmp_value_ref (status->info);
  }
  self->events->status (status, self->user_data);
  if (rtmp_status_is_seek (status)
      && self->seeks_sent > 0 && --self->seeks_sent == 0)
    self->events->sought (self->seek_serial,
        rtmp_status_is_soft_failure (status), self->user_data);
}

static gboolean
on_session_media (RtmpMessage * message, gpointer user_data, GError ** error)
{
  RtmpClient *self = user_data;

  if (self->closed)
    return TRUE;
  count_message (self, message->type);
  self->events->media (message, self->user_data);
  return TRUE;
}

static void
on_session_recorded (gpointer user_data)
{
  RtmpClient *self = user_data;

  if (!self->closed)
    self->events->recorded (self->user_data);
}

static void
on_session_length (gdouble seconds, gpointer user_data)
{
  RtmpClient *self = user_data;

  if (!self->closed)
    self->events->length (seconds, self->user_data);
}

static const RtmpClientSessionEvents session_events = {
  .send = on_session_send,
  .state_changed = on_session_state,
  .status = on_session_status,
  .media = on_session_media,
  .recorded = on_session_recorded,
  .length = on_session_length,
};

/* Connection events */

static gboolean
on_opened (gpointer user_data, GError ** error)
{
  RtmpClient *self = user_data;

  rtmp_client_session_start (self->session, g_get_monotonic_time (),
      rtmp_connection_swf_key (self->connection));
  return TRUE;
}

static gboolean
on_message (RtmpMessage * message, gpointer user_data, GError ** error)
{
  RtmpClient *self = user_data;
  gint64 now = g_get_monotonic_time ();

  self->last_message = now;
  update_stats (self, now);
  self->told_why =
      !rtmp_client_session_message (self->session, now, message, error);
  return !self->told_why;
}

/* A server that we do not listen to is not silent. */
static gint64
idle_deadline (const RtmpClient * self)
{
  if (self->idle_timeout <= 0 || !self->reading || self->paused
      || self->step < RTMP_CLIENT_STEP_RUNNING)
    return RTMP_DEADLINE_NONE;
  return self->last_message + self->idle_timeout;
}

static gint64
next_deadline (gpointer user_data)
{
  RtmpClient *self = user_data;

  return MIN (idle_deadline (self),
      rtmp_client_session_next_deadline (self->session));
}

static gboolean
on_deadline (gint64 now, gpointer user_data, GError ** error)
{
  RtmpClient *self = user_data;

  if (idle_deadline (self) <= now) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_TIMED_OUT,
        "nothing came from the server for %.3g seconds",
        (gdouble) self->idle_timeout / G_USEC_PER_SEC);
    return FALSE;
  }
  return rtmp_client_session_on_deadline (self->session, now, error);
}

static void
on_sent (gpointer user_data)
{
  RtmpClient *self = user_data;

  g_mutex_lock (&self->lock);
  rtmp_inbox_update (&self->inbox, rtmp_connection_queue (self->connection));
  g_mutex_unlock (&self->lock);
  update_stats (self, g_get_monotonic_time ());
  if (!self->closed)
    self->events->sent (self->user_data);
}

/* A refusal may only be a demand to connect again. TRUE: it is dealt with, one
 * way or the other. */
static gboolean
plan_retry (RtmpClient * self, const GError * error)
{
  g_autoptr (RtmpValue) rejection = g_steal_pointer (&self->rejection);
  g_autoptr (GError) why = NULL;

  if (rejection == NULL || error == NULL
      || rtmp_error_band (error) != RTMP_ERROR_BAND_PEER
      || !may_retry (self, rejection))
    return FALSE;
  if (rtmp_connect_plan_next (self->plan, rejection, g_random_int (), &why)) {
    self->retry = TRUE;
    wake (self);
    return TRUE;
  }
  if (why)
    close_client (self, why);
  return why != NULL;
}

/* Whether @error may be what comes of a secure token that was not answered. */
static gboolean
is_for_token (const RtmpClient * self, const GError * error)
{
  return rtmp_client_session_token_missed (self->session)
      && self->step < RTMP_CLIENT_STEP_RUNNING
      && rtmp_error_band (error) == RTMP_ERROR_BAND_PEER
      && error->code != RTMP_ERROR_NOT_FOUND
      && error->code != RTMP_ERROR_IN_USE;
}

/* A peer that closes says nothing of why; where we stood tells most of it.
 * (transfer full) (nullable) */
static GError *
explain_end (RtmpClient * self, const GError * error)
{
  gboolean shaking = self->step < RTMP_CLIENT_STEP_SESSION;

  if (shaking && error && error->domain == G_TLS_ERROR) {
    return rtmp_dialer_explain (self->dialer, error);
  } else if (shaking && (g_error_matches (error, RTMP_ERROR,
              RTMP_ERROR_PEER_CLOSED) || g_error_matches (error, G_IO_ERROR,
              G_IO_ERROR_CONNECTION_CLOSED))) {
    return g_error_new (RTMP_ERROR, RTMP_ERROR_CLOSED_IN_HANDSHAKE,
        "the server closed the connection in the handshake (%s)",
        error->message);
  } else if (error && is_for_token (self, error)) {
    return g_error_new (RTMP_ERROR, RTMP_ERROR_TOKEN_NEEDED,
        "the server wants an answer to its secure token, which needs "
        "secure-token; without one: %s", error->message);
  } else if (g_error_matches (error, RTMP_ERROR, RTMP_ERROR_PEER_CLOSED)) {
    gboolean says_why = self->told_why
        || rtmp_scheme_is_tunnelled (self->plan->scheme);

    return g_error_new (RTMP_ERROR, RTMP_ERROR_PEER_CLOSED,
        "the server closed the connection (%s%s%s)%s",
        rtmp_client_session_state_to_string (rtmp_client_session_state
            (self->session)), says_why ? ": " : "",
        says_why ? error->message : "",
        rtmp_client_session_swf_missed (self->session)
        ? "; it wanted SWF verification, which needs a SWF file, or its hash "
        "and size" : "");
  }
  return NULL;
}

static void
on_connection_closed (const GError * error, gpointer user_data)
{
  RtmpClient *self = user_data;
  g_autoptr (GError) told = NULL;

  update_stats (self, self->next_stats);
  if (plan_retry (self, error))
    return;
  told = explain_end (self, error);
  close_client (self, told ? told : error);
}

static const RtmpConnectionEvents connection_events = {
  .opened = on_opened,
  .message = on_message,
  .next_deadline = next_deadline,
  .on_deadline = on_deadline,
  .sent = on_sent,
  .closed = on_connection_closed,
};

/* From other threads */

/* Publishes what has come in, once the session runs. */
static void
drain_inbox (RtmpClient * self)
{
  g_autoptr (GArray) items = NULL;
  guint i;

  if (rtmp_client_session_state (self->session) != RTMP_CLIENT_SESSION_RUNNING)
    return;
  g_mutex_lock (&self->lock);
  items = rtmp_inbox_take (&self->inbox);
  g_mutex_unlock (&self->lock);
  for (i = 0; i < items->len; i++) {
    const RtmpInboxItem *item = &g_array_index (items, RtmpInboxItem, i);

    count_message (self, item->type);
    rtmp_client_session_publish (self->session, item->type, item->timestamp,
        item->payload);
  }
  /* Also for what the session has left out. */
  if (items->len > 0)
    on_sent (self);
}

static void
finish (RtmpClient * self)
{
  if (self->finishing)
    return;
  self->finishing = TRUE;
  rtmp_client_session_stop (self->session, g_get_monotonic_time ());
  rtmp_connection_finish (self->connection);
}

static void
ask_tricks (RtmpClient * self)
{
  Trick seek, pause;

  if (rtmp_client_session_state (self->session) != RTMP_CLIENT_SESSION_RUNNING)
    return;
  g_mutex_lock (&self->lock);
  seek = self->seek;
  pause = self->pause;
  self->seek.wanted = self->pause.wanted = FALSE;
  g_mutex_unlock (&self->lock);
  if (seek.wanted) {
    self->seeks_sent++;
    self->seek_serial = seek.serial;
    rtmp_client_session_seek (self->session, g_get_monotonic_time (),
        seek.position);
  }
  if (pause.wanted) {
    self->paused = pause.on;
    self->last_message = g_get_monotonic_time ();
    rtmp_client_session_pause (self->session, pause.on, pause.position);
  }
}

/* Takes over what has been set while it runs. */
static void
apply_settings (RtmpClient * self)
{
  g_autofree gchar *stream = NULL;
  guint32 chunk_size;
  guint peak_rate;

  g_mutex_lock (&self->lock);
  chunk_size = self->chunk_size;
  peak_rate = self->peak_rate_wanted;
  if (rtmp_client_session_state (self->session) == RTMP_CLIENT_SESSION_RUNNING)
    stream = g_steal_pointer (&self->switch_wanted);
  g_mutex_unlock (&self->lock);
  rtmp_client_session_set_chunk_size (self->session, chunk_size);
  if (peak_rate != self->peak_rate)
    rtmp_transport_set_peak_rate (rtmp_connection_transport
        (self->connection), peak_rate);
  self->peak_rate = peak_rate;
  if (stream)
    rtmp_client_session_switch (self->session, stream);
}

static void
wake_connection (RtmpClient * self, gboolean reading, gboolean can_finish)
{
  apply_settings (self);
  drain_inbox (self);
  ask_tricks (self);
  if (reading && !self->reading)
    self->last_message = g_get_monotonic_time ();
  self->reading = reading;
  rtmp_connection_set_reading (self->connection, reading);
  if (can_finish)
    finish (self);
  rtmp_connection_update (self->connection);
}

static gboolean
on_wake (gpointer user_data)
{
  RtmpClient *self = user_data;
  gboolean can_finish, reading;

  /* What was published first has to wait for the session. */
  g_mutex_lock (&self->lock);
  can_finish = self->finish_wanted && (rtmp_inbox_is_empty (&self->inbox)
      || self->step == RTMP_CLIENT_STEP_RUNNING);
  reading = self->reading_wanted;
  g_mutex_unlock (&self->lock);
  if (self->closed)
    return G_SOURCE_CONTINUE;
  if (self->retry && !rtmp_dialer_is_busy (self->dialer))
    connect_again (self);
  else if (self->retry)
    return G_SOURCE_CONTINUE;   /* a tunnel is not mended any more */
  else if (self->connection)
    wake_connection (self, reading, can_finish);
  else if (can_finish) {
    g_cancellable_cancel (self->cancellable);
    close_client (self, NULL);
  }
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch_wake (GSource * source, GSourceFunc callback, gpointer user_data)
{
  g_source_set_ready_time (source, -1);
  return callback (user_data);
}

static GSourceFuncs wake_funcs = {.dispatch = dispatch_wake };

static void
wake (RtmpClient * self)
{
  g_source_set_ready_time (self->wake_source, 0);
}

void
rtmp_client_publish (RtmpClient * self, RtmpMessageType type,
    guint32 timestamp, GBytes * payload, RtmpClientLevel * level)
{
  const RtmpInboxItem item = { type, timestamp, payload };
  gboolean first;

  g_mutex_lock (&self->lock);
  first = rtmp_inbox_push (&self->inbox, &item);
  rtmp_inbox_level (&self->inbox, level);
  g_mutex_unlock (&self->lock);
  if (first)
    wake (self);
}

void
rtmp_client_level (RtmpClient * self, RtmpClientLevel * level)
{
  g_mutex_lock (&self->lock);
  rtmp_inbox_level (&self->inbox, level);
  g_mutex_unlock (&self->lock);
}

void
rtmp_client_finish (RtmpClient * self)
{
  g_mutex_lock (&self->lock);
  self->finish_wanted = TRUE;
  g_mutex_unlock (&self->lock);
  wake (self);
}

void
rtmp_client_set_reading (RtmpClient * self, gboolean reading)
{
  g_mutex_lock (&self->lock);
  self->reading_wanted = reading;
  g_mutex_unlock (&self->lock);
  /* From an event, before the next message: there may be very many. */
  if (!reading && rtmp_loop_is_current (self->loop) && self->connection) {
    self->reading = FALSE;
    rtmp_connection_set_reading (self->connection, FALSE);
  }
  wake (self);
}

static void
want_trick (RtmpClient * self, Trick * trick, const Trick * what)
{
  g_mutex_lock (&self->lock);
  *trick = *what;
  g_mutex_unlock (&self->lock);
  wake (self);
}

void
rtmp_client_seek (RtmpClient * self, guint32 position, guint serial)
{
  const Trick what = {.wanted = TRUE,.position = position,.serial = serial };

  want_trick (self, &self->seek, &what);
}

void
rtmp_client_pause (RtmpClient * self, gboolean pause, guint32 position)
{
  const Trick what = {.wanted = TRUE,.position = position,.on = pause };

  want_trick (self, &self->pause, &what);
}

void
rtmp_client_set_chunk_size (RtmpClient * self, guint32 size)
{
  g_mutex_lock (&self->lock);
  self->chunk_size = size;
  g_mutex_unlock (&self->lock);
  wake (self);
}

void
rtmp_client_set_peak_rate (RtmpClient * self, guint rate)
{
  g_mutex_lock (&self->lock);
  self->peak_rate_wanted = rate;
  g_mutex_unlock (&self->lock);
  wake (self);
}

void
rtmp_client_switch (RtmpClient * self, const gchar * stream)
{
  g_mutex_lock (&self->lock);
  g_free (self->switch_wanted);
  self->switch_wanted = g_strdup (stream);
  g_mutex_unlock (&self->lock);
  wake (self);
}

void
rtmp_client_stats (RtmpClient * self, RtmpClientStats * stats)
{
  RtmpClientLevel level;

  g_mutex_lock (&self->lock);
  if (self->in_rate.since > 0)
    update_rates (self, g_get_monotonic_time ());
  *stats = self->stats;
  stats->in_rate = self->in_rate.rate;
  stats->out_rate = self->out_rate.rate;
  rtmp_inbox_level (&self->inbox, &level);
  g_mutex_unlock (&self->lock);
  stats->queue_bytes = level.bytes;
  stats->queue_time = level.time;
}

gchar *
rtmp_client_peer (RtmpClient * self)
{
  gchar *peer;

  g_mutex_lock (&self->lock);
  peer = g_strdup (self->peer);
  g_mutex_unlock (&self->lock);
  return peer;
}

/* Connecting */

static void
on_dial_step (RtmpClientStep step, gpointer user_data)
{
  tell_step (user_data, step);
}

static RtmpClientSession *
make_session (RtmpClient * self)
{
  const RtmpSwf *swf = rtmp_dialer_swf (self->dialer);
  RtmpClientConfig config = self->config;

  config.app = self->plan->app;
  config.tc_url = self->plan->tc_url;
  if (swf)
    config.swf = *swf;
  return rtmp_client_session_new (&config, &self->limits, &session_events,
      self);
}

static RtmpHandshakeFlags
handshake_flags (const RtmpClient * self)
{
  return rtmp_scheme_is_encrypted (self->plan->scheme)
      ? RTMP_HANDSHAKE_ENCRYPTED : self->handshake;
}

/* The next request of a tunnel goes on another connection; its goodbye, too. */
static void
on_tunnel_broken (gpointer user_data)
{
  RtmpClient *self = user_data;

  if (!self->retry)
    rtmp_dialer_dial (self->dialer, self->plan);
}

static void
connected (RtmpClient * self, RtmpTransport * transport)
{
  gchar *peer = rtmp_transport_peer (transport);

  if (rtmp_scheme_is_tunnelled (self->plan->scheme))
    transport = rtmp_dialer_make_tunnel (self->dialer, transport,
        on_tunnel_broken, self);
  RTMP_INFO ("connected to %s (%s)", self->plan->host, peer);
  g_mutex_lock (&self->lock);
  g_free (self->peer);
  self->peer = peer;
  g_mutex_unlock (&self->lock);
  tell_step (self, RTMP_CLIENT_STEP_HANDSHAKE);
  self->session = make_session (self);
  self->peak_rate = 0;
  self->connection = rtmp_connection_new (transport, RTMP_ROLE_CLIENT,
      handshake_flags (self), self->config.timeout, &self->limits,
      &connection_events, self);
  wake (self);
}

static void
tunnel_mended (RtmpClient * self, RtmpTransport * transport)
{
  RtmpTransport *tunnel = rtmp_connection_transport (self->connection);

  rtmp_transport_http_connected (tunnel, transport, NULL);
  if (self->peak_rate > 0)
    rtmp_transport_set_peak_rate (tunnel, self->peak_rate);
}

static void
on_dial_connected (RtmpTransport * transport, gpointer user_data)
{
  RtmpClient *self = user_data;

  if (self->retry) {
    rtmp_transport_free (transport);
    wake (self);
  } else if (self->connection)
    tunnel_mended (self, transport);
  else
    connected (self, transport);
}

static void
on_dial_failed (const GError * error, gpointer user_data)
{
  RtmpClient *self = user_data;

  /* Without the tunnel that it was for, only its taking too long matters. */
  if (self->retry && !g_cancellable_is_cancelled (self->cancellable))
    wake (self);
  else
    close_client (self, error);
}

static const RtmpDialerEvents dialer_events = {
  .step = on_dial_step,
  .connected = on_dial_connected,
  .failed = on_dial_failed,
};

static gboolean
start (gpointer user_data)
{
  RtmpClient *self = user_data;

  if (!self->stopped)
    rtmp_dialer_dial (self->dialer, self->plan);
  return G_SOURCE_REMOVE;
}

static void
connect_again (RtmpClient * self)
{
  self->retry = FALSE;
  self->step = RTMP_CLIENT_STEP_RESOLVE;
  g_clear_pointer (&self->connection, rtmp_connection_free);
  g_clear_pointer (&self->session, rtmp_client_session_free);
  rtmp_dialer_dial (self->dialer, self->plan);
}

/* Life */

RtmpClient *
rtmp_client_new (const RtmpClientTarget * target,
    const RtmpClientConfig * config, const RtmpLimits * limits,
    const RtmpClientEvents * events, gpointer user_data)
{
  RtmpClient *self = g_new0 (RtmpClient, 1);

  self->events = events;
  self->user_data = user_data;
  self->told = -1;
  self->plan =
      rtmp_connect_plan_new (target->host, target->port, target->scheme,
      config->app, config->tc_url, &target->credentials, g_random_int ());
  rtmp_client_config_copy (&self->config, config);
  self->limits = limits ? *limits : rtmp_limits_default;
  g_mutex_init (&self->lock);
  rtmp_inbox_init (&self->inbox);
  self->idle_timeout = target->idle_timeout;
  self->peak_rate_wanted = target->peak_rate;
  self->handshake = target->handshake;
  self->chunk_size = config->chunk_size;
  self->reading = self->reading_wanted = TRUE;
  self->cancellable = g_cancellable_new ();
  self->dialer = rtmp_dialer_new (target, config->timeout, self->cancellable,
      &dialer_events, self);
  self->loop = rtmp_loop_acquire ();
  self->wake_source = g_source_new (&wake_funcs, sizeof (GSource));
  g_source_set_callback (self->wake_source, on_wake, self, NULL);
  g_source_attach (self->wake_source, rtmp_loop_context (self->loop));
  return self;
}

void
rtmp_client_start (RtmpClient * self)
{
  g_main_context_invoke (rtmp_loop_context (self->loop), start, self);
}

static void
stop (gpointer user_data)
{
  RtmpClient *self = user_data;

  self->closed = self->stopped = TRUE;
  g_cancellable_cancel (self->cancellable);
  g_source_destroy (self->wake_source);
  g_clear_pointer (&self->connection, rtmp_connection_free);
  g_clear_pointer (&self->session, rtmp_client_session_free);
}

void
rtmp_client_free (RtmpClient * self)
{
  rtmp_loop_call (self->loop, stop, self);
  rtmp_dialer_free (self->dialer);
  rtmp_loop_release (self->loop);

  rtmp_inbox_clear (&self->inbox);
  g_source_unref (self->wake_source);
  g_object_unref (self->cancellable);
  rtmp_client_config_clear (&self->config);
  g_mutex_clear (&self->lock);
  rtmp_connect_plan_free (self->plan);
  g_clear_pointer (&self->rejection, rtmp_value_unref);
  g_free (self->peer);
  g_free (self->switch_wanted);
  g_free (self);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpcaller.h"

#include "rtmperror.h"
#include "rtmplog.h"

/* How long a client that was told to go may take to do so: microseconds. */
#define LINGER (5 * G_USEC_PER_SEC)
/* How often the stats are brought up to date: microseconds. */
#define STATS_INTERVAL (100 * 1000)

/* What anybody may make us hold. Who publishes may send media, which is larger:
 * the defaults. */
static const RtmpLimits stranger_limits = {
  .message_size = 64 << 10,
  .chunk_streams = 16,
  .partial_bytes = 128 << 10,
  .amf_depth = 16,
  .amf_values = 1024,
  .amf_bytes = 256 << 10,
  .transactions = 16,
};

/* A stream of the caller, and where it leads. */
typedef struct
{
  guint32 stream;
  RtmpMount *mount;
  RtmpGuest *guest;             /* NULL: not yet begun */
  gboolean publish;
  gchar *name;
  gchar *query;
  RtmpPublishType type;
} Attachment;

/* The loop's thread only. */
struct _RtmpCaller
{
  RtmpServer *server;
  guint64 id;
  RtmpLoop *loop;
  gchar *peer;
  RtmpConnection *connection;
  RtmpServerSession *session;
  GArray *attachments;          /* of Attachment */
  GSource *free_source;         /* once it is closed */
  gint64 linger_deadline;       /* for the peer to go */
  gboolean finishing;           /* it may take longer if it reads */
  gboolean hung_up;
  gint64 stopped_at;            /* not read since then; 0: it is read */
  gint64 stopped;               /* for how long in all before */
  gint64 next_stats;
  gchar *app;
  gchar *query;
  gchar *tc_url;
  gchar *flash_version;
  gchar *user;
  gchar *password;              /* that it has shown to know; %NULL: none */
  RtmpCapabilities capabilities;
};

/* Attachments */

static void
attachment_clear (gpointer data)
{
  Attachment *self = data;

  g_free (self->name);
  g_free (self->query);
}

static void
fill_info (const RtmpCaller * self, const Attachment * attachment,
    RtmpCallerInfo * info)
{
  info->id = self->id;
  info->publish = attachment->publish;
  info->type = attachment->type;
  info->peer = self->peer;
  info->app = self->app;
  info->stream = attachment->name;
  info->query = *attachment->query ? attachment->query : self->query;
  info->tc_url = self->tc_url;
  info->flash_version = self->flash_version;
  info->user = self->user;
  info->capabilities = &self->capabilities;
}

/* -1: there is none. */
static gint
find_attachment (const RtmpCaller * self, guint32 stream)
{
  guint i;

  for (i = 0; i < self->attachments->len; i++)
    if (g_array_index (self->attachments, Attachment, i).stream == stream)
      return (gint) i;
  return -1;
}

static Attachment *
get_attachment (const RtmpCaller * self, guint32 stream)
{
  gint index = find_attachment (self, stream);

  return index < 0 ? NULL
      : &g_array_index (self->attachments, Attachment, index);
}

/* The session's clock stands still while the client is not read. */
static void
set_reading (RtmpCaller * self, gboolean reading)
{
  gint64 now = g_get_monotonic_time ();

  reading = reading || self->hung_up;
  if (reading && self->stopped_at) {
    self->stopped += now - self->stopped_at;
    self->stopped_at = 0;
  } else if (!reading && self->stopped_at == 0) {
    self->stopped_at = now;
  }
  rtmp_connection_set_reading (self->connection, reading);
}

/* Takes it out before the mount is told, who may look at us. */
static void
leave (RtmpCaller * self, guint index, const GError * error)
{
  Attachment gone = g_array_index (self->attachments, Attachment, index);
  RtmpCallerInfo info;

  fill_info (self, &gone, &info);
  g_array_index (self->attachments, Attachment, index).name = NULL;
  g_array_index (self->attachments, Attachment, index).query = NULL;
  g_array_remove_index_fast (self->attachments, index);
  rtmp_mount_leave (gone.mount, gone.guest, &info, error);
  /* Nobody else would resume it, and it has more to say. */
  if (gone.publish)
    set_reading (self, TRUE);
  attachment_clear (&gone);
}

static void
leave_all (RtmpCaller * self, const GError * error)
{
  while (self->attachments->len > 0)
    leave (self, self->attachments->len - 1, error);
}

/* Session events */

static void
on_send (RtmpMessage * message, gpointer user_data)
{
  RtmpCaller *self = user_data;

  rtmp_connection_send (self->connection, message);
}

/* @description: for the client; @reason: for us, NULL if it is to try again. */
static void
refuse_connect (RtmpCaller * self, const gchar * code,
    const gchar * description, const gchar * reason)
{
  static gchar empty[] = "";
  const Attachment none = {.name = empty,.query = empty };
  RtmpCallerInfo info;

  rtmp_server_session_refuse_connect (self->session, code, description, NULL);
  if (reason == NULL)
    return;
  RTMP_INFO ("%s: refused: %s", self->peer, reason);
  fill_info (self, &none, &info);
  rtmp_server_reject (self->server, &info, reason);
}

static void
ask_user (RtmpCaller * self)
{
  g_autofree gchar *user = NULL, *description = NULL;
  RtmpGatekeeperVerdict verdict = rtmp_server_check_user (self->server,
      self->app, self->query, &user, &self->password, &description);

  if (user) {
    g_free (self->user);
    self->user = g_steal_pointer (&user);
  }
  if (verdict == RTMP_GATEKEEPER_ADMITTED)
    rtmp_server_session_accept_connect (self->session);
  else
    refuse_connect (self, "NetConnection.Connect.Rejected", description,
        verdict == RTMP_GATEKEEPER_REFUSED ? "User or password is wrong."
        : NULL);
}

static void
on_connect (const RtmpConnectRequest * request, gpointer user_data)
{
  RtmpCaller *self = user_data;
  const gchar *no_app = "There is no such application.";

  self->app = g_strdup (request->app);
  self->query = g_strdup (request->query);
  self->tc_url = g_strdup (request->tc_url);
  self->flash_version = g_strdup (request->flash_version);
  self->capabilities = *request->capabilities;
  RTMP_INFO ("%s: connect to \"%s\" with %s", self->peer, self->app,
      self->flash_version);
  if (rtmp_server_asks_swf (self->server, self->app))
    rtmp_server_session_ask_swf (self->session,
        rtmp_connection_swf_key (self->connection));
  if (rtmp_server_has_app (self->server, self->app))
    ask_user (self);
  else
    refuse_connect (self, "NetConnection.Connect.InvalidApp", no_app, no_app);
}

/* FALSE: it is refused, and told to go. */
static gboolean
check_swf (RtmpCaller * self, const Attachment * attachment,
    const RtmpCallerInfo * info)
{
  const RtmpSwf *swf = rtmp_mount_swf (attachment->mount);
  g_autoptr (GError) error = NULL;

  if (swf == NULL || rtmp_server_session_check_swf (self->session, swf, &error))
    return TRUE;
  RTMP_INFO ("%s: refused: %s", self->peer, error->message);
  rtmp_mount_reject (attachment->mount, info, error->message);
  rtmp_server_session_refuse_stream (self->session, attachment->stream,
      attachment->publish ? "NetStream.Publish.Denied"
      : "NetStream.Play.Failed", error->message);
  rtmp_server_session_close (self->session, "NetConnection.Connect.Rejected",
      error->message);
  return FALSE;
}

static void
begin (RtmpCaller * self, Attachment * attachment, const RtmpCallerInfo * info)
{
  if (attachment->publish)
    rtmp_connection_set_limits (self->connection, &rtmp_limits_default);
  rtmp_server_session_accept_stream (self->session, attachment->stream);
  attachment->guest = rtmp_mount_begin (attachment->mount, self,
      attachment->stream, info);
}

static void
on_stream (const RtmpStreamRequest * request, gpointer user_data)
{
  RtmpCaller *self = user_data;
  const gchar *code = request->publish ? "NetStream.Publish.Denied"
      : "NetStream.Play.StreamNotFound";
  const gchar *reason = "There is no such stream.";
  Attachment attachment = {
    .stream = request->stream,
    .mount = rtmp_server_find_mount (self->server, request->publish, self->app,
        request->name),
    .publish = request->publish,
    .type = request->type,
  };
  RtmpCallerInfo info;

  /* Without the name: it may be a key. */
  RTMP_INFO ("%s: %s", self->peer, request->publish ? "publish" : "play");
  attachment.name = g_strdup (request->name);
  attachment.query = g_strdup (request->query);
  fill_info (self, &attachment, &info);
  if (attachment.mount && !check_swf (self, &attachment, &info)) {
    attachment_clear (&attachment);
    return;
  }
  if (attachment.mount
      && rtmp_mount_admit (attachment.mount, &info, self->password, &code,
          &reason)) {
    g_array_append_val (self->attachments, attachment);
    begin (self, get_attachment (self, request->stream), &info);
    return;
  }
  RTMP_INFO ("%s: refused: %s", self->peer, reason);
  if (attachment.mount == NULL)
    rtmp_server_reject (self->server, &info, reason);
  rtmp_server_session_refuse_stream (self->session, request->stream, code,
      reason);
  attachment_clear (&attachment);
}

static gboolean
on_media (guint32 stream, RtmpMessage * message, gpointer user_data,
    GError ** error)
{
  RtmpCaller *self = user_data;
  const Attachment *attachment = get_attachment (self, stream);
  RtmpCallerInfo info;

  if (attachment == NULL)
    return TRUE;
  fill_info (self, attachment, &info);
  rtmp_mount_take (attachment->mount, &info, message);
  return TRUE;
}

static void
on_receive (guint32 stream, RtmpMessageType type, gboolean on,
    gpointer user_data)
{
  const Attachment *attachment = get_attachment (user_data, stream);

  if (attachment)
    rtmp_guest_receive (attachment->guest, type, on);
}

static void
on_pause (guint32 stream, gboolean paused, gpointer user_data)
{
  const Attachment *attachment = get_attachment (user_data, stream);

  if (attachment)
    rtmp_guest_pause (attachment->guest, paused);
}

static void
on_stopped (guint32 stream, gpointer user_data)
{
  RtmpCaller *self = user_data;
  gint index = find_attachment (self, stream);

  if (index >= 0)
    leave (self, (guint) index, NULL);
  if (!rtmp_caller_is_publisher (self))
    rtmp_connection_set_limits (self->connection, &stranger_limits);
}

static void
on_session_closed (gpointer user_data)
{
  RtmpCaller *self = user_data;

  self->linger_deadline = g_get_monotonic_time () + LINGER;
  rtmp_connection_finish (self->connection);
}

static const RtmpServerSessionEvents session_events = {
  .send = on_send,
  .connect = on_connect,
  .stream = on_stream,
  .media = on_media,
  .receive = on_receive,
  .pause = on_pause,
  .stopped = on_stopped,
  .closed = on_session_closed,
};

/* Connection events */

static void
update_stats (RtmpCaller * self, gint64 now)
{
  guint i;

  if (now < self->next_stats)
    return;
  self->next_stats = now + STATS_INTERVAL;
  for (i = 0; i < self->attachments->len; i++) {
    const Attachment *attachment =
        &g_array_index (self->attachments, Attachment, i);

    if (attachment->guest)
      rtmp_mount_update_stats (attachment->mount, attachment->guest);
  }
}

/* The session's, which stands still while the client is not read: it cannot be
 * blamed for its silence then. */
static gint64
session_time (const RtmpCaller * self, gint64 now)
{
  return (self->stopped_at ? self->stopped_at : now) - self->stopped;
}

static gboolean
on_opened (gpointer user_data, GError ** error)
{
  RtmpCaller *self = user_data;

  rtmp_server_session_start (self->session,
      session_time (self, g_get_monotonic_time ()));
  return TRUE;
}

static gboolean
on_message (RtmpMessage * message, gpointer user_data, GError ** error)
{
  RtmpCaller *self = user_data;
  gint64 now = g_get_monotonic_time ();

  update_stats (self, now);
  return rtmp_server_session_message (self->session, session_time (self, now),
      message, error);
}

static gint64
next_deadline (gpointer user_data)
{
  RtmpCaller *self = user_data;
  gint64 session = rtmp_server_session_next_deadline (self->session);

  if (self->stopped_at || session == RTMP_DEADLINE_NONE)
    return self->linger_deadline;
  return MIN (self->linger_deadline, session + self->stopped);
}

static gboolean
on_deadline (gint64 now, gpointer user_data, GError ** error)
{
  RtmpCaller *self = user_data;

  if (self->linger_deadline > now)
    return rtmp_server_session_on_deadline (self->session,
        session_time (self, now), error);
  /* It has got everything, and is only in no hurry. */
  if (self->finishing
      && rtmp_out_queue_is_empty (rtmp_connection_queue (self->connection)))
    leave_all (self, NULL);
  g_set_error (error, RTMP_ERROR, RTMP_ERROR_TIMED_OUT,
      "the client was told to go and stays");
  return FALSE;
}

static void
on_sent (gpointer user_data)
{
  RtmpCaller *self = user_data;
  gint64 now = g_get_monotonic_time ();

  if (self->finishing)
    self->linger_deadline = now + LINGER;
  update_stats (self, now);
}

/* What it has left behind fits into the socket, and its end is behind that. */
static void
on_hung_up (gpointer user_data)
{
  RtmpCaller *self = user_data;

  RTMP_INFO ("%s: has hung up", self->peer);
  self->hung_up = TRUE;
  set_reading (self, TRUE);
}

static gboolean
free_later (gpointer user_data)
{
  rtmp_caller_free (user_data);
  return G_SOURCE_REMOVE;
}

static void
on_connection_closed (const GError * error, gpointer user_data)
{
  RtmpCaller *self = user_data;

  RTMP_INFO ("%s: gone: %s", self->peer, error ? error->message : "done");
  leave_all (self, error);
  self->free_source = g_idle_source_new ();
  /* Else a busy loop would never come to it, and the socket stay open. */
  g_source_set_priority (self->free_source, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->free_source, free_later, self, NULL);
  g_source_attach (self->free_source, rtmp_loop_context (self->loop));
}

static const RtmpConnectionEvents connection_events = {
  .opened = on_opened,
  .message = on_message,
  .next_deadline = next_deadline,
  .on_deadline = on_deadline,
  .sent = on_sent,
  .hung_up = on_hung_up,
  .closed = on_connection_closed,
};

/* Life */

/* 0: for ever. */
static gint64
time_until (gint64 deadline)
{
  return deadline == G_MAXINT64 ? 0
      : MAX (deadline - g_get_monotonic_time (), 1);
}

RtmpCaller *
rtmp_caller_new (RtmpServer * server, guint64 id, RtmpLoop * loop,
    RtmpTransport * transport, gchar * peer, gint64 deadline)
{
  const RtmpServerOptions *options = rtmp_server_options (server);
  RtmpCaller *self = g_new0 (RtmpCaller, 1);

  self->server = server;
  self->id = id;
  self->loop = loop;
  self->peer = peer;
  self->user = g_strdup ("");
  self->linger_deadline = RTMP_DEADLINE_NONE;
  self->attachments = g_array_new (FALSE, FALSE, sizeof (Attachment));
  g_array_set_clear_func (self->attachments, attachment_clear);
  self->session =
      rtmp_server_session_new (&options->session, &stranger_limits,
      &session_events, self);
  self->connection =
      rtmp_connection_new (transport, RTMP_ROLE_SERVER, options->handshake,
      time_until (deadline), &stranger_limits, &connection_events, self);
  return self;
}

void
rtmp_caller_free (RtmpCaller * self)
{
  leave_all (self, NULL);
  rtmp_server_forget (self->server, self->id);
  if (self->free_source) {
    g_source_destroy (self->free_source);
    g_source_unref (self->free_source);
  }
  rtmp_connection_free (self->connection);
  rtmp_server_session_free (self->session);
  g_array_unref (self->attachments);
  g_free (self->peer);
  g_free (self->app);
  g_free (self->query);
  g_free (self->tc_url);
  g_free (self->flash_version);
  g_free (self->user);
  g_free (self->password);
  g_free (self);
}

guint64
rtmp_caller_id (const RtmpCaller * self)
{
  return self->id;
}

RtmpLoop *
rtmp_caller_loop (const RtmpCaller * self)
{
  return self->loop;
}

const gchar *
rtmp_caller_peer (const RtmpCaller * self)
{
  return self->peer;
}

gboolean
rtmp_caller_is_publisher (const RtmpCaller * self)
{
  guint i;

  for (i = 0; i < self->attachments->len; i++)
    if (g_array_index (self->attachments, Attachment, i).publish)
      return TRUE;
  return FALSE;
}

void
rtmp_caller_hang_up (RtmpCaller * self, const gchar * code,
    const gchar * description, const GError * error)
{
  leave_all (self, error);
  rtmp_server_session_close (self->session, code, description);
  rtmp_connection_update (self->connection);
}

static gboolean
has_other_mounts (const RtmpCaller * self, const RtmpMount * mount)
{
  guint i;

  for (i = 0; i < self->attachments->len; i++)
    if (g_array_index (self->attachments, Attachment, i).mount != mount)
      return TRUE;
  return FALSE;
}

static void
tell_end (RtmpCaller * self, const Attachment * attachment)
{
  rtmp_server_session_end_stream (self->session,
      session_time (self, g_get_monotonic_time ()), attachment->stream);
}

static void
close_session (RtmpCaller * self)
{
  rtmp_server_session_close (self->session, "NetConnection.Connect.Closed",
      "The stream has ended.");
}

void
rtmp_caller_detach (RtmpCaller * self, RtmpMount * mount)
{
  gboolean ended = FALSE;
  guint i;

  for (i = self->attachments->len; i > 0; i--) {
    const Attachment *attachment =
        &g_array_index (self->attachments, Attachment, i - 1);

    if (attachment->mount != mount)
      continue;
    if (!self->finishing)
      tell_end (self, attachment);
    leave (self, i - 1, NULL);
    ended = TRUE;
  }
  if (ended && self->attachments->len == 0)
    close_session (self);
  rtmp_connection_update (self->connection);
}

void
rtmp_caller_finish (RtmpCaller * self, RtmpMount * mount)
{
  guint i;

  if (has_other_mounts (self, mount)) {
    rtmp_caller_detach (self, mount);
    return;
  }
  self->finishing = TRUE;
  for (i = 0; i < self->attachments->len; i++)
    tell_end (self, &g_array_index (self->attachments, Attachment, i));
  close_session (self);
  rtmp_connection_update (self->connection);
}

void
rtmp_caller_set_reading (RtmpCaller * self, gboolean reading)
{
  set_reading (self, reading);
  rtmp_connection_update (self->connection);
}

void
rtmp_caller_request_reconnect (RtmpCaller * self, const gchar * tc_url)
{
  if (!rtmp_server_session_request_reconnect (self->session, tc_url,
          "The server asks to connect again."))
    RTMP_INFO ("%s: cannot be asked to connect again", self->peer);
  rtmp_connection_update (self->connection);
}

void
rtmp_caller_begin_media (RtmpCaller * self, guint32 stream)
{
  rtmp_server_session_begin_media (self->session, stream);
}

void
rtmp_caller_send (RtmpCaller * self, guint32 stream, RtmpMessageType type,
    guint32 timestamp, GBytes * payload)
{
  rtmp_server_session_send_media (self->session, stream, type, timestamp,
      payload);
}

/* One that stands still has no other event in which it is counted. */
void
rtmp_caller_flush (RtmpCaller * self)
{
  rtmp_connection_update (self->connection);
  update_stats (self, g_get_monotonic_time ());
}

const RtmpOutQueue *
rtmp_caller_queue (const RtmpCaller * self)
{
  return rtmp_connection_queue (self->connection);
}

void
rtmp_caller_link_stats (const RtmpCaller * self, RtmpLinkStats * stats)
{
  rtmp_connection_stats (self->connection, stats);
}

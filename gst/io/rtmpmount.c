/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include <unistd.h>

#include "rtmpaudience.h"
#include "rtmpcaller.h"
#include "rtmperror.h"
#include "rtmpgatekeeper.h"

struct _RtmpGuest
{
  RtmpCaller *caller;
  RtmpPlayer *player;           /* NULL: it publishes */
  RtmpCallerStats stats;        /* under the mount's lock */
};

struct _RtmpMount
{
  /* Constant. */
  RtmpServer *server;
  RtmpMountConfig config;
  const RtmpMountEvents *events;
  gpointer user_data;
  RtmpAudience *audience;

  /* Under lock, within which the audience may take its own. */
  GMutex lock;
  RtmpGatekeeper *gatekeeper;   /* NULL: anybody may */
  guint64 publisher;            /* id; 0: there is none */
  guint n_clients;              /* admitted */
  GPtrArray *guests;            /* of RtmpGuest, who have begun */
  gboolean ended;
};

static void
finish (RtmpCaller * caller, gpointer user_data)
{
  rtmp_caller_finish (caller, user_data);
}

void
rtmp_mount_finish_caller (RtmpMount * self, guint64 id)
{
  rtmp_server_post (self->server, id, finish, self, NULL);
}

/* What is sent */

void
rtmp_mount_send (RtmpMount * self, RtmpMessageType type, guint32 timestamp,
    GBytes * payload, RtmpFrameFlags flags)
{
  const RtmpVersion version = {.payload = payload };

  rtmp_mount_send_versions (self, type, timestamp, flags, &version, 1);
}

void
rtmp_mount_send_versions (RtmpMount * self, RtmpMessageType type,
    guint32 timestamp, RtmpFrameFlags flags, const RtmpVersion * versions,
    guint n_versions)
{
  rtmp_audience_send (self->audience, rtmp_frame_new (type, timestamp, flags,
          versions, n_versions));
}

void
rtmp_mount_drop_headers (RtmpMount * self, RtmpMessageType type, guint32 kind,
    guint32 mask)
{
  rtmp_audience_drop_headers (self->audience, type, kind, mask);
}

void
rtmp_mount_clear_metadata (RtmpMount * self)
{
  rtmp_audience_clear_metadata (self->audience);
}

void
rtmp_mount_forget (RtmpMount * self)
{
  rtmp_audience_forget (self->audience);
}

void
rtmp_mount_end (RtmpMount * self)
{
  guint64 publisher;

  g_mutex_lock (&self->lock);
  self->ended = TRUE;
  publisher = self->publisher;
  g_mutex_unlock (&self->lock);
  if (publisher != 0)
    rtmp_mount_finish_caller (self, publisher);
  rtmp_audience_send (self->audience, rtmp_frame_new (0, 0, 0, NULL, 0));
}

gboolean
rtmp_mount_reopen (RtmpMount * self)
{
  gboolean ended;

  g_mutex_lock (&self->lock);
  ended = self->ended;
  self->ended = FALSE;
  if (ended)
    rtmp_audience_forget (self->audience);
  g_mutex_unlock (&self->lock);
  return ended;
}

/* Callers */

static gboolean
is_or_any (const gchar * wanted, const gchar * text)
{
  return *wanted == '\0' || g_str_equal (wanted, text);
}

gboolean
rtmp_mount_has_app (const RtmpMount * self, const gchar * app)
{
  return is_or_any (self->config.app, app);
}

gboolean
rtmp_mount_matches (const RtmpMount * self, gboolean publish,
    const gchar * app, const gchar * stream)
{
  return self->config.publish == publish && rtmp_mount_has_app (self, app)
      && is_or_any (self->config.stream, stream);
}

const RtmpSwf *
rtmp_mount_swf (const RtmpMount * self)
{
  return self->config.swf.size > 0 ? &self->config.swf : NULL;
}

gboolean
rtmp_mount_asks_user (const RtmpMount * self)
{
  return self->gatekeeper != NULL;
}

RtmpGatekeeperVerdict
rtmp_mount_check_user (RtmpMount * self, const gchar * query, gchar ** user,
    gchar ** password, gchar ** description)
{
  guint32 random[2];
  RtmpGatekeeperVerdict verdict;

  if (getentropy (random, sizeof (random)) != 0)
    random[0] = g_random_int (), random[1] = g_random_int ();
  g_mutex_lock (&self->lock);
  verdict =
      rtmp_gatekeeper_check (self->gatekeeper, g_get_monotonic_time (), query,
      random, user, description);
  g_mutex_unlock (&self->lock);
  if (verdict == RTMP_GATEKEEPER_ADMITTED)
    *password = g_strdup (g_hash_table_lookup (self->config.users, *user));
  return verdict;
}

static gboolean
has_token (const gchar * query, const gchar * token)
{
  static const gchar *const names[] = { "key=", "token=", "pass=" };
  g_auto (GStrv) pairs = g_strsplit (query, "&", -1);
  guint i, j;

  for (i = 0; pairs[i]; i++)
    for (j = 0; j < G_N_ELEMENTS (names); j++)
      if (g_str_has_prefix (pairs[i], names[j])
          && g_str_equal (pairs[i] + strlen (names[j]), token))
        return TRUE;
  return FALSE;
}

/* Why not: a code, or NULL. */
static const gchar *
check_room_locked (RtmpMount * self, guint64 id, const gchar ** reason)
{
  gboolean takes_over = self->config.takeover && self->publisher != id;

  if (self->publisher != 0 && !takes_over) {
    *reason = "Somebody else publishes this stream.";
    return "NetStream.Publish.BadName";
  }
  if (self->ended) {
    *reason = "The stream has ended.";
    return self->config.publish ? "NetStream.Publish.Denied"
        : "NetStream.Play.StreamNotFound";
  }
  if (!self->config.publish && self->config.max_clients > 0
      && self->n_clients >= self->config.max_clients) {
    *reason = "There are too many players.";
    return "NetStream.Play.Failed";
  }
  return NULL;
}

static gboolean
may_user (const RtmpMount * self, const RtmpCallerInfo * info,
    const gchar * password)
{
  const gchar *known = self->config.users
      ? g_hash_table_lookup (self->config.users, info->user) : NULL;

  return self->config.users == NULL
      || (known && password && g_str_equal (known, password));
}

static const gchar *
check (RtmpMount * self, const RtmpCallerInfo * info, const gchar * password,
    const gchar ** reason)
{
  const gchar *code;

  *reason = self->config.token && !has_token (info->query, self->config.token)
      ? "The key is missing or wrong."
      : !may_user (self, info, password) ? "The user may not." : NULL;
  if (*reason)
    return info->publish ? "NetStream.Publish.Unauthorized"
        : "NetStream.Play.Failed";
  g_mutex_lock (&self->lock);
  code = check_room_locked (self, info->id, reason);
  g_mutex_unlock (&self->lock);
  if (code == NULL && self->events->connecting
      && !self->events->connecting (info, self->user_data)) {
    *reason = "Refused.";
    return info->publish ? "NetStream.Publish.Denied" : "NetStream.Play.Failed";
  }
  return code;
}

static void
replaced (RtmpCaller * caller, gpointer user_data)
{
  rtmp_caller_hang_up (caller, "NetConnection.Connect.Closed",
      "Another publisher has taken over.", NULL);
}

/* Takes the place, unless somebody has in the meantime. */
static gboolean
take_place (RtmpMount * self, const RtmpCallerInfo * info,
    const gchar ** code, const gchar ** reason)
{
  guint64 before = 0;
  const gchar *full;

  g_mutex_lock (&self->lock);
  full = check_room_locked (self, info->id, reason);
  if (full == NULL) {
    self->n_clients++;
    if (info->publish) {
      before = self->publisher;
      self->publisher = info->id;
    }
  }
  g_mutex_unlock (&self->lock);
  if (before != 0)
    rtmp_server_post (self->server, before, replaced, NULL, NULL);
  if (full)
    *code = full;
  return full == NULL;
}

void
rtmp_mount_reject (RtmpMount * self, const RtmpCallerInfo * info,
    const gchar * reason)
{
  if (self->events->rejected)
    self->events->rejected (info, reason, self->user_data);
}

gboolean
rtmp_mount_admit (RtmpMount * self, const RtmpCallerInfo * info,
    const gchar * password, const gchar ** code, const gchar ** reason)
{
  const gchar *refusal = check (self, info, password, reason);

  if (refusal)
    *code = refusal;
  if (refusal == NULL && take_place (self, info, code, reason))
    return TRUE;
  rtmp_mount_reject (self, info, *reason);
  return FALSE;
}

static void
caller_stats_clear (gpointer data)
{
  RtmpCallerStats *stats = data;

  g_free (stats->peer);
  g_free (stats->stream);
}

static RtmpGuest *
guest_new (RtmpMount * self, RtmpCaller * caller, guint32 stream,
    const RtmpCallerInfo * info)
{
  RtmpGuest *guest = g_new0 (RtmpGuest, 1);

  guest->caller = caller;
  if (!info->publish)
    guest->player = rtmp_player_new (&self->config, caller, stream,
        info->capabilities);
  guest->stats.id = info->id;
  guest->stats.peer = g_strdup (info->peer);
  guest->stats.stream = g_strdup (info->stream);
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->guests, guest);
  g_mutex_unlock (&self->lock);
  return guest;
}

static void
guest_free (RtmpGuest * guest)
{
  g_clear_pointer (&guest->player, rtmp_player_free);
  caller_stats_clear (&guest->stats);
  g_free (guest);
}

RtmpGuest *
rtmp_mount_begin (RtmpMount * self, RtmpCaller * caller, guint32 stream,
    const RtmpCallerInfo * info)
{
  RtmpGuest *guest = guest_new (self, caller, stream, info);
  gboolean ended;

  /* Whoever hears of a player may send at once, and counts on its being
   * here. */
  if (guest->player)
    rtmp_audience_add (self->audience, guest->player);
  g_mutex_lock (&self->lock);
  ended = self->ended;
  g_mutex_unlock (&self->lock);
  /* It may have come behind the end. */
  if (guest->player && ended)
    rtmp_mount_finish_caller (self, info->id);
  if (self->events->added)
    self->events->added (info, self->user_data);
  return guest;
}

void
rtmp_mount_take (RtmpMount * self, const RtmpCallerInfo * info,
    RtmpMessage * message)
{
  gboolean current;

  g_mutex_lock (&self->lock);
  current = self->publisher == info->id;
  g_mutex_unlock (&self->lock);
  if (current)
    self->events->media (info, message, self->user_data);
}

void
rtmp_mount_leave (RtmpMount * self, RtmpGuest * guest,
    const RtmpCallerInfo * info, const GError * error)
{
  g_mutex_lock (&self->lock);
  self->n_clients--;
  g_ptr_array_remove (self->guests, guest);
  if (self->publisher == info->id)
    self->publisher = 0;
  g_mutex_unlock (&self->lock);
  if (guest->player)
    rtmp_audience_remove (self->audience, guest->player);
  guest_free (guest);
  if (self->events->removed)
    self->events->removed (info, error, self->user_data);
}

gboolean
rtmp_mount_has_publisher (RtmpMount * self)
{
  gboolean has;

  g_mutex_lock (&self->lock);
  has = self->publisher != 0;
  g_mutex_unlock (&self->lock);
  return has;
}

void
rtmp_guest_pause (RtmpGuest * self, gboolean paused)
{
  if (self->player)
    rtmp_player_pause (self->player, paused);
}

void
rtmp_guest_receive (RtmpGuest * self, RtmpMessageType type, gboolean on)
{
  if (self->player)
    rtmp_player_receive (self->player, type, on);
}

/* From other threads */

static void
disconnect (RtmpCaller * caller, gpointer user_data)
{
  g_autoptr (GError) error = g_error_new_literal (RTMP_ERROR,
      RTMP_ERROR_REFUSED, "disconnected by the application");

  rtmp_caller_hang_up (caller, "NetConnection.Connect.Closed",
      "Disconnected by the server.", error);
}

static gboolean
has_guest (RtmpMount * self, guint64 id)
{
  gboolean found = FALSE;
  guint i;

  g_mutex_lock (&self->lock);
  for (i = 0; i < self->guests->len && !found; i++)
    found = ((RtmpGuest *) g_ptr_array_index (self->guests, i))->stats.id == id;
  g_mutex_unlock (&self->lock);
  return found;
}

void
rtmp_mount_disconnect (RtmpMount * self, guint64 id)
{
  if (has_guest (self, id))
    rtmp_server_post (self->server, id, disconnect, NULL, NULL);
}

static void
request_reconnect (RtmpCaller * caller, gpointer user_data)
{
  rtmp_caller_request_reconnect (caller, user_data);
}

void
rtmp_mount_request_reconnect (RtmpMount * self, guint64 id,
    const gchar * tc_url)
{
  if (has_guest (self, id))
    rtmp_server_post (self->server, id, request_reconnect, g_strdup (tc_url),
        g_free);
}

static void
set_reading (RtmpCaller * caller, gpointer user_data)
{
  rtmp_caller_set_reading (caller, GPOINTER_TO_INT (user_data));
}

/* (nullable) */
static RtmpCaller *
find_publisher_locked (RtmpMount * self)
{
  guint i;

  for (i = 0; i < self->guests->len; i++) {
    const RtmpGuest *guest = g_ptr_array_index (self->guests, i);

    if (guest->stats.id == self->publisher)
      return guest->caller;
  }
  return NULL;
}

/* From its own events at once: there may be very many before the next one. */
void
rtmp_mount_set_reading (RtmpMount * self, gboolean reading)
{
  RtmpCaller *here = NULL;
  guint64 id;

  g_mutex_lock (&self->lock);
  id = self->publisher;
  if (id != 0)
    here = find_publisher_locked (self);
  if (here && !rtmp_loop_is_current (rtmp_caller_loop (here)))
    here = NULL;
  g_mutex_unlock (&self->lock);
  if (here)
    rtmp_caller_set_reading (here, reading);
  else if (id != 0)
    rtmp_server_post (self->server, id, set_reading, GINT_TO_POINTER (reading),
        NULL);
}

/* Stats */

void
rtmp_mount_update_stats (RtmpMount * self, RtmpGuest * guest)
{
  RtmpLinkStats link;
  gsize bytes = rtmp_out_queue_bytes (rtmp_caller_queue (guest->caller));

  rtmp_caller_link_stats (guest->caller, &link);
  g_mutex_lock (&self->lock);
  guest->stats.link = link;
  guest->stats.queue_bytes = bytes;
  if (guest->player) {
    guest->stats.dropped_video = rtmp_player_dropped_video (guest->player);
    guest->stats.dropped_audio = rtmp_player_dropped_audio (guest->player);
  }
  g_mutex_unlock (&self->lock);
}

GArray *
rtmp_mount_stats (RtmpMount * self)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (RtmpCallerStats));
  guint i;

  g_array_set_clear_func (all, caller_stats_clear);
  g_mutex_lock (&self->lock);
  for (i = 0; i < self->guests->len; i++) {
    const RtmpGuest *guest = g_ptr_array_index (self->guests, i);
    RtmpCallerStats stats = guest->stats;

    stats.peer = g_strdup (stats.peer);
    stats.stream = g_strdup (stats.stream);
    g_array_append_val (all, stats);
  }
  g_mutex_unlock (&self->lock);
  return all;
}

/* Life */

RtmpMount *
rtmp_mount_new (RtmpServer * server, const RtmpMountConfig * config,
    const RtmpMountEvents * events, gpointer user_data)
{
  RtmpMount *self = g_new0 (RtmpMount, 1);

  self->server = server;
  self->config = *config;
  self->config.app = g_strdup (config->app);
  self->config.stream = g_strdup (config->stream);
  self->config.token = g_strdup (config->token);
  if (config->users) {
    g_hash_table_ref (config->users);
    self->gatekeeper = rtmp_gatekeeper_new (config->users);
  }
  self->events = events;
  self->user_data = user_data;
  g_mutex_init (&self->lock);
  self->guests = g_ptr_array_new ();
  self->audience = rtmp_audience_new (server, self, &self->config);
  return self;
}

void
rtmp_mount_start (RtmpMount * self)
{
  rtmp_server_add_mount (self->server, self);
}

static void
detach (RtmpCaller * caller, gpointer user_data)
{
  rtmp_caller_detach (caller, user_data);
}

void
rtmp_mount_free (RtmpMount * self)
{
  rtmp_server_remove_mount (self->server, self);
  rtmp_server_foreach (self->server, detach, self);
  g_assert (self->n_clients == 0);
  g_ptr_array_unref (self->guests);
  rtmp_audience_free (self->audience);
  g_clear_pointer (&self->gatekeeper, rtmp_gatekeeper_free);
  g_clear_pointer (&self->config.users, g_hash_table_unref);
  g_free ((gchar *) self->config.app);
  g_free ((gchar *) self->config.stream);
  g_free ((gchar *) self->config.token);
  g_mutex_clear (&self->lock);
  g_free (self);
}

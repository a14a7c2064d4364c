/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpaudience.h"

#include <time.h>

#include "rtmperror.h"
#include "rtmppace.h"
#include "rtmpwatch.h"

/* The players in one loop. */
typedef struct
{
  RtmpAudience *audience;
  RtmpLoop *loop;
  RtmpWatch *watch;

  /* Under the audience's lock. */
  GPtrArray *inbox;             /* of RtmpFrame */
  gboolean urgent;              /* there is one that does not wait */
  gboolean has_new;             /* players who have yet to get a picture; only
                                 * the loop's thread changes it */

  /* The loop's thread only. */
  GPtrArray *players;           /* of RtmpPlayer */
  RtmpPace pace;
} Fan;

struct _RtmpAudience
{
  /* Constant. */
  RtmpServer *server;
  RtmpMount *mount;
  const RtmpMountConfig *config;

  /* Under lock. */
  GMutex lock;
  GPtrArray *fans;              /* of Fan */
  guint64 last_number;
  gboolean flows;               /* its beginning has been told */
  RtmpFrameCache *cache;
};

/* Fans */

static void
let_go (RtmpCaller * caller, gpointer user_data)
{
  g_autoptr (GError) error = g_error_new_literal (RTMP_ERROR,
      RTMP_ERROR_TIMED_OUT, "the player was too slow for too long");

  rtmp_caller_hang_up (caller, "NetConnection.Connect.Closed", error->message,
      error);
}

/* Counted by one loop alone: to count what all loops share costs more than a
 * new one for each. */
static GBytes *
payload_for_loop (const RtmpFrame * frame)
{
  GBytes *payload;
  gsize size;
  gconstpointer data;

  if (frame->n_versions == 0)
    return NULL;
  payload = frame->versions[0].payload;
  data = g_bytes_get_data (payload, &size);
  return g_bytes_new_with_free_func (data, size,
      (GDestroyNotify) g_bytes_unref, g_bytes_ref (payload));
}

static void
clear_payload (gpointer payload)
{
  if (payload)
    g_bytes_unref (payload);
}

/* %NULL: there is nothing, or it is to wait. */
static GPtrArray *
take_inbox (Fan * self, gint64 now)
{
  GPtrArray *frames = NULL;
  gint64 due = now;

  g_mutex_lock (&self->audience->lock);
  if (self->inbox->len > 0 && !self->urgent)
    due = rtmp_pace_due (&self->pace, now);
  if (self->inbox->len > 0 && due <= now) {
    frames = self->inbox;
    self->inbox = rtmp_frame_array_new ();
    self->urgent = FALSE;
  }
  g_mutex_unlock (&self->audience->lock);
  if (due > now)
    rtmp_watch_set_time (self->watch, due);
  return frames;
}

static void
feed_player (Fan * self, RtmpPlayer * player, const GPtrArray * frames,
    const GPtrArray * payloads)
{
  const RtmpAudience *audience = self->audience;
  RtmpPlayerState state = rtmp_player_feed (player, frames, payloads);
  guint64 id = rtmp_caller_id (rtmp_player_caller (player));

  if (state == RTMP_PLAYER_ENDED)
    rtmp_mount_finish_caller (audience->mount, id);
  else if (state == RTMP_PLAYER_TOO_SLOW)
    rtmp_server_post (audience->server, id, let_go, NULL, NULL);
}

static void
feed_players (Fan * self, const GPtrArray * frames)
{
  g_autoptr (GPtrArray) payloads =
      g_ptr_array_new_with_free_func (clear_payload);
  guint i;

  for (i = 0; i < frames->len; i++)
    g_ptr_array_add (payloads,
        payload_for_loop (g_ptr_array_index (frames, i)));
  for (i = self->players->len; i > 0; i--)
    feed_player (self, g_ptr_array_index (self->players, i - 1), frames,
        payloads);
}

/* The end does not wait; nor does, for those who wait for a picture, the one
 * with which they can begin. */
static gboolean
is_urgent_locked (const Fan * self, const RtmpFrame * frame)
{
  return frame->type == 0 || (self->has_new && (frame->flags & RTMP_FRAME_KEY));
}

static void
note_new_players (Fan * self)
{
  gboolean has_new = FALSE;
  guint i;

  for (i = 0; i < self->players->len && !has_new; i++)
    has_new = rtmp_player_is_new (g_ptr_array_index (self->players, i));
  g_mutex_lock (&self->audience->lock);
  self->has_new = has_new;
  g_mutex_unlock (&self->audience->lock);
}

/* Time that others take the processor for is not its own. */
static gint64
thread_time (const RtmpMountConfig * config)
{
  struct timespec time;

  if (!config->gather_auto)
    return 0;
  if (config->thread_time)
    return config->thread_time ();
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

static void
on_wake (GIOCondition ready, gpointer user_data)
{
  Fan *self = user_data;
  const RtmpMountConfig *config = self->audience->config;
  gint64 now = g_get_monotonic_time (), begin;
  g_autoptr (GPtrArray) frames = take_inbox (self, now);

  if (frames == NULL)
    return;
  begin = thread_time (config);
  feed_players (self, frames);
  rtmp_pace_sent (&self->pace, now,
      self->players->len < config->gather_players ? 0
      : thread_time (config) - begin);
  if (self->has_new)
    note_new_players (self);
}

/* In its loop. */
static Fan *
fan_new (RtmpAudience * audience, RtmpLoop * loop)
{
  Fan *self = g_new0 (Fan, 1);

  self->audience = audience;
  self->loop = loop;
  self->inbox = rtmp_frame_array_new ();
  self->players = g_ptr_array_new ();
  self->watch = rtmp_watch_new (-1, on_wake, self);
  rtmp_pace_init (&self->pace, audience->config->gather_time,
      audience->config->gather_auto);
  return self;
}

static void
free_watch (gpointer data)
{
  Fan *self = data;

  rtmp_watch_free (self->watch);
}

static void
fan_free (gpointer data)
{
  Fan *self = data;

  rtmp_loop_call (self->loop, free_watch, self);
  g_ptr_array_unref (self->inbox);
  g_ptr_array_unref (self->players);
  g_free (self);
}

static Fan *
fan_of_locked (RtmpAudience * self, RtmpLoop * loop)
{
  Fan *fan;
  guint i;

  for (i = 0; i < self->fans->len; i++) {
    fan = g_ptr_array_index (self->fans, i);
    if (fan->loop == loop)
      return fan;
  }
  fan = fan_new (self, loop);
  g_ptr_array_add (self->fans, fan);
  return fan;
}

/* Sending */

void
rtmp_audience_send (RtmpAudience * self, RtmpFrame * frame)
{
  guint i;

  g_mutex_lock (&self->lock);
  frame->number = ++self->last_number;
  frame->begins = frame->type != 0 && !self->flows;
  self->flows = frame->type != 0;
  rtmp_frame_cache_add (self->cache, frame);
  for (i = 0; i < self->fans->len; i++) {
    Fan *fan = g_ptr_array_index (self->fans, i);
    gboolean urgent = is_urgent_locked (fan, frame);

    g_ptr_array_add (fan->inbox, rtmp_frame_ref (frame));
    fan->urgent |= urgent;
    if (fan->inbox->len == 1 || urgent)
      rtmp_watch_wake (fan->watch);
  }
  g_mutex_unlock (&self->lock);
  rtmp_frame_unref (frame);
}

void
rtmp_audience_drop_headers (RtmpAudience * self, RtmpMessageType type,
    guint32 kind, guint32 mask)
{
  g_mutex_lock (&self->lock);
  rtmp_frame_cache_drop_headers (self->cache, type, kind, mask);
  g_mutex_unlock (&self->lock);
}

void
rtmp_audience_clear_metadata (RtmpAudience * self)
{
  g_mutex_lock (&self->lock);
  rtmp_frame_cache_clear_metadata (self->cache);
  g_mutex_unlock (&self->lock);
}

void
rtmp_audience_forget (RtmpAudience * self)
{
  g_mutex_lock (&self->lock);
  rtmp_frame_cache_clear (self->cache);
  self->flows = FALSE;
  g_mutex_unlock (&self->lock);
}

/* Players */

void
rtmp_audience_add (RtmpAudience * self, RtmpPlayer * player)
{
  g_autoptr (GPtrArray) snapshot = NULL;
  guint64 last;
  Fan *fan;

  g_mutex_lock (&self->lock);
  fan = fan_of_locked (self, rtmp_caller_loop (rtmp_player_caller (player)));
  snapshot = rtmp_frame_cache_snapshot (self->cache);
  last = self->last_number;
  fan->has_new = self->config->gather_auto;
  g_mutex_unlock (&self->lock);
  rtmp_player_begin (player, snapshot, last);
  g_ptr_array_add (fan->players, player);
}

void
rtmp_audience_remove (RtmpAudience * self, RtmpPlayer * player)
{
  Fan *fan;

  g_mutex_lock (&self->lock);
  fan = fan_of_locked (self, rtmp_caller_loop (rtmp_player_caller (player)));
  g_mutex_unlock (&self->lock);
  g_ptr_array_remove (fan->players, player);
}

/* Life */

RtmpAudience *
rtmp_audience_new (RtmpServer * server, RtmpMount * mount,
    const RtmpMountConfig * config)
{
  RtmpAudience *self = g_new0 (RtmpAudience, 1);

  self->server = server;
  self->mount = mount;
  self->config = config;
  g_mutex_init (&self->lock);
  self->fans = g_ptr_array_new_with_free_func (fan_free);
  self->cache = rtmp_frame_cache_new (config->cache_bytes);
  return self;
}

void
rtmp_audience_free (RtmpAudience * self)
{
  g_ptr_array_unref (self->fans);
  rtmp_frame_cache_free (self->cache);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include <unistd.h>

#include "rtmpcaller.h"
#include "rtmperror.h"
#include "rtmpgatekeeper.h"
#include "rtmplog.h"
#include "rtmpwatch.h"

/* How full a player's queue may be, in percent of its limits: above the first,
 * video waits for a key frame; above the second, audio is left out too. */
#define VIDEO_LIMIT 100
#define AUDIO_LIMIT 150
/* Where video may begin again. */
#define ROOM 50
/* A player whose queue is full for so long is let go: microseconds. */
#define DEFAULT_PATIENCE (10 * G_USEC_PER_SEC)
/* What a message costs besides its payload. */
#define MESSAGE_COST 256

/* Headers that are kept: more kinds than any stream has tracks, and bytes of
 * all. */
#define MAX_HEADERS 64
#define MAX_HEADER_BYTES (16 << 20)

/* What is sent, once for all players. */
typedef struct
{
  gatomicrefcount refs;
  guint64 number;
  RtmpMessageType type;         /* 0: the end */
  guint32 timestamp;
  RtmpFrameFlags flags;
  gsize size;                   /* of all versions */
  guint n_versions;
  RtmpVersion versions[];       /* a player gets the first that it may have */
} Frame;

/* The loop's thread only, but for what is said otherwise. */
struct _RtmpGuest
{
  RtmpCaller *caller;
  const RtmpCapabilities *capabilities; /* the caller's */
  const RtmpOutQueue *queue;    /* the caller's */
  guint32 stream;
  guint64 last;                 /* number of the last frame it was given */
  gboolean paused;
  gboolean no_audio;
  gboolean no_video;
  gboolean await_key;
  gboolean told_unknown;
  gboolean has_base;
  guint32 base;                 /* the source's time where its own begins */
  guint32 newest;               /* time of what was sent to it */
  gint64 full_since;            /* 0: it is not */
  guint64 dropped_video;
  guint64 dropped_audio;

  RtmpCallerStats stats;        /* under the mount's lock */
};

/* The players of a mount in one loop. */
typedef struct
{
  RtmpMount *mount;
  RtmpLoop *loop;
  RtmpWatch *watch;
  GPtrArray *inbox;             /* of Frame; under the mount's lock */
  gint64 due;                   /* when that goes out; 0: not yet known */
  GPtrArray *players;           /* of RtmpGuest; the loop's thread only */
} Fan;

struct _RtmpMount
{
  /* Constant. */
  RtmpServer *server;
  RtmpMountConfig config;
  const RtmpMountEvents *events;
  gpointer user_data;

  /* Under lock, which is a leaf. */
  GMutex lock;
  RtmpGatekeeper *gatekeeper;   /* NULL: anybody may */
  guint64 publisher;            /* id; 0: there is none */
  guint n_clients;              /* admitted */
  GPtrArray *guests;            /* of RtmpGuest, who have begun */
  GPtrArray *fans;              /* of Fan */
  guint64 last_number;
  Frame *metadata;
  GPtrArray *headers;           /* of Frame, each of another kind */
  gsize header_bytes;
  GPtrArray *group;             /* of Frame: the last group of pictures */
  gsize group_bytes;
  gboolean ended;
};

/* Frames */

/* Takes over what the @versions hold. */
static Frame *
frame_new (RtmpMessageType type, guint32 timestamp, RtmpFrameFlags flags,
    const RtmpVersion * versions, guint n_versions)
{
  Frame *self = g_malloc0 (sizeof (Frame) + n_versions * sizeof (*versions));
  guint i;

  g_atomic_ref_count_init (&self->refs);
  self->type = type;
  self->timestamp = timestamp;
  self->flags = flags;
  self->n_versions = n_versions;
  for (i = 0; i < n_versions; i++) {
    self->versions[i] = versions[i];
    self->size += g_bytes_get_size (versions[i].payload);
  }
  return self;
}

static Frame *
frame_ref (Frame * self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

static void
frame_unref (gpointer data)
{
  Frame *self = data;
  guint i;

  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  for (i = 0; i < self->n_versions; i++)
    rtmp_version_clear (&self->versions[i]);
  g_free (self);
}

/* Without it there is nothing to be seen or heard, and it costs little. */
static gboolean
is_vital (const Frame * frame)
{
  return frame->flags & RTMP_FRAME_HEADER;
}

/* Players */

/* Percent of the nearer limit. */
static guint
fullness (const RtmpMount * mount, const RtmpGuest * self)
{
  const RtmpOutQueue *queue = self->queue;
  const RtmpMountConfig *config = &mount->config;
  guint64 bytes = 0, time = 0;
  guint32 oldest;

  if (rtmp_out_queue_messages (queue) == 0)
    return 0;
  if (config->max_queue_bytes > 0)
    bytes = (rtmp_out_queue_bytes (queue)
        + (guint64) rtmp_out_queue_messages (queue) * MESSAGE_COST) * 100
        / config->max_queue_bytes;
  if (config->max_queue_time > 0 && rtmp_out_queue_oldest (queue, &oldest)
      && (gint32) (self->newest - oldest) > 0)
    time = (guint64) (self->newest - oldest) * 100 / config->max_queue_time;
  return (guint) MIN (MAX (bytes, time), G_MAXUINT);
}

static gboolean
admit_sound (RtmpGuest * self, const Frame * frame, guint percent)
{
  gboolean is_audio = frame->type == RTMP_MESSAGE_AUDIO;

  if (self->paused || (is_audio && self->no_audio))
    return FALSE;
  if (percent <= AUDIO_LIMIT)
    return TRUE;
  self->dropped_audio += is_audio;
  return FALSE;
}

static gboolean
knows_codec (const RtmpGuest * self, RtmpMessageType type, guint32 four_cc)
{
  guint32 flags = type == RTMP_MESSAGE_VIDEO
      ? rtmp_capabilities_video (self->capabilities, four_cc)
      : rtmp_capabilities_audio (self->capabilities, four_cc);

  return flags & (RTMP_CODEC_CAN_DECODE | RTMP_CODEC_CAN_FORWARD);
}

static void
tell_unknown (RtmpGuest * self, guint32 four_cc)
{
  const guint32 name = GUINT32_TO_BE (four_cc);

  if (!self->told_unknown)
    RTMP_WARNING ("%s: the player has not announced %.4s, which is left out",
        rtmp_caller_peer (self->caller), (const gchar *) &name);
  self->told_unknown = TRUE;
}

static gboolean
may_have (RtmpGuest * self, RtmpMessageType type, const RtmpVersion * version)
{
  guint i;

  if (version->caps_ex & ~self->capabilities->caps_ex)
    return FALSE;
  for (i = 0; i < version->n_codecs; i++)
    if (!knows_codec (self, type, version->codecs[i])) {
      tell_unknown (self, version->codecs[i]);
      return FALSE;
    }
  return TRUE;
}

/* The best one whose all the player has announced; %NULL: it gets none. */
static const RtmpVersion *
version_for (RtmpGuest * self, const Frame * frame)
{
  guint i;

  for (i = 0; i < frame->n_versions; i++)
    if (may_have (self, frame->type, &frame->versions[i]))
      return &frame->versions[i];
  return NULL;
}

/* Whether @frame goes to the player now. */
static gboolean
admit_frame (RtmpGuest * self, const Frame * frame, guint percent)
{
  if (is_vital (frame))
    return TRUE;
  if (frame->type != RTMP_MESSAGE_VIDEO)
    return admit_sound (self, frame, percent);
  if (self->paused || self->no_video) {
    self->await_key = TRUE;
    return FALSE;
  }
  if (percent > VIDEO_LIMIT)
    self->await_key = TRUE;
  if (self->await_key && (frame->flags & RTMP_FRAME_KEY) && percent <= ROOM)
    self->await_key = FALSE;
  if (self->await_key)
    self->dropped_video++;
  return !self->await_key;
}

/* Its own time: headers that stand before its beginning belong there. */
static guint32
time_for (RtmpGuest * self, const RtmpMount * mount, const Frame * frame)
{
  gint32 time;

  if (mount->config.keep_times)
    return frame->timestamp;
  if (!self->has_base) {
    if (is_vital (frame))
      return 0;
    self->has_base = TRUE;
    self->base = frame->timestamp;
  }
  time = (gint32) (frame->timestamp - self->base);
  if (time < 0)
    return is_vital (frame) ? self->newest : 0;
  return (guint32) time;
}

static void
give (RtmpGuest * self, const RtmpMount * mount, const Frame * frame,
    GBytes * payload)
{
  guint32 time = time_for (self, mount, frame);

  self->newest = time;
  rtmp_caller_send (self->caller, self->stream, frame->type, time,
      g_bytes_ref (payload));
}

/* @first: the payload of the first version, for this loop. */
static gboolean
feed_frame (RtmpGuest * self, const RtmpMount * mount, const Frame * frame,
    GBytes * first, guint percent)
{
  const RtmpVersion *version = version_for (self, frame);

  if (version == NULL || !admit_frame (self, frame, percent))
    return FALSE;
  give (self, mount, frame, version == frame->versions ? first
      : version->payload);
  return TRUE;
}

/* More than all that it may be given when it begins, and four times what may
 * wait for it later: headers, which are never left out. */
static gboolean
is_flooded (const RtmpMount * mount, const RtmpGuest * self)
{
  guint64 limit = mount->config.max_queue_bytes;

  return limit > 0 && rtmp_out_queue_bytes (self->queue)
      > 4 * limit + mount->config.cache_bytes + 2 * MAX_HEADER_BYTES;
}

/* FALSE: it has been too slow for too long. */
static gboolean
keeps_up (const RtmpMount * mount, RtmpGuest * self, guint percent)
{
  gint64 now, patience = mount->config.patience;

  if (is_flooded (mount, self))
    return FALSE;
  if (percent <= VIDEO_LIMIT) {
    self->full_since = 0;
    return TRUE;
  }
  now = g_get_monotonic_time ();
  if (self->full_since == 0)
    self->full_since = now;
  return now - self->full_since < (patience > 0 ? patience : DEFAULT_PATIENCE);
}

static void
let_go (RtmpCaller * caller, gpointer user_data)
{
  g_autoptr (GError) error = g_error_new_literal (RTMP_ERROR,
      RTMP_ERROR_TIMED_OUT, "the player was too slow for too long");

  rtmp_caller_hang_up (caller, "NetConnection.Connect.Closed", error->message,
      error);
}

static void
finish (RtmpCaller * caller, gpointer user_data)
{
  rtmp_caller_finish (caller, user_data);
}

static void
end_caller (RtmpMount * mount, guint64 id)
{
  rtmp_server_post (mount->server, id, finish, mount, NULL);
}

/* @payloads: the frames', for this loop. */
static void
feed_player (Fan * fan, RtmpGuest * self, GPtrArray * frames,
    GPtrArray * payloads)
{
  guint percent = fullness (fan->mount, self), i;

  if (!keeps_up (fan->mount, self, percent)) {
    rtmp_server_post (fan->mount->server, rtmp_caller_id (self->caller), let_go,
        NULL, NULL);
    return;
  }
  for (i = 0; i < frames->len; i++) {
    const Frame *frame = g_ptr_array_index (frames, i);

    if (frame->number <= self->last)
      continue;
    self->last = frame->number;
    if (frame->type == 0) {
      end_caller (fan->mount, rtmp_caller_id (self->caller));
    } else if (feed_frame (self, fan->mount, frame,
            g_ptr_array_index (payloads, i), percent)) {
      percent = fullness (fan->mount, self);
    }
  }
  rtmp_caller_flush (self->caller);
}

void
rtmp_guest_pause (RtmpGuest * self, gboolean paused)
{
  self->paused = paused;
}

void
rtmp_guest_receive (RtmpGuest * self, RtmpMessageType type, gboolean on)
{
  if (type == RTMP_MESSAGE_AUDIO)
    self->no_audio = !on;
  else
    self->no_video = !on;
}

/* Fans */

/* Counted by one loop alone: to count what all loops share costs more than a
 * new one for each. */
static GBytes *
payload_for_loop (const Frame * frame)
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

/* Frames wait for others, the end does not. */
static gboolean
is_due_locked (Fan * self)
{
  const Frame *last;
  gint64 now;

  if (self->inbox->len == 0 || self->mount->config.gather_time == 0)
    return TRUE;
  last = g_ptr_array_index (self->inbox, self->inbox->len - 1);
  now = g_get_monotonic_time ();
  if (self->due == 0)
    self->due = now + self->mount->config.gather_time;
  if (last->type == 0 || now >= self->due)
    return TRUE;
  rtmp_watch_set_time (self->watch, self->due);
  return FALSE;
}

/* %NULL: it is to wait. */
static GPtrArray *
take_inbox (Fan * self)
{
  GPtrArray *frames = NULL;

  g_mutex_lock (&self->mount->lock);
  if (is_due_locked (self)) {
    frames = self->inbox;
    self->inbox = g_ptr_array_new_with_free_func (frame_unref);
    self->due = 0;
  }
  g_mutex_unlock (&self->mount->lock);
  return frames;
}

static void
on_wake (GIOCondition ready, gpointer user_data)
{
  Fan *self = user_data;
  g_autoptr (GPtrArray) payloads =
      g_ptr_array_new_with_free_func (clear_payload);
  g_autoptr (GPtrArray) frames = take_inbox (self);
  guint i;

  if (frames == NULL)
    return;
  for (i = 0; i < frames->len; i++)
    g_ptr_array_add (payloads,
        payload_for_loop (g_ptr_array_index (frames, i)));
  for (i = self->players->len; i > 0; i--)
    feed_player (self, g_ptr_array_index (self->players, i - 1), frames,
        payloads);
}

/* In its loop. */
static Fan *
fan_new (RtmpMount * mount, RtmpLoop * loop)
{
  Fan *self = g_new0 (Fan, 1);

  self->mount = mount;
  self->loop = loop;
  self->inbox = g_ptr_array_new_with_free_func (frame_unref);
  self->players = g_ptr_array_new ();
  self->watch = rtmp_watch_new (-1, on_wake, self);
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
fan_of_locked (RtmpMount * self, RtmpLoop * loop)
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

static void
replace_frame (Frame ** place, Frame * frame)
{
  g_clear_pointer (place, frame_unref);
  *place = frame_ref (frame);
}

static void
clear_group_locked (RtmpMount * self)
{
  g_ptr_array_set_size (self->group, 0);
  self->group_bytes = 0;
}

/* The group begins with a key frame and is kept whole or not at all. Sound
 * alone needs no past. */
static void
cache_group_locked (RtmpMount * self, Frame * frame)
{
  if (frame->flags & RTMP_FRAME_KEY)
    clear_group_locked (self);
  else if (self->group->len == 0)
    return;
  g_ptr_array_add (self->group, frame_ref (frame));
  self->group_bytes += frame->size + MESSAGE_COST;
  if (self->group_bytes > self->config.cache_bytes)
    clear_group_locked (self);
}

static void
drop_header_locked (RtmpMount * self, guint index)
{
  const Frame *frame = g_ptr_array_index (self->headers, index);

  self->header_bytes -= frame->size;
  g_ptr_array_remove_index (self->headers, index);
}

/* A later one of its kind takes the place of an earlier one. */
static void
cache_header_locked (RtmpMount * self, Frame * frame)
{
  guint i;

  for (i = 0; i < self->headers->len; i++) {
    const Frame *other = g_ptr_array_index (self->headers, i);

    if (other->type == frame->type && other->flags == frame->flags)
      break;
  }
  if (i < self->headers->len)
    drop_header_locked (self, i);
  g_ptr_array_add (self->headers, frame_ref (frame));
  self->header_bytes += frame->size;
  while (self->headers->len > MAX_HEADERS
      || self->header_bytes > MAX_HEADER_BYTES)
    drop_header_locked (self, 0);
}

static gboolean
is_of_kind (const Frame * frame, RtmpMessageType type, guint32 kind,
    guint32 mask)
{
  return frame->type == type && ((frame->flags ^ RTMP_FRAME_HEADER_OF (kind))
      & RTMP_FRAME_HEADER_OF (mask)) == 0;
}

static void
cache_locked (RtmpMount * self, Frame * frame)
{
  if (is_vital (frame) && frame->type == RTMP_MESSAGE_DATA_AMF0)
    replace_frame (&self->metadata, frame);
  else if (is_vital (frame))
    cache_header_locked (self, frame);
  else if (frame->type != 0 && self->config.cache_bytes > 0)
    cache_group_locked (self, frame);
}

/* Takes @frame over. */
static void
send_frame (RtmpMount * self, Frame * frame)
{
  guint i;

  g_mutex_lock (&self->lock);
  frame->number = ++self->last_number;
  cache_locked (self, frame);
  for (i = 0; i < self->fans->len; i++) {
    Fan *fan = g_ptr_array_index (self->fans, i);

    g_ptr_array_add (fan->inbox, frame_ref (frame));
    if (fan->inbox->len == 1 || frame->type == 0)
      rtmp_watch_wake (fan->watch);
  }
  g_mutex_unlock (&self->lock);
  frame_unref (frame);
}

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
  send_frame (self, frame_new (type, timestamp, flags, versions, n_versions));
}

void
rtmp_mount_drop_headers (RtmpMount * self, RtmpMessageType type, guint32 kind,
    guint32 mask)
{
  guint i;

  g_mutex_lock (&self->lock);
  for (i = self->headers->len; i > 0; i--)
    if (is_of_kind (g_ptr_array_index (self->headers, i - 1), type, kind, mask))
      drop_header_locked (self, i - 1);
  clear_group_locked (self);
  g_mutex_unlock (&self->lock);
}

void
rtmp_mount_clear_metadata (RtmpMount * self)
{
  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->metadata, frame_unref);
  g_mutex_unlock (&self->lock);
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
    end_caller (self, publisher);
  send_frame (self, frame_new (0, 0, 0, NULL, 0));
}

gboolean
rtmp_mount_reopen (RtmpMount * self)
{
  gboolean ended;

  g_mutex_lock (&self->lock);
  ended = self->ended;
  self->ended = FALSE;
  if (ended) {
    g_clear_pointer (&self->metadata, frame_unref);
    g_ptr_array_set_size (self->headers, 0);
    self->header_bytes = 0;
    clear_group_locked (self);
  }
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

/* What a new player has to see before anything else. */
static GPtrArray *
snapshot_locked (RtmpMount * self)
{
  GPtrArray *frames = g_ptr_array_new_with_free_func (frame_unref);
  guint i;

  if (self->metadata)
    g_ptr_array_add (frames, frame_ref (self->metadata));
  for (i = 0; i < self->headers->len; i++)
    g_ptr_array_add (frames, frame_ref (g_ptr_array_index (self->headers, i)));
  for (i = 0; i < self->group->len; i++)
    g_ptr_array_add (frames, frame_ref (g_ptr_array_index (self->group, i)));
  return frames;
}

static void
begin_player (RtmpMount * self, RtmpGuest * player)
{
  GPtrArray *frames;
  gboolean ended;
  Fan *fan;
  guint i;

  player->await_key = TRUE;
  g_mutex_lock (&self->lock);
  fan = fan_of_locked (self, rtmp_caller_loop (player->caller));
  frames = snapshot_locked (self);
  player->last = self->last_number;
  ended = self->ended;
  g_mutex_unlock (&self->lock);
  for (i = 0; i < frames->len; i++) {
    const Frame *frame = g_ptr_array_index (frames, i);

    feed_frame (player, self, frame, frame->versions[0].payload, 0);
  }
  g_ptr_array_unref (frames);
  g_ptr_array_add (fan->players, player);
  if (ended)
    end_caller (self, rtmp_caller_id (player->caller));
}

static RtmpGuest *
guest_new (RtmpMount * self, RtmpCaller * caller, guint32 stream,
    const RtmpCallerInfo * info)
{
  RtmpGuest *guest = g_new0 (RtmpGuest, 1);

  guest->caller = caller;
  guest->capabilities = info->capabilities;
  guest->queue = rtmp_caller_queue (caller);
  guest->stream = stream;
  guest->stats.id = info->id;
  guest->stats.peer = g_strdup (info->peer);
  guest->stats.stream = g_strdup (info->stream);
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->guests, guest);
  g_mutex_unlock (&self->lock);
  return guest;
}

static void
guest_free (gpointer data)
{
  RtmpGuest *guest = data;

  caller_stats_clear (&guest->stats);
  g_free (guest);
}

RtmpGuest *
rtmp_mount_begin (RtmpMount * self, RtmpCaller * caller, guint32 stream,
    const RtmpCallerInfo * info)
{
  RtmpGuest *guest = guest_new (self, caller, stream, info);

  /* Whoever hears of a player may send at once, and counts on its being
   * here. */
  if (!info->publish)
    begin_player (self, guest);
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
  Fan *fan = NULL;

  g_mutex_lock (&self->lock);
  self->n_clients--;
  g_ptr_array_remove (self->guests, guest);
  if (!info->publish)
    fan = fan_of_locked (self, rtmp_caller_loop (guest->caller));
  else if (self->publisher == info->id)
    self->publisher = 0;
  g_mutex_unlock (&self->lock);
  if (fan)
    g_ptr_array_remove (fan->players, guest);
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
  guest->stats.dropped_video = guest->dropped_video;
  guest->stats.dropped_audio = guest->dropped_audio;
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
  self->fans = g_ptr_array_new_with_free_func (fan_free);
  self->headers = g_ptr_array_new_with_free_func (frame_unref);
  self->group = g_ptr_array_new_with_free_func (frame_unref);
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
  g_ptr_array_unref (self->fans);
  g_clear_pointer (&self->metadata, frame_unref);
  g_ptr_array_unref (self->headers);
  g_ptr_array_unref (self->group);
  g_clear_pointer (&self->gatekeeper, rtmp_gatekeeper_free);
  g_clear_pointer (&self->config.users, g_hash_table_unref);
  g_free ((gchar *) self->config.app);
  g_free ((gchar *) self->config.stream);
  g_free ((gchar *) self->config.token);
  g_mutex_clear (&self->lock);
  g_free (self);
}

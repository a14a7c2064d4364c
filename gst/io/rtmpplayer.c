/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpplayer.h"

#include "rtmplog.h"

/* How full a player's queue may be, in percent of its limits: above the first,
 * video waits for a key frame; above the second, audio is left out too. */
#define VIDEO_LIMIT 100
#define AUDIO_LIMIT 150
/* Where video may begin again. */
#define ROOM 50
/* A player whose queue is full for so long is let go: microseconds. */
#define DEFAULT_PATIENCE (10 * G_USEC_PER_SEC)

struct _RtmpPlayer
{
  const RtmpMountConfig *config;
  RtmpCaller *caller;
  const RtmpCapabilities *capabilities; /* the caller's */
  const RtmpOutQueue *queue;    /* the caller's */
  guint32 stream;
  guint64 last;                 /* number of the last frame it was given */
  gboolean paused;
  gboolean no_audio;
  gboolean no_video;
  gboolean await_key;
  gboolean has_begun;           /* it had a key frame */
  gboolean told_unknown;
  gboolean has_base;
  guint32 base;                 /* the source's time where its own begins */
  guint32 newest;               /* time of what was sent to it */
  gboolean has_jumped;          /* that went on, in one step, further than it */
  guint32 landed;               /* may wait; and this is where */
  gint64 full_since;            /* 0: it is not */
  guint64 dropped_video;
  guint64 dropped_audio;
};

/* Milliseconds of media that wait. A step from headers without a time to media
 * that begin hours later is none. */
static guint32
waiting_time (const RtmpPlayer * self)
{
  guint32 oldest;

  if (!rtmp_out_queue_oldest (self->queue, &oldest))
    return 0;
  if (self->has_jumped && (gint32) (self->landed - oldest) > 0)
    oldest = self->landed;
  return (guint32) MAX ((gint32) (self->newest - oldest), 0);
}

/* Percent of the nearer limit. */
static guint
fullness (const RtmpPlayer * self)
{
  const RtmpOutQueue *queue = self->queue;
  const RtmpMountConfig *config = self->config;
  guint64 bytes = 0, time = 0;

  if (rtmp_out_queue_messages (queue) == 0)
    return 0;
  if (config->max_queue_bytes > 0)
    bytes = (rtmp_out_queue_bytes (queue)
        + (guint64) rtmp_out_queue_messages (queue) * RTMP_FRAME_COST) * 100
        / config->max_queue_bytes;
  if (config->max_queue_time > 0)
    time = (guint64) waiting_time (self) * 100 / config->max_queue_time;
  return (guint) MIN (MAX (bytes, time), G_MAXUINT);
}

static gboolean
admit_sound (RtmpPlayer * self, const RtmpFrame * frame, guint percent)
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
knows_codec (const RtmpPlayer * self, RtmpMessageType type, guint32 four_cc)
{
  guint32 flags = type == RTMP_MESSAGE_VIDEO
      ? rtmp_capabilities_video (self->capabilities, four_cc)
      : rtmp_capabilities_audio (self->capabilities, four_cc);

  return flags & (RTMP_CODEC_CAN_DECODE | RTMP_CODEC_CAN_FORWARD);
}

static void
tell_unknown (RtmpPlayer * self, guint32 four_cc)
{
  const guint32 name = GUINT32_TO_BE (four_cc);

  if (!self->told_unknown)
    RTMP_WARNING ("%s: the player has not announced %.4s, which is left out",
        rtmp_caller_peer (self->caller), (const gchar *) &name);
  self->told_unknown = TRUE;
}

static gboolean
may_have (RtmpPlayer * self, RtmpMessageType type, const RtmpVersion * version)
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
version_for (RtmpPlayer * self, const RtmpFrame * frame)
{
  guint i;

  for (i = 0; i < frame->n_versions; i++)
    if (may_have (self, frame->type, &frame->versions[i]))
      return &frame->versions[i];
  return NULL;
}

/* Whether @frame goes to the player now. */
static gboolean
admit_frame (RtmpPlayer * self, const RtmpFrame * frame, guint percent)
{
  if (rtmp_frame_is_vital (frame))
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
  self->has_begun |= !self->await_key;
  if (self->await_key)
    self->dropped_video++;
  return !self->await_key;
}

/* Its own time: headers that stand before its beginning belong there. */
static guint32
time_for (RtmpPlayer * self, const RtmpFrame * frame)
{
  gint32 time;

  if (self->config->keep_times)
    return frame->timestamp;
  if (!self->has_base) {
    if (rtmp_frame_is_vital (frame))
      return 0;
    self->has_base = TRUE;
    self->base = frame->timestamp;
  }
  time = (gint32) (frame->timestamp - self->base);
  if (time < 0)
    return rtmp_frame_is_vital (frame) ? self->newest : 0;
  return (guint32) time;
}

static void
note_time (RtmpPlayer * self, guint32 time)
{
  gint32 step = (gint32) (time - self->newest);

  if (step > 0 && (guint32) step > self->config->max_queue_time) {
    self->has_jumped = TRUE;
    self->landed = time;
  } else if (rtmp_out_queue_messages (self->queue) == 0) {
    self->has_jumped = FALSE;
  }
  self->newest = time;
}

static void
give (RtmpPlayer * self, const RtmpFrame * frame, GBytes * payload)
{
  guint32 time = time_for (self, frame);

  note_time (self, time);
  rtmp_caller_send (self->caller, self->stream, frame->type, time,
      g_bytes_ref (payload));
}

/* @first: the payload of the first version, for this loop. */
static gboolean
feed_frame (RtmpPlayer * self, const RtmpFrame * frame,
    GBytes * first, guint percent)
{
  const RtmpVersion *version = version_for (self, frame);

  if (version == NULL || !admit_frame (self, frame, percent))
    return FALSE;
  give (self, frame, version == frame->versions ? first : version->payload);
  return TRUE;
}

/* More than all that it may be given when it begins, and four times what may
 * wait for it later: headers, which are never left out. */
static gboolean
is_flooded (const RtmpPlayer * self)
{
  guint64 limit = self->config->max_queue_bytes;

  return limit > 0 && rtmp_out_queue_bytes (self->queue)
      > 4 * limit + self->config->cache_bytes + 2 * RTMP_FRAME_CACHE_HEADERS;
}

/* FALSE: it has been too slow for too long. */
static gboolean
keeps_up (RtmpPlayer * self, guint percent)
{
  gint64 now, patience = self->config->patience;

  if (is_flooded (self))
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

void
rtmp_player_begin (RtmpPlayer * self, const GPtrArray * snapshot, guint64 last)
{
  guint i;

  self->last = last;
  for (i = 0; i < snapshot->len; i++) {
    const RtmpFrame *frame = g_ptr_array_index (snapshot, i);

    feed_frame (self, frame, frame->versions[0].payload, 0);
  }
}

RtmpPlayerState
rtmp_player_feed (RtmpPlayer * self, const GPtrArray * frames,
    const GPtrArray * payloads)
{
  guint percent = fullness (self), i;
  RtmpPlayerState state = RTMP_PLAYER_GOES_ON;

  if (!keeps_up (self, percent))
    return RTMP_PLAYER_TOO_SLOW;
  for (i = 0; i < frames->len; i++) {
    const RtmpFrame *frame = g_ptr_array_index (frames, i);

    if (frame->number <= self->last)
      continue;
    self->last = frame->number;
    if (frame->begins)
      rtmp_caller_begin_media (self->caller, self->stream);
    if (frame->type == 0)
      state = RTMP_PLAYER_ENDED;
    else if (feed_frame (self, frame, g_ptr_array_index (payloads, i), percent))
      percent = fullness (self);
  }
  rtmp_caller_flush (self->caller);
  return state;
}

void
rtmp_player_pause (RtmpPlayer * self, gboolean paused)
{
  self->paused = paused;
}

void
rtmp_player_receive (RtmpPlayer * self, RtmpMessageType type, gboolean on)
{
  if (type == RTMP_MESSAGE_AUDIO)
    self->no_audio = !on;
  else
    self->no_video = !on;
}

gboolean
rtmp_player_is_new (const RtmpPlayer * self)
{
  return !self->has_begun && !self->paused && !self->no_video;
}

guint64
rtmp_player_dropped_video (const RtmpPlayer * self)
{
  return self->dropped_video;
}

guint64
rtmp_player_dropped_audio (const RtmpPlayer * self)
{
  return self->dropped_audio;
}

RtmpCaller *
rtmp_player_caller (const RtmpPlayer * self)
{
  return self->caller;
}

RtmpPlayer *
rtmp_player_new (const RtmpMountConfig * config, RtmpCaller * caller,
    guint32 stream, const RtmpCapabilities * capabilities)
{
  RtmpPlayer *self = g_new0 (RtmpPlayer, 1);

  self->config = config;
  self->caller = caller;
  self->capabilities = capabilities;
  self->queue = rtmp_caller_queue (caller);
  self->stream = stream;
  self->await_key = TRUE;
  return self;
}

void
rtmp_player_free (RtmpPlayer * self)
{
  g_free (self);
}

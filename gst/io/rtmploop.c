/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmploop.h"

#include "rtmplog.h"

struct _RtmpLoop
{
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
  guint users;                  /* under pool_lock */
};

static GMutex pool_lock;
static RtmpLoop *pool[RTMP_LOOP_MAX];   /* under pool_lock */

static gpointer
loop_thread (gpointer data)
{
  RtmpLoop *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

static RtmpLoop *
loop_new (void)
{
  RtmpLoop *self = g_new0 (RtmpLoop, 1);

  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->thread = g_thread_new ("rtmp-loop", loop_thread, self);
  RTMP_DEBUG ("loop thread started");
  return self;
}

static gboolean
quit (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

/* Quits from within: the loop may not be running yet, and a quit before the run
 * would be lost. */
static void
loop_free (RtmpLoop * self)
{
  GSource *source = g_idle_source_new ();

  g_source_set_callback (source, quit, self->loop, NULL);
  g_source_attach (source, self->context);
  g_source_unref (source);
  g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_free (self);
  RTMP_DEBUG ("loop thread ended");
}

RtmpLoop *
rtmp_loop_acquire (void)
{
  guint max = MIN (RTMP_LOOP_MAX, g_get_num_processors ());
  RtmpLoop *best = NULL;
  guint i;

  g_mutex_lock (&pool_lock);
  for (i = 0; i < max; i++) {
    if (pool[i] == NULL) {
      best = pool[i] = loop_new ();
      break;
    }
    if (best == NULL || pool[i]->users < best->users)
      best = pool[i];
  }
  best->users++;
  g_mutex_unlock (&pool_lock);
  return best;
}

void
rtmp_loop_release (RtmpLoop * self)
{
  gboolean last;
  guint i;

  g_assert (!rtmp_loop_is_current (self));
  g_mutex_lock (&pool_lock);
  last = --self->users == 0;
  for (i = 0; last && i < RTMP_LOOP_MAX; i++)
    if (pool[i] == self)
      pool[i] = NULL;
  g_mutex_unlock (&pool_lock);
  if (last)
    loop_free (self);
}

GMainContext *
rtmp_loop_context (RtmpLoop * self)
{
  return self->context;
}

gboolean
rtmp_loop_is_current (RtmpLoop * self)
{
  return g_thread_self () == self->thread;
}

typedef struct
{
  void (*func) (gpointer user_data);
  gpointer user_data;
  GMutex lock;
  GCond cond;
  gboolean done;
} LoopCall;

static gboolean
run_call (gpointer data)
{
  LoopCall *call = data;

  call->func (call->user_data);
  g_mutex_lock (&call->lock);
  call->done = TRUE;
  g_cond_signal (&call->cond);
  g_mutex_unlock (&call->lock);
  return G_SOURCE_REMOVE;
}

void
rtmp_loop_call (RtmpLoop * self, void (*func) (gpointer user_data),
    gpointer user_data)
{
  LoopCall call = {.func = func,.user_data = user_data };
  GSource *source = g_idle_source_new ();

  g_assert (!rtmp_loop_is_current (self));
  g_mutex_init (&call.lock);
  g_cond_init (&call.cond);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, run_call, &call, NULL);
  g_source_attach (source, self->context);
  g_source_unref (source);
  g_mutex_lock (&call.lock);
  while (!call.done)
    g_cond_wait (&call.cond, &call.lock);
  g_mutex_unlock (&call.lock);
  g_mutex_clear (&call.lock);
  g_cond_clear (&call.cond);
}

guint
rtmp_loop_count (void)
{
  guint i, n = 0;

  g_mutex_lock (&pool_lock);
  for (i = 0; i < RTMP_LOOP_MAX; i++)
    n += pool[i] != NULL;
  g_mutex_unlock (&pool_lock);
  return n;
}

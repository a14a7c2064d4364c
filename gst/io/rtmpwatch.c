/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpwatch.h"

#include <unistd.h>
#ifdef __linux__
#include <sys/epoll.h>
#endif

/* Sockets that are looked at before other sources get their turn. */
#define EVENTS 64

/* The source of a context. It goes with the last of its watches. */
typedef struct
{
  GSource parent;
  GMainContext *context;
  GPtrArray *watches;           /* of RtmpWatch */
  /* No later than that of any watch: when one is put off this stays, and comes
   * for nothing. */
  gint64 next_time;

  int epoll_fd;                 /* -1: there is none */
  gpointer epoll_tag;
#ifdef __linux__
  struct epoll_event events[EVENTS];    /* being dispatched */
#endif
  int n_events;
  guint n_tags;                 /* watches that the context polls */
  guint turn;

  GMutex lock;                  /* a leaf, but for the context's own */
  GPtrArray *woken;             /* of RtmpWatch, under lock */
} Poller;

struct _RtmpWatch
{
  Poller *poller;
  guint index;                  /* among the poller's */
  int fd;
  gpointer tag;                 /* NULL: epoll has it, if anybody does */
  guint turn;                   /* that it has had */
  GIOCondition condition;
  gint64 time;
  gboolean woken;               /* under the poller's lock */
  RtmpWatchFunc func;
  gpointer user_data;
};

static GMutex pollers_lock;
static GList *pollers;          /* of Poller, under pollers_lock */

static void
tell (RtmpWatch * self, GIOCondition ready)
{
  if (ready & (G_IO_ERR | G_IO_HUP))
    ready = G_IO_IN | G_IO_OUT | G_IO_HUP;
  if (ready & self->condition)
    self->func (ready & self->condition, self->user_data);
}

/* Sockets, by epoll */

#ifdef __linux__

static void
epoll_init (Poller * self)
{
  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (self->epoll_fd >= 0)
    self->epoll_tag =
        g_source_add_unix_fd (&self->parent, self->epoll_fd, G_IO_IN);
}

static gboolean
epoll_select (RtmpWatch * self, GIOCondition condition)
{
  struct epoll_event event = {
    .events = (condition & G_IO_IN ? EPOLLIN : 0)
        | (condition & G_IO_OUT ? EPOLLOUT : 0)
        | (condition & G_IO_HUP ? EPOLLRDHUP : 0),
    .data.ptr = self,
  };
  int op = condition == 0 ? EPOLL_CTL_DEL
      : self->condition == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;

  return epoll_ctl (self->poller->epoll_fd, op, self->fd, &event) == 0;
}

/* It may be among those that are next. */
static void
epoll_forget (RtmpWatch * self)
{
  Poller *poller = self->poller;
  int i;

  for (i = 0; i < poller->n_events; i++)
    if (poller->events[i].data.ptr == self)
      poller->events[i].data.ptr = NULL;
}

static void
dispatch_epoll (Poller * self)
{
  int i;

  if (self->epoll_fd < 0
      || g_source_query_unix_fd (&self->parent, self->epoll_tag) == 0)
    return;
  self->n_events = epoll_wait (self->epoll_fd, self->events, EVENTS, 0);
  for (i = 0; i < self->n_events; i++) {
    RtmpWatch *watch = self->events[i].data.ptr;
    guint32 events = self->events[i].events;

    if (watch == NULL)
      continue;
    tell (watch, (events & EPOLLIN ? G_IO_IN : 0)
        | (events & EPOLLOUT ? G_IO_OUT : 0)
        | (events & (EPOLLERR | EPOLLHUP | EPOLLRDHUP) ? G_IO_ERR : 0));
  }
  self->n_events = 0;
}

#else

static void
epoll_init (Poller * self)
{
  self->epoll_fd = -1;
}

static gboolean
epoll_select (RtmpWatch * self, GIOCondition condition)
{
  return FALSE;
}

static void
epoll_forget (RtmpWatch * self)
{
}

static void
dispatch_epoll (Poller * self)
{
}

#endif

/* Sockets */

/* By the context, where epoll is not to be had: too many files are open. */
static void
select_fd (RtmpWatch * self, GIOCondition condition)
{
  GSource *source = &self->poller->parent;

  if (self->tag == NULL && epoll_select (self, condition))
    return;
  if (self->tag) {
    g_source_remove_unix_fd (source, self->tag);
    self->poller->n_tags--;
  }
  self->tag = condition == 0 ? NULL
      : g_source_add_unix_fd (source, self->fd, condition);
  self->poller->n_tags += condition != 0;
}

/* From the end: what takes the place of one that goes has had its turn. */
static void
dispatch_tags (Poller * self)
{
  guint i;

  if (self->n_tags == 0)
    return;
  self->turn++;
  for (i = self->watches->len; i > 0; i = MIN (i - 1, self->watches->len)) {
    RtmpWatch *watch = g_ptr_array_index (self->watches, i - 1);

    if (watch->tag == NULL || watch->turn == self->turn)
      continue;
    watch->turn = self->turn;
    tell (watch, g_source_query_unix_fd (&self->parent, watch->tag));
  }
}

/* Time, and other threads */

static RtmpWatch *
pop_woken (Poller * self)
{
  RtmpWatch *watch = NULL;

  g_mutex_lock (&self->lock);
  if (self->woken->len > 0) {
    watch = g_ptr_array_remove_index (self->woken, 0);
    watch->woken = FALSE;
  }
  g_mutex_unlock (&self->lock);
  return watch;
}

/* As many as there are now: who is woken again waits for its next turn. */
static void
dispatch_woken (Poller * self)
{
  RtmpWatch *watch;
  guint n;

  g_mutex_lock (&self->lock);
  n = self->woken->len;
  g_mutex_unlock (&self->lock);
  for (; n > 0 && (watch = pop_woken (self)); n--)
    watch->func (0, watch->user_data);
}

static void
dispatch_times (Poller * self)
{
  gint64 now = g_get_monotonic_time ();
  guint i;

  if (now < self->next_time)
    return;
  self->next_time = G_MAXINT64;
  for (i = self->watches->len; i > 0; i = MIN (i - 1, self->watches->len)) {
    RtmpWatch *watch = g_ptr_array_index (self->watches, i - 1);

    if (watch->time > now)
      continue;
    watch->time = G_MAXINT64;
    watch->func (0, watch->user_data);
  }
  for (i = 0; i < self->watches->len; i++)
    self->next_time = MIN (self->next_time,
        ((RtmpWatch *) g_ptr_array_index (self->watches, i))->time);
}

static gboolean
has_woken (Poller * self)
{
  gboolean has;

  g_mutex_lock (&self->lock);
  has = self->woken->len > 0;
  g_mutex_unlock (&self->lock);
  return has;
}

/* Milliseconds, rounded up; -1: for ever. */
static gint
time_left (Poller * self)
{
  gint64 left = self->next_time - g_source_get_time (&self->parent);

  return self->next_time == G_MAXINT64 ? -1
      : (gint) CLAMP ((left + 999) / 1000, 0, G_MAXINT);
}

/* Not by the source's ready time, of which each change wakes the context. */
static gboolean
poller_prepare (GSource * source, gint * timeout)
{
  Poller *self = (Poller *) source;

  *timeout = time_left (self);
  return *timeout == 0 || has_woken (self);
}

static gboolean
poller_check (GSource * source)
{
  Poller *self = (Poller *) source;

  return time_left (self) == 0 || has_woken (self);
}

static gboolean
poller_dispatch (GSource * source, GSourceFunc callback, gpointer user_data)
{
  Poller *self = (Poller *) source;

  dispatch_woken (self);
  dispatch_times (self);
  dispatch_epoll (self);
  dispatch_tags (self);
  return G_SOURCE_CONTINUE;
}

/* Life */

static void
poller_finalize (GSource * source)
{
  Poller *self = (Poller *) source;

  if (self->epoll_fd >= 0)
    close (self->epoll_fd);
  g_ptr_array_unref (self->watches);
  g_ptr_array_unref (self->woken);
  g_mutex_clear (&self->lock);
}

static GSourceFuncs poller_funcs = {
  .prepare = poller_prepare,
  .check = poller_check,
  .dispatch = poller_dispatch,
  .finalize = poller_finalize,
};

static Poller *
poller_new (GMainContext * context)
{
  GSource *source = g_source_new (&poller_funcs, sizeof (Poller));
  Poller *self = (Poller *) source;

  self->context = context;
  self->watches = g_ptr_array_new ();
  self->woken = g_ptr_array_new ();
  self->next_time = G_MAXINT64;
  g_mutex_init (&self->lock);
  /* Nothing dispatched iterates the context. Else GLib takes the sockets out of
   * it for that time, and wakes it twice. */
  g_source_set_can_recurse (source, TRUE);
  epoll_init (self);
  g_source_attach (source, context);
  return self;
}

static Poller *
poller_of_locked (GMainContext * context)
{
  GList *l;

  for (l = pollers; l; l = l->next)
    if (((Poller *) l->data)->context == context)
      return l->data;
  pollers = g_list_prepend (pollers, poller_new (context));
  return pollers->data;
}

RtmpWatch *
rtmp_watch_new (int fd, RtmpWatchFunc func, gpointer user_data)
{
  RtmpWatch *self = g_new0 (RtmpWatch, 1);
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  self->fd = fd;
  self->time = G_MAXINT64;
  self->func = func;
  self->user_data = user_data;
  g_mutex_lock (&pollers_lock);
  self->poller = poller_of_locked (context);
  g_mutex_unlock (&pollers_lock);
  self->index = self->poller->watches->len;
  g_ptr_array_add (self->poller->watches, self);
  return self;
}

static void
poller_free (Poller * self)
{
  g_mutex_lock (&pollers_lock);
  pollers = g_list_remove (pollers, self);
  g_mutex_unlock (&pollers_lock);
  g_source_destroy (&self->parent);
  g_source_unref (&self->parent);
}

void
rtmp_watch_free (RtmpWatch * self)
{
  Poller *poller = self->poller;

  rtmp_watch_set_condition (self, 0);
  epoll_forget (self);
  g_mutex_lock (&poller->lock);
  g_ptr_array_remove (poller->woken, self);
  g_mutex_unlock (&poller->lock);
  g_ptr_array_remove_index_fast (poller->watches, self->index);
  if (self->index < poller->watches->len)
    ((RtmpWatch *) g_ptr_array_index (poller->watches, self->index))->index =
        self->index;
  if (poller->watches->len == 0)
    poller_free (poller);
  g_free (self);
}

void
rtmp_watch_set_condition (RtmpWatch * self, GIOCondition condition)
{
  if (condition == self->condition)
    return;
  select_fd (self, condition);
  self->condition = condition;
}

void
rtmp_watch_set_time (RtmpWatch * self, gint64 time)
{
  Poller *poller = self->poller;

  self->time = time;
  poller->next_time = MIN (poller->next_time, time);
}

void
rtmp_watch_wake (RtmpWatch * self)
{
  Poller *poller = self->poller;

  g_mutex_lock (&poller->lock);
  if (!self->woken) {
    self->woken = TRUE;
    g_ptr_array_add (poller->woken, self);
    if (poller->woken->len == 1)
      g_main_context_wakeup (poller->context);
  }
  g_mutex_unlock (&poller->lock);
}

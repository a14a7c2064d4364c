/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Part of every test program that is built for ThreadSanitizer, which sees
 * memory as instrumented code uses it, and order where it knows the calls that
 * make it. GLib and GStreamer are not instrumented, and GLib's locks are bare
 * system calls: without this, all that they guard would look like races.
 *
 * These functions stand before GLib's own: for the tests, for what is tested,
 * and for every library but GLib itself, whose inner calls stay inside. They
 * make no order that GLib does not make. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <gio/gio.h>
#include <pthread.h>
#include <sanitizer/tsan_interface.h>

/* The rest of the project is built with hidden symbols. */
#pragma GCC visibility push(default)
const char *__tsan_default_options (void);
const char *__tsan_default_suppressions (void);
void __wrap_g_free (gpointer memory);

/* GLib's own. Libraries call before any constructor of ours has run, so each is
 * looked up at its first call. */
#define REAL(function) \
  ({ \
    static __typeof__ (&function) real; \
    __typeof__ (&function) found = __atomic_load_n (&real, __ATOMIC_RELAXED); \
    if (found == NULL) { \
      found = (__typeof__ (&function)) dlsym (RTLD_NEXT, #function); \
      __atomic_store_n (&real, found, __ATOMIC_RELAXED); \
    } \
    found; \
  })

const char *
__tsan_default_options (void)
{
  return "second_deadlock_stack=1";
}

/* Libraries whose calls to malloc, free, memcpy, recv and so on are not looked
 * at: what orders them, reference counts above all, is inline and not seen. */
const char *
__tsan_default_suppressions (void)
{
  return "called_from_lib:libglib-2.0.so\n"
      "called_from_lib:libgobject-2.0.so\n"
      "called_from_lib:libgio-2.0.so\n"
      "called_from_lib:libgstreamer-1.0.so\n"
      "called_from_lib:libgstbase-1.0.so\n"
      "called_from_lib:libgstcoreelements.so\n"
      /* The same, but GIO unloads it, which the other kind does not allow. */
      "race:libgnutls.so\n"
      /* A streaming thread that changes states, as decodebin does. */
      "deadlock:test_decodebin\n";
}

/* What we free must be ours alone. Only our own calls end here, by the linker's
 * --wrap; those of the libraries are not looked at. */
void
__wrap_g_free (gpointer memory)
{
  free (memory);
}

/* Locks: POSIX ones, as GLib has them where there are no futexes. They are made
 * at their first use, for one of zeroes is good. */

static gpointer
get_impl (gpointer * place, gpointer (*create) (void), GDestroyNotify drop)
{
  gpointer found = g_atomic_pointer_get (place);
  gpointer made;

  if (found)
    return found;
  made = create ();
  if (g_atomic_pointer_compare_and_exchange (place, NULL, made))
    return made;
  drop (made);
  return g_atomic_pointer_get (place);
}

static void
clear_impl (gpointer * place, GDestroyNotify drop)
{
  gpointer found = g_atomic_pointer_get (place);

  if (found)
    drop (found);
  g_atomic_pointer_set (place, NULL);
}

static gpointer
create_mutex (void)
{
  pthread_mutex_t *self = malloc (sizeof (*self));

  pthread_mutex_init (self, NULL);
  return self;
}

static gpointer
create_rec_mutex (void)
{
  pthread_mutex_t *self = malloc (sizeof (*self));
  pthread_mutexattr_t attributes;

  pthread_mutexattr_init (&attributes);
  pthread_mutexattr_settype (&attributes, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init (self, &attributes);
  pthread_mutexattr_destroy (&attributes);
  return self;
}

/* Who clears a lock comes after all who had it, by reference counts that are
 * not seen; so it takes the lock once more. */
static void
drop_mutex (gpointer self)
{
  if (pthread_mutex_trylock (self) == 0)
    pthread_mutex_unlock (self);
  pthread_mutex_destroy (self);
  free (self);
}

static gpointer
create_cond (void)
{
  pthread_cond_t *self = malloc (sizeof (*self));
  pthread_condattr_t attributes;

  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (self, &attributes);
  pthread_condattr_destroy (&attributes);
  return self;
}

static void
drop_cond (gpointer self)
{
  pthread_cond_destroy (self);
  free (self);
}

static gpointer
create_rw_lock (void)
{
  pthread_rwlock_t *self = malloc (sizeof (*self));

  pthread_rwlock_init (self, NULL);
  return self;
}

static void
drop_rw_lock (gpointer self)
{
  if (pthread_rwlock_trywrlock (self) == 0)
    pthread_rwlock_unlock (self);
  pthread_rwlock_destroy (self);
  free (self);
}

#define MUTEX(lock) get_impl (&(lock)->p, create_mutex, drop_mutex)
#define REC_MUTEX(lock) get_impl (&(lock)->p, create_rec_mutex, drop_mutex)
#define COND(cond) get_impl (&(cond)->p, create_cond, drop_cond)
#define RW_LOCK(lock) get_impl (&(lock)->p, create_rw_lock, drop_rw_lock)

void
g_mutex_init (GMutex * mutex)
{
  g_atomic_pointer_set (&mutex->p, NULL);
}

void
g_mutex_clear (GMutex * mutex)
{
  clear_impl (&mutex->p, drop_mutex);
}

void
g_mutex_lock (GMutex * mutex)
{
  pthread_mutex_lock (MUTEX (mutex));
}

gboolean
g_mutex_trylock (GMutex * mutex)
{
  return pthread_mutex_trylock (MUTEX (mutex)) == 0;
}

void
g_mutex_unlock (GMutex * mutex)
{
  pthread_mutex_unlock (MUTEX (mutex));
}

void
g_rec_mutex_init (GRecMutex * mutex)
{
  g_atomic_pointer_set (&mutex->p, NULL);
}

void
g_rec_mutex_clear (GRecMutex * mutex)
{
  clear_impl (&mutex->p, drop_mutex);
}

void
g_rec_mutex_lock (GRecMutex * mutex)
{
  pthread_mutex_lock (REC_MUTEX (mutex));
}

gboolean
g_rec_mutex_trylock (GRecMutex * mutex)
{
  return pthread_mutex_trylock (REC_MUTEX (mutex)) == 0;
}

void
g_rec_mutex_unlock (GRecMutex * mutex)
{
  pthread_mutex_unlock (REC_MUTEX (mutex));
}

void
g_cond_init (GCond * cond)
{
  g_atomic_pointer_set (&cond->p, NULL);
}

void
g_cond_clear (GCond * cond)
{
  clear_impl (&cond->p, drop_cond);
}

void
g_cond_wait (GCond * cond, GMutex * mutex)
{
  pthread_cond_wait (COND (cond), MUTEX (mutex));
}

gboolean
g_cond_wait_until (GCond * cond, GMutex * mutex, gint64 end)
{
  const struct timespec time = {.tv_sec = end / G_USEC_PER_SEC,
    .tv_nsec = end % G_USEC_PER_SEC * 1000
  };

  return pthread_cond_timedwait (COND (cond), MUTEX (mutex), &time) == 0;
}

void
g_cond_signal (GCond * cond)
{
  pthread_cond_signal (COND (cond));
}

void
g_cond_broadcast (GCond * cond)
{
  pthread_cond_broadcast (COND (cond));
}

void
g_rw_lock_init (GRWLock * lock)
{
  g_atomic_pointer_set (&lock->p, NULL);
}

void
g_rw_lock_clear (GRWLock * lock)
{
  clear_impl (&lock->p, drop_rw_lock);
}

void
g_rw_lock_reader_lock (GRWLock * lock)
{
  pthread_rwlock_rdlock (RW_LOCK (lock));
}

void
g_rw_lock_reader_unlock (GRWLock * lock)
{
  pthread_rwlock_unlock (RW_LOCK (lock));
}

void
g_rw_lock_writer_lock (GRWLock * lock)
{
  pthread_rwlock_wrlock (RW_LOCK (lock));
}

void
g_rw_lock_writer_unlock (GRWLock * lock)
{
  pthread_rwlock_unlock (RW_LOCK (lock));
}

/* Once. What is inline of it is instrumented with its caller, and meets this at
 * the same address. */

gboolean (g_once_init_enter) (volatile void *location) {
  gboolean first = REAL (g_once_init_enter) (location);

  __tsan_acquire ((void *) location);
  return first;
}

void (g_once_init_leave) (volatile void *location, gsize result)
{
  __tsan_release ((void *) location);
  REAL (g_once_init_leave) (location, result);
}

/* Queues between threads: the lock inside is GLib's own. */

void
g_async_queue_push (GAsyncQueue * queue, gpointer data)
{
  __tsan_release (queue);
  REAL (g_async_queue_push) (queue, data);
}

gpointer
g_async_queue_pop (GAsyncQueue * queue)
{
  gpointer data = REAL (g_async_queue_pop) (queue);

  __tsan_acquire (queue);
  return data;
}

gpointer
g_async_queue_try_pop (GAsyncQueue * queue)
{
  gpointer data = REAL (g_async_queue_try_pop) (queue);

  __tsan_acquire (queue);
  return data;
}

gpointer
g_async_queue_timeout_pop (GAsyncQueue * queue, guint64 timeout)
{
  gpointer data = REAL (g_async_queue_timeout_pop) (queue, timeout);

  __tsan_acquire (queue);
  return data;
}

/* Reference counts: as GLib has them, but instrumented. */

void (g_atomic_ref_count_inc) (gatomicrefcount * count)
{
  __atomic_fetch_add (count, 1, __ATOMIC_SEQ_CST);
}

gboolean (g_atomic_ref_count_dec) (gatomicrefcount * count) {
  return __atomic_fetch_sub (count, 1, __ATOMIC_SEQ_CST) == 1;
}

gboolean (g_atomic_ref_count_compare) (gatomicrefcount * count, gint value) {
  return __atomic_load_n (count, __ATOMIC_SEQ_CST) == value;
}

/* Bytes: who frees them comes behind all who have let go of them. What a slice
 * is of is let go of here too, not inside GLib. */

typedef struct
{
  GBytes *bytes;
  GDestroyNotify func;
  gpointer data;
} Owner;

static void
free_owned (gpointer user_data)
{
  Owner *self = user_data;

  __tsan_acquire (self->bytes);
  self->func (self->data);
  g_free (self);
}

GBytes *
g_bytes_new_with_free_func (gconstpointer data, gsize size,
    GDestroyNotify func, gpointer user_data)
{
  Owner *owner;

  if (func == NULL)
    return REAL (g_bytes_new_with_free_func) (data, size, func, user_data);
  owner = g_new (Owner, 1);
  owner->func = func;
  owner->data = user_data;
  owner->bytes =
      REAL (g_bytes_new_with_free_func) (data, size, free_owned, owner);
  return owner->bytes;
}

GBytes *
g_bytes_new_from_bytes (GBytes * bytes, gsize offset, gsize length)
{
  const guint8 *data = g_bytes_get_data (bytes, NULL);

  if (length == g_bytes_get_size (bytes))
    return g_bytes_ref (bytes);
  return g_bytes_new_with_free_func (data + offset, length,
      (GDestroyNotify) g_bytes_unref, g_bytes_ref (bytes));
}

void
g_bytes_unref (GBytes * bytes)
{
  if (bytes == NULL)
    return;
  __tsan_release (bytes);
  REAL (g_bytes_unref) (bytes);
}

/* Main contexts: what was done before a source was attached, or made ready,
 * comes before its dispatch. */

typedef struct
{
  GSourceFuncs funcs;           /* first: what the source has */
  const GSourceFuncs *before;
} Funcs;

static gboolean
dispatch (GSource * source, GSourceFunc callback, gpointer user_data)
{
  const Funcs *self;

  __tsan_acquire (source);
  self = (const Funcs *) source->source_funcs;
  return self->before->dispatch (source, callback, user_data);
}

/* The same for each source of a kind. */
static GSourceFuncs *
with_order (const GSourceFuncs * before)
{
  static GMutex lock;
  static GSList *all;           /* of Funcs; under lock */
  Funcs *self = NULL;
  GSList *l;

  g_mutex_lock (&lock);
  for (l = all; l && self == NULL; l = l->next)
    if (((Funcs *) l->data)->before == before)
      self = l->data;
  if (self == NULL) {
    self = g_new0 (Funcs, 1);
    self->funcs = *before;
    self->funcs.dispatch = dispatch;
    self->before = before;
    all = g_slist_prepend (all, self);
  }
  g_mutex_unlock (&lock);
  return &self->funcs;
}

guint
g_source_attach (GSource * source, GMainContext * context)
{
  g_source_set_funcs (source, with_order (source->source_funcs));
  __tsan_release (source);
  return REAL (g_source_attach) (source, context);
}

void
g_source_set_ready_time (GSource * source, gint64 time)
{
  __tsan_release (source);
  REAL (g_source_set_ready_time) (source, time);
}

typedef struct
{
  GSourceFunc func;
  gpointer user_data;
  GDestroyNotify notify;
} Invocation;

static gboolean
run_invocation (gpointer user_data)
{
  Invocation *self = user_data;

  __tsan_acquire (self);
  return self->func (self->user_data);
}

static void
free_invocation (gpointer user_data)
{
  Invocation *self = user_data;

  if (self->notify)
    self->notify (self->user_data);
  g_free (self);
}

void
g_main_context_invoke_full (GMainContext * context, gint priority,
    GSourceFunc func, gpointer user_data, GDestroyNotify notify)
{
  Invocation *self = g_new (Invocation, 1);

  *self = (Invocation) {
  func, user_data, notify};
  __tsan_release (self);
  REAL (g_main_context_invoke_full) (context, priority, run_invocation, self,
      free_invocation);
}

void
g_main_context_invoke (GMainContext * context, GSourceFunc func,
    gpointer user_data)
{
  g_main_context_invoke_full (context, G_PRIORITY_DEFAULT, func, user_data,
      NULL);
}

/* Tasks: what was done before comes before what the thread does. Back from it
 * goes a source. */

static void
run_task (GTask * task, gpointer source, gpointer data,
    GCancellable * cancellable)
{
  GTaskThreadFunc *func;

  __tsan_acquire (task);
  func = g_object_get_data (G_OBJECT (task), "tsan-func");
  (*func) (task, source, data, cancellable);
}

void
g_task_run_in_thread (GTask * task, GTaskThreadFunc func)
{
  GTaskThreadFunc *kept = g_new (GTaskThreadFunc, 1);

  *kept = func;
  g_object_set_data_full (G_OBJECT (task), "tsan-func", kept, g_free);
  __tsan_release (task);
  REAL (g_task_run_in_thread) (task, run_task);
}

/* Thread pools: what was done before comes before what they do. */

typedef struct
{
  GFunc func;
  gpointer user_data;
} Pool;

static void
run_pool (gpointer data, gpointer user_data)
{
  Pool *pool = user_data;

  __tsan_acquire (data);
  pool->func (data, pool->user_data);
}

/* Pools live for as long as the process does. */
GThreadPool *
g_thread_pool_new (GFunc func, gpointer user_data, gint max_threads,
    gboolean exclusive, GError ** error)
{
  Pool *pool = g_new (Pool, 1);

  *pool = (Pool) {
  func, user_data};
  return REAL (g_thread_pool_new) (run_pool, pool, max_threads, exclusive,
      error);
}

gboolean
g_thread_pool_push (GThreadPool * pool, gpointer data, GError ** error)
{
  __tsan_release (data);
  return REAL (g_thread_pool_push) (pool, data, error);
}

/* Objects: whoever gives the last reference back comes behind all others. */
void
g_object_unref (gpointer object)
{
  __tsan_release (object);
  __tsan_acquire (object);
  REAL (g_object_unref) (object);
}

#pragma GCC visibility pop

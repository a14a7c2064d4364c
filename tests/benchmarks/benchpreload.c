/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* In LD_PRELOAD, counts what a process copies by calls: memcpy, memmove and
 * what realloc moves, which is an upper bound, since large blocks are remapped.
 * Copies of a few bytes that the compiler wrote in place are not seen. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <malloc.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__ ((visibility ("default")))

typedef void *(*CopyFunc) (void *to, const void *from, size_t n);
typedef void *(*ReallocFunc) (void *data, size_t n);

void *__memcpy_chk (void *to, const void *from, size_t n, size_t room);
void *__memmove_chk (void *to, const void *from, size_t n, size_t room);

/* Looked up by bench_copied_bytes(). */
extern uint64_t bench_copy_count;
EXPORT uint64_t bench_copy_count;

static void
count (size_t n)
{
  __atomic_fetch_add (&bench_copy_count, n, __ATOMIC_RELAXED);
}

/* memmove serves for all, as it may. */
static void *
copy (void *to, const void *from, size_t n)
{
  static CopyFunc next;

  if (next == NULL)
    next = (CopyFunc) dlsym (RTLD_NEXT, "memmove");
  count (n);
  return next (to, from, n);
}

EXPORT void *
memcpy (void *to, const void *from, size_t n)
{
  return copy (to, from, n);
}

EXPORT void *
memmove (void *to, const void *from, size_t n)
{
  return copy (to, from, n);
}

EXPORT void *
mempcpy (void *to, const void *from, size_t n)
{
  return (char *) copy (to, from, n) + n;
}

/* What fortified code calls. */
EXPORT void *
__memcpy_chk (void *to, const void *from, size_t n, size_t room)
{
  return n <= room ? copy (to, from, n) : NULL;
}

EXPORT void *
__memmove_chk (void *to, const void *from, size_t n, size_t room)
{
  return n <= room ? copy (to, from, n) : NULL;
}

EXPORT void *
realloc (void *data, size_t n)
{
  static ReallocFunc next;
  size_t held = data ? malloc_usable_size (data) : 0;
  void *moved;

  if (next == NULL)
    next = (ReallocFunc) dlsym (RTLD_NEXT, "realloc");
  moved = next (data, n);
  if (moved && moved != data)
    count (held < n ? held : n);
  return moved;
}

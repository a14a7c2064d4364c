/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the process has allocated and not freed, the test's own included. */
#include <glib.h>
#include <malloc.h>

#if defined (__SANITIZE_ADDRESS__) || defined (__SANITIZE_THREAD__)
#define HAS_SANITIZER 1
#elif defined (__has_feature)
#if __has_feature (address_sanitizer) || __has_feature (thread_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif

#ifdef HAS_SANITIZER
size_t __sanitizer_get_current_allocated_bytes (void);

static inline gsize
allocated_bytes (void)
{
  return __sanitizer_get_current_allocated_bytes ();
}
#else
static inline gsize
allocated_bytes (void)
{
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
}
#endif

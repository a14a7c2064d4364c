/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmphandshake.h"

#include <string.h>

G_BEGIN_DECLS

/* One direction of a recorded connection, "NAME.c2s" or "NAME.s2c". @time and
 * @random are those of the hello that went the other way: a handshake with them
 * is what the peer answered, and sees its echo match. (transfer full) */
static inline GBytes *
rtmp_test_load_recording (const gchar * file, guint32 * time, guint8 * random)
{
  gboolean is_c2s = g_str_has_suffix (file, ".c2s");
  gchar *path = g_build_filename (g_getenv ("FILES"), "wire", file, NULL);
  gchar *other = g_strdup (path), *data;
  gsize size;

  memcpy (other + strlen (other) - 3, is_c2s ? "s2c" : "c2s", 3);
  g_assert_true (g_file_get_contents (other, &data, &size, NULL));
  g_assert_cmpuint (size, >, 1 + RTMP_HANDSHAKE_SIZE);
  memcpy (time, data + 1, 4);
  *time = GUINT32_FROM_BE (*time);
  memcpy (random, data + 1 + 8, RTMP_HANDSHAKE_RANDOM_SIZE);
  g_free (data);
  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  g_free (other);
  g_free (path);
  return g_bytes_new_take (data, size);
}

/* To cut a recording of 70 KB in two at every offset is to read 5 GB. In blocks
 * of this many bytes, with a first one of every smaller size, it is cut at
 * every offset too, just once, and a few thousand bytes away from the next
 * cut. */
#define RTMP_TEST_REPLAY_BLOCK 4099

G_END_DECLS

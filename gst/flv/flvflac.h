/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define FLV_FLAC_STREAM_INFO_SIZE 34

/**
 * FlvFlac:
 * @stream_info: the 34 bytes of STREAMINFO, in the bytes that were read
 * @rate: Hz
 * @channels: 1 to 8
 *
 * What describes a FLAC stream (RFC 9639, 8.2).
 *
 * Since: 0.1
 */
typedef struct
{
  const guint8 *stream_info;
  guint rate;
  guint channels;
} FlvFlac;

/* STREAMINFO bare, behind its block header, or behind the marker "fLaC" too,
 * with or without other blocks after it. %RTMP_ERROR_BAD_FLV: @self is
 * undefined then. */
gboolean flv_flac_parse (FlvFlac * self, const guint8 * data, gsize size,
    GError ** error);

G_END_DECLS

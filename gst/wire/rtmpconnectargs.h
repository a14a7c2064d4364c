/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Further arguments of connect, in the notation that librtmp introduced and
 * FFmpeg took over: a token a value, `B:` boolean (0 or 1), `N:` number, `S:`
 * string, `Z:` null, `O:1` and `O:0` around the members of an object; members
 * have an `N` before the type and their name behind it:
 * `O:1 NN:code:1.23 NS:flag:ok NO:inner:1 NB:x:0 O:0 O:0 B:1`.
 *
 * @tokens: (array zero-terminated=1)
 * Returns: (transfer full) (element-type RtmpValue) (nullable): %NULL with
 * %RTMP_ERROR_BAD_URL, naming the token that is wrong. */
GPtrArray *rtmp_connect_args_parse (const gchar * const *tokens,
    GError ** error);

G_END_DECLS

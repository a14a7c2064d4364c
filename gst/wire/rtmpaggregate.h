/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmpchunkreader.h"

G_BEGIN_DECLS

/* Aggregate messages, type 22: RTMP 1.0, 7.1.6. */

/**
 * rtmp_aggregate_split:
 * @aggregate: a message of type 22; borrowed, its type is not looked at
 * @func: gets each message in it, as #RtmpMessageFunc says
 *
 * Each message has the streams of the aggregate and a payload that is a slice
 * of its payload. Its timestamp is moved so that the first one's would be the
 * aggregate's. Aggregates within it are left out, so that @func may pass on
 * what it gets to where aggregates are split.
 *
 * Of more than 65536 messages the first ones count.
 *
 * A message that the end cuts off ends the parse and is no error: what stood
 * before it is whole.
 *
 * Returns: %FALSE with what @func set, and nothing was read behind that.
 *
 * Since: 0.1
 */
gboolean rtmp_aggregate_split (const RtmpMessage * aggregate,
    RtmpMessageFunc func, gpointer user_data, GError ** error);

G_END_DECLS

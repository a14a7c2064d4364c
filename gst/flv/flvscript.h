/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include "rtmperror.h"
#include "rtmplimits.h"
#include "rtmpvalue.h"

G_BEGIN_DECLS

/* Script data: FLV 10.1, E.4.4; the data messages of RTMP, 7.1.2, hold the
 * same. */

#define FLV_SCRIPT_ON_META_DATA "onMetaData"

/**
 * FlvScript:
 * @name: never %NULL: onMetaData and the like
 * @values: what follows, of #RtmpValue
 *
 * Stack allocated; flv_script_clear() frees the contents.
 *
 * Since: 0.1
 */
typedef struct
{
  gchar *name;
  GPtrArray *values;
} FlvScript;

/* The body of a script tag, or of a data message, of AMF0 (18) or AMF3 (15):
 * with the selector byte of the latter or without. A "@setDataFrame" before the
 * name is skipped. What stands behind a value that cannot be read is left out,
 * if a value was read before it.
 *
 * @limits: %NULL for the defaults. @self needs no init; on failure it is
 * cleared. Errors as rtmp_amf0_parse(), and %RTMP_ERROR_BAD_FLV if there is no
 * name. */
gboolean flv_script_parse (FlvScript * self, GBytes * body,
    const RtmpLimits * limits, GError ** error);
void flv_script_clear (FlvScript * self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FlvScript, flv_script_clear)

/* The first object or ECMA array: what most methods have. (transfer none)
 * (nullable) */
RtmpValue *flv_script_object (const FlvScript * self);

/* The body of a tag or message of AMF0. The objects of onMetaData become ECMA
 * arrays, as it must be one. (transfer none) for @values; (transfer full) */
GBytes *flv_script_write (const gchar * name, RtmpValue * const *values,
    guint n);

G_END_DECLS

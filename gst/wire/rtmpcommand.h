/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmplimits.h"
#include "rtmpmessage.h"
#include "rtmpvalue.h"

G_BEGIN_DECLS

/* RTMP 1.0, 7.2.2.1: the start argument of play, where not a position. */
#define RTMP_PLAY_LIVE_OR_RECORDED (-2.0)
#define RTMP_PLAY_LIVE (-1.0)
/* The duration argument: to the end. */
#define RTMP_PLAY_TO_END (-1.0)

/* Command messages (RTMP 1.0, 7.1.1 and 7.2) and data messages (7.1.2). */

/**
 * RtmpCommand:
 * @name: never %NULL; trailing NULs that some servers send are stripped (E-088)
 * @transaction: 0 when no answer is expected
 * @args: what follows, the command object (or null) first; of #RtmpValue
 *
 * Stack allocated; rtmp_command_clear() frees the contents.
 *
 * Since: 0.1
 */
typedef struct
{
  gchar *name;
  gdouble transaction;
  GPtrArray *args;
} RtmpCommand;

/* The payload of a message of type 20 or 17 (whose selector byte is skipped if
 * it is there). Where no number follows the name, the transaction id reads as 0
 * and the arguments begin. @self needs no init; on failure it is cleared.
 * Errors as rtmp_amf0_parse(), %RTMP_ERROR_BAD_COMMAND if there is no name, and
 * %RTMP_ERROR_UNSUPPORTED for other selectors. What was read before a value
 * that fails is not kept. */
gboolean rtmp_command_parse (RtmpCommand * self, const RtmpMessage * message,
    const RtmpLimits * limits, GError ** error);
void rtmp_command_clear (RtmpCommand * self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RtmpCommand, rtmp_command_clear)

/* (transfer none) (nullable): %NULL past the end. 0 is the command object. */
RtmpValue *rtmp_command_arg (const RtmpCommand * self, guint index);

/* The payload of a command: @name, @transaction, then the values up to %NULL,
 * each (transfer full). Starts with the command object:
 * rtmp_command_write ("createStream", 4, rtmp_value_new_null (), NULL).
 * Returns: (transfer full) */
GBytes *rtmp_command_write (const gchar * name, gdouble transaction,
    RtmpValue * first, ...) G_GNUC_NULL_TERMINATED;
/* The same from an array of #RtmpValue (transfer none). */
GBytes *rtmp_command_write_array (const gchar * name, gdouble transaction,
    GPtrArray * args);

/* The name that a data message (type 18 or 15) starts with, and at which byte
 * of the payload what follows it begins; no more is parsed. FALSE if it does
 * not start with a string.
 * @name: (out) (transfer full) */
gboolean rtmp_data_parse_name (const RtmpMessage * message, gchar ** name,
    gsize * length);

/* Makes a data message of type 15 one of type 18 that says the same, as FLV
 * files hold it: without the selector, and in AMF0 what was in AMF3. Other
 * messages stay as they are. On failure @message is as it was. Errors as
 * rtmp_amf0_parse(), %RTMP_ERROR_UNSUPPORTED for other selectors and for values
 * that hold themselves, %RTMP_ERROR_LIMIT_MESSAGE_SIZE. */
gboolean rtmp_data_to_amf0 (RtmpMessage * message, const RtmpLimits * limits,
    GError ** error);

/* An onMetaData payload as publishers send it: "@setDataFrame" before
 * @script_data (which starts with its own name). (transfer full) */
GBytes *rtmp_data_write_set_data_frame (GBytes * script_data);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmpconnection.h"
#include "rtmpgatekeeper.h"
#include "rtmploop.h"
#include "rtmpserver.h"

G_BEGIN_DECLS

/* What server, callers and mounts know of each other. A caller lives in one
 * loop; its functions are for that loop's thread. */

/**
 * RtmpCaller:
 *
 * A client of a server: connection, session, and what it publishes or plays.
 *
 * Since: 0.1
 */
typedef struct _RtmpCaller RtmpCaller;

/* Begins. @deadline: of the handshake, in monotonic microseconds. (transfer
 * full) for @transport and @peer. */
RtmpCaller *rtmp_caller_new (RtmpServer * server, guint64 id,
    RtmpLoop * loop, RtmpTransport * transport, gchar * peer,
    gint64 deadline);
/* Ends everything at once; never from within one of its events. */
void rtmp_caller_free (RtmpCaller * self);

guint64 rtmp_caller_id (const RtmpCaller * self);
RtmpLoop *rtmp_caller_loop (const RtmpCaller * self);
const gchar *rtmp_caller_peer (const RtmpCaller * self);
gboolean rtmp_caller_is_publisher (const RtmpCaller * self);

/* Ends its connection: what is queued is still sent. Its streams leave their
 * mounts with @error, %NULL if all is well. */
void rtmp_caller_hang_up (RtmpCaller * self, const gchar * code,
    const gchar * description, const GError * error);
/* Its streams of @mount end, and the connection if there are no others. */
void rtmp_caller_detach (RtmpCaller * self, RtmpMount * mount);
/* As hang_up, but its streams leave only when all has been read; for as long as
 * it goes on reading. One that has streams of other mounts is detached. */
void rtmp_caller_finish (RtmpCaller * self, RtmpMount * mount);
void rtmp_caller_set_reading (RtmpCaller * self, gboolean reading);
/* As rtmp_server_session_request_reconnect(). */
void rtmp_caller_request_reconnect (RtmpCaller * self, const gchar * tc_url);

/* For a player. As rtmp_server_session_begin_media(). */
void rtmp_caller_begin_media (RtmpCaller * self, guint32 stream);
void rtmp_caller_send (RtmpCaller * self, guint32 stream,
    RtmpMessageType type, guint32 timestamp, GBytes * payload);
/* Writes what has been sent since. */
void rtmp_caller_flush (RtmpCaller * self);
const RtmpOutQueue *rtmp_caller_queue (const RtmpCaller * self);
void rtmp_caller_link_stats (const RtmpCaller * self, RtmpLinkStats * stats);

/* Of the server, for callers and mounts. */

const RtmpServerOptions *rtmp_server_options (const RtmpServer * self);
/* Whether any mount has that application. */
gboolean rtmp_server_has_app (RtmpServer * self, const gchar * app);
/* As rtmp_gatekeeper_check(), with every mount of the application that knows
 * its users, and the password that the user has there; admitted if there is
 * none. */
RtmpGatekeeperVerdict rtmp_server_check_user (RtmpServer * self,
    const gchar * app, const gchar * query, gchar ** user, gchar ** password,
    gchar ** description);
/* Whether a mount of the application wants SWF verification. */
gboolean rtmp_server_asks_swf (RtmpServer * self, const gchar * app);
/* Tells every mount of info->app, or every one if none has it, of who is
 * refused before there is a mount for it. From a loop's thread. */
void rtmp_server_reject (RtmpServer * self, const RtmpCallerInfo * info,
    const gchar * reason);
/* From a loop's thread: valid until the current event is over. (transfer none)
 * (nullable) */
RtmpMount *rtmp_server_find_mount (RtmpServer * self, gboolean publish,
    const gchar * app, const gchar * stream);
void rtmp_server_add_mount (RtmpServer * self, RtmpMount * mount);
void rtmp_server_remove_mount (RtmpServer * self, RtmpMount * mount);
/* The caller is no more. */
void rtmp_server_forget (RtmpServer * self, guint64 id);

typedef void (*RtmpCallerFunc) (RtmpCaller * caller, gpointer user_data);
/* In the loop of the caller @id, later, if it is still there. (transfer full)
 * for @user_data. */
void rtmp_server_post (RtmpServer * self, guint64 id, RtmpCallerFunc func,
    gpointer user_data, GDestroyNotify destroy);
/* With each caller, in its loop; waits. Any thread but a loop's. */
void rtmp_server_foreach (RtmpServer * self, RtmpCallerFunc func,
    gpointer user_data);

/* Of a mount, for callers; in a loop's thread. */

/* Any thread. */
gboolean rtmp_mount_has_app (const RtmpMount * self, const gchar * app);
/* FALSE: it does not ask for users. */
gboolean rtmp_mount_asks_user (const RtmpMount * self);
RtmpGatekeeperVerdict rtmp_mount_check_user (RtmpMount * self,
    const gchar * query, gchar ** user, gchar ** password,
    gchar ** description);
/* %NULL: it does not ask for any. */
const RtmpSwf *rtmp_mount_swf (const RtmpMount * self);
gboolean rtmp_mount_matches (const RtmpMount * self, gboolean publish,
    const gchar * app, const gchar * stream);
/* @password: by which info->user has proved to be that; other mounts may know
 * another one of that name. FALSE with the @code and @reason of a refusal,
 * which has been told. */
gboolean rtmp_mount_admit (RtmpMount * self, const RtmpCallerInfo * info,
    const gchar * password, const gchar ** code, const gchar ** reason);
/* Tells that it is refused. */
void rtmp_mount_reject (RtmpMount * self, const RtmpCallerInfo * info,
    const gchar * reason);
/**
 * RtmpGuest: a caller at a mount, for as long as it publishes or plays.
 *
 * Since: 0.1
 */
typedef struct _RtmpGuest RtmpGuest;

/* The admitted caller begins. */
RtmpGuest *rtmp_mount_begin (RtmpMount * self, RtmpCaller * caller,
    guint32 stream, const RtmpCallerInfo * info);
void rtmp_mount_take (RtmpMount * self, const RtmpCallerInfo * info,
    RtmpMessage * message);
void rtmp_mount_leave (RtmpMount * self, RtmpGuest * guest,
    const RtmpCallerInfo * info, const GError * error);
/* Later: the end has come for the caller @id. */
void rtmp_mount_finish_caller (RtmpMount * self, guint64 id);

/* For players; nothing for a publisher. */
void rtmp_guest_pause (RtmpGuest * self, gboolean paused);
void rtmp_guest_receive (RtmpGuest * self, RtmpMessageType type,
    gboolean on);
/* Brings what rtmp_mount_stats() tells up to date. */
void rtmp_mount_update_stats (RtmpMount * self, RtmpGuest * guest);

G_END_DECLS

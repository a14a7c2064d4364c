/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmphttp.h"

G_BEGIN_DECLS

/* RTMPT: RTMP in the bodies of POST requests and their replies.
 *
 *     /fcs/ident2       Flash asks for another address; 404: there is none
 *     /open/1           the reply is the session's id and a line feed
 *     /send/ID/N        the body is RTMP
 *     /idle/ID/N        the body is a zero, as for open and close
 *     /close/ID/N
 *
 * N counts the requests of a session, over all connections that carry them. The
 * body of a reply to the last three is the interval of polling and RTMP. */

#define RTMP_TUNNEL_CONTENT_TYPE "application/x-fcs"

/* Characters of a session's id. */
#define RTMP_TUNNEL_ID_MAX 64

/* Bytes of RTMP that wait in one direction, and so go in one body, of ours: a
 * round trip carries no more. And bytes of a body of the peer's: FFmpeg puts
 * ten messages into one. */
#define RTMP_TUNNEL_OUTPUT_MAX (256 << 10)
#define RTMP_TUNNEL_BODY_MAX (16 << 20)

/* What the interval counts, in microseconds, and the most it says: the longest
 * wait between two polls is half a second. 0 says that the session is over. */
#define RTMP_TUNNEL_INTERVAL_UNIT (G_USEC_PER_SEC / 64)
#define RTMP_TUNNEL_INTERVAL_MIN 0x01
#define RTMP_TUNNEL_INTERVAL_MAX 0x21
/* Replies without RTMP, one after the other, before polls become fewer. */
#define RTMP_TUNNEL_EMPTY_REPLIES 10

typedef enum
{
  RTMP_TUNNEL_IDENT,
  RTMP_TUNNEL_OPEN,
  RTMP_TUNNEL_SEND,
  RTMP_TUNNEL_IDLE,
  RTMP_TUNNEL_CLOSE,
} RtmpTunnelVerb;

typedef struct
{
  RtmpTunnelVerb verb;
  gchar id[RTMP_TUNNEL_ID_MAX + 1];     /* "" for ident and open */
  guint32 sequence;
} RtmpTunnelRequest;

/* What @head asks for: 200, or the status that says why it is not RTMPT: 404
 * for another path, 405 for another method than POST, 400 where id or number
 * are wrong. */
guint rtmp_tunnel_request_parse (RtmpTunnelRequest * self,
    const RtmpHttpHead * head);
/* The path that asks for it. (transfer full) */
gchar *rtmp_tunnel_request_path (const RtmpTunnelRequest * self);

/* Whether @id may be one: it goes into paths. */
gboolean rtmp_tunnel_id_is_valid (const gchar * id, gsize length);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmpmessage.h"

G_BEGIN_DECLS

/* SWF verification. A server asks (user control 26) whether its client is a
 * certain SWF file, or has it; the client answers (27) with the file's size and
 * a HMAC of its hash, whose key is the end of S1. It is in no document. Who has
 * the file passes, and who knows its hash and size: it proves no more. */

#define RTMP_SWF_HASH_SIZE 32
/* What of S1 is the key: its last bytes. */
#define RTMP_SWF_KEY_SIZE 32

/**
 * RtmpSwf:
 * @size: of the file when it is not compressed; 0: there is none
 * @hash: likewise
 *
 * What verification knows of a SWF file. A plain struct.
 *
 * Since: 0.1
 */
typedef struct
{
  guint32 size;
  guint8 hash[RTMP_SWF_HASH_SIZE];
} RtmpSwf;

/* @hash: 64 hexadecimal digits, as programs print it. FALSE with
 * %RTMP_ERROR_UNSUPPORTED, also for a @size of 0. */
gboolean rtmp_swf_parse (RtmpSwf * self, const gchar * hash, guint32 size,
    GError ** error);

/**
 * RtmpSwfInflate:
 * @taken: (out): how much of @in has been used
 * @given: (out): how much of @out has been filled
 * @end: (out): nothing more will come
 *
 * Inflates (zlib) the next part of a stream. FALSE with @error set. Neither
 * @taken nor @given nor @end: it wants more than @in.
 */
typedef gboolean (*RtmpSwfInflate) (const guint8 * in, gsize in_size,
    gsize * taken, guint8 * out, gsize out_size, gsize * given,
    gboolean * end, gpointer user_data, GError ** error);

/**
 * RtmpSwfHasher:
 *
 * Hashes a SWF file, compressed (CWS) or not (FWS), in whatever pieces it
 * comes; holds none of it.
 *
 * Since: 0.1
 */
typedef struct _RtmpSwfHasher RtmpSwfHasher;

RtmpSwfHasher *rtmp_swf_hasher_new (RtmpSwfInflate inflate,
    gpointer user_data);
void rtmp_swf_hasher_free (RtmpSwfHasher * self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmpSwfHasher, rtmp_swf_hasher_free)

/* The next bytes of the file. FALSE with what @inflate says, or with
 * %RTMP_ERROR_UNSUPPORTED: no SWF file, compressed with LZMA (ZWS), larger than
 * %RTMP_SWF_MAX_SIZE, or than it says itself. Not to be used further then. */
gboolean rtmp_swf_hasher_feed (RtmpSwfHasher * self, const guint8 * data,
    gsize size, GError ** error);
/* That was all. FALSE with %RTMP_ERROR_UNSUPPORTED: it has been cut off. */
gboolean rtmp_swf_hasher_finish (RtmpSwfHasher * self, RtmpSwf * out,
    GError ** error);

/* The server's question. @message is overwritten. */
void rtmp_swf_write_request (RtmpMessage * message);
/* FALSE: one that is asked in a way that nobody knows. */
gboolean rtmp_swf_can_answer (const RtmpMessage * request);

/* The client's answer. @key: #RTMP_SWF_KEY_SIZE bytes. */
void rtmp_swf_write_answer (const RtmpSwf * self, const guint8 * key,
    RtmpMessage * message);

/**
 * RtmpSwfAnswer: what the client says.
 *
 * Since: 0.1
 */
typedef struct
{
  guint32 size;                 /* 0: it has said nothing */
  guint8 proof[RTMP_SWF_HASH_SIZE];
} RtmpSwfAnswer;

/* @message: user control 27. FALSE with %RTMP_ERROR_BAD_MESSAGE for one that is
 * too short, or of a kind that is not known. */
gboolean rtmp_swf_parse_answer (RtmpSwfAnswer * self,
    const RtmpMessage * message, GError ** error);
/* FALSE with %RTMP_ERROR_AUTH_FAILED: the client has not answered, or has
 * another file. */
gboolean rtmp_swf_check_answer (const RtmpSwf * self, const guint8 * key,
    const RtmpSwfAnswer * answer, GError ** error);

G_END_DECLS

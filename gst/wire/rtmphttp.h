/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "rtmpwriter.h"

G_BEGIN_DECLS

/* Bytes of one head, and of what a chunked body has besides data; fields in it:
 * peers use under a thousand and under twenty. Without them, a head that never
 * ends fills memory. */
#define RTMP_HTTP_HEAD_MAX (8 << 10)
#define RTMP_HTTP_FIELDS_MAX 64

typedef enum
{
  RTMP_HTTP_REQUEST,
  RTMP_HTTP_RESPONSE,
} RtmpHttpKind;

typedef enum
{
  RTMP_HTTP_AWAIT_HEAD,
  RTMP_HTTP_AWAIT_BODY,
  RTMP_HTTP_DONE,
} RtmpHttpState;

typedef struct
{
  const gchar *name;
  const gchar *value;           /* without blanks around it */
} RtmpHttpField;

/**
 * RtmpHttpHead:
 * @method: of a request, else %NULL
 * @target: of a request, as it came: path and query, or a whole URL; else %NULL
 * @status: of a response, 200 to 599, else 0
 * @reason: of a response, for people; else %NULL
 * @minor: 0 or 1, of HTTP/1.x
 * @keep_alive: the connection may carry another message after this one
 * @has_length: @length bytes of body were announced
 *
 * Since: 0.1
 */
typedef struct
{
  const gchar *method;
  const gchar *target;
  guint status;
  const gchar *reason;
  guint minor;
  gboolean keep_alive;
  gboolean has_length;
  guint64 length;
  RtmpHttpField fields[RTMP_HTTP_FIELDS_MAX];
  guint n_fields;
} RtmpHttpHead;

/* The first field of that name, without regard to case. (nullable) */
const gchar *rtmp_http_head_field (const RtmpHttpHead * self,
    const gchar * name);

/**
 * RtmpHttpReader:
 *
 * Reads HTTP/1.0 and 1.1 (RFC 9112), one message at a time: requests, whose
 * bodies have a Content-Length or there is none; or responses, whose bodies may
 * also be chunked or end with the connection. Interim responses (1xx) are
 * skipped.
 *
 * Since: 0.1
 */
typedef struct _RtmpHttpReader RtmpHttpReader;

/* @body_max: bytes of one body. */
RtmpHttpReader *rtmp_http_reader_new (RtmpHttpKind kind, guint32 body_max);
void rtmp_http_reader_free (RtmpHttpReader * self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmpHttpReader, rtmp_http_reader_free)

/* Takes bytes up to the end of one message; @consumed says how many. The rest
 * is for after rtmp_http_reader_next(). FALSE with %RTMP_ERROR_BAD_HTTP for
 * what is not HTTP or contradicts itself, %RTMP_ERROR_LIMIT_HTTP for more than
 * the above, or %RTMP_ERROR_UNSUPPORTED for a request whose body has no
 * Content-Length, and for codings but chunked; it sticks. */
gboolean rtmp_http_reader_feed (RtmpHttpReader * self, const guint8 * data,
    gsize size, gsize * consumed, GError ** error);
/* The connection has ended: TRUE between messages, and where a body ends so,
 * whose state is then DONE. Else FALSE with %RTMP_ERROR_PEER_CLOSED. */
gboolean rtmp_http_reader_end (RtmpHttpReader * self, GError ** error);

RtmpHttpState rtmp_http_reader_state (const RtmpHttpReader * self);
const gchar *rtmp_http_state_to_string (RtmpHttpState state);
/* Nothing of a message has come yet. */
gboolean rtmp_http_reader_is_idle (const RtmpHttpReader * self);

/* Until next(); %NULL in AWAIT_HEAD. (transfer none) (nullable) */
const RtmpHttpHead *rtmp_http_reader_head (const RtmpHttpReader * self);
/* What has come of the body since the last call, maybe nothing: all of it, if
 * asked for once, when DONE. (transfer full) */
GBytes *rtmp_http_reader_take_body (RtmpHttpReader * self);
/* Only when DONE: begins with the next message; head and body are dropped. */
void rtmp_http_reader_next (RtmpHttpReader * self);

/* Writing. @fields: names and values in turn, ended by %NULL; control
 * characters in them and in @target are left out. @length: what Content-Length
 * says, if not negative. The body is the caller's to write. */
void rtmp_http_write_request (RtmpWriter * writer, const gchar * method,
    const gchar * target, const gchar * const *fields, gssize length);
void rtmp_http_write_response (RtmpWriter * writer, guint status,
    const gchar * const *fields, gssize length);

/* "Not Found"; "" for those that are not in use here. Static. */
const gchar *rtmp_http_reason (guint status);

/* The value of the Host field: an IPv6 address in brackets, the port unless it
 * is 80 or with @tls 443. (transfer full) */
gchar *rtmp_http_host (const gchar * host, guint16 port, gboolean tls);

G_END_DECLS

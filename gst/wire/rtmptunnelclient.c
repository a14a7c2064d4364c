/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmptunnelclient.h"

#include <string.h>

#include "rtmperror.h"
#include "rtmplog.h"

/* The longest wait between polls, in intervals, of a server that always asks
 * for short ones. */
#define OWN_INTERVAL_MAX 8

struct _RtmpTunnelClient
{
  RtmpTunnelClientState state;
  gchar *host;
  gboolean proxied;
  gchar *authorization;
  gchar *id;
  guint32 sequence;             /* of the next request */

  GBytes *request;              /* to be answered; NULL: none is */
  RtmpTunnelVerb verb;          /* of the last one */
  gboolean pulled;              /* the request is on its way */
  gint64 next_poll;
  guint empty;                  /* replies so, one after the other */
  RtmpHttpReader *reader;
  guint replies;                /* on this connection */
  gboolean needs_connection;

  GByteArray *output;
  gboolean finishing;
  gboolean reading;
  GByteArray *input;
  gsize input_pos;              /* what of it has been read */
  gboolean reply_begun;         /* the interval has been read */
  gboolean reply_full;          /* and RTMP after it */
  guint8 interval;
  GError *error;
};

RtmpTunnelClient *
rtmp_tunnel_client_new (const gchar * host)
{
  RtmpTunnelClient *self = g_new0 (RtmpTunnelClient, 1);

  self->host = g_strdup (host);
  self->reader = rtmp_http_reader_new (RTMP_HTTP_RESPONSE,
      RTMP_TUNNEL_BODY_MAX);
  self->output = g_byte_array_new ();
  self->reading = TRUE;
  self->input = g_byte_array_new ();
  return self;
}

void
rtmp_tunnel_client_free (RtmpTunnelClient * self)
{
  g_free (self->host);
  g_free (self->authorization);
  g_free (self->id);
  g_clear_pointer (&self->request, g_bytes_unref);
  rtmp_http_reader_free (self->reader);
  g_byte_array_unref (self->output);
  g_byte_array_unref (self->input);
  g_clear_error (&self->error);
  g_free (self);
}

void
rtmp_tunnel_client_set_proxy (RtmpTunnelClient * self,
    const gchar * authorization)
{
  self->proxied = TRUE;
  self->authorization = g_strdup (authorization);
}

/* The stream */

gsize
rtmp_tunnel_client_read (RtmpTunnelClient * self, guint8 * data, gsize size)
{
  gsize n = MIN (size, rtmp_tunnel_client_input (self));

  if (n > 0)
    memcpy (data, self->input->data + self->input_pos, n);
  self->input_pos += n;
  if (self->input_pos == self->input->len) {
    g_byte_array_set_size (self->input, 0);
    self->input_pos = 0;
  }
  return n;
}

gsize
rtmp_tunnel_client_write (RtmpTunnelClient * self, const guint8 * data,
    gsize size)
{
  gsize n = MIN (size, rtmp_tunnel_client_space (self));

  g_byte_array_append (self->output, data, (guint) n);
  return n;
}

void
rtmp_tunnel_client_set_reading (RtmpTunnelClient * self, gboolean reading)
{
  self->reading = reading;
}

gsize
rtmp_tunnel_client_input (const RtmpTunnelClient * self)
{
  return self->input->len - self->input_pos;
}

gsize
rtmp_tunnel_client_space (const RtmpTunnelClient * self)
{
  return self->finishing ? 0 : RTMP_TUNNEL_OUTPUT_MAX - self->output->len;
}

void
rtmp_tunnel_client_finish (RtmpTunnelClient * self)
{
  self->finishing = TRUE;
}

/* Requests */

static void
set_state (RtmpTunnelClient * self, RtmpTunnelClientState state)
{
  RTMP_DEBUG ("tunnel: %s", rtmp_tunnel_client_state_to_string (state));
  self->state = state;
}

static void
write_head (RtmpTunnelClient * self, RtmpWriter * writer,
    const gchar * path, gsize length)
{
  const gchar *fields[] = {
    "Host", self->host,
    "Content-Type", RTMP_TUNNEL_CONTENT_TYPE,
    "User-Agent", "Shockwave Flash",
    "Accept", "*/*",
    "Connection", "Keep-Alive",
    "Cache-Control", "no-cache",
    self->authorization ? "Proxy-Authorization" : NULL, self->authorization,
    NULL
  };
  g_autofree gchar *url = NULL;

  if (self->proxied)
    url = g_strconcat ("http://", self->host, path, NULL);
  rtmp_http_write_request (writer, "POST", url ? url : path, fields,
      (gssize) length);
}

static GBytes *
make_request (RtmpTunnelClient * self, RtmpTunnelVerb verb)
{
  static const guint8 nothing = 0;
  RtmpTunnelRequest request = {.verb = verb,.sequence = self->sequence };
  g_autofree gchar *path = NULL;
  gboolean send = verb == RTMP_TUNNEL_SEND;
  RtmpWriter writer;

  if (self->id)
    g_strlcpy (request.id, self->id, sizeof (request.id));
  path = rtmp_tunnel_request_path (&request);
  rtmp_writer_init (&writer);
  write_head (self, &writer, path, send ? self->output->len : 1);
  if (send) {
    rtmp_writer_bytes (&writer, self->output->data, self->output->len);
    g_byte_array_set_size (self->output, 0);
  } else
    rtmp_writer_u8 (&writer, nothing);
  if (verb != RTMP_TUNNEL_OPEN)
    self->sequence++;
  self->verb = verb;
  RTMP_LOG ("tunnel: %s", path);
  return rtmp_writer_take (&writer);
}

/* When the next request is due, and what it is. */
static gint64
next_request (const RtmpTunnelClient * self, RtmpTunnelVerb * verb)
{
  *verb = RTMP_TUNNEL_OPEN;
  if (self->error || self->request
      || self->state >= RTMP_TUNNEL_CLIENT_AWAIT_CLOSE)
    return G_MAXINT64;
  if (self->state == RTMP_TUNNEL_CLIENT_AWAIT_ID)
    return 0;
  *verb = RTMP_TUNNEL_SEND;
  if (self->output->len > 0)
    return 0;
  *verb = RTMP_TUNNEL_CLOSE;
  if (self->finishing)
    return 0;
  *verb = RTMP_TUNNEL_IDLE;
  return self->reading && rtmp_tunnel_client_input (self) == 0
      ? self->next_poll : G_MAXINT64;
}

gint64
rtmp_tunnel_client_deadline (const RtmpTunnelClient * self)
{
  RtmpTunnelVerb verb;

  if (self->request && !self->pulled && self->error == NULL)
    return 0;
  return next_request (self, &verb);
}

GBytes *
rtmp_tunnel_client_pull (RtmpTunnelClient * self, gint64 now)
{
  RtmpTunnelVerb verb;

  if (rtmp_tunnel_client_deadline (self) > now)
    return NULL;
  if (self->request == NULL) {
    next_request (self, &verb);
    self->request = make_request (self, verb);
    if (verb == RTMP_TUNNEL_CLOSE)
      set_state (self, RTMP_TUNNEL_CLIENT_AWAIT_CLOSE);
  }
  self->pulled = TRUE;
  return g_bytes_ref (self->request);
}

GBytes *
rtmp_tunnel_client_abort (RtmpTunnelClient * self)
{
  gboolean open = self->state == RTMP_TUNNEL_CLIENT_RUNNING
      && self->error == NULL && (self->request == NULL || self->pulled);

  set_state (self, RTMP_TUNNEL_CLIENT_OVER);
  return open ? make_request (self, RTMP_TUNNEL_CLOSE) : NULL;
}

/* Replies */

static gboolean
G_GNUC_PRINTF (3, 4)
fail (RtmpTunnelClient * self, RtmpError code, const gchar * format, ...)
{
  va_list args;

  va_start (args, format);
  self->error = g_error_new_valist (RTMP_ERROR, code, format, args);
  va_end (args);
  return FALSE;
}

static gboolean
propagate (const RtmpTunnelClient * self, GError ** error)
{
  if (self->error && error)
    *error = g_error_copy (self->error);
  return self->error == NULL;
}

/* What another status than 200 means depends on how far we are. */
static gboolean
check_status (RtmpTunnelClient * self, const RtmpHttpHead * head)
{
  g_autofree gchar *reason = NULL;

  if (head->status == 200)
    return TRUE;
  reason = g_strescape (head->reason, NULL);
  if (head->status >= 500 && head->status != 501)       /* Not Implemented */
    return fail (self, RTMP_ERROR_REFUSED,
        "the server of the tunnel failed: HTTP %u %s", head->status, reason);
  if (self->state == RTMP_TUNNEL_CLIENT_AWAIT_ID)
    return fail (self, RTMP_ERROR_BAD_HTTP,
        "there is no RTMPT, only HTTP: expected 200 for /open, got %u %s",
        head->status, reason);
  return fail (self, RTMP_ERROR_PEER_CLOSED,
      "the server has ended the tunnel's session: HTTP %u %s", head->status,
      reason);
}

/* What has come of a reply's body: the first byte is the interval. */
static void
take_reply (RtmpTunnelClient * self)
{
  g_autoptr (GBytes) body = rtmp_http_reader_take_body (self->reader);
  gsize size;
  const guint8 *data = g_bytes_get_data (body, &size);

  if (size > 0 && !self->reply_begun) {
    self->interval = data[0];
    self->reply_begun = TRUE;
    data++;
    size--;
  }
  if (size == 0)
    return;
  self->reply_full = TRUE;
  g_byte_array_append (self->input, data, (guint) size);
}

/* What the server asks for; where that is always little, our own. */
static gint64
poll_delay (const RtmpTunnelClient * self)
{
  guint steps = MIN (self->empty / RTMP_TUNNEL_EMPTY_REPLIES, 8);
  guint own = MIN (1u << steps, OWN_INTERVAL_MAX);
  guint interval = CLAMP (self->interval, own, RTMP_TUNNEL_INTERVAL_MAX);

  return interval * RTMP_TUNNEL_INTERVAL_UNIT;
}

static void
on_reply (RtmpTunnelClient * self, gint64 now)
{
  gboolean over = self->verb == RTMP_TUNNEL_CLOSE
      || (self->reply_begun && self->interval == 0);

  if (over)
    set_state (self, RTMP_TUNNEL_CLIENT_OVER);
  self->empty = self->reply_full ? 0 : self->empty + 1;
  self->next_poll = self->reply_full ? 0 : now + poll_delay (self);
}

static gboolean
on_id (RtmpTunnelClient * self, gint64 now)
{
  g_autoptr (GBytes) body = rtmp_http_reader_take_body (self->reader);
  gsize size;
  const gchar *data = g_bytes_get_data (body, &size);

  while (size > 0 && g_ascii_isspace (data[size - 1]))
    size--;
  if (!rtmp_tunnel_id_is_valid (data, size))
    return fail (self, RTMP_ERROR_BAD_HTTP,
        "there is no RTMPT, only HTTP: expected the id of a session, got "
        "%" G_GSIZE_FORMAT " bytes that are none", g_bytes_get_size (body));
  self->id = g_strndup (data, size);
  self->next_poll = now;
  set_state (self, RTMP_TUNNEL_CLIENT_RUNNING);
  return TRUE;
}

static gboolean
on_response (RtmpTunnelClient * self, gint64 now)
{
  gboolean keep_alive = rtmp_http_reader_head (self->reader)->keep_alive;

  if (self->state == RTMP_TUNNEL_CLIENT_AWAIT_ID) {
    if (!on_id (self, now))
      return FALSE;
  } else
    on_reply (self, now);
  g_clear_pointer (&self->request, g_bytes_unref);
  self->pulled = FALSE;
  self->replies++;
  self->needs_connection = !keep_alive;
  self->reply_begun = self->reply_full = FALSE;
  rtmp_http_reader_next (self->reader);
  return TRUE;
}

/* As far as the reader has come. */
static gboolean
read_response (RtmpTunnelClient * self, gint64 now)
{
  const RtmpHttpHead *head = rtmp_http_reader_head (self->reader);

  if (head == NULL)
    return TRUE;
  if (!check_status (self, head))
    return FALSE;
  if (self->state != RTMP_TUNNEL_CLIENT_AWAIT_ID)
    take_reply (self);
  return rtmp_http_reader_state (self->reader) != RTMP_HTTP_DONE
      || on_response (self, now);
}

gboolean
rtmp_tunnel_client_feed (RtmpTunnelClient * self, gint64 now,
    const guint8 * data, gsize size, GError ** error)
{
  while (size > 0 && self->error == NULL) {
    gsize consumed;

    if (self->request == NULL || !self->pulled) {
      fail (self, RTMP_ERROR_BAD_HTTP,
          "the server sent %" G_GSIZE_FORMAT " bytes that answer no request",
          size);
      break;
    }
    if (!rtmp_http_reader_feed (self->reader, data, size, &consumed,
            &self->error) || !read_response (self, now))
      break;
    data += consumed;
    size -= consumed;
  }
  return propagate (self, error);
}

/* A server may close a connection that has been idle just when a request is on
 * its way there: then that has not been read (RFC 9112, 9.3.1). What it has
 * been, the numbers tell the server. */
gboolean
rtmp_tunnel_client_disconnected (RtmpTunnelClient * self, gint64 now,
    GError ** error)
{
  gboolean waiting = self->request && self->pulled;

  if (self->error || self->state == RTMP_TUNNEL_CLIENT_OVER)
    return propagate (self, error);
  if (rtmp_http_reader_is_idle (self->reader)
      && self->state == RTMP_TUNNEL_CLIENT_AWAIT_CLOSE) {
    /* All that was sent has been answered, and this is an end as well. */
    set_state (self, RTMP_TUNNEL_CLIENT_OVER);
    return TRUE;
  }
  if (!rtmp_http_reader_is_idle (self->reader)) {
    if (rtmp_http_reader_end (self->reader, &self->error))
      read_response (self, now);
  } else if (waiting && self->replies == 0)
    fail (self, RTMP_ERROR_PEER_CLOSED,
        "the server closed the connection without answering HTTP");
  self->pulled = FALSE;
  self->needs_connection = TRUE;
  return propagate (self, error);
}

gboolean
rtmp_tunnel_client_needs_connection (const RtmpTunnelClient * self)
{
  return self->needs_connection;
}

void
rtmp_tunnel_client_connected (RtmpTunnelClient * self)
{
  self->needs_connection = FALSE;
  self->replies = 0;
}

RtmpTunnelClientState
rtmp_tunnel_client_state (const RtmpTunnelClient * self)
{
  return self->state;
}

const gchar *
rtmp_tunnel_client_state_to_string (RtmpTunnelClientState state)
{
  switch (state) {
    case RTMP_TUNNEL_CLIENT_AWAIT_ID:
      return "await-id";
    case RTMP_TUNNEL_CLIENT_RUNNING:
      return "running";
    case RTMP_TUNNEL_CLIENT_AWAIT_CLOSE:
      return "await-close";
    case RTMP_TUNNEL_CLIENT_OVER:
      return "over";
  }
  return "unknown";
}

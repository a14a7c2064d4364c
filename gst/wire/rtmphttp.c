/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmphttp.h"

#include <string.h>

#include "rtmperror.h"

/* What of a message comes next. */
typedef enum
{
  AWAIT_HEAD,
  AWAIT_LENGTH_BODY,            /* self->left of it */
  AWAIT_ENDLESS_BODY,           /* up to the end of the connection */
  AWAIT_CHUNK_SIZE,
  AWAIT_CHUNK_DATA,             /* self->left of it */
  AWAIT_CHUNK_END,
  AWAIT_TRAILER,
  DONE,
} Part;

struct _RtmpHttpReader
{
  RtmpHttpKind kind;
  guint32 body_max;
  Part part;
  GString *text;                /* the head; its fields point into it */
  gboolean in_fields;           /* the head's first line is over */
  gboolean in_line;             /* its last line has begun */
  RtmpHttpHead head;
  gboolean chunked;
  GString *line;                /* of chunks: what has come of it */
  gsize framing;                /* bytes of such lines */
  guint64 left;
  guint64 body_size;            /* come so far */
  GByteArray *body;             /* and not taken */
  GError *error;
};

const gchar *
rtmp_http_head_field (const RtmpHttpHead * self, const gchar * name)
{
  guint i;

  for (i = 0; i < self->n_fields; i++)
    if (g_ascii_strcasecmp (self->fields[i].name, name) == 0)
      return self->fields[i].value;
  return NULL;
}

RtmpHttpReader *
rtmp_http_reader_new (RtmpHttpKind kind, guint32 body_max)
{
  RtmpHttpReader *self = g_new0 (RtmpHttpReader, 1);

  self->kind = kind;
  self->body_max = body_max;
  self->text = g_string_new (NULL);
  self->line = g_string_new (NULL);
  self->body = g_byte_array_new ();
  return self;
}

void
rtmp_http_reader_free (RtmpHttpReader * self)
{
  g_string_free (self->text, TRUE);
  g_string_free (self->line, TRUE);
  g_byte_array_unref (self->body);
  g_clear_error (&self->error);
  g_free (self);
}

static gboolean
G_GNUC_PRINTF (3, 4)
fail (RtmpHttpReader * self, RtmpError code, const gchar * format, ...)
{
  va_list args;

  va_start (args, format);
  self->error = g_error_new_valist (RTMP_ERROR, code, format, args);
  va_end (args);
  return FALSE;
}

/* Heads */

/* RFC 9110, 5.6.2 */
static gboolean
is_token (const gchar * text)
{
  const gchar *p;

  for (p = text; *p; p++)
    if (!g_ascii_isalnum (*p) && strchr ("!#$%&'*+-.^_`|~", *p) == NULL)
      return FALSE;
  return p > text;
}

/* For messages: what of @text can be shown. (transfer full) */
static gchar *
excerpt (const gchar * text)
{
  g_autofree gchar *start = g_strndup (text, 64);

  return g_strescape (start, NULL);
}

static gboolean
refuse_line (RtmpHttpReader * self, const gchar * line, const gchar * expected)
{
  g_autofree gchar *came = excerpt (line);

  return fail (self, RTMP_ERROR_BAD_HTTP, "expected %s, got \"%s\"", expected,
      came);
}

/* "HTTP/1.x" */
static gboolean
parse_version (RtmpHttpReader * self, const gchar * text)
{
  if (!g_str_has_prefix (text, "HTTP/1.") || !g_ascii_isdigit (text[7])
      || text[8] != '\0')
    return FALSE;
  self->head.minor = text[7] == '0' ? 0 : 1;
  return TRUE;
}

/* Ends the word at @text with a zero; what follows it. NULL if nothing does. */
static gchar *
cut_word (gchar * text)
{
  gchar *blank = strchr (text, ' ');

  if (blank == NULL)
    return NULL;
  *blank = '\0';
  return blank + 1;
}

static gboolean
parse_request_line (RtmpHttpReader * self, gchar * line)
{
  gchar *target = cut_word (line);
  gchar *version = target ? cut_word (target) : NULL;

  if (version == NULL || *target == '\0' || !is_token (line)
      || !parse_version (self, version))
    return refuse_line (self, line,
        "a request such as \"POST /open/1 HTTP/1.1\"");
  self->head.method = line;
  self->head.target = target;
  return TRUE;
}

static gboolean
parse_status_line (RtmpHttpReader * self, gchar * line)
{
  gchar *status = cut_word (line);
  gchar *reason = status ? cut_word (status) : NULL;
  guint64 number;

  if (status == NULL || !parse_version (self, line)
      || !g_ascii_string_to_unsigned (status, 10, 100, 599, &number, NULL))
    return refuse_line (self, line,
        "a status line such as \"HTTP/1.1 200 OK\"");
  self->head.status = (guint) number;
  self->head.reason = reason ? reason : "";
  return TRUE;
}

static gboolean
parse_field (RtmpHttpReader * self, gchar * line)
{
  RtmpHttpHead *head = &self->head;
  gchar *colon = strchr (line, ':');

  if (head->n_fields == RTMP_HTTP_FIELDS_MAX)
    return fail (self, RTMP_ERROR_LIMIT_HTTP,
        "an HTTP head with more than %u fields", RTMP_HTTP_FIELDS_MAX);
  if (colon)
    *colon = '\0';
  /* A blank before the colon, or a line that continues the last one, means
   * different things to different readers: RFC 9112, 5.1 and 5.2 */
  if (colon == NULL || !is_token (line))
    return refuse_line (self, line, "an HTTP field such as \"Host: name\"");
  head->fields[head->n_fields].name = line;
  head->fields[head->n_fields++].value = g_strstrip (colon + 1);
  return TRUE;
}

/* The next line of a head in which each ends with a line feed, with or without
 * a carriage return; the zero after it. */
static gchar *
cut_line (gchar ** p)
{
  gchar *line = *p, *end = strchr (line, '\n');

  *p = end + 1;
  *end = '\0';
  if (end > line && end[-1] == '\r')
    end[-1] = '\0';
  return line;
}

static gboolean
parse_lines (RtmpHttpReader * self)
{
  gchar *p = self->text->str, *line = cut_line (&p);

  if (self->kind == RTMP_HTTP_REQUEST ? !parse_request_line (self, line)
      : !parse_status_line (self, line))
    return FALSE;
  for (line = cut_line (&p); *line; line = cut_line (&p))
    if (!parse_field (self, line))
      return FALSE;
  return TRUE;
}

/* Whether a list of tokens, in all fields of that name, has @token. */
static gboolean
has_token (const RtmpHttpHead * head, const gchar * name, const gchar * token)
{
  guint i;

  for (i = 0; i < head->n_fields; i++) {
    const RtmpHttpField *field = &head->fields[i];
    const gchar *p;
    gsize n;

    if (g_ascii_strcasecmp (field->name, name) != 0)
      continue;
    for (p = field->value; *p; p += n) {
      p += strspn (p, ", \t");
      n = strcspn (p, ", \t");
      if (n == strlen (token) && g_ascii_strncasecmp (p, token, n) == 0)
        return TRUE;
    }
  }
  return FALSE;
}

/* Several of them that agree are one: RFC 9112, 6.3 */
static gboolean
parse_length (RtmpHttpReader * self)
{
  RtmpHttpHead *head = &self->head;
  guint i;

  for (i = 0; i < head->n_fields; i++) {
    const RtmpHttpField *field = &head->fields[i];
    guint64 length;

    if (g_ascii_strcasecmp (field->name, "Content-Length") != 0)
      continue;
    if (!g_ascii_string_to_unsigned (field->value, 10, 0, G_MAXINT64, &length,
            NULL) || (head->has_length && length != head->length))
      return refuse_line (self, field->value, "one number as Content-Length");
    head->has_length = TRUE;
    head->length = length;
  }
  if (head->length > self->body_max)
    return fail (self, RTMP_ERROR_LIMIT_HTTP,
        "an HTTP body of %" G_GUINT64_FORMAT " bytes, over the limit of %u",
        head->length, self->body_max);
  return TRUE;
}

static gboolean
parse_coding (RtmpHttpReader * self)
{
  const gchar *coding = rtmp_http_head_field (&self->head, "Transfer-Encoding");
  g_autofree gchar *came = NULL;

  if (coding == NULL)
    return TRUE;
  came = excerpt (coding);
  if (self->kind == RTMP_HTTP_REQUEST)
    return fail (self, RTMP_ERROR_UNSUPPORTED,
        "an HTTP request with a body of Transfer-Encoding \"%s\": "
        "only Content-Length is supported", came);
  if (g_ascii_strcasecmp (coding, "chunked") != 0)
    return fail (self, RTMP_ERROR_UNSUPPORTED,
        "an HTTP response of Transfer-Encoding \"%s\": only \"chunked\" is "
        "supported", came);
  /* Who looks at the one does not see the same end as who looks at the other:
   * RFC 9112, 6.3 */
  if (self->head.has_length)
    return fail (self, RTMP_ERROR_BAD_HTTP,
        "an HTTP response with both Content-Length and Transfer-Encoding");
  self->chunked = TRUE;
  return TRUE;
}

static gboolean
keeps_alive (const RtmpHttpHead * head)
{
  if (has_token (head, "Connection", "close"))
    return FALSE;
  return head->minor > 0 || has_token (head, "Connection", "keep-alive");
}

static void
begin_body (RtmpHttpReader * self)
{
  RtmpHttpHead *head = &self->head;
  gboolean bodiless = self->kind == RTMP_HTTP_RESPONSE
      && (head->status == 204 || head->status == 304);

  self->left = head->length;
  if (bodiless)
    self->part = DONE;
  else if (self->chunked)
    self->part = AWAIT_CHUNK_SIZE;
  else if (head->has_length || self->kind == RTMP_HTTP_REQUEST)
    self->part = self->left > 0 ? AWAIT_LENGTH_BODY : DONE;
  else {
    self->part = AWAIT_ENDLESS_BODY;
    head->keep_alive = FALSE;
  }
}

static gboolean
on_head (RtmpHttpReader * self)
{
  if (!parse_lines (self))
    return FALSE;
  if (self->head.status > 0 && self->head.status < 200) {
    rtmp_http_reader_next (self);
    return TRUE;
  }
  if (!parse_length (self) || !parse_coding (self))
    return FALSE;
  self->head.keep_alive = keeps_alive (&self->head);
  begin_body (self);
  return TRUE;
}

/* Text, whose lines end with LF or CR LF; not ASCII only in values and reasons:
 * RFC 9110, 5.5, and RFC 9112, 4 */
static gboolean
may_follow (const RtmpHttpReader * self, guint8 byte)
{
  const GString *text = self->text;

  if (text->len > 0 && text->str[text->len - 1] == '\r')
    return byte == '\n';
  if (byte >= 0x80)
    return self->in_fields || (self->kind == RTMP_HTTP_RESPONSE
        && text->len > strlen ("HTTP/1.1 200"));
  return !g_ascii_iscntrl ((gchar) byte) || byte == '\t' || byte == '\r'
      || byte == '\n';
}

/* What cannot become a head is refused at once: who speaks something else may
 * never send the end of a line. */
static gboolean
check_byte (RtmpHttpReader * self, guint8 byte)
{
  static const gchar start[] = "HTTP/1.";
  gsize pos = self->text->len;

  if (pos >= RTMP_HTTP_HEAD_MAX)
    return fail (self, RTMP_ERROR_LIMIT_HTTP,
        "an HTTP head of more than %u bytes", RTMP_HTTP_HEAD_MAX);
  if (may_follow (self, byte) && (self->kind == RTMP_HTTP_REQUEST
          || pos >= strlen (start) || byte == start[pos]))
    return TRUE;
  return fail (self, RTMP_ERROR_BAD_HTTP,
      "expected an HTTP %s, got byte 0x%02x at position %" G_GSIZE_FORMAT,
      self->kind == RTMP_HTTP_REQUEST ? "request" : "response", byte, pos);
}

/* How many bytes it has used up; up to the head's end. */
static gsize
feed_head (RtmpHttpReader * self, const guint8 * data, gsize size)
{
  GString *text = self->text;
  gsize n;

  for (n = 0; n < size && self->part == AWAIT_HEAD; n++) {
    gchar c = (gchar) data[n];

    /* An empty line may come before a request: RFC 9112, 2.2 */
    if (text->len == 0 && (c == '\r' || c == '\n')
        && self->kind == RTMP_HTTP_REQUEST)
      continue;
    if (!check_byte (self, data[n]))
      break;
    g_string_append_c (text, c);
    if (c == '\n') {
      if (!self->in_line && !on_head (self))
        break;
      self->in_fields = self->text->len > 0;
      self->in_line = FALSE;
    } else if (c != '\r')
      self->in_line = TRUE;
  }
  return n;
}

/* Bodies */

static void
append_body (RtmpHttpReader * self, const guint8 * data, gsize n)
{
  g_byte_array_append (self->body, data, (guint) n);
  self->body_size += n;
}

static gsize
feed_counted (RtmpHttpReader * self, const guint8 * data, gsize size, Part next)
{
  gsize n = (gsize) MIN (size, self->left);

  append_body (self, data, n);
  self->left -= n;
  if (self->left == 0)
    self->part = next;
  return n;
}

static gsize
feed_endless (RtmpHttpReader * self, const guint8 * data, gsize size)
{
  if (size > self->body_max - self->body_size)
    fail (self, RTMP_ERROR_LIMIT_HTTP,
        "an HTTP body of more than %u bytes", self->body_max);
  else
    append_body (self, data, size);
  return size;
}

/* RFC 9112, 7.1 */
static gboolean
on_chunk_size (RtmpHttpReader * self)
{
  gsize digits = strspn (self->line->str, "0123456789abcdefABCDEF");
  guint64 size = g_ascii_strtoull (self->line->str, NULL, 16);

  if (digits == 0 || digits > 15
      || strchr ("; \t", self->line->str[digits]) == NULL)
    return refuse_line (self, self->line->str,
        "the hexadecimal size of an HTTP chunk");
  if (size > self->body_max - self->body_size)
    return fail (self, RTMP_ERROR_LIMIT_HTTP,
        "an HTTP chunk of %" G_GUINT64_FORMAT " bytes, over the limit of %u "
        "for the body", size, self->body_max);
  self->left = size;
  self->part = size > 0 ? AWAIT_CHUNK_DATA : AWAIT_TRAILER;
  return TRUE;
}

static gboolean
on_line (RtmpHttpReader * self)
{
  gboolean empty = self->line->len == 0;

  switch (self->part) {
    case AWAIT_CHUNK_SIZE:
      return on_chunk_size (self);
    case AWAIT_CHUNK_END:
      self->part = AWAIT_CHUNK_SIZE;
      return empty
          || refuse_line (self, self->line->str, "the end of an HTTP chunk");
    default:
      if (empty)
        self->part = DONE;
      return TRUE;
  }
}

/* Lines between chunks: up to the end of one. */
static gsize
feed_line (RtmpHttpReader * self, const guint8 * data, gsize size)
{
  const guint8 *end = memchr (data, '\n', size);
  gsize n = end ? (gsize) (end - data) + 1 : size;

  self->framing += n;
  /* Few bytes of data may come in many chunks: what counts is all of it. */
  if (self->framing > RTMP_HTTP_HEAD_MAX + self->body_size) {
    fail (self, RTMP_ERROR_LIMIT_HTTP,
        "an HTTP body with more than %u bytes between its chunks",
        RTMP_HTTP_HEAD_MAX);
    return n;
  }
  g_string_append_len (self->line, (const gchar *) data,
      (gssize) (end ? n - 1 : n));
  if (end == NULL)
    return n;
  if (self->line->len > 0 && self->line->str[self->line->len - 1] == '\r')
    g_string_truncate (self->line, self->line->len - 1);
  on_line (self);
  g_string_truncate (self->line, 0);
  return n;
}

static gsize
feed_part (RtmpHttpReader * self, const guint8 * data, gsize size)
{
  switch (self->part) {
    case AWAIT_HEAD:
      return feed_head (self, data, size);
    case AWAIT_LENGTH_BODY:
      return feed_counted (self, data, size, DONE);
    case AWAIT_CHUNK_DATA:
      return feed_counted (self, data, size, AWAIT_CHUNK_END);
    case AWAIT_ENDLESS_BODY:
      return feed_endless (self, data, size);
    default:
      return feed_line (self, data, size);
  }
}

gboolean
rtmp_http_reader_feed (RtmpHttpReader * self, const guint8 * data, gsize size,
    gsize * consumed, GError ** error)
{
  *consumed = 0;
  while (self->error == NULL && self->part != DONE && *consumed < size)
    *consumed += feed_part (self, data + *consumed, size - *consumed);
  if (self->error == NULL)
    return TRUE;
  if (error)
    *error = g_error_copy (self->error);
  return FALSE;
}

gboolean
rtmp_http_reader_end (RtmpHttpReader * self, GError ** error)
{
  if (self->error == NULL && self->part == AWAIT_ENDLESS_BODY)
    self->part = DONE;
  if (self->error == NULL && self->part != DONE
      && !rtmp_http_reader_is_idle (self))
    fail (self, RTMP_ERROR_PEER_CLOSED,
        "the connection ended within an HTTP message (%s, after %"
        G_GUINT64_FORMAT " bytes of body)",
        rtmp_http_state_to_string (rtmp_http_reader_state (self)),
        self->body_size);
  if (self->error == NULL)
    return TRUE;
  if (error)
    *error = g_error_copy (self->error);
  return FALSE;
}

RtmpHttpState
rtmp_http_reader_state (const RtmpHttpReader * self)
{
  if (self->part == AWAIT_HEAD)
    return RTMP_HTTP_AWAIT_HEAD;
  return self->part == DONE ? RTMP_HTTP_DONE : RTMP_HTTP_AWAIT_BODY;
}

const gchar *
rtmp_http_state_to_string (RtmpHttpState state)
{
  switch (state) {
    case RTMP_HTTP_AWAIT_HEAD:
      return "await-head";
    case RTMP_HTTP_AWAIT_BODY:
      return "await-body";
    case RTMP_HTTP_DONE:
      return "done";
  }
  return "unknown";
}

gboolean
rtmp_http_reader_is_idle (const RtmpHttpReader * self)
{
  return self->part == AWAIT_HEAD && self->text->len == 0;
}

const RtmpHttpHead *
rtmp_http_reader_head (const RtmpHttpReader * self)
{
  return self->part == AWAIT_HEAD ? NULL : &self->head;
}

GBytes *
rtmp_http_reader_take_body (RtmpHttpReader * self)
{
  GBytes *body = g_byte_array_free_to_bytes (self->body);

  self->body = g_byte_array_new ();
  return body;
}

void
rtmp_http_reader_next (RtmpHttpReader * self)
{
  self->part = AWAIT_HEAD;
  g_string_truncate (self->text, 0);
  self->in_fields = self->in_line = FALSE;
  memset (&self->head, 0, sizeof (self->head));
  self->chunked = FALSE;
  self->framing = 0;
  self->left = 0;
  self->body_size = 0;
  g_byte_array_set_size (self->body, 0);
}

/* Writing */

/* Without what could end a line. */
static void
write_text (RtmpWriter * writer, const gchar * text)
{
  const gchar *p;

  for (p = text; *p; p++)
    if (!g_ascii_iscntrl (*p))
      rtmp_writer_u8 (writer, (guint8) * p);
}

static void
write_end (RtmpWriter * writer)
{
  rtmp_writer_bytes (writer, "\r\n", 2);
}

static void
write_field (RtmpWriter * writer, const gchar * name, const gchar * value)
{
  write_text (writer, name);
  write_text (writer, ": ");
  write_text (writer, value);
  write_end (writer);
}

static void
write_fields (RtmpWriter * writer, const gchar * const *fields, gssize length)
{
  gchar digits[24];

  for (; fields[0]; fields += 2)
    write_field (writer, fields[0], fields[1]);
  if (length >= 0) {
    g_snprintf (digits, sizeof (digits), "%" G_GSSIZE_FORMAT, length);
    write_field (writer, "Content-Length", digits);
  }
  write_end (writer);
}

void
rtmp_http_write_request (RtmpWriter * writer, const gchar * method,
    const gchar * target, const gchar * const *fields, gssize length)
{
  write_text (writer, method);
  write_text (writer, " ");
  write_text (writer, target);
  write_text (writer, " HTTP/1.1");
  write_end (writer);
  write_fields (writer, fields, length);
}

void
rtmp_http_write_response (RtmpWriter * writer, guint status,
    const gchar * const *fields, gssize length)
{
  gchar digits[16];

  g_snprintf (digits, sizeof (digits), "%u ", status);
  write_text (writer, "HTTP/1.1 ");
  write_text (writer, digits);
  write_text (writer, rtmp_http_reason (status));
  write_end (writer);
  write_fields (writer, fields, length);
}

const gchar *
rtmp_http_reason (guint status)
{
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 431:
      return "Request Header Fields Too Large";
    case 503:
      return "Service Unavailable";
    default:
      return "";
  }
}

gchar *
rtmp_http_host (const gchar * host, guint16 port, gboolean tls)
{
  const gchar *open = strchr (host, ':') ? "[" : "";
  const gchar *close = *open ? "]" : "";

  if (port == (tls ? 443 : 80))
    return g_strconcat (open, host, close, NULL);
  return g_strdup_printf ("%s%s%s:%u", open, host, close, port);
}

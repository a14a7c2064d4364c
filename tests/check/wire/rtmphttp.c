/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmphttp.h"

#include <string.h>

#include "rtmperror.h"

#define BODY_MAX 100

/* Feeds @text in blocks of @step; how much of it was one message. */
static gsize
feed_steps (RtmpHttpReader * reader, const gchar * text, gsize size,
    gsize step, GError ** error)
{
  gsize pos = 0, consumed = 1;
  gboolean ok = TRUE;

  while (ok && pos < size && consumed > 0) {
    ok = rtmp_http_reader_feed (reader, (const guint8 *) text + pos,
        MIN (step, size - pos), &consumed, error);
    g_assert_cmpuint (consumed, <=, MIN (step, size - pos));
    pos += consumed;
  }
  return pos;
}

static void
assert_body (RtmpHttpReader * reader, const gchar * expected)
{
  g_autoptr (GBytes) body = rtmp_http_reader_take_body (reader);

  g_assert_cmpmem (g_bytes_get_data (body, NULL), g_bytes_get_size (body),
      expected, strlen (expected));
}

/* Requests */

static const gchar two_requests[] =
    "POST /open/1 HTTP/1.1\r\nHost: a\r\ncontent-LENGTH:  1 \r\n"
    "Connection: Keep-Alive\r\nX:\r\n\r\nx" "GET /x?y HTTP/1.0\nHost: b\n\n";

static void
assert_two_requests (gsize step)
{
  g_autoptr (RtmpHttpReader) reader =
      rtmp_http_reader_new (RTMP_HTTP_REQUEST, BODY_MAX);
  g_autoptr (GError) error = NULL;
  const RtmpHttpHead *head;
  gsize size = strlen (two_requests), used;

  used = feed_steps (reader, two_requests, size, step, &error);
  g_assert_no_error (error);
  g_assert_cmpint (rtmp_http_reader_state (reader), ==, RTMP_HTTP_DONE);
  head = rtmp_http_reader_head (reader);
  g_assert_cmpstr (head->method, ==, "POST");
  g_assert_cmpstr (head->target, ==, "/open/1");
  g_assert_cmpuint (head->minor, ==, 1);
  g_assert_cmpuint (head->status, ==, 0);
  g_assert_true (head->keep_alive);
  g_assert_true (head->has_length);
  g_assert_cmpuint (head->n_fields, ==, 4);
  g_assert_cmpstr (rtmp_http_head_field (head, "HOST"), ==, "a");
  g_assert_cmpstr (rtmp_http_head_field (head, "x"), ==, "");
  g_assert_null (rtmp_http_head_field (head, "y"));
  assert_body (reader, "x");

  rtmp_http_reader_next (reader);
  g_assert_true (rtmp_http_reader_is_idle (reader));
  used += feed_steps (reader, two_requests + used, size - used, step, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (used, ==, size);
  head = rtmp_http_reader_head (reader);
  g_assert_cmpstr (head->method, ==, "GET");
  g_assert_cmpstr (head->target, ==, "/x?y");
  g_assert_cmpuint (head->minor, ==, 0);
  g_assert_false (head->keep_alive);
  g_assert_false (head->has_length);
  assert_body (reader, "");
}

static void
test_requests (void)
{
  gsize step;

  for (step = 1; step <= sizeof (two_requests); step++)
    assert_two_requests (step);
}

/* Cut in two at each place. */
static void
test_split (void)
{
  static const gchar text[] =
      "\r\nPOST /send/a/0 HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello";
  gsize size = strlen (text), at;

  for (at = 0; at <= size; at++) {
    g_autoptr (RtmpHttpReader) reader =
        rtmp_http_reader_new (RTMP_HTTP_REQUEST, BODY_MAX);
    GError *error = NULL;

    feed_steps (reader, text, at, size, &error);
    g_assert_no_error (error);
    g_assert_cmpint (rtmp_http_reader_state (reader) == RTMP_HTTP_DONE, ==,
        at == size);
    g_assert_cmpint (rtmp_http_reader_is_idle (reader), ==, at <= 2);
    feed_steps (reader, text + at, size - at, size, &error);
    g_assert_no_error (error);
    g_assert_cmpint (rtmp_http_reader_state (reader), ==, RTMP_HTTP_DONE);
    assert_body (reader, "hello");
  }
}

/* Responses */

typedef struct
{
  const gchar *text;
  guint status;
  gboolean keep_alive;
  const gchar *body;
  gboolean until_end;           /* the body ends with the connection */
} Response;

static const Response responses[] = {
  {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 200, TRUE, "hi"},
  {"HTTP/1.1 200 \r\nCONTENT-LENGTH:2\r\n\r\nhi", 200, TRUE, "hi"},
  {"HTTP/1.1 200\r\ncontent-length: 2\r\ncontent-length: 2\r\n\r\nhi", 200,
      TRUE, "hi"},
  {"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 404, TRUE, ""},
  {"HTTP/1.1 200 OK\r\nConnection: foo, Close\r\nContent-Length: 2\r\n\r\nhi",
      200, FALSE, "hi"},
  {"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", 200, FALSE, "hi"},
  {"HTTP/1.0 200 OK\r\nConnection: KEEP-alive\r\nContent-Length: 2\r\n\r\nhi",
      200, TRUE, "hi"},
  {"HTTP/1.1 204 No Content\r\n\r\n", 204, TRUE, ""},
  {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 \r\nA: b\r\n\r\n"
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 200, TRUE, "hi"},
  {"HTTP/1.1 200 OK\r\n\r\nhello", 200, FALSE, "hello", TRUE},
  {"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
        "4\r\nwiki\r\n0B;x=y\r\npedia in ch\n0\r\nA: b\r\n\r\n",
      200, TRUE, "wikipedia in ch"},
  {"HTTP/1.1 500 b\xc3\xb6se\xff\r\nA: \xff\r\nContent-Length: 0\r\n\r\n",
      500, TRUE, ""},
};

static void
assert_response (const Response * expected, gsize step)
{
  g_autoptr (RtmpHttpReader) reader =
      rtmp_http_reader_new (RTMP_HTTP_RESPONSE, BODY_MAX);
  g_autoptr (GError) error = NULL;
  gsize size = strlen (expected->text);
  gsize used = feed_steps (reader, expected->text, size, step, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (used, ==, size);
  g_assert_cmpint (rtmp_http_reader_state (reader), ==,
      expected->until_end ? RTMP_HTTP_AWAIT_BODY : RTMP_HTTP_DONE);
  g_assert_true (rtmp_http_reader_end (reader, &error));
  g_assert_cmpint (rtmp_http_reader_state (reader), ==, RTMP_HTTP_DONE);
  g_assert_cmpuint (rtmp_http_reader_head (reader)->status, ==,
      expected->status);
  g_assert_cmpint (rtmp_http_reader_head (reader)->keep_alive, ==,
      expected->keep_alive);
  assert_body (reader, expected->body);
}

static void
test_responses (void)
{
  guint i;
  gsize step;

  for (i = 0; i < G_N_ELEMENTS (responses); i++)
    for (step = 1; step <= strlen (responses[i].text); step++)
      assert_response (&responses[i], step);
}

/* A body can be taken while it comes; what has been taken still counts. */
static void
test_body_in_parts (void)
{
  g_autoptr (RtmpHttpReader) reader =
      rtmp_http_reader_new (RTMP_HTTP_RESPONSE, 4);
  static const gchar text[] = "HTTP/1.1 200 OK\r\n\r\nab";
  GError *error = NULL;

  feed_steps (reader, text, strlen (text), 99, &error);
  g_assert_no_error (error);
  assert_body (reader, "ab");
  assert_body (reader, "");
  feed_steps (reader, "cd", 2, 1, &error);
  g_assert_no_error (error);
  assert_body (reader, "cd");
  feed_steps (reader, "e", 1, 1, &error);
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_LIMIT_HTTP);
  g_error_free (error);
}

/* What is wrong */

#define HEAD "POST /a HTTP/1.1\r\n"
#define STATUS "HTTP/1.1 200 OK\r\n"
#define CHUNKED STATUS "Transfer-Encoding: chunked\r\n\r\n"

typedef struct
{
  const gchar *text;
  RtmpError code;
  const gchar *message;         /* part of it */
} Wrong;

static const Wrong wrong_requests[] = {
  {"\x03", RTMP_ERROR_BAD_HTTP, "got byte 0x03 at position 0"},
  {"\x16\x03\x01", RTMP_ERROR_BAD_HTTP, "got byte 0x16 at position 0"},
  {"POST \xff", RTMP_ERROR_BAD_HTTP, "got byte 0xff at position 5"},
  {"POST /a\rHTTP", RTMP_ERROR_BAD_HTTP, "got byte 0x48 at position 8"},
  {"hello\r\n\r\n", RTMP_ERROR_BAD_HTTP, "got \"hello\""},
  {"POST /a\r\n\r\n", RTMP_ERROR_BAD_HTTP, "expected a request"},
  {"POST /a HTTP/2.0\r\n\r\n", RTMP_ERROR_BAD_HTTP, "expected a request"},
  {"POST /a HTTP/1.10\r\n\r\n", RTMP_ERROR_BAD_HTTP, "expected a request"},
  {"POST /a b HTTP/1.1\r\n\r\n", RTMP_ERROR_BAD_HTTP, "expected a request"},
  {"PO(T /a HTTP/1.1\r\n\r\n", RTMP_ERROR_BAD_HTTP, "expected a request"},
  {HEAD "nocolon\r\n\r\n", RTMP_ERROR_BAD_HTTP, "expected an HTTP field"},
  {HEAD "a : b\r\n\r\n", RTMP_ERROR_BAD_HTTP, "expected an HTTP field"},
  {HEAD "a: b\r\n c\r\n\r\n", RTMP_ERROR_BAD_HTTP, "expected an HTTP field"},
  {HEAD ": b\r\n\r\n", RTMP_ERROR_BAD_HTTP, "expected an HTTP field"},
  {HEAD "Content-Length: -1\r\n\r\n", RTMP_ERROR_BAD_HTTP, "got \"-1\""},
  {HEAD "Content-Length: +1\r\n\r\n", RTMP_ERROR_BAD_HTTP, "got \"+1\""},
  {HEAD "Content-Length: 1, 1\r\n\r\n", RTMP_ERROR_BAD_HTTP, "1, 1"},
  {HEAD "Content-Length:\r\n\r\n", RTMP_ERROR_BAD_HTTP, "got \"\""},
  {HEAD "Content-Length: 0x1\r\n\r\n", RTMP_ERROR_BAD_HTTP, "got \"0x1\""},
  {HEAD "Content-Length: 99999999999999999999\r\n\r\n", RTMP_ERROR_BAD_HTTP,
      "one number"},
  {HEAD "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
      RTMP_ERROR_BAD_HTTP, "got \"2\""},
  {HEAD "Content-Length: 101\r\n\r\n", RTMP_ERROR_LIMIT_HTTP,
      "101 bytes, over the limit of 100"},
  {HEAD "Transfer-Encoding: chunked\r\n\r\n", RTMP_ERROR_UNSUPPORTED,
      "only Content-Length"},
};

static const Wrong wrong_responses[] = {
  {"\x03", RTMP_ERROR_BAD_HTTP, "expected an HTTP response, got byte 0x03"},
  {"HTTP/2", RTMP_ERROR_BAD_HTTP, "got byte 0x32 at position 5"},
  {"\r\n", RTMP_ERROR_BAD_HTTP, "position 0"},
  {"HTTP/1.1 2\xff", RTMP_ERROR_BAD_HTTP, "position 10"},
  {"HTTP/1.1 20 OK\r\n\r\n", RTMP_ERROR_BAD_HTTP, "a status line"},
  {"HTTP/1.1 2000 OK\r\n\r\n", RTMP_ERROR_BAD_HTTP, "a status line"},
  {"HTTP/1.1\r\n\r\n", RTMP_ERROR_BAD_HTTP, "a status line"},
  {STATUS "Transfer-Encoding: gzip, chunked\r\n\r\n", RTMP_ERROR_UNSUPPORTED,
      "\"gzip, chunked\""},
  {STATUS "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
      RTMP_ERROR_BAD_HTTP, "both"},
  {CHUNKED "x\r\n", RTMP_ERROR_BAD_HTTP, "hexadecimal"},
  {CHUNKED "\r\n", RTMP_ERROR_BAD_HTTP, "hexadecimal"},
  {CHUNKED "1g\r\n", RTMP_ERROR_BAD_HTTP, "hexadecimal"},
  {CHUNKED "0000000000000001\r\n", RTMP_ERROR_BAD_HTTP, "hexadecimal"},
  {CHUNKED "1\r\nab\r\n", RTMP_ERROR_BAD_HTTP, "the end of an HTTP chunk"},
  {CHUNKED "65\r\n", RTMP_ERROR_LIMIT_HTTP, "an HTTP chunk of 101 bytes"},
};

static void
assert_wrong (RtmpHttpKind kind, const Wrong * wrong, gsize step)
{
  g_autoptr (RtmpHttpReader) reader = rtmp_http_reader_new (kind, BODY_MAX);
  g_autoptr (GError) error = NULL, again = NULL;
  gsize consumed;

  feed_steps (reader, wrong->text, strlen (wrong->text), step, &error);
  g_assert_error (error, RTMP_ERROR, (gint) wrong->code);
  if (strstr (error->message, wrong->message) == NULL)
    g_error ("\"%s\" without \"%s\"", error->message, wrong->message);
  /* It sticks. */
  g_assert_false (rtmp_http_reader_feed (reader, (const guint8 *) "", 0,
          &consumed, &again));
  g_assert_cmpstr (again->message, ==, error->message);
}

static void
test_wrong (void)
{
  guint i;
  gsize step;

  for (i = 0; i < G_N_ELEMENTS (wrong_requests); i++)
    for (step = 1; step < 80; step++)
      assert_wrong (RTMP_HTTP_REQUEST, &wrong_requests[i], step);
  for (i = 0; i < G_N_ELEMENTS (wrong_responses); i++)
    for (step = 1; step < 80; step++)
      assert_wrong (RTMP_HTTP_RESPONSE, &wrong_responses[i], step);
}

/* Repeats @text until it is refused. */
static void
assert_flood (RtmpHttpKind kind, const gchar * start, const gchar * text,
    gsize most, const gchar * message)
{
  g_autoptr (RtmpHttpReader) reader = rtmp_http_reader_new (kind, BODY_MAX);
  g_autoptr (GError) error = NULL;
  gsize fed = 0;

  feed_steps (reader, start, strlen (start), 99, &error);
  while (error == NULL && fed < 2 * most)
    fed += feed_steps (reader, text, strlen (text), 99, &error);
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_LIMIT_HTTP);
  g_assert_cmpuint (fed, <=, most);
  if (strstr (error->message, message) == NULL)
    g_error ("\"%s\" without \"%s\"", error->message, message);
}

static void
test_floods (void)
{
  assert_flood (RTMP_HTTP_REQUEST, "", "A", RTMP_HTTP_HEAD_MAX, "head");
  assert_flood (RTMP_HTTP_RESPONSE, STATUS, "A:", RTMP_HTTP_HEAD_MAX, "head");
  assert_flood (RTMP_HTTP_RESPONSE, CHUNKED, "0;", RTMP_HTTP_HEAD_MAX + 99,
      "between its chunks");
  assert_flood (RTMP_HTTP_RESPONSE, CHUNKED "0\r\n", "A: b\r\n",
      RTMP_HTTP_HEAD_MAX + 99, "between its chunks");
  assert_flood (RTMP_HTTP_RESPONSE, STATUS "\r\n", "body", BODY_MAX + 4,
      "body");
}

static void
test_many_fields (void)
{
  g_autoptr (GString) text = g_string_new (HEAD);
  g_autoptr (RtmpHttpReader) reader =
      rtmp_http_reader_new (RTMP_HTTP_REQUEST, BODY_MAX);
  g_autoptr (RtmpHttpReader) strict =
      rtmp_http_reader_new (RTMP_HTTP_REQUEST, BODY_MAX);
  g_autoptr (GError) error = NULL;
  guint i;

  for (i = 0; i < RTMP_HTTP_FIELDS_MAX; i++)
    g_string_append (text, "A: b\r\n");
  g_string_append (text, "\r\n");
  feed_steps (reader, text->str, text->len, text->len, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rtmp_http_reader_head (reader)->n_fields, ==,
      RTMP_HTTP_FIELDS_MAX);
  g_string_insert (text, strlen (HEAD), "A: b\r\n");
  feed_steps (strict, text->str, text->len, text->len, &error);
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_LIMIT_HTTP);
}

/* The end of the connection is one between messages only. */
static void
test_end (void)
{
  static const gchar text[] = HEAD "Content-Length: 2\r\n\r\nhi";
  gsize size = strlen (text), at;

  for (at = 0; at <= size; at++) {
    g_autoptr (RtmpHttpReader) reader =
        rtmp_http_reader_new (RTMP_HTTP_REQUEST, BODY_MAX);
    g_autoptr (GError) error = NULL;

    feed_steps (reader, text, at, size, NULL);
    if (at == 0 || at == size) {
      g_assert_true (rtmp_http_reader_end (reader, &error));
      g_assert_no_error (error);
    } else {
      g_assert_false (rtmp_http_reader_end (reader, &error));
      g_assert_error (error, RTMP_ERROR, RTMP_ERROR_PEER_CLOSED);
    }
  }
}

/* Writing */

static void
assert_written (RtmpWriter * writer, const gchar * expected)
{
  g_autoptr (GBytes) bytes = rtmp_writer_take (writer);

  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
      expected, strlen (expected));
}

static void
test_write (void)
{
  static const gchar *const fields[] =
      { "Host", "a", "X", "b\r\nEvil: c", NULL };
  static const gchar *const none[] = { NULL };
  RtmpWriter writer;

  rtmp_writer_init (&writer);
  rtmp_http_write_request (&writer, "POST", "/a\nb", fields, 12);
  assert_written (&writer, "POST /ab HTTP/1.1\r\nHost: a\r\nX: bEvil: c\r\n"
      "Content-Length: 12\r\n\r\n");
  rtmp_http_write_request (&writer, "GET", "/", none, -1);
  assert_written (&writer, "GET / HTTP/1.1\r\n\r\n");
  rtmp_http_write_response (&writer, 200, none, 0);
  assert_written (&writer, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  rtmp_http_write_response (&writer, 799, none, -1);
  assert_written (&writer, "HTTP/1.1 799 \r\n\r\n");
}

/* Each status that is in use has words, and is read as it was written. */
static void
test_reasons (void)
{
  static const guint statuses[] =
      { 200, 400, 403, 404, 405, 408, 411, 413, 431, 503 };
  static const gchar *const none[] = { NULL };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (statuses); i++) {
    g_autoptr (RtmpHttpReader) reader =
        rtmp_http_reader_new (RTMP_HTTP_RESPONSE, 0);
    RtmpWriter writer;
    gsize consumed;

    rtmp_writer_init (&writer);
    rtmp_http_write_response (&writer, statuses[i], none, 0);
    g_assert_true (rtmp_http_reader_feed (reader, writer.data, writer.size,
            &consumed, NULL));
    g_assert_cmpuint (rtmp_http_reader_head (reader)->status, ==, statuses[i]);
    g_assert_cmpstr (rtmp_http_reader_head (reader)->reason, ==,
        rtmp_http_reason (statuses[i]));
    g_assert_cmpstr (rtmp_http_reason (statuses[i]), !=, "");
    rtmp_writer_clear (&writer);
  }
}

static void
assert_host (const gchar * host, guint16 port, gboolean tls,
    const gchar * expected)
{
  g_autofree gchar *value = rtmp_http_host (host, port, tls);

  g_assert_cmpstr (value, ==, expected);
}

static void
test_host (void)
{
  assert_host ("a.example", 80, FALSE, "a.example");
  assert_host ("a.example", 443, FALSE, "a.example:443");
  assert_host ("a.example", 443, TRUE, "a.example");
  assert_host ("::1", 80, FALSE, "[::1]");
  assert_host ("::1", 8080, TRUE, "[::1]:8080");
}

static void
test_states (void)
{
  RtmpHttpState state;

  for (state = RTMP_HTTP_AWAIT_HEAD; state <= RTMP_HTTP_DONE; state++)
    g_assert_cmpstr (rtmp_http_state_to_string (state), !=, "unknown");
  g_assert_cmpstr (rtmp_http_state_to_string (99), ==, "unknown");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtmphttp/requests", test_requests);
  g_test_add_func ("/rtmphttp/split", test_split);
  g_test_add_func ("/rtmphttp/responses", test_responses);
  g_test_add_func ("/rtmphttp/body-in-parts", test_body_in_parts);
  g_test_add_func ("/rtmphttp/wrong", test_wrong);
  g_test_add_func ("/rtmphttp/floods", test_floods);
  g_test_add_func ("/rtmphttp/many-fields", test_many_fields);
  g_test_add_func ("/rtmphttp/end", test_end);
  g_test_add_func ("/rtmphttp/write", test_write);
  g_test_add_func ("/rtmphttp/reasons", test_reasons);
  g_test_add_func ("/rtmphttp/host", test_host);
  g_test_add_func ("/rtmphttp/states", test_states);
  return g_test_run ();
}

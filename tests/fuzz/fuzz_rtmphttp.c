/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The first byte says request or response (bit 0), the rest is what the peer
 * sends and then ends. In blocks of any size it must come to the same. */
#include "rtmphttp.h"

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

#define BODY_MAX 1000

static guint
hash_message (RtmpHttpReader * reader)
{
  const RtmpHttpHead *head = rtmp_http_reader_head (reader);
  g_autoptr (GBytes) body = rtmp_http_reader_take_body (reader);
  guint i, hash = g_bytes_hash (body) + head->status + head->keep_alive;

  g_assert_cmpuint (g_bytes_get_size (body), <=, BODY_MAX);
  g_assert_cmpuint (head->n_fields, <=, RTMP_HTTP_FIELDS_MAX);
  for (i = 0; i < head->n_fields; i++)
    hash = hash * 31 + g_str_hash (head->fields[i].name)
        + g_str_hash (head->fields[i].value);
  if (head->target)
    hash += g_str_hash (head->method) + g_str_hash (head->target);
  return hash;
}

/* A checksum of the messages, and of how it ended. */
static guint
read_all (RtmpHttpKind kind, const guint8 * data, gsize size, gsize step)
{
  g_autoptr (RtmpHttpReader) reader = rtmp_http_reader_new (kind, BODY_MAX);
  gboolean ok = TRUE;
  gsize from = 0, consumed;
  guint hash = 0;

  while (ok && from < size) {
    ok = rtmp_http_reader_feed (reader, data + from, MIN (step, size - from),
        &consumed, NULL);
    g_assert_cmpuint (consumed, <=, MIN (step, size - from));
    from += consumed;
    if (rtmp_http_reader_state (reader) == RTMP_HTTP_DONE && from < size) {
      hash = hash * 31 + hash_message (reader);
      rtmp_http_reader_next (reader);
    }
  }
  ok = rtmp_http_reader_end (reader, NULL);
  if (ok && rtmp_http_reader_state (reader) == RTMP_HTTP_DONE)
    hash = hash * 31 + hash_message (reader);
  return hash * 2 + ok;
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  RtmpHttpKind kind;

  if (size < 2)
    return 0;
  kind = (data[0] & 1) ? RTMP_HTTP_RESPONSE : RTMP_HTTP_REQUEST;
  g_assert_cmpuint (read_all (kind, data + 1, size - 1, size), ==,
      read_all (kind, data + 1, size - 1, 3));
  return 0;
}

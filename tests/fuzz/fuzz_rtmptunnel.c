/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The first byte says who reads the rest (bit 0): a server's session requests,
 * or a client responses, and (bit 1) whether its connection is lost now and
 * then. Nothing waits beyond its bounds, and a reply stays what it was. */
#include "rtmptunnelclient.h"
#include "rtmptunnelserver.h"

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

/* Sends back what has come. */
static void
echo (RtmpTunnelServer * session)
{
  guint8 block[256];
  gsize n;

  while ((n = rtmp_tunnel_server_read (session, block, sizeof (block))))
    g_assert_cmpuint (rtmp_tunnel_server_write (session, block, n), <=, n);
  if (rtmp_tunnel_server_input_ended (session))
    rtmp_tunnel_server_close (session);
}

static void
serve (RtmpTunnelServer * session, RtmpHttpReader * reader)
{
  g_autoptr (GBytes) body = rtmp_http_reader_take_body (reader);
  g_autoptr (GBytes) reply = NULL, again = NULL;
  RtmpTunnelRequest request;

  if (rtmp_tunnel_request_parse (&request, rtmp_http_reader_head (reader)) !=
      200 || request.verb < RTMP_TUNNEL_SEND
      || rtmp_tunnel_server_request (session, 1, &request, body) != 200)
    return;
  echo (session);
  reply = rtmp_tunnel_server_reply (session);
  again = rtmp_tunnel_server_reply (session);
  g_assert_true (g_bytes_equal (reply, again));
  g_assert_cmpuint (g_bytes_get_size (reply), <=, RTMP_TUNNEL_OUTPUT_MAX + 1);
}

static void
be_server (const guint8 * data, gsize size)
{
  g_autoptr (RtmpTunnelServer) session = rtmp_tunnel_server_new (0, 1);
  g_autoptr (RtmpHttpReader) reader =
      rtmp_http_reader_new (RTMP_HTTP_REQUEST, RTMP_TUNNEL_BODY_MAX);
  gsize consumed;

  while (size > 0 && rtmp_http_reader_feed (reader, data, size, &consumed,
          NULL)) {
    data += consumed;
    size -= consumed;
    if (rtmp_http_reader_state (reader) != RTMP_HTTP_DONE)
      continue;
    serve (session, reader);
    rtmp_http_reader_next (reader);
  }
}

/* Lets it send what is due; when that was. */
static gint64
pull (RtmpTunnelClient * client)
{
  gint64 due = rtmp_tunnel_client_deadline (client);
  GBytes *request =
      due < G_MAXINT64 ? rtmp_tunnel_client_pull (client, due) : NULL;

  if (request)
    g_bytes_unref (request);
  return due;
}

static void
be_client (const guint8 * data, gsize size, gsize step, gboolean lossy)
{
  g_autoptr (RtmpTunnelClient) client = rtmp_tunnel_client_new ("h");
  gsize pos, n;
  gboolean ok = TRUE;
  guint8 block[16];

  rtmp_tunnel_client_write (client, (const guint8 *) "hello", 5);
  for (pos = 0; pos < size && ok; pos += n) {
    gint64 due = pull (client);

    n = MIN (step, size - pos);
    if (lossy && data[pos] == '!') {
      ok = rtmp_tunnel_client_disconnected (client, due, NULL);
      rtmp_tunnel_client_connected (client);
    } else
      ok = rtmp_tunnel_client_feed (client, 0, data + pos, n, NULL);
    while (rtmp_tunnel_client_read (client, block, sizeof (block)) > 0);
    g_assert_cmpuint (rtmp_tunnel_client_input (client), ==, 0);
  }
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  if (size < 2)
    return 0;
  if (data[0] & 1)
    be_server (data + 1, size - 1);
  else
    be_client (data + 1, size - 1, 7, (data[0] & 2) != 0);
  return 0;
}

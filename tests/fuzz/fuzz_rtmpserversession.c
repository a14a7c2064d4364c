/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A whole server, but for its socket, and a client that sends what the input
 * says. Its first byte: bits 0 and 1, what the owner answers (accept, refuse,
 * nothing, hang up); bit 2, the handshake is in the input, not a plain one
 * before it. Each byte at which a block begins says how long the block is, how
 * much of the output is taken then, how much time goes by, and what the owner
 * does meanwhile. Whatever comes, what goes out is RTMP, names are UTF-8, and
 * nothing follows the end. */
#include "rtmpchunklink.h"
#include "rtmpserversession.h"

#include <string.h>

#define RANDOM ((const guint8[RTMP_HANDSHAKE_RANDOM_SIZE]) { 0 })
#define NAME_MAX_SIZE (3 * 4096)
#define CODE "NetStream.Failed"

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

typedef enum
{
  ACCEPT,
  REFUSE,
  IGNORE,
  HANG_UP,
} Answer;

typedef struct
{
  RtmpChunkLink *link;
  RtmpServerSession *session;
  RtmpChunkLink *client;        /* that reads what goes out */
  Answer answer;
  gint64 now;
  gboolean closed;
} Fuzz;

static void
check_name (const gchar * name)
{
  g_assert (g_utf8_validate (name, -1, NULL));
  g_assert (strlen (name) <= NAME_MAX_SIZE);
}

static void
on_send (RtmpMessage * message, gpointer user_data)
{
  Fuzz *fuzz = user_data;

  g_assert (!fuzz->closed);
  g_assert (rtmp_message_size (message) <= RTMP_MESSAGE_MAX_SIZE);
  rtmp_chunk_link_send (fuzz->link, message);
}

static void
on_connect (const RtmpConnectRequest * request, gpointer user_data)
{
  Fuzz *fuzz = user_data;

  check_name (request->app);
  check_name (request->query);
  check_name (request->tc_url);
  check_name (request->flash_version);
  rtmp_server_session_ask_swf (fuzz->session,
      rtmp_chunk_link_swf_key (fuzz->link));
  if (fuzz->answer == REFUSE)
    rtmp_server_session_refuse_connect (fuzz->session, CODE, request->app,
        request->tc_url);
  else if (fuzz->answer != IGNORE)
    rtmp_server_session_accept_connect (fuzz->session);
}

static void
on_stream (const RtmpStreamRequest * request, gpointer user_data)
{
  static const RtmpSwf swf = {.size = 40000 };
  Fuzz *fuzz = user_data;

  g_assert (!fuzz->closed && request->stream > 0);
  rtmp_server_session_check_swf (fuzz->session, &swf, NULL);
  check_name (request->name);
  check_name (request->query);
  g_assert (request->start >= RTMP_PLAY_LIVE_OR_RECORDED);
  g_assert (request->duration >= RTMP_PLAY_TO_END);
  if (fuzz->answer == REFUSE)
    rtmp_server_session_refuse_stream (fuzz->session, request->stream, CODE,
        request->name);
  else if (fuzz->answer == HANG_UP)
    rtmp_server_session_close (fuzz->session, CODE, request->name);
  if (fuzz->answer != IGNORE)
    rtmp_server_session_accept_stream (fuzz->session, request->stream);
}

static gboolean
on_media (guint32 stream, RtmpMessage * message, gpointer user_data,
    GError ** error)
{
  Fuzz *fuzz = user_data;
  g_autofree gchar *name = NULL;
  gsize size;

  g_assert (!fuzz->closed && stream == message->message_stream);
  g_assert (message->type != RTMP_MESSAGE_DATA_AMF3);
  if (message->type == RTMP_MESSAGE_DATA_AMF0)
    g_assert (rtmp_data_parse_name (message, &name, &size)
        && !g_str_equal (name, "@setDataFrame"));
  return TRUE;
}

static void
on_receive (guint32 stream, RtmpMessageType type, gboolean on,
    gpointer user_data)
{
  g_assert (!((Fuzz *) user_data)->closed);
}

static void
on_pause (guint32 stream, gboolean paused, gpointer user_data)
{
  g_assert (!((Fuzz *) user_data)->closed);
}

static void
on_stopped (guint32 stream, gpointer user_data)
{
  Fuzz *fuzz = user_data;

  g_assert (!fuzz->closed);
  if (fuzz->answer == HANG_UP)
    rtmp_server_session_close (fuzz->session, CODE, "");
}

static void
on_closed (gpointer user_data)
{
  Fuzz *fuzz = user_data;

  g_assert (!fuzz->closed);
  fuzz->closed = TRUE;
}

static const RtmpServerSessionEvents session_events = {
  .send = on_send,
  .connect = on_connect,
  .stream = on_stream,
  .media = on_media,
  .receive = on_receive,
  .pause = on_pause,
  .stopped = on_stopped,
  .closed = on_closed,
};

static gboolean
on_opened (gpointer user_data, GError ** error)
{
  Fuzz *fuzz = user_data;

  rtmp_server_session_start (fuzz->session, fuzz->now);
  return TRUE;
}

static gboolean
on_message (RtmpMessage * message, gpointer user_data, GError ** error)
{
  Fuzz *fuzz = user_data;

  return rtmp_server_session_message (fuzz->session, fuzz->now, message, error);
}

static const RtmpLinkEvents link_events = {
  .opened = on_opened,
  .message = on_message,
};

static gboolean
client_opened (gpointer user_data, GError ** error)
{
  return TRUE;
}

static gboolean
client_message (RtmpMessage * message, gpointer user_data, GError ** error)
{
  return TRUE;
}

static const RtmpLinkEvents client_events = {
  .opened = client_opened,
  .message = client_message,
};

static gboolean
feed (Fuzz * fuzz, RtmpChunkLink * link, gconstpointer data, gsize size,
    GError ** error)
{
  GBytes *block = g_bytes_new (data, size);
  gboolean ok = rtmp_chunk_link_feed (link, (guint32) (fuzz->now / 1000),
      block, error);

  g_bytes_unref (block);
  return ok;
}

/* At most @max bytes of what is to be sent; FALSE if that is nothing. */
static gboolean
take_output (Fuzz * fuzz, gsize max)
{
  const RtmpVector *vectors;
  guint i, n = rtmp_chunk_link_pull (fuzz->link, &vectors);
  gsize taken = 0;

  for (i = 0; i < n && taken < max; i++) {
    gsize part = MIN (vectors[i].size, max - taken);

    g_assert (feed (fuzz, fuzz->client, vectors[i].data, part, NULL));
    taken += part;
  }
  rtmp_chunk_link_consume (fuzz->link, taken);
  return n > 0;
}

static gboolean
feed_handshake (Fuzz * fuzz)
{
  guint8 bytes[1 + 2 * RTMP_HANDSHAKE_SIZE] = { RTMP_HANDSHAKE_VERSION };

  return feed (fuzz, fuzz->link, bytes, sizeof (bytes), NULL);
}

static void
act (Fuzz * fuzz, const guint8 * data, gsize size, guint8 how)
{
  guint32 stream = 1 + how % 3;

  rtmp_server_session_send_media (fuzz->session, stream, 8 + how % 2,
      how * 1000, g_bytes_new (data, size));
  if (how % 16 == 5)
    rtmp_server_session_end_stream (fuzz->session, fuzz->now, stream);
  else if (how % 16 == 7)
    rtmp_server_session_request_reconnect (fuzz->session, NULL, "");
  else if (how == 0xFF)
    rtmp_server_session_close (fuzz->session, CODE, "");
}

static gboolean
step (Fuzz * fuzz, const guint8 * data, gsize size, guint8 how)
{
  g_autoptr (GError) error = NULL;

  fuzz->now += how * 1000;
  if (!feed (fuzz, fuzz->link, data, size, &error)
      || !rtmp_server_session_on_deadline (fuzz->session, fuzz->now, &error)) {
    g_assert (g_utf8_validate (error->message, -1, NULL));
    return FALSE;
  }
  act (fuzz, data, size, how);
  take_output (fuzz, how * 5);
  return TRUE;
}

static void
run (Fuzz * fuzz, const guint8 * data, gsize size, gboolean in_input)
{
  gboolean ok = in_input || feed_handshake (fuzz);
  gsize pos, n;

  for (pos = 0; ok && pos < size; pos += n) {
    n = MIN (1 + (gsize) data[pos] * data[pos] / 16, size - pos);
    ok = step (fuzz, data + pos, n, data[pos]);
  }
  rtmp_server_session_close (fuzz->session, CODE, "");
  g_assert (rtmp_server_session_next_deadline (fuzz->session) ==
      RTMP_DEADLINE_NONE);
  while (take_output (fuzz, 999));
  g_assert (rtmp_out_queue_bytes (rtmp_chunk_link_queue (fuzz->link)) == 0);
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  Fuzz fuzz = { 0, };
  RtmpServerConfig config;

  if (size == 0)
    return 0;
  rtmp_server_config_init (&config);
  config.chunk_size = 1 + data[0] / 8 * 50;
  config.connect_timeout = 1000 * 1000;
  config.idle_timeout = 400 * 1000;
  fuzz.answer = data[0] % 4;
  fuzz.link =
      rtmp_chunk_link_new (rtmp_handshake_new (RTMP_ROLE_SERVER, 0, RANDOM),
      NULL, &link_events, &fuzz);
  fuzz.client =
      rtmp_chunk_link_new (rtmp_handshake_new (RTMP_ROLE_CLIENT, 0, RANDOM),
      NULL, &client_events, &fuzz);
  fuzz.session =
      rtmp_server_session_new (&config, NULL, &session_events, &fuzz);
  run (&fuzz, data + 1, size - 1, (data[0] & 4) != 0);
  rtmp_chunk_link_free (fuzz.link);
  rtmp_chunk_link_free (fuzz.client);
  rtmp_server_session_free (fuzz.session);
  return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A whole client, but for its socket, and a server that sends what the input
 * says. Its first byte: bit 0, publish, not play; bit 1, the handshake is in
 * the input, not a plain one before it. Each byte at which a block begins says
 * how long the block is, how much of the output is taken then, and how much
 * time goes by. Whatever comes, what goes out is RTMP. */
#include "rtmpchunklink.h"
#include "rtmpclientsession.h"

#include <string.h>

#define CLIENT_RANDOM ((const guint8[RTMP_HANDSHAKE_RANDOM_SIZE]) { 0 })

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

typedef struct
{
  RtmpChunkLink *link;
  RtmpClientSession *session;
  RtmpChunkLink *server;        /* that reads what goes out */
  gint64 now;
} Fuzz;

static void
on_send (RtmpMessage * message, gpointer user_data)
{
  rtmp_chunk_link_send (((Fuzz *) user_data)->link, message);
}

static void
on_state_changed (RtmpClientSessionState state, gpointer user_data)
{
}

static void
on_status (const RtmpStatus * status, gpointer user_data)
{
  g_assert_nonnull (memchr (status->level, 0, sizeof (status->level)));
  g_assert_nonnull (memchr (status->code, 0, sizeof (status->code)));
  g_assert_nonnull (memchr (status->description, 0,
          sizeof (status->description)));
}

static gboolean
on_media (RtmpMessage * message, gpointer user_data, GError ** error)
{
  g_assert (message->type != RTMP_MESSAGE_DATA_AMF3);
  return TRUE;
}

static void
on_recorded (gpointer user_data)
{
}

static const RtmpClientSessionEvents session_events = {
  .send = on_send,
  .state_changed = on_state_changed,
  .status = on_status,
  .media = on_media,
  .recorded = on_recorded,
};

static gboolean
on_opened (gpointer user_data, GError ** error)
{
  Fuzz *fuzz = user_data;

  rtmp_client_session_start (fuzz->session, fuzz->now,
      rtmp_chunk_link_swf_key (fuzz->link));
  return TRUE;
}

static gboolean
on_message (RtmpMessage * message, gpointer user_data, GError ** error)
{
  Fuzz *fuzz = user_data;

  return rtmp_client_session_message (fuzz->session, fuzz->now, message, error);
}

static const RtmpLinkEvents link_events = {
  .opened = on_opened,
  .message = on_message,
};

static gboolean
server_opened (gpointer user_data, GError ** error)
{
  return TRUE;
}

static const RtmpLinkEvents server_events = {
  .opened = server_opened,
  .message = on_media,
};

static gboolean
feed (Fuzz * fuzz, RtmpChunkLink * link, gconstpointer data, gsize size)
{
  GBytes *block = g_bytes_new (data, size);
  gboolean ok = rtmp_chunk_link_feed (link, (guint32) (fuzz->now / 1000),
      block, NULL);

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

    g_assert (feed (fuzz, fuzz->server, vectors[i].data, part));
    taken += part;
  }
  rtmp_chunk_link_consume (fuzz->link, taken);
  return n > 0;
}

static gboolean
feed_handshake (Fuzz * fuzz)
{
  guint8 bytes[1 + 2 * RTMP_HANDSHAKE_SIZE] = { RTMP_HANDSHAKE_VERSION };

  return feed (fuzz, fuzz->link, bytes, sizeof (bytes));
}

static gboolean
step (Fuzz * fuzz, const guint8 * data, gsize size, guint8 how)
{
  fuzz->now += how * 1000;
  if (!feed (fuzz, fuzz->link, data, size))
    return FALSE;
  rtmp_client_session_publish (fuzz->session, 8 + how % 2, how * 1000,
      g_bytes_new (data, size));
  take_output (fuzz, how * 5);
  return rtmp_client_session_on_deadline (fuzz->session, fuzz->now, NULL);
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
  rtmp_client_session_stop (fuzz->session, fuzz->now);
  while (take_output (fuzz, 999));
  g_assert (rtmp_out_queue_bytes (rtmp_chunk_link_queue (fuzz->link)) == 0);
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  Fuzz fuzz = { 0, };
  RtmpClientConfig config;

  if (size == 0)
    return 0;
  rtmp_client_config_init (&config);
  config.publish = data[0] & 1;
  config.stream = g_strdup ("cam");
  config.swf.size = 40000;
  config.chunk_size = 1 + data[0] / 4 * 50;
  fuzz.link =
      rtmp_chunk_link_new (rtmp_handshake_new (RTMP_ROLE_CLIENT, 0,
          CLIENT_RANDOM), NULL, &link_events, &fuzz);
  fuzz.server =
      rtmp_chunk_link_new (rtmp_handshake_new (RTMP_ROLE_SERVER, 0,
          CLIENT_RANDOM), NULL, &server_events, &fuzz);
  fuzz.session =
      rtmp_client_session_new (&config, NULL, &session_events, &fuzz);
  run (&fuzz, data + 1, size - 1, (data[0] & 2) != 0);
  rtmp_chunk_link_free (fuzz.link);
  rtmp_chunk_link_free (fuzz.server);
  rtmp_client_session_free (fuzz.session);
  rtmp_client_config_clear (&config);
  return 0;
}

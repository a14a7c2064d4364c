/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The link with RTMPE; what it does otherwise is in rtmpchunklink.c. */
#include "rtmpchunklink.h"

#include <string.h>

#include "rtmpcontrol.h"
#include "rtmpe.h"
#include "rtmperror.h"
#include "rtmptestcrypto.h"

#define HANDSHAKE_SIZE (1 + 2 * RTMP_HANDSHAKE_SIZE)
/* More than is encrypted at once, and than a batch. */
#define LARGE (600 * 1000)

typedef struct
{
  RtmpChunkLink *link;
  gboolean opened;
  GByteArray *payload;          /* of all messages */
  guint messages;
} End;

static gboolean
on_opened (gpointer user_data, GError ** error)
{
  End *end = user_data;

  end->opened = TRUE;
  return TRUE;
}

static gboolean
on_message (RtmpMessage * message, gpointer user_data, GError ** error)
{
  End *end = user_data;
  gsize size;
  gconstpointer data = g_bytes_get_data (message->payload, &size);

  g_byte_array_append (end->payload, data, (guint) size);
  end->messages++;
  return TRUE;
}

static const RtmpLinkEvents events = {
  .opened = on_opened,
  .message = on_message,
};

/* The same keys every time, so that the same bytes go over the wire. */
static void
end_init (End * end, RtmpRole role)
{
  guint8 random[RTMP_HANDSHAKE_RANDOM_SIZE], private_key[RTMP_DH_PRIVATE_SIZE];

  memset (end, 0, sizeof (*end));
  memset (random, role == RTMP_ROLE_CLIENT ? 0xCC : 0x55, sizeof (random));
  memset (private_key, role == RTMP_ROLE_CLIENT ? 7 : 9, sizeof (private_key));
  end->payload = g_byte_array_new ();
  end->link = rtmp_chunk_link_new (rtmp_handshake_new_full (role,
          RTMP_HANDSHAKE_ENCRYPTED, 1000, random, private_key), NULL, &events,
      end);
}

static void
end_clear (End * end)
{
  rtmp_chunk_link_free (end->link);
  g_byte_array_unref (end->payload);
}

static void
say (End * end, RtmpMessageType type, guint8 fill, gsize size)
{
  guint8 *data = g_malloc (size);
  RtmpMessage message;

  memset (data, fill, size);
  rtmp_message_init (&message, type, type == RTMP_MESSAGE_AUDIO
      ? RTMP_CHUNK_STREAM_AUDIO : RTMP_CHUNK_STREAM_VIDEO, 1, 0,
      g_bytes_new_take (data, size));
  rtmp_chunk_link_send (end->link, &message);
}

/* Appends at most @max bytes of one pull; how many. */
static gsize
take (End * end, GByteArray * output, gsize max)
{
  const RtmpVector *vectors;
  guint n = rtmp_chunk_link_pull (end->link, &vectors), i;
  gsize taken = 0;

  for (i = 0; i < n && taken < max; i++) {
    gsize size = MIN (vectors[i].size, max - taken);

    g_byte_array_append (output, vectors[i].data, (guint) size);
    taken += size;
  }
  rtmp_chunk_link_consume (end->link, taken);
  return taken;
}

static void
feed (End * end, const guint8 * data, gsize size)
{
  g_autoptr (GBytes) block = g_bytes_new (data, size);
  GError *error = NULL;

  rtmp_chunk_link_feed (end->link, 2000, block, &error);
  g_assert_no_error (error);
}

/* FALSE if there is nothing. */
static gboolean
carry (End * from, End * to, gsize step)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  if (take (from, bytes, step) == 0)
    return FALSE;
  feed (to, bytes->data, bytes->len);
  return TRUE;
}

static void
exchange (End * client, End * server, gsize client_step, gsize server_step)
{
  gboolean more = TRUE;

  while (more) {
    more = carry (client, server, client_step);
    more |= carry (server, client, server_step);
  }
}

static void
check_payload (const End * end, guint messages, guint8 fill, gsize size)
{
  gsize i;

  g_assert_cmpuint (end->messages, ==, messages);
  g_assert_cmpuint (end->payload->len, ==, size);
  for (i = 0; i < size; i++)
    g_assert_cmpuint (end->payload->data[i], ==, fill);
}

static void
check_steps (gsize client_step, gsize server_step, gsize size)
{
  RtmpLinkStats here, there;
  End client, server;

  end_init (&client, RTMP_ROLE_CLIENT);
  end_init (&server, RTMP_ROLE_SERVER);
  exchange (&client, &server, client_step, server_step);
  g_assert_true (client.opened && server.opened);
  say (&client, RTMP_MESSAGE_VIDEO, 0xAA, size);
  say (&client, RTMP_MESSAGE_AUDIO, 0xAA, 10);
  say (&server, RTMP_MESSAGE_AUDIO, 0xBB, 30);
  exchange (&client, &server, client_step, server_step);
  say (&client, RTMP_MESSAGE_AUDIO, 0xAA, 1);
  exchange (&client, &server, client_step, server_step);
  check_payload (&server, 3, 0xAA, size + 11);
  check_payload (&client, 1, 0xBB, 30);
  rtmp_chunk_link_stats (client.link, &here);
  rtmp_chunk_link_stats (server.link, &there);
  g_assert_cmpuint (here.out_bytes, ==, there.in_bytes);
  g_assert_cmpuint (here.in_bytes, ==, there.out_bytes);
  g_assert_cmpuint (there.in_bytes, >, size + 11);
  end_clear (&client);
  end_clear (&server);
}

static void
test_both_roles (void)
{
  check_steps (1, 1, 1000);
  check_steps (1, G_MAXSIZE, 1000);
  check_steps (G_MAXSIZE, 1, 1000);
  check_steps (1000, 999, LARGE);
  check_steps (G_MAXSIZE, G_MAXSIZE, LARGE);
}

/* What a client says up to its first message, and what it then says. */
static GByteArray *
record_client (End * client, End * server)
{
  GByteArray *bytes = g_byte_array_new ();
  gsize from = 0, n;

  while (from == 0 || !client->opened) {
    n = take (client, bytes, G_MAXSIZE);
    feed (server, bytes->data + from, n);
    from += n;
    carry (server, client, G_MAXSIZE);
  }
  say (client, RTMP_MESSAGE_VIDEO, 0xAA, 300);
  while (take (client, bytes, G_MAXSIZE) > 0);
  return bytes;
}

/* A server that is told all of it, cut in two anywhere; it has said nothing
 * before, and says the handshake and its own message then. */
static void
test_any_split (void)
{
  g_autoptr (GByteArray) bytes = NULL;
  End client, server;
  gsize split;

  end_init (&client, RTMP_ROLE_CLIENT);
  end_init (&server, RTMP_ROLE_SERVER);
  bytes = record_client (&client, &server);
  g_assert_cmpuint (bytes->len, ==, HANDSHAKE_SIZE + 12 + 300 + 2);
  end_clear (&server);
  for (split = 1; split < bytes->len; split++) {
    end_init (&server, RTMP_ROLE_SERVER);
    feed (&server, bytes->data, split);
    feed (&server, bytes->data + split, bytes->len - split);
    check_payload (&server, 1, 0xAA, 300);
    end_clear (&server);
  }
  end_clear (&client);
}

/* The end of the handshake is still to be sent when there is more. */
static void
check_behind_handshake (gsize step)
{
  g_autoptr (GByteArray) bytes = NULL;
  End client, server, again;

  end_init (&client, RTMP_ROLE_CLIENT);
  end_init (&server, RTMP_ROLE_SERVER);
  bytes = record_client (&client, &server);
  end_clear (&server);
  end_clear (&client);

  end_init (&server, RTMP_ROLE_SERVER);
  end_init (&again, RTMP_ROLE_CLIENT);
  feed (&server, bytes->data, bytes->len);
  say (&server, RTMP_MESSAGE_VIDEO, 0xBB, 200);
  while (carry (&server, &again, step));
  check_payload (&again, 1, 0xBB, 200);
  end_clear (&server);
  end_clear (&again);
}

static void
test_behind_handshake (void)
{
  check_behind_handshake (1);
  check_behind_handshake (100);
  check_behind_handshake (G_MAXSIZE);
}

/* No more at once than fits, and nothing of it is as it was; what is not
 * consumed comes again. */
static void
test_pull (void)
{
  const guint8 plain[16] = { 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA,
    0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA
  };
  const RtmpVector *vectors;
  RtmpMessage chunk_size;
  End client, server;
  gconstpointer data;
  gsize i;

  end_init (&client, RTMP_ROLE_CLIENT);
  end_init (&server, RTMP_ROLE_SERVER);
  exchange (&client, &server, G_MAXSIZE, G_MAXSIZE);
  g_assert_cmpuint (rtmp_chunk_link_pull (client.link, &vectors), ==, 0);
  rtmp_control_init (&chunk_size, RTMP_MESSAGE_SET_CHUNK_SIZE, LARGE);
  rtmp_chunk_link_send (client.link, &chunk_size);
  say (&client, RTMP_MESSAGE_VIDEO, 0xAA, LARGE);
  g_assert_cmpuint (rtmp_chunk_link_pull (client.link, &vectors), ==, 1);
  g_assert_cmpuint (vectors->size, ==, 64 << 10);
  data = vectors->data;
  for (i = 0; i + sizeof (plain) <= vectors->size; i++)
    g_assert_cmpint (memcmp ((const guint8 *) data + i, plain, sizeof (plain)),
        !=, 0);
  rtmp_chunk_link_consume (client.link, 100);
  g_assert_cmpuint (rtmp_out_queue_bytes (rtmp_chunk_link_queue (client.link)),
      ==, LARGE);
  g_assert_cmpuint (rtmp_chunk_link_pull (client.link, &vectors), ==, 1);
  g_assert_true (vectors->data == (const guint8 *) data + 100);
  g_assert_cmpuint (vectors->size, ==, (64 << 10) - 100);
  end_clear (&client);
  end_clear (&server);
}

/* A peer that does not encrypt says nonsense, and that is told. */
static void
test_nonsense (void)
{
  g_autoptr (GBytes) block = NULL;
  guint8 zeros[4096] = { 0 };
  End client, server;
  GError *error = NULL;

  end_init (&client, RTMP_ROLE_CLIENT);
  end_init (&server, RTMP_ROLE_SERVER);
  exchange (&client, &server, G_MAXSIZE, G_MAXSIZE);
  block = g_bytes_new (zeros, sizeof (zeros));
  g_assert_false (rtmp_chunk_link_feed (server.link, 0, block, &error));
  g_assert_cmpint (error->domain, ==, RTMP_ERROR);
  g_error_free (error);
  end_clear (&client);
  end_clear (&server);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_nonnull (rtmp_test_crypto ());
  g_test_add_func ("/rtmpechunklink/E-009-both-roles", test_both_roles);
  g_test_add_func ("/rtmpechunklink/E-009-any-split", test_any_split);
  g_test_add_func ("/rtmpechunklink/behind-handshake", test_behind_handshake);
  g_test_add_func ("/rtmpechunklink/pull", test_pull);
  g_test_add_func ("/rtmpechunklink/nonsense", test_nonsense);
  return g_test_run ();
}

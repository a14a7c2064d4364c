/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Our client and our server, each over its link, and between them two buffers
 * that are carried over as a test wants. */
#include "rtmpclientsession.h"
#include "rtmptestclient.h"
#include "rtmptesthost.h"

#include <string.h>

/* Media: the tags of a file. */

#define FLV_HEADER 13           /* with the first back pointer */
#define FLV_TAG_HEADER 11
#define FLV_BACK_POINTER 4

typedef struct
{
  GArray *messages;             /* of RtmpMessage */
  guint counts[256];
  guint64 bytes;
  GChecksum *checksum;
  guint32 hash;                 /* as RtmpTestClient has it */
} Media;

static void
media_add (Media * self, const guint8 * tag, guint32 size)
{
  RtmpMessage message;

  rtmp_message_init (&message, tag[0], 4, 1,
      (guint32) tag[7] << 24 | (guint32) tag[4] << 16
      | (guint32) tag[5] << 8 | tag[6], g_bytes_new (tag + FLV_TAG_HEADER,
          size));
  g_array_append_val (self->messages, message);
  self->counts[message.type]++;
  self->bytes += size;
  rtmp_test_add_media (self->checksum, &message);
  self->hash = self->hash * 33 + g_bytes_hash (message.payload)
      + message.timestamp;
}

static void
media_load (Media * self, const gchar * file, guint max)
{
  gchar *path = g_build_filename (g_getenv ("FILES"), "media", file, NULL);
  gchar *contents;
  const guint8 *data;
  gsize size, pos;
  guint32 length;

  memset (self, 0, sizeof (*self));
  self->messages = g_array_new (FALSE, FALSE, sizeof (RtmpMessage));
  self->checksum = g_checksum_new (G_CHECKSUM_MD5);
  g_assert_true (g_file_get_contents (path, &contents, &size, NULL));
  data = (const guint8 *) contents;
  for (pos = FLV_HEADER; pos < size && self->messages->len < max;
      pos += FLV_TAG_HEADER + length + FLV_BACK_POINTER) {
    length = (guint32) data[pos + 1] << 16 | (guint32) data[pos + 2] << 8
        | data[pos + 3];
    media_add (self, data + pos, length);
  }
  g_assert_cmpuint (self->messages->len, >, 5);
  g_free (contents);
  g_free (path);
}

static void
media_clear (Media * self)
{
  guint i;

  for (i = 0; i < self->messages->len; i++)
    rtmp_message_clear (&g_array_index (self->messages, RtmpMessage, i));
  g_array_unref (self->messages);
  g_checksum_free (self->checksum);
}

/* Carrying */

typedef struct
{
  RtmpTestClient client;
  RtmpTestHost host;
  GByteArray *to_host;
  GByteArray *to_client;
  gsize cut;                    /* of what there is, first so much; 0: all */
  gsize step;                   /* never more than this at once; 0: any */
} Pair;

static void
take (RtmpChunkLink * link, GByteArray * buffer)
{
  const RtmpVector *vectors;
  guint i, n;
  gsize size;

  while ((n = rtmp_chunk_link_pull (link, &vectors)) > 0) {
    for (i = 0, size = 0; i < n; size += vectors[i++].size)
      g_byte_array_append (buffer, vectors[i].data, (guint) vectors[i].size);
    rtmp_chunk_link_consume (link, size);
  }
}

static void
feed (RtmpChunkLink * link, const guint8 * data, gsize size, GError ** error)
{
  g_autoptr (GBytes) block = g_bytes_new (data, size);

  rtmp_chunk_link_feed (link, 0, block, error);
  g_assert_no_error (*error);
}

/* All that is in the buffer, in pieces. FALSE: there was nothing. */
static gboolean
carry (Pair * self, GByteArray * buffer, RtmpChunkLink * link, GError ** error)
{
  gsize pos, n;

  for (pos = 0; pos < buffer->len; pos += n) {
    n = buffer->len - pos;
    if (self->step > 0)
      n = MIN (n, self->step);
    if (pos < self->cut && self->cut < buffer->len)
      n = MIN (n, self->cut - pos);
    feed (link, buffer->data + pos, n, error);
  }
  g_byte_array_set_size (buffer, 0);
  return pos > 0;
}

static void
exchange (Pair * self)
{
  gboolean more = TRUE;

  while (more) {
    take (self->client.link, self->to_host);
    more = carry (self, self->to_host, self->host.link, &self->host.error);
    take (self->host.link, self->to_client);
    more |= carry (self, self->to_client, self->client.link,
        &self->client.error);
  }
}

static void
pair_init (Pair * self, gboolean publish, gsize cut, gsize step)
{
  rtmp_test_client_init (&self->client, publish);
  rtmp_test_host_init (&self->host);
  self->to_host = g_byte_array_new ();
  self->to_client = g_byte_array_new ();
  self->cut = cut;
  self->step = step;
}

static void
pair_begin (Pair * self)
{
  rtmp_test_client_begin (&self->client, 1, NULL);
  rtmp_test_host_begin_link (&self->host, 2, NULL);
  exchange (self);
}

static void
pair_clear (Pair * self)
{
  g_assert_cmpuint (self->to_host->len, ==, 0);
  g_assert_cmpuint (self->to_client->len, ==, 0);
  rtmp_test_client_clear (&self->client);
  rtmp_test_host_clear (&self->host);
  g_byte_array_unref (self->to_host);
  g_byte_array_unref (self->to_client);
}

/* What both say to each other, whichever way the bytes went. */

#define GREETING "window-ack-size 2500000\n" "set-peer-bandwidth 2500000 2\n" \
    "stream-begin 0\n" "set-chunk-size 65536\n" \
    "0: _result 1 " \
    "{fmsVer: \"FMS/3,5,7,7009\", capabilities: 31, mode: 1}; " \
    "{level: \"status\", code: \"NetConnection.Connect.Success\", " \
    "description: \"Connection succeeded.\", objectEncoding: 0}\n"
#define STEPS "await-connect <NetConnection.Connect.Success> await-stream " \
    "await-start "

static void
begin_publishing (Pair * pair)
{
  pair_begin (pair);
  rtmp_test_host_check (&pair->host, "? connect live\n" GREETING
      "0: _result 2 null; undefined\n" "0: _result 3 null; undefined\n"
      "0: onFCPublish status NetStream.Publish.Start\n"
      "0: _result 4 null; 1\n" "? publish cam on 1, live\n" "stream-begin 1\n"
      "1: onStatus status NetStream.Publish.Start\n");
  rtmp_test_client_check_events (&pair->client,
      STEPS "<NetStream.Publish.Start> running ");
  pair->host.quiet = TRUE;
}

static void
publish (const Media * media, gsize cut, gsize step)
{
  Pair pair;
  guint i;

  pair_init (&pair, TRUE, cut, step);
  begin_publishing (&pair);
  for (i = 0; i < media->messages->len; i++) {
    const RtmpMessage *m = &g_array_index (media->messages, RtmpMessage, i);

    rtmp_client_session_publish (pair.client.session, m->type, m->timestamp,
        g_bytes_ref (m->payload));
    if (i % 3 == 0)
      exchange (&pair);
  }
  exchange (&pair);
  pair.host.quiet = FALSE;
  rtmp_client_session_stop (pair.client.session, 0);
  exchange (&pair);
  rtmp_test_host_check (&pair.host, "0: _result 6 null; undefined\n"
      "0: onFCUnpublish status NetStream.Unpublish.Success\n" "! 1 stopped\n");
  g_assert_cmpmem (pair.host.messages, sizeof (pair.host.messages),
      media->counts, sizeof (media->counts));
  g_assert_cmpstr (g_checksum_get_string (pair.host.checksum), ==,
      g_checksum_get_string (media->checksum));
  pair_clear (&pair);
}

static void
begin_playing (Pair * pair)
{
  pair_begin (pair);
  rtmp_test_host_check (&pair->host, "? connect live\n" GREETING
      "0: _result 2 null; 1\n"
      "? play cam on 1, start -2, duration -1, reset\n" "stream-begin 1\n"
      "1: onStatus status NetStream.Play.Reset\n"
      "1: onStatus status NetStream.Play.Start\n");
  rtmp_test_client_check_events (&pair->client,
      STEPS "<NetStream.Play.Reset> <NetStream.Play.Start> running ");
  pair->host.quiet = TRUE;
}

static void
send_all (Pair * pair, const Media * media, gboolean hurry)
{
  guint i;

  for (i = 0; i < media->messages->len; i++) {
    const RtmpMessage *m = &g_array_index (media->messages, RtmpMessage, i);

    rtmp_server_session_send_media (pair->host.session, 1, m->type,
        m->timestamp, g_bytes_ref (m->payload));
    if (!hurry && i % 3 == 0)
      exchange (pair);
  }
}

static void
play (const Media * media, gsize cut, gsize step)
{
  Pair pair;

  pair_init (&pair, FALSE, cut, step);
  begin_playing (&pair);
  send_all (&pair, media, FALSE);
  exchange (&pair);
  g_assert_cmpmem (pair.client.messages, sizeof (pair.client.messages),
      media->counts, sizeof (media->counts));
  g_assert_cmpuint (pair.client.payload_bytes, ==, media->bytes);
  g_assert_cmphex (pair.client.hash, ==, media->hash);
  rtmp_test_client_check_events (&pair.client, "");
  rtmp_client_session_stop (pair.client.session, 0);
  pair.host.quiet = FALSE;
  exchange (&pair);
  rtmp_test_host_check (&pair.host, "! 1 stopped\n");
  pair_clear (&pair);
}

static const gchar *const files[] = { "avc_aac.flv", "avc_mp3.flv",
  "h263_speex.flv", "screen2_adpcm.flv"
};

static void
test_whole (void)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (files); i++) {
    Media media;

    media_load (&media, files[i], G_MAXUINT);
    publish (&media, 0, 0);
    play (&media, 0, 0);
    media_clear (&media);
  }
}

static void
test_byte_by_byte (void)
{
  Media media;

  media_load (&media, "avc_aac.flv", G_MAXUINT);
  publish (&media, 0, 1);
  play (&media, 0, 1);
  media_clear (&media);
}

/* Nothing up to the first media is longer than the server's hello. */
static void
test_cut (void)
{
  Media media;
  gsize cut;

  media_load (&media, "avc_aac.flv", 6);
  for (cut = 1; cut <= 1 + 2 * RTMP_HANDSHAKE_SIZE; cut++) {
    publish (&media, cut, 0);
    play (&media, cut, 0);
  }
  media_clear (&media);
}

/* The end */

/* The end does not overtake what is still queued. */
static void
test_end_of_play (void)
{
  Media media;
  Pair pair;

  media_load (&media, "avc_aac.flv", G_MAXUINT);
  pair_init (&pair, FALSE, 0, 0);
  begin_playing (&pair);
  send_all (&pair, &media, TRUE);
  rtmp_server_session_end_stream (pair.host.session, 0, 1);
  exchange (&pair);
  g_assert_cmphex (pair.client.hash, ==, media.hash);
  g_assert_cmpint (rtmp_client_session_state (pair.client.session), ==,
      RTMP_CLIENT_SESSION_ENDED);
  pair_clear (&pair);
  media_clear (&media);
}

static void
expect_refusal (Pair * pair, RtmpError code)
{
  take (pair->client.link, pair->to_host);
  while (pair->client.error == NULL) {
    GBytes *block;

    carry (pair, pair->to_host, pair->host.link, &pair->host.error);
    take (pair->host.link, pair->to_client);
    g_assert_cmpuint (pair->to_client->len, >, 0);
    block = g_bytes_new (pair->to_client->data, pair->to_client->len);
    g_byte_array_set_size (pair->to_client, 0);
    rtmp_chunk_link_feed (pair->client.link, 0, block, &pair->client.error);
    g_bytes_unref (block);
    take (pair->client.link, pair->to_host);
  }
  g_assert_error (pair->client.error, RTMP_ERROR, (gint) code);
  g_byte_array_set_size (pair->to_host, 0);
}

static void
check_refusal (gboolean is_publisher, RtmpTestHostAnswer on_connect,
    RtmpTestHostAnswer on_stream, RtmpError code)
{
  Pair pair;

  pair_init (&pair, is_publisher, 0, 0);
  pair.host.on_connect = on_connect;
  pair.host.on_stream = on_stream;
  rtmp_test_client_begin (&pair.client, 1, NULL);
  rtmp_test_host_begin_link (&pair.host, 2, NULL);
  expect_refusal (&pair, code);
  pair_clear (&pair);
}

static void
test_refusals (void)
{
  const RtmpTestHostAnswer yes = RTMP_TEST_HOST_ACCEPT;
  const RtmpTestHostAnswer no = RTMP_TEST_HOST_REFUSE;

  check_refusal (TRUE, no, yes, RTMP_ERROR_NOT_FOUND);
  check_refusal (FALSE, no, yes, RTMP_ERROR_NOT_FOUND);
  check_refusal (TRUE, RTMP_TEST_HOST_IGNORE, yes, RTMP_ERROR_REFUSED);
  check_refusal (TRUE, yes, no, RTMP_ERROR_IN_USE);
  check_refusal (FALSE, yes, no, RTMP_ERROR_NOT_FOUND);
  check_refusal (FALSE, yes, RTMP_TEST_HOST_CLOSE, RTMP_ERROR_PEER_CLOSED);
}

/* Pings go to a client, and its answers count. */
static void
test_ping (void)
{
  Pair pair;
  gint64 half, deadline;

  pair_init (&pair, FALSE, 0, 0);
  begin_playing (&pair);
  half = pair.host.config.idle_timeout / 2;
  for (deadline = half; deadline < 10 * half; deadline += half) {
    pair.host.now = deadline;
    g_assert_true (rtmp_server_session_on_deadline (pair.host.session,
            deadline, &pair.host.error));
    exchange (&pair);
    g_assert_cmpint (rtmp_server_session_next_deadline (pair.host.session), ==,
        deadline + half);
  }
  pair_clear (&pair);
}

/* What the client wants of a played stream. */
static void
test_player_calls (void)
{
  Pair pair;

  pair_init (&pair, FALSE, 0, 0);
  pair.client.config.receive_audio = FALSE;
  pair.client.config.subscribe = g_strdup ("cam");
  pair_begin (&pair);
  g_string_truncate (pair.client.events, 0);
  g_assert_true (g_str_has_suffix (pair.host.said->str, "! audio of 1 off\n"));
  g_string_truncate (pair.host.said, 0);
  rtmp_client_session_pause (pair.client.session, TRUE, 10);
  rtmp_client_session_pause (pair.client.session, FALSE, 10);
  rtmp_client_session_seek (pair.client.session, 0, 0);
  exchange (&pair);
  rtmp_test_host_check (&pair.host,
      "1: onStatus status NetStream.Pause.Notify\n" "! 1 pauses\n"
      "1: onStatus status NetStream.Unpause.Notify\n" "! 1 goes on\n"
      "1: onStatus error NetStream.Seek.Failed\n");
  rtmp_test_client_check_events (&pair.client, "<NetStream.Pause.Notify> "
      "<NetStream.Unpause.Notify> <NetStream.Seek.Failed> ");
  pair_clear (&pair);
}

/* Our server knows no play2: our client is told so, and plays on. */
static void
test_refused_switch (void)
{
  Media media;
  Pair pair;

  media_load (&media, "avc_aac.flv", 6);
  pair_init (&pair, FALSE, 0, 0);
  begin_playing (&pair);
  pair.host.quiet = FALSE;
  rtmp_client_session_switch (pair.client.session, "cam-hd");
  exchange (&pair);
  rtmp_test_host_check (&pair.host,
      "1: onStatus error NetStream.Play.Failed\n");
  rtmp_test_client_check_events (&pair.client, "<NetStream.Play.Failed> ");
  send_all (&pair, &media, FALSE);
  exchange (&pair);
  g_assert_cmphex (pair.client.hash, ==, media.hash);
  pair_clear (&pair);
  media_clear (&media);
}

/* Both ends have the same key, whichever handshake it was, and the answer is
 * there before it is looked at. */
static void
test_swf_verification (gconstpointer digest)
{
  static const RtmpSwf swf = {.size = 40000,.hash = {1, 2, 3} };
  Pair pair;
  guint i;

  for (i = 0; i < 3; i++) {
    pair_init (&pair, FALSE, 0, i);
    pair.host.swf = &swf;
    pair.client.digest = pair.host.digest = digest != NULL;
    if (i > 0)
      pair.client.config.swf = swf;
    pair_begin (&pair);
    g_assert_nonnull (strstr (pair.host.said->str, i > 0
            ? "! SWF verification: passed\n"
            : "! SWF verification: the client did not answer\n"));
    pair_clear (&pair);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sessions/E-150-E-153-whole", test_whole);
  g_test_add_func ("/sessions/E-150-E-153-byte-by-byte", test_byte_by_byte);
  g_test_add_func ("/sessions/E-150-E-153-cut", test_cut);
  g_test_add_func ("/sessions/E-160-end-of-play", test_end_of_play);
  g_test_add_func ("/sessions/E-145-E-151-refusals", test_refusals);
  g_test_add_func ("/sessions/E-164-ping", test_ping);
  g_test_add_func ("/sessions/E-162-refused-switch", test_refused_switch);
  g_test_add_data_func ("/sessions/swf-verification/simple", NULL,
      test_swf_verification);
  g_test_add_data_func ("/sessions/swf-verification/digest", "digest",
      test_swf_verification);
  g_test_add_func ("/sessions/E-155-E-156-E-157-player-calls",
      test_player_calls);
  return g_test_run ();
}

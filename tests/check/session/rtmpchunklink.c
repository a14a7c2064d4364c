/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpchunklink.h"
#include "rtmpcontrol.h"
#include "rtmperror.h"
#include "rtmplog.h"
#include "rtmptestbytes.h"
#include "rtmptestrecording.h"

/* A link and what it said: a line an event. */
typedef struct
{
  RtmpChunkLink *link;
  GString *events;
  guint messages[256];          /* by type */
  guint64 payload_bytes;
  gboolean greet;               /* with an empty message, once open */
  gboolean refuse_open;
  gint refuse_type;
} End;

static void
say (End * end, RtmpMessageType type)
{
  RtmpMessage message;

  rtmp_message_init (&message, type, RTMP_CHUNK_STREAM_AUDIO, 1, 0,
      g_bytes_new (NULL, 0));
  rtmp_chunk_link_send (end->link, &message);
}

static gboolean
refuse (GError ** error)
{
  g_set_error_literal (error, RTMP_ERROR, RTMP_ERROR_REFUSED, "not this one");
  return FALSE;
}

static gboolean
on_opened (gpointer user_data, GError ** error)
{
  End *end = user_data;

  g_string_append (end->events, "opened ");
  g_assert_true (rtmp_chunk_link_is_open (end->link));
  if (end->greet)
    say (end, RTMP_MESSAGE_AUDIO);
  return end->refuse_open ? refuse (error) : TRUE;
}

static gboolean
on_message (RtmpMessage * message, gpointer user_data, GError ** error)
{
  End *end = user_data;

  g_string_append_printf (end->events, "%u ", message->type);
  end->messages[message->type]++;
  end->payload_bytes += rtmp_message_size (message);
  return message->type == end->refuse_type ? refuse (error) : TRUE;
}

static const RtmpLinkEvents events = {
  .opened = on_opened,
  .message = on_message,
};

static void
end_init (End * end, RtmpRole role)
{
  guint8 random[RTMP_HANDSHAKE_RANDOM_SIZE];

  memset (end, 0, sizeof (*end));
  memset (random, role == RTMP_ROLE_CLIENT ? 0xCC : 0x55, sizeof (random));
  end->events = g_string_new (NULL);
  end->refuse_type = -1;
  end->link = rtmp_chunk_link_new (rtmp_handshake_new (role,
          role == RTMP_ROLE_CLIENT ? 0x01020304 : 0x05060708, random), NULL,
      &events, end);
}

static void
end_clear (End * end)
{
  g_clear_pointer (&end->link, rtmp_chunk_link_free);
  g_string_free (end->events, TRUE);
}

static void
check_events (End * end, const gchar * expected)
{
  g_assert_cmpstr (end->events->str, ==, expected);
  g_string_truncate (end->events, 0);
}

/* All that one pull shows, at most @max bytes of it; %NULL for nothing. */
static GBytes *
take (End * end, gsize max)
{
  GByteArray *output = g_byte_array_new ();
  const RtmpVector *vectors;
  guint n = rtmp_chunk_link_pull (end->link, &vectors), i;

  for (i = 0; i < n && output->len < max; i++)
    g_byte_array_append (output, vectors[i].data,
        (guint) MIN (vectors[i].size, max - output->len));
  rtmp_chunk_link_consume (end->link, output->len);
  if (output->len > 0)
    return g_byte_array_free_to_bytes (output);
  g_byte_array_unref (output);
  return NULL;
}

/* What is to be sent now, as hex. */
static void
check_output (End * end, const gchar * expected)
{
  GBytes *output = take (end, G_MAXSIZE);

  rtmp_test_assert_bytes (output ? output : g_bytes_new (NULL, 0), expected);
}

static gboolean
feed_bytes (End * end, GBytes * bytes, gsize from, gsize to, GError ** error)
{
  /* A block of its own, so that a sanitizer sees a read past it. */
  const guint8 *data = g_bytes_get_data (bytes, NULL);
  GBytes *block = g_bytes_new (to > from ? data + from : NULL, to - from);
  gboolean ok = rtmp_chunk_link_feed (end->link, 0x090A0B0C, block, error);

  g_bytes_unref (block);
  return ok;
}

static void
feed (End * end, const gchar * hex)
{
  GBytes *bytes = rtmp_test_unhex (hex);
  GError *error = NULL;

  g_assert_true (feed_bytes (end, bytes, 0, g_bytes_get_size (bytes), &error));
  g_assert_no_error (error);
  g_bytes_unref (bytes);
}

static void
feed_error (End * end, const gchar * hex, RtmpError code, const gchar * message)
{
  GBytes *bytes = rtmp_test_unhex (hex);
  GError *error = NULL;

  g_assert_false (feed_bytes (end, bytes, 0, g_bytes_get_size (bytes), &error));
  g_assert_error (error, RTMP_ERROR, (gint) code);
  g_assert_cmpstr (error->message, ==, message);
  g_clear_error (&error);
  g_bytes_unref (bytes);
}

/* Carries at most @step bytes; FALSE if there are none. */
static gboolean
carry (End * from, End * to, gsize step)
{
  GBytes *bytes = take (from, step);
  GError *error = NULL;

  if (bytes == NULL)
    return FALSE;
  feed_bytes (to, bytes, 0, g_bytes_get_size (bytes), &error);
  g_assert_no_error (error);
  g_bytes_unref (bytes);
  return TRUE;
}

#define C1 "01020304 00*4 CC*1528 "
#define S1 "05060708 00*4 55*1528 "
/* Echoes: time2 is when the other's hello was read. */
#define C2 "05060708 090A0B0C 55*1528 "
#define S2 "01020304 090A0B0C CC*1528 "

/* An open client, of which nothing is to be sent. */
static void
client_init (End * end)
{
  end_init (end, RTMP_ROLE_CLIENT);
  feed (end, "03" S1 S2);
  check_events (end, "opened ");
  check_output (end, "03" C1 C2);
}

/* Handshake */

static void
check_handshake (gsize client_step, gsize server_step)
{
  End client, server;
  gboolean more = TRUE;

  end_init (&client, RTMP_ROLE_CLIENT);
  end_init (&server, RTMP_ROLE_SERVER);
  client.greet = server.greet = TRUE;
  while (more) {
    more = carry (&client, &server, client_step);
    more |= carry (&server, &client, server_step);
  }
  check_events (&client, "opened 8 ");
  check_events (&server, "opened 8 ");
  end_clear (&client);
  end_clear (&server);
}

static void
test_both_roles (void)
{
  check_handshake (1, 1);
  check_handshake (1, G_MAXSIZE);
  check_handshake (G_MAXSIZE, 1);
  check_handshake (1000, 1000);
  check_handshake (G_MAXSIZE, G_MAXSIZE);
}

/* Byte by byte, what a client has to say then and where it says it stands. */
static void
test_client_handshake (void)
{
  End client;
  GBytes *hello = rtmp_test_unhex ("03" S1), *echo = rtmp_test_unhex (S2);
  gsize i;

  end_init (&client, RTMP_ROLE_CLIENT);
  client.greet = TRUE;
  check_output (&client, "03" C1);
  for (i = 0; i < 1537; i++) {
    g_assert_cmpint (rtmp_chunk_link_handshake_state (client.link), ==,
        i == 0 ? RTMP_HANDSHAKE_AWAIT_VERSION : RTMP_HANDSHAKE_AWAIT_HELLO);
    check_output (&client, "");
    g_assert_true (feed_bytes (&client, hello, i, i + 1, NULL));
  }
  check_output (&client, C2);
  for (i = 0; i < 1536; i++) {
    g_assert_cmpint (rtmp_chunk_link_handshake_state (client.link), ==,
        RTMP_HANDSHAKE_AWAIT_ECHO);
    g_assert_false (rtmp_chunk_link_is_open (client.link));
    check_output (&client, "");
    check_events (&client, "");
    g_assert_true (feed_bytes (&client, echo, i, i + 1, NULL));
  }
  g_assert_cmpint (rtmp_chunk_link_handshake_state (client.link), ==,
      RTMP_HANDSHAKE_DONE);
  check_events (&client, "opened ");
  check_output (&client, "04 000000 000000 08 01000000");
  g_bytes_unref (hello);
  g_bytes_unref (echo);
  end_clear (&client);
}

static void
test_server_handshake (void)
{
  End server;
  GBytes *hello = rtmp_test_unhex ("03" C1), *echo = rtmp_test_unhex (C2);
  gsize i;

  end_init (&server, RTMP_ROLE_SERVER);
  server.greet = TRUE;
  for (i = 0; i < 1537; i++) {
    check_output (&server, "");
    g_assert_true (feed_bytes (&server, hello, i, i + 1, NULL));
  }
  check_output (&server, "03" S1 S2);
  for (i = 0; i < 1536; i++) {
    check_output (&server, "");
    check_events (&server, "");
    g_assert_true (feed_bytes (&server, echo, i, i + 1, NULL));
  }
  check_events (&server, "opened ");
  check_output (&server, "04 000000 000000 08 01000000");
  g_bytes_unref (hello);
  g_bytes_unref (echo);
  end_clear (&server);
}

/* C2 and what is said on opening leave together, behind one another. */
static void
test_all_in_one_block (void)
{
  End client, server;

  end_init (&client, RTMP_ROLE_CLIENT);
  client.greet = TRUE;
  feed (&client, "03" S1 S2 "04 000000 000001 09 01000000 AA");
  check_events (&client, "opened 9 ");
  check_output (&client, "03" C1 C2 "04 000000 000000 08 01000000");
  end_clear (&client);

  end_init (&server, RTMP_ROLE_SERVER);
  feed (&server, "03" C1 C2 "04 000000 000001 14 00000000 02");
  check_events (&server, "opened 20 ");
  check_output (&server, "03" S1 S2);
  end_clear (&server);
}

static guint echoes_told;

static void
on_log (RtmpLogLevel level, const gchar * file, gint line,
    const gchar * function, const gchar * message)
{
  echoes_told += strstr (message, "echo is not what we sent") != NULL;
}

/* Told of, and no more than that; a right one is not. */
static void
test_wrong_echo (void)
{
  End client;

  rtmp_log_set_hook (on_log, RTMP_LOG_INFO);
  client_init (&client);
  g_assert_cmpuint (echoes_told, ==, 0);
  end_clear (&client);
  end_init (&client, RTMP_ROLE_CLIENT);
  feed (&client, "03" S1 "00*1536");
  rtmp_log_set_hook (NULL, RTMP_LOG_WARNING);
  check_events (&client, "opened ");
  g_assert_cmpuint (echoes_told, ==, 1);
  end_clear (&client);
}

/* Messages */

#define MESSAGE(type) "04 000000 000001 " type " 01000000 AA"

static void
test_types (void)
{
  End client;

  client_init (&client);
  feed (&client, MESSAGE ("00") MESSAGE ("07") MESSAGE ("08") MESSAGE ("09")
      MESSAGE ("0F") MESSAGE ("11") MESSAGE ("12") MESSAGE ("14") MESSAGE ("16")
      MESSAGE ("FF") "02 000000 000006 04 00000000 000600000001");
  check_events (&client, "0 7 8 9 15 17 18 20 22 255 4 ");
  feed (&client, "02 000000 000004 01 00000000 00001000"
      "02 000000 000004 02 00000000 00000004"
      "02 000000 000004 03 00000000 00000000"
      "02 000000 000004 05 00000000 00100000"
      "02 000000 000005 06 00000000 00100000 02");
  check_events (&client, "");
  end_clear (&client);
}

typedef struct
{
  const gchar *name;
  const gchar *bytes;
  RtmpError code;
  const gchar *message;
} BadCase;

static const BadCase bad_cases[] = {
  {"E-044-chunk-size-0", "02 000000 000004 01 00000000 00000000",
        RTMP_ERROR_BAD_MESSAGE,
      "set-chunk-size: expected 1 to 0x7fffffff, got 0x0"},
  {"E-053-acknowledgement", "02 000000 000003 03 00000000 000000",
        RTMP_ERROR_BAD_MESSAGE,
      "acknowledgement: expected at least 4 bytes, got 3"},
  {"E-053-window", "02 000000 000000 05 00000000", RTMP_ERROR_BAD_MESSAGE,
      "window-ack-size: expected at least 4 bytes, got 0"},
  {"E-053-bandwidth", "02 000000 000004 06 00000000 00000000",
        RTMP_ERROR_BAD_MESSAGE,
      "set-peer-bandwidth: expected at least 5 bytes, got 4"},
  {"E-053-abort", "02 000000 000001 02 00000000 00", RTMP_ERROR_BAD_MESSAGE,
      "abort: expected at least 4 bytes, got 1"},
  {"chunk", "C7 00", RTMP_ERROR_BAD_CHUNK,
      "Expected a full header as the first of chunk stream 7, "
        "got type 3 at byte 13"},
  {"event", MESSAGE ("09"), RTMP_ERROR_REFUSED, "not this one"},
};

/* The first error sticks, and what was to be said is still to be had. */
static void
test_bad (gconstpointer data)
{
  const BadCase *c = data;
  End client;

  client_init (&client);
  client.refuse_type = RTMP_MESSAGE_VIDEO;
  feed (&client, MESSAGE ("08"));
  check_events (&client, "8 ");
  say (&client, RTMP_MESSAGE_AUDIO);
  feed_error (&client, c->bytes, c->code, c->message);
  g_string_truncate (client.events, 0);
  feed_error (&client, MESSAGE ("08"), c->code, c->message);
  feed_error (&client, "", c->code, c->message);
  check_events (&client, "");
  check_output (&client, "04 000000 000000 08 01000000");
  end_clear (&client);
}

static void
test_bad_handshake (void)
{
  End client;

  end_init (&client, RTMP_ROLE_CLIENT);
  feed_error (&client, "02", RTMP_ERROR_BAD_HANDSHAKE,
      "Expected RTMP version 3 in the handshake, but the server answered with "
      "something else: 2");
  feed_error (&client, "03" S1 S2, RTMP_ERROR_BAD_HANDSHAKE,
      "Expected RTMP version 3 in the handshake, but the server answered with "
      "something else: 2");
  check_events (&client, "");
  end_clear (&client);
}

static void
test_refused_open (void)
{
  End client;

  end_init (&client, RTMP_ROLE_CLIENT);
  client.refuse_open = TRUE;
  feed_error (&client, "03" S1 S2 MESSAGE ("08"), RTMP_ERROR_REFUSED,
      "not this one");
  check_events (&client, "opened ");
  feed_error (&client, MESSAGE ("08"), RTMP_ERROR_REFUSED, "not this one");
  check_events (&client, "");
  end_clear (&client);
}

/* Windows */

/* An Acknowledgement as it goes out: with a full header the first time, then
 * with as little as may be. */
#define ACK_FIRST(sequence) "02 000000 000004 03 00000000" sequence
#define ACK_NEXT(sequence) "C2" sequence

#define WINDOW(size) "02 000000 000004 05 00000000" size

static void
test_acknowledges (void)
{
  End client;
  RtmpLinkStats stats;

  client_init (&client);
  feed (&client, "04 000000 00003C 08 01000000 AA*60");
  check_output (&client, "");   /* 72 bytes and no window */
  feed (&client, WINDOW ("000000C9"));
  check_output (&client, "");   /* 88 bytes of 201 */
  feed (&client, "C4 AA*11");
  check_output (&client, "");   /* 100: less than half */
  feed (&client, "AA");
  check_output (&client, ACK_FIRST ("00000065"));       /* 101 */
  feed (&client, "AA*48 C4 AA*51");
  check_output (&client, "");   /* 100 more */
  feed (&client, "AA*9 C4 AA*60 C4 AA*60 C4 AA*60 C4 AA*60 C4");
  check_output (&client, ACK_NEXT ("000001C7"));        /* 254 more, at once */
  rtmp_chunk_link_stats (client.link, &stats);
  g_assert_cmpuint (stats.in_bytes, ==, 455);
  g_assert_cmpuint (stats.in_bytes_acked, ==, 455);
  g_assert_cmpuint (stats.in_window, ==, 201);
  feed (&client, "AA*60 02 000000 000004 05 00000000 00000000");
  feed (&client, "C4 AA*60 C4 AA*60 C4 AA*60 C4 AA*60");
  check_output (&client, "");   /* the window is closed again */
  end_clear (&client);
}

/* At half the window, to the byte. */
static void
test_half (void)
{
  End client;

  client_init (&client);
  feed (&client, WINDOW ("00000040") MESSAGE ("08") "C4 AA");
  check_output (&client, "");   /* 31 of 64 */
  feed (&client, "C4");
  check_output (&client, ACK_FIRST ("00000020"));
  end_clear (&client);
}

static void
test_odd_windows (void)
{
  End client;

  client_init (&client);
  feed (&client, WINDOW ("FFFFFFFF") MESSAGE ("08"));
  check_output (&client, "");
  feed (&client, WINDOW ("80000000") MESSAGE ("08"));
  check_output (&client, "");
  feed (&client, WINDOW ("00000001"));
  check_output (&client, ACK_FIRST ("0000004A"));
  feed (&client, "");
  check_output (&client, "");
  feed (&client, "C4");
  check_output (&client, ACK_NEXT ("0000004B"));
  end_clear (&client);
}

/* 4 GiB and more, in messages of 16 MiB that are the same block each time. */
static void
test_acknowledges_wrapped (void)
{
  End client;
  GBytes *bytes = rtmp_test_unhex ("04 000000 FFFFFF 08 01000000 00*16777215");
  RtmpLinkStats stats;
  guint i;

  client_init (&client);
  feed (&client, WINDOW ("C0000000") "02 000000 000004 01 00000000 00FFFFFF");
  for (i = 1; i <= 300; i++) {
    guint64 in_bytes = 32 + i * (guint64) (12 + 0xFFFFFF);

    g_assert_true (rtmp_chunk_link_feed (client.link, 0, bytes, NULL));
    rtmp_chunk_link_stats (client.link, &stats);
    g_assert_cmpuint (stats.in_bytes, ==, in_bytes);
    if (i == 96)                /* half of the window, to the byte */
      check_output (&client, ACK_FIRST ("60000440"));
    else if (i == 192)
      check_output (&client, ACK_NEXT ("C0000860"));
    else if (i == 288)
      check_output (&client, ACK_NEXT ("20000C80"));
    else
      check_output (&client, "");
  }
  g_bytes_unref (bytes);
  end_clear (&client);
}

static void
check_acknowledged (End * end, const gchar * sequence, guint64 expected)
{
  g_autofree gchar *hex = g_strconcat (ACK_FIRST (""), sequence, NULL);
  RtmpLinkStats stats;

  feed (end, hex);
  rtmp_chunk_link_stats (end->link, &stats);
  g_assert_cmpuint (stats.out_bytes_acked, ==, expected);
}

/* It only ever goes forward, by less than half of the circle. */
static void
test_acknowledged (void)
{
  End client;

  client_init (&client);
  check_acknowledged (&client, "00000010", 0x10);
  check_acknowledged (&client, "00000010", 0x10);
  check_acknowledged (&client, "00000008", 0x10);
  check_acknowledged (&client, "80000010", 0x10);
  check_acknowledged (&client, "7FFFFFF0", 0x7FFFFFF0);
  check_acknowledged (&client, "FFFFFFE0", 0xFFFFFFE0);
  check_acknowledged (&client, "00000010", G_GUINT64_CONSTANT (0x100000010));
  check_acknowledged (&client, "FFFFFFFF", G_GUINT64_CONSTANT (0x100000010));
  check_acknowledged (&client, "00000020", G_GUINT64_CONSTANT (0x100000020));
  check_events (&client, "");
  end_clear (&client);
}

#define BANDWIDTH(size, type) "02 000000 000005 06 00000000" size type

static void
test_bandwidth (void)
{
  End client;
  RtmpMessage message;
  RtmpLinkStats stats;

  client_init (&client);
  feed (&client, BANDWIDTH ("00000000", "02"));
  check_output (&client, "");
  feed (&client, BANDWIDTH ("00100000", "02"));
  check_output (&client, WINDOW ("00100000"));
  feed (&client, BANDWIDTH ("00100000", "00"));
  check_output (&client, "");
  feed (&client, BANDWIDTH ("00200000", "77"));
  check_output (&client, "C2 00200000");
  rtmp_chunk_link_stats (client.link, &stats);
  g_assert_cmpuint (stats.out_window, ==, 0x200000);
  g_assert_cmpuint (stats.in_window, ==, 0);

  /* What we asked for ourselves counts as well. */
  rtmp_control_init (&message, RTMP_MESSAGE_WINDOW_ACK_SIZE, 0x300000);
  rtmp_chunk_link_send (client.link, &message);
  check_output (&client, "C2 00300000");
  feed (&client, BANDWIDTH ("00300000", "01") BANDWIDTH ("00000000", "01"));
  check_output (&client, "");
  end_clear (&client);
}

/* Bytes of messages only, wherever the handshake ends in what is taken. */
static void
test_stats (void)
{
  End client;
  RtmpLinkStats stats;
  RtmpMessage message;
  guint i;

  end_init (&client, RTMP_ROLE_CLIENT);
  feed (&client, "03" S1);
  feed (&client, S2 "02 000000 000004 01 00000000 00001000" MESSAGE ("08"));
  rtmp_control_init (&message, RTMP_MESSAGE_SET_CHUNK_SIZE, 65536);
  rtmp_chunk_link_send (client.link, &message);
  say (&client, RTMP_MESSAGE_AUDIO);
  for (i = 0; i < 1537 + 1536 + 16 + 12; i++) {
    rtmp_chunk_link_stats (client.link, &stats);
    g_assert_cmpuint (stats.out_bytes, ==, MAX (i, 1537 + 1536) - 1537 - 1536);
    g_bytes_unref (take (&client, 1));
  }
  rtmp_chunk_link_stats (client.link, &stats);
  g_assert_cmpuint (stats.out_bytes, ==, 28);
  g_assert_cmpuint (stats.in_bytes, ==, 29);
  g_assert_cmpuint (stats.in_chunk_size, ==, 4096);
  g_assert_cmpuint (stats.out_chunk_size, ==, 65536);
  g_assert_true (rtmp_out_queue_is_empty (rtmp_chunk_link_queue (client.link)));
  end_clear (&client);
}

/* Recordings: what clients of other makes said to a server. */

typedef struct
{
  const gchar *file;
  guint32 in_chunk_size;
  guint32 in_window;
  guint messages[23];           /* by type, as reported */
  guint64 payload_bytes;        /* of these */
} Recording;

static const Recording recordings[] = {
  {"ff8-publish-hevc.c2s", 4096, 0, {[8] = 48,[9] = 34,[18] = 1,[20] = 7},
      48667},
  {"ffmpeg5-publish.c2s", 4096, 0, {[8] = 73,[9] = 47,[18] = 1,[20] = 7},
      64136},
  {"gst-rtmp2-play.c2s", 128, 2500000, {[4] = 2,[20] = 3}, 277},
  {"librtmp-publish.c2s", 128, 0, {[8] = 73,[9] = 47,[18] = 18,[20] = 7},
      70164},
};

static void
replay (const Recording * recording, GBytes * bytes, guint32 time,
    const guint8 * random, gsize first, gsize step)
{
  End server;
  RtmpLinkStats stats;
  gsize size = g_bytes_get_size (bytes), from = 0, to = MIN (first, size);
  GError *error = NULL;

  end_init (&server, RTMP_ROLE_SERVER);
  rtmp_chunk_link_free (server.link);
  server.link =
      rtmp_chunk_link_new (rtmp_handshake_new (RTMP_ROLE_SERVER, time, random),
      NULL, &events, &server);
  for (; from < size; from = to, to = MIN (to + step, size)) {
    feed_bytes (&server, bytes, from, to, &error);
    g_assert_no_error (error);
  }
  g_assert_cmpmem (server.messages, sizeof (recording->messages),
      recording->messages, sizeof (recording->messages));
  g_assert_cmpuint (server.payload_bytes, ==, recording->payload_bytes);
  g_assert_true (g_str_has_prefix (server.events->str, "opened "));
  rtmp_chunk_link_stats (server.link, &stats);
  g_assert_cmpuint (stats.in_bytes, ==, size - 3073);
  g_assert_cmpuint (stats.in_chunk_size, ==, recording->in_chunk_size);
  g_assert_cmpuint (stats.in_window, ==, recording->in_window);
  end_clear (&server);
}

static void
test_recording (gconstpointer data)
{
  const Recording *recording = data;
  guint8 random[RTMP_HANDSHAKE_RANDOM_SIZE];
  guint32 time;
  GBytes *bytes = rtmp_test_load_recording (recording->file, &time, random);
  gsize first;

  replay (recording, bytes, time, random, G_MAXSIZE, 1);
  replay (recording, bytes, time, random, 1, 1);
  for (first = 1; first <= RTMP_TEST_REPLAY_BLOCK; first++)
    replay (recording, bytes, time, random, first, RTMP_TEST_REPLAY_BLOCK);
  g_bytes_unref (bytes);
}

static void
add_tables (void)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (bad_cases); i++) {
    g_autofree gchar *path = g_strconcat ("/chunklink/bad/", bad_cases[i].name,
        NULL);

    g_test_add_data_func (path, &bad_cases[i], test_bad);
  }
  for (i = 0; i < G_N_ELEMENTS (recordings); i++) {
    g_autofree gchar *path = g_strconcat ("/chunklink/recording/",
        recordings[i].file, NULL);

    g_test_add_data_func (path, &recordings[i], test_recording);
  }
}

/* @n messages that want an answer each, as one block. */
static gboolean
feed_bandwidths (End * end, guint n, GError ** error)
{
  GString *hex = g_string_new (NULL);
  GBytes *bytes;
  gboolean ok;
  guint i;

  for (i = 0; i < n; i++)
    g_string_append (hex, i % 2 ? BANDWIDTH ("00000001", "01")
        : BANDWIDTH ("00000002", "01"));
  bytes = rtmp_test_unhex (hex->str);
  ok = feed_bytes (end, bytes, 0, g_bytes_get_size (bytes), error);
  g_bytes_unref (bytes);
  g_string_free (hex, TRUE);
  return ok;
}

/* Counted anew for each block; what the owner has sent does not count. */
static void
test_too_many_answers (void)
{
  GError *error = NULL;
  End client;
  guint i, n;

  client_init (&client);
  for (i = 0; i < 1024; i++)
    say (&client, RTMP_MESSAGE_COMMAND_AMF0);
  g_assert_true (feed_bandwidths (&client, 1024, &error));
  g_assert_true (feed_bandwidths (&client, 1024, &error));
  n = rtmp_out_queue_signals (rtmp_chunk_link_queue (client.link));
  g_assert_cmpuint (n, ==, 3 * 1024);
  g_assert_false (feed_bandwidths (&client, 1100, &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_LIMIT_ANSWERS);
  g_assert_cmpstr (error->message, ==,
      "Expected at most 1024 messages at once that want an answer, got more");
  n = rtmp_out_queue_signals (rtmp_chunk_link_queue (client.link));
  g_assert_cmpuint (n, ==, 4 * 1024);
  g_error_free (error);
  end_clear (&client);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_tables ();
  g_test_add_func ("/chunklink/E-009-both-roles", test_both_roles);
  g_test_add_func ("/chunklink/E-004-E-006-client", test_client_handshake);
  g_test_add_func ("/chunklink/E-005-E-006-server", test_server_handshake);
  g_test_add_func ("/chunklink/E-009-all-in-one-block", test_all_in_one_block);
  g_test_add_func ("/chunklink/E-008-wrong-echo", test_wrong_echo);
  g_test_add_func ("/chunklink/bad-handshake", test_bad_handshake);
  g_test_add_func ("/chunklink/refused-open", test_refused_open);
  g_test_add_func ("/chunklink/types", test_types);
  g_test_add_func ("/chunklink/E-049-acknowledges", test_acknowledges);
  g_test_add_func ("/chunklink/E-049-half", test_half);
  g_test_add_func ("/chunklink/E-048-odd-windows", test_odd_windows);
  g_test_add_func ("/chunklink/E-048-acknowledges-wrapped",
      test_acknowledges_wrapped);
  g_test_add_func ("/chunklink/acknowledged", test_acknowledged);
  g_test_add_func ("/chunklink/E-050-bandwidth", test_bandwidth);
  g_test_add_func ("/chunklink/too-many-answers", test_too_many_answers);
  g_test_add_func ("/chunklink/stats", test_stats);
  return g_test_run ();
}

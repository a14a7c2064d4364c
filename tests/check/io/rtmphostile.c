/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Clients that mean no good. Each meets a server on which a publisher's frames
 * go on to a player all the while, and what the process has allocated stays
 * below a limit. */
#include "rtmphostilefixture.h"

#include <sys/socket.h>

#include "rtmplog.h"

/* To its end, which the server makes. */
static void
raw_end (Raw * raw)
{
  raw_wait_end (raw->stream);
  raw_close (raw);
}

static void
raw_publish (Fixture * f, Raw * raw)
{
  raw_call (raw, rtmp_server_port (f->server), 1);
  raw_ask (raw, 1, "publish", "two");
  raw_wait (raw, "1 onStatus NetStream.Publish.Start", 1);
}

static void
raw_play (Fixture * f, Raw * raw)
{
  raw_call (raw, rtmp_server_port (f->server), 1);
  raw_ask (raw, 1, "play", "any");
  raw_wait (raw, "1 onStatus NetStream.Play.Start", 1);
}

/* So that what follows is one chunk a message. */
static void
raw_large_chunks (Raw * raw)
{
  raw_send (raw, RTMP_MESSAGE_SET_CHUNK_SIZE, 0, 0,
      g_bytes_new_static ("\0\377\377\377", 4));
}

/* Until the server has an answer for it, or has gone; it is not read. */
static void
wait_until_heard (Raw * raw)
{
  raw_send (raw, RTMP_MESSAGE_USER_CONTROL, 0, 0,
      g_bytes_new_static ("\0\6\0\0\0\1", 6));
  g_assert_true (g_socket_condition_timed_wait (socket_of (raw->stream),
          G_IO_IN, RTMP_TEST_PATIENCE, NULL, NULL));
}

/* A chunk of @size bytes from a message of @total, type 0. */
static void
append_chunk (GByteArray * bytes, guint32 chunk_stream, RtmpMessageType type,
    guint32 stream, guint total, gconstpointer data, gsize size)
{
  const guint8 basic[] = { 1, (guint8) (chunk_stream - 64),
    (guint8) ((chunk_stream - 64) >> 8)
  };
  const guint8 header[] = { 0, 0, 0, (guint8) (total >> 16),
    (guint8) (total >> 8), (guint8) total, (guint8) type, (guint8) stream, 0,
    0, 0
  };

  g_byte_array_append (bytes, basic, sizeof (basic));
  g_byte_array_append (bytes, header, sizeof (header));
  g_byte_array_append (bytes, data, (guint) size);
}

/* The handshake */

/* Always another byte before it looks dead, from many. */
static void
attack_slow_handshake (Fixture * f)
{
  GIOStream *streams[50];
  guint i;

  for (i = 0; i < G_N_ELEMENTS (streams); i++) {
    streams[i] = dial (f);
    raw_write (streams[i], "\3", 1);
  }
  do {
    for (i = 0; i < G_N_ELEMENTS (streams); i++)
      raw_write (streams[i], "", 1);
    exchange (f);
  } while (rtmp_server_n_callers (f->server) > 2);
  for (i = 0; i < G_N_ELEMENTS (streams); i++)
    hang_up (streams[i]);
}

/* More than there is room for, of whom nobody goes. */
static void
attack_connect_flood (Fixture * f)
{
  GIOStream *streams[5 * MAX_CALLERS];
  guint i;

  for (i = 0; i < G_N_ELEMENTS (streams); i++) {
    streams[i] = dial (f);
    if (i % 10 == 0)
      exchange (f);
    g_assert_cmpuint (rtmp_server_n_callers (f->server), <=, MAX_CALLERS);
  }
  for (i = 0; i < G_N_ELEMENTS (streams); i++)
    g_object_unref (streams[i]);
}

/* Who only looks whether there is somebody: some end, some reset. */
static void
attack_port_scan (Fixture * f)
{
  const struct linger linger = {.l_onoff = 1 };
  guint i;

  for (i = 0; i < 1000; i++) {
    g_autoptr (GIOStream) stream = dial (f);

    if (i % 2)
      setsockopt (g_socket_get_fd (socket_of (stream)), SOL_SOCKET, SO_LINGER,
          &linger, sizeof (linger));
    if (i % 4 > 1)
      raw_write (stream, "\0\1\2", i % 4);
    if (i % 10 == 0)
      exchange (f);
  }
}

static void
attack_garbage (Fixture * f)
{
  static const gchar *const starts[] = { "\26\3\1\2\0\1\0\1\374\3\3",
    "\26\3\1\377\377", "\25\3\1\0\2\2\50", "\26\3\3\0\0", "SSH-2.0-x\r\n",
    "\377\377\377\377", "\3\3\3\3"
  };
  g_autoptr (GByteArray) zeros = repeat ("", 1, 4000);
  guint i, round;

  for (round = 0; round < 20; round++) {
    for (i = 0; i < G_N_ELEMENTS (starts); i++) {
      GIOStream *stream = dial (f);

      raw_write (stream, starts[i], MAX (strlen (starts[i]), 5));
      raw_write (stream, zeros->data, round * 200);
      exchange (f);
      if (round % 2)
        g_object_unref (stream);
      else
        hang_up (stream);
    }
  }
}

/* A line of the log says what it was. */
static Diary log_lines;

static void
on_log (RtmpLogLevel level, const gchar * file, gint line,
    const gchar * function, const gchar * message)
{
  if (strstr (message, "HTTP"))
    diary_add (&log_lines, "%s", strstr (message, ": ") + 2);
}

static void
attack_http (Fixture * f)
{
  static const gchar *const requests[] = {
    "GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: scanner\r\n\r\n",
    "POST /open/1 HTTP/1.1\r\nContent-Length: 1\r\n\r\n",
    "CONNECT localhost:443 HTTP/1.1\r\n\r\n", "OPTIONS * HTTP/1.0\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (requests); i++) {
    GIOStream *stream = dial (f);
    g_autofree gchar *start = g_strndup (requests[i],
        strcspn (requests[i], "\r"));
    g_autofree gchar *line = g_strdup_printf ("gone: Expected RTMP version 3 "
        "in the handshake, but the client began with HTTP: \"%s\"", start);

    raw_write (stream, requests[i], strlen (requests[i]));
    hang_up (stream);
    diary_wait (&log_lines, line, 1);
    exchange (f);
  }
}

/* Its half of the connection is closed; so is ours then. */
static void
attack_half_closed (Fixture * f)
{
  guint step;
  Raw raw;

  for (step = 0; step < 5; step++) {
    if (step == 0)
      raw_open (&raw, rtmp_server_port (f->server));
    else if (step < 3)
      raw_call (&raw, rtmp_server_port (f->server), step - 1);
    else if (step == 3)
      raw_publish (f, &raw);
    else
      raw_play (f, &raw);
    g_socket_shutdown (socket_of (raw.stream), FALSE, TRUE, NULL);
    exchange (f);
    raw_end (&raw);
    wait_alone (f);
  }
}

/* Chunks and messages */

/* Each of the ids that exist begins a message: as anybody, as a publisher. */
static void
attack_chunk_streams (Fixture * f)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint32 id, publishes;
  Raw raw;

  for (id = 64; id < 64 + 65536; id++)
    append_chunk (bytes, id, RTMP_MESSAGE_VIDEO, 1, 60000, "x", 1);
  for (publishes = 0; publishes < 2; publishes++) {
    if (publishes)
      raw_publish (f, &raw);
    else
      raw_open (&raw, rtmp_server_port (f->server));
    g_assert_cmpuint (press (f, raw.stream, bytes, bytes->len), <=, bytes->len);
    raw_end (&raw);
    wait_alone (f);
  }
}

/* Sixteen megabytes are promised on each chunk stream, and little comes; to
 * strangers nothing of that size is allowed. */
static void
attack_announced (Fixture * f)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new (), stranger;
  guint32 id;
  Raw raw;

  for (id = 64; id < 64 + 60; id++)
    append_chunk (bytes, id, RTMP_MESSAGE_VIDEO, 1, 0xFFFFFF, "x", 1);
  stranger = repeat (bytes->data, 15, 1);
  raw_call (&raw, rtmp_server_port (f->server), 1);
  raw_write (raw.stream, stranger->data, stranger->len);
  raw_end (&raw);
  raw_publish (f, &raw);
  raw_large_chunks (&raw);
  /* The chunk of one byte is now not whole: nothing of the next is read. */
  press (f, raw.stream, bytes, bytes->len);
  raw_ask (&raw, 0, "createStream", NULL);
  exchange (f);
  raw_close (&raw);
}

/* What a publisher may hold in parts, it may not keep when it publishes no
 * more: one after the other has been one. */
static void
attack_parts_left_behind (Fixture * f)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree guint8 *zeros = g_malloc0 (15 * MB);
  Raw raw[8];
  guint i;

  append_chunk (bytes, 100, RTMP_MESSAGE_VIDEO, 1, 0xFFFFFF, zeros, 15 * MB);
  for (i = 0; i < G_N_ELEMENTS (raw); i++) {
    raw_publish (f, &raw[i]);
    raw_send (&raw[i], RTMP_MESSAGE_SET_CHUNK_SIZE, 0, 0,
        g_bytes_new_static ("\0\360\0\0", 4));
    raw_write (raw[i].stream, bytes->data, bytes->len);
    raw_ask (&raw[i], 1, "closeStream", NULL);
    raw_wait (&raw[i], "1 onStatus NetStream.Unpublish.Success", 1);
    /* Alive, but not with that. */
    raw_ask (&raw[i], 0, "createStream", NULL);
    raw_end (&raw[i]);
    exchange (f);
  }
}

/* Chunks of one byte, of messages as long as may be. */
static void
attack_chunks_of_a_byte (Fixture * f)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new (), rest;
  Raw raw;

  raw_publish (f, &raw);
  raw_send (&raw, RTMP_MESSAGE_SET_CHUNK_SIZE, 0, 0,
      g_bytes_new_static ("\0\0\0\1", 4));
  append_chunk (bytes, 64, RTMP_MESSAGE_VIDEO, 1, 0xFFFFFF, "x", 1);
  raw_write (raw.stream, bytes->data, bytes->len);
  /* Type 3 of the same chunk stream, and a byte. */
  rest = repeat ("\301\0\0x", 4, 16384);
  g_assert_cmpuint (press (f, raw.stream, rest, 64 * MB), >=, 64 * MB);
  raw_close (&raw);
}

/* One byte of header each, and nothing in them. */
static void
attack_empty_messages (Fixture * f)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new (), more;
  Raw raw;

  raw_publish (f, &raw);
  append_chunk (bytes, 64, RTMP_MESSAGE_VIDEO, 1, 0, NULL, 0);
  append_chunk (bytes, 64, RTMP_MESSAGE_AUDIO, 1, 0, NULL, 0);
  append_chunk (bytes, 64, RTMP_MESSAGE_DATA_AMF0, 1, 0, NULL, 0);
  raw_write (raw.stream, bytes->data, bytes->len);
  more = repeat ("\301\0\0", 3, 16384);
  g_assert_cmpuint (press (f, raw.stream, more, 8 * MB), >=, 8 * MB);
  raw_close (&raw);
}

/* AMF */

static GBytes *
nested (const gchar * call, guint depth)
{
  g_autoptr (GByteArray) level = repeat ("\3\0\1a", 4, depth);
  g_autoptr (GByteArray) end = repeat ("\0\0\11", 3, depth);
  GByteArray *bytes = g_byte_array_new ();
  const guint8 head[] = { 2, 0, (guint8) strlen (call) };

  g_byte_array_append (bytes, head, sizeof (head));
  g_byte_array_append (bytes, (const guint8 *) call, head[2]);
  g_byte_array_append (bytes, (const guint8 *) "\0\77\360\0\0\0\0\0\0", 9);
  g_byte_array_append (bytes, level->data, level->len);
  g_byte_array_append (bytes, (const guint8 *) "\5", 1);
  g_byte_array_append (bytes, end->data, end->len);
  return g_byte_array_free_to_bytes (bytes);
}

/* A list of references to the list before it, and so on: each of them doubles
 * what is meant. AMF 3, in AMF 0's wrapping. */
static GBytes *
doubling (guint depth)
{
  GByteArray *bytes = repeat ("\2\0\4data", 7, 1);
  guint i;

  g_byte_array_append (bytes, (const guint8 *) "\21", 1);
  /* Array of two: the one within, and a reference to it. */
  for (i = 0; i < depth; i++)
    g_byte_array_append (bytes, (const guint8 *) "\11\5\1", 3);
  g_byte_array_append (bytes, (const guint8 *) "\1\1", 2);
  for (i = depth; i > 1; i--) {
    const guint8 reference[] = { 9, (guint8) ((i - 1) << 1) };

    g_byte_array_append (bytes, reference, sizeof (reference));
  }
  return g_byte_array_free_to_bytes (bytes);
}

static void
attack_nested_amf (Fixture * f)
{
  guint i;
  Raw raw;

  raw_open (&raw, rtmp_server_port (f->server));
  raw_send (&raw, RTMP_MESSAGE_COMMAND_AMF0, 0, 0, nested ("connect", 9000));
  raw_end (&raw);
  exchange (f);
  for (i = 0; i < 20; i++) {
    raw_publish (f, &raw);
    raw_large_chunks (&raw);
    raw_send (&raw, RTMP_MESSAGE_DATA_AMF0, 1, 0, nested ("data", 10000));
    raw_send (&raw, RTMP_MESSAGE_DATA_AMF0, 1, 0, nested ("data", 1000000));
    raw_send (&raw, RTMP_MESSAGE_DATA_AMF0, 1, 0, doubling (28));
    raw_send (&raw, RTMP_MESSAGE_DATA_AMF3, 1, 0, doubling (28));
    exchange (f);
    raw_send (&raw, RTMP_MESSAGE_COMMAND_AMF0, 1, 0, nested ("call", 1000000));
    raw_end (&raw);
    exchange (f);
    wait_alone (f);
  }
}

/* Aggregates */

/* @n times a message of @type, and @payload, as an aggregate has it. */
static GBytes *
aggregate (guint n, RtmpMessageType type, gconstpointer payload, guint8 size)
{
  GByteArray *bytes = g_byte_array_new ();
  const guint8 head[11] = { (guint8) type, 0, 0, size };
  const guint8 back[] = { 0, 0, 0, (guint8) (size + 11) };

  while (n-- > 0) {
    g_byte_array_append (bytes, head, sizeof (head));
    g_byte_array_append (bytes, payload, size);
    g_byte_array_append (bytes, back, sizeof (back));
  }
  return g_byte_array_free_to_bytes (bytes);
}

/* Sixteen megabytes of aggregates within one, of messages of nothing, of pings
 * and calls that all want an answer. The frames of the others wait for no more
 * than one of these. */
static void
attack_aggregates (Fixture * f)
{
  static const struct
  {
    RtmpMessageType type;
    const gchar *payload;
    guint8 size;
  } parts[] = {
    {RTMP_MESSAGE_AGGREGATE, "", 0},
    {RTMP_MESSAGE_AGGREGATE, "\26\0\0\0\0\0\0\0\0\0\0\0\0\0\13", 15},
    {RTMP_MESSAGE_VIDEO, "", 0},
    {RTMP_MESSAGE_USER_CONTROL, "\0\6\0\0\0\0", 6},
    {RTMP_MESSAGE_COMMAND_AMF0, "\2\0\4seek\0\77\360\0\0\0\0\0\0", 16},
    {RTMP_MESSAGE_COMMAND_AMF0, "\2\0\4play\0\77\360\0\0\0\0\0\0\5\2\0\1x", 21},
    {RTMP_MESSAGE_SET_PEER_BANDWIDTH, "\0\0\0\1\1", 5},
  };
  guint i;
  Raw raw;

  for (i = 0; i < G_N_ELEMENTS (parts); i++) {
    raw_publish (f, &raw);
    raw_large_chunks (&raw);
    raw_send (&raw, RTMP_MESSAGE_AGGREGATE, 1, 0, aggregate (0xFFFFFF
            / (15u + parts[i].size), parts[i].type, parts[i].payload,
            parts[i].size));
    wait_until_heard (&raw);
    exchange (f);
    raw_close (&raw);
    wait_alone (f);
  }
}

/* Calls */

static void
attack_before_connect (Fixture * f)
{
  static const gchar *const calls[] = { "publish", "play", "createStream",
    "deleteStream", "FCPublish", "x"
  };
  guint i, k;
  Raw raw;

  for (i = 0; i < G_N_ELEMENTS (calls); i++) {
    raw_open (&raw, rtmp_server_port (f->server));
    /* What is no call is not heard. */
    for (k = 0; k < 100; k++)
      raw_send (&raw, RTMP_MESSAGE_VIDEO, 1, k, named_payload ("x", 9));
    exchange (f);
    raw_ask (&raw, 1, calls[i], "cam");
    raw_end (&raw);
  }
}

static void
attack_many_streams (Fixture * f)
{
  g_autoptr (GBytes) call = rtmp_command_write ("createStream", 2,
      rtmp_value_new_null (), NULL);
  g_autoptr (GByteArray) bytes = g_byte_array_new (), many;
  gsize size;
  gconstpointer data = g_bytes_get_data (call, &size);
  Raw raw;
  guint i;

  append_chunk (bytes, 64, RTMP_MESSAGE_COMMAND_AMF0, 0, (guint) size, data,
      size);
  many = repeat (bytes->data, bytes->len, 100000);
  raw_call (&raw, rtmp_server_port (f->server), 0);
  press (f, raw.stream, many, many->len);
  raw_end (&raw);
  raw_call (&raw, rtmp_server_port (f->server), 0);
  for (i = 1; i <= 10000; i++) {
    raw_ask (&raw, 0, "createStream", NULL);
    raw_send (&raw, RTMP_MESSAGE_COMMAND_AMF0, 0, 0,
        rtmp_command_write ("deleteStream", 0, rtmp_value_new_null (),
            rtmp_value_new_number (i), NULL));
    if (i % 50)
      continue;
    raw_wait (&raw, "0 _result", 50);
    diary_forget (&raw.diary);
    exchange (f);
  }
  raw_close (&raw);
}

static void
attack_publish_twice (Fixture * f)
{
  Raw first, second;
  guint i;

  raw_publish (f, &first);
  raw_call (&second, rtmp_server_port (f->server), 8);
  for (i = 1; i <= 1000; i++) {
    raw_ask (&first, 1, "publish", "two");
    raw_ask (&second, 1 + i % 8, "publish", i % 2 ? "two" : "cam");
    raw_wait (&first, "1 onStatus NetStream.Publish.BadName", 1);
    raw_wait (&second, i % 8 == 7 ? "8 onStatus NetStream.Publish.BadName"
        : "", 1);
    if (i % 50)
      continue;
    diary_forget (&first.diary);
    exchange (f);
  }
  raw_close (&first);
  raw_close (&second);
}

/* All it may play at once, and always something else. */
static void
attack_play_everything (Fixture * f)
{
  g_autoptr (GArray) players = NULL;
  guint i;
  Raw raw;

  raw_call (&raw, rtmp_server_port (f->server), 8);
  for (i = 0; i < 8000; i++) {
    g_autofree gchar *name = g_strdup_printf ("cam%u", i);

    raw_ask (&raw, 1 + i % 8, "play", name);
    if (i % 32 != 31)
      continue;
    raw_wait (&raw, "8 onStatus NetStream.Play.Start", 4);
    diary_forget (&raw.diary);
    exchange (f);
  }
  players = rtmp_mount_stats (f->out);
  g_assert_cmpuint (players->len, ==, 1 + 8);
  raw_close (&raw);
}

static void
attack_long_names (Fixture * f)
{
  g_autofree gchar *name = g_strnfill (60000, 'x');
  RtmpValue *info;
  guint i;
  Raw raw;

  for (i = 0; i < 50; i++) {
    raw_call (&raw, rtmp_server_port (f->server), 1);
    raw_large_chunks (&raw);
    raw_ask (&raw, 1, i % 2 ? "publish" : "FCPublish", name);
    raw_ask (&raw, 1, "play", name);
    raw_wait (&raw, "1 onStatus", 1);
    exchange (f);
    raw_close (&raw);
  }
  g_free (name);
  name = g_strnfill (5 * MB, 'x');
  raw_open (&raw, rtmp_server_port (f->server));
  info = rtmp_value_new_object ();
  rtmp_value_set_string (info, "tcUrl", name);
  raw_send (&raw, RTMP_MESSAGE_COMMAND_AMF0, 0, 0, rtmp_command_write
      ("connect", 1, info, NULL));
  raw_end (&raw);
}

/* Answers that nobody reads */

/* The call again and again, so long that one read brings few: it goes on until
 * the server stops reading. */
static void
never_read_answers (Fixture * f, const gchar * name)
{
  g_autofree gchar *pad = g_strnfill (300, 'x');
  g_autoptr (GBytes) payload = rtmp_command_write (name, 1,
      rtmp_value_new_null (), rtmp_value_new_string (pad), NULL);
  g_autoptr (GByteArray) bytes = g_byte_array_new (), many;
  gsize size;
  gconstpointer data = g_bytes_get_data (payload, &size);
  Raw raw;

  raw_play (f, &raw);
  raw_large_chunks (&raw);
  append_chunk (bytes, 64, RTMP_MESSAGE_COMMAND_AMF0, 1, (guint) size, data,
      size);
  many = repeat (bytes->data, bytes->len, 65536 / bytes->len);
  g_assert_cmpuint (press (f, raw.stream, many, 128 * MB), <, 128 * MB);
  g_assert_cmpuint (rtmp_server_n_callers (f->server), ==, 3);
  raw_close (&raw);
  wait_alone (f);
}

static void
attack_never_reads_answers (Fixture * f)
{
  static const gchar *const calls[] = { "pause", "receiveVideo", "seek",
    "play2", "FCSubscribe", "nobodyKnows"
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (calls); i++)
    never_read_answers (f, calls[i]);
}

/* As small as they can be, so that one read brings very many. */
static void
attack_small_calls (Fixture * f)
{
  static const struct
  {
    RtmpMessageType type;
    const gchar *payload;
    guint size;
  } calls[] = {
    {RTMP_MESSAGE_USER_CONTROL, "\0\6\0\0\0\1", 6},
    {RTMP_MESSAGE_SET_PEER_BANDWIDTH, "\0\0\0\1\1", 5},
  };
  guint8 pair[2 * 9] = { 0xC1, 0, 0, 0, 0, 0, 0, 0, 0, };
  guint i;
  Raw raw;

  for (i = 0; i < G_N_ELEMENTS (calls); i++) {
    const guint size = 3 + calls[i].size;
    g_autoptr (GByteArray) first = g_byte_array_new (), many;

    append_chunk (first, 64, calls[i].type, 0, calls[i].size, calls[i].payload,
        calls[i].size);
    memcpy (pair + 3, calls[i].payload, calls[i].size);
    memcpy (pair + size, pair, size);
    pair[size + 6]++;           /* is not what was asked for before */
    many = repeat (pair, 2 * size, 65536 / size);
    raw_call (&raw, rtmp_server_port (f->server), 1);
    raw_write (raw.stream, first->data, first->len);
    g_assert_cmpuint (press (f, raw.stream, many, 64 * MB), <, 64 * MB);
    raw_close (&raw);
    wait_alone (f);
  }
}

/* The server acknowledges at once whatever comes. */
static void
attack_ack_storm (Fixture * f)
{
  g_autoptr (GByteArray) nothing = repeat ("\302\0\0\0\0\0\0", 7, 9000);
  Raw raw;

  raw_publish (f, &raw);
  raw_send (&raw, RTMP_MESSAGE_WINDOW_ACK_SIZE, 0, 0,
      g_bytes_new_static ("\0\0\0\1", 4));
  raw_send (&raw, RTMP_MESSAGE_USER_CONTROL, 0, 0,
      g_bytes_new_static ("\0\3\0\0\0\1", 6));
  press (f, raw.stream, nothing, 16 * MB);
  raw_close (&raw);
}

/* Players and publishers */

/* It plays, and reads nothing of it; its neighbour gets every frame. */
static void
attack_never_reads_media (Fixture * f)
{
  guint i;
  Raw raw[4];

  for (i = 0; i < G_N_ELEMENTS (raw); i++)
    raw_play (f, &raw[i]);
  for (i = 0; i < 500; i++) {
    rtmp_mount_send (f->out, RTMP_MESSAGE_VIDEO, f->frames,
        named_payload ("frame", 64 << 10), RTMP_FRAME_KEY);
    diary_wait (&f->player.media, "V", 1);
    diary_forget (&f->player.media);
    exchange (f);
  }
  for (i = 0; i < G_N_ELEMENTS (raw); i++)
    raw_close (&raw[i]);
}

/* Headers are never left out: who does not read them goes. */
static void
attack_never_reads_headers (Fixture * f)
{
  guint i;
  Raw raw;

  raw_play (f, &raw);
  for (i = 0; i < 200; i++) {
    rtmp_mount_send (f->out, RTMP_MESSAGE_VIDEO, f->frames,
        named_payload ("frame", MB), RTMP_FRAME_HEADER);
    diary_wait (&f->player.media, "V", 1);
    diary_forget (&f->player.media);
    exchange (f);
  }
  raw_close (&raw);
}

/* Megabytes of it, again and again; the last of each kind is kept. */
static void
attack_large_headers (Fixture * f)
{
  guint i;

  for (i = 0; i < 100; i++) {
    rtmp_mount_send (f->out, RTMP_MESSAGE_DATA_AMF0, 0,
        data_payload ("onMetaData"), RTMP_FRAME_HEADER);
    rtmp_mount_send (f->out, RTMP_MESSAGE_VIDEO, 0,
        named_payload ("frame", 6 * MB), RTMP_FRAME_HEADER_OF (i));
    diary_wait (&f->player.media, "V", 1);
    diary_forget (&f->player.media);
    exchange (f);
  }
}

/* A pause and its end as fast as it goes, with the answers read. */
static void
attack_pauses (Fixture * f)
{
  guint i, k;
  Raw raw;

  raw_play (f, &raw);
  for (i = 0; i < 200; i++) {
    for (k = 0; k < 20; k++) {
      raw_send (&raw, RTMP_MESSAGE_COMMAND_AMF0, 1, 0,
          rtmp_command_write ("pause", 1, rtmp_value_new_null (),
              rtmp_value_new_boolean (k % 2 == 0), NULL));
      raw_ask (&raw, 1, "seek", NULL);
    }
    raw_wait (&raw, "1 onStatus NetStream.Seek.Failed", 20);
    diary_forget (&raw.diary);
    exchange (f);
  }
  raw_close (&raw);
}

static void
attack_metadata (Fixture * f)
{
  g_autofree gchar *text = g_strnfill (4 * MB, 'x');
  guint i;
  Raw raw;

  raw_publish (f, &raw);
  raw_large_chunks (&raw);
  for (i = 0; i < 50; i++) {
    raw_send (&raw, RTMP_MESSAGE_DATA_AMF0, 1, i, rtmp_command_write
        ("@setDataFrame", 0, rtmp_value_new_string ("onMetaData"),
            rtmp_value_new_string (text), NULL));
    exchange (f);
  }
  raw_close (&raw);
}

/* Time goes to and fro, and its frames to those who play. */
static void
attack_jumping_times (Fixture * f)
{
  static const guint32 times[] = { 0, 0xFFFFFFFF, 0x7FFFFFFF, 0x80000000, 1,
    0xFFFFFF, 0x1000000, 0xC0000000
  };
  guint i;
  Raw raw;

  raw_play (f, &raw);
  for (i = 0; i < 2000; i++) {
    rtmp_mount_send (f->out, RTMP_MESSAGE_VIDEO,
        times[i % G_N_ELEMENTS (times)], named_payload ("frame", 10000),
        RTMP_FRAME_KEY);
    diary_wait (&f->player.media, "V", 1);
    diary_forget (&f->player.media);
    exchange (f);
  }
  raw_close (&raw);
}

/* It has the place and nothing to say. */
static void
attack_silent_publisher (Fixture * f)
{
  Raw raw, late;

  raw_publish (f, &raw);
  raw_call (&late, rtmp_server_port (f->server), 1);
  raw_ask (&late, 1, "publish", "two");
  raw_wait (&late, "1 onStatus NetStream.Publish.BadName", 1);
  exchange (f);
  raw_close (&raw);
  raw_close (&late);
}

static const Attack attacks[] = {
  {"slow-handshake", attack_slow_handshake, 4 * MB, TRUE, FALSE},
  {"connect-flood", attack_connect_flood, 8 * MB, FALSE, FALSE},
  {"port-scan", attack_port_scan, 4 * MB, FALSE, FALSE},
  {"port-scan-tls", attack_port_scan, 4 * MB, FALSE, TRUE},
  {"garbage", attack_garbage, 4 * MB, TRUE, FALSE},
  {"garbage-tls", attack_garbage, 4 * MB, TRUE, TRUE},
  {"http", attack_http, 4 * MB, FALSE, FALSE, RTMP_SCHEME_BIT (RTMP)},
  {"half-closed", attack_half_closed, 4 * MB, FALSE, FALSE},
  {"chunk-streams", attack_chunk_streams, 4 * MB, FALSE, FALSE},
  {"announced", attack_announced, 4 * MB, FALSE, FALSE},
  {"parts-left-behind", attack_parts_left_behind, 48 * MB, FALSE, FALSE},
  {"chunks-of-a-byte", attack_chunks_of_a_byte, 24 * MB, FALSE, FALSE},
  {"empty-messages", attack_empty_messages, 2 * MB, FALSE, FALSE},
  {"nested-amf", attack_nested_amf, 16 * MB, FALSE, FALSE},
  {"aggregates", attack_aggregates, 32 * MB, FALSE, FALSE},
  {"before-connect", attack_before_connect, 4 * MB, FALSE, FALSE},
  {"many-streams", attack_many_streams, 8 * MB, FALSE, FALSE},
  {"publish-twice", attack_publish_twice, 4 * MB, FALSE, FALSE},
  {"play-everything", attack_play_everything, 4 * MB, FALSE, FALSE},
  {"long-names", attack_long_names, 8 * MB, FALSE, FALSE},
  {"never-reads-answers", attack_never_reads_answers, 4 * MB, FALSE, FALSE},
  {"small-calls", attack_small_calls, 2 * MB, FALSE, FALSE},
  {"ack-storm", attack_ack_storm, 4 * MB, FALSE, FALSE},
  {"never-reads-media", attack_never_reads_media, 4 * MB, FALSE, FALSE},
  {"never-reads-headers", attack_never_reads_headers, 40 * MB, FALSE, FALSE},
  {"large-headers", attack_large_headers, 32 * MB, FALSE, FALSE},
  {"pauses", attack_pauses, 4 * MB, FALSE, FALSE},
  {"metadata", attack_metadata, 24 * MB, FALSE, FALSE},
  {"jumping-times", attack_jumping_times, 4 * MB, FALSE, FALSE},
  {"silent-publisher", attack_silent_publisher, 4 * MB, FALSE, FALSE},
};

int
main (int argc, char **argv)
{
  diary_init (&log_lines);
  rtmp_log_set_hook (on_log, RTMP_LOG_INFO);
  server_tests_init (&argc, &argv);
  attacks_add ("/rtmphostile/", attacks, G_N_ELEMENTS (attacks));
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What clients of other makes have sent, replayed to a server. What must come
 * of it stands in the messages of the recording, which are read here apart from
 * the session; of its media, in the table. */
#include "rtmptesthost.h"
#include "rtmptestrecording.h"

#include "rtmpchunkreader.h"

typedef struct
{
  const gchar *file;
  const gchar *said;            /* the owner was asked, and told of no media */
  guint audio, video, data;
  guint64 bytes;                /* of audio and video */
} Recording;

static const Recording recordings[] = {
  {"ff8-publish-hevc.c2s", "? connect live\n? publish e1 on 1, live\n"
        "! 1 stopped\n", 48, 34, 1, 47990},
  {"ffmpeg5-publish.c2s", "? connect live\n? publish cap1 on 1, live\n"
        "! 1 stopped\n", 73, 47, 1, 63501},
  {"gst-rtmp2-play.c2s", "? connect vod\n"
        "? play aac.flv on 1, start -2, duration -1, reset\n", 0, 0, 0, 0},
  {"librtmp-publish.c2s", "? connect live\n? publish cap3 on 1, live\n"
        "! 1 stopped\n", 73, 47, 18, 63497},
};

/* What is published, as messages. */

typedef struct
{
  GChecksum *checksum;
  guint messages[256];
  guint64 bytes;
} Expected;

#define SET_SIZE 16             /* of @setDataFrame */

static gboolean
on_message (RtmpMessage * message, gpointer user_data, GError ** error)
{
  Expected *expected = user_data;
  GBytes *rest;

  if (message->type != RTMP_MESSAGE_AUDIO && message->type != RTMP_MESSAGE_VIDEO
      && message->type != RTMP_MESSAGE_DATA_AMF0)
    return TRUE;
  expected->messages[message->type]++;
  if (message->type == RTMP_MESSAGE_DATA_AMF0) {
    rest = g_bytes_new_from_bytes (message->payload, SET_SIZE,
        rtmp_message_size (message) - SET_SIZE);
    g_bytes_unref (message->payload);
    message->payload = rest;
  } else {
    expected->bytes += rtmp_message_size (message);
  }
  rtmp_test_add_media (expected->checksum, message);
  return TRUE;
}

static void
read_expected (const Recording * recording, GBytes * bytes, Expected * expected)
{
  g_autoptr (RtmpChunkReader) reader = rtmp_chunk_reader_new (NULL);
  const gsize handshake = 1 + 2 * RTMP_HANDSHAKE_SIZE;
  g_autoptr (GBytes) chunks = g_bytes_new_from_bytes (bytes, handshake,
      g_bytes_get_size (bytes) - handshake);
  GError *error = NULL;

  memset (expected, 0, sizeof (*expected));
  expected->checksum = g_checksum_new (G_CHECKSUM_MD5);
  rtmp_chunk_reader_feed (reader, chunks, on_message, expected, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (expected->messages[RTMP_MESSAGE_AUDIO], ==,
      recording->audio);
  g_assert_cmpuint (expected->messages[RTMP_MESSAGE_VIDEO], ==,
      recording->video);
  g_assert_cmpuint (expected->messages[RTMP_MESSAGE_DATA_AMF0], ==,
      recording->data);
  g_assert_cmpuint (expected->bytes, ==, recording->bytes);
}

/* The lines of @said that begin with "?" or tell of the end. */
static gchar *
pick_lines (const gchar * said)
{
  GString *picked = g_string_new (NULL);
  g_auto (GStrv) lines = g_strsplit (said, "\n", -1);
  guint i;

  for (i = 0; lines[i]; i++)
    if (*lines[i] == '?' || g_str_has_suffix (lines[i], " stopped"))
      g_string_append_printf (picked, "%s\n", lines[i]);
  return g_string_free (picked, FALSE);
}

static void
check_host (RtmpTestHost * host, const Recording * recording,
    const Expected * expected)
{
  g_autofree gchar *picked = pick_lines (host->said->str);

  g_assert_no_error (host->error);
  g_assert_cmpstr (picked, ==, recording->said);
  g_assert_null (strstr (host->said->str, "error"));
  g_assert_cmpmem (host->messages, sizeof (host->messages), expected->messages,
      sizeof (expected->messages));
  g_assert_cmpuint (host->bytes[RTMP_MESSAGE_AUDIO]
      + host->bytes[RTMP_MESSAGE_VIDEO], ==, expected->bytes);
  g_assert_cmpstr (g_checksum_get_string (host->checksum), ==,
      g_checksum_get_string (expected->checksum));
}

static void
replay (const Recording * recording, GBytes * bytes, guint32 time,
    const guint8 * random, const Expected * expected, gsize first, gsize step)
{
  gsize size = g_bytes_get_size (bytes), from = 0, to = MIN (first, size);
  RtmpTestHost host;

  rtmp_test_host_init (&host);
  rtmp_test_host_begin_link (&host, time, random);
  for (; from < size; from = to, to = MIN (to + step, size)) {
    GBytes *block = g_bytes_new_from_bytes (bytes, from, to - from);

    rtmp_chunk_link_feed (host.link, 0, block, &host.error);
    g_assert_no_error (host.error);
    g_bytes_unref (block);
  }
  check_host (&host, recording, expected);
  rtmp_test_host_clear (&host);
}

static void
test_recording (gconstpointer data)
{
  const Recording *recording = data;
  guint8 random[RTMP_HANDSHAKE_RANDOM_SIZE];
  guint32 time;
  GBytes *bytes = rtmp_test_load_recording (recording->file, &time, random);
  gsize first, size = g_bytes_get_size (bytes);
  Expected expected;

  read_expected (recording, bytes, &expected);
  replay (recording, bytes, time, random, &expected, size, 1);
  replay (recording, bytes, time, random, &expected, 1, 1);
  for (first = 1; first <= MIN (size, RTMP_TEST_REPLAY_BLOCK); first++)
    replay (recording, bytes, time, random, &expected, first,
        RTMP_TEST_REPLAY_BLOCK);
  g_checksum_free (expected.checksum);
  g_bytes_unref (bytes);
}

/* None is left out. */
static void
test_all (void)
{
  g_autofree gchar *path = g_build_filename (g_getenv ("FILES"), "wire", NULL);
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const gchar *name;
  guint i;

  g_assert_nonnull (folder);
  while ((name = g_dir_read_name (folder))) {
    for (i = 0; i < G_N_ELEMENTS (recordings)
        && !g_str_equal (recordings[i].file, name); i++);
    if (g_str_has_suffix (name, ".c2s") && i == G_N_ELEMENTS (recordings))
      g_error ("%s is not replayed", name);
  }
}

int
main (int argc, char **argv)
{
  guint i;

  g_test_init (&argc, &argv, NULL);
  for (i = 0; i < G_N_ELEMENTS (recordings); i++) {
    g_autofree gchar *path = g_strconcat ("/serverrecordings/",
        recordings[i].file, NULL);

    g_test_add_data_func (path, &recordings[i], test_recording);
  }
  g_test_add_func ("/serverrecordings/all", test_all);
  return g_test_run ();
}

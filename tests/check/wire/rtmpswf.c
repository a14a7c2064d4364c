/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpswf.h"

#include <string.h>

#include "rtmperror.h"
#include "rtmplimits.h"
#include "rtmptestbytes.h"

#define FILE_SIZE 40000

/* Of the file that make_file() makes, from another program. */
#define HASH \
    "5FBF4DBDDB440AA34F40B18560659BA4C8EC2FE31A209A351BB054D8C7A8EC54"
/* Its HMAC with the key 00 01 .. 1F, likewise. */
#define PROOF \
    "ED9114211C4BE91F3BD1059A4C04CA045DD0C40453A9B53CFE9D835C80688C1E"

#define INVERTED 0xff

/* Stands for zlib: each byte is inverted, and a 0 at the end ends it. */
static gboolean
revert (const guint8 * in, gsize in_size, gsize * taken, guint8 * out,
    gsize out_size, gsize * given, gboolean * end, gpointer user_data,
    GError ** error)
{
  gsize *left = user_data, n = MIN (MIN (in_size, out_size), *left), i;

  for (i = 0; i < n; i++)
    out[i] = in[i] ^ INVERTED;
  *taken = *given = n;
  *left -= n;
  *end = *left == 0;
  return TRUE;
}

/* Goes on for ever from one byte. */
static gboolean
explode (const guint8 * in, gsize in_size, gsize * taken, guint8 * out,
    gsize out_size, gsize * given, gboolean * end, gpointer user_data,
    GError ** error)
{
  gsize *total = user_data;

  memset (out, 0, out_size);
  *taken = *total == 0 && in_size > 0;
  *given = out_size;
  *total += out_size;
  return TRUE;
}

static gboolean
fail (const guint8 * in, gsize in_size, gsize * taken, guint8 * out,
    gsize out_size, gsize * given, gboolean * end, gpointer user_data,
    GError ** error)
{
  g_set_error (error, RTMP_ERROR, RTMP_ERROR_STATE, "as it was told to");
  return FALSE;
}

static void
put_header (guint8 * file, const gchar * signature, guint32 size)
{
  size = GUINT32_TO_LE (size);
  memcpy (file, signature, 3);
  file[3] = 10;
  memcpy (file + 4, &size, 4);
}

static guint8 *
make_file (const gchar * signature)
{
  guint8 *file = g_malloc (FILE_SIZE + 1);
  guint8 mask = *signature == 'C' ? INVERTED : 0;
  guint i;

  put_header (file, signature, FILE_SIZE);
  for (i = 8; i < FILE_SIZE + 1; i++)
    file[i] = (guint8) ((i - 8) * 7 + 3) ^ mask;
  return file;
}

/* In pieces of @step, of which the last may be smaller. */
static gboolean
hash_file (const guint8 * file, gsize size, gsize step, RtmpSwf * swf,
    GError ** error)
{
  gsize left = FILE_SIZE - 8, i;
  g_autoptr (RtmpSwfHasher) hasher = rtmp_swf_hasher_new (revert, &left);

  for (i = 0; i < size; i += step)
    if (!rtmp_swf_hasher_feed (hasher, file + i, MIN (step, size - i), error))
      return FALSE;
  return rtmp_swf_hasher_finish (hasher, swf, error);
}

static void
assert_hash (const RtmpSwf * swf)
{
  g_assert_cmpuint (swf->size, ==, FILE_SIZE);
  rtmp_test_assert_bytes (g_bytes_new (swf->hash, sizeof (swf->hash)), HASH);
}

static void
test_hash (gconstpointer signature)
{
  static const gsize steps[] = { 1, 7, 8, 9, 4096, 16384, FILE_SIZE };
  g_autofree guint8 *file = make_file (signature);
  g_autoptr (GError) error = NULL;
  RtmpSwf swf;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (steps); i++) {
    g_assert_true (hash_file (file, FILE_SIZE, steps[i], &swf, &error));
    g_assert_no_error (error);
    assert_hash (&swf);
  }
}

static void
assert_refused (const guint8 * file, gsize size, const gchar * text)
{
  g_autoptr (GError) error = NULL;
  RtmpSwf swf;

  g_assert_false (hash_file (file, size, 1000, &swf, &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, text));
}

static void
test_not_hashed (void)
{
  g_autofree guint8 *file = make_file ("ZWS");

  assert_refused (file, FILE_SIZE, "LZMA");
  assert_refused (file, 7, "cut off: expected 8 bytes, got 7");
  assert_refused (file, 0, "got 0");
  memcpy (file, "FLV", 3);
  assert_refused (file, FILE_SIZE, "got 0x46 0x4c 0x56");
  put_header (file, "CWS", RTMP_SWF_MAX_SIZE + 1);
  assert_refused (file, FILE_SIZE, "at most 67108864 bytes, got one of");
}

static void
test_truncated (gconstpointer signature)
{
  g_autofree guint8 *file = make_file (signature);
  gsize size;

  for (size = 8; size < FILE_SIZE; size += 1999)
    assert_refused (file, size, "cut off: expected 40000 bytes");
}

/* The file is larger than it says, or smaller. What is behind the end of what
 * was compressed does not belong to it. */
static void
test_size_lies (gconstpointer signature)
{
  g_autofree guint8 *file = make_file (signature);
  g_autoptr (GError) error = NULL;
  RtmpSwf swf;

  if (*(const gchar *) signature == 'F') {
    assert_refused (file, FILE_SIZE + 1, "40000 bytes, but there are more");
  } else {
    g_assert_true (hash_file (file, FILE_SIZE + 1, 1, &swf, &error));
    assert_hash (&swf);
  }
  put_header (file, signature, FILE_SIZE - 1);
  assert_refused (file, FILE_SIZE, "39999 bytes, but there are more");
  put_header (file, signature, FILE_SIZE + 1);
  assert_refused (file, FILE_SIZE, "expected 40001 bytes, got 40000");
  put_header (file, signature, 7);
  assert_refused (file, FILE_SIZE, "7 bytes, but there are more");
}

/* No more is inflated than the file has announced, and one block. */
static void
test_bounded_inflate (void)
{
  gsize total = 0;
  g_autoptr (RtmpSwfHasher) hasher = rtmp_swf_hasher_new (explode, &total);
  g_autoptr (GError) error = NULL;
  guint8 file[9];

  put_header (file, "CWS", 100000);
  g_assert_true (rtmp_swf_hasher_feed (hasher, file, 8, &error));
  g_assert_false (rtmp_swf_hasher_feed (hasher, file + 8, 1, &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED);
  g_assert_cmpuint (total, <=, 100000 + (16 << 10));
}

static void
test_inflate_fails (void)
{
  g_autoptr (RtmpSwfHasher) hasher = rtmp_swf_hasher_new (fail, NULL);
  g_autofree guint8 *file = make_file ("CWS");
  g_autoptr (GError) error = NULL;

  g_assert_false (rtmp_swf_hasher_feed (hasher, file, 100, &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_STATE);
}

static void
test_parse (void)
{
  static const struct
  {
    const gchar *hash;
    guint32 size;
    const gchar *text;
  } bad[] = {
    {HASH, 0, "got 64 digits and 0"},
    {"", 1, "got 0 digits and 1"},
    {HASH "0", 1, "got 65 digits and 1"},
    {"0123x", 1, "got 4 digits, then something else, and 1"},
    {HASH " ", 1, "got 64 digits, then something else, and 1"},
  };
  g_autofree gchar *lower = g_ascii_strdown (HASH, -1);
  g_autoptr (GError) error = NULL;
  RtmpSwf swf;
  guint i;

  g_assert_true (rtmp_swf_parse (&swf, HASH, FILE_SIZE, &error));
  assert_hash (&swf);
  memset (&swf, 0, sizeof (swf));
  g_assert_true (rtmp_swf_parse (&swf, lower, FILE_SIZE, &error));
  assert_hash (&swf);
  for (i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_assert_false (rtmp_swf_parse (&swf, bad[i].hash, bad[i].size, &error));
    g_assert_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED);
    g_assert_nonnull (strstr (error->message, bad[i].text));
    g_clear_error (&error);
  }
}

/* Messages */

static void
assert_message (RtmpMessage * message, const gchar * expected)
{
  g_assert_cmpuint (message->type, ==, RTMP_MESSAGE_USER_CONTROL);
  g_assert_cmpuint (message->message_stream, ==, 0);
  g_assert_cmpuint (message->chunk_stream, ==, RTMP_CHUNK_STREAM_CONTROL);
  rtmp_test_assert_bytes (g_steal_pointer (&message->payload), expected);
}

static void
init_message (RtmpMessage * message, const gchar * payload)
{
  rtmp_message_init (message, RTMP_MESSAGE_USER_CONTROL,
      RTMP_CHUNK_STREAM_CONTROL, 0, 0, rtmp_test_unhex (payload));
}

static const guint8 *
test_key (void)
{
  static guint8 key[RTMP_SWF_KEY_SIZE];
  guint i;

  for (i = 0; i < sizeof (key); i++)
    key[i] = (guint8) i;
  return key;
}

static void
test_request (void)
{
  static const struct
  {
    const gchar *payload;
    gboolean can_answer;
  } cases[] = {
    {"00 1A", TRUE}, {"00 1A 00", TRUE}, {"00 1A 01", TRUE},
    {"00 1A 00000000", TRUE}, {"00 1A 02", FALSE}, {"00 1A FF", FALSE},
  };
  RtmpMessage message;
  guint i;

  rtmp_swf_write_request (&message);
  assert_message (&message, "00 1A 01");
  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    init_message (&message, cases[i].payload);
    g_assert_cmpint (rtmp_swf_can_answer (&message), ==, cases[i].can_answer);
    rtmp_message_clear (&message);
  }
}

static void
test_answer (void)
{
  RtmpMessage message;
  RtmpSwf swf;

  g_assert_true (rtmp_swf_parse (&swf, HASH, FILE_SIZE, NULL));
  rtmp_swf_write_answer (&swf, test_key (), &message);
  assert_message (&message, "00 1B 01 01 00009C40 00009C40 " PROOF);
}

static void
test_check_answer (void)
{
  static const struct
  {
    const gchar *payload;
    const gchar *text;
  } bad[] = {
    {"00 1B 01 01 00009C40 00009C40 00*32", "another file of 40000 bytes"},
    {"00 1B 01 01 00009C41 00009C41 " PROOF,
        "expected a file of 40000 bytes, the client has one of 40001"},
    {"00 1B 01 01 00000000 00009C40 " PROOF, "did not answer"},
  };
  RtmpSwfAnswer answer = { 0, };
  g_autoptr (GError) error = NULL;
  RtmpMessage message;
  RtmpSwf swf;
  guint i;

  g_assert_true (rtmp_swf_parse (&swf, HASH, FILE_SIZE, NULL));
  g_assert_false (rtmp_swf_check_answer (&swf, test_key (), &answer, &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_AUTH_FAILED);
  g_clear_error (&error);
  for (i = 0; i < G_N_ELEMENTS (bad); i++) {
    init_message (&message, bad[i].payload);
    g_assert_true (rtmp_swf_parse_answer (&answer, &message, &error));
    rtmp_message_clear (&message);
    g_assert_false (rtmp_swf_check_answer (&swf, test_key (), &answer, &error));
    g_assert_error (error, RTMP_ERROR, RTMP_ERROR_AUTH_FAILED);
    g_assert_nonnull (strstr (error->message, bad[i].text));
    g_clear_error (&error);
  }
  init_message (&message, "00 1B 01 01 00009C40 00009C40 " PROOF);
  g_assert_true (rtmp_swf_parse_answer (&answer, &message, &error));
  rtmp_message_clear (&message);
  g_assert_true (rtmp_swf_check_answer (&swf, test_key (), &answer, &error));
  g_assert_no_error (error);
}

static void
test_bad_answer (void)
{
  static const gchar *const bad[] = {
    "00 1B", "00 1B 01", "00 1B 01 01 00009C40 00009C40 00*31",
    "00 1B 02 01 00009C40 00009C40 00*32",
  };
  RtmpSwfAnswer answer;
  RtmpMessage message;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    init_message (&message, bad[i]);
    g_assert_false (rtmp_swf_parse_answer (&answer, &message, &error));
    g_assert_error (error, RTMP_ERROR, RTMP_ERROR_BAD_MESSAGE);
    rtmp_message_clear (&message);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/swf/hash/fws", "FWS", test_hash);
  g_test_add_data_func ("/swf/hash/cws", "CWS", test_hash);
  g_test_add_data_func ("/swf/truncated/fws", "FWS", test_truncated);
  g_test_add_data_func ("/swf/truncated/cws", "CWS", test_truncated);
  g_test_add_data_func ("/swf/size-lies/fws", "FWS", test_size_lies);
  g_test_add_data_func ("/swf/size-lies/cws", "CWS", test_size_lies);
  g_test_add_func ("/swf/not-hashed", test_not_hashed);
  g_test_add_func ("/swf/bounded-inflate", test_bounded_inflate);
  g_test_add_func ("/swf/inflate-fails", test_inflate_fails);
  g_test_add_func ("/swf/parse", test_parse);
  g_test_add_func ("/swf/request", test_request);
  g_test_add_func ("/swf/answer", test_answer);
  g_test_add_func ("/swf/check-answer", test_check_answer);
  g_test_add_func ("/swf/bad-answer", test_bad_answer);
  return g_test_run ();
}

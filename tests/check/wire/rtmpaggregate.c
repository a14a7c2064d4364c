/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpaggregate.h"

#include "rtmperror.h"
#include "rtmplog.h"
#include "rtmptesthex.h"

#define CHUNK_STREAM 5
#define MESSAGE_STREAM 7

/* What came, "type@time payload; " for each, and what is to go wrong. */
typedef struct
{
  GString *seen;
  GPtrArray *payloads;
  guint stop_after;             /* messages; 0: never */
} Sink;

static gboolean
on_message (RtmpMessage * message, gpointer user_data, GError ** error)
{
  Sink *sink = user_data;
  gsize size;
  gconstpointer data = g_bytes_get_data (message->payload, &size);
  gchar *hex = rtmp_test_hex (data, size);

  g_assert_cmpuint (message->chunk_stream, ==, CHUNK_STREAM);
  g_assert_cmpuint (message->message_stream, ==, MESSAGE_STREAM);
  g_string_append_printf (sink->seen, "%u@%u %s; ", message->type,
      message->timestamp, hex);
  g_free (hex);
  /* Every second one is moved away, as a receiver may. */
  g_ptr_array_add (sink->payloads, sink->payloads->len % 2
      ? g_steal_pointer (&message->payload) : g_bytes_ref (message->payload));
  if (sink->payloads->len != sink->stop_after)
    return TRUE;
  g_set_error_literal (error, RTMP_ERROR, RTMP_ERROR_STATE, "enough");
  return FALSE;
}

static void
sink_init (Sink * sink, guint stop_after)
{
  sink->seen = g_string_new (NULL);
  sink->payloads =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  sink->stop_after = stop_after;
}

static void
sink_clear (Sink * sink)
{
  g_string_free (sink->seen, TRUE);
  g_ptr_array_unref (sink->payloads);
}

/* (transfer full) for @payload. */
static gboolean
split (guint32 timestamp, GBytes * payload, Sink * sink, GError ** error)
{
  RtmpMessage message;
  gboolean ok;

  rtmp_message_init (&message, RTMP_MESSAGE_AGGREGATE, CHUNK_STREAM,
      MESSAGE_STREAM, timestamp, payload);
  ok = rtmp_aggregate_split (&message, on_message, sink, error);
  rtmp_message_clear (&message);
  return ok;
}

/* A message of an aggregate: type, size, time and its upper eight bits, stream;
 * payload; back pointer. */
#define AUDIO_100 "08 000002 000064 00 000000  AF01  0000000D"
#define VIDEO_120 "09 000003 000078 00 000000  170100  0000000E"
#define NESTED_100 "16 000011 000064 00 000000  " AUDIO_100 "  0000001C"

typedef struct
{
  const gchar *name;
  guint32 timestamp;
  const gchar *hex;
  const gchar *expected;
} Case;

static const Case cases[] = {
  {"E-059-split", 1000, AUDIO_100 VIDEO_120, "8@1000 AF01; 9@1020 170100; "},
  {"E-059-stream-of-the-aggregate", 0,
      "08 000001 000000 00 000009  AA  0000000C", "8@0 AA; "},
  {"E-059-any-type", 0,
      "12 000001 000000 00 000000  05  0000000C"
        "2F 000001 000000 00 000000  06  0000000C", "18@0 05; 47@0 06; "},
  {"E-059-empty-payload", 3, "08 000000 000000 00 000000  0000000B"
        "09 000000 000001 00 000000  0000000B", "8@3 ; 9@4 ; "},
  {"E-060-upper-bits-last", 1000, "08 000001 FFFFF0 00 000000  AA  0000000C"
        "08 000001 000010 01 000000  BB  0000000C", "8@1000 AA; 8@1032 BB; "},
  {"E-061-same-time", 100, AUDIO_100 VIDEO_120, "8@100 AF01; 9@120 170100; "},
  {"E-061-backwards", 1000, VIDEO_120 AUDIO_100,
      "9@1000 170100; 8@980 AF01; "},
  {"E-061-wrap", 4294967290, AUDIO_100 VIDEO_120,
      "8@4294967290 AF01; 9@14 170100; "},
  {"E-062-back-pointer-wrong", 100,
      "08 000001 000064 00 000000  AA  FFFFFFFF"
        "08 000001 000065 00 000000  BB  00000000", "8@100 AA; 8@101 BB; "},
  {"E-062-back-pointer-missing", 100, "08 000001 000064 00 000000  AA",
      "8@100 AA; "},
  {"E-062-back-pointer-cut", 100, "08 000001 000064 00 000000  AA  000000",
      "8@100 AA; "},
  {"E-062-truncated", 100, AUDIO_100 "09 FFFFFF 000064 00 000000  17*100",
      "8@100 AF01; "},
  {"E-062-nothing-whole", 100, "09 000001 000064 00 000000", ""},
  {"E-062-nested", 100, AUDIO_100 NESTED_100 VIDEO_120,
      "8@100 AF01; 9@120 170100; "},
  {"E-062-nested-first", 1000, NESTED_100 VIDEO_120, "9@1020 170100; "},
  {"nothing", 100, "", ""},
};

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  GError *error = NULL;
  Sink sink;

  sink_init (&sink, 0);
  g_assert_true (split (c->timestamp, rtmp_test_unhex (c->hex), &sink, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (sink.seen->str, ==, c->expected);
  sink_clear (&sink);
}

/* Cut anywhere, those messages come that are there. */
static void
test_any_cut (void)
{
  GBytes *whole = rtmp_test_unhex (AUDIO_100 VIDEO_120);
  gsize cut;

  for (cut = 0; cut <= g_bytes_get_size (whole); cut++) {
    Sink sink;

    sink_init (&sink, 0);
    g_assert_true (split (100, g_bytes_new_from_bytes (whole, 0, cut), &sink,
            NULL));
    g_assert_cmpstr (sink.seen->str, ==,
        cut < 13 ? "" : cut < 31 ? "8@100 AF01; "
        : "8@100 AF01; 9@120 170100; ");
    sink_clear (&sink);
  }
  g_bytes_unref (whole);
}

static void
test_slices (void)
{
  GBytes *whole = rtmp_test_unhex (AUDIO_100 VIDEO_120);
  const guint8 *data = g_bytes_get_data (whole, NULL);
  Sink sink;

  sink_init (&sink, 0);
  g_assert_true (split (100, g_bytes_ref (whole), &sink, NULL));
  g_assert_cmpuint (sink.payloads->len, ==, 2);
  g_assert_true (g_bytes_get_data (sink.payloads->pdata[0], NULL) == data + 11);
  g_assert_true (g_bytes_get_data (sink.payloads->pdata[1], NULL) == data + 28);
  sink_clear (&sink);
  g_bytes_unref (whole);
}

static void
test_no_payload (void)
{
  RtmpMessage message = {.type = RTMP_MESSAGE_AGGREGATE };
  Sink sink;

  sink_init (&sink, 0);
  g_assert_true (rtmp_aggregate_split (&message, on_message, &sink, NULL));
  g_assert_cmpstr (sink.seen->str, ==, "");
  sink_clear (&sink);
}

static void
test_callback_error (void)
{
  GError *error = NULL;
  Sink sink;

  sink_init (&sink, 2);
  g_assert_false (split (100, rtmp_test_unhex (AUDIO_100 VIDEO_120 AUDIO_100),
          &sink, &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_STATE);
  g_assert_cmpstr (sink.seen->str, ==, "8@100 AF01; 9@120 170100; ");
  g_error_free (error);
  sink_clear (&sink);
}

static GString *warnings;

static void
on_log (RtmpLogLevel level, const gchar * file, gint line,
    const gchar * function, const gchar * message)
{
  g_assert_cmpint (level, ==, RTMP_LOG_WARNING);
  g_string_append_printf (warnings, "%s\n", message);
}

/* One line an aggregate, however many there are in it. */
static void
test_nested_logged (void)
{
  Sink sink;

  sink_init (&sink, 0);
  warnings = g_string_new (NULL);
  rtmp_log_set_hook (on_log, RTMP_LOG_WARNING);
  g_assert_true (split (100, rtmp_test_unhex (NESTED_100 AUDIO_100 NESTED_100),
          &sink, NULL));
  rtmp_log_set_hook (NULL, RTMP_LOG_WARNING);
  g_assert_cmpstr (warnings->str, ==,
      "leaving out 2 aggregates within an aggregate\n");
  g_string_free (warnings, TRUE);
  sink_clear (&sink);
}

/* They may be of nothing: what each costs is not paid for by bytes. */
static void
test_too_many (void)
{
  const guint n = 65536, sizes[] = { 0, 1 };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (sizes); i++) {
    Sink sink;

    sink_init (&sink, 0);
    warnings = g_string_new (NULL);
    rtmp_log_set_hook (on_log, RTMP_LOG_WARNING);
    g_assert_true (split (100,
            g_bytes_new_take (g_malloc0 ((n + sizes[i]) * 15),
                (n + sizes[i]) * 15), &sink, NULL));
    rtmp_log_set_hook (NULL, RTMP_LOG_WARNING);
    g_assert_cmpuint (sink.payloads->len, ==, n);
    g_assert_cmpstr (warnings->str, ==,
        i ==
        0 ? "" : "leaving out what follows "
        "65536 messages of an aggregate\n");
    g_string_free (warnings, TRUE);
    sink_clear (&sink);
  }
}

int
main (int argc, char **argv)
{
  guint i;

  g_test_init (&argc, &argv, NULL);
  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    gchar *path = g_strconcat ("/aggregate/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_case);
    g_free (path);
  }
  g_test_add_func ("/aggregate/E-062-any-cut", test_any_cut);
  g_test_add_func ("/aggregate/E-062-nested-logged", test_nested_logged);
  g_test_add_func ("/aggregate/too-many", test_too_many);
  g_test_add_func ("/aggregate/slices", test_slices);
  g_test_add_func ("/aggregate/no-payload", test_no_payload);
  g_test_add_func ("/aggregate/callback-error", test_callback_error);
  return g_test_run ();
}

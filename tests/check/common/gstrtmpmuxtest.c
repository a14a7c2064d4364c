/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpmuxtest.h"

#include <string.h>

#include "flvfile.h"
#include "flvpacket.h"

static const gchar *const codecs[][2] = {
  {"avc", "video/x-h264, stream-format=avc, alignment=au, width=160, "
        "height=90, framerate=25/1, codec_data=(buffer)0142c00bffe10004aabbccdd"
        "010002eeff"},
  {"avc2", "video/x-h264, stream-format=avc, alignment=au, width=320, "
        "height=180, codec_data=(buffer)0142c00bffe1000401020304010002eeff"},
  {"avc-wider", "video/x-h264, stream-format=avc, alignment=au, width=192, "
        "height=90, codec_data=(buffer)0142c00bffe10004aabbccdd010002eeff"},
  {"hevc", "video/x-h265, stream-format=hvc1, alignment=au, "
        "codec_data=(buffer)0102"},
  {"hevc-pq", "video/x-h265, stream-format=hvc1, alignment=au, "
        "codec_data=(buffer)0102, colorimetry=bt2100-pq"},
  {"vp8", "video/x-vp8, width=160, height=90"},
  {"sorenson", "video/x-flash-video, flvversion=1"},
  {"aac", "audio/mpeg, mpegversion=4, stream-format=raw, rate=44100, "
        "channels=2, codec_data=(buffer)1210"},
  {"aac2", "audio/mpeg, mpegversion=4, stream-format=raw, rate=48000, "
        "channels=2, codec_data=(buffer)1190"},
  {"mp3", "audio/mpeg, mpegversion=1, layer=3, parsed=true, rate=44100, "
        "channels=2"},
  {"opus", "audio/x-opus, rate=48000, channels=2, channel-mapping-family=0"},
  {"opus51", "audio/x-opus, rate=48000, channels=6, "
        "channel-mapping-family=1, stream-count=4, coupled-count=2, "
        "channel-mapping=(int)<0, 4, 1, 2, 3, 5>"},
  {"ac3", "audio/x-ac3, rate=48000, channels=2"},
  {"speex", "audio/x-speex, rate=16000, channels=1"},
};

GstCaps *
gst_rtmp_mux_test_caps (const gchar * codec)
{
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (g_str_equal (codecs[i][0], codec))
      return gst_caps_from_string (codecs[i][1]);
  g_error ("no caps for %s", codec);
}

GstRtmpMuxTest *
gst_rtmp_mux_test_new (const gchar * properties)
{
  GstRtmpMuxTest *self = g_new0 (GstRtmpMuxTest, 1);
  g_autofree gchar *line = g_strconcat ("rtmpmux ", properties, NULL);
  GError *error = NULL;

  self->mux = gst_parse_launch (line, &error);
  g_assert_no_error (error);
  gst_object_ref_sink (self->mux);
  self->bus = gst_bus_new ();
  gst_element_set_bus (self->mux, self->bus);
  self->out = gst_harness_new_with_element (self->mux, NULL, "src");
  gst_harness_play (self->out);
  self->pads = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
      (GDestroyNotify) gst_harness_teardown);
  return self;
}

void
gst_rtmp_mux_test_free (GstRtmpMuxTest * self)
{
  g_hash_table_unref (self->pads);
  gst_harness_teardown (self->out);
  gst_element_set_bus (self->mux, NULL);
  gst_object_unref (self->bus);
  g_assert_cmpint (GST_OBJECT_REFCOUNT_VALUE (self->mux), ==, 1);
  gst_object_unref (self->mux);
  g_free (self);
}

GstHarness *
gst_rtmp_mux_test_pad (GstRtmpMuxTest * self, const gchar * name)
{
  GstHarness *pad = g_hash_table_lookup (self->pads, name);
  g_autofree gchar *full = NULL;

  if (pad)
    return pad;
  full = g_strconcat (name[0] == 'v' ? "video_" : "audio_", name + 1, NULL);
  pad = gst_harness_new_with_element (self->mux, full, NULL);
  g_hash_table_insert (self->pads, g_strdup (name), pad);
  return pad;
}

static GstClockTime
parse_time (const gchar * text)
{
  return text[0] == '-' ? GST_CLOCK_TIME_NONE
      : g_ascii_strtoull (text, NULL, 10) * GST_MSECOND;
}

GstBuffer *
gst_rtmp_mux_test_frame (const gchar * times)
{
  GstBuffer *buffer = gst_buffer_new_memdup ("\x10\x02\x03", 3);
  const gchar *pts = strchr (times, '/');

  GST_BUFFER_DTS (buffer) = parse_time (times);
  GST_BUFFER_PTS (buffer) = parse_time (pts ? pts + 1 : times);
  if (pts)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  return buffer;
}

static GstEvent *
segment_event (const gchar * start)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = parse_time (start);
  return gst_event_new_segment (&segment);
}

static GstEvent *
gap_event (const gchar * gap)
{
  const gchar *duration = strchr (gap, '+');

  return gst_event_new_gap (parse_time (gap),
      duration ? parse_time (duration + 1) : GST_CLOCK_TIME_NONE);
}

static GstEvent *
script_event (const gchar * name)
{
  GValue values = G_VALUE_INIT, one = G_VALUE_INIT;
  GstStructure *s = gst_structure_new ("rtmp-script", "name", G_TYPE_STRING,
      name, NULL);

  g_value_init (&values, GST_TYPE_ARRAY);
  g_value_init (&one, G_TYPE_DOUBLE);
  g_value_set_double (&one, 1);
  gst_value_array_append_and_take_value (&values, &one);
  gst_structure_take_value (s, "values", &values);
  return gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM, s);
}

static GstEvent *
new_event (const gchar * what, const gchar * value)
{
  if (g_str_equal (what, "eos"))
    return gst_event_new_eos ();
  if (g_str_equal (what, "gap"))
    return gap_event (value);
  if (g_str_equal (what, "segment"))
    return segment_event (value);
  if (g_str_equal (what, "tag"))
    return gst_event_new_tag (gst_tag_list_new (GST_TAG_TITLE, value, NULL));
  if (g_str_equal (what, "script"))
    return script_event (value);
  return NULL;
}

static void
flush (GstHarness * pad)
{
  g_assert_true (gst_harness_push_event (pad, gst_event_new_flush_start ()));
  g_assert_true (gst_harness_push_event (pad, gst_event_new_flush_stop (TRUE)));
  g_assert_true (gst_harness_push_event (pad, segment_event ("0")));
}

/* "eos", "tag=A", "avc" */
static void
act (GstRtmpMuxTest * self, const gchar * name, const gchar * action)
{
  GstHarness *pad = gst_rtmp_mux_test_pad (self, name);
  g_auto (GStrv) parts = g_strsplit (action, "=", 2);
  GstEvent *event = new_event (parts[0], parts[1]);

  if (event)
    g_assert_true (gst_harness_push_event (pad, event));
  else if (g_str_equal (action, "flush"))
    flush (pad);
  else if (g_str_equal (action, "release"))
    g_assert_true (g_hash_table_remove (self->pads, name));
  else
    gst_harness_set_src_caps (pad, gst_rtmp_mux_test_caps (action));
}

static void
feed_word (GstRtmpMuxTest * self, const gchar * word)
{
  gsize length = strcspn (word, ".=");
  g_autofree gchar *name = g_strndup (word, length);

  if (word[length] == '.')
    act (self, name, word + length + 1);
  else
    g_assert_cmpint (gst_harness_push (gst_rtmp_mux_test_pad (self, name),
            gst_rtmp_mux_test_frame (word + length + 1)), ==, GST_FLOW_OK);
}

void
gst_rtmp_mux_test_feed (GstRtmpMuxTest * self, const gchar * words)
{
  g_auto (GStrv) split = g_strsplit (words, " ", -1);

  for (guint i = 0; split[i]; i++)
    if (split[i][0])
      feed_word (self, split[i]);
}

void
gst_rtmp_mux_test_end (GstRtmpMuxTest * self)
{
  for (GList * l = self->mux->sinkpads; l; l = l->next) {
    const gchar *pad = GST_PAD_NAME (l->data);
    g_autofree gchar *word = g_strdup_printf ("%c%s.eos", pad[0],
        pad + strlen ("video_"));

    if (!GST_PAD_IS_EOS (l->data))
      gst_rtmp_mux_test_feed (self, word);
  }
}

/* Tags in words */

static void
describe_packet (const FlvPacket * packet, GString * out)
{
  const gchar *media = packet->enhanced ? "AV" : "av";

  if (packet->type == FLV_PACKET_SILENCE) {
    g_string_append (out, " silence");
    return;
  }
  g_string_append_printf (out, " %c%u ", media[packet->media
          == FLV_MEDIA_VIDEO], packet->track);
  if (packet->type != FLV_PACKET_FRAMES)
    g_string_append (out, flv_packet_type_to_string (packet->type));
  else if (packet->media == FLV_MEDIA_VIDEO)
    g_string_append (out, packet->frame == FLV_FRAME_KEY ? "key" : "inter");
  else
    g_string_append (out, "frame");
  if (packet->composition_time != 0)
    g_string_append_printf (out, " %+d", packet->composition_time);
  if (packet->nanoseconds != 0)
    g_string_append_printf (out, " %uns", packet->nanoseconds);
}

static gboolean
describe_tag (const FlvTag * tag, gpointer user_data, GError ** error)
{
  GString *out = user_data;
  gsize size;
  const guint8 *data = g_bytes_get_data (tag->body, &size);
  FlvPacketReader reader;
  FlvPacket packet;

  g_string_append_printf (out, "%u", tag->timestamp);
  if (tag->type == FLV_TAG_SCRIPT) {
    g_auto (FlvScript) script = { NULL, };

    if (!flv_script_parse (&script, tag->body, NULL, error))
      return FALSE;
    g_string_append_printf (out, " %s", script.name);
    return TRUE;
  }
  flv_packet_reader_init (&reader, tag->type == FLV_TAG_VIDEO
      ? FLV_MEDIA_VIDEO : FLV_MEDIA_AUDIO, data, size);
  g_assert_true (flv_packet_reader_next (&reader, &packet, error));
  describe_packet (&packet, out);
  g_assert_false (flv_packet_reader_next (&reader, &packet, error));
  return *error == NULL;
}

static GBytes *
buffer_to_bytes (GstBuffer * buffer)
{
  gpointer data;
  gsize size;

  gst_buffer_extract_dup (buffer, 0, G_MAXSIZE, &data, &size);
  return g_bytes_new_take (data, size);
}

static void
read_tag (GstBuffer * buffer, FlvTagFunc func, gpointer user_data)
{
  g_autoptr (FlvReader) reader = flv_reader_new ();
  g_autoptr (GBytes) bytes = buffer_to_bytes (buffer);
  GError *error = NULL;

  flv_reader_feed (reader, bytes, func, user_data, &error);
  g_assert_no_error (error);
  g_assert_false (flv_reader_is_partial (reader));
}

gchar *
gst_rtmp_mux_test_describe (GstBuffer * tag)
{
  GString *out = g_string_new (NULL);
  guint8 head[FLV_FILE_HEADER_SIZE];

  if (gst_buffer_extract (tag, 0, head, sizeof (head)) == sizeof (head)
      && memcmp (head, "FLV\1", 4) == 0)
    g_string_append_printf (out, "file %s%s", head[4] & 4 ? "a" : "",
        head[4] & 1 ? "v" : "");
  else
    read_tag (tag, describe_tag, out);
  return g_string_free (out, FALSE);
}

static gboolean
parse_script (const FlvTag * tag, gpointer user_data, GError ** error)
{
  return flv_script_parse (user_data, tag->body, NULL, error);
}

void
gst_rtmp_mux_test_script (GstBuffer * tag, FlvScript * script)
{
  read_tag (tag, parse_script, script);
}

void
gst_rtmp_mux_test_expect (GstRtmpMuxTest * self, const gchar * words)
{
  g_auto (GStrv) lines = g_strsplit (words, "\n", -1);

  for (guint i = 0; lines[i] && lines[i][0]; i++) {
    g_autoptr (GstBuffer) tag = gst_harness_pull (self->out);
    g_autofree gchar *text = NULL;

    if (tag == NULL)
      g_error ("nothing came, expected %s", lines[i]);
    text = gst_rtmp_mux_test_describe (tag);
    g_test_message ("%s", text);
    g_assert_cmpstr (text, ==, lines[i]);
  }
}

static void
wait_eos (GstRtmpMuxTest * self)
{
  GstEventType type;

  do {
    g_autoptr (GstEvent) event = gst_harness_pull_event (self->out);

    g_assert_nonnull (event);
    type = GST_EVENT_TYPE (event);
  } while (type != GST_EVENT_EOS);
}

void
gst_rtmp_mux_test_expect_end (GstRtmpMuxTest * self, const gchar * words)
{
  gst_rtmp_mux_test_expect (self, words);
  wait_eos (self);
  g_assert_null (gst_harness_try_pull (self->out));
}

GError *
gst_rtmp_mux_test_error (GstRtmpMuxTest * self)
{
  g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (self->bus,
      10 * GST_SECOND, GST_MESSAGE_ERROR);
  GError *error = NULL;

  g_assert_nonnull (message);
  gst_message_parse_error (message, &error, NULL);
  return error;
}

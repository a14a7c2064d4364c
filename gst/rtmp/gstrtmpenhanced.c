/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpenhanced.h"

#include "flvpacket.h"
#include "rtmperror.h"

#define NAME "rtmp-enhanced"

gboolean
gst_rtmp_enhanced_is_asked (GstQuery * query)
{
  const GstStructure *s = gst_query_get_structure (query);

  return GST_QUERY_TYPE (query) == GST_QUERY_CUSTOM
      && gst_structure_has_name (s, NAME);
}

gboolean
gst_rtmp_enhanced_answer (GstQuery * query, const gchar * codecs,
    RtmpCapsEx caps_ex)
{
  if (!gst_rtmp_enhanced_is_asked (query))
    return FALSE;
  gst_structure_set (gst_query_writable_structure (query),
      "codecs", G_TYPE_STRING, codecs, "caps-ex", G_TYPE_UINT, caps_ex, NULL);
  return TRUE;
}

static void
add (RtmpCapabilities * out, const gchar * codecs, RtmpCodecFlags flags,
    guint caps_ex)
{
  rtmp_capabilities_add_codecs (out, codecs, flags, NULL);
  out->caps_ex |= caps_ex;
}

gboolean
gst_rtmp_enhanced_ask (GstPad * pad, RtmpCodecFlags flags,
    RtmpCapabilities * out)
{
  g_autoptr (GstQuery) query = gst_query_new_custom (GST_QUERY_CUSTOM,
      gst_structure_new_empty (NAME));
  const GstStructure *s;
  const gchar *codecs;
  guint caps_ex = 0;

  if (!gst_pad_peer_query (pad, query))
    return FALSE;
  s = gst_query_get_structure (query);
  codecs = gst_structure_get_string (s, "codecs");
  if (codecs == NULL)
    return FALSE;
  gst_structure_get_uint (s, "caps-ex", &caps_ex);
  add (out, codecs, flags, caps_ex);
  return TRUE;
}

gboolean
gst_rtmp_enhanced_ask_reader (GstPad * pad, RtmpCapabilities * out)
{
  g_autoptr (GstCaps) caps = NULL;
  gboolean reads = gst_rtmp_enhanced_ask (pad, RTMP_CODEC_CAN_DECODE, out);

  if (!reads) {
    caps = gst_pad_peer_query_caps (pad, NULL);
    reads = gst_pad_is_linked (pad) && gst_caps_is_any (caps);
    if (reads)
      add (out, "*", RTMP_CODEC_CAN_DECODE, GST_RTMP_ENHANCED_READS);
  }
  if (reads)
    out->video_function |= RTMP_VIDEO_FUNCTION_HDR
        | RTMP_VIDEO_FUNCTION_METADATA;
  return reads;
}

/* "hvc1, Opus", or "nothing of Enhanced RTMP" */
static gchar *
describe (const RtmpCapabilities * server)
{
  const RtmpCodecMap *maps[] =
      { &server->video, &server->audio, &server->list };
  GString *text = g_string_new (NULL);

  for (guint k = 0; k < G_N_ELEMENTS (maps); k++)
    for (guint i = 0; i < maps[k]->n; i++) {
      gchar four_cc[FLV_FOUR_CC_LENGTH];

      flv_four_cc_to_string (maps[k]->codecs[i].four_cc, four_cc);
      if (strstr (text->str, four_cc) == NULL)
        g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "",
            four_cc);
    }
  if (text->len == 0)
    g_string_append (text, "nothing of Enhanced RTMP");
  return g_string_free (text, FALSE);
}

static gboolean
check_packet (const RtmpCapabilities * server, const FlvPacket * packet,
    GError ** error)
{
  guint32 flags = packet->media == FLV_MEDIA_VIDEO
      ? rtmp_capabilities_video (server, packet->codec_id)
      : rtmp_capabilities_audio (server, packet->codec_id);
  g_autofree gchar *takes = NULL;
  gchar four_cc[FLV_FOUR_CC_LENGTH];

  if (!packet->enhanced)
    return TRUE;
  if (packet->track > 0 && !(server->caps_ex & RTMP_CAPS_EX_MULTITRACK)) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED,
        "The server has not said that it takes several tracks: link only "
        "video_0 and audio_0, or set enhanced-codecs=* to send them all the "
        "same.");
    return FALSE;
  }
  if (flags != 0)
    return TRUE;
  flv_four_cc_to_string (packet->codec_id, four_cc);
  takes = describe (server);
  g_set_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED,
      "The server has not said that it takes %s (%s); it takes H.264, AAC, MP3 "
      "and %s. Set enhanced-codecs=%s to send it all the same.",
      packet->codec ? packet->codec->name : "the codec", four_cc, takes,
      four_cc);
  return FALSE;
}

gboolean
gst_rtmp_enhanced_check (const RtmpCapabilities * server, const FlvTag * tag,
    GError ** error)
{
  FlvPacketReader reader;
  FlvPacket packet;
  gsize size;
  const guint8 *data = g_bytes_get_data (tag->body, &size);

  flv_packet_reader_init (&reader, tag->type == FLV_TAG_VIDEO ? FLV_MEDIA_VIDEO
      : FLV_MEDIA_AUDIO, data, size);
  while (flv_packet_reader_next (&reader, &packet, NULL))
    if (!check_packet (server, &packet, error))
      return FALSE;
  return TRUE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpstats.h"

GstStructure *
gst_rtmp_stats_new (const RtmpClientStats * stats, const gchar * peer,
    guint reconnects)
{
  const RtmpLinkStats *link = &stats->link;
  const RtmpCapabilities *server = &stats->capabilities;
  g_autofree gchar *codecs = rtmp_capabilities_codecs (server);

  return gst_structure_new ("GstRtmpConnectionStats",
      "in-chunk-size", G_TYPE_UINT, link->in_chunk_size,
      "out-chunk-size", G_TYPE_UINT, link->out_chunk_size,
      "in-window-ack-size", G_TYPE_UINT, link->in_window,
      "out-window-ack-size", G_TYPE_UINT, link->out_window,
      "in-bytes-total", G_TYPE_UINT64, link->in_bytes,
      "out-bytes-total", G_TYPE_UINT64, link->out_bytes,
      "in-bytes-acked", G_TYPE_UINT64, link->in_bytes_acked,
      "out-bytes-acked", G_TYPE_UINT64, link->out_bytes_acked,
      "in-bit-rate", G_TYPE_UINT64, stats->in_rate,
      "out-bit-rate", G_TYPE_UINT64, stats->out_rate,
      "queue-bytes", G_TYPE_UINT64, (guint64) stats->queue_bytes,
      "queue-time", GST_TYPE_CLOCK_TIME,
      (GstClockTime) stats->queue_time * GST_MSECOND,
      "round-trip", GST_TYPE_CLOCK_TIME,
      (GstClockTime) stats->round_trip * GST_USECOND,
      "audio-messages", G_TYPE_UINT64, stats->audio_messages,
      "video-messages", G_TYPE_UINT64, stats->video_messages,
      "data-messages", G_TYPE_UINT64, stats->data_messages,
      "reconnects", G_TYPE_UINT, reconnects,
      "server-codecs", G_TYPE_STRING, codecs,
      "server-caps-ex", G_TYPE_UINT, server->caps_ex,
      "server-video-function", G_TYPE_UINT, server->video_function,
      "peer", G_TYPE_STRING, peer, NULL);
}

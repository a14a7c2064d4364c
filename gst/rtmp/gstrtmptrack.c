/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmptrack.h"

#include <string.h>

GstRtmpTrack *
gst_rtmp_track_new (FlvMedia media, guint8 id)
{
  GstRtmpTrack *self = g_new0 (GstRtmpTrack, 1);

  self->media = media;
  self->id = id;
  self->is_discont = self->needs_segment = self->needs_caps = TRUE;
  return self;
}

void
gst_rtmp_track_free (GstRtmpTrack * self)
{
  gst_rtmp_format_clear (&self->format);
  gst_clear_caps (&self->caps);
  gst_clear_object (&self->stream);
  gst_clear_tag_list (&self->tags);
  g_free (self);
}

void
gst_rtmp_track_forget (GstRtmpTrack * self)
{
  gst_rtmp_format_clear (&self->format);
  gst_clear_tag_list (&self->tags);
  self->is_discont = self->needs_caps = TRUE;
  self->is_changed = self->is_refused = FALSE;
}

gchar *
gst_rtmp_track_name (const GstRtmpTrack * self)
{
  return g_strdup_printf (self->media == FLV_MEDIA_VIDEO ? "video_%u"
      : "audio_%u", self->id);
}

/* The codec is what each packet says it is. */
static void
set_codec (GstRtmpTrack * self, const FlvPacket * packet)
{
  GstRtmpFormat *format = &self->format;

  if (format->codec == packet->codec && format->sound == packet->sound
      && format->adjustment == packet->adjustment
      && format->enhanced == packet->enhanced)
    return;
  /* Legacy and enhanced packets of a codec have the same configuration. */
  if (format->codec && format->codec->id != packet->codec->id) {
    g_clear_pointer (&format->configuration, g_bytes_unref);
    self->needs_caps = TRUE;
  }
  format->codec = packet->codec;
  format->enhanced = packet->enhanced;
  format->sound = packet->sound;
  format->adjustment = packet->adjustment;
  self->is_changed = TRUE;
}

/* One that is empty comes from a writer that does not know it yet. */
static void
set_configuration (GstRtmpTrack * self, GBytes * body)
{
  GBytes **configuration = &self->format.configuration;

  if (g_bytes_get_size (body) == 0
      || (*configuration && g_bytes_equal (*configuration, body)))
    return;
  g_clear_pointer (configuration, g_bytes_unref);
  *configuration = g_bytes_ref (body);
  self->is_changed = TRUE;
}

static gboolean
set_channels (GstRtmpTrack * self, GBytes * body, GError ** error)
{
  FlvChannels channels;
  gsize size;
  const guint8 *data = g_bytes_get_data (body, &size);

  if (!flv_channels_parse (&channels, data, size, error))
    return FALSE;
  self->is_changed = self->is_changed
      || memcmp (&self->format.channels, &channels, sizeof (channels)) != 0;
  self->format.channels = channels;
  return TRUE;
}

static gboolean
set_colors (GstRtmpTrack * self, GBytes * body, GError ** error)
{
  FlvColorInfo color = self->format.color;
  gsize size;
  const guint8 *data = g_bytes_get_data (body, &size);

  if (!flv_color_info_parse (&color, data, size, NULL, error))
    return FALSE;
  self->is_changed = self->is_changed
      || memcmp (&self->format.color, &color, sizeof (color)) != 0;
  self->format.color = color;
  return TRUE;
}

gboolean
gst_rtmp_track_configure (GstRtmpTrack * self, const FlvPacket * packet,
    GBytes * body, GError ** error)
{
  if (packet->type == FLV_PACKET_CHANNELS && !set_channels (self, body, error))
    return FALSE;
  if (packet->type == FLV_PACKET_METADATA && !set_colors (self, body, error))
    return FALSE;
  set_codec (self, packet);
  if (packet->type == FLV_PACKET_CONFIGURATION)
    set_configuration (self, body);
  return TRUE;
}

/* Pictures without a configuration are described by their key frames. */
static gboolean
may_have_caps (GstRtmpTrack * self, const FlvPacket * packet)
{
  if (self->format.codec->needs_configuration)
    return self->format.configuration != NULL;
  return self->media == FLV_MEDIA_AUDIO || flv_packet_is_keyframe (packet);
}

/* A later key frame may be of other pictures, though nobody has said so. */
static gboolean
is_told_anew (GstRtmpTrack * self, const FlvPacket * packet, GBytes * frame)
{
  return self->media == FLV_MEDIA_VIDEO && flv_packet_is_keyframe (packet)
      && gst_rtmp_format_is_told_by (&self->format, frame);
}

gboolean
gst_rtmp_track_update_caps (GstRtmpTrack * self, const FlvPacket * packet,
    GBytes * frame, GstCaps ** caps, GError ** error)
{
  *caps = NULL;
  set_codec (self, packet);
  if (!self->needs_caps && !self->is_changed
      && !is_told_anew (self, packet, frame))
    return TRUE;
  if (!may_have_caps (self, packet))
    return !self->needs_caps;
  *caps = gst_rtmp_caps_from_format (&self->format, frame, error);
  if (*caps == NULL)
    return FALSE;
  self->needs_caps = self->is_changed = FALSE;
  if (self->caps && gst_caps_is_equal (self->caps, *caps))
    gst_clear_caps (caps);
  return TRUE;
}

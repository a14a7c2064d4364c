/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpcaps.h"

#include "gstrtmpcodeccaps.h"
#include "gstrtmpcolor.h"

void
gst_rtmp_format_clear (GstRtmpFormat * self)
{
  g_clear_pointer (&self->configuration, g_bytes_unref);
  memset (self, 0, sizeof *self);
}

gboolean
gst_rtmp_caps_refuse (GError ** error, const gchar * text, ...)
{
  va_list args;

  va_start (args, text);
  if (error != NULL)
    *error = g_error_new_valist (GST_STREAM_ERROR, GST_STREAM_ERROR_WRONG_TYPE,
        text, args);
  va_end (args);
  return FALSE;
}

gboolean
gst_rtmp_format_peek_configuration (const GstRtmpFormat * format,
    const guint8 ** data, gsize * size)
{
  *size = 0;
  *data = format->configuration == NULL ? NULL
      : g_bytes_get_data (format->configuration, size);
  return *size > 0;
}

void
gst_rtmp_structure_set_bytes (GstStructure * s, const gchar * field,
    GBytes * bytes)
{
  GstBuffer *buffer = gst_buffer_new_wrapped_bytes (bytes);

  gst_structure_set (s, field, GST_TYPE_BUFFER, buffer, NULL);
  gst_buffer_unref (buffer);
}

GBytes *
gst_rtmp_buffer_to_bytes (GstBuffer * buffer)
{
  gpointer data;
  gsize size;

  gst_buffer_extract_dup (buffer, 0, G_MAXSIZE, &data, &size);
  return g_bytes_new_take (data, size);
}

GBytes *
gst_rtmp_structure_get_bytes (const GstStructure * s, const gchar * field)
{
  GBytes *bytes = NULL;
  GstBuffer *buffer;

  if (gst_structure_get (s, field, GST_TYPE_BUFFER, &buffer, NULL)) {
    bytes = gst_rtmp_buffer_to_bytes (buffer);
    gst_buffer_unref (buffer);
  }
  return bytes;
}

gboolean
gst_rtmp_format_take_codec_data (const GstStructure * s, GBytes * frame,
    GstRtmpFormat * format, GError ** error)
{
  format->configuration = gst_rtmp_structure_get_bytes (s, "codec_data");
  if (format->configuration != NULL
      && g_bytes_get_size (format->configuration) > 0)
    return TRUE;
  return gst_rtmp_caps_refuse (error,
      "The %s caps have no codec_data: put %s's parser before this pad.",
      format->codec->name, format->codec->name);
}

static const GstRtmpCodecCaps *
lookup (const FlvCodec * codec)
{
  return codec->media == FLV_MEDIA_VIDEO ?
      gst_rtmp_video_codec_caps (codec->id) :
      gst_rtmp_audio_codec_caps (codec->id);
}

/* What can be carried of one codec. */
static GstCaps *
codec_template (const FlvCodec * codec)
{
  const gchar *limits = lookup (codec)->limits;
  GstCaps *caps = gst_caps_from_string (codec->caps);

  if (limits != NULL) {
    GstCaps *limit = gst_caps_from_string (limits);
    GstCaps *both = gst_caps_intersect (caps, limit);

    gst_caps_unref (limit);
    gst_caps_unref (caps);
    caps = both;
  }
  return caps;
}

GstCaps *
gst_rtmp_caps_template (FlvMedia media)
{
  GstCaps *caps = gst_caps_new_empty ();
  const FlvCodec *codecs;
  guint n;

  codecs = flv_codecs (&n);
  for (guint i = 0; i < n; i++)
    if (codecs[i].media == media)
      caps = gst_caps_merge (caps, codec_template (&codecs[i]));
  return caps;
}

void
gst_rtmp_caps_add_templates (GstElementClass * klass,
    GstPadDirection direction, GstPadPresence presence, GType pad_type)
{
  static const gchar *const names[] = {
    [FLV_MEDIA_VIDEO] = "video_%u",
    [FLV_MEDIA_AUDIO] = "audio_%u",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GstCaps) caps = gst_rtmp_caps_template ((FlvMedia) i);

    gst_element_class_add_pad_template (klass,
        gst_pad_template_new_with_gtype (names[i], direction, presence, caps,
            pad_type));
  }
}

static void
read_metadata (GstStructure * s, const GstRtmpFormat * format)
{
  gint n, d;

  if (format->width > 0 && format->width <= G_MAXINT && format->height > 0
      && format->height <= G_MAXINT)
    gst_structure_set (s, "width", G_TYPE_INT, (gint) format->width, "height",
        G_TYPE_INT, (gint) format->height, NULL);
  if (format->framerate > 0 && format->framerate <= G_MAXINT) {
    gst_util_double_to_fraction (format->framerate, &n, &d);
    if (n > 0 && d > 0)
      gst_structure_set (s, "framerate", GST_TYPE_FRACTION, n, d, NULL);
  }
}

GstCaps *
gst_rtmp_caps_from_format (const GstRtmpFormat * format, GBytes * frame,
    GError ** error)
{
  const GstRtmpCodecCaps *codec_caps = lookup (format->codec);
  GstCaps *caps = gst_caps_from_string (format->codec->caps);
  GstStructure *s = gst_caps_get_structure (caps, 0);

  if (format->codec->media == FLV_MEDIA_VIDEO)
    read_metadata (s, format);
  if (codec_caps->read && !codec_caps->read (s, format, frame, error))
    gst_clear_caps (&caps);
  else if (format->codec->media == FLV_MEDIA_VIDEO)
    gst_rtmp_color_to_structure (&format->color, s);
  if (caps && frame && codec_caps->has_dolby
      && codec_caps->has_dolby (format, frame))
    gst_rtmp_structure_unset_hlg (s);
  return caps;
}

gboolean
gst_rtmp_format_is_told_by (const GstRtmpFormat * format, GBytes * frame)
{
  const GstRtmpCodecCaps *codec_caps = lookup (format->codec);

  return codec_caps->tells && codec_caps->tells (format->codec->id, frame);
}

static const FlvCodec *
codec_of_caps (GstCaps * caps)
{
  const FlvCodec *codecs;
  guint n;

  codecs = flv_codecs (&n);
  for (guint i = 0; i < n; i++) {
    GstCaps *can = codec_template (&codecs[i]);
    gboolean fits = gst_caps_is_always_compatible (caps, can);

    gst_caps_unref (can);
    if (fits)
      return &codecs[i];
  }
  return NULL;
}

/* Names what of its kind can be carried, if anything. */
static gboolean
refuse_caps (GstCaps * caps, GError ** error)
{
  const gchar *name = gst_structure_get_name (gst_caps_get_structure (caps, 0));
  g_autoptr (GstCaps) can = gst_caps_new_empty ();
  g_autofree gchar *text = gst_caps_to_string (caps);
  g_autofree gchar *wanted = NULL;
  const FlvCodec *codecs;
  guint n;

  codecs = flv_codecs (&n);
  for (guint i = 0; i < n; i++) {
    GstCaps *one = codec_template (&codecs[i]);

    if (gst_structure_has_name (gst_caps_get_structure (one, 0), name))
      can = gst_caps_merge (can, one);
    else
      gst_caps_unref (one);
  }
  if (gst_caps_is_empty (can)) {
    g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_CODEC_NOT_FOUND,
        "RTMP has no codec for %s.", name);
    return FALSE;
  }
  wanted = gst_caps_to_string (can);
  return gst_rtmp_caps_refuse (error,
      "RTMP carries %s as %s only, and not %s.", name, wanted, text);
}

static void
write_common (const GstStructure * s, GstRtmpFormat * format)
{
  gint n, d;

  if (gst_structure_get_int (s, "width", &n) && n > 0)
    format->width = (guint) n;
  if (gst_structure_get_int (s, "height", &n) && n > 0)
    format->height = (guint) n;
  if (gst_structure_get_fraction (s, "framerate", &n, &d) && n > 0 && d > 0)
    gst_util_fraction_to_double (n, d, &format->framerate);
  if (gst_structure_get_int (s, "rate", &n) && n > 0)
    format->rate = (guint) n;
  if (gst_structure_get_int (s, "channels", &n) && n > 0)
    format->n_channels = (guint) n;
  if (gst_structure_get_int (s, "bitrate", &n) && n > 0)
    format->bitrate = (guint) n;
}

gboolean
gst_rtmp_caps_to_format (GstCaps * caps, GBytes * frame,
    GstRtmpFormat * format, GError ** error)
{
  const GstRtmpCodecCaps *codec_caps;
  const GstStructure *s;

  memset (format, 0, sizeof *format);
  format->codec = codec_of_caps (caps);
  if (format->codec == NULL)
    return refuse_caps (caps, error);
  format->enhanced = format->codec->legacy_id == FLV_NO_LEGACY_ID
      || format->codec->reads_legacy;
  s = gst_caps_get_structure (caps, 0);
  write_common (s, format);
  if (format->codec->media == FLV_MEDIA_VIDEO)
    gst_rtmp_color_from_structure (&format->color, s);
  codec_caps = lookup (format->codec);
  if (codec_caps->write && !codec_caps->write (s, frame, format, error)) {
    gst_rtmp_format_clear (format);
    return FALSE;
  }
  return TRUE;
}

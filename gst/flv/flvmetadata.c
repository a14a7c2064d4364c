/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flvmetadata.h"

#include <string.h>

#define MAX_BYTES ((gdouble) (G_GINT64_CONSTANT (1) << 53))
#define MAX_SECONDS 1e9

/* A number of a track. In the maps some have a name of their own; both are read
 * in both places. */
typedef struct
{
  FlvMedia media;
  const gchar *name;
  const gchar *map_name;
  gsize offset;
  gdouble min, max;
  gboolean is_whole;
} Field;

#define FIELD(media, name, map_name, member, min, max, is_whole) \
    { FLV_MEDIA_##media, name, map_name, \
      G_STRUCT_OFFSET (FlvTrackInfo, member), min, max, is_whole }

static const Field fields[] = {
  FIELD (VIDEO, "width", "width", width, 1, 65535, TRUE),
  FIELD (VIDEO, "height", "height", height, 1, 65535, TRUE),
  FIELD (VIDEO, "framerate", "framerate", framerate, 0.001, 10000, FALSE),
  FIELD (VIDEO, "videodatarate", "videodatarate", bitrate, 0.001, 1e9, FALSE),
  FIELD (AUDIO, "audiodatarate", "audiodatarate", bitrate, 0.001, 1e9, FALSE),
  FIELD (AUDIO, "audiosamplerate", "samplerate", samplerate, 1, 1e7, TRUE),
  FIELD (AUDIO, "audiosamplesize", "audiosamplesize", samplesize, 1, 64, TRUE),
  FIELD (AUDIO, "audiochannels", "channels", channels, 1, 255, TRUE),
};

/* What there is one of for each medium. */
static const struct
{
  const gchar *codec_id;
  const gchar *map;
} media_names[] = {
  [FLV_MEDIA_VIDEO] = {"videocodecid", "videoTrackIdInfoMap"},
  [FLV_MEDIA_AUDIO] = {"audiocodecid", "audioTrackIdInfoMap"},
};

static void
track_free (gpointer data)
{
  FlvTrackInfo *track = data;

  rtmp_value_unref (track->others);
  g_free (track);
}

FlvMetadata *
flv_metadata_new (void)
{
  FlvMetadata *self = g_new0 (FlvMetadata, 1);

  self->tracks = g_ptr_array_new_with_free_func (track_free);
  self->others = rtmp_value_new_ecma_array ();
  return self;
}

void
flv_metadata_free (FlvMetadata * self)
{
  g_ptr_array_unref (self->tracks);
  g_free (self->encoder);
  rtmp_value_unref (self->others);
  g_free (self);
}

FlvTrackInfo *
flv_metadata_track (const FlvMetadata * self, FlvMedia media, guint8 id)
{
  for (guint i = 0; i < self->tracks->len; i++) {
    FlvTrackInfo *track = g_ptr_array_index (self->tracks, i);

    if (track->media == media && track->id == id)
      return track;
  }
  return NULL;
}

FlvTrackInfo *
flv_metadata_add_track (FlvMetadata * self, FlvMedia media, guint8 id)
{
  FlvTrackInfo *track = flv_metadata_track (self, media, id);

  if (track != NULL)
    return track;
  track = g_new0 (FlvTrackInfo, 1);
  track->media = media;
  track->id = id;
  track->others = rtmp_value_new_object ();
  g_ptr_array_add (self->tracks, track);
  return track;
}

static gdouble *
field_of (FlvTrackInfo * track, const Field * field)
{
  return &G_STRUCT_MEMBER (gdouble, track, field->offset);
}

/* Some writers have strings for numbers. NaN is a number that fits nowhere. */
static gdouble
as_number (const RtmpValue * value)
{
  gsize length;
  const gchar *text = rtmp_value_as_string (value, &length);
  gchar *end;
  gdouble number;

  if (text == NULL)
    return rtmp_value_as_number (value, -1);
  number = g_ascii_strtod (text, &end);
  return length > 0 && end == text + length ? number : -1;
}

static void
parse_number (gdouble * out, const RtmpValue * value, gdouble min, gdouble max,
    gboolean is_whole)
{
  gdouble number = as_number (value);

  if (number >= min && number <= max)
    *out = is_whole ? (gdouble) (gint64) number : number;
}

static const Field *
find_field (FlvMedia media, const gchar * name)
{
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (fields[i].media == media && (strcmp (fields[i].name, name) == 0
            || strcmp (fields[i].map_name, name) == 0))
      return &fields[i];
  return NULL;
}

/* Old ones say "avc1" and "mp4a" and have legacy packets. */
static void
parse_codec (FlvTrackInfo * track, const RtmpValue * value)
{
  gsize length;
  const gchar *text = rtmp_value_as_string (value, &length);
  gdouble number = as_number (value);
  const FlvCodec *codec;

  if (text != NULL && length == 4 && !(number >= 0))
    codec = flv_codec_by_four_cc (track->media,
        (guint32) (guint8) text[0] << 24 | (guint32) (guint8) text[1] << 16
        | (guint32) (guint8) text[2] << 8 | (guint8) text[3]);
  else
    codec = flv_codec_by_number (track->media, number);
  if (codec == NULL)
    return;
  track->codec = codec;
  track->enhanced = codec->four_cc != FLV_NO_FOUR_CC
      && (codec->legacy_id == FLV_NO_LEGACY_ID || number > 15);
}

static gboolean
is_track_member (FlvMedia media, const gchar * name)
{
  return strcmp (name, media_names[media].codec_id) == 0
      || find_field (media, name) != NULL
      || (media == FLV_MEDIA_AUDIO && strcmp (name, "stereo") == 0);
}

static void
parse_track_member (FlvTrackInfo * track, const gchar * name,
    const RtmpValue * value)
{
  const Field *field = find_field (track->media, name);

  if (field != NULL)
    parse_number (field_of (track, field), value, field->min, field->max,
        field->is_whole);
  else if (strcmp (name, media_names[track->media].codec_id) == 0)
    parse_codec (track, value);
}

/* Says less than a number of channels, which may stand anywhere; and no less
 * when it is false: that is said of mono and of 5.1 alike. */
static void
parse_stereo (FlvTrackInfo * track, const RtmpValue * object)
{
  if (track->media == FLV_MEDIA_AUDIO
      && rtmp_value_get_boolean (object, "stereo", FALSE))
    track->channels = 2;
}

/* TRUE while there is a next member that has a name: positions have none. */
static gboolean
next_member (const RtmpValue * object, guint * i, const gchar ** name,
    RtmpValue ** value)
{
  *value = rtmp_value_member (object, (*i)++, name);
  return *name != NULL;
}

static void
keep_member (RtmpValue * others, const gchar * name, RtmpValue * value)
{
  rtmp_value_add_len (others, name, strlen (name), rtmp_value_ref (value));
}

static void
parse_map_entry (FlvTrackInfo * track, const RtmpValue * entry)
{
  const gchar *name;
  RtmpValue *value;
  guint i = 0;

  parse_stereo (track, entry);
  while (next_member (entry, &i, &name, &value)) {
    if (is_track_member (track->media, name))
      parse_track_member (track, name, value);
    else
      keep_member (track->others, name, value);
  }
}

/* What an entry leaves out, but for a size of which it says nothing: some
 * writers leave out what they do not know. */
static void
inherit (FlvTrackInfo * track, FlvTrackInfo * from, const RtmpValue * entry)
{
  gboolean has_size = rtmp_value_get (entry, "width") != NULL
      || rtmp_value_get (entry, "height") != NULL;

  track->codec = from->codec;
  track->enhanced = from->enhanced;
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (fields[i].media == track->media)
      *field_of (track, &fields[i]) = *field_of (from, &fields[i]);
  if (!has_size)
    track->width = track->height = 0;
}

/* Enhanced RTMP v2, "Enhancing onMetaData". Entries say all, or only what is
 * not as with track 0. For that one there should be none, yet some have it. */
static void
parse_map (FlvMetadata * self, FlvMedia media, const RtmpValue * map)
{
  RtmpValue *value = rtmp_value_get (map, "0");
  FlvTrackInfo *base;
  const gchar *name;
  guint i = 0;

  if (value != NULL)
    parse_map_entry (flv_metadata_add_track (self, media, 0), value);
  base = flv_metadata_track (self, media, 0);
  while (next_member (map, &i, &name, &value)) {
    guint64 id;
    FlvTrackInfo *track;

    if (!g_ascii_string_to_unsigned (name, 10, 1, G_MAXUINT8, &id, NULL))
      continue;
    track = flv_metadata_add_track (self, media, (guint8) id);
    if (base != NULL)
      inherit (track, base, value);
    parse_map_entry (track, value);
  }
}

static gboolean
parse_top_track_member (FlvMetadata * self, FlvMedia media, const gchar * name,
    const RtmpValue * value)
{
  if (!is_track_member (media, name))
    return FALSE;
  parse_track_member (flv_metadata_add_track (self, media, 0), name, value);
  return TRUE;
}

static gboolean
is_map (const gchar * name)
{
  return strcmp (name, media_names[FLV_MEDIA_VIDEO].map) == 0
      || strcmp (name, media_names[FLV_MEDIA_AUDIO].map) == 0;
}

static void
parse_top_member (FlvMetadata * self, const gchar * name, RtmpValue * value)
{
  if (strcmp (name, "duration") == 0) {
    parse_number (&self->duration, value, 0.001, MAX_SECONDS, FALSE);
  } else if (g_ascii_strcasecmp (name, "filesize") == 0) {
    parse_number (&self->filesize, value, 1, MAX_BYTES, TRUE);
  } else if (strcmp (name, "encoder") == 0) {
    g_free (self->encoder);
    self->encoder = g_strdup (rtmp_value_as_string (value, NULL));
  } else if (!is_map (name)
      && !parse_top_track_member (self, FLV_MEDIA_VIDEO, name, value)
      && !parse_top_track_member (self, FLV_MEDIA_AUDIO, name, value)) {
    keep_member (self->others, name, value);
  }
}

FlvMetadata *
flv_metadata_parse (const RtmpValue * object)
{
  FlvMetadata *self = flv_metadata_new ();
  const gchar *name;
  RtmpValue *value;
  guint i = 0;

  if (rtmp_value_get (object, "stereo") != NULL)
    parse_stereo (flv_metadata_add_track (self, FLV_MEDIA_AUDIO, 0), object);
  while (next_member (object, &i, &name, &value))
    parse_top_member (self, name, value);
  for (guint media = 0; media < G_N_ELEMENTS (media_names); media++)
    parse_map (self, (FlvMedia) media,
        rtmp_value_get (object, media_names[media].map));
  return self;
}

static gdouble
codec_number (const FlvTrackInfo * track)
{
  const FlvCodec *codec = track->codec;

  if (codec->legacy_id == FLV_NO_LEGACY_ID || codec->reads_legacy
      || (track->enhanced && codec->four_cc != FLV_NO_FOUR_CC))
    return codec->four_cc;
  return codec->legacy_id;
}

static void
write_track (RtmpValue * out, FlvTrackInfo * track)
{
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    const Field *field = &fields[i];

    if (field->media == track->media && *field_of (track, field) != 0)
      rtmp_value_set_number (out, track->id == 0 ? field->name
          : field->map_name, *field_of (track, field));
  }
  if (track->channels != 0)
    rtmp_value_set_boolean (out, "stereo", track->channels == 2);
  if (track->codec != NULL)
    rtmp_value_set_number (out, media_names[track->media].codec_id,
        codec_number (track));
}

static void
write_others (RtmpValue * out, const RtmpValue * others)
{
  const gchar *name;
  RtmpValue *value;
  guint i = 0;

  while (next_member (others, &i, &name, &value))
    keep_member (out, name, value);
}

/* (transfer full) (nullable): %NULL if there is no track but 0. */
static RtmpValue *
map_to_value (const FlvMetadata * self, FlvMedia media)
{
  RtmpValue *map = NULL;

  for (guint id = 1; id <= G_MAXUINT8; id++) {
    FlvTrackInfo *track = flv_metadata_track (self, media, (guint8) id);
    RtmpValue *entry;
    gchar name[4];

    if (track == NULL)
      continue;
    entry = rtmp_value_new_object ();
    write_track (entry, track);
    write_others (entry, track->others);
    if (map == NULL)
      map = rtmp_value_new_object ();
    g_snprintf (name, sizeof (name), "%u", id);
    rtmp_value_set (map, name, entry);
  }
  return map;
}

static void
write_media (RtmpValue * out, const FlvMetadata * self, FlvMedia media)
{
  FlvTrackInfo *track = flv_metadata_track (self, media, 0);
  RtmpValue *map = map_to_value (self, media);

  if (track != NULL)
    write_track (out, track);
  if (map != NULL)
    rtmp_value_set (out, media_names[media].map, map);
}

RtmpValue *
flv_metadata_write (const FlvMetadata * self)
{
  RtmpValue *out = rtmp_value_new_ecma_array ();

  rtmp_value_set_number (out, "duration", self->duration);
  rtmp_value_set_number (out, "filesize", self->filesize);
  write_media (out, self, FLV_MEDIA_VIDEO);
  write_media (out, self, FLV_MEDIA_AUDIO);
  rtmp_value_set_string (out, "encoder", self->encoder);
  write_others (out, self->others);
  return out;
}

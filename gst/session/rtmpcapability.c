/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpcapability.h"

#include <string.h>

#include "rtmperror.h"

#define VIDEO_FUNCTION "videoFunction"
#define CAPS_EX "capsEx"
#define VIDEO_MAP "videoFourCcInfoMap"
#define AUDIO_MAP "audioFourCcInfoMap"
#define LIST "fourCcList"

/* Maps */

void
rtmp_codec_map_add (RtmpCodecMap * self, guint32 four_cc, guint32 flags)
{
  guint i;

  for (i = 0; i < self->n && self->codecs[i].four_cc != four_cc; i++);
  if (i == RTMP_CODEC_MAP_MAX)
    return;
  if (i == self->n) {
    self->codecs[i].four_cc = four_cc;
    self->codecs[i].flags = 0;
    self->n++;
  }
  self->codecs[i].flags |= flags;
}

/* The text says that "*" overrides, its examples that it adds; adding never
 * takes away what a peer has claimed. */
guint32
rtmp_codec_map_effective (const RtmpCodecMap * self, guint32 four_cc)
{
  guint32 flags = 0;
  guint i;

  for (i = 0; i < self->n; i++)
    if (self->codecs[i].four_cc == four_cc
        || self->codecs[i].four_cc == RTMP_FOUR_CC_ANY)
      flags |= self->codecs[i].flags;
  return flags;
}

/* Names */

typedef struct
{
  const gchar *name;
  gboolean is_video;
} Codec;

/* Enhanced RTMP v2: ExVideoTagHeader, ExAudioTagHeader */
static const Codec codecs[] = {
  {"avc1", TRUE}, {"hvc1", TRUE}, {"vvc1", TRUE}, {"av01", TRUE},
  {"vp09", TRUE}, {"vp08", TRUE}, {"mp4a", FALSE}, {".mp3", FALSE},
  {"Opus", FALSE}, {"fLaC", FALSE}, {"ac-3", FALSE}, {"ec-3", FALSE},
};

static guint32
four_cc_of (const Codec * self)
{
  const gchar *n = self->name;

  return RTMP_FOUR_CC ((guchar) n[0], (guchar) n[1], (guchar) n[2],
      (guchar) n[3]);
}

static gboolean
add_codec (RtmpCapabilities * self, const gchar * name, guint32 flags)
{
  gboolean all = g_str_equal (name, "*"), found = FALSE;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (codecs); i++) {
    if (!all && !g_str_equal (name, codecs[i].name))
      continue;
    rtmp_codec_map_add (codecs[i].is_video ? &self->video : &self->audio,
        four_cc_of (&codecs[i]), flags);
    found = TRUE;
  }
  return found;
}

gboolean
rtmp_capabilities_add_codecs (RtmpCapabilities * self, const gchar * names,
    guint32 flags, GError ** error)
{
  g_auto (GStrv) tokens = g_strsplit_set (names, ", ", -1);
  guint i;

  for (i = 0; tokens[i]; i++) {
    if (*tokens[i] && !add_codec (self, tokens[i], flags)) {
      g_set_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED,
          "\"%s\" is no codec of Enhanced RTMP: expected avc1, hvc1, vvc1, "
          "av01, vp09, vp08, mp4a, .mp3, Opus, fLaC, ac-3, ec-3 or *",
          tokens[i]);
      return FALSE;
    }
  }
  self->has_list = self->video.n > 0 || self->audio.n > 0;
  return TRUE;
}

gchar *
rtmp_capabilities_codecs (const RtmpCapabilities * self)
{
  const gchar *names[G_N_ELEMENTS (codecs) + 1] = { NULL };
  guint i, n = 0;

  for (i = 0; i < G_N_ELEMENTS (codecs); i++) {
    guint32 four_cc = four_cc_of (&codecs[i]);

    if (codecs[i].is_video ? rtmp_capabilities_video (self, four_cc)
        : rtmp_capabilities_audio (self, four_cc))
      names[n++] = codecs[i].name;
  }
  return n > 0 ? g_strjoinv (",", (gchar **) names) : NULL;
}

/* Writing */

/* Room for a FourCC and a NUL; "*" has NULs of its own. */
typedef gchar FourCcText[5];

static const gchar *
print_four_cc (FourCcText text, guint32 four_cc)
{
  guint32 be = GUINT32_TO_BE (four_cc);

  memcpy (text, &be, sizeof (be));
  text[sizeof (be)] = '\0';
  return text;
}

static void
write_number (RtmpValue * object, const gchar * name, guint32 number)
{
  if (number != 0)
    rtmp_value_set_number (object, name, number);
}

static void
write_map (RtmpValue * object, const gchar * name, const RtmpCodecMap * map)
{
  FourCcText text;
  RtmpValue *value;
  guint i;

  if (map->n == 0)
    return;
  value = rtmp_value_new_object ();
  for (i = 0; i < map->n; i++)
    rtmp_value_set_number (value, print_four_cc (text, map->codecs[i].four_cc),
        map->codecs[i].flags);
  rtmp_value_set (object, name, value);
}

static void
add_all (RtmpCodecMap * self, const RtmpCodecMap * other)
{
  guint i;

  for (i = 0; i < other->n; i++)
    rtmp_codec_map_add (self, other->codecs[i].four_cc, other->codecs[i].flags);
}

static void
write_list (RtmpValue * object, const RtmpCapabilities * self)
{
  RtmpCodecMap all = { 0 };
  FourCcText text;
  RtmpValue *list = rtmp_value_new_strict_array ();
  guint i;

  add_all (&all, &self->video);
  add_all (&all, &self->audio);
  add_all (&all, &self->list);
  for (i = 0; i < all.n; i++)
    rtmp_value_append (list,
        rtmp_value_new_string (print_four_cc (text, all.codecs[i].four_cc)));
  rtmp_value_set (object, LIST, list);
}

void
rtmp_capabilities_write (const RtmpCapabilities * self, RtmpValue * object)
{
  write_number (object, VIDEO_FUNCTION, self->video_function);
  write_number (object, CAPS_EX, self->caps_ex);
  write_map (object, VIDEO_MAP, &self->video);
  write_map (object, AUDIO_MAP, &self->audio);
  if (self->has_list)
    write_list (object, self);
}

/* Reading */

/* @name may be NULL. The odd ones stood in examples of Enhanced RTMP v2 before
 * its revision r2. */
static gboolean
parse_four_cc (const gchar * name, guint32 * four_cc)
{
  static const struct
  {
    const gchar *name;
    guint32 four_cc;
  } others[] = {
    {"*", RTMP_FOUR_CC_ANY},
    {"Avc1", RTMP_FOUR_CC ('a', 'v', 'c', '1')},
    {"Hvc1", RTMP_FOUR_CC ('h', 'v', 'c', '1')},
    {"Aac", RTMP_FOUR_CC ('m', 'p', '4', 'a')},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (others); i++) {
    if (g_strcmp0 (name, others[i].name) == 0) {
      *four_cc = others[i].four_cc;
      return TRUE;
    }
  }
  if (name == NULL || strlen (name) != sizeof (*four_cc))
    return FALSE;
  memcpy (four_cc, name, sizeof (*four_cc));
  *four_cc = GUINT32_FROM_BE (*four_cc);
  return TRUE;
}

/* Bits; 0 when it is no number that holds any. */
static guint32
parse_bits (const RtmpValue * value)
{
  gdouble number = rtmp_value_as_number (value, 0);

  return number >= 0 && number <= G_MAXUINT32 ? (guint32) number : 0;
}

/* Some servers write objects for flags: that a codec is named at all must mean
 * something. */
static guint32
parse_flags (const RtmpValue * value)
{
  if (rtmp_value_type (value) == RTMP_VALUE_NUMBER)
    return parse_bits (value);
  return rtmp_value_as_boolean (value, TRUE) ? RTMP_CODEC_CAN_ALL : 0;
}

static void
parse_map (RtmpCodecMap * self, const RtmpValue * map)
{
  guint i;

  for (i = 0; i < rtmp_value_n_members (map); i++) {
    const gchar *name;
    const RtmpValue *value = rtmp_value_member (map, i, &name);
    guint32 four_cc;

    if (parse_four_cc (name, &four_cc))
      rtmp_codec_map_add (self, four_cc, parse_flags (value));
  }
}

static void
parse_list (RtmpCodecMap * self, const RtmpValue * list)
{
  guint i;

  for (i = 0; i < rtmp_value_n_members (list); i++) {
    const RtmpValue *value = rtmp_value_member (list, i, NULL);
    guint32 four_cc;

    if (parse_four_cc (rtmp_value_as_string (value, NULL), &four_cc))
      rtmp_codec_map_add (self, four_cc, RTMP_CODEC_CAN_DECODE);
  }
}

void
rtmp_capabilities_parse (RtmpCapabilities * self, const RtmpValue * object)
{
  const RtmpValue *list = rtmp_value_get (object, LIST);

  self->video_function |= parse_bits (rtmp_value_get (object, VIDEO_FUNCTION));
  self->caps_ex |= parse_bits (rtmp_value_get (object, CAPS_EX));
  /* So some servers spell it. */
  self->caps_ex |= parse_bits (rtmp_value_get (object, "CapsEx"));
  parse_map (&self->video, rtmp_value_get (object, VIDEO_MAP));
  parse_map (&self->audio, rtmp_value_get (object, AUDIO_MAP));
  parse_list (&self->list, list);
  self->has_list |= list != NULL;
}

guint32
rtmp_capabilities_video (const RtmpCapabilities * self, guint32 four_cc)
{
  return rtmp_codec_map_effective (&self->video, four_cc)
      | rtmp_codec_map_effective (&self->list, four_cc);
}

guint32
rtmp_capabilities_audio (const RtmpCapabilities * self, guint32 four_cc)
{
  return rtmp_codec_map_effective (&self->audio, four_cc)
      | rtmp_codec_map_effective (&self->list, four_cc);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpflvfile.h"

#include "flvfile.h"
#include "flvpacket.h"
#include "gstrtmpelements.h"
#include "gstrtmptime.h"
#include "rtmpreader.h"

#define GST_CAT_DEFAULT gst_rtmp_debug

#define BLOCK 65536             /* for playing */
#define LOOK 16384              /* for looking through */
/* Behind damage; a tag of half the size is found. */
#define LOOK_FAR (2 << 20)
/* Of a body, enough to know a key frame. */
#define BODY_START 32
/* FLV 10.1, E.4.1 */
#define FILTER_BIT 0x20
/* Without video, how far apart the places to begin are. */
#define SOUND_STEP GST_SECOND

struct _GstRtmpFlvFile
{
  GstPad *pad;
  guint64 offset;               /* of the next block */

  GArray *index;                /* (nullable): the file's own */
  GArray *entries;              /* of GstRtmpFlvPlace, found by looking */
  guint64 start;                /* of the first tag; 0: not yet known */
  guint64 looked;               /* up to here */
  GstRtmpTime time;             /* of the tags looked at */
  gboolean has_video;

  GstBuffer *seen;              /* the block looked at, or NULL */
  guint64 seen_offset;
};

/* A tag, as far as it matters here. */
typedef struct
{
  guint8 type;                  /* with the filter bit: nothing to play */
  guint32 size;                 /* of the body */
  guint32 timestamp;
  gint32 composition_time;
  gboolean is_key;
} Tag;

GstRtmpFlvFile *
gst_rtmp_flv_file_new (GstPad * pad)
{
  GstRtmpFlvFile *self = g_new0 (GstRtmpFlvFile, 1);

  self->pad = pad;
  self->entries = g_array_new (FALSE, FALSE, sizeof (GstRtmpFlvPlace));
  return self;
}

void
gst_rtmp_flv_file_free (GstRtmpFlvFile * self)
{
  gst_rtmp_flv_file_take_index (self, NULL);
  g_array_unref (self->entries);
  gst_clear_buffer (&self->seen);
  g_free (self);
}

void
gst_rtmp_flv_file_take_index (GstRtmpFlvFile * self, GArray * index)
{
  g_clear_pointer (&self->index, g_array_unref);
  self->index = index;
}

GstFlowReturn
gst_rtmp_flv_file_read (GstRtmpFlvFile * self, GstBuffer ** block)
{
  GstFlowReturn flow;

  *block = NULL;
  flow = gst_pad_pull_range (self->pad, self->offset, BLOCK, block);
  if (flow == GST_FLOW_OK && gst_buffer_get_size (*block) == 0) {
    gst_clear_buffer (block);
    return GST_FLOW_EOS;
  }
  if (flow == GST_FLOW_OK)
    self->offset += gst_buffer_get_size (*block);
  return flow;
}

void
gst_rtmp_flv_file_go_to (GstRtmpFlvFile * self, guint64 offset)
{
  self->offset = offset;
}

/* Copies up to @size bytes at @offset; @got: how many there are. */
static GstFlowReturn
look (GstRtmpFlvFile * self, guint64 offset, guint8 * out, gsize size,
    gsize * got)
{
  GstFlowReturn flow = GST_FLOW_OK;

  if (self->seen == NULL || offset < self->seen_offset || offset + size
      > self->seen_offset + gst_buffer_get_size (self->seen)) {
    gst_clear_buffer (&self->seen);
    flow = gst_pad_pull_range (self->pad, offset, LOOK, &self->seen);
    self->seen_offset = offset;
  }
  *got = 0;
  if (flow == GST_FLOW_OK)
    *got = gst_buffer_extract (self->seen, offset - self->seen_offset, out,
        size);
  return flow;
}

static void
look_at_video (Tag * tag, const guint8 * data, gsize size)
{
  FlvPacketReader reader;
  FlvPacket packet;

  flv_packet_reader_init (&reader, FLV_MEDIA_VIDEO, data, size);
  if (!flv_packet_reader_next (&reader, &packet, NULL))
    return;
  tag->is_key = flv_packet_is_keyframe (&packet);
  tag->composition_time = packet.composition_time;
}

static gboolean
is_type_of_tag (guint8 type)
{
  switch (type & ~FILTER_BIT) {
    case FLV_TAG_AUDIO:
    case FLV_TAG_VIDEO:
    case FLV_TAG_SCRIPT:
    case FLV_TAG_SCRIPT_AMF3:
      return TRUE;
    default:
      return FALSE;
  }
}

/* %GST_FLOW_EOS when the file ends before, %GST_FLOW_CUSTOM_ERROR when no tag
 * begins at @offset. */
static GstFlowReturn
look_at_tag (GstRtmpFlvFile * self, guint64 offset, Tag * tag)
{
  guint8 data[FLV_TAG_HEADER_SIZE + BODY_START];
  guint8 high = 0;
  RtmpReader in;
  gsize got;
  GstFlowReturn flow = look (self, offset, data, sizeof (data), &got);

  if (flow != GST_FLOW_OK)
    return flow;
  *tag = (Tag) {
  0,};
  rtmp_reader_init (&in, data, got);
  if (!rtmp_reader_u8 (&in, &tag->type) || !rtmp_reader_u24 (&in, &tag->size)
      || !rtmp_reader_u24 (&in, &tag->timestamp)
      || !rtmp_reader_u8 (&in, &high) || !rtmp_reader_skip (&in, 3))
    return GST_FLOW_EOS;
  tag->timestamp |= (guint32) high << 24;
  if (tag->type == FLV_TAG_VIDEO)
    look_at_video (tag, data + in.pos, MIN (rtmp_reader_left (&in), tag->size));
  return is_type_of_tag (tag->type) ? GST_FLOW_OK : GST_FLOW_CUSTOM_ERROR;
}

/* Behind the file header. */
static GstFlowReturn
look_at_header (GstRtmpFlvFile * self)
{
  guint8 data[FLV_FILE_HEADER_SIZE];
  guint32 signature = 0, offset = 0;
  RtmpReader in;
  gsize got;
  GstFlowReturn flow;

  if (self->start > 0)
    return GST_FLOW_OK;
  flow = look (self, 0, data, sizeof (data), &got);
  if (flow != GST_FLOW_OK)
    return flow;
  rtmp_reader_init (&in, data, got);
  if (!rtmp_reader_u24 (&in, &signature) || signature != 0x464C56
      || !rtmp_reader_skip (&in, 2) || !rtmp_reader_u32 (&in, &offset))
    return GST_FLOW_EOS;
  self->start = self->looked = offset;
  return GST_FLOW_OK;
}

/* Where the next tag is that can be trusted. */
static GstFlowReturn
look_past_damage (GstRtmpFlvFile * self)
{
  GstFlowReturn flow;
  gboolean found = FALSE;

  do {
    GstBuffer *block = NULL;
    GstMapInfo map;
    gsize searched = 0, at = LOOK_FAR / 2;

    flow = gst_pad_pull_range (self->pad, self->looked, LOOK_FAR, &block);
    if (flow != GST_FLOW_OK)
      return flow;
    if (gst_buffer_map (block, &map, GST_MAP_READ)) {
      found = flv_find_tag (map.data, map.size, &searched, &at);
      if (!found && map.size < LOOK_FAR)
        flow = GST_FLOW_EOS;
      gst_buffer_unmap (block, &map);
    } else
      flow = GST_FLOW_ERROR;
    gst_buffer_unref (block);
    self->looked += found ? at : LOOK_FAR / 2;
  } while (flow == GST_FLOW_OK && !found);
  return flow;
}

/* The last one at or before @time, or @next: the first at or behind it. */
static const GstRtmpFlvPlace *
find_entry (GstRtmpFlvFile * self, GstClockTime time, gboolean next)
{
  const GstRtmpFlvPlace *best = NULL;

  for (guint i = 0; i < self->entries->len; i++) {
    const GstRtmpFlvPlace *entry =
        &g_array_index (self->entries, GstRtmpFlvPlace, i);

    if (next && entry->time >= time)
      return entry;
    if (entry->time > time)
      break;
    best = entry;
  }
  return next ? NULL : best;
}

static const GstRtmpFlvPlace *
last_entry (GstRtmpFlvFile * self)
{
  return self->entries->len == 0 ? NULL
      : &g_array_index (self->entries, GstRtmpFlvPlace, self->entries->len - 1);
}

static gboolean
is_place_to_begin (GstRtmpFlvFile * self, const Tag * tag, GstClockTime time)
{
  const GstRtmpFlvPlace *last = last_entry (self);

  if (tag->type == FLV_TAG_VIDEO)
    return tag->is_key;
  return tag->type == FLV_TAG_AUDIO && !self->has_video
      && (last == NULL || time >= last->time + SOUND_STEP);
}

static GstClockTime
shown_at (GstClockTime time, const Tag * tag)
{
  gint64 shown = (gint64) time + tag->composition_time * (gint64) GST_MSECOND;

  return (GstClockTime) MAX (shown, 0);
}

static void
take_tag (GstRtmpFlvFile * self, const Tag * tag)
{
  GstClockTime time = gst_rtmp_time_unwrap (&self->time, tag->timestamp);
  GstRtmpFlvPlace place = { shown_at (time, tag), self->looked };

  if (is_place_to_begin (self, tag, time))
    g_array_append_val (self->entries, place);
  self->has_video = self->has_video || tag->type == FLV_TAG_VIDEO;
  self->looked += FLV_TAG_HEADER_SIZE + tag->size;
}

/* Goes on until there is an entry behind @time. */
static GstFlowReturn
look_until (GstRtmpFlvFile * self, GstClockTime time)
{
  const GstRtmpFlvPlace *last;
  Tag tag;
  GstFlowReturn flow = look_at_header (self);

  while (flow == GST_FLOW_OK
      && !((last = last_entry (self)) && last->time > time)) {
    flow = look_at_tag (self, self->looked, &tag);
    if (flow == GST_FLOW_OK)
      take_tag (self, &tag);
    else if (flow == GST_FLOW_CUSTOM_ERROR && tag.type == 0) {
      /* PreviousTagSize, which may be missing. */
      self->looked += FLV_TAG_TRAILER_SIZE;
      flow = GST_FLOW_OK;
    } else if (flow == GST_FLOW_CUSTOM_ERROR)
      flow = look_past_damage (self);
  }
  return flow == GST_FLOW_EOS ? GST_FLOW_OK : flow;
}

/* In milliseconds, the last entry at or before @time, or @next: the first at or
 * behind it. */
static const FlvIndexEntry *
look_up (GstRtmpFlvFile * self, guint64 time, gboolean next)
{
  const FlvIndexEntry *first = &g_array_index (self->index, FlvIndexEntry, 0);
  const FlvIndexEntry *entry = flv_index_find (self->index, time);

  if (!next || (entry && entry->time == time))
    return entry;
  entry = entry ? entry + 1 : first;
  return entry < first + self->index->len ? entry : NULL;
}

/* Indices are often wrong: a tool has cut the file, or counted otherwise. The
 * tag's own time is the one that counts. */
static gboolean
trust (GstRtmpFlvFile * self, const FlvIndexEntry * entry,
    GstRtmpFlvPlace * place)
{
  GstRtmpTime near = { FALSE, };
  Tag tag;

  if (look_at_tag (self, entry->position, &tag) != GST_FLOW_OK || !tag.is_key) {
    GST_INFO ("the file's index is wrong: no key frame at byte %"
        G_GUINT64_FORMAT, entry->position);
    gst_rtmp_flv_file_take_index (self, NULL);
    return FALSE;
  }
  gst_rtmp_time_begin_near (&near, tag.timestamp, entry->time * GST_MSECOND);
  place->time = shown_at (gst_rtmp_time_unwrap (&near, tag.timestamp), &tag);
  place->offset = entry->position;
  return TRUE;
}

static gboolean
find_in_index (GstRtmpFlvFile * self, GstClockTime time, gboolean next,
    GstRtmpFlvPlace * place)
{
  guint64 ms = (time + (next ? GST_MSECOND - 1 : 0)) / GST_MSECOND;
  const FlvIndexEntry *entry = self->index ? look_up (self, ms, next) : NULL;

  if (entry == NULL || !trust (self, entry, place))
    return FALSE;
  if (next || place->time <= time)
    return TRUE;
  /* It has times of decoding: this one is shown too late. */
  return entry != &g_array_index (self->index, FlvIndexEntry, 0)
      && trust (self, entry - 1, place) && place->time <= time;
}

GstFlowReturn
gst_rtmp_flv_file_find (GstRtmpFlvFile * self, GstClockTime time,
    GstRtmpFlvPlace * place)
{
  const GstRtmpFlvPlace *entry;
  GstFlowReturn flow;

  if (find_in_index (self, time, FALSE, place))
    return GST_FLOW_OK;
  flow = look_until (self, time);
  if (flow != GST_FLOW_OK)
    return flow;
  entry = find_entry (self, time, FALSE);
  *place = entry ? *entry : (GstRtmpFlvPlace) {
  time, self->start};
  return self->entries->len > 0 ? GST_FLOW_OK : GST_FLOW_EOS;
}

GstFlowReturn
gst_rtmp_flv_file_find_next (GstRtmpFlvFile * self, GstClockTime time,
    GstRtmpFlvPlace * place)
{
  const GstRtmpFlvPlace *entry;
  GstFlowReturn flow;

  if (find_in_index (self, time, TRUE, place))
    return GST_FLOW_OK;
  flow = look_until (self, time);
  if (flow != GST_FLOW_OK)
    return flow;
  entry = find_entry (self, time, TRUE);
  if (entry == NULL)
    entry = last_entry (self);
  if (entry == NULL)
    return GST_FLOW_EOS;
  *place = *entry;
  return GST_FLOW_OK;
}

static GstClockTime
distance (GstClockTime a, GstClockTime b)
{
  return a > b ? a - b : b - a;
}

GstFlowReturn
gst_rtmp_flv_file_seek (GstRtmpFlvFile * self, GstSeekFlags flags,
    GstClockTime time, GstRtmpFlvPlace * place)
{
  GstSeekFlags snap = flags & GST_SEEK_FLAG_KEY_UNIT
      ? flags & GST_SEEK_FLAG_SNAP_NEAREST : 0;
  GstRtmpFlvPlace next;
  GstFlowReturn flow;

  if (snap == GST_SEEK_FLAG_SNAP_AFTER)
    return gst_rtmp_flv_file_find_next (self, time, place);
  flow = gst_rtmp_flv_file_find (self, time, place);
  if (flow == GST_FLOW_OK && snap == GST_SEEK_FLAG_SNAP_NEAREST
      && gst_rtmp_flv_file_find_next (self, time, &next) == GST_FLOW_OK
      && distance (next.time, time) < distance (place->time, time))
    *place = next;
  return flow;
}

GstClockTime
gst_rtmp_flv_file_last_time (GstRtmpFlvFile * self)
{
  guint8 trailer[FLV_TAG_TRAILER_SIZE];
  guint32 size = 0;
  gint64 end = 0;
  RtmpReader in;
  gsize got;
  Tag tag;

  if (!gst_pad_peer_query_duration (self->pad, GST_FORMAT_BYTES, &end)
      || end < (gint64) (FLV_FILE_HEADER_SIZE + FLV_TAG_HEADER_SIZE)
      || look (self, (guint64) end - sizeof (trailer), trailer,
          sizeof (trailer), &got) != GST_FLOW_OK)
    return GST_CLOCK_TIME_NONE;
  rtmp_reader_init (&in, trailer, got);
  if (!rtmp_reader_u32 (&in, &size) || size < FLV_TAG_HEADER_SIZE
      || size > end - sizeof (trailer)
      || look_at_tag (self, (guint64) end - sizeof (trailer) - size,
          &tag) != GST_FLOW_OK || tag.size != size - FLV_TAG_HEADER_SIZE)
    return GST_CLOCK_TIME_NONE;
  return tag.timestamp * GST_MSECOND;
}

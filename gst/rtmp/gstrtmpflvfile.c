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
/* Of a body, enough to know a key frame. */
#define BODY_START 32
/* Without video, how far apart the places to begin are. */
#define SOUND_STEP GST_SECOND

typedef struct
{
  GstClockTime time;
  guint64 offset;
} Entry;

struct _GstRtmpFlvFile
{
  GstPad *pad;
  guint64 offset;               /* of the next block */

  GArray *index;                /* (nullable): the file's own */
  GArray *entries;              /* of Entry, found by looking */
  guint64 looked;               /* up to here; 0: not yet begun */
  GstRtmpTime time;             /* of the tags looked at */
  gboolean has_video;

  GstBuffer *seen;              /* the block looked at, or NULL */
  guint64 seen_offset;
};

/* A tag, as far as it matters here. */
typedef struct
{
  guint8 type;
  guint32 size;                 /* of the body */
  guint32 timestamp;
  gboolean is_key;
} Tag;

GstRtmpFlvFile *
gst_rtmp_flv_file_new (GstPad * pad)
{
  GstRtmpFlvFile *self = g_new0 (GstRtmpFlvFile, 1);

  self->pad = pad;
  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
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

/* %GST_FLOW_EOS when no tag begins at @offset. */
static GstFlowReturn
look_at_tag (GstRtmpFlvFile * self, guint64 offset, Tag * tag)
{
  guint8 data[FLV_TAG_HEADER_SIZE + BODY_START];
  guint8 flags = 0, high = 0;
  RtmpReader in;
  gsize got, body;
  GstFlowReturn flow = look (self, offset, data, sizeof (data), &got);

  if (flow != GST_FLOW_OK)
    return flow;
  rtmp_reader_init (&in, data, got);
  if (!rtmp_reader_u8 (&in, &flags) || !rtmp_reader_u24 (&in, &tag->size)
      || !rtmp_reader_u24 (&in, &tag->timestamp)
      || !rtmp_reader_u8 (&in, &high) || !rtmp_reader_skip (&in, 3))
    return GST_FLOW_EOS;
  tag->type = flags;
  tag->timestamp |= (guint32) high << 24;
  body = MIN (rtmp_reader_left (&in), tag->size);
  tag->is_key = FALSE;
  if (tag->type == FLV_TAG_VIDEO) {
    g_autoptr (GBytes) start =
        g_bytes_new_static (data + FLV_TAG_HEADER_SIZE, body);

    tag->is_key = flv_video_is_keyframe (start);
  }
  return tag->type == FLV_TAG_VIDEO || tag->type == FLV_TAG_AUDIO
      || tag->type == FLV_TAG_SCRIPT || tag->type == FLV_TAG_SCRIPT_AMF3
      ? GST_FLOW_OK : GST_FLOW_EOS;
}

/* Behind the file header and PreviousTagSize0. */
static GstFlowReturn
look_at_header (GstRtmpFlvFile * self)
{
  guint8 data[FLV_FILE_HEADER_SIZE];
  guint32 signature = 0, offset = 0;
  RtmpReader in;
  gsize got;
  GstFlowReturn flow = look (self, 0, data, sizeof (data), &got);

  if (flow != GST_FLOW_OK)
    return flow;
  rtmp_reader_init (&in, data, got);
  if (!rtmp_reader_u24 (&in, &signature) || signature != 0x464C56
      || !rtmp_reader_skip (&in, 2) || !rtmp_reader_u32 (&in, &offset))
    return GST_FLOW_EOS;
  self->looked = (guint64) offset + FLV_TAG_TRAILER_SIZE;
  return GST_FLOW_OK;
}

/* The last one at or before @time, or @next: the first at or behind it. */
static const Entry *
find_entry (GstRtmpFlvFile * self, GstClockTime time, gboolean next)
{
  const Entry *best = NULL;

  for (guint i = 0; i < self->entries->len; i++) {
    const Entry *entry = &g_array_index (self->entries, Entry, i);

    if (next && entry->time >= time)
      return entry;
    if (entry->time > time)
      break;
    best = entry;
  }
  return next ? NULL : best;
}

static const Entry *
last_entry (GstRtmpFlvFile * self)
{
  return self->entries->len == 0 ? NULL
      : &g_array_index (self->entries, Entry, self->entries->len - 1);
}

static gboolean
is_place_to_begin (GstRtmpFlvFile * self, const Tag * tag, GstClockTime time)
{
  const Entry *last = last_entry (self);

  if (tag->type == FLV_TAG_VIDEO)
    return tag->is_key;
  return tag->type == FLV_TAG_AUDIO && !self->has_video
      && (last == NULL || time >= last->time + SOUND_STEP);
}

/* Goes on until there is an entry behind @time. */
static GstFlowReturn
look_until (GstRtmpFlvFile * self, GstClockTime time)
{
  GstFlowReturn flow = GST_FLOW_OK;
  const Entry *last;
  Tag tag;

  if (self->looked == 0)
    flow = look_at_header (self);
  while (flow == GST_FLOW_OK
      && !((last = last_entry (self)) && last->time > time)
      && (flow = look_at_tag (self, self->looked, &tag)) == GST_FLOW_OK) {
    GstClockTime at = gst_rtmp_time_unwrap (&self->time, tag.timestamp);
    Entry entry = { at, self->looked };

    if (is_place_to_begin (self, &tag, at))
      g_array_append_val (self->entries, entry);
    self->has_video = self->has_video || tag.type == FLV_TAG_VIDEO;
    self->looked += FLV_TAG_HEADER_SIZE + tag.size + FLV_TAG_TRAILER_SIZE;
  }
  return flow == GST_FLOW_EOS ? GST_FLOW_OK : flow;
}

static const FlvIndexEntry *
look_up (GstRtmpFlvFile * self, GstClockTime time, gboolean next)
{
  const FlvIndexEntry *first, *entry;
  guint64 ms = time / GST_MSECOND;

  if (self->index == NULL)
    return NULL;
  first = &g_array_index (self->index, FlvIndexEntry, 0);
  entry = flv_index_find (self->index, ms);
  if (!next || (entry && entry->time == ms))
    return entry;
  entry = entry ? entry + 1 : first;
  return entry < first + self->index->len ? entry : NULL;
}

/* Indices are often wrong: a tool has cut the file, or counted otherwise. The
 * tag's own time is the one that counts. */
static gboolean
find_in_index (GstRtmpFlvFile * self, GstClockTime time, gboolean next,
    guint64 * offset, GstClockTime * found)
{
  const FlvIndexEntry *entry = look_up (self, time, next);
  Tag tag;

  if (entry == NULL)
    return FALSE;
  if (look_at_tag (self, entry->position, &tag) != GST_FLOW_OK || !tag.is_key) {
    GST_INFO ("the file's index is wrong: no key frame at byte %"
        G_GUINT64_FORMAT, entry->position);
    gst_rtmp_flv_file_take_index (self, NULL);
    return FALSE;
  }
  *offset = entry->position;
  *found = tag.timestamp * GST_MSECOND;
  return TRUE;
}

static GstFlowReturn
find (GstRtmpFlvFile * self, GstClockTime time, gboolean next,
    guint64 * offset, GstClockTime * found)
{
  const Entry *entry;
  GstFlowReturn flow;

  if (find_in_index (self, time, next, offset, found))
    return GST_FLOW_OK;
  flow = look_until (self, time);
  if (flow != GST_FLOW_OK)
    return flow;
  entry = find_entry (self, time, next);
  if (entry == NULL && self->entries->len > 0)
    entry = next ? last_entry (self)
        : &g_array_index (self->entries, Entry, 0);
  if (entry == NULL)
    return GST_FLOW_EOS;
  *offset = entry->offset;
  *found = entry->time;
  return GST_FLOW_OK;
}

GstFlowReturn
gst_rtmp_flv_file_find (GstRtmpFlvFile * self, GstClockTime time,
    guint64 * offset, GstClockTime * found)
{
  return find (self, time, FALSE, offset, found);
}

GstFlowReturn
gst_rtmp_flv_file_find_next (GstRtmpFlvFile * self, GstClockTime time,
    guint64 * offset, GstClockTime * found)
{
  return find (self, time, TRUE, offset, found);
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

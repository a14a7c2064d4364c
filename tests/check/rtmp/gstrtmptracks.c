/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tracks of an element, with a sink at each pad: the element is rtmpdemux,
 * whose own tracks are not used. */
#include "gstrtmptracks.h"

#include "gstrtmpdemuxtest.h"

#define AUDIO FLV_MEDIA_AUDIO
#define VIDEO FLV_MEDIA_VIDEO
#define HELD_BYTES (8 << 20)

typedef struct
{
  GstRtmpDemuxTest *t;
  GstRtmpTracks *tracks;
  guint n_alive;                /* of the frames that were pushed */
  guint n_queries;
} Test;

static Test *the_test;          /* for the pads' functions */

static gboolean
on_query (GstPad * pad, GstObject * parent, GstQuery * query)
{
  the_test->n_queries++;
  return FALSE;
}

static Test *
test_new (void)
{
  Test *self = the_test = g_new0 (Test, 1);

  self->t = gst_rtmp_demux_test_new ();
  gst_rtmp_demux_test_begin (self->t, GST_FORMAT_BYTES);
  self->tracks = gst_rtmp_tracks_new (self->t->demux, gst_pad_event_default,
      on_query);
  gst_rtmp_tracks_set_stream (self->tracks, "stream", 77);
  return self;
}

static void
test_free (Test * self)
{
  gst_rtmp_tracks_free (self->tracks);
  g_assert_cmpuint (self->t->demux->numsrcpads, ==, 0);
  gst_rtmp_demux_test_free (self->t);
  g_assert_cmpuint (self->n_alive, ==, 0);
  g_free (self);
}

/* With caps, as if its first frame had come. */
static GstRtmpTrack *
add_track (Test * self, FlvMedia media, guint8 id)
{
  GstRtmpTrack *track = gst_rtmp_tracks_ensure (self->tracks, media, id);

  gst_rtmp_tracks_take_caps (self->tracks, track,
      gst_caps_new_empty_simple (media == VIDEO ? "video/x-flash-screen"
          : "audio/x-ac3"));
  return track;
}

static void
on_frame_gone (gpointer self, GstMiniObject * frame)
{
  ((Test *) self)->n_alive--;
}

static GstFlowReturn
push_sized (Test * self, GstRtmpTrack * track, guint ms, gsize size)
{
  GstBuffer *frame = gst_buffer_new_allocate (NULL, size, NULL);

  self->n_alive++;
  gst_mini_object_weak_ref (GST_MINI_OBJECT (frame), on_frame_gone, self);
  GST_BUFFER_DTS (frame) = GST_BUFFER_PTS (frame) = ms * GST_MSECOND;
  return gst_rtmp_tracks_push (self->tracks, track, frame);
}

static void
push (Test * self, GstRtmpTrack * track, guint ms)
{
  g_assert_cmpint (push_sized (self, track, ms, 1), ==, GST_FLOW_OK);
}

static GstRtmpOutput *
output (Test * self, const gchar * name)
{
  GstRtmpOutput *found = gst_rtmp_demux_test_output (self->t, name);

  g_assert_nonnull (found);
  return found;
}

static void
assert_names (Test * self, const gchar * wanted)
{
  g_autofree gchar *names = gst_rtmp_demux_test_names (self->t);

  g_assert_cmpstr (names, ==, wanted);
}

static void
assert_trace (Test * self, const gchar * name, const gchar * wanted)
{
  g_assert_cmpstr (output (self, name)->trace->str, ==, wanted);
}

static void
assert_times (Test * self, const gchar * name, const gchar * wanted)
{
  g_autofree gchar *times = gst_rtmp_output_times (output (self, name));

  g_assert_cmpstr (times, ==, wanted);
}

/* Both shown, with a frame at 0. */
static void
begin_both (Test * self, GstRtmpTrack ** video, GstRtmpTrack ** audio)
{
  *video = add_track (self, VIDEO, 0);
  *audio = add_track (self, AUDIO, 0);
  push (self, *video, 0);
  push (self, *audio, 0);
  gst_rtmp_demux_test_forget (self->t);
}

static void
test_find (void)
{
  Test *self = test_new ();
  GstRtmpTrack *video = gst_rtmp_tracks_ensure (self->tracks, VIDEO, 3);
  GstRtmpTrack *audio = gst_rtmp_tracks_ensure (self->tracks, AUDIO, 3);

  g_assert_true (video != audio);
  g_assert_true (gst_rtmp_tracks_ensure (self->tracks, VIDEO, 3) == video);
  g_assert_true (gst_rtmp_tracks_find (self->tracks, AUDIO, 3) == audio);
  g_assert_null (gst_rtmp_tracks_find (self->tracks, VIDEO, 0));
  g_assert_cmpint (audio->media, ==, AUDIO);
  g_assert_cmpuint (audio->id, ==, 3);
  test_free (self);
}

/* Showing pads */

static void
test_waits_for_both (void)
{
  Test *self = test_new ();
  GstRtmpTrack *video = add_track (self, VIDEO, 0);

  push (self, video, 10);
  push (self, video, 50);
  g_assert_false (self->t->is_complete);
  /* The other one is known, but what it is not yet. */
  gst_rtmp_tracks_ensure (self->tracks, AUDIO, 0);
  push (self, video, 90);
  g_assert_false (self->t->is_complete);
  push (self, add_track (self, AUDIO, 0), 20);
  g_assert_true (self->t->is_complete);
  assert_names (self, "video_0 audio_0");
  assert_trace (self, "video_0",
      " stream-start caps segment stream-collection B B B");
  assert_times (self, "video_0", "10/10 50/50 90/90");
  assert_times (self, "audio_0", "20/20");
  g_assert_cmpuint (gst_rtmp_output_segment (output (self, "audio_0"))->start,
      ==, 10 * GST_MSECOND);
  test_free (self);
}

static void
test_announced (void)
{
  Test *self = test_new ();
  GstRtmpTrack *video = add_track (self, VIDEO, 0), *other;

  gst_rtmp_tracks_ensure (self->tracks, VIDEO, 1);
  gst_rtmp_tracks_set_announced (self->tracks);
  push (self, video, 0);
  g_assert_false (self->t->is_complete);
  /* Nobody can play that one. */
  other = gst_rtmp_tracks_find (self->tracks, VIDEO, 1);
  other->is_refused = TRUE;
  push (self, video, 40);
  assert_names (self, "video_0");
  g_assert_true (self->t->is_complete);
  test_free (self);
}

/* Neither for ever nor for more than memory is to hold. */
static void
test_waits_no_longer (void)
{
  static const struct
  {
    gboolean announced;
    guint waits, shows;         /* ms */
    gsize size;
  } rows[] = {
    {FALSE, 500, 501, 1}, {TRUE, 10000, 10001, 1},
    {TRUE, 20, 20, HELD_BYTES / 2 + 1},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Test *self = test_new ();
    GstRtmpTrack *audio = add_track (self, AUDIO, 0);

    gst_rtmp_tracks_ensure (self->tracks, VIDEO, 0);
    if (rows[i].announced)
      gst_rtmp_tracks_set_announced (self->tracks);
    push (self, audio, 1000);
    push_sized (self, audio, 1000 + rows[i].waits, HELD_BYTES / 2 - 1);
    g_assert_false (self->t->is_complete);
    push_sized (self, audio, 1000 + rows[i].shows, rows[i].size);
    g_assert_true (self->t->is_complete);
    g_assert_cmpuint (output (self, "audio_0")->frames->len, ==, 3);
    test_free (self);
  }
}

static void
test_show (void)
{
  Test *self = test_new ();

  gst_rtmp_tracks_show (self->tracks);
  g_assert_true (self->t->is_complete);
  assert_names (self, "");
  self->t->is_complete = FALSE;
  /* That was all; what comes now is late. */
  gst_rtmp_tracks_show (self->tracks);
  g_assert_false (self->t->is_complete);
  push (self, add_track (self, VIDEO, 0), 5);
  assert_times (self, "video_0", "5/5");
  test_free (self);
}

static void
test_show_held (void)
{
  Test *self = test_new ();
  GstRtmpTrack *video = add_track (self, VIDEO, 0);

  push (self, video, 40);
  gst_rtmp_tracks_show (self->tracks);
  assert_times (self, "video_0", "40/40");
  test_free (self);
}

static void
test_late (void)
{
  Test *self = test_new ();
  GstRtmpTrack *video, *audio;
  GstStreamCollection *collection;

  begin_both (self, &video, &audio);
  gst_rtmp_demux_test_messages (self->t, GST_MESSAGE_STREAM_COLLECTION, NULL);
  push (self, add_track (self, VIDEO, 9), 40);
  assert_names (self, "video_0 audio_0 video_9");
  assert_trace (self, "video_9",
      " stream-start caps segment stream-collection B");
  assert_trace (self, "video_0", " stream-collection");
  assert_trace (self, "audio_0", " stream-collection");
  for (guint i = 0; i < 3; i++) {
    gst_event_parse_stream_collection (gst_rtmp_output_event (g_ptr_array_index
            (self->t->outputs, i), GST_EVENT_STREAM_COLLECTION), &collection);
    g_assert_cmpuint (gst_stream_collection_get_size (collection), ==, 3);
    g_assert_cmpstr (gst_stream_collection_get_upstream_id (collection), ==,
        "stream");
    gst_object_unref (collection);
  }
  g_assert_cmpuint (gst_rtmp_demux_test_messages (self->t,
          GST_MESSAGE_STREAM_COLLECTION, NULL), ==, 1);
  test_free (self);
}

/* Shown beside one that comes later, it has been silent since then only. */
static void
test_late_and_silent (void)
{
  Test *self = test_new ();
  GstRtmpTrack *video, *audio;
  GstClockTime time, duration;

  begin_both (self, &video, &audio);
  push (self, video, 5000);
  add_track (self, AUDIO, 9);
  push (self, add_track (self, VIDEO, 9), 5040);
  push (self, video, 5500);
  gst_event_parse_gap (gst_rtmp_output_event (output (self, "audio_9"),
          GST_EVENT_GAP), &time, &duration);
  g_assert_cmpuint (time, ==, 5000 * GST_MSECOND);
  g_assert_cmpuint (duration, ==, 500 * GST_MSECOND);
  g_assert_cmpuint (gst_rtmp_output_count (output (self, "audio_9"),
          GST_EVENT_GAP), ==, 1);
  test_free (self);
}

static void
test_streams (void)
{
  static const struct
  {
    const gchar *name;
    GstStreamType type;
    GstStreamFlags flags;
  } rows[] = {
    {"video_0", GST_STREAM_TYPE_VIDEO, GST_STREAM_FLAG_SELECT},
    {"video_1", GST_STREAM_TYPE_VIDEO, GST_STREAM_FLAG_NONE},
    {"audio_0", GST_STREAM_TYPE_AUDIO, GST_STREAM_FLAG_SELECT},
  };
  Test *self = test_new ();

  push (self, add_track (self, VIDEO, 0), 0);
  push (self, add_track (self, VIDEO, 1), 0);
  push (self, add_track (self, AUDIO, 0), 0);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    GstEvent *event = gst_rtmp_output_event (output (self, rows[i].name),
        GST_EVENT_STREAM_START);
    g_autoptr (GstStream) stream = NULL;
    g_autoptr (GstCaps) caps = NULL;
    GstStreamFlags flags;
    guint group;

    gst_event_parse_stream (event, &stream);
    gst_event_parse_stream_flags (event, &flags);
    g_assert_true (gst_event_parse_group_id (event, &group));
    g_assert_cmpuint (group, ==, 77);
    g_assert_cmpint (flags, ==, rows[i].flags);
    g_assert_cmpint (gst_stream_get_stream_type (stream), ==, rows[i].type);
    caps = gst_stream_get_caps (stream);
    g_assert_nonnull (caps);
  }
  self->n_queries = 0;
  g_assert_false (gst_pad_peer_query_duration (output (self, "video_1")->pad,
          GST_FORMAT_TIME, NULL));
  g_assert_cmpuint (self->n_queries, ==, 1);
  test_free (self);
}

/* Caps */

static void
test_caps (void)
{
  Test *self = test_new ();
  GstRtmpTrack *video = add_track (self, VIDEO, 0);
  g_autoptr (GstCaps) caps = NULL;

  push (self, video, 0);
  /* It waits no longer: frames go with their own. */
  gst_rtmp_tracks_take_caps (self->tracks, video,
      gst_caps_new_empty_simple ("video/x-vp6-flash"));
  assert_trace (self, "video_0",
      " stream-start caps segment stream-collection B caps");
  g_assert_true (gst_structure_has_name (gst_rtmp_output_caps (output (self,
                  "video_0")), "video/x-vp6-flash"));
  caps = gst_stream_get_caps (video->stream);
  g_assert_true (caps == video->caps);
  test_free (self);
}

/* One that holds nothing back changes its caps unseen. */
static void
test_caps_of_other (void)
{
  Test *self = test_new ();
  GstRtmpTrack *video = add_track (self, VIDEO, 0);

  push (self, video, 0);
  add_track (self, VIDEO, 1);
  add_track (self, VIDEO, 1);
  g_assert_false (self->t->is_complete);
  push (self, add_track (self, AUDIO, 0), 0);
  push (self, gst_rtmp_tracks_find (self->tracks, VIDEO, 1), 0);
  assert_trace (self, "video_1",
      " stream-start caps segment stream-collection B");
  test_free (self);
}

/* Time */

static void
test_segment (void)
{
  Test *self = test_new ();
  GstRtmpTrack *video, *audio;
  GstSegment segment;
  GstEvent *event;

  g_assert_cmpint (gst_rtmp_tracks_get_segment (self->tracks)->format, ==,
      GST_FORMAT_UNDEFINED);
  begin_both (self, &video, &audio);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = segment.time = segment.position = 9 * GST_SECOND;
  gst_rtmp_tracks_set_segment (self->tracks, &segment, 42);
  assert_trace (self, "video_0", "");
  push (self, video, 9000);
  push (self, video, 9040);
  assert_trace (self, "video_0", " segment B B");
  event = gst_rtmp_output_event (output (self, "video_0"), GST_EVENT_SEGMENT);
  g_assert_cmpuint (gst_event_get_seqnum (event), ==, 42);
  g_assert_cmpuint (gst_rtmp_output_segment (output (self, "video_0"))->start,
      ==, 9 * GST_SECOND);
  assert_trace (self, "audio_0", "");
  g_assert_cmpuint (gst_rtmp_tracks_get_segment (self->tracks)->position, ==,
      9040 * GST_MSECOND);
  test_free (self);
}

static void
assert_gap (Test * self, const gchar * name, guint start, guint end)
{
  GstClockTime time, duration;

  gst_event_parse_gap (gst_rtmp_output_event (output (self, name),
          GST_EVENT_GAP), &time, &duration);
  g_assert_cmpuint (time, ==, start * GST_MSECOND);
  g_assert_cmpuint (duration, ==, (end - start) * GST_MSECOND);
}

static void
test_silence (void)
{
  Test *self = test_new ();
  GstRtmpTrack *video, *audio;

  begin_both (self, &video, &audio);
  push (self, video, 499);
  assert_trace (self, "audio_0", "");
  push (self, video, 500);
  assert_gap (self, "audio_0", 0, 500);
  push (self, video, 999);
  assert_trace (self, "audio_0", " gap");
  push (self, video, 1000);
  assert_trace (self, "audio_0", " gap gap");
  assert_gap (self, "audio_0", 500, 1000);
  /* A track without a pad waits for nothing. */
  gst_rtmp_tracks_ensure (self->tracks, AUDIO, 5);
  push (self, video, 2000);
  assert_trace (self, "video_0", " B B B B B");
  test_free (self);
}

static void
test_gap (void)
{
  Test *self = test_new ();
  GstRtmpTrack *video, *audio, *none;
  GstSegment segment;

  begin_both (self, &video, &audio);
  gst_rtmp_tracks_push_gap (self->tracks, audio, 100 * GST_MSECOND);
  assert_gap (self, "audio_0", 0, 100);
  /* That has been. */
  gst_rtmp_tracks_push_gap (self->tracks, audio, 100 * GST_MSECOND);
  gst_rtmp_tracks_push_gap (self->tracks, audio, 50 * GST_MSECOND);
  assert_trace (self, "audio_0", " gap");
  g_assert_cmpuint (audio->position, ==, 100 * GST_MSECOND);
  /* A gap is in a segment too. */
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_rtmp_tracks_set_segment (self->tracks, &segment, GST_SEQNUM_INVALID);
  gst_rtmp_tracks_push_gap (self->tracks, audio, 20 * GST_MSECOND);
  assert_trace (self, "audio_0", " gap segment gap");
  /* Without a pad, or out of any segment, there is none. */
  none = gst_rtmp_tracks_ensure (self->tracks, AUDIO, 5);
  gst_rtmp_tracks_push_gap (self->tracks, none, GST_SECOND);
  gst_rtmp_tracks_flush (self->tracks);
  gst_rtmp_tracks_push_gap (self->tracks, video, GST_SECOND);
  assert_trace (self, "video_0", "");
  test_free (self);
}

static void
test_are_behind (void)
{
  Test *self = test_new ();
  GstRtmpTrack *video, *audio;

  g_assert_false (gst_rtmp_tracks_are_behind (self->tracks, 0));
  begin_both (self, &video, &audio);
  gst_rtmp_tracks_ensure (self->tracks, AUDIO, 5);
  push (self, video, 400);
  g_assert_false (gst_rtmp_tracks_are_behind (self->tracks, 1));
  push (self, audio, 300);
  g_assert_true (gst_rtmp_tracks_are_behind (self->tracks, 300 * GST_MSECOND));
  g_assert_false (gst_rtmp_tracks_are_behind (self->tracks,
          300 * GST_MSECOND + 1));
  test_free (self);
}

/* Events */

/* A pad that is not linked yet keeps one of each scope. */
static GstTagList *
new_tags (GstTagScope scope, const gchar * title)
{
  GstTagList *tags = gst_tag_list_new (GST_TAG_TITLE, title, NULL);

  gst_tag_list_set_scope (tags, scope);
  return tags;
}

static void
assert_title (Test * self, const gchar * name, const gchar * wanted)
{
  g_autofree gchar *title = NULL;
  GstTagList *tags;

  gst_event_parse_tag (gst_rtmp_output_event (output (self, name),
          GST_EVENT_TAG), &tags);
  g_assert_true (gst_tag_list_get_string (tags, GST_TAG_TITLE, &title));
  g_assert_cmpstr (title, ==, wanted);
}

static void
test_tags (void)
{
  Test *self = test_new ();
  GstRtmpTrack *video = add_track (self, VIDEO, 0), *audio;

  gst_rtmp_tracks_take_tags (self->tracks, new_tags (GST_TAG_SCOPE_GLOBAL,
          "before"));
  gst_rtmp_tracks_take_tags (self->tracks, new_tags (GST_TAG_SCOPE_GLOBAL,
          "stream"));
  gst_rtmp_tracks_take_track_tags (self->tracks, video,
      new_tags (GST_TAG_SCOPE_STREAM, "video"));
  push (self, video, 0);
  audio = add_track (self, AUDIO, 0);
  push (self, audio, 0);
  assert_trace (self, "video_0",
      " stream-start caps segment stream-collection tag tag B");
  assert_trace (self, "audio_0",
      " stream-start caps segment stream-collection tag B");
  assert_title (self, "video_0", "video");
  assert_title (self, "audio_0", "stream");
  gst_rtmp_demux_test_forget (self->t);
  gst_rtmp_tracks_take_tags (self->tracks, new_tags (GST_TAG_SCOPE_GLOBAL,
          "other"));
  assert_title (self, "video_0", "other");
  assert_title (self, "audio_0", "other");
  gst_rtmp_tracks_take_track_tags (self->tracks, audio,
      new_tags (GST_TAG_SCOPE_STREAM, "sound"));
  assert_title (self, "audio_0", "sound");
  assert_trace (self, "video_0", " tag");
  gst_rtmp_tracks_take_tags (self->tracks, NULL);
  gst_rtmp_tracks_take_track_tags (self->tracks, audio, NULL);
  assert_trace (self, "audio_0", " tag tag");
  test_free (self);
}

static void
test_event (void)
{
  Test *self = test_new ();
  GstRtmpTrack *video, *audio;

  g_assert_false (gst_rtmp_tracks_push_event (self->tracks,
          gst_event_new_eos ()));
  begin_both (self, &video, &audio);
  g_assert_true (gst_rtmp_tracks_push_event (self->tracks,
          gst_event_new_eos ()));
  assert_trace (self, "video_0", " eos");
  assert_trace (self, "audio_0", " eos");
  test_free (self);
}

/* Ends */

static void
test_discont (void)
{
  Test *self = test_new ();
  GstRtmpTrack *video, *audio;

  begin_both (self, &video, &audio);
  video->is_discont = audio->is_discont = FALSE;
  gst_rtmp_tracks_discont (self->tracks);
  g_assert_true (video->is_discont && audio->is_discont);
  test_free (self);
}

static void
test_flush_held (void)
{
  Test *self = test_new ();
  GstRtmpTrack *video = add_track (self, VIDEO, 0);

  push_sized (self, video, 0, HELD_BYTES);
  g_assert_cmpuint (self->n_alive, ==, 1);
  gst_rtmp_tracks_flush (self->tracks);
  g_assert_cmpuint (self->n_alive, ==, 0);
  /* None of them counts any more, neither bytes nor time. */
  push_sized (self, video, 600, HELD_BYTES);
  g_assert_false (self->t->is_complete);
  gst_rtmp_tracks_show (self->tracks);
  assert_times (self, "video_0", "600/600");
  g_assert_cmpuint (gst_rtmp_output_segment (output (self, "video_0"))->start,
      ==, 600 * GST_MSECOND);
  test_free (self);
}

static void
test_flush (void)
{
  Test *self = test_new ();
  GstRtmpTrack *video, *audio;

  begin_both (self, &video, &audio);
  output (self, "video_0")->flow = GST_FLOW_EOS;
  output (self, "audio_0")->flow = GST_FLOW_EOS;
  push (self, video, 40);
  g_assert_cmpint (push_sized (self, audio, 40, 1), ==, GST_FLOW_EOS);
  gst_rtmp_tracks_flush (self->tracks);
  g_assert_cmpint (gst_rtmp_tracks_get_segment (self->tracks)->format, ==,
      GST_FORMAT_UNDEFINED);
  output (self, "video_0")->flow = GST_FLOW_NOT_LINKED;
  gst_rtmp_demux_test_forget (self->t);
  /* The other one's end is forgotten too. */
  push (self, video, 5000);
  assert_trace (self, "video_0", " segment B");
  g_assert_cmpuint (gst_rtmp_output_segment (output (self, "video_0"))->start,
      ==, 5 * GST_SECOND);
  test_free (self);
}

/* Once a pad refuses, what is left of those held is gone. */
static void
test_flow_of_held (void)
{
  Test *self = test_new ();
  GstRtmpTrack *video = add_track (self, VIDEO, 0);

  self->t->flow = GST_FLOW_ERROR;
  push (self, video, 0);
  push (self, video, 40);
  g_assert_cmpint (push_sized (self, video, 600, 1), ==, GST_FLOW_ERROR);
  assert_times (self, "video_0", "0/0");
  g_assert_cmpuint (self->n_alive, ==, 1);
  test_free (self);
}

static void
test_reset (void)
{
  Test *self = test_new ();
  GstRtmpTrack *video, *audio;

  begin_both (self, &video, &audio);
  gst_rtmp_tracks_set_announced (self->tracks);
  gst_rtmp_tracks_take_tags (self->tracks, new_tags (GST_TAG_SCOPE_GLOBAL,
          "before"));
  gst_rtmp_tracks_reset (self->tracks);
  g_assert_cmpuint (self->t->demux->numsrcpads, ==, 0);
  g_assert_null (gst_rtmp_tracks_find (self->tracks, VIDEO, 0));
  g_ptr_array_set_size (self->t->outputs, 0);
  self->t->is_complete = FALSE;
  /* As new: nothing is announced, waits for both, without tags. */
  push (self, add_track (self, VIDEO, 0), 70);
  g_assert_false (self->t->is_complete);
  push (self, add_track (self, AUDIO, 0), 70);
  assert_trace (self, "video_0",
      " stream-start caps segment stream-collection B");
  g_assert_cmpuint (gst_rtmp_output_segment (output (self, "video_0"))->start,
      ==, 70 * GST_MSECOND);
  test_free (self);
}

int
main (int argc, char **argv)
{
  gst_rtmp_test_init (&argc, &argv);
  g_test_add_func ("/tracks/E-243-find", test_find);
  g_test_add_func ("/tracks/show/both", test_waits_for_both);
  g_test_add_func ("/tracks/show/announced", test_announced);
  g_test_add_func ("/tracks/show/no-longer", test_waits_no_longer);
  g_test_add_func ("/tracks/show/nothing", test_show);
  g_test_add_func ("/tracks/show/held", test_show_held);
  g_test_add_func ("/tracks/show/E-249-late", test_late);
  g_test_add_func ("/tracks/show/late-and-silent", test_late_and_silent);
  g_test_add_func ("/tracks/show/streams", test_streams);
  g_test_add_func ("/tracks/caps/held", test_caps);
  g_test_add_func ("/tracks/caps/of-other", test_caps_of_other);
  g_test_add_func ("/tracks/time/segment", test_segment);
  g_test_add_func ("/tracks/time/E-223-silence", test_silence);
  g_test_add_func ("/tracks/time/gap", test_gap);
  g_test_add_func ("/tracks/time/are-behind", test_are_behind);
  g_test_add_func ("/tracks/events/tags", test_tags);
  g_test_add_func ("/tracks/events/all", test_event);
  g_test_add_func ("/tracks/discont", test_discont);
  g_test_add_func ("/tracks/flush/held", test_flush_held);
  g_test_add_func ("/tracks/flush/flows", test_flush);
  g_test_add_func ("/tracks/flow-of-held", test_flow_of_held);
  g_test_add_func ("/tracks/reset", test_reset);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpresume.h"

/* AVC key frame, AVC inter frame, AVC sequence header, AAC frame. */
#define KEY "\x17\x01\0\0\0"
#define INTER "\x27\x01\0\0\0"
#define HEADER "\x17\0\0\0\0"
#define SOUND "\xAF\x01"

static GstRtmpResumeVerdict
check (GstRtmpResume * resume, guint8 type, const gchar * body,
    guint32 timestamp, guint32 * position)
{
  RtmpMessage message;
  GstRtmpResumeVerdict verdict;

  rtmp_message_init (&message, type, 6, 1, timestamp,
      g_bytes_new_static (body, type == RTMP_MESSAGE_VIDEO ? 5 : 2));
  verdict = gst_rtmp_resume_check (resume, &message, position);
  rtmp_message_clear (&message);
  return verdict;
}

static void
assert_video (GstRtmpResume * resume, const gchar * body, guint32 timestamp,
    GstRtmpResumeVerdict verdict)
{
  guint32 position = 0;

  g_assert_cmpint (check (resume, RTMP_MESSAGE_VIDEO, body, timestamp,
          &position), ==, verdict);
}

static void
assert_audio (GstRtmpResume * resume, guint32 timestamp,
    GstRtmpResumeVerdict verdict)
{
  guint32 position = 0;

  g_assert_cmpint (check (resume, RTMP_MESSAGE_AUDIO, SOUND, timestamp,
          &position), ==, verdict);
}

/* Key frames at 0 and 2000, then to video 2080 and audio 2090. */
static void
play (GstRtmpResume * resume)
{
  gst_rtmp_resume_reset (resume);
  assert_video (resume, HEADER, 0, GST_RTMP_RESUME_PASS);
  assert_video (resume, KEY, 0, GST_RTMP_RESUME_PASS);
  assert_video (resume, KEY, 2000, GST_RTMP_RESUME_PASS);
  assert_video (resume, INTER, 2040, GST_RTMP_RESUME_PASS);
  assert_audio (resume, 2067, GST_RTMP_RESUME_PASS);
  assert_video (resume, INTER, 2080, GST_RTMP_RESUME_PASS);
  assert_audio (resume, 2090, GST_RTMP_RESUME_PASS);
}

static void
test_server_that_goes_on (void)
{
  GstRtmpResume resume;

  play (&resume);
  gst_rtmp_resume_begin (&resume);
  assert_audio (&resume, 2113, GST_RTMP_RESUME_PASS);
  assert_video (&resume, INTER, 2120, GST_RTMP_RESUME_PASS);
}

/* Each kind by itself: what one track has is not what the other has. */
static void
test_server_that_begins_a_little_before (void)
{
  GstRtmpResume resume;

  play (&resume);
  gst_rtmp_resume_begin (&resume);
  assert_video (&resume, HEADER, 0, GST_RTMP_RESUME_DROP);
  assert_video (&resume, KEY, 2000, GST_RTMP_RESUME_DROP);
  assert_audio (&resume, 2090, GST_RTMP_RESUME_DROP);
  assert_video (&resume, INTER, 2080, GST_RTMP_RESUME_DROP);
  assert_video (&resume, INTER, 2085, GST_RTMP_RESUME_PASS);
  assert_audio (&resume, 2090, GST_RTMP_RESUME_DROP);
  assert_audio (&resume, 2113, GST_RTMP_RESUME_PASS);
  /* Caught up: from now on nothing is dropped. */
  assert_video (&resume, INTER, 2000, GST_RTMP_RESUME_PASS);
}

static void
test_server_that_begins_at_zero (void)
{
  GstRtmpResume resume;
  guint32 position = 0;

  play (&resume);
  gst_rtmp_resume_begin (&resume);
  assert_video (&resume, HEADER, 0, GST_RTMP_RESUME_DROP);
  g_assert_cmpint (check (&resume, RTMP_MESSAGE_VIDEO, KEY, 0, &position), ==,
      GST_RTMP_RESUME_SEEK);
  g_assert_cmpuint (position, ==, 1999);
  /* Only once, wherever that leads to. */
  assert_video (&resume, KEY, 1000, GST_RTMP_RESUME_DROP);
  assert_video (&resume, KEY, 3000, GST_RTMP_RESUME_PASS);
}

static void
test_sound_only (void)
{
  GstRtmpResume resume;
  guint32 position = 0;

  gst_rtmp_resume_reset (&resume);
  assert_audio (&resume, 5000, GST_RTMP_RESUME_PASS);
  gst_rtmp_resume_begin (&resume);
  g_assert_cmpint (check (&resume, RTMP_MESSAGE_AUDIO, SOUND, 0, &position), ==,
      GST_RTMP_RESUME_SEEK);
  g_assert_cmpuint (position, ==, 4999);
}

static void
test_nothing_came_before (void)
{
  GstRtmpResume resume;

  gst_rtmp_resume_reset (&resume);
  gst_rtmp_resume_begin (&resume);
  assert_video (&resume, KEY, 0, GST_RTMP_RESUME_PASS);
  assert_audio (&resume, 0, GST_RTMP_RESUME_PASS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/resume/server-goes-on", test_server_that_goes_on);
  g_test_add_func ("/resume/server-begins-a-little-before",
      test_server_that_begins_a_little_before);
  g_test_add_func ("/resume/server-begins-at-zero",
      test_server_that_begins_at_zero);
  g_test_add_func ("/resume/sound-only", test_sound_only);
  g_test_add_func ("/resume/nothing-came-before", test_nothing_came_before);
  return g_test_run ();
}

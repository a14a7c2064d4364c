/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpresume.h"

#include "flvpacket.h"

/* Nearer than that, catching up is quicker than a seek. Milliseconds. */
#define FAR 500

enum
{ AUDIO, VIDEO };

void
gst_rtmp_resume_reset (GstRtmpResume * self)
{
  *self = (GstRtmpResume) {
  0};
}

void
gst_rtmp_resume_begin (GstRtmpResume * self)
{
  self->kinds[AUDIO].catching_up = self->kinds[AUDIO].any;
  self->kinds[VIDEO].catching_up = self->kinds[VIDEO].any;
  self->may_seek = TRUE;
}

static void
note (GstRtmpResume * self, const RtmpMessage * message, guint kind)
{
  self->kinds[kind].any = TRUE;
  self->kinds[kind].catching_up = FALSE;
  self->kinds[kind].last = message->timestamp;
  if (kind == AUDIO ? !self->kinds[VIDEO].any
      : flv_video_is_keyframe (message->payload))
    self->key = message->timestamp;
}

static gboolean
is_sequence_header (const RtmpMessage * message)
{
  return flv_is_sequence_header (message->type == RTMP_MESSAGE_AUDIO
      ? FLV_TAG_AUDIO : FLV_TAG_VIDEO, message->payload);
}

GstRtmpResumeVerdict
gst_rtmp_resume_check (GstRtmpResume * self, const RtmpMessage * message,
    guint32 * position)
{
  guint kind = message->type == RTMP_MESSAGE_VIDEO ? VIDEO : AUDIO;
  gint32 ahead = (gint32) (message->timestamp - self->kinds[kind].last);

  if (message->type != RTMP_MESSAGE_AUDIO
      && message->type != RTMP_MESSAGE_VIDEO)
    return GST_RTMP_RESUME_PASS;
  if (!self->kinds[kind].catching_up || ahead > 0) {
    note (self, message, kind);
    return GST_RTMP_RESUME_PASS;
  }
  if (ahead > -FAR || !self->may_seek || is_sequence_header (message))
    return GST_RTMP_RESUME_DROP;
  /* One before it: some servers go to the key frame behind, some to the one
   * before the time that they are told. */
  *position = MAX (self->key, 1) - 1;
  self->may_seek = FALSE;
  return GST_RTMP_RESUME_SEEK;
}

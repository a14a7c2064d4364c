/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpdropper.h"

#include "flvpacket.h"

#define BEGIN 100
#define END 75
#define OVERFLOW 200

void
gst_rtmp_dropper_reset (GstRtmpDropper * self, GstRtmpDropPolicy policy)
{
  *self = (GstRtmpDropper) {
  .policy = policy};
}

static gboolean
admit_video (GstRtmpDropper * self, gboolean key, guint percent)
{
  if (percent >= BEGIN)
    self->dropping = TRUE;
  else if (key && percent < END)
    self->dropping = FALSE;
  if (!self->dropping)
    return TRUE;
  return key && self->policy == GST_RTMP_DROP_NON_KEY && percent < OVERFLOW;
}

gboolean
gst_rtmp_dropper_admit (GstRtmpDropper * self, const FlvTag * tag,
    guint percent)
{
  gboolean admit = TRUE;

  if (self->policy == GST_RTMP_DROP_NONE
      || flv_configuration (tag->type, tag->body) != 0)
    return TRUE;
  if (tag->type == FLV_TAG_VIDEO) {
    admit = admit_video (self, flv_video_is_keyframe (tag->body), percent);
    self->dropped_video += !admit;
  } else if (tag->type == FLV_TAG_AUDIO) {
    admit = percent < OVERFLOW;
    self->dropped_audio += !admit;
  }
  return admit;
}

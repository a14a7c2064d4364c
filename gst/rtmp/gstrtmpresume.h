/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "rtmpmessage.h"

G_BEGIN_DECLS

/**
 * GstRtmpResume:
 *
 * Goes on exactly where a recorded stream was paused. A server should then send
 * what has a greater time than the one it was told (RTMP 1.0, 7.2.2.8); some
 * begin a little before, and nginx-rtmp begins at 0. What came already is
 * dropped, by kind, and a server that begins far away is asked to seek: to the
 * last key frame that came, from where any server gets to the right place.
 * All zeros is ready for use.
 *
 * Since: 0.1
 */
typedef struct
{
  struct
  {
    gboolean any;
    gboolean catching_up;
    guint32 last;               /* timestamp */
  } kinds[2];                   /* audio, video */
  guint32 key;                  /* timestamp of the last key frame */
  gboolean may_seek;
} GstRtmpResume;

typedef enum
{
  GST_RTMP_RESUME_PASS,
  GST_RTMP_RESUME_DROP,
  GST_RTMP_RESUME_SEEK,         /* drop, and seek to the position given */
} GstRtmpResumeVerdict;

void gst_rtmp_resume_reset (GstRtmpResume * self);

/* Playing goes on. */
void gst_rtmp_resume_begin (GstRtmpResume * self);

/* For each message that arrives. @position (out): milliseconds. */
GstRtmpResumeVerdict gst_rtmp_resume_check (GstRtmpResume * self,
    const RtmpMessage * message, guint32 * position);

G_END_DECLS

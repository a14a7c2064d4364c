/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/check/gstharness.h>

#include "flvscript.h"
#include "gstrtmptest.h"

G_BEGIN_DECLS

/**
 * GstRtmpMuxTest:
 * @out: what rtmpmux gives, at its leisure
 *
 * An rtmpmux between harnesses, told what to take in words:
 *
 * |[
 * v0.avc         pad video_0, made if need be, gets caps of H.264
 * v0=40          a key frame; decoded and presented at 40 ms
 * v0=40/80       an inter frame; presented at 80 ms; "-" is none
 * a0.gap=40+20   a gap event
 * a0.segment=40  what is at 40 is at 0 in running time
 * a0.tag=A       title A
 * a0.script=x    an event of script data, called x, with the number 1
 * a0.eos a0.flush a0.release
 * ]|
 *
 * and read back in words, as gst_rtmp_mux_test_describe() has them.
 */
typedef struct
{
  GstElement *mux;
  GstBus *bus;
  GstHarness *out;
  GHashTable *pads;             /* name: GstHarness */
} GstRtmpMuxTest;

/* @properties: of gst_parse_launch() */
GstRtmpMuxTest *gst_rtmp_mux_test_new (const gchar * properties);
void gst_rtmp_mux_test_free (GstRtmpMuxTest * self);

/* By the names of codecs in words. (transfer full) */
GstCaps *gst_rtmp_mux_test_caps (const gchar * codec);
/* (transfer none): made if need be. */
GstHarness *gst_rtmp_mux_test_pad (GstRtmpMuxTest * self, const gchar * name);
/* Words, separated by blanks; all pushes must succeed. */
void gst_rtmp_mux_test_feed (GstRtmpMuxTest * self, const gchar * words);
/* A frame of 3 bytes. (transfer full) */
GstBuffer *gst_rtmp_mux_test_frame (const gchar * times);
/* The end of all pads. */
void gst_rtmp_mux_test_end (GstRtmpMuxTest * self);

/* What comes next, as many tags as @words has lines. */
void gst_rtmp_mux_test_expect (GstRtmpMuxTest * self, const gchar * words);
/* And nothing after it but the end. */
void gst_rtmp_mux_test_expect_end (GstRtmpMuxTest * self,
    const gchar * words);

/* One tag, or file header: "file av", "40 onMetaData", "40 v0 key +80"; V and A
 * where there is a FourCC. (transfer full) */
gchar *gst_rtmp_mux_test_describe (GstBuffer * tag);
/* The tag's body, as script data. (transfer full) for @script's contents. */
void gst_rtmp_mux_test_script (GstBuffer * tag, FlvScript * script);
/* The error on the bus; (transfer full) */
GError *gst_rtmp_mux_test_error (GstRtmpMuxTest * self);

G_END_DECLS

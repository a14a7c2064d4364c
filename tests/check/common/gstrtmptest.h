/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "rtmpmessage.h"
#include "rtmptestserver.h"

G_BEGIN_DECLS

/* g_test_init(), gst_init(), and our elements, which are linked in. */
void gst_rtmp_test_init (int *argc, char ***argv);

/* The path of tests/files/media/@name, and what is in it. */
gchar *gst_rtmp_test_path (const gchar * name);
GBytes *gst_rtmp_test_read (const gchar * name);

/* Media as messages: type, timestamp and payload count. (transfer full), an
 * array of RtmpMessage */
GPtrArray *gst_rtmp_test_media_new (void);
/* (transfer full) for @payload. */
void gst_rtmp_test_media_add (GPtrArray * media, RtmpMessageType type,
    guint32 timestamp, GBytes * payload);
/* The tags of @flv. */
GPtrArray *gst_rtmp_test_tags (GBytes * flv);
/* The same as one FLV file. */
GBytes *gst_rtmp_test_flv (GPtrArray * media);
/* One tag. */
GBytes *gst_rtmp_test_tag (const RtmpMessage * message);
/* @size bytes that differ with @n, as a video of no codec. */
GBytes *gst_rtmp_test_payload (guint n, gsize size);
/* @n of those, 10 ms apart. */
GPtrArray *gst_rtmp_test_numbered (guint n, gsize size);

/* The server was published exactly @media: audio, video and data in their
 * order each. */
void gst_rtmp_test_assert_published (RtmpTestServer * server,
    GPtrArray * media);
/* The last commands were FCUnpublish and deleteStream. */
void gst_rtmp_test_assert_stopped (RtmpTestServer * server);

/**
 * GstRtmpTest:
 *
 * A pipeline, and all that it ever told its bus.
 */
typedef struct
{
  GstElement *pipeline;
  GMutex lock;
  GCond cond;
  GPtrArray *messages;          /* of GstMessage, under lock */
} GstRtmpTest;

/* Of gst_parse_launch(). */
GstRtmpTest *gst_rtmp_test_new (const gchar * format, ...) G_GNUC_PRINTF (1, 2);
/* To NULL, and gone: nothing may be left of it. */
void gst_rtmp_test_free (GstRtmpTest * self);
/* (transfer none) */
GstElement *gst_rtmp_test_element (GstRtmpTest * self, const gchar * name);

/* These wait, and fail the test when it takes too long. What they return is
 * borrowed and lives as long as the test. */
void gst_rtmp_test_set_state (GstRtmpTest * self, GstState state);
void gst_rtmp_test_wait_state (GstRtmpTest * self);
/* From the pipeline for EOS, else from any element. The first of several
 * types. */
GstMessage *gst_rtmp_test_wait (GstRtmpTest * self, GstMessageType type);
const GstStructure *gst_rtmp_test_wait_element (GstRtmpTest * self,
    const gchar * name);
void gst_rtmp_test_wait_progress (GstRtmpTest * self, GstProgressType type);

/* All there were so far. */
void gst_rtmp_test_forget (GstRtmpTest * self);

/* How many there were of a type; for progress and elements, of a kind. @from:
 * of one element, %NULL for all. */
guint gst_rtmp_test_count (GstRtmpTest * self, GstMessageType type,
    GstElement * from);
guint gst_rtmp_test_count_progress (GstRtmpTest * self, GstProgressType type);
guint gst_rtmp_test_count_element (GstRtmpTest * self, const gchar * name);
/* @secret stands in nothing that the bus was told. */
void gst_rtmp_test_assert_secret (GstRtmpTest * self, const gchar * secret);

/* The one error that @element told is this one, and its text has @text. */
void gst_rtmp_test_assert_error (GstRtmpTest * self, GstElement * element,
    GQuark domain, gint code, const gchar * text);

G_END_DECLS

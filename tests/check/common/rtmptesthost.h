/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmpchunklink.h"
#include "rtmperror.h"
#include "rtmpserversession.h"

G_BEGIN_DECLS

/* What the host does when it is asked. */
typedef enum
{
  RTMP_TEST_HOST_ACCEPT,
  RTMP_TEST_HOST_REFUSE,
  RTMP_TEST_HOST_IGNORE,
  RTMP_TEST_HOST_CLOSE,
} RtmpTestHostAnswer;

/**
 * RtmpTestHost:
 *
 * A server session with an owner who writes down what it is told and what is
 * sent, a line each, in order. Messages are handed to it as they are, or come
 * through a link.
 *
 * Events begin with "?" where an answer is wanted, and else with "!". Commands
 * read "STREAM: NAME TRANSACTION ARGUMENTS", those that carry no more than a
 * status "STREAM: NAME LEVEL CODE".
 */
typedef struct
{
  RtmpServerConfig config;      /* may be changed up to begin */
  RtmpTestHostAnswer on_connect;
  RtmpTestHostAnswer on_stream;
  gboolean close_when_stopped;
  const gchar *redirect;
  const RtmpSwf *swf;           /* %NULL: none is asked for */
  gboolean refuse_media;
  gboolean digest;              /* looked for in the handshake */
  gboolean quiet;               /* writes nothing down */

  RtmpServerSession *session;
  RtmpChunkLink *link;          /* NULL: none */
  gint64 now;
  GString *said;
  GString *texts;               /* what connect, publish and play named */
  guint sent;                   /* messages */
  gsize sent_bytes;
  guint messages[256];          /* of media that came, by type */
  guint64 bytes[256];
  GChecksum *checksum;          /* of type, timestamp and payload of it */
  GError *error;
} RtmpTestHost;

/* @self needs no init; a configuration, and no more. */
void rtmp_test_host_init (RtmpTestHost * self);
void rtmp_test_host_begin (RtmpTestHost * self);
/* The same behind a link; @time and @random are those of its hello, %NULL:
 * zeros. */
void rtmp_test_host_begin_link (RtmpTestHost * self, guint32 time,
    const guint8 * random);
void rtmp_test_host_clear (RtmpTestHost * self);

/* A message of the client; (transfer full) for @payload. */
gboolean rtmp_test_host_message (RtmpTestHost * self, guint8 type,
    guint32 stream, guint32 timestamp, GBytes * payload);
/* (self, stream, name, transaction, values...): one that must be taken. */
#define rtmp_test_host_call(self, stream, ...) \
  g_assert_true (rtmp_test_host_message ((self), RTMP_MESSAGE_COMMAND_AMF0, \
          (stream), 0, rtmp_command_write (__VA_ARGS__, NULL)))
/* publish or play of @name. */
void rtmp_test_host_ask (RtmpTestHost * self, guint32 stream,
    const gchar * call, const gchar * name);

/* Begins, connects, and creates streams 1 to @streams; what was said is out of
 * the way. */
void rtmp_test_host_reach (RtmpTestHost * self, guint streams);

/* What has been said since the last check, and that all went well. */
void rtmp_test_host_check (RtmpTestHost * self, const gchar * expected);
void rtmp_test_host_check_error (RtmpTestHost * self, RtmpError code,
    const gchar * message);

/* Adds a message of audio, video or data to what is compared. */
void rtmp_test_add_media (GChecksum * checksum, const RtmpMessage * message);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "rtmpscriptedpeer.h"

G_BEGIN_DECLS

/* How long a test waits for what must come; it fails then. */
#define RTMP_TEST_PATIENCE (40 * G_USEC_PER_SEC)

/* How far a client has come with us. */
typedef enum
{
  RTMP_TEST_STEP_NONE,
  RTMP_TEST_STEP_ACCEPT,        /* it is connected; nothing has been read */
  RTMP_TEST_STEP_HELLO,         /* its first bytes are there; no answer yet */
  RTMP_TEST_STEP_ECHO,          /* part of the handshake is sent, no more */
  RTMP_TEST_STEP_CONNECT,       /* the command came; no answer yet */
  RTMP_TEST_STEP_CREATE_STREAM,
  RTMP_TEST_STEP_START,         /* publish or play */
  RTMP_TEST_STEP_RUNNING,       /* that was answered */
  RTMP_TEST_STEP_MEDIA,         /* so many messages were published, or started
                                 * has played some */
  RTMP_TEST_STEP_STOP,          /* deleteStream */
} RtmpTestStep;

/* What goes wrong, from there on; several may. Whatever it is, no message is
 * answered any more: none of them is silence. */
typedef enum
{
  RTMP_TEST_FAULT_SILENCE = 0,
  RTMP_TEST_FAULT_REFUSE = 1 << 0,      /* _error, or a status of level error */
  RTMP_TEST_FAULT_SAY = 1 << 1, /* some bytes */
  RTMP_TEST_FAULT_CLOSE = 1 << 2,       /* the end of our output, after those */
  RTMP_TEST_FAULT_RESET = 1 << 3,       /* the same with no good manners */
  RTMP_TEST_FAULT_DEAF = 1 << 4,        /* nothing is read any more */
} RtmpTestFault;

typedef struct _RtmpTestServer RtmpTestServer;

/**
 * RtmpTestPlan:
 * @step: where @fault happens
 * @media: for %RTMP_TEST_STEP_MEDIA: after how many published
 * @handshake: for %RTMP_TEST_STEP_ECHO: so many bytes of S0, S1 and S2; 0: S0
 *   and S1
 * @code: what a refusal says
 * @say: what %RTMP_TEST_FAULT_SAY sends; borrowed
 * @write_size: bytes written at once; 0: as many as there are
 * @small_window: the socket takes little before it is read
 * @keep_open: the client's end of output is not answered with ours
 * @tls: it speaks TLS
 * @certificate: with this one of tests/files/tls; %NULL: server.pem
 * @client_authority: and only with clients whose certificate is from this one
 * @address: where it listens; %NULL: 127.0.0.1
 * @port: and on what; 0: any
 * @started: publish or play has been answered. In the server's thread, locked;
 *   what it sends goes out when it returns.
 *
 * All zeros is an ordinary server. Strings are borrowed.
 */
typedef struct
{
  RtmpTestStep step;
  RtmpTestFault fault;
  guint media;
  gsize handshake;
  const gchar *code;
  const gchar *description;
  GBytes *say;
  gsize write_size;
  gboolean small_window;
  gboolean keep_open;
  gboolean tls;
  const gchar *certificate;
  const gchar *client_authority;
  const gchar *address;
  guint16 port;
  RtmpScriptedPeerFunc started;
  gpointer user_data;
} RtmpTestPlan;

/**
 * RtmpTestServer:
 *
 * A scripted peer behind a real socket on 127.0.0.1, in a thread of its own.
 * Each connection gets a peer; the functions below speak of the last one.
 */
RtmpTestServer *rtmp_test_server_new (const RtmpTestPlan * plan);
/* Ends every connection at once. */
void rtmp_test_server_free (RtmpTestServer * self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmpTestServer, rtmp_test_server_free)

guint16 rtmp_test_server_port (const RtmpTestServer * self);
/* "rtmp://127.0.0.1:PORT/live/" and @stream. (transfer full) */
gchar *rtmp_test_server_url (const RtmpTestServer * self,
    const gchar * stream);

/* Runs @func in the server's thread, locked, and waits for it. */
typedef void (*RtmpTestServerFunc) (RtmpScriptedPeer * peer,
    gpointer user_data);
void rtmp_test_server_call (RtmpTestServer * self, RtmpTestServerFunc func,
    gpointer user_data);

/* Ends our output, or the connection, once what is to be sent is. */
void rtmp_test_server_close (RtmpTestServer * self);
void rtmp_test_server_reset (RtmpTestServer * self);
/* FALSE: what comes stays in the socket. */
void rtmp_test_server_set_reading (RtmpTestServer * self, gboolean reading);

/* All of these wait, and fail the test when it takes too long. */
void rtmp_test_server_wait_step (RtmpTestServer * self, RtmpTestStep step);
/* So many audio and video messages were published. */
void rtmp_test_server_wait_media (RtmpTestServer * self, guint n);
void rtmp_test_server_wait_type (RtmpTestServer * self, RtmpMessageType type,
    guint n);
/* The client has ended its output, or the connection. */
void rtmp_test_server_wait_end (RtmpTestServer * self);

guint rtmp_test_server_n_connections (RtmpTestServer * self);

/* What came, for looking at: between these the server stands still. */
RtmpScriptedPeer *rtmp_test_server_lock (RtmpTestServer * self);
void rtmp_test_server_unlock (RtmpTestServer * self);

/**
 * RtmpTestFullPort:
 *
 * A port of 127.0.0.1 that neither takes nor refuses connections: its backlog
 * is full.
 */
typedef struct _RtmpTestFullPort RtmpTestFullPort;

RtmpTestFullPort *rtmp_test_full_port_new (void);
/* At another address, and on @port. */
RtmpTestFullPort *rtmp_test_full_port_new_at (const gchar * address,
    guint16 port);
void rtmp_test_full_port_free (RtmpTestFullPort * self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmpTestFullPort, rtmp_test_full_port_free)
guint16 rtmp_test_full_port_port (const RtmpTestFullPort * self);

/* A port that nothing listens on. */
guint16 rtmp_test_dead_port (void);

/* TRUE: the test is skipped, since @culprit is known to leak there and
 * AddressSanitizer looks on. */
gboolean rtmp_test_skip_leak (const gchar * culprit);

/* Files and sockets that the process has open. Not what main contexts are woken
 * by: a context lives as long as whoever has still to answer into it, as GLib's
 * thread that does a TLS handshake. */
guint rtmp_test_count_fds (void);
void rtmp_test_assert_fds (guint most);

G_END_DECLS

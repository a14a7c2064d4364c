/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a dial ends in. How a client gets through it all is in rtmpclient.c and
 * rtmpclientconnect.c. */
#include "rtmpdialer.h"

#include <string.h>

#include "rtmperror.h"
#include "rtmploop.h"
#include "rtmptestserver.h"

#define SHORT_TIMEOUT (300 * 1000)
#define TIMEOUT (5 * G_USEC_PER_SEC)

typedef struct
{
  guint fds;
  RtmpLoop *loop;
  GCancellable *cancellable;
  RtmpConnectPlan *plan;
  RtmpDialer *dialer;
  gboolean busy;                /* when the end was told */

  GMutex lock;
  GCond cond;
  guint steps;                  /* a bit each */
  guint ends;
  RtmpTransport *transport;     /* of the last one */
  GError *error;
} Fixture;

static void
on_step (RtmpClientStep step, gpointer user_data)
{
  Fixture *self = user_data;

  g_mutex_lock (&self->lock);
  self->steps |= 1u << step;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
}

static void
end (Fixture * self, RtmpTransport * transport, const GError * error)
{
  g_mutex_lock (&self->lock);
  self->ends++;
  self->transport = transport;
  self->error = error ? g_error_copy (error) : NULL;
  self->busy = rtmp_dialer_is_busy (self->dialer);
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
}

static void
on_connected (RtmpTransport * transport, gpointer user_data)
{
  end (user_data, transport, NULL);
}

static void
on_failed (const GError * error, gpointer user_data)
{
  end (user_data, NULL, error);
}

static const RtmpDialerEvents events = {
  .step = on_step,
  .connected = on_connected,
  .failed = on_failed,
};

static void
fixture_init (Fixture * self, const RtmpClientTarget * target, gint64 timeout)
{
  memset (self, 0, sizeof (*self));
  self->fds = rtmp_test_count_fds ();
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->loop = rtmp_loop_acquire ();
  self->cancellable = g_cancellable_new ();
  self->plan = rtmp_connect_plan_new ("127.0.0.1", target->port,
      target->scheme, "live", "rtmp://127.0.0.1/live", &target->credentials, 0);
  self->dialer = rtmp_dialer_new (target, timeout, self->cancellable, &events,
      self);
}

static void
dial (gpointer user_data)
{
  Fixture *self = user_data;

  rtmp_dialer_dial (self->dialer, self->plan);
}

static void
cancel (gpointer user_data)
{
  Fixture *self = user_data;

  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->transport, rtmp_transport_free);
}

static void
wait_ends (Fixture * self, guint n)
{
  gint64 end = g_get_monotonic_time () + RTMP_TEST_PATIENCE;

  g_mutex_lock (&self->lock);
  while (self->ends < n)
    g_assert_true (g_cond_wait_until (&self->cond, &self->lock, end));
  g_mutex_unlock (&self->lock);
}

static void
wait_step (Fixture * self, RtmpClientStep step)
{
  gint64 end = g_get_monotonic_time () + RTMP_TEST_PATIENCE;

  g_mutex_lock (&self->lock);
  while (!(self->steps & (1u << step)))
    g_assert_true (g_cond_wait_until (&self->cond, &self->lock, end));
  g_mutex_unlock (&self->lock);
}

/* @ends: nothing more was told until all was over. */
static void
fixture_clear (Fixture * self, guint ends)
{
  rtmp_loop_call (self->loop, cancel, self);
  rtmp_dialer_free (self->dialer);
  rtmp_loop_release (self->loop);
  g_assert_cmpuint (self->ends, ==, ends);
  g_clear_error (&self->error);
  rtmp_connect_plan_free (self->plan);
  g_object_unref (self->cancellable);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  rtmp_test_assert_fds (self->fds);
}

/* By one dialer, to nobody and then to a server. */
static void
test_again (void)
{
  g_autoptr (RtmpTestServer) server = rtmp_test_server_new (NULL);
  const RtmpClientTarget target = {.port = rtmp_test_dead_port () };
  g_autofree gchar *peer = NULL, *expected = NULL;
  Fixture f;

  fixture_init (&f, &target, TIMEOUT);
  rtmp_loop_call (f.loop, dial, &f);
  wait_ends (&f, 1);
  g_assert_error (f.error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  g_assert_false (f.busy);
  g_clear_error (&f.error);
  f.plan->port = rtmp_test_server_port (server);
  rtmp_loop_call (f.loop, dial, &f);
  wait_ends (&f, 2);
  g_assert_no_error (f.error);
  g_assert_false (f.busy);
  g_assert_null (g_main_context_find_source_by_user_data (rtmp_loop_context
          (f.loop), f.dialer));
  peer = rtmp_transport_peer (f.transport);
  expected = g_strdup_printf ("127.0.0.1:%u", f.plan->port);
  g_assert_cmpstr (peer, ==, expected);
  fixture_clear (&f, 2);
}

/* It is told at once, and once. */
static void
test_timeout (void)
{
  RtmpTestFullPort *full = rtmp_test_full_port_new ();
  const RtmpClientTarget target = {.port = rtmp_test_full_port_port (full) };
  Fixture f;

  fixture_init (&f, &target, SHORT_TIMEOUT);
  rtmp_loop_call (f.loop, dial, &f);
  wait_ends (&f, 1);
  g_assert_error (f.error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_true (f.busy);
  g_assert_true (g_cancellable_is_cancelled (f.cancellable));
  fixture_clear (&f, 1);
  rtmp_test_full_port_free (full);
}

static void
test_cancel (void)
{
  RtmpTestFullPort *full = rtmp_test_full_port_new ();
  const RtmpClientTarget target = {.port = rtmp_test_full_port_port (full) };
  Fixture f;

  fixture_init (&f, &target, 0);
  rtmp_loop_call (f.loop, dial, &f);
  wait_step (&f, RTMP_CLIENT_STEP_CONNECT);
  fixture_clear (&f, 0);
  rtmp_test_full_port_free (full);
}

static void
test_cancelled_before (void)
{
  g_autoptr (RtmpTestServer) server = rtmp_test_server_new (NULL);
  const RtmpClientTarget target = {.port = rtmp_test_server_port (server) };
  Fixture f;

  fixture_init (&f, &target, TIMEOUT);
  g_cancellable_cancel (f.cancellable);
  rtmp_loop_call (f.loop, dial, &f);
  fixture_clear (&f, 0);
  g_assert_cmpuint (rtmp_test_server_n_connections (server), ==, 0);
}

static void
test_scheme (void)
{
  const RtmpClientTarget target = {.port = 1935,.scheme = RTMP_SCHEME_RTMFP };
  Fixture f;

  fixture_init (&f, &target, TIMEOUT);
  rtmp_loop_call (f.loop, dial, &f);
  g_assert_error (f.error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED);
  fixture_clear (&f, 1);
}

/* No connection without the file. */
static void
test_swf (void)
{
  g_autoptr (RtmpTestServer) server = rtmp_test_server_new (NULL);
  const RtmpClientTarget target = {.port = rtmp_test_server_port (server),
    .swf_file = "/nowhere/player.swf"
  };
  Fixture f;

  fixture_init (&f, &target, TIMEOUT);
  rtmp_loop_call (f.loop, dial, &f);
  wait_ends (&f, 1);
  g_assert_error (f.error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED);
  g_assert_null (rtmp_dialer_swf (f.dialer));
  fixture_clear (&f, 1);
  g_assert_cmpuint (rtmp_test_server_n_connections (server), ==, 0);
}

/* Threads and files that GIO opens once. */
static void
warm_up (void)
{
  const RtmpClientTarget target = {.port = rtmp_test_dead_port () };
  Fixture f;

  fixture_init (&f, &target, TIMEOUT);
  f.fds = G_MAXUINT;
  rtmp_loop_call (f.loop, dial, &f);
  wait_ends (&f, 1);
  fixture_clear (&f, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  warm_up ();
  g_test_add_func ("/dialer/again", test_again);
  g_test_add_func ("/dialer/timeout", test_timeout);
  g_test_add_func ("/dialer/cancel", test_cancel);
  g_test_add_func ("/dialer/cancelled-before", test_cancelled_before);
  g_test_add_func ("/dialer/scheme", test_scheme);
  g_test_add_func ("/dialer/swf", test_swf);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmptest.h"

#include "rtmploop.h"
#include "rtmptestresolver.h"

/* Where an element is stopped. There is no time limit that would help: a stop
 * that waits for the network hangs until the test is killed. */
typedef enum
{
  PLACE_SERVER,                 /* at a step of it */
  PLACE_RESOLVE,
  PLACE_CONNECT,
  PLACE_TLS,
  PLACE_DRAIN,
} Place;

typedef struct
{
  const gchar *name;
  gboolean publish;
  Place place;
  RtmpTestStep step;            /* where the server goes silent */
} Case;

#define EACH(name, place, step) \
  {"publish/" name, TRUE, place, step}, {"play/" name, FALSE, place, step}

static const Case cases[] = {
  EACH ("resolve", PLACE_RESOLVE, 0),
  EACH ("tcp", PLACE_CONNECT, 0),
  EACH ("tls", PLACE_TLS, RTMP_TEST_STEP_HELLO),
  EACH ("accepted", PLACE_SERVER, RTMP_TEST_STEP_ACCEPT),
  EACH ("hello", PLACE_SERVER, RTMP_TEST_STEP_HELLO),
  EACH ("echo", PLACE_SERVER, RTMP_TEST_STEP_ECHO),
  EACH ("connect", PLACE_SERVER, RTMP_TEST_STEP_CONNECT),
  EACH ("create-stream", PLACE_SERVER, RTMP_TEST_STEP_CREATE_STREAM),
  EACH ("start", PLACE_SERVER, RTMP_TEST_STEP_START),
  EACH ("running", PLACE_SERVER, RTMP_TEST_STEP_RUNNING),
  {"publish/media", TRUE, PLACE_SERVER, RTMP_TEST_STEP_MEDIA},
  {"publish/draining", TRUE, PLACE_DRAIN, 0},
};

/* What must be as before */

typedef struct
{
  RtmpLoop *loops[RTMP_LOOP_MAX];       /* held, to look into them */
  guint sources[RTMP_LOOP_MAX];
  guint n_loops;
  guint fds;
} State;

static GSourceFuncs no_funcs = { NULL, };

/* Numbers are given out in order, and a probe has the last one. */
static guint
count_sources (RtmpLoop * loop)
{
  GMainContext *context = rtmp_loop_context (loop);
  GSource *probe = g_source_new (&no_funcs, sizeof (GSource));
  guint i, n = 0, last = g_source_attach (probe, context);

  for (i = 1; i < last; i++)
    n += g_main_context_find_source_by_id (context, i) != NULL;
  g_source_destroy (probe);
  g_source_unref (probe);
  return n;
}

/* What GLib's threads of TLS have under way when they are cancelled, they still
 * bring to an end. */
static void
assert_sources (RtmpLoop * loop, guint n)
{
  gint64 end = g_get_monotonic_time () + RTMP_TEST_PATIENCE;

  while (count_sources (loop) != n && g_get_monotonic_time () < end)
    g_thread_yield ();
  g_assert_cmpuint (count_sources (loop), ==, n);
}

static guint
count_loop_threads (void)
{
  GDir *dir = g_dir_open ("/proc/self/task", 0, NULL);
  const gchar *task;
  guint n = 0;

  while ((task = g_dir_read_name (dir))) {
    g_autofree gchar *path =
        g_build_filename ("/proc/self/task", task, "comm", NULL);
    g_autofree gchar *name = NULL;

    n += g_file_get_contents (path, &name, NULL, NULL)
        && g_str_equal (name, "rtmp-loop\n");
  }
  g_dir_close (dir);
  return n;
}

/* A thread takes its name when it runs first. */
static void
assert_loop_threads (guint n)
{
  gint64 end = g_get_monotonic_time () + RTMP_TEST_PATIENCE;

  while (count_loop_threads () != n && g_get_monotonic_time () < end)
    g_thread_yield ();
  g_assert_cmpuint (count_loop_threads (), ==, n);
}

static void
state_init (State * self)
{
  guint i;

  self->n_loops = MIN (RTMP_LOOP_MAX, g_get_num_processors ());
  for (i = 0; i < self->n_loops; i++) {
    self->loops[i] = rtmp_loop_acquire ();
    self->sources[i] = count_sources (self->loops[i]);
  }
  assert_loop_threads (self->n_loops);
  self->fds = rtmp_test_count_fds ();
}

static void
state_check (State * self)
{
  guint i;

  rtmp_test_assert_fds (self->fds);
  for (i = 0; i < self->n_loops; i++) {
    assert_sources (self->loops[i], self->sources[i]);
    rtmp_loop_release (self->loops[i]);
  }
  g_assert_cmpuint (rtmp_loop_count (), ==, 0);
  assert_loop_threads (0);
}

/* An element on its way */

typedef struct
{
  const Case *c;
  RtmpTestServer *server;
  RtmpTestFullPort *full_port;
  GResolver *resolver;
  GstRtmpTest *test;
} Run;

static gchar *
make_location (Run * self)
{
  const gchar *scheme = "rtmp", *host = "127.0.0.1";
  guint port = rtmp_test_server_port (self->server);

  if (self->c->place == PLACE_RESOLVE) {
    host = "server.test";
    self->resolver = rtmp_test_resolver_use (FALSE);
  } else if (self->c->place == PLACE_CONNECT) {
    self->full_port = rtmp_test_full_port_new ();
    port = rtmp_test_full_port_port (self->full_port);
  } else if (self->c->place == PLACE_TLS) {
    scheme = "rtmps";
  }
  return g_strdup_printf ("%s://%s:%u/live/x", scheme, host, port);
}

static void
run_init (Run * self, const Case * c)
{
  const RtmpTestPlan plan = {.step = c->step,.media = 1,.keep_open = TRUE };
  g_autofree gchar *location = NULL;

  self->c = c;
  self->server = rtmp_test_server_new (&plan);
  location = make_location (self);
  if (c->publish)
    self->test = gst_rtmp_test_new ("appsrc name=source format=time "
        "max-bytes=0 caps=video/x-flv ! rtmpsink name=rtmp sync=false "
        "max-queue-bytes=5000 timeout=0 eos-timeout=0 location=%s", location);
  else
    self->test = gst_rtmp_test_new ("rtmpsrc name=rtmp timeout=0 location=%s "
        "! fakesink", location);
}

/* More than the queue takes, but for a drain, which is to be reached. */
static void
push (Run * self)
{
  GstElement *source = gst_rtmp_test_element (self->test, "source");
  guint n = self->c->place == PLACE_DRAIN ? 1 : 20;
  GPtrArray *media = gst_rtmp_test_numbered (n, 1000);
  g_autoptr (GBytes) flv = gst_rtmp_test_flv (media);
  g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped_bytes (flv);
  GstFlowReturn flow;

  g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
  g_signal_emit_by_name (source, "end-of-stream", &flow);
  g_ptr_array_unref (media);
}

static void
wait_there (Run * self)
{
  if (self->c->place == PLACE_RESOLVE || self->c->place == PLACE_CONNECT)
    gst_rtmp_test_wait_progress (self->test, GST_PROGRESS_TYPE_CONTINUE);
  else if (self->c->place == PLACE_DRAIN)
    rtmp_test_server_wait_end (self->server);
  else
    rtmp_test_server_wait_step (self->server, self->c->step);
}

/* It was on its way, or it had arrived; and nobody speaks of a failure. */
static void
check_messages (Run * self)
{
  guint canceled = gst_rtmp_test_count_progress (self->test,
      GST_PROGRESS_TYPE_CANCELED);
  guint complete = gst_rtmp_test_count_progress (self->test,
      GST_PROGRESS_TYPE_COMPLETE);

  g_assert_cmpuint (canceled + complete, ==, 1);
  if (self->c->place != PLACE_DRAIN && self->c->step < RTMP_TEST_STEP_RUNNING)
    g_assert_cmpuint (canceled, ==, 1);
  g_assert_cmpuint (gst_rtmp_test_count_progress (self->test,
          GST_PROGRESS_TYPE_ERROR), ==, 0);
  g_assert_cmpuint (gst_rtmp_test_count (self->test, GST_MESSAGE_ERROR, NULL),
      ==, 0);
  g_assert_cmpuint (gst_rtmp_test_count (self->test, GST_MESSAGE_EOS, NULL),
      ==, 0);
}

static void
run_clear (Run * self)
{
  rtmp_test_server_free (self->server);
  g_clear_pointer (&self->full_port, rtmp_test_full_port_free);
  g_clear_pointer (&self->resolver, rtmp_test_resolver_restore);
}

static void
test_cancel (gconstpointer c)
{
  GWeakRef element;
  State before;
  Run run = { NULL, };

  state_init (&before);
  run_init (&run, c);
  g_weak_ref_init (&element, gst_rtmp_test_element (run.test, "rtmp"));
  if (run.c->publish)
    push (&run);
  gst_rtmp_test_set_state (run.test, GST_STATE_PLAYING);
  wait_there (&run);
  g_assert_cmpint (gst_element_set_state (run.test->pipeline, GST_STATE_NULL),
      ==, GST_STATE_CHANGE_SUCCESS);
  check_messages (&run);
  gst_rtmp_test_free (run.test);
  g_assert_null (g_weak_ref_get (&element));
  g_weak_ref_clear (&element);
  run_clear (&run);
  state_check (&before);
}

/* Again and again, at no step in particular. */
static void
test_at_once (void)
{
  static const Case at_once[] = { EACH ("at-once", PLACE_SERVER, 0) };
  State before;
  guint i;

  state_init (&before);
  for (i = 0; i < 40; i++) {
    Run run = { NULL, };

    run_init (&run, &at_once[i % 2]);
    gst_rtmp_test_set_state (run.test, GST_STATE_PLAYING);
    gst_rtmp_test_free (run.test);
    run_clear (&run);
  }
  state_check (&before);
}

/* What GLib opens once and keeps. */
static void
warm_up (void)
{
  static const Case tls = { "warm-up", FALSE, PLACE_TLS, RTMP_TEST_STEP_HELLO };
  Run run = { NULL, };

  run_init (&run, &tls);
  gst_rtmp_test_set_state (run.test, GST_STATE_PLAYING);
  wait_there (&run);
  gst_rtmp_test_free (run.test);
  run_clear (&run);
}

int
main (int argc, char **argv)
{
  guint i;

  gst_rtmp_test_init (&argc, &argv);
  warm_up ();
  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *path = g_strconcat ("/cancel/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_cancel);
  }
  g_test_add_func ("/cancel/at-once", test_at_once);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmptest.h"

#include <errno.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "rtmploop.h"

/* Each call of ours that can fail fails in turn. The linker puts these in place
 * of GLib's functions (--wrap, in meson.build): in this program only, and only
 * for what is linked into it, which is our code and the test's. */

#define MEDIA 20
#define MEDIA_SIZE 1000

typedef enum
{
  FAULT_CLOSED,                 /* fails, and the connection is dead */
  FAULT_FAILED,                 /* fails, but the connection is not */
  FAULT_END,                    /* reading ends; writing is cut short */
  FAULT_WOULD_BLOCK,            /* not now: not even a failure */
} Fault;

/* What befalls every call. */
typedef enum
{ WEATHER_FAIR, WEATHER_BYTES, WEATHER_PAUSES } Weather;

static struct
{
  GThread *test_thread;
  gboolean tls;
  Fault fault;
  guint at;                     /* the how many-th call; 0: none */
  gint calls;                   /* atomic: so far */
  Weather weather;
  gint turn;                    /* atomic */
} plan;

/* What is to be failed is ours: not the test's, nor its server's. */
static gboolean
is_ours (void)
{
  gchar name[16];

  prctl (PR_GET_NAME, name);
  return g_thread_self () != plan.test_thread
      && strcmp (name, "test-server") != 0;
}

static gboolean
is_turn (void)
{
  return is_ours ()
      && (guint) g_atomic_int_add (&plan.calls, 1) + 1 == plan.at;
}

static gboolean
is_pause (void)
{
  return plan.weather == WEATHER_PAUSES && is_ours ()
      && g_atomic_int_add (&plan.turn, 1) % 2 == 0;
}

/* @stream, whose call fails, is cut off if it is to be. */
static void
set_fault (gpointer stream, GError ** error)
{
  g_autoptr (GSocket) socket = NULL;

  if (plan.fault == FAULT_CLOSED && stream && !plan.tls) {
    g_object_get (stream, "socket", &socket, NULL);
    shutdown (g_socket_get_fd (socket), SHUT_RDWR);
  }
  g_set_error_literal (error, G_IO_ERROR, plan.fault == FAULT_CLOSED
      ? G_IO_ERROR_CONNECTION_CLOSED : plan.fault == FAULT_WOULD_BLOCK
      ? G_IO_ERROR_WOULD_BLOCK : G_IO_ERROR_HOST_UNREACHABLE, "injected");
}

/* Declared here, since nobody else knows them. */
#define WRAP(type, name, args) \
  type __real_##name args; type __wrap_##name args; type __wrap_##name args

WRAP (gssize, g_pollable_input_stream_read_nonblocking,
    (GPollableInputStream * stream, void *buffer, gsize size,
        GCancellable * cancellable, GError ** error))
{
  if (is_turn ()) {
    if (plan.fault == FAULT_END)
      return 0;
    set_fault (stream, error);
    return -1;
  }
  if (is_pause ()) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "pause");
    return -1;
  }
  if (plan.weather == WEATHER_BYTES && is_ours ())
    size = 1;
  return __real_g_pollable_input_stream_read_nonblocking (stream, buffer, size,
      cancellable, error);
}

WRAP (GPollableReturn, g_pollable_output_stream_writev_nonblocking,
    (GPollableOutputStream * stream, const GOutputVector * vectors,
        gsize n_vectors, gsize * written, GCancellable * cancellable,
        GError ** error))
{
  const GOutputVector one = { vectors->buffer, 1 };
  gboolean turn = is_turn (), cut = turn && plan.fault == FAULT_END;

  *written = 0;
  if ((turn && plan.fault == FAULT_WOULD_BLOCK) || is_pause ())
    return G_POLLABLE_RETURN_WOULD_BLOCK;
  if (turn && !cut) {
    set_fault (stream, error);
    return G_POLLABLE_RETURN_FAILED;
  }
  if (cut || (plan.weather == WEATHER_BYTES && is_ours ())) {
    vectors = &one;
    n_vectors = 1;
  }
  return __real_g_pollable_output_stream_writev_nonblocking (stream, vectors,
      n_vectors, written, cancellable, error);
}

/* What TCP alone is read and written with. */

static gssize
fail_socket (int fd)
{
  if (plan.fault == FAULT_CLOSED)
    shutdown (fd, SHUT_RDWR);
  errno = plan.fault == FAULT_CLOSED ? EPIPE
      : plan.fault == FAULT_WOULD_BLOCK ? EAGAIN : EHOSTUNREACH;
  return -1;
}

WRAP (gssize, recv, (int fd, void *buffer, gsize size, int flags))
{
  if (is_turn ())
    return plan.fault == FAULT_END ? 0 : fail_socket (fd);
  if (is_pause ()) {
    errno = EAGAIN;
    return -1;
  }
  if (plan.weather == WEATHER_BYTES && is_ours ())
    size = 1;
  return __real_recv (fd, buffer, size, flags);
}

WRAP (gssize, sendmsg, (int fd, const struct msghdr * message, int flags))
{
  gboolean turn = is_turn (), cut = turn && plan.fault == FAULT_END;
  struct iovec one = { message->msg_iov->iov_base, 1 };
  const struct msghdr little = {.msg_iov = &one,.msg_iovlen = 1 };

  if (turn && !cut)
    return fail_socket (fd);
  if (is_pause ()) {
    errno = EAGAIN;
    return -1;
  }
  if (cut || (plan.weather == WEATHER_BYTES && is_ours ()))
    message = &little;
  return __real_sendmsg (fd, message, flags);
}

WRAP (GSocketConnection *, g_socket_client_connect_to_host_finish,
    (GSocketClient * client, GAsyncResult * result, GError ** error))
{
  GSocketConnection *connection =
      __real_g_socket_client_connect_to_host_finish (client, result, error);

  if (!is_turn () || plan.fault == FAULT_WOULD_BLOCK)
    return connection;
  g_clear_object (&connection);
  set_fault (NULL, error);
  return NULL;
}

/* Only a connection that has gone refuses this. */
WRAP (gboolean, g_socket_shutdown,
    (GSocket * socket, gboolean read, gboolean write, GError ** error))
{
  if (!is_turn () || plan.fault == FAULT_WOULD_BLOCK)
    return __real_g_socket_shutdown (socket, read, write, error);
  shutdown (g_socket_get_fd (socket), SHUT_RDWR);
  set_fault (NULL, error);
  return FALSE;
}

WRAP (gboolean, g_socket_set_option,
    (GSocket * socket, gint level, gint name, gint value, GError ** error))
{
  if (!is_turn ())
    return __real_g_socket_set_option (socket, level, name, value, error);
  set_fault (NULL, error);
  return FALSE;
}

WRAP (GSocketAddress *, g_socket_get_remote_address,
    (GSocket * socket, GError ** error))
{
  if (!is_turn ())
    return __real_g_socket_get_remote_address (socket, error);
  set_fault (NULL, error);
  return NULL;
}

WRAP (int, getsockopt, (int fd, int level, int name, void *value,
        socklen_t * size))
{
  if (!is_turn ())
    return __real_getsockopt (fd, level, name, value, size);
  errno = ENOPROTOOPT;
  return -1;
}

WRAP (gboolean, gst_memory_map,
    (GstMemory * memory, GstMapInfo * info, GstMapFlags flags))
{
  if (!is_turn () || plan.fault == FAULT_WOULD_BLOCK)
    return __real_gst_memory_map (memory, info, flags);
  return FALSE;
}

/* A stream published, or played, to its end or to an error */

typedef struct
{
  gboolean publish;
  GPtrArray *media;
  RtmpTestServer *server;
  GstRtmpTest *test;
  GMutex lock;
  GByteArray *bytes;            /* that rtmpsrc gave; under lock */
} Run;

static void
play_media (RtmpScriptedPeer * peer, const RtmpMessage * message,
    gpointer user_data)
{
  GPtrArray *media = user_data;
  guint i;

  for (i = 0; i < media->len; i++) {
    const RtmpMessage *m = g_ptr_array_index (media, i);

    rtmp_scripted_peer_send_media (peer, (RtmpMessageType) m->type,
        RTMP_SCRIPTED_PEER_STREAM, m->timestamp, g_bytes_ref (m->payload));
  }
  rtmp_scripted_peer_send_user_control (peer, RTMP_USER_CONTROL_PING_REQUEST,
      7);
  rtmp_scripted_peer_send_status (peer, RTMP_SCRIPTED_PEER_STREAM, "status",
      "NetStream.Play.Stop", "");
}

static gboolean
append (GstBuffer ** buffer, guint index, gpointer user_data)
{
  Run *self = user_data;
  GstMapInfo map;

  g_assert_true (gst_buffer_map (*buffer, &map, GST_MAP_READ));
  g_mutex_lock (&self->lock);
  g_byte_array_append (self->bytes, map.data, (guint) map.size);
  g_mutex_unlock (&self->lock);
  gst_buffer_unmap (*buffer, &map);
  return TRUE;
}

static GstPadProbeReturn
on_output (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER)
    append (&buffer, 0, user_data);
  else
    gst_buffer_list_foreach (GST_PAD_PROBE_INFO_BUFFER_LIST (info), append,
        user_data);
  return GST_PAD_PROBE_OK;
}

static void
make_pipeline (Run * self)
{
  g_autofree gchar *location = rtmp_test_server_url (self->server, "x");
  g_autoptr (GstPad) pad = NULL;

  if (self->publish) {
    self->test = gst_rtmp_test_new ("appsrc name=source format=time "
        "max-bytes=0 caps=video/x-flv ! rtmpsink name=rtmp sync=false "
        "tls-validation-flags=0 location=%s", location);
    return;
  }
  self->test = gst_rtmp_test_new ("rtmpsrc name=rtmp tls-validation-flags=0 "
      "location=%s ! fakesink sync=false", location);
  pad = gst_element_get_static_pad (gst_rtmp_test_element (self->test,
          "rtmp"), "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER
      | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_output, self, NULL);
}

static void
push (Run * self)
{
  GstElement *source = gst_rtmp_test_element (self->test, "source");
  g_autoptr (GBytes) flv = gst_rtmp_test_flv (self->media);
  g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped_bytes (flv);
  GstFlowReturn flow;

  g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
  g_signal_emit_by_name (source, "end-of-stream", &flow);
}

static void
run_init (Run * self, gboolean publish)
{
  RtmpTestPlan server_plan = {.tls = plan.tls };

  self->publish = publish;
  self->media = gst_rtmp_test_numbered (MEDIA, MEDIA_SIZE);
  g_mutex_init (&self->lock);
  self->bytes = g_byte_array_new ();
  if (!publish) {
    server_plan.started = play_media;
    server_plan.user_data = self->media;
  }
  self->server = rtmp_test_server_new (&server_plan);
  make_pipeline (self);
}

/* What the server was published is the start of what was pushed. */
static void
check_published (Run * self, gboolean all)
{
  guint n;

  if (rtmp_test_server_n_connections (self->server) == 0) {
    g_assert_false (all);
    return;
  }
  rtmp_test_server_wait_end (self->server);
  n = rtmp_scripted_peer_count (rtmp_test_server_lock (self->server),
      RTMP_MESSAGE_VIDEO);
  rtmp_test_server_unlock (self->server);
  g_assert_cmpuint (n, <=, self->media->len);
  if (all)
    g_assert_cmpuint (n, ==, self->media->len);
  g_ptr_array_set_size (self->media, n);
  gst_rtmp_test_assert_published (self->server, self->media);
}

/* So with what came out. */
static void
check_played (Run * self, gboolean all)
{
  g_autoptr (GBytes) flv = gst_rtmp_test_flv (self->media);

  g_assert_cmpuint (self->bytes->len, <=, g_bytes_get_size (flv));
  if (all)
    g_assert_cmpuint (self->bytes->len, ==, g_bytes_get_size (flv));
  if (self->bytes->len > 0)
    g_assert_cmpint (memcmp (self->bytes->data, g_bytes_get_data (flv, NULL),
            self->bytes->len), ==, 0);
}

static void
run_clear (Run * self)
{
  gst_rtmp_test_free (self->test);
  rtmp_test_server_free (self->server);
  g_byte_array_unref (self->bytes);
  g_ptr_array_unref (self->media);
  g_mutex_clear (&self->lock);
  g_assert_cmpuint (rtmp_loop_count (), ==, 0);
}

/* Returns: whether it came to its end without an error. */
static gboolean
run (gboolean publish)
{
  GstElement *element;
  gboolean ended;
  guint errors;
  Run self = { 0, };

  run_init (&self, publish);
  element = gst_rtmp_test_element (self.test, "rtmp");
  plan.calls = 0;
  if (publish)
    push (&self);
  gst_element_set_state (self.test->pipeline, GST_STATE_PLAYING);
  ended = gst_rtmp_test_wait (self.test, GST_MESSAGE_EOS | GST_MESSAGE_ERROR)
      ->type == GST_MESSAGE_EOS;
  gst_rtmp_test_set_state (self.test, GST_STATE_NULL);
  errors = gst_rtmp_test_count (self.test, GST_MESSAGE_ERROR, element);
  g_assert_cmpuint (errors, ==, !ended);
  if (publish)
    check_published (&self, ended);
  else
    check_played (&self, ended);
  run_clear (&self);
  return ended;
}

/* Tests */

typedef struct
{
  const gchar *name;
  gboolean publish;
  Fault fault;
} Case;

static const Case cases[] = {
  {"publish/closed", TRUE, FAULT_CLOSED},
  {"publish/failed", TRUE, FAULT_FAILED},
  {"publish/end", TRUE, FAULT_END},
  {"publish/would-block", TRUE, FAULT_WOULD_BLOCK},
  {"play/closed", FALSE, FAULT_CLOSED},
  {"play/failed", FALSE, FAULT_FAILED},
  {"play/end", FALSE, FAULT_END},
  {"play/would-block", FALSE, FAULT_WOULD_BLOCK},
};

/* From the first call to beyond the last. */
static void
test_fault (gconstpointer data)
{
  const Case *c = data;
  guint fds = rtmp_test_count_fds ();
  gboolean ended;

  plan.fault = c->fault;
  plan.at = 0;
  do {
    plan.at++;
    ended = run (c->publish);
    if (c->fault == FAULT_WOULD_BLOCK)
      g_assert_true (ended);
    rtmp_test_assert_fds (fds);
  } while ((guint) plan.calls >= plan.at);
  g_assert_true (ended);
  g_assert_cmpuint (plan.at, >, 10);
  plan.at = 0;
}

static void
test_fault_tls (gconstpointer c)
{
  plan.tls = TRUE;
  test_fault (c);
  plan.tls = FALSE;
}

static void
test_weather (gconstpointer weather)
{
  plan.weather = GPOINTER_TO_UINT (weather);
  g_assert_true (run (TRUE));
  g_assert_true (run (FALSE));
  plan.weather = WEATHER_FAIR;
}

/* What GLib opens once and keeps. */
static void
warm_up (void)
{
  plan.tls = TRUE;
  g_assert_true (run (TRUE));
  plan.tls = FALSE;
}

int
main (int argc, char **argv)
{
  guint i;

  gst_rtmp_test_init (&argc, &argv);
  plan.test_thread = g_thread_self ();
  warm_up ();
  g_test_add_data_func ("/faults/bytes", GUINT_TO_POINTER (WEATHER_BYTES),
      test_weather);
  g_test_add_data_func ("/faults/pauses", GUINT_TO_POINTER (WEATHER_PAUSES),
      test_weather);
  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *plain = g_strconcat ("/faults/", cases[i].name, NULL);
    g_autofree gchar *tls = g_strconcat ("/faults/tls/", cases[i].name, NULL);

    g_test_add_data_func (plain, &cases[i], test_fault);
    g_test_add_data_func (tls, &cases[i], test_fault_tls);
  }
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SWF files, and callers that have to have them. */
#include "rtmpserverfixture.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

#include "rtmpswffile.h"

/* Another program's, of the file below. */
#define HASH \
    "5FBF4DBDDB440AA34F40B18560659BA4C8EC2FE31A209A351BB054D8C7A8EC54"
#define FILE_SIZE 40000

/* A SWF file, compressed or not. (transfer full) */
static GBytes *
make_swf (gboolean compressed)
{
  g_autofree guint8 *file = g_malloc (FILE_SIZE);
  g_autoptr (GConverter) zlib =
      G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB, -1));
  guint8 *packed = g_malloc (FILE_SIZE);
  guint32 size = GUINT32_TO_LE (FILE_SIZE);
  gsize taken, given;
  guint i;

  memcpy (file, compressed ? "CWS\12" : "FWS\12", 4);
  memcpy (file + 4, &size, 4);
  for (i = 8; i < FILE_SIZE; i++)
    file[i] = (guint8) ((i - 8) * 7 + 3);
  memcpy (packed, file, 8);
  if (!compressed) {
    g_free (packed);
    return g_bytes_new_take (g_steal_pointer (&file), FILE_SIZE);
  }
  g_assert_cmpint (g_converter_convert (zlib, file + 8, FILE_SIZE - 8,
          packed + 8, FILE_SIZE - 8, G_CONVERTER_INPUT_AT_END, &taken, &given,
          NULL), ==, G_CONVERTER_FINISHED);
  return g_bytes_new_take (packed, 8 + given);
}

static void
assert_hash (const RtmpSwf * swf)
{
  RtmpSwf expected;

  g_assert_true (rtmp_swf_parse (&expected, HASH, FILE_SIZE, NULL));
  g_assert_cmpuint (swf->size, ==, FILE_SIZE);
  g_assert_cmpmem (swf->hash, sizeof (swf->hash), expected.hash,
      sizeof (expected.hash));
}

static void
assert_loads (const gchar * where, gint64 max_age)
{
  const RtmpSwfFile file = {.where = where,.max_age = max_age };
  g_autoptr (GError) error = NULL;
  RtmpSwf swf = { 0, };

  rtmp_swf_file_load (&file, NULL, &swf, &error);
  g_assert_no_error (error);
  assert_hash (&swf);
}

static void
assert_fails (const gchar * where, const gchar * text)
{
  const RtmpSwfFile file = {.where = where };
  g_autoptr (GError) error = NULL;
  RtmpSwf swf;

  g_assert_false (rtmp_swf_file_load (&file, NULL, &swf, &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, text));
}

/* Files */

typedef struct
{
  gchar *folder;
  gchar *path;
} Place;

static void
place_init (Place * self)
{
  self->folder = g_dir_make_tmp ("swf XXXXXX", NULL);
  self->path = g_build_filename (self->folder, "a player.swf", NULL);
}

static void
place_clear (Place * self)
{
  g_unlink (self->path);
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self->path);
}

static void
place_write (Place * self, GBytes * bytes, gsize size)
{
  g_assert_true (g_file_set_contents (self->path, g_bytes_get_data (bytes,
              NULL), (gssize) size, NULL));
}

static void
test_file (void)
{
  Place place;
  guint i;

  place_init (&place);
  for (i = 0; i < 2; i++) {
    g_autoptr (GBytes) bytes = make_swf (i);
    g_autofree gchar *uri = NULL;

    place_write (&place, bytes, g_bytes_get_size (bytes));
    uri = g_filename_to_uri (place.path, NULL, NULL);
    assert_loads (place.path, 0);
    assert_loads (uri, 0);
    place_write (&place, bytes, g_bytes_get_size (bytes) / 2);
    assert_fails (place.path, "a player.swf\": the SWF file is cut off");
  }
  place_clear (&place);
}

static void
test_bad_file (void)
{
  g_autoptr (GBytes) bytes = make_swf (TRUE);
  Place place;

  place_init (&place);
  assert_fails (place.path, "a player.swf\": ");
  assert_fails (place.folder, "expected a regular file");
  g_assert_cmpint (mkfifo (place.path, 0600), ==, 0);
  assert_fails (place.path, "expected a regular file");
  g_unlink (place.path);
  assert_fails ("gopher://127.0.0.1/a.swf", "gopher://127.0.0.1/a.swf\": ");
  ((guint8 *) g_bytes_get_data (bytes, NULL))[8] ^= 0xff;
  place_write (&place, bytes, g_bytes_get_size (bytes));
  assert_fails (place.path, "a player.swf\": ");
  place_clear (&place);
}

/* Once, unless it was too long ago. */
static void
test_known (void)
{
  g_autoptr (GBytes) bytes = make_swf (TRUE);
  Place place;

  place_init (&place);
  place_write (&place, bytes, g_bytes_get_size (bytes));
  assert_loads (place.path, G_MAXINT64);
  g_unlink (place.path);
  assert_loads (place.path, G_MAXINT64);
  assert_fails (place.path, "a player.swf\": ");
  place_clear (&place);
}

/* A server of files: each connection gets the next answer. */

typedef struct
{
  GSocketListener *listener;
  guint16 port;
  GBytes *const *answers;       /* the last one is given again; NULL: silence */
  guint n_answers;
  guint requests;
  gchar *asked;                 /* by the last one */
  GCancellable *done;
  GThread *thread;
} Web;

static void
web_answer (Web * self, GIOStream * stream)
{
  GInputStream *in = g_io_stream_get_input_stream (stream);
  GString *request = g_string_new (NULL);
  GBytes *answer = self->answers[MIN (self->requests++, self->n_answers - 1)];
  gchar byte;

  while (!g_str_has_suffix (request->str, "\r\n\r\n")
      && g_input_stream_read (in, &byte, 1, self->done, NULL) == 1)
    g_string_append_c (request, byte);
  g_free (self->asked);
  self->asked = g_string_free (request, FALSE);
  if (answer)
    g_output_stream_write_all (g_io_stream_get_output_stream (stream),
        g_bytes_get_data (answer, NULL), g_bytes_get_size (answer), NULL,
        self->done, NULL);
  else
    g_input_stream_read (in, &byte, 1, self->done, NULL);
}

static gpointer
web_thread (gpointer data)
{
  Web *self = data;
  GSocketConnection *connection;

  while ((connection = g_socket_listener_accept (self->listener, NULL,
              self->done, NULL))) {
    web_answer (self, G_IO_STREAM (connection));
    g_object_unref (connection);
  }
  return NULL;
}

static void
web_init (Web * self, GBytes * const *answers, guint n_answers)
{
  memset (self, 0, sizeof (*self));
  self->answers = answers;
  self->n_answers = n_answers;
  self->done = g_cancellable_new ();
  self->listener = g_socket_listener_new ();
  self->port = g_socket_listener_add_any_inet_port (self->listener, NULL, NULL);
  g_assert_cmpuint (self->port, >, 0);
  self->thread = g_thread_new ("web", web_thread, self);
}

/* What it counted may be looked at only then. */
static void
web_stop (Web * self)
{
  g_cancellable_cancel (self->done);
  g_thread_join (self->thread);
}

static void
web_clear (Web * self)
{
  g_object_unref (self->listener);
  g_object_unref (self->done);
  g_free (self->asked);
}

static gchar *
web_url (const Web * self, const gchar * path)
{
  return g_strdup_printf ("http://127.0.0.1:%u%s", self->port, path);
}

static GBytes *
answer_with (const gchar * head, GBytes * body)
{
  GByteArray *all = g_byte_array_new ();

  g_byte_array_append (all, (const guint8 *) head, (guint) strlen (head));
  if (body)
    g_byte_array_append (all, g_bytes_get_data (body, NULL),
        (guint) g_bytes_get_size (body));
  return g_byte_array_free_to_bytes (all);
}

#define OK "HTTP/1.1 200 OK\r\n"

static void
assert_fetched (const gchar * path, const gchar * line,
    GBytes * const *answers, guint n_answers)
{
  g_autofree gchar *url = NULL, *host = NULL;
  Web web;

  web_init (&web, answers, n_answers);
  url = web_url (&web, path);
  host = g_strdup_printf ("\r\nHost: 127.0.0.1:%u\r\n", web.port);
  assert_loads (url, 0);
  web_stop (&web);
  g_assert_cmpuint (web.requests, ==, n_answers);
  g_assert_true (g_str_has_prefix (web.asked, line));
  g_assert_nonnull (strstr (web.asked, host));
  web_clear (&web);
}

static void
test_http (void)
{
  g_autoptr (GBytes) plain = make_swf (FALSE), packed = make_swf (TRUE);
  g_autoptr (GBytes) whole = answer_with (OK "Content-Length: 40000\r\n\r\n",
      plain);
  g_autoptr (GBytes) until_end = answer_with (OK "\r\n", packed);
  g_autoptr (GBytes) moved =
      answer_with ("HTTP/1.1 302 Found\r\nLocation: /else/where.swf\r\n"
      "Content-Length: 0\r\n\r\n", NULL);
  GBytes *const redirected[] = { moved, moved, until_end };

  assert_fetched ("/a%20b.swf?x=1", "GET /a%20b.swf?x=1 HTTP/1.1\r\n", &whole,
      1);
  assert_fetched ("", "GET / HTTP/1.1\r\n", &until_end, 1);
  assert_fetched ("/a.swf", "GET /else/where.swf HTTP/1.1\r\n", redirected, 3);
}

static void
assert_not_fetched (const gchar * answer, guint requests, const gchar * text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (answer, strlen (answer));
  g_autofree gchar *url = NULL;
  Web web;

  web_init (&web, &bytes, 1);
  url = web_url (&web, "/a.swf?s3cr3t");
  assert_fails (url, text);
  web_stop (&web);
  g_assert_cmpuint (web.requests, ==, requests);
  web_clear (&web);
}

static void
test_http_fails (void)
{
  assert_not_fetched ("HTTP/1.1 404 Not Found\r\n\r\n", 1,
      "/a.swf\": the server answered with status 404");
  assert_not_fetched ("HTTP/1.1 302 Found\r\n\r\n", 1, "status 302");
  assert_not_fetched ("HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n"
      "\r\n", 1, "redirects to file, not http");
  assert_not_fetched ("HTTP/1.1 301 Moved\r\nLocation: ?again\r\n\r\n", 6,
      "more than 5 redirects");
  assert_not_fetched ("SSH-2.0-OpenSSH_9.2\r\n\r\n", 1, "/a.swf\": ");
  assert_not_fetched ("", 1, "/a.swf\": ");
  assert_not_fetched (OK "Content-Length: 30\r\n\r\n<html>no such file</html> ",
      1, "begins with FWS or CWS, got 0x3c 0x68 0x74");
  assert_not_fetched (OK "Content-Length: 100\r\n\r\nFWS\12", 1, "/a.swf\": ");
  assert_not_fetched (OK "\r\nFWS\12\50\1\1\1", 1, "cut off");
  assert_fails ("http://", "has no host");
  assert_fails ("http://[::1", "http://[::1\": ");
}

/* Time, and patience */

typedef struct
{
  gboolean done;
  GError *error;
  RtmpSwf swf;
} Waiter;

static void
on_loaded (GObject * source, GAsyncResult * result, gpointer user_data)
{
  Waiter *self = user_data;

  self->done = TRUE;
  rtmp_swf_file_load_finish (result, &self->swf, &self->error);
}

static void
wait_loaded (const Waiter * self)
{
  while (!self->done)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_async (void)
{
  g_autoptr (GBytes) plain = make_swf (FALSE);
  g_autoptr (GBytes) answer = answer_with (OK "\r\n", plain);
  g_autofree gchar *url = NULL;
  Waiter waiter = { 0, };
  RtmpSwfFile file = { 0, };
  Web web;

  web_init (&web, &answer, 1);
  file.where = url = web_url (&web, "/a.swf");
  rtmp_swf_file_load_async (&file, NULL, on_loaded, &waiter);
  wait_loaded (&waiter);
  g_assert_no_error (waiter.error);
  assert_hash (&waiter.swf);
  web_stop (&web);
  web_clear (&web);
}

/* A server that says nothing. */
static void
test_timeout (void)
{
  GBytes *silence = NULL;
  RtmpSwfFile file = {.timeout = 50 * 1000 };
  g_autofree gchar *url = NULL;
  g_autoptr (GError) error = NULL;
  RtmpSwf swf;
  Web web;

  web_init (&web, &silence, 1);
  file.where = url = web_url (&web, "/a.swf");
  g_assert_false (rtmp_swf_file_load (&file, NULL, &swf, &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "not all of it came within 0.05"));
  web_stop (&web);
  web_clear (&web);
}

static void
test_cancel (void)
{
  GBytes *silence = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree gchar *url = NULL;
  Waiter waiter = { 0, };
  RtmpSwfFile file = { 0, };
  Web web;

  web_init (&web, &silence, 1);
  file.where = url = web_url (&web, "/a.swf");
  rtmp_swf_file_load_async (&file, cancellable, on_loaded, &waiter);
  g_cancellable_cancel (cancellable);
  wait_loaded (&waiter);
  g_assert_error (waiter.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_error_free (waiter.error);
  web_stop (&web);
  web_clear (&web);
}

/* Clients */

static void
test_client_loads (void)
{
  RtmpMountConfig config = {.app = "live",.stream = "cam" };
  g_autoptr (GBytes) bytes = make_swf (TRUE);
  FarPlan plan = { 0, };
  guint fds = rtmp_test_count_fds ();
  RtmpServer *server = serve (NULL);
  Place place;
  Host host;
  Far far;

  g_assert_true (rtmp_swf_parse (&config.swf, HASH, FILE_SIZE, NULL));
  place_init (&place);
  plan.swf_file = place.path;
  host_init (&host, server, &config);
  far_play (&far, server, &plan);
  far_wait (&far, "closed: the SWF file \"");
  far_clear (&far);
  place_write (&place, bytes, g_bytes_get_size (bytes));
  far_play (&far, server, &plan);
  far_wait (&far, "running");
  far_clear (&far);
  host_clear (&host);
  place_clear (&place);
  rtmp_server_release (server);
  assert_nothing_left (fds);
}

/* Whoever gives up while it loads does not wait for it. */
static void
test_client_gives_up (void)
{
  guint fds = rtmp_test_count_fds ();
  GBytes *silence = NULL;
  g_autofree gchar *url = NULL;
  FarPlan plan = { 0, };
  Web web;
  Far far;

  web_init (&web, &silence, 1);
  plan.swf_file = url = web_url (&web, "/a.swf");
  far_call_port (&far, web.port, FALSE, &plan);
  far_clear (&far);
  web_stop (&web);
  web_clear (&web);
  assert_nothing_left (fds);
}

/* Who has the right file may; others are told why not, and gone. Of a mount
 * that does not care, everybody may. */
static void
test_callers (void)
{
  const RtmpMountConfig config = {.app = "live",.stream = "cam",
    .swf = {.size = 9,.hash = {1}}
  };
  const RtmpMountConfig other_config = {.publish = TRUE,.app = "",
    .stream = ""
  };
  const FarPlan right = {.swf = config.swf };
  const FarPlan wrong = {.swf = {.size = 9,.hash = {2}} };
  const FarPlan none = { 0, };
  const struct
  {
    const FarPlan *plan;
    const gchar *reason;
  } refused[] = {
    {&wrong, "SWF verification: the client has another file of 9 bytes"},
    {&none, "SWF verification: the client did not answer"},
  };
  guint fds = rtmp_test_count_fds ();
  RtmpServer *server = serve (NULL);
  Host host, other;
  Far far;
  guint i;

  host_init (&host, server, &config);
  host_init (&other, server, &other_config);
  far_play (&far, server, &right);
  far_wait (&far, "running");
  far_clear (&far);
  for (i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autofree gchar *told = g_strconcat ("NetStream.Play.Failed ",
        refused[i].reason, NULL);
    g_autofree gchar *said = g_strconcat ("rejected live/cam: ",
        refused[i].reason, NULL);

    far_play (&far, server, refused[i].plan);
    far_wait (&far, told);
    far_wait (&far, "closed");
    far_clear (&far);
    g_assert_cmpuint (diary_count (&host.diary, said), ==, 1);
  }
  far_publish (&far, server, &none);
  far_wait (&far, "running");
  far_clear (&far);
  host_clear (&other);
  host_clear (&host);
  rtmp_server_release (server);
  assert_nothing_left (fds);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtmpswffile/file", test_file);
  g_test_add_func ("/rtmpswffile/bad-file", test_bad_file);
  g_test_add_func ("/rtmpswffile/known", test_known);
  g_test_add_func ("/rtmpswffile/http", test_http);
  g_test_add_func ("/rtmpswffile/http-fails", test_http_fails);
  g_test_add_func ("/rtmpswffile/async", test_async);
  g_test_add_func ("/rtmpswffile/timeout", test_timeout);
  g_test_add_func ("/rtmpswffile/cancel", test_cancel);
  g_test_add_func ("/rtmpswffile/callers", test_callers);
  g_test_add_func ("/rtmpswffile/client-loads", test_client_loads);
  g_test_add_func ("/rtmpswffile/client-gives-up", test_client_gives_up);
  return g_test_run ();
}

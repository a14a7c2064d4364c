/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpswffile.h"

#include <string.h>

#include "rtmperror.h"
#include "rtmphttp.h"
#include "rtmplimits.h"
#include "rtmplog.h"
#include "rtmploop.h"

#define DEFAULT_TIMEOUT (30 * G_USEC_PER_SEC)
#define BLOCK_SIZE (16 << 10)
#define MAX_REDIRECTS 5

/* Path and query go out as they are written. */
#define URL_FLAGS (G_URI_FLAGS_ENCODED_PATH | G_URI_FLAGS_ENCODED_QUERY)
#define HTTP_PORT 80
#define HTTPS_PORT 443

/* What is under way. */
typedef struct
{
  GCancellable *cancellable;    /* the caller's, and the time that is up */
  RtmpSwfHasher *hasher;
  GConverter *inflater;
} Load;

/* Known hashes */

typedef struct
{
  RtmpSwf swf;
  gint64 time;
} Known;

static GMutex known_lock;
static GHashTable *known;       /* where -> Known; under known_lock */

static gboolean
look_up (const RtmpSwfFile * file, RtmpSwf * swf)
{
  const Known *entry;
  gboolean found;

  g_mutex_lock (&known_lock);
  entry = known ? g_hash_table_lookup (known, file->where) : NULL;
  found = entry && g_get_monotonic_time () - entry->time < file->max_age;
  if (found)
    *swf = entry->swf;
  g_mutex_unlock (&known_lock);
  return found;
}

static void
keep (const gchar * where, const RtmpSwf * swf)
{
  Known *entry = g_new (Known, 1);

  entry->swf = *swf;
  entry->time = g_get_monotonic_time ();
  g_mutex_lock (&known_lock);
  if (known == NULL)
    known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_replace (known, g_strdup (where), entry);
  g_mutex_unlock (&known_lock);
}

/* Hashing */

static gboolean
inflate (const guint8 * in, gsize in_size, gsize * taken, guint8 * out,
    gsize out_size, gsize * given, gboolean * end, gpointer user_data,
    GError ** error)
{
  GError *local = NULL;
  GConverterResult result = g_converter_convert (user_data, in, in_size, out,
      out_size, G_CONVERTER_NO_FLAGS, taken, given, &local);

  *end = result == G_CONVERTER_FINISHED;
  if (result != G_CONVERTER_ERROR)
    return TRUE;
  *taken = *given = 0;
  if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT)) {
    g_error_free (local);
    return TRUE;
  }
  g_propagate_error (error, local);
  return FALSE;
}

static void
begin_hash (Load * self)
{
  g_clear_pointer (&self->hasher, rtmp_swf_hasher_free);
  g_clear_object (&self->inflater);
  self->inflater =
      G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB));
  self->hasher = rtmp_swf_hasher_new (inflate, self->inflater);
}

/* Files */

/* What is none, a pipe for instance, could keep us for ever. */
static gboolean
check_kind (Load * self, GFile * file, GError ** error)
{
  g_autoptr (GFileInfo) info = g_file_query_info (file,
      G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE,
      self->cancellable, error);

  if (info == NULL)
    return FALSE;
  if (g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR)
    return TRUE;
  g_set_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED,
      "expected a regular file");
  return FALSE;
}

static gboolean
read_file (Load * self, const gchar * where, GError ** error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (where);
  g_autoptr (GFileInputStream) stream = NULL;
  guint8 block[BLOCK_SIZE];
  gssize n;

  if (!check_kind (self, file, error))
    return FALSE;
  stream = g_file_read (file, self->cancellable, error);
  if (stream == NULL)
    return FALSE;
  begin_hash (self);
  while ((n = g_input_stream_read (G_INPUT_STREAM (stream), block,
              sizeof (block), self->cancellable, error)) > 0)
    if (!rtmp_swf_hasher_feed (self->hasher, block, (gsize) n, error))
      return FALSE;
  return n == 0;
}

/* HTTP */

static gboolean
is_http (const gchar * scheme)
{
  return g_strcmp0 (scheme, "http") == 0 || g_strcmp0 (scheme, "https") == 0;
}

static gboolean
write_get (Load * self, GOutputStream * stream, GUri * uri, const gchar * host,
    GError ** error)
{
  const gchar *path = g_uri_get_path (uri), *query = g_uri_get_query (uri);
  g_autofree gchar *target = g_strconcat (*path ? path : "/",
      query ? "?" : "", query, NULL);
  const gchar *const fields[] = {
    "Host", host, "User-Agent", "Shockwave Flash", "Accept", "*/*",
    "Connection", "close", NULL
  };
  RtmpWriter writer;
  gboolean ok;

  rtmp_writer_init (&writer);
  rtmp_http_write_request (&writer, "GET", target, fields, -1);
  ok = g_output_stream_write_all (stream, writer.data, writer.size, NULL,
      self->cancellable, error);
  rtmp_writer_clear (&writer);
  return ok;
}

/* Connects. (transfer full) (nullable) */
static GIOStream *
send_request (Load * self, GUri * uri, GError ** error)
{
  gboolean tls = g_str_equal (g_uri_get_scheme (uri), "https");
  const gchar *name = g_uri_get_host (uri);
  gint given = g_uri_get_port (uri);
  guint16 port = given > 0 ? (guint16) given : tls ? HTTPS_PORT : HTTP_PORT;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) address = NULL;
  g_autoptr (GSocketConnection) connection = NULL;
  g_autofree gchar *host = NULL;

  if (name == NULL || *name == '\0') {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_URL, "the URL has no host");
    return NULL;
  }
  address = g_network_address_new (name, port);
  host = rtmp_http_host (name, port, tls);
  g_socket_client_set_tls (client, tls);
  connection = g_socket_client_connect (client, address, self->cancellable,
      error);
  if (connection == NULL
      || !write_get (self, g_io_stream_get_output_stream (G_IO_STREAM
              (connection)), uri, host, error))
    return NULL;
  return G_IO_STREAM (g_steal_pointer (&connection));
}

static gboolean
hash_body (Load * self, RtmpHttpReader * reader, GError ** error)
{
  g_autoptr (GBytes) body = rtmp_http_reader_take_body (reader);
  gsize size;
  const guint8 *data = g_bytes_get_data (body, &size);

  return rtmp_swf_hasher_feed (self->hasher, data, size, error);
}

/* Up to the end of the answer. */
static gboolean
read_answer (Load * self, GInputStream * stream, RtmpHttpReader * reader,
    GError ** error)
{
  guint8 block[BLOCK_SIZE];
  gsize taken;
  gssize n;

  while (rtmp_http_reader_state (reader) != RTMP_HTTP_DONE) {
    const RtmpHttpHead *head;

    n = g_input_stream_read (stream, block, sizeof (block), self->cancellable,
        error);
    if (n < 0)
      return FALSE;
    if (n == 0)
      return rtmp_http_reader_end (reader, error);
    if (!rtmp_http_reader_feed (reader, block, (gsize) n, &taken, error))
      return FALSE;
    head = rtmp_http_reader_head (reader);
    if (head && head->status != 200)
      return TRUE;
    if (head && !hash_body (self, reader, error))
      return FALSE;
  }
  return TRUE;
}

/* Where it is instead. (transfer full) (nullable) */
static GUri *
check_answer (const RtmpHttpHead * head, GUri * uri, GError ** error)
{
  const gchar *location = rtmp_http_head_field (head, "Location");
  g_autoptr (GUri) next = NULL;

  if (head->status == 200)
    return NULL;
  if (head->status / 100 != 3 || location == NULL) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED,
        "the server answered with status %u", head->status);
    return NULL;
  }
  next = g_uri_parse_relative (uri, location, URL_FLAGS, error);
  if (next == NULL || is_http (g_uri_get_scheme (next)))
    return g_steal_pointer (&next);
  g_set_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED,
      "the server redirects to %s, not http", g_uri_get_scheme (next));
  return NULL;
}

/* One request. @next: where it is instead, or %NULL. */
static gboolean
get (Load * self, GUri * uri, GUri ** next, GError ** error)
{
  g_autoptr (RtmpHttpReader) reader =
      rtmp_http_reader_new (RTMP_HTTP_RESPONSE, RTMP_SWF_MAX_SIZE);
  g_autoptr (GIOStream) stream = NULL;
  GError *local = NULL;

  begin_hash (self);
  stream = send_request (self, uri, error);
  if (stream == NULL || !read_answer (self,
          g_io_stream_get_input_stream (stream), reader, error))
    return FALSE;
  if (rtmp_http_reader_head (reader) == NULL) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_PEER_CLOSED,
        "the server closed the connection without an answer");
    return FALSE;
  }
  *next = check_answer (rtmp_http_reader_head (reader), uri, &local);
  if (local)
    g_propagate_error (error, local);
  return local == NULL;
}

/* (transfer full) for @uri. */
static gboolean
fetch (Load * self, GUri * uri, GError ** error)
{
  guint i;

  for (i = 0; uri && i <= MAX_REDIRECTS; i++) {
    g_autoptr (GUri) here = g_steal_pointer (&uri);

    if (!get (self, here, &uri, error))
      return FALSE;
  }
  if (uri == NULL)
    return TRUE;
  g_uri_unref (uri);
  g_set_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED,
      "more than %u redirects: they seem to go in a circle", MAX_REDIRECTS);
  return FALSE;
}

static gboolean
hash (Load * self, const gchar * where, RtmpSwf * swf, GError ** error)
{
  GUri *uri;

  if (is_http (g_uri_peek_scheme (where))) {
    uri = g_uri_parse (where, URL_FLAGS, error);
    if (uri == NULL || !fetch (self, uri, error))
      return FALSE;
  } else if (!read_file (self, where, error)) {
    return FALSE;
  }
  return rtmp_swf_hasher_finish (self->hasher, swf, error);
}

/* In time */

static gboolean
on_time (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

static void
on_cancelled (GCancellable * cancellable, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

static gboolean
hash_in_time (const RtmpSwfFile * file, gint64 timeout,
    GCancellable * cancellable, RtmpSwf * swf, GError ** error)
{
  RtmpLoop *loop = rtmp_loop_acquire ();
  GSource *timer = g_timeout_source_new ((guint) MIN (timeout / 1000,
          G_MAXINT));
  Load load = {.cancellable = g_cancellable_new () };
  gulong id = cancellable ? g_cancellable_connect (cancellable,
      G_CALLBACK (on_cancelled), load.cancellable, NULL) : 0;
  gboolean ok;

  g_source_set_callback (timer, on_time, g_object_ref (load.cancellable),
      g_object_unref);
  g_source_attach (timer, rtmp_loop_context (loop));
  ok = hash (&load, file->where, swf, error);
  if (cancellable)
    g_cancellable_disconnect (cancellable, id);
  g_source_destroy (timer);
  g_source_unref (timer);
  rtmp_loop_release (loop);
  g_clear_pointer (&load.hasher, rtmp_swf_hasher_free);
  g_clear_object (&load.inflater);
  g_object_unref (load.cancellable);
  return ok;
}

/* Without the query, which may be a key. */
static GError *
explain (const gchar * where, gint64 timeout, const GError * error)
{
  gint length = (gint) MIN (strcspn (where, "?"), G_MAXINT);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_new (RTMP_ERROR, RTMP_ERROR_UNSUPPORTED,
        "the SWF file \"%.*s\": not all of it came within %.3g seconds",
        length, where, (gdouble) timeout / G_USEC_PER_SEC);
  return g_error_new (RTMP_ERROR, RTMP_ERROR_UNSUPPORTED,
      "the SWF file \"%.*s\": %s", length, where, error->message);
}

gboolean
rtmp_swf_file_load (const RtmpSwfFile * self, GCancellable * cancellable,
    RtmpSwf * swf, GError ** error)
{
  gint64 timeout = self->timeout > 0 ? self->timeout : DEFAULT_TIMEOUT;
  g_autoptr (GError) local = NULL;

  if (look_up (self, swf))
    return TRUE;
  if (hash_in_time (self, timeout, cancellable, swf, &local)) {
    RTMP_INFO ("hashed a SWF file of %u bytes", swf->size);
    keep (self->where, swf);
    return TRUE;
  }
  if (!g_cancellable_set_error_if_cancelled (cancellable, error))
    g_propagate_error (error, explain (self->where, timeout, local));
  return FALSE;
}

/* In a thread */

static RtmpSwfFile *
file_copy (const RtmpSwfFile * self)
{
  RtmpSwfFile *copy = g_memdup2 (self, sizeof (*self));

  copy->where = g_strdup (self->where);
  return copy;
}

static void
file_free (gpointer data)
{
  RtmpSwfFile *self = data;

  g_free ((gchar *) self->where);
  g_free (self);
}

static void
load_in_thread (GTask * task, gpointer source, gpointer data,
    GCancellable * cancellable)
{
  RtmpSwf *swf = g_new (RtmpSwf, 1);
  GError *error = NULL;

  if (rtmp_swf_file_load (data, cancellable, swf, &error)) {
    g_task_return_pointer (task, swf, g_free);
    return;
  }
  g_free (swf);
  g_task_return_error (task, error);
}

void
rtmp_swf_file_load_async (const RtmpSwfFile * self, GCancellable * cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, file_copy (self), file_free);
  g_task_run_in_thread (task, load_in_thread);
}

gboolean
rtmp_swf_file_load_finish (GAsyncResult * result, RtmpSwf * swf,
    GError ** error)
{
  g_autofree RtmpSwf *loaded = g_task_propagate_pointer (G_TASK (result),
      error);

  if (loaded)
    *swf = *loaded;
  return loaded != NULL;
}

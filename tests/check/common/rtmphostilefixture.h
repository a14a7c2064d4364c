/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A server on which a publisher's frames go on to a player, whatever others do
 * there, and on which little is held all the while. */
#include "rtmpserverfixture.h"

#include "rtmptestmemory.h"

#define MB (1 << 20)
/* Of what is to time out. */
#define SHORT (100 * 1000)
#define MAX_CALLERS 100

/* A socket that does not take anything although so many frames have passed by
 * is not read. */
#define STUCK 50

typedef struct
{
  guint fds;
  gboolean tls;
  guint schemes;                /* 0: all */
  gboolean short_timeouts;
  gsize max_bytes;              /* above what there was before */

  RtmpServer *server;
  RtmpMount *in;                /* live/cam */
  RtmpMount *other;             /* live/two */
  RtmpMount *out;               /* whatever is played */
  Far publisher;
  Far player;
  guint frames;
  gsize before;
  gsize most;
} Fixture;

/* Neighbours */

static inline void
on_frame (const RtmpCallerInfo * info, RtmpMessage * message,
    gpointer user_data)
{
  Fixture *f = user_data;

  rtmp_mount_send (f->out, message->type, message->timestamp,
      g_steal_pointer (&message->payload), RTMP_FRAME_KEY);
}

static inline void
ignore_media (const RtmpCallerInfo * info, RtmpMessage * message,
    gpointer user_data)
{
}

static const RtmpMountEvents in_events = {.media = on_frame };
static const RtmpMountEvents other_events = {.media = ignore_media };

/* A frame passes, and little is held. */
static inline void
exchange (Fixture * f)
{
  g_autofree gchar *name = g_strdup_printf ("frame %u", f->frames);
  gsize bytes;

  far_send (&f->publisher, 'V', f->frames++, name, 1000);
  g_strchug (name);
  diary_wait (&f->player.media, "V", 1);
  g_assert_cmpstr (strstr (g_ptr_array_index (f->player.media.lines, 0),
          "frame"), ==, name);
  diary_forget (&f->player.media);
  bytes = allocated_bytes ();
  f->most = MAX (f->most, bytes);
  g_assert_cmpuint (bytes, <=, f->before + f->max_bytes);
}

static inline RtmpMount *
mount (Fixture * f, const RtmpMountEvents * events,
    const RtmpMountConfig * config)
{
  RtmpMount *mount = rtmp_mount_new (f->server, config, events, f);

  rtmp_mount_start (mount);
  return mount;
}

static inline void
start_server (Fixture * f)
{
  g_autoptr (GTlsCertificate) certificate = f->tls ? load_certificate () : NULL;
  RtmpServerOptions options;

  rtmp_server_options_init (&options);
  options.max_callers = MAX_CALLERS;
  options.schemes = f->schemes;
  options.tls_certificate = certificate;
  if (f->short_timeouts)
    options.handshake_timeout = options.session.connect_timeout =
        f->tls ? 10 * SHORT : SHORT;
  f->server = serve (&options);
}

static inline void
fixture_init (Fixture * f)
{
  const RtmpMountConfig in = {.publish = TRUE,.app = "live",.stream = "cam" };
  const RtmpMountConfig other = {.publish = TRUE,.app = "live",
    .stream = "two"
  };
  const RtmpMountConfig out = {.app = "",.stream = "",
    .max_queue_bytes = MB,.cache_bytes = MB
  };
  const FarPlan plan = {.tls = f->tls };

  f->fds = rtmp_test_count_fds ();
  start_server (f);
  f->out = mount (f, &other_events, &out);
  f->in = mount (f, &in_events, &in);
  f->other = mount (f, &other_events, &other);
  far_publish (&f->publisher, f->server, &plan);
  far_wait (&f->publisher, "running");
  far_play (&f->player, f->server, &plan);
  far_wait (&f->player, "running");
  f->before = allocated_bytes ();
  exchange (f);
}

/* All others are gone, and so is what was held for them. */
static inline void
wait_alone (Fixture * f)
{
  gint64 end = g_get_monotonic_time () + RTMP_TEST_PATIENCE;

  while (rtmp_server_n_callers (f->server) > 2) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    exchange (f);
  }
}

static inline void
fixture_clear (Fixture * f)
{
  wait_alone (f);
  exchange (f);
  g_test_message ("%" G_GSIZE_FORMAT " KB at most",
      (f->most - f->before) >> 10);
  g_assert_cmpuint (diary_count (&f->publisher.diary, "closed"), ==, 0);
  g_assert_cmpuint (diary_count (&f->player.diary, "closed"), ==, 0);
  far_clear (&f->publisher);
  far_clear (&f->player);
  rtmp_mount_free (f->in);
  rtmp_mount_free (f->other);
  rtmp_mount_free (f->out);
  rtmp_server_release (f->server);
  assert_nothing_left (f->fds);
}

/* Callers */

static inline GIOStream *
dial (Fixture * f)
{
  return raw_socket (rtmp_server_port (f->server));
}

static inline GSocket *
socket_of (GIOStream * stream)
{
  return g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream));
}

static inline void
hang_up (GIOStream * stream)
{
  raw_wait_end (stream);
  g_object_unref (stream);
}

/* Again and again, and nothing read, until nobody takes it, or @max bytes are
 * taken. Other callers have their turn meanwhile. Returns: the bytes. */
static inline gsize
press (Fixture * f, GIOStream * stream, GByteArray * bytes, gsize max)
{
  GPollableOutputStream *output =
      G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (stream));
  gsize sent = 0, pos = 0;
  guint stuck = 0;

  while (stuck < STUCK && sent < max) {
    g_autoptr (GError) error = NULL;
    gssize n = g_pollable_output_stream_write_nonblocking (output,
        bytes->data + pos, bytes->len - pos, NULL, &error);

    if (n < 0 && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
      break;
    stuck = n > 0 ? 0 : stuck + 1;
    sent += n > 0 ? (gsize) n : 0;
    pos = (pos + (n > 0 ? (gsize) n : 0)) % bytes->len;
    exchange (f);
  }
  return sent;
}

/* @n times @size bytes. */
static inline GByteArray *
repeat (gconstpointer data, gsize size, guint n)
{
  GByteArray *bytes = g_byte_array_new ();

  while (n-- > 0)
    g_byte_array_append (bytes, data, (guint) size);
  return bytes;
}

/* Tests */

typedef struct
{
  const gchar *path;
  void (*func) (Fixture * f);
  gsize max_bytes;
  gboolean short_timeouts;
  gboolean tls;
  guint schemes;                /* 0: all */
} Attack;

static inline void
run_attack (gconstpointer data)
{
  const Attack *attack = data;
  Fixture f = {.max_bytes = attack->max_bytes,
    .short_timeouts = attack->short_timeouts,.tls = attack->tls,
    .schemes = attack->schemes
  };

  fixture_init (&f);
  attack->func (&f);
  fixture_clear (&f);
}

static inline void
attacks_add (const gchar * folder, const Attack * attacks, gsize n)
{
  gsize i;

  for (i = 0; i < n; i++) {
    g_autofree gchar *path = g_strconcat (folder, attacks[i].path, NULL);

    g_test_add_data_func (path, &attacks[i], run_attack);
  }
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A whole port that takes everything, with sockets but without threads, and the
 * clients that come to it: the input is what they send, in records of a Step, a
 * size (two bytes) and as many bytes. Whatever comes, the port is idle again
 * behind it, lets all go who have gone, and has said nothing of it that could
 * not be shown. Only with $FUZZ_TLS, a folder with a certificate, it takes TLS
 * too: GLib shakes hands in threads, so that no two runs are the same. */
#include "fuzz-crypto.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rtmplog.h"
#include "rtmploop.h"
#include "rtmpserver.h"

#define CLIENTS 4
/* C0, C1 and C2 that a server of RTMP takes. */
static const guint8 handshake[1 + 2 * RTMP_HANDSHAKE_SIZE] = {
  RTMP_HANDSHAKE_VERSION
};

typedef enum
{
  STEP_CLIENT = CLIENTS - 1,    /* whose: where it has none, it connects */
  STEP_HANDSHAKE = 1 << 2,      /* follows the bytes */
  STEP_END = 1 << 3,            /* then its output ends */
  STEP_HANG_UP = 1 << 4,        /* then it closes the connection */
  STEP_DEAF = 1 << 5,           /* it reads nothing from now on */
  STEP_STOP = 1 << 6,           /* nobody who publishes is read meanwhile */
  STEP_STREAM_END = 1 << 7,     /* then players are told that it is over */
} Step;

typedef struct
{
  int fd;                       /* -1: it has none */
  gboolean deaf;
} Client;

typedef struct
{
  RtmpServer *server;
  RtmpMount *in;
  RtmpMount *out;
  Client clients[CLIENTS];
} Fuzz;

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);
int __wrap_getentropy (void *data, size_t size);

/* In place of rtmploop: a loop that turns when it is told to. */

struct _RtmpLoop
{
  GMainContext *context;
};

static RtmpLoop the_loop;

RtmpLoop *
rtmp_loop_acquire (void)
{
  return &the_loop;
}

void
rtmp_loop_release (RtmpLoop * self)
{
}

GMainContext *
rtmp_loop_context (RtmpLoop * self)
{
  return self->context;
}

gboolean
rtmp_loop_is_current (RtmpLoop * self)
{
  return TRUE;
}

static void
turn (void)
{
  while (g_main_context_iteration (the_loop.context, FALSE));
}

/* Behind what had been put there before. */
void
rtmp_loop_call (RtmpLoop * self, void (*func) (gpointer), gpointer user_data)
{
  turn ();
  func (user_data);
}

/* Ids of sessions that the input can name: 01000000..., 02000000... */
static guint32 n_random;

int
__wrap_getentropy (void *data, size_t size)
{
  guint32 id = GUINT32_TO_LE (++n_random);

  memset (data, 0, size);
  memcpy (data, &id, sizeof (id));
  return 0;
}

/* The port */

static void
on_log (RtmpLogLevel level, const gchar * file, gint line,
    const gchar * function, const gchar * message)
{
  const gchar *p;

  g_assert (g_utf8_validate (message, -1, NULL));
  for (p = message; *p; p++)
    g_assert (!g_ascii_iscntrl (*p));
}

static void
on_media (const RtmpCallerInfo * info, RtmpMessage * message,
    gpointer user_data)
{
  Fuzz *fuzz = user_data;

  rtmp_mount_send (fuzz->out, message->type, message->timestamp,
      g_steal_pointer (&message->payload), RTMP_FRAME_KEY);
}

static const RtmpMountEvents events = {.media = on_media };

static GTlsCertificate *
load_certificate (const gchar * folder)
{
  g_autofree gchar *file = g_build_filename (folder, "server.pem", NULL);
  g_autofree gchar *key = g_build_filename (folder, "server.key", NULL);

  return g_tls_certificate_new_from_files (file, key, NULL);
}

static RtmpMount *
mount (Fuzz * fuzz, gboolean publish)
{
  const RtmpMountConfig config = {.publish = publish,.app = "",.stream = "",
    .takeover = TRUE,.cache_bytes = 1000,.max_queue_bytes = 10000,
    .max_queue_time = 1000,
  };
  RtmpMount *mount = rtmp_mount_new (fuzz->server, &config, &events, fuzz);

  rtmp_mount_start (mount);
  return mount;
}

static void
open_port (Fuzz * fuzz)
{
  static GTlsCertificate *certificate;
  RtmpServerOptions options;
  guint i;

  if (the_loop.context == NULL) {
    the_loop.context = g_main_context_new ();
    g_main_context_push_thread_default (the_loop.context);
    rtmp_crypto_set_provider (&no_crypto);
    rtmp_log_set_hook (on_log, RTMP_LOG_LOG);
    if (g_getenv ("FUZZ_TLS"))
      certificate = load_certificate (g_getenv ("FUZZ_TLS"));
  }
  n_random = 0;
  g_random_set_seed (1);
  rtmp_server_options_init (&options);
  options.host = "127.0.0.1";
  options.tls_certificate = certificate;
  fuzz->server = rtmp_server_acquire (&options, NULL);
  g_assert (fuzz->server);
  fuzz->in = mount (fuzz, TRUE);
  fuzz->out = mount (fuzz, FALSE);
  for (i = 0; i < CLIENTS; i++)
    fuzz->clients[i].fd = -1;
}

/* Clients */

/* A close is a reset, so that no port waits for what may be under way. */
static void
open_client (Fuzz * fuzz, Client * client)
{
  const struct linger at_once = {.l_onoff = 1 };
  const struct sockaddr_in address = {.sin_family = AF_INET,
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
    .sin_port = htons (rtmp_server_port (fuzz->server)),
  };

  client->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert (setsockopt (client->fd, SOL_SOCKET, SO_LINGER, &at_once,
          sizeof (at_once)) == 0);
  g_assert (connect (client->fd, (const struct sockaddr *) &address,
          sizeof (address)) == 0);
}

static void
close_client (Client * client)
{
  if (client->fd >= 0)
    close (client->fd);
  client->fd = -1;
  client->deaf = FALSE;
}

/* FALSE: there was nothing to be read. */
static gboolean
drain (const Client * client)
{
  static guint8 block[65536];
  gboolean some = FALSE;

  while (recv (client->fd, block, sizeof (block), MSG_DONTWAIT) > 0)
    some = TRUE;
  return some;
}

/* Until nobody has anything to say. */
static void
settle (Fuzz * fuzz)
{
  gboolean more;
  guint i;

  do {
    more = FALSE;
    turn ();
    for (i = 0; i < CLIENTS; i++)
      if (fuzz->clients[i].fd >= 0 && !fuzz->clients[i].deaf)
        more |= drain (&fuzz->clients[i]);
  } while (more);
}

/* As much as is taken. */
static void
say (Fuzz * fuzz, const Client * client, const guint8 * data, gsize size)
{
  gssize n = 1;

  for (; size > 0 && n > 0; data += n, size -= (gsize) n) {
    n = send (client->fd, data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    settle (fuzz);
  }
}

static void
step (Fuzz * fuzz, Step step, const guint8 * data, gsize size)
{
  Client *client = &fuzz->clients[step & STEP_CLIENT];

  rtmp_mount_set_reading (fuzz->in, (step & STEP_STOP) == 0);
  if (client->fd < 0)
    open_client (fuzz, client);
  client->deaf |= (step & STEP_DEAF) != 0;
  say (fuzz, client, data, size);
  if (step & STEP_HANDSHAKE)
    say (fuzz, client, handshake, sizeof (handshake));
  if (step & STEP_END)
    shutdown (client->fd, SHUT_WR);
  if (step & STEP_HANG_UP)
    close_client (client);
  if (step & STEP_STREAM_END)
    rtmp_mount_end (fuzz->out);
  settle (fuzz);
  if (step & STEP_STREAM_END)
    rtmp_mount_reopen (fuzz->out);
}

/* Sessions of RTMPT wait for another connection. */
static void
check_gone (Fuzz * fuzz)
{
  while (g_getenv ("FUZZ_TLS")
      && rtmp_server_n_callers (fuzz->server) > n_random)
    g_main_context_iteration (the_loop.context, TRUE);
  g_assert (rtmp_server_n_callers (fuzz->server) <= n_random);
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  Fuzz fuzz = { NULL, };
  gsize n;
  guint i;

  open_port (&fuzz);
  for (; size >= 3; data += n, size -= n) {
    n = MIN (3 + (gsize) (data[1] << 8 | data[2]), size);
    step (&fuzz, data[0], data + 3, n - 3);
  }
  for (i = 0; i < CLIENTS; i++)
    close_client (&fuzz.clients[i]);
  rtmp_mount_set_reading (fuzz.in, TRUE);
  settle (&fuzz);
  check_gone (&fuzz);
  rtmp_mount_free (fuzz.in);
  rtmp_mount_free (fuzz.out);
  rtmp_server_release (fuzz.server);
  turn ();
  return 0;
}

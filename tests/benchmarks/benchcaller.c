/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "benchcaller.h"

#include "flvpacket.h"
#include "rtmpchunklink.h"
#include "rtmpclientsession.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define SLOTS 3

/* Of bytes that have not been read. */
typedef struct
{
  gsize end;
  gint64 time;
} Arrival;

struct _BenchCaller
{
  const BenchStream *stream;
  int fd;
  RtmpChunkLink *link;
  RtmpClientSession *session;
  gboolean publish;
  guint64 lead;                 /* published so far, of each */
  guint64 pictures;
  guint64 sounds;
  guint64 bytes;
  BenchCheck check;
  BenchDelays *delays;          /* NULL: nobody wants to know */
  GArray *arrivals;             /* of Arrival */
  gint64 arrival;               /* of what is being fed */
};

/* Delays */

static void
note_sent (BenchCaller * self, guint64 n)
{
  if (self->delays)
    __atomic_store_n (&self->delays->sent[n % BENCH_DELAYS_SIZE],
        g_get_monotonic_time (), __ATOMIC_RELAXED);
}

static void
note_received (BenchCaller * self, guint64 n)
{
  guint32 delay;

  if (self->delays == NULL)
    return;
  delay = (guint32) (self->arrival
      - __atomic_load_n (&self->delays->sent[n % BENCH_DELAYS_SIZE],
          __ATOMIC_RELAXED));
  g_array_append_val (self->delays->delays, delay);
}

void
bench_caller_note_delays (BenchCaller * self, BenchDelays * delays)
{
  self->delays = delays;
}

void
bench_caller_note_arrival (BenchCaller * self)
{
  Arrival arrival = {.time = g_get_monotonic_time () };
  int waiting = 0;

  ioctl (self->fd, FIONREAD, &waiting);
  arrival.end = (gsize) waiting;
  g_array_append_val (self->arrivals, arrival);
}

/* Events */


static void
on_send (RtmpMessage * message, gpointer user_data)
{
  BenchCaller *self = user_data;

  rtmp_chunk_link_send (self->link, message);
}

static void
on_state (RtmpClientSessionState state, gpointer user_data)
{
  if (state == RTMP_CLIENT_SESSION_ENDED)
    g_error ("the server has ended a stream");
}

static void
on_status (const RtmpStatus * status, gpointer user_data)
{
}

static gboolean
on_media (RtmpMessage * message, gpointer user_data, GError ** error)
{
  BenchCaller *self = user_data;

  if (message->type != RTMP_MESSAGE_DATA_AMF0
      && !flv_is_sequence_header (message->type, message->payload))
    note_received (self, message->type == RTMP_MESSAGE_AUDIO
        ? self->check.next_audio : self->check.next_video);
  return bench_check_message (&self->check, message->type, message->payload,
      error);
}

static void
on_recorded (gpointer user_data)
{
}

static const RtmpClientSessionEvents session_events = {
  .send = on_send,
  .state_changed = on_state,
  .status = on_status,
  .media = on_media,
  .recorded = on_recorded,
};

static gboolean
on_opened (gpointer user_data, GError ** error)
{
  BenchCaller *self = user_data;

  rtmp_client_session_start (self->session, 0,
      rtmp_chunk_link_swf_key (self->link));
  return TRUE;
}

static gboolean
on_message (RtmpMessage * message, gpointer user_data, GError ** error)
{
  BenchCaller *self = user_data;

  return rtmp_client_session_message (self->session, 0, message, error);
}

static const RtmpLinkEvents link_events = {
  .opened = on_opened,
  .message = on_message,
};

static int
connect_to (guint16 port)
{
  const struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_port = htons (port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  const int on = 1;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  if (fd < 0 || connect (fd, (const struct sockaddr *) &address,
          sizeof (address)) != 0)
    g_error ("cannot connect to port %u: %s", port, g_strerror (errno));
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof (on));
  return fd;
}

BenchCaller *
bench_caller_new (guint16 port, gboolean publish, const gchar * name,
    const BenchStream * stream)
{
  static const guint8 random[RTMP_HANDSHAKE_RANDOM_SIZE];
  BenchCaller *self = g_new0 (BenchCaller, 1);
  RtmpClientConfig config;

  rtmp_client_config_init (&config);
  config.publish = self->publish = publish;
  config.app = g_strdup ("crowd");
  config.tc_url = g_strdup_printf ("rtmp://127.0.0.1:%u/crowd", port);
  config.stream = g_strdup (name);
  config.chunk_size = 4096;
  config.timeout = 0;
  self->stream = stream;
  bench_check_init (&self->check, stream);
  self->link = rtmp_chunk_link_new (rtmp_handshake_new (RTMP_ROLE_CLIENT, 0,
          random), NULL, &link_events, self);
  self->session =
      rtmp_client_session_new (&config, NULL, &session_events, self);
  self->arrivals = g_array_new (FALSE, FALSE, sizeof (Arrival));
  self->fd = connect_to (port);
  rtmp_client_config_clear (&config);
  bench_caller_turn (self);
  return self;
}

void
bench_caller_free (BenchCaller * self)
{
  close (self->fd);
  rtmp_client_session_free (self->session);
  rtmp_chunk_link_free (self->link);
  bench_check_clear (&self->check);
  g_array_unref (self->arrivals);
  g_free (self);
}

/* FALSE: would block. */
static gboolean
check_io (gssize n, const gchar * what)
{
  if (n > 0)
    return TRUE;
  if (n < 0 && errno == EAGAIN)
    return FALSE;
  g_error ("%s: %s", what, n == 0 ? "closed by the server" :
      g_strerror (errno));
}

static void
flush_output (BenchCaller * self)
{
  const RtmpVector *vectors;
  guint count;

  while ((count = rtmp_chunk_link_pull (self->link, &vectors)) > 0) {
    const struct msghdr message = {
      .msg_iov = (struct iovec *) vectors,
      .msg_iovlen = count,
    };
    gssize n = sendmsg (self->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);

    if (!check_io (n, "sending"))
      break;
    rtmp_chunk_link_consume (self->link, (gsize) n);
  }
}

static void
feed (BenchCaller * self, const guint8 * data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  GError *error = NULL;

  if (!rtmp_chunk_link_feed (self->link, 0, bytes, &error))
    g_error ("%s", error->message);
}

/* What came at one time together. */
static void
feed_arrivals (BenchCaller * self, const guint8 * data, gsize size)
{
  gsize done = 0, end;
  guint i;

  for (i = 0; i < self->arrivals->len; i++) {
    const Arrival *arrival = &g_array_index (self->arrivals, Arrival, i);

    end = MIN (arrival->end, size);
    if (end <= done)
      continue;
    self->arrival = arrival->time;
    feed (self, data + done, end - done);
    done = end;
  }
  g_array_set_size (self->arrivals, 0);
  self->arrival = g_get_monotonic_time ();
  if (done < size)
    feed (self, data + done, size - done);
}

void
bench_caller_turn (BenchCaller * self)
{
  static _Thread_local guint8 block[256 << 10];
  gssize n;

  do {
    n = recv (self->fd, block, sizeof (block), MSG_DONTWAIT);
    if (!check_io (n, "receiving"))
      break;
    feed_arrivals (self, block, (gsize) n);
  } while (n == sizeof (block));
  flush_output (self);
}

int
bench_caller_fd (const BenchCaller * self)
{
  return self->fd;
}

gboolean
bench_caller_is_running (const BenchCaller * self)
{
  return rtmp_client_session_state (self->session) ==
      RTMP_CLIENT_SESSION_RUNNING;
}

static void
publish_message (BenchCaller * self, guint64 n, guint32 time)
{
  gsize size = bench_stream_size (self->stream, n);
  guint8 *body = g_malloc (size);
  FlvTagType type = bench_stream_type (self->stream, n);

  bench_stream_body (self->stream, n, body);
  note_sent (self, n);
  rtmp_client_session_publish (self->session,
      type == FLV_TAG_VIDEO ? RTMP_MESSAGE_VIDEO : type == FLV_TAG_AUDIO
      ? RTMP_MESSAGE_AUDIO : RTMP_MESSAGE_DATA_AMF0, time,
      g_bytes_new_take (body, size));
  if (n >= BENCH_STREAM_LEAD)
    self->bytes += size;
}

/* Each of the two media has its own pace, and goes out on its own. */
void
bench_caller_publish (BenchCaller * self, gint64 elapsed)
{
  guint32 now = (guint32) (elapsed / 1000), time;
  guint64 n;

  for (; self->lead < BENCH_STREAM_LEAD; self->lead++)
    publish_message (self, self->lead, 0);
  while ((time = (guint32) (self->pictures * 40)) <= now
      && (n = BENCH_STREAM_LEAD + SLOTS * self->pictures)
      < self->stream->messages) {
    publish_message (self, n, time);
    self->pictures++;
  }
  flush_output (self);
  while ((time = (guint32) (self->sounds * 1024 / 48)) <= now
      && (n = BENCH_STREAM_LEAD + SLOTS * (self->sounds / 2) + 1
          + self->sounds % 2) < self->stream->messages) {
    publish_message (self, n, time);
    self->sounds++;
  }
  flush_output (self);
}

guint64
bench_caller_bytes (const BenchCaller * self)
{
  return self->publish ? self->bytes : self->check.bytes;
}

gboolean
bench_caller_is_complete (const BenchCaller * self)
{
  return self->publish ? BENCH_STREAM_LEAD + self->pictures + self->sounds
      == self->stream->messages : bench_check_is_complete (&self->check);
}

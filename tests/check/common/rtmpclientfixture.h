/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A client against the test server, and what it told: for one test file, which
 * is why its functions are static. */
#include "rtmpclient.h"

#include "rtmploop.h"
#include "rtmptestserver.h"

#include <string.h>

/* Of steps that are to time out: long enough for those before them. */
#define SHORT_TIMEOUT (300 * 1000)
/* What counts as at once, with room for slow tools. */
#define AT_ONCE (5 * G_USEC_PER_SEC)

/* What a client told, in the order in which it did. */
typedef struct
{
  GMutex lock;
  GCond cond;
  GArray *steps;                /* of RtmpClientStep */
  GPtrArray *codes;             /* of statuses */
  GPtrArray *media;             /* of "type timestamp checksum" */
  guint pause_at;               /* stop reading with so many; 0: never */
  guint recorded;
  guint sent;
  GArray *sought;               /* of serials */
  guint closed;
  GError *error;
  guint fds;                    /* before */
  RtmpTestServer *server;
  RtmpClient *client;
} Fixture;

static void
on_step (RtmpClientStep step, gpointer user_data)
{
  Fixture *self = user_data;

  g_mutex_lock (&self->lock);
  g_assert_cmpuint (self->closed, ==, 0);
  g_array_append_val (self->steps, step);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

static void
on_status (const RtmpStatus * status, gpointer user_data)
{
  Fixture *self = user_data;

  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->codes, g_strdup (status->code));
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

static gchar *
describe (const RtmpMessage * message)
{
  g_autofree gchar *sum =
      g_compute_checksum_for_bytes (G_CHECKSUM_MD5, message->payload);

  return g_strdup_printf ("%u %u %s", message->type, message->timestamp, sum);
}

static void
on_media (RtmpMessage * message, gpointer user_data)
{
  Fixture *self = user_data;
  gboolean pause;

  g_mutex_lock (&self->lock);
  g_assert_cmpuint (self->closed, ==, 0);
  g_ptr_array_add (self->media, describe (message));
  pause = self->media->len == self->pause_at;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  if (pause)
    rtmp_client_set_reading (self->client, FALSE);
}

static void
on_sent (gpointer user_data)
{
  Fixture *self = user_data;

  g_mutex_lock (&self->lock);
  g_assert_cmpuint (self->closed, ==, 0);
  self->sent++;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

static void
on_recorded (gpointer user_data)
{
  Fixture *self = user_data;

  g_mutex_lock (&self->lock);
  g_assert_cmpuint (self->closed, ==, 0);
  self->recorded++;
  g_mutex_unlock (&self->lock);
}

static void
on_sought (guint serial, gboolean refused, gpointer user_data)
{
  Fixture *self = user_data;

  g_mutex_lock (&self->lock);
  g_assert_cmpuint (self->closed, ==, 0);
  g_array_append_val (self->sought, serial);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

static void
on_closed (const GError * error, gpointer user_data)
{
  Fixture *self = user_data;

  g_mutex_lock (&self->lock);
  g_assert_cmpuint (self->closed, ==, 0);
  self->closed++;
  self->error = error ? g_error_copy (error) : NULL;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

static const RtmpClientEvents events = {
  .step = on_step,
  .status = on_status,
  .media = on_media,
  .sent = on_sent,
  .recorded = on_recorded,
  .sought = on_sought,
  .closed = on_closed,
};

static void
fixture_init (Fixture * self, const RtmpTestPlan * plan)
{
  memset (self, 0, sizeof (*self));
  self->fds = rtmp_test_count_fds ();
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->steps = g_array_new (FALSE, FALSE, sizeof (RtmpClientStep));
  self->sought = g_array_new (FALSE, FALSE, sizeof (guint));
  self->codes = g_ptr_array_new_with_free_func (g_free);
  self->media = g_ptr_array_new_with_free_func (g_free);
  if (plan)
    self->server = rtmp_test_server_new (plan);
}

/* What a client must leave behind: nothing. */
static void
fixture_clear (Fixture * self)
{
  g_clear_pointer (&self->client, rtmp_client_free);
  g_assert_cmpuint (rtmp_loop_count (), ==, 0);
  g_clear_pointer (&self->server, rtmp_test_server_free);
  rtmp_test_assert_fds (self->fds);
  g_array_unref (self->steps);
  g_array_unref (self->sought);
  g_ptr_array_unref (self->codes);
  g_ptr_array_unref (self->media);
  g_clear_error (&self->error);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
}

/* A client for the fixture's server, or another @target. */
static void
fixture_connect (Fixture * self, gboolean publish, gint64 timeout,
    const RtmpClientTarget * other)
{
  const RtmpClientTarget target = {.host = "127.0.0.1",
    .port = self->server ? rtmp_test_server_port (self->server) : 0
  };
  RtmpClientConfig config;

  rtmp_client_config_init (&config);
  config.publish = publish;
  config.app = g_strdup ("live");
  config.tc_url = g_strdup ("rtmp://127.0.0.1/live");
  config.stream = g_strdup ("key");
  config.timeout = timeout;
  self->client = rtmp_client_new (other ? other : &target, &config, NULL,
      &events, self);
  rtmp_client_config_clear (&config);
  rtmp_client_start (self->client);
}

/* Waiting */

typedef gboolean (*Condition) (Fixture * self, guint n);

static void
wait_for (Fixture * self, const gchar * what, Condition condition, guint n)
{
  gint64 end = g_get_monotonic_time () + RTMP_TEST_PATIENCE;

  g_mutex_lock (&self->lock);
  while (!condition (self, n))
    if (!g_cond_wait_until (&self->cond, &self->lock, end))
      g_error ("no %s %u: %u steps, %u media, %s", what, n, self->steps->len,
          self->media->len, self->error ? self->error->message : "no error");
  g_mutex_unlock (&self->lock);
}

static gboolean
is_closed (Fixture * self, guint unused)
{
  return self->closed > 0;
}

static void
wait_closed (Fixture * self)
{
  wait_for (self, "end", is_closed, 0);
}

static gboolean
has_step (Fixture * self, guint step)
{
  guint i;

  for (i = 0; i < self->steps->len; i++)
    if (g_array_index (self->steps, RtmpClientStep, i) == step)
      return TRUE;
  return FALSE;
}

static void
wait_step (Fixture * self, RtmpClientStep step)
{
  wait_for (self, "step", has_step, step);
}

G_GNUC_UNUSED static gboolean
has_media (Fixture * self, guint n)
{
  return self->media->len >= n;
}

/* GLib opens some things once and keeps them: threads, wake-ups, the TLS
 * backend. */
G_GNUC_UNUSED static void
fixture_warm_up (void)
{
  const RtmpTestPlan plan = {.tls = TRUE };
  RtmpClientTarget target = {.host = "localhost",
    .scheme = RTMP_SCHEME_RTMPS
  };
  Fixture self;

  fixture_init (&self, &plan);
  target.port = rtmp_test_server_port (self.server);
  fixture_connect (&self, TRUE, AT_ONCE, &target);
  wait_step (&self, RTMP_CLIENT_STEP_RUNNING);
  self.fds = G_MAXUINT;
  fixture_clear (&self);
}

/* Media */

/* Bytes that tell where a mix-up came from. */
static GBytes *
make_payload (guint n, gsize size)
{
  guint8 *data = g_malloc (size);
  gsize i;

  for (i = 0; i < size; i++)
    data[i] = (guint8) (n * 31 + i * 7 + (i >> 8));
  return g_bytes_new_take (data, size);
}

static RtmpMessageType
type_of (guint n)
{
  return n % 3 == 0 ? RTMP_MESSAGE_AUDIO : RTMP_MESSAGE_VIDEO;
}

G_GNUC_UNUSED static void
publish (Fixture * self, guint from, guint to, gsize size)
{
  RtmpClientLevel level;
  guint n;

  for (n = from; n < to; n++) {
    rtmp_client_publish (self->client, type_of (n), n * 10,
        make_payload (n, size), &level);
    g_assert_cmpuint (level.bytes, >=, size);
    g_assert_cmpuint (level.bytes, <=, to * size);
  }
}

static gchar *
describe_nth (guint n, gsize size)
{
  g_autoptr (GBytes) payload = make_payload (n, size);
  RtmpMessage message = {.type = (guint8) type_of (n),.timestamp = n * 10,
    .payload = payload
  };

  return describe (&message);
}

static gint
compare_text (gconstpointer a, gconstpointer b)
{
  return strcmp (*(gchar * const *) a, *(gchar * const *) b);
}

/* Audio may overtake video: what counts is that all is there, once, and that
 * each kind keeps its order. */
G_GNUC_UNUSED static void
assert_server_has (Fixture * self, guint n, gsize size)
{
  RtmpScriptedPeer *peer = rtmp_test_server_lock (self->server);
  g_autoptr (GPtrArray) got = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) wanted = g_ptr_array_new_with_free_func (g_free);
  guint32 last[RTMP_MESSAGE_VIDEO + 1] = { 0, };
  guint i;

  for (i = 0; i < rtmp_scripted_peer_n_received (peer); i++) {
    const RtmpMessage *message = rtmp_scripted_peer_received (peer, i);

    if (message->type != RTMP_MESSAGE_AUDIO
        && message->type != RTMP_MESSAGE_VIDEO)
      continue;
    g_assert_cmpuint (message->timestamp, >=, last[message->type]);
    last[message->type] = message->timestamp;
    g_ptr_array_add (got, describe (message));
  }
  rtmp_test_server_unlock (self->server);
  for (i = 0; i < n; i++)
    g_ptr_array_add (wanted, describe_nth (i, size));
  g_ptr_array_sort (got, compare_text);
  g_ptr_array_sort (wanted, compare_text);
  g_assert_cmpuint (got->len, ==, n);
  for (i = 0; i < n; i++)
    g_assert_cmpstr (g_ptr_array_index (got, i), ==,
        g_ptr_array_index (wanted, i));
}

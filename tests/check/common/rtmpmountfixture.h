/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A server with one mount. */
#include "rtmpserverfixture.h"

#define KEY RTMP_FRAME_KEY
#define HEADER RTMP_FRAME_HEADER

typedef struct
{
  guint fds;
  RtmpServer *server;
  Host host;
} Fixture;

static inline void
fixture_init (Fixture * f, const RtmpMountConfig * config)
{
  const RtmpMountConfig players = { 0, };
  RtmpMountConfig full = config ? *config : players;

  full.app = full.app ? full.app : "";
  full.stream = full.stream ? full.stream : "";
  f->fds = rtmp_test_count_fds ();
  f->server = serve (NULL);
  host_init (&f->host, f->server, &full);
}

static inline void
fixture_clear (Fixture * f)
{
  host_clear (&f->host);
  rtmp_server_release (f->server);
  assert_nothing_left (f->fds);
}

static inline void
play (Fixture * f, Far * far)
{
  far_play (far, f->server, NULL);
  far_wait (far, "running");
}

static inline void
publish (Fixture * f, Far * far)
{
  far_publish (far, f->server, NULL);
  far_wait (far, "running");
}

static inline void
assert_guests (Fixture * f, guint n)
{
  g_autoptr (GArray) all = rtmp_mount_stats (f->host.mount);

  g_assert_cmpuint (all->len, ==, n);
}

static inline void
send_group (Fixture * f)
{
  host_send (&f->host, 'D', 990, "onMetaData", 0, HEADER);
  host_send (&f->host, 'A', 990, "sound header", 0, HEADER);
  host_send (&f->host, 'V', 990, "old header", 0, HEADER);
  host_send (&f->host, 'V', 990, "header", 0, HEADER);
  host_send (&f->host, 'V', 960, "old key", 0, KEY);
  host_send (&f->host, 'A', 980, "old sound", 0, 0);
  host_send (&f->host, 'V', 1000, "key", 0, KEY);
  host_send (&f->host, 'A', 1010, "sound", 0, 0);
  host_send (&f->host, 'V', 1040, "picture", 0, 0);
}

/* A command of one boolean. */
static inline void
ask_if (Raw * raw, const gchar * name, gboolean yes)
{
  raw_send (raw, RTMP_MESSAGE_COMMAND_AMF0, 1, 0, rtmp_command_write (name, 0,
          rtmp_value_new_null (), rtmp_value_new_boolean (yes), NULL));
}

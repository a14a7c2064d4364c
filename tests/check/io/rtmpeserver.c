/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Client and server over RTMPE; what they do otherwise is in rtmpclient.c and
 * rtmpserver.c. */
#include "rtmpserverfixture.h"
#include "rtmptestcrypto.h"

#define LARGE (300 * 1000)

static const FarPlan encrypted = {.handshake = RTMP_HANDSHAKE_ENCRYPTED };

static void
check_play (RtmpServer * server, const FarPlan * plan)
{
  const RtmpMountConfig players = {.app = "",.stream = "" };
  Host host;
  Far far;

  host_init (&host, server, &players);
  far_play (&far, server, plan);
  diary_wait (&host.diary, "added", 1);
  host_send (&host, 'V', 0, "key", LARGE, RTMP_FRAME_KEY);
  host_send (&host, 'V', 5, "inter", 10, 0);
  rtmp_mount_end (host.mount);
  far_wait (&far, "closed: done");
  diary_wait (&host.diary, "removed live/cam: done", 1);
  diary_assert (&far.media, "V 0 key\nV 5 inter\n");
  far_clear (&far);
  host_clear (&host);
}

static void
check_publish (RtmpServer * server, const FarPlan * plan)
{
  const RtmpMountConfig publishers = {.app = "",.stream = "",.publish = TRUE };
  Host host;
  Far far;

  host_init (&host, server, &publishers);
  far_publish (&far, server, plan);
  far_wait (&far, "running");
  far_send (&far, 'V', 0, "key", LARGE);
  far_send (&far, 'V', 5, "inter", 10);
  rtmp_client_finish (far.client);
  far_wait (&far, "closed: done");
  diary_wait (&host.diary, "removed live/cam: done", 1);
  diary_assert (&host.media, "V 0 key\nV 5 inter\n");
  far_clear (&far);
  host_clear (&host);
}

/* One after the other at the same port, which takes both. */
static void
check_server (RtmpHandshakeFlags handshake)
{
  RtmpServerOptions options;
  RtmpServer *server;

  rtmp_server_options_init (&options);
  options.handshake |= handshake;
  server = serve (&options);
  check_play (server, &encrypted);
  check_publish (server, &encrypted);
  check_play (server, NULL);
  check_publish (server, NULL);
  rtmp_server_release (server);
}

static void
test_both (void)
{
  check_server (0);
}

static void
test_strict (void)
{
  check_server (RTMP_HANDSHAKE_STRICT);
}

static void
test_not_allowed (void)
{
  RtmpServerOptions options;
  RtmpServer *server;
  Far far;

  rtmp_server_options_init (&options);
  options.handshake = RTMP_HANDSHAKE_DIGEST;
  server = serve (&options);
  far_play (&far, server, &encrypted);
  far_wait (&far, "closed: the server closed the connection in the handshake");
  far_clear (&far);
  rtmp_server_release (server);
}

/* It does not even connect. */
static void
test_no_ciphers (void)
{
  Far far;

  rtmp_crypto_set_provider (NULL);
  far_call_port (&far, 1, FALSE, &encrypted);
  far_wait (&far, "closed");
  diary_assert (&far.diary,
      "closed: RTMPE needs OpenSSL, and this was built without\n");
  far_clear (&far);
  rtmp_test_crypto ();
}

int
main (int argc, char **argv)
{
  server_tests_init (&argc, &argv);
  g_assert_nonnull (rtmp_test_crypto ());
  g_test_add_func ("/rtmpeserver/both", test_both);
  g_test_add_func ("/rtmpeserver/strict", test_strict);
  g_test_add_func ("/rtmpeserver/not-allowed", test_not_allowed);
  g_test_add_func ("/rtmpeserver/no-ciphers", test_no_ciphers);
  return g_test_run ();
}

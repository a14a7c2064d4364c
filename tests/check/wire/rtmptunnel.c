/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmptunnel.h"

#include <string.h>

typedef struct
{
  const gchar *method;
  const gchar *target;
  guint status;
  RtmpTunnelVerb verb;
  const gchar *id;
  guint32 sequence;
} Case;

#define LONG_ID "0123456789abcdef0123456789abcdef" \
    "0123456789abcdef0123456789abcdef"

static const Case cases[] = {
  {"POST", "/open/1", 200, RTMP_TUNNEL_OPEN, ""},
  {"POST", "/open/", 200, RTMP_TUNNEL_OPEN, ""},
  {"POST", "/fcs/ident2", 200, RTMP_TUNNEL_IDENT, ""},
  {"POST", "/fcs/ident", 200, RTMP_TUNNEL_IDENT, ""},
  {"POST", "/send/aB-_.~9/0", 200, RTMP_TUNNEL_SEND, "aB-_.~9", 0},
  {"POST", "/idle/a/4294967295", 200, RTMP_TUNNEL_IDLE, "a", G_MAXUINT32},
  {"POST", "/close/" LONG_ID "/1", 200, RTMP_TUNNEL_CLOSE, LONG_ID, 1},
  {"POST", "http://host:80/send/a/7", 200, RTMP_TUNNEL_SEND, "a", 7},
  {"POST", "HTTP://host/open/1", 200, RTMP_TUNNEL_OPEN, ""},
  {"GET", "/open/1", 405},
  {"post", "/open/1", 405},
  {"GET", "/", 404},
  {"POST", "/", 404},
  {"POST", "*", 404},
  {"POST", "http://host", 404},
  {"POST", "/opened/1", 404},
  {"POST", "/send", 404},
  {"POST", "/send/", 400},
  {"POST", "/send/a", 400},
  {"POST", "/send//1", 400},
  {"POST", "/send/a/", 400},
  {"POST", "/send/a/-1", 400},
  {"POST", "/send/a/1x", 400},
  {"POST", "/send/a/1/2", 400},
  {"POST", "/send/a/4294967296", 400},
  {"POST", "/send/a%00/1", 400},
  {"POST", "/idle/" LONG_ID "x/1", 400},
};

static void
test_parse (void)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    const Case *c = &cases[i];
    RtmpHttpHead head = {.method = c->method,.target = c->target };
    RtmpTunnelRequest request;

    g_test_message ("%s %s", c->method, c->target);
    g_assert_cmpuint (rtmp_tunnel_request_parse (&request, &head), ==,
        c->status);
    if (c->status != 200)
      continue;
    g_assert_cmpint (request.verb, ==, c->verb);
    g_assert_cmpstr (request.id, ==, c->id);
    g_assert_cmpuint (request.sequence, ==, c->sequence);
  }
}

static void
assert_path (RtmpTunnelVerb verb, const gchar * expected)
{
  RtmpTunnelRequest request = {.verb = verb,.id = "a",.sequence = 7 };
  RtmpTunnelRequest again;
  g_autofree gchar *path = rtmp_tunnel_request_path (&request);
  RtmpHttpHead head = {.method = "POST",.target = path };

  g_assert_cmpstr (path, ==, expected);
  g_assert_cmpuint (rtmp_tunnel_request_parse (&again, &head), ==, 200);
  g_assert_cmpint (again.verb, ==, verb);
}

static void
test_path (void)
{
  assert_path (RTMP_TUNNEL_IDENT, "/fcs/ident2");
  assert_path (RTMP_TUNNEL_OPEN, "/open/1");
  assert_path (RTMP_TUNNEL_SEND, "/send/a/7");
  assert_path (RTMP_TUNNEL_IDLE, "/idle/a/7");
  assert_path (RTMP_TUNNEL_CLOSE, "/close/a/7");
}

static void
test_id (void)
{
  g_assert_true (rtmp_tunnel_id_is_valid ("a", 1));
  g_assert_true (rtmp_tunnel_id_is_valid (LONG_ID, strlen (LONG_ID)));
  g_assert_false (rtmp_tunnel_id_is_valid (LONG_ID "x", strlen (LONG_ID) + 1));
  g_assert_false (rtmp_tunnel_id_is_valid ("", 0));
  g_assert_false (rtmp_tunnel_id_is_valid ("a\0b", 3));
  g_assert_false (rtmp_tunnel_id_is_valid ("a/b", 3));
  g_assert_false (rtmp_tunnel_id_is_valid ("a b", 3));
  g_assert_false (rtmp_tunnel_id_is_valid ("a\r\n", 3));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtmptunnel/parse", test_parse);
  g_test_add_func ("/rtmptunnel/path", test_path);
  g_test_add_func ("/rtmptunnel/id", test_id);
  return g_test_run ();
}

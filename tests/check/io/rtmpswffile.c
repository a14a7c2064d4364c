/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SWF files, and callers that have to have them. */
#include "rtmpserverfixture.h"

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
  g_test_add_func ("/rtmpswffile/callers", test_callers);
  return g_test_run ();
}

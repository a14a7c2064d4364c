/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What goes in and what comes out, in words: gstrtmpmuxtest.h. The rest is in
 * gstrtmpmuxlive.c and gstrtmpmuxfile.c. */
#include "gstrtmpmuxtest.h"

typedef struct
{
  const gchar *name;
  const gchar *properties;
  struct
  {
    const gchar *feed;
    const gchar *expect;
  } steps[4];                   /* the end follows the last */
} Case;

static const Case cases[] = {
  {"one-track", "", {
              {"v0.avc v0=0 v0=40/40 v0=80/80", "file v\n0 onMetaData\n"
                    "0 v0 configuration\n0 v0 key\n40 v0 inter\n80 v0 inter"},
          }},
  {"order-of-decoding-times", "", {
              {"v0.avc a0.aac v0=0 v0=40/40 a0=0 a0=23 a0=46 v0=80/80 a0=69 "
                    "a0=92",
                  "file av\n0 onMetaData\n0 v0 configuration\n"
                    "0 a0 configuration\n0 v0 key\n0 a0 frame\n23 a0 frame\n"
                    "40 v0 inter\n46 a0 frame\n69 a0 frame\n80 v0 inter\n"
                    "92 a0 frame"},
          }},
  {"each-track-keeps-its-times", "", {
              {"v0.avc a0.aac v0=1000 a0=7 v0=1040/1040 a0=1030",
                  "file av\n7 onMetaData\n7 v0 configuration\n"
                    "7 a0 configuration\n7 a0 frame\n1000 v0 key\n"
                    "1030 a0 frame\n1040 v0 inter"},
          }},
  {"begins-at-any-time", "", {
              {"v0.avc v0=86400000", "file v\n86400000 onMetaData\n"
                    "86400000 v0 configuration\n86400000 v0 key"},
          }},
  {"E-175-composition-times", "", {
              {"v0.avc v0=0/40 v0=40/160 v0=80/80 v0=120/100",
                  "file v\n0 onMetaData\n0 v0 configuration\n0 v0 inter +40\n"
                    "40 v0 inter +120\n80 v0 inter\n120 v0 inter -20"},
          }},
  {"composition-times-are-clamped", "", {
              {"v0.avc v0=10000000/0 v0=10000001/30000000",
                  "file v\n10000000 onMetaData\n10000000 v0 configuration\n"
                    "10000000 v0 inter -8388608\n10000001 v0 inter +8388607"},
          }},
  /* As x264enc: its segment begins at 1000 hours, and decoding before it. */
  {"negative-decoding-times", "", {
              {"v0.avc a0.aac v0.segment=3600000000 "
                    "v0=3599999920/3600000000 a0=0 v0=3599999960/3600000080 "
                    "a0=23",
                  "file av\n0 onMetaData\n0 v0 configuration\n"
                    "0 a0 configuration\n0 v0 inter +80\n40 v0 inter +120\n"
                    "80 a0 frame\n103 a0 frame"},
          }},
  {"no-decoding-times", "", {
              {"v0.avc v0=-/0 v0=-/80 v0=-/40", "file v\n0 onMetaData\n"
                    "0 v0 configuration\n0 v0 inter\n80 v0 inter\n"
                    "80 v0 inter -40"},
          }},
  {"no-presentation-times", "", {
              {"v0.avc v0=20/- v0=40/-", "file v\n20 onMetaData\n"
                    "20 v0 configuration\n20 v0 inter\n40 v0 inter"},
          }},
  {"no-times", "", {
              {"a0.mp3 a0=- a0=30 a0=-", "file a\n0 onMetaData\n0 a0 frame\n"
                    "30 a0 frame\n30 a0 frame"},
          }},
  {"decoding-times-that-go-back", "", {
              {"v0.avc v0=40 v0=20/20 v0=60/60", "file v\n40 onMetaData\n"
                    "40 v0 configuration\n40 v0 key\n40 v0 inter -20\n"
                    "60 v0 inter"},
          }},
  {"wrap", "", {
              {"v0.avc a0.aac v0=4294967280/4294967300 a0=4294967290 "
                    "v0=4294967320/4294967300 a0=4294967313",
                  "file av\n4294967280 onMetaData\n4294967280 v0 "
                    "configuration\n"
                    "4294967280 a0 configuration\n4294967280 v0 inter +20\n"
                    "4294967290 a0 frame\n17 a0 frame\n24 v0 inter -20"},
          }},
  {"codec-data-change", "", {
              {"v0.avc v0=0 v0.avc2 v0=40 v0.avc2 v0=80",
                  "file v\n0 onMetaData\n0 v0 configuration\n0 v0 key\n"
                    "40 onMetaData\n40 v0 configuration\n40 v0 key\n80 v0 key"},
          }},
  {"codec-change", "", {
              {"v0.avc v0=0 v0.vp8 v0=40 v0.avc v0=80",
                  "file v\n0 onMetaData\n0 v0 configuration\n0 v0 key\n"
                    "40 onMetaData\n40 V0 configuration\n40 V0 key\n"
                    "80 onMetaData\n80 v0 configuration\n80 v0 key"},
          }},
  {"caps-change-that-needs-no-configuration", "", {
              {"v0.avc v0=0 v0.avc-wider v0=40", "file v\n0 onMetaData\n"
                    "0 v0 configuration\n0 v0 key\n40 onMetaData\n40 v0 key"},
          }},
  {"caps-of-one-track-change-nothing-of-others", "", {
              {"v0.avc a0.aac v0=0 a0=0 a0.aac2 a0=23 v0=40",
                  "file av\n0 onMetaData\n0 v0 configuration\n"
                    "0 a0 configuration\n0 v0 key\n0 a0 frame\n23 onMetaData\n"
                    "23 a0 configuration\n23 a0 frame\n40 v0 key"},
          }},
  {"late-pad", "", {
              {"v0.avc v0=0 v0=40/40", "file v\n0 onMetaData\n"
                    "0 v0 configuration\n0 v0 key\n40 v0 inter"},
              {"a0.aac a0=50 v0=80/80", "50 onMetaData\n50 a0 configuration\n"
                    "50 a0 frame\n80 v0 inter"},
          }},
  {"released-pad", "", {
              {"v0.avc a0.aac v0=0 a0=0", "file av\n0 onMetaData\n"
                    "0 v0 configuration\n0 a0 configuration\n0 v0 key\n"
                    "0 a0 frame"},
              {"a0.release v0=5000/5000 v0=5040/5040",
                  "5000 onMetaData\n5000 v0 inter\n5040 v0 inter"},
          }},
  {"E-242-E-237-tracks", "", {
              {"v0.avc v1.avc a0.aac a1.aac v0=0 v1=0 a0=0 a1=0",
                  "file av\n0 onMetaData\n0 v0 configuration\n"
                    "0 V1 configuration\n0 a0 configuration\n"
                    "0 A1 configuration\n0 v0 key\n0 V1 key\n0 a0 frame\n"
                    "0 A1 frame"},
              {"", "0 V1 end\n0 A1 end"},
          }},
  {"E-248-frame-types-of-tracks-differ", "", {
              {"v0.vp8 v1.vp8 v0=0 v1=0/0 v0=40/40 v1=40",
                  "file v\n0 onMetaData\n0 V0 configuration\n"
                    "0 V1 configuration\n0 V0 key\n0 V1 inter\n40 V0 inter\n"
                    "40 V1 key"},
              {"", "40 V0 end\n40 V1 end"},
          }},
  {"E-204-end-of-one-track", "", {
              {"v0.hevc v1.hevc v0=0 v1=0 v1.eos v0=40/40 v0=80/80",
                  "file v\n0 onMetaData\n0 V0 configuration\n"
                    "0 V1 configuration\n0 V0 key\n0 V1 key\n0 V1 end\n"
                    "40 V0 inter\n80 V0 inter\n80 V0 end"},
          }},
  {"silent-track", "", {
              /* The lane is full after a second: who feeds both waits. */
              {"v0.avc a0.aac v0=0 v0=500 v0=1000 v0=1040",
                  "file av\n0 onMetaData\n"
                    "0 v0 configuration\n0 a0 configuration\n0 v0 key"},
              {"a0.eos", "500 v0 key\n1000 v0 key\n1040 v0 key"},
          }},
  {"gap", "", {
              {"v0.avc a0.aac v0=0 v0=40/40", ""},
              {"a0.gap=0+40", "file av\n0 onMetaData\n0 v0 configuration\n"
                    "0 a0 configuration\n0 v0 key\n40 v0 inter"},
              {"v0=60/60 a0.gap=60", "60 v0 inter"},
          }},
  {"force-fourcc", "force-fourcc=true", {
              {"v0.avc a0.aac v0=0/40 a0=0", "file av\n0 onMetaData\n"
                    "0 V0 configuration\n0 A0 configuration\n0 V0 inter +40\n"
                    "0 A0 frame"},
              {"", "0 V0 end\n0 A0 end"},
          }},
  {"E-250-colors-before-frames", "", {
              {"v0.hevc v0=0 v0.hevc-pq v0=40 v0.hevc v0=80", "file v\n"
                    "0 onMetaData\n0 V0 configuration\n0 V0 key\n"
                    "40 V0 configuration\n40 V0 metadata\n40 V0 key\n"
                    "80 V0 configuration\n80 V0 metadata\n80 V0 key\n"
                    "80 V0 end"},
          }},
  {"E-218-channels", "", {
              {"a0.opus51 a0=0", "file a\n0 onMetaData\n0 A0 configuration\n"
                    "0 A0 channels\n0 A0 frame\n0 A0 end"},
          }},
  {"tags-that-come-later", "", {
              {"a0.mp3 a0.tag=A a0=0 a0.tag=A a0=20 a0.tag=B a0=40",
                  "file a\n0 onMetaData\n0 a0 frame\n20 a0 frame\n"
                    "40 onMetaData\n40 a0 frame"},
          }},
  {"script", "", {
              {"v0.avc a0.mp3 a0.script=first v0=0 a0=10 a0.script=second "
                    "a0=30 " "v0=40",
                  "file av\n0 onMetaData\n0 v0 configuration\n"
                    "0 v0 key\n0 first\n10 a0 frame\n10 second\n30 a0 frame\n"
                    "40 v0 key"},
          }},
  {"script-is-first", "", {
              {"a0.mp3 a0.script=first a0=10", "file a\n10 onMetaData\n"
                    "10 first\n10 a0 frame"},
          }},
  {"script-is-last", "", {
              {"a0.mp3 a0=10 a0.script=last", "file a\n10 onMetaData\n"
                    "10 a0 frame\n10 last"},
          }},
  {"flush", "", {
              {"v0.avc a0.aac v0=0 v0=40 v0.flush v0=100 a0=0", "file av\n"
                    "0 onMetaData\n0 v0 configuration\n0 a0 configuration\n"
                    "0 a0 frame\n100 v0 key"},
          }},
};

static void
test_case (gconstpointer user_data)
{
  const Case *c = user_data;
  GstRtmpMuxTest *t = gst_rtmp_mux_test_new (c->properties);
  guint i;

  for (i = 0; i + 1 < G_N_ELEMENTS (c->steps) && c->steps[i + 1].feed; i++) {
    gst_rtmp_mux_test_feed (t, c->steps[i].feed);
    gst_rtmp_mux_test_expect (t, c->steps[i].expect);
  }
  gst_rtmp_mux_test_feed (t, c->steps[i].feed);
  gst_rtmp_mux_test_end (t);
  gst_rtmp_mux_test_expect_end (t, c->steps[i].expect);
  gst_rtmp_mux_test_free (t);
}

int
main (int argc, char **argv)
{
  gst_rtmp_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *path = g_strdup_printf ("/mux/%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], test_case);
  }
  return g_test_run ();
}

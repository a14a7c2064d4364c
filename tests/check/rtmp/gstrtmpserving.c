/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What both elements that listen have in common. */
#include "gstrtmpservertest.h"

static gboolean
refuse (GstElement * element, const GstStructure * caller, gpointer user_data)
{
  diary_add (user_data, "connecting %s", gst_structure_get_string (caller,
          "stream"));
  return FALSE;
}

static void
test_connecting (void)
{
  guint fds = rtmp_test_count_fds ();
  Service service;
  Far far;

  service_start (&service, GST_STATE_PLAYING, "rtmpserversrc name=server "
      "location=rtmp://127.0.0.1/live port=0 ! fakesink");
  g_signal_connect (service.element, "caller-connecting", G_CALLBACK (refuse),
      &service.signals);
  far_call_port (&far, service.port, TRUE, NULL);
  far_wait (&far, "NetStream.Publish.Denied Refused.");
  far_clear (&far);
  diary_wait (&service.signals, "rejected", 1);
  diary_assert (&service.signals,
      "connecting cam\nrejected live/cam? because Refused.\n");
  service_clear (&service);
  assert_nothing_left (fds);
}

/* Any application and stream; a token; users. */
static void
test_who (void)
{
  static const struct
  {
    const gchar *properties;
    FarPlan plan;
    const gchar *code;
  } cases[] = {
    {"", {.app = "any",.stream = "thing"}, "running"},
    {"auth-token=abc", {.stream = "cam?key=abc"}, "running"},
    {"auth-token=abc", {.stream = "cam"}, "NetStream.Publish.Unauthorized"},
    {"users=ann:x,bob:y", {.user = "bob",.password = "y"}, "running"},
    {"users=ann:x,bob:y", {.user = "bob",.password = "x"}, "closed"},
    {"users=ann:x,bob:y", {.user = NULL}, "closed"},
  };
  guint fds = rtmp_test_count_fds (), i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *launch = g_strdup_printf ("rtmpserversrc name=server "
        "location=rtmp://127.0.0.1/ port=0 %s ! fakesink", cases[i].properties);
    Service service;
    Far far;

    service_start (&service, GST_STATE_PLAYING, launch);
    far_call_port (&far, service.port, TRUE, &cases[i].plan);
    far_wait (&far, cases[i].code);
    far_clear (&far);
    service_clear (&service);
  }
  assert_nothing_left (fds);
}

/* Two on one port, told apart by their streams. */
static void
test_two_on_one_port (void)
{
  const FarPlan other = {.stream = "other" };
  guint fds = rtmp_test_count_fds ();
  g_autofree gchar *launch = NULL;
  Service one, two;
  Far far[2];

  service_start (&one, GST_STATE_PLAYING, "rtmpserversrc name=server "
      "location=rtmp://127.0.0.1/live/cam port=0 ! fakesink");
  launch = g_strdup_printf ("rtmpserversrc name=server location="
      "rtmp://127.0.0.1:%u/live/other ! fakesink", one.port);
  service_start (&two, GST_STATE_PLAYING, launch);
  far_call_port (&far[0], one.port, TRUE, NULL);
  far_call_port (&far[1], one.port, TRUE, &other);
  diary_wait (&one.signals, "added live/cam", 1);
  diary_wait (&two.signals, "added live/other", 1);
  service_clear (&one);
  far_send (&far[1], 'V', 0, "x", 9);
  diary_wait (&two.output, "V", 1);
  far_clear (&far[0]);
  far_clear (&far[1]);
  service_clear (&two);
  assert_nothing_left (fds);
}

static void
test_tls (void)
{
  const FarPlan plan = {.tls = TRUE };
  g_autofree gchar *launch = g_strdup_printf ("rtmpserversrc name=server "
      "location=rtmps://127.0.0.1/live/cam port=0 tls-certificate-file=\"%s/"
      "tls/server.pem\" tls-key-file=\"%s/tls/server.key\" ! fakesink",
      g_getenv ("FILES"), g_getenv ("FILES"));
  Service service;
  Far far;

  service_start (&service, GST_STATE_PLAYING, launch);
  far_call_port (&far, service.port, TRUE, &plan);
  far_wait (&far, "running");
  far_send (&far, 'V', 0, "x", 1 << 20);
  diary_wait (&service.output, "V", 1);
  rtmp_client_finish (far.client);
  far_wait (&far, "closed: done");
  gst_rtmp_test_wait (service.test, GST_MESSAGE_EOS);
  far_clear (&far);
  service_clear (&service);
}

/* What cannot be listened to is told, once. */
static void
test_errors (void)
{
  guint fds = rtmp_test_count_fds ();
  RtmpTestFullPort *full = rtmp_test_full_port_new ();
  GstRtmpTest *test;

  test = gst_rtmp_test_new ("rtmpserversrc name=server location="
      "rtmp://127.0.0.1:%u/live ! fakesink", rtmp_test_full_port_port (full));
  g_assert_cmpint (gst_element_set_state (test->pipeline, GST_STATE_PLAYING),
      ==, GST_STATE_CHANGE_FAILURE);
  gst_rtmp_test_assert_error (test, gst_rtmp_test_element (test, "server"),
      GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY, "The port is in use");
  gst_rtmp_test_free (test);
  rtmp_test_full_port_free (full);
  test = gst_rtmp_test_new ("rtmpserversink name=server location="
      "rtmp://192.0.2.1/live");
  g_assert_cmpint (gst_element_set_state (test->pipeline, GST_STATE_PLAYING),
      ==, GST_STATE_CHANGE_FAILURE);
  gst_rtmp_test_assert_error (test, gst_rtmp_test_element (test, "server"),
      GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ, "Cannot listen there");
  gst_rtmp_test_free (test);
  assert_nothing_left (fds);
}

int
main (int argc, char **argv)
{
  gst_rtmp_test_init (&argc, &argv);
  server_tests_warm_up ();
  g_test_add_func ("/gstrtmpserving/connecting", test_connecting);
  g_test_add_func ("/gstrtmpserving/who", test_who);
  g_test_add_func ("/gstrtmpserving/two-on-one-port", test_two_on_one_port);
  g_test_add_func ("/gstrtmpserving/tls", test_tls);
  g_test_add_func ("/gstrtmpserving/errors", test_errors);
  return g_test_run ();
}

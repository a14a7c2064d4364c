/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Elements that run while another thread asks and sets all that it can: of most
 * use under ThreadSanitizer. */
#include "gstrtmptest.h"

#define ROUNDS 3

typedef struct
{
  GstElement *element;
  GThread *thread;
  GMutex lock;
  GCond cond;
  guint turns;                  /* under lock */
  gboolean done;                /* under lock */
} Meddler;

/* Sets what it has been told, so that nothing changes. */
static void
meddle_property (GstElement * element, const GParamSpec * spec)
{
  GValue value = G_VALUE_INIT;

  if (spec->owner_type != G_OBJECT_TYPE (element)
      || !(spec->flags & G_PARAM_READABLE))
    return;
  g_value_init (&value, spec->value_type);
  g_object_get_property (G_OBJECT (element), spec->name, &value);
  if (spec->flags & G_PARAM_WRITABLE)
    g_object_set_property (G_OBJECT (element), spec->name, &value);
  g_value_unset (&value);
}

static void
meddle_query (GstElement * element)
{
  GstQuery *latency = gst_query_new_latency ();
  gint64 unused;

  gst_element_query (element, latency);
  gst_query_unref (latency);
  gst_element_query_duration (element, GST_FORMAT_TIME, &unused);
  gst_element_query_position (element, GST_FORMAT_TIME, &unused);
}

static gboolean
turn_is_over (Meddler * self)
{
  gboolean done;

  g_mutex_lock (&self->lock);
  self->turns++;
  done = self->done;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
  return done;
}

static gpointer
meddle (gpointer data)
{
  Meddler *self = data;
  guint i, n;
  g_autofree GParamSpec **specs =
      g_object_class_list_properties (G_OBJECT_GET_CLASS (self->element), &n);

  do {
    for (i = 0; i < n; i++)
      meddle_property (self->element, specs[i]);
    meddle_query (self->element);
  } while (!turn_is_over (self));
  return NULL;
}

static void
meddler_start (Meddler * self, GstElement * element)
{
  self->element = element;
  self->turns = 0;
  self->done = FALSE;
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->thread = g_thread_new ("meddler", meddle, self);
}

/* One that began and ended in between. */
static void
meddler_wait_turn (Meddler * self)
{
  guint turns;

  g_mutex_lock (&self->lock);
  turns = self->turns + 2;
  while (self->turns < turns)
    g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
}

static void
meddler_stop (Meddler * self)
{
  g_mutex_lock (&self->lock);
  self->done = TRUE;
  g_mutex_unlock (&self->lock);
  g_thread_join (self->thread);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
}

/* Goes through all states while it is meddled with, and then to the end. */
static void
run_meddled (GstRtmpTest * test)
{
  Meddler meddler;
  guint i;

  meddler_start (&meddler, gst_rtmp_test_element (test, "e"));
  for (i = 0; i < ROUNDS; i++) {
    gst_rtmp_test_set_state (test, GST_STATE_PLAYING);
    meddler_wait_turn (&meddler);
    gst_rtmp_test_set_state (test, GST_STATE_PAUSED);
    gst_rtmp_test_set_state (test, GST_STATE_NULL);
  }
  gst_rtmp_test_forget (test);
  gst_rtmp_test_set_state (test, GST_STATE_PLAYING);
  gst_rtmp_test_wait (test, GST_MESSAGE_EOS);
  meddler_stop (&meddler);
}

static void
test_sink (void)
{
  g_autofree gchar *file = gst_rtmp_test_path ("avc_aac.flv");
  g_autoptr (GBytes) flv = gst_rtmp_test_read ("avc_aac.flv");
  g_autoptr (GPtrArray) tags = gst_rtmp_test_tags (flv);
  RtmpTestServer *server = rtmp_test_server_new (NULL);
  g_autofree gchar *url = rtmp_test_server_url (server, "cam");
  GstRtmpTest *test = gst_rtmp_test_new ("filesrc location=\"%s\" ! "
      "rtmpsink name=e sync=false location=%s", file, url);

  run_meddled (test);
  gst_rtmp_test_free (test);
  gst_rtmp_test_assert_published (server, tags);
  rtmp_test_server_free (server);
}

static void
send_media (RtmpScriptedPeer * peer, const RtmpMessage * message,
    gpointer user_data)
{
  const GPtrArray *media = user_data;
  guint i;

  for (i = 0; i < media->len; i++) {
    const RtmpMessage *m = g_ptr_array_index (media, i);

    rtmp_scripted_peer_send_media (peer, (RtmpMessageType) m->type,
        RTMP_SCRIPTED_PEER_STREAM, m->timestamp, g_bytes_ref (m->payload));
  }
  rtmp_scripted_peer_send_status (peer, RTMP_SCRIPTED_PEER_STREAM, "status",
      "NetStream.Play.Stop", "");
}

/* Buffers are counted so that they come one by one: in GStreamer 1.22 the base
 * class complains when a list waits in a live source that is paused, and then
 * stopped. */
static void
test_src (gconstpointer type)
{
  GPtrArray *media = gst_rtmp_test_numbered (200, 5000);
  const RtmpTestPlan plan = {.started = send_media,.user_data = media };
  RtmpTestServer *server = rtmp_test_server_new (&plan);
  g_autofree gchar *url = rtmp_test_server_url (server, "cam");
  GstRtmpTest *test = gst_rtmp_test_new ("rtmpsrc name=e stream-type=%s "
      "num-buffers=100000 location=%s ! fakesink async=false sync=false",
      (const gchar *) type,
      url);

  run_meddled (test);
  gst_rtmp_test_free (test);
  rtmp_test_server_free (server);
  g_ptr_array_unref (media);
}

int
main (int argc, char **argv)
{
  gst_rtmp_test_init (&argc, &argv);
  g_test_add_func ("/threads/sink", test_sink);
  g_test_add_data_func ("/threads/src/live", "live", test_src);
  g_test_add_data_func ("/threads/src/recorded", "recorded", test_src);
  return g_test_run ();
}

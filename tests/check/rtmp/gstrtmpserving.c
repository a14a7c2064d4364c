/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What both elements that listen have in common. */
#include "gstrtmpbin.h"
#include "gstrtmpservertest.h"

/* Logs */

static GMutex log_lock;
static GString *logged;         /* under log_lock; NULL: not now */

static void
on_log (GstDebugCategory * category, GstDebugLevel level, const gchar * file,
    const gchar * function, gint line, GObject * object,
    GstDebugMessage * message, gpointer user_data)
{
  if (level > GST_LEVEL_INFO)
    return;
  g_mutex_lock (&log_lock);
  if (logged)
    g_string_append_printf (logged, "%s\n", gst_debug_message_get (message));
  g_mutex_unlock (&log_lock);
}

static void
log_start (void)
{
  g_mutex_lock (&log_lock);
  logged = g_string_new (NULL);
  g_mutex_unlock (&log_lock);
}

/* (transfer full) */
static gchar *
log_end (void)
{
  GString *text;

  g_mutex_lock (&log_lock);
  text = g_steal_pointer (&logged);
  g_mutex_unlock (&log_lock);
  return g_string_free (text, FALSE);
}

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

/* Any application and stream, or just these; a token; users. */
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
    {"application=live", {.stream = "thing"}, "running"},
    {"application=live", {.app = "any"}, "closed: the server refused the "
        "connection: NetConnection.Connect.InvalidApp: There is no such "
        "application."},
    {"stream=cam", {.app = "any"}, "running"},
    {"stream=cam", {.stream = "thing"},
        "NetStream.Publish.Denied There is no such stream."},
    {"auth-token=abc", {.stream = "cam?key=abc"}, "running"},
    {"auth-token=abc", {.stream = "cam?user=joe&pass=abc"}, "running"},
    {"auth-token=abc", {.app = "live?token=abc"}, "running"},
    {"auth-token=abc", {.stream = "cam?key=ab"},
        "NetStream.Publish.Unauthorized The key is missing or wrong."},
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

/* Whoever is refused, wherever that is. */
static void
test_rejected (void)
{
  static const struct
  {
    const gchar *properties;
    FarPlan plan;
    const gchar *rejected;
  } cases[] = {
    {"", {.app = "other"}, "other/? because There is no such application."},
    {"", {.stream = "dog"}, "live/dog? because There is no such stream."},
    {"auth-token=abc", {.stream = "cam?key=x"},
        "live/cam?key=x because The key is missing or wrong."},
    {"users=ann:x", {.user = "ann",.password = "y"}, "live/?"},
  };
  guint fds = rtmp_test_count_fds (), i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *launch = g_strdup_printf ("rtmpserversrc name=server "
        "location=rtmp://127.0.0.1:0/live/cam %s ! fakesink",
        cases[i].properties);
    g_autofree gchar *line = g_strconcat ("rejected ", cases[i].rejected, NULL);
    Service service;
    Far far;

    service_start (&service, GST_STATE_PLAYING, launch);
    far_call_port (&far, service.port, TRUE, &cases[i].plan);
    far_wait (&far, "closed");
    far_clear (&far);
    diary_wait (&service.signals, line, 1);
    g_assert_cmpuint (diary_count (&service.signals, ""), ==, 1);
    service_clear (&service);
  }
  assert_nothing_left (fds);
}

static void
test_max_connection_rate (void)
{
  guint fds = rtmp_test_count_fds (), i;
  GIOStream *streams[20];
  Service service;

  service_start (&service, GST_STATE_PAUSED, "rtmpserversink name=server "
      "location=rtmp://127.0.0.1:0/ max-connection-rate=1 timeout=0");
  for (i = 0; i < G_N_ELEMENTS (streams); i++)
    streams[i] = raw_socket (service.port);
  diary_wait (&service.signals, "rejected /? because There are too many from "
      "this address", 1);
  raw_wait_end (streams[1]);
  for (i = 0; i < G_N_ELEMENTS (streams); i++)
    g_object_unref (streams[i]);
  service_clear (&service);
  assert_nothing_left (fds);
}

static void
test_max_connections (void)
{
  static const struct
  {
    const gchar *properties;
    gboolean second;
  } cases[] = {
    {"max-connections=1", FALSE}, {"max-connections=2", TRUE},
    {"max-connections=0", TRUE},
  };
  guint fds = rtmp_test_count_fds (), i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *launch = g_strdup_printf ("rtmpserversink name=server "
        "location=rtmp://127.0.0.1:0/ %s", cases[i].properties);
    Service service;
    GIOStream *stream;
    Far far;

    service_start (&service, GST_STATE_PAUSED, launch);
    far_call_port (&far, service.port, FALSE, NULL);
    diary_wait (&service.signals, "added", 1);
    stream = raw_socket (service.port);
    if (cases[i].second) {
      raw_write (stream, "\3", 1);
      far_clear (&far);
      diary_wait (&service.signals, "removed", 1);
      g_assert_cmpuint (diary_count (&service.signals, "rejected"), ==, 0);
      far_call_port (&far, service.port, FALSE, NULL);
      diary_wait (&service.signals, "added", 2);
    } else {
      diary_wait (&service.signals,
          "rejected /? because There are too many.", 1);
      raw_wait_end (stream);
    }
    g_object_unref (stream);
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

#define CERTIFICATE "tls-certificate-file=\"%s/tls/server.pem\" " \
    "tls-key-file=\"%s/tls/server.key\""

#define BIT(name) RTMP_SCHEME_BIT (name)
#define ANY_BUT_TLS (BIT (RTMP) | BIT (RTMPE) | BIT (RTMPT) | BIT (RTMPTE))
#define ONLY_TLS (BIT (RTMPS) | BIT (RTMPTS))

/* With a certificate, rtmp:// takes TLS too, unless the schemes say otherwise;
 * rtmps:// takes only that, and others only themselves. */
static void
test_schemes (void)
{
  static const struct
  {
    const gchar *where;
    guint taken;
  } cases[] = {
    {"location=rtmp://127.0.0.1/live", ANY_BUT_TLS | ONLY_TLS},
    {"location=rtmps://127.0.0.1/live", ONLY_TLS},
    {"location=rtmpe://127.0.0.1/live", BIT (RTMPE)},
    {"location=rtmpt://127.0.0.1/live", BIT (RTMPT)},
    {"location=rtmpte://127.0.0.1/live", BIT (RTMPTE)},
    {"location=rtmpts://127.0.0.1/live", BIT (RTMPTS)},
    {"location=rtmp://127.0.0.1/live schemes=rtmp", BIT (RTMP)},
    {"location=rtmps://127.0.0.1/live schemes=rtmp+rtmps",
        BIT (RTMP) | BIT (RTMPS)},
  };
  guint fds = rtmp_test_count_fds (), i;
  Service service;
  Far far;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *launch = g_strdup_printf ("rtmpserversrc name=server "
        "%s port=0 keep-listening=true " CERTIFICATE " ! fakesink",
        cases[i].where, g_getenv ("FILES"), g_getenv ("FILES"));
    FarPlan plan = {.scheme = RTMP_SCHEME_RTMP };

    service_start (&service, GST_STATE_PLAYING, launch);
    for (; plan.scheme < RTMP_SCHEME_RTMFP; plan.scheme++) {
      far_call_port (&far, service.port, TRUE, &plan);
      far_wait (&far, cases[i].taken & (1u << plan.scheme) ? "running"
          : "closed");
      far_clear (&far);
    }
    service_clear (&service);
  }
  assert_nothing_left (fds);
}

/* Each way into a port is one that all of its elements have named. */
static void
test_schemes_differ (void)
{
  static const gchar *const others[] = { "schemes=rtmp",
    "strict-handshake=true",
    ("tls-key-file=\"FILES/tls/server.key\" "
        "tls-certificate-file=\"FILES/tls/server.pem\"")
  };
  guint fds = rtmp_test_count_fds (), i;
  Service service;

  service_start (&service, GST_STATE_PLAYING, "rtmpserversrc name=server "
      "location=rtmp://127.0.0.1/live/cam port=0 ! fakesink");
  for (i = 0; i < G_N_ELEMENTS (others); i++) {
    GString *properties = g_string_new (others[i]);
    GstRtmpTest *test;

    g_string_replace (properties, "FILES", g_getenv ("FILES"), 0);
    test = gst_rtmp_test_new ("rtmpserversink name=server location="
        "rtmp://127.0.0.1:%u/live/x %s", service.port, properties->str);
    g_assert_cmpint (gst_element_set_state (test->pipeline, GST_STATE_PLAYING),
        ==, GST_STATE_CHANGE_FAILURE);
    gst_rtmp_test_assert_error (test, gst_rtmp_test_element (test, "server"),
        GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY, "The port is in use");
    gst_rtmp_test_free (test);
    g_string_free (properties, TRUE);
  }
  service_clear (&service);
  assert_nothing_left (fds);
}

static void
note_type (GstElement * element, const GstStructure * caller,
    gpointer user_data)
{
  const gchar *type = gst_structure_get_string (caller, "publish-type");

  diary_add (user_data, "%s", type ? type : "plays");
}

static void
note_caller (GstElement * element, const GstStructure * caller,
    gpointer user_data)
{
  g_autoptr (GstStructure) copy = gst_structure_copy (caller);
  g_autofree gchar *text = NULL;

  gst_structure_remove_fields (copy, "id", "peer", NULL);
  text = gst_structure_to_string (copy);
  diary_add (user_data, "%s", text);
}

/* All that is told of one, and a user who has proved to be that. */
static void
test_caller (void)
{
  const FarPlan plan = {.user = "ann",.password = "x" };
  RtmpValue *info = rtmp_value_new_object ();
  Service service;
  Diary told;
  Far far;
  Raw raw;

  diary_init (&told);
  service_start (&service, GST_STATE_PLAYING, "rtmpserversrc name=server "
      "location=rtmp://127.0.0.1/ port=0 ! fakesink");
  g_signal_connect (service.element, "caller-added", G_CALLBACK (note_caller),
      &told);
  rtmp_value_set_string (info, "app", "live");
  rtmp_value_set_string (info, "tcUrl", "rtmp://host/live");
  rtmp_value_set_string (info, "flashVer", "FMLE/3.0");
  raw_open (&raw, service.port);
  raw_send (&raw, RTMP_MESSAGE_COMMAND_AMF0, 0, 0,
      rtmp_command_write ("connect", 1, info, NULL));
  raw_ask (&raw, 0, "createStream", NULL);
  raw_ask (&raw, 1, "publish", "cam?key");
  diary_wait (&told, "", 1);
  diary_assert (&told, "rtmp-caller, application=(string)live, "
      "stream=(string)cam, query=(string)key, "
      "tc-url=(string)rtmp://host/live, flash-version=(string)FMLE/3.0, "
      "user=(string)\"\", publish-type=(string)live;\n");
  raw_close (&raw);
  service_clear (&service);
  diary_forget (&told);
  service_start (&service, GST_STATE_PLAYING, "rtmpserversrc name=server "
      "location=rtmp://127.0.0.1/ port=0 users=ann:x ! fakesink");
  g_signal_connect (service.element, "caller-added", G_CALLBACK (note_caller),
      &told);
  far_call_port (&far, service.port, TRUE, &plan);
  diary_wait (&told, "", 1);
  g_assert_nonnull (strstr (g_ptr_array_index (told.lines, 0),
          "user=(string)ann"));
  far_clear (&far);
  service_clear (&service);
  diary_clear (&told);
}

/* What publishers want is told; there are no recordings here, live or not. */
static void
test_publish_types (void)
{
  static const gchar *const types[] = { "live", "record", "append" };
  Service service;
  Diary told;
  Raw raw;
  guint i;

  diary_init (&told);
  service_start (&service, GST_STATE_PLAYING, "rtmpserversrc name=server "
      "location=rtmp://127.0.0.1/live port=0 keep-listening=true ! fakesink");
  g_signal_connect (service.element, "caller-added", G_CALLBACK (note_type),
      &told);
  for (i = 0; i < G_N_ELEMENTS (types); i++) {
    raw_call (&raw, service.port, 1);
    raw_send (&raw, RTMP_MESSAGE_COMMAND_AMF0, 1, 0,
        rtmp_command_write ("publish", 9, rtmp_value_new_null (),
            rtmp_value_new_string ("cam"), rtmp_value_new_string (types[i]),
            NULL));
    raw_wait (&raw, "1 onStatus NetStream.Publish.Start", 1);
    diary_wait (&told, types[i], 1);
    raw_close (&raw);
    diary_wait (&service.signals, "removed", i + 1);
  }
  service_clear (&service);
  service_start (&service, GST_STATE_PLAYING, "appsrc caps=video/x-flv ! "
      "rtmpserversink name=server location=rtmp://127.0.0.1/live port=0 "
      "async=false");
  g_signal_connect (service.element, "caller-added", G_CALLBACK (note_type),
      &told);
  raw_call (&raw, service.port, 1);
  raw_ask (&raw, 1, "play", "cam");
  diary_wait (&told, "plays", 1);
  raw_close (&raw);
  service_clear (&service);
  diary_clear (&told);
}

/* One that says nothing any more, and answers no ping, has gone. */
static void
test_idle (void)
{
  guint fds = rtmp_test_count_fds ();
  Service service;
  Raw raw;

  service_start (&service, GST_STATE_PLAYING, "rtmpserversrc name=server "
      "location=rtmp://127.0.0.1/live port=0 idle-timeout=1 ! fakesink");
  raw_call (&raw, service.port, 1);
  raw_ask (&raw, 1, "publish", "cam");
  diary_wait (&service.signals, "added", 1);
  diary_wait (&service.signals, "removed live/cam? because nothing came from "
      "the client for 1 seconds", 1);
  gst_rtmp_test_wait (service.test, GST_MESSAGE_EOS);
  raw_close (&raw);
  service_clear (&service);
  assert_nothing_left (fds);
}

/* Who stalls has gone, in the handshake as behind it. */
static void
test_timeout (void)
{
  guint fds = rtmp_test_count_fds ();
  g_autofree gchar *log = NULL;
  GIOStream *silent[2];
  Service service;
  Raw raw[2];
  guint i;

  log_start ();
  service_start (&service, GST_STATE_PAUSED, "rtmpserversink name=server "
      "location=rtmp://127.0.0.1:0/live timeout=1");
  for (i = 0; i < G_N_ELEMENTS (silent); i++)
    silent[i] = raw_socket (service.port);
  raw_write (silent[1], "\3", 1);
  raw_open (&raw[0], service.port);
  raw_call (&raw[1], service.port, 1);
  for (i = 0; i < G_N_ELEMENTS (silent); i++) {
    raw_wait_end (silent[i]);
    g_object_unref (silent[i]);
  }
  for (i = 0; i < G_N_ELEMENTS (raw); i++) {
    raw_wait_end (raw[i].stream);
    raw_close (&raw[i]);
  }
  service_clear (&service);
  log = log_end ();
  g_assert_nonnull (strstr (log, "silent in the handshake"));
  g_assert_nonnull (strstr (log, "did not call connect within 1 seconds"));
  g_assert_nonnull (strstr (log, "publish or play within 1 seconds"));
  assert_nothing_left (fds);
}

/* Neither a publisher that stands still nor one whose stream nobody takes holds
 * up another one, in whatever loop they are. */
static void
test_stalled (void)
{
  const FarPlan other = {.stream = "other" };
  Service full, flowing;
  g_autofree gchar *launch = NULL;
  Raw stalled[2 * RTMP_LOOP_MAX];
  Far far[2];
  guint i;

  service_start (&full, GST_STATE_PAUSED, "rtmpserversrc name=server "
      "location=rtmp://127.0.0.1/live/cam port=0 max-queue-bytes=1 ! fakesink");
  launch = g_strdup_printf ("rtmpserversrc name=server takeover=true location="
      "rtmp://127.0.0.1:%u/live/other ! fakesink", full.port);
  service_start (&flowing, GST_STATE_PLAYING, launch);
  far_call_port (&far[0], full.port, TRUE, NULL);
  diary_wait (&full.signals, "added", 1);
  for (i = 0; i < 48; i++)
    far_send (&far[0], 'V', i, "x", 1 << 20);
  for (i = 0; i < G_N_ELEMENTS (stalled); i++) {
    raw_call (&stalled[i], full.port, 1);
    /* A message of which the rest does not come. */
    raw_write (stalled[i].stream, "\5\0\0\0\17\0\0\11\1\0\0\0x", 13);
  }
  far_call_port (&far[1], full.port, TRUE, &other);
  for (i = 0; i < 48; i++)
    far_send (&far[1], 'V', i, "x", 1 << 20);
  diary_wait (&flowing.output, "V", 48);
  g_assert_cmpuint (diary_count (&full.output, "V"), <=, 1);
  for (i = 0; i < G_N_ELEMENTS (stalled); i++)
    raw_close (&stalled[i]);
  far_clear (&far[0]);
  far_clear (&far[1]);
  service_clear (&flowing);
  service_clear (&full);
}

/* A port that the system chooses, from a location, and again when it is
 * stopped. */
static void
test_any_port (void)
{
  static const gchar *const launch[] = {
    "rtmpserversrc name=server location=rtmp://127.0.0.1:0/live/cam ! fakesink",
    "rtmpserversink name=server location=rtmp://127.0.0.1:0/live/cam",
  };
  guint fds = rtmp_test_count_fds (), i;

  for (i = 0; i < G_N_ELEMENTS (launch); i++) {
    g_autofree gchar *location = NULL, *expected = NULL, *after = NULL;
    Service service;
    Far far;

    service_start (&service, GST_STATE_PAUSED, launch[i]);
    expected = g_strdup_printf ("rtmp://127.0.0.1:%u/live/cam", service.port);
    g_object_get (service.element, "location", &location, NULL);
    g_assert_cmpstr (location, ==, expected);
    far_call_port (&far, service.port, i == 0, NULL);
    far_wait (&far, "running");
    far_clear (&far);
    gst_rtmp_test_set_state (service.test, GST_STATE_READY);
    g_object_get (service.element, "location", &after, NULL);
    g_assert_cmpstr (after, ==, "rtmp://127.0.0.1:0/live/cam");
    service_clear (&service);
  }
  assert_nothing_left (fds);
}

static void
note_port (GstElement * element, GParamSpec * spec, gpointer user_data)
{
  gint port;

  g_object_get (element, "port", &port, NULL);
  diary_add (user_data, "%s", port == 0 ? "none" : "port");
}

static void
assert_port (GstElement * element, gint expected)
{
  gint port;

  g_object_get (element, "port", &port, NULL);
  g_assert_cmpint (port, ==, expected);
}

/* A port that the system has chosen is told each time, and given back; one that
 * the user names, before or meanwhile, stays. */
static void
test_notify_port (void)
{
  static const gchar *const launch[] = {
    "rtmpserversrc name=server location=rtmp://127.0.0.1/live port=0 ! "
        "fakesink", "rtmpserversink name=server location=rtmp://127.0.0.1/live "
        "port=0",
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (launch); i++) {
    Service service;
    Diary told;
    gint port;

    diary_init (&told);
    service_start (&service, GST_STATE_READY, launch[i]);
    g_signal_connect (service.element, "notify::port", G_CALLBACK (note_port),
        &told);
    gst_rtmp_test_set_state (service.test, GST_STATE_PAUSED);
    diary_assert (&told, "port\n");
    gst_rtmp_test_set_state (service.test, GST_STATE_READY);
    assert_port (service.element, 0);
    gst_rtmp_test_set_state (service.test, GST_STATE_PAUSED);
    diary_assert (&told, "port\nport\n");
    g_object_get (service.element, "port", &port, NULL);
    gst_rtmp_test_set_state (service.test, GST_STATE_READY);
    g_object_set (service.element, "port", port, NULL);
    diary_forget (&told);
    gst_rtmp_test_set_state (service.test, GST_STATE_PAUSED);
    gst_rtmp_test_set_state (service.test, GST_STATE_READY);
    diary_assert (&told, "");
    assert_port (service.element, port);
    g_object_set (service.element, "port", 0, NULL);
    gst_rtmp_test_set_state (service.test, GST_STATE_PAUSED);
    g_object_set (service.element, "port", 4321, NULL);
    gst_rtmp_test_set_state (service.test, GST_STATE_READY);
    assert_port (service.element, 4321);
    service_clear (&service);
    diary_clear (&told);
  }
}

static void
assert_counts (GstElement * element, guint connections, guint callers)
{
  g_autoptr (GstStructure) stats = NULL;
  guint n;

  g_object_get (element, "stats", &stats, NULL);
  g_assert_true (gst_structure_get_uint (stats, "connections", &n));
  g_assert_cmpuint (n, ==, connections);
  g_assert_cmpuint (gst_value_array_get_size (gst_structure_get_value (stats,
              "callers")), ==, callers);
}

/* Whoever is connected counts, also one that has asked for nothing yet; nobody
 * while it is stopped, when actions do nothing. */
static void
test_counts (void)
{
  guint fds = rtmp_test_count_fds (), i;
  Service service;
  Far far[2];
  Raw raw;

  service_start (&service, GST_STATE_PAUSED, "rtmpserversink name=server "
      "location=rtmp://127.0.0.1:0/live");
  assert_counts (service.element, 0, 0);
  raw_open (&raw, service.port);
  for (i = 0; i < G_N_ELEMENTS (far); i++)
    far_call_port (&far[i], service.port, FALSE, NULL);
  diary_wait (&service.signals, "added", i);
  assert_counts (service.element, 1 + i, i);
  gst_rtmp_test_set_state (service.test, GST_STATE_READY);
  assert_counts (service.element, 0, 0);
  g_signal_emit_by_name (service.element, "disconnect-caller",
      G_GUINT64_CONSTANT (1));
  g_signal_emit_by_name (service.element, "reconnect-caller",
      G_GUINT64_CONSTANT (1), NULL);
  gst_rtmp_test_set_state (service.test, GST_STATE_PAUSED);
  assert_counts (service.element, 0, 0);
  for (i = 0; i < G_N_ELEMENTS (far); i++)
    far_clear (&far[i]);
  raw_close (&raw);
  service_clear (&service);
  assert_nothing_left (fds);
}

typedef struct
{
  const gchar *property, *value;
} Default;

static void
assert_defaults (const gchar * factory, const Default * wanted)
{
  g_autoptr (GstElement) element =
      gst_object_ref_sink (gst_element_factory_make (factory, NULL));

  for (; wanted->property; wanted++) {
    GParamSpec *spec = g_object_class_find_property (G_OBJECT_GET_CLASS
        (element), wanted->property);
    g_auto (GValue) value = G_VALUE_INIT;
    g_autofree gchar *text = NULL, *told = NULL;

    g_object_get_property (G_OBJECT (element), wanted->property, &value);
    text = gst_value_serialize (&value);
    told = gst_value_serialize (g_param_spec_get_default_value (spec));
    g_assert_cmpstr (text, ==, wanted->value);
    g_assert_cmpstr (told, ==, wanted->value);
  }
}

/* As the documentation has them. */
static void
test_defaults (void)
{
  static const Default both[] = {
    {"timeout", "10"}, {"idle-timeout", "60"}, {"max-connections", "1000"},
    {"max-connection-rate", "1000"}, {"strict-handshake", "false"}, {NULL}
  };
  static const Default src[] = {
    {"keep-listening", "false"}, {"takeover", "false"},
    {"max-queue-bytes", "16777216"}, {"latency", "200"}, {NULL}
  };
  static const Default sink[] = {
    {"gop-cache", "true"}, {"gop-cache-bytes", "16777216"},
    {"max-queue-bytes", "8388608"}, {"max-queue-time", "5000000000"},
    {"gather-time", "-1"}, {"max-clients", "0"}, {"keep-timestamps", "false"},
    {"wait-for-player", "false"}, {"eos-timeout", "10000000000"}, {NULL}
  };

  assert_defaults ("rtmpserversrc", both);
  assert_defaults ("rtmpserversink", both);
  assert_defaults ("rtmpserversrc", src);
  assert_defaults ("rtmpserversink", sink);
}

/* What our own clients hear of them: they take all that there is. */
static void
test_capabilities (void)
{
  static const gchar *const servers[] = {
    "rtmpserversrc name=server location=rtmp://127.0.0.1:0/live ! fakesink",
    "rtmpserversink name=server location=rtmp://127.0.0.1:0/live",
  }, *const clients[] = {
    "appsrc caps=video/x-flv ! rtmpsink name=client enhanced-codecs=hvc1 "
        "async=false", "rtmpsrc name=client ! fakesink",
  };
  guint i, caps_ex;

  for (i = 0; i < G_N_ELEMENTS (servers); i++) {
    g_autofree gchar *location = NULL;
    g_autoptr (GstStructure) stats = NULL;
    GstRtmpTest *test = gst_rtmp_test_new ("%s", clients[i]);
    GstElement *client = gst_rtmp_test_element (test, "client");
    Service service;

    service_start (&service, GST_STATE_PAUSED, servers[i]);
    location = g_strdup_printf ("rtmp://127.0.0.1:%u/live/cam", service.port);
    g_object_set (client, "location", location, NULL);
    gst_element_set_state (test->pipeline, GST_STATE_PLAYING);
    gst_rtmp_test_wait_progress (test, GST_PROGRESS_TYPE_COMPLETE);
    g_object_get (client, "stats", &stats, NULL);
    g_assert_cmpstr (gst_structure_get_string (stats, "server-codecs"), ==,
        "avc1,hvc1,vvc1,av01,vp09,vp08,mp4a,.mp3,Opus,fLaC,ac-3,ec-3");
    g_assert_true (gst_structure_get_uint (stats, "server-caps-ex", &caps_ex));
    g_assert_cmpuint (caps_ex, ==, RTMP_CAPS_EX_MULTITRACK
        | RTMP_CAPS_EX_MOD_EX | RTMP_CAPS_EX_TIMESTAMP_NANO_OFFSET);
    gst_rtmp_test_free (test);
    service_clear (&service);
  }
}

/* Starting */

static void
assert_starts (GstRtmpTest * test, gboolean publish)
{
  gint port;
  Far far;

  gst_rtmp_test_set_state (test, GST_STATE_PAUSED);
  g_object_get (gst_rtmp_test_element (test, "server"), "port", &port, NULL);
  far_call_port (&far, (guint16) port, publish, NULL);
  far_wait (&far, "running");
  far_clear (&far);
}

static void
assert_fails (GstRtmpTest * test, GstResourceError code, const gchar * text)
{
  g_assert_cmpint (gst_element_set_state (test->pipeline, GST_STATE_PAUSED),
      ==, GST_STATE_CHANGE_FAILURE);
  gst_rtmp_test_assert_error (test, gst_rtmp_test_element (test, "server"),
      GST_RESOURCE_ERROR, (gint) code, text);
  gst_rtmp_test_forget (test);
  gst_rtmp_test_set_state (test, GST_STATE_READY);
}

static const gchar *const factories[] = { "rtmpserversrc", "rtmpserversink" };

/* Of one of the factories, with @more beside it. */
static GstRtmpTest *
serve_on (guint i, guint16 port, const gchar * more)
{
  return gst_rtmp_test_new ("%s name=server location=rtmp://127.0.0.1:%u/live/"
      "cam %s %s", factories[i], port, i == 0 ? "! fakesink" : "", more);
}

/* What it could not begin with leaves nothing behind: put right, it begins. */
static void
test_start_again (void)
{
  guint fds = rtmp_test_count_fds (), i;

  for (i = 0; i < G_N_ELEMENTS (factories); i++) {
    RtmpTestFullPort *foreign = rtmp_test_full_port_new ();
    GstRtmpTest *test = serve_on (i, rtmp_test_full_port_port (foreign), "");
    GstElement *element = gst_rtmp_test_element (test, "server");

    assert_fails (test, GST_RESOURCE_ERROR_BUSY, "The port is in use");
    assert_counts (element, 0, 0);
    rtmp_test_full_port_free (foreign);
    assert_starts (test, i == 0);
    gst_rtmp_test_set_state (test, GST_STATE_READY);
    g_object_set (element, "location", "http://127.0.0.1/live", NULL);
    assert_fails (test, GST_RESOURCE_ERROR_SETTINGS, "not a usable RTMP URL");
    g_object_set (element, "location", "rtmp://127.0.0.1:0/live", "users", "x",
        NULL);
    assert_fails (test, GST_RESOURCE_ERROR_SETTINGS, "what the debug part");
    g_object_set (element, "users", NULL, NULL);
    assert_starts (test, i == 0);
    gst_rtmp_test_free (test);
  }
  assert_nothing_left (fds);
}

static gboolean
stay_inactive (GstPad * pad, GstObject * parent, GstPadMode mode,
    gboolean active)
{
  return !active;
}

/* Where the base class fails, it listens no more. */
static void
test_base_class_fails (void)
{
  guint fds = rtmp_test_count_fds (), i;

  for (i = 0; i < G_N_ELEMENTS (factories); i++) {
    g_autoptr (GstElement) bin =
        gst_object_ref_sink (gst_element_factory_make (factories[i], NULL));
    GstElement *element = gst_rtmp_bin_inner (GST_RTMP_BIN (bin));
    GstPad *pad = gst_element_get_static_pad (element, i == 0 ? "src" : "sink");

    g_object_set (element, "location", "rtmp://127.0.0.1:0/live", NULL);
    gst_pad_set_activatemode_function (pad, stay_inactive);
    gst_object_unref (pad);
    g_assert_cmpint (gst_element_set_state (element, GST_STATE_PAUSED), ==,
        GST_STATE_CHANGE_FAILURE);
    assert_port (element, 0);
    g_assert_cmpuint (rtmp_loop_count (), ==, 0);
    gst_element_set_state (element, GST_STATE_NULL);
  }
  assert_nothing_left (fds);
}

/* A bin that comes up half way, for another element of it fails: what has
 * begun to listen ends that, and can begin again. */
static void
test_half_way (void)
{
  guint fds = rtmp_test_count_fds (), i;

  for (i = 0; i < G_N_ELEMENTS (factories); i++) {
    GstRtmpTest *test = serve_on (i, 0, "filesrc name=file location=/nowhere ! "
        "fakesink");
    GstElement *element = gst_rtmp_test_element (test, "server");
    GstElement *file = gst_rtmp_test_element (test, "file");

    g_assert_cmpint (gst_element_set_state (test->pipeline, GST_STATE_PAUSED),
        ==, GST_STATE_CHANGE_FAILURE);
    gst_element_set_state (test->pipeline, GST_STATE_NULL);
    assert_port (element, 0);
    g_assert_cmpuint (rtmp_loop_count (), ==, 0);
    gst_element_set_locked_state (file, TRUE);
    assert_starts (test, i == 0);
    gst_rtmp_test_free (test);
  }
  assert_nothing_left (fds);
}

/* A start that is given up before it is done, without a word to it. */
static void
test_given_up (void)
{
  guint fds = rtmp_test_count_fds (), i;

  for (i = 0; i < G_N_ELEMENTS (factories); i++) {
    g_autoptr (GstElement) bin =
        gst_object_ref_sink (gst_element_factory_make (factories[i], NULL));
    GstElement *element = gst_rtmp_bin_inner (GST_RTMP_BIN (bin));

    g_object_set (element, "location", "rtmp://127.0.0.1:0/live", NULL);
    g_assert_cmpint (gst_element_set_state (element, GST_STATE_PAUSED), !=,
        GST_STATE_CHANGE_FAILURE);
    gst_element_abort_state (element);
    gst_element_set_state (element, GST_STATE_NULL);
    assert_port (element, 0);
    g_assert_cmpuint (rtmp_loop_count (), ==, 0);
  }
  assert_nothing_left (fds);
}

#define SECRET "s3cr3t"

static void
call_once (guint16 port, gboolean publish, const gchar * stream)
{
  const FarPlan plan = {.stream = stream };
  Far far;

  far_call_port (&far, port, publish, &plan);
  far_wait (&far, publish ? "running" : "closed");
  far_clear (&far);
}

/* A stream's name may be its key: up to INFO it is not told. */
static void
test_quiet_log (void)
{
  g_autofree gchar *log = NULL;
  Service service;

  log_start ();
  service_start (&service, GST_STATE_PLAYING, "rtmpserversrc name=server "
      "keep-listening=true location=rtmp://127.0.0.1:0/live ! fakesink");
  call_once (service.port, TRUE, SECRET);
  call_once (service.port, TRUE, "cam?key=" SECRET);
  call_once (service.port, FALSE, SECRET);
  diary_wait (&service.signals, "removed", 2);
  service_clear (&service);
  log = log_end ();
  g_assert_nonnull (strstr (log, ": publish\n"));
  g_assert_nonnull (strstr (log, " publishes\n"));
  g_assert_nonnull (strstr (log, ": play\n"));
  g_assert_null (strstr (log, SECRET));
}

#define RTMPS "location=rtmps://127.0.0.1/live"

/* What it cannot begin with is told, once, with what to do about it. */
static void
test_errors (void)
{
  static const struct
  {
    const gchar *properties;    /* FILES stands for the folder */
    const gchar *text, *debug;
  } cases[] = {
    {"location=rtmp://192.0.2.1/live", "not possible to listen",
        "cannot listen on \"192.0.2.1\" port 1935"},
    {"location=http://127.0.0.1/live", "not a usable RTMP URL", "\"http\""},
    {"location=rtmp://127.0.0.1/live schemes=rtmp+rtmps",
        "change what the debug part names", "set tls-certificate-file"},
    {RTMPS, "change what the debug part names",
        "set tls-certificate-file"},
    {"location=rtmp://127.0.0.1:0/live swf-verify=/nowhere/p.swf",
        "change what the debug part names", "/nowhere/p.swf\": "},
    {"location=rtmp://127.0.0.1:0/live swf-hash=12 swf-size=3",
        "change what the debug part names", "64 hexadecimal digits"},
    {"location=rtmp://127.0.0.1:0/live swf-size=3",
        "change what the debug part names", "64 hexadecimal digits"},
    {RTMPS " tls-certificate-file=\"FILES/tls/none.pem\"",
        "change what the debug part names", "tls/none.pem\", with its key in"},
    {RTMPS " tls-certificate-file=\"FILES/tls/ca.pem\"",
        "change what the debug part names", "with its key in"},
    {RTMPS " tls-certificate-file=\"FILES/tls/ca.pem\" "
          "tls-key-file=\"FILES/tls/none.key\"",
          "change what the debug part names",
        "tls/none.key\": "},
  };
  guint fds = rtmp_test_count_fds (), i;
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
  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    GString *properties = g_string_new (cases[i].properties);
    g_autoptr (GError) error = NULL;
    g_autofree gchar *debug = NULL;

    g_string_replace (properties, "FILES", g_getenv ("FILES"), 0);
    test = gst_rtmp_test_new ("rtmpserversink name=server %s", properties->str);
    g_assert_cmpint (gst_element_set_state (test->pipeline, GST_STATE_PLAYING),
        ==, GST_STATE_CHANGE_FAILURE);
    gst_rtmp_test_assert_error (test, gst_rtmp_test_element (test, "server"),
        GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS, cases[i].text);
    gst_message_parse_error (gst_rtmp_test_wait (test, GST_MESSAGE_ERROR),
        &error, &debug);
    if (strstr (debug, cases[i].debug) == NULL)
      g_error ("no '%s' in: %s", cases[i].debug, debug);
    gst_rtmp_test_free (test);
    g_string_free (properties, TRUE);
  }
  assert_nothing_left (fds);
}

int
main (int argc, char **argv)
{
  gst_debug_remove_log_function (gst_debug_log_default);
  gst_debug_add_log_function (on_log, NULL, NULL);
  gst_debug_set_threshold_from_string ("rtmp*:INFO", FALSE);
  gst_rtmp_test_init (&argc, &argv);
  server_tests_warm_up ();
  g_test_add_func ("/gstrtmpserving/connecting", test_connecting);
  g_test_add_func ("/gstrtmpserving/who", test_who);
  g_test_add_func ("/gstrtmpserving/rejected", test_rejected);
  g_test_add_func ("/gstrtmpserving/max-connection-rate",
      test_max_connection_rate);
  g_test_add_func ("/gstrtmpserving/max-connections", test_max_connections);
  g_test_add_func ("/gstrtmpserving/caller", test_caller);
  g_test_add_func ("/gstrtmpserving/two-on-one-port", test_two_on_one_port);
  g_test_add_func ("/gstrtmpserving/tls", test_tls);
  g_test_add_func ("/gstrtmpserving/schemes", test_schemes);
  g_test_add_func ("/gstrtmpserving/schemes-differ", test_schemes_differ);
  g_test_add_func ("/gstrtmpserving/publish-types", test_publish_types);
  g_test_add_func ("/gstrtmpserving/idle", test_idle);
  g_test_add_func ("/gstrtmpserving/timeout", test_timeout);
  g_test_add_func ("/gstrtmpserving/stalled", test_stalled);
  g_test_add_func ("/gstrtmpserving/any-port", test_any_port);
  g_test_add_func ("/gstrtmpserving/notify-port", test_notify_port);
  g_test_add_func ("/gstrtmpserving/counts", test_counts);
  g_test_add_func ("/gstrtmpserving/defaults", test_defaults);
  g_test_add_func ("/gstrtmpserving/E-167-capabilities", test_capabilities);
  g_test_add_func ("/gstrtmpserving/start-again", test_start_again);
  g_test_add_func ("/gstrtmpserving/base-class-fails", test_base_class_fails);
  g_test_add_func ("/gstrtmpserving/half-way", test_half_way);
  g_test_add_func ("/gstrtmpserving/given-up", test_given_up);
  g_test_add_func ("/gstrtmpserving/quiet-log", test_quiet_log);
  g_test_add_func ("/gstrtmpserving/errors", test_errors);
  return g_test_run ();
}

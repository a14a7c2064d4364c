/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpuri.h"

#include <string.h>

#include "gstrtmptest.h"
#include "rtmperror.h"

static const gchar *const elements[] = { "rtmpsink", "rtmpsrc" };

static GstElement *
make (const gchar * name)
{
  GstElement *element = gst_element_factory_make (name, NULL);

  g_assert_nonnull (element);
  return gst_object_ref_sink (element);
}

static void
assert_parts (GstElement * element, RtmpScheme scheme, const gchar * host,
    gint port, const gchar * application, const gchar * stream)
{
  g_autofree gchar *got_host = NULL, *got_application = NULL;
  g_autofree gchar *got_stream = NULL;
  gint got_scheme, got_port;

  g_object_get (element, "scheme", &got_scheme, "host", &got_host, "port",
      &got_port, "application", &got_application, "stream", &got_stream, NULL);
  g_assert_cmpint (got_scheme, ==, scheme);
  g_assert_cmpstr (got_host, ==, host);
  g_assert_cmpint (got_port, ==, port);
  g_assert_cmpstr (got_application, ==, application);
  g_assert_cmpstr (got_stream, ==, stream);
}

static void
assert_location (GstElement * element, const gchar * expected)
{
  g_autofree gchar *location = NULL;

  g_object_get (element, "location", &location, NULL);
  g_assert_cmpstr (location, ==, expected);
}

/* The defaults are those of the elements that GStreamer ships. */
static void
test_defaults (gconstpointer name)
{
  GstElement *element = make (name);
  g_autofree gchar *version = NULL;
  gboolean async_connect;
  guint timeout, flags;

  assert_location (element, "rtmp://localhost/live/myStream");
  assert_parts (element, RTMP_SCHEME_RTMP, "localhost", 1935, "live",
      "myStream");
  g_object_get (element, "timeout", &timeout, "tls-validation-flags", &flags,
      "flash-version", &version, "async-connect", &async_connect, NULL);
  g_assert_cmpuint (timeout, ==, 5);
  g_assert_cmpuint (flags, ==, G_TLS_CERTIFICATE_VALIDATE_ALL);
  g_assert_cmpstr (version, ==, "LNX 10,0,32,18");
  g_assert_true (async_connect);
  gst_object_unref (element);
}

/* Each with its default, each can be set to it and keeps it. */
static void
test_defaults_hold (gconstpointer name)
{
  GstElement *element = make (name);
  g_autofree GParamSpec **specs = NULL;
  guint i, n;

  specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (element), &n);
  for (i = 0; i < n; i++) {
    g_auto (GValue) value = G_VALUE_INIT;

    if (specs[i]->owner_type != G_OBJECT_TYPE (element)
        || !(specs[i]->flags & G_PARAM_WRITABLE))
      continue;
    g_value_init (&value, specs[i]->value_type);
    g_object_get_property (G_OBJECT (element), specs[i]->name, &value);
    if (!g_param_value_defaults (specs[i], &value))
      g_error ("%s does not start at its default", specs[i]->name);
    g_object_set_property (G_OBJECT (element), specs[i]->name, &value);
    g_object_get_property (G_OBJECT (element), specs[i]->name, &value);
    g_assert_true (g_param_value_defaults (specs[i], &value));
  }
  gst_object_unref (element);
}

static void
test_location_sets_parts (gconstpointer name)
{
  GstElement *element = make (name);

  g_object_set (element, "location", "rtmps://[2001:db8::1]:8443/a/b/key?x=/y",
      NULL);
  assert_parts (element, RTMP_SCHEME_RTMPS, "2001:db8::1", 8443, "a/b",
      "key?x=/y");
  assert_location (element, "rtmps://[2001:db8::1]:8443/a/b/key?x=/y");
  g_object_set (element, "location", "rtmp://h/app/key", NULL);
  assert_parts (element, RTMP_SCHEME_RTMP, "h", 1935, "app", "key");
  gst_object_unref (element);
}

static void
test_parts_set_location (gconstpointer name)
{
  GstElement *element = make (name);

  g_object_set (element, "host", "server.test", "application", "app",
      "stream", "key?t=1", NULL);
  assert_location (element, "rtmp://server.test/app/key?t=1");
  g_object_set (element, "port", 1940, NULL);
  assert_location (element, "rtmp://server.test:1940/app/key?t=1");
  g_object_set (element, "scheme", RTMP_SCHEME_RTMPS, NULL);
  assert_location (element, "rtmps://server.test:1940/app/key?t=1");
  gst_object_unref (element);
}

/* The port is the scheme's until the user names one. */
static void
test_port_follows_scheme (gconstpointer name)
{
  GstElement *element = make (name);
  gint port;

  g_object_set (element, "scheme", RTMP_SCHEME_RTMPS, NULL);
  g_object_get (element, "port", &port, NULL);
  g_assert_cmpint (port, ==, 443);
  g_object_set (element, "scheme", RTMP_SCHEME_RTMP, NULL);
  g_object_get (element, "port", &port, NULL);
  g_assert_cmpint (port, ==, 1935);
  gst_object_unref (element);
}

/* Wrong locations: nothing is lost, and starting fails with one error. */

static void
assert_does_not_start (const gchar * name, const gchar * location,
    const gchar * advice)
{
  gboolean sink = g_str_equal (name, "rtmpsink");
  GstRtmpTest *test =
      gst_rtmp_test_new (sink ? "fakesrc ! rtmpsink name=element"
      : "rtmpsrc name=element ! fakesink");
  GstElement *element = gst_rtmp_test_element (test, "element");

  g_object_set (element, "location", location, NULL);
  g_assert_cmpint (gst_element_set_state (test->pipeline, GST_STATE_PLAYING),
      ==, GST_STATE_CHANGE_FAILURE);
  gst_rtmp_test_assert_error (test, element, GST_RESOURCE_ERROR,
      GST_RESOURCE_ERROR_SETTINGS, advice);
  g_assert_cmpuint (gst_rtmp_test_count (test, GST_MESSAGE_ERROR, NULL), ==, 1);
  gst_rtmp_test_assert_secret (test, "s3cr3t");
  gst_rtmp_test_free (test);
}

static void
test_bad_location (gconstpointer name)
{
  static const gchar *const bad[] = {
    "http://h/live/s3cr3t", "rtmp://", "rtmp://h:99999/live/s3cr3t", "", NULL,
    "rtmp://user:s3cr3t@h:port/live/key", "rtmp://127.0.0.1:0/live/s3cr3t",
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_does_not_start (name, bad[i], "correct it");
}

static void
test_unsupported (gconstpointer name)
{
  assert_does_not_start (name, "rtmfp://127.0.0.1/live/s3cr3t",
      "not supported");
}

static void
test_bad_location_keeps_parts (gconstpointer name)
{
  GstElement *element = make (name);

  g_object_set (element, "location", "rtmp://h/app/key", NULL);
  g_object_set (element, "location", "nonsense", NULL);
  assert_location (element, "rtmp://h/app/key");
  gst_object_unref (element);
}

/* A good location after a bad one counts; so it does not refuse to start. */
static void
test_bad_location_corrected (gconstpointer name)
{
  GstElement *element = make (name);

  g_object_set (element, "location", "nonsense", "async-connect", FALSE, NULL);
  g_assert_cmpint (gst_element_set_state (element, GST_STATE_PAUSED), ==,
      GST_STATE_CHANGE_FAILURE);
  gst_element_set_state (element, GST_STATE_NULL);
  g_object_set (element, "location", "rtmp://h/app/key", NULL);
  g_assert_cmpint (gst_element_set_state (element, GST_STATE_PAUSED), !=,
      GST_STATE_CHANGE_FAILURE);
  gst_element_set_state (element, GST_STATE_NULL);
  gst_object_unref (element);
}

/* GstURIHandler */

static void
test_uri_handler (gconstpointer name)
{
  static const gchar *const expected[] = {
    "rtmp", "rtmps", "rtmpe", "rtmpt", "rtmpts", "rtmpte", NULL
  };
  GstElement *element = make (name);
  GstURIHandler *handler = GST_URI_HANDLER (element);
  const gchar *const *protocols = gst_uri_handler_get_protocols (handler);
  g_autofree gchar *uri = NULL;
  GError *error = NULL;

  g_assert_cmpint (gst_uri_handler_get_uri_type (handler), ==,
      g_str_equal (name, "rtmpsink") ? GST_URI_SINK : GST_URI_SRC);
  g_assert_true (g_strv_equal (protocols, expected));
  g_assert_true (gst_uri_handler_set_uri (handler, "rtmp://h:1/a/k", &error));
  g_assert_no_error (error);
  uri = gst_uri_handler_get_uri (handler);
  g_assert_cmpstr (uri, ==, "rtmp://h:1/a/k");
  assert_parts (element, RTMP_SCHEME_RTMP, "h", 1, "a", "k");
  g_assert_false (gst_uri_handler_set_uri (handler, "rtmp://h:x/a/k", &error));
  g_assert_error (error, GST_URI_ERROR, GST_URI_ERROR_BAD_URI);
  g_error_free (error);
  gst_object_unref (element);
}

/* What a client is started with */

typedef struct
{
  GstRtmpSettings settings;
  RtmpClientConfig config;
  RtmpClientTarget target;
} Resolved;

static void
resolve (Resolved * self, const gchar * location)
{
  GError *error = NULL;

  memset (&self->target, 0, sizeof (self->target));
  gst_rtmp_settings_init (&self->settings);
  rtmp_url_free (self->settings.url);
  self->settings.url = rtmp_url_parse (location, &error);
  g_assert_no_error (error);
  rtmp_client_config_init (&self->config);
  gst_rtmp_settings_resolve (&self->settings, &self->config, &self->target,
      &error);
  g_assert_no_error (error);
}

static void
resolved_clear (Resolved * self)
{
  rtmp_client_config_clear (&self->config);
  gst_rtmp_settings_clear (&self->settings);
}

static void
test_resolve (void)
{
  Resolved r;

  resolve (&r, "rtmps://user:pass%20word@h:444/app/inst/key?t=1");
  g_assert_cmpstr (r.target.host, ==, "h");
  g_assert_cmpuint (r.target.port, ==, 444);
  g_assert_cmpint (r.target.scheme, ==, RTMP_SCHEME_RTMPS);
  g_assert_cmpuint (r.target.tls_validation, ==,
      G_TLS_CERTIFICATE_VALIDATE_ALL);
  g_assert_cmpstr (r.target.credentials.user, ==, "user");
  g_assert_cmpstr (r.target.credentials.password, ==, "pass word");
  g_assert_cmpstr (r.config.app, ==, "app/inst");
  g_assert_cmpstr (r.config.stream, ==, "key?t=1");
  g_assert_cmpstr (r.config.tc_url, ==, "rtmps://h:444/app/inst");
  g_assert_cmpint (r.config.timeout, ==, 5 * G_USEC_PER_SEC);
  resolved_clear (&r);
}

/* librtmp's options go over what the URL says. */
static void
test_resolve_options (void)
{
  Resolved r;

  resolve (&r, "rtmp://h/app/key app=other tcUrl=rtmp://x/y playpath=mp4:z "
      "flashver=V swfUrl=http://s pageUrl=http://p timeout=7 buffer=1500");
  g_assert_cmpstr (r.config.app, ==, "other");
  g_assert_cmpstr (r.config.tc_url, ==, "rtmp://x/y");
  g_assert_cmpstr (r.config.stream, ==, "mp4:z");
  g_assert_cmpstr (r.config.flash_version, ==, "V");
  g_assert_cmpstr (r.config.swf_url, ==, "http://s");
  g_assert_cmpstr (r.config.page_url, ==, "http://p");
  g_assert_cmpint (r.config.timeout, ==, 7 * G_USEC_PER_SEC);
  g_assert_cmpuint (r.config.buffer_length, ==, 1500);
  resolved_clear (&r);
}

static void
test_resolve_live (void)
{
  Resolved r;

  resolve (&r, "rtmp://h/app/key live=1 jtv=token playlist=yes");
  g_assert_cmpfloat (r.config.play_start, ==, RTMP_PLAY_LIVE);
  g_assert_cmpstr (r.config.subscribe, ==, "key");
  g_assert_cmpstr (r.config.usher_token, ==, "token");
  g_assert_true (r.config.playlist);
  resolved_clear (&r);
  resolve (&r, "rtmp://h/app/key playpath=other live=yes subscribe=all");
  g_assert_cmpstr (r.config.subscribe, ==, "all");
  resolved_clear (&r);
  resolve (&r, "rtmp://h/app/key live=On subscribe= tcUrl=");
  g_assert_cmpfloat (r.config.play_start, ==, RTMP_PLAY_LIVE);
  g_assert_cmpstr (r.config.subscribe, ==, "key");
  g_assert_cmpstr (r.config.tc_url, ==, "rtmp://h/app");
  resolved_clear (&r);
  resolve (&r, "rtmp://h/app/key live=0 start=3000 stop=5000");
  g_assert_cmpfloat (r.config.play_start, ==, 3000);
  g_assert_cmpfloat (r.config.play_duration, ==, 2000);
  g_assert_null (r.config.subscribe);
  g_assert_false (r.config.playlist);
  resolved_clear (&r);
}

/* Each conn= is one value; a space in it is no end. */
static void
test_resolve_conn (void)
{
  Resolved r;

  resolve (&r, "rtmp://h/app/key conn=S:a\\20B:1 conn=B:0");
  g_assert_cmpuint (r.config.connect_args->len, ==, 2);
  g_assert_cmpstr (rtmp_value_as_string (g_ptr_array_index
          (r.config.connect_args, 0), NULL), ==, "a B:1");
  resolved_clear (&r);
}

/* Numbers that no integer holds. */
static void
test_resolve_huge (void)
{
  Resolved r;

  resolve (&r, "rtmp://h/app/key timeout=1e300 buffer=1e300");
  g_assert_cmpint (r.config.timeout, >=, G_MAXINT);
  g_assert_cmpint (r.config.timeout, <, G_MAXINT64 / 2);
  g_assert_cmpuint (r.config.buffer_length, ==, G_MAXUINT32);
  resolved_clear (&r);
}

static void
test_resolve_socks (void)
{
  static const gchar *const proxies[][2] = {
    {"", NULL},
    {" socks=proxy.test", "socks4://proxy.test:1080"},
    {" socks=proxy.test:9", "socks4://proxy.test:9"},
    {" socks=[::1]:9", "socks4://[::1]:9"},
    {" socks=::1", "socks4://[::1]:1080"},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (proxies); i++) {
    g_autofree gchar *location = g_strconcat ("rtmp://h/app/key",
        proxies[i][0], NULL);
    Resolved r;

    resolve (&r, location);
    g_assert_cmpstr (r.target.proxy, ==, proxies[i][1]);
    resolved_clear (&r);
  }
}

#define SWF_HASH \
    "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F"
#define DAYS (24 * 3600 * (gint64) G_USEC_PER_SEC)

/* Neither asks for more than the simple handshake. */
static void
test_resolve_no_swf (void)
{
  static const gchar *const locations[] = {
    "rtmp://h/app/key", "rtmp://h/app/key swfUrl=http://h/p.swf swfAge=1",
    "rtmp://h/app/key swfUrl=http://h/p.swf swfVfy=0",
    "rtmp://h/app/key swfVfy=1", "rtmp://h/app/key swfHash= swfsize=0",
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (locations); i++) {
    Resolved r;

    resolve (&r, locations[i]);
    g_assert_null (r.target.swf_file);
    g_assert_cmpuint (r.config.swf.size, ==, 0);
    g_assert_cmpuint (r.target.handshake, ==, 0);
    resolved_clear (&r);
  }
}

static void
test_resolve_swf_options (void)
{
  Resolved r;

  resolve (&r, "rtmp://h/app/key swfUrl=http://h/p.swf swfVfy=1 swfAge=2");
  g_assert_cmpstr (r.target.swf_file, ==, "http://h/p.swf");
  g_assert_cmpstr (r.config.swf_url, ==, "http://h/p.swf");
  g_assert_cmpint (r.target.swf_age, ==, 2 * DAYS);
  g_assert_cmpuint (r.target.handshake, ==, RTMP_HANDSHAKE_DIGEST);
  resolved_clear (&r);
  resolve (&r, "rtmp://h/app/key swfUrl=http://h/p.swf swfVfy=true swfHash="
      SWF_HASH " swfsize=40000 swfAge=nan");
  g_assert_null (r.target.swf_file);
  g_assert_cmpuint (r.config.swf.size, ==, 40000);
  g_assert_cmphex (r.config.swf.hash[31], ==, 0x1f);
  g_assert_cmpint (r.target.swf_age, ==, 30 * DAYS);
  g_assert_cmpuint (r.target.handshake, ==, RTMP_HANDSHAKE_DIGEST);
  resolved_clear (&r);
}

/* The server is told of a player on the web, not of a file of ours. */
static void
test_resolve_swf_properties (void)
{
  static const struct
  {
    const gchar *url, *file, *told;
  } cases[] = {
    {NULL, "http://h/p.swf", "http://h/p.swf"},
    {NULL, "https://h/p.swf", "https://h/p.swf"},
    {"http://other/p.swf", "http://h/p.swf", "http://other/p.swf"},
    {NULL, "/home/me/p.swf", NULL},
    {NULL, "http.swf", NULL},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    GstRtmpSettings settings;
    RtmpClientConfig config;
    RtmpClientTarget target = { 0, };

    gst_rtmp_settings_init (&settings);
    settings.swf_url = g_strdup (cases[i].url);
    settings.swf_verify = g_strdup (cases[i].file);
    rtmp_client_config_init (&config);
    g_assert_true (gst_rtmp_settings_resolve (&settings, &config, &target,
            NULL));
    g_assert_cmpstr (config.swf_url, ==, cases[i].told);
    g_assert_cmpstr (target.swf_file, ==, cases[i].file);
    g_assert_cmpuint (target.handshake, ==, RTMP_HANDSHAKE_DIGEST);
    rtmp_client_config_clear (&config);
    gst_rtmp_settings_clear (&settings);
  }
}

static void
test_swf_properties (gconstpointer name)
{
  GstElement *element = make (name);
  g_autofree gchar *url = NULL, *file = NULL, *hash = NULL;
  guint size, age;

  g_object_get (element, "swf-size", &size, "swf-age", &age, NULL);
  g_assert_cmpuint (size, ==, 0);
  g_assert_cmpuint (age, ==, 30);
  g_object_set (element, "swf-url", "http://h/u.swf", "swf-verify", "p.swf",
      "swf-hash", SWF_HASH, "swf-size", 7, "swf-age", 8, NULL);
  g_object_get (element, "swf-url", &url, "swf-verify", &file, "swf-hash",
      &hash, "swf-size", &size, "swf-age", &age, NULL);
  g_assert_cmpstr (url, ==, "http://h/u.swf");
  g_assert_cmpstr (file, ==, "p.swf");
  g_assert_cmpstr (hash, ==, SWF_HASH);
  g_assert_cmpuint (size, ==, 7);
  g_assert_cmpuint (age, ==, 8);
  gst_object_unref (element);
}

static void
test_swf_half (gconstpointer name)
{
  assert_does_not_start (name, "rtmp://127.0.0.1/live/s3cr3t swfsize=7",
      "change what the debug part names");
  assert_does_not_start (name, "rtmp://127.0.0.1/live/s3cr3t swfHash="
      SWF_HASH, "change what the debug part names");
}

static void
test_resolve_fails (void)
{
  GstRtmpSettings settings;
  RtmpClientConfig config;
  RtmpClientTarget target;
  GError *error = NULL;

  gst_rtmp_settings_init (&settings);
  rtmp_client_config_init (&config);
  settings.url->scheme = RTMP_SCHEME_RTMFP;
  g_assert_false (gst_rtmp_settings_resolve (&settings, &config, &target,
          &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  settings.bad_location =
      g_error_new_literal (RTMP_ERROR, RTMP_ERROR_BAD_URL, "bad");
  g_assert_false (gst_rtmp_settings_resolve (&settings, &config, &target,
          &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_BAD_URL);
  g_clear_error (&error);
  rtmp_client_config_clear (&config);
  gst_rtmp_settings_clear (&settings);
}

static void
test_resolve_codecs (void)
{
  GstRtmpSettings settings;
  RtmpClientConfig config;
  RtmpClientTarget target;
  GError *error = NULL;

  gst_rtmp_settings_init (&settings);
  settings.enhanced_codecs = g_strdup ("hvc1,divx");
  rtmp_client_config_init (&config);
  g_assert_false (gst_rtmp_settings_resolve (&settings, &config, &target,
          &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  rtmp_client_config_clear (&config);
  gst_rtmp_settings_clear (&settings);
}

static const struct
{
  const gchar *name;
  GTestDataFunc func;
} both[] = {
  {"defaults", test_defaults},
  {"defaults-hold", test_defaults_hold},
  {"location-sets-parts", test_location_sets_parts},
  {"parts-set-location", test_parts_set_location},
  {"port-follows-scheme", test_port_follows_scheme},
  {"bad-location", test_bad_location},
  {"unsupported", test_unsupported},
  {"bad-location-keeps-parts", test_bad_location_keeps_parts},
  {"bad-location-corrected", test_bad_location_corrected},
  {"handler", test_uri_handler},
  {"swf-properties", test_swf_properties},
  {"swf-half", test_swf_half},
};

int
main (int argc, char **argv)
{
  guint i, k;

  gst_rtmp_test_init (&argc, &argv);
  for (i = 0; i < G_N_ELEMENTS (elements); i++)
    for (k = 0; k < G_N_ELEMENTS (both); k++) {
      g_autofree gchar *path =
          g_strdup_printf ("/uri/%s/%s", elements[i], both[k].name);

      g_test_add_data_func (path, elements[i], both[k].func);
    }
  g_test_add_func ("/uri/resolve/url", test_resolve);
  g_test_add_func ("/uri/resolve/options", test_resolve_options);
  g_test_add_func ("/uri/resolve/conn", test_resolve_conn);
  g_test_add_func ("/uri/resolve/huge", test_resolve_huge);
  g_test_add_func ("/uri/resolve/socks", test_resolve_socks);
  g_test_add_func ("/uri/resolve/fails", test_resolve_fails);
  g_test_add_func ("/uri/resolve/no-swf", test_resolve_no_swf);
  g_test_add_func ("/uri/resolve/swf-options", test_resolve_swf_options);
  g_test_add_func ("/uri/resolve/swf-properties", test_resolve_swf_properties);
  g_test_add_func ("/uri/resolve/live", test_resolve_live);
  g_test_add_func ("/uri/resolve/codecs", test_resolve_codecs);
  return g_test_run ();
}

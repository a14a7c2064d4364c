/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "rtmperror.h"
#include "rtmpurl.h"

typedef struct
{
  const gchar *text;
  RtmpScheme scheme;
  const gchar *host;
  guint16 port;
  const gchar *application;
  const gchar *stream;
  const gchar *printed;         /* NULL: as @text */
} UrlCase;

static RtmpUrl *
parse (const gchar * text)
{
  GError *error = NULL;
  RtmpUrl *url = rtmp_url_parse (text, &error);

  g_assert_no_error (error);
  g_assert_nonnull (url);
  return url;
}

static void
assert_equal (const RtmpUrl * a, const RtmpUrl * b)
{
  guint i;

  g_assert_cmpint (a->scheme, ==, b->scheme);
  g_assert_cmpstr (a->host, ==, b->host);
  g_assert_cmpuint (a->port, ==, b->port);
  g_assert_cmpstr (a->application, ==, b->application);
  g_assert_cmpstr (a->stream, ==, b->stream);
  g_assert_cmpstr (a->username, ==, b->username);
  g_assert_cmpstr (a->password, ==, b->password);
  g_assert_cmpuint (a->options->len, ==, b->options->len);
  for (i = 0; i < a->options->len; i++) {
    const RtmpUrlOption *x = g_ptr_array_index (a->options, i);
    const RtmpUrlOption *y = g_ptr_array_index (b->options, i);

    g_assert_cmpstr (x->name, ==, y->name);
    g_assert_cmpstr (x->value, ==, y->value);
  }
}

/* Printed as expected, and what is printed parses to the same. */
static void
assert_prints (const RtmpUrl * url, const gchar * expected)
{
  g_autofree gchar *printed = rtmp_url_to_string (url, TRUE);
  g_autoptr (RtmpUrl) again = parse (printed);

  g_assert_cmpstr (printed, ==, expected);
  assert_equal (url, again);
}

static const UrlCase split_urls[] = {
  {"rtmp://h/app", RTMP_SCHEME_RTMP, "h", 1935, "app", "", NULL},
  {"rtmp://h/app/", RTMP_SCHEME_RTMP, "h", 1935, "app", "", "rtmp://h/app"},
  {"rtmp://h/app/key", RTMP_SCHEME_RTMP, "h", 1935, "app", "key", NULL},
  {"rtmp://h/app/inst/", RTMP_SCHEME_RTMP, "h", 1935, "app/inst", "", NULL},
  {"rtmp://h/a/b/c/d", RTMP_SCHEME_RTMP, "h", 1935, "a/b/c", "d", NULL},
  {"rtmp://h/app/?x=1", RTMP_SCHEME_RTMP, "h", 1935, "app", "?x=1", NULL},
  {"rtmp://h/app?x=1", RTMP_SCHEME_RTMP, "h", 1935, "app?x=1", "", NULL},
  /* A query's '/' splits where there is no other, up to the next query. */
  {"rtmp://h/app?x=1/key?y=2", RTMP_SCHEME_RTMP, "h", 1935, "app?x=1",
      "key?y=2", NULL},
  {"rtmp://h/app?x=1/key?y=2/3", RTMP_SCHEME_RTMP, "h", 1935, "app?x=1",
      "key?y=2/3", NULL},
  {"rtmp://h/app?x=a/b/key", RTMP_SCHEME_RTMP, "h", 1935, "app?x=a/b", "key",
      NULL},
  {"rtmp://h/app?x=1/", RTMP_SCHEME_RTMP, "h", 1935, "app?x=1", "",
      "rtmp://h/app?x=1"},
  {"rtmp://h/app?x=a/b/", RTMP_SCHEME_RTMP, "h", 1935, "app?x=a/b", "", NULL},
  {"rtmp://h/app?x?y=a/b", RTMP_SCHEME_RTMP, "h", 1935, "app?x?y=a/b", "",
      NULL},
  {"rtmp://h/app/inst?x=1/key", RTMP_SCHEME_RTMP, "h", 1935, "app",
      "inst?x=1/key", NULL},
  {"rtmp://h/app/key?token=a@b/c?d", RTMP_SCHEME_RTMP, "h", 1935, "app",
      "key?token=a@b/c?d", NULL},
  /* Files in folders. */
  {"rtmp://h/vod/mp4:a/b/c.mp4?t=x/y", RTMP_SCHEME_RTMP, "h", 1935, "vod",
      "mp4:a/b/c.mp4?t=x/y", NULL},
  {"rtmp://h/vod/inst/flv:a/b", RTMP_SCHEME_RTMP, "h", 1935, "vod/inst",
      "flv:a/b", NULL},
  {"rtmp://h/vod/key?t=/mp4:a/b", RTMP_SCHEME_RTMP, "h", 1935, "vod",
      "key?t=/mp4:a/b", NULL},
  {"rtmp://h/vod/xmp4:a/b", RTMP_SCHEME_RTMP, "h", 1935, "vod/xmp4:a", "b",
      NULL},
  {"rtmp://h", RTMP_SCHEME_RTMP, "h", 1935, "", "", "rtmp://h/"},
  {"rtmp://h/", RTMP_SCHEME_RTMP, "h", 1935, "", "", NULL},
  {"rtmp://h?x=1", RTMP_SCHEME_RTMP, "h", 1935, "?x=1", "", "rtmp://h/?x=1"},
  {"rtmp://h//key", RTMP_SCHEME_RTMP, "h", 1935, "", "key", NULL},
  {"rtmp://h//app//key", RTMP_SCHEME_RTMP, "h", 1935, "/app/", "key", NULL},
  /* Percent signs stay, also those that escape nothing. */
  {"rtmp://h/a%20b/k%2Fey%zz%", RTMP_SCHEME_RTMP, "h", 1935, "a%20b",
      "k%2Fey%zz%", NULL},
  {"rtmp://h/app/\\key#f", RTMP_SCHEME_RTMP, "h", 1935, "app", "\\key#f", NULL},
  {"rtmp://h/\303\251t\303\251/\360\237\216\245", RTMP_SCHEME_RTMP, "h", 1935,
      "\303\251t\303\251", "\360\237\216\245", NULL},
};

static const UrlCase authority_urls[] = {
  {"RTMP://H/App/Key", RTMP_SCHEME_RTMP, "H", 1935, "App", "Key",
      "rtmp://H/App/Key"},
  {"rtmps://h/a/s", RTMP_SCHEME_RTMPS, "h", 443, "a", "s", NULL},
  {"rtmpe://h/a/s", RTMP_SCHEME_RTMPE, "h", 1935, "a", "s", NULL},
  {"rtmpt://h/a/s", RTMP_SCHEME_RTMPT, "h", 80, "a", "s", NULL},
  {"RtmpTS://h/a/s", RTMP_SCHEME_RTMPTS, "h", 443, "a", "s",
      "rtmpts://h/a/s"},
  {"rtmpte://h/a/s", RTMP_SCHEME_RTMPTE, "h", 80, "a", "s", NULL},
  {"rtmfp://h/a/s", RTMP_SCHEME_RTMFP, "h", 1935, "a", "s", NULL},
  {"rtmp://h:1/a/s", RTMP_SCHEME_RTMP, "h", 1, "a", "s", NULL},
  {"rtmp://h:65535/a/s", RTMP_SCHEME_RTMP, "h", 65535, "a", "s", NULL},
  {"rtmp://h:01935/a/s", RTMP_SCHEME_RTMP, "h", 1935, "a", "s",
      "rtmp://h/a/s"},
  {"rtmp://h:/a/s", RTMP_SCHEME_RTMP, "h", 1935, "a", "s", "rtmp://h/a/s"},
  {"rtmp://[::1]/a/s", RTMP_SCHEME_RTMP, "::1", 1935, "a", "s", NULL},
  {"rtmp://[2001:db8::7]:1936/a/s", RTMP_SCHEME_RTMP, "2001:db8::7", 1936, "a",
      "s", NULL},
  {"rtmp://[::ffff:10.0.0.1]/a/s", RTMP_SCHEME_RTMP, "::ffff:10.0.0.1", 1935,
      "a", "s", NULL},
  {"rtmp://my_host-1.local/a/s", RTMP_SCHEME_RTMP, "my_host-1.local", 1935,
      "a", "s", NULL},
};

static void
check_cases (const UrlCase * cases, guint n)
{
  guint i;

  for (i = 0; i < n; i++) {
    const UrlCase *c = &cases[i];
    g_autoptr (RtmpUrl) url = parse (c->text);

    g_test_message ("%s", c->text);
    g_assert_cmpint (url->scheme, ==, c->scheme);
    g_assert_cmpstr (url->host, ==, c->host);
    g_assert_cmpuint (url->port, ==, c->port);
    g_assert_cmpstr (url->application, ==, c->application);
    g_assert_cmpstr (url->stream, ==, c->stream);
    g_assert_null (url->username);
    g_assert_null (url->password);
    g_assert_cmpuint (url->options->len, ==, 0);
    assert_prints (url, c->printed ? c->printed : c->text);
  }
}

/* | service | `location` | `application` | `tcUrl` | `stream` | */
static void
check_service (const gchar * row)
{
  g_auto (GStrv) cells = g_strsplit (row, "|", -1);
  g_autoptr (RtmpUrl) url = NULL;
  g_autofree gchar *tc_url = NULL;
  guint i;

  g_test_message ("%s", row);
  g_assert_cmpuint (g_strv_length (cells), ==, 7);
  for (i = 2; i < 6; i++) {
    g_strdelimit (cells[i], "`", ' ');
    g_strstrip (cells[i]);
  }
  url = parse (cells[2]);
  tc_url = rtmp_url_tc_url (url);
  g_assert_cmpstr (url->application, ==, cells[3]);
  g_assert_cmpstr (tc_url, ==, cells[4]);
  g_assert_cmpstr (url->stream, ==, cells[5]);
  g_assert_null (url->username);
}

/* What the documentation says of well-known services. */
static void
test_services (void)
{
  g_autofree gchar *path = g_build_filename (g_getenv ("FILES"), "..", "..",
      "docs", "elements", "rtmpsink.md", NULL);
  g_autofree gchar *page = NULL;
  g_auto (GStrv) rows = NULL;
  const gchar *table;
  GError *error = NULL;
  guint i;

  g_file_get_contents (path, &page, NULL, &error);
  g_assert_no_error (error);
  table = strstr (page, "\n| service |");
  g_assert_nonnull (table);
  rows = g_strsplit (table + 1, "\n", -1);
  /* Below the names of the columns and a line. */
  for (i = 2; rows[i][0] == '|'; i++)
    check_service (rows[i]);
  g_assert_cmpuint (i, >, 16);
}

static void
test_split (void)
{
  check_cases (split_urls, G_N_ELEMENTS (split_urls));
}

static void
test_authority (void)
{
  check_cases (authority_urls, G_N_ELEMENTS (authority_urls));
}

static void
test_userinfo (void)
{
  static const struct
  {
    const gchar *text;
    const gchar *username;
    const gchar *password;
    const gchar *printed;
  } cases[] = {
    {"rtmp://joe@h/a/s", "joe", NULL, "rtmp://joe@h/a/s"},
    {"rtmp://joe:x@h/a/s", "joe", "x", "rtmp://joe:x@h/a/s"},
    {"rtmp://joe:@h/a/s", "joe", "", "rtmp://joe:@h/a/s"},
    {"rtmp://:x@h/a/s", "", "x", "rtmp://:x@h/a/s"},
    {"rtmp://@h/a/s", "", NULL, "rtmp://@h/a/s"},
    {"rtmp://j%40e:p%3a%2f%25@h/a/s", "j@e", "p:/%",
        "rtmp://j%40e:p%3A%2F%25@h/a/s"},
    /* Not escaped, but there is one way to read it. */
    {"rtmp://joe:a:b@c@h/a/s", "joe", "a:b@c", "rtmp://joe:a%3Ab%40c@h/a/s"},
    {"rtmp://joe:%ff%01@h/a/s", "joe", "\377\001",
        "rtmp://joe:%FF%01@h/a/s"},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (RtmpUrl) url = parse (cases[i].text);

    g_test_message ("%s", cases[i].text);
    g_assert_cmpstr (url->username, ==, cases[i].username);
    g_assert_cmpstr (url->password, ==, cases[i].password);
    g_assert_cmpstr (url->host, ==, "h");
    assert_prints (url, cases[i].printed);
  }
}

static void
test_options (void)
{
  g_autoptr (RtmpUrl) url =
      parse ("rtmp://u:p@h/a/s  live=1 swfUrl=http://x/y.swf?a=b=c "
      "conn=S:one\\20two\\5C pageUrl= conn=B:1 app=other/app playpath=mp4:x "
      "tcUrl=rtmp://z/a ");

  g_assert_cmpuint (url->options->len, ==, 8);
  /* Only listed: they change nothing here. */
  g_assert_cmpstr (url->application, ==, "a");
  g_assert_cmpstr (url->stream, ==, "s");
  g_assert_cmpstr (rtmp_url_option (url, "app"), ==, "other/app");
  g_assert_cmpstr (rtmp_url_option (url, "PLAYPATH"), ==, "mp4:x");
  g_assert_cmpstr (rtmp_url_option (url, "tcurl"), ==, "rtmp://z/a");
  g_assert_cmpstr (rtmp_url_option (url, "swfurl"), ==, "http://x/y.swf?a=b=c");
  g_assert_cmpstr (rtmp_url_option (url, "pageUrl"), ==, "");
  g_assert_cmpstr (rtmp_url_option (url, "conn"), ==, "B:1");
  g_assert_null (rtmp_url_option (url, "token"));
  assert_prints (url, "rtmp://u:p@h/a/s live=1 swfUrl=http://x/y.swf?a=b=c "
      "conn=S:one\\20two\\5c pageUrl= conn=B:1 app=other/app playpath=mp4:x "
      "tcUrl=rtmp://z/a");
}

static void
test_options_bytes (void)
{
  g_autoptr (RtmpUrl) url = parse ("rtmp://h x=\\e9\\0A\\ff");

  g_assert_cmpstr (rtmp_url_option (url, "x"), ==, "\351\n\377");
  assert_prints (url, "rtmp://h/ x=\\e9\\0a\\ff");
}

/* The port 0 is for who listens. */
static void
test_listen (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RtmpUrl) url =
      rtmp_url_parse_listen ("rtmps://[::1]:0/app/key", &error);
  g_autoptr (RtmpUrl) copy = NULL, other = NULL;
  g_autofree gchar *printed = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (url->port, ==, 0);
  copy = rtmp_url_copy (url);
  assert_equal (url, copy);
  printed = rtmp_url_to_string (url, TRUE);
  g_assert_cmpstr (printed, ==, "rtmps://[::1]:0/app/key");
  other = rtmp_url_parse_listen ("rtmps://h/", &error);
  g_assert_cmpuint (other->port, ==, 443);
  g_assert_null (rtmp_url_parse_listen ("rtmp://h:65536/app", &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_BAD_URL);
}

static void
test_errors (void)
{
  /* A message names the part, what came, and an example. */
  static const gchar *const cases[][3] = {
    {"", "scheme \"\"", "rtmp://host:1935/app/stream"},
    {"host/app/stream", "scheme \"host\"", "rtmp://"},
    {"http://h/a/s", "scheme \"http\"", "or rtmpte, then"},
    {"rtmpx://h/a/s", "scheme \"rtmpx\"", "rtmp://"},
    {"rtmp:/h/a/s", "scheme \"rtmp\"", "\"://\""},
    {" rtmp://h/a/s", "scheme \"\"", "rtmp://"},
    {"rtmp://", "host \"\"", "rtmp://host"},
    {"rtmp:///app/key", "host \"\"", "rtmp://host"},
    {"rtmp://:1935/app", "host \":1935\"", "rtmp://host"},
    {"rtmp://u@/app", "host \"\"", "rtmp://host"},
    {"rtmp://::1/app", "host \"::1\"", "rtmp://[2001:db8::1]"},
    {"rtmp://[::1/app", "host \"[::1\"", "rtmp://[2001:db8::1]"},
    {"rtmp://[]/app", "host \"[]\"", "rtmp://[2001:db8::1]"},
    {"rtmp://[1.2.3.4]/app", "host \"[1.2.3.4]\"", "rtmp://[2001:db8::1]"},
    {"rtmp://[::g]/app", "host \"[::g]\"", "rtmp://[2001:db8::1]"},
    {"rtmp://[::1]1935/a", "after the host \"1935\"", "host:1935"},
    {"rtmp://a%20b/app", "host \"a%20b\"", "rtmp://host"},
    {"rtmp://h]/app", "host \"h]\"", "rtmp://host"},
    {"rtmp://h:0/app", "port \"0\"", "1 to 65535"},
    {"rtmp://h:65536/app", "port \"65536\"", "host:1935"},
    {"rtmp://h:99999999999999999999999/app", "port \"9999", "1 to 65535"},
    {"rtmp://h:-1/app", "port \"\"", "1 to 65535"},
    {"rtmp://h:19x5/app", "port \"19\"", "host:1935"},
    {"rtmp://j%4:x@h/a", "user or password", "%25"},
    {"rtmp://j:x%@h/a", "user or password", "%25"},
    {"rtmp://j:x%00@h/a", "user or password", "not 00"},
    {"rtmp://h/a/b c", "text after the space \"c\"", "live=1"},
    {"rtmp://h/a/b =1", "text after the space \"=1\"", "live=1"},
    {"rtmp://h/a/b live=1 x", "text after the space \"x\"", "live=1"},
    {"rtmp://h/a/b t=\\", "value of option \"t\"", "\\5c"},
    {"rtmp://h/a/b t=\\2", "value of option \"t\"", "\\5c"},
    {"rtmp://h/a/b t=\\2g", "value of option \"t\"", "\\5c"},
    {"rtmp://h/a/b t=\\ 20", "value of option \"t\"", "\\5c"},
    {"rtmp://h/a/b t=x\\00y", "value of option \"t\"", "not 00"},
    {"rtmp://h/a/b\n", "control character 0x0a at position 12", "rtmp://host"},
    {"rtmp://h\t/a/b", "control character 0x09 at position 8", "rtmp://host"},
    {"rtmp://h/a/b t=\177", "control character 0x7f", "rtmp://host"},
    {"rtmp://h/a/\377", "byte 0xff at position 11 is not UTF-8",
        "rtmp://host"},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (rtmp_url_parse (cases[i][0], &error));
    g_assert_error (error, RTMP_ERROR, RTMP_ERROR_BAD_URL);
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, cases[i][1]));
    g_assert_nonnull (strstr (error->message, cases[i][2]));
    g_assert_null (rtmp_url_parse (cases[i][0], NULL));
  }
}

static void
test_errors_keep_secrets (void)
{
  static const gchar *const cases[] = {
    "rtmp://joe:hush%@h/a/s", "rtmp://joe:hu/hush@h/a/s",
    "rtmp://joe:hush?@h/a/s", "rtmp://joe:hush@h:0/a/s",
    "rtmp://h/a/s token=hush\\x", "rtmp://joe:hush@/a/s",
    "rtmp://joe:hush@::1/a/s",
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (rtmp_url_parse (cases[i], &error));
    g_assert_error (error, RTMP_ERROR, RTMP_ERROR_BAD_URL);
    g_test_message ("%s", error->message);
    g_assert_null (strstr (error->message, "hu"));
  }
}

/* What came is cut between characters, and the message stays short. */
static void
test_errors_are_bounded (void)
{
  gsize i;

  for (i = 60; i < 66; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GString) text = g_string_new (NULL);

    while (text->len < i)
      g_string_append_c (text, 'x');
    while (text->len < 1000)
      g_string_append (text, "\342\202\254");
    g_assert_null (rtmp_url_parse (text->str, &error));
    g_assert_error (error, RTMP_ERROR, RTMP_ERROR_BAD_URL);
    g_assert_cmpuint (strlen (error->message), <, 256);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  }
}

static void
test_log_form (void)
{
  static const gchar *const cases[][2] = {
    {"rtmp://u:p@h:99/live/key?t=1 token=x", "rtmp://h:99/live/***"},
    {"rtmp://h/live2?backup=1/key", "rtmp://h/live2?***/***"},
    {"rtmp://[::1]/app/inst/key", "rtmp://[::1]/app/inst/***"},
    {"rtmp://h/app/inst/", "rtmp://h/app/inst/"},
    {"rtmp://h/app", "rtmp://h/app"},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (RtmpUrl) url = parse (cases[i][0]);
    g_autofree gchar *log = rtmp_url_to_string (url, FALSE);

    g_assert_cmpstr (log, ==, cases[i][1]);
  }
}

static void
test_tc_url (void)
{
  static const gchar *const cases[][2] = {
    {"rtmp://u:p@h:1935/live/key?t=1 token=x", "rtmp://h/live"},
    {"rtmp://h:1936/app/_definst_/s", "rtmp://h:1936/app/_definst_"},
    {"RTMPS://[::1]:443/app/s", "rtmps://[::1]/app"},
    {"rtmpt://h:1935/app/s", "rtmpt://h:1935/app"},
    {"rtmp://h/live2?backup=1", "rtmp://h/live2?backup=1"},
    {"rtmp://h", "rtmp://h/"},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (RtmpUrl) url = parse (cases[i][0]);
    g_autofree gchar *tc_url = rtmp_url_tc_url (url);

    g_assert_cmpstr (tc_url, ==, cases[i][1]);
  }
}

static void
test_new (void)
{
  g_autoptr (RtmpUrl) url =
      rtmp_url_new (RTMP_SCHEME_RTMP, "b.rtmp.youtube.com", 0,
      "live2?backup=1", "key");
  g_autoptr (RtmpUrl) empty =
      rtmp_url_new (RTMP_SCHEME_RTMPT, "::1", 8080, NULL, NULL);
  g_autofree gchar *log = rtmp_url_to_string (url, FALSE);
  g_autofree gchar *tc_url = rtmp_url_tc_url (url);

  g_assert_cmpuint (url->port, ==, 1935);
  assert_prints (url, "rtmp://b.rtmp.youtube.com/live2?backup=1/key");
  g_assert_cmpstr (log, ==, "rtmp://b.rtmp.youtube.com/live2?***/***");
  g_assert_cmpstr (tc_url, ==, "rtmp://b.rtmp.youtube.com/live2?backup=1");
  assert_prints (empty, "rtmpt://[::1]:8080/");
}

static void
test_copy (void)
{
  g_autoptr (RtmpUrl) url = parse ("rtmps://u:p@h:99/a/s?q live=1 x=y");
  g_autoptr (RtmpUrl) copy = rtmp_url_copy (url);

  assert_equal (url, copy);
  g_assert_true (url->host != copy->host);
}

static void
test_scheme_layers (void)
{
  static const struct
  {
    RtmpScheme scheme;
    gboolean tls, encrypted, tunnelled;
  } cases[] = {
    {RTMP_SCHEME_RTMP, FALSE, FALSE, FALSE},
    {RTMP_SCHEME_RTMPS, TRUE, FALSE, FALSE},
    {RTMP_SCHEME_RTMPE, FALSE, TRUE, FALSE},
    {RTMP_SCHEME_RTMPT, FALSE, FALSE, TRUE},
    {RTMP_SCHEME_RTMPTS, TRUE, FALSE, TRUE},
    {RTMP_SCHEME_RTMPTE, FALSE, TRUE, TRUE},
    {RTMP_SCHEME_RTMFP, FALSE, FALSE, FALSE},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    RtmpScheme scheme = cases[i].scheme;

    g_assert_cmpint (rtmp_scheme_has_tls (scheme), ==, cases[i].tls);
    g_assert_cmpint (rtmp_scheme_is_encrypted (scheme), ==, cases[i].encrypted);
    g_assert_cmpint (rtmp_scheme_is_tunnelled (scheme), ==, cases[i].tunnelled);
  }
}

static void
test_schemes (void)
{
  RtmpScheme scheme;
  guint i;

  for (i = RTMP_SCHEME_RTMP; i <= RTMP_SCHEME_RTMFP; i++) {
    const gchar *name = rtmp_scheme_to_string ((RtmpScheme) i);

    g_assert_true (rtmp_scheme_from_string (name, strlen (name), &scheme));
    g_assert_cmpint (scheme, ==, i);
    g_assert_false (rtmp_scheme_from_string (name, 3, &scheme));
  }
  g_assert_true (rtmp_scheme_from_string ("RTMPE://h", 5, &scheme));
  g_assert_cmpint (scheme, ==, RTMP_SCHEME_RTMPE);
  g_assert_false (rtmp_scheme_from_string ("", 0, &scheme));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/url/services", test_services);
  g_test_add_func ("/url/split", test_split);
  g_test_add_func ("/url/authority", test_authority);
  g_test_add_func ("/url/userinfo", test_userinfo);
  g_test_add_func ("/url/options", test_options);
  g_test_add_func ("/url/options-bytes", test_options_bytes);
  g_test_add_func ("/url/listen", test_listen);
  g_test_add_func ("/url/errors", test_errors);
  g_test_add_func ("/url/errors-keep-secrets", test_errors_keep_secrets);
  g_test_add_func ("/url/errors-are-bounded", test_errors_are_bounded);
  g_test_add_func ("/url/log-form", test_log_form);
  g_test_add_func ("/url/tc-url", test_tc_url);
  g_test_add_func ("/url/new", test_new);
  g_test_add_func ("/url/copy", test_copy);
  g_test_add_func ("/url/schemes", test_schemes);
  g_test_add_func ("/url/scheme-layers", test_scheme_layers);
  return g_test_run ();
}

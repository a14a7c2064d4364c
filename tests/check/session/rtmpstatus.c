/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpstatus.h"

#include <string.h>

#include "rtmperror.h"

static RtmpValue *
info_of (const gchar * level, const gchar * code, const gchar * description)
{
  RtmpValue *info = rtmp_value_new_object ();

  rtmp_value_set_string (info, "level", level);
  rtmp_value_set_string (info, "code", code);
  rtmp_value_set_string (info, "description", description);
  return info;
}

static void
read_code (RtmpStatus * status, const gchar * level, const gchar * code)
{
  g_autoptr (RtmpValue) info = info_of (level, code, "");

  rtmp_status_read (status, info);
  status->info = NULL;
}

static void
test_read (void)
{
  g_autoptr (RtmpValue) info = info_of ("status", "NetStream.Play.Start", "go");
  g_autoptr (RtmpValue) number = rtmp_value_new_number (7);
  RtmpStatus status;

  rtmp_status_read (&status, info);
  g_assert_cmpstr (status.level, ==, "status");
  g_assert_cmpstr (status.code, ==, "NetStream.Play.Start");
  g_assert_cmpstr (status.description, ==, "go");
  g_assert_true (status.info == info);
  rtmp_status_read (&status, number);
  g_assert_cmpstr (status.code, ==, "");
  rtmp_status_read (&status, NULL);
  g_assert_cmpstr (status.level, ==, "");
  g_assert_cmpstr (status.description, ==, "");
  g_assert_null (status.info);
}

/* A text of any size takes no more than its place, and ends with a whole
 * character. */
static void
test_long (void)
{
  RtmpStatus status;
  gsize n;

  for (n = sizeof (status.description) - 4;
      n < sizeof (status.description) + 4; n++) {
    GString *text = g_string_new (NULL);
    g_autoptr (RtmpValue) info = NULL;
    gsize length;

    while (text->len < n)
      g_string_append (text, text->len % 2 ? "\xe2\x82\xac" : "x");
    info = info_of (text->str, text->str, text->str);
    rtmp_status_read (&status, info);
    length = strlen (status.description);
    g_assert_true (g_utf8_validate (status.description, -1, NULL));
    g_assert_true (g_str_has_prefix (text->str, status.description));
    g_assert_cmpuint (length, <, sizeof (status.description));
    g_assert_cmpuint (length, >=, MIN (text->len,
            sizeof (status.description) - 4));
    g_assert_cmpuint (strlen (status.level), >=, sizeof (status.level) - 4);
    g_assert_cmpuint (strlen (status.code), >=, sizeof (status.code) - 4);
    g_string_free (text, TRUE);
  }
}

static void
test_no_utf8 (void)
{
  static const gchar *const rows[][2] = {
    {"a\xff" "b\xe2\x82", "a?b??"},
    {"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80",
        "???????????????"},
    {"\xe2\x82\xac", "\xe2\x82\xac"},
    {"12345678901234\xe2\x82\xac", "12345678901234"},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (RtmpValue) info = info_of (rows[i][0], "", "");
    RtmpStatus status;

    rtmp_status_read (&status, info);
    g_assert_cmpstr (status.level, ==, rows[i][1]);
  }
}

typedef enum
{
  REFUSAL = 1 << 0,
  CLOSE = 1 << 1,
  START_PLAY = 1 << 2,
  START_PUBLISH = 1 << 3,
  END = 1 << 4,
  SEEK = 1 << 5,
  SOFT = 1 << 6,
} Kinds;

static Kinds
kinds_of (const RtmpStatus * status)
{
  return (rtmp_status_is_refusal (status) ? REFUSAL : 0)
      | (rtmp_status_is_close (status) ? CLOSE : 0)
      | (rtmp_status_is_start (status, FALSE) ? START_PLAY : 0)
      | (rtmp_status_is_start (status, TRUE) ? START_PUBLISH : 0)
      | (rtmp_status_is_end (status) ? END : 0)
      | (rtmp_status_is_seek (status) ? SEEK : 0)
      | (rtmp_status_is_soft_failure (status) ? SOFT : 0);
}

static void
test_kinds (void)
{
  static const struct
  {
    const gchar *code;
    Kinds kinds;
  } codes[] = {
    {"NetStream.Play.Start", START_PLAY},
    {"NetStream.Play.PublishNotify", START_PLAY},
    {"NetStream.Publish.Start", START_PUBLISH},
    {"NetStream.Play.Stop", END},
    {"NetStream.Play.Complete", END},
    {"NetStream.Play.UnpublishNotify", END},
    {"NetStream.Seek.Notify", SEEK},
    {"NetStream.Seek.Failed", SEEK | SOFT},
    {"NetStream.Seek.InvalidTime", SEEK | SOFT},
    {"NetStream.Pause.Failed", SOFT},
    {"NetStream.Unpause.Failed", SOFT},
    {"NetConnection.Connect.Closed", REFUSAL | CLOSE},
    {"NetConnection.Connect.AppShutdown", REFUSAL | CLOSE},
    {"NetConnection.Connect.InvalidApp", REFUSAL},
    {"NetStream.Publish.BadName", REFUSAL},
    {"NetStream.Failed", REFUSAL},
    {"NetStream.Play.Reset", 0},
    {"NetStream.Play.InsufficientBW", 0},
    {"NetStream.Pause.Notify", 0},
    {"NetConnection.Connect.Success", 0},
    {"", 0},
  };
  RtmpStatus status;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (codes); i++) {
    read_code (&status, "status", codes[i].code);
    g_test_message ("%s", codes[i].code);
    g_assert_cmpuint (kinds_of (&status), ==, codes[i].kinds);
    read_code (&status, "error", codes[i].code);
    g_assert_cmpuint (kinds_of (&status), ==, codes[i].kinds | REFUSAL);
  }
}

static void
test_refuse (void)
{
  static const struct
  {
    const gchar *code, *description;
    RtmpError error;
    const gchar *text;
  } rows[] = {
    {"NetStream.Publish.BadName", "taken", RTMP_ERROR_IN_USE,
        "the server refused it: NetStream.Publish.BadName: taken"},
    {"NetStream.Publish.Denied", "", RTMP_ERROR_AUTH_FAILED,
        "the server refused it: NetStream.Publish.Denied"},
    {"NetStream.Play.StreamNotFound", "", RTMP_ERROR_NOT_FOUND, NULL},
    {"NetStream.Play.FileNotFound", "", RTMP_ERROR_NOT_FOUND, NULL},
    {"NetConnection.Connect.InvalidApp", "", RTMP_ERROR_NOT_FOUND, NULL},
    {"NetConnection.Connect.Closed", "", RTMP_ERROR_PEER_CLOSED, NULL},
    {"NetConnection.Connect.IdleTimeout", "", RTMP_ERROR_PEER_CLOSED, NULL},
    {"NetStream.Failed", "", RTMP_ERROR_REFUSED, NULL},
    {"", "", RTMP_ERROR_REFUSED, "the server refused it: no code given"},
    {"NetConnection.Connect.Rejected",
          "[ AccessManager.Reject ] : [ code=403 need auth; authmod=adobe ] : ",
        RTMP_ERROR_AUTH_NEEDED, NULL},
    {"NetConnection.Connect.Rejected", "authmod=adobe :?reason=authfailed",
        RTMP_ERROR_AUTH_FAILED, NULL},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (RtmpValue) info =
        info_of ("error", rows[i].code, rows[i].description);
    g_autoptr (GError) error = NULL;
    RtmpStatus status;

    rtmp_status_read (&status, info);
    g_assert_false (rtmp_status_refuse (&status, "it", &error));
    g_assert_error (error, RTMP_ERROR, (gint) rows[i].error);
    if (rows[i].text)
      g_assert_cmpstr (error->message, ==, rows[i].text);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/status/read", test_read);
  g_test_add_func ("/status/long", test_long);
  g_test_add_func ("/status/no-utf8", test_no_utf8);
  g_test_add_func ("/status/kinds", test_kinds);
  g_test_add_func ("/status/refuse", test_refuse);
  return g_test_run ();
}

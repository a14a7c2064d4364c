/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmplog.h"

static GString *heard;
static guint computed;

static void
on_log (RtmpLogLevel level, const gchar * file, gint line,
    const gchar * function, const gchar * message)
{
  g_assert_true (g_str_has_suffix (file, "rtmplog.c"));
  g_assert_cmpint (line, >, 0);
  g_assert_cmpstr (function, ==, "speak");
  g_string_append_printf (heard, "%u:%s ", level, message);
}

static guint
compute (void)
{
  return ++computed;
}

/* What was heard when one of each was said. */
static void
speak (const gchar * expected)
{
  heard = g_string_new (NULL);
  RTMP_WARNING ("w%d", 1);
  RTMP_INFO ("i%s", "x");
  RTMP_DEBUG ("d");
  RTMP_LOG ("l%u", compute ());
  g_assert_cmpstr (heard->str, ==, expected);
  g_string_free (heard, TRUE);
}

static void
test_thresholds (void)
{
  speak ("");
  rtmp_log_set_hook (on_log, RTMP_LOG_WARNING);
  speak ("0:w1 ");
  rtmp_log_set_threshold (RTMP_LOG_INFO);
  speak ("0:w1 1:ix ");
  rtmp_log_set_threshold (RTMP_LOG_DEBUG);
  speak ("0:w1 1:ix 2:d ");
  g_assert_cmpuint (computed, ==, 0);   /* silent levels cost nothing */
  rtmp_log_set_threshold (RTMP_LOG_LOG);
  speak ("0:w1 1:ix 2:d 3:l1 ");
  rtmp_log_set_threshold (-1);
  speak ("");
  rtmp_log_set_hook (NULL, RTMP_LOG_LOG);
}

static void
test_control_characters (void)
{
  heard = g_string_new (NULL);
  rtmp_log_set_hook (on_log, RTMP_LOG_WARNING);
  rtmp_log_emit_ (RTMP_LOG_WARNING, "rtmplog.c", 1, "speak", "%s",
      "a\n\033[2Jb\177 \303\244");
  g_assert_cmpstr (heard->str, ==, "0:a??[2Jb? \303\244 ");
  g_string_free (heard, TRUE);
  rtmp_log_set_hook (NULL, RTMP_LOG_WARNING);
}

static void
test_no_hook (void)
{
  rtmp_log_set_hook (NULL, RTMP_LOG_LOG);
  speak ("");
  rtmp_log_set_threshold (RTMP_LOG_LOG);
  speak ("");
  g_assert_cmpint (rtmp_log_threshold_, ==, -1);
  rtmp_log_emit_ (RTMP_LOG_WARNING, "rtmplog.c", 1, "speak", "%s", "nobody");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log/thresholds", test_thresholds);
  g_test_add_func ("/log/control-characters", test_control_characters);
  g_test_add_func ("/log/no-hook", test_no_hook);
  return g_test_run ();
}

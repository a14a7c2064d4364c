/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpconnectplan.h"

#include <string.h>

#include "rtmperror.h"

#define CNONCE 0x01234567

static RtmpConnectPlan *
make (RtmpAuthmod authmod, const gchar * user, const gchar * password)
{
  const RtmpAuthCredentials credentials = {
    .authmod = authmod,
    .user = user,
    .password = password,
  };

  return rtmp_connect_plan_new ("h", 1935, RTMP_SCHEME_RTMP, "live",
      "rtmp://h/live", &credentials, CNONCE);
}

static RtmpValue *
rejected (const gchar * description)
{
  RtmpValue *info = rtmp_value_new_object ();

  rtmp_value_set_string (info, "level", "error");
  rtmp_value_set_string (info, "code", "NetConnection.Connect.Rejected");
  rtmp_value_set_string (info, "description", description);
  return info;
}

static RtmpValue *
redirected (gdouble code, const gchar * to)
{
  RtmpValue *info = rejected ("moved");
  RtmpValue *ex = rtmp_value_new_object ();

  rtmp_value_set_number (ex, "code", code);
  rtmp_value_set_string (ex, "redirect", to);
  rtmp_value_set (info, "ex", ex);
  return info;
}

/* (transfer full) for @info. */
static gboolean
next (RtmpConnectPlan * plan, RtmpValue * info, GError ** error)
{
  gboolean again = rtmp_connect_plan_next (plan, info, CNONCE, error);

  rtmp_value_unref (info);
  return again;
}

static void
test_first (void)
{
  g_autoptr (RtmpConnectPlan) plan = make (RTMP_AUTHMOD_AUTO, "u", "p");

  g_assert_cmpstr (plan->host, ==, "h");
  g_assert_cmpuint (plan->port, ==, 1935);
  g_assert_cmpint (plan->scheme, ==, RTMP_SCHEME_RTMP);
  g_assert_cmpstr (plan->app, ==, "live");
  g_assert_cmpstr (plan->tc_url, ==, "rtmp://h/live");
}

static void
test_authmod_set (void)
{
  g_autoptr (RtmpConnectPlan) plan = make (RTMP_AUTHMOD_ADOBE, "u", "p");

  g_assert_cmpstr (plan->app, ==, "live?authmod=adobe&user=u");
  g_assert_cmpstr (plan->tc_url, ==, "rtmp://h/live?authmod=adobe&user=u");
}

static void
test_authenticate (void)
{
  g_autoptr (RtmpConnectPlan) plan = make (RTMP_AUTHMOD_AUTO, "u", "p");
  g_autoptr (GError) error = NULL;

  g_assert_true (next (plan,
          rejected ("[ AccessManager.Reject ] : [ code=403 need auth; "
              "authmod=adobe ] : "), &error));
  g_assert_no_error (error);
  g_assert_cmpstr (plan->app, ==, "live?authmod=adobe&user=u");
  g_assert_true (next (plan,
          rejected ("[ AccessManager.Reject ] : [ authmod=adobe ] : "
              "?reason=needauth&user=u&salt=s&challenge=c&opaque=o"), &error));
  g_assert_true (g_str_has_prefix (plan->app,
          "live?authmod=adobe&user=u&challenge="));
  g_assert_nonnull (strstr (plan->app, "&response="));
  g_assert_true (g_str_has_suffix (plan->tc_url, plan->app + 4));
  g_assert_false (next (plan,
          rejected ("[ AccessManager.Reject ] : [ authmod=adobe ] : "
              "?reason=authfailed&opaque=o"), &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_AUTH_FAILED);
}

static void
test_no_credentials (void)
{
  g_autoptr (RtmpConnectPlan) plan = make (RTMP_AUTHMOD_AUTO, NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (next (plan,
          rejected ("[ AccessManager.Reject ] : [ code=403 need auth; "
              "authmod=adobe ] : "), &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_AUTH_NEEDED);
}

/* What the server says goes to people: as text, and not all there is of it. */
static void
test_bad_text (void)
{
  g_autoptr (RtmpConnectPlan) plan = make (RTMP_AUTHMOD_AUTO, NULL, NULL);
  g_autofree gchar *much = g_strnfill (1 << 20, 'x');
  g_autofree gchar *text = g_strconcat ("[ AccessManager.Reject ] : "
      "[ code=403 need auth; authmod=adobe ] : \xff\xfe", much, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (next (plan, rejected (text), &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_AUTH_NEEDED);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_cmpuint (strlen (error->message), <, 2000);
}

static void
test_no_demand (void)
{
  g_autoptr (RtmpConnectPlan) plan = make (RTMP_AUTHMOD_AUTO, "u", "p");
  g_autoptr (GError) error = NULL;

  g_assert_false (next (plan, rejected ("no such application"), &error));
  g_assert_no_error (error);
  g_assert_false (next (plan, redirected (301, "rtmp://other/live"), &error));
  g_assert_no_error (error);
  g_assert_false (next (plan, redirected (302, ""), &error));
  g_assert_no_error (error);
  g_assert_false (rtmp_connect_plan_next (plan, NULL, CNONCE, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (plan->host, ==, "h");
}

static void
test_redirect (void)
{
  g_autoptr (RtmpConnectPlan) plan = make (RTMP_AUTHMOD_ADOBE, "u", "p");
  g_autoptr (GError) error = NULL;

  g_assert_true (next (plan, redirected (302, "rtmps://[::1]:444/app/inst"),
          &error));
  g_assert_cmpstr (plan->host, ==, "::1");
  g_assert_cmpuint (plan->port, ==, 444);
  g_assert_cmpint (plan->scheme, ==, RTMP_SCHEME_RTMPS);
  g_assert_cmpstr (plan->app, ==, "app/inst?authmod=adobe&user=u");
  g_assert_cmpstr (plan->tc_url, ==,
      "rtmps://[::1]:444/app/inst?authmod=adobe&user=u");
}

static void
test_redirect_nowhere (void)
{
  g_autoptr (RtmpConnectPlan) plan = make (RTMP_AUTHMOD_AUTO, NULL, NULL);
  g_autoptr (GString) endless = g_string_new ("rtmp://");
  g_autoptr (GError) error = NULL;

  while (endless->len < 100000)
    g_string_append_c (endless, 'h');
  g_assert_false (next (plan, redirected (302, "http://h/x"), &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_false (next (plan, redirected (302, "rtmfp://h/x"), &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_false (next (plan, redirected (302, endless->str), &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_REFUSED);
  g_assert_cmpuint (strlen (error->message), <, 250);
  g_assert_cmpstr (plan->host, ==, "h");
  g_string_truncate (endless, strlen ("rtmp://") + 255);
  g_assert_true (next (plan, redirected (302, endless->str), &error));
}

/* Credentials are for whoever asks: the other server has not yet. */
static void
test_redirect_after_authentication (void)
{
  g_autoptr (RtmpConnectPlan) plan = make (RTMP_AUTHMOD_AUTO, "u", "p");
  g_autoptr (GError) error = NULL;

  g_assert_true (next (plan,
          rejected ("[ AccessManager.Reject ] : [ code=403 need auth; "
              "authmod=adobe ] : "), &error));
  g_assert_true (next (plan, redirected (302, "rtmp://other/app"), &error));
  g_assert_no_error (error);
  g_assert_cmpstr (plan->app, ==, "app");
  g_assert_cmpstr (plan->tc_url, ==, "rtmp://other/app");
}

/* Whatever carries it, if it hides no less. */
static void
test_redirect_schemes (void)
{
  g_autoptr (RtmpConnectPlan) plan = make (RTMP_AUTHMOD_AUTO, NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (next (plan, redirected (302, "rtmpt://a/live"), &error));
  g_assert_cmpuint (plan->port, ==, 80);
  g_assert_true (next (plan, redirected (302, "rtmpe://b/live"), &error));
  g_assert_cmpint (plan->scheme, ==, RTMP_SCHEME_RTMPE);
  g_assert_false (next (plan, redirected (302, "rtmpt://c/live"), &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_true (next (plan, redirected (302, "rtmpts://d/live"), &error));
  g_assert_false (next (plan, redirected (302, "rtmpte://e/live"), &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_REFUSED);
  g_assert_cmpint (plan->scheme, ==, RTMP_SCHEME_RTMPTS);
}

/* Into TLS, and on within it, but not out of it again. */
static void
test_redirect_stays_encrypted (void)
{
  g_autoptr (RtmpConnectPlan) plan = make (RTMP_AUTHMOD_AUTO, NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (next (plan, redirected (302, "rtmps://a/live"), &error));
  g_assert_cmpint (plan->scheme, ==, RTMP_SCHEME_RTMPS);
  g_assert_cmpuint (plan->port, ==, 443);
  g_assert_true (next (plan, redirected (302, "rtmps://b/live"), &error));
  g_assert_no_error (error);
  g_assert_false (next (plan, redirected (302, "rtmp://c/live"), &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, "rtmp"));
  g_assert_cmpstr (plan->host, ==, "b");
  g_assert_cmpint (plan->scheme, ==, RTMP_SCHEME_RTMPS);
}

static void
test_redirect_circle (void)
{
  g_autoptr (RtmpConnectPlan) plan = make (RTMP_AUTHMOD_AUTO, NULL, NULL);
  g_autoptr (GError) error = NULL;
  guint i;

  for (i = 0; i < RTMP_CONNECT_PLAN_REDIRECTS; i++)
    g_assert_true (next (plan, redirected (302, "rtmp://a/live"), &error));
  g_assert_no_error (error);
  g_assert_false (next (plan, redirected (302, "rtmp://b/live"), &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_REFUSED);
  g_assert_cmpstr (plan->host, ==, "a");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connect-plan/first", test_first);
  g_test_add_func ("/connect-plan/authmod-set", test_authmod_set);
  g_test_add_func ("/connect-plan/E-113-authenticate", test_authenticate);
  g_test_add_func ("/connect-plan/no-credentials", test_no_credentials);
  g_test_add_func ("/connect-plan/bad-text", test_bad_text);
  g_test_add_func ("/connect-plan/no-demand", test_no_demand);
  g_test_add_func ("/connect-plan/redirect-schemes", test_redirect_schemes);
  g_test_add_func ("/connect-plan/E-114-redirect", test_redirect);
  g_test_add_func ("/connect-plan/redirect-nowhere", test_redirect_nowhere);
  g_test_add_func ("/connect-plan/redirect-after-authentication",
      test_redirect_after_authentication);
  g_test_add_func ("/connect-plan/redirect-stays-encrypted",
      test_redirect_stays_encrypted);
  g_test_add_func ("/connect-plan/E-114-bounded", test_redirect_circle);
  return g_test_run ();
}

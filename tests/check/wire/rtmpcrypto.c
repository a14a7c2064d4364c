/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpcrypto.h"
#include "rtmperror.h"

static guint loads;

static gboolean
load_well (GError ** error)
{
  loads++;
  return TRUE;
}

static gboolean
load_badly (GError ** error)
{
  g_set_error_literal (error, RTMP_ERROR, RTMP_ERROR_STATE, "not today");
  return FALSE;
}

static const RtmpCrypto good = {.load = load_well };
static const RtmpCrypto bad = {.load = load_badly };

static void
test_none (void)
{
  GError *error = NULL;

  rtmp_crypto_set_provider (NULL);
  g_assert_null (rtmp_crypto_get (&error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED);
  g_assert_cmpstr (error->message, ==,
      "RTMPE needs OpenSSL, and this was built without");
  g_clear_error (&error);
  g_assert_null (rtmp_crypto_get (NULL));
}

static void
test_loads (void)
{
  GError *error = NULL;

  rtmp_crypto_set_provider (&good);
  g_assert_true (rtmp_crypto_get (&error) == &good);
  g_assert_no_error (error);
  g_assert_cmpuint (loads, ==, 1);
}

static void
test_does_not_load (void)
{
  GError *error = NULL;

  rtmp_crypto_set_provider (&bad);
  g_assert_null (rtmp_crypto_get (&error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_STATE);
  g_clear_error (&error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crypto/none", test_none);
  g_test_add_func ("/crypto/loads", test_loads);
  g_test_add_func ("/crypto/does-not-load", test_does_not_load);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpserveroptions.h"

#include "rtmpcrypto.h"
#include "rtmperror.h"

#define BIT(name) RTMP_SCHEME_BIT (name)

static GTlsCertificate *
load_certificate (const gchar * name)
{
  g_autofree gchar *file = g_build_filename (g_getenv ("FILES"), "tls", name,
      NULL);
  g_autofree gchar *key = g_build_filename (g_getenv ("FILES"), "tls",
      "server.key", NULL);
  g_autoptr (GError) error = NULL;
  GTlsCertificate *certificate =
      g_tls_certificate_new_from_files (file, key, &error);

  g_assert_no_error (error);
  return certificate;
}

/* @schemes: what is wanted; returns what that comes to, 0: it cannot be. */
static guint
settle (RtmpServerOptions * options, guint schemes,
    GTlsCertificate * certificate)
{
  g_autoptr (GError) error = NULL;

  rtmp_server_options_init (options);
  options->schemes = schemes;
  options->tls_certificate = certificate;
  if (rtmp_server_options_settle (options, &error))
    return options->schemes;
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED);
  return 0;
}

static void
test_settle (void)
{
  g_autoptr (GTlsCertificate) certificate = load_certificate ("server.pem");
  RtmpServerOptions options;
  guint plain = settle (&options, 0, NULL);

  g_assert_cmphex (plain, ==, BIT (RTMP) | BIT (RTMPT));
  g_assert_cmpint (options.handshake, ==, RTMP_HANDSHAKE_DIGEST);
  g_assert_cmphex (settle (&options, 0, certificate), ==, plain | BIT (RTMPS)
      | BIT (RTMPTS));
  g_assert_true (options.tls_certificate == certificate);
  g_assert_cmphex (settle (&options, BIT (RTMP), certificate), ==, BIT (RTMP));
  g_assert_null (options.tls_certificate);
  g_assert_cmphex (settle (&options, BIT (RTMPS), certificate), ==,
      BIT (RTMPS));
  g_assert_cmphex (settle (&options, BIT (RTMPS), NULL), ==, 0);
  g_assert_cmphex (settle (&options, BIT (RTMP) | BIT (RTMPS), NULL), ==, 0);
  g_assert_cmphex (settle (&options, BIT (RTMFP), NULL), ==, 0);
}

static gboolean
load_nothing (GError ** error)
{
  return TRUE;
}

/* RTMPE is for who has the ciphers. */
static void
test_encrypted (void)
{
  static const RtmpCrypto crypto = {.load = load_nothing };
  const guint all = BIT (RTMP) | BIT (RTMPE) | BIT (RTMPT) | BIT (RTMPTE);
  RtmpServerOptions options;

  g_assert_cmphex (settle (&options, BIT (RTMPTE), NULL), ==, 0);
  rtmp_crypto_set_provider (&crypto);
  g_assert_cmphex (settle (&options, BIT (RTMPTE), NULL), ==, BIT (RTMPTE));
  g_assert_cmphex (settle (&options, 0, NULL), ==, all);
  g_assert_true (options.handshake & RTMP_HANDSHAKE_ENCRYPTED);
  g_assert_cmphex (settle (&options, BIT (RTMP), NULL), ==, BIT (RTMP));
  g_assert_false (options.handshake & RTMP_HANDSHAKE_ENCRYPTED);
  rtmp_crypto_set_provider (NULL);
}

static gboolean
can_share (guint schemes, GTlsCertificate * certificate, guint others,
    GTlsCertificate * other)
{
  RtmpServerOptions one, two;
  g_autoptr (GError) error = NULL;

  settle (&one, schemes, certificate);
  settle (&two, others, other);
  if (rtmp_server_options_fit (&one, &two, &error))
    return TRUE;
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  return FALSE;
}

static void
test_share (void)
{
  g_autoptr (GTlsCertificate) one = load_certificate ("server.pem");
  g_autoptr (GTlsCertificate) same = load_certificate ("server.pem");

  g_assert_true (can_share (0, NULL, 0, NULL));
  g_assert_true (can_share (0, one, 0, same));
  g_assert_true (can_share (BIT (RTMP), one, BIT (RTMP), NULL));
  g_assert_false (can_share (0, one, 0, NULL));
  g_assert_false (can_share (0, NULL, BIT (RTMP), NULL));
  g_assert_false (can_share (BIT (RTMPS), one, 0, same));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtmpserveroptions/settle", test_settle);
  g_test_add_func ("/rtmpserveroptions/encrypted", test_encrypted);
  g_test_add_func ("/rtmpserveroptions/share", test_share);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmplisten.h"

#include "rtmperror.h"
#include "rtmptestserver.h"

static GSocket *
listen_at (const gchar * host, guint16 port, GError ** error)
{
  RtmpServerOptions options;

  rtmp_server_options_init (&options);
  options.host = host;
  options.port = port;
  return rtmp_listen (&options, error);
}

static void
test_addresses (void)
{
  static const gchar *const hosts[] = { "", "0.0.0.0", "127.0.0.1",
    "localhost"
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (hosts); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GSocket) socket = listen_at (hosts[i], 0, &error);

    g_assert_no_error (error);
    g_assert_false (g_socket_get_blocking (socket));
  }
}

static void
test_cannot (void)
{
  RtmpTestFullPort *full = rtmp_test_full_port_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (listen_at ("127.0.0.1", rtmp_test_full_port_port (full),
          &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_clear_error (&error);
  rtmp_test_full_port_free (full);
  g_assert_null (listen_at ("192.0.2.1", 1935, &error));
  g_assert_error (error, RTMP_ERROR, RTMP_ERROR_LISTEN);
  g_assert_nonnull (strstr (error->message, "\"192.0.2.1\" port 1935"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtmplisten/addresses", test_addresses);
  g_test_add_func ("/rtmplisten/cannot", test_cannot);
  return g_test_run ();
}

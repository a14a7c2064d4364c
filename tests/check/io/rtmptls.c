/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpclientfixture.h"
#include "rtmperror.h"
#include "rtmptestnames.h"
#include "rtmptls.h"

#define ALL G_TLS_CERTIFICATE_VALIDATE_ALL

static gchar *
tls_path (const gchar * name)
{
  return g_build_filename (g_getenv ("FILES"), "tls", name, NULL);
}

static GTlsCertificate *
load (const gchar * name)
{
  g_autofree gchar *cert = tls_path (name);
  g_autofree gchar *key = tls_path ("server.key");
  GError *error = NULL;
  GTlsCertificate *certificate =
      g_tls_certificate_new_from_files (cert, key, &error);

  g_assert_no_error (error);
  return certificate;
}

/* What is said of a certificate */

typedef struct
{
  const gchar *name;
  GTlsCertificateFlags faults;
  gint code;
  const gchar *text;
} Fault;

static const Fault faults[] = {
  {"issuer", G_TLS_CERTIFICATE_UNKNOWN_CA, RTMP_ERROR_TLS_ISSUER,
      " has an issuer that is not trusted;"},
  {"name", G_TLS_CERTIFICATE_BAD_IDENTITY, RTMP_ERROR_TLS_NAME,
      " is for another name;"},
  {"expired", G_TLS_CERTIFICATE_EXPIRED, RTMP_ERROR_TLS_EXPIRED,
      " has expired;"},
  {"not-yet-valid", G_TLS_CERTIFICATE_NOT_ACTIVATED,
      RTMP_ERROR_TLS_NOT_YET_VALID, " is not valid yet;"},
  {"revoked", G_TLS_CERTIFICATE_REVOKED, RTMP_ERROR_TLS_REVOKED,
      " is revoked;"},
  {"insecure", G_TLS_CERTIFICATE_INSECURE, RTMP_ERROR_TLS_INSECURE,
      " is signed in a way that is not safe;"},
  {"other", G_TLS_CERTIFICATE_GENERIC_ERROR, RTMP_ERROR_TLS_CERTIFICATE,
      " is not acceptable;"},
  {"none", 0, RTMP_ERROR_TLS_CERTIFICATE, " cannot be read;"},
  {"several", G_TLS_CERTIFICATE_EXPIRED | G_TLS_CERTIFICATE_UNKNOWN_CA |
        G_TLS_CERTIFICATE_BAD_IDENTITY, RTMP_ERROR_TLS_ISSUER,
      " has an issuer that is not trusted, is for another name, has expired;"},
  {"all", ALL, RTMP_ERROR_TLS_REVOKED, " is not acceptable;"},
};

static void
test_fault (gconstpointer data)
{
  const Fault *fault = data;
  g_autoptr (GTlsCertificate) certificate = load ("expired.pem");
  g_autoptr (GError) error =
      rtmp_tls_refusal (certificate, fault->faults, "host.test");
  g_autoptr (GError) bare = rtmp_tls_refusal (NULL, fault->faults, "host.test");

  g_assert_error (error, RTMP_ERROR, fault->code);
  g_assert_true (g_str_has_prefix (error->message,
          "the certificate that host.test shows "));
  g_assert_nonnull (strstr (error->message, fault->text));
  g_assert_true (g_str_has_suffix (error->message,
          "; subject CN=gst-rtmp test server, for rtmp.test 127.0.0.1, "
          "issuer CN=gst-rtmp test CA, from 2020-01-01 to 2021-01-01"));
  g_assert_error (bare, RTMP_ERROR, fault->code);
  g_assert_null (strchr (bare->message, ';'));
}

/* Whatever is in it, the message is one line of text, and no long one. */
static void
test_hostile (void)
{
  g_autoptr (GTlsCertificate) certificate = load ("hostile.pem");
  g_autoptr (GError) error =
      rtmp_tls_refusal (certificate, G_TLS_CERTIFICATE_UNKNOWN_CA, "h");
  const gchar *c;

  for (c = error->message; *c; c++)
    g_assert_true (g_ascii_isprint (*c));
  g_assert_nonnull (strstr (error->message, "..."));
  g_assert_cmpuint (strlen (error->message), <, 1000);
}

/* What is said of a handshake that fails behind the server's certificate */

typedef struct
{
  const gchar *name;
  gint code;                    /* GTlsError */
  const gchar *message;
  gint told;                    /* RtmpError; 0: nothing of a certificate */
  gint told_with_one;           /* likewise, to a client that has one */
} Failure;

static const Failure failures[] = {
  {"required", G_TLS_ERROR_CERTIFICATE_REQUIRED, "Server required TLS "
        "certificate", RTMP_ERROR_TLS_CLIENT_WANTED,
      RTMP_ERROR_TLS_CLIENT_REFUSED},
  {"required-at-last", G_TLS_ERROR_MISC, "Peer sent fatal TLS alert: "
        "Certificate is required", RTMP_ERROR_TLS_CLIENT_WANTED,
      RTMP_ERROR_TLS_CLIENT_REFUSED},
  {"unknown-ca", G_TLS_ERROR_MISC, "Peer sent fatal TLS alert: CA is unknown",
      RTMP_ERROR_TLS_CLIENT_WANTED, RTMP_ERROR_TLS_CLIENT_REFUSED},
  {"handshake-failure", G_TLS_ERROR_MISC, "Peer sent fatal TLS alert: "
        "Handshake failed", RTMP_ERROR_TLS_CLIENT_WANTED},
  {"internal-error", G_TLS_ERROR_MISC, "Peer sent fatal TLS alert: Internal "
        "error"},
  {"closed", G_TLS_ERROR_NOT_TLS, "Peer failed to perform TLS handshake: The "
        "TLS connection was non-properly terminated."},
  {"corrupt", G_TLS_ERROR_MISC, "Error performing TLS handshake: An error was "
        "encountered at the TLS Finished packet calculation."},
};

static gboolean
on_accept (GTlsConnection * connection, GTlsCertificate * certificate,
    GTlsCertificateFlags errors, gpointer user_data)
{
  return TRUE;
}

static void
on_event (GSocketClient * client, GSocketClientEvent event,
    GSocketConnectable * connectable, GIOStream * stream, gpointer tls)
{
  if (event != G_SOCKET_CLIENT_TLS_HANDSHAKING)
    return;
  g_signal_connect (stream, "accept-certificate", G_CALLBACK (on_accept), NULL);
  g_set_object ((GTlsConnection **) tls, G_TLS_CONNECTION (stream));
}

/* To @server. */
static GTlsConnection *
shake_hands (RtmpTestServer * server)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) stream = NULL;
  GTlsConnection *tls = NULL;
  GError *error = NULL;

  g_socket_client_set_tls (client, TRUE);
  g_signal_connect (client, "event", G_CALLBACK (on_event), &tls);
  stream = g_socket_client_connect_to_host (client, "127.0.0.1",
      rtmp_test_server_port (server), NULL, &error);
  g_assert_no_error (error);
  return tls;
}

static void
check_failure (const Failure * failure, GTlsConnection * tls, gint told)
{
  g_autoptr (GError) error =
      g_error_new_literal (G_TLS_ERROR, failure->code, failure->message);
  g_autoptr (GError) explained = rtmp_tls_explain (error, tls, ALL, "h");

  if (told)
    g_assert_error (explained, RTMP_ERROR, told);
  else
    g_assert_error (explained, G_TLS_ERROR, G_TLS_ERROR_MISC);
  g_assert_true (g_str_has_prefix (explained->message, failure->message));
}

static void
test_failure (gconstpointer data)
{
  const RtmpTestPlan plan = {.tls = TRUE };
  const Failure *failure = data;
  RtmpTestServer *server = rtmp_test_server_new (&plan);
  g_autoptr (GTlsConnection) tls = shake_hands (server);
  g_autoptr (GTlsCertificate) ours = load ("client.pem");

  check_failure (failure, tls, failure->told);
  g_tls_connection_set_certificate (tls, ours);
  check_failure (failure, tls, failure->told_with_one);
  rtmp_test_server_free (server);
}

/* A client and a server */

typedef struct
{
  const gchar *name;
  const gchar *certificate;     /* the server's */
  const gchar *authority;       /* that we trust */
  const gchar *host;
  GTlsCertificateFlags validation;
  const gchar *ours;            /* our certificate, or NULL */
  const gchar *client_authority;        /* that the server trusts, or NULL */
  gint code;                    /* 0: all is well */
} Case;

static const Case cases[] = {
  {"trusted", "server.pem", "ca.pem", "rtmp.test", ALL},
  {"refused/wrong-ca", "server.pem", "other-ca.pem", "rtmp.test", ALL, NULL,
      NULL, RTMP_ERROR_TLS_ISSUER},
  {"refused/wrong-name", "server.pem", "ca.pem", "other.test", ALL, NULL, NULL,
      RTMP_ERROR_TLS_NAME},
  {"refused/wrong-address", "server.pem", "ca.pem", "127.0.0.2", ALL, NULL,
      NULL, RTMP_ERROR_TLS_NAME},
  {"refused/expired", "expired.pem", "ca.pem", "rtmp.test", ALL, NULL, NULL,
      RTMP_ERROR_TLS_EXPIRED},
  {"refused/not-yet-valid", "not-yet.pem", "ca.pem", "rtmp.test", ALL, NULL,
      NULL, RTMP_ERROR_TLS_NOT_YET_VALID},
  {"refused/insecure", "insecure.pem", "ca.pem", "rtmp.test", ALL, NULL, NULL,
      RTMP_ERROR_TLS_INSECURE},
  {"relaxed/wrong-ca", "server.pem", "other-ca.pem", "rtmp.test",
      ALL & ~G_TLS_CERTIFICATE_UNKNOWN_CA},
  {"relaxed/wrong-name", "server.pem", "ca.pem", "other.test",
      ALL & ~G_TLS_CERTIFICATE_BAD_IDENTITY},
  {"relaxed/expired", "expired.pem", "ca.pem", "rtmp.test",
      ALL & ~G_TLS_CERTIFICATE_EXPIRED},
  {"relaxed/another", "expired.pem", "ca.pem", "rtmp.test",
        ALL & ~G_TLS_CERTIFICATE_UNKNOWN_CA, NULL, NULL,
      RTMP_ERROR_TLS_EXPIRED},
  {"relaxed/one-of-two", "expired.pem", "ca.pem", "other.test",
      ALL & ~G_TLS_CERTIFICATE_EXPIRED, NULL, NULL, RTMP_ERROR_TLS_NAME},
  {"relaxed/everything", "expired.pem", "other-ca.pem", "other.test", 0},
  {"client/accepted", "server.pem", "ca.pem", "rtmp.test", ALL, "client.pem",
      "ca.pem"},
  {"client/not-asked", "server.pem", "ca.pem", "rtmp.test", ALL,
      "client.pem"},
  {"client/none", "server.pem", "ca.pem", "rtmp.test", ALL, NULL, "ca.pem",
      RTMP_ERROR_TLS_CLIENT_WANTED},
  /* A server on GIO does not say why; tests/interop has one that does. */
  {"client/wrong-ca", "server.pem", "ca.pem", "rtmp.test", ALL,
      "other-client.pem", "ca.pem", RTMP_ERROR_CLOSED_IN_HANDSHAKE},
  {"client/none-and-wrong-ca", "server.pem", "other-ca.pem", "rtmp.test", ALL,
      NULL, "ca.pem", RTMP_ERROR_TLS_ISSUER},
};

static void
connect_case (Fixture * self, const Case * c, GTlsInteraction * interaction,
    gboolean publish)
{
  g_autofree gchar *file = tls_path (c->authority);
  g_autoptr (GTlsDatabase) database = g_tls_file_database_new (file, NULL);
  g_autoptr (GTlsCertificate) ours = c->ours ? load (c->ours) : NULL;
  const RtmpClientTarget target = {.host = c->host,
    .port = rtmp_test_server_port (self->server),.scheme = RTMP_SCHEME_RTMPS,
    .tls_validation = c->validation,.tls_database = database,
    .tls_interaction = interaction,.tls_certificate = ours
  };

  fixture_connect (self, publish, AT_ONCE, &target);
}

/* A refused client's error names the fault, and nothing was told the server. */
static void
run_case (const Case * c, GTlsInteraction * interaction, gboolean play)
{
  const RtmpTestPlan plan = {.tls = TRUE,.certificate = c->certificate,
    .client_authority = c->client_authority,
    .address = strcmp (c->host, "127.0.0.2") == 0 ? c->host : NULL
  };
  GResolver *before = rtmp_test_names_push ("127.0.0.1");
  Fixture f;

  fixture_init (&f, &plan);
  connect_case (&f, c, interaction, !play);
  if (c->code) {
    wait_closed (&f);
    g_assert_error (f.error, RTMP_ERROR, c->code);
    g_assert_cmpuint (f.codes->len, ==, 0);
  } else {
    wait_step (&f, RTMP_CLIENT_STEP_RUNNING);
    rtmp_client_finish (f.client);
    wait_closed (&f);
    g_assert_no_error (f.error);
  }
  fixture_clear (&f);
  rtmp_test_names_pop (before);
}

/* An error of the read that finds out. */
static gboolean
leaks (const Case * c)
{
  return c->code == RTMP_ERROR_TLS_CLIENT_WANTED
      && rtmp_test_skip_leak ("glib-networking");
}

static void
test_case (gconstpointer data)
{
  if (leaks (data))
    return;
  run_case (data, NULL, FALSE);
  run_case (data, NULL, TRUE);
}

/* One that is asked for a certificate */

typedef struct
{
  GTlsInteraction parent;
  GTlsCertificate *answer;      /* NULL: none */
  gint asked;                   /* atomic */
} TestInteraction;

typedef GTlsInteractionClass TestInteractionClass;
static GType test_interaction_get_type (void);
G_DEFINE_TYPE (TestInteraction, test_interaction, G_TYPE_TLS_INTERACTION);

static GTlsInteractionResult
request_certificate (GTlsInteraction * interaction,
    GTlsConnection * connection, GTlsCertificateRequestFlags flags,
    GCancellable * cancellable, GError ** error)
{
  TestInteraction *self = (TestInteraction *) interaction;

  g_atomic_int_inc (&self->asked);
  if (self->answer == NULL)
    return G_TLS_INTERACTION_UNHANDLED;
  g_tls_connection_set_certificate (connection, self->answer);
  return G_TLS_INTERACTION_HANDLED;
}

static void
interaction_finalize (GObject * object)
{
  g_clear_object (&((TestInteraction *) object)->answer);
  G_OBJECT_CLASS (test_interaction_parent_class)->finalize (object);
}

static void
test_interaction_class_init (TestInteractionClass * klass)
{
  G_OBJECT_CLASS (klass)->finalize = interaction_finalize;
  klass->request_certificate = request_certificate;
}

static void
test_interaction_init (TestInteraction * self)
{
}

static const Case asking[] = {
  {"given", "server.pem", "ca.pem", "rtmp.test", ALL, "client.pem", "ca.pem"},
  {"given-wrong", "server.pem", "ca.pem", "rtmp.test", ALL,
      "other-client.pem", "ca.pem", RTMP_ERROR_CLOSED_IN_HANDSHAKE},
  {"not-given", "server.pem", "ca.pem", "rtmp.test", ALL, NULL, "ca.pem",
      RTMP_ERROR_TLS_CLIENT_WANTED},
};

static void
test_interaction (gconstpointer data)
{
  Case c = *(const Case *) data;
  TestInteraction *interaction;

  if (leaks (&c))
    return;
  interaction = g_object_new (test_interaction_get_type (), NULL);
  interaction->answer = c.ours ? load (c.ours) : NULL;
  c.ours = NULL;
  run_case (&c, &interaction->parent, FALSE);
  g_assert_cmpint (g_atomic_int_get (&interaction->asked), ==, 1);
  g_object_unref (interaction);
}

/* What is not TLS, and its end */

static const Case plain = { "plain", NULL, "ca.pem", "127.0.0.1", ALL };

static void
test_against_silence (void)
{
  const RtmpTestPlan plan = {.step = RTMP_TEST_STEP_ACCEPT };
  const RtmpClientTarget target = {.host = "127.0.0.1",
    .scheme = RTMP_SCHEME_RTMPS
  };
  RtmpClientTarget there = target;
  Fixture f;

  fixture_init (&f, &plan);
  there.port = rtmp_test_server_port (f.server);
  fixture_connect (&f, TRUE, SHORT_TIMEOUT, &there);
  wait_closed (&f);
  g_assert_error (f.error, RTMP_ERROR, RTMP_ERROR_TLS_TIMED_OUT);
  fixture_clear (&f);
}

static void
test_against_close (void)
{
  const RtmpTestPlan plan = {.step = RTMP_TEST_STEP_HELLO,
    .fault = RTMP_TEST_FAULT_CLOSE
  };
  Fixture f;

  fixture_init (&f, &plan);
  connect_case (&f, &plain, NULL, TRUE);
  wait_closed (&f);
  g_assert_error (f.error, G_TLS_ERROR, G_TLS_ERROR_NOT_TLS);
  fixture_clear (&f);
}

/* A server that speaks TLS, and a client that does not: GnuTLS says what it
 * thinks of that, others just close. */
static void
test_forgotten (void)
{
  const RtmpTestPlan plan = {.tls = TRUE };
  Fixture f;

  fixture_init (&f, &plan);
  fixture_connect (&f, TRUE, AT_ONCE, NULL);
  wait_closed (&f);
  g_assert_true (g_error_matches (f.error, RTMP_ERROR, RTMP_ERROR_TLS_EXPECTED)
      || g_error_matches (f.error, RTMP_ERROR, RTMP_ERROR_CLOSED_IN_HANDSHAKE));
  fixture_clear (&f);
}

/* TCP ends, TLS does not: servers do that, and it is no fault of TLS. */
static void
test_end_without_notice (void)
{
  const RtmpTestPlan plan = {.tls = TRUE,.step = RTMP_TEST_STEP_RUNNING,
    .fault = RTMP_TEST_FAULT_CLOSE
  };
  Fixture f;

  fixture_init (&f, &plan);
  connect_case (&f, &plain, NULL, TRUE);
  wait_closed (&f);
  g_assert_error (f.error, RTMP_ERROR, RTMP_ERROR_PEER_CLOSED);
  fixture_clear (&f);
}

/* Its name goes along in clear, so that the server can choose a certificate. */

#define NAME "rtmp.test"

static void
read_hello (GSocketConnection * connection, guint8 * data, gsize size)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  gsize length, n;
  GError *error = NULL;

  g_input_stream_read_all (input, data, 5, &n, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (data[0], ==, 22);
  length = (gsize) data[3] << 8 | data[4];
  g_assert_cmpuint (length, <, size - 5);
  g_input_stream_read_all (input, data + 5, length, &n, NULL, &error);
  g_assert_no_error (error);
}

static void
test_server_name (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  GResolver *before = rtmp_test_names_push ("127.0.0.1");
  const RtmpClientTarget target = {.host = NAME,.port = port,
    .scheme = RTMP_SCHEME_RTMPS
  };
  g_autoptr (GSocketConnection) connection = NULL;
  guint8 hello[4096] = { 0, };
  guint i, found = 0;
  Fixture f;

  fixture_init (&f, NULL);
  fixture_connect (&f, TRUE, 0, &target);
  connection = g_socket_listener_accept (listener, NULL, NULL, NULL);
  g_assert_nonnull (connection);
  read_hello (connection, hello, sizeof (hello));
  for (i = 0; i + strlen (NAME) < sizeof (hello); i++)
    found += memcmp (hello + i, NAME, strlen (NAME)) == 0;
  g_assert_cmpuint (found, ==, 1);
  g_clear_pointer (&f.client, rtmp_client_free);
  f.fds = G_MAXUINT;            /* ours are open yet */
  fixture_clear (&f);
  rtmp_test_names_pop (before);
}

static void
add_cases (const gchar * path, const Case * table, gsize n, GTestDataFunc func)
{
  gsize i;

  for (i = 0; i < n; i++) {
    g_autofree gchar *full = g_strconcat (path, table[i].name, NULL);

    g_test_add_data_func (full, &table[i], func);
  }
}

int
main (int argc, char **argv)
{
  guint i;

  g_test_init (&argc, &argv, NULL);
  fixture_warm_up ();
  for (i = 0; i < G_N_ELEMENTS (faults); i++) {
    g_autofree gchar *path = g_strconcat ("/tls/fault/", faults[i].name, NULL);

    g_test_add_data_func (path, &faults[i], test_fault);
  }
  g_test_add_func ("/tls/hostile", test_hostile);
  for (i = 0; i < G_N_ELEMENTS (failures); i++) {
    g_autofree gchar *path =
        g_strconcat ("/tls/failure/", failures[i].name, NULL);

    g_test_add_data_func (path, &failures[i], test_failure);
  }
  add_cases ("/tls/", cases, G_N_ELEMENTS (cases), test_case);
  add_cases ("/tls/interaction/", asking, G_N_ELEMENTS (asking),
      test_interaction);
  g_test_add_func ("/tls/against/silence", test_against_silence);
  g_test_add_func ("/tls/against/close", test_against_close);
  g_test_add_func ("/tls/forgotten", test_forgotten);
  g_test_add_func ("/tls/end-without-notice", test_end_without_notice);
  g_test_add_func ("/tls/server-name", test_server_name);
  return g_test_run ();
}

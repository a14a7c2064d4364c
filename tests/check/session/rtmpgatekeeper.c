/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpgatekeeper.h"

#include "rtmpauth.h"

typedef struct
{
  RtmpGatekeeper *keeper;
  gint64 now;
  guint32 random[2];
  gchar *user;
  gchar *description;
} Fixture;

static void
fixture_init (Fixture * self)
{
  g_autoptr (GHashTable) users = g_hash_table_new (g_str_hash, g_str_equal);

  g_hash_table_insert (users, (gpointer) "joe", (gpointer) "secret");
  g_hash_table_insert (users, (gpointer) "nobody", (gpointer) "");
  *self = (Fixture) {
  .keeper = rtmp_gatekeeper_new (users)};
}

static void
fixture_clear (Fixture * self)
{
  rtmp_gatekeeper_free (self->keeper);
  g_free (self->user);
  g_free (self->description);
}

static RtmpGatekeeperVerdict
check (Fixture * self, const gchar * query)
{
  g_clear_pointer (&self->user, g_free);
  g_clear_pointer (&self->description, g_free);
  self->random[0]++;
  return rtmp_gatekeeper_check (self->keeper, self->now, query, self->random,
      &self->user, &self->description);
}

/* What our own client would connect with next, without the question mark. */
static gchar *
next_query (Fixture * self, const gchar * user, const gchar * password,
    const gchar * sent)
{
  const RtmpAuthCredentials credentials = { RTMP_AUTHMOD_AUTO, user, password };
  g_autoptr (RtmpAuthChallenge) challenge =
      rtmp_auth_challenge_parse (self->description);
  g_autofree gchar *query = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (challenge);
  query = rtmp_auth_query (&credentials, "live", sent, challenge, 7, &error);
  g_assert_no_error (error);
  g_assert_true (*query == '?');
  return g_strdup (query + 1);
}

/* Up to the response. (transfer full) */
static gchar *
answer (Fixture * self, const gchar * user, const gchar * password)
{
  g_autofree gchar *first = NULL;

  g_assert_cmpint (check (self, ""), ==, RTMP_GATEKEEPER_ASKED);
  first = next_query (self, user, password, NULL);
  g_assert_cmpint (check (self, first), ==, RTMP_GATEKEEPER_ASKED);
  return next_query (self, user, password, first);
}

static void
test_right (void)
{
  g_autofree gchar *query = NULL;
  Fixture f;

  fixture_init (&f);
  query = answer (&f, "joe", "secret");
  g_assert_cmpint (check (&f, query), ==, RTMP_GATEKEEPER_ADMITTED);
  g_assert_cmpstr (f.user, ==, "joe");
  /* Once. */
  g_assert_cmpint (check (&f, query), ==, RTMP_GATEKEEPER_REFUSED);
  fixture_clear (&f);
}

static void
test_wrong (void)
{
  static const gchar *const rows[][2] = {
    {"joe", "Secret"}, {"joe", ""}, {"jane", "secret"}, {"jane", ""},
    {"nobody", "x"},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *query = NULL;
    g_autoptr (RtmpAuthChallenge) challenge = NULL;
    Fixture f;

    fixture_init (&f);
    query = answer (&f, rows[i][0], rows[i][1]);
    g_assert_cmpint (check (&f, query), ==, RTMP_GATEKEEPER_REFUSED);
    challenge = rtmp_auth_challenge_parse (f.description);
    g_assert_cmpint (challenge->reason, ==, RTMP_AUTH_REASON_FAILED);
    fixture_clear (&f);
  }
}

static void
test_late (void)
{
  g_autofree gchar *query = NULL;
  Fixture f;

  fixture_init (&f);
  query = answer (&f, "joe", "secret");
  f.now = RTMP_GATEKEEPER_PATIENCE + 1;
  g_assert_cmpint (check (&f, query), ==, RTMP_GATEKEEPER_REFUSED);
  g_free (query);
  query = answer (&f, "joe", "secret");
  f.now += RTMP_GATEKEEPER_PATIENCE;
  g_assert_cmpint (check (&f, query), ==, RTMP_GATEKEEPER_ADMITTED);
  fixture_clear (&f);
}

/* Who asks and asks costs no more than so much, at the oldest ones' expense. */
static void
test_many (void)
{
  g_autofree gchar *old = NULL, *query = NULL;
  Fixture f;
  guint i;

  fixture_init (&f);
  old = answer (&f, "joe", "secret");
  query = answer (&f, "joe", "secret");
  for (i = 0; i < RTMP_GATEKEEPER_CHALLENGES - 1; i++)
    g_assert_cmpint (check (&f, "authmod=adobe&user=joe"), ==,
        RTMP_GATEKEEPER_ASKED);
  g_assert_cmpint (check (&f, old), ==, RTMP_GATEKEEPER_REFUSED);
  g_assert_cmpint (check (&f, query), ==, RTMP_GATEKEEPER_ADMITTED);
  fixture_clear (&f);
}

static void
test_odd (void)
{
  static const gchar *const queries[] = {
    "authmod=llnw&user=joe", "user=joe", "authmod=adobe", "authmod", "&&&=",
    "=",
    "authmod=adobe&user=joe&response=", "xauthmod=adobe&user=joe&response=x",
    "authmod=adobe&user=joe&response=x&opaque=",
    "authmod=adobe&user=&response=a",
  };
  Fixture f;
  guint i;

  fixture_init (&f);
  for (i = 0; i < G_N_ELEMENTS (queries); i++) {
    g_assert_cmpint (check (&f, queries[i]), !=, RTMP_GATEKEEPER_ADMITTED);
    g_assert_nonnull (f.description);
    g_assert_null (f.user);
  }
  fixture_clear (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gatekeeper/right", test_right);
  g_test_add_func ("/gatekeeper/wrong", test_wrong);
  g_test_add_func ("/gatekeeper/late", test_late);
  g_test_add_func ("/gatekeeper/many", test_many);
  g_test_add_func ("/gatekeeper/odd", test_odd);
  return g_test_run ();
}

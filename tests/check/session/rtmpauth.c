/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The golden answers were computed with Python's hashlib and an XXTEA of their
 * own, which gives RFC 2617's example (3.5) and the known answer of XXTEA for
 * zeros, AB043705808C5D57. */
#include <string.h>

#include "rtmpauth.h"
#include "rtmperror.h"

#define CNONCE 0x0badcafeu
#define ADOBE "[ AccessManager.Reject ] : [ authmod=adobe ] : "
#define LLNW "[ AccessManager.Reject ] : [ authmod=llnw ] : "
#define NEED_ADOBE \
  "[ AccessManager.Reject ] : [ code=403 need auth; authmod=adobe ] : "
#define NEED_LLNW \
  "[ AccessManager.Reject ] : [ code=403 need auth; authmod=llnw ] : "
#define SALT_AND_CHALLENGE \
  ADOBE "?reason=needauth&user=joe&salt=Fp8w+A==&challenge=/D4AAA=="

static const RtmpAuthCredentials joe = { RTMP_AUTHMOD_AUTO, "joe", "s3cr=t&+" };

static RtmpAuthChallenge *
parse (const gchar * description)
{
  RtmpAuthChallenge *challenge = rtmp_auth_challenge_parse (description);

  g_assert_nonnull (challenge);
  return challenge;
}

/* The answer to @description; NULL with @error. */
static gchar *
answer (const RtmpAuthCredentials * credentials, const gchar * app,
    const gchar * sent, const gchar * description, GError ** error)
{
  g_autoptr (RtmpAuthChallenge) challenge = parse (description);

  return rtmp_auth_query (credentials, app, sent, challenge, CNONCE, error);
}

static void
assert_answer (const RtmpAuthCredentials * credentials, const gchar * app,
    const gchar * sent, const gchar * description, const gchar * expected)
{
  GError *error = NULL;
  g_autofree gchar *query = answer (credentials, app, sent, description,
      &error);

  g_assert_no_error (error);
  g_assert_cmpstr (query, ==, expected);
}

static void
assert_refused (const RtmpAuthCredentials * credentials, const gchar * sent,
    const gchar * description, RtmpError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (answer (credentials, "live", sent, description, &error));
  g_assert_error (error, RTMP_ERROR, (gint) code);
  g_test_message ("%s", error->message);
  g_assert_null (strstr (error->message, "s3cr"));
  g_assert_null (answer (credentials, "live", sent, description, NULL));
}

static void
test_values (void)
{
  g_assert_cmpint (RTMP_AUTHMOD_NONE, ==, 0);
  g_assert_cmpint (RTMP_AUTHMOD_AUTO, ==, 1);
  g_assert_cmpint (RTMP_AUTHMOD_ADOBE, ==, 2);
  g_assert_cmpint (RTMP_AUTHMOD_LLNW, ==, 3);
}

static void
test_parse_reasons (void)
{
  static const struct
  {
    const gchar *description;
    RtmpAuthReason reason;
    const gchar *authmod;
  } cases[] = {
    {NEED_ADOBE, RTMP_AUTH_REASON_NEED_USER, "adobe"},
    {NEED_LLNW, RTMP_AUTH_REASON_NEED_USER, "llnw"},
    {"code=403 need auth; authmod=adobe", RTMP_AUTH_REASON_NEED_USER, "adobe"},
    {"code=403 need auth", RTMP_AUTH_REASON_NEED_USER, ""},
    {"code=403 need auth authmod=", RTMP_AUTH_REASON_NEED_USER, ""},
    {"code=403 need auth authmod=x-1_Y;", RTMP_AUTH_REASON_NEED_USER, "x-1_Y"},
    {SALT_AND_CHALLENGE, RTMP_AUTH_REASON_NEED_RESPONSE, "adobe"},
    {"authmod=adobe ?reason=needauth&user=u&salt=s&challenge=c",
        RTMP_AUTH_REASON_NEED_RESPONSE, "adobe"},
    {NEED_ADOBE ": /live : ?reason=needauth&user=&salt=s&challenge=c",
        RTMP_AUTH_REASON_NEED_RESPONSE, "adobe"},
    {ADOBE "?reason=authfailed&opaque=vgoAAA==", RTMP_AUTH_REASON_FAILED,
        "adobe"},
    {LLNW "?reason=authfail", RTMP_AUTH_REASON_FAILED, "llnw"},
    {ADOBE "?reason=nosuchuser", RTMP_AUTH_REASON_NO_SUCH_USER, "adobe"},
    {"?reason=nosuchuser", RTMP_AUTH_REASON_NO_SUCH_USER, ""},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (RtmpAuthChallenge) challenge = parse (cases[i].description);

    g_assert_cmpint (challenge->reason, ==, cases[i].reason);
    g_assert_cmpstr (challenge->authmod, ==, cases[i].authmod);
  }
}

static void
test_parse_other (void)
{
  static const gchar *const cases[] = {
    "", "?", "authmod=adobe", "?reason=", "?reason=other&salt=s",
    "reason=needauth", "[ Server.Reject ] : application is not there",
    "[ Server.Reject ] : (live?authmod=adobe&user=joe) : closed", "need auth",
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_null (rtmp_auth_challenge_parse (cases[i]));
}

static void
test_parse_values (void)
{
  static const struct
  {
    const gchar *query;
    const gchar *salt, *challenge, *opaque, *nonce;
  } cases[] = {
    {"&user=joe&salt=Fp8w+A==&challenge=/D4AAA==&opaque=vgoAAA==", "Fp8w+A==",
        "/D4AAA==", "vgoAAA==", NULL},
    {"&nonce=b7a1+/Q==&user=joe", NULL, NULL, NULL, "b7a1+/Q=="},
    {"&salt==&challenge=a=b=c&opaque=?x=1", "=", "a=b=c", "?x=1", NULL},
    {"&salt=&challenge= &opaque&nonce", NULL, NULL, NULL, NULL},
    {"&&&=&=&salt=s&", "s", NULL, NULL, NULL},
    {"&salt=s&salt=t", "s", NULL, NULL, NULL},
    {"&salts=1&asalt=2&SALT=3&sal=4", NULL, NULL, NULL, NULL},
    {"&salt=a%3D&challenge=c\r\n", "a%3D", "c", NULL, NULL},
    {"&salt=s t&challenge=\303\251", "s t", "\303\251", NULL, NULL},
    {"salt=s", NULL, NULL, NULL, NULL},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *text =
        g_strconcat (ADOBE "?reason=needauth", cases[i].query, NULL);
    g_autoptr (RtmpAuthChallenge) challenge = parse (text);

    g_assert_cmpint (challenge->reason, ==, RTMP_AUTH_REASON_NEED_RESPONSE);
    g_assert_cmpstr (challenge->salt, ==, cases[i].salt);
    g_assert_cmpstr (challenge->challenge, ==, cases[i].challenge);
    g_assert_cmpstr (challenge->opaque, ==, cases[i].opaque);
    g_assert_cmpstr (challenge->nonce, ==, cases[i].nonce);
  }
}

static void
test_parse_long (void)
{
  g_autoptr (GString) text = g_string_new (SALT_AND_CHALLENGE "&opaque=");
  g_autoptr (GString) name = g_string_new ("?reason=needauth authmod=");
  g_autoptr (GString) pairs = g_string_new ("?reason=needauth");
  gsize i;

  for (i = 0; i < 1 << 16; i++) {
    g_string_append_c (text, 'o');
    g_string_append_c (name, 'n');
    g_string_append_c (pairs, '&');
  }
  {
    g_autoptr (RtmpAuthChallenge) a = parse (text->str);
    g_autoptr (RtmpAuthChallenge) b = parse (name->str);
    g_autoptr (RtmpAuthChallenge) c = parse (pairs->str);

    g_assert_cmpuint (strlen (a->opaque), ==, 1 << 16);
    g_assert_cmpuint (strlen (b->authmod), ==, 32);
    g_assert_cmpstr (c->authmod, ==, "");
  }
  assert_refused (&joe, NULL, name->str, RTMP_ERROR_UNSUPPORTED);
}

/* The three connects, as one server and we go through them. */
static void
test_adobe (void)
{
  g_autofree gchar *first =
      rtmp_auth_query (&joe, "live", NULL, NULL, CNONCE, NULL);

  g_assert_cmpstr (first, ==, "");
  assert_answer (&joe, "live", first, NEED_ADOBE, "?authmod=adobe&user=joe");
  assert_answer (&joe, "live", "?authmod=adobe&user=joe",
      SALT_AND_CHALLENGE "&opaque=vgoAAA==",
      "?authmod=adobe&user=joe&challenge=0badcafe"
      "&response=mqIdorrysezoNAz3NNNevQ==&opaque=vgoAAA==");
}

static void
test_adobe_without_opaque (void)
{
  assert_answer (&joe, "live", NULL, SALT_AND_CHALLENGE,
      "?authmod=adobe&user=joe&challenge=0badcafe"
      "&response=xmUkLvPQxZa20fSmMNW8ig==");
  assert_answer (&joe, "live", NULL, SALT_AND_CHALLENGE "&opaque=",
      "?authmod=adobe&user=joe&challenge=0badcafe"
      "&response=xmUkLvPQxZa20fSmMNW8ig==");
  assert_answer (&joe, "live", NULL, ADOBE "?reason=needauth&opaque=/D4AAA==",
      "?authmod=adobe&user=joe&challenge=0badcafe"
      "&response=5tFv7KWvP2a2N/3wKpfO6A==&opaque=/D4AAA==");
}

static void
test_adobe_credentials (void)
{
  const RtmpAuthCredentials empty = { RTMP_AUTHMOD_ADOBE, "joe", "" };
  const RtmpAuthCredentials utf8 =
      { RTMP_AUTHMOD_AUTO, "j\303\266rg", "p\303\244ss" };
  g_autoptr (RtmpAuthChallenge) challenge =
      parse (SALT_AND_CHALLENGE "&opaque=vgoAAA==");
  g_autofree gchar *query =
      rtmp_auth_query (&utf8, "live", NULL, challenge, 1, NULL);

  assert_answer (&empty, "live", NULL, SALT_AND_CHALLENGE "&opaque=vgoAAA==",
      "?authmod=adobe&user=joe&challenge=0badcafe"
      "&response=Eor2rtAiGyxEOKsxMdsMyQ==&opaque=vgoAAA==");
  g_assert_cmpstr (query, ==, "?authmod=adobe&user=j\303\266rg"
      "&challenge=00000001&response=Y+heS1bI0YUViXQY+7eRRg=="
      "&opaque=vgoAAA==");
}

static void
test_llnw (void)
{
  static const struct
  {
    const gchar *app, *expected;
  } cases[] = {
    {"live", "?authmod=llnw&user=joe&nonce=b7a1+/Q==&cnonce=0badcafe"
          "&nc=00000001&response=a4dedd7f10072d1c02457d62761ee98b"},
    {"live/inst", "?authmod=llnw&user=joe&nonce=b7a1+/Q==&cnonce=0badcafe"
          "&nc=00000001&response=d633f05d80f1c2c30c893c7ef24edd40"},
    {"live?a=/b", "&authmod=llnw&user=joe&nonce=b7a1+/Q==&cnonce=0badcafe"
          "&nc=00000001&response=a4dedd7f10072d1c02457d62761ee98b"},
  };
  guint i;

  assert_answer (&joe, "live", "", NEED_LLNW, "?authmod=llnw&user=joe");
  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_answer (&joe, cases[i].app, "?authmod=llnw&user=joe",
        LLNW "?reason=needauth&user=joe&nonce=b7a1+/Q==", cases[i].expected);
}

static void
test_application_with_query (void)
{
  assert_answer (&joe, "live?backup=1", NULL, NEED_ADOBE,
      "&authmod=adobe&user=joe");
  assert_answer (&joe, "live?backup=1", "&authmod=adobe&user=joe",
      SALT_AND_CHALLENGE, "&authmod=adobe&user=joe&challenge=0badcafe"
      "&response=xmUkLvPQxZa20fSmMNW8ig==");
}

/* An authmod that is set goes out at once. */
static void
test_first_connect (void)
{
  static const struct
  {
    RtmpAuthmod authmod;
    const gchar *user, *password, *expected;
  } cases[] = {
    {RTMP_AUTHMOD_NONE, "joe", "p", ""},
    {RTMP_AUTHMOD_AUTO, "joe", "p", ""},
    {RTMP_AUTHMOD_AUTO, NULL, NULL, ""},
    {RTMP_AUTHMOD_ADOBE, "joe", "p", "?authmod=adobe&user=joe"},
    {RTMP_AUTHMOD_LLNW, "joe", "", "?authmod=llnw&user=joe"},
    {RTMP_AUTHMOD_ADOBE, NULL, "p", NULL},
    {RTMP_AUTHMOD_ADOBE, "", "p", NULL},
    {RTMP_AUTHMOD_LLNW, "joe", NULL, NULL},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    const RtmpAuthCredentials credentials =
        { cases[i].authmod, cases[i].user, cases[i].password };
    g_autoptr (GError) error = NULL;
    g_autofree gchar *query =
        rtmp_auth_query (&credentials, "live", NULL, NULL, CNONCE, &error);

    g_assert_cmpstr (query, ==, cases[i].expected);
    if (cases[i].expected)
      g_assert_no_error (error);
    else
      g_assert_error (error, RTMP_ERROR, RTMP_ERROR_AUTH_NEEDED);
  }
}

static void
test_needed (void)
{
  const RtmpAuthCredentials none = { RTMP_AUTHMOD_NONE, "joe", "s3cret" };
  const RtmpAuthCredentials nobody = { RTMP_AUTHMOD_AUTO, NULL, "s3cret" };
  const RtmpAuthCredentials empty = { RTMP_AUTHMOD_AUTO, "", "s3cret" };
  const RtmpAuthCredentials open = { RTMP_AUTHMOD_AUTO, "joe", NULL };

  assert_refused (&none, NULL, NEED_ADOBE, RTMP_ERROR_AUTH_NEEDED);
  assert_refused (&none, NULL, SALT_AND_CHALLENGE, RTMP_ERROR_AUTH_NEEDED);
  assert_refused (&nobody, NULL, NEED_ADOBE, RTMP_ERROR_AUTH_NEEDED);
  assert_refused (&empty, NULL, NEED_LLNW, RTMP_ERROR_AUTH_NEEDED);
  assert_refused (&open, NULL, NEED_ADOBE, RTMP_ERROR_AUTH_NEEDED);
}

static void
test_failed (void)
{
  static const gchar asked[] = "?authmod=adobe&user=joe";
  static const gchar answered[] =
      "?authmod=adobe&user=joe&challenge=0badcafe&response=x";

  assert_refused (&joe, answered, ADOBE "?reason=authfailed",
      RTMP_ERROR_AUTH_FAILED);
  assert_refused (&joe, asked, LLNW "?reason=nosuchuser",
      RTMP_ERROR_AUTH_FAILED);
  assert_refused (&joe, asked, NEED_ADOBE, RTMP_ERROR_AUTH_FAILED);
  assert_refused (&joe, answered, NEED_ADOBE, RTMP_ERROR_AUTH_FAILED);
  assert_refused (&joe, answered, SALT_AND_CHALLENGE, RTMP_ERROR_AUTH_FAILED);
}

static void
test_unsupported (void)
{
  const RtmpAuthCredentials adobe = { RTMP_AUTHMOD_ADOBE, "joe", "s3cret" };
  const RtmpAuthCredentials llnw = { RTMP_AUTHMOD_LLNW, "joe", "s3cret" };

  assert_refused (&joe, NULL, "code=403 need auth; authmod=kerberos",
      RTMP_ERROR_UNSUPPORTED);
  assert_refused (&joe, NULL, "code=403 need auth; authmod=adobe2",
      RTMP_ERROR_UNSUPPORTED);
  assert_refused (&joe, NULL, "code=403 need auth", RTMP_ERROR_UNSUPPORTED);
  assert_refused (&adobe, NULL, NEED_LLNW, RTMP_ERROR_UNSUPPORTED);
  /* It is not the user that the server does not know. */
  assert_refused (&adobe, "?authmod=adobe&user=joe", NEED_LLNW,
      RTMP_ERROR_UNSUPPORTED);
  assert_refused (&adobe, NULL, "?reason=needauth&salt=s&opaque=o",
      RTMP_ERROR_UNSUPPORTED);
  assert_refused (&llnw, NULL, NEED_ADOBE, RTMP_ERROR_UNSUPPORTED);
}

static void
test_no_challenge (void)
{
  assert_refused (&joe, NULL, ADOBE "?reason=needauth&salt=s",
      RTMP_ERROR_BAD_COMMAND);
  assert_refused (&joe, NULL, ADOBE "?reason=needauth&nonce=n&challenge=",
      RTMP_ERROR_BAD_COMMAND);
  assert_refused (&joe, NULL, LLNW "?reason=needauth&challenge=c",
      RTMP_ERROR_BAD_COMMAND);
}

static void
test_token (void)
{
  static const struct
  {
    const gchar *token, *password, *text;
  } cases[] = {
    {"c3492bfa784d99c6380bf56a", "wowza", "1234567890"},
    {"C3492BFA784D99C6380BF56A", "wowza", "1234567890"},
    {"f5e1701c0db29719", "#ed%h0#w@1exactly-more", "hello"},
    {"1882478be7a66d76", "k", "a"},
    {"d449c4fcad280114", "0123456789abcdef", "caf\303\251 12"},
    {"d449c4fcad280114", "0123456789abcdefghij", "caf\303\251 12"},
    {"d3118b221c38b7056ab20c68158481bc245411230977d9fd95cda5ea0d03e14f8808116c"
          "e2178eb1d9bc254f33200540b58fff7c2afd27cb3fe89b67",
          "0123456789abcdef",
        "secure token, long enough for several words: 0123456789 \303\251"},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    GError *error = NULL;
    g_autofree gchar *text =
        rtmp_auth_secure_token_response (cases[i].token, cases[i].password,
        &error);

    g_assert_no_error (error);
    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

static void
assert_token_refused (const gchar * token, const gchar * password,
    RtmpError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (rtmp_auth_secure_token_response (token, password, &error));
  g_assert_error (error, RTMP_ERROR, (gint) code);
  g_test_message ("%s", error->message);
  g_assert_cmpuint (strlen (error->message), <, 256);
}

static void
test_token_errors (void)
{
  static const gchar *const malformed[] = {
    "", "c3492bfa", "c3492bfa784d99c", "c3492bfa784d99c6a",
    "c3492bfa784d99c6ab",
    "c3492bfa784d99cg", " 3492bfa784d99c6", "c3492bfa784d99c6380bf5",
    "\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251",
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (malformed); i++)
    assert_token_refused (malformed[i], "wowza", RTMP_ERROR_BAD_COMMAND);
  assert_token_refused ("c3492bfa784d99c6380bf56a", NULL,
      RTMP_ERROR_TOKEN_NEEDED);
  assert_token_refused ("c3492bfa784d99c6380bf56a", "",
      RTMP_ERROR_TOKEN_NEEDED);
  assert_token_refused ("c3492bfa784d99c6380bf56a", "other",
      RTMP_ERROR_AUTH_FAILED);
  /* "ab", a NUL, "cdefg"; then only NULs */
  assert_token_refused ("293b1210c3e6bc73", "wowza", RTMP_ERROR_AUTH_FAILED);
  assert_token_refused ("ecfb0d95452189aa", "wowza", RTMP_ERROR_AUTH_FAILED);
}

/* XXTEA's other half, in hexadecimal; @text is padded with zeros. */
static gchar *
encode_token (const gchar * text, const gchar * password)
{
  guint n = MAX (2, (guint) (strlen (text) + 3) / 4);
  g_autofree guint8 *bytes = g_malloc0 (4 * n);
  g_autofree guint32 *v = g_new (guint32, n);
  GString *out = g_string_new (NULL);
  guint8 key[16] = { 0 };
  guint32 k[4], sum = 0, z, y;
  guint p, round;

  memcpy (bytes, text, strlen (text));
  memcpy (key, password, MIN (strlen (password), sizeof (key)));
  for (p = 0; p < 4; p++)
    k[p] = key[4 * p] | key[4 * p + 1] << 8 | key[4 * p + 2] << 16
        | (guint32) key[4 * p + 3] << 24;
  for (p = 0; p < n; p++)
    v[p] = bytes[4 * p] | bytes[4 * p + 1] << 8 | bytes[4 * p + 2] << 16
        | (guint32) bytes[4 * p + 3] << 24;
  z = v[n - 1];
  for (round = 0; round < 6 + 52 / n; round++) {
    sum += 0x9e3779b9;
    for (p = 0; p < n; p++) {
      y = v[(p + 1) % n];
      v[p] += ((z >> 5 ^ y << 2) + (y >> 3 ^ z << 4))
          ^ ((sum ^ y) + (k[(p & 3) ^ (sum >> 2 & 3)] ^ z));
      z = v[p];
    }
  }
  for (p = 0; p < 4 * n; p++)
    g_string_append_printf (out, "%02x", v[p / 4] >> (8 * (p % 4)) & 0xff);
  return g_string_free (out, FALSE);
}

static gchar *
random_text (GRand * rand, guint length)
{
  gchar *text = g_malloc0 (length + 1);
  guint i;

  for (i = 0; i < length; i++)
    text[i] = (gchar) g_rand_int_range (rand, ' ', 0x7f);
  return text;
}

/* What is encoded decodes to the same, at every length that is allowed. */
static void
test_token_round_trip (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20);
  guint length;

  for (length = 1; length <= 1024; length++) {
    g_autofree gchar *text = random_text (rand, length);
    g_autofree gchar *password = random_text (rand, 1 + length % 20);
    g_autofree gchar *token = encode_token (text, password);
    GError *error = NULL;
    g_autofree gchar *response =
        rtmp_auth_secure_token_response (token, password, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (response, ==, text);
  }
}

static void
test_token_limit (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20);
  g_autofree gchar *text = random_text (rand, 1025);
  g_autofree gchar *token = encode_token (text, "wowza");

  g_assert_cmpuint (strlen (token), ==, 2056);
  assert_token_refused (token, "wowza", RTMP_ERROR_BAD_COMMAND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/auth/values", test_values);
  g_test_add_func ("/auth/parse/reasons", test_parse_reasons);
  g_test_add_func ("/auth/parse/other", test_parse_other);
  g_test_add_func ("/auth/parse/values", test_parse_values);
  g_test_add_func ("/auth/parse/long", test_parse_long);
  g_test_add_func ("/auth/E-113-adobe", test_adobe);
  g_test_add_func ("/auth/E-113-adobe-without-opaque",
      test_adobe_without_opaque);
  g_test_add_func ("/auth/E-113-adobe-credentials", test_adobe_credentials);
  g_test_add_func ("/auth/E-113-llnw", test_llnw);
  g_test_add_func ("/auth/application-with-query", test_application_with_query);
  g_test_add_func ("/auth/first-connect", test_first_connect);
  g_test_add_func ("/auth/errors/needed", test_needed);
  g_test_add_func ("/auth/errors/failed", test_failed);
  g_test_add_func ("/auth/errors/unsupported", test_unsupported);
  g_test_add_func ("/auth/errors/no-challenge", test_no_challenge);
  g_test_add_func ("/auth/token/golden", test_token);
  g_test_add_func ("/auth/token/errors", test_token_errors);
  g_test_add_func ("/auth/token/round-trip", test_token_round_trip);
  g_test_add_func ("/auth/token/limit", test_token_limit);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpauth.h"

#include <string.h>

#include "rtmperror.h"

/* Longer names are cut; no real one comes near. */
#define MAX_AUTHMOD 32

/* llnw: RFC 2617's nonce count. Each nonce is used once. */
#define LLNW_NC "00000001"

/* Bytes of a token: XXTEA needs two words; no real token is as long as the
 * other end. */
#define TOKEN_MIN 8
#define TOKEN_MAX 1024

#define TEA_DELTA 0x9e3779b9u

/* Only those that go on the wire. */
static const gchar *const authmod_names[] = {
  [RTMP_AUTHMOD_ADOBE] = "adobe",
  [RTMP_AUTHMOD_LLNW] = "llnw",
};

/* NONE: no such authmod. */
static RtmpAuthmod
authmod_from_string (const gchar * name)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (authmod_names); i++) {
    if (g_strcmp0 (authmod_names[i], name) == 0)
      return (RtmpAuthmod) i;
  }
  return RTMP_AUTHMOD_NONE;
}

static gchar *
parse_authmod (const gchar * description)
{
  static const gchar mark[] = "authmod=";
  const gchar *found = strstr (description, mark);
  const gchar *name = found ? found + strlen (mark) : "";
  gsize length = strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_");

  return g_strndup (name, MIN (length, MAX_AUTHMOD));
}

static void
parse_pair (RtmpAuthChallenge * self, const gchar * pair, gsize length)
{
  const struct
  {
    const gchar *prefix;
    gchar **value;
  } known[] = {
    {"salt=", &self->salt},
    {"challenge=", &self->challenge},
    {"opaque=", &self->opaque},
    {"nonce=", &self->nonce},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (known); i++) {
    gsize skip = strlen (known[i].prefix);

    if (length > skip && *known[i].value == NULL
        && g_str_has_prefix (pair, known[i].prefix)) {
      gchar *value = g_strchomp (g_strndup (pair + skip, length - skip));

      if (*value != '\0')
        *known[i].value = g_steal_pointer (&value);
      g_free (value);
    }
  }
}

static void
parse_pairs (RtmpAuthChallenge * self, const gchar * p)
{
  gsize length = strcspn (p, "&");

  while (p[length] == '&') {
    p += length + 1;
    length = strcspn (p, "&");
    parse_pair (self, p, length);
  }
}

RtmpAuthChallenge *
rtmp_auth_challenge_parse (const gchar * description)
{
  /* The first one that is there counts. */
  static const struct
  {
    const gchar *mark;
    RtmpAuthReason reason;
  } reasons[] = {
    {"?reason=authfail", RTMP_AUTH_REASON_FAILED},      /* or "authfailed" */
    {"?reason=nosuchuser", RTMP_AUTH_REASON_NO_SUCH_USER},
    {"?reason=needauth", RTMP_AUTH_REASON_NEED_RESPONSE},
    {"code=403 need auth", RTMP_AUTH_REASON_NEED_USER},
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (reasons); i++) {
    const gchar *found = strstr (description, reasons[i].mark);

    if (found) {
      RtmpAuthChallenge *self = g_new0 (RtmpAuthChallenge, 1);

      self->reason = reasons[i].reason;
      self->authmod = parse_authmod (description);
      parse_pairs (self, found);
      return self;
    }
  }
  return NULL;
}

void
rtmp_auth_challenge_free (RtmpAuthChallenge * self)
{
  g_free (self->authmod);
  g_free (self->salt);
  g_free (self->challenge);
  g_free (self->opaque);
  g_free (self->nonce);
  g_free (self);
}

static gchar *
md5_base64 (const gchar * text)
{
  g_autoptr (GChecksum) md5 = g_checksum_new (G_CHECKSUM_MD5);
  guint8 digest[16];
  gsize size = sizeof (digest);

  g_checksum_update (md5, (const guchar *) text, -1);
  g_checksum_get_digest (md5, digest, &size);
  return g_base64_encode (digest, size);
}

static gchar *
md5_hex (const gchar * text)
{
  return g_compute_checksum_for_string (G_CHECKSUM_MD5, text, -1);
}

static gchar *
missing (const gchar * expected, GError ** error)
{
  g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_COMMAND,
      "connect was rejected with \"?reason=needauth\", but without a value "
      "to answer: expected %s", expected);
  return NULL;
}

gchar *
rtmp_auth_adobe_response (const gchar * user, const gchar * password,
    const gchar * salt, const gchar * challenge, const gchar * ours)
{
  g_autofree gchar *secret = g_strconcat (user, salt, password, NULL);
  g_autofree gchar *hash = md5_base64 (secret);
  g_autofree gchar *answer = g_strconcat (hash, challenge, ours, NULL);

  return md5_base64 (answer);
}

static gchar *
adobe_response (const RtmpAuthCredentials * credentials,
    const RtmpAuthChallenge * theirs, const gchar * ours, GError ** error)
{
  const gchar *salt = theirs->salt ? theirs->salt : "";
  const gchar *challenge = theirs->opaque ? theirs->opaque : theirs->challenge;
  g_autofree gchar *response = NULL;

  if (challenge == NULL)
    return missing ("\"challenge\" or \"opaque\"", error);
  response = rtmp_auth_adobe_response (credentials->user,
      credentials->password, salt, challenge, ours);
  return g_strconcat ("&challenge=", ours, "&response=", response,
      theirs->opaque ? "&opaque=" : NULL, theirs->opaque, NULL);
}

/* RFC 2617, 3.2.2, with realm "live", method "publish" and qop "auth". */
static gchar *
llnw_response (const RtmpAuthCredentials * credentials, const gchar * app,
    const RtmpAuthChallenge * theirs, const gchar * ours, GError ** error)
{
  gsize path = strcspn (app, "?");
  const gchar *instance = memchr (app, '/', path) ? "" : "/_definst_";
  g_autofree gchar *a1 = NULL, *a2 = NULL, *hash1 = NULL, *hash2 = NULL;
  g_autofree gchar *answer = NULL, *response = NULL;

  if (theirs->nonce == NULL)
    return missing ("\"nonce\"", error);
  a1 = g_strconcat (credentials->user, ":live:", credentials->password, NULL);
  a2 = g_strdup_printf ("publish:/%.*s%s", (gint) path, app, instance);
  hash1 = md5_hex (a1);
  hash2 = md5_hex (a2);
  answer = g_strconcat (hash1, ":", theirs->nonce, ":" LLNW_NC ":", ours,
      ":auth:", hash2, NULL);
  response = md5_hex (answer);
  return g_strconcat ("&nonce=", theirs->nonce, "&cnonce=", ours,
      "&nc=" LLNW_NC "&response=", response, NULL);
}

/* FALSE: the server has refused what we sent. */
static gboolean
check_reason (const gchar * sent, RtmpAuthReason reason, GError ** error)
{
  const gchar *why = NULL;

  switch (reason) {
    case RTMP_AUTH_REASON_NEED_USER:
      if (sent && *sent)
        why = "it asks again for the user it was told";
      break;
    case RTMP_AUTH_REASON_NEED_RESPONSE:
      if (sent && strstr (sent, "&response="))
        why = "it asks again for the response it was given";
      break;
    case RTMP_AUTH_REASON_FAILED:
      why = "user or password are wrong";
      break;
    case RTMP_AUTH_REASON_NO_SUCH_USER:
      why = "it does not know the user";
      break;
  }
  if (why)
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_AUTH_FAILED,
        "the server has refused to authenticate us: %s", why);
  return why == NULL;
}

/* In: the authmod that is set. Out: the one that is demanded. */
static gboolean
choose_authmod (RtmpAuthmod * authmod, const gchar * demanded, GError ** error)
{
  const RtmpAuthmod set = *authmod;

  if (set == RTMP_AUTHMOD_NONE) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_AUTH_NEEDED,
        "the server demands authentication (%s), and authmod is none",
        demanded);
    return FALSE;
  }
  *authmod = authmod_from_string (demanded);
  if (*authmod == set
      || (set == RTMP_AUTHMOD_AUTO && *authmod != RTMP_AUTHMOD_NONE))
    return TRUE;
  g_set_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED,
      "the server demands authmod \"%s\": expected %s", demanded,
      set == RTMP_AUTHMOD_AUTO ? "adobe or llnw" : authmod_names[set]);
  return FALSE;
}

static gboolean
check_credentials (const RtmpAuthCredentials * credentials, GError ** error)
{
  gboolean has_user = credentials->user && *credentials->user;

  if (has_user && credentials->password)
    return TRUE;
  g_set_error (error, RTMP_ERROR, RTMP_ERROR_AUTH_NEEDED,
      "authentication needs a user and a password: there is no %s",
      has_user ? "password" : "user");
  return FALSE;
}

gchar *
rtmp_auth_query (const RtmpAuthCredentials * credentials,
    const gchar * app, const gchar * sent, const RtmpAuthChallenge * challenge,
    guint32 cnonce, GError ** error)
{
  RtmpAuthmod authmod = credentials->authmod;
  g_autofree gchar *ours = g_strdup_printf ("%08x", cnonce);
  g_autofree gchar *response = NULL;

  if (challenge == NULL && authmod_names[authmod] == NULL)
    return g_strdup ("");
  if (challenge && challenge->reason <= RTMP_AUTH_REASON_NEED_RESPONSE
      && !choose_authmod (&authmod, challenge->authmod, error))
    return NULL;
  if (challenge && !check_reason (sent, challenge->reason, error))
    return NULL;
  if (!check_credentials (credentials, error))
    return NULL;
  if (challenge && challenge->reason == RTMP_AUTH_REASON_NEED_RESPONSE) {
    response = authmod == RTMP_AUTHMOD_ADOBE
        ? adobe_response (credentials, challenge, ours, error)
        : llnw_response (credentials, app, challenge, ours, error);
    if (response == NULL)
      return NULL;
  }
  return g_strdup_printf ("%cauthmod=%s&user=%s%s", strchr (app, '?') ? '&'
      : '?', authmod_names[authmod], credentials->user,
      response ? response : "");
}

/* Little-endian; @words hold zeros. */
static void
words_from_bytes (const guint8 * bytes, gsize size, guint32 * words)
{
  gsize i;

  for (i = 0; i < size; i++)
    words[i / 4] |= (guint32) bytes[i] << (i % 4 * 8);
}

static void
bytes_from_words (const guint32 * words, guint8 * bytes, gsize size)
{
  gsize i;

  for (i = 0; i < size; i++)
    bytes[i] = (guint8) (words[i / 4] >> (i % 4 * 8));
}

/* Returns: how many bytes; 0 with @error. */
static gsize
parse_token (const gchar * token, guint8 bytes[TOKEN_MAX], GError ** error)
{
  gsize length = strlen (token);
  gsize digits = strspn (token, G_CSET_DIGITS "abcdefABCDEF");
  gsize size = length / 2;
  gsize i;

  if (digits < length || length % 8 != 0 || size < TOKEN_MIN
      || size > TOKEN_MAX) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_COMMAND,
        "secureToken in the result of connect: expected %u to %u hexadecimal "
        "digits, in eights, got %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
        " characters", 2 * TOKEN_MIN, 2 * TOKEN_MAX, digits, length);
    return 0;
  }
  for (i = 0; i < size; i++)
    bytes[i] = (guint8) (g_ascii_xdigit_value (token[2 * i]) << 4
        | g_ascii_xdigit_value (token[2 * i + 1]));
  return size;
}

static guint32
tea_mix (guint32 y, guint32 z, guint32 sum, guint32 k)
{
  return (((z >> 5) ^ (y << 2)) + ((y >> 3) ^ (z << 4))) ^ ((sum ^ y)
      + (k ^ z));
}

/* XXTEA (Wheeler and Needham, "Correction to xtea", 1998), decoding @n >= 2
 * words in place. */
static void
tea_decode (guint32 * v, guint n, const guint32 key[4])
{
  guint32 sum = (6 + 52 / n) * TEA_DELTA;
  guint32 y = v[0];
  guint p;

  for (; sum != 0; sum -= TEA_DELTA) {
    for (p = n; p-- > 0;) {
      guint32 k = key[(p & 3) ^ ((sum >> 2) & 3)];

      v[p] -= tea_mix (y, v[(p + n - 1) % n], sum, k);
      y = v[p];
    }
  }
}

gchar *
rtmp_auth_secure_token_response (const gchar * token, const gchar * password,
    GError ** error)
{
  guint8 bytes[TOKEN_MAX];
  guint32 words[TOKEN_MAX / 4] = { 0 };
  guint32 key[4] = { 0 };
  gsize size;

  if (password == NULL || *password == '\0') {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_TOKEN_NEEDED,
        "the server demands an answer to its secure token: expected a secret "
        "to decode it with, got none");
    return NULL;
  }
  size = parse_token (token, bytes, error);
  if (size == 0)
    return NULL;
  words_from_bytes (bytes, size, words);
  words_from_bytes ((const guint8 *) password, MIN (strlen (password),
          sizeof (key)), key);
  tea_decode (words, (guint) (size / 4), key);
  bytes_from_words (words, bytes, size);
  while (size > 0 && bytes[size - 1] == 0)
    size--;
  if (size == 0
      || !g_utf8_validate ((const gchar *) bytes, (gssize) size, NULL)) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_AUTH_FAILED,
        "the server's secure token does not decode to text: the secret is "
        "not the one the server has");
    return NULL;
  }
  return g_strndup ((const gchar *) bytes, size);
}

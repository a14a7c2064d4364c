/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RtmpAuthmod:
 * @RTMP_AUTHMOD_NONE: never authenticate
 * @RTMP_AUTHMOD_AUTO: as the server demands
 * @RTMP_AUTHMOD_ADOBE: a salted MD5, in base64
 * @RTMP_AUTHMOD_LLNW: the digest of HTTP (RFC 2617), also called limelight
 *
 * How a client proves in connect that it has the password. The first three
 * have the values of rtmp2sink's property.
 *
 * Since: 0.1
 */
typedef enum
{
  RTMP_AUTHMOD_NONE = 0,
  RTMP_AUTHMOD_AUTO = 1,
  RTMP_AUTHMOD_ADOBE = 2,
  RTMP_AUTHMOD_LLNW = 3,
} RtmpAuthmod;

/**
 * RtmpAuthReason:
 * @RTMP_AUTH_REASON_NEED_USER: the server wants to know who it is
 * @RTMP_AUTH_REASON_NEED_RESPONSE: and then an answer to its challenge
 * @RTMP_AUTH_REASON_FAILED: the answer was wrong
 * @RTMP_AUTH_REASON_NO_SUCH_USER: there is no such user
 *
 * Why a connect was rejected.
 *
 * Since: 0.1
 */
typedef enum
{
  RTMP_AUTH_REASON_NEED_USER,
  RTMP_AUTH_REASON_NEED_RESPONSE,
  RTMP_AUTH_REASON_FAILED,
  RTMP_AUTH_REASON_NO_SUCH_USER,
} RtmpAuthReason;

/**
 * RtmpAuthChallenge:
 * @authmod: as the server names it, in letters, digits, '-' and '_'; empty if
 *   it does not
 * @salt: (nullable): adobe
 * @challenge: (nullable): adobe
 * @opaque: (nullable): adobe; stands in for @challenge
 * @nonce: (nullable): llnw
 *
 * What the server says of authentication where it rejects connect. Values are
 * as the server wrote them, '=' and '+' included, without space at the end;
 * empty ones are %NULL.
 *
 * Since: 0.1
 */
typedef struct
{
  RtmpAuthReason reason;
  gchar *authmod;
  gchar *salt;
  gchar *challenge;
  gchar *opaque;
  gchar *nonce;
} RtmpAuthChallenge;

/* From the description of NetConnection.Connect.Rejected, whatever is in it.
 * Returns: (transfer full) (nullable): %NULL if it is not about
 * authentication. */
RtmpAuthChallenge *rtmp_auth_challenge_parse (const gchar * description);
void rtmp_auth_challenge_free (RtmpAuthChallenge * self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmpAuthChallenge, rtmp_auth_challenge_free)

/**
 * RtmpAuthCredentials:
 * @user: (nullable)
 * @password: (nullable): may be empty
 *
 * Borrowed strings. They go out as they are: neither adobe nor llnw knows an
 * escape, so a user with a '&' cannot be told.
 *
 * Since: 0.1
 */
typedef struct
{
  RtmpAuthmod authmod;
  const gchar *user;
  const gchar *password;
} RtmpAuthCredentials;

/* What to append to app and tcUrl of the next connect, on a new connection. It
 * takes up to three: without a user, with the user, with the response. An
 * authmod that is set saves the first one.
 *
 * @app: without what this function made before; with its instance and query
 * @sent: (nullable): what this function made for the rejected connect; a server
 *   that asks again for what it got has refused, so no connect goes in circles
 * @challenge: (nullable): why that was rejected; %NULL before the first connect
 * @cnonce: four random bytes, new ones each time
 *
 * Returns: (transfer full) (nullable): "?authmod=...", or "&authmod=..." where
 * @app has a query already; empty if there is nothing to append yet. %NULL with
 * %RTMP_ERROR_AUTH_NEEDED (we have no user or password, or may not
 * authenticate), %RTMP_ERROR_AUTH_FAILED (they are wrong),
 * %RTMP_ERROR_UNSUPPORTED (another authmod) or %RTMP_ERROR_BAD_COMMAND (a
 * challenge without its value). Messages repeat no secret. */
gchar *rtmp_auth_query (const RtmpAuthCredentials * credentials,
    const gchar * app, const gchar * sent, const RtmpAuthChallenge * challenge,
    guint32 cnonce, GError ** error);

/* What adobe's authentication wants for a response, where @challenge is the
 * server's opaque value, or its challenge if it has none, and @ours what the
 * client has chosen itself. (transfer full) */
gchar *rtmp_auth_adobe_response (const gchar * user, const gchar * password,
    const gchar * salt, const gchar * challenge, const gchar * ours);

/* The argument of secureTokenResponse, Wowza's: @token is secureToken of
 * connect's result, in hexadecimal; @password the secret shared with the
 * server, of which 16 bytes count.
 *
 * Returns: (transfer full) (nullable): UTF-8. %NULL with
 * %RTMP_ERROR_TOKEN_NEEDED (@password is %NULL or empty),
 * %RTMP_ERROR_BAD_COMMAND (not a token: 16 to 2048 digits, in eights) or
 * %RTMP_ERROR_AUTH_FAILED (what it decodes to is not text, so the password is
 * wrong). */
gchar *rtmp_auth_secure_token_response (const gchar * token,
    const gchar * password, GError ** error);

G_END_DECLS

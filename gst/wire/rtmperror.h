/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define RTMP_ERROR (rtmp_error_quark ())

/**
 * RtmpError:
 *
 * The one error domain of the protocol core. The hundreds digit is the band,
 * and the band is what a caller acts on: see rtmp_error_band(). Errors of GIO,
 * TLS and the resolver pass through in their own domains.
 *
 * Since: 0.1
 */
typedef enum
{
  /* The peer broke the protocol: close. */
  RTMP_ERROR_BAD_HANDSHAKE = 100,
  RTMP_ERROR_BAD_CHUNK,
  RTMP_ERROR_BAD_MESSAGE,
  RTMP_ERROR_BAD_AMF,
  RTMP_ERROR_BAD_COMMAND,
  RTMP_ERROR_BAD_FLV,
  RTMP_ERROR_BAD_URL,
  RTMP_ERROR_BAD_HTTP,

  /* Legal, but over our caps (rtmplimits.h): close, never allocate first. */
  RTMP_ERROR_LIMIT_MESSAGE_SIZE = 200,
  RTMP_ERROR_LIMIT_CHUNK_STREAMS,
  RTMP_ERROR_LIMIT_PARTIAL_BYTES,
  RTMP_ERROR_LIMIT_AMF,
  RTMP_ERROR_LIMIT_TRANSACTIONS,
  RTMP_ERROR_LIMIT_STREAMS,
  RTMP_ERROR_LIMIT_ANSWERS,
  RTMP_ERROR_LIMIT_HTTP,

  /* Refused by the peer: tell the user, maybe try again. */
  RTMP_ERROR_REFUSED = 300,
  RTMP_ERROR_AUTH_NEEDED,
  RTMP_ERROR_AUTH_FAILED,
  RTMP_ERROR_NOT_FOUND,
  RTMP_ERROR_IN_USE,
  RTMP_ERROR_PEER_CLOSED,
  RTMP_ERROR_TIMED_OUT,
  RTMP_ERROR_RECONNECT,
  RTMP_ERROR_CLOSED_IN_HANDSHAKE,
  RTMP_ERROR_TLS_TIMED_OUT,
  RTMP_ERROR_TOKEN_NEEDED,

  /* Ours. */
  RTMP_ERROR_UNSUPPORTED = 400,
  RTMP_ERROR_STATE,
  RTMP_ERROR_LISTEN,

  /* The two ends do not agree on TLS, or do not trust each other: tell the
   * user; another try changes nothing. */
  RTMP_ERROR_TLS_EXPECTED = 500,        /* the peer speaks TLS, we do not */
  RTMP_ERROR_TLS_ISSUER,        /* of the peer's certificate, as the next */
  RTMP_ERROR_TLS_NAME,
  RTMP_ERROR_TLS_EXPIRED,
  RTMP_ERROR_TLS_NOT_YET_VALID,
  RTMP_ERROR_TLS_REVOKED,
  RTMP_ERROR_TLS_INSECURE,
  RTMP_ERROR_TLS_CERTIFICATE,   /* any other fault */
  RTMP_ERROR_TLS_CLIENT_WANTED, /* a certificate of ours */
  RTMP_ERROR_TLS_CLIENT_REFUSED,        /* the one we gave */
} RtmpError;

/**
 * RtmpErrorBand:
 * @RTMP_ERROR_BAND_NONE: not an #RTMP_ERROR
 * @RTMP_ERROR_BAND_BAD: the peer broke the protocol
 * @RTMP_ERROR_BAND_LIMIT: legal, but over our caps
 * @RTMP_ERROR_BAND_PEER: the peer refused, closed or went silent
 * @RTMP_ERROR_BAND_OURS: unsupported, or called in the wrong state
 * @RTMP_ERROR_BAND_TLS: no TLS where it should be, or no trust
 *
 * Since: 0.1
 */
typedef enum
{
  RTMP_ERROR_BAND_NONE = 0,
  RTMP_ERROR_BAND_BAD = 1,
  RTMP_ERROR_BAND_LIMIT = 2,
  RTMP_ERROR_BAND_PEER = 3,
  RTMP_ERROR_BAND_OURS = 4,
  RTMP_ERROR_BAND_TLS = 5,
} RtmpErrorBand;

GQuark rtmp_error_quark (void);

/* The band of @error, NONE for other domains. */
RtmpErrorBand rtmp_error_band (const GError * error);

/* "bad-chunk", "not-found"...: for logs and element messages. Static. */
const gchar *rtmp_error_to_string (RtmpError code);

G_END_DECLS

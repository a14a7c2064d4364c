/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmperror.h"

GQuark
rtmp_error_quark (void)
{
  return g_quark_from_static_string ("rtmp-error-quark");
}

RtmpErrorBand
rtmp_error_band (const GError * error)
{
  if (error == NULL || error->domain != RTMP_ERROR)
    return RTMP_ERROR_BAND_NONE;
  return (RtmpErrorBand) (error->code / 100);
}

const gchar *
rtmp_error_to_string (RtmpError code)
{
  switch (code) {
    case RTMP_ERROR_BAD_HANDSHAKE:
      return "bad-handshake";
    case RTMP_ERROR_BAD_CHUNK:
      return "bad-chunk";
    case RTMP_ERROR_BAD_MESSAGE:
      return "bad-message";
    case RTMP_ERROR_BAD_AMF:
      return "bad-amf";
    case RTMP_ERROR_BAD_COMMAND:
      return "bad-command";
    case RTMP_ERROR_BAD_FLV:
      return "bad-flv";
    case RTMP_ERROR_BAD_URL:
      return "bad-url";
    case RTMP_ERROR_BAD_HTTP:
      return "bad-http";
    case RTMP_ERROR_LIMIT_MESSAGE_SIZE:
      return "limit-message-size";
    case RTMP_ERROR_LIMIT_CHUNK_STREAMS:
      return "limit-chunk-streams";
    case RTMP_ERROR_LIMIT_PARTIAL_BYTES:
      return "limit-partial-bytes";
    case RTMP_ERROR_LIMIT_AMF:
      return "limit-amf";
    case RTMP_ERROR_LIMIT_TRANSACTIONS:
      return "limit-transactions";
    case RTMP_ERROR_LIMIT_STREAMS:
      return "limit-streams";
    case RTMP_ERROR_LIMIT_ANSWERS:
      return "limit-answers";
    case RTMP_ERROR_LIMIT_HTTP:
      return "limit-http";
    case RTMP_ERROR_REFUSED:
      return "refused";
    case RTMP_ERROR_AUTH_NEEDED:
      return "auth-needed";
    case RTMP_ERROR_AUTH_FAILED:
      return "auth-failed";
    case RTMP_ERROR_NOT_FOUND:
      return "not-found";
    case RTMP_ERROR_IN_USE:
      return "in-use";
    case RTMP_ERROR_PEER_CLOSED:
      return "peer-closed";
    case RTMP_ERROR_TIMED_OUT:
      return "timed-out";
    case RTMP_ERROR_RECONNECT:
      return "reconnect";
    case RTMP_ERROR_CLOSED_IN_HANDSHAKE:
      return "closed-in-handshake";
    case RTMP_ERROR_TLS_TIMED_OUT:
      return "tls-timed-out";
    case RTMP_ERROR_TOKEN_NEEDED:
      return "token-needed";
    case RTMP_ERROR_UNSUPPORTED:
      return "unsupported";
    case RTMP_ERROR_LISTEN:
      return "listen";
    case RTMP_ERROR_STATE:
      return "state";
    case RTMP_ERROR_TLS_EXPECTED:
      return "tls-expected";
    case RTMP_ERROR_TLS_ISSUER:
      return "tls-issuer";
    case RTMP_ERROR_TLS_NAME:
      return "tls-name";
    case RTMP_ERROR_TLS_EXPIRED:
      return "tls-expired";
    case RTMP_ERROR_TLS_NOT_YET_VALID:
      return "tls-not-yet-valid";
    case RTMP_ERROR_TLS_REVOKED:
      return "tls-revoked";
    case RTMP_ERROR_TLS_INSECURE:
      return "tls-insecure";
    case RTMP_ERROR_TLS_CERTIFICATE:
      return "tls-certificate";
    case RTMP_ERROR_TLS_CLIENT_WANTED:
      return "tls-client-wanted";
    case RTMP_ERROR_TLS_CLIENT_REFUSED:
      return "tls-client-refused";
  }
  return "unknown";
}

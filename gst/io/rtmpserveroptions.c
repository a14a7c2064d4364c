/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpserveroptions.h"

#include "rtmpcrypto.h"
#include "rtmperror.h"

#define ENCRYPTED_SCHEMES \
    (RTMP_SCHEME_BIT (RTMPE) | RTMP_SCHEME_BIT (RTMPTE))
#define PLAIN_SCHEMES (RTMP_SCHEME_BIT (RTMP) | RTMP_SCHEME_BIT (RTMPE) | \
    RTMP_SCHEME_BIT (RTMPT) | RTMP_SCHEME_BIT (RTMPTE))
#define TLS_SCHEMES (RTMP_SCHEME_BIT (RTMPS) | RTMP_SCHEME_BIT (RTMPTS))

void
rtmp_server_options_init (RtmpServerOptions * self)
{
  memset (self, 0, sizeof (*self));
  self->max_callers = 1000;
  self->max_connection_rate = RTMP_CONNECTION_RATE;
  self->handshake = RTMP_HANDSHAKE_DIGEST | RTMP_HANDSHAKE_ENCRYPTED;
  self->handshake_timeout = 10 * G_USEC_PER_SEC;
  rtmp_server_config_init (&self->session);
}

/* All that there are here. */
static guint
possible_schemes (const RtmpServerOptions * options)
{
  guint schemes = PLAIN_SCHEMES;

  if (options->tls_certificate)
    schemes |= TLS_SCHEMES;
  if (rtmp_crypto_get (NULL) == NULL)
    schemes &= ~ENCRYPTED_SCHEMES;
  return schemes;
}

gboolean
rtmp_server_options_settle (RtmpServerOptions * options, GError ** error)
{
  if (options->schemes == 0)
    options->schemes = possible_schemes (options);
  if (options->schemes & ~(PLAIN_SCHEMES | TLS_SCHEMES)) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED,
        "RTMFP cannot be served yet");
    return FALSE;
  }
  if ((options->schemes & ENCRYPTED_SCHEMES) == 0)
    options->handshake &= ~RTMP_HANDSHAKE_ENCRYPTED;
  else if (rtmp_crypto_get (error) == NULL)
    return FALSE;
  if ((options->schemes & TLS_SCHEMES) == 0) {
    options->tls_certificate = NULL;
  } else if (options->tls_certificate == NULL) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED,
        "TLS needs a certificate: set tls-certificate-file");
    return FALSE;
  }
  return TRUE;
}

static gboolean
is_same (GTlsCertificate * one, GTlsCertificate * other)
{
  return one == other
      || (one && other && g_tls_certificate_is_same (one, other));
}

gboolean
rtmp_server_options_fit (const RtmpServerOptions * self,
    const RtmpServerOptions * other, GError ** error)
{
  const gchar *what = NULL;

  if (self->schemes != other->schemes)
    what = "for other schemes";
  else if (!is_same (self->tls_certificate, other->tls_certificate))
    what = "with another certificate";
  else if (self->handshake != other->handshake)
    what = "with another strictness in the handshake";
  if (what)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE,
        "port %u is served %s already: all that share a port need the same",
        other->port, what);
  return what == NULL;
}

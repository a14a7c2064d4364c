/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpcrypto.h"

#include "rtmperror.h"

static const RtmpCrypto *provider;

void
rtmp_crypto_set_provider (const RtmpCrypto * crypto)
{
  g_atomic_pointer_set (&provider, crypto);
}

const RtmpCrypto *
rtmp_crypto_get (GError ** error)
{
  const RtmpCrypto *crypto = g_atomic_pointer_get (&provider);

  if (crypto == NULL) {
    g_set_error_literal (error, RTMP_ERROR, RTMP_ERROR_UNSUPPORTED,
        "RTMPE needs OpenSSL, and this was built without");
    return NULL;
  }
  return crypto->load (error) ? crypto : NULL;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmpcrypto.h"
#ifdef HAVE_OPENSSL
#include "rtmpcryptoopenssl.h"
#endif

G_BEGIN_DECLS

/* The ciphers of RTMPE, for the whole process; %NULL where there are none, and
 * the test is skipped. */
static inline const RtmpCrypto *
rtmp_test_crypto (void)
{
#ifdef HAVE_OPENSSL
  rtmp_crypto_set_provider (rtmp_crypto_openssl ());
#endif
  if (rtmp_crypto_get (NULL) == NULL)
    g_test_skip ("no ciphers for RTMPE");
  return rtmp_crypto_get (NULL);
}

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmpcrypto.h"

G_BEGIN_DECLS

/* Over OpenSSL 3; loading fails where its legacy provider is not installed.
 * (transfer none) */
const RtmpCrypto *rtmp_crypto_openssl (void);

G_END_DECLS

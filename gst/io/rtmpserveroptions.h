/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmpserver.h"

G_BEGIN_DECLS

/* Names all schemes, and drops a certificate that none of them needs. FALSE
 * with %RTMP_ERROR_UNSUPPORTED: one of them cannot be. */
gboolean rtmp_server_options_settle (RtmpServerOptions * self,
    GError ** error);
/* Whether a port that is served as @self says, both settled, will do for
 * @other. Each of its users has said how it may be reached, and is reached in
 * all these ways. FALSE with %G_IO_ERROR_ADDRESS_IN_USE. */
gboolean rtmp_server_options_fit (const RtmpServerOptions * self,
    const RtmpServerOptions * other, GError ** error);

G_END_DECLS

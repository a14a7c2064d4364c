/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmpserver.h"

G_BEGIN_DECLS

/* A socket that listens where @options say. Returns: (transfer full): %NULL
 * with %G_IO_ERROR_ADDRESS_IN_USE or %RTMP_ERROR_LISTEN. */
GSocket *rtmp_listen (const RtmpServerOptions * options, GError ** error);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "flvfile.h"
#include "rtmpversion.h"

G_BEGIN_DECLS

#define FLV_VERSIONS_MAX 4

/**
 * flv_versions:
 * @body: of a message or tag
 * @versions: (out): to be cleared by rtmp_version_clear()
 *
 * What may be sent instead of @body to those who have not announced all that
 * it takes: the first version is @body itself, and each one after it takes
 * less. ModEx is left out before Multitrack is; the last one has the plain
 * packet of track 0, if @body has that track.
 *
 * Data and legacy packets have one version that takes nothing, and cost a look
 * at their first byte. What is enhanced but cannot be read, or is a command,
 * which has no FourCC, is for those who take everything.
 *
 * Returns: how many, 1 at least
 *
 * Since: 0.1
 */
guint flv_versions (FlvTagType type, GBytes * body,
    RtmpVersion versions[FLV_VERSIONS_MAX]);

G_END_DECLS

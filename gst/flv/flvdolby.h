/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether a frame holds Dolby Vision's dynamic metadata, without which its
 * picture is not what its colours say. FALSE also of frames that cannot be
 * read. */

/* NAL units, each behind its length in @length_size bytes, 1 to 4: is one of
 * them of the type that carries it? */
gboolean flv_hevc_has_dolby (const guint8 * data, gsize size,
    guint length_size);

/* A temporal unit, with it in an ITU-T T.35 metadata OBU. */
gboolean flv_av1_has_dolby (const guint8 * data, gsize size);

G_END_DECLS

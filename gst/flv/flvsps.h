/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The size of a stream's pictures as they are shown, by the first sequence
 * parameter set of an AVC or HEVC configuration record (ISO/IEC 14496-15).
 * %FALSE if there is none, or it makes no sense; @width and @height are as they
 * were then. */
gboolean flv_avc_parse_size (const guint8 * data, gsize size, guint * width,
    guint * height);
gboolean flv_hevc_parse_size (const guint8 * data, gsize size, guint * width,
    guint * height);

G_END_DECLS

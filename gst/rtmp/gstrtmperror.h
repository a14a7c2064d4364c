/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* What was under way when an error came up. */
typedef struct
{
  gboolean publish;             /* else play */
  gboolean running;             /* the stream had started */
  const gchar *where;           /* the URL, for the message, without secrets */
} GstRtmpErrorContext;

/* Posts @error as an element error: its domain and code by the one table, its
 * text a sentence that says what to do, its debug part what the peer or the
 * system said. */
void gst_rtmp_element_error (GstElement * element, const GError * error,
    const GstRtmpErrorContext * context);

G_END_DECLS

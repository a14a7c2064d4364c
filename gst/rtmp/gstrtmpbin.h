/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * GstRtmpBin:
 * @inner: what speaks RTMP: a source or a sink of FLV
 *
 * An element of the plugin around one that knows only FLV. To users it is that
 * one: it has its properties, signals and messages; and pads for elementary
 * streams besides.
 *
 * Since: 0.1
 */
struct _GstRtmpBinClass
{
  GstBinClass parent_class;
  GType inner_type;
};

#define GST_TYPE_RTMP_BIN (gst_rtmp_bin_get_type ())
G_DECLARE_DERIVABLE_TYPE (GstRtmpBin, gst_rtmp_bin, GST, RTMP_BIN, GstBin);

/* In a class_init: @inner_type's properties and actions become the class's own;
 * signals of it that the class has too are emitted there as well. */
void gst_rtmp_bin_class_set_inner (GstRtmpBinClass * klass,
    GType inner_type);

/* (transfer none) */
GstElement *gst_rtmp_bin_inner (GstRtmpBin * self);

/* All but the type of the #GstURIHandlerInterface @iface: as @inner has it. */
void gst_rtmp_bin_uri_handler_init (gpointer iface);

G_END_DECLS

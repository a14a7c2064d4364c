/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpsrcbin.h"

#include "gstrtmpcaps.h"
#include "gstrtmpdemux.h"
#include "gstrtmpelements.h"

#define GST_CAT_DEFAULT gst_rtmp_debug

typedef struct
{
  GstPad *src;                  /* for FLV; no target while demux is */
  GstElement *demux;            /* (nullable): the bin's */
} GstRtmpSrcBinPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (GstRtmpSrcBin, gst_rtmp_src_bin,
    GST_TYPE_RTMP_BIN);

static GstPad *
inner_pad (GstRtmpSrcBin * self)
{
  return gst_element_get_static_pad (gst_rtmp_bin_inner (GST_RTMP_BIN (self)),
      "src");
}

static gboolean
copy_sticky (GstPad * target, GstEvent ** event, gpointer pad)
{
  gst_pad_store_sticky_event (pad, *event);
  return TRUE;
}

/* What stands on the pad, caps above all, is there when it is shown. */
static void
on_pad_added (GstElement * demux, GstPad * target, GstRtmpSrcBin * self)
{
  GstPad *pad = gst_ghost_pad_new_from_template (GST_PAD_NAME (target), target,
      gst_element_class_get_pad_template (GST_ELEMENT_GET_CLASS (self),
          GST_PAD_TEMPLATE_NAME_TEMPLATE (GST_PAD_PAD_TEMPLATE (target))));

  gst_pad_set_active (pad, TRUE);
  gst_pad_sticky_events_foreach (target, copy_sticky, pad);
  gst_element_add_pad (GST_ELEMENT (self), pad);
}

static void
on_pad_removed (GstElement * demux, GstPad * target, GstRtmpSrcBin * self)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (GST_ELEMENT (self),
      GST_PAD_NAME (target));

  if (pad == NULL)
    return;
  gst_pad_set_active (pad, FALSE);
  gst_element_remove_pad (GST_ELEMENT (self), pad);
}

static void
on_no_more_pads (GstElement * demux, GstRtmpSrcBin * self)
{
  gst_element_no_more_pads (GST_ELEMENT (self));
}

static void
add_demux (GstRtmpSrcBin * self)
{
  GstRtmpSrcBinPrivate *private = gst_rtmp_src_bin_get_instance_private (self);

  private->demux = g_object_new (GST_TYPE_RTMP_DEMUX, "name", "demux", NULL);
  g_signal_connect (private->demux, "pad-added", G_CALLBACK (on_pad_added),
      self);
  g_signal_connect (private->demux, "pad-removed",
      G_CALLBACK (on_pad_removed), self);
  g_signal_connect (private->demux, "no-more-pads",
      G_CALLBACK (on_no_more_pads), self);
  gst_ghost_pad_set_target (GST_GHOST_PAD (private->src), NULL);
  gst_bin_add (GST_BIN (self), private->demux);
  gst_element_link (gst_rtmp_bin_inner (GST_RTMP_BIN (self)), private->demux);
}

static void
remove_demux (GstRtmpSrcBin * self)
{
  GstRtmpSrcBinPrivate *private = gst_rtmp_src_bin_get_instance_private (self);
  GstElement *demux = g_steal_pointer (&private->demux);
  g_autoptr (GstPad) target = inner_pad (self);

  gst_element_set_state (demux, GST_STATE_NULL);
  gst_bin_remove (GST_BIN (self), demux);
  gst_ghost_pad_set_target (GST_GHOST_PAD (private->src), target);
}

/* What is linked when it starts decides, until it stops. */
static GstStateChangeReturn
gst_rtmp_src_bin_change_state (GstElement * element, GstStateChange transition)
{
  GstRtmpSrcBin *self = GST_RTMP_SRC_BIN (element);
  GstRtmpSrcBinPrivate *private = gst_rtmp_src_bin_get_instance_private (self);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED
      && !gst_pad_is_linked (private->src))
    add_demux (self);
  result =
      GST_ELEMENT_CLASS (gst_rtmp_src_bin_parent_class)->change_state (element,
      transition);
  if (private->demux && (transition == GST_STATE_CHANGE_PAUSED_TO_READY
          || (transition == GST_STATE_CHANGE_READY_TO_PAUSED
              && result == GST_STATE_CHANGE_FAILURE)))
    remove_demux (self);
  return result;
}

static GstPadLinkReturn
link_src (GstPad * pad, GstObject * parent, GstPad * peer)
{
  GstRtmpSrcBinPrivate *private =
      gst_rtmp_src_bin_get_instance_private (GST_RTMP_SRC_BIN (parent));

  if (private->demux == NULL)
    return GST_PAD_LINK_OK;
  GST_ERROR_OBJECT (parent, "it gives FLV or elementary streams, not both");
  return GST_PAD_LINK_REFUSED;
}

/* A bin would ask the sinks in it, of which there are none. */
static gboolean
gst_rtmp_src_bin_send_event (GstElement * element, GstEvent * event)
{
  return gst_element_send_event (gst_rtmp_bin_inner (GST_RTMP_BIN (element)),
      event);
}

static gboolean
gst_rtmp_src_bin_query (GstElement * element, GstQuery * query)
{
  return gst_element_query (gst_rtmp_bin_inner (GST_RTMP_BIN (element)), query);
}

static void
gst_rtmp_src_bin_constructed (GObject * object)
{
  GstRtmpSrcBin *self = GST_RTMP_SRC_BIN (object);
  GstRtmpSrcBinPrivate *private = gst_rtmp_src_bin_get_instance_private (self);
  GstElementClass *klass = GST_ELEMENT_GET_CLASS (self);
  g_autoptr (GstPad) target = NULL;

  G_OBJECT_CLASS (gst_rtmp_src_bin_parent_class)->constructed (object);
  target = inner_pad (self);
  private->src = gst_ghost_pad_new_from_template ("src", target,
      gst_element_class_get_pad_template (klass, "src"));
  gst_pad_set_link_function (private->src, link_src);
  gst_element_add_pad (GST_ELEMENT (self), private->src);
}

static void
gst_rtmp_src_bin_class_init (GstRtmpSrcBinClass * klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  g_autoptr (GstCaps) flv = gst_caps_new_empty_simple ("video/x-flv");

  G_OBJECT_CLASS (klass)->constructed = gst_rtmp_src_bin_constructed;
  element_class->change_state = gst_rtmp_src_bin_change_state;
  element_class->send_event = gst_rtmp_src_bin_send_event;
  element_class->query = gst_rtmp_src_bin_query;
  gst_element_class_add_pad_template (element_class,
      gst_pad_template_new ("src", GST_PAD_SRC, GST_PAD_ALWAYS, flv));
  gst_rtmp_caps_add_templates (element_class, GST_PAD_SRC, GST_PAD_SOMETIMES,
      GST_TYPE_GHOST_PAD);
}

static void
gst_rtmp_src_bin_init (GstRtmpSrcBin * self)
{
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpsinkbin.h"

#include "gstrtmpcaps.h"
#include "gstrtmpelements.h"
#include "gstrtmpmux.h"

#define GST_CAT_DEFAULT gst_rtmp_debug

typedef struct
{
  GstPad *sink;                 /* for FLV; no target while mux is */
  /* Demuxers ask for pads in their threads, while others stop us. Held while
   * calling out, for the muxer must not go before its pad is there. */
  GRecMutex lock;
  GstElement *mux;              /* (nullable): the bin's */
} GstRtmpSinkBinPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (GstRtmpSinkBin, gst_rtmp_sink_bin,
    GST_TYPE_RTMP_BIN);

static GstPad *
inner_pad (GstRtmpSinkBin * self)
{
  return gst_element_get_static_pad (gst_rtmp_bin_inner (GST_RTMP_BIN (self)),
      "sink");
}

static void
add_mux (GstRtmpSinkBin * self)
{
  GstRtmpSinkBinPrivate *private =
      gst_rtmp_sink_bin_get_instance_private (self);

  private->mux = g_object_new (GST_TYPE_RTMP_MUX, "name", "mux", "streamable",
      TRUE, NULL);
  gst_ghost_pad_set_target (GST_GHOST_PAD (private->sink), NULL);
  gst_bin_add (GST_BIN (self), private->mux);
  gst_element_link (private->mux, gst_rtmp_bin_inner (GST_RTMP_BIN (self)));
  gst_element_sync_state_with_parent (private->mux);
}

static void
remove_mux (GstRtmpSinkBin * self)
{
  GstRtmpSinkBinPrivate *private =
      gst_rtmp_sink_bin_get_instance_private (self);
  GstElement *mux = g_steal_pointer (&private->mux);
  g_autoptr (GstPad) target = inner_pad (self);

  gst_element_set_locked_state (mux, TRUE);
  gst_element_set_state (mux, GST_STATE_NULL);
  gst_bin_remove (GST_BIN (self), mux);
  gst_ghost_pad_set_target (GST_GHOST_PAD (private->sink), target);
}

/* Without tracks FLV may come again; not while it runs, for other tracks may
 * go on where these end. */
static void
remove_idle_mux (GstRtmpSinkBin * self)
{
  GstRtmpSinkBinPrivate *private =
      gst_rtmp_sink_bin_get_instance_private (self);

  g_rec_mutex_lock (&private->lock);
  if (private->mux && private->mux->numsinkpads == 0)
    remove_mux (self);
  g_rec_mutex_unlock (&private->lock);
}

/* A pad of the muxer's, which is there from now on. */
static GstPad *
request_target (GstRtmpSinkBin * self, const gchar * template,
    const gchar * name, const GstCaps * caps)
{
  GstRtmpSinkBinPrivate *private =
      gst_rtmp_sink_bin_get_instance_private (self);
  GstPad *target;

  g_rec_mutex_lock (&private->lock);
  if (private->mux == NULL)
    add_mux (self);
  target = gst_element_request_pad (private->mux,
      gst_element_class_get_pad_template (GST_ELEMENT_GET_CLASS (private->mux),
          template), name, caps);
  if (target == NULL && GST_STATE (self) <= GST_STATE_READY)
    remove_idle_mux (self);
  g_rec_mutex_unlock (&private->lock);
  return target;
}

static GstPad *
gst_rtmp_sink_bin_request_new_pad (GstElement * element,
    GstPadTemplate * template, const gchar * name, const GstCaps * caps)
{
  GstRtmpSinkBin *self = GST_RTMP_SINK_BIN (element);
  GstRtmpSinkBinPrivate *private =
      gst_rtmp_sink_bin_get_instance_private (self);
  g_autoptr (GstPad) target = NULL;
  GstPad *pad;

  if (gst_pad_is_linked (private->sink)) {
    GST_ERROR_OBJECT (self, "it takes FLV or elementary streams, not both");
    return NULL;
  }
  target = request_target (self, GST_PAD_TEMPLATE_NAME_TEMPLATE (template),
      name, caps);
  if (target == NULL)
    return NULL;
  pad = gst_ghost_pad_new_from_template (GST_PAD_NAME (target), target,
      template);
  gst_pad_set_active (pad, TRUE);
  gst_element_add_pad (element, pad);
  return pad;
}

static void
gst_rtmp_sink_bin_release_pad (GstElement * element, GstPad * pad)
{
  GstRtmpSinkBin *self = GST_RTMP_SINK_BIN (element);
  GstRtmpSinkBinPrivate *private =
      gst_rtmp_sink_bin_get_instance_private (self);
  g_autoptr (GstPad) target = gst_ghost_pad_get_target (GST_GHOST_PAD (pad));

  /* A bin that is disposed of has no elements any more. Upstream may wait in
   * the muxer, so that pad goes first. */
  if (target)
    gst_element_release_request_pad (private->mux, target);
  gst_pad_set_active (pad, FALSE);
  gst_element_remove_pad (element, pad);
  if (target && GST_STATE (self) <= GST_STATE_READY)
    remove_idle_mux (self);
}

static GstStateChangeReturn
gst_rtmp_sink_bin_change_state (GstElement * element, GstStateChange transition)
{
  GstStateChangeReturn result =
      GST_ELEMENT_CLASS (gst_rtmp_sink_bin_parent_class)->change_state (element,
      transition);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    remove_idle_mux (GST_RTMP_SINK_BIN (element));
  return result;
}

typedef struct
{
  GstPad *except;
  GstEvent *event;
  gboolean any, all;
} Sending;

static gboolean
send_to_pad (GstElement * element, GstPad * pad, gpointer user_data)
{
  Sending *self = user_data;

  if (pad != self->except) {
    self->any = TRUE;
    self->all &= gst_pad_send_event (pad, gst_event_ref (self->event));
  }
  return TRUE;
}

static void
send_to_sink (GstElement * element, gpointer event)
{
  GstRtmpSinkBinPrivate *private =
      gst_rtmp_sink_bin_get_instance_private (GST_RTMP_SINK_BIN (element));

  gst_pad_send_event (private->sink, gst_event_ref (event));
}

/* EOS waits for the preroll, and then for the server. Who sends it holds the
 * lock that changes of state need, the one to PLAYING first of all: another
 * thread has to wait. */
static gboolean
send_eos (GstElement * element, GstEvent * event)
{
  gst_element_call_async (element, send_to_sink, event,
      (GDestroyNotify) gst_event_unref);
  return TRUE;
}

/* A bin would ask the pad for FLV too, which leads nowhere while there are
 * tracks. */
static gboolean
gst_rtmp_sink_bin_send_event (GstElement * element, GstEvent * event)
{
  GstRtmpSinkBinPrivate *private =
      gst_rtmp_sink_bin_get_instance_private (GST_RTMP_SINK_BIN (element));
  Sending sending = { private->sink, event, FALSE, TRUE };

  if (private->mux == NULL && GST_EVENT_TYPE (event) == GST_EVENT_EOS
      && gst_pad_is_active (private->sink))
    return send_eos (element, event);
  if (private->mux == NULL || !GST_EVENT_IS_DOWNSTREAM (event))
    return GST_ELEMENT_CLASS (gst_rtmp_sink_bin_parent_class)->send_event
        (element, event);
  gst_element_foreach_sink_pad (element, send_to_pad, &sending);
  gst_event_unref (event);
  return sending.any && sending.all;
}

static GstPadLinkReturn
link_sink (GstPad * pad, GstObject * parent, GstPad * peer)
{
  GstRtmpSinkBinPrivate *private =
      gst_rtmp_sink_bin_get_instance_private (GST_RTMP_SINK_BIN (parent));

  if (private->mux == NULL)
    return GST_PAD_LINK_OK;
  GST_ERROR_OBJECT (parent, "it takes FLV or elementary streams, not both");
  return GST_PAD_LINK_REFUSED;
}

static void
gst_rtmp_sink_bin_constructed (GObject * object)
{
  GstRtmpSinkBin *self = GST_RTMP_SINK_BIN (object);
  GstRtmpSinkBinPrivate *private =
      gst_rtmp_sink_bin_get_instance_private (self);
  GstElementClass *klass = GST_ELEMENT_GET_CLASS (self);
  g_autoptr (GstPad) target = NULL;

  G_OBJECT_CLASS (gst_rtmp_sink_bin_parent_class)->constructed (object);
  target = inner_pad (self);
  private->sink = gst_ghost_pad_new_from_template ("sink", target,
      gst_element_class_get_pad_template (klass, "sink"));
  gst_pad_set_link_function (private->sink, link_sink);
  gst_element_add_pad (GST_ELEMENT (self), private->sink);
}

static void
gst_rtmp_sink_bin_finalize (GObject * object)
{
  GstRtmpSinkBinPrivate *private =
      gst_rtmp_sink_bin_get_instance_private (GST_RTMP_SINK_BIN (object));

  g_rec_mutex_clear (&private->lock);
  G_OBJECT_CLASS (gst_rtmp_sink_bin_parent_class)->finalize (object);
}

static void
gst_rtmp_sink_bin_class_init (GstRtmpSinkBinClass * klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  g_autoptr (GstCaps) flv = gst_caps_new_empty_simple ("video/x-flv");

  G_OBJECT_CLASS (klass)->constructed = gst_rtmp_sink_bin_constructed;
  G_OBJECT_CLASS (klass)->finalize = gst_rtmp_sink_bin_finalize;
  element_class->request_new_pad = gst_rtmp_sink_bin_request_new_pad;
  element_class->change_state = gst_rtmp_sink_bin_change_state;
  element_class->release_pad = gst_rtmp_sink_bin_release_pad;
  element_class->send_event = gst_rtmp_sink_bin_send_event;
  gst_element_class_add_pad_template (element_class,
      gst_pad_template_new ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, flv));
  gst_rtmp_caps_add_templates (element_class, GST_PAD_SINK, GST_PAD_REQUEST,
      GST_TYPE_GHOST_PAD);
}

static void
gst_rtmp_sink_bin_init (GstRtmpSinkBin * self)
{
  GstRtmpSinkBinPrivate *private =
      gst_rtmp_sink_bin_get_instance_private (self);

  g_rec_mutex_init (&private->lock);
}

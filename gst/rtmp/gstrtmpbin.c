/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmpbin.h"

#include "gstrtmpuri.h"

typedef struct
{
  GstElement *inner;            /* the bin's */
} GstRtmpBinPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (GstRtmpBin, gst_rtmp_bin, GST_TYPE_BIN);

GstElement *
gst_rtmp_bin_inner (GstRtmpBin * self)
{
  GstRtmpBinPrivate *private = gst_rtmp_bin_get_instance_private (self);

  return private->inner;
}

/* Properties */

/* GObject has no copy of these, and lists no property that only redirects. */
static GParamSpec *
copy_number_spec (const GParamSpec * spec, GParamFlags flags)
{
  const gchar *name = spec->name, *nick = g_param_spec_get_nick ((GParamSpec *)
      spec), *blurb = g_param_spec_get_blurb ((GParamSpec *) spec);

  if (G_IS_PARAM_SPEC_INT (spec)) {
    const GParamSpecInt *s = G_PARAM_SPEC_INT (spec);
    return g_param_spec_int (name, nick, blurb, s->minimum, s->maximum,
        s->default_value, flags);
  }
  if (G_IS_PARAM_SPEC_UINT (spec)) {
    const GParamSpecUInt *s = G_PARAM_SPEC_UINT (spec);
    return g_param_spec_uint (name, nick, blurb, s->minimum, s->maximum,
        s->default_value, flags);
  }
  if (G_IS_PARAM_SPEC_INT64 (spec)) {
    const GParamSpecInt64 *s = G_PARAM_SPEC_INT64 (spec);
    return g_param_spec_int64 (name, nick, blurb, s->minimum, s->maximum,
        s->default_value, flags);
  }
  if (G_IS_PARAM_SPEC_UINT64 (spec)) {
    const GParamSpecUInt64 *s = G_PARAM_SPEC_UINT64 (spec);
    return g_param_spec_uint64 (name, nick, blurb, s->minimum, s->maximum,
        s->default_value, flags);
  }
  return NULL;
}

static GParamSpec *
copy_spec (GParamSpec * spec)
{
  GParamFlags flags = spec->flags
      & ~(G_PARAM_CONSTRUCT | G_PARAM_CONSTRUCT_ONLY);
  const gchar *name = spec->name, *nick = g_param_spec_get_nick (spec),
      *blurb = g_param_spec_get_blurb (spec);
  GType type = spec->value_type;

  if (G_IS_PARAM_SPEC_BOOLEAN (spec))
    return g_param_spec_boolean (name, nick, blurb,
        G_PARAM_SPEC_BOOLEAN (spec)->default_value, flags);
  if (G_IS_PARAM_SPEC_STRING (spec))
    return g_param_spec_string (name, nick, blurb,
        G_PARAM_SPEC_STRING (spec)->default_value, flags);
  if (G_IS_PARAM_SPEC_ENUM (spec))
    return g_param_spec_enum (name, nick, blurb, type,
        G_PARAM_SPEC_ENUM (spec)->default_value, flags);
  if (G_IS_PARAM_SPEC_FLAGS (spec))
    return g_param_spec_flags (name, nick, blurb, type,
        G_PARAM_SPEC_FLAGS (spec)->default_value, flags);
  if (G_IS_PARAM_SPEC_OBJECT (spec))
    return g_param_spec_object (name, nick, blurb, type, flags);
  if (G_IS_PARAM_SPEC_BOXED (spec))
    return g_param_spec_boxed (name, nick, blurb, type, flags);
  return copy_number_spec (spec, flags);
}

static void
gst_rtmp_bin_set_property (GObject * object, guint id, const GValue * value,
    GParamSpec * spec)
{
  g_object_set_property (G_OBJECT (gst_rtmp_bin_inner (GST_RTMP_BIN (object))),
      spec->name, value);
}

static void
gst_rtmp_bin_get_property (GObject * object, guint id, GValue * value,
    GParamSpec * spec)
{
  g_object_get_property (G_OBJECT (gst_rtmp_bin_inner (GST_RTMP_BIN (object))),
      spec->name, value);
}

static void
on_notify (GObject * inner, GParamSpec * spec, GstRtmpBin * self)
{
  GParamSpec *own = g_object_class_find_property (G_OBJECT_GET_CLASS (self),
      spec->name);

  if (own && own->owner_type == G_OBJECT_TYPE (self))
    g_object_notify_by_pspec (G_OBJECT (self), own);
}

/* Signals */

/* As @params say, but by @object. */
static void
emit_from (gpointer object, guint signal, GValue * result, guint n_params,
    const GValue * params)
{
  g_autofree GValue *copies = g_new0 (GValue, n_params);

  g_value_init (&copies[0], G_OBJECT_TYPE (object));
  g_value_set_object (&copies[0], object);
  for (guint i = 1; i < n_params; i++) {
    g_value_init (&copies[i], G_VALUE_TYPE (&params[i]));
    g_value_copy (&params[i], &copies[i]);
  }
  g_signal_emitv (copies, signal, 0, result);
  for (guint i = 0; i < n_params; i++)
    g_value_unset (&copies[i]);
}

/* From the inner element to the bin. @data: the bin's signal. */
static void
forward_signal (GClosure * closure, GValue * result, guint n_params,
    const GValue * params, gpointer hint, gpointer data)
{
  emit_from (closure->data, GPOINTER_TO_UINT (data), result, n_params, params);
}

/* From the bin to the inner element, whose signal is the closure's data. */
static void
forward_action (GClosure * closure, GValue * result, guint n_params,
    const GValue * params, gpointer hint, gpointer data)
{
  GstRtmpBin *self = g_value_get_object (&params[0]);

  emit_from (gst_rtmp_bin_inner (self), GPOINTER_TO_UINT (closure->data),
      result, n_params, params);
}

static void
forward_signals (GstRtmpBin * self, GstElement * inner)
{
  guint n;
  g_autofree guint *ids = g_signal_list_ids (G_OBJECT_TYPE (inner), &n);

  for (guint i = 0; i < n; i++) {
    GSignalQuery query;
    GClosure *closure;
    guint own;

    g_signal_query (ids[i], &query);
    own = g_signal_lookup (query.signal_name, G_OBJECT_TYPE (self));
    if (own == 0 || query.signal_flags & G_SIGNAL_ACTION)
      continue;
    closure = g_closure_new_simple (sizeof (GClosure), self);
    g_object_watch_closure (G_OBJECT (self), closure);
    g_closure_set_meta_marshal (closure, GUINT_TO_POINTER (own),
        forward_signal);
    g_closure_set_marshal (closure, g_cclosure_marshal_generic);
    g_signal_connect_closure_by_id (inner, ids[i], 0, closure, FALSE);
  }
}

static void
install_actions (GType type, GType inner_type)
{
  guint n;
  g_autofree guint *ids = g_signal_list_ids (inner_type, &n);

  for (guint i = 0; i < n; i++) {
    GSignalQuery query;
    GClosure *closure;

    g_signal_query (ids[i], &query);
    if (!(query.signal_flags & G_SIGNAL_ACTION))
      continue;
    closure = g_closure_new_simple (sizeof (GClosure),
        GUINT_TO_POINTER (ids[i]));
    g_closure_set_marshal (closure, forward_action);
    g_signal_newv (query.signal_name, type, query.signal_flags, closure, NULL,
        NULL, NULL, query.return_type, query.n_params,
        (GType *) query.param_types);
  }
}

void
gst_rtmp_bin_class_set_inner (GstRtmpBinClass * klass, GType inner_type)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  g_autoptr (GTypeClass) inner = g_type_class_ref (inner_type);
  guint n, id = 0;
  g_autofree GParamSpec **specs =
      g_object_class_list_properties (G_OBJECT_CLASS (inner), &n);

  klass->inner_type = inner_type;
  /* Not inherited. */
  object_class->set_property = gst_rtmp_bin_set_property;
  object_class->get_property = gst_rtmp_bin_get_property;
  for (guint i = 0; i < n; i++)
    if (!g_object_class_find_property (object_class, specs[i]->name))
      g_object_class_install_property (object_class, ++id,
          copy_spec (specs[i]));
  install_actions (G_TYPE_FROM_CLASS (klass), inner_type);
}

/* Messages */

/* What applications listen for; what a bin's own work rests on stays. */
static gboolean
is_told (GstMessage * message)
{
  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ERROR:
    case GST_MESSAGE_WARNING:
    case GST_MESSAGE_INFO:
    case GST_MESSAGE_ELEMENT:
    case GST_MESSAGE_PROGRESS:
    case GST_MESSAGE_BUFFERING:
    case GST_MESSAGE_QOS:
    case GST_MESSAGE_STREAM_COLLECTION:
      return TRUE;
    default:
      return FALSE;
  }
}

/* Applications know the element that they made. */
static void
gst_rtmp_bin_handle_message (GstBin * bin, GstMessage * message)
{
  if (is_told (message)) {
    message = gst_message_make_writable (message);
    gst_object_replace (&GST_MESSAGE_SRC (message), GST_OBJECT (bin));
  }
  GST_BIN_CLASS (gst_rtmp_bin_parent_class)->handle_message (bin, message);
}

/* URI handler */

static const gchar *const *
get_protocols (GType type)
{
  GstRtmpBinClass *klass = g_type_class_ref (type);
  g_autoptr (GTypeClass) inner = g_type_class_ref (klass->inner_type);
  GstURIHandlerInterface *iface =
      g_type_interface_peek (inner, GST_TYPE_URI_HANDLER);
  const gchar *const *protocols = iface->get_protocols (klass->inner_type);

  g_type_class_unref (klass);
  return protocols;
}

static gchar *
get_uri (GstURIHandler * handler)
{
  return gst_uri_handler_get_uri (GST_URI_HANDLER (gst_rtmp_bin_inner
          (GST_RTMP_BIN (handler))));
}

static gboolean
set_uri (GstURIHandler * handler, const gchar * uri, GError ** error)
{
  return gst_uri_handler_set_uri (GST_URI_HANDLER (gst_rtmp_bin_inner
          (GST_RTMP_BIN (handler))), uri, error);
}

void
gst_rtmp_bin_uri_handler_init (gpointer iface)
{
  GstURIHandlerInterface *handler = iface;

  handler->get_protocols = get_protocols;
  handler->get_uri = get_uri;
  handler->set_uri = set_uri;
}

/* Element */

static void
gst_rtmp_bin_constructed (GObject * object)
{
  GstRtmpBin *self = GST_RTMP_BIN (object);
  GstRtmpBinPrivate *private = gst_rtmp_bin_get_instance_private (self);

  private->inner =
      g_object_new (GST_RTMP_BIN_GET_CLASS (self)->inner_type, NULL);
  gst_bin_add (GST_BIN (self), private->inner);
  g_signal_connect_object (private->inner, "notify", G_CALLBACK (on_notify),
      self, 0);
  forward_signals (self, private->inner);
  G_OBJECT_CLASS (gst_rtmp_bin_parent_class)->constructed (object);
}

static void
gst_rtmp_bin_class_init (GstRtmpBinClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = gst_rtmp_bin_constructed;
  GST_BIN_CLASS (klass)->handle_message = gst_rtmp_bin_handle_message;
}

static void
gst_rtmp_bin_init (GstRtmpBin * self)
{
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RtmpValueType: the kinds of AMF values. AMF0, section 2.1; AMF3, section 3.1.
 *
 * The integers and doubles of AMF3 are numbers here, and its arrays are strict
 * arrays, or ECMA arrays if they have names.
 *
 * @RTMP_VALUE_REFERENCE is only what a reference to a value that is still being
 * read leaves behind (a cycle); other references are resolved when read.
 *
 * Since: 0.1
 */
typedef enum
{
  RTMP_VALUE_UNDEFINED,
  RTMP_VALUE_NULL,
  RTMP_VALUE_UNSUPPORTED,
  RTMP_VALUE_BOOLEAN,
  RTMP_VALUE_NUMBER,
  RTMP_VALUE_STRING,
  RTMP_VALUE_XML,
  RTMP_VALUE_DATE,
  RTMP_VALUE_OBJECT,            /* named members, with a class name if typed */
  RTMP_VALUE_ECMA_ARRAY,        /* named members */
  RTMP_VALUE_STRICT_ARRAY,      /* members by position */
  RTMP_VALUE_REFERENCE,

  /* AMF3 only */
  RTMP_VALUE_E4X,               /* XML of the later kind */
  RTMP_VALUE_BYTES,
  RTMP_VALUE_VECTOR,            /* members by position, all of one type */
  RTMP_VALUE_DICTIONARY,        /* key, value, key, value... by position */
} RtmpValueType;

/**
 * RtmpValue:
 *
 * An AMF value: a tree, reference-counted, immutable once shared. Members keep
 * the order in which they were added. A value can be added to while its only
 * reference is the caller's. No cycles: a value is added only when complete.
 *
 * Strings are bytes of UTF-8 as the peer sent them, always NUL-terminated here;
 * they may hold further NULs, so their length is kept.
 *
 * The getters with a path-like use, rtmp_value_get_string() and its kin, take
 * %NULL for a value and answer "not there", so that look-ups in what a peer
 * sent need no checks between.
 *
 * Since: 0.1
 */
typedef struct _RtmpValue RtmpValue;

RtmpValue *rtmp_value_new_undefined (void);
RtmpValue *rtmp_value_new_null (void);
RtmpValue *rtmp_value_new_unsupported (void);
RtmpValue *rtmp_value_new_boolean (gboolean value);
RtmpValue *rtmp_value_new_number (gdouble value);
RtmpValue *rtmp_value_new_string (const gchar * value);
RtmpValue *rtmp_value_new_string_len (const gchar * value, gsize length);
RtmpValue *rtmp_value_new_xml_len (const gchar * value, gsize length);
/* @ms: milliseconds since 1970 UTC; @zone: minutes, 0 in practice. */
RtmpValue *rtmp_value_new_date (gdouble ms, gint16 zone);
RtmpValue *rtmp_value_new_object (void);
RtmpValue *rtmp_value_new_typed_object (const gchar * class_name);
RtmpValue *rtmp_value_new_ecma_array (void);
RtmpValue *rtmp_value_new_strict_array (void);
RtmpValue *rtmp_value_new_reference (guint16 index);
RtmpValue *rtmp_value_new_e4x_len (const gchar * value, gsize length);
RtmpValue *rtmp_value_new_bytes (gconstpointer data, gsize size);
/* @type: "int", "uint", "Number", the name of a class, or "*" for any. */
RtmpValue *rtmp_value_new_vector (const gchar * type, gboolean fixed_length);
RtmpValue *rtmp_value_new_dictionary (gboolean weak_keys);

RtmpValue *rtmp_value_ref (RtmpValue * self);
/* %NULL is harmless. */
void rtmp_value_unref (RtmpValue * self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmpValue, rtmp_value_unref)

/* For objects and ECMA arrays: appends a member; a name that is there already
 * is replaced in its place. @self must not be shared. (transfer full) for
 * @member. */
void rtmp_value_set (RtmpValue * self, const gchar * name, RtmpValue * member);

/* The same for what a peer sent: appends without looking for @name, so that
 * many members cost no more than few. Of members with the same name, the
 * look-ups find the last. @name need not be NUL-terminated; what stands behind
 * a NUL in it is lost. (transfer full) for @member. */
void rtmp_value_add_len (RtmpValue * self, const gchar * name, gsize length,
    RtmpValue * member);

/* rtmp_value_set() with new values. A %NULL @value of a string adds nothing. */
void rtmp_value_set_string (RtmpValue * self, const gchar * name,
    const gchar * value);
void rtmp_value_set_number (RtmpValue * self, const gchar * name,
    gdouble value);
void rtmp_value_set_boolean (RtmpValue * self, const gchar * name,
    gboolean value);

/* For strict arrays, vectors and dictionaries: appends. (transfer full) for
 * @member. */
void rtmp_value_append (RtmpValue * self, RtmpValue * member);

RtmpValueType rtmp_value_type (const RtmpValue * self);
const gchar *rtmp_value_type_to_string (RtmpValueType type);

/* How many values this one expands to, itself included, references counted
 * each time; saturates. What RtmpLimits.amf_values bounds. */
guint rtmp_value_weight (const RtmpValue * self);

/* How many objects and arrays nest in it: 0 for a plain value, 1 for an object
 * of plain values. What RtmpLimits.amf_depth bounds. */
guint rtmp_value_depth (const RtmpValue * self);

/* How many bytes of strings and names it expands to, counted like the weight.
 * What RtmpLimits.amf_bytes bounds. */
guint rtmp_value_text_size (const RtmpValue * self);

/* All of these take %NULL and values of other types, and return the default. */
gboolean rtmp_value_as_boolean (const RtmpValue * self, gboolean otherwise);
/* Numbers, and the milliseconds of dates. */
gdouble rtmp_value_as_number (const RtmpValue * self, gdouble otherwise);
gint16 rtmp_value_date_zone (const RtmpValue * self);
guint16 rtmp_value_reference_index (const RtmpValue * self);
/* Strings and both kinds of XML; @length may be %NULL. (transfer none)
 * (nullable) */
const gchar *rtmp_value_as_string (const RtmpValue * self, gsize * length);
/* (transfer none) (nullable) */
gconstpointer rtmp_value_as_bytes (const RtmpValue * self, gsize * size);
/* Of objects and vectors. (transfer none) (nullable): %NULL for objects without
 * a class. */
const gchar *rtmp_value_class_name (const RtmpValue * self);
gboolean rtmp_value_has_fixed_length (const RtmpValue * self);
gboolean rtmp_value_has_weak_keys (const RtmpValue * self);

/* Members of objects, arrays, vectors and dictionaries; 0 for other types. */
guint rtmp_value_n_members (const RtmpValue * self);
/* (transfer none) (nullable) past the end. @name (out) (optional): %NULL where
 * members are by position. */
RtmpValue *rtmp_value_member (const RtmpValue * self, guint index,
    const gchar ** name);

/* Members by name, of objects and ECMA arrays alike (transfer none)
 * (nullable). */
RtmpValue *rtmp_value_get (const RtmpValue * self, const gchar * name);
const gchar *rtmp_value_get_string (const RtmpValue * self,
    const gchar * name);
gdouble rtmp_value_get_number (const RtmpValue * self, const gchar * name,
    gdouble otherwise);
gboolean rtmp_value_get_boolean (const RtmpValue * self, const gchar * name,
    gboolean otherwise);

/* Same types, contents and order; numbers bit by bit, so that NaN is itself. */
gboolean rtmp_value_equal (const RtmpValue * a, const RtmpValue * b);

/* One line, for logs: {level: "status", code: ...}. About 1 KiB and four levels
 * at most, UTF-8, what is not printable escaped; "nothing" for %NULL.
 * (transfer full) */
gchar *rtmp_value_to_string (const RtmpValue * self);

G_END_DECLS

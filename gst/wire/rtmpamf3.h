/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmpamfinput.h"
#include "rtmpvalue.h"

G_BEGIN_DECLS

/* AMF3 (amf-file-format-spec, January 2013). In RTMP its values stand only
 * inside AMF0, each behind a marker of its own: see rtmpamf0.h. */

/* 3.1. From XML_DOC on they can be referred to. */
enum
{
  RTMP_AMF3_UNDEFINED = 0x00,
  RTMP_AMF3_NULL = 0x01,
  RTMP_AMF3_FALSE = 0x02,
  RTMP_AMF3_TRUE = 0x03,
  RTMP_AMF3_INTEGER = 0x04,
  RTMP_AMF3_DOUBLE = 0x05,
  RTMP_AMF3_STRING = 0x06,
  RTMP_AMF3_XML_DOC = 0x07,
  RTMP_AMF3_DATE = 0x08,
  RTMP_AMF3_ARRAY = 0x09,
  RTMP_AMF3_OBJECT = 0x0A,
  RTMP_AMF3_XML = 0x0B,
  RTMP_AMF3_BYTE_ARRAY = 0x0C,
  RTMP_AMF3_VECTOR_INT = 0x0D,
  RTMP_AMF3_VECTOR_UINT = 0x0E,
  RTMP_AMF3_VECTOR_DOUBLE = 0x0F,
  RTMP_AMF3_VECTOR_OBJECT = 0x10,
  RTMP_AMF3_DICTIONARY = 0x11,
};

/* The low bits of the number that objects begin with (3.12); all else that can
 * be referred to has the first of them. */
enum
{
  RTMP_AMF3_HEAD_INLINE = 0x01, /* else a reference to an object */
  RTMP_AMF3_HEAD_INLINE_TRAITS = 0x02,  /* else a reference to traits */
  RTMP_AMF3_HEAD_EXTERNALIZABLE = 0x04,
  RTMP_AMF3_HEAD_DYNAMIC = 0x08,
};

#define RTMP_AMF3_INTEGER_MIN (-(1 << 28))
#define RTMP_AMF3_INTEGER_MAX ((1 << 28) - 1)

/* The types of vectors that have markers of their own, from VECTOR_INT on. */
#define RTMP_AMF3_N_VECTOR_TYPES 3
extern const gchar *const rtmp_amf3_vector_types[RTMP_AMF3_N_VECTOR_TYPES];

/* Objects of these classes write themselves, as a single value: the member of
 * this name. (nullable): %NULL for classes that are not known to. */
const gchar *rtmp_amf3_external_member (const gchar * class_name);

/**
 * RtmpAmf3Parser:
 *
 * Reads the AMF3 values of one message. Holds what references index: strings,
 * objects and the traits of objects (2.2). Stack allocated, cleared with
 * rtmp_amf3_parser_clear().
 *
 * Since: 0.1
 */
typedef struct
{
  RtmpAmfInput *input;
  GArray *strings;              /* where they stand in the input */
  GPtrArray *objects;           /* of RtmpValue; NULL while being read */
  GPtrArray *traits;
  guint first_object;           /* of the value being read */
} RtmpAmf3Parser;

/* @input is borrowed until clear, and shared with who else reads the message.
 */
void rtmp_amf3_parser_init (RtmpAmf3Parser * self, RtmpAmfInput * input);
void rtmp_amf3_parser_clear (RtmpAmf3Parser * self);

/* The next value, inside @depth objects and arrays. After a failure nothing is
 * left to be read.
 *
 * An array with names becomes an ECMA array whose last members, "0", "1" and so
 * on, are those by position. An object does not keep which members were sealed.
 * Names end at a NUL, and members whose names begin with one are left out.
 * Of the externalizable classes, ArrayCollection and ObjectProxy of Flex are
 * known: objects with one member, "source" or "object". A cycle leaves a
 * reference, numbered from the first object of this value.
 *
 * Returns: (transfer full) (nullable): %NULL with
 * %RTMP_ERROR_BAD_AMF: unknown marker, reference to nothing, or cut off;
 * %RTMP_ERROR_LIMIT_AMF: too deep, or too many values or bytes;
 * %RTMP_ERROR_UNSUPPORTED: an object of an unknown externalizable class. */
RtmpValue *rtmp_amf3_parse (RtmpAmf3Parser * self, guint depth,
    GError ** error);

G_END_DECLS

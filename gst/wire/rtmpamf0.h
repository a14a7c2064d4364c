/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmpamf3.h"
#include "rtmpamfinput.h"
#include "rtmpvalue.h"
#include "rtmpwriter.h"

G_BEGIN_DECLS

/* AMF0 (amf0-file-format-specification). */

/**
 * RtmpAmf0Parser:
 *
 * Reads the values of one message. It holds the table of complex values that
 * references index, which is why it lives as long as the message. Stack
 * allocated: rtmp_amf0_parser_init(), parse values, rtmp_amf0_parser_clear().
 * It stays where it was initialized.
 *
 * Since: 0.1
 */
typedef struct
{
  RtmpAmfInput input;
  GPtrArray *table;             /* of RtmpValue; NULL while being read */
  RtmpAmf3Parser amf3;
  gboolean switched;            /* there was a value in AMF3 */
} RtmpAmf0Parser;

/* @data is borrowed until clear; @limits %NULL for the defaults. */
void rtmp_amf0_parser_init (RtmpAmf0Parser * self, const guint8 * data,
    gsize size, const RtmpLimits * limits);
void rtmp_amf0_parser_clear (RtmpAmf0Parser * self);

/* TRUE while there are bytes left. */
gboolean rtmp_amf0_parser_more (const RtmpAmf0Parser * self);

/* The next value; behind the switch to AMF3 (2.17) one of AMF3, see
 * rtmp_amf3_parse(). An object or ECMA array that the end of the data cuts off
 * yields the members read so far (E-080).
 *
 * Returns: (transfer full) (nullable): %NULL with
 * %RTMP_ERROR_BAD_AMF: unknown or misplaced marker, or cut off;
 * %RTMP_ERROR_LIMIT_AMF: too deep, or too many values or bytes;
 * %RTMP_ERROR_UNSUPPORTED: an externalizable class of AMF3. */
RtmpValue *rtmp_amf0_parse (RtmpAmf0Parser * self, GError ** error);

/* Writes one value with its marker. Strings over 65535 bytes become long
 * strings; members whose name AMF0 cannot hold (empty, or over 65535 bytes) are
 * left out. Shared values are written out each time, so that what was read from
 * a peer can grow by as much as its references repeat.
 *
 * Of what only AMF3 has, vectors become strict arrays, both kinds of XML one,
 * byte arrays and dictionaries "unsupported". */
void rtmp_amf0_write (RtmpWriter * writer, const RtmpValue * value);

/* Writes one value in AMF3, behind the switch to it. Only for peers with whom
 * objectEncoding 3 was agreed. */
void rtmp_amf0_write_amf3 (RtmpWriter * writer, const RtmpValue * value);

/* The same without building a value first. */
void rtmp_amf0_write_string (RtmpWriter * writer, const gchar * value);
void rtmp_amf0_write_number (RtmpWriter * writer, gdouble value);
void rtmp_amf0_write_boolean (RtmpWriter * writer, gboolean value);
void rtmp_amf0_write_null (RtmpWriter * writer);

G_END_DECLS

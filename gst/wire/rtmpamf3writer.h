/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmpvalue.h"
#include "rtmpwriter.h"

G_BEGIN_DECLS

/* Writes one value with its marker. Strings, traits and shared values are
 * written once and then referred to, within this value only. What reads as the
 * same may be written otherwise: numbers as integers where they are, members of
 * objects with a class as sealed ones, of objects without as dynamic ones.
 *
 * What AMF3 cannot hold: the zone of a date; members without a name, but for
 * those of objects with a class; an ECMA array without members, which is a
 * strict array then; unsupported, written as undefined. */
void rtmp_amf3_write (RtmpWriter * writer, const RtmpValue * value);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rtmpvalue.h"
#include "rtmpversion.h"

G_BEGIN_DECLS

/* What both sides of a connect say of themselves: Enhanced RTMP v2, "Enhancing
 * NetConnection connect Command". */

/* FourCcInfoMask: the values of the two maps. */
typedef enum
{
  RTMP_CODEC_CAN_DECODE = 1 << 0,
  RTMP_CODEC_CAN_ENCODE = 1 << 1,
  RTMP_CODEC_CAN_FORWARD = 1 << 2,
  RTMP_CODEC_CAN_ALL = (1 << 3) - 1,
} RtmpCodecFlags;

typedef enum
{
  RTMP_VIDEO_FUNCTION_SEEK = 1 << 0,
  RTMP_VIDEO_FUNCTION_HDR = 1 << 1,
  RTMP_VIDEO_FUNCTION_METADATA = 1 << 2,
  RTMP_VIDEO_FUNCTION_LARGE_SCALE_TILE = 1 << 3,
} RtmpVideoFunction;

/* Twice as many codecs as there are FourCCs. A peer may send any number; those
 * over it are left out, so that none costs more memory or time than this. */
#define RTMP_CODEC_MAP_MAX 32

/**
 * RtmpCodecMap: FourCCs in the order in which they were added, each once.
 *
 * Since: 0.1
 */
typedef struct
{
  guint n;
  struct
  {
    guint32 four_cc;
    guint32 flags;              /* RtmpCodecFlags, and what we do not know */
  } codecs[RTMP_CODEC_MAP_MAX];
} RtmpCodecMap;

/* ORs @flags to those of @four_cc. */
void rtmp_codec_map_add (RtmpCodecMap * self, guint32 four_cc, guint32 flags);

/* What holds for @four_cc: its own flags and those of "*". */
guint32 rtmp_codec_map_effective (const RtmpCodecMap * self,
    guint32 four_cc);

/**
 * RtmpCapabilities:
 * @video_function: #RtmpVideoFunction
 * @caps_ex: #RtmpCapsEx
 * @video: videoFourCcInfoMap
 * @audio: audioFourCcInfoMap
 * @list: what a peer's fourCcList says, which is that it can decode it
 * @has_list: there is a fourCcList, or there shall be one
 *
 * A plain struct. All zeros is a peer that knows nothing of Enhanced RTMP.
 *
 * Since: 0.1
 */
typedef struct
{
  guint32 video_function;
  guint32 caps_ex;
  RtmpCodecMap video;
  RtmpCodecMap audio;
  RtmpCodecMap list;
  gboolean has_list;
} RtmpCapabilities;

/* Adds the codecs of @names, FourCCs separated by commas or spaces, or "*" for
 * all that Enhanced RTMP knows, each with @flags and in its map and the list.
 * FALSE with %RTMP_ERROR_UNSUPPORTED for a name that is none of them. */
gboolean rtmp_capabilities_add_codecs (RtmpCapabilities * self,
    const gchar * names, guint32 flags, GError ** error);

/* The names of the codecs of which @self says something, separated by commas;
 * %NULL: none. (transfer full) */
gchar *rtmp_capabilities_codecs (const RtmpCapabilities * self);

/* Sets the properties in the object of a connect or of its answer. What is zero
 * or empty is left out. fourCcList, if there shall be one, names every codec of
 * the three maps: some servers look nowhere else, and do not know "*". */
void rtmp_capabilities_write (const RtmpCapabilities * self,
    RtmpValue * object);

/* Adds what @object says to what @self has already. To be called for both
 * objects of a _result, since servers use either. Takes everything: %NULL,
 * other values than objects, and properties of the wrong type. */
void rtmp_capabilities_parse (RtmpCapabilities * self,
    const RtmpValue * object);

/* What the peer says of a video or an audio codec, in its map or in the list;
 * 0 when it says nothing. */
guint32 rtmp_capabilities_video (const RtmpCapabilities * self,
    guint32 four_cc);
guint32 rtmp_capabilities_audio (const RtmpCapabilities * self,
    guint32 four_cc);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "flvcodec.h"
#include "rtmpvalue.h"

G_BEGIN_DECLS

/* onMetaData: FLV 10.1, E.5; Enhanced RTMP v2, "Enhancing onMetaData". */

/**
 * FlvTrackInfo:
 * @media: video or audio
 * @id: 0 for the default track
 * @codec: (nullable)
 * @enhanced: its packets have a FourCC, and so has the codec's number
 * @width: pixels; this, @height and @framerate are video's
 * @bitrate: kbit/s
 * @samplerate: Hz; this, @samplesize and @channels are audio's
 * @samplesize: bits
 * @channels: how many
 * @others: an object: what else is said of it in its map; not written for 0
 *
 * What a writer says of a track. The configuration in the stream knows better.
 * 0 and %NULL: not there. All but @framerate and @bitrate are whole.
 *
 * Since: 0.1
 */
typedef struct
{
  FlvMedia media;
  guint8 id;
  const FlvCodec *codec;
  gboolean enhanced;
  gdouble width, height, framerate;
  gdouble bitrate;
  gdouble samplerate, samplesize, channels;
  RtmpValue *others;
} FlvTrackInfo;

/**
 * FlvMetadata:
 * @duration: seconds; 0: not known
 * @filesize: bytes; 0: not known
 * @encoder: (nullable)
 * @others: an ECMA array of all other members, for tags and the like, in their
 *   order
 *
 * Since: 0.1
 */
typedef struct
{
  GPtrArray *tracks;            /* of FlvTrackInfo; see below */
  gdouble duration;
  gdouble filesize;
  gchar *encoder;
  RtmpValue *others;
} FlvMetadata;

FlvMetadata *flv_metadata_new (void);
void flv_metadata_free (FlvMetadata * self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlvMetadata, flv_metadata_free)

/* @object: (nullable): of onMetaData. Members that make no sense are as if they
 * were not there. Other tracks have what their map leaves out from track 0, but
 * for a size of which it says nothing.
 * (transfer full): never %NULL */
FlvMetadata *flv_metadata_parse (const RtmpValue * object);

/* (transfer none) (nullable): %NULL if no member is about it. */
FlvTrackInfo *flv_metadata_track (const FlvMetadata * self, FlvMedia media,
    guint8 id);
/* The same, made if need be. */
FlvTrackInfo *flv_metadata_add_track (FlvMetadata * self, FlvMedia media,
    guint8 id);

/* An ECMA array: track 0 on top, all that is known of each other track in the
 * maps. Duration and filesize always stand there, so that they can be replaced
 * in place. (transfer full) */
RtmpValue *flv_metadata_write (const FlvMetadata * self);

G_END_DECLS

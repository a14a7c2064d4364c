/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include "rtmperror.h"

G_BEGIN_DECLS

/* FLV files and streams: Adobe FLV 10.1, annex E.2 to E.4. */

typedef enum
{
  FLV_TAG_AUDIO = 8,
  FLV_TAG_VIDEO = 9,
  FLV_TAG_SCRIPT_AMF3 = 15,
  FLV_TAG_SCRIPT = 18,
} FlvTagType;

#define FLV_FILE_HEADER_SIZE 13 /* with PreviousTagSize0 */
#define FLV_TAG_HEADER_SIZE 11
#define FLV_TAG_TRAILER_SIZE 4

/**
 * FlvTag:
 * @type: an #FlvTagType; others are never reported
 * @encrypted: the Filter bit (annex F): the body is not plain media
 * @after_gap: bytes before it were left out, see flv_reader_set_resync()
 * @timestamp: milliseconds; unsigned here, since RTMP's are
 * @body: what follows the tag header: audio or video tag header included
 *
 * Since: 0.1
 */
typedef struct
{
  guint8 type;
  gboolean encrypted;
  gboolean after_gap;
  guint32 timestamp;
  GBytes *body;
} FlvTag;

/* @tag is borrowed for the call; ref its body to keep it. Return FALSE with
 * @error set to stop: the error sticks. */
typedef gboolean (*FlvTagFunc) (const FlvTag * tag, gpointer user_data,
    GError ** error);

/**
 * FlvReader:
 *
 * Bytes in, tags out. Takes FLV in any cut, with or without the file header,
 * with or without PreviousTagSize fields (a tag never begins with a zero byte,
 * such a field does, but for the largest tags, where it is known by their
 * size), and with file headers again in mid-stream. A body that lies whole in
 * one block is a slice of it; otherwise it is copied once. Tags of unknown
 * types are skipped by their size.
 *
 * Since: 0.1
 */
typedef struct _FlvReader FlvReader;

FlvReader *flv_reader_new (void);
void flv_reader_free (FlvReader * self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlvReader, flv_reader_free)

/* Reads all of @block (transfer none), which may be kept by slices of it. FALSE
 * with %RTMP_ERROR_BAD_FLV (position, what was expected, what came), or what
 * @func set; sticks until flv_reader_reset(). */
gboolean flv_reader_feed (FlvReader * self, GBytes * block, FlvTagFunc func,
    gpointer user_data, GError ** error);

/* What is no FLV is left out, up to a tag of a known type behind which stands
 * its size, at most 1 MiB; such a one is not found in streams without
 * PreviousTagSize. Unknown types count as damage. Off at first; stays through
 * flv_reader_reset(). */
void flv_reader_set_resync (FlvReader * self, gboolean resync);

/* The same in @data: where the first whole tag begins with its PreviousTagSize
 * behind it. @searched: 0 at first; what need not be looked at again when more
 * has come. */
gboolean flv_find_tag (const guint8 * data, gsize size, gsize * searched,
    gsize * found);

/* Forgets a partial tag and any error: after a flush or a new stream. */
void flv_reader_reset (FlvReader * self);

/* TRUE when the bytes so far end in the middle of a tag or header. */
gboolean flv_reader_is_partial (const FlvReader * self);

/* "FLV", version 1, PreviousTagSize0. */
void flv_write_file_header (guint8 out[FLV_FILE_HEADER_SIZE],
    gboolean has_audio, gboolean has_video);
/* @body_size: at most 0xFFFFFF, also for the trailer. */
void flv_write_tag_header (guint8 out[FLV_TAG_HEADER_SIZE], FlvTagType type,
    gsize body_size, guint32 timestamp);
void flv_write_tag_trailer (guint8 out[FLV_TAG_TRAILER_SIZE],
    gsize body_size);

G_END_DECLS

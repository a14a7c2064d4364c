/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpchunkreader.h"

#include "rtmpcontrol.h"
#include "rtmperror.h"
#include "rtmpgather.h"
#include "rtmplog.h"
#include "rtmpreader.h"

/* Basic header (3) + message header (11) + extended timestamp (4). */
#define HEADER_MAX 18
#define EXTENDED 0xFFFFFF
#define EXTENDED_SIZE 4

/* Smaller payloads, and those that are a small part of their block, are copied:
 * a slice keeps its whole block alive, and what somebody holds must not pin
 * many times as much. */
#define SLICE_MIN 1024
#define SLICE_PART 8

/* Ids of the one-byte form, found by index. */
#define SHORT_IDS 64

/* fmt 3 with the lowest id of one byte. */
#define FIRST_SHORT_CONTINUATION (3 << 6 | 2)

/* What a chunk stream remembers between its chunks. */
typedef struct
{
  guint32 id;
  guint32 timestamp;            /* of the message begun last */
  guint32 delta;                /* time field of the last fmt 0-2 header */
  guint32 size;
  guint32 message_stream;
  guint8 type;
  gboolean extended;            /* of the last fmt 0-2 header */
  RtmpGather body;              /* misses bytes while a message is open */
} ChunkStream;

typedef struct
{
  guint8 fmt;
  guint8 type;
  gboolean extended;
  guint32 chunk_stream;
  guint32 time;
  guint32 size;
  guint32 message_stream;
  ChunkStream *stream;          /* NULL: never seen */
} ChunkHeader;

/* What one feed works on. */
typedef struct
{
  GBytes *block;
  RtmpReader bytes;
  RtmpMessageFunc func;
  gpointer user_data;
} Input;

struct _RtmpChunkReader
{
  RtmpLimits limits;
  guint32 chunk_size;
  gboolean sniff;
  GError *error;                /* the first one, for good */
  RtmpChunkReaderStats stats;

  ChunkStream *short_ids[SHORT_IDS];
  GHashTable *long_ids;         /* id -> ChunkStream */
  guint n_chunk_streams;
  gsize partial_bytes;          /* allocated by all bodies */
  guint64 offset;               /* bytes read, for messages */

  /* Between two chunks, a header that the end of a block cut off. */
  guint8 header[HEADER_MAX];
  gsize header_filled;

  /* Within a chunk, its stream and the payload still to come. */
  ChunkStream *current;
  gsize chunk_left;
};

static gboolean read_input (RtmpChunkReader * self, Input * input,
    GError ** error);

static void
chunk_stream_free (gpointer data)
{
  ChunkStream *stream = data;

  if (stream == NULL)
    return;
  rtmp_gather_clear (&stream->body);
  g_free (stream);
}

RtmpChunkReader *
rtmp_chunk_reader_new (const RtmpLimits * limits)
{
  RtmpChunkReader *self = g_new0 (RtmpChunkReader, 1);

  self->limits = limits ? *limits : rtmp_limits_default;
  self->chunk_size = RTMP_CHUNK_SIZE_DEFAULT;
  self->long_ids = g_hash_table_new_full (NULL, NULL, NULL, chunk_stream_free);
  return self;
}

void
rtmp_chunk_reader_free (RtmpChunkReader * self)
{
  gsize i;

  for (i = 0; i < SHORT_IDS; i++)
    chunk_stream_free (self->short_ids[i]);
  g_hash_table_unref (self->long_ids);
  g_clear_error (&self->error);
  g_free (self);
}

static ChunkStream *
find_stream (const RtmpChunkReader * self, guint32 id)
{
  if (id < SHORT_IDS)
    return self->short_ids[id];
  return g_hash_table_lookup (self->long_ids, GUINT_TO_POINTER (id));
}

static ChunkStream *
add_stream (RtmpChunkReader * self, const ChunkHeader * header, GError ** error)
{
  ChunkStream *stream;

  /* librtmp starts a chunk stream with fmt 1 for its ping (E-025). */
  if (header->fmt > 1) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_CHUNK,
        "Expected a full header as the first of chunk stream %u, got type %u "
        "at byte %" G_GUINT64_FORMAT, header->chunk_stream, header->fmt,
        self->offset);
    return NULL;
  }
  if (self->n_chunk_streams >= self->limits.chunk_streams) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_LIMIT_CHUNK_STREAMS,
        "Expected at most %u chunk streams, got one more, %u, at byte %"
        G_GUINT64_FORMAT, self->limits.chunk_streams, header->chunk_stream,
        self->offset);
    return NULL;
  }
  stream = g_new0 (ChunkStream, 1);
  stream->id = header->chunk_stream;
  if (stream->id < SHORT_IDS)
    self->short_ids[stream->id] = stream;
  else
    g_hash_table_insert (self->long_ids, GUINT_TO_POINTER (stream->id), stream);
  self->n_chunk_streams++;
  return stream;
}

static gboolean
is_open (const ChunkStream * stream)
{
  return rtmp_gather_missing (&stream->body) > 0;
}

static void
drop_partial (RtmpChunkReader * self, ChunkStream * stream)
{
  if (!is_open (stream))
    return;
  RTMP_DEBUG ("chunk stream %u: dropped %" G_GSIZE_FORMAT " of %u bytes",
      stream->id, stream->body.filled, stream->size);
  self->stats.dropped_partials++;
  self->partial_bytes -= stream->body.allocated;
  rtmp_gather_clear (&stream->body);
}

/* RTMP 1.0, 5.3.1.1; the long ids are little-endian. */
static gboolean
parse_basic_header (RtmpReader * bytes, ChunkHeader * header)
{
  guint8 first, low, high = 0;

  if (!rtmp_reader_u8 (bytes, &first))
    return FALSE;
  header->fmt = first >> 6;
  header->chunk_stream = first & 63;
  if (header->chunk_stream > 1)
    return TRUE;
  if (!rtmp_reader_u8 (bytes, &low))
    return FALSE;
  if (header->chunk_stream == 1 && !rtmp_reader_u8 (bytes, &high))
    return FALSE;
  header->chunk_stream = 64 + low + 256 * high;
  return TRUE;
}

/* Whether what there is of the next four bytes can be the repeated timestamp,
 * or the zeros that some peers write instead of it. */
static gboolean
looks_extended (const ChunkStream * stream, const RtmpReader * bytes)
{
  static const guint8 zeros[EXTENDED_SIZE];
  const guint8 *p = bytes->data + bytes->pos;
  gsize n = MIN (rtmp_reader_left (bytes), EXTENDED_SIZE);
  guint32 repeated = GUINT32_TO_BE (stream->delta);

  return memcmp (p, &repeated, n) == 0 || memcmp (p, zeros, n) == 0;
}

/* A type 3 header has the field when the header it repeats had it. Peers that
 * follow an older draft leave it out (E-020). */
static gboolean
repeats_extended (const RtmpChunkReader * self, const ChunkStream * stream,
    const RtmpReader * bytes)
{
  if (stream == NULL || !stream->extended)
    return FALSE;
  if (!self->sniff || !is_open (stream))
    return TRUE;
  return looks_extended (stream, bytes);
}

/* RTMP 1.0, 5.3.1.2 and 5.3.1.3. FALSE while the header is incomplete. */
static gboolean
parse_header (const RtmpChunkReader * self, RtmpReader * bytes,
    ChunkHeader * header)
{
  if (!parse_basic_header (bytes, header))
    return FALSE;
  header->stream = find_stream (self, header->chunk_stream);
  if (header->fmt == 3) {
    return !repeats_extended (self, header->stream, bytes)
        || rtmp_reader_skip (bytes, EXTENDED_SIZE);
  }
  if (!rtmp_reader_u24 (bytes, &header->time))
    return FALSE;
  if (header->fmt <= 1 && !(rtmp_reader_u24 (bytes, &header->size)
          && rtmp_reader_u8 (bytes, &header->type)))
    return FALSE;
  if (header->fmt == 0 && !rtmp_reader_u32_le (bytes, &header->message_stream))
    return FALSE;
  header->extended = header->time == EXTENDED;
  return !header->extended || rtmp_reader_u32 (bytes, &header->time);
}

static gboolean
begin_message (RtmpChunkReader * self, ChunkStream * stream,
    const ChunkHeader * header, GError ** error)
{
  drop_partial (self, stream);
  if (header->fmt == 0) {
    stream->timestamp = 0;
    stream->message_stream = header->message_stream;
  }
  if (header->fmt <= 1) {
    stream->size = header->size;
    stream->type = header->type;
  }
  if (header->fmt <= 2) {
    stream->delta = header->time;
    stream->extended = header->extended;
  }
  /* After fmt 0, a message begun by fmt 3 adds its absolute time once more
   * (RTMP 1.0, 5.3.1.2.4). */
  stream->timestamp += stream->delta;
  if (stream->size > self->limits.message_size) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_LIMIT_MESSAGE_SIZE,
        "Expected messages of at most %u bytes, got one of %u on chunk "
        "stream %u at byte %" G_GUINT64_FORMAT, self->limits.message_size,
        stream->size, stream->id, self->offset);
    return FALSE;
  }
  rtmp_gather_begin (&stream->body, stream->size);
  return TRUE;
}

/* After a header of @size bytes. */
static inline void
enter_payload (RtmpChunkReader * self, ChunkStream * stream, gsize size)
{
  self->current = stream;
  self->chunk_left = MIN (self->chunk_size,
      rtmp_gather_missing (&stream->body));
  self->offset += size;
}

static gboolean
begin_chunk (RtmpChunkReader * self, const ChunkHeader * header, gsize size,
    GError ** error)
{
  ChunkStream *stream = header->stream;

  if (stream == NULL && !(stream = add_stream (self, header, error)))
    return FALSE;
  if ((header->fmt < 3 || !is_open (stream))
      && !begin_message (self, stream, header, error))
    return FALSE;
  enter_payload (self, stream, size);
  return TRUE;
}

/* Most headers are one byte that continues a message: with small chunks, what
 * they cost is what reading costs. */
static inline gboolean
read_short_continuation (RtmpChunkReader * self, RtmpReader * bytes)
{
  guint8 first = bytes->data[bytes->pos];
  ChunkStream *stream;

  if (first < FIRST_SHORT_CONTINUATION)
    return FALSE;
  stream = self->short_ids[first % SHORT_IDS];
  if (stream == NULL || stream->extended || !is_open (stream))
    return FALSE;
  bytes->pos++;
  enter_payload (self, stream, 1);
  return TRUE;
}

/* Goes on with a header that a block cut off. What turns out not to belong to
 * it, an extended timestamp that was none, is read once more as payload. Four
 * bytes at most: too few to be sliced, and to hold another such header. */
static gboolean
gather_header (RtmpChunkReader * self, Input * input, GError ** error)
{
  ChunkHeader header;
  RtmpReader bytes;
  Input rest = *input;
  guint8 again[EXTENDED_SIZE];

  do {
    if (!rtmp_reader_u8 (&input->bytes, &self->header[self->header_filled]))
      return TRUE;
    rtmp_reader_init (&bytes, self->header, ++self->header_filled);
  } while (!parse_header (self, &bytes, &header));

  rtmp_reader_init (&rest.bytes, again, rtmp_reader_left (&bytes));
  memcpy (again, self->header + bytes.pos, rest.bytes.size);
  self->header_filled = 0;
  return begin_chunk (self, &header, bytes.pos, error)
      && read_input (self, &rest, error);
}

static gboolean
read_header (RtmpChunkReader * self, Input * input, GError ** error)
{
  ChunkHeader header;
  gsize start = input->bytes.pos;

  if (self->header_filled > 0)
    return gather_header (self, input, error);
  if (read_short_continuation (self, &input->bytes))
    return TRUE;
  if (parse_header (self, &input->bytes, &header))
    return begin_chunk (self, &header, input->bytes.pos - start, error);
  input->bytes.pos = start;
  return gather_header (self, input, error);
}

/* The next chunk depends on these two (RTMP 1.0, 5.4.1 and 5.4.2). */
static gboolean
obey (RtmpChunkReader * self, const RtmpMessage * message, GError ** error)
{
  RtmpControl control;
  ChunkStream *aborted;

  if (message->type != RTMP_MESSAGE_SET_CHUNK_SIZE
      && message->type != RTMP_MESSAGE_ABORT)
    return TRUE;
  if (!rtmp_control_parse (&control, message, error))
    return FALSE;
  if (message->type == RTMP_MESSAGE_SET_CHUNK_SIZE) {
    RTMP_DEBUG ("chunk size %u -> %u", self->chunk_size, control.value);
    self->chunk_size = control.value;
  } else if ((aborted = find_stream (self, control.value))) {
    drop_partial (self, aborted);
  }
  return TRUE;
}

/* (transfer full) for @payload. */
static gboolean
finish_message (RtmpChunkReader * self, const ChunkStream * stream,
    GBytes * payload, Input * input, GError ** error)
{
  RtmpMessage message;
  gboolean ok;

  rtmp_message_init (&message, (RtmpMessageType) stream->type, stream->id,
      stream->message_stream, stream->timestamp, payload);
  self->stats.messages++;
  ok = obey (self, &message, error)
      && input->func (&message, input->user_data, error);
  rtmp_message_clear (&message);
  return ok;
}

/* Whether @body may have the memory for @n more bytes. */
static gboolean
may_grow (RtmpChunkReader * self, const RtmpGather * body, gsize n,
    GError ** error)
{
  gsize others = self->partial_bytes - body->allocated;
  gsize total = others + rtmp_gather_allocation (body, n);

  if (total <= self->limits.partial_bytes) {
    self->partial_bytes = total;
    return TRUE;
  }
  g_set_error (error, RTMP_ERROR, RTMP_ERROR_LIMIT_PARTIAL_BYTES,
      "Expected at most %" G_GSIZE_FORMAT " bytes in incomplete messages, "
      "got to %" G_GSIZE_FORMAT " on chunk stream %u at byte %"
      G_GUINT64_FORMAT, self->limits.partial_bytes, total,
      self->current->id, self->offset);
  return FALSE;
}

static gboolean
append_payload (RtmpChunkReader * self, RtmpGather * body, Input * input,
    gsize n, GError ** error)
{
  const guint8 *data = input->bytes.data + input->bytes.pos;

  if (n > body->allocated - body->filled && !may_grow (self, body, n, error))
    return FALSE;
  rtmp_gather_append (body, data, n);
  self->stats.copied_bytes += n;
  return TRUE;
}

static GBytes *
take_payload (RtmpChunkReader * self, RtmpGather * body)
{
  self->partial_bytes -= body->allocated;
  return rtmp_gather_take (body);
}

static gboolean
read_payload (RtmpChunkReader * self, Input * input, GError ** error)
{
  ChunkStream *stream = self->current;
  gsize n = MIN (self->chunk_left, rtmp_reader_left (&input->bytes));
  GBytes *payload = NULL;

  if (n == stream->size && n >= SLICE_MIN
      && n >= g_bytes_get_size (input->block) / SLICE_PART) {
    payload = g_bytes_new_from_bytes (input->block, input->bytes.pos, n);
    rtmp_gather_clear (&stream->body);
  } else if (!append_payload (self, &stream->body, input, n, error)) {
    return FALSE;
  } else if (!is_open (stream)) {
    payload = take_payload (self, &stream->body);
  }
  input->bytes.pos += n;
  self->offset += n;
  self->chunk_left -= n;
  if (self->chunk_left == 0)
    self->current = NULL;
  return payload == NULL
      || finish_message (self, stream, payload, input, error);
}

static gboolean
read_input (RtmpChunkReader * self, Input * input, GError ** error)
{
  while (rtmp_reader_left (&input->bytes) > 0) {
    if (self->current == NULL && !read_header (self, input, error))
      return FALSE;
    /* Even with nothing left: an empty message ends with its header. */
    if (self->current != NULL && !read_payload (self, input, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
rtmp_chunk_reader_feed (RtmpChunkReader * self, GBytes * block,
    RtmpMessageFunc func, gpointer user_data, GError ** error)
{
  Input input = {.block = block,.func = func,.user_data = user_data };

  rtmp_reader_init_bytes (&input.bytes, block);
  if (self->error == NULL && read_input (self, &input, &self->error))
    return TRUE;
  g_propagate_error (error, g_error_copy (self->error));
  return FALSE;
}

void
rtmp_chunk_reader_set_sniff_extended_timestamp (RtmpChunkReader * self,
    gboolean sniff)
{
  self->sniff = sniff;
}

void
rtmp_chunk_reader_set_limits (RtmpChunkReader * self, const RtmpLimits * limits)
{
  self->limits = *limits;
}

guint32
rtmp_chunk_reader_chunk_size (const RtmpChunkReader * self)
{
  return self->chunk_size;
}

const RtmpChunkReaderStats *
rtmp_chunk_reader_stats (const RtmpChunkReader * self)
{
  return &self->stats;
}

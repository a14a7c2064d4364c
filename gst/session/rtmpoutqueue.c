/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpoutqueue.h"

#include "rtmpchunkreader.h"
#include "rtmpchunkwriter.h"
#include "rtmpcontrol.h"

#include <string.h>

/* Items kept to be used again: as many as a busy sender has at once. */
#define MAX_SPARE 1024

typedef struct
{
  GList link;                   /* of the queue that it is in */
  RtmpMessage message;
  RtmpChunkHeaders headers;     /* both sizes 0: raw bytes */
  gboolean begun;
  gsize offset;                 /* payload bytes laid out so far */
  guint64 end;                  /* once laid out: where its last byte ends */
} OutItem;

struct _RtmpOutQueue
{
  RtmpChunkWriter *writer;
  guint32 chunk_size;

  guint messages;               /* not sent whole */
  guint signals;                /* of both queues */
  GQueue urgent;
  GQueue ordered;
  OutItem *bulk;                /* video, off its queue, partly laid out */
  OutItem *current;             /* other, head of its queue, partly laid out */
  GQueue laid;                  /* laid out whole, not sent whole */
  GQueue spare;                 /* cleared */
  gsize bytes;

  /* The batch: what is laid out and not sent. */
  guint n_vectors;
  guint first_vector;
  guint64 laid_pos;
  guint64 sent_pos;
  RtmpVector vectors[RTMP_OUT_QUEUE_VECTORS];
};

RtmpOutQueue *
rtmp_out_queue_new (void)
{
  RtmpOutQueue *self = g_new0 (RtmpOutQueue, 1);

  self->writer = rtmp_chunk_writer_new ();
  self->chunk_size = RTMP_CHUNK_SIZE_DEFAULT;
  return self;
}

static void
out_item_free (OutItem * item)
{
  rtmp_message_clear (&item->message);
  g_free (item);
}

static void
free_all (GQueue * queue)
{
  GList *link;

  while ((link = g_queue_pop_head_link (queue)))
    out_item_free (link->data);
}

void
rtmp_out_queue_free (RtmpOutQueue * self)
{
  free_all (&self->urgent);
  free_all (&self->ordered);
  free_all (&self->laid);
  free_all (&self->spare);
  g_clear_pointer (&self->bulk, out_item_free);
  rtmp_chunk_writer_free (self->writer);
  g_free (self);
}

/* The type of raw bytes, which no message has. */
#define TYPE_RAW 0

static gboolean
is_ping (const RtmpMessage * message)
{
  RtmpControl control;

  return message->type == RTMP_MESSAGE_USER_CONTROL
      && rtmp_control_parse (&control, message, NULL)
      && (control.event == RTMP_USER_CONTROL_PING_REQUEST
      || control.event == RTMP_USER_CONTROL_PING_RESPONSE);
}

/* What is about the connection as a whole, and late by nature. Other control
 * messages hold for what they were queued behind: Set Chunk Size for the
 * messages that are cut so far, Set Buffer Length for play (E-121), Stream EOF
 * for the media before it; and nothing should precede connect. Raw bytes are
 * the handshake: no control message may come before it. */
static gboolean
is_urgent (const RtmpMessage * message)
{
  return message->type == TYPE_RAW
      || message->type == RTMP_MESSAGE_ABORT
      || message->type == RTMP_MESSAGE_ACKNOWLEDGEMENT
      || message->type == RTMP_MESSAGE_SET_PEER_BANDWIDTH || is_ping (message);
}

/* Commands must not overtake the media that they follow: deleteStream. */
static gboolean
may_pass_bulk (const OutItem * item)
{
  return item->message.type == RTMP_MESSAGE_AUDIO
      || item->message.type == RTMP_MESSAGE_DATA_AMF0;
}

static gboolean
is_signal (const RtmpMessage * message)
{
  return message->type != RTMP_MESSAGE_AUDIO
      && message->type != RTMP_MESSAGE_VIDEO
      && message->type != RTMP_MESSAGE_DATA_AMF0;
}

static OutItem *
out_item_new (RtmpOutQueue * self, GQueue * queue, const RtmpMessage * message)
{
  GList *link = g_queue_pop_head_link (&self->spare);
  OutItem *item = link ? link->data : g_new (OutItem, 1);

  memset (item, 0, sizeof (*item));
  item->link.data = item;
  item->message = *message;
  self->bytes += rtmp_message_size (message);
  self->messages++;
  self->signals += is_signal (message);
  g_queue_push_tail_link (queue, &item->link);
  return item;
}

void
rtmp_out_queue_push (RtmpOutQueue * self, RtmpMessage * message)
{
  out_item_new (self, is_urgent (message) ? &self->urgent : &self->ordered,
      message);
  message->payload = NULL;
}

void
rtmp_out_queue_push_raw (RtmpOutQueue * self, GBytes * bytes)
{
  RtmpMessage message = {.type = TYPE_RAW,.payload = bytes };

  out_item_new (self, &self->urgent, &message)->begun = TRUE;
}

static void
out_item_recycle (RtmpOutQueue * self, OutItem * item)
{
  self->bytes -= rtmp_message_size (&item->message);
  self->messages--;
  rtmp_message_clear (&item->message);
  if (g_queue_get_length (&self->spare) < MAX_SPARE)
    g_queue_push_head_link (&self->spare, &item->link);
  else
    out_item_free (item);
}

static OutItem *
peek_head (const GQueue * queue)
{
  return queue->head ? queue->head->data : NULL;
}

/* The item whose chunk goes out next: a head, or partly laid out. */
static OutItem *
pick (RtmpOutQueue * self)
{
  OutItem *head;

  if (self->current)
    return self->current;
  if ((head = peek_head (&self->urgent)))
    return head;
  head = peek_head (&self->ordered);
  if (self->bulk)
    return head && may_pass_bulk (head) ? head : self->bulk;
  if (head && head->message.type == RTMP_MESSAGE_VIDEO) {
    g_queue_pop_head_link (&self->ordered);
    self->bulk = head;
  }
  return head;
}

static void
add_vector (RtmpOutQueue * self, gconstpointer data, gsize size)
{
  if (size == 0)
    return;
  self->vectors[self->n_vectors].data = data;
  self->vectors[self->n_vectors].size = size;
  self->n_vectors++;
  self->laid_pos += size;
}

/* All of @item is laid out: off its queue, and into effect if it has one. */
static void
item_laid (RtmpOutQueue * self, OutItem * item)
{
  RtmpControl control;

  if (item == self->bulk)
    self->bulk = NULL;
  else
    g_queue_pop_head_link (is_urgent (&item->message) ? &self->urgent :
        &self->ordered);
  if (item->message.type == RTMP_MESSAGE_SET_CHUNK_SIZE
      && rtmp_control_parse (&control, &item->message, NULL))
    self->chunk_size = control.value;
  self->signals -= is_signal (&item->message);
  item->end = self->laid_pos;
  g_queue_push_tail_link (&self->laid, &item->link);
}

static void
lay_chunk (RtmpOutQueue * self, OutItem * item)
{
  gsize size, n;
  const guint8 *data = g_bytes_get_data (item->message.payload, &size);

  n = item->message.type == TYPE_RAW ? size
      : MIN (self->chunk_size, size - item->offset);
  if (!item->begun) {
    rtmp_chunk_writer_begin (self->writer, &item->message, &item->headers);
    item->begun = TRUE;
    add_vector (self, item->headers.first, item->headers.first_size);
  } else {
    add_vector (self, item->headers.next, item->headers.next_size);
  }
  if (n > 0)
    add_vector (self, data + item->offset, n);
  item->offset += n;
  self->current = NULL;
  if (item->offset == size)
    item_laid (self, item);
  else if (item != self->bulk)
    self->current = item;
}

static void
lay_batch (RtmpOutQueue * self)
{
  OutItem *item;

  self->n_vectors = self->first_vector = 0;
  while (self->n_vectors + 2 <= RTMP_OUT_QUEUE_VECTORS
      && self->laid_pos - self->sent_pos < RTMP_OUT_QUEUE_BATCH
      && (item = pick (self)))
    lay_chunk (self, item);
}

guint
rtmp_out_queue_pull (RtmpOutQueue * self, const RtmpVector ** vectors)
{
  if (self->first_vector == self->n_vectors)
    lay_batch (self);
  *vectors = self->vectors + self->first_vector;
  return self->n_vectors - self->first_vector;
}

void
rtmp_out_queue_consume (RtmpOutQueue * self, gsize n)
{
  RtmpVector *vector;
  OutItem *item;

  g_assert (n <= self->laid_pos - self->sent_pos);
  self->sent_pos += n;
  vector = &self->vectors[self->first_vector];
  while (n > 0 && n >= vector->size)
    n -= vector++->size;
  if (n > 0) {
    vector->data = (const guint8 *) vector->data + n;
    vector->size -= n;
  }
  self->first_vector = (guint) (vector - self->vectors);
  while ((item = peek_head (&self->laid)) && item->end <= self->sent_pos) {
    g_queue_pop_head_link (&self->laid);
    out_item_recycle (self, item);
  }
}

guint
rtmp_out_queue_signals (const RtmpOutQueue * self)
{
  return self->signals;
}

gboolean
rtmp_out_queue_is_empty (const RtmpOutQueue * self)
{
  return self->first_vector == self->n_vectors && self->bulk == NULL
      && g_queue_is_empty ((GQueue *) & self->urgent)
      && g_queue_is_empty ((GQueue *) & self->ordered);
}

gsize
rtmp_out_queue_bytes (const RtmpOutQueue * self)
{
  return self->bytes;
}

guint
rtmp_out_queue_messages (const RtmpOutQueue * self)
{
  return self->messages;
}

static gboolean
is_media (const OutItem * item)
{
  return item->message.type == RTMP_MESSAGE_AUDIO
      || item->message.type == RTMP_MESSAGE_VIDEO;
}

/* The older of @item, which may be %NULL, and the oldest media in @queue. */
static const OutItem *
oldest_media (const GQueue * queue, const OutItem * item)
{
  const GList *link;

  for (link = queue->head; link; link = link->next) {
    const OutItem *other = link->data;

    if (is_media (other) && (item == NULL || (gint32) (other->message.timestamp
                - item->message.timestamp) < 0))
      item = other;
  }
  return item;
}

static const OutItem *
first_media (const GQueue * queue)
{
  const GList *link;

  for (link = queue->head; link; link = link->next)
    if (is_media (link->data))
      return link->data;
  return NULL;
}

gboolean
rtmp_out_queue_oldest (const RtmpOutQueue * self, guint32 * timestamp)
{
  /* Not the first one laid out: that may have passed the bulk message. */
  const OutItem *item = oldest_media (&self->laid, self->bulk);

  if (item == NULL)
    item = first_media (&self->ordered);
  if (item == NULL)
    return FALSE;
  *timestamp = item->message.timestamp;
  return TRUE;
}

guint32
rtmp_out_queue_chunk_size (const RtmpOutQueue * self)
{
  return self->chunk_size;
}

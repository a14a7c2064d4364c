/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file, in pieces as its first byte says, and inflated by a toy: each byte is
 * as many zeros. Or, after a 0, the payload of an answer. */
#include <string.h>

#include "rtmplimits.h"
#include "rtmpswf.h"

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

static gboolean
expand (const guint8 * in, gsize in_size, gsize * taken, guint8 * out,
    gsize out_size, gsize * given, gboolean * end, gpointer user_data,
    GError ** error)
{
  gsize *total = user_data;

  if (in_size == 0)
    return TRUE;
  memset (out, 0, MIN (in[0], out_size));
  *taken = 1;
  *given = MIN (in[0], out_size);
  *total += *given;
  *end = in[0] == 0xff;
  return TRUE;
}

static void
hash (const guint8 * data, gsize size, gsize step)
{
  gsize total = 0, i;
  RtmpSwfHasher *hasher = rtmp_swf_hasher_new (expand, &total);
  GError *error = NULL;
  RtmpSwf swf = { 0, };

  for (i = 0; i < size && error == NULL; i += step)
    rtmp_swf_hasher_feed (hasher, data + i, MIN (step, size - i), &error);
  if (error == NULL && rtmp_swf_hasher_finish (hasher, &swf, &error))
    g_assert_cmpuint (swf.size, >=, 8);
  g_assert_true ((error == NULL) == (swf.size > 0));
  g_assert_cmpuint (total, <=, RTMP_SWF_MAX_SIZE + (16 << 10));
  g_clear_error (&error);
  rtmp_swf_hasher_free (hasher);
}

static void
check (const guint8 * payload, gsize size)
{
  static const RtmpSwf swf = {.size = 10 };
  static const guint8 key[RTMP_SWF_KEY_SIZE];
  RtmpSwfAnswer answer;
  RtmpMessage message;
  GError *error = NULL;

  rtmp_message_init (&message, RTMP_MESSAGE_USER_CONTROL, 2, 0, 0,
      g_bytes_new_static (payload, size));
  rtmp_swf_can_answer (&message);
  if (rtmp_swf_parse_answer (&answer, &message, &error))
    rtmp_swf_check_answer (&swf, key, &answer, NULL);
  else
    g_assert_nonnull (error);
  g_clear_error (&error);
  rtmp_message_clear (&message);
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  if (size == 0)
    return 0;
  if (data[0] == 0)
    check (data + 1, size - 1);
  else
    hash (data + 1, size - 1, data[0]);
  return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The first byte says how long the lengths of NAL units are, or that it is a
 * temporal unit. What stands behind a picture of Dolby Vision changes
 * nothing. */
#include "flvdolby.h"

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

static gboolean
has_dolby (guint how, const guint8 * data, gsize size)
{
  return how == 0 ? flv_av1_has_dolby (data, size)
      : flv_hevc_has_dolby (data, size, how);
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  guint how;

  if (size == 0)
    return 0;
  how = data[0] % 5;
  data++;
  size--;
  for (gsize i = 0; i < size; i++) {
    g_autofree guint8 *part = g_memdup2 (data, i);

    /* A last OBU may reach to the end, wherever that is. */
    if (how != 0 && has_dolby (how, part, i))
      g_assert_true (has_dolby (how, data, size));
  }
  has_dolby (how, data, size);
  return 0;
}

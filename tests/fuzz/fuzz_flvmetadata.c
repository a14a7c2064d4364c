/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was read of script data, metadata, index and colours is written, and
 * read again the same. */
#include "flvcolor.h"
#include "flvindex.h"
#include "flvmetadata.h"
#include "flvscript.h"

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

static const RtmpLimits limits = {.amf_depth = 8,.amf_values = 1024,
  .amf_bytes = 4096
};

static gboolean
has_cycle (const RtmpValue * value)
{
  for (guint i = 0; i < rtmp_value_n_members (value); i++)
    if (has_cycle (rtmp_value_member (value, i, NULL)))
      return TRUE;
  return rtmp_value_type (value) == RTMP_VALUE_REFERENCE;
}

static GBytes *
write_script (const FlvScript * script)
{
  return flv_script_write (script->name, (RtmpValue **) script->values->pdata,
      script->values->len);
}

static void
write_script_twice (const FlvScript * script)
{
  g_autoptr (GBytes) once = write_script (script);
  g_autoptr (GBytes) twice = NULL;
  g_auto (FlvScript) again = { 0 };

  /* It is skipped, and may be the name only behind another. */
  if (g_str_equal (script->name, "@setDataFrame"))
    return;
  g_assert_true (flv_script_parse (&again, once, NULL, NULL));
  twice = write_script (&again);
  g_assert_true (g_bytes_equal (once, twice));
}

static void
run_metadata (const RtmpValue * object)
{
  g_autoptr (FlvMetadata) metadata = flv_metadata_parse (object);
  g_autoptr (RtmpValue) once = flv_metadata_write (metadata);
  g_autoptr (FlvMetadata) again = flv_metadata_parse (once);
  g_autoptr (RtmpValue) twice = flv_metadata_write (again);

  g_assert_cmpuint (metadata->tracks->len, <=, 2 * 256);
  g_assert_true (rtmp_value_equal (once, twice));
}

static void
run_index (const RtmpValue * object)
{
  g_autoptr (GArray) index = flv_index_parse (object);
  g_autoptr (GArray) again = NULL;
  g_autoptr (RtmpValue) written = rtmp_value_new_object ();

  if (index == NULL)
    return;
  for (guint i = 0; i < index->len; i++) {
    const FlvIndexEntry *entry = &g_array_index (index, FlvIndexEntry, i);
    const FlvIndexEntry *found = flv_index_find (index, entry->time);

    g_assert_cmpuint (found->time, ==, entry->time);
    g_assert_cmpuint (found->position, >=, entry->position);
  }
  rtmp_value_set (written, "keyframes", flv_index_write (index));
  again = flv_index_parse (written);
  g_assert_cmpmem (index->data, index->len * sizeof (FlvIndexEntry),
      again->data, again->len * sizeof (FlvIndexEntry));
}

static void
run_color (const guint8 * data, gsize size)
{
  FlvColorInfo info = { 0 }, again = { 0 };
  g_autoptr (GBytes) body = NULL;

  flv_color_info_parse (&info, data, size, &limits, NULL);
  body = flv_color_info_write (&info);
  data = g_bytes_get_data (body, &size);
  g_assert_true (flv_color_info_parse (&again, data, size, &limits, NULL));
  g_assert_cmpmem (&info, sizeof (info), &again, sizeof (again));
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  g_autoptr (GBytes) body = g_bytes_new_static (data, size);
  g_auto (FlvScript) script = { 0 };
  gboolean cycles = FALSE;

  run_color (data, size);
  if (!flv_script_parse (&script, body, &limits, NULL))
    return 0;
  for (guint i = 0; i < script.values->len; i++)
    cycles |= has_cycle (g_ptr_array_index (script.values, i));
  if (!cycles)
    write_script_twice (&script);
  run_metadata (flv_script_object (&script));
  run_index (flv_script_object (&script));
  return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A line with a delay, a rate and an end between a client and a server on this
 * machine: prints the port to connect to, then serves until it is killed. */
#include "delayproxy.h"

#include <stdlib.h>

static gint opt_target = 0;
static gint opt_delay = 0;
static gint64 opt_rate = 0;
static gint64 opt_cut = 0;

static const GOptionEntry entries[] = {
  {"to", 0, 0, G_OPTION_ARG_INT, &opt_target, "Port of the server", "PORT"},
  {"delay", 0, 0, G_OPTION_ARG_INT, &opt_delay,
      "Milliseconds, in each direction", "N"},
  {"rate", 0, 0, G_OPTION_ARG_INT64, &opt_rate,
      "Bytes a second, in each direction (0 = no limit)", "N"},
  {"cut", 0, 0, G_OPTION_ARG_INT64, &opt_cut,
      "Bytes after which a connection is closed (0 = never)", "N"},
  {NULL}
};

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  DelayProxyLink link;
  DelayProxy *proxy;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("%s\n", error->message);
    return EXIT_FAILURE;
  }
  link.target = (guint16) opt_target;
  link.delay = opt_delay * G_TIME_SPAN_MILLISECOND;
  link.rate = (guint64) opt_rate;
  link.cut = (guint64) opt_cut;
  proxy = delay_proxy_new (&link, NULL, NULL, &error);
  if (proxy == NULL) {
    g_printerr ("%s\n", error->message);
    return EXIT_FAILURE;
  }
  g_print ("%u\n", delay_proxy_port (proxy));
  g_main_loop_run (loop);
  return EXIT_SUCCESS;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every status that servers are known to send, at the level they send it at,
 * and what a player and a publisher make of it. */
#include "rtmpclientsession.h"
#include "rtmptestclient.h"

#define STREAM RTMP_TEST_CLIENT_STREAM

/* Beside errors: the session goes on, begins to run, or ends well. */
enum
{ ON = 0, RUNS = -1, ENDS = -2 };

#define REFUSED RTMP_ERROR_REFUSED
#define NOT_FOUND RTMP_ERROR_NOT_FOUND
#define AUTH RTMP_ERROR_AUTH_FAILED
#define CLOSED RTMP_ERROR_PEER_CLOSED

typedef struct
{
  const gchar *level;
  const gchar *code;
  gint starting[2];             /* before the start: of a player, a publisher */
  gint running[2];              /* behind it */
} Code;

#define FOR_BOTH(what) {what, what}, {what, what}
#define FOR_PLAYER_RUNNING(what) {ON, ON}, {what, ON}

static const Code codes[] = {
  {"status", "NetConnection.Connect.Success", FOR_BOTH (ON)},
  {"error", "NetConnection.Connect.Failed", FOR_BOTH (REFUSED)},
  {"error", "NetConnection.Connect.Rejected", FOR_BOTH (REFUSED)},
  {"error", "NetConnection.Connect.InvalidApp", FOR_BOTH (NOT_FOUND)},
  {"error", "NetConnection.Connect.AppShutdown", FOR_BOTH (CLOSED)},
  {"status", "NetConnection.Connect.Closed", FOR_BOTH (CLOSED)},
  {"status", "NetConnection.Connect.IdleTimeout", FOR_BOTH (CLOSED)},
  {"status", "NetConnection.Connect.NetworkChange", FOR_BOTH (ON)},
  {"status", "NetConnection.Connect.ReconnectRequest", FOR_BOTH (ON)},
  {"error", "NetConnection.Call.BadVersion", FOR_BOTH (REFUSED)},
  {"error", "NetConnection.Call.Failed", FOR_BOTH (REFUSED)},
  {"error", "NetConnection.Call.Prohibited", FOR_BOTH (REFUSED)},
  {"error", "NetConnection.Proxy.NotResponding", FOR_BOTH (REFUSED)},
  {"error", "NetStream.Failed", FOR_BOTH (REFUSED)},
  {"status", "NetStream.Data.Start", FOR_BOTH (ON)},
  {"status", "NetStream.Video.DimensionChange", FOR_BOTH (ON)},
  {"status", "NetStream.Step.Notify", FOR_BOTH (ON)},
  {"status", "NetStream.Buffer.Empty", FOR_BOTH (ON)},
  {"status", "NetStream.Buffer.Full", FOR_BOTH (ON)},
  {"status", "NetStream.Buffer.Flush", FOR_BOTH (ON)},
  /* Publishing */
  {"status", "NetStream.Publish.Start", {ON, RUNS}, {ON, ON}},
  {"status", "NetStream.Publish.Idle", FOR_BOTH (ON)},
  {"error", "NetStream.Publish.BadName", FOR_BOTH (RTMP_ERROR_IN_USE)},
  {"error", "NetStream.Publish.Denied", FOR_BOTH (AUTH)},
  {"error", "NetStream.Publish.Unauthorized", FOR_BOTH (AUTH)},
  {"status", "NetStream.Unpublish.Success", FOR_BOTH (ON)},
  {"status", "NetStream.Record.Start", FOR_BOTH (ON)},
  {"status", "NetStream.Record.Stop", FOR_BOTH (ON)},
  {"error", "NetStream.Record.NoAccess", FOR_BOTH (REFUSED)},
  {"error", "NetStream.Record.AlreadyExists", FOR_BOTH (REFUSED)},
  {"error", "NetStream.Record.Failed", FOR_BOTH (REFUSED)},
  /* Playing */
  {"status", "NetStream.Play.Reset", FOR_BOTH (ON)},
  {"status", "NetStream.Play.Start", {RUNS, ON}, {ON, ON}},
  {"status", "NetStream.Play.PublishNotify", {RUNS, ON}, {ON, ON}},
  {"status", "NetStream.Play.Stop", FOR_PLAYER_RUNNING (ENDS)},
  {"status", "NetStream.Play.Complete", FOR_PLAYER_RUNNING (ENDS)},
  {"status", "NetStream.Play.UnpublishNotify", FOR_PLAYER_RUNNING (ENDS)},
  {"error", "NetStream.Play.Failed", FOR_BOTH (REFUSED)},
  {"error", "NetStream.Play.StreamNotFound", FOR_BOTH (NOT_FOUND)},
  {"error", "NetStream.Play.FileStructureInvalid", FOR_BOTH (REFUSED)},
  {"error", "NetStream.Play.NoSupportedTrackFound", FOR_BOTH (REFUSED)},
  {"warning", "NetStream.Play.InsufficientBW", FOR_BOTH (ON)},
  {"status", "NetStream.Play.Switch", FOR_BOTH (ON)},
  {"status", "NetStream.Play.Transition", FOR_BOTH (ON)},
  {"status", "NetStream.Play.TransitionComplete", FOR_BOTH (ON)},
  {"status", "NetStream.Pause.Notify", FOR_BOTH (ON)},
  {"status", "NetStream.Unpause.Notify", FOR_BOTH (ON)},
  {"error", "NetStream.Pause.Failed", FOR_BOTH (ON)},
  {"error", "NetStream.Unpause.Failed", FOR_BOTH (ON)},
  {"status", "NetStream.Seek.Notify", FOR_BOTH (ON)},
  {"error", "NetStream.Seek.Failed", FOR_BOTH (ON)},
  {"error", "NetStream.Seek.InvalidTime", FOR_BOTH (ON)},
};

static void
check (const Code * code, RtmpClientSessionState state, gboolean publish,
    gint what)
{
  RtmpClientSessionState next = what == RUNS ? RTMP_CLIENT_SESSION_RUNNING
      : what == ENDS ? RTMP_CLIENT_SESSION_ENDED : state;
  RtmpTestClient client;

  rtmp_test_client_init (&client, publish);
  rtmp_test_client_reach (&client, state);
  rtmp_scripted_peer_send_status (client.peer, STREAM, code->level, code->code,
      "what it says");
  rtmp_test_client_exchange (&client);
  if (what > 0)
    g_assert_error (client.error, RTMP_ERROR, what);
  else
    g_assert_no_error (client.error);
  g_assert_cmpint (rtmp_client_session_state (client.session), ==, next);
  rtmp_test_client_clear (&client);
}

static void
test_code (gconstpointer data)
{
  const Code *code = data;
  guint i;

  for (i = 0; i < 2; i++) {
    check (code, RTMP_CLIENT_SESSION_AWAIT_START, i, code->starting[i]);
    check (code, RTMP_CLIENT_SESSION_RUNNING, i, code->running[i]);
  }
}

int
main (int argc, char **argv)
{
  guint i;

  g_test_init (&argc, &argv, NULL);
  for (i = 0; i < G_N_ELEMENTS (codes); i++) {
    g_autofree gchar *path = g_strconcat ("/clientcodes/", codes[i].code, NULL);

    g_test_add_data_func (path, &codes[i], test_code);
  }
  return g_test_run ();
}

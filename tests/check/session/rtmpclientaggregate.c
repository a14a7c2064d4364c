/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a client session does with aggregates: what it does with the messages in
 * them. */
#include "rtmpclientsession.h"

#include "rtmperror.h"
#include "rtmptesthex.h"

/* What a session said, a word each. */
typedef struct
{
  GString *said;
} Owner;

static void
on_send (RtmpMessage * message, gpointer user_data)
{
  Owner *owner = user_data;

  if (message->type == RTMP_MESSAGE_USER_CONTROL)
    g_string_append (owner->said, "sent-control ");
  rtmp_message_clear (message);
}

static void
on_state_changed (RtmpClientSessionState state, gpointer user_data)
{
  Owner *owner = user_data;

  g_string_append_printf (owner->said, "%s ",
      rtmp_client_session_state_to_string (state));
}

static void
on_status (const RtmpStatus * status, gpointer user_data)
{
}

static gboolean
on_media (RtmpMessage * message, gpointer user_data, GError ** error)
{
  Owner *owner = user_data;

  g_string_append_printf (owner->said, "%s@%u ",
      rtmp_message_type_to_string (message->type), message->timestamp);
  return TRUE;
}

static const RtmpClientSessionEvents events = {
  .send = on_send,
  .state_changed = on_state_changed,
  .status = on_status,
  .media = on_media,
};

static gboolean
receive (RtmpClientSession * session, RtmpMessageType type, GBytes * payload,
    GError ** error)
{
  RtmpMessage message;
  gboolean ok;

  rtmp_message_init (&message, type, 5, 1, 1000, payload);
  ok = rtmp_client_session_message (session, 0, &message, error);
  rtmp_message_clear (&message);
  return ok;
}

static GBytes *
write_status (const gchar * code)
{
  RtmpValue *info = rtmp_value_new_object ();

  rtmp_value_set_string (info, "level", "status");
  rtmp_value_set_string (info, "code", code);
  return rtmp_command_write ("onStatus", 0, rtmp_value_new_null (), info, NULL);
}

/* A session that plays. */
static RtmpClientSession *
play (Owner * owner)
{
  static const guint8 key[RTMP_SWF_KEY_SIZE];
  RtmpClientConfig config;
  RtmpClientSession *session;
  guint i;

  rtmp_client_config_init (&config);
  config.stream = g_strdup ("stream");
  owner->said = g_string_new (NULL);
  session = rtmp_client_session_new (&config, NULL, &events, owner);
  rtmp_client_config_clear (&config);
  rtmp_client_session_start (session, 0, key);
  /* Of connect and createStream. */
  for (i = 1; i <= 2; i++)
    g_assert_true (receive (session, RTMP_MESSAGE_COMMAND_AMF0,
            rtmp_command_write ("_result", i, rtmp_value_new_null (),
                rtmp_value_new_number (1), NULL), NULL));
  g_assert_true (receive (session, RTMP_MESSAGE_COMMAND_AMF0,
          write_status ("NetStream.Play.Start"), NULL));
  g_assert_cmpint (rtmp_client_session_state (session), ==,
      RTMP_CLIENT_SESSION_RUNNING);
  g_string_truncate (owner->said, 0);
  return session;
}

#define AUDIO "08 000002 000064 00 000000  AF01  0000000D"
#define VIDEO "09 000003 000078 00 000000  170100  0000000E"
#define PING  "04 000006 000078 00 000000  000601020304  00000011"
/* A user control message that is cut off. */
#define BAD   "04 000001 000078 00 000000  00  0000000C"
#define STREAM_EOF "04 000006 000078 00 000000  000100000001  00000011"

typedef struct
{
  const gchar *name;
  const gchar *hex;
  const gchar *said;
  gint error;
} Case;

static const Case cases[] = {
  {"E-059-media", AUDIO VIDEO, "audio@1000 video@1020 ", 0},
  {"E-059-control", AUDIO PING VIDEO, "audio@1000 sent-control video@1020 ", 0},
  {"E-059-end", AUDIO STREAM_EOF VIDEO, "audio@1000 ended ", 0},
  {"E-059-error-stops", AUDIO BAD VIDEO, "audio@1000 ",
      RTMP_ERROR_BAD_MESSAGE},
  {"E-062-nested", "16 000011 000064 00 000000" AUDIO "0000001C" VIDEO,
      "video@1020 ", 0},
};

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  Owner owner;
  g_autoptr (RtmpClientSession) session = play (&owner);
  GError *error = NULL;

  g_assert_cmpint (receive (session, RTMP_MESSAGE_AGGREGATE,
          rtmp_test_unhex (c->hex), &error), ==, c->error == 0);
  g_assert_cmpint (error ? error->code : 0, ==, c->error);
  g_assert_cmpstr (owner.said->str, ==, c->said);
  g_clear_error (&error);
  g_string_free (owner.said, TRUE);
}

int
main (int argc, char **argv)
{
  guint i;

  g_test_init (&argc, &argv, NULL);
  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    gchar *path = g_strconcat ("/clientsession/aggregate/", cases[i].name,
        NULL);

    g_test_add_data_func (path, &cases[i], test_case);
    g_free (path);
  }
  return g_test_run ();
}

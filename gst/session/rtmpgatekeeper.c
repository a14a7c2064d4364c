/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpgatekeeper.h"

#include <string.h>

#include "rtmpauth.h"

typedef struct
{
  gchar *opaque;
  gchar *salt;
  gint64 deadline;
} Challenge;

struct _RtmpGatekeeper
{
  GHashTable *users;
  GQueue challenges;            /* of Challenge, the oldest first */
};

static void
challenge_free (gpointer data)
{
  Challenge *self = data;

  g_free (self->opaque);
  g_free (self->salt);
  g_free (self);
}

RtmpGatekeeper *
rtmp_gatekeeper_new (GHashTable * users)
{
  RtmpGatekeeper *self = g_new0 (RtmpGatekeeper, 1);

  self->users = g_hash_table_ref (users);
  g_queue_init (&self->challenges);
  return self;
}

void
rtmp_gatekeeper_free (RtmpGatekeeper * self)
{
  g_queue_clear_full (&self->challenges, challenge_free);
  g_hash_table_unref (self->users);
  g_free (self);
}

/* Values are not escaped: base64 has '=' in it. (transfer full) (nullable) */
static gchar *
get_value (const gchar * query, const gchar * name)
{
  gsize length = strlen (name);
  const gchar *p = query;

  while (p) {
    if (strncmp (p, name, length) == 0 && p[length] == '=')
      return g_strndup (p + length + 1, strcspn (p + length + 1, "&"));
    p = strchr (p, '&');
    p = p ? p + 1 : NULL;
  }
  return NULL;
}

/* The challenge that @opaque names, which counts once. (nullable) */
static Challenge *
take_challenge (RtmpGatekeeper * self, gint64 now, const gchar * opaque)
{
  GList *l;

  while ((l = self->challenges.head) && ((Challenge *) l->data)->deadline < now)
    challenge_free (g_queue_pop_head (&self->challenges));
  for (l = self->challenges.head; l; l = l->next) {
    Challenge *challenge = l->data;

    if (g_str_equal (challenge->opaque, opaque)) {
      g_queue_delete_link (&self->challenges, l);
      return challenge;
    }
  }
  return NULL;
}

static gchar *
challenge_user (RtmpGatekeeper * self, gint64 now, const gchar * user,
    const guint32 random[2])
{
  Challenge *challenge = g_new0 (Challenge, 1);

  if (self->challenges.length >= RTMP_GATEKEEPER_CHALLENGES)
    challenge_free (g_queue_pop_head (&self->challenges));
  challenge->opaque = g_base64_encode ((const guchar *) random,
      2 * sizeof (*random));
  challenge->salt = g_base64_encode ((const guchar *) &random[1],
      sizeof (*random));
  challenge->deadline = now + RTMP_GATEKEEPER_PATIENCE;
  g_queue_push_tail (&self->challenges, challenge);
  return g_strdup_printf ("[ AccessManager.Reject ] : [ authmod=adobe ] : "
      "?reason=needauth&user=%s&salt=%s&challenge=%s&opaque=%s", user,
      challenge->salt, challenge->opaque, challenge->opaque);
}

/* Compares all of it, so that the time it takes tells nothing. */
static gboolean
is_same (const gchar * a, const gchar * b)
{
  gsize i, size = strlen (a);
  guint differs = 0;

  if (strlen (b) != size)
    return FALSE;
  for (i = 0; i < size; i++)
    differs |= (guchar) a[i] ^ (guchar) b[i];
  return differs == 0;
}

/* A user who is not known is as wrong as a password. */
static gboolean
check_response (RtmpGatekeeper * self, gint64 now, const gchar * query,
    const gchar * user, const gchar * response)
{
  const gchar *password = g_hash_table_lookup (self->users, user);
  g_autofree gchar *opaque = get_value (query, "opaque");
  g_autofree gchar *theirs = get_value (query, "challenge");
  g_autofree gchar *expected = NULL;
  Challenge *challenge = opaque ? take_challenge (self, now, opaque) : NULL;

  if (challenge == NULL)
    return FALSE;
  expected = rtmp_auth_adobe_response (user, password ? password : "",
      challenge->salt, challenge->opaque, theirs ? theirs : "");
  challenge_free (challenge);
  return is_same (expected, response) && password != NULL;
}

RtmpGatekeeperVerdict
rtmp_gatekeeper_check (RtmpGatekeeper * self, gint64 now, const gchar * query,
    const guint32 random[2], gchar ** user, gchar ** description)
{
  g_autofree gchar *authmod = get_value (query, "authmod");
  g_autofree gchar *name = get_value (query, "user");
  g_autofree gchar *response = get_value (query, "response");

  if (g_strcmp0 (authmod, "adobe") != 0 || name == NULL) {
    *description = g_strdup ("[ AccessManager.Reject ] : "
        "[ code=403 need auth; authmod=adobe ] : ");
    return RTMP_GATEKEEPER_ASKED;
  }
  if (response == NULL) {
    *description = challenge_user (self, now, name, random);
    return RTMP_GATEKEEPER_ASKED;
  }
  if (!check_response (self, now, query, name, response)) {
    *description = g_strdup ("[ AccessManager.Reject ] : [ authmod=adobe ] : "
        "?reason=authfailed");
    return RTMP_GATEKEEPER_REFUSED;
  }
  *user = g_steal_pointer (&name);
  return RTMP_GATEKEEPER_ADMITTED;
}

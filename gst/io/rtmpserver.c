/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpserver.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "rtmparrival.h"
#include "rtmpcaller.h"
#include "rtmpcarrier.h"
#include "rtmplisten.h"
#include "rtmplog.h"
#include "rtmpratelimit.h"
#include "rtmpserveroptions.h"

/* Connections taken at once before others get their turn. */
#define ACCEPTS 16
/* Milliseconds to wait when the process has no more files. */
#define ACCEPT_PAUSE 100

/* Lock order: servers_lock, then a server's own; mounts have theirs behind
 * that. Nothing is called out to with one of them held. */
struct _RtmpServer
{
  /* Constant. */
  RtmpServerOptions options;
  gchar *host;
  gint port;                    /* that it has; written once, before it runs */
  GSocket *socket;
  RtmpLoop *loops[RTMP_LOOP_MAX];
  RtmpTunnels *tunnels[RTMP_LOOP_MAX];  /* of each; its thread only */
  guint n_loops;

  guint users;                  /* under servers_lock; 0: it goes */

  /* The first loop's thread only. */
  GSource *accept_source;
  GSource *pause_source;
  RtmpRateLimit *rate;          /* NULL: none */

  /* Under lock. */
  GMutex lock;
  GPtrArray *mounts;            /* of RtmpMount, not owned */
  GHashTable *callers;          /* id -> Entry */
};

/* A connection: first it arrives, then it is a caller's, or carries sessions of
 * RTMPT; or such a session, which is a caller's too. As other threads know it,
 * the caller is alive as long as the entry is, if they are in its loop. */
typedef struct
{
  RtmpServer *server;
  guint64 id;
  RtmpLoop *loop;
  RtmpCaller *caller;           /* NULL until it has begun */

  /* The loop's thread only. */
  GSocket *socket;
  gchar *peer;
  guint64 origin;
  gint64 deadline;              /* of the handshake */
  RtmpArrival *arrival;         /* NULL when it is over */
  RtmpScheme scheme;            /* known then */
  RtmpTransport *transport;     /* on its way to another loop */
  RtmpCarrier *carrier;         /* NULL: it is none */
} Entry;

static GMutex servers_lock;
static GCond servers_cond;      /* one of them has given up its port */
static GList *servers;          /* of RtmpServer, under servers_lock */

/* Callers */

static void
entry_free (gpointer data)
{
  Entry *self = data;

  g_clear_pointer (&self->arrival, rtmp_arrival_free);
  g_clear_pointer (&self->carrier, rtmp_carrier_free);
  g_clear_pointer (&self->transport, rtmp_transport_free);
  g_clear_object (&self->socket);
  g_free (self->peer);
  g_free (self);
}

static Entry *
get_entry (RtmpServer * self, guint64 id)
{
  Entry *entry;

  g_mutex_lock (&self->lock);
  entry = g_hash_table_lookup (self->callers, &id);
  g_mutex_unlock (&self->lock);
  return entry;
}

void
rtmp_server_forget (RtmpServer * self, guint64 id)
{
  gpointer entry = NULL;

  g_mutex_lock (&self->lock);
  g_hash_table_steal_extended (self->callers, &id, NULL, &entry);
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&entry, entry_free);
}

guint
rtmp_server_n_callers (RtmpServer * self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = g_hash_table_size (self->callers);
  g_mutex_unlock (&self->lock);
  return n;
}

/* The loop with the fewest callers. */
static RtmpLoop *
choose_loop_locked (RtmpServer * self)
{
  guint counts[RTMP_LOOP_MAX] = { 0 }, i, best = 0;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->callers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    for (i = 0; i < self->n_loops; i++)
      counts[i] += ((Entry *) value)->loop == self->loops[i];
  for (i = 1; i < self->n_loops; i++)
    if (counts[i] < counts[best])
      best = i;
  return self->loops[best];
}

/* Not atomic: 32 bits would come round. */
static guint64
next_id (void)
{
  static GMutex lock;
  static guint64 last;
  guint64 id;

  g_mutex_lock (&lock);
  id = ++last;
  g_mutex_unlock (&lock);
  return id;
}

/* In that loop, %NULL: the best one. %NULL: there are too many. */
static Entry *
add_entry (RtmpServer * self, RtmpLoop * loop, guint64 origin)
{
  gint64 timeout = self->options.handshake_timeout;
  guint64 id = next_id ();
  Entry *entry = NULL;

  g_mutex_lock (&self->lock);
  if (g_hash_table_size (self->callers) < self->options.max_callers) {
    entry = g_new0 (Entry, 1);
    entry->server = self;
    entry->id = id;
    entry->loop = loop ? loop : choose_loop_locked (self);
    entry->origin = origin;
    entry->deadline = timeout > 0 ? g_get_monotonic_time () + timeout
        : G_MAXINT64;
    g_hash_table_insert (self->callers, &entry->id, entry);
  }
  g_mutex_unlock (&self->lock);
  return entry;
}

static void
begin_caller (Entry * entry, RtmpTransport * transport)
{
  RtmpServer *self = entry->server;
  RtmpCaller *caller = rtmp_caller_new (self, entry->id, entry->loop, transport,
      g_steal_pointer (&entry->peer), entry->deadline);

  g_mutex_lock (&self->lock);
  entry->caller = caller;
  g_mutex_unlock (&self->lock);
}

/* RTMPT */

/* All connections of an address come to one loop, so that their sessions need
 * no lock. */
static guint
loop_of_origin (const RtmpServer * self, guint64 origin)
{
  return (guint) g_int64_hash (&origin) % self->n_loops;
}

static gboolean
has_scheme (const RtmpServer * self, RtmpScheme scheme)
{
  return self->options.schemes >> scheme & 1;
}

/* Its caller may call from another connection the next time. */
static RtmpTunnel *
on_open (gpointer user_data)
{
  Entry *carrier = user_data, *entry;
  RtmpServer *self = carrier->server;
  RtmpTunnels *tunnels = self->tunnels[loop_of_origin (self, carrier->origin)];
  gboolean in_tls = carrier->scheme == RTMP_SCHEME_RTMPTS;
  RtmpTunnel *tunnel;

  entry = rtmp_tunnels_may_open (tunnels, carrier->origin)
      ? add_entry (self, carrier->loop, carrier->origin) : NULL;
  if (entry == NULL)
    return NULL;
  tunnel = rtmp_tunnels_open (tunnels, carrier->origin, entry->id,
      in_tls || has_scheme (self, RTMP_SCHEME_RTMPT),
      in_tls || has_scheme (self, RTMP_SCHEME_RTMPTE));
  if (tunnel == NULL) {
    rtmp_server_forget (self, entry->id);
    return NULL;
  }
  entry->peer = g_strdup (carrier->peer);
  begin_caller (entry, rtmp_tunnel_transport (tunnel));
  return tunnel;
}

static gboolean
on_publishes (guint64 id, gpointer user_data)
{
  const Entry *entry = get_entry (((Entry *) user_data)->server, id);

  return entry && entry->caller && rtmp_caller_is_publisher (entry->caller);
}

static void
on_carried (const GError * error, gpointer user_data)
{
  Entry *entry = user_data;

  RTMP_INFO ("%s: gone: %s", entry->peer, error ? error->message : "done");
  rtmp_server_forget (entry->server, entry->id);
}

static const RtmpCarrierEvents carrier_events = {
  .open = on_open,
  .publishes = on_publishes,
  .closed = on_carried,
};

typedef struct
{
  RtmpServer *server;
  guint64 id;
} Arrival;

static gboolean
begin_carrier (gpointer user_data)
{
  const Arrival *arrival = user_data;
  RtmpServer *self = arrival->server;
  Entry *entry = get_entry (self, arrival->id);

  if (entry)
    entry->carrier =
        rtmp_carrier_new (g_steal_pointer (&entry->transport),
        self->tunnels[loop_of_origin (self, entry->origin)], entry->origin,
        entry->deadline, self->options.session.idle_timeout, &carrier_events,
        entry);
  return G_SOURCE_REMOVE;
}

static void
move_to_carry (Entry * entry, RtmpTransport * transport)
{
  RtmpServer *self = entry->server;
  RtmpLoop *loop = self->loops[loop_of_origin (self, entry->origin)];
  Arrival *arrival = g_new (Arrival, 1);

  *arrival = (Arrival) {
  self, entry->id};
  entry->transport = transport;
  g_mutex_lock (&self->lock);
  entry->loop = loop;
  g_mutex_unlock (&self->lock);
  g_main_context_invoke_full (rtmp_loop_context (loop), G_PRIORITY_DEFAULT,
      begin_carrier, arrival, g_free);
}

/* Accepting */

static void
on_arrived (RtmpTransport * transport, RtmpScheme scheme,
    const GError * error, gpointer user_data)
{
  Entry *entry = user_data;

  g_clear_pointer (&entry->arrival, rtmp_arrival_free);
  if (transport == NULL) {
    RTMP_INFO ("%s: gone: %s", entry->peer, error->message);
    rtmp_server_forget (entry->server, entry->id);
    return;
  }
  RTMP_DEBUG ("%s: %s", entry->peer, rtmp_scheme_to_string (scheme));
  entry->scheme = scheme;
  if (scheme == RTMP_SCHEME_RTMPT || scheme == RTMP_SCHEME_RTMPTS)
    move_to_carry (entry, transport);
  else
    begin_caller (entry, transport);
}

static gboolean
begin_arrival (gpointer user_data)
{
  Entry *entry = user_data;

  entry->arrival = rtmp_arrival_new (entry->socket, entry->deadline,
      &entry->server->options, on_arrived, entry);
  g_clear_object (&entry->socket);
  return G_SOURCE_REMOVE;
}

static gchar *
peer_of (GSocket * socket)
{
  g_autoptr (GSocketAddress) address =
      g_socket_get_remote_address (socket, NULL);

  return address ? g_socket_connectable_to_string (G_SOCKET_CONNECTABLE
      (address)) : g_strdup ("gone");
}

/* An IPv4 address, or the network of an IPv6 one, where one host has as many as
 * it likes. */
static guint64
origin_of (GSocket * socket)
{
  g_autoptr (GSocketAddress) address =
      g_socket_get_remote_address (socket, NULL);
  guint64 origin = G_MAXUINT64;
  GInetAddress *inet;

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return 0;
  inet = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  memcpy (&origin, g_inet_address_to_bytes (inet),
      MIN (g_inet_address_get_native_size (inet), sizeof (origin)));
  return origin;
}

/* Told to whoever might have had it; nothing is known but where it is from. */
static void
turn_away (RtmpServer * self, GSocket * socket, const gchar * reason)
{
  static const RtmpCapabilities nothing;
  g_autofree gchar *peer = peer_of (socket);
  const RtmpCallerInfo info = {
    .peer = peer,.app = "",.stream = "",.query = "",.tc_url = "",
    .flash_version = "",.user = "",.capabilities = &nothing,
  };

  RTMP_WARNING ("%s: closing a new connection: %s", peer, reason);
  rtmp_server_reject (self, &info, reason);
}

/* Once in each burst of an address: who hurries does not fill the log. */
static gboolean
is_too_fast (RtmpServer * self, GSocket * socket)
{
  RtmpRate rate = self->rate ? rtmp_rate_limit_note (self->rate,
      g_get_monotonic_time (), origin_of (socket)) : RTMP_RATE_OK;

  if (rate == RTMP_RATE_EXCEEDED_FIRST)
    turn_away (self, socket, "There are too many from this address at once; "
        "further ones are closed without a word, until it is quiet.");
  return rate != RTMP_RATE_OK;
}

/* Else who vanishes while we do not read it, and so do not ping it, would not
 * be missed: after half the time the kernel asks, four times. */
static void
keep_alive (GSocket * socket, gint64 timeout)
{
#ifdef __linux__
  gint seconds = (gint) MIN (timeout / G_USEC_PER_SEC, G_MAXINT16);

  if (seconds > 0) {
    g_socket_set_option (socket, IPPROTO_TCP, TCP_KEEPIDLE,
        MAX (seconds / 2, 1), NULL);
    g_socket_set_option (socket, IPPROTO_TCP, TCP_KEEPINTVL,
        MAX (seconds / 8, 1), NULL);
    g_socket_set_option (socket, IPPROTO_TCP, TCP_KEEPCNT, 4, NULL);
  }
#endif
  g_socket_set_keepalive (socket, TRUE);
}

/* In a loop of its own, from now on. */
static void
welcome (RtmpServer * self, GSocket * socket)
{
  Entry *entry = add_entry (self, NULL, origin_of (socket));

  if (entry == NULL) {
    turn_away (self, socket, "There are too many.");
    return;
  }
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  keep_alive (socket, self->options.session.idle_timeout);
  entry->socket = g_object_ref (socket);
  entry->peer = peer_of (socket);
  RTMP_INFO ("%s: connected", entry->peer);
  g_main_context_invoke (rtmp_loop_context (entry->loop), begin_arrival, entry);
}

static gboolean on_acceptable (GSocket * socket, GIOCondition condition,
    gpointer user_data);

static void
start_accepting (RtmpServer * self)
{
  self->accept_source = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_callback (self->accept_source, G_SOURCE_FUNC (on_acceptable),
      self, NULL);
  g_source_attach (self->accept_source, rtmp_loop_context (self->loops[0]));
}

static void
clear_source (GSource ** source)
{
  if (*source)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static gboolean
on_pause_over (gpointer user_data)
{
  RtmpServer *self = user_data;

  clear_source (&self->pause_source);
  start_accepting (self);
  return G_SOURCE_REMOVE;
}

/* The connection still waits, so that trying at once would only spin. */
static void
pause_accepting (RtmpServer * self)
{
  clear_source (&self->accept_source);
  self->pause_source = g_timeout_source_new (ACCEPT_PAUSE);
  g_source_set_callback (self->pause_source, on_pause_over, self, NULL);
  g_source_attach (self->pause_source, rtmp_loop_context (self->loops[0]));
}

static gboolean
on_acceptable (GSocket * socket, GIOCondition condition, gpointer user_data)
{
  RtmpServer *self = user_data;
  guint i;

  for (i = 0; i < ACCEPTS; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GSocket) client = g_socket_accept (socket, NULL, &error);

    if (client) {
      if (!is_too_fast (self, client))
        welcome (self, client);
      continue;
    }
    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
      break;
    RTMP_WARNING ("cannot accept a connection: %s", error->message);
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED)) {
      pause_accepting (self);
      return G_SOURCE_REMOVE;
    }
  }
  return G_SOURCE_CONTINUE;
}

/* Mounts */

const RtmpServerOptions *
rtmp_server_options (const RtmpServer * self)
{
  return &self->options;
}

void
rtmp_server_add_mount (RtmpServer * self, RtmpMount * mount)
{
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->mounts, mount);
  g_mutex_unlock (&self->lock);
}

void
rtmp_server_remove_mount (RtmpServer * self, RtmpMount * mount)
{
  g_mutex_lock (&self->lock);
  g_ptr_array_remove (self->mounts, mount);
  g_mutex_unlock (&self->lock);
}

gboolean
rtmp_server_has_app (RtmpServer * self, const gchar * app)
{
  gboolean found = FALSE;
  guint i;

  g_mutex_lock (&self->lock);
  for (i = 0; i < self->mounts->len && !found; i++)
    found = rtmp_mount_has_app (g_ptr_array_index (self->mounts, i), app);
  g_mutex_unlock (&self->lock);
  return found;
}

/* Wrong for one mount may be right for another. */
RtmpGatekeeperVerdict
rtmp_server_check_user (RtmpServer * self, const gchar * app,
    const gchar * query, gchar ** user, gchar ** password, gchar ** description)
{
  RtmpGatekeeperVerdict best = RTMP_GATEKEEPER_ASKED, verdict;
  gboolean asked = FALSE;
  guint i;

  g_mutex_lock (&self->lock);
  for (i = 0; i < self->mounts->len && *user == NULL; i++) {
    RtmpMount *mount = g_ptr_array_index (self->mounts, i);

    if (!rtmp_mount_has_app (mount, app) || !rtmp_mount_asks_user (mount))
      continue;
    asked = TRUE;
    g_clear_pointer (description, g_free);
    verdict = rtmp_mount_check_user (mount, query, user, password, description);
    best = MAX (best, verdict);
  }
  g_mutex_unlock (&self->lock);
  return asked ? best : RTMP_GATEKEEPER_ADMITTED;
}

gboolean
rtmp_server_asks_swf (RtmpServer * self, const gchar * app)
{
  gboolean asks = FALSE;
  guint i;

  g_mutex_lock (&self->lock);
  for (i = 0; i < self->mounts->len && !asks; i++) {
    RtmpMount *mount = g_ptr_array_index (self->mounts, i);

    asks = rtmp_mount_has_app (mount, app) && rtmp_mount_swf (mount);
  }
  g_mutex_unlock (&self->lock);
  return asks;
}

/* Those of an application, or all. They stay for as long as the loop's event
 * does. */
static GPtrArray *
list_mounts (RtmpServer * self, const gchar * app)
{
  GPtrArray *some = g_ptr_array_new ();
  guint i;

  g_mutex_lock (&self->lock);
  for (i = 0; i < self->mounts->len; i++)
    if (*app == '\0'
        || rtmp_mount_has_app (g_ptr_array_index (self->mounts, i), app))
      g_ptr_array_add (some, g_ptr_array_index (self->mounts, i));
  if (some->len == 0)
    g_ptr_array_extend (some, self->mounts, NULL, NULL);
  g_mutex_unlock (&self->lock);
  return some;
}

void
rtmp_server_reject (RtmpServer * self, const RtmpCallerInfo * info,
    const gchar * reason)
{
  g_autoptr (GPtrArray) mounts = list_mounts (self, info->app);
  guint i;

  for (i = 0; i < mounts->len; i++)
    rtmp_mount_reject (g_ptr_array_index (mounts, i), info, reason);
}

/* The first one that is meant for it counts. */
RtmpMount *
rtmp_server_find_mount (RtmpServer * self, gboolean publish, const gchar * app,
    const gchar * stream)
{
  RtmpMount *found = NULL;
  guint i;

  g_mutex_lock (&self->lock);
  for (i = 0; i < self->mounts->len && found == NULL; i++) {
    RtmpMount *mount = g_ptr_array_index (self->mounts, i);

    if (rtmp_mount_matches (mount, publish, app, stream))
      found = mount;
  }
  g_mutex_unlock (&self->lock);
  return found;
}

/* To callers, from other threads */

typedef struct
{
  RtmpServer *server;
  guint64 id;
  RtmpCallerFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
} Post;

/* In its loop. */
static RtmpCaller *
get_caller (RtmpServer * self, guint64 id)
{
  Entry *entry = get_entry (self, id);

  return entry ? entry->caller : NULL;
}

static gboolean
run_post (gpointer user_data)
{
  Post *post = user_data;
  RtmpCaller *caller = get_caller (post->server, post->id);

  if (caller)
    post->func (caller, post->user_data);
  return G_SOURCE_REMOVE;
}

static void
post_free (gpointer user_data)
{
  Post *post = user_data;

  if (post->destroy)
    post->destroy (post->user_data);
  g_free (post);
}

/* Never at once, even from within the loop: its caller may be in an event. */
void
rtmp_server_post (RtmpServer * self, guint64 id, RtmpCallerFunc func,
    gpointer user_data, GDestroyNotify destroy)
{
  Post *post = g_new (Post, 1);
  RtmpLoop *loop = NULL;
  GSource *source;
  Entry *entry;

  *post = (Post) {
  self, id, func, user_data, destroy};
  g_mutex_lock (&self->lock);
  entry = g_hash_table_lookup (self->callers, &id);
  if (entry)
    loop = entry->loop;
  g_mutex_unlock (&self->lock);
  if (loop == NULL) {
    post_free (post);
    return;
  }
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, run_post, post, post_free);
  g_source_attach (source, rtmp_loop_context (loop));
  g_source_unref (source);
}

typedef struct
{
  RtmpServer *server;
  RtmpLoop *loop;
  RtmpCallerFunc func;
  gpointer user_data;
} Visit;

/* By id: what is done to one may end another. */
static GArray *
list_ids (RtmpServer * self, const RtmpLoop * loop)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (guint64));
  GHashTableIter iter;
  gpointer key, value;

  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->callers);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (((Entry *) value)->loop == loop)
      g_array_append_vals (ids, key, 1);
  g_mutex_unlock (&self->lock);
  return ids;
}

static void
visit_loop (gpointer user_data)
{
  Visit *visit = user_data;
  g_autoptr (GArray) ids = list_ids (visit->server, visit->loop);
  guint i;

  for (i = 0; i < ids->len; i++) {
    RtmpCaller *caller =
        get_caller (visit->server, g_array_index (ids, guint64, i));

    if (caller)
      visit->func (caller, visit->user_data);
  }
}

void
rtmp_server_foreach (RtmpServer * self, RtmpCallerFunc func, gpointer user_data)
{
  guint i;

  for (i = 0; i < self->n_loops; i++) {
    Visit visit = { self, self->loops[i], func, user_data };

    rtmp_loop_call (self->loops[i], visit_loop, &visit);
  }
}

/* Life */

/* Each loop once; they stay for as long as the server does, so that callers
 * need not think of it. */
static void
acquire_loops (RtmpServer * self)
{
  guint i, j;

  for (i = 0; i < RTMP_LOOP_MAX; i++) {
    RtmpLoop *loop = rtmp_loop_acquire ();

    for (j = 0; j < self->n_loops && self->loops[j] != loop; j++);
    if (j == self->n_loops)
      self->loops[self->n_loops++] = loop;
    else
      rtmp_loop_release (loop);
  }
}

static RtmpServer *
server_new (const RtmpServerOptions * options, GError ** error)
{
  GSocket *socket = rtmp_listen (options, error);
  g_autoptr (GSocketAddress) address = NULL;
  RtmpServer *self;
  guint i;

  if (socket == NULL)
    return NULL;
  self = g_new0 (RtmpServer, 1);
  self->options = *options;
  self->options.host = self->host = g_strdup (options->host);
  if (options->tls_certificate)
    g_object_ref (options->tls_certificate);
  self->socket = socket;
  address = g_socket_get_local_address (socket, NULL);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  g_mutex_init (&self->lock);
  self->mounts = g_ptr_array_new ();
  self->callers = g_hash_table_new (g_int64_hash, g_int64_equal);
  acquire_loops (self);
  for (i = 0; i < self->n_loops; i++)
    self->tunnels[i] = rtmp_tunnels_new (options->max_connection_rate,
        options->session.idle_timeout);
  start_accepting (self);
  if (options->max_connection_rate > 0)
    self->rate = rtmp_rate_limit_new (options->max_connection_rate,
        RTMP_CONNECTION_RATE_PERIOD, RTMP_CONNECTION_RATE_PEERS);
  RTMP_INFO ("listening on \"%s\" port %d", self->host, self->port);
  return self;
}

static void
stop_accepting (gpointer user_data)
{
  RtmpServer *self = user_data;

  clear_source (&self->accept_source);
  clear_source (&self->pause_source);
  g_socket_close (self->socket, NULL);
}

/* Callers, and who has only arrived. */
static void
end_loop (gpointer user_data)
{
  Visit *visit = user_data;
  g_autoptr (GArray) ids = list_ids (visit->server, visit->loop);
  guint i;

  for (i = 0; i < ids->len; i++) {
    guint64 id = g_array_index (ids, guint64, i);
    RtmpCaller *caller = get_caller (visit->server, id);

    if (caller)
      rtmp_caller_free (caller);
    else
      rtmp_server_forget (visit->server, id);
  }
}

/* Twice: somebody may have been on the way from one loop to another one, that
 * had been visited. */
static void
server_free (RtmpServer * self)
{
  guint i;

  for (i = 0; i < 2 * self->n_loops; i++) {
    RtmpLoop *loop = self->loops[i % self->n_loops];
    Visit visit = {.server = self,.loop = loop };

    rtmp_loop_call (loop, end_loop, &visit);
  }
  for (i = 0; i < self->n_loops; i++) {
    rtmp_loop_release (self->loops[i]);
    rtmp_tunnels_free (self->tunnels[i]);
  }
  g_assert (g_hash_table_size (self->callers) == 0);
  g_object_unref (self->socket);
  g_clear_object (&self->options.tls_certificate);
  g_clear_pointer (&self->rate, rtmp_rate_limit_free);
  g_hash_table_unref (self->callers);
  g_ptr_array_unref (self->mounts);
  g_mutex_clear (&self->lock);
  g_free (self->host);
  g_free (self);
}

/* %NULL: there is none to share. */
static RtmpServer *
find_server_locked (const RtmpServerOptions * options)
{
  GList *l;

  for (l = servers; l && options->port != 0; l = l->next) {
    RtmpServer *server = l->data;

    if (server->port == options->port
        && g_str_equal (server->host, options->host))
      return server;
  }
  return NULL;
}

RtmpServer *
rtmp_server_acquire (const RtmpServerOptions * wanted, GError ** error)
{
  RtmpServerOptions options = *wanted;
  RtmpServer *server;

  if (!rtmp_server_options_settle (&options, error))
    return NULL;
  g_mutex_lock (&servers_lock);
  while ((server = find_server_locked (&options)) && server->users == 0)
    g_cond_wait (&servers_cond, &servers_lock);
  if (server == NULL) {
    server = server_new (&options, error);
    if (server)
      servers = g_list_prepend (servers, server);
  } else if (!rtmp_server_options_fit (&server->options, &options, error)) {
    server = NULL;
  }
  if (server)
    server->users++;
  g_mutex_unlock (&servers_lock);
  return server;
}

void
rtmp_server_release (RtmpServer * self)
{
  gboolean last;

  g_mutex_lock (&servers_lock);
  last = --self->users == 0;
  g_mutex_unlock (&servers_lock);
  if (!last)
    return;
  rtmp_loop_call (self->loops[0], stop_accepting, self);
  g_mutex_lock (&servers_lock);
  servers = g_list_remove (servers, self);
  g_cond_broadcast (&servers_cond);
  g_mutex_unlock (&servers_lock);
  server_free (self);
}

guint16
rtmp_server_port (const RtmpServer * self)
{
  return (guint16) self->port;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmphandshake.h"

#include "rtmpdigest.h"
#include "rtmpe.h"
#include "rtmperror.h"
#include "rtmplog.h"
#include "rtmpreader.h"
#include "rtmpswf.h"
#include "rtmpwriter.h"

/* C1, S1, C2 and S2: time (4), zero or time2 (4), random (RTMP 1.0, 5.2). In a
 * C1 or S1 with a digest the zero is a version of the sender's. */
#define TIME_SIZE 4
#define VERSION_AT 4
#define VERSION_SIZE 4
#define RANDOM_AT 8

/* Versions that had digests: a Flash Player 10, a Flash Media Server 3.5. Some
 * clients take a server's for none when its first byte is under 3. */
static const guint8 our_versions[][VERSION_SIZE] = {
  [RTMP_ROLE_CLIENT] = {10, 0, 32, 18},
  [RTMP_ROLE_SERVER] = {3, 5, 1, 1},
};

/* What clients of RTMPE call themselves that know encrypted signatures, and the
 * first byte from which on they do. */
static const guint8 encrypting_version[VERSION_SIZE] = { 128, 0, 3, 2 };

#define ENCRYPTS_SIGNATURES 128

#define QUOTE_MAX 64
#define HTTP "HTTP/"

/* First bytes of TLS records: what a TLS peer sends to one that is none. */
#define TLS_ALERT 0x15
#define TLS_HANDSHAKE 0x16

struct _RtmpHandshake
{
  RtmpRole role;
  RtmpHandshakeFlags flags;
  RtmpHandshakeState state;
  guint8 version;               /* of C0 and S0 */
  gboolean has_digests;
  gboolean echo_matched;
  GError *error;
  RtmpWriter out;
  guint8 ours[RTMP_HANDSHAKE_SIZE];     /* C1 or S1 as sent */
  const guint8 *digest;         /* in ours; NULL: there is none */
  guint8 swf_key[RTMP_SWF_KEY_SIZE];
  guint8 theirs[RTMP_HANDSHAKE_SIZE];   /* the packet being read */
  gsize filled;

  /* For RTMPE only. */
  const RtmpCrypto *crypto;
  gboolean has_private_key;
  guint8 private_key[RTMP_DH_PRIVATE_SIZE];
  guint8 public_key[RTMP_DH_SIZE];
  RtmpeStreams *streams;        /* once both keys are there */
};

static gboolean
is_encrypted (const RtmpHandshake * self)
{
  return rtmpe_is_type (self->version);
}

static void
write_hello (RtmpHandshake * self)
{
  rtmp_writer_u8 (&self->out, self->version);
  rtmp_writer_bytes (&self->out, self->ours, RTMP_HANDSHAKE_SIZE);
}

/* Turns a simple C1 or S1 into one with a digest, and with a key for RTMPE; the
 * digest comes last, as it is of the key too. */
static void
write_digest (RtmpHandshake * self, RtmpDigestScheme scheme)
{
  const guint8 *version = our_versions[self->role];

  if (is_encrypted (self) && self->role == RTMP_ROLE_CLIENT)
    version = encrypting_version;
  memcpy (self->ours + VERSION_AT, version, VERSION_SIZE);
  if (is_encrypted (self)) {
    self->crypto->dh_public (self->private_key, self->public_key);
    rtmpe_write_key (self->ours, self->role, scheme, self->public_key);
  }
  self->digest = rtmp_digest_write (self->ours, self->role, scheme);
}

/* FALSE with self->error set. */
static gboolean
begin_rtmpe (RtmpHandshake * self, guint8 version)
{
  self->crypto = rtmp_crypto_get (&self->error);
  if (self->crypto == NULL)
    return FALSE;
  self->version = version;
  if (!self->has_private_key)
    self->crypto->random (self->private_key, RTMP_DH_PRIVATE_SIZE);
  return TRUE;
}

/* As Flash players do it: the scheme is another one with RTMPE. */
static void
begin_client (RtmpHandshake * self)
{
  if (self->flags & RTMP_HANDSHAKE_ENCRYPTED) {
    if (!begin_rtmpe (self, RTMPE_TYPE_PLAIN))
      return;
    write_digest (self, RTMP_DIGEST_SCHEME_1);
  } else if (self->flags & RTMP_HANDSHAKE_DIGEST) {
    write_digest (self, RTMP_DIGEST_SCHEME_0);
  }
  write_hello (self);
}

RtmpHandshake *
rtmp_handshake_new_full (RtmpRole role, RtmpHandshakeFlags flags,
    guint32 time, const guint8 * random, const guint8 * private_key)
{
  RtmpHandshake *self = g_new0 (RtmpHandshake, 1);
  guint32 be = GUINT32_TO_BE (time);

  self->role = role;
  self->flags = flags;
  self->version = RTMP_HANDSHAKE_VERSION;
  memcpy (self->ours, &be, TIME_SIZE);
  memcpy (self->ours + RANDOM_AT, random, RTMP_HANDSHAKE_RANDOM_SIZE);
  self->has_private_key = private_key != NULL;
  if (private_key)
    memcpy (self->private_key, private_key, RTMP_DH_PRIVATE_SIZE);
  rtmp_writer_init (&self->out);
  if (role == RTMP_ROLE_CLIENT)
    begin_client (self);
  return self;
}

RtmpHandshake *
rtmp_handshake_new (RtmpRole role, guint32 time, const guint8 * random)
{
  return rtmp_handshake_new_full (role, 0, time, random, NULL);
}

void
rtmp_handshake_free (RtmpHandshake * self)
{
  rtmp_writer_clear (&self->out);
  g_clear_pointer (&self->streams, rtmpe_streams_free);
  g_clear_error (&self->error);
  g_free (self);
}

static void
set_state (RtmpHandshake * self, RtmpHandshakeState state)
{
  g_assert (state > self->state);
  RTMP_DEBUG ("handshake: %s -> %s",
      rtmp_handshake_state_to_string (self->state),
      rtmp_handshake_state_to_string (state));
  self->state = state;
}

/* 0-2 are obsolete; 32 and up are left to text protocols; a TLS client's first
 * byte lies in the reserved range, but no RTMP client's does (RTMP 1.0, 5.2.2).
 * A server answers other versions with its own. */
static gboolean
version_acceptable (const RtmpHandshake * self, guint8 version)
{
  if (rtmpe_is_type (version))
    return (self->flags & RTMP_HANDSHAKE_ENCRYPTED) != 0;
  if (self->role == RTMP_ROLE_CLIENT)
    return version == self->version;
  return version >= RTMP_HANDSHAKE_VERSION && version < 32
      && version != TLS_HANDSHAKE;
}

/* The printable start of what arrived, a text protocol's first line; else the
 * number of the first byte. */
static gchar *
describe_start (const guint8 * data, gsize size)
{
  gsize n = 0;

  if (!g_ascii_isprint (data[0]))
    return g_strdup_printf ("%u", data[0]);
  while (n < MIN (size, QUOTE_MAX) && g_ascii_isprint (data[n]))
    n++;
  return g_strdup_printf ("\"%.*s\"", (int) n, (const gchar *) data);
}

/* A client's request begins with its method, an answer with the version. */
static gboolean
is_http (RtmpRole role, const guint8 * data, gsize size)
{
  if (role == RTMP_ROLE_SERVER)
    return g_ascii_isupper (data[0]);
  return memcmp (data, HTTP, MIN (size, sizeof (HTTP) - 1)) == 0;
}

static void
set_version_error (RtmpHandshake * self, const guint8 * data, gsize size)
{
  guint8 version = data[0];
  const gchar *what = "something else";
  gint code = RTMP_ERROR_BAD_HANDSHAKE;
  gchar *start = describe_start (data, size);

  if (rtmpe_is_type (version)) {
    what = "RTMPE, which was not to be";
    code = RTMP_ERROR_UNSUPPORTED;
  } else if (version == RTMP_HANDSHAKE_VERSION) {
    what = "RTMP, which is not encrypted";
  } else if (version == TLS_HANDSHAKE || version == TLS_ALERT) {
    what = "TLS (rtmps)";
    code = RTMP_ERROR_TLS_EXPECTED;
  } else if (is_http (self->role, data, size)) {
    what = "HTTP";
  }
  g_set_error (&self->error, RTMP_ERROR, code,
      "Expected %s in the handshake, but the %s with %s: %s",
      is_encrypted (self) ? "RTMPE (6, 8 or 9)" : "RTMP version 3",
      self->role == RTMP_ROLE_CLIENT ? "server answered" : "client began",
      what, start);
  g_free (start);
}

/* FALSE with self->error set. */
static gboolean
read_version (RtmpHandshake * self, const guint8 * data, gsize size)
{
  if (!version_acceptable (self, data[0])) {
    set_version_error (self, data, size);
    return FALSE;
  }
  if (rtmpe_is_type (data[0])) {
    if (self->role == RTMP_ROLE_CLIENT)
      self->version = data[0];
    else if (!begin_rtmpe (self, data[0]))
      return FALSE;
  } else if (data[0] != RTMP_HANDSHAKE_VERSION) {
    RTMP_INFO ("handshake: version %u asked for, answering 3", data[0]);
  }
  set_state (self, RTMP_HANDSHAKE_AWAIT_HELLO);
  return TRUE;
}

static RtmpRole
peer_role (const RtmpHandshake * self)
{
  return self->role == RTMP_ROLE_CLIENT ? RTMP_ROLE_SERVER : RTMP_ROLE_CLIENT;
}

/* A version of zero says that there is no digest; with RTMPE there always is
 * one, whatever it says. */
static gboolean
may_have_digest (const RtmpHandshake * self)
{
  static const guint8 none[VERSION_SIZE] = { 0 };

  return is_encrypted (self) || ((self->flags & RTMP_HANDSHAKE_DIGEST)
      && memcmp (self->theirs + VERSION_AT, none, VERSION_SIZE) != 0);
}

/* The digest of their hello, if we look for one. */
static const guint8 *
find_digest (const RtmpHandshake * self, RtmpDigestScheme * scheme)
{
  const guint8 *digest;

  if (!may_have_digest (self))
    return NULL;
  digest = rtmp_digest_find (self->theirs, peer_role (self), scheme);
  if (digest)
    RTMP_DEBUG ("handshake: digest found, scheme %u", *scheme);
  else
    RTMP_INFO ("handshake: a version, but no digest with it");
  return digest;
}

/* C2 or S2: their time, ours of reading it, their random (RTMP 1.0, 5.2.4). A
 * signed one may hold anything else, so it is the echo too. */
static void
write_echo (RtmpHandshake * self, guint32 time, const guint8 * digest)
{
  guint8 echo[RTMP_HANDSHAKE_SIZE];
  guint32 be = GUINT32_TO_BE (time);

  memcpy (echo, self->theirs, RTMP_HANDSHAKE_SIZE);
  memcpy (echo + TIME_SIZE, &be, TIME_SIZE);
  if (is_encrypted (self))
    rtmpe_sign (self->crypto, (RtmpeType) self->version, echo, self->role,
        digest);
  else if (digest)
    rtmp_digest_sign (echo, self->role, digest);
  rtmp_writer_bytes (&self->out, echo, RTMP_HANDSHAKE_SIZE);
}

static void
set_hello_error (RtmpHandshake * self, const gchar * expected)
{
  g_set_error (&self->error, RTMP_ERROR, RTMP_ERROR_BAD_HANDSHAKE,
      "Expected %s in the %s's first packet of RTMPE, found none", expected,
      self->role == RTMP_ROLE_CLIENT ? "server" : "client");
}

/* From their key and ours. FALSE with self->error set. */
static gboolean
start_streams (RtmpHandshake * self, RtmpDigestScheme scheme)
{
  self->streams = rtmpe_streams_new (self->crypto, self->private_key,
      self->public_key, self->theirs + rtmpe_key_position (self->theirs,
          scheme));
  if (self->streams == NULL)
    set_hello_error (self, "a Diffie-Hellman key");
  return self->streams != NULL;
}

/* S0 and S1 could go out before, but one write is as good as two, and the
 * digest is to be answered in the scheme of the client's. */
static void
prepare_answer (RtmpHandshake * self, RtmpDigestScheme scheme,
    const guint8 * digest)
{
  if (self->version == RTMPE_TYPE_PLAIN
      && self->theirs[VERSION_AT] >= ENCRYPTS_SIGNATURES)
    self->version = RTMPE_TYPE_XTEA;
  if (digest)
    write_digest (self, scheme);
}

static void
keep_swf_key (RtmpHandshake * self)
{
  const guint8 *s1 = self->role == RTMP_ROLE_SERVER ? self->ours : self->theirs;

  memcpy (self->swf_key, s1 + RTMP_HANDSHAKE_SIZE - RTMP_SWF_KEY_SIZE,
      RTMP_SWF_KEY_SIZE);
}

static void
read_hello (RtmpHandshake * self, guint32 time)
{
  RtmpDigestScheme scheme = RTMP_DIGEST_SCHEME_0;
  const guint8 *digest = find_digest (self, &scheme);

  self->has_digests = digest != NULL;
  if (is_encrypted (self) && digest == NULL) {
    set_hello_error (self, "a digest");
    return;
  }
  if (self->role == RTMP_ROLE_SERVER)
    prepare_answer (self, scheme, digest);
  if (is_encrypted (self)) {
    RTMP_DEBUG ("handshake: RTMPE, type %u", self->version);
    if (!start_streams (self, scheme))
      return;
  }
  if (self->role == RTMP_ROLE_SERVER)
    write_hello (self);
  keep_swf_key (self);
  write_echo (self, time, digest);
  set_state (self, RTMP_HANDSHAKE_AWAIT_ECHO);
}

static gboolean
is_echo (const RtmpHandshake * self)
{
  return memcmp (self->theirs, self->ours, TIME_SIZE) == 0
      && memcmp (self->theirs + RANDOM_AT, self->ours + RANDOM_AT,
      RTMP_HANDSHAKE_RANDOM_SIZE) == 0;
}

static gboolean
is_signed (const RtmpHandshake * self)
{
  if (is_encrypted (self))
    return rtmpe_is_signed (self->crypto, (RtmpeType) self->version,
        self->theirs, peer_role (self), self->digest);
  return self->digest
      && rtmp_digest_is_signed (self->theirs, peer_role (self), self->digest);
}

/* Some clients offer a digest and then send the plain echo; FFmpeg, publishing,
 * with RTMPE too. */
static void
read_echo (RtmpHandshake * self)
{
  gboolean strict = (self->flags & RTMP_HANDSHAKE_STRICT) != 0;

  self->echo_matched = is_signed (self)
      || (!(strict && is_encrypted (self)) && is_echo (self));
  if (self->echo_matched || !strict)
    set_state (self, RTMP_HANDSHAKE_DONE);
  else
    g_set_error (&self->error, RTMP_ERROR, RTMP_ERROR_BAD_HANDSHAKE,
        "Expected %s as the %s's second packet of the handshake, got "
        "something else",
        self->digest ? "a packet signed for ours" : "an echo of our packet",
        self->role == RTMP_ROLE_CLIENT ? "server" : "client");
  if (!self->echo_matched)
    RTMP_WARNING ("handshake: the peer's echo is not what was sent");
}

/* How many bytes that took; when the packet is complete, it is acted on. */
static gsize
gather_packet (RtmpHandshake * self, guint32 time, const guint8 * data,
    gsize size)
{
  gsize n = MIN (size, RTMP_HANDSHAKE_SIZE - self->filled);

  memcpy (self->theirs + self->filled, data, n);
  self->filled += n;
  if (self->filled < RTMP_HANDSHAKE_SIZE)
    return n;
  self->filled = 0;
  if (self->state == RTMP_HANDSHAKE_AWAIT_HELLO)
    read_hello (self, time);
  else
    read_echo (self);
  return n;
}

gboolean
rtmp_handshake_feed (RtmpHandshake * self, guint32 time, const guint8 * data,
    gsize size, gsize * consumed, GError ** error)
{
  *consumed = 0;
  if (self->error == NULL && self->state == RTMP_HANDSHAKE_AWAIT_VERSION
      && size > 0 && read_version (self, data, size))
    *consumed = 1;
  while (self->error == NULL && *consumed < size
      && self->state != RTMP_HANDSHAKE_DONE)
    *consumed += gather_packet (self, time, data + *consumed, size - *consumed);
  if (self->error == NULL)
    return TRUE;
  g_propagate_error (error, g_error_copy (self->error));
  return FALSE;
}

GBytes *
rtmp_handshake_pull (RtmpHandshake * self)
{
  return self->out.size > 0 ? rtmp_writer_take (&self->out) : NULL;
}

RtmpHandshakeState
rtmp_handshake_state (const RtmpHandshake * self)
{
  return self->state;
}

const gchar *
rtmp_handshake_state_to_string (RtmpHandshakeState state)
{
  switch (state) {
    case RTMP_HANDSHAKE_AWAIT_VERSION:
      return "await-version";
    case RTMP_HANDSHAKE_AWAIT_HELLO:
      return "await-hello";
    case RTMP_HANDSHAKE_AWAIT_ECHO:
      return "await-echo";
    case RTMP_HANDSHAKE_DONE:
      return "done";
  }
  return "unknown";
}

gboolean
rtmp_handshake_echo_matched (const RtmpHandshake * self)
{
  return self->echo_matched;
}

gboolean
rtmp_handshake_has_digests (const RtmpHandshake * self)
{
  return self->has_digests;
}

RtmpeStreams *
rtmp_handshake_take_streams (RtmpHandshake * self)
{
  return g_steal_pointer (&self->streams);
}

const guint8 *
rtmp_handshake_swf_key (const RtmpHandshake * self)
{
  return self->swf_key;
}

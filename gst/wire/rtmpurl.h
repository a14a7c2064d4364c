/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RtmpScheme: how RTMP is carried.
 *
 * Since: 0.1
 */
typedef enum
{
  RTMP_SCHEME_RTMP,
  RTMP_SCHEME_RTMPS,
  RTMP_SCHEME_RTMPE,
  RTMP_SCHEME_RTMPT,
  RTMP_SCHEME_RTMPTS,
  RTMP_SCHEME_RTMPTE,
  RTMP_SCHEME_RTMFP,
} RtmpScheme;

/* "rtmp"... Static. */
const gchar *rtmp_scheme_to_string (RtmpScheme scheme);
/* Case does not count. */
gboolean rtmp_scheme_from_string (const gchar * name, gsize length,
    RtmpScheme * scheme);
/* 1935; 443 for rtmps and rtmpts; 80 for rtmpt and rtmpte. */
guint16 rtmp_scheme_default_port (RtmpScheme scheme);
/* What a scheme's bytes go through: TLS, RTMPE, requests of HTTP. */
gboolean rtmp_scheme_has_tls (RtmpScheme scheme);
gboolean rtmp_scheme_is_encrypted (RtmpScheme scheme);
gboolean rtmp_scheme_is_tunnelled (RtmpScheme scheme);

/* One "name=value" after the URL, as librtmp has them. */
typedef struct
{
  gchar *name;                  /* as written */
  gchar *value;                 /* \xx unescaped; never NULL */
} RtmpUrlOption;

/**
 * RtmpUrl:
 * @host: without the brackets of an IPv6 address
 * @port: the scheme's default when the URL names none; 0 only from
 *   rtmp_url_parse_listen()
 * @application: what stands between the host and the stream, as written; may
 *   be empty
 * @stream: as written, query included; may be empty
 * @username: percent-decoded; %NULL if absent
 * @password: percent-decoded; %NULL if absent
 * @options: of #RtmpUrlOption; empty if there are none
 *
 * `rtmp://[user[:password]@]host[:port]/application[/instance]/stream[?query]`,
 * then, after spaces, librtmp's `name=value` options. Application and stream
 * stay as the user wrote them, percent signs included: keys are opaque and
 * servers compare them byte by byte.
 *
 * The stream begins behind the last '/' before the query: a token may hold more
 * of them. There are two exceptions. The path of a file is the stream from
 * "mp4:", "mp3:" or "flv:" on: `/vod/mp4:a/b.mp4`. And where the only '/' is in
 * the query, that query is the application's: `/live2?backup=1/key`. What
 * cannot be said so is set apart, with application and stream or with the
 * options app and playpath. The options are only listed here: whoever connects
 * applies them.
 *
 * Since: 0.1
 */
typedef struct
{
  RtmpScheme scheme;
  gchar *host;
  guint16 port;
  gchar *application;
  gchar *stream;
  gchar *username;
  gchar *password;
  GPtrArray *options;
} RtmpUrl;

/* Returns: (transfer full) (nullable): %NULL with %RTMP_ERROR_BAD_URL, whose
 * message says which part is wrong and what was expected, and repeats neither
 * password nor option values. */
RtmpUrl *rtmp_url_parse (const gchar * text, GError ** error);
/* Where to listen: the port may be 0, which is any that is free. */
RtmpUrl *rtmp_url_parse_listen (const gchar * text, GError ** error);
/* @port 0: the scheme's default. %NULL for @application or @stream: empty. */
RtmpUrl *rtmp_url_new (RtmpScheme scheme, const gchar * host, guint16 port,
    const gchar * application, const gchar * stream);
RtmpUrl *rtmp_url_copy (const RtmpUrl * self);
void rtmp_url_free (RtmpUrl * self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtmpUrl, rtmp_url_free)

/* The URL that parses to the same again, if application and stream came from
 * one; the port only where it is not the scheme's default. @with_secrets FALSE
 * leaves out user, password and options, and replaces the stream and every
 * query by "***": for logs. (transfer full) */
gchar *rtmp_url_to_string (const RtmpUrl * self, gboolean with_secrets);

/* scheme://host[:port]/application: what connect carries as tcUrl. No user, no
 * password. (transfer full) */
gchar *rtmp_url_tc_url (const RtmpUrl * self);

/* The value of an option, by name without regard to case; the last one wins.
 * (transfer none) (nullable) */
const gchar *rtmp_url_option (const RtmpUrl * self, const gchar * name);

G_END_DECLS

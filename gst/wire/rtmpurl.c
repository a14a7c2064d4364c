/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmpurl.h"

#include <string.h>

#include "rtmperror.h"

#define EXAMPLE "rtmp://host:1935/app/stream"

/* RFC 1035, 2.3.4. A redirect may come with any. */
#define MAX_HOST 255

enum
{
  TLS = 1 << 0,
  ENCRYPTED = 1 << 1,
  TUNNELLED = 1 << 2,
};

static const struct
{
  const gchar *name;
  guint16 port;
  guint layers;
} schemes[] = {
  [RTMP_SCHEME_RTMP] = {"rtmp", 1935, 0},
  [RTMP_SCHEME_RTMPS] = {"rtmps", 443, TLS},
  [RTMP_SCHEME_RTMPE] = {"rtmpe", 1935, ENCRYPTED},
  [RTMP_SCHEME_RTMPT] = {"rtmpt", 80, TUNNELLED},
  [RTMP_SCHEME_RTMPTS] = {"rtmpts", 443, TUNNELLED | TLS},
  [RTMP_SCHEME_RTMPTE] = {"rtmpte", 80, TUNNELLED | ENCRYPTED},
  [RTMP_SCHEME_RTMFP] = {"rtmfp", 1935, 0},
};

const gchar *
rtmp_scheme_to_string (RtmpScheme scheme)
{
  return schemes[scheme].name;
}

gboolean
rtmp_scheme_from_string (const gchar * name, gsize length, RtmpScheme * scheme)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (schemes); i++) {
    if (strlen (schemes[i].name) == length
        && g_ascii_strncasecmp (schemes[i].name, name, length) == 0) {
      *scheme = (RtmpScheme) i;
      return TRUE;
    }
  }
  return FALSE;
}

guint16
rtmp_scheme_default_port (RtmpScheme scheme)
{
  return schemes[scheme].port;
}

gboolean
rtmp_scheme_has_tls (RtmpScheme scheme)
{
  return (schemes[scheme].layers & TLS) != 0;
}

gboolean
rtmp_scheme_is_encrypted (RtmpScheme scheme)
{
  return (schemes[scheme].layers & ENCRYPTED) != 0;
}

gboolean
rtmp_scheme_is_tunnelled (RtmpScheme scheme)
{
  return (schemes[scheme].layers & TUNNELLED) != 0;
}

static RtmpUrlOption *
option_new (gchar * name, gchar * value)
{
  RtmpUrlOption *self = g_new (RtmpUrlOption, 1);

  self->name = name;
  self->value = value;
  return self;
}

static void
option_free (gpointer data)
{
  RtmpUrlOption *self = data;

  g_free (self->name);
  g_free (self->value);
  g_free (self);
}

static RtmpUrl *
url_alloc (void)
{
  RtmpUrl *self = g_new0 (RtmpUrl, 1);

  self->options = g_ptr_array_new_with_free_func (option_free);
  return self;
}

RtmpUrl *
rtmp_url_new (RtmpScheme scheme, const gchar * host, guint16 port,
    const gchar * application, const gchar * stream)
{
  RtmpUrl *self = url_alloc ();

  self->scheme = scheme;
  self->host = g_strdup (host);
  self->port = port ? port : rtmp_scheme_default_port (scheme);
  self->application = g_strdup (application ? application : "");
  self->stream = g_strdup (stream ? stream : "");
  return self;
}

RtmpUrl *
rtmp_url_copy (const RtmpUrl * self)
{
  RtmpUrl *copy = rtmp_url_new (self->scheme, self->host, self->port,
      self->application, self->stream);
  guint i;

  copy->port = self->port;
  copy->username = g_strdup (self->username);
  copy->password = g_strdup (self->password);
  for (i = 0; i < self->options->len; i++) {
    const RtmpUrlOption *option = g_ptr_array_index (self->options, i);

    g_ptr_array_add (copy->options,
        option_new (g_strdup (option->name), g_strdup (option->value)));
  }
  return copy;
}

void
rtmp_url_free (RtmpUrl * self)
{
  g_free (self->host);
  g_free (self->application);
  g_free (self->stream);
  g_free (self->username);
  g_free (self->password);
  g_ptr_array_unref (self->options);
  g_free (self);
}

/* Always FALSE. Quotes at most 64 bytes of what came. */
static gboolean
refuse (GError ** error, const gchar * part, const gchar * came, gsize length,
    const gchar * expected)
{
  if (length > 64) {
    length = 64;
    while ((came[length] & 0xC0) == 0x80)
      length--;
  }
  g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_URL,
      "bad URL: %s \"%.*s\": expected %s", part, (gint) length, came, expected);
  return FALSE;
}

static gboolean
check_characters (const gchar * text, GError ** error)
{
  const gchar *p;

  if (!g_utf8_validate (text, -1, &p)) {
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_URL,
        "bad URL: byte 0x%02x at position %" G_GSIZE_FORMAT
        " is not UTF-8: expected text such as " EXAMPLE, (guint8) * p,
        (gsize) (p - text));
    return FALSE;
  }
  for (p = text; *p; p++) {
    if (g_ascii_iscntrl (*p)) {
      g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_URL,
          "bad URL: control character 0x%02x at position %" G_GSIZE_FORMAT
          ": expected one line such as " EXAMPLE, (guint8) * p,
          (gsize) (p - text));
      return FALSE;
    }
  }
  return TRUE;
}

/* The parse functions below move @p past what they read. */

static gboolean
parse_scheme (RtmpUrl * self, const gchar ** p, GError ** error)
{
  gsize length = strcspn (*p, ":/?@ ");

  if (!rtmp_scheme_from_string (*p, length, &self->scheme)
      || !g_str_has_prefix (*p + length, "://"))
    return refuse (error, "scheme", *p, length,
        "rtmp, rtmps, rtmpe, rtmpt, rtmpts or rtmpte, then \"://\", as in "
        EXAMPLE);
  *p += length + 3;
  return TRUE;
}

static gchar *
unescape_percent (const gchar * p, const gchar * end, GError ** error)
{
  gchar *text = g_uri_unescape_segment (p, end, NULL);

  /* What came is a secret, so the message does not repeat it. */
  if (text == NULL)
    g_set_error (error, RTMP_ERROR, RTMP_ERROR_BAD_URL,
        "bad URL: user or password has a \"%%\" that two hexadecimal digits "
        "(not 00) do not follow: expected %%25 for a percent sign, as in "
        "rtmp://user:50%%25@host/app/stream");
  return text;
}

/* user[:password]@, if there is one before @end. */
static gboolean
parse_userinfo (RtmpUrl * self, const gchar ** p, const gchar * end,
    GError ** error)
{
  /* The last one, for those who forget to escape it in the password. */
  const gchar *at = g_strrstr_len (*p, end - *p, "@");
  const gchar *colon;

  if (at == NULL)
    return TRUE;
  colon = memchr (*p, ':', at - *p);
  self->username = unescape_percent (*p, colon ? colon : at, error);
  if (self->username == NULL)
    return FALSE;
  if (colon) {
    self->password = unescape_percent (colon + 1, at, error);
    if (self->password == NULL)
      return FALSE;
  }
  *p = at + 1;
  return TRUE;
}

static gboolean
parse_ipv6 (RtmpUrl * self, const gchar ** p, const gchar * end,
    GError ** error)
{
  const gchar *close = memchr (*p, ']', end - *p);
  g_autofree gchar *host = NULL;

  if (close)
    host = g_strndup (*p + 1, close - *p - 1);
  if (host == NULL || strchr (host, ':') == NULL
      || !g_hostname_is_ip_address (host))
    return refuse (error, "host", *p, end - *p,
        "an IPv6 address in brackets, as in rtmp://[2001:db8::1]:1935/app");
  self->host = g_steal_pointer (&host);
  *p = close + 1;
  return TRUE;
}

static gboolean
parse_host (RtmpUrl * self, const gchar ** p, const gchar * end,
    GError ** error)
{
  gsize length;

  if (**p == '[')
    return parse_ipv6 (self, p, end, error);
  if (g_strstr_len (*p, end - *p, ":") != g_strrstr_len (*p, end - *p, ":"))
    return refuse (error, "host", *p, end - *p,
        "one \":\" at most; an IPv6 address stands in brackets, as in "
        "rtmp://[2001:db8::1]:1935/app");
  length = MIN ((gsize) (end - *p), strcspn (*p, ":[]%#\\<>\"^`{|}"));
  if (length == 0 || (*p + length < end && (*p)[length] != ':'))
    return refuse (error, "host", *p, end - *p,
        "a name or an address, as in " EXAMPLE);
  if (length > MAX_HOST)
    return refuse (error, "host", *p, length, "255 bytes at most, as in "
        EXAMPLE);
  self->host = g_strndup (*p, length);
  *p += length;
  return TRUE;
}

static gboolean
parse_port (RtmpUrl * self, const gchar ** p, const gchar * end,
    guint least, GError ** error)
{
  g_autofree gchar *digits = NULL;
  guint64 port;

  self->port = rtmp_scheme_default_port (self->scheme);
  if (*p == end)
    return TRUE;
  if (**p != ':')
    return refuse (error, "after the host", *p, end - *p,
        "\":\" and a port, or \"/\", as in " EXAMPLE);
  digits = g_strndup (*p + 1, end - *p - 1);
  *p = end;
  /* An empty port is the default: RFC 3986, 3.2.3 */
  if (digits[0] == '\0')
    return TRUE;
  /* Only digits are repeated: the rest may be of a password with a '/'. */
  if (!g_ascii_string_to_unsigned (digits, 10, least, G_MAXUINT16, &port, NULL))
    return refuse (error, "port", digits, strspn (digits, "0123456789"),
        "a number from 1 to 65535, as in " EXAMPLE
        "; in a password \"/\" is written %2F");
  self->port = (guint16) port;
  return TRUE;
}

static gboolean
parse_authority (RtmpUrl * self, const gchar ** p, guint least_port,
    GError ** error)
{
  const gchar *end = *p + strcspn (*p, "/? ");

  return parse_userinfo (self, p, end, error)
      && parse_host (self, p, end, error)
      && parse_port (self, p, end, least_port, error);
}

/* The last '/' of a path before its query, for a token may hold more. Where
 * there is none the query is the application's, and the '/' is in it: so it is
 * for ffmpeg, librtmp and rtmp2sink. */
static const gchar *
last_slash (const gchar * path)
{
  gsize length = strcspn (path, "?");
  const gchar *slash = g_strrstr_len (path, length, "/");

  if (slash || path[length] == '\0')
    return slash;
  path += length + 1;
  return g_strrstr_len (path, strcspn (path, "?"), "/");
}

/* The '/' behind which the stream begins, if there is one. Behind "mp4:" and
 * its like stands the path of a file. */
static const gchar *
stream_slash (const gchar * path)
{
  static const gchar *const prefixes[] = { "/mp4:", "/mp3:", "/flv:" };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (prefixes); i++) {
    const gchar *slash = g_strstr_len (path, strcspn (path, "?"), prefixes[i]);

    if (slash)
      return slash;
  }
  return last_slash (path);
}

static void
parse_path (RtmpUrl * self, const gchar ** p)
{
  gsize length;
  const gchar *slash;

  if (**p == '/')
    (*p)++;
  length = strcspn (*p, " ");
  self->application = g_strndup (*p, length);
  slash = stream_slash (self->application);
  self->stream = g_strdup (slash ? slash + 1 : "");
  if (slash)
    self->application[slash - self->application] = '\0';
  *p += length;
}

/* librtmp's "\xx"; NULL if it is not that. */
static gchar *
unescape_backslash (const gchar * p, const gchar * end)
{
  g_autoptr (GString) text = g_string_sized_new (end - p);

  while (p < end) {
    gint c = *p++;

    if (c == '\\') {
      if (end - p < 2 || !g_ascii_isxdigit (p[0]) || !g_ascii_isxdigit (p[1]))
        return NULL;
      c = g_ascii_xdigit_value (p[0]) << 4 | g_ascii_xdigit_value (p[1]);
      if (c == 0)
        return NULL;
      p += 2;
    }
    g_string_append_c (text, (gchar) c);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
parse_options (RtmpUrl * self, const gchar * p, GError ** error)
{
  for (p += strspn (p, " "); *p; p += strspn (p, " ")) {
    const gchar *end = p + strcspn (p, " ");
    const gchar *equals = memchr (p, '=', end - p);
    gchar *value;

    if (equals == NULL || equals == p)
      return refuse (error, "text after the space", p, end - p,
          "name=value options, as in " EXAMPLE " live=1; a URL holds no space");
    value = unescape_backslash (equals + 1, end);
    /* The message does not repeat the value: it may be a password. */
    if (value == NULL)
      return refuse (error, "value of option", p, equals - p,
          "two hexadecimal digits (not 00) after each \"\\\", as in "
          "name=a\\20b for a space and \\5c for a backslash");
    g_ptr_array_add (self->options,
        option_new (g_strndup (p, equals - p), value));
    p = end;
  }
  return TRUE;
}

static RtmpUrl *
parse (const gchar * text, guint least_port, GError ** error)
{
  g_autoptr (RtmpUrl) self = url_alloc ();
  const gchar *p = text;

  if (!check_characters (text, error)
      || !parse_scheme (self, &p, error)
      || !parse_authority (self, &p, least_port, error))
    return NULL;
  parse_path (self, &p);
  if (!parse_options (self, p, error))
    return NULL;
  return g_steal_pointer (&self);
}

RtmpUrl *
rtmp_url_parse (const gchar * text, GError ** error)
{
  return parse (text, 1, error);
}

RtmpUrl *
rtmp_url_parse_listen (const gchar * text, GError ** error)
{
  return parse (text, 0, error);
}

static void
append_userinfo (GString * out, const RtmpUrl * self)
{
  if (self->username)
    g_string_append_uri_escaped (out, self->username, NULL, FALSE);
  if (self->password) {
    g_string_append_c (out, ':');
    g_string_append_uri_escaped (out, self->password, NULL, FALSE);
  }
  if (self->username || self->password)
    g_string_append_c (out, '@');
}

static void
append_host (GString * out, const RtmpUrl * self)
{
  gboolean ipv6 = strchr (self->host, ':') != NULL;

  g_string_append_printf (out, ipv6 ? "[%s]" : "%s", self->host);
  if (self->port != rtmp_scheme_default_port (self->scheme))
    g_string_append_printf (out, ":%u", self->port);
}

static void
append_options (GString * out, const RtmpUrl * self)
{
  guint i;

  for (i = 0; i < self->options->len; i++) {
    const RtmpUrlOption *option = g_ptr_array_index (self->options, i);
    const gchar *p;

    g_string_append_printf (out, " %s=", option->name);
    for (p = option->value; *p; p++) {
      if (g_ascii_isgraph (*p) && *p != '\\')
        g_string_append_c (out, *p);
      else
        g_string_append_printf (out, "\\%02x", (guint8) * p);
    }
  }
}

gchar *
rtmp_url_to_string (const RtmpUrl * self, gboolean with_secrets)
{
  GString *out = g_string_new (rtmp_scheme_to_string (self->scheme));
  gsize path = strcspn (self->application, "?");

  g_string_append (out, "://");
  if (with_secrets)
    append_userinfo (out, self);
  append_host (out, self);
  g_string_append_c (out, '/');
  if (with_secrets || self->application[path] == '\0')
    g_string_append (out, self->application);
  else
    g_string_append_printf (out, "%.*s?***", (gint) path, self->application);
  /* "/app" alone means no stream, "/app/instance" alone would not. */
  if (self->stream[0] || stream_slash (self->application))
    g_string_append_c (out, '/');
  if (self->stream[0])
    g_string_append (out, with_secrets ? self->stream : "***");
  if (with_secrets)
    append_options (out, self);
  return g_string_free (out, FALSE);
}

gchar *
rtmp_url_tc_url (const RtmpUrl * self)
{
  GString *out = g_string_new (rtmp_scheme_to_string (self->scheme));

  g_string_append (out, "://");
  append_host (out, self);
  g_string_append_printf (out, "/%s", self->application);
  return g_string_free (out, FALSE);
}

const gchar *
rtmp_url_option (const RtmpUrl * self, const gchar * name)
{
  guint i;

  for (i = self->options->len; i-- > 0;) {
    const RtmpUrlOption *option = g_ptr_array_index (self->options, i);

    if (g_ascii_strcasecmp (option->name, name) == 0)
      return option->value;
  }
  return NULL;
}

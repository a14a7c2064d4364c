/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmptls.h"

#include <libintl.h>
#include <string.h>

#include "rtmperror.h"

/* A certificate may have any number of names, of any length. */
#define MAX_NAMES 4
#define MAX_TEXT 100

static const struct
{
  GTlsCertificateFlags flag;
  RtmpError code;
  const gchar *text;
} faults_by_weight[] = {
  {G_TLS_CERTIFICATE_REVOKED, RTMP_ERROR_TLS_REVOKED, "is revoked"},
  {G_TLS_CERTIFICATE_INSECURE, RTMP_ERROR_TLS_INSECURE,
      "is signed in a way that is not safe"},
  {G_TLS_CERTIFICATE_UNKNOWN_CA, RTMP_ERROR_TLS_ISSUER,
      "has an issuer that is not trusted"},
  {G_TLS_CERTIFICATE_BAD_IDENTITY, RTMP_ERROR_TLS_NAME,
      "is for another name"},
  {G_TLS_CERTIFICATE_EXPIRED, RTMP_ERROR_TLS_EXPIRED, "has expired"},
  {G_TLS_CERTIFICATE_NOT_ACTIVATED, RTMP_ERROR_TLS_NOT_YET_VALID,
      "is not valid yet"},
  {G_TLS_CERTIFICATE_GENERIC_ERROR, RTMP_ERROR_TLS_CERTIFICATE,
      "is not acceptable"},
};

/* What the certificate says */

/* It is the peer's text. */
static void
append_text (GString * all, const gchar * text, gsize size)
{
  gsize i;

  for (i = 0; i < MIN (size, MAX_TEXT); i++)
    g_string_append_c (all, g_ascii_isprint (text[i]) ? text[i] : '?');
  if (size > MAX_TEXT)
    g_string_append (all, "...");
}

/* (transfer full) for @name. */
static void
append_name (GString * all, const gchar * label, gchar * name)
{
  if (name) {
    g_string_append (all, label);
    append_text (all, name, strlen (name));
  }
  g_free (name);
}

/* (transfer full) for @date. */
static void
append_date (GString * all, const gchar * label, GDateTime * date)
{
  g_autofree gchar *text = date ? g_date_time_format (date, "%F") : NULL;

  if (text)
    g_string_append_printf (all, "%s%s", label, text);
  g_clear_pointer (&date, g_date_time_unref);
}

static void
append_separator (GString * all, guint n)
{
  g_string_append (all, n == 0 ? ", for " : " ");
}

static void
append_hosts (GString * all, GTlsCertificate * certificate)
{
  g_autoptr (GPtrArray) names = g_tls_certificate_get_dns_names (certificate);
  g_autoptr (GPtrArray) ips = g_tls_certificate_get_ip_addresses (certificate);
  guint i, n = 0;

  for (i = 0; names && i < MIN (names->len, MAX_NAMES); i++) {
    gsize size;
    const gchar *name = g_bytes_get_data (g_ptr_array_index (names, i), &size);

    append_separator (all, n++);
    append_text (all, name, size);
  }
  for (i = 0; ips && i < MIN (ips->len, MAX_NAMES); i++) {
    g_autofree gchar *ip =
        g_inet_address_to_string (g_ptr_array_index (ips, i));

    append_separator (all, n++);
    g_string_append (all, ip);
  }
}

static void
append_certificate (GString * all, GTlsCertificate * certificate)
{
  if (certificate == NULL)
    return;
  append_name (all, "; subject ", g_tls_certificate_get_subject_name
      (certificate));
  append_hosts (all, certificate);
  append_name (all, ", issuer ", g_tls_certificate_get_issuer_name
      (certificate));
  append_date (all, ", from ", g_tls_certificate_get_not_valid_before
      (certificate));
  append_date (all, " to ", g_tls_certificate_get_not_valid_after
      (certificate));
}

/* What is wrong */

GError *
rtmp_tls_refusal (GTlsCertificate * certificate, GTlsCertificateFlags faults,
    const gchar * host)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gint code = 0;
  guint i;

  g_string_printf (text, "the certificate that %s shows", host);
  for (i = 0; i < G_N_ELEMENTS (faults_by_weight); i++) {
    if (!(faults & faults_by_weight[i].flag))
      continue;
    g_string_append_printf (text, "%s %s", code ? "," : "",
        faults_by_weight[i].text);
    if (code == 0)
      code = (gint) faults_by_weight[i].code;
  }
  if (code == 0) {
    code = RTMP_ERROR_TLS_CERTIFICATE;
    g_string_append (text, " cannot be read");
  }
  append_certificate (text, certificate);
  return g_error_new_literal (RTMP_ERROR, code, text->str);
}

static GError *
client_refusal (const GError * error, GTlsCertificate * ours)
{
  g_autoptr (GString) text = g_string_new (error->message);

  g_string_append (text, ours ? "; our certificate" :
      "; we showed no certificate");
  append_certificate (text, ours);
  return g_error_new_literal (RTMP_ERROR, ours ? RTMP_ERROR_TLS_CLIENT_REFUSED
      : RTMP_ERROR_TLS_CLIENT_WANTED, text->str);
}

/* What is left of an alert is its name: GnuTLS' own, in the user's language. */
static gboolean
is_alert (const GError * error, const gchar * name)
{
  return strstr (error->message, dgettext ("gnutls30", name)) != NULL;
}

static gboolean
is_about_ours (const GError * error, gboolean may_be_wanted)
{
  static const gchar *const alerts[] = {
    "Certificate is required", "Certificate is bad", "Unknown certificate",
    "Certificate is not supported", "Certificate was revoked",
    "Certificate is expired", "CA is unknown", "Access was denied",
  };
  guint i;

  if (error->code == G_TLS_ERROR_CERTIFICATE_REQUIRED)
    return TRUE;
  for (i = 0; i < G_N_ELEMENTS (alerts); i++)
    if (is_alert (error, alerts[i]))
      return TRUE;
  /* TLS 1.2: RFC 5246, 7.4.6 */
  return may_be_wanted && is_alert (error, "Handshake failed");
}

GError *
rtmp_tls_explain (const GError * error, GTlsConnection * connection,
    GTlsCertificateFlags validation, const gchar * host)
{
  GTlsCertificate *peer = g_tls_connection_get_peer_certificate (connection);
  GTlsCertificate *ours = g_tls_connection_get_certificate (connection);

  if (error->domain != G_TLS_ERROR)
    return g_error_copy (error);
  if (error->code == G_TLS_ERROR_BAD_CERTIFICATE)
    return rtmp_tls_refusal (peer, validation &
        g_tls_connection_get_peer_certificate_errors (connection), host);
  if (is_about_ours (error, peer && !ours))
    return client_refusal (error, ours);
  /* Who has shown a certificate does speak TLS. */
  return g_error_new_literal (G_TLS_ERROR, peer
      && error->code == G_TLS_ERROR_NOT_TLS ? G_TLS_ERROR_MISC : error->code,
      error->message);
}

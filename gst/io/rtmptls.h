/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Why the @certificate that @host shows is not taken: the first fault in the
 * order of their weight is the code, one of %RTMP_ERROR_TLS_*; the message has
 * them all, and what the certificate says. @certificate: (nullable).
 * (transfer full) */
GError *rtmp_tls_refusal (GTlsCertificate * certificate,
    GTlsCertificateFlags faults, const gchar * host);

/* What GIO says of a failed handshake, made more precise by what @connection
 * knows: the faults of the server's certificate that are in @validation; or, if
 * the server has sent an alert of certificates, that it takes no client without
 * one, or not with ours. TLS 1.3 tells this only when the handshake seems done.
 * Anything else stays as it is, but that a server which has shown a certificate
 * does speak TLS. (transfer full) */
GError *rtmp_tls_explain (const GError * error, GTlsConnection * connection,
    GTlsCertificateFlags validation, const gchar * host);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstrtmperror.h"

#include <gio/gio.h>

#include "rtmperror.h"

/* Codes that depend on the direction and on whether the stream had started. */
#define OPEN (-1)
#define TRANSFER (-2)
#define OPEN_OR_TRANSFER (-3)

#define ANY_CODE (-1)

typedef struct
{
  GQuark (*domain) (void);
  gint code;
  gint resource;                /* GstResourceError or one of the above */
  const gchar *text;            /* %s: where, if that can be said */
} Row;

/* First match counts; the last row matches all. */
static const Row table[] = {
  {rtmp_error_quark, RTMP_ERROR_BAD_URL, GST_RESOURCE_ERROR_SETTINGS,
      "The location is not a usable RTMP URL: correct it, as in "
        "rtmp://host/application/stream."},
  {g_resolver_error_quark, ANY_CODE, GST_RESOURCE_ERROR_NOT_FOUND,
      "The server's name could not be resolved: check the host and the network "
        "(%s)."},
  {g_io_error_quark, G_IO_ERROR_CONNECTION_REFUSED, OPEN,
      "Nothing accepts connections there: check host and port, and that the "
        "server runs (%s)."},
  {g_io_error_quark, G_IO_ERROR_ADDRESS_IN_USE, GST_RESOURCE_ERROR_BUSY,
      "The port is in use: end the program that listens there, or choose "
        "another port (%s)."},
  {rtmp_error_quark, RTMP_ERROR_LISTEN, GST_RESOURCE_ERROR_SETTINGS,
      "It is not possible to listen there: the host must be an address of this "
        "machine, and ports below 1024 need a privilege (%s)."},
  {g_io_error_quark, G_IO_ERROR_HOST_UNREACHABLE, OPEN,
      "The server cannot be reached: check the network (%s)."},
  {g_io_error_quark, G_IO_ERROR_NETWORK_UNREACHABLE, OPEN,
      "The server cannot be reached: check the network (%s)."},
  {g_io_error_quark, G_IO_ERROR_TIMED_OUT, OPEN_OR_TRANSFER,
      "No connection came about in time: check host, port and firewalls, or "
        "raise the timeout (%s)."},
  {g_io_error_quark, G_IO_ERROR_PROXY_FAILED, OPEN,
      "The proxy did not connect us to the server: check the proxy's address, "
        "and that it serves this host and port (%s)."},
  {g_io_error_quark, G_IO_ERROR_PROXY_NEED_AUTH,
        GST_RESOURCE_ERROR_NOT_AUTHORIZED,
      "The proxy wants a user name and password: put them into its URL (%s)."},
  {g_io_error_quark, G_IO_ERROR_PROXY_AUTH_FAILED,
        GST_RESOURCE_ERROR_NOT_AUTHORIZED,
      "The proxy did not accept the user name and password in its URL: correct "
        "them (%s)."},
  {g_io_error_quark, G_IO_ERROR_PROXY_NOT_ALLOWED,
        GST_RESOURCE_ERROR_NOT_AUTHORIZED,
      "The proxy does not allow this host and port: use another proxy, or have "
        "it allow them (%s)."},
  {rtmp_error_quark, RTMP_ERROR_TLS_EXPECTED, OPEN,
      "The server speaks TLS there: write rtmps:// in the location, or choose "
        "its port for plain RTMP (%s)."},
  {rtmp_error_quark, RTMP_ERROR_TLS_ISSUER, OPEN,
      "The server's certificate is from an issuer that is not trusted: name "
        "the issuer's certificate in tls-ca-file (%s)."},
  {rtmp_error_quark, RTMP_ERROR_TLS_NAME, OPEN,
      "The server's certificate is for another host: write a name that it has, "
        "see the debug part, into the location (%s)."},
  {rtmp_error_quark, RTMP_ERROR_TLS_EXPIRED, OPEN,
      "The server's certificate has expired: have it renewed, if the clock of "
        "this machine is right (%s)."},
  {rtmp_error_quark, RTMP_ERROR_TLS_NOT_YET_VALID, OPEN,
      "The server's certificate is not valid yet: check the clock of this "
        "machine (%s)."},
  {rtmp_error_quark, RTMP_ERROR_TLS_REVOKED, OPEN,
      "The server's certificate has been revoked: do not send it anything, and "
        "ask whoever runs it (%s)."},
  {rtmp_error_quark, RTMP_ERROR_TLS_INSECURE, OPEN,
      "The server's certificate is signed in a way that is not safe any more: "
        "have it replaced (%s)."},
  {rtmp_error_quark, RTMP_ERROR_TLS_CERTIFICATE, OPEN,
      "The server's certificate is not acceptable: have it replaced, see the "
        "debug part (%s)."},
  {rtmp_error_quark, RTMP_ERROR_TLS_CLIENT_WANTED, OPEN,
      "The server wants a certificate of ours: name one that it accepts in "
        "tls-certificate-file, and its key in tls-key-file (%s)."},
  {rtmp_error_quark, RTMP_ERROR_TLS_CLIENT_REFUSED, OPEN,
      "The server did not accept our certificate: choose one from an issuer "
        "that it trusts in tls-certificate-file (%s)."},
  {rtmp_error_quark, RTMP_ERROR_TLS_TIMED_OUT, OPEN,
      "The server did not answer in TLS: check that this port speaks it, for "
        "plain RTMP write rtmp://, or raise the timeout (%s)."},
  {g_tls_error_quark, G_TLS_ERROR_NOT_TLS, OPEN,
      "What answers there does not speak TLS: correct the port, or write "
        "rtmp:// for plain RTMP (%s)."},
  {g_tls_error_quark, G_TLS_ERROR_UNAVAILABLE, OPEN,
      "There is no TLS on this machine: install glib-networking (%s)."},
  {g_tls_error_quark, ANY_CODE, OPEN_OR_TRANSFER,
      "TLS failed: check that this port speaks it (for plain RTMP write "
        "rtmp://), and see the debug part (%s)."},
  {rtmp_error_quark, RTMP_ERROR_NOT_FOUND, GST_RESOURCE_ERROR_NOT_FOUND,
      "The server has no such application or stream: check the location's "
        "path, and for playing that the stream is published (%s)."},
  {rtmp_error_quark, RTMP_ERROR_AUTH_NEEDED,
        GST_RESOURCE_ERROR_NOT_AUTHORIZED,
      "The server wants a user name and password: set username and password, "
        "or put them into the location (%s)."},
  {rtmp_error_quark, RTMP_ERROR_TOKEN_NEEDED,
        GST_RESOURCE_ERROR_NOT_AUTHORIZED,
      "The server wants an answer to its secure token: set secure-token to the "
        "secret that it shares with you (%s)."},
  {rtmp_error_quark, RTMP_ERROR_AUTH_FAILED,
        GST_RESOURCE_ERROR_NOT_AUTHORIZED,
      "The server did not accept the credentials or the stream key: check them "
        "(%s)."},
  {rtmp_error_quark, RTMP_ERROR_IN_USE, GST_RESOURCE_ERROR_BUSY,
      "The stream name is in use: end the other publisher or choose another "
        "name (%s)."},
  {rtmp_error_quark, RTMP_ERROR_REFUSED, OPEN_OR_TRANSFER,
      "The server refused the stream, or ended it: see what it said in the "
        "debug part, and its log (%s)."},
  {rtmp_error_quark, RTMP_ERROR_TIMED_OUT, OPEN_OR_TRANSFER,
      "The server did not answer in time: check that it speaks RTMP on this "
        "port, or raise the timeout (%s)."},
  {rtmp_error_quark, RTMP_ERROR_CLOSED_IN_HANDSHAKE, OPEN,
      "The server closed the connection before RTMP began: check port and "
        "scheme, rtmps:// for TLS, and see its log (%s)."},
  {rtmp_error_quark, RTMP_ERROR_PEER_CLOSED, OPEN_OR_TRANSFER,
      "The server closed the connection: see its log, and check scheme, port "
        "and the stream's name (%s)."},
  {rtmp_error_quark, RTMP_ERROR_BAD_HANDSHAKE, OPEN,
      "What answers there does not speak RTMP: check scheme and port (%s)."},
  {rtmp_error_quark, RTMP_ERROR_BAD_HTTP, OPEN,
      "What answers there does not speak RTMPT: check scheme and port (%s)."},
  {rtmp_error_quark, RTMP_ERROR_UNSUPPORTED, GST_RESOURCE_ERROR_SETTINGS,
      "The settings ask for what is not supported, or name a file that "
        "cannot be used: change what the debug part names (%s)."},
  {rtmp_error_quark, ANY_CODE, OPEN_OR_TRANSFER,
      "The server broke the protocol or our limits: try again, and report it "
        "with the debug part (%s)."},
  {NULL, ANY_CODE, OPEN_OR_TRANSFER,
      "The connection failed: check the network and the server (%s)."},
};

static const Row *
find_row (const GError * error)
{
  const Row *row = table;

  while (row->domain && (row->domain () != error->domain
          || (row->code != ANY_CODE && row->code != error->code)))
    row++;
  return row;
}

static gint
resource_code (gint code, const GstRtmpErrorContext * context)
{
  if (code == OPEN_OR_TRANSFER)
    code = context->running ? TRANSFER : OPEN;
  if (code == OPEN)
    return context->publish ? GST_RESOURCE_ERROR_OPEN_WRITE
        : GST_RESOURCE_ERROR_OPEN_READ;
  if (code == TRANSFER)
    return context->publish ? GST_RESOURCE_ERROR_WRITE
        : GST_RESOURCE_ERROR_READ;
  return code;
}

void
gst_rtmp_element_error (GstElement * element, const GError * error,
    const GstRtmpErrorContext * context)
{
  const Row *row = find_row (error);
  GString *text = g_string_new (row->text);

  g_string_replace (text, "%s", context->where, 1);
  gst_element_message_full (element, GST_MESSAGE_ERROR, GST_RESOURCE_ERROR,
      resource_code (row->resource, context),
      g_string_free (text, FALSE),
      g_strdup_printf ("%s (%s, %d)", error->message,
          g_quark_to_string
          (error->domain), error->code), __FILE__, G_STRFUNC, __LINE__);
}

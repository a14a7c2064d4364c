/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* In LD_PRELOAD of a server that leaves Nagle's algorithm on, and has no option
 * for it: takes it off each connection that is accepted. */
#include <dlfcn.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <sys/socket.h>

#pragma GCC visibility push(default)

int
accept4 (int fd, struct sockaddr *address, socklen_t * size, int flags)
{
  static int (*next) (int, struct sockaddr *, socklen_t *, int);
  const int on = 1;
  int client;

  if (next == NULL)
    *(void **) &next = dlsym (RTLD_NEXT, "accept4");
  client = next (fd, address, size, flags);
  if (client >= 0)
    setsockopt (client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof (on));
  return client;
}

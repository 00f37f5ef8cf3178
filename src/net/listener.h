/* listener - accepts connections on one address and hands each socket to a callback.
 * Thread: one worker owns it; with reuse_port several workers listen on one port and the kernel
 * spreads the connections. */
#ifndef NET_LISTENER_H
#define NET_LISTENER_H
#include <stdbool.h>

#include "src/base/err.h"

struct listener;
struct worker;
/* @fd is the callback's to own. */
typedef void (*listener_fn)(void *arg, int fd);

/* @address as for stream_connect(); port 0 picks a free one below the ephemeral range. */
struct listener *listener_new(struct worker *w, const char *address, bool reuse_port, listener_fn fn,
			      void *arg, struct err *e);
/* "127.0.0.1:15306": the address really bound. */
const char *listener_address(const struct listener *l);
int listener_port(const struct listener *l);
/* Stops accepting; connections already accepted live on. NULL is fine. */
void listener_free(struct listener *l);
#endif

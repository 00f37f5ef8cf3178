/* net_int - what the files of src/net share; nobody else includes it. */
#ifndef NET_NET_INT_H
#define NET_NET_INT_H
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "src/base/err.h"

struct worker;
struct ssl_st;
struct tls;

enum {
	NET_READ_SIZE = 128 * 1024, /* the worker's read buffer... */
	NET_STASH_COPY = 8 * 1024,  /* ...and room before it: smaller rests are copied there */
	NET_READ_ROOM = NET_STASH_COPY + NET_READ_SIZE,
	NET_BLOCK = 16 * 1024, /* what output gathers in; such blocks are kept */
	NET_BLOCKS_KEPT = 64,
	NET_HIGH_WATER = 512 * 1024,
	NET_LOW_WATER = 128 * 1024,
	NET_DIRECT_WRITE = 32 * 1024, /* pieces this large are sent from where they are; copying
					 less costs less than one more send */
};

/* Per worker: the read buffers and the spare output blocks. */
struct net_scratch {
	uint8_t *read;	/* NET_READ_ROOM: bytes off the socket */
	uint8_t *plain; /* NET_READ_ROOM: what TLS makes of them; made at first use */
	void *spare;	/* free NET_BLOCK blocks, linked through their first word */
	unsigned spare_count;
};
int net_scratch_init(struct net_scratch *s) MUST_CHECK;
void net_scratch_fini(struct net_scratch *s);
struct net_scratch *net_scratch_of(struct worker *w);
/* The buffer for TLS plain text, NULL: out of memory. */
uint8_t *net_scratch_plain(struct net_scratch *s);
/* A NET_BLOCK, and back. */
void *net_block_get(struct net_scratch *s);
void net_block_put(struct net_scratch *s, void *block);

/* Calls @fn on the worker whenever @fd is readable; made enabled. */
struct net_watch;
struct net_watch *net_watch_new(struct worker *w, int fd, void (*fn)(void *arg), void *arg);
void net_watch_enable(struct net_watch *w, bool on);
/* NULL is fine. Before @fd is closed. */
void net_watch_free(struct net_watch *w);

/* A socket address from "host:port", "[v6]:port" or "unix:/path" (numeric hosts). */
struct net_address {
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_un un;
		struct sockaddr_storage any;
	};
	socklen_t len;
};
int net_address_parse(const char *text, struct net_address *a, struct err *e) MUST_CHECK;
/* The text of an address, for logs. */
void net_address_print(const struct net_address *a, char *out, size_t room);
/* Its port, 0 for unix sockets; setting it. */
int net_address_port(const struct net_address *a);
void net_address_set_port(struct net_address *a, int port);

/* A new TLS session over memory BIOs; NULL with @e. */
struct ssl_st *tls_session(struct tls *t, const char *server_name, struct err *e);
/* "reason" of OpenSSL's last error into @e. Returns -1. */
int tls_error(struct err *e, const char *what);
#endif

/* rpc_trust - how the two ends of an RPC connection know each other: by a secret that both have
 * (rpc_auth.h), by certificates of one authority (mutual TLS), by both, or not at all. Copies of the
 * struct borrow; any thread. */
#ifndef RPC_RPC_TRUST_H
#define RPC_RPC_TRUST_H
#include <stdbool.h>

#include "src/base/err.h"
#include "src/base/str.h"

struct tls;

struct rpc_trust {
	struct str secret;	     /* empty: none */
	struct tls *client, *server; /* NULL: no TLS */
};

/* What a program's options name; each may be NULL. */
struct rpc_trust_files {
	const char *secret;
	const char *cert, *key, *ca; /* PEM; all three or none */
};

/* Reads the files into *@out, which rpc_trust_close() frees, also after an error. -1: one is missing
 * or wrong; @e names its option. */
int rpc_trust_open(const struct rpc_trust_files *f, struct rpc_trust *out, struct err *e) MUST_CHECK;
void rpc_trust_close(struct rpc_trust *t);
/* Whether a server may listen on @address: one that other machines reach needs some trust. */
int rpc_trust_check_address(const struct rpc_trust *t, const char *address,
			    struct err *e) MUST_CHECK;
#endif

#include "src/rpc/rpc_trust.h"

#include <stdlib.h>

#include "src/base/buf.h"
#include "src/base/secret.h"
#include "src/net/tls.h"

static int open_secret(const char *path, struct rpc_trust *out, struct err *e)
{
	struct buf b;
	int rc;

	buf_init(&b);
	rc = secret_read(path, &b, e);
	if (rc == 0) {
		out->secret = str_make(str_dup(buf_slice(&b)), b.len);
		if (!out->secret.p)
			rc = err_set(e, ERR_NOMEM, "out of memory");
	}
	buf_fini(&b);
	return rc < 0 ? err_wrap(e, "--rpc-secret-file") : 0;
}

static int open_tls(const struct rpc_trust_files *f, struct rpc_trust *out, struct err *e)
{
	struct tls_config c = {.cert_file = f->cert,
			       .key_file = f->key,
			       .ca_file = f->ca,
			       .require_peer_cert = true};

	if (!f->cert || !f->key || !f->ca)
		return err_set(e, ERR_INVALID,
			       "--rpc-tls-cert, --rpc-tls-key and --rpc-tls-ca go together");
	out->server = tls_new_server(&c, e);
	out->client = out->server ? tls_new_client(&c, e) : NULL;
	return out->client ? 0 : err_wrap(e, "TLS of the RPC");
}

int rpc_trust_open(const struct rpc_trust_files *f, struct rpc_trust *out, struct err *e)
{
	*out = (struct rpc_trust){.client = NULL};
	if (f->secret && open_secret(f->secret, out, e) < 0)
		return -1;
	return f->cert || f->key || f->ca ? open_tls(f, out, e) : 0;
}

void rpc_trust_close(struct rpc_trust *t)
{
	free((void *)(uintptr_t)t->secret.p);
	tls_put(t->client);
	tls_put(t->server);
	*t = (struct rpc_trust){.client = NULL};
}

int rpc_trust_check_address(const struct rpc_trust *t, const char *address, struct err *e)
{
	struct str a = str_of(address);

	if (t->secret.n || t->server || str_starts(a, "unix:") || str_starts(a, "127.") ||
	    str_starts(a, "[::1]"))
		return 0;
	return err_set(e, ERR_INVALID,
		       "--rpc-address %s can be reached from other machines, so gates and keepers "
		       "must prove who they are: --rpc-secret-file or --rpc-tls-ca is needed",
		       address);
}

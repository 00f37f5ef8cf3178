#include "src/rpc/rpc_auth.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/buf.h"
#include "src/base/rng.h"
#include "src/base/secret.h"
#include "src/rpc/rpc_frame.h"

struct rpc_auth {
	struct str secret; /* borrowed */
	bool server, answered;
	uint8_t ours[RPC_FRAME_NONCE], theirs[RPC_FRAME_NONCE];
	uint8_t proof[DIGEST_SHA256_LEN];
	struct buf held;
};

struct rpc_auth *rpc_auth_new(struct str secret, bool server)
{
	struct rpc_auth *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->secret = secret;
	a->server = server;
	rng_secure(a->ours, sizeof(a->ours));
	buf_init(&a->held);
	return a;
}

void rpc_auth_free(struct rpc_auth *a)
{
	if (!a)
		return;
	buf_fini(&a->held);
	free(a);
}

const uint8_t *rpc_auth_nonce(const struct rpc_auth *a)
{
	return a->ours;
}

static void prove(const struct rpc_auth *a, bool server, uint8_t out[DIGEST_SHA256_LEN])
{
	static const char client_side[] = "sluice-rpc client", server_side[] = "sluice-rpc server";
	const uint8_t *client_nonce = a->server ? a->theirs : a->ours;
	const uint8_t *server_nonce = a->server ? a->ours : a->theirs;
	struct digest_part part[3] = {
		{server ? server_side : client_side, sizeof(client_side)},
		{client_nonce, RPC_FRAME_NONCE},
		{server_nonce, RPC_FRAME_NONCE},
	};

	secret_sign(a->secret, part, 3, out);
}

int rpc_auth_answer(struct rpc_auth *a, struct str nonce, struct iovec *proof, struct err *e)
{
	if (a->answered)
		return err_set(e, ERR_PROTOCOL, "a second HELLO");
	if (nonce.n == 0)
		return err_set(e, ERR_DENIED, "the peer has no RPC secret (--rpc-secret-file)");
	if (nonce.n != RPC_FRAME_NONCE)
		return err_set(e, ERR_PROTOCOL, "a HELLO with a nonce of %zu bytes", nonce.n);
	memcpy(a->theirs, nonce.p, nonce.n);
	a->answered = true;
	prove(a, a->server, a->proof);
	*proof = (struct iovec){a->proof, sizeof(a->proof)};
	return 0;
}

int rpc_auth_check(struct rpc_auth *a, struct str proof, struct err *e)
{
	uint8_t want[DIGEST_SHA256_LEN];

	if (!a->answered)
		return err_set(e, ERR_PROTOCOL, "AUTH before HELLO");
	if (buf_check(&a->held, e) < 0)
		return -1;
	prove(a, !a->server, want);
	if (!secret_equal(proof, str_make(want, sizeof(want))))
		return err_set(e, ERR_DENIED, "the peer's RPC secret is another one");
	return 0;
}

bool rpc_auth_hold(struct rpc_auth *a, const struct rpc_frame *f, const struct iovec *parts,
		   int count)
{
	uint8_t *p;

	if (f->type == RPC_FRAME_HELLO || f->type == RPC_FRAME_AUTH)
		return false;
	p = buf_reserve(&a->held, RPC_FRAME_HEADER);
	if (p) {
		rpc_frame_put(p, f);
		a->held.len += RPC_FRAME_HEADER;
	}
	for (int i = 0; i < count; i++)
		buf_append(&a->held, parts[i].iov_base, parts[i].iov_len);
	return true;
}

struct str rpc_auth_held(const struct rpc_auth *a)
{
	return buf_slice(&a->held);
}

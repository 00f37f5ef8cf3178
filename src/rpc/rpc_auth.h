/* rpc_auth - proof that both ends of a connection know the same secret, before any call: each side
 * sends a nonce in its HELLO and answers the other's with
 *
 *	HMAC-SHA256(secret, side | client's nonce | server's nonce)
 *
 * in AUTH; side is "sluice-rpc client" or "sluice-rpc server", so that neither's proof is of use to
 * the other. Nothing but HELLO and AUTH is written before the peer's proof has been checked.
 * Thread: the connection's worker. */
#ifndef RPC_RPC_AUTH_H
#define RPC_RPC_AUTH_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "src/base/err.h"
#include "src/base/str.h"

struct rpc_auth;
struct rpc_frame;

/* @secret is borrowed for its life. NULL: out of memory. */
struct rpc_auth *rpc_auth_new(struct str secret, bool server);
void rpc_auth_free(struct rpc_auth *a); /* NULL is fine */
/* Our nonce: RPC_FRAME_NONCE bytes. */
const uint8_t *rpc_auth_nonce(const struct rpc_auth *a);
/* The peer's nonce has come: our proof, borrowed as long as @a. -1: the peer sent none, or a second
 * one. */
int rpc_auth_answer(struct rpc_auth *a, struct str nonce, struct iovec *proof,
		    struct err *e) MUST_CHECK;
/* Whether the peer's proof is right. */
int rpc_auth_check(struct rpc_auth *a, struct str proof, struct err *e) MUST_CHECK;
/* Keeps a frame back that must wait; false: it need not (HELLO, AUTH). */
bool rpc_auth_hold(struct rpc_auth *a, const struct rpc_frame *f, const struct iovec *parts,
		   int count);
/* The frames kept back, as they are sent. */
struct str rpc_auth_held(const struct rpc_auth *a);
#endif

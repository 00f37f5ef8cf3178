/* rpc_frame - the frames of our RPC: 16 bytes of header, then a payload that is opaque here.
 *
 *	u32 payload length | u32 stream | u8 type | u8 flags | u16 method | u32 aux     (little-endian)
 *
 * The first frame each way is HELLO. Peers that share a secret add a nonce to it, and prove by AUTH,
 * both ways, that they know the secret, before any other frame counts.
 * A call is one REQUEST, DATA both ways as wanted, and one END
 * from the server; the client may CANCEL. DATA is bounded by credit that the receiver grants in
 * bytes; a sender may overdraw by the one piece that uses the credit up. Stream 0 is the connection
 * itself (HELLO, PING, PONG, GOAWAY). */
#ifndef RPC_RPC_FRAME_H
#define RPC_RPC_FRAME_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/str.h"

enum {
	RPC_FRAME_HEADER = 16,
	RPC_VERSION_MIN = 1,
	RPC_VERSION_MAX = 1,
	RPC_FRAME_SMALL = 65536,           /* the most that HELLO, PING, ... may carry */
	RPC_FRAME_MAX_END = 16 << 20,      /* a trailer */
	RPC_FRAME_MAX_DATA = 64 << 20,     /* one DATA frame; it is never held as a whole */
	RPC_FRAME_MAX_REQUEST = 128 << 20, /* held as a whole */
	RPC_FRAME_WINDOW = 256 << 10,      /* credit of a new call, each way */
	RPC_FRAME_MAX_STREAMS = 65535,     /* calls under way on a connection */
	RPC_FRAME_NONCE = 32,              /* bytes behind the magic of a HELLO */
};

enum rpc_frame_type {
	RPC_FRAME_HELLO = 1, /* method: lowest version spoken; aux: highest; payload: magic */
	RPC_FRAME_REQUEST,   /* aux: milliseconds to the deadline, 0: none */
	RPC_FRAME_DATA,
	RPC_FRAME_END,    /* aux: 0 and a trailer; 1 and a packed error; 1 + the length of a packed
			   * error, behind which comes a trailer */
	RPC_FRAME_CANCEL, /* answered by END, unless that is on its way already */
	RPC_FRAME_CREDIT, /* aux: bytes granted */
	RPC_FRAME_PING,   /* answered by PONG with the same aux */
	RPC_FRAME_PONG,
	RPC_FRAME_GOAWAY, /* no new calls, please; those under way end */
	RPC_FRAME_AUTH,	  /* after HELLOs with nonces: the proof of knowing the secret */
	RPC_FRAME_TYPES
};

enum {
	RPC_FRAME_LAST = 1, /* flag of DATA from a client: the end of what it sends */
	RPC_FRAME_GONE = 1, /* flag of CANCEL: the server shall keep nothing that the call made or used */
};

struct rpc_frame {
	uint32_t len, stream;
	uint8_t type, flags;
	uint16_t method;
	uint32_t aux;
};

void rpc_frame_put(uint8_t out[RPC_FRAME_HEADER], const struct rpc_frame *f);
void rpc_frame_get(const uint8_t p[RPC_FRAME_HEADER], struct rpc_frame *out);
/* Whether a received header is acceptable; @server: the receiver is one. -1: ERR_PROTOCOL. */
int rpc_frame_check(const struct rpc_frame *f, bool server, struct err *e) MUST_CHECK;
/* The first part of HELLO's payload. */
struct str rpc_frame_magic(void);
/* The version both can speak, or -1 with ERR_PROTOCOL. */
int rpc_frame_agree(const struct rpc_frame *hello, struct str payload, struct err *e) MUST_CHECK;
/* An error as END carries it: the code by name, so that programs of different age agree. */
void rpc_frame_pack_error(struct buf *b, const struct err *e);
/* Never fails: what does not parse becomes ERR_PROTOCOL. */
void rpc_frame_unpack_error(struct str payload, struct err *e);
#endif

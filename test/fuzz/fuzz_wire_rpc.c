/* The RPC's frame header, HELLO and packed errors. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "src/rpc/rpc_frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t again[RPC_FRAME_HEADER];
	struct rpc_frame f;
	struct err e, back;
	struct str rest;
	struct buf b;
	int version;

	rpc_frame_unpack_error(str_make(data, size), &e);
	if (e.code == ERR_OK || strlen(e.sqlstate) > 5)
		abort();
	buf_init(&b);
	rpc_frame_pack_error(&b, &e);
	rpc_frame_unpack_error(buf_slice(&b), &back);
	if (strlen(e.sqlstate) == 5 && (back.code != e.code || strcmp(back.msg, e.msg) != 0))
		abort();
	buf_fini(&b);
	if (size < RPC_FRAME_HEADER)
		return 0;
	rpc_frame_get(data, &f);
	rpc_frame_put(again, &f);
	if (memcmp(again, data, sizeof(again)) != 0)
		abort();
	rest = str_make(data + RPC_FRAME_HEADER, size - RPC_FRAME_HEADER);
	if (rpc_frame_check(&f, true, &e) == 0 && f.len > RPC_FRAME_MAX_REQUEST)
		abort();
	if (rpc_frame_check(&f, false, &e) == 0 && f.type == RPC_FRAME_REQUEST)
		abort();
	version = rpc_frame_agree(&f, rest, &e);
	if (version > RPC_VERSION_MAX || (version >= 0 && version < RPC_VERSION_MIN))
		abort();
	return 0;
}

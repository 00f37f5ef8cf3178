#include "src/rpc/rpc_frame.h"

#include <string.h>

static void put32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
	p[2] = (uint8_t)(v >> 16);
	p[3] = (uint8_t)(v >> 24);
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

void rpc_frame_put(uint8_t out[RPC_FRAME_HEADER], const struct rpc_frame *f)
{
	put32(out, f->len);
	put32(out + 4, f->stream);
	out[8] = f->type;
	out[9] = f->flags;
	out[10] = (uint8_t)f->method;
	out[11] = (uint8_t)(f->method >> 8);
	put32(out + 12, f->aux);
}

void rpc_frame_get(const uint8_t p[RPC_FRAME_HEADER], struct rpc_frame *out)
{
	*out = (struct rpc_frame){
		.len = get32(p),
		.stream = get32(p + 4),
		.type = p[8],
		.flags = p[9],
		.method = (uint16_t)(p[10] | p[11] << 8),
		.aux = get32(p + 12),
	};
}

/* What each type may be: payload limit, who sends it, whether it belongs to a call. */
static const struct {
	uint32_t max;
	bool to_server, to_client, call;
} rules[RPC_FRAME_TYPES] = {
	[RPC_FRAME_HELLO] = {RPC_FRAME_SMALL, true, true, false},
	[RPC_FRAME_REQUEST] = {RPC_FRAME_MAX_REQUEST, true, false, true},
	[RPC_FRAME_DATA] = {RPC_FRAME_MAX_DATA, true, true, true},
	[RPC_FRAME_END] = {RPC_FRAME_MAX_END, false, true, true},
	[RPC_FRAME_CANCEL] = {RPC_FRAME_SMALL, true, false, true},
	[RPC_FRAME_CREDIT] = {RPC_FRAME_SMALL, true, true, true},
	[RPC_FRAME_PING] = {RPC_FRAME_SMALL, true, true, false},
	[RPC_FRAME_PONG] = {RPC_FRAME_SMALL, true, true, false},
	[RPC_FRAME_GOAWAY] = {RPC_FRAME_SMALL, false, true, false},
	[RPC_FRAME_AUTH] = {RPC_FRAME_SMALL, true, true, false},
};

int rpc_frame_check(const struct rpc_frame *f, bool server, struct err *e)
{
	if (f->type == 0 || f->type >= RPC_FRAME_TYPES)
		return err_set(e, ERR_PROTOCOL, "RPC frame of unknown type %u", f->type);
	if (server ? !rules[f->type].to_server : !rules[f->type].to_client)
		return err_set(e, ERR_PROTOCOL, "RPC frame of type %u from the wrong side", f->type);
	if (f->len > rules[f->type].max)
		return err_set(e, ERR_PROTOCOL, "RPC frame of type %u with %u bytes is too long",
			       f->type, f->len);
	if (rules[f->type].call != (f->stream != 0))
		return err_set(e, ERR_PROTOCOL, "RPC frame of type %u on stream %u", f->type,
			       f->stream);
	return 0;
}

struct str rpc_frame_magic(void)
{
	return STR_LIT("sluice-rpc");
}

int rpc_frame_agree(const struct rpc_frame *hello, struct str payload, struct err *e)
{
	struct str magic = rpc_frame_magic();
	uint32_t version = hello->aux < RPC_VERSION_MAX ? hello->aux : RPC_VERSION_MAX;

	/* What follows the magic is for later versions. */
	if (payload.n < magic.n || memcmp(payload.p, magic.p, magic.n) != 0)
		return err_set(e, ERR_PROTOCOL, "the peer does not speak Sluice's RPC");
	if (version < RPC_VERSION_MIN || version < hello->method)
		return err_set(e, ERR_PROTOCOL, "no common RPC version: the peer has %u to %u, we %d to %d",
			       hello->method, hello->aux, RPC_VERSION_MIN, RPC_VERSION_MAX);
	return (int)version;
}

/* name NUL | u16 errno | 5 bytes SQLSTATE | message */
void rpc_frame_pack_error(struct buf *b, const struct err *e)
{
	buf_puts(b, err_name(e->code));
	buf_u8(b, 0);
	buf_le16(b, e->mysql_errno);
	buf_append(b, e->sqlstate, 5);
	buf_puts(b, e->msg);
}

void rpc_frame_unpack_error(struct str payload, struct err *e)
{
	struct str name, rest;
	char text[40], sqlstate[6] = {0};
	unsigned number;

	if (!str_cut(payload, 0, &name, &rest) || name.n >= sizeof(text) || rest.n < 7) {
		err_set(e, ERR_PROTOCOL, "malformed error from the peer");
		return;
	}
	memcpy(text, name.p, name.n);
	text[name.n] = 0;
	memcpy(sqlstate, rest.p + 2, 5);
	number = (unsigned)((uint8_t)rest.p[0] | (uint8_t)rest.p[1] << 8);
	err_set_mysql(e, err_from_name(text), number, sqlstate, "%.*s", (int)(rest.n - 7), rest.p + 7);
	if (e->code == ERR_OK)
		e->code = ERR_INTERNAL;
}

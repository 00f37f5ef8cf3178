#include "src/wire/handshake.h"

#include <string.h>

#include "src/wire/caps.h"
#include "src/wire/packet.h"
#include "src/wire/reply.h"
#include "src/wire/wire_reader.h"

enum { NONCE_FIRST = 8, NONCE_REST = HANDSHAKE_NONCE - NONCE_FIRST, REPLY_FIXED = 32 };

static void put_zeros(struct buf *b, size_t n)
{
	while (n-- > 0)
		buf_u8(b, 0);
}

void handshake_build_hello(struct buf *b, const struct handshake_hello *h)
{
	buf_u8(b, 10);
	packet_put_nul_str(b, h->version);
	buf_le32(b, h->connection_id);
	buf_append(b, h->nonce, NONCE_FIRST);
	buf_u8(b, 0);
	buf_le16(b, (uint16_t)h->caps);
	buf_u8(b, h->charset);
	buf_le16(b, h->status);
	buf_le16(b, (uint16_t)(h->caps >> 16));
	buf_u8(b, h->caps & CAP_PLUGIN_AUTH ? HANDSHAKE_NONCE + 1 : 0);
	put_zeros(b, 6);
	buf_le32(b, h->caps & CAP_LONG_PASSWORD ? 0 : (uint32_t)(h->caps >> 32));
	buf_append(b, h->nonce + NONCE_FIRST, NONCE_REST);
	buf_u8(b, 0);
	if (h->caps & CAP_PLUGIN_AUTH)
		packet_put_nul_str(b, h->plugin);
}

static int refused(struct str payload, struct err *e)
{
	struct reply_err r;

	if (reply_parse_err(payload, &r) == 0)
		return err_set_mysql(e, ERR_REMOTE, r.code, r.sqlstate, "%.*s", STR_ARG(r.message));
	return err_set(e, ERR_HANDSHAKE, "the server's greeting is malformed");
}

int handshake_parse_hello(struct str payload, struct handshake_hello *out, struct err *e)
{
	struct wire_reader r = wire_reader_of(payload);
	const uint8_t *nonce;
	uint32_t ext;
	uint8_t nonce_len;

	*out = (struct handshake_hello){0};
	if (wire_reader_u8(&r) != 10)
		return refused(payload, e);
	out->version = wire_reader_nul_str(&r);
	out->connection_id = wire_reader_u32(&r);
	nonce = wire_reader_take(&r, NONCE_FIRST);
	if (nonce)
		memcpy(out->nonce, nonce, NONCE_FIRST);
	wire_reader_u8(&r);
	out->caps = wire_reader_u16(&r);
	out->charset = wire_reader_u8(&r);
	out->status = wire_reader_u16(&r);
	out->caps |= (uint64_t)wire_reader_u16(&r) << 16;
	nonce_len = wire_reader_u8(&r);
	wire_reader_take(&r, 6);
	ext = wire_reader_u32(&r);
	if (!(out->caps & CAP_LONG_PASSWORD))
		out->caps |= (uint64_t)ext << 32;
	nonce = wire_reader_take(&r, NONCE_REST);
	if (nonce)
		memcpy(out->nonce + NONCE_FIRST, nonce, NONCE_REST);
	/* The second part is max(13, nonce_len - 8) bytes; what is beyond 12 is padding. */
	wire_reader_take(&r, nonce_len > HANDSHAKE_NONCE + 1 ? nonce_len - HANDSHAKE_NONCE : 1);
	if (r.failed || !(out->caps & CAP_PROTOCOL_41) || !(out->caps & CAP_SECURE_CONNECTION))
		return err_set(e, ERR_HANDSHAKE, "the server's greeting is malformed or too old");
	if (out->caps & CAP_PLUGIN_AUTH) {
		out->plugin = wire_reader_rest(&r);
		/* Some old servers leave the NUL out. */
		if (out->plugin.n && memchr(out->plugin.p, 0, out->plugin.n))
			out->plugin.n = strnlen(out->plugin.p, out->plugin.n);
	}
	return 0;
}

void handshake_build_ssl_request(struct buf *b, const struct handshake_reply *r)
{
	buf_le32(b, (uint32_t)r->caps);
	buf_le32(b, r->max_packet);
	buf_u8(b, r->charset);
	put_zeros(b, 19);
	buf_le32(b, r->caps & CAP_LONG_PASSWORD ? 0 : (uint32_t)(r->caps >> 32));
}

void handshake_build_reply(struct buf *b, const struct handshake_reply *r)
{
	handshake_build_ssl_request(b, r);
	packet_put_nul_str(b, r->user);
	if (r->caps & CAP_PLUGIN_AUTH_LENENC) {
		packet_put_lenenc_str(b, r->auth);
	} else {
		buf_u8(b, (uint8_t)r->auth.n);
		buf_append(b, r->auth.p, (uint8_t)r->auth.n);
	}
	if (r->caps & CAP_CONNECT_WITH_DB)
		packet_put_nul_str(b, r->db);
	if (r->caps & CAP_PLUGIN_AUTH)
		packet_put_nul_str(b, r->plugin);
	if (r->caps & CAP_CONNECT_ATTRS)
		packet_put_lenenc_str(b, r->attrs);
}

/* A string that ends at a NUL or, as several connectors send the last one, at the end. */
static struct str nul_or_end(struct wire_reader *r)
{
	if (wire_reader_left(r) && memchr(r->p, 0, wire_reader_left(r)))
		return wire_reader_nul_str(r);
	return wire_reader_rest(r);
}

static struct str read_auth(struct wire_reader *r, uint64_t caps)
{
	if (caps & CAP_PLUGIN_AUTH_LENENC)
		return wire_reader_lenenc_str(r);
	if (caps & CAP_SECURE_CONNECTION)
		return wire_reader_bytes(r, wire_reader_u8(r));
	return wire_reader_nul_str(r);
}

/* Plugin and attributes, which some clients announce and then leave out. */
static void read_tail(struct wire_reader *r, uint64_t caps, struct handshake_reply *out)
{
	if ((caps & CAP_PLUGIN_AUTH) && wire_reader_left(r))
		out->plugin = nul_or_end(r);
	if ((caps & CAP_CONNECT_ATTRS) && wire_reader_left(r))
		out->attrs = wire_reader_lenenc_str(r);
}

static int check_attrs(struct str attrs)
{
	struct str key, value;
	int rc;

	while ((rc = handshake_next_attr(&attrs, &key, &value)) > 0)
		;
	return rc;
}

int handshake_parse_reply(struct str payload, uint64_t offered, struct handshake_reply *out,
			  struct err *e)
{
	struct wire_reader r = wire_reader_of(payload);
	uint64_t caps;
	uint32_t ext;

	*out = (struct handshake_reply){0};
	caps = wire_reader_u32(&r);
	if (!(caps & CAP_PROTOCOL_41))
		return err_set(e, ERR_HANDSHAKE, "Bad handshake: the client's protocol is older than 4.1");
	out->max_packet = wire_reader_u32(&r);
	out->charset = wire_reader_u8(&r);
	wire_reader_take(&r, 19);
	ext = wire_reader_u32(&r);
	if (!(caps & CAP_LONG_PASSWORD))
		caps |= (uint64_t)ext << 32;
	out->caps = caps;
	if (r.failed)
		return err_set(e, ERR_HANDSHAKE, "Bad handshake");
	caps &= offered;
	if ((caps & CAP_SSL) && payload.n == REPLY_FIXED) {
		out->ssl_request = true;
		return 0;
	}
	out->user = wire_reader_nul_str(&r);
	out->auth = read_auth(&r, caps);
	if ((caps & CAP_CONNECT_WITH_DB) && wire_reader_left(&r))
		out->db = nul_or_end(&r);
	read_tail(&r, caps, out);
	if (r.failed || check_attrs(out->attrs))
		return err_set(e, ERR_HANDSHAKE, "Bad handshake");
	return 0;
}

int handshake_next_attr(struct str *rest, struct str *key, struct str *value)
{
	struct wire_reader r = wire_reader_of(*rest);

	if (rest->n == 0)
		return 0;
	*key = wire_reader_lenenc_str(&r);
	*value = wire_reader_lenenc_str(&r);
	if (r.failed)
		return -1;
	*rest = wire_reader_rest(&r);
	return 1;
}

void handshake_put_attr(struct buf *b, struct str key, struct str value)
{
	packet_put_lenenc_str(b, key);
	packet_put_lenenc_str(b, value);
}

int handshake_parse_change_user(struct str body, uint64_t caps, struct handshake_reply *out,
				struct err *e)
{
	struct wire_reader r = wire_reader_of(body);

	*out = (struct handshake_reply){.caps = caps};
	out->user = wire_reader_nul_str(&r);
	/* One length byte here even with CAP_PLUGIN_AUTH_LENENC. */
	out->auth = caps & CAP_SECURE_CONNECTION ? wire_reader_bytes(&r, wire_reader_u8(&r))
						 : wire_reader_nul_str(&r);
	out->db = nul_or_end(&r);
	if (wire_reader_left(&r)) {
		out->charset = (uint8_t)wire_reader_u16(&r);
		read_tail(&r, caps, out);
	}
	if (r.failed || check_attrs(out->attrs))
		return err_set(e, ERR_PROTOCOL, "Malformed communication packet");
	return 0;
}

void handshake_build_change_user(struct buf *b, uint64_t caps, const struct handshake_reply *r)
{
	buf_u8(b, CMD_CHANGE_USER);
	packet_put_nul_str(b, r->user);
	buf_u8(b, (uint8_t)r->auth.n);
	buf_append(b, r->auth.p, (uint8_t)r->auth.n);
	packet_put_nul_str(b, r->db);
	buf_le16(b, r->charset);
	if (caps & CAP_PLUGIN_AUTH)
		packet_put_nul_str(b, r->plugin);
	if (caps & CAP_CONNECT_ATTRS)
		packet_put_lenenc_str(b, r->attrs);
}

void handshake_build_switch(struct buf *b, struct str plugin, const uint8_t nonce[HANDSHAKE_NONCE])
{
	buf_u8(b, 0xfe);
	packet_put_nul_str(b, plugin);
	buf_append(b, nonce, HANDSHAKE_NONCE);
	buf_u8(b, 0);
}

int handshake_parse_switch(struct str payload, struct str *plugin, struct str *data, struct err *e)
{
	struct wire_reader r = wire_reader_of(payload);

	if (wire_reader_u8(&r) != 0xfe)
		return err_set(e, ERR_PROTOCOL, "not an authentication switch");
	if (!wire_reader_left(&r)) {
		*plugin = STR_LIT("mysql_old_password");
		*data = str_make("", 0);
		return 0;
	}
	*plugin = wire_reader_nul_str(&r);
	*data = wire_reader_rest(&r);
	if (r.failed)
		return err_set(e, ERR_PROTOCOL, "malformed authentication switch");
	return 0;
}

void handshake_build_more(struct buf *b, struct str data)
{
	buf_u8(b, 1);
	buf_str(b, data);
}

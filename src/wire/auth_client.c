#include "src/wire/auth_client.h"

#include <string.h>

#include "src/base/keypair.h"
#include "src/wire/auth_native.h"
#include "src/wire/auth_sha2.h"
#include "src/wire/reply.h"

enum { SHA2_REQUEST_KEY = 2, SHA2_FAST_OK = 3, SHA2_FULL = 4, MORE_DATA = 1 };

static const struct {
	const char *name;
	enum auth_client_method method;
} methods[] = {
	{"mysql_native_password", AUTH_CLIENT_NATIVE},
	{"caching_sha2_password", AUTH_CLIENT_SHA2},
	{"mysql_clear_password", AUTH_CLIENT_CLEAR},
};

void auth_client_init(struct auth_client *a, struct str password, bool secure, bool fetch_key)
{
	*a = (struct auth_client){.password = password, .secure = secure, .fetch_key = fetch_key};
}

static const char *choose(struct auth_client *a, struct str plugin)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (!str_eqz(plugin, methods[i].name))
			continue;
		if (methods[i].method == AUTH_CLIENT_CLEAR && !a->secure)
			break;
		a->method = methods[i].method;
		return methods[i].name;
	}
	return NULL;
}

static void put_clear(struct auth_client *a, struct buf *out)
{
	buf_str(out, a->password);
	buf_u8(out, 0);
}

static void put_proof(struct auth_client *a, struct buf *out)
{
	uint8_t proof[AUTH_SHA2_PROOF];

	switch (a->method) {
	case AUTH_CLIENT_NATIVE:
		if (a->password.n == 0)
			return;
		auth_native_prove(a->nonce, a->password, proof);
		buf_append(out, proof, AUTH_NATIVE_PROOF);
		return;
	case AUTH_CLIENT_SHA2:
		if (a->password.n == 0)
			return;
		auth_sha2_prove(a->nonce, a->password, proof);
		buf_append(out, proof, AUTH_SHA2_PROOF);
		return;
	case AUTH_CLIENT_CLEAR:
		put_clear(a, out);
		return;
	}
}

const char *auth_client_begin(struct auth_client *a, struct str plugin,
			      const uint8_t nonce[HANDSHAKE_NONCE], struct buf *out)
{
	const char *name = choose(a, plugin);

	memcpy(a->nonce, nonce, HANDSHAKE_NONCE);
	if (!name) {
		a->method = AUTH_CLIENT_NATIVE;
		name = methods[0].name;
	}
	put_proof(a, out);
	return name;
}

static enum auth_client_next fail(struct err *e, enum err_code code, const char *why)
{
	err_set(e, code, "%s", why);
	return AUTH_CLIENT_FAIL;
}

static enum auth_client_next switched(struct auth_client *a, struct str payload, struct buf *out,
				      struct err *e)
{
	struct str plugin, data;

	if (handshake_parse_switch(payload, &plugin, &data, e))
		return AUTH_CLIENT_FAIL;
	if (!choose(a, plugin)) {
		err_set(e, ERR_ACCESS, "the server wants authentication plugin '%.*s', which is not "
			"supported on this line", STR_ARG(plugin));
		return AUTH_CLIENT_FAIL;
	}
	if (a->method != AUTH_CLIENT_CLEAR) {
		if (data.n < HANDSHAKE_NONCE)
			return fail(e, ERR_PROTOCOL, "short nonce in authentication switch");
		memcpy(a->nonce, data.p, HANDSHAKE_NONCE);
	}
	put_proof(a, out);
	/* An empty proof is sent as an empty packet. */
	return AUTH_CLIENT_SEND;
}

static enum auth_client_next full_proof(struct auth_client *a, struct buf *out, struct err *e)
{
	if (a->secure) {
		put_clear(a, out);
		return AUTH_CLIENT_SEND;
	}
	if (!a->fetch_key)
		return fail(e, ERR_ACCESS, "the server wants the password over a line without TLS");
	a->key_asked = true;
	buf_u8(out, SHA2_REQUEST_KEY);
	return AUTH_CLIENT_SEND;
}

static enum auth_client_next send_encrypted(struct auth_client *a, struct str pem, struct buf *out,
					    struct err *e)
{
	uint8_t plain[AUTH_SHA2_MAX_PASSWORD + 1];
	size_t n = a->password.n + 1;
	int rc;

	if (n > sizeof(plain))
		return fail(e, ERR_INVALID, "the password is too long");
	memcpy(plain, a->password.p, a->password.n);
	plain[n - 1] = 0;
	for (size_t i = 0; i < n; i++)
		plain[i] ^= a->nonce[i % HANDSHAKE_NONCE];
	rc = keypair_encrypt(pem, plain, n, out, e);
	explicit_bzero(plain, sizeof(plain));
	return rc ? AUTH_CLIENT_FAIL : AUTH_CLIENT_SEND;
}

static enum auth_client_next more_data(struct auth_client *a, struct str data, struct buf *out,
				       struct err *e)
{
	if (a->method != AUTH_CLIENT_SHA2)
		return fail(e, ERR_PROTOCOL, "unexpected packet while logging in");
	if (a->key_asked)
		return send_encrypted(a, data, out, e);
	if (data.n == 1 && data.p[0] == SHA2_FAST_OK)
		return AUTH_CLIENT_WAIT;
	if (data.n == 1 && data.p[0] == SHA2_FULL)
		return full_proof(a, out, e);
	return fail(e, ERR_PROTOCOL, "unexpected packet while logging in");
}

enum auth_client_next auth_client_feed(struct auth_client *a, struct str payload, struct buf *out,
				       struct err *e)
{
	uint8_t first = payload.n ? (uint8_t)payload.p[0] : REPLY_ERR;

	if (first == REPLY_OK)
		return AUTH_CLIENT_OK;
	if (first == REPLY_EOF)
		return switched(a, payload, out, e);
	if (first == MORE_DATA)
		return more_data(a, str_make(payload.p + 1, payload.n - 1), out, e);
	reply_to_err(payload, e);
	return AUTH_CLIENT_FAIL;
}

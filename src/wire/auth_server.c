#include "src/wire/auth_server.h"

#include <string.h>

#include "src/base/digest.h"
#include "src/base/keypair.h"
#include "src/base/rng.h"
#include "src/wire/auth_native.h"

enum { SHA2_REQUEST_KEY = 2, SHA2_FAST_OK = 3, SHA2_FULL = 4 };

const char auth_server_default_plugin[] = "caching_sha2_password";
static const char native_name[] = "mysql_native_password";

static void wipe(void *p, size_t n)
{
	explicit_bzero(p, n);
}

void auth_server_init(struct auth_server *a, bool secure, const struct keypair *key)
{
	*a = (struct auth_server){.secure = secure, .key = key};
	rng_secure(a->nonce, sizeof(a->nonce));
	/* Clients treat it as text: no NUL, nothing above 127; MySQL avoids '$' as well. */
	for (size_t i = 0; i < sizeof(a->nonce); i++) {
		a->nonce[i] &= 127;
		if (a->nonce[i] == 0 || a->nonce[i] == '$')
			a->nonce[i]++;
	}
}

void auth_server_fini(struct auth_server *a)
{
	wipe(a, sizeof(*a));
}

/* A stored hash in its plain form; -1 when it is of no known kind. */
static int plain_hash(struct str hash, char out[AUTH_SHA2_HASH + 1], uint8_t *len)
{
	uint8_t stage2[20];

	if (hash.n > 2 && hash.p[0] == '0' && (hash.p[1] == 'x' || hash.p[1] == 'X')) {
		if (hash.n != 2 + 2 * AUTH_SHA2_HASH ||
		    digest_unhex(hash.p + 2, hash.n - 2, (uint8_t *)out))
			return -1;
		*len = AUTH_SHA2_HASH;
	} else {
		if (hash.n > AUTH_SHA2_HASH)
			return -1;
		if (hash.n)
			memcpy(out, hash.p, hash.n);
		*len = (uint8_t)hash.n;
	}
	if (*len == 0 || auth_sha2_is_hash(str_make(out, *len)))
		return 0;
	return auth_native_parse(str_make(out, *len), stage2);
}

bool auth_server_hash_valid(struct str hash)
{
	char plain[AUTH_SHA2_HASH + 1];
	uint8_t len;

	return plain_hash(hash, plain, &len) == 0;
}

static enum auth_verdict done(struct auth_server *a, bool ok)
{
	a->step = AUTH_STEP_DONE;
	wipe(a->password, sizeof(a->password));
	return ok ? AUTH_OK : AUTH_DENIED;
}

static enum auth_verdict check_native(struct auth_server *a, struct str proof)
{
	uint8_t stage2[20];

	if (a->hash_len == 0 || proof.n != AUTH_NATIVE_PROOF)
		return done(a, a->known && a->hash_len == 0 && proof.n == 0);
	if (auth_native_parse(str_make(a->hash, a->hash_len), stage2))
		return done(a, false);
	return done(a, a->known &&
			       auth_native_check(a->nonce, (const uint8_t *)proof.p, stage2));
}

static enum auth_verdict check_sha2(struct auth_server *a, struct str proof, struct buf *out)
{
	/* Some clients send an empty password as one NUL. */
	bool empty = proof.n == 0 || (proof.n == 1 && proof.p[0] == 0);
	uint8_t code = SHA2_FULL;

	if (empty || (a->known && a->hash_len == 0))
		return done(a, empty && a->known && a->hash_len == 0);
	if (proof.n != AUTH_SHA2_PROOF)
		return done(a, false);
	if (a->have_cached && auth_sha2_check_fast(a->nonce, (const uint8_t *)proof.p, a->fast)) {
		code = SHA2_FAST_OK;
		handshake_build_more(out, str_make(&code, 1));
		return done(a, true);
	}
	handshake_build_more(out, str_make(&code, 1));
	a->step = AUTH_STEP_FULL;
	return AUTH_SEND;
}

static enum auth_verdict check_proof(struct auth_server *a, struct str proof, struct buf *out)
{
	return a->native ? check_native(a, proof) : check_sha2(a, proof, out);
}

enum auth_verdict auth_server_begin(struct auth_server *a, const struct auth_user *user,
				    struct str plugin, struct str proof, struct buf *out)
{
	bool client_native = plugin.n == 0 || str_eqz(plugin, native_name);

	a->known = user && plain_hash(user->hash, a->hash, &a->hash_len) == 0;
	if (!a->known)
		a->hash_len = 0;
	a->have_cached = a->known && user->fast;
	if (a->have_cached)
		memcpy(a->fast, user->fast, sizeof(a->fast));
	a->native = a->hash_len == 41;
	/* Without a password either plugin will do; take the client's. */
	if (a->known && a->hash_len == 0)
		a->native = client_native;
	if (a->native ? client_native : str_eqz(plugin, auth_server_default_plugin))
		return check_proof(a, proof, out);
	if (plugin.n == 0) /* cannot switch */
		return done(a, false);
	handshake_build_switch(out, str_of(a->native ? native_name : auth_server_default_plugin),
			       a->nonce);
	a->step = AUTH_STEP_PROOF;
	return AUTH_SEND;
}

static enum auth_verdict take_password(struct auth_server *a, struct str password)
{
	if (password.n > 0 && password.p[password.n - 1] == 0)
		password.n--;
	if (password.n == 0 || password.n > sizeof(a->password))
		return done(a, false);
	memcpy(a->password, password.p, password.n);
	a->password_len = (uint16_t)password.n;
	a->step = AUTH_STEP_WORK;
	return AUTH_SLOW;
}

static enum auth_verdict take_encrypted(struct auth_server *a, struct str payload)
{
	uint8_t plain[KEYPAIR_MAX_BYTES];
	enum auth_verdict v;
	int n;

	if (!a->key)
		return done(a, false);
	n = keypair_decrypt(a->key, (const uint8_t *)payload.p, payload.n, plain);
	if (n < 0)
		return done(a, false);
	for (int i = 0; i < n; i++)
		plain[i] ^= a->nonce[i % HANDSHAKE_NONCE];
	v = take_password(a, str_make(plain, (size_t)n));
	wipe(plain, sizeof(plain));
	return v;
}

/* The mariadb client of MariaDB 10.11 sends the password itself where others ask for the key. */
static enum auth_verdict take_clear(struct auth_server *a, struct str payload)
{
	if (a->loopback)
		return take_password(a, payload);
	a->in_clear = true;
	return done(a, false);
}

enum auth_verdict auth_server_feed(struct auth_server *a, struct str payload, struct buf *out)
{
	switch (a->step) {
	case AUTH_STEP_PROOF:
		return check_proof(a, payload, out);
	case AUTH_STEP_FULL:
		if (a->secure)
			return take_password(a, payload);
		if (payload.n == 1 && payload.p[0] == SHA2_REQUEST_KEY && a->key) {
			handshake_build_more(out, keypair_public_pem(a->key));
			a->step = AUTH_STEP_KEY;
			return AUTH_SEND;
		}
		if (payload.n != KEYPAIR_BYTES && payload.n > 1 &&
		    payload.p[payload.n - 1] == 0)
			return take_clear(a, payload);
		return take_encrypted(a, payload);
	case AUTH_STEP_KEY:
		return take_encrypted(a, payload);
	case AUTH_STEP_START:
	case AUTH_STEP_WORK:
	case AUTH_STEP_DONE:
		break;
	}
	return done(a, false);
}

void auth_server_work(struct auth_server *a)
{
	/* Any valid hash: only the time it takes matters. */
	static const char dummy[] =
		"$A$005$....................1......................................1234";
	struct str password = str_make(a->password, a->password_len);

	a->match = auth_sha2_check(a->known ? str_make(a->hash, a->hash_len) : str_of(dummy),
				   password);
	if (a->match && a->known)
		auth_sha2_fast(password, a->fast);
}

enum auth_verdict auth_server_finish(struct auth_server *a)
{
	bool ok = a->step == AUTH_STEP_WORK && a->match && a->known;

	a->learned = ok;
	return done(a, ok);
}

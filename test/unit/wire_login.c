/* Handshake packets at every cut, and logins: each plugin, each step, right and wrong passwords,
 * server and client machines against each other. */
#include <stdlib.h>

#include "src/base/digest.h"
#include "src/base/keypair.h"
#include "src/wire/auth_client.h"
#include "src/wire/auth_native.h"
#include "src/wire/auth_server.h"
#include "src/wire/caps.h"
#include "src/wire/handshake.h"
#include "src/wire/reply.h"
#include "test/lib/tap.h"

#define FULL_CAPS                                                                                  \
	(CAP_LONG_PASSWORD | CAP_PROTOCOL_41 | CAP_SECURE_CONNECTION | CAP_PLUGIN_AUTH |           \
	 CAP_PLUGIN_AUTH_LENENC | CAP_CONNECT_ATTRS | CAP_CONNECT_WITH_DB | CAP_SSL)

static void hello(void)
{
	struct handshake_hello h = {.version = STR_LIT("8.0.34-Sluice"), .connection_id = 77,
				    .caps = FULL_CAPS, .charset = 45, .status = 2,
				    .plugin = STR_LIT("caching_sha2_password")}, got;
	struct err e;
	struct buf b;

	for (unsigned i = 0; i < 20; i++)
		h.nonce[i] = (uint8_t)(i + 1);
	buf_init(&b);
	handshake_build_hello(&b, &h);
	CHECK_INT(handshake_parse_hello(buf_slice(&b), &got, &e), 0);
	CHECK(str_eq(got.version, h.version) && got.connection_id == 77 && got.caps == h.caps);
	CHECK_MEM(got.nonce, 20, h.nonce, 20);
	CHECK(str_eq(got.plugin, h.plugin) && got.charset == 45 && got.status == 2);
	for (size_t n = 0; n < 14 + 4 + 27; n++)
		if (!CHECK(handshake_parse_hello(str_make(b.p, n), &got, &e) < 0))
			break;
	buf_reset(&b);
	h.caps = (FULL_CAPS & ~CAP_LONG_PASSWORD) | CAP_MARIADB_BULK;
	handshake_build_hello(&b, &h);
	CHECK_INT(handshake_parse_hello(buf_slice(&b), &got, &e), 0);
	CHECK(got.caps == h.caps);
	buf_reset(&b);
	reply_build_err(&b, 1040, "08004", STR_LIT("Too many connections"));
	CHECK_INT(handshake_parse_hello(buf_slice(&b), &got, &e), -1);
	CHECK(e.mysql_errno == 1040 && !strcmp(e.sqlstate, "08004"));
	buf_fini(&b);
}

static void login_reply(void)
{
	struct handshake_reply r = {.caps = FULL_CAPS, .max_packet = 1 << 24, .charset = 33,
				    .user = STR_LIT("u"), .auth = STR_LIT("12345678901234567890"),
				    .db = STR_LIT("ks:-80@replica"),
				    .plugin = STR_LIT("mysql_native_password")}, got;
	struct buf b, attrs;
	struct str rest, k, v;
	struct err e;
	unsigned refused = 0;

	buf_init(&b);
	buf_init(&attrs);
	handshake_put_attr(&attrs, STR_LIT("_client_name"), STR_LIT("x"));
	handshake_put_attr(&attrs, STR_LIT("pid"), STR_LIT(""));
	r.attrs = buf_slice(&attrs);
	handshake_build_reply(&b, &r);
	CHECK_INT(handshake_parse_reply(buf_slice(&b), FULL_CAPS, &got, &e), 0);
	CHECK(!got.ssl_request && str_eq(got.user, r.user) && str_eq(got.auth, r.auth));
	CHECK(str_eq(got.db, r.db) && str_eq(got.plugin, r.plugin) && got.max_packet == 1 << 24);
	rest = got.attrs;
	CHECK_INT(handshake_next_attr(&rest, &k, &v), 1);
	CHECK(str_eqz(k, "_client_name") && str_eqz(v, "x"));
	CHECK_INT(handshake_next_attr(&rest, &k, &v), 1);
	CHECK_INT(handshake_next_attr(&rest, &k, &v), 0);
	for (size_t n = 0; n < b.len; n++) {
		uint8_t *cut = malloc(n + 1);

		memcpy(cut, b.p, n);
		refused += handshake_parse_reply(str_make(cut, n), FULL_CAPS, &got, &e) < 0;
		free(cut);
	}
	CHECK(refused > 50);
	/* A shorter password field for those without lenenc; an unoffered flag changes nothing. */
	buf_reset(&b);
	r.caps &= ~CAP_PLUGIN_AUTH_LENENC;
	handshake_build_reply(&b, &r);
	CHECK_INT(handshake_parse_reply(buf_slice(&b), FULL_CAPS, &got, &e), 0);
	CHECK(str_eq(got.auth, r.auth) && str_eq(got.db, r.db));
	buf_reset(&b);
	handshake_build_ssl_request(&b, &r);
	CHECK_INT(b.len, 32);
	CHECK_INT(handshake_parse_reply(buf_slice(&b), FULL_CAPS, &got, &e), 0);
	CHECK(got.ssl_request);
	CHECK_INT(handshake_parse_reply(buf_slice(&b), FULL_CAPS & ~CAP_SSL, &got, &e), -1);
	buf_reset(&b);
	buf_le32(&b, 0);
	CHECK_INT(handshake_parse_reply(buf_slice(&b), FULL_CAPS, &got, &e), -1);
	CHECK_INT(e.mysql_errno, 1043);
	buf_reset(&b);
	handshake_build_change_user(&b, FULL_CAPS, &r);
	CHECK_INT(handshake_parse_change_user(str_make(b.p + 1, b.len - 1), FULL_CAPS, &got, &e), 0);
	CHECK(str_eq(got.user, r.user) && str_eq(got.auth, r.auth) && str_eq(got.db, r.db) &&
	      got.charset == 33 && str_eq(got.plugin, r.plugin));
	CHECK_INT(handshake_parse_change_user(str_make("u", 1), FULL_CAPS, &got, &e), -1);
	buf_fini(&b);
	buf_fini(&attrs);
}

static void hashes(void)
{
	/* Made by MySQL 8 for "foobar" and "testpassword123" (SHOW CREATE USER, in hex). */
	static const char *hex[] = {
		"24412430303524031A69251C34295C4B35167C7F1E5A7B63091349503974624D34504B5A424679354856"
		"336868686F52485A736E4A733368786E427575516C73446469496537",
		"24412430303524393D02673221785B414A4E5F02073711301659116B446B76753345617A4D753063554"
		"8526D3678746F6B75564835553334346932572E332F704C4856477131",
	};
	char text[80], native[AUTH_NATIVE_HASH_TEXT];
	uint8_t nonce[20] = {1, 2, 3}, proof[32], fast[32], stage2[20];
	struct str pw = STR_LIT("foobar");
	struct err e;

	for (int i = 0; i < 2; i++) {
		struct str good = i ? STR_LIT("testpassword123") : pw;

		CHECK_INT(digest_unhex(hex[i], 140, (uint8_t *)text), 0);
		CHECK(auth_sha2_is_hash(str_make(text, 70)));
		CHECK(auth_sha2_check(str_make(text, 70), good));
		CHECK(!auth_sha2_check(str_make(text, 70), STR_LIT("foobaz")));
		CHECK(!auth_sha2_check(str_make(text, 69), good));
	}
	for (size_t n = 0; n <= 256; n += n < 70 ? 23 : 61) {
		char long_pw[256];

		memset(long_pw, 'p', sizeof(long_pw));
		CHECK_INT(auth_sha2_hash(str_make(long_pw, n), text, &e), 0);
		CHECK(auth_sha2_check(str_of(text), str_make(long_pw, n)));
		long_pw[0] = 'q';
		CHECK(n == 0 || !auth_sha2_check(str_of(text), str_make(long_pw, n)));
	}
	CHECK_INT(auth_sha2_hash(str_make(text, 257), text, &e), -1);
	auth_native_hash(STR_LIT("password"), native);
	CHECK_STR(native, "*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19");
	CHECK_INT(auth_native_parse(str_of(native), stage2), 0);
	auth_native_prove(nonce, STR_LIT("password"), proof);
	CHECK(auth_native_check(nonce, proof, stage2));
	proof[3] ^= 1;
	CHECK(!auth_native_check(nonce, proof, stage2));
	CHECK_INT(auth_native_parse(STR_LIT("*2470"), stage2), -1);
	CHECK_INT(auth_native_parse(STR_LIT("*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E1x"), stage2), -1);
	auth_sha2_prove(nonce, pw, proof);
	auth_sha2_fast(pw, fast);
	CHECK(auth_sha2_check_fast(nonce, proof, fast));
	nonce[19] = 1;
	CHECK(!auth_sha2_check_fast(nonce, proof, fast));
	CHECK(auth_server_hash_valid(STR_LIT("")) && auth_server_hash_valid(str_of(native)));
	CHECK(!auth_server_hash_valid(STR_LIT("secret")));
	snprintf(text, sizeof(text), "0x%.76s", hex[0]);
	CHECK(!auth_server_hash_valid(str_of(text)));
}

struct login {
	const char *hash, *password, *plugin; /* plugin: what the client starts with */
	const uint8_t *fast;
	bool secure, unknown, key;
	unsigned slow; /* times the slow hash ran */
};

static struct keypair *key;

/* Plays a login between the two machines; returns the server's verdict. */
static enum auth_verdict play(struct login *l, struct auth_server *s)
{
	struct auth_client c;
	struct auth_user user = {str_of(l->hash), l->fast};
	struct buf out, reply;
	enum auth_verdict v;
	struct err e;

	buf_init(&out);
	buf_init(&reply);
	auth_server_init(s, l->secure, l->key ? key : NULL);
	auth_client_init(&c, str_of(l->password), l->secure, true);
	auth_client_begin(&c, str_of(l->plugin), s->nonce, &reply);
	v = auth_server_begin(s, l->unknown ? NULL : &user, str_of(l->plugin), buf_slice(&reply), &out);
	while (v == AUTH_SEND || v == AUTH_SLOW) {
		enum auth_client_next next;

		if (v == AUTH_SLOW) {
			l->slow++;
			auth_server_work(s);
			v = auth_server_finish(s);
			continue;
		}
		buf_reset(&reply);
		next = auth_client_feed(&c, buf_slice(&out), &reply, &e);
		buf_reset(&out);
		if (next != AUTH_CLIENT_SEND) {
			v = AUTH_DENIED;
			break;
		}
		v = auth_server_feed(s, buf_slice(&reply), &out);
	}
	if (v == AUTH_OK && out.len) { /* "fast path worked" comes before OK */
		buf_reset(&reply);
		CHECK_INT(auth_client_feed(&c, buf_slice(&out), &reply, &e), AUTH_CLIENT_WAIT);
	}
	buf_fini(&out);
	buf_fini(&reply);
	return v;
}

static void logins(void)
{
	char sha2[AUTH_SHA2_HASH + 1], native[AUTH_NATIVE_HASH_TEXT], hex[160] = "0x";
	const char *np = "mysql_native_password", *sp = "caching_sha2_password";
	struct auth_server s;
	uint8_t fast[32];
	struct err e;

	key = keypair_new(&e);
	CHECK(key != NULL);
	CHECK_INT(auth_sha2_hash(STR_LIT("pw"), sha2, &e), 0);
	auth_native_hash(STR_LIT("pw"), native);
	digest_hex((const uint8_t *)sha2, AUTH_SHA2_HASH, hex + 2);

#define PLAY(...) play(&(struct login){__VA_ARGS__}, &s)
	CHECK_INT(PLAY(.hash = native, .password = "pw", .plugin = np), AUTH_OK);
	CHECK_INT(PLAY(.hash = native, .password = "pw", .plugin = sp), AUTH_OK); /* switches */
	CHECK_INT(PLAY(.hash = native, .password = "px", .plugin = sp), AUTH_DENIED);
	CHECK_INT(PLAY(.hash = native, .password = "px", .plugin = np), AUTH_DENIED);
	CHECK_INT(PLAY(.hash = native, .password = "", .plugin = np), AUTH_DENIED);
	CHECK_INT(PLAY(.hash = "", .password = "", .plugin = np), AUTH_OK);
	CHECK_INT(PLAY(.hash = "", .password = "", .plugin = sp), AUTH_OK);
	CHECK_INT(PLAY(.hash = "", .password = "x", .plugin = np), AUTH_DENIED);
	CHECK_INT(PLAY(.hash = "", .password = "x", .plugin = sp), AUTH_DENIED);
	CHECK_INT(PLAY(.hash = "garbage", .password = "", .plugin = np), AUTH_DENIED);
	CHECK_INT(PLAY(.hash = "garbage", .password = "", .plugin = sp), AUTH_DENIED);
	CHECK_INT(PLAY(.hash = sha2, .password = "pw", .plugin = sp, .secure = true), AUTH_OK);
	CHECK(s.learned);
	memcpy(fast, s.fast, 32);
	CHECK_INT(PLAY(.hash = hex, .password = "pw", .plugin = sp, .secure = true), AUTH_OK);
	CHECK_INT(PLAY(.hash = sha2, .password = "pw", .plugin = np, .secure = true), AUTH_OK);
	CHECK_INT(PLAY(.hash = sha2, .password = "px", .plugin = sp, .secure = true), AUTH_DENIED);
	CHECK_INT(PLAY(.hash = sha2, .password = "", .plugin = sp, .secure = true), AUTH_DENIED);
	CHECK_INT(PLAY(.hash = sha2, .password = "pw", .plugin = sp, .key = true), AUTH_OK); /* RSA */
	CHECK_INT(PLAY(.hash = sha2, .password = "px", .plugin = sp, .key = true), AUTH_DENIED);
	CHECK_INT(PLAY(.hash = sha2, .password = "pw", .plugin = sp), AUTH_DENIED); /* an open line, no key */
	CHECK_INT(PLAY(.hash = sha2, .password = "pw", .plugin = sp, .fast = fast), AUTH_OK);
	CHECK(!s.learned);
	CHECK_INT(PLAY(.hash = sha2, .password = "px", .plugin = sp, .fast = fast, .secure = true), AUTH_DENIED);
	CHECK_INT(PLAY(.hash = sha2, .password = "pw", .plugin = ""), AUTH_DENIED); /* a client that cannot switch */
	CHECK_INT(PLAY(.hash = native, .password = "pw", .plugin = ""), AUTH_OK);
	{
		struct login l = {.hash = "", .password = "pw", .plugin = sp, .secure = true, .unknown = true};

		CHECK_INT(play(&l, &s), AUTH_DENIED);
		CHECK_INT(l.slow, 1); /* takes as long as a real user would */
		l = (struct login){.hash = sha2, .password = "pw", .plugin = sp, .fast = fast};
		CHECK_INT(play(&l, &s), AUTH_OK);
		CHECK_INT(l.slow, 0);
	}
	auth_server_fini(&s);
	keypair_free(key);
}

/* A client that sends the password itself over TCP: taken only when it has not left the machine. */
static void in_clear(void)
{
	char sha2[AUTH_SHA2_HASH + 1];
	struct auth_user known = {.fast = NULL};
	struct auth_server s;
	struct buf out;
	struct err e;

	buf_init(&out);
	CHECK_INT(auth_sha2_hash(STR_LIT("pw"), sha2, &e), 0);
	known.hash = str_of(sha2);
	for (int i = 0; i < 3; i++) {
		auth_server_init(&s, false, NULL);
		s.loopback = i < 2;
		CHECK_INT(auth_server_begin(&s, &known, STR_LIT("caching_sha2_password"),
					    STR_LIT("01234567890123456789012345678901"), &out),
			  AUTH_SEND);
		if (i == 2) {
			CHECK_INT(auth_server_feed(&s, STR_LIT("pw\0"), &out), AUTH_DENIED);
			CHECK(s.in_clear);
			continue;
		}
		CHECK_INT(auth_server_feed(&s, i ? STR_LIT("px\0") : STR_LIT("pw\0"), &out), AUTH_SLOW);
		auth_server_work(&s);
		CHECK_INT(auth_server_finish(&s), i ? AUTH_DENIED : AUTH_OK);
	}
	buf_fini(&out);
}

static void strange_packets(void)
{
	struct auth_server s;
	struct auth_client c;
	struct buf out;
	struct err e;

	buf_init(&out);
	auth_server_init(&s, false, NULL);
	CHECK_INT(auth_server_feed(&s, STR_LIT("x"), &out), AUTH_DENIED);
	CHECK_INT(auth_server_finish(&s), AUTH_DENIED);
	auth_client_init(&c, STR_LIT("pw"), false, false);
	CHECK_INT(auth_client_feed(&c, str_make("", 0), &out, &e), AUTH_CLIENT_FAIL);
	CHECK_INT(auth_client_feed(&c, STR_LIT("\x07"), &out, &e), AUTH_CLIENT_FAIL);
	CHECK_INT(auth_client_feed(&c, STR_LIT("\xfemysql_native_password\0short"), &out, &e),
		  AUTH_CLIENT_FAIL);
	CHECK_INT(auth_client_feed(&c, STR_LIT("\xfemysql_clear_password\0"), &out, &e),
		  AUTH_CLIENT_FAIL); /* never a clear password over an open line */
	CHECK_INT(out.len, 0);
	CHECK_INT(auth_client_feed(&c, STR_LIT("\xfe"), &out, &e), AUTH_CLIENT_FAIL);
	CHECK_INT(auth_client_feed(&c, STR_LIT("\xff\x15\x04#28000Access denied"), &out, &e),
		  AUTH_CLIENT_FAIL);
	CHECK(e.mysql_errno == 1045 && !strcmp(e.msg, "Access denied"));
	auth_client_begin(&c, STR_LIT("caching_sha2_password"), (const uint8_t *)"01234567890123456789",
			  &out);
	CHECK_INT(auth_client_feed(&c, STR_LIT("\x01\x04"), &out, &e), AUTH_CLIENT_FAIL);
	CHECK_INT(auth_client_feed(&c, STR_LIT("\x01\x09"), &out, &e), AUTH_CLIENT_FAIL);
	c.fetch_key = true;
	CHECK_INT(auth_client_feed(&c, STR_LIT("\x01\x04"), &out, &e), AUTH_CLIENT_SEND);
	CHECK_INT(auth_client_feed(&c, STR_LIT("\x01no key"), &out, &e), AUTH_CLIENT_FAIL);
	buf_fini(&out);
}

int main(void)
{
	hello();
	login_reply();
	hashes();
	logins();
	in_clear();
	strange_packets();
	return TAP_DONE();
}

/* auth_server - the server's side of logging in, without sockets: packets in, packets and a verdict
 * out. Who the user is and what hash is stored for it is the caller's to look up.
 *
 * A user that does not exist walks the same steps as one that does and is denied at the end, so
 * that names cannot be probed. Thread: the caller's. */
#ifndef WIRE_AUTH_SERVER_H
#define WIRE_AUTH_SERVER_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/buf.h"
#include "src/base/str.h"
#include "src/wire/auth_sha2.h"
#include "src/wire/handshake.h"

struct keypair;

enum auth_verdict {
	AUTH_SEND,   /* send what was put into the buffer, then feed the client's next packet */
	AUTH_SLOW,   /* run auth_server_work(), on any thread, then auth_server_finish() */
	AUTH_OK,     /* send what is in the buffer, if any, then an OK packet */
	AUTH_DENIED, /* send an ERR packet and end */
};

enum auth_step { AUTH_STEP_START, AUTH_STEP_PROOF, AUTH_STEP_FULL, AUTH_STEP_KEY, AUTH_STEP_WORK,
		 AUTH_STEP_DONE };

struct auth_server {
	uint8_t nonce[HANDSHAKE_NONCE]; /* for the greeting */
	enum auth_step step;
	bool secure;               /* TLS or a unix socket: a password may come in clear */
	bool loopback;             /* set by the owner: the bytes do not leave the machine */
	bool in_clear;             /* after AUTH_DENIED: a password came in clear that may not */
	const struct keypair *key; /* borrowed; NULL: no passwords over plain TCP */
	bool known;                /* the user exists */
	bool native;               /* the stored hash is of mysql_native_password */
	bool have_cached;
	bool match;  /* auth_server_work()'s result */
	bool learned; /* after AUTH_OK: fast[] is new and worth caching for this user and hash */
	char hash[AUTH_SHA2_HASH + 1]; /* the stored hash; hash_len 0: empty password */
	uint8_t hash_len;
	uint8_t fast[AUTH_SHA2_FAST];
	char password[AUTH_SHA2_MAX_PASSWORD]; /* between AUTH_SLOW and auth_server_finish() */
	uint16_t password_len;
};

/* What is known about the user that the client named. */
struct auth_user {
	struct str hash; /* "*HEX", "$A$005$...", "0x<hex of that>", or empty: no password */
	const uint8_t *fast; /* a cached auth_server.fast for exactly this hash, or NULL */
};

/* Makes a nonce. */
void auth_server_init(struct auth_server *a, bool secure, const struct keypair *key);
/* Wipes secrets. */
void auth_server_fini(struct auth_server *a);
/* After the client's handshake reply (or COM_CHANGE_USER): @user NULL when there is none of that
 * name. @plugin is the client's, empty when it does not do CAP_PLUGIN_AUTH. */
enum auth_verdict auth_server_begin(struct auth_server *a, const struct auth_user *user,
				    struct str plugin, struct str proof, struct buf *out);
/* The client's next packet. */
enum auth_verdict auth_server_feed(struct auth_server *a, struct str payload, struct buf *out);
/* The slow hash; touches only @a. */
void auth_server_work(struct auth_server *a);
enum auth_verdict auth_server_finish(struct auth_server *a);
/* Whether a stored hash is of a known kind (checks of a users file). */
bool auth_server_hash_valid(struct str hash);
/* The plugin to name in the greeting. */
extern const char auth_server_default_plugin[];
#endif

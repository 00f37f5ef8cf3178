/* auth_client - the client's side of logging in, without sockets: mysql_native_password,
 * caching_sha2_password, mysql_clear_password (secure lines only). */
#ifndef WIRE_AUTH_CLIENT_H
#define WIRE_AUTH_CLIENT_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/str.h"
#include "src/wire/handshake.h"

enum auth_client_next {
	AUTH_CLIENT_SEND, /* send the buffer as a packet, then feed the answer */
	AUTH_CLIENT_WAIT, /* nothing to send; feed the next packet */
	AUTH_CLIENT_OK,   /* logged in */
	AUTH_CLIENT_FAIL, /* see the error */
};

struct auth_client {
	struct str password; /* borrowed */
	bool secure;         /* TLS or unix socket */
	bool fetch_key;      /* may ask for the server's RSA key on an open line */
	uint8_t nonce[HANDSHAKE_NONCE];
	enum auth_client_method { AUTH_CLIENT_NATIVE, AUTH_CLIENT_SHA2, AUTH_CLIENT_CLEAR } method;
	bool key_asked;
};

void auth_client_init(struct auth_client *a, struct str password, bool secure, bool fetch_key);
/* The auth field of the handshake reply for the server's @plugin and @nonce, into @out (an unknown
 * plugin: that of mysql_native_password, the server will ask to switch). Returns the plugin's name
 * to send. */
const char *auth_client_begin(struct auth_client *a, struct str plugin,
			      const uint8_t nonce[HANDSHAKE_NONCE], struct buf *out);
/* The server's next packet. */
enum auth_client_next auth_client_feed(struct auth_client *a, struct str payload, struct buf *out,
				       struct err *e);
#endif

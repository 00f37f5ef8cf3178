/* handshake - the packets of the connection phase, built and parsed; both ends. Payloads only, the
 * packet header is the caller's. What is parsed borrows from the payload. */
#ifndef WIRE_HANDSHAKE_H
#define WIRE_HANDSHAKE_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/str.h"

enum { HANDSHAKE_NONCE = 20 };

/* The server's first packet (HandshakeV10). */
struct handshake_hello {
	struct str version; /* "8.0.34-Sluice" */
	uint32_t connection_id;
	uint8_t nonce[HANDSHAKE_NONCE];
	uint64_t caps; /* with MariaDB's extended ones in the upper half */
	uint8_t charset;
	uint16_t status;
	struct str plugin; /* empty: the server names none */
};
void handshake_build_hello(struct buf *b, const struct handshake_hello *h);
/* -1: not a HandshakeV10, or the ERR packet of a server that refuses (ERR_REMOTE with its text). */
int handshake_parse_hello(struct str payload, struct handshake_hello *out, struct err *e) MUST_CHECK;

/* The client's answer (HandshakeResponse41). */
struct handshake_reply {
	uint64_t caps; /* what the client asked for; mask it with what was offered */
	uint32_t max_packet;
	uint8_t charset;
	bool ssl_request; /* only the fields above are there; TLS comes next */
	struct str user, auth, db;
	struct str plugin; /* empty: none named */
	struct str attrs;  /* raw, for handshake_next_attr() */
};
void handshake_build_reply(struct buf *b, const struct handshake_reply *r);
/* The short form that asks for TLS; only caps, max_packet and charset of @r are used. */
void handshake_build_ssl_request(struct buf *b, const struct handshake_reply *r);
/* @offered: the capabilities the server sent; the layout follows caps & offered. Clients older
 * than 4.1 are refused (ERR_HANDSHAKE). */
int handshake_parse_reply(struct str payload, uint64_t offered, struct handshake_reply *out,
			  struct err *e) MUST_CHECK;

/* Walks connection attributes: 1 got one, 0 no more, -1 malformed. */
int handshake_next_attr(struct str *rest, struct str *key, struct str *value);
/* Adds an attribute to what becomes handshake_reply.attrs. */
void handshake_put_attr(struct buf *b, struct str key, struct str value);

/* COM_CHANGE_USER (body without the command byte); caps, max_packet of @out are not in it. */
int handshake_parse_change_user(struct str body, uint64_t caps, struct handshake_reply *out,
				struct err *e) MUST_CHECK;
/* With the command byte. */
void handshake_build_change_user(struct buf *b, uint64_t caps, const struct handshake_reply *r);

/* "Use another authentication plugin": 0xfe, name, data. */
void handshake_build_switch(struct buf *b, struct str plugin, const uint8_t nonce[HANDSHAKE_NONCE]);
int handshake_parse_switch(struct str payload, struct str *plugin, struct str *data, struct err *e)
	MUST_CHECK;
/* AuthMoreData: 0x01 and data. */
void handshake_build_more(struct buf *b, struct str data);
#endif

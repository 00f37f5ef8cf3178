/* reply - OK, EOF and ERR packets, and the session state that OK carries. Payloads only; what is
 * parsed borrows from them. */
#ifndef WIRE_REPLY_H
#define WIRE_REPLY_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/str.h"

enum { REPLY_OK = 0x00, REPLY_EOF = 0xfe, REPLY_ERR = 0xff, REPLY_INFILE = 0xfb };

struct reply_ok {
	bool eof_header; /* 0xfe: ends rows under CAP_DEPRECATE_EOF; else 0x00 */
	uint64_t affected_rows, insert_id;
	uint16_t status, warnings;
	struct str info;
	struct str track; /* session state changes, raw, for reply_next_track() */
};
/* An OK packet; @track is left out unless @caps has CAP_SESSION_TRACK, and then the status says
 * whether there is any. */
void reply_build_ok(struct buf *b, uint64_t caps, const struct reply_ok *ok);
int reply_parse_ok(struct str payload, uint64_t caps, struct reply_ok *out) MUST_CHECK;

/* The old EOF packet (5 bytes). */
void reply_build_eof(struct buf *b, uint16_t warnings, uint16_t status);
int reply_parse_eof(struct str payload, uint16_t *warnings, uint16_t *status) MUST_CHECK;
/* What ends a resultset: EOF, or OK with header 0xfe under CAP_DEPRECATE_EOF. */
void reply_build_end(struct buf *b, uint64_t caps, uint16_t warnings, uint16_t status);

struct reply_err {
	uint16_t code;
	char sqlstate[6]; /* "HY000" when the packet has none */
	struct str message;
};
void reply_build_err(struct buf *b, unsigned code, const char *sqlstate, struct str message);
/* From @e's MySQL errno, SQLSTATE and message. */
void reply_build_error(struct buf *b, const struct err *e);
int reply_parse_err(struct str payload, struct reply_err *out) MUST_CHECK;
/* An ERR packet as an error: ERR_REMOTE with the server's errno, SQLSTATE and text; a packet that
 * is no ERR packet gives ERR_PROTOCOL. Always returns -1. */
int reply_to_err(struct str payload, struct err *e);

/* Where the two status bytes lie in an OK or EOF payload, so that a relay can patch them; 0: this
 * is neither. */
size_t reply_status_offset(struct str payload);

/* One change of session state. */
struct reply_track {
	uint8_t type;          /* enum track_type */
	struct str name, value; /* name: of system variables only; value: schema, GTIDs, "1", ... */
};
/* Walks the changes: 1 got one, 0 no more, -1 malformed. Start with *rest = ok.track. */
int reply_next_track(struct str *rest, struct reply_track *out);
/* Adds a change to what becomes reply_ok.track. */
void reply_put_track(struct buf *b, const struct reply_track *t);
#endif

/* packet - the framing of the MySQL protocol: 3 bytes length, 1 byte sequence number, payload. A
 * payload of 0xffffff bytes or more continues in the next packet, so that one of exactly 0xffffff
 * is followed by an empty packet. Pure functions over bytes. */
#ifndef WIRE_PACKET_H
#define WIRE_PACKET_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/str.h"

enum { PACKET_HEADER = 4, PACKET_FULL = 0xffffff };

static inline uint32_t packet_len(const uint8_t *header)
{
	return (uint32_t)header[0] | (uint32_t)header[1] << 8 | (uint32_t)header[2] << 16;
}

static inline void packet_put_header(uint8_t *header, uint32_t len, uint8_t seq)
{
	header[0] = (uint8_t)len;
	header[1] = (uint8_t)(len >> 8);
	header[2] = (uint8_t)(len >> 16);
	header[3] = seq;
}

/* Writing: packet_begin() leaves room for a header and returns where; put the payload into @b;
 * packet_end() fills in the header, splits what is too long, and moves *seq on. */
size_t packet_begin(struct buf *b);
void packet_end(struct buf *b, size_t start, uint8_t *seq);
/* A whole payload at once. */
void packet_append(struct buf *b, const void *payload, size_t n, uint8_t *seq);
/* Bytes that a payload of @n bytes takes with its headers. */
size_t packet_framed_len(size_t n);

/* Field writers. */
void packet_put_lenenc(struct buf *b, uint64_t v);
void packet_put_lenenc_str(struct buf *b, struct str s);
void packet_put_nul_str(struct buf *b, struct str s); /* @s must hold no NUL */

/* The packet at the start of a range, for relays that walk headers. */
struct packet {
	const uint8_t *payload; /* borrowed from the range */
	uint32_t len;           /* of the payload, as the header says */
	uint8_t seq;
	bool whole; /* all of the payload is in the range */
};
/* False when not even the header is there. */
bool packet_peek(const uint8_t *p, size_t n, struct packet *out);

/* Puts the payloads of continued packets together. The usual case, one whole packet in the range
 * given, is handed out where it lies; only cut or continued ones are copied. */
struct packet_join {
	struct buf b;     /* owned: what has come of the payload */
	size_t max;       /* limit for a payload, as max_allowed_packet */
	uint32_t left;    /* bytes of the packet being read that are still to come */
	uint8_t next_seq; /* what the next header must say */
	bool active;      /* inside a payload */
	bool more;        /* the packet being read is a full one: another follows */
	bool skip_big;    /* in: read over a payload that is too big to its end, then refuse it */
	bool skipping;    /* inside of one */
};

void packet_join_init(struct packet_join *j, size_t max);
void packet_join_fini(struct packet_join *j);
/* The next payload starts at sequence number @seq (0 for a command). Gives memory back. */
void packet_join_expect(struct packet_join *j, uint8_t seq);
/* Looks at @n bytes. *used says how many are dealt with; offer the rest again, with more behind.
 * 1: *payload is complete, valid until the next call and while @p is; 0: more bytes are needed;
 * -1: ERR_TOO_BIG, ERR_PROTOCOL (sequence number, errno 1156) or ERR_NOMEM: end the connection;
 * but with skip_big, after ERR_TOO_BIG the next payload may follow. */
int packet_join_feed(struct packet_join *j, const uint8_t *p, size_t n, size_t *used,
		     struct str *payload, struct err *e) MUST_CHECK;

/* Gives the packets in a stream of bytes new sequence numbers, in place, chunk by chunk; chunks
 * may cut packets and headers anywhere. */
struct packet_renumber {
	uint32_t left;      /* payload bytes still to come */
	uint32_t len;       /* of the header being read */
	uint8_t header_got; /* bytes of the header seen, 0..3 */
	uint8_t seq;        /* for the next packet */
};
void packet_renumber(struct packet_renumber *r, uint8_t *p, size_t n);
#endif

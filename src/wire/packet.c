#include "src/wire/packet.h"

#include <assert.h>
#include <string.h>

#include "src/wire/caps.h"

/* A joined payload's buffer is kept for the next one only up to this size: an idle session should
 * own little. */
enum { KEEP_BYTES = 4096 };

size_t packet_begin(struct buf *b)
{
	size_t start = b->len;

	if (buf_reserve(b, PACKET_HEADER))
		b->len += PACKET_HEADER;
	return start;
}

/* The payload lies behind one header already; makes room for the other headers from the back. */
static void split_payload(struct buf *b, size_t start, size_t n, uint8_t *seq)
{
	size_t headers = n / PACKET_FULL; /* besides the first */
	uint8_t *base;

	if (!buf_reserve(b, headers * PACKET_HEADER))
		return;
	base = b->p + start;
	for (size_t i = headers; i > 0; i--) {
		size_t from = PACKET_HEADER + i * PACKET_FULL;
		size_t len = i == headers ? n % PACKET_FULL : PACKET_FULL;

		memmove(base + from + i * PACKET_HEADER, base + from, len);
		packet_put_header(base + from + (i - 1) * PACKET_HEADER, (uint32_t)len,
				  (uint8_t)(*seq + i));
	}
	packet_put_header(base, PACKET_FULL, *seq);
	b->len += headers * PACKET_HEADER;
	*seq = (uint8_t)(*seq + headers + 1);
}

void packet_end(struct buf *b, size_t start, uint8_t *seq)
{
	size_t n;

	if (b->failed)
		return;
	assert(b->len >= start + PACKET_HEADER);
	n = b->len - start - PACKET_HEADER;
	if (n >= PACKET_FULL) {
		split_payload(b, start, n, seq);
		return;
	}
	packet_put_header(b->p + start, (uint32_t)n, *seq);
	(*seq)++;
}

void packet_append(struct buf *b, const void *payload, size_t n, uint8_t *seq)
{
	const uint8_t *p = payload;
	size_t part;

	do {
		uint8_t header[PACKET_HEADER];

		part = n < PACKET_FULL ? n : PACKET_FULL;
		packet_put_header(header, (uint32_t)part, (*seq)++);
		buf_append(b, header, sizeof(header));
		buf_append(b, p, part);
		p += part;
		n -= part;
	} while (part == PACKET_FULL);
}

size_t packet_framed_len(size_t n)
{
	return n + (n / PACKET_FULL + 1) * PACKET_HEADER;
}

void packet_put_lenenc(struct buf *b, uint64_t v)
{
	if (v < 0xfb) {
		buf_u8(b, (uint8_t)v);
	} else if (v <= 0xffff) {
		buf_u8(b, 0xfc);
		buf_le16(b, (uint16_t)v);
	} else if (v <= 0xffffff) {
		buf_u8(b, 0xfd);
		buf_le24(b, (uint32_t)v);
	} else {
		buf_u8(b, 0xfe);
		buf_le64(b, v);
	}
}

void packet_put_lenenc_str(struct buf *b, struct str s)
{
	packet_put_lenenc(b, s.n);
	buf_str(b, s);
}

void packet_put_nul_str(struct buf *b, struct str s)
{
	assert(s.n == 0 || !memchr(s.p, 0, s.n));
	buf_str(b, s);
	buf_u8(b, 0);
}

bool packet_peek(const uint8_t *p, size_t n, struct packet *out)
{
	if (n < PACKET_HEADER)
		return false;
	out->len = packet_len(p);
	out->seq = p[3];
	out->payload = p + PACKET_HEADER;
	out->whole = n - PACKET_HEADER >= out->len;
	return true;
}

void packet_join_init(struct packet_join *j, size_t max)
{
	*j = (struct packet_join){.max = max};
}

void packet_join_fini(struct packet_join *j)
{
	buf_fini(&j->b);
	j->active = false;
}

void packet_join_expect(struct packet_join *j, uint8_t seq)
{
	if (j->b.cap > KEEP_BYTES)
		buf_fini(&j->b);
	buf_reset(&j->b);
	j->next_seq = seq;
	j->left = 0;
	j->active = j->more = j->skipping = false;
}

#define BIG_MESSAGE "Got a packet bigger than 'max_allowed_packet' bytes"

static int check_packet(struct packet_join *j, const struct packet *k, struct err *e)
{
	if (k->seq != j->next_seq)
		return err_set_mysql(e, ERR_PROTOCOL, MYSQL_ERRNO_OUT_OF_ORDER, "08S01",
				     "Got packets out of order");
	if (k->len > j->max - j->b.len && j->skip_big) {
		buf_fini(&j->b);
		j->skipping = true;
	} else if (k->len > j->max - j->b.len) {
		return err_set(e, ERR_TOO_BIG, BIG_MESSAGE);
	}
	return 0;
}

/* Reads a header; 1 when the whole payload lies in the range, 2 when it goes into the buffer. */
static int start_packet(struct packet_join *j, const uint8_t *p, size_t n, struct str *payload,
			struct err *e)
{
	struct packet k;

	if (!packet_peek(p, n, &k))
		return 0;
	if (!j->active)
		buf_reset(&j->b);
	if (check_packet(j, &k, e))
		return -1;
	j->next_seq++;
	if (!j->active && !j->skipping && k.whole && k.len < PACKET_FULL) {
		*payload = str_make(k.payload, k.len);
		return 1;
	}
	j->active = true;
	j->left = k.len;
	j->more = k.len == PACKET_FULL;
	return 2;
}

int packet_join_feed(struct packet_join *j, const uint8_t *p, size_t n, size_t *used,
		     struct str *payload, struct err *e)
{
	*used = 0;
	for (;;) {
		size_t part;

		if (!j->active || (j->left == 0 && j->more)) {
			int rc = start_packet(j, p + *used, n - *used, payload, e);

			if (rc == 1)
				*used += PACKET_HEADER + payload->n;
			if (rc != 2)
				return rc;
			*used += PACKET_HEADER;
		}
		part = n - *used < j->left ? n - *used : j->left;
		if (!j->skipping)
			buf_append(&j->b, p + *used, part);
		if (buf_check(&j->b, e))
			return -1;
		*used += part;
		j->left -= (uint32_t)part;
		if (j->left > 0)
			return 0;
		if (!j->more) {
			j->active = false;
			if (j->skipping) {
				j->skipping = false;
				return err_set(e, ERR_TOO_BIG, BIG_MESSAGE);
			}
			*payload = buf_slice(&j->b);
			return 1;
		}
	}
}

void packet_renumber(struct packet_renumber *r, uint8_t *p, size_t n)
{
	uint8_t *end = p + n;

	while (p < end) {
		if (r->left > 0) {
			size_t part = (size_t)(end - p) < r->left ? (size_t)(end - p) : r->left;

			p += part;
			r->left -= (uint32_t)part;
			continue;
		}
		if (r->header_got == 0 && end - p >= PACKET_HEADER) {
			r->left = packet_len(p);
			p[3] = r->seq++;
			p += PACKET_HEADER;
			continue;
		}
		if (r->header_got < 3) {
			r->len |= (uint32_t)*p++ << (8 * r->header_got);
			r->header_got++;
			continue;
		}
		*p++ = r->seq++;
		r->left = r->len;
		r->len = 0;
		r->header_got = 0;
	}
}

/* wire_reader - reads protocol fields from bytes that nobody has checked. The error is sticky: read
 * all that is expected, then ask wire_reader_done() or look at failed. After a failure every read
 * gives zero or an empty slice. Integers are little-endian. */
#ifndef WIRE_WIRE_READER_H
#define WIRE_WIRE_READER_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/str.h"

struct wire_reader {
	const uint8_t *p, *end; /* borrowed */
	bool failed;
};

static inline struct wire_reader wire_reader_of(struct str s)
{
	const uint8_t *p = (const uint8_t *)(s.p ? s.p : "");

	return (struct wire_reader){p, p + s.n, false};
}

static inline size_t wire_reader_left(const struct wire_reader *r)
{
	return (size_t)(r->end - r->p);
}

/* The next @n bytes, or NULL and failed. */
static inline const uint8_t *wire_reader_take(struct wire_reader *r, uint64_t n)
{
	const uint8_t *p = r->p;

	if (r->failed || n > (uint64_t)(r->end - r->p)) {
		r->failed = true;
		r->p = r->end;
		return NULL;
	}
	r->p += n;
	return p;
}

static inline uint8_t wire_reader_u8(struct wire_reader *r)
{
	const uint8_t *p = wire_reader_take(r, 1);

	return p ? *p : 0;
}

/* The next byte without using it up; 0 at the end (not a failure). */
static inline uint8_t wire_reader_peek(const struct wire_reader *r)
{
	return r->p < r->end ? *r->p : 0;
}

uint16_t wire_reader_u16(struct wire_reader *r);
uint32_t wire_reader_u24(struct wire_reader *r);
uint32_t wire_reader_u32(struct wire_reader *r);
uint64_t wire_reader_u48(struct wire_reader *r);
uint64_t wire_reader_u64(struct wire_reader *r);
/* A length-encoded integer; 0xfb (NULL) and 0xff are failures. */
uint64_t wire_reader_lenenc(struct wire_reader *r);
/* A length-encoded string. */
struct str wire_reader_lenenc_str(struct wire_reader *r);
/* The same where 0xfb means NULL (then .p is NULL); an empty string has a .p. */
struct str wire_reader_nullable_str(struct wire_reader *r);
/* Exactly @n bytes. */
struct str wire_reader_bytes(struct wire_reader *r, uint64_t n);
/* Up to a NUL, which is used up but not part of the result. No NUL is a failure. */
struct str wire_reader_nul_str(struct wire_reader *r);
/* All that is left. */
struct str wire_reader_rest(struct wire_reader *r);

static inline uint16_t wire_reader_le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t wire_reader_le24(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16;
}

static inline uint32_t wire_reader_le32(const uint8_t *p)
{
	return wire_reader_le24(p) | (uint32_t)p[3] << 24;
}

static inline uint64_t wire_reader_le64(const uint8_t *p)
{
	return wire_reader_le32(p) | (uint64_t)wire_reader_le32(p + 4) << 32;
}
#endif

#include "src/wire/wire_reader.h"

#include <string.h>

uint16_t wire_reader_u16(struct wire_reader *r)
{
	const uint8_t *p = wire_reader_take(r, 2);

	return p ? wire_reader_le16(p) : 0;
}

uint32_t wire_reader_u24(struct wire_reader *r)
{
	const uint8_t *p = wire_reader_take(r, 3);

	return p ? wire_reader_le24(p) : 0;
}

uint32_t wire_reader_u32(struct wire_reader *r)
{
	const uint8_t *p = wire_reader_take(r, 4);

	return p ? wire_reader_le32(p) : 0;
}

uint64_t wire_reader_u48(struct wire_reader *r)
{
	const uint8_t *p = wire_reader_take(r, 6);

	return p ? wire_reader_le32(p) | (uint64_t)wire_reader_le16(p + 4) << 32 : 0;
}

uint64_t wire_reader_u64(struct wire_reader *r)
{
	const uint8_t *p = wire_reader_take(r, 8);

	return p ? wire_reader_le64(p) : 0;
}

uint64_t wire_reader_lenenc(struct wire_reader *r)
{
	uint8_t first = wire_reader_u8(r);

	switch (first) {
	case 0xfc:
		return wire_reader_u16(r);
	case 0xfd:
		return wire_reader_u24(r);
	case 0xfe:
		return wire_reader_u64(r);
	case 0xfb:
	case 0xff:
		wire_reader_take(r, UINT64_MAX);
		return 0;
	default:
		return first;
	}
}

struct str wire_reader_bytes(struct wire_reader *r, uint64_t n)
{
	const uint8_t *p = wire_reader_take(r, n);

	return p ? str_make(p, (size_t)n) : str_make("", 0);
}

struct str wire_reader_lenenc_str(struct wire_reader *r)
{
	return wire_reader_bytes(r, wire_reader_lenenc(r));
}

struct str wire_reader_nullable_str(struct wire_reader *r)
{
	if (wire_reader_left(r) && wire_reader_peek(r) == 0xfb) {
		r->p++;
		return str_make(NULL, 0);
	}
	return wire_reader_lenenc_str(r);
}

struct str wire_reader_nul_str(struct wire_reader *r)
{
	const uint8_t *nul = wire_reader_left(r) ? memchr(r->p, 0, wire_reader_left(r)) : NULL;
	struct str s;

	if (!nul) {
		wire_reader_take(r, UINT64_MAX);
		return str_make("", 0);
	}
	s = str_make(r->p, (size_t)(nul - r->p));
	r->p = nul + 1;
	return s;
}

struct str wire_reader_rest(struct wire_reader *r)
{
	return wire_reader_bytes(r, wire_reader_left(r));
}

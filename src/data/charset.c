#include "src/data/charset.h"

#include <string.h>

#include "src/data/collation_int.h"

static const struct charset sets[CHARSET_COUNT] = {
	[CHARSET_BINARY] = {"binary", 1, 1, 63, 63, true, false},
	[CHARSET_ASCII] = {"ascii", 1, 1, 11, 65, true, false},
	[CHARSET_LATIN1] = {"latin1", 1, 1, 8, 47, true, false},
	[CHARSET_UTF8MB3] = {"utf8mb3", 1, 3, 33, 83, true, true},
	[CHARSET_UTF8MB4] = {"utf8mb4", 1, 4, 45, 46, true, true},
	[CHARSET_UCS2] = {"ucs2", 2, 2, 35, 90, false, true},
	[CHARSET_UTF16] = {"utf16", 2, 4, 54, 55, false, true},
	[CHARSET_UTF16LE] = {"utf16le", 2, 4, 56, 62, false, true},
	[CHARSET_UTF32] = {"utf32", 4, 4, 60, 61, false, true},
};

const struct charset *charset_get(enum charset_id id)
{
	return &sets[id];
}

bool charset_find(struct str name, enum charset_id *id)
{
	if (str_ieqz(name, "utf8")) {
		*id = CHARSET_UTF8MB3;
		return true;
	}
	for (unsigned i = 0; i < CHARSET_COUNT; i++) {
		if (str_ieqz(name, sets[i].name)) {
			*id = (enum charset_id)i;
			return true;
		}
	}
	return false;
}

static bool is_surrogate(uint32_t cp)
{
	return cp >= 0xD800 && cp < 0xE000;
}

static bool is_tail(uint8_t c)
{
	return (c & 0xC0) == 0x80;
}

static size_t decode_utf8(const uint8_t *p, size_t n, uint32_t *cp)
{
	uint8_t c = p[0];

	if (c < 0x80) {
		*cp = c;
		return 1;
	}
	if (c >= 0xC2 && c < 0xE0 && n >= 2 && is_tail(p[1])) {
		*cp = (c & 0x1Fu) << 6 | (p[1] & 0x3Fu);
		return 2;
	}
	if (c >= 0xE0 && c < 0xF0 && n >= 3 && is_tail(p[1]) && is_tail(p[2])) {
		*cp = (c & 0xFu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
		return *cp < 0x800 || is_surrogate(*cp) ? 0 : 3;
	}
	if (c >= 0xF0 && c < 0xF5 && n >= 4 && is_tail(p[1]) && is_tail(p[2]) && is_tail(p[3])) {
		*cp = (c & 7u) << 18 | (p[1] & 0x3Fu) << 12 | (p[2] & 0x3Fu) << 6 | (p[3] & 0x3Fu);
		return *cp < 0x10000 || *cp > 0x10FFFF ? 0 : 4;
	}
	return 0;
}

static size_t decode_utf16(const uint8_t *p, size_t n, bool little, uint32_t *cp)
{
	uint32_t low;

	if (n < 2)
		return 0;
	*cp = little ? (uint32_t)(p[0] | p[1] << 8) : (uint32_t)(p[0] << 8 | p[1]);
	if (!is_surrogate(*cp))
		return 2;
	if (*cp >= 0xDC00 || n < 4)
		return 0;
	low = little ? (uint32_t)(p[2] | p[3] << 8) : (uint32_t)(p[2] << 8 | p[3]);
	if (low < 0xDC00 || low > 0xDFFF)
		return 0;
	*cp = 0x10000 + ((*cp & 0x3FF) << 10 | (low & 0x3FF));
	return 4;
}

size_t charset_decode(enum charset_id id, const void *from, size_t n, uint32_t *cp)
{
	const uint8_t *p = from;

	switch (id) {
	case CHARSET_UTF8MB4:
		return decode_utf8(p, n, cp);
	case CHARSET_UTF8MB3:
		return p[0] >= 0xF0 ? 0 : decode_utf8(p, n, cp);
	case CHARSET_LATIN1:
		*cp = collation_int_latin1(p[0]);
		return 1;
	case CHARSET_ASCII:
		*cp = p[0];
		return p[0] < 0x80;
	case CHARSET_UCS2:
		*cp = n < 2 ? 0 : (uint32_t)(p[0] << 8 | p[1]);
		return n < 2 ? 0 : 2;
	case CHARSET_UTF16:
	case CHARSET_UTF16LE:
		return decode_utf16(p, n, id == CHARSET_UTF16LE, cp);
	case CHARSET_UTF32:
		if (n < 4)
			return 0;
		*cp = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
		return *cp > 0x10FFFF || is_surrogate(*cp) ? 0 : 4;
	case CHARSET_BINARY:
	case CHARSET_COUNT:
		break;
	}
	*cp = p[0];
	return 1;
}

static size_t encode_utf8(uint32_t cp, uint8_t *out)
{
	if (cp < 0x80) {
		out[0] = (uint8_t)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (uint8_t)(0xC0 | cp >> 6);
		out[1] = (uint8_t)(0x80 | (cp & 0x3F));
		return 2;
	}
	if (is_surrogate(cp))
		return 0;
	if (cp < 0x10000) {
		out[0] = (uint8_t)(0xE0 | cp >> 12);
		out[1] = (uint8_t)(0x80 | (cp >> 6 & 0x3F));
		out[2] = (uint8_t)(0x80 | (cp & 0x3F));
		return 3;
	}
	out[0] = (uint8_t)(0xF0 | cp >> 18);
	out[1] = (uint8_t)(0x80 | (cp >> 12 & 0x3F));
	out[2] = (uint8_t)(0x80 | (cp >> 6 & 0x3F));
	out[3] = (uint8_t)(0x80 | (cp & 0x3F));
	return 4;
}

static void put16(uint32_t v, bool little, uint8_t *out)
{
	out[little] = (uint8_t)(v >> 8);
	out[!little] = (uint8_t)v;
}

static size_t encode_utf16(uint32_t cp, bool little, uint8_t *out)
{
	if (is_surrogate(cp))
		return 0;
	if (cp < 0x10000) {
		put16(cp, little, out);
		return 2;
	}
	put16(0xD800 | (cp - 0x10000) >> 10, little, out);
	put16(0xDC00 | ((cp - 0x10000) & 0x3FF), little, out + 2);
	return 4;
}

size_t charset_encode(enum charset_id id, uint32_t cp, uint8_t out[4])
{
	int byte;

	if (cp > 0x10FFFF)
		return 0;
	switch (id) {
	case CHARSET_UTF8MB4:
		return encode_utf8(cp, out);
	case CHARSET_UTF8MB3:
		return cp > 0xFFFF ? 0 : encode_utf8(cp, out);
	case CHARSET_LATIN1:
		byte = collation_int_to_latin1(cp);
		out[0] = (uint8_t)byte;
		return byte >= 0;
	case CHARSET_UCS2:
		put16(cp, false, out);
		return cp > 0xFFFF ? 0 : 2;
	case CHARSET_UTF16:
	case CHARSET_UTF16LE:
		return encode_utf16(cp, id == CHARSET_UTF16LE, out);
	case CHARSET_UTF32:
		put16(cp >> 16, false, out);
		put16(cp & 0xFFFF, false, out + 2);
		return is_surrogate(cp) ? 0 : 4;
	case CHARSET_ASCII:
		out[0] = (uint8_t)cp;
		return cp < 0x80;
	case CHARSET_BINARY:
	case CHARSET_COUNT:
		break;
	}
	out[0] = (uint8_t)cp;
	return cp < 0x100;
}

size_t charset_char_length(enum charset_id id, const void *p, size_t n)
{
	uint32_t cp;
	size_t len;

	if (sets[id].mbmax == 1)
		return 1;
	len = charset_decode(id, p, n, &cp);
	if (!len)
		len = sets[id].mbmin < n ? sets[id].mbmin : n;
	return len;
}

size_t charset_count(enum charset_id id, struct str s)
{
	size_t count = 0;

	if (sets[id].mbmax == 1)
		return s.n;
	if (id == CHARSET_UCS2 || id == CHARSET_UTF32)
		return (s.n + sets[id].mbmin - 1) / sets[id].mbmin;
	for (size_t at = 0; at < s.n; count++)
		at += charset_char_length(id, s.p + at, s.n - at);
	return count;
}

size_t charset_offset(enum charset_id id, struct str s, size_t chars)
{
	size_t at = 0;

	if (sets[id].mbmax == 1)
		return chars < s.n ? chars : s.n;
	for (; chars && at < s.n; chars--)
		at += charset_char_length(id, s.p + at, s.n - at);
	return at;
}

size_t charset_valid_prefix(enum charset_id id, struct str s)
{
	uint32_t cp;
	size_t at = 0, len;

	/* To a server all bytes are well-formed, though those of 0x80 and above are no characters. */
	if (id == CHARSET_ASCII)
		return s.n;
	while (at < s.n) {
		len = charset_decode(id, s.p + at, s.n - at, &cp);
		if (!len)
			break;
		at += len;
	}
	return at;
}

bool charset_is_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((uint8_t)s.p[i] >= 0x80)
			return false;
	return true;
}

/* Binary into characters of several bytes: zero bytes in front make the first one whole. */
static bool pad_binary(struct arena *a, enum charset_id to, struct str s, struct str *out)
{
	size_t min = sets[to].mbmin, pad = (min - s.n % min) % min;
	char *p;

	*out = s;
	if (!pad)
		return true;
	p = arena_alloc(a, s.n + pad);
	if (!p)
		return false;
	memset(p, 0, pad);
	if (s.n)
		memcpy(p + pad, s.p, s.n);
	*out = str_make(p, s.n + pad);
	return true;
}

bool charset_convert(struct arena *a, enum charset_id from, enum charset_id to, struct str s,
		     struct str *out, size_t *bad)
{
	uint8_t *p;
	size_t n = 0;

	*bad = 0;
	*out = s;
	if (from == CHARSET_BINARY)
		return pad_binary(a, to, s, out);
	if (from == to || to == CHARSET_BINARY)
		return true;
	if (sets[from].ascii && sets[to].ascii && charset_is_ascii(s))
		return true;
	if (s.n > SIZE_MAX / 8)
		return false;
	p = arena_alloc(a, (s.n / sets[from].mbmin + 1) * sets[to].mbmax);
	if (!p)
		return false;
	for (size_t at = 0; at < s.n;) {
		uint32_t cp = '?';
		size_t len = charset_decode(from, s.p + at, s.n - at, &cp), put;

		if (!len) {
			len = sets[from].mbmin < s.n - at ? sets[from].mbmin : s.n - at;
			cp = '?';
			++*bad;
		}
		put = charset_encode(to, cp, p + n);
		if (!put) {
			++*bad;
			put = charset_encode(to, '?', p + n);
		}
		n += put;
		at += len;
	}
	*out = str_make(p, n);
	return true;
}

#include "src/base/base64.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_group(const void *bytes, size_t n, char out[4])
{
	const uint8_t *p = bytes;
	uint32_t v = (uint32_t)p[0] << 16;

	if (n > 1)
		v |= (uint32_t)p[1] << 8;
	if (n > 2)
		v |= p[2];
	out[0] = digits[v >> 18];
	out[1] = digits[v >> 12 & 63];
	out[2] = n > 1 ? digits[v >> 6 & 63] : '=';
	out[3] = n > 2 ? digits[v & 63] : '=';
}

void base64_encode(struct buf *b, struct str s)
{
	char group[4];

	for (size_t i = 0; i < s.n; i += 3) {
		base64_group(s.p + i, s.n - i, group);
		buf_append(b, group, sizeof(group));
	}
}

int base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

int base64_decode(struct buf *b, struct str s)
{
	if (s.n % 4)
		return -1;
	for (size_t i = 0; i < s.n; i += 4) {
		bool last = i + 4 == s.n;
		int pad = last && s.p[i + 3] == '=' ? (s.p[i + 2] == '=' ? 2 : 1) : 0;
		uint32_t v = 0;

		for (int k = 0; k < 4; k++) {
			int d = k >= 4 - pad ? 0 : base64_digit(s.p[i + (size_t)k]);

			if (d < 0)
				return -1;
			v = v << 6 | (uint32_t)d;
		}
		buf_u8(b, (uint8_t)(v >> 16));
		if (pad < 2)
			buf_u8(b, (uint8_t)(v >> 8));
		if (pad < 1)
			buf_u8(b, (uint8_t)v);
	}
	return 0;
}

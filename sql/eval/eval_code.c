/* Functions that write values in another form: digits, hexadecimal, base64, hashes, addresses. */
#include <arpa/inet.h>
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "sql/eval/eval_int.h"
#include "sql/lex/keyword.h"
#include "src/base/base64.h"
#include "src/base/digest.h"
#include "src/data/number.h"

enum { FIXED_DIGITS = 30 }; /* that number_format_fixed() prints */

static void put_copy(struct eval *v, const struct expr *x, const char *p, size_t n,
	struct datum *out)
{
	char *copy = eval_alloc(v, n + 1);

	if (!copy)
		return;
	memcpy(copy, p, n);
	eval_put_ascii(v, x, str_make(copy, n), out);
}

static void hash_text(struct eval *v, const struct expr *x, const uint8_t *raw, size_t n,
	struct datum *out)
{
	char hex[2 * DIGEST_MAX_LEN + 1];

	digest_hex(raw, n, hex);
	put_copy(v, x, hex, 2 * n, out);
}

void eval_fn_md5(struct eval *v, const struct expr *x, struct datum *out)
{
	uint8_t raw[DIGEST_MD5_LEN];
	struct str s;

	if (!eval_str(v, x->arg[0], &s))
		return;
	digest_md5(s.p, s.n, raw);
	hash_text(v, x, raw, sizeof(raw), out);
}

void eval_fn_sha1(struct eval *v, const struct expr *x, struct datum *out)
{
	uint8_t raw[DIGEST_SHA1_LEN];
	struct str s;

	if (!eval_str(v, x->arg[0], &s))
		return;
	digest_sha1(&(struct digest_part){s.p, s.n}, 1, raw);
	hash_text(v, x, raw, sizeof(raw), out);
}

void eval_fn_sha2(struct eval *v, const struct expr *x, struct datum *out)
{
	uint8_t raw[DIGEST_MAX_LEN];
	struct str s;
	int64_t bits;
	size_t n;

	if (!eval_str(v, x->arg[0], &s))
		return;
	if (!eval_i64(v, x->arg[1], &bits))
		bits = 0;
	bits = (int32_t)bits;
	n = v->failed || bits < 0 || bits > 512
		    ? 0
		    : digest_sha2(bits ? (unsigned)bits : 256, s.p, s.n, raw);
	if (n)
		hash_text(v, x, raw, n, out);
	else if (!v->failed && !x->arg[1]->constant) /* of constants it was said while typing */
		eval_warn(v, 1583, "Incorrect parameters in the call to native function 'sha2'");
}

void eval_fn_crc32(struct eval *v, const struct expr *x, struct datum *out)
{
	struct str s;

	if (eval_str(v, x->arg[0], &s))
		eval_put_int(out, (int64_t)crc32_z(0, (const uint8_t *)s.p, s.n), true);
}

/* --- numbers in other bases --- */

static size_t digits_in_base(uint64_t u, unsigned base, char out[66])
{
	char rev[66];
	size_t n = 0;

	do {
		rev[n++] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[u % base];
		u /= base;
	} while (u);
	for (size_t i = 0; i < n; i++)
		out[i] = rev[n - 1 - i];
	return n;
}

static unsigned digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	c = (char)toupper((unsigned char)c);
	return c >= 'A' && c <= 'Z' ? (unsigned)(c - 'A') + 10 : 99;
}

/* As strtoull() and strtoll(): stops at what is no digit, saturates. */
static uint64_t read_in_base(struct str s, unsigned base, bool is_signed)
{
	size_t at = 0;
	uint64_t u = 0;
	bool negative, over = false;

	while (at < s.n && isspace((unsigned char)s.p[at]))
		at++;
	negative = at < s.n && s.p[at] == '-';
	at += at < s.n && (s.p[at] == '-' || s.p[at] == '+');
	for (; at < s.n && digit_value(s.p[at]) < base; at++) {
		over = over || u > (UINT64_MAX - digit_value(s.p[at])) / base;
		u = u * base + digit_value(s.p[at]);
	}
	if (is_signed) {
		if (over || u > (uint64_t)INT64_MAX + negative)
			return negative ? (uint64_t)INT64_MIN : (uint64_t)INT64_MAX;
	} else if (over) {
		return UINT64_MAX;
	}
	return negative ? 0 - u : u;
}

static void to_base(struct eval *v, const struct expr *x, uint64_t u, int64_t base,
	struct datum *out)
{
	char text[68];
	bool negative = base < 0 && (int64_t)u < 0;
	size_t n;

	text[0] = '-';
	n = digits_in_base(negative ? 0 - u : u, (unsigned)(base < 0 ? -base : base),
		text + negative);
	put_copy(v, x, text, n + negative, out);
}

static void convert_base(struct eval *v, const struct expr *x, int64_t from, int64_t to,
	struct datum *out)
{
	const struct expr *a = x->arg[0];
	struct str s;
	int64_t bits;
	bool valid = from >= -36 && from <= 36 && to >= -36 && to <= 36 && (from < -1 || from > 1) &&
		     (to < -1 || to > 1);

	if (a->t.type == TYPE_BIT) {
		if (eval_i64(v, a, &bits) && valid)
			to_base(v, x, (uint64_t)bits, to, out);
		return;
	}
	if (eval_str_plain(v, a, &s) && valid && s.n)
		to_base(v, x, read_in_base(s, (unsigned)(from < 0 ? -from : from), from < 0), to,
			out);
}

void eval_fn_conv(struct eval *v, const struct expr *x, struct datum *out)
{
	int64_t from, to;
	bool has_from = eval_i64(v, x->arg[1], &from), has_to = eval_i64(v, x->arg[2], &to);

	convert_base(v, x, has_from ? from : 0, has_to ? to : 0, out);
}

void eval_fn_bin(struct eval *v, const struct expr *x, struct datum *out)
{
	convert_base(v, x, 10, 2, out);
}

void eval_fn_oct(struct eval *v, const struct expr *x, struct datum *out)
{
	convert_base(v, x, 10, 8, out);
}

/* A double as HEX() takes it: rounded; all ones beyond 64 bits. */
static uint64_t real_bits(double d)
{
	if (d <= -9223372036854775808.0 || d >= 18446744073709551615.0)
		return UINT64_MAX;
	return d > 0 ? (uint64_t)(d + 0.5) : (uint64_t)(int64_t)(d - 0.5);
}

void eval_fn_hex(struct eval *v, const struct expr *x, struct datum *out)
{
	const struct expr *a = x->arg[0];
	char text[68], *p;
	struct eval_num n;
	struct str s;
	double d;

	if (expr_result_of(&a->t) == EXPR_REAL || expr_result_of(&a->t) == EXPR_DECIMAL) {
		if (eval_real(v, a, &d))
			put_copy(v, x, text, digits_in_base(real_bits(d), 16, text), out);
		return;
	}
	if (expr_is_number(a)) {
		if (eval_num(v, a, &n))
			put_copy(v, x, text, digits_in_base((uint64_t)n.i, 16, text), out);
		return;
	}
	if (!eval_str(v, a, &s))
		return;
	if (s.n > v->session->max_allowed_packet / 2) {
		eval_warn(v, WARN_TOO_LARGE, "Result was larger than max_allowed_packet");
		return;
	}
	p = eval_alloc(v, 2 * s.n + 1);
	for (size_t i = 0; p && i < s.n; i++) {
		p[2 * i] = "0123456789ABCDEF"[(uint8_t)s.p[i] >> 4];
		p[2 * i + 1] = "0123456789ABCDEF"[(uint8_t)s.p[i] & 15];
	}
	if (p)
		eval_put_ascii(v, x, str_make(p, 2 * s.n), out);
}

void eval_fn_unhex(struct eval *v, const struct expr *x, struct datum *out)
{
	struct str s;
	char *p;
	size_t odd, n = 0;

	if (!eval_str_plain(v, x->arg[0], &s))
		return;
	p = eval_alloc(v, s.n / 2 + 2);
	if (!p)
		return;
	odd = s.n % 2;
	if (odd) {
		if (digit_value(s.p[0]) > 15)
			return;
		p[n++] = (char)digit_value(s.p[0]);
	}
	for (size_t i = odd; i < s.n; i += 2) {
		if (digit_value(s.p[i]) > 15 || digit_value(s.p[i + 1]) > 15)
			return;
		p[n++] = (char)(digit_value(s.p[i]) << 4 | digit_value(s.p[i + 1]));
	}
	eval_put_str(out, str_make(p, n));
}

void eval_fn_char(struct eval *v, const struct expr *x, struct datum *out)
{
	char *p = eval_alloc(v, (size_t)x->n * 4 + 1);
	size_t n = 0;
	int64_t code;

	for (uint32_t i = 0; p && i < x->n; i++) {
		uint32_t c;

		if (!eval_i64(v, x->arg[i], &code))
			continue;
		c = (uint32_t)code;
		for (int shift = c > 0xFFFFFF ? 24 : c > 0xFFFF ? 16 : c > 0xFF ? 8
			: 0; shift >= 0; shift -= 8)
			p[n++] = (char)(c >> shift);
	}
	if (!p || v->failed)
		return;
	if (charset_valid_prefix(x->t.collation->charset, str_make(p, n)) < n) {
		eval_warn(v, 1300, "Invalid character string");
		if (v->session->mode & EXPR_STRICT)
			return;
		n = charset_valid_prefix(x->t.collation->charset, str_make(p, n));
	}
	eval_put_str(out, str_make(p, n));
}

/* --- base64 --- */

void eval_fn_to_base64(struct eval *v, const struct expr *x, struct datum *out)
{
	struct str s;
	size_t n = 0, column = 0;
	char *p;

	if (!eval_str(v, x->arg[0], &s))
		return;
	if (s.n / 3 * 4 > v->session->max_allowed_packet) {
		eval_warn(v, WARN_TOO_LARGE, "Result was larger than max_allowed_packet");
		return;
	}
	p = eval_alloc(v, (s.n + 2) / 3 * 4 + s.n / 57 + 8);
	for (size_t i = 0; p && i < s.n; i += 3) {
		if (column == 76) {
			p[n++] = '\n';
			column = 0;
		}
		base64_group(s.p + i, s.n - i, p + n);
		n += 4;
		column += 4;
	}
	if (p)
		eval_put_ascii(v, x, str_make(p, n), out);
}

/* Bytes of @s into @p; SIZE_MAX when it is no base64. */
static size_t decode_base64(struct str s, char *p)
{
	uint32_t bits = 0;
	size_t n = 0, have = 0, pads = 0;

	for (size_t i = 0; i < s.n; i++) {
		int value;

		if (isspace((unsigned char)s.p[i]))
			continue;
		value = base64_digit(s.p[i]);
		if (s.p[i] == '=' && have + pads >= 2 && have + pads < 4) {
			pads++;
			continue;
		}
		if (value < 0 || pads)
			return SIZE_MAX;
		bits = bits << 6 | (uint32_t)value;
		if (++have == 4) {
			p[n++] = (char)(bits >> 16);
			p[n++] = (char)(bits >> 8);
			p[n++] = (char)bits;
			have = 0;
		}
	}
	if (have + pads != 0 && have + pads != 4)
		return SIZE_MAX;
	if (have == 3) {
		p[n++] = (char)(bits >> 10);
		p[n++] = (char)(bits >> 2);
	} else if (have == 2) {
		p[n++] = (char)(bits >> 4);
	}
	return n;
}

void eval_fn_from_base64(struct eval *v, const struct expr *x, struct datum *out)
{
	struct str s;
	char *p;
	size_t n;

	if (!eval_str_plain(v, x->arg[0], &s))
		return;
	p = eval_alloc(v, s.n + 1);
	if (!p)
		return;
	n = decode_base64(s, p);
	if (n == SIZE_MAX)
		eval_warn(v, 1958, "Bad base64 data");
	else
		eval_put_str(out, str_make(p, n));
}

/* --- FORMAT, SOUNDEX --- */

static size_t group_thousands(const char *in, size_t n, char *out)
{
	size_t start = n && in[0] == '-', point = 0, at = 0;

	for (point = start; point < n && in[point] != '.'; point++)
		;
	for (size_t i = 0; i < n; i++) {
		if (i > start && i < point && (point - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = in[i];
	}
	return at;
}

void eval_fn_format(struct eval *v, const struct expr *x, struct datum *out)
{
	char text[NUMBER_FIXED_TEXT + DECIMAL_TEXT], grouped[2 * sizeof(text)];
	enum expr_result r = expr_result_of(&x->arg[0]->t);
	struct decimal d;
	int64_t digits;
	double real;
	size_t n;

	if (!eval_i64(v, x->arg[1], &digits))
		return;
	digits = (int32_t)digits; /* no more of it is looked at */
	digits = digits < 0 ? 0 : digits > EXPR_MAX_SCALE ? EXPR_MAX_SCALE : digits;
	if (r == EXPR_INT || r == EXPR_DECIMAL) {
		if (!eval_dec(v, x->arg[0], &d))
			return;
		if (!decimal_round(&d, (uint8_t)digits)) {
			eval_out_of_range(v, x, "DECIMAL");
			return;
		}
		n = decimal_print(&d, text);
	} else {
		double unit = pow(10, (double)digits), scaled;

		if (!eval_real(v, x->arg[0], &real))
			return;
		scaled = real * unit;
		if (isfinite(scaled))
			real = rint(scaled) / unit;
		real = real == 0 ? 0 : real; /* no sign */
		n = number_format_fixed(real, (unsigned)digits, text);
		for (int64_t i = FIXED_DIGITS; i < digits; i++)
			text[n++] = '0';
	}
	put_copy(v, x, grouped, group_thousands(text, n, grouped), out);
}

/* What SOUNDEX() takes for a letter: of ASCII, and whatever lies behind the signs of latin1. */
static bool is_letter(enum charset_id cs, uint32_t cp)
{
	if (cp < 0x80)
		return isalpha((int)cp);
	if (cs == CHARSET_LATIN1)
		return cp >= 0xC0 && cp != 0xD7 && cp != 0xF7;
	return cs != CHARSET_BINARY && cp >= 0xC0;
}

static char soundex_code(uint32_t cp)
{
	static const char codes[] = "01230120022455012623010202";

	return cp < 0x80 ? codes[toupper((int)cp) - 'A'] : '0';
}

/* The first letter as it is written, digits for the others; those beyond ASCII count as vowels. */
void eval_fn_soundex(struct eval *v, const struct expr *x, struct datum *out)
{
	enum charset_id cs = x->t.collation->charset;
	struct str s;
	char *p, last = 0;
	size_t n = 0, letters = 0, len;
	uint32_t cp;

	if (!eval_str_as(v, x->arg[0], x->t.collation, &s))
		return;
	if (!charset_get(cs)->ascii && cs != CHARSET_BINARY) {
		eval_fail(v, ERR_UNSUPPORTED, "SOUNDEX of what is no ASCII");
		return;
	}
	p = eval_alloc(v, s.n + 8);
	for (size_t i = 0; p && i < s.n; i += len) {
		char code;

		len = charset_decode(cs, s.p + i, s.n - i, &cp);
		if (!len) {
			len = 1;
			continue;
		}
		if (!is_letter(cs, cp))
			continue;
		code = soundex_code(cp);
		if (letters++ == 0) {
			memcpy(p, s.p + i, len);
			*p = cp < 0x80 ? (char)toupper((int)cp) : *p;
			n = len;
			last = code;
			letters = 1;
		} else if (code != '0') {
			if (code != last)
				p[n++] = code;
			last = code;
		}
	}
	if (!p)
		return;
	for (letters = n ? 1 + n - charset_offset(cs, str_make(p, n), 1) : 4; letters < 4; letters++)
		p[n++] = '0';
	eval_put_str(out, str_make(p, n));
}

/* --- addresses --- */

void eval_fn_inet_aton(struct eval *v, const struct expr *x, struct datum *out)
{
	uint64_t result = 0, byte = 0;
	unsigned dots = 0;
	struct str s;
	char c = '.';

	if (!eval_str_plain(v, x->arg[0], &s))
		return;
	for (size_t i = 0; i < s.n; i++) {
		c = s.p[i];
		if (c >= '0' && c <= '9') {
			byte = byte * 10 + (uint64_t)(c - '0');
			if (byte > 255)
				return;
		} else if (c == '.') {
			if (++dots > 3)
				return;
			result = (result << 8) + byte;
			byte = 0;
		} else {
			return;
		}
	}
	if (c == '.')
		return;
	/* 127.1 is 127.0.0.1 */
	if (dots == 1)
		result <<= 16;
	else if (dots == 2)
		result <<= 8;
	eval_put_int(out, (int64_t)((result << 8) + byte), true);
}

void eval_fn_inet_ntoa(struct eval *v, const struct expr *x, struct datum *out)
{
	struct eval_num n;
	uint64_t u;
	char text[20];

	if (!eval_num(v, x->arg[0], &n))
		return;
	u = (uint64_t)n.i;
	if (u > UINT32_MAX)
		return;
	put_copy(v, x, text,
		 (size_t)snprintf(text, sizeof(text), "%u.%u.%u.%u", (unsigned)(u >> 24),
			(unsigned)(u >> 16 & 255),
				  (unsigned)(u >> 8 & 255), (unsigned)(u & 255)), out);
}

/* Text of an address; the length in bytes, 0: none. */
static size_t parse_address(struct str s, int family, uint8_t out[16])
{
	char text[64];

	if (s.n >= sizeof(text) || memchr(s.p, 0, s.n))
		return 0;
	memcpy(text, s.p, s.n);
	text[s.n] = 0;
	if (inet_pton(family, text, out) != 1)
		return 0;
	return family == AF_INET ? 4 : 16;
}

static bool address_text(struct eval *v, const struct expr *x, struct str *s)
{
	bool bytes = expr_result_of(&x->t) == EXPR_STRING &&
		     x->t.collation->charset == CHARSET_BINARY;

	return eval_str_plain(v, x, s) && !bytes;
}

void eval_fn_inet6_aton(struct eval *v, const struct expr *x, struct datum *out)
{
	uint8_t raw[16];
	struct str s;
	size_t n;
	char *p;

	if (!address_text(v, x->arg[0], &s))
		return;
	n = parse_address(s, AF_INET, raw);
	if (!n)
		n = parse_address(s, AF_INET6, raw);
	p = n ? eval_alloc(v, n) : NULL;
	if (!p)
		return;
	memcpy(p, raw, n);
	eval_put_str(out, str_make(p, n));
}

void eval_fn_inet6_ntoa(struct eval *v, const struct expr *x, struct datum *out)
{
	char text[INET6_ADDRSTRLEN];
	struct str s;

	if (x->arg[0]->t.collation->charset != CHARSET_BINARY ||
		expr_result_of(&x->arg[0]->t) != EXPR_STRING ||
	    !eval_str(v, x->arg[0], &s) || (s.n != 4 && s.n != 16))
		return;
	if (inet_ntop(s.n == 4 ? AF_INET : AF_INET6, s.p, text, sizeof(text)))
		put_copy(v, x, text, strlen(text), out);
}

void eval_fn_is_ipv4(struct eval *v, const struct expr *x, struct datum *out)
{
	uint8_t raw[16];
	struct str s;

	eval_put_bool(out, address_text(v, x->arg[0], &s) && parse_address(s, AF_INET, raw));
}

void eval_fn_is_ipv6(struct eval *v, const struct expr *x, struct datum *out)
{
	uint8_t raw[16];
	struct str s;

	eval_put_bool(out, address_text(v, x->arg[0], &s) && parse_address(s, AF_INET6, raw));
}

/* @x as an INET6: 16 bytes, or the text of an address. */
static bool inet6_of(struct eval *v, const struct expr *x, uint8_t raw[16])
{
	struct str s;

	if (!eval_str_plain(v, x, &s))
		return false;
	if (expr_result_of(&x->t) == EXPR_STRING && x->t.collation->charset == CHARSET_BINARY) {
		if (s.n == 16) {
			memcpy(raw, s.p, 16);
			return true;
		}
	} else if (parse_address(s, AF_INET6, raw)) {
		return true;
	}
	eval_warn(v, WARN_TRUNCATED, "Incorrect inet6 value: '%.*s'", (int)(s.n < 64 ? s.n : 64), s.p);
	return false;
}

static bool has_prefix(struct eval *v, const struct expr *x, bool mapped)
{
	static const uint8_t zeros[12], map[12] = {[10] = 255, [11] = 255};
	uint8_t raw[16];

	return inet6_of(v, x->arg[0], raw) && memcmp(raw, mapped ? map : zeros, 12) == 0 &&
	       (mapped || raw[12] || raw[13] || raw[14] || raw[15] > 1);
}

void eval_fn_is_ipv4_compat(struct eval *v, const struct expr *x, struct datum *out)
{
	eval_put_bool(out, has_prefix(v, x, false));
}

void eval_fn_is_ipv4_mapped(struct eval *v, const struct expr *x, struct datum *out)
{
	eval_put_bool(out, has_prefix(v, x, true));
}

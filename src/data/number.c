#include "src/data/number.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DIGITS = 17, MAX_POINT = 15 };

/* A number as digits d1 d2 ... with the decimal point after the first @point of them. */
struct digits {
	char d[MAX_DIGITS + 1];
	int len, point;
	bool negative;
};

static void scan_digits(const char *e_text, struct digits *g)
{
	const char *c = e_text;

	g->len = 0;
	g->negative = *c == '-';
	for (c += g->negative; *c && *c != 'e'; c++)
		if (*c != '.')
			g->d[g->len++] = *c;
	g->point = *c ? (int)strtol(c + 1, NULL, 10) + 1 : 1;
	while (g->len > 1 && g->d[g->len - 1] == '0')
		g->len--;
}

/* @count significant digits; true when they read back as @d. */
static bool try_digits(double d, int count, struct digits *g)
{
	char text[48];

	snprintf(text, sizeof(text), "%.*e", count - 1, d);
	scan_digits(text, g);
	return strtod(text, NULL) == d;
}

/* The same digits with the last of @count one higher. Around a power of two the numbers above lie
 * further apart than those below, so that this may read back as @d where the nearest does not. */
static bool try_above(double d, int count, struct digits *g)
{
	char text[48];

	snprintf(text, sizeof(text), "%.*e", count - 1, d);
	for (char *c = strchr(text, 'e') - 1; c >= text; c--) {
		if (*c == '.' || *c == '-')
			continue;
		if (*c != '9') {
			++*c;
			break;
		}
		*c = '0';
	}
	scan_digits(text, g);
	return strtod(text, NULL) == d;
}

/* The fewest digits that read back the same. Of a normal number 15 always survive, so a shorter
 * form shows as trailing zeros; denormals have fewer and are searched from 1. */
static void shortest(double d, struct digits *g)
{
	int first = fabs(d) < DBL_MIN ? 1 : DBL_DIG, exponent;
	bool power_of_two = fabs(frexp(d, &exponent)) == 0.5;

	for (int count = first; count < MAX_DIGITS; count++)
		if (try_digits(d, count, g) || (power_of_two && try_above(d, count, g)))
			return;
	try_digits(d, MAX_DIGITS, g);
}

static size_t print_plain(const struct digits *g, char *out)
{
	char *o = out;

	if (g->point <= 0) {
		*o++ = '0';
		*o++ = '.';
		for (int i = g->point; i < 0; i++)
			*o++ = '0';
	}
	for (int i = 0; i < g->len || i < g->point; i++) {
		if (i == g->point && i > 0)
			*o++ = '.';
		*o++ = i < g->len ? g->d[i] : '0';
	}
	*o = 0;
	return (size_t)(o - out);
}

static size_t print_exponent(const struct digits *g, char *out)
{
	char *o = out;

	*o++ = g->d[0];
	if (g->len > 1)
		*o++ = '.';
	for (int i = 1; i < g->len; i++)
		*o++ = g->d[i];
	o += snprintf(o, 8, "e%d", g->point - 1);
	return (size_t)(o - out);
}

/* MySQL's choice between the two forms (my_gcvt). */
static size_t print_digits(const struct digits *g, char *out)
{
	bool plain = g->point > -MAX_POINT && (g->point <= MAX_POINT || g->len > g->point);

	if (g->negative)
		*out++ = '-';
	return (plain ? print_plain(g, out) : print_exponent(g, out)) + g->negative;
}

static size_t print_zero(double d, char *out)
{
	size_t n = signbit(d) && d == 0 ? 1 : 0;

	memcpy(out, n ? "-0" : "0", n + 2);
	return n + 1;
}

size_t number_format_double(double d, char out[NUMBER_TEXT])
{
	struct digits g;

	if (d == 0 || !isfinite(d))
		return print_zero(d, out);
	shortest(d, &g);
	return print_digits(&g, out);
}

size_t number_format_float(double d, char out[NUMBER_TEXT])
{
	struct digits g;

	if (d == 0 || !isfinite(d))
		return print_zero(d, out);
	try_digits(d, FLT_DIG, &g);
	return print_digits(&g, out);
}

static size_t print_padded(const struct digits *g, unsigned decimals, char *out)
{
	char *o = out;
	size_t n;
	int behind = g->len > g->point ? g->len - g->point : 0;

	if (g->negative)
		*o++ = '-';
	n = print_plain(g, o);
	o += n;
	if (decimals && behind == 0)
		*o++ = '.';
	for (int i = behind; i < (int)decimals; i++)
		*o++ = '0';
	*o = 0;
	return (size_t)(o - out);
}

size_t number_format_fixed(double d, unsigned decimals, char out[NUMBER_FIXED_TEXT])
{
	int n;

	struct digits g;

	if (!isfinite(d))
		d = 0;
	/* Digits past the shortest form are zeros, as the server prints them. */
	if (d != 0) {
		shortest(d, &g);
		if (g.len - g.point <= (int)decimals && g.point > -300)
			return print_padded(&g, decimals < 30 ? decimals : 30, out);
	}
	/* Of less than a half the server prints the point. */
	if (decimals == 0 && d != 0 && fabs(d) <= 0.5)
		return (size_t)snprintf(out, NUMBER_FIXED_TEXT, "%s", d < 0 ? "-0." : "0.");
	n = snprintf(out, NUMBER_FIXED_TEXT, "%.*f", (int)(decimals < 30 ? decimals : 30), d);
	return (size_t)n;
}

static size_t put_u64(uint64_t v, char *out)
{
	char rev[24];
	size_t n = 0;

	do {
		rev[n++] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	for (size_t i = 0; i < n; i++)
		out[i] = rev[n - 1 - i];
	out[n] = 0;
	return n;
}

size_t number_format_u64(uint64_t v, char out[NUMBER_TEXT])
{
	return put_u64(v, out);
}

size_t number_format_i64(int64_t v, char out[NUMBER_TEXT])
{
	if (v >= 0)
		return put_u64((uint64_t)v, out);
	out[0] = '-';
	return 1 + put_u64(-(uint64_t)v, out + 1);
}

bool number_parse_double(struct str s, double *out)
{
	char text[NUMBER_FIXED_TEXT + 32];
	char *end;

	/* strtod() takes more than SQL does: hexadecimal, infinities, leading space. */
	if (s.n == 0 || s.n >= sizeof(text))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("0123456789.eE+-", s.p[i]) || s.p[i] == 0)
			return false;
	memcpy(text, s.p, s.n);
	text[s.n] = 0;
	*out = strtod(text, &end);
	return end == text + s.n && end != text;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

bool number_is_end(struct str s, size_t at)
{
	while (at < s.n && is_space(s.p[at]))
		at++;
	return at >= s.n;
}

enum { MANTISSA = 800, MAX_EXPONENT = 100000 };

/* A number on its way to strtod(): the digits that matter and where the point is. */
struct mantissa {
	char d[MANTISSA];
	size_t n;
	long exponent;
	bool any;
};

static size_t scan_mantissa(struct str s, size_t at, struct mantissa *m)
{
	bool point = false;

	for (; at < s.n; at++) {
		char c = s.p[at];

		if (c == '.' && !point) {
			point = true;
			continue;
		}
		if (c < '0' || c > '9')
			break;
		m->any = true;
		if (m->n < MANTISSA && (m->n || c != '0')) {
			m->d[m->n++] = c;
			m->exponent -= point;
		} else if (m->n) {
			m->exponent += !point;
		} else {
			m->exponent -= point;
		}
	}
	return at;
}

static size_t scan_exponent(struct str s, size_t at, long *exponent)
{
	size_t i = at + 1;
	bool negative = i < s.n && s.p[i] == '-';
	long v = 0;

	if (i < s.n && (s.p[i] == '-' || s.p[i] == '+'))
		i++;
	if (i >= s.n || s.p[i] < '0' || s.p[i] > '9')
		return at;
	for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		v = v < MAX_EXPONENT ? v * 10 + (s.p[i] - '0') : v;
	*exponent += negative ? -v : v;
	return i;
}

size_t number_scan_double(struct str s, double *out, bool *range)
{
	char text[MANTISSA + 32];
	struct mantissa m = {.n = 0};
	size_t at = 0;
	bool negative;

	*out = 0;
	*range = false;
	while (at < s.n && is_space(s.p[at]))
		at++;
	negative = at < s.n && s.p[at] == '-';
	at += at < s.n && (s.p[at] == '-' || s.p[at] == '+');
	at = scan_mantissa(s, at, &m);
	if (!m.any)
		return 0;
	if (at < s.n && (s.p[at] == 'e' || s.p[at] == 'E'))
		at = scan_exponent(s, at, &m.exponent);
	if (m.n) {
		memcpy(text, m.d, m.n);
		snprintf(text + m.n, 32, "e%ld", m.exponent);
		*out = strtod(text, NULL);
	}
	if (!isfinite(*out)) {
		*out = DBL_MAX;
		*range = true;
	}
	if (negative)
		*out = -*out;
	return at;
}

size_t number_scan_integer(struct str s, bool *negative, uint64_t *out, bool *range)
{
	size_t at = 0, start;

	*out = 0;
	*range = false;
	while (at < s.n && is_space(s.p[at]))
		at++;
	*negative = at < s.n && s.p[at] == '-';
	at += at < s.n && (s.p[at] == '-' || s.p[at] == '+');
	for (start = at; at < s.n && s.p[at] >= '0' && s.p[at] <= '9'; at++) {
		uint64_t digit = (uint64_t)(s.p[at] - '0');

		if (*range || *out > (UINT64_MAX - digit) / 10) {
			*range = true;
			*out = UINT64_MAX;
			continue;
		}
		*out = *out * 10 + digit;
	}
	return at == start ? 0 : at;
}

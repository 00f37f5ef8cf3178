#include "src/data/decimal.h"

#include <string.h>

#define BASE 1000000000u

enum { SERVER_WORDS = 9 }; /* of base 10^9, that MySQL computes with */

static const uint32_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000,
	BASE};

void decimal_zero(struct decimal *d)
{
	memset(d, 0, sizeof(*d));
}

static void trim(struct decimal *d)
{
	while (d->n && !d->w[d->n - 1])
		d->n--;
	if (!d->n)
		d->negative = false;
}

void decimal_from_u64(struct decimal *d, uint64_t v)
{
	decimal_zero(d);
	for (; v; v /= BASE)
		d->w[d->n++] = (uint32_t)(v % BASE);
}

void decimal_from_i64(struct decimal *d, int64_t v)
{
	decimal_from_u64(d, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
	d->negative = v < 0;
}

/* d = d * factor + add; false when it does not fit. */
static bool mul_small(struct decimal *d, uint32_t factor, uint32_t add)
{
	uint64_t carry = add;

	for (unsigned i = 0; i < d->n; i++) {
		carry += (uint64_t)d->w[i] * factor;
		d->w[i] = (uint32_t)(carry % BASE);
		carry /= BASE;
	}
	if (!carry)
		return true;
	if (d->n == DECIMAL_WORDS)
		return false;
	d->w[d->n++] = (uint32_t)carry;
	return true;
}

/* d = d / divisor; returns the remainder. */
static uint32_t div_small(struct decimal *d, uint32_t divisor)
{
	uint64_t rest = 0;

	for (unsigned i = d->n; i-- > 0;) {
		rest = rest * BASE + d->w[i];
		d->w[i] = (uint32_t)(rest / divisor);
		rest %= divisor;
	}
	while (d->n && !d->w[d->n - 1])
		d->n--;
	return (uint32_t)rest;
}

static bool scale_up(struct decimal *d, unsigned digits)
{
	for (; digits; digits -= digits < 9 ? digits : 9)
		if (!mul_small(d, powers[digits < 9 ? digits : 9], 0))
			return false;
	return true;
}

static void increment(struct decimal *d)
{
	for (unsigned i = 0; i < DECIMAL_WORDS; i++) {
		if (++d->w[i] < BASE) {
			if (i >= d->n)
				d->n = (uint8_t)(i + 1);
			return;
		}
		d->w[i] = 0;
	}
}

/* Takes @digits digits off the end, rounding half away from zero. */
static void scale_down(struct decimal *d, unsigned digits)
{
	while (digits > 1) {
		unsigned step = digits - 1 < 9 ? digits - 1 : 9;

		div_small(d, powers[step]);
		digits -= step;
	}
	if (digits && div_small(d, 10) >= 5)
		increment(d);
	trim(d);
}

bool decimal_round(struct decimal *d, uint8_t scale)
{
	if (scale > d->scale && !scale_up(d, (unsigned)(scale - d->scale)))
		return false;
	if (scale < d->scale)
		scale_down(d, (unsigned)(d->scale - scale));
	d->scale = scale;
	return true;
}

static unsigned digits_of(const struct decimal *d)
{
	uint32_t top = d->n ? d->w[d->n - 1] : 0;
	unsigned k = 0;

	for (; top; top /= 10)
		k++;
	return d->n ? (d->n - 1u) * 9u + k : 0;
}

static bool fits(const struct decimal *d)
{
	return digits_of(d) <= DECIMAL_MAX_DIGITS;
}

static int cmp_words(const struct decimal *a, const struct decimal *b)
{
	if (a->n != b->n)
		return a->n < b->n ? -1 : 1;
	for (unsigned i = a->n; i-- > 0;)
		if (a->w[i] != b->w[i])
			return a->w[i] < b->w[i] ? -1 : 1;
	return 0;
}

/* Copies with the larger scale of both. */
static bool align(struct decimal *x, struct decimal *y)
{
	uint8_t scale = x->scale > y->scale ? x->scale : y->scale;

	return decimal_round(x, scale) && decimal_round(y, scale);
}

int decimal_cmp(const struct decimal *a, const struct decimal *b)
{
	struct decimal x = *a, y = *b;
	int c;

	if (!a->n && !b->n)
		return 0;
	if (a->negative != b->negative)
		return a->negative ? -1 : 1;
	if (!align(&x, &y)) /* only with magnitudes far apart */
		c = digits_of(a) + b->scale < digits_of(b) + a->scale ? -1 : 1;
	else
		c = cmp_words(&x, &y);
	return a->negative ? -c : c;
}

static bool add_words(struct decimal *x, const struct decimal *y)
{
	unsigned n = x->n > y->n ? x->n : y->n;
	uint32_t carry = 0;

	for (unsigned i = 0; i < n; i++) {
		uint32_t v = x->w[i] + y->w[i] + carry;

		carry = v >= BASE;
		x->w[i] = carry ? v - BASE : v;
	}
	x->n = (uint8_t)n;
	if (!carry)
		return true;
	if (n == DECIMAL_WORDS)
		return false;
	x->w[x->n++] = 1;
	return true;
}

/* x -= y, with x >= y. */
static void sub_words(struct decimal *x, const struct decimal *y)
{
	uint32_t borrow = 0;

	for (unsigned i = 0; i < x->n; i++) {
		uint32_t take = y->w[i] + borrow;

		borrow = x->w[i] < take;
		x->w[i] = borrow ? x->w[i] + BASE - take : x->w[i] - take;
	}
	trim(x);
}

bool decimal_add(struct decimal *out, const struct decimal *a, const struct decimal *b)
{
	struct decimal x = *a, y = *b;
	bool minus_zero = !a->n && !b->n && a->negative && b->negative;

	if (!align(&x, &y))
		return false;
	if (x.negative == y.negative) {
		if (!add_words(&x, &y))
			return false;
	} else if (cmp_words(&x, &y) >= 0) {
		sub_words(&x, &y);
	} else {
		sub_words(&y, &x);
		x = y;
	}
	trim(&x);
	x.negative = x.negative || minus_zero;
	*out = x;
	return fits(out);
}

bool decimal_sub(struct decimal *out, const struct decimal *a, const struct decimal *b)
{
	struct decimal y = *b;

	y.negative = !y.negative;
	return decimal_add(out, a, &y);
}

bool decimal_mul(struct decimal *out, const struct decimal *a, const struct decimal *b)
{
	struct decimal r;
	unsigned scale = (unsigned)a->scale + b->scale;

	decimal_zero(&r);
	if (a->n + b->n > DECIMAL_WORDS)
		return false;
	for (unsigned i = 0; i < a->n; i++) {
		uint64_t carry = 0;

		for (unsigned j = 0; j < b->n || carry; j++) {
			carry += r.w[i + j] + (j < b->n ? (uint64_t)a->w[i] * b->w[j] : 0);
			r.w[i + j] = (uint32_t)(carry % BASE);
			carry /= BASE;
		}
	}
	r.n = (uint8_t)(a->n + b->n);
	r.negative = a->negative != b->negative;
	trim(&r);
	if (scale > DECIMAL_MAX_SCALE) {
		scale_down(&r, scale - DECIMAL_MAX_SCALE);
		scale = DECIMAL_MAX_SCALE;
	}
	r.scale = (uint8_t)scale;
	*out = r;
	return fits(out);
}

/* Schoolbook long division, a decimal digit at a time: x / y into quotient q, remainder in r. Slow
 * and plain; the gate divides once per group of an AVG. */
static void div_words(const struct decimal *x, const struct decimal *y, struct decimal *q,
		      struct decimal *r)
{
	decimal_zero(q);
	decimal_zero(r);
	for (unsigned i = x->n; i-- > 0;) {
		for (unsigned p = 9; p-- > 0;) {
			uint32_t digit = x->w[i] / powers[p] % 10, times = 0;

			if (r->n || digit)
				mul_small(r, 10, digit);
			if (!r->n && digit) {
				r->w[0] = digit;
				r->n = 1;
			}
			while (cmp_words(r, y) >= 0) {
				sub_words(r, y);
				times++;
			}
			if (q->n || times)
				mul_small(q, 10, times);
			if (!q->n && times) {
				q->w[0] = times;
				q->n = 1;
			}
		}
	}
}

/* Digits behind the point, in whole words. */
static unsigned word_digits(unsigned digits)
{
	return (digits + 8) / 9 * 9;
}

/* Digits behind the point that MySQL computes before it rounds: whole words, as many as its nine
 * words leave beside the quotient's whole part. @x and @y have scales of whole words. */
static unsigned quotient_digits(const struct decimal *x, const struct decimal *y, unsigned wanted)
{
	int whole = (int)digits_of(x) - x->scale - ((int)digits_of(y) - y->scale) +
		    (x->n && x->w[x->n - 1] >= y->w[y->n - 1]);
	unsigned words = whole > 0 ? ((unsigned)whole + 8) / 9 : 0;
	unsigned room = words < SERVER_WORDS ? (SERVER_WORDS - words) * 9 : 0;

	wanted = word_digits(wanted);
	return wanted < room ? wanted : room;
}

/* As MySQL's do_div(): the quotient is cut off after some words. */
static bool quotient(struct decimal *out, const struct decimal *a, const struct decimal *b,
	unsigned more)
{
	struct decimal x = *a, y = *b, q, r;
	bool negative = a->negative != b->negative;
	unsigned pad, digits, up;

	if (!b->n)
		return false;
	if (!decimal_round(&x, (uint8_t)word_digits(a->scale)) ||
	    !decimal_round(&y, (uint8_t)word_digits(b->scale)))
		return false;
	pad = (unsigned)(x.scale - a->scale + y.scale - b->scale);
	digits = quotient_digits(&x, &y, (unsigned)x.scale + y.scale + (more > pad ? more - pad
		: 0));
	/* quotient * 10^digits = x * 10^(digits + y.scale - x.scale) / y */
	up = digits + y.scale;
	if (up >= x.scale ? !scale_up(&x, up - x.scale) : !scale_up(&y, x.scale - up))
		return false;
	x.negative = y.negative = false;
	div_words(&x, &y, &q, &r);
	q.scale = (uint8_t)digits;
	q.negative = negative;
	trim(&q);
	q.negative = negative && a->n; /* also when nothing is left of it */
	*out = q;
	return true;
}

/* The quotient is cut, then rounded to @scale. Where both fall together the last digit is cut, not
 * rounded: 7.24425 / 386781 = 0.000018729 there. */
bool decimal_div(struct decimal *out, const struct decimal *a, const struct decimal *b,
	uint8_t scale)
{
	unsigned more = scale > a->scale ? (unsigned)(scale - a->scale) : 0;

	return quotient(out, a, b, more) && decimal_round(out, scale) && fits(out);
}

bool decimal_div_whole(struct decimal *out, const struct decimal *a, const struct decimal *b,
		       unsigned more)
{
	if (!quotient(out, a, b, more))
		return false;
	while (!fits(out) && out->scale)
		decimal_round(out, (uint8_t)(out->scale - 1));
	return fits(out);
}

/* The digits around one point: fills @d; *behind counts those after it. False: no digit at all, too
 * many, or something else in between. */
static bool parse_digits(struct decimal *d, struct str *s, unsigned *behind)
{
	bool point = false, any = false, round_up = false, cut = false;

	*behind = 0;
	for (; s->n; s->p++, s->n--) {
		char c = *s->p;

		if (c == '.' && !point) {
			point = true;
			continue;
		}
		if (c < '0' || c > '9')
			break;
		any = true;
		if (point && *behind == DECIMAL_MAX_SCALE) {
			if (!cut)
				round_up = c >= '5';
			cut = true;
			continue;
		}
		if (d->n || c != '0') {
			if (!d->n) {
				d->w[0] = (uint32_t)(c - '0');
				d->n = 1;
			} else if (!mul_small(d, 10, (uint32_t)(c - '0'))) {
				return false;
			}
		}
		*behind += point;
	}
	if (round_up)
		increment(d);
	return any;
}

bool decimal_parse(struct decimal *d, struct str s)
{
	bool negative = s.n && s.p[0] == '-';
	unsigned behind;
	int64_t exponent = 0;

	decimal_zero(d);
	if (s.n && (negative || s.p[0] == '+'))
		s.p++, s.n--;
	if (!parse_digits(d, &s, &behind))
		return false;
	if (s.n && (s.p[0] == 'e' || s.p[0] == 'E')) {
		if (!str_to_i64(str_make(s.p + 1, s.n - 1), &exponent) || exponent > 100 ||
			exponent < -200)
			return false;
		s.n = 0;
	}
	if (s.n)
		return false;
	exponent = (int64_t)behind - exponent; /* the scale now */
	if (exponent < 0) {
		if (!scale_up(d, (unsigned)-exponent))
			return false;
		exponent = 0;
	} else if (exponent > DECIMAL_MAX_SCALE) {
		scale_down(d, (unsigned)(exponent - DECIMAL_MAX_SCALE));
		exponent = DECIMAL_MAX_SCALE;
	}
	d->scale = (uint8_t)exponent;
	d->negative = negative;
	trim(d);
	return fits(d);
}

size_t decimal_print(const struct decimal *d, char out[DECIMAL_TEXT])
{
	char digits[DECIMAL_WORDS * 9 + 1];
	unsigned n = 0, count = digits_of(d);
	size_t at = 0;

	for (unsigned i = 0; i < count || i <= d->scale; i++) /* least digit first */
		digits[n++] = (char)('0' + d->w[i / 9] / powers[i % 9] % 10);
	if (d->negative)
		out[at++] = '-';
	for (unsigned i = n; i-- > 0;) {
		out[at++] = digits[i];
		if (i == d->scale && i)
			out[at++] = '.';
	}
	out[at] = 0;
	return at;
}

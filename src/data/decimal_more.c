/* What expressions need of decimals beside the four operations. */
#include <math.h>
#include <string.h>

#include "src/data/decimal.h"
#include "src/data/number.h"

#define BASE 1000000000u

void decimal_negate(struct decimal *d)
{
	if (d->n)
		d->negative = !d->negative;
}

void decimal_max(struct decimal *d, unsigned precision, unsigned scale)
{
	static const uint32_t nines[] = {0, 9, 99, 999, 9999, 99999, 999999, 9999999, 99999999};

	decimal_zero(d);
	for (unsigned left = precision; left; left -= left < 9 ? left : 9)
		d->w[d->n++] = left < 9 ? nines[left] : BASE - 1;
	d->scale = (uint8_t)scale;
}

unsigned decimal_int_digits(const struct decimal *d)
{
	char text[DECIMAL_TEXT];
	size_t n = decimal_print(d, text), digits;

	digits = n - d->negative - (d->scale ? d->scale + 1u : 0);
	return digits == 1 && text[d->negative] == '0' ? 0 : (unsigned)digits;
}

bool decimal_fit(struct decimal *d, unsigned precision, unsigned scale)
{
	bool negative = d->negative;

	if (decimal_round(d, (uint8_t)scale) && decimal_int_digits(d) <= precision - scale)
		return true;
	decimal_max(d, precision, scale);
	d->negative = negative && d->n;
	return false;
}

/* The digits of one number, white space skipped, as decimal_parse() takes them. */
static size_t number_end(struct str s, size_t *start)
{
	size_t at = 0, digits = 0, e;

	while (at < s.n && (s.p[at] == ' ' || (s.p[at] >= '\t' && s.p[at] <= '\r')))
		at++;
	*start = at;
	if (at < s.n && (s.p[at] == '-' || s.p[at] == '+'))
		at++;
	for (; at < s.n && s.p[at] >= '0' && s.p[at] <= '9'; at++)
		digits++;
	if (at < s.n && s.p[at] == '.')
		for (at++; at < s.n && s.p[at] >= '0' && s.p[at] <= '9'; at++)
			digits++;
	if (!digits)
		return 0;
	if (at >= s.n || (s.p[at] != 'e' && s.p[at] != 'E'))
		return at;
	e = at + 1;
	if (e < s.n && (s.p[e] == '-' || s.p[e] == '+'))
		e++;
	if (e >= s.n || s.p[e] < '0' || s.p[e] > '9')
		return at;
	while (e < s.n && s.p[e] >= '0' && s.p[e] <= '9')
		e++;
	return e;
}

size_t decimal_scan(struct decimal *d, struct str s, bool *range)
{
	size_t start, end = number_end(s, &start);
	struct str text = str_make(s.p + start, end ? end - start : 0);
	double v;

	*range = false;
	decimal_zero(d);
	if (!end)
		return 0;
	if (decimal_parse(d, text))
		return end;
	number_scan_double(text, &v, range);
	decimal_zero(d);
	if (fabs(v) < 1)
		return end;
	*range = true;
	decimal_max(d, DECIMAL_MAX_DIGITS, 0);
	d->negative = v < 0;
	return end;
}

bool decimal_from_double(struct decimal *d, double v)
{
	char text[NUMBER_TEXT];
	bool range;

	decimal_scan(d, str_make(text, number_format_double(v, text)), &range);
	return !range;
}

double decimal_to_double(const struct decimal *d)
{
	char text[DECIMAL_TEXT];
	double v = 0;

	number_parse_double(str_make(text, decimal_print(d, text)), &v);
	return v;
}

/* The magnitude rounded to an integer; false when over 64 bits. */
static bool magnitude(const struct decimal *d, uint64_t *out)
{
	struct decimal r = *d;

	*out = 0;
	if (!decimal_round(&r, 0) || r.n > 3)
		return false;
	for (unsigned i = r.n; i-- > 0;) {
		if (*out > (UINT64_MAX - r.w[i]) / BASE)
			return false;
		*out = *out * BASE + r.w[i];
	}
	return true;
}

bool decimal_to_u64(const struct decimal *d, uint64_t *out)
{
	bool ok = magnitude(d, out);

	if (d->negative && (!ok || *out)) {
		*out = 0;
		return false;
	}
	if (!ok)
		*out = UINT64_MAX;
	return ok;
}

bool decimal_to_i64(const struct decimal *d, int64_t *out)
{
	uint64_t u;

	if (!magnitude(d, &u) || u > (uint64_t)INT64_MAX + d->negative) {
		*out = d->negative ? INT64_MIN : INT64_MAX;
		return false;
	}
	*out = (int64_t)(d->negative ? 0 - u : u);
	return true;
}

bool decimal_truncate(struct decimal *d, uint8_t scale)
{
	char text[DECIMAL_TEXT];
	size_t n;

	if (scale >= d->scale)
		return decimal_round(d, scale);
	n = decimal_print(d, text) - (size_t)(d->scale - scale) - (scale == 0);
	return decimal_parse(d, str_make(text, n));
}

void decimal_round_up(struct decimal *d, unsigned digits, bool cut)
{
	struct decimal unit, r = *d;

	decimal_zero(&unit);
	if (digits > DECIMAL_MAX_DIGITS) {
		decimal_zero(d);
		return;
	}
	unit.w[digits / 9] = 1;
	for (unsigned i = 0; i < digits % 9; i++)
		unit.w[digits / 9] *= 10;
	unit.n = (uint8_t)(digits / 9 + 1);
	decimal_truncate(&r, 0);
	/* r / 10^digits, as a shift of the scale, which cannot overflow */
	if (digits <= DECIMAL_MAX_SCALE) {
		r = *d;
		decimal_truncate(&r, 0);
		r.scale = (uint8_t)digits;
		if (cut)
			decimal_truncate(&r, 0);
		else
			decimal_round(&r, 0);
		if (decimal_mul(d, &r, &unit))
			return;
	}
	decimal_zero(d);
}

static void to_integer(struct decimal *d, bool away)
{
	struct decimal one, t = *d;

	decimal_truncate(&t, 0);
	decimal_from_i64(&one, d->negative ? -1 : 1);
	if (away && decimal_cmp(&t, d) != 0 && !decimal_add(&t, &t, &one))
		decimal_zero(&t);
	*d = t;
}

void decimal_floor(struct decimal *d)
{
	to_integer(d, d->negative);
}

void decimal_ceiling(struct decimal *d)
{
	to_integer(d, !d->negative);
}

bool decimal_mod(struct decimal *out, const struct decimal *a, const struct decimal *b)
{
	struct decimal r = *a, y = *b, step;
	uint8_t scale = a->scale > b->scale ? a->scale : b->scale;
	bool negative = a->negative;

	if (!b->n)
		return false;
	r.negative = y.negative = false;
	/* Long division by doubling: y * 2^k down to y. */
	step = y;
	for (unsigned k = 0; decimal_cmp(&r, &y) >= 0 && k < 600; k++) {
		struct decimal twice;

		step = y;
		while (decimal_add(&twice, &step, &step) && decimal_cmp(&twice, &r) <= 0)
			step = twice;
		if (!decimal_sub(&r, &r, &step))
			return false;
	}
	if (!decimal_round(&r, scale))
		return false;
	r.negative = negative && (r.n || scale);
	*out = r;
	return true;
}

#include "src/data/compare.h"

#include "src/data/decimal.h"

static bool is_number(enum value_type t)
{
	return t == VALUE_INT || t == VALUE_UINT || t == VALUE_DOUBLE || t == VALUE_DECIMAL;
}

static double to_double(const struct value *v)
{
	struct decimal d;
	double r = 0, unit = 1;

	switch (v->type) {
	case VALUE_INT:
		return (double)v->i;
	case VALUE_UINT:
		return (double)v->u;
	case VALUE_DOUBLE:
		return v->d;
	default:
		break;
	}
	if (!decimal_parse(&d, v->s))
		return 0;
	for (unsigned i = d.n; i-- > 0;)
		r = r * 1e9 + d.w[i];
	for (unsigned i = 0; i < d.scale; i++)
		unit *= 10;
	return d.negative ? -r / unit : r / unit;
}

static void to_decimal(const struct value *v, struct decimal *d)
{
	if (v->type == VALUE_INT)
		decimal_from_i64(d, v->i);
	else if (v->type == VALUE_UINT)
		decimal_from_u64(d, v->u);
	else if (!decimal_parse(d, v->s))
		decimal_zero(d);
}

static int compare_numbers(const struct value *a, const struct value *b)
{
	struct decimal x, y;

	if (a->type == VALUE_INT && b->type == VALUE_INT)
		return (a->i > b->i) - (a->i < b->i);
	if (a->type == VALUE_UINT && b->type == VALUE_UINT)
		return (a->u > b->u) - (a->u < b->u);
	if (a->type == VALUE_DOUBLE || b->type == VALUE_DOUBLE) {
		double p = to_double(a), q = to_double(b);

		return (p > q) - (p < q);
	}
	to_decimal(a, &x);
	to_decimal(b, &y);
	return decimal_cmp(&x, &y);
}

/* A TIME text "[-]h...h:mm:ss[.f]" as microseconds; false for dates. */
static bool time_of(struct str s, int64_t *us)
{
	bool negative = s.n && s.p[0] == '-';
	struct str h, m, rest;
	uint64_t hours, minutes, seconds = 0, fraction = 0, unit = 1000000;

	if (negative)
		s.p++, s.n--;
	if (!str_cut(s, ':', &h, &rest) || !str_to_u64(h, &hours) || !str_cut(rest, ':', &m,
		&rest) ||
	    !str_to_u64(m, &minutes))
		return false;
	str_cut(rest, '.', &m, &rest);
	if (!str_to_u64(m, &seconds))
		return false;
	for (size_t i = 0; i < rest.n && unit > 1; i++) {
		unit /= 10;
		fraction += (uint64_t)(rest.p[i] - '0') * unit;
	}
	*us = (int64_t)((hours * 3600 + minutes * 60 + seconds) * 1000000 + fraction);
	if (negative)
		*us = -*us;
	return true;
}

int compare_values(const struct value *a, const struct value *b)
{
	int64_t x, y;

	if (a->type == VALUE_NULL || b->type == VALUE_NULL)
		return (a->type != VALUE_NULL) - (b->type != VALUE_NULL);
	if (is_number(a->type) && is_number(b->type))
		return compare_numbers(a, b);
	if (a->type == VALUE_TIME && b->type == VALUE_TIME && time_of(a->s, &x) && time_of(b->s,
		&y))
		return (x > y) - (x < y);
	return str_cmp(a->s, b->s);
}

int compare_weights(struct str a, struct str b, bool pad_space, struct str space)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;
	struct str rest = a.n > b.n ? str_make(a.p + n, a.n - n) : str_make(b.p + n, b.n - n);

	if (c || a.n == b.n)
		return c;
	if (!pad_space || !space.n)
		return a.n > b.n ? 1 : -1;
	for (size_t i = 0; i < rest.n && !c; i++)
		c = (unsigned char)rest.p[i] - (unsigned char)space.p[i % space.n];
	return a.n > b.n ? c : -c;
}

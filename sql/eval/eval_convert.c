/* From one kind of value to another, with the warnings a server gives. */
#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sql/eval/eval_int.h"
#include "src/data/number.h"

void eval_warn(struct eval *v, unsigned code, const char *fmt, ...)
{
	va_list ap;

	if (v->warnings < EVAL_KEPT_WARNINGS) {
		struct eval_warning *w = &v->kept[v->warnings];

		w->code = (uint16_t)code;
		va_start(ap, fmt);
		vsnprintf(w->text, sizeof(w->text), fmt, ap);
		va_end(ap);
	}
	v->warnings++;
}

void eval_fail(struct eval *v, enum err_code code, const char *what)
{
	if (!v->failed)
		err_set(&v->e, code, "%s", what);
	v->failed = true;
}

void eval_typed(struct eval *v, const struct expr *x)
{
	struct datum d;

	if (x->constant && x->kind != EXPR_LITERAL)
		eval_get(v, x, &d);
}

void eval_out_of_range(struct eval *v, const struct expr *x, const char *what)
{
	bool known = x->end > x->start && x->end <= v->text.n;
	struct str s = known ? str_make(v->text.p + x->start, x->end - x->start) : (struct str){0};

	if (!v->failed)
		err_set_mysql(&v->e, ERR_OUT_OF_RANGE, 1690, "22003",
			"%s value is out of range in '%.*s'",
			      what, STR_ARG(s));
	v->failed = true;
}

void *eval_alloc(struct eval *v, size_t n)
{
	void *p = arena_alloc(v->arena, n);

	if (!p)
		eval_fail(v, ERR_NOMEM, "out of memory");
	return p;
}

bool eval_get(struct eval *v, const struct expr *x, struct datum *out)
{
	out->kind = DATUM_NULL;
	if (v->failed)
		return false;
	v->asked = 0;
	x->eval(v, x, out);
	if (v->failed)
		out->kind = DATUM_NULL;
	return out->kind != DATUM_NULL;
}

static void truncated(struct eval *v, const char *type, struct str s)
{
	eval_warn(v, WARN_TRUNCATED, "Truncated incorrect %s value: '%.*s'", type,
		  (int)(s.n < 64 ? s.n : 64), s.p);
}

/* Strings of ucs2 and its like as ASCII, for the parsers of numbers. */
static struct str plain(struct eval *v, const struct expr *x, struct str s)
{
	struct str out;
	size_t bad;

	if (charset_get(x->t.collation->charset)->ascii)
		return s;
	if (!charset_convert(v->arena, x->t.collation->charset, CHARSET_UTF8MB4, s, &out, &bad)) {
		eval_fail(v, ERR_NOMEM, "out of memory");
		return (struct str){"", 0};
	}
	return out;
}

static int64_t bytes_number(struct str s)
{
	uint64_t n = 0;

	for (size_t i = s.n > 8 ? s.n - 8 : 0; i < s.n; i++)
		n = n << 8 | (uint8_t)s.p[i];
	return (int64_t)n;
}

static bool has_members(const struct expr *x)
{
	return x->t.type == TYPE_ENUM || x->t.type == TYPE_SET;
}

static uint64_t member_index(const struct expr *x, struct str s)
{
	const struct expr_members *m = x->t.members;

	for (uint32_t i = 0; i < m->n; i++)
		if (collation_compare(x->t.collation, m->v[i], s) == 0)
			return i + 1;
	return 0;
}

/* An ENUM's place in its list, a SET's bits. */
static uint64_t member_number(struct eval *v, const struct expr *x, struct str s)
{
	uint64_t bits = 0, i;
	struct str one;

	if (!x->t.members) {
		eval_fail(v, ERR_UNSUPPORTED, "number of an ENUM or SET");
		return 0;
	}
	if (x->t.type == TYPE_ENUM)
		return member_index(x, s);
	while (s.n) {
		str_cut(s, ',', &one, &s);
		i = member_index(x, one);
		bits |= i ? UINT64_C(1) << (i - 1) % 64 : 0;
	}
	return bits;
}

static void string_number(struct eval *v, const struct expr *x, struct str s, struct eval_num *out)
{
	bool negative, range;
	uint64_t u;
	size_t used;

	if (x->t.is_hex) {
		*out = (struct eval_num){bytes_number(s), true};
		return;
	}
	if (has_members(x)) {
		*out = (struct eval_num){(int64_t)member_number(v, x, s), false};
		return;
	}
	s = plain(v, x, s);
	used = number_scan_integer(s, &negative, &u, &range);
	*out = (struct eval_num){(int64_t)(negative ? 0 - u : u), !negative && u > INT64_MAX};
	if (negative && u > (uint64_t)INT64_MAX + 1) {
		out->i = INT64_MIN;
		range = true;
	}
	if (!used || range || used < s.n)
		truncated(v, "INTEGER", s);
}

/* A double as an integer, rounded; clamped, with a warning or (as most functions take it) without. */
static void real_number(struct eval *v, double d, bool is_unsigned, bool warn, struct eval_num *out)
{
	char text[NUMBER_TEXT];
	double r = rint(d);

	out->is_unsigned = is_unsigned;
	if (is_unsigned ? r >= 0 && r < 18446744073709551616.0
			: r >= -9223372036854775808.0 && r < 9223372036854775808.0) {
		out->i = is_unsigned ? (int64_t)(uint64_t)r : (int64_t)r;
		return;
	}
	if (is_unsigned)
		out->i = r < 0 ? 0 : -1;
	else
		out->i = r < 0 ? INT64_MIN : INT64_MAX;
	if (warn)
		truncated(v, "INTEGER", str_make(text, number_format_double(d, text)));
}

static int64_t signed_time(const struct temporal *t)
{
	int64_t n = (int64_t)temporal_number(t);

	return t->kind == TEMPORAL_TIME && t->negative ? -n : n;
}

const struct expr *eval_source(const struct expr *x)
{
	while (x->kind == EXPR_CONVERT && expr_is_number(x->arg[0]))
		x = x->arg[0];
	return x;
}

/* @x where a number is wanted. */
static bool get_number(struct eval *v, const struct expr *x, enum expr_result by, struct datum *out)
{
	out->kind = DATUM_NULL;
	if (v->failed)
		return false;
	if (eval_is_greatest(x))
		eval_greatest_by(v, x, by, out);
	else if (eval_is_extract(x))
		eval_extract_by(v, x, by, out);
	else
		return eval_get(v, x, out);
	return out->kind != DATUM_NULL && !v->failed;
}

bool eval_num(struct eval *v, const struct expr *x, struct eval_num *out)
{
	struct datum d;

	x = eval_source(x);
	if (!get_number(v, x, EXPR_INT, &d))
		return false;
	*out = (struct eval_num){0};
	switch (d.kind) {
	case DATUM_INT:
		*out = (struct eval_num){d.i, d.is_unsigned};
		break;
	case DATUM_REAL:
		real_number(v, d.d, x->t.is_unsigned, false, out);
		break;
	case DATUM_DECIMAL:
		out->is_unsigned = x->t.is_unsigned;
		if (x->t.is_unsigned ? !decimal_to_u64(d.dec, (uint64_t *)&out->i)
				     : !decimal_to_i64(d.dec, &out->i))
			eval_warn(v, WARN_OVERFLOW, "Got overflow when casting a DECIMAL to INT");
		break;
	case DATUM_STRING:
		string_number(v, x, d.s, out);
		break;
	default:
		out->i = signed_time(&d.t);
		break;
	}
	return !v->failed;
}

bool eval_real_num(struct eval *v, const struct expr *x, bool is_unsigned, struct eval_num *out)
{
	double d;

	if (!eval_real(v, x, &d))
		return false;
	real_number(v, d, is_unsigned, true, out);
	return true;
}

bool eval_i64(struct eval *v, const struct expr *x, int64_t *out)
{
	struct eval_num n;

	if (!eval_num(v, x, &n))
		return false;
	*out = n.i;
	return true;
}

static double string_real(struct eval *v, const struct expr *x, struct str s)
{
	double d;
	bool range;
	size_t used;

	if (x->t.is_hex)
		return (double)(uint64_t)bytes_number(s);
	if (has_members(x))
		return (double)member_number(v, x, s);
	s = plain(v, x, s);
	used = number_scan_double(s, &d, &range);
	if (!used || range || used < s.n)
		truncated(v, "DOUBLE", s);
	return d;
}

bool eval_real(struct eval *v, const struct expr *x, double *out)
{
	struct datum d;

	x = eval_source(x);
	if (!get_number(v, x, EXPR_REAL, &d))
		return false;
	switch (d.kind) {
	case DATUM_INT:
		/* A BIT(64) has a sign here. */
		*out = d.is_unsigned && x->t.type != TYPE_BIT ? (double)(uint64_t)d.i
							      : (double)d.i;
		break;
	case DATUM_REAL:
		*out = d.d;
		break;
	case DATUM_DECIMAL:
		*out = decimal_to_double(d.dec);
		break;
	case DATUM_STRING:
		*out = string_real(v, x, d.s);
		break;
	default:
		*out = (double)temporal_number(&d.t) + d.t.usec / 1000000.0;
		if (d.t.kind == TEMPORAL_TIME && d.t.negative)
			*out = -*out;
		break;
	}
	return !v->failed;
}

/* With all its microseconds, if any: quotients have more digits then. */
static void time_decimal(const struct temporal *t, struct decimal *out)
{
	struct decimal usec;

	decimal_from_u64(out, temporal_number(t));
	decimal_from_u64(&usec, t->usec);
	usec.scale = t->usec ? 6 : 0;
	if (!decimal_add(out, out, &usec))
		decimal_zero(out);
	if (t->kind == TEMPORAL_TIME && t->negative)
		decimal_negate(out);
}

void eval_scan_decimal(struct eval *v, struct str s, struct decimal *out)
{
	bool range;
	size_t used = decimal_scan(out, s, &range);

	if (range)
		eval_warn(v, WARN_OVERFLOW, "Got overflow when converting '' to DECIMAL");
	if (!used || range || used < s.n)
		truncated(v, "DECIMAL", s);
}

bool eval_dec(struct eval *v, const struct expr *x, struct decimal *out)
{
	struct datum d;

	x = eval_source(x);
	if (!get_number(v, x, EXPR_DECIMAL, &d))
		return false;
	switch (d.kind) {
	case DATUM_INT:
		if (d.is_unsigned)
			decimal_from_u64(out, (uint64_t)d.i);
		else
			decimal_from_i64(out, d.i);
		break;
	case DATUM_REAL:
		if (!decimal_from_double(out, d.d))
			eval_warn(v, WARN_TRUNCATED, "Truncated incorrect DECIMAL value");
		break;
	case DATUM_DECIMAL:
		*out = *d.dec;
		break;
	case DATUM_STRING:
		if (x->t.is_hex) {
			decimal_from_u64(out, (uint64_t)bytes_number(d.s));
			break;
		}
		if (has_members(x)) {
			decimal_from_u64(out, member_number(v, x, d.s));
			break;
		}
		eval_scan_decimal(v, plain(v, x, d.s), out);
		break;
	default:
		time_decimal(&d.t, out);
		break;
	}
	return !v->failed;
}

bool eval_bool(struct eval *v, const struct expr *x, bool *out)
{
	struct datum d;

	x = eval_source(x);
	if (!get_number(v, x, EXPR_REAL, &d))
		return false;
	switch (d.kind) {
	case DATUM_INT:
		*out = d.i != 0;
		break;
	case DATUM_REAL:
		*out = d.d != 0;
		break;
	case DATUM_DECIMAL:
		*out = d.dec->n != 0;
		break;
	case DATUM_STRING:
		*out = string_real(v, x, d.s) != 0;
		break;
	default:
		*out = temporal_number(&d.t) != 0 || d.t.usec != 0;
		break;
	}
	return !v->failed;
}

static size_t print_real(const struct expr *x, double d, char out[NUMBER_FIXED_TEXT])
{
	if (d == 0)
		d = 0; /* no sign */
	if (x->t.decimals < TYPE_NOT_FIXED_DECIMALS)
		return number_format_fixed(d, x->t.decimals, out);
	return x->t.type == TYPE_FLOAT ? number_format_float(d, out) : number_format_double(d, out);
}

static size_t print_decimal(const struct expr *x, const struct decimal *d, char out[DECIMAL_TEXT])
{
	struct decimal r = *d;

	if (r.scale != x->t.decimals && !decimal_round(&r, x->t.decimals))
		r = *d;
	return decimal_print(&r, out);
}

/* Where it is not known how many are needed (ADDTIME('10:11:12', ...)), those of microseconds, if any. */
static unsigned time_decimals(const struct expr *x, const struct temporal *t)
{
	if (x->t.decimals == EXPR_NOT_FIXED)
		return t->usec ? 6 : 0;
	return x->t.decimals < 6 ? x->t.decimals : 6;
}

/* A BIT(n) is as many bytes as its bits need. */
static size_t bit_bytes(const struct expr *x, uint64_t bits, char *out)
{
	size_t n = x->t.length < 64 ? (x->t.length + 7) / 8 : 8;

	for (size_t i = 0; i < n; i++)
		out[i] = (char)(bits >> 8 * (n - 1 - i));
	return n;
}

bool eval_datum_text(struct eval *v, const struct expr *x, const struct datum *d, struct str *out)
{
	char text[NUMBER_FIXED_TEXT];
	size_t n = 0, zeros;
	char *copy;

	switch (d->kind) {
	case DATUM_NULL:
		return false;
	case DATUM_STRING:
		*out = d->s;
		return true;
	case DATUM_INT:
		n = d->is_unsigned ? number_format_u64((uint64_t)d->i, text)
			: number_format_i64(d->i, text);
		if (x->t.type == TYPE_YEAR)
			n = (size_t)snprintf(text, sizeof(text), "%04u", (unsigned)d->i % 10000);
		else if (x->t.type == TYPE_BIT && x->kind == EXPR_COLUMN)
			n = bit_bytes(x, (uint64_t)d->i, text);
		break;
	case DATUM_REAL:
		n = print_real(x, d->d, text);
		break;
	case DATUM_DECIMAL:
		n = print_decimal(x, d->dec, text);
		break;
	default:
		n = temporal_print(&d->t, time_decimals(x, &d->t), text);
		break;
	}
	zeros = n < x->t.zerofill ? x->t.zerofill - n : 0;
	copy = eval_alloc(v, zeros + n + 1);
	if (!copy)
		return false;
	memset(copy, '0', zeros);
	memcpy(copy + zeros, text, n);
	*out = str_make(copy, zeros + n);
	return true;
}

bool eval_str(struct eval *v, const struct expr *x, struct str *out)
{
	struct datum d;

	return eval_get(v, x, &d) && eval_datum_text(v, x, &d, out);
}

bool eval_is_text(const struct expr *x)
{
	return expr_result_of(&x->t) == EXPR_STRING ||
	       (x->t.type == TYPE_BIT && x->kind == EXPR_COLUMN);
}

bool eval_str_as(struct eval *v, const struct expr *x, const struct collation *c, struct str *out)
{
	size_t bad;

	return eval_str_in(v, x, c, out, &bad);
}

bool eval_str_plain(struct eval *v, const struct expr *x, struct str *out)
{
	if (!eval_str(v, x, out))
		return false;
	if (eval_is_text(x))
		*out = plain(v, x, *out);
	return !v->failed;
}

bool eval_str_in(struct eval *v, const struct expr *x, const struct collation *c, struct str *out,
		 size_t *bad)
{
	enum charset_id from = eval_is_text(x) ? x->t.collation->charset : CHARSET_ASCII;

	*bad = 0;
	if (!eval_str(v, x, out))
		return false;
	if (from == c->charset || (charset_get(c->charset)->ascii && !eval_is_text(x)))
		return true;
	if (from == CHARSET_BINARY && !x->constant)
		eval_mend(v, c->charset, out);
	if (!charset_convert(v->arena, from, c->charset, *out, out, bad)) {
		eval_fail(v, ERR_NOMEM, "out of memory");
		return false;
	}
	return true;
}

void eval_put_int(struct datum *out, int64_t i, bool is_unsigned)
{
	out->kind = DATUM_INT;
	out->is_unsigned = is_unsigned;
	out->i = i;
}

void eval_put_bool(struct datum *out, bool b)
{
	eval_put_int(out, b, false);
}

void eval_put_real(struct eval *v, const struct expr *x, double d, struct datum *out)
{
	if (!isfinite(d)) {
		eval_out_of_range(v, x, "DOUBLE");
		return;
	}
	out->kind = DATUM_REAL;
	out->d = d;
}

void eval_put_dec(struct eval *v, const struct decimal *d, struct datum *out)
{
	struct decimal *copy = eval_alloc(v, sizeof(*copy));

	if (!copy)
		return;
	*copy = *d;
	out->kind = DATUM_DECIMAL;
	out->dec = copy;
}

void eval_put_str(struct datum *out, struct str s)
{
	out->kind = DATUM_STRING;
	out->s = s;
}

void eval_put_ascii(struct eval *v, const struct expr *x, struct str s, struct datum *out)
{
	size_t bad;

	if (!charset_get(x->t.collation->charset)->ascii &&
	    !charset_convert(v->arena, CHARSET_ASCII, x->t.collation->charset, s, &s, &bad)) {
		eval_fail(v, ERR_NOMEM, "out of memory");
		return;
	}
	eval_put_str(out, s);
}

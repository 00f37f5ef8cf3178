/* CAST, and values as a type that several have in common. */
#include <math.h>
#include <string.h>

#include "sql/eval/eval_int.h"
#include "sql/lex/keyword.h"
#include "src/data/number.h"

static void as_text(struct eval *v, const struct expr *x, struct datum *out)
{
	struct str s;

	if (eval_get(v, x->arg[0], out) && out->kind == DATUM_TIME &&
	    eval_datum_text(v, x->arg[0], out, &s))
		eval_put_str(out, s);
}

/* DECIMAL AS UNSIGNED. */
static void decimal_unsigned(struct eval *v, const struct expr *a, struct datum *out)
{
	struct decimal d;
	uint64_t u;

	if (!eval_dec(v, a, &d))
		return;
	if (!decimal_to_u64(&d, &u))
		eval_warn(v, WARN_OVERFLOW, "Got overflow when casting a DECIMAL to UNSIGNED INT");
	eval_put_int(out, (int64_t)u, true);
}

/* Dates that are texts: "2020-01-01" + INTERVAL 1 DAY. */
static bool is_time_text(const struct expr *x)
{
	return expr_result_of(&x->t) == EXPR_STRING &&
	       (x->kind == EXPR_INTERVAL_ADD ||
		(x->kind == EXPR_CALL && (x->fn == FN_ADDTIME || x->fn == FN_SUBTIME)));
}

static void cast_int(struct eval *v, const struct expr *x, struct datum *out)
{
	const struct expr *a = x->arg[0];
	bool want = x->op == EXPR_CAST_UNSIGNED;
	enum expr_result r = expr_result_of(&a->t);
	struct expr text;
	struct eval_num n;

	if (r == EXPR_DECIMAL && want) {
		decimal_unsigned(v, a, out);
		return;
	}
	if (eval_is_greatest(a) || eval_is_extract(a) || is_time_text(a)) { /* no number of its own */
		text = (struct expr){.t = a->t, .eval = as_text, .arg = x->arg, .n = 1};
		a = &text;
	}
	if (r == EXPR_REAL ? !eval_real_num(v, a, want, &n) : !eval_num(v, a, &n))
		return;
	if (r == EXPR_TIME && want && n.i < 0) {
		eval_warn(v, WARN_TRUNCATED, "Truncated incorrect INTEGER value");
		n.i = 0;
	}
	/* The same bits; which way it went wrong is a warning for text. */
	if (r == EXPR_STRING && !a->t.is_hex && !want && n.is_unsigned)
		eval_warn(v, 1105, "Cast to signed converted positive out-of-range integer");
	if ((r == EXPR_STRING || r == EXPR_INT) && want && !n.is_unsigned && n.i < 0)
		eval_warn(v, 1105, "Cast to unsigned converted negative integer");
	eval_put_int(out, n.i, want);
}

static void cast_real(struct eval *v, const struct expr *x, struct datum *out)
{
	double d;

	if (!eval_real(v, x->arg[0], &d))
		return;
	if (x->op == EXPR_CAST_FLOAT) {
		if (fabs(d) > 3.40282346638528860e38) {
			eval_warn(v, 1264, "Out of range value");
			d = d < 0 ? -3.40282346638528860e38 : 3.40282346638528860e38;
		}
		d = (double)(float)d;
	}
	eval_put_real(v, x, d, out);
}

static void cast_decimal(struct eval *v, const struct expr *x, struct datum *out)
{
	unsigned precision = expr_precision(x);
	struct decimal d;

	if (!eval_dec(v, x->arg[0], &d))
		return;
	if (!decimal_fit(&d, precision, x->t.decimals))
		eval_warn(v, 1264, "Out of range value for column at row 1");
	eval_put_dec(v, &d, out);
}

/* BINARY(n) is padded with zero bytes. */
static void pad_binary(struct eval *v, const struct expr *x, struct str *s)
{
	char *p;

	if (x->t.collation->charset != CHARSET_BINARY || x->limit == UINT32_MAX || s->n >= x->limit)
		return;
	if (x->limit > v->session->max_allowed_packet) {
		eval_warn(v, WARN_TOO_LARGE, "Result was larger than max_allowed_packet");
		s->p = NULL;
		return;
	}
	p = eval_alloc(v, x->limit + 1u);
	if (!p)
		return;
	memset(p, 0, x->limit + 1u);
	if (s->n)
		memcpy(p, s->p, s->n);
	*s = str_make(p, x->limit);
}

void eval_mend(struct eval *v, enum charset_id cs, struct str *s)
{
	size_t bad;

	if (charset_valid_prefix(cs, *s) == s->n)
		return;
	eval_warn(v, 1300, "Invalid %s character string", charset_get(cs)->name);
	if (cs != CHARSET_UTF8MB3 && cs != CHARSET_UTF8MB4)
		eval_fail(v, ERR_UNSUPPORTED, "malformed text");
	else if (!charset_convert(v->arena, cs, cs == CHARSET_UTF8MB3 ? CHARSET_UTF8MB4
		: CHARSET_UTF8MB3, *s, s, &bad))
		eval_fail(v, ERR_NOMEM, "out of memory");
}

static void cast_text(struct eval *v, const struct expr *x, struct datum *out)
{
	const struct expr *a = x->arg[0];
	struct str s;
	size_t end, bad;

	if (!eval_str_in(v, a, x->t.collation, &s, &bad))
		return;
	if (bad)
		eval_warn(v, 1977, "Cannot convert characters");
	if (x->limit != UINT32_MAX) {
		/* Characters of the text it comes from, even for BINARY(n). */
		end = charset_offset(x->t.collation->charset == CHARSET_BINARY &&
			expr_result_of(&a->t) == EXPR_STRING
					     ? a->t.collation->charset
					     : x->t.collation->charset, s, x->limit);
		if (end < s.n) {
			eval_warn(v, WARN_TRUNCATED, "Truncated incorrect CHAR(%u) value",
				x->limit);
			s.n = end;
		}
		pad_binary(v, x, &s);
		if (!s.p)
			return;
	}
	eval_put_str(out, s);
}

static void cast_time(struct eval *v, const struct expr *x, struct datum *out)
{
	int kind = x->t.type == TYPE_DATE ? TEMPORAL_DATE
		   : x->t.type == TYPE_TIME ? TEMPORAL_TIME
					    : TEMPORAL_DATETIME;
	struct temporal t;

	if (!eval_time(v, x->arg[0], kind, eval_asked_flags(v), &t))
		return;
	temporal_truncate(&t, x->t.decimals);
	eval_put_time(out, &t);
}

void eval_cast(struct eval *v, const struct expr *x, struct datum *out)
{
	switch (x->op) {
	case EXPR_CAST_SIGNED:
	case EXPR_CAST_UNSIGNED:
		cast_int(v, x, out);
		break;
	case EXPR_CAST_REAL:
	case EXPR_CAST_FLOAT:
		cast_real(v, x, out);
		break;
	case EXPR_CAST_DECIMAL:
		cast_decimal(v, x, out);
		break;
	case EXPR_CAST_TEXT:
		cast_text(v, x, out);
		break;
	default:
		cast_time(v, x, out);
		break;
	}
}

static void hybrid_time(struct eval *v, const struct expr *x, const struct expr *from,
	unsigned flags, struct datum *out)
{
	int kind = x->t.type == TYPE_DATE ? TEMPORAL_DATE
		   : x->t.type == TYPE_TIME ? TEMPORAL_TIME
					    : TEMPORAL_DATETIME;
	struct temporal t;

	if (eval_time(v, from, kind, TEMPORAL_FUZZY | flags, &t))
		eval_put_time(out, &t);
}

void eval_hybrid(struct eval *v, const struct expr *x, const struct expr *from, struct datum *out)
{
	unsigned asked = v->asked;
	struct eval_num n;
	struct decimal d;
	struct str s;
	double r;

	switch (expr_result_of(&x->t)) {
	case EXPR_INT:
		if (eval_num(v, from, &n))
			eval_put_int(out, n.i, x->t.is_unsigned);
		break;
	case EXPR_REAL:
		if (eval_real(v, from, &r))
			eval_put_real(v, x, r, out);
		break;
	case EXPR_DECIMAL:
		if (eval_dec(v, from, &d))
			eval_put_dec(v, &d, out);
		break;
	case EXPR_TIME:
		hybrid_time(v, x, from, asked, out);
		break;
	default:
		if (eval_str_as(v, from, x->t.collation, &s))
			eval_put_str(out, s);
		break;
	}
}

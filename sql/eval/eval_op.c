/* Arithmetic and bits. */
#include <math.h>

#include "sql/eval/eval_int.h"

static void overflow(struct eval *v, const struct expr *x)
{
	eval_out_of_range(v, x, x->t.is_unsigned ? "BIGINT UNSIGNED" : "BIGINT");
}

/* A result in 128 bits as an integer of @x's sign. */
static void put_wide(struct eval *v, const struct expr *x, __int128 r, struct datum *out)
{
	if (x->t.is_unsigned ? r < 0 || r > (__int128)UINT64_MAX : r < INT64_MIN || r > INT64_MAX)
		overflow(v, x);
	else
		eval_put_int(out, (int64_t)r, x->t.is_unsigned);
}

static __int128 widen(struct eval_num n)
{
	return n.is_unsigned ? (__int128)(uint64_t)n.i : n.i;
}

static void divided_by_zero(struct eval *v)
{
	if (v->session->mode & EXPR_ERROR_FOR_DIVISION_BY_ZERO)
		eval_warn(v, WARN_DIVISION_BY_ZERO, "Division by 0");
}

static void int_arithmetic(struct eval *v, const struct expr *x, struct datum *out)
{
	struct eval_num a, b;
	__int128 p, q, product;

	bool has_a = eval_num(v, x->arg[0], &a), has_b = eval_num(v, x->arg[1], &b);

	if (!has_a || !has_b)
		return;
	p = widen(a);
	q = widen(b);
	switch (x->op) {
	case AST_OP_ADD:
		put_wide(v, x, p + q, out);
		break;
	case AST_OP_SUB:
		/* 0 - the smallest integer is that one again, to a server. */
		if (p == 0 && q == INT64_MIN && !x->t.is_unsigned)
			q = -q;
		put_wide(v, x, p - q, out);
		break;
	case AST_OP_MUL:
		/* Of two large unsigned ones it needs all of 128 bits. */
		if (__builtin_mul_overflow(p, q, &product))
			product = (__int128)1 << 100;
		put_wide(v, x, product, out);
		break;
	default:
		if (q == 0)
			divided_by_zero(v);
		else
			eval_put_int(out, (int64_t)(p % q), x->t.is_unsigned);
		break;
	}
}

static void real_arithmetic(struct eval *v, const struct expr *x, struct datum *out)
{
	double a, b;

	bool has_a = eval_real(v, x->arg[0], &a), has_b = eval_real(v, x->arg[1], &b);

	if (!has_a || !has_b)
		return;
	switch (x->op) {
	case AST_OP_ADD:
		eval_put_real(v, x, a + b, out);
		break;
	case AST_OP_SUB:
		eval_put_real(v, x, a - b, out);
		break;
	case AST_OP_MUL:
		eval_put_real(v, x, a * b, out);
		break;
	default:
		if (b == 0)
			divided_by_zero(v);
		else
			eval_put_real(v, x, x->op == AST_OP_DIV ? a / b : fmod(a, b), out);
		break;
	}
}

static void decimal_arithmetic(struct eval *v, const struct expr *x, struct datum *out)
{
	struct decimal a, b, r;
	bool ok;

	if (!eval_dec(v, x->arg[0], &a) || !eval_dec(v, x->arg[1], &b))
		return;
	if ((x->op == AST_OP_DIV || x->op == AST_OP_MOD) && !b.n) {
		divided_by_zero(v);
		return;
	}
	switch (x->op) {
	case AST_OP_ADD:
		ok = decimal_add(&r, &a, &b);
		break;
	case AST_OP_SUB:
		ok = decimal_sub(&r, &a, &b);
		break;
	case AST_OP_MUL:
		ok = decimal_mul(&r, &a, &b);
		break;
	case AST_OP_DIV:
		ok = decimal_div_whole(&r, &a, &b, v->session->div_precision_increment);
		break;
	default:
		ok = decimal_mod(&r, &a, &b);
		break;
	}
	if (ok)
		eval_put_dec(v, &r, out);
	else
		eval_out_of_range(v, x, "DECIMAL");
}

/* DIV of what are not both integers: the quotient of decimals, cut. */
static void cut_quotient(struct eval *v, const struct expr *x, struct datum *out)
{
	struct decimal a, b, q;
	int64_t i;
	uint64_t u;

	if (!eval_dec(v, x->arg[0], &a) || !eval_dec(v, x->arg[1], &b))
		return;
	if (!b.n) {
		divided_by_zero(v);
		return;
	}
	if (!decimal_div_whole(&q, &a, &b, 0) || !decimal_truncate(&q, 0)) {
		overflow(v, x);
		return;
	}
	if (x->t.is_unsigned ? !decimal_to_u64(&q, &u) : !decimal_to_i64(&q, &i))
		overflow(v, x);
	else
		eval_put_int(out, x->t.is_unsigned ? (int64_t)u : i, x->t.is_unsigned);
}

static void int_division(struct eval *v, const struct expr *x, struct datum *out)
{
	struct eval_num a, b;

	if (expr_result_of(&x->arg[0]->t) != EXPR_INT ||
		expr_result_of(&x->arg[1]->t) != EXPR_INT) {
		cut_quotient(v, x, out);
		return;
	}
	if (!eval_num(v, x->arg[0], &a) || !eval_num(v, x->arg[1], &b))
		return;
	if (b.i == 0)
		divided_by_zero(v);
	else
		put_wide(v, x, widen(a) / widen(b), out);
}

/* Operands of bit operators: integers as they are, the rest rounded as decimals. */
static bool bits_of(struct eval *v, const struct expr *x, uint64_t *out)
{
	struct eval_num n;
	struct decimal d;
	int64_t i;

	if (expr_result_of(&x->t) == EXPR_INT || x->t.is_hex) {
		if (!eval_num(v, x, &n))
			return false;
		*out = (uint64_t)n.i;
		return true;
	}
	if (!eval_dec(v, x, &d))
		return false;
	if (d.negative ? !decimal_to_i64(&d, &i) : !decimal_to_u64(&d, out))
		eval_warn(v, WARN_OVERFLOW, "Got overflow when casting a DECIMAL to INT");
	if (d.negative)
		*out = (uint64_t)i;
	return true;
}

static void bits(struct eval *v, const struct expr *x, struct datum *out)
{
	bool shift = x->op == AST_OP_SHL || x->op == AST_OP_SHR;
	struct eval_num count = {0};
	uint64_t a, b, r;

	bool has_a = bits_of(v, x->arg[0], &a);
	bool both = shift || x->op == AST_OP_BITXOR, has_b = false;

	if (has_a || both)
		has_b = shift ? eval_num(v, x->arg[1], &count) : bits_of(v, x->arg[1], &b);

	if (!has_a || !has_b)
		return;
	if (shift)
		b = (uint32_t)count.i; /* no more of it is looked at */
	switch (x->op) {
	case AST_OP_BITOR:
		r = a | b;
		break;
	case AST_OP_BITAND:
		r = a & b;
		break;
	case AST_OP_BITXOR:
		r = a ^ b;
		break;
	case AST_OP_SHL:
		r = b < 64 ? a << b : 0;
		break;
	default:
		r = b < 64 ? a >> b : 0;
		break;
	}
	eval_put_int(out, (int64_t)r, true);
}

static void bit_not(struct eval *v, const struct expr *x, struct datum *out)
{
	uint64_t a;

	if (bits_of(v, x->arg[0], &a))
		eval_put_int(out, (int64_t)~a, true);
}

void eval_fn_bit_count(struct eval *v, const struct expr *x, struct datum *out)
{
	uint64_t a;

	if (bits_of(v, x->arg[0], &a))
		eval_put_int(out, __builtin_popcountll(a), false);
}

static void negate(struct eval *v, const struct expr *x, struct datum *out)
{
	struct eval_num n;
	struct decimal d;
	double r;

	switch (expr_result_of(&x->t)) {
	case EXPR_REAL:
		if (eval_real(v, x->arg[0], &r))
			eval_put_real(v, x, -r, out);
		break;
	case EXPR_DECIMAL:
		if (eval_dec(v, x->arg[0], &d)) {
			decimal_negate(&d);
			eval_put_dec(v, &d, out);
		}
		break;
	default:
		if (eval_num(v, x->arg[0], &n))
			put_wide(v, x, -widen(n), out);
		break;
	}
}

static void not(struct eval *v, const struct expr *x, struct datum *out)
{
	bool b;

	if (eval_bool(v, x->arg[0], &b))
		eval_put_bool(out, !b);
}

static void as_binary(struct eval *v, const struct expr *x, struct datum *out)
{
	struct str s;

	if (eval_str(v, x->arg[0], &s))
		eval_put_str(out, s);
}

static expr_eval_fn unary_function(const struct expr *x)
{
	switch (x->op) {
	case AST_OP_NEG:
		return negate;
	case AST_OP_BITNOT:
		return bit_not;
	case AST_OP_BINARY:
		return as_binary;
	default:
		return not;
	}
}

expr_eval_fn eval_op_function(const struct expr *x)
{
	if (x->kind == EXPR_UNARY)
		return unary_function(x);
	switch (x->op) {
	case AST_OP_BITOR:
	case AST_OP_BITAND:
	case AST_OP_BITXOR:
	case AST_OP_SHL:
	case AST_OP_SHR:
		return bits;
	case AST_OP_INTDIV:
		return int_division;
	default:
		break;
	}
	if (x->op >= AST_OP_EQ && x->op <= AST_OP_GE)
		return eval_cmp_function(x);
	switch (expr_result_of(&x->t)) {
	case EXPR_REAL:
		return real_arithmetic;
	case EXPR_DECIMAL:
		return decimal_arithmetic;
	default:
		return int_arithmetic;
	}
}

/* Which collation several texts have in common. */
#include "sql/sema/expr_type_int.h"

/* What is known while folding from left to right. */
struct common {
	const struct collation *c; /* NULL: there is none */
	uint8_t derivation;
	bool ascii;
};

static bool is_binary(const struct collation *c)
{
	return c->charset == CHARSET_BINARY;
}

static bool superset(const struct common *left, const struct common *right)
{
	const struct charset *l = charset_get(left->c->charset),
		*r = charset_get(right->c->charset);

	if (l->unicode &&
	    (left->derivation < right->derivation ||
	     (left->derivation == right->derivation &&
	      (!r->unicode || (l->mbmax > r->mbmax && l->mbmin == r->mbmin)))))
		return true;
	return right->ascii && (left->derivation < right->derivation ||
				(left->derivation == right->derivation && !left->ascii));
}

/* Different character sets; false: they do not mix. */
static bool join_sets(struct common *a, const struct common *b)
{
	if (is_binary(a->c)) {
		if (a->derivation > b->derivation)
			*a = *b;
		return true;
	}
	if (is_binary(b->c)) {
		if (b->derivation <= a->derivation)
			*a = *b;
		return true;
	}
	if (superset(a, b))
		return true;
	if (superset(b, a)) {
		*a = *b;
		return true;
	}
	if (a->derivation < b->derivation && b->derivation >= EXPR_SYSCONST)
		return true;
	if (b->derivation < a->derivation && a->derivation >= EXPR_SYSCONST) {
		*a = *b;
		return true;
	}
	return false;
}

/* One character set; false: two explicit collations. */
static bool join_collations(struct common *a, const struct common *b)
{
	if (a->derivation < b->derivation)
		return true;
	if (b->derivation < a->derivation) {
		*a = *b;
		return true;
	}
	if (a->c == b->c)
		return true;
	if (a->derivation == EXPR_EXPLICIT)
		return false;
	if (collation_is_bin(a->c))
		return true;
	if (collation_is_bin(b->c)) {
		*a = *b;
		return true;
	}
	a->c = collation_get(charset_get(a->c->charset)->bin_collation);
	a->derivation = EXPR_NONE;
	return true;
}

static struct common common_of(const struct expr *x)
{
	if (x->t.type == TYPE_BIT && x->t.derivation == EXPR_IMPLICIT)
		return (struct common){collation_get(TYPE_CHARSET_BINARY), EXPR_IMPLICIT, false};
	return (struct common){x->t.collation, x->t.derivation, x->t.ascii};
}

static bool mixed(struct expr_env *env, struct expr **v, uint32_t n)
{
	if (n == 2)
		err_set_mysql(env->e, ERR_INVALID, 1267, "HY000",
			      "Illegal mix of collations (%s,%u) and (%s,%u) for operation",
			      v[0]->t.collation->name, v[0]->t.derivation, v[1]->t.collation->name,
			      v[1]->t.derivation);
	else
		err_set_mysql(env->e, ERR_INVALID, n == 3 ? 1270 : 1271, "HY000",
			      "Illegal mix of collations for operation");
	return false;
}

/* Whether the constant @x has only characters that @c has. false: see env->e. */
static bool converts(struct expr_env *env, struct expr *x, const struct collation *c, bool *fits)
{
	struct str ignored;
	struct datum d;
	size_t bad = 0;
	bool known;

	*fits = true;
	if (!expr_known_text(env, x, &d, &known))
		return false;
	if (!known || d.kind != DATUM_STRING)
		return true;
	*fits = charset_convert(env->arena, x->t.collation->charset, c->charset, d.s, &ignored, &bad) &&
		!bad;
	return true;
}

/* What is no constant cannot be looked at: only what surely fits may be converted. */
static bool may_lose(const struct expr *x, const struct collation *c)
{
	return expr_result_of(&x->t) == EXPR_STRING &&
	       (!x->t.ascii || x->t.collation->charset == CHARSET_ASCII) &&
	       x->t.collation->charset != c->charset &&
	       x->t.collation->charset != CHARSET_BINARY && c->charset != CHARSET_BINARY &&
	       (x->constant || !charset_get(c->charset)->unicode);
}

/* Whether all of @v can be had in @c. false: see env->e. */
static bool convertible(struct expr_env *env, struct expr **v, uint32_t n, const struct collation *c)
{
	for (uint32_t i = 0; i < n; i++) {
		bool fits = true;

		if (!may_lose(v[i], c))
			continue;
		if (v[i]->constant && !converts(env, v[i], c, &fits))
			return false;
		if (!fits || (!v[i]->constant && !v[i]->t.ascii && v[i]->t.derivation >= EXPR_SYSCONST))
			return mixed(env, v, n);
	}
	return true;
}

bool expr_aggregate_collation(struct expr_env *env, struct expr *x, struct expr **v, uint32_t n,
			      bool compare)
{
	struct common all = {NULL, EXPR_IGNORABLE, true};
	bool clash = false;

	for (uint32_t i = 0; i < n; i++) {
		struct common one = common_of(v[i]);
		bool ascii = all.ascii && one.ascii;

		if (one.derivation == EXPR_NUMERIC || one.derivation == EXPR_IGNORABLE) {
			/* Numbers and NULL go along with every text. */
			if (one.derivation < all.derivation)
				all.derivation = one.derivation;
			continue;
		}
		if (!all.c)
			all = one;
		else if (one.c->charset != all.c->charset ? !join_sets(&all, &one)
							   : !join_collations(&all, &one))
			clash = true;
		all.ascii = ascii;
	}
	if (clash || (all.c && compare && all.derivation == EXPR_NONE))
		return mixed(env, v, n);
	if (!all.c) {
		all.c = env->session->collation;
		all.derivation = all.derivation == EXPR_NUMERIC ? EXPR_COERCIBLE : all.derivation;
		if (all.derivation == EXPR_IGNORABLE)
			all.c = collation_get(TYPE_CHARSET_BINARY);
	}
	if (!convertible(env, v, n, all.c))
		return false;
	x->t.collation = all.c;
	x->t.derivation = all.derivation;
	x->t.ascii = all.ascii;
	return true;
}

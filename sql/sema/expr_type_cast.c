/* CAST and CONVERT: the target's text, and its type. */
#include "sql/sema/expr_type_int.h"

enum { INT_CHARS = 20, UINT_CHARS = 10, FLOAT_CHARS = 12, DOUBLE_CHARS = 22, DEFAULT_PRECISION = 10 };

/* A type as it is written: a word, numbers in parentheses, a character set. */
struct target {
	struct str word, charset;
	uint64_t length, scale;
	bool has_length, has_scale;
};

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct str next_word(struct str *s)
{
	size_t n = 0;
	struct str word;

	while (s->n && is_blank(*s->p))
		s->p++, s->n--;
	while (n < s->n && !is_blank(s->p[n]) && s->p[n] != '(' && s->p[n] != ')' && s->p[n] != ',')
		n++;
	if (n == 0 && s->n)
		n = 1; /* the punctuation itself */
	word = str_make(s->p, n);
	s->p += n;
	s->n -= n;
	return word;
}

static bool read_lengths(struct str *s, struct target *t)
{
	if (!str_to_u64(next_word(s), &t->length))
		return false;
	t->has_length = true;
	for (;;) {
		struct str w = next_word(s);

		if (str_eqz(w, ")"))
			return true;
		if (!str_eqz(w, ",") || !str_to_u64(next_word(s), &t->scale))
			return false;
		t->has_scale = true;
	}
}

static struct str unquote(struct str s)
{
	if (s.n >= 2 && (s.p[0] == '\'' || s.p[0] == '"' || s.p[0] == '`'))
		return str_make(s.p + 1, s.n - 2);
	return s;
}

static bool read_target(struct str text, struct target *t)
{
	*t = (struct target){.word = next_word(&text)};
	for (;;) {
		struct str w = next_word(&text);

		if (w.n == 0)
			return true;
		if (str_eqz(w, "(")) {
			if (!read_lengths(&text, t))
				return false;
		} else if (str_ieqz(w, "set") || str_ieqz(w, "charset")) {
			t->charset = unquote(next_word(&text));
		}
	}
}

static bool set_decimal(struct expr_env *env, struct expr *x, const struct target *t)
{
	uint64_t precision = t->has_length && t->length ? t->length : DEFAULT_PRECISION;

	if (t->scale > EXPR_MAX_SCALE)
		return err_set_mysql(env->e, ERR_INVALID, 1425, "42000",
			"Too big scale %llu specified",
				     (unsigned long long)t->scale) == 0;
	if (precision > DECIMAL_MAX_DIGITS)
		return err_set_mysql(env->e, ERR_INVALID, 1426, "42000",
			"Too big precision %llu specified",
				     (unsigned long long)precision) == 0;
	if (t->scale > precision)
		return err_set_mysql(env->e, ERR_INVALID, 1427, "42000",
				     "For float(M,D), double(M,D) or decimal(M,D), M must be >= D") == 0;
	x->op = EXPR_CAST_DECIMAL;
	expr_set_decimal(x, (unsigned)precision, (unsigned)t->scale, false);
	return true;
}

static bool set_text(struct expr_env *env, struct expr *x, const struct target *t, bool binary)
{
	const struct expr *a = x->arg[0];
	const struct collation *c = env->session->collation;
	enum charset_id cs;
	uint64_t chars;

	if (t->charset.n) {
		if (!charset_find(t->charset, &cs))
			return expr_unsupported(env, "character set", t->charset);
		c = collation_get(charset_get(cs)->default_collation);
	}
	if (binary)
		c = collation_get(TYPE_CHARSET_BINARY);
	if (t->has_length && t->length > UINT32_MAX / 4)
		return expr_unsupported(env, "length", t->word);
	x->op = EXPR_CAST_TEXT;
	x->limit = t->has_length ? (uint32_t)t->length : UINT32_MAX;
	x->t.collation = c;
	x->t.derivation = EXPR_IMPLICIT;
	x->t.ascii = c->charset == CHARSET_ASCII;
	chars = c->charset == CHARSET_BINARY ? a->t.length : expr_chars(&a->t);
	expr_set_text(x, t->has_length ? t->length : chars);
	x->t.decimals = 0;
	x->t.nullable = a->t.nullable || (env->session->mode & EXPR_STRICT) ||
			t->has_length;
	return true;
}

static bool never_negative(const struct expr *x)
{
	return x->t.natural ||
	       (x->kind == EXPR_LITERAL && x->value.kind == DATUM_INT && x->value.i >= 0);
}

/* Characters of the number, which is negative and long when a sign is taken from it. */
static void set_int(struct expr *x, bool is_unsigned)
{
	const struct expr *a = x->arg[0];
	uint32_t chars;

	x->op = is_unsigned ? EXPR_CAST_UNSIGNED : EXPR_CAST_SIGNED;
	if (expr_result_of(&a->t) == EXPR_STRING)
		chars = a->t.length ? expr_whole_digits(a) : 0;
	else
		chars = expr_result_of(&a->t) == EXPR_REAL ? INT_CHARS : a->t.length;
	chars += !is_unsigned && a->t.natural;
	if (is_unsigned && !a->t.is_unsigned && !never_negative(a) &&
	    chars > (expr_result_of(&a->t) == EXPR_STRING))
		chars = INT_CHARS;
	if (chars > INT_CHARS)
		chars = is_unsigned && !a->t.is_unsigned ? INT_CHARS : INT_CHARS + 1;
	if (chars <= !is_unsigned)
		chars = is_unsigned ? 1 : 2;
	expr_set_int(x, chars, is_unsigned);
	if (is_unsigned && chars <= UINT_CHARS)
		x->t.type = TYPE_LONG;
	if (!is_unsigned)
		x->t.digits = (uint8_t)expr_precision(a);
}

static bool set_time(struct expr_env *env, struct expr *x, const struct target *t,
		     enum temporal_kind kind)
{
	if (t->length > 6)
		return err_set_mysql(env->e, ERR_INVALID, 1426, "42000",
				     "Too big precision %llu specified. Maximum is 6",
				     (unsigned long long)t->length) == 0;
	x->op = EXPR_CAST_TIME;
	x->t.nullable = true;
	expr_set_time(x, kind, (unsigned)t->length);
	return true;
}

bool expr_type_cast(struct expr_env *env, struct expr *x, struct str text)
{
	struct target t;

	if (!read_target(text, &t))
		return expr_unsupported(env, "CAST to", text);
	x->t.nullable = x->arg[0]->t.nullable;
	if (x->arg[0]->kind == EXPR_ROW_VALUE)
		return err_set_mysql(env->e, ERR_INVALID, 1241, "21000",
			"Operand should contain 1 column(s)") == 0;
	if (str_ieqz(t.word, "signed"))
		set_int(x, false);
	else if (str_ieqz(t.word, "unsigned"))
		set_int(x, true);
	else if (str_ieqz(t.word, "decimal") || str_ieqz(t.word, "dec"))
		return set_decimal(env, x, &t);
	else if (str_ieqz(t.word, "char") || str_ieqz(t.word, "character") || str_ieqz(t.word,
		"varchar"))
		return set_text(env, x, &t, false);
	else if (str_ieqz(t.word, "binary"))
		return set_text(env, x, &t, true);
	else if (str_ieqz(t.word, "date"))
		return set_time(env, x, &t, TEMPORAL_DATE);
	else if (str_ieqz(t.word, "time"))
		return set_time(env, x, &t, TEMPORAL_TIME);
	else if (str_ieqz(t.word, "datetime"))
		return set_time(env, x, &t, TEMPORAL_DATETIME);
	else if (str_ieqz(t.word, "double") && !t.has_length) {
		x->op = EXPR_CAST_REAL;
		x->t.nullable = true;
		expr_set_real(x, EXPR_NOT_FIXED);
		x->t.length = DOUBLE_CHARS;
	} else if (str_ieqz(t.word, "float") && !t.has_length) {
		x->op = EXPR_CAST_FLOAT;
		x->t.nullable = true;
		expr_set_real(x, EXPR_NOT_FIXED);
		x->t.type = TYPE_FLOAT;
		x->t.length = FLOAT_CHARS;
	} else {
		return expr_unsupported(env, "CAST to", text);
	}
	return true;
}

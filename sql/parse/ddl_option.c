/* Options of tables, keys, columns and partitions: those of options.def, and name = value of
 * engines. */
#include "sql/parse/ddl.h"

enum value_kind {
	VALUE_M,
	VALUE_N,
	VALUE_S,
	VALUE_W,
	VALUE_D,
	VALUE_C,
	VALUE_X,
	VALUE_U,
	VALUE_B,
	VALUE_T,
	VALUE_P,
};
enum { T = DDL_OF_TABLE, K = DDL_OF_KEY, C = DDL_OF_COLUMN, P = DDL_OF_PARTITION };

static const struct {
	const char *words;
	uint8_t where; /* enum ddl_where bits */
	uint8_t value; /* enum value_kind */
} options[] = {
#define X(words, where, value) {words, where, VALUE_##value},
#include "sql/grammar/options.def"
#undef X
};

static bool is_number(const struct hand *h)
{
	unsigned k = h->t.t.kind;

	return (k == LEX_INT || k == LEX_HEX || k == LEX_DECIMAL || k == LEX_FLOAT) &&
	       h->p->text.p[h->t.t.start] != '-';
}

static bool is_string(const struct hand *h)
{
	return h->t.t.kind == LEX_STRING;
}

static bool is_word(const struct hand *h)
{
	return h->t.t.kind == LEX_QUOTED ||
	       (h->t.t.kind == LEX_WORD && !keyword_is_reserved(h->t.kw));
}

/* DEFAULT or a whole number from @min to @max. */
static bool is_between(const struct hand *h, uint64_t min, uint64_t max)
{
	uint64_t v;

	if (hand_is(h, KW_DEFAULT))
		return true;
	return (h->t.t.kind == LEX_INT || h->t.t.kind == LEX_HEX) &&
	       (!str_to_u64(lex_text(&h->p->lx, &h->t.t), &v) || (v >= min && v <= max));
}

static bool fits(const struct hand *h, enum value_kind kind)
{
	switch (kind) {
	case VALUE_N:
		return is_number(h);
	case VALUE_M:
	case VALUE_S:
		return is_string(h);
	case VALUE_W:
		return is_word(h) || is_string(h);
	case VALUE_D:
		return is_number(h) || is_word(h) || hand_is(h, KW_DEFAULT) || is_string(h) ||
		       hand_is(h, KW_ON);
	case VALUE_C:
		return is_word(h) || is_string(h) || hand_is(h, KW_BINARY) ||
		       hand_is(h, KW_DEFAULT);
	case VALUE_B:
		return is_word(h);
	case VALUE_T:
		return is_between(h, 0, 1);
	case VALUE_P:
		return is_between(h, 1, 65535);
	case VALUE_X:
	case VALUE_U:
		break;
	}
	return false;
}

static struct ast_option *new_option(struct hand *h, struct str name, uint32_t from)
{
	struct ast_option *n = parse_int_new(h->p, AST_OPTION, hand_loc_from(h, from));

	n->name = name;
	return n;
}

static bool value(struct hand *h, struct ast_option *n)
{
	uint32_t from = h->t.t.start;

	hand_next(h);
	n->value = hand_text_from(h, from);
	n->n.end = h->last_end;
	return true;
}

/* UNION = (t, u) */
static bool union_tables(struct form *f, struct ast_option *n)
{
	struct hand *h = f->h;

	if (!hand_want_char(h, '('))
		return false;
	while (!hand_is_char(h, ')')) {
		struct ast_node *t = hand_table(h);

		if (!t)
			return hand_fail(h);
		n->tables = parse_int_push(h->p, n->tables, t);
		if (!hand_eat_char(h, ','))
			break;
	}
	return hand_want_char(h, ')');
}

static int known(struct form *f, size_t i, struct ast_list *out, uint32_t from)
{
	struct hand *h = f->h;
	struct ast_option *n = new_option(h, str_of(options[i].words), from);
	enum value_kind kind = options[i].value;
	bool ok;

	*out = parse_int_push(h->p, *out, &n->n);
	if (kind == VALUE_X)
		return 1;
	if (kind != VALUE_M)
		hand_eat_char(h, '=');
	if (kind == VALUE_U)
		ok = union_tables(f, n);
	else
		ok = (fits(h, kind) || hand_fail(h)) && value(h, n);
	return ok ? 1 : -1;
}

/* name = value */
static int engines(struct hand *h, struct ast_list *out)
{
	uint32_t from = h->t.t.start;
	struct ast_option *n;
	struct str name;

	if (!is_word(h) || h->t.kw || parse_int_peek(h->p)->t.kind != '=')
		return 0;
	hand_name(h, &name);
	hand_next(h);
	n = new_option(h, name, from);
	n->n.op = 1;
	*out = parse_int_push(h->p, *out, &n->n);
	if (h->t.t.kind == LEX_DECIMAL || h->t.t.kind == LEX_FLOAT || !fits(h, VALUE_D)) {
		hand_fail(h);
		return -1;
	}
	return value(h, n) ? 1 : -1;
}

int ddl_option(struct form *f, enum ddl_where where, struct ast_list *out)
{
	struct hand *h = f->h;
	uint32_t from = h->t.t.start;

	if (h->t.t.kind == LEX_QUOTED)
		return engines(h, out);
	if (h->t.t.kind != LEX_WORD)
		return 0;
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if ((options[i].where & where) && hand_eat_words(h, options[i].words))
			return known(f, i, out, from);
	}
	return engines(h, out);
}

bool ddl_option_table(struct hand *h, struct ast_list *out)
{
	struct form f = {.h = h};
	int rc;

	do {
		if (out->n)
			hand_eat_char(h, ',');
		rc = ddl_option(&f, DDL_OF_TABLE, out);
	} while (rc > 0);
	return rc == 0;
}

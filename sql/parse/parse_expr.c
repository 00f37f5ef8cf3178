/* Builders of expressions. */
#include "sql/norm/fingerprint.h"
#include "sql/parse/parse_int.h"

#define NEW(name, kind, loc) ((struct ast_##name *)parse_int_new(p, AST_##kind, loc))

struct ast_node *parse_int_column(struct parse *p, struct parse_loc loc, struct str db,
				  struct str table, struct str name)
{
	struct ast_column *n = NEW(column, COLUMN, loc);

	n->db = db;
	n->table = table;
	n->name = name;
	return &n->n;
}

/* The index of the literal that begins at @start; NULL, TRUE and FALSE mostly have none. */
static uint32_t lit_index(struct parse *p, uint32_t start)
{
	const struct fingerprint *fp = p->fp;
	size_t lo = 0, hi;

	if (!fp)
		return AST_NO_LIT;
	hi = fp->lits.len;
	if (p->lit < hi && fp->lits.v[p->lit].start == start)
		return p->lit++;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (fp->lits.v[mid].start < start)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo >= fp->lits.len || fp->lits.v[lo].start != start)
		return AST_NO_LIT;
	p->lit = (uint32_t)lo + 1;
	return (uint32_t)lo;
}

struct ast_node *parse_int_literal(struct parse *p, struct parse_loc loc, enum ast_lit type)
{
	struct ast_literal *n = NEW(literal, LITERAL, loc);

	n->n.op = (uint8_t)type;
	n->text = parse_int_text(p, loc);
	n->lit = lit_index(p, loc.start);
	return &n->n;
}

struct ast_node *parse_int_logic(struct parse *p, struct parse_loc loc, enum ast_op op,
				 struct ast_node *x, struct ast_node *y)
{
	struct ast_logic *n;

	/* a AND (b AND c) is a AND b AND c: both sides are taken in. */
	if (x->kind == AST_LOGIC && x->op == op && x != y) {
		n = AST_AS(logic, x);
	} else {
		n = NEW(logic, LOGIC, loc);
		n->n.op = (uint8_t)op;
		n->args = parse_int_list(p, x);
	}
	parse_int_extend(&n->n, loc);
	if (y->kind == AST_LOGIC && y->op == op && y != &n->n) {
		const struct ast_list *l = &AST_AS(logic, y)->args;

		for (uint32_t i = 0; i < l->n && !p->nomem; i++)
			n->args = parse_int_push(p, n->args, l->v[i]);
	} else {
		n->args = parse_int_push(p, n->args, y);
	}
	return &n->n;
}

struct ast_node *parse_int_unary(struct parse *p, struct parse_loc loc, enum ast_op op,
				 struct ast_node *x)
{
	struct ast_unary *n = NEW(unary, UNARY, loc);

	n->n.op = (uint8_t)op;
	n->arg = x;
	return &n->n;
}

struct ast_node *parse_int_binary(struct parse *p, struct parse_loc loc, enum ast_op op,
				  struct ast_node *x, struct ast_node *y)
{
	struct ast_binary *n = NEW(binary, BINARY, loc);

	n->n.op = (uint8_t)op;
	n->left = x;
	n->right = y;
	return &n->n;
}

struct ast_node *parse_int_in(struct parse *p, struct parse_loc loc, struct ast_node *arg,
			      struct ast_list list, unsigned flags)
{
	struct ast_in *n = NEW(in, IN, loc);

	n->n.flags = (uint16_t)flags;
	n->arg = arg;
	n->list = list;
	return &n->n;
}

struct ast_node *parse_int_between(struct parse *p, struct parse_loc loc, struct ast_node *arg,
				   struct ast_node *low, struct ast_node *high)
{
	struct ast_between *n = NEW(between, BETWEEN, loc);

	n->arg = arg;
	n->low = low;
	n->high = high;
	return &n->n;
}

struct ast_node *parse_int_like(struct parse *p, struct parse_loc loc, enum ast_op op,
				struct ast_node *arg, struct ast_node *pattern)
{
	struct ast_like *n = NEW(like, LIKE, loc);

	n->n.op = (uint8_t)op;
	n->arg = arg;
	n->pattern = pattern;
	return &n->n;
}

struct ast_node *parse_int_row(struct parse *p, struct parse_loc loc, struct ast_node *first,
			       struct ast_list rest, unsigned flags)
{
	struct ast_row *n = NEW(row, ROW, loc);

	n->n.flags = (uint16_t)flags;
	n->items = parse_int_unshift(p, first, rest);
	return &n->n;
}

/* {d '..'}, {t '..'}, {ts '..'}: temporal literals; any other {word x} is x. */
struct ast_node *parse_int_odbc(struct parse *p, struct parse_loc loc, struct str what,
				struct ast_node *x)
{
	struct ast_temporal *n;
	enum ast_temporal_op op;

	if (x->kind != AST_LITERAL || x->op != AST_LIT_STRING)
		return x;
	if (str_ieqz(what, "d"))
		op = AST_DATE;
	else if (str_ieqz(what, "t"))
		op = AST_TIME;
	else if (str_ieqz(what, "ts"))
		op = AST_TIMESTAMP;
	else
		return x;
	n = NEW(temporal, TEMPORAL, loc);
	n->n.op = (uint8_t)op;
	n->n.flags = AST_PARENS;
	n->literal = x;
	return &n->n;
}

struct ast_node *parse_int_introducer(struct parse *p, struct parse_loc loc, struct parse_loc name,
				      struct ast_node *literal)
{
	struct ast_introducer *n = NEW(introducer, INTRODUCER, loc);

	n->charset = parse_int_text(p, (struct parse_loc){name.start + 1, name.end});
	n->literal = literal;
	return &n->n;
}

struct ast_node *parse_int_temporal(struct parse *p, struct parse_loc loc, struct parse_loc kind,
				    struct ast_node *literal)
{
	struct ast_temporal *n = NEW(temporal, TEMPORAL, loc);
	struct str word = parse_int_text(p, kind);

	if (str_ieqz(word, "timestamp"))
		n->n.op = AST_TIMESTAMP;
	else
		n->n.op = str_ieqz(word, "date") ? AST_DATE : AST_TIME;
	n->literal = literal;
	return &n->n;
}

struct ast_node *parse_int_match(struct parse *p, struct parse_loc loc, struct ast_list columns,
				 struct ast_node *against, unsigned mode)
{
	struct ast_match *n = NEW(match, MATCH, loc);

	n->n.op = (uint8_t)mode;
	n->columns = columns;
	n->against = against;
	return &n->n;
}

/* The scope that a word before a variable's name means, or AST_SCOPE_NONE. */
static enum ast_scope_op scope_of(struct str s)
{
	static const struct {
		const char *word;
		enum ast_scope_op op;
	} words[] = {
		{"global", AST_SCOPE_GLOBAL},
		{"session", AST_SCOPE_SESSION},
		{"local", AST_SCOPE_LOCAL},
		{"persist", AST_SCOPE_PERSIST},
		{"persist_only", AST_SCOPE_PERSIST_ONLY},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (str_ieqz(s, words[i].word))
			return words[i].op;
	}
	return AST_SCOPE_NONE;
}

/* @@scope.base.name, where a single word before the name may be either. */
struct ast_node *parse_int_sys_var(struct parse *p, struct parse_loc loc, struct str scope,
				   struct str base, struct str name)
{
	struct ast_sys_var *n = NEW(sys_var, SYS_VAR, loc);

	n->name = name;
	n->base = base;
	if (scope.p) {
		n->n.op = (uint8_t)scope_of(scope);
		if (n->n.op == AST_SCOPE_NONE || scope_of(base) != AST_SCOPE_NONE)
			parse_int_error(p, loc);
	} else if (base.p && scope_of(base) != AST_SCOPE_NONE) {
		n->n.op = (uint8_t)scope_of(base);
		n->base = (struct str){0};
	} else if (!base.p && (str_ieqz(name, "global") || str_ieqz(name, "session") ||
			       str_ieqz(name, "local"))) {
		/* The scope of nothing. */
		parse_int_error(p, (struct parse_loc){loc.end, loc.end});
	}
	return &n->n;
}

/* base.name in SET, where no scope can stand. */
struct ast_node *parse_int_sys_var_base(struct parse *p, struct parse_loc loc, struct str base,
					struct str name)
{
	struct ast_sys_var *n = NEW(sys_var, SYS_VAR, loc);

	n->name = name;
	n->base = base;
	return &n->n;
}

struct ast_node *parse_int_trim(struct parse *p, struct parse_loc loc, unsigned side,
				struct ast_node *what, struct ast_node *from)
{
	struct ast_trim *n = NEW(trim, TRIM, loc);

	n->n.op = (uint8_t)side;
	n->what = what;
	n->from = from;
	return &n->n;
}

struct ast_node *parse_int_cast(struct parse *p, struct parse_loc loc, struct ast_node *x,
				struct ast_node *type, unsigned flags)
{
	struct ast_cast *n = NEW(cast, CAST, loc);

	n->n.flags = (uint16_t)flags;
	n->arg = x;
	n->type = type;
	return &n->n;
}

struct ast_node *parse_int_type(struct parse *p, struct parse_loc loc, struct str fixed)
{
	struct ast_type *n = NEW(type, TYPE, loc);

	n->text = fixed.p ? fixed : parse_int_text(p, loc);
	return &n->n;
}

struct ast_node *parse_int_frame(struct parse *p, struct parse_loc loc, unsigned kind,
				 struct ast_node *from, struct ast_node *to)
{
	struct ast_frame *n = NEW(frame, FRAME, loc);

	n->n.op = (uint8_t)kind;
	n->from = from;
	n->to = to;
	return &n->n;
}

struct ast_node *parse_int_bound(struct parse *p, struct parse_loc loc, unsigned kind,
				 struct ast_node *value)
{
	struct ast_bound *n = NEW(bound, BOUND, loc);

	n->n.op = (uint8_t)kind;
	n->value = value;
	return &n->n;
}

struct ast_node *parse_int_query_of(struct ast_node *subquery)
{
	return AST_AS(subquery, subquery)->query;
}

struct ast_node *parse_int_seq_value(struct parse *p, struct parse_loc loc, struct ast_node *table,
				     unsigned flags)
{
	struct ast_seq_value *n = parse_int_new(p, AST_SEQ_VALUE, loc);

	n->n.flags = (uint16_t)flags;
	n->table = table;
	return &n->n;
}

struct ast_node *parse_int_one(struct parse *p, struct parse_loc loc)
{
	struct ast_literal *n = parse_int_new(p, AST_LITERAL, loc);

	n->n.op = AST_LIT_INT;
	n->lit = AST_NO_LIT;
	n->text = STR_LIT("1");
	return &n->n;
}

void parse_int_natural(struct parse *p, struct parse_loc loc)
{
	if (p->text.p[loc.start] == '-')
		parse_int_error(p, loc);
}

/* Expressions. */
#include "sql/ast/ast_print_int.h"
#include "sql/lex/keyword.h"

/* Precedences beside those of ops.def. */
enum { P_IS = 6, P_PREDICATE = 7, P_BIT = 8, P_SIMPLE = 15, P_COLLATE = 16, P_ATOM = 20 };

static const struct {
	const char *text;
	int prec;
} ops[] = {
	{"", P_ATOM},
#define X(name, text, prec) {text, prec},
#include "sql/ast/ops.def"
#undef X
};

static void s(struct printer *r, const char *z)
{
	ast_print_int_s(r, z);
}

static int prec_of(const struct ast_node *n)
{
	switch (n->kind) {
	case AST_LOGIC:
	case AST_UNARY:
	case AST_BINARY:
		return ops[n->op].prec;
	case AST_IS:
	case AST_QUANTIFIED:
		return P_IS;
	case AST_BETWEEN:
	case AST_IN:
	case AST_LIKE:
		return P_PREDICATE;
	case AST_COLLATE:
		return P_COLLATE;
	case AST_INTERVAL:
		return P_BIT + 3;
	case AST_ASSIGN:
		return 0;
	case AST_LITERAL: {
		const struct ast_literal *l = AST_AS(literal, n);

		/* -5 is the operator's and the number's text alike. */
		return l->text.n && l->text.p[0] == '-' ? P_SIMPLE : P_ATOM;
	}
	default:
		return P_ATOM;
	}
}

void ast_print_int_at(struct printer *r, const struct ast_node *n, int prec)
{
	bool parens = prec_of(n) < prec;

	if (parens)
		s(r, "(");
	ast_print_int_node(r, n);
	if (parens)
		s(r, ")");
}

void ast_print_int_parens(struct printer *r, const struct ast_node *query)
{
	bool named = r->named;

	r->named = false;
	s(r, "(");
	ast_print_int_node(r, query);
	s(r, ")");
	r->named = named;
}

static void qualified(struct printer *r, struct str a, struct str b)
{
	if (a.p) {
		ast_print_int_name(r, a);
		s(r, ".");
	}
	if (b.p) {
		ast_print_int_name(r, b);
		s(r, ".");
	}
}

static void column(struct printer *r, const struct ast_column *n)
{
	if (r->p->column && r->p->column(r->p->arg, r->out, &n->n))
		return;
	qualified(r, n->db, n->table);
	ast_print_int_name(r, n->name);
}

static void literal(struct printer *r, const struct ast_literal *n)
{
	if (!r->p->literal || !r->p->literal(r->p->arg, r->out, n))
		buf_str(r->out, n->text);
}

static void unary(struct printer *r, const struct ast_unary *n)
{
	int prec = ops[n->n.op].prec;

	s(r, ops[n->n.op].text);
	/* "- -5", "NOT a": a blank keeps tokens apart; "--" would begin a comment. */
	s(r, n->n.op == AST_OP_BANG || n->n.op == AST_OP_BITNOT ? "" : " ");
	/* A number right behind a minus sign would become a negative literal. */
	if (n->n.op == AST_OP_NEG && n->arg->kind == AST_LITERAL) {
		s(r, "(");
		ast_print_int_node(r, n->arg);
		s(r, ")");
		return;
	}
	ast_print_int_at(r, n->arg, prec);
}

static void marked(struct printer *r, const char *before, const struct ast_node *n,
		   const char *after)
{
	s(r, before);
	ast_print_int_node(r, n);
	s(r, after);
}

static void binary(struct printer *r, const struct ast_binary *n)
{
	int prec = ops[n->n.op].prec;
	bool arrow = n->n.op == AST_OP_ARROW || n->n.op == AST_OP_ARROW2;

	ast_print_int_at(r, n->left, prec);
	s(r, arrow ? "" : " ");
	s(r, ops[n->n.op].text);
	s(r, arrow ? "" : " ");
	if (n->n.op == AST_OP_MEMBER_OF)
		marked(r, "(", n->right, ")");
	else if (n->right->kind == AST_INTERVAL)
		ast_print_int_node(r, n->right);
	else
		ast_print_int_at(r, n->right, prec + 1);
}

static void logic(struct printer *r, const struct ast_logic *n)
{
	int prec = ops[n->n.op].prec;

	for (uint32_t i = 0; i < n->args.n; i++) {
		if (i) {
			s(r, " ");
			s(r, ops[n->n.op].text);
			s(r, " ");
		}
		ast_print_int_at(r, n->args.v[i], prec + 1);
	}
}

static void is(struct printer *r, const struct ast_is *n)
{
	static const char *const what[] = {"NULL", "TRUE", "FALSE", "UNKNOWN"};

	ast_print_int_at(r, n->arg, P_IS);
	s(r, n->n.flags & AST_NOT ? " IS NOT " : " IS ");
	s(r, what[n->n.op]);
}

static void not_word(struct printer *r, const struct ast_node *n, const char *word)
{
	s(r, n->flags & AST_NOT ? " NOT " : " ");
	s(r, word);
	s(r, " ");
}

static void in(struct printer *r, const struct ast_in *n)
{
	ast_print_int_at(r, n->arg, P_BIT);
	not_word(r, &n->n, "IN");
	if (n->query) {
		ast_print_int_parens(r, n->query);
		return;
	}
	s(r, "(");
	if (!r->p->list || !r->p->list(r->p->arg, r->out, &n->n, &n->list))
		ast_print_int_list(r, &n->list);
	s(r, ")");
}

static void between(struct printer *r, const struct ast_between *n)
{
	ast_print_int_at(r, n->arg, P_BIT);
	not_word(r, &n->n, "BETWEEN");
	ast_print_int_at(r, n->low, P_BIT);
	s(r, " AND ");
	ast_print_int_at(r, n->high, P_BIT);
}

static void like(struct printer *r, const struct ast_like *n)
{
	ast_print_int_at(r, n->arg, P_BIT);
	not_word(r, &n->n, ops[n->n.op].text);
	ast_print_int_at(r, n->pattern, P_SIMPLE);
	if (n->escape) {
		s(r, " ESCAPE ");
		ast_print_int_at(r, n->escape, P_SIMPLE);
	}
}

static void quantified(struct printer *r, const struct ast_quantified *n)
{
	ast_print_int_at(r, n->left, P_IS);
	s(r, " ");
	s(r, ops[n->n.op].text);
	s(r, n->n.flags & AST_ALL ? " ALL " : " ANY ");
	ast_print_int_parens(r, n->query);
}

static void row(struct printer *r, const struct ast_row *n)
{
	s(r, n->n.flags & AST_ROW_WORD ? "ROW(" : "(");
	ast_print_int_list(r, &n->items);
	s(r, ")");
}

static void case_expr(struct printer *r, const struct ast_case *n)
{
	s(r, "CASE");
	ast_print_int_word_node(r, " ", n->operand);
	for (uint32_t i = 0; i < n->whens.n; i++) {
		const struct ast_when *w = AST_AS(when, n->whens.v[i]);

		ast_print_int_word_node(r, " WHEN ", w->cond);
		ast_print_int_word_node(r, " THEN ", w->result);
	}
	ast_print_int_word_node(r, " ELSE ", n->otherwise);
	s(r, " END");
}

static void over(struct printer *r, const struct ast_window *n)
{
	if (n->n.flags & AST_WINDOW_REF) {
		ast_print_int_name(r, n->name);
		return;
	}
	s(r, "(");
	if (n->base.p)
		ast_print_int_name(r, n->base);
	ast_print_int_clause(r, " PARTITION BY ", &n->partition);
	ast_print_int_clause(r, " ORDER BY ", &n->order);
	ast_print_int_word_node(r, " ", n->frame);
	s(r, ")");
}

static void func_name(struct printer *r, const struct ast_func *n)
{
	qualified(r, n->schema, n->package);
	/* A built-in function's name must not be quoted, any other one may have to be. */
	if (n->fn)
		buf_str(r->out, n->name);
	else if (n->name.n && keyword_find(n->name.p, n->name.n).fn)
		ast_print_int_quoted(r, n->name);
	else
		ast_print_int_name(r, n->name);
}

/* What stands between two arguments. */
static const char *separator(const struct ast_func *n, uint32_t i)
{
	if (i == 0)
		return "";
	if (n->fn == FN_EXTRACT && n->args.n == 2)
		return " FROM ";
	if (n->args.v[i]->kind == AST_TYPE || n->args.v[i]->kind == AST_JSON_ON)
		return " ";
	return ", ";
}

static void arguments(struct printer *r, const struct ast_func *n)
{
	for (uint32_t i = 0; i < n->args.n; i++)
		ast_print_int_word_node(r, separator(n, i), n->args.v[i]);
}

static void json_on(struct printer *r, const struct ast_json_on *n)
{
	static const char *const what[] = {"NULL", "ERROR", "DEFAULT "};

	s(r, what[n->n.op]);
	ast_print_int_node(r, n->value);
	s(r, n->n.flags & AST_ON_ERROR ? " ON ERROR" : " ON EMPTY");
}

static void func(struct printer *r, const struct ast_func *n)
{
	func_name(r, n);
	if (n->n.flags & AST_NO_PARENS)
		return;
	s(r, n->n.flags & AST_DISTINCT ? "(DISTINCT " : "(");
	if (n->n.flags & AST_STAR_ARG)
		s(r, "*");
	arguments(r, n);
	if (n->charset.p) {
		s(r, " USING ");
		ast_print_int_name(r, n->charset);
	}
	if (n->n.flags & AST_WITHIN_GROUP)
		s(r, ") WITHIN GROUP (");
	ast_print_int_clause(r, n->n.flags & AST_WITHIN_GROUP ? "ORDER BY " : " ORDER BY ",
			     &n->order);
	ast_print_int_word_node(r, " ", n->limit);
	ast_print_int_word_node(r, " SEPARATOR ", n->separator);
	s(r, ")");
	if (n->n.flags & (AST_IGNORE_NULLS | AST_RESPECT_NULLS))
		s(r, n->n.flags & AST_IGNORE_NULLS ? " IGNORE NULLS" : " RESPECT NULLS");
	if (n->over) {
		s(r, " OVER ");
		over(r, AST_AS(window, n->over));
	}
}

static void trim(struct printer *r, const struct ast_trim *n)
{
	static const char *const side[] = {"", "BOTH ", "LEADING ", "TRAILING "};

	s(r, "TRIM(");
	s(r, side[n->n.op]);
	if (n->what) {
		ast_print_int_node(r, n->what);
		s(r, " ");
	}
	if (n->what || n->n.op != AST_TRIM_PLAIN)
		s(r, "FROM ");
	ast_print_int_node(r, n->from);
	s(r, ")");
}

static void match(struct printer *r, const struct ast_match *n)
{
	static const char *const mode[] = {"", " IN NATURAL LANGUAGE MODE",
					   " IN NATURAL LANGUAGE MODE WITH QUERY EXPANSION",
					   " IN BOOLEAN MODE", " WITH QUERY EXPANSION"};

	s(r, "MATCH (");
	ast_print_int_list(r, &n->columns);
	s(r, ") AGAINST (");
	ast_print_int_at(r, n->against, P_BIT);
	s(r, mode[n->n.op]);
	s(r, ")");
}

static void user_var(struct printer *r, const struct ast_user_var *n)
{
	bool bare = n->name.n > 0;

	for (size_t i = 0; i < n->name.n; i++) {
		char c = n->name.p[i];

		bare = bare && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
				(c >= '0' && c <= '9') || c == '_' || c == '.' || c == '$');
	}
	s(r, "@");
	if (bare) {
		buf_str(r->out, n->name);
		return;
	}
	ast_print_int_quoted(r, n->name);
}

static void sys_var(struct printer *r, const struct ast_sys_var *n)
{
	static const char *const scope[] = {"",	      "GLOBAL.",  "SESSION.",
					    "LOCAL.", "PERSIST.", "PERSIST_ONLY."};

	s(r, "@@");
	s(r, scope[n->n.op]);
	qualified(r, n->base, (struct str){0});
	ast_print_int_name(r, n->name);
}

static void assign(struct printer *r, const struct ast_assign *n)
{
	ast_print_int_node(r, n->target);
	s(r, n->n.flags & AST_COLON ? " := " : " = ");
	ast_print_int_node(r, n->value);
}

static void frame(struct printer *r, const struct ast_frame *n)
{
	static const char *const kind[] = {"ROWS ", "RANGE ", "GROUPS "};

	s(r, kind[n->n.op]);
	if (n->to)
		s(r, "BETWEEN ");
	ast_print_int_node(r, n->from);
	ast_print_int_word_node(r, " AND ", n->to);
	switch (n->exclude) {
	case KW_CURRENT:
		s(r, " EXCLUDE CURRENT ROW");
		break;
	case KW_GROUP:
		s(r, " EXCLUDE GROUP");
		break;
	case KW_TIES:
		s(r, " EXCLUDE TIES");
		break;
	case KW_NO:
		s(r, " EXCLUDE NO OTHERS");
		break;
	default:
		break;
	}
}

static void bound(struct printer *r, const struct ast_bound *n)
{
	static const char *const kind[] = {"CURRENT ROW", "UNBOUNDED PRECEDING", " PRECEDING",
					   " FOLLOWING", "UNBOUNDED FOLLOWING"};

	ast_print_int_node(r, n->value);
	s(r, kind[n->n.op]);
}

static void cast(struct printer *r, const struct ast_cast *n)
{
	bool word = n->n.flags & AST_CONVERT_WORD;

	if (n->n.flags & (AST_AS_ARG | AST_RETURNING)) {
		ast_print_int_node(r, n->arg);
		s(r, n->n.flags & AST_AS_ARG ? " AS " : " RETURNING ");
		ast_print_int_node(r, n->type);
		/* Dynamic columns have no UNSIGNED without INT. */
		if (n->n.flags & AST_AS_ARG && n->type->kind == AST_TYPE &&
		    str_ieqz(AST_AS(type, n->type)->text, "unsigned"))
			s(r, " INT");
		return;
	}
	s(r, word ? "CONVERT(" : "CAST(");
	ast_print_int_node(r, n->arg);
	s(r, word ? ", " : " AS ");
	ast_print_int_node(r, n->type);
	s(r, ")");
}

/* The kinds that take a line or two. */
static bool small(struct printer *r, const struct ast_node *n)
{
	static const char *const temporal[] = {"DATE", "TIME", "TIMESTAMP"};
	static const char *const odbc[] = {"{d ", "{t ", "{ts "};

	switch (n->kind) {
	case AST_SUBQUERY:
		ast_print_int_parens(r, AST_AS(subquery, n)->query);
		return true;
	case AST_EXISTS:
		s(r, "EXISTS ");
		ast_print_int_parens(r, AST_AS(exists, n)->query);
		return true;
	case AST_TYPE:
		buf_str(r->out, AST_AS(type, n)->text);
		return true;
	case AST_CONVERT:
		marked(r, "CONVERT(", AST_AS(convert, n)->arg, " USING ");
		ast_print_int_name(r, AST_AS(convert, n)->charset);
		s(r, ")");
		return true;
	case AST_COLLATE:
		ast_print_int_at(r, AST_AS(collate, n)->arg, P_COLLATE);
		s(r, " COLLATE ");
		ast_print_int_name(r, AST_AS(collate, n)->name);
		return true;
	case AST_INTRODUCER:
		s(r, "_");
		buf_str(r->out, AST_AS(introducer, n)->charset);
		marked(r, " ", AST_AS(introducer, n)->literal, "");
		return true;
	case AST_TEMPORAL:
		s(r, n->flags & AST_PARENS ? odbc[n->op] : temporal[n->op]);
		ast_print_int_node(r, AST_AS(temporal, n)->literal);
		s(r, n->flags & AST_PARENS ? "}" : "");
		return true;
	case AST_INTERVAL:
		s(r, "INTERVAL ");
		ast_print_int_at(r, AST_AS(interval, n)->value, P_ATOM - 5);
		s(r, " ");
		s(r, keyword_name(AST_AS(interval, n)->unit));
		return true;
	case AST_UNIT:
		s(r, keyword_name(AST_AS(unit, n)->unit));
		return true;
	case AST_VALUES_FN:
		marked(r, n->op ? "VALUE(" : "VALUES(", AST_AS(values_fn, n)->column, ")");
		return true;
	case AST_SEQ_VALUE:
		s(r, n->flags & AST_PREVIOUS ? "PREVIOUS VALUE FOR " : "NEXT VALUE FOR ");
		ast_print_int_node(r, AST_AS(seq_value, n)->table);
		return true;
	case AST_JSON_ON:
		json_on(r, AST_AS(json_on, n));
		return true;
	case AST_DEFAULT:
		s(r, n->flags & AST_IGNORE ? "IGNORE" : "DEFAULT");
		if (AST_AS(default, n)->column)
			marked(r, "(", AST_AS(default, n)->column, ")");
		return true;
	default:
		return false;
	}
}

static void star(struct printer *r, const struct ast_star *n)
{
	if (r->p->column && r->p->column(r->p->arg, r->out, &n->n))
		return;
	qualified(r, n->db, n->table);
	s(r, "*");
}

static bool large(struct printer *r, const struct ast_node *n)
{
#define CASE(KIND, name, fn)                                                                       \
	case AST_##KIND:                                                                           \
		fn(r, AST_AS(name, n));                                                            \
		return true
	switch (n->kind) {
		CASE(LITERAL, literal, literal);
		CASE(COLUMN, column, column);
		CASE(STAR, star, star);
		CASE(FUNC, func, func);
		CASE(UNARY, unary, unary);
		CASE(BINARY, binary, binary);
		CASE(LOGIC, logic, logic);
		CASE(IS, is, is);
		CASE(BETWEEN, between, between);
		CASE(IN, in, in);
		CASE(LIKE, like, like);
		CASE(QUANTIFIED, quantified, quantified);
		CASE(ROW, row, row);
		CASE(CASE, case, case_expr);
		CASE(CAST, cast, cast);
		CASE(TRIM, trim, trim);
		CASE(MATCH, match, match);
		CASE(USER_VAR, user_var, user_var);
		CASE(SYS_VAR, sys_var, sys_var);
		CASE(ASSIGN, assign, assign);
		CASE(WINDOW, window, over);
		CASE(FRAME, frame, frame);
		CASE(BOUND, bound, bound);
	default:
		return false;
	}
#undef CASE
}

bool ast_print_int_expr(struct printer *r, const struct ast_node *n)
{
	return large(r, n) || small(r, n);
}

/* sluicectl sql eval: the values of expressions, as the gate computes them. */
#include "sql/eval/eval.h"
#include "sql/parse/parse.h"
#include "src/base/clk.h"
#include "src/cli/cmd_sql.h"

static const struct {
	const char *name;
	uint32_t mode;
} modes[] = {
	{"STRICT_TRANS_TABLES", EXPR_STRICT},
	{"STRICT_ALL_TABLES", EXPR_STRICT},
	{"ERROR_FOR_DIVISION_BY_ZERO", EXPR_ERROR_FOR_DIVISION_BY_ZERO},
	{"NO_ZERO_DATE", EXPR_NO_ZERO_DATE},
	{"NO_ZERO_IN_DATE", EXPR_NO_ZERO_IN_DATE},
	{"ALLOW_INVALID_DATES", EXPR_ALLOW_INVALID_DATES},
	{"NO_UNSIGNED_SUBTRACTION", EXPR_NO_UNSIGNED_SUBTRACTION},
	{"NO_BACKSLASH_ESCAPES", EXPR_NO_BACKSLASH_ESCAPES},
};

/* What of --sql-mode changes values; without the option, a server's default mode. */
static uint32_t mode_of(struct str list, uint32_t usual)
{
	uint32_t mode = 0;
	struct str name;

	if (!list.n)
		return usual;
	while (list.n) {
		str_cut(list, ',', &name, &list);
		name = str_trim(name);
		for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
			if (str_ieqz(name, modes[i].name))
				mode |= modes[i].mode;
	}
	return mode;
}

int cmd_sql_session(const struct cli_options *o, struct expr_session *s, struct err *e)
{
	enum charset_id cs;

	expr_session_init(s);
	s->mode = mode_of(str_of(o->sql_mode), s->mode);
	s->now_usec = (int64_t)clk_wall_us();
	if (!charset_find(str_of(o->charset), &cs))
		return err_set(e, ERR_UNSUPPORTED, "character set %s", o->charset);
	s->collation = collation_get(charset_get(cs)->default_collation);
	return 0;
}

/* JSON is UTF-8. */
static int put_value(struct cmd_sql *c, const struct expr *x, struct str s, struct err *e)
{
	bool text = expr_result_of(&x->t) == EXPR_STRING;
	size_t bad;

	if (!s.p) {
		json_out_null(c->out, "value");
		return 0;
	}
	if (text && !charset_convert(c->arena, x->t.collation->charset, CHARSET_UTF8MB4, s, &s,
		&bad))
		return err_set(e, ERR_NOMEM, "out of memory");
	json_out_str(c->out, "value", s);
	return 0;
}

int cmd_sql_eval_one(struct cmd_sql *c, struct str text, struct err *e)
{
	struct expr_session s;
	struct expr_env env = {.arena = c->arena, .session = &s, .lex = c->lex, .text = text};
	struct ast_node *n;
	struct expr *x;
	struct eval v;
	struct datum d;
	struct str out;

	if (cmd_sql_session(c->options, &s, e))
		return -1;
	n = parse_expr(c->arena, &c->lex, text, e);
	if (!n)
		return -1;
	eval_init(&v, c->arena, &s);
	v.text = text;
	x = eval_build(&v, &env, n);
	if (!x || eval_run(&v, x, &d) || eval_text(&v, x, &d, &out)) {
		*e = v.e;
		return -1;
	}
	if (put_value(c, x, out, e))
		return -1;
	json_out_strz(c->out, "type", expr_type_name(&x->t));
	json_out_int(c->out, "warnings", v.warnings);
	return 0;
}

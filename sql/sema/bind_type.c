#include "sql/sema/bind_type.h"

#include "sql/sema/bind_int.h"

struct types {
	struct bind *b;
	struct bind_query *q;
};

/* A column of a table as an expression. @optional: an outer join may put NULL there. */
static bool of_column(const struct catalog_column *c, bool optional, struct expr_type *t)
{
	const struct collation *l = collation_get(c->meta.charset);

	if (!c->typed || !l)
		return false;
	*t = (struct expr_type){
		.type = c->meta.type,
		.decimals = c->meta.decimals,
		.derivation = EXPR_IMPLICIT,
		.is_unsigned = c->meta.flags & TYPE_FLAG_UNSIGNED,
		.nullable = optional || !(c->meta.flags & TYPE_FLAG_NOT_NULL),
		.length = c->length,
		.collation = l,
	};
	return true;
}

static int column(void *arg, const struct ast_column *c, struct expr_type *t, uint32_t *number,
		  struct err *e)
{
	struct types *w = arg;
	const struct bind_ref *r = bind_ref_of(w->b, c);
	const struct bind_output *o;

	*number = c->ref;
	if (r && r->table) {
		if (of_column(&r->table->columns[r->column], r->table->optional, t))
			return 0;
	} else if (r) {
		o = &r->query->outputs[r->column];
		if (o->typed) {
			*t = o->type;
			return 0;
		}
	}
	return err_set(e, ERR_UNSUPPORTED, "type of column %.*s", STR_ARG(c->name));
}

static int other(struct expr_env *env, const struct ast_node *n, struct expr *x)
{
	(void)env;
	(void)n;
	(void)x;
	return 0;
}

int bind_type_expr(struct bind *b, struct bind_query *q, const struct ast_node *x,
		   struct expr_type *out)
{
	struct types w = {b, q};
	struct expr_env env = {.arena = b->arena,
			       .session = b->session,
			       .lex = *b->opts,
			       .text = b->text,
			       .column = column,
			       .other = other,
			       .arg = &w};
	struct err e;
	struct expr *t;

	if (!b->session)
		return 0;
	t = expr_build(&env, x, &e);
	if (t) {
		*out = t->t;
		return 1;
	}
	if (e.code == ERR_UNSUPPORTED || e.code == ERR_TOO_DEEP)
		return 0;
	*b->e = e;
	return -1;
}

const char *bind_type_word(const struct expr_type *t)
{
	if (t->type == TYPE_NULL)
		return "null";
	return t->is_bool ? "boolean" : expr_type_name(t);
}

int bind_type_outputs(struct bind *b, struct bind_query *q)
{
	for (uint32_t i = 0; b->session && i < q->output_count; i++) {
		struct bind_output *o = &q->outputs[i];
		int rc = o->expr ? bind_type_expr(b, q, o->expr, &o->type) : 0;

		if (rc < 0)
			return -1;
		o->typed = rc;
	}
	return 0;
}

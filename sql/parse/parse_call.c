/* Builders of function calls. */
#include "sql/parse/parse_int.h"

unsigned parse_int_function(const struct parse *p, struct parse_loc name)
{
	unsigned fn = keyword_find(p->text.p + name.start, name.end - name.start).fn;
	unsigned flags = keyword_fn_flags(fn);

	if ((flags & FN_IS_GLUED) && !(p->opts->mode & LEX_IGNORE_SPACE) &&
	    !(p->opts->mysql && (flags & FN_IS_WIN)) && name.end < p->text.n &&
	    p->text.p[name.end] != '(')
		return 0;
	return fn;
}

struct ast_node *parse_int_call(struct parse *p, struct parse_loc loc, struct parse_loc name,
				struct ast_list args)
{
	struct ast_func *n = parse_int_new(p, AST_FUNC, loc);
	struct str text = parse_int_text(p, name);

	n->name = parse_int_name(p, name);
	/* A quoted name is never a built-in function's. */
	if (text.n && !memchr("`\"[", text.p[0], 3))
		n->fn = parse_int_function(p, name);
	n->args = args;
	return &n->n;
}

struct ast_node *parse_int_plain_call(struct parse *p, struct parse_loc loc, struct parse_loc name,
				      struct ast_list args)
{
	struct ast_values_fn *n;

	for (uint32_t i = 0; i < args.n; i++) {
		if (args.v[i]->kind == AST_INTERVAL && !parse_int_function(p, name))
			parse_int_error(p, (struct parse_loc){args.v[i]->start, args.v[i]->end});
	}
	if (p->opts->mysql || args.n != 1 || args.v[0]->kind != AST_COLUMN ||
	    !str_ieqz(parse_int_text(p, name), "value"))
		return parse_int_call(p, loc, name, args);
	n = parse_int_new(p, AST_VALUES_FN, loc);
	n->n.op = 1;
	n->column = args.v[0];
	return &n->n;
}

struct ast_node *parse_int_call2(struct parse *p, struct parse_loc loc, struct parse_loc name,
				 struct ast_node *x, struct ast_node *y)
{
	return parse_int_call(p, loc, name, parse_int_pair(p, x, y));
}

struct ast_node *parse_int_call3(struct parse *p, struct parse_loc loc, struct parse_loc name,
				 struct ast_node *x, struct ast_list rest)
{
	return parse_int_call(p, loc, name, parse_int_unshift(p, x, rest));
}

void parse_int_call_schema(struct ast_node *call, struct str schema, struct str package)
{
	AST_AS(func, call)->package = package;
	AST_AS(func, call)->schema = schema;
	AST_AS(func, call)->fn = 0;
}

/* Window functions need OVER (LAST_VALUE(a, b) is another function besides), and what is neither
 * aggregate nor window function must not have it. */
static bool over_fits(const struct ast_func *n, const struct ast_node *over)
{
	unsigned flags = keyword_fn_flags(n->fn);

	if (over)
		return flags & (FN_IS_WIN | FN_IS_AGG);
	return !(flags & FN_IS_WIN) || (n->fn == FN_LAST_VALUE && n->args.n);
}

struct ast_node *parse_int_call_over(struct parse *p, struct ast_node *call, unsigned nulls,
				     struct ast_node *over, struct parse_loc loc)
{
	if (!over_fits(AST_AS(func, call), over))
		parse_int_error(p, (struct parse_loc){loc.end, loc.end});
	call->flags |= (uint16_t)nulls;
	AST_AS(func, call)->over = over;
	parse_int_extend(call, loc);
	return call;
}

struct ast_node *parse_int_aggregate(struct parse *p, struct ast_node *call, struct ast_list order,
				     struct ast_node *limit, struct ast_node *separator)
{
	struct ast_func *n = AST_AS(func, call);

	if (!n->fn)
		parse_int_error(p, (struct parse_loc){call->start, call->end});
	n->order = order;
	n->limit = limit;
	n->separator = separator;
	return call;
}

struct ast_node *parse_int_format_unit(struct parse *p, struct parse_loc loc)
{
	struct ast_unit *n = parse_int_new(p, AST_UNIT, loc);
	struct str word = parse_int_text(p, loc);

	n->unit = keyword_find(word.p, word.n).kw;
	if (n->unit != KW_DATE && n->unit != KW_TIME && n->unit != KW_DATETIME &&
	    n->unit != KW_TIMESTAMP && !p->failed) {
		p->failed = true;
		parse_int_syntax_error(p, loc.start, p->e);
	}
	return &n->n;
}

/* POSITION(x IN y) is LOCATE(x, y). */
struct ast_node *parse_int_position(struct parse *p, struct parse_loc loc, struct ast_node *x,
				    struct ast_node *in)
{
	struct ast_func *n = parse_int_new(p, AST_FUNC, loc);

	n->name = STR_LIT("LOCATE");
	n->fn = FN_LOCATE;
	n->args = parse_int_pair(p, x, in);
	return &n->n;
}

/* SUBSTRING(x FROM y FOR z) is SUBSTRING(x, y, z). */
struct ast_node *parse_int_substring(struct parse *p, struct parse_loc loc, struct ast_node *x,
				     struct ast_node *from, struct ast_node *length)
{
	struct ast_func *n = parse_int_new(p, AST_FUNC, loc);

	n->name = STR_LIT("SUBSTRING");
	n->fn = FN_SUBSTRING;
	n->args = parse_int_pair(p, x, from);
	if (length)
		n->args = parse_int_push(p, n->args, length);
	return &n->n;
}

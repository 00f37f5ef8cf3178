#include "sql/parse/parse_fixed.h"

#include "sql/norm/fingerprint.h"

struct claims {
	const struct fingerprint *fp;
	uint8_t *claimed; /* per slot */
};

/* The group that the literal @n stands in, -1: none. */
static int32_t group_of(const struct fingerprint *fp, const struct ast_node *n)
{
	if (n->kind != AST_LITERAL || AST_AS(literal, n)->lit == AST_NO_LIT)
		return -1;
	return fingerprint_place(fp, AST_AS(literal, n)->lit).group;
}

/* An IN list whose elements are just those of a group. */
static void claim_in(struct claims *c, const struct ast_in *in)
{
	const struct ast_node *first = in->list.n ? in->list.v[0] : NULL;
	const struct fingerprint_group *g;
	int32_t i;

	if (!first)
		return;
	if (first->kind == AST_ROW && AST_AS(row, first)->items.n)
		first = AST_AS(row, first)->items.v[0];
	i = group_of(c->fp, first);
	if (i < 0)
		return;
	g = &c->fp->groups.v[i];
	if (g->kind != FP_ROWS && g->rows == in->list.n &&
	    AST_AS(literal, first)->lit == g->first_lit)
		c->claimed[g->slot] = 1;
}

static void claim_rows(struct claims *c, const struct ast_insert *insert)
{
	uint32_t start, end;

	if (insert->rows.n == 0)
		return;
	start = insert->rows.v[0]->start;
	end = insert->rows.v[insert->rows.n - 1]->end;
	for (size_t i = 0; i < c->fp->groups.len; i++) {
		const struct fingerprint_group *g = &c->fp->groups.v[i];

		if (g->kind == FP_ROWS && g->start >= start && g->end <= end)
			c->claimed[g->slot] = 1;
	}
}

static int visit(struct ast_node *n, void *arg)
{
	struct claims *c = arg;
	struct fingerprint_place at;

	switch (n->kind) {
	case AST_IN:
		claim_in(c, AST_AS(in, n));
		return AST_GO_ON;
	case AST_INSERT:
		claim_rows(c, AST_AS(insert, n));
		return AST_GO_ON;
	case AST_LITERAL:
		if (AST_AS(literal, n)->lit == AST_NO_LIT)
			return AST_GO_ON;
		at = fingerprint_place(c->fp, AST_AS(literal, n)->lit);
		if (at.group < 0)
			c->claimed[at.slot] = 1;
		return AST_GO_ON;
	default:
		return AST_GO_ON;
	}
}

int parse_fixed_slots(struct arena *a, const struct fingerprint *fp, struct parse_result *out,
		      struct err *e)
{
	struct claims c = {fp, arena_zalloc(a, fp->slots + 1)};

	if (!c.claimed)
		return err_set(e, ERR_NOMEM, "out of memory for the statement's slots");
	ast_walk(out->root, visit, &c);
	for (uint32_t i = 0; i < fp->slots; i++)
		out->fixed_count += !c.claimed[i];
	if (out->fixed_count == 0)
		return 0;
	out->fixed = arena_array(a, out->fixed_count, sizeof(*out->fixed));
	if (!out->fixed)
		return err_set(e, ERR_NOMEM, "out of memory for the statement's slots");
	for (uint32_t i = 0, n = 0; i < fp->slots; i++) {
		if (!c.claimed[i])
			out->fixed[n++] = i;
	}
	return 0;
}

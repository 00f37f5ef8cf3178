/* What joins show: all of both sides, or the columns of USING and NATURAL once, first. */
#include "sql/sema/bind_int.h"
#include "src/base/str.h"

int bind_join_each(const struct bind_side *s,
		   int (*fn)(void *arg, struct bind_table *t, uint32_t column), void *arg)
{
	if (s->columns) {
		for (uint32_t i = 0; i < s->column_count; i++) {
			if (fn(arg, s->columns[i].table, s->columns[i].column))
				return -1;
		}
		return 0;
	}
	if (s->left)
		return bind_join_each(s->left, fn, arg) || bind_join_each(s->right, fn, arg) ? -1
											     : 0;
	for (uint32_t i = 0; s->table && i < s->table->column_count; i++) {
		if (!s->table->columns[i].invisible && fn(arg, s->table, i))
			return -1;
	}
	return 0;
}

struct gather {
	struct bind_name *v;
	uint32_t n, cap;
};

static int count(void *arg, struct bind_table *t, uint32_t column)
{
	(void)t;
	(void)column;
	((struct gather *)arg)->cap++;
	return 0;
}

static int add(void *arg, struct bind_table *t, uint32_t column)
{
	struct gather *g = arg;

	g->v[g->n++] = (struct bind_name){t, column};
	return 0;
}

static int all_of(struct bind *b, const struct bind_side *s, struct gather *g)
{
	*g = (struct gather){0};
	bind_join_each(s, count, g);
	g->v = arena_array(b->arena, (size_t)g->cap + 1, sizeof(*g->v));
	if (!g->v)
		return bind_int_nomem(b);
	return bind_join_each(s, add, g);
}

static struct str name_of(const struct bind_name *n)
{
	return n->table->columns[n->column].name;
}

static int ambiguous(struct bind *b, struct str name)
{
	return bind_int_ambiguous(b, name, BIND_IN_FROM);
}

/* The one called @name; g->n: none, -1 by *bad: several. */
static uint32_t find(struct bind *b, const struct gather *g, struct str name, bool *bad)
{
	uint32_t at = g->n;

	for (uint32_t i = 0; i < g->n; i++) {
		if (!str_ieq(name_of(&g->v[i]), name))
			continue;
		if (at < g->n) {
			ambiguous(b, name);
			*bad = true;
		}
		at = i;
	}
	return at;
}

/* Takes what both sides have in common: shown once, as the left's (for a RIGHT JOIN the sides have
 * changed places). Common ones keep the left's order and come first. */
struct merge {
	struct gather l, r;
	bool *common_l, *common_r;
	uint32_t commons;
};

static int match(struct bind *b, struct merge *m, uint32_t i)
{
	bool bad = false;
	struct str name = name_of(&m->l.v[i]);
	uint32_t j = find(b, &m->r, name, &bad);

	if (bad)
		return -1;
	if (j == m->r.n)
		return 0;
	find(b, &m->l, name, &bad);
	if (bad)
		return -1;
	m->common_l[i] = m->common_r[j] = true;
	m->commons++;
	return 1;
}

static int by_using(struct bind *b, struct merge *m, const struct ast_list *names)
{
	for (uint32_t k = 0; k < names->n; k++) {
		struct ast_column c = {.name = AST_AS(name, names->v[k])->name};
		bool bad_l = false, bad_r = false;
		uint32_t i = find(b, &m->l, c.name, &bad_l);
		uint32_t j = find(b, &m->r, c.name, &bad_r);

		if (i == m->l.n || j == m->r.n)
			return bind_int_unknown(b, &c, BIND_IN_FROM);
		if (bad_l || bad_r)
			return -1;
		if (!m->common_l[i])
			m->commons++;
		m->common_l[i] = m->common_r[j] = true;
	}
	return 0;
}

static int merged(struct bind *b, struct bind_side *s, struct merge *m)
{
	uint32_t n = 0;

	s->column_count = m->l.n + m->r.n - m->commons;
	s->columns = arena_array(b->arena, (size_t)s->column_count + 1, sizeof(*s->columns));
	if (!s->columns)
		return bind_int_nomem(b);
	for (uint32_t i = 0; i < m->l.n; i++) {
		if (m->common_l[i])
			s->columns[n++] = m->l.v[i];
	}
	for (uint32_t i = 0; i < m->l.n; i++) {
		if (!m->common_l[i])
			s->columns[n++] = m->l.v[i];
	}
	for (uint32_t i = 0; i < m->r.n; i++) {
		if (!m->common_r[i])
			s->columns[n++] = m->r.v[i];
	}
	s->column_count = n;
	return 0;
}

static int using(struct bind *b, struct bind_side *s, const struct ast_join *j)
{
	bool right = j->n.op == AST_JOIN_RIGHT;
	struct merge m = {.commons = 0};

	if (all_of(b, right ? s->right : s->left, &m.l) ||
	    all_of(b, right ? s->left : s->right, &m.r))
		return -1;
	m.common_l = arena_array(b->arena, (size_t)m.l.n + 1, sizeof(bool));
	m.common_r = arena_array(b->arena, (size_t)m.r.n + 1, sizeof(bool));
	if (!m.common_l || !m.common_r)
		return bind_int_nomem(b);
	if (!(j->n.flags & AST_NATURAL))
		return by_using(b, &m, &j->using) ? -1 : merged(b, s, &m);
	for (uint32_t i = 0; i < m.l.n; i++) {
		if (match(b, &m, i) < 0)
			return -1;
	}
	return merged(b, s, &m);
}

struct bind_side *bind_join_table(struct bind *b, struct bind_table *t)
{
	struct bind_side *s = arena_zalloc(b->arena, sizeof(*s));

	if (s)
		s->table = t;
	else
		bind_int_nomem(b);
	return s;
}

struct bind_side *bind_join_side(struct bind *b, const struct bind_side *left,
				 const struct bind_side *right, const struct ast_join *j)
{
	struct bind_side *s = arena_zalloc(b->arena, sizeof(*s));

	if (!s) {
		bind_int_nomem(b);
		return NULL;
	}
	s->left = left;
	s->right = right;
	if (j && (j->using.n || (j->n.flags & AST_NATURAL)) && using(b, s, j))
		return NULL;
	return s;
}

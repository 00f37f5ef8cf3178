#include "sql/ast/ast.h"

struct field {
	const char *name;
	uint16_t offset;
	uint8_t kind; /* enum ast_field_kind */
};

/* Per kind, its fields. "cur" lets the field macros name the struct that they stand in. */
#define P(x) {#x, offsetof(cur, x), AST_FIELD_NODE},
#define L(x) {#x, offsetof(cur, x), AST_FIELD_LIST},
#define S(x) {#x, offsetof(cur, x), AST_FIELD_STR},
#define U(x) {#x, offsetof(cur, x), AST_FIELD_U32},
#define O(x) {#x, offsetof(cur, x), AST_FIELD_SOURCE},
#define NODE(KIND, name, fields)                                                                   \
	static const struct field *fields_##name(void)                                             \
	{                                                                                          \
		typedef struct ast_##name cur __attribute__((unused));                             \
		static const struct field f[] = {fields{NULL, 0, AST_FIELD_END}};                  \
		return f;                                                                          \
	}
#include "sql/ast/nodes.def"
#undef NODE

static const struct {
	const char *name;
	uint32_t size;
	const struct field *(*fields)(void);
} kinds[] = {
	{"none", sizeof(struct ast_node), NULL},
#define NODE(KIND, name, fields) {#name, sizeof(struct ast_##name), fields_##name},
#include "sql/ast/nodes.def"
#undef NODE
};

static inline const struct field *fields_of(const struct ast_node *n)
{
	return kinds[n->kind].fields();
}

static inline void *at(const struct ast_node *n, const struct field *f)
{
	return (char *)(uintptr_t)n + f->offset;
}

void *ast_new(struct arena *a, enum ast_kind kind)
{
	struct ast_node *n = arena_zalloc(a, kinds[kind].size);

	if (n)
		n->kind = (uint8_t)kind;
	return n;
}

int ast_push(struct arena *a, struct ast_list *l, struct ast_node *node)
{
	if (!node)
		return -1;
	if (l->n == l->cap) {
		uint32_t cap = l->cap ? l->cap * 2 : 4;
		struct ast_node **v = arena_alloc(a, cap * sizeof(*v));

		if (!v)
			return -1;
		if (l->n)
			memcpy(v, l->v, l->n * sizeof(*v));
		l->v = v;
		l->cap = cap;
	}
	l->v[l->n++] = node;
	return 0;
}

const char *ast_kind_name(enum ast_kind kind)
{
	return kind < AST_KIND_COUNT ? kinds[kind].name : "?";
}

bool ast_field(const struct ast_node *node, unsigned i, struct ast_field *out)
{
	const struct field *f = fields_of(node);

	while (f->kind != AST_FIELD_END && i-- > 0)
		f++;
	if (f->kind == AST_FIELD_END)
		return false;
	*out = (struct ast_field){f->name, (enum ast_field_kind)f->kind, at(node, f)};
	return true;
}

bool ast_each(struct ast_node *node, bool (*fn)(struct ast_node **place, void *arg), void *arg)
{
	for (const struct field *f = fields_of(node); f->kind != AST_FIELD_END; f++) {
		if (f->kind == AST_FIELD_NODE) {
			struct ast_node **p = at(node, f);

			if (*p && !fn(p, arg))
				return false;
		} else if (f->kind == AST_FIELD_LIST) {
			struct ast_list *l = at(node, f);

			for (uint32_t i = 0; i < l->n; i++) {
				if (!fn(&l->v[i], arg))
					return false;
			}
		}
	}
	return true;
}

struct walk {
	ast_walk_fn fn;
	void *arg;
};

static bool walk_child(struct ast_node **place, void *arg)
{
	const struct walk *w = arg;

	return ast_walk(*place, w->fn, w->arg);
}

bool ast_walk(struct ast_node *node, ast_walk_fn fn, void *arg)
{
	struct walk w = {fn, arg};

	if (!node)
		return true;
	switch ((enum ast_step)fn(node, arg)) {
	case AST_STOP:
		return false;
	case AST_SKIP_CHILDREN:
		return true;
	case AST_GO_ON:
		break;
	}
	return ast_each(node, walk_child, &w);
}

bool ast_walk_list(const struct ast_list *l, ast_walk_fn fn, void *arg)
{
	for (uint32_t i = 0; i < l->n; i++) {
		if (!ast_walk(l->v[i], fn, arg))
			return false;
	}
	return true;
}

static bool clone_list(struct arena *a, struct ast_list *l, bool strings)
{
	struct ast_node **v;

	if (l->n == 0)
		return true;
	v = arena_alloc(a, l->n * sizeof(*v));
	if (!v)
		return false;
	for (uint32_t i = 0; i < l->n; i++) {
		v[i] = ast_clone(a, l->v[i], strings);
		if (!v[i])
			return false;
	}
	*l = (struct ast_list){v, l->n, l->n};
	return true;
}

static bool clone_field(struct arena *a, void *p, enum ast_field_kind kind, bool strings)
{
	struct ast_node **child = p;
	struct str *s = p;

	switch (kind) {
	case AST_FIELD_NODE:
		if (*child)
			*child = ast_clone(a, *child, strings);
		else
			return true;
		return *child != NULL;
	case AST_FIELD_LIST:
		return clone_list(a, p, strings);
	case AST_FIELD_STR:
		if (!strings || !s->p)
			return true;
		*s = arena_str(a, *s);
		return s->p != NULL;
	default:
		return true;
	}
}

struct ast_node *ast_clone(struct arena *a, const struct ast_node *node, bool strings)
{
	struct ast_node *n;

	if (!node)
		return NULL;
	n = arena_alloc(a, kinds[node->kind].size);
	if (!n)
		return NULL;
	memcpy(n, node, kinds[node->kind].size);
	for (const struct field *f = fields_of(n); f->kind != AST_FIELD_END; f++) {
		if (!clone_field(a, at(n, f), f->kind, strings))
			return NULL;
	}
	return n;
}

static bool equal_lists(const struct ast_list *a, const struct ast_list *b)
{
	if (a->n != b->n)
		return false;
	for (uint32_t i = 0; i < a->n; i++) {
		if (!ast_equal(a->v[i], b->v[i]))
			return false;
	}
	return true;
}

static bool equal_field(const void *a, const void *b, enum ast_field_kind kind)
{
	const struct str *s = a, *t = b;

	switch (kind) {
	case AST_FIELD_NODE:
		return ast_equal(*(struct ast_node *const *)a, *(struct ast_node *const *)b);
	case AST_FIELD_LIST:
		return equal_lists(a, b);
	case AST_FIELD_STR:
		return !s->p == !t->p && str_eq(*s, *t);
	case AST_FIELD_U32:
		return *(const uint32_t *)a == *(const uint32_t *)b;
	default:
		return true;
	}
}

bool ast_equal(const struct ast_node *a, const struct ast_node *b)
{
	if (!a || !b)
		return a == b;
	if (a->kind != b->kind || a->op != b->op || a->flags != b->flags)
		return false;
	for (const struct field *f = fields_of(a); f->kind != AST_FIELD_END; f++) {
		if (!equal_field(at(a, f), at(b, f), f->kind))
			return false;
	}
	return true;
}

struct depth {
	uint32_t here, deepest, limit;
};

static bool go_down(struct ast_node **place, void *arg)
{
	struct depth *d = arg;

	d->here++;
	if (d->here > d->deepest)
		d->deepest = d->here;
	/* What calls itself here is never deeper than the limit. */
	if (d->here <= d->limit)
		ast_each(*place, go_down, d);
	d->here--;
	return d->deepest <= d->limit;
}

uint32_t ast_depth(struct ast_node *node, uint32_t limit)
{
	struct depth d = {.limit = limit};

	if (node)
		go_down(&node, &d);
	return d.deepest;
}

/* Tables of the catalog: made of CREATE TABLE, changed by ALTER TABLE. */
#include "sql/lex/keyword.h"
#include "sql/sema/schema_int.h"

struct change {
	struct schema_ddl *s;
	struct schema_table *t;
	bool mysql;
	bool altering; /* names may be there twice until the end */
	struct err *e;
};

static int nomem(struct err *e)
{
	return err_set(e, ERR_NOMEM, "out of memory for the schema");
}

/* A copy of an array of @n with room for one more at @at. */
static void *with_gap(struct arena *a, const void *v, uint32_t n, uint32_t at, size_t size)
{
	char *copy = arena_zalloc(a, (n + 1) * size);

	if (!copy)
		return NULL;
	if (at)
		memcpy(copy, v, at * size);
	if (n > at)
		memcpy(copy + (at + 1) * size, (const char *)v + at * size, (n - at) * size);
	return copy;
}

static struct schema_column *find(const struct schema_table *t, struct str name)
{
	return (struct schema_column *)(uintptr_t)schema_ddl_column(t, name);
}

static int no_column(const struct change *c, struct str name)
{
	return err_set_mysql(c->e, ERR_SYNTAX, 1054, "42S22", "Unknown column '%.*s' in '%.*s'",
			     STR_ARG(name), STR_ARG(c->t->name));
}

static int add_key(struct change *c, unsigned op, struct str name, const struct ast_list *parts)
{
	struct schema_table *t = c->t;
	struct schema_key *v =
		with_gap(&c->s->arena, t->keys, t->key_count, t->key_count, sizeof(*v));

	if (!v)
		return nomem(c->e);
	if (op == AST_KEY_PRIMARY)
		name = STR_LIT("PRIMARY");
	else if (!name.p && parts->n)
		name = AST_AS(key_part, parts->v[0])->name;
	v[t->key_count] = (struct schema_key){.name = name, .op = (uint8_t)op, .parts = parts};
	t->keys = v;
	t->key_count++;
	return 0;
}

/* UNIQUE and PRIMARY KEY written with the column. */
static int column_keys(struct change *c, const struct ast_column_def *d)
{
	static const struct {
		unsigned flag, op;
	} kinds[] = {{AST_COL_PRIMARY, AST_KEY_PRIMARY}, {AST_COL_UNIQUE, AST_KEY_UNIQUE}};
	bool serial = str_eqz(AST_AS(data_type, d->type)->name, "SERIAL") ||
		      (d->n.flags & AST_COL_SERIAL_DEFAULT);

	for (size_t i = 0; i < 2; i++) {
		struct ast_key_part *part;
		struct ast_list *parts;

		if (!(d->n.flags & kinds[i].flag) && !(serial && kinds[i].op == AST_KEY_UNIQUE))
			continue;
		part = ast_new(&c->s->arena, AST_KEY_PART);
		parts = arena_zalloc(&c->s->arena, sizeof(*parts));
		if (!part || !parts || ast_push(&c->s->arena, parts, &part->n))
			return nomem(c->e);
		part->name = d->name;
		if (add_key(c, kinds[i].op, (struct str){0}, parts))
			return -1;
	}
	return 0;
}

static int duplicate(const struct change *c, struct str name)
{
	return err_set_mysql(c->e, ERR_SYNTAX, 1060, "42S21", "Duplicate column name '%.*s'",
			     STR_ARG(name));
}

static int add_column(struct change *c, const struct ast_column_def *d, uint32_t at)
{
	struct schema_table *t = c->t;
	struct schema_column *v;

	if (!c->altering && find(t, d->name))
		return duplicate(c, d->name);
	v = with_gap(&c->s->arena, t->columns, t->column_count, at, sizeof(*v));
	if (!v)
		return nomem(c->e);
	v[at] = (struct schema_column){.name = d->name, .def = d};
	t->columns = v;
	t->column_count++;
	schema_type_of(c->s, t, &v[at], c->mysql);
	return column_keys(c, d);
}

static int add_element(struct change *c, const struct ast_node *n, uint32_t at)
{
	const struct ast_key_def *k = AST_AS(key_def, n);

	if (n->kind == AST_COLUMN_DEF)
		return add_column(c, AST_AS(column_def, n), at);
	if (n->kind == AST_KEY_DEF && k->n.op != AST_KEY_FOREIGN)
		return add_key(c, k->n.op, k->name.p ? k->name : k->constraint, &k->parts);
	return 0;
}

/* Without a primary key the first unique one of columns that are never NULL stands in for it. */
static bool is_candidate(const struct schema_table *t, const struct schema_key *k)
{
	if (k->op != AST_KEY_UNIQUE)
		return false;
	for (uint32_t i = 0; i < k->parts->n; i++) {
		const struct ast_key_part *part = AST_AS(key_part, k->parts->v[i]);
		const struct schema_column *col = find(t, part->name);

		if (!col || part->length.p || !(col->meta.flags & TYPE_FLAG_NOT_NULL))
			return false;
	}
	return true;
}

static const struct schema_key *primary_key(const struct schema_table *t)
{
	for (uint32_t i = 0; i < t->key_count; i++) {
		if (t->keys[i].op == AST_KEY_PRIMARY)
			return &t->keys[i];
	}
	for (uint32_t i = 0; i < t->key_count; i++) {
		if (is_candidate(t, &t->keys[i]))
			return &t->keys[i];
	}
	return NULL;
}

static void note_primary(struct schema_column *col)
{
	col->meta.flags |= TYPE_FLAG_PRI_KEY | TYPE_FLAG_NOT_NULL;
	if (!(col->meta.flags & TYPE_FLAG_AUTO_INCREMENT) && !(col->def && col->def->value) &&
	    !col->generated)
		col->meta.flags |= TYPE_FLAG_NO_DEFAULT;
}

/* What the keys say of the columns: each column of the primary key, the first of others. */
void schema_int_keys(struct schema_table *t)
{
	enum { KEYS = TYPE_FLAG_PRI_KEY | TYPE_FLAG_UNIQUE_KEY | TYPE_FLAG_MULTIPLE_KEY };
	const struct schema_key *primary = primary_key(t);

	for (uint32_t i = 0; i < t->column_count; i++)
		t->columns[i].meta.flags &= (uint16_t)~KEYS;
	for (uint32_t i = 0; i < t->key_count; i++) {
		const struct schema_key *k = &t->keys[i];
		uint32_t n = k == primary ? k->parts->n : 1;

		for (uint32_t j = 0; j < n && j < k->parts->n; j++) {
			struct schema_column *col = find(t, AST_AS(key_part, k->parts->v[j])->name);

			if (col && k == primary)
				note_primary(col);
			else if (col)
				col->meta.flags |= k->op == AST_KEY_UNIQUE && k->parts->n == 1
							   ? TYPE_FLAG_UNIQUE_KEY
							   : TYPE_FLAG_MULTIPLE_KEY;
		}
	}
}

static void take_options(struct schema_table *t, const struct ast_list *options)
{
	for (uint32_t i = 0; i < options->n; i++) {
		const struct ast_option *o = AST_AS(option, options->v[i]);
		struct str name = o->name, value = o->value;

		if (o->n.op || !value.n)
			continue;
		if (str_starts(name, "DEFAULT "))
			name = str_make(name.p + 8, name.n - 8);
		if (strchr("'\"`", value.p[0]) && value.n >= 2)
			value = str_make(value.p + 1, value.n - 2);
		if (str_eqz(name, "CHARSET") || str_eqz(name, "CHARACTER SET")) {
			t->charset = value;
			t->collation = (struct str){0};
		} else if (str_eqz(name, "COLLATE")) {
			t->collation = value;
		}
	}
}

static int like(struct change *c, const struct ast_table *ref)
{
	const struct schema_table *from = schema_ddl_find(c->s, ref->db, ref->name);
	struct schema_table *t = c->t;
	struct str db = t->db, name = t->name;
	bool temporary = t->temporary;

	if (!from)
		return err_set(c->e, ERR_NO_TABLE, "Table '%.*s' doesn't exist",
			       STR_ARG(ref->name));
	*t = *from;
	t->db = db;
	t->name = name;
	t->temporary = temporary;
	/* Arrays are never changed in place but for flags, so a copy of the columns will do. */
	t->columns = arena_zalloc(&c->s->arena, (t->column_count + 1) * sizeof(*t->columns));
	if (!t->columns)
		return nomem(c->e);
	if (t->column_count)
		memcpy(t->columns, from->columns, t->column_count * sizeof(*t->columns));
	return 0;
}

int schema_int_build(struct schema_ddl *s, struct schema_table *t, const struct ast_create_table *n,
		     bool mysql, struct err *e)
{
	struct change c = {.s = s, .t = t, .mysql = mysql, .e = e};

	if (n->like)
		return like(&c, AST_AS(table, n->like));
	take_options(t, &n->options);
	for (uint32_t i = 0; i < n->elements.n; i++) {
		if (add_element(&c, n->elements.v[i], t->column_count))
			return -1;
	}
	schema_int_keys(t);
	return 0;
}

static void remove_column(struct schema_table *t, struct schema_column *col)
{
	size_t at = (size_t)(col - t->columns);

	memmove(col, col + 1, (t->column_count - at - 1) * sizeof(*col));
	t->column_count--;
}

/* Actions name columns as they were called before all of them. */
static struct schema_column *find_before(const struct schema_table *t, struct str name)
{
	for (uint32_t i = 0; i < t->column_count; i++) {
		if (str_ieq(t->columns[i].before, name))
			return &t->columns[i];
	}
	return NULL;
}

/* Where a column goes that is FIRST, AFTER x, or @otherwise. */
static int position(struct change *c, const struct ast_alter_action *a, uint32_t otherwise,
		    uint32_t *out)
{
	const struct schema_column *after;

	*out = a->n.flags & AST_FIRST ? 0 : otherwise;
	if (!a->after.p)
		return 0;
	after = find(c->t, a->after);
	if (!after)
		return no_column(c, a->after);
	*out = (uint32_t)(after - c->t->columns) + 1;
	return 0;
}

static int add(struct change *c, const struct ast_alter_action *a)
{
	uint32_t at;

	for (uint32_t i = 0; i < a->defs.n; i++) {
		const struct ast_node *n = a->defs.v[i];

		if (n->kind == AST_COLUMN_DEF && (a->n.flags & AST_IF_NOT_EXISTS) &&
		    find(c->t, AST_AS(column_def, n)->name))
			continue;
		if (position(c, a, c->t->column_count, &at) || add_element(c, n, at))
			return -1;
	}
	return 0;
}

/* CHANGE a new ..., MODIFY new ... */
static int change(struct change *c, const struct ast_alter_action *a)
{
	const struct ast_column_def *d = AST_AS(column_def, a->defs.v[0]);
	struct str name = a->name.p ? a->name : d->name;
	struct schema_column *col = find_before(c->t, name);
	uint32_t at;

	if (!col)
		return a->n.flags & AST_IF_EXISTS ? 0 : no_column(c, name);
	at = (uint32_t)(col - c->t->columns);
	remove_column(c->t, col);
	if (position(c, a, at, &at))
		return -1;
	return add_column(c, d, at);
}

static int drop_column(struct change *c, const struct ast_alter_action *a)
{
	struct schema_column *col = find_before(c->t, a->name);

	if (!col)
		return a->n.flags & AST_IF_EXISTS ? 0 : no_column(c, a->name);
	remove_column(c->t, col);
	return 0;
}

static void drop_key(struct schema_table *t, struct str name)
{
	if (!name.p)
		name = STR_LIT("PRIMARY");
	for (uint32_t i = 0; i < t->key_count; i++) {
		if (!str_ieq(t->keys[i].name, name))
			continue;
		memmove(&t->keys[i], &t->keys[i + 1], (t->key_count - i - 1) * sizeof(*t->keys));
		t->key_count--;
		return;
	}
}

static int rename_column(struct change *c, const struct ast_alter_action *a)
{
	struct schema_column *col = find_before(c->t, a->name);

	if (!col)
		return a->n.flags & AST_IF_EXISTS ? 0 : no_column(c, a->name);
	col->name = a->to;
	col->before = (struct str){0};
	return 0;
}

static void rename_key(struct schema_table *t, const struct ast_alter_action *a)
{
	for (uint32_t i = 0; i < t->key_count; i++) {
		if (str_ieq(t->keys[i].name, a->name))
			t->keys[i].name = a->to;
	}
}

static int action(struct change *c, const struct ast_alter_action *a)
{
	switch ((enum ast_alter_op)a->n.op) {
	case AST_ALTER_ADD:
		return add(c, a);
	case AST_ALTER_CHANGE:
	case AST_ALTER_MODIFY:
		return change(c, a);
	case AST_ALTER_DROP_COLUMN:
		return drop_column(c, a);
	case AST_ALTER_DROP_KEY:
		drop_key(c->t, a->name);
		return 0;
	case AST_ALTER_RENAME_COLUMN:
		return rename_column(c, a);
	case AST_ALTER_RENAME_KEY:
		rename_key(c->t, a);
		return 0;
	case AST_ALTER_OPTIONS:
		take_options(c->t, &a->defs);
		return 0;
	case AST_ALTER_RENAME: /* at the end */
	case AST_ALTER_DROP_FOREIGN:
	case AST_ALTER_DROP_CHECK:
	case AST_ALTER_SET_DEFAULT:
	case AST_ALTER_DROP_DEFAULT:
	case AST_ALTER_PARTITION_BY:
	case AST_ALTER_ADD_PARTITION:
	case AST_ALTER_OTHER:
		break;
	}
	return 0;
}

/* A copy of @t that may be changed without it. */
static int copy(struct change *c, const struct schema_table *t, struct schema_table *out)
{
	struct arena *a = &c->s->arena;

	*out = *t;
	out->columns = arena_array(a, (size_t)t->column_count + 1, sizeof(*t->columns));
	out->keys = arena_array(a, (size_t)t->key_count + 1, sizeof(*t->keys));
	if (!out->columns || !out->keys)
		return nomem(c->e);
	for (uint32_t i = 0; i < t->column_count; i++) {
		out->columns[i] = t->columns[i];
		out->columns[i].before = t->columns[i].name;
	}
	for (uint32_t i = 0; i < t->key_count; i++)
		out->keys[i] = t->keys[i];
	return 0;
}

static int no_twins(const struct change *c)
{
	for (uint32_t i = 0; i < c->t->column_count; i++) {
		if (find(c->t, c->t->columns[i].name) != &c->t->columns[i])
			return duplicate(c, c->t->columns[i].name);
	}
	return 0;
}

int schema_int_alter(struct schema_ddl *s, struct schema_table *t, const struct ast_table *ref,
		     const struct ast_alter_table *n, bool mysql, struct err *e)
{
	struct schema_table work;
	struct change c = {.s = s, .t = &work, .mysql = mysql, .altering = true, .e = e};

	if (copy(&c, t, &work))
		return -1;
	for (uint32_t i = 0; i < n->actions.n; i++) {
		if (action(&c, AST_AS(alter_action, n->actions.v[i])))
			return -1;
	}
	if (no_twins(&c))
		return -1;
	schema_int_keys(&work);
	*t = work;
	for (uint32_t i = 0; i < n->actions.n; i++) {
		const struct ast_alter_action *a = AST_AS(alter_action, n->actions.v[i]);

		if (a->n.op == AST_ALTER_RENAME &&
		    schema_int_rename(s, ref, AST_AS(table, a->defs.v[0]), e))
			return -1;
	}
	return 0;
}

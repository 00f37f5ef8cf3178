#include "sql/sema/schema_ddl.h"

#include "sql/lex/keyword.h"
#include "sql/norm/fingerprint.h"
#include "sql/parse/parse.h"
#include "sql/sema/schema_int.h"

void schema_ddl_init(struct schema_ddl *s)
{
	*s = (struct schema_ddl){.collation = schema_collation};
	arena_init(&s->arena, 0);
	hmap_init_nocase(&s->tables);
	hmap_init_nocase(&s->temporary);
	hmap_init_nocase(&s->dbs);
}

void schema_ddl_fini(struct schema_ddl *s)
{
	hmap_fini(&s->tables, NULL);
	hmap_fini(&s->temporary, NULL);
	hmap_fini(&s->dbs, NULL);
	arena_fini(&s->arena);
}

/* "db" zero byte "table" in @buf when it fits, else empty: names have at most 64 characters. */
struct str schema_int_key(const struct schema_ddl *s, struct str db, struct str name,
			  char buf[SCHEMA_KEY])
{
	if (!db.n && s)
		db = s->db;
	if (db.n + name.n + 1 > SCHEMA_KEY)
		return str_make(buf, 0);
	memcpy(buf, db.p ? db.p : "", db.n);
	buf[db.n] = 0;
	memcpy(buf + db.n + 1, name.p, name.n);
	return str_make(buf, db.n + 1 + name.n);
}

const struct schema_table *schema_ddl_find(const struct schema_ddl *s, struct str db,
					   struct str name)
{
	char buf[SCHEMA_KEY];
	struct str key = schema_int_key(s, db, name, buf);
	const struct schema_table *t = hmap_get(&s->temporary, key);

	return t ? t : hmap_get(&s->tables, key);
}

const struct schema_column *schema_ddl_column(const struct schema_table *t, struct str name)
{
	for (uint32_t i = 0; i < t->column_count; i++) {
		if (str_ieq(t->columns[i].name, name))
			return &t->columns[i];
	}
	return NULL;
}

static int nomem(struct err *e)
{
	return err_set(e, ERR_NOMEM, "out of memory for the schema");
}

static int put(struct schema_ddl *s, struct schema_table *t, struct err *e)
{
	char buf[SCHEMA_KEY];
	struct str key = schema_int_key(s, t->db, t->name, buf);

	if (!key.n)
		return err_set_mysql(e, ERR_SYNTAX, 1059, "42000",
				     "Identifier name '%.*s' is too long", STR_ARG(t->name));
	return hmap_put(t->temporary ? &s->temporary : &s->tables, key, t, NULL) ? nomem(e) : 0;
}

/* Takes the table out of the catalog; NULL: there was none. */
static struct schema_table *take(struct schema_ddl *s, const struct ast_table *t, bool temporary)
{
	char buf[SCHEMA_KEY];
	struct str key = schema_int_key(s, t->db, t->name, buf);
	struct schema_table *found = hmap_del(&s->temporary, key);

	return found || temporary ? found : hmap_del(&s->tables, key);
}

static struct str name_in_arena(struct schema_ddl *s, struct str name)
{
	return name.p ? arena_str(&s->arena, name) : name;
}

static void drop_tables(struct hmap *tables, struct str db)
{
	bool again = true;

	/* A walk allows no changes: one at a time. */
	while (again) {
		struct hmap_slot *slot;
		size_t it = 0;

		again = false;
		while (!again && (slot = hmap_next(tables, &it))) {
			const struct schema_table *t = slot->value;
			char buf[SCHEMA_KEY];

			again = str_ieq(t->db, db);
			if (again)
				hmap_del(tables, schema_int_key(NULL, t->db, t->name, buf));
		}
	}
}

static void drop_database(struct schema_ddl *s, struct str name)
{
	hmap_del(&s->dbs, name);
	drop_tables(&s->tables, name);
	drop_tables(&s->temporary, name);
	if (str_ieq(s->db, name))
		s->db = (struct str){0};
}

static int database(struct schema_ddl *s, const struct ast_ddl *d, struct err *e)
{
	struct str name = name_in_arena(s, d->name.n ? d->name : s->db);
	struct schema_db *db = hmap_get(&s->dbs, name);

	if (d->n.op == AST_DDL_DROP) {
		drop_database(s, name);
		return 0;
	}
	if (!db) {
		db = arena_zalloc(&s->arena, sizeof(*db));
		if (!db || hmap_put(&s->dbs, name, db, NULL))
			return nomem(e);
	}
	schema_int_database(d->text, db);
	return 0;
}

/* Of those that may have the same name: a temporary table hides another one. */
static bool exists(const struct schema_ddl *s, const struct ast_table *t, bool temporary)
{
	char buf[SCHEMA_KEY];

	return hmap_get(temporary ? &s->temporary : &s->tables,
			schema_int_key(s, t->db, t->name, buf)) != NULL;
}

static int no_table(const struct schema_ddl *s, const struct ast_table *t, struct err *e)
{
	struct str db = t->db.n ? t->db : s->db;

	return err_set(e, ERR_NO_TABLE, "Table '%.*s%s%.*s' doesn't exist", STR_ARG(db),
		       db.n ? "." : "", STR_ARG(t->name));
}

static int already(const struct ast_table *t, struct err *e)
{
	return err_set_mysql(e, ERR_SYNTAX, 1050, "42S01", "Table '%.*s' already exists",
			     STR_ARG(t->name));
}

static void view(struct schema_ddl *s, struct schema_table *t, const struct ast_ddl *d)
{
	static const char word[] = "TEMPTABLE";
	const size_t n = sizeof(word) - 1;

	t->query = d->query;
	t->names = &d->columns;
	t->text = s->text;
	t->temptable = false;
	/* An option in front of VIEW, which is kept as text. */
	for (size_t i = d->n.start; d->tables.n && i + n <= d->tables.v[0]->start; i++)
		t->temptable = t->temptable || str_ieqz(str_make(s->text.p + i, n), word);
}

static int create(struct schema_ddl *s, const struct ast_ddl *d, const struct lex_opts *opts,
		  struct err *e)
{
	const struct ast_table *ref = AST_AS(table, d->tables.v[0]);
	const struct schema_db *db;
	struct schema_table *t;

	if (exists(s, ref, d->n.flags & AST_TEMPORARY) && !(d->n.flags & AST_OR_REPLACE))
		return d->n.flags & AST_IF_NOT_EXISTS ? 0 : already(ref, e);
	t = arena_zalloc(&s->arena, sizeof(*t));
	if (!t)
		return nomem(e);
	t->db = ref->db.n ? ref->db : s->db;
	t->name = ref->name;
	t->temporary = d->n.flags & AST_TEMPORARY;
	db = hmap_get(&s->dbs, t->db);
	if (db) {
		t->charset = db->charset;
		t->collation = db->collation;
	}
	if (d->object == KW_VIEW) {
		view(s, t, d);
		return put(s, t, e);
	}
	t->open = d->query != NULL;
	if (d->def && schema_int_build(s, t, AST_AS(create_table, d->def), opts->mysql, e))
		return -1;
	if (t->open && schema_int_select(s, opts, t, d->query, e))
		return -1;
	return put(s, t, e);
}

static int drop(struct schema_ddl *s, const struct ast_ddl *d, struct err *e)
{
	int rc = 0;

	/* As a server does it, the rest goes also when one is not there. */
	for (uint32_t i = 0; i < d->target_count; i++) {
		const struct ast_table *t = AST_AS(table, d->tables.v[i]);

		if (!take(s, t, d->n.flags & AST_TEMPORARY) && !(d->n.flags & AST_IF_EXISTS))
			rc = no_table(s, t, e);
	}
	return rc;
}

int schema_int_rename(struct schema_ddl *s, const struct ast_table *from,
		      const struct ast_table *to, struct err *e)
{
	struct schema_table *t = take(s, from, false);

	if (!t)
		return no_table(s, from, e);
	if (exists(s, to, t->temporary)) {
		if (put(s, t, e))
			return -1;
		return already(to, e);
	}
	t->db = to->db.n ? to->db : t->db;
	t->name = to->name;
	return put(s, t, e);
}

static int rename_tables(struct schema_ddl *s, const struct ast_ddl *d, struct err *e)
{
	for (uint32_t i = 0; i + 1 < d->target_count; i += 2) {
		if (schema_int_rename(s, AST_AS(table, d->tables.v[i]),
				      AST_AS(table, d->tables.v[i + 1]), e) &&
		    !(d->n.flags & AST_IF_EXISTS))
			return -1;
	}
	return 0;
}

static int alter(struct schema_ddl *s, const struct ast_ddl *d, bool mysql, struct err *e)
{
	const struct ast_table *ref = AST_AS(table, d->tables.v[0]);
	struct schema_table *t =
		(struct schema_table *)(uintptr_t)schema_ddl_find(s, ref->db, ref->name);

	if (!t)
		return d->n.flags & AST_IF_EXISTS ? 0 : no_table(s, ref, e);
	if (d->object == KW_VIEW) {
		view(s, t, d);
		return 0;
	}
	return d->def ? schema_int_alter(s, t, ref, AST_AS(alter_table, d->def), mysql, e) : 0;
}

static int ddl(struct schema_ddl *s, const struct ast_ddl *d, const struct lex_opts *opts,
	       struct err *e)
{
	if (d->object == KW_DATABASE)
		return database(s, d, e);
	if (d->object != KW_TABLE && d->object != KW_VIEW)
		return 0;
	switch ((enum ast_ddl_op)d->n.op) {
	case AST_DDL_CREATE:
		return create(s, d, opts, e);
	case AST_DDL_ALTER:
		return alter(s, d, opts->mysql, e);
	case AST_DDL_DROP:
		return drop(s, d, e);
	case AST_DDL_RENAME:
		return rename_tables(s, d, e);
	case AST_DDL_TRUNCATE:
		break;
	}
	return 0;
}

static bool is_of_interest(uint32_t cls)
{
	return cls == FP_CREATE || cls == FP_ALTER || cls == FP_DROP || cls == FP_RENAME ||
	       cls == FP_USE;
}

/* DELIMITER of the mysql client: to after the line that sets it back to ';'. Programs between
 * define no tables. */
static bool skip_delimited(struct str text, uint32_t *at)
{
	static const char word[] = "DELIMITER ";
	size_t n = sizeof(word) - 1, i = *at;
	bool any = false;

	while (i < text.n && (uint8_t)text.p[i] <= ' ')
		i++;
	while (i + n < text.n && str_ieqz(str_make(text.p + i, n), word)) {
		bool back = text.p[i + n] == ';';

		any = true;
		do {
			while (i < text.n && text.p[i] != '\n')
				i++;
			i += i < text.n;
		} while (!back && i < text.n &&
			 !(i + n < text.n && str_ieqz(str_make(text.p + i, n), word)));
		*at = (uint32_t)i;
		while (i < text.n && (uint8_t)text.p[i] <= ' ')
			i++;
	}
	return any;
}

static int statement(struct schema_ddl *s, const struct lex_opts *opts, struct str text,
		     const struct fingerprint *fp, struct err *e)
{
	struct parse_result r;

	if (parse_statement(&s->arena, opts, text, fp, &r, e))
		return -1;
	if (r.root->kind == AST_USE)
		s->db = AST_AS(use, r.root)->target;
	return r.root->kind == AST_DDL ? ddl(s, AST_AS(ddl, r.root), opts, e) : 0;
}

int schema_ddl_read(struct schema_ddl *s, const struct lex_opts *opts, struct str text,
		    struct err *e)
{
	struct fingerprint fp;
	uint32_t at = 0;
	int rc = 0;

	text = arena_str(&s->arena, text);
	if (!text.p)
		return nomem(e);
	s->text = text;
	fingerprint_init(&fp);
	while (at < text.n && rc == 0) {
		if (skip_delimited(text, &at))
			continue;
		rc = fingerprint_scan(&fp, opts, text, at, 0, e);
		if (rc == 0 && is_of_interest(fp.cls))
			rc = statement(s, opts, text, &fp, e);
		at = fp.next > at ? fp.next : (uint32_t)text.n;
	}
	fingerprint_fini(&fp);
	return rc;
}

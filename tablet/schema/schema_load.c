#include "tablet/schema/schema_load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/buf.h"
#include "src/base/hmap.h"
#include "src/base/vec.h"
#include "src/data/type.h"
#include "tablet/mysqld/control_conn.h"

/* Columns of the text that mysqld returns for a column's description. */
enum {
	C_TABLE,
	C_NAME,
	C_DATA_TYPE,
	C_COLUMN_TYPE,
	C_NULLABLE,
	C_KEY,
	C_EXTRA,
	C_CHARS,
	C_PRECISION,
	C_SCALE,
	C_FSP,
	C_COLLATION,
	C_GENERATED,
	C_COUNT
};

static const char columns_sql[] =
	"SELECT table_name, column_name, data_type, column_type, is_nullable, column_key, extra,"
	" character_maximum_length, numeric_precision, numeric_scale, datetime_precision, "
	"collation_name,"
	" generation_expression FROM information_schema.columns WHERE table_schema = '%s'"
	" ORDER BY table_name, ordinal_position";

static const struct type_name {
	const char *name;
	uint8_t type;
	uint16_t flags;
} type_names[] = {
	{"tinyint", TYPE_TINY, 0},
	{"smallint", TYPE_SHORT, 0},
	{"mediumint", TYPE_INT24, 0},
	{"int", TYPE_LONG, 0},
	{"bigint", TYPE_LONGLONG, 0},
	{"float", TYPE_FLOAT, 0},
	{"double", TYPE_DOUBLE, 0},
	{"decimal", TYPE_NEWDECIMAL, 0},
	{"bit", TYPE_BIT, TYPE_FLAG_UNSIGNED},
	{"year", TYPE_YEAR, TYPE_FLAG_UNSIGNED | TYPE_FLAG_ZEROFILL},
	{"date", TYPE_DATE, TYPE_FLAG_BINARY},
	{"time", TYPE_TIME, TYPE_FLAG_BINARY},
	{"datetime", TYPE_DATETIME, TYPE_FLAG_BINARY},
	{"timestamp", TYPE_TIMESTAMP, TYPE_FLAG_BINARY},
	{"char", TYPE_STRING, 0},
	{"varchar", TYPE_VAR_STRING, 0},
	{"binary", TYPE_STRING, TYPE_FLAG_BINARY},
	{"varbinary", TYPE_VAR_STRING, TYPE_FLAG_BINARY},
	{"tinytext", TYPE_BLOB, TYPE_FLAG_BLOB},
	{"text", TYPE_BLOB, TYPE_FLAG_BLOB},
	{"mediumtext", TYPE_BLOB, TYPE_FLAG_BLOB},
	{"longtext", TYPE_BLOB, TYPE_FLAG_BLOB},
	{"tinyblob", TYPE_BLOB, TYPE_FLAG_BLOB | TYPE_FLAG_BINARY},
	{"blob", TYPE_BLOB, TYPE_FLAG_BLOB | TYPE_FLAG_BINARY},
	{"mediumblob", TYPE_BLOB, TYPE_FLAG_BLOB | TYPE_FLAG_BINARY},
	{"longblob", TYPE_BLOB, TYPE_FLAG_BLOB | TYPE_FLAG_BINARY},
	{"enum", TYPE_STRING, TYPE_FLAG_ENUM},
	{"set", TYPE_STRING, TYPE_FLAG_SET},
	{"json", TYPE_JSON, TYPE_FLAG_BLOB | TYPE_FLAG_BINARY},
	{"vector", TYPE_VECTOR, TYPE_FLAG_BLOB | TYPE_FLAG_BINARY},
	{"uuid", TYPE_STRING, TYPE_FLAG_BINARY},
	{"inet4", TYPE_STRING, TYPE_FLAG_BINARY},
	{"inet6", TYPE_STRING, TYPE_FLAG_BINARY},
};

struct table {
	Sluice__SchemaTable *m;
	size_t columns_cap, key_cap;
};

struct loading {
	struct arena *a;
	struct hmap by_name; /* of struct table, in the arena */
	struct hmap collations;
	struct {
		struct table **v; /* owned */
		size_t len, cap;
	} tables;
	struct {
		Sluice__SchemaCollation **v; /* owned */
		size_t len, cap;
	} found;
	bool failed;
};

static bool oom(struct loading *l)
{
	l->failed = true;
	return false;
}

static char *copy(struct loading *l, const char *text, unsigned long n)
{
	char *p = arena_dup(l->a, text ? text : "", text ? n : 0);

	if (!p)
		l->failed = true;
	return p;
}

/* Makes room for one more pointer in an array of the arena's. */
static void *grow(struct loading *l, void *array, size_t len, size_t *cap)
{
	void *more;

	if (len < *cap)
		return array;
	*cap = *cap ? *cap * 2 : 8;
	more = arena_array(l->a, *cap, sizeof(void *));
	if (more && len)
		memcpy(more, array, len * sizeof(void *));
	if (!more)
		l->failed = true;
	return more;
}

static bool take_table(void *arg, unsigned columns, char **text, const unsigned long *len)
{
	struct loading *l = arg;
	struct table *t = arena_zalloc(l->a, sizeof(*t));

	(void)columns;
	if (!t || !(t->m = arena_alloc(l->a, sizeof(*t->m))) || VEC_GROW(&l->tables))
		return oom(l);
	sluice__schema_table__init(t->m);
	t->m->name = copy(l, text[0], len[0]);
	t->m->view = text[1] && strstr(text[1], "VIEW");
	l->tables.v[l->tables.len++] = t;
	if (hmap_put(&l->by_name, str_make(text[0], len[0]), t, NULL))
		return oom(l);
	return !l->failed;
}

static uint32_t number(const char *text)
{
	unsigned long long v = text ? strtoull(text, NULL, 10) : 0;

	return v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
}

static void set_type(Sluice__SchemaColumn *m, char **text)
{
	m->type = TYPE_GEOMETRY;
	m->flags = TYPE_FLAG_BLOB | TYPE_FLAG_BINARY;
	for (size_t i = 0; i < sizeof(type_names) / sizeof(type_names[0]); i++) {
		if (strcmp(text[C_DATA_TYPE], type_names[i].name) != 0)
			continue;
		m->type = type_names[i].type;
		m->flags = type_names[i].flags;
	}
	if (strstr(text[C_COLUMN_TYPE], "unsigned") && !text[C_CHARS])
		m->flags |= TYPE_FLAG_UNSIGNED;
	if (strstr(text[C_COLUMN_TYPE], "zerofill") && !text[C_CHARS])
		m->flags |= TYPE_FLAG_ZEROFILL | TYPE_FLAG_UNSIGNED;
	if (text[C_COLLATION] && strlen(text[C_COLLATION]) > 4 &&
	    !strcmp(text[C_COLLATION] + strlen(text[C_COLLATION]) - 4, "_bin"))
		m->flags |= TYPE_FLAG_BINARY;
	m->length = number(text[C_CHARS] ? text[C_CHARS] : text[C_PRECISION]);
	m->decimals = number(text[C_SCALE] ? text[C_SCALE] : text[C_FSP]);
	if ((m->type == TYPE_FLOAT || m->type == TYPE_DOUBLE) && !text[C_SCALE])
		m->decimals = TYPE_NOT_FIXED_DECIMALS;
}

static void set_flags(Sluice__SchemaColumn *m, char **text)
{
	if (text[C_NULLABLE] && !strcmp(text[C_NULLABLE], "NO"))
		m->flags |= TYPE_FLAG_NOT_NULL;
	if (text[C_KEY] && !strcmp(text[C_KEY], "PRI"))
		m->flags |= TYPE_FLAG_PRI_KEY;
	else if (text[C_KEY] && !strcmp(text[C_KEY], "UNI"))
		m->flags |= TYPE_FLAG_UNIQUE_KEY;
	else if (text[C_KEY] && !strcmp(text[C_KEY], "MUL"))
		m->flags |= TYPE_FLAG_MULTIPLE_KEY;
	if (text[C_EXTRA] && strstr(text[C_EXTRA], "auto_increment"))
		m->flags |= TYPE_FLAG_AUTO_INCREMENT;
	if (text[C_EXTRA] && strstr(text[C_EXTRA], "on update"))
		m->flags |= TYPE_FLAG_ON_UPDATE_NOW;
	m->invisible = text[C_EXTRA] && strstr(text[C_EXTRA], "INVISIBLE");
	m->generated = text[C_GENERATED] && text[C_GENERATED][0];
}

static bool take_column(void *arg, unsigned columns, char **text, const unsigned long *len)
{
	struct loading *l = arg;
	struct table *t;
	Sluice__SchemaColumn *m;

	if (columns != C_COUNT || !text[C_DATA_TYPE] || !text[C_COLUMN_TYPE])
		return true;
	t = hmap_get(&l->by_name, str_make(text[C_TABLE], len[C_TABLE]));
	if (!t)
		return true; /* made since the tables were read */
	t->m->columns = grow(l, t->m->columns, t->m->n_columns, &t->columns_cap);
	m = arena_alloc(l->a, sizeof(*m));
	if (!m || !t->m->columns)
		return oom(l);
	sluice__schema_column__init(m);
	m->name = copy(l, text[C_NAME], len[C_NAME]);
	m->column_type = copy(l, text[C_COLUMN_TYPE], len[C_COLUMN_TYPE]);
	m->collation = copy(l, text[C_COLLATION], len[C_COLLATION]);
	set_type(m, text);
	set_flags(m, text);
	t->m->columns[t->m->n_columns++] = m;
	if (text[C_COLLATION] &&
	    hmap_put(&l->collations, str_make(text[C_COLLATION], len[C_COLLATION]), l, NULL))
		return oom(l);
	return !l->failed;
}

static bool take_key(void *arg, unsigned columns, char **text, const unsigned long *len)
{
	struct loading *l = arg;
	struct table *t = hmap_get(&l->by_name, str_make(text[0], len[0]));

	(void)columns;
	if (!t)
		return true;
	t->m->primary_key = grow(l, t->m->primary_key, t->m->n_primary_key, &t->key_cap);
	if (!t->m->primary_key)
		return oom(l);
	t->m->primary_key[t->m->n_primary_key++] = copy(l, text[1], len[1]);
	return !l->failed;
}

static bool take_collation(void *arg, unsigned columns, char **text, const unsigned long *len)
{
	struct loading *l = arg;
	Sluice__SchemaCollation *m;

	(void)columns;
	if (!text[0] || !text[1] || !hmap_get(&l->collations, str_make(text[0], len[0])))
		return true;
	(void)hmap_del(&l->collations, str_make(text[0], len[0])); /* each one once */
	m = arena_alloc(l->a, sizeof(*m));
	if (!m || VEC_GROW(&l->found))
		return oom(l);
	sluice__schema_collation__init(m);
	m->name = copy(l, text[0], len[0]);
	m->id = number(text[1]);
	m->pad_space = m->name && strcmp(m->name, "binary") != 0 && !strstr(m->name, "_nopad") &&
		       !strstr(m->name, "_0900_");
	l->found.v[l->found.len++] = m;
	return !l->failed;
}

struct weight {
	struct loading *l;
	Sluice__SchemaCollation *m;
};

static bool take_weight(void *arg, unsigned columns, char **text, const unsigned long *len)
{
	struct weight *w = arg;

	(void)columns;
	if (text[0]) {
		w->m->space_weight.data = (uint8_t *)copy(w->l, text[0], len[0]);
		w->m->space_weight.len = len[0];
	}
	return false;
}

/* WEIGHT_STRING(' ') of a collation; its character set is the first part of its name. */
static int load_weight(struct loading *l, struct control_conn *c, Sluice__SchemaCollation *m,
		       struct err *e)
{
	struct weight w = {l, m};
	char sql[400];
	struct str charset, rest;

	if (!strcmp(m->name, "binary"))
		return 0;
	str_cut(str_of(m->name), '_', &charset, &rest);
	snprintf(sql, sizeof(sql), "SELECT WEIGHT_STRING(CONVERT(' ' USING %.*s) COLLATE %s)",
		 STR_ARG(charset), m->name);
	return control_conn_query(c, sql, take_weight, &w, e);
}

static int query(struct control_conn *c, const char *fmt, const char *database, control_row_fn fn,
		 struct loading *l, struct err *e) __attribute__((format(printf, 2, 0)));

static int query(struct control_conn *c, const char *fmt, const char *database, control_row_fn fn,
		 struct loading *l, struct err *e)
{
	char sql[1024];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(sql, sizeof(sql), fmt, database);
#pragma GCC diagnostic pop
	if (control_conn_query(c, sql, fn, l, e) < 0)
		return -1;
	return l->failed ? err_set(e, ERR_NOMEM, "out of memory for the schema") : 0;
}

static int load_collations(struct loading *l, struct control_conn *c, struct err *e)
{
	/* What literals and expressions have, whatever the tables use. */
	static const char *const always[] = {"utf8mb4_general_ci", "utf8mb4_bin",
					     "utf8mb3_general_ci", "latin1_swedish_ci", "binary"};
	struct err ignored;

	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		if (hmap_put(&l->collations, str_of(always[i]), l, NULL))
			return err_set(e, ERR_NOMEM, "out of memory for the schema");
	if (query(c, "SELECT collation_name, id FROM information_schema.collations ORDER BY id%.0s",
		  "", take_collation, l, e) < 0)
		return -1;
	/* MariaDB 10.10+ lists collations that fit several character sets elsewhere; others do not
	 * know the columns. */
	if (l->collations.len &&
	    query(c,
		  "SELECT full_collation_name, id FROM"
		  " information_schema.collation_character_set_applicability ORDER BY id%.0s",
		  "", take_collation, l, &ignored) < 0 &&
	    l->failed)
		return err_set(e, ERR_NOMEM, "out of memory for the schema");
	for (size_t i = 0; i < l->found.len; i++)
		if (load_weight(l, c, l->found.v[i], e) < 0)
			return -1;
	return l->failed ? err_set(e, ERR_NOMEM, "out of memory for the schema") : 0;
}

static Sluice__SchemaReply *build(struct loading *l)
{
	Sluice__SchemaReply *m = arena_alloc(l->a, sizeof(*m));

	if (!m)
		return NULL;
	sluice__schema_reply__init(m);
	m->tables = arena_array(l->a, l->tables.len, sizeof(*m->tables));
	m->collations = arena_array(l->a, l->found.len, sizeof(*m->collations));
	if ((l->tables.len && !m->tables) || (l->found.len && !m->collations))
		return NULL;
	for (size_t i = 0; i < l->tables.len; i++)
		m->tables[m->n_tables++] = l->tables.v[i]->m;
	for (size_t i = 0; i < l->found.len; i++)
		m->collations[m->n_collations++] = l->found.v[i];
	return m;
}

/* Whether stored code uses variables like @x; an '@' in a text counts. */
static int load_user_variables(struct control_conn *c, const char *database,
			       Sluice__SchemaReply *m, struct err *e)
{
	static const char pattern[] = "(^|[^@])@([^@]|$)";
	char sql[640], text[32];

	snprintf(sql, sizeof(sql),
		 "SELECT EXISTS (SELECT 1 FROM information_schema.routines WHERE routine_schema = "
		 "'%s' AND CONVERT(routine_definition USING utf8mb4) REGEXP '%s')"
		 " OR EXISTS (SELECT 1 FROM information_schema.triggers WHERE trigger_schema = '%s'"
		 " AND CONVERT(action_statement USING utf8mb4) REGEXP '%s')",
		 database, pattern, database, pattern);
	if (control_conn_value(c, sql, text, sizeof(text), e) < 0)
		return -1;
	m->user_variables = strcmp(text, "0") != 0;
	return 0;
}

Sluice__SchemaReply *schema_load(struct control_conn *c, const char *database, struct arena *a,
				 struct err *e)
{
	struct loading l = {.a = a};
	Sluice__SchemaReply *m = NULL;

	hmap_init(&l.by_name);
	hmap_init(&l.collations);
	if (query(c,
		  "SELECT table_name, table_type FROM information_schema.tables WHERE table_schema "
		  "= '%s'"
		  " ORDER BY table_name",
		  database, take_table, &l, e) < 0 ||
	    query(c, columns_sql, database, take_column, &l, e) < 0 ||
	    query(c,
		  "SELECT table_name, column_name FROM information_schema.statistics WHERE "
		  "table_schema = '%s'"
		  " AND index_name = 'PRIMARY' ORDER BY table_name, seq_in_index",
		  database, take_key, &l, e) < 0 ||
	    load_collations(&l, c, e) < 0)
		goto out;
	m = build(&l);
	if (!m)
		err_set(e, ERR_NOMEM, "out of memory for the schema");
	else if (load_user_variables(c, database, m, e) < 0)
		m = NULL;
out:
	hmap_fini(&l.by_name, NULL);
	hmap_fini(&l.collations, NULL);
	free(l.tables.v);
	free(l.found.v);
	return m;
}

int schema_load_state(struct control_conn *c, const char *database, bool *leaves, struct err *e)
{
	static const char pattern[] =
		"@|get_lock|nextval|lastval|setval|value[[:space:]]+for|temporary";
	char sql[1024], text[32];

	snprintf(sql, sizeof(sql),
		 "SELECT EXISTS (SELECT 1 FROM information_schema.routines WHERE routine_schema = "
		 "'%s'"
		 " AND routine_type = 'FUNCTION' AND CONVERT(routine_definition USING utf8mb4) "
		 "REGEXP '%s')"
		 " OR EXISTS (SELECT 1 FROM information_schema.triggers WHERE trigger_schema = '%s'"
		 " AND CONVERT(action_statement USING utf8mb4) REGEXP '%s')"
		 " OR EXISTS (SELECT 1 FROM information_schema.views WHERE table_schema = '%s'"
		 " AND CONVERT(view_definition USING utf8mb4) REGEXP '%s')",
		 database, pattern, database, pattern, database, pattern);
	if (control_conn_value(c, sql, text, sizeof(text), e) < 0)
		return -1;
	*leaves = strcmp(text, "0") != 0;
	return 0;
}

int schema_load_mark(struct control_conn *c, const char *database, uint64_t *mark, struct err *e)
{
	char sql[1024], text[128];

	/* Times are in seconds: what is younger than a few makes each mark another one, so that a
	 * second change in the same second is not overlooked. */
	snprintf(
		sql, sizeof(sql),
		"SELECT CONCAT_WS('.', (SELECT CONCAT_WS('.', COUNT(*),"
		" SUM(CRC32(CONCAT_WS(',', table_name, table_type, create_time, table_collation))),"
		" IF(MAX(create_time) > NOW() - INTERVAL 3 SECOND, NOW(6), ''))"
		" FROM information_schema.tables WHERE table_schema = '%s'),"
		" (SELECT SUM(CRC32(CONCAT_WS(',', table_name, view_definition)))"
		" FROM information_schema.views WHERE table_schema = '%s'),"
		" (SELECT SUM(CRC32(CONCAT_WS(',', routine_name, routine_definition)))"
		" FROM information_schema.routines WHERE routine_schema = '%s'),"
		" (SELECT SUM(CRC32(CONCAT_WS(',', trigger_name, action_statement)))"
		" FROM information_schema.triggers WHERE trigger_schema = '%s'))",
		database, database, database, database);
	if (control_conn_value(c, sql, text, sizeof(text), e) < 0)
		return -1;
	*mark = str_hash(text, strlen(text));
	return 0;
}

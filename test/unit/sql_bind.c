/* What names mean; error texts and names of columns are compared with a server's by
 * test/compare/test_bind.py. */
#include "sql/parse/parse.h"
#include "sql/sema/bind.h"
#include "sql/sema/schema_ddl.h"
#include "test/lib/tap.h"

static struct schema_ddl schema;
static struct lex_opts opts;
static struct catalog catalog;
static struct arena arena;
static struct bind bound;
static struct err err;

static struct bind_query *bind(const char *sql)
{
	struct parse_result r;

	arena_reset(&arena);
	err_clear(&err);
	bound = (struct bind){
		.arena = &arena, .catalog = &catalog, .opts = &opts, .text = str_of(sql)};
	if (parse_statement(&arena, &opts, str_of(sql), NULL, &r, &err))
		return NULL;
	return bind_statement(&bound, r.root, &err);
}

/* "a b c": the columns' names, or the error. */
static const char *names(const char *sql)
{
	static char out[1000];
	const struct bind_query *q = bind(sql);
	size_t n = 0;

	if (!q)
		return err.msg;
	out[0] = 0;
	for (uint32_t i = 0; i < q->output_count; i++)
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%.*s", i ? " " : "",
				      STR_ARG(q->outputs[i].name));
	return out;
}

static void stars(void)
{
	CHECK_STR(names("SELECT * FROM t"), "a b");
	CHECK_STR(names("SELECT u.*, t.a FROM t, u"), "b c a");
	CHECK_STR(names("SELECT * FROM t JOIN u USING (b)"), "b a c");
	CHECK_STR(names("SELECT * FROM t NATURAL RIGHT JOIN u"), "b c a");
	CHECK_STR(names("SELECT x.* FROM t"), "Unknown table 'd.x'");
}

static void names_of_columns(void)
{
	CHECK_STR(names("SELECT a /* x */ + 1 FROM t"), "a /* x */ + 1");
	CHECK_STR(names("SELECT a /*!40000 + 1 */, 'it''s', (2), '/*!' = '*/' FROM t"),
		  "a  + 1 it's 2 '/*!' = '*/'");
}

static void meanings(void)
{
	const struct bind_query *q =
		bind("SELECT a AS x, (SELECT c FROM u WHERE u.b = t.b) FROM t");

	if (CHECK(q != NULL)) {
		CHECK_INT(q->table_count, 1);
		CHECK_INT(q->correlated, 0);
		CHECK_INT(bound.ref_count, 5);
		CHECK(bound.refs[1].table == q->tables[0] && bound.refs[1].column == 0);
		CHECK_INT(bound.refs[2].levels, 0);
		CHECK_INT(bound.refs[4].levels, 1);
		CHECK(bound.refs[4].query == q && bound.refs[4].table == q->tables[0]);
		CHECK_INT(bound.refs[4].column, 1);
	}
	/* ORDER BY prefers the alias, GROUP BY the column. */
	q = bind("SELECT a + 1 AS b FROM t ORDER BY b");
	CHECK(q && !bound.refs[2].table && bound.refs[2].column == 0);
	q = bind("SELECT a + 1 AS b FROM t GROUP BY b");
	CHECK(q && bound.refs[2].table == q->tables[0] && bound.refs[2].column == 1);
}

static void changes(void)
{
	CHECK_STR(names("INSERT INTO t (a) VALUES (1)"), "");
	CHECK_STR(names("INSERT INTO t (a, a) VALUES (1, 2)"), "Column 'a' specified twice");
	CHECK_STR(names("INSERT INTO t VALUES (1, 2), (3)"),
		  "Column count doesn't match value count at row 2");
	CHECK_STR(names("UPDATE t SET a = x"), "Unknown column 'x' in 'SET'");
	CHECK_STR(names("DELETE FROM t WHERE x"), "Unknown column 'x' in 'WHERE'");
	CHECK_STR(names("DELETE t FROM t, u"), "binding DELETE of several tables is not done yet");
}

static void no_memory(void)
{
	const char *sql =
		"WITH w AS (SELECT a, b FROM t) SELECT *, a + 1 AS x FROM w JOIN u USING "
		"(b) WHERE EXISTS (SELECT 1 FROM v WHERE v.a = w.a) GROUP BY x ORDER BY 1";
	struct catalog c = catalog;
	bool done = false;

	for (size_t limit = 1; !done && limit < 200000; limit += 997) {
		struct parse_result r;
		struct arena a;
		struct bind b = {.catalog = &c, .opts = &opts, .text = str_of(sql)};

		arena_init(&a, 0);
		if (parse_statement(&a, &opts, str_of(sql), NULL, &r, &err) == 0) {
			a.limit = a.used + limit;
			b.arena = &a;
			done = bind_statement(&b, r.root, &err) != NULL;
			CHECK(done || err.code == ERR_NOMEM);
		}
		arena_fini(&a);
	}
	CHECK(done);
}

int main(void)
{
	schema_ddl_init(&schema);
	arena_init(&arena, 0);
	CHECK_INT(schema_ddl_read(&schema, &opts,
				  STR_LIT("CREATE DATABASE d; USE d; CREATE TABLE t (a INT, b "
					  "INT); CREATE TABLE u (b INT, c INT);"
					  "CREATE VIEW v AS SELECT a, a + b AS s FROM t"),
				  &err),
		  0);
	catalog_of_ddl(&catalog, &schema);
	stars();
	names_of_columns();
	meanings();
	changes();
	no_memory();
	arena_fini(&arena);
	schema_ddl_fini(&schema);
	return TAP_DONE();
}

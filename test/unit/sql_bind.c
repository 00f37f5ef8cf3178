/* What names mean; error texts and names of columns are compared with a server's by
 * test/compare/test_bind.py. */
#include "test/unit/sql_bound.h"

static struct bind_query *bind(const char *sql)
{
	return bound_query(sql, NULL);
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
	CHECK_STR(names("DELETE t FROM t, u WHERE t.b = u.b"), "");
	CHECK_STR(names("DELETE x FROM t, u"), "Unknown table 'x' in MULTI DELETE");
	CHECK_STR(names("UPDATE t, u SET b = 1"), "Column 'b' in SET is ambiguous");
	CHECK_STR(names("INSERT INTO t (a) VALUES (1) RETURNING *, a + 1"), "a b a + 1");
	CHECK_STR(names("LOAD DATA INFILE 'x' INTO TABLE t"), "binding load is not done yet");
}

static void targets(void)
{
	const struct bind_query *q = bind("UPDATE t, u SET t.a = u.c");

	CHECK(q && q->tables[0]->target && !q->tables[1]->target);
	q = bind("DELETE u FROM t LEFT JOIN u USING (b)");
	CHECK(q && !q->tables[0]->target && q->tables[1]->target);
	CHECK(q && !q->tables[0]->optional && q->tables[1]->optional);
	q = bind("INSERT INTO t (a) SELECT c FROM u ON DUPLICATE KEY UPDATE a = u.c");
	if (CHECK(q && q->part_count == 1)) {
		const struct ast_insert *n = AST_AS(insert, q->node);
		const struct ast_assign *set = AST_AS(assign, n->on_dup.v[0]);
		const struct bind_ref *r = bind_ref_of(&bound, AST_AS(column, set->value));

		CHECK(r && r->table == q->parts[0]->tables[0] && r->column == 1);
		CHECK(bind_query_of(&bound, n->query) == q->parts[0]);
	}
}

/* What MariaDB does not have: as MySQL 8 documents it. */
static void mysql(void)
{
	opts.mysql = true;
	CHECK_STR(names("SELECT * FROM t, LATERAL (SELECT t.a + u.c AS s FROM u) AS l"), "a b s");
	CHECK_STR(names("SELECT * FROM t JOIN u USING (b) JOIN LATERAL (SELECT b) AS l ON 1"),
		  "b a c b");
	CHECK_STR(names("SELECT * FROM LATERAL (SELECT t.a) AS l, t"),
		  "Unknown column 't.a' in 'SELECT'");
	CHECK_STR(names("SELECT * FROM t, LATERAL (SELECT x) AS l"),
		  "Unknown column 'x' in 'SELECT'");
	CHECK_STR(names("SELECT x FROM t, (SELECT b FROM u) AS l (x)"), "x");
	CHECK_STR(names("VALUES ROW(1, 2), ROW(3, 4)"), "column_0 column_1");
	CHECK_STR(names("VALUES ROW(1, 2), ROW(3)"),
		  "The used table value constructor has a different number of values");
	CHECK_STR(names("SELECT column_1 FROM (VALUES ROW(1, 2)) AS v"), "column_1");
	CHECK_STR(names("TABLE t"), "a b");
	CHECK_STR(names("TABLE t UNION TABLE u"), "a b");
	CHECK_STR(names("INSERT INTO t (a) TABLE u"),
		  "Column count doesn't match value count at row 1");
	CHECK_STR(names("WITH w AS (SELECT c FROM u) UPDATE t, w SET t.a = w.c"), "");
	CHECK_STR(names("WITH w AS (SELECT c FROM u) UPDATE t SET a = (SELECT x FROM w)"),
		  "Unknown column 'x' in 'SELECT'");
	CHECK_STR(names("WITH w AS (SELECT c FROM u) DELETE FROM t WHERE a IN (SELECT c FROM w)"),
		  "");
	CHECK_STR(names("WITH w AS (SELECT c FROM u) DELETE w FROM t, w"),
		  "The target table w of the DELETE is not updatable");
	CHECK_STR(names("SELECT a, SUM(b) FROM t GROUP BY a WITH ROLLUP ORDER BY a"), "a SUM(b)");
	opts.mysql = false;
}

static void row_alias(void)
{
	opts.mysql = true;
	CHECK_STR(names("INSERT INTO t (a) VALUES (1) AS new ON DUPLICATE KEY UPDATE b = new.a"),
		  "");
	CHECK_STR(names("INSERT INTO t VALUES (1, 2) AS n (x, y) ON DUPLICATE KEY UPDATE a = x + "
			"n.y"),
		  "");
	CHECK_STR(names("INSERT INTO t SET a = 1 AS n (x) ON DUPLICATE KEY UPDATE b = n.x"), "");
	CHECK_STR(names("INSERT INTO t (a) VALUES (1) AS n ON DUPLICATE KEY UPDATE b = n.b"),
		  "Unknown column 'n.b' in 'SELECT'");
	CHECK_STR(names("INSERT INTO t (a) VALUES (1) AS n ON DUPLICATE KEY UPDATE b = a"),
		  "Column 'a' in SELECT is ambiguous");
	CHECK_STR(names("INSERT INTO t (a) VALUES (1) AS n (x, y) ON DUPLICATE KEY UPDATE b = x"),
		  "In definition of view, derived table or common table expression, SELECT list "
		  "and column names list have different column counts");
	CHECK_STR(names("INSERT INTO t VALUES (1, 2) AS n (x, x) ON DUPLICATE KEY UPDATE b = 1"),
		  "Duplicate column name 'x'");
	CHECK_STR(names("INSERT INTO t (a) VALUES (1) AS t ON DUPLICATE KEY UPDATE b = 1"),
		  "Not unique table/alias: 't'");
	opts.mysql = false;
}

static void case_of_names(void)
{
	CHECK_STR(names("SELECT * FROM T"), "Table 'd.T' doesn't exist");
	catalog.names = CATALOG_ANY_CASE;
	CHECK_STR(names("SELECT T.a FROM t AS t"), "a");
	CHECK_STR(names("SELECT * FROM X"), "Table 'd.X' doesn't exist");
	CHECK_STR(names("SELECT * FROM t, T"), "Not unique table/alias: 'T'");
	catalog.names = CATALOG_LOWER;
	CHECK_STR(names("SELECT T.a, D.t.b FROM D.T"), "a b");
	CHECK_STR(names("SELECT * FROM X"), "Table 'd.x' doesn't exist");
	CHECK_STR(names("SELECT * FROM t, T"), "Not unique table/alias: 'T'");
	catalog.names = CATALOG_AS_WRITTEN;
}

static void limits(void)
{
	char sql[40000];
	size_t n = (size_t)snprintf(sql, sizeof(sql), "WITH RECURSIVE c0 AS (SELECT 1)");

	for (int i = 1; i < 1100; i++)
		n += (size_t)snprintf(sql + n, sizeof(sql) - n, ", c%d AS (SELECT 1)", i);
	snprintf(sql + n, sizeof(sql) - n, " SELECT 1");
	CHECK_STR(names(sql), "too many common table expressions");
	CHECK_STR(names("SELECT * FROM boom"), "the statement and its views name too many tables");
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
	bound_open("CREATE DATABASE d; USE d; CREATE TABLE t (a INT, b "
		   "INT); CREATE TABLE u (b INT, c INT);"
		   "CREATE VIEW v AS SELECT a, a + b AS s FROM t;"
		   "CREATE VIEW v1 AS SELECT 1 AS x FROM v, v AS w;"
		   "CREATE VIEW v2 AS SELECT v1.x FROM v1, v1 AS w;"
		   "CREATE VIEW v3 AS SELECT v2.x FROM v2, v2 AS w;"
		   "CREATE VIEW v4 AS SELECT v3.x FROM v3, v3 AS w;"
		   "CREATE VIEW v5 AS SELECT v4.x FROM v4, v4 AS w;"
		   "CREATE VIEW v6 AS SELECT v5.x FROM v5, v5 AS w;"
		   "CREATE VIEW v7 AS SELECT v6.x FROM v6, v6 AS w;"
		   "CREATE VIEW v8 AS SELECT v7.x FROM v7, v7 AS w;"
		   "CREATE VIEW v9 AS SELECT v8.x FROM v8, v8 AS w;"
		   "CREATE VIEW va AS SELECT v9.x FROM v9, v9 AS w;"
		   "CREATE VIEW vb AS SELECT va.x FROM va, va AS w;"
		   "CREATE VIEW boom AS SELECT vb.x FROM vb, vb AS w");
	stars();
	names_of_columns();
	meanings();
	changes();
	targets();
	mysql();
	row_alias();
	case_of_names();
	limits();
	no_memory();
	bound_close();
	return TAP_DONE();
}

/* Types of results; test/compare/test_bind_types.py compares them with a server's. */
#include <stdio.h>

#include "test/unit/sql_bound.h"

static struct expr_session session;

static struct bind_query *bind(const char *sql)
{
	return bound_query(sql, &session);
}

/* "int 11, decimal 26.2 null, ?": each output's type, length, decimals, whether it may be NULL. */
static const char *types(const char *sql)
{
	static char out[1000];
	const struct bind_query *q = bind(sql);
	size_t n = 0;

	if (!q)
		return err.msg;
	out[0] = 0;
	for (uint32_t i = 0; i < q->output_count; i++) {
		const struct expr_type *t = &q->outputs[i].type;

		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s", i ? ", " : "");
		if (!q->outputs[i].typed) {
			n += (size_t)snprintf(out + n, sizeof(out) - n, "?");
			continue;
		}
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s %u", expr_type_name(t),
				      t->length);
		if (t->decimals && t->decimals < TYPE_NOT_FIXED_DECIMALS)
			n += (size_t)snprintf(out + n, sizeof(out) - n, ".%u", t->decimals);
		if (t->nullable)
			n += (size_t)snprintf(out + n, sizeof(out) - n, " null");
	}
	return out;
}

static void columns(void)
{
	CHECK_STR(types("SELECT * FROM t"), "int 11, varchar 40 null, decimal 12.2 null");
	CHECK_STR(types("SELECT id + 1, CONCAT(v, 'x'), d * 2, NULL FROM t"),
		  "bigint 12, varchar 44 null, decimal 13.2 null, null 0 null");
	CHECK_STR(types("SELECT @x, id FROM t"), "?, int 11");
	CHECK(bind("SELECT v FROM t")->outputs[0].type.collation == collation_get(45));
}

static void joins(void)
{
	CHECK_STR(types("SELECT t.id, u.id, u.id + 1 FROM t LEFT JOIN t AS u ON t.id = u.id"),
		  "int 11, int 11 null, bigint 12 null");
	CHECK_STR(types("SELECT x.* FROM t LEFT JOIN (SELECT id + 1 AS a, 1 AS b, COALESCE(id, 0) "
			"AS c FROM t) AS x ON x.a = id"),
		  "bigint 12 null, int 1, int 11");
}

static void aggregates(void)
{
	CHECK_STR(types("SELECT COUNT(*), SUM(id), AVG(d), MAX(v), MIN(id) FROM t"),
		  "bigint 21, decimal 33 null, decimal 16.6 null, varchar 40 null, int 11 null");
	CHECK_STR(types("SELECT ROW_NUMBER() OVER (), LAG(id) OVER (ORDER BY id) FROM t"),
		  "bigint 21, int 11 null");
	CHECK_STR(types("SELECT (SELECT id FROM t LIMIT 1), EXISTS (SELECT 1), id IN (SELECT 1) "
			"FROM t"),
		  "int 11 null, int 1, int 21 null");
}

static void tables(void)
{
	/* A column of a temporary table has no text of 600 characters, and CHAR(0) for ''. */
	CHECK_STR(types("SELECT x.* FROM (SELECT REPEAT('x', 600) AS a, '' AS b FROM t) AS x"),
		  "varchar 2400 null, varchar 0");
	CHECK_STR(types("SELECT x.* FROM (SELECT REPEAT('x', 600) AS a, '' AS b FROM t LIMIT 1) AS "
			"x"),
		  "text 65535 null, char 0");
	CHECK_STR(types("SELECT id FROM t UNION SELECT d FROM t"), "decimal 14.2 null");
	CHECK_STR(types("SELECT 1 UNION SELECT 'x'"), "varchar 4");
	CHECK_STR(types("WITH RECURSIVE r AS (SELECT 1 AS n UNION SELECT n + 1 FROM r) SELECT * "
			"FROM r"),
		  "int 2 null");
	CHECK_STR(types("VALUES (1, 'a'), (2.5, 'bbb')"), "decimal 4.1, varchar 12");
	CHECK_STR(types("SELECT * FROM JSON_TABLE('[]', '$[*]' COLUMNS (n FOR ORDINALITY, u INT "
			"UNSIGNED PATH '$', s VARCHAR(9) PATH '$')) AS j"),
		  "int 11 null, int unsigned 10 null, varchar 36 null");
}

static void errors(void)
{
	CHECK_STR(types("SELECT (1, 2) = v FROM t"),
		  "Illegal parameter data types row and varchar for operation '='");
	CHECK_STR(types("SELECT 1.5 IN ((1, 2), 3)"),
		  "Illegal parameter data types decimal and row for operation 'in'");
}

/* Each of the tables is in the next twice: typed once more at most so many times. */
static void no_explosion(void)
{
	char sql[4000], inner[4000] = "SELECT id AS a FROM t";

	for (int i = 0; i < 20; i++) {
		snprintf(sql, sizeof(sql),
			 "SELECT COALESCE(x.a, 1) + COALESCE(x.a, 1) AS a FROM t LEFT JOIN (%s) AS "
			 "x ON "
			 "x.a = t.id",
			 inner);
		snprintf(inner, sizeof(inner), "%s", sql);
	}
	CHECK(bind(sql) != NULL);
	CHECK(bound.typed > 0 && bound.typed < 100000);
}

int main(void)
{
	expr_session_init(&session);
	bound_open("CREATE DATABASE d; USE d; CREATE TABLE t (id INT NOT NULL, v VARCHAR(10), d "
		   "DECIMAL(10,2))");
	columns();
	joins();
	aggregates();
	tables();
	errors();
	no_explosion();
	bound_close();
	return TAP_DONE();
}
